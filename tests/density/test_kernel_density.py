"""Hold the density surface against the direct sum, hand geometry and hostile input."""

from __future__ import annotations

import math
import subprocess
import sys
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from geo.base import threads
from geo.base.errors import CrsError, ParameterError
from geo.density.doubt import finer_than_doubt, finest_bandwidth_m
from geo.density.firmness import peak_height, peak_holds
from geo.density.kernel_density import (
    FEW,
    MOST_WEIGHT,
    adaptive_density,
    grid_density,
    kernel_density,
    silverman_sigma_m,
)
from geo.density.mercator import overlay
from geo.density.peaks import counted_once, explain, highest, top_of
from geo.density.sensitivity import sensitivity
from geo.density.surface import Surface, contours, levels, to_geotiff, zonal_mass
from geo.formats.write_geojson import to_geojson
from layers.language.messages import speaker
from tests import examples

Floats = NDArray[np.float64]
EAST, NORTH = 500_000.0, 4_300_000.0
CORNER = np.array([EAST, NORTH])
SQUARE = shapely.box(EAST, NORTH, EAST + 40_000, NORTH + 40_000)

affine_warns = pytest.mark.filterwarnings("ignore:Use `@` matmul:PendingDeprecationWarning")
"""rasterio 1.4 still multiplies as affine 3 wants it no more, when a file is opened."""


def scatter(n: int, *, seed: int = 0, side: float = 40_000) -> Floats:
    return np.random.default_rng(seed).uniform(0, side, (n, 2)) + CORNER


def heaps(n: int, *, seed: int = 0) -> Floats:
    rng = np.random.default_rng(seed)
    parents = rng.uniform(5_000, 35_000, (12, 2)) + CORNER
    return parents[rng.integers(0, 12, n)] + rng.normal(0, 1_500, (n, 2))


def by_hand(surface: Surface, xy: Floats, weights: Floats, kernel: str) -> Floats:
    """Sum every point's kernel at every cell centre, one point after the other."""
    sigma = float(str(surface.parameters["sigma_m"])) / 1000
    rows, columns = surface.values.shape
    x = (surface.x0 + (np.arange(columns) + 0.5) * surface.cell_m) / 1000
    y = (surface.y0 + (np.arange(rows) + 0.5) * surface.cell_m) / 1000
    total = np.zeros((rows, columns))
    for (east, north), weight in zip(xy / 1000, weights, strict=True):
        square = (x[None, :] - east) ** 2 + (y[:, None] - north) ** 2
        if kernel == "gaussian":
            total += weight * np.exp(-square / (2 * sigma**2)) / (2 * math.pi * sigma**2)
        else:
            h2 = 8 * sigma**2
            total += weight * 3 / (math.pi * h2) * np.clip(1 - square / h2, 0, None) ** 2
    return total


def mass(surface: Surface) -> float:
    return float(surface.values.sum()) * (surface.cell_m / 1000) ** 2


@pytest.mark.parametrize("kernel", ["gaussian", "quartic"])
def test_the_exact_surface_is_the_direct_sum(kernel: Literal["gaussian", "quartic"]) -> None:
    xy, weights = heaps(60), np.random.default_rng(1).uniform(0, 5, 60)
    surface = kernel_density(
        xy, sigma_m=1500, cell_m=700, weights=weights, kernel=kernel, method="exact", crs=4548
    )
    expected = by_hand(surface, xy, weights, kernel)
    np.testing.assert_allclose(surface.values, expected, rtol=1e-9, atol=1e-15)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kernel", "sigma_m", "cell_m", "error"),
    [
        ("gaussian", 1000, 500, 2.5e-3),  # one share of nine, two cells per sigma
        ("gaussian", 1000, 250, 5e-4),
        ("gaussian", 1000, 100, 5e-4),  # bins of 200 m, drawn out
        ("gaussian", 3000, 500, 5e-4),
        ("gaussian", 1000, 1000, 1e-3),  # on cells a third as large
        ("quartic", 1500, 250, 5e-3),
        ("quartic", 3000, 200, 1e-3),
    ],
)
@pytest.mark.parametrize("n", [1, 400])
def test_binned_agrees_with_exact(
    kernel: Any, sigma_m: float, cell_m: float, error: float, n: int
) -> None:
    xy = heaps(n)
    asked = {"sigma_m": sigma_m, "cell_m": cell_m, "kernel": kernel}
    exact = kernel_density(xy, method="exact", **asked, crs=4548)
    binned = kernel_density(xy, method="binned", **asked, crs=4548)
    assert (exact.x0, exact.y0, exact.values.shape) == (binned.x0, binned.y0, binned.values.shape)
    assert np.abs(exact.values - binned.values).max() <= error * exact.value
    assert binned.values.min() >= 0


@pytest.mark.slow
def test_many_points_on_four_shares_each_agree_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["geo.density.kernel_density"], "_MANY", 1000)
    xy = heaps(50_000)
    exact = kernel_density(xy, sigma_m=1000, cell_m=500, method="exact", crs=4548)
    binned = kernel_density(xy, sigma_m=1000, cell_m=500, method="binned", crs=4548)
    assert np.abs(exact.values - binned.values).max() <= 1e-3 * exact.value


