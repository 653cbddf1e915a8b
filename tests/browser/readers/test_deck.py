"""Show in a browser that a deck turns by keys, keeps its words with its map, and comes back."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page, expect

from layers.language.messages import speaker
from layers.pack.city import City
from layers.present.picture import picture
from layers.present.story import Scene, stories
from layers.present.telling import tell
from layers.view.state import default_state
from tests.browser.conftest import NewPage
from tests.browser.harness import Server, map_frame, open_at, serve, settle, turn

SENTENCE = ".deck-sentence"
STEP_MS = 20_000 / 16
"""Sixteen districts in twenty seconds."""
LOOKS = """
() => {
  const seen = window.seen = [];
  const look = () => {
    const map = document.querySelector('.st-key-sheet_deck iframe').contentWindow.ATLAS;
    requestAnimationFrame(look);
    if (document.querySelector('.deck.turning')) return;
    const outlined = map.data.drawing.shapes[1].features[0].id;
    seen.push([outlined, document.querySelector('.deck-district').textContent,
      document.querySelector('.deck-sentence').textContent,
      document.querySelector('.st-key-sheet_deck iframe').contentDocument
        .querySelector('.atlas-legend').textContent]);
  };
  look();
}
"""
"""JavaScript: note in every frame what map and words show."""

LOOKS_AT = """
() => {
  const map = window.ATLAS.main.map, at = map.getCenter();
  return [at.lat, at.lng, map.getZoom()];
}
"""
"""JavaScript: centre and zoom of a map."""


def _scene(city: City, id_: str) -> Scene:
    return next(scene for scene in stories(city)["layout"].scenes if scene.id == id_)


def _shows(page: Page, city: City, id_: str) -> None:
    said = tell(_scene(city, id_), city, default_state(city)).sentence.rstrip("。.")
    expect(page.locator(SENTENCE)).to_have_text(said)


def _asked(page: Page) -> dict[str, Any]:
    return {key: values[-1] for key, values in parse_qs(urlsplit(page.url).query).items()}


def test_a_meeting_goes_through_a_deck(server: Server, page: Page, tianjin: City) -> None:
    page.set_viewport_size({"width": 1920, "height": 1080})
    open_at(page, f"{server.url}/deck?scene=twin_cities&view=edit")
    page.get_by_role("link", name=speaker("zh")("deck.begin"), exact=True).click()
    _shows(page, tianjin, "twin_cities")
    assert "view" not in _asked(page), "a link to the page it stands on changes the address"
    frame = map_frame(page)
    frame.evaluate("window.same = true")
    page.keyboard.press("PageDown")
    _shows(page, tianjin, "national")
    assert frame.evaluate("window.same"), "the map was made anew"
    size = page.locator(SENTENCE).evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    assert size >= 32
    where = "document.querySelector('.leaflet-map-pane').style.transform"
    before = frame.evaluate(where)
    frame.locator("#map_div > .leaflet-map-pane .atlas-mark").first.click()
    expect(page.locator(".deck-caption strong")).to_be_visible()
    page.locator(".deck-caption").press("n")  # the focus is in the caption
    expect(frame.locator("html.no-names")).to_be_attached()
    frame.locator("body").press("n")
    expect(frame.locator("html.no-names")).to_have_count(0)
    assert frame.evaluate(where) == before, "nothing moves"
    frame.locator("body").press("Escape")  # the focus is in the map's frame
    expect(page.locator(".deck-caption")).to_have_count(0)
    page.keyboard.press("b")
    expect(page.locator(".deck-dark")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".deck-dark")).to_be_hidden()
    page.keyboard.press("l")
    expect(frame.locator(".atlas-legend")).to_be_hidden()
    page.wait_for_url(re.compile("^(?!.*sel=).*scene=national"))
    page.reload()
    _shows(page, tianjin, "national")
    page.keyboard.press("Escape")
    page.wait_for_url(re.compile("view=edit"))
    expect(page.locator(".st-key-tabs")).to_be_visible()


@pytest.mark.thorough
def test_a_locked_wall_obeys_arrows_alone(server: Server, page: Page, tianjin: City) -> None:
    open_at(page, f"{server.url}/deck?scene=twin_cities&view=locked")
    _shows(page, tianjin, "twin_cities")
    for key in ("Escape", "s", "b", "m", "n", "End"):
        page.keyboard.press(key)
    page.keyboard.press("ArrowRight")
    _shows(page, tianjin, "national")
    settle(page)
    assert _asked(page)["view"] == "locked"
    assert not [each for each in page.context.pages if "notes=1" in each.url]
    expect(page.locator(".deck-dark")).to_be_hidden()
    expect(page.locator(".deck-note, .st-key-deck_comments")).to_have_count(0)
    expect(page.locator(".st-key-tabs")).to_have_count(0)


@pytest.mark.thorough
def test_the_speakers_window_follows_the_wall(
    server: Server, new_page: NewPage, tianjin: City
) -> None:
    wall, notes = new_page(), new_page()
    open_at(wall, f"{server.url}/deck?scene=twin_cities")
    _shows(wall, tianjin, "twin_cities")
    open_at(notes, f"{server.url}/deck?notes=1")
    chapter = notes.locator(".speaker h1")
    expect(chapter).to_contain_text("津城滨城")
    wall.keyboard.press("ArrowRight")
    expect(chapter).to_contain_text("国家级平台")
    notes.keyboard.press("PageUp")
    _shows(wall, tianjin, "twin_cities")
    notes.keyboard.press("b")
    expect(wall.locator(".deck-dark")).to_be_visible()
    notes.keyboard.press("b")
    expect(wall.locator(".deck-dark")).to_be_hidden()
    map_frame(wall).locator("body").press("PageDown")
    _shows(wall, tianjin, "national")


@pytest.mark.thorough
def test_sixteen_districts_in_twenty_seconds(new_page: NewPage, tianjin: City) -> None:
    """On a server that works ahead, as a real one does: in every frame all is of one district."""
    story, codes = stories(tianjin)["district"], [str(c) for c in tianjin.districts.index]
    told = {c: tell(story.of(c).scenes[0], tianjin, default_state(tianjin)) for c in codes}
    with serve(env={"ATLAS_AHEAD": "yes"}) as ahead:
        page = new_page()
        open_at(page, f"{ahead.url}/deck?story=district&d={codes[0]}")
        expect(page.locator(".deck-district")).to_be_visible()
        settle(page)
        page.wait_for_timeout(STEP_MS)
        page.evaluate(LOOKS)
        for code in codes[1:]:
            page.keyboard.press("ArrowDown")
            page.wait_for_timeout(STEP_MS)  # a machine that does more beside may need longer
            name = told[code].title
            expect(page.locator(".deck-district")).to_have_text(name)
        seen = {tuple(each) for each in page.evaluate("window.seen")}
        page.goto("about:blank")
    assert [len({each[0] for each in seen}), len(seen)] == [16, 16], seen
    for code, name, sentence, legend in seen:
        assert name == told[code].title
        assert sentence == told[code].sentence.rstrip("。.")
        wall = replace(told[code], state=replace(told[code].state, present=True))
        # A year among the signs is written, too.
        assert legend == "".join(_written(sign) + words for sign, words in picture(wall).legend)


def _written(sign: str) -> str:
    """Return what a sign writes: an SVG may hold a text."""
    return "".join(ElementTree.fromstring(sign).itertext()) if sign.startswith("<svg") else ""


@pytest.mark.thorough
def test_two_views_move_together(server: Server, page: Page) -> None:
    page.set_viewport_size({"width": 1920, "height": 1080})
    open_at(page, f"{server.url}/?period=2020")
    map_frame(page)
    page.get_by_role("button", name="留作左图").click()
    expect(page.get_by_role("button", name="与左图并排")).to_be_visible()
    turn(page, "/?period=2025&fill=places")
    page.get_by_role("button", name="与左图并排").click()
    expect(page.locator("body.two-views.second-painted")).to_be_attached()
    expect(page.locator(SENTENCE)).to_contain_text("两图对比")
    frames = [
        page.frame_locator(f".st-key-sheet_{name} iframe").locator("body")
        for name in ("deck", "deck_second")
    ]
    page.wait_for_timeout(STEP_MS)
    before = [frame.evaluate(LOOKS_AT) for frame in frames]
    assert before[0] == pytest.approx(before[1])
    page.mouse.move(400, 600)
    page.mouse.down()
    page.mouse.move(520, 660, steps=4)
    page.mouse.up()
    page.wait_for_timeout(STEP_MS)
    after = [frame.evaluate(LOOKS_AT) for frame in frames]
    assert after[0] != before[0]
    assert after[0] == pytest.approx(after[1])
