"""Show that NumPy and the compiled loops give one answer, whichever the size chooses."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.density.kernel_density import _filter, _phases
from geo.grid import binning, density_arrays, disc_arrays, loops
from geo.grid import disc_kernels as coverage_kernels
from geo.grid.cells import Grid
from geo.grid.polygons import slices
from tests.plane import CRS, FOUR, scattered

GRID = Grid(0.0, 0.0, 5.0, 20, 20)
EVERYWHERE = np.zeros((0, 0))
WAYS = (disc_arrays, coverage_kernels)


def _loop(way: ModuleType, name: str) -> Any:
    """A loop of NumPy's, or a kernel as Python runs it: nothing is compiled for these."""
    found = getattr(way, name)
    return getattr(found, "py_func", found)


def _discs(n: int = 12) -> tuple[Any, Any, Any]:
    x, y, radius = np.random.default_rng(5).uniform(-20, 120, (3, n))
    return x, y, np.abs(radius) / 3


@pytest.mark.parametrize("way", WAYS)
def test_counts_are_the_centres_within_the_discs(way: ModuleType) -> None:
    """Distances from every centre to every disc, worked out one by one."""
    x, y, radius = _discs()
    centres = 2.5 + 5 * np.arange(20)
    apart = np.hypot(centres[None, :, None] - x, centres[:, None, None] - y)
    counts = np.zeros((20, 21), dtype=np.int32)
    for low, high in ((0, 7), (7, 20)):  # as two threads do it
        _loop(way, "count_rows")(x, y, radius, GRID.origin, counts, low, high)
    assert counts[:, :-1].tolist() == (apart <= radius).sum(axis=2).tolist()


@pytest.mark.parametrize("share", [EVERYWHERE, np.random.default_rng(2).random((20, 20)).round(1)])
def test_tallies_and_sole_cells_are_one(share: Any) -> None:
    x, y, radius = _discs()
    counts = np.zeros((20, 21), dtype=np.int32)
    disc_arrays.count_rows(x, y, radius, GRID.origin, counts, 0, 20)
    sure = np.random.default_rng(4).random((4, 4)) < 0.2
    told = []
    for way in WAYS:
        covered, sole = np.zeros(20), np.zeros(12)
        tally, alone = _loop(way, "tally_rows"), _loop(way, "sole_cells")
        changes = [
            tally(counts[:, :-1], sure, 5, share, covered, *part) for part in ((0, 8), (8, 20))
        ]
        for part in ((0, 5), (5, 12)):
            alone(x, y, radius, GRID.origin, counts[:, :-1], share, sole, *part)
        told.append((sum(changes), covered, sole))
    assert told[0][0] == told[1][0] > 0
    np.testing.assert_allclose(told[0][1], told[1][1], rtol=1e-12)
    np.testing.assert_allclose(told[0][2], told[1][2], rtol=1e-12)
    assert told[0][2].any()


@pytest.mark.parametrize("way", WAYS)
def test_covered_lengths_are_those_of_the_union_by_geos(way: ModuleType) -> None:
    """Per line, the union of the chords cut with the pieces of the districts."""
    random = np.random.default_rng(3)
    areas = FOUR.iloc[:3]
    x, y = random.uniform(-5e3, 45e3, (2, 3, 9))
    x[:, 4], y[:, 4] = x[:, 2], y[:, 2]  # two sites on one spot
    radius = random.uniform(2e3, 9e3, 9)
    radius[4] = radius[2]
    lines = (1_700.0, 3_000.0)
    cut = slices(areas, y_m=lines[0], step_m=lines[1], rows=13)
    lengths = np.zeros((3, 3))
    for low, high in ((0, 1), (1, 3)):
        _loop(way, "covered_lengths")(
            x, y, radius, lines, cut.pointer, cut.start, cut.stop, cut.code, lengths, low, high
        )
    expected = np.zeros((3, 3))
    for d in range(3):
        for line in lines[0] + lines[1] * np.arange(13):
            rest = radius**2 - (y[d] - line) ** 2
            half = np.sqrt(rest[rest > 0])
            middle = x[d][rest > 0]
            chords = shapely.linestrings(
                np.stack([np.column_stack([middle - half, np.full(len(half), line)]),
                          np.column_stack([middle + half, np.full(len(half), line)])], axis=1)
            )  # fmt: skip
            union = shapely.union_all(chords)
            expected[d] += shapely.length(shapely.intersection(areas.geometry.to_numpy(), union))
    np.testing.assert_allclose(lengths, expected, rtol=1e-7)


