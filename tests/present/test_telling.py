"""Show that a scene says what its page says, in both languages and under every filter."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from layers.analysis import ANALYSES
from layers.inside.wording import word
from layers.language.bilingual import Bilingual
from layers.pack.city import City
from layers.places.spread import first_sentence, spread
from layers.present.story import Scene, stories
from layers.present.telling import Ask, Told, tell
from layers.view.rows import rows_in_view
from layers.view.state import ViewState, default_state
from tests.inside.test_inside import asked, circle

pytestmark = pytest.mark.slow

Tell = Callable[[Scene, ViewState], Told]


@pytest.fixture(scope="module")
def told(tianjin: City, ask: Ask) -> Tell:
    return lambda scene, over: tell(scene, tianjin, over, ask=ask)


def _scene(tianjin: City, id_: str) -> Scene:
    return next(scene for scene in stories(tianjin)["layout"].scenes if scene.id == id_)


@pytest.mark.parametrize("lang", ["zh", pytest.param("en", marks=pytest.mark.thorough)])
def test_every_scene_has_its_words(tianjin: City, told: Tell, lang: Any) -> None:
    for story in stories(tianjin).values():
        for scene in (story.of("120104") if story.any_district else story).scenes:
            found = told(scene, default_state(tianjin, lang))
            assert found.title
            assert found.sentence
            assert found.doubt
            assert "{" not in found.sentence + found.doubt
            assert found.table is not None
            assert len(found.table)


def test_the_first_scene_counts_as_the_layout_map_does(tianjin: City, told: Tell) -> None:
    found = told(_scene(tianjin, "overall"), default_state(tianjin))
    view = rows_in_view(tianjin, found.state)
    assert found.sentence == first_sentence(view, spread(view), "zh")
    assert found.bars is not None
    assert sum(found.bars.values.values()) == spread(view).n


def test_national_places_are_counted_one_by_one(tianjin: City, told: Tell) -> None:
    found = told(_scene(tianjin, "national"), default_state(tianjin))
    rows = rows_in_view(tianjin, default_state(tianjin)).places
    held = rows[
        rows["counted"].astype(bool)
        & (rows["level"] == "national").fillna(False)
        & ~(rows["level_basis"] == "aimed_at").fillna(False)
        & rows["host_adcode"].isin(tianjin.districts.index)
    ]
    assert f"{len(held)} 处" in found.sentence


def test_an_analysis_says_its_own_sentence(tianjin: City, told: Tell) -> None:
    found = told(_scene(tianjin, "dense"), default_state(tianjin, "en"))
    asked = ANALYSES["density"].question(found.state)
    answer = ANALYSES["density"].measure(tianjin, asked)
    assert found.sentence == ANALYSES["density"].word(answer, "en").sentence
    assert found.drawing is not None


def test_a_filter_is_said_in_the_title_and_in_words(tianjin: City, told: Tell) -> None:
    over = default_state(tianjin)
    over = replace(over, filters=replace(over.filters, district=frozenset({"120104"})))
    for id_ in ("overall", "dense", "reach"):
        found = told(_scene(tianjin, id_), over)
        assert "筛选" in found.title
        assert "南开区" in found.filtered


def test_a_year_and_a_filter_of_the_reader_stand_in_title_and_sentence(
    tianjin: City, told: Tell
) -> None:
    over = replace(default_state(tianjin), period="2020", later=False)
    found = told(_scene(tianjin, "national"), over)
    assert "2020" in found.title
    assert "2020" in found.sentence
    own = told(_scene(tianjin, "national"), default_state(tianjin))
    assert "筛选" not in own.sentence, "the scene's own filter is what its sentence is about"
    east = frozenset({"120110"})
    over = replace(default_state(tianjin), filters=replace(over.filters, district=east))
    assert told(_scene(tianjin, "national"), over).sentence.startswith("筛选后")


@pytest.mark.parametrize("id_", ["belt", "structure"])
def test_what_a_scene_itself_picks_out_is_no_filter(tianjin: City, told: Tell, id_: str) -> None:
    own = told(_scene(tianjin, id_), default_state(tianjin))
    assert "筛选" not in own.title + own.sentence + own.filtered
    over = default_state(tianjin)
    unseen = told(_scene(tianjin, id_), replace(over, layers=over.layers - {"platform"}))
    assert "筛选" not in unseen.title + unseen.sentence + unseen.filtered
    acts = replace(over, filters=replace(over.filters, district=frozenset({"120116"})))
    filtered = told(_scene(tianjin, id_), acts)
    assert "（筛选后）" in filtered.title
    assert filtered.sentence.startswith("筛选后：")
    assert filtered.filtered == "滨海新区"


def test_a_story_of_a_district_ends_with_its_own_reach(tianjin: City, told: Tell) -> None:
    last = stories(tianjin)["district"].of("120110").scenes[-1]
    found = told(last, default_state(tianjin))
    assert found.answered is not None
    row = found.answered[1].rows["120110"]
    low, high = (f"{100 * row[end]:.0f}" for end in ("low", "high"))
    assert found.sentence.startswith(f"东丽区面积的 {low}–{high}%")
    assert found.table is not None
    assert found.table.index[0] == "东丽区"
    west, _, east, _ = tianjin.districts.loc[["120110"]].total_bounds
    assert found.bounds is not None
    assert found.bounds[0] < west < east < found.bounds[2] < west + 2 * (east - west)


def test_one_is_said_in_the_singular(tianjin: City, told: Tell) -> None:
    over = default_state(tianjin, "en")
    over = replace(over, filters=replace(over.filters, district=frozenset({"120114"})))
    found = told(_scene(tianjin, "belt"), over)
    counted = int(found.sentence.split(": ")[-1].split()[0])
    assert ("nodes" in found.sentence) == (counted != 1)


def test_where_nothing_is_left_no_district_has_most(tianjin: City, told: Tell) -> None:
    over = default_state(tianjin)
    over = replace(over, filters=replace(over.filters, district=frozenset({"120101"})))
    sentence = told(_scene(tianjin, "national"), over).sentence
    assert sentence
    assert "最多" not in sentence


def test_two_views_are_told_left_and_right(tianjin: City) -> None:
    scene = Scene(
        "years",
        Bilingual("年份", "Years"),
        "explore",
        {"v": "3", "period": "2020"},
        beside=("explore", {"v": "3", "period": "2025"}),
    )
    told = tell(scene, tianjin, default_state(tianjin))
    alone = [
        tell(replace(scene, address=address, beside=None), tianjin, default_state(tianjin))
        for address in (scene.address, {"v": "3", "period": "2025"})
    ]
    assert told.beside is not None
    assert told.doubt == f"左图：{alone[0].sentence}右图：{alone[1].sentence}"
    assert told.beside.sentence == alone[1].sentence
    assert told.filtered == f"左图：{alone[0].filtered}；右图：{alone[1].filtered}"


def test_what_the_reader_has_drawn_goes_along(toy: City) -> None:
    shape = circle(5, 5, 2000)
    chapter = Bilingual("地图", "Map")
    bare, drawn = (
        tell(Scene("screen", chapter, "explore", address), toy, default_state(toy))
        for address in ({}, {"in": shape.shape})
    )
    assert drawn.drawing is not None
    assert drawn.drawing.subject
    (look,) = drawn.drawing.shapes
    answer = asked(toy, shape)
    assert look.frame.to_crs(toy.metric_epsg).area.sum() == pytest.approx(
        answer.area.area, rel=1e-6
    )
    assert word(answer, "zh").sentence in drawn.doubt
    assert bare.drawing is None
    assert drawn.sentence == bare.sentence


def test_options_are_told_with_their_change_and_interval(tianjin: City, ask: Ask) -> None:
    scene = next(s for s in stories(tianjin)["layout"].scenes if s.id == "choices")
    told = tell(scene, tianjin, default_state(tianjin), ask=ask)
    names = [option.name.zh for option in scene.options]
    assert all(name in told.sentence for name in names)
    assert told.table is not None
    assert [*told.table.index][1:] == names
    assert re.search(r"\d+(\.\d+)?–\d+(\.\d+)?", told.sentence), "with its interval"
    assert len(told.legend) == 4
    covered = told.table["覆盖面积比例"]
    assert all(re.fullmatch(r"[\d.]+–[\d.]+%", share) for share in covered), "one way of counting"
