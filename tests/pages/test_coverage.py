"""Show the coverage page in both languages, refused, empty and presenting, without a browser."""

from __future__ import annotations

import pytest

from geo.coverage.scenario import MOST_BYTES, Scenario, to_file
from layers.coverage.siting import Spot
from layers.language.messages import speaker
from layers.language.problems import worded
from layers.pack.city import load_city
from tests import ROOT
from tests.intake.files import workbook
from tests.screens import AROUND, app, asked_shape, page_text, scene

pytestmark = pytest.mark.screen

FEW = "science_park.district"
"""Layers with few places: measured in a third of the time where the number is not looked at."""


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_result_comes_first_with_its_interval(lang):
    at = app("coverage", lang=lang, cr="10000")
    assert not at.exception
    text = page_text(at)
    assert "32–37%" in text
    assert ("模拟区间" if lang == "zh" else "simulated interval") in text
    assert len(scene(at)["drawing"]["shapes"]) == 3


def test_a_radius_finer_than_the_doubt_is_refused_and_draws_no_reach():
    at = app("coverage", cr="3000")
    assert not at.exception
    assert "暂不计算" in page_text(at)
    assert not scene(at)["drawing"]


def test_a_preset_and_a_typed_radius_move_sentence_and_address():
    at = app("coverage", layers=FEW)
    at.segmented_control(key="cov_preset").set_value(10_000).run()
    assert at.query_params["cr"] == "10000"
    assert "10\u202f公里" in page_text(at)
    at.number_input(key="cov_radius_m").set_value(7.5).run()
    assert at.query_params["cr"] == "7500"
    assert "7.5\u202f公里" in page_text(at)


def test_a_radius_below_the_median_doubt_cannot_be_chosen_and_the_page_says_why():
    at = app("coverage", cr="3000")
    offered = at.segmented_control(key="cov_preset")
    assert (offered.options, offered.value) == (["5", "10"], None)
    assert "<button disabled>3</button> 3 公里不可选" in page_text(at)
    assert "不可选" not in page_text(app("coverage", layers=FEW))


def test_a_travel_time_states_its_assumptions():
    at = app("coverage", layers=FEW)
    at.segmented_control(key="cov_minutes").set_value(30).run()
    assert at.query_params["cmin"] == "30"
    assert "等时圈" in page_text(at)
    at.number_input(key="cov_speed_kmh").set_value(40.0).run()
    assert at.query_params["ckmh"] == "40"


def test_layers_chosen_here_are_measured_from_looked_for_and_kept_in_the_address():
    at = app("coverage", cr="10000")
    at.multiselect(key="cov_sites").set_value(["university"]).run()
    assert at.query_params["csites"] == "university"
    assert "以 59 处场所为点" in page_text(at)
    at.multiselect(key="cov_sites").set_value([]).run()
    assert "csites" not in at.query_params
    assert "以 62 处场所为点" in page_text(at)
    at.multiselect(key="cov_targets").set_value(["platform", "university"]).run()
    assert at.query_params["cfor"] == "platform.university"
    assert "有点位的科技创新平台 17 处中 " in page_text(at)
    assert not at.exception


def test_all_radii_are_drawn_nested():
    at = app("coverage", cr="3000")
    assert not scene(at)["drawing"]
    at.segmented_control(key="cov_rings").set_value("all").run()
    assert at.query_params["cmap"] == "all"
    assert len(scene(at)["drawing"]["shapes"]) == 2
    assert "14 处满足要求" in page_text(at)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_times_are_asked_from_the_nodes_of_the_belt(lang):
    at = app("coverage", lang=lang, cmin="60", layers=FEW)
    at.button(key="cov_belt").click().run()
    assert at.query_params["csites"] == "corridor_node"
    text = page_text(at)
    assert ("直线距离 × 非直线系数" if lang == "zh" else "straight line × detour factor") in text
    assert f"46.2\u202f{'公里' if lang == 'zh' else 'km'}" in text
    assert not [button for button in at.button if button.key == "cov_belt"]
    assert not at.exception


