"""Say in its row why a figure lies outside its own interval."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

import numpy as np
import pandas as pd

from layers.language.bilingual import Bilingual, pair
from layers.language.messages import LANGS, speaker

Interval = tuple[str, str, str]
"""Names of three columns: a figure, the low and the high end of its interval."""
REASONS: Final = ("outside_zh", "outside_en")
"""Columns that hold the reason."""
TOLERANCE: Final = 1e-9
"""Part of a figure by which the arithmetic of an interval may miss it."""


def with_reasons(
    frame: pd.DataFrame,
    intervals: Iterable[Interval],
    title: Callable[[str], Bilingual],
    why: str = "outside.places",
) -> pd.DataFrame:
    """Return rows with two more columns that say which figures lie outside, and why.

    Parameters
    ----------
    frame
        The rows; a GeoDataFrame stays one.
    intervals
        Which columns belong together.
    title
        Returns what a column is called.
    why
        Key of the reason.

    Returns
    -------
    DataFrame
        With ``REASONS``: None in a row whose figures lie within, or have no interval.
    """
    outside: list[list[Bilingual]] = [[] for _ in range(len(frame))]
    for figure, *ends in intervals:
        value, low, high = (
            pd.to_numeric(frame[name]).to_numpy(dtype=np.float64, na_value=np.nan)
            for name in (figure, *ends)
        )
        room = TOLERANCE * np.maximum(np.abs(value), 1.0)
        for row in np.flatnonzero((value < low - room) | (value > high + room)).tolist():
            outside[row].append(title(figure))
    told = [_told(names, why) for names in outside]
    texts = {
        name: pd.Series([each and each.of(lang) for each in told], frame.index, dtype=object)
        for name, lang in zip(REASONS, LANGS, strict=True)
    }
    return frame.assign(**texts)


def _told(names: list[Bilingual], why: str) -> Bilingual | None:
    if not names:
        return None
    listed = Bilingual(
        *(speaker(lang)("outside.comma").join(each.of(lang) for each in names) for lang in LANGS)
    )
    return pair("outside.told", names=listed, reason=pair(why))
