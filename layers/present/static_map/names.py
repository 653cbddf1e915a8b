"""Name what is on the map: by priority, none over another, none over a mark.

The rules are those of the browser's ``labels.js``. On paper nobody can point at a mark: where a
name finds no room beside it, a line leads to it, and only then a number stands for it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.base.arrays import Floats
from layers.present.static_map.ink.boxes import Box, Room, Spot, along, around, nearest
from layers.present.static_map.ink.paper import MM_PER_POINT
from layers.present.static_map.ink.type import height_mm, parted, width_mm
from layers.present.static_map.marks import Stand
from layers.present.static_map.window import Window

LONGEST: Final = 90
"""Characters of a name that may stand on the map; a longer one has its number."""
STEPS: Final = (0.0, 2.6, 4.4, 6.6, 9.2, 12.3, 16.0)
TURNS: Final = tuple(math.pi * part for part in (-0.5, 0.5, 0.0, 1.0, -0.25, 0.25, 0.75, -0.75))
AWAY: Final = (3.0, 4.5, 6.0, 8.0, 10.0, 12.5, 15.0, 18.0, 22.0, 27.0, 33.0, 40.0)
"""Distances at which a name with a line is tried, millimetres on A4."""
WAYS: Final = 24
LONG_EM: Final = 8.5
"""A name of more than so many Chinese characters, or as wide, may be parted."""
LINES: Final = {"zh": (2, 3), "en": (2, 3, 4)}
"""Lines that a name may be parted into."""
BADGE: Final = 0.8
"""Type of a title beside a district's name over that name's."""
BADGE_PAD: Final = 0.5


@dataclass(frozen=True)
class Name:
    """What is written, and how.

    Parameters
    ----------
    text
        The name.
    kind
        ``district``, ``part``, ``place``, ``number``, ``water``, ``outer``, ``town`` or ``peak``.
    points
        Size of the type.
    colour
        Of the type.
    bold
        Whether it is bold.
    lines
        The text as it is broken; by default one line.
    badge
        What stands in a frame after it; empty for nothing.
    """

    text: str
    kind: str
    points: float
    colour: str
    bold: bool = False
    lines: tuple[str, ...] = ()
    badge: str = ""

    @property
    def rows(self) -> tuple[str, ...]:
        """The lines as they are drawn."""
        return self.lines or (self.text,)


@dataclass(frozen=True)
class Label:
    """A name that has found its place.

    Parameters
    ----------
    name
        What is written.
    box
        What it takes up, millimetres.
    side
        ``left``, ``right`` or ``centre``: how its lines are set.
    leader
        A line that leads from it to its point; None for none.
    of
        Id of the place or adcode of the district that it names; empty for others.
    window
        Id of its window.
    """

    name: Name
    box: Box
    side: str
    leader: tuple[Spot, Spot] | None
    of: str
    window: str


@dataclass
class Writing:
    """The names of one window as they find their places.

    Parameters
    ----------
    window
        Where they stand.
    room
        What of it is free.
    lang
        ``zh`` or ``en``.
    size
        Of the type over that on A4.
    """

    window: Window
    room: Room
    lang: str
    size: float
    labels: list[Label] = field(default_factory=list)

    def measured(self, name: Name) -> tuple[float, float]:
        """Return half the width and half the height of a name, in millimetres.

        Parameters
        ----------
        name
            What is written.
        """
        wide = max(width_mm(row, name.points, self.lang, bold=name.bold) for row in name.rows)
        if name.badge:
            wide += width_mm(name.badge, name.points * BADGE, self.lang) + 4 * BADGE_PAD
        high = height_mm(name.points, len(name.rows)) / 2
        # Digits reach neither as high nor as low as other characters.
        return wide / 2 + 0.2, high * (0.66 if name.kind == "number" else 1.0)

    def put(
        self,
        name: Name,
        box: Box,
        *,
        side: str = "centre",
        leader: tuple[Spot, Spot] | None = None,
        of: str = "",
    ) -> None:
        """Give a name its place.

        Parameters
        ----------
        name, box, side, leader, of
            As in :class:`Label`.
        """
        self.labels.append(Label(name, box, side, leader, of, self.window.id))
        self._note(self.labels[-1])

    def _note(self, label: Label) -> None:
        self.room.take([label.box, *(along(*label.leader) if label.leader else ())], label.of)

    def is_name(self, of: str) -> bool:
        """Tell whether a place has its name on the map, not its number.

        Parameters
        ----------
        of
            Id of the place.
        """
        return any(label.of == of and label.name.kind == "place" for label in self.labels)

    def take_back(self, of: str) -> Label:
        """Take back the name of a place, and free its room.

        Parameters
        ----------
        of
            Id of the place.
        """
        label = next(each for each in self.labels if each.of == of)
        self.labels.remove(label)
        self.room.leave(of)
        return label

    def give_back(self, label: Label) -> None:
        """Put a name back where it stood.

        Parameters
        ----------
        label
            As it was taken back.
        """
        self.labels.append(label)
        self._note(label)

    def area(
        self,
        name: Name,
        at: Spot,
        own: BaseGeometry | None,
        *,
        whole: bool = False,
        of: str = "",
        over_dots: bool = False,
    ) -> bool:
        """Name an area: in its middle, else a few steps aside, on its own ground.

        Parameters
        ----------
        name
            What is written.
        at
            The middle on the sheet.
        own
            The area on the sheet; None where the name may stand on any ground.
        whole
            Whether the whole name must lie on it, not its middle alone.
        of
            Adcode of the district.
        over_dots
            Whether it may lie on small dots.
        """
        half = self.measured(name)
        reach = half[0] * (0.9 if whole else 0.35)
        for x, y in _steps(at, self.size):
            box = around(x, y, *half)
            if not self.room.holds(box, over_dots=over_dots):
                continue
            if own is None or all(
                shapely.contains_xy(own, x + dx, y) for dx in (0.0, -reach, reach)
            ):
                self.put(name, box, of=of)
                return True
        return False

    def led(self, name: Name, at: Spot, start: float, *, away: float = 0.0, of: str = "") -> bool:
        """Set a name aside with a line that leads to its point.

        Parameters
        ----------
        name
            What is written.
        at
            The point.
        start
            How far from it the line begins: the radius of a mark.
        away
            Direction that is tried first, radians.
        of
            Id of what it names.
        """
        boxes = self.led_boxes(name, at, start, away)
        for box in boxes[self.room.free(boxes)].tolist():
            side, leader = leader_of(box, at, start)
            if not self.room.crossed(*leader, around(*at, start, start)):
                self.put(name, box, side=side, leader=leader, of=of)
                return True
        return False

    def led_boxes(self, name: Name, at: Spot, start: float, away: float) -> Floats:
        """Return where a name may stand aside, the nearest first: rows of boxes.

        Parameters
        ----------
        name, at, start, away
            As for :meth:`led`.
        """
        wide, tall = self.measured(name)
        turns = np.arange(WAYS)
        # To the one side and the other of the best direction in turn.
        angles = away + 2 * np.pi * ((turns + 1) // 2) * (-1.0) ** turns / WAYS
        reach = np.array(AWAY)[:, None] * self.size + start
        # The near edge of the name lies at that distance, whatever its length: it grows outwards.
        dx, dy = np.cos(angles), np.sin(angles)
        x = (at[0] + dx * reach + wide * np.clip(2.5 * dx, -1, 1)).ravel()
        y = (at[1] + dy * reach + tall * np.clip(2.5 * dy, -1, 1)).ravel()
        return np.column_stack([x - wide, y - tall, x + wide, y + tall])

    def beside(self, name: Name, stand: Stand, away: float | None = None) -> bool:
        """Name a mark right beside it.

        Parameters
        ----------
        name
            What is written.
        stand
            The mark.
        away
            Direction that is tried first, radians; None for the right.
        """
        spot = stand.x, stand.y
        return self.beside_spot(name, spot, stand.radius, away=away, of=stand.place.id)

    def beside_spot(
        self,
        name: Name,
        spot: Spot,
        radius: float,
        *,
        first: str = "right",
        away: float | None = None,
        of: str = "",
    ) -> bool:
        """Set a name beside a spot.

        Parameters
        ----------
        name
            What is written.
        spot
            The middle of what it names.
        radius
            How far that reaches.
        first
            The side that is tried first.
        away
            Direction that is tried first instead, radians; None for none.
        of
            Id of what it names.
        """
        for box, side in self.boxes_beside(name, spot, radius, first=first, away=away):
            if self.room.holds(box):
                self.put(name, box, side=side, of=of)
                return True
        return False

    def boxes_beside(
        self,
        name: Name,
        spot: Spot,
        radius: float,
        *,
        first: str = "right",
        away: float | None = None,
    ) -> Iterator[tuple[Box, str]]:
        """Yield where a name may stand beside a spot, the best first, and how it is set there.

        Parameters
        ----------
        name, spot, radius, first, away
            As for :meth:`beside_spot`.
        """
        w, h = self.measured(name)
        for dx, dy, side in _spots(w, h, radius + 0.3, first, away):
            yield around(spot[0] + dx, spot[1] + dy, w, h), side

    def number_place(self, name: Name, stand: Stand) -> bool:
        """Set a number beside a mark.

        Parameters
        ----------
        name
            The number.
        stand
            Its mark.
        """
        at, of = (stand.x, stand.y), stand.place.id
        return self.beside(name, stand, stand.away) or self.led(name, at, stand.radius, of=of)

    def lead_over(self, name: Name, stand: Stand) -> bool:
        """Set a name aside with a line that crosses others: rather that than a mark without any.

        Parameters
        ----------
        name
            The number.
        stand
            Its mark.
        """
        at, of = (stand.x, stand.y), stand.place.id
        boxes = self.led_boxes(name, at, stand.radius, 0.0)
        for box in boxes[self.room.free(boxes)].tolist():
            side, leader = leader_of(box, at, stand.radius)
            self.put(name, box, side=side, leader=leader, of=of)
            return True
        return False


@lru_cache(maxsize=2048)
def forms(text: str, points: float, colour: str, lang: str) -> tuple[Name, ...]:
    """Return the forms that a place's name may take: in one line or in several.

    Parameters
    ----------
    text
        The name; a very long one has none, and its number on the map.
    points
        Size of the type.
    colour
        Of the type.
    lang
        ``zh`` or ``en``.
    """
    found = [Name(text, "place", points, colour)]
    long = width_mm(text, 1.0, lang) > LONG_EM * MM_PER_POINT
    for count in LINES[lang] if long else ():
        rows = parted(text, count, points, lang)
        if len(rows) == count and min(map(len, rows)) > 2:
            found.append(replace(found[0], lines=tuple(rows)))
    return tuple(found) if len(text) <= LONGEST else ()


def leader_of(box: Box, at: Spot, start: float) -> tuple[str, tuple[Spot, Spot]]:
    """Return how a name that stands aside is set, and the line that leads to it.

    Parameters
    ----------
    box
        The name.
    at
        The point that it names.
    start
        How far from there the line begins.
    """
    end = nearest(box, *at)
    part = (start + 0.3) / math.dist(at, end)
    first = at[0] + (end[0] - at[0]) * part, at[1] + (end[1] - at[1]) * part
    side = "left" if end[0] == box[0] else "right" if end[0] == box[2] else "centre"
    return side, (first, end)


def _steps(at: Spot, size: float) -> Iterator[Spot]:
    for step in STEPS:
        for turn in TURNS if step else (0.0,):
            yield (
                at[0] + step * size * 1.6 * math.cos(turn),
                at[1] + step * size * math.sin(turn),
            )


def _spots(
    w: float, h: float, r: float, first: str, away: float | None
) -> list[tuple[float, float, str]]:
    """Return where a name may stand beside a mark, the best first, and how it is set there."""
    spots = [
        (r + w, 0.0, "left"),
        (-r - w, 0.0, "right"),
        (0.0, r + h, "centre"),
        (0.0, -r - h, "centre"),
        (r + w - 0.5, h * 0.8, "left"),
        (r + w - 0.5, -h * 0.8, "left"),
        (-r - w + 0.5, h * 0.8, "right"),
        (-r - w + 0.5, -h * 0.8, "right"),
    ]
    if first == "left":
        spots[0], spots[1] = spots[1], spots[0]
    elif first == "top":
        spots.insert(0, spots.pop(2))
    if away is None:
        return spots
    x, y = math.cos(away), math.sin(away)
    return sorted(spots, key=lambda spot: -(spot[0] * x + 2 * spot[1] * y))


def base_lines(label: Label, lang: str) -> Iterator[tuple[Spot, str]]:
    """Yield each line of a label with the left end of its base line.

    Parameters
    ----------
    label
        The label.
    lang
        ``zh`` or ``en``.
    """
    name, (left, _, right, high) = label.name, label.box
    step = height_mm(name.points)
    for n, row in enumerate(name.rows):
        wide = width_mm(row, name.points, lang, bold=name.bold)
        x = left + 0.2
        if label.side == "right":
            x = right - wide - 0.2
        elif label.side == "centre" and not name.badge:
            x = (left + right - wide) / 2
        # The middle of a Chinese character lies 0.38 of its size above the base line.
        middle = (label.box[1] + high) / 2 + step * ((len(name.rows) - 1) / 2 - n)
        yield (x, middle - 0.38 * name.points * MM_PER_POINT), row
