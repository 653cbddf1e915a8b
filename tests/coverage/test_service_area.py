"""Show that reach, overlap, gaps and lookups are what geometry done by hand says they are."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyproj import Geod

from geo.base.errors import AtlasError, CrsError, DataError, ParameterError
from geo.coverage.gaps import LEAST_SPOTS, classify_districts, distances, gaps
from geo.coverage.service_area import (
    CITY,
    assign,
    discs,
    nearest,
    overlap,
    reach,
    reached,
    service_area,
    shares,
)
from geo.grid import disc_kernels as kernels
from geo.grid.cells import Grid, grid_over
from geo.grid.lookup import prepare
from geo.grid.polygons import cell_codes, cell_shares, lattice
from layers.coverage.question import inputs, question
from layers.language.messages import LANGS, speaker
from layers.pack.city import City
from layers.view.state import default_state
from tests import examples
from tests.plane import CRS, FOUR, KM, scattered, sites, squares

DISC_5 = np.pi * 25.0
"""Area of a disc of 5 km, km²."""

MODULE = sys.modules["geo.coverage.service_area"]
"""The module; its name stands for the function."""


def test_one_site_covers_a_disc() -> None:
    area = service_area(sites({"a": (20_000, 20_000)}), radius_m=5000, within=FOUR)
    assert area.value == pytest.approx(DISC_5, rel=1e-9)
    assert area.covered_share == pytest.approx(DISC_5 / 1600, rel=1e-9)
    assert (area.unit, area.n, area.method) == ("km²", 1, "coverage.vector")


def test_a_site_on_a_corner_covers_a_quarter() -> None:
    area = service_area(sites({"a": (0, 0)}), radius_m=5000, within=FOUR)
    assert area.value == pytest.approx(DISC_5 / 4, rel=1e-6)


def test_two_overlapping_discs_cover_what_the_lens_formula_says() -> None:
    """Discs of 3 km, centres 3 km apart: the lens is 2r² acos(1/2) - (d/2)·√(4r² - d²)."""
    area = service_area(sites({"a": (0, 0), "b": (3000, 0)}), radius_m=3000)
    lens = 2 * 9 * np.arccos(0.5) - 1.5 * np.sqrt(36 - 9)
    assert area.value == pytest.approx(2 * 9 * np.pi - lens, rel=2e-4)


def test_sites_on_one_point_count_once() -> None:
    area = service_area(sites({"a": (0, 0), "b": (0, 0), "c": (0, 0)}), radius_m=5000)
    assert area.value == pytest.approx(DISC_5, rel=1e-9)
    assert area.n == 3


def test_places_without_a_site_are_counted_and_left_out() -> None:
    area = service_area(sites({"a": (0, 0), "b": None}), radius_m=5000)
    assert (area.n, area.parameters["n_unmapped"]) == (1, 1)
    assert "coverage.unmapped" in area.caveats


@pytest.mark.parametrize("method", ["auto", "vector", "grid"])
def test_without_sites_nothing_is_covered(method: Any) -> None:
    area = service_area(sites({}), radius_m=5000, within=FOUR, method=method)
    assert area.value == 0
    assert area.geometry.is_empty
    assert area.covered_share == 0


def test_several_kinds_at_once_have_radii_of_their_own() -> None:
    places = sites({"a": (10_000, 10_000), "b": (30_000, 30_000)})
    area = service_area(places, radius_m=pd.Series({"a": 2000.0, "b": 4000.0}), within=FOUR)
    assert area.value == pytest.approx(np.pi * (4 + 16), rel=1e-9)


@pytest.mark.parametrize("lon", [116.75, 117.2, 118.05])
@pytest.mark.parametrize("lat", [38.6, 39.1, 40.2])
def test_a_reach_of_5_km_is_78_5_km2_on_the_ground_anywhere_in_tianjin(
    lon: float, lat: float
) -> None:
    place = gpd.GeoSeries([shapely.Point(lon, lat)], index=["a"], crs=4326).to_crs(CRS)
    disc = discs(gpd.GeoDataFrame(geometry=place), radius_m=5000)
    ground, _ = Geod(ellps="GRS80").geometry_area_perimeter(disc.to_crs(4490).iloc[0])
    assert abs(ground) / 1e6 == pytest.approx(78.54, rel=1e-3)


@pytest.mark.slow
@pytest.mark.parametrize("bounded", [False, True])
@pytest.mark.parametrize(("n", "radius_m"), [(1, 5000), (60, 2000), (1500, 1000), (4000, 2500)])
def test_cells_and_polygons_agree(n: int, radius_m: float, bounded: bool) -> None:
    places = scattered(n, seed=n)
    within = squares({"w": (-5_000, 20_000, 95_000, 90_000)}) if bounded else None
    exact = service_area(places, radius_m=radius_m, within=within, method="vector")
    cells = service_area(places, radius_m=radius_m, within=within, method="grid")
    assert cells.value == pytest.approx(exact.value, rel=max(1e-4, cells.error))
    assert cells.error <= 1e-4 or n < 1000
    assert shapely.symmetric_difference(cells.geometry, exact.geometry).area / 1e6 == pytest.approx(
        0, abs=1e-6 * exact.value
    )


def test_many_sites_are_counted_on_cells_and_say_so() -> None:
    area = service_area(scattered(3000, seed=3), radius_m=3000)
    assert area.method == "coverage.grid"
    assert "coverage.by_cells" in area.caveats
    assert area.error <= 1e-4


@pytest.mark.slow
def test_small_discs_far_apart_are_united_however_many() -> None:
    """5,000 discs of 10 m on a lattice of 10 km: no grid could hold both."""
    step = np.arange(71) * 10 * KM
    xy = np.stack(np.meshgrid(step, step), axis=-1).reshape(-1, 2)[:5000]
    places = gpd.GeoDataFrame(geometry=shapely.points(xy), crs=CRS)
    area = service_area(places, radius_m=10)
    assert area.method == "coverage.vector"
    assert area.value == pytest.approx(5000 * np.pi * 1e-4, rel=1e-6)


@pytest.mark.slow
def test_a_hole_in_a_crowd_stays_a_hole() -> None:
    """A ring of many discs around nothing, and a crowd whose middle the outline leaves out."""
    turn = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    ring = np.column_stack([np.cos(turn), np.sin(turn)]) * 8000
    crowd = np.stack(np.meshgrid(np.arange(40), np.arange(40)), axis=-1).reshape(-1, 2) * 500.0
    xy = np.vstack([ring, crowd + np.array([30_000, -10_000])])
    places = gpd.GeoDataFrame(geometry=shapely.points(xy), crs=CRS)
    area = service_area(places, radius_m=2000)
    assert area.method == "coverage.grid"
    holes = [ring for part in shapely.get_parts(area.geometry) for ring in part.interiors]
    assert [shapely.Polygon(hole).area / 1e6 for hole in holes] == [
        pytest.approx(np.pi * 36, rel=1e-2)
    ]


small = st.lists(
    st.tuples(st.floats(0, 40_000), st.floats(0, 40_000)), min_size=1, max_size=8, unique=True
)


def _frame(places: list[tuple[float, float]]) -> gpd.GeoDataFrame:
    return sites({f"s{i}": place for i, place in enumerate(places)})


@given(small, st.floats(500, 9_000), st.floats(1.0, 2.0))
@settings(max_examples=examples(40))
def test_a_larger_radius_never_covers_less(
    places: list[tuple[float, float]], radius_m: float, factor: float
) -> None:
    areas = [
        service_area(_frame(places), radius_m=r, within=FOUR) for r in (radius_m, radius_m * factor)
    ]
    assert areas[1].value >= areas[0].value * (1 - 1e-9)


@pytest.mark.slow
@given(small, st.floats(500, 9_000))
@settings(max_examples=examples(25))
def test_a_closed_site_never_covers_more_and_loses_what_is_its_own(
    places: list[tuple[float, float]], radius_m: float
) -> None:
    frame = _frame(places)
    whole = service_area(frame, radius_m=radius_m, within=FOUR)
    rest = service_area(frame.iloc[1:], radius_m=radius_m, within=FOUR)
    assert rest.value <= whole.value * (1 + 1e-9)
    lost = overlap(frame, radius_m=radius_m, within=FOUR).losses["sole_km2"].iloc[0]
    assert lost == pytest.approx(whole.value - rest.value, abs=0.01 * whole.value)


@given(small, st.randoms(use_true_random=False))
@settings(max_examples=examples(20))
def test_neither_the_order_nor_the_place_of_the_origin_matters(
    places: list[tuple[float, float]], random: Any
) -> None:
    area = service_area(_frame(places), radius_m=3000).value
    shuffled = random.sample(places, len(places))
    moved = [(x + 12_345.0, y + 4_000_000.0) for x, y in shuffled]
    assert service_area(_frame(moved), radius_m=3000).value == pytest.approx(area, rel=1e-6)


def test_overlap_counts_how_many_reach_each_spot() -> None:
    """Two discs of 4 km, 4 km apart, and a third on the second."""
    places = sites({"a": (10_000, 20_000), "b": (14_000, 20_000), "c": (14_000, 20_000)})
    found = overlap(places, radius_m=4000, within=FOUR)
    lens = 2 * 16 * np.arccos(0.5) - 2 * np.sqrt(64 - 16)
    disc = 16 * np.pi
    expected = [1600 - 2 * disc + lens, disc - lens, disc - lens, lens]
    assert found.bands["area_km2"].tolist() == pytest.approx(expected, rel=2e-3)
    assert found.value == pytest.approx(disc, rel=2e-3)
    assert found.losses["sole_km2"].tolist() == pytest.approx([disc - lens, 0, 0], rel=2e-3)
    assert found.area(2).area / 1e6 == pytest.approx(found.value, rel=1e-9)
    assert found.area(3).within(shapely.Point(12_000, 20_000).buffer(4000))


def test_reached_counts_and_names_the_nearest() -> None:
    points = sites({"p": (0, 0), "q": (5000, 0), "far": (50_000, 0), "none": None})
    table = reached(points, sites({"b": (3000, 4000), "a": (-5000, 0)}), radius_m=5000)
    assert table.index.tolist() == ["p", "q", "far"]
    assert table["n_sites"].tolist() == [2, 1, 0]
    assert table["nearest_id"].tolist() == ["a", "b", "b"]  # p is 5 km from both
    assert table["nearest_m"].tolist() == pytest.approx(
        [5000, np.hypot(2000, 4000), 47_169.9], rel=1e-5
    )


def test_reached_without_sites() -> None:
    table = reached(sites({"p": (0, 0)}), sites({}), radius_m=5000)
    assert table["nearest_id"].tolist() == [None]
    assert np.isnan(table["nearest_m"]).all()
    assert not table["covered"].any()


def test_the_nearest_of_many_is_that_of_all_distances() -> None:
    random = np.random.default_rng(4)
    points = random.integers(0, 30, (500, 2)).astype(np.float64)
    places = random.integers(0, 30, (200, 2)).astype(np.float64)
    position, distance = nearest(points, places)
    every = np.hypot(*(points[:, None] - places[None]).transpose(2, 0, 1))
    assert position.tolist() == every.argmin(axis=1).tolist()
    assert distance == pytest.approx(every.min(axis=1))


def test_travel_time_is_a_radius_with_a_label() -> None:
    found = reach(minutes=30, speed_kmh=60, detour_factor=1.25)
    assert found.radius_m == 24_000
    assert found.label == "coverage.reach_by_time"
    assert "1.25" in speaker("en")(found.label, **found.parameters)
    with pytest.raises(ParameterError):
        reach(minutes=30, speed_kmh=60, detour_factor=0.9)


def test_shares_add_up_and_people_follow_the_area() -> None:
    area = service_area(sites({"a": (10_000, 10_000)}), radius_m=5000, within=FOUR)
    group = pd.Series({"sw": "south", "se": "south", "nw": "north", "ne": "north"})
    people = pd.Series({"sw": 1000, "se": 2000, "nw": 3000, "ne": 4000})
    table = shares(area, FOUR, group=group, residents=people)
    assert table.index.tolist() == [CITY, "south", "north", "sw", "se", "nw", "ne"]
    assert table["level"].tolist() == ["city", "part", "part", *["district"] * 4]
    part = DISC_5 / 400
    expected = [part / 4, part / 2, 0, part, 0, 0, 0]
    assert table["covered_share"].tolist() == pytest.approx(expected)
    assert table.loc[CITY, "uncovered_km2"] == pytest.approx(1600 - DISC_5)
    assert table.loc[CITY, "covered_residents_share"] == pytest.approx(part * 1000 / 10_000)
    assert table.loc["south", "covered_residents"] == pytest.approx(part * 1000)


def test_gaps_are_ranked_with_their_remotest_spot() -> None:
    """One site in the south-west: the far corner of the city is the remotest spot."""
    places = sites({"b": (10_000, 10_000), "a": (10_000, 10_000)})
    found = gaps(service_area(places, radius_m=10_000, within=FOUR), places, FOUR)
    assert found.index.tolist()[:3] == [1, 2, 3]
    assert found["within_id"].iloc[0] == "ne"
    ne = found[found["within_id"] == "ne"].iloc[0]
    assert ne["area_km2"] == pytest.approx(400)
    assert ne["share"] == pytest.approx(1)
    assert ne["farthest_m"] == pytest.approx(np.hypot(30_000, 30_000))
    assert (ne["remotest_x_m"], ne["remotest_y_m"]) == (40_000, 40_000)
    assert ne["nearest_id"] == "a"
    corners = found[found["within_id"] == "sw"]
    assert len(corners) == 4
    assert corners["area_km2"].sum() == pytest.approx(400 - 100 * np.pi, rel=1e-3)


def test_the_remotest_spot_is_no_nearer_than_any_sample() -> None:
    places = scattered(9, seed=7, side_m=40 * KM)
    found = gaps(service_area(places, radius_m=2000, within=FOUR), places, FOUR)
    spots = lattice(FOUR, spacing_m=500)
    apart = reached(spots, places, radius_m=2000)["nearest_m"]
    for name, rows in found.groupby("within_id"):
        sampled = apart[(spots["area_id"] == name).to_numpy()].max()
        assert sampled <= rows["farthest_m"].max() <= sampled + 500


def test_gaps_of_a_covered_city_and_of_a_city_without_sites() -> None:
    crowd = sites({"a": (20_000, 20_000)})
    assert gaps(service_area(crowd, radius_m=30_000, within=FOUR), crowd, FOUR).empty
    nobody = sites({})
    found = gaps(service_area(nobody, radius_m=3000, within=FOUR), nobody, FOUR)
    assert len(found) == 4
    assert found["nearest_id"].isna().all()


def test_distances_tell_the_worst_tenth() -> None:
    """A square of 20 km with a site in a corner: the mean distance is 0.7652 of the side."""
    one = squares({"w": (0, 0, 20_000, 20_000)})
    found = distances(sites({"a": (0, 0)}), one, spacing_m=100)
    mean = 20_000 * (np.sqrt(2) + np.log(1 + np.sqrt(2))) / 3
    assert found.mean_m == pytest.approx(mean, rel=1e-3)
    assert found.p90_m < found.value < 20_000 * np.sqrt(2)
    assert found.units.loc["w", "worst_share"] == pytest.approx(1)


def test_distances_in_small_districts_are_right_to_one_per_cent(tianjin: City) -> None:
    asked = inputs(tianjin, question(default_state(tianjin)))
    small = asked.districts[asked.districts.area < 60e6]
    assert {"120101"} < set(small.index)  # Heping, 10 km²
    exact = distances(asked.sites, small, spacing_m=40).units
    found = distances(asked.sites, small, least_spots=LEAST_SPOTS).units
    columns = ["mean_m", "median_m", "p90_m"]
    assert ((found / exact)[columns].drop("city") - 1).abs().to_numpy().max() < 0.01
    coarse = distances(asked.sites, small).units
    assert ((coarse / exact)[columns].drop("city") - 1).abs().to_numpy().max() > 0.03


def test_distances_weigh_people_if_asked() -> None:
    two = squares({"near": (0, 0, 10_000, 10_000), "far": (10_000, 0, 20_000, 10_000)})
    place = sites({"a": (0, 5000)})
    people = pd.Series({"near": 99, "far": 1})
    plain, weighted = distances(place, two), distances(place, two, residents=people)
    assert plain.units.loc["far", "worst_share"] == pytest.approx(1)
    assert weighted.mean_m < plain.mean_m
    near, far = plain.units.loc[["near", "far"], "mean_m"].to_numpy(dtype=np.float64)
    assert weighted.mean_m == pytest.approx(0.99 * near + 0.01 * far)
    assert np.isnan(distances(sites({}), two).value)


def test_not_covered_weak_and_not_named_are_three_things() -> None:
    interval = pd.DataFrame(
        {"low": [0.0, 0.2, 0.1, 0.0], "high": [0.1, 0.4, 0.3, 0.05]}, index=["a", "b", "c", "d"]
    )
    table = classify_districts(interval, city_share=0.4, named=["a", "b"], weak_below=0.5)
    assert table["weak"].tolist() == ["weak", "not_weak", "unsettled", "weak"]
    assert table["named"].tolist() == [True, True, False, False]
    assert table["not_covered_low"].tolist() == pytest.approx([0.9, 0.6, 0.7, 0.95])
    with pytest.raises(ParameterError):
        classify_districts(interval, city_share=0.4, named=[], weak_below=0)


# Hostile input


@pytest.mark.parametrize("radius_m", [0, -1, np.nan, np.inf, True])
def test_a_radius_must_be_a_length(radius_m: float) -> None:
    with pytest.raises(ParameterError):
        service_area(sites({"a": (0, 0)}), radius_m=radius_m)


def test_every_site_needs_a_radius() -> None:
    with pytest.raises(ParameterError, match="b") as caught:
        service_area(sites({"a": (0, 0), "b": (1, 1), "c": (2, 2)}), radius_m=pd.Series({"a": 3.0}))
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize("crs", [None, 4326, 3857])
def test_a_wrong_crs_is_refused_with_its_remedy(crs: int | None) -> None:
    wrong = sites({"a": (117, 39)}).set_crs(crs, allow_override=True)
    for call in (
        lambda: service_area(wrong, radius_m=5000),
        lambda: overlap(wrong, radius_m=5000),
        lambda: service_area(
            sites({"a": (0, 0)}), radius_m=5000, within=FOUR.set_crs(crs, allow_override=True)
        ),
        lambda: assign(wrong, FOUR),
        lambda: shares(shapely.Point(0, 0), FOUR.set_crs(crs, allow_override=True)),
    ):
        with pytest.raises(CrsError, match=r"crs\."):
            call()


def test_two_planes_are_not_mixed() -> None:
    with pytest.raises(CrsError, match="within"):
        service_area(
            sites({"a": (0, 0)}), radius_m=1, within=FOUR.set_crs(4547, allow_override=True)
        )


def test_all_faults_of_the_sites_are_told_at_once() -> None:
    shapes = [shapely.Point(np.inf, 0), shapely.box(0, 0, 1, 1), shapely.Point(1e12, 0)]
    wrong = gpd.GeoDataFrame(index=["a", "b", "b"], geometry=shapes, crs=CRS)
    with pytest.raises(DataError) as caught:
        service_area(wrong, radius_m=1)
    assert [problem.row for problem in caught.value.problems] == ["b", "a", "b", "b"]


def test_an_invalid_area_is_refused() -> None:
    bow = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    wrong = gpd.GeoDataFrame(index=["x"], geometry=[bow], crs=CRS)
    for call in (
        lambda: service_area(sites({"a": (0, 0)}), radius_m=1, within=wrong),
        lambda: assign(np.zeros((1, 2)), wrong),
    ):
        with pytest.raises(DataError, match="x"):
            call()


@given(
    st.lists(
        st.one_of(
            st.none(),
            st.tuples(st.floats(), st.floats()),
            st.just((1e300, -1e300)),
            st.just((20_000.0, 20_000.0)),
        ),
        max_size=6,
    ),
    st.floats(),
    st.sampled_from(["auto", "grid"]),
)
@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.too_slow])
def test_hostile_sites_give_an_area_or_a_refusal(
    places: list[Any], radius_m: float, method: Any
) -> None:
    shapes = [None if place is None else shapely.Point(place) for place in places]
    frame = gpd.GeoDataFrame(index=range(len(shapes)), geometry=shapes, crs=CRS)
    try:
        area = service_area(frame, radius_m=radius_m, within=FOUR, method=method)
    except AtlasError as error:
        assert error.problems
    else:
        assert 0 <= area.value <= 1600 * (1 + 1e-6)


# Which district


@pytest.fixture(params=["each", "raster"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Few points are asked about one by one, many by way of a raster: both must say the same."""
    if request.param == "raster":
        monkeypatch.setattr("geo.grid.lookup.FEW_PAIRS", 0)


