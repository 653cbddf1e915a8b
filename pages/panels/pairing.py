"""Show universities beside their science parks: sentence, map, tables, files."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import streamlit as st

from layers.coverage import pairing as told
from layers.coverage.question import UNIVERSITY
from layers.language.values import km
from layers.map.plate import certainty
from layers.map.symbols import data_uri
from layers.view.question import Refusal
from layers.view.rows import rows_in_view
from layers.view.state import Filters
from pages.panels import coverage as coverage_panels
from pages.panels import hand_over
from pages.panels.inside.draw import Ask
from pages.shell import cache, html
from pages.shell.frame import Screen

FLIGHT: Final = 2
"""Serial of the order to look at the parks: another than that of the parts on the whole city."""


class PairingPart:
    """Which university has which park."""

    own = None

    def __init__(self, screen: Screen) -> None:
        self.screen, self.say = screen, screen.say
        self.asked = told.question(screen.state)
        found = cache.answer(screen.city, "pairing", self.asked)
        self.answer: told.PairingAnswer | Refusal = found
        lang = screen.state.lang
        self.words: told.PairingWording = cache.wording(screen.city, "pairing", self.asked, lang)

    def statement(self) -> None:
        """Say how many are linked and surely near, and what is not known."""
        html.show('<p class="summary" role="status">{}</p>', self.words.sentence)
        for line in self.words.account[:1]:
            html.small(line)

    def picture(self) -> None:
        """Draw universities, parks and the lines between them, whatever layers are on."""
        screen = self.screen
        shown = frozenset({UNIVERSITY, *told.PARKS, "district"} & set(screen.city.layers))
        state = replace(
            screen.state, layers=shown, filters=Filters(), later=True, period="now", selected=None
        )
        view = rows_in_view(screen.city, state)
        self.ask = Ask.of(screen, state)
        self.ask.show(
            replace(screen, state=state),
            view,
            name="coverage",
            flight=(FLIGHT, told.frame_of(self.answer)),
            follow=False,
            drawing=cache.drawing(screen.city, "pairing", self.asked, screen.state.lang),
        )
        known = certainty(set(view.mapped["location_class"]), screen.state.lang, circle=True)
        rows = (*told.legend(self.answer, screen.state.lang), *known)
        html.legend((data_uri(sign), words) for sign, words in rows)

    def controls(self) -> None:
        """List the pairs that are surely near; offer what counts as near, and the files."""
        if not isinstance(self.answer, Refusal) and self.words.near:
            radius = km(self.answer.reach_m, self.screen.state.lang)
            html.section(self.say("pairing_page.near_title", radius=radius))
            coverage_panels.bullets(self.words.near)
        coverage_panels.radius(self.screen)
        if not isinstance(self.answer, Refusal):
            hand_over.download(self.screen, "pairing", self.asked)

    def below(self) -> None:
        """Show the links, the universities without a park, the method."""
        if isinstance(self.answer, Refusal):
            return
        say, tables = self.say, self.words.tables
        corner = say("pairing_page.university")
        for line in self.words.account[1:]:
            html.small(line)
        html.section(say("pairing_page.links_title"))
        st.html(html.grid(tables["links"], corner))
        html.section(say("pairing_page.later_title"))
        st.html(html.grid(tables["later"], corner))
        with st.expander(
            say("pairing_page.without_title"), key="cov_without", on_change="rerun"
        ) as box:
            if box.open:
                st.html(html.grid(tables["without"], corner))
        coverage_panels.notes(say("coverage_page.method_title"), self.words.notes)
