"""Bin points by the million out of files, in constant memory, on one machine or several."""

from __future__ import annotations

import hashlib
import importlib
import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.base.arrays import Floats, Longs
from geo.base.bridge import Box, Bridge, bridge
from geo.base.crs import ANY_METRES
from geo.base.errors import AtlasError, DataError, ParameterError, Problem, UnfitError
from geo.base.finding import Finding
from geo.base.threads import cores
from geo.grid.cells import MOST_CELLS, Grid
from geo.grid.lookup import Lookup, prepare
from geo.intake.datum import set_back
from geo.intake.doubt import doubts
from geo.intake.numbers import numbers
from geo.intake.systems import DEGREES
from geo.point_files import categories, csv_records, parquet, wkb
from geo.point_files.apart import (
    MOST_STRAYS,
    REASONS,
    STRAYS_A_BATCH,
    Apart,
    Origin,
    RowsFrom,
    Sifted,
    Stray,
    file_name,
    of_points,
    sift,
    sift_pairs,
)

BATCH_ROWS = 1 << 17
"""Rows that are in memory at a time."""
FILTERED = "filtered"
"""Stands for rows that have none of the values wanted: they are left out, and not rejected."""
ANSWER_S = 10.0
"""How long a scheduler may take to answer, seconds."""
CSV = (".csv", ".tsv", ".txt", ".tab")
"""How the names of text files end; everything else is read as Parquet."""
_TLS = "DASK_DISTRIBUTED__COMM__TLS__"
_POLL_S = 0.005
_log = logging.getLogger(__name__)
_FAR = float(np.finfo(np.float64).max)
"""A coordinate that lies beyond every grid."""


class CancelledError(AtlasError):
    """The reader has called the work off."""


