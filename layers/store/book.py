"""Read and save entries in a database."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

import sqlalchemy as sa

from geo.base.errors import DataError, Problem
from layers.store.check import draft_problems
from layers.store.database import Database
from layers.store.entries import (
    FIRST,
    Conflict,
    Draft,
    Entry,
    Kind,
    entry_of,
    overtaken,
    row_of,
    seal,
)
from layers.store.settings import WRITE_VARIABLE, Settings, settings
from layers.store.tables import ENTRY

Clock = Callable[[], datetime]


def now() -> datetime:
    """Return this moment, UTC."""
    return datetime.now(UTC)


class Book:
    """The entries of all cities in one database; see :class:`layers.store.entries.Store`.

    Parameters
    ----------
    where
        The database, and whether new entries may be saved.
    clock
        Says when an entry is saved.

    Raises
    ------
    DataError
        The address is none of a database that is known.
    """

    def __init__(self, where: Settings, clock: Clock = now) -> None:
        self.writable = where.writable
        self._database = Database(where)
        self._clock = clock

    def entries(self, city: str, kind: Kind | None = None) -> tuple[Entry, ...]:
        """Return the entries of a city in the order in which they were saved.

        Parameters
        ----------
        city
            Id of the city.
        kind
            Only entries of this kind; None for all.
        """
        wanted = [ENTRY.c.city == city] + ([] if kind is None else [ENTRY.c.kind == kind])
        asked = sa.select(ENTRY).where(*wanted).order_by(ENTRY.c.number)
        with self._database.reading() as connection:
            return () if connection is None else _entries(connection, asked)

    def heads(self) -> dict[str, tuple[int, str]]:
        """Return for each city that has entries how many, and the digest of the last."""
        last = sa.select(ENTRY.c.city, sa.func.max(ENTRY.c.number)).group_by(ENTRY.c.city)
        asked = sa.select(ENTRY.c.city, ENTRY.c.number, ENTRY.c.digest).where(
            sa.tuple_(ENTRY.c.city, ENTRY.c.number).in_(last)
        )
        with self._database.reading() as connection:
            rows = [] if connection is None else connection.execute(asked).all()
        return {city: (number, digest) for city, number, digest in sorted(rows)}

    def rows(self) -> list[Mapping[str, object]]:
        """Return all that is kept as it stands, sound or not, by city and number."""
        asked = sa.select(ENTRY).order_by(ENTRY.c.city, ENTRY.c.number)
        with self._database.reading() as connection:
            found = [] if connection is None else connection.execute(asked).mappings().all()
        return [dict(row) for row in found]

    def append(self, city: str, *drafts: Draft) -> tuple[Entry, ...]:
        """Save drafts, all or none.

        Parameters
        ----------
        city
            Id of the city.
        *drafts
            In this order; one may build on the one before it.

        Raises
        ------
        Conflict
            A ``before`` is no longer what stands: the error carries the entry that does.
        DataError
            A draft cannot be saved, or nothing may be.
        """
        self._let_write()
        if problems := [problem for draft in drafts for problem in draft_problems(draft)]:
            raise DataError("store_refused", problems)
        with self._database.writing() as connection:
            return tuple([self._append(connection, city, draft) for draft in drafts])

    def restore(self, rows: Sequence[Mapping[str, object]]) -> None:
        """Put entries back as they were.

        Parameters
        ----------
        rows
            Whole chains from the first entry on, as :meth:`rows` returned them.

        Raises
        ------
        DataError
            The database holds entries already, or nothing may be saved.
        """
        self._let_write()
        with self._database.writing() as connection:
            if connection.execute(sa.select(ENTRY.c.number).limit(1)).first():
                raise DataError("store_refused", [Problem("store.not_empty", "restore")])
            if rows:
                connection.execute(sa.insert(ENTRY), rows)

    def _let_write(self) -> None:
        if not self.writable:
            raise DataError("store_refused", [Problem("store.closed", WRITE_VARIABLE)])

    def _append(self, connection: sa.Connection, city: str, draft: Draft) -> Entry:
        ours = ENTRY.c.city == city
        slot = sa.and_(*(ENTRY.c[n] == getattr(draft, n) for n in ("kind", "subject", "field")))
        asked = sa.select(ENTRY).where(ours, slot).order_by(ENTRY.c.number)
        if (other := overtaken(_entries(connection, asked), draft)) is not None:
            raise Conflict(other)
        head = sa.select(ENTRY.c.number, ENTRY.c.digest).where(ours)
        last = connection.execute(head.order_by(ENTRY.c.number.desc()).limit(1)).first()
        number, previous = (0, FIRST) if last is None else last
        entry = seal(draft, city=city, number=number + 1, at=self._clock(), previous=previous)
        connection.execute(sa.insert(ENTRY), row_of(entry))
        return entry


def open_book(environ: Mapping[str, str] = os.environ) -> Book:
    """Return the entries of the database that the environment names; nothing is made by it.

    Parameters
    ----------
    environ
        See :func:`layers.store.settings.settings`.
    """
    return Book(settings(environ))


def _entries(connection: sa.Connection, asked: sa.Select[tuple[object, ...]]) -> tuple[Entry, ...]:
    return tuple(entry_of(row) for row in connection.execute(asked).mappings())