@pytest.mark.parametrize("cell_m", [100, 400, 1000])
@pytest.mark.parametrize("weighted", [False, True])
def test_the_mass_on_the_surface_is_the_sum_of_the_weights(cell_m: float, weighted: bool) -> None:
    xy = heaps(3000)
    weights = np.random.default_rng(2).exponential(3, 3000) if weighted else None
    total = 3000 if weights is None else float(weights.sum())
    surface = kernel_density(
        xy, sigma_m=1250, cell_m=cell_m, weights=weights, method="binned", crs=4548
    )
    tolerance = 1e-9 if weights is None else 3e-7  # a weight is rounded to 2^-20
    assert mass(surface) == pytest.approx(total, rel=tolerance)
    assert surface.mass == pytest.approx(mass(surface), rel=1e-9)


def test_a_surface_moves_with_its_points() -> None:
    xy = heaps(500)
    asked: dict[str, Any] = {"sigma_m": 1000, "cell_m": 250, "method": "binned"}
    here = kernel_density(xy, **asked, crs=4548)
    there = kernel_density(xy + np.array([25_000, -50_000]), **asked, crs=4548)
    assert (there.x0 - here.x0, there.y0 - here.y0) == (25_000, -50_000)
    np.testing.assert_array_equal(here.values, there.values)


@pytest.mark.slow
def test_order_and_threads_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    xy = heaps(200_000)
    asked: dict[str, Any] = {"sigma_m": 1000, "cell_m": 200, "method": "binned"}
    first = kernel_density(xy, **asked, crs=4548).values
    shuffled = kernel_density(
        xy[np.random.default_rng(3).permutation(len(xy))], **asked, crs=4548
    ).values
    np.testing.assert_array_equal(first, shuffled)
    monkeypatch.setattr(threads, "cores", lambda: 1)
    np.testing.assert_array_equal(first, kernel_density(xy, **asked, crs=4548).values)


def test_a_surface_that_is_kept_stays_as_it_is() -> None:
    """Memory is lent again when nobody looks at it, not before."""
    asked: dict[str, Any] = {"sigma_m": 1000, "cell_m": 100, "method": "binned"}
    xy = heaps(3000)
    corner = kernel_density(xy, **asked, crs=4548).values[3:90, 5:90]  # a view: the surface is gone
    before = corner.copy()
    for _ in range(4):
        kernel_density(xy + np.array([0.0, 100.0]), **asked, crs=4548)
    np.testing.assert_array_equal(corner, before)


