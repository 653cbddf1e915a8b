"""Read the two coordinates that one text holds."""

from __future__ import annotations

import json
import math
import re
from typing import Any, Final

from geo.intake.notation import LONGEST, Written, number, plain

_NUM: Final = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?"
POINT: Final = re.compile(
    rf"\s*(?:SRID\s*=\s*\d+\s*;)?\s*POINT\s*(?:ZM|Z|M)?\s*\(\s*({_NUM})[\s,]+({_NUM})"
    rf"(?:\s+{_NUM}){{0,2}}\s*\)\s*",
    re.ASCII | re.IGNORECASE,
)
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
    """
    if len(text) > LONGEST:
        return None
    point = POINT.fullmatch(text)
    if point is not None:
        return _sound(Written(float(point[1]), axis="x"), Written(float(point[2]), axis="y"))
    if "{" in text:
        return _of_json(text)
    bare = plain(text).strip("()[]<> ")
    for mark in (";", ",", "|", "/"):
        found = _parted(bare, mark)
        if found is not None:
            return found
    return _parted(bare, None) or _by_sides(bare)


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
