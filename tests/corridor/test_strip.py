"""Show that the strip stands where the chainages say, and that no text of the data is markup."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree as Xml

import pytest

from layers.corridor.measure import CorridorAnswer, measure, question
from layers.corridor.strip import PAGE, PANEL, SLIDE, Frame, _apart, strip
from layers.language.messages import LANGS
from layers.pack.city import City
from layers.view.page_options import CorridorOptions
from layers.view.state import default_state

SVG = "{http://www.w3.org/2000/svg}"
MOVE = re.compile(r"translate\(([\d.]+) ([\d.]+)\)")


def answer(city: City, axis: str | None = None, within_km: int = 10) -> CorridorAnswer:
    """Answer the corridor of a city in its opening view."""
    state = replace(default_state(city), corridor=CorridorOptions(axis, within_km))
    found = measure(city, question(state))
    assert isinstance(found, CorridorAnswer)
    return found


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("frame", [PANEL, PAGE, SLIDE], ids=["panel", "page", "slide"])
def test_every_place_is_drawn_once_at_its_chainage(tianjin: City, frame: Frame, lang: str) -> None:
    found = answer(tianjin)
    tree = Xml.fromstring(strip(found, lang, frame))
    groups = {g.get("data-place"): g for g in tree.iter(f"{SVG}g") if g.get("data-place")}
    near = found.found.near["chainage_m"]
    assert groups.keys() == set(near.index)
    ys = {}
    for id_, group in groups.items():
        mark = next(p for p in group.iter(f"{SVG}path") if p.get("transform"))
        moved = MOVE.match(str(mark.get("transform")))
        assert moved
        ys[id_] = float(moved[2])
    ends = ys["node-zhongguancun"], ys["node-binhai-zgc"]
    for place, at in near.items():
        expected = ends[0] + (ends[1] - ends[0]) * at / found.found.axis.length_m
        assert ys[str(place)] == pytest.approx(expected, abs=0.3)


def test_nothing_is_written_beyond_the_frame_nor_over_another_name(tianjin: City) -> None:
    for frame in (PANEL, PAGE, SLIDE):
        tree = Xml.fromstring(strip(answer(tianjin, "by_cities", 30), "en", frame))
        height = float(str(tree.get("height")))
        names: dict[str, list[float]] = {}
        for group in tree.iter(f"{SVG}g"):
            for text in group.iter(f"{SVG}text"):
                y = float(str(text.get("y")))
                assert 0 < y < height
                names.setdefault(str(text.get("text-anchor")), []).append(y)
        for column in names.values():
            ordered = sorted(column)
            gaps = [b - a for a, b in pairwise(ordered)]
            assert min(gaps, default=99) > 8, "lines of type of 8.5 px"


def test_the_longest_empty_stretch_is_called_out(tianjin: City) -> None:
    found = answer(tianjin)
    drawn = strip(found, "zh", PAGE)
    assert f"{found.found.longest_m / 1000:.0f}\u202f公里" in drawn
    assert drawn.count("url(#empty)") == 3


def test_a_hostile_name_is_text_and_the_chosen_place_is_marked(tianjin: City) -> None:
    found = answer(tianjin)
    names = found.places["name_zh"].where(
        found.places.index != "node-zhongguancun", "<script>alert(1)</script>&\u202e"
    )
    drawn = strip(replace(found, places=found.places.assign(name_zh=names)), "zh", PANEL)
    tree = Xml.fromstring(drawn)
    assert not [*tree.iter(f"{SVG}script")]
    assert "\u202e" not in drawn
    chosen = Xml.fromstring(strip(found, "zh", PANEL, selected="node-langfang"))
    assert "#B5322A" in Xml.tostring(chosen).decode()


def test_names_keep_their_order_and_move_as_little_as_need_be() -> None:
    assert _apart([0, 50, 100], 10, (0, 100)) == [0, 50, 100]
    assert _apart([50, 50], 10, (0, 100)) == [45, 55]
    assert _apart([99, 100], 10, (0, 100)) == [90, 100]
    assert _apart([1, 0], 10, (0, 100)) == [10, 0]
    assert _apart([], 10, (0, 100)) == []
    # Of three lines and of one: half of both lie between their middles.
    assert _apart([50, 50], 10, (0, 100), [3, 1]) == [40, 60]
    assert _apart([0, 100], 10, (0, 100), [3, 2]) == [10, 95]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("frame", [PAGE, SLIDE])
def test_no_name_is_cut_on_paper(tianjin: City, lang: str, frame: Frame) -> None:
    drawn = strip(answer(tianjin), lang, frame)
    assert "…" not in drawn
    for group in Xml.fromstring(drawn).iter(f"{SVG}g"):
        title, *lines = ["".join(each.itertext()) for each in group if each.tag[-1] in "et"]
        written = "".join("".join(lines).split()).lstrip("0123456789")
        assert "".join(title.split()).startswith(written)


def test_a_city_without_places_near_still_has_its_strip(toy: City) -> None:
    bare = replace(default_state(toy), layers=frozenset())
    found = measure(toy, question(bare))
    assert isinstance(found, CorridorAnswer)
    Xml.fromstring(strip(found, "en", PAGE))
