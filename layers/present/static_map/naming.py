"""Say who is named on the map, and who comes first."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.base.once import once
from layers.language.messages import display
from layers.map.plate import TINTS, Plate
from layers.pack.city import City
from layers.present.static_map.ground import plane_of
from layers.present.static_map.ink.boxes import Box, Spot, around
from layers.present.static_map.marks import Stand
from layers.present.static_map.names import Label, Name, Writing, forms, leader_of
from layers.view.rows import CityKey

DISTRICT_PT, PART_PT, NUMBER_PT = 7.5, 10.0, 6.0
PLACE_PT: Final = {"zh": 6.3, "en": 5.8}
"""An English name is twice as long as a Chinese one, and legible when it is smaller."""
WATER_PT, OUTER_PT, TOWN_PT, PEAK_PT = 9.0, 7.0, 5.8, 7.0
INK, SOFT, BLUE, QUIET = "#14171A", "#4A463E", "#4B6B7F", "#6E6A60"
PARTS: Final = ("#8A5A2E", "#3F6350")
"""Of the names of the first two parts of a city."""
NEIGHBOURS, TOWNS = 8, 14
CROWD_MM: Final = 9.0
"""How far, on A4, marks are a crowd that a name turns away from."""
LEAST_WATER_MM2: Final = 100.0
"""Of free water, below which it is not named."""
TOWNS_FROM, CLOSE_TOWNS_FROM = 350_000, 130_000
"""Scales from which towns and villages are named."""


@once(maxsize=8)
def _middles(key: CityKey) -> Mapping[str, tuple[float, float]]:
    """Return the middle of the widest part of each district, in metres."""
    return {str(code): _middle(area) for code, area in plane_of(key.city).districts.items()}


def _middle(area: BaseGeometry) -> tuple[float, float]:
    circle = shapely.maximum_inscribed_circle(area, 200.0)  # type: ignore[call-overload]
    point = shapely.Point(circle.coords[0]) if circle.length else area.representative_point()
    return float(point.x), float(point.y)


_Wish = tuple[Name, Box, str, tuple[Spot, Spot] | None, set[str]]
"""A form of a name, its box, how it is set, its line, and who has taken some of that."""


@dataclass(frozen=True)
class Asked:
    """What decides the names of a map.

    Parameters
    ----------
    city
        The pack that is shown.
    lang
        ``zh`` or ``en``.
    plate
        Ground of the layout map; None under an analysis.
    focus
        Adcode of the district that the map is about, or None.
    """

    city: City
    lang: str
    plate: Plate | None
    focus: str | None

    def named(self, frame: gpd.GeoDataFrame) -> list[str]:
        """Return the names of rows in the reader's language.

        Parameters
        ----------
        frame
            Rows with ``name_zh`` and ``name_en``.
        """
        return [display(str(name)) for name in frame[f"name_{self.lang}"]]


def name_districts(asked: Asked, writings: Sequence[Writing]) -> None:
    """Name the districts: in an inset that shows one whole, else wherever they are seen.

    Parameters
    ----------
    asked
        What decides the names.
    writings
        Of the map, then of the insets.
    """
    city, middles = asked.city, _middles(CityKey(asked.city, "zh"))
    for code, text in zip(map(str, city.districts.index), asked.named(city.districts), strict=True):
        area = plane_of(city).districts[code]
        badge = asked.plate.titles.get(code, "") if asked.plate else ""
        whole = [w for w in writings if w.window.is_inset and _shows(w, area)]
        seen = [w for w in whole[:1] or writings if w.window.holds(*middles[code])]
        put = [_district(w, code, text, badge, middles[code], area) for w in seen]
        if seen and not any(put):
            name, at = _district_name(seen[0], text, badge), _spot(seen[0], middles[code])
            seen[0].led(name, at, 0.0, of=code)


def _district_name(writing: Writing, text: str, badge: str) -> Name:
    return Name(text, "district", DISTRICT_PT * writing.size, SOFT, badge=badge)


def _district(
    writing: Writing,
    code: str,
    text: str,
    badge: str,
    middle: tuple[float, float],
    area: BaseGeometry,
) -> bool:
    own = shapely.transform(area, writing.window.on_sheet)
    shapely.prepare(own)
    name = _district_name(writing, text, badge)
    return writing.area(name, _spot(writing, middle), own, of=code)


def _shows(writing: Writing, area: BaseGeometry) -> bool:
    west, south, east, north = area.bounds
    left, low, right, high = writing.window.extent
    return left <= west and low <= south and right >= east and high >= north


def _spot(writing: Writing, metres: tuple[float, float]) -> tuple[float, float]:
    x, y = writing.window.on_sheet(np.array([metres]))[0].tolist()
    return x, y


def name_parts(asked: Asked, writing: Writing) -> None:
    """Name the tinted parts of the city on the map.

    Parameters
    ----------
    asked
        What decides the names.
    writing
        Of the map.
    """
    city = asked.city
    if asked.plate is None or not asked.plate.parts or asked.focus:
        return
    for half, colour in zip(city.halves[: len(TINTS)], PARTS, strict=False):
        rows = (city.districts["half"] == half).to_numpy(dtype=bool)
        area = plane_of(city).districts[rows].union_all()
        own = shapely.transform(area, writing.window.on_sheet)
        shapely.prepare(own)
        text = city.words[f"half.{half}"].of(asked.lang)
        at = _spot(writing, _middle(area))
        for points in (PART_PT, 0.8 * PART_PT):
            name = Name(text, "part", points * writing.size, colour, bold=True)
            if writing.area(name, at, own, whole=True, over_dots=True):
                break


def name_places(writings: Mapping[str, Writing], stands: Sequence[Stand]) -> list[Stand]:
    """Name the places: right beside their marks, else with a line, else by a number.

    Whoever stands close to the mark takes its room before any line is drawn; in each round those on
    the map come first, which stand alone where an inset has a crowd.

    Parameters
    ----------
    writings
        Of each window, by its id.
    stands
        All marks that want a name.

    Returns
    -------
    list of Stand
        Those that have a number.
    """

    def rank(stand: Stand) -> tuple[bool, bool, int]:
        return stand.place.context, writings[stand.window].window.is_inset, stand.place.rank

    left = sorted(stands, key=rank)
    for place in (_beside, _led, _swap):
        left = [stand for stand in left if not place(writings[stand.window], stand, stands)]
    others = {stand.place.id: stand for stand in stands}
    for stand in left:  # grows where a name has to make room
        left += _number(writings[stand.window], stand, others)
    return sorted(left, key=lambda stand: stand.place.number)


def _number(writing: Writing, stand: Stand, others: Mapping[str, Stand]) -> list[Stand]:
    """Set a number beside a mark; return whose name has left for it, to have a number too."""
    points = NUMBER_PT * writing.size
    name = Name(str(stand.place.number), "number", points, INK, bold=True)
    if writing.number_place(name, stand):
        return []
    spot = stand.x, stand.y
    for box, side in writing.boxes_beside(name, spot, stand.radius, away=stand.away):
        owners = writing.room.owners(np.array([box]))[0]
        other = others.get(next(iter(owners), ""))
        if len(owners) == 1 and other is not None and writing.is_name(other.place.id):
            writing.take_back(other.place.id)
            writing.put(name, box, side=side, of=stand.place.id)
            return [other]
    writing.lead_over(name, stand)
    return []


def _forms(writing: Writing, stand: Stand) -> tuple[Name, ...]:
    points = PLACE_PT[writing.lang] * writing.size
    return forms(stand.place.name, points, INK, writing.lang)


def _beside(writing: Writing, stand: Stand, stands: Sequence[Stand]) -> bool:
    away, found = _outwards(stand, stands, writing.size), _forms(writing, stand)
    if away is not None:
        # In a crowd a long line would be a wall for the names of others.
        found = (*found[1:], *found[:1])
    return any(writing.beside(form, stand, away) for form in found)


def _led(writing: Writing, stand: Stand, stands: Sequence[Stand]) -> bool:
    away, at = _outwards(stand, stands, writing.size), (stand.x, stand.y)
    return any(
        writing.led(form, at, stand.radius, away=away or 0.0, of=stand.place.id)
        for form in _forms(writing, stand)
    )


def _swap(writing: Writing, stand: Stand, stands: Sequence[Stand]) -> bool:
    """Take the room of another place's name that can stand elsewhere."""
    others = {each.place.id: each for each in stands if each.window == stand.window}
    for form, box, side, leader, owners in _wanted(writing, stand, stands):
        other = others.get(next(iter(owners), ""))
        if len(owners) != 1 or other is None or other is stand:
            continue
        label = writing.take_back(other.place.id)
        writing.put(form, box, side=side, leader=leader, of=stand.place.id)
        if _beside(writing, other, stands) or _led(writing, other, stands):
            return True
        writing.take_back(stand.place.id)
        writing.give_back(label)
    return False


