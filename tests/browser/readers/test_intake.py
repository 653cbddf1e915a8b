"""Bring an office's sheet along, use it, place a row by a click, and open the result again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from layers.intake.outcome import click_doubt
from layers.intake.take_in import take_in
from layers.pack.city import City
from tests.browser.harness import Server, map_frame, open_at, settle
from tests.intake.files import survey_rows, workbook


@pytest.mark.thorough
def test_a_sheet_with_title_and_angles_is_used_mended_and_read_again_equal(
    server: Server, page: Page, tianjin: City, tmp_path: Path
) -> None:
    sheet = tmp_path / "名录.xlsx"
    sheet.write_bytes(workbook(("名录", [*survey_rows()[:13], [10, "无坐标企业", "", ""]])))
    open_at(page, f"{server.url}/density?v=3&dpart=points")
    page.locator(".st-key-intake_upload_0 input[type=file]").set_input_files(sheet)
    page.locator(".st-key-intake_accept button").click()
    page.locator(".st-key-intake_row input").click()
    page.get_by_role("option", name="无坐标企业").click()
    page.locator(".st-key-intake_put_there").wait_for()
    expect(page.locator("progress")).to_have_count(0)
    settle(page)
    frame = map_frame(page)
    box = frame.locator("#map_div").bounding_box()
    assert box is not None
    x, y = frame.evaluate("Object.values(map.latLngToContainerPoint([39.3, 117.4]))")
    zoom = round(4 * frame.evaluate("map.getZoom()")) / 4  # in steps, as a camera has it
    page.mouse.click(box["x"] + x, box["y"] + y)
    page.locator(".st-key-intake_undo").wait_for()
    expect(page.locator(".st-key-intake_row")).to_have_count(0)
    west, south, east, north = tianjin.bbox
    whole = f"map.getBounds().contains([[{south}, {west}], [{north}, {east}]])"
    settle(page)
    map_frame(page).wait_for_function(whole)  # more words above leave less room
    with page.expect_download() as waiting:
        page.locator(".st-key-intake_download button").click()
    answers = {"x": "经度_lon", "y": "纬度_lat"}
    again = take_in(("b.xlsx", Path(waiting.value.path()).read_bytes()), tianjin, answers).reading
    first = take_in(sheet, tianjin, {}).reading
    assert again is not None
    assert first is not None
    assert (first.used, again.used) == (10, 11)
    np.testing.assert_allclose(again.rows["lon"][:10], first.rows["lon"][:10], atol=1e-7)
    np.testing.assert_allclose(again.rows["lat"][:10], first.rows["lat"][:10], atol=1e-7)
    assert again.rows["uncertainty_m"][10] == click_doubt(39.3, zoom)
