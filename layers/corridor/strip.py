"""Draw an axis as a strip: distance downwards, cities as bands, places with their doubt."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from layers.corridor.drawing import AXIS, EMPTY
from layers.corridor.measure import CorridorAnswer, cities_along, near_places
from layers.corridor.tables import city_of, short_name
from layers.corridor.wording import word
from layers.language.messages import display, speaker
from layers.language.values import cell, km
from layers.map.symbols import PATHS, SIZE
from layers.pack.catalogue import FIRM

FONT: Final = "Noto Sans CJK SC, PingFang SC, Microsoft YaHei, sans-serif"
INK, SOFT, HAIR = "#14171A", "#5B564C", "#BDB6A6"
OWN, OTHERS = "#F6EFE1", ("#EEECE6", "#E4E1D8")
"""Ground of the city's own stretch, and of those of others in turn."""
CALLED_KM: Final = 10.0
"""Shorter stretches without a place are not called out."""
TITLE_PX, SAID_PX, FOOT_PX = 17.0, 10.5, 9.0
HEAD_PX, KEY_PX = 36.0, 45.0
"""What title, and key with its margins, take of a page; the lines beside them come on top."""
MOST_CALLED: Final = 3
TICK_KM: Final = 10
LEAST_PX, MOST_PX, PAPER_PX = 8.5, 12.5, 9.5
"""Type of the names: smaller is not read on paper, larger needs no more room."""
LINE: Final = 1.35
"""Height of a line over the size of its type."""
FULL, HALF = 1.0, 0.54
"""Width of a Chinese and of a Latin letter over the size of the type."""
CJK: Final = "\u2e80"
_PIECES: Final = re.compile(rf"(?:[^{CJK}-\uffff\s]+|[（《]*[{CJK}-\uffff])[，。、；：）》”%]*\s*")
"""What a line does not break: a word or a character, with the stops and blanks behind it."""
DISTRICTS: Final = 0.5
"""Where the districts stand between the edge and the scale."""


@dataclass(frozen=True)
class Frame:
    """The room of a strip, in pixels of 96 to the inch.

    Parameters
    ----------
    width, height
        Of the whole; a height of 0 is as high as the names need.
    sides
        1 for names on one side of the axis, 2 for names on the side where the places lie.
    titled
        Whether title, sentence, key and notices stand with it: a file of its own has them.
    """

    width: float
    height: float = 0.0
    sides: int = 2
    titled: bool = False


PANEL: Final = Frame(336, sides=1)
PAGE: Final = Frame(680, 970, titled=True)
"""An upright A4 within its margins."""
SLIDE: Final = Frame(1210, 470)
"""Where a slide has its map, and what stands beside it."""


@dataclass(frozen=True, eq=False)
class _Room:
    """Where things stand: x of each column, y of the ends of the axis."""

    answer: CorridorAnswer
    lang: str
    frame: Frame
    top: float
    low: float
    type_px: float

    @property
    def margin(self) -> float:
        """Right edge of the names of cities, and of districts where there is room for them."""
        return 54.0 if self.frame.sides == 1 else min(0.19 * self.frame.width, 150.0)

    @property
    def ticks(self) -> float:
        """Where the scale of distance stands."""
        return self.margin + 24

    @property
    def lane(self) -> float:
        """Half the width of the strip in which places stand beside the axis."""
        if self.frame.sides == 1:
            return 30.0
        return 44.0 if self.frame.titled else 60.0

    @property
    def middle(self) -> float:
        """X of the axis."""
        if self.frame.sides == 1:
            return self.ticks + 6 + self.lane
        return (self.ticks + 6 + self.frame.width) / 2

    def y(self, metres: float) -> float:
        """Return where a chainage lies."""
        length = self.answer.found.axis.length_m
        return self.top + (self.low - self.top) * min(max(metres / length, 0.0), 1.0)


