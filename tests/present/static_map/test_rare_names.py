"""Names with rare characters stand on a map, also that of a slide, without an empty box."""

from __future__ import annotations

import io
from dataclasses import replace
from types import MappingProxyType

import pytest
from fontTools.ttLib import TTFont
from matplotlib.font_manager import fontManager
from matplotlib.text import Text
from pypdf import PdfReader

from layers.pack.city import City
from layers.present.static_map import A4, Heading, StaticMap, static_map
from layers.present.static_map.ink import rare
from layers.view.state import default_state

RARE = "㙍村𬇙鿍"
"""Rare, each in some font of a usual machine and in none of ours but for the second."""
NOWHERE = "\u0378"
"""In no font at all."""
MARK = "⟦U+0378⟧"


@pytest.fixture(scope="module")
def named(toy: City) -> City:
    """The toy city with such names."""
    layer = toy.layers["science_park"]
    frame = layer.frame.assign(name_zh=[f"{RARE}{NOWHERE}{n}" for n in range(len(layer.frame))])
    layers = {**toy.layers, "science_park": replace(layer, frame=frame)}
    return replace(toy, layers=MappingProxyType(layers), digest="rare")


def drawn(city: City) -> StaticMap:
    return static_map(city, default_state(city), "zh", A4, heading=Heading(RARE + NOWHERE, "", ""))


def _has(path: str) -> set[int]:
    """The characters of a font file, by another reader than that of the maps."""
    number = 0 if path.endswith(".ttc") else -1
    with TTFont(path, fontNumber=number, lazy=True) as font:
        return set(font.getBestCmap())


def empty_boxes(made: StaticMap) -> list[str]:
    found: list[str] = []
    known: dict[str, set[int]] = {}
    for text in made.figure.findobj(Text):
        paths = [str(p) for p in fontManager._find_fonts_by_props(text.get_fontproperties())]
        known |= {path: _has(path) for path in paths if path not in known}
        had = set[int]().union(*(known[path] for path in paths))
        found += [c for c in text.get_text() if ord(c) not in had]
    return found


@pytest.mark.slow
def test_a_map_shows_rare_names_and_says_which_character_no_font_has(named: City) -> None:
    made = drawn(named)
    assert empty_boxes(made) == []
    said = [text.get_text() for text in made.figure.findobj(Text)]
    assert {
        stand.place.name[:4] for stand in made.stands if stand.place.kind == "science_park"
    } == {RARE}
    assert any(RARE[:2] in text and text not in (RARE, RARE + MARK) for text in said)
    assert any(MARK in text for text in said)
    assert any("U+" in remark for remark in made.remarks)
    # Files of all kinds can be written: a glyph that is missing is a warning, and an error here.
    assert made.png(40).startswith(b"\x89PNG")
    assert MARK in PdfReader(io.BytesIO(made.pdf())).pages[0].extract_text()
    assert b"<svg" in made.svg()


def test_on_a_machine_without_fonts_each_rare_character_is_a_number(
    named: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rare, "findSystemFonts", list)
    monkeypatch.setattr(rare, "_found", rare._found.__wrapped__)  # type: ignore[attr-defined]
    assert {c: font and font.stem for c, font in rare.rare("㙍\u2009村").items()} == {
        "㙍": None,
        "\u2009": "DejaVuSans",
    }


def test_plain_names_take_the_shipped_font_alone(toy: City) -> None:
    made = static_map(toy, default_state(toy), "zh", A4, heading=Heading("布局图", "", ""))
    families = {tuple(t.get_fontproperties().get_family()) for t in made.figure.findobj(Text)}
    assert families == {("Noto Sans CJK SC",)}
    assert not any("U+" in remark for remark in made.remarks)
