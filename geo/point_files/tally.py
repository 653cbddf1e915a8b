"""Count the rows of each value of a column, as long as the values are few."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from geo.base.errors import DataError, Problem, UnfitError
from geo.point_files.bin import CancelledError, read_records, unchanged, unreadable
from geo.point_files.categories import coded
from geo.point_files.csv_records import Form


def tally(
    files: Sequence[Path],
    column: str,
    *,
    most: int,
    cancel: Callable[[], bool] | None = None,
    form: Form | None = None,
) -> dict[str, int] | None:
    """Return how many rows have each value of a column.

    Parameters
    ----------
    files
        Parquet, GeoParquet or CSV files that have the column.
    column
        Its name.
    most
        Reading ends where there are more values.
    cancel
        Asked after each batch; True ends the work.
    form
        How text is read; None where its first line says so.

    Returns
    -------
    dict or None
        Rows by value, as :func:`geo.point_files.categories.coded` writes it, the most frequent
        first, of equals in the order of their letters; None where there are more than ``most``.
        Rows of CSV that are torn have no value.

    Raises
    ------
    DataError
        A file cannot be read or has changed meanwhile, or the column holds lists or structures.
    CancelledError
        ``cancel`` returned True.
    """
    found: Counter[str] = Counter()
    with unchanged(files):
        for path in files:
            row = ""
            try:
                read = read_records(path, (column,), lambda *_: None, form=form)
                for row, batch, _ in read:
                    if batch is not None:
                        found.update(_rows(batch.column(column), (path.name, row, column)))
                    if cancel is not None and cancel():
                        problem = Problem("points.stopped", path.name)
                        raise CancelledError("stream.cancelled", [problem])
                    if len(found) > most:
                        return None
            except CancelledError:
                raise
            except Exception as error:  # a file of others can fail in any way, and fails alone
                raise unreadable(path, row, error) from error
    return dict(sorted(found.items(), key=lambda each: (-each[1], each[0])))


def _rows(column: Any, place: tuple[str, str, str]) -> dict[str, int]:
    """Return the rows by value of one batch."""
    try:
        positions, texts = coded(column)
    except UnfitError as error:
        problem = Problem(error.key, *place, error.values)
        raise DataError("stream.unreadable", [problem]) from error
    counted: Counter[str] = Counter()
    for text, n in zip(texts, np.bincount(positions, minlength=len(texts)).tolist(), strict=True):
        if n:
            counted[text] += n
    return counted
