"""Keep the account of a plan's tasks at the end of its term: what was done, and who says so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, cast

import pandas as pd

from layers.language.bilingual import Bilingual
from layers.language.values import amount, cell, is_known, row_of
from layers.pack.city import City, Plan
from layers.pack.table_schemas import STATES
from layers.plan.entered import CARRY, states
from layers.plan.structure import Web, both, web
from layers.store.entries import Entry
from layers.view.codecs import token
from layers.view.page_options import PlanOptions

State = Literal["done", "partly", "not_done", "unknown"]
ALL_STATES: Final[tuple[State, ...]] = ("done", "partly", "not_done", "unknown")
Rule = Literal["entered", "told", "places", "nothing"]
"""Why a task is in its state: a reader entered it, a source says so of the task, it follows from
its places, nothing says."""


@dataclass(frozen=True)
class Event:
    """One dated fact of a task or of one of its places.

    Parameters
    ----------
    task, place
        Ids; one of them may be empty.
    on
        Day, month or year.
    state
        One of ``layers.pack.table_schemas.STATES``; ``evidence`` settles none.
    what
        What happened.
    source
        Who published it first.
    address
        The publisher's own page, or empty.
    repost
        Whether only a copy was read.
    confidence
        ``high``, ``medium`` or ``low``.
    """

    task: str
    place: str
    on: str
    state: str
    what: Bilingual
    source: Bilingual
    address: str
    repost: bool
    confidence: str


@dataclass(frozen=True)
class Item:
    """A place that a task asks for, with what has become of it."""

    place: str
    name: Bilingual
    state: State


@dataclass(frozen=True)
class Account:
    """One task in the ledger.

    Parameters
    ----------
    id
        Of the task.
    chapter, section
        Where it stands in the plan; 0 where the pack does not say.
    chapter_title, title
        In both languages.
    lead
        Who is to do it, where the plan says so; else blank.
    units
        Lead units of its places, each once.
    districts
        Adcodes of the districts that administer its places.
    items
        Its places.
    events
        What is known, by date.
    state
        What has become of it.
    rule
        Why that is its state.
    carried_by
        Id of the task of a later plan that continues it; empty if none does.
    entry
        What a reader entered of its state, or None.
    carry
        What a reader entered of its being carried on, or None.
    """

    id: str
    chapter: int
    section: int
    chapter_title: Bilingual
    title: Bilingual
    lead: Bilingual
    units: tuple[Bilingual, ...]
    districts: tuple[str, ...]
    items: tuple[Item, ...]
    events: tuple[Event, ...]
    state: State
    rule: Rule
    carried_by: str
    entry: Entry | None = None
    carry: Entry | None = None

    @property
    def leads(self) -> tuple[Bilingual, ...]:
        """Who is to do it, where the plan says so, and who leads its places; each once."""
        return tuple({u.zh: u for u in (self.lead, *self.units) if u.zh}.values())

    @property
    def decisive(self) -> Event | None:
        """The latest event that settles a state, or the latest of all; None if there is none."""
        settling = [event for event in self.events if event.state in STATES]
        return next(reversed(settling or self.events), None)


@dataclass(frozen=True)
class Ledger:
    """All tasks of a plan, with what has become of them.

    Parameters
    ----------
    city, plan
        Of what.
    accounts
        In the order of the plan.
    """

    city: City
    plan: Plan
    accounts: tuple[Account, ...]

    def counts(self) -> dict[State, int]:
        """Return how many tasks are in each state."""
        return {s: sum(each.state == s for each in self.accounts) for s in ALL_STATES}

    def by_chapter(self) -> dict[int, dict[State, int]]:
        """Return the same for each chapter, in the order of the plan."""
        return {
            chapter: self.only(chapter=chapter).counts()
            for chapter in dict.fromkeys(each.chapter for each in self.accounts)
        }

    def by_district(self) -> dict[str, dict[State, int]]:
        """Return the same for each adcode; a task in several districts counts in each of them.

        Under an empty one stand the tasks without a district.
        """
        return self._by({each.id: each.districts for each in self.accounts})

    def by_unit(self) -> dict[str, dict[State, int]]:
        """Return the same for the Chinese name of each lead unit, of the task or of its places.

        A task of several units counts for each; under an empty name stand those without one.
        """
        return self._by({a.id: tuple(u.zh for u in a.leads) for a in self.accounts})

    def _by(self, groups: Mapping[str, Sequence[str]]) -> dict[str, dict[State, int]]:
        found: dict[str, list[Account]] = {}
        for each in self.accounts:
            for group in groups[each.id] or ("",):
                found.setdefault(group, []).append(each)
        named = sorted(found, key=lambda group: (not group, group))
        return {g: Ledger(self.city, self.plan, tuple(found[g])).counts() for g in named}

    def only(
        self, *, chapter: int = 0, unit: str = "", district: str = "", state: str = ""
    ) -> Ledger:
        """Return the tasks that fit, in a ledger of their own.

        Parameters
        ----------
        chapter
            Number of the chapter; 0 for all.
        unit
            Chinese name of a lead unit, of the task or of one of its places; empty for all.
        district
            Adcode of a district that administers one of its places; empty for all.
        state
            One of ``ALL_STATES``; empty for all.
        """
        return Ledger(
            self.city,
            self.plan,
            tuple(
                each
                for each in self.accounts
                if chapter in (0, each.chapter)
                and (not unit or unit in (u.zh for u in each.leads))
                and (not district or district in each.districts)
                and state in ("", each.state)
            ),
        )

    def asked(self, options: PlanOptions) -> Ledger:
        """Return the tasks that a page asks for.

        Parameters
        ----------
        options
            Its filters: chapter, state, district and lead unit.
        """
        unit = next((u.zh for u in self.units if token(u.zh) == options.unit), "")
        return self.only(
            chapter=options.chapter,
            unit=unit,
            district=options.district or "",
            state="" if options.stated == "any" else options.stated,
        )

    @property
    def names_leads(self) -> bool:
        """Whether the plan itself says of any task who is to do it."""
        return any(each.lead.zh for each in self.accounts)

    @property
    def units(self) -> tuple[Bilingual, ...]:
        """All lead units, by name."""
        every = {u.zh: u for each in self.accounts for u in each.leads}
        return tuple(every[name] for name in sorted(every))


def ledger(city: City, plan: Plan, entries: Sequence[Entry] = ()) -> Ledger:
    """Return the account of a plan's tasks.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    plan
        One of its plans.
    entries
        What readers have entered; of a task that has both, the entry decides.

    Notes
    -----
    A reader's entry decides; then the latest event of the task itself; then its places: all done
    is done, any done or partly done is partly, and all known ones not done is not done. What
    nothing says is unknown, never "not done".
    """
    woven, every = web(city, plan), _events(plan)
    entered, carried = states(plan, entries), states(plan, entries, CARRY)
    after = _continued(city, plan)
    titles = {
        int(row["chapter"]): both(row, "title")
        for row in plan.clauses[plan.clauses["level"] == "chapter"].to_dict("records")
        if is_known(row["chapter"])
    }
    found = []
    for task, row in woven.tasks.iterrows():
        id_ = str(task)
        known = tuple(event for event in every if event.task == id_)
        items = _items(woven, id_, known)
        entry = entered.get(id_)
        state, rule = _state(entry, known, items)
        chapter = int(amount(row["chapter"]) or 0)
        found.append(
            Account(
                id=id_,
                chapter=chapter,
                section=int(amount(row["section"]) or 0),
                chapter_title=titles.get(chapter, Bilingual("", "")),
                title=both(row, "title"),
                lead=both(row, "lead"),
                units=_units(woven.places, woven.places_of(id_)),
                districts=_districts(woven.places, woven.places_of(id_)),
                items=items,
                events=known,
                state=state,
                rule=rule,
                carried_by=after.get(id_, ""),
                entry=entry,
                carry=carried.get(id_),
            )
        )
    return Ledger(city, plan, tuple(found))


def _events(plan: Plan) -> tuple[Event, ...]:
    found = [
        Event(
            task=cell(row, "task_id", "zh"),
            place=cell(row, "place_id", "zh"),
            on=cell(row, "happened_on", "zh"),
            state=cell(row, "state", "zh"),
            what=both(row, "what"),
            source=both(row, "source"),
            address=cell(row, "address", "zh"),
            repost=bool(row["repost"]),
            confidence=cell(row, "confidence", "zh"),
        )
        for row in plan.events.to_dict("records")
    ]
    return tuple(sorted(found, key=lambda event: event.on))


def events(plan: Plan, *, place: str) -> tuple[Event, ...]:
    """Return what is known of a place, by date.

    Parameters
    ----------
    plan
        Whose events.
    place
        Id of the place.
    """
    return tuple(event for event in _events(plan) if event.place == place)


def _latest(events: Iterable[Event]) -> State | None:
    settling = [event.state for event in events if event.state in STATES]
    return cast("State", settling[-1]) if settling else None


def _items(woven: Web, task: str, known: Sequence[Event]) -> tuple[Item, ...]:
    frame = woven.places
    return tuple(
        Item(
            place,
            Bilingual(str(frame.at[place, "name_zh"]), str(frame.at[place, "name_en"])),
            _latest(event for event in known if event.place == place) or "unknown",
        )
        for place in woven.places_of(task)
        if place in frame.index
    )


def _state(
    entry: Entry | None, known: Sequence[Event], items: Sequence[Item]
) -> tuple[State, Rule]:
    if entry is not None and entry.after in ALL_STATES:
        return entry.after, "entered"
    if own := _latest(event for event in known if not event.place):
        return own, "told"
    found = {item.state for item in items}
    if found == {"done"}:
        return "done", "places"
    if found & {"done", "partly"}:
        return "partly", "places"
    return ("not_done", "places") if "not_done" in found else ("unknown", "nothing")


def _units(frame: pd.DataFrame, places: Iterable[str]) -> tuple[Bilingual, ...]:
    rows = (row_of(frame, place) for place in places if place in frame.index)
    found = {cell(row, "lead_unit", "zh"): cell(row, "lead_unit", "en") for row in rows}
    return tuple(Bilingual(zh, en or zh) for zh, en in found.items() if zh)


def _districts(frame: pd.DataFrame, places: Iterable[str]) -> tuple[str, ...]:
    codes = (frame.at[place, "host_adcode"] for place in places if place in frame.index)
    return tuple(sorted({str(code) for code in codes if is_known(code) and code != "outside"}))


def _continued(city: City, plan: Plan) -> dict[str, str]:
    """Return by task the one of a later plan that carries it on."""
    found: dict[str, str] = {}
    for later in city.plans:
        if later.baseline_year >= plan.target_year and later is not plan:
            for id_, before in later.clauses["continues"].items():
                if is_known(before):
                    found.setdefault(str(before), str(id_))
    return found
