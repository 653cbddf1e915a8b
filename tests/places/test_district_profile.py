"""Show that a district's profile holds what stands there, and never says more than is known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from layers.language.values import THIN
from layers.pack.city import City
from layers.places.district_profile import compare, fullest, profile
from layers.places.spread import level_counts, spread, whole
from layers.view.totals import headline
from tests.handmade import handmade_city

CITY = handmade_city()


def test_a_district_holds_what_it_runs_and_what_stands_in_it() -> None:
    held = {code: set(profile(CITY, code, "zh").places.index) for code in CITY.districts.index}
    assert held == {
        "100001": {"park-a", "park-b", "gather-a", "sign-a"},
        "100002": {"gather-a", "plat-a"},
        "100003": {"later-a", "uni-a"},
        "100004": {"odd-a"},
    }


def test_the_fullest_district_holds_most_that_the_plan_names(tianjin: City) -> None:
    assert fullest(CITY) == "100001"
    assert fullest(tianjin) == "120116"


def test_the_matrix_counts_kinds_by_status() -> None:
    matrix = profile(CITY, "100001", "zh").matrix
    assert list(matrix.index) == ["science_park层", "sign_area层", "合计"]
    assert list(matrix.columns) == ["规划前已有", "规划争取", "合计"]
    assert matrix.to_numpy().tolist() == [[1, 0, 1], [0, 1, 1], [1, 1, 2]]
    # gather-a stands in the first district and is run by the second: it counts there alone.
    assert profile(CITY, "100002", "en").matrix.to_numpy().tolist() == [
        *([0, 1, 1], [1, 0, 1], [1, 1, 2])
    ]


def test_levels_keep_apart_what_is_only_aimed_at() -> None:
    levels = profile(CITY, "100001", "en").levels
    assert dict(levels["Places"]) == {"National (held)": 1, "National (striven for)": 1}
    assert profile(CITY, "100003", "en").levels.empty, "what does not count is of no level"


@pytest.mark.slow
def test_the_first_sentence_counts_each_place_once_where_it_is_run(tianjin: City) -> None:
    assert profile(CITY, "100001", "zh").sentence == (
        "计入西南区的有 2 处，其中国家级 1 处。规划争取国家级的 1 处，尚不算国家级。"
    )
    found = spread(whole(tianjin))
    for code in tianjin.districts.index:
        told = profile(tianjin, code, "zh").sentence
        n, unplaced = found.districts["n"][code], found.parameters["counted_unplaced"]
        if n:
            held, _ = level_counts(found, code)
            assert f"有 {n} 处，其中国家级 {held} 处" in told
        else:
            assert "规划未点名" in told
            assert f"另有 {unplaced} 处所属区待查" in told, "none is qualified"
    assert found.districts["n"].sum() == found.n


def test_tasks_are_those_of_its_places_and_those_that_name_it() -> None:
    tasks = profile(CITY, "100001", "zh").tasks
    assert [(task.clause.id, [link.id for link in task.places]) for task in tasks] == [
        ("c1", ["park-a", "gather-a"]),
        ("c1.1", ["park-a", "park-b"]),
        ("c1.box", ["sign-a"]),
    ]
    (task,) = profile(CITY, "100004", "en").tasks
    assert (task.clause.id, task.places, task.by_name) == ("c1.2", (), True)


@pytest.mark.parametrize(
    ("code", "named", "note"),
    [
        ("100001", True, "规划点名 2 处；其组成部分 1 处，不单独计数；"
                         "另有 1 条坐落本区、由他区管理。"),
        ("100002", True, "规划点名 1 处；由条目推断或为备选的 1 处。"),
        ("100003", False, "规划正文未点名本区的任何场所；规划印发后新增 1 处；"
                          "高等学校等背景场所 1 处，不在规划条目内。"),
        ("100004", False, "规划正文未点名本区的任何场所；"
                          "高等学校等背景场所 1 处，不在规划条目内。"),
    ],
)  # fmt: skip
def test_a_district_says_what_the_plan_names_and_never_that_it_has_nothing(
    code: str, named: bool, note: str
) -> None:
    told = profile(CITY, code, "zh")
    assert (told.named_by_plan, told.plan_note) == (named, note)


def test_neighbours_share_a_border_not_a_corner() -> None:
    told = profile(CITY, "100001", "zh")
    assert {n.adcode: round(n.border_km, 3) for n in told.neighbours} == {
        "100002": 10.0,
        "100003": 10.0,
    }


def test_the_half_of_a_district_is_told_with_its_note() -> None:
    told = profile(CITY, "100002", "zh")
    assert (told.half, told.half_note) == ("“津城”（本图集假定）", "说明")


def test_a_density_over_an_unsettled_area_is_marked(tianjin: City) -> None:
    """Hexi and Hongqiao: outline and published area differ by more than 5 %; Heping's do not."""
    off = tianjin.districts["polygon_deviation_pct"].abs() > 5
    assert (off["120103"], off["120106"], off["120101"]) == (True, True, False)
    both = compare(tianjin, "zh", "120103", "120106")
    density = both.loc["人口密度"] if "人口密度" in both.index else both.iloc[2]
    assert density.iloc[0].endswith("（面积待定）")
    assert density.iloc[1].endswith("（面积待定）")
    assert density.iloc[2].endswith("（含面积待定的区）")
    sure = profile(tianjin, "120101", "en").averages.iloc[2]
    assert "unsettled" not in sure.iloc[0]
    assert "unsettled" in sure.iloc[1]


