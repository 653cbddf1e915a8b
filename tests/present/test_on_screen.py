"""Files of a screen that no address holds: own points, drawn scenarios; and the sources."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest
from pptx import Presentation
from pypdf import PdfReader

from geo.coverage.scenario import Scenario
from layers.language.bilingual import Bilingual
from layers.language.messages import LANGS, speaker
from layers.own_points.wording import doubt_line
from layers.pack.city import City, Inset
from layers.places.screen_tables import sources_table
from layers.plan.diff import packs
from layers.plan.scene import PlanScene
from layers.plan.shown import affected
from layers.plan.wording import change_table
from layers.present import own_points
from layers.present.listed import ListedPage
from layers.present.listed import file_of as listed_file
from layers.present.options import Option
from layers.present.pack.on_screen import changes_file, file_of, one_file
from layers.present.telling import Told, measure
from layers.view.codecs import token
from layers.view.page_options import PlanOptions, PointsOptions
from layers.view.state import Lang, default_state
from tests.own_points.test_answer import CENTRE, TO_DEGREES, Ask, heap
from tests.own_points.test_answer import ask as asked  # noqa: F401 - a fixture
from tests.plan.test_diff import changed

pytestmark = pytest.mark.slow


def bare(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))  # a page joins ff


def said(told: Told) -> Iterator[tuple[str, str]]:
    """Yield what stands in each kind of file of a scene."""
    page = PdfReader(io.BytesIO(file_of("pdf", told).data)).pages[0]
    yield "pdf", bare(page.extract_text())
    slide = Presentation(io.BytesIO(file_of("pptx", told).data)).slides[0]
    texts = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
    yield "pptx", bare("".join(texts))
    assert ElementTree.fromstring(file_of("svg", told).data).tag.endswith("}svg")
    book = openpyxl.load_workbook(io.BytesIO(file_of("xlsx", told).data))
    cells = [str(cell.value) for row in book.worksheets[0] for cell in row]
    yield "xlsx", bare("".join(cells))


def test_own_points_are_handed_out_with_file_filter_and_sentence(
    asked: Ask,  # noqa: F811
    toy: City,
) -> None:
    options: dict[str, Any] = {
        "show": "bins",
        "column": token("staff"),
        "values": frozenset({token("3")}),
    }
    shown = asked(**options)
    state = replace(default_state(toy), points=PointsOptions(**options))
    told = own_points.told(shown, toy, state)
    assert "enterprises.parquet" in told.title
    assert "3" in told.filtered
    assert doubt_line(shown.reading, state.lang) in told.doubt
    for kind, text in said(told):
        for part in (told.sentence, told.doubt, told.filtered):
            assert bare(part).rstrip("。") in text, kind
        assert kind == "xlsx" or bare(told.title) in text
    made = file_of("png", told)
    assert made.data.startswith(b"\x89PNG")
    assert re.fullmatch(r"enterprises_网格（筛选后）_\d{8}\.png", made.name)
    assert toy.data_date.replace("-", "") not in made.name, "the day on which it is made"


def test_own_points_without_a_filter_claim_none(
    asked: Ask,  # noqa: F811
    toy: City,
) -> None:
    options: dict[str, Any] = {"show": "bins"}
    state = replace(default_state(toy), points=PointsOptions(**options))
    told = own_points.told(asked(**options), toy, state)
    page = PdfReader(io.BytesIO(file_of("pdf", told).data)).pages[0].extract_text()
    assert "筛选" not in page + told.title + told.sentence


def test_few_own_points_keep_the_enlarged_parts_that_hold_them(
    asked: Ask,  # noqa: F811
    toy: City,
) -> None:
    lon, lat = TO_DEGREES.transform(*CENTRE)
    held = Inset("held", Bilingual("甲", "A"), (lon - 0.02, lat - 0.02, lon + 0.02, lat + 0.02))
    bare = Inset("bare", Bilingual("乙", "B"), (lon + 1, lat, lon + 2, lat + 1))
    told = own_points.told(asked(heap(20)), replace(toy, insets=(bare, held)), default_state(toy))
    assert told.scene.insets == ("held",)


def test_a_scenario_that_was_drawn_is_handed_out(toy: City) -> None:
    lat, lon = toy.centre
    kind = next(id_ for id_, layer in toy.layers.items() if layer.spec.group == "plan")
    drawn = Option(Bilingual("甲案", "A"), Scenario("甲案").added(lon, lat, kind=kind, name="新址"))
    made = one_file(
        "xlsx",
        "coverage",
        {"cpart": "scenario"},
        toy,
        default_state(toy),
        ask=measure,
        options=(drawn,),
    )
    book = openpyxl.load_workbook(io.BytesIO(made.data))
    table = [str(cell.value) for row in book.worksheets[1] for cell in row]
    assert any("甲案" in text for text in table)


def test_the_sources_are_handed_out_whole_as_each_kind(tianjin: City) -> None:
    rows = sources_table(tianjin, "zh", today=date(2026, 11, 30))
    page = ListedPage(
        tianjin, default_state(tianjin), "天津市创新空间图集：资料来源", "整理日期", rows
    )
    cells = {bare(str(cell)) for row in rows.to_numpy() for cell in row}
    printed = PdfReader(io.BytesIO(listed_file("pdf", page).data)).pages[0].extract_text()
    assert [cell for cell in cells if cell not in bare(printed)] == []
    slides = Presentation(io.BytesIO(listed_file("pptx", page).data)).slides
    tables = [shape.table for slide in slides for shape in slide.shapes if shape.has_table]
    shown = {bare(cell.text) for table in tables for row in table.rows for cell in row.cells}
    assert cells <= shown
    book = openpyxl.load_workbook(io.BytesIO(listed_file("xlsx", page).data))
    first = {bare(str(cell.value)) for row in book.worksheets[0] for cell in row}
    assert cells <= first
    assert b"<path" in listed_file("svg", page).data
    made = listed_file("png", page)
    assert made.data.startswith(b"\x89PNG")
    assert made.name == "天津市创新空间图集_资料来源_20261128.png"


@pytest.mark.parametrize("lang", LANGS)
def test_what_differs_between_two_packs_is_handed_out(toy: City, lang: Lang) -> None:
    after = changed(toy)
    found = packs(toy, after)
    table = change_table(found, lang).set_index(speaker(lang)("plan.column.name"))
    scene = PlanScene("Five kilometres and three.", "", (), table)
    over = replace(default_state(after, lang), plan=PlanOptions(part="changes"))
    file = changes_file("pptx", after, over, scene, affected(found), ask=measure)
    slide = Presentation(io.BytesIO(file.data)).slides[0]
    texts = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
    assert bare(scene.sentence) in bare("".join(texts))
    rows = [row for shape in slide.shapes if shape.has_table for row in shape.table.rows]
    kept = len(rows) - 1  # what has no room is counted beside the table
    assert len(found) - 1 <= kept <= len(found)
    cells = bare("".join(cell.text for row in rows for cell in row.cells))
    assert all(bare(str(value)) in cells for value in (*table.index[:kept], *table.iloc[:kept, 1]))


def test_a_district_has_its_sheet(toy: City) -> None:
    code = str(toy.districts.index[0])
    state = replace(default_state(toy), district=code)
    made = one_file("sheet", "district", {}, toy, state, ask=measure)
    name = toy.districts.at[code, "name_zh"]
    assert made.name.endswith(".pdf")
    assert bare(name) in bare(PdfReader(io.BytesIO(made.data)).pages[0].extract_text())
