"""Say which places a map shows for a task or an indicator."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from layers.pack.city import City
from layers.plan.diff import Change
from layers.plan.scene import changes
from layers.plan.structure import plan_of, web
from layers.view.rows import View, only, rows_in_view
from layers.view.state import Filters, ViewState, default_state


def plan_ids(city: City, state: ViewState) -> frozenset[str] | None:
    """Return the places of the task or the indicator that a state shows; None for all.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    state
        What is shown.
    """
    asked = state.plan
    woven = web(city, plan_of(city, asked.period or ""))
    if asked.part == "tasks" and asked.task in woven.tasks.index:
        return frozenset(woven.shown_with(str(asked.task)))
    if asked.part == "indicators" and asked.indicator:
        return frozenset(id_ for group in woven.feeding(asked.indicator) for id_ in group)
    if asked.part == "changes":
        return affected(changes(city, woven.plan, asked.against))
    return None


def affected(found: Iterable[Change]) -> frozenset[str]:
    """Return the places that changed themselves, or belong to a task that changed.

    Parameters
    ----------
    found
        The differences.
    """
    ids = (id_ for each in found for id_ in ((each.id,) if each.of == "place" else each.places))
    return frozenset(ids)


def plan_places(city: City, state: ViewState, ids: Collection[str] | None) -> View:
    """Return all places of the opening view, or some of any layer; no filter acts.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    state
        Language and selection.
    ids
        Ids of the places that stay; None for all.
    """
    opening = default_state(city).layers
    kinds = frozenset(id_ for id_, layer in city.layers.items() if layer.spec.is_places)
    layers = opening if ids is None else opening | kinds
    asked = replace(state, period="now", later=True, filters=Filters(), layers=layers)
    view = rows_in_view(city, asked)
    return view if ids is None else only(view, ids)
