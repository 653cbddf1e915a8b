"""Count points in hexagons or squares, each with its true area."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geo.base.arrays import Floats
from geo.base.errors import ParameterError, Problem
from geo.base.finding import Finding
from geo.base.points import FARTHEST_M, require_positive
from geo.grid.cells import grid_over

LEAST_POINTS = 200
"""Fewer points leave most bins with none or one: the map then shows chance."""
LEAST_SOURCE = "pattern.source.ours"
RESOLUTIONS = range(4, 11)
"""H3 resolutions offered: hexagons of about 1,770 km² (4) to 0.015 km² (10)."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Bins(Finding):
    """Counts by cell; the main figure is the highest count per km².

    Parameters
    ----------
    frame
        One row per cell that holds a point, EPSG:4326, indexed by the cell's id and sorted by it:
        ``n``, ``weight``, ``area_km2``, ``per_km2``, and ``is_ranked``: whether the boundary leaves
        it half whole. Ready for :func:`geo.formats.write_geojson.to_geojson`.
    refused
        Key of the sentence that says why there are no bins; empty if there are.
    data_date
        Day of the data.
    """

    frame: gpd.GeoDataFrame
    refused: str = ""
    data_date: str = ""


def hexagon_bins(
    lonlat: ArrayLike,
    *,
    resolution: int,
    weights: ArrayLike | None = None,
    data_date: str = "",
) -> Bins:
    """Count points in the hexagons of H3.

    Parameters
    ----------
    lonlat
        Longitude and latitude in degrees (EPSG:4326), shape (n, 2): H3 is laid over the globe.
    resolution
        4 to 10; at 7 a hexagon has about 5 km², at 8 about 0.7.
    weights
        One number of zero or more per point; None for one each.
    data_date
        Day of the data.

    Returns
    -------
    Bins
        Refused below 200 points. Areas are those of the hexagons on the globe, not averages.

    Raises
    ------
    ParameterError
        The resolution is not offered, or a coordinate or a weight is out of range.

    Notes
    -----
    H3 (Uber, Apache 2.0): hexagons of nearly equal area; a few pentagons, none near land at these
    latitudes. A share of the surface of a sphere is used as the area (``h3.cell_area``).
    """
    from h3.api import basic_int as h3

    if resolution not in RESOLUTIONS:
        least, most = RESOLUTIONS.start, RESOLUTIONS.stop - 1
        problem = Problem("number.range", "resolution", value=resolution, least=least, most=most)
        raise ParameterError("bins.parameters", [problem])
    points, weigh = _checked(lonlat, weights, (180.0, 90.0))
    said: Mapping[str, object] = {"resolution": resolution}
    if len(points) < LEAST_POINTS:
        return _refusal("bins.method.hexagon", len(points), said, data_date)
    cells = (h3.latlng_to_cell(lat, lon, resolution) for lon, lat in points.tolist())
    codes, place = np.unique(np.fromiter(cells, np.uint64, len(points)), return_inverse=True)
    rings = [[(lon, lat) for lat, lon in h3.cell_to_boundary(code)] for code in codes.tolist()]
    area = np.array([h3.cell_area(code, unit="km^2") for code in codes.tolist()])
    ids = np.array([h3.int_to_str(code) for code in codes.tolist()])
    frame = _counted(ids, place, weigh, area, gpd.GeoSeries(map(shapely.Polygon, rings), crs=4326))
    return _bins(frame, "bins.method.hexagon", len(points), said, data_date)


