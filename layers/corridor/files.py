"""Hand over what was measured along an axis: places, stretches, links, strip."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import pandas as pd

from geo.corridor.stretches import stretch
from layers.corridor.drawing import AXIS, EMPTY, LINK
from layers.corridor.measure import CorridorAnswer, link_lines, near_places, places_shown
from layers.corridor.strip import PAGE, strip
from layers.corridor.tables import place_name, tens
from layers.corridor.wording import word
from layers.handover.analysis_export import Answered, Data, analysis_package, refused
from layers.handover.contents import LINE, POINT, Form
from layers.handover.look import Look
from layers.handover.package import Package
from layers.language.bilingual import Bilingual, pair
from layers.language.messages import LANGS
from layers.language.wording import Wording
from layers.pack.catalogue import LEVELS
from layers.pack.city import City
from layers.view.question import Refusal
from layers.view.vague import doubt_counts

COUNTS: Final = {"low": "n_low", "high": "n_high"}
"""Columns of counts, where other tables have shares or metres."""
COUNTED: Final = ("n", "n_low", "n_high")


def hand_over(answer: CorridorAnswer | Refusal, form: Form) -> Package:
    """Return places, stretches and links as files; where there is no axis, only why.

    Parameters
    ----------
    answer
        As :func:`layers.corridor.measure.measure` returns it.
    form
        See :func:`layers.handover.analysis_export.analysis_package`.

    Raises
    ------
    ParameterError
        With everything that is wrong with the form.
    """
    words: dict[str, Wording] = {lang: word(answer, lang) for lang in LANGS}
    if isinstance(answer, Refusal):
        return analysis_package(refused("corridor", answer, words), form)
    found = answer.found
    return analysis_package(
        Answered(
            name="corridor",
            city=answer.city,
            question=answer.question,
            words=words,
            layers=answer.question.layers | {"axis"},
            data=_tables(answer),
            asked={"axis": answer.axis_id, **found.parameters},
            result={
                "places": int(found.value),
                "places_low": found.low,
                "places_high": found.high,
                "longest_empty_km": found.longest_m / 1000,
                "longest_empty_low_km": found.longest_low_m / 1000,
                "longest_empty_high_km": found.longest_high_m / 1000,
                "doubt_unknown": doubt_counts(places_shown(answer))["unknown"],
            },
            findings=(found,),
            files={
                f"corridor_strip_{lang}.svg": strip(answer, lang, PAGE).encode() for lang in LANGS
            },
        ),
        form,
    )


def _tables(answer: CorridorAnswer) -> dict[str, Data]:
    links = link_lines(answer)
    data = {
        "places": Data(_places(answer), POINT, Look("point", line=AXIS)),
        "stretches": Data(_stretches(answer), LINE, Look("line", line=AXIS, weight=2.6)),
        "gaps": Data(_gaps(answer), LINE, Look("line", line=EMPTY, weight=4.0, dash="dash")),
        "tens": Data(
            tens(answer).rename(columns=COUNTS),
            titles=_sorts(answer.city),
            intervals=(COUNTED,),
        ),
        "all_links": Data(answer.links.rename_axis("row")),
        "nodes": Data(_nodes(answer)),
    }
    if len(links):
        data["links"] = Data(links, LINE, Look("line", line=LINK, weight=2.0))
    return data


def _places(answer: CorridorAnswer) -> gpd.GeoDataFrame:
    names = ["kind", "name_zh", "name_en", "level", "location_class", "uncertainty_m", "geometry"]
    near = near_places(answer)
    measured = near[list(answer.found.places.columns)]
    return gpd.GeoDataFrame(near[names].join(measured)).rename_axis("id")


def _stretches(answer: CorridorAnswer) -> gpd.GeoDataFrame:
    """Return the stretches of the axis with the land and the city that each lies in."""
    table = answer.stretches.merge(answer.areas, how="left", left_on="area", right_index=True)
    ids = pd.Index([f"stretch-{n:02d}" for n in range(1, len(table) + 1)], name="id")
    table = table.assign(own=table["own"].eq(True)).set_index(ids)
    return _lines(table, answer)


def _gaps(answer: CorridorAnswer) -> gpd.GeoDataFrame:
    """Return the stretches between neighbours, those of no length left out."""
    table = answer.found.gaps[answer.found.gaps["length_m"] > 0]
    ids = pd.Index([f"gap-{n:02d}" for n in range(1, len(table) + 1)], name="id")
    return _lines(table.set_index(ids), answer)


def _lines(table: pd.DataFrame, answer: CorridorAnswer) -> gpd.GeoDataFrame:
    """Draw rows with ``from_m`` and ``to_m`` along the axis."""
    ends = zip(table["from_m"], table["to_m"], strict=True)
    shapes = [stretch(answer.found.axis, float(low), float(high)) for low, high in ends]
    return gpd.GeoDataFrame(table, geometry=shapes, crs=answer.city.metric_epsg)


def _nodes(answer: CorridorAnswer) -> pd.DataFrame:
    names = {
        f"name_{lang}": [place_name(answer, id_, lang) for id_ in answer.nodes.index]
        for lang in LANGS
    }
    return pd.DataFrame(names, index=answer.nodes.index, dtype=object).join(answer.nodes)


def _sorts(city: City) -> dict[str, Bilingual]:
    """Name the columns that count one kind or one level."""
    kinds = {f"kind_{id_}": layer.title for id_, layer in city.layers.items()}
    return kinds | {f"level_{level}": pair(f"level.{level}") for level in LEVELS}
