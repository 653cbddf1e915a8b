"""List the rows of a file that need a look: not used, or with a position that looks odd."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from geo.intake.notation import number
from layers.intake.formats.headings import name_column
from layers.intake.outcome import Outcome, class_words
from layers.intake.precision import is_odd
from layers.intake.read import OUTSIDE, USED
from layers.language.messages import Say

MOST_WORDS: Final = 3
MOST_LISTED: Final = 500
"""Rows that are listed, the gravest."""


def odd_rows(outcome: Outcome) -> pd.Index:
    """Return the numbers of the rows that need a look, the gravest first.

    Parameters
    ----------
    outcome
        The file as it was read, with the classes of its positions.
    """
    reading = outcome.reading
    used = reading.rows["status"].isin([USED, OUTSIDE]).to_numpy()
    none = np.zeros(reading.read, np.uint16)
    classes = none if outcome.classes is None else outcome.classes
    # The gravest class has the lowest bit; what is not used comes first.
    bits = np.where(used, classes & (-classes.astype(np.int64)), 0)
    odd = np.flatnonzero(~used | is_odd(classes))
    return pd.Index(odd[np.argsort(bits[odd], kind="stable")])


def row_table(outcome: Outcome, say: Say) -> pd.DataFrame:
    """Return the rows that need a look as a table to be read.

    Parameters
    ----------
    outcome
        The file as it was read, with the classes of its positions.
    say
        Speaker of the reader's language.

    Returns
    -------
    DataFrame
        Line, name, what is odd of it, and the doubt of its position in metres; ``MOST_LISTED`` rows
        at most.
    """
    at = odd_rows(outcome)[:MOST_LISTED].to_numpy()
    rows = outcome.reading.rows.iloc[at]
    words = class_words(outcome, say)
    what = [
        words[row] if status in (USED, OUTSIDE) else _unused(status, words[row], say)
        for row, status in zip(at.tolist(), rows["status"], strict=True)
    ]
    columns = {
        "line": rows["line"].to_numpy(),
        "name": _names(outcome)[at],
        "what": what,
        "doubt": rows["uncertainty_m"].round().astype("Int64").to_numpy(),
    }
    return pd.DataFrame({say(f"intake_page.row.{name}"): v for name, v in columns.items()})


def words_instead(outcome: Outcome, columns: Sequence[Sequence[str]]) -> list[str]:
    """Return what stands in the place of coordinates in rows that have a word there.

    Parameters
    ----------
    outcome
        The file as it was read.
    columns
        Of each table, those of its coordinates.

    Returns
    -------
    list of str
        ``MOST_WORDS`` different ones at most, the most frequent first.
    """
    rows = outcome.reading.rows
    rows = rows[rows["status"] == "placeholder"]
    told: Counter[str] = Counter()
    for part, table in enumerate(outcome.tables):
        lines = rows.loc[rows["part"] == part, "line"].to_numpy()
        at = np.flatnonzero(np.isin(table.lines, lines))
        for name in columns[part]:
            if name in table.names:
                cells = table.cells.column(name).take(at).to_pylist()
                told.update(str(one).strip() for one in cells if one is not None)
    words = [word for word, _ in told.most_common() if word and number(word) is None]
    return words[:MOST_WORDS]


def _unused(status: str, words: str, say: Say) -> str:
    reason = say("intake.done.dropped", reason=say(f"intake.reason.{status}"))
    # "Of 0, 0" is a reason and a class.
    return f"{reason}{say('view.comma')}{words}" if words and status != "zero" else reason


def _names(outcome: Outcome) -> np.ndarray:
    names: list[object] = []
    for table in outcome.tables:
        column = name_column(table.names)
        told = table.cells.column(column).to_pylist() if column else [None] * len(table.lines)
        names += [*("" if one is None else str(one) for one in told), *[""] * len(table.torn)]
    return np.array(names, dtype=object)
