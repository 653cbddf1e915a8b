"""Show the state in widgets, and leave alone what a reader has just chosen in them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeVar

import streamlit as st

_WHOLE: Final = "atlas.whole"
"""Whether the run before this one came to its end, so that the browser has all that it said."""
_ENDED: Final = "atlas.ended"
_NOTHING: Final = object()

T = TypeVar("T")


@contextmanager
def track_run() -> Iterator[None]:
    """Note whether a run of a page comes to its end, for :func:`sync` in the next one."""
    st.session_state[_WHOLE] = st.session_state.pop(_ENDED, False)
    yield
    st.session_state[_ENDED] = True


def sync(key: str, value: T) -> T:
    """Put a value into a widget unless it holds it already, and return it as its default.

    The state holds, not the widget. Yet what is written here goes to the browser, where it takes
    the place of what the reader may have chosen since; so what the widget holds already is not
    written again, unless the run before was cut short and may not have reached the browser. The
    default is there for the moment between a widget and its value: a browser asked in that moment
    answers for every widget with its default, which would pass for the reader's choice.

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
    if known != value or not st.session_state.get(_WHOLE, False):
        st.session_state[key] = value
    return value
