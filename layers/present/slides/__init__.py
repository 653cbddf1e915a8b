"""Put the scenes of a story on slides that one can edit: one slide a scene."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

import pandas as pd
from pptx import Presentation
from pptx.enum.text import PP_ALIGN
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.util import Mm

from layers.corridor.strip import SLIDE
from layers.handover.live_link import link_of_state, qr_png
from layers.language.messages import Say, speaker
from layers.pack.city import City
from layers.present.office import settled
from layers.present.showing import PART, Shown, notices, numbered, origin, plain
from layers.present.slides import native
from layers.present.slides.column import column
from layers.present.slides.indicator import progress_chart
from layers.present.slides.layout import ELLIPSIS, Box, fit, fit_table
from layers.present.strip import png as strip_png
from layers.present.telling import Told

__all__ = ["slides", "table_slides"]

WIDTH, HEIGHT = 338.667, 190.5
EDGE, GAP = 8.0, 5.0
ROOM: Final = WIDTH - 2 * EDGE
MAP: Final = Box(EDGE, 48.5, PART.width_mm, PART.height_mm)
BESIDE: Final = Box(MAP.left + MAP.width + GAP, MAP.top, ROOM - MAP.width - GAP, MAP.height)
TITLE_TOP, UNDER_MAP, FOOT = 6.0, MAP.top + MAP.height + 1.2, 178.5
SENTENCES: Final = (
    *((30.0, 1), (28.0, 1), (26.0, 1), (24.0, 1)),
    *((26.0, 2), (24.0, 2), (22.0, 2), (20.0, 2), (18.0, 2), (15.0, 3)),
)
DOUBTS: Final = ((14.0, 1), (13.0, 2), (11.5, 2), (10.0, 2), (9.0, 3))
TITLES: Final = ((13.0, 1), (11.0, 1))
NUMBERS: Final = ((8.0, 2), (7.5, 2), (7.0, 3), (6.5, 3), (6.0, 4))
FEET: Final = ((8.0, 1), (7.0, 1))
LINKS: Final = ((7.0, 1), (6.0, 1), (5.0, 1))
TABLE_PT: Final = 9.0
MOST_TABLE_ROWS: Final = 40
PAGE_MM: Final = 18.0
CODE_MM: Final = 12.0
"""Side of the QR code."""
TITLE_ONLY: Final = 5
"""Of python-pptx's own template the layout that holds nothing but a title."""
TEMPLATE_WIDTH: Final = 9144000
"""Of that template, which is 4:3."""
_FACE = re.compile(rb'(<a:(?:latin|ea) typeface=")[^"]*')


def slides(scenes: Sequence[Shown], title: str) -> bytes:
    """Return scenes as PPTX; the same scenes give the same bytes.

    Parameters
    ----------
    scenes
        Of one city, in one language.
    title
        Of the whole, for the file's own properties.
    """
    deck = _empty()
    total = len(scenes) + sum(shown.told.strip is not None for shown in scenes)
    numbers = iter(range(1, total + 1))
    for shown in scenes:
        _slide(deck, shown, f"{next(numbers)} / {total}")
        if shown.told.strip is not None:
            _strip(deck, shown, f"{next(numbers)} / {total}")
    told = scenes[0].told
    return _saved(deck, told.city, told.state.lang, title)


