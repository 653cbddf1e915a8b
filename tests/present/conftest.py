"""A small story, told and drawn once, which slides, brief, file and pack are made of."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

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


@pytest.fixture(scope="session", params=["zh", "en"])
def shown(request: pytest.FixtureRequest, tianjin: City, small: Story, ask: Ask) -> list[Shown]:
    """Its scenes with their maps, in each language."""
    over = default_state(tianjin, request.param)
    return [Shown(tell(scene, tianjin, over, ask=ask)) for scene in small.scenes]
