"""Measure the layout map in a browser: no name over a name, no mark covered, a page at rest."""

from __future__ import annotations

import copy
import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Page, expect

from layers.pack.city import City, load_city
from layers.view.state import default_state
from tests import ROOT
from tests.browser.conftest import NewPage
from tests.browser.harness import (
    LAPTOP,
    MAP,
    NARROW,
    WIDE,
    Server,
    map_frame,
    marks,
    open_at,
    serve,
    settle,
    turn,
    wait_for_marks,
)

DESK = (1440, 900)
SIZES = (LAPTOP, pytest.param(DESK, marks=pytest.mark.thorough), WIDE)
"""In CI the narrowest and the widest: the one between them is for the desk."""
BOXES = """
selector => [...document.querySelectorAll(selector)].map((part) => {
  const { left, top, right, bottom } = part.getBoundingClientRect();
  const x = (left + right) / 2, y = (top + bottom) / 2, own = part.closest('.atlas-inset');
  const over = [...document.querySelectorAll('.atlas-inset')].some((inset) => {
    const b = inset.getBoundingClientRect();
    return inset !== own && b.left < x && x < b.right && b.top < y && y < b.bottom;
  });
  return { text: part.innerText || part.dataset.id, left, top, right, bottom, over };
}).filter((box) => box.right > box.left && !box.over)
"""
"""JavaScript: boxes of all parts that are seen, of the main map and of the insets alike: they have
one page, and an inset covers what lies under it."""
TOUCH = 0.75
"""Pixels by which boxes may meet: the browser rounds to a part of a pixel."""
SHAPE = 0.75
"""Side of a mark's shape over that of its square."""

Box = Mapping[str, Any]


def _boxes(page: Page, selector: str) -> list[Box]:
    found: list[Box] = map_frame(page).evaluate(BOXES, selector)
    return found


def _meet(a: Box, b: Box) -> bool:
    wide = min(a["right"], b["right"]) - max(a["left"], b["left"])
    high = min(a["bottom"], b["bottom"]) - max(a["top"], b["top"])
    return wide > TOUCH and high > TOUCH


def _covers(box: Box, mark: Box) -> bool:
    x, y = (mark["left"] + mark["right"]) / 2, (mark["top"] + mark["bottom"]) / 2
    return bool(box["left"] < x < box["right"] and box["top"] < y < box["bottom"])


def _centre_covered(a: Box, b: Box) -> bool:
    return _covers(a, b) or _covers(b, a)


def _nothing_covers(page: Page, expected: list[str]) -> None:
    """Hold that no name stands over a name and nothing over a mark."""
    wait_for_marks(map_frame(page), expected)
    stand, names = _boxes(page, ".atlas-mark"), _boxes(page, ".atlas-name > *")
    assert len(stand) > 40
    assert [
        (a["text"], b["text"]) for a, b in combinations(stand, 2) if _centre_covered(a, b)
    ] == []
    assert [(a["text"], b["text"]) for a, b in combinations(names, 2) if _meet(a, b)] == []
    assert [(a["text"], b["text"]) for a in names for b in stand if _covers(a, b)] == []


@pytest.mark.parametrize("lang", ["zh", pytest.param("en", marks=pytest.mark.thorough)])
def test_on_a_phone_no_name_covers_a_name_and_nothing_a_mark(
    server: Server, new_page: NewPage, tianjin: City, lang: str
) -> None:
    page = new_page(NARROW)
    open_at(page, f"{server.url}/?lang={lang}")
    _nothing_covers(page, marks(tianjin, default_state(tianjin)))


@pytest.mark.parametrize("lang", ["zh", pytest.param("en", marks=pytest.mark.thorough)])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: str(size[0]))
def test_the_plate_is_whole_named_and_stands_still(
    server: Server, new_page: NewPage, tianjin: City, size: tuple[int, int], lang: str
) -> None:
    page = new_page(size)
    open_at(page, f"{server.url}/?lang={lang}")
    _nothing_covers(page, marks(tianjin, default_state(tianjin)))
    if lang == "zh":
        _every_district_is_named_and_at_most_eight_neighbours(page, tianjin)
    _the_city_is_whole_beside_its_insets_and_the_page_stands_still(page, size)
    if (size, lang) == (WIDE, "zh"):
        turn(page, "/?at=39.1_117.2_17")
        _no_closer_than_the_outlines_bear(page)


ANALYSES = (
    "density",
    "coverage",
    "coverage?cpart=scenario",
    "coverage?cpart=siting",
    "corridor",
    "plan",
)
POINTS = ".atlas-mark, .leaflet-shapes-pane path[d*=a]"
"""Marks, and the dots of an analysis: of all paths only circles are arcs."""


