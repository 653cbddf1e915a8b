"""Ask axe-core what a page and its frames do to readers who cannot see, point or tell colours.

What is scanned when: a page is scanned as a whole, with its frames, once all its sections are
open, which holds all that it holds when they are closed. What opens over it afterwards, a menu or
a list, is scanned for itself together with the thing that opened it: nothing else has changed.
Every screen is scanned so in both languages, in a wide window and in a narrow one; CI opens the
menus and a list in the narrow one alone, and scans a card in English and presenting in Chinese.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from playwright.sync_api import Page

from tests import ROOT
from tests.browser.harness import settle

AXE = ROOT / "tests" / "axe" / "axe.min.js"
GRAVE = frozenset({"serious", "critical"})
RUN = "within => axe.run(within ?? document, {resultTypes: ['violations']})"


def violations(page: Page, *within: str) -> list[str]:
    """Return the serious and critical violations in ``page`` and in each of its frames.

    axe reaches into a frame only where it has been loaded there too.

    Parameters
    ----------
    page
        The page, standing still.
    within
        CSS selectors: look only at what they find. At least one thing must be found for each.
    """
    for selector in within:
        assert page.locator(selector).count(), f"nothing to scan: {selector}"
    for frame in page.frames:
        if not frame.evaluate("'axe' in window"):
            frame.evaluate(AXE.read_text(encoding="utf-8"))
    settle(page)
    # What the page is about to draw anew is dimmed, and passes for faint: a fault is seen twice.
    found = _scan(page, within)
    if found:
        settle(page)
        found = _scan(page, within)
    return found


def _scan(page: Page, within: Sequence[str]) -> list[str]:
    found: dict[str, Any] = page.evaluate(RUN, list(within) or None)
    return [
        f"{violation['impact']} {violation['id']}: {node['target']} {node['html'][:160]}"
        for violation in found["violations"]
        if violation["impact"] in GRAVE
        for node in violation["nodes"]
    ]


def open_sections(page: Page) -> None:
    """Open every section of the page that can be folded; the caller waits for it to settle."""
    for summary in page.locator("[data-testid=stExpander] summary").all():
        if summary.is_visible():
            summary.click()
