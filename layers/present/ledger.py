"""Write the ledger of a plan's tasks as a Word document, by the habits of GB/T 9704."""

from __future__ import annotations

import io
from datetime import date
from typing import Any, Final

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from layers.language.messages import speaker
from layers.language.values import paragraph
from layers.plan.ledger import Ledger
from layers.plan.wording import ledger_table, state_sentence, sums
from layers.present.brief import BODY_FONT, HEAD_FONT, LATIN_FONT, QUIET_FONT, TITLE_FONT
from layers.present.office import settled
from layers.present.showing import plain

PAGE_MM: Final = (297.0, 210.0)
MARGIN_MM: Final = 20.0
WIDTHS_MM: Final = (9.0, 30.0, 42.0, 32.0, 24.0, 19.0, 46.0, 18.0, 24.0, 13.0)
"""Of the columns: number, where, task, lead unit, districts, state, evidence, date, source,
carried on."""
TITLE_PT: Final = 20.0
BODY_PT: Final = 12.0
CELL_PT: Final = 8.5
LONGEST: Final = 400
"""Characters of one cell."""


def document(kept: Ledger, lang: str) -> bytes:
    """Return the ledger as DOCX; the same ledger gives the same bytes.

    Parameters
    ----------
    kept
        The ledger, whole or filtered.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    say, city = speaker(lang), kept.city
    made = _page()
    title = say("plan.ledger.title")
    _write(_paragraph(made, centred=True), title, TITLE_FONT, TITLE_PT)
    _write(_paragraph(made, centred=True), plain(kept.plan.title.of(lang)), QUIET_FONT, BODY_PT)
    counts = f"{state_sentence(kept, lang)}{say('plan.stop')}"
    sentence = paragraph((counts, say("plan.ledger.doubt")), lang)
    _write(_paragraph(made), sentence, BODY_FONT, BODY_PT)
    if kept.accounts:
        counted = sums(kept, lang)
        _table(made, [say("plan.chapter_label"), *counted.columns], _rows(counted), None)
        _write(_paragraph(made), " ", BODY_FONT, CELL_PT)
        rows = ledger_table(kept, lang)
        _table(made, [str(rows.index.name), *rows.columns], _rows(rows), WIDTHS_MM)
    rule = say("plan.ledger.made", date=city.data_date, rule=say("plan.rule_state"))
    read = say("plan.translated") if kept.plan.text.of(lang) else ""
    lead = "" if kept.names_leads else say("plan.ledger.lead_note")
    for text in filter(None, (rule, lead, read)):
        _write(_paragraph(made), text, QUIET_FONT, CELL_PT)
    about = made.core_properties
    about.title, about.author, about.comments = title, say("app.name"), ""
    target = io.BytesIO()
    made.save(target)
    return settled(target.getvalue(), date.fromisoformat(city.data_date))


def _rows(frame: Any) -> list[list[str]]:
    return [
        [plain(str(cell), longest=LONGEST) for cell in (label, *row)]
        for label, row in zip(frame.index, frame.itertuples(index=False, name=None), strict=True)
    ]


def _page() -> Any:
    """Return an empty document of one section, A4 across."""
    made = Document()
    section = made.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(PAGE_MM[0]), Mm(PAGE_MM[1])
    section.left_margin = section.right_margin = Mm(MARGIN_MM)
    section.top_margin = section.bottom_margin = Mm(MARGIN_MM)
    return made


def _paragraph(made: Any, *, centred: bool = False) -> Any:
    paragraph = made.add_paragraph()
    paragraph.paragraph_format.space_after = Pt(4)
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    return paragraph


def _write(paragraph: Any, text: str, face: str, points: float) -> None:
    """Add a text in a font, Latin letters and figures in the usual one."""
    run = paragraph.add_run(text)
    run.font.size, run.font.name = Pt(points), LATIN_FONT
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)


def _table(
    made: Any, head: list[str], rows: list[list[str]], widths: tuple[float, ...] | None
) -> None:
    """Add a ruled table whose head stands on every page."""
    table = made.add_table(rows=0, cols=len(head))
    table.style, table.alignment = "Table Grid", WD_TABLE_ALIGNMENT.CENTER
    table.autofit = widths is None
    for n, texts in enumerate([head, *rows]):
        row = table.add_row()
        for at, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
            if widths is not None:
                cell.width = Mm(widths[at])
            _write(cell.paragraphs[0], text, BODY_FONT if n else HEAD_FONT, CELL_PT)
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(mark)
