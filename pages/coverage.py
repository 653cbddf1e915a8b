"""Coverage: what is within reach, what is missed, and where to add."""

from __future__ import annotations

import streamlit as st

from pages.panels import chips
from pages.panels import coverage as coverage_panels
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
top = st.container()
main, side = st.columns([2.45, 1], gap="medium") if not state.present else (st.container(), None)
with main:
    above, middle = st.container(), st.container()
with above, st.spinner(say("coverage_page.working")):  # at once: what is measured may take a second
    part = PARTS.get(state.coverage.part, coverage_panels.ReachPart)(screen)
with middle:
    part.picture()
with above:
    part.statement()
with top:
    title = say("coverage_page.title", city=screen.city.name.of(state.lang))
    frame.heading(screen, title, frame.subtitle(screen))
    chips.show(screen)

if side is not None:
    with side:
        coverage_panels.switch(screen, tuple(PARTS))
        part.controls()
    part.below()
    chips.ways_of_counting(screen)
