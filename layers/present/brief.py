"""Write what a story finds on one page of Word, by the habits of GB/T 9704."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from layers.language.messages import speaker
from layers.present.office import settled
from layers.present.showing import Shown, notices, origin, plain
from layers.present.slides.column import sign_png
from layers.present.static_map import Paper, StaticMap
from layers.present.static_map.ink.paper import MM_PER_POINT
from layers.present.static_map.ink.type import wrapped

TITLE_FONT, BODY_FONT = "方正小标宋简体", "仿宋_GB2312"
HEAD_FONT, QUIET_FONT, LATIN_FONT = "黑体", "楷体_GB2312", "Times New Roman"
"""Names alone: an office has these fonts, and no file may carry them along."""
PAGE_MM: Final = (210.0, 297.0)
TOP, BOTTOM, LEFT, RIGHT = 37.0, 35.0, 28.0, 26.0
ROOM: Final = PAGE_MM[0] - LEFT - RIGHT
TITLE_PT: Final = 22.0
SIZES: Final = (16.0, 15.0, 14.0, 13.0, 12.0, 11.0, 10.5, 10.0, 9.5, 9.0)
"""Of the body: what the standard asks for, and what a full page needs."""
LEADING: Final = 1.45
NUMBERS: Final = "一二三四五六七八九十"
MAPS: Final = tuple(Paper(ROOM, high, 0.8) for high in (80, 72, 64, 56))
"""Room for the map: what the smallest type leaves of the page, where the scenes are many."""
MAP_DPI: Final = 260
FOOT_PT: Final = 7.5
BETWEEN: Final = "\u2002\u2002"
"""Between two signs of the legend."""
SLACK_MM: Final = {"zh": 6.0, "en": 15.0}
"""Left free, for a font that is wider than the one measured with."""


def brief(scenes: Sequence[Shown], title: str) -> bytes:
    """Return the findings of scenes as DOCX; the same scenes give the same bytes.

    Parameters
    ----------
    scenes
        Of one city, in one language; the map is that of the first.
    title
        Of the whole.
    """
    told = scenes[0].told
    lang, say = told.state.lang, speaker(told.state.lang)
    title = say("present.brief_title", title=plain(title, longest=60))
    findings = [_finding(n, shown, lang) for n, shown in enumerate(scenes)]
    for paper in MAPS:
        drawn = scenes[0].drawn(paper)
        foot = [say("present.brief_numbers") if drawn.numbered else "", origin(told), notices(told)]
        others = [title, _legend_text(drawn), *foot]
        if points := _size(others, findings, lang, paper):
            break
    points = points or SIZES[-1]
    document = _page()
    _write(_paragraph(document, TITLE_PT, centred=True), (title, TITLE_FONT), TITLE_PT)
    for head, sentence, doubt in findings:
        paragraph = _paragraph(document, points, indent=2 if lang == "zh" else 0)
        _write(paragraph, (head, HEAD_FONT), points)
        _write(paragraph, (sentence, BODY_FONT), points)
        _write(paragraph, (doubt, QUIET_FONT), points)
    _picture(document, drawn, say("present.map"))
    _legend(document, drawn, lang)
    for text in filter(None, foot):
        _write(_paragraph(document, FOOT_PT), (text, QUIET_FONT), FOOT_PT)
    _page_number(document)
    about = document.core_properties
    about.title, about.author, about.comments = title, say("app.name"), ""
    target = io.BytesIO()
    document.save(target)
    return settled(target.getvalue(), date.fromisoformat(told.city.data_date))


def _finding(n: int, shown: Shown, lang: str) -> tuple[str, str, str]:
    """Return head, sentence and doubt of a scene; each ends as a sentence does."""
    told, say = shown.told, speaker(lang)
    number = NUMBERS[n] if lang == "zh" and n < len(NUMBERS) else str(n + 1)
    head = say("present.brief_head", number=number, chapter=plain(told.scene.chapter.of(lang)))
    filtered = say("present.filtered", words=told.filtered) if told.filtered else ""
    doubt = [_ended(plain(text), lang) for text in (told.doubt, filtered) if text]
    space = "" if lang == "zh" else " "
    return head, _ended(plain(told.sentence), lang) + space, space.join(doubt)


def _ended(text: str, lang: str) -> str:
    stop = "。" if lang == "zh" else "."
    return text if not text or text[-1] in "。.！？!?；" else text + stop


def _size(
    others: Sequence[str], findings: Sequence[Sequence[str]], lang: str, paper: Paper
) -> float | None:
    """Return the largest size of the body with which all stands on one page; None for none."""
    title, *foot = others
    left = PAGE_MM[1] - TOP - BOTTOM - paper.height_mm - SLACK_MM[lang]
    left -= _high(title, TITLE_PT, lang) + sum(
        _high(text, FOOT_PT, lang) for text in filter(None, foot)
    )
    for points in SIZES:
        if sum(_high("国国" + "".join(each), points, lang) for each in findings) <= left:
            return points
    return None


def _high(text: str, points: float, lang: str) -> float:
    wider = 1.0 if lang == "zh" else 1.02
    lines = wrapped(text, points, lang, ROOM / wider)
    return len(lines) * points * LEADING * MM_PER_POINT


def _page() -> Any:
    """Return an empty document of one section, A4, with the margins of the standard."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(PAGE_MM[0]), Mm(PAGE_MM[1])
    section.top_margin, section.bottom_margin = Mm(TOP), Mm(BOTTOM)
    section.left_margin, section.right_margin = Mm(LEFT), Mm(RIGHT)
    section.footer_distance = Mm(BOTTOM - 7)
    return document