def strip(answer: CorridorAnswer, lang: str, frame: Frame, *, selected: str | None = None) -> str:
    """Return the strip as SVG.

    Parameters
    ----------
    answer
        As :func:`layers.corridor.measure.measure` returns it, not a refusal.
    lang
        Language of the words, ``zh`` or ``en``.
    frame
        Its room.
    selected
        Id of a place that is marked; None for none.

    Returns
    -------
    str
        One ``<svg>`` element without script or address; texts of the data are escaped. What belongs
        to a place stands in a group whose ``data-place`` is its id.
    """
    rows = _rows(answer, lang)
    room = _room(answer, lang, frame, rows)
    head, foot = (_head(room), _foot(room)) if frame.titled else ((), ())
    parts = [
        *_bands(room),
        *_ticks(room),
        *_empty(room),
        _line(room),
        *_places(room, rows, selected),
        *head,
        *foot,
    ]
    height = frame.height or room.low + 16
    title = escape(display(word(answer, lang).sentence))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{frame.width:g}" height="{height:g}" '
        f'viewBox="0 0 {frame.width:g} {height:g}" font-family={quoteattr(FONT)} role="img">'
        f"<title>{title}</title>{_PATTERN}{''.join(parts)}</svg>"
    )


_PATTERN: Final = (
    '<defs><pattern id="empty" width="6" height="6" patternUnits="userSpaceOnUse">'
    f'<path d="M0 6L6 0" stroke="{EMPTY}" stroke-width="0.8" opacity="0.55"/></pattern></defs>'
)


def _rows(answer: CorridorAnswer, lang: str) -> list[dict[str, Any]]:
    """Return the places within the distance in the order of the axis."""
    near = near_places(answer)
    return [
        {**row, "id": str(id_), "name": display(cell(row, "name", lang))}
        for id_, row in zip(near.index, near.to_dict("records"), strict=True)
    ]


def _room(answer: CorridorAnswer, lang: str, frame: Frame, rows: Sequence[Any]) -> _Room:
    """Divide the frame: names get the type that their number allows."""
    head, foot = _said(answer, lang, frame), _notes(answer, lang, frame)
    top = 16.0 if not frame.titled else HEAD_PX + 14 * len(head)
    if not frame.height:
        return _Room(answer, lang, frame, top, top + max(560.0, len(rows) * 21.0), 11.5)
    low = frame.height - (16.0 if not frame.titled else KEY_PX + 13 * (len(foot) + 1))
    # On paper small type is read and a cut name is lost; a wall needs it large.
    most = PAPER_PX if frame.titled else MOST_PX
    for size in np.arange(most, LEAST_PX, -0.5).tolist():
        room = _Room(answer, lang, frame, top, low, size)
        lines = [sum(len(_label(room, row, 1)) for row in side) for side in _sides(rows, frame)]
        if max(lines) * size * LINE <= low - top:
            return room
    return _Room(answer, lang, frame, top, low, LEAST_PX)


def _said(answer: CorridorAnswer, lang: str, frame: Frame) -> list[str]:
    """Return sentence and doubt in lines that fit the page."""
    words = word(answer, lang)
    texts = map(display, (words.sentence, words.doubt))
    return [line for text in texts for line in _wrapped(text, SAID_PX, frame.width - 12)]


def _notes(answer: CorridorAnswer, lang: str, frame: Frame) -> list[str]:
    """Return how the strip is read, and what every map must say of itself, in lines that fit."""
    notices = [
        display(answer.city.notices[name].of(lang)) for name in ("footer", "boundary", "review_map")
    ]
    texts = (speaker(lang)("corridor_page.strip_key"), " · ".join(notices))
    return [line for text in texts for line in _wrapped(text, FOOT_PX, frame.width - 12)]


def _reach(room: _Room, side: int) -> tuple[float, float]:
    """Return where the names of a side begin and where they must end."""
    start = room.middle + side * (room.lane + 20)
    return start, room.frame.width - 4 if side > 0 else room.ticks + 4


def _label(room: _Room, row: dict[str, Any], side: int) -> list[str]:
    """Return chainage and name of a place in lines; in the panel the name is shown at a touch."""
    start, far = _reach(room, side)
    told = f"{row['chainage_m'] / 1000:.0f}  {short_name(row['name'])}"
    most = abs(far - start) - 2
    if room.frame.sides == 1:
        return [_cut(told, room.type_px, most)]
    return _wrapped(told, room.type_px, most)


def _sides(rows: Sequence[dict[str, Any]], frame: Frame) -> tuple[list[Any], list[Any]]:
    """Divide the names between the two sides of the strip: what lies left, going down, is right."""
    if frame.sides == 1:
        return [], list(rows)
    parts: tuple[list[Any], list[Any]] = ([], [])
    for row in rows:
        even = int(len(parts[0]) > len(parts[1]))
        parts[{"left": 1, "right": 0}.get(str(row["side"]), even)].append(row)
    return parts