def table_slides(city: City, lang: str, head: tuple[str, str], frame: pd.DataFrame) -> bytes:
    """Return a table as PPTX, on as many slides as it needs.

    Parameters
    ----------
    city
        Its date becomes that of the file, its conditions of use stand on every slide.
    lang
        ``zh`` or ``en``.
    head
        Title and sentence of every slide.
    frame
        The table, by row name.
    """
    deck, say = _empty(), speaker(lang)
    first, *rows = [
        [str(frame.index.name or ""), *map(str, frame.columns)],
        *(
            [str(name), *map(str, row)]
            for name, row in zip(frame.index, frame.to_numpy(), strict=True)
        ),
    ]
    while rows:
        slide = deck.slides.add_slide(deck.slide_layouts[TITLE_ONLY])
        low = _title(slide, head[0], lang)
        said = fit(head[1], ROOM, lang, DOUBTS)
        box = Box(EDGE, low, ROOM, said.height)
        native.text_box(slide, box, said.text, said.points, say("present.sentence"), lang=lang)
        room = (ROOM, FOOT - box.low - 3 * GAP)
        grid = fit_table([first, *rows], room, lang, TABLE_PT, MOST_TABLE_ROWS)
        if grid is None:
            break
        at = Box(EDGE, box.low + GAP, ROOM, grid.height)
        native.table(slide, at, grid, TABLE_PT, plain(head[0]), lang)
        if grid.more_columns:
            names = say("present.comma").join(grid.more_columns)
            left = fit(say("present.more_columns", names=names), ROOM, lang, FEET)
            below = Box(EDGE, FOOT - GAP, ROOM, left.height)
            name = say("present.left_out")
            native.text_box(slide, below, left.text, left.points, name, lang=lang)
        notice = fit(plain(city.notices["footer"].of(lang)), ROOM, lang, FEET)
        foot = Box(EDGE, FOOT, ROOM, notice.height)
        native.text_box(slide, foot, notice.text, notice.points, say("present.notices"), lang=lang)
        rows = rows[len(grid.rows) - 1 :]
    return _saved(deck, city, lang, head[0])


def _saved(deck: Any, city: City, lang: str, title: str) -> bytes:
    say, about = speaker(lang), deck.core_properties
    about.title, about.author = plain(title, longest=120), say("app.name")
    about.last_modified_by, about.revision = say("app.name"), 1
    target = io.BytesIO()
    deck.save(target)
    return settled(target.getvalue(), date.fromisoformat(city.data_date))


def _empty() -> Any:
    """Return a presentation of 16:9 without slides, in our font throughout."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = Mm(WIDTH), Mm(HEIGHT)
    master = deck.slide_master
    wider = deck.slide_width / TEMPLATE_WIDTH
    for shape in (*master.shapes, *(s for made in master.slide_layouts for s in made.placeholders)):
        if shape._element.xpath("./p:spPr/a:xfrm"):
            shape.left, shape.width = round(shape.left * wider), round(shape.width * wider)
    theme = master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    theme._blob = _FACE.sub(rb"\g<1>" + native.FONT.encode(), theme.blob)
    return deck


def _slide(deck: Any, shown: Shown, page: str) -> None:
    told, lang = shown.told, shown.told.state.lang
    say = speaker(lang)
    slide = _opened(deck, shown)
    if told.chart is None:
        native.picture(slide, MAP, shown.png, plain(shown.map.alt), say("present.map"))
    else:
        progress_chart(slide, MAP, told.chart, lang)
    names = numbered(shown.map, lang) if told.chart is None else ""
    column(slide, shown, BESIDE if names else replace(BESIDE, height=FOOT - 2.0 - BESIDE.top))
    if names:
        fitted = fit(_that_fit(shown, names), ROOM, lang, NUMBERS)
        box = Box(EDGE, UNDER_MAP, ROOM, fitted.height)
        look: dict[str, Any] = {"ink": native.SOFT, "lang": lang}
        native.text_box(slide, box, fitted.text, fitted.points, say("static_map.index"), **look)
    _foot(slide, told, page)
    _notes(slide.notes_slide.notes_text_frame, told, names)


def _that_fit(shown: Shown, names: str) -> str:
    """Return the names of the numbers on the map, as many as find room, and how many do not."""
    lang, every = shown.told.state.lang, shown.map.numbered
    for left in range(len(every)):
        if left:
            kept = numbered(replace(shown.map, numbered=every[:-left]), lang)
            names = speaker(lang)("present.more_numbers", names=kept, count=left)
        if not fit(names, ROOM, lang, NUMBERS).text.endswith(ELLIPSIS):
            break
    return names


def _strip(deck: Any, shown: Shown, page: str) -> None:
    """Add the strip of a scene's axis, as wide as map and legend together."""
    told = shown.told
    slide = _opened(deck, shown)
    box = Box(EDGE, MAP.top, ROOM, ROOM * SLIDE.height / SLIDE.width)
    name = speaker(told.state.lang)("present.strip")
    native.picture(slide, box, strip_png(told), plain(told.sentence), name)
    _foot(slide, told, page)
    _notes(slide.notes_slide.notes_text_frame, told, "")


