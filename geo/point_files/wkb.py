"""Read points out of well-known binary by header and length alone."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.base.arrays import Floats
from geo.base.errors import UnfitError
from geo.intake.numbers import codes

Bytes = NDArray[np.uint8]

POINT, EMPTY, FOREIGN, MISSING = range(4)
"""What a value is: a point, a point without coordinates, anything else, no value at all."""
LENGTHS: Final = (21, 25, 29, 33, 37, 41)
"""Bytes of a point: order, type, perhaps an SRID, and two to four numbers."""
_HAS_Z, _HAS_M, _HAS_SRID = 0x80000000, 0x40000000, 0x20000000
_PLAIN = (1, 1, 0, 0, 0)


class Points(NamedTuple):
    """Coordinates, NaN where there are none, and what each value is (``POINT`` and so on)."""

    x: Floats
    y: Floats
    kind: Bytes


def points(column: Any) -> Points:
    """Return the points of a column of well-known binary.

    Parameters
    ----------
    column
        Arrow array of binary values, or of numbers that stand for values of a dictionary.

    Returns
    -------
    Points
        ISO and extended well-known binary of either byte order, with or without height, measure
        and SRID; of these only x and y. The rest of a value is never looked into: nothing that
        nests, or is no point, reaches a library of geometry.

    Raises
    ------
    UnfitError
        The column does not hold binary values.
    """
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        at = codes(column)
        some = points(column.dictionary)
        return Points(
            np.append(some.x, np.nan)[at],
            np.append(some.y, np.nan)[at],
            np.append(some.kind, np.uint8(MISSING))[at],
        )
    if pa.types.is_null(column.type):
        column = column.cast(pa.binary())
    if pa.types.is_fixed_size_binary(column.type) or pa.types.is_binary_view(column.type):
        column = column.cast(pa.large_binary())
    wide = pa.types.is_large_binary(column.type)
    if not (wide or pa.types.is_binary(column.type)):
        raise UnfitError("point_column.not_points", type=str(column.type)[:60])
    _, ends, data = column.buffers()
    if not len(column) or data is None:
        ends = np.zeros(len(column) + 1, dtype=np.int64)
    else:
        ends = np.frombuffer(ends, np.int64 if wide else np.int32)
        ends = ends[column.offset : column.offset + len(column) + 1]
    raw = np.frombuffer(b"" if data is None else data, np.uint8)
    there = None if not column.null_count else column.is_valid().to_numpy(zero_copy_only=False)
    return _all_plain(raw, ends, there) or _each(raw, ends, there)


def _all_plain(raw: Bytes, ends: NDArray[Any], there: NDArray[np.bool_] | None) -> Points | None:
    """Return points that are all of the plainest kind, as nearly all files hold them; else None."""
    n = len(ends) - 1
    if there is not None or not n or not (np.diff(ends) == 21).all():
        return None
    rows = raw[ends[0] : ends[-1]].reshape(-1, 21)
    if not (rows[:, :5] == _PLAIN).all():
        return None
    xy = np.ascontiguousarray(rows[:, 5:]).view("<f8")
    x, y = np.ascontiguousarray(xy[:, 0]), np.ascontiguousarray(xy[:, 1])
    kind = np.where(np.isnan(x) & np.isnan(y), np.uint8(EMPTY), np.uint8(POINT))
    return Points(x, y, kind)


def _each(raw: Bytes, ends: NDArray[Any], there: NDArray[np.bool_] | None) -> Points:
    """Return points of any kind, those of one length at a time."""
    n = len(ends) - 1
    x, y, kind = np.full(n, np.nan), np.full(n, np.nan), np.full(n, FOREIGN, dtype=np.uint8)
    sizes = np.diff(ends)
    if there is not None:
        kind[~there] = MISSING
        sizes = np.where(there, sizes, 0)
    starts, sizes = _unwrapped(raw, ends[:-1], sizes)
    for length in LENGTHS:
        at = np.flatnonzero(sizes == length)
        if not len(at):
            continue
        rows = np.lib.stride_tricks.sliding_window_view(raw, length)[starts[at]]
        for order, first in (("<", 1), (">", 0)):
            some = at[rows[:, 0] == first]
            _of_one_order(rows[rows[:, 0] == first], some, order, (x, y, kind))
    return Points(x, y, kind)


def _unwrapped(
    raw: Bytes, starts: NDArray[Any], sizes: NDArray[Any]
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return where points begin and how long they are, also those that are alone in a multipoint.

    QGIS and PostGIS write all points of a layer so if one of them might be several.
    """
    starts, sizes = starts.copy(), sizes.copy()
    for before in (9, 13):  # byte order, type and number of points; SRID too
        for length in LENGTHS:
            at = np.flatnonzero(sizes == before + length)
            if not len(at):
                continue
            rows = np.lib.stride_tricks.sliding_window_view(raw, before)[starts[at]]
            big = rows[:, 0] == 0
            words = np.ascontiguousarray(rows[:, 1:]).view("<u4")
            words = np.where(big[:, None], words.byteswap(), words)
            code, n = words[:, 0], words[:, -1]
            has_srid = (code & _HAS_SRID) > 0
            is_multi = (code & 0x1FFFFFFF) % 1000 == 4
            alone = at[is_multi & (n == 1) & (has_srid == (before == 13))]
            starts[alone] += before
            sizes[alone] = length
    return starts, sizes


def _of_one_order(
    rows: Bytes, at: NDArray[np.intp], order: str, into: tuple[Floats, Floats, Bytes]
) -> None:
    """Read values of one length and byte order."""
    x, y, kind = into
    code = np.ascontiguousarray(rows[:, 1:5]).view(order + "u4").ravel()
    srid = (code & _HAS_SRID) > 0
    thousand, base = np.divmod(code & 0x1FFFFFFF, 1000)
    height = ((code & _HAS_Z) > 0) | (thousand == 1) | (thousand == 3)
    measure = ((code & _HAS_M) > 0) | (thousand == 2) | (thousand == 3)
    needed = 21 + 4 * srid + 8 * height + 8 * measure
    is_point = (base == 1) & (thousand <= 3) & (needed == rows.shape[1])
    for with_srid, begin in ((False, 5), (True, 9)):
        chosen = is_point & (srid == with_srid)
        if not chosen.any():
            continue
        xy = np.ascontiguousarray(rows[chosen, begin : begin + 16]).view(order + "f8")
        x[at[chosen]], y[at[chosen]] = xy[:, 0], xy[:, 1]
        nowhere = np.isnan(xy).all(axis=1)
        kind[at[chosen]] = np.where(nowhere, np.uint8(EMPTY), np.uint8(POINT))
