from __future__ import annotations

import sys
import unicodedata
from dataclasses import replace
from typing import Any

import geopandas as gpd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Point, Polygon

from geo.base.errors import Problem
from geo.base.schema import Field, Schema
from geo.base.validation import (
    MAX_TEXT,
    Fault,
    geometry_problems,
    is_blank,
    is_date,
    printable,
    schema_problems,
    text_fault,
    text_problems,
)

SCHEMA = Schema(
    fields=(
        Field("id", required=True),
        Field("name", required=True),
        Field("level", allowed=frozenset({"high", "low"})),
        Field("area", "number"),
        Field("line", "integer"),
        Field("counted", "flag", required=True),
        Field("as_of", "date"),
    ),
    geometry=frozenset({"Point"}),
)
ROW: dict[str, Any] = {
    "id": "a",
    "name": "A",
    "level": "high",
    "area": 1.5,
    "line": 3,
    "counted": False,
    "as_of": "2021-08",
}


def told(problem: Problem) -> str:
    """Return which fault it is and its values, without the place."""
    return str(replace(problem, where="", row="", field="")).removeprefix(": ")


def faults(*rows: dict[str, Any]) -> list[tuple[str, str, str]]:
    problems = schema_problems(rows, SCHEMA, where="file")
    assert all(problem.where == "file" for problem in problems)
    return [(problem.row, problem.field, told(problem)) for problem in problems]


def test_a_sound_row_has_no_fault() -> None:
    assert faults(ROW) == []


def test_no_rows_have_no_fault() -> None:
    assert faults() == []


@pytest.mark.parametrize(
    ("field", "bad", "what"),
    [
        ("name", None, "value.blank"),
        ("name", " \n", "value.blank"),
        ("name", 3, "value.not_text value='3'"),
        ("level", "middle", "value.not_one_of value=\"'middle'\" known=('high', 'low')"),
        ("area", "1.5", "value.not_number value=\"'1.5'\""),
        ("area", True, "value.not_number value='True'"),
        ("area", float("nan"), "value.not_number value='nan'"),
        ("area", float("inf"), "value.not_number value='inf (> 1e308)'"),
        ("line", 3.0, "value.not_integer value='3.0'"),
        ("line", True, "value.not_integer value='True'"),
        ("counted", None, "value.blank"),
        ("counted", 1, "value.not_flag value='1'"),
        ("as_of", "2021-13", "value.not_date value=\"'2021-13'\""),
        ("as_of", 2021, "value.not_date value='2021'"),
        ("as_of", [1], "value.not_date value='[1]'"),
    ],
)
def test_each_wrong_value_is_named(field: str, bad: object, what: str) -> None:
    assert faults(ROW | {field: bad}) == [("a", field, what)]


@pytest.mark.parametrize("field", ["level", "area", "line", "as_of"])
def test_what_is_not_required_may_be_blank(field: str) -> None:
    assert faults(ROW | {field: None}) == []


def test_columns_are_compared_once_for_the_whole_file() -> None:
    less = {key: value for key, value in ROW.items() if key != "as_of"} | {"extra": 1}
    assert faults(less, less | {"id": "b"}) == [
        ("", "as_of", "column.missing"),
        ("", "extra", "column.unknown"),
    ]


def test_ids_repeat_once_however_often() -> None:
    assert faults(ROW, ROW, ROW) == [("a", "id", "id.repeated n=3")]


@pytest.mark.parametrize("bad", ["@a", "a b", "<b>", "区", "a" * 81, "-a", "a,b"])
def test_ids_are_fit_for_an_address(bad: str) -> None:
    what = "id.characters"
    assert (printable(bad), "id", what) in faults(ROW | {"id": bad})


def test_all_faults_of_all_rows_come_at_once() -> None:
    bad = {"id": None, "name": None, "level": "x", "area": "x", "line": "x", "counted": "x"}
    assert len(faults(bad | {"as_of": "x"}, ROW | {"name": ""})) == 7 + 1


@given(st.dates())
def test_every_date_is_a_date(day: Any) -> None:
    text = day.isoformat()
    assert is_date(text)
    assert is_date(text[:7])
    assert is_date(text[:4])


@pytest.mark.parametrize(
    "text", ["", "21", "2021-1", "2021-02-30", "2021-08-08T00", "２０２１", " 2021"]
)
def test_other_texts_are_not(text: str) -> None:
    assert not is_date(text)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=50))
def test_printable_characters_travel(text: str) -> None:
    assert text_fault(text) is None
    assert text_fault(f"{text}\t\n") is None


def test_exactly_the_control_characters_but_tab_and_newline_are_refused() -> None:
    near = [chr(code) for code in (*range(0x2100), *range(0xD700, 0xE100), sys.maxunicode)]
    refused = {sign for sign in near if text_fault(f"a{sign}b")}
    expected = {sign for sign in near if unicodedata.category(sign) in ("Cc", "Cs")}
    assert refused == expected - {"\t", "\n"}


def test_length_is_refused_above_the_limit_only() -> None:
    assert text_fault("长" * MAX_TEXT) is None
    fault = text_fault("长" * (MAX_TEXT + 1))
    assert fault == Fault("value.too_long", {"n": 10_001, "most": 10_000})


def test_text_is_searched_to_the_bottom_and_in_the_names() -> None:
    tree = {"id": "a", "deep": {"list": ["ok", {"inner": "\0"}]}, "bad\0name": 1, "number": 2}
    problems = text_problems([tree], where="file")
    assert [(p.row, p.field) for p in problems] == [("a", "deep.list[1].inner"), ("a", "")]


def test_a_row_without_id_is_named_by_its_number() -> None:
    (problem,) = text_problems([{"x": "fine"}, {"x": "\x07"}], where="file")
    assert problem.row == "#2"
    assert str(problem) == "file · #2 · x: value.control code='U+0007'"


@pytest.mark.slow
@given(st.text(max_size=200))
def test_printable_text_is_short_and_shows(text: str) -> None:
    shown = printable(text)
    assert len(shown) <= 60
    assert all(sign.isprintable() for sign in shown)


def test_blank() -> None:
    assert is_blank(None)
    assert is_blank(" \n")
    assert not is_blank(0)
    assert not is_blank(False)


BOW_TIE = Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])


def test_geometries_are_checked_by_row() -> None:
    shapes = gpd.GeoSeries(
        [Point(0, 0), None, LineString([(0, 0), (1, 1)]), Point(), Point(0, 0, 5)],
        index=["fine", "none", "line", "empty", "high"],
    )
    problems = geometry_problems(shapes, SCHEMA, where="file")
    assert [(p.row, told(p)) for p in problems] == [
        ("none", "geometry.missing"),
        ("line", "geometry.type type='LineString' allowed=('Point',)"),
        ("empty", "geometry.empty"),
        ("high", "geometry.heights"),
    ]


def test_an_area_that_crosses_itself_is_refused_with_the_place() -> None:
    schema = Schema(SCHEMA.fields, frozenset({"Polygon"}))
    (problem,) = geometry_problems(gpd.GeoSeries([BOW_TIE], index=["x"]), schema, where="file")
    assert problem.values == {"reason": "Self-intersection[0.5 0.5]"}


def test_a_geometry_may_be_missing_where_the_schema_says_so() -> None:
    schema = Schema(SCHEMA.fields, frozenset({"Point"}), geometry_required=False)
    assert geometry_problems(gpd.GeoSeries([None], index=["x"]), schema, where="file") == []
