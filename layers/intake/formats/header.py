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
    r"[(（\[]?\s*(?:°|(?:十进制)?度|米|m|met(?:re|er)s?|(?:decimal )?deg(?:ree)?s?)\s*[)）\]]?",
    re.IGNORECASE,
)
"""What stands below a name to say in what it is measured."""


class Header(NamedTuple):
    """Where the names stand.

    Parameters
    ----------
    row
        Number of the row, from 0; -1 where there are no names and ``first`` is the first row.
    first
        Number of the first row of data; two behind ``row`` where a second row of names follows.
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
        return Header(named, named + 1 + _goes_on(some, named))
    wide = [at for at, row in enumerate(some) if _filled(row) >= max(1, 0.6 * width)]
    row = some[wide[0]]
    if any(_is_coordinate(cell) for cell in row):
        return Header(-1, wide[0])
    return Header(wide[0], wide[0] + 1 + _goes_on(some, wide[0]))


def names_of(rows: Sequence[Sequence[str]], header: Header) -> list[str]:
    """Return the names of the columns; of two rows of them those that name positions.

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
    if header.first != header.row + 2 or speaks_of_position(names) >= 2:
        return names
    below = rows[header.row + 1]
    width = max(len(names), len(below))
    pairs = zip(*([*row, *[""] * (width - len(row))] for row in (names, below)), strict=True)
    return [under if under.strip() else over for over, under in pairs]


def _goes_on(rows: Sequence[Sequence[str]], at: int) -> bool:
    """Tell whether the row behind the names names positions too, or only says units."""
    if at + 2 >= len(rows) or list(rows[at + 1]) == list(rows[at]):
        return False
    cells = [cell.strip() for cell in rows[at + 1] if cell.strip()]
    if not cells or any(number(cell) is not None for cell in cells):
        return False
    return speaks_of_position(cells) >= 2 or all(_UNIT.fullmatch(cell) for cell in cells)


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
