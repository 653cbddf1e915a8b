"""Know which plan, task, indicator and place the page is about, and change that."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from layers.pack.city import Plan
from layers.plan.entered import entries_in
from layers.plan.indicator import Progress, progress
from layers.plan.ledger import Ledger, ledger
from layers.plan.shown import plan_places
from layers.plan.structure import Web, plan_of, web
from layers.store.entries import Entry
from layers.view.rows import View, gather
from pages.shell import session
from pages.shell.frame import Screen


@dataclass(frozen=True, eq=False)
class Chosen:
    """What the page shows.

    Parameters
    ----------
    screen
        City, state and words of this run.
    plan
        The plan.
    entries
        What readers have entered of the city.
    """

    screen: Screen
    plan: Plan
    entries: Sequence[Entry]

    @cached_property
    def web(self) -> Web:
        """All ties of the plan."""
        return web(self.screen.city, self.plan)

    @cached_property
    def ledger(self) -> Ledger:
        """All tasks with their states."""
        return ledger(self.screen.city, self.plan, self.entries)

    @cached_property
    def indicators(self) -> tuple[Progress, ...]:
        """All indicators."""
        return progress(self.screen.city, self.plan, self.entries)

    @property
    def task(self) -> str | None:
        """Id of the task that is shown, if it is one of this plan."""
        task = self.screen.state.plan.task
        return task if task in self.web.tasks.index else None

    @property
    def indicator(self) -> Progress | None:
        """The indicator that is shown: the one that is chosen, else the first."""
        no = self.screen.state.plan.indicator
        by_number = {each.no: each for each in self.indicators}
        return by_number.get(no) or next(iter(self.indicators), None)

    @property
    def place(self) -> str | None:
        """Id of the place that is selected, or None."""
        selected = (self.screen.state.selected or "").removeprefix("@")
        return selected if selected in gather(self.screen.city).frame.index else None


def chosen(screen: Screen) -> Chosen:
    """Return what the page is about.

    Parameters
    ----------
    screen
        City, state and words of this run.
    """
    plan = plan_of(screen.city, screen.state.plan.period or "")
    return Chosen(screen, plan, entries_in(screen.city))


def change(**values: Any) -> None:
    """Replace options of the page.

    Parameters
    ----------
    **values
        Fields of :class:`layers.view.page_options.PlanOptions` with their new values.
    """
    session.change(plan=replace(session.state().plan, **values))


def open_task(task: str) -> None:
    """Show a task.

    Parameters
    ----------
    task
        Its id.
    """
    change(part="tasks", task=task)
    session.change(selected=None)


def open_indicator(no: int) -> None:
    """Show an indicator.

    Parameters
    ----------
    no
        Its number.
    """
    change(part="indicators", indicator=no)
    session.change(selected=None)


def open_place(place: str | None) -> None:
    """Select a place, or none.

    Parameters
    ----------
    place
        Its id; None for none.
    """
    session.change(selected=place)


def shown(screen: Screen, ids: Collection[str] | None) -> tuple[Screen, View]:
    """Return the map's screen and view: all places of the plan, or some of any layer.

    Parameters
    ----------
    screen
        City, state and words of this run.
    ids
        Places that stay; None for all that the opening view shows.
    """
    view = plan_places(screen.city, screen.state, ids)
    return replace(screen, state=view.state), view
