"""Show that filters are seen wherever they act, and that a chip takes its own away."""

from __future__ import annotations

import pytest

from tests.screens import app, page_text, shown

FILTERED = {"v": "3", "level": "national", "district": "120116"}
WORDS = ["国家级（已批复） ×", "滨海新区 ×"]


def chips(at) -> list[str]:
    return [str(b.label) for b in at.button if str(b.key).startswith("chip_")]


@pytest.mark.parametrize(
    ("page", "more"),
    [
        ("explore", {}),
        ("explore", {"present": "1"}),
        ("density", {}),
        ("coverage", {}),
        ("coverage", {"cpart": "siting", "cr": "10000"}),
        ("coverage", {"cpart": "scenario", "present": "1"}),
    ],
)
def test_filters_are_seen_where_they_act(page: str, more: dict[str, str]) -> None:
    at = shown(page, **FILTERED, **more)
    assert chips(at) == WORDS
    text = page_text(at)
    assert "（筛选后）</h1>" in text, "the title says so"
    first = text.split('<p class="summary"', 1)[1]
    assert first.split(">", 1)[1].startswith("筛选后"), "and the first sentence"


@pytest.mark.parametrize(
    ("page", "more", "mentioned"),
    [
        ("district", {}, True),
        ("coverage", {"cpart": "pairing"}, True),
        ("density", {"dpart": "points"}, True),
        ("sources", {}, False),
    ],
)
def test_filters_are_not_said_to_act_where_they_do_not(
    page: str, more: dict[str, str], mentioned: bool
) -> None:
    at = shown(page, **FILTERED, **more)
    assert chips(at) == []
    assert "（筛选后）" not in page_text(at)
    assert ("本页不受筛选影响" in page_text(at)) is mentioned


def test_the_opening_view_has_no_chips() -> None:
    assert chips(shown("explore")) == []
    assert "筛选后" not in page_text(shown("explore"))


def test_a_chip_takes_its_own_value_away_and_no_other() -> None:
    at = app("explore", **FILTERED, layers="~-platform", later="0")
    assert chips(at) == [*WORDS, "不含规划印发后新增 ×", "未显示科技创新平台 ×"]
    at.button(key="chip_district_120116").click().run()
    assert chips(at) == [WORDS[0], "不含规划印发后新增 ×", "未显示科技创新平台 ×"]
    at.button(key="chip_layers_platform").click().run()
    at.button(key="chip_later_0").click().run()
    assert chips(at) == WORDS[:1]
    assert at.query_params["level"] in ("national", ["national"])
    at.button(key="chip_level_national").click().run()
    assert chips(at) == []
    assert "level" not in at.query_params
