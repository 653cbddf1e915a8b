"""Find the reference systems in which undeclared coordinates would lie within a city."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS

from geo.base.arrays import Floats
from geo.base.bridge import WGS84, Box, transformer

DEGREES: Final = "EPSG:4326"
MERCATOR: Final = "EPSG:3857"
MOST_TRIED: Final = 2000
"""Rows that are tried in each system."""
MARGIN: Final = 0.5
"""How far beyond the city's box a row may lie and still speak for a system, degrees."""
_PREFIXED: Final = ((25, 45, 4513, 3, 0), (13, 23, 4491, 6, -3))
"""CGCS2000 zones whose number stands before the easting: first and last zone, EPSG code of the
first, width in degrees, and what the central meridian adds to zone times width."""
_METRES: Final = 1e6
"""Greater numbers are metres, or degrees without their marks."""
_BARE: Final = (4534, 75)
"""EPSG code and meridian of the first CGCS2000 zone of 3 degrees without a number."""


class Fit(NamedTuple):
    """One way to read two numbers as a position.

    Parameters
    ----------
    crs
        The system, such as ``EPSG:4527``.
    north_first
        Whether the first number is the northing, or the latitude.
    share
        Of the rows that are numbers, how many then lie within the city's box or near it.
    is_unmistakable
        Whether no other system has such numbers there: degrees, eastings with the number of their
        zone, Web Mercator.
    """

    crs: str
    north_first: bool
    share: float
    is_unmistakable: bool


@lru_cache(maxsize=32)
def is_in_degrees(crs: str) -> bool:
    """Tell whether the coordinates of a system are degrees.

    Parameters
    ----------
    crs
        A text by :func:`geo.base.bridge.canonical`.

    Examples
    --------
    >>> is_in_degrees("EPSG:4490"), is_in_degrees("EPSG:4548")
    (True, False)
    """
    return crs == DEGREES or bool(CRS(crs).is_geographic)


def fits(first: Floats, second: Floats, box: Box) -> list[Fit]:
    """Return the systems in which coordinates lie within a city, the likeliest first.

    Parameters
    ----------
    first, second
        The two numbers of each row, shape (n,); NaN is passed over.
    box
        West, south, east and north of the city, degrees in WGS 84.

    Returns
    -------
    list of Fit
        Those in which at least a tenth of the rows lie within the box or near it. Systems that
        cannot be told apart by their numbers, such as a Gauss-Krüger zone and a UTM zone of the
        same meridian, are both there.

    Examples
    --------
    >>> [fit[:2] for fit in fits(np.array([39.1]), np.array([117.2]), (116.7, 38.5, 118.1, 40.3))]
    [('EPSG:4326', True)]
    >>> north, east = np.array([4_338_943.5]), np.array([-10_689.4])
    >>> [fit[:2] for fit in fits(north, east, (116.7, 38.5, 118.1, 40.3))]
    [('EPSG:4550', True), ('EPSG:32651', True)]
    """
    known = np.isfinite(first) & np.isfinite(second) & ~((first == 0) & (second == 0))
    first, second = first[known], second[known]
    if not len(first):
        return []
    if len(first) > MOST_TRIED:
        some = np.linspace(0, len(first) - 1, MOST_TRIED).astype(np.intp)
        first, second = first[some], second[some]
    found = _fits_of(first, second, box, _candidates(box))
    if not any(fit.share >= 0.5 for fit in found) and np.median(np.fmax(first, second)) > _METRES:
        found += _fits_of(first, second, box, _farther(box))
    return sorted(found, key=lambda fit: (-round(fit.share, 2), not fit.is_unmistakable))


def _fits_of(
    first: Floats, second: Floats, box: Box, systems: Iterator[tuple[str, bool]]
) -> list[Fit]:
    return [
        fit
        for crs, unmistakable in systems
        for fit in _both_orders(first, second, crs, box, is_unmistakable=unmistakable)
        if fit.share >= 0.1
    ]


