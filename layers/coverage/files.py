"""Hand over an answer of the coverage page: areas for a GIS, tables, and what was asked."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd

from layers.coverage.drawing import reached_twice
from layers.coverage.measure import Coverage
from layers.coverage.question import Asked
from layers.coverage.radii import ring_areas, rings
from layers.handover.analysis_package import AREA, POINT, Tables, parcel, records
from layers.handover.package import Package


def package(answer: Coverage, fmt: str) -> Package:
    """Return the answer as files.

    Parameters
    ----------
    answer
        What was measured; where it was refused, the manifest alone.
    fmt
        ``geojson`` (EPSG:4326), ``gpkg`` (EPSG:4326, one file) or ``csv`` (the tables).

    Returns
    -------
    Package
        With the parameters on every area and in the manifest; the same answer gives the same
        bytes.
    """
    tables: Tables = {} if answer.area is None else _tables(answer)
    drawn = () if answer.area is None else (answer.distance_doubt,)
    result = {} if answer.units is None else _result(answer)
    return parcel(
        answer.asked.city,
        answer.asked.state,
        "coverage",
        fmt,
        tables,
        asked=parameters(answer.asked),
        result=result,
        findings=(answer.resolution, *answer.findings, *drawn),
    )


def _result(answer: Coverage) -> dict[str, Any]:
    assert answer.units is not None
    doubted = answer.distance_doubt
    worst = {"mean_m": doubted.value, "low_m": doubted.low, "high_m": doubted.high}
    return {"units": records(answer.units), "worst_tenth": worst}


def parameters(asked: Asked) -> dict[str, Any]:
    """Return what was asked: the radius, how it came about, and what entered."""
    return {
        "radius_m": asked.radius_m,
        "radius_from": asked.reach.label,
        **asked.reach.parameters,
        "sites_from": asked.kinds,
        "within_reach_of_sites": list(asked.targets),
        "sites": len(asked.mapped),
        "sites_unmapped": len(asked.sites) - len(asked.mapped),
    }


def _tables(answer: Coverage) -> Tables:
    assert answer.gaps is not None and answer.units is not None
    assert answer.overlap is not None and answer.distances is not None
    asked = answer.asked
    given: dict[str, Any] = {"radius_m": asked.radius_m, "data_date": asked.city.data_date}
    uncovered = answer.gaps.assign(**given)
    uncovered.index = pd.Index([f"gap-{rank}" for rank in uncovered.index], name="id")
    sites = asked.mapped[["kind", "name_zh", "name_en", "uncertainty_m", "geometry"]]
    sites = sites.assign(**given, sole_km2=answer.overlap.losses["sole_km2"])
    tables = {
        "reach": (ring_areas(answer).assign(data_date=asked.city.data_date), AREA),
        "reached_twice": (_twice(answer).assign(**given), AREA),
        "uncovered": (uncovered, AREA),
        "sites": (sites.rename_axis("id"), POINT),
        "units": (answer.units.rename_axis("unit"), frozenset()),
        "radii": (rings(answer).table.set_index(["kind", "radius_m"]), frozenset()),
        "overlap": (answer.overlap.bands, frozenset()),
        "distances": (answer.distances.units, frozenset()),
    }
    targets = _targets(answer)
    return {**tables, "targets": (targets, frozenset())} if len(targets) else tables


def _twice(answer: Coverage) -> gpd.GeoDataFrame:
    area = reached_twice(answer.asked)
    index = pd.Index(["reached-twice"], name="id")
    rows = {"area_km2": [area.area / 1e6], "least_places": [2]}
    found = gpd.GeoDataFrame(rows, index=index, geometry=[area], crs=answer.asked.sites.crs)
    return found[~found.geometry.is_empty]


def _targets(answer: Coverage) -> pd.DataFrame:
    """Return every place that should be within reach and whether it is, by layer."""
    names = ["kind", "name_zh", "name_en"]
    parts = [
        row.found.points.join(answer.asked.targets[kind][names])
        for kind, row in answer.served.items()
        if row.found is not None
    ]
    return pd.concat(parts).rename_axis("id") if parts else pd.DataFrame()
