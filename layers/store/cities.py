"""Give each city with what readers have entered, as it stands now."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from geo.base.errors import DataError
from layers.pack.city import City
from layers.pack.shelf import Packs
from layers.store.entries import Draft, Entry, Kind
from layers.store.lay_over import lay_over
from layers.store.settings import Settings

if TYPE_CHECKING:
    from layers.store.book import Book

LOOK_AGAIN_S: Final = 2.0
"""Seconds for which the heads of the chains are taken as they were."""
_VERSIONS: Final = 6
"""Versions of cities that are kept for runs of a page that began with them."""
_LOG = logging.getLogger(__name__)


def with_entries(city: City, where: Settings) -> City:
    """Return a city with what readers have entered.

    Parameters
    ----------
    city
        As its pack has it.
    where
        The database.

    Raises
    ------
    DataError
        It cannot be read, or somebody has changed an entry.
    """
    return lay_over(city, _read(where, city.id))


def _read(where: Settings, city: str) -> tuple[Entry, ...]:
    """Return the entries of a city; where no file was ever made, without the library's start."""
    if where.file is not None and not where.file.exists():
        return ()
    return _open(where).entries(city)


def _open(where: Settings) -> Book:
    from layers.store.book import Book  # takes a third of a second, of which most readers need none

    return Book(where)


class EnteredCities:
    """The cities with what readers have entered; safe to ask from many threads.

    Parameters
    ----------
    where
        The database.
    """

    def __init__(self, where: Settings) -> None:
        self.where = where
        self.trouble = ""
        """Key of the error for which what readers entered is not shown; blank if it is."""
        self._lock = threading.Lock()
        self._looked = -LOOK_AGAIN_S
        self._heads: dict[str, tuple[int, str]] = {}
        self._laid: dict[tuple[str, str], City] = {}

    def over(self, packs: Packs) -> Packs:
        """Return the packs with what readers have entered.

        Parameters
        ----------
        packs
            As their files are. Where the entries cannot be read, they are given back as they are.
        """
        with self._lock:
            heads = self._look()
            if not heads:
                return packs
            served = {
                id_: replace(pack, city=self._with_entries(pack.city)) if id_ in heads else pack
                for id_, pack in packs.served.items()
            }
        return Packs(MappingProxyType(served), packs.refused)

    def version(self, digest: str) -> City | None:
        """Return a version of a city that holds entries; None if it is not kept, or holds none.

        Parameters
        ----------
        digest
            ``City.digest`` of that version.
        """
        with self._lock:
            return next((city for city in self._laid.values() if city.digest == digest), None)

    def entries(self, city: str, kind: Kind | None = None) -> tuple[Entry, ...]:
        """Return the entries of a city in the order in which they were saved.

        Parameters
        ----------
        city
            Id of the city.
        kind
            Only entries of this kind; None for all.

        Raises
        ------
        DataError
            They cannot be read.
        """
        found = _read(self.where, city)
        return tuple(entry for entry in found if kind in (None, entry.kind))

    def append(self, city: str, *drafts: Draft) -> tuple[Entry, ...]:
        """Save drafts, all or none; the next who asks sees them.

        Parameters
        ----------
        city
            Id of the city.
        *drafts
            In this order.

        Raises
        ------
        Conflict, DataError
            As :meth:`layers.store.book.Book.append`.
        """
        saved = _open(self.where).append(city, *drafts)
        with self._lock:
            self._looked = -LOOK_AGAIN_S
        return saved

    def _look(self) -> dict[str, tuple[int, str]]:
        if time.monotonic() - self._looked >= LOOK_AGAIN_S:
            self._heads, self.trouble = {}, ""
            if self.where.file is None or self.where.file.exists():
                try:
                    self._heads = _open(self.where).heads()
                except DataError as error:
                    self.trouble = error.key
            self._looked = time.monotonic()
        return self._heads

    def _with_entries(self, city: City) -> City:
        key = city.digest, self._heads[city.id][1]
        if key not in self._laid:
            try:
                self._laid[key] = with_entries(city, self.where)
            except DataError as error:
                _LOG.warning("The entries of %s are not shown: %s", city.id, error)
                self.trouble = error.key
                return city
            while len(self._laid) > _VERSIONS:
                del self._laid[next(iter(self._laid))]
        return self._laid[key]
