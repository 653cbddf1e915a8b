"""Show that proposed places bring what is said of them, and that a vain wish gets a sentence."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from layers.coverage.scenario_change import change
from layers.coverage.siting import (
    Answer,
    SitingAnswer,
    SitingRefusal,
    Spot,
    as_scenario,
    draw,
    hand_over,
    measure,
    question,
    word,
)
from layers.handover.contents import FORMATS, Form
from layers.pack.city import City
from layers.view.page_options import CoverageOptions
from layers.view.state import ViewState, default_state
from tests.answers import once


def sited(city: City, state: ViewState, drawn: tuple[Spot, ...] = ()) -> Answer:
    return once(measure, city, question(state, drawn))


def ask(city: City, **options: Any) -> Answer:
    return sited(city, replace(default_state(city), coverage=CoverageOptions(**options)))


def proposed(found: Answer) -> SitingAnswer:
    assert isinstance(found, SitingAnswer)
    return found


def sentence(answer: Answer) -> str:
    return word(answer, "zh").sentence


def proof(answer: Answer) -> str:
    return " ".join(word(answer, "zh").account)


def within(answer: Answer, ids: list[object]) -> int:
    """Count the campuses within reach by their plain distances."""
    asked = answer.inputs
    points = asked.universities[asked.universities.geometry.notna()].geometry
    sites = [*asked.mapped.geometry, *answer.candidates.geometry.loc[ids]]
    away = np.array([[p.distance(s) for s in sites] for p in points])
    return int((away.min(axis=1) <= asked.radius_m).sum())


def test_what_is_gained_is_what_plain_distances_say(tianjin: City) -> None:
    answer = proposed(ask(tianjin, candidates="district", add=3))
    chosen = list(answer.siting.chosen)
    assert answer.siting.value == within(answer, chosen)
    assert answer.siting.before == within(answer, [])
    singles = [within(answer, [id_]) for id_ in answer.candidates.index]
    assert within(answer, chosen[:1]) == max(singles)


@pytest.mark.slow
def test_more_places_never_cover_less(tianjin: City) -> None:
    values = []
    for p in (1, 2, 5):
        found = proposed(ask(tianjin, add=p)).siting
        assert found.value <= found.bound * (1 + 1e-9)
        values.append(found.value)
    assert values == sorted(values)


@pytest.mark.slow
def test_spots_stand_for_the_whole_area_and_all_residents(tianjin: City) -> None:
    area, people = (proposed(ask(tianjin, demand=d, add=1)) for d in ("area", "residents"))
    assert area.siting.total == pytest.approx(area.inputs.districts.area.sum() / 1e6)
    assert people.siting.total == pytest.approx(people.inputs.residents.sum())


@pytest.mark.parametrize(
    ("options", "key", "words"),
    [
        ({"candidates": "district", "add": 20}, "siting_page.too_many", "只有 16 个"),
        ({"candidates": "drawn"}, "siting_page.draw_first", "请在地图上点选"),
        ({"radius_m": 3_000}, "uncertainty.refused", "暂不计算"),
    ],
)
def test_a_wish_out_of_range_gets_its_sentence(
    tianjin: City, options: dict[str, Any], key: str, words: str
) -> None:
    answer = ask(tianjin, **options)
    assert isinstance(answer, SitingRefusal)
    assert answer.reason == key
    assert words in sentence(answer)
    assert proof(answer) == ""
    drawn = draw(answer, "zh", place=True)
    assert (drawn is None) == (key == "uncertainty.refused")
    if drawn is not None:  # the present reach alone
        assert len(drawn.shapes) == 1
        assert not drawn.handles
        assert drawn.place == (options["candidates"] == "drawn")


def test_a_share_out_of_reach_says_what_to_do(tianjin: City) -> None:
    answer = ask(tianjin, aim="share", goal_percent=100, candidates="district")
    assert "达不到 100%" in sentence(answer)
    assert "扩大半径" in sentence(answer)


@pytest.mark.slow
def test_the_fewest_for_a_share_are_fewest_by_trying_all_smaller_numbers(tianjin: City) -> None:
    """No smaller choice of district centres reaches 72 %: all of them are counted out."""
    answer = proposed(ask(tianjin, aim="share", goal_percent=72, candidates="district"))
    n = len(answer.siting.chosen)
    total = int(answer.inputs.universities.geometry.notna().sum())
    assert within(answer, list(answer.siting.chosen)) / total >= 0.72
    fewer = itertools.combinations(answer.candidates.index, n - 1)
    assert max(within(answer, list(some)) for some in fewer) / total < 0.72
    assert f"新增 {n} 处" in sentence(answer)
    assert "达到 72%" in sentence(answer)
    assert "少于此数不能达到" in proof(answer)


def test_a_share_that_is_reached_already_adds_nothing(tianjin: City) -> None:
    assert "不需增加" in sentence(ask(tianjin, aim="share", goal_percent=1))
    assert sentence(ask(tianjin, radius_m=60_000)) == "现状点已覆盖 100%，不需增加。"


def test_a_pack_without_anything_to_serve_gets_a_sentence(toy: City) -> None:
    state = replace(default_state(toy), layers=frozenset({"district"}))
    answer = sited(toy, replace(state, coverage=CoverageOptions(demand="area", add=1)))
    assert sentence(answer)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_table_map_and_scenario_hold_the_same_places(tianjin: City, lang: str) -> None:
    answer = proposed(ask(tianjin, add=3))
    drawn, scenario = draw(answer, lang), as_scenario(answer, lang)
    table = word(answer, lang).tables["proposed"]
    assert drawn is not None
    assert len(table) == len(drawn.handles) == 3
    for handle, edit in zip(drawn.handles, scenario.edits, strict=True):
        assert (handle.lon, handle.lat) == pytest.approx((edit.lon, edit.lat), abs=1e-6)
    assert change(answer.inputs, scenario).area.value > 0


@pytest.mark.slow
def test_drawn_candidates_are_weighed_by_plain_distances(tianjin: City) -> None:
    """Two campuses without a place near them, and an empty corner of the north."""
    state = default_state(tianjin)
    asked = ask(tianjin).inputs
    reach = [p.distance(asked.mapped.geometry).min() for p in asked.universities.geometry.dropna()]
    order = np.argsort(reach)[::-1]
    far = asked.universities.geometry.dropna().to_crs(4326).iloc[order[:2]]
    drawn = tuple(Spot(n, p.x, p.y) for n, p in zip((2, 10), far, strict=True))
    drawn = (Spot(1, 117.4, 40.2), *drawn)
    options = CoverageOptions(candidates="drawn", add=1)
    answer = proposed(sited(tianjin, replace(state, coverage=options), drawn))
    singles = {id_: within(answer, [id_]) for id_ in answer.candidates.index}
    assert answer.siting.value == max(singles.values())
    best = min(id_ for id_, n in singles.items() if n == max(singles.values()))
    assert answer.siting.chosen == (best,)
    shown = word(answer, "zh").tables["drawn"]
    assert list(shown.index) == ["备选点 1", "备选点 2", "备选点 10"]
    assert (shown["是否建议"] == "建议点 1").sum() == 1
    marks = draw(answer, "zh")
    assert marks is not None
    assert {m.id for m in marks.handles} == {s.id for s in drawn}
    assert all(m.movable for m in marks.handles)
    files = hand_over(answer, Form()).files
    assert len(json.loads(files["siting_candidates.geojson"])["features"]) == 3
    assert len(json.loads(files["siting_proposed.geojson"])["features"]) == 1


def test_of_equal_drawn_candidates_the_lower_number_is_proposed(tianjin: City) -> None:
    state = default_state(tianjin)
    options = CoverageOptions(candidates="drawn", add=1, demand="area")
    twins = (Spot(9, 117.5, 39.6), Spot(11, 117.5, 39.6), Spot(2, 117.5, 39.6))
    answer = proposed(sited(tianjin, replace(state, coverage=options), twins))
    assert answer.siting.chosen == ("drawn-02",)


@pytest.mark.slow
def test_fewer_than_asked_are_explained_and_a_bound_is_told(tianjin: City) -> None:
    """A candidate beyond the city brings nothing, so one of two is enough."""
    options = CoverageOptions(candidates="drawn", add=2, demand="area")
    spots = (Spot(1, 117.5, 39.6), Spot(2, 110.0, 39.6))
    answer = proposed(sited(tianjin, replace(default_state(tianjin), coverage=options), spots))
    assert answer.siting.chosen == ("drawn-01",)
    assert "1 处即可" in proof(answer)
    assert "已证明最优" in proof(answer)
    parameters = {**answer.siting.parameters, "bound_percent": 61.25}
    late = replace(
        answer.siting, method="siting.bounded", caveats=("siting.bound",), parameters=parameters
    )
    assert "不会超过 61.2%" in proof(replace(answer, siting=late))


def test_a_drawn_candidate_beyond_the_city_says_so(tianjin: City) -> None:
    state = replace(default_state(tianjin), coverage=CoverageOptions(candidates="drawn"))
    answer = sited(tianjin, state, (Spot(1, 116.4, 39.9),))
    assert word(answer, "zh").tables["drawn"]["位置"].tolist() == ["天津市以外，北京附近"]
    assert "只有 1 个" in sentence(answer)


@pytest.mark.slow
@pytest.mark.parametrize("fmt", FORMATS)
def test_the_files_say_what_was_asked(tianjin: City, fmt: str) -> None:
    made = hand_over(ask(tianjin, add=3), Form(fmt))
    told = json.loads(made.files["manifest.json"])
    assert told["asked"]["add"] == 3
    assert len(told["result"]["chosen"]) == 3
    assert told["methods"][0]["method"] == "siting.exact"


@pytest.mark.slow
@pytest.mark.parametrize("demand", ["university", "area", "residents"])
def test_the_doubt_of_what_stays_is_drawn_through(tianjin: City, demand: str) -> None:
    told = word(ask(tianjin, demand=demand, add=2), "zh")
    places = [f"{n} {where}（{gain}）" for n, where, gain in told.tables["proposed"].itertuples()]
    assert told.account[1] == "；".join(places) + "。"
    words = told.account[0]
    assert len(words) <= 50, "one line of doubt"
    before, after = (
        [float(x) for x in words.split(part)[1].split("%")[0].split("–")] for part in ("由 ", "至 ")
    )
    assert 0 < after[0] < after[1] <= 100
    assert before[0] <= after[0]
    assert "模拟区间" in words
    assert "未考虑用地、生态红线和交通" in told.sentence
    assert "%" not in told.sentence
    assert any("求解按图上点位" in note for note in told.notes)
    assert word(ask(tianjin, aim="share", goal_percent=1), "zh").account == ()


def test_a_pin_carries_its_rank_its_town_and_what_it_adds(tianjin: City) -> None:
    answer = proposed(ask(tianjin))
    drawing = draw(answer, "zh")
    assert drawing is not None
    pins = [handle for handle in drawing.handles if handle.id in map(str, answer.siting.chosen)]
    assert len(pins) == len(answer.siting.chosen) > 1
    for rank, (pin, gain) in enumerate(zip(pins, answer.siting.gains, strict=True), start=1):
        assert f">{rank}</text>" in pin.svg
        assert pin.name.startswith(f"建议点 {rank} · ")
        assert "区" in pin.name
        assert pin.name.endswith(f"{round(gain)} 个校区")
