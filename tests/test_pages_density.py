"""Show that the density page answers first, follows its choices, and refuses in words."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from layers.city import City, load_city
from layers.text import speaker
from tests.hostile import hostile_pack
from tests.test_pages import ROOT, app, page_text, scene


def density(**query: str) -> AppTest:
    return app("density", **query)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_answer_comes_first_and_the_map_carries_it(lang: str, tianjin: City) -> None:
    at = density(lang=lang)
    assert not at.exception
    bodies = [element.proto.body for element in at.get("html")]
    answers = [body for body in bodies if 'role="status"' in body]
    assert "49" in answers[0]
    assert "42.9%" in answers[0]
    assert "56" in answers[1]
    drawing = scene(at)["drawing"]
    assert drawing["raster"]["url"].startswith("data:image/png;base64,")
    assert [h["id"] for h in drawing["handles"]] == [f"peak-{k}" for k in range(1, 6)]
    assert not any(scene(at)["layers"].values()), "dots of the drawing stand for the places"
    for key in ("footer", "boundary", "review_map"):
        assert tianjin.notices[key].of(lang) in " ".join(bodies)


def test_kernel_bandwidth_and_weight_redraw_the_map_and_move_the_address() -> None:
    at = density()
    seen = {scene(at)["drawing"]["raster"]["url"]}
    for key, value, name in (
        ("density_bandwidth_km", 8, "dbw"),
        ("density_kernel", "quartic", "dk"),
        ("density_weight", "level", "dw"),
    ):
        at.segmented_control(key=key).set_value(value).run()
        assert not at.exception
        assert str(value) in at.query_params[name]
        seen.add(scene(at)["drawing"]["raster"]["url"])
    assert len(seen) == 4
    assert "加权处" in page_text(at)


def test_places_can_be_counted_by_their_site() -> None:
    at = density()
    assert "49 处" in page_text(at)
    at.segmented_control(key="density_by").set_value("site").run()
    assert "计入各区的 48 处" in page_text(at)


def test_a_filter_of_the_map_decides_what_enters() -> None:
    text = page_text(density(layers="platform.district"))
    assert "计入各区的 15 处" in text
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
    assert "其中公开点位" in page_text(at)


@pytest.mark.parametrize("value", ["\x00", "🙂" * 500, "-1"])
@pytest.mark.parametrize("key", ["dbw", "dcell", "dad", "dk", "dw", "dby"])
def test_a_hostile_address_opens_at_the_defaults(key: str, value: str) -> None:
    at = density(**{key: value}, level="district", field="aerospace")
    assert not at.exception


def test_a_hostile_pack_is_measured_or_refused_as_text(tmp_path, monkeypatch) -> None:
    folder = hostile_pack(tmp_path)
    monkeypatch.setenv("ATLAS_PACKS", str(folder))
    at = density(city=load_city(folder).id)
    assert not at.exception
    assert "<img src=x" not in page_text(at)
    assert "<script>window" not in page_text(at)


def test_another_city_is_measured_too(monkeypatch) -> None:
    monkeypatch.setenv("ATLAS_PACKS", str(ROOT / "tests" / "toy"))
    at = density(city=load_city(ROOT / "tests" / "toy").id)
    assert not at.exception
    assert "甲区" in page_text(at)
