"""Follow a planner who brings points: read a file, take its bins and its surface, stop another."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import h3
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import rasterio
import shapely
from playwright.sync_api import Page, expect
from pyproj import Transformer

from layers.pack.city import City, outlines
from layers.view.codecs import token
from tests.browser.axe import open_sections, violations
from tests.browser.conftest import NewPage
from tests.browser.harness import MAIN, NARROW, WIDE, Server, map_frame, open_at, settle
from tests.browser.screens.test_flow import A_MOMENT_MS
from tests.rfc7946 import check

N = 20_000
HEAP = (117.70, 39.03)
"""Degrees: the middle of the heap, in the Binhai New Area."""
NAME = "企业 <b>2万.parquet"
LONG = "long.csv"


def _points() -> tuple[Any, Any]:
    rng = np.random.default_rng(6)
    lon = np.append(rng.uniform(116.8, 117.9, N // 2), rng.normal(HEAP[0], 0.01, N // 2))
    lat = np.append(rng.uniform(38.7, 39.9, N // 2), rng.normal(HEAP[1], 0.01, N // 2))
    return lon, lat


@pytest.fixture(scope="module", autouse=True)
def files(points_folder: Path) -> None:
    """Put 20,000 points into the server's folder, and more than one reads in a moment."""
    folder = points_folder
    lon, lat = _points()
    pq.write_table(pa.table({"经度": lon, "纬度": lat}), folder / NAME, row_group_size=5000)
    row = "\n".join(f"{a:.6f},{b:.6f}" for a, b in zip(lon, lat, strict=True)) + "\n"
    with (folder / LONG).open("w", encoding="utf-8") as file:
        file.write("lon,lat\n")
        for _ in range(200):  # 4 million rows: several seconds of reading
            file.write(row)


def _finished(page: Page) -> None:
    """Wait until the work beside the page has ended and the page shows it."""
    # The legend alone may be the old map's.
    page.get_by_text(re.compile("行在市内")).first.wait_for()
    page.wait_for_selector("[data-testid=stApp] .legend")
    expect(page.locator("progress")).to_have_count(0)
    settle(page)


def _download(page: Page, name: str) -> bytes:
    with page.expect_download() as waiting:
        page.get_by_role("button", name=re.compile(name)).click()
    return Path(waiting.value.path()).read_bytes()


def test_a_file_is_read_before_the_readers_eyes_and_goes_out_again(
    server: Server, page: Page, tianjin: City
) -> None:
    open_at(page, f"{server.url}/density")
    map_frame(page)
    page.wait_for_timeout(A_MOMENT_MS)  # the map has said where it stands, and has been answered
    page.locator(".st-key-density_part button").filter(has_text="自有数据").click()
    page.get_by_text("请先选择一个点位文件").wait_for()
    page.locator(".st-key-points_file input").click()
    page.get_by_role("option", name=re.compile("2万")).click()
    _finished(page)
    lon, lat = _points()
    x, y = Transformer.from_crs(4326, 4548, always_xy=True).transform(lon, lat)
    within = shapely.intersects_xy(outlines(tianjin).geometry.union_all(), x, y)
    n = f"{within.sum():,}".replace(",", "\u202f")
    expect(page.get_by_text(f"{n} 行在市内").first).to_be_visible()
    expect(page.locator(".summary").first).to_contain_text("滨海新区点最密")
    surface = map_frame(page).locator(f"{MAIN} .leaflet-raster-pane img")
    expect(surface).to_have_count(1)
    with rasterio.MemoryFile(_download(page, "GeoTIFF")) as memory, memory.open() as tiff:
        assert tiff.crs.to_epsg() == 4548
        assert (tiff.tags()["read"], tiff.tags()["binned"]) == (str(N), str(within.sum()))
        values = tiff.read(1, masked=True)
        top = tiff.xy(*np.unravel_index(int(values.argmax()), values.shape))
        mass = float(values.sum()) * tiff.res[0] * tiff.res[1] / 1e6
    heap = Transformer.from_crs(4326, 4548, always_xy=True).transform(*HEAP)
    assert np.hypot(top[0] - heap[0], top[1] - heap[1]) < 500
    assert mass == pytest.approx(within.sum(), rel=0.02), "the edge correction keeps the number"
    page.locator(".st-key-points_show button").filter(has_text="网格").click()
    page.locator(".st-key-points_shape").wait_for()
    _finished(page)
    page.get_by_role("button", name="导出", exact=True).click()
    page.locator(".st-key-own_points_format").get_by_text("GeoJSON").click()
    page.wait_for_timeout(2_000)  # the run that the choice asks for begins only now
    settle(page)
    with zipfile.ZipFile(io.BytesIO(_download(page, "^下载$"))) as archive:
        data = archive.read("own_points_bins.geojson")
        manifest = json.loads(archive.read("manifest.json"))
    check(data)
    features = json.loads(data)["features"]
    assert sum(feature["properties"]["n"] for feature in features) == within.sum()
    densest = max(features, key=lambda feature: feature["properties"]["per_km2"])
    assert densest["id"] in h3.grid_disk(h3.latlng_to_cell(HEAP[1], HEAP[0], 7), 1)
    assert manifest["result"]["file"] == NAME
    assert "pshow=bins" in page.url
    page.reload()
    _finished(page)
    expect(page.locator(".st-key-points_shape")).to_be_visible()


def test_reading_can_be_stopped_and_the_page_stays_alive(server: Server, page: Page) -> None:
    open_at(page, f"{server.url}/density?dpart=points")
    page.locator(".st-key-points_file input").click()
    page.get_by_role("option", name=re.compile(LONG)).click()
    stop = page.get_by_role("button", name="停止")
    stop.wait_for()
    expect(page.locator("progress")).to_have_attribute("aria-label", "读取与计算的进度")
    page.get_by_text(re.compile("正在读取：")).wait_for()
    assert violations(page) == [], "while it is being read"
    page.get_by_role("button", name="停止").click()
    page.get_by_text("已停止").wait_for()
    expect(page.locator("progress")).to_have_count(0)
    settle(page)
    page.locator(".st-key-points_file input").click()
    page.get_by_role("option", name=re.compile("2万")).click()
    _finished(page)


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("lang", "size", "shows"),
    [
        ("zh", WIDE, ("surface", "clusters", "parks")),
        ("en", NARROW, ("bins", "hotspots")),
    ],
    ids=["wide", "narrow"],
)
def test_own_points_shut_nobody_out(
    server: Server, new_page: NewPage, lang: str, size: tuple[int, int], shows: tuple[str, ...]
) -> None:
    page = new_page(size)
    open_at(page, f"{server.url}/density?lang={lang}&dpart=points")
    assert violations(page) == [], "no file chosen"
    for show in shows:
        file = token(NAME)
        open_at(page, f"{server.url}/density?lang={lang}&dpart=points&pfile={file}&pshow={show}")
        _finished(page)
        open_sections(page)
        settle(page)
        assert violations(page) == [], show
