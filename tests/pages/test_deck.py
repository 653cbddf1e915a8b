"""Show that the deck presents what its address names, and that a locked wall is no desk."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from layers.language.bilingual import Bilingual
from layers.map.folium_map import serial_of
from layers.pack.city import City
from layers.present.story import Story, read, stories, write
from layers.present.telling import tell
from layers.view.state import default_state
from pages.shell.session import STATE
from tests.screens import app, map_arguments, page_text, scene, shown

pytestmark = pytest.mark.screen


def _said(at: AppTest) -> dict[str, Any]:
    """Return what the page hands to the wall, or to the speaker."""
    parts = [json.loads(each.proto.json) for each in at.get("bidi_component")]
    found: dict[str, Any] = next(part for part in parts if "sentence" in part)
    return found


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_address_names_story_scene_and_language(tianjin: City, lang: Any) -> None:
    wanted = next(s for s in stories(tianjin)["layout"].scenes if s.id == "national")
    told = tell(wanted, tianjin, default_state(tianjin, lang))
    said = _said(shown("deck", scene="national", lang=lang))
    assert told.sentence.startswith(said["sentence"])
    assert said["doubt"] == told.doubt
    assert told.filtered in said["filtered"]
    assert said["chapters"][said["at"]] == ["national", wanted.chapter.of(lang)]
    assert said["notices"] == [tianjin.notices[key].of(lang) for key in ("footer", "boundary")]


def test_map_and_words_are_of_one_scene(tianjin: City) -> None:
    at = shown("deck", scene="national", lang="zh")
    painted = scene(at)
    assert painted["serial"] == _said(at)["serial"]
    assert serial_of(json.dumps(painted, separators=(",", ":"))) == painted["serial"]
    assert painted["present"]
    assert {f["properties"]["l"] for fs in painted["layers"].values() for f in fs} == {1}
    assert "center" not in map_arguments(at)["returned_objects"], "a turn needs one run"


def test_a_scene_that_is_not_there_is_the_first() -> None:
    assert _said(shown("deck", story="nowhere", scene="nothing", lang="zh"))["at"] == 0


def test_the_readers_filters_act_and_are_said() -> None:
    said = _said(shown("deck", scene="overall", district="120104", lang="zh"))
    assert "南开区" in said["filtered"]


def test_a_story_of_any_district_is_told_of_the_one_chosen(tianjin: City) -> None:
    at = shown("deck", story="district", d="120119", lang="zh")
    said = _said(at)
    assert said["district"] == "120119"
    assert "蓟州" in said["sentence"]
    assert [code for code, _ in said["districts"]] == [*tianjin.districts.index]
    assert [f["id"] for f in scene(at)["drawing"]["shapes"][1]["features"]] == ["120119"]


def test_two_areas_stand_on_one_map(tianjin: City) -> None:
    painted = scene(shown("deck", scene="twin_cities", lang="zh"))
    outlined = [f["id"] for look in painted["drawing"]["shapes"] for f in look["features"]]
    assert outlined == ["part:jincheng", "part:bincheng"]
    assert painted["plate"]
    assert painted["framed"] == [], "nothing is veiled"


def test_an_analysis_brings_its_legend() -> None:
    painted = scene(shown("deck", scene="dense", lang="zh"))
    assert not painted["plate"]
    assert painted["drawing"]["raster"]
    assert len(painted["legend"]) > 2


def test_what_is_selected_is_said_in_a_caption(tianjin: City) -> None:
    place = "plat-tcm-skl"
    at = shown("deck", scene="national", sel=place, lang="zh")
    said = _said(at)["caption"]
    row = tianjin.layers["platform"].frame.loc[place]
    assert said["title"] == row["name_zh"]
    assert row["lead_unit_zh"] in said["line"]
    assert [line.split("：")[0] for line in said["more"]] == ["谁说的", "准不准"]
    fresh = scene(shown("deck", scene="national", lang="zh"))
    assert scene(at)["fly"] == fresh["fly"], "nothing moves"


def test_a_district_that_is_selected_has_its_sentence() -> None:
    said = _said(shown("deck", scene="overall", sel="120117", lang="zh"))["caption"]
    assert said["title"] == "宁河区"
    assert said["line"]


@pytest.mark.parametrize("more", [{}, {"notes": "1"}])
def test_a_locked_wall_leads_nowhere(more: dict[str, str]) -> None:
    at = app("deck", view="locked", **more)
    assert _said(at)["locked"]
    assert not [*at.button, *at.selectbox, *at.text_input, *at.get("page_link")]


def test_a_locked_wall_without_a_story_is_no_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATLAS_PACKS", "tests/toy")
    at = app("deck", city="toy", view="locked")
    assert "还没有故事" in page_text(at)
    assert not [*at.button, *at.selectbox, *at.get("page_link")]


def test_the_desk_leads_to_every_scene(tianjin: City) -> None:
    at = app("deck", view="edit")
    links = [each.proto for each in at.get("page_link")]
    names = [scene.id for scene in stories(tianjin)["layout"].scenes]
    led = [each.query_string for each in links if "scene=" in each.query_string]
    assert all(any(f"scene={name}" in query for query in led) for name in names)
    at.selectbox(key="deck_story").set_value("belt").run()
    assert at.query_params["story"] == "belt"


def test_the_speaker_reads_the_notes_and_what_comes_next(tianjin: City) -> None:
    first, second = stories(tianjin)["layout"].scenes[:2]
    said = _said(shown("deck", notes="1", lang="zh"))
    assert said["notes"][: len(first.points)] == [point.zh for point in first.points]
    assert said["next"] == second.chapter.zh


@pytest.fixture(scope="module")
def begun() -> AppTest:
    """A session that has added two views of the map to a story, and is at the desk."""
    at = app("explore", v="3", level="national", lang="zh")
    at.button(key="add_scene").click().run()
    at.session_state[STATE] = replace(at.session_state[STATE], period="2020")  # not shown yet
    at.button(key="add_scene").click().run()
    at.query_params.clear()
    at.query_params["story"], at.query_params["view"] = "own", "edit"
    return at.switch_page("pages/deck.py").run()


def _own(at: AppTest) -> Story:
    held: dict[str, Story] = at.session_state["atlas.story"]
    return held["tianjin"]


def test_a_view_becomes_a_scene(begun: AppTest, tianjin: City) -> None:
    first, second = _own(begun).scenes
    assert (first.page, first.address["level"]) == ("explore", "national")
    assert second.address["period"] == "2020"
    assert _own(begun).made_with["digest"] == tianjin.digest
    assert read(write(_own(begun)), tianjin, name="own") == _own(begun)


def test_scenes_are_worded_moved_and_removed(begun: AppTest) -> None:
    fields = {each.label: each for each in begun.text_input}
    fields["标题句（中文；留空用本页自己的话）"].set_value("国家级 {nothing} 处")
    fields["标题句（英文；留空用本页自己的话）"].set_value("National: {national}")
    save = next(each for each in begun.button if each.label == "保存这一页")
    save.click().run()
    assert "nothing" in page_text(begun), "a figure that the page has not is refused"
    assert _own(begun).scenes[0].sentence.zh == ""
    fields = {each.label: each for each in begun.text_input}
    fields["标题句（中文；留空用本页自己的话）"].set_value("国家级 {national} 处")
    assert _own(begun).scenes[0].insets is None
    next(each for each in begun.selectbox if each.label == "局部放大图").set_value("coast")
    next(each for each in begun.button if each.label == "保存这一页").click().run()
    assert _own(begun).scenes[0].sentence.zh == "国家级 {national} 处"
    assert _own(begun).scenes[0].insets == ("coast",)
    before = [scene.id for scene in _own(begun).scenes]
    begun.button(key=f"down_{before[0]}").click().run()
    assert [scene.id for scene in _own(begun).scenes] == before[::-1]
    begun.button(key=f"remove_{before[1]}").click().run()
    assert [scene.id for scene in _own(begun).scenes] == before[:1]


def test_a_story_made_with_other_data_says_so(tianjin: City) -> None:
    at = app("deck", view="edit")
    made = {"city": "tianjin", "data_date": "2025-01-01", "digest": "x"}
    old = replace(stories(tianjin)["belt"], name="own", made_with=made)
    at.session_state["atlas.story"] = {"tianjin": old}
    at.run()
    at.selectbox(key="deck_story").set_value("own").run()
    assert at.query_params["story"] == "own"
    assert not at.exception
    assert "2025-01-01" in page_text(at)
    assert tianjin.data_date in page_text(at)


def test_a_locked_wall_of_an_own_story_takes_it_from_the_browser() -> None:
    at = app("deck", view="locked", story="own")
    asks = [json.loads(each.proto.json) for each in at.get("bidi_component")]
    assert [part["name"] for part in asks] == ["story.tianjin"], "nothing else meanwhile"


def test_a_story_says_what_its_scenes_said_then(tianjin: City) -> None:
    at = app("deck", view="edit")
    belt = stories(tianjin)["belt"]
    now = tell(belt.scenes[0], tianjin, default_state(tianjin)).sentence
    first = replace(belt.scenes[0], said=Bilingual("那时有三处", "Three then"))
    made = {"city": "tianjin", "data_date": "2025-01-01", "digest": "x"}
    old = replace(belt, name="own", scenes=(first,), made_with=made)
    at.session_state["atlas.story"] = {"tianjin": old}
    at.run()
    at.selectbox(key="deck_story").set_value("own").run()
    assert f"当时是“那时有三处”，现在是“{now}”" in page_text(at)
    at.button(key="story_renew").click().run()
    assert _own(at).scenes[0].said.zh == now
    assert _own(at).made_with["digest"] == tianjin.digest
    assert "那时有三处" not in page_text(at)


def test_two_views_stand_side_by_side(tianjin: City) -> None:
    at = app("explore", v="3", period="2020", lang="zh")
    at.button(key="keep_left").click().run()
    at.segmented_control(key="period").set_value("2025").run()
    at.button(key="set_right").click().run()
    (only,) = _own(at).scenes
    assert only.beside is not None
    assert [only.address["period"], only.beside[1]["period"]] == ["2020", "2025"]
    at.query_params["story"] = "own"
    at.switch_page("pages/deck.py").run()
    maps = [json.loads(each.proto.json_args) for each in at.get("component_instance")]
    said = _said(at)
    assert len(maps) == 2
    assert said["second"]
    assert said["second"] != said["serial"]
    assert "左图：2020年基期" in said["filtered"]


def test_a_comment_is_kept_with_what_was_shown(tianjin: City) -> None:
    at = app("deck", scene="national", sel="120104", lang="zh")
    at.session_state["atlas.deck_writing"] = True
    at.run()
    at.text_area(key="comment_what_0").set_value("<b>=1</b>")
    next(each for each in at.button if each.label == "记下").click().run()
    (comment,) = at.session_state["atlas.comments"]["tianjin"].values()
    assert (comment.what, comment.on, comment.target) == ("<b>=1</b>", "area", "120104")
    assert comment.page.zh == "空间布局 · 国家级平台"
    assert "国家级" in comment.filtered.zh
    assert comment.digest == tianjin.digest
    assert f"comment-{comment.id}" in json.dumps(scene(at)["drawing"]["handles"])
    at.query_params["view"] = "locked"
    at.run()
    assert not [*at.button, *at.text_area]
    assert "comment-" not in json.dumps(scene(at)["drawing"] or {})
