"""Show that a GeoPackage holds what it was given, opens styled, and keeps its bytes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from geo.base.errors import CrsError, ParameterError
from geo.formats.write_geopackage import GEOMETRY_COLUMN, Table, to_geopackage

STAMP = date(2026, 11, 20)
POINT = frozenset({"Point"})
AREA = frozenset({"Polygon", "MultiPolygon"})
SQUARE = shapely.box(117, 39, 117.1, 39.1)


def places(crs: int = 4326) -> gpd.GeoDataFrame:
    columns = {
        "name": pd.array(["甲“园”", "' OR 1=1 --", None], dtype="object"),
        "number": [1.5, np.nan, -2.25],
        "whole": pd.array([7, None, 2**40], dtype="Int64"),
        "flag": pd.array([True, None, False], dtype="boolean"),
        "blank": pd.array([None, None, None], dtype="object"),
    }
    shapes = [shapely.Point(117.2, 39.1), None, shapely.Point(117.3, 39.2)]
    index = pd.Index(["a", "b", "c"], name="id")
    return gpd.GeoDataFrame(columns, index=index, geometry=shapes, crs=4326).to_crs(crs)


def areas() -> gpd.GeoDataFrame:
    index = pd.Index(["s", "m"], name="id")
    shapes = [SQUARE, shapely.MultiPolygon([SQUARE, shapely.box(118, 39, 118.1, 39.1)])]
    return gpd.GeoDataFrame(index=index, geometry=shapes, crs=4326)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    tables = [
        Table("park", places(), POINT, title="园 Parks", style="<qgis a='1'/>"),
        Table("area", areas(), AREA),
    ]
    target = tmp_path / "atlas.gpkg"
    target.write_bytes(to_geopackage(tables, stamp=STAMP))
    return target


@pytest.fixture
def rows(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        yield connection


def test_layers_come_in_order_with_their_types(path: Path) -> None:
    listed = [tuple(row) for row in pyogrio.list_layers(path)]
    assert listed == [("park", "Point"), ("area", "MultiPolygon"), ("layer_styles", None)]


def test_rows_come_back_as_they_were(path: Path) -> None:
    again = pyogrio.read_dataframe(path, layer="park").set_index("id")
    told = places()
    assert list(again.columns) == list(told.columns)
    assert list(again.index) == ["a", "b", "c"]
    assert again.geometry.geom_equals_exact(told.geometry, 0).tolist() == [True, False, True]
    assert again.geometry.iloc[1] is None
    for name in ("name", "number", "whole", "flag", "blank"):
        before, after = told[name], again[name]
        assert after.isna().tolist() == before.isna().tolist()
        assert after.dropna().tolist() == before.dropna().tolist()


def test_columns_have_the_types_of_their_values(rows: sqlite3.Connection) -> None:
    told = {row["name"]: row["type"] for row in rows.execute("PRAGMA table_info(park)")}
    assert told == {
        "fid": "INTEGER",
        "geom": "POINT",
        "id": "TEXT",
        "name": "TEXT",
        "number": "REAL",
        "whole": "INTEGER",
        "flag": "BOOLEAN",
        "blank": "TEXT",
    }


def test_single_areas_become_multi_and_keep_their_shape(path: Path) -> None:
    again = pyogrio.read_dataframe(path, layer="area")
    assert set(again.geom_type) == {"MultiPolygon"}
    assert all(a.equals(b) for a, b in zip(again.geometry, areas().geometry, strict=True))


def test_the_style_stands_where_qgis_looks_for_it(rows: sqlite3.Connection) -> None:
    found = rows.execute(
        "SELECT * FROM layer_styles WHERE f_table_schema = '' AND f_table_name = 'park' "
        "AND f_geometry_column = ? AND useAsDefault",
        [GEOMETRY_COLUMN],
    ).fetchall()
    assert len(found) == 1
    assert found[0]["styleQML"] == "<qgis a='1'/>"
    assert found[0]["update_time"].startswith("2026-11-20T00:00:00")
    total = rows.execute("SELECT count(*) FROM layer_styles").fetchone()[0]
    assert total == 1


def test_contents_name_the_layers_and_the_data_date(rows: sqlite3.Connection) -> None:
    found = rows.execute("SELECT * FROM gpkg_contents").fetchall()
    assert {row["table_name"]: row["data_type"] for row in found} == {
        "park": "features",
        "area": "features",
        "layer_styles": "attributes",
    }
    assert all(row["last_change"].startswith("2026-11-20T00:00:00") for row in found)
    assert found[0]["description"] == "园 Parks"


def test_the_version_is_one_that_older_gis_know(rows: sqlite3.Connection) -> None:
    assert rows.execute("PRAGMA user_version").fetchone()[0] == 10_200
    application = rows.execute("PRAGMA application_id").fetchone()[0]
    assert application.to_bytes(4, "big") == b"GPKG"


def test_without_a_style_there_is_no_style_table(tmp_path: Path) -> None:
    target = tmp_path / "plain.gpkg"
    target.write_bytes(to_geopackage([Table("park", places(), POINT)], stamp=STAMP))
    assert [row[0] for row in pyogrio.list_layers(target)] == ["park"]


def test_the_same_content_gives_the_same_bytes_and_another_date_others() -> None:
    tables = [Table("park", places(), POINT, style="<qgis/>"), Table("area", areas(), AREA)]
    first = to_geopackage(tables, stamp=STAMP)
    assert to_geopackage(tables, stamp=STAMP) == first
    assert to_geopackage(tables, stamp=date(2026, 11, 21)) != first


@pytest.mark.parametrize("before", [None, "2001-02-03T04:05:06Z"])
def test_gdals_date_is_put_back(before: str | None) -> None:
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})
    try:
        to_geopackage([Table("park", places(), POINT)], stamp=STAMP)
        assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") == before
        with pytest.raises(pyogrio.errors.GeometryError):
            to_geopackage([Table("park", places(), frozenset({"Circle"}))], stamp=STAMP)
        assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") == before
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


@pytest.mark.parametrize("epsg", [4490, 4548, 4527])
def test_coordinates_are_east_then_north_in_any_system(tmp_path: Path, epsg: int) -> None:
    target = tmp_path / "x.gpkg"
    target.write_bytes(to_geopackage([Table("park", places(epsg), POINT)], stamp=STAMP))
    again = pyogrio.read_dataframe(target)
    assert again.crs.to_epsg() == epsg
    assert again.geometry.iloc[0].equals(places(epsg).geometry.iloc[0])
    with closing(sqlite3.connect(target)) as connection:
        blob = connection.execute("SELECT geom FROM park").fetchone()[0]
    x, y = np.frombuffer(blob[-16:], dtype="<f8")
    assert x == places(epsg).geometry.iloc[0].x
    assert y == places(epsg).geometry.iloc[0].y


@pytest.mark.parametrize("kept", [slice(0), slice(1, 2)])
def test_a_layer_without_rows_or_shapes_keeps_its_type(tmp_path: Path, kept: slice) -> None:
    target = tmp_path / "x.gpkg"
    target.write_bytes(to_geopackage([Table("park", places().iloc[kept], POINT)], stamp=STAMP))
    assert pyogrio.read_info(target)["geometry_type"] == "Point"
    assert pyogrio.read_info(target)["features"] == len(places().iloc[kept])


def test_mixed_types_share_an_open_column(tmp_path: Path) -> None:
    target = tmp_path / "x.gpkg"
    mixed = gpd.GeoDataFrame(geometry=[shapely.Point(1, 2), SQUARE], crs=4326)
    target.write_bytes(to_geopackage([Table("any", mixed, POINT | AREA)], stamp=STAMP))
    assert pyogrio.read_info(target)["geometry_type"] == "Unknown"
    assert set(pyogrio.read_dataframe(target).geom_type) == {"Point", "Polygon"}


def test_nothing_to_write_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"writing\.no_layer"):
        to_geopackage([], stamp=STAMP)


def test_every_layer_without_a_crs_is_named() -> None:
    bare = places().set_crs(None, allow_override=True)
    tables = [Table("one", bare, POINT), Table("two", places(), POINT), Table("three", bare, POINT)]
    with pytest.raises(CrsError) as caught:
        to_geopackage(tables, stamp=STAMP)
    assert [problem.row for problem in caught.value.problems] == ["one", "three"]
