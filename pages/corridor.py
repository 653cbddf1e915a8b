"""Corridor: what lies along the belt, where nothing does, and what links it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from pages.panels import chips
from pages.panels import hand_over as share
from pages.panels.corridor import CorridorPart
from pages.panels.deck import add
from pages.shell import frame

screen = frame.open_page("corridor")
say, state = screen.say, screen.state

places = frame.scene(screen)
with places.sentence, st.spinner(say("corridor_page.working")):
    part = CorridorPart(screen)
with places.picture:
    part.picture()
with places.sentence:
    part.statement()
with places.head:
    title = say("corridor_page.title", city=screen.city.name.of(state.lang))
    frame.heading(screen, title, frame.subtitle(screen), partial(add.button, screen))
    chips.show(screen)
if places.side is not None:
    with places.side:
        part.controls()
        share.picture(screen)
        part.ask.folded()
    part.below()
    chips.ways_of_counting(screen)
