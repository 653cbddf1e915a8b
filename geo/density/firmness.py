"""Say whether a peak holds where the places could lie instead, and how high it is then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry.base import BaseGeometry

from geo.base.arrays import Floats
from geo.base.crs import ANY_METRES
from geo.base.draws import HIGH, LOW
from geo.base.errors import ParameterError, Problem
from geo.base.finding import Finding
from geo.base.points import require_positive
from geo.density.kernel_density import Kernel, kernel_density
from geo.density.peaks import fall_off, top_of

FIRM_SHARE = 0.9
"""A peak that holds in this share of draws is called firm."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Holds(Finding):
    """How firm a peak is; the main figure is the share of draws in which it holds.

    Parameters
    ----------
    at
        Where the peak lies in each draw, metres, shape (k, 2).
    held
        In which draws it holds.
    """

    at: Floats
    held: NDArray[np.bool_]


def peak_holds(
    draws: ArrayLike,
    *,
    sigma_m: float,
    within: BaseGeometry | tuple[float, float, float],
    area: BaseGeometry | None = None,
    cell_m: float | None = None,
    kernel: Kernel = "gaussian",
    weights: ArrayLike | None = None,
    data_date: str = "",
) -> Holds:
    """Say in what share of draws the highest peak stays where it is.

    Parameters
    ----------
    draws
        Positions drawn within each place's uncertainty, metres, shape (draws, places, 2).
    sigma_m
        Bandwidth of the surface.
    within
        Where the peak must lie: a polygon (a district), or (x, y, distance in metres).
    area
        Polygon over which the peak is sought, with the edge correction; None for all draws.
    cell_m
        Side of the cells in which it is sought; None for a quarter of the bandwidth.
    kernel
        Kernel of the surface.
    weights
        One per place; None for one each.
    data_date
        Day of the data.

    Returns
    -------
    Holds
        ``peak.holds`` (of a polygon ``peak.holds_in``) with the share (in per cent as
        ``percent``); firm from 90 %.

    Raises
    ------
    ParameterError
        ``draws`` has another shape, or holds what is no position.

    Examples
    --------
    >>> still = np.zeros((2, 1, 2))  # two draws of one place, which does not move
    >>> peak_holds(still, sigma_m=1000, within=(0.0, 0.0, 500.0)).value
    1.0
    """
    sigma = require_positive(sigma_m, argument="sigma_m")
    positions = _positions(draws)
    cell = require_positive(cell_m or sigma / 4, argument="cell_m")
    at = np.array(list(_peaks_of(positions, sigma, cell, area, kernel, weights)))
    held = _lies(at, within)
    share = float(held.mean())
    near = isinstance(within, tuple)
    return Holds(
        value=share,
        unit="",
        n=positions.shape[1],
        method="peak.method_draws",
        parameters={
            "draws": len(positions),
            # 199 of 200 are not all.
            "percent": 100 if share == 1 else min(round(100 * share), 99),
            "sigma_m": sigma,
            "cell_m": cell,
            "kernel": kernel,
            **({"within_km": within[2] / 1000} if isinstance(within, tuple) else {}),
            "data_date": data_date,
        },
        caveats=(
            "peak.holds" if near else "peak.holds_in",
            "peak.firm" if share >= FIRM_SHARE else "peak.not_firm",
        ),
        at=at,
        held=held,
    )


def _positions(draws: ArrayLike) -> Floats:
    """Return draws as an array; raise ParameterError unless they are positions."""
    positions = np.asarray(draws, dtype=np.float64)
    problem = None
    if positions.ndim != 3 or positions.shape[2] != 2 or not positions.shape[0]:
        shape, expected = str(positions.shape), "(draws, places, 2)"
        problem = Problem("array.shape", "draws", shape=shape, expected=expected)
    elif not np.isfinite(positions).all():
        problem = Problem("array.not_numbers", "draws")
    if problem:
        raise ParameterError("density.parameters", [problem])
    return positions


