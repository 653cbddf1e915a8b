"""Show that two scenarios are set against each other by area and campus, and in words and files."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as Xml

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely

from geo.base.draws import HIGH, LOW, SEED, displacements
from geo.base.points import located
from geo.coverage.difference import BOTH, ONLY_FIRST, ONLY_SECOND, PARTS, Difference, difference
from geo.coverage.scenario import Scenario, apply, to_file
from layers.analysis import ANALYSES
from layers.command_line.analysis import main
from layers.coverage import scenario as comparison
from layers.handover.contents import Form
from layers.handover.documents import DICTIONARY
from layers.language.messages import LANGS
from layers.pack.city import City
from layers.view.page_options import CoverageOptions
from layers.view.state import Filters, ViewState, default_state
from tests import ROOT
from tests.answers import once
from tests.plane import CRS

RADIUS_M = 3_000.0
ORIGIN = (500_000.0, 4_300_000.0)


def degrees(east_km: float, north_km: float) -> tuple[float, float]:
    point = gpd.GeoSeries.from_xy([ORIGIN[0] + 1000 * east_km], [ORIGIN[1] + 1000 * north_km])
    (at,) = point.set_crs(CRS).to_crs(4326)
    return at.x, at.y


def frame(spots: dict[str, tuple[float, float]], doubt_m: float) -> gpd.GeoDataFrame:
    """Points by id, in kilometres from a corner of the plane."""
    x, y = zip(*spots.values(), strict=True)
    at = gpd.points_from_xy(ORIGIN[0] + 1000 * np.array(x), ORIGIN[1] + 1000 * np.array(y))
    columns = {"kind": "platform", "uncertainty_m": doubt_m}
    return gpd.GeoDataFrame(columns, index=list(spots), geometry=at, crs=CRS)


SITES = frame({"a": (10, 10), "b": (14, 10)}, 900.0)
TOWN = gpd.GeoDataFrame(
    index=["town"],
    geometry=[shapely.box(*ORIGIN, ORIGIN[0] + 40_000, ORIGIN[1] + 30_000)],
    crs=CRS,
)
CAMPUSES = frame({"u1": (10, 12), "u2": (30, 20), "u3": (24, 10), "u4": (14, 11)}, 0.0)
NORTH = Scenario("北").added(*degrees(30, 20), kind="platform").closed("b")
EAST = Scenario("东").moved("b", *degrees(24, 10)).added(*degrees(12, 11), kind="platform")


def apart(first: Scenario, second: Scenario, draws: int) -> Difference:
    return difference(SITES, first, second, TOWN, radius_m=RADIUS_M, points=CAMPUSES, draws=draws)


def rows(found: Difference) -> dict[str, dict[str, float]]:
    return found.table.to_dict("index")  # type: ignore[return-value]


def test_discs_that_do_not_meet_are_told_apart_by_their_own_area() -> None:
    found = apart(NORTH, Scenario("东").closed("b").added(*degrees(24, 10), kind="p"), 0)
    disc = math.pi * 9
    assert found.table["area_km2"].to_dict() == pytest.approx(dict.fromkeys(PARTS, disc), rel=1e-4)
    assert found.table["points_reached"].to_dict() == dict.fromkeys(PARTS, 1)
    assert found.table["low_km2"].isna().all()


@pytest.mark.slow
def test_the_intervals_are_those_of_the_discs_drawn_one_by_one() -> None:
    """Second route: unite the discs of every draw with GEOS and overlay them."""
    found = rows(apart(NORTH, EAST, 500))
    km2: dict[str, list[float]] = {part: [] for part in PARTS}
    moved = []
    for scenario in (NORTH, EAST):
        there = located(apply(SITES, scenario), argument="sites")
        moved.append(there.xy + displacements(there, draws=500, seed=SEED))
    for one, other in zip(*moved, strict=True):
        a, b = (
            shapely.union_all(shapely.buffer(shapely.points(xy), RADIUS_M, quad_segs=64))
            for xy in (one, other)
        )
        for part, area in ((ONLY_FIRST, a - b), (ONLY_SECOND, b - a), (BOTH, a & b)):
            km2[part].append(area.area / 1e6)
    for part in PARTS:
        low, high = np.quantile(km2[part], [LOW, HIGH])
        row = found[part]
        assert (row["low_km2"], row["high_km2"]) == pytest.approx((low, high), abs=0.1)
    assert found[ONLY_SECOND]["low_km2"] < found[ONLY_SECOND]["high_km2"] - 0.5


def test_what_neither_has_changed_leaves_no_doubt_about_what_differs() -> None:
    """The doubtful site moves alike in both: a far site of one alone is exactly its disc."""
    here = Scenario("远").added(*degrees(30, 20), kind="p")
    far, alone = (
        rows(apart(here, other, 500)) for other in (Scenario("无").closed("b"), Scenario("今"))
    )
    ends = (alone[ONLY_FIRST]["low_km2"], alone[ONLY_FIRST]["high_km2"])
    assert ends == pytest.approx((9 * math.pi, 9 * math.pi), rel=2e-3)
    assert far[ONLY_FIRST]["high_km2"] > far[ONLY_FIRST]["low_km2"] + 0.5
    assert not alone[ONLY_SECOND]["area_km2"] + alone[ONLY_SECOND]["points_reached"]


@pytest.mark.slow
def test_the_order_only_changes_sides_and_a_scenario_equals_itself() -> None:
    one, other = rows(apart(NORTH, EAST, 500)), rows(apart(EAST, NORTH, 500))
    assert one[ONLY_FIRST] == pytest.approx(other[ONLY_SECOND])
    assert one[BOTH] == pytest.approx(other[BOTH])
    same = rows(apart(EAST, EAST, 500))
    assert max(*same[ONLY_FIRST].values(), *same[ONLY_SECOND].values()) == pytest.approx(
        0, abs=1e-9
    )


@pytest.fixture(scope="module")
def state(toy: City) -> ViewState:
    """One park at the middle of the first square; the squares' sides are 10 km."""
    return replace(
        default_state(toy),
        layers=frozenset({"science_park"}),
        filters=Filters(plan_status=frozenset({"existing_2020"})),
        later=False,
        coverage=CoverageOptions(radius_m=3_000),
    )


