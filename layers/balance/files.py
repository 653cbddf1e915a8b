"""Hand the counts over."""

from __future__ import annotations

import pandas as pd

from layers.balance.measure import BalanceAnswer
from layers.balance.wording import word
from layers.handover.analysis_export import Answered, Data, analysis_package
from layers.handover.contents import Form
from layers.handover.package import Package
from layers.language.bilingual import Bilingual, pair
from layers.language.messages import LANGS
from layers.language.values import cell, row_of
from layers.pack.catalogue import FIELDS, LEVELS, PLAN_STATUSES
from layers.pack.city import City
from layers.view.rows import without_titles
from layers.view.vague import doubt_counts


def hand_over(answer: BalanceAnswer, form: Form) -> Package:
    """Return the counts, unrounded, by part of the city, district, kind and field.

    Parameters
    ----------
    answer
        As :func:`layers.balance.measure.measure` returns it.
    form
        See :func:`layers.handover.analysis_export.analysis_package`; there are no shapes.

    Raises
    ------
    ParameterError
        With everything that is wrong with the form.
    """
    city, counts = answer.city, answer.counts
    found, titles = counts.found, _sorts(city)
    places = without_titles(answer.question.view(city).places)
    return analysis_package(
        Answered(
            name="balance",
            city=city,
            question=answer.question,
            words={lang: word(answer, lang) for lang in LANGS},
            layers=answer.question.layers,
            data={
                "halves": Data(found.halves.rename_axis("half"), titles=titles),
                "districts": Data(_named(found.districts, city), titles=titles),
                "kind_by_district": Data(_named(counts.kinds.T, city), titles=_kinds(city)),
                "field_by_district": Data(_named(counts.fields.T, city), titles=_fields()),
            },
            asked=found.parameters,
            result={
                "n": found.n,
                "doubt_unknown": doubt_counts(places)["unknown"],
            },
            findings=(found,),
        ),
        form,
    )


def _named(table: pd.DataFrame, city: City) -> pd.DataFrame:
    """Return a table by district with its names in both languages first."""
    rows = [row_of(city.districts, str(code)) for code in table.index]
    names = {f"name_{lang}": [cell(row, "name", lang) for row in rows] for lang in LANGS}
    return pd.DataFrame(names, index=table.index).join(table).rename_axis("adcode")


def _kinds(city: City) -> dict[str, Bilingual]:
    return {id_: layer.title for id_, layer in city.layers.items()}


def _fields() -> dict[str, Bilingual]:
    named = {field: pair(f"field.{field}") for field in FIELDS}
    return named | {"unknown": pair("balance_page.no_field")}


def _sorts(city: City) -> dict[str, Bilingual]:
    """Name the columns that count one kind, one level or one status."""
    levels = {f"level_{level}": pair(f"level.{level}") for level in LEVELS}
    statuses = {f"status_{status}": pair(f"plan_status.{status}") for status in PLAN_STATUSES}
    kinds = {f"kind_{id_}": title for id_, title in _kinds(city).items()}
    return kinds | levels | {"level_aimed_at": pair("level_basis.aimed_at")} | statuses
