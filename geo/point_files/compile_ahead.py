"""Compile inner loops before anyone waits: ``python -m geo.point_files.compile_ahead``.

Numba compiles a loop at its first call and keeps the machine code for later processes. Each of the
steps below is the smallest question that is large enough for compiled code (:mod:`geo.grid.loops`).
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import geopandas as gpd
import numpy as np
import shapely

from geo.base.crs import ANY_METRES
from geo.coverage.service_area import assign, overlap, service_area
from geo.coverage.simulation import covered_by_draw
from geo.density.kernel_density import kernel_density
from geo.grid.cells import grid_over
from geo.grid.lookup import FEW_PAIRS
from geo.grid.loops import FEW_PLACES
from geo.point_files.bin import Columns, bin_points

SIDE_M = 20_000.0
MANY = FEW_PLACES + 1
SHARED_AMONG_FOUR = 200_000
"""Points from which on a point is shared among four cells, not nine."""


def _crowd(n: int) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.random.default_rng(0).uniform(0, SIDE_M, (n, 2))


def _halves() -> gpd.GeoDataFrame:
    boxes = [shapely.box(0, 0, SIDE_M / 2, SIDE_M), shapely.box(SIDE_M / 2, 0, SIDE_M, SIDE_M)]
    return gpd.GeoDataFrame(index=["west", "east"], geometry=boxes, crs=ANY_METRES)


def density() -> None:
    """Share points among cells, filter the grid, and draw it out."""
    for n, cell_m, weights in (
        (MANY, 100.0, None),
        (MANY, 100.0, np.ones(MANY)),
        (SHARED_AMONG_FOUR, 500.0, None),
    ):
        kernel_density(
            _crowd(n),
            sigma_m=1_000,
            cell_m=cell_m,
            weights=weights,
            method="binned",
            crs=ANY_METRES,
        )
    kernel_density(
        _crowd(MANY), sigma_m=1_000, cell_m=500, kernel="quartic", method="exact", crs=ANY_METRES
    )


def reach() -> None:
    """Count the cells that many sites reach, once, twice and alone; outline them; move them."""
    places = _crowd(MANY)
    sites = gpd.GeoDataFrame(geometry=shapely.points(places), crs=ANY_METRES)
    for within in (None, _halves()):
        _ = service_area(sites, radius_m=500, within=within, method="grid").geometry
        overlap(sites, radius_m=500, within=within)
    covered_by_draw(np.stack([places, places]), np.full(MANY, 500.0), _halves(), step_m=1_000)


def lookup() -> None:
    """Say in which of two areas very many points lie."""
    assign(_crowd(FEW_PAIRS), _halves())


def stream() -> None:
    """Bin a file of points, within a boundary and without."""
    grid = grid_over((0, 0, SIDE_M, SIDE_M), cell_m=500)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "points.csv"
        rows = "\n".join(f"{x:.1f},{y:.1f}" for x, y in _crowd(MANY) * 1.1)
        path.write_text(f"x,y\n{rows}\n", encoding="ascii")
        plane = Columns(crs=ANY_METRES)
        bin_points([path], grid=grid, columns=plane)
        bin_points([path], grid=grid, columns=plane, boundary=shapely.box(0, 0, SIDE_M, SIDE_M / 2))


STEPS: tuple[Callable[[], None], ...] = (density, reach, lookup, stream)


def main() -> int:
    """Run all steps and say how long each took: seconds the first time, less ever after."""
    for step in STEPS:
        start = time.perf_counter()
        step()
        print(f"{step.__name__:8} {time.perf_counter() - start:6.1f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