def _bands(room: _Room) -> Iterator[str]:
    """Draw the ground of each city with its name, and the names of the districts within."""
    others = 0
    words: list[tuple[float, str, bool]] = []
    for row in cities_along(room.answer).to_dict("records"):
        top, low = room.y(row["from_m"]), room.y(row["to_m"])
        others += not row["own"]
        fill = OWN if row["own"] else OTHERS[others % 2]
        yield (
            f'<rect x="0" y="{top:.1f}" width="{room.frame.width:g}" height="{low - top:.1f}" '
            f'fill="{fill}"/>'
        )
        words.append((top + 9, city_of(row[f"city_{room.lang}"], room.lang), True))
    longest = room.answer.stretches.sort_values("length_m").drop_duplicates("area", keep="last")
    for piece in longest.to_dict("records") if room.frame.sides == 2 else ():
        top, low = room.y(piece["from_m"]), room.y(piece["to_m"])
        yield (
            f'<rect x="{room.margin * DISTRICTS:.1f}" y="{top + 1:.1f}" width="2" '
            f'height="{max(low - top - 2, 1):.1f}" fill="{HAIR}"/>'
        )
        if piece["area"] and low - top > 10:
            name = str(room.answer.areas.loc[piece["area"]][f"name_{room.lang}"])
            words.append(((top + low) / 2, name, False))
    yield from _band_words(room, words)


def _band_words(room: _Room, words: list[tuple[float, str, bool]]) -> Iterator[str]:
    """Write the cities in bold at the edge and the districts beside them, none over another."""
    for bold, left in ((True, 6.0), (False, room.margin * DISTRICTS + 6)):
        own = sorted((y, text) for y, text, is_city in words if is_city == bold)
        size = (11.5 if room.frame.sides == 2 else 10.5) if bold else 9.5
        limits = (room.top + 6, room.low - 6)
        for (_, text), y in zip(own, _apart([y for y, _ in own], size * LINE, limits), strict=True):
            most = room.margin * (DISTRICTS if bold and room.frame.sides == 2 else 1 - DISTRICTS)
            most = room.ticks - 24 if room.frame.sides == 1 else most
            look = f'font-weight="700" fill="{INK}"' if bold else f'fill="{SOFT}"'
            if room.frame.sides == 1:
                yield _text(left, y, _cut(text, size, most), size, look)
            else:  # on paper and slide smaller rather than cut
                yield _text(left, y, text, min(size, size * most / _wide(text, size)), look)


def _ticks(room: _Room) -> Iterator[str]:
    """Write the distance from the start beside the axis."""
    length = room.answer.found.axis.length_m / 1000
    x, right = room.ticks - 4, room.frame.width
    for at in [*np.arange(0, length - TICK_KM / 2, TICK_KM), length]:
        y = room.y(1000 * at)
        yield f'<path d="M{x:.1f} {y:.1f}H{right:g}" stroke="#FFFFFF" stroke-width="0.8"/>'
        look = f'fill="{SOFT}" text-anchor="end"'
        yield _text(x - 2, y, f"{at:.0f}", 9, look)


def _empty(room: _Room) -> Iterator[str]:
    """Hatch the longest stretches without a place, and say how long they are."""
    gaps = room.answer.found.gaps
    gaps = gaps[gaps["length_m"] >= 1000 * CALLED_KM]
    say, left = speaker(room.lang), room.middle - room.lane
    for gap in gaps.nlargest(MOST_CALLED, "length_m").to_dict("records"):
        length = room.answer.found.axis.length_m
        ends = [(gap["from_m"], min(gap["to_m"], length)), (0.0, gap["to_m"] - length)]
        for low, high in ends:
            if high > low:
                yield (
                    f'<rect x="{left:.1f}" y="{room.y(low):.1f}" width="{2 * room.lane:g}" '
                    f'height="{room.y(high) - room.y(low):.1f}" fill="url(#empty)"/>'
                )
        y = room.y((ends[0][0] + ends[0][1]) / 2)
        told = km(1000.0 * round(gap["length_m"] / 1000), room.lang)
        look = f'text-anchor="middle" font-weight="700" fill="{INK}" {_HALO}'
        yield _text(room.middle, y - 7, say("corridor_page.strip_empty"), 11, look)
        yield _text(room.middle, y + 7, told, 11, look)


