"""Show that GeoJSON leaves the atlas as RFC 7946 wants it, whatever comes in."""

from __future__ import annotations

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from geo.base.errors import CrsError, DataError, ParameterError
from geo.formats.read_geojson import read_geojson
from geo.formats.write_geojson import to_geojson
from tests.rfc7946 import check

CLOCKWISE = [(0, 0), (0, 4), (4, 4), (4, 0), (0, 0)]
COUNTER_CLOCKWISE = CLOCKWISE[::-1]
HOLE_COUNTER_CLOCKWISE = [(1, 1), (2, 1), (2, 2), (1, 2), (1, 1)]


def frame(*shapes: BaseGeometry | None, crs: object = 4326, **columns: object) -> gpd.GeoDataFrame:
    index = pd.Index([f"r{number}" for number in range(len(shapes))], name="id")
    return gpd.GeoDataFrame(columns, index=index, geometry=list(shapes), crs=crs)


def test_rings_turn_as_the_rule_says_and_the_input_stays() -> None:
    given_frame = frame(shapely.Polygon(CLOCKWISE, [HOLE_COUNTER_CLOCKWISE]))
    before = given_frame.copy(deep=True)
    root = check(to_geojson(given_frame))
    outer, hole = root["features"][0]["geometry"]["coordinates"]
    assert shapely.LinearRing([[float(x) for x in at] for at in outer]).is_ccw
    assert not shapely.LinearRing([[float(x) for x in at] for at in hole]).is_ccw
    pd.testing.assert_frame_equal(given_frame, before)
    assert not given_frame.geometry.iloc[0].exterior.is_ccw


def test_every_part_of_every_type_is_written() -> None:
    square = shapely.Polygon(CLOCKWISE)
    shapes = [
        shapely.Point(1, 2),
        shapely.MultiPoint([(1, 2), (3, 4)]),
        shapely.LineString([(0, 0), (1, 1)]),
        shapely.MultiLineString([[(0, 0), (1, 1)], [(2, 2), (3, 3)]]),
        square,
        shapely.MultiPolygon([square, shapely.box(10, 10, 11, 11)]),
        shapely.GeometryCollection([shapely.Point(0, 0), square]),
    ]
    data = to_geojson(frame(*shapes))
    check(data)
    written = [shapely.geometry.shape(f["geometry"]) for f in json.loads(data)["features"]]
    assert all(a.equals(b) for a, b in zip(written, shapes, strict=True))
    assert [a.geom_type for a in written] == [b.geom_type for b in shapes]


def test_places_without_a_site_are_kept_and_do_not_move_the_bbox() -> None:
    data = to_geojson(frame(None, shapely.Point(117, 39), shapely.Point(118, 38), shapely.Point()))
    root = check(data)
    assert [f["geometry"] is None for f in root["features"]] == [True, False, False, True]
    assert [float(x) for x in root["bbox"]] == [117, 38, 118, 39]


@pytest.mark.parametrize("shapes", [(), (None,), (None, shapely.Point())])
def test_no_geometry_no_bbox(shapes: tuple[BaseGeometry | None, ...]) -> None:
    root = check(to_geojson(frame(*shapes)))
    assert len(root["features"]) == len(shapes)


def test_digits_are_at_most_seven_and_without_noise() -> None:
    data = to_geojson(frame(shapely.Point(117.1 + 0.1, 39.123456789), shapely.Point(-1e-9, 1e-7)))
    check(data)
    assert b"[117.2,39.1234568]" in data
    assert b"[0.0,1e-07]" in data
    assert b"[117.2,39.12]" in to_geojson(frame(shapely.Point(117.2, 39.1234)), digits=2)


def test_bbox_is_that_of_the_written_positions() -> None:
    root = check(to_geojson(frame(shapely.Point(1.00000004, 2), shapely.Point(3, 4.00000006))))
    assert root["bbox"] == ["1.0", "2.0", "3.0", "4.0000001"]


