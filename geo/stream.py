"""Bin points by the million out of files, in constant memory, on one machine or several."""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Transformer

from geo.errors import AtlasError, DataError, ParameterError, Problem
from geo.finding import Finding
from geo.grid import MOST_CELLS, Grid

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

BATCH_ROWS = 1 << 17
"""Rows that are in memory at a time."""
REASONS = ("not_a_number", "swapped", "weight")
"""Why a row is rejected: keys ``stream.rejected.<reason>``."""
ANSWER_S = 10.0
"""How long a scheduler may take to answer, seconds."""
_CSV = (".csv", ".txt")


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
    weights
        Name of the column of weights; None for one each.
    source_crs
        EPSG code of the coordinates, x before y; None if they are on the plane already.
    crs
        EPSG code of the plane, in metres.
    """

    x: str = "x"
    y: str = "y"
    geometry: str | None = None
    weights: str | None = None
    source_crs: int | None = None
    crs: int = 4548

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that are read."""
        places = (self.x, self.y) if self.geometry is None else (self.geometry,)
        return places if self.weights is None else (*places, self.weights)


@dataclass(eq=False)
class Part:
    """What has been binned so far; parts add up, in any order, to the same whole.

    Parameters
    ----------
    counts
        Shares in units of 2⁻²⁰, with one row and column more on each side than the grid.
    """

    counts: Whole
    read: int = 0
    binned: int = 0
    outside: int = 0
    rejected: dict[str, int] = field(default_factory=lambda: dict.fromkeys(REASONS, 0))
    weight: int = 0
    """Sum of the weights on the grid, in units of 2⁻²⁰."""

    def add(self, other: Part) -> None:
        """Add another part to this one."""
        require_weight(self.weight + other.weight)
        self.counts += other.counts
        self.read, self.binned = self.read + other.read, self.binned + other.binned
        self.outside, self.weight = self.outside + other.outside, self.weight + other.weight
        for reason, count in other.rejected.items():
            self.rejected[reason] += count


@dataclass(frozen=True, eq=False, kw_only=True)
class Binned(Finding):
    """Points on a grid, and an account of every row; the main figure is how many were binned.

    Parameters
    ----------
    counts
        Linearly shared, in whole units of 2⁻²⁰, shape (rows, columns), row 0 the southernmost.
        Read-only. Input of :func:`geo.density.grid_density`.
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

    Notes
    -----
    ``read == n + outside + sum(rejected.values())``, always.
    """

    counts: Whole
    grid: Grid
    read: int
    outside: int
    rejected: Mapping[str, int]
    weight_sum: float
    data_date: str = ""

    @property
    def digest(self) -> str:
        """SHA-256 of the grid: equal for every way in which the work can be split."""
        return hashlib.sha256(np.ascontiguousarray(self.counts).tobytes()).hexdigest()


def require_weight(units: float) -> None:
    """Raise ParameterError if a sum of weights, in units of 2⁻²⁰, could overflow."""
    from geo.density import MOST_WEIGHT
    from geo.kernels import ONE

    if units > MOST_WEIGHT * ONE:
        what = f"add up to more than {MOST_WEIGHT:.0e}."
        raise ParameterError("stream.weight", [Problem("weights", what, "Use a larger unit.")])


