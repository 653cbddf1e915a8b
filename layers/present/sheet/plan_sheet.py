"""Print the indicators of a plan on one sheet: each with its chart, its light and what it says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from layers.language.messages import display
from layers.pack.city import City, Plan
from layers.plan.chart import said, svg
from layers.plan.indicator import Progress, progress
from layers.plan.wording import light_sentence, standing
from layers.present.sheet.basis import basis
from layers.present.sheet.content import frame
from layers.present.sheet.typeset import pdf
from layers.store.entries import Entry
from layers.view.state import default_state


def plan_sheet(city: City, plan: Plan, lang: str, entries: Sequence[Entry] = ()) -> bytes:
    """Return the indicators of a plan as PDF, A4; the same pack and entries give the same bytes.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    plan
        One of its plans.
    lang
        Language of the words, ``zh`` or ``en``.
    entries
        What readers have entered.
    """
    on, found = basis(city, default_state(city), lang), progress(city, plan, entries)
    say = on.say
    sheet: dict[str, Any] = {
        "title": say("plan.sheet.title", plan=display(plan.title.of(lang))),
        "sentence": light_sentence(found, lang),
        "charts": [_chart(each, lang) for each in found],
        "notes": [say("plan.chart.key"), say("plan.rule_light")],
        **frame(on, ()),
    }
    charts = {f"i{each.no}": svg(each, lang).encode() for each in found}
    return pdf("indicators.typ", {"sheet": sheet}, charts, city.data_date)


def _chart(of: Progress, lang: str) -> dict[str, Any]:
    return {
        "picture": {"name": f"i{of.no}", "width": 88, "height": 34.4, "alt": said(of, lang)},
        "name": display(f"{of.no} {of.name.of(lang)}"),
        "light": of.light,
        "lines": [display(line) for line in standing(of, lang)],
    }
