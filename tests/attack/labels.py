"""Put every hostile text into every field, and look at every page in both languages."""

from __future__ import annotations

import os
import re
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, sync_playwright
from playwright.sync_api import Error as BrowserError

from layers.language.messages import LANGS, display
from layers.pack.city import City, load_city
from layers.view.address import to_query
from layers.view.state import default_state
from tests import ROOT
from tests.attack import Outcome
from tests.browser import chromium
from tests.browser.harm import harm
from tests.browser.harness import WIDE, Server, Watch, open_at, serve, settle
from tests.hostile import HOSTILE_TEXTS, hostile_pack

SCREENS: tuple[tuple[str, dict[str, str]], ...] = (
    ("", {"sel": "990101"}),
    ("", {"sel": "park-one"}),
    ("district", {}),
    ("density", {}),
    *(("coverage", {"cpart": part}) for part in ("reach", "pairing", "scenario", "siting")),
    ("sources", {}),
)
"""Path and further address of each page looked at."""
HEAP_SEEDS = range(1, 7)
HEAPS = 1_200
"""Labels made of heaps of pieces, for each seed."""
LONGEST = 500
"""Characters of a text: in every field at once, a longer one makes settings that are refused."""
TRACE = "atlas-was-here"
TEXTS = "ATLAS_ATTACK_TEXTS"
"""Variable: ``3:6`` tries the texts 3 to 5 only."""


@contextmanager
def _browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = chromium.find(playwright)
        if path is None:
            raise RuntimeError(chromium.MISSING)
        browser = chromium.launch(playwright, path)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def _watched(browser: Browser) -> Iterator[tuple[Page, Watch]]:
    width, height = WIDE
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
    watch = Watch()
    watch.attach(context)
    try:
        yield context.new_page(), watch
    finally:
        context.close()


def _address(server: Server, city: City, path: str, lang: str, more: dict[str, str]) -> str:
    query = {**to_query(default_state(city)), "lang": lang, **more}
    query["layers"] = ".".join(city.layers)
    return f"{server.url}/{path}?" + "&".join(f"{key}={value}" for key, value in query.items())


def _open_all(page: Page) -> None:
    """Open every box on the page, and look for something."""
    for summary in page.locator("[data-testid=stExpander] summary").all():
        summary.click()
        settle(page)
    search = page.locator(".st-key-search input")
    if search.count():
        search.fill("a")
        search.press("Enter")
        settle(page)


def _options(page: Page) -> Iterator[Locator]:
    """Yield the fields whose options are drawn only when they open."""
    yield from page.locator(
        "[data-testid=stSelectbox] input, [data-testid=stMultiSelect] input"
    ).all()


def _look(page: Page, address: str) -> list[str]:
    """Return what harm is seen on a page, all its boxes and lists open."""
    open_at(page, address)
    _open_all(page)
    found = harm(page)
    for field in _options(page):
        if field.is_visible() and field.is_enabled():
            field.click()
            page.wait_for_timeout(100)
            found += harm(page)
            page.keyboard.press("Escape")
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [*found, *([f"{wide} pixels wider than the window"] if wide > 0 else [])]


def _tell(watch: Watch, seen: Sequence[str]) -> list[str]:
    """Return all that went wrong on one page, and forget what was watched."""
    lines = [
        *seen,
        *(f"asked {url}" for url in watch.foreign),
        *(f"error: {text}" for text in watch.errors),
        *(f"dialog: {text}" for text in watch.dialogs),
    ]
    for kept in (watch.foreign, watch.errors, watch.dialogs):
        kept.clear()
    return list(dict.fromkeys(lines))


def _literal(page: Page, text: str) -> bool:
    """Tell whether the beginning of a text stands on the page as it is."""
    blank = re.compile(r"\s+")
    words = page.locator("[data-testid=stMain]").inner_text().replace("\u2060", "")
    return blank.sub("", display(text))[:40] in blank.sub("", words)


def _matrix(
    browser: Browser, packs: dict[str, str], cities: dict[str, City], server: Server
) -> Iterator[tuple[str, list[str]]]:
    """Yield the name of each page that was looked at, with all that was wrong there."""
    for id_, text in packs.items():
        with _watched(browser) as (page, watch):
            for lang in LANGS:
                for path, more in SCREENS:
                    name = f"{id_} {path or 'explore'} {more} {lang}"
                    try:
                        seen = _look(page, _address(server, cities[id_], path, lang, more))
                        if not _literal(page, text):
                            seen.append("the text is not shown as it is")
                    except BrowserError as error:
                        seen = [f"the page did not answer: {str(error).splitlines()[0]}"]
                    yield name, [f"{name}: {line}" for line in _tell(watch, seen)]


def _heaps(browser: Browser) -> Iterator[tuple[int, list[str]]]:
    """Yield how many heaps of pieces were drawn as labels, and those not drawn as they are."""
    with serve("tests/attack/means/heaps.py") as server, _watched(browser) as (page, watch):
        for seed in HEAP_SEEDS:
            open_at(page, f"{server.url}/?seed={seed}&count={HEAPS}")
            page.wait_for_timeout(2_000)
            drawn = page.locator(
                "[data-testid=stRadio] label:not([data-testid=stWidgetLabel]) "
                "[data-testid=stMarkdownContainer]"
            )
            shown = [text.replace("\u2060", "") for text in drawn.all_text_contents()]
            meant = page.locator("#meant li").all_text_contents()
            wrong = [
                f"{a!r} is drawn as {b!r}" for a, b in zip(meant, shown, strict=True) if a != b
            ]
            yield len(meant), [*wrong, *_tell(watch, harm(page))]


def _chosen() -> dict[str, str]:
    low, _, high = os.environ.get(TEXTS, ":").partition(":")
    numbers = range(len(HOSTILE_TEXTS))[int(low) if low else None : int(high) if high else None]
    return {f"hostile{number}": HOSTILE_TEXTS[number][:LONGEST] for number in numbers}


def attack() -> Outcome:
    """Look at every page × language × hostile text in every field, and at heaps of pieces."""
    packs, failures, pages, heaps = _chosen(), list[str](), 0, 0
    sorts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="atlas-hostile-") as folder, _browser() as browser:
        places = {id_: hostile_pack(Path(folder), text, id_) for id_, text in packs.items()}
        cities = {id_: load_city(place) for id_, place in places.items()}
        with serve(env={"ATLAS_PACKS": folder}) as server:
            for _, wrong in _matrix(browser, packs, cities, server):
                pages += 1
                failures += wrong
                sorts["asked"] += sum(": asked " in line for line in wrong)
                sorts["ran"] += sum("a script ran" in line for line in wrong)
            if "Traceback" in server.printed():
                failures.append("the server met an error")
        for count, wrong in _heaps(browser):
            heaps += count
            failures += wrong
    if (ROOT / TRACE).exists():
        failures.append("the server executed what the data said")
    what = f"{len(packs)} hostile texts × every field × {len(SCREENS)} views × 2 languages"
    note = (
        f"pages {pages}, random labels {heaps}, executed {sorts['ran']}, "
        f"requests elsewhere {sorts['asked']}"
    )
    return Outcome(what, pages + heaps, tuple(failures), note)