@pytest.mark.parametrize("lang", ["zh", pytest.param("en", marks=pytest.mark.thorough)])
@pytest.mark.parametrize(
    "size", [LAPTOP, *(pytest.param(each, marks=pytest.mark.thorough) for each in (DESK, WIDE))]
)
def test_under_an_analysis_every_district_is_named_and_no_name_covers_a_mark(
    server: Server, new_page: NewPage, tianjin: City, size: tuple[int, int], lang: str
) -> None:
    page = new_page(size)
    for address in ANALYSES:
        open_at(page, f"{server.url}/{address}{'&' if '?' in address else '?'}lang={lang}")
        names = _boxes(page, ".atlas-name > *")
        named = {box["text"] for box in names}
        if address != "corridor":  # which looks at the belt: the south of the city lies beyond
            assert set(tianjin.districts[f"name_{lang}"]) <= named, address
        meeting = [(a["text"], b["text"]) for a, b in combinations(names, 2) if _meet(a, b)]
        assert meeting == [], address
        stand = _boxes(page, POINTS)
        assert len(stand) > 10, address
        covered = [(a["text"], b["text"]) for a in names for b in stand if _covers(a, b)]
        assert covered == [], address


def _every_district_is_named_and_at_most_eight_neighbours(page: Page, tianjin: City) -> None:
    named = {box["text"] for box in _boxes(page, ".atlas-name.district > span")}
    assert named == set(tianjin.districts["name_zh"])
    beyond = ".leaflet-container:not(.atlas-inset-map) > .leaflet-map-pane .atlas-name.outer > span"
    assert 0 < len(_boxes(page, beyond)) <= 8
    assert [box["text"] for box in _boxes(page, ".atlas-name.water > span")] == ["渤海"]
    assert 12 <= len(_boxes(page, ".atlas-name.place > span")) <= 15


def _the_city_is_whole_beside_its_insets_and_the_page_stands_still(
    page: Page, size: tuple[int, int]
) -> None:
    (west, north), (east, south) = map_frame(page).evaluate(
        """() => {
        const b = L.latLngBounds(ATLAS.base.bounds), at = (p) => map.latLngToContainerPoint(p);
        return [at(b.getNorthWest()), at(b.getSouthEast())].map((p) => [p.x, p.y]); }"""
    )
    frame = page.locator(MAP).first.bounding_box()
    assert frame is not None
    assert frame["width"] >= 0.69 * size[0]
    assert 0 <= west < east <= frame["width"]
    assert south - north == pytest.approx(frame["height"] * 0.92, abs=3)
    city = {"left": west, "right": east, "top": north, "bottom": south}
    insets = _boxes(page, ".atlas-inset, .atlas-legend")
    assert len(insets) == 4
    assert [box for box in insets if _meet(box, city)] == []
    assert [(a, b) for a, b in combinations(insets, 2) if _meet(a, b)] == []
    scrolls = """() => [document.scrollingElement, document.querySelector('.stMain')]
        .some((part) => part.scrollHeight > part.clientHeight + 1)"""
    assert not page.evaluate(scrolls)
    assert frame["y"] + frame["height"] < size[1]


def _no_closer_than_the_outlines_bear(page: Page) -> None:
    frame = map_frame(page)
    frame.wait_for_function("map.getZoom() >= 12")
    assert frame.evaluate("map.getZoom()") == 12
    assert frame.evaluate("map.hasLayer(ATLAS.main.river)") is False
    urban = frame.evaluate(
        """() => ['120101', '120102', '120103', '120104', '120105', '120106'].reduce((all, id) =>
        all.extend(L.geoJSON(ATLAS.base.district.features.find((f) => f.id === id)).getBounds()),
        L.latLngBounds([])).toBBoxString().split(',').map(Number)"""
    )
    west, south, east, north = frame.evaluate(
        "map.getBounds().toBBoxString().split(',').map(Number)"
    )
    assert east - west > urban[2] - urban[0]
    assert north - south > urban[3] - urban[1]


def test_a_line_that_is_dragged_parts_two_years(atlas: Page, tianjin: City) -> None:
    after = replace(default_state(tianjin), period="2025", later=False)
    before = replace(after, period="2020")
    turn(atlas, "/?period=2025&later=0")
    frame = map_frame(atlas)
    wait_for_marks(frame, marks(tianjin, after))
    slide = frame.locator(".atlas-swipe input")
    slide.press("End")
    wait_for_marks(frame, marks(tianjin, before))
    expect(frame.locator(".atlas-swipe-line:visible")).to_have_count(3)
    slide.press("Home")
    wait_for_marks(frame, marks(tianjin, after))
    atlas.locator(".st-key-period button").first.click()
    expect(slide).to_be_hidden()


