"""Show that the coverage page says, tables, draws and hands over one and the same answer."""

from __future__ import annotations

import io
import json
import math
import zipfile
from dataclasses import replace

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from pyproj import Geod

from layers.coverage import reach
from layers.coverage.drawing import BEYOND, WITHIN, draw, reached_twice
from layers.coverage.measure import ReachAnswer, ReachRefusal
from layers.coverage.question import drawn_layers, inputs, question, reach_of
from layers.coverage.radii import radii
from layers.coverage.tables import (
    distance_table,
    gap_table,
    out_of_reach_table,
    overlap_table,
    sole_table,
    target_table,
    unit_table,
)
from layers.coverage.wording import (
    caveats,
    doubt,
    further,
    percent,
    rules,
    sentence,
    span,
    worst_words,
)
from layers.handover.contents import FORMATS, Form
from layers.handover.documents import DICTIONARY, MANIFEST, SOURCES
from layers.handover.package import Package
from layers.language.messages import speaker
from layers.pack.city import City
from layers.places.spread import short_name
from layers.view.page_options import CoverageOptions
from layers.view.state import Filters, ViewState, default_state
from tests.answers import once
from tests.handover.beside import data_and_papers


def asked(city: City, **options: object) -> ViewState:
    chosen = CoverageOptions(**options)  # type: ignore[arg-type]
    return replace(default_state(city), coverage=chosen)


def coverage(city: City, state: ViewState) -> ReachAnswer:
    found = once(reach.measure, city, question(state))
    assert isinstance(found, ReachAnswer)
    return found


def refusal(city: City, state: ViewState) -> ReachRefusal:
    found = once(reach.measure, city, question(state))
    assert isinstance(found, ReachRefusal)
    return found


def package(answer: ReachAnswer | ReachRefusal, fmt: str) -> Package:
    return reach.hand_over(answer, Form(fmt))


@pytest.fixture(scope="module")
def ten(tianjin: City) -> ReachAnswer:
    return coverage(tianjin, asked(tianjin, radius_m=10_000))


@pytest.fixture(scope="module")
def small(toy: City) -> ReachAnswer:
    """Only the park at the middle of the first square: doubt 300 m, 3 km, a whole disc."""
    state = replace(
        asked(toy, radius_m=3_000),
        layers=frozenset({"science_park"}),
        filters=Filters(plan_status=frozenset({"existing_2020"})),
        later=False,
    )
    return coverage(toy, state)


def test_a_whole_disc_in_a_square_city(small: ReachAnswer) -> None:
    assert small.area.value == pytest.approx(9 * math.pi, rel=1e-4)
    assert small.rows["990101"]["share"] == pytest.approx(9 * math.pi / 100, rel=1e-3)
    assert small.rows["990104"]["share"] == 0
    assert small.resolution.verdict == "uncertainty.fixed"
    assert "7.1%" in sentence(small, "zh")


def test_residents_follow_their_district_evenly(small: ReachAnswer) -> None:
    people = small.inputs.residents
    expected = people["990101"] * small.rows["990101"]["share"] / people.sum()
    assert small.rows["city"]["people_share"] == pytest.approx(expected, rel=1e-9)


@pytest.mark.slow
def test_gaps_and_reach_fill_the_city(ten: ReachAnswer) -> None:
    whole = ten.inputs.districts.area.sum() / 1e6
    left = float(whole) - ten.area.value - float(ten.gaps["area_km2"].sum())
    assert -1e-6 <= left < 10
    assert list(ten.gaps["area_km2"]) == sorted(ten.gaps["area_km2"], reverse=True)


