"""Draw what is within reach, what is not, and what two or more reach."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import shapely

from geo.coverage.service_area import discs
from layers.coverage.measure import ReachAnswer, ReachRefusal
from layers.coverage.question import Inputs
from layers.map.overlay import Drawing, Shapes
from layers.pack.city import City

INK, TWICE, OPEN = "#2E6E73", "#17474C", "#B08A4E"
"""What is reached, what two or more reach, what none does."""


DRAWN_M = 40.0
"""Tolerance of drawn outlines in metres: half a pixel where the city fills the map."""


def shape(city: City, area: Any, look_: Mapping[str, Any]) -> Shapes:
    """Return one area of the city's plane as a drawn shape."""
    plain = shapely.simplify(area, DRAWN_M)
    frame = gpd.GeoDataFrame(geometry=[plain], crs=city.metric_epsg).to_crs(4326)
    return Shapes(frame, **look_)


REACHED = {"line": INK, "fill": INK, "opacity": 0.30, "weight": 1.2}


UNREACHED = {"line": OPEN, "fill": OPEN, "opacity": 0.62, "weight": 0.6, "pattern": "hatch"}


DOUBLE = {"line": TWICE, "fill": TWICE, "opacity": 0.26, "weight": 0.0}


def draw(answer: ReachAnswer | ReachRefusal) -> Drawing | None:
    """Return what is reached, what two or more reach, and what none does; None if refused."""
    if isinstance(answer, ReachRefusal):
        return None
    city = answer.city
    return Drawing(
        shapes=[
            shape(city, answer.gaps.geometry.union_all(), UNREACHED),
            shape(city, answer.area.geometry, REACHED),
            shape(city, reached_twice(answer.inputs), DOUBLE),
        ]
    )


def reached_twice(given: Inputs) -> Any:
    """Return what two or more places reach, as drawn, on the city's plane."""
    once, twice = shapely.Polygon(), shapely.Polygon()
    for disc in discs(given.mapped, radius_m=given.radius_m):
        twice = twice | (once & disc)
        once = once | disc
    return twice & given.districts.geometry.union_all()
