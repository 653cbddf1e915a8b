"""Write a verification sheet as an Excel workbook: known cells locked, lists to choose from."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from layers.handover.workbook import FONT, PLAIN_TEXTS
from layers.language.messages import display, speaker
from layers.language.values import value_word
from layers.pack.catalogue import CURRENT_STATUSES
from layers.pack.city import City
from layers.verification.coordinates import FORMS, LEAST_DOUBT_M
from layers.verification.sheet import ASKED, KNOWN, VERDICTS, Line

HIDDEN: Final = "_atlas"
"""Name of the sheet that says what the workbook was made of."""
KEY_ROW: Final = 2
"""The row, counted from 0, that holds the keys of the columns; it is hidden."""
_WIDTHS: Final[Mapping[str, int]] = {
    **{"id": 16, "name": 30, "kind": 18, "found": 20, "point": 20, "lead_now": 24},
    **{"approval_now": 24, "address": 26, "east": 18, "north": 18, "lead_unit": 24, "source": 28},
}
"""Widths in digits; of the other columns 13."""
_TWO_LINES: Final = 30
"""Height of a row, points."""


def choices(lang: str) -> dict[str, dict[str, str]]:
    """Return, by column with a list, its values by the words that stand in the list.

    Parameters
    ----------
    lang
        Language of the words, ``zh`` or ``en``.
    """
    say = speaker(lang)
    statuses = {value_word("current_status", value, lang): value for value in CURRENT_STATUSES}
    datums = {value: value for value in LEAST_DOUBT_M if value != "unknown"}
    return {
        "verdict": {say(f"verification.verdict.{value}"): value for value in VERDICTS},
        "form": {say(f"verification.form.{value}"): value for value in FORMS},
        "datum": datums | {say("verification.datum_unknown"): "unknown"},
        "status": statuses,
    }


def workbook(city: City, lines: Sequence[Line], lang: str, title: str) -> bytes:
    """Return a verification sheet.

    Parameters
    ----------
    city
        Its data date becomes that of the file: the same lines give the same bytes.
    lines
        What is asked.
    lang
        Language of the words, ``zh`` or ``en``.
    title
        Of which district, in words.
    """
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, PLAIN_TEXTS) as book:
        book.set_properties({"title": title, "created": datetime.fromisoformat(city.data_date)})
        _Sheet(book, lang).write(lines, display(title))
        hidden = book.add_worksheet(HIDDEN)
        hidden.hide()
        hidden.write_string(0, 0, json.dumps({"city": city.id}))
        for number, line in enumerate(lines, start=1):
            hidden.write_string(number, 0, line.place)
            hidden.write_string(number, 1, json.dumps(line.before, ensure_ascii=False))
    return target.getvalue()


class _Sheet:
    """The sheet that people see, while it is written."""

    def __init__(self, book: xlsxwriter.Workbook, lang: str) -> None:
        self.say, self.lang = speaker(lang), lang
        self.sheet: Worksheet = book.add_worksheet(self.say("verification.sheet"))

        def style(**values: object) -> Format:
            return book.add_format({**FONT, **values})

        self.title = style(bold=True, font_size=14)
        self.quiet = style(font_color="#5B564C")
        self.head = style(bold=True, text_wrap=True, bg_color="#EEECE6", bottom=1)
        self.asked_head = style(bold=True, text_wrap=True, bg_color="#F6E3D8", bottom=1)
        self.known = style(text_wrap=True, bg_color="#F7F5F0", border=1, border_color="#D9D4C8")
        self.asked = style(
            text_wrap=True, locked=False, border=1, border_color="#D9D4C8", num_format="@"
        )

    def write(self, lines: Sequence[Line], title: str) -> None:
        """Write title, note, headings and a row for each place."""
        self.sheet.write_string(0, 0, title, self.title)
        self.sheet.write_string(1, 0, self.say("verification.how"), self.quiet)
        for at, name in enumerate((*KNOWN, *ASKED)):
            self.sheet.write_string(KEY_ROW, at, name)
            style = self.head if name in KNOWN else self.asked_head
            self.sheet.write_string(KEY_ROW + 1, at, self.say(f"verification.column.{name}"), style)
            self.sheet.set_column(at, at, _WIDTHS.get(name, 13))
        self.sheet.set_row(KEY_ROW + 1, _TWO_LINES)
        for row, line in enumerate(lines, start=KEY_ROW + 2):
            self.sheet.set_row(row, _TWO_LINES)
            for at, name in enumerate(KNOWN):
                self.sheet.write_string(row, at, display(line.known[name]), self.known)
            for at in range(len(KNOWN), len(KNOWN) + len(ASKED)):
                self.sheet.write_blank(row, at, None, self.asked)
        self._lists(len(lines))
        self.sheet.set_row(KEY_ROW, None, None, {"hidden": True})
        self.sheet.freeze_panes(KEY_ROW + 2, 2)
        self.sheet.protect("", {"format_columns": True, "format_rows": True, "sort": True})
        self.sheet.set_landscape()
        self.sheet.set_paper(8)  # A3
        self.sheet.fit_to_pages(1, 0)

    def _lists(self, count: int) -> None:
        first, last = KEY_ROW + 2, KEY_ROW + 1 + max(count, 1)
        for name, words in choices(self.lang).items():
            at = len(KNOWN) + ASKED.index(name)
            listed = {"validate": "list", "source": list(words)}
            self.sheet.data_validation(first, at, last, at, listed)
