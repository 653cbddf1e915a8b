"""Say where a spot is, as one would to somebody who knows the city: by the nearest named town."""

from __future__ import annotations

import math
from typing import Final

import shapely

from geo.base.bridge import transformer
from layers.language.messages import speaker
from layers.language.values import number
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
    return say("whereabouts.in_area", area=area, place=_from_town(city, spot, lang)).strip(" ,，")


def _from_town(city: City, spot: shapely.Point, lang: str) -> str:
    """Return how a spot lies to the nearest named town; empty where that is too far."""
    towns = city.base["label"].dropna(subset=[f"name_{lang}"])
    if towns.empty:
        return ""
    plane = transformer(4326, city.metric_epsg)
    x, y = plane.transform(spot.x, spot.y)
    dx, dy = (
        here - there
        for here, there in zip(
            (x, y),
            plane.transform(towns.geometry.x.to_numpy(), towns.geometry.y.to_numpy()),
            strict=True,
        )
    )
    away = (dx**2 + dy**2) ** 0.5
    at = int(away.argmin())
    if away[at] > FAR_M:
        return ""
    say, name = speaker(lang), str(towns[f"name_{lang}"].iloc[at])
    if away[at] <= NEAR_M:
        return say("whereabouts.near", town=name)
    turn = round(math.atan2(dy[at], dx[at]) / (math.pi / 4)) % len(DIRECTIONS)
    direction = say(f"whereabouts.direction.{DIRECTIONS[turn]}")
    return say(
        "whereabouts.from_town",
        town=name,
        direction=direction,
        distance=number(round(away[at] / 1000), "km"),
    )
