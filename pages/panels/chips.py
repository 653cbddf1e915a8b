"""Show what the figures of a page rest on: its filters as chips, and the ways of counting."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st
from markupsafe import Markup

from layers.places import bases
from layers.places.spread import whole
from layers.view.filtered import (
    UNFILTERED,
    Narrowing,
    acting,
    is_filtered,
    narrowings,
    part_of,
)
from layers.view.rows import View, rows_in_view
from pages.shell import html, session
from pages.shell.frame import Screen
from pages.shell.labels import literal, short

MENTIONED = ("district", "pairing", "points", "table", "plan")
"""Parts on which filters do not act, so that a reader who has set some must be told."""


def show(screen: Screen) -> None:
    """Show a chip for each thing that narrows the rows of this page, or that none of them acts.

    Parameters
    ----------
    screen
        City, state and words of this run.
    """
    say, city, state = screen.say, screen.city, screen.state
    found = acting(city, state, screen.name, state.lang)
    if found:
        with st.container(horizontal=True, vertical_alignment="center", key="chips"):
            filtered = is_filtered(city, state, screen.name)
            words = say("view.filtered" if filtered else "filter.period")
            label = Markup('<p class="small">{}</p>').format(words)
            st.html(label, width="content")
            for each in found:
                _chip(screen, each)
        if filtered:  # a chip is for hands: paper says the same in words
            listed = say("view.comma").join(each.words for each in found)
            said = html.text(say("present.filtered", words=listed))
            st.html(Markup('<p class="paper-only">{}</p>').format(said))
    idle = narrowings(city, state, state.lang)
    if idle and part_of(state, screen.name) in MENTIONED:
        words = say("view.comma").join(each.words for each in idle)
        html.small(say("view.not_acting", words=words))


def rows_of(screen: Screen) -> View:
    """Return the rows that a page counts: all, where filters do not act.

    Parameters
    ----------
    screen
        City, state and words of this run.
    """
    state = screen.state
    if part_of(state, screen.name) in UNFILTERED:
        return whole(screen.city)
    own = state.coverage.sites if screen.name == "coverage" else frozenset()
    return rows_in_view(screen.city, replace(state, layers=own or state.layers))


def ways_of_counting(screen: Screen, area: str | None = None) -> None:
    """Set every way of counting beside that of the first sentence, folded.

    Parameters
    ----------
    screen
        City, state and words of this run.
    area
        The district or part that it is about; None for the whole city, whose districts are then
        listed.
    """
    say, lang = screen.say, screen.state.lang
    filtered = is_filtered(screen.city, screen.state, screen.name)
    title = say("bases.title_filtered" if filtered else "bases.title")
    with st.expander(title, key="bases", on_change="rerun") as box:
        if not box.open:
            return
        view = rows_of(screen)
        html.small(say("bases.intro"))
        st.html(html.grid(bases.table(view, lang, area), say("bases.column.way")))
        if area is None:
            st.html(html.grid(bases.by_district(view, lang), say("filter.district")))
            schools = bases.schools(screen.city, lang)
            if len(schools):
                st.html(html.grid(schools, say("schools.title")))


def _chip(screen: Screen, narrowing: Narrowing) -> None:
    st.button(
        literal(screen.say("view.chip", words=short(narrowing.words))),
        key=f"chip_{narrowing.name}_{narrowing.value}",
        on_click=_take_away,
        args=(narrowing.name, narrowing.value),
    )


def _take_away(name: str, value: str) -> None:
    """Loosen the state as it stands now: another chip may have been clicked since it was drawn."""
    state = session.state()
    if name == "layers":
        session.change(layers=state.layers | set(value.split(".")))
    elif name == "period":
        session.change(period="now", later=True)
    elif name == "later":
        session.change(later=True)
    else:
        session.narrow(**{name: state.filters.of(name) - {value}})