def test_parts_add_up_to_the_whole_and_weights_scale() -> None:
    xy = heaps(800)
    asked: dict[str, Any] = {"sigma_m": 1200, "cell_m": 300, "method": "binned"}
    whole = kernel_density(xy, boundary=SQUARE, **asked, crs=4548).values
    parts = [
        kernel_density(part, boundary=SQUARE, **asked, crs=4548).values
        for part in (xy[:300], xy[300:])
    ]
    np.testing.assert_allclose(whole, parts[0] + parts[1], rtol=1e-12, atol=1e-15)
    twice = kernel_density(xy, boundary=SQUARE, weights=np.full(800, 2.0), **asked, crs=4548).values
    np.testing.assert_allclose(twice, 2 * whole, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("method", ["exact", "binned"])
@pytest.mark.parametrize("kernel", ["gaussian", "quartic"])
def test_even_points_have_an_even_surface_up_to_the_edge(method: Any, kernel: Any) -> None:
    """A lattice of one point per km² in a square: without correction the corner holds a quarter."""
    at = np.arange(500.0, 40_000, 1000)
    xy = np.stack(np.meshgrid(at + EAST, at + NORTH), axis=-1).reshape(-1, 2)
    asked: dict[str, Any] = {"sigma_m": 2000, "cell_m": 500, "kernel": kernel, "method": method}
    even = kernel_density(xy, boundary=SQUARE, **asked, crs=4548)
    assert even.values.shape == (80, 80)
    np.testing.assert_allclose(even.values, 1.0, atol=0.02)
    bare = kernel_density(xy, **asked, crs=4548)
    corner = bare.at(np.array([[EAST + 100, NORTH + 100]]))[0]
    assert corner == pytest.approx(0.3, abs=0.02)  # normal(0.25 km / 2 km), squared


def test_points_outside_the_boundary_are_left_out_and_counted() -> None:
    inside, outside = scatter(50), scatter(30) + np.array([50_000, 0])
    surface = kernel_density(
        np.vstack([inside, outside]), sigma_m=2000, cell_m=500, boundary=SQUARE, crs=4548
    )
    alone = kernel_density(inside, sigma_m=2000, cell_m=500, boundary=SQUARE, crs=4548)
    np.testing.assert_array_equal(surface.values, alone.values)
    assert surface.n == 50
    assert surface.parameters["outside"] == 30
    assert "density.outside" in surface.caveats


def test_beyond_a_triangle_there_is_nothing() -> None:
    triangle = shapely.Polygon([(EAST, NORTH), (EAST + 40_000, NORTH), (EAST, NORTH + 40_000)])
    surface = kernel_density(scatter(300), sigma_m=3000, cell_m=1000, boundary=triangle, crs=4548)
    assert surface.inside is not None
    assert not surface.values[~surface.inside].any()
    assert surface.inside[0, 0]
    assert not surface.inside[-1, -1]


def test_a_finer_grid_shows_the_same_surface() -> None:
    """The middle cell of three by three has the centre of the large cell."""
    xy = heaps(200)
    coarse = kernel_density(xy, sigma_m=3000, cell_m=900, method="exact", boundary=SQUARE, crs=4548)
    fine = kernel_density(xy, sigma_m=3000, cell_m=300, method="exact", boundary=SQUARE, crs=4548)
    both = fine.at(
        np.stack(np.meshgrid(coarse.xs[5:40], coarse.ys[5:40]), axis=-1).reshape(-1, 2)
    ).reshape(35, 35)
    np.testing.assert_allclose(coarse.values[5:40, 5:40], both, rtol=2e-3)


def test_the_adaptive_surface_is_narrow_where_points_are_dense() -> None:
    rng = np.random.default_rng(4)
    dense, sparse = rng.normal(10_000, 800, (4000, 2)), rng.uniform(0, 40_000, (1000, 2))
    xy = np.vstack([dense, sparse]) + CORNER
    fixed = kernel_density(xy, sigma_m=3000, cell_m=500, method="binned", crs=4548)
    adaptive = adaptive_density(xy, sigma_m=3000, cell_m=500, crs=4548)
    assert mass(adaptive) == pytest.approx(5000, rel=1e-6)
    assert adaptive.value > 2 * fixed.value
    used = adaptive.parameters["bandwidths_m"]
    assert isinstance(used, tuple)
    assert 892 <= min(used) < 3000 < max(used) <= 10_091  # the rungs around a third and thrice


def test_the_adaptive_surface_of_an_even_pattern_is_the_fixed_one() -> None:
    at = np.arange(500.0, 40_000, 1000)
    xy = np.stack(np.meshgrid(at + EAST, at + NORTH), axis=-1).reshape(-1, 2)
    surface = adaptive_density(xy, sigma_m=3000, cell_m=500, boundary=SQUARE, crs=4548)
    np.testing.assert_allclose(surface.values, 1.0, atol=0.03)


def test_silverman_on_a_bell() -> None:
    bell = np.random.default_rng(5).normal(0, 1000, (4096, 2))
    assert silverman_sigma_m(bell) == pytest.approx(1000 / 4, rel=0.03)  # 4096^(1/6) = 4
    assert math.isnan(silverman_sigma_m([[0, 0]]))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"xy": [[math.nan, 0.0]]}, "xy"),
        ({"xy": [[math.inf, 0.0]]}, "xy"),
        ({"xy": [[1e9, 0.0]]}, "xy"),
        ({"xy": [[1.0, 2.0, 3.0]]}, "xy"),
        ({"weights": [-1.0]}, "weights"),
        ({"weights": [math.nan]}, "weights"),
        ({"weights": [1.0, 2.0]}, "weights"),
        ({"weights": [MOST_WEIGHT * 1.01]}, "weights"),
        ({"sigma_m": 0.0}, "sigma_m"),
        ({"sigma_m": math.nan}, "sigma_m"),
        ({"cell_m": -1.0}, "cell_m"),
        ({"sigma_m": 400.0}, "sigma_m"),
        ({"kernel": "epanechnikov"}, "kernel"),
        ({"method": "guess"}, "method"),
        ({"cell_m": 0.01}, "cell_m"),
        ({"boundary": shapely.Point(0, 0)}, "boundary"),
        ({"boundary": shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])}, "boundary"),
    ],
)
def test_what_cannot_be_measured_is_refused(change: dict[str, Any], named: str) -> None:
    asked: dict[str, Any] = {"xy": [[EAST, NORTH]], "sigma_m": 1000.0, "cell_m": 500.0} | change
    with pytest.raises(ParameterError) as caught:
        kernel_density(asked.pop("xy"), **asked, crs=4548)
    assert named in {problem.where for problem in caught.value.problems}


def test_every_problem_is_reported_at_once() -> None:
    with pytest.raises(ParameterError) as caught:
        kernel_density([[math.nan, 1]], sigma_m=-1, cell_m=0, weights=[-1], kernel="x", crs=4548)  # type: ignore[arg-type]
    assert {problem.where for problem in caught.value.problems} == {
        "sigma_m", "cell_m", "xy", "weights", "kernel",
    }  # fmt: skip


def test_a_plane_that_is_none_is_refused() -> None:
    with pytest.raises(CrsError):
        kernel_density([[117.0, 39.0]], sigma_m=1000, cell_m=500, crs=4326)
    with pytest.raises(CrsError):
        kernel_density(
            [[EAST, NORTH]],
            sigma_m=1000,
            cell_m=500,
            boundary=gpd.GeoSeries([SQUARE], crs=4527),
            crs=4548,
        )


def test_the_largest_sum_of_weights_is_counted_exactly() -> None:
    surface = kernel_density(
        [[EAST, NORTH]], sigma_m=1000, cell_m=500, weights=[MOST_WEIGHT], method="binned", crs=4548
    )
    assert surface.mass == pytest.approx(MOST_WEIGHT, rel=1e-12)