PLAN_A = Scenario("方案A").added(*degrees(15, 15), kind="platform", name="北站")
PLAN_B = Scenario("方案B").closed("park-one").added(*degrees(15, 5), kind="platform")


def answered(
    city: City, state: ViewState, *scenarios: Scenario, doubt: bool = True
) -> comparison.ScenarioAnswer:
    found = once(comparison.measure, city, comparison.question(state, scenarios, doubt=doubt))
    assert isinstance(found, comparison.ScenarioAnswer)
    return found


@pytest.mark.slow
def test_a_short_sentence_legend_and_table_say_the_same_figures(
    toy: City, state: ViewState
) -> None:
    answer = answered(toy, state, PLAN_A, PLAN_B)
    for lang in LANGS:
        words = comparison.word(answer, lang)
        first = words.account[0]
        table = words.tables["difference"]
        figures = table.iloc[:, 0].tolist()
        assert len(figures) == 3
        assert all(text in said for text, (_, said) in zip(figures, words.legend, strict=False))
        assert all(text.removesuffix("\u202fkm²") in first for text in figures[:2])
        assert all(name in first for name in ("方案A", "方案B"))
    zh = comparison.word(answer, "zh")
    assert len(zh.account[0].partition("：")[2] or zh.account[0]) <= 45
    assert "模拟区间" in zh.account[-1]
    drawn = comparison.word(answered(toy, state, PLAN_A, PLAN_B, doubt=False), "zh")
    assert f"{18 * math.pi:.1f}" in drawn.account[0], "two discs, as drawn"
    assert "按所画位置" in drawn.account[-1]


@pytest.mark.slow
def test_a_difference_on_one_side_or_on_none_is_said_as_that(toy: City, state: ViewState) -> None:
    more = PLAN_A.added(*degrees(5, 15), kind="platform")

    def first(*scenarios: Scenario) -> str:
        return comparison.word(answered(toy, state, *scenarios, doubt=False), "zh").account[0]

    assert "没有少覆盖的" in first(replace(more, name="甲"), PLAN_A)
    assert "没有多覆盖的" in first(PLAN_A, replace(more, name="甲"))
    assert "范围相同" in first(PLAN_A, replace(PLAN_A, name="甲"))