def _peaks_of(
    draws: Floats,
    sigma: float,
    cell: float,
    area: BaseGeometry | None,
    kernel: Kernel,
    weights: ArrayLike | None,
) -> Iterator[tuple[float, float]]:
    """Yield the highest peak of each draw's surface (direct sum, all on one lattice)."""
    for xy in draws:
        surface = kernel_density(
            xy, sigma_m=sigma, cell_m=cell, boundary=area, weights=weights, kernel=kernel,
            method="exact", crs=ANY_METRES,
        )  # fmt: skip
        there = xy if area is None else xy[shapely.intersects_xy(area, xy[:, 0], xy[:, 1])]
        yield top_of(surface, there) or (np.nan, np.nan)


def _lies(at: Floats, within: BaseGeometry | tuple[float, float, float]) -> NDArray[np.bool_]:
    if isinstance(within, tuple):
        x, y, distance = within
        return np.asarray(np.hypot(at[:, 0] - x, at[:, 1] - y) <= distance)
    return np.asarray(shapely.intersects_xy(within, at[:, 0], at[:, 1]))


@dataclass(frozen=True, eq=False, kw_only=True)
class Height(Finding):
    """How high a peak is when places move in their doubt; the main figure is that as drawn.

    Parameters
    ----------
    low, high
        5th and 95th percentile of the draws, per km²: 90 % of them lie between.
    draws
        The density at the peak in each draw, per km².
    """

    low: float
    high: float
    draws: Floats = field(repr=False)


def peak_height(
    xy: ArrayLike,
    draws: ArrayLike,
    *,
    peak: tuple[float, float],
    per_km2: float,
    sigma_m: float,
    kernel: Kernel = "gaussian",
    weights: ArrayLike | None = None,
    data_date: str = "",
) -> Height:
    """Say how high a peak stays, on its spot, when places move within their doubt.

    Parameters
    ----------
    xy
        The places as drawn that the surface was made from, metres, shape (places, 2).
    draws
        Positions drawn within each place's uncertainty, metres, shape (draws, places, 2).
    peak
        Centre of the peak's cell, metres.
    per_km2
        Its height as drawn, above zero.
    sigma_m, kernel, weights
        Of the surface.
    data_date
        Day of the data.

    Returns
    -------
    Height
        ``peak.drawn_within``, ``peak.drawn_above`` or ``peak.drawn_below`` says where the height
        as drawn lies. A simulated interval: nothing is inferred from a sample.

    Raises
    ------
    ParameterError
        ``draws`` has another shape, or holds what is no position; a number is not above zero.

    Notes
    -----
    The kernel's scale and the edge correction at one spot are the same in every draw: the height
    is that as drawn, times the ratio of the kernels' sums. A place that a draw moves beyond the
    boundary still counts: it was counted within, and would else fall out of the sum at once.

    Examples
    --------
    >>> still = np.zeros((2, 1, 2))  # two draws of one place, which does not move
    >>> found = peak_height(still[0], still, peak=(0.0, 0.0), per_km2=2.0, sigma_m=1000)
    >>> found.low, found.high
    (2.0, 2.0)
    """
    sigma = require_positive(sigma_m, argument="sigma_m")
    drawn = require_positive(per_km2, argument="per_km2")
    positions = _positions(draws)
    weigh = np.ones(positions.shape[1]) if weights is None else np.asarray(weights, dtype=float)
    # The kernels' sum at the peak, as drawn and in each draw: their ratio scales the height.
    rest = (weigh * fall_off(np.asarray(xy, dtype=np.float64) - peak, sigma, kernel)).sum()
    moved = weigh * fall_off(positions - peak, sigma, kernel)
    heights = drawn * moved.sum(axis=1) / require_positive(float(rest), argument="peak")
    low, high = map(float, np.quantile(heights, [LOW, HIGH]))
    side = "above" if drawn > high else "below" if drawn < low else "within"
    return Height(
        value=drawn,
        unit="1/km²",
        n=positions.shape[1],
        method="peak.method_height",
        parameters={
            "draws": len(positions),
            "percent": round(100 * (HIGH - LOW)),
            "low": low,
            "high": high,
            "drawn": drawn,
            "drawn_100": 100 * drawn,
            "sigma_m": sigma,
            "kernel": kernel,
            "data_date": data_date,
        },
        caveats=(f"peak.drawn_{side}",),
        low=low,
        high=high,
        draws=heights,
    )