def test_a_larger_radius_never_covers_less(tianjin: City, ten: ReachAnswer) -> None:
    five = coverage(tianjin, asked(tianjin, radius_m=5_000))
    assert (five.units["share"] <= ten.units["share"] + 1e-9).all()
    assert (five.units["low"] <= ten.units["low"] + 1e-9).all()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_below_the_median_doubt_it_refuses_in_words(tianjin: City, lang: str) -> None:
    three = refusal(tianjin, asked(tianjin, radius_m=3_000))
    told = sentence(three, lang)
    assert draw(three, lang) is None
    assert reach.word(three, lang).account == ()
    assert "14" in told
    assert "62" in told
    assert "%" not in told
    joined = rules(three.inputs, lang)[-1]
    for radius, found in (("1", "0"), ("3", "14"), ("10", "51")):
        assert found in joined
        assert radius in joined


def test_no_place_is_said_in_words(tianjin: City) -> None:
    state = replace(asked(tianjin), layers=frozenset({"district"}))
    answer = refusal(tianjin, state)
    assert sentence(answer, "zh") == speaker("zh")("coverage_page.empty")
    assert rules(answer.inputs, "zh")


@pytest.mark.slow
def test_the_sentence_carries_the_simulated_interval(ten: ReachAnswer) -> None:
    row = ten.rows["city"]
    assert row["low"] < row["high"]
    assert (
        f"{100 * row['low']:.0f}–{100 * row['high']:.0f}%（90% 模拟区间）" in further(ten, "zh")[0]
    )
    found = ten.served["university"].found
    assert found is not None
    said, line = sentence(ten, "zh"), doubt(ten, "zh")
    assert f"{ten.served['university'].n} 处中 {found.low:.0f}–{found.high:.0f} 处" in line
    sure = int((2 * ten.inputs.mapped["uncertainty_m"] <= ten.inputs.radius_m).sum())
    assert f"{len(ten.inputs.mapped)} 处场所只有 {sure} 处" in line
    units = ten.units[ten.units["level"] == "district"]
    hardly = [code for code, high in units["high"].items() if high < 0.1]
    assert [short_name(ten.city, code, "zh") in said for code in units.index] == [
        code in hardly for code in units.index
    ]
    assert f"{100 * row['share']:.0f}%" not in said, "what is drawn stands in no first sentence"
    assert ten.simulation.parameters["draws"] == 500
    text = " ".join([sentence(ten, "zh"), *further(ten, "zh"), *caveats(ten.findings, "zh")])
    assert "置信区间" not in text
    assert "18 处" in text


def test_no_area_is_less_than_nothing(ten: ReachAnswer, tianjin: City) -> None:
    """Scan lines may find a district covered by a hair more than its whole."""
    for answer in (ten, coverage(tianjin, asked(tianjin, radius_m=5_000))):
        cells = unit_table(answer, "zh").astype(str).to_numpy().ravel()
        assert [cell for cell in cells if cell.startswith("-")] == []


def test_the_tables_read_least_first_and_keep_three_things_apart(ten: ReachAnswer) -> None:
    table = unit_table(ten, "zh")
    assert list(table.index[:4]) == ["天津市", "“津城”", "“滨城”", "其他区"]
    assert table.index[4] == "蓟州区"
    assert table.loc["蓟州区", "规划点名"] == "未点名"
    assert table.loc["蓟州区", "薄弱判断"] == "薄弱区"
    assert list(gap_table(ten, "zh")["区"][:3]) == ["蓟州区", "滨海新区", "宁河区"]
    assert 0 < len(sole_table(ten, "zh")) <= 10


