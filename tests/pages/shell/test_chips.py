"""Show that filters are seen wherever they act, and that a chip takes its own away."""

from __future__ import annotations

from typing import Any

import pytest
import streamlit as st

from tests.screens import app, page_text, shown

FILTERED = {"v": "3", "level": "national", "district": "120116"}
WORDS = ["国家级（已批复） ×", "滨海新区 ×"]


def chips(at) -> list[str]:
    return [str(b.label) for b in at.button if str(b.key).startswith("chip_")]


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
@pytest.mark.parametrize(
    ("page", "query", "says"),
    [
        ("explore", {}, None),
        ("explore", {"level": "national"}, "国家级（已批复）"),
        ("explore", {"period": "2025"}, "2025年目标"),
        ("explore", {"later": "0"}, "不含规划印发后新增"),
        ("density", {}, None),
        ("density", {"period": "2025"}, ""),
        ("coverage", {"level": "national"}, ""),
    ],
)
def test_the_file_that_the_button_gives_says_that_its_rows_are_filtered(
    page: str, query: dict[str, str], says: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    names: list[str] = []

    def button(*given: Any, file_name: str = "", **_: object) -> None:
        names.append(file_name or given[2])

    monkeypatch.setattr(st, "download_button", button)
    text = page_text(app(page, v="3", **query))
    assert names
    assert all(("_filtered_" in name) == (says is not None) for name in names)
    if page == "explore":
        amount = text.split('<p class="amount"', 1)[1].split("</p>", 1)[0]
        assert ("；筛选：" in amount) == bool(says)
        assert (says or "") in amount


def test_the_amount_counts_rows_and_says_which_have_no_mark() -> None:
    text = page_text(shown("explore"))
    assert "85 条（其中 18 条位置不详未上图、5 条为称号不标点），1 个文件" in text
