"""Find positions that stand in no two columns of numbers: in parts, or in the codes of a grid."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from geo.base.arrays import Floats
from geo.base.bridge import Box
from geo.intake.columns import STATES, Coordinates, coordinates
from geo.intake.words import bare

_SAMPLE: Final = 500
_LOOKED_AT: Final = 60
"""Rows and columns that tell angles by their order."""
_MOST_COLUMNS: Final = 60
_MOST: Final = 0.9
"""Share of the rows that must be parts of angles."""
_PARTS: Final = (
    (re.compile(r"^(.*?)(?:度|°|deg(?:rees?)?|d)$"), 0),
    (re.compile(r"^(.*?)(?:分|min(?:utes?)?|m)$"), 1),
    (re.compile(r"^(.*?)(?:秒|sec(?:onds?)?|s)$"), 2),
)
_AXES: Final = (
    re.compile(r"经度?$|东经$|lon(?:gitude)?$|lng$|^e$"),
    re.compile(r"纬度?$|北纬$|lat(?:itude)?$|^n$"),
)
_CODES: Final = (
    ("Plus Code", re.compile(r"[23456789CFGHJMPQRVWX]{2,8}\+[23456789CFGHJMPQRVWX]{2,3}")),
    ("MGRS", re.compile(r"\d{1,2}[C-HJ-NP-X]\s*[A-HJ-NP-Z]{2}\s*(?:\d\s*){4,10}")),
)
_GEOHASH: Final = re.compile(r"[0-9b-hjkmnp-z]{5,12}", re.IGNORECASE)


class Angles(NamedTuple):
    """Longitude and latitude of which each part has a column: the columns, and the angles."""

    columns: tuple[str, ...]
    first: Coordinates
    second: Coordinates


def angles_in_parts(cells: Any) -> Angles | None:
    """Return angles whose degrees, minutes and seconds stand in columns of their own.

    Parameters
    ----------
    cells
        Arrow table, each column by one name.

    Returns
    -------
    Angles or None
        None unless both angles have a column for degrees and one for minutes; seconds may lack.
    """
    found = [_parts_of(cells, axis) for axis in _AXES]
    if any(one is None for one in found):
        return None
    columns = [one for one in found if one is not None]
    first, second = (_joined(cells, some) for some in columns)
    return Angles((*columns[0], *columns[1]), first, second)


def angles_in_order(cells: Any, box: Box) -> Angles | None:
    """Return angles whose parts stand side by side, whatever their columns are called.

    Parameters
    ----------
    cells
        Arrow table, each column by one name.
    box
        West, south, east and north of the city, degrees.

    Returns
    -------
    Angles or None
        Of two or three columns each, one angle behind the other: whole degrees of the city, then
        minutes, and seconds. In any other table whole degrees would be all there is.
    """
    names = cells.column_names[:_MOST_COLUMNS]
    held = [_plain_numbers(cells.column(name).slice(0, _LOOKED_AT)) for name in names]
    for parts in (3, 2):
        for at in range(len(names) - 2 * parts + 1):
            one, two = held[at : at + parts], held[at + parts : at + 2 * parts]
            if _is_angle(one) and _is_angle(two) and _are_axes(one[0], two[0], box):
                columns = tuple(names[at : at + 2 * parts])
                first, second = _joined(cells, columns[:parts]), _joined(cells, columns[parts:])
                return Angles(columns, first, second)
    return None


def _plain_numbers(column: Any) -> Floats:
    """Return a column's plain numbers, NaN elsewhere; empty where there is hardly one."""
    import pyarrow as pa

    texts = pa.array(["" if v is None else str(v) for v in column.to_pylist()], pa.large_string())
    found = coordinates(texts)
    plain = (found.states == STATES.index("number")) & (found.written == 0)
    filled = found.states != STATES.index("blank")
    if not filled.any() or plain.sum() < _MOST * filled.sum():
        return np.zeros(0)
    return np.where(plain, found.values, np.nan)


def _is_angle(parts: Sequence[Floats]) -> bool:
    """Tell whether columns may be degrees, minutes and seconds: all but the last are whole."""
    if any(not len(part) for part in parts):
        return False
    known = [part[np.isfinite(part)] for part in parts]
    whole = all((part == np.rint(part)).all() for part in (known[0], *known[1:-1]))
    return whole and all(((part >= 0) & (part < 60)).all() and part.any() for part in known[1:])


def _are_axes(one: Floats, two: Floats, box: Box) -> bool:
    """Tell whether whole degrees are those of a city, longitude before latitude or behind it."""

    def within(x: Floats, y: Floats) -> bool:
        east, north = np.abs(x), np.abs(y)
        fit = (east >= np.floor(box[0])) & (east <= box[2])
        fit &= (north >= np.floor(box[1])) & (north <= box[3])
        known = np.isfinite(x) & np.isfinite(y)
        return bool(known.any() and fit[known].mean() >= _MOST)

    return within(one, two) or within(two, one)


def _parts_of(cells: Any, axis: re.Pattern[str]) -> tuple[str, ...] | None:
    """Return the columns of one angle, degrees first."""
    found: dict[int, str] = {}
    for name in cells.column_names:
        told = bare(name) or name
        for pattern, place in _PARTS:
            match = pattern.match(told)
            if match is not None and axis.search(match[1]) and place not in found:
                found[place] = name
                break
    if not {0, 1} <= found.keys():
        return None
    return tuple(found[place] for place in sorted(found))


def _joined(cells: Any, columns: tuple[str, ...]) -> Coordinates:
    """Return angles put together of their parts; a row without degrees and minutes is blank."""
    import pyarrow as pa

    held = [cells.column(name).to_pylist() for name in columns]
    texts = [_angle(parts) for parts in zip(*held, strict=True)]
    return coordinates(pa.array(texts, pa.large_string()))


def _angle(parts: tuple[Any, ...]) -> str | None:
    told = ["" if part is None else str(part).strip() for part in parts]
    if not any(told):
        return None
    # A minute or second that is not written is none; one that is no number spoils the angle.
    return " ".join([told[0] or "?", *(part or "0" for part in told[1:])])


def code_of_place(cells: Any) -> tuple[str, str]:
    """Return the column that holds codes of a grid, and what they are called; blank for none.

    Parameters
    ----------
    cells
        Arrow table, each column by one name.
    """
    for name in cells.column_names[:60]:
        some = cells.column(name).slice(0, _SAMPLE).to_pylist()
        told = [str(one).strip() for one in some if one is not None and str(one).strip()]
        if not told:
            continue
        for kind, pattern in _CODES:
            if sum(pattern.fullmatch(one.upper()) is not None for one in told) > len(told) / 2:
                return name[:60], kind
        if "geohash" in bare(name) and all(_GEOHASH.fullmatch(one) for one in told):
            return name[:60], "Geohash"
    return "", ""
