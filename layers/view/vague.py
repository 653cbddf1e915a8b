"""Tell how surely places are known: which only by their district, and of which nobody has said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.base.arrays import Flags
from layers.language.messages import Say, speaker

VAGUE_M: Final = 5000.0
"""Doubt in metres above which a place has no distance, no line and no mark at the city's scale."""


def is_vague(frame: pd.DataFrame) -> Flags:
    """Tell for each place whether its position is too unsure for a distance.

    Parameters
    ----------
    frame
        Places, column ``uncertainty_m``; one whose doubt is not known is not told to be vague.

    Returns
    -------
    Flags
        In the order of the rows.

    Examples
    --------
    >>> is_vague(pd.DataFrame({"uncertainty_m": [700, 5000, 6000, None]})).tolist()
    [False, False, True, False]
    """
    doubt = pd.to_numeric(frame["uncertainty_m"], errors="coerce").to_numpy(dtype=np.float64)
    return np.asarray(np.nan_to_num(doubt) > VAGUE_M, dtype=bool)


def doubt_words(frame: gpd.GeoDataFrame, lang: str) -> str:
    """Say of how many places it is known how far off they may be, and of how many it is not.

    Parameters
    ----------
    frame
        Places, column ``uncertainty_m``; one without a point is one whose doubt is not known.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    return doubt_sentence(doubt_counts(frame), speaker(lang))


def doubt_sentence(counts: Mapping[str, int], say: Say) -> str:
    """Say of how many places it is known how far off they may be, from the counts alone.

    Parameters
    ----------
    counts
        As of :func:`doubt_counts`.
    say
        Says a text in the reader's language.
    """
    known, unknown, unmapped = (counts[key] for key in ("known", "unknown", "unmapped"))
    key = "doubt_all" if not unknown else "doubt_unmapped" if unmapped == unknown else "doubt"
    return say(
        f"view.{key}", known=known, unknown=unknown, unmapped=unmapped, total=known + unknown
    )


def unknown_words(frame: gpd.GeoDataFrame, lang: str) -> str:
    """Say the same where of some it is not known; empty where of all it is.

    Parameters
    ----------
    frame, lang
        As for :func:`doubt_words`.
    """
    return doubt_words(frame, lang) if doubt_counts(frame)["unknown"] else ""


def doubt_counts(frame: gpd.GeoDataFrame) -> dict[str, int]:
    """Count places by what is known of their doubt.

    Parameters
    ----------
    frame
        As of :func:`doubt_words`.

    Returns
    -------
    dict
        ``known`` and ``unknown`` are all places; ``unmapped`` of the latter have no point.

    Examples
    --------
    >>> doubt_counts(gpd.GeoDataFrame({"uncertainty_m": [9, None]}, geometry=[None, None]))
    {'known': 0, 'unknown': 2, 'unmapped': 2}
    """
    doubt = pd.to_numeric(frame["uncertainty_m"], errors="coerce").to_numpy(dtype=np.float64)
    there = frame.geometry.notna().to_numpy()
    known = int((np.isfinite(doubt) & there).sum())
    return {"known": known, "unknown": len(frame) - known, "unmapped": int((~there).sum())}


def only_near(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return places of which the vague ones have no point, as if their site were not known.

    Parameters
    ----------
    frame
        Places, column ``uncertainty_m``; not changed.
    """
    near = frame.copy()
    near.geometry = frame.geometry.where(~is_vague(frame), None)
    return near
