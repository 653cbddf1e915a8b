"""Say how coarse a bandwidth must be for the doubt of the places."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from geo.base.draws import DOUBT_FACTOR
from geo.base.errors import ParameterError, Problem
from geo.base.points import require_positive

INVENTORY_FINEST_M = 3000.0
"""Smallest bandwidth offered for the plan's inventory, whose median uncertainty is 4 km."""


INVENTORY_FINEST_CELL_M = 500.0
"""Smallest cell offered for it, a sixth of that bandwidth: a finer one shows nothing more, and
would look as if it knew more."""


def finest_bandwidth_m(uncertainty_m: ArrayLike, *, share: float = 1.0) -> float:
    """Return the smallest bandwidth that is not finer than the doubt.

    Parameters
    ----------
    uncertainty_m
        Location uncertainty of each place, metres; NaN counts as unknown and is left out.
    share
        For what share of the places this must hold, above 0 to 1.

    Returns
    -------
    float
        Metres: twice the uncertainty that ``share`` of the places do not exceed; 0 for no places.

    Raises
    ------
    ParameterError
        ``share`` is out of range.

    Examples
    --------
    >>> finest_bandwidth_m([500, 1000, 4000, 20000], share=0.5)
    2000.0
    """
    if not 0 < share <= 1:
        problem = Problem("number.share", "share", value=str(share))
        raise ParameterError("input.number", [problem])
    known = np.asarray(uncertainty_m, dtype=np.float64)
    known = np.sort(known[np.isfinite(known)])
    if not len(known):
        return 0.0
    return float(DOUBT_FACTOR * known[int(np.ceil(share * len(known))) - 1])


def finer_than_doubt(uncertainty_m: pd.Series, *, bandwidth_m: float) -> pd.Series:
    """Return for each place whether a bandwidth (or cell) is finer than its doubt allows.

    Parameters
    ----------
    uncertainty_m
        Location uncertainty, metres, by place id.
    bandwidth_m
        Bandwidth or side of a cell, metres.

    Returns
    -------
    Series of bool
        Same index; True where the bandwidth is below twice the uncertainty, or that is unknown.
        For such a place a figure comes with an interval or the sentence ``density.too_fine``.

    Raises
    ------
    ParameterError
        The bandwidth is not above zero.

    Examples
    --------
    >>> finer_than_doubt(pd.Series([500.0, 4000.0, None]), bandwidth_m=1000).tolist()
    [False, True, True]
    """
    bandwidth = require_positive(bandwidth_m, argument="bandwidth_m")
    known = pd.to_numeric(uncertainty_m, errors="coerce")
    return ~(known * DOUBT_FACTOR <= bandwidth)