def test_no_points_give_an_empty_surface() -> None:
    bare = kernel_density(np.zeros((0, 2)), sigma_m=1000, cell_m=500, crs=4548)
    assert (bare.values.shape, bare.n, bare.value) == ((0, 0), 0, 0.0)
    assert "density.empty" in bare.caveats
    held = kernel_density([], sigma_m=1000, cell_m=500, boundary=SQUARE, method="binned", crs=4548)
    assert held.values.shape == (80, 80)
    assert not held.values.any()
    assert not adaptive_density(
        [], sigma_m=3000, cell_m=500, boundary=SQUARE, crs=4548
    ).values.any()


@settings(max_examples=examples(40))
@given(
    xy=arrays(
        np.float64,
        st.tuples(st.integers(0, 6), st.just(2)),
        elements=st.one_of(
            st.floats(-20_000, 20_000), st.sampled_from([0.0, 250.0, math.nan, math.inf, 1e300])
        ),
    ),
    weight=st.sampled_from([0.0, 1.0, 1e-9, 1e12, -1.0, math.nan]),
    cell_m=st.sampled_from([200.0, 500.0, 1000.0]),
    method=st.sampled_from(["exact", "binned"]),
)
def test_hostile_input_is_measured_or_refused(
    xy: Floats, weight: float, cell_m: float, method: Any
) -> None:
    weights = np.full(len(xy), weight)
    good = bool(np.isfinite(xy).all() and (np.abs(xy) < 1e8).all())
    good = good and (not len(xy) or (math.isfinite(weight) and weight >= 0))
    if not good:
        with pytest.raises(ParameterError):
            kernel_density(
                xy, sigma_m=1000, cell_m=cell_m, weights=weights, method=method, crs=4548
            )
        return
    surface = kernel_density(
        xy, sigma_m=1000, cell_m=cell_m, weights=weights, method=method, crs=4548
    )
    assert np.isfinite(surface.values).all()
    assert surface.values.min(initial=0.0) >= 0
    # With one cell per sigma the sum over the centres errs by 4·exp(-2π²) = 1.07e-8 (Poisson).
    assert mass(surface) == pytest.approx(weights.sum(), rel=1.1e-8, abs=1e-5)


def test_binned_points_of_a_stream_give_the_same_surface() -> None:
    from geo.grid.cells import Grid
    from geo.grid.density_kernels import ONE

    grid = Grid(EAST, NORTH, 500.0, 80, 80)
    counts = np.zeros((80, 80), dtype=np.int64)
    counts[30, 50] = 3 * ONE  # three points on a cell's centre
    surface = grid_density(counts, grid, n=3, sigma_m=1500, crs=4548)
    xy = np.full((3, 2), [EAST + 50.5 * 500, NORTH + 30.5 * 500])
    exact = kernel_density(xy, sigma_m=1500, cell_m=500, method="exact", crs=4548)
    assert surface.at(xy)[0] == pytest.approx(exact.at(xy)[0], rel=2.5e-2)  # cell²/6 of σ²
    assert (surface.n, surface.mass) == (3, 3.0)
    with pytest.raises(ParameterError):
        grid_density(counts, grid, n=3, sigma_m=900, crs=4548)
    with pytest.raises(ParameterError):
        grid_density(counts[:-1], grid, n=3, sigma_m=1500, crs=4548)


def test_the_result_says_what_it_is() -> None:
    surface = kernel_density(
        heaps(FEW - 1), sigma_m=3000, cell_m=500, boundary=SQUARE, data_date="2026-11-20", crs=4548
    )
    assert (surface.unit, surface.data_date) == ("1/km²", "2026-11-20")
    assert surface.crs.to_epsg() == 4548
    assert surface.caveats[0] == "density.few"
    assert "density.edge" in surface.caveats
    assert surface.value == surface.values.max()
    with pytest.raises(ValueError, match="read-only"):
        surface.values[0, 0] = 1.0
    for lang in ("zh", "en"):
        for key in (surface.method, *surface.caveats):
            assert "{" not in speaker(lang)(key, **surface.parameters)


