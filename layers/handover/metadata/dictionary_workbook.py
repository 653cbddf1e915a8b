"""Write the field dictionary as an Excel workbook: one sheet of fields, one of codes."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Final

import xlsxwriter

from layers.handover.contents import Contents
from layers.handover.documents import dictionary_rows
from layers.handover.workbook import FONT, LONGEST_CELL, PLAIN_TEXTS
from layers.language.bilingual import both
from layers.language.messages import display

Row = tuple[str, ...]
_WIDTHS: Final = (18, 30, 24, 24, 30, 18, 8, 10, 40, 60, 60, 16)


def dictionary_workbook(contents: Contents) -> bytes:
    """Return the dictionary as a workbook; the same contents give the same bytes.

    Parameters
    ----------
    contents
        What is handed over.
    """
    fields = tuple(map(tuple, dictionary_rows(contents)))
    codes = tuple(
        (sheet.id, field, value, words)
        for sheet in contents.sheets
        for field, held in sheet.codes.items()
        for value, words in held.items()
    )
    return _workbook(fields, codes, contents.city.data_date)


@lru_cache(maxsize=16)
def _workbook(fields: tuple[Row, ...], codes: tuple[Row, ...], dated: str) -> bytes:
    """Write it once for all packages with the same fields, whatever their rows."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, PLAIN_TEXTS) as book:
        book.set_properties({"created": datetime.fromisoformat(dated)})
        _write(book, both("dictionary.fields"), fields, _WIDTHS)
        head = tuple(both(f"dictionary.{name}") for name in ("layer", "field", "value", "words"))
        _write(book, both("dictionary.codes"), (head, *codes), (18, 24, 28, 60))
    return target.getvalue()


def _write(
    book: xlsxwriter.Workbook, title: str, rows: Iterable[Row], widths: Sequence[int]
) -> None:
    sheet = book.add_worksheet(title)
    plain = book.add_format({**FONT, "text_wrap": True})
    heading = book.add_format({**FONT, "bold": True, "text_wrap": True, "bg_color": "#EEECE6"})
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    last, wide = 0, 1
    for last, row in enumerate(rows):
        wide = len(row)
        for column, text in enumerate(row):
            shown = display(text, longest=LONGEST_CELL)
            sheet.write_string(last, column, shown, plain if last else heading)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, last, wide - 1)
