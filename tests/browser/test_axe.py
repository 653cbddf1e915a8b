"""Show that no screen shuts out readers who cannot see, point or tell colours apart."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from pages.shell.navigation import SCREENS
from tests.browser.axe import open_sections, violations
from tests.browser.conftest import NewPage
from tests.browser.harness import NARROW, WAIT_MS, WIDE, Server, map_frame, open_at, settle
from tests.pages.test_pages import WITHOUT_MAP

HTML_LANG = {"zh": "zh-CN", "en": "en"}
MENU = "[data-testid=stPopoverBody]"
OPENS_MENU = "[data-testid=stPopoverButton]"
LIST = "[role=listbox]"
FIELDS = "[data-testid=stSelectbox], [data-testid=stMultiSelect]"
OPENS_LIST = f":is({FIELDS}) input:visible"


def _menus(page: Page) -> Iterator[str]:
    """Open every menu, each alone, and name the one that is open."""
    for button in page.locator(OPENS_MENU).all():
        button.click()
        page.locator(MENU).wait_for(timeout=WAIT_MS)
        settle(page)
        yield button.inner_text()
        page.keyboard.press("Escape")
        expect(page.locator(MENU)).to_have_count(0)


def _open_list(page: Page, field: Locator) -> None:
    """Open a drop-down list; one that opens while the page still scrolls to it closes again."""
    field.focus()
    for _ in range(5):
        field.press("ArrowDown")
        page.wait_for_timeout(500)
        if page.locator(LIST).count():
            break
    expect(page.locator(LIST)).to_be_visible()


def test_a_fault_is_found_in_the_page_in_the_map_and_in_a_menu(server: Server, page: Page) -> None:
    open_at(page, server.url)
    for frame in (page.main_frame, map_frame(page)):
        frame.evaluate("document.body.append(document.createElement('button'))")
    found = [fault for fault in violations(page) if "button-name" in fault]
    assert sorted("iframe" in fault for fault in found) == [False, True]
    for _ in _menus(page):
        assert violations(page, MENU, OPENS_MENU) == []
        page.locator(MENU).evaluate("e => e.append(document.createElement('button'))")
        assert ["button-name" in fault for fault in violations(page, MENU, OPENS_MENU)] == [True]


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_has_no_serious_fault(
    server: Server, new_page: NewPage, screen: str, lang: str, size: tuple[int, int]
) -> None:
    """The whole of it with all sections open; then every menu and one list, each for itself."""
    page = new_page(size)
    path = "" if screen == SCREENS[0] else screen
    open_at(page, f"{server.url}/{path}?lang={lang}")
    if screen not in WITHOUT_MAP:
        map_frame(page)
    expect(page.locator("html")).to_have_attribute("lang", HTML_LANG[lang])
    open_sections(page)
    settle(page)
    assert violations(page) == [], "sections open"
    for menu in _menus(page):
        assert violations(page, MENU, OPENS_MENU) == [], menu
    for field in page.locator(OPENS_LIST).all()[:1]:
        _open_list(page, field)
        assert violations(page, LIST, FIELDS) == [], "list"


def test_a_menu_opens_by_its_arrow_too(server: Server, page: Page) -> None:
    open_at(page, server.url)
    arrows = page.locator(f"{OPENS_MENU} [data-testid=stIconMaterial]")
    assert arrows.count() == page.locator(OPENS_MENU).count() > 0
    for arrow in arrows.all():
        box = arrow.bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.locator(MENU).wait_for(timeout=WAIT_MS)
        settle(page)
        expect(page.locator(MENU)).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator(MENU)).to_have_count(0)


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
