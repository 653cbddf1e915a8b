"""Time a million rows taken in from CSV, XLSX, GeoParquet and GeoPackage beside reading alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import geopandas as gpd
import numpy as np
import pandas as pd
import xlsxwriter

from tests import ROOT
from tests.bench.table import Row

MANY = 1_000_000
READ_ALONE = {
    "csv": "from pyarrow import csv; csv.read_csv(path)",
    "xlsx": (
        "from python_calamine import CalamineWorkbook;"
        " CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()"
    ),
    "parquet": "import pyarrow.parquet as pq; pq.read_table(path)",
    "gpkg": "import pyogrio; pyogrio.read_arrow(path)",
}
"""By kind of file, the quickest way to have its cells: pyarrow, calamine, pyarrow, GDAL."""
TAKE_IN = """
from pathlib import Path
from layers.intake.take_in import take_in
from layers.pack.city import load_city
taken = take_in(Path(path), load_city(Path("data/tianjin")), {})
assert taken.report.rows.read == rows, taken.report
"""
MEASURED = """
import sys, time
from pathlib import Path as P
path, rows = sys.argv[1], int(sys.argv[2])
began = time.process_time()
{work}
spent = time.process_time() - began
peak = P("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]
print(spent, int(peak) / 1024)
"""
"""A process of its own prints processor seconds and its largest memory, MB (Linux)."""


def write(folder: Path, rows: int) -> dict[str, Path]:
    """Write the same named points as each kind of file."""
    random = np.random.default_rng(3)
    lon, lat = random.uniform(116.8, 117.9, rows), random.uniform(38.7, 40.1, rows)
    names = [f"企业{k}" for k in range(rows)]
    frame = pd.DataFrame({"名称": names, "经度": lon.round(6), "纬度": lat.round(6)})
    paths = {kind: folder / f"points.{kind}" for kind in READ_ALONE}
    frame.to_csv(paths["csv"], index=False)
    points = gpd.GeoDataFrame(frame[["名称"]], geometry=gpd.points_from_xy(lon, lat), crs=4326)
    points.to_parquet(paths["parquet"])
    points.to_file(paths["gpkg"], driver="GPKG", layer="points", SPATIAL_INDEX="NO")
    with xlsxwriter.Workbook(paths["xlsx"], {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, list(frame.columns))
        for at, row in enumerate(frame.itertuples(index=False), start=1):
            sheet.write_row(at, 0, row)
    return paths


def measure(work: str, path: Path, rows: int) -> tuple[float, float]:
    """Return processor seconds and peak memory (MB) of a process that does some work."""
    argv = [sys.executable, "-c", MEASURED.format(work=work), str(path), str(rows)]
    done = subprocess.run(argv, cwd=ROOT, check=True, capture_output=True, text=True)
    seconds, memory = map(float, done.stdout.split())
    return seconds, memory


def run(rows: int = MANY) -> list[Row]:
    """Return processor time and peak memory of each kind, and both beside reading alone."""
    found: list[Row] = []
    with TemporaryDirectory() as folder:
        for kind, path in write(Path(folder), rows).items():
            alone, ours = measure(READ_ALONE[kind], path, rows), measure(TAKE_IN, path, rows)
            found += [
                Row(f"take in {rows:,} rows of {kind}", ours[0], "s"),
                Row("/ reading alone", ours[0] / alone[0]),
                Row("peak memory", ours[1], "MB"),
                Row("/ reading alone", ours[1] / alone[1]),
            ]
    return found