@pytest.mark.slow
def test_assign_names_the_district_and_the_first_on_an_edge(way: None) -> None:
    points = sites(
        {"a": (5, 5), "edge": (20_000, 5), "mid": (20_000, 20_000), "out": (-1, 5), "none": None}
    )
    labels = assign(points, FOUR)
    assert labels.astype(object).where(labels.notna(), None).tolist() == [
        "sw",
        "sw",
        "sw",
        None,
        None,
    ]
    assert labels.index.tolist() == points.index.tolist()
    assert labels.name == "district"


def _joined(points: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> list[object]:
    """The labels of a spatial join; of several the first district."""
    ranks = areas[["geometry"]].assign(rank=range(len(areas)))
    join = gpd.sjoin(points, ranks, how="left")
    rank = join.groupby(level=0)["rank"].min().reindex(points.index)
    return [None if np.isnan(at) else areas.index[int(at)] for at in rank]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_assign_agrees_with_a_spatial_join(way: None, seed: int) -> None:
    """Voronoi cells with holes, some in two parts; points on corners and on edges too."""
    random = np.random.default_rng(seed)
    seeds = shapely.multipoints(random.uniform(0, 1000, (30, 2)))
    whole = shapely.get_parts(shapely.voronoi_polygons(seeds))
    cells = [cell.difference(cell.centroid.buffer(15)) for cell in whole]
    shapes = [shapely.union(cells[i], cells[i + 15]) for i in range(12)]
    areas = gpd.GeoDataFrame(index=[f"d{i}" for i in range(12)], geometry=shapes, crs=CRS)
    edges = shapely.get_coordinates(shapes)
    spread = random.uniform(-100, 1100, (3000, 2))
    xy = np.vstack(
        [spread, edges, (edges[:-1] + edges[1:]) / 2, edges + random.normal(0, 1e-9, edges.shape)]
    )
    points = gpd.GeoDataFrame(geometry=shapely.points(xy), crs=CRS)
    labels = assign(xy, areas).astype(object)
    assert labels.where(labels.notna(), None).tolist() == _joined(points, areas)


def test_assign_of_whole_numbers_on_a_lattice_of_squares(way: None) -> None:
    """Every point lies on a line or a corner, where rounding would decide."""
    boxes = {
        f"{i}{j}": (i * 10, j * 10, i * 10 + 10, j * 10 + 10) for i in range(5) for j in range(5)
    }
    xy = np.stack(np.meshgrid(np.arange(-5, 60, 5.0), np.arange(-5, 60, 5.0)), axis=-1).reshape(
        -1, 2
    )
    points = gpd.GeoDataFrame(geometry=shapely.points(xy), crs=CRS)
    labels = assign(xy, squares(boxes)).astype(object)
    assert labels.where(labels.notna(), None).tolist() == _joined(points, squares(boxes))


def test_assign_of_points_on_the_lines_of_its_raster_and_far_off(way: None) -> None:
    """The raster is an aid: where its lines run, and where it ends, must not show."""
    lookup = prepare(FOUR)
    grid = lookup._raster.grid
    west, south, east, north = grid.bounds
    xs, ys = np.linspace(west, east, 60), np.linspace(south, north, 60)
    xs = grid.x_m + np.round((xs - west) / grid.cell_m) * grid.cell_m
    ys = grid.y_m + np.round((ys - south) / grid.cell_m) * grid.cell_m
    on = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
    off = np.array([[west - 1, 5], [east + 1e7, 5], [5, -1e9], [5, 1e300], [20_000, north]])
    xy = np.vstack([on, off])
    labels = assign(xy, lookup).astype(object)
    points = gpd.GeoDataFrame(geometry=shapely.points(xy), crs=CRS)
    assert labels.where(labels.notna(), None).tolist() == _joined(points, FOUR)


def test_assign_takes_nan_and_no_points_and_no_districts(way: None) -> None:
    assert assign(np.array([[np.nan, 1.0], [np.inf, 1.0], [5.0, 5.0]]), FOUR).isna().tolist() == [
        True,
        True,
        False,
    ]
    assert assign(np.empty((0, 2)), FOUR).empty
    assert assign(np.array([[5.0, 5.0]]), squares({})).isna().all()
    with pytest.raises(DataError, match="shape"):
        assign(np.zeros(3), FOUR)
    with pytest.raises(DataError, match=r"point\.other"):
        assign(FOUR, FOUR)
    with pytest.raises(DataError, match=r"id\.twice"):
        prepare(FOUR.set_index(pd.Index(["a", "a", "b", "c"])))


# Cells


def test_a_grid_keeps_to_whole_multiples() -> None:
    grid = grid_over((-50, 20, 310, 199), cell_m=100)
    assert grid == Grid(-100, 0, 100, 5, 2)
    assert grid.bounds == (-100, 0, 400, 200)
    with pytest.raises(ParameterError, match=r"grid\.too_fine"):
        grid_over((0, 0, 1e6, 1e6), cell_m=1)


def test_codes_name_the_polygon_of_the_centre() -> None:
    ring = shapely.box(0, 0, 50, 50).difference(shapely.box(20, 20, 30, 30))
    areas = gpd.GeoDataFrame(geometry=[ring, shapely.box(20, 20, 30, 30)], crs=CRS)
    grid = grid_over((0, 0, 60, 50), cell_m=10)
    codes = cell_codes(areas, grid)
    expected = np.zeros((5, 6), dtype=int)
    expected[2, 2], expected[:, 5] = 1, -1
    assert codes.tolist() == expected.tolist()
    marked = grid.area(codes == 0)
    assert shapely.symmetric_difference(marked, ring).area == 0


def test_shares_of_cells_are_those_of_the_geometry() -> None:
    """Slanted, axis-parallel and curved edges, a hole, two parts, and a cut by the grid."""
    ring = shapely.Point(37, 31).buffer(26).difference(shapely.Point(35, 33).buffer(9.3))
    region = shapely.union_all([ring, shapely.box(61.3, 47.1, 90, 80), shapely.box(-9, 2.5, 4, 7)])
    grid = Grid(0, 0, 5, 15, 13)
    column, row = np.meshgrid(np.arange(15) * 5, np.arange(13) * 5)
    cells = shapely.box(column, row, column + 5, row + 5)
    expected = shapely.area(shapely.intersection(cells, region)) / 25
    assert cell_shares(region, grid) == pytest.approx(expected, abs=1e-9)


def test_a_lattice_names_the_area_of_each_point() -> None:
    points = lattice(FOUR, spacing_m=10_000)
    assert len(points) == 16
    assert points["area_id"].value_counts().to_dict() == dict.fromkeys(FOUR.index, 4)
    assert assign(points, FOUR).astype(str).tolist() == points["area_id"].tolist()
    assert lattice(squares({}), spacing_m=10).empty


def _plain(name: str) -> Any:
    """A kernel as Python runs it."""
    return getattr(kernels, name).py_func


@pytest.mark.slow
def test_all_loops_run_alike_with_and_without_the_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    places, areas = (
        scattered(1200, seed=9, side_m=8 * KM),
        squares({"a": (0, 0, 5e3, 9e3), "b": (5e3, 0, 9e3, 9e3)}),
    )
    few = places.iloc[:60]
    monkeypatch.setattr(MODULE, "FEW_PLACES", 0)
    for limit in ("geo.grid.loops.FEW_PLACES", "geo.grid.lookup.FEW_PAIRS"):
        monkeypatch.setattr(limit, 0)
    xy = np.random.default_rng(1).uniform(-100, 9_100, (300, 2))

    def everything() -> tuple[list[float], list[str]]:
        area = service_area(places, radius_m=700, within=areas)
        free = service_area(places, radius_m=700)
        sole = overlap(few, radius_m=700, within=areas).losses["sole_km2"]
        figures = [area.value, free.value, free.geometry.area, *sole]
        return figures, assign(xy, areas).astype(object).fillna("").tolist()

    exact, labels = everything()
    monkeypatch.setattr(MODULE, "AREA_ERROR", 1.0)
    monkeypatch.setattr(MODULE, "OVERLAP_ERROR", 1.0)
    monkeypatch.setattr(MODULE, "CELLS_PER_RADIUS", 3)
    compiled, _ = everything()
    for name in dir(kernels):
        if hasattr(getattr(kernels, name), "py_func"):
            monkeypatch.setattr(kernels, name, _plain(name))
    plain, plain_labels = everything()
    assert plain == pytest.approx(compiled)
    assert plain_labels == labels
    assert compiled[:3] == pytest.approx(exact[:3], rel=0.02)


def test_importing_coverage_is_light() -> None:
    """Numba and scipy are loaded when first used: a page that needs neither does not wait."""
    modules = ["service_area", "gaps", "scenario", "siting", "simulation"]
    code = f"import sys, geo.inventory.pairing, {', '.join(f'geo.coverage.{n}' for n in modules)}"
    code += "\nprint(sorted({'numba', 'scipy'} & set(sys.modules)))"
    run = [sys.executable, "-c", code]
    done = subprocess.run(run, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("lang", LANGS)
def test_every_caveat_is_a_sentence(lang: str) -> None:
    say = speaker(lang)
    places = sites({"a": (0, 0), "b": None}, uncertainty_m=[100, 100])
    findings = [
        service_area(places, radius_m=5000, within=FOUR),
        service_area(places, radius_m=5000, method="grid"),
        overlap(places, radius_m=5000, within=FOUR),
        distances(places, FOUR, residents=pd.Series(1.0, index=FOUR.index)),
    ]
    for finding in findings:
        for key in (finding.method, *finding.caveats):
            assert say(key, **finding.parameters)
