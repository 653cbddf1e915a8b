"""Hold what all sheets of one city and one state rest on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, cast

import pandas as pd

from geo.base.once import once
from geo.inventory.balance import Balance
from layers.analysis import ANALYSES
from layers.corridor.measure import CorridorAnswer, axes
from layers.corridor.measure import question as corridor_question
from layers.coverage import reach
from layers.coverage.measure import ReachAnswer, ReachRefusal
from layers.density import measure as density
from layers.density.measure import DensityAnswer
from layers.language.messages import Say, speaker
from layers.pack.city import City
from layers.places.spread import spread
from layers.view.filtered import in_words, is_filtered
from layers.view.question import Question
from layers.view.rows import CityKey, View, rows_in_view
from layers.view.state import Lang, ViewState

Ask = Callable[[City, str, Question[Any]], Any]
"""Answers the question of an analysis by its name in :data:`layers.analysis.ANALYSES`."""


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
    ask
        Answers the question of an analysis by its name.
    """

    city: City
    state: ViewState
    view: View
    found: Balance
    ask: Ask

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

    @cached_property
    def density(self) -> DensityAnswer:
        """How densely the places lie; measured once."""
        answer: DensityAnswer = self.ask(self.city, "density", density.question(self.state))
        return answer

    @cached_property
    def density_in_districts(self) -> pd.DataFrame:
        """How much of the density lies in each district, with its interval; measured once."""
        return _in_districts(self.density)

    @cached_property
    def reach(self) -> ReachAnswer | ReachRefusal:
        """What the places reach; measured once."""
        answer: ReachAnswer | ReachRefusal
        answer = self.ask(self.city, "reach", reach.question(self.state))
        return answer

    @cached_property
    def corridors(self) -> tuple[CorridorAnswer, ...]:
        """What lies along each axis of the pack that can be measured; measured once."""
        options = self.state.corridor
        states = [
            replace(self.state, corridor=replace(options, axis=id_)) for id_ in axes(self.city)
        ]
        found = [self.ask(self.city, "corridor", corridor_question(each)) for each in states]
        return tuple(each for each in found if isinstance(each, CorridorAnswer))


def basis(city: City, state: ViewState, lang: str, ask: Ask | None = None) -> Basis:
    """Return what all sheets of a city and a state rest on.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    state
        What the reader has asked for.
    lang
        Language of the words, ``zh`` or ``en``.
    ask
        Answers the question of an analysis by its name, such as a session that keeps its answers;
        None to measure, and to keep the latest.
    """
    asked = replace(state, lang=cast("Lang", lang))
    view = rows_in_view(city, asked)
    return Basis(city, asked, view, spread(view), ask or _measured)


def _measured(city: City, name: str, asked: Question[Any]) -> Any:
    return _answer(CityKey(city, ""), name, asked)


@once(maxsize=8)
def _answer(key: CityKey, name: str, asked: Question[Any]) -> Any:
    return ANALYSES[name].measure(key.city, asked)


@once(maxsize=4)
def _in_districts(answer: DensityAnswer) -> pd.DataFrame:
    return density.in_districts(answer)
