"""Draw legend and lists: white panels with rows of signs and words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from layers.language.messages import display
from layers.map.plate import HATCH, LAND, LINE, NEW, TITLE, Sign
from layers.map.symbols import NEUTRAL
from layers.present.static_map.furniture import ABOVE, SOFT, line_height
from layers.present.static_map.ink.boxes import Box, Spot
from layers.present.static_map.ink.paper import MM_PER_POINT
from layers.present.static_map.ink.sheet import WHITE, Sheet
from layers.present.static_map.ink.signs import draw_svg
from layers.present.static_map.ink.type import wrapped
from layers.present.static_map.marks import RING

LEGEND_PT, LIST_PT = 6.4, (5.9, 5.4, 4.9)
FRAME: Final = "#8A8478"
PX_MM: Final = 5.37 / 23
"""A pixel of a legend's sign, so that a mark there is as large as on the map."""
PAD, INDENT, BETWEEN = 2.0, 5.4, 0.7
"""Round the rows, left of their words, and below each, millimetres on A4."""


@dataclass(frozen=True)
class Row:
    """A sign with its words, already broken into lines.

    Parameters
    ----------
    sign
        As in :data:`layers.map.plate.Sign`, or a number; empty for none.
    lines
        Its words.
    bold
        Whether it is a heading.
    """

    sign: str
    lines: Sequence[str]
    bold: bool


class Panel:
    """A white box that fills from the top; two short rows share a line.

    Parameters
    ----------
    sheet
        On which.
    box
        The most that it may take.
    points
        Size of the type, on A4.
    """

    def __init__(self, sheet: Sheet, box: Box, points: float = LEGEND_PT) -> None:
        self.sheet, self.box, self.size = sheet, box, sheet.paper.text
        self.points = points * self.size
        self.step = line_height(self.points) * 0.92
        self.rows: list[list[Row]] = []

    @property
    def _room(self) -> float:
        return self.box[2] - self.box[0] - 2 * PAD * self.size

    def add(self, sign: str, text: str, *, bold: bool = False, shared: bool = False) -> None:
        """Add a row.

        Parameters
        ----------
        sign, bold
            As in :class:`Row`.
        text
            Its words.
        shared
            Whether it may share a line with the row before.
        """
        indent = INDENT * self.size if sign else 0.0
        half = self._lines(text, self._room / 2 - indent, bold)
        row = Row(sign, half, bold)
        if len(half) > 1 or not sign:
            row = Row(sign, self._lines(text, self._room - indent, bold), bold)
            self.rows.append([row])
        elif shared and self.rows and self._has_half(self.rows[-1]):
            self.rows[-1].append(row)
        else:
            self.rows.append([row])

    def _lines(self, text: str, room: float, bold: bool) -> list[str]:
        return wrapped(display(text), self.points, self.sheet.lang, room, bold=bold)

    def _has_half(self, rows: Sequence[Row]) -> bool:
        only = rows[0]
        if len(rows) > 1 or not only.sign or len(only.lines) > 1:
            return False
        room = self._room / 2 - INDENT * self.size
        return len(self._lines(only.lines[0], room, only.bold)) == 1

    def _tall(self, rows: Sequence[Row]) -> float:
        between = BETWEEN if self.points >= LEGEND_PT * self.size else 0.2
        return max(len(row.lines) for row in rows) * self.step + between * self.size

    @property
    def height(self) -> float:
        """What the rows take up, in millimetres."""
        return sum(map(self._tall, self.rows)) + 1.5 * PAD * self.size

    @property
    def fits(self) -> bool:
        """Whether the rows find room."""
        return self.height <= self.box[3] - self.box[1]

    def cut(self) -> None:
        """Leave of each row but its first line."""
        for rows in self.rows:
            for n, row in enumerate(rows):
                if len(row.lines) > 1:
                    rows[n] = replace(row, lines=[row.lines[0].rstrip(" ·") + "…"])

    def shorten(self, spare: int) -> int:
        """Leave out the last rows that find no room.

        Parameters
        ----------
        spare
            Lines that are kept free to say so.

        Returns
        -------
        int
            How many signs have been left out.
        """
        gone = 0
        while self.rows and (not self.fits or (gone and self._crowded(spare))):
            gone += len(self.rows.pop())
        return gone

    def _crowded(self, spare: int) -> bool:
        return self.height + spare * self.step > self.box[3] - self.box[1]

    def draw(self, *, top: bool) -> Box:
        """Draw the panel at the top or the bottom of its room.

        Parameters
        ----------
        top
            Whether it hangs from the top.

        Returns
        -------
        Box
            What it takes up.
        """
        left, low, right, high = self.box
        low, high = (high - self.height, high) if top else (low, low + self.height)
        box = left, low, right, high
        look = {"edgecolor": "#D8D4CA", "linewidth": 0.5 * self.size, "zorder": ABOVE}
        self.sheet.box(box, facecolor=(WHITE, 0.94), **look)
        y = high - 0.75 * PAD * self.size
        for rows in self.rows:
            tall = self._tall(rows)
            for n, row in enumerate(rows):
                self._row(row, left + PAD * self.size + n * self._room / 2, y, tall)
            y -= tall
        return box

    def _row(self, row: Row, x: float, y: float, tall: float) -> None:
        size, order = self.size, ABOVE + 0.1
        used = self.step * len(row.lines)
        first = y - (tall - used) / 2 - 0.5 * self.step - 0.38 * self.points * MM_PER_POINT
        if row.sign.isdecimal():
            spot = x, first
            self.sheet.text(spot, row.sign, self.points, colour=SOFT, bold=True, order=order)
        elif row.sign:
            draw_sign(self.sheet, row.sign, (x + 2.6 * size, y - tall / 2), order)
        words = x + (INDENT * size if row.sign else 0)
        for n, line in enumerate(row.lines):
            spot = words, first - n * self.step
            self.sheet.text(spot, line, self.points, colour=SOFT, bold=row.bold, order=order)


