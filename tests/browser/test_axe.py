"""Show that no screen shuts out readers who cannot see, point or tell colours apart."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from pages.shell.navigation import SCREENS
from tests.browser.axe import violations
from tests.browser.conftest import NewPage
from tests.browser.harness import NARROW, WIDE, Server, map_frame, open_at, settle
from tests.test_pages import WITHOUT_MAP

HTML_LANG = {"zh": "zh-CN", "en": "en"}
MENUS = "[data-testid=stPopover] button[aria-haspopup]"
LISTS = (
    "[data-testid=stSelectbox] [aria-haspopup=listbox]:visible, "
    "[data-testid=stSelectbox] input:visible, [data-testid=stMultiSelect] input:visible"
)


def _one_by_one(page: Page) -> Iterator[str]:
    """Open every menu and one drop-down list, each alone, and name what is open."""
    for button in page.locator(MENUS).all():
        button.click()
        settle(page)
        yield f"menu {button.inner_text()}"
        page.keyboard.press("Escape")
    for field in page.locator(LISTS).all()[:1]:
        field.click()
        page.wait_for_timeout(300)
        yield "list"
        page.keyboard.press("Escape")


def test_a_fault_is_found_in_the_page_and_in_the_map(server: Server, page: Page) -> None:
    open_at(page, server.url)
    for frame in (page.main_frame, map_frame(page)):
        frame.evaluate("document.body.append(document.createElement('button'))")
    found = [fault for fault in violations(page) if "button-name" in fault]
    assert sorted("iframe" in fault for fault in found) == [False, True]


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_has_no_serious_fault(
    server: Server, new_page: NewPage, screen: str, lang: str, size: tuple[int, int]
) -> None:
    page = new_page(size)
    path = "" if screen == SCREENS[0] else screen
    open_at(page, f"{server.url}/{path}?lang={lang}")
    if screen not in WITHOUT_MAP:
        map_frame(page)
    expect(page.locator("html")).to_have_attribute("lang", HTML_LANG[lang])
    assert violations(page) == [], "menus closed"
    for summary in page.locator("[data-testid=stExpander] summary").all():
        if summary.is_visible():
            summary.click()
    settle(page)
    assert violations(page) == [], "sections open"
    for opened in _one_by_one(page):
        assert violations(page) == [], opened


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_card_and_the_presenting_view_have_no_serious_fault(
    server: Server, page: Page, lang: str
) -> None:
    open_at(page, f"{server.url}/?lang={lang}&sel=park-tust")
    map_frame(page)
    assert violations(page) == [], "card"
    open_at(page, f"{server.url}/?lang={lang}&present=1")
    map_frame(page)
    assert violations(page) == [], "presenting"
