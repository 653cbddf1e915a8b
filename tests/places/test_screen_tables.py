"""Show that the table equals the map, and that every layer says where it comes from."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from layers.pack.city import City
from layers.places.screen_tables import freshness, sources_table, table
from layers.view.index_numbers import index_numbers
from layers.view.rows import rows_in_view
from layers.view.state import Filters, allowed, default_state
from tests.handmade import PROVENANCE, handmade_city

CITY = handmade_city()
EVERYTHING = replace(default_state(CITY), layers=allowed(CITY).layers)


def test_rows_and_order_are_those_of_the_view() -> None:
    for state in (EVERYTHING, replace(EVERYTHING, lang="en"), default_state(CITY)):
        view = rows_in_view(CITY, state)
        twin = table(view, state.lang)
        assert list(twin.index) == list(view.places.index)


def test_the_number_is_that_of_the_map_and_blank_without_a_point(tianjin: City) -> None:
    state = replace(default_state(tianjin), filters=Filters(level=frozenset({"national"})))
    view = rows_in_view(tianjin, state)
    twin, drawn = table(view, "zh"), index_numbers(tianjin)
    for id_, number in twin["序号"].items():
        assert (None if number is pd.NA else number) == drawn.get(str(id_))
    assert set(twin.index[twin["序号"].isna()]) == set(view.places.index) - set(view.mapped.index)
    assert twin["序号"].isna().any()


def test_a_row_in_words() -> None:
    twin = table(rows_in_view(CITY, EVERYTHING), "zh")
    assert twin.loc["gather-a"].to_dict() == {
        "序号": 3,
        "名称": "丙集聚区",
        "类型": "gathering_area层",
        "子类": "—",
        "级别": "级别不详",
        "规划状态": "规划新建",
        "现状": "现状未核实",
        "区": "东南区（坐落西南区）",
        "位置可信度": "园区范围内",
        "位置不确定度（公里，估）": 2.5,
        "依托单位": "不详",
        "数据时点": "2026-01",
    }


@pytest.mark.parametrize(
    ("id_", "column", "expected"),
    [
        ("sign-a", "Level", "National (striven for)"),
        ("park-a", "Level", "National"),
        ("uni-a", "Plan status", "Not in the plan"),
        ("uni-b", "District", "unknown"),
        ("uni-a", "District", "site in North-West"),
        ("node-a", "District", "Elsewhere"),
        ("park-b", "Sub-kind", "Municipal science park"),
        ("uni-b", "Sub-kind", "unknown"),
        ("odd-a", "Sub-kind", "—"),
    ],
)
def test_cells_that_need_care(id_: str, column: str, expected: str) -> None:
    assert table(rows_in_view(CITY, EVERYTHING), "en").at[id_, column] == expected


def test_numbers_that_are_not_known_are_na_and_text_is_never_blank() -> None:
    twin = table(rows_in_view(CITY, EVERYTHING), "en")
    column = twin["Location uncertainty (km, estimated)"]
    assert column.dtype == "Float64"
    assert set(column.index[column.isna()]) == {"sign-a", "uni-b", "odd-a"}
    texts = twin.drop(columns=["No.", "Location uncertainty (km, estimated)"])
    assert texts.map(lambda text: isinstance(text, str) and text != "").all(axis=None)


def test_an_empty_view_gives_an_empty_table_with_its_columns() -> None:
    none = replace(EVERYTHING, filters=Filters(level=frozenset({"ministerial"})))
    twin = table(rows_in_view(CITY, none), "zh")
    assert len(twin) == 0
    assert list(twin.columns) == list(table(rows_in_view(CITY, EVERYTHING), "zh").columns)


def test_both_languages_have_the_same_shape() -> None:
    view = rows_in_view(CITY, EVERYTHING)
    assert table(view, "zh").shape == table(view, "en").shape


@pytest.mark.parametrize(
    ("verified", "days", "today", "until", "stale"),
    [
        ("2026-01-05", 30, date(2026, 2, 4), date(2026, 2, 4), False),
        ("2026-01-05", 30, date(2026, 2, 5), date(2026, 2, 4), True),
        ("2026-01", 30, date(2026, 1, 31), date(2026, 1, 31), False),
        ("2026", 1, date(2026, 1, 3), date(2026, 1, 2), True),
    ],
)
def test_a_layer_is_stale_after_its_days(
    verified: str, days: int, today: date, until: date, stale: bool
) -> None:
    provenance = replace(PROVENANCE, verified_on=verified, freshness_days=days)
    assert freshness(provenance, today) == (until, stale)


def test_the_sources_name_every_layer_and_the_base() -> None:
    sources = sources_table(CITY, "zh", today=date(2026, 1, 10))
    assert list(sources.index) == [*CITY.layers, "base.land"]
    assert sources.loc["platform"].to_dict() == {
        "图层": "platform层",
        "条数": 1,
        "资料来源": "资料汇编 https://example.org/src",
        "许可": "CC0-1.0",
        "获取日期": "2026-01-05",
        "核实日期": "2026-01-05",
        "时效": "有效至2026-02-04",
    }
    stale = sources_table(CITY, "en", today=date(2027, 1, 1))
    assert set(stale["Freshness"]) == {"Stale: due for checking by 2026-02-04"}
    assert stale.at["base.land", "Layers"] == "Base map: land"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_table_of_tianjin(tianjin: City, lang: str) -> None:
    state = replace(default_state(tianjin), layers=allowed(tianjin).layers)
    view = rows_in_view(tianjin, state)
    twin = table(view, lang)
    assert list(twin.index) == list(view.places.index)
    assert list(twin.iloc[:, 1]) == list(view.places[f"name_{lang}"])
    sources = sources_table(tianjin, lang, today=date(2026, 11, 22))
    assert set(sources.index) > set(tianjin.layers)
    assert sources.map(lambda cell: str(cell).strip() != "").all(axis=None)