def fill(panel: Panel, title: str, signs: Iterable[Sign]) -> Panel:
    """Fill a panel with a legend or a list.

    Parameters
    ----------
    panel
        The panel.
    title
        What stands over it.
    signs
        Signs or numbers with their words; an empty sign is a heading.
    """
    panel.add("", title, bold=True)
    before = None
    for sign, words in signs:
        group = group_of(sign)
        panel.add(sign, words, bold=not sign, shared=group == before)
        before = group
    return panel


def group_of(sign: str) -> str:
    """Tell which rows of a legend belong together: kinds, sizes and fillings, fills, the rest.

    Parameters
    ----------
    sign
        As in :data:`layers.map.plate.Sign`.
    """
    if sign.startswith("<svg"):
        return "neutral" if NEUTRAL in sign else "kind"
    return "fill" if sign.startswith("#") else "other"


def draw_sign(sheet: Sheet, sign: str, middle: Spot, order: float) -> None:
    """Draw the sign of a row of the legend.

    Parameters
    ----------
    sheet
        On which.
    sign
        As in :data:`layers.map.plate.Sign`.
    middle
        Its middle.
    order
        What is higher lies above.
    """
    size, (x, y) = sheet.paper.text, middle
    box = (x - 2.3 * size, y - 1.4 * size, x + 2.3 * size, y + 1.4 * size)
    line = {"linewidth": 0.5 * size, "zorder": order}
    if sign.startswith("<svg"):
        side = float(sign.split('width="', 1)[1].split('"', 1)[0])
        draw_svg(sheet, sign, middle, side * PX_MM * size, order)
    elif sign == HATCH:
        sheet.box(box, facecolor=LAND, edgecolor="#B9B4A8", **line)
        hatch = {"hatch": "//////", "edgecolor": "#B3AB9A", "hatch_linewidth": 0.5}
        sheet.box(box, zorder=order, **hatch)
    elif sign == LINE:
        sheet.line([(box[0], y), (box[2], y)], edgecolor=FRAME, linewidth=1.1 * size, zorder=order)
    elif sign == NEW:
        draw_svg(sheet, RING, middle, 3.8 * size, order)
    elif sign == TITLE:
        badge = (box[0] + 0.4 * size, y - 1.1 * size, box[2] - 0.4 * size, y + 1.1 * size)
        sheet.box(badge, facecolor=WHITE, edgecolor=FRAME, **line)
    else:
        sheet.box(box, facecolor=sign, edgecolor="#B9B4A8", **line)
