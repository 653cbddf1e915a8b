"""Say where the marks stand: bouquets round one point, near ones pushed apart, each with a leader.

The rules are those of the browser's ``marks.js``, in millimetres.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from layers.language.messages import display
from layers.map.plate import priorities
from layers.map.symbols import plain_mark
from layers.pack.catalogue import FIRM, PLAN_KINDS
from layers.pack.city import City
from layers.present.static_map.ink.boxes import Box, Spot, along, around, within
from layers.present.static_map.ink.sheet import Sheet
from layers.present.static_map.ink.signs import draw_svg
from layers.present.static_map.window import Window, Windows
from layers.view.index_numbers import index_numbers
from layers.view.rows import View
from layers.view.totals import is_national
from layers.view.vague import is_vague

NATIONAL_MM, OTHER_MM = 4.2, 3.2
"""How large a mark is on A4."""
SPAN: Final = 18 / 23
"""Of the square of a mark's drawing that the mark itself spans."""
STILL_MM: Final = 2.1
"""Of a mark that is not what the map is about."""
DOT_MM: Final = 0.45
"""Radius of the dot on the map of a place that an inset shows."""
LOCATOR: Final = 0.7
"""Size of a mark on the locator over that on the map."""
GAP_MM, LEADER_MM, CASING_MM = 0.5, 1.1, 0.3
PETALS, ROW = 6, 6
"""A bouquet of up to six stands in a ring, more in rows of six."""
QUIET: Final = "#5B564C"
RING: Final = (
    '<svg><circle cx="10" cy="10" r="8.8" fill="none" stroke="#B5322A" stroke-width="1.8"/></svg>'
)
"""Round what is new."""


@dataclass(frozen=True)
class Place:
    """A place that is drawn, and what decides its mark and its name."""

    id: str
    name: str
    kind: str
    at: tuple[float, float]
    """Metres of the city's plane."""
    national: bool
    firm: bool
    later: bool
    new: bool
    context: bool
    number: int
    rank: int


@dataclass(frozen=True)
class Stand:
    """Where a mark stands on the sheet.

    Parameters
    ----------
    place
        What it stands for.
    window
        Id of the window that it stands in.
    x, y
        Its middle in millimetres.
    radius
        How far it reaches.
    away
        Direction away from the middle of its bouquet, radians; None if it stands alone.
    """

    place: Place
    window: str
    x: float
    y: float
    radius: float
    away: float | None


@dataclass
class _Unit:
    """One mark, or the bouquet of all that share a point."""

    pile: list[Place]
    home: Spot
    x: float
    y: float
    at: list[Spot]
    radius: float


@dataclass
class Arrangement:
    """The marks of one window, with their leaders and the true points these lead to."""

    stands: list[Stand] = field(default_factory=list)
    leaders: list[tuple[Spot, Spot]] = field(default_factory=list)
    points: list[Spot] = field(default_factory=list)
    dots: list[tuple[Spot, str]] = field(default_factory=list)
    """Small dots of the places that an inset shows, with their colours."""


def places_of(view: View, new: frozenset[str]) -> list[Place]:
    """Return the shown places that have a mark at this scale, the first to be named first.

    Parameters
    ----------
    view
        What is shown.
    new
        Ids of those that carry the ring of what is new.
    """
    lang, city = view.state.lang, view.city
    near = view.mapped[~is_vague(view.mapped)]
    metres = near.geometry.to_crs(city.metric_epsg)
    number, order = index_numbers(city), priorities(view)
    columns = ("kind", "location_class", "plan_status", "current_status_as_of", f"name_{lang}")
    found = []
    for id_, point, national, kind, known, status, seen, name in zip(
        map(str, near.index),
        metres,
        is_national(near),
        *(near[column] for column in columns),
        strict=True,
    ):
        later = status == "later_fact"
        year = f" · {seen[:4]}" if later and isinstance(seen, str) else ""
        found.append(
            Place(
                id=id_,
                name=display(str(name)) + year,
                kind=str(kind),
                at=(point.x, point.y),
                national=bool(national),
                firm=known in FIRM,
                later=later,
                new=id_ in new,
                context=kind not in PLAN_KINDS,
                number=number[id_],
                rank=order[id_],
            )
        )
    return sorted(found, key=lambda place: place.rank)