def test_loading_the_module_is_light() -> None:
    heavy = ("numba", "scipy", "rasterio", "sklearn", "h3", "contourpy", "pyarrow.parquet")
    code = (
        "import sys, geo.density.kernel_density, geo.density.peaks, geo.density.bins;"
        "import geo.density.pattern, geo.inventory.balance, geo.point_files.bin;"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# --- surface: sums, contours, files -------------------------------------------------------------


def test_shares_of_cells_are_exact() -> None:
    from geo.grid.cells import Grid
    from geo.grid.polygons import cell_shares

    grid = Grid(0.0, 0.0, 10.0, 6, 5)
    ring = shapely.Polygon(
        [(5, 5), (45, 5), (45, 35), (5, 35)], [[(15, 15), (25, 15), (25, 25), (15, 25)]]
    )
    got = cell_shares(ring, grid)
    cells = [
        [shapely.intersection(ring, shapely.box(c * 10, r * 10, c * 10 + 10, r * 10 + 10)).area]
        for r in range(5)
        for c in range(6)
    ]
    np.testing.assert_allclose(got, np.array(cells).reshape(5, 6) / 100, atol=1e-12)


@settings(max_examples=examples(40))
@example([(0.0, 0.0), (0.0, 2e-311), (1.0, 0.0)])
@given(st.lists(st.tuples(st.floats(-30, 90), st.floats(-30, 90)), min_size=3, max_size=9))
def test_shares_add_up_to_the_area(corners: list[tuple[float, float]]) -> None:
    from geo.grid.cells import Grid
    from geo.grid.polygons import cell_shares

    shape = shapely.convex_hull(shapely.multipoints(corners))
    if shape.geom_type != "Polygon":
        return
    got = cell_shares(shape, Grid(0.0, 0.0, 7.0, 9, 8))
    clipped = shapely.intersection(shape, shapely.box(0, 0, 63, 56))
    assert got.sum() * 49 == pytest.approx(shapely.area(clipped), abs=1e-6)
    assert got.min() >= -1e-9
    assert got.max() <= 1 + 1e-9


def quarters() -> gpd.GeoDataFrame:
    half = 20_000
    boxes = [
        shapely.box(
            EAST + i * half, NORTH + j * half, EAST + (i + 1) * half, NORTH + (j + 1) * half
        )
        for j in (0, 1)
        for i in (0, 1)
    ]
    return gpd.GeoDataFrame(index=["sw", "se", "nw", "ne"], geometry=boxes, crs=4548)


def test_zonal_mass_splits_cells_at_the_border() -> None:
    surface = kernel_density(
        [[EAST + 20_000, NORTH + 10_000]], sigma_m=2000, cell_m=700, method="exact", crs=4548
    )
    table = zonal_mass(surface, quarters())
    assert table.loc["sw", "share"] == pytest.approx(0.5, abs=2e-3)
    assert table.loc["se", "share"] == pytest.approx(0.5, abs=2e-3)
    assert table["mass"].sum() == pytest.approx(1.0, abs=1e-5)
    assert table.loc["sw", "highest"] == pytest.approx(surface.value)
    with pytest.raises(CrsError):
        zonal_mass(surface, quarters().to_crs(4527))


def test_levels_are_round_and_below_the_highest() -> None:
    surface = kernel_density(heaps(500), sigma_m=2000, cell_m=500, crs=4548)
    marks = levels(surface)
    assert 3 <= len(marks) <= 6
    assert 0 < marks[0] < marks[-1] < surface.value
    assert levels(kernel_density([], sigma_m=2000, cell_m=500, crs=4548)) == ()


def test_contours_of_one_point_are_circles() -> None:
    """Half of the height lies at sigma times the root of 2 ln 2."""
    surface = kernel_density([[EAST, NORTH]], sigma_m=3000, cell_m=250, method="exact", crs=4548)
    half = 1 / (2 * math.pi * 9) / 2
    area = contours(surface, [half], filled=True).to_crs(4548).geometry.iloc[0]
    radius = 3000 * math.sqrt(2 * math.log(2))
    assert area.area == pytest.approx(math.pi * radius**2, rel=5e-3)
    assert area.centroid.distance(shapely.Point(EAST, NORTH)) < 5
    line = contours(surface, [half]).to_crs(4548).geometry.iloc[0]
    assert line.length == pytest.approx(2 * math.pi * radius, rel=5e-3)


def test_contours_are_ready_for_geojson() -> None:
    surface = kernel_density(heaps(400), sigma_m=2000, cell_m=500, crs=4548)
    for filled in (False, True):
        frame = contours(surface, [*levels(surface), 1e9], filled=filled)
        assert list(frame.index) == [f"contour-{k:02d}" for k in range(1, len(frame) + 1)]
        assert frame["level_per_km2"].is_monotonic_increasing
        assert frame.geometry.is_valid.all()
        assert to_geojson(frame).startswith(b"{")
    areas = contours(surface, levels(surface), filled=True).to_crs(4548).area
    assert areas.is_monotonic_decreasing


@affine_warns
def test_the_geotiff_opens_in_the_right_place() -> None:
    import rasterio
    from rasterio.io import MemoryFile

    xy = np.array([[EAST + 12_345, NORTH + 31_100]])
    surface = kernel_density(
        xy, sigma_m=2000, cell_m=250, boundary=SQUARE, data_date="2026-11-20", crs=4548
    )
    with MemoryFile(to_geotiff(surface)) as memory, memory.open() as file:
        assert file.crs.to_epsg() == 4548
        assert file.bounds == rasterio.coords.BoundingBox(*SQUARE.bounds)
        band = file.read(1)
        row, column = np.unravel_index(band.argmax(), band.shape)
        x, y = file.xy(row, column)
        assert abs(x - xy[0, 0]) <= 125
        assert abs(y - xy[0, 1]) <= 125
        assert next(file.sample(xy))[0] == pytest.approx(surface.value, rel=1e-6)
        tags = file.tags()
    assert tags["sigma_m"] == "2000.0"
    assert tags["data_date"] == "2026-11-20"
    assert "density.edge" in tags["caveats"]
    with pytest.raises(ParameterError):
        to_geotiff(kernel_density([], sigma_m=1000, cell_m=500, crs=4548))


@affine_warns
def test_the_geotiff_has_no_data_beyond_the_boundary() -> None:
    from rasterio.io import MemoryFile

    triangle = shapely.Polygon([(EAST, NORTH), (EAST + 40_000, NORTH), (EAST, NORTH + 40_000)])
    surface = kernel_density(scatter(30), sigma_m=3000, cell_m=1000, boundary=triangle, crs=4548)
    with MemoryFile(to_geotiff(surface)) as memory, memory.open() as file:
        band, tags, more = file.read(1), file.tags(), file.tags(1)
        assert file.units == ("1/km²",)
    assert np.isnan(band[0, -1])  # north-east
    assert np.isfinite(band[-1, 0])  # south-west
    # The file says itself what its cells add up to (of 1 km² each), and that this is not 30.
    assert float(tags["sum_of_cells"]) == pytest.approx(np.nansum(band, dtype=float), rel=1e-5)
    assert float(tags["places_it_was_made_of"]) == 30 - int(tags["outside"])
    assert "rim" in tags["sum_differs_because"]
    assert float(more["STATISTICS_MAXIMUM"]) == pytest.approx(np.nanmax(band), rel=1e-6)


@pytest.mark.parametrize(("east", "north"), [(450_000, 4_280_000), (590_000, 4_450_000)])
def test_the_overlay_lies_where_the_points_are(east: float, north: float) -> None:
    """Read the picture back: the middle of the brightest class must be the point, to one cell."""
    from io import BytesIO

    from PIL import Image
    from pyproj import Transformer

    xy = np.array([[east, north]])
    area = shapely.box(430_000, 4_260_000, 610_000, 4_470_000)
    surface = kernel_density(xy, sigma_m=3000, cell_m=500, boundary=area, crs=4548)
    picture = overlay(surface, breaks=[surface.value * 0.5], colours=["#B5322A"])
    image = Image.open(BytesIO(picture.png))
    drawn = np.array(image.convert("RGBA"))
    row, column = np.nonzero(drawn[..., 3])
    (south, west), (top, right) = picture.bounds
    forward = Transformer.from_crs(4326, 3857, always_xy=True)
    (x0, x1), (y0, y1) = forward.transform([west, right], [south, top])
    x = x0 + (column.mean() + 0.5) / image.width * (x1 - x0)
    y = y1 - (row.mean() + 0.5) / image.height * (y1 - y0)
    back = Transformer.from_crs(3857, 4548, always_xy=True).transform(x, y)
    assert np.hypot(back[0] - east, back[1] - north) < 500
    assert tuple(drawn[row[0], column[0]][:3]) == (0xB5, 0x32, 0x2A)
    assert abs((x1 - x0) / image.width - (y1 - y0) / image.height) < 1e-3  # square pixels


def test_an_overlay_needs_a_colour_for_each_class() -> None:
    surface = kernel_density(heaps(10), sigma_m=3000, cell_m=500, crs=4548)
    with pytest.raises(ParameterError):
        overlay(surface, breaks=[1.0, 2.0], colours=["#000000"])
    with pytest.raises(ParameterError):
        overlay(surface, breaks=[2.0, 1.0], colours=["#000000", "#ffffff"])


# --- peaks: no finer than the doubt -------------------------------------------------------------


def places(rows: list[tuple[float, float, str, float]]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "location_class": [row[2] for row in rows],
            "uncertainty_m": [row[3] for row in rows],
        },
        index=[f"p{k}" for k in range(len(rows))],
        geometry=[shapely.Point(EAST + row[0], NORTH + row[1]) for row in rows],
        crs=4548,
    )


