"""Open a pack that tries to harm: it must show itself, and nothing else may happen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from layers.language.messages import LANGS, LONGEST_LABEL, display
from layers.pack.city import City, load_city
from layers.view.address import to_query
from layers.view.state import default_state
from pages.shell.labels import JOINER
from tests import CI, ROOT
from tests.browser.axe import open_sections
from tests.browser.harm import LOOK, harm
from tests.browser.harness import Server, map_frame, marks, open_at, serve, settle, turn
from tests.hostile import HOSTILE_TEXTS, hostile_pack

TRACE = "atlas-was-here"
"""Folder that the pack's Jinja makes where it is executed."""


class Hostile(NamedTuple):
    """A server that has loaded the hostile pack, and the pack."""

    server: Server
    city: City


@pytest.fixture(scope="module")
def hostile(browser: BrowserContext, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hostile]:
    pack = hostile_pack(tmp_path_factory.mktemp("packs"))
    with serve(env={"ATLAS_PACKS": str(pack)}) as server:
        yield Hostile(server, load_city(pack))
        assert not (ROOT / TRACE).exists(), "the server executed what the data said"
        assert "Traceback" not in server.printed(), server.printed()


def _unharmed(page: Page) -> None:
    """Look into every frame: nothing ran, and no markup came out of the data."""
    assert harm(page) == []


def _address(hostile: Hostile, path: str, lang: str, **more: str) -> str:
    state = to_query(default_state(hostile.city))
    query = {**state, "layers": ".".join(hostile.city.layers), "lang": lang, **more}
    pairs = "&".join(f"{key}={value}" for key, value in query.items())
    return f"{hostile.server.url}/{path}?{pairs}"


def _shows_hostile_texts_and_runs_none(page: Page) -> None:
    open_sections(page)  # at once: the page runs anew for each that is waited for
    settle(page)
    words = page.locator("[data-testid=stMain]").inner_text().replace(JOINER, "")
    assert sum(display(text)[:20] in words for text in HOSTILE_TEXTS) >= 4
    _unharmed(page)


@pytest.mark.thorough
@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("path", ["district", "sources"])
def test_a_screen_shows_hostile_texts_and_runs_none(
    hostile: Hostile, page: Page, path: str, lang: str
) -> None:
    open_at(page, _address(hostile, path, lang))
    _shows_hostile_texts_and_runs_none(page)


def test_the_map_shows_hostile_texts_and_marks_and_cards_are_named_literally(
    hostile: Hostile, page: Page
) -> None:
    """Every mark is pointed at; its card is opened of every third in CI, at a desk of all."""
    open_at(page, _address(hostile, "", "zh"))
    _shows_hostile_texts_and_runs_none(page)
    turn(page, _address(hostile, "", "en").removeprefix(hostile.server.url))
    _shows_hostile_texts_and_runs_none(page)
    frame = map_frame(page)
    everything = default_state(hostile.city, "en")
    shown = marks(hostile.city, everything)
    frame.wait_for_selector(".atlas-mark")
    names = {
        place: display(row["name_en"], longest=LONGEST_LABEL)
        for layer in hostile.city.layers.values()
        if layer.spec.is_places
        for place, row in layer.frame.iterrows()
    }
    single = [mark for mark in shown if mark in names]
    assert single
    for place in single:
        mark = frame.locator(f'[data-id="{place}"]')
        expect(mark).to_have_attribute("aria-label", re.compile(f"^{re.escape(names[place])}"))
        mark.hover(force=True)
        assert frame.evaluate(LOOK) == []  # what a mark shows is in the map's frame
    _unharmed(page)
    for place in single[:: 3 if CI else 1]:
        frame.locator(f'[data-id="{place}"]').dispatch_event("click")
        settle(page)
        expect(page.locator(".card h2").first).to_contain_text(names[place].rstrip("…")[:60])
        _unharmed(page)
