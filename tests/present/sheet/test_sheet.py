"""Show that a sheet prints all its data, in characters that can be read, and says its filter."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from types import MappingProxyType
from typing import Any, Literal

import pytest
from pypdf import PageObject, PdfReader
from pypdf.generic import ContentStream, Destination

from layers.analysis import ANALYSES
from layers.coverage.measure import ReachAnswer
from layers.language.messages import speaker
from layers.pack.city import City, outlines
from layers.present.sheet import atlas, district_sheet, sheet_data
from layers.present.sheet.basis import basis
from layers.view.filtered import in_words
from layers.view.question import Question
from layers.view.rows import gather
from layers.view.state import Filters, default_state

pytestmark = pytest.mark.slow

BINHAI = "120116"
HOSTILE = r'#sys.inputs $x^2$ *b* _i_ \ <b> @ref `raw` [c] = "q" //'
MM = 72 / 25.4
NO_GLYPH = b"\0\0"


@dataclass(frozen=True)
class Leaf:
    """A page as it was read: its text without blanks, where each piece of it begins, the page."""

    text: str
    spots: tuple[tuple[float, float], ...]
    page: PageObject

    @property
    def glyphs(self) -> Iterator[bytes]:
        """The number of every glyph that is shown."""
        stream = ContentStream(self.page.get_contents(), self.page.pdf)
        for operands, operator in stream.operations:
            if operator in (b"Tj", b"TJ"):
                for piece in operands[0] if operator == b"TJ" else operands:
                    codes = getattr(piece, "original_bytes", b"")
                    yield from (codes[at : at + 2] for at in range(0, len(codes), 2))


def _read(pdf: bytes) -> list[Leaf]:
    return [_leaf(page) for page in PdfReader(BytesIO(pdf)).pages]


def _leaf(page: PageObject) -> Leaf:
    spots: list[tuple[float, float]] = []

    def note(text: str, cm: list[float], tm: list[float], *_: object) -> None:
        if text.strip():
            x, y = tm[4], tm[5]
            spots.append((x * cm[0] + y * cm[2] + cm[4], x * cm[1] + y * cm[3] + cm[5]))

    return Leaf(_bare(page.extract_text(visitor_text=note)), tuple(spots), page)


def _bare(text: str) -> str:
    """Return a text without blanks: a line may end anywhere."""
    return re.sub(r"\s", "", text)


def _texts(tree: Any) -> Iterator[str]:
    """Yield every text of the data but names of pictures, drawings and codes."""
    if isinstance(tree, Mapping):
        for key, value in tree.items():
            if key not in ("id", "mark", "how", "adcode", "lang", "roomy"):
                yield from _texts(value)
    elif isinstance(tree, list):
        for each in tree:
            yield from _texts(each)
    elif isinstance(tree, str):
        yield tree


@pytest.fixture(scope="module")
def binhai(tianjin: City) -> list[Leaf]:
    """The fullest sheet."""
    return _read(district_sheet(tianjin, default_state(tianjin), BINHAI, "zh", paper="a3"))


@pytest.fixture(scope="module")
def hostile(toy: City) -> City:
    """A city whose parks could be called markup, and of which is said what no font can write."""
    parks, districts = toy.layers["science_park"], toy.layers["district"]
    named = replace(parks, frame=parks.frame.assign(name_zh=HOSTILE, name_en=HOSTILE))
    noted = replace(districts, frame=districts.frame.assign(caution_en="\u0378"))
    layers = MappingProxyType({**toy.layers, "science_park": named, "district": noted})
    return replace(toy, layers=layers, digest="hostile")


@pytest.fixture(scope="module")
def book(toy: City) -> list[Leaf]:
    """The atlas of a small city, of what is of national level."""
    state = replace(default_state(toy), filters=Filters(level=frozenset({"national"})))
    return _read(atlas(toy, state, "en", paper="a3"))


def test_the_fullest_sheet_prints_all_its_data_on_one_page(
    tianjin: City, binhai: list[Leaf]
) -> None:
    data = sheet_data(tianjin, default_state(tianjin), BINHAI, "zh")
    (leaf,) = binhai
    assert [text for text in _texts(data) if _bare(text) not in leaf.text] == []
    assert len(data["list"]["groups"]) > 3
    assert len(data["indicators"]["rows"]) == len(tianjin.plan.indicators)


@pytest.mark.thorough
@pytest.mark.parametrize(("paper", "pages"), [("a3", 1), ("a4", 2)])
def test_in_english_the_fullest_sheet_leaves_nothing_out(
    tianjin: City, paper: Literal["a3", "a4"], pages: int
) -> None:
    state = default_state(tianjin, "en")
    leaves = _read(district_sheet(tianjin, state, BINHAI, "en", paper=paper))
    assert len(leaves) == pages
    printed = "".join(leaf.text for leaf in leaves)
    data = sheet_data(tianjin, state, BINHAI, "en")
    assert [text for text in _texts(data) if _bare(text) not in printed] == []


def test_every_character_has_a_glyph_and_stands_on_the_page(binhai: list[Leaf]) -> None:
    (leaf,) = binhai
    glyphs = list(leaf.glyphs)
    assert len(glyphs) > 2_000
    assert NO_GLYPH not in glyphs
    width, height = float(leaf.page.mediabox.width), float(leaf.page.mediabox.height)
    assert (round(width / MM), round(height / MM)) == (420, 297)
    across, up = zip(*leaf.spots, strict=True)
    assert min(across) > 11 * MM
    assert max(across) < width - 11 * MM
    assert min(up) > 8 * MM
    assert max(up) < height - 8 * MM


def test_the_numbers_are_those_of_the_analyses(tianjin: City) -> None:
    state = default_state(tianjin)
    data = sheet_data(tianjin, state, BINHAI, "en")
    measured = basis(tianjin, state, "en")
    assert isinstance(measured.reach, ReachAnswer)
    shares = measured.reach.units.loc[BINHAI]
    said = dict(data["coverage"]["rows"])["Covered share of area"]
    assert said == f"{100 * shares['low']:.0f}–{100 * shares['high']:.0f}%"
    mass = measured.density_in_districts.loc[BINHAI]
    hundred_km2 = outlines(tianjin).geometry[BINHAI].area / 1e8
    mean = dict(data["density"]["rows"])["District mean"]
    low, high = map(float, re.findall(r"[\d.]+", mean)[:2])
    assert (low, high) == pytest.approx(
        (mass["low"] / hundred_km2, mass["high"] / hundred_km2), 0.05
    )
    assert low < mass["mass"] / hundred_km2 < high


def test_what_is_text_is_never_markup_and_the_bytes_are_the_same(hostile: City) -> None:
    code = str(hostile.layers["science_park"].frame["host_adcode"].dropna().iloc[0])
    asked: dict[str, Any] = {}

    def ask(city: City, name: str, question: Question[Any]) -> Any:
        if name not in asked:
            asked[name] = ANALYSES[name].measure(city, question)
        return asked[name]

    first, again = (
        district_sheet(hostile, default_state(hostile), code, "en", paper="a4", ask=ask)
        for _ in range(2)
    )
    assert first == again
    assert set(asked) == {"corridor", "density", "reach"}
    leaves = _read(first)
    printed = "".join(leaf.text for leaf in leaves)
    assert _bare(HOSTILE) in printed
    # A character that no font has is written as its number.
    assert "⟦U+0378⟧" in printed
    assert _bare(speaker("en")("static_map.rare")) in printed
    assert NO_GLYPH not in [glyph for leaf in leaves for glyph in leaf.glyphs]


def test_a_filter_is_said_on_every_page_and_acts_on_every_number(
    toy: City, book: list[Leaf]
) -> None:
    state = replace(default_state(toy), filters=Filters(level=frozenset({"national"})))
    words = in_words(toy, state)
    assert words is not None
    assert [leaf for leaf in book if _bare(words.en) not in leaf.text] == []
    rows = gather(toy).frame
    kept = rows[rows["level"].eq("national") & rows["level_basis"].ne("aimed_at") & rows["counted"]]
    for code in map(str, toy.districts.index):
        data = sheet_data(toy, state, code, "en")
        n = int((kept["host_adcode"] == code).sum())
        assert data["numbers"][0]["shown"] == str(n)
        assert ("no place counts" in data["sentence"]) == (n == 0)


def test_the_contents_lead_to_the_pages(toy: City, book: list[Leaf]) -> None:
    names = [str(name) for name in toy.districts["name_en"]]
    reader = book[0].page.pdf
    assert isinstance(reader, PdfReader)
    marks = {
        str(mark.title): reader.get_destination_page_number(mark)
        for mark in reader.outline
        if isinstance(mark, Destination)
    }
    assert len(book) == 1 + len(names) == len(marks)
    for name in names:
        row = re.search(rf"{name}[\d.–]+%(\d+)", book[0].text)
        assert row is not None
        assert int(row[1]) - 1 == marks[name]


def test_a_district_that_is_none_is_refused(toy: City) -> None:
    with pytest.raises(KeyError):
        sheet_data(toy, default_state(toy), "no such", "en")
