"""Give the browser tests a browser, a fresh server, and pages that are watched."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import chromium
from tests.browser.harness import WIDE, Server, Watch, serve

NewPage = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium without a window; the tests that need it are skipped where there is none."""
    with sync_playwright() as playwright:
        path = chromium.find(playwright)
        if path is None:
            pytest.skip(chromium.MISSING)
        started = chromium.launch(playwright, path)
        yield started
        started.close()


@pytest.fixture(scope="module")
def server(browser: Browser) -> Iterator[Server]:
    """A server that no other module has used; its log must end without a traceback."""
    with serve() as started:
        yield started
        if "Traceback" in started.printed():
            pytest.fail(f"the server met an error:\n{started.printed()}", pytrace=False)


@pytest.fixture
def watch() -> Iterator[Watch]:
    """The record of the test's pages; whatever it holds at the end fails the test."""
    record = Watch()
    yield record
    record.check()


@pytest.fixture
def new_page(browser: Browser, watch: Watch) -> Iterator[NewPage]:
    """Open a watched page in a context of its own: ``new_page(size=NARROW)``."""
    contexts = []

    def make(size: tuple[int, int] = WIDE) -> Page:
        width, height = size
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN", accept_downloads=True
        )
        contexts.append(context)
        watch.attach(context)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """One watched page, as wide as a projector."""
    return new_page()
