"""Say what a spreadsheet makes of a text: a formula, or a date."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

import pandas as pd

_RUN: Final = re.compile(r"[\t\r\n]|[\s\x00-\x1f\u200b\u2060\ufeff]*[=+\-@＝＋－＠].", re.DOTALL)
"""A text that begins so is a formula for some spreadsheet, also behind blanks and in full width;
a sign alone is none."""
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_DATE: Final = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_FIRST_DAY: Final = date(1900, 3, 1)
"""Before it, spreadsheets do not agree on the number of a day."""


def is_run(text: str) -> bool:
    """Return whether some spreadsheet would run a text that it reads from a CSV.

    Parameters
    ----------
    text
        Of a cell.

    Examples
    --------
    >>> [is_run(text) for text in ("=1+1", " ＝1+1", "-甲", "-", "1-1")]
    [True, True, True, False, False]
    """
    return _RUN.match(text) is not None


def safe_text(text: str) -> str:
    """Return a text that no spreadsheet runs: an apostrophe before it keeps it a text.

    Parameters
    ----------
    text
        Of a cell.

    Examples
    --------
    >>> safe_text("=1+1"), safe_text("1+1")
    ("'=1+1", '1+1')
    """
    return f"'{text}" if is_run(text) else text


def plain_text(text: str) -> str:
    """Return a text as it was before :func:`safe_text`.

    Parameters
    ----------
    text
        Of a cell.

    Examples
    --------
    >>> plain_text("'=1+1"), plain_text("'s-Hertogenbosch")
    ('=1+1', "'s-Hertogenbosch")
    """
    return text[1:] if text.startswith("'") and is_run(text[1:]) else text


def day_of(text: str) -> date | None:
    """Return the day that a text names whole; None for a month, a year and any other text.

    Parameters
    ----------
    text
        Of a cell.

    Examples
    --------
    >>> [str(day_of(text)) for text in ("2021-08-08", "2021-08", "2021-02-30")]
    ['2021-08-08', 'None', 'None']
    """
    if not _DAY.fullmatch(text):
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day >= _FIRST_DAY else None


def with_days(cells: Sequence[object]) -> list[object]:
    """Return the cells of a column, whole days as days if the column holds nothing but dates.

    Parameters
    ----------
    cells
        Of one column. Dates are ISO 8601 texts of a year, a month or a day; years and months stay
        texts, for no cell holds them.

    Examples
    --------
    >>> with_days(["2021", None, "2021-08-08"])
    ['2021', None, datetime.date(2021, 8, 8)]
    >>> with_days(["甲", "2021-08-08"])
    ['甲', '2021-08-08']
    """
    known = [cell for cell in cells if not _is_blank(cell)]
    if not known or not all(isinstance(cell, str) and _DATE.fullmatch(cell) for cell in known):
        return list(cells)
    return [(day_of(cell) or cell) if isinstance(cell, str) else cell for cell in cells]


def _is_blank(cell: object) -> bool:
    return cell is None or cell is pd.NA or cell == "" or cell != cell
