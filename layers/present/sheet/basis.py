"""Hold what all sheets of one city and one state rest on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

import pandas as pd

from geo.base.once import once
from geo.inventory.balance import Balance
from layers.coverage import reach
from layers.coverage.measure import ReachAnswer, ReachRefusal
from layers.density import measure as density
from layers.density.measure import DensityAnswer
from layers.language.messages import Say, speaker
from layers.pack.city import City
from layers.places.spread import spread
from layers.view.filtered import in_words, is_filtered
from layers.view.page_options import CoverageOptions, DensityOptions
from layers.view.question import Question
from layers.view.rows import CityKey, View, rows_in_view
from layers.view.state import Lang, ViewState


@dataclass(frozen=True, eq=False)
class Basis:
    """One city as one reader sees it.

    Parameters
    ----------
    city
        The pack.
    state
        Period, layers, filters and options, in the reader's language.
    view
        The rows that the state shows.
    found
        The same by administering district.
    """

    city: City
    state: ViewState
    view: View
    found: Balance

    @property
    def lang(self) -> str:
        """Language of the words."""
        return self.state.lang

    @property
    def say(self) -> Say:
        """Speaks the reader's language."""
        return speaker(self.lang)

    @property
    def filtered(self) -> bool:
        """Whether anything keeps rows of the opening view away."""
        return is_filtered(self.city, self.state, "explore")

    @property
    def counted(self) -> Balance | None:
        """The places that every number counts; None for all."""
        return self.found if self.filtered else None

    @property
    def filter(self) -> str:
        """What keeps rows away, in words; that nothing does is said too."""
        words = in_words(self.city, self.state)
        if words is None:
            return self.say("sheet.unfiltered")
        return self.say("sheet.filtered", words=words.of(self.lang))

    @property
    def density(self) -> DensityAnswer:
        """How densely the places lie; measured once."""
        return _density(CityKey(self.city, ""), density.question(self.state))

    @property
    def density_in_districts(self) -> pd.DataFrame:
        """How much of the density lies in each district, with its interval; measured once."""
        return _in_districts(CityKey(self.city, ""), density.question(self.state))

    @property
    def reach(self) -> ReachAnswer | ReachRefusal:
        """What the places reach; measured once."""
        return _reach(CityKey(self.city, ""), reach.question(self.state))


def basis(city: City, state: ViewState, lang: str) -> Basis:
    """Return what all sheets of a city and a state rest on.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    state
        What the reader has asked for.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    asked = replace(state, lang=cast("Lang", lang))
    view = rows_in_view(city, asked)
    return Basis(city, asked, view, spread(view))


@once(maxsize=4)
def _density(key: CityKey, asked: Question[DensityOptions]) -> DensityAnswer:
    return density.measure(key.city, asked)


@once(maxsize=4)
def _in_districts(key: CityKey, asked: Question[DensityOptions]) -> pd.DataFrame:
    return density.in_districts(_density(key, asked))


@once(maxsize=4)
def _reach(key: CityKey, asked: Question[CoverageOptions]) -> ReachAnswer | ReachRefusal:
    return reach.measure(key.city, asked)
