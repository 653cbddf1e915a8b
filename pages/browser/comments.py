"""Hold the comments of a meeting, and keep them in the reader's browser."""

from __future__ import annotations

import json
from typing import Final

import streamlit as st

from geo.base.errors import DataError
from layers.pack.city import City
from layers.present.comments.comment import MOST, MOST_BYTES, Comment, ordered, read, write
from pages.browser import store

HELD: Final = "atlas.comments"
"""By city, the comments of this session by id."""
DROPPED: Final = "atlas.comments_dropped"
"""By city, the ids of those that were removed."""


def _held(city: City) -> dict[str, Comment]:
    held: dict[str, dict[str, Comment]] = st.session_state.setdefault(HELD, {})
    return held.setdefault(city.id, {})


def _dropped(city: City) -> set[str]:
    dropped: dict[str, set[str]] = st.session_state.setdefault(DROPPED, {})
    return dropped.setdefault(city.id, set())


def all_of(city: City) -> list[Comment]:
    """Return the comments in the order in which they were said.

    Parameters
    ----------
    city
        The pack that they are about.
    """
    return ordered([*_held(city).values()])


def put(city: City, comment: Comment) -> None:
    """Keep a comment.

    Parameters
    ----------
    city
        The pack that it is about.
    comment
        What was said.
    """
    _held(city)[comment.id] = comment


def drop(city: City, id_: str) -> None:
    """Remove a comment, here and in the browser.

    Parameters
    ----------
    city
        The pack that it is about.
    id_
        Its id; of one that is not there nothing happens.
    """
    if _held(city).pop(id_, None) is not None:
        _dropped(city).add(id_)


def exchange(city: City) -> bool:
    """Keep the session's comments in the browser; in a new session, take back what it kept.

    Parameters
    ----------
    city
        The pack that they are about.

    Returns
    -------
    bool
        Whether the browser cannot keep them. The run is begun anew when some have come back.
    """
    again, lost = store.exchange(
        f"comments.{city.id}",
        draft="",
        kept={id_: write(each) for id_, each in _held(city).items()},
        dropped=_dropped(city),
        unsaved=False,
        take=lambda found: _take_back(city, found.kept),
        silent=True,
    )
    if again:
        st.rerun()
    return lost


def _take_back(city: City, text: str) -> bool:
    """Take what the browser held; tell if there was any that this session had not."""
    try:
        files = json.loads(text or "{}") if len(text) <= MOST * MOST_BYTES else {}
    except (ValueError, RecursionError):
        files = {}
    before = len(_held(city))
    for each in files.values() if isinstance(files, dict) else ():
        try:
            comment = read(str(each))
        except DataError:
            continue  # written over by nobody: it stays where it is
        if comment.id not in _dropped(city) and len(_held(city)) < MOST:
            _held(city).setdefault(comment.id, comment)
    return len(_held(city)) > before
