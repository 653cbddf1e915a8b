"""Write texts, tables, charts and pictures on a slide as objects that one can edit."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any, Final

import xlsxwriter
from lxml import etree
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_TICK_LABEL_POSITION, XL_TICK_MARK
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Mm, Pt

from layers.handover.workbook import PLAIN_TEXTS
from layers.present.slides.layout import LEADING, PAD, Box, Grid

FONT: Final = "Microsoft YaHei"
INK, SOFT, QUIET, ACCENT = "#14171A", "#3B372F", "#5B564C", "#B5322A"
BAR: Final = "#6E6A60"
SPOKEN: Final = {"zh": "zh-CN", "en": "en-US"}
HEAD, RULE = "#EEECE6", "#D8D4CA"
TABLE_ID: Final = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
"""PowerPoint's table without a style of its own."""


def colour(text: str) -> RGBColor:
    """Return a colour as python-pptx takes it.

    Parameters
    ----------
    text
        ``#RRGGBB``.
    """
    return RGBColor(*bytes.fromhex(text.removeprefix("#")))


def set_font(properties: Any) -> None:
    """Let Latin and East Asian characters be set in the same font.

    Parameters
    ----------
    properties
        ``a:rPr`` or ``a:defRPr``.
    """
    for tag in ("a:latin", "a:ea", "a:cs"):
        for old in properties.findall(qn(tag)):
            properties.remove(old)
    for tag in ("a:latin", "a:ea", "a:cs"):
        etree.SubElement(properties, qn(tag)).set("typeface", FONT)


def write(
    frame: Any,
    text: str,
    points: float,
    *,
    ink: str = INK,
    bold: bool = False,
    align: PP_ALIGN = PP_ALIGN.LEFT,
    lang: str = "zh",
) -> None:
    """Write one paragraph into an empty text frame.

    Parameters
    ----------
    frame
        Of a shape or of a cell.
    text
        One line, which the frame breaks.
    points
        Size of the type.
    ink
        Its colour.
    bold
        Whether it is bold.
    align
        At which side its lines begin.
    lang
        Of the words: which of the two fonts a quotation mark takes.
    """
    paragraph = frame.paragraphs[0]
    paragraph.alignment = align
    paragraph.line_spacing = Pt(points * LEADING)
    if not text:  # else it is as high as the type of 18 pt that nobody sees
        paragraph._p.get_or_add_endParaRPr().set("sz", str(round(100 * points)))
        return
    run = paragraph.add_run()
    run.text = text
    run.font.size, run.font.bold = Pt(points), bold
    run.font.color.rgb = colour(ink)
    run._r.get_or_add_rPr().set("lang", SPOKEN[lang])
    set_font(run._r.get_or_add_rPr())


def place(shape: Any, box: Box) -> None:
    """Put a shape into a box.

    Parameters
    ----------
    shape
        Any shape.
    box
        Where it stands.
    """
    shape.left, shape.top = Mm(box.left), Mm(box.top)
    shape.width, shape.height = Mm(box.width), Mm(box.height)


def bare(frame: Any, anchor: MSO_ANCHOR = MSO_ANCHOR.TOP) -> None:
    """Let a text frame break its lines, and nothing else: no margin, no change of size.

    Parameters
    ----------
    frame
        Of a shape.
    anchor
        Where the text stands in it.
    """
    frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.NONE
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    frame.vertical_anchor = anchor


def text_box(slide: Any, box: Box, text: str, points: float, name: str, **look: Any) -> None:
    """Write a text into a box.

    Parameters
    ----------
    slide
        On which.
    box
        Where it stands; it must be large enough.
    text
        One line, which the box breaks.
    points
        Size of the type.
    name
        Of the shape, for the list of what is on the slide.
    **look
        As :func:`write` takes it.
    """
    shape = slide.shapes.add_textbox(0, 0, 0, 0)
    place(shape, box)
    shape.name = name
    bare(shape.text_frame)
    write(shape.text_frame, text, points, **look)


def picture(slide: Any, box: Box, png: bytes, alt: str, name: str) -> None:
    """Lay a picture into a box.

    Parameters
    ----------
    slide
        On which.
    box
        Where it stands.
    png
        The picture.
    alt
        What it shows, for who does not see it.
    name
        Of the shape.
    """
    shape = slide.shapes.add_picture(io.BytesIO(png), 0, 0)
    place(shape, box)
    describe(shape, name, alt)


def describe(shape: Any, name: str, alt: str) -> None:
    """Name a shape, and say what it shows.

    Parameters
    ----------
    shape
        A picture, table or chart.
    name
        Of the shape.
    alt
        What it shows, for who does not see it.
    """
    shape.name = name
    shape._element.xpath(".//p:cNvPr")[0].set("descr", alt)


