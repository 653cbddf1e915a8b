"""Every screen in both languages, with and without places, without a browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from layers.pack.city import load_city
from layers.view.address import to_query
from layers.view.state import default_state
from pages.shell.navigation import SCREENS
from tests import ROOT
from tests.hostile import hostile_pack, refused_pack
from tests.screens import app, drawn, page_text, scene, shown

pytestmark = pytest.mark.screen

WITHOUT_MAP = frozenset({"sources", "deck"})
"""The deck's map stands on a wall, see ``test_deck``."""
HOSTILE = "hostile"
"""Id of the pack that tries to harm."""
MAPS = tuple(name for name in SCREENS if name not in WITHOUT_MAP)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("page", SCREENS)
def test_every_screen_opens_without_an_error(page, lang):
    at = shown(page, lang=lang)
    assert not at.exception
    assert not at.error
    if page != "deck":  # a wall has no menu
        assert ("English" if lang == "zh" else "中文") in [button.label for button in at.button]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("page", MAPS)
def test_every_map_carries_its_furniture(page, lang, tianjin):
    text = page_text(shown(page, lang=lang))
    for key in ("footer", "boundary", "review_base", "review_map"):
        assert tianjin.notices[key].of(lang) in text
    assert tianjin.notices["120117"].of(lang) in text
    assert "EPSG:4326" in text
    assert tianjin.data_date in text
    for grade in ("秘密", "机密", "绝密", "secret"):
        assert grade not in text


def test_every_screen_follows_another_in_one_session():
    at = app()
    for page in (*SCREENS[1:], *SCREENS):
        at.switch_page(f"pages/{page}.py").run()
        assert not at.exception
        assert not at.error
        ours, alone = ([e.proto.body for e in x.get("html")] for x in (at, shown(page, lang="zh")))
        assert ours == alone, page


def test_an_empty_result_says_what_to_loosen():
    at = shown(level="district", field="aerospace")
    assert not at.exception
    assert drawn(at) == []
    assert "放宽" in page_text(at)


def test_a_layer_switch_moves_map_sentence_and_address():
    at = app()
    before = drawn(at)
    at.checkbox(key="layer_platform").uncheck().run()
    assert len(drawn(at)) < len(before)
    assert "platform" not in at.query_params["layers"].split(".")
    at.checkbox(key="layer_platform").check().run()
    assert drawn(at) == before


def test_a_comparison_year_starts_without_later_facts():
    at = app()
    at.segmented_control(key="period").set_value("2020").run()
    assert at.query_params["period"] == "2020"
    assert at.query_params["later"] == "0"
    assert not at.checkbox(key="later").value


def test_search_leads_to_a_place_and_its_card():
    at = app()
    at.text_input(key="search").set_value("泰达园").run()
    at.text_input(key="search").set_value("天科大科技园").run()
    at.button(key="hit_park-tust").click().run()
    assert at.query_params["sel"] == "park-tust"
    assert "天津科技大学科技园" in page_text(at)
    assert scene(at)["fly"]["at"][:2] == [39.08315, 117.70413]


def test_a_place_hidden_by_a_filter_is_brought_back_when_it_is_looked_for():
    at = app(level="national", period="2020", later="0")
    at.text_input(key="search").set_value("天科大科技园").run()
    at.button(key="hit_park-tust").click().run()
    assert at.query_params["sel"] == "park-tust"
    assert scene(at)["chosen"] is not None


def test_suggestions_that_narrow_set_filters():
    at = app(sel="park-tust")
    at.text_input(key="search").set_value("滨海 国家级").run()
    at.button(key="hit_district:120116+level:national").click().run()
    assert at.query_params["district"] == "120116"
    assert at.query_params["level"] == "national"
    assert "sel" not in at.query_params
    assert scene(at)["framed"] == ["120116"]


def test_a_kind_that_was_found_is_shown_alone():
    at = app()
    before = drawn(at)
    at.text_input(key="search").set_value("dxkjy").run()
    at.button(key="hit_layer:science_park").click().run()
    assert 0 < len(drawn(at)) < len(before)
    assert all(place.startswith("park-") or place.startswith("@") for place in drawn(at))


def test_a_pill_filters_and_is_cleared(tianjin):
    at = app()
    before = drawn(at)
    at.button_group(key="filter_level").set_value(["national"]).run()
    assert at.query_params["level"] == "national"
    assert len(drawn(at)) < len(before)
    at.button_group(key="filter_district").set_value(["120116"]).run()
    lat, lon = scene(at)["fly"]["at"][:2]
    west, south, east, north = tianjin.districts.geometry["120116"].bounds
    assert west < lon < east
    assert south < lat < north
    at.button(key="clear").click().run()
    assert drawn(at) == before
    assert scene(at)["framed"] == []


def test_the_pill_of_kinds_is_empty_in_the_opening_view():
    at = app()
    assert at.button_group(key="filter_kind").value == []
    at.button_group(key="filter_kind").set_value(["platform"]).run()
    assert at.query_params["layers"]
    at.button_group(key="filter_kind").set_value([]).run()
    assert "layers" not in at.query_params


