"""Read the two coordinates that one text holds."""

from __future__ import annotations

import json
import math
import re
import struct
from typing import Any, Final

from geo.intake.notation import LONGEST, Written, number, plain

_NUM: Final = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?"
POINT: Final = re.compile(
    rf"\s*(?:SRID\s*=\s*\d+\s*;)?\s*POINT\s*(?:ZM|Z|M)?\s*\(\s*({_NUM})[\s,]+({_NUM})"
    rf"(?:\s+{_NUM}){{0,2}}\s*\)\s*",
    re.ASCII | re.IGNORECASE,
)
_SINGLE: Final = re.compile(
    rf"(\s*(?:SRID\s*=\s*\d+\s*;)?\s*)MULTI(POINT\s*(?:ZM|Z|M)?\s*)\(\s*(\(\s*{_NUM}[^()]*\)|{_NUM}[^(),]*)\s*\)\s*",
    re.ASCII | re.IGNORECASE,
)
"""A multipoint of one point, as PostGIS and QGIS write points of layers that may have several."""
_HEX: Final = re.compile(r"\s*0[01](?:[0-9A-F]{2}){20,40}\s*", re.ASCII | re.IGNORECASE)
_SRID: Final = re.compile(r"\s*SRID\s*=\s*(\d{4,6})\s*;", re.ASCII | re.IGNORECASE)
_HAS_SRID: Final = 0x20000000
SHAPE: Final = re.compile(
    r"\s*(?:SRID\s*=\s*\d+\s*;)?\s*(?:MULTI)?(?:LINESTRING|POLYGON|POINT|GEOMETRYCOLLECTION)"
    r"\s*(?:ZM|Z|M)?\s*(?:\(|EMPTY)",
    re.ASCII | re.IGNORECASE,
)
_NAMES: Final = {
    "x": ("lng", "lon", "longitude", "long", "x", "经度"),
    "y": ("lat", "latitude", "y", "纬度"),
}
Pair = tuple[Written, Written]


def pair(text: str) -> Pair | None:
    """Return the two coordinates that a text holds, in the order in which they stand.

    Parameters
    ----------
    text
        Two numbers or angles parted by a comma, semicolon, slash, bar or blank, perhaps in
        brackets; ``POINT (x y)``; or an object of JSON.

    Returns
    -------
    tuple of Written or None
        None if it holds anything else. Which is east decides the reader of the column, unless
        ``axis`` says it.

    Examples
    --------
    >>> [one.value for one in pair("(117.1000，39.0500)")]
    [117.1, 39.05]
    >>> [one.axis for one in pair("39°03′N, 117°06′E")]
    ['y', 'x']
    >>> [one.value for one in pair("117.1,39.05,12")]
    [117.1, 39.05]
    """
    if len(text) > LONGEST:
        return None
    text = _SINGLE.sub(lambda one: f"{one[1]}{one[2]}({one[3].strip('() ')})", text)
    point = POINT.fullmatch(text)
    if point is not None:
        return _sound(Written(float(point[1]), axis="x"), Written(float(point[2]), axis="y"))
    if "{" in text:
        return _of_json(text)
    if _HEX.fullmatch(text) is not None:
        return _of_hex(bytes.fromhex(text.strip()))
    bare = plain(text).strip("()[]<> ")
    for mark in (";", ",", "|", "/"):
        found = _parted(bare, mark)
        if found is not None:
            return found
    return _parted(bare, None) or _by_sides(bare) or _with_height(bare)


def srid(text: str) -> int:
    """Return the EPSG code that a text of well-known text or binary declares; 0 for none.

    Parameters
    ----------
    text
        As PostGIS writes it.

    Examples
    --------
    >>> srid("SRID=4548;POINT(517250 4323000)"), srid("POINT(117 39)")
    (4548, 0)
    """
    told = _SRID.match(text)
    if told is not None:
        return int(told[1])
    if len(text) > LONGEST or _HEX.fullmatch(text) is None:
        return 0
    data = bytes.fromhex(text.strip())
    order = "<" if data[0] else ">"
    code, found = struct.unpack(f"{order}II", data[1:9])
    return int(found) if code & _HAS_SRID and found < 1_000_000 else 0


def _of_hex(data: bytes) -> Pair | None:
    """Return the point of well-known binary that is written as hexadecimal digits."""
    order = "<" if data[0] else ">"
    (code,) = struct.unpack(f"{order}I", data[1:5])
    begin = 9 if code & _HAS_SRID else 5
    if (code & 0x1FFFFFFF) % 1000 != 1 or len(data) < begin + 16:
        return None
    x, y = struct.unpack(f"{order}dd", data[begin : begin + 16])
    return _sound(Written(x, axis="x"), Written(y, axis="y"))


def _with_height(text: str) -> Pair | None:
    """Return the first two of three decimal numbers, of which the last is a height."""
    parts = re.split(r"\s*[,;|]\s*|\s+", text.strip())
    if len(parts) != 3 or not all("." in part for part in parts[:2]):
        return None
    found = [number(part) for part in parts]
    if any(one is None or one.form != "decimal" for one in found):
        return None
    return _sound(found[0], found[1])


def _sound(one: Written | None, two: Written | None) -> Pair | None:
    if one is None or two is None or not (math.isfinite(one.value) and math.isfinite(two.value)):
        return None
    return one, two


def _parted(text: str, mark: str | None) -> Pair | None:
    """Return the halves of a text that a mark parts in two; of commas the middle one may."""
    parts = [part for part in text.split(mark) if part.strip()]
    if mark == "," and len(parts) == 4:
        parts = [",".join(parts[:2]), ",".join(parts[2:])]
    if len(parts) != 2:
        return None
    return _sound(*(number(_bare_name(part)) for part in parts))


def _bare_name(part: str) -> str:
    """Drop a name before a number: ``lng: 117.1``."""
    return re.sub(r"^\s*(?:lng|lon|long|longitude|lat|latitude|x|y|经度|纬度)\s*[:=]\s*", "", part,
                  flags=re.IGNORECASE)  # fmt: skip


def _by_sides(text: str) -> Pair | None:
    """Return two angles that only their sides part: ``39°03′N 117°06′E``."""
    match = re.fullmatch(r"(.+?[NS北南])[\s,]*(.+?[EW东西])", text, re.IGNORECASE) or re.fullmatch(
        r"(.+?[EW东西])[\s,]*(.+?[NS北南])", text, re.IGNORECASE
    )
    match = match or re.fullmatch(
        r"((?:[EW]|东经|西经).+?)[\s,]*((?:[NS]|北纬|南纬).+)", text, re.IGNORECASE
    )
    match = match or re.fullmatch(
        r"((?:[NS]|北纬|南纬).+?)[\s,]*((?:[EW]|东经|西经).+)", text, re.IGNORECASE
    )
    return None if match is None else _sound(number(match[1]), number(match[2]))


def _of_json(text: str) -> Pair | None:
    """Return the position of a JSON object: a point of GeoJSON, or two named numbers."""
    try:
        found: Any = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    place = found.get("coordinates")
    if isinstance(place, list) and len(place) >= 2:
        values = place[:2]
    else:
        low = {str(name).lower(): value for name, value in found.items()}
        values = [next((low[n] for n in names if n in low), None) for names in _NAMES.values()]
    written = [number(str(value)) if isinstance(value, int | float | str) else None
               for value in values]  # fmt: skip
    if written[0] is None or written[1] is None:
        return None
    return _sound(written[0]._replace(axis="x"), written[1]._replace(axis="y"))
