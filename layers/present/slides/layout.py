"""Fit texts and tables into boxes: how large the type is, where lines break, what is left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from layers.present.showing import plain
from layers.present.static_map.ink.paper import MM_PER_POINT
from layers.present.static_map.ink.type import width_mm, wrapped

WIDER: Final = {"zh": 1.03, "en": 1.13}
"""Microsoft YaHei over the font that we ship and measure with: its Latin letters are wider."""
WIDER_BOLD: Final = {"zh": 1.03, "en": 1.25}
"""The bold of what an office without that font takes instead is wider still, and stands largest."""
LEADING: Final = 1.25
"""Height of a line over the size of its type; the slides ask for it, whatever the font."""
ELLIPSIS: Final = "…"
CHINESE: Final = "⺀-\U0003ffff"
"""Characters that are of one width in every font, as a class of a regular expression."""


@dataclass(frozen=True)
class Box:
    """A part of a slide, millimetres from its upper left corner."""

    left: float
    top: float
    width: float
    height: float

    @property
    def low(self) -> float:
        """Where it ends below."""
        return self.top + self.height


@dataclass(frozen=True)
class Fitted:
    """A text that fits its room.

    Parameters
    ----------
    text
        What is written, cut where it would not fit.
    points
        Size of its type.
    lines
        How many lines it takes.
    """

    text: str
    points: float
    lines: int

    @property
    def height(self) -> float:
        """Of all lines, millimetres."""
        return lines_mm(self.lines, self.points)


def lines_mm(lines: int, points: float) -> float:
    """Return how high lines of type are, in millimetres.

    Parameters
    ----------
    lines
        How many.
    points
        Size of the type.
    """
    return lines * points * MM_PER_POINT * LEADING


def wide(text: str, points: float, lang: str, *, bold: bool = False) -> float:
    """Return how wide a line of text is, in millimetres.

    Parameters
    ----------
    text
        One line.
    points
        Size of the type.
    lang
        ``zh`` or ``en``.
    bold
        Whether it is bold.
    """
    return width_mm(text, points, lang, bold=bold) * (WIDER_BOLD if bold else WIDER)[lang]


def broken(text: str, points: float, lang: str, room: float, *, bold: bool = False) -> list[str]:
    """Return a text in lines that fit; a word that is longer than a line is broken anywhere.

    Parameters
    ----------
    text
        A sentence or more.
    points
        Size of the type.
    lang
        ``zh`` or ``en``.
    room
        Widest line, millimetres.
    bold
        Whether it is bold.
    """
    own = room / (_broader(text, points, lang) if bold else WIDER[lang])
    lines = wrapped(text, points, lang, own, bold=bold)
    return [part for line in lines for part in _cut(line, points, lang, room, bold)]


def _broader(text: str, points: float, lang: str) -> float:
    """Return by how much bold type may be broader: figures among Chinese are as Latin letters."""
    whole = width_mm(text, points, lang, bold=True)
    latin = width_mm(re.sub(f"[{CHINESE}]", "", text), points, lang, bold=True)
    share = latin / whole if whole else 0.0
    return WIDER_BOLD["en"] * share + WIDER_BOLD["zh"] * (1 - share)


def _cut(line: str, points: float, lang: str, room: float, bold: bool) -> list[str]:
    if len(line) < 2 or wide(line, points, lang, bold=bold) <= room:
        return [line]
    half = len(line) // 2
    return [p for part in (line[:half], line[half:]) for p in _cut(part, points, lang, room, bold)]


def fit(
    text: str,
    room: float,
    lang: str,
    sizes: Sequence[tuple[float, int]],
    *,
    bold: bool = False,
) -> Fitted:
    """Return a text in the first size in which it fits; else the last, and cut.

    Parameters
    ----------
    text
        A sentence or more; it is made one line, and every character shows as itself.
    room
        Widest line, millimetres.
    lang
        ``zh`` or ``en``.
    sizes
        Size of the type with the most lines that it may take.
    bold
        Whether it is bold.
    """
    text = plain(text, longest=LONGEST_TEXT)
    for points, most in sizes:
        lines = broken(text, points, lang, room, bold=bold)
        if len(lines) <= most:
            return Fitted(text, points, max(len(lines), 1))
    while len(lines) > most:
        text = text[: len(text) * 9 // 10].rstrip(f" {ELLIPSIS}") + ELLIPSIS
        lines = broken(text, points, lang, room, bold=bold)
    return Fitted(text, points, len(lines))


@dataclass(frozen=True)
class Grid:
    """A table that fits its room.

    Parameters
    ----------
    rows
        Cells by row, the heading first.
    widths
        Of the columns, millimetres.
    heights
        Of the rows, millimetres.
    more_rows
        How many rows are left out.
    more_columns
        The names of the columns that are left out.
    """

    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    heights: tuple[float, ...]
    more_rows: int
    more_columns: tuple[str, ...]

    @property
    def height(self) -> float:
        """Of all rows, millimetres."""
        return sum(self.heights)


PAD: Final = 1.0
"""Within a cell, on each side, millimetres."""
LINES, MOST_LINES = 2, 4
"""In a cell: before a column is left out, and after that."""
SURE: Final = 0.94
"""Part of a cell's width that is counted on: no office breaks a line as another does."""
LONGEST_WORD: Final = 16
SHORT_HEAD: Final = 3
"""Characters of a heading that no line may break."""
LONGEST_CELL: Final = 80
LONGEST_TEXT: Final = 2_000
"""Characters of a sentence, or of all names that have a number on a map."""


