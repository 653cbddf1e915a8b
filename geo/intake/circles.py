"""Draw the circle on the ellipsoid within which a position is thought to lie."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod

from geo.base.arrays import Floats

CORNERS: Final = 64
"""Corners of a circle: its area is 0.16 % too small."""
_MOST_DEGREES: Final = 90.0
_EARTH: Final = Geod(ellps="WGS84")


def circles(lon: Floats, lat: Floats, radius_m: Floats) -> NDArray[Any]:
    """Return circles around positions, wherever on the globe they lie.

    Parameters
    ----------
    lon, lat
        Degrees in WGS 84, shape (n,).
    radius_m
        Metres along the ellipsoid, shape (n,).

    Returns
    -------
    array of Polygon
        In degrees, counter-clockwise; None where a number is missing, and where the circle would
        hold a pole or cross the 180th meridian, which RFC 7946 does not let a ring do.

    Examples
    --------
    >>> one = circles(np.array([117.2]), np.array([39.1]), np.array([500.0]))[0]
    >>> round(abs(_EARTH.geometry_area_perimeter(one)[0]) / (np.pi * 500**2), 3), one.is_valid
    (0.998, True)
    """
    made = np.full(len(lon), None, dtype=object)
    there = np.isfinite(lon) & np.isfinite(lat) & np.isfinite(radius_m) & (radius_m > 0)
    if not there.any():
        return made
    n = int(there.sum())
    azimuth = np.tile(np.linspace(360, 0, CORNERS, endpoint=False), n)
    x0, y0, radius = (np.repeat(values[there], CORNERS) for values in (lon, lat, radius_m))
    x, y, _ = _EARTH.fwd(x0, y0, azimuth, radius)
    rings = np.stack([x, y], axis=-1).reshape(n, CORNERS, 2)
    shapes = np.asarray(shapely.polygons(rings), dtype=object)
    wide = np.ptp(rings[:, :, 0], axis=1) > _MOST_DEGREES
    shapes[wide | ~shapely.is_valid(shapes)] = None
    made[there] = shapes
    return made
