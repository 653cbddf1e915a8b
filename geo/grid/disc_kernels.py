"""Run the inner loops of coverage on plain arrays, compiled and without the interpreter's lock.

Threads take row bands or stretches of points and write to places of their own. Numba's own
parallel loops are not used: their default threading layer ends the process when two sessions of
a server enter it at once.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.base.arrays import Counts, Flags, Floats, Longs
from geo.grid.compiled import compiled

Small = NDArray[np.signedinteger[Any]]
"""As few bytes as the number of polygons allows: the raster should stay in the cache."""

_compiled = compiled()


@_compiled
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
    x, y, radius
        Centres and radii of the discs, metres, shape (n,), finite. A centre of a cell on the very
        circle is covered.
    origin
        X and y of the centre of cell (0, 0), and the side of a cell, metres.
    counts
        Shape (rows, columns + 1), zero at the start; its rows ``low`` to ``high`` are overwritten.
        The column more than the grid has takes what ends beyond it, and is zero again in the end.
    low, high
        The stretch of rows to take, half-open.

    Notes
    -----
    Each disc adds +1 where it begins in a row and -1 behind its end, and a running sum makes counts
    of it.
    """
    x0, y0, cell = origin
    last = counts.shape[1] - 1
    # Mark in each row where a disc begins and where it has ended …
    for i in range(x.shape[0]):
        column, row, reach = (x[i] - x0) / cell, (y[i] - y0) / cell, radius[i] / cell
        first = max(low, int(np.ceil(row - reach)))
        for j in range(first, min(high - 1, int(np.floor(row + reach))) + 1):
            half = np.sqrt(max(reach * reach - (j - row) * (j - row), 0.0))
            start = min(max(int(np.ceil(column - half)), 0), last)
            stop = min(max(int(np.floor(column + half)) + 1, 0), last)
            counts[j, start] += 1
            counts[j, stop] -= 1
    # … and make counts of the marks by a running sum from west to east.
    for j in range(low, high):
        running = 0
        for k in range(last + 1):
            running += counts[j, k]
            counts[j, k] = running


