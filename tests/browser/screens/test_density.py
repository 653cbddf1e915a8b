"""Follow a planner over the density page: another kernel, another bandwidth, a file for the GIS."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest
import rasterio
from playwright.sync_api import Page, expect
from shapely import Point

from layers.density.measure import measure, question
from layers.pack.city import City, outlines
from layers.view.state import default_state
from tests.browser.conftest import NewPage
from tests.browser.harness import LAPTOP, MAIN, MAP, Server, map_frame, open_at, settle

A4_HIGH = 668
"""Of a printed page, as pages/shell/print.js lays it out."""
RASTER = f"{MAIN} .leaflet-raster-pane img"


def _choose(page: Page, name: str, words: str) -> None:
    """Press the button of a choice and wait until the address has it."""
    before = page.url
    page.locator(f".st-key-density_{name} button").filter(has_text=re.compile(f"^{words}$")).click()
    page.wait_for_function("before => location.href !== before", arg=before)
    settle(page)


def test_another_kernel_and_bandwidth_arrive_in_the_geotiff(
    server: Server, page: Page, tianjin: City, tmp_path: Path
) -> None:
    measured = measure(tianjin, question(default_state(tianjin)))
    open_at(page, f"{server.url}/density?dbw=8")
    frame = map_frame(page)
    first = frame.locator(RASTER).get_attribute("src")
    page.locator(".st-key-density_advanced summary").click()
    _choose(page, "kernel", "四次核")
    _choose(page, "cell_m", "1\u202f000\u202fm")
    frame = map_frame(page)
    frame.wait_for_function(
        f"first => document.querySelector('{RASTER}')?.src !== first", arg=first
    )
    with page.expect_download() as waiting:
        page.get_by_role("button", name=re.compile("GeoTIFF")).click()
    waiting.value.save_as(tmp_path / "density.tif")
    with rasterio.open(tmp_path / "density.tif") as tiff:
        assert tiff.crs.to_epsg() == 4548
        assert (tiff.tags()["kernel"], tiff.tags()["sigma_km"]) == ("quartic", "8.0")
        assert tiff.res == (1000, 1000)
        west, south, east, north = outlines(tianjin).total_bounds
        assert 0 <= west - tiff.bounds.left < 1000
        assert 0 <= tiff.bounds.right - east < 1000
        assert 0 <= south - tiff.bounds.bottom < 1000
        assert 0 <= tiff.bounds.top - north < 1000
        values = tiff.read(1, masked=True)
        row, column = divmod(int(values.argmax()), values.shape[1])
        x, y = tiff.xy(row, column)
        # The quartic kernels of the places by hand, where the edge (30 km off) does not reach.
        metres = measured.places.geometry
        square = ((metres.x - x) ** 2 + (metres.y - y) ** 2) / (8 * 8_000**2)
        by_hand = float((3 / (math.pi * 8 * 8**2) * (1 - square).clip(lower=0) ** 2).sum())
        assert values.max() == pytest.approx(by_hand, rel=0.02)
    # The highest cell is where the page says: in the six inner districts or beside them.
    town = outlines(tianjin).geometry[["120104", "120111", "120103"]].union_all()
    assert town.distance(Point(x, y)) < 1000


ANALYSES = (
    *("density", "density?dpart=points", "coverage", "corridor"),
    *(f"coverage?cpart={part}" for part in ("pairing", "scenario", "siting")),
)


@pytest.mark.thorough
def test_sentence_map_and_legend_of_an_analysis_fill_the_window(
    server: Server, new_page: NewPage
) -> None:
    """On a small desk the map has at least 58 % of the height, and nobody scrolls to its legend."""
    page = new_page(LAPTOP)
    for address in ANALYSES:
        open_at(page, f"{server.url}/{address}")
        map_frame(page)
        for part in page.locator(".title, .summary[role=status], .furniture, .legend").all():
            expect(part).to_be_in_viewport(ratio=1)
        box = page.locator(MAP).bounding_box()
        assert box is not None
        assert box["width"] >= 0.69 * LAPTOP[0], address
        assert box["height"] >= 0.58 * LAPTOP[1], address
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.locator(".st-key-scene_side")).to_be_hidden()
    box = page.locator(MAP).bounding_box()
    assert box is not None
    assert box["height"] >= 0.58 * A4_HIGH, "on paper"
