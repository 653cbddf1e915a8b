"""Run the inner loops of coverage on few discs, in NumPy: nothing is compiled for an inventory.

Each function does what its namesake in :mod:`geo.grid.disc_kernels` does, with the same arguments;
:mod:`geo.grid.loops` chooses between them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.base.arrays import Counts, Flags, Floats, Longs

_AT_ONCE = 100_000
"""Chords worked out at a time, so that they stay in the second cache."""
_PER_M = 65_536.0
"""Steps in a metre: 0.015 mm."""
_EXACT = 2.0**52
"""Steps up to which a sum is exact, and twice as far."""


def ranges(first: Floats, behind: Floats, most: int) -> tuple[Longs, Longs]:
    """Return the whole numbers of several ranges, one after the other.

    Parameters
    ----------
    first, behind
        Where each range begins, and before which number it ends: whole numbers, shape (n,).
    most
        Numbers below 0, and this one and above, are left out.

    Returns
    -------
    pair : array of int
        The position of the range that each number belongs to, ascending.
    number : array of int
        The numbers, of the same shape.

    Examples
    --------
    >>> ranges(np.array([0.0, 2.0]), np.array([2.0, 9.0]), 4)
    (array([0, 0, 1, 1]), array([0, 1, 2, 3]))
    """
    low = np.maximum(first, 0).astype(np.int64)
    many = np.maximum(np.minimum(behind, most).astype(np.int64) - low, 0)
    pair = np.repeat(np.arange(len(many)), many)
    return pair, np.arange(len(pair)) - (np.cumsum(many) - many)[pair] + low[pair]


def _runs(
    x: Floats,
    y: Floats,
    radius: Floats,
    origin: tuple[float, float, float],
    columns: int,
    low: int,
    high: int,
) -> tuple[Longs, Longs, Longs, Longs]:
    """Return for each row that a disc meets: the disc, the row, its first cell and the one behind.

    Rows ``low`` to ``high``; the cells are held to 0 and ``columns``.
    """
    x0, y0, cell = origin
    column, row, reach = (x - x0) / cell, (y - y0) / cell, radius / cell
    behind = np.minimum(np.floor(row + reach) + 1, high)
    disc, j = ranges(np.maximum(np.ceil(row - reach), low), behind, high)
    half = np.sqrt(np.maximum(reach[disc] ** 2 - (j - row[disc]) ** 2, 0.0))
    start = np.clip(np.ceil(column[disc] - half), 0, columns).astype(np.int64)
    stop = np.clip(np.floor(column[disc] + half) + 1, 0, columns).astype(np.int64)
    return disc, j, start, stop


def count_rows(
    x: Floats,
    y: Floats,
    radius: Floats,
    origin: tuple[float, float, float],
    counts: Counts,
    low: int,
    high: int,
) -> None:
    """Count for the cells of some rows by how many discs their centre is covered.

    Parameters
    ----------
    x, y, radius, origin, counts, low, high
        As in :func:`geo.grid.disc_kernels.count_rows`.
    """
    wide = counts.shape[1]
    _, j, start, stop = _runs(x, y, radius, origin, wide - 1, low, high)
    rows = counts[low:high]
    np.add.at(rows.reshape(-1), (j - low) * wide + start, 1)
    np.add.at(rows.reshape(-1), (j - low) * wide + stop, -1)
    np.cumsum(rows, axis=1, out=rows)


def tally_rows(
    counts: Counts, sure: Flags, side: int, share: Floats, covered: Floats, low: int, high: int
) -> int:
    """Add up the covered cells of some rows.

    Parameters
    ----------
    counts, sure, side, share, covered, low, high
        As in :func:`geo.grid.disc_kernels.tally_rows`.

    Returns
    -------
    int
        Changes along x in these rows.
    """
    columns = counts.shape[1]
    now = counts[low:high] > 0
    if sure.any():
        now |= np.repeat(sure[np.arange(low, high) // side], side, axis=1)[:, :columns]
    stepped = np.diff(now, axis=1, prepend=False)
    if share.shape[0]:
        part = share[low:high]
        covered[low:high] = np.einsum("jk,jk->j", part, now.astype(np.float64))
        stepped &= part > 1e-9
    else:
        covered[low:high] = now.sum(axis=1)
    return int(stepped.sum() + now[:, -1:].sum())


def sole_cells(
    x: Floats,
    y: Floats,
    radius: Floats,
    origin: tuple[float, float, float],
    counts: Counts,
    share: Floats,
    sole: Floats,
    low: int,
    high: int,
) -> None:
    """Add up for some sites the shares of the cells that no other site covers.

    Parameters
    ----------
    x, y, radius, origin, counts, share, sole, low, high
        As in :func:`geo.grid.disc_kernels.sole_cells`.
    """
    rows, columns = counts.shape
    part = slice(low, high)
    disc, j, start, stop = _runs(x[part], y[part], radius[part], origin, columns, 0, rows)
    # Where a single disc covers, the running sum of the discs' numbers is that disc's number.
    number = np.zeros((rows, columns + 1), dtype=np.int64)
    np.add.at(number, (j, start), disc + 1)
    np.add.at(number, (j, stop), -disc - 1)
    np.cumsum(number, axis=1, out=number)
    alone = (counts == 1) & (number[:, :-1] > 0)
    weights = share[alone] if share.shape[0] else None
    sole[part] += np.bincount(number[:, :-1][alone] - 1, weights, minlength=high - low)


def covered_lengths(
    x: Floats,
    y: Floats,
    radius: Floats,
    lines: tuple[float, float],
    pointer: Longs,
    start: Floats,
    stop: Floats,
    code: Counts,
    lengths: Floats,
    low: int,
    high: int,
) -> None:
    """Add up, for some draws, the length of scan lines covered in each polygon.

    Parameters
    ----------
    x, y, radius, lines, pointer, start, stop, code, lengths, low, high
        As in :func:`geo.grid.disc_kernels.covered_lengths`.

    Notes
    -----
    The lines of all draws are laid end to end, so that the union of the chords is found at one go:
    of sorted starts and sorted ends, the k-th start opens a new stretch if it lies beyond the
    (k - 1)-th end, whichever chord each belongs to. The covered length up to a spot is then linear
    between the ends of the stretches, and a piece of a polygon holds the difference at its ends.
    Ends are kept in whole steps, so that all sums are exact: equal draws are equal to the last bit.
    """
    if not len(start) or not x[low:high].size:
        return
    height, rows = lines[1], len(pointer) - 1
    x, y, radius = _apart(x[low:high], y[low:high], radius)
    # Shift x so that all lines, laid end to end, keep apart: each takes ``wide`` steps.
    west = min(float((x - radius).min()), float(start.min())) - height
    east = max(float((x + radius).max()), float(stop.max())) + height
    wide = float(np.ceil((east - west) * _PER_M))
    # The pieces, grouped by polygon, as steps along that one long line.
    turn = np.argsort(code, kind="stable")
    row = np.repeat(np.arange(rows), np.diff(pointer))[turn]
    pieces = np.rint((np.stack([start[turn], stop[turn]]) - west) * _PER_M) + row * wide
    codes, first_piece = np.unique(code[turn], return_index=True)
    # Take as many draws at a time as fit the cache and the exact whole numbers of a float.
    chords = 2 * radius.sum() / height + len(start)
    block = max(int(min(_AT_ONCE / chords, _EXACT / (rows * wide))), 1)
    for first in range(0, len(x), block):
        part = slice(first, min(first + block, len(x)))
        ends, before = _stretches(x[part] - west, y[part], radius, lines, rows, wide)
        shift = np.arange(part.stop - first)[:, None] * (rows * wide)
        # The covered length between the ends of a piece, added up by polygon.
        spots = pieces[:, None, :] + shift
        upto = np.interp(spots.reshape(-1), ends, before).reshape(spots.shape)
        held = np.add.reduceat(upto[1] - upto[0], first_piece, axis=1)
        lengths[low + first : low + part.stop, codes] += held / _PER_M


def _apart(x: Floats, y: Floats, radius: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the sites without those that are in one place with another's radius in every draw."""
    alike = np.vstack([x, y, radius])
    kept = np.unique(alike, axis=1, return_index=True)[1]
    return x[:, kept], y[:, kept], radius[kept]


