"""Compile what walks along the edges of polygons: label the cells of a grid, and look points up."""

from __future__ import annotations

import numpy as np

from geo.base.arrays import Counts, Floats, Longs
from geo.grid.compiled import compiled
from geo.grid.disc_kernels import Small

_compiled = compiled()

EDGE_CELL = -2
"""A cell of a lookup raster that an edge passes through."""


UNSURE = -3
"""A point so near an edge that rounding could decide; it needs exact arithmetic."""


_STRETCH = 256
"""Points looked up at a time."""


_ROUNDING = 4e-16
"""Bound on the relative rounding error of the orientation test (Shewchuk 1997: 3.33e-16)."""


@_compiled
def bucket_edges(edges: Floats, y0: float, height: float, rows: int) -> tuple[Longs, Longs]:
    """List by strip which edges touch it, in their order.

    Parameters
    ----------
    edges
        X and y of both ends of each edge, metres, shape (n, 4).
    y0
        Lower side of the first strip, metres.
    height
        Height of a strip in metres; strip j reaches from ``y0 + j·height`` to the next. An edge on
        the line between two strips touches both.
    rows
        How many strips there are; edges beyond them are left out.

    Returns
    -------
    pointer : array of int
        Shape (rows + 1,): where the edges of each strip begin among the numbers.
    numbers : array of int
        Positions of edges, ascending within a strip.
    """
    pointer = np.zeros(rows + 1, np.int64)
    numbers = np.zeros(0, np.int64)
    # Two turns: the first counts the edges of each strip, the second writes them down.
    for turn in range(2):
        if turn == 1:
            pointer[1:] = np.cumsum(pointer[1:])
            numbers = np.zeros(pointer[rows], np.int64)
            fill = pointer[:-1].copy()
        for e in range(edges.shape[0]):
            bottom = (min(edges[e, 1], edges[e, 3]) - y0) / height
            top = (max(edges[e, 1], edges[e, 3]) - y0) / height
            first, last = int(np.floor(bottom - 1e-9)), int(np.floor(top + 1e-9))
            for j in range(max(first, 0), min(last, rows - 1) + 1):
                if turn == 0:
                    pointer[j + 1] += 1
                else:
                    numbers[fill[j]] = e
                    fill[j] += 1
    return pointer, numbers


@_compiled
def holder(
    x: float, y: float, edges: Floats, owner: Counts, numbers: Longs, low: int, high: int
) -> int:
    """Return the first polygon that holds a point.

    Parameters
    ----------
    x, y
        The point in metres.
    edges
        X and y of both ends of each edge, metres, shape (n, 4).
    owner
        Position of the polygon that each edge belongs to, ascending, shape (n,).
    numbers
        Positions of edges by strip, see :func:`bucket_edges`.
    low, high
        ``numbers[low:high]`` are the edges of the point's strip.

    Returns
    -------
    int
        Position of the polygon by the even-odd rule; -1 for none, ``UNSURE`` on an edge or so near
        one that rounding could decide.
    """
    p = low
    while p < high:
        # All edges of one polygon in this strip: how often does a ray to the east cross them?
        polygon, odd, doubt = owner[numbers[p]], False, False
        while p < high and owner[numbers[p]] == polygon:  # no branches within: none is foreseeable
            e = numbers[p]
            p += 1
            x1, y1, x2, y2 = edges[e, 0], edges[e, 1], edges[e, 2], edges[e, 3]
            left, right = (x2 - x1) * (y - y1), (x - x1) * (y2 - y1)
            near = abs(left - right) <= _ROUNDING * (abs(left) + abs(right))
            near &= (x >= min(x1, x2)) & (y >= min(y1, y2)) & (y <= max(y1, y2))
            before = x <= max(x1, x2)
            doubt |= near & before
            odd ^= ((y1 > y) != (y2 > y)) & ((left > right) == (y2 > y1)) & before
        if doubt:
            return UNSURE
        if odd:
            return int(polygon)
    return -1


