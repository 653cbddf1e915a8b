"""Show in a browser that what is said in a meeting survives a reload, and reads back."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.harness import Server, map_frame, open_at, settle

WORDS = "<b onclick=alert(1)>=1+1</b> 这一带要不要再加密？"


@pytest.mark.thorough
def test_a_comment_is_pinned_reloaded_and_exported(server: Server, page: Page) -> None:
    open_at(page, f"{server.url}/?sel=120104")
    page.locator(".st-key-comments summary").click()
    page.get_by_label("意见", exact=True).fill(WORDS)
    page.get_by_label("提出人").fill("李处")
    page.get_by_role("button", name="记下").click()
    expect(page.get_by_text("共 1 条意见。")).to_be_visible()
    expect(page.get_by_label("意见", exact=True)).to_have_value("")
    page.wait_for_function("localStorage['atlas.comments.tianjin.kept']")
    open_at(page, f"{server.url}/deck?scene=national")
    note = page.locator(".deck-note")
    expect(note).to_have_text("会议意见（1）")
    frame = map_frame(page)
    pin = frame.locator('.atlas-mark:has-text("1")[data-id^="comment-"]')
    pin.click()
    expect(page.locator(".deck-caption span")).to_have_text(WORDS)
    page.keyboard.press("Escape")
    page.keyboard.press("m")
    page.get_by_label("意见", exact=True).fill("第二条")
    page.get_by_role("button", name="记下").click()
    expect(page.get_by_text("共 2 条意见。")).to_be_visible()
    expect(page.get_by_label("意见", exact=True)).to_have_value("")
    with page.expect_download() as given:
        page.get_by_role("button", name="下载全部").click()
    with zipfile.ZipFile(io.BytesIO(Path(given.value.path()).read_bytes())) as archive:
        tree = json.loads(archive.read("comments.geojson"))
    by_text = {each["properties"]["what"]: each for each in tree["features"]}
    assert set(by_text) == {WORDS, "第二条"}
    assert by_text["第二条"]["properties"]["on"] == "city"
    feature = by_text[WORDS]
    assert feature["properties"]["who"] == "李处"
    assert feature["properties"]["target"] == "120104"
    open_at(page, f"{server.url}/deck?scene=national&view=locked")
    map_frame(page)
    expect(note).to_have_count(0)
    page.keyboard.press("m")
    settle(page)
    expect(page.locator(".st-key-deck_comments")).to_have_count(0)
    page.evaluate("localStorage.clear()")
