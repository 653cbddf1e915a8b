"""Tell which places are known no closer than to their district, so that no distance is said."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.base.arrays import Flags

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
