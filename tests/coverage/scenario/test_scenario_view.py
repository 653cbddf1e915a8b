"""Show that a scenario is put beside the present in words, tables and a drawing, and stays out."""

from __future__ import annotations

import base64
import itertools
import math
import re
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest

from geo.base.errors import DataError
from geo.coverage.scenario import Scenario
from layers.coverage import scenario as comparison
from layers.coverage.question import Inputs, inputs, question
from layers.coverage.scenario_change import (
    GAINED,
    LOST,
    centres,
    change,
    draw_change,
    edit_words,
    fits,
    handles,
    points_of_percent,
    present,
    refusal,
    sentence,
    unit_table,
)
from layers.pack.city import City
from layers.view.page_options import CoverageOptions
from layers.view.state import Filters, ViewState, default_state
from tests.answers import once


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


@pytest.fixture(scope="module")
def asked(toy: City, state: ViewState) -> Inputs:
    return inputs(toy, question(state))


def compared(
    toy: City, state: ViewState, scenarios: tuple[Scenario, ...], *, doubt: bool
) -> comparison.ScenarioAnswer:
    found = once(comparison.measure, toy, comparison.question(state, scenarios, doubt=doubt))
    assert isinstance(found, comparison.ScenarioAnswer)
    return found


def degrees(east_km: float, north_km: float) -> tuple[float, float]:
    point = gpd.GeoSeries.from_xy([500_000 + 1000 * east_km], [4_300_000 + 1000 * north_km])
    (at,) = point.set_crs(4548).to_crs(4326)
    return at.x, at.y


def test_a_second_disc_adds_its_area_to_its_district_only(asked: Inputs) -> None:
    found = change(asked, Scenario("A").added(*degrees(15, 15), kind="platform", name="新"))
    assert found.area.value == pytest.approx(18 * math.pi, rel=1e-4)
    assert found.units["990104"]["change"] == pytest.approx(9 * math.pi / 100, rel=1e-3)
    table = unit_table(found, "zh")
    assert "丁区" in table.index
    assert "甲区" not in table.index
    assert table.loc["丁区", "变化（平方公里）"] == f"{9 * math.pi:+.1f}"


def test_gained_and_lost_are_drawn_apart(asked: Inputs) -> None:
    found = change(asked, Scenario("A").moved("park-one", *degrees(15, 15)))
    gained, lost, way = draw_change(found, "zh").shapes
    (line,) = gpd.GeoDataFrame(way.frame).to_crs(4548).geometry
    assert line.length == pytest.approx(math.hypot(10_000, 10_000), rel=1e-5)
    for part, corner in ((gained, (515_000, 4_315_000)), (lost, (505_000, 4_305_000))):
        shape = gpd.GeoDataFrame(part.frame).to_crs(4548).geometry.iloc[0]
        assert shape.area / 1e6 == pytest.approx(9 * math.pi, rel=1e-2)
        assert (shape.centroid.x, shape.centroid.y) == pytest.approx(corner, abs=30)
    assert gained.fill != lost.fill


def test_a_closed_site_never_covers_more(asked: Inputs) -> None:
    found = change(asked, Scenario("A").closed("park-one"))
    assert found.area.value == 0
    (ghost,) = handles(found, "zh")
    assert ghost.id == "park-one"
    assert not ghost.movable
    assert "方案中停用" in ghost.name
    row, said = found.units["city"], sentence(found, "zh")
    shown = [f"{100 * row[end]:.1f}%" for end in ("before", "after")]
    assert all(text in said for text in shown)
    apart = float(shown[1].rstrip("%")) - float(shown[0].rstrip("%"))
    assert f"（{apart:+.1f} 个百分点" in said, "the change is that of the figures shown"


@pytest.mark.slow
def test_a_scenario_starts_from_the_median_of_the_draws(tianjin: City) -> None:
    """What is drawn (13.9 %) lies below its own interval, as stand-ins share points."""
    asked = inputs(tianjin, question(default_state(tianjin)))
    drawn = present(asked)
    low, high = (float(drawn.units[end]["city"]) for end in ("low", "high"))
    plan = Scenario("A").added(117.3, 39.9, kind="platform", name="新站")
    for scenario in (Scenario("A"), plan):
        row = change(asked, scenario).units["city"]
        assert low <= row["before"] <= high
        assert row["before"] == pytest.approx(np.median(drawn.draws["city"]))
    answer = comparison.measure(tianjin, comparison.question(default_state(tianjin), (plan,)))
    words = comparison.word(answer, "zh")
    exact = f"{100 * asked.area.covered_share:.1f}%"
    table = words.tables["comparison"]
    assert exact not in " ".join([words.sentence, *words.captions, *table.to_numpy().ravel()])
    assert any(exact in note for note in words.notes), "it stands in the note, with the reason"


def test_every_mapped_site_can_be_taken_hold_of(tianjin: City) -> None:
    asked = inputs(tianjin, question(default_state(tianjin)))
    found = change(asked, Scenario("A").added(117.3, 39.9, kind="platform", name="新站"))
    marks = handles(found, "zh")
    assert len(marks) == len(asked.mapped) + 1
    assert all(mark.movable for mark in marks)
    assert marks[-1].name == "新站"
    assert marks[-1].id == "new-1"


