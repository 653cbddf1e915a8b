"""A small story, told and drawn once, which slides, brief, file and pack are made of."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from layers.language.messages import LANGS
from layers.pack.city import City
from layers.present.showing import Shown
from layers.present.story import Story, stories
from layers.present.telling import Ask, measure, tell
from layers.view.question import Question
from layers.view.state import default_state

SCENES = ("overall", "national", "dense")


@pytest.fixture(scope="session")
def small(tianjin: City) -> Story:
    """A layout map, a filtered one, and an analysis."""
    layout = stories(tianjin)["layout"]
    return replace(layout, scenes=tuple(s for s in layout.scenes if s.id in SCENES))


@pytest.fixture(scope="session")
def ask() -> Ask:
    """Answers each question once."""
    answers: dict[object, Any] = {}

    def asked(of: City, name: str, question: Question[Any]) -> Any:
        key = (of.digest, name, question)
        if key not in answers:
            answers[key] = measure(of, name, question)
        return answers[key]

    return asked


@pytest.fixture(scope="session")
def both(tianjin: City, small: Story, ask: Ask) -> dict[str, list[Shown]]:
    """Its scenes in each language, each with a map that is drawn once, when it is asked for."""
    found = {}
    for lang in LANGS:
        over = default_state(tianjin, lang)
        found[lang] = [Shown(tell(scene, tianjin, over, ask=ask)) for scene in small.scenes]
    return {str(lang): scenes for lang, scenes in found.items()}


@pytest.fixture(params=LANGS)
def shown(request: pytest.FixtureRequest, both: dict[str, list[Shown]]) -> list[Shown]:
    """The scenes in one language."""
    return both[request.param]


@pytest.fixture
def chinese(both: dict[str, list[Shown]]) -> list[Shown]:
    """The scenes where the language does not matter."""
    return both["zh"]
