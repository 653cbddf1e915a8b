"""Check records and geometries against a schema, and text against what may travel in a file."""

from __future__ import annotations

import math
import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

import geopandas as gpd
from shapely.geometry.base import BaseGeometry

from geo.base.errors import Problem, Value
from geo.base.schema import Field, Schema

Record = Mapping[str, object]
"""The columns of one row as plain Python values; None is blank."""

MAX_TEXT = 10_000
"""Characters that one field may hold."""
MOST_DEPTH = 32
"""Levels of lists and tables that one field may hold; a deeper one exhausts the stack."""
MOST_WHOLE = 2**53
"""Largest whole number that JSON, a GIS and a sum over all rows keep to the last digit."""

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}", re.ASCII)
_NOT_OF_TYPE = {
    "text": "value.not_text",
    "number": "value.not_number",
    "integer": "value.not_integer",
    "flag": "value.not_flag",
    "date": "value.not_date",
}


class Fault(NamedTuple):
    """What is wrong with one value: the key of a problem and what its sentences name."""

    key: str
    values: Mapping[str, Value] = MappingProxyType({})

    def at(self, where: str, row: str = "", field: str = "") -> Problem:
        """Return the problem that this is at a place.

        Parameters
        ----------
        where
            Name of the file, layer or argument.
        row, field
            Name of the row and of the column; blank where there is none.

        Returns
        -------
        Problem
            With the key and the values of the fault.
        """
        return Problem(self.key, where, row, field, self.values)


def is_blank(value: object) -> bool:
    """Return whether a value says nothing.

    Parameters
    ----------
    value
        The content of one cell. NaN is not blank: tables give None.

    Returns
    -------
    bool
        True for None, and for text that is empty or white space only.

    Examples
    --------
    >>> is_blank("  "), is_blank(0)
    (True, False)
    """
    return value is None or (isinstance(value, str) and not value.strip())


def text_fault(text: str) -> Fault | None:
    """Return what keeps a text from travelling unchanged through files.

    Parameters
    ----------
    text
        The content of one cell, or the name of a column.

    Returns
    -------
    Fault or None
        The first that is found; None if the text may travel.

    Notes
    -----
    Control characters other than tab and newline are cut or mangled by GDAL and by XML, lone
    surrogates cannot be written as UTF-8, and very long fields are a way to stall a reader.
    """
    if control := _CONTROL.search(text):
        return Fault("value.control", {"code": f"U+{ord(control.group()):04X}"})
    if surrogate := _SURROGATE.search(text):
        return Fault("value.surrogate", {"code": f"U+{ord(surrogate.group()):04X}"})
    if len(text) > MAX_TEXT:
        return Fault("value.too_long", {"n": len(text), "most": MAX_TEXT})
    return None


