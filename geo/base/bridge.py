"""Lead from the reference system that a file declares to a plane, or say why there is no way."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Final

import geopandas.array
import numpy as np
from pyproj import CRS, Transformer
from pyproj.enums import TransformDirection
from pyproj.exceptions import CRSError, ProjError
from pyproj.transformer import AreaOfInterest

from geo.base.arrays import Floats
from geo.base.errors import CrsError, Problem

Box = tuple[float, float, float, float]
"""West, south, east, north."""

WGS84: Final = 4326
SAME_GROUND: Final = (WGS84, 4490)
"""WGS 84 and CGCS2000 lie within a decimetre of each other: between them nothing is shifted."""
MODERN_AXIS_M: Final = 6_378_137.0
"""Equatorial radius of WGS 84, CGCS2000 and GRS 80: datums upon it are centred on the Earth."""
MOST_CHARACTERS: Final = 100_000
DEEPEST: Final = 32
"""Longer or deeper than any real definition, which has about 5,000 characters and 8 levels."""
_CODE: Final = re.compile(
    r"[A-Za-z][A-Za-z0-9_]{1,15}:[0-9A-Za-z_.]{1,32}|"
    r"urn:ogc:def:crs:[A-Za-z0-9_]{2,16}:[0-9A-Za-z_.]{0,16}:[0-9A-Za-z_.]{1,32}|"
    r"https?://www\.opengis\.net/def/crs/[A-Za-z0-9_]{2,16}/[0-9.]{1,16}/[0-9A-Za-z_.]{1,32}",
    re.ASCII,
)
"""Any authority of PROJ's register and its code, plainly or as the OGC writes it."""


