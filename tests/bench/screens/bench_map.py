"""Time the map from address to paint and from click to paint, beside a plain page.

Both pages run here and now, on servers of their own, in one browser, by turns. A clock inside the
page reads the time at the press and at the first animation frame in which the right marks stand.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from statistics import median
from typing import Any, cast

from playwright.sync_api import Browser, Page, sync_playwright
from streamlit.testing.v1 import AppTest

from layers.language.messages import LANGS
from layers.pack.city import City, load_city
from layers.view.state import default_state
from pages.shell.routes.ground import script
from tests import ROOT
from tests.bench.table import Row
from tests.browser import chromium
from tests.browser.harness import MARKS, WAIT_MS, WIDE, Watch, map_frame, marks, serve, settle

ROUNDS = 10
VISITS = 5
"""First paints of each page: a visit takes ten times as long as a click."""
REST_MS = 1_000
"""Between two measurements: the plain page reruns once more after it has painted."""
LAYER = "platform"
"""The layer that is switched off and on again: the one with the most places."""
SCRIPT_KB = 250
FILTER_RATIO = 0.35
CLOCK = """
window.stopwatch = (tell, expected, patience) => new Promise((resolve, reject) => {
  const inside = new Function('document', 'return ' + tell);
  const goal = JSON.stringify(expected), until = performance.now() + patience;
  const look = () => {
    for (const holder of document.querySelectorAll('iframe')) {
      const page = holder.contentDocument;
      if (page && JSON.stringify(inside(page)) === goal) return resolve(performance.now());
    }
    if (performance.now() > until) return reject(new Error('the right marks never stood'));
    requestAnimationFrame(look);
  };
  look();
});
addEventListener('pointerdown', () => { window.pressed = performance.now(); }, true);
"""
"""Runs in every page from its start; times are milliseconds since the page was asked for."""
VIEW = """
document.querySelector('.leaflet-map-pane').style.transform
  + document.querySelector('.leaflet-control-scale-line').outerHTML