def test_each_gap_carries_its_doubt_what_it_lacks_and_whom_it_swaps_with(ten: ReachAnswer) -> None:
    ninghe = ten.gaps[ten.gaps["within_id"] == "120117"].iloc[0]
    assert ninghe["low_km2"] < ninghe["area_km2"] < ninghe["high_km2"]
    own = ten.rows["120117"]  # one area only: its ground is the district
    assert ninghe["high_km2"] == pytest.approx((1 - own["low"]) * own["area_km2"], rel=1e-3)
    mapped, rim = ten.inputs.mapped, ten.inputs.districts.geometry["120119"]
    near = {k for k, rows in mapped.groupby("kind") if rows.distance(rim).min() < 10_000}
    told = ten.gaps[ten.gaps["within_id"] == "120119"].iloc[0]["missing"]
    assert near
    assert set(told) == set(mapped["kind"]) - near
    table = gap_table(ten, "zh")
    assert table["排序未定"].iloc[2] == "2、4"
    lacks = dict(zip(table["区"], table["全区都够不到的类别"], strict=True))
    assert near == {"gathering_area", "corridor_node"}
    assert lacks["蓟州区"] == "6 类，仅科技创新集聚区；京津创新带节点到达"
    assert (lacks["静海区"], lacks["津南区"]) == (
        "科技创新标志区；科技成果转移转化示范区",
        "试验区、示范区、先导区",
    )
    assert table["最远处到最近场所，模拟区间（公里）"].iloc[0] == "56–61"
    assert "±3.5" in table["最近场所（位置不确定度）"].iloc[0]


def test_overlaps_add_up_to_the_city(ten: ReachAnswer) -> None:
    table = overlap_table(ten, "zh")
    assert list(table.index) == ["0", "1", "2", "3–5", "6 处及以上"]
    whole = float(ten.inputs.districts.area.sum()) / 1e6
    assert ten.overlap.bands["area_km2"].sum() == pytest.approx(whole, rel=1e-6)
    assert float(table["占全市"].iloc[0].rstrip("%")) == pytest.approx(
        100 * (1 - ten.rows["city"]["share"]), abs=0.6
    )


@pytest.mark.slow
def test_the_distances_say_where_the_worst_tenth_lies(ten: ReachAnswer) -> None:
    table = distance_table(ten, "zh")
    assert list(table.index[:2]) == ["天津市", "蓟州区"]
    assert "蓟州区" in worst_words(ten, "zh")
    assert "42.5–46.3" in worst_words(ten, "zh")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_layer_does_not_cover_itself(tianjin: City, lang: str) -> None:
    kinds = frozenset({"platform", "university"})
    answer = coverage(
        tianjin,
        asked(tianjin, radius_m=10_000, sites=frozenset({"platform"}), targets=kinds),
    )
    plain = answer.inputs.mapped
    apart = plain.geometry.apply(lambda p: plain.distance(p).sort_values().iloc[1])
    found = answer.served["platform"].found
    assert found is not None
    assert found.value == (apart <= 10_000).sum() < len(plain) == 17
    table = target_table(answer, lang)
    assert table.iloc[0, -2] == "17"
    assert table.iloc[1, -2] == "0"
    assert table.iloc[0, 0] == "17"
    assert table.iloc[0, -1] == "13"
    named = out_of_reach_table(answer, lang)
    parts = pd.concat(
        row.found.points["covered_draws"] for row in answer.served.values() if row.found
    )
    assert set(named.index) == set(parts[parts < 0.995].index)
    assert named.iloc[:, 0].all()
    assert len(answer.inputs.universities) == 66


def test_a_target_in_too_much_doubt_is_refused_in_words(tianjin: City) -> None:
    state = asked(tianjin, radius_m=5_000, targets=frozenset({"transfer_zone"}))
    answer = coverage(tianjin, state)
    assert answer.served["transfer_zone"].found is None
    assert "科技成果转移转化示范区" in further(answer, "zh")[1]
    assert "不计算" in further(answer, "zh")[1]
    assert sentence(answer, "zh").startswith("创新空间的 5"), "the area alone"
    assert "暂不计算" in str(target_table(answer, "zh").iloc[0, 1])