@dataclass(frozen=True, eq=False)
class Bridge:
    """The way from a reference system to a plane.

    Parameters
    ----------
    steps
        Transformations one after the other, x before y throughout.
    accuracy_m
        What PROJ states of the shift between the two datums, metres; 0 if there is none, None if
        it is not known.
    datum
        Name of the file's datum if it was taken for the plane's for want of a known shift; it is
        centred on the Earth, so the difference is a few metres at most. Empty otherwise.
    """

    steps: tuple[Transformer, ...]
    accuracy_m: float | None = 0.0
    datum: str = ""

    def transform(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Return coordinates on the plane.

        Parameters
        ----------
        x, y
            Coordinates in the system of the source, shape (n,): its degrees or units, longitude or
            easting first whatever the register's order of axes.

        Returns
        -------
        tuple of array
            Easting and northing in metres, shape (n,); infinite where the projection does not
            reach, NaN where a coordinate is NaN.
        """
        for step in self._ready:
            x, y = step.transform(x, y)
        return x, y

    @cached_property
    def _ready(self) -> tuple[Transformer, ...]:
        return tuple(map(_bare, self.steps))

    def bounds(self, plane: Box) -> Box:
        """Return a rectangle of the plane in the system of the source.

        Parameters
        ----------
        plane
            West, south, east, north in metres.

        Returns
        -------
        tuple of float
            West, south, east, north of what holds the rectangle, in the degrees or units of the
            source. Its sides may be curved there: they are followed at 21 points each.
        """
        for step in reversed(self.steps):
            plane = step.transform_bounds(
                *plane, densify_pts=21, direction=TransformDirection.INVERSE
            )
        return plane


@lru_cache(maxsize=32)
def transformer(source: CRS | int, target: CRS | int) -> Transformer:
    """Return the transformation between two systems, x before y, for all threads.

    Parameters
    ----------
    source, target
        A reference system, or its EPSG code.

    Returns
    -------
    Transformer
        Longitude before latitude whatever the register's order of axes. The latest 32 are kept. Its
        ``transform_bounds`` does not know whether a side is in degrees: give it planes only.

    Examples
    --------
    >>> x, y = transformer(4326, 4548).transform(117.0, 39.0)
    >>> round(x), round(y)
    (500000, 4318504)
    """
    return _bare(Transformer.from_crs(source, target, always_xy=True))


def lend_to_geopandas() -> None:
    """Let GeoPandas take its transformations from :func:`transformer`.

    Each of its own searches PROJ's database again in every thread, for 70 ms, and a page runs in
    a new thread each time.
    """
    geopandas.array.TransformerFromCRS = _for_geopandas


def _for_geopandas(source: CRS, target: CRS, *, always_xy: bool) -> Transformer:
    if not always_xy:
        raise ValueError("GeoPandas puts x before y")
    return transformer(source, target)


def _bare(step: Transformer) -> Transformer:
    """Return a transformation as its bare steps, the same to the last bit.

    Of any other, PROJ searches its database again in every thread, for 70 ms. It has no bare steps
    if there are several ways and the place decides.
    """
    told = step.definition
    return Transformer.from_pipeline(told) if told.startswith("proj=") else step


def canonical(said: object, *, where: str) -> str:
    """Return a declared reference system as a text that stands for it and nothing else.

    Parameters
    ----------
    said
        What a file declares: PROJJSON as a mapping, well-known text, or authority and code.
    where
        Name of the file, for the message.

    Returns
    -------
    str
        ``EPSG:`` and a code if the declaration equals that entry; else the definition as PROJJSON.
        Of a compound system only the horizontal part: heights are not read.

    Raises
    ------
    CrsError
        It cannot be understood (``crs_unknown``), or says nothing of a place on the Earth's
        surface (heights, the Moon), or needs files of its own (``crs_kind``).

    Examples
    --------
    >>> canonical("OGC:CRS84", where="places.parquet")
    'EPSG:4326'
    >>> name_of(canonical("IGNF:WGS84MILLGP", where="places.parquet"))
    'WGS84 PROJECTION MILLER GEOPORTAIL: PROJ mill'
    """
    crs = _understood(said)
    if crs is None:
        # A definition may be so deep that Python cannot write it out.
        name = said.get("name", "") if isinstance(said, dict) else said
        told = {"value": str(name)[:80] if isinstance(name, str | int) else ""}
        problem = Problem("system.not_understood", where, field="crs", values=told)
        raise CrsError("stream.crs_unknown", [problem])
    name = crs.name[:200]
    if crs.is_compound:
        crs = crs.sub_crs_list[0]
    globe = _other_globe(crs)
    if not (crs.is_geographic or crs.is_projected) or globe or _needs_files(crs):
        told = {"name": name, "type": globe or crs.type_name}
        problem = Problem("system.no_ground", where, field="crs", values=told)
        raise CrsError("stream.crs_kind", [problem])
    if len(crs.axis_info) > 2:
        crs = crs.to_2d()
    for code in (crs.to_epsg(), WGS84):
        if code is not None and crs.equals(CRS.from_epsg(code), ignore_axis_order=True):
            return f"EPSG:{code}"
    return crs.to_json()


def _understood(said: object) -> CRS | None:
    try:
        if isinstance(said, dict) and _is_plain(said):
            return CRS.from_json_dict(said)
        if isinstance(said, str) and len(said) <= MOST_CHARACTERS:
            # Other texts (PROJ's own) may name files to be opened.
            return CRS(said) if _CODE.fullmatch(said) else CRS.from_wkt(said)
    except (CRSError, ProjError, ValueError, TypeError, KeyError, AttributeError):
        return None
    return None


def _other_globe(crs: CRS) -> str:
    """Return the datum of a system that lies on the Moon or a planet; empty on the Earth."""
    ground = crs.geodetic_crs
    if ground is None or ground.datum is None or ground.ellipsoid is None:
        return ""
    is_earth = abs(ground.ellipsoid.semi_major_metre / MODERN_AXIS_M - 1) < 0.01
    return "" if is_earth else str(ground.datum.name)[:200]


def _walk(tree: Any) -> Iterator[tuple[str, Any, int]]:
    """Yield every member of a definition with its name and depth, without recursion."""
    left: list[tuple[str, Any, int]] = [("", tree, 0)]
    while left:
        name, value, depth = left.pop()
        yield name, value, depth
        if isinstance(value, dict):
            left.extend((str(key), inner, depth + 1) for key, inner in value.items())
        elif isinstance(value, list):
            left.extend((name, inner, depth + 1) for inner in value)


def _is_plain(said: dict[str, Any]) -> bool:
    """Tell whether a definition is no deeper and no longer than a real one can be."""
    if any(depth > DEEPEST for _, _, depth in _walk(said)):
        return False
    return len(json.dumps(said)) <= MOST_CHARACTERS


def _needs_files(crs: CRS) -> bool:
    """Tell whether a definition names files (grids of shifts) that PROJ would open."""
    return any(name == "value" and isinstance(value, str) for name, value, _ in _walk(
        crs.to_json_dict()
    ))  # fmt: skip


def name_of(source: str) -> str:
    """Return how a canonical text is called among people: its code, or its name and method.

    Parameters
    ----------
    source
        A text by :func:`canonical`.

    Returns
    -------
    str
        The text itself if it is a code. The name of a plane of one's own is often ``unknown``:
        method and meridian tell it from others.

    Examples
    --------
    >>> name_of("EPSG:4548")
    'EPSG:4548'
    """
    if source.startswith("EPSG:"):
        return source
    crs = CRS(source)
    crs = crs.source_crs or crs if crs.is_bound else crs
    way = crs.coordinate_operation
    if way is None or not crs.is_projected:
        return crs.name
    meridian = [f"{one.value:.6g}°" for one in way.params if one.name.startswith("Longitude")]
    return " ".join([f"{crs.name}: {way.method_name}", *meridian])


@lru_cache(maxsize=32)
def bridge(source: str, plane: int, area: Box) -> Bridge:
    """Return the way from a reference system to a plane.

    Parameters
    ----------
    source
        A text by :func:`canonical`.
    plane
        EPSG code of the plane, in metres.
    area
        Part of the plane that matters, metres: shifts of datum are known for regions only.

    Returns
    -------
    Bridge
        From the source to the plane; the latest 32 are kept. Its ``accuracy_m`` and ``datum`` say
        what was done about a difference of datum.

    Raises
    ------
    CrsError
        No shift of its datum is known there, and ignoring it would cost 50 to 200 m
        (``crs_datum``); or it does not reach that part of the Earth (``crs_reach``).
    """
    crs = CRS(source)
    direct = Transformer.from_crs(crs, plane, always_xy=True)
    to_degrees = Transformer.from_crs(plane, WGS84, always_xy=True)
    near = AreaOfInterest(*to_degrees.transform_bounds(*area))
    if any(_shift(crs, ground, near) == 0.0 for ground in (plane, *SAME_GROUND)):
        way = Bridge((direct,))
    elif (shift := _without_guess(crs, WGS84, near)) is not None:
        last = Transformer.from_crs(WGS84, plane, always_xy=True)
        way = Bridge((shift, last), shift.accuracy if shift.accuracy > 0 else None)
    elif (datum := _modern(crs)) is not None:
        way = Bridge((direct,), None, datum)
    else:
        problem = Problem("system.no_shift", "crs", name=name_of(source)[:200])
        raise CrsError("stream.crs_datum", [problem])
    _require_reach(way, area, name_of(source)[:200])
    return way


def _without_guess(crs: CRS, target: int, near: AreaOfInterest) -> Transformer | None:
    """Return a transformation whose shift of datum is known, or None."""
    try:
        return Transformer.from_crs(
            crs, target, always_xy=True, area_of_interest=near, allow_ballpark=False
        )
    except ProjError:
        return None


def _shift(crs: CRS, target: int, near: AreaOfInterest) -> float | None:
    found = _without_guess(crs, target, near)
    return None if found is None else found.accuracy


def _modern(crs: CRS) -> str | None:
    """Return the name of a datum that is centred on the Earth; None if it is not."""
    ground = crs.geodetic_crs
    if ground is None or ground.datum is None or ground.ellipsoid is None:
        return None
    if abs(ground.ellipsoid.semi_major_metre - MODERN_AXIS_M) > 1.0:
        return None
    return ground.datum.name[:200]


def _require_reach(way: Bridge, area: Box, name: str) -> None:
    """Raise unless the middle of the area can be told in the system, to the metre."""
    middle = (area[0] + area[2]) / 2, (area[1] + area[3]) / 2
    x, y = middle
    for step in reversed(way.steps):
        x, y = step.transform(x, y, direction=TransformDirection.INVERSE)
    there = np.asarray(way.transform(np.array([x]), np.array([y]))).ravel()
    if not (np.abs(there - middle) < 1.0).all():
        raise CrsError("stream.crs_reach", [Problem("system.beyond", "crs", name=name)])
