"""Hand a table by district over, with the outlines of the districts."""

from __future__ import annotations

import geopandas as gpd

from geo.base.errors import Problem
from layers.district_table.measure import TableAnswer, TableQuestion
from layers.district_table.wording import date_words, word
from layers.handover.analysis_export import Answered, Data, analysis_package
from layers.handover.contents import AREA, Form
from layers.handover.look import Look
from layers.handover.package import Package
from layers.language.bilingual import Bilingual
from layers.language.messages import LANGS
from layers.language.problems import worded
from layers.view.question import Refusal

LOOK = Look("area", line="#8A8478", opacity=0.0)


def hand_over(answer: TableAnswer | Refusal, form: Form) -> Package:
    """Return the figures by district and by part of the city; one without data has none.

    Parameters
    ----------
    answer
        As :func:`layers.district_table.measure.measure` returns it.
    form
        See :func:`layers.handover.analysis_export.analysis_package`.

    Raises
    ------
    ParameterError
        With everything that is wrong with the form.
    """
    asked = answer.question
    assert isinstance(asked, TableQuestion)
    table = asked.table
    data = {} if isinstance(answer, Refusal) else _data(answer)
    column = {} if isinstance(answer, Refusal) else {"column": answer.column.name}
    unit = {"unit": answer.column.unit} if not isinstance(answer, Refusal) else {}
    return analysis_package(
        Answered(
            name="district_table",
            city=answer.city,
            question=asked,
            words={lang: word(answer, lang) for lang in LANGS},
            layers=frozenset(),
            data=data,
            asked={
                "file": table.file,
                "sha256": table.digest,
                "title": table.title,
                "chosen": {one.column: one.value for one in table.chosen},
                "answers": dict(table.answers),
                **vars(asked.options),
                **column,
                **unit,
            },
            dated=Bilingual(*(date_words(table, lang) for lang in LANGS)),
            begin=answer.city.id,
            result={
                "rows": table.rows,
                "used": table.used,
                "outside": table.outside,
                "not_used": dict(table.not_used),
                "unrecognised": list(table.strangers),
                "repeated": list(table.repeated),
                "missing": list(table.missing),
                "problems": [_told(one) for one in table.problems],
                **({} if isinstance(answer, Refusal) else _cells(answer)),
            },
        ),
        form,
    )


def _told(one: Problem) -> dict[str, object]:
    """Return a row that is not used, as :mod:`layers.intake.report` tells it."""
    told = {"row": one.row, "field": one.field, "value": one.values.get("value", "")}
    return {**told, **{str(lang): worded(one, lang) for lang in LANGS}}


def _cells(answer: TableAnswer) -> dict[str, object]:
    """Return the cells of the column that are no figures, or other ones than their digits."""
    return {
        "unread": [{"adcode": one.adcode, "row": f"#{one.line}", "value": one.text}
                   for one in answer.column.unread],
        "converted": [{"adcode": one.adcode, "row": f"#{one.line}", "value": one.text,
                       "read": one.value} for one in answer.column.converted],
    }  # fmt: skip


def _data(answer: TableAnswer) -> dict[str, Data]:
    city = answer.city
    names = city.districts[["name_zh", "name_en"]]
    frame = names.join(answer.frame).rename_axis("adcode")
    frame["class_no"] = frame["class_no"].astype("Int64")
    shaped = gpd.GeoDataFrame(frame, geometry=city.districts.geometry, crs=city.districts.crs)
    found = {"districts": Data(shaped, AREA, LOOK)}
    if answer.halves is not None:
        found["halves"] = Data(answer.halves)
    return found
