"""Say what a plan asks, and which task, place and indicator belong together and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final, Literal

import geopandas as gpd
import pandas as pd

from layers.language.bilingual import BLANK, Bilingual
from layers.language.values import Row, amount, cell, is_known
from layers.pack.city import City, Plan
from layers.pack.consistency import WITHOUT_TASK, split
from layers.view.rows import CityKey, gather

Basis = Literal["named", "box", "implied", "candidate", "written"]
WRITTEN: Final = "written"
"""Basis of a tie that stands in the pack's relations alone."""
CAMPUSES: Final = "university"
"""Kind of places that a plan of places does not speak of one by one."""


@dataclass(frozen=True)
class Tie:
    """Two of task, place and indicator that belong together.

    Parameters
    ----------
    task
        Id of the task; empty if the tie is of a place and an indicator.
    place
        Id of the place; empty if the tie is of a task and an indicator.
    indicator
        Number of the indicator, or None.
    basis
        How the plan knows of it: ``named``, ``box``, ``implied``, ``candidate``; ``written`` if
        the pack's relations alone say so.
    reason
        Why, in the pack's words; blank where nobody wrote it.
    """

    task: str = ""
    place: str = ""
    indicator: int | None = None
    basis: str = WRITTEN
    reason: Bilingual = BLANK

    @property
    def reasoned(self) -> bool:
        """Whether it is said why: that the plan names the place is a reason."""
        return self.basis == "named" or bool(self.reason.zh)