def _paragraph(document: Any, points: float, *, centred: bool = False, indent: int = 0) -> Any:
    paragraph = document.add_paragraph()
    form = paragraph.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(points * LEADING)
    form.first_line_indent = Pt(points * indent)
    if centred:
        form.alignment = WD_ALIGN_PARAGRAPH.CENTER
    return paragraph


def _write(paragraph: Any, said: tuple[str, str], points: float) -> None:
    """Add a text in a font, Latin letters and figures in the usual one."""
    text, face = said
    run = paragraph.add_run(text)
    run.font.size, run.font.name = Pt(points), LATIN_FONT
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)


def _picture(document: Any, drawn: StaticMap, name: str) -> None:
    paragraph = document.add_paragraph()
    form = paragraph.paragraph_format
    form.space_before = form.space_after = Pt(2)
    form.alignment, form.first_line_indent = WD_ALIGN_PARAGRAPH.CENTER, Pt(0)
    picture = paragraph.add_run().add_picture(io.BytesIO(drawn.png(MAP_DPI)), width=Mm(ROOM - 1))
    said = picture._inline.docPr
    said.set("descr", plain(drawn.alt))
    said.set("name", name)


def _legend(document: Any, drawn: StaticMap, lang: str) -> None:
    """Write the legend below the map: each sign before its words, one after the other."""
    paragraph = _paragraph(document, FOOT_PT)
    for sign, words in drawn.signs:
        if sign:
            picture = paragraph.add_run().add_picture(
                io.BytesIO(sign_png(sign, lang)), height=Pt(FOOT_PT)
            )
            picture._inline.docPr.set("descr", plain(words))
        _write(paragraph, (f"{plain(words)}{BETWEEN}", QUIET_FONT), FOOT_PT)
    _write(paragraph, (" ".join(map(plain, drawn.remarks)), QUIET_FONT), FOOT_PT)


def _legend_text(drawn: StaticMap) -> str:
    """Return what the legend takes up as text: a sign is as wide as a Chinese character."""
    signs = "".join(f"国{plain(words)}{BETWEEN}" for _, words in drawn.signs)
    return signs + " ".join(map(plain, drawn.remarks))


def _page_number(document: Any) -> None:
    """Write the page's number between dashes, as the standard has it."""
    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _write(paragraph, ("— ", "宋体"), 14)
    run = paragraph.add_run()
    run.font.size = Pt(14)
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        mark = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark.text = text
        run._r.append(mark)
    _write(paragraph, (" —", "宋体"), 14)
