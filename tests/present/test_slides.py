"""Read the slides back: they say what the scene says, nothing overlaps, nothing runs."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from typing import Any

import openpyxl
import pandas as pd
import pytest
from fontTools.ttLib import TTFont
from pptx import Presentation
from pptx.util import Emu

from layers.language.bilingual import Bilingual
from layers.language.messages import LANGS, speaker
from layers.pack.city import City
from layers.present.pack.meeting_pack import of_district
from layers.present.showing import Shown
from layers.present.slides import slides
from layers.present.slides.layout import PAD, SURE, broken, fit, fit_table
from layers.present.static_map.ink.rare import FONTS
from layers.present.story import stories
from layers.present.telling import Ask, Bars, tell
from layers.view.state import default_state
from tests.hostile import HOSTILE_TEXTS

FONT = "Microsoft YaHei"
DISTRICTS = [("district", "120116"), ("district", "120119")]
pytestmark = pytest.mark.slow
NAMES = ("<script>alert(1)</script>", "=1+1", "a & b", "]]>", "W" * 1_000_000, "\x00\x08\u202e")


@pytest.fixture(scope="module")
def decks() -> dict[str, bytes]:
    return {}


@pytest.fixture
def deck(shown: list[Shown], decks: dict[str, bytes]) -> bytes:
    lang = shown[0].told.state.lang
    if lang not in decks:
        decks[lang] = slides(shown, "story")
    return decks[lang]


def opened(data: bytes) -> list[Any]:
    return [*Presentation(io.BytesIO(data)).slides]


def texts(slide: Any) -> str:
    """All that stands on a slide, but for its notes."""
    found = []
    for shape in slide.shapes:
        if shape.has_text_frame:
            found.append(shape.text_frame.text)
        elif shape.has_table:
            found += [cell.text for row in shape.table.rows for cell in row.cells]
    return "\n".join(found)


def numbers(text: str) -> list[str]:
    return re.findall(r"\d+(?:[.,]\d+)*", text)


def test_a_slide_says_what_its_scene_says(shown: list[Shown], deck: bytes) -> None:
    made = opened(deck)
    assert len(made) == len(shown)
    for n, (slide, each) in enumerate(zip(made, shown, strict=True), start=1):
        told, said = each.told, texts(slide)
        assert slide.shapes.title.text_frame.text.endswith(told.title)
        for text in (told.sentence, told.doubt, told.filtered, told.dated, f"{n} / {len(made)}"):
            assert text in said
        for words in told.city.notices["footer"], told.city.notices["boundary"]:
            assert words.of(told.state.lang) in said
        for note in told.notes:
            assert note in slide.notes_slide.notes_text_frame.text


def test_the_table_holds_the_figures_of_the_scene(shown: list[Shown], deck: bytes) -> None:
    for slide, each in zip(opened(deck), shown, strict=True):
        frame = each.told.table
        table = next(shape.table for shape in slide.shapes if shape.has_table)
        head, *rows = [[cell.text for cell in row.cells] for row in table.rows]
        assert frame is not None
        assert 1 <= len(rows) <= 8
        for row, (name, values) in zip(rows, frame.iterrows(), strict=False):
            assert row == [str(name), *map(str, values)][: len(row)]
        missing = [*map(str, frame.columns)][len(head) - 1 :]
        counted = speaker(each.told.state.lang)("present.columns_left", count=len(missing))
        assert counted in texts(slide) or all(name in texts(slide) for name in missing)


def test_the_chart_holds_the_figures_of_the_scene(shown: list[Shown], deck: bytes) -> None:
    drawn = 0
    for slide, each in zip(opened(deck), shown, strict=True):
        for shape in slide.shapes:
            if shape.has_chart:
                plot, told = shape.chart.plots[0], each.told.bars
                assert told is not None
                found = dict(zip(plot.categories, plot.series[0].values, strict=True))
                assert [*found.items()] == [*told.values.items()][: len(found)]
                book = openpyxl.load_workbook(
                    io.BytesIO(shape.chart.part.chart_workbook.xlsx_part.blob)
                )
                assert [row[1] for row in book.active.iter_rows(min_row=2, values_only=True)] == [
                    *found.values()
                ]
                drawn += 1
    assert drawn


def test_the_map_is_a_picture_with_words_for_who_does_not_see_it(
    shown: list[Shown], deck: bytes
) -> None:
    for slide, each in zip(opened(deck), shown, strict=True):
        pictures = {s.image.blob: s for s in slide.shapes if s.shape_type == 13}
        stands = pictures[each.png]
        assert stands._element.xpath(".//p:cNvPr")[0].get("descr") == each.map.alt
        assert abs(stands.width / stands.height - 226 / 118) < 0.01
        others = [s._element.xpath(".//p:cNvPr")[0].get("descr") for s in pictures.values()]
        assert all(others)


def boxes(slide: Any) -> Iterator[tuple[str, float, float, float, float]]:
    for shape in slide.shapes:
        sides = (shape.left, shape.top, shape.left + shape.width, shape.top + shape.height)
        yield (shape.name, *(Emu(side).mm for side in sides))


def overlapping(slide: Any) -> list[str]:
    """Name the shapes that reach over the edge or into another one."""
    found, slack = [], 0.05
    stand = [*boxes(slide)]
    for name, left, top, right, low in stand:
        if left < 0 or top < 0 or right > 338.67 + slack or low > 190.5 + slack:
            found.append(name)
    for (a, l1, t1, r1, b1), (b, l2, t2, r2, b2) in combinations(stand, 2):
        if min(r1, r2) - max(l1, l2) > slack and min(b1, b2) - max(t1, t2) > slack:
            found.append(f"{a} / {b}")
    return found


_FACES = {
    bold: TTFont(FONTS / f"NotoSansCJKsc-{'Bold' if bold else 'Regular'}.otf") for bold in (0, 1)
}


def _wide(text: str, points: float, bold: bool) -> float:
    """The width in millimetres by the font's own table, a second route to that of the layout."""
    face = _FACES[bold]
    names, metrics = face.getBestCmap(), face["hmtx"]
    units = sum(metrics[names[ord(c)]][0] if ord(c) in names else 1000 for c in text)
    # A quotation mark is as wide as a Chinese character here, and in no text of an office.
    units -= 550 * sum(text.count(mark) for mark in "“”‘’")
    return units / 1000 * points * 25.4 / 72


