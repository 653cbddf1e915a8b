"""Fill the districts by how many places they hold for their area."""

from __future__ import annotations

from itertools import pairwise
from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from layers.balance.measure import BalanceAnswer
from layers.language.messages import speaker
from layers.language.values import cell, count, number
from layers.map.colours import CLASSES, OPACITY, shades
from layers.map.overlay import Drawing, Shapes
from layers.places.spread import PER_100KM2

DRAWN_M: Final = 60.0
"""Tolerance of drawn outlines in metres: less than a pixel where the city fills the map."""
HATCH, LINE = "#BDB6A6", "#8A8478"
NONE: Final = "#F7F5F0"
"""The plain ground: a district that the plan names and of which nothing is shown."""
STEPS: Final = (1, 2, 5)
"""Limits of classes are these times a power of ten."""


class Class(NamedTuple):
    """A class of the fill: above ``low``, up to ``high`` places per 100 km²."""

    low: float
    high: float
    colour: str


def rates(answer: BalanceAnswer) -> pd.Series:
    """Return the counted places per 100 km² by administering district.

    Parameters
    ----------
    answer
        As :func:`layers.balance.measure.measure` returns it.
    """
    return answer.headline.districts["per_km2"] * PER_100KM2


def classes(values: pd.Series) -> tuple[Class, ...]:
    """Return at most five classes, each reaching to 2 or 2.5 times the one below it.

    Parameters
    ----------
    values
        Figures of the districts, none negative.

    Returns
    -------
    tuple of Class
        The lowest first, from zero to a round limit that none exceeds; empty where all is zero.

    Examples
    --------
    >>> [(each.low, each.high) for each in classes(pd.Series([0.0, 0.3, 7.0]))]
    [(0.0, 0.5), (0.5, 1.0), (1.0, 2.0), (2.0, 5.0), (5.0, 10.0)]
    """
    top = float(values.max()) if len(values) else 0.0
    if not top > 0:
        return ()
    power = int(np.floor(np.log10(top)))
    limits = sorted(step * 10.0**at for at in range(power - 2, power + 2) for step in STEPS)
    last = next(at for at, limit in enumerate(limits) if limit >= top * (1 - 1e-12))
    used = [0.0, *(float(f"{limit:.3g}") for limit in limits[last - CLASSES + 1 : last + 1])]
    # The two darkest shades are left out: a district's name must be read on every fill.
    return tuple(
        Class(low, high, colour)
        for (low, high), colour in zip(pairwise(used), shades(CLASSES + 2), strict=False)
    )


def draw(answer: BalanceAnswer, lang: str) -> Drawing:
    """Return the districts filled by class, and hatched where the plan names none.

    Parameters
    ----------
    answer
        As :func:`layers.balance.measure.measure` returns it.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    city = answer.city
    plain = city.districts.geometry.to_crs(city.metric_epsg).simplify(DRAWN_M).to_crs(4326)
    frame = gpd.GeoDataFrame(
        {"name": _told(answer, lang), "colour": colours(answer)}, geometry=plain
    )
    left_out = frame.index.isin(answer.headline.not_named)
    return Drawing(
        shapes=[
            Shapes(
                frame[~left_out], LINE, opacity=OPACITY, weight=0.8, name="name", colour="colour"
            ),
            Shapes(frame[left_out], LINE, HATCH, 1.0, weight=0.8, name="name", pattern="hatch"),
        ]
    )


def colours(answer: BalanceAnswer) -> pd.Series:
    """Return the fill of each district by its code.

    Parameters
    ----------
    answer
        As :func:`layers.balance.measure.measure` returns it.
    """
    values = rates(answer)
    found = pd.Series(NONE, index=values.index)
    for each in classes(values):
        found[(values > each.low) & (values <= each.high)] = each.colour
    return found


def _told(answer: BalanceAnswer, lang: str) -> pd.Series:
    """Say name and figures of each district."""
    say, values = speaker(lang), rates(answer)
    return pd.Series(
        {
            code: say(
                "balance_page.fill_tip",
                district=cell(row, "name", lang),
                n=count(answer.headline.districts["n"][code]),
                rate=number(float(values[code])) if np.isfinite(values[code]) else "–",
            )
            for code, row in answer.city.districts.iterrows()
        }
    )
