"""Density: how innovation is spread over the city, where it crowds, and how firm that is."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from layers.pack.catalogue import ONLINE_BASE
from layers.view.rows import rows_in_view
from pages.panels import chips
from pages.panels import density as panels
from pages.panels import hand_over as share
from pages.panels import own_points as points_panels
from pages.panels.deck import add
from pages.panels.inside import draw
from pages.panels.intake import district_table as table_panels
from pages.panels.intake import whose
from pages.shell import frame

screen = frame.open_page("density")
say, state = screen.say, screen.state
part = {"points": points_panels, "table": table_panels}.get(state.density.part)
city = screen.city.name.of(state.lang)
places = frame.scene(screen)
with places.head:
    title = part.title(screen) if part else say("density_page.title", city=city)
    # Plan, period and dates of the atlas say nothing about the reader's own file.
    under = "" if part else frame.subtitle(screen)
    frame.heading(screen, title, under, partial(add.button, screen))
    chips.show(screen)
if part:
    part.show(screen, places)
    st.stop()

with places.sentence:
    spread = panels.balance(screen)
    told, drawing = panels.density(screen)
    panels.statement(screen, spread, told)
with places.picture:
    ground = replace(state, layers=state.layers & {"district", ONLINE_BASE}, selected=None)
    ask = draw.Ask.of(screen)
    ask.show(
        replace(screen, state=ground),
        rows_in_view(screen.city, ground),
        name="density",
        flight=(1, None),
        follow=False,
        drawing=panels.drawn(screen, drawing),
    )
    panels.legend(screen, spread, told)
if places.side is not None:
    with places.side:
        whose.switch(screen)
        panels.controls(screen, told)
        if state.density.fill == "surface":
            panels.beside(screen, told)
        panels.advanced(screen, told)
        share.picture(screen)
        ask.folded()
    if state.density.fill == "surface":
        panels.account(told)
panels.halves(screen, spread)
if not state.present:
    chips.ways_of_counting(screen)
    panels.districts(screen, spread)
    panels.peaks(screen, told)
    panels.firmness(screen, told)
    panels.shares(screen, told)
    panels.strip(screen, told)
    panels.sums(screen, spread, told)
    panels.method(screen, told)