@_compiled
def tally_rows(
    counts: Counts, sure: Flags, side: int, share: Floats, covered: Floats, low: int, high: int
) -> int:
    """Add up the covered cells of some rows.

    Parameters
    ----------
    counts
        Discs over each cell, shape (rows, columns). A cell is covered if its count is not zero or
        its block is ``sure``.
    sure
        By block of cells, shape (⌈rows/side⌉, ⌈columns/side⌉): whether all of it is covered.
    side
        Cells along the side of a block.
    share
        By what each cell counts, 0 to 1, shape (rows, columns); an empty array means 1 for all.
    covered
        Shape (rows,): its numbers ``low`` to ``high`` are overwritten by the sum of the row, in
        cells.
    low, high
        The stretch of rows to take, half-open.

    Returns
    -------
    int
        Changes along x: steps between covered and not covered from one cell to the next in its row,
        the rim of the grid counting as not covered. A step into a cell that does not count is none.
    """
    changes = 0
    everywhere = share.shape[0] == 0
    columns = counts.shape[1]
    for j in range(low, high):
        before = False
        total = 0.0
        for block in range(sure.shape[1]):
            first, last = block * side, min((block + 1) * side, columns)
            # A block inside a single disc needs no look at its cells.
            if everywhere and sure[j // side, block]:
                total += last - first
                changes += not before
                before = True
                continue
            known = sure[j // side, block]
            for k in range(first, last):
                part = 1.0 if everywhere else share[j, k]
                now = known or counts[j, k] > 0
                total += part * now
                changes += (now != before) and part > 1e-9
                before = now
        covered[j] = total
        changes += before
    return changes


@_compiled
def first_per_block(
    x: Floats, y: Floats, origin: tuple[float, float, float], taken: Flags
) -> Longs:
    """Return the position of the first site in each block that has one.

    Parameters
    ----------
    x, y
        Sites in metres, shape (n,), finite; those beyond the blocks are passed over.
    origin
        X and y of the centre of block (0, 0), and the side of a block, metres.
    taken
        By block, False at the start; changed: True where a site was found.

    Returns
    -------
    array of int
        Ascending, one for each block that has a site.
    """
    x0, y0, side = origin
    found, n = np.empty(taken.size, np.int64), 0
    for i in range(x.shape[0]):
        k = int(np.floor((x[i] - x0) / side + 0.5))
        j = int(np.floor((y[i] - y0) / side + 0.5))
        if 0 <= j < taken.shape[0] and 0 <= k < taken.shape[1] and not taken[j, k]:
            taken[j, k] = True
            found[n] = i
            n += 1
    return found[:n]


@_compiled
def meets_open(
    x: Floats,
    y: Floats,
    radius: Floats,
    origin: tuple[float, float, float],
    unsure: Longs,
    meets: Flags,
    low: int,
    high: int,
) -> None:
    """Say of some sites whether the square around their disc meets an open block.

    Parameters
    ----------
    x, y, radius
        Centres and radii of the discs, metres, shape (n,), finite.
    origin
        X and y of the centre of block (0, 0), and the side of a block, metres.
    unsure
        Running sums of open blocks in both directions, with a row and a column of zeros before:
        shape (rows + 1, columns + 1). What lies beyond the blocks is open.
    meets
        Shape (n,): its flags ``low`` to ``high`` are overwritten.
    low, high
        The stretch of sites to take, half-open.
    """
    x0, y0, side = origin
    rows, columns = unsure.shape[0] - 1, unsure.shape[1] - 1
    for i in range(low, high):
        west = int(np.floor((x[i] - radius[i] - x0) / side + 0.5))
        east = int(np.floor((x[i] + radius[i] - x0) / side + 0.5)) + 1
        south = int(np.floor((y[i] - radius[i] - y0) / side + 0.5))
        north = int(np.floor((y[i] + radius[i] - y0) / side + 0.5)) + 1
        if west < 0 or south < 0 or east > columns or north > rows:
            meets[i] = True
        else:
            below = unsure[south, east] - unsure[south, west]
            meets[i] = unsure[north, east] - unsure[north, west] > below


@_compiled
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
    x, y, radius, origin
        As in :func:`count_rows`.
    counts
        Discs over each cell, these among them, shape (rows, columns).
    share
        By what each cell counts, 0 to 1, shape (rows, columns); an empty array means 1 for all.
    sole
        Shape (n,), in cells: its numbers ``low`` to ``high`` are added to.
    low, high
        The stretch of sites to take, half-open.
    """
    x0, y0, cell = origin
    rows, columns = counts.shape
    everywhere = share.shape[0] == 0
    for i in range(low, high):
        column, row, reach = (x[i] - x0) / cell, (y[i] - y0) / cell, radius[i] / cell
        for j in range(max(0, int(np.ceil(row - reach))), rows):
            if j > row + reach:
                break
            half = np.sqrt(max(reach * reach - (j - row) * (j - row), 0.0))
            stop = min(int(np.floor(column + half)) + 1, columns)
            for k in range(max(0, int(np.ceil(column - half))), stop):
                # Where one disc alone covers a cell within this disc, it is this one.
                if counts[j, k] == 1:
                    sole[i] += 1.0 if everywhere else share[j, k]


@_compiled
def open_circles(
    x: Floats,
    y: Floats,
    radius: Floats,
    origin: tuple[float, float, float],
    inner: Counts,
    needed: Flags,
    low: int,
    high: int,
) -> None:
    """Mark the sites whose circle may lie on the edge of the union.

    Parameters
    ----------
    x, y, radius, origin
        As in :func:`count_rows`.
    inner
        Discs over each cell, each disc shrunk by one cell, shape (rows, columns).
    needed
        Shape (n,), False at the start; changed: True for a site of ``low`` to ``high`` whose circle
        meets a cell where ``inner`` is zero, or leaves the grid.
    low, high
        The stretch of sites to take, half-open.

    Notes
    -----
    Where ``inner`` is not zero, the cell and what lies within a quarter of a cell around it is
    inside a single disc (0.71 + 0.25 < 1). A circle is looked at every half cell along it, so one
    that meets such cells only is buried.
    """
    x0, y0, cell = origin
    for i in range(low, high):
        steps = int(np.ceil(2 * np.pi * radius[i] / (0.5 * cell)))
        for s in range(steps):
            angle = 2 * np.pi * s / steps
            k = int(np.floor((x[i] + radius[i] * np.cos(angle) - x0) / cell + 0.5))
            j = int(np.floor((y[i] + radius[i] * np.sin(angle) - y0) / cell + 0.5))
            known = 0 <= j < inner.shape[0] and 0 <= k < inner.shape[1]
            # One open cell along the circle is enough.
            if not known or inner[j, k] == 0:
                needed[i] = True
                break


@_compiled
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
    x, y
        Where the sites are in each draw, metres, shape (draws, sites).
    radius
        Radii of the sites in metres, shape (sites,).
    lines
        Y of the first line, and the distance from one line to the next, metres.
    pointer, start, stop, code
        The pieces of the polygons along the lines, as :class:`geo.grid.polygons.Slices` holds them.
    lengths
        Metres, shape (draws, polygons); its rows ``low`` to ``high`` are added to.
    low, high
        The stretch of draws to take, half-open.

    Notes
    -----
    Along a line the union of the discs is exact: their chords, sorted and merged.
    """
    y0, height = lines
    rows, sites = pointer.shape[0] - 1, x.shape[1]
    begin, end = np.empty(sites), np.empty(sites)
    for d in range(low, high):
        for j in range(rows):
            if pointer[j] == pointer[j + 1]:
                continue
            # Find the chords of the discs along the line, sorted by their western ends.
            line, chords = y0 + j * height, 0
            for i in range(sites):
                rest = radius[i] * radius[i] - (y[d, i] - line) * (y[d, i] - line)
                if rest <= 0.0:
                    continue
                half = np.sqrt(rest)
                a, b = x[d, i] - half, x[d, i] + half
                k = chords
                while k > 0 and begin[k - 1] > a:  # insertion: a line meets few discs
                    begin[k], end[k] = begin[k - 1], end[k - 1]
                    k -= 1
                begin[k], end[k] = a, b
                chords += 1
            if chords == 0:
                continue
            # Merge chords that overlap: what is left are stretches apart from each other.
            merged = 0
            for k in range(1, chords):
                if begin[k] <= end[merged]:
                    end[merged] = max(end[merged], end[k])
                else:
                    merged += 1
                    begin[merged], end[merged] = begin[k], end[k]
            # Each piece of a polygon holds what it shares with these stretches.
            for p in range(pointer[j], pointer[j + 1]):
                for k in range(merged + 1):
                    shared = min(end[k], stop[p]) - max(begin[k], start[p])
                    if shared > 0.0:
                        lengths[d, code[p]] += shared
