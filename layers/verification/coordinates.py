"""Read a position as people write it: degrees, degrees with minutes and seconds, or metres."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from geo.base.bridge import transformer
from geo.base.errors import UnfitError
from layers.handover.contents import TO_NUMBERED
from layers.store.position import Position

FORMS: Final = ("degrees", "dms", "metres")
LEAST_DOUBT_M: Final[Mapping[str, float]] = MappingProxyType(
    {"WGS 84": 0.0, "CGCS2000": 0.0, "GCJ-02": 600.0, "BD-09": 1500.0, "unknown": 1500.0}
)
"""By datum, how far a position may be off that is taken as it stands: GCJ-02 lies some 560 m beside
the ground here and BD-09 some 1,350 m. Neither is turned back: their formulas are not published."""
USUAL_DOUBT_M: Final = 100.0
"""Taken where the answer does not say how exact it is: the size of a site."""
_DMS: Final = re.compile(
    r"[EN东北]?\D{0,3}(\d{1,3})\s*[°度]\s*(\d{1,2}(?:\.\d+)?)\s*[′'分]"
    r"\s*(?:(\d{1,2}(?:\.\d+)?)\s*(?:″|\"|''|秒)?)?\s*[ENen]?"
)
_NUMBER: Final = re.compile(r"\d{1,9}(?:\.\d{1,12})?")
_ZONED: Final = 1e7
"""An easting from here on has the number of its zone before it."""


def read_coordinates(
    east: str, north: str, *, form: str, datum: str, doubt_m: float | None, plane: int
) -> Position:
    """Return the position that two cells give.

    Parameters
    ----------
    east, north
        Longitude or easting, latitude or northing, as they are written.
    form
        One of ``FORMS``; blank to tell it by how they are written.
    datum
        A key of ``LEAST_DOUBT_M``.
    doubt_m
        How far it may be off, as stated; None if nothing is.
    plane
        EPSG code of the city's plane, in which metres are read.

    Raises
    ------
    UnfitError
        They are no position in that form, or metres in another system than CGCS2000.

    Examples
    --------
    >>> read_coordinates(
    ...     "117°12′0″", "39°6′", form="", datum="GCJ-02", doubt_m=None, plane=4548)
    Position(lon=117.2, lat=39.1, doubt_m=600.0, datum='GCJ-02')
    """
    if datum not in LEAST_DOUBT_M:
        raise UnfitError("verification.datum", known=tuple(LEAST_DOUBT_M))
    told = _form(east)
    if told != _form(north) or (form and told != form):
        raise UnfitError("verification.form", value=f"{east} {north}")
    if told == "metres":
        if datum != "CGCS2000":
            raise UnfitError("verification.metres")
        lon, lat = _from_metres(float(east), float(north), plane)
    else:
        lon, lat = _degrees(east), _degrees(north)
    # A cell drops the zeros at the end of a number: the longer of the two says how it was written.
    rounding = min(_rounding_m(east, told), _rounding_m(north, told))
    least = max(LEAST_DOUBT_M[datum], rounding)
    doubt = max(USUAL_DOUBT_M if doubt_m is None else doubt_m, least)
    return Position(round(lon, 6), round(lat, 6), float(round(doubt)), datum)


def _form(text: str) -> str:
    if _DMS.fullmatch(text):
        return "dms"
    if not _NUMBER.fullmatch(text):
        raise UnfitError("verification.form", value=text)
    return "degrees" if float(text) <= 180 else "metres"


def _degrees(text: str) -> float:
    found = _DMS.fullmatch(text)
    if found is None:
        return float(text)
    whole, minutes, seconds = (float(part or 0) for part in found.groups())
    if minutes >= 60 or seconds >= 60:
        raise UnfitError("verification.form", value=text)
    return whole + minutes / 60 + seconds / 3600


def _from_metres(east: float, north: float, plane: int) -> tuple[float, float]:
    system = plane - TO_NUMBERED if east >= _ZONED else plane
    lon, lat = transformer(system, 4326).transform(east, north)
    return float(lon), float(lat)


def _rounding_m(text: str, form: str) -> float:
    """Return how far a position is off at most because its numbers were cut."""
    if form == "metres":
        return 1.0
    if form == "dms":
        return 30.0 if (found := _DMS.fullmatch(text)) and found[3] else 2000.0
    return 0.5 * 111_000 * 0.1 ** len(text.partition(".")[2])
