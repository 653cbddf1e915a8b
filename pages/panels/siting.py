"""Show where places could be added to those that stay: sentence, map, table, files."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import streamlit as st

from layers.coverage import siting as told
from layers.coverage.question import OWN
from layers.map.symbols import data_uri
from layers.view.codecs import choices
from layers.view.page_options import CoverageOptions
from pages.browser import scenarios
from pages.panels import coverage as coverage_panels
from pages.panels import hand_over, own_points
from pages.panels.inside.draw import Ask
from pages.shell import cache, html, map_view
from pages.shell.frame import Screen
from pages.shell.labels import literal
from pages.shell.widgets import is_offered, sync

CHOICES: Final = ("demand", "candidates", "aim")
SPOTS: Final = "atlas.candidates"
"""Candidates drawn in this session, by number."""
MOST_DRAWN: Final = 60


def drawn() -> tuple[told.Spot, ...]:
    """Return the candidates that the reader drew, by number."""
    spots: tuple[told.Spot, ...] = st.session_state.get(SPOTS, ())
    return spots


def draw(spot: told.Spot) -> None:
    """Put a candidate on the map, in place of an earlier one of its number.

    Parameters
    ----------
    spot
        The candidate, degrees WGS 84.
    """
    others = (other for other in drawn() if other.number != spot.number)
    st.session_state[SPOTS] = tuple(sorted([*others, spot]))


def take_back(number: int | None = None) -> None:
    """Take a candidate off the map, or all of them.

    Parameters
    ----------
    number
        Number of the candidate; None for all.
    """
    kept = () if number is None else tuple(s for s in drawn() if s.number != number)
    st.session_state[SPOTS] = kept


def _choose(name: str, key: str, offered: Collection[str]) -> None:
    if is_offered(key, offered):
        coverage_panels.from_widget(name, key)


class SitingPart:
    """Where to add places, the present ones kept."""

    def __init__(self, screen: Screen) -> None:
        self.screen, self.say = screen, screen.say
        self.loaded = own_points.loaded(screen)
        self.asked = told.question(screen.state, drawn(), self.loaded)
        self.drawn, self.own, city = self.asked.drawn, self.asked.own, screen.city
        self.answer: told.Answer = cache.answer(city, "siting", self.asked)
        lang = screen.state.lang
        self.words: told.SitingWording = cache.wording(city, "siting", self.asked, lang)

    def statement(self) -> None:
        """Say what the proposal brings and how sure it is the best, or why there is none."""
        html.show('<p class="summary" role="status">{}</p>', self.words.spoken)
        for line in self.words.account[:1]:
            html.small(line)

    def picture(self) -> None:
        """Draw the present reach, the proposed places and what they add."""
        screen, view = coverage_panels.shown(self.screen)
        proposed = None
        if isinstance(self.answer, told.SitingAnswer):
            proposed = told.as_scenario(self.answer, screen.state.lang)
        self.ask = Ask.of(self.screen, screen.state, scenario=proposed)
        self.ask.show(
            screen,
            view,
            name="coverage",
            flight=coverage_panels.FLIGHT,
            follow=False,
            drawing=told.draw(
                self.answer,
                screen.state.lang,
                place=not screen.state.present and len(self.drawn) < MOST_DRAWN,
            ),
            act=self._act,
        )
        signs = told.legend(self.answer, screen.state.lang)
        rows = [(data_uri(sign), words) for sign, words in signs]
        html.legend([*rows, *(coverage_panels.beside_key(view) if rows else ())])

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
        coverage_panels.enters(self.screen, self.answer.inputs)
        hand_over.download(self.screen, "siting", self.asked)

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
        key, asked = f"cov_{name}", getattr(self.asked.options, name)
        offered = choices(CoverageOptions, name)
        values = [each for each in offered if each != OWN or self.loaded is not None]
        st.selectbox(
            self.say(f"siting_page.{name}"),
            values,
            index=values.index(sync(key, asked)),
            key=key,
            format_func=lambda value: self.say(f"siting_page.{name}_{value}"),
            on_change=_choose,
            args=(name, key, offered),
        )
        if asked != getattr(self.screen.state.coverage, name):
            html.small(self.say("coverage_page.own_gone"))

    def below(self) -> None:
        """Show the proposed places, a way to go on with them, and the method."""
        say, tables = self.say, self.words.tables
        if "drawn" in tables:
            html.section(say("siting_page.drawn_title"))
            st.html(html.grid(tables["drawn"], say("siting_page.candidates")))
        if isinstance(self.answer, told.SitingRefusal):
            return
        if "proposed" in tables:
            html.section(say("siting_page.title"))
            st.html(html.grid(tables["proposed"], say("siting_page.number")))
            args = (self.answer,)
            st.button(say("siting_page.adopt"), key="cov_adopt", on_click=self._adopt, args=args)
        method = (*self.words.account[2:], *self.words.notes)
        coverage_panels.notes(say("coverage_page.method_title"), method)

    def _adopt(self, answer: told.SitingAnswer) -> None:
        scenarios.turn_to(self.screen, told.as_scenario(answer, self.screen.state.lang))
        coverage_panels.change(part="scenario")
