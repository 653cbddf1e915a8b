"""Say what the plan asks of a district, and by which indicators it is measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from layers.language.values import amount, cell, month, row_of, stated
from layers.places.citation import section_of
from layers.places.district_profile import Task
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
    say, table = on.say, on.city.plan.indicators
    rows = [
        [str(no), *(_indicator(row, on))]
        for no, row in ((int(str(no)), row) for no, row in table.iterrows())
    ]
    names = ("number", "name", "unit", "baseline", "target", "latest")
    return {
        "title": say("sheet.indicators.title", count=len(rows)),
        "columns": [say(f"sheet.indicators.{name}") for name in names],
        "rows": rows,
        "notes": [*_remarks(on)] if rows else [say("sheet.indicators.none")],
    }


def _remarks(on: Basis) -> Iterator[str]:
    """Yield what the indicators cannot say."""
    table = on.city.plan.indicators
    yield on.say("sheet.indicators.city")
    if (table["name_status"] == "reconstructed").any():
        yield on.say("sheet.indicators.names")
    if table["observed_value"].notna().any():
        yield on.say("sheet.indicators.observed")


def _indicator(row: pd.Series, on: Basis) -> list[str]:
    first, last = (stated(float(row[name])) for name in ("baseline", "target"))
    return [cell(row, "name", on.lang), cell(row, "unit", on.lang), first, last, _latest(row, on)]


def _latest(row: pd.Series, on: Basis) -> str:
    """Return the latest value with its month; one that cannot be compared is not given."""
    say, value = on.say, amount(row.get("observed_value"))
    kind, day = cell(row, "observed_kind", "zh"), cell(row, "observed_as_of", "zh")
    if value is None:
        return say("card.not_known")
    if kind == "partial_period":
        return say("sheet.indicators.partial")
    shown = f"≥{stated(value)}" if kind == "lower_bound" else stated(value)
    return say("table.noted", text=shown, note=month(day, on.lang)) if day else shown
