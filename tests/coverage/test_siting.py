"""Show that proposed sites are the best there are, by trying all choices and by spopt."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.base.errors import CrsError, DataError, ParameterError
from geo.coverage.siting import Siting, add_sites, least_sites
from layers.language.messages import LANGS, speaker
from tests import examples
from tests.plane import CRS, scattered, sites

NOBODY = sites({})
LINE = sites({f"d{i}": (i * 1000.0, 0.0) for i in range(10)}, w=[1, 1, 1, 1, 1, 1, 1, 1, 1, 5])
"""Ten points a kilometre apart; the last weighs as much as five."""
SPOTS = sites({f"c{i}": (i * 1000.0, 0.0) for i in range(10)})


def test_the_best_two_on_a_line() -> None:
    """With 1 km each covers three: c8 takes 7, and one of c1 to c6 takes 3 more; c1 is first."""
    found = add_sites(LINE, SPOTS, NOBODY, radius_m=1000, p=2, weight="w")
    assert found.chosen == ("c8", "c1")
    assert found.gains.tolist() == [7, 3]
    assert (found.value, found.before, found.total, found.bound) == (10, 0, 14, 10)
    assert found.method == "siting.exact"
    assert found.covered[found.covered].index.tolist() == ["d0", "d1", "d2", "d7", "d8", "d9"]


def test_existing_sites_stay_and_are_not_covered_twice() -> None:
    found = add_sites(LINE, SPOTS, sites({"e": (8000, 0)}), radius_m=1000, p=1, weight="w")
    assert (found.before, found.value, found.chosen) == (7, 10, ("c1",))


def test_fewer_suffice_where_fewer_cover_all() -> None:
    found = add_sites(LINE, SPOTS, NOBODY, radius_m=4000, p=9)
    assert len(found.chosen) == 2
    assert found.value == 10
    assert "siting.fewer_enough" in found.caveats
    assert found.method == "siting.exact"


def test_nothing_is_proposed_where_all_is_covered_or_nothing_can_be() -> None:
    for existing, radius_m in ((sites({"e": (5000, 0)}), 20_000), (NOBODY, 1)):
        far = sites({"c": (500_000, 0)})
        found = add_sites(LINE, far, existing, radius_m=radius_m, p=1)
        assert found.chosen == ()
        assert found.value == found.before == found.bound


def test_a_point_at_the_very_radius_is_reached() -> None:
    found = add_sites(sites({"d": (3000, 4000)}), sites({"c": (0, 0)}), NOBODY, radius_m=5000, p=1)
    assert found.value == 1


frame = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=9).map(
    lambda xs: sites({f"{i}": (x * 1000.0, y * 1000.0) for i, (x, y) in enumerate(xs)})
)


def _best(
    demand: gpd.GeoDataFrame, spots: gpd.GeoDataFrame, existing: gpd.GeoDataFrame, p: int
) -> float:
    """The most points that any p candidates cover, by trying them all."""

    def hit(places: gpd.GeoDataFrame) -> np.ndarray:
        apart = demand.geometry.apply(lambda point: places.distance(point))
        return (apart <= 3000).to_numpy().reshape(len(demand), len(places))

    standing, reach = hit(existing).any(axis=1), hit(spots)
    choices = combinations(range(len(spots)), min(p, len(spots)))
    return max(float((standing | reach[:, list(c)].any(axis=1)).sum()) for c in choices)


@given(frame, frame, st.integers(1, 4))
@settings(max_examples=examples(40))
def test_no_choice_covers_more(demand: gpd.GeoDataFrame, spots: gpd.GeoDataFrame, p: int) -> None:
    p = min(p, len(spots))
    existing = sites({"e": (6000, 6000)})
    found = add_sites(demand, spots, existing, radius_m=3000, p=p)
    assert found.value == found.bound == _best(demand, spots, existing, p)
    assert found.value == found.before + found.gains.sum()
    assert (found.gains > 0).all()
    shuffled = add_sites(
        demand.sample(frac=1, random_state=1),
        spots.sample(frac=1, random_state=2),
        existing,
        radius_m=3000,
        p=p,
    )
    assert shuffled.chosen == found.chosen


@given(frame, frame, st.floats(0.05, 1))
@settings(max_examples=examples(40))
def test_no_fewer_sites_reach_the_share(
    demand: gpd.GeoDataFrame, spots: gpd.GeoDataFrame, share: float
) -> None:
    found = least_sites(demand, spots, NOBODY, radius_m=3000, share=share)
    need = share * len(demand) * (1 - 1e-9)
    if found.method == "siting.refused":
        assert _best(demand, spots, NOBODY, len(spots)) < need
        assert found.chosen == ()
        assert "siting.unreachable" in found.caveats
        return
    assert found.method == "siting.exact"
    assert found.bound == len(found.chosen)
    assert found.value >= need
    if len(found.chosen) > 1:
        assert _best(demand, spots, NOBODY, len(found.chosen) - 1) < need


def test_the_share_may_be_reached_already() -> None:
    found = least_sites(LINE, SPOTS, sites({"e": (4000, 0)}), radius_m=5000, share=0.5)
    assert found.chosen == ()
    assert "siting.reached_already" in found.caveats


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # spopt 0.7 on PuLP 3.3
@pytest.mark.parametrize(("p", "radius_m"), [(3, 4000), (8, 2500)])
def test_spopt_finds_no_better(p: int, radius_m: float) -> None:
    import pulp
    from spopt import locate

    demand, spots = scattered(150, seed=1, side_m=50_000), scattered(40, seed=2, side_m=50_000)
    weight = np.random.default_rng(3).integers(1, 30, len(demand))
    demand = demand.assign(w=weight)
    found = add_sites(demand, spots, NOBODY, radius_m=radius_m, p=p, weight="w")
    oracle = locate.MCLP.from_geodataframe(
        demand, spots, "geometry", "geometry", "w", service_radius=radius_m, p_facilities=p
    ).solve(pulp.HiGHS(msg=False))
    assert found.value == pytest.approx(oracle.problem.objective.value())


def _slow(**changes: Any) -> Siting:
    """A problem that the solver cannot look at in its time."""
    random = np.random.default_rng(0)
    demand = gpd.GeoDataFrame(
        {"w": random.integers(1, 99, 900)},
        geometry=gpd.points_from_xy(*random.uniform(0, 30_000, (2, 900))),
        crs=CRS,
    )
    spots = gpd.GeoDataFrame(
        geometry=gpd.points_from_xy(*random.uniform(0, 30_000, (2, 150))), crs=CRS
    )
    call = least_sites if "share" in changes else add_sites
    return call(demand, spots, NOBODY, radius_m=4000, weight="w", **changes)


def test_out_of_time_the_best_found_comes_with_its_bound() -> None:
    exact, hasty = _slow(p=6), _slow(p=6, time_limit_s=1e-6)
    assert exact.method == "siting.exact"
    assert hasty.method == "siting.bounded"
    assert "siting.bound" in hasty.caveats
    assert 0.95 * exact.value <= hasty.value <= exact.value <= hasty.bound
    assert len(hasty.chosen) == 6


def test_out_of_time_the_number_found_comes_with_its_bound() -> None:
    exact, hasty = _slow(share=0.6), _slow(share=0.6, time_limit_s=1e-6)
    assert exact.method == "siting.exact"
    assert hasty.method == "siting.bounded"
    assert "siting.number_bound" in hasty.caveats
    assert hasty.bound <= len(exact.chosen) <= len(hasty.chosen) <= len(exact.chosen) + 2
    assert hasty.value >= 0.6 * hasty.total


@pytest.mark.parametrize("p", [0, -1, 11, 2.5, True, np.nan])
def test_a_number_out_of_range_is_refused_with_its_remedy(p: Any) -> None:
    with pytest.raises(ParameterError, match="most=10"):
        add_sites(LINE, SPOTS, NOBODY, radius_m=1000, p=p)


@pytest.mark.parametrize("share", [0, 1.1, -1, np.nan, True])
def test_a_share_out_of_range_is_refused(share: Any) -> None:
    with pytest.raises(ParameterError):
        least_sites(LINE, SPOTS, NOBODY, radius_m=1000, share=share)


def test_no_demand_and_no_candidate_are_told_together() -> None:
    with pytest.raises(ParameterError) as caught:
        add_sites(NOBODY, sites({"c": None}), NOBODY, radius_m=1000, p=1)
    assert [problem.where for problem in caught.value.problems] == ["demand", "candidates"]


def test_weights_and_planes_are_checked() -> None:
    wrong = LINE.assign(w=[1, 1, 1, 1, 1, 1, 1, 1, -1, np.nan])
    with pytest.raises(DataError) as caught:
        add_sites(wrong, SPOTS, NOBODY, radius_m=1000, p=1, weight="w")
    assert [problem.row for problem in caught.value.problems] == ["d8", "d9"]
    with pytest.raises(DataError):
        add_sites(LINE, SPOTS, NOBODY, radius_m=1000, p=1, weight="absent")
    with pytest.raises(CrsError):
        add_sites(LINE, SPOTS.set_crs(4326, allow_override=True), NOBODY, radius_m=1000, p=1)
    for bad in ({"radius_m": 0.0}, {"time_limit_s": 0.0}):
        with pytest.raises(ParameterError):
            add_sites(LINE, SPOTS, NOBODY, **{"radius_m": 1.0, "p": 1, **bad})  # type: ignore[arg-type]


def test_points_without_weight_and_places_without_a_site() -> None:
    demand = sites({"a": (0, 0), "none": None, "b": (0, 0)}, w=[0, 1, 0])
    found = add_sites(demand, sites({"c": (0, 0)}), NOBODY, radius_m=10, p=1, weight="w")
    assert found.total == 0
    assert found.chosen == ()
    assert found.n == 2
    assert found.covered.index.tolist() == ["a", "b"]


@pytest.mark.parametrize("lang", LANGS)
def test_every_caveat_is_a_sentence(lang: str) -> None:
    say = speaker(lang)
    findings = [
        add_sites(LINE, SPOTS, NOBODY, radius_m=5000, p=9),
        least_sites(LINE, sites({"c": (0, 0)}), NOBODY, radius_m=1000, share=1),
        least_sites(LINE, SPOTS, sites({"e": (4000, 0)}), radius_m=5000, share=0.5),
        _slow(p=6, time_limit_s=1e-6),
        _slow(share=0.6, time_limit_s=1e-6),
    ]
    said = {key for finding in findings for key in (finding.method, *finding.caveats)}
    assert {"siting.refused", "siting.bounded", "siting.number_bound"} <= said
    for finding in findings:
        for key in (finding.method, *finding.caveats):
            assert say(key, **finding.parameters)


def test_gains_follow_the_chosen() -> None:
    found = add_sites(LINE, SPOTS, NOBODY, radius_m=1000, p=3)
    assert isinstance(found.gains, pd.Series)
    assert found.gains.index.tolist() == list(found.chosen)