@pytest.mark.slow
def test_three_areas_and_the_changed_sites_are_drawn(toy: City, state: ViewState) -> None:
    answer = answered(toy, state, PLAN_A, PLAN_B, Scenario("方案C").closed("park-one"))
    drawing = comparison.draw(answer, "zh")
    assert drawing is not None
    *parts, first, second, closed = drawing.shapes
    assert len({(each.fill, each.dash) for each in parts}) == 2, "A keeps, B closes: none both"
    areas = [gpd.GeoDataFrame(each.frame).to_crs(CRS).area.sum() / 1e6 for each in parts]
    assert areas == pytest.approx([18 * math.pi, 9 * math.pi], rel=1e-2)
    told = [each.frame["told"].tolist() for each in (first, second, closed)]
    assert [names[0].split(" · ")[:2] for names in told] == [
        ["方案A", "新增"],
        ["方案B", "新增"],
        ["方案B", "停用"],
    ]
    (was,) = closed.frame.geometry
    assert (was.x, was.y) == pytest.approx(degrees(5, 5), abs=1e-4)
    assert closed.fill == first.line, "hollow"
    assert not drawing.handles
    assert len(comparison.word(answer, "zh").legend) == 5
    shared = answered(toy, state, PLAN_A, replace(PLAN_A, name="方案B"))
    drawn = comparison.draw(shared, "zh")
    assert drawn is not None
    assert drawn.shapes[-1].frame["told"].iloc[0].startswith("两个方案 · 新增")
    assert len(comparison.word(shared, "zh").legend) == 4, "nothing closes"


@pytest.mark.slow
def test_a_geopackage_holds_the_areas_each_in_its_own_colour(
    toy: City, state: ViewState, tmp_path: Path
) -> None:
    other = replace(PLAN_A, name="方案B").closed("park-one").added(*degrees(15, 5), kind="p")
    answer = answered(toy, state, PLAN_A, other)
    package = comparison.hand_over(answer, Form("gpkg", toy.metric_epsg))
    path = tmp_path / "scenario.gpkg"
    path.write_bytes(package.files["scenario.gpkg"])
    found = gpd.read_file(path, layer="scenario_difference")
    assert found["part"].tolist() == list(PARTS)
    assert (found.area / 1e6).tolist() == pytest.approx(found["area_km2"].tolist(), rel=1e-6)
    assert (found["low_km2"] <= found["high_km2"]).all()
    styles = pyogrio.read_dataframe(path, layer="layer_styles", read_geometry=False)
    root = Xml.fromstring(styles.set_index("f_table_name").loc["scenario_difference", "styleQML"])
    assert [c.attrib["value"] for c in root.iter("category")] == [
        "both",
        "only_first",
        "only_second",
    ]
    fills = {
        option.attrib["value"] for option in root.iter("Option") if option.get("name") == "color"
    }
    assert len(fills) == 3
    assert "scenario_difference" in package.files[DICTIONARY].decode("utf-8-sig")


@pytest.mark.slow
def test_the_command_sets_the_first_two_files_against_each_other(
    toy: City, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATLAS_PACKS", str(ROOT / "tests" / "toy"))
    files = []
    for scenario in (PLAN_B, PLAN_A):
        path = tmp_path / f"{scenario.name}.geojson"
        path.write_bytes(to_file(scenario))
        files += ["--scenario", str(path)]
    assert main(ANALYSES, ["scenario", "--city", toy.id, *files, "--doubt"]) == 0
    told = json.loads(capsys.readouterr().out)
    rows = told["tables"]["scenario_difference"]
    assert {(row["first"], row["second"]) for row in rows} == {("方案B", "方案A")}
    first = told["result"]["account"][0]["zh"]
    assert re.match("“方案B”另覆盖.*“方案A”另覆盖", first.rpartition("：")[2])
