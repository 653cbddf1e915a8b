"""Show the state in widgets, and leave alone what a reader has just chosen in them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeVar

import streamlit as st

_ENDED: Final = "atlas.ended"
"""When the run before ended (seconds, monotonic); missing if it was broken off."""
_WRITTEN: Final = "atlas.written"
"""Widgets written since a run last came to its end: the browser may not have heard of them."""
_REPLACED: Final = "atlas.replaced"
"""By widget, the value that was last replaced here."""
_NOTHING: Final = object()
ECHO_S: Final = 1.0
"""Seconds after the end of a run in which the browser may still answer with what was replaced."""

T = TypeVar("T")


@contextmanager
def track_run() -> Iterator[None]:
    """Note when a run of a page comes to its end, for :func:`sync` and :func:`is_echo`."""
    st.session_state.pop(_ENDED, None)
    yield
    st.session_state[_ENDED] = time.monotonic()
    st.session_state.pop(_WRITTEN, None)


def sync(key: str, value: T) -> T:
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

    Returns
    -------
    object
        The value.
    """
    known: Any = st.session_state.get(key, _NOTHING)
    written: set[str] = st.session_state.setdefault(_WRITTEN, set())
    if known != value or key in written:
        if known is not _NOTHING and known != value:
            st.session_state.setdefault(_REPLACED, {})[key] = known
        written.add(key)
        st.session_state[key] = value
    return value


def is_echo(key: str) -> bool:
    """Tell whether a widget only repeats what was replaced in it a moment ago.

    Two controls may stand for one thing: what one changes is written into the other. A click that
    leaves the browser before that has arrived there reports the old value of the other too, which
    would pass for a choice and take the change back.

    Parameters
    ----------
    key
        Name of the widget that reports a change.
    """
    replaced: dict[str, Any] = st.session_state.get(_REPLACED, {})
    ended = st.session_state.get(_ENDED)
    recent = ended is None or time.monotonic() - ended < ECHO_S
    return recent and key in replaced and st.session_state.get(key) == replaced[key]
