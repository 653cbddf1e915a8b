"""Show that a story is checked whole, keeps its meaning, and holds no typed number."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geo.base.errors import DataError
from layers.pack.city import City
from layers.present.story import PAGES, Scene, Story, read, state_of, stories, write
from layers.view.state import default_state

GOOD = """
title_zh = "甲"
title_en = "A"
[[scene]]
id = "one"
chapter_zh = "一"
chapter_en = "One"
show = "http://atlas.lan:8501/coverage?v=3&cr=10000"
"""
FIGURE = 'id = "one"\nsentence_zh = "{x}"\nsentence_en = "-"'


def _problems(text: str, tianjin: City) -> set[tuple[str, str]]:
    with pytest.raises(DataError) as refused:
        read(text, tianjin, name="x")
    return {(problem.key, problem.field) for problem in refused.value.problems}


def test_the_shipped_stories_are_sound_and_come_back_from_their_own_file(tianjin: City) -> None:
    found = stories(tianjin)
    assert [*found] == ["layout", "belt", "district", "plan"]
    for name, story in found.items():
        assert read(write(story), tianjin, name=name) == story


def test_the_shipped_stories_type_no_number(tianjin: City) -> None:
    for story in stories(tianjin).values():
        for scene in story.scenes:
            texts = [t for text in (scene.sentence, scene.doubt) for t in text]
            assert not any(char.isdigit() for text in texts for char in text), scene.id


@pytest.mark.parametrize("chosen", [None, (), ("coast",)])
def test_a_scene_keeps_the_insets_that_it_has_chosen(
    tianjin: City, chosen: tuple[str, ...] | None
) -> None:
    written = "" if chosen is None else f"insets = {[*chosen]}\n"
    story = read(GOOD + written, tianjin, name="x")
    assert story.scenes[0].insets == chosen
    assert read(write(story), tianjin, name="x") == story


def test_an_address_is_taken_as_it_is_copied(tianjin: City) -> None:
    scene = read(GOOD, tianjin, name="x").scenes[0]
    assert (scene.page, dict(scene.address)) == ("coverage", {"v": "3", "cr": "10000"})
    assert state_of(scene, tianjin, default_state(tianjin)).coverage.radius_m == 10_000


def test_a_copied_address_of_the_opening_page_leads_there(tianjin: City) -> None:
    story = read(GOOD.replace("coverage?v=3&cr=10000", "?v=3&fill=places"), tianjin, name="x")
    assert story.scenes[0].page == PAGES[0]


@pytest.mark.parametrize(
    ("old", "new", "key", "field"),
    [
        ("title_zh", "titel_zh", "story.unknown", "titel_zh"),
        ('id = "one"', 'id = "../one"', "story.id", "id"),
        ("coverage?", "sources?", "story.show", "show"),
        ("cr=10000", "cr=ten", "story.value", "show"),
        ("cr=10000", "crx=1", "story.key", "show"),
        ('chapter_en = "One"', "", "story.missing", "chapter_en"),
        ('id = "one"', FIGURE, "story.figure", "sentence_zh"),
        ('id = "one"', 'id = "one"\npoints_zh = ["a"]', "story.points", "points_zh, points_en"),
        ("[[scene]]", "[scene]", "story.scenes", "scene"),
        ('id = "one"', 'id = "one"\ninsets = ["coast", "x"]', "story.inset", "insets"),
        ('id = "one"', 'id = "one"\ninsets = ["coast", "coast"]', "story.insets", "insets"),
    ],
)  # fmt: skip
def test_every_fault_is_named(tianjin: City, old: str, new: str, key: str, field: str) -> None:
    assert (key, field) in _problems(GOOD.replace(old, new, 1), tianjin)


def test_all_faults_are_told_at_once(tianjin: City) -> None:
    text = GOOD.replace("cr=10000", "crx=1").replace("title_zh", "titel_zh")
    assert {key for key, _ in _problems(text, tianjin)} >= {"story.key", "story.unknown"}


@pytest.mark.parametrize(
    "text",
    ["", "=", "a=" + "[" * 5000, "scene = 3", "x" * 300_000, 'title_zh = "\\ud800"'],
    ids=["empty", "no_toml", "nested", "no_scenes", "long", "surrogate"],
)
def test_what_is_no_story_is_refused_in_words(tianjin: City, text: str) -> None:
    assert _problems(text, tianjin)


def test_the_filters_of_the_reader_act_where_a_scene_says_nothing(tianjin: City) -> None:
    over = default_state(tianjin, "en")
    over = replace(over, filters=replace(over.filters, level=frozenset({"city"})), period="2020")
    layout = stories(tianjin)["layout"]
    seen = {scene.id: state_of(scene, tianjin, over) for scene in layout.scenes}
    assert seen["overall"].filters.level == {"city"}
    assert seen["overall"].period == "2020"
    assert seen["national"].filters.level == {"national"}
    assert {state.lang for state in seen.values()} == {"en"}


def test_a_story_of_any_district_is_told_of_each(tianjin: City) -> None:
    story = stories(tianjin)["district"]
    assert story.any_district
    assert not stories(tianjin)["layout"].any_district
    for code in tianjin.districts.index:
        told = story.of(str(code))
        assert state_of(told.scenes[0], tianjin, default_state(tianjin)).district == code


def test_a_saved_story_says_what_it_was_made_with(tianjin: City) -> None:
    scene = Scene("a", stories(tianjin)["layout"].title, "explore", {})
    made = {"city": tianjin.id, "digest": tianjin.digest, "data_date": tianjin.data_date}
    story = Story("mine", scene.chapter, (scene,), made)
    assert read(write(story), tianjin, name="mine").made_with == made


TWO = """
title_zh = "对比"
title_en = "Two"
[[scene]]
id = "years"
chapter_zh = "两个年份"
chapter_en = "Two years"
show = "explore?v=3&period=2020"
compare = "explore?v=3&period=2025"
[[scene]]
id = "options"
chapter_zh = "方案"
chapter_en = "Options"
show = "coverage?v=3&cpart=scenario"
said_zh = "当时的话"
said_en = "What was said"
[[scene.option]]
name_zh = "甲"
name_en = "A"
add = [{ lon = 117.4, lat = 40.0, kind = "platform", name = "示意" }]
"""


def test_two_views_and_options_come_back_from_a_file(tianjin: City) -> None:
    story = read(TWO, tianjin, name="two")
    assert read(write(story), tianjin, name="two") == story
    years, options = story.scenes
    assert years.second is not None
    assert years.second.address["period"] == "2025"
    assert options.options[0].of("en").name == "A"
    assert [edit.lat for edit in options.options[0].changes.edits] == [40.0]


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("period=2025", "period=1999", "story.value"),
        ('compare = "explore', 'compare = "nowhere', "story.show"),
        ('kind = "platform"', 'kind = "castle"', "story.option_kind"),
        ("lat = 40.0", "lat = 20.0", "story.option_place"),
        ("lat = 40.0", "lat = nan", "story.option"),
        ("add = [{", 'close = ["nobody"]\nadd = [{', "story.option_site"),
        ('name_en = "A"', "", "story.option"),
    ],
)
def test_what_is_wrong_with_two_views_and_options_is_said(
    tianjin: City, old: str, new: str, key: str
) -> None:
    assert old in TWO
    with pytest.raises(DataError) as refused:
        read(TWO.replace(old, new), tianjin, name="two")
    assert key in {problem.key for problem in refused.value.problems}
