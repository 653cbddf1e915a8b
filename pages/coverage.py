"""Coverage: what is within reach, what is missed, and where to add."""

from __future__ import annotations

from functools import partial

import streamlit as st

from pages.panels import chips
from pages.panels import coverage as coverage_panels
from pages.panels import hand_over as share
from pages.panels.deck import add
from pages.panels.pairing import PairingPart
from pages.panels.scenario import ScenarioPart
from pages.panels.siting import SitingPart
from pages.shell import frame

PARTS: dict[str, type[coverage_panels.Part]] = {
    "reach": coverage_panels.ReachPart,
    "pairing": PairingPart,
    "scenario": ScenarioPart,
    "siting": SitingPart,
}

screen = frame.open_page("coverage")
say, state = screen.say, screen.state

# The map is filled first, wherever it stands: the reader waits for it, not for the controls.
places = frame.scene(screen)
with places.sentence, st.spinner(say("coverage_page.working")):  # at once: it may take a second
    part = PARTS.get(state.coverage.part, coverage_panels.ReachPart)(screen)
with places.picture:
    part.picture()
with places.sentence:
    part.statement()
with places.head:
    title = coverage_panels.title(screen, part.own)
    frame.heading(screen, title, frame.subtitle(screen), partial(add.button, screen))
    chips.show(screen)

if places.side is not None:
    with places.side:
        coverage_panels.switch(screen, tuple(PARTS))
        part.controls()
        # No address holds what a reader drew: it goes along.
        if (drawn := add.options(screen)) or state.coverage.part != "scenario":
            share.picture(screen, drawn)
        part.ask.folded()
if not state.present or state.coverage.part == "scenario":  # a meeting looks at them side by side
    part.below()
if not state.present:
    chips.ways_of_counting(screen)
