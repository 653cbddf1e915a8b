"""Explore: the map with its layers, filters, search, card and table."""

from __future__ import annotations

from functools import partial

import streamlit as st

from layers.map.plate import plate, shapes
from layers.map.structure import structure_drawing, title_key
from layers.map.symbols import data_uri
from layers.present.comments.pins import with_pins
from layers.present.picture import Picture
from layers.view.rows import rows_in_view
from pages.browser import comments as kept
from pages.panels import chips
from pages.panels import explore as panels
from pages.panels import filters as widgets
from pages.panels import hand_over as share
from pages.panels.deck import add, comments
from pages.panels.inside import draw
from pages.shell import frame, html, map_view, session

screen = frame.open_page("explore")
say, state = screen.say, screen.state
view = rows_in_view(screen.city, state)

# The map is filled first, wherever it stands: the reader waits for it, not for the controls.
head = st.container(key="head")
controls = not state.present
with st.container(key="plate"):
    main = st.container(key="plate_map")
    side = st.container(key="plate_panel") if controls or state.selected is not None else None

with main:
    # A structure is schematic: it lies under the places, which keep their marks.
    schematic = state.explore.ground == "structure"
    drawing = structure_drawing(screen.city) if schematic else None
    ask = draw.Ask.of(screen)
    drawn = with_pins(
        Picture(
            view,
            plate(view, state.explore.ground, state.lang),
            ask.over(drawing),
        ),
        kept.all_of(screen.city),
        place=comments.picking(),
    )
    map_view.show(
        screen,
        view,
        name="explore",
        flight=session.flight(),
        follow=True,
        drawing=drawn.drawing,
        plate=drawn.plate,
        act=lambda event: draw.taken(event) or comments.act(event),
    )
    # On the screen the switches beside the map say it.
    signs = shapes(screen.city, set(view.mapped["kind"]), state.lang)
    html.legend(((data_uri(sign), words) for sign, words in signs), "paper-only")
with head:
    title = say(title_key(state.explore.ground), city=screen.city.name.of(state.lang))
    frame.heading(screen, title, frame.subtitle(screen), partial(add.button, screen))
    with st.container(horizontal=True, vertical_alignment="center", key="handover"):
        panels.sentence(screen, view)
        if controls:
            share.download_view(screen)
            share.picture(screen)
            share.meeting_pack(screen)
            share.link(screen)
            widgets.skip_map(screen)
    chips.show(screen)

if side is not None and not controls:
    with side:
        panels.selection(screen, view)
elif side is not None:
    with side:
        panels.side(screen, view)
    with st.container(key="drawer"):
        panels.table_twin(screen, view)
comments.store(screen)
