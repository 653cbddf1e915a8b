"""Choose a story, and begin to present it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

import streamlit as st

from layers.language.messages import LONGEST_LABEL, display
from layers.places.areas import area_name
from layers.present.story import Story
from layers.view.page_options import Seen
from pages.browser import stories
from pages.panels import hand_over
from pages.panels.deck import edit
from pages.panels.deck.asked import Asked
from pages.shell import frame, html, scenes, session
from pages.shell.frame import Screen
from pages.shell.labels import literal, short
from pages.shell.widgets import is_offered, sync


def known(screen: Screen) -> Mapping[str, Story]:
    """Return the stories that may be presented, by name.

    Parameters
    ----------
    screen
        City, state and words of this run.
    """
    mine = stories.own(screen.city)
    return {**scenes.stories_of(screen.city), **({stories.OWN: mine} if mine else {})}


def keep(screen: Screen) -> None:
    """Keep the reader's story in the browser; one that is asked for and missing is waited for.

    Parameters
    ----------
    screen
        City, state and words of this run.
    """
    deck = screen.state.deck
    lost = False
    if deck.view == "edit" or deck.story == stories.OWN:
        lost = stories.exchange(screen)
    if deck.story == stories.OWN and stories.awaited(screen.city):
        st.stop()  # else another story would be shown for a moment, and turned to
    if deck.view == "edit":
        if lost:
            st.error(screen.say("deck.not_stored"))
        if problems := stories.refused():
            html.faults("", problems, screen.state.lang)


def show(screen: Screen, now: Asked | None) -> None:
    """Show the desk at which a story is chosen.

    Parameters
    ----------
    screen
        City, state and words of this run.
    now
        The story and scene that the address asks for; None where there is no story.
    """
    say = screen.say
    if screen.state.deck.view == "locked":
        html.small(say("deck.no_story"))
        return
    frame.heading(screen, say("deck.title"), frame.subtitle(screen))
    if now is None:
        html.small(say("deck.no_story"))
        edit.files(screen, None)
        return
    edit.news(screen, now.whole)
    with st.container(horizontal=True, vertical_alignment="bottom", key="deck_choice"):
        _story(screen, now)
        if now.district:
            _district(screen, now)
        _begin(screen, now, "wall", say("deck.begin"))
        _begin(screen, now, "locked", say("deck.kiosk"))
        name = now.whole.name
        own = now.whole if name == stories.OWN else name
        hand_over.meeting_pack(screen, own, now.district or None)
    html.small(say("deck.keys"))
    left, right = st.columns([1, 2], gap="large")
    with left:
        if now.whole.name == stories.OWN:
            edit.rows(screen, now)
        else:
            _scenes(screen, now)
            edit.copy(screen, now)
    with right:
        if now.whole.name == stories.OWN:
            edit.words(screen, now)
        edit.files(screen, now)


def _story(screen: Screen, now: Asked) -> None:
    offered = known(screen)
    names = [*offered]
    st.selectbox(
        screen.say("deck.story"),
        names,
        index=names.index(sync("deck_story", now.whole.name)),
        key="deck_story",
        format_func=lambda name: display(
            offered[name].title.of(screen.state.lang), longest=LONGEST_LABEL
        ),
        on_change=_turn_to,
        args=(names,),
        width=260,
    )


def _district(screen: Screen, now: Asked) -> None:
    codes = [str(code) for code in screen.city.districts.index]
    names = {code: area_name(screen.city, code, screen.state.lang) for code in codes}
    st.selectbox(
        screen.say("filter.district"),
        codes,
        index=codes.index(sync("deck_district", now.district)),
        key="deck_district",
        format_func=lambda code: display(names[code], longest=LONGEST_LABEL),
        on_change=_set_district,
        args=(codes,),
        width=200,
    )


def _turn_to(offered: Collection[str]) -> None:
    if is_offered("deck_story", offered):
        edit.turn_to(st.session_state["deck_story"])


def _set_district(offered: Collection[str]) -> None:
    if is_offered("deck_district", offered):
        session.change(district=st.session_state["deck_district"])


def _begin(screen: Screen, now: Asked, view: Seen, label: str) -> None:
    deck = replace(screen.state.deck, story=now.whole.name, scene=now.scene.id)
    frame.link(screen, "deck", label, deck=replace(deck, view=view), selected=None)


def _scenes(screen: Screen, now: Asked) -> None:
    deck = replace(screen.state.deck, story=now.whole.name, view="wall")
    with st.container(key="deck_scenes"):
        for n, scene in enumerate(now.told.scenes, start=1):
            name = screen.say("deck.chapter", n=n, name=scene.chapter.of(screen.state.lang))
            at = replace(deck, scene=scene.id)
            frame.link(screen, "deck", literal(short(name)), deck=at, selected=None)
