"""Time a turn of the deck: from the key to the map painted with the next scene and its sentence."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from playwright.sync_api import Browser, sync_playwright

from layers.pack.city import load_city
from layers.present.story import stories
from tests import ROOT
from tests.bench.screens.bench_map import Subject, fresh, plain_subject
from tests.bench.table import Row
from tests.browser import chromium
from tests.browser.harness import WAIT_MS, map_frame, serve, settle

TURN_S = 0.3
ROUNDS = 4
REST_MS = 2_500
"""Between two turns: in a meeting somebody speaks, and the next scenes are made meanwhile."""
CLOCK = """
addEventListener('keydown', () => {
  const shown = () => document.querySelector('.deck')?.dataset.shown;
  const map = () => document.querySelector('.st-key-sheet_deck iframe').contentDocument;
  const painted = () => map().documentElement.dataset.painted;
  const pressed = performance.now(), before = [shown(), painted()];
  window.turned = new Promise((resolve, reject) => {
    setTimeout(reject, 30000, new Error('the deck did not turn'));
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


def _turns(browser: Browser, url: str, keys: Sequence[str]) -> list[float]:
    """Return the seconds of each turn; the map may not be made anew."""
    with fresh(browser, CLOCK) as page:
        page.goto(url, timeout=WAIT_MS)
        map_frame(page).evaluate("window.same = true")
        settle(page)
        seconds = []
        for key in keys:
            page.wait_for_timeout(REST_MS)
            page.keyboard.press(key)
            seconds.append(float(page.evaluate("window.turned")) / 1000)
        assert map_frame(page).evaluate("window.same === true"), "the map was made anew"
    return seconds


def first_view(browser: Browser, subject: Subject) -> float:
    """Return the median seconds until a page has painted its map.

    Parameters
    ----------
    browser
        Which opens it anew each time.
    subject
        The page, and how to tell that it has.
    """
    seconds = []
    for _ in range(ROUNDS):
        with fresh(browser) as page:
            seconds.append(subject.first_paint(page))
            settle(page)
    return median(seconds[1:])  # the first visit warms the server up


def run() -> list[Row]:
    """Turn through the first story and back."""
    city = load_city(ROOT / "data" / "tianjin")
    last = len(next(iter(stories(city).values())).scenes) - 1
    keys = ["ArrowRight"] * last + ["ArrowLeft"] * last
    with (
        sync_playwright() as playwright,
        serve(env={"ATLAS_AHEAD": "yes"}) as ours,
        serve("tests/bench/screens/plain_page.py") as usual,
    ):
        path = chromium.find(playwright)
        if path is None:
            raise RuntimeError(chromium.MISSING)
        browser = chromium.launch(playwright, path)
        plain = first_view(browser, plain_subject(usual.url, city))
        seconds = _turns(browser, f"{ours.url}/deck", keys)
        browser.close()
    return [
        Row(f"turn of a scene, median of {len(seconds)}", median(seconds), "s", TURN_S),
        Row("turn of a scene, slowest", max(seconds), "s"),
        Row("turn of a scene / first view of the plain page", median(seconds) / plain),
    ]
