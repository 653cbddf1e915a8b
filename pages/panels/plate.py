"""Choose the fill of the districts, and whether only firm points are shown."""

from __future__ import annotations

from typing import get_args

import streamlit as st

from layers.pack.catalogue import FIRM
from layers.view.page_options import ExploreOptions, Ground
from layers.view.rows import View
from pages.shell import session
from pages.shell.frame import Screen
from pages.shell.labels import literal
from pages.shell.widgets import is_echo, sync


def ground(screen: Screen) -> None:
    """Offer what the fill of the districts may say.

    Parameters
    ----------
    screen
        City, state and words of this run.
    """
    say = screen.say
    # A city without a structure of its own is not offered one.
    known = [g for g in get_args(Ground) if g != "structure" or screen.city.structure]
    words = {each: say(f"ground.{each}") for each in known}
    shown = sync("ground", screen.state.explore.ground, words)
    st.selectbox(
        say("explore.ground"),
        known,
        index=known.index(shown if shown in known else "parts"),
        key="ground",
        format_func=lambda value: say(f"ground.{value}"),
        on_change=_set_ground,
    )


def _set_ground() -> None:
    """Take the choice; in the moment of a new language the list may say a word of the old one."""
    if (chosen := st.session_state["ground"]) in get_args(Ground):
        session.change(explore=ExploreOptions(ground=chosen))


def firm(screen: Screen, view: View) -> None:
    """Offer to show only the points for which there is evidence: a filter as any other.

    Parameters
    ----------
    screen
        City, state and words of this run.
    view
        What is shown.
    """
    options = view.options("location_class")
    count = sum(options.get(known, 0) for known in FIRM)
    st.toggle(
        literal(screen.say("explore.firm", count=count)),
        sync("firm", screen.state.filters.location_class == frozenset(FIRM)),
        key="firm",
        on_change=_set_firm,
    )


def _set_firm() -> None:
    if is_echo("firm"):
        return
    on = st.session_state["firm"]
    known = session.state().filters.location_class
    session.narrow(location_class=frozenset(FIRM) if on else known - frozenset(FIRM))