@pytest.mark.slow
def test_nothing_of_a_scenario_reaches_the_pack(tianjin: City) -> None:
    before = tianjin.layers["science_park"].frame.copy()
    asked = inputs(tianjin, question(default_state(tianjin)))
    change(asked, Scenario("A").moved("park-tust", 117.1, 39.9)).units  # noqa: B018
    assert tianjin.layers["science_park"].frame.equals(before)
    again = inputs(tianjin, question(default_state(tianjin)))
    assert len(again.sites) == len(asked.sites)


def test_a_change_to_a_place_not_shown_is_refused(asked: Inputs) -> None:
    with pytest.raises(DataError):
        change(asked, Scenario("A").closed("gone"))


@pytest.mark.slow
def test_scenarios_stand_side_by_side_with_intervals(toy: City, state: ViewState) -> None:
    near = Scenario("近").added(*degrees(5, 5), kind="platform")
    far = Scenario("远").added(*degrees(15, 15), kind="platform")
    answer = compared(toy, state, (near, far), doubt=True)
    found, table = answer.comparison, comparison.word(answer, "zh").tables["comparison"]
    assert list(table.index) == ["现状", "近", "远"]
    assert table.loc["远", "改动（新增/移动/停用）"] == "1 / 0 / 0"
    assert found.parameters["draws"] == 500
    row = found.table.loc["远"]
    assert row["low"] == pytest.approx(9 * math.pi / 400, rel=2e-3)
    assert row["low"] <= row["high"]
    low, high = (100 * row[end] for end in ("low", "high"))
    said, after = comparison.result_of(answer, "远", "zh"), table["覆盖面积比例"]["远"]
    ends = "–".join(dict.fromkeys((f"{low:.1f}", f"{high:.1f}")))
    assert f"变为 {after!s}，增加 {ends} 个" in said


def shoelace_km2(path: str, latitude: float) -> float:
    """Area of the rings of an SVG path in Web Mercator, holes taken off by their turn."""
    total = 0.0
    for ring in path.removesuffix("Z").split("Z"):
        points = [at.split() for at in ring.removeprefix("M").split("L")]
        for (x, y), (u, v) in itertools.pairwise(points):
            total += (float(x) * float(v) - float(u) * float(y)) / 2
    return abs(total) / 1e6 * math.cos(math.radians(latitude)) ** 2


def test_small_pictures_show_what_the_table_says(toy: City, state: ViewState) -> None:
    x, y = degrees(15, 15)
    far, gone = Scenario("远").added(x, y, kind="platform"), Scenario("关").closed("park-one")
    answer = compared(toy, state, (far, gone), doubt=False)
    words = comparison.word(answer, "zh")
    table = words.tables["comparison"]
    assert [caption.split("：")[0] for caption in words.captions] == list(table.index)
    for caption, share in zip(words.captions, table["覆盖面积比例"], strict=True):
        assert share in caption
    pictures = comparison.pictures(answer)
    svgs = [base64.b64decode(uri.split(",")[1]).decode() for uri in pictures]
    assert len({svg.split('viewBox="')[1].split('"')[0] for svg in svgs}) == 1
    for svg, colour in ((svgs[1], GAINED["fill"]), (svgs[2], LOST["fill"])):
        (drawn,) = re.findall(f'<path d="([^"]+)" fill="{colour}"', svg)
        assert shoelace_km2(drawn, y) == pytest.approx(9 * math.pi, rel=0.02)
    assert [svg.count("<circle") for svg in svgs] == [0, 1, 0]


def test_a_scenario_of_other_places_does_not_fit(asked: Inputs) -> None:
    assert fits(asked, Scenario("A").closed("park-one").added(117.0, 39.0, kind="platform"))
    assert not fits(asked, Scenario("A").closed("elsewhere"))


def test_an_empty_scenario_says_so_and_words_name_the_place(asked: Inputs) -> None:
    assert "就看到变化" in sentence(change(asked, Scenario("A")), "zh")
    scenario = Scenario("A").closed("park-one").added(117.0, 39.0, kind="platform")
    assert edit_words(asked, scenario.edits[0], "zh") == "停用 · 第一大学科技园"
    added = edit_words(asked, scenario.edits[1], "zh")
    assert added == "新增 · new-1（丙区，玩具市西北约 13\u202f公里）"


def test_centres_lie_in_their_districts(asked: Inputs, toy: City) -> None:
    for code, (lon, lat) in centres(asked).items():
        spot = gpd.points_from_xy([lon], [lat])[0]
        assert toy.districts.geometry[code].covers(spot)


def test_a_radius_finer_than_the_doubt_is_refused(tianjin: City) -> None:
    state = replace(default_state(tianjin), coverage=CoverageOptions(radius_m=3_000))
    assert refusal(inputs(tianjin, question(state))) is not None
    assert refusal(inputs(tianjin, question(default_state(tianjin)))) is None
    found = comparison.measure(tianjin, comparison.question(state))
    assert isinstance(found, comparison.ScenarioRefusal)
    assert "暂不计算" in comparison.word(found, "zh").sentence


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0123, "+1.2"),
        (-0.0123, "-1.2"),
        (0.0004, "+0.04"),
        (-0.0004, "-0.04"),
        (0.00001, "0"),
        (-0.00001, "0"),
    ],
)
def test_a_change_is_signed(share: float, text: str) -> None:
    assert points_of_percent(share) == text
