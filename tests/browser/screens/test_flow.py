"""Follow a reader through the atlas: links, layers, cards, keyboard, language, Back, download."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import cast
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from playwright.sync_api import Frame, Page, WebSocketRoute, expect
from playwright.sync_api import TimeoutError as BrowserTimeout
from shapely import Point
from streamlit.proto.BackMsg_pb2 import BackMsg

from layers.language.messages import speaker
from layers.pack.city import City
from layers.view.address import to_query
from layers.view.rows import rows_in_view
from layers.view.state import Filters, ViewState, default_state
from tests import ROOT
from tests.browser.conftest import NewPage
from tests.browser.harness import (
    MAIN,
    MAP,
    MARKS,
    NARROW,
    WAIT_MS,
    Server,
    map_frame,
    marks,
    open_at,
    settle,
    turn,
    wait_for_marks,
)

DISTRICTS = f"{MAIN} .leaflet-lines-pane path.leaflet-interactive"
BINHAI = "120116"
KEY_PRESSES = 4
A_MOMENT_MS = 1_000


def _query(page: Page) -> dict[str, str]:
    return {key: values[-1] for key, values in parse_qs(urlsplit(page.url).query).items()}


def _wait_for_address(page: Page, key: str, value: str) -> None:
    page.wait_for_url(re.compile(rf"[?&]{key}={re.escape(value)}(&|$)"))


def _pan(page: Page) -> None:
    """Drag the map towards the upper left."""
    box = page.locator(MAP).first.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] * 0.45, box["y"] + box["height"] * 0.5
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 120, y - 100, steps=8)
    page.mouse.up()


@pytest.fixture
def opened(tianjin: City) -> ViewState:
    """The state in which the atlas opens."""
    return default_state(tianjin)


def test_a_late_word_of_a_map_leaves_no_empty_page(server: Server, page: Page) -> None:
    """Streamlit empties the page that is shown when a map that was left says something.

    The map's word is held back until the reader has asked for another page.
    """
    words: list[bytes] = []

    def between(route: WebSocketRoute) -> None:
        upstream = route.connect_to_server()

        def pass_on(message: str | bytes) -> None:
            if BackMsg.FromString(cast(bytes, message)).rerun_script.fragment_id:
                words.append(cast(bytes, message))
                return
            upstream.send(message)
            while words:
                upstream.send(words.pop())

        route.on_message(pass_on)

    page.route_web_socket(re.compile("/_stcore/stream"), between)
    before = len(server.printed())
    tabs = page.locator(".st-key-tabs [data-testid=stPageLink] a")
    open_at(page, server.url)
    for _ in range(12):  # the word must arrive while the next page is being drawn
        expect(page.locator("body")).to_have_attribute("data-screen", "explore")
        map_frame(page)
        _pan(page)
        page.wait_for_timeout(A_MOMENT_MS)
        assert words, "the map says where it stands"
        tabs.nth(2).click()
        expect(page.locator("body")).to_have_attribute("data-screen", "density")
        page.wait_for_timeout(A_MOMENT_MS)
        if "Couldn't find fragment" in server.printed()[before:]:
            break
        tabs.first.click()
    else:
        pytest.fail("the word never came in time")
    expect(page.locator(".title")).to_be_visible()


def test_the_map_shows_every_district_and_every_place_with_a_point(
    atlas: Page, tianjin: City, opened: ViewState
) -> None:
    everything = replace(opened, layers=frozenset(tianjin.layers))
    query = "&".join(f"{key}={value}" for key, value in to_query(everything).items())
    turn(atlas, f"/?{query}")
    frame = map_frame(atlas)
    wait_for_marks(frame, marks(tianjin, everything))
    expect(frame.locator(DISTRICTS)).to_have_count(16)


NAMED = (
    f"""