@dataclass(frozen=True)
class Columns:
    """Where a file holds its coordinates.

    Parameters
    ----------
    x, y
        Names of the columns of coordinates (longitude and latitude where ``source_crs`` is
        geographic).
    geometry
        Name of a column of points as well-known binary (GeoParquet), instead of ``x`` and ``y``.
    both
        Name of a column of texts that each hold two coordinates, instead of ``x`` and ``y``.
    north_first
        Whether the first of the two in ``both`` is the northing.
    doubts
        Columns that say how far off a position may be, each with the metres of its unit; of several
        the largest counts.
    vague_m
        Rows of more doubt are counted apart and not binned, metres.
    least_m
        No row is surer than that, metres: its stated doubt counts only if it is not less.
    datum, is_back
        The datum other than WGS 84 in which degrees stand, and whether they are set back from it.
    weights
        Name of the column of weights; None for one each.
    filter_by
        Name of the column that decides which rows count; None to take all.
    wanted
        The values that a row may have there, as :func:`geo.point_files.categories.coded` writes
        them.
    source_crs
        Reference system of the coordinates, x before y, as :func:`geo.base.bridge.canonical`
        writes it (``EPSG:4326``); None if they are on the plane already.
    form
        How the file is read, if it is text and its first line does not say so.
    crs
        EPSG code of the plane, in metres.
    """

    x: str = "x"
    y: str = "y"
    geometry: str | None = None
    both: str | None = None
    north_first: bool = False
    doubts: tuple[tuple[str, float], ...] = ()
    vague_m: float = np.inf
    least_m: float = 0.0
    datum: str = ""
    is_back: bool = False
    weights: str | None = None
    filter_by: str | None = None
    wanted: tuple[str, ...] = ()
    source_crs: str | None = None
    form: csv_records.Form | None = None
    crs: int = field(kw_only=True)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that are read, each once."""
        more = (name for name in (self.weights, self.filter_by) if name is not None)
        doubts = (name for name, _ in self.doubts)
        return tuple(dict.fromkeys((*self.places, *more, *doubts)))

    @property
    def places(self) -> tuple[str, ...]:
        """The columns of the positions: one, or two."""
        alone = self.geometry or self.both
        return (self.x, self.y) if alone is None else (alone,)


@dataclass(eq=False)
class Part:
    """What has been binned so far; parts add up, in any order, to the same whole.

    Parameters
    ----------
    counts
        Shares in units of 2⁻²⁰, with one row and column more on each side than the grid.
    """

    counts: Longs
    read: int = 0
    binned: int = 0
    outside: int = 0
    filtered: int = 0
    """Rows left out because they have none of the values wanted."""
    vague: int = 0
    """Rows within, and left out because their doubt is too large."""
    stated: int = 0
    """Rows within, vague or not, of which the doubt is stated."""
    rejected: dict[str, int] = field(default_factory=lambda: dict.fromkeys(REASONS, 0))
    weight: int = 0
    """Sum of the weights on the grid, in units of 2⁻²⁰."""
    apart: Apart = field(default_factory=Apart)
    """Rows that are not used, and what the first rows did not show."""

    def add(self, other: Part) -> None:
        """Add another part to this one, which is changed.

        Parameters
        ----------
        other
            Of the same grid; not changed.

        Raises
        ------
        ParameterError
            The weights together could overflow.
        """
        require_weight(self.weight + other.weight)
        self.counts += other.counts
        self.read, self.binned = self.read + other.read, self.binned + other.binned
        self.outside, self.weight = self.outside + other.outside, self.weight + other.weight
        self.filtered += other.filtered
        self.vague, self.stated = self.vague + other.vague, self.stated + other.stated
        for reason, count in other.rejected.items():
            self.rejected[reason] += count
        self.apart.add(other.apart)


@dataclass(frozen=True, eq=False, kw_only=True)
class Binned(Finding):
    """Points on a grid, and an account of every row; the main figure is how many were binned.

    Parameters
    ----------
    counts
        Linearly shared, in whole units of 2⁻²⁰, shape (rows, columns), row 0 the southernmost.
        Read-only. Input of :func:`geo.density.kernel_density.grid_density`.
    grid
        Where the cells lie.
    read, outside
        How many rows were read, and how many lie beyond the grid.
    rejected
        Rows left out by reason, see ``REASONS``.
    weight_sum
        Sum of the weights on the grid.
    data_date
        Day of the data.
    filtered
        Rows left out because they have none of the values wanted.
    vague
        Rows within that are not binned: their doubt is more than ``columns.vague_m``.
    stated
        Rows within, vague or not, of which the doubt is stated.
    apart
        Rows that are not used, each with its line, and what the first rows did not show.

    Notes
    -----
    ``read == n + vague + outside + filtered + sum(rejected.values())``, always.
    """

    counts: Longs
    grid: Grid
    read: int
    outside: int
    rejected: Mapping[str, int]
    weight_sum: float
    data_date: str = ""
    filtered: int = 0
    vague: int = 0
    stated: int = 0
    apart: Apart = field(default_factory=Apart)

    @property
    def digest(self) -> str:
        """SHA-256 of the grid: equal for every way in which the work can be split."""
        return hashlib.sha256(np.ascontiguousarray(self.counts).tobytes()).hexdigest()


def require_weight(units: float) -> None:
    """Raise if a sum of weights could overflow.

    Parameters
    ----------
    units
        The sum in units of 2⁻²⁰.

    Raises
    ------
    ParameterError
        It is more than 8e12 whole ones.
    """
    from geo.density.kernel_density import MOST_WEIGHT
    from geo.grid.density_kernels import ONE

    if units > MOST_WEIGHT * ONE:
        problem = Problem("weight.overflow", "weights", most=f"{MOST_WEIGHT:.0e}")
        raise ParameterError("stream.weight", [problem])


def bin_points(
    files: Sequence[Path | str],
    *,
    grid: Grid,
    columns: Columns,
    boundary: BaseGeometry | None = None,
    scheduler: str | None = None,
    progress: Callable[[int, int], None] | None = None,
    cancel: Callable[[], bool] | None = None,
    data_date: str = "",
) -> Binned:
    """Share the points of Parquet or CSV files among the cells of a grid.

    Parameters
    ----------
    files
        Parquet, GeoParquet or CSV (``.csv``, ``.txt``) files.
    grid
        Cells on the plane ``columns.crs``; points beyond it are counted, not binned.
    columns
        Where the files hold their coordinates, and on which plane.
    boundary
        Polygon on the plane of the grid and within it; points beyond it are counted as outside.
        None for the grid alone.
    scheduler
        Address of a dask scheduler (``tcp://…``) whose workers can import this package and reach
        the files by the same paths; None to work here. The grid is the same to the last bit.
    progress
        Called with the rows done and the rows in all (0 where that is unknown, for CSV).
    cancel
        Asked after each batch, and on workers all the while; True ends the work. A worker still
        finishes the stretch that it has begun.
    data_date
        Day of the data, carried along.

    Returns
    -------
    Binned
        The grid and the account of all rows.

    Raises
    ------
    DataError
        With every file that cannot be opened or lacks a column; or naming the row group that
        cannot be read.
    ParameterError
        The grid is too large, or the weights add up to more than 8e12.
    CancelledError
        ``cancel`` returned True.

    Notes
    -----
    A point is shared among the four nearest cell centres in proportion to closeness, in whole
    units of 2⁻²⁰; at the rim of the grid the shares beyond it go to the outermost cells. Sums of
    whole numbers do not depend on their order: any split gives the same grid. Texts in a column
    of coordinates are read as numbers; those that are none are counted as such. CSV is UTF-8 or
    GB18030, its cells parted by comma, tab or semicolon; blank lines are no rows.
    """
    if grid.rows * grid.columns > MOST_CELLS or grid.rows < 1 or grid.columns < 1:
        sizes = {"rows": grid.rows, "columns": grid.columns, "most": MOST_CELLS}
        raise ParameterError("stream.grid", [Problem("grid.size", "grid", values=sizes)])
    paths = [Path(file) for file in files]
    total = empty_part(grid)
    task = _Task(columns, grid, None if boundary is None else boundary.wkb)
    # Every file is looked at before any is read, so that all that is wrong is said at once.
    with unchanged(paths):
        watch = _Watch(_rows(paths, columns), progress, cancel)
        if scheduler is None:
            parts = _on_threads(paths, task, watch)
        else:
            parts = _on_workers(paths, task, scheduler, watch)
        # Parts may come in any order: sums of whole numbers do not depend on it.
        for part in parts:
            total.add(part)
    return _finding(total, grid, columns, len(paths), data_date)


@dataclass(frozen=True)
class _Task:
    """What is to be done with every file."""

    columns: Columns
    grid: Grid
    within: bytes | None


@dataclass
class _Watch:
    """Tell how far the work is, and ask whether it should go on."""

    total: int
    progress: Callable[[int, int], None] | None
    cancel: Callable[[], bool] | None
    done: int = 0

    def tell(self, rows: int) -> None:
        self.done += rows
        if self.progress is not None:
            self.progress(self.done, self.total)
        if self.cancel is not None and self.cancel():
            problem = Problem("points.stopped_after", "reading", n=self.done)
            raise CancelledError("stream.cancelled", [problem])


def empty_part(grid: Grid) -> Part:
    """Return a part in which nothing has been binned yet.

    Parameters
    ----------
    grid
        The cells; the part has one row and one column more on each side.

    Returns
    -------
    Part
        Of zeros, shape (rows + 2, columns + 2).
    """
    return Part(np.zeros((grid.rows + 2, grid.columns + 2), dtype=np.int64))


def _finding(total: Part, grid: Grid, asked: Columns, files: int, data_date: str) -> Binned:
    from geo.grid.density_kernels import ONE

    counts = total.counts
    # What the points at the rim shared beyond the grid goes to the outermost cells.
    counts[1] += counts[0]
    counts[-2] += counts[-1]
    counts[:, 1] += counts[:, 0]
    counts[:, -2] += counts[:, -1]
    inner = np.ascontiguousarray(counts[1:-1, 1:-1])
    inner.setflags(write=False)
    rejected = sum(total.rejected.values())
    said = {
        "stream.none": not total.binned,
        "stream.rejected": rejected > 0,
        "stream.outside": total.outside > 0,
        "stream.swapped": total.rejected["swapped"] > 0,
    }
    return Binned(
        value=float(total.binned),
        unit="",
        n=total.binned,
        method="stream.method",
        parameters={
            "cell_m": grid.cell_m,
            "crs": f"EPSG:{asked.crs}",
            "files": files,
            "read": total.read,
            "binned": total.binned,
            "outside": total.outside,
            "filtered": total.filtered,
            "vague": total.vague,
            "rejected": rejected,
            **total.rejected,
        },
        caveats=tuple(key for key, true in said.items() if true),
        counts=inner,
        grid=grid,
        read=total.read,
        outside=total.outside,
        rejected=dict(total.rejected),
        weight_sum=total.weight / ONE,
        data_date=data_date,
        filtered=total.filtered,
        vague=total.vague,
        stated=total.stated,
        apart=total.apart,
    )


def _rows(paths: Sequence[Path], asked: Columns) -> int:
    """Return the number of rows in all (CSV: 0); report all files that cannot be read."""
    problems: list[Problem] = []
    rows = [_rows_of(path, asked, problems) for path in paths]
    if problems:
        raise DataError("stream.unreadable", problems)
    return sum(rows)


def _rows_of(path: Path, asked: Columns, problems: list[Problem]) -> int:
    try:
        names, rows = columns_of(path, asked.form)
    except DataError as error:
        problems.extend(error.problems)
        return 0
    for name in asked.names:
        if (times := names.count(name)) == 1:
            continue
        if times:
            problems.append(Problem("point_column.twice", path.name, field=name))
        else:
            known = tuple(name[:40] for name in names[:12])
            problem = Problem("point_column.missing", path.name, field=name, known=known)
            problems.append(problem)
    return rows


def columns_of(path: Path, form: csv_records.Form | None = None) -> tuple[list[str], int]:
    """Return the names of a file's columns, and the number of its rows.

    Parameters
    ----------
    path
        Parquet, GeoParquet or CSV; its name tells which.
    form
        How text is read; None where its first line says so.

    Returns
    -------
    names : list of str
        In the order of the file; one may stand twice.
    rows : int
        0 for CSV, whose rows are not counted.

    Raises
    ------
    DataError
        The file cannot be opened, is empty, or its description is too large to be read.
    """
    try:
        if path.suffix.lower() in CSV:
            return list((form or csv_records.header(path)).names), 0
        with parquet.opened(path) as file:
            return list(file.reader().schema_arrow.names), int(file.metadata.num_rows)
    except Exception as error:  # a file of others can fail in any way, and fails alone
        raise unreadable(path, "", error) from error


def unreadable(path: Path, row: str, error: Exception) -> DataError:
    """Return the refusal of a file; what the reader is told names no folder of the server.

    Parameters
    ----------
    path
        The file.
    row
        Where in it; empty where that is not known.
    error
        Why it cannot be read; what says so for readers already is returned as it is.
    """
    if isinstance(error, DataError):
        return error
    if isinstance(error, UnfitError):
        problem = Problem(error.key, path.name, row, values=error.values)
    elif isinstance(error, MemoryError):
        problem = Problem("point_file.memory", path.name, row)
    else:
        if not isinstance(error, ValueError | OSError):  # not Arrow's word: perhaps our fault
            _log.warning("unforeseen while reading %s", path.name, exc_info=error)
        said = getattr(error, "strerror", None) or str(error) or type(error).__name__
        reason = said.replace(str(path), path.name).splitlines()[0][:200]
        problem = Problem("point_file.unreadable", path.name, row, reason=reason)
    return DataError("stream.unreadable", [problem])


@contextmanager
def unchanged(paths: Sequence[Path]) -> Iterator[None]:
    """Raise at the end if one of some files has been written meanwhile.

    Two looks at a file within the ``with`` block then see the same rows.

    Parameters
    ----------
    paths
        The files. Inode, size and time of the last change are compared; a file that can be looked
        at neither time counts as unchanged.

    Raises
    ------
    DataError
        With every file that has changed.
    """
    before = [_stamp(path) for path in paths]
    yield
    problems = [
        Problem("points.changed", path.name)
        for path, stamp in zip(paths, before, strict=True)
        if _stamp(path) != stamp
    ]
    if problems:
        raise DataError("stream.unreadable", problems)


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_ino, stat.st_size, stat.st_mtime_ns


def reduce_file(
    path: Path,
    columns: Columns,
    grid: Grid,
    groups: Sequence[int] | None = None,
    into: Part | None = None,
    tell: Callable[[int], None] | None = None,
    within: bytes | None = None,
) -> Part:
    """Bin one file; this runs here and on workers alike.

    Parameters
    ----------
    path
        The file: Parquet, GeoParquet or CSV.
    columns, grid
        As in :func:`bin_points`.
    groups
        Row groups of a Parquet file; None for all.
    into
        What to add to, and is changed; None for a new part.
    tell
        Called with the number of rows after each batch.
    within
        Boundary as well-known binary, on the plane of the grid; None for the grid alone.

    Returns
    -------
    Part
        ``into``, or the new part.

    Raises
    ------
    DataError
        A row group cannot be read, or a column holds no numbers.
    ParameterError
        The weights add up to more than 8e12.
    """
    part = empty_part(grid) if into is None else into
    # Unweighted points are sifted in blocks of 512 by the kernel; weighted ones a batch at a time.
    rows = BATCH_ROWS if columns.weights else 512
    room = np.empty(2 * rows), np.empty(rows)
    out: dict[str, int] = {}
    known = 0
    for batch in batches(path, columns, groups, out, part.apart):
        # A batch may be longer than the room for it: it is taken in stretches.
        for low in range(0, len(batch.x), BATCH_ROWS):
            _take(part, grid, columns, batch.stretch(low, low + BATCH_ROWS), room, within)
        if tell is not None:
            tell(len(batch.x) + sum(out.values()) - known)
            known = sum(out.values())
    # Rows that never became numbers were counted by who read them.
    part.read += sum(out.values())
    part.filtered += out.pop(FILTERED, 0)
    for reason, count in out.items():
        part.rejected[reason] += count
    return part


def _on_threads(paths: Sequence[Path], task: _Task, watch: _Watch) -> Iterator[Part]:
    """Yield one part per core; each thread takes stretches of row groups until none is left."""
    # The last stretch is taken first, so the files are laid down in reverse.
    left = [stretch for path in reversed(paths) for stretch in _stretches(path, cores())]
    ticks: SimpleQueue[int] = SimpleQueue()
    stop, problems = Event(), list[Problem]()

    def tell(rows: int) -> None:
        ticks.put(rows)
        if stop.is_set():
            raise CancelledError("stream.cancelled", [])

    def work() -> Part:
        part = empty_part(task.grid)
        while left:
            try:
                path, groups = left.pop()
                reduce_file(path, task.columns, task.grid, groups, part, tell, task.within)
            except IndexError:  # another thread has taken the last one
                break
            except DataError as error:
                problems.extend(error.problems)
        return part

    # Only the thread that asked speaks to the reader; the others send it their counts.
    with ThreadPoolExecutor(cores()) as pool:
        waiting = [pool.submit(work) for _ in range(cores())]
        try:
            _follow(waiting, ticks, watch)
        finally:
            stop.set()
            left.clear()
    if problems:
        raise DataError("stream.unreadable", sorted(problems, key=str))
    yield from (task.result() for task in waiting)


def _follow(waiting: Sequence[Future[Part]], ticks: SimpleQueue[int], watch: _Watch) -> None:
    """Tell how far the threads are, from the thread that asked, until they are done."""
    while not all(task.done() for task in waiting):
        with suppress(Empty):
            watch.tell(ticks.get(timeout=0.005))
    while not ticks.empty():
        watch.tell(ticks.get())


def _stretches(path: Path, parts: int) -> list[tuple[Path, list[int] | None]]:
    """Split a file into stretches of row groups; CSV cannot be split."""
    if path.suffix.lower() in CSV:
        return [(path, None)]
    try:
        with parquet.opened(path) as file:
            groups = list(range(len(file.groups)))
    except Exception as error:  # the file was whole a moment ago, and is another one now
        raise unreadable(path, "", error) from error
    return [(path, some.tolist()) for some in np.array_split(groups, parts) if len(some)]


def _take(
    part: Part,
    grid: Grid,
    columns: Columns,
    batch: Batch,
    room: tuple[Floats, Floats],
    within: bytes | None,
) -> None:
    """Bin one batch and account for its rows."""
    from geo.grid.density_kernels import ONE, deposit_rows, deposit_weighted, sift

    part.read += len(batch.x)
    batch = _within_range(part, grid, columns, batch)
    x, y, tally = batch.x, batch.y, np.zeros(4, dtype=np.int64)
    # Bring the points to the plane; what lies beyond the boundary is sent beyond the grid.
    if columns.source_crs is not None:
        x, y = _project(x, y, columns, grid)
    if within is not None:
        x = np.where(outside(x, y, grid, within), _FAR, x)
    if len(batch.doubt):
        sure = _sure(part, batch, (x, y), grid, columns)
        batch, x, y = batch.only(sure), x[sure], y[sure]
    weights = batch.weights
    # The part has a rim of one cell, so that every point within the grid has its four nodes.
    x0, y0, cell = grid.origin
    place = (x0 - cell, y0 - cell, cell, part.counts.reshape(-1), part.counts.shape[1])
    if columns.weights is None:
        count = deposit_rows(x, y, grid.bounds, *place, room[0], tally)
        part.weight += count * ONE
    else:
        count = sift(x, y, weights, grid.bounds, *room, tally)
        # The weight is checked before it is added: an overflow would go unseen.
        some = room[1][:count]
        require_weight(part.weight + float(some.sum()) * ONE)
        part.weight += int(np.rint(some * ONE).astype(np.int64).sum())
        deposit_weighted(room[0], some, 2, 0, count, *place)
    part.binned += count
    part.outside += int(tally[0])
    for reason, rejected in zip(REASONS, tally[1:].tolist(), strict=False):
        part.rejected[reason] += rejected
    if tally.any():
        _name(part.apart, batch, (x, y), grid)


def _sure(
    part: Part, batch: Batch, on_plane: tuple[Floats, Floats], grid: Grid, columns: Columns
) -> NDArray[np.bool_]:
    """Count the rows within by what is said of their doubt, and tell which are not too vague."""
    x, y = on_plane
    west, south, east, north = grid.bounds
    within = (x >= west) & (x <= east) & (y >= south) & (y <= north)
    if len(batch.weights):
        within &= np.isfinite(batch.weights) & (batch.weights >= 0)
    part.stated += int((within & (batch.doubt >= columns.least_m)).sum())
    vague = within & (batch.doubt > columns.vague_m)
    part.vague += int(vague.sum())
    return ~vague


def _within_range(part: Part, grid: Grid, columns: Columns, batch: Batch) -> Batch:
    """Leave out, and name, what seems exchanged in its own system, and what no degrees can be."""
    found = _beyond_range(batch.x, batch.y, columns, grid)
    for reason, rows in found.items():
        part.rejected[reason] += int(rows.sum())
        part.apart.name(reason, batch.file, batch.lines(np.flatnonzero(rows)))
    if not found:
        return batch
    if "out_of_range" in found:
        _keep_strays(part.apart, batch, np.flatnonzero(found["out_of_range"]))
    return batch.only(~np.logical_or.reduce(list(found.values())))


def _beyond_range(
    x: Floats, y: Floats, columns: Columns, grid: Grid
) -> dict[str, NDArray[np.bool_]]:
    """Return, by reason, which rows cannot be brought to the plane; no reason without rows."""
    if columns.source_crs is None:
        return {}
    turned = _swapped(x, y, _way(columns, grid)[1])
    found = {"swapped": turned}
    if columns.source_crs == DEGREES:
        found["out_of_range"] = ((np.abs(x) > 180) | (np.abs(y) > 90)) & ~turned
    return {reason: rows for reason, rows in found.items() if rows.any()}


def _name(apart: Apart, batch: Batch, on_plane: tuple[Floats, Floats], grid: Grid) -> None:
    """Name the rows that the kernels have left out, by the same rules."""
    x, y = on_plane
    west, south, east, north = grid.bounds
    within = (x >= west) & (x <= east) & (y >= south) & (y <= north)
    turned = _swapped(x, y, grid.bounds)
    if turned.any():
        apart.name("swapped", batch.file, batch.lines(np.flatnonzero(turned)))
    if len(batch.weights):
        bad = within & ~(np.isfinite(batch.weights) & (batch.weights >= 0))
        apart.name("weight", batch.file, batch.lines(np.flatnonzero(bad)))
    _keep_strays(apart, batch, np.flatnonzero(~within & ~turned))


def _keep_strays(apart: Apart, batch: Batch, rows: NDArray[np.intp]) -> None:
    """Keep the positions of some rows outside, evenly from the batch."""
    if not len(rows) or len(apart.strays) >= 2 * MOST_STRAYS:
        return
    some = rows[np.unique(np.linspace(0, len(rows) - 1, STRAYS_A_BATCH).astype(np.intp))]
    places = batch.lines(some).tolist(), batch.x[some].tolist(), batch.y[some].tolist()
    apart.strays += [Stray(batch.file, *one) for one in zip(*places, strict=True)]


def outside(x: Floats, y: Floats, grid: Grid, within: bytes) -> NDArray[np.bool_]:
    """Tell which points lie on a grid but beyond a boundary.

    Parameters
    ----------
    x, y
        Coordinates on the plane in metres, shape (n,); NaN lies nowhere.
    grid
        The cells; their outer edge belongs to the grid.
    within
        The boundary as well-known binary, on the same plane; its edge is within.

    Returns
    -------
    array of bool
        Shape (n,). False for a point that is not on the grid.
    """
    west, south, east, north = grid.bounds
    on = (x >= west) & (x <= east) & (y >= south) & (y <= north)
    return np.asarray(on & (_fence(within).codes(np.column_stack([x, y])) < 0))


@lru_cache(maxsize=4)
def _fence(within: bytes) -> Lookup:
    # The lookup asks for a CRS in metres; which one is of no concern to it.
    return prepare(gpd.GeoDataFrame(geometry=[shapely.from_wkb(within)], crs=ANY_METRES))


def _swapped(x: Floats, y: Floats, box: Box) -> NDArray[np.bool_]:
    """Tell which points lie in a box only with x and y exchanged: a mistake, not a far place."""
    west, south, east, north = box
    there = (x >= west) & (x <= east) & (y >= south) & (y <= north)
    return np.asarray(~there & (y >= west) & (y <= east) & (x >= south) & (x <= north))


def project(
    x: Floats, y: Floats, columns: Columns, grid: Grid
) -> tuple[Floats, Floats, NDArray[np.intp]]:
    """Bring coordinates to the plane, without rows that seem to have x and y exchanged.

    Parameters
    ----------
    x, y
        One batch in ``columns.source_crs``, shape (n,), finite.
    columns, grid
        As in :func:`bin_points`; ``columns.source_crs`` is given.

    Returns
    -------
    tuple of array
        Easting and northing in metres and the places of the rows that stay, in their order. What
        the projection does not reach lies beyond every grid.
    """
    for gone in _beyond_range(x, y, columns, grid).values():
        x = np.where(gone, np.nan, x)
    good = np.flatnonzero(np.isfinite(x))
    return (*_project(x[good], y[good], columns, grid), good)


def _project(x: Floats, y: Floats, columns: Columns, grid: Grid) -> tuple[Floats, Floats]:
    if columns.is_back:
        x, y = set_back(x, y, columns.datum)
    easting, northing = _way(columns, grid)[0].transform(x, y)
    # What the projection cannot reach is a position all the same: it lies outside.
    easting[~np.isfinite(easting)] = northing[~np.isfinite(northing)] = _FAR
    return easting, northing


@lru_cache(maxsize=8)
def _way(columns: Columns, grid: Grid) -> tuple[Bridge, Box]:
    """Return the way to the plane, and the grid's bounds in the system of the source."""
    assert columns.source_crs is not None
    way = bridge(columns.source_crs, columns.crs, grid.bounds)
    return way, way.bounds(grid.bounds)


class Batch(NamedTuple):
    """Rows of a file that have a position; weights and doubt are empty where no column has them."""

    x: Floats
    y: Floats
    weights: Floats
    doubt: Floats
    file: str
    origin: Origin
    at: NDArray[np.intp]
    """Where the rows stand in the record batch that they come from."""

    def lines(self, rows: NDArray[np.intp]) -> NDArray[np.int64]:
        """Return the numbers of the lines of some rows.

        Parameters
        ----------
        rows
            Places in this batch.
        """
        return self.origin.lines(self.at[rows])

    def stretch(self, low: int, high: int) -> Batch:
        """Return a stretch of the rows.

        Parameters
        ----------
        low, high
            Places in this batch.
        """
        if low == 0 and high >= len(self.x):
            return self
        some = slice(low, high)
        return self._replace(x=self.x[some], y=self.y[some], weights=self.weights[some],
                             doubt=self.doubt[some], at=self.at[some])  # fmt: skip

    def only(self, good: NDArray[np.bool_]) -> Batch:
        """Return the rows for which it holds.

        Parameters
        ----------
        good
            Shape (rows,).
        """
        weights = self.weights[good] if len(self.weights) else self.weights
        doubt = self.doubt[good] if len(self.doubt) else self.doubt
        return self._replace(x=self.x[good], y=self.y[good], weights=weights, doubt=doubt,
                             at=self.at[good])  # fmt: skip


def batches(
    path: Path,
    columns: Columns,
    groups: Sequence[int] | None = None,
    left_out: dict[str, int] | None = None,
    apart: Apart | None = None,
) -> Iterator[Batch]:
    """Yield the rows that have a position, as the file has them, batch by batch.

    Parameters
    ----------
    path, columns, groups
        As in :func:`reduce_file`.
    left_out
        Counts the rows that are not yielded, by reason; as ``FILTERED`` rows without a value
        wanted.
    apart
        Names them.

    Yields
    ------
    Batch
        Finite numbers; weights may be NaN.

    Raises
    ------
    DataError
        A row group cannot be read, a column holds no numbers or no points, or the file lacks a
        column or has two of one name.
    """
    row = ""
    out: dict[str, int] = {} if left_out is None else left_out
    told = _Told(file_name(path), out, Apart() if apart is None else apart)
    try:
        found = read_records(path, columns.names, told.tell, groups, columns.form)
        for row, records, origin in found:
            if records is not None:
                yield _values(records, columns, (path.name, row), origin, told)
    except Exception as error:  # a file of others can fail in any way, and fails alone
        raise unreadable(path, row, error) from error


class _Told(NamedTuple):
    """What is counted and named of a file."""

    file: str
    out: dict[str, int]
    apart: Apart

    def tell(self, word: str, lines: NDArray[np.int64]) -> None:
        """Count and name rows that are not used; note the others."""
        if word in REASONS:
            self.out[word] = self.out.get(word, 0) + len(lines)
            self.apart.name(word, self.file, lines)
        else:
            self.apart.note(word, self.file, lines)


def read_records(
    path: Path,
    names: Sequence[str],
    tell: Callable[[str, NDArray[np.int64]], None],
    groups: Sequence[int] | None = None,
    form: csv_records.Form | None = None,
) -> Iterator[tuple[str, Any, Origin]]:
    """Yield record batches, each with the name of the place and the lines that it comes from.

    Parameters
    ----------
    path
        The file: Parquet, GeoParquet or CSV.
    names
        Its columns that are read, each once.
    tell
        See :func:`geo.point_files.csv_records.batches`.
    groups
        Row groups of a Parquet file; None for all.
    form
        How text is read; None where its first line says so.

    Yields
    ------
    tuple of str, RecordBatch or None, and Origin
        As :func:`geo.point_files.parquet.batches`.
    """
    if path.suffix.lower() in CSV:
        for batch, lines in csv_records.batches(path, names, tell, form):
            yield "", batch, lines
        return
    heads = parquet.Heads(path, BATCH_ROWS)
    for place, batch, first in parquet.batches(path, names, groups, BATCH_ROWS):
        yield place, batch, RowsFrom(first, heads)


def _values(
    records: Any, columns: Columns, place: tuple[str, str], origin: Origin, told: _Told
) -> Batch:
    """Read the coordinates, weights and doubts of a record batch; tell which have none, and why."""

    def turned(name: str, turn: Callable[[Any], Any]) -> Any:
        try:
            return turn(records.column(name))
        except UnfitError as error:
            problem = Problem(error.key, *place, name, error.values)
            raise DataError("stream.unreadable", [problem]) from error
        except ValueError as error:  # Arrow's word
            reason = str(error)[:200]
            problem = Problem("point_column.unreadable", *place, name, reason=reason)
            raise DataError("stream.unreadable", [problem]) from error

    at = np.arange(records.num_rows)
    if columns.filter_by is not None:
        good = turned(columns.filter_by, partial(categories.holds, wanted=columns.wanted))
        told.out[FILTERED] = told.out.get(FILTERED, 0) + int((~good).sum())
        records, at = records.filter(good), at[good]
    weights = np.zeros(0) if columns.weights is None else turned(columns.weights, numbers)
    doubt = _doubts(turned, columns)
    found = _positions(turned, records, columns, lambda rows: origin.heads(at[rows]))
    rows = Batch(found.x, found.y, weights, doubt, told.file, origin, at)
    for form, read in found.forms.items():
        told.tell(form, rows.lines(read))
    for reason in dict.fromkeys(found.why.tolist()):
        told.tell(reason, rows.lines(found.bad[found.why == reason]))
    if not len(found.bad):
        return rows
    good = np.ones(len(at), dtype=bool)
    good[found.bad] = False
    return rows.only(good)


def _positions(
    turned: Callable[[str, Callable[[Any], Any]], Any],
    records: Any,
    columns: Columns,
    heads: Callable[[NDArray[np.intp]], list[list[str]]],
) -> Sifted:
    """Tell which rows have a position, by the columns in which it stands."""
    if columns.geometry is not None:
        return of_points(turned(columns.geometry, wkb.points), heads)
    if columns.both is not None:
        pairs = partial(sift_pairs, name=columns.both, heads=heads,
                        north_first=columns.north_first)  # fmt: skip
        return turned(columns.both, pairs)  # type: ignore[no-any-return]
    plain = turned(columns.x, numbers), turned(columns.y, numbers)
    cells = records.column(columns.x), records.column(columns.y)
    return sift(cells, plain, (columns.x, columns.y), heads)


def _doubts(turned: Callable[[str, Callable[[Any], Any]], Any], columns: Columns) -> Floats:
    """Return how far off each row may be, the most of what its columns say; NaN for unknown."""
    found = np.zeros(0)
    for k, (name, unit_m) in enumerate(columns.doubts):
        metres = turned(name, partial(doubts, unit_m=unit_m)).metres
        found = metres if not k else np.fmax(found, metres)
    return found


def _on_workers(
    paths: Sequence[Path], task: _Task, scheduler: str, watch: _Watch
) -> Iterator[Part]:
    """Yield the part of each stretch, as the workers of a dask cluster finish them."""
    with _client(scheduler) as client:
        threads = sum(client.nthreads().values())
        if not threads:
            problem = Problem("cluster.no_workers", "scheduler", scheduler=scheduler)
            raise ParameterError("stream.dask", [problem])
        # Fewer files than threads are split, into about two stretches per thread.
        parts = -(-2 * threads // max(len(paths), 1)) if len(paths) < threads else 1
        work = [one for path in paths for one in _stretches(path.resolve(), parts)]
        waiting = client.map(_reduce_stretch, work, task=task, pure=False)
        try:
            yield from _gathered(waiting, watch)
        except BaseException:  # called off, or one file could not be read: stop the others
            client.cancel(waiting)
            raise


def _reduce_stretch(stretch: tuple[Path, list[int] | None], task: _Task) -> Part:
    path, groups = stretch
    return reduce_file(path, task.columns, task.grid, groups, within=task.within)


def _gathered(waiting: Sequence[Any], watch: _Watch) -> Iterator[Part]:
    """Yield parts in the order in which they are done, asking meanwhile whether to go on."""
    left = list(waiting)
    while left:
        done = [future for future in left if future.done()]
        for future in done:
            part: Part = future.result()
            watch.tell(part.read)
            yield part
        left = [future for future in left if future not in done]
        if not done:
            watch.tell(0)
            time.sleep(_POLL_S)


def _client(scheduler: str) -> Any:
    """Return a client of a scheduler that answers."""
    try:
        distributed = importlib.import_module("distributed")
    except ImportError as error:
        problem = Problem("cluster.no_package", "scheduler")
        raise ParameterError("stream.dask", [problem]) from error
    security = _security(distributed, scheduler)
    try:
        return distributed.Client(
            scheduler, security=security, set_as_default=False, timeout=ANSWER_S
        )
    except (OSError, ValueError) as error:
        problem = Problem("cluster.no_answer", "scheduler", scheduler=scheduler)
        raise ParameterError("stream.dask", [problem]) from error


def _security(distributed: Any, scheduler: str) -> Any:
    """Return the certificates that dask's own settings name; all is encrypted if the address is."""
    encrypted = scheduler.startswith("tls://")
    security = distributed.Security(require_encryption=encrypted)
    try:
        certified = security.get_connection_args("client")["ssl_context"] is not None
    except OSError:  # what is named is not there, or no certificate
        certified = False
    if encrypted and not certified:
        settings = tuple(f"{_TLS}{name}" for name in ("CA_FILE", "CLIENT__CERT", "CLIENT__KEY"))
        problem = Problem(
            "cluster.no_certificates", "scheduler", scheduler=scheduler, settings=settings
        )
        raise ParameterError("stream.dask", [problem])
    return security
