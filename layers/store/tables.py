"""Describe the one table in which entries are kept."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Boolean, Column, Integer, MetaData, String, Table, Text

LATEST: Final = "0002"
"""The migration after which a database is as it is described here."""

METADATA: Final = MetaData()
ENTRY: Final = Table(
    "entry",
    METADATA,
    Column("city", String(80), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(20), nullable=False),
    Column("subject", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("verified", Boolean, nullable=False),
    Column("why", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("undoes", Integer),
    # ISO 8601 in UTC. Text, because a digest is made of it: every database must give it back as
    # it was written.
    Column("at", String(32), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("previous", String(64), nullable=False),
)
"""City and number together are the key: two entries cannot take the same place in a chain."""
