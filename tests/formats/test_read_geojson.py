from __future__ import annotations

import json
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point

from geo.base.errors import DataError
from geo.base.schema import Field, Schema
from geo.base.validation import schema_problems
from geo.formats.read_geojson import decode_json, read_features, read_geojson, to_frame, to_table

SCHEMA = Schema(
    fields=(
        Field("id", required=True),
        Field("name"),
        Field("area", "number"),
        Field("line", "integer"),
        Field("counted", "flag", required=True),
        Field("on_axis", "flag"),
    ),
    geometry=frozenset({"Point"}),
)


def feature(geometry: object = None, **properties: object) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def collection(*features: object, **more: object) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features, **more}).encode()


def deep(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


def whats(data: bytes) -> list[str]:
    _features, problems = read_features(data, where="file")
    assert all(problem.where == "file" for problem in problems)
    return [str(problem).removeprefix("file").lstrip(" ·:") for problem in problems]


POINT = {"type": "Point", "coordinates": [117.2, 39.1]}
RING = [[0, 0], [1, 0], [1, 1], [0, 0]]


def test_a_frame_keeps_rows_columns_and_points() -> None:
    data = collection(feature(POINT, id="b", name="乙"), feature(None, id="a", name=None))
    frame = read_geojson(data, where="file")
    assert frame.crs.to_epsg() == 4326
    assert list(frame.columns) == ["id", "name", "geometry"]
    assert list(frame["id"]) == ["b", "a"]
    assert (frame.geometry[0].x, frame.geometry[0].y) == (117.2, 39.1)
    assert frame.geometry[1] is None


def test_an_empty_collection_is_an_empty_frame() -> None:
    frame = read_geojson(collection(), where="file")
    assert len(frame) == 0
    assert frame.crs.to_epsg() == 4326


@pytest.mark.parametrize(
    "geometry",
    [
        POINT,
        {"type": "Point", "coordinates": [1, 2, 3]},
        {"type": "MultiPoint", "coordinates": [[1, 2]]},
        {"type": "LineString", "coordinates": [[1, 2], [3, 4]]},
        {"type": "MultiLineString", "coordinates": [[[1, 2], [3, 4]]]},
        {"type": "Polygon", "coordinates": [RING]},
        {"type": "MultiPolygon", "coordinates": [[RING], [RING]]},
        None,
    ],
)
def test_sound_geometries_pass(geometry: object) -> None:
    assert whats(collection(feature(geometry, id="a"))) == []


NEST: dict[str, object] = {"type": "GeometryCollection", "geometries": []}
DEEP: list[object] = []
for _ in range(300):  # what nests must never reach GEOS, which has but one stack
    NEST = {"type": "GeometryCollection", "geometries": [NEST]}
    DEEP = [DEEP]

POSITIONS = "geometry: geojson.positions"


@pytest.mark.parametrize(
    ("geometry", "what"),
    [
        (7, "geometry: geojson.geometry_object"),
        ({"type": "point", "coordinates": [1, 2]}, "geometry: geojson.geometry_type"),
        ({"type": ["Point"], "coordinates": [1, 2]}, "geometry: geojson.geometry_type"),
        ({"type": "GeometryCollection", "geometries": []}, "geometry: geojson.geometry_type"),
        (NEST, "geometry: geojson.geometry_type"),
        ({"type": "MultiPolygon", "coordinates": DEEP}, POSITIONS),
        ({"type": "Point"}, POSITIONS),
        ({"type": "Point", "coordinates": []}, POSITIONS),
        ({"type": "Point", "coordinates": [1]}, POSITIONS),
        ({"type": "Point", "coordinates": ["1", "2"]}, POSITIONS),
        ({"type": "Point", "coordinates": [True, 2]}, POSITIONS),
        ({"type": "Point", "coordinates": [500_000, 4_300_000]}, "geometry: geojson.metres"),
        ({"type": "Point", "coordinates": [10**400, 1]}, "geometry: geojson.position value="),
        ({"type": "LineString", "coordinates": [1, 2]}, POSITIONS),
        ({"type": "LineString", "coordinates": [[1, 2]]}, "geometry: geojson.short_line"),
        ({"type": "MultiLineString", "coordinates": [[]]}, "geometry: geojson.short_line"),
        ({"type": "Polygon", "coordinates": [RING[:3]]}, "geometry: geojson.open_ring"),
        ({"type": "Polygon", "coordinates": [[*RING[:3], [9, 9]]]}, "geometry: geojson.open_ring"),
        ({"type": "Polygon", "coordinates": RING}, POSITIONS),
    ],
)
def test_malformed_geometries_are_named_by_row(geometry: object, what: str) -> None:
    (found,) = whats(collection(feature(POINT, id="fine"), feature(geometry, id="bad")))
    assert found.startswith(f"bad · {what}")


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "json.empty"),
        (b"{", "json.invalid"),
        (b"[NaN]", "json.constant value='NaN'"),
        (b"[" * 100_000, "json.nested"),
        (b"1" * 5_000, "geojson.no_collection"),
        ("天津".encode("gb18030"), "encoding.not_utf8 byte=0"),
        (b"null", "geojson.no_collection"),
        (b'{"type": "featurecollection", "features": []}', "geojson.no_collection"),
        (b'{"type": "FeatureCollection"}', "features: geojson.no_features"),
        (b"<VRTDataset/>", "json.invalid"),
        (collection(7), "#1: geojson.no_feature"),
        (
            collection({"type": "Feature", "properties": [], "geometry": None}),
            "#1 · properties: geojson.properties",
        ),
        (
            collection(feature() | {"properties": {"geometry": 1}}),
            "#1 · properties: geojson.geometry_column",
        ),
        (collection(crs={"properties": {"name": "EPSG:4548"}}), "crs: geojson.crs_other name="),
        (collection(crs=7), "crs: geojson.crs_unnamed"),
        (
            collection(crs={"properties": {"name": "urn:ogc:def:crs:EPSG::4326"}}),
            "crs: geojson.crs_axes",
        ),
        (collection(crs={"properties": {"name": "EPSG:4490"}}), "crs: geojson.crs_cgcs2000"),
        (
            collection({"type": "Feature", "properties": {"id": "a"}}),
            "a · geometry: geojson.without_geometry",
        ),
        (
            collection({"type": "Feature", "geometry": None}),
            "#1 · properties: geojson.without_properties",
        ),
        (b'{"type": 1, "type": 2}', "type: json.twice n=2"),
        (b'[{"id": "a", "x": 1, "x": 1}]', "a · x: json.twice n=2"),
        (collection(feature(POINT, id="a", name=deep(900))), "a · name[0][0]"),
        ("[1]".encode("utf-16"), "encoding.utf16 byte=0"),
        ("[1]".encode("utf-16-le"), "encoding.nul"),
        (
            collection(feature({"type": "Point", "coordinates": [38.9, 117.1]})),
            "#1 · geometry: geojson.s",
        ),
    ],
)
def test_files_that_are_no_geojson_are_refused_by_what_is_wrong(data: bytes, what: str) -> None:
    (found,) = whats(data)
    assert found.startswith(what)


