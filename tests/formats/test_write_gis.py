"""Open every format of other systems with another reader, and compare it with the GeoJSON."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import zipfile
from datetime import date
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from shapely import Point

from geo.formats.write_geopackage import Table
from geo.formats.write_gis import LONGEST_TEXT, WRITERS, cut_texts, short_names
from layers.handover.contents import GIS_FORMATS, ONE_SYSTEM, Form
from layers.handover.documents import DICTIONARY, MANIFEST
from layers.handover.view_export import package
from layers.pack.city import City
from layers.view.state import default_state
from tests.handover.read_back import read

DAY: Final = date(2026, 11, 22)
LONG = "很长的说明" * 40
TABLE: Final = Table(
    name="places",
    frame=gpd.GeoDataFrame(
        {
            "name_zh": ["海河“实验室”<b>&", "武清", None],
            "location_reason_zh": [LONG, "短", None],
            "location_reason_en": ["long", None, "c"],
            "uncertainty_m": [700.5, np.nan, 3.0],
            "plan_line": pd.array([493, None, 7], dtype="Int64"),
            "counted": [True, False, True],
            "blank": pd.array([None, None, None], dtype="Int64"),
        },
        index=pd.Index(["a", "b", "c"], name="id"),
        geometry=[Point(117.1, 39.1), None, Point(117.3, 39.3)],
        crs=4326,
    ),
    geometry=frozenset({"Point"}),
    title="场所 Places",
)


@pytest.mark.parametrize("fmt", GIS_FORMATS)
def test_rows_blanks_chinese_types_and_system_survive(fmt: str, tmp_path: Path) -> None:
    back = gpd.GeoDataFrame(read(fmt, WRITERS[fmt]([TABLE], stamp=DAY), tmp_path, "places"))
    assert len(back) == 3
    assert back.geometry.isna().tolist() == [False, True, False]
    assert back.geometry.iloc[2].distance(Point(117.3, 39.3)) < 1e-7
    assert back.crs.to_epsg() == 4326
    names = short_names(["id", *TABLE.frame.columns.drop("geometry")])
    column = {full: (short if fmt == "shp" else full) for full, short in names.items()}
    assert back[column["id"]].tolist() == ["a", "b", "c"]
    assert back[column["name_zh"]].tolist()[:2] == ["海河“实验室”<b>&", "武清"]
    assert (
        not isinstance(back[column["name_zh"]].iloc[2], str) or not back[column["name_zh"]].iloc[2]
    )
    if fmt in ("kml", "kmz"):  # what a globe writes beside the pin; a row without a name has its id
        assert back["Name"].tolist() == ["海河“实验室”<b>&", "武清", "c"]
    told = back[column["location_reason_zh"]].iloc[0]
    if fmt == "shp":
        assert told.endswith("…")
        assert LONG.startswith(told[:-1])
        assert LONGEST_TEXT - 3 < len(told.encode()) <= LONGEST_TEXT
    else:
        assert told == LONG
    numbers = pd.to_numeric(back[column["uncertainty_m"]])
    assert numbers.isna().tolist() == [False, True, False]
    assert numbers.iloc[0] == 700.5
    lines = pd.to_numeric(back[column["plan_line"]])
    assert lines.isna().tolist() == [False, True, False]
    assert back[column["blank"]].isna().all() or set(back[column["blank"]]) == {""}
    flags = back[column["counted"]].tolist()
    assert [str(flag).lower() in ("true", "1") for flag in flags] == [True, False, True]


@pytest.mark.parametrize("fmt", sorted({*GIS_FORMATS} - {"gdb"}))
def test_the_same_table_gives_the_same_bytes(fmt: str) -> None:
    assert WRITERS[fmt]([TABLE], stamp=DAY) == WRITERS[fmt]([TABLE], stamp=DAY)


def test_short_names_are_none_alike_and_ten_bytes_at_most() -> None:
    names = [f"location_reason_{n}" for n in range(120)] + ["locatio_05", "id"]
    found = short_names(names)
    assert len({*found.values()}) == len(names)
    assert all(len(name.encode()) <= 10 for name in found.values())
    assert found["locatio_05"] == "locatio_05"
    assert cut_texts(pd.DataFrame(TABLE.frame)) == 1


def test_geoparquet_states_version_and_system() -> None:
    data = WRITERS["parquet"]([TABLE], stamp=DAY)["places.parquet"]
    geo = json.loads(pq.read_schema(io.BytesIO(data)).metadata[b"geo"])
    assert geo["version"] == "1.1.0"
    assert geo["columns"]["geometry"]["crs"]["id"] == {"authority": "EPSG", "code": 4326}


@pytest.mark.slow
@pytest.mark.parametrize("fmt", GIS_FORMATS)
def test_a_city_leaves_with_the_rows_of_its_geojson(fmt: str, toy: City, tmp_path: Path) -> None:
    epsg = 4326 if fmt in ONE_SYSTEM else toy.metric_epsg
    layers = ("science_park", "platform", "district", "axis")
    files = package(toy, default_state(toy), fmt=fmt, epsg=epsg, layers=layers).files
    plain = package(toy, default_state(toy), layers=layers).files
    assert {DICTIONARY, MANIFEST} < files.keys()
    if fmt == "gdb":
        assert "toy.gdb.zip" in files
    if fmt == "shp":
        assert "locatio_" in files[DICTIONARY].decode("utf-8-sig")
        assert json.loads(files[MANIFEST])["cut_texts"] == 0
    for layer in layers:
        back = gpd.GeoDataFrame(read(fmt, files, tmp_path, layer))
        expected = gpd.read_file(io.BytesIO(plain[f"{layer}.geojson"]))
        assert sorted(back["id"]) == sorted(expected["id"])
        assert back.crs.to_epsg() == epsg
        mine = back.set_index("id").geometry.to_crs(4326)
        theirs = expected.set_index("id").geometry
        for id_, shape in theirs.items():
            if shape is None:
                assert mine[id_] is None
            else:
                assert mine[id_].hausdorff_distance(shape) < 1e-6


def test_kml_knows_one_system_only(toy: City) -> None:
    with pytest.raises(ValueError, match="one_crs"):
        package(toy, default_state(toy), fmt="kml", epsg=Form(epsg=toy.metric_epsg).epsg)


@pytest.mark.slow
def test_a_filegdb_holds_aliases_and_domains(toy: City, tmp_path: Path) -> None:
    """The catalogue is XML in the tables; where Debian's ogrinfo is, it reads it too."""
    state, layers = default_state(toy), ("platform", "district")
    files = package(toy, state, fmt="gdb", epsg=toy.metric_epsg, layers=layers).files
    with zipfile.ZipFile(io.BytesIO(files["toy.gdb.zip"])) as archive:
        assert {name.split("/")[0] for name in archive.namelist()} == {"toy.gdb"}
        held = b"".join(archive.read(name) for name in archive.namelist())
    for field in toy.layers["platform"].spec.schema.fields:
        named = f"<DomainName>platform_{field.name}</DomainName>".encode()
        assert (named in held) == bool(field.allowed)
    assert "国家级 National".encode() in held
    assert "<AliasName>级别 Level</AliasName>".encode() in held
    if shutil.which("ogrinfo"):
        path = tmp_path / "toy.gdb.zip"
        path.write_bytes(files["toy.gdb.zip"])
        asked = ["ogrinfo", "-fielddomain", "platform_level", str(path)]
        told = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
        assert "national: 国家级 National" in told