def test_the_layers_chosen_are_measured_from_and_drawn(tianjin: City) -> None:
    chosen = asked(tianjin, sites=frozenset({"university"}))
    entering = inputs(tianjin, question(chosen))
    assert entering.kinds == ["university"]
    assert len(entering.mapped) == 59
    assert len(entering.universities) == 0
    assert len(entering.campuses) == 66
    shown = drawn_layers(tianjin, chosen)
    assert "university" in shown
    assert "platform" not in shown
    assert "district" in shown
    assert drawn_layers(tianjin, asked(tianjin)) == default_state(tianjin).layers - {"axis"}
    nodes = asked(tianjin, sites=frozenset({"corridor_node"}))
    assert "axis" in drawn_layers(tianjin, nodes)


def test_the_drawing_is_what_was_measured(ten: ReachAnswer) -> None:
    drawn = draw(ten, "zh")
    assert drawn is not None
    reached, beyond, within = drawn.shapes
    area = gpd.GeoDataFrame(reached.frame).to_crs(4548).geometry.iloc[0]
    assert area.area / 1e6 == pytest.approx(ten.area.value, rel=2e-3)
    assert area.intersection(ten.uncovered.geometry.union_all()).area < 2e-3 * area.area
    twice = reached_twice(ten.inputs)
    assert twice.area / 1e6 == pytest.approx(ten.overlap.value, rel=1e-2)
    served = ten.served["university"].found
    assert served is not None
    assert len(within.frame) + len(beyond.frame) == len(served.points)
    assert served.low <= len(within.frame) <= served.high
    assert (within.fill, beyond.fill) == (WITHIN, BEYOND)
    names = set(within.frame[within.name]) | set(beyond.frame[beyond.name])
    assert any("天津大学" in name for name in names)


def test_a_radius_from_a_time_states_what_it_assumes(tianjin: City) -> None:
    options = CoverageOptions(minutes=30, speed_kmh=52, detour_percent=130)
    assert reach_of(options).radius_m == pytest.approx(20_000)
    line = rules(inputs(tianjin, question(replace(asked(tianjin), coverage=options))), "zh")[4]
    assert "52" in line
    assert "1.3" in line
    assert "等时圈" in line


def test_what_does_not_matter_does_not_change_the_question(tianjin: City) -> None:
    state = asked(tianjin)
    other = replace(state, selected="120119", present=True, compare="120119")
    assert question(state) == question(other)
    assert question(state) == question(replace(state, lang="en"))
    assert question(state) != question(replace(state, later=False))


