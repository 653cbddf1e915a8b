"""Share points among the cells of a grid and filter the grid, on every core."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo import kernels
from geo.kernels import ONE, TAPS

__all__ = [
    "ONE",
    "coverage",
    "extent",
    "highest",
    "in_parts",
    "share_out",
    "smooth",
    "splat",
    "surface",
]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

_LEAST = 20_000
"""Points or cells below which threads cost more than they save."""
_PER_POINT = 50
"""Products or comparisons that take about as long as sharing out a point."""
_LEVEL = 1e-12
"""Rise of an edge, in cells, below which it bounds no area."""
_KEPT = 16_000_000
"""Numbers of working memory that are kept for the next call, 8 bytes each."""


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(cores(), thread_name_prefix="density")


@cache
def cores() -> int:
    """Return how many threads work at a time: each has a grid of its own, so not too many."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(usable or 1, 8)


def in_parts(work: Callable[[int, int, int], Any], length: int, *, size: int) -> list[Any]:
    """Run ``work(part, low, high)`` over stretches of ``range(length)``, one per core.

    Parameters
    ----------
    work
        Releases the interpreter's lock and writes only to what belongs to its part. It must not
        call this function.
    length
        How many rows or points there are.
    size
        How many cells or points there are in all; a few are done at once.

    Returns
    -------
    list
        What each part returned, in order.
    """
    parts = 1 if size < _LEAST else min(cores(), max(length, 1))
    edges = [length * part // parts for part in range(parts + 1)]
    waiting = [_pool().submit(work, part, edges[part], edges[part + 1]) for part in range(1, parts)]
    return [work(0, 0, edges[1]), *(task.result() for task in waiting)]


class _Memory:
    """Lend working memory for one call, and keep it for the next.

    Fresh memory costs more than the arithmetic: the system clears every page at its first touch.
    """

    _spare: dict[int, list[Floats]] = {}  # noqa: RUF012 (shared by all calls on purpose)

    def __enter__(self) -> _Memory:
        self._lent: list[Floats] = []
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        kept = sum(flat.size for spare in list(self._spare.values()) for flat in list(spare))
        if kept + sum(flat.size for flat in self._lent) > _KEPT:
            self._spare.clear()
        for flat in self._lent:
            if flat.size <= _KEPT // 4:
                self._spare.setdefault(flat.size, []).append(flat)

    def zeros(self, rows: int, columns: int) -> Floats:
        """Return an array of zeros; the thread that asks is the one that should use it."""
        room = self.room(rows, columns)
        room.fill(0.0)
        return room

    def room(self, rows: int, columns: int) -> Floats:
        """Return an array that still holds what it was used for before."""
        try:  # one step, so that two threads never get the same array
            flat = self._spare[rows * columns].pop()
        except (KeyError, IndexError):
            flat = np.empty(rows * columns)
        self._lent.append(flat)
        return flat.reshape(rows, columns)


def extent(xy: Floats) -> tuple[float, float, float, float] | None:
    """Return west, south, east, north of points, shape (n, 2), n ≥ 1; None if one is not finite."""
    flat = xy.reshape(-1)
    parts = in_parts(lambda _, low, high: kernels.extent(flat, low, high), len(xy), size=len(xy))
    found = np.array(parts)
    if not np.isfinite(found[:, 4]).all():
        return None
    west, south = found[:, :2].min(axis=0).tolist()
    east, north = found[:, 2:4].max(axis=0).tolist()
    return west, south, east, north


def share_out(
    xy: Floats,
    weights: Floats | None,
    grid: Whole,
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
    with _Memory() as memory:
        grids: dict[int, Whole] = {}

        def work(part: int, low: int, high: int) -> int:
            grid = grids[part] = memory.zeros(*shape).view(np.int64)
            share_out(xy, weights, grid, origin=origin, nodes=nodes, low=low, high=high)
            return int(grid.sum())

        units = sum(in_parts(work, len(xy), size=len(xy)))
        return _smooth(list(grids.values()), taps, phases, scale, memory), units / ONE


def smooth(grid: Whole | Floats, taps: Floats, phases: Floats, *, scale: float) -> Floats:
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
    with _Memory() as memory:
        return _smooth([grid], taps, phases, scale, memory)


def _smooth(
    grids: list[Any], taps: Floats, phases: Floats, scale: float, memory: _Memory
) -> Floats:
    """Filter the sum of some grids; each thread adds up and filters a band of rows."""
    rows, columns = grids[0].shape
    reach, fine = len(taps) // 2, len(phases)
    taps = np.append(taps, np.zeros(-len(taps) % TAPS))
    scaled, size = taps * scale, rows * columns
    if fine > 1:
        padded = memory.room(rows + 6, columns * fine)
        padded[:3] = padded[-3:] = 0.0
        middle = padded[3:-3]
    else:
        middle = np.empty((rows, columns))

    def band(_: int, low: int, high: int) -> None:
        source = memory.zeros(high - low + len(taps) + reach, columns)
        first, last = max(0, low - reach), min(rows, high + reach)
        rim = source[first - low + reach : last - low + reach]
        for grid in grids:
            _add(grid[first:last], rim)
        flat = source.reshape(-1)
        kernels.filter_rows(flat, columns, scaled, taps, reach, phases, middle[low:high])

    in_parts(band, rows, size=size * len(taps) // _PER_POINT)
    if fine == 1:
        return middle
    into = np.empty((rows * fine, columns * fine))
    in_parts(
        lambda _, low, high: kernels.draw_out(padded, phases, into, low, high),
        len(into),
        size=into.size,
    )
    return into


def highest(values: Floats) -> float:
    """Return the largest of some numbers of zero or more; 0 if there are none."""
    parts = in_parts(
        lambda _, low, high: float(values[low:high].max(initial=0.0)),
        len(values),
        size=values.size // _PER_POINT,
    )
    return float(max(parts))


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
    """Return the sum of quartic kernels of radius ``reach`` (metres) at the cell centres."""
    into = np.zeros(shape)
    in_parts(
        lambda _, low, high: kernels.splat_quartic(xy, weights, reach, *origin, into, low, high),
        shape[0],
        size=_LEAST if len(xy) else 0,
    )
    return into


def coverage(
    edges: Floats, *, corner: tuple[float, float], cell_m: float, shape: tuple[int, int]
) -> Floats:
    """Return what share of each cell lies within polygons.

    Parameters
    ----------
    edges
        Edges (x1, y1, x2, y2) in metres of polygons that do not overlap and lie within the grid,
        the inside to their left.
    corner
        Lower left corner of the grid.
    cell_m
        Side of a cell.
    shape
        Rows and columns.

    Returns
    -------
    array of float
        0 to 1, of ``shape``; exact to rounding, so that the shares add up to the area.
    """
    area = np.zeros((shape[0], shape[1] + 2))
    inside = (edges - np.array([*corner, *corner])) / cell_m
    # The slope of an edge that rises by next to nothing would be infinite: it counts as level.
    level = np.abs(inside[:, 3] - inside[:, 1]) < _LEVEL
    inside[level, 3] = inside[level, 1]
    kernels.signed_areas(inside, area)
    # The area to the right of an edge that goes up lies outside: the inside is to its left.
    shares = -np.cumsum(area, axis=1)[:, : shape[1]]
    return np.asarray(np.where(np.abs(shares - np.rint(shares)) < 1e-9, np.rint(shares), shares))
