"""Give the browser tests one browser, one server for all, and pages that are watched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright

from tests.browser import chromium
from tests.browser.harness import WIDE, Server, Watch, serve

NewPage = Callable[..., Page]


@pytest.fixture(scope="session")
def browser(
    driver: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BrowserContext]:
    """Chromium without a window; the tests that need it are skipped where there is none."""
    path = chromium.find(driver)
    if path is None:
        pytest.skip(chromium.MISSING)
    started = chromium.keep(driver, path, tmp_path_factory.mktemp("profile"))
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

    def make(size: tuple[int, int] = WIDE) -> Page:
        width, height = size
        page = browser.new_page()
        page.set_viewport_size({"width": width, "height": height})
        opened.append(page)
        return page

    yield make
    for page in opened:
        if page.url.startswith("http"):
            page.evaluate("localStorage.clear()")
        page.close()
    browser.clear_cookies()


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """One watched page, as wide as a projector."""
    return new_page()
