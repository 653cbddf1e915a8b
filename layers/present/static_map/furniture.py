"""Draw what makes a picture a map: heading, scale, north, sources and conditions of use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil
from typing import Final

import numpy as np
from matplotlib.path import Path
from pyproj import CRS

from geo.base.arrays import Floats
from layers.handover.live_link import qr_modules
from layers.language.messages import speaker
from layers.pack.city import City
from layers.present.static_map.ink.boxes import Box, Spot, within
from layers.present.static_map.ink.paper import MM_PER_POINT, Heading
from layers.present.static_map.ink.sheet import WHITE, Sheet, joined
from layers.present.static_map.ink.type import height_mm, width_mm, wrapped
from layers.present.static_map.window import Window

MARGIN: Final = 8.0
TITLE_PT, SENTENCE_PT, DOUBT_PT, NOTE_PT = 16.0, 10.0, 8.0, 6.2
ACCENT: Final = "#B5322A"
INK, SOFT, QUIET = "#14171A", "#3B372F", "#5B564C"
BARS_KM: Final = (100, 50, 40, 30, 20, 10, 8, 6, 4, 2, 1, 0.5, 0.2)
BETWEEN: Final = "    "
"""Between two notes: the shipped font has no blank as wide as a Chinese character."""
CODE_MM: Final = 15.0
"""Side of the QR code: a phone reads the longest address from it."""
ABOVE: Final = 300.0
"""Order of all that lies over every window."""


@dataclass(frozen=True)
class Bar:
    """A scale bar: its length on the ground, and its ends on the sheet."""

    km: float
    start: Spot
    end: Spot


def line_height(points: float) -> float:
    """Return the height of a line of running text, in millimetres.

    Parameters
    ----------
    points
        Size of the type.
    """
    return points * MM_PER_POINT * 1.45


def heading(sheet: Sheet, told: Heading, filtered: str) -> float:
    """Write what stands above the map.

    Parameters
    ----------
    sheet
        On which.
    told
        Title, sentence and doubt.
    filtered
        What narrows the rows, in words; empty for nothing.

    Returns
    -------
    float
        The height, in millimetres from below, down to which it reaches.
    """
    size, paper = sheet.paper.text, sheet.paper
    room = paper.width_mm - 2 * MARGIN * size
    y = paper.height_mm - MARGIN * size * 0.8
    wide = width_mm(filtered + BETWEEN, DOUBT_PT * size, sheet.lang, bold=True) if filtered else 0.0
    one_line = wide + width_mm(told.doubt, DOUBT_PT * size, sheet.lang) < room
    rows = [
        (told.title, TITLE_PT, INK, True),
        (told.sentence, SENTENCE_PT, SOFT, False),
        (filtered, DOUBT_PT, ACCENT, True),
    ]
    if not (filtered and one_line):
        rows.append((told.doubt, DOUBT_PT, QUIET, False))
    for text, points, colour, bold in rows:
        for row in wrapped(text, points * size, sheet.lang, room, bold=bold) if text else ():
            y -= line_height(points * size)
            spot = MARGIN * size, y + 0.3 * points * size * MM_PER_POINT
            sheet.text(spot, row, points * size, colour=colour, bold=bold, order=ABOVE)
    if filtered and one_line and told.doubt:
        spot = MARGIN * size + wide, y + 0.3 * DOUBT_PT * size * MM_PER_POINT
        sheet.text(spot, told.doubt, DOUBT_PT * size, colour=QUIET, order=ABOVE)
    return y - 1.5 * size


def footer_rows(sheet: Sheet, first: str, notes: Sequence[str], link: str) -> list[str]:
    """Break what stands below the map into lines.

    Parameters
    ----------
    sheet
        On which.
    first
        What the map may be used for.
    notes
        All else.
    link
        Address of the live view, on lines of its own beside its code; empty for none.
    """
    size = sheet.paper.text
    room = sheet.paper.width_mm - 2 * MARGIN * size - (CODE_MM + 3) * size * bool(link)
    text = (BETWEEN if sheet.lang == "zh" else "  ·  ").join([first, *notes])
    # An address has no blank at which it might be broken.
    part = ceil(len(link) / max(ceil(width_mm(link, NOTE_PT * size, "en") / room), 1)) or 1
    parts = [link[at : at + part] for at in range(0, len(link), part)]
    return [*wrapped(text, NOTE_PT * size, sheet.lang, room), *parts]


def footer_mm(sheet: Sheet, rows: Sequence[str], link: str) -> float:
    """Return how high what stands below the map is, in millimetres.

    Parameters
    ----------
    sheet
        On which.
    rows, link
        As :func:`footer_rows` returns and takes them.
    """
    size = sheet.paper.text
    return max(len(rows) * line_height(NOTE_PT * size), CODE_MM * size * bool(link))


def code(sheet: Sheet, link: str) -> None:
    """Draw the QR code of the live view into the lower right corner.

    Parameters
    ----------
    sheet
        On which.
    link
        Its address, not empty.
    """
    size, modules = sheet.paper.text, qr_modules(link)
    side, x = CODE_MM * size / len(modules), sheet.paper.width_mm - (MARGIN + CODE_MM) * size
    bars = []
    for n, row in enumerate(reversed(modules)):
        at, y = 0, MARGIN * size * 0.7 + n * side
        for dark, run in groupby(row):
            left, at = x + at * side, at + len([*run])
            right = x + at * side
            corners = [(left, y), (right, y), (right, y + side), (left, y + side), (left, y)]
            bars += [Path(np.array(corners), closed=True)] if dark else []
    # A soft edge would leave a pale seam between two modules.
    sheet.path(joined(bars), facecolor=INK, antialiased=False, snap=False, zorder=ABOVE)


def footer(sheet: Sheet, first: str, rows: Sequence[str], link: str) -> None:
    """Write what stands below the map; what it may be used for in bold.

    Parameters
    ----------
    sheet
        On which.
    first
        What the map may be used for: the beginning of the first line.
    rows
        The lines.
    link
        Address of the live view; empty for none.
    """
    if link:
        code(sheet, link)
    size = sheet.paper.text
    points = NOTE_PT * size
    for n, row in enumerate(reversed(rows)):
        y = MARGIN * size * 0.7 + n * line_height(points)
        x = MARGIN * size
        if n == len(rows) - 1 and row.startswith(first):
            sheet.text((x, y), first, points, colour=INK, bold=True, order=ABOVE)
            x += width_mm(first, points, sheet.lang, bold=True)
            row = row.removeprefix(first)
        if row.strip():
            sheet.text((x, y), row, points, colour=QUIET, order=ABOVE)


def crs_words(city: City, lang: str) -> str:
    """Return the name of the coordinate system that a map is drawn in.

    Parameters
    ----------
    city
        The pack whose plane it is.
    lang
        ``zh`` or ``en``.
    """
    say, crs = speaker(lang), CRS.from_epsg(city.metric_epsg)
    operation = crs.coordinate_operation
    gauss = operation is not None and operation.method_name == "Transverse Mercator"
    datum = crs.datum.name if crs.datum else ""
    if lang == "zh" and operation is not None and gauss and datum == "China 2000":
        meridian = next(p.value for p in operation.params if p.name.startswith("Longitude"))
        return say("static_map.crs_gauss", meridian=f"{meridian:g}", code=city.metric_epsg)
    return say("static_map.crs", name=crs.name, code=city.metric_epsg)


def scale_words(scale: int) -> str:
    """Return a scale as it is written on a map.

    Parameters
    ----------
    scale
        One to how many.

    Examples
    --------
    >>> scale_words(1_200_000)
    '1:1 200 000'
    """
    return "1:" + f"{scale:,}".replace(",", " ")


def bar_km(window: Window, room_mm: float) -> float:
    """Return the length of the longest round scale bar that fits.

    Parameters
    ----------
    window
        Its scale.
    room_mm
        How long it may be.
    """
    return next((km for km in BARS_KM if km * 1e6 / window.scale <= room_mm), BARS_KM[-1])


def scale_box(sheet: Sheet, window: Window, room: Box, spots: Floats) -> Box:
    """Return where the scale of a window stands: in the corner that holds the fewest places.

    Parameters
    ----------
    sheet
        On which.
    window
        The window.
    room
        The part of it that is free of other windows.
    spots
        Where its places are, rows of millimetres.
    """
    size, (left, low, right, high) = sheet.paper.text, room
    wide, tall = (38.0, 9.0) if window.id == "main" else (30.0, 7.0)
    pad, wide, tall = 1.5 * size, wide * size, tall * size
    corners = [
        (x, y, x + wide, y + tall)
        for x, y in (
            (right - wide - pad, low + pad),
            (right - wide - pad, high - tall - pad),
            (left + pad, low + pad),
        )
    ]
    return min(corners, key=lambda box: sum(within(box, x, y) for x, y in spots.tolist()))


def draw_scale(sheet: Sheet, window: Window, box: Box) -> Bar:
    """Draw the scale of a window: one to how many, and a bar.

    Parameters
    ----------
    sheet
        On which.
    window
        The window.
    box
        Where the scale stands.

    Returns
    -------
    Bar
        The bar.
    """
    size, say = sheet.paper.text, speaker(sheet.lang)
    left, low, right, _ = box
    points = (NOTE_PT if window.id == "main" else NOTE_PT - 0.8) * size
    unit = say("map.km")
    km = bar_km(window, right - left - 10 * size)
    long = km * 1e6 / window.scale
    y, high = low + 1.2 * size, 0.9 * size
    for part in range(4):
        x = left + long * part / 4
        colour = INK if part % 2 == 0 else WHITE
        sheet.box(
            (x, y, x + long / 4, y + high), facecolor=colour, edgecolor=INK,
            linewidth=0.4 * size, zorder=ABOVE,
        )  # fmt: skip
    above = y + high + 0.7 * size
    for share, text in ((0.0, "0"), (0.5, f"{km / 2:g}"), (1.0, f"{km:g} {unit}")):
        wide = width_mm(text.split(" ")[0], points, sheet.lang)
        spot = left + long * share - wide / 2, above
        sheet.text(spot, text, points, colour=INK, halo=WHITE, order=ABOVE)
    if window.id == "main":
        spot = left, above + line_height(points)
        sheet.text(spot, scale_words(window.scale), points, colour=INK, halo=WHITE, order=ABOVE)
    return Bar(km, (left, y), (left + long, y))


def north(sheet: Sheet, tip: Spot) -> Box:
    """Draw the arrow to the north.

    Parameters
    ----------
    sheet
        On which.
    tip
        Where it points to, below its letter.

    Returns
    -------
    Box
        What it takes up.
    """
    size, (x, y) = sheet.paper.text, tip
    wide, tall = 1.7 * size, 6.0 * size
    for side, colour in ((-1, INK), (1, WHITE)):
        half = [(x, y), (x + side * wide, y - tall), (x, y - 0.72 * tall), (x, y)]
        sheet.line(half, facecolor=colour, edgecolor=INK, linewidth=0.5, zorder=ABOVE)
    word, points = speaker(sheet.lang)("map.north"), 7.5 * size
    wide_word = width_mm(word, points, sheet.lang, bold=True)
    sheet.text(
        (x - wide_word / 2, y + 0.8 * size), word, points, bold=True, halo=WHITE, order=ABOVE
    )
    return x - 2.5 * size, y - tall - size, x + 2.5 * size, y + 4 * size


def caption(sheet: Sheet, window: Window, text: str) -> Box:
    """Write what an inset shows into its upper left corner.

    Parameters
    ----------
    sheet
        On which.
    window
        The inset.
    text
        Its name.

    Returns
    -------
    Box
        What it takes up.
    """
    size, (left, _, _, high) = sheet.paper.text, window.box
    points = 7.2 * size
    words = f"{text}  {scale_words(window.scale)}"
    box = (
        left,
        high - height_mm(points) - 1.0 * size,
        left + width_mm(words, points, sheet.lang, bold=True) + 3 * size,
        high,
    )
    sheet.box(box, facecolor="#4A463E", zorder=ABOVE)
    spot = left + 1.5 * size, box[1] + 1.3 * size
    sheet.text(spot, words, points, colour=WHITE, bold=True, order=ABOVE)
    return box


def foot(sheet: Sheet, window: Window, text: str) -> Box:
    """Write a line into the lower left corner of a window.

    Parameters
    ----------
    sheet
        On which.
    window
        The window.
    text
        What is written.

    Returns
    -------
    Box
        What it takes up.
    """
    size, (left, low, right, _) = sheet.paper.text, window.box
    points = NOTE_PT * size
    rows = wrapped(text, points, sheet.lang, right - left - 2 * size)
    step = line_height(points)
    for n, row in enumerate(reversed(rows)):
        spot = left + size, low + (0.8 + 0.3 * points * MM_PER_POINT) * size + n * step
        sheet.text(spot, row, points, colour="#4A334A", halo=WHITE, order=ABOVE)
    wide = max(width_mm(row, points, sheet.lang) for row in rows)
    return left, low, left + wide + 2 * size, low + len(rows) * step + size
