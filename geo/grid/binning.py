"""Share points among the cells of a grid and filter the grid, on every core."""

from __future__ import annotations

from typing import Any

import numpy as np

from geo.base.arrays import Floats, Longs
from geo.base.threads import in_parts
from geo.grid import density_kernels as kernels
from geo.grid.density_kernels import ONE, TAPS

__all__ = [
    "ONE",
    "extent",
    "share_out",
    "smooth",
    "splat",
    "surface",
]


_PER_POINT = 50
"""Products or comparisons that take about as long as sharing out a point."""


def extent(xy: Floats) -> tuple[float, float, float, float] | None:
    """Return the rectangle that holds some points.

    Parameters
    ----------
    xy
        Points in metres, shape (n, 2), C order, n at least 1.

    Returns
    -------
    tuple of float or None
        West, south, east, north in metres; None if a coordinate is not finite.
    """
    flat = xy.reshape(-1)
    parts = in_parts(lambda _, low, high: kernels.extent(flat, low, high), len(xy))
    found = np.array(parts)
    if not np.isfinite(found[:, 4]).all():
        return None
    west, south = found[:, :2].min(axis=0).tolist()
    east, north = found[:, 2:4].max(axis=0).tolist()
    return west, south, east, north


def share_out(
    xy: Floats,
    weights: Floats | None,
    grid: Longs,
    *,
    origin: tuple[float, float, float],
    nodes: int,
    low: int = 0,
    high: int | None = None,
) -> None:
    """Share points among the nodes around them, in whole units of 2⁻²⁰, on this thread.

    Parameters
    ----------
    xy
        Points in metres, shape (n, 2), C order; all at least two cells inside the grid.
    weights
        One number of zero or more per point, or None for one each.
    grid
        What is added to, shape (rows, columns).
    origin
        X and y of node (0, 0), the centre of the first cell, and the side of a cell, metres.
    nodes
        Along each axis: 2 (linear) or 3 (quadratic).
    low, high
        The stretch of points to take; None for all.
    """
    end = len(xy) if high is None else high
    flat, place = xy.reshape(-1), (low, end, *origin, grid.reshape(-1), grid.shape[1])
    if weights is not None:
        kernels.deposit_weighted(flat, weights, nodes, *place)
    elif nodes == 3:
        kernels.deposit_quadratic(flat, *place)
    else:
        kernels.deposit_linear(flat, *place)


def surface(
    xy: Floats,
    weights: Floats | None,
    *,
    origin: tuple[float, float, float],
    shape: tuple[int, int],
    nodes: int,
    taps: Floats,
    phases: Floats,
    scale: float,
) -> tuple[Floats, float]:
    """Share points among the cells of a grid, and filter it.

    Parameters
    ----------
    xy, weights, origin, nodes
        As in :func:`share_out`.
    shape
        Rows and columns of the grid.
    taps, phases, scale
        As in :func:`smooth`.

    Returns
    -------
    values : array of float
        Shape (k × rows, k × columns).
    mass : float
        Weight that is on the grid.
    """
    grids: dict[int, Longs] = {}

    def work(part: int, low: int, high: int) -> tuple[int, int]:
        if part not in grids:
            grids[part] = np.zeros(shape, dtype=np.int64)
        share_out(xy, weights, grids[part], origin=origin, nodes=nodes, low=low, high=high)
        return part, int(grids[part].sum())

    units = sum(dict(in_parts(work, len(xy), each=1)).values())  # a part's last sum has all of it
    return _smooth(list(grids.values()), taps, phases, scale), units / ONE


def smooth(grid: Longs | Floats, taps: Floats, phases: Floats, *, scale: float) -> Floats:
    """Filter a grid along both axes and draw it out to a finer one.

    Parameters
    ----------
    grid
        Units of 2⁻²⁰ if they are whole numbers; any numbers otherwise.
    taps
        Odd number of weights, symmetric, their sum one.
    phases
        Shape (k, 6): the weights of six neighbours for each of the ``k`` fine rows (and columns)
        that a row is drawn out to; ``k`` = 1 leaves the grid as it is.
    scale
        Factor for every value.

    Returns
    -------
    array of float
        Shape (k × rows, k × columns).
    """
    return _smooth([grid], taps, phases, scale)


def _smooth(grids: list[Any], taps: Floats, phases: Floats, scale: float) -> Floats:
    """Filter the sum of some grids; each thread adds up and filters a band of rows."""
    rows, columns = grids[0].shape
    reach, fine = len(taps) // 2, len(phases)
    taps = np.append(taps, np.zeros(-len(taps) % TAPS))
    scaled, size = taps * scale, rows * columns
    if fine > 1:
        padded = np.empty((rows + 6, columns * fine))
        padded[:3] = padded[-3:] = 0.0
        filtered = padded[3:-3]
    else:
        filtered = np.empty((rows, columns))

    # Each thread adds up the grids for its band and a rim of half a filter, then filters it.
    def band(_: int, low: int, high: int) -> None:
        even = -(-(high - low) // 2) * 2
        source, middle = np.zeros((even + len(taps), columns)), np.empty((even, columns))
        first, last = max(0, low - reach), min(rows, high + reach)
        rim = source[first - low + reach : last - low + reach]
        for grid in grids:
            _add(grid[first:last], rim)
        kernels.filter_down(source.reshape(-1), columns, scaled, middle)
        kernels.filter_along(middle, taps, reach, phases, filtered[low:high])

    in_parts(band, rows, size=size * len(taps) // _PER_POINT, each=1)
    if fine == 1:
        return filtered
    into = np.empty((rows * fine, columns * fine))
    in_parts(
        lambda _, low, high: kernels.draw_out(padded, phases, into, low, high),
        len(into),
        size=into.size,
    )
    return into


def _add(grid: Any, into: Floats) -> None:
    if grid.dtype == np.int64:
        kernels.add_up(grid.reshape(-1), into.reshape(-1))
    else:
        into += grid


def splat(
    xy: Floats,
    weights: Floats,
    reach: Floats,
    *,
    origin: tuple[float, float, float],
    shape: tuple[int, int],
) -> Floats:
    """Return the sum of quartic kernels at the cell centres, each point with a radius of its own.

    Parameters
    ----------
    xy
        Points in metres, shape (n, 2); they may lie beyond the grid.
    weights
        One number of zero or more per point.
    reach
        Radius of each point's kernel, metres, above zero, shape (n,).
    origin
        X and y of the centre of the first cell, and the side of a cell, metres.
    shape
        Rows and columns of the grid.

    Returns
    -------
    array of float
        Per m², of that shape; row 0 is the southernmost.
    """
    into = np.zeros(shape)
    in_parts(
        lambda _, low, high: kernels.splat_quartic(xy, weights, reach, *origin, into, low, high),
        shape[0],
        size=len(xy) * shape[0],
    )
    return into
