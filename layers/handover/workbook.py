"""Write what is handed over as one Excel workbook that a person reads, in one language.

Texts are written as texts: one that begins with ``=`` is no formula, an address no link.
"""

from __future__ import annotations

import io
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, Final

import numpy as np
import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from geo.base.schema import Field
from geo.formats.spreadsheet import with_days
from layers.handover.contents import Chapter, Contents, Sheet
from layers.handover.documents import counting, notes, table_facts
from layers.language.messages import LANGS, display, speaker
from layers.language.values import is_known, unit
from layers.places.coded import Words

WORKBOOK_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_CELL: Final = 32_767
"""Characters that Excel keeps in one cell."""
LONGEST_NAME: Final = 31
"""Characters that Excel takes for the name of a sheet."""
MOST_ROWS: Final = 1_048_576
NARROW, HEADING, WIDE, READING = 4, 12, 42, 110
"""Widths in digits of the standard font: the least of a column, what a heading may ask for before
it takes a second line, the most of a column, and that of running text."""
HEADING_ROW: Final = 2
"""Above it stand what the list is, and what was asked."""
UNIT_WORDS: Final = {"m": "m", "km": "km", "km²": "km2"}
DAY_FORMAT: Final = "yyyy-mm-dd"
EVERYWHERE: Final = "A1:XFD1048576"
"""Where a spreadsheet need not mark codes and years that are texts."""
DEGREES: Final = ("lon", "lat")
FONT: Final = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top"}
PLAIN_TEXTS: Final = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,
}


def workbook(contents: Contents) -> dict[str, bytes]:
    """Return a workbook: the list, how it is counted and filtered, its sources, what to know.

    Parameters
    ----------
    contents
        What is handed over; the language is that of its form.

    Returns
    -------
    dict
        One file. The same contents give the same bytes.
    """
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, PLAIN_TEXTS) as book:
        book.set_properties(
            {
                "title": display(contents.city.name.of(contents.form.lang)),
                "created": datetime.fromisoformat(contents.city.data_date),
            }
        )
        _Writer(book, contents).write()
    return {f"{contents.name}.xlsx": target.getvalue()}


def listed(contents: Contents) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield what the first sheets show: rows as on the screen, or the tables of an answer.

    Parameters
    ----------
    contents
        What is handed over.

    Yields
    ------
    tuple
        Title and rows, in the language of the form; shapes do not enter.
    """
    if contents.listing:
        yield from contents.listing.items()
        return
    words = Words(contents.city, contents.form.lang)
    for sheet in contents.sheets:
        if not sheet.for_programs:
            yield sheet.title.of(contents.form.lang), _named(sheet, words)


def _named(sheet: Sheet, words: Words) -> pd.DataFrame:
    """Return the rows of a table as a reader knows them: named, worded, rounded, without shapes."""
    frame, columns = pd.DataFrame(sheet.frame).reset_index(), list[tuple[str, Sequence[Any]]]()
    for each in sheet.fields:
        if _said_beside(sheet, each.name, words.lang):
            continue
        heading, values = _heading(sheet, each, words.lang), frame[each.name].tolist()
        if each.type == "number":
            values = [_rounded(value, each.name) for value in values]
        codes = {value for value in values if isinstance(value, str) and value}
        if each.name in ("id", "adcode") or (codes and codes <= {*words.city.districts.index}):
            columns.append((heading, values))
            if codes <= {*words.city.districts.index} and not {"name_zh", "name"} & {*sheet.names}:
                district = speaker(words.lang)("filter.district")
                columns.append((district, [words.names.get(str(value)) for value in values]))
            continue
        told = [words.of(each.name, value) for value in values]
        if told != values and each.name in sheet.worded:
            heading = sheet.worded[each.name].of(words.lang)
        columns.append((heading, told))
    cells = {at: pd.Series(values, dtype=object) for at, (_, values) in enumerate(columns)}
    return pd.DataFrame(cells).set_axis([heading for heading, _ in columns], axis="columns")


def _said_beside(sheet: Sheet, name: str, lang: str) -> bool:
    """Tell whether another column says the same in words, or in the reader's own language."""
    stem, _, end = name.rpartition("_")
    same = {f"{name}_{lang}"} | ({f"{stem}_{lang}"} if end in LANGS and end != lang else set())
    return stem != "name" and bool(same & {*sheet.names})


def _heading(sheet: Sheet, each: Field, lang: str) -> str:
    """Return what a column is called, with its unit."""
    told = sheet.title_of(each.name).of(lang)
    of_unit = unit(UNIT_WORDS[each.unit], lang) if each.unit in UNIT_WORDS else each.unit
    if not of_unit or re.search(rf"(?<![A-Za-z]){re.escape(of_unit.removeprefix('1/'))}\b", told):
        return told
    if lang == "zh":
        return f"{told[:-1]}，{of_unit}）" if told.endswith("）") else f"{told}（{of_unit}）"
    return f"{told[:-1]}, {of_unit})" if told.endswith(")") else f"{told} ({of_unit})"


def _rounded(value: Any, name: str) -> Any:
    """Return a measured number to four significant digits; whole digits and degrees are kept."""
    if not is_known(value) or not math.isfinite(value) or value == 0:
        return value
    digits = 6 if name in DEGREES else max(3 - math.floor(math.log10(abs(value))), 0)
    return round(float(value), digits)


