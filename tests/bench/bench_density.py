"""Time density surfaces beside one pass of binning and beside the usual way, in turn.

The floor is one pass over the points that shares each among four cells, in memory that is warm
and cleared beforehand: what any binned surface must do at least. The usual way is NumPy's
``histogram2d`` and SciPy's ``gaussian_filter``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import median
from time import perf_counter

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from geo.base.threads import cores, in_parts
from geo.density.kernel_density import kernel_density
from geo.density.surface import Surface
from geo.grid import binning
from layers.pack.city import load_city
from tests import ROOT
from tests.bench.table import Row

Floats = NDArray[np.float64]

POINTS = 1_000_000
SIGMA_M = 1000.0
ROUNDS = 25
USUAL_ROUNDS = 7
NODES = 600
FLOOR_RATIO = {500: 1.5, 100: 3.0}
USUAL_RATIO = {500: 0.02, 100: 0.03}
COPIES = {500: 0, 100: 4}
ERROR = {500: 5e-4, 100: 2e-5}
MASS_ERROR = 1e-9


def crowd(n: int, seed: int = 0) -> Floats:
    """Return points of a Thomas process (300 clusters, σ = 2 km) within the city, EPSG:4548."""
    city = load_city(ROOT / "data" / "tianjin").districts.to_crs(4548).union_all()
    shapely.prepare(city)
    random = np.random.default_rng(seed)
    west, south, east, north = city.bounds
    centres = random.uniform((west, south), (east, north), (1200, 2))
    centres = centres[shapely.contains_xy(city, centres)][:300]
    found: list[Floats] = []
    while sum(map(len, found)) < n:
        xy = centres[random.integers(0, len(centres), n)] + random.normal(0, 2000, (n, 2))
        found.append(xy[shapely.contains_xy(city, xy)])
    return np.ascontiguousarray(np.concatenate(found)[:n])


def in_turn(works: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Return the median seconds of each work; they take turns, so that noise meets all alike."""
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for turn in range(rounds + 2):
        for name, work in works.items():
            start = perf_counter()
            work()
            if turn > 1:  # two rounds to warm up
                seconds[name].append(perf_counter() - start)
    return {name: median(some) for name, some in seconds.items()}


def direct_sum(xy: Floats, at: Floats) -> Floats:
    """Return the sum of all Gaussians at some places, per km²."""
    near = (((xy[:, 0] - x) ** 2 + (xy[:, 1] - y) ** 2) / SIGMA_M**2 for x, y in at.tolist())
    sums = [float(np.exp(-0.5 * square[square < 80]).sum()) for square in near]
    return np.array(sums) / (2 * np.pi * (SIGMA_M / 1000) ** 2)


def gate(xy: Floats, surface: Surface, cell_m: int) -> list[Row]:
    """Measure the error at 600 nodes, and raise if it is too large."""
    flat = surface.values.reshape(-1)
    random = np.random.default_rng(1)
    top = np.argpartition(flat, -20 * NODES)[-20 * NODES :]
    chosen = np.concatenate(
        [
            random.choice(top, NODES // 2, replace=False),
            random.choice(np.flatnonzero(flat > flat.max() / 100), NODES - NODES // 2 - 1),
            [flat.argmax()],
        ]
    )
    row, column = np.divmod(chosen, surface.values.shape[1])
    exact = direct_sum(xy, np.column_stack([surface.xs[column], surface.ys[row]]))
    error = float(np.abs(flat[chosen] - exact).max() / exact.max())
    lost = abs(float(flat.sum()) * (cell_m / 1000) ** 2 / len(xy) - 1)
    if error > ERROR[cell_m] or lost > MASS_ERROR:
        raise AssertionError(f"{cell_m} m: error {error:.1e}, mass lost {lost:.1e}")
    name = f"density {cell_m} m: error of the maximum, ×1e6"
    return [Row(name, error * 1e6, "", ERROR[cell_m] * 1e6)]


def compare(xy: Floats, cell_m: int) -> list[Row]:
    """Time one surface beside the floor and beside the usual way."""
    cell = float(cell_m)
    surface = kernel_density(xy, sigma_m=SIGMA_M, cell_m=cell, crs=4548)
    shape, (x0, y0, _) = surface.values.shape, surface.grid.origin
    grids = [np.zeros(shape, dtype=np.int64) for _ in range(cores())]
    copy = np.empty(shape)
    west, south, east, north = surface.grid.bounds
    extent = ((south, north), (west, east))

    def one_pass() -> None:
        in_parts(share, len(xy), each=1)

    def share(part: int, low: int, high: int) -> None:
        place = (x0, y0, cell)
        binning.share_out(xy, None, grids[part], origin=place, nodes=2, low=low, high=high)

    def usual() -> None:
        counts, *_ = np.histogram2d(xy[:, 1], xy[:, 0], bins=shape, range=extent)
        gaussian_filter(counts, SIGMA_M / cell)

    quick = in_turn(
        {
            "ours": lambda: kernel_density(xy, sigma_m=SIGMA_M, cell_m=cell, crs=4548),
            "pass": one_pass,
            "copy": lambda: np.copyto(copy, surface.values),
        },
        ROUNDS,
    )  # fmt: skip
    slow = in_turn(
        {
            "ours": lambda: kernel_density(xy, sigma_m=SIGMA_M, cell_m=cell, crs=4548),
            "usual": usual,
        },
        USUAL_ROUNDS,
    )
    floor = quick["pass"] + COPIES[cell_m] * quick["copy"]
    below = "one binning pass" + (f" + {COPIES[cell_m]} grid copies" if COPIES[cell_m] else "")
    name = f"density {cell_m} m, 10⁶ points"
    return [
        *gate(xy, surface, cell_m),
        Row(name, quick["ours"] * 1000, "ms"),
        Row(f"{name}: one binning pass", quick["pass"] * 1000, "ms"),
        Row(f"{name} / {below}", quick["ours"] / floor, "", FLOOR_RATIO[cell_m]),
        Row(f"{name} / histogram2d + gaussian_filter", slow["ours"] / slow["usual"], "",
            USUAL_RATIO[cell_m]),
    ]  # fmt: skip


def run() -> list[Row]:
    """Return the figures of this module."""
    xy = crowd(POINTS)
    return [row for cell_m in (500, 100) for row in compare(xy, cell_m)]
