"""Show that slide, sheet and ledger say what the page says, a reader's entry too."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from docx import Document
from openpyxl import load_workbook
from pptx import Presentation
from pypdf import PdfReader

from layers.language.bilingual import Bilingual
from layers.pack.city import City, Entered
from layers.plan.audit import audit
from layers.plan.chart import svg
from layers.plan.files import package
from layers.plan.indicator import progress
from layers.plan.ledger import ledger
from layers.plan.wording import audit_rows, ledger_table
from layers.present.ledger import document
from layers.present.listed import ListedPage, file_of
from layers.present.sheet.plan_sheet import plan_sheet
from layers.present.showing import Shown
from layers.present.slides import slides
from layers.present.story import Scene
from layers.present.telling import Told, tell
from layers.store.entries import Entry, row_of
from layers.view.state import default_state
from tests.plan.test_indicator import entered

WORDS = Bilingual("规划", "Plan")


def _told(city: City, *entries: Entry) -> Told:
    """Return the scene of the toy's first indicator."""
    rows = tuple(row_of(entry) for entry in entries)
    held = replace(city, entered=Entered(len(rows), of_plan=rows))
    scene = Scene("a", WORDS, "plan", {"gpart": "indicators", "gind": "1"})
    return tell(scene, held, default_state(held, "zh"))


def _series(told: Told) -> dict[str, list[float]]:
    deck = Presentation(io.BytesIO(slides([Shown(told)], "x")))
    chart = next(s.chart for s in deck.slides[0].shapes if s.has_chart)
    return {each.name: list(each.values) for each in chart.plots[0].series}


def test_the_slide_holds_the_chart_and_follows_an_entry(toy: City) -> None:
    """Path, target and values as in the chart by hand: 1, 2, 3, 4, 6, 8 towards 8."""
    before, after = _series(_told(toy)), _series(_told(toy, entered(1, 2025, "9")))
    assert before["进度"] == [1, 2, 3, 4, 6, 8]
    assert before["目标"] == [8] * 6
    assert before["可比数值"] == [2, 3, 5]
    assert before["不可比数值"] == [1]
    assert "读者录入" not in before
    assert after["读者录入"] == [9]


@pytest.mark.parametrize(
    ("address", "begins", "kept"),
    [
        ({"gpart": "changes"}, "规划 2026-2030与规划 2021-2025相比：11 处变化", 11),
        ({"gpart": "audit"}, "规划与地图互查，10 条待处理", None),
        ({"gtask": "c1.1"}, "中文 title c1.1（部分完成）", 5),
        ({"gpart": "ledger"}, "4 项任务：", None),
        ({"gpart": "indicators"}, "3 项指标以 2025 年为准：", None),
    ],
)
def test_every_part_can_be_a_scene(
    toy: City, address: dict[str, str], begins: str, kept: int | None
) -> None:
    told = tell(Scene("a", WORDS, "plan", address), toy, default_state(toy, "zh"))
    assert told.sentence.startswith(begins)
    assert told.table is not None
    assert told.keep is None if kept is None else len(told.keep or ()) == kept


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_chart_says_all_that_it_draws(toy: City, lang: str) -> None:
    parks = progress(toy, toy.plan, [entered(1, 2025, "9")])[0]
    drawn = svg(parks, lang)
    assert drawn.count("<circle") == 1 + 4  # the baseline, and the values of the pack
    assert drawn.count("<rect") == 1
    assert all(f">{figure}<" in drawn for figure in ("≥3", "5", "9"))


def test_the_ledger_leaves_in_a_bureaus_form(toy: City) -> None:
    kept = ledger(toy, toy.plan)
    word = Document(io.BytesIO(document(kept, "zh")))
    rows = [[cell.text for cell in row.cells] for row in word.tables[1].rows]
    assert rows[0][:4] == ["序号", "出处", "任务", "场所牵头单位"]
    assert [row[5] for row in rows[1:]] == ["部分完成", "已完成", "未完成", "不详"]
    made = package(kept, (), "zh")
    sheet = load_workbook(io.BytesIO(made.whole())).worksheets[0]
    cells = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value]
    assert {"部分完成", "已完成", "未完成", "不详"} <= set(cells)
    assert made.zip() == package(kept, (), "zh").zip()


@pytest.mark.slow
def test_ledger_and_audit_are_handed_out_as_their_pages_show_them(toy: City) -> None:
    kept, found = ledger(toy, toy.plan), audit(toy, toy.plan)
    for rows in (ledger_table(kept, "en"), audit_rows(found, "en")):
        page = ListedPage(toy, default_state(toy, "en"), "Title", "note", rows.reset_index())
        deck = Presentation(io.BytesIO(file_of("pptx", page).data))
        tables = [s.table for slide in deck.slides for s in slide.shapes if s.has_table]
        assert sum(len(table.rows) - 1 for table in tables) == len(rows)
        text = "".join(
            p.extract_text() for p in PdfReader(io.BytesIO(file_of("pdf", page).data)).pages
        )
        assert all(word in text for name in rows.iloc[:, 2] for word in str(name).split()[:1])


def test_a_filtered_ledger_says_so(toy: City) -> None:
    scene = Scene("a", WORDS, "plan", {"gpart": "ledger", "gst": "done"})
    told = tell(scene, toy, default_state(toy, "zh"))
    assert told.sentence.startswith("筛选后：1 项任务")
    assert told.filtered == "已完成"


def test_the_sheet_prints_every_indicator(toy: City) -> None:
    pages = PdfReader(io.BytesIO(plan_sheet(toy, toy.plan, "zh"))).pages
    text = "".join(page.extract_text() for page in pages)
    assert all(name in text for name in ("科技园数量", "占比", "用时"))
