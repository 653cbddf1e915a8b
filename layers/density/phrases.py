"""Say where a peak lies and how high it is, for sentences, tables and the map."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pandas as pd
import shapely

from geo.density.firmness import FIRM_SHARE, Height
from layers.density.measure import TOO_FINE, DensityAnswer
from layers.language.messages import Say, speaker
from layers.language.values import cell, number
from layers.pack.city import City, outlines
from layers.places.spread import PER_100KM2, short_name
from layers.places.whereabouts import nearest_town

NEAR: Final = 0.2
"""A district is named with a peak if it holds this share of the disc of half a bandwidth."""
TOWN_RANK: Final = 3
"""Labels of the base map from this rank on are towns and villages; before, cities and districts."""


def names_of(city: City, lang: str) -> dict[str, str]:
    """Return the districts' names by code.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    return {str(code): cell(row, "name", lang) for code, row in city.districts.iterrows()}


def where_words(answer: DensityAnswer, at: int, names: Mapping[str, str], say: Say) -> str:
    """Name the districts of a peak: those that hold much of the disc of half a bandwidth round it.

    The surface says nothing finer: a peak on a border belongs to both sides. To the highest one
    belong also the districts in which more than a tenth of the draws put it.

    Parameters
    ----------
    answer
        As :func:`layers.density.measure.measure` returns it.
    at
        Which peak of ``answer.peaks``; 0 is the highest.
    names
        Names of the districts by code, as :func:`names_of` returns them.
    say
        Speaks the reader's language.

    Returns
    -------
    str
        The district that holds most of the disc comes first; at least one is named.
    """
    listed = [names[code] for code in districts_of(answer, at)]
    if len(listed) == 1:
        return listed[0]
    first = say("density_page.comma").join(listed[:-1])
    return say("density_page.around", names=first + say("density_page.and") + listed[-1])


def districts_of(answer: DensityAnswer, at: int) -> list[str]:
    """Return the codes of the districts of a peak, the one that holds most of the disc first.

    Parameters
    ----------
    answer
        As :func:`layers.density.measure.measure` returns it.
    at
        Which peak of ``answer.peaks``; 0 is the highest.
    """
    peak, zones = answer.peaks[at], outlines(answer.city)
    disc = shapely.Point(peak.x, peak.y).buffer(500.0 * answer.options.bandwidth_km)
    held = zones.geometry.intersection(disc).area / disc.area
    drawn = pd.Series(answer.drawn_in if at == 0 else {}, dtype=float).reindex(held.index)
    belongs = (held >= NEAR) | (drawn > 1 - FIRM_SHARE)
    near = held[belongs].sort_values(ascending=False, kind="stable")
    if near.empty:
        near = held.sort_values(ascending=False, kind="stable").iloc[:1]
    return [str(code) for code in near.index]


def spot_words(answer: DensityAnswer, at: int, lang: str) -> str:
    """Say where a peak lies as one says it aloud: its districts, and the town nearest to it.

    Parameters
    ----------
    answer
        As :func:`layers.density.measure.measure` returns it.
    at
        Which peak of ``answer.peaks``; 0 is the highest.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    str
        Without a town where none lies within the bandwidth.
    """
    say = speaker(lang)
    listed = [short_name(answer.city, code, lang) for code in districts_of(answer, at)]
    town = _town(answer, at, lang)
    names = say("density_page.comma").join(listed)
    key = ("border" if len(listed) > 1 else "one") + ("_town" if town else "")
    return say(f"density_page.spot.{key}", names=names, town=town)


def around_words(answer: DensityAnswer, at: int, lang: str) -> str:
    """Say where a peak lies in fewest words: round a town, else in its districts.

    Parameters
    ----------
    answer, at, lang
        As in :func:`spot_words`.
    """
    town = _town(answer, at, lang)
    return (
        speaker(lang)("density_page.spot.near", town=town) if town else spot_words(answer, at, lang)
    )


def label_words(answer: DensityAnswer, at: int, lang: str) -> str:
    """Name a peak on the map by its town; empty where none is near: its district is named there.

    Parameters
    ----------
    answer, at, lang
        As in :func:`spot_words`.
    """
    return _town(answer, at, lang)


def _town(answer: DensityAnswer, at: int, lang: str) -> str:
    """Return the name of the town or village of the base map that is nearest within a bandwidth."""
    peak, reach = answer.peaks[at], 1000.0 * answer.options.bandwidth_km
    town = nearest_town(answer.city, peak.x, peak.y, lang, within_m=reach, from_rank=TOWN_RANK)
    return town.name if town else ""


def density_words(answer: DensityAnswer, value: float, say: Say) -> str:
    """Return a density with the unit of what was counted.

    Parameters
    ----------
    answer
        As :func:`layers.density.measure.measure` returns it; its weighting names the unit.
    value
        Density, places or weight per km².
    say
        Speaks the reader's language.
    """
    return say(f"density_page.per_100km2_{answer.options.weight}", value=hundreds(value))


def height_words(answer: DensityAnswer, at: int, say: Say) -> str:
    """Return a peak's height: a figure, a range over draws, or that there is none.

    Parameters
    ----------
    answer
        As :func:`layers.density.measure.measure` returns it.
    at
        Which peak of ``answer.peaks``; 0 is the highest.
    say
        Speaks the reader's language.
    """
    height = answer.heights[at]
    if TOO_FINE not in answer.peaks[at].caveats:
        return density_words(answer, answer.peaks[at].value, say)
    if height is None:
        return say("density_page.no_height")
    return say(f"density_page.interval_{answer.options.weight}", range=range_words(height, say))


def height_alone(answer: DensityAnswer, at: int, say: Say) -> str:
    """Return a peak's height as :func:`height_words`, but for the unit: a column's head names it.

    Parameters
    ----------
    answer, at, say
        As there.
    """
    height = answer.heights[at]
    if TOO_FINE not in answer.peaks[at].caveats:
        return hundreds(answer.peaks[at].value)
    return say("density_page.no_height") if height is None else range_words(height, say)


def range_words(height: Height, say: Say) -> str:
    """Return the ends of a simulated interval per 100 km², without a unit.

    Parameters
    ----------
    height
        Height of a peak over draws, per km².
    say
        Speaks the reader's language.
    """
    return say("density_page.range", low=hundreds(height.low), high=hundreds(height.high))


def hundreds(per_km2: float) -> str:
    """Return a density as a number per 100 km², the unit of every density on the page.

    Parameters
    ----------
    per_km2
        Places or weight per km², as the surface and the files hold it.
    """
    return number(PER_100KM2 * per_km2)
