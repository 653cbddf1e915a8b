"""Time a site from the moment the mouse lets it go until the map shows what it reaches there.

A clock inside the map's frame reads the time at the release of the mouse and at the first animation
frame in which other outlines of reach stand. The site must then lie where it was dropped, and the
sentence above the map must tell another share.
"""

from __future__ import annotations

from itertools import cycle, islice
from statistics import median

from playwright.sync_api import Frame, Page, expect, sync_playwright

from tests.bench.screens.bench_map import fresh
from tests.bench.table import Row
from tests.browser import chromium
from tests.browser.harness import WAIT_MS, map_frame, serve, settle

ROUNDS = 12
REST_MS = 700
SECONDS = 0.5
SITE = "park-tust"
STEPS = ((0, -150), (0, 150))
"""Drags in pixels, right and down: out of what other sites reach, and back."""
NEAR_PX = 3.0
CLOCK = """
addEventListener('pointerup', () => { window.letGo = performance.now(); }, true);
window.outlines = () => [...document.querySelectorAll('.leaflet-shapes-pane path')]
  .map((path) => path.getAttribute('d')).join();
window.repainted = (before) => new Promise((resolve) => {
  const look = () => {
    const now = window.outlines();
    if (now && now !== before) return resolve(performance.now() - window.letGo);
    requestAnimationFrame(look);
  };
  look();
});
"""
"""Runs in every frame from its start; times are milliseconds."""


def _centre(frame: Frame) -> tuple[float, float]:
    box = frame.locator(f'.atlas-mark[data-id="{SITE}"]').bounding_box()
    assert box is not None, "the site has no mark"
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def _drag(page: Page, frame: Frame, right: int, down: int) -> float:
    """Drag the site and return the seconds from letting go to the first frame of its new reach."""
    sentence = page.locator(".summary").first
    said, drawn = sentence.inner_text(), frame.evaluate("outlines()")
    x, y = _centre(frame)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right / 2, y + down / 2, steps=4)
    page.mouse.move(x + right, y + down, steps=4)
    page.mouse.up()
    seconds = float(frame.evaluate("before => repainted(before)", drawn)) / 1000
    expect(sentence).not_to_have_text(said, timeout=WAIT_MS)
    settle(page)
    now = _centre(frame)
    off = max(abs(now[0] - x - right), abs(now[1] - y - down))
    assert off <= NEAR_PX, f"the site lies {off:.1f} px from where it was dropped"
    page.wait_for_timeout(REST_MS)
    return seconds


def run() -> list[Row]:
    """Drag one site about on the shipped city; raise if it does not stay where it was put."""
    with sync_playwright() as playwright, serve() as server:
        path = chromium.find(playwright)
        if path is None:
            raise RuntimeError(chromium.MISSING)
        browser = chromium.launch(playwright, path)
        with fresh(browser, CLOCK) as page:
            page.goto(f"{server.url}/coverage?cpart=scenario")
            frame = map_frame(page)
            settle(page)
            page.wait_for_timeout(REST_MS)
            taken = [_drag(page, frame, *step) for step in islice(cycle(STEPS), ROUNDS + 1)]
        browser.close()
    return [Row("drag to repainted", median(taken[1:]), "s", SECONDS)]
