"""Run the inner loops of coverage on plain arrays, compiled and without the interpreter's lock.

Threads take row bands or stretches of points and write to places of their own. Numba's own
parallel loops are not used: their default threading layer ends the process when two sessions of
a server enter it at once.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.grid.compiled import compiled

Floats = NDArray[np.float64]
Codes = NDArray[np.int32]
Small = NDArray[np.signedinteger[Any]]
"""As few bytes as the number of polygons allows: the raster should stay in the cache."""
Counts = NDArray[np.int32]
Longs = NDArray[np.int64]
Flags = NDArray[np.bool_]

EDGE_CELL = -2
"""A cell of a lookup raster that an edge passes through."""
UNSURE = -3
"""A point so near an edge that rounding could decide; it needs exact arithmetic."""
_STRETCH = 256
"""Points looked up at a time."""
_ROUNDING = 4e-16
"""Bound on the relative rounding error of the orientation test (Shewchuk 1997: 3.33e-16)."""
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
    """Count for the cells of rows ``low`` to ``high`` by how many discs their centre is covered.

    ``origin`` is x and y of the centre of cell (0, 0) and the cell's side; ``counts`` has one
    column more than the grid, zero at the start: each disc adds +1 where it begins in a row and
    -1 behind its end, and a running sum makes counts of it.
    """
    x0, y0, cell = origin
    last = counts.shape[1] - 1
    for i in range(x.shape[0]):
        column, row, reach = (x[i] - x0) / cell, (y[i] - y0) / cell, radius[i] / cell
        first = max(low, int(np.ceil(row - reach)))
        for j in range(first, min(high - 1, int(np.floor(row + reach))) + 1):
            half = np.sqrt(max(reach * reach - (j - row) * (j - row), 0.0))
            start = min(max(int(np.ceil(column - half)), 0), last)
            stop = min(max(int(np.floor(column + half)) + 1, 0), last)
            counts[j, start] += 1
            counts[j, stop] -= 1
    for j in range(low, high):
        running = 0
        for k in range(last + 1):
            running += counts[j, k]
            counts[j, k] = running


@_compiled
def tally_rows(
    counts: Counts, sure: Flags, side: int, share: Floats, covered: Floats, low: int, high: int
) -> int:
    """Add up the covered cells of rows ``low`` to ``high``; return the changes along x.

    A cell is covered if its count is not zero or its block, ``side`` cells wide, is ``sure``. It
    counts by its ``share``; an empty array means 1 for all. A change is a step between covered and
    not covered from one cell to the next in its row.
    """
    changes = 0
    everywhere = share.shape[0] == 0
    columns = counts.shape[1]
    for j in range(low, high):
        before = False
        total = 0.0
        for block in range(sure.shape[1]):
            first, last = block * side, min((block + 1) * side, columns)
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
    """Return the position of the first site in each block that has one."""
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
    """Say of sites ``low`` to ``high`` whether the square around their disc meets an open block.

    ``unsure`` holds the running sums of open blocks in both directions, with a row and a column of
    zeros before; what lies beyond the blocks is open.
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
    """Add up for sites ``low`` to ``high`` the shares of the cells that no other site covers."""
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
    """Mark the sites ``low`` to ``high`` whose circle may lie on the edge of the union.

    ``inner`` counts discs shrunk by one cell: where it is not zero, the cell and what lies within
    a quarter of a cell around it is inside a single disc (0.71 + 0.25 < 1). A circle is looked at
    every half cell along it, so one that meets such cells only is buried.
    """
    x0, y0, cell = origin
    for i in range(low, high):
        steps = int(np.ceil(2 * np.pi * radius[i] / (0.5 * cell)))
        for s in range(steps):
            angle = 2 * np.pi * s / steps
            k = int(np.floor((x[i] + radius[i] * np.cos(angle) - x0) / cell + 0.5))
            j = int(np.floor((y[i] + radius[i] * np.sin(angle) - y0) / cell + 0.5))
            known = 0 <= j < inner.shape[0] and 0 <= k < inner.shape[1]
            if not known or inner[j, k] == 0:
                needed[i] = True
                break