_HALO: Final = 'stroke="#FFFFFF" stroke-width="4" stroke-linejoin="round" paint-order="stroke"'


def _line(room: _Room) -> str:
    """Draw the axis, bent nowhere: a strip shows distance, not direction."""
    return (
        f'<path d="M{room.middle:.1f} {room.top:.1f}V{room.low:.1f}" stroke="{AXIS}" '
        'stroke-width="2.4"/>'
    )


def _places(room: _Room, rows: Sequence[dict[str, Any]], selected: str | None) -> Iterator[str]:
    """Draw every place: bar of its doubt, mark, leader and name."""
    spots = dict(_spots(room, rows))
    for row in rows:
        yield from _bar(room, row, spots[row["id"]][0])
    for side, own in zip((-1, 1), _sides(rows, room.frame), strict=True):
        tall = [len(_label(room, row, side)) for row in own]
        step = min(room.type_px * LINE, (room.low - room.top + 8) / max(sum(tall), 1))
        wanted = [spots[row["id"]][1] for row in own]
        placed = _apart(wanted, step, (room.top, room.low), tall)
        for row, y in zip(own, placed, strict=True):
            chosen = row["id"] == selected
            yield _place(room, row, spots[row["id"]], (side, y), chosen)


def _spots(
    room: _Room, rows: Sequence[dict[str, Any]]
) -> Iterator[tuple[str, tuple[float, float]]]:
    """Yield where each mark stands; those at one point stand beside each other."""
    scale = (room.lane - 9) / float(str(room.answer.found.parameters["within_m"]))
    piles: dict[tuple[int, int], int] = {}
    for row in rows:
        way = {"left": 1, "right": -1}.get(str(row["side"]), 0)
        x, y = room.middle + way * scale * row["offset_m"], room.y(row["chainage_m"])
        key = (round(x / 4), round(y / 4))
        piles[key] = piles.get(key, -1) + 1
        yield row["id"], (x + 8.0 * piles[key] * (way or 1), y)


def _bar(room: _Room, row: dict[str, Any], x: float) -> Iterator[str]:
    """Draw the interval of a chainage; on a closed axis it may go on at the other end."""
    length, low, high = room.answer.found.axis.length_m, row["low_m"], row["high_m"]
    pieces = [(max(low, 0.0), min(high, length)), (low + length, length), (0.0, high - length)]
    colour = room.answer.city.layers[str(row["kind"])].spec.style.colour
    for begin, end in pieces if room.answer.found.axis.closed else pieces[:1]:
        if 0 <= begin < end <= length:
            yield (
                f'<path d="M{x:.1f} {room.y(begin):.1f}V{room.y(end):.1f}" stroke="{colour}" '
                'stroke-width="3" stroke-linecap="round" opacity="0.32"/>'
            )


def _place(
    room: _Room,
    row: dict[str, Any],
    spot: tuple[float, float],
    label: tuple[int, float],
    chosen: bool,
) -> str:
    """Draw mark, leader and name of one place, in a group that bears its id."""
    (x, y), (side, at) = spot, label
    edge = room.middle + side * room.lane
    start, far = _reach(room, side)
    style = room.answer.city.layers[str(row["kind"])].spec.style
    scale = 0.66
    fill = style.colour if row["location_class"] in FIRM else "#FFFFFF"
    move = f"translate({x - SIZE / 2 * scale:.1f} {y - SIZE / 2 * scale:.1f}) scale({scale})"
    halo = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="9" fill="{AXIS}" opacity="0.35"/>'
    size, lines = room.type_px, _label(room, row, side)
    half = size * 1.3 * len(lines) / 2
    anchor = "start" if side > 0 else "end"
    look = f'text-anchor="{anchor}" fill="{AXIS if chosen else INK}"'
    look += ' font-weight="700"' if chosen else ""
    words = "".join(
        _text(start, at + size * LINE * (n - (len(lines) - 1) / 2), line, size, look)
        for n, line in enumerate(lines)
    )
    return (
        f'<g class="place" data-place={quoteattr(row["id"])}>'
        f"<title>{escape(row['name'])}</title>{halo if chosen else ''}"
        f'<path d="M{x + side * 6:.1f} {y:.1f}L{edge:.1f} {y:.1f}L{start - side * 3:.1f} {at:.1f}" '
        f'fill="none" stroke="{AXIS if chosen else SOFT}" stroke-width="0.6" opacity="0.75"/>'
        f'<path transform="{move}" d="{PATHS[style.shape]}" fill="{fill}" '
        f'stroke="{style.colour}" stroke-width="2"/>'
        f'<rect x="{min(start, far):.1f}" y="{at - half:.1f}" '
        f'width="{abs(far - start):.1f}" height="{2 * half:.1f}" fill="none" '
        f'pointer-events="all"/>{words}</g>'
    )


