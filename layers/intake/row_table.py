"""List the rows of a file that need a look: not used, or with a position that looks odd."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from layers.intake.formats.headings import name_column
from layers.intake.outcome import Outcome, class_words
from layers.intake.precision import CLASSES
from layers.intake.read import OUTSIDE, USED
from layers.language.messages import Say

MOST_LISTED: Final = 500
"""Rows that are listed, the gravest."""


def odd_rows(outcome: Outcome) -> pd.Index:
    """Return the numbers of the rows that need a look, the gravest first.

    Parameters
    ----------
    outcome
        The file as it was read, with the classes of its positions.
    """
    reading, plain = outcome.reading, 1 << CLASSES.index("plain")
    used = reading.rows["status"].isin([USED, OUTSIDE]).to_numpy()
    classes = np.zeros(reading.read, np.int64) if outcome.classes is None else outcome.classes
    # The gravest class has the lowest bit; what is not used comes first.
    bits = np.where(used, classes & (-classes.astype(np.int64)), 0)
    odd = np.flatnonzero(~used | ((bits > 0) & (bits < plain)))
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
