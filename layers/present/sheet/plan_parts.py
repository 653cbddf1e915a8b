"""Say what the plan asks of a district, and by which indicators it is measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from layers.language.values import month, row_of, stated
from layers.places.citation import section_of
from layers.places.district_profile import Task
from layers.plan.entered import entries_in
from layers.plan.indicator import Progress, progress
from layers.present.sheet.basis import Basis

Table = dict[str, Any]


def tasks(on: Basis, told: tuple[Task, ...], numbers: Mapping[str, str]) -> Table:
    """Return the plan's tasks that concern a district.

    Parameters
    ----------
    on
        What the sheet rests on.
    told
        The tasks, as the district's profile holds them.
    numbers
        Index number by id of the places that the sheet lists; the others go by their names.

    Returns
    -------
    dict
        Title, columns, rows (task, chapter and section, places), and notes.
    """
    say = on.say
    rows = []
    for task in told:
        title = task.clause.title
        if task.clause.text_lost:
            title = say("table.noted", text=title, note=say("sheet.tasks.lost"))
        section = section_of(row_of(on.city.plan.clauses, task.clause.id), on.lang)
        rows.append([title, section, _held(on, task, numbers)])
    notes = [say("sheet.tasks.note", plan=on.city.plan.title.of(on.lang))] if rows else []
    if rows and on.city.plan.text.of(on.lang):
        notes.append(say("sheet.tasks.translated"))
    return {
        "title": say("sheet.tasks.title", count=len(rows)),
        "columns": [say(f"sheet.tasks.{name}") for name in ("task", "section", "places")],
        "rows": rows,
        "notes": notes or [say("sheet.tasks.none")],
    }


def _held(on: Basis, task: Task, numbers: Mapping[str, str]) -> str:
    """Return the places of a task, and that its words name the district."""
    listed = sorted((numbers[link.id] for link in task.places if numbers.get(link.id)), key=int)
    others = [link.label for link in task.places if not numbers.get(link.id)]
    words = on.say("sheet.comma").join([*listed, *others])
    return words or on.say("sheet.tasks.named")


def indicators(on: Basis) -> Table:
    """Return the plan's indicators with baseline, target and the latest value that was found.

    Parameters
    ----------
    on
        What the sheet rests on.

    Returns
    -------
    dict
        Title, columns, rows, and notes; without rows where the pack holds none.
    """
    say, plan = on.say, on.city.plan
    found = progress(on.city, plan, entries_in(on.city))
    names = ("number", "name", "unit", "baseline", "target", "latest")
    years = {"baseline": plan.baseline_year, "target": plan.target_year}
    return {
        "title": say("sheet.indicators.title", count=len(found)),
        "columns": [say(f"sheet.indicators.{name}", year=years.get(name)) for name in names],
        "rows": [_indicator(each, on) for each in found],
        "notes": [*_remarks(on, found)] if found else [say("sheet.indicators.none")],
    }


def _remarks(on: Basis, found: tuple[Progress, ...]) -> Iterator[str]:
    """Yield what the indicators cannot say."""
    yield on.say("sheet.indicators.city")
    if (on.city.plan.indicators["name_status"] == "reconstructed").any():
        yield on.say("sheet.indicators.names")
    if any(each.observations for each in found):
        yield on.say("sheet.indicators.observed")


def _indicator(of: Progress, on: Basis) -> list[str]:
    ends = (stated(of.baseline), stated(of.target))
    return [str(of.no), of.name.of(on.lang), of.unit.of(on.lang), *ends, _latest(of, on)]


def _latest(of: Progress, on: Basis) -> str:
    """Return the latest value with its month; one that cannot be compared is not given."""
    say, latest = on.say, of.latest
    if latest is None:
        return say("sheet.indicators.partial" if of.observations else "card.not_known")
    shown = stated(latest.value)
    shown = f"≥{shown}" if latest.kind == "lower_bound" else shown
    return say("table.noted", text=shown, note=month(latest.as_of, on.lang))