def shared(city: City, places: Iterable[Place], found: Windows) -> dict[str, list[Place]]:
    """Say which window shows a place: the first inset that holds it, else locator or map.

    Parameters
    ----------
    city
        The pack that is shown.
    places
        What is drawn.
    found
        The windows of the sheet.
    """
    west, south, east, north = city.on_plane.total_bounds
    held: dict[str, list[Place]] = {"main": [], "locator": []}
    held |= {inset.id: [] for inset in found.insets}
    for place in places:
        x, y = place.at
        inset = next((inset.id for inset in found.insets if inset.holds(x, y)), None)
        inside = west <= x <= east and south <= y <= north
        if inset is not None:
            held[inset].append(place)
        elif not inside and found.locator is not None and found.locator.holds(x, y):
            held["locator"].append(place)
        elif found.main.holds(x, y):
            held["main"].append(place)
    return held


def side_of(place: Place, size: float) -> float:
    """Return the side of the square in which a mark is drawn, in millimetres.

    Parameters
    ----------
    place
        Its place.
    size
        Size of the window's marks over that on A4.
    """
    return (NATIONAL_MM if place.national else OTHER_MM) / SPAN * size


def _radius(place: Place, size: float) -> float:
    return (side_of(place, size) * SPAN / 2 + CASING_MM) + (0.5 * size if place.new else 0)