def test_no_places_and_no_controls_where_there_should_be_none():
    empty = app("coverage", level="district", field="aerospace")
    assert not empty.exception
    assert "不能计算" in page_text(empty)
    presented = app("coverage", present="1")
    assert not presented.exception
    assert [each.key for each in presented.number_input] == ["atlas_run"], "which nobody sees"
    assert "只给范围" in page_text(presented)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_universities_stand_beside_their_parks(lang):
    at = app("coverage", lang=lang, cpart="pairing")
    assert not at.exception
    assert ("一校多园" if lang == "zh" else "one university, several parks") in page_text(at)
    assert len(scene(at)["drawing"]["shapes"][0]["features"]) > 5


def test_a_city_without_links_says_so(monkeypatch):
    monkeypatch.setenv("ATLAS_PACKS", str(ROOT / "tests" / "toy"))
    at = app("coverage", city=load_city(ROOT / "tests" / "toy").id, cpart="pairing")
    assert not at.exception
    assert "没有高校与园区对应表" in page_text(at)


@pytest.mark.parametrize("part", ["pairing", "scenario", "siting"])
def test_every_part_opens_in_english(part):
    at = app("coverage", lang="en", cpart=part, **{"in": AROUND})
    assert not at.exception
    assert not at.error
    assert asked_shape(at)
    words = speaker("en")
    proposed = words("inside_page.added") in page_text(at)
    assert proposed == (part == "siting"), "a proposed place lies in it too"
    assert "of 65 with a point" in page_text(at) or not proposed


def test_with_a_tool_in_hand_a_click_on_the_ground_sets_no_site():
    """The tool lies in the session as its widget leaves it there."""
    at = app("coverage", cpart="siting", cfrom="drawn", cadd="1", **{"in": AROUND})
    assert scene(at)["drawing"]["place"]
    at.segmented_control(key="inside_tool").set_value("polygon").run()
    told = scene(at)["drawing"]
    assert (told["tool"], told["place"]) == ("polygon", False)


def test_a_place_is_added_closed_kept_and_taken_back():
    at = app("coverage", cpart="scenario")
    assert not at.exception
    marks = len(scene(at)["drawing"]["handles"])
    closed = speaker("zh")("scenario_page.legend_closed")
    at.selectbox(key="scn_where").set_value("120119").run()
    at.button(key="scn_add").click().run()
    assert len(scene(at)["drawing"]["handles"]) == marks + 1
    assert closed not in page_text(at), "the legend explains what is drawn"
    at.selectbox(key="scn_closing").set_value("park-tust").run()
    at.button(key="scn_close").click().run()
    assert closed in page_text(at)
    handles = {f["id"]: f["properties"] for f in scene(at)["drawing"]["handles"]}
    assert len(handles) == marks + 1
    assert not handles["park-tust"]["m"]
    at.button(key="scn_save").click().run()
    assert "1 / 0 / 1" in page_text(at)
    assert page_text(at).count("<figure>") == 2
    at.toggle(key="scn_compare").set_value(True).run()
    assert "1 / 0 / 1" in page_text(at)
    at.button(key="scn_undo_park-tust").click().run()
    assert len(scene(at)["drawing"]["handles"]) == marks + 1
    at.button(key="scn_fresh").click().run()
    assert len(scene(at)["drawing"]["handles"]) == marks
    assert at.text_input(key="scn_name").value == "方案B"
    at.button(key="scn_open_0").click().run()
    assert at.text_input(key="scn_name").value == "方案A"
    assert "new-1" in [f["id"] for f in scene(at)["drawing"]["handles"]]
    assert not at.exception


def test_no_scenario_is_measured_below_the_doubt():
    at = app("coverage", cpart="scenario", cr="3000")
    assert not at.exception
    assert "暂不计算" in page_text(at)


