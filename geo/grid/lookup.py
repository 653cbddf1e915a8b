"""Find the polygon that holds each of many points."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.base.arrays import Counts, Floats, Longs
from geo.base.crs import require_metric
from geo.base.errors import DataError, Problem
from geo.base.points import FARTHEST_M, coordinates, require_same_crs
from geo.grid.cells import Grid, grid_over, in_bands
from geo.grid.polygons import polygon_edges, require_polygons

Codes = NDArray[np.signedinteger[Any]]

FEW_PAIRS = 300_000
"""Points times polygons up to which GEOS is asked about all: no more than a twentieth of a second,
where the raster needs compiled code."""
CELLS = 250_000
"""Cells of the lookup raster: few enough to stay in the processor's cache."""


@dataclass(frozen=True, eq=False)
class _Raster:
    """Polygons on a raster, for asking about very many points."""

    grid: Grid
    table: Codes
    """Per cell the position of the polygon that holds all of it, -1, or the mark of an edge."""
    edges: Floats
    owner: Counts
    pointer: Longs
    numbers: Longs


@dataclass(frozen=True, eq=False)
class Lookup:
    """Polygons prepared for asking which one holds a point; set up by :func:`prepare`."""

    areas: gpd.GeoDataFrame

    @cached_property
    def labels(self) -> pd.CategoricalDtype:
        """The ids of the polygons, in their order."""
        return pd.CategoricalDtype(self.areas.index)

    @cached_property
    def _raster(self) -> _Raster:
        return _lay(self.areas)

    def codes(self, xy: Floats) -> Codes:
        """Return the position of the first polygon that holds each point, -1 for none.

        Parameters
        ----------
        xy
            Points on the plane of the polygons, metres, shape (n, 2); NaN lies nowhere.

        Returns
        -------
        array of int
            Shape (n,), in the smallest type that counts the polygons; an edge belongs to its
            polygon.
        """
        found = np.full(len(xy), -1, dtype=_code_type(len(self.areas)))
        if len(xy) * len(self.areas) <= FEW_PAIRS:
            sound = np.flatnonzero(np.isfinite(xy).all(axis=1))
            found[sound] = self._exactly(xy[sound])
            return found
        from geo.grid.polygon_kernels import UNSURE, look_up

        raster = self._raster
        frame = (raster.grid.x_m, raster.grid.y_m, raster.grid.cell_m)
        shape = (raster.edges, raster.owner, raster.pointer, raster.numbers, frame, raster.table)
        points = np.ascontiguousarray(xy, dtype=np.float64)
        unsure = in_bands(
            lambda low, high: look_up(points, *shape, found, low, high),
            len(points),
            cells=len(points),
        )
        if unsure:
            near = np.flatnonzero(found == UNSURE)
            found[near] = self._exactly(points[near])
        return found

    def _exactly(self, xy: Floats) -> Longs:
        """Ask GEOS, whose arithmetic is exact where rounding could decide; edges are inside."""
        tree = shapely.STRtree(np.asarray(shapely.points(xy)))
        shapes = self.areas.geometry.to_numpy()
        polygon, point = tree.query(shapes, predicate="intersects")
        found = np.full(len(xy), len(shapes), dtype=np.int64)
        np.minimum.at(found, point, polygon)
        return np.where(found < len(shapes), found, -1)


def prepare(areas: gpd.GeoDataFrame) -> Lookup:
    """Set up the lookup of some polygons; worth keeping where several sets of points follow.

    Parameters
    ----------
    areas
        Valid polygons in a CRS in metres, a unique index of ids.

    Returns
    -------
    Lookup
        It refers to ``areas``: do not change them while it is in use. The raster for many points is
        made when first needed.

    Raises
    ------
    CrsError
        The CRS is not metric.
    DataError
        A geometry is not a valid polygon, or an id occurs twice.
    """
    require_metric(areas, argument="districts")
    require_polygons(areas, argument="districts")
    if not areas.index.is_unique:
        raise DataError("input.points", [Problem("id.twice", "districts")])
    return Lookup(areas)


