"""Show that the doubt of an uncovered area is what geometry done by hand says it is."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.base.errors import CrsError
from geo.coverage.gap_doubt import GapDoubt, doubt_of_distances, doubt_of_gaps, zones
from geo.coverage.gaps import distances, gaps
from geo.coverage.service_area import service_area
from layers.language.messages import LANGS, speaker
from tests.plane import FOUR, scattered, sites, squares

STRIP = squares({"strip": (0, 0, 60_000, 10_000)})
"""60 km by 10 km: a disc of 6 km in the middle parts it into two halves."""


def found(places: gpd.GeoDataFrame, within: gpd.GeoDataFrame, radius_m: float) -> GapDoubt:
    area = service_area(places, radius_m=radius_m, within=within)
    return doubt_of_gaps(gaps(area, places, within), places, within, radius_m=radius_m)


def test_without_doubt_every_draw_is_the_area_as_drawn() -> None:
    places = sites({"a": (28_000, 5_000)}, uncertainty_m=[0.0])
    area = service_area(places, radius_m=6_000, within=STRIP)
    left = gaps(area, places, STRIP)
    told = doubt_of_gaps(left, places, STRIP, radius_m=6_000).table
    assert list(left["area_km2"]) == sorted(left["area_km2"], reverse=True)
    assert len(left) == 2
    for column in ("rest_km2", "low_km2", "high_km2"):
        assert told[column].to_numpy() == pytest.approx(left["area_km2"].to_numpy(), rel=1e-3)
    assert told["farthest_low_m"].to_numpy() == pytest.approx(left["farthest_m"].to_numpy())
    assert (told["nearest_share"] == 1).all()
    assert (told["open_with"].map(len) == 0).all()


def test_a_site_that_moves_along_the_strip_gives_to_one_half_what_it_takes_from_the_other() -> None:
    """The disc lies inside the strip's length in every draw, so that both halves add up."""
    places = sites({"a": (30_000, 5_000)}, uncertainty_m=[2_000.0])
    told = found(places, STRIP, 6_000)
    whole = 600 - 36 * np.pi
    table = told.table
    assert (table["low_km2"] < table["rest_km2"]).all()
    assert (table["high_km2"] > table["rest_km2"]).all()
    # The disc pokes out of the strip by a little either way: about 8 km2 are cut off at rest.
    assert table["rest_km2"].sum() == pytest.approx(whole, abs=12)
    # Of a disc of 2 km, 90 % of x lies within 0.805 of the radius: 1.61 km of a strip 10 km wide.
    assert (table["high_km2"] - table["low_km2"]).to_numpy() == pytest.approx(2 * 16.1, rel=0.15)
    assert list(table["open_with"]) == [(2,), (1,)]
    assert told.value == 0


def test_the_remotest_spot_is_as_far_as_the_doubt_allows() -> None:
    """One site in the middle of the strip: the corner's distance moves by at most the doubt."""
    places = sites({"a": (30_000, 5_000)}, uncertainty_m=[2_000.0])
    table = found(places, STRIP, 6_000).table
    away = np.hypot(30_000, 5_000)
    assert (table["farthest_low_m"] > away - 2_000).all()
    assert (table["farthest_high_m"] < away + 2_000).all()
    # Along the line of sight the same 0.805 of the radius hold 90 % of the draws.
    spread = (table["farthest_high_m"] - table["farthest_low_m"]).to_numpy()
    assert spread == pytest.approx(2 * 1_610, rel=0.1)


def test_which_site_is_nearest_is_open_where_two_are_as_far() -> None:
    """Two sites as far from the corner, each in doubt: about half the draws name either."""
    one = squares({"w": (0, 0, 20_000, 20_000)})
    places = sites({"a": (0, 10_000), "b": (10_000, 0)}, uncertainty_m=[3_000.0, 3_000.0])
    table = found(places, one, 4_000).table
    assert table.loc[1, "nearest_share"] == pytest.approx(0.5, abs=0.06)


def test_a_large_area_keeps_its_rank_over_a_small_one() -> None:
    places = sites({"a": (50_000, 5_000)}, uncertainty_m=[1_000.0])
    told = found(places, STRIP, 6_000)
    assert list(told.table["open_with"]) == [(), ()]
    assert told.value == 2


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_grounds_fill_their_district_and_hold_their_area(seed: int) -> None:
    places = scattered(12, seed=seed, side_m=40_000)
    area = service_area(places, radius_m=5_000, within=FOUR)
    left = gaps(area, places, FOUR)
    ground = zones(left, FOUR)
    for name, mine in left.groupby("within_id"):
        own = ground.loc[mine.index]
        assert own.area.sum() == pytest.approx(FOUR.geometry[name].area, rel=1e-9)
        assert own.union_all().symmetric_difference(FOUR.geometry[name]).area < 1
    held = shapely.difference(left.geometry.to_numpy(), ground.geometry.to_numpy())
    assert shapely.area(held).max() < 1


def test_without_sites_or_areas_nothing_is_in_doubt() -> None:
    nobody = sites({}, uncertainty_m=[])
    table = found(nobody, FOUR, 3_000).table
    assert (table["low_km2"] == table["high_km2"]).all()
    assert table["farthest_low_m"].isna().all()
    everywhere = sites({"a": (20_000, 20_000)}, uncertainty_m=[100.0])
    assert found(everywhere, FOUR, 30_000).table.empty


def test_distances_without_doubt_are_those_as_drawn() -> None:
    places = sites({"a": (10_000, 10_000)}, uncertainty_m=[0.0])
    told = doubt_of_distances(places, FOUR, spacing_m=500)
    plain = distances(places, FOUR, spacing_m=500)
    assert told.low == told.high == pytest.approx(plain.value)
    assert told.mean_low == pytest.approx(plain.mean_m)


def test_distances_move_no_farther_than_the_doubt() -> None:
    places = sites({"a": (10_000, 10_000)}, uncertainty_m=[3_000.0])
    told = doubt_of_distances(places, FOUR)
    assert told.value - 3_000 < told.low < told.value < told.high < told.value + 3_000
    assert np.isnan(doubt_of_distances(sites({}, uncertainty_m=[]), FOUR).value)


def test_two_planes_are_not_mixed() -> None:
    places = sites({"a": (10_000, 10_000)}, uncertainty_m=[0.0])
    with pytest.raises(CrsError):
        doubt_of_distances(places, FOUR.to_crs(4547))


@pytest.mark.parametrize("lang", LANGS)
def test_every_caveat_is_a_sentence(lang: str) -> None:
    places = sites({"a": (30_000, 5_000)}, uncertainty_m=[2_000.0])
    for finding in (found(places, STRIP, 6_000), doubt_of_distances(places, STRIP)):
        for key in finding.caveats:
            assert speaker(lang)(key, **finding.parameters)
