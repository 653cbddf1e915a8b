"""Offer to add what a map page shows to the reader's story, alone or beside another view."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import streamlit as st

from layers.language.bilingual import Bilingual
from layers.language.messages import LANGS, display, speaker
from layers.present.options import MOST, Option
from layers.present.story import MAPS, MOST_SCENES, PAGES
from layers.view.filtered import in_words, part_of
from pages.browser import scenarios, stories
from pages.shell import navigation, session
from pages.shell.frame import Screen
from pages.shell.labels import literal

LEFT: Final = "atlas.compare_left"
"""By city, the view that was kept as the left one: page and address, and its name."""
GO: Final = "atlas.compare_go"
"""Whether two views have just been set side by side: the wall shows them."""


def button(screen: Screen) -> None:
    """Offer it where a scene can show the same; beside a reader's own file it says why none can.

    Parameters
    ----------
    screen
        City, state and words of this run.
    """
    state, story = screen.state, stories.own(screen.city)
    if screen.name not in PAGES or part_of(state, screen.name) in ("points", "table"):
        return
    full = story is not None and len(story.scenes) >= MOST_SCENES
    sites = options(screen)
    st.button(
        screen.say("deck.add"),
        key="add_scene",
        type="tertiary",
        disabled=full or (_is_whatif(screen) and not sites),
        on_click=_add,
        args=(screen, None, sites),
    )
    if screen.name in MAPS and not _is_whatif(screen):
        _compare(screen, full)
    if story is not None:
        stories.exchange(screen)


def _is_whatif(screen: Screen) -> bool:
    return screen.name == "coverage" and screen.state.coverage.part == "scenario"


def options(screen: Screen) -> tuple[Option, ...]:
    """Return the scenarios of the page as options: that at work, then those that are kept.

    Parameters
    ----------
    screen
        City, state and words of this run.
    """
    if not _is_whatif(screen):
        return ()
    now = scenarios.draft(screen)
    drawn = {each.name: each for each in (*scenarios.kept().values(), now) if each.edits}
    return tuple(Option(Bilingual(*[name] * len(LANGS)), each) for name, each in drawn.items())[
        :MOST
    ]


def _compare(screen: Screen, full: bool) -> None:
    """Offer to keep this view as the left map, then to set another at its right on the wall."""
    say = screen.say
    if st.session_state.pop(GO, False) and (story := stories.own(screen.city)) is not None:
        deck = replace(screen.state.deck, story=stories.OWN, scene=story.scenes[-1].id, view="wall")
        navigation.go(screen.address("deck", deck=deck, selected=None), "deck")
    left = st.session_state.get(LEFT, {}).get(screen.city.id)
    if left is None:
        note = say("deck.compare_note")
        st.button(
            say("deck.keep_left"),
            key="keep_left",
            type="tertiary",
            help=note,
            on_click=_keep_left,
            args=(screen,),
        )
        return
    view, name = left
    named = display(name.of(screen.state.lang), longest=120)
    st.button(
        say("deck.set_right"),
        key="set_right",
        type="tertiary",
        help=literal(say("deck.left_is", name=named)),
        disabled=full,
        on_click=_set_right,
        args=(screen, view),
    )


def _now(screen: Screen) -> Screen:
    """Return the screen with what is asked for by now: a press may come before it is all shown."""
    return replace(screen, state=session.state())


def _keep_left(screen: Screen) -> None:
    screen = _now(screen)
    found = in_words(screen.city, screen.state, screen.name)
    names = []
    for lang in LANGS:
        said = (speaker(lang)(f"nav.{screen.name}"), found.of(lang) if found else "")
        names.append(" · ".join(filter(None, said)))
    view = (screen.name, screen.address())
    st.session_state.setdefault(LEFT, {})[screen.city.id] = (view, Bilingual(*names))


def _add(screen: Screen, left: stories.View | None, options: tuple[Option, ...]) -> None:
    screen = _now(screen)
    stories.add(screen, left, options)
    story = stories.own(screen.city)
    if story is not None:
        st.toast(literal(screen.say("deck.added", count=len(story.scenes))))


def _set_right(screen: Screen, left: stories.View) -> None:
    _add(screen, left, ())
    st.session_state[LEFT].pop(screen.city.id, None)
    st.session_state[GO] = True
