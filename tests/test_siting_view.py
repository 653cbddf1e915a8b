"""Show that proposed places bring what is said of them, and that a vain wish gets a sentence."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from layers.city import City
from layers.coverage_files import FORMATS
from layers.scenario_view import change
from layers.siting_view import (
    Sited,
    as_scenario,
    doubt_words,
    drawing,
    package,
    proof,
    sentence,
    sited,
    table,
)
from layers.state import CoverageOptions, default_state


def ask(city: City, lang: str = "zh", **options: Any) -> Sited:
    state = default_state(city, lang)  # type: ignore[arg-type]
    return sited(city, replace(state, coverage=CoverageOptions(**options)))


def within(answer: Sited, ids: list[object]) -> int:
    """Count the campuses within reach by their plain distances."""
    asked = answer.asked
    points = asked.universities[asked.universities.geometry.notna()].geometry
    sites = [*asked.mapped.geometry, *answer.candidates.geometry.loc[ids]]
    away = np.array([[p.distance(s) for s in sites] for p in points])
    return int((away.min(axis=1) <= asked.radius_m).sum())


def test_what_is_gained_is_what_plain_distances_say(tianjin: City) -> None:
    answer = ask(tianjin, candidates="district", add=3)
    assert answer.siting is not None
    chosen = list(answer.siting.chosen)
    assert answer.siting.value == within(answer, chosen)
    assert answer.siting.before == within(answer, [])
    singles = [within(answer, [id_]) for id_ in answer.candidates.index]
    assert within(answer, chosen[:1]) == max(singles)


def test_more_places_never_cover_less(tianjin: City) -> None:
    values = []
    for p in (1, 2, 5):
        found = ask(tianjin, add=p).siting
        assert found is not None and found.value <= found.bound * (1 + 1e-9)
        values.append(found.value)
    assert values == sorted(values)


def test_spots_stand_for_the_whole_area_and_all_residents(tianjin: City) -> None:
    area, people = (ask(tianjin, demand=d, add=1) for d in ("area", "residents"))
    assert area.siting is not None and people.siting is not None
    assert area.siting.total == pytest.approx(area.asked.districts.area.sum() / 1e6)
    assert people.siting.total == pytest.approx(people.asked.residents.sum())


@pytest.mark.parametrize(
    ("options", "key", "words"),
    [
        ({"candidates": "district", "add": 20}, "error.siting.p", "从 1 到备选点总数"),
        ({"radius_m": 3_000}, "uncertainty.refused", "不予计算"),
    ],
)
def test_a_wish_out_of_range_gets_its_sentence(
    tianjin: City, options: dict[str, Any], key: str, words: str
) -> None:
    answer = ask(tianjin, **options)
    assert (answer.siting, answer.refused) == (None, key)
    assert words in sentence(answer)
    assert drawing(answer) is None and proof(answer) == ""


def test_a_share_out_of_reach_says_what_to_do(tianjin: City) -> None:
    answer = ask(tianjin, aim="share", goal_percent=100, candidates="district")
    assert "达不到 100%" in sentence(answer) and "扩大半径" in sentence(answer)


def test_a_share_that_is_reached_already_adds_nothing(tianjin: City) -> None:
    assert "不需增加" in sentence(ask(tianjin, aim="share", goal_percent=1))


def test_a_pack_without_anything_to_serve_gets_a_sentence(toy: City) -> None:
    state = replace(default_state(toy), layers=frozenset({"district"}))
    answer = sited(toy, replace(state, coverage=CoverageOptions(demand="area", add=1)))
    assert sentence(answer)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_table_map_and_scenario_hold_the_same_places(tianjin: City, lang: str) -> None:
    answer = ask(tianjin, lang, add=3)
    drawn, scenario = drawing(answer), as_scenario(answer)
    assert drawn is not None and len(table(answer)) == len(drawn.handles) == 3
    for handle, edit in zip(drawn.handles, scenario.edits, strict=True):
        assert (handle.lon, handle.lat) == pytest.approx((edit.lon, edit.lat), abs=1e-6)
    assert change(answer.asked, scenario).area.value > 0


@pytest.mark.parametrize("fmt", FORMATS)
def test_the_files_say_what_was_asked(tianjin: City, fmt: str) -> None:
    made = package(ask(tianjin, add=3), fmt)
    told = json.loads(made.files["manifest.json"])
    assert told["asked"]["add"] == 3 and len(told["result"]["chosen"]) == 3
    assert told["methods"][0]["method"] == "siting.exact"


@pytest.mark.parametrize("demand", ["university", "area", "residents"])
def test_the_doubt_of_what_stays_is_drawn_through(tianjin: City, demand: str) -> None:
    answer = ask(tianjin, demand=demand, add=2)
    words = doubt_words(answer)
    low, high = (float(x) for x in words.split("覆盖 ")[1].split("%")[0].split("–"))
    assert 0 < low < high <= 100 and "模拟区间" in words
    assert doubt_words(ask(tianjin, aim="share", goal_percent=1)) == ""
