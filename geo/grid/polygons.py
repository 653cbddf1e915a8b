"""Lay polygons on a grid: which cells they hold, and how much of each."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.base.arrays import Counts, Floats, Longs
from geo.base.errors import DataError, Problem
from geo.base.points import FARTHEST_M
from geo.grid.cells import Grid, grid_over
from geo.grid.disc_arrays import ranges

_LEVEL = 1e-12
"""Rise of an edge, in cells, below which it bounds no area: its slope would be infinite."""


def require_polygons(areas: gpd.GeoDataFrame | gpd.GeoSeries, *, argument: str) -> None:
    """Raise unless every geometry is a valid polygon or multipolygon on a plane.

    Parameters
    ----------
    areas
        Any CRS in metres; not changed.
    argument
        Name of the caller's argument, for the message.

    Raises
    ------
    DataError
        Some geometries are missing, empty, of another type, invalid, or reach beyond 1e8 m; each is
        named by its row.
    """
    shapes = areas.geometry.to_numpy()
    polygonal = np.isin(shapely.get_type_id(shapes), (3, 6))
    sound = polygonal & shapely.is_valid(shapes) & ~shapely.is_empty(shapes)
    sound &= (np.abs(shapely.bounds(shapes)) < FARTHEST_M).all(axis=1)
    if sound.all():
        return
    problems = [Problem("geometry.polygon", argument, str(id_)) for id_ in areas.index[~sound]]
    raise DataError("coverage.polygons", problems)


def polygon_edges(areas: gpd.GeoDataFrame | gpd.GeoSeries) -> tuple[Floats, Counts]:
    """Return the edges of polygons, those of holes too.

    Parameters
    ----------
    areas
        Polygons or multipolygons, any CRS.

    Returns
    -------
    edges : array of float
        X and y of both ends of each edge, shape (n, 4), in the units of the CRS.
    owner : array of int
        Position of the polygon that each edge belongs to, ascending, shape (n,).

    Examples
    --------
    >>> edges, owner = polygon_edges(gpd.GeoSeries([shapely.box(0, 0, 2, 1)]))
    >>> edges.shape, owner.tolist()
    ((4, 4), [0, 0, 0, 0])
    """
    shapes = areas.geometry.to_numpy()
    parts, polygon = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    within = np.flatnonzero(ring[:-1] == ring[1:])
    edges = np.hstack([xy[within], xy[within + 1]])
    owner = polygon[part[ring[within]]].astype(np.int32)
    return np.ascontiguousarray(edges), owner


@dataclass(frozen=True, eq=False)
class Slices:
    """Polygons cut along level lines: exact along the lines, one line per row of a grid."""

    pointer: Longs
    """Where the pieces of each line begin, shape (rows + 1,)."""
    start: Floats
    stop: Floats
    """Ends of the pieces (x), metres."""
    code: Counts
    """Position of the polygon that each piece belongs to."""

    def lengths(self, polygons: int) -> Floats:
        """Return the length of line in each polygon.

        Parameters
        ----------
        polygons
            How many polygons were cut.

        Returns
        -------
        array of float
            Metres, shape (polygons,); zero for one that no line meets.
        """
        lengths = np.bincount(self.code, self.stop - self.start, minlength=polygons)
        return np.asarray(lengths, dtype=np.float64)


def slices(
    areas: gpd.GeoDataFrame | gpd.GeoSeries, *, y_m: float, step_m: float, rows: int
) -> Slices:
    """Cut polygons along level lines by the even-odd rule.

    Parameters
    ----------
    areas
        Valid polygons or multipolygons in metres.
    y_m
        Y of the first line, metres; line j lies at ``y_m + j · step_m``.
    step_m
        Distance from one line to the next, metres, above zero.
    rows
        How many lines there are.

    Returns
    -------
    Slices
        Pieces by line, along a line by polygon in their order, and of a polygon from west to east.
        A line through the lower end of an edge meets it, one through its upper end does not.

    Examples
    --------
    >>> square = gpd.GeoSeries([shapely.box(0, 0, 10, 10)])
    >>> slices(square, y_m=2.5, step_m=5.0, rows=2).lengths(1)
    array([20.])
    """
    edges, owner = polygon_edges(areas)
    bottom, top = (np.sort(edges[:, 1::2], axis=1).T - y_m) / step_m
    # An edge concerns the lines from its lower end, included, to its upper end, not included.
    edge, row = ranges(np.ceil(bottom), np.ceil(top), rows)
    x1, y1, x2, y2 = edges[edge].T
    crossing = x1 + (y_m + row * step_m - y1) * ((x2 - x1) / (y2 - y1))
    # A line crosses the edges of a polygon an even number of times: every second crossing ends a
    # piece.
    order = np.lexsort((crossing, owner[edge], row))
    start, stop = crossing[order][0::2], crossing[order][1::2]
    at = order[0::2]
    pointer = np.concatenate([[0], np.cumsum(np.bincount(row[at], minlength=rows))])
    return Slices(pointer, start, stop, owner[edge[at]])


def cell_codes(areas: gpd.GeoDataFrame | gpd.GeoSeries, grid: Grid) -> Counts:
    """Return for each cell the position of the polygon that holds its centre, -1 for none.

    Parameters
    ----------
    areas
        Valid polygons in metres; where they overlap, the first counts.
    grid
        Where to ask.

    Returns
    -------
    array of int
        Shape (rows, columns).

    Examples
    --------
    >>> areas = gpd.GeoSeries([shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)])
    >>> cell_codes(areas, Grid(0, 0, 10, columns=3, rows=1)).tolist()
    [[0, 1, -1]]
    """
    x0, y0, cell = grid.origin
    cut = slices(areas, y_m=y0, step_m=cell, rows=grid.rows)
    row = np.repeat(np.arange(grid.rows), np.diff(cut.pointer))
    turn = np.argsort(-cut.code, kind="stable")  # the first polygon is written last, and stays
    first, behind = (np.ceil((end[turn] - x0) / cell) for end in (cut.start, cut.stop))
    piece, column = ranges(first, behind, grid.columns)
    codes = np.full((grid.rows, grid.columns), -1, dtype=np.int32)
    codes[row[turn[piece]], column] = cut.code[turn[piece]]
    return codes


def cell_shares(region: BaseGeometry, grid: Grid) -> Floats:
    """Return which part of each cell lies in a region, exactly.

    Parameters
    ----------
    region
        Valid polygon or multipolygon in metres.
    grid
        Where to ask.

    Returns
    -------
    array of float
        Shape (rows, columns), 0 to 1: the shares times the cell's area add up to the area.

    Notes
    -----
    Each edge gives to the cells to its right what it cuts off of their height, plus upwards and
    minus downwards, so that a running sum along the row makes covered shares of it (as font
    renderers do it: R. Levien, "Inside the fastest font renderer in the world", 2016).

    Examples
    --------
    >>> cell_shares(shapely.box(0, 0, 15, 10), Grid(0, 0, 10, columns=2, rows=1)).tolist()
    [[1.0, 0.5]]
    """
    window = shapely.box(*grid.bounds)
    within = region if shapely.covered_by(shapely.envelope(region), window) else region & window
    parts = [part for part in shapely.get_parts(within) if part.geom_type == "Polygon"]
    if not parts:
        return np.zeros((grid.rows, grid.columns))
    edges = polygon_edges(gpd.GeoSeries(list(shapely.orient_polygons(parts))))[0]
    inside = (edges - np.array([grid.x_m, grid.y_m] * 2)) / grid.cell_m
    # The area to the right of an edge that goes up lies outside: the inside is to its left.
    shares = -np.cumsum(_cut_off(inside, grid.rows, grid.columns), axis=1)[:, : grid.columns]
    whole = np.rint(shares)
    return np.asarray(np.where(np.abs(shares - whole) < 1e-9, whole, shares), dtype=np.float64)


def _cut_off(edges: Floats, rows: int, columns: int) -> Floats:
    """Return the signed area that the edges cut off of each cell, and of the next one, in cells.

    ``edges`` are in cells too; the shape is (rows, columns + 2).
    """
    up = edges[:, 1] < edges[:, 3]
    xa, ya, xb, yb = np.where(up, edges.T, edges.T[[2, 3, 0, 1]])
    steep = yb - ya >= _LEVEL  # a level edge bounds no area
    sign, slope = np.where(up, 1.0, -1.0), (xb - xa) / np.where(steep, yb - ya, 1.0)
    # First each edge is cut at the rows …
    edge, r = ranges(np.floor(ya), np.where(steep, np.ceil(yb), 0), rows)
    bottom, top = np.maximum(ya[edge], r), np.minimum(yb[edge], r + 1)
    x, z = (np.clip(xa[edge] + (end - ya[edge]) * slope[edge], 0, columns) for end in (bottom, top))
    height, left, right = sign[edge] * (top - bottom), np.minimum(x, z), np.maximum(x, z)
    # … then each of these pieces at the columns.
    piece, c = ranges(np.floor(left), np.floor(right) + 1, columns + 1)
    begin, end = np.maximum(left[piece], c), np.minimum(right[piece], c + 1)
    span = (right - left)[piece]
    part = height[piece] * np.divide(end - begin, span, where=span > 0, out=np.ones(len(c)))
    share = 0.5 * (begin + end) - c
    cell = r[piece] * (columns + 2) + c
    area = np.bincount(
        np.stack([cell, cell + 1], axis=1).reshape(-1),
        np.stack([part * (1 - share), part * share], axis=1).reshape(-1),
        minlength=rows * (columns + 2),
    )
    return np.asarray(area, dtype=np.float64).reshape(rows, columns + 2)


def lattice(within: gpd.GeoDataFrame, *, spacing_m: float) -> gpd.GeoDataFrame:
    """Return the points of a square lattice that lie in some areas: demand, or candidates.

    Parameters
    ----------
    within
        Polygons in a CRS in metres, indexed by id.
    spacing_m
        Distance between neighbours in metres; the points are the centres of such cells.

    Returns
    -------
    GeoDataFrame
        Indexed ``grid-<row>-<column>``, south to north and west to east; column ``area_id`` is
        the index of the polygon that holds the point.

    Examples
    --------
    >>> town = gpd.GeoDataFrame(index=["t"], geometry=[shapely.box(0, 0, 20, 10)], crs=4548)
    >>> lattice(town, spacing_m=10).get_coordinates().to_numpy().tolist()
    [[5.0, 5.0], [15.0, 5.0]]
    """
    grid, row, column, code = lattice_cells(within, spacing_m=spacing_m)
    x0, y0, cell = grid.origin
    points = shapely.points(x0 + column * cell, y0 + row * cell)
    ids = [f"grid-{j:04d}-{k:04d}" for j, k in zip(row.tolist(), column.tolist(), strict=True)]
    holders = within.index.to_numpy()[code]
    return gpd.GeoDataFrame({"area_id": holders}, index=ids, geometry=points, crs=within.crs)


def lattice_cells(
    within: gpd.GeoDataFrame, *, spacing_m: float
) -> tuple[Grid, NDArray[np.int64], NDArray[np.int64], Counts]:
    """Return the grid of a lattice, and the cells whose centre lies in some areas.

    Parameters
    ----------
    within
        Valid polygons in a CRS in metres; where they overlap, the first counts. May be empty.
    spacing_m
        Distance between neighbours in metres: the side of a cell.

    Returns
    -------
    grid : Grid
        Over all the areas, its lines on whole multiples of the spacing; without cells for no areas.
    row, column : array of int
        Of each cell found, row by row from the south-west.
    code : array of int
        Position of the area that holds its centre.

    Raises
    ------
    ParameterError
        The spacing is not above zero, or so narrow that there would be too many cells.
    """
    if not len(within):
        nothing = np.empty(0, dtype=np.int64)
        return Grid(0.0, 0.0, spacing_m, 0, 0), nothing, nothing, nothing.astype(np.int32)
    grid = grid_over(tuple(within.total_bounds), cell_m=spacing_m)
    codes = cell_codes(within, grid)
    row, column = np.nonzero(codes >= 0)
    return grid, row, column, codes[row, column]
