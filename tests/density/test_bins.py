"""Hold hexagons and squares against counting by hand, and see them refuse."""

from __future__ import annotations

import math

import geopandas as gpd
import h3
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.base.errors import ParameterError
from geo.density.bins import LEAST_POINTS, advised_side_m, hexagon_bins, ranked, square_bins
from geo.formats.write_geojson import to_geojson
from layers.language.messages import speaker
from tests import examples

CORNER = np.array([500_000.0, 4_300_000.0])


def test_squares_count_as_by_hand() -> None:
    """Four squares of 1 km: 200, 50, 0 and 3 points, put there by name."""
    middle = {(0, 0): 200, (1, 0): 50, (1, 1): 3}
    xy = np.vstack(
        [np.tile(CORNER + 500 + np.array(at) * 1000, (n, 1)) for at, n in middle.items()]
    )
    bins = square_bins(xy, cell_m=1000, data_date="2026-11-20", crs=4548)
    assert bins.frame["n"].to_dict() == {
        f"square-{500 + c}-{4300 + r}": n for (c, r), n in middle.items()
    }
    np.testing.assert_allclose(bins.frame["area_km2"], 1.0)
    np.testing.assert_allclose(bins.frame["per_km2"], bins.frame["n"])
    assert (bins.value, bins.n, bins.data_date) == (200.0, 253, "2026-11-20")
    assert bins.frame.crs.to_epsg() == 4326
    assert to_geojson(bins.frame)


def test_squares_are_cut_at_the_boundary() -> None:
    boundary = shapely.box(*CORNER, *(CORNER + np.array([1500, 1000])))
    offsets = np.repeat([[1200, 500], [1700, 500]], [200, 9], axis=0)
    xy = CORNER + offsets
    bins = square_bins(xy, cell_m=1000, boundary=boundary, crs=4548)
    assert bins.frame["area_km2"].tolist() == pytest.approx([0.5])
    assert bins.frame["per_km2"].tolist() == pytest.approx([400.0])
    assert bins.parameters["outside"] == 9
    assert "bins.outside" in bins.caveats


def test_a_sliver_at_the_boundary_is_not_the_densest_cell() -> None:
    boundary = shapely.box(*CORNER, *(CORNER + np.array([1010, 1000])))
    xy = CORNER + np.repeat([[500, 500], [1005, 500]], [252, 4], axis=0)
    bins = square_bins(xy, cell_m=1000, boundary=boundary, crs=4548)
    assert bins.frame["per_km2"].tolist() == pytest.approx([252.0, 400.0])
    assert bins.value == pytest.approx(252)
    assert bins.parameters["cut"] == 1
    assert "bins.cut" in bins.caveats
    assert ranked(bins.frame)["n"].tolist() == [252]
    assert bins.frame["is_ranked"].tolist() == [True, False]


def test_squares_move_with_their_points_and_scale_with_weights() -> None:
    xy = np.random.default_rng(0).uniform(0, 9000, (500, 2)) + CORNER
    here = square_bins(xy, cell_m=1500, crs=4548)
    there = square_bins(
        xy + np.array([3000.0, -4500.0]), cell_m=1500, weights=np.full(500, 2.0), crs=4548
    )
    np.testing.assert_array_equal(np.sort(here.frame["n"]), np.sort(there.frame["n"]))
    assert there.frame["weight"].sum() == 1000


def test_hexagons_hold_their_points() -> None:
    rng = np.random.default_rng(1)
    lonlat = rng.normal([117.2, 39.1], 0.05, (300, 2))
    bins = hexagon_bins(lonlat, resolution=7)
    assert bins.frame["n"].sum() == 300
    points = gpd.GeoSeries(gpd.points_from_xy(*lonlat.T), crs=4326)
    for id_, row in bins.frame.iterrows():
        assert points.within(row.geometry.buffer(1e-9)).sum() == row["n"], id_
    projected = bins.frame.to_crs(4548).area / 1e6
    np.testing.assert_allclose(bins.frame["area_km2"], projected, rtol=6e-3)  # sphere, ellipsoid
    assert bins.frame.index.is_monotonic_increasing
    assert all(h3.get_resolution(id_) == 7 for id_ in bins.frame.index)
    assert to_geojson(bins.frame)


@pytest.mark.parametrize("n", [0, 1, LEAST_POINTS - 1])
def test_too_few_points_are_refused_in_a_sentence(n: int) -> None:
    for bins in (
        square_bins(np.tile(CORNER, (n, 1)), cell_m=1000, crs=4548),
        hexagon_bins(np.tile([117.2, 39.1], (n, 1)), resolution=8),
    ):
        assert bins.refused == "bins.refused"
        assert math.isnan(bins.value)
        assert len(bins.frame) == 0
        sentence = speaker("zh")(bins.refused, **bins.parameters)
        assert str(n) in sentence
        assert str(LEAST_POINTS) in sentence


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: square_bins([[math.nan, 0]], cell_m=100, crs=4548),
        lambda: square_bins([[1, 1]], cell_m=0, crs=4548),
        lambda: square_bins([[1, 1]], cell_m=100, weights=[-1], crs=4548),
        lambda: square_bins([[1, 1]], cell_m=100, weights=[1, 2], crs=4548),
        lambda: square_bins(np.tile([[0, 0], [9e7, 9e7]], (200, 1)), cell_m=1, crs=4548),
        lambda: hexagon_bins([[117, 39]], resolution=3),
        lambda: hexagon_bins([[39, 117]], resolution=7),
    ],
)
def test_what_cannot_be_binned_is_refused(wrong: object) -> None:
    with pytest.raises(ParameterError):
        wrong()  # type: ignore[operator]


@settings(max_examples=examples(30))
@given(st.integers(200, 400), st.floats(100, 5000), st.integers(0, 2**32 - 1))
def test_no_point_is_lost(n: int, cell_m: float, seed: int) -> None:
    xy = np.random.default_rng(seed).uniform(-20_000, 20_000, (n, 2))
    bins = square_bins(xy, cell_m=cell_m, crs=4548)
    assert bins.frame["n"].sum() == n


def test_the_advised_square_holds_two_points() -> None:
    assert advised_side_m(200, area_km2=100) == 1000
    assert math.isnan(advised_side_m(0, area_km2=100))
