"""Give the tests a database of each kind, empty for every test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from layers.store.database import _engine
from layers.store.settings import Settings
from tests import CI
from tests.store import postgres


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of a database on a server of the tests' own."""
    if postgres.binaries() is None:
        if CI:
            pytest.fail(f"a test {postgres.MISSING}")
        pytest.skip(postgres.MISSING)
    with postgres.server() as url:
        yield url


def emptied(url: str) -> str:
    """Return the URL of a database from which everything was taken."""
    with _engine(url).begin() as connection:
        connection.execute(sa.text("DROP SCHEMA public CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA public"))
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return Settings(f"sqlite:///{tmp_path / 'kept' / 'entries.sqlite'}")
    return Settings(emptied(request.getfixturevalue("postgres_url")))
