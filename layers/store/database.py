"""Open the database of entries, SQLite or PostgreSQL, and bring it to the latest form."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.pool import NullPool

from geo.base.errors import DataError, Problem
from layers.store.settings import STORE_VARIABLE, Settings
from layers.store.tables import LATEST

BUSY_MS: Final = 20_000
"""How long one who saves waits for another."""
AGAIN_S: Final = 0.02
"""How long until one asks again who is told that others are busy."""
_LOCK: Final = 0x41544C53
"""What those who save at once to PostgreSQL wait for: any number that nobody else locks."""
_MIGRATIONS: Final = Path(__file__).with_name("migrations")
_LOG = logging.getLogger(__name__)


class Database:
    """One database of entries.

    Parameters
    ----------
    settings
        Where it is.

    Raises
    ------
    DataError
        The address is none of a database that is known.
    """

    def __init__(self, settings: Settings) -> None:
        self._file = settings.file
        self._engine = _engine(settings.url)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection | None]:
        """Give a connection that sees one moment, or None where nothing was ever saved.

        Raises
        ------
        DataError
            The database cannot be reached, or is of a later version.
        """
        if self._file is not None and not self._file.exists():
            yield None  # opened, SQLite would make the file
            return
        with _told(), self._engine.connect() as connection:
            revision = _revision(connection)
            if revision in (None, LATEST):
                yield None if revision is None else connection
                return
        with self.writing() as connection:  # brings an earlier version's to the latest form
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Give a connection that nobody else writes through; what is done is kept whole or not.

        Raises
        ------
        DataError
            As :meth:`reading`, or the folder cannot be made.
        """
        with _told():
            if self._file is not None:
                self._file.parent.mkdir(parents=True, exist_ok=True)
            engine = self._engine.execution_options(writes=True)
            with engine.begin() as connection:
                if connection.dialect.name == "postgresql":
                    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
                if _revision(connection) != LATEST:
                    migrate(connection)
                yield connection


def migrate(connection: sa.Connection, to: str = LATEST) -> None:
    """Bring a database from any earlier form to a later one.

    Parameters
    ----------
    connection
        In a transaction.
    to
        The last migration that is done.
    """
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def _revision(connection: sa.Connection) -> str | None:
    """Return the last migration of a database; None for one in which nothing was ever saved."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    revision = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    if revision is not None and revision > LATEST:
        raise DataError("store_unreachable", [Problem("store.newer", STORE_VARIABLE)])
    return None if revision is None else str(revision)


@contextmanager
def _told() -> Iterator[None]:
    """Say in a sentence that a database does not answer; why is for the log, never an address."""
    try:
        yield
    except (OperationalError, DBAPIError, OSError) as error:
        _LOG.exception("The store cannot be used")
        problem = Problem("store.unreachable", STORE_VARIABLE)
        raise DataError("store_unreachable", [problem]) from error


@lru_cache(maxsize=4)
def _engine(address: str) -> sa.Engine:
    url = _url(address)
    # Without pools: another file in this one's place is seen at once, and so is a server's restart.
    if url.get_backend_name() == "postgresql":
        return sa.create_engine(url, module=_psycopg(), poolclass=NullPool)
    engine = sa.create_engine(url, poolclass=NullPool, connect_args={"timeout": BUSY_MS / 1000})
    sa.event.listen(engine, "connect", _set_up)
    sa.event.listen(engine, "begin", _begin)
    return engine


def _psycopg() -> ModuleType:
    """Import the driver where it is used: SQLite needs none."""
    import psycopg

    return psycopg


def _url(address: str) -> URL:
    try:
        url = make_url(address)
    except ArgumentError:
        url = None
    drivers = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}
    if url is None or url.get_backend_name() not in drivers:
        raise DataError("store_unreachable", [Problem("store.address", STORE_VARIABLE)])
    return url.set(drivername=drivers[url.get_backend_name()])


def _set_up(connection: Any, _: object) -> None:
    # https://docs.sqlalchemy.org/en/21/dialects/sqlite.html#pysqlite-serializable
    connection.isolation_level = None
    _write_ahead(connection)
    for pragma in ("synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Have a file keep a log; where several are the first to do so, SQLite lets none wait."""
    until = time.monotonic() + BUSY_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() > until:
                raise
            time.sleep(AGAIN_S)
        else:
            return


def _begin(connection: sa.Connection) -> None:
    """Take the right to write at once where it is needed: who reads first may lose it."""
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
