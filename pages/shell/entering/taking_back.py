"""List what is on record, and let a reader take it back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import streamlit as st

from geo.base.errors import AtlasError
from layers.language.problems import lines
from layers.store.entries import Entry, undo
from pages.shell import cache, html
from pages.shell.entering import identity, records
from pages.shell.frame import Screen

TOLD: Final = "atlas.undo_told"
MOST: Final = 50
"""More would be no list to look through: the command ``python -m layers.store list`` has all."""


def panel(screen: Screen, found: Sequence[Entry], word: Callable[[Entry], str]) -> None:
    """List entries, the last first, each with a button that takes it back.

    Parameters
    ----------
    screen
        City, state and words of this run.
    found
        Entries that stand, in any order.
    word
        Says an entry in the reader's language.
    """
    say = screen.say
    if words := st.session_state.pop(TOLD, ""):
        html.show('<p class="news" role="status">{}</p>', words)
    if not found:
        return
    html.section(say("taking_back.title"))
    writable = cache.entered().where.writable
    if writable:
        with st.container(horizontal=True):
            if identity.signed_in() is None:
                st.text_input(say("taking_back.who"), key="undo_who", max_chars=80)
            st.text_input(say("taking_back.why"), key="undo_why", max_chars=500)
    for entry in sorted(found, key=lambda entry: -entry.number)[:MOST]:
        with st.container(horizontal=True, vertical_alignment="center"):
            html.small(word(entry))
            if writable:
                st.button(
                    say("taking_back.button"),
                    key=f"undo_{entry.number}",
                    on_click=_undo,
                    args=(screen, entry),
                )


def _undo(screen: Screen, entry: Entry) -> None:
    """Take an entry back by another, and keep what is to be told of it."""
    say, lang = screen.say, screen.state.lang
    typed = identity.typed(str(st.session_state.get("undo_who", "")))
    reader = identity.signed_in() or typed
    if not reader.name:
        st.session_state[TOLD] = say("taking_back.nobody")
        return
    why = str(st.session_state.get("undo_why", "")).strip()
    draft = undo(entry, who=reader.name, verified=reader.verified, why=why)
    try:
        records.book().append(screen.city.id, draft)
    except AtlasError as error:
        st.session_state[TOLD] = lines(error, lang)
    else:
        st.session_state[TOLD] = say("taking_back.done", number=entry.number)