def _wanted(writing: Writing, stand: Stand, stands: Sequence[Stand]) -> Iterator[_Wish]:
    """Yield the spots for a name that at most one other has taken, with that one."""
    away, spot = _outwards(stand, stands, writing.size), (stand.x, stand.y)
    ways, room = _forms(writing, stand), writing.room
    for form in ways:
        beside = [*writing.boxes_beside(form, spot, stand.radius, away=away)]
        owners = room.owners(np.array([box for box, _ in beside]))
        for (box, side), found in zip(beside, owners, strict=True):
            yield form, box, side, None, found
    own = around(*spot, stand.radius, stand.radius)
    for form in ways:
        boxes = writing.led_boxes(form, spot, stand.radius, away or 0.0)
        for box, found in zip(boxes.tolist(), room.owners(boxes), strict=True):
            if len(found) < 2 and "" not in found:
                side, leader = leader_of(box, spot, stand.radius)
                yield form, box, side, leader, found | room.crossed(*leader, own)


def _outwards(stand: Stand, stands: Sequence[Stand], size: float) -> float | None:
    """Return the direction away from the marks near one; None where it stands alone."""
    near = [
        other
        for other in stands
        if other.window == stand.window
        and 0 < math.dist((other.x, other.y), (stand.x, stand.y)) < CROWD_MM * size
    ]
    if not near:
        return None
    x, y = (sum(part) / len(near) for part in zip(*((o.x, o.y) for o in near), strict=True))
    return math.atan2(stand.y - y, stand.x - x)


