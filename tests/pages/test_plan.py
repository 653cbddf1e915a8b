"""The page of the plan: three ways round, its parts, the light after an entry; no browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from layers.pack.city import City
from layers.plan.structure import web
from layers.store.book import open_book
from layers.store.entries import Draft
from layers.store.settings import STORE_VARIABLE, WRITE_VARIABLE
from pages.shell import cache
from tests import ROOT
from tests.screens import AROUND, app, asked_shape, drawn, page_text, shown

pytestmark = pytest.mark.screen


def test_a_task_keeps_its_places_on_the_map_and_leads_on(tianjin: City) -> None:
    at = app("plan", gtask="c5.1.1", lang="zh", **{"in": AROUND})
    mapped = set(drawn(at))
    assert asked_shape(at)
    assert f"共 {len(mapped)} 处有点位" in page_text(at), "asked are the places of the task alone"
    assert mapped == {id_ for id_ in web(tianjin).shown_with("c5.1.1") if _has_point(tianjin, id_)}
    at.button(key="plan_place_plan.answers_title_park-cauc").click().run()
    assert at.query_params["sel"] == "park-cauc"
    at.button(key="plan_place_to_indicator_10").click().run()
    assert (at.query_params["gpart"], at.query_params["gind"]) == ("indicators", "10")
    at.button(key="plan_feeds_c5.1.1").click().run()
    assert at.query_params["gtask"] == "c5.1.1"


def _has_point(city: City, id_: str) -> bool:
    layer = next(each for each in city.layers.values() if id_ in each.frame.index)
    return layer.frame.geometry[id_] is not None


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("part", ["ledger", "audit", "changes"])
def test_every_part_opens_by_its_address(part: str, lang: str) -> None:
    assert not shown("plan", gpart=part, lang=lang).exception


def test_an_unsaid_task_is_unknown_and_not_undone() -> None:
    text = page_text(shown("plan", gpart="ledger", lang="zh"))
    assert "62 项任务：已完成 1 项、部分完成 5 项、不详 56 项" in text


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A store of its own, and the toy city."""
    monkeypatch.setenv(STORE_VARIABLE, str(tmp_path))
    monkeypatch.setenv("ATLAS_PACKS", str(ROOT / "tests" / "toy"))
    cache.entered.clear()
    yield
    cache.entered.clear()


@pytest.fixture
def entering(store: None) -> AppTest:
    """The toy's first indicator with the form open."""
    at = app("plan", city="toy", gpart="indicators", gind="1", lang="zh")
    at.session_state["plan_enter_value_box"] = True
    return at.run()


def _save(at: AppTest, value: str = "") -> None:
    if value:
        at.text_input(key="enter_value").set_value(value)
    at.text_input(key="enter_source").set_value("年报")
    at.text_input(key="enter_who").set_value("李")
    next(each for each in at.button if each.label in ("保存", "Save")).click()
    at.run()


def test_a_value_that_a_reader_enters_sets_the_light(entering: AppTest) -> None:
    assert _light(page_text(entering)) == "no_data"
    _save(entering, "many")
    assert "“many”不是数值" in page_text(entering)
    _save(entering, "9")
    assert [(e.subject, e.field, e.after, e.verified) for e in open_book().entries("toy")] == [
        ("2021-2025/1", "2025", "9", False)
    ]
    assert _light(page_text(entering)) == "on_track"
    assert "2025年：9（李（未经登录认证）" in page_text(entering)
    entering.text_input(key="undo_who").set_value("王")
    entering.button(key="undo_1").click().run()
    assert "已撤回第 1 条" in page_text(entering)
    assert _light(page_text(entering)) == "no_data"


def test_who_saves_what_another_has_just_saved_is_told(entering: AppTest) -> None:
    told = {"kind": "observation", "subject": "2021-2025/1", "field": "2025", "before": ""}
    open_book().append("toy", Draft(**told, after="7", who="王"))  # type: ignore[arg-type]
    _save(entering, "9")
    assert "王刚才已存为“7”" in page_text(entering)
    assert [entry.after for entry in open_book().entries("toy")] == ["7"]


@pytest.mark.usefixtures("store")
def test_a_state_that_a_reader_enters_stands_in_the_ledger() -> None:
    at = app("plan", city="toy", gtask="c1.4", lang="zh")
    assert "不详 1 项" in page_text(at)
    at.session_state["plan_enter_state_box"] = True
    at.run()
    at.selectbox(key="enter_state").set_value("done")
    at.selectbox(key="enter_carry").set_value("carried")
    _save(at)
    saved = {e.field: (e.subject, e.after) for e in open_book().entries("toy")}
    assert saved == {"state": ("2021-2025/c1.4", "done"), "carry": ("2021-2025/c1.4", "carried")}
    assert "4 项任务：已完成 2 项、部分完成 1 项、未完成 1 项" in page_text(at)


@pytest.mark.usefixtures("store")
def test_a_fact_of_a_place_is_corrected_and_taken_back() -> None:
    at = app("plan", city="toy", gtask="c1.1", sel="park-late", lang="en")
    at.session_state["plan_enter_place_box"] = True
    at.run()
    before = at.selectbox(key="enter_fact").options
    assert before == ["status", "lead unit", "approved by", "approved on"]
    at.selectbox(key="enter_fact").set_value("lead_unit").run()
    at.text_input(key="enter_after").set_value("Bureau of Parks")
    _save(at)
    assert "to “Bureau of Parks” (李 (not signed in)" in page_text(at)
    entry = open_book().entries("toy")[0]
    assert (entry.kind, entry.subject, entry.field) == ("place_edit", "park-late", "lead_unit")
    at.text_input(key="undo_who").set_value("王")
    at.button(key="undo_1").click().run()
    assert "Bureau of Parks" not in page_text(at)


@pytest.mark.usefixtures("store")
def test_where_writing_is_off_nothing_can_be_entered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(WRITE_VARIABLE, "no")
    at = app("plan", city="toy", gpart="indicators", gind="1", lang="zh")
    assert "这台服务器目前不接受录入" in page_text(at)
    assert not at.text_input


def _light(text: str) -> str:
    found = re.search(r'class="light (\w+)"', text)
    return found[1] if found else ""
