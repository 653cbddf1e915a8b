"""Hold the reach of a reader's own points against measuring every pair."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import numpy as np
import pytest

from geo.base.draws import LEAST_DRAWS, SEED, displacements
from geo.base.points import located
from layers.coverage import reach, siting
from layers.coverage.measure import ReachAnswer
from layers.coverage.question import OwnPoints, inputs
from layers.handover.contents import Form
from layers.handover.documents import MANIFEST
from layers.language.bilingual import Bilingual
from layers.pack.city import City
from layers.view.page_options import CoverageOptions
from layers.view.state import default_state

CORNER = np.array([500_000.0, 4_300_000.0])


def own(key: str = "a", total: int = 3_000, n: int = 300) -> OwnPoints:
    xy = np.random.default_rng(1).uniform(0, 20_000, (n, 2)) + CORNER
    about = {"file": "企业.csv", "read": total}
    name, kept = Bilingual("“企业.csv”", "“firms.csv”"), Bilingual("行业：信息", "trade: IT")
    return OwnPoints(key, name, xy, total, about, kept)


@pytest.fixture(scope="module")
def answer(toy: City) -> ReachAnswer:
    options = CoverageOptions(radius_m=4_000, targets=frozenset({"platform"}))
    state = replace(default_state(toy), coverage=options)
    found = reach.measure(toy, reach.question(state, own()))
    assert isinstance(found, ReachAnswer)
    return found


def test_points_are_within_reach_as_every_pair_says(answer: ReachAnswer) -> None:
    there = located(answer.inputs.mapped, argument="sites")
    moved = there.xy + displacements(there, draws=LEAST_DRAWS, seed=SEED)
    counts = [
        (np.hypot(*(own().xy[:, None] - at[None]).transpose(2, 0, 1)) <= 4_000).any(axis=1).sum()
        for at in moved
    ]
    assert answer.own is not None
    assert (answer.own.low, answer.own.high) == tuple(np.quantile(counts, [0.05, 0.95]))
    assert answer.served == {}, "places are not counted beside them"
    assert answer.question.options == CoverageOptions(radius_m=4_000, counted="own")


@pytest.mark.parametrize(("lang", "name"), [("zh", "“企业.csv”"), ("en", "“firms.csv”")])
def test_sentence_and_account_name_the_file_and_say_what_was_drawn(
    answer: ReachAnswer, lang: str, name: str
) -> None:
    words = reach.word(answer, lang)
    assert name in words.sentence
    told = " ".join(words.account)
    assert "3\u202f000" in told
    assert "300" in told
    assert "targets" not in words.tables
    assert len(words.legend()) == 4


@pytest.mark.slow
def test_points_are_drawn_in_one_picture_and_go_out_with_whether_they_are_reached(
    answer: ReachAnswer,
) -> None:
    drawn = reach.draw(answer, "zh")
    assert drawn is not None
    assert drawn.raster is not None
    assert len(drawn.shapes) == 1
    package = reach.hand_over(answer, Form("csv"))
    assert "_filtered_" in package.name
    files = package.files
    assert json.loads(files[MANIFEST])["filtered"]["zh"] == "行业：信息"
    rows = list(csv.DictReader(io.StringIO(files["reach_targets.csv"].decode("utf-8-sig"))))
    assert len(rows) == 300
    assert {"id", "lon", "lat", "covered", "covered_draws"} == {*rows[0]}
    manifest = json.loads(files[MANIFEST])
    assert manifest["asked"]["own_points"]["file"] == "企业.csv"
    assert "“企业.csv”" in manifest["result"]["zh"]


def test_a_file_without_a_point_in_the_city_is_said_to_have_none(toy: City) -> None:
    state = replace(default_state(toy), coverage=CoverageOptions(radius_m=4_000))
    found = reach.measure(toy, reach.question(state, own("none", total=0, n=0)))
    assert isinstance(found, ReachAnswer)
    assert found.own is None
    assert "没有点在市界内" in " ".join(reach.word(found, "zh").account)
    drawn = reach.draw(found, "zh")
    assert drawn is not None
    assert drawn.raster is None


def test_equal_keys_are_equal_questions_and_without_a_file_places_count(toy: City) -> None:
    state = default_state(toy)
    assert reach.question(state, own("a")) == reach.question(state, own("a"))
    assert hash(reach.question(state, own("a"))) == hash(reach.question(state, own("a")))
    assert reach.question(state, own("a")) != reach.question(state, own("b"))
    asked = replace(state, coverage=CoverageOptions(counted="own"))
    assert reach.question(asked) == reach.question(state)
    assert inputs(toy, reach.question(asked)).own is None


@pytest.mark.slow
def test_places_are_proposed_where_they_add_most_of_the_points(toy: City) -> None:
    options = CoverageOptions(radius_m=4_000, add=1, demand="own")
    state = replace(default_state(toy), coverage=options)
    given = own("siting", total=3_000)
    found = siting.measure(toy, siting.question(state, (), given))
    assert isinstance(found, siting.SitingAnswer)
    there = located(found.inputs.mapped, argument="sites").xy
    open_ = given.xy[~_near(given.xy, there).any(axis=1)]
    spots = located(found.candidates, argument="candidates").xy
    assert found.siting.gains.iloc[0] == 10 * _near(open_, spots).sum(axis=0).max()
    assert found.doubt is not None
    for lang, name in (("zh", "“企业.csv”"), ("en", "“firms.csv”")):
        words = siting.word(found, lang)
        assert name in words.sentence
        assert any("300" in note for note in words.notes)
        assert len(words.tables["proposed"]) == 1
    asked = json.loads(siting.hand_over(found, Form("csv")).files[MANIFEST])["asked"]
    assert asked["own_points"]["file"] == "企业.csv"


def _near(points: np.ndarray, sites: np.ndarray) -> np.ndarray:
    return np.asarray(np.hypot(*(points[:, None] - sites[None]).transpose(2, 0, 1)) <= 4_000)


def test_without_a_file_siting_serves_campuses(toy: City) -> None:
    state = replace(default_state(toy), coverage=CoverageOptions(demand="own"))
    assert siting.question(state).options.demand == "university"
    other = replace(state, coverage=CoverageOptions(demand="area"))
    assert siting.question(other, (), own()) == siting.question(other)
