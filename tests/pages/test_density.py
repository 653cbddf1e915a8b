"""Show that the density page answers first, follows its choices, and refuses in words."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from layers.inside.drawing import LINE
from layers.language.messages import speaker
from tests.screens import app, page_text, scene

pytestmark = pytest.mark.screen


def density(**query: str) -> AppTest:
    return app("density", **query)


def opened(*boxes: str, **query: str) -> AppTest:
    """Open the page with some of its folded boxes open."""
    at = density(**query)
    for box in boxes:
        at.session_state[box] = True
    return at.run()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_answer_comes_first_and_the_map_carries_it(lang: str) -> None:
    at = opened("balance_halves", lang=lang)
    assert not at.exception
    bodies = [element.proto.body for element in at.get("html")]
    answers = [body for body in bodies if 'role="status"' in body]
    (first,) = answers
    assert ("处相距很近" if lang == "zh" else "stand close together") in first
    whole = page_text(at)
    assert "52" in whole
    drawing = scene(at)["drawing"]
    assert drawing["raster"]["url"].startswith("data:image/png;base64,")
    drawn = [h["id"] for h in drawing["handles"]]
    assert drawn == [f"peak-{k}" for k in range(1, len(drawn) + 1)]
    assert drawn
    assert not any(scene(at)["layers"].values()), "dots of the drawing stand for the places"


def test_kernel_bandwidth_and_weight_redraw_the_map_and_move_the_address() -> None:
    at = density()
    seen = {scene(at)["drawing"]["raster"]["url"]}
    for key, value, name in (
        ("density_bandwidth_km", 8, "dbw"),
        ("density_kernel", "quartic", "dk"),
        ("density_weight", "level", "dw"),
        ("density_cell_m", 2000, "dcell"),
    ):
        at.segmented_control(key=key).set_value(value).run()
        assert not at.exception
        assert str(value) in at.query_params[name]
        seen.add(scene(at)["drawing"]["raster"]["url"])
    assert len(seen) == 5
    assert "加权处" in page_text(at)


def test_a_cell_that_another_bandwidth_left_over_becomes_automatic_and_says_so() -> None:
    at = density(dbw="5", dcell="2000")
    assert at.segmented_control(key="density_cell_m").value == 2000
    at.segmented_control(key="density_bandwidth_km").set_value(3).run()
    assert not at.exception
    assert at.segmented_control(key="density_cell_m").value == 0
    assert "所求网格 2\u202f000\u202fm 不在允许范围" in page_text(at)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_ranges_and_sums_stand_on_the_page(lang: str) -> None:
    text = page_text(opened("density_peaks", lang=lang, dbw="3"))
    assert ("90% 模拟区间" if lang == "zh" else "90 % of draws") in text
    assert "confidence interval" not in text
    at = density(lang=lang)
    assert speaker(lang)("sums.title") in [box.label for box in at.expander]


def test_places_can_be_counted_by_their_site() -> None:
    at = opened("balance_districts")
    assert "45 处" in page_text(at)
    at.segmented_control(key="density_by").set_value("site").run()
    assert "按坐落区计则为 43 处" in page_text(at)


def test_a_filter_of_the_map_decides_what_enters() -> None:
    text = page_text(density(layers="platform.district"))
    assert "计入各区的 16 处" in text
    assert "所选 30 行" in text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_to_measure_is_said_and_offers_no_files(lang: str) -> None:
    at = density(lang=lang, level="district", field="aerospace")
    assert not at.exception
    text = page_text(at)
    assert speaker(lang)("density_page.empty") in text
    assert speaker(lang)("balance_page.empty") in text
    assert scene(at)["drawing"]["raster"] is None
    assert [b for b in at.get("download_button") if "TIFF" in b.proto.label] == []


def test_presenting_hides_the_controls() -> None:
    at = density(present="1")
    assert not at.exception
    assert at.get("download_button") == []
    assert [c.key for c in at.segmented_control] == []
    assert "<table" not in page_text(at)
    assert "计入各区的" in page_text(at)


@pytest.mark.parametrize("value", ["\x00", "🙂" * 500, "-1"])
@pytest.mark.parametrize("key", ["dbw", "dcell", "dk", "dw", "dby", "dfill"])
def test_a_hostile_address_opens_at_the_defaults(key: str, value: str) -> None:
    at = density(**{key: value}, level="district", field="aerospace")
    assert not at.exception


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_tables_are_folded_and_the_map_has_the_few_controls_beside_it(lang: str) -> None:
    at = density(lang=lang)
    assert "<table" not in page_text(at)
    assert [c.key for c in at.segmented_control] == [
        *("density_part", "density_bandwidth_km", "density_fill"),
        *("density_format", "density_cell_m", "density_kernel", "density_weight"),
        "picture_kind",
    ]
    say = speaker(lang)
    (advanced,) = [b for b in at.expander if b.label == say("density_page.advanced")]
    assert not advanced.proto.expanded
    assert [c.key for c in advanced.segmented_control][:1] == ["density_cell_m"]
    (other,) = [
        b
        for b in density(lang=lang, dk="quartic").expander
        if b.label == say("density_page.advanced")
    ]
    assert other.proto.expanded, "what rules the map is not hidden"


def test_three_small_maps_stand_beside_the_map_with_this_one_marked() -> None:
    text = page_text(density())
    (three,) = [part for part in text.split("</div>") if "strip three" in part]
    assert three.count("<figure") == 3
    assert three.count('class="here"') == 1
    assert "本图 5 公里" in three.split('class="here"')[1].split("</figure>")[0]
    assert text.count("<figure") == 3, "all six wait in their box"
    assert page_text(opened("density_strip")).count("<figure") == 3 + 6


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_districts_can_be_filled_by_the_same_places(lang: str) -> None:
    at = density(lang=lang)
    at.segmented_control(key="density_fill").set_value("districts").run()
    assert not at.exception
    assert "districts" in at.query_params["dfill"]
    drawing = scene(at)["drawing"]
    assert drawing["raster"] is None
    assert drawing["handles"] == []
    filled, hatched, dots = drawing["shapes"]
    assert len(filled["features"]) + len(hatched["features"]) == 16
    assert hatched["pattern"] == "hatch"
    assert len(dots["features"]) == 52
    first = page_text(at).split('role="status">')[1].split("</p>")[0]
    assert "45" in first
    assert speaker(lang)("balance_page.fill_few") in page_text(at)
    assert at.segmented_control(key="density_bandwidth_km").disabled
    again = density(lang=lang, dfill="districts")
    assert scene(again)["drawing"]["shapes"] == drawing["shapes"]


@pytest.mark.parametrize("page", ["density", "coverage"])
def test_a_shape_can_be_drawn_on_other_maps_than_the_layout_map(page: str) -> None:
    at = app(page, **{"in": "circle_117.2_39.1_5000"})
    assert not at.exception
    assert "圆（半径 5" in page_text(at), "what lies in it"
    assert LINE in str(scene(at)["drawing"]["shapes"])