def clipped(slide: Any) -> list[str]:
    """Name the texts that need more lines than their box is high, each line at least 88 % full."""
    found = []
    for shape in slide.shapes:
        if shape.has_text_frame and (text := shape.text_frame.text):
            run = shape.text_frame.paragraphs[0].runs[0]
            points = run.font.size.pt
            lines = max(1, round(shape.height.mm / (points * 25.4 / 72 * 1.25)))
            room = shape.width.mm * (lines if lines == 1 else lines * 0.97)
            if _wide(text, points, bool(run.font.bold)) > room * 1.02:
                found.append(f"{shape.name}: {text[:30]}")
    return found


def test_no_box_overlaps_and_no_text_is_clipped(deck: bytes) -> None:
    for slide in opened(deck):
        assert overlapping(slide) == []
        assert clipped(slide) == []


def cut(slide: Any) -> list[str]:
    """Name the texts that were cut to fit."""
    return [
        s.text_frame.text for s in slide.shapes if s.has_text_frame and "…" in s.text_frame.text
    ]


@pytest.mark.thorough
@pytest.mark.parametrize("lang", LANGS)
def test_on_no_slide_of_the_shipped_stories_anything_is_cut(
    tianjin: City, ask: Ask, chinese: list[Shown], lang: str
) -> None:
    """Every story; that of one district of the fullest and of one of which nothing is known."""
    found = []
    for name, code in [("layout", ""), ("belt", ""), ("plan", ""), *DISTRICTS]:
        over = replace(default_state(tianjin, lang), district=code or None)  # type: ignore[arg-type]
        story = of_district(stories(tianjin)[name], tianjin, over)
        told = [Shown(tell(scene, tianjin, over, ask=ask)) for scene in story.scenes]
        for each in told:
            each.__dict__["png"] = chinese[0].png  # what it shows does not matter here
        made = opened(slides(told, name))
        assert len(made) >= len(told)
        for n, slide in enumerate(made, start=1):
            found += [(name, code, n, *overlapping(slide), *clipped(slide), *cut(slide))]
    assert [each for each in found if len(each) > 3] == []