def test_a_pill_that_repeats_what_was_replaced_in_it_takes_no_layer_off():
    """A click that leaves before the pill has heard of a switched layer reports its old value."""
    at = app()
    before = at.button_group(key="filter_kind").value
    at.checkbox(key="layer_platform").uncheck().run()
    after = at.button_group(key="filter_kind").value
    assert after != before
    at.button_group(key="filter_kind").set_value(before)
    at.session_state["atlas_run"] = 0
    at.checkbox(key="layer_science_park").uncheck().run()
    assert not at.checkbox(key="layer_platform").value
    assert not at.checkbox(key="layer_science_park").value


def test_the_language_stays_out_of_the_address_values():
    zh, en = shown(lang="zh", level="national"), shown(lang="en", level="national")
    assert len(drawn(zh)) == len(drawn(en)) > 0
    assert scene(zh)["layers"].keys() == scene(en)["layers"].keys()


def test_presenting_hides_the_controls_and_keeps_the_furniture(tianjin):
    at = shown(present="1")
    assert [box.key for box in at.checkbox] == []
    assert at.text_input.len == 0
    assert tianjin.notices["footer"].zh in page_text(at)
    assert scene(at)["present"] is True


@pytest.mark.parametrize(
    "value", ["\x00", "🙂" * 5_000, "../../etc/passwd", "{{7*7}}", "nan,inf,1e99"]
)
@pytest.mark.parametrize("key", ["city", "lang", "period", "layers", "level", "sel", "at", "d"])
def test_a_hostile_address_opens_the_atlas_all_the_same(key, value):
    at = app(**{key: value})
    assert not at.exception
    assert drawn(at)


def test_the_whole_address_survives_a_fresh_session(tianjin):
    query = to_query(default_state(tianjin, "en")) | {"sel": "park-cauc", "at": "39.1,117.3,11.5"}
    at = app(**query)
    assert scene(at)["chosen"]["id"] == "park-cauc"
    assert scene(at)["fly"]["at"] == [39.1, 117.3, 11.5]


def test_an_empty_result_can_be_loosened():
    at = app(level="district", field="aerospace")
    at.button(key="suggest_wider").click().run()
    assert drawn(at)


def test_the_district_page_leads_to_another_district():
    at = app("district", d="120119")
    at.selectbox(key="district").set_value("120116").run()
    assert not at.exception
    assert at.query_params["d"] == "120116"
    assert "district" not in at.query_params
    at.selectbox(key="compare").set_value("120104").run()
    assert at.query_params["vs"] == "120104"


def test_a_district_is_never_set_beside_itself():
    """Neither by an address that says so, nor by choosing the other of the two."""
    at = app("district", d="120116", vs="120116")
    assert at.selectbox(key="compare").value is None
    at = app("district", d="120116", vs="120104")
    assert at.selectbox(key="compare").value == "120104"
    at.selectbox(key="district").set_value("120104").run()
    assert not at.error
    assert (at.selectbox(key="district").value, at.selectbox(key="compare").value) == (
        "120104",
        None,
    )


def test_a_district_not_named_by_the_plan_is_said_to_be_just_that():
    text = page_text(shown("district", d="120119"))
    assert "未点名" in text


@pytest.mark.parametrize("code", ["120106", "120103", "120116", "120117"])
def test_the_cautions_of_a_district_stand_on_its_page(code, tianjin):
    caution = str(tianjin.districts["caution_zh"][code])
    assert caution[:20] in page_text(shown("district", d=code))


def test_every_layer_has_its_sheet_of_sources(tianjin):
    at = shown("sources", lang="zh")
    labels = " ".join(box.label for box in at.expander)
    for layer in tianjin.layers.values():
        assert layer.title.zh in labels


@pytest.mark.parametrize("page", SCREENS)
def test_a_further_pack_appears_without_python(page, monkeypatch):
    monkeypatch.setenv("ATLAS_PACKS", str(ROOT / "tests" / "toy"))
    toy = load_city(ROOT / "tests" / "toy")
    at = app(page, city=toy.id)
    assert not at.exception
    if page in MAPS:  # the district page is named after its district
        name = toy.districts["name_zh"].iloc[0] if page == "district" else toy.name.zh
        assert name in page_text(at)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pack that tries to harm: one for all screens, so that the app reads it once."""
    return hostile_pack(tmp_path_factory.mktemp("hostile"))


@pytest.mark.parametrize("page", SCREENS)
def test_a_hostile_pack_is_shown_as_text(page, hostile, tmp_path, monkeypatch):
    monkeypatch.setenv("ATLAS_PACKS", str(hostile))
    monkeypatch.chdir(tmp_path)
    at = app(page, city=HOSTILE)
    assert not at.exception
    text = page_text(at)
    assert "<img src=x" not in text
    assert "<script>window" not in text
    assert not (tmp_path / "atlas-was-here").exists()


def test_a_refused_pack_says_why(tmp_path, monkeypatch):
    monkeypatch.setenv("ATLAS_PACKS", str(refused_pack(tmp_path)))
    at = app(city=load_id(tmp_path))
    assert not at.exception
    assert at.error
    assert "control character U+0000" in page_text(at)


def load_id(tmp_path: Path) -> str:
    found = next(tmp_path.rglob("city.toml"))
    line = next(x for x in found.read_text(encoding="utf-8").splitlines() if x.startswith("id"))
    return line.split('"')[1]