def _opened(deck: Any, shown: Shown) -> Any:
    """Return a new slide with title, sentence and doubt."""
    told, lang = shown.told, shown.told.state.lang
    say = speaker(lang)
    slide = deck.slides.add_slide(deck.slide_layouts[TITLE_ONLY])
    low = _title(
        slide,
        say("present.slide_title", chapter=told.scene.chapter.of(lang), title=told.title),
        lang,
    )
    for text, sizes, look, name in (
        (told.sentence, SENTENCES, {"bold": True}, say("present.sentence")),
        (told.doubt, DOUBTS, {"ink": native.QUIET}, say("present.doubt")),
    ):
        if text:
            fitted = fit(text, ROOM, lang, sizes, bold=bool(look.get("bold")))
            box = Box(EDGE, low, ROOM, fitted.height)
            native.text_box(slide, box, fitted.text, fitted.points, name, lang=lang, **look)
            low = box.low + 0.8
    return slide


def _title(slide: Any, text: str, lang: str) -> float:
    """Write the title into the slide's own; return where the sentence begins."""
    fitted = fit(text, ROOM, lang, TITLES, bold=True)
    shape = slide.shapes.title
    native.place(shape, Box(EDGE, TITLE_TOP, ROOM, fitted.height))
    native.bare(shape.text_frame)
    look: dict[str, Any] = {"ink": native.ACCENT, "bold": True, "lang": lang}
    native.write(shape.text_frame, fitted.text, fitted.points, **look)
    return TITLE_TOP + fitted.height + 0.8


def _foot(slide: Any, told: Told, page: str) -> None:
    lang = told.state.lang
    say = speaker(lang)
    top = FOOT
    link = link_of_state(told.city, told.state, told.scene.page)
    aside = CODE_MM + 1.0 if link else 0.0
    room = ROOM - PAGE_MM - GAP - aside
    lines = {"present.notices": notices(told), "present.origin": origin(told)}
    size = min(fit(text, room, lang, FEET).points for text in lines.values())
    for name, text in lines.items():
        fitted = fit(text, room, lang, ((size, 1),))
        box = Box(EDGE, top, room, fitted.height)
        native.text_box(slide, box, fitted.text, size, say(name), ink=native.QUIET, lang=lang)
        top = box.low + 0.3
    if link:
        _code(slide, link, top, room, say)
    left = WIDTH - EDGE - PAGE_MM - aside
    box = Box(left, FOOT, PAGE_MM, fit(page, PAGE_MM, lang, ((9.0, 1),)).height)
    look = {"ink": native.QUIET, "align": PP_ALIGN.RIGHT}
    native.text_box(slide, box, page, 9.0, say("present.page"), **look)


def _code(slide: Any, link: str, top: float, room: float, say: Say) -> None:
    """Lay the QR code of the live view into the corner, and write its address below the rest."""
    box = Box(WIDTH - EDGE - CODE_MM, HEIGHT - CODE_MM - 1.0, CODE_MM, CODE_MM)
    native.picture(slide, box, qr_png(link), link, say("present.code"))
    fitted = fit(link, room, "en", LINKS)
    box = Box(EDGE, top, room, fitted.height)
    if len(fitted.text.splitlines()) == 1:
        native.text_box(
            slide, box, fitted.text, fitted.points, say("present.link"), ink=native.QUIET, lang="en"
        )


def _notes(frame: Any, told: Told, names: str) -> None:
    """Write what the speaker may say, and what the map has no room for, a paragraph each."""
    lang = told.state.lang
    districts = told.city.districts.index
    said = [text.of(lang) for code, text in told.city.notices.items() if code in districts]
    lines = [told.sentence, told.doubt, *told.notes, names, origin(told), *said]
    for n, line in enumerate(plain(line, longest=2000) for line in lines if line):
        paragraph = frame.paragraphs[0] if not n else frame.add_paragraph()
        run = paragraph.add_run()
        run.text = line
        run._r.get_or_add_rPr().set("lang", native.SPOKEN[lang])
        native.set_font(run._r.get_or_add_rPr())
