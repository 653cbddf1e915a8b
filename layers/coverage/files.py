"""Hand over what is within reach: areas for a GIS, tables, and what was asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.base.bridge import transformer
from geo.coverage.simulation import ReachedSimulation
from layers.coverage.drawing import DOUBLE, REACHED, UNREACHED, reached_twice
from layers.coverage.measure import ReachAnswer, ReachRefusal
from layers.coverage.question import Inputs
from layers.coverage.radii import radii, radius_areas
from layers.handover.analysis_export import Answered, Data, refused
from layers.handover.contents import AREA, POINT
from layers.handover.look import Look
from layers.handover.write_data import records
from layers.language.wording import Wording
from layers.view.vague import doubt_counts

OF_RADII: Final = (("share", "low", "high"),)
OF_UNITS: Final = (*OF_RADII, ("people_share", "people_low", "people_high"))
OF_GAPS: Final = (
    ("rest_km2", "low_km2", "high_km2"),
    ("farthest_m", "farthest_low_m", "farthest_high_m"),
)
"""Figures with the places as drawn, each with the interval of the draws beside it."""
SITE = Look("point", line="#17474C")


def area_look(style: Mapping[str, Any]) -> Look:
    """Return how a GIS draws an area as the map does.

    Parameters
    ----------
    style
        How the map draws it, fields of :class:`layers.map.overlay.Shapes` by name: ``line``,
        ``fill``, ``opacity`` and ``weight``, and ``dash`` and ``pattern`` where they are set.

    Returns
    -------
    Look
        Any ``dash`` of the map is the one dash that a GIS knows; the pattern ``hatch`` is kept.
    """
    return Look(
        "area",
        line=style["line"],
        fill=style["fill"],
        opacity=style["opacity"],
        weight=style["weight"],
        dash="dash" if style.get("dash") else "solid",
        hatched=style.get("pattern") == "hatch",
    )


def answered(answer: ReachAnswer | ReachRefusal, words: Mapping[str, Wording]) -> Answered:
    """Return an answer as it is handed over.

    Parameters
    ----------
    answer
        What was measured, as :func:`layers.coverage.measure.measure` returns it; where it was
        refused, no table.
    words
        The answer in each language, by ``zh`` and ``en``.
    """
    if isinstance(answer, ReachRefusal):
        return refused("reach", answer, words)
    return Answered(
        name="reach",
        city=answer.city,
        question=answer.question,
        words=words,
        layers=entering(answer.inputs),
        data=_tables(answer),
        asked=parameters(answer.inputs),
        result=_result(answer),
        findings=(answer.resolution, *answer.findings),
    )


def _result(answer: ReachAnswer) -> dict[str, Any]:
    doubted = answer.distance_doubt
    worst = {"mean_m": doubted.value, "low_m": doubted.low, "high_m": doubted.high}
    return {
        "units": records(answer.units.rename_axis("unit").reset_index()),
        "worst_tenth": worst,
    }


def entering(given: Inputs) -> frozenset[str]:
    """Return the layers of the places measured from and of those that should be within reach.

    Parameters
    ----------
    given
        What enters, as :func:`layers.coverage.question.inputs` gathers it.

    Returns
    -------
    frozenset
        Ids of the layers, of places without a point too.
    """
    return frozenset({*map(str, given.sites["kind"].unique()), *given.targets})


def parameters(given: Inputs) -> dict[str, Any]:
    """Return what was asked: the radius, how it came about, and what entered.

    Parameters
    ----------
    given
        What enters, as :func:`layers.coverage.question.inputs` gathers it.

    Returns
    -------
    dict
        ``radius_m``, metres; ``radius_from``, the key of its name; ``minutes``, ``speed_kmh`` and
        ``detour_factor`` where it follows from a time; ``sites_from`` and
        ``within_reach_of_sites``, ids of layers; ``sites`` and ``sites_unmapped``, how many have a
        point and how many have none; ``doubt_unknown``, of how many nobody knows how far off they
        may be; ``titles``, how many rows are titles of an area instead;
        ``own_points``, what became of a reader's file, where its points are counted.
    """
    return {
        "radius_m": given.radius_m,
        "radius_from": given.reach.label,
        **given.reach.parameters,
        "sites_from": given.kinds,
        "within_reach_of_sites": list(given.targets),
        "sites": len(given.mapped),
        "sites_unmapped": len(given.sites) - len(given.mapped),
        "doubt_unknown": doubt_counts(given.sites)["unknown"],
        "titles": given.titles,
        **({"own_points": given.own.about} if given.own is not None else {}),
    }


def _tables(answer: ReachAnswer) -> dict[str, Data]:
    given = answer.inputs
    fixed: dict[str, Any] = {"radius_m": given.radius_m, "data_date": given.city.data_date}
    uncovered = answer.gaps.assign(**fixed)
    uncovered.index = pd.Index([f"gap-{rank}" for rank in uncovered.index], name="id")
    sites = given.mapped[
        ["kind", "name_zh", "name_en", "location_class", "uncertainty_m", "geometry"]
    ]
    sites = sites.assign(**fixed, sole_km2=answer.overlap.losses["sole_km2"])
    reach = radius_areas(answer).assign(data_date=given.city.data_date)
    tables = {
        "reach": Data(reach, AREA, area_look(REACHED)),
        "reached_twice": Data(_twice(answer).assign(**fixed), AREA, area_look(DOUBLE)),
        "uncovered": Data(uncovered, AREA, area_look(UNREACHED), intervals=OF_GAPS),
        "sites": Data(sites.rename_axis("id"), POINT, SITE),
        "units": Data(_units(answer), intervals=OF_UNITS),
        "radii": Data(radii(answer).set_index(["kind", "radius_m"]), intervals=OF_RADII),
        "overlap": Data(answer.overlap.bands),
        "distances": Data(answer.distances.units),
    }
    targets = _targets(answer)
    return {**tables, "targets": Data(targets)} if len(targets) else tables


def _units(answer: ReachAnswer) -> pd.DataFrame:
    """Return the units; whether the plan names a place there is asked of districts alone."""
    named = answer.units["named"].astype("boolean")
    return answer.units.assign(named=named).rename_axis("unit")


def _twice(answer: ReachAnswer) -> gpd.GeoDataFrame:
    area = reached_twice(answer.inputs)
    index = pd.Index(["reached-twice"], name="id")
    rows = {"area_km2": [area.area / 1e6], "least_places": [2]}
    found = gpd.GeoDataFrame(rows, index=index, geometry=[area], crs=answer.inputs.sites.crs)
    return found[~found.geometry.is_empty]


def _targets(answer: ReachAnswer) -> pd.DataFrame:
    """Return every place that should be within reach and whether it is, by layer."""
    if answer.inputs.own is not None and answer.own is not None:
        return _own_targets(answer.own, answer.inputs)
    names = ["kind", "name_zh", "name_en"]
    parts = [
        row.found.points.join(answer.inputs.targets[kind][names])
        for kind, row in answer.served.items()
        if row.found is not None
    ]
    return pd.concat(parts).rename_axis("id") if parts else pd.DataFrame()


def _own_targets(found: ReachedSimulation, given: Inputs) -> pd.DataFrame:
    """Return a reader's own points, or those drawn, and whether each is within reach."""
    assert given.own is not None
    if given.own.terms is not None:
        return found.points.join(given.own.terms.set_axis(found.points.index)).rename_axis("id")
    lon, lat = transformer(given.city.metric_epsg, 4326).transform(*given.own.xy.T)
    return found.points.assign(lon=np.round(lon, 7), lat=np.round(lat, 7)).rename_axis("id")
