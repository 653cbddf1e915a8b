"""Require that coordinates are metres on a projected plane."""

from __future__ import annotations

import geopandas as gpd
from pyproj import CRS

from geo.base.errors import CrsError, Problem

ANY_METRES = 32631
"""EPSG code of a plane in metres, for what asks for one and measures nothing of the ground."""


def _is_metric(crs: CRS) -> bool:
    axes = crs.axis_info[:2]
    return crs.is_projected and len(axes) == 2 and all(axis.unit_name == "metre" for axis in axes)


def require_metric(frame: gpd.GeoDataFrame | gpd.GeoSeries, *, argument: str) -> None:
    """Raise unless the coordinates of a frame are metres in a projected CRS.

    Nothing is converted: a silent conversion hides which plane a distance was measured in.

    Parameters
    ----------
    frame
        Any geometry type; not changed.
    argument
        Name of the caller's argument, for the message.

    Raises
    ------
    CrsError
        If the CRS is missing, geographic, or not in metres; Web Mercator is refused too, as its
        metres are not ground metres (at 39° N a kilometre there is 1.29 km long).

    Examples
    --------
    >>> from shapely import Point
    >>> require_metric(gpd.GeoSeries([Point(500_000, 4_300_000)], crs=4548), argument="sites")
    >>> require_metric(gpd.GeoSeries([Point(117, 39)], crs=4326), argument="sites")
    Traceback (most recent call last):
    geo.base.errors.CrsError: sites: crs.not_metric crs='WGS 84'
    """
    if frame.crs is None:
        raise CrsError("crs_missing", [Problem("crs.missing", argument)])
    crs = CRS.from_user_input(frame.crs)
    if not _is_metric(crs):
        raise CrsError("crs_not_metric", [Problem("crs.not_metric", argument, crs=crs.name)])
    if crs.to_epsg() == 3857:
        raise CrsError("crs_not_metric", [Problem("crs.web_mercator", argument, crs=crs.name)])