def test_all_type_is_set_in_one_font(deck: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(deck)) as archive:
        names = [name for name in archive.namelist() if name.startswith("ppt/slides/slide")]
        for name in names:
            text = archive.read(name).decode()
            assert text.count("<a:rPr") == text.count("<a:latin") == text.count("<a:ea")
            assert set(re.findall(r'<a:(?:latin|ea) typeface="([^"]*)"', text)) == {FONT}


def test_the_same_scenes_give_the_same_bytes(chinese: list[Shown]) -> None:
    deck = slides(chinese[:1], "story")
    assert slides(chinese[:1], "story") == deck
    with zipfile.ZipFile(io.BytesIO(deck)) as archive:
        assert {entry.date_time[:3] for entry in archive.infolist()} == {(2026, 11, 28)}
        assert b"2026-11-28" in archive.read("docProps/core.xml")


def hostile(shown: Shown, name: str) -> Shown:
    """The same scene, with a stranger's name wherever there may be one."""
    told = shown.told
    table = pd.DataFrame([[name, "1"]] * 3, index=[name, "b", "c"], columns=[name, "n"])
    words: dict[str, Any] = dict.fromkeys(("title", "sentence", "doubt", "filtered", "dated"), name)
    scene = replace(told.scene, chapter=Bilingual(name, name))
    bars = Bars(name, {name: 3.0, "b": 1.0})
    changed = replace(told, scene=scene, notes=(name,), table=table, bars=bars, **words)
    made = Shown(changed)
    made.__dict__["map"] = replace(
        shown.map, alt=name, numbered=((1, name),), signs=(("#FF0000", name),), remarks=(name,)
    )
    made.__dict__["png"] = shown.png
    return made


def test_a_strangers_text_is_shown_and_does_nothing(chinese: list[Shown]) -> None:
    names = (*NAMES, HOSTILE_TEXTS[2], HOSTILE_TEXTS[10])
    made = [hostile(chinese[0], name) for name in names]
    data = slides(made, NAMES[0])
    for slide in opened(data):
        assert overlapping(slide) == []
        for shape in slide.shapes:
            if shape.has_chart:
                blob = shape.chart.part.chart_workbook.xlsx_part.blob
                cells = [c for row in openpyxl.load_workbook(io.BytesIO(blob)).active for c in row]
                assert "f" not in {cell.data_type for cell in cells}
    assert "=1+1" in texts(opened(data)[1])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            assert b"<script" not in archive.read(name)
            assert not (name.endswith(".rels") and b"http://evil" in archive.read(name))


def test_what_is_too_long_is_cut_and_says_so() -> None:
    found = fit("科" * 5000, 100, "zh", ((20.0, 1), (10.0, 2)))
    assert found.text.endswith("…")
    assert (found.points, found.lines) == (10.0, 2)
    assert fit("科技", 100, "zh", ((20.0, 1), (10.0, 2))).text == "科技"


def test_a_short_heading_stays_on_one_line() -> None:
    head = ["", "处数", "占各区合计", "处/百万人", "处/百平方公里", "其中公开或核实点位"]
    rows = [head, ["“津城”", "20", "44%", "2.49", "0.963", "5 / 20"]]
    grid = fit_table(rows, (91.8, 40), "zh", 9.0, 8)
    assert grid is not None
    assert len(broken("处数", 9.0, "zh", (grid.widths[1] - 2 * PAD) * SURE, bold=True)) == 1


def test_a_table_that_does_not_fit_says_what_is_left_out() -> None:
    rows = [
        ["", *(f"column {n}" for n in range(9))],
        *([f"row {n}"] + ["12 345"] * 9 for n in range(20)),
    ]
    grid = fit_table(rows, (80, 40), "en", 9.0, 8)
    assert grid is not None
    assert grid.height <= 40
    assert sum(grid.widths) == pytest.approx(80)
    assert len(grid.rows) + grid.more_rows == len(rows)
    assert len(grid.rows[0]) + len(grid.more_columns) == len(rows[0])
    assert fit_table(rows, (80, 3), "en", 9.0, 8) is None
