"""Show in a browser that the address is short, stays right, and is copied at a click."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from layers.language.messages import speaker
from layers.pack.city import City
from layers.view.address import VERSION, every_key
from layers.view.page_options import DensityOptions
from layers.view.state import ViewState, default_state
from pages.shell.navigation import SCREENS
from tests.browser.harness import MAP, Server, map_frame, open_at, settle
from tests.browser.screens.test_flow import A_MOMENT_MS

NO_CLIPBOARD = "Object.defineProperty(Navigator.prototype, 'clipboard', { get: () => undefined });"
"""As on plain http on another host than localhost."""
NO_COPYING = "document.execCommand = () => false;"
PLATFORM = ".st-key-layer_platform label"


def _turn(page: Page, name: str) -> None:
    links = page.locator(".st-key-tabs [data-testid=stPageLink] a")
    links.nth(SCREENS.index(name)).click()
    expect(page.locator("body")).to_have_attribute("data-screen", name)
    settle(page)


def _wait(page: Page, url: str) -> None:
    page.wait_for_url(url)
    settle(page)


def _shows(page: Page, name: str, url: str) -> None:
    """Wait until a screen stands there, not only its address."""
    expect(page.locator("body")).to_have_attribute("data-screen", name)
    _wait(page, url)


def test_the_opening_view_has_no_query_and_comes_back_to_none(server: Server, page: Page) -> None:
    open_at(page, server.url)
    for name in ("district", "density", "coverage", "sources"):
        _turn(page, name)
        assert page.url == f"{server.url}/{name}"
    _turn(page, "explore")
    assert page.url == f"{server.url}/"
    page.locator(PLATFORM).first.click()
    _wait(page, f"{server.url}/?v={VERSION}&city=tianjin&layers=~-platform")
    page.locator(PLATFORM).first.click()
    _wait(page, f"{server.url}/")


@pytest.mark.thorough
def test_a_page_says_its_own_options_and_keeps_those_of_others(server: Server, page: Page) -> None:
    open_at(page, f"{server.url}/density")
    page.locator(".st-key-density_advanced summary").click()
    page.locator(".st-key-density_kernel label, .st-key-density_kernel button").last.click()
    chosen = f"{server.url}/density?v={VERSION}&city=tianjin&dk=quartic"
    _wait(page, chosen)
    page.wait_for_timeout(A_MOMENT_MS)
    _turn(page, "explore")
    assert page.url == f"{server.url}/"
    _turn(page, "density")
    assert page.url == chosen
    page.go_back()
    _shows(page, "explore", f"{server.url}/")
    page.go_back()
    _shows(page, "density", chosen)
    page.wait_for_timeout(A_MOMENT_MS)
    page.go_back()
    _wait(page, f"{server.url}/density")
    _has_kernel(page, "gaussian")
    page.go_forward()
    _wait(page, chosen)
    page.reload()
    settle(page)
    assert page.url == chosen
    _has_kernel(page, "quartic")


def _has_kernel(page: Page, kernel: str) -> None:
    """Wait until the page shows a kernel as chosen: after Back the page answers a little later."""
    chosen = page.locator(
        ".st-key-density_kernel [aria-checked=true], .st-key-density_kernel label:has(:checked)"
    )
    expect(chosen.first).to_have_text(speaker("zh")(f"density.kernel.{kernel}"))


@pytest.mark.thorough
def test_an_old_link_opens_and_is_short_from_the_next_change_on(
    server: Server, page: Page, tianjin: City
) -> None:
    state = default_state(tianjin)
    old = every_key(
        ViewState("tianjin", layers=state.layers, density=DensityOptions(kernel="quartic"))
    )
    link = f"{server.url}/density?{urlencode(old)}"
    open_at(page, link)
    assert page.url == link
    _has_kernel(page, "quartic")
    page.locator(".st-key-language button").click()
    _wait(page, f"{server.url}/density?v={VERSION}&city=tianjin&lang=en&dk=quartic")


@pytest.fixture
def allowed(browser: BrowserContext, server: Server) -> Iterator[None]:
    browser.grant_permissions(["clipboard-read", "clipboard-write"], origin=server.url)
    yield
    browser.clear_permissions()


def _copy(page: Page, lang: str) -> None:
    button = page.locator(".copy-link button")
    expect(button).to_have_text(speaker(lang)("explore.copy"))
    button.click()


def _says_copied(page: Page, lang: str) -> None:
    said = speaker(lang)("explore.copied")
    expect(page.locator(".copy-link button")).to_have_text(said)
    expect(page.locator(".copy-link [role=status]")).to_have_text(said)
    expect(page.locator(".copy-link input")).to_be_hidden()
    expect(page.locator(".copy-link button")).to_have_text(speaker(lang)("explore.copy"))


def _pan(page: Page) -> None:
    map_frame(page)
    page.wait_for_timeout(A_MOMENT_MS)
    box = page.locator(MAP).first.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] * 0.45, box["y"] + box["height"] * 0.5
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 120, y - 100, steps=8)
    page.mouse.up()


@pytest.mark.usefixtures("allowed")
@pytest.mark.parametrize("lang", ["zh", pytest.param("en", marks=pytest.mark.thorough)])
def test_a_click_copies_the_link_and_says_so(server: Server, page: Page, lang: str) -> None:
    """Of a typed link the short form; after a change what the address bar says."""
    said = "&lang=en" if lang == "en" else ""
    short = f"{server.url}/?v={VERSION}&city=tianjin{said}&period=2025"
    open_at(page, f"{server.url}/?lang={lang}&period=2025")
    _copy(page, lang)
    _says_copied(page, lang)
    held = "navigator.clipboard.readText()"
    assert page.evaluate(held) == short
    page.locator(PLATFORM).first.click()
    page.wait_for_url(re.compile("layers="))
    settle(page)
    _copy(page, lang)
    _says_copied(page, lang)
    assert page.evaluate(held) == page.url == f"{short}&layers=~-platform"
    _pan(page)
    page.wait_for_url(re.compile("&at="))
    _copy(page, lang)
    _says_copied(page, lang)
    assert page.evaluate(held) == page.url, "a pan draws the map anew, not the button"


@pytest.mark.thorough
def test_the_opening_view_is_copied_without_a_query(
    server: Server, page: Page, allowed: None
) -> None:
    open_at(page, server.url)
    _copy(page, "zh")
    _says_copied(page, "zh")
    assert page.evaluate("navigator.clipboard.readText()") == f"{server.url}/"


@pytest.mark.thorough
def test_without_a_clipboard_the_link_is_copied_in_the_old_way(
    server: Server, page: Page, allowed: None
) -> None:
    page.add_init_script(f"const held = navigator.clipboard; window.held = held; {NO_CLIPBOARD}")
    open_at(page, f"{server.url}/?v={VERSION}&city=tianjin&period=2020")
    assert page.evaluate("navigator.clipboard") is None
    _copy(page, "zh")
    _says_copied(page, "zh")
    assert page.evaluate("held.readText()") == page.url


@pytest.mark.thorough
def test_where_nothing_may_be_copied_the_link_is_shown_and_selected(
    server: Server, page: Page
) -> None:
    page.add_init_script(NO_CLIPBOARD + NO_COPYING)
    open_at(page, f"{server.url}/?v={VERSION}&city=tianjin&period=2020")
    map_frame(page)
    _copy(page, "zh")
    field = page.locator(".copy-link input")
    expect(field).to_be_visible()
    expect(field).to_be_focused()
    expect(field).to_have_value(page.url)
    assert page.evaluate("getSelection().toString()") == page.url
    told = speaker("zh")("explore.copy_note")
    expect(page.locator(".copy-link [role=status]")).to_have_text(told)
    field.press("Escape")
    expect(field).to_be_hidden()
