"""Offer to add what a map page shows to the reader's story."""

from __future__ import annotations

import streamlit as st

from layers.present.story import MOST_SCENES, PAGES
from layers.view.filtered import part_of
from pages.browser import stories
from pages.shell.frame import Screen
from pages.shell.labels import literal


def button(screen: Screen) -> None:
    """Offer it where a scene can show the same: not for a reader's own file, nor a what-if.

    Parameters
    ----------
    screen
        City, state and words of this run.
    """
    state, story = screen.state, stories.own(screen.city)
    whatif = screen.name == "coverage" and state.coverage.part == "scenario"
    if screen.name not in PAGES or whatif or part_of(state, screen.name) == "points":
        return
    st.button(
        screen.say("deck.add"),
        key="add_scene",
        type="tertiary",
        disabled=story is not None and len(story.scenes) >= MOST_SCENES,
        on_click=_add,
        args=(screen,),
    )
    if story is not None:
        stories.exchange(screen)


def _add(screen: Screen) -> None:
    stories.add(screen)
    story = stories.own(screen.city)
    if story is not None:
        st.toast(literal(screen.say("deck.added", count=len(story.scenes))))