@pytest.mark.slow
def test_another_language_measures_nothing_anew(
    ten: ReachAnswer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same numbers in other words: what is measured late is measured once, too."""
    first = reach.word(ten, "zh")
    said = {name: len(table) for name, table in first.tables.items()}
    assert first.worst
    assert first.notes
    for name in (
        "geo.coverage.simulation.covered_by_draw",
        "layers.coverage.measure.doubt_of_distances",
    ):
        monkeypatch.setattr(name, None)
    told = reach.word(ten, "en")
    assert told.sentence != first.sentence
    assert told.account != first.account
    assert {name: len(table) for name, table in told.tables.items()} == said
    assert told.worst != first.worst
    assert radii(ten) is radii(ten)
    assert ten.distance_doubt is ten.distance_doubt


@pytest.mark.slow
@pytest.mark.parametrize("fmt", FORMATS)
def test_a_package_has_its_parameters_and_the_same_bytes(ten: ReachAnswer, fmt: str) -> None:
    first = package(ten, fmt)
    assert first.zip() == package(ten, fmt).zip()
    with zipfile.ZipFile(io.BytesIO(first.zip())) as archive:
        told = json.loads(archive.read("manifest.json"))
        assert {entry["name"] for entry in told["files"]} == {*archive.namelist()} - {
            "manifest.json"
        }
    assert told["asked"]["radius_m"] == 10_000
    assert told["data_date"] == ten.city.data_date
    city = told["result"]["units"][0]
    assert city["unit"] == "city"
    assert city["low"] == pytest.approx(ten.rows["city"]["low"])
    assert any("置信" not in c["zh"] and "模拟区间" in c["zh"] for c in told["caveats"])


def test_a_refusal_hands_over_no_area(tianjin: City) -> None:
    files = package(refusal(tianjin, asked(tianjin, radius_m=3_000)), "geojson").files
    assert list(files) == [DICTIONARY, SOURCES, MANIFEST]
    assert json.loads(files[MANIFEST])["result"]["refused"] == "uncertainty.refused"


def test_the_geojson_is_the_area_in_degrees(small: ReachAnswer) -> None:
    reach = json.loads(package(small, "geojson").files["reach.geojson"])
    areas = {f["properties"]["radius_m"]: f for f in reach["features"]}
    assert sorted(areas) == [3_000, 5_000, 10_000]
    for km in (3, 5):
        outline = shapely.geometry.shape(areas[1000 * km]["geometry"])
        area = gpd.GeoSeries([outline], crs=4326).to_crs(4548).area
        assert float(area.iloc[0]) / 1e6 == pytest.approx(km**2 * math.pi, rel=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "district"),
    [("science_park", "120104"), ("science_park", "120110"), ("corridor_node", "120115")],
)
def test_an_exported_reach_of_5_km_is_78_5_km2_on_the_ground(
    tianjin: City, kind: str, district: str
) -> None:
    state = replace(
        asked(tianjin, sites=frozenset({kind})),
        filters=Filters(district=frozenset({district})),
    )
    answer = coverage(tianjin, state)
    assert len(answer.inputs.mapped) == 1
    reach = json.loads(package(answer, "geojson").files["reach.geojson"])
    (outline,) = (f for f in reach["features"] if f["properties"]["radius_m"] == 5_000)
    ground, _ = Geod(ellps="GRS80").geometry_area_perimeter(
        shapely.geometry.shape(outline["geometry"])
    )
    assert abs(ground) / 1e6 == pytest.approx(78.54, rel=1e-3)


@pytest.mark.slow
def test_everything_on_the_page_is_in_the_files(ten: ReachAnswer) -> None:
    files = package(ten, "csv").files
    assert {name.removesuffix(".csv") for name in data_and_papers(files)} == {
        *("reach", "reached_twice", "reach_uncovered", "reach_sites", "reach_units"),
        *("reach_radii", "reach_overlap", "reach_distances", "reach_targets"),
        *(DICTIONARY.removesuffix(".csv"), SOURCES, MANIFEST),
    }
    gaps_ = files["reach_uncovered.csv"].decode("utf-8-sig").splitlines()
    for column in ("low_km2", "high_km2", "farthest_low_m", "missing", "open_with", "radius_m"):
        assert column in gaps_[0]
    told = json.loads(files["manifest.json"])
    assert told["asked"]["sites_from"][0] == "science_park"
    assert told["result"]["worst_tenth"]["low_m"] < told["result"]["worst_tenth"]["high_m"]
    assert any("最远的十分之一" in caveat["zh"] for caveat in told["caveats"])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_any_city_and_layer_can_be_asked(toy: City, lang: str) -> None:
    city = toy
    for layers in (frozenset(city.layers), frozenset({"university"}), frozenset()):
        state = replace(asked(city, radius_m=60_000), layers=layers)
        answer = reach.measure(city, question(state))
        assert sentence(answer, lang)
        if isinstance(answer, ReachAnswer):
            assert unit_table(answer, lang).shape[0] >= 4
            assert draw(answer, lang) is not None


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [(0.622, 0.71, "62–71%"), (0.324, 0.33, "32.4–33.0%"), (1, 1, "100%"), (0, 0, "0.0%")],
)
def test_an_interval_is_no_finer_than_it_is_wide(low: float, high: float, text: str) -> None:
    assert span(low, high) == text


def test_a_share_has_at_most_three_digits() -> None:
    assert [percent(s) for s in (0.0664, 0.5, 1.0)] == ["6.6%", "50%", "100%"]