def table(slide: Any, box: Box, grid: Grid, points: float, name: str, lang: str) -> None:
    """Write a table.

    Parameters
    ----------
    slide
        On which.
    box
        Where it stands; it must be large enough.
    grid
        Its cells.
    points
        Size of the type.
    name
        What it shows.
    lang
        Of its words.
    """
    rows, columns = len(grid.rows), len(grid.widths)
    shape = slide.shapes.add_table(rows, columns, 0, 0, Mm(box.width), Mm(grid.height))
    shape.left, shape.top = Mm(box.left), Mm(box.top)
    describe(shape, name, name)
    made = shape.table
    made._tbl.tblPr.find(qn("a:tableStyleId")).text = TABLE_ID
    made.horz_banding = False
    for at, width in enumerate(grid.widths):
        made.columns[at].width = Mm(width)
    for at, height in enumerate(grid.heights):
        made.rows[at].height = Mm(height)
    for n, row in enumerate(grid.rows):
        for at, text in enumerate(row):
            right = bool(at) and _are_numbers([each[at] for each in grid.rows[1:]])
            _cell(made.cell(n, at), text, points, head=not n, right=right, lang=lang)


def _are_numbers(texts: Sequence[str]) -> bool:
    return 2 * sum(text[:1].isdigit() for text in texts) >= len(texts)


def _cell(cell: Any, text: str, points: float, *, head: bool, right: bool, lang: str) -> None:
    cell.margin_left = cell.margin_right = Mm(PAD)
    cell.margin_top = cell.margin_bottom = Mm(PAD * 0.6)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    cell.text_frame.word_wrap = True
    if head:
        cell.fill.solid()
        cell.fill.fore_color.rgb = colour(HEAD)
    else:
        cell.fill.background()
    align = PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT
    write(cell.text_frame, text, points, ink=SOFT, bold=head, align=align, lang=lang)
    edge = etree.SubElement(cell._tc.get_or_add_tcPr(), qn("a:lnB"), w="6350")
    fill = etree.SubElement(etree.SubElement(edge, qn("a:solidFill")), qn("a:srgbClr"))
    fill.set("val", RULE.removeprefix("#"))
    cell._tc.tcPr.insert(0, edge)  # the schema asks for lines before fills


def bars(slide: Any, box: Box, values: Mapping[str, float], points: float, name: str) -> None:
    """Draw a bar chart, the first bar on top, each with its figure.

    Parameters
    ----------
    slide
        On which.
    box
        Where it stands.
    values
        By name.
    points
        Size of the type.
    name
        What it shows.
    """
    data = CategoryChartData()
    data.categories = [*values]
    data.add_series(name, [*values.values()])
    shape = slide.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, 0, 0, 0, 0, data)
    place(shape, box)
    describe(shape, name, f"{name}: " + "; ".join(f"{n} {v:g}" for n, v in values.items()))
    chart = shape.chart
    chart.part.chart_workbook.update_from_xlsx_blob(_behind([*values], [*values.values()], name))
    chart.has_legend = chart.has_title = False
    chart.font.size = Pt(points)
    chart.font.color.rgb = colour(SOFT)
    set_font(chart.font._element if hasattr(chart.font, "_element") else chart.font._rPr)
    names, figures = chart.category_axis, chart.value_axis
    names.reverse_order = True
    names.major_tick_mark = XL_TICK_MARK.NONE
    names.tick_labels.font.size = Pt(points)
    # LibreOffice leaves out names that might touch unless they are said to stand upright.
    names._element.find(qn("c:txPr")).find(qn("a:bodyPr")).set("rot", "0")
    every = etree.SubElement(names._element, qn("c:tickLblSkip"), val="1")
    names._element.find(qn("c:noMultiLvlLbl")).addprevious(every)  # as the schema orders them
    names.format.line.color.rgb = colour(RULE)
    figures.visible = figures.has_major_gridlines = False
    figures.minimum_scale = 0
    figures.tick_label_position = XL_TICK_LABEL_POSITION.NONE
    plot = chart.plots[0]
    plot.gap_width, plot.vary_by_categories = 45, False
    plot.series[0].format.fill.solid()
    plot.series[0].format.fill.fore_color.rgb = colour(BAR)
    plot.has_data_labels = True
    plot.data_labels.show_value = True
    plot.data_labels.position = XL_LABEL_POSITION.OUTSIDE_END
    plot.data_labels.number_format, plot.data_labels.number_format_is_linked = "General", False


def _behind(names: Sequence[str], values: Sequence[float], title: str) -> bytes:
    """Return the workbook behind a chart, in which no name is a formula."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, PLAIN_TEXTS) as book:
        sheet = book.add_worksheet("Sheet1")
        sheet.write_string(0, 1, title)
        for row, (name, value) in enumerate(zip(names, values, strict=True), start=1):
            sheet.write_string(row, 0, name)
            sheet.write_number(row, 1, value)
    return target.getvalue()
