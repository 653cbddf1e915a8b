"""Maps that several tests look at, each drawn once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from layers.pack.city import City
from layers.present.static_map import A4, Heading, Paper, StaticMap, static_map
from layers.view.state import Filters, default_state

HEADING = Heading("布局图", "一句话。", "一句存疑。")
NATIONAL = Filters(level=frozenset({"national"}))
CARD = Paper(130, 120)
"""The part of a sheet that a district's map fills."""

CASES: dict[str, dict[str, Any]] = {
    "zh": {"heading": HEADING},
    "en": {"heading": HEADING, "lang": "en"},
    "national": {"heading": HEADING, "filters": NATIONAL},
    "binhai": {"focus": "120116", "paper": CARD},
    "jizhou": {"heading": HEADING, "focus": "120119"},
}


@pytest.fixture(scope="session")
def drawn(tianjin: City) -> Callable[[str], StaticMap]:
    """Draw a case when it is first asked for."""

    @cache
    def draw(name: str) -> StaticMap:
        given = dict(CASES[name])
        state = replace(default_state(tianjin), filters=given.pop("filters", Filters()))
        paper, lang = given.pop("paper", A4), given.pop("lang", "zh")
        return static_map(tianjin, state, lang, paper, **given)

    return draw


@pytest.fixture(params=CASES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def drawn_map(drawn: Callable[[str], StaticMap], name: str) -> StaticMap:
    return drawn(name)
