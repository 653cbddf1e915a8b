"""Keep a reader's work in the browser, through a reload, a dropped line and a new server.

A session ends with its connection, and what it holds ends with it. The browser keeps the same
texts, and hands them to the next session of the same tab when that asks. They come from outside
then: whoever takes them checks them as a file.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple
from uuid import uuid4

import streamlit as st

ASKED: Final = "atlas.store_asked"
"""By name of the store, what this session asked the browser with; empty once it has answered."""
_MOUNT: Final = st.components.v2.component(
    "atlas_store", js=Path(__file__).with_name("store.js").read_text(encoding="utf-8")
)


class Stored(NamedTuple):
    """What the browser held."""

    draft: str
    """The work of this tab; empty if there is none."""
    kept: str
    """What all tabs have kept for later, as JSON by title; empty if there is none."""


def exchange(
    name: str,
    *,
    draft: str,
    kept: Mapping[str, str],
    dropped: Collection[str],
    unsaved: bool,
    take: Callable[[Stored], bool],
    silent: bool = False,
) -> tuple[bool, bool]:
    """Give the browser the state of some work; in a new session, take what it held first.

    Parameters
    ----------
    name
        Name of the work, as it is to be kept: of an analysis and a city.
    draft
        What is at work, as a text; empty for nothing.
    kept
        What this session has kept for later, texts by title. Nothing is overwritten before the
        browser has told what it holds, and what other tabs have kept stays.
    dropped
        Titles that this session has dropped.
    unsaved
        Whether the browser asks back before the tab is left.
    take
        Takes into the session what the browser held, and tells whether the run is to begin anew. It
        may be broken off at any look into the session, and is then called again.
    silent
        Whether a browser that holds nothing does not answer: the page is not run once more for
        that. It then keeps what it is given at once.

    Returns
    -------
    bool
        What ``take`` told, once in a session, in the run in which the browser's answer arrives.
    bool
        Whether the browser could not keep what it was given.
    """
    asked: dict[str, str] = st.session_state.setdefault(ASKED, {})
    asked.setdefault(name, uuid4().hex)
    key = f"atlas_store_{name}"
    # Before the browser is given anything: it would be asked once more, and told to keep nothing.
    if _heard(asked, name, st.session_state.get(key), take):
        return True, False
    told: Mapping[str, Any] = _MOUNT(
        key=key,
        data={
            "name": name,
            "ask": asked[name],
            # New in each run until there is an answer: a run that begins anew before it comes here
            # makes Streamlit forget what the browser has already told.
            "turn": uuid4().hex if asked[name] else "",
            "draft": draft,
            "kept": dict(kept),
            "dropped": sorted(dropped),
            "unsaved": unsaved,
            "silent": silent,
        },
        default={"found": None, "lost": False},
        on_found_change=_nothing,
        on_lost_change=_nothing,
    )
    # An answer to a run that was broken off is known only here.
    return _heard(asked, name, told, take), bool(told.get("lost"))


def _heard(
    asked: dict[str, str],
    name: str,
    told: Mapping[str, Any] | None,
    take: Callable[[Stored], bool],
) -> bool:
    """Take what the browser answers into the session; tell what ``take`` does, False for none."""
    found = told.get("found") if told else None
    if not asked[name] or not isinstance(found, dict) or found.get("answers") != asked[name]:
        return False
    again = take(Stored(str(found.get("draft", "")), str(found.get("kept", ""))))
    # Last: answered before it was taken, a run that is broken off would have the browser forget it.
    asked[name] = ""
    return again


def _nothing() -> None:
    """Let the next run look: a state of the component needs somebody who hears of it."""
