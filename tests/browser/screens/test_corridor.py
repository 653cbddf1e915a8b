"""Follow a planner along the belt: strip and map choose for each other, the strip is taken home."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as Xml

from playwright.sync_api import Page, expect

from tests.browser.harness import Server, map_frame, open_at, settle

STRIP = ".axis-strip"


def test_strip_and_map_choose_for_each_other(server: Server, page: Page, tmp_path: Path) -> None:
    open_at(page, f"{server.url}/corridor")
    frame = map_frame(page)
    strip = page.locator(STRIP)
    expect(strip.locator("g.place")).to_have_count(30)
    strip.locator('[data-place="node-wuqing"] text').click()
    page.wait_for_url("**sel=node-wuqing**")
    settle(page)
    chosen = strip.locator('[data-place="node-wuqing"] text')
    expect(chosen).to_have_attribute("font-weight", "700")
    expect(page.locator(".st-key-scene_side")).to_contain_text("92.7")
    # With the keys alone, to another place.
    strip.locator('[data-place="node-jingbin"]').press("Enter")
    page.wait_for_url("**sel=node-jingbin**")
    settle(page)
    # And back from the map.
    mark = frame.locator('.atlas-mark[data-id="node-zhongguancun"]').first
    mark.click()
    page.wait_for_url("**sel=node-zhongguancun**")
    settle(page)
    back = strip.locator('[data-place="node-zhongguancun"] text')
    expect(back).to_have_attribute("font-weight", "700")
    with page.expect_download() as waiting:
        page.locator(".st-key-corridor_strip button").click()
    waiting.value.save_as(tmp_path / "strip.svg")
    assert Xml.parse(tmp_path / "strip.svg").getroot().get("width") == "680"
