"""Write comments as a table of Word, A4 across: what was said, of what, and a column to answer."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from layers import __version__
from layers.language.messages import display, speaker
from layers.pack.city import NOTICES, City
from layers.present.brief import BODY_FONT, HEAD_FONT, LATIN_FONT, QUIET_FONT, TITLE_FONT
from layers.present.comments.comment import Comment
from layers.present.office import settled

WIDTHS: Final = (13.0, 59.0, 24.0, 38.0, 42.0, 42.0, 22.0, 22.0)
"""Of the columns, millimetres: together what the margins leave of A4 across."""
COLUMNS: Final = ("number", "what", "who", "name", "clause", "page", "said", "answer")
MARGIN: Final = 17.5
TITLE_PT, CELL_PT, FOOT_PT = 20.0, 10.5, 9.0
DIGEST: Final = 12
"""Digits by which people tell two packs apart."""


def table(city: City, comments: Sequence[Comment], lang: str) -> bytes:
    """Return comments as DOCX; the same comments give the same bytes.

    Parameters
    ----------
    city
        The pack that was shown; it is not changed.
    comments
        In order.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    say, document = speaker(lang), _page()
    title = say("comments.title", city=city.name.of(lang))
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _write(paragraph, title, TITLE_FONT, TITLE_PT)
    _write(document.add_paragraph(), say("comments.meeting"), BODY_FONT, CELL_PT)
    rows = document.add_table(rows=1, cols=len(COLUMNS), style="Table Grid")
    rows.autofit = False
    for column, width in zip(rows.columns, WIDTHS, strict=True):
        column.width = Mm(width)
    _row(rows.rows[0], [say(f"comments.head.{name}") for name in COLUMNS], HEAD_FONT)
    _repeat(rows.rows[0])
    for n, each in enumerate(comments, start=1):
        _row(rows.add_row(), _cells(n, each, lang), BODY_FONT)
    for n, text in enumerate(_foot(city, lang)):
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.space_before = Pt(0 if n else FOOT_PT)
        paragraph.paragraph_format.space_after = Pt(0)
        _write(paragraph, text, QUIET_FONT, FOOT_PT)
    about = document.core_properties
    about.title, about.author, about.comments = title, say("app.name"), ""
    target = io.BytesIO()
    document.save(target)
    return settled(target.getvalue(), date.fromisoformat(city.data_date))


def _page() -> Any:
    document = Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, Mm(MARGIN))
    return document


def _cells(n: int, each: Comment, lang: str) -> list[str]:
    say = speaker(lang)
    where = each.name.of(lang)
    if each.on != "spot":
        where = say("comments.pinned", kind=say(f"comments.on.{each.on}"), name=where)
    shown = [each.page.of(lang), each.filtered.of(lang) or say("comments.unfiltered")]
    moment = each.said.replace("T", " ")[:16]
    clause = each.clause_name.of(lang)
    return [str(n), each.what, each.who, where, clause, "\n".join(shown), moment, ""]


def _foot(city: City, lang: str) -> list[str]:
    say = speaker(lang)
    made = {"date": city.data_date, "digest": city.digest[:DIGEST], "version": __version__}
    notices = [city.notices[name].of(lang) for name in NOTICES if name in city.notices]
    return [say("comments.made_with", **made), say("comments.not_facts"), " · ".join(notices)]


def _row(row: Any, texts: Sequence[str], face: str) -> None:
    """Fill a row, which no page's end parts."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for cell, text, width in zip(row.cells, texts, WIDTHS, strict=True):
        cell.width = Mm(width)
        for n, line in enumerate(display(text).split("\n")):
            paragraph = cell.add_paragraph() if n else cell.paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(0)
            _write(paragraph, line, face, CELL_PT)


def _repeat(row: Any) -> None:
    """Have Word repeat the heads on every page."""
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _write(paragraph: Any, text: str, face: str, points: float) -> None:
    run = paragraph.add_run(display(text))
    run.font.size, run.font.name = Pt(points), LATIN_FONT
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)