BROADER: Final = 1.15
"""Room for the rows of a table where an office has a broader face than the one named: they grow."""


def fit_table(
    rows: Sequence[Sequence[str]],
    room: tuple[float, float],
    lang: str,
    points: float,
    most: int,
) -> Grid | None:
    """Return as much of a table as fits; None where not even two rows do.

    Parameters
    ----------
    rows
        Cells by row, the heading first.
    room
        Width and height, millimetres.
    lang
        ``zh`` or ``en``.
    points
        Size of the type.
    most
        Rows that it may have, beside the heading.
    """
    cells = [[plain(cell, longest=LONGEST_CELL) for cell in row] for row in rows]
    found = _columns(cells, room[0], lang, points)
    if found is None:
        return None
    columns, widths = found
    kept = [row[:columns] for row in cells[: most + 1]]
    heights = [_row_mm(row, widths, lang, points, bold=not n) for n, row in enumerate(kept)]
    while sum(heights) * BROADER > room[1]:
        kept, heights = kept[:-1], heights[:-1]
    if len(kept) < 2:
        return None
    return Grid(
        tuple(map(tuple, kept)),
        tuple(widths),
        tuple(heights),
        len(cells) - len(kept),
        tuple(cells[0][columns:]),
    )


def _columns(
    cells: Sequence[Sequence[str]], room: float, lang: str, points: float
) -> tuple[int, list[float]] | None:
    """Return how many columns fit, and their widths; better fewer than cells of many lines."""
    naturals = [
        [wide(row[at], points, lang, bold=not n) for n, row in enumerate(cells)]
        for at in range(len(cells[0]))
    ]
    words = [_longest_word(row[at] for row in cells) for at in range(len(cells[0]))]
    heads = [head if len(head) <= SHORT_HEAD else "" for head in cells[0]]
    unbroken = [
        max(wide(text, points, lang, bold=True) for text in both)
        for both in zip(words, heads, strict=True)
    ]
    every = len(naturals)
    for most, fewest in ((LINES, max(every - 1, 2)), (MOST_LINES, 2)):
        for columns in range(every, min(fewest, every) - 1, -1):
            for lines in range(1, most + 1):
                needed = [
                    max(_needed(column, lines), least) + 2 * PAD + points * MM_PER_POINT / 2
                    for column, least in zip(naturals[:columns], unbroken, strict=False)
                ]
                if sum(needed) <= room:
                    spare = room - sum(needed)
                    return columns, [each + spare * each / sum(needed) for each in needed]
    return None


def _longest_word(texts: Iterable[str]) -> str:
    """Return what no line may break: of Chinese that is one character."""
    words = (word for text in texts for word in re.findall(r"[!-⺀]+|.", text))
    return max(words, key=len, default="")[:LONGEST_WORD]


def _needed(widths: Sequence[float], lines: int) -> float:
    """Return the width of a column whose cells take so many lines; a heading may take two."""
    head, *body = widths
    # What stands on several lines fills none of them whole.
    part = lines if lines == 1 else lines * 0.8
    return max([head / (max(lines, 2) * 0.8), *(each / part for each in body)])


def _row_mm(
    row: Sequence[str], widths: Sequence[float], lang: str, points: float, *, bold: bool
) -> float:
    lines = [
        len(broken(cell, points, lang, (width - 2 * PAD) * SURE, bold=bold))
        for cell, width in zip(row, widths, strict=True)
    ]
    return lines_mm(max(lines), points) + 2 * PAD * 0.6
