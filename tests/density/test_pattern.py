"""Hold the tests of pattern against PySAL and hand geometry, and see them refuse."""

from __future__ import annotations

import math
import warnings
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from geo.base.errors import DataError, ParameterError
from geo.density.pattern import (
    MINIMUM,
    area_neighbours,
    besag_l,
    clusters,
    grid_hot_spots,
    hot_spots,
    moran,
    nearest_neighbour,
    random_points,
    ripley,
)
from layers.language.messages import speaker

Floats = NDArray[np.float64]
BOX = shapely.box(0, 0, 10_000, 10_000)
TRIANGLE = shapely.Polygon([(0, 0), (20_000, 0), (0, 20_000)])


def heaps(seed: int = 0) -> Floats:
    rng = np.random.default_rng(seed)
    centres = rng.uniform(1500, 8500, (8, 2))
    return np.vstack([rng.normal(centre, 250, (40, 2)) for centre in centres])


def lattice() -> Floats:
    at = np.arange(250.0, 10_000, 500)
    return np.stack(np.meshgrid(at, at), axis=-1).reshape(-1, 2)


def board(size: int = 8) -> gpd.GeoDataFrame:
    boxes = [shapely.box(c, r, c + 1, r + 1) for r in range(size) for c in range(size)]
    return gpd.GeoDataFrame(geometry=boxes, crs=4548)


def said(found: Any) -> str:
    return "".join(speaker("zh")(key, **found.parameters) for key in (*found.caveats, found.method))


@pytest.mark.parametrize(
    ("xy", "verdict"),
    [
        (heaps(), "pattern.clustered"),
        (lattice(), "pattern.spread"),
        (random_points(BOX, 300, np.random.default_rng(5)), "pattern.random"),
    ],
    ids=["heaps", "lattice", "random"],
)
def test_nearest_neighbours_and_ripley_tell_the_three_patterns_apart(
    xy: Floats, verdict: str
) -> None:
    near = nearest_neighbour(xy, boundary=BOX, simulations=99)
    assert near.caveats[0] == verdict
    far = ripley(xy, boundary=BOX, radii_m=[100, 200, 400, 800, 1200], simulations=99)
    assert far.caveats[0] == verdict
    assert "{" not in said(near) + said(far)


def test_the_index_of_a_lattice_is_near_two() -> None:
    """A square lattice has 0.5/√density doubled; without edge bias the index would be 2."""
    found = nearest_neighbour(lattice(), boundary=BOX, simulations=99)
    assert found.parameters["observed_m"] == 500
    assert found.parameters["analytic"] == pytest.approx(2.0)
    assert found.value == pytest.approx(2.0, rel=0.05)


def test_nearest_neighbours_agree_with_pointpats() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pointpats import PointPattern

        pattern = PointPattern(heaps())
        mean = pattern.mean_nnd
    found = nearest_neighbour(heaps(), boundary=BOX, simulations=19)
    assert found.parameters["observed_m"] == pytest.approx(mean)


def test_besags_l_agrees_with_pointpats() -> None:
    xy, radii = heaps(), np.array([200.0, 500.0, 1000.0])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pointpats import k as pointpats_k

        _, expected = pointpats_k(xy, support=radii)
    got = besag_l(xy, radii, BOX.area) ** 2
    # pointpats takes the area of the hull of the points: only the course can be compared.
    assert got / got[-1] == pytest.approx(expected / expected[-1])


def test_besags_l_of_a_pair_by_hand() -> None:
    """Two points 100 m apart in 1 km²: K = area · 2 / (2 · 1) from 100 m on."""
    got = besag_l(np.array([[0.0, 0.0], [100.0, 0.0]]), np.array([99.0, 101.0]), 1e6)
    assert got.tolist() == pytest.approx([0.0, math.sqrt(1e6 / math.pi)])


def test_the_band_is_that_of_the_real_boundary() -> None:
    """In a triangle random points are random; measured in its bounding box they would crowd."""
    xy = random_points(TRIANGLE, 400, np.random.default_rng(1))
    assert shapely.contains_xy(TRIANGLE, xy).all()
    radii = [500, 1000, 2000]
    inside = ripley(xy, boundary=TRIANGLE, radii_m=radii, simulations=39)
    assert inside.caveats[0] == "pattern.random"
    table = inside.table
    assert ((table["low_m"] <= table["high_m"]) & (table["beyond"] == 0)).all()
    assert nearest_neighbour(xy, boundary=TRIANGLE, simulations=39).caveats[0] == "pattern.random"
    assert random_points(TRIANGLE, 0, np.random.default_rng(1)).shape == (0, 2)


