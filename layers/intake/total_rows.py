"""Tell rows of sums and means from places where they have numbers in the place of coordinates."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.base.arrays import Floats
from geo.intake.words import names_sum
from layers.intake.formats.table import Table

FIRST: Final = 3
"""Columns of which one may hold the name of such a row."""
MOST_RIM: Final = 2
"""Rows of one name before and behind all places; more are a kind of places."""
_WORDS: Final = (
    r"(?i)[合总小共]\s*计|平\s*均|均\s*值|总\s*数|中\s*位|全\s*市|total|sum|avg|average|mean|median"
)
_NUMBER: Final = re.compile(r"[\d.,\s]*")
_NEAR: Final = 0.02
"""How far a mean may be off, in standard deviations, for it is rounded."""


def total_rows(
    table: Table,
    columns: Collection[str],
    good: NDArray[np.bool_],
    own: Collection[str],
    pair: tuple[Floats, Floats],
) -> NDArray[np.bool_]:
    """Return which rows with two numbers are sums or means of others, and no places.

    A row is one if its name says so and it stands before or behind all places, or if its numbers
    are the sum or the mean of those before it. A word that may be the name of a place too (Total,
    the city) is one with such numbers only.

    Parameters
    ----------
    table
        As it was opened.
    columns
        Names of the columns of coordinates.
    good
        Which rows have two numbers, shape (n,).
    own
        What the city is called, see :func:`geo.intake.words.bare`.
    pair
        The two numbers of each row.
    """
    found = np.zeros(len(good), dtype=bool)
    named = {row: word for row, word in _named(table, columns, own).items() if good[row]}
    places = np.setdiff1d(np.flatnonzero(good), np.array([*named], dtype=np.int64))
    if not named or not len(places):
        return found
    begin = 0
    for row in sorted(named):
        before = places[(places >= begin) & (places < row)]
        if any(_is_made_of(pair, row, rows) for rows in (before, places) if len(rows) > 1):
            found[row], begin = True, row
    rest = {row: word for row, (word, is_sure) in named.items() if is_sure and not found[row]}
    times = Counter(rest.values())
    inside = {word for row, word in rest.items() if places[0] < row < places[-1]}
    for row, word in rest.items():
        found[row] = word not in inside and times[word] <= MOST_RIM
    return found


def _named(
    table: Table, columns: Collection[str], own: Collection[str]
) -> Mapping[int, tuple[str, bool]]:
    """Return the rows whose first word is that of a sum: the word, and whether it is surely one.

    A word behind another one, such as a grade behind a name, says nothing of the row.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    names = [name for name in table.names if name not in columns][:FIRST]
    ours = "|".join(map(re.escape, own)) or "(?!)"
    rows: set[int] = set()
    for name in names:
        column = table.cells.column(name)
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            hits = pc.match_substring_regex(column, rf"{_WORDS}|^\s*(?:{ours})\W*$")
            rows.update(np.flatnonzero(hits.fill_null(False).to_numpy()).tolist())
    found = {}
    at = sorted(rows)
    cells = [table.cells.column(name).take(pa.array(at, pa.int64())).to_pylist() for name in names]
    for k, row in enumerate(at):
        texts = ("" if column[k] is None else str(column[k]) for column in cells)
        first = next((text for text in texts if not _NUMBER.fullmatch(text)), "")
        if sure := names_sum(first, own):
            found[row] = ("".join(first.split()), sure == "sum")
    return found


def _is_made_of(pair: tuple[Floats, Floats], row: int, rows: NDArray[np.int64]) -> bool:
    """Tell whether both numbers of a row are the sums, or the means, of those of others."""
    made = []
    for values in pair:
        some = values[rows]
        near = max(_NEAR * float(some.std()), 1e-9 * abs(float(some.mean())))
        made.append((abs(values[row] - some.sum()) <= near * len(rows),
                     abs(values[row] - some.mean()) <= near))  # fmt: skip
    return any(all(both) for both in zip(*made, strict=True))
