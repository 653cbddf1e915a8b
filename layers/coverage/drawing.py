"""Draw what is within reach, what is not, and what two or more reach."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import shapely

from geo.coverage.service_area import discs
from geo.density.dots import dots
from layers.coverage.measure import ReachAnswer, ReachRefusal
from layers.coverage.question import Inputs
from layers.map.overlay import Drawing, Raster, Shapes
from layers.pack.city import City

INK, TWICE, OPEN = "#2E6E73", "#17474C", "#B08A4E"
"""What is reached, what two or more reach, what none does."""


HALF = 0.5
"""Part of the draws from which on a place counts as within reach on the map."""
OWN_M = 220.0
"""Radius of the dot of a reader's own point, metres."""
DRAWN_M = 40.0
"""Tolerance of drawn outlines in metres: half a pixel where the city fills the map."""


def shape(city: City, area: Any, look_: Mapping[str, Any]) -> Shapes:
    """Return one area of the city's plane as a drawn shape.

    Parameters
    ----------
    city
        The pack whose plane ``area`` stands on; it is not changed.
    area
        Polygon or multipolygon on that plane, metres.
    look_
        How it is drawn: fields of :class:`layers.map.overlay.Shapes` by name, without ``frame``.

    Returns
    -------
    Shapes
        One row in EPSG:4326, its outline simplified to ``DRAWN_M``.
    """
    plain = shapely.simplify(area, DRAWN_M)
    frame = gpd.GeoDataFrame(geometry=[plain], crs=city.metric_epsg).to_crs(4326)
    return Shapes(frame, **look_)


REACHED = {"line": INK, "fill": INK, "opacity": 0.52, "weight": 1.2}


UNREACHED = {"line": OPEN, "fill": OPEN, "opacity": 0.62, "weight": 0.6, "pattern": "hatch"}
"""In files; on the page what none reaches is the plain ground."""
PLAIN = {"line": "#B9B4A8", "fill": "#F7F5F0", "opacity": 1.0}
"""That ground in the legend."""
WITHIN, BEYOND = "#17474C", "#FFFFFF"
"""Inside of the dot of a place that should be within reach, and is or is not."""


DOUBLE = {"line": TWICE, "fill": TWICE, "opacity": 0.26, "weight": 0.0}


def draw(answer: ReachAnswer | ReachRefusal, lang: str) -> Drawing | None:
    """Return what is reached, and which of the places that should be are.

    Parameters
    ----------
    answer
        As :func:`layers.coverage.measure.measure` returns it.
    lang
        Language of the names, ``zh`` or ``en``.

    Returns
    -------
    Drawing or None
        What none reaches is the plain ground. None where it was refused.
    """
    if isinstance(answer, ReachRefusal):
        return None
    area = shape(answer.city, answer.area.geometry, REACHED)
    return Drawing(raster=own_dots(answer), shapes=[area, *targets(answer, lang)], dots=True)


def own_dots(answer: ReachAnswer) -> Raster | None:
    """Return a reader's own points as one picture: dark where they are within reach.

    Parameters
    ----------
    answer
        As :func:`layers.coverage.measure.measure` returns it, not a refusal.

    Returns
    -------
    Raster or None
        None where places are counted.
    """
    given = answer.inputs.own
    if given is None or answer.own is None:
        return None
    within = (answer.own.points["covered_draws"] >= HALF).to_numpy(dtype=int)
    laid = dots(
        given.xy, within, crs=answer.city.metric_epsg, colours=(OPEN, WITHIN), radius_m=OWN_M
    )
    return Raster(laid.png, laid.bounds) if laid else None


def targets(answer: ReachAnswer, lang: str) -> list[Shapes]:
    """Return the places that should be within reach as dots: filled where they are.

    Parameters
    ----------
    answer
        As :func:`layers.coverage.measure.measure` returns it, not a refusal.
    lang
        Language of their names, ``zh`` or ``en``.

    Returns
    -------
    list
        By layer those beyond reach, then those within it in at least half of the draws. Layers of
        which that was refused stay out.
    """
    drawn = []
    for kind, row in answer.served.items():
        if row.found is None:
            continue
        share = row.found.points["covered_draws"]
        places = answer.inputs.targets[kind].loc[share.index, [f"name_{lang}", "geometry"]]
        for fill, part in ((BEYOND, places[share < HALF]), (WITHIN, places[share >= HALF])):
            drawn.append(Shapes(part.to_crs(4326), WITHIN, fill, 1.0, name=f"name_{lang}"))
    return drawn


def reached_twice(given: Inputs) -> Any:
    """Return what two or more places reach, places as drawn.

    Parameters
    ----------
    given
        What enters, as :func:`layers.coverage.question.inputs` gathers it.

    Returns
    -------
    Polygon or MultiPolygon
        On the city's plane, cut at its border; empty where no two reaches meet.
    """
    once, twice = shapely.Polygon(), shapely.Polygon()
    for disc in discs(given.mapped, radius_m=given.radius_m):
        twice = twice | (once & disc)
        once = once | disc
    return twice & given.districts.geometry.union_all()