def test_places_are_proposed_and_taken_over_as_a_scenario():
    at = app("coverage", cpart="siting")
    assert not at.exception
    assert len(scene(at)["drawing"]["handles"]) == 3
    at.selectbox(key="cov_candidates").set_value("district").run()
    assert at.query_params["cfrom"] == "district"
    at.number_input(key="cov_add").set_value(20.0).run()
    assert "备选点只有 16 个，不够新增 20 处" in page_text(at)
    at.number_input(key="cov_add").set_value(2.0).run()
    at.button(key="cov_adopt").click().run()
    assert at.query_params["cpart"] == "scenario"
    moved = [f["id"] for f in scene(at)["drawing"]["handles"]]
    assert {"new-1", "new-2"} <= set(moved)
    assert not at.exception


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_candidates_drawn_in_the_session_are_shown_and_taken_back(lang):
    say = speaker(lang)
    at = app("coverage", lang=lang, cpart="siting", cfrom="drawn", cadd="1")
    assert not at.exception
    assert say("siting_page.draw_first") in page_text(at)
    assert scene(at)["drawing"]["place"]
    at.session_state["atlas.candidates"] = (Spot(1, 117.4, 39.9), Spot(2, 117.42, 39.05))
    at.run()
    assert {f["id"] for f in scene(at)["drawing"]["handles"]} == {"drawn-01", "drawn-02"}
    assert say("siting_page.candidate", number=2) in page_text(at)
    at.button(key="cov_drawn_1").click().run()
    assert [f["id"] for f in scene(at)["drawing"]["handles"]] == ["drawn-02"]
    assert not at.exception


def test_scenarios_are_presented_side_by_side_and_those_that_do_not_fit_are_named():
    at = app("coverage", cpart="scenario", present="1", layers="science_park.district")
    new = Scenario("近海").added(117.8, 39.0, kind="platform", name="新")
    other = Scenario("平台").closed("no-such-place")
    at.session_state["atlas.scenarios"] = {"tianjin": {s.name: s for s in (new, other)}}
    at.run()
    assert not at.exception
    text = page_text(at)
    assert text.count("<figure>") == 2
    assert "近海：覆盖" in text
    assert "另有 1 个方案" in text
    assert not at.toggle


def test_a_scenario_file_is_read_once_and_told_of():
    at = app("coverage", cpart="scenario")
    new = Scenario("近海").added(117.8, 39.0, kind="platform", name="新")
    at.file_uploader(key="scn_upload").set_value(("a.geojson", to_file(new), "")).run()
    assert not at.exception
    assert not at.error
    assert "new-1" in [f["id"] for f in scene(at)["drawing"]["handles"]]
    at.button(key="scn_undo_new-1").click().run()
    assert not at.session_state["atlas.scenario"]["tianjin"]["now"].edits, (
        "the file is not read over what is done"
    )

    far = to_file(Scenario("远").added(100.2, 39.1, kind="platform"))
    at.file_uploader(key="scn_upload").set_value(("b.geojson", far, "")).run()
    told = at.session_state["atlas.scenario_file"]
    assert [error.value for error in at.error] == [speaker("zh")("error.scenario.file")]
    assert "方案 · new-1 · geometry：（100.2, 39.1）在本市范围（" in page_text(at)
    assert at.run().session_state["atlas.scenario_file"] is told, "parsed once"
    large = b" " * (MOST_BYTES + 1)
    at.file_uploader(key="scn_upload").set_value(("c.geojson", large, "")).run()
    assert "最多 1\u202f000\u202f000 字节" in page_text(at)
    assert not at.exception


