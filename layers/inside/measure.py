"""Measure what lies in a shape that the reader has drawn."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
from shapely.geometry.base import BaseGeometry

from geo.formats.outline import Outline, read
from geo.inventory.inside import Inside, inside
from layers.pack.city import City
from layers.view.page_options import InsideOptions
from layers.view.question import Question, Refusal, rows_asked
from layers.view.rows import without_titles
from layers.view.state import ViewState


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
        The places asked for, on the city's plane; titles of an area are none of them.
    found
        Which of them lie in it.
    """

    city: City
    question: Question[InsideOptions]
    outline: Outline
    area: BaseGeometry
    places: gpd.GeoDataFrame
    found: Inside


def question(state: ViewState) -> Question[InsideOptions]:
    """Return what of a state decides the answer.

    Parameters
    ----------
    state
        State of the page. Period, later, layers, filters and the shape are taken.
    """
    return Question(**rows_asked(state), options=state.inside)


def measure(city: City, asked: Question[InsideOptions]) -> InsideAnswer | Refusal:
    """Tell which of the places that are asked for lie in the shape; refuse where there is none.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    asked
        Which places enter, and the shape.
    """
    outline = read(asked.options.shape)
    if outline is None:
        return Refusal(city=city, question=asked, reason="inside_page.no_shape")
    shown = without_titles(asked.view(city).places)
    places = gpd.GeoDataFrame(shown, crs=4326).to_crs(city.metric_epsg)
    area = outline.on_plane(city.metric_epsg)
    return InsideAnswer(city, asked, outline, area, places, inside(places, area))


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
