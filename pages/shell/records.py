"""Reach what readers have entered, and say why where that cannot be read."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import streamlit as st

from geo.base.errors import AtlasError
from layers.store.entries import Entry

if TYPE_CHECKING:
    from layers.store.book import Book

_LOG = logging.getLogger(__name__)


@st.cache_resource
def book() -> Book:
    """Return where entries are kept, opened once; nothing is made by looking."""
    from layers.store.book import open_book  # a database's library is loaded by who asks for it

    return open_book()


def entries_of(city_id: str) -> tuple[Entry, ...]:
    """Return what readers have entered of a city; none where the store cannot be read.

    Parameters
    ----------
    city_id
        Id of the city.
    """
    try:
        return book().entries(city_id)
    except (AtlasError, OSError) as error:
        _LOG.warning("Entries cannot be read: %s", error)
        return ()
