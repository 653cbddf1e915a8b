"""Draw many points as one picture that lies right on a Web Mercator map."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.base.bridge import transformer
from geo.base.errors import ParameterError, Problem
from geo.density.mercator import Overlay, palette_png

LARGEST_SIDE = 4096
"""Pixels of the longer side at most."""
_PER_RADIUS = 2.5
"""Pixels in the radius of a dot, where the picture is not too large for that."""


def dots(
    xy: ArrayLike,
    classes: ArrayLike,
    *,
    crs: int,
    colours: Sequence[str],
    radius_m: float,
    opacity: float = 1.0,
) -> Overlay | None:
    """Return points as dots in one picture: thousands of marks would stop the browser.

    Parameters
    ----------
    xy
        Coordinates in metres on the plane ``crs``, shape (n, 2).
    classes
        Per point the position of its colour; higher ones are drawn over lower ones.
    crs
        EPSG code of the plane.
    colours
        ``#RRGGBB`` of each class, at most 255.
    radius_m
        Radius of a dot in metres of the ground at the middle of the picture.
    opacity
        0 to 1.

    Returns
    -------
    Overlay or None
        None where there is no point.

    Raises
    ------
    ParameterError
        A class has no colour.
    """
    points = np.asarray(xy, dtype=np.float64).reshape(-1, 2)
    kind = np.asarray(classes, dtype=np.int64)
    if not len(points):
        return None
    if kind.shape != (len(points),) or not (0 <= kind.min() <= kind.max() < len(colours) <= 255):
        problem = Problem("density.colours", "classes", n=len(colours))
        raise ParameterError("density.overlay", [problem])
    to_degrees = transformer(crs, 4326)
    lon, lat = to_degrees.transform(*points.T)
    x, y = transformer(4326, 3857).transform(lon, lat)
    # Web Mercator stretches lengths by 1/cos(latitude).
    radius = radius_m / math.cos(math.radians(float(np.mean([lat.min(), lat.max()]))))
    longest = float(max(np.ptp(x), np.ptp(y))) + 4 * radius
    pixel = max(radius / _PER_RADIUS, longest / LARGEST_SIDE)
    margin = radius + 2 * pixel
    west, north = float(x.min()) - margin, float(y.max()) + margin
    wide = math.ceil((float(x.max()) + margin - west) / pixel)
    high = math.ceil((north + margin - float(y.min())) / pixel)
    picture = _stamped((x - west) / pixel, (north - y) / pixel, kind, radius / pixel, (high, wide))
    back = transformer(3857, 4326)
    (left, right), (bottom, top) = back.transform(
        [west, west + wide * pixel], [north - high * pixel, north]
    )
    return Overlay(palette_png(picture, colours, opacity), ((bottom, left), (top, right)))


def _stamped(
    column: NDArray[np.float64],
    row: NDArray[np.float64],
    kind: NDArray[np.int64],
    radius: float,
    shape: tuple[int, int],
) -> NDArray[np.uint8]:
    """Stamp a disc for every point, class by class; at least the pixel that holds the point."""
    picture = np.zeros(shape, dtype=np.uint8)
    order = np.argsort(kind, kind="stable")
    at = np.floor(np.column_stack([row, column])[order]).astype(np.int64)
    reach = math.ceil(radius)
    for down in range(-reach, reach + 1):
        for right in range(-reach, reach + 1):
            if math.hypot(down, right) <= max(radius, 0.5):
                r, c = at[:, 0] + down, at[:, 1] + right
                there = (r >= 0) & (r < shape[0]) & (c >= 0) & (c < shape[1])
                # Of several values for one pixel the largest stays: a higher class lies above.
                np.maximum.at(
                    picture, (r[there], c[there]), (kind[order][there] + 1).astype(np.uint8)
                )
    return picture
