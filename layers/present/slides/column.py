"""Stack legend, bars and table beside the map of a slide."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from typing import Any, Final

import pandas as pd

import layers.present.slides.native as native
from layers.language.messages import speaker
from layers.map.plate import Sign
from layers.present.showing import Shown, plain
from layers.present.slides.layout import Box, broken, fit, fit_table, lines_mm, wide
from layers.present.static_map import Paper
from layers.present.static_map.ink.sheet import Sheet
from layers.present.static_map.legend import draw_sign
from layers.present.static_map.picture import drawing_alone

TABLE_SIZES: Final = (9.0, 8.0, 7.5)
TEXT_PT, HEAD_PT, TABLE_PT, LEFT_OUT_PT = 9.0, 10.5, 9.0, 8.0
SIGN_MM, SIGN_SIDE = 5.4, 4.6
"""Side of the picture of a sign as it is drawn, and on the slide."""
INDENT: Final = 6.4
CLOSE_PT: Final = 8.0
"""Type of a legend that leaves room for the bars of all districts."""
BETWEEN: Final = 3.0
"""Between two blocks."""
BARS: Final = ((4.6, 8.0), (4.1, 7.5), (3.7, 7.0), (3.3, 6.5))
"""Height of a bar with its gap, mm, and the type beside it: lower where all are to find room."""
BAR_MM, CHART_MM = BARS[0][0], 9.0
"""The usual height, and the least of a chart: one bar needs room around it."""
FEWEST_BARS, MOST_ROWS, LEAST_ROWS = 3, 8, (4, 2)
LONGEST_BAR: Final = 18
SIGN_DPI: Final = 400
BY_DISTRICT: Final = frozenset({"places", "national", "per_million"})
"""Fills of the map that are a figure of each district."""


def column(slide: Any, shown: Shown, box: Box) -> None:
    """Write what stands beside the map, from above: the legend, then what else finds room.

    Parameters
    ----------
    slide
        On which.
    shown
        The scene.
    box
        The room.
    """
    told, lang = shown.told, shown.told.state.lang
    low = _legend(slide, shown, box, CLOSE_PT if _by_district(shown) else TEXT_PT) + BETWEEN
    rest = Box(box.left, low, box.width, box.low - low)
    table = _rows(told.table) if told.table is not None and len(told.table) else None
    if told.bars is not None:
        room = _room_for_bars(shown, rest, table)
        if used := _bars(slide, shown, Box(rest.left, rest.top, rest.width, room)):
            rest = Box(rest.left, rest.top + used, rest.width, rest.height - used)
    if table is not None:
        _table(slide, table, rest, lang)


def _by_district(shown: Shown) -> bool:
    """Tell whether bars say of each district what its fill says: then all are to be seen."""
    return shown.told.bars is not None and shown.told.state.explore.ground in BY_DISTRICT


def _room_for_bars(shown: Shown, rest: Box, table: list[list[str]] | None) -> float:
    """Return the height that bars may take: rather fewer rows of the table than no bars.

    Where the map is filled by district, all districts come before the table.
    """
    told, lang = shown.told, shown.told.state.lang
    every = len(told.bars.values) if told.bars else 0
    rooms = [rest.height - _least(table, rows, rest.width, lang) for rows in LEAST_ROWS]
    whole = [*rooms, rest.height - lines_mm(1, LEFT_OUT_PT) - 1.0]
    if _by_district(shown):
        return next((room for room in whole if _low_enough(room, every)), whole[-1])
    least = min(FEWEST_BARS, max(every, 2))
    return next((room for room in rooms if _fitting(room) >= least), 0.0)


def _fitting(room: float) -> int:
    """Return how many bars find room with what stands above and below them."""
    around = lines_mm(1, HEAD_PT) + 0.8 + lines_mm(1, LEFT_OUT_PT) + BETWEEN
    return int((room - around) // BAR_MM)


def _low_enough(room: float, bars: int) -> tuple[float, float] | None:
    """Return the height of bars that all find room with their heading, and their type."""
    left = room - lines_mm(1, HEAD_PT) - 0.8 - BETWEEN
    return next((each for each in BARS if max(each[0] * bars, CHART_MM) <= left), None)


def _legend(slide: Any, shown: Shown, box: Box, points: float) -> float:
    """Write the legend, in two columns if that is less high; return where it ends."""
    lang = shown.told.state.lang
    say = speaker(lang)
    signs = () if shown.told.chart is not None else shown.map.signs
    if not signs:
        return box.top - BETWEEN
    top = _heading(slide, box, say("static_map.legend"), lang)
    made = [_stacked(signs, box.width, lang, columns, points) for columns in (1, 2)]
    drop = (SIGN_SIDE - lines_mm(1, points)) / 2  # from a sign's upper edge down to its first line
    height, rows = min(made, key=lambda each: each[0])
    for n, (sign, text, (left, y, room, high)) in enumerate(rows, start=1):
        at = Box(box.left + left, top + y, room, high)
        if sign:
            mark = Box(at.left, at.top, SIGN_SIDE, SIGN_SIDE)
            native.picture(slide, mark, sign_png(sign, lang), text, f"{say('present.sign')} {n}")
            at = Box(at.left + INDENT, at.top + drop, at.width - INDENT, at.height - drop)
        name = f"{say('static_map.legend')} {n}"
        native.text_box(slide, at, text, points, name, ink=native.SOFT, lang=lang)
    low = top + height
    for remark in shown.map.remarks:
        low = _left_out(slide, Box(box.left, low + 0.4, box.width, box.height), remark, lang)
    return low


Row = tuple[str, str, tuple[float, float, float, float]]
"""Sign, words, and left, top, width and height of both."""


def _stacked(
    signs: Sequence[Sign], room: float, lang: str, columns: int, points: float
) -> tuple[float, list[Row]]:
    """Return the rows of a legend in some columns, and how high the highest of these is."""
    room_of_one = (room - 3.0 * (columns - 1)) / columns
    step: list[tuple[str, str, float]] = []
    for sign, words in signs:
        text = plain(words, longest=120)
        lines = broken(text, points, lang, room_of_one - (INDENT if sign else 0))
        high = lines_mm(1, points)
        drop, least = ((SIGN_SIDE - high) / 2, SIGN_SIDE) if sign else (0.0, 0.0)
        step.append((sign, text, max(lines_mm(len(lines), points) + drop, least)))
    half = sum(each[2] for each in step) / columns
    rows: list[Row] = []
    at, y, highest = 0, 0.0, 0.0
    for sign, text, high in step:
        part = high / 2 if sign else high  # a heading ends no column
        if at < columns - 1 and y and y + part > half:
            at, y = at + 1, 0.0
        rows.append((sign, text, (at * (room_of_one + 3.0), y, room_of_one, high)))
        y += high
        highest = max(highest, y)
    return highest, rows


@cache
def sign_png(sign: str, lang: str) -> bytes:
    """Return the sign of a row of a legend as a picture.

    Parameters
    ----------
    sign
        As in :data:`layers.map.plate.Sign`, not empty.
    lang
        Language of what is written in it.
    """
    with drawing_alone():
        sheet = Sheet(Paper(SIGN_MM, SIGN_MM), lang)
        draw_sign(sheet, sign, (SIGN_MM / 2, SIGN_MM / 2), 1.0)
        target = io.BytesIO()
        sheet.figure.savefig(target, format="png", dpi=SIGN_DPI, metadata={"Software": None})
    return target.getvalue()


def _heading(slide: Any, box: Box, text: str, lang: str) -> float:
    """Write what stands over a block; return where the block begins."""
    fitted = fit(text, box.width, lang, ((HEAD_PT, 1), (TABLE_PT, 2)), bold=True)
    at = Box(box.left, box.top, box.width, fitted.height)
    look = {"bold": True, "ink": native.SOFT, "lang": lang}
    native.text_box(slide, at, fitted.text, fitted.points, plain(text, longest=40), **look)
    return at.low + 0.8


def _bars(slide: Any, shown: Shown, box: Box) -> float:
    """Draw the bars that find room; return what they take up with the space below."""
    bars, lang = shown.told.bars, shown.told.state.lang
    say = speaker(lang)
    if bars is None:
        return 0.0
    every, note, fitting = len(bars.values), lines_mm(1, LEFT_OUT_PT), _fitting(box.height)
    bar, points = BARS[0]
    if _by_district(shown) and (found := _low_enough(box.height, every)):
        fitting, (bar, points) = every, found
    if fitting < min(FEWEST_BARS, max(every, 2)):
        return 0.0
    values = {plain(n, longest=LONGEST_BAR): v for n, v in [*bars.values.items()][:fitting]}
    top = _heading(slide, box, bars.title, lang)
    at = Box(box.left, top, box.width, max(bar * len(values), CHART_MM))
    native.bars(slide, at, values, points, plain(bars.title))
    low = at.low
    if more := len(bars.values) - len(values):
        text = say("present.more_bars", count=more)
        low = _left_out(slide, Box(box.left, low, box.width, note), text, lang)
    return low - box.top + BETWEEN


def _rows(frame: pd.DataFrame) -> list[list[str]]:
    """Return a table's cells as they are read, the heading first."""
    body = [
        [str(name), *map(str, row)] for name, row in zip(frame.index, frame.to_numpy(), strict=True)
    ]
    return [["", *map(str, frame.columns)], *body]