def _head(room: _Room) -> Iterator[str]:
    """Write title and sentence."""
    title = display(room.answer.axis_name.of(room.lang))
    size = min(TITLE_PX, TITLE_PX * (room.frame.width - 12) / _wide(title, TITLE_PX))
    yield _text(6, 18, title, size, f'font-weight="700" fill="{INK}"')
    for n, line in enumerate(_said(room.answer, room.lang, room.frame)):
        yield _text(6, HEAD_PX + 1 + 14 * n, line, SAID_PX, f'fill="{SOFT}"')


def _foot(room: _Room) -> Iterator[str]:
    """Write the key, and what every map must say of itself."""
    city, y = room.answer.city, room.low + 24
    shown = {str(kind) for kind in near_places(room.answer)["kind"]}
    x = 6.0
    for id_, layer in city.layers.items():
        if id_ in shown:
            name, style = display(layer.title.of(room.lang)), layer.spec.style
            wide = 20 + _wide(name, 9)
            if x + wide > room.frame.width:
                x, y = 6.0, y + 15
            yield (
                f'<path transform="translate({x:.1f} {y - 7:.1f}) scale(0.66)" '
                f'd="{PATHS[style.shape]}" fill="{style.colour}"/>'
            )
            yield _text(x + 16, y, name, 9, f'fill="{SOFT}"')
            x += wide + 8
    for n, line in enumerate(_notes(room.answer, room.lang, room.frame)):
        yield _text(6, y + 17 + 13 * n, line, FOOT_PX, f'fill="{SOFT}"')


def _apart(
    wanted: Sequence[float],
    step: float,
    limits: tuple[float, float],
    lines: Sequence[int] | None = None,
) -> list[float]:
    """Move middles as little as need be so that each is a step a line after the one before.

    The least sum of squares under that order is an isotonic regression of what is left when the
    steps are taken away.
    """
    from scipy.optimize import isotonic_regression  # a second, which no other page waits for

    if not wanted:
        return []
    order = np.argsort(wanted, kind="stable")
    tall = np.asarray(lines or [1] * len(wanted), dtype=float)[order]
    # From the first middle to each: half of both, and all that lies between.
    steps = step * (np.cumsum(tall) - tall / 2 - tall[0] / 2)
    smooth = isotonic_regression(np.asarray(wanted, dtype=float)[order] - steps).x
    low = limits[0] + step * (tall[0] - 1) / 2
    highest = max(limits[1] - step * (tall[-1] - 1) / 2 - steps[-1], low)
    placed = np.empty(len(wanted))
    placed[order] = np.clip(smooth, low, highest) + steps
    return [float(y) for y in placed]


def _wide(text: str, size: float) -> float:
    return size * sum(FULL if letter >= CJK else HALF for letter in text)


def _cut(text: str, size: float, most: float) -> str:
    """Return a text that fits, cut with an ellipsis."""
    if _wide(text, size) <= most:
        return text
    while text and _wide(text, size) + size > most:
        text = text[:-1]
    return text.rstrip() + "…"


def _wrapped(text: str, size: float, most: float) -> list[str]:
    """Return a text in lines that fit: Chinese breaks between characters, other words at spaces."""
    lines = [""]
    for part in _PIECES.findall(text):
        if lines[-1].strip() and _wide(lines[-1] + part.rstrip(), size) > most:
            lines.append("")
        lines[-1] += part if lines[-1] else part.lstrip()
    return [line.rstrip() for line in lines]


def _text(x: float, y: float, words: str, size: float, look: str) -> str:
    """Return a line of text, its middle at ``y``."""
    return (
        f'<text x="{x:.1f}" y="{y + 0.35 * size:.1f}" font-size="{size:g}" {look}>'
        f"{escape(words)}</text>"
    )
