"""Time points streamed out of Parquet beside decoding alone, and watch memory and bits."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from geo.grid.cells import Grid, grid_over
from geo.point_files.bin import BATCH_ROWS, Binned, Columns, bin_points
from tests import ROOT
from tests.bench.bench_density import crowd, in_turn
from tests.bench.table import Row

Floats = NDArray[np.float64]

FILES = 16
MANY, FEW = 20_000_000, 2_000_000
ROUNDS = 7
DECODE_RATIO = 1.3
MEMORY_RATIO = 1.1
CELL_M = 500.0


def write(folder: Path, rows: int, files: int, *, group: int = 1 << 20) -> list[Path]:
    """Write the same points, spread a little differently for every million, to some files."""
    folder.mkdir()
    some, random = crowd(500_000), np.random.default_rng(7)
    paths = []
    for k in range(files):
        chosen = random.integers(0, len(some), rows // files)
        xy = some[chosen] + random.normal(0, 300, (len(chosen), 2))
        paths.append(folder / f"{k:02d}.parquet")
        pq.write_table(pa.table({"x": xy[:, 0], "y": xy[:, 1]}), paths[-1], row_group_size=group)
    return paths


def respread(paths: Sequence[Path], folder: Path, files: int, group: int) -> list[Path]:
    """Write the rows of some files anew: other files, other row groups, another order."""
    folder.mkdir()
    table = pa.concat_tables([pq.read_table(path) for path in reversed(paths)])
    table = table.take(np.random.default_rng(files).permutation(len(table)))
    edges = np.linspace(0, len(table), files + 1).astype(int).tolist()
    written = []
    for k, (low, high) in enumerate(pairwise(edges)):
        written.append(folder / f"{k}.parquet")
        pq.write_table(table.slice(low, high - low), written[-1], row_group_size=group)
    return written


def decode(paths: Sequence[Path]) -> None:
    """Read all batches, as pyarrow does it on its own threads, and do nothing with them."""
    for path in paths:
        with pq.ParquetFile(path) as file:
            for _ in file.iter_batches(BATCH_ROWS, columns=["x", "y"]):
                pass


def peak_mb(paths: Sequence[Path], grid: Grid) -> float:
    """Return the most memory that a process of its own takes to bin some files."""
    code = (
        "import sys; from tests.bench.bench_stream import report_peak;"
        f"report_peak(sys.argv[1:], {grid!r})"
    )
    done = subprocess.run(
        [sys.executable, "-c", f"from geo.grid.cells import Grid; {code}", *map(str, paths)],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    return float(done.stdout)


def report_peak(paths: Sequence[str], grid: Grid) -> None:
    """Bin, and print the peak in MB; runs in a process of its own."""
    bin_points(paths, grid=grid, columns=Columns(crs=4548))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _on_two_processes(paths: Sequence[Path], grid: Grid) -> Binned:
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs="CRITICAL"
    ) as cluster:
        return bin_points(
            paths, grid=grid, scheduler=cluster.scheduler_address, columns=Columns(crs=4548)
        )


def _same_bits(few: Sequence[Path], folder: Path, grid: Grid) -> None:
    """Raise unless every way to split two million points gives the same grid."""
    ways = {
        "one process": lambda: bin_points(few, grid=grid, columns=Columns(crs=4548)),
        "two processes": lambda: _on_two_processes(few, grid),
        "one file": lambda: bin_points(
            respread(few, folder / "1", 1, 1 << 20), grid=grid, columns=Columns(crs=4548)
        ),
        "3 files, small groups": lambda: bin_points(
            respread(few, folder / "3", 3, 9999), grid=grid, columns=Columns(crs=4548)
        ),
        "40 files": lambda: bin_points(
            respread(few, folder / "40", 40, 1 << 20), grid=grid, columns=Columns(crs=4548)
        ),
    }
    digests = {name: work().digest for name, work in ways.items()}
    if len(set(digests.values())) != 1:
        raise AssertionError(f"the grids differ: {digests}")


def run() -> list[Row]:
    """Return the figures of this module."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        few, many = write(folder / "few", FEW, FILES), write(folder / "many", MANY, FILES)
        xy = crowd(100_000)
        grid = grid_over(
            (*(xy.min(axis=0) - 3000).tolist(), *(xy.max(axis=0) + 3000).tolist()), cell_m=CELL_M
        )
        _same_bits(few, folder, grid)
        found = bin_points(many, grid=grid, columns=Columns(crs=4548))
        if found.read != MANY or found.n + found.outside != MANY:
            raise AssertionError(f"of {MANY} rows, {found.n} were binned, {found.outside} outside")
        times = in_turn(
            {
                "ours": lambda: bin_points(many, grid=grid, columns=Columns(crs=4548)),
                "decode": lambda: decode(many),
            },
            ROUNDS,
        )
        peaks = peak_mb(few, grid), peak_mb(many, grid)
    return [
        Row("stream: one grid for 1 and 2 processes and 3 other partitionings", 1.0),
        Row("stream, 2×10⁷ points", times["ours"] * 1000, "ms"),
        Row("stream, 2×10⁷ points / decoding alone", times["ours"] / times["decode"], "",
            DECODE_RATIO),
        Row("stream: peak memory, 2×10⁷ points", peaks[1], "MB"),
        Row("stream: peak memory, 2×10⁷ / 2×10⁶ points", peaks[1] / peaks[0], "", MEMORY_RATIO),
    ]  # fmt: skip
