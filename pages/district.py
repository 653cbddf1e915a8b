"""District: what one district holds, what the plan says of it, how it compares."""

from __future__ import annotations

import streamlit as st

from layers.places.district_profile import profile
from pages.panels import chips
from pages.panels import district as panels
from pages.shell import frame

screen = frame.open_page("district")
adcode = panels.chosen(screen)
told = profile(screen.city, adcode, screen.state.lang)

frame.heading(screen, told.name, frame.subtitle(screen))
chips.show(screen)
panels.badges(screen, adcode)
if not screen.state.present:
    panels.choice(screen, adcode)
left, right = st.columns([1.15, 1], gap="medium")
with left:
    panels.statement(screen, told)
    panels.district_map(screen, adcode)
    panels.neighbours(screen, told)
with right:
    panels.figures(screen, told)
    panels.comparison(screen, told)
panels.holdings(screen, told)
panels.tasks(screen, told)
