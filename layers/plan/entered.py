"""Say what readers have entered of a plan: observed values, and states of tasks."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from layers.language.bilingual import Bilingual, pair
from layers.language.messages import LANGS
from layers.language.values import value_word
from layers.pack.city import City, Plan
from layers.store.entries import Entry, entry_of, standing
from layers.store.lay_over import signed

STATE: Final = "state"
CARRY: Final = "carry"
"""Fields of a task's entries: what has become of it, and whether the next plan carries it on."""
CARRIES: Final = ("carried", "ended")
"""What a reader may say of a task's being carried on."""


def entries_in(city: City) -> tuple[Entry, ...]:
    """Return what readers have entered of a city's plans, as this version of the city holds it.

    Parameters
    ----------
    city
        The pack with what was laid over it; as its pack has it, it holds none.
    """
    return tuple(entry_of(row) for row in city.entered.of_plan)


def subject(plan: Plan, id_: object) -> str:
    """Return by which name entries know a task or an indicator of a plan.

    Parameters
    ----------
    plan
        The plan that it stands in.
    id_
        Id of the task, or number of the indicator.
    """
    return f"{plan.period}/{id_}"


def values(plan: Plan, no: int, entries: Sequence[Entry]) -> Iterator[tuple[int, float, Entry]]:
    """Yield what readers have entered of an indicator: year, value, and the entry that stands.

    Parameters
    ----------
    plan
        The plan that it stands in.
    no
        Its number.
    entries
        As the store gives them.
    """
    for (kind, about, field), entry in standing(entries).items():
        if kind == "observation" and about == subject(plan, no) and field.isdigit():
            value = number(entry.after)
            if value is not None:
                yield int(field), value, entry


def number(text: str) -> float | None:
    """Return the number that a reader wrote, or None if it is none.

    Parameters
    ----------
    text
        With commas between thousands or without; full-width digits count.

    Examples
    --------
    >>> number("12,000"), number("３.5"), number("many"), number("nan")
    (12000.0, 3.5, None, None)
    """
    try:
        value = float(text.replace(",", "").replace("，", ""))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def states(plan: Plan, entries: Sequence[Entry], field: str = STATE) -> Mapping[str, Entry]:
    """Return the entries that stand of a plan's tasks, by task.

    Parameters
    ----------
    plan
        The plan that the tasks stand in.
    entries
        As the store gives them.
    field
        ``state`` or ``carry``.
    """
    head = subject(plan, "")
    return {
        about.removeprefix(head): entry
        for (kind, about, name), entry in standing(entries).items()
        if kind == "task_state" and name == field and about.startswith(head)
    }


def told(entry: Entry) -> Bilingual:
    """Return what an entry of a plan says, with who, when, and by which evidence.

    Parameters
    ----------
    entry
        An observation or the state of a task.
    """
    said = {"by": signed(entry), "source": entry.source}
    if entry.kind == "observation":
        return pair("plan.record.value", year=entry.field, value=entry.after, **said)
    group = "plan.carry" if entry.field == CARRY else "plan.state"
    after = Bilingual(*(value_word(group, entry.after, lang) for lang in LANGS))
    return pair(f"plan.record.{entry.field}", after=after, **said)
