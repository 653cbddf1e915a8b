"""Find where a chain of entries was changed, cut or mended by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from geo.base.errors import DataError, Problem
from layers.store.entries import FIRST, Entry, digest_of, row_of

Row = Mapping[str, object]


@dataclass(frozen=True)
class Anchor:
    """What an export knew of the entries of a city.

    Parameters
    ----------
    city
        Id of the city.
    count
        How many there were.
    head
        Digest of the last.
    """

    city: str
    count: int
    head: str


def chain_problems(rows: Sequence[Row]) -> Iterator[Problem]:
    """Yield what is wrong with the chains of all cities, at the first row that shows it.

    Parameters
    ----------
    rows
        By city and number, as :meth:`layers.store.book.Book.rows` returns them.

    Notes
    -----
    A change of a row is found at that row, a missing one at the row after it. That the last rows
    of a chain are missing, only an :class:`Anchor` can tell.
    """
    for city, chain in groupby(rows, key=lambda row: str(row["city"])):
        number, previous = 1, FIRST
        for row in chain:
            if row["number"] != number:
                yield Problem("store.gap", city, f"#{row['number']}", expected=number)
                break
            if _digest(row) != row["digest"]:
                yield Problem("store.changed", city, f"#{number}")
                break
            if row["previous"] != previous:
                yield Problem("store.broken", city, f"#{number}")
                break
            number, previous = number + 1, str(row["digest"])


def check_chain(entries: Sequence[Entry]) -> None:
    """Refuse entries that somebody has changed.

    Parameters
    ----------
    entries
        Those of one city, in order.

    Raises
    ------
    DataError
        With the row at which it shows.
    """
    if problems := list(chain_problems([row_of(entry) for entry in entries])):
        raise DataError("store_changed", problems)


def anchor_problems(rows: Sequence[Row], anchor: Anchor) -> Iterator[Problem]:
    """Yield how the entries differ from those that an export contains.

    Parameters
    ----------
    rows
        As of :func:`chain_problems`.
    anchor
        What the manifest of the export says.
    """
    digests = {row["number"]: row["digest"] for row in rows if row["city"] == anchor.city}
    if anchor.count and digests.get(anchor.count) != anchor.head:
        key = "store.rewritten" if anchor.count in digests else "store.cut"
        yield Problem(key, anchor.city, f"#{anchor.count}", n=len(digests))


def read_anchor(path: Path) -> Anchor:
    """Return what the manifest of an export says of entries.

    Parameters
    ----------
    path
        A ``manifest.json`` of ours; one without entries says that there were none.

    Raises
    ------
    DataError
        It is no such manifest.
    OSError
        It cannot be read.
    """
    try:
        told = json.loads(path.read_bytes())
        entries = told.get("entries", {"count": 0, "head": FIRST})
        return Anchor(str(told["city"]["id"]), int(entries["count"]), str(entries["head"]))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise DataError("store_refused", [Problem("store.no_manifest", path.name)]) from error


def _digest(row: Row) -> str:
    try:
        return digest_of(row)
    except TypeError:  # SQLite keeps bytes in a column of text, if it is told to
        return ""
