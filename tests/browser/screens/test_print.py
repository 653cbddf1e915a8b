"""Print every page: what a map must carry stands with it on page one, whole."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Sequence
from typing import Literal

import pytest
from playwright.sync_api import Page
from pypdf import PageObject, PdfReader

from tests.browser.conftest import NewPage
from tests.browser.harness import LAPTOP, Server, map_frame, open_at

Paper = Literal["A4", "A3"]
FILTERED = "level=national"
ADDRESSES = (
    f"?lang=en&{FILTERED}",
    "district?d=120116",
    "density",
    "coverage",
    "deck?view=wall",
    "sources",
)
MORE = (
    *("?period=2025&fill=per_million", "district?d=120116&vs=120104", "density?fill=districts"),
    *(f"coverage?cpart={part}" for part in ("pairing", "scenario", "siting")),
    *("deck?view=wall&lang=en", "district?lang=en&d=120110", "coverage?lang=en"),
)
BOTH = (f"?lang=en&{FILTERED}", "deck?view=wall", *MORE)
MUST = (
    ".title, .st-key-scene_main .summary, .st-key-head .summary, .paper-only, "
    ".furniture strong, .furniture span, .legend span, .deck-sentence, .deck-notices"
)
"""What a sheet carries beside its map."""
NOT = ".st-key-tabs, .st-key-switches, .st-key-handover button, .st-key-scene_side, .deck-chapters"
"""What is for hands."""
WIDE = 277 / 25.4 * 96
"""Of an A4 between its margins, pixels of a style sheet."""
CUT = """([selector, wide]) => {
  dispatchEvent(new Event('beforeprint'));
  const main = document.querySelector('[data-testid=stMainBlockContainer]');
  const { left } = main.getBoundingClientRect();
  const found = [...document.querySelectorAll(selector)].filter(each =>
    each.scrollWidth > each.clientWidth + 1 || each.getBoundingClientRect().right - left > wide);
  dispatchEvent(new Event('afterprint'));
  return found.filter(each => each.offsetHeight && getComputedStyle(each).display !== 'inline')
    .map(each => each.textContent);
}"""
"""JavaScript: lay the page out for paper, and return what does not fit."""


RADICALS = str.maketrans(
    "⻚⻜⻄⻘⺠⻋⻔⻅⻓⻩⻢⻥⻦\u2012\u2013\u2014\u2015", "页飞西青民车门见长黄马鱼鸟----"
)
"""Not of the compatible forms that Unicode takes for the same."""


def _bare(text: str) -> str:
    """Return a text without blanks, as plain characters: a PDF may tell a radical for its like."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text.translate(RADICALS)))


def _texts(page: Page, selector: str) -> list[str]:
    found = page.locator(selector).filter(visible=True).all_inner_texts()
    return [_bare(text) for text in found if text.strip()]


def _printed(page: Page, paper: Paper, *, grounds: bool) -> list[PageObject]:
    pdf = page.pdf(format=paper, landscape=True, print_background=grounds)
    return [*PdfReader(io.BytesIO(pdf)).pages]


def _stands(text: str, sheet: str) -> bool:
    """Return whether a text stands on a sheet, perhaps on two lines with a column between them."""
    return any(text[:at] in sheet and text[at:] in sheet for at in range(len(text), -1, -1))


def _cut(page: Page) -> list[str]:
    """Return the texts that are wider than their room or than the paper."""
    found: list[str] = page.evaluate(CUT, [MUST, WIDE])
    return found


def _check(page: Page, address: str, papers: Sequence[Paper]) -> None:
    must, hands = _texts(page, MUST), _texts(page, NOT)
    kinds = page.locator(".legend.paper-only span").all_text_contents()
    must += [_bare(text) for text in kinds]
    frame = None if address.startswith("sources") or "vs=" in address else map_frame(page)
    if frame:  # what stands at the edges of the map: it has been laid out for the paper
        edges = (
            ".leaflet-control-attribution, .atlas-legend span:not(.sign), button.atlas-inset-title"
        )
        shown = frame.locator(edges).filter(visible=True).all_inner_texts()
        must += [_bare(text) for text in shown if text.strip()]
    assert not _cut(page), address
    sheets = []
    for paper in papers:
        pages = _printed(page, paper, grounds=paper == "A3")
        sheets.append([_bare(each.extract_text()) for each in pages])
    for texts in sheets:
        lost = [text for text in must if not _stands(text, texts[0])]
        assert not lost, address
        assert all(texts), f"{address}: an empty page"
        assert not [text for text in hands if any(text in each for each in texts)], address


@pytest.mark.thorough
@pytest.mark.parametrize("addresses", [ADDRESSES, MORE], ids=["all", "more"])
def test_page_one_of_a_print_carries_the_whole_map(
    server: Server, new_page: NewPage, addresses: tuple[str, ...]
) -> None:
    page = new_page(LAPTOP)
    for address in addresses:
        open_at(page, f"{server.url}/{address}")
        # An A3 is an A4 enlarged; a frame has to be enlarged by itself.
        _check(page, address, ("A4", "A3") if address in BOTH else ("A4",))
        if FILTERED in address:
            assert page.locator(".legend.paper-only span").count() > 1, "the kinds, on paper"
            assert len(_texts(page, ".paper-only")) == 0, "the screen has chips for it"