def test_the_insets_share_the_filter_and_the_selection(atlas: Page, tianjin: City) -> None:
    turn(atlas, "/")
    opened = default_state(tianjin)
    frame = map_frame(atlas)
    wait_for_marks(frame, marks(tianjin, opened))
    inset = frame.locator(".atlas-inset").first
    inset.locator("[data-id=park-tju-national]").dispatch_event("click")
    atlas.wait_for_url("**sel=park-tju-national**")
    settle(atlas)
    expect(inset.locator(".chosen")).to_have_count(1)
    atlas.locator(".st-key-layer_science_park label").first.click()
    fewer = replace(opened, layers=opened.layers - {"science_park"})
    wait_for_marks(frame, marks(tianjin, fewer))


def test_an_inset_leads_into_the_map_and_steps_aside(atlas: Page) -> None:
    turn(atlas, "/")
    frame = map_frame(atlas)
    frame.locator("button.atlas-inset-title").first.click()
    expect(frame.locator(".atlas-inset:visible")).to_have_count(0)
    atlas.wait_for_timeout(500)
    west, south, east, north = frame.evaluate(
        "map.getBounds().toBBoxString().split(',').map(Number)"
    )
    assert west < 117.1
    assert east > 117.3
    assert south < 39.05
    assert north > 39.19
    frame.locator(".atlas-home a").click()
    expect(frame.locator(".atlas-inset:visible")).to_have_count(3)


def _crowd(folder: Path, count: int) -> Path:
    """Write the toy city with so many parks at one point."""
    pack = folder / "crowd"
    shutil.copytree(ROOT / "tests/toy", pack, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    path = pack / "science_park.geojson"
    parks = json.loads(path.read_text(encoding="utf-8"))
    first = next(f for f in parks["features"] if f["geometry"])
    for n in range(count - 1):
        twin = copy.deepcopy(first)
        twin["id"] = twin["properties"]["id"] = f"twin-{n:03}"
        twin["properties"] |= {"name_zh": f"孪生园{n:03}", "name_en": f"Twin {n:03}"}
        parks["features"].append(twin)
    path.write_text(json.dumps(parks, ensure_ascii=False), encoding="utf-8")
    return pack


def test_a_deep_link_opens_on_a_cold_server_and_a_hundred_places_at_one_point_as_a_list(
    page: Page, tmp_path: Path
) -> None:
    """On a server of its own: one that has answered before knows the screens."""
    with serve(env={"ATLAS_PACKS": str(_crowd(tmp_path, 104))}) as cold:
        open_at(page, f"{cold.url}/district?d=990102&lang=en&city=toy")
        name = load_city(tmp_path / "crowd").districts.loc["990102", "name_en"]
        expect(page.locator("h1")).to_contain_text(name)
        settle(page)
        address = urlsplit(page.url)
        assert address.path == "/district"
        assert {("d", "990102"), ("lang", "en")} <= set(parse_qsl(address.query))

        turn(page, "/?city=toy&layers=science_park")
        frame = map_frame(page)
        frame.wait_for_selector(".atlas-more")
        stand = _boxes(page, ".atlas-mark")
        assert [(a, b) for a, b in combinations(stand, 2) if _centre_covered(a, b)] == []
        more = frame.locator(".atlas-more")
        assert more.inner_text() == "+93"
        more.focus()
        more.press("Enter")
        page.wait_for_url(re.compile("sel=(@|%40)"))
        settle(page)
        expect(page.get_by_text("孪生园102", exact=True).first).to_be_visible()
        assert "Traceback" not in cold.printed(), cold.printed()
        page.goto("about:blank")  # a page that asks a server that has ended prints an error


def test_the_wheel_passes_until_the_reader_takes_the_map(atlas: Page) -> None:
    turn(atlas, "/")
    frame = map_frame(atlas)
    box = atlas.locator(MAP).first.bounding_box()
    assert box is not None
    zoom = frame.evaluate("map.getZoom()")
    atlas.mouse.move(box["x"] + box["width"] * 0.35, box["y"] + box["height"] * 0.95)
    atlas.mouse.wheel(0, -300)
    expect(frame.locator(".atlas-hint")).to_have_class("atlas-hint on")
    assert frame.evaluate("map.getZoom()") == zoom
    atlas.keyboard.down("Control")
    atlas.mouse.wheel(0, -300)
    atlas.keyboard.up("Control")
    frame.wait_for_function("zoom => map.getZoom() > zoom", arg=zoom)