def square_bins(
    xy: ArrayLike,
    *,
    cell_m: float,
    boundary: BaseGeometry | None = None,
    weights: ArrayLike | None = None,
    crs: int,
    data_date: str = "",
) -> Bins:
    """Count points in squares of the plane.

    Parameters
    ----------
    xy
        Coordinates in metres on the plane ``crs``, shape (n, 2).
    cell_m
        Side of a square; its lines lie on whole multiples of it.
    boundary
        Polygon on the same plane: squares are cut at it, areas are what is left, and points
        outside do not count. None for whole squares.
    weights
        One number of zero or more per point; None for one each.
    crs
        EPSG code of the plane.
    data_date
        Day of the data.

    Returns
    -------
    Bins
        Refused below 200 points. Ids are ``square-<column>-<row>`` in multiples of the side.

    Raises
    ------
    ParameterError
        A coordinate, a weight or the side is out of range.

    Examples
    --------
    >>> square_bins([[500_050, 4_300_050]] * 200, cell_m=100, crs=4548).value  # 200 on a hectare
    20000.0
    """
    points, weigh = _checked(xy, weights, (FARTHEST_M, FARTHEST_M))
    side = require_positive(cell_m, argument="cell_m")
    inside = np.ones(len(points), dtype=bool)
    if boundary is not None:
        shapely.prepare(boundary)
        inside = shapely.intersects_xy(boundary, points[:, 0], points[:, 1])
    said = {"cell_m": side, "crs": f"EPSG:{crs}", "outside": int((~inside).sum())}
    points, weigh = points[inside], weigh[inside]
    if len(points) < LEAST_POINTS:
        return _refusal("bins.method.square", len(points), said, data_date)
    cells = np.floor(points / side).astype(np.int64)
    grid_over((*points.min(axis=0), *points.max(axis=0)), cell_m=side)  # refuses too many cells
    west, south = cells.min(axis=0)
    high = int(cells[:, 1].max() - south) + 1
    one, place = np.unique(  # a number per square: rows of two are compared far more slowly
        (cells[:, 0] - west) * high + cells[:, 1] - south, return_inverse=True
    )
    at = np.column_stack([one // high + west, one % high + south])
    corner = at * side
    whole = gpd.GeoSeries(shapely.box(*corner.T, *(corner + side).T), crs=crs)
    shapes = whole if boundary is None else whole.intersection(boundary)
    ids = np.array([f"square-{column}-{row}" for column, row in at.tolist()])
    frame = _counted(ids, place.reshape(-1), weigh, shapes.area.to_numpy() / 1e6, shapes)
    return _bins(frame.to_crs(4326), "bins.method.square", len(points), said, data_date)


def advised_side_m(n: int, *, area_km2: float) -> float:
    """Return the side of a square that holds two points on average.

    Parameters
    ----------
    n
        How many points there are.
    area_km2
        Area over which they are spread.

    Returns
    -------
    float
        Metres; NaN for no points.

    Notes
    -----
    A common rule for quadrats (Griffith and Amrhein 1991, Statistical Analysis for Geographers).

    Examples
    --------
    >>> advised_side_m(200, area_km2=100)
    1000.0
    """
    return math.sqrt(2 * area_km2 / n) * 1000 if n > 0 else math.nan


def _checked(
    xy: ArrayLike, weights: ArrayLike | None, limits: tuple[float, float]
) -> tuple[Floats, Floats]:
    points = np.asarray(xy, dtype=np.float64).reshape(-1, 2)
    problems = []
    if bad := int((~(np.abs(points) <= limits).all(axis=1)).sum()):
        problems.append(Problem("point.rows_out_of_range", "points", n=bad))
    weigh = np.ones(len(points)) if weights is None else np.asarray(weights, dtype=np.float64)
    if weigh.shape != (len(points),) or not (np.isfinite(weigh) & (weigh >= 0)).all():
        problems.append(Problem("weight.each", "weights"))
    if problems:
        raise ParameterError("bins.parameters", problems)
    return points, weigh


def _counted(
    ids: NDArray[np.str_],
    place: NDArray[np.intp],
    weights: Floats,
    area_km2: Floats,
    shapes: gpd.GeoSeries,
) -> gpd.GeoDataFrame:
    n = np.bincount(place, minlength=len(ids))
    weight = np.bincount(place, weights, minlength=len(ids))
    with np.errstate(divide="ignore", invalid="ignore"):  # a sliver at the boundary has no area
        per_km2 = np.where(area_km2 > 0, weight / area_km2, np.nan)
    held = area_km2 >= area_km2.max() / 2
    frame = gpd.GeoDataFrame(
        {
            "n": n,
            "weight": weight,
            "area_km2": area_km2,
            "per_km2": per_km2,
            "is_ranked": held,
        },
        geometry=shapes.to_numpy(),
        crs=shapes.crs,
        index=pd.Index(ids, name="cell"),
    )
    return frame.sort_index()


def ranked(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the cells that may be called the densest: those that the boundary leaves half whole.

    Parameters
    ----------
    frame
        Cells as of :class:`Bins`.

    Returns
    -------
    GeoDataFrame
        Without cells of less than half the largest cell's area: a single point in a sliver at the
        boundary would make it the densest of all.
    """
    return frame[frame["is_ranked"]]


def _bins(
    frame: gpd.GeoDataFrame, method: str, n: int, said: Mapping[str, object], data_date: str
) -> Bins:
    held = ranked(frame)
    cut = len(frame) - len(held)
    told = {"bins.outside": said.get("outside"), "bins.cut": cut}
    return Bins(
        value=float(held["per_km2"].max()),
        unit="1/km²",
        n=n,
        method=method,
        parameters={**said, "cells": len(frame), "n": n, "least": LEAST_POINTS, "cut": cut},
        caveats=("bins.arbitrary", *(key for key, count in told.items() if count)),
        frame=frame,
        data_date=data_date,
    )


def _refusal(method: str, n: int, said: Mapping[str, object], data_date: str) -> Bins:
    columns = ["n", "weight", "area_km2", "per_km2", "is_ranked"]
    empty = gpd.GeoDataFrame({name: [] for name in columns}, geometry=[], crs=CRS.from_epsg(4326))
    return Bins(
        value=math.nan,
        unit="1/km²",
        n=n,
        method=method,
        parameters={**said, "n": n, "least": LEAST_POINTS, "source": LEAST_SOURCE},
        caveats=("bins.refused",),
        frame=empty,
        refused="bins.refused",
        data_date=data_date,
    )