@_compiled
def mark_edges(
    edges: Floats, pointer: Longs, numbers: Longs, frame: tuple[float, float, float], table: Small
) -> None:
    """Mark in a lookup raster the cells that an edge passes through.

    Parameters
    ----------
    edges
        X and y of both ends of each edge, metres, shape (n, 4).
    pointer, numbers
        By :func:`bucket_edges`, a strip for each row of the raster.
    frame
        X and y of the lower left corner of the raster, and the side of a cell, metres.
    table
        Shape (rows, columns); changed: ``EDGE_CELL`` where an edge passes, or comes as near as a
        millionth of a cell.
    """
    x0, y0, cell = frame
    rows, columns = table.shape
    for j in range(rows):
        low, high = y0 + j * cell, y0 + (j + 1) * cell
        for p in range(pointer[j], pointer[j + 1]):
            x1, y1, x2, y2 = edges[numbers[p]]
            # The part of the edge within this row spans from a to b; its cells lie between them.
            a, b = x1, x2
            if y1 != y2:
                slope = (x2 - x1) / (y2 - y1)
                a = x1 + (min(max(low, min(y1, y2)), max(y1, y2)) - y1) * slope
                b = x1 + (min(max(high, min(y1, y2)), max(y1, y2)) - y1) * slope
            first = int(np.floor((min(a, b) - x0) / cell - 1e-6))
            last = int(np.floor((max(a, b) - x0) / cell + 1e-6))
            for k in range(max(first, 0), min(last, columns - 1) + 1):
                table[j, k] = EDGE_CELL


@_compiled
def label_cells(
    edges: Floats,
    owner: Counts,
    pointer: Longs,
    numbers: Longs,
    frame: tuple[float, float, float],
    table: Small,
) -> None:
    """Give every cell without an edge the polygon that holds it; asked once per run of cells.

    Parameters
    ----------
    edges, owner, pointer, numbers, frame
        As in :func:`holder` and :func:`mark_edges`.
    table
        Shape (rows, columns), ``EDGE_CELL`` where an edge passes; changed: the other cells get the
        position of their polygon, -1 for none.
    """
    x0, y0, cell = frame
    columns = table.shape[1]
    for j in range(table.shape[0]):
        y, k = y0 + (j + 0.5) * cell, 0
        while k < columns:
            # No edge lies between the cells of a run: the first answers for all.
            end = k
            while end < columns and table[j, end] != EDGE_CELL:
                end += 1
            if end > k:
                x = x0 + (k + 0.5) * cell
                table[j, k:end] = holder(x, y, edges, owner, numbers, pointer[j], pointer[j + 1])
            k = end + 1


@_compiled
def look_up(
    points: Floats,
    edges: Floats,
    owner: Counts,
    pointer: Longs,
    numbers: Longs,
    frame: tuple[float, float, float],
    table: Small,
    found: Small,
    low: int,
    high: int,
) -> int:
    """Find the polygons of some points.

    Parameters
    ----------
    points
        X and y in metres, shape (n, 2), C order; NaN lies nowhere.
    edges, owner, pointer, numbers, frame
        As in :func:`holder` and :func:`mark_edges`.
    table
        Labelled by :func:`label_cells`; the cells on its rim lie outside all polygons.
    found
        Shape (n,): its numbers ``low`` to ``high`` are overwritten by the position of the polygon,
        -1 for none, or ``UNSURE``.
    low, high
        The stretch of points to take, half-open.

    Returns
    -------
    int
        How many of them are ``UNSURE``.

    Notes
    -----
    What is not on the raster, or not a number, is looked up on its rim. Points are taken in
    stretches so that each step is a plain loop, which is quick; x and y take the same steps side by
    side.
    """
    x0, y0, cell = frame
    per_metre = 1.0 / cell
    rows, columns = table.shape
    flat, wide = table.ravel(), np.uint32(columns)
    corner, most = np.empty(2 * _STRETCH), np.empty(2 * _STRETCH)
    corner[0::2], corner[1::2] = x0, y0
    most[0::2], most[1::2] = columns - 1, rows - 1
    step, near = np.empty(2 * _STRETCH, np.int32), np.empty(_STRETCH + 1, np.int64)
    unsure = 0
    for begin in range(low, high, _STRETCH):
        end = min(begin + _STRETCH, high)
        # The cell of each point, x and y alike; what lies beyond is held to the rim.
        part = points[begin:end].reshape(2 * (end - begin))
        for i in range(part.shape[0]):
            place = (part[i] - corner[i]) * per_metre
            place = place if place > 0.0 else 0.0  # NaN becomes 0 too
            step[i] = np.int32(place if place < most[i] else most[i])
        # Read the cells off, and note those with an edge: written always, kept only if it is one.
        edge = 0
        for i in range(end - begin):
            code = flat[np.uint32(step[2 * i + 1]) * wide + np.uint32(step[2 * i])]
            found[begin + i] = code
            near[edge] = i
            edge += code == EDGE_CELL
        # The few near an edge are asked about one by one.
        for n in range(edge):
            i = near[n]
            x, y, j = part[2 * i], part[2 * i + 1], step[2 * i + 1]
            code = holder(x, y, edges, owner, numbers, pointer[j], pointer[j + 1])
            found[begin + i] = code
            unsure += code == UNSURE
    return unsure