def test_the_scale_of_the_heaps_is_found() -> None:
    found = ripley(heaps(), boundary=BOX, radii_m=[100, 250, 500, 750, 3000], simulations=19)
    assert 250 <= found.value <= 750
    assert found.table.loc[500, "beyond"] == 1
    for radii in ([], [0, 100], [200, 100]):
        with pytest.raises(ParameterError):
            ripley(heaps(), boundary=BOX, radii_m=radii)


@pytest.mark.parametrize(("method", "asked"), [("dbscan", {"reach_m": 250}), ("hdbscan", {})])
def test_clusters_find_the_heaps_and_draw_the_noise(method: Any, asked: dict[str, Any]) -> None:
    rng = np.random.default_rng(2)
    sizes = (120, 80, 60)
    centres = np.array([[2000, 2000], [8000, 2000], [5000, 8000]])
    parts = [rng.normal(c, 150, (n, 2)) for c, n in zip(centres, sizes, strict=True)]
    lone = np.array([[300.0, 9700.0], [9700.0, 9700.0], [9800.0, 5200.0], [100.0, 5200.0]])
    found, labels, hulls = clusters(
        np.vstack([*parts, lone]), method=method, least=15, crs=4548, **asked
    )
    assert found.value == 3
    assert found.table["n"].is_monotonic_decreasing
    assert method == "hdbscan" or (labels[-4:] == -1).all()
    assert found.parameters["noise"] == (labels < 0).sum()
    for k in range(3):
        assert np.hypot(*(found.table.loc[k, ["x", "y"]] - centres[k])) < 100
        members = shapely.points(np.vstack([*parts, lone])[labels == k])
        assert shapely.covers(hulls.geometry[k].buffer(1e-6), members).all()
    assert "{" not in said(found)


def test_points_without_heaps_are_all_noise() -> None:
    found, labels, hulls = clusters(lattice(), method="dbscan", least=5, reach_m=100, crs=4548)
    assert found.caveats[0] == "pattern.no_clusters"
    assert (labels == -1).all()
    assert len(hulls) == len(found.table) == 0
    with pytest.raises(ParameterError):
        clusters(lattice(), method="dbscan", crs=4548)


@pytest.fixture(scope="module")
def values() -> Floats:
    """A slope with noise over the board: neighbours are alike."""
    slope = np.add.outer(np.arange(8), np.arange(8)).ravel()
    return np.asarray(slope + np.random.default_rng(3).normal(0, 2, 64))


def test_moran_agrees_with_esda(values: Floats) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from esda.moran import Moran
        from libpysal.weights import Queen

        theirs = Moran(values, Queen.from_dataframe(board(), use_index=False), permutations=0)
    ours = moran(values, area_neighbours(board()))
    assert ours.value == pytest.approx(theirs.I)
    assert ours.parameters["expected"] == pytest.approx(theirs.EI)
    assert ours.parameters["p"] == 0.001
    assert ours.caveats == ("pattern.alike",)
    shuffled = moran(np.random.default_rng(0).permutation(values), area_neighbours(board()))
    assert shuffled.caveats == ("pattern.random_areas",)
    chess = moran(np.indices((8, 8)).sum(axis=0).ravel() % 2, rook())
    assert chess.value == pytest.approx(-1.0)
    assert chess.caveats == ("pattern.unlike",)
    assert "{" not in said(ours) + said(shuffled) + said(chess)


def rook() -> Any:
    from scipy.sparse import csr_array

    centres = np.indices((8, 8)).reshape(2, -1).T
    apart = np.abs(centres[:, None] - centres[None]).sum(axis=2)
    return csr_array((apart == 1).astype(float))


def test_hot_spots_agree_with_esda(values: Floats) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from esda.getisord import G_Local
        from libpysal.weights import Queen, fill_diagonal

        weights = fill_diagonal(Queen.from_dataframe(board(), use_index=False), 1.0)
        theirs = G_Local(values, weights, transform="B", star=True, permutations=0)
    ours = hot_spots(values, area_neighbours(board()))
    np.testing.assert_allclose(ours.table["z"], theirs.Zs, rtol=1e-9)
    assert ours.value > 0
    assert ours.table.loc[ours.table["spot"] == "hot", "z"].min() > 0
    assert ours.table["spot"].iloc[63] == "hot"
    assert ours.table["spot"].iloc[0] == "cold"
    assert "{" not in said(ours)


