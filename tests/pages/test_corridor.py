"""The corridor page without a browser: axis, distance, what is chosen, what is filtered."""

from __future__ import annotations

import pytest

from tests.screens import AROUND, app, asked_shape, page_text, shown

pytestmark = pytest.mark.screen


def test_another_axis_and_distance_move_sentence_and_address() -> None:
    at = app("corridor")
    before = page_text(at)
    assert "168\u202f公里" in before
    at.selectbox(key="corridor_axis").select("by_cities").run()
    assert at.query_params["axis"] == "by_cities"
    assert "186\u202f公里" in page_text(at)
    at.segmented_control(key="corridor_within").set_value(30).run()
    assert at.query_params["aw"] == "30"
    assert "30\u202f公里" in page_text(at)
    assert not at.exception


def test_the_chosen_place_has_its_chainage_and_a_filter_is_said() -> None:
    asked = {"sel": "node-wuqing", "level": "national", "lang": "zh", "in": AROUND}
    text = page_text(shown("corridor", **asked))
    assert asked_shape(shown("corridor", **asked))
    assert "筛选后：所圈的圆" in text
    assert "筛选" in text
    assert "92.7" not in text, "a place that is filtered out has no chainage"
    assert "92.7" in page_text(shown("corridor", sel="node-wuqing", lang="zh"))


def test_a_city_without_links_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATLAS_PACKS", "tests/toy")
    at = app("corridor", city="toy", lang="en")
    assert not at.exception
    assert "26\u202fkm long" in page_text(at)
    assert "link data are partial" in page_text(at)
