"""Say where places with doubtful positions lie along an axis, and what is empty between them."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.base.arrays import Floats
from geo.base.draws import HIGH, LEAST_DRAWS, LOW, SEED, displacements, doubt_m
from geo.base.finding import Finding
from geo.base.points import Located, located, require_positive, require_same_crs
from geo.corridor.chainage import ON_LINE_M, Axis, Feet, axis_of, feet
from geo.corridor.stretches import STEP_M, counted, longest_empty_m, spacing, steps


@dataclass(frozen=True, eq=False, kw_only=True)
class Corridor(Finding):
    """Places along an axis; ``value`` is how many lie within the distance where they are drawn.

    Parameters
    ----------
    axis
        The line.
    low, high
        Ends of the interval of ``value``: 90 % of the draws lie between them.
    places
        By id, in the order of the axis, all with a point: ``chainage_m`` with ``low_m`` and
        ``high_m``, ``offset_m`` with ``offset_low_m`` and ``offset_high_m``; ``side`` (left, right,
        on); ``end`` (start, end, or blank) where the axis ends there; ``rival_m``, another position
        that is as near or may be, NaN for none; ``near`` (yes, no, unsettled): whether the place is
        within the distance, whatever its doubt. On a closed axis ``low_m`` may lie below 0 and
        ``high_m`` beyond its length.
    gaps
        Stretches between the places within the distance, see
        :func:`geo.corridor.stretches.spacing`.
    longest_m, longest_low_m, longest_high_m
        The longest of them, and its interval over the draws.
    counts
        Places within the distance by stretch: ``from_m``, ``to_m``, ``n``, ``low``, ``high``.
    """

    axis: Axis
    low: int
    high: int
    places: pd.DataFrame
    gaps: pd.DataFrame
    longest_m: float
    longest_low_m: float
    longest_high_m: float
    counts: pd.DataFrame

    @property
    def near(self) -> pd.DataFrame:
        """The places that are drawn within the distance, in the order of the axis."""
        within = float(str(self.parameters["within_m"]))
        return self.places[self.places["offset_m"] <= within]


def corridor(
    places: gpd.GeoDataFrame,
    line: gpd.GeoSeries,
    *,
    within_m: float,
    draws: int = LEAST_DRAWS,
    seed: int = SEED,
) -> Corridor:
    """Project places on an axis, and carry the doubt of their positions through.

    Parameters
    ----------
    places
        Points in a CRS in metres with a column ``uncertainty_m``, indexed by id; rows without a
        point are left out.
    line
        The axis: one line in the same CRS.
    within_m
        A place belongs to the corridor up to this distance from the axis, metres.
    draws, seed
        See :func:`geo.base.draws.displacements`.

    Returns
    -------
    Corridor
        Every interval holds 90 % of the draws and the value where the place is drawn.

    Raises
    ------
    CrsError, DataError, ParameterError
        With everything that is wrong with places, line or distance.

    Notes
    -----
    Linear referencing (ISO 19148:2021): a place has the chainage of the nearest position on the
    axis, and its distance from there as offset. Beyond the end of an open axis the nearest position
    is the end. Inside a bend two positions may be near: see :func:`geo.corridor.chainage.feet`.
    """
    within = require_positive(within_m, argument="within_m")
    axis, there = axis_of(line), located(places, argument="places")
    require_same_crs(line, places, argument="axis")
    fixed = feet(there.xy, axis, doubt_m=doubt_m(there.frame))
    drawn = _drawn(there, axis, draws, seed)
    at, off = (each.reshape(draws, -1) for each in (drawn.chainage_m, drawn.offset_m))
    table = _table(there, axis, fixed, at, off).assign(near=_settled(off, fixed.offset_m, within))
    shown = fixed.offset_m <= within
    entering = np.where(off <= within, at, np.nan)
    number = _ends((off <= within).sum(axis=1), float(shown.sum()))
    empty = longest_empty_m(fixed.chainage_m[shown][None, :], axis)[0]
    longest = _ends(longest_empty_m(entering, axis), float(empty))
    order = np.argsort(fixed.chainage_m, kind="stable")
    doubtful = int(np.isfinite(fixed.rival_m[shown]).sum())
    near = pd.Series(fixed.chainage_m, index=there.frame.index)[shown]
    return Corridor(
        value=float(shown.sum()),
        unit="",
        n=len(there.x),
        method="corridor.straight_legs",
        parameters={
            "within_m": within,
            "within_km": within / 1000,
            "length_km": axis.length_m / 1000,
            "draws": draws,
            "seed": seed,
            "rivals": doubtful,
        },
        caveats=("corridor.schematic", "corridor.nearest", *(["corridor.bend"] * bool(doubtful))),
        axis=axis,
        low=int(number[0]),
        high=int(number[1]),
        places=table.iloc[order],
        gaps=spacing(near, axis),
        longest_m=float(empty),
        longest_low_m=longest[0],
        longest_high_m=longest[1],
        counts=_counts(fixed.chainage_m[shown], entering, axis),
    )


def _drawn(there: Located, axis: Axis, draws: int, seed: int) -> Feet:
    moved = there.xy[None, :, :] + displacements(there, draws=draws, seed=seed)
    return feet(moved.reshape(-1, 2), axis)


def _ends(values: Floats, drawn: float) -> tuple[float, float]:
    """Return the ends of the interval of one figure, which holds the figure itself."""
    low, high = np.quantile(values, [LOW, HIGH], method="nearest")
    return min(float(low), drawn), max(float(high), drawn)


def _table(there: Located, axis: Axis, fixed: Feet, at: Floats, off: Floats) -> pd.DataFrame:
    here = fixed.chainage_m
    apart = axis.between(here[None, :], at)
    before, after = _quantiles(apart)
    nearer, farther = _quantiles(off - fixed.offset_m[None, :])
    on_line = fixed.offset_m < ON_LINE_M
    ends = np.where(here <= 0, "start", "end")
    return pd.DataFrame(
        {
            "chainage_m": here,
            "low_m": here + before,
            "high_m": here + after,
            "offset_m": fixed.offset_m,
            "offset_low_m": fixed.offset_m + nearer,
            "offset_high_m": fixed.offset_m + farther,
            "side": np.where(on_line, "on", np.where(fixed.left, "left", "right")),
            "end": np.where(fixed.end, ends, ""),
            "rival_m": fixed.rival_m,
        },
        index=there.frame.index,
    )


def _quantiles(apart: Floats) -> tuple[Floats, Floats]:
    """Return the ends of the intervals as distances from what is drawn, which lies within."""
    if apart.shape[1] == 0:
        return np.zeros(0), np.zeros(0)
    low, high = np.quantile(apart, [LOW, HIGH], axis=0)
    return np.minimum(low, 0.0), np.maximum(high, 0.0)


def _settled(off: Floats, drawn: Floats, within: float) -> list[str]:
    """Tell whether each place is within the distance in all draws, in none, or in some."""
    inside = np.vstack([off, drawn[None, :]]) <= within
    verdicts = np.where(inside.all(axis=0), "yes", np.where(inside.any(axis=0), "unsettled", "no"))
    return [str(each) for each in verdicts]


def _counts(fixed: Floats, entering: Floats, axis: Axis) -> pd.DataFrame:
    limits = steps(axis, step_m=STEP_M)
    plain, drawn = counted(fixed[None, :], limits)[0], counted(entering, limits)
    low, high = np.quantile(drawn, [LOW, HIGH], axis=0, method="nearest")
    return pd.DataFrame(
        {
            "from_m": limits[:-1],
            "to_m": limits[1:],
            "n": plain,
            "low": np.minimum(low, plain).astype(np.int64),
            "high": np.maximum(high, plain).astype(np.int64),
        }
    )