def bin_points(
    files: Sequence[Path | str],
    *,
    grid: Grid,
    columns: Columns | None = None,
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
        Where the files hold their coordinates; None for ``x`` and ``y`` on the plane.
    scheduler
        Address of a dask scheduler (``tcp://…``) whose workers can import this package and reach
        the files by the same paths; None to work here. The grid is the same to the last bit.
    progress
        Called with the rows done and the rows in all (0 where that is unknown, for CSV).
    cancel
        Asked after each batch (here) or file (on workers); True ends the work.
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
    whole numbers do not depend on their order: any split gives the same grid.
    """
    asked = columns or Columns()
    if grid.rows * grid.columns > MOST_CELLS or grid.rows < 1 or grid.columns < 1:
        what = f"has {grid.rows:,} × {grid.columns:,} cells; 1 to {MOST_CELLS:,} are allowed."
        raise ParameterError("stream.grid", [Problem("grid", what, "Choose another cell.")])
    paths = [Path(file) for file in files]
    watch = _Watch(_rows(paths, asked), progress, cancel)
    total = empty_part(grid)
    if scheduler is None:
        parts = _on_threads(paths, asked, grid, watch)
    else:
        parts = _on_workers(paths, asked, grid, scheduler, watch)
    for part in parts:
        total.add(part)
    return _finding(total, grid, asked, len(paths), data_date)


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
            what = f"was called off after {self.done:,} rows."
            raise CancelledError("stream.cancelled", [Problem("reading", what)])


def empty_part(grid: Grid) -> Part:
    """Return a part in which nothing has been binned yet."""
    return Part(np.zeros((grid.rows + 2, grid.columns + 2), dtype=np.int64))


def _finding(total: Part, grid: Grid, asked: Columns, files: int, data_date: str) -> Binned:
    from geo.kernels import ONE

    counts = total.counts
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
    )


def _rows(paths: Sequence[Path], asked: Columns) -> int:
    """Return the number of rows in all (CSV: 0); report all files that cannot be read."""
    problems: list[Problem] = []
    rows = [_rows_of(path, asked, problems) for path in paths]
    if problems:
        raise DataError("stream.unreadable", problems)
    return sum(rows)


def _rows_of(path: Path, asked: Columns, problems: list[Problem]) -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        if path.suffix.lower() in _CSV:
            names, rows = _csv_names(path), 0
        else:
            with pq.ParquetFile(path) as file:
                names, rows = file.schema_arrow.names, file.metadata.num_rows
    except (OSError, pa.ArrowException) as error:
        what = f"cannot be opened: {_first_line(error)}"
        problems.append(Problem(path.name, what, "Write the file again, or take it away."))
        return 0
    for name in asked.names:
        if name not in names:
            what = f"is missing; the file has {', '.join(map(str, names[:12]))}."
            problems.append(Problem(path.name, what, "Name the column.", field=name))
    return int(rows)


def _csv_names(path: Path) -> list[str]:
    import csv

    with path.open(encoding="utf-8-sig", newline="") as file:
        return next(csv.reader(file), [])


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]


def reduce_file(
    path: Path,
    columns: Columns,
    grid: Grid,
    groups: Sequence[int] | None = None,
    into: Part | None = None,
    tell: Callable[[int], None] | None = None,
) -> Part:
    """Bin one file; this runs here and on workers alike.

    Parameters
    ----------
    path, columns, grid
        As in :func:`bin_points`.
    groups
        Row groups of a Parquet file; None for all.
    into
        What to add to; None for a new part.
    tell
        Called with the number of rows after each batch.

    Raises
    ------
    DataError
        A row group cannot be read, or a column holds no numbers.
    ParameterError
        The weights add up to more than 8e12.
    """
    part = empty_part(grid) if into is None else into
    rows = BATCH_ROWS if columns.weights else 512
    room = np.empty(2 * rows), np.empty(rows)
    for x, y, weights in _batches(path, columns, groups):
        for low in range(0, len(x), BATCH_ROWS):
            some = slice(low, low + BATCH_ROWS)
            _take(part, grid, columns, (x[some], y[some], weights[some]), room)
        if tell is not None:
            tell(len(x))
    return part


def _on_threads(paths: Sequence[Path], asked: Columns, grid: Grid, watch: _Watch) -> Iterator[Part]:
    """Yield one part per core; each thread takes stretches of row groups until none is left."""
    from geo.binning import cores

    left = [stretch for path in reversed(paths) for stretch in _stretches(path, cores())]
    ticks: SimpleQueue[int] = SimpleQueue()
    stop, problems = Event(), list[Problem]()

    def tell(rows: int) -> None:
        ticks.put(rows)
        if stop.is_set():
            raise CancelledError("stream.cancelled", [])

    def work() -> Part:
        part = empty_part(grid)
        while left:
            try:
                path, groups = left.pop()
                reduce_file(path, asked, grid, groups, part, tell)
            except IndexError:  # another thread has taken the last one
                break
            except DataError as error:
                problems.extend(error.problems)
        return part

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
    import pyarrow.parquet as pq

    if path.suffix.lower() in _CSV:
        return [(path, None)]
    with pq.ParquetFile(path) as file:
        groups = list(range(file.num_row_groups))
    return [(path, some.tolist()) for some in np.array_split(groups, parts) if len(some)]


def _take(
    part: Part,
    grid: Grid,
    columns: Columns,
    batch: tuple[Floats, Floats, Floats],
    room: tuple[Floats, Floats],
) -> None:
    """Bin one batch and account for its rows."""
    from geo.kernels import ONE, deposit_rows, deposit_weighted, sift

    x, y, weights = batch
    part.read += len(x)
    tally = np.zeros(4, dtype=np.int64)
    if columns.source_crs is not None:
        x, y, weights = _project(x, y, weights, columns, grid, tally)
    x0, y0, cell = grid.origin
    place = (x0 - cell, y0 - cell, cell, part.counts.reshape(-1), part.counts.shape[1])
    if columns.weights is None:
        count = deposit_rows(x, y, grid.bounds, *place, room[0], tally)
        part.weight += count * ONE
    else:
        count = sift(x, y, weights, grid.bounds, *room, tally)
        some = room[1][:count]
        require_weight(part.weight + float(some.sum()) * ONE)
        part.weight += int(np.rint(some * ONE).astype(np.int64).sum())
        deposit_weighted(room[0], some, 2, 0, count, *place)
    part.binned += count
    part.outside += int(tally[0])
    for reason, rejected in zip(REASONS, tally[1:].tolist(), strict=True):
        part.rejected[reason] += rejected


def _project(
    x: Floats, y: Floats, weights: Floats, columns: Columns, grid: Grid, tally: Whole
) -> tuple[Floats, Floats, Floats]:
    """Bring coordinates to the plane; rows with x and y swapped are counted and left out."""
    forward, (west, south, east, north) = _transformer(columns, grid)
    there = (x >= west) & (x <= east) & (y >= south) & (y <= north)
    swapped = ~there & (y >= west) & (y <= east) & (x >= south) & (x <= north)
    if swapped.any():
        tally[2] += swapped.sum()
        x, y = x[~swapped], y[~swapped]
        weights = weights[~swapped] if len(weights) else weights
    known = np.isfinite(x) & np.isfinite(y)
    tally[1] += len(x) - known.sum()
    if not known.all():
        x, y = x[known], y[known]
        weights = weights[known] if len(weights) else weights
    easting, northing = forward.transform(x, y)
    # What the projection cannot reach is a position all the same: it lies outside.
    easting[~np.isfinite(easting)] = northing[~np.isfinite(northing)] = np.finfo(float).max
    return easting, northing, weights


@lru_cache(maxsize=8)
def _transformer(
    columns: Columns, grid: Grid
) -> tuple[Transformer, tuple[float, float, float, float]]:
    """Return the projection, and the grid's bounds in the CRS of the source."""
    source, plane = CRS.from_user_input(columns.source_crs), CRS.from_epsg(columns.crs)
    back = Transformer.from_crs(plane, source, always_xy=True)
    bounds = back.transform_bounds(*grid.bounds, densify_pts=21)
    return Transformer.from_crs(source, plane, always_xy=True), bounds


def _batches(
    path: Path, columns: Columns, groups: Sequence[int] | None
) -> Iterator[tuple[Floats, Floats, Floats]]:
    """Yield x, y and weights (empty if there are none), batch by batch."""
    import pyarrow as pa

    where = path.name
    try:
        for where, batch in _read(path, columns, groups):  # noqa: B007 (named in the message)
            yield _values(batch, columns)
    except (OSError, pa.ArrowException) as error:
        what = f"cannot be read: {_first_line(error)}"
        problem = Problem(where, what, "Write the file again, or take it away.")
        raise DataError("stream.unreadable", [problem]) from error


def _read(path: Path, columns: Columns, groups: Sequence[int] | None) -> Iterator[tuple[str, Any]]:
    """Yield record batches, each with the name of the place that it comes from."""
    names = list(columns.names)
    if path.suffix.lower() in _CSV:
        from pyarrow import csv

        options = csv.ConvertOptions(
            include_columns=names, column_types=dict.fromkeys(names, "float64")
        )
        yield from ((path.name, batch) for batch in csv.open_csv(path, convert_options=options))
        return
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups) if groups is None else groups:
            where = f"{path.name}, row group {group}"
            yield where, None  # so that an error in the group's first batch names the group
            batches = file.iter_batches(
                BATCH_ROWS, row_groups=[group], columns=names, use_threads=False
            )
            yield from ((where, batch) for batch in batches)


def _values(batch: Any, columns: Columns) -> tuple[Floats, Floats, Floats]:
    none = np.zeros(0)
    if batch is None:
        return none, none, none
    weights = none if columns.weights is None else _numbers(batch.column(columns.weights))
    if columns.geometry is not None:
        return (*_points(batch.column(columns.geometry)), weights)
    return _numbers(batch.column(columns.x)), _numbers(batch.column(columns.y)), weights


def _numbers(column: Any) -> Floats:
    import pyarrow as pa

    if column.type != pa.float64():
        column = column.cast(pa.float64(), safe=False)
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.float64)