@dataclass(frozen=True, eq=False)
class Web:
    """A plan with its tasks, places and indicators, and all ties between them.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    plan
        One of its plans.
    ties
        Places first, in the order of the city's places, then the pack's relations.
    """

    city: City
    plan: Plan
    ties: tuple[Tie, ...]

    @cached_property
    def tasks(self) -> pd.DataFrame:
        """The rows of the plan of which an account can be given, in the order of the plan."""
        clauses = self.plan.clauses
        return pd.DataFrame(clauses[clauses["task"].to_numpy(dtype=bool)])

    @cached_property
    def places(self) -> gpd.GeoDataFrame:
        """All places of the city, indexed by id."""
        return gather(self.city).frame

    @cached_property
    def names(self) -> Mapping[str, Bilingual]:
        """By id the names of all places: to look up ten thousand rows takes seconds."""
        columns = (self.places.index, self.places["name_zh"], self.places["name_en"])
        return {str(i): Bilingual(str(zh), str(en)) for i, zh, en in zip(*columns, strict=True)}

    @cached_property
    def later(self) -> frozenset[str]:
        """Ids of the places of which the plan does not speak: later facts and context."""
        status = self.places["plan_status"]
        return frozenset(
            str(i) for i, value in status.items() if _blank_to_none(value) in WITHOUT_TASK
        )

    @cached_property
    def _boxes(self) -> Mapping[str, str]:
        """By box the task within whose lines it stands."""
        lines = [
            (str(id_), int(row["line_from"]), int(row["line_to"]))
            for id_, row in self.tasks.iterrows()
        ]
        boxes = self.plan.clauses[self.plan.clauses["level"] == "box"]
        return {
            str(id_): task
            for id_, row in boxes.iterrows()
            for task, first, last in lines
            if first <= int(row["line_from"]) and int(row["line_to"]) <= last
        }

    @cached_property
    def _by_task(self) -> Mapping[str, tuple[Tie, ...]]:
        found: dict[str, list[Tie]] = {}
        for tie in self.ties:
            if tie.task:
                found.setdefault(self._boxes.get(tie.task, tie.task), []).append(tie)
        return {task: tuple(ties) for task, ties in found.items()}

    @cached_property
    def _by_place(self) -> Mapping[str, tuple[Tie, ...]]:
        return _grouped((tie.place, tie) for tie in self.ties if tie.place)

    @cached_property
    def _by_indicator(self) -> Mapping[str, tuple[Tie, ...]]:
        return _grouped((str(t.indicator), t) for t in self.ties if t.indicator is not None)

    def of_task(self, task: str) -> tuple[Tie, ...]:
        """Return the ties of a task, those of a box within it too.

        Parameters
        ----------
        task
            Id of the task.
        """
        return self._by_task.get(task, ())

    def of_place(self, place: str) -> tuple[Tie, ...]:
        """Return the ties of a place.

        Parameters
        ----------
        place
            Id of the place.
        """
        return self._by_place.get(place, ())

    def of_indicator(self, no: int) -> tuple[Tie, ...]:
        """Return the ties of an indicator.

        Parameters
        ----------
        no
            Its number in the plan.
        """
        return self._by_indicator.get(str(no), ())

    def places_of(self, task: str) -> tuple[str, ...]:
        """Return the places that a task asks for, each once; not the candidates, nor later facts.

        Parameters
        ----------
        task
            Id of the task.
        """
        asked = (
            tie.place
            for tie in self.of_task(task)
            if tie.place and tie.basis != "candidate" and tie.place not in self.later
        )
        return tuple(dict.fromkeys(asked))

    def answers_to(self, task: str) -> tuple[str, ...]:
        """Return the places that came after the plan and answer a task.

        Parameters
        ----------
        task
            Id of the task.
        """
        found = (tie.place for tie in self.of_task(task) if tie.place in self.later)
        return tuple(dict.fromkeys(found))

    def shown_with(self, task: str) -> tuple[str, ...]:
        """Return all places that the map shows for a task.

        Parameters
        ----------
        task
            Id of the task.
        """
        return tuple(dict.fromkeys(tie.place for tie in self.of_task(task) if tie.place))

    def feeding(self, no: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the places that feed an indicator: those tied to it, and those of its tasks.

        Parameters
        ----------
        no
            Its number in the plan.

        Returns
        -------
        tied, through
            Ids; a place that is tied is not named again.
        """
        ties = self.of_indicator(no)
        tied = tuple(dict.fromkeys(tie.place for tie in ties if tie.place))
        through = (p for tie in ties if tie.task for p in self.places_of(tie.task))
        return tied, tuple(p for p in dict.fromkeys(through) if p not in tied)

    def moved_by(self, place: str) -> tuple[int, ...]:
        """Return the indicators that a place moves, by itself or through its tasks.

        Parameters
        ----------
        place
            Id of the place.
        """
        own = self.of_place(place)
        numbers = [tie.indicator for tie in own]
        tasks = [self._boxes.get(tie.task, tie.task) for tie in own if tie.task]
        numbers += [tie.indicator for task in tasks for tie in self.of_task(task)]
        return tuple(sorted({no for no in numbers if no is not None}))


def _blank_to_none(value: object) -> object:
    return value if is_known(value) else None


def _grouped(pairs: Iterator[tuple[str, Tie]]) -> Mapping[str, tuple[Tie, ...]]:
    found: dict[str, list[Tie]] = {}
    for key, tie in pairs:
        found.setdefault(key, []).append(tie)
    return {key: tuple(ties) for key, ties in found.items()}


def web(city: City, plan: Plan | None = None) -> Web:
    """Return a plan with all that belongs together in it, made once for each city.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    plan
        One of its plans; None for that which the places cite.
    """
    return _web(CityKey(city, ""), (plan or city.plan).period)


@lru_cache(maxsize=8)
def _web(key: CityKey, period: str) -> Web:
    city = key.city
    plan = next(each for each in city.plans if each.period == period)
    written = {(tie.task, tie.place): tie for tie in _relations(plan)}
    cited = list(_cited(city, written)) if plan is city.plan else []
    known = {(tie.task, tie.place) for tie in cited}
    rest = [tie for tie in _relations(plan) if not tie.place or (tie.task, tie.place) not in known]
    return Web(city, plan, (*cited, *rest))


def _cited(city: City, written: Mapping[tuple[str, str], Tie]) -> Iterator[Tie]:
    """Yield the tasks that the places themselves name."""
    frame = gather(city).frame
    columns = (frame.index, frame["clause_ids"], frame["clause_basis"])
    for place, ids, bases in zip(*columns, strict=True):
        for task, basis in zip(split(ids), split(bases), strict=True):
            tie = written.get((task, str(place)))
            yield Tie(task, str(place), None, basis, tie.reason if tie else BLANK)


def both(row: Row, stem: str) -> Bilingual:
    """Return a text of a row in both languages.

    Parameters
    ----------
    row
        The row.
    stem
        Column name, without ``_zh`` or ``_en``.
    """
    return Bilingual(cell(row, stem, "zh"), cell(row, stem, "en"))


def _relations(plan: Plan) -> Iterator[Tie]:
    for row in plan.relations.to_dict("records"):
        number = amount(row["indicator"])
        reason = both(row, "reason")
        task, place = cell(row, "task_id", "zh"), cell(row, "place_id", "zh")
        yield Tie(task, place, None if number is None else int(number), WRITTEN, reason)


def plan_of(city: City, period: str) -> Plan:
    """Return the plan of a period; of one that the pack lacks, the one that the places cite.

    Parameters
    ----------
    city
        The pack that is asked.
    period
        Such as ``2021-2025``.
    """
    return next((plan for plan in city.plans if plan.period == period), city.plan)
