"""Show that a Chinese screen speaks none of Streamlit's own English, wherever it would stand."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from layers.language.messages import texts
from tests.browser.harness import Server, open_at, settle

PATHS = {
    "explore": "",
    "district": "district?d=120116",
    "density": "density",
    "reach": "coverage",
    "siting": "coverage?cpart=siting",
    "sources": "sources",
}
GAP = r"\\\{\w+\\\}"
SEEN = """() => {
  const found = [];
  const apart = 'iframe, script, style, noscript, [data-testid=stIconMaterial], [role=gridcell]';
  for (const element of document.body.querySelectorAll('*')) {
    if (element.closest(apart)) continue;
    for (const name of ['title', 'aria-label', 'placeholder'])
      if (element.getAttribute(name)) found.push(element.getAttribute(name));
    for (const node of element.childNodes)
      if (node.nodeType === 3 && node.nodeValue.trim()) found.push(node.nodeValue.trim());
  }
  return found;
}"""
OPENING = (
    "[data-testid=stExpander] details:not([open]) > summary",
    "[data-testid=stPopoverButton]",
    "[data-testid=stSelectbox] input",
    "[data-testid=stMultiSelect] input",
    "[data-testid=stDataFrame]",
)


def english(page: Page) -> list[str]:
    """Return Streamlit's own words that the page shows or tells a screen reader."""
    theirs = [text for key, text in texts("en").items() if key.startswith("chrome.")]
    words = re.compile("|".join(re.sub(GAP, ".+", re.escape(text)) for text in theirs))
    return [text for text in page.evaluate(SEEN) if words.fullmatch(text)]


def _says_nothing_in_english(page: Page) -> None:
    """Open what can be opened, one after another."""
    assert english(page) == []
    for selector in OPENING:
        found = page.locator(selector).filter(visible=True)
        if found.count():
            found.first.click(force=True)
            settle(page)
            assert english(page) == [], selector
            page.keyboard.press("Escape")


@pytest.mark.thorough
@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_a_chinese_screen_has_no_word_of_streamlits_own(
    server: Server, page: Page, path: str
) -> None:
    open_at(page, f"{server.url}/{path}{'&' if '?' in path else '?'}lang=zh")
    _says_nothing_in_english(page)


def test_words_are_there_to_be_said_and_go_with_the_language(server: Server, page: Page) -> None:
    """On the page with most controls: in English, in Chinese, and in English again."""
    open_at(page, f"{server.url}/coverage?cpart=scenario&lang=en")
    assert "Upload" in english(page)
    page.locator(".st-key-language button").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    settle(page)
    _says_nothing_in_english(page)
    page.locator(".st-key-language button").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    settle(page)
    assert "Upload" in english(page)