def test_a_scenario_kept_as_a_workbook_asks_for_its_system_and_is_loaded():
    at = app("coverage", cpart="scenario", layers=FEW)
    rows: list[list[object]] = [
        ["action", "id", "kind", "name", "X坐标", "Y坐标"],
        ["add", "new-1", "platform", "甲", 4_333_339, 522_567],
        ["add", "new-2", "platform", "乙", 4_333_839, 522_967],
        ["合计", "", "", "2处", "", ""],
    ]
    given = ("拟选址.xlsx", workbook(("表", rows)), "")
    at.file_uploader(key="scn_upload").set_value(given).run()
    assert not at.session_state["atlas.scenario_file"].loaded
    assert speaker("zh")("intake_page.answer_first") in page_text(at)
    at.selectbox(key="scn_ask_crs").set_value("EPSG:4548").run()
    assert not at.exception
    assert not at.error
    read = at.session_state["atlas.scenario_file"]
    assert read.loaded.scenario.name == "拟选址"
    assert [e.id for e in at.session_state["atlas.scenario"]["tianjin"]["now"].edits] == [
        "new-1",
        "new-2",
    ]
    assert "1 行不是改动" in page_text(at)

    bad = workbook(("表", [*rows, ["add", "new-3", "nonsense", "丙", 4_333_339, 522_567]]))
    at.file_uploader(key="scn_upload").set_value(("b.xlsx", bad, "")).run()
    at.selectbox(key="scn_ask_crs").set_value("EPSG:4548").run()
    assert [error.value for error in at.error] == [speaker("zh")("error.scenario.file")]
    assert "nonsense" in page_text(at)
    status = at.session_state["atlas.scenario_file"].error.problems
    assert speaker("zh")("scenario_page.refused") in page_text(at), "the first line tells of it"
    assert page_text(at).count(worded(status[0], "zh")) == 2, "beside the map, and at the field"
    assert "第 5 行 丙" in worded(status[0], "zh")


@pytest.mark.unforeseen
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_nobody_foresaw_in_a_file_is_a_sentence_with_a_number(lang, monkeypatch):
    def fail(*_, **__):
        raise OverflowError("at /srv/secret")

    monkeypatch.setattr("pages.panels.intake.scenario_file.load", fail)
    at = app("coverage", cpart="scenario", lang=lang)
    at.file_uploader(key="scn_upload").set_value(("a.geojson", b"{}", "")).run()
    assert not at.exception
    assert "/srv" not in at.error[0].value
    again = at.run().error[0].value
    assert again == at.error[0].value, "the number stays"


def test_a_session_keeps_a_bounded_number_of_scenarios_within_the_city(monkeypatch):
    monkeypatch.setattr("pages.browser.scenarios.MOST_KEPT", 2)
    at = app("coverage", cpart="scenario", layers=FEW)
    crowd = {f"方案{i}": Scenario(f"方案{i}") for i in range(2)}
    at.session_state["atlas.scenarios"] = {"tianjin": dict(crowd)}
    at.selectbox(key="scn_where").set_value("typed").run()

    def typed(name, value):
        next(f for f in at.number_input if f.label.startswith(name)).set_value(value)

    typed("经度", 100.2)
    at.button(key="scn_add").click().run()
    assert [error.value for error in at.error] == [speaker("zh")("error.scenario.beyond")]
    assert at.session_state["atlas.scenario_turn"] == 1, "the map is painted anew"
    typed("经度", 117.2)
    typed("纬度", 39.1)
    at.button(key="scn_add").click().run()
    assert not at.error
    assert at.session_state["atlas.scenario"]["tianjin"]["now"].edits
    for key in ("scn_save", "scn_fresh"):
        at.button(key=key).click().run()
        assert [error.value for error in at.error] == [speaker("zh")("error.scenario.kept")]
        assert at.session_state["atlas.scenario"]["tianjin"]["now"].edits, "the work is not lost"
    assert at.session_state["atlas.scenarios"]["tianjin"] == crowd


