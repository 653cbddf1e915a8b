"""Hold the points near sites in doubt against counting every pair."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest

from geo.base.draws import LEAST_DRAWS, SEED, displacements
from geo.base.errors import DataError
from geo.base.points import located
from geo.coverage.nearby import count_nearby

DOUBT = [0.0, 500.0, 2999.0, 3001.0, 100.0]


def sites() -> gpd.GeoDataFrame:
    """Five sites, of which the fourth is vaguer than the radius and the last has no point."""
    points = gpd.points_from_xy([0, 1000, 1000, 0, 0], [0, 0, 0, 0, 0])
    shapes = [*points[:4], None]
    return gpd.GeoDataFrame({"uncertainty_m": DOUBT}, index=[*"abcde"], geometry=shapes, crs=4548)


def test_counts_are_those_of_every_pair_in_every_draw() -> None:
    points, given = np.random.default_rng(3).uniform(-6000, 6000, (400, 2)), sites()
    found = count_nearby(points, given, radius_m=3000)
    there = located(given, argument="sites")
    moved = there.xy + displacements(there, draws=LEAST_DRAWS, seed=SEED)
    for k, id_ in enumerate("abc"):
        away = np.hypot(*(points[:, None] - moved[None, :, k]).transpose(2, 0, 1))
        expected = np.quantile((away <= 3000).sum(axis=0), [0.05, 0.5, 0.95])
        assert [found.sites[name][id_] for name in ("low", "mid", "high")] == expected.tolist()
        drawn = np.hypot(*(points - there.xy[k]).T) <= 3000
        assert found.sites.loc[id_, "drawn"] == drawn.sum()
    wide = found.sites["high"] - found.sites["low"]
    assert (wide > 0).tolist() == [False, True, True, False, False], "no doubt, no interval"


def test_what_is_vaguer_than_the_radius_or_has_no_point_has_no_count() -> None:
    found = count_nearby(np.zeros((1, 2)), sites(), radius_m=3000)
    assert found.sites.index.tolist() == [*"abcde"]
    assert found.sites["mid"].isna().tolist() == [False, False, False, True, True]
    assert (found.value, found.n) == (3, 1)
    assert (found.parameters["n_vague"], found.parameters["n_unmapped"]) == (1, 1)


def test_no_points_are_none_and_no_sites_give_no_rows() -> None:
    assert count_nearby(np.zeros((0, 2)), sites(), radius_m=3000).sites["high"].max() == 0
    assert len(count_nearby(np.zeros((1, 2)), sites().iloc[:0], radius_m=3000).sites) == 0
    assert count_nearby(np.zeros((1, 2)), sites().iloc[4:], radius_m=3000).value == 0


def test_a_site_without_a_stated_doubt_is_refused() -> None:
    with pytest.raises(DataError):
        count_nearby(np.zeros((1, 2)), sites().drop(columns="uncertainty_m"), radius_m=3000)
