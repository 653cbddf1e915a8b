"""Measure what lies in a shape that the reader has drawn."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final

import geopandas as gpd
import pandas as pd
from shapely.geometry.base import BaseGeometry

from geo.coverage.scenario import Scenario, apply
from geo.formats.outline import Outline, read
from geo.inventory.inside import Inside, inside
from layers.language.bilingual import Bilingual
from layers.language.messages import LANGS, speaker
from layers.pack.city import City
from layers.view.page_options import InsideOptions
from layers.view.question import Question, Refusal, rows_asked
from layers.view.rows import only, without_titles
from layers.view.state import ViewState

ADDED: Final = "added"
"""Kind of what a scenario adds: it is no place of any layer."""


@dataclass(frozen=True)
class InsideQuestion(Question[InsideOptions]):
    """Which places a shape is asked about; ``scenario`` are changes to them, made first."""

    scenario: Scenario | None = None

    @property
    def narrowed(self) -> Bilingual | None:
        """Of how many places alone it is asked; None where it is of all that are shown."""
        n = len(self.options.places)
        if not n:
            return None
        return Bilingual(*(speaker(lang)("inside_page.only_some", count=n) for lang in LANGS))


@dataclass(frozen=True, eq=False)
class InsideAnswer:
    """The places of a view, and which of them lie in a shape.

    Parameters
    ----------
    city, question
        What was asked.
    outline
        The shape.
    area
        The same on the city's plane.
    places
        The places asked for, on the city's plane, as the scenario has them; titles of an area are
        none of them.
    found
        Which of them lie in it.
    """

    city: City
    question: InsideQuestion
    outline: Outline
    area: BaseGeometry
    places: gpd.GeoDataFrame
    found: Inside


def question(
    state: ViewState,
    scenario: Scenario | None = None,
    places: Collection[str] | None = None,
) -> InsideQuestion:
    """Return what of a state decides the answer.

    Parameters
    ----------
    state
        State of the map. Period, later, layers, filters and the shape are taken.
    scenario
        Changes to the places; None, or one that changes nothing, for none.
    places
        Ids of the places that the map keeps; None for those that the state names, if any.
    """
    if scenario is not None and not scenario.edits:
        scenario = None
    options = state.inside
    if places is not None:
        options = replace(options, places=frozenset(places))
    return InsideQuestion(**rows_asked(state), options=options, scenario=scenario)


def places_asked(city: City, asked: InsideQuestion) -> gpd.GeoDataFrame:
    """Return the places that are asked for, on the city's plane, before any scenario.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    asked
        Which places enter.
    """
    view = asked.view(city)
    if asked.options.places:
        view = only(view, asked.options.places)
    places = gpd.GeoDataFrame(without_titles(view.places), crs=4326)
    return places.to_crs(city.metric_epsg)


def measure(city: City, asked: InsideQuestion) -> InsideAnswer | Refusal:
    """Tell which of the places that are asked for lie in the shape; refuse where there is none.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    asked
        Which places enter, what a scenario makes of them, and the shape.

    Raises
    ------
    DataError
        The scenario changes a place that is not asked for.
    """
    outline = read(asked.options.shape)
    if outline is None:
        return Refusal(city=city, question=asked, reason="inside_page.no_shape")
    places = places_asked(city, asked)
    if asked.scenario is not None:
        places = _changed(places, asked.scenario)
    area = outline.on_plane(city.metric_epsg)
    return InsideAnswer(city, asked, outline, area, places, inside(places, area))


def _changed(places: gpd.GeoDataFrame, scenario: Scenario) -> gpd.GeoDataFrame:
    """Return the places as a scenario has them; what it adds is of a kind of its own."""
    found = apply(places, scenario)
    new = found["origin"] == "added"
    found.loc[new, "kind"] = ADDED
    if new.any():
        for lang in LANGS:
            found.loc[new, f"name_{lang}"] = found.loc[new, "name"]
    return found


def districts_in(answer: InsideAnswer) -> pd.Series:
    """Return what share of its area each district has in the shape, 0 to 1, the largest first.

    Parameters
    ----------
    answer
        As :func:`measure` returns it, not a refusal.

    Returns
    -------
    Series
        By adcode; those that the shape does not touch are left out.
    """
    districts = answer.city.districts.geometry.to_crs(answer.city.metric_epsg)
    shares: pd.Series[float] = districts.intersection(answer.area).area / districts.area
    return shares[shares > 0].sort_values(ascending=False, kind="stable").rename("area_share")


def touched(answer: InsideAnswer) -> gpd.GeoDataFrame:
    """Return the places that lie in the shape as drawn or in some draw, the surest first.

    Parameters
    ----------
    answer
        As :func:`measure` returns it, not a refusal.

    Returns
    -------
    GeoDataFrame
        Columns of the places, ``drawn`` and ``share``; see :class:`geo.inventory.inside.Inside`.
    """
    table = answer.places.join(answer.found.places)
    table = table[table["drawn"] | (table["share"] > 0)]
    order = table["share"].rank(ascending=False, method="first").sort_values().index
    return gpd.GeoDataFrame(table.loc[order])