@_compiled
def bucket_edges(edges: Floats, y0: float, height: float, rows: int) -> tuple[Longs, Longs]:
    """List by strip, from ``y0 + j·height`` to the next, which edges touch it, in their order.

    Returns the strips' pointer (``rows`` + 1) and the numbers of the edges.
    """
    pointer = np.zeros(rows + 1, np.int64)
    numbers = np.zeros(0, np.int64)
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
    x: float, y: float, edges: Floats, owner: Codes, numbers: Longs, low: int, high: int
) -> int:
    """Return the first polygon that holds a point, -1 for none, ``UNSURE`` on an edge.

    ``numbers[low:high]`` are the edges of the point's strip, grouped by polygon in their order.
    """
    p = low
    while p < high:
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

    ``frame`` is x and y of the lower left corner and the cell's side.
    """
    x0, y0, cell = frame
    rows, columns = table.shape
    for j in range(rows):
        low, high = y0 + j * cell, y0 + (j + 1) * cell
        for p in range(pointer[j], pointer[j + 1]):
            x1, y1, x2, y2 = edges[numbers[p]]
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
    owner: Codes,
    pointer: Longs,
    numbers: Longs,
    frame: tuple[float, float, float],
    table: Small,
) -> None:
    """Give every cell without an edge the polygon that holds it; asked once per run of cells."""
    x0, y0, cell = frame
    columns = table.shape[1]
    for j in range(table.shape[0]):
        y, k = y0 + (j + 0.5) * cell, 0
        while k < columns:
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
    owner: Codes,
    pointer: Longs,
    numbers: Longs,
    frame: tuple[float, float, float],
    table: Small,
    found: Small,
    low: int,
    high: int,
) -> int:
    """Find the polygon of points ``low`` to ``high``; return how many are ``UNSURE``.

    The cells on the rim of the raster lie outside all polygons: what is not on it, or not a
    number, is looked up there. Points are taken in stretches so that each step is a plain loop,
    which is quick; x and y take the same steps side by side.
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
        part = points[begin:end].reshape(2 * (end - begin))
        for i in range(part.shape[0]):
            place = (part[i] - corner[i]) * per_metre
            place = place if place > 0.0 else 0.0  # NaN becomes 0 too
            step[i] = np.int32(place if place < most[i] else most[i])
        edge = 0
        for i in range(end - begin):
            code = flat[np.uint32(step[2 * i + 1]) * wide + np.uint32(step[2 * i])]
            found[begin + i] = code
            near[edge] = i
            edge += code == EDGE_CELL
        for n in range(edge):
            i = near[n]
            x, y, j = part[2 * i], part[2 * i + 1], step[2 * i + 1]
            code = holder(x, y, edges, owner, numbers, pointer[j], pointer[j + 1])
            found[begin + i] = code
            unsure += code == UNSURE
    return unsure


@_compiled
def covered_lengths(
    x: Floats,
    y: Floats,
    radius: Floats,
    lines: tuple[float, float],
    pointer: Longs,
    start: Floats,
    stop: Floats,
    code: Codes,
    lengths: Floats,
    low: int,
    high: int,
) -> None:
    """Add up, for draws ``low`` to ``high``, the length of scan lines covered in each polygon.

    ``x`` and ``y`` are draws × sites; ``lines`` is the first line's y and their distance; the
    pieces of the polygons along the lines come from :func:`slice_rows`. Along a line the union of
    the discs is exact: their chords, sorted and merged.
    """
    y0, height = lines
    rows, sites = pointer.shape[0] - 1, x.shape[1]
    begin, end = np.empty(sites), np.empty(sites)
    for d in range(low, high):
        for j in range(rows):
            if pointer[j] == pointer[j + 1]:
                continue
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
            merged = 0
            for k in range(1, chords):
                if begin[k] <= end[merged]:
                    end[merged] = max(end[merged], end[k])
                else:
                    merged += 1
                    begin[merged], end[merged] = begin[k], end[k]
            for p in range(pointer[j], pointer[j + 1]):
                for k in range(merged + 1):
                    shared = min(end[k], stop[p]) - max(begin[k], start[p])
                    if shared > 0.0:
                        lengths[d, code[p]] += shared
