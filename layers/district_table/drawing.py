"""Fill the districts by class; one without data keeps its outline alone."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import pandas as pd

from layers.district_table.measure import TableAnswer
from layers.district_table.table import said_unit
from layers.language.messages import speaker
from layers.language.values import THIN, cell, number
from layers.map.colours import OPACITY, shades
from layers.map.overlay import Drawing, Shapes
from layers.view.question import Refusal

DRAWN_M: Final = 60.0
"""Tolerance of drawn outlines in metres: less than a pixel where the city fills the map."""
LINE: Final = "#8A8478"


def fills(answer: TableAnswer) -> tuple[str, ...]:
    """Return the colour of each class, from light to dark.

    Parameters
    ----------
    answer
        As :func:`layers.district_table.measure.measure` returns it.
    """
    # The two darkest shades are left out: a district's name must be read on every fill.
    return shades(len(answer.limits) + 2)[: len(answer.limits)]


def draw(answer: TableAnswer | Refusal, lang: str) -> Drawing | None:
    """Return the districts filled by class, or None where nothing was measured.

    Parameters
    ----------
    answer
        As :func:`layers.district_table.measure.measure` returns it.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    if isinstance(answer, Refusal):
        return None
    city, colours = answer.city, fills(answer)
    plain = city.districts.geometry.to_crs(city.metric_epsg).simplify(DRAWN_M).to_crs(4326)
    classes = answer.frame["class_no"]
    named = pd.Series({code: _tip(answer, str(code), lang) for code in answer.frame.index})
    filled = classes.notna()
    frame = gpd.GeoDataFrame({"name": named}, geometry=plain)
    of_class = [colours[int(n) - 1] for n in classes[filled]]
    return Drawing(
        shapes=[
            Shapes(
                frame[filled.to_numpy()].assign(colour=of_class),
                LINE,
                opacity=OPACITY,
                weight=0.8,
                name="name",
                colour="colour",
            ),
            Shapes(frame[~filled.to_numpy()], LINE, weight=0.8, name="name"),
        ]
    )


def behind(answer: TableAnswer) -> str:
    """Return what stands behind a figure that is said: its unit, if it has one.

    Parameters
    ----------
    answer
        As :func:`layers.district_table.measure.measure` returns it.
    """
    unit = said_unit(answer.column)
    return f"{THIN}{unit}" if unit else ""


def _tip(answer: TableAnswer, code: str, lang: str) -> str:
    say, figure = speaker(lang), float(answer.frame["figure"][code])
    name = cell(answer.city.districts.loc[code], "name", lang)
    if pd.isna(figure):
        return say("district_table.tip_none", district=name)
    return say("district_table.tip", district=name, figure=number(figure) + behind(answer))