def _lay(areas: gpd.GeoDataFrame) -> _Raster:
    from geo.grid.polygon_kernels import bucket_edges, label_cells, mark_edges

    grid = _raster_over(areas)
    table = np.full((grid.rows, grid.columns), -1, dtype=_code_type(len(areas)))
    edges, owner = polygon_edges(areas)
    pointer, numbers = bucket_edges(edges, grid.y_m, grid.cell_m, grid.rows)
    frame = (grid.x_m, grid.y_m, grid.cell_m)
    mark_edges(edges, pointer, numbers, frame, table)
    label_cells(edges, owner, pointer, numbers, frame, table)
    return _Raster(grid, table, edges, owner, pointer, numbers)


def _code_type(polygons: int) -> type[np.signedinteger[Any]]:
    """Return the smallest type that counts the polygons, as a categorical column uses."""
    return next(t for t in (np.int8, np.int16, np.int32) if polygons <= np.iinfo(t).max)


def _raster_over(areas: gpd.GeoDataFrame) -> Grid:
    west, south, east, north = areas.total_bounds
    cell = max(np.sqrt((east - west) * (north - south) / CELLS), 1e-3)
    pad = 2 * cell  # an edge on a line of the grid marks the cells on both sides of it
    return grid_over((west - pad, south - pad, east + pad, north + pad), cell_m=float(cell))


def assign(
    points: gpd.GeoDataFrame | gpd.GeoSeries | NDArray[np.float64],
    districts: gpd.GeoDataFrame | Lookup,
) -> pd.Series:
    """Say in which district each point lies: the labels of a spatial join, at 1/200 of its time.

    Parameters
    ----------
    points
        Points in the CRS of the districts, or their coordinates in metres, shape (n, 2): a
        geometry object per point costs more than the question.
    districts
        Valid polygons in a CRS in metres, indexed by id; or what :func:`prepare` made of them.

    Returns
    -------
    Series
        Categorical, named ``district``, indexed as the points (by number for an array): the id of
        the first district, in their order, that holds the point, edge included; missing where no
        district does, and for a row without a point.

    Raises
    ------
    CrsError
        A CRS is not metric, or the two differ.
    DataError
        A geometry is no point, or not a valid polygon, or an array is not of shape (n, 2).

    Notes
    -----
    Few points are left to GEOS. For many, a raster tells at once for a cell that no edge crosses;
    in the others a ray is cast against the edges of that strip. A point so near an edge that
    rounding could decide it (orientation test, bound of Shewchuk 1997, Adaptive precision
    floating-point arithmetic) is left to GEOS.

    Examples
    --------
    >>> squares = gpd.GeoDataFrame(
    ...     index=["west", "east"],
    ...     geometry=[shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)],
    ...     crs=4548,
    ... )
    >>> assign(np.array([[3.0, 3.0], [10.0, 5.0], [11.0, 5.0], [30.0, 0.0]]), squares).tolist()
    ['west', 'west', 'east', nan]
    """
    lookup = districts if isinstance(districts, Lookup) else prepare(districts)
    if isinstance(points, np.ndarray):
        if points.ndim != 2 or points.shape[1] != 2:
            shape = str(points.shape)
            problem = Problem("array.shape", "points", shape=shape, expected="(n, 2)")
            raise DataError("input.points", [problem])
        xy, index = points, pd.RangeIndex(len(points))
    else:
        require_same_crs(points, lookup.areas, argument="points")
        xy, index = _positions(points), points.index
    codes = lookup.codes(xy)
    labels = pd.Categorical.from_codes(codes, dtype=lookup.labels, validate=False)
    return pd.Series(labels, index=index, name="district")


def _positions(points: gpd.GeoDataFrame | gpd.GeoSeries) -> Floats:
    """Return x and y per row, NaN for a row without a point."""
    shapes = points.geometry.to_numpy()
    kinds = shapely.get_type_id(shapes)
    if (kinds > 0).any():
        problems = [
            Problem("point.other", "points", str(id_), type=kind)
            for id_, kind in points.geom_type[kinds > 0].items()
        ]
        raise DataError("input.points", problems)
    xy = np.column_stack(coordinates(shapes))
    xy[~(np.abs(xy) < FARTHEST_M)] = np.nan
    return xy