def _farther(box: Box) -> Iterator[tuple[str, bool]]:
    """Yield the zones beside those of a region, in which somebody may have left his numbers."""
    longitude = (box[0] + box[2]) / 2
    near = round((longitude - _BARE[1]) / 3)
    for zone in (near + beside for beside in (-4, -3, -2, 2, 3, 4)):
        if 0 <= zone <= 20:
            yield f"EPSG:{_BARE[0] + zone}", False
    utm = int((longitude + 180) // 6) + 1
    for zone in (utm - 1, utm + 1):
        if 1 <= zone <= 60:
            yield f"EPSG:{32600 + zone}", False


def _candidates(box: Box) -> Iterator[tuple[str, bool]]:
    """Yield the systems that people use in a region, and whether their numbers are unmistakable."""
    longitude = (box[0] + box[2]) / 2
    yield DEGREES, True
    for first, last, code, width, shift in _PREFIXED:
        for zone in range(first, last + 1):
            if abs(zone * width + shift - longitude) <= 1.5 * width:
                yield f"EPSG:{code + zone - first}", True
    yield MERCATOR, True
    near = round((longitude - _BARE[1]) / 3)
    for zone in sorted((near - 1, near, near + 1), key=lambda zone: abs(zone - near)):
        if 0 <= zone <= 20:
            yield f"EPSG:{_BARE[0] + zone}", False
    utm = int((longitude + 180) // 6) + 1
    yield f"EPSG:{32600 + utm}", False


def _both_orders(
    first: Floats, second: Floats, crs: str, box: Box, *, is_unmistakable: bool
) -> Iterator[Fit]:
    for north_first in (False, True):
        x, y = (second, first) if north_first else (first, second)
        yield Fit(crs, north_first, _share(x, y, crs, box), is_unmistakable)


def _share(x: Floats, y: Floats, crs: str, box: Box) -> float:
    if crs != DEGREES:
        code = int(crs.removeprefix("EPSG:"))
        x, y = transformer(code, 4326).transform(x, y)
    return float(np.mean(near(x, y, box)))


def near(lon: Floats, lat: Floats, box: Box, margin: float = MARGIN) -> NDArray[np.bool_]:
    """Tell which positions lie within a box or near it.

    Parameters
    ----------
    lon, lat
        Degrees, shape (n,); infinite and NaN are nowhere.
    box
        West, south, east and north, degrees.
    margin
        How far beyond it still counts, degrees.
    """
    west, south, east, north = box
    return np.asarray(
        (lon >= west - margin)
        & (lon <= east + margin)
        & (lat >= south - margin)
        & (lat <= north + margin)
    )


def packed(first: Floats, second: Floats, box: Box) -> str:
    """Tell whether numbers are degrees without their marks: ``packed_dms``, ``scaled``, or neither.

    Parameters
    ----------
    first, second
        The two numbers of each row, in either order; NaN is passed over.
    box
        West, south, east and north of the city, degrees in WGS 84.

    Examples
    --------
    >>> box = (116.7, 38.5, 118.1, 40.3)
    >>> packed(np.array([1170600.0]), np.array([390630.0]), box)
    'packed_dms'
    >>> packed(np.array([117188000.0]), np.array([39096000.0]), box)
    'scaled'
    """
    known = np.isfinite(first) & np.isfinite(second)
    first, second = first[known][:MOST_TRIED], second[known][:MOST_TRIED]
    best = ("", 0.5)
    for form, ways in (("packed_dms", _DMS_PARTS), ("scaled", _DEGREE_PARTS)):
        for part in ways:
            a, b = (_unpacked(one, part, form) for one in (first, second))
            there = near(a, b, box) | near(b, a, box)
            share = float(np.mean(there)) if len(there) else 0.0
            best = (form, share) if share > best[1] else best
    return best[0]


_DMS_PARTS: Final = (1.0, 10.0, 100.0, 1000.0)
_DEGREE_PARTS: Final = (1e5, 1e6, 1e7)


def _unpacked(values: Floats, part: float, form: str) -> Floats:
    """Return degrees; NaN for sixty minutes or seconds and more."""
    if form == "scaled":
        return values / part
    whole = np.abs(values) / part
    degrees, minutes, seconds = whole // 10_000, whole // 100 % 100, whole % 100
    good = (minutes < 60) & (seconds < 60)
    return np.where(good, degrees + minutes / 60 + seconds / 3600, np.nan)


def by_zone(found: Sequence[Fit], least: float = 0.5) -> Fit | None:
    """Return the one unmistakable reading that most rows speak for; None where there is none.

    Parameters
    ----------
    found
        As :func:`fits` returns them.
    least
        Share of the rows that must speak for it.
    """
    return next((fit for fit in found if fit.is_unmistakable and fit.share >= least), None)


def share_in(x: Floats, y: Floats, crs: str, box: Box) -> float:
    """Return the share of coordinates that lie within a box or near it.

    Parameters
    ----------
    x, y
        Easting or longitude, northing or latitude, shape (n,); NaN is passed over.
    crs
        A text by :func:`geo.base.bridge.canonical`.
    box
        West, south, east and north, degrees in WGS 84.
    """
    known = np.isfinite(x) & np.isfinite(y)
    if not known.any():
        return 0.0
    return float(np.mean(near_in(x[known][:MOST_TRIED], y[known][:MOST_TRIED], crs, box)))


def near_in(x: Floats, y: Floats, crs: str, box: Box, margin: float = MARGIN) -> NDArray[np.bool_]:
    """Tell which coordinates lie within a box or near it.

    Parameters
    ----------
    x, y, crs, box
        As in :func:`share_in`.
    margin
        As in :func:`near`.
    """
    return near(*transformer(CRS(crs), WGS84).transform(x, y), box, margin)


def in_another(first: Floats, second: Floats, crs: str, box: Box) -> NDArray[np.bool_]:
    """Tell which coordinates lie within a city in another system that people use there.

    Parameters
    ----------
    first, second
        The two numbers of each row, in either order; NaN lies nowhere; shape (n,).
    crs
        The system in which they were read.
    box
        West, south, east and north of the city, degrees in WGS 84.

    Examples
    --------
    >>> x, y = np.array([518_000.0, 250.0]), np.array([4_330_000.0, 4_330_000.0])
    >>> in_another(x, y, "EPSG:4549", (116.7, 38.5, 118.1, 40.3)).tolist()
    [True, False]
    """
    hit = np.zeros(len(first), dtype=bool)
    for other, _ in _candidates(box) if len(first) else ():
        if other != crs:
            for x, y in ((first, second), (second, first)):
                hit |= near_in(x, y, other, box, 0.0)
    return hit
