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
    """Raise DataError unless every geometry is a valid polygon or multipolygon."""
    shapes = areas.geometry.to_numpy()
    polygonal = np.isin(shapely.get_type_id(shapes), (3, 6))
    sound = polygonal & shapely.is_valid(shapes) & ~shapely.is_empty(shapes)
    sound &= (np.abs(shapely.bounds(shapes)) < FARTHEST_M).all(axis=1)
    if sound.all():
        return
    problems = [Problem("geometry.polygon", argument, str(id_)) for id_ in areas.index[~sound]]
    raise DataError("coverage.polygons", problems)


def polygon_edges(areas: gpd.GeoDataFrame | gpd.GeoSeries) -> tuple[Floats, Counts]:
    """Return the edges of polygons (x1, y1, x2, y2) and the position of the polygon of each."""
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
        """Return the length of line in each polygon, metres."""
        lengths = np.bincount(self.code, self.stop - self.start, minlength=polygons)
        return np.asarray(lengths, dtype=np.float64)


def slices(
    areas: gpd.GeoDataFrame | gpd.GeoSeries, *, y_m: float, step_m: float, rows: int
) -> Slices:
    """Cut polygons along the lines ``y = y_m + j · step_m`` by the even-odd rule."""
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
    """Return the grid of a lattice, and row, column and polygon of each cell in some areas."""
    if not len(within):
        nothing = np.empty(0, dtype=np.int64)
        return Grid(0.0, 0.0, spacing_m, 0, 0), nothing, nothing, nothing.astype(np.int32)
    grid = grid_over(tuple(within.total_bounds), cell_m=spacing_m)
    codes = cell_codes(within, grid)
    row, column = np.nonzero(codes >= 0)
    return grid, row, column, codes[row, column]
