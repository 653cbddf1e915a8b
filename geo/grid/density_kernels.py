"""Run the inner loops of the density analysis on plain arrays, compiled.

They let other threads run and write only to the stretch that they are given, so that the number
of threads never changes a result. Numba's own parallel loops are not used: their default
threading layer ends the process when two sessions of a server enter it at once.
"""

from __future__ import annotations

import numpy as np

from geo.base.arrays import Counts, Floats, Longs
from geo.grid.compiled import compiled

SHARE_BITS = 20
"""A whole point is 2²⁰ units: sums of whole numbers do not depend on their order."""
ONE = 1 << SHARE_BITS
TAPS = 8
"""Taps applied in one sweep; filters are padded to a multiple of it."""
_STEPS = 1 << (SHARE_BITS // 2)
"""Steps in which a position within its cell is measured: 1/1024, so a 500 m cell has 0.5 m."""
_BLOCK = 512
"""Points worked out at a time, so that what they leave stays in the first cache."""
_COLUMNS = 128
"""Columns filtered at a time, for the same reason."""
_compiled = compiled(fastmath={"contract"})


@_compiled
def extent(flat: Floats, low: int, high: int) -> Floats:
    """Return the least and the greatest x and y, and whether all is finite.

    Parameters
    ----------
    flat
        X and y of the points by turns, metres, shape (2n,).
    low, high
        The stretch of points to take, half-open.

    Returns
    -------
    array of float
        West, south, east, north, and a sum that is NaN if any number is not finite. Of no points
        the first two are infinite, the others minus infinite.
    """
    lanes = 256  # long enough for the compiler to make vectors of the loop over them
    least, most, sound = np.full(lanes, np.inf), np.full(lanes, -np.inf), np.zeros(lanes)
    part = flat[2 * low : 2 * high]
    whole = part.shape[0] // lanes
    # Fill all lanes side by side, x in the even ones and y in the odd …
    for i in range(whole):
        for k in range(lanes):
            value = part[i * lanes + k]
            least[k] = value if value < least[k] else least[k]
            most[k] = value if value > most[k] else most[k]
            sound[k] += value * 0.0
    # … and take the rest, less than one round of the lanes, one by one.
    for i in range(whole * lanes, part.shape[0]):
        k, value = i % 2, part[i]
        least[k] = min(value, least[k])
        most[k] = max(value, most[k])
        sound[k] += value * 0.0
    return np.array(
        [least[0::2].min(), least[1::2].min(), most[0::2].max(), most[1::2].max(), sound.sum()]
    )


@_compiled
def _add_shares(
    at: Counts, a: Counts, b: Counts, c: Counts, d: Counts, count: int, grid: Longs, columns: int
) -> None:
    """Add four shares per point: to node ``at``, the one to its right, above, and across."""
    row, one = np.uint64(columns), np.uint64(1)
    for i in range(count):
        k = np.uint64(np.uint32(at[i]))
        up, across = k + row, k + row + one
        p, q, r, s = grid[k], grid[k + one], grid[up], grid[across]
        grid[k] = p + np.int64(a[i])
        grid[k + one] = q + np.int64(b[i])
        grid[up] = r + np.int64(c[i])
        grid[across] = s + np.int64(d[i])


@_compiled
def deposit_linear(
    flat: Floats, low: int, high: int, x0: float, y0: float, cell: float, grid: Longs, columns: int
) -> None:
    """Share each point among the four nodes around it.

    Parameters
    ----------
    flat
        X and y of the points by turns, metres, shape (2n,). All four nodes must lie on the grid:
        nothing is checked, and what lies beyond writes elsewhere.
    low, high
        The stretch of points to take, half-open.
    x0, y0
        Node (0, 0), the centre of the first cell, metres.
    cell
        Side of a cell in metres. Positions are rounded to 1/1024 of it.
    grid
        Shares in units of 2⁻²⁰, shape (rows × columns,), row by row from the south; changed: each
        point adds ``ONE`` in all.
    columns
        Cells in a row of the grid.
    """
    scale, wide = _STEPS / cell, np.int32(columns)
    at, a, b = np.empty(_BLOCK, np.int32), np.empty(_BLOCK, np.int32), np.empty(_BLOCK, np.int32)
    c, d = np.empty(_BLOCK, np.int32), np.empty(_BLOCK, np.int32)
    for start in range(low, high, _BLOCK):
        count = min(_BLOCK, high - start)
        block = flat[2 * start : 2 * (start + count)]
        # The node to the lower left, from the whole steps, and the position within the cell, from
        # the rest: four products of whole numbers, whose sum is 2²⁰.
        for i in range(count):  # without branches: the compiler makes vectors of it
            x = np.int32((block[2 * i] - x0) * scale + 0.5)
            y = np.int32((block[2 * i + 1] - y0) * scale + 0.5)
            u, v = x & (_STEPS - 1), y & (_STEPS - 1)
            both = u * v
            d[i] = both
            b[i] = (u << 10) - both
            c[i] = (v << 10) - both
            a[i] = (_STEPS - u) * (_STEPS - v)
            at[i] = (y >> 10) * wide + (x >> 10)
        # Adding to the grid jumps about in memory, so it has a loop of its own.
        _add_shares(at, a, b, c, d, count, grid, columns)


@_compiled
def sift(
    x: Floats,
    y: Floats,
    weights: Floats,
    bounds: tuple[float, float, float, float],
    kept: Floats,
    kept_weights: Floats,
    tally: Longs,
) -> int:
    """Copy the points within bounds, and count the others by why they are left out.

    Parameters
    ----------
    x, y
        Coordinates in metres, shape (n,).
    weights
        Shape (n,), or empty for no weights.
    bounds
        West, south, east, north in metres; all four sides are within.
    kept
        Room for 2n numbers; its beginning is overwritten by x and y of the points kept, by turns.
    kept_weights
        Room for n numbers, overwritten likewise; looked at only where there are weights.
    tally
        Four counts that are added to: outside; not a number, or infinite; x and y swapped (the
        swapped point lies within the bounds); within, but its weight is not a number of zero or
        more.

    Returns
    -------
    int
        How many points were kept.
    """
    west, south, east, north = bounds
    weighted, count = weights.shape[0] > 0, 0
    for i in range(x.shape[0]):
        a, b = x[i], y[i]
        if west <= a <= east and south <= b <= north:
            if weighted:
                weight = weights[i]
                if not 0.0 <= weight < np.inf:
                    tally[3] += 1
                    continue
                kept_weights[count] = weight
            kept[2 * count] = a
            kept[2 * count + 1] = b
            count += 1
        elif not (np.isfinite(a) and np.isfinite(b)):
            tally[1] += 1
        elif west <= b <= east and south <= a <= north:
            tally[2] += 1
        else:
            tally[0] += 1
    return count


@_compiled
def deposit_rows(
    xs: Floats,
    ys: Floats,
    bounds: tuple[float, float, float, float],
    x0: float,
    y0: float,
    cell: float,
    grid: Longs,
    columns: int,
    kept: Floats,
    tally: Longs,
) -> int:
    """Share the points within bounds as :func:`deposit_linear` does, and count the others.

    Parameters
    ----------
    xs, ys
        Coordinates in metres, shape (n,).
    bounds
        West, south, east, north in metres; all four sides are within. Every point within must have
        its four nodes on the grid.
    x0, y0, cell, grid, columns
        As in :func:`deposit_linear`; ``grid`` is changed.
    kept
        Working memory for 1,024 numbers.
    tally
        As in :func:`sift`; added to. There are no weights, so its last count stays.

    Returns
    -------
    int
        How many points were shared.
    """
    west, south, east, north = bounds
    scale, wide = _STEPS / cell, np.int32(columns)
    at, a, b = np.empty(_BLOCK, np.int32), np.empty(_BLOCK, np.int32), np.empty(_BLOCK, np.int32)
    c, d = np.empty(_BLOCK, np.int32), np.empty(_BLOCK, np.int32)
    none, shared = np.empty(0), 0
    for start in range(0, xs.shape[0], _BLOCK):
        x, y = xs[start : start + _BLOCK], ys[start : start + _BLOCK]
        # Look first whether all points of the block lie within, without a branch.
        count, within = x.shape[0], 0
        for i in range(count):
            across, along = (west <= x[i]) & (x[i] <= east), (south <= y[i]) & (y[i] <= north)
            within += across & along
        # Some do not: copy those that do, and account for the others.
        if within < count:
            within = sift(x, y, none, bounds, kept, none, tally)
            deposit_linear(kept, 0, within, x0, y0, cell, grid, columns)
            shared += within
            continue
        for i in range(count):  # nearly always; the same arithmetic on columns of their own
            p = np.int32((x[i] - x0) * scale + 0.5)
            q = np.int32((y[i] - y0) * scale + 0.5)
            u, v = p & (_STEPS - 1), q & (_STEPS - 1)
            both = u * v
            d[i] = both
            b[i] = (u << 10) - both
            c[i] = (v << 10) - both
            a[i] = (_STEPS - u) * (_STEPS - v)
            at[i] = (q >> 10) * wide + (p >> 10)
        _add_shares(at, a, b, c, d, count, grid, columns)
        shared += count
    return shared


@_compiled
def deposit_quadratic(
    flat: Floats, low: int, high: int, x0: float, y0: float, cell: float, grid: Longs, columns: int
) -> None:
    """Share each point among the nine nodes around it by quadratic B-splines.

    Parameters
    ----------
    flat, low, high, x0, y0, cell, grid, columns
        As in :func:`deposit_linear`, with nine nodes: that nearest to the point and its neighbours.
    """
    scale = _STEPS / cell
    at = np.empty(_BLOCK, np.int32)
    u0, u1, u2 = np.empty(_BLOCK, np.int32), np.empty(_BLOCK, np.int32), np.empty(_BLOCK, np.int32)
    v0, v1, v2 = np.empty(_BLOCK, np.int32), np.empty(_BLOCK, np.int32), np.empty(_BLOCK, np.int32)
    row, one, two = np.uint64(columns), np.uint64(1), np.uint64(2)
    wide, most = np.int32(columns), _STEPS
    for start in range(low, high, _BLOCK):
        count = min(_BLOCK, high - start)
        block = flat[2 * start : 2 * (start + count)]
        # Half a cell on makes the nearest node the middle one; the middle share is the remainder,
        # so that the three add up to one exactly, along both axes.
        for i in range(count):
            x = np.int32((block[2 * i] - x0) * scale + 0.5) + most // 2
            y = np.int32((block[2 * i + 1] - y0) * scale + 0.5) + most // 2
            u, v = x & (most - 1), y & (most - 1)
            near, far = ((most - u) * (most - u) + most) >> 11, (u * u + most) >> 11
            u0[i], u1[i], u2[i] = near, most - near - far, far
            near, far = ((most - v) * (most - v) + most) >> 11, (v * v + most) >> 11
            v0[i], v1[i], v2[i] = near, most - near - far, far
            at[i] = ((y >> 10) - 1) * wide + (x >> 10) - 1
        for i in range(count):
            # Nine products to three rows of three neighbours: all are fetched before any is
            # written.
            j = np.uint64(np.uint32(at[i]))
            k, m = j + row, j + row + row
            p, q, r = np.int64(u0[i]), np.int64(u1[i]), np.int64(u2[i])
            s, t, w = np.int64(v0[i]), np.int64(v1[i]), np.int64(v2[i])
            a, b, c = grid[j], grid[j + one], grid[j + two]
            d, e, f = grid[k], grid[k + one], grid[k + two]
            g, h, o = grid[m], grid[m + one], grid[m + two]
            grid[j], grid[j + one], grid[j + two] = a + p * s, b + q * s, c + r * s
            grid[k], grid[k + one], grid[k + two] = d + p * t, e + q * t, f + r * t
            grid[m], grid[m + one], grid[m + two] = g + p * w, h + q * w, o + r * w


@_compiled
def deposit_weighted(
    flat: Floats,
    weights: Floats,
    nodes: int,
    low: int,
    high: int,
    x0: float,
    y0: float,
    cell: float,
    grid: Longs,
    columns: int,
) -> None:
    """Share weighted points among four or nine nodes; one of the shares is the remainder.

    Parameters
    ----------
    flat, low, high, x0, y0, cell, grid, columns
        As in :func:`deposit_linear` or :func:`deposit_quadratic`; each point adds its weight times
        ``ONE``, rounded, in all.
    weights
        One number of zero or more per point, shape (n,); their sum times ``ONE`` must stay below
        2⁶³.
    nodes
        Along each axis: 2 (linear) or 3 (quadratic).
    """
    scale, most = _STEPS / cell, _STEPS
    u, v = np.empty(3, np.int64), np.empty(3, np.int64)
    shift = most // 2 if nodes == 3 else 0
    for i in range(low, high):
        x = np.int64((flat[2 * i] - x0) * scale + 0.5) + shift
        y = np.int64((flat[2 * i + 1] - y0) * scale + 0.5) + shift
        p, q = x & (most - 1), y & (most - 1)
        # The shares along both axes, as of a point without weight.
        if nodes == 3:
            u[0], u[2] = ((most - p) * (most - p) + most) >> 11, (p * p + most) >> 11
            v[0], v[2] = ((most - q) * (most - q) + most) >> 11, (q * q + most) >> 11
            u[1], v[1] = most - u[0] - u[2], most - v[0] - v[2]
        else:
            u[0], u[1], v[0], v[1] = most - p, p, most - q, q
        # Each share is cut to whole units; what that loses goes to one node, so the sum is exact.
        middle = nodes // 2
        first = ((y >> 10) - shift // (most // 2)) * columns + (x >> 10) - shift // (most // 2)
        rest = np.int64(np.rint(weights[i] * ONE))
        for j in range(nodes):
            for k in range(nodes):
                if j != middle or k != middle:
                    share = np.int64(weights[i] * (u[k] * v[j]))
                    grid[first + j * columns + k] += share
                    rest -= share
        grid[first + middle * columns + middle] += rest


@_compiled
def add_up(grid: Longs, into: Floats) -> None:
    """Add units to numbers; exact as long as no cell exceeds 2⁵³ units.

    Parameters
    ----------
    grid
        Units of 2⁻²⁰, shape (n,).
    into
        Numbers that are added to, shape (n,).
    """
    unit = 1.0 / ONE
    for i in range(into.shape[0]):
        into[i] += grid[i] * unit


@_compiled
def filter_down(source: Floats, columns: int, taps: Floats, into: Floats) -> None:
    """Filter along the columns: row r of ``into`` from row r of ``source`` and those behind it.

    Parameters
    ----------
    source
        Shape (m × columns,), row by row; m is at least the rows of ``into`` and the taps together,
        less one.
    columns
        Numbers in a row.
    taps
        Weights of row r and the rows behind it; padded with zeros to a multiple of ``TAPS``.
    into
        Shape (rows, columns), an even number of rows; overwritten.

    Notes
    -----
    The loops over columns are the inner ones, and eight taps are applied to two rows at a time: the
    compiler makes vectors of that, and each value is fetched once for sixteen products.
    """
    wide = np.uint64(columns)
    for left in range(0, columns, _COLUMNS):
        count = min(_COLUMNS, columns - left)
        for r in range(0, into.shape[0], 2):
            low, high = into[r, left : left + count], into[r + 1, left : left + count]
            low[:] = 0.0
            high[:] = 0.0
            for t in range(0, taps.shape[0], TAPS):
                k = taps[t : t + TAPS]
                k0, k1, k2, k3, k4, k5, k6, k7 = k[0], k[1], k[2], k[3], k[4], k[5], k[6], k[7]
                s0 = np.uint64((r + t) * columns + left)
                s1, s2, s3 = s0 + wide, s0 + wide * np.uint64(2), s0 + wide * np.uint64(3)
                s4, s5 = s0 + wide * np.uint64(4), s0 + wide * np.uint64(5)
                s6, s7 = s0 + wide * np.uint64(6), s0 + wide * np.uint64(7)
                s8 = s0 + wide * np.uint64(8)
                for i in range(count):
                    j = np.uint64(i)
                    b, c, d, e = source[s1 + j], source[s2 + j], source[s3 + j], source[s4 + j]
                    f, g, h = source[s5 + j], source[s6 + j], source[s7 + j]
                    low[i] += (
                        k0 * source[s0 + j] + k1 * b + k2 * c + k3 * d
                        + k4 * e + k5 * f + k6 * g + k7 * h
                    )  # fmt: skip
                    high[i] += (
                        k0 * b + k1 * c + k2 * d + k3 * e
                        + k4 * f + k5 * g + k6 * h + k7 * source[s8 + j]
                    )  # fmt: skip


@_compiled
def filter_along(middle: Floats, taps: Floats, reach: int, phases: Floats, into: Floats) -> None:
    """Filter the rows of ``middle``, and draw them out to the finer columns of ``into``.

    Parameters
    ----------
    middle
        Shape (rows or more, columns); what lies left and right of it is zero.
    taps
        Weights, padded with zeros to a multiple of ``TAPS``.
    reach
        Which of them is that of the column itself, from 0.
    phases
        Shape (k, 6): the weights of six columns for each of the ``k`` finer ones; ``k`` = 1 draws
        nothing out, and its weights are not used.
    into
        Shape (rows, k × columns); overwritten.
    """
    fine, columns = phases.shape[0], middle.shape[1]
    padded = np.zeros(columns + taps.shape[0])
    smooth = np.zeros(columns + 6)
    for r in range(into.shape[0]):
        padded[reach : reach + columns] = middle[r]
        # Filter the row at its own columns: the taps slide over it, eight at a time.
        line = smooth[3 : 3 + columns] if fine > 1 else into[r]
        line[:] = 0.0
        for t in range(0, taps.shape[0], TAPS):
            k = taps[t : t + TAPS]
            k0, k1, k2, k3, k4, k5, k6, k7 = k[0], k[1], k[2], k[3], k[4], k[5], k[6], k[7]
            part = padded[t : t + columns + TAPS]
            for i in range(columns):
                line[i] += (
                    k0 * part[i] + k1 * part[i + 1] + k2 * part[i + 2] + k3 * part[i + 3]
                    + k4 * part[i + 4] + k5 * part[i + 5] + k6 * part[i + 6] + k7 * part[i + 7]
                )  # fmt: skip
        # Draw it out: each finer column is a mean of six neighbours, with the weights of its phase.
        for p in range(fine if fine > 1 else 0):
            k0, k1, k2, k3, k4, k5 = phases[p]
            part = smooth[(0 if 2 * p + 1 < fine else 1) :]
            target = into[r, p::fine]
            for i in range(columns):
                target[i] = (
                    k0 * part[i] + k1 * part[i + 1] + k2 * part[i + 2]
                    + k3 * part[i + 3] + k4 * part[i + 4] + k5 * part[i + 5]
                )  # fmt: skip


@_compiled
def draw_out(middle: Floats, phases: Floats, into: Floats, low: int, high: int) -> None:
    """Draw filtered rows out to finer ones.

    Parameters
    ----------
    middle
        Shape (rows + 6, columns), the first and the last three rows zero.
    phases
        Shape (k, 6), as in :func:`filter_along`.
    into
        Shape (k × rows, columns); its rows ``low`` to ``high`` are overwritten.
    low, high
        The stretch of rows of ``into`` to take, half-open.
    """
    fine = phases.shape[0]
    for r in range(low, high):
        # The finer row lies in the first or the second half of its row: that chooses the six rows.
        p = r % fine
        first = r // fine + (0 if 2 * p + 1 < fine else 1)
        k0, k1, k2, k3, k4, k5 = phases[p]
        m0, m1, m2 = middle[first], middle[first + 1], middle[first + 2]
        m3, m4, m5 = middle[first + 3], middle[first + 4], middle[first + 5]
        line = into[r]
        for i in range(line.shape[0]):
            line[i] = k0 * m0[i] + k1 * m1[i] + k2 * m2[i] + k3 * m3[i] + k4 * m4[i] + k5 * m5[i]


@_compiled
def splat_quartic(
    xy: Floats,
    weights: Floats,
    reach: Floats,
    x0: float,
    y0: float,
    cell: float,
    into: Floats,
    low: int,
    high: int,
) -> None:
    """Add each point's quartic kernel to the cell centres.

    Parameters
    ----------
    xy
        Points in metres, shape (n, 2); they may lie beyond the grid.
    weights
        One number per point.
    reach
        Radius of each point's kernel, metres, above zero, shape (n,).
    x0, y0
        Centre of cell (0, 0), metres.
    cell
        Side of a cell in metres.
    into
        Per m², shape (rows, columns); its rows ``low`` to ``high`` are added to.
    low, high
        The stretch of rows to take, half-open.
    """
    columns = into.shape[1]
    for i in range(xy.shape[0]):
        x, y, radius = (xy[i, 0] - x0) / cell, (xy[i, 1] - y0) / cell, reach[i] / cell
        height = weights[i] * 3.0 / (np.pi * reach[i] * reach[i])
        # Within the circle only, row by row: what lies beyond is never looked at.
        for r in range(
            max(low, int(np.ceil(y - radius))), min(high, int(np.floor(y + radius)) + 1)
        ):
            off = (r - y) / radius
            rest = 1.0 - off * off
            half = radius * np.sqrt(max(rest, 0.0))
            first, last = max(0, int(np.ceil(x - half))), min(columns - 1, int(np.floor(x + half)))
            for c in range(first, last + 1):
                across = (c - x) / radius
                level = rest - across * across
                into[r, c] += height * level * level
