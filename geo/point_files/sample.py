"""Keep some of the points of files, drawn at random, where all of them are too many."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from shapely.geometry.base import BaseGeometry

from geo.base.arrays import Flags, Floats
from geo.base.draws import SEED
from geo.base.errors import Problem
from geo.grid.cells import Grid
from geo.point_files.bin import CancelledError, Columns, batches, outside, project


@dataclass(frozen=True, eq=False)
class Sample:
    """Points that were kept, in the order of the files.

    Parameters
    ----------
    xy
        Metres on the plane, shape (n, 2).
    weights
        One per point; ones where there is no such column.
    whole
        Whether these are all points, rather than some drawn at random.
    doubt
        How far off each may be, metres; NaN where that is not known. Empty where no column says so.
    """

    xy: Floats
    weights: Floats
    whole: bool
    doubt: Floats = field(default_factory=lambda: np.zeros(0))

    def only(self, good: Flags) -> Sample:
        """Return the points for which it holds.

        Parameters
        ----------
        good
            Shape (n,).
        """
        doubt = self.doubt[good] if len(self.doubt) else self.doubt
        return Sample(self.xy[good], self.weights[good], self.whole, doubt)


def sample_points(
    files: Sequence[Path],
    *,
    grid: Grid,
    columns: Columns,
    most: int,
    boundary: BaseGeometry | None = None,
    seed: int = SEED,
    progress: Callable[[int], None] | None = None,
    cancel: Callable[[], bool] | None = None,
) -> Sample:
    """Return the points that :func:`geo.point_files.bin.bin_points` would bin, or some of them.

    Parameters
    ----------
    files, grid, columns, boundary, cancel
        As in :func:`geo.point_files.bin.bin_points`.
    most
        Rows that are kept at most; of more, that many are drawn, each with the same chance.
        Those of them that are not on the grid are then left out.
    seed
        Of the random numbers.
    progress
        Called with the rows done.

    Returns
    -------
    Sample
        On the plane ``columns.crs``, in the order of the files.

    Raises
    ------
    DataError, CancelledError
        As :func:`geo.point_files.bin.bin_points`.

    Notes
    -----
    Every row draws a number; those with the smallest are kept. Memory is that of twice ``most``
    rows, however long the files are.
    """
    rng, done = np.random.default_rng(seed), 0
    wide = 6 if columns.doubts else 5
    chunks, limit = [np.zeros((0, wide))], 1.0  # random number, row, x, y, weight, doubt
    for path in files:
        for batch in batches(path, columns):
            x, y, weights = batch.x, batch.y, batch.weights
            drawn = rng.random(len(x))
            low = np.flatnonzero(drawn <= limit)
            weigh = weights[low] if len(weights) else np.ones(len(low))
            more = [batch.doubt[low]] if columns.doubts else []
            chunks.append(np.column_stack([drawn[low], done + low, x[low], y[low], weigh, *more]))
            if sum(map(len, chunks)) > 2 * most:
                chunks = [_smallest(np.vstack(chunks), most)]
                limit = float(chunks[0][:, 0].max())
            done += len(x)
            if progress is not None:
                progress(done)
            if cancel is not None and cancel():
                raise CancelledError("stream.cancelled", [Problem("points.stopped", "sample")])
    kept = _smallest(np.vstack(chunks), most)
    kept = kept[np.argsort(kept[:, 1])]
    return _on_the_plane(kept[:, 2:], grid, columns, boundary, whole=done <= most)


def _smallest(rows: Floats, most: int) -> Floats:
    if len(rows) <= most:
        return rows
    return rows[np.argpartition(rows[:, 0], most - 1)[:most]]


def _on_the_plane(
    rows: Floats, grid: Grid, columns: Columns, boundary: BaseGeometry | None, *, whole: bool
) -> Sample:
    """Project rows of x, y, weight and doubt, and leave out those that would not be within."""
    x, y, weights, *more = (np.ascontiguousarray(column) for column in rows.T)
    doubt = more[0] if more else np.zeros(0)
    if columns.source_crs is not None:
        x, y, at = project(x, y, columns, grid)
        weights, doubt = weights[at], doubt[at] if more else doubt
    west, south, east, north = grid.bounds
    good = (x >= west) & (x <= east) & (y >= south) & (y <= north)
    good &= np.isfinite(weights) & (weights >= 0)
    if boundary is not None:
        good &= ~outside(x, y, grid, boundary.wkb)
    return Sample(np.column_stack([x, y]), weights, whole, doubt).only(good)
