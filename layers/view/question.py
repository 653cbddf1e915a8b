"""Say what decides an answer: which rows enter, and how they are measured; or why there is none.

A question holds neither language nor camera nor choice: readers who differ in these alone share an
answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from layers.language.bilingual import Bilingual
from layers.pack.city import City
from layers.view.page_options import (
    CorridorOptions,
    CoverageOptions,
    DensityOptions,
    InsideOptions,
    PointsOptions,
    TableOptions,
)
from layers.view.rows import View, rows_in_view
from layers.view.state import Filters, Period, ViewState

Options = TypeVar(
    "Options",
    DensityOptions,
    PointsOptions,
    TableOptions,
    CoverageOptions,
    CorridorOptions,
    InsideOptions,
)
_FIELD = {
    DensityOptions: "density",
    PointsOptions: "points",
    TableOptions: "table",
    CoverageOptions: "coverage",
    CorridorOptions: "corridor",
    InsideOptions: "inside",
}
"""By the options of a page, the field of the state that holds them."""


@dataclass(frozen=True)
class Question(Generic[Options]):
    """What is asked of a city's places.

    Parameters
    ----------
    period, later, layers, filters
        Which rows enter; see :class:`layers.view.state.ViewState`.
    options
        How they are measured; what decides nothing is at its default.
    """

    period: Period
    later: bool
    layers: frozenset[str]
    filters: Filters
    options: Options

    @property
    def narrowed(self) -> Bilingual | None:
        """What else than filters keeps rows from the answer; None if nothing does."""
        return None

    def state(self, city: City) -> ViewState:
        """Return the state of a reader who asks this, all else at its default.

        Parameters
        ----------
        city
            The pack that is asked; it is not changed.
        """
        asked: dict[str, Any] = {_FIELD[type(self.options)]: self.options}
        return ViewState(
            city.id,
            period=self.period,
            later=self.later,
            layers=self.layers,
            filters=self.filters,
            **asked,
        )

    def view(self, city: City) -> View:
        """Return the rows that enter.

        Parameters
        ----------
        city
            The pack that is asked; it is not changed.
        """
        return rows_in_view(city, self.state(city))


def rows_asked(asked: ViewState | Question[Any]) -> dict[str, Any]:
    """Return which rows a state or a question is about, as the first fields of a question.

    Parameters
    ----------
    asked
        What the reader has asked for, or what decides an answer.

    Returns
    -------
    dict
        ``period``, ``later``, ``layers`` and ``filters``; see :class:`Question`.
    """
    return {
        "period": asked.period,
        "later": asked.later,
        "layers": asked.layers,
        "filters": asked.filters,
    }


@dataclass(frozen=True, eq=False, kw_only=True)
class Refusal:
    """An answer of its own kind: why nothing is measured, and what to do.

    Parameters
    ----------
    city, question
        What was asked.
    reason
        Key of the sentence that says why, and what helps.
    parameters
        Values that it names.
    """

    city: City
    question: Question[Any]
    reason: str
    parameters: Mapping[str, object] = field(default_factory=dict)