def _inner(name: str, value: object) -> Iterable[tuple[str, object]]:
    """Yield what stands directly inside a value, with a name for the place it stands in."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield name, str(key)
            yield (f"{name}.{key}" if name else str(key)), inner
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            yield f"{name}[{number}]", inner


def _faults(name: str, value: object, depth: int = MOST_DEPTH) -> Iterable[tuple[str, Fault]]:
    """Yield what keeps a value from travelling, however deep it lies, with the name of its place.

    The depth is bounded before it is followed: every level takes its share of the stack.
    """
    if isinstance(value, str):
        if fault := text_fault(value):
            yield name, fault
    elif not depth and isinstance(value, Mapping | list | tuple):
        yield name, Fault("value.nested", {"most": MOST_DEPTH})
    else:
        for place, inner in _inner(name, value):
            yield from _faults(place, inner, depth - 1)


def printable(text: str, limit: int = 60) -> str:
    """Return a text that is safe to log.

    Parameters
    ----------
    text
        Any text, of any length.
    limit
        Characters that are kept, the ellipsis of a longer text among them.

    Returns
    -------
    str
        What is invisible is replaced by U+FFFD, line ends too.

    Examples
    --------
    >>> printable("innovation", limit=6)
    'innov…'
    """
    short = text if len(text) <= limit else text[: limit - 1] + "…"
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in short)


def quoted(value: object) -> str:
    """Return a value as it stands in a sentence about it, in any language.

    Parameters
    ----------
    value
        Any value. A whole number too long to be written out is given as a power of two.

    Returns
    -------
    str
        Safe to log, 60 characters at most.

    Examples
    --------
    >>> quoted("3 km"), quoted(10**400)
    ("'3 km'", '≈ 2^1329')
    """
    if isinstance(value, int) and abs(value) > sys.maxsize**8:
        return f"≈ 2^{value.bit_length()}"  # Python refuses to write it out
    if value in (math.inf, -math.inf):
        return f"{value} (> 1e308)"
    return printable(repr(value))


def row_name(record: Record, number: int, key: str = "id") -> str:
    """Return how a row is called in a message.

    Parameters
    ----------
    record
        The row.
    number
        Its place in the file, counted from 1.
    key
        Column that names rows.

    Returns
    -------
    str
        The text under ``key``; if that is a whole number, ``#`` and that number; else ``#`` and
        ``number``.

    Examples
    --------
    >>> row_name({"id": "park-7"}, 3), row_name({"id": None}, 3)
    ('park-7', '#3')
    """
    name = record.get(key)
    if isinstance(name, int) and not isinstance(name, bool) and abs(name) <= MOST_WHOLE:
        return f"#{name}"
    return printable(name) if isinstance(name, str) and name.strip() else f"#{number}"


def text_problems(records: Sequence[Record], *, where: str, key: str = "id") -> list[Problem]:
    """List every text of every record, names of columns included, that may not travel.

    What is nested too deep is listed too, and not looked into.

    Parameters
    ----------
    records
        Rows of a table, or one tree of settings.
    where
        Name of the file.
    key
        Column that names a row.

    Returns
    -------
    list of Problem
        One per row and field, in the order of the input.
    """
    return [
        fault.at(where, row_name(record, number, key), printable(name))
        for number, record in enumerate(records, start=1)
        for name, fault in _faults("", record)
    ]


def is_date(text: str) -> bool:
    """Return whether a text is an ISO 8601 date of a year, a month or a day.

    Parameters
    ----------
    text
        Without a time of day: ``2021``, ``2021-08`` or ``2021-08-08``.

    Returns
    -------
    bool
        False too for a day that the calendar does not have.

    Examples
    --------
    >>> is_date("2021-08"), is_date("2021-02-30")
    (True, False)
    """
    match = _DATE.fullmatch(text)
    if match is None:
        return False
    year, month, day = (int(part) if part else 1 for part in match.groups())
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _has_type(value: object, field: Field) -> bool:
    if field.type == "flag":
        return isinstance(value, bool)
    if field.type == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if field.type == "number":
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        # Compared, not converted: a whole number of 400 digits is no float.
        return is_number and abs(value) <= sys.float_info.max  # type: ignore[arg-type]
    return isinstance(value, str) and (field.type == "text" or is_date(value))


def _value_fault(value: object, field: Field) -> Fault | None:
    if is_blank(value):
        return Fault("value.blank") if field.required else None
    if not _has_type(value, field):
        return Fault(_NOT_OF_TYPE[field.type], {"value": quoted(value)})
    if field.allowed is not None and value not in field.allowed:
        if not field.allowed:
            return Fault("value.not_blank", {"value": quoted(value)})
        known = tuple(sorted(field.allowed))
        return Fault("value.not_one_of", {"value": quoted(value), "known": known})
    return _size_fault(value, field) if field.type in ("integer", "number") else None


def _size_fault(value: Any, field: Field) -> Fault | None:
    if field.type == "integer" and abs(value) > MOST_WHOLE:
        return Fault("value.too_large", {"most": MOST_WHOLE, "value": quoted(value)})
    if field.least is not None and value < field.least:
        return Fault("value.too_small", {"least": field.least, "value": quoted(value)})
    if field.above is not None and value <= field.above:
        return Fault("value.not_above", {"above": field.above, "value": quoted(value)})
    return None


def _column_problems(records: Sequence[Record], schema: Schema, where: str) -> list[Problem]:
    known = set(schema.names)
    found = Counter(name for record in records for name in record)
    missing = [name for name in schema.names if records and name not in found]
    unknown = sorted(printable(name) for name in found if name not in known)
    return [
        *(Problem("column.missing", where, field=name) for name in missing),
        *(Problem("column.unknown", where, field=name) for name in unknown),
    ]


def _id_problems(records: Sequence[Record], schema: Schema, where: str) -> list[Problem]:
    key = schema.names[0]
    values = [record.get(key) for record in records]
    counts = Counter(value for value in values if isinstance(value, str | int))
    problems = [
        Problem("id.repeated", where, printable(str(value)), key, n=count)
        for value, count in counts.items()
        if count > 1
    ]
    return problems + [
        Problem("id.characters", where, printable(value), key)
        for value in values
        if isinstance(value, str) and value.strip() and not _ID.fullmatch(value)
    ]


def schema_problems(records: Sequence[Record], schema: Schema, *, where: str) -> list[Problem]:
    """List what is wrong with the columns of some records.

    Parameters
    ----------
    records
        Rows as plain Python values.
    schema
        What the columns should be; its first field is the identifier.
    where
        Name of the file or layer.

    Returns
    -------
    list of Problem
        Missing and unknown columns, then identifiers that repeat or are malformed, then blanks,
        types and closed sets by row.
    """
    problems = _column_problems(records, schema, where) + _id_problems(records, schema, where)
    present = {name for record in records for name in record}
    for number, record in enumerate(records, start=1):
        for field in schema.fields:
            if field.name not in present:
                continue  # said once, for the whole file
            fault = _value_fault(record.get(field.name), field)
            if fault:
                row = row_name(record, number, schema.names[0])
                problems.append(fault.at(where, row, field.name))
    return problems


def geometry_problems(shapes: gpd.GeoSeries, schema: Schema, *, where: str) -> list[Problem]:
    """List geometries that are absent, of the wrong type, empty, invalid or with heights.

    Parameters
    ----------
    shapes
        Geometries indexed by row id, any CRS.
    schema
        Gives the allowed types and whether a row may go without.
    where
        Name of the file or layer.

    Returns
    -------
    list of Problem
        At most one per row, in the order of the series.
    """
    reasons = shapes.is_valid_reason()
    problems = []
    for (row, shape), reason in zip(shapes.items(), reasons, strict=True):
        if fault := _shape_fault(shape, reason, schema):
            problems.append(fault.at(where, str(row), "geometry"))
    return problems


def _shape_fault(shape: BaseGeometry | None, reason: str, schema: Schema) -> Fault | None:
    if shape is None:
        return Fault("geometry.missing") if schema.geometry_required else None
    if shape.geom_type not in schema.geometry:
        allowed = tuple(sorted(schema.geometry))
        return Fault("geometry.type", {"type": shape.geom_type, "allowed": allowed})
    if shape.is_empty:
        return Fault("geometry.empty")
    if shape.has_z:
        return Fault("geometry.heights")
    return None if reason == "Valid Geometry" else Fault("geometry.invalid", {"reason": reason})