def test_a_district_of_no_half_stands_alone() -> None:
    layer = CITY.layers["district"]
    bare = replace(layer, frame=layer.frame.assign(half=None, half_status=None))
    told = profile(replace(CITY, layers={**CITY.layers, "district": bare}), "100001", "en")
    assert told.half == ""
    assert list(told.averages.columns) == ["South-West", "Average of the city’s districts"]


def test_averages_are_sums_over_sums() -> None:
    averages = profile(CITY, "100001", "zh").averages
    # Residents 100 000 | (100 000 + 200 000) / 2 | 1 000 000 / 4; each has 100 km².
    # Counted and run here: park-a and sign-a | with gather-a and plat-a (2 + 2) / 2 | 4 / 4.
    # One of the four outlines is off by more than 5 %: the city's density is marked.
    city = f"2{THIN}500{THIN}人/平方公里（含面积待定的区）"
    assert averages.to_numpy().tolist() == [
        [f"100{THIN}000 人", f"150{THIN}000 人", f"250{THIN}000 人"],
        [f"100{THIN}平方公里"] * 3,
        [f"1{THIN}000{THIN}人/平方公里", f"1{THIN}500{THIN}人/平方公里", city],
        ["2", "2", "1"],
        ["1", "1", "0.5"],
        ["20", "13.3", "4"],
    ]
    assert list(averages.columns) == ["西南区", "“津城”（本图集假定）各区平均", "全市各区平均"]


def test_two_districts_side_by_side() -> None:
    both = compare(CITY, "en", "100001", "100004")
    assert list(both.columns) == ["South-West", "North-East", "Average of the city’s districts"]
    assert both.iloc[3].tolist() == ["2", "0", "1"]
    assert compare(CITY, "en", "100001", "100001").shape == (6, 2)


def test_figures_and_cautions() -> None:
    told = profile(CITY, "100004", "en")
    assert told.caution == "enclaves inside"
    figures = {row.name: row.value for row in told.figures}
    assert figures["polygon_deviation_pct"] == "+13%"
    assert figures["density"] == f"4{THIN}000{THIN}residents/km²"


def test_an_unknown_district_is_refused() -> None:
    with pytest.raises(KeyError):
        profile(CITY, "999999", "zh")
    with pytest.raises(KeyError):
        compare(CITY, "zh", "100001", "999999")


@pytest.mark.slow
def test_six_districts_of_tianjin_are_not_named(tianjin: City) -> None:
    profiles = [profile(tianjin, str(code), "zh") for code in tianjin.districts.index]
    silent = {told.name for told in profiles if not told.named_by_plan}
    assert silent == {"和平区", "河东区", "河西区", "河北区", "宁河区", "蓟州区"}
    assert all("规划正文未点名本区的任何场所" in t.plan_note for t in profiles if t.name in silent)
    assert "飞地" in next(told.caution for told in profiles if told.name == "宁河区")


def test_borders_in_tianjin_equal_what_a_union_saves(tianjin: City) -> None:
    outlines = tianjin.districts.geometry.to_crs(tianjin.metric_epsg)
    for code in ("120101", "120113", "120117"):
        found = {n.adcode: n.border_km for n in profile(tianjin, code, "zh").neighbours}
        for other in outlines.index.drop(code):
            lengths = (
                outlines[[code, other]].length.sum() - outlines[code].union(outlines[other]).length
            )
            # Each common line stands in both outlines and in the union in neither.
            assert found.get(str(other), 0.0) == pytest.approx(lengths / 2000, abs=0.1)


def test_national_places_of_tianjin(tianjin: City) -> None:
    # 17 rows by the facts, four of them titles; what two districts share counts in both.
    assert headline(tianjin).national == 13
