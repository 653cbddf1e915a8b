"""Open pages in a browser under the name of an office."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page

from pages.shell.navigation import SCREENS
from tests.browser.harness import WIDE, Watch
from tests.office.blocks import NAME


@contextmanager
def page_of(browser: Browser, watch: Watch) -> Iterator[Page]:
    """Give a watched page of a reader who was never here."""
    width, height = WIDE
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
    watch.attach(context)
    try:
        yield context.new_page()
    finally:
        context.close()


def path(page: str) -> str:
    """Return the path of a screen; the first has none."""
    return "" if page == SCREENS[0] else page


def address(listen: int, base: str, rest: str = "") -> str:
    """Return an address of the atlas behind a gateway."""
    return f"https://{NAME}:{listen}/{base}{'/' if base else ''}{rest}"