def test_order_is_by_id_and_keys_keep_theirs() -> None:
    rows = frame(None, None, None, zeta=[1, 2, 3], alpha=["a", "b", "c"])
    data = to_geojson(rows)
    assert to_geojson(rows.iloc[[2, 0, 1]]) == data
    features = check(data)["features"]
    assert [f["id"] for f in features] == ["r0", "r1", "r2"]
    assert list(features[0]["properties"]) == ["id", "zeta", "alpha"]


def test_an_index_without_a_name_is_no_property() -> None:
    rows = frame(None, n=[1]).rename_axis(index=None)
    assert check(to_geojson(rows))["features"][0]["properties"] == {"n": "1"}


def test_values_of_every_type_come_out_as_json() -> None:
    rows = frame(
        None,
        None,
        text=pd.array(["中\n\t\"'\\<{{ 7*7 }}", None], dtype="object"),
        words=pd.array(["a", None], dtype="str"),
        number=[1.5, np.nan],
        whole=pd.array([2**53 + 1, None], dtype="Int64"),
        plain=np.array([3, 4], dtype="int32"),
        flag=pd.array([True, None], dtype="boolean"),
        sure=[False, True],
        scalar=pd.array([np.float64(0.1), pd.NaT], dtype="object"),
    )
    first, second = (f["properties"] for f in json.loads(to_geojson(rows))["features"])
    assert first == {
        "id": "r0",
        "text": "中\n\t\"'\\<{{ 7*7 }}",
        "words": "a",
        "number": 1.5,
        "whole": 2**53 + 1,
        "plain": 3,
        "flag": True,
        "sure": False,
        "scalar": 0.1,
    }
    blank = dict.fromkeys(("text", "words", "number", "whole", "flag", "scalar"))
    assert second == {"id": "r1", "plain": 4, "sure": True, **blank}


def test_reading_gives_back_what_was_written() -> None:
    rows = frame(
        shapely.Polygon(COUNTER_CLOCKWISE, [HOLE_COUNTER_CLOCKWISE[::-1]]),
        None,
        name=["甲", "乙"],
        n=[1.25, 2.5],
    )
    again = read_geojson(to_geojson(rows), where="test").set_index("id")
    assert list(again["name"]) == ["甲", "乙"]
    assert list(again["n"]) == [1.25, 2.5]
    assert again.geometry.iloc[0].equals_exact(rows.geometry.iloc[0], 0)
    assert again.geometry.iloc[1] is None


@pytest.mark.parametrize("crs", [None, 4548, 4490, 3857])
def test_another_crs_is_refused(crs: int | None) -> None:
    with pytest.raises(CrsError, match=r"writing\.(no_crs|not_wgs84)"):
        to_geojson(frame(shapely.Point(1, 2), crs=crs))


@pytest.mark.parametrize("crs", [4326, "OGC:CRS84"])
def test_wgs_84_is_taken_by_either_name(crs: object) -> None:
    check(to_geojson(frame(shapely.Point(1, 2), crs=crs)))


def test_every_position_beyond_the_globe_is_named() -> None:
    rows = frame(shapely.Point(180.1, 0), shapely.Point(0, 0), shapely.Point(0, -90.1))
    with pytest.raises(ParameterError) as caught:
        to_geojson(rows)
    assert [problem.row for problem in caught.value.problems] == ["r0", "r2"]
    check(to_geojson(frame(shapely.Point(-180, 90))))


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_positions_that_are_no_numbers_are_refused(bad: float) -> None:
    with np.errstate(invalid="ignore"):
        line = shapely.linestrings([(0, 0), (bad, 1)])
    with pytest.raises(ParameterError):
        to_geojson(frame(line))


@pytest.mark.parametrize("digits", [-1, 8])
def test_digits_beyond_reason_are_refused(digits: int) -> None:
    with pytest.raises(ParameterError, match="least=0 most=7"):
        to_geojson(frame(shapely.Point(1, 2)), digits=digits)