"""
"""JavaScript: where the map lies in its frame, and what its scale bar says."""


@dataclass(frozen=True)
class Subject:
    """One of the two pages.

    Parameters
    ----------
    url
        Its address.
    tell
        JavaScript expression that tells which marks stand in the map's ``document``.
    full, fewer
        What it tells with and without the layer that is switched.
    off, on
        What to click to switch the layer.
    before_on
        What to click beforehand so that ``on`` can be clicked, if anything.
    """

    url: str
    tell: str
    full: Any
    fewer: Any
    off: str
    on: str
    before_on: str = ""

    def painted(self, page: Page, expected: Any) -> float:
        """Return the time at which ``expected`` stands on the map."""
        asked = [self.tell, expected, WAIT_MS]
        return float(page.evaluate("([t, e, p]) => stopwatch(t, e, p)", asked))

    def first_paint(self, page: Page) -> float:
        """Ask for the page and return the seconds until all marks stand."""
        page.goto(self.url, wait_until="commit")
        return self.painted(page, self.full) / 1000

    def switch(self, page: Page, *, on: bool) -> float:
        """Switch the layer and return the seconds from the press until the right marks stand."""
        if on and self.before_on:
            page.locator(self.before_on).click()
        page.locator(self.on if on else self.off).first.click()
        painted = self.painted(page, self.full if on else self.fewer)
        seconds = (painted - float(page.evaluate("window.pressed"))) / 1000
        if on and self.before_on:
            page.keyboard.press("Escape")
        settle(page)
        page.wait_for_timeout(REST_MS)
        return seconds


@contextmanager
def fresh(browser: Browser, clock: str = CLOCK) -> Iterator[Page]:
    """Open a page with an empty cache and a clock; a request to anywhere else is an error."""
    context = browser.new_context(viewport={"width": WIDE[0], "height": WIDE[1]}, locale="zh-CN")
    context.set_default_timeout(WAIT_MS)
    context.add_init_script(clock)
    watch = Watch()
    watch.attach(context)
    yield context.new_page()
    context.close()
    watch.check()


def own_subject(url: str, city: City) -> Subject:
    """Return the atlas at an address.

    Parameters
    ----------
    url
        Where it is served.
    city
        The pack that it shows.
    """
    full = default_state(city)
    fewer = replace(full, layers=full.layers - {LAYER})
    switch = f".st-key-layer_{LAYER} label"
    return Subject(url, MARKS, marks(city, full), marks(city, fewer), switch, switch)


def plain_subject(url: str, city: City) -> Subject:
    """Return the plain page at an address."""
    points = {
        layer.spec.id: int(layer.frame.geometry.notna().sum())
        for layer in city.layers.values()
        if layer.spec.is_places and layer.spec.on
    }
    full = sum(points.values())
    return Subject(
        url,
        "document.querySelectorAll('.leaflet-marker-icon').length",
        full,
        full - points[LAYER],
        off=f'button[aria-label="Remove {LAYER}"]',
        on=f'[role=option]:has-text("{LAYER}")',
        before_on="[data-testid=stMultiSelect] input[type=text]",
    )


def _first_paints(browser: Browser, subjects: tuple[Subject, ...]) -> list[float]:
    seconds: list[list[float]] = [[] for _ in subjects]
    for round_ in range(VISITS + 1):
        for subject, times in zip(subjects, seconds, strict=True):
            with fresh(browser) as page:
                taken = subject.first_paint(page)
                settle(page)
            if round_:  # the first visit warms the server up
                times.append(taken)
    return [median(times) for times in seconds]


def _switches(browser: Browser, atlas: Subject, plain: Subject) -> tuple[float, float]:
    """Return the median time of a switch on each page; the atlas may not remake or move its map."""
    seconds: list[tuple[float, float]] = []
    with fresh(browser) as ours, fresh(browser) as usual:
        for subject, page in ((atlas, ours), (plain, usual)):
            subject.first_paint(page)
            settle(page)
        map_frame(ours).evaluate("window.same = true")
        view = map_frame(ours).evaluate(VIEW)
        for turn in range(ROUNDS):
            on = bool(turn % 2)
            seconds.append((atlas.switch(ours, on=on), plain.switch(usual, on=on)))
        assert map_frame(ours).evaluate("window.same === true"), "the map was made anew"
        assert map_frame(ours).evaluate(VIEW) == view, "the map has moved"
    return median(pair[0] for pair in seconds), median(pair[1] for pair in seconds)


def _first_script() -> float:
    """Return the size in kB of what the first map sends to the browser, its ground included."""
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60).run()
    sent = json.loads(cast(Any, app.get("component_instance")[0]).proto.json_args)
    city = load_city(ROOT / "data" / "tianjin")
    whole = (sent["script"], *(sent["feature_group"] or ()), script(city, LANGS[0]))
    return len("".join(whole).encode()) / 1000


def run() -> list[Row]:
    """Measure both pages; raise if either shows the wrong marks."""
    city = load_city(ROOT / "data" / "tianjin")
    with (
        sync_playwright() as playwright,
        serve() as ours,
        serve("tests/bench/screens/plain_page.py") as usual,
    ):
        path = chromium.find(playwright)
        if path is None:
            raise RuntimeError(chromium.MISSING)
        browser = chromium.launch(playwright, path)
        atlas, plain = own_subject(ours.url, city), plain_subject(usual.url, city)
        first, plain_first = _first_paints(browser, (atlas, plain))
        click, plain_click = _switches(browser, atlas, plain)
        browser.close()
    return [
        Row("first map script, names and insets included", _first_script(), "kB", SCRIPT_KB),
        Row("first paint", first, "s"),
        Row("first paint, plain page", plain_first, "s"),
        Row("first paint / plain page", first / plain_first),
        Row("filter to painted", click, "s"),
        Row("filter to painted, plain page", plain_click, "s"),
        Row("filter to painted / plain page", click / plain_click, "", FILTER_RATIO),
    ]
