"""Hand the ledger over in a bureau's form, with indicators, dictionary, sources and manifest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeVar

import pandas as pd

from geo.base.schema import Field
from layers.handover.build import build
from layers.handover.contents import Contents, Form, Sheet
from layers.handover.documents import about_city
from layers.handover.package import Package
from layers.language.bilingual import Bilingual, pair
from layers.language.messages import LANGS, speaker
from layers.plan.entered import subject
from layers.plan.indicator import Progress, progress
from layers.plan.ledger import Ledger
from layers.plan.wording import (
    lead_heading,
    ledger_table,
    light_sentence,
    state_sentence,
    sums,
    sums_by_district,
    sums_by_unit,
)
from layers.store.entries import Entry

T = TypeVar("T")
LEDGER: Final = (
    Field("task_id", required=True),
    Field("chapter", "integer"),
    Field("section", "integer"),
    Field("task_zh"),
    Field("task_en"),
    Field("lead_zh"),
    Field("lead_en"),
    Field("districts"),
    Field("state", required=True),
    Field("rule", required=True),
    Field("evidence_on", "date"),
    Field("evidence_zh"),
    Field("evidence_en"),
    Field("source_zh"),
    Field("source_en"),
    Field("address"),
    Field("carried_by"),
    Field("entry", "integer"),
)
INDICATORS: Final = (
    Field("no", "integer", required=True),
    Field("name_zh"),
    Field("name_en"),
    Field("unit_zh"),
    Field("unit_en"),
    Field("direction"),
    Field("baseline", "number"),
    Field("target", "number"),
    Field("year", "integer"),
    Field("due", "number"),
    Field("value", "number"),
    Field("light"),
    Field("latest_as_of", "date"),
    Field("latest", "number"),
    Field("latest_kind"),
    Field("completion", "number"),
)


def package(
    kept: Ledger, entries: Sequence[Entry], lang: str, files: Mapping[str, bytes] | None = None
) -> Package:
    """Return the ledger as a workbook with all that goes along; the same ledger, the same bytes.

    Parameters
    ----------
    kept
        The ledger, whole or filtered.
    entries
        What readers have entered of the city: those of this plan are listed in the manifest.
    lang
        Language of the workbook, ``zh`` or ``en``.
    files
        Further files by name, such as the ledger as a document.
    """
    city, plan = kept.city, kept.plan
    found = progress(city, plan, entries)
    sentences = [_both(state_sentence, kept), _both(light_sentence, found)]
    return build(
        Contents(
            city=city,
            name="plan_ledger",
            stem=f"{city.id}_{city.data_date}_plan_ledger",
            form=Form("xlsx", lang=lang),
            sheets=(_ledger(kept), _indicators(found)),
            head=(pair("plan.ledger.title"), plan.title),
            sentence=sentences[0],
            counting=(pair("plan.ledger.title"), (*sentences, pair("plan.ledger.doubt"))),
            sections=(
                (pair("plan.column.source"), (pair("plan.rule_state"), pair("plan.rule_light"))),
                (pair("plan.ledger.sums"), _sum_notes(kept)),
            ),
            about={
                **about_city(city),
                "plan": {"period": plan.period, **plan.title._asdict()},
                "states": kept.counts(),
                "entries": [
                    {"number": each.number, "digest": each.digest}
                    for each in entries
                    if each.subject.startswith(subject(plan, ""))
                ],
            },
            listing=_listing(kept, lang),
            files=files or {},
        )
    )


def _sum_notes(kept: Ledger) -> tuple[Bilingual, ...]:
    shared = pair("plan.ledger.shared")
    return (shared,) if kept.names_leads else (shared, pair("plan.ledger.lead_note"))


def _listing(kept: Ledger, lang: str) -> dict[str, pd.DataFrame]:
    """Return the ledger as it is read, and its sums."""
    say, unit = speaker(lang), lead_heading(kept, lang)
    found = {
        say("plan.ledger.by_chapter"): (say("plan.chapter_label"), sums(kept, lang)),
        say("plan.ledger.by_district"): (
            say("plan.ledger.filter_district"),
            sums_by_district(kept, lang),
        ),
        say("plan.ledger.by_unit", unit=unit): (unit, sums_by_unit(kept, lang)),
    }
    counted = {title: rows.rename_axis(of).reset_index() for title, (of, rows) in found.items()}
    return {say("plan.ledger.title"): ledger_table(kept, lang), **counted}


def _both(word: Callable[[T, str], str], found: T) -> Bilingual:
    return Bilingual(*(word(found, lang) for lang in LANGS))


def _ledger(kept: Ledger) -> Sheet:
    rows = []
    for each in kept.accounts:
        last = each.decisive
        told = None if each.entry is not None or last is None else last
        rows.append(
            {
                "task_id": each.id,
                "chapter": each.chapter or None,
                "section": each.section or None,
                "task_zh": each.title.zh,
                "task_en": each.title.en,
                "lead_zh": each.lead.zh or "；".join(unit.zh for unit in each.units),
                "lead_en": each.lead.en or "; ".join(unit.en for unit in each.units),
                "districts": ";".join(each.districts),
                "state": each.state,
                "rule": each.rule,
                "evidence_on": told.on if told else "",
                "evidence_zh": told.what.zh if told else "",
                "evidence_en": told.what.en if told else "",
                "source_zh": told.source.zh if told else each.entry.source if each.entry else "",
                "source_en": told.source.en if told else each.entry.source if each.entry else "",
                "address": told.address if told else "",
                "carried_by": each.carried_by,
                "entry": each.entry.number if each.entry else None,
            }
        )
    return _sheet("plan_ledger", pair("plan.ledger.title"), rows, LEDGER)


def _indicators(found: Sequence[Progress]) -> Sheet:
    rows = [
        {
            "no": each.no,
            "name_zh": each.name.zh,
            "name_en": each.name.en,
            "unit_zh": each.unit.zh,
            "unit_en": each.unit.en,
            "direction": each.direction,
            "baseline": each.baseline,
            "target": each.target,
            "year": each.year,
            "due": each.due,
            "value": each.decisive.value if each.decisive else None,
            "light": each.light,
            "latest_as_of": each.latest.as_of if each.latest else "",
            "latest": each.latest.value if each.latest else None,
            "latest_kind": each.latest.kind if each.latest else "",
            "completion": each.completion,
        }
        for each in found
    ]
    return _sheet("plan_indicators", pair("plan.parts.indicators"), rows, INDICATORS)


def _sheet(
    id_: str, title: Bilingual, rows: Sequence[Mapping[str, object]], fields: tuple[Field, ...]
) -> Sheet:
    key, *columns = (each.name for each in fields)
    frame = pd.DataFrame(rows, columns=[key, *columns]).set_index(key)
    for each in fields[1:]:
        if each.type == "integer":
            frame[each.name] = frame[each.name].astype("Int64")
    titles = {each.name: pair(f"plan.field.{each.name}") for each in fields}
    return Sheet(id=id_, title=title, frame=frame, fields=fields, titles=titles)
