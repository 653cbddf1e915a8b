"""Give the browser tests one browser, one server for all, and pages that are watched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from tests.browser import chromium
from tests.browser.harness import LAPTOP, WAIT_MS, Server, Watch, map_frame, open_at, serve

NewPage = Callable[..., Page]


@pytest.fixture(scope="session")
def browser(
    driver: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BrowserContext]:
    """Chromium without a window; the tests that need it are skipped where there is none."""
    path = chromium.find(driver, chromium.SHELL)
    if path is None:
        pytest.skip(chromium.MISSING)
    started = chromium.keep(driver, path, tmp_path_factory.mktemp("profile"))
    started.set_default_timeout(WAIT_MS)
    expect.set_options(timeout=WAIT_MS)
    yield started
    started.close()


@pytest.fixture(scope="session")
def points_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of readers' own points that the server for all knows: put files there."""
    return tmp_path_factory.mktemp("points")


@pytest.fixture(scope="session")
def server_of_all(browser: BrowserContext, points_folder: Path) -> Iterator[Server]:
    """One server for every module that needs no other; sessions on it are apart."""
    with serve(env={"ATLAS_POINTS": str(points_folder)}) as started:
        yield started


@pytest.fixture
def server(server_of_all: Server) -> Iterator[Server]:
    """The server of all; what it prints during a test must hold no traceback."""
    before = len(server_of_all.printed())
    yield server_of_all
    printed = server_of_all.printed()[before:]
    if "Traceback" in printed:
        pytest.fail(f"the server met an error:\n{printed}", pytrace=False)


@pytest.fixture
def watch(browser: BrowserContext) -> Iterator[Watch]:
    """The record of the test's pages; whatever it holds at the end fails the test."""
    record = Watch()
    with record.over(browser):
        yield record
    record.check()


@pytest.fixture
def new_page(browser: BrowserContext, watch: Watch) -> Iterator[NewPage]:
    """Open a watched page that remembers nothing: ``new_page(size=NARROW)``."""
    opened: list[Page] = []

    def make(size: tuple[int, int] = LAPTOP) -> Page:
        width, height = size
        page = browser.new_page()
        page.set_viewport_size({"width": width, "height": height})
        opened.append(page)
        return page

    yield make
    for page in opened:
        _forget(page)
        page.close()
    browser.clear_cookies()


def _forget(page: Page) -> None:
    """Clear what a page has kept in the browser."""
    if page.url.startswith("http"):
        page.evaluate("localStorage.clear(); sessionStorage.clear()")


@pytest.fixture(scope="module")
def kept() -> Iterator[list[Page]]:
    """The page that the tests of a module take in turn; none at first and after a failure."""
    pages: list[Page] = []
    yield pages
    for page in pages:
        page.close()


@pytest.fixture
def atlas(
    browser: BrowserContext,
    watch: Watch,
    server: Server,
    kept: list[Page],
    request: pytest.FixtureRequest,
) -> Iterator[Page]:
    """A watched page with the map, which was opened before and goes on to the next test.

    For tests of the map's screen alone: its address says all that it shows. They begin with
    ``turn``; whoever looks at a load, a file or a scenario takes ``page``.
    """
    if not kept:
        kept.append(browser.new_page())
        kept[0].set_viewport_size({"width": LAPTOP[0], "height": LAPTOP[1]})
        open_at(kept[0], server.url)
        map_frame(kept[0])
    failed = request.session.testsfailed
    yield kept[0]
    kept[0].keyboard.press("Escape")  # what stands open over the page
    _forget(kept[0])
    if request.session.testsfailed > failed:
        kept.pop().close()


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """One watched page of the usual size: to paint a projector's takes twice as long."""
    return new_page()
