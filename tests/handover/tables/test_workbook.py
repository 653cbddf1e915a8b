"""Read the workbook back: what is shown stands in it, numbers are numbers, no text runs."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from openpyxl.workbook import Workbook

from layers.analysis import ANALYSES
from layers.handover.contents import FORMATS, Form
from layers.handover.selection import select
from layers.handover.view_export import contents, package, size
from layers.handover.workbook import HEADING_ROW, LONGEST_CELL, LONGEST_NAME, workbook
from layers.language.bilingual import both, pair
from layers.language.values import title
from layers.pack.city import City, load_city
from layers.places.coded import Words
from layers.places.screen_tables import table
from layers.view.rows import rows_in_view
from layers.view.state import Filters, Lang, ViewState, default_state
from tests.handover.columns import DARWIN_CORE
from tests.hostile import hostile_pack

NATIONAL = Filters(level=frozenset({"national"}), district=frozenset({"120116"}))
SHEETS = {
    "zh": ["清单", "口径", "资料来源", "说明"],
    "en": ["List", "Counting", "Sources", "Notes"],
}


def opened(data: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def written(city: City, state: ViewState, lang: str = "zh") -> bytes:
    return package(city, state, fmt="xlsx", lang=lang).files[f"{city.id}.xlsx"]


def texts(book: Workbook) -> str:
    return "\n".join(
        str(cell.value) for sheet in book for row in sheet for cell in row if cell.value is not None
    )


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_first_sheet_is_the_list_on_screen_in_the_readers_language(
    tianjin: City, lang: Lang
) -> None:
    state = replace(default_state(tianjin), lang=lang, filters=NATIONAL)
    shown = table(rows_in_view(tianjin, state), lang)
    book = opened(written(tianjin, state, lang))
    assert book.sheetnames == SHEETS[lang]
    heading, *rows = list(book.worksheets[0].iter_rows(min_row=HEADING_ROW + 1, values_only=True))
    assert list(heading[: len(shown.columns)]) == list(shown.columns)
    more = ["counted", "as_of_precision", *DARWIN_CORE]
    assert list(heading[len(shown.columns) :]) == [title(name, lang) for name in more]
    assert len(rows) == len(shown) > 0
    for row, (_, expected) in zip(rows, shown.iterrows(), strict=True):
        for told, value in zip(row, expected, strict=False):
            said = f"{told:%Y-%m-%d}" if isinstance(told, datetime) else told  # a day is a day
            assert said == (None if pd.isna(value) else value)
    assert any(isinstance(row[list(heading).index(title("as_of", lang))], datetime) for row in rows)


def test_the_heading_stands_still_and_filters_and_numbers_are_numbers(tianjin: City) -> None:
    sheet = opened(written(tianjin, default_state(tianjin))).worksheets[0]
    first = HEADING_ROW + 2
    assert sheet.freeze_panes == f"C{first}"
    assert (
        sheet.auto_filter.ref
        == f"A{first - 1}:{sheet.cell(sheet.max_row, sheet.max_column).coordinate}"
    )
    heading = [cell.value for cell in sheet[first - 1]]
    doubt = heading.index("位置不确定度（公里，估）")
    kinds = {type(row[doubt].value) for row in sheet.iter_rows(min_row=first)}
    assert kinds <= {int, float, type(None)}
    assert kinds & {int, float}
    numbers = table(rows_in_view(tianjin, default_state(tianjin)), "zh")["序号"]
    assert [sheet.cell(row, 1).value for row in range(first, sheet.max_row + 1)] == [
        None if number is pd.NA else number for number in numbers
    ]
    widths = [dimension.width for dimension in sheet.column_dimensions.values()]
    assert all(6 <= width <= 43 for width in widths)


@pytest.mark.slow
@pytest.mark.parametrize(("lang", "first"), [("zh", "筛选后："), ("en", "Filtered: ")])
def test_whatever_narrows_the_list_its_first_line_says_so(
    tianjin: City, lang: str, first: str
) -> None:
    def said(state: ViewState) -> str:
        return str(opened(written(tianjin, state, lang)).worksheets[0]["A2"].value)

    opening = default_state(tianjin)
    assert said(replace(opening, period="2025")).startswith(first)
    assert said(replace(opening, later=False)).startswith(first)
    assert said(replace(opening, layers=opening.layers - {"platform"})).startswith(first)
    assert not said(opening).startswith(first)


@pytest.mark.slow
def test_filters_basis_sources_and_caveats_go_along(tianjin: City) -> None:
    state = replace(default_state(tianjin), filters=NATIONAL)
    book = opened(written(tianjin, state))
    assert str(book.worksheets[0]["A2"].value).startswith("筛选后：")
    assert "国家级" in str(book.worksheets[0]["A2"].value)
    assert "滨海新区" in str(book.worksheets[0]["A2"].value)
    counting = [row[0] for row in book["口径"].iter_rows(values_only=True) if row[0]]
    assert any(text.startswith("筛选后：国家级（已批复）、滨海新区。") for text in counting)
    assert any(text.startswith("计入各区（首句口径）") for text in counting)
    told = texts(book)
    for id_ in state.layers:
        assert tianjin.layers[id_].title.zh in told
    assert tianjin.notices["footer"].zh in told
    assert (
        "筛选" not in texts(opened(written(tianjin, default_state(tianjin)))).split("口径")[0][:20]
    )


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_same_view_gives_the_same_bytes(tianjin: City, lang: str) -> None:
    state = replace(default_state(tianjin), filters=NATIONAL)
    first = written(tianjin, state, lang)
    assert first == written(tianjin, replace(state, selected="park-cauc"), lang)
    assert first != written(tianjin, default_state(tianjin), lang)


@pytest.mark.slow
def test_no_text_of_the_data_becomes_a_formula_or_a_link(tmp_path: Path) -> None:
    city = load_city(hostile_pack(tmp_path))
    data = written(city, replace(default_state(city), layers=frozenset(city.layers)))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheets = [archive.read(n).decode() for n in archive.namelist() if "worksheets/" in n]
        assert sheets
        assert not any("<f>" in sheet or "hyperlink" in sheet for sheet in sheets)
    for sheet in opened(data):
        for row in sheet:
            assert all(cell.data_type != "f" for cell in row)


def test_what_looks_like_a_formula_is_kept_as_it_is_written(toy: City) -> None:
    cells = ["=1+1", "+1", "@SUM(A1)", "https://example.org", "=cmd|' /C calc'!A0", "x" * 40_000]
    held = contents(select(toy, default_state(toy), layers=None, form=Form("xlsx")))
    dates = ["2021", "2021-08", "2021-08-08", None, pd.NA, "1899-01-01"]
    numbered = {"n": [1, 2.5, None, float("inf"), True, pd.NA], "on": dates}
    frame = pd.DataFrame({"=A": cells, **numbered})
    (data,) = workbook(replace(held, listing={"=1/*?[]:" + "名" * 40: frame, "=1": frame})).values()
    book = opened(data)
    sheet = book.worksheets[0]
    assert len(sheet.title) <= LONGEST_NAME
    assert sheet["A3"].value == "=A"
    told = [sheet.cell(row, 1) for row in range(4, 10)]
    assert [cell.value for cell in told[:-1]] == cells[:-1]
    assert {cell.data_type for cell in told} == {"s"}
    assert len(str(told[-1].value)) == LONGEST_CELL
    numbers = [sheet.cell(row, 2).value for row in range(4, 10)]
    assert numbers == [1, 2.5, None, None, "是", None]
    days = [sheet.cell(row, 3).value for row in range(4, 10)]
    assert days == ["2021", "2021-08", datetime(2021, 8, 8), None, None, "1899-01-01"]


def test_a_sheet_for_each_table_of_an_answer(tianjin: City) -> None:
    """An answer has no list: its own tables come first, in words, rounded, with units."""
    balance = ANALYSES["balance"]
    answer = balance.measure(tianjin, balance.question(default_state(tianjin)))
    files = balance.hand_over(answer, Form("xlsx", lang="en")).files
    book = opened(files["balance.xlsx"])
    assert book.sheetnames[-3:] == SHEETS["en"][1:]
    assert len(book.sheetnames) > 3
    assert balance.word(answer, "en").sentence in texts(book)
    heading, *rows = list(book["By district"].iter_rows(min_row=HEADING_ROW + 1, values_only=True))
    area = next(at for at, name in enumerate(heading) if str(name).endswith("(km²)"))
    assert all(row[area] == float(f"{row[area]:.4g}") for row in rows)
    assert "balance.few" not in texts(book)


def test_codes_of_a_table_are_words(tianjin: City) -> None:
    words = Words(tianjin, "zh")
    assert words.of("kind", ("platform", "later_park")) == "、".join(
        tianjin.layers[id_].title.zh for id_ in ("platform", "later_park")
    )
    assert words.of("unit", "120101;jincheng;city") == "和平区、“津城”、天津市"
    assert words.of("verdict", "uncertainty.refused") == "暂不计算"
    assert words.of("nearest_id", "node-baodi-zgc") == words.names["node-baodi-zgc"]
    assert words.of("mode_status", "inferred from its two sites") == "由其两处园址推断"
    assert (
        words.of("georeferenceProtocol", both("georeference.proxy"))
        == pair("georeference.proxy").zh
    )
    english = Words(tianjin, "en")
    assert english.of("institution", "河北工业大学") == "Hebei University of Technology"
    assert words.of("note", "no code; free text") == "no code; free text"


@pytest.mark.slow
@pytest.mark.parametrize("fmt", FORMATS)
def test_what_is_counted_beforehand_is_what_leaves(tianjin: City, fmt: str) -> None:
    state = replace(default_state(tianjin), filters=NATIONAL)
    layers = tuple(id_ for id_ in tianjin.layers if id_ in state.layers)
    made = package(tianjin, state, fmt=fmt, layers=layers)
    counted = size(tianjin, state, layers=layers, fmt=fmt)
    with zipfile.ZipFile(io.BytesIO(made.whole())) as archive:
        held = len(archive.namelist())
    assert counted.files == (1 if fmt == "xlsx" else held)
    view = rows_in_view(tianjin, state)
    assert counted.rows == len(view.places) > counted.unmapped > 0
    assert counted.rows - counted.unmapped - counted.titles == len(view.mapped)


@pytest.mark.slow
def test_a_list_that_no_sheet_holds_says_what_is_left_out(
    tianjin: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("layers.handover.workbook.MOST_ROWS", 13)
    sheet = opened(written(tianjin, default_state(tianjin))).worksheets[0]
    assert len([row for row in sheet.iter_rows(min_row=4, values_only=True) if row[1]]) == 10
    assert "只列前 10 行，另有 75 行" in str(sheet["A2"].value)