def _petals(pile: Sequence[Place], size: float) -> tuple[list[Spot], float]:
    """Return where the marks of one point stand round it, and how far they reach."""
    largest, n = max(_radius(place, size) for place in pile), len(pile)
    if n == 1:
        return [(0.0, 0.0)], largest
    if n <= PETALS:
        ring = max(largest + 0.8 * size, (largest + 0.2) / math.sin(math.pi / n))
        turn = 0.0 if n == 2 else math.pi / 2
        angles = [turn - 2 * math.pi * i / n for i in range(n)]
        return [(ring * math.cos(a), ring * math.sin(a)) for a in angles], ring + largest
    step, rows = 2 * largest + 0.3, math.ceil(n / ROW)
    at = [
        (((i % ROW) - (ROW - 1) / 2) * step, ((rows - 1) / 2 - i // ROW) * step) for i in range(n)
    ]
    return at, ROW / 2 * step


def _units(window: Window, places: Sequence[Place], size: float) -> list[_Unit]:
    piles: dict[tuple[int, int], list[Place]] = {}
    for place in places:
        piles.setdefault((round(place.at[0]), round(place.at[1])), []).append(place)
    units = []
    for pile in piles.values():
        x, y = window.on_sheet(np.array([pile[0].at]))[0].tolist()
        at, radius = _petals(pile, size)
        units.append(_Unit(pile, (x, y), x, y, at, radius))
    return units


def _push(one: _Unit, other: _Unit, turn: float) -> bool:
    """Push two units apart, the larger less; tell whether they met."""
    need = one.radius + other.radius + GAP_MM
    dx, dy = other.x - one.x, other.y - one.y
    far = math.hypot(dx, dy)
    if far >= need:
        return False
    if far < 0.01:
        dx, dy, far = math.cos(turn), math.sin(turn), 1.0
    share = other.radius / (one.radius + other.radius)
    push = (need - min(far, need) + 0.05) / far
    one.x, one.y = one.x - dx * push * share, one.y - dy * push * share
    other.x, other.y = other.x + dx * push * (1 - share), other.y + dy * push * (1 - share)
    return True


def _out_of(unit: _Unit, box: Box) -> bool:
    """Move a unit out of a box by the nearest side; tell whether it lay in it."""
    r = unit.radius + 0.7
    ways = (
        (unit.x + r - box[0], -1, 0),
        (box[2] - unit.x + r, 1, 0),
        (unit.y + r - box[1], 0, -1),
        (box[3] - unit.y + r, 0, 1),
    )
    least, dx, dy = min(ways)
    if least <= 0:
        return False
    unit.x, unit.y = unit.x + least * dx, unit.y + least * dy
    return True


def _spread(units: list[_Unit], frame: Box, blocked: Sequence[Box], rounds: int = 240) -> None:
    """Push units apart until none meet; each is drawn back to its point at first."""
    for turn in range(rounds):
        pull = 0.06 if turn < rounds * 0.6 else 0.0
        for unit in units:
            unit.x += (unit.home[0] - unit.x) * pull
            unit.y += (unit.home[1] - unit.y) * pull
        moved = False
        for i, one in enumerate(units):
            for other in units[i + 1 :]:
                moved = _push(one, other, 2.4 * (i + 1)) or moved
        for unit in units:
            for box in blocked:
                moved = _out_of(unit, box) or moved
            left, low, right, high = frame
            r = unit.radius + 0.5
            unit.x = min(max(unit.x, left + r), right - r)
            unit.y = min(max(unit.y, low + r), high - r)
        if not moved and not pull:
            return


def arrange(
    window: Window, places: Sequence[Place], blocked: Sequence[Box], size: float
) -> Arrangement:
    """Lay out the marks of one window.

    Parameters
    ----------
    window
        Where they stand.
    places
        What stands there.
    blocked
        Boxes in which nothing may stand.
    size
        Size of the marks over that on A4.
    """
    units, found = _units(window, places, size), Arrangement()
    _spread(units, window.box, blocked)
    for unit in units:
        middle, many = (unit.x, unit.y), len(unit.pile) > 1
        moved = math.dist(middle, unit.home) > LEADER_MM
        spots = [(unit.x + dx, unit.y + dy) for dx, dy in unit.at]
        if moved:
            found.leaders.append((unit.home, middle))
        if many and len(unit.pile) <= PETALS:
            found.leaders += [(middle, spot) for spot in spots]
        if moved or many:
            found.points.append(unit.home)
        for place, (x, y), (dx, dy) in zip(unit.pile, spots, unit.at, strict=True):
            away = math.atan2(dy, dx) if many else None
            found.stands.append(Stand(place, window.id, x, y, _radius(place, size), away))
    return found


def still(window: Window, places: Sequence[Place], size: float) -> Arrangement:
    """Leave small marks on their points: they are not what the map is about.

    Parameters
    ----------
    window, places, size
        As for :func:`arrange`.
    """
    spots = window.on_sheet(np.array([place.at for place in places]).reshape(-1, 2)).tolist()
    radius = STILL_MM / 2 * size + CASING_MM
    return Arrangement(
        [Stand(p, window.id, x, y, radius, None) for p, (x, y) in zip(places, spots, strict=True)]
    )


def dots(city: City, window: Window, places: Iterable[Place]) -> list[tuple[Spot, str]]:
    """Return the small dots on the map of places that an inset shows.

    Parameters
    ----------
    city
        The pack that is shown.
    window
        The map.
    places
        What the insets show.
    """
    return [
        ((x, y), city.layers[place.kind].spec.style.colour)
        for place in places
        for x, y in [window.on_sheet(np.array([place.at]))[0].tolist()]
        if within(window.box, x, y)
    ]


def taken(found: Arrangement) -> list[Box]:
    """Return what the marks and their leaders take up.

    Parameters
    ----------
    found
        The marks of one window.
    """
    boxes = [around(s.x, s.y, s.radius, s.radius) for s in found.stands]
    return [*boxes, *(box for line in found.leaders for box in along(*line))]


def draw_marks(sheet: Sheet, city: City, window: Window, found: Arrangement, order: float) -> None:
    """Draw the marks of one window with their leaders and dots.

    Parameters
    ----------
    sheet
        On which.
    city
        The pack that is shown.
    window
        Where they stand.
    found
        The marks.
    order
        What is higher lies above.
    """
    for line in found.leaders:
        sheet.line(line, window.box, edgecolor=QUIET, linewidth=0.5, zorder=order)
    for point, colour in [*((p, QUIET) for p in found.points), *found.dots]:
        svg = f'<svg><circle cx="10" cy="10" r="10" fill="{colour}"/></svg>'
        draw_svg(sheet, svg, point, 2 * DOT_MM * sheet.paper.text, order + 0.1)
    for n, stand in enumerate(reversed(found.stands)):
        style, place = city.layers[stand.place.kind].spec.style, stand.place
        casing = CASING_MM + (0.5 * sheet.paper.text if place.new else 0.0)
        side = (stand.radius - casing) * 2 / SPAN
        svg = plain_mark(style, firm=place.firm, faded=place.kind == "later_park")
        spot, above = (stand.x, stand.y), order + 0.2 + n * 1e-4
        if place.new:
            draw_svg(sheet, RING, spot, stand.radius * 2.1, above)
        draw_svg(sheet, svg, spot, side, above)