def test_no_sites_and_no_districts_leave_the_lengths_at_zero() -> None:
    none, lengths = np.zeros((2, 0)), np.zeros((2, 4))
    cut = slices(FOUR, y_m=0.0, step_m=1e3, rows=40)
    pieces = (cut.pointer, cut.start, cut.stop, cut.code)
    disc_arrays.covered_lengths(none, none, np.zeros(0), (0.0, 1e3), *pieces, lengths, 0, 2)
    nowhere = slices(gpd.GeoDataFrame(geometry=[], crs=CRS), y_m=0.0, step_m=1e3, rows=4)
    pieces = (nowhere.pointer, nowhere.start, nowhere.stop, nowhere.code)
    some = np.ones((2, 3))
    disc_arrays.covered_lengths(some, some, np.ones(3), (0.0, 1e3), *pieces, lengths, 0, 2)
    assert not lengths.any()


@pytest.mark.parametrize("fine", [1, 2, 3, 5])
def test_filters_are_one(fine: int) -> None:
    grid = np.random.default_rng(fine).random((37, 23))
    taps, phases = _filter(4.3, 1, fine), _phases(fine)
    ours = density_arrays.smooth(grid, taps, phases, scale=2.0)
    np.testing.assert_allclose(ours, binning.smooth(grid, taps, phases, scale=2.0), rtol=1e-12)


@pytest.mark.slow
def test_quartic_kernels_and_extents_are_one() -> None:
    random = np.random.default_rng(1)
    xy, weights = random.uniform(-2e3, 32e3, (40, 2)), random.random(40)
    place = {"origin": (250.0, 250.0, 500.0), "shape": (60, 55)}
    reach = random.uniform(900.0, 9e3, 40)
    ours = density_arrays.splat(xy, weights, reach, **place)  # type: ignore[arg-type]
    compiled = binning.splat(xy, weights, reach, **place)  # type: ignore[arg-type]
    np.testing.assert_allclose(ours, compiled, rtol=1e-9, atol=1e-20)
    assert density_arrays.extent(xy) == binning.extent(xy)
    xy[3, 1] = np.inf
    assert density_arrays.extent(xy) is None
    assert binning.extent(xy) is None


def test_size_alone_chooses() -> None:
    few, many = loops.FEW_PLACES, loops.FEW_PLACES + 1
    assert (loops.for_discs(few), loops.for_discs(many)) == (disc_arrays, coverage_kernels)
    assert (loops.for_points(few), loops.for_points(many)) == (density_arrays, binning)
    side = loops.SHORT_SIDE
    assert loops.for_cells((side, 2)) == density_arrays
    assert loops.for_cells((2, side + 1)) == binning


@pytest.mark.slow
def test_draws_are_simulated_alike_by_both(monkeypatch: pytest.MonkeyPatch) -> None:
    from geo.coverage.simulation import simulate

    places = scattered(30, seed=4).assign(uncertainty_m=500.0)
    ours = simulate(places, FOUR, radius_m=3000.0, step_m=2_000.0)
    monkeypatch.setattr(loops, "FEW_PLACES", 0)
    compiled = simulate(places, FOUR, radius_m=3000.0, step_m=2_000.0)
    np.testing.assert_allclose(ours.draws, compiled.draws, atol=1e-9)
    np.testing.assert_allclose(
        ours.units.drop(columns="level"), compiled.units.drop(columns="level"), atol=1e-9
    )