def _least(rows: list[list[str]] | None, most: int, room: float, lang: str) -> float:
    """Return the height that the first rows of a table take up with what is said below it."""
    if rows is None:
        return 0.0
    grid = fit_table(rows, (room, 999.0), lang, TABLE_PT, most)
    return grid.height + lines_mm(1, LEFT_OUT_PT) + 1.0 if grid else 0.0


def _table(slide: Any, rows: list[list[str]], box: Box, lang: str) -> None:
    say, note = speaker(lang), lines_mm(1, LEFT_OUT_PT) + 1.0
    room = box.width, box.height - note
    tried = [(size, fit_table(rows, room, lang, size, MOST_ROWS)) for size in TABLE_SIZES]
    fitting = [(size, grid) for size, grid in tried if grid is not None]
    if not fitting:
        _left_out(slide, box, say("present.no_room"), lang)
        return
    # The first of those with most columns: what is left out at the right may be the answer.
    points, grid = min(fitting, key=lambda each: len(each[1].more_columns))
    native.table(slide, box, grid, points, say("present.table"), lang)
    said = []
    if grid.more_columns:
        names = say("present.comma").join(grid.more_columns)
        text = say("present.more_columns", names=names)
        if wide(text, LEFT_OUT_PT, lang) > box.width:
            text = say("present.columns_left", count=len(grid.more_columns))
        said.append(text)
    if grid.more_rows:
        said.append(say("present.more_rows", count=grid.more_rows))
    if said:
        below = Box(box.left, box.top + grid.height + 0.6, box.width, note)
        _left_out(slide, below, " ".join(said), lang)


def _left_out(slide: Any, box: Box, text: str, lang: str) -> float:
    """Say in small type what is left out; return where that ends."""
    fitted = fit(
        text, box.width, lang, ((LEFT_OUT_PT, 2), (LEFT_OUT_PT - 1, 2), (LEFT_OUT_PT - 1.5, 3))
    )
    at = Box(box.left, box.top, box.width, fitted.height)
    name = speaker(lang)("present.left_out")
    native.text_box(slide, at, fitted.text, fitted.points, name, ink=native.QUIET, lang=lang)
    return at.low
