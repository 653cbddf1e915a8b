"""Run the inner loops of the density analysis for few places, in NumPy: nothing is compiled.

The counterpart of :mod:`geo.grid.density_kernels`; :mod:`geo.grid.loops` says where either is used.
"""

from __future__ import annotations

import numpy as np

from geo.base.arrays import Floats


def extent(xy: Floats) -> tuple[float, float, float, float] | None:
    """Return the rectangle that holds some points.

    Parameters
    ----------
    xy
        As in :func:`geo.grid.binning.extent`.

    Returns
    -------
    tuple of float or None
        West, south, east, north in metres; None if a coordinate is not finite.
    """
    if not np.isfinite(xy).all():
        return None
    west, south = xy.min(axis=0).tolist()
    east, north = xy.max(axis=0).tolist()
    return west, south, east, north


def smooth(grid: Floats, taps: Floats, phases: Floats, *, scale: float) -> Floats:
    """Filter a grid along both axes and draw it out to a finer one: a product of three matrices.

    Parameters
    ----------
    grid, taps, phases, scale
        As in :func:`geo.grid.binning.smooth`.

    Returns
    -------
    array of float
        Shape (k × rows, k × columns).
    """
    down, across = (_filter(size, taps, phases) for size in grid.shape)
    return np.asarray(scale * (down @ grid @ across.T))


def _filter(size: int, taps: Floats, phases: Floats) -> Floats:
    """Return the matrix that filters ``size`` numbers and draws them out; beyond them is zero."""
    place = np.arange(size)
    tap = place[None, :] - place[:, None] + len(taps) // 2
    within = (tap >= 0) & (tap < len(taps))
    filtered = np.where(within, taps[np.where(within, tap, 0)], 0.0)
    fine = len(phases)
    if fine == 1:
        return filtered
    phase = np.arange(fine)
    first = np.where(2 * phase + 1 < fine, -3, -2)  # of the six neighbours of a fine row
    padded = np.vstack([np.zeros((3, size)), filtered, np.zeros((4, size))])
    drawn = np.zeros((size, fine, size))
    for p in phase:
        for k in range(6):
            start = 3 + first[p] + k
            drawn[:, p] += phases[p, k] * padded[start : start + size]
    return drawn.reshape(size * fine, size)


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
    xy, weights, reach, origin, shape
        As in :func:`geo.grid.binning.splat`.

    Returns
    -------
    array of float
        Per m², of that shape; row 0 is the southernmost.

    Examples
    --------
    >>> point, one = np.array([[0.0, 0.0]]), np.ones(1)
    >>> grid = splat(point, one, 2 * one, origin=(0.0, 0.0, 2.0), shape=(1, 2))
    >>> (grid * np.pi * 4 / 3).round(6).tolist()  # in the middle, and where the kernel ends
    [[1.0, 0.0]]
    """
    x0, y0, cell = origin
    into = np.zeros(shape)
    heights = weights * 3.0 / (np.pi * reach**2)
    columns, rows, radii = (xy[:, 0] - x0) / cell, (xy[:, 1] - y0) / cell, reach / cell
    for x, y, radius, height in zip(columns, rows, radii, heights, strict=True):
        r, c = (
            np.arange(max(0, int(np.ceil(at - radius))), min(most, int(np.floor(at + radius)) + 1))
            for at, most in ((y, shape[0]), (x, shape[1]))
        )
        if len(r) and len(c):
            level = 1.0 - ((r[:, None] - y) / radius) ** 2 - ((c - x) / radius) ** 2
            into[r[0] : r[-1] + 1, c[0] : c[-1] + 1] += height * np.maximum(level, 0.0) ** 2
    return into
