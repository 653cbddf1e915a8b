"""Reach what readers have entered, and say why where that cannot be read."""

from __future__ import annotations

import logging

from geo.base.errors import DataError
from layers.store.cities import EnteredCities
from layers.store.entries import Entry
from pages.shell import cache

_LOG = logging.getLogger(__name__)


def book() -> EnteredCities:
    """Return where entries are kept, opened once; what is saved through it is shown at once."""
    return cache.entered()


def entries_of(city_id: str) -> tuple[Entry, ...]:
    """Return what readers have entered of a city; none where the store cannot be read.

    Parameters
    ----------
    city_id
        Id of the city.
    """
    try:
        return book().entries(city_id)
    except DataError as error:  # every page says so above
        _LOG.warning("Entries cannot be read: %s", error)
        return ()
