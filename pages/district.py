"""District: three numbers, the places and the map of a district or a part, or two side by side."""

from __future__ import annotations

from functools import partial

import streamlit as st

from layers.places.district_profile import profile
from layers.view.areas import is_part
from pages.panels import chips
from pages.panels import district as panels
from pages.panels.deck import add
from pages.panels.verification import hand_out
from pages.shell import frame

screen = frame.open_page("district")
city, lang = screen.city, screen.state.lang
area = panels.chosen(screen)
told = None if is_part(city, area) else profile(city, area, lang)
other = panels.compared(screen, area)

frame.heading(
    screen, panels.title(screen, area, other), frame.subtitle(screen), partial(add.button, screen)
)
chips.show(screen)
panels.badges(screen, area)
panels.head(screen, area, told, other)
with st.container(key="district_frame"):
    with st.container(key="district_left"):
        if other is None:
            ask = panels.area_map(screen, area)
            panels.unsettled(screen, area, told)
        else:
            panels.twin_maps(screen, area, other)
            panels.unsettled_of_two(screen, area, other)
    with st.container(key="district_panel"):
        if other is None:
            panels.numbers(screen, area)
            if not screen.state.present:
                ask.folded()
            panels.place_list(screen, area, told)
        else:
            panels.bars(screen, area, other)
with st.container(key="district_more"):
    panels.links(screen, area, told)
    chips.ways_of_counting(screen, area)
    panels.people(screen, area, told, other)
    panels.entries(screen, area, told)
    panels.tasks(screen, told)
    if other is None:
        hand_out.panel(screen, area if told else None)
