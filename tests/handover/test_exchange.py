"""Show that every export says in the terms of Darwin Core how sure a place is, and as of when."""

from __future__ import annotations

import io
import json
import math
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pyarrow.parquet as pq
import pyogrio
import pytest

from layers.handover.contents import Form
from layers.handover.selection import select
from layers.handover.view_export import package
from layers.intake.take_in import take_in
from layers.pack.city import City
from layers.pack.exchange import exchange_fields, with_exchange
from layers.view.state import default_state
from tests.handmade import handmade_city

CITY = handmade_city()


def same(one: float, other: float) -> bool:
    return one == other or (math.isnan(one) and math.isnan(other))


def rows(layer: str) -> gpd.GeoDataFrame:
    one = CITY.layers[layer]
    return with_exchange(one.frame, one.spec.schema.fields, found_on="2026-11")


def test_a_point_has_its_doubt_and_a_place_without_one_says_so() -> None:
    for id_, layer in CITY.layers.items():
        if not layer.spec.is_places:
            continue
        told = rows(id_)
        for place, source in layer.frame.iterrows():
            there = source["geometry"] is not None
            one = told.loc[place]
            if there:
                assert same(one["coordinateUncertaintyInMeters"], source["uncertainty_m"])
                assert one["georeferenceVerificationStatus"] == "requires verification"
                assert (one["georeferencedDate"], one["georeferencedDate_precision"]) == (
                    "2026-11",
                    "month",
                )
            else:
                assert math.isnan(one["coordinateUncertaintyInMeters"])
                assert one["georeferenceVerificationStatus"] == "requires georeference"
                assert one["georeferenceProtocol"] is one["georeferencedDate"] is None


def test_what_a_reader_has_verified_carries_the_day_on_which_that_was() -> None:
    layer = CITY.layers["science_park"]
    frame = layer.frame.assign(location_class="verified", as_of="2026-11-30")
    told = with_exchange(frame, layer.spec.schema.fields, found_on="2020")
    there = frame.geometry.notna()
    assert set(told.loc[there, "georeferenceVerificationStatus"]) == {"verified by contributor"}
    assert set(told.loc[there, "georeferencedDate"]) == {"2026-11-30"}
    assert set(told.loc[there, "georeferencedDate_precision"]) == {"day"}


def test_a_date_says_how_much_of_it_is_known() -> None:
    layer = CITY.layers["district"]
    dates = ["2020", "2020-11", "2020-11-01", None]
    told = with_exchange(layer.frame.assign(as_of=dates), layer.spec.schema.fields)
    assert list(told["as_of_precision"]) == ["year", "month", "day", None]
    assert list(told["as_of"])[:3] == dates[:3]


def test_circles_have_the_area_of_the_doubt_and_say_how_many_have_none() -> None:
    state = default_state(CITY)
    sheet = select(CITY, state, layers=None, form=Form("gpkg", 4548, circles=True)).sheets[-1]
    known = [
        (place, float(row["uncertainty_m"]))
        for id_ in sorted(state.layers & CITY.layers.keys())
        if CITY.layers[id_].spec.is_places
        for place, row in CITY.layers[id_].frame.iterrows()
        if row["geometry"] is not None and not math.isnan(row["uncertainty_m"])
    ]
    assert sheet.id == "uncertainty_circle"
    assert list(sheet.frame.index) == sorted(place for place, _ in known)
    areas = gpd.GeoDataFrame(sheet.frame).to_crs(CITY.metric_epsg).area
    for place, radius in known:
        assert areas[place] == pytest.approx(math.pi * radius**2, rel=3e-3)
    assert f"{len(known)} places have one" in sheet.facts[0].en
    plain = select(CITY, state, layers=None, form=Form("gpkg", 4548)).sheets
    assert "uncertainty_circle" not in {one.id for one in plain}


@pytest.mark.slow
def test_columns_have_one_type_in_all_layers(tianjin: City, tmp_path: Path) -> None:
    state, everything = default_state(tianjin), tuple(tianjin.layers)
    found: dict[tuple[str, str], set[str]] = {}
    (tmp_path / "a.gpkg").write_bytes(
        package(tianjin, state, fmt="gpkg", layers=everything).files["tianjin.gpkg"]
    )
    for layer in everything:
        told = pyogrio.read_info(tmp_path / "a.gpkg", layer=layer)
        for name, kind in zip(told["fields"], told["ogr_types"], strict=True):
            found.setdefault(("gpkg", name), set()).add(kind)
    files = package(tianjin, state, fmt="parquet", layers=everything).files
    for layer in everything:
        for field in pq.read_schema(io.BytesIO(files[f"{layer}.parquet"])):
            found.setdefault(("parquet", field.name), set()).add(str(field.type))
    assert {key: kinds for key, kinds in found.items() if len(kinds) > 1} == {}


@pytest.mark.slow
@pytest.mark.parametrize("fmt", ["csv", "geojson", "parquet", "kml", "fgb"])
def test_our_own_export_brings_its_doubt_back(tianjin: City, tmp_path: Path, fmt: str) -> None:
    state = replace(default_state(tianjin), lang="en")
    files = package(tianjin, state, fmt=fmt, layers=["platform"]).files
    path = tmp_path / f"platform.{fmt}"
    if fmt == "fgb":
        (tmp_path / "platform.fgb").write_bytes(files["platform.fgb"])
        path = tmp_path / "platform.geojson"
        gpd.read_file(tmp_path / "platform.fgb").to_file(path, driver="GeoJSON")
    else:
        path.write_bytes(files[path.name])
    taken = take_in(path, tianjin, {})
    assert taken.reading is not None, taken.report
    frame = tianjin.layers["platform"].frame
    there = frame[frame.geometry.notna()].sort_index()
    read = taken.reading.rows
    used = read[read["status"].isin(["used", "outside"])]
    assert sorted(used["uncertainty_m"]) == sorted(there["uncertainty_m"])
    told = {one.key: one.values for one in taken.report.found}
    assert told["doubt_stated"]["value"] == len(there)
    assert told["doubt_stated"]["unknown"] == 0
    assert told["verification_stated"]["value"] == "georeferenceVerificationStatus"


@pytest.mark.slow
def test_the_dictionary_and_the_geojson_have_the_same_columns() -> None:
    files = package(CITY, default_state(CITY), fmt="geojson", circles=True).files
    for id_ in ("science_park", "district"):
        first = json.loads(files[f"{id_}.geojson"])["features"][0]["properties"]
        fields = exchange_fields(CITY.layers[id_].spec.schema.fields)
        assert list(first) == [field.name for field in fields]
    assert "uncertainty_circle.geojson" in files
