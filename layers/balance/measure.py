"""Count the places of a view by district and by part of the city."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from geo.inventory.balance import (
    Balance,
    By,
    Concentration,
    Quotients,
    concentration,
    location_quotients,
    matrix,
)
from layers.pack.catalogue import FIELDS
from layers.pack.city import City
from layers.places.spread import spread
from layers.view.page_options import DensityOptions
from layers.view.question import Question, rows_asked
from layers.view.rows import View
from layers.view.state import ViewState

BASES = ("population", "area_km2")
"""What an even spread would follow; concentration is measured against each."""


@dataclass(frozen=True, eq=False)
class Counts:
    """Places by district, kind and field, by one way of placing them in a district."""

    city: City
    found: Balance
    kinds: pd.DataFrame
    fields: pd.DataFrame
    quotients: Quotients
    concentrations: Mapping[str, Concentration]
    """By what an even spread would follow."""


def other_of(by: By) -> By:
    """Return the other way of placing a place in a district.

    Parameters
    ----------
    by
        ``host`` (the district that administers it) or ``site`` (the one it lies in).
    """
    return "site" if by == "host" else "host"


@dataclass(frozen=True, eq=False)
class BalanceAnswer:
    """How places are spread: counted as asked, and by the other kind of district."""

    city: City
    question: Question[DensityOptions]
    counts: Counts
    other: Counts

    @property
    def headline(self) -> Balance:
        """Counts by administering district, on which every first sentence rests."""
        by_host = self.question.options.by == "host"
        return (self.counts if by_host else self.other).found


def question(state: ViewState) -> Question[DensityOptions]:
    """Return what of a state decides the counts.

    Parameters
    ----------
    state
        State of the page. Period, later, layers and filters are taken, and of the options of
        density ``by``; the rest decides nothing.
    """
    return Question(**rows_asked(state), options=DensityOptions(by=state.density.by))


def measure(city: City, asked: Question[DensityOptions]) -> BalanceAnswer:
    """Count the places that are asked for, mapped or not, in both ways.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    asked
        Which places enter; those that do not count enter no figure. ``options.by`` says which
        district a place belongs to: that of its administration (``host``) or of its ``site``.
    """
    view, by = asked.view(city), asked.options.by
    return BalanceAnswer(city, asked, _counts(view, by), _counts(view, other_of(by)))


def _counts(view: View, by: By) -> Counts:
    city = view.city
    places, districts = view.places, city.districts
    found = spread(view, by)
    kinds = [
        id_
        for id_, layer in city.layers.items()
        if layer.spec.group == "plan" and layer.spec.is_places and id_ in view.state.layers
    ]
    by_kind = matrix(places, districts, rows="kind", values=kinds, by=by)
    return Counts(
        city=city,
        found=found,
        kinds=by_kind,
        fields=matrix(places, districts, rows="field", values=FIELDS, by=by),
        quotients=location_quotients(by_kind),
        concentrations={
            base: concentration(found.districts["n"], base=found.districts[base])
            for base in BASES
            if (found.districts[base] > 0).all()
        },
    )