def peak_of(rows: list[tuple[float, float, str, float]]) -> Any:
    frame = places(rows)
    xy = shapely.get_coordinates(frame.geometry.to_numpy())
    surface = kernel_density(xy, sigma_m=3000, cell_m=500, crs=4548)
    top = highest(surface).iloc[0]
    return explain(frame, x=top["x"], y=top["y"], sigma_m=3000, per_km2=top["per_km2"])


@pytest.mark.parametrize(
    ("rows", "label", "count"),
    [
        ([(0, 0, "proxy", 4000)] * 4 + [(20_000, 0, "host", 700)], "peak.coincident", 4),
        ([(0, 0, "proxy", 4000), (900, 0, "proxy", 4000)], "peak.stand_in", 1),
        ([(0, 0, "knowledge", 4000), (900, 0, "host", 700)], "peak.recollected", 1),
        ([(0, 0, "host", 700)] * 3 + [(900, 0, "proxy", 4000)], "peak.published", 2),
        ([(0, 0, "in_area", 700)] * 3, "peak.mixed", 2),
    ],
)
def test_a_peak_says_what_makes_it(rows: Any, label: str, count: int) -> None:
    peak = peak_of(rows)
    assert peak.label == label
    assert peak.parameters["rows"] == count
    assert peak.rows["share"].sum() == pytest.approx(1)
    assert ("density.too_fine" in peak.caveats) == (label not in ("peak.published", "peak.mixed"))
    for key in peak.caveats:
        assert "{" not in speaker("zh")(key, **peak.parameters)


def test_highest_peaks_keep_apart() -> None:
    xy = np.array([[0, 0], [30_000, 0], [30_000, 0]]) + CORNER
    table = highest(kernel_density(xy, sigma_m=2000, cell_m=500, crs=4548))
    assert len(table) == 2
    assert table["per_km2"].iloc[0] == pytest.approx(2 * table["per_km2"].iloc[1], rel=0.02)
    assert abs(table["x"].iloc[0] - EAST - 30_000) <= 250


