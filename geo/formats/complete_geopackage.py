"""Add to a GeoPackage what its driver leaves out: coded values, metadata, sure ids, projects."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

METADATA_STANDARD: Final = "http://standards.iso.org/iso/19115/-3/mdb/2.0"
PROJECTS: Final = "qgis_projects"
_SCHEMA = "http://www.geopackage.org/spec120/#extension_schema"
_METADATA = "http://www.geopackage.org/spec120/#extension_metadata"

_TABLES: Final = """
CREATE TABLE gpkg_data_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT,
  mime_type TEXT, constraint_name TEXT,
  CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
  CONSTRAINT gdc_tn UNIQUE (table_name, name)
);
CREATE TABLE gpkg_data_column_constraints (
  constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, min NUMERIC,
  min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
  CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value)
);
CREATE TABLE gpkg_metadata (
  id INTEGER CONSTRAINT m_pk PRIMARY KEY ASC NOT NULL,
  md_scope TEXT NOT NULL DEFAULT 'dataset', md_standard_uri TEXT NOT NULL,
  mime_type TEXT NOT NULL DEFAULT 'text/xml', metadata TEXT NOT NULL DEFAULT ''
);
CREATE TABLE gpkg_metadata_reference (
  reference_scope TEXT NOT NULL, table_name TEXT, column_name TEXT, row_id_value INTEGER,
  timestamp DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  md_file_id INTEGER NOT NULL, md_parent_id INTEGER,
  CONSTRAINT crmr_mfi_fk FOREIGN KEY (md_file_id) REFERENCES gpkg_metadata(id),
  CONSTRAINT crmr_mpi_fk FOREIGN KEY (md_parent_id) REFERENCES gpkg_metadata(id)
);
CREATE TABLE IF NOT EXISTS gpkg_extensions (
  table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL,
  scope TEXT NOT NULL, CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name)
);
"""
"""As the standard (OGC 12-128r15, annex F) has them."""


@dataclass(frozen=True)
class Column:
    """What is said of a column.

    Parameters
    ----------
    name
        As in the table.
    title, note
        For people.
    codes
        The values that it may hold, each in words; empty where it may hold any.
    required
        Whether a row must have it.
    """

    name: str
    title: str = ""
    note: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)
    required: bool = False


@dataclass(frozen=True)
class Described:
    """What is added to a table.

    Parameters
    ----------
    name
        Of the table.
    columns
        The first is the id: no two rows have the same.
    metadata
        XML of ISO 19115-3; blank for none.
    """

    name: str
    columns: tuple[Column, ...]
    metadata: str = ""


def complete(
    path: Path, tables: Sequence[Described], projects: Mapping[str, bytes], moment: datetime
) -> None:
    """Add coded values, titles, metadata, constraints and QGIS projects to a GeoPackage.

    Parameters
    ----------
    path
        The file, closed; changed.
    tables
        What is added to each table; every column must be there.
    projects
        By name, a zipped QGIS project (.qgz).
    moment
        Time that the file gives, UTC.

    Notes
    -----
    No row is touched: the triggers of the spatial index need functions of the driver. NOT NULL is
    written into the schema, as SQLite's documentation of ALTER TABLE allows where all rows comply;
    where the SQLite of a system defends its schema, it stays out.
    """
    stamp = moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA synchronous = OFF")
        with database:
            database.executescript(_TABLES)
            database.executemany(
                "INSERT INTO gpkg_extensions VALUES (?, NULL, ?, ?, 'read-write')", _extensions()
            )
            for table in tables:
                _columns(database, table)
                _metadata(database, table, stamp)
                _require(database, table)
            _projects(database, projects, stamp)


def _extensions() -> Iterator[tuple[str, str, str]]:
    for name in ("gpkg_data_columns", "gpkg_data_column_constraints"):
        yield name, "gpkg_schema", _SCHEMA
    for name in ("gpkg_metadata", "gpkg_metadata_reference"):
        yield name, "gpkg_metadata", _METADATA


def _columns(database: sqlite3.Connection, table: Described) -> None:
    for column in table.columns:
        coded = f"{table.name}_{column.name}" if column.codes else None
        told = (table.name, column.name, column.name, column.title, column.note or None, coded)
        database.execute("INSERT INTO gpkg_data_columns VALUES (?, ?, ?, ?, ?, NULL, ?)", told)
        database.executemany(
            "INSERT INTO gpkg_data_column_constraints "
            "VALUES (?, 'enum', ?, NULL, NULL, NULL, NULL, ?)",
            [(coded, value, words) for value, words in column.codes.items()],
        )


def _metadata(database: sqlite3.Connection, table: Described, stamp: str) -> None:
    if not table.metadata:
        return
    told = (METADATA_STANDARD, table.metadata)
    added = database.execute(
        "INSERT INTO gpkg_metadata (md_scope, md_standard_uri, mime_type, metadata) "
        "VALUES ('dataset', ?, 'text/xml', ?)",
        told,
    )
    database.execute(
        "INSERT INTO gpkg_metadata_reference VALUES ('table', ?, NULL, NULL, ?, ?, NULL)",
        (table.name, stamp, added.lastrowid),
    )


def _require(database: sqlite3.Connection, table: Described) -> None:
    """Let no row be without its required values, and no two rows have one id."""
    key = table.columns[0].name
    index = _quoted(f"{table.name}_{key}")
    database.execute(f"CREATE UNIQUE INDEX {index} ON {_quoted(table.name)} ({_quoted(key)})")
    (sql,) = database.execute(
        "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (table.name,)
    ).fetchone()
    for column in table.columns:
        if column.required or column.name == key:
            sql = _not_null(sql, column.name)
    with suppress(sqlite3.OperationalError):
        database.execute("PRAGMA writable_schema = ON")
        database.execute(
            "UPDATE sqlite_master SET sql = ? WHERE type = 'table' AND name = ?", (sql, table.name)
        )
    database.execute("PRAGMA writable_schema = OFF")


def _not_null(sql: str, column: str) -> str:
    """Add NOT NULL behind the type of a column, as the driver writes it: ``"name" TEXT``."""
    typed = rf"{re.escape(_quoted(column))} \w+(?:\(\d+\))?"
    return re.sub(typed, lambda found: f"{found[0]} NOT NULL", sql, count=1)


def _projects(database: sqlite3.Connection, projects: Mapping[str, bytes], stamp: str) -> None:
    """Write projects where QGIS looks for them, in its own form: hexadecimal text."""
    if not projects:
        return
    database.execute(
        f"CREATE TABLE {PROJECTS} (name TEXT PRIMARY KEY, metadata BLOB, content BLOB)"
    )
    about = json.dumps({"last_modified_time": stamp[:19], "last_modified_user": ""})
    rows = [(name, about, data.hex()) for name, data in projects.items()]
    database.executemany(f"INSERT INTO {PROJECTS} VALUES (?, ?, ?)", rows)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