@pytest.mark.parametrize("city", ["tianjin", "toy"])
def test_titles_are_named_only_where_there_are_any(
    city: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if city == "toy":
        monkeypatch.setenv("ATLAS_PACKS", str(ROOT / "tests" / "toy"))
    text = page_text(app("coverage", city=city))
    assert "参与计算：" in text
    assert ("；称号" in text) == (city == "tianjin")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_map_sets_two_scenarios_against_each_other(lang):
    say = speaker(lang)
    at = app("coverage", cpart="scenario", layers=FEW, lang=lang)
    assert not [each for each in at.segmented_control if each.key == "scn_map"], "one is no pair"
    plans = [
        Scenario(name).added(*at_, kind="platform", name="新")
        for name, at_ in (("近", (117.3, 39.3)), ("海", (117.8, 39.0)), ("北", (117.4, 39.9)))
    ]
    at.session_state["atlas.scenarios"] = {"tianjin": {plan.name: plan for plan in plans}}
    at.run()
    at.segmented_control(key="scn_map").set_value("versus").run()
    assert not at.exception
    assert [at.selectbox(key=f"scn_{place}").value for place in ("first", "second")] == ["海", "北"]
    drawing = scene(at)["drawing"]
    assert len(drawing["shapes"]) == 5, "three areas, and the sites of each"
    assert not drawing["handles"]
    text = page_text(at)
    assert say("difference.interval") in text
    assert text.count(say("difference.only", name="海")) == 2, "in the legend and in the table"
    at.selectbox(key="scn_first").set_value("北").run()
    assert [at.selectbox(key=f"scn_{place}").value for place in ("first", "second")] == ["北", "海"]
    at.segmented_control(key="scn_map").set_value("change").run()
    assert all(f["properties"]["m"] for f in scene(at)["drawing"]["handles"])
    assert not at.exception


def test_a_name_that_a_field_only_repeats_renames_no_other_scenario():
    """A click that leaves before the field has heard of another scenario reports the old name."""
    at = app("coverage", cpart="scenario", layers=FEW)
    plans = {
        n: Scenario(n).added(x, 39.3, kind="platform") for n, x in (("甲", 117.3), ("乙", 117.6))
    }
    at.session_state["atlas.scenarios"] = {"tianjin": dict(plans)}
    at.run()
    for number in (0, 1):
        at.button(key=f"scn_open_{number}").click().run()
    at.text_input(key="scn_name").set_value("甲")
    at.session_state["atlas_run"] = 0
    at.button(key="scn_save").click().run()
    assert at.text_input(key="scn_name").value == "乙"
    assert at.session_state["atlas.scenarios"]["tianjin"] == plans
    at.session_state["atlas_run"] = 1
    at.text_input(key="scn_name").set_value("甲").run()
    assert at.text_input(key="scn_name").value == "甲", "once it has heard, it is a choice"


def test_the_difference_stays_on_the_map_in_a_meeting():
    at = app("coverage", cpart="scenario", layers=FEW, present="1")
    plans = {
        n: Scenario(n).added(x, 39.3, kind="platform") for n, x in (("甲", 117.3), ("乙", 117.6))
    }
    at.session_state["atlas.scenarios"] = {"tianjin": plans}
    at.session_state["atlas.scenario_versus"] = ("乙", "gone")
    at.run()
    assert not at.exception
    text = page_text(at)
    assert "“乙”另覆盖" in text
    assert text.count("<figure>") == 3


def test_a_mark_let_go_beyond_the_city_is_painted_back():
    """What may not be done leaves the drawing as it was; its turn lets the map paint it again."""
    at = app("coverage", cpart="scenario", layers=FEW)
    before = scene(at)
    at.session_state["atlas.scenario_turn"] = 1
    after = scene(at.run())
    assert before["drawing"]["handles"] == after["drawing"]["handles"]
    assert before["serial"] != after["serial"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_each_part_has_a_title_of_its_own(lang):
    titles = {
        page_text(app("coverage", lang=lang, cpart=part, layers=FEW))
        .split('<h1 class="title">', 1)[1]
        .split("</h1>", 1)[0]
        for part in ("reach", "pairing", "scenario", "siting")
    }
    assert len(titles) == 4
