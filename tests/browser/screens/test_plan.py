"""Go round from task to place to indicator by mouse, keys and address, and enter a value."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pptx import Presentation

from layers.store.settings import STORE_VARIABLE
from tests.browser.conftest import NewPage
from tests.browser.harness import MARKS, Watch, map_frame, open_at, serve, settle

TASK, PLACE, INDICATOR = "c5.1.1", "park-cauc", "10"
VALUE = 8.0


def _until(page: Page, *said: str) -> None:
    """Wait until the address says all of these."""
    words = [*said]
    page.wait_for_function(
        "words => words.every(each => location.search.includes(each))", arg=words
    )
    settle(page)


def _enter(page: Page) -> None:
    """Enter a value that reaches the target, and see the light change."""
    page.locator(".st-key-plan_enter_value_box summary").click()
    page.locator(".st-key-enter_value input").fill(f"{VALUE:g}")
    page.locator(".st-key-enter_source input").fill("认定文件")
    page.locator(".st-key-enter_who input").fill("李")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".light")).to_have_class("light on_track")


def _slide(page: Page, folder: Path) -> Path:
    """Have what the page shows made as a slide, and take it."""
    page.locator(".st-key-picture_export button").first.click()
    page.locator(".st-key-picture_kind").get_by_text("幻灯片").click()
    settle(page)
    page.locator(".st-key-picture_make button").click()
    with page.expect_download() as download:
        page.locator(".st-key-picture_paper button").click()
    download.value.save_as(folder / "indicator.pptx")
    return folder / "indicator.pptx"


def _charted(file: Path) -> set[float]:
    """Return all numbers of the charts of a deck."""
    shapes = [shape for slide in Presentation(str(file)).slides for shape in slide.shapes]
    charts = [shape.chart for shape in shapes if shape.has_chart]
    series = [each for chart in charts for plot in chart.plots for each in plot.series]
    return {value for each in series for value in each.values if value is not None}


def test_round_by_mouse_keys_and_address_and_a_value_sets_the_light(
    new_page: NewPage, watch: Watch, tmp_path: Path
) -> None:
    with serve(env={STORE_VARIABLE: str(tmp_path / "store")}) as server:
        page = new_page()
        open_at(page, f"{server.url}/plan?gtask={TASK}")
        frame = map_frame(page)
        frame.wait_for_function(f"id => ({MARKS}).includes(id)", arg=PLACE)
        # From the task to a place on the map, by mouse; from the place to its indicator, by keys.
        frame.locator(f'.atlas-mark[data-id="{PLACE}"]').click()
        _until(page, f"sel={PLACE}")
        button = page.locator(f".st-key-plan_place_to_indicator_{INDICATOR} button")
        button.focus()
        page.keyboard.press("Enter")
        _until(page, "gpart=indicators", f"gind={INDICATOR}")
        expect(page.locator(".indicator h2")).to_have_text("市级以上大学科技园数量")
        # From the indicator back to the task, and its address opens as it is.
        page.locator(f'[class*="st-key-plan_feeds_{TASK.replace(".", "-")}"] button').click()
        _until(page, f"gtask={TASK}")
        # A value sets the light and stands in the chart.
        open_at(page, f"{server.url}/plan?gpart=indicators&gind={INDICATOR}")
        expect(page.locator(".light")).to_have_class("light no_data")
        before = page.locator(".indicator img.wide").get_attribute("src")
        _enter(page)
        after = page.locator(".indicator img.wide").get_attribute("src")
        assert after != before
        assert "%3Crect" in str(after)
        page.goto("about:blank")  # before the server goes: the page would look for it
        watch.check()


@pytest.mark.thorough  # the first slide takes long on a busy machine
def test_a_value_is_charted_on_the_slide(new_page: NewPage, watch: Watch, tmp_path: Path) -> None:
    with serve(env={STORE_VARIABLE: str(tmp_path / "store")}) as server:
        page = new_page()
        open_at(page, f"{server.url}/plan?gpart=indicators&gind={INDICATOR}")
        _enter(page)
        settle(page)
        # The list keeps its choice though the words of its options have changed.
        expect(page.locator(".st-key-plan_indicator input:checked")).to_have_count(1)
        assert VALUE in _charted(_slide(page, tmp_path))
        page.goto("about:blank")
        watch.check()
