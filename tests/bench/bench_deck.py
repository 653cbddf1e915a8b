"""Time a turn of the deck: from the key to the map painted with the next scene and its sentence."""

from __future__ import annotations

from statistics import median

from playwright.sync_api import Page, sync_playwright

from layers.pack.city import load_city
from layers.present.story import stories
from tests import ROOT
from tests.bench.bench_map import fresh
from tests.bench.table import Row
from tests.browser import chromium
from tests.browser.harness import WAIT_MS, map_frame, serve, settle

TURN_S = 0.3
REST_MS = 2_500
"""Between two turns: in a meeting somebody speaks, and the next scenes are made meanwhile."""
CLOCK = """
addEventListener('keydown', () => {
  const shown = () => document.querySelector('.deck')?.dataset.shown;
  const map = () => document.querySelector('.st-key-sheet_deck iframe').contentDocument;
  const painted = () => map().documentElement.dataset.painted;
  const pressed = performance.now(), before = [shown(), painted()];
  window.turned = new Promise((resolve) => {
    const look = () => {
      const now = [shown(), painted()];
      if (now.every((value, n) => value !== before[n])) resolve(performance.now() - pressed);
      else requestAnimationFrame(look);
    };
    look();
  });
}, true);
"""
"""Runs in every page from its start; ``turned`` is the time of the last turn in milliseconds."""


def _turn(page: Page, key: str) -> float:
    page.keyboard.press(key)
    return float(page.evaluate("window.turned")) / 1000


def run() -> list[Row]:
    """Turn through the first story and back; raise if the map was made anew."""
    scenes = next(iter(stories(load_city(ROOT / "data" / "tianjin")).values())).scenes
    keys = ["ArrowRight"] * (len(scenes) - 1) + ["ArrowLeft"] * (len(scenes) - 1)
    with sync_playwright() as playwright, serve(env={"ATLAS_AHEAD": "yes"}) as server:
        path = chromium.find(playwright)
        if path is None:
            raise RuntimeError(chromium.MISSING)
        browser = chromium.launch(playwright, path)
        with fresh(browser, CLOCK) as page:
            page.goto(f"{server.url}/deck", timeout=WAIT_MS)
            map_frame(page).evaluate("window.same = true")
            settle(page)
            seconds = []
            for key in keys:
                page.wait_for_timeout(REST_MS)
                seconds.append(_turn(page, key))
            assert map_frame(page).evaluate("window.same === true"), "the map was made anew"
        browser.close()
    print([round(s, 3) for s in seconds])
    return [
        Row(f"turn of a scene, median of {len(seconds)}", median(seconds), "s", TURN_S),
        Row("turn of a scene, slowest", max(seconds), "s"),
    ]