def _stretches(
    x: Floats, y: Floats, radius: Floats, lines: tuple[float, float], rows: int, wide: float
) -> tuple[Floats, Floats]:
    """Return the ends of the covered stretches of all lines laid end to end, each ``wide`` long.

    Both in ascending order and in steps: the ends, and the covered length up to each of them.
    """
    y0, height = lines
    low, high = (((y + side * radius) - y0) / height for side in (-1, 1))
    disc, row = ranges(np.ceil(low).reshape(-1), np.floor(high).reshape(-1) + 1, rows)
    if not len(disc):
        return np.zeros(1), np.zeros(1)
    reach = np.broadcast_to(radius, y.shape).reshape(-1)[disc]
    half = np.sqrt(np.maximum(reach**2 - (y.reshape(-1)[disc] - (y0 + row * height)) ** 2, 0.0))
    middle, along = x.reshape(-1)[disc], (disc // len(radius) * rows + row) * wide
    begin, end = (
        np.sort(np.rint(side * _PER_M) + along) for side in (middle - half, middle + half)
    )
    opens: NDArray[Any] = np.append(True, begin[1:] > end[:-1])
    ends = np.empty((int(opens.sum()), 2))
    ends[:, 0], ends[:, 1] = begin[opens], end[np.append(opens[1:], True)]
    length = ends[:, 1] - ends[:, 0]
    upto = np.cumsum(length)
    return ends.reshape(-1), np.column_stack([upto - length, upto]).reshape(-1)