() => [...document.querySelectorAll('{MAIN} .atlas-name.district:not(.led)')].map"""
    + """((name) => {
  const box = name.getBoundingClientRect();
  const at = map.containerPointToLatLng([box.x + box.width / 2, box.y + box.height / 2]);
  return [name.innerText, at.lng, at.lat];
})
"""
)
"""JavaScript: the names of districts on the map, and where the middle of each lies (degrees)."""


def test_a_name_never_stands_in_another_district(atlas: Page, tianjin: City) -> None:
    """Without the marks that leave no room at all for the names of the small districts."""
    turn(atlas, "/?layers=none")
    wait_for_marks(map_frame(atlas), [])
    stands = {name: Point(lon, lat) for name, lon, lat in map_frame(atlas).evaluate(NAMED)}
    districts = tianjin.districts.set_index("name_zh").geometry
    ours = [name for name in stands if name in districts.index]
    assert len(ours) > 5
    assert [name for name in ours if not districts[name].covers(stands[name])] == []


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.thorough)])
def test_a_layer_can_be_switched(
    atlas: Page, tianjin: City, opened: ViewState, every: bool
) -> None:
    """One that is off and one that is on, each forth and back; at a desk every layer."""
    turn(atlas, "/")
    frame = map_frame(atlas)
    frame.evaluate("window.same = true")
    state = opened
    # The map knows what a switch does before the server has heard of it.
    for on, stand in ((False, state.layers - {"platform"}), (True, state.layers)):
        frame.evaluate("on => ATLAS.turn('platform', on)", on)
        assert frame.evaluate(MARKS) == marks(tianjin, replace(state, layers=stand))
    # One is switched on, one off: these go back too. The others go one way.
    back = [sorted(tianjin.layers.keys() - opened.layers)[0], "district"]
    for layer in (*(tianjin.layers if every else back), *back):
        state = replace(state, layers=state.layers ^ {layer})
        atlas.locator(f".st-key-layer_{layer} label").first.click()
        wait_for_marks(frame, marks(tianjin, state))
        shown = 16 if "district" in state.layers else 0
        expect(frame.locator(DISTRICTS)).to_have_count(shown)
    assert frame.evaluate("window.same"), "the map was made anew"


def test_a_click_on_a_place_opens_its_card(atlas: Page, tianjin: City, opened: ViewState) -> None:
    turn(atlas, "/")
    frame = map_frame(atlas)
    place = marks(tianjin, opened)[0]
    row = next(
        layer.frame.loc[place] for layer in tianjin.layers.values() if place in layer.frame.index
    )
    frame.locator(f'[data-id="{place}"]').dispatch_event("click")
    _wait_for_address(atlas, "sel", place)
    settle(atlas)
    expect(atlas.get_by_text(row["name_zh"], exact=True).first).to_be_visible()
    _the_keyboard_opens_a_card_and_keeps_its_place(atlas, frame, marks(tianjin, opened)[1])


def _the_keyboard_opens_a_card_and_keeps_its_place(atlas: Page, frame: Frame, place: str) -> None:
    """The card of another place than the one that is open."""
    mark = frame.locator(f'[data-id="{place}"]')
    mark.focus()
    mark.press("Enter")
    _wait_for_address(atlas, "sel", place)
    settle(atlas)
    expect(mark).to_be_focused()


@pytest.mark.thorough
def test_the_keyboard_can_pass_the_map_by(atlas: Page) -> None:
    turn(atlas, "/")
    skip = atlas.locator(".skip")
    skip.focus()
    expect(skip).to_be_visible()
    skip.press("Enter")
    atlas.keyboard.press("Tab")
    expect(atlas.locator(".st-key-search input")).to_be_focused()


def test_escape_ends_presenting(server: Server, page: Page) -> None:
    open_at(page, f"{server.url}/?present=1")
    expect(page.locator("body")).to_have_class(re.compile("presenting"))
    page.locator("h1").click()
    for _ in range(KEY_PRESSES):  # on a busy machine a key may be pressed before it is listened to
        page.keyboard.press("Escape")
        with suppress(BrowserTimeout):
            page.wait_for_url(f"{server.url}/", timeout=WAIT_MS / KEY_PRESSES)
            break
    assert page.url == f"{server.url}/"
    settle(page)


def test_a_click_on_a_district_opens_its_card(atlas: Page, tianjin: City) -> None:
    turn(atlas, "/?layers=district")
    frame = map_frame(atlas)
    wait_for_marks(frame, [])
    frame.locator(DISTRICTS).first.dispatch_event("click")
    atlas.wait_for_url(re.compile(r"[?&]sel=12\d{4}(&|$)"))
    settle(atlas)
    name = tianjin.districts.loc[_query(atlas)["sel"], "name_zh"]
    expect(atlas.get_by_text(name, exact=True).first).to_be_visible()


def test_the_language_switches_in_place(atlas: Page) -> None:
    turn(atlas, "/")
    map_frame(atlas)
    expect(atlas.locator("html")).to_have_attribute("lang", "zh-CN")
    atlas.locator(".st-key-language button").click()
    _wait_for_address(atlas, "lang", "en")
    settle(atlas)
    expect(atlas.locator("html")).to_have_attribute("lang", "en")
    expect(atlas.locator(".brand")).to_have_text(speaker("en")("app.name"))


def test_back_returns_to_what_was_seen_before(
    atlas: Page, tianjin: City, opened: ViewState
) -> None:
    turn(atlas, "/")
    frame = map_frame(atlas)
    wait_for_marks(frame, marks(tianjin, opened))
    atlas.locator(".st-key-layer_platform label").first.click()
    fewer = replace(opened, layers=opened.layers - {"platform"})
    wait_for_marks(frame, marks(tianjin, fewer))
    _wait_for_address(atlas, "layers", "~-platform")
    atlas.go_back()
    wait_for_marks(map_frame(atlas), marks(tianjin, opened))
    settle(atlas)


@pytest.mark.parametrize(
    "pause_ms", [*(pytest.param(ms, marks=pytest.mark.thorough) for ms in (0, 40)), 150]
)
def test_quick_clicks_all_count_right_after_a_back_too(
    atlas: Page, tianjin: City, opened: ViewState, pause_ms: int
) -> None:
    """A click may leave the browser before the address of the click before has arrived there."""
    turn(atlas, "/?layers=~-district")
    turn(atlas, "/")
    frame = map_frame(atlas)
    for layer in ("university", "university", "district"):
        atlas.locator(f".st-key-layer_{layer} label").first.click()
        atlas.wait_for_timeout(pause_ms)
    expect(frame.locator(DISTRICTS)).to_have_count(0)
    wait_for_marks(frame, marks(tianjin, opened))
    _wait_for_address(atlas, "layers", "~-district")


def test_a_pan_goes_to_the_address_and_leaves_the_map_in_place(atlas: Page) -> None:
    turn(atlas, "/")
    frame = map_frame(atlas)
    atlas.wait_for_timeout(A_MOMENT_MS)
    frame.evaluate("window.same = true")
    before = atlas.url
    _pan(atlas)
    atlas.wait_for_url(lambda url: url != before and "at=none" not in url)
    settle(atlas)
    latitude, longitude, _ = map(float, _query(atlas)["at"].split("_"))
    west, south, east, north = 116.7, 38.0, 119.5, 40.3
    assert south < latitude < north
    assert west < longitude < east
    assert frame.evaluate("window.same"), "the map was made anew"
    atlas.wait_for_timeout(A_MOMENT_MS)
    atlas.go_back()
    atlas.wait_for_url(before)
    atlas.wait_for_timeout(A_MOMENT_MS)
    assert atlas.url == before, "Back was taken for an echo"


def test_the_download_equals_the_headless_export(atlas: Page, tmp_path: Path) -> None:
    turn(atlas, "/")
    atlas.locator(".st-key-export button").first.click()
    atlas.locator(".st-key-export_format").get_by_text("GeoJSON").click()
    box = atlas.locator("[data-testid=stPopoverBody]")
    expect(box).to_contain_text("RFC 7946")
    shown_only = box.get_by_text(re.compile(r"\d 个文件$")).inner_text()
    atlas.locator(".st-key-export_layers label[data-testid=stRadioOption]").last.click()
    expect(box).not_to_contain_text(shown_only)
    settle(atlas)
    with atlas.expect_download() as waiting:
        atlas.locator(".st-key-export_button button").click()
    waiting.value.save_as(tmp_path / "screen.zip")
    command = f"{sys.executable} -m layers.export --city tianjin --layer all --format geojson"
    night = tmp_path / "night"
    subprocess.run([*command.split(), "--crs", "4326", "--out", night], cwd=ROOT, check=True)
    with zipfile.ZipFile(tmp_path / "screen.zip") as screen:
        shown = {
            Path(name).name: json.loads(screen.read(name))
            for name in screen.namelist()
            if name.endswith(".geojson")
        }
    assert shown
    assert shown == {f.name: json.loads(f.read_bytes()) for f in night.rglob("*.geojson")}


def test_a_phone_shows_the_map_and_reaches_every_screen_by_its_tabs(
    server: Server, new_page: NewPage, tianjin: City, opened: ViewState
) -> None:
    page = new_page(NARROW)
    open_at(page, server.url)
    wait_for_marks(map_frame(page), marks(tianjin, opened))
    wider = "document.documentElement.scrollWidth - window.innerWidth"
    assert page.evaluate(wider) <= 0, "the page is wider than the phone"
    page.locator(".st-key-tabs [data-testid=stPageLink] a").last.click()
    page.wait_for_url(re.compile("/sources"))
    settle(page)
    assert page.evaluate(wider) <= 0, "the page is wider than the phone"


def test_the_first_choice_of_the_export_is_the_workbook_of_the_list(
    server: Server, page: Page, tmp_path: Path, tianjin: City
) -> None:
    open_at(page, f"{server.url}/?v=3&level=national")
    page.locator(".st-key-export button").first.click()
    amount = page.locator(".amount").inner_text()
    with page.expect_download() as waiting:
        page.locator(".st-key-export_button button").click()
    waiting.value.save_as(tmp_path / waiting.value.suggested_filename)
    book = openpyxl.load_workbook(tmp_path / waiting.value.suggested_filename)
    state = replace(default_state(tianjin), filters=Filters(level=frozenset({"national"})))
    shown = rows_in_view(tianjin, state).places
    assert amount.startswith(f"{len(shown)} 条")
    assert waiting.value.suggested_filename.startswith(f"tianjin_{tianjin.data_date}_filtered_")
    assert "1 个文件" in amount
    names = [row[1] for row in book.worksheets[0].iter_rows(min_row=4, values_only=True)]
    assert names == list(shown["name_zh"])


def test_a_suggestion_stands_below_the_field_before_enter(atlas: Page) -> None:
    """Typing suggests; a filter narrows the list, a place opens its card, by keys alone."""
    turn(atlas, "/?lang=zh")
    field = atlas.locator(".st-key-search input")
    rows = atlas.locator(".places .place")
    expect(rows).not_to_have_count(0)
    every = rows.count()
    field.click()
    field.press_sequentially("guojiaji")
    hits = atlas.locator(".st-key-hits button")
    expect(hits.first).to_have_text("筛选：国家级（已批复）")
    field.press("Enter")
    atlas.wait_for_url("**level=national**")
    expect(field).to_have_value("")
    settle(atlas)
    assert 0 < rows.count() < every
    field.click()
    field.press_sequentially("tiankeda")
    field.fill("天科大科技园")
    expect(hits.first).to_contain_text("天津科技大学科技园")
    field.press("ArrowDown")
    expect(hits.first).to_be_focused()
    atlas.keyboard.press("Enter")
    expect(atlas.locator(".card.brief > h2")).to_have_text("天津科技大学科技园")


def test_the_list_selects_by_mouse_and_keys(atlas: Page, tianjin: City) -> None:
    turn(atlas, "/?lang=zh")
    rows = atlas.locator(".places .place")
    expect(rows).to_have_count(len(rows_in_view(tianjin, default_state(tianjin)).places))
    name = rows.nth(3).locator(".name").inner_text()
    rows.nth(3).click()
    expect(atlas.locator(".card.brief > h2")).to_have_text(name)
    expect(rows.nth(3)).to_have_attribute("aria-current", "true")
    rows.nth(3).focus()
    atlas.keyboard.press("ArrowDown")
    following = rows.nth(4).locator(".name").inner_text()
    atlas.keyboard.press("Enter")
    expect(atlas.locator(".card.brief > h2")).to_have_text(following)


def test_a_district_in_the_pills_frames_it(atlas: Page) -> None:
    turn(atlas, "/?lang=zh")
    atlas.locator(".st-key-pill_district button").first.click()
    atlas.locator(".st-key-filter_district button").filter(has_text="津南区").click()
    atlas.wait_for_url("**district=120112**")
    atlas.wait_for_url("**at=38.9**")