def test_false_discoveries_by_hand() -> None:
    """Benjamini and Hochberg: p·m/rank, and no q above that of a larger p."""
    values = np.random.default_rng(9).normal(size=64)
    table = hot_spots(values, area_neighbours(board())).table.sort_values("p")
    scaled = [p * len(table) / rank for rank, p in enumerate(table["p"], start=1)]
    by_hand = [min(1.0, *scaled[at:]) for at in range(len(scaled))]
    assert table["q"].tolist() == pytest.approx(by_hand)


def test_noise_has_hardly_a_hot_spot() -> None:
    """With control, one map in twenty may show one; without, each map would show several."""
    rng, neighbours = np.random.default_rng(4), area_neighbours(board())
    found = [hot_spots(rng.normal(size=64), neighbours) for _ in range(40)]
    assert sum(one.value > 0 for one in found) <= 4
    assert sum((one.table["p"] < 0.05).any() for one in found) > 20


def test_hot_spots_on_a_grid_find_the_heap_and_count_empty_cells() -> None:
    rng = np.random.default_rng(7)
    xy = np.vstack([random_points(BOX, 300, rng), rng.normal([2500, 7500], 400, (150, 2))])
    found, cells = grid_hot_spots(xy, boundary=BOX, cell_m=1000, crs=4548)
    assert len(cells) == len(found.table) == 100
    assert cells["n"].sum() == 450
    hot = cells[found.table["spot"] == "hot"]
    assert len(hot)
    assert hot.union_all().distance(shapely.Point(2500, 7500)) == 0
    assert hot.centroid.distance(shapely.Point(2500, 7500)).max() < 2500
    half = shapely.box(0, 0, 10_000, 9_400)
    _, cut = grid_hot_spots(xy, boundary=half, cell_m=1000, crs=4548)
    assert len(cut) == 90  # the top row holds 0.4 of its cells
    few, _ = grid_hot_spots(xy[:50], boundary=BOX, cell_m=1000, crs=4548)
    assert few.refused == "pattern.refused"


def test_sixteen_districts_get_no_stars() -> None:
    areas = board(4)
    for found in (
        hot_spots(np.arange(16.0), area_neighbours(areas)),
        moran(np.arange(16.0), area_neighbours(areas)),
    ):
        assert found.refused == "pattern.refused"
        assert math.isnan(found.value)
        assert found.table.empty
        assert "16" in speaker("zh")(found.refused, **found.parameters)
        assert speaker("zh")(str(found.parameters["source"]))


def test_too_few_points_are_refused() -> None:
    few = heaps()[: MINIMUM["ripley"].n - 1]
    for found in (
        nearest_neighbour(few, boundary=BOX),
        ripley(few, boundary=BOX, radii_m=[100]),
        clusters(few, crs=4548)[0],
    ):
        assert found.refused == "pattern.refused"
        assert "199" in speaker("zh")(found.refused, **found.parameters)
    assert (clusters(few, crs=4548)[1] == -1).all()


def test_equal_values_are_refused() -> None:
    for found in (moran(np.ones(64), area_neighbours(board())), hot_spots(np.ones(64), rook())):
        assert found.refused == "pattern.refused_constant"
        assert "{" not in said(found)


def test_identical_points_are_said_to_be() -> None:
    found = nearest_neighbour(np.tile([[5000.0, 5000.0]], (200, 1)), boundary=BOX, simulations=19)
    assert found.value == 0
    assert "pattern.stacks" in found.caveats


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(ParameterError):
        nearest_neighbour([[math.nan, 0]], boundary=BOX)
    with pytest.raises(DataError):
        moran([math.nan] * 64, area_neighbours(board()))
    with pytest.raises(DataError):
        hot_spots(np.ones(63), area_neighbours(board()))


def test_simulations_can_be_repeated() -> None:
    first, again, other = (
        nearest_neighbour(heaps(), boundary=BOX, simulations=19, seed=seed) for seed in (1, 1, 2)
    )
    assert first.value == again.value != other.value
