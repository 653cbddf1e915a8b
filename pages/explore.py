"""Explore: the map with its layers, filters, search, card and table."""

from __future__ import annotations

import streamlit as st

from layers.view.rows import rows_in_view
from pages.panels import chips
from pages.panels import explore as panels
from pages.panels import export as share
from pages.panels import filters as widgets
from pages.shell import frame, map_view, session

screen = frame.open_page("explore")
say, state = screen.say, screen.state
view = rows_in_view(screen.city, state)

# The map is filled first, wherever it stands: the reader waits for it, not for the controls.
top = st.container()
controls = not state.present
split = controls or state.selected is not None
main, side = st.columns([2.45, 1], gap="medium") if split else (st.container(), None)
with main:
    above, middle = st.container(), st.container()

with middle:
    map_view.show(screen, view, name="explore", flight=session.flight(), follow=True)
    panels.line_legend(screen)
with above:
    with st.container(horizontal=True, vertical_alignment="center", key="handover"):
        panels.sentence(screen, view)
        if controls:
            share.download(screen)
            share.link(screen)
            widgets.skip_map(screen)
    if not controls:
        panels.kind_legend(screen, view)
with top:
    title = say("explore.title", city=screen.city.name.of(state.lang))
    frame.heading(screen, title, frame.subtitle(screen))
    chips.show(screen)

if side is not None and not controls:
    with side:
        panels.selection(screen, view)
elif side is not None:
    with side:
        widgets.search(screen)
        panels.selection(screen, view)
        widgets.period(screen)
        st.subheader(say("explore.layers"))
        widgets.layer_list(screen, view)
        panels.tally(screen)
        panels.gaps(screen, view)
        widgets.filter_box(screen, view)
        panels.unmapped(screen, view)
    panels.table_twin(screen, view)