def test_all_that_json_cannot_hold_is_listed_at_once() -> None:
    shapes = (shapely.LinearRing(CLOCKWISE), shapely.Point(1, 2, 3), shapely.Point(1, 2))
    with pytest.raises(DataError) as caught:
        to_geojson(frame(*shapes).rename({"r1": "r2"}))
    told = {(problem.row, problem.key) for problem in caught.value.problems}
    assert told == {
        ("r0", "writing.type"),
        ("r2", "writing.height"),
        ("r2", "id.twice"),
    }
    values = pd.array([float("inf"), [1], pd.Timestamp("2026-01-01")], dtype="object")
    with pytest.raises(DataError) as caught:
        to_geojson(frame(None, None, None, bad=values))
    assert [(p.row, p.field) for p in caught.value.problems] == [
        ("r0", "bad"),
        ("r1", "bad"),
        ("r2", "bad"),
    ]


CORNERS = st.tuples(st.floats(-170, 160), st.floats(-80, 70), st.floats(0.001, 5))
TEXTS = st.text()


@st.composite
def squares(draw: st.DrawFn) -> shapely.Polygon:
    """A square with up to three square holes, each ring turning as it likes."""
    x, y, side = draw(CORNERS)
    rings = [shapely.box(x, y, x + side, y + side).exterior.coords[:]]
    for slot in range(draw(st.integers(0, 3))):
        at = side * (0.1 + 0.25 * slot)
        hole = shapely.box(x + at, y + at, x + at + 0.1 * side, y + at + 0.1 * side)
        rings.append(hole.exterior.coords[:])
    turned = [ring[::-1] if draw(st.booleans()) else ring for ring in rings]
    return shapely.Polygon(turned[0], turned[1:])


SHAPES = st.one_of(
    st.none(), squares(), st.lists(squares(), min_size=1, max_size=3).map(shapely.MultiPolygon)
)


@pytest.mark.slow
@given(st.lists(st.tuples(SHAPES, TEXTS, st.floats(allow_infinity=False)), max_size=6))
def test_whatever_comes_is_rfc_7946_and_comes_back(
    rows: list[tuple[BaseGeometry | None, str, float]],
) -> None:
    shapes = [shape for shape, _, _ in rows]
    texts = pd.array([text for _, text, _ in rows], dtype="object")
    numbers = np.array([number for _, _, number in rows], dtype="float64")
    given_frame = frame(*shapes, text=texts, number=numbers)
    data = to_geojson(given_frame)
    check(data)
    for (shape, text, number), feature in zip(rows, json.loads(data)["features"], strict=True):
        assert feature["properties"]["text"] == text
        assert feature["properties"]["number"] == (None if np.isnan(number) else number)
        if shape is None:
            assert feature["geometry"] is None
        else:
            again = shapely.geometry.shape(feature["geometry"])
            assert shapely.hausdorff_distance(again.boundary, shape.boundary) < 1e-7


def test_an_area_that_rounding_makes_cross_itself_is_written_as_its_valid_parts() -> None:
    """A dent down to the bottom edge leaves two triangles; a needle alone is kept as it is."""
    dented = shapely.Polygon([(0, 0), (1, 0), (1, 1), (0.5, 1e-9), (0, 1)])
    needle = shapely.Polygon([(0, 0), (1, 0), (1, 1e-9)])
    frame = gpd.GeoDataFrame(index=["a", "b"], geometry=[dented, needle], crs=4326)
    written = to_geojson(frame)
    first, second = (
        shapely.geometry.shape(each["geometry"]) for each in json.loads(written)["features"]
    )
    assert (first.geom_type, first.is_valid) == ("MultiPolygon", True)
    assert first.area == pytest.approx(0.5)
    assert second.geom_type == "Polygon"
    check(to_geojson(frame.iloc[:1]))
