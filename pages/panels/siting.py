"""Show where places could be added to those that stay: sentence, map, table, files."""

from __future__ import annotations

from functools import partial
from typing import Final

import streamlit as st

from layers.coverage import siting as told
from layers.coverage.drawing import REACHED
from layers.coverage.scenario import GAINED
from layers.coverage.wording import caveats, km
from layers.map.symbols import data_uri, mark
from layers.view.address import choices
from layers.view.page_options import CoverageOptions
from pages.panels import coverage as coverage_panels
from pages.panels import scenario as scenario_panels
from pages.shell import cache, html, map_view
from pages.shell.frame import Screen
from pages.shell.labels import literal

CHOICES: Final = ("demand", "candidates", "aim")
SPOTS: Final = "atlas.candidates"
"""Candidates drawn in this session, by number."""
MOST_DRAWN: Final = 60


def drawn() -> tuple[told.Spot, ...]:
    """Return the candidates that the reader drew, by number."""
    spots: tuple[told.Spot, ...] = st.session_state.get(SPOTS, ())
    return spots


def draw(spot: told.Spot) -> None:
    """Put a candidate on the map, in place of an earlier one of its number."""
    others = (other for other in drawn() if other.number != spot.number)
    st.session_state[SPOTS] = tuple(sorted([*others, spot]))


def take_back(number: int | None = None) -> None:
    """Take a candidate off the map, or all of them."""
    kept = () if number is None else tuple(s for s in drawn() if s.number != number)
    st.session_state[SPOTS] = kept


class SitingPart:
    """Where to add places, the present ones kept."""

    def __init__(self, screen: Screen) -> None:
        self.screen, self.say = screen, screen.say
        by_hand = screen.state.coverage.candidates == told.DRAWN
        self.drawn = drawn() if by_hand else ()
        self.answer = cache.siting_of(screen.city, screen.state, self.drawn)

    def statement(self) -> None:
        """Say what the proposal brings and how sure it is the best, or why there is none."""
        html.show('<p class="summary" role="status">{}</p>', told.sentence(self.answer))
        proof = told.proof(self.answer)
        if proof:
            doubt = cache.siting_doubt(self.screen.city, self.screen.state, self.drawn)
            html.small(" ".join([proof, doubt]))

    def picture(self) -> None:
        """Draw the present reach, the proposed places and what they add."""
        screen, view = coverage_panels.shown(self.screen)
        map_view.show(
            screen,
            view,
            name="coverage",
            flight=coverage_panels.FLIGHT,
            follow=False,
            drawing=told.drawing(self.answer, place=not screen.state.present),
            act=self._act,
        )
        if self.answer.refused == "uncertainty.refused":
            return
        symbols = {
            coverage_panels.swatch(REACHED): self.say(
                "coverage_page.legend_reach", radius=km(self.answer.asked.radius_m)
            ),
            coverage_panels.swatch(GAINED): self.say("siting_page.legend_gained"),
            data_uri(mark(told.PROPOSED)): self.say("siting_page.legend_proposed"),
        }
        if self.drawn:
            symbols[data_uri(mark(told.PROPOSED, "knowledge"))] = self.say(
                "siting_page.legend_drawn"
            )
        html.legend(symbols.items())

    def _act(self, event: map_view.Event) -> bool:
        """Take a candidate that was drawn, or one that was moved."""
        numbers = {spot.id: spot.number for spot in self.drawn}
        if event.did == "place" and len(numbers) < MOST_DRAWN:
            draw(told.Spot(max(numbers.values(), default=0) + 1, event.lon, event.lat))
            return True
        if event.did == "move" and event.id in numbers:
            draw(told.Spot(numbers[event.id], event.lon, event.lat))
            return True
        return False

    def controls(self) -> None:
        """Offer the radius, whom to serve, where places may stand and what to find."""
        coverage_panels.radius(self.screen)
        options = self.screen.state.coverage
        for name in CHOICES:
            self._choice(name)
            if name == "candidates" and options.candidates == told.DRAWN:
                self._drawn()
        if options.aim == "number":
            coverage_panels.number_field(self.screen, "add", self.say("siting_page.add"), step=1.0)
        else:
            coverage_panels.number_field(
                self.screen, "goal_percent", self.say("siting_page.goal"), step=5.0
            )
        coverage_panels.enters(self.screen, self.answer.asked)
        build = partial(cache.siting_package, self.screen.city, self.screen.state, self.drawn)
        coverage_panels.download(self.screen, "siting", build)

    def _drawn(self) -> None:
        """Say how candidates are drawn, and offer to take each back."""
        html.small(self.say("siting_page.draw", most=MOST_DRAWN))
        for spot in self.drawn:
            st.button(
                literal(self.say("siting_page.take_back", number=spot.number)),
                key=f"cov_drawn_{spot.number}",
                type="tertiary",
                on_click=take_back,
                args=(spot.number,),
            )
        if len(self.drawn) > 1:
            st.button(self.say("siting_page.take_all_back"), key="cov_undraw", on_click=take_back)

    def _choice(self, name: str) -> None:
        key = f"cov_{name}"
        st.session_state[key] = getattr(self.screen.state.coverage, name)
        st.selectbox(
            self.say(f"siting_page.{name}"),
            choices(CoverageOptions, name),
            key=key,
            format_func=lambda value: self.say(f"siting_page.{name}_{value}"),
            on_change=coverage_panels.from_widget,
            args=(name, key),
        )

    def below(self) -> None:
        """Show the proposed places, a way to go on with them, and the method."""
        say, answer = self.say, self.answer
        if answer.drawn:
            html.section(say("siting_page.drawn_title"))
            st.html(html.grid(told.drawn_table(answer), say("siting_page.candidates")))
        if answer.siting is None:
            return
        if answer.siting.chosen:
            html.section(say("siting_page.title"))
            st.html(html.grid(told.table(answer), say("siting_page.number")))
            st.button(say("siting_page.adopt"), key="cov_adopt", on_click=self._adopt)
        lines = caveats((answer.siting,), self.screen.state.lang)
        if self.screen.state.coverage.demand != "university":
            lines.append(say("coverage.by_spots", spacing_m=told.DEMAND_M))
        coverage_panels.notes(say("coverage_page.method_title"), lines)

    def _adopt(self) -> None:
        scenario_panels.work_on(told.as_scenario(self.answer))
        coverage_panels.change(part="scenario")
