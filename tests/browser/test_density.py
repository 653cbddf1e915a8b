"""Follow a planner over the density page: another kernel, another bandwidth, a file for the GIS."""

from __future__ import annotations

import re
from pathlib import Path

import rasterio
from playwright.sync_api import Page
from shapely import Point

from layers.city import City
from layers.density_view import outlines
from tests.browser.harness import WAIT_MS, Server, map_frame, open_at, settle

RASTER = ".leaflet-raster-pane img"


def _choose(page: Page, name: str, words: str) -> None:
    """Press the button of a choice and wait until the address has it."""
    before = page.url
    page.locator(f".st-key-density_{name} button").filter(has_text=re.compile(f"^{words}$")).click()
    page.wait_for_function("before => location.href !== before", arg=before, timeout=WAIT_MS)
    settle(page)


def test_another_kernel_and_bandwidth_arrive_in_the_geotiff(
    server: Server, page: Page, tianjin: City, tmp_path: Path
) -> None:
    open_at(page, f"{server.url}/density")
    frame = map_frame(page)
    first = frame.locator(RASTER).get_attribute("src")
    _choose(page, "kernel", "四次核")
    _choose(page, "bandwidth_km", "8")
    frame = map_frame(page)
    frame.wait_for_function(
        f"first => document.querySelector('{RASTER}')?.src !== first", arg=first, timeout=WAIT_MS
    )
    with page.expect_download(timeout=WAIT_MS) as waiting:
        page.get_by_role("button", name=re.compile("GeoTIFF（EPSG:4548）")).click()
    waiting.value.save_as(tmp_path / "density.tif")
    with rasterio.open(tmp_path / "density.tif") as tiff:
        assert tiff.crs.to_epsg() == 4548
        assert (tiff.tags()["kernel"], tiff.tags()["sigma_km"]) == ("quartic", "8.0")
        west, south, east, north = outlines(tianjin).total_bounds
        assert 0 <= west - tiff.bounds.left < 500
        assert 0 <= tiff.bounds.right - east < 500
        assert 0 <= south - tiff.bounds.bottom < 500
        assert 0 <= tiff.bounds.top - north < 500
        values = tiff.read(1, masked=True)
        row, column = divmod(int(values.argmax()), values.shape[1])
        x, y = tiff.xy(row, column)
    # The highest cell is where the page says: in the six inner districts or beside them.
    town = outlines(tianjin).geometry[["120104", "120111", "120103"]].union_all()
    assert town.distance(Point(x, y)) < 500
