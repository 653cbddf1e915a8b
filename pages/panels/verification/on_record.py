"""List what is on record of an area's places, and let a reader take it back."""

from __future__ import annotations

from typing import Final

import streamlit as st

from geo.base.errors import AtlasError
from layers.language.problems import lines
from layers.store.entries import Entry, standing, undo
from layers.store.lay_over import ABOUT_PLACES, told
from layers.view.rows import gather
from pages.shell import cache, html
from pages.shell.entering import identity, records
from pages.shell.frame import Screen

TOLD: Final = "atlas.undo_told"
MOST: Final = 50
"""More would be no list to look through: the command ``python -m layers.store list`` has all."""


def panel(screen: Screen, district: str | None) -> None:
    """List the entries that act on the places of an area, the last first.

    Parameters
    ----------
    screen
        City, state and words of this run.
    district
        Adcode of the district; None for the whole city.
    """
    say, lang = screen.say, screen.state.lang
    if words := st.session_state.pop(TOLD, ""):
        html.show('<p class="news" role="status">{}</p>', words)
    found = _on_record(screen, district)
    if not found:
        return
    html.section(say("verification.page.on_record"))
    writable = cache.entered().where.writable
    if writable:
        with st.container(horizontal=True):
            if identity.signed_in() is None:
                st.text_input(say("verification.page.undo_who"), key="undo_who", max_chars=80)
            st.text_input(say("verification.page.undo_why"), key="undo_why", max_chars=500)
    for entry in found[:MOST]:
        with st.container(horizontal=True, vertical_alignment="center"):
            html.small(told(screen.city, entry).of(lang))
            if writable:
                st.button(
                    say("verification.page.undo"),
                    key=f"undo_{entry.number}",
                    on_click=_undo,
                    args=(screen, entry),
                )


def _on_record(screen: Screen, district: str | None) -> list[Entry]:
    acting, frame = screen.city.entered.numbers, gather(screen.city).frame
    saved = standing(records.entries_of(screen.city.id)).values()
    found = [
        entry
        for entry in saved
        if entry.kind in ABOUT_PLACES
        and entry.number in acting
        and (
            district is None
            or district in tuple(frame.loc[entry.subject, ["host_adcode", "site_adcode"]])
        )
    ]
    return sorted(found, key=lambda entry: -entry.number)


def _undo(screen: Screen, entry: Entry) -> None:
    """Take an entry back by another, and keep what is to be told of it."""
    say, lang = screen.say, screen.state.lang
    typed = identity.typed(str(st.session_state.get("undo_who", "")))
    reader = identity.signed_in() or typed
    if not reader.name:
        st.session_state[TOLD] = say("verification.page.undo_nobody")
        return
    why = str(st.session_state.get("undo_why", "")).strip()
    draft = undo(entry, who=reader.name, verified=reader.verified, why=why)
    try:
        records.book().append(screen.city.id, draft)
    except AtlasError as error:
        st.session_state[TOLD] = lines(error, lang)
    else:
        st.session_state[TOLD] = say("verification.page.undone", number=entry.number)
