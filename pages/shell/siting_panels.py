"""Show where places could be added to those that stay: sentence, map, table, files."""

from __future__ import annotations

from typing import Final

import streamlit as st

from layers import siting_view as told
from layers.coverage_view import REACHED, caveats, km
from layers.scenario_view import GAINED
from layers.state import COVERAGE_CHOICES
from layers.view import look
from pages.shell import cache, coverage_panels, html, map_view, scenario_panels
from pages.shell.frame import Screen

CHOICES: Final = ("demand", "candidates", "aim")


class SitingPart:
    """Where to add places, the present ones kept."""

    def __init__(self, screen: Screen) -> None:
        self.screen, self.say = screen, screen.say
        self.answer = cache.siting_of(screen.city, screen.state)

    def statement(self) -> None:
        """Say what the proposal brings and how sure it is the best, or why there is none."""
        html.show('<p class="summary" role="status">{}</p>', told.sentence(self.answer))
        proof = told.proof(self.answer)
        if proof:
            doubt = cache.siting_doubt(self.screen.city, self.screen.state)
            html.small(" ".join([self.say("siting_page.exactness", method=proof), doubt]))

    def picture(self) -> None:
        """Draw the present reach, the proposed places and what they add."""
        screen = self.screen
        map_view.show(
            screen,
            look(screen.city, screen.state),
            name="coverage",
            flight=coverage_panels.FLIGHT,
            follow=False,
            drawing=told.drawing(self.answer),
        )
        if self.answer.siting is not None:
            within = km(self.answer.asked.radius_m)
            coverage_panels.legend(
                [
                    (REACHED, self.say("coverage_page.legend_reach", radius=within)),
                    (GAINED, self.say("siting_page.legend_gained")),
                ]
            )

    def controls(self) -> None:
        """Offer the radius, whom to serve, where places may stand and what to find."""
        coverage_panels.radius(self.screen)
        options = self.screen.state.coverage
        for name in CHOICES:
            self._choice(name)
        if options.aim == "number":
            coverage_panels.number_field(self.screen, "add", self.say("siting_page.add"), step=1.0)
        else:
            coverage_panels.number_field(
                self.screen, "goal_percent", self.say("siting_page.goal"), step=5.0
            )
        coverage_panels.enters(self.screen, self.answer.asked)
        coverage_panels.download(self.screen, "siting")

    def _choice(self, name: str) -> None:
        key = f"cov_{name}"
        st.session_state[key] = getattr(self.screen.state.coverage, name)
        st.selectbox(
            self.say(f"siting_page.{name}"),
            COVERAGE_CHOICES[name][1],
            key=key,
            format_func=lambda value: self.say(f"siting_page.{name}_{value}"),
            on_change=coverage_panels.from_widget,
            args=(name, key),
        )

    def below(self) -> None:
        """Show the proposed places, a way to go on with them, and the method."""
        say, answer = self.say, self.answer
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
