"""Drag a place, keep the scenario, and find it again through its file after a reload."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Frame, Page, expect

from layers.coverage.drawing import BEYOND, WITHIN
from layers.language.messages import speaker
from layers.pack.city import City
from layers.view.state import default_state
from tests.browser.axe import open_sections, violations
from tests.browser.conftest import NewPage
from tests.browser.harness import (
    MAIN,
    MAP,
    NARROW,
    WIDE,
    Server,
    map_frame,
    marks,
    open_at,
    settle,
    turn,
    wait_for_marks,
)

SITE = "park-tust"
MARK = f'.atlas-mark[data-id="{SITE}"]'
BUSY = """() => {
  window.waited = [];
  addEventListener('pointerup', () => setTimeout(() => {
    window.waited.push(...[...document.querySelectorAll('.atlas-busy')].map(m => m.innerText));
  }));
}"""
"""JavaScript: note what the map says as soon as a mark is let go."""
say = speaker("zh")


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """One watched page, as wide as a projector: these tests say how far a mark goes, in pixels."""
    return new_page(WIDE)


def _drag(page: Page, frame: Frame, right: int, up: int, site: str = SITE) -> None:
    """Take hold of the mark, let it go elsewhere, and wait until the map is painted anew."""
    box = frame.locator(f'.atlas-mark[data-id="{site}"]').bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right / 2, y - up / 2, steps=4)
    page.mouse.move(x + right, y - up, steps=4)
    _painted_anew(page, frame, page.mouse.up)


def _spot(page: Page, frame: Frame, lon: float, lat: float) -> tuple[float, float]:
    """Return where a position lies on the page, in pixels."""
    box = page.locator(MAP).bounding_box()
    assert box is not None
    x, y = frame.evaluate(
        "([lat, lon]) => { const p = map.latLngToContainerPoint([lat, lon]); return [p.x, p.y]; }",
        [lat, lon],
    )
    return box["x"] + x, box["y"] + y


def _painted_anew(page: Page, frame: Frame, act: Callable[[], None]) -> None:
    """Act, and wait until the map has answered."""
    before = frame.evaluate("document.documentElement.dataset.painted")
    act()
    frame.wait_for_function(
        "before => document.documentElement.dataset.painted !== before",
        arg=before,
    )
    settle(page)


def _kept(page: Page) -> Path:
    """Download the scenario and return the file."""
    with page.expect_download() as download:
        page.get_by_role("button", name=say("scenario_page.download")).click()
    return Path(download.value.path())


def test_a_dragged_place_is_found_again_through_its_file(
    server: Server, page: Page, tianjin: City, tmp_path: Path
) -> None:
    open_at(page, f"{server.url}/coverage?cpart=scenario&lang=zh")
    frame = map_frame(page)
    expect(page.get_by_text("就看到变化")).to_be_visible()
    frame.evaluate(BUSY)
    _drag(page, frame, right=0, up=150)
    assert frame.evaluate("window.waited") == [say("map.busy")], "said at once, until it is drawn"
    expect(frame.locator(".atlas-busy")).to_have_count(0)
    name = say("scenario_page.default_name", letter="A")
    expect(page.get_by_text(f"“{name}”：")).to_be_visible()
    page.get_by_role("button", name=say("scenario_page.save")).click()
    settle(page)
    expect(page.get_by_role("button", name="打开：")).to_have_count(1)
    written = tmp_path / "scenario.geojson"
    written.write_bytes(_kept(page).read_bytes())
    (feature,) = json.loads(written.read_text(encoding="utf-8"))["features"]
    home = tianjin.layers["science_park"].frame.geometry[SITE]
    lon, lat = feature["geometry"]["coordinates"]
    assert feature["properties"]["action"] == "move"
    assert feature["id"] == SITE
    assert lon == pytest.approx(home.x, abs=0.02)
    assert lat > home.y + 0.1

    page.evaluate("window.atlasUnsaved = false; sessionStorage.clear(); localStorage.clear()")
    open_at(page, page.url)  # the link leads to the page, and this browser has kept nothing
    map_frame(page)
    expect(page.get_by_text("就看到变化")).to_be_visible()
    page.locator("input[type=file]").set_input_files(written)
    undo = page.get_by_role("button", name="撤销：移动 · 天津科技大学科技园")
    expect(undo).to_have_count(1)
    settle(page)
    assert _kept(page).read_bytes() == written.read_bytes()


def test_a_click_places_a_site_and_another_closes_one_but_the_atlas_stays_as_it_was(
    server: Server, page: Page, tianjin: City
) -> None:
    open_at(page, f"{server.url}/coverage?cpart=scenario&lang=zh")
    frame = map_frame(page)
    lon, lat = 117.63, 39.40  # in Ninghe, far from every place
    page.mouse.click(*_spot(page, frame, lon, lat))  # without the switch it is a plain click
    settle(page)
    expect(page.get_by_text("就看到变化")).to_be_visible()
    page.get_by_text(say("scenario_page.place"), exact=True).click()
    frame.wait_for_selector(".placing")
    settle(page)
    _painted_anew(page, frame, lambda: page.mouse.click(*_spot(page, frame, lon, lat)))
    expect(page.locator(".card h2")).to_have_text("新增点 1")
    expect(page.locator(".card")).to_contain_text("宁河区")
    _painted_anew(page, frame, frame.locator(MARK).click)
    expect(page.locator(".card h2")).to_have_text("天津科技大学科技园")
    page.get_by_role("button", name=say("scenario_page.close_here")).click()
    expect(page.locator(".card .other")).to_have_text(say("scenario.origin.closed"))
    settle(page)
    edits = json.loads(_kept(page).read_text(encoding="utf-8"))["features"]
    told = {edit["id"]: edit["properties"]["action"] for edit in edits}
    assert told == {"new-1": "add", SITE: "close"}
    (placed,) = (edit["geometry"]["coordinates"] for edit in edits if edit["id"] == "new-1")
    assert placed == pytest.approx([lon, lat], abs=0.008)  # two pixels

    page.get_by_role("link", name=say("nav.explore")).first.click()
    page.wait_for_function("location.pathname === '/'")
    settle(page)
    wait_for_marks(map_frame(page), marks(tianjin, default_state(tianjin)))
    page.locator(".st-key-export button").first.click()
    page.locator(".st-key-export_format").get_by_text("GeoJSON").click()
    expect(page.locator(".amount").first).not_to_contain_text("，1 个文件")
    settle(page)
    with page.expect_download() as download:
        page.locator(".st-key-export_button button").click()
    with zipfile.ZipFile(download.value.path()) as found:
        names = [name for name in found.namelist() if name.endswith("science_park.geojson")]
        parks = {f["id"]: f for f in json.loads(found.read(names[0]))["features"]}
    home = tianjin.layers["science_park"].frame
    assert set(parks) == set(home.index)
    assert parks[SITE]["geometry"]["coordinates"] == pytest.approx(home.geometry[SITE].coords[0])


def test_a_candidate_is_clicked_dragged_and_taken_back(server: Server, page: Page) -> None:
    open_at(page, f"{server.url}/coverage?cpart=siting&cfrom=drawn&cadd=1&cdem=area&lang=zh")
    frame = map_frame(page)
    expect(page.get_by_text(say("siting_page.draw_first"))).to_be_visible()
    frame.wait_for_selector(".placing")
    _painted_anew(page, frame, lambda: page.mouse.click(*_spot(page, frame, 117.63, 39.40)))
    expect(page.locator(".summary").first).to_contain_text("这 1 处新增最多")
    row = page.locator("tr", has_text=say("siting_page.candidate", number=1))
    expect(row).to_contain_text("宁河区")
    _drag(page, frame, right=-57, up=63, site="drawn-01")
    expect(row).to_contain_text("宝坻区")
    page.get_by_role("button", name=say("siting_page.take_back", number=1)).click()
    expect(page.get_by_text(say("siting_page.draw_first"))).to_be_visible()


def test_a_file_with_faults_is_refused_with_all_of_them(server: Server, page: Page) -> None:
    open_at(page, f"{server.url}/coverage?cpart=scenario&lang=zh")
    broken = {
        "type": "FeatureCollection",
        "atlas_scenario": {"version": 1, "name": "坏", "order": ["gone", "park-cauc"]},
        "features": [
            {
                "type": "Feature",
                "id": name,
                "properties": {"id": name, "action": action},
                "geometry": None,
            }
            for name, action in (("gone", "close"), ("park-cauc", "explode"))
        ],
    }
    file = {
        "name": "bad.geojson",
        "mimeType": "application/geo+json",
        "buffer": json.dumps(broken).encode(),
    }
    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    expect(page.get_by_text(say("error.scenario.file"))).to_be_visible()
    expect(page.get_by_text("explode")).to_be_visible()
    expect(page.get_by_text(say("scenario_page.refused"))).to_be_visible()


def test_what_is_counted_is_drawn_and_the_rest_is_plain(
    server: Server, page: Page, tianjin: City
) -> None:
    """One area, and a dot for each campus: filled within reach, hollow beyond it."""
    open_at(page, f"{server.url}/coverage?lang=zh")
    drawn = map_frame(page).locator(f"{MAIN} .leaflet-shapes-pane path")
    campuses = int(tianjin.layers["university"].frame.geometry.notna().sum())
    expect(drawn).to_have_count(1 + campuses)
    inside = drawn.evaluate_all("paths => paths.map(path => path.getAttribute('fill'))")[1:]
    assert set(inside) == {BEYOND, WITHIN}
    assert not [fill for fill in inside if fill.startswith("url(")]
    turn(page, "/coverage?lang=zh&cmap=all")
    drawn = map_frame(page).locator(f"{MAIN} .leaflet-shapes-pane path")
    expect(drawn).to_have_count(2)  # 10 km and 5 km; 3 km is refused


@pytest.mark.thorough
@pytest.mark.parametrize("part", ["scenario", "siting"])
def test_a_part_with_many_controls_has_no_serious_fault(
    server: Server, new_page: NewPage, part: str
) -> None:
    page = new_page(NARROW)
    open_at(page, f"{server.url}/coverage?cpart={part}&lang=en")
    map_frame(page)
    open_sections(page)
    settle(page)
    assert violations(page) == []
