"""Show that a verification sheet goes out, is filled in, comes back, and is seen at once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from layers.store.book import open_book
from layers.store.command import main
from layers.store.settings import STORE_VARIABLE
from tests.browser.conftest import NewPage
from tests.browser.harness import Watch, open_at, serve, settle

PLACE = "plat-ip-binhai"
NAME = "中国（滨海新区）知识产权保护中心"
ANSWERS = {
    "verdict": "更正如下",
    "address": "第一大街1号",
    "east": "117°42′3″",
    "north": "39°1′12″",
    "datum": "GCJ-02",
    "accuracy": "20",
    "status": "已建成或已认定",
    "who": "张三",
    "when": date(2026, 11, 20),
    "source": "现场踏勘",
}


def fill(path: Path) -> None:
    """Answer for one place as a district would, and half-way for another."""
    book = load_workbook(path)
    sheet = book.worksheets[0]
    columns = {cell.value: cell.column for cell in sheet[3]}
    for row in range(5, sheet.max_row + 1):
        if sheet.cell(row, 1).value == PLACE:
            for name, value in ANSWERS.items():
                sheet.cell(row, columns[name]).value = value
    sheet.cell(5, columns["lead_unit"]).value = "某局"  # and nobody signs for it
    book.save(path)


def unfold(page: Page, count: int) -> None:
    page.get_by_text("点位核实单", exact=True).click()
    page.get_by_text(f"{count} 处位置待核。").wait_for()
    settle(page)


@pytest.mark.thorough
def test_a_sheet_is_filled_in_and_read_back(
    new_page: NewPage, watch: Watch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve(env={STORE_VARIABLE: str(tmp_path / "store")}) as server:
        page = new_page()
        open_at(page, f"{server.url}/district?d=120116")
        unfold(page, 17)
        with page.expect_download() as download:
            page.get_by_text("下载核实单（Excel）").click()
        path = tmp_path / download.value.suggested_filename
        download.value.save_as(path)
        fill(path)

        page.locator('input[type="file"]').set_input_files(path)
        page.get_by_text("共 17 行：可采纳 1，无变化 15，退回 1。").wait_for()
        settle(page)
        page.get_by_role("button", name="采纳 1 行").click()
        page.get_by_text("共 17 行：已采纳 1，无变化 15，退回 1。").wait_for()
        expect(page.get_by_text("16 处位置待核。")).to_be_visible()

        page.get_by_label("您的姓名").fill("李工")
        page.get_by_label("您的姓名").press("Enter")
        settle(page)
        page.get_by_role("button", name="撤回").first.click()  # the status, entered last
        page.get_by_text("已撤回第 3 条").wait_for()

        open_at(page, f"{server.url}/?sel={PLACE}")
        card = page.get_by_text("核实记录").first
        expect(card).to_be_visible()
        page.goto("about:blank")  # before the server goes: the page would look for it
    monkeypatch.setenv(STORE_VARIABLE, str(tmp_path / "store"))
    assert main(["verify"]) == 0
    assert [(each.who, each.undoes) for each in open_book().entries("tianjin")] == [
        *[("张三", None)] * 3,
        ("李工", 3),
    ]
