"""Show that no screen shuts out readers who cannot see, point or tell colours apart."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle

import pytest
from playwright.sync_api import Locator, Page, expect

from layers.language.messages import LANGS
from pages.shell.navigation import SCREENS
from tests.browser.axe import open_sections, violations
from tests.browser.harness import NARROW, WIDE, Server, map_frame, open_at, settle, turn
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
        page.locator(MENU).wait_for()
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
        if field.get_attribute("aria-expanded") == "true":  # one that closes may still be seen
            break
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(page.locator(LIST)).to_be_visible()


@pytest.mark.thorough
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


def _resize(page: Page, size: tuple[int, int]) -> None:
    """Give the window another size and wait until the page stands still."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    settle(page)


def _switch(page: Page, lang: str) -> None:
    """Switch the language in place."""
    page.locator(".st-key-language button").click()
    expect(page.locator("html")).to_have_attribute("lang", HTML_LANG[lang])
    settle(page)


def _scan_card_and_presenting(page: Page) -> None:
    """In both languages."""
    shown = [(what, lang) for what in ("sel=park-tust", "present=1") for lang in HTML_LANG]
    for what, lang in shown:
        turn(page, f"/?lang={lang}&{what}")
        map_frame(page)
        assert violations(page) == [], f"{what}, {lang}"


def _scan_menus(page: Page, what: str) -> None:
    for menu in _menus(page):
        assert violations(page, MENU, OPENS_MENU) == [], f"{what}: {menu}"
    for field in page.locator(OPENS_LIST).all()[:1]:
        _open_list(page, field)
        assert violations(page, LIST, FIELDS) == [], f"{what}: list"
        field.press("Escape")
        expect(page.locator(LIST)).to_have_count(0)


@pytest.mark.thorough
@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_has_no_serious_fault(server: Server, page: Page, screen: str) -> None:
    """In Chinese wide, in English narrow (the longest words): sections; there menus and a list too.

    The page is opened once: its language switches in place, and its window changes its size.
    """
    desk = "&view=edit" if screen == "deck" else ""  # a wall has no switch
    open_at(page, f"{server.url}/{'' if screen == SCREENS[0] else screen}?lang=zh{desk}")
    if screen not in WITHOUT_MAP:
        map_frame(page)
    expect(page.locator("html")).to_have_attribute("lang", HTML_LANG["zh"])
    open_sections(page)
    _resize(page, WIDE)
    assert violations(page) == [], "zh, wide: sections open"
    if screen == SCREENS[0]:
        _scan_card_and_presenting(page)
        turn(page, "/?lang=en")
    else:
        _switch(page, "en")
    open_sections(page)
    _resize(page, NARROW)
    assert violations(page) == [], "en, narrow: sections open"
    _scan_menus(page, "en, narrow")


@pytest.mark.parametrize("turns", [0, pytest.param(1, marks=pytest.mark.thorough)])
def test_every_screen_has_no_serious_fault_as_it_opens(
    server: Server, page: Page, turns: int
) -> None:
    """On one page that goes from screen to screen, in Chinese and English by turns.

    At a desk each screen in the other language too. All faults are told.
    """
    open_at(page, f"{server.url}/sources?lang=zh")
    found = {}
    for screen, lang in zip(SCREENS, cycle(LANGS if turns == 0 else LANGS[::-1]), strict=False):
        desk = "&view=edit" if screen == "deck" else ""
        turn(page, f"/{'' if screen == SCREENS[0] else screen}?lang={lang}{desk}")
        expect(page.locator("body")).to_have_attribute("data-screen", screen)
        expect(page.locator("html")).to_have_attribute("lang", HTML_LANG[lang])
        if screen not in WITHOUT_MAP:
            map_frame(page)
        found[screen, lang] = violations(page)
    assert {where: faults for where, faults in found.items() if faults} == {}


@pytest.mark.thorough
@pytest.mark.parametrize("screen", SCREENS)
def test_a_menu_has_no_serious_fault_in_chinese_and_wide(
    server: Server, page: Page, screen: str
) -> None:
    open_at(page, f"{server.url}/{'' if screen == SCREENS[0] else screen}?lang=zh")
    _resize(page, WIDE)
    _scan_menus(page, "zh, wide")


@pytest.mark.thorough
def test_a_menu_opens_by_its_arrow_too(server: Server, page: Page) -> None:
    open_at(page, server.url)
    arrows = page.locator(f"{OPENS_MENU} [data-testid=stIconMaterial]")
    assert arrows.count() == page.locator(OPENS_MENU).count() > 0
    for arrow in arrows.all():
        box = arrow.bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.locator(MENU).wait_for()
        settle(page)
        expect(page.locator(MENU)).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator(MENU)).to_have_count(0)


@pytest.mark.thorough
@pytest.mark.parametrize("what", ["scene=twin_cities&sel=120117", "notes=1"])
def test_a_deck_has_no_serious_fault(server: Server, page: Page, what: str) -> None:
    open_at(page, f"{server.url}/deck?lang=en&{what}")
    expect(page.locator(".deck-sentence, .speaker h1")).to_be_visible()
    assert violations(page) == []
