"""Offer whose figures the density page shows: the plan's, points or a table of the reader's own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from layers.view.codecs import choices
from layers.view.page_options import DensityOptions
from pages.shell import html, session
from pages.shell.frame import Screen
from pages.shell.widgets import is_offered, sync


def switch(screen: Screen) -> None:
    """Offer whose points are measured.

    Parameters
    ----------
    screen
        City, state and words of this run.
    """
    st.segmented_control(
        screen.say("points_page.part"),
        choices(DensityOptions, "part"),
        default=sync("density_part", screen.state.density.part),
        key="density_part",
        required=True,
        format_func=lambda part: screen.say(f"points_page.part_{part}"),
        on_change=_change_part,
    )
    if screen.state.density.part != "plan":
        html.small(screen.say("deck.own_file"))


def _change_part() -> None:
    if not is_offered("density_part", choices(DensityOptions, "part")):
        return
    part: Any = st.session_state["density_part"]
    session.change(density=replace(session.state().density, part=part))
