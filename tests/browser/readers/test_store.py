"""Show that scenarios outlive a reload, a dropped line and a server, and are asked about."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.harness import (
    Server,
    Watch,
    free_port,
    map_frame,
    open_at,
    serve,
    settle,
)

SCENARIO = "coverage?cpart=scenario"
SENTENCE = '.summary[role="status"]'
EDITS = "新增 · 新增点 1"


def add_a_place(page: Page) -> str:
    """Add a place to the scenario at work; return the sentence that says what it changes."""
    map_frame(page)
    page.wait_for_timeout(1_000)  # the map's own first word asks for a run too
    settle(page)
    page.get_by_text("新增的类型、名称和位置").click()
    page.get_by_role("button", name="新增", exact=True).click()
    page.get_by_role("button", name=EDITS).wait_for()
    settle(page)
    page.wait_for_function("sessionStorage.length && window.atlasUnsaved")
    return page.locator(SENTENCE).first.inner_text()


@pytest.mark.thorough
def test_an_unsaved_scenario_is_asked_about_and_is_there_after_a_reload(
    page: Page, server: Server, watch: Watch
) -> None:
    open_at(page, f"{server.url}/{SCENARIO}")
    said = add_a_place(page)
    assert "方案A" in said
    page.reload()
    expect(page.get_by_role("button", name=EDITS)).to_be_visible()
    expect(page.locator(SENTENCE).first).to_have_text(said)
    assert watch.asked_back == 1

    page.get_by_role("button", name="存为方案").click()
    page.wait_for_function("localStorage.getItem('atlas.scenario.tianjin.kept')")
    page.wait_for_function("window.atlasUnsaved === false")
    page.reload()
    expect(page.get_by_role("button", name="打开：方案A")).to_be_visible()
    assert watch.asked_back == 1  # nothing was unsaved


@pytest.mark.thorough
def test_a_scenario_outlives_a_dropped_line_and_the_server(new_page: NewPage, watch: Watch) -> None:
    port, page = free_port(), new_page()
    with serve(port=port) as first:
        open_at(page, f"{first.url}/{SCENARIO}")
        said = add_a_place(page)
    with serve(port=port):
        expect(page.get_by_role("button", name=EDITS)).to_be_visible()
        expect(page.locator(SENTENCE).first).to_have_text(said)
    watch.errors.clear()  # what the browser says of a line that drops


def test_what_is_no_scenario_is_told_and_not_taken_back(page: Page, server: Server) -> None:
    open_at(page, f"{server.url}/sources")
    page.evaluate(
        """() => {
          sessionStorage.setItem("atlas.scenario.tianjin.draft", '{"type": 1}');
          localStorage.setItem("atlas.scenario.tianjin.kept", "[[[[");
        }"""
    )
    open_at(page, f"{server.url}/{SCENARIO}")
    expect(page.get_by_text("浏览器里存的方案有的读不出来")).to_be_visible()
    expect(page.get_by_text("浏览器里存的文字不是本页存下的方案")).to_be_visible()
    expect(page.locator(SENTENCE).first).to_contain_text("就看到变化")
