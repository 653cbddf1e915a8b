"""Ask axe-core what a page and its frames do to readers who cannot see, point or tell colours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).resolve().parents[1] / "axe" / "axe.min.js"
GRAVE = frozenset({"serious", "critical"})
RUN = "() => axe.run(document, {resultTypes: ['violations']})"


def violations(page: Page) -> list[str]:
    """Return the serious and critical violations in ``page`` and in each of its frames.

    axe reaches into a frame only where it has been loaded there too.
    """
    for frame in page.frames:
        if not frame.evaluate("'axe' in window"):
            frame.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate(RUN)
    return [
        f"{violation['impact']} {violation['id']}: {node['target']} {node['html'][:160]}"
        for violation in found["violations"]
        if violation["impact"] in GRAVE
        for node in violation["nodes"]
    ]
