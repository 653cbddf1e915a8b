"""Say where a spot is, as one would to somebody who knows the city: by the nearest named town."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
import shapely

from geo.base.bridge import transformer
from layers.language.messages import speaker
from layers.language.values import km
from layers.pack.city import City

NEAR_M: Final = 2_000.0
"""Up to here a spot is "near" a town; beyond, it lies in some direction from it."""
FAR_M: Final = 20_000.0
"""Beyond this a town says nothing of a spot."""
DIRECTIONS: Final = ("e", "ne", "n", "nw", "w", "sw", "s", "se")
"""Counter-clockwise from east; keys of words under ``whereabouts.direction``."""


def whereabouts(city: City, lon: float, lat: float, lang: str) -> str:
    """Return the district of a spot, and how it lies to the nearest town that has a name.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    lon, lat
        Degrees, WGS 84.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    str
        Without a town where none within ``FAR_M`` has a name in that language.
    """
    say, spot = speaker(lang), shapely.Point(lon, lat)
    holds = city.districts.index[city.districts.covers(spot)]
    area = (
        str(city.districts[f"name_{lang}"][holds[0]])
        if len(holds)
        else say("filter.outside", city=city.name.of(lang))
    )
    place = from_town(city, spot, lang, within=area)
    return say("whereabouts.in_area", area=area, place=place).strip(" ,，")


def from_town(city: City, spot: shapely.Point, lang: str, *, within: str = "") -> str:
    """Return how a spot lies to the nearest named town.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    spot
        Degrees, WGS 84.
    lang
        Language of the words, ``zh`` or ``en``.
    within
        Name of the district that is said before; its seat of the same name is its centre.

    Returns
    -------
    str
        Empty where the nearest is more than ``FAR_M`` off.
    """
    x, y = transformer(4326, city.metric_epsg).transform(spot.x, spot.y)
    town = nearest_town(city, x, y, lang, within_m=FAR_M)
    if town is None:
        return ""
    say, away = speaker(lang), math.hypot(town.dx, town.dy)
    name = say("whereabouts.centre") if town.name == within else town.name
    if away <= NEAR_M:
        return say("whereabouts.near", town=name)
    turn = round(math.atan2(town.dy, town.dx) / (math.pi / 4)) % len(DIRECTIONS)
    direction = say(f"whereabouts.direction.{DIRECTIONS[turn]}")
    distance = km(1000 * round(away / 1000), lang)
    return say("whereabouts.from_town", town=name, direction=direction, distance=distance)


class Town(NamedTuple):
    """A named town, and how a spot lies from it: metres to the east and to the north."""

    name: str
    dx: float
    dy: float


def nearest_town(
    city: City, x: float, y: float, lang: str, *, within_m: float, from_rank: int = 1
) -> Town | None:
    """Return the town of the base map that is nearest to a spot and has a name in a language.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    x, y
        The spot on the city's plane, metres.
    lang
        Language of the name, ``zh`` or ``en``.
    within_m
        Farthest that a town may be, metres.
    from_rank
        Labels of this rank and smaller ones are towns: 1 takes cities too, 3 towns and villages.

    Returns
    -------
    Town or None
        None where there is none so near.
    """
    labels = city.base.get("label")
    if labels is None or labels.empty:
        return None
    towns = labels[(labels["rank"] >= from_rank) & labels[f"name_{lang}"].notna()]
    if towns.empty:
        return None
    lon, lat = (getattr(towns.geometry, axis).to_numpy() for axis in "xy")
    there = np.column_stack(transformer(4326, city.metric_epsg).transform(lon, lat))
    dx, dy = (np.array([x, y]) - there).T
    at = int(np.hypot(dx, dy).argmin())
    if math.hypot(dx[at], dy[at]) > within_m:
        return None
    return Town(str(towns[f"name_{lang}"].iloc[at]), float(dx[at]), float(dy[at]))
