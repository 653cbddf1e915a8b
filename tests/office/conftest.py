"""Give the tests of an office a browser that was never there, and a record of its pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright

from tests.browser import chromium
from tests.browser.harness import Watch


@pytest.fixture(scope="session")
def browser(driver: Playwright) -> Iterator[Browser]:
    """Chromium without a window and without a profile."""
    path = chromium.find(driver, chromium.SHELL)
    if path is None:
        pytest.skip(chromium.MISSING)
    started = chromium.launch(driver, path)
    yield started
    started.close()


@pytest.fixture
def watch() -> Iterator[Watch]:
    """The record of the test's pages; whatever it holds at the end fails the test."""
    record = Watch()
    yield record
    record.check()
