"""Hand over what lies in a shape: the places, the numbers by kind, the shape."""

from __future__ import annotations

from typing import Final

import geopandas as gpd

from geo.coverage.scenario import to_file as scenario_file
from geo.formats.outline import to_file
from layers.handover.analysis_export import Answered, Data, analysis_package, refused
from layers.handover.contents import AREA, POINT, Form
from layers.handover.look import Look
from layers.handover.package import Package
from layers.inside.drawing import LINE
from layers.inside.measure import InsideAnswer, districts_in, touched
from layers.inside.wording import word
from layers.language.messages import LANGS
from layers.language.wording import Wording
from layers.view.question import Refusal

COUNTS: Final = {"drawn": "n_drawn", "low": "n_low", "high": "n_high"}
"""Columns that count what other tables say of one place."""
COUNTED: Final = ("n_drawn", "n_low", "n_high")
SHAPE_FILE = "shape.geojson"
SCENARIO_FILE = "scenario.geojson"
"""The changes to the places that were made first; the command reads it."""


def hand_over(answer: InsideAnswer | Refusal, form: Form) -> Package:
    """Return exactly the places that lie in the shape, surely or perhaps, and the shape itself.

    Parameters
    ----------
    answer
        As :func:`layers.inside.measure.measure` returns it.
    form
        See :func:`layers.handover.analysis_export.analysis_package`.

    Raises
    ------
    ParameterError
        With everything that is wrong with the form.
    """
    words: dict[str, Wording] = {lang: word(answer, lang) for lang in LANGS}
    if isinstance(answer, Refusal):
        return analysis_package(refused("inside", answer, words), form)
    found = answer.found
    return analysis_package(
        Answered(
            name="inside",
            city=answer.city,
            question=answer.question,
            words=words,
            layers=answer.question.layers,
            data={
                "places": Data(_places(answer), POINT, Look("point", line=LINE)),
                "shape": Data(_shape(answer), AREA, Look("area", line=LINE, weight=2.0)),
                "kinds": Data(found.kinds.rename(columns=COUNTS), intervals=(COUNTED,)),
                "districts": Data(districts_in(answer).to_frame().rename_axis("adcode")),
            },
            asked={"shape": str(answer.outline), **found.parameters, **_asked(answer)},
            result={
                "places": int(found.value),
                "places_low": found.low,
                "places_high": found.high,
                "of": found.n,
                "unmapped": found.n_unmapped,
                "doubt_unknown": found.n_unknown,
            },
            findings=(found,),
            files=_files(answer),
        ),
        form,
    )


def _files(answer: InsideAnswer) -> dict[str, bytes]:
    """Return the shape and the scenario as this program reads them back."""
    files = {SHAPE_FILE: to_file(answer.outline, answer.city.metric_epsg)}
    if answer.question.scenario is not None:
        files[SCENARIO_FILE] = scenario_file(answer.question.scenario)
    return files


def _asked(answer: InsideAnswer) -> dict[str, object]:
    """Return what else narrows or changes the places, where something does."""
    asked = answer.question
    told: dict[str, object] = {}
    if asked.options.places:
        told["places"] = sorted(asked.options.places)
    if asked.scenario is not None:
        told["scenario"] = asked.scenario.name
    return told


def _places(answer: InsideAnswer) -> gpd.GeoDataFrame:
    names = ["kind", "name_zh", "name_en", "level", "location_class", "uncertainty_m"]
    table = touched(answer)[[*names, "drawn", "share", "geometry"]]
    mapped = table[table.geometry.notna()].assign(drawn=lambda rows: rows["drawn"].astype(bool))
    return gpd.GeoDataFrame(mapped).rename_axis("id")


def _shape(answer: InsideAnswer) -> gpd.GeoDataFrame:
    columns = {"text": [str(answer.outline)], "area_km2": [answer.area.area / 1e6]}
    return gpd.GeoDataFrame(
        columns, index=["shape"], geometry=[answer.area], crs=answer.city.metric_epsg
    ).rename_axis("id")
