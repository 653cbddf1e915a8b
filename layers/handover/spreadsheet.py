"""Keep a spreadsheet from running the texts of a CSV."""

from __future__ import annotations

from typing import Final

RUN_BY_SPREADSHEETS: Final = ("=", "+", "-", "@", "\t", "\r")
"""A text that begins so is a formula for a spreadsheet; an apostrophe before it keeps it a text."""


def safe_text(text: str) -> str:
    """Return a text that no spreadsheet runs.

    Parameters
    ----------
    text
        Of a cell.

    Examples
    --------
    >>> safe_text("=1+1"), safe_text("1+1")
    ("'=1+1", '1+1')
    """
    return f"'{text}" if text.startswith(RUN_BY_SPREADSHEETS) else text
