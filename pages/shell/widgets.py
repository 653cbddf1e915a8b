"""Show the state in widgets, and leave alone what a reader has just chosen in them.

What the server sends and what a reader clicks may cross on the way. So each run sends its number
last, into a field that nobody sees, and the browser's next word brings back the number that had
arrived: whatever was sent before it had arrived too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeVar

import streamlit as st

from pages.shell.labels import literal

_RUN: Final = "atlas.run"
"""Number of the run that is under way, or has ended last."""
_ARRIVED: Final = "atlas_run"
"""The field: the number of the last run whose end had reached the browser when it last spoke."""
_WRITTEN: Final = "atlas.written"
"""Widgets written since a run last came to its end: the browser may not have heard of them."""
_WORDS: Final = "atlas.words"
"""By list, the words of its options when they were last sent."""
_REPLACED: Final = "atlas.replaced"
"""By widget, the value that was last replaced here, and the number of the run that did."""
_NOTHING: Final = object()

T = TypeVar("T")


@contextmanager
def track_run() -> Iterator[None]:
    """Give the run of a page a number, and send it once the run has come to its end."""
    st.session_state[_RUN] = run() + 1
    yield
    st.session_state[_ARRIVED] = run()
    st.number_input(literal("·"), 0, step=1, key=_ARRIVED, label_visibility="collapsed")
    st.session_state.pop(_WRITTEN, None)


def run() -> int:
    """Return the number of the run that is under way."""
    number: int = st.session_state.get(_RUN, 0)
    return number


def has_arrived(number: int) -> bool:
    """Tell whether the browser had all that a run sent when it sent what this run began with.

    Parameters
    ----------
    number
        Of the run; of one that was broken off, the next that came to its end tells.

    Returns
    -------
    bool
        True where the browser has said nothing of it.
    """
    arrived: int = st.session_state.get(_ARRIVED, number)
    return arrived >= number


def sync(key: str, value: T, words: object = None) -> T:
    """Put a value into a widget unless it holds it already, and return it as its default.

    The state holds, not the widget. Yet what is written here goes to the browser, where it takes
    the place of what the reader may have chosen since; so what the widget holds already is not
    written again, unless a run that wrote it was cut short and may not have reached the browser.
    The default is there for the moment between a widget and its value: a browser asked in that
    moment answers for every widget with its default, which would pass for the reader's choice.

    Parameters
    ----------
    key
        Name of the widget in the session.
    value
        What the state says, of the type that the widget holds.
    words
        The words of a list's options, where they may change while the value stays: the browser
        keeps the word that was chosen, and would show and report one that is gone.

    Returns
    -------
    object
        The value.
    """
    known: Any = st.session_state.get(key, _NOTHING)
    written: set[str] = st.session_state.setdefault(_WRITTEN, set())
    said: dict[str, object] = st.session_state.setdefault(_WORDS, {})
    if said.get(key, words) != words:
        written.add(key)
    said[key] = words
    if known != value or key in written:
        replaced: dict[str, tuple[Any, int]] = st.session_state.setdefault(_REPLACED, {})
        old = replaced.get(key, (_NOTHING, 0))[0] if known == value else known
        replaced[key] = (old, run())
        written.add(key)
        st.session_state[key] = value
    return value


def is_offered(key: str, offered: Collection[object]) -> bool:
    """Tell whether a list holds one of the values that it offers; of several, nothing else.

    In the moment of a new language it may report a word of the old one as the reader's choice, and
    what was chosen on a page may have gone before the server hears of it.

    Parameters
    ----------
    key
        Name of the list in the session.
    offered
        What it offers.
    """
    held = st.session_state[key]
    return all(value in offered for value in (held if isinstance(held, list) else [held]))


def is_echo(key: str) -> bool:
    """Tell whether a widget only repeats what was replaced in it, which it has not heard of yet.

    Two controls may stand for one thing: what one changes is written into the other. A click that
    leaves the browser before that has arrived there reports the old value of the other too, which
    would pass for a choice and take the change back.

    Parameters
    ----------
    key
        Name of the widget that reports a change.
    """
    replaced: dict[str, tuple[Any, int]] = st.session_state.get(_REPLACED, {})
    old, number = replaced.get(key, (_NOTHING, 0))
    return not has_arrived(number) and bool(st.session_state.get(key) == old)
