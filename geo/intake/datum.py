"""Say how far GCJ-02 and BD-09 set a position off, and undo it approximately."""

from __future__ import annotations

from typing import Final

import numpy as np

from geo.base.arrays import Floats
from geo.base.bridge import Box

DATUMS: Final = ("gcj02", "bd09")
LEAST_OFF_M: Final = 600.0
"""Doubt of a position in the datum of a commercial map, wherever it lies, metres."""
_TRIED: Final = 200
"""Positions along each side of a box; within a degree the offset swings by a hundred metres."""
_AXIS_M: Final = 6_378_245.0
_ECCENTRICITY: Final = 0.006_693_421_622_965_943
_BD: Final = np.pi * 3000.0 / 180.0


def _shift(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Return by how much GCJ-02 sets a position off, degrees."""
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    wave = (20 * np.sin(6 * x * np.pi) + 20 * np.sin(2 * x * np.pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + wave
    north += (20 * np.sin(y * np.pi) + 40 * np.sin(y / 3 * np.pi)) * 2 / 3
    north += (160 * np.sin(y / 12 * np.pi) + 320 * np.sin(y * np.pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + wave
    east += (20 * np.sin(x * np.pi) + 40 * np.sin(x / 3 * np.pi)) * 2 / 3
    east += (150 * np.sin(x / 12 * np.pi) + 300 * np.sin(x / 30 * np.pi)) * 2 / 3
    angle = lat / 180 * np.pi
    magic = 1 - _ECCENTRICITY * np.sin(angle) ** 2
    north = north * 180 / (_AXIS_M * (1 - _ECCENTRICITY) / (magic * np.sqrt(magic)) * np.pi)
    east = east * 180 / (_AXIS_M / np.sqrt(magic) * np.cos(angle) * np.pi)
    return east, north


def set_off(lon: Floats, lat: Floats, datum: str) -> tuple[Floats, Floats]:
    """Return where a position in WGS 84 stands in GCJ-02 or BD-09.

    Parameters
    ----------
    lon, lat
        Degrees in WGS 84, shape (n,).
    datum
        ``gcj02`` or ``bd09``.

    Returns
    -------
    tuple of array
        Longitude and latitude, degrees.

    Notes
    -----
    The formulas are those that are publicly known; the official ones are not published.

    Examples
    --------
    >>> lon, lat = set_off(np.array([117.2]), np.array([39.1]), "gcj02")
    >>> round(float(lon[0]), 4), round(float(lat[0]), 4)
    (117.2063, 39.101)
    """
    east, north = _shift(lon, lat)
    lon, lat = lon + east, lat + north
    if datum != "bd09":
        return lon, lat
    far = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD)
    turn = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD)
    return far * np.cos(turn) + 0.0065, far * np.sin(turn) + 0.006


def set_back(lon: Floats, lat: Floats, datum: str) -> tuple[Floats, Floats]:
    """Return approximately where a position in GCJ-02 or BD-09 stands in WGS 84.

    Parameters
    ----------
    lon, lat
        Degrees, shape (n,).
    datum
        ``gcj02`` or ``bd09``.

    Returns
    -------
    tuple of array
        Longitude and latitude in WGS 84, degrees; to a metre by these formulas, and not for
        surveying.

    Examples
    --------
    >>> there = set_off(np.array([117.2]), np.array([39.1]), "bd09")
    >>> [round(float(one[0]), 6) for one in set_back(*there, "bd09")]
    [117.2, 39.1]
    """
    there_lon, there_lat = lon, lat
    for _ in range(6):  # each step leaves a hundredth of the error
        off_lon, off_lat = set_off(there_lon, there_lat, datum)
        there_lon, there_lat = there_lon + lon - off_lon, there_lat + lat - off_lat
    return there_lon, there_lat


def most_offset_m(box: Box, datum: str) -> float:
    """Return how far a datum sets positions off at most, for the doubt of those left in it.

    Parameters
    ----------
    box
        West, south, east and north of where they lie, degrees.
    datum
        ``gcj02`` or ``bd09``.

    Returns
    -------
    float
        Metres, rounded up to a hundred, and ``LEAST_OFF_M`` at least.

    Examples
    --------
    >>> box = (116.7, 38.55, 118.06, 40.25)
    >>> most_offset_m(box, "gcj02"), most_offset_m(box, "bd09")
    (600.0, 1500.0)
    """
    west, south, east, north = box
    lon, lat = (one.ravel() for one in np.meshgrid(
        np.linspace(west, east, _TRIED), np.linspace(south, north, _TRIED)
    ))  # fmt: skip
    off_lon, off_lat = set_off(lon, lat, datum)
    far = np.hypot((off_lon - lon) * 111_320 * np.cos(np.radians(lat)), (off_lat - lat) * 110_950)
    return float(max(np.ceil(far.max() / 100) * 100, LEAST_OFF_M))