def test_a_high_with_no_place_near_is_no_peak() -> None:
    """An islet 8 km from the only place: the edge correction swells the tail there to a high."""
    mainland, islet = shapely.box(0, 0, 7_000, 10_000), shapely.box(10_000, 4_000, 11_000, 6_000)
    area = shapely.affinity.translate(shapely.MultiPolygon([mainland, islet]), *CORNER)
    xy = np.array([[2_000, 5_000]]) + CORNER
    surface = kernel_density(xy, sigma_m=3000, cell_m=500, boundary=area, crs=4548)
    every = highest(surface)
    assert (every["x"] > EAST + 10_000).tolist() == [False, True]
    kept = highest(surface, points=xy)
    assert (kept["x"] < EAST + 10_000).tolist() == [True]
    assert top_of(surface, xy) == (kept["x"].iloc[0], kept["y"].iloc[0])
    assert highest(surface, points=xy + 40_000).empty
    assert top_of(surface, xy + 40_000) is None
    # Two places: one peak 1 cell from the islet counts, because a place lies within 2 bandwidths.
    both = np.vstack([xy, [[EAST + 4_500, NORTH + 5_000]]])
    assert len(highest(surface, points=both)) == 2


@pytest.mark.parametrize("kernel", ["gaussian", "quartic"])
@pytest.mark.parametrize("bounded", [True, False])
def test_a_peaks_height_is_that_of_each_draws_surface(kernel: Any, bounded: bool) -> None:
    """Second route: a whole surface for every draw, read at the peak's cell."""
    rng = np.random.default_rng(8)
    # One place stands at the corner: some draws move it beyond the boundary.
    xy = np.vstack([heaps(30, seed=2), [[EAST + 900, NORTH + 900]] * 8])
    weights = rng.uniform(1, 3, len(xy))
    asked: dict[str, Any] = {"sigma_m": 3000, "cell_m": 500, "kernel": kernel, "method": "exact"}
    area = SQUARE if bounded else None
    surface = kernel_density(xy, weights=weights, boundary=area, **asked, crs=4548)
    top = highest(surface, points=xy).iloc[0]
    peak, height = (float(top["x"]), float(top["y"])), float(top["per_km2"])
    draws = xy + rng.uniform(-4000, 4000, (20, *xy.shape))
    found = peak_height(
        xy, draws, peak=peak, per_km2=height, sigma_m=3000, kernel=kernel, weights=weights
    )
    bare, *moved = (
        kernel_density(at, weights=weights, **asked, crs=4548).at(np.array([peak]))[0]
        for at in (xy, *draws)
    )
    one_by_one = np.array(moved) * (height / bare)
    assert (height / bare > 1.01) == bounded
    assert found.draws == pytest.approx(one_by_one, rel=1e-6)
    assert [found.low, found.high] == pytest.approx(np.percentile(one_by_one, [5, 95]), rel=1e-6)
    assert found.value == height
    for lang in ("zh", "en"):
        assert "{" not in " ".join(speaker(lang)(key, **found.parameters) for key in found.caveats)


def test_a_height_says_on_which_side_of_its_draws_the_map_lies() -> None:
    xy = np.array([[0.0, 0.0], [0.0, 0.0]]) + CORNER
    away = xy + np.array([3000.0, 0.0])
    asked: dict[str, Any] = {"peak": (EAST, NORTH), "per_km2": 2.0, "sigma_m": 3000.0}
    above = peak_height(xy, np.stack([away] * 4), **asked)
    # One sigma off, each Gaussian keeps exp(-1/2) of its middle.
    assert (above.low, above.high) == pytest.approx((2 * math.exp(-0.5),) * 2)
    assert above.caveats == ("peak.drawn_above",)
    below = peak_height(away, np.stack([xy] * 4), **asked)
    assert below.caveats == ("peak.drawn_below",)
    still = peak_height(xy, np.stack([xy] * 4), **asked)
    assert still.caveats == ("peak.drawn_within",)
    for draws in (xy, np.stack([xy]) * np.nan):
        with pytest.raises(ParameterError):
            peak_height(xy, draws, **asked)
    with pytest.raises(ParameterError):
        peak_height(xy, np.stack([xy]), **asked | {"per_km2": 0.0})


def test_what_makes_a_peak_follows_its_kernel() -> None:
    """3 km off at a bandwidth of 2 km: exp(-9/8) for a Gaussian, (1 - 9/32)² for a quartic."""
    rows = [(0.0, 0.0, "host", 500.0), (3e3, 0.0, "host", 500.0), (6e3, 0.0, "host", 500.0)]
    for kernel, off, far in (
        ("gaussian", math.exp(-9 / 8), math.exp(-36 / 8)),
        ("quartic", (1 - 9 / 32) ** 2, 0.0),
    ):
        asked: Any = {"x": EAST, "y": NORTH, "sigma_m": 2000, "per_km2": 1.0, "kernel": kernel}
        share = explain(places(rows), **asked).rows["share"]
        assert share.tolist() == pytest.approx([v / (1 + off + far) for v in (1, off, far)])


