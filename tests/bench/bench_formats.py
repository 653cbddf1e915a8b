"""Time the hand-over of a whole city in every format; each must hold what the GeoJSON holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import pandas as pd

from geo.formats.write_gis import short_names
from layers.handover.contents import ONE_SYSTEM, VIEW_FORMATS
from layers.handover.view_export import package
from layers.pack.city import City, load_city
from layers.view.state import default_state
from tests import ROOT
from tests.bench.table import Row
from tests.handover.read_back import columns, listed, read

TOTAL_S = 20.0
FIGURES = ("uncertainty_m", "area_km2", "population_2020_territorial", "length_km")
"""Columns whose sums must be those of the GeoJSON, where a table has them."""


def sums(rows: pd.DataFrame, names: Mapping[str, str]) -> dict[str, float]:
    """Return how many rows there are, how many have a place, and the sums of figures."""
    found = {"rows": float(len(rows))}
    for name in FIGURES:
        if names.get(name, name) in rows:
            held = pd.to_numeric(rows[names.get(name, name)], errors="coerce")
            found[name] = round(float(held.sum()), 3)
    return found


def expected(city: City) -> dict[str, dict[str, float]]:
    """Return the figures of the GeoJSON, read as plain JSON."""
    files = package(city, default_state(city), layers=tuple(city.layers)).files
    told = {}
    for id_ in city.layers:
        features = json.loads(files[f"{id_}.geojson"])["features"]
        told[id_] = sums(pd.DataFrame([each["properties"] for each in features]), {})
    return told


def check(city: City, fmt: str, files: Mapping[str, bytes], right: Mapping[str, object]) -> None:
    """Raise where a format holds other figures than the GeoJSON."""
    if fmt == "xlsx":
        if len(listed(files)) < len(city.layers["platform"].frame):
            raise AssertionError("the workbook lacks rows")
        return
    with TemporaryDirectory() as folder:
        for id_ in city.layers:
            called = short_names(columns(files)[id_]) if fmt == "shp" else {}
            found = sums(read(fmt, files, Path(folder), id_), called)
            if found != right[id_]:
                raise AssertionError(f"{fmt}, {id_}: {found} is not {right[id_]}")


def run() -> list[Row]:
    """Measure; raise where a format holds other figures than the GeoJSON."""
    city = load_city(ROOT / "data" / "tianjin")
    right = expected(city)
    rows, total = [], 0.0
    for fmt in VIEW_FORMATS:
        epsg = 4326 if fmt in ONE_SYSTEM else city.metric_epsg
        begun = perf_counter()
        layers = tuple(city.layers)
        files = package(city, default_state(city), fmt=fmt, epsg=epsg, layers=layers).files
        taken = perf_counter() - begun
        check(city, fmt, files, right)
        total += taken
        rows.append(Row(f"the whole city as {fmt}", taken, "s"))
    return [Row(f"the whole city in all {len(rows)} formats", total, "s", TOTAL_S), *rows]