def _points(column: Any) -> tuple[Floats, Floats]:
    """Return the coordinates of points in well-known binary; NaN for what is no point."""
    import pyarrow as pa
    import shapely

    wide = pa.types.is_large_binary(column.type)
    if column.null_count == 0 and (wide or pa.types.is_binary(column.type)):
        _, ends, data = column.buffers()
        ends = np.frombuffer(ends, np.int64 if wide else np.int32)
        ends = ends[column.offset : column.offset + len(column) + 1]
        if len(column) and (np.diff(ends) == 21).all():
            raw = np.frombuffer(data, np.uint8)[ends[0] : ends[-1]].reshape(-1, 21)
            if (raw[:, :5] == (1, 1, 0, 0, 0)).all():
                xy = np.ascontiguousarray(raw[:, 5:]).view("<f8")
                return np.ascontiguousarray(xy[:, 0]), np.ascontiguousarray(xy[:, 1])
    shapes = shapely.from_wkb(column.to_numpy(zero_copy_only=False), on_invalid="ignore")
    return shapely.get_x(shapes), shapely.get_y(shapes)


def _on_workers(
    paths: Sequence[Path], asked: Columns, grid: Grid, scheduler: str, watch: _Watch
) -> Iterator[Part]:
    """Yield the part of each file, as the workers of a dask cluster finish them."""
    try:
        distributed = importlib.import_module("distributed")
    except ImportError as error:
        remedy = "Install the optional requirements for dask, or leave the scheduler out."
        problem = Problem("scheduler", "needs the package distributed.", remedy)
        raise ParameterError("stream.dask", [problem]) from error
    try:
        client = distributed.Client(scheduler, set_as_default=False, timeout=ANSWER_S)
    except OSError as error:
        problem = Problem("scheduler", f"{scheduler} does not answer.", "Start it, or check it.")
        raise ParameterError("stream.dask", [problem]) from error
    with client:
        absolute = [path.resolve() for path in paths]
        futures = client.map(reduce_file, absolute, columns=asked, grid=grid, pure=False)
        try:
            for future in distributed.as_completed(futures, loop=client.loop):
                part: Part = future.result()
                watch.tell(part.read)
                yield part
        except BaseException:  # called off, or one file could not be read: stop the others
            client.cancel(futures)
            raise
