"""Write all entries to one file, and read them back: JSON, an entry in each line."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from geo.base.errors import DataError, Problem
from layers.store.chain import chain_problems
from layers.store.entries import entry_of, row_of


def write_backup(rows: Sequence[Mapping[str, object]], path: Path) -> None:
    """Write a backup, whole or not at all.

    Parameters
    ----------
    rows
        As :meth:`layers.store.book.Book.rows` returns them.
    path
        A new file.

    Raises
    ------
    DataError
        The file is there already: a backup never takes the place of another.
    OSError
        It cannot be written.
    """
    if path.exists():
        raise DataError("store_refused", [Problem("store.file_exists", path.name)])
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    part = path.with_name(f".{path.name}.part")
    with part.open("w", encoding="utf-8", newline="\n") as file:
        file.write(lines)
        file.flush()
        os.fsync(file.fileno())
    part.rename(path)


def read_backup(path: Path) -> list[Mapping[str, object]]:
    """Return the rows of a backup.

    Parameters
    ----------
    path
        What :func:`write_backup` wrote.

    Raises
    ------
    DataError
        A line is no entry, or the chain was changed; every fault with its row.
    OSError
        It cannot be read.
    """
    rows: list[Mapping[str, object]] = []
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        try:
            rows.append(row_of(entry_of(json.loads(line))))
        except (ValueError, TypeError, KeyError) as error:
            problem = Problem("store.no_entry", path.name, f"#{number}")
            raise DataError("store_refused", [problem]) from error
    if problems := list(chain_problems(rows)):
        raise DataError("store_changed", problems)
    return rows