def name_water(asked: Asked, writing: Writing) -> None:
    """Name the sea where it is widest on the map.

    Parameters
    ----------
    asked
        What decides the names.
    writing
        Of the map.
    """
    sea, box = asked.city.base["sea"], shapely.box(*writing.room.frame)
    for text, area in zip(asked.named(sea), plane_of(asked.city).sea, strict=True):
        seen = shapely.transform(area, writing.window.on_sheet) & box
        if seen.area < LEAST_WATER_MM2:
            continue
        boxes = shapely.box(*np.array(writing.room.taken).reshape(-1, 4).T)
        free = seen - shapely.union_all(boxes[shapely.intersects(boxes, seen)])
        if free.area < LEAST_WATER_MM2:
            continue
        circle = shapely.maximum_inscribed_circle(free, 0.5)
        spaced = " ".join(text) if asked.lang == "zh" and len(text) < 4 else text
        name = Name(spaced, "water", WATER_PT * writing.size, BLUE)
        writing.area(name, circle.coords[0], free, whole=True)


def name_outside(asked: Asked, writing: Writing) -> None:
    """Name neighbours, and on a larger scale towns.

    Parameters
    ----------
    asked
        What decides the names.
    writing
        Of the map or the locator.
    """
    city, label = asked.city, asked.city.base["label"]
    label = label.dropna(subset=[f"name_{asked.lang}"])
    own = {*asked.named(city.districts)}
    title = city.name.of(asked.lang)
    own |= {title, title.removesuffix("市")}
    scale, quiet = writing.window.scale, writing.window.id == "locator"
    left = {1: NEIGHBOURS, 2: NEIGHBOURS, 3: TOWNS, 4: TOWNS}
    ranks = {1} if quiet else {1, 2}
    if not quiet and scale <= TOWNS_FROM:
        ranks |= {3, 4} if scale <= CLOSE_TOWNS_FROM else {3}
    rows = label[label["rank"].isin(ranks)].sort_values("rank", kind="stable")
    points = rows.geometry.to_crs(city.metric_epsg)
    for text, rank, point in zip(asked.named(rows), rows["rank"], points, strict=True):
        if text in own or left[rank] < 1 or not writing.window.holds(point.x, point.y):
            continue
        kind = "outer" if rank <= 2 else "town"
        size = (OUTER_PT if rank <= 2 else TOWN_PT) * writing.size * (0.85 if quiet else 1)
        name = Name(text, kind, size, QUIET)
        left[rank] -= writing.area(name, _spot(writing, (point.x, point.y)), None)


def labels(writings: Mapping[str, Writing]) -> list[Label]:
    """Return the labels of all windows.

    Parameters
    ----------
    writings
        Of each window, by its id.
    """
    return [label for writing in writings.values() for label in writing.labels]