def test_draws_and_runs_follow_the_kernel() -> None:
    """Three places on a spot in the west and three in the east; more stand round about.

    West: four at 4.4 km, where a Gaussian of 1.5 km still has exp(-4.3) each, but a quartic, which
    ends at 4.24 km, nothing. East: one at 3.9 km, with exp(-3.38) or (1 - 3.9²/18)² = 0.024. So
    the Gaussian peak lies in the west (3.054 to 3.034), the quartic one in the east (3 to 3.024,
    and 3.045 half a kilometre nearer to the one).
    """
    ring = 4_400 * np.array([[1, 0], [-1, 0], [0, 1], [0, -1]])
    west = np.vstack([np.zeros((3, 2)), ring]) + CORNER + [7_250, 10_250]
    east = np.vstack([np.zeros((3, 2)), [[3_900, 0]]]) + CORNER + [27_250, 10_250]
    xy = np.vstack([west, east])
    for kernel, at, zone in (("gaussian", west[0], "sw"), ("quartic", east[0], "se")):
        asked: Any = {"sigma_m": 1500, "cell_m": 500, "kernel": kernel}
        spot = (float(at[0]), float(at[1]), 1000.0)
        held = peak_holds(np.stack([xy, xy]), within=spot, **asked)
        assert held.value == 1
        assert held.parameters["kernel"] == kernel
        runs = sensitivity(xy, zones=quarters(), factors=(1.0,), **asked, crs=4548)
        assert set(runs.runs["peak_zone"]) == {zone}
        assert runs.surfaces[0].parameters["kernel"] == kernel


def test_a_bandwidth_is_measured_against_the_doubt() -> None:
    doubt = pd.Series({"a": 700.0, "b": 4000.0, "c": math.nan})
    assert finer_than_doubt(doubt, bandwidth_m=3000).to_dict() == {"a": False, "b": True, "c": True}
    assert finest_bandwidth_m(doubt) == 8000
    assert finest_bandwidth_m(doubt, share=0.5) == 1400
    assert finest_bandwidth_m([]) == 0
    with pytest.raises(ParameterError):
        finest_bandwidth_m(doubt, share=0)


def test_nested_rows_count_once() -> None:
    parents = {"park": None, "part": "park", "deep": "part", "other": "beyond", "a": "b", "b": "a"}
    frame = pd.DataFrame({"parent_id": pd.Series(parents)})
    kept = counted_once(frame)
    assert [id_ for id_ in frame.index if kept[id_]] == ["park", "other"]
    assert counted_once(frame.loc[["deep", "other"]]).all()


def test_a_peak_holds_in_the_share_of_draws_in_which_it_stays() -> None:
    """Three points that never move make the peak in 3 of 4 draws; in one they are scattered."""
    steady = np.array([[0, 0], [0, 0], [0, 0], [20_000, 0], [20_000, 0]], dtype=float)
    moved = np.array([[0, 0], [0, 15_000], [0, 30_000], [20_000, 0], [20_000, 0]], dtype=float)
    draws = np.stack([steady, steady, moved, steady]) + CORNER
    near = peak_holds(draws, sigma_m=2000, within=(EAST, NORTH, 1000.0))
    assert near.value == 0.75
    assert near.held.tolist() == [True, True, False, True]
    assert near.caveats == ("peak.holds", "peak.not_firm")
    district = shapely.box(EAST - 5000, NORTH - 5000, EAST + 5000, NORTH + 5000)
    inside = peak_holds(draws, sigma_m=2000, within=district)
    assert (inside.value, inside.caveats[0]) == (0.75, "peak.holds_in")
    for found in (near, inside):
        for lang in ("zh", "en"):
            assert "75" in speaker(lang)(found.caveats[0], **found.parameters)
    with pytest.raises(ParameterError):
        peak_holds(steady, sigma_m=2000, within=district)
    with pytest.raises(ParameterError):
        peak_holds(draws * np.nan, sigma_m=2000, within=district)


def test_a_clear_finding_survives_and_an_even_one_does_not() -> None:
    rng = np.random.default_rng(6)
    heap = rng.normal(10_000, 1500, (300, 2)) + CORNER
    clear = sensitivity(heap, zones=quarters(), sigma_m=2000, cell_m=500, boundary=SQUARE, crs=4548)
    assert clear.survives
    assert clear.verdict == "sensitivity.survives"
    assert set(clear.runs["peak_zone"]) == {"sw"}
    assert len(clear.surfaces) == 6
    assert sorted(set(clear.runs["cell_m"])) == [500, 1000]
    assert clear.share[0]["sw"] == pytest.approx(1, abs=0.02)
    # A narrow heap of 30 in one quarter, a broad one of 60 in another: the bandwidth decides.
    narrow = rng.normal(0, 300, (30, 2)) + CORNER + 10_000
    broad = rng.normal(0, 3500, (60, 2)) + CORNER + 30_000
    open_ = sensitivity(
        np.vstack([narrow, broad]),
        zones=quarters(),
        sigma_m=4000,
        cell_m=1000,
        boundary=SQUARE,
        crs=4548,
    )
    assert open_.verdict in {"sensitivity.peak_moves", "sensitivity.neither"}
    assert {"sw", "ne"} <= set(open_.runs["peak_zone"])
    for found in (clear, open_):
        assert "{" not in speaker("zh")(found.verdict, **found.parameters)
