"""Find the row of a table in which the names of its columns stand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

from geo.intake.notation import number
from geo.intake.pairs import pair
from geo.intake.words import bare
from layers.intake.formats.headings import district_column, name_column, speaks_of_position

LOOKED_AT: Final = 60
"""Rows among which the names are looked for."""
_UNIT: Final = re.compile(
    r"[(（\[]?\s*(?:°|(?:十进制)?度|分|秒|米|m|met(?:re|er)s?|(?:decimal )?deg(?:ree)?s?|"
    r"[百千万亿]?(?:元|人|户|家|个|项|件|亩|公顷|吨|平方米|平方公里|公里|美元)|ha|km2?|km²|m2|m²|%|％|[-—/]+)"
    r"\s*[)）\]]?",
    re.IGNORECASE,
)
"""What stands below a name to say in what it is measured."""
_MOST_ROWS: Final = 3
"""Rows that the names of columns may fill."""
_YEARS: Final = range(1900, 2101)


class Header(NamedTuple):
    """Where the names stand.

    Parameters
    ----------
    row
        Number of the row, from 0; -1 where there are no names and ``first`` is the first row.
    first
        Number of the first row of data; more than one behind ``row`` where names fill several rows.
    """

    row: int
    first: int


def find_header(rows: Sequence[Sequence[str]]) -> Header:
    """Return where the names of the columns stand among the first rows.

    Parameters
    ----------
    rows
        Cells of the first rows, blank ones empty.

    Returns
    -------
    Header
        The row that names positions; else the first row that is as wide as most, unless it holds
        coordinates itself. Titles above it are narrower than the table.

    Examples
    --------
    >>> find_header([["Title"], ["名称", "经度", "纬度"], ["a", "117", "39"]])
    Header(row=1, first=2)
    >>> find_header([["a", "117.2", "39.1"], ["b", "117.3", "39.2"]])
    Header(row=-1, first=0)
    """
    some = rows[:LOOKED_AT]
    widths = Counter(n for n in map(_filled, some) if n)
    if not widths:
        return Header(-1, 0)
    width = max(widths, key=lambda n: (widths[n], n))
    named = _named(some, width)
    if named is not None:
        return Header(named, _end(some, named))
    wide = [at for at, row in enumerate(some) if _filled(row) >= max(1, 0.6 * width)]
    row = some[wide[0]]
    if any(_is_coordinate(cell) for cell in row) or _is_data(some, wide[0]):
        return Header(-1, wide[0])
    return Header(wide[0], _end(some, wide[0]))


def holds_values(rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether some rows hold numbers or positions: those of a page of instructions do not.

    Parameters
    ----------
    rows
        Behind the names.
    """
    return any(number(cell) is not None or pair(cell) is not None for row in rows for cell in row)


def _is_data(rows: Sequence[Sequence[str]], at: int) -> bool:
    """Tell whether a row has numbers, other than years, where those below it have them too."""
    below = rows[at + 1 : at + 21]
    if not below:
        return False
    for k, cell in enumerate(rows[at]):
        told = number(cell)
        if told is None or told.value in _YEARS:
            continue
        some = [row[k] for row in below if k < len(row) and row[k].strip()]
        if some and sum(number(one) is not None for one in some) >= 0.8 * len(some):
            return True
    return False


def names_of(rows: Sequence[Sequence[str]], header: Header) -> list[str]:
    """Return the names of the columns; of several rows of them what stands lowest.

    Parameters
    ----------
    rows, header
        As in :func:`find_header`.

    Examples
    --------
    >>> rows = [["名称", "坐标", ""], ["", "经度", "纬度"], ["a", "117.2", "39.1"]]
    >>> names_of(rows, find_header(rows))
    ['名称', '经度', '纬度']
    """
    if header.row < 0:
        return []
    names = list(rows[header.row])
    some = rows[header.row : header.first]
    speak = speaks_of_position(names)
    if len(some) <= 1 or (speak >= 2 and speak >= max(map(speaks_of_position, some[1:]))):
        return names
    width = max(map(len, some))
    filled = [[*row, *[""] * (width - len(row))] for row in some]
    over = _spread(filled[0])
    for row in filled[1:]:
        if all(not cell.strip() or _UNIT.fullmatch(cell.strip()) for cell in row):
            continue
        # What stands below several names alike, such as two years, is told by both.
        times = Counter(bare(cell) for cell in row)
        over = [
            above if not under.strip() else f"{above} {under}" if times[bare(under)] > 1 else under
            for under, above in zip(row, over, strict=True)
        ]
    return over


def above_names(rows: Sequence[Sequence[str]], header: Header) -> str:
    """Return what the rows of names say besides the names, such as that of a group of columns.

    Parameters
    ----------
    rows, header
        As in :func:`find_header`.
    """
    names = set(names_of(rows, header))
    said = (cell.strip() for row in rows[header.row : header.first] for cell in row)
    return " ".join(dict.fromkeys(cell for cell in said if cell and cell not in names))[:200]


def _spread(row: Sequence[str]) -> list[str]:
    """Return names with those of merged cells repeated over the cells that they fill."""
    told, last = [], ""
    for cell in row:
        last = cell if cell.strip() else last
        told.append(last)
    return told


def _end(rows: Sequence[Sequence[str]], at: int) -> int:
    """Return the first row of data behind a row of names."""
    first = at + 1
    while first < at + _MOST_ROWS and _goes_on(rows, at, first):
        first += 1
    return first


def _goes_on(rows: Sequence[Sequence[str]], at: int, below: int) -> bool:
    """Tell whether a row behind the names names columns too, or only says units."""
    if below + 1 >= len(rows) or list(rows[below]) == list(rows[at]):
        return False
    cells = [cell.strip() for cell in rows[below] if cell.strip()]
    if not cells or any(number(cell) is not None for cell in cells):
        return False
    if speaks_of_position(cells) >= 2 or all(_UNIT.fullmatch(cell) for cell in cells):
        return True
    if _below_merged(rows[at], rows[below]):
        return True
    following = rows[below + 1]
    return (
        below < at + _MOST_ROWS - 1
        and speaks_of_position(rows[at]) < 2
        and speaks_of_position(following) >= 2
        and not any(number(cell) is not None for cell in following)
    )


def _below_merged(over: Sequence[str], under: Sequence[str]) -> bool:
    """Tell whether a row fills what a merged name leaves blank, and is blank below the first name.

    A row of data has its first cell filled, or leaves blank what the row of names does.
    """
    if (
        not over
        or not over[0].strip()
        or not under
        or under[0].strip() not in ("", over[0].strip())
    ):
        return False
    return any(
        cell.strip() and not (over[k].strip() if k < len(over) else "")
        for k, cell in enumerate(under)
    )


def _named(rows: Sequence[Sequence[str]], width: int) -> int | None:
    """Return the row that names positions, or a district."""
    for at, row in enumerate(rows):
        if _filled(row) < max(1, 0.5 * width) or any(_is_coordinate(cell) for cell in row):
            continue
        hits = speaks_of_position(row)
        if hits >= 2 or (hits == 1 and (_filled(row) > 1 or width == 1)):
            return at
        if (district_column(row) or name_column(row)) and _filled(row) > 1:
            return at
    return None


def _filled(row: Sequence[str]) -> int:
    return sum(bool(bare(cell)) for cell in row)


def _is_coordinate(cell: str) -> bool:
    """Tell whether a cell holds a number with a fraction, an angle, or two numbers."""
    written = number(cell)
    if written is None:
        return any(mark in cell for mark in ",，; ") and pair(cell) is not None
    return written.form != "decimal" or abs(written.value) >= 10_000 or "." in cell