def test_numbers_that_no_file_can_carry_are_faults_of_their_column() -> None:
    for digits in ("9" * 400, "9" * 5000, "1e999"):
        data = collection(feature(POINT, id="a", counted=True, area=7)).replace(
            b'"area": 7', f'"area": {digits}'.encode()
        )
        features, problems = read_features(data, where="file")
        assert problems == []
        rows = [f["properties"] for f in features]
        (problem,) = (p for p in schema_problems(rows, SCHEMA, where="file") if p.field == "area")
        assert problem.values == {"value": "inf (> 1e308)"}


def test_positions_that_are_no_degrees_are_told_with_what_they_look_like() -> None:
    for at, look in (
        ([509_999.9, 4_299_999.9], "geojson.metres"),
        ([38.9, 117.1], "geojson.swapped"),
    ):
        (found,) = whats(collection(feature({"type": "Point", "coordinates": at}, id="a")))
        assert look in found
        assert str(at[0]) in found


def test_a_legacy_member_that_names_wgs84_passes() -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    assert whats(collection(crs=crs)) == []


def test_a_byte_order_mark_is_passed_over() -> None:
    assert decode_json(b"\xef\xbb\xbf[1]", where="file") == ([1], [])


def test_all_problems_are_raised_at_once() -> None:
    bad = collection(feature(7, id="a", name="\0"), feature(POINT, id="b", name="\ud800"), 3)
    with pytest.raises(DataError) as caught:
        read_geojson(bad, where="file")
    assert [(p.row, p.field) for p in caught.value.problems] == [
        ("a", "geometry"),
        ("#3", ""),
        ("a", "name"),
        ("b", "name"),
    ]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["type", "features", "geometry", "coordinates", "properties", "crs"]),
            inner | st.sampled_from(["FeatureCollection", "Feature", "Point", "Polygon"]),
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_no_json_makes_the_reader_fail(tree: object) -> None:
    features, problems = read_features(json.dumps(tree).encode(), where="file")
    assert problems or isinstance(features, list)


@given(st.lists(JSON, max_size=3))
def test_no_features_make_the_reader_fail(features: list[object]) -> None:
    data = collection(*features)
    try:
        assert len(read_geojson(data, where="file")) == len(features)
    except DataError as error:
        assert error.problems


@given(st.binary(max_size=100))
def test_no_bytes_make_the_reader_fail(data: bytes) -> None:
    assert read_features(data, where="file")[1]


def test_a_table_tells_blanks_from_values() -> None:
    rows: list[dict[str, object]] = [
        {"id": "b", "name": " ", "area": None, "line": None, "counted": True, "on_axis": None},
        {"id": "a", "name": "甲", "area": 2, "line": 7, "counted": False, "on_axis": False},
    ]
    table = to_table(rows, SCHEMA)
    assert list(table.index) == ["b", "a"]
    assert table.at["b", "name"] is None
    assert table["area"].isna().tolist() == [True, False]
    assert table.at["b", "line"] is pd.NA
    assert table.at["b", "on_axis"] is None
    assert table.at["a", "on_axis"] is False
    assert table.dtypes.astype(str).to_dict() == {
        "name": "object",
        "area": "float64",
        "line": "Int64",
        "counted": "bool",
        "on_axis": "object",
    }


def test_a_frame_is_sorted_by_id_and_keeps_each_row_together() -> None:
    rows = [{"id": i, "name": i, "counted": True} for i in ("c", "a", "b")]
    frame = to_frame(rows, [Point(3, 0), None, Point(2, 0)], SCHEMA)
    assert isinstance(frame, gpd.GeoDataFrame)
    assert list(frame.index) == list(frame["name"]) == ["a", "b", "c"]
    assert frame.geometry.iloc[0] is None
    assert [point.x for point in frame.geometry.iloc[1:]] == [2, 3]
    assert list(frame.columns) == [*SCHEMA.names[1:], "geometry"]
    assert frame.crs.to_epsg() == 4326


def test_an_empty_frame_has_all_columns() -> None:
    frame = to_frame([], [], SCHEMA)
    assert list(frame.columns) == [*SCHEMA.names[1:], "geometry"]
    assert len(frame) == 0
