"""Draw a circle on the map, be told what lies in it, save the shape, clear it, open it again."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from layers.inside.measure import measure, question
from layers.inside.wording import word
from layers.pack.city import City
from layers.view.page_options import InsideOptions
from layers.view.state import default_state
from tests.browser.harness import MAP, Server, map_frame, open_at, settle

DRAWN = re.compile(r"[?&]in=circle_")


@pytest.mark.slow
def test_a_circle_is_drawn_saved_cleared_and_opened_again(
    server: Server, page: Page, tianjin: City, tmp_path: Path
) -> None:
    open_at(page, f"{server.url}/")
    map_frame(page)
    box = page.locator(".st-key-inside")
    box.locator("summary").click()
    box.get_by_text("圆", exact=True).click()
    settle(page)
    map_frame(page).wait_for_selector(".drawing", state="attached")
    found = page.locator(MAP).bounding_box()
    assert found is not None
    x, y = found["x"] + found["width"] / 2, found["y"] + found["height"] * 0.55
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 30, y)
    page.mouse.move(x + 60, y)
    page.mouse.up()
    page.wait_for_url(DRAWN)
    settle(page)
    shape = parse_qs(urlsplit(page.url).query)["in"][0]
    asked = question(replace(default_state(tianjin), inside=InsideOptions(shape)))
    sentence = word(measure(tianjin, asked), "zh").sentence
    summary = box.locator(".summary")
    expect(summary).to_have_text(sentence)
    with page.expect_download() as waiting:
        box.get_by_role("button", name="保存范围").click()
    waiting.value.save_as(tmp_path / "shape.geojson")
    box.get_by_role("button", name="清除范围").click()
    expect(summary).to_have_count(0)
    box.locator("input[type=file]").set_input_files(tmp_path / "shape.geojson")
    expect(summary).to_have_text(sentence)
    assert parse_qs(urlsplit(page.url).query)["in"] == [shape]
