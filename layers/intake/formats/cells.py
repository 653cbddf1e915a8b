"""Make a table of the cells of a sheet: find the names of its columns, and write cells as texts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import numpy as np

from geo.base.errors import UnfitError
from layers.intake.formats.header import LOOKED_AT, Header, above_names, find_header, names_of
from layers.intake.formats.table import (
    MOST_COLUMNS,
    Observation,
    Table,
    columns_table,
    named_twice,
    unique_names,
)

_FIRST_DAY: Final = datetime(1899, 12, 30)
_LEAP_DAY: Final = datetime(1900, 3, 1)
"""Excel counts a 29 February 1900 that never was: before it, days are one fewer."""
_DEGREES_AS_DATES: Final = 1901
"""A date before that year is a number of at most 366 that Excel was told to show as a date."""


def table_of_rows(
    rows: Sequence[Sequence[Any]], where: str, said: str, before: Sequence[Observation]
) -> Table:
    """Return the table that a sheet holds.

    Parameters
    ----------
    rows
        All cells from the first row on; blank ones are empty texts.
    where
        Name of the file.
    said
        The row with the names of the columns (from 1; 0 for none) if the reader has said.
    before
        What opening the file has shown.

    Raises
    ------
    UnfitError
        It is blank, has too many columns, or has no row of that number.
    """
    full = [at for at, row in enumerate(rows, 1) if any(map(_is_filled, row))]
    lines = np.array(full, np.int64)
    told = [list(map(text_of, rows[at - 1])) for at in lines[:LOOKED_AT].tolist()]
    row, first = _header(told, lines, said)
    named = names_of(told, Header(row, first))
    cells = _cells(rows, lines[first:], named)
    found = [*before, *_told(told, lines, Header(row, first))]
    return Table(where, cells, lines[first:], found=tuple(found), has_names=row >= 0)


def _header(told: Sequence[Sequence[str]], lines: Any, said: str) -> Header:
    if not said.isdecimal():
        return find_header(told)
    if int(said) and int(said) not in lines:
        raise UnfitError("intake.no_row", value=said, n=int(lines[-1]) if len(lines) else 0)
    row = int(np.searchsorted(lines, int(said))) if int(said) else -1
    return Header(row, row + 1)


def _told(told: Sequence[Sequence[str]], lines: Any, head: Header) -> list[Observation]:
    if head.row < 0:
        return [Observation("no_header", "likely", {"value": 0})]
    sure = "certain" if not head.row else "likely"
    found = [Observation("header_row", sure, {"value": int(lines[head.row])})]
    if head.first > head.row + 1:
        line, over = int(lines[head.first - 1]), above_names(told, head)
        found.append(Observation("header_goes_on", "likely", {"value": line, "over": over}))
    if twice := named_twice(names_of(told, head)):
        found.append(Observation("columns_twice", "certain", {"value": twice}))
    title = " ".join(cell for above in told[: head.row] for cell in above if cell)
    return [*found, Observation("title", "likely", {"value": title[:200]})] if title else found


def _cells(rows: Sequence[Sequence[Any]], lines: Any, named: Sequence[str]) -> Any:
    """Return the rows behind the names as texts, without columns of neither name nor cell."""
    body = [rows[at - 1] for at in lines.tolist()]
    widths = list(map(len, body))
    width, least = max([len(named), *widths], default=0), min(widths, default=0)
    names, columns = [], []
    for k in range(width):
        texts = _texts([row[k] for row in body] if k < least else
                       [row[k] if k < len(row) else "" for row in body])  # fmt: skip
        if (k < len(named) and named[k]) or any(texts):
            names.append(named[k] if k < len(named) else "")
            columns.append(texts)
        if len(names) > MOST_COLUMNS:
            raise UnfitError("point_file.columns", n=len(names), most=MOST_COLUMNS)
    if not names:
        raise UnfitError("point_file.empty")
    return columns_table(unique_names(names), columns)


def _is_filled(value: object) -> bool:
    return bool(value.strip()) if isinstance(value, str) else text_of(value) != ""


def _texts(values: Sequence[Any]) -> list[str]:
    """Return cells as texts: by far the most of a long sheet are texts and broken numbers."""
    return [
        repr(v) if type(v) is float and v % 1 else v.strip() if type(v) is str else text_of(v)
        for v in values
    ]


def text_of(value: object) -> str:
    """Return a cell as text: whole numbers without a point, dates by ISO 8601.

    Parameters
    ----------
    value
        As the reader of workbooks gives it.

    Examples
    --------
    >>> text_of(117.0), text_of(datetime(2024, 5, 1)), text_of(timedelta(hours=117, minutes=6))
    ('117', '2024-05-01', '117:06:00')
    >>> text_of(datetime(1900, 4, 26, 4, 48))  # 117.2 that is shown as a date
    '117.2'
    """
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        if value.year < _DEGREES_AS_DATES:
            early = timedelta(days=value < _LEAP_DAY)
            return text_of(round((value - _FIRST_DAY - early) / timedelta(days=1), 8))
        plain = value.time() == time(0)
        return (value.date() if plain else value).isoformat()
    if isinstance(value, timedelta):
        return _clock(value)
    if isinstance(value, date) and value.year < _DEGREES_AS_DATES:
        return text_of(datetime.combine(value, time(0)))
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value).strip()


def _clock(value: timedelta) -> str:
    """Return a length of time: what Excel makes of degrees, minutes and seconds with colons."""
    seconds = round(value / timedelta(seconds=1), 3)
    sign, seconds = "-" if seconds < 0 else "", abs(seconds)
    whole = int(seconds)
    rest = f"{seconds - whole:.3f}".rstrip("0").rstrip(".")[1:]
    return f"{sign}{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}{rest}"