class _Writer:
    """One workbook while it is written."""

    def __init__(self, book: xlsxwriter.Workbook, contents: Contents) -> None:
        self.book, self.contents, self.lang = book, contents, contents.form.lang
        self.say = speaker(self.lang)
        self.styles = {
            "text": self._style(text_wrap=True),
            "number": self._style(align="right", indent=1),
            "date": self._style(align="left", num_format=DAY_FORMAT),
            "title": self._style(bold=True, font_size=14),
            "quiet": self._style(font_color="#5B564C"),
            "head": self._style(bold=True, text_wrap=True, bg_color="#EEECE6", bottom=1),
            "heading": self._style(bold=True, text_wrap=True, bg_color="#EEECE6"),
        }
        self.taken: set[str] = set()

    def _style(self, **values: object) -> Format:
        return self.book.add_format({**FONT, **values})

    def write(self) -> None:
        """Write all sheets in the order in which they are read."""
        for title, frame in listed(self.contents):
            self._list(title, frame)
        self._chapters(self.say("workbook.counting"), counting(self.contents))
        self._chapters(self.say("workbook.sources"), table_facts(self.contents))
        self._chapters(self.say("workbook.notes"), notes(self.contents))

    def _sheet(self, title: str) -> Worksheet:
        sheet = self.book.add_worksheet(self._name(title))
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&8" + self._footer() + "&R&8&P / &N")
        return sheet

    def _footer(self) -> str:
        city = self.contents.city
        said = " · ".join((self.say("app.name"), city.name.of(self.lang), city.data_date))
        return display(said, longest=120).replace("&", "&&")

    def _name(self, title: str) -> str:
        """Return a name that Excel takes and no other sheet of the workbook has."""
        plain = "".join(" " if c in "[]:*?/\\'" else c for c in display(title)).strip() or "-"
        name, n = plain[:LONGEST_NAME], 1
        while name.casefold() in self.taken:
            n += 1
            name = f"{plain[: LONGEST_NAME - 4]} {n}"
        self.taken.add(name.casefold())
        return name

    def _list(self, title: str, frame: pd.DataFrame) -> None:
        """Write rows under a frozen heading that filters, with what they are above it."""
        sheet, rows = self._sheet(title), frame.iloc[: MOST_ROWS - HEADING_ROW - 1]
        said = [self.contents.sentence.of(self.lang)]
        if len(rows) < len(frame):
            said.append(self.say("workbook.cut", count=len(rows), left=len(frame) - len(rows)))
        self._put(sheet, 0, 0, self._headline(title, len(frame)), "title")
        self._put(sheet, 1, 0, " ".join(said), "quiet")
        for column, (name, values) in enumerate(rows.items()):
            cells = with_days([_cell(value, self.say) for value in values])
            sheet.set_column(column, column, _width([str(name), *map(_shown, cells)]))
            self._put(sheet, HEADING_ROW, column, str(name), "head")
            for row, value in enumerate(cells, HEADING_ROW + 1):
                self._put(sheet, row, column, value, _style_of(value))
        sheet.ignore_errors({"number_stored_as_text": EVERYWHERE})
        sheet.set_row(HEADING_ROW, 30)
        sheet.freeze_panes(HEADING_ROW + 1, min(2, len(rows.columns)))
        sheet.repeat_rows(HEADING_ROW)
        if len(rows.columns):
            sheet.autofilter(HEADING_ROW, 0, HEADING_ROW + len(rows), len(rows.columns) - 1)

    def _headline(self, title: str, rows: int) -> str:
        city = self.contents.city.name.of(self.lang)
        return self.say("workbook.title", city=city, title=title, count=rows)

    def _chapters(self, title: str, chapters: Iterable[Chapter]) -> None:
        sheet = self._sheet(title)
        sheet.set_column(0, 0, READING, self.styles["text"])
        row = 0
        for heading, texts in chapters:
            for style, words in (("heading", heading), *(("text", each) for each in texts)):
                self._put(sheet, row, 0, words.of(self.lang), style)
                row += 1
            row += 1

    def _put(self, sheet: Worksheet, row: int, column: int, value: object, style: str) -> None:
        """Write one cell: a number as a number, a day as a day, any text as a text."""
        form = self.styles[style]
        if value is None:
            sheet.write_blank(row, column, None, form)
        elif isinstance(value, str):
            sheet.write_string(row, column, display(value, longest=LONGEST_CELL), form)
        elif isinstance(value, date):
            sheet.write_datetime(row, column, value, form)
        else:
            sheet.write_number(row, column, value, form)


def _style_of(value: object) -> str:
    return "text" if isinstance(value, str) else "date" if isinstance(value, date) else "number"


def _cell(value: Any, say: Any) -> str | int | float | None:
    """Return a value as Excel knows it; what is missing is blank."""
    if isinstance(value, tuple | list):
        return ";".join(map(str, value))
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, bool | np.bool_):
        return str(say("card.yes" if value else "card.no"))
    if isinstance(value, int | float | np.integer | np.floating):
        number = value.item() if isinstance(value, np.generic) else value
        return number if math.isfinite(number) else None
    return str(value)


def _shown(value: object) -> str:
    return "" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)


def _width(texts: Sequence[str]) -> float:
    """Return a width that holds most texts on one line; a Chinese character takes two digits."""
    head, *body = (
        sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text[:WIDE])
        for text in texts
    )
    usual = sorted(body)[int(0.95 * (len(body) - 1))] if body else 0
    return float(min(max(usual, min(head, HEADING), NARROW) + 3, WIDE))
