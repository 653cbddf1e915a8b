"""Show that places lie on an axis where geometry in the head puts them."""

from __future__ import annotations

import geopandas as gpd
import networkx as nx  # type: ignore[import-untyped]
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.base.errors import CrsError, DataError
from geo.corridor.chainage import axis_of, feet
from geo.corridor.network import centrality
from geo.corridor.places import corridor
from geo.corridor.stretches import counted, longest_empty_m, owners, spacing, steps
from tests.plane import CRS, sites, squares


def line(*vertices: tuple[float, float]) -> gpd.GeoSeries:
    """Return a line through vertices given in metres."""
    return gpd.GeoSeries([shapely.LineString(vertices)], crs=CRS)


BENT = line((0, 0), (10_000, 0), (10_000, 10_000))
"""Ten kilometres east, then ten kilometres north."""
RING = line((0, 0), (10_000, 0), (10_000, 10_000), (0, 10_000), (0, 0))


def at(*points: tuple[float, float], doubt: float = 0.0, on: gpd.GeoSeries = BENT) -> pd.DataFrame:
    """Return chainage, offset, side and rival of points that may be so far off."""
    xy = np.array(points)
    found = feet(xy, axis_of(on), doubt_m=np.full(len(xy), doubt))
    columns = ("chainage_m", "offset_m", "left", "end", "rival_m")
    return pd.DataFrame({name: getattr(found, name) for name in columns})


def test_chainage_and_offset_are_those_of_the_nearest_leg() -> None:
    found = at((4000, 300), (4000, -300), (10_500, 6000), (13_000, -4000))
    assert found["chainage_m"].tolist() == [4000, 4000, 16_000, 10_000]
    assert found["offset_m"].tolist() == [300, 300, 500, 5000]  # outside the bend: 3-4-5
    assert found["left"].tolist() == [True, False, False, False]
    assert found["rival_m"].isna().all()


def test_beyond_an_end_the_end_is_nearest_and_says_so() -> None:
    found = at((-3000, 4000), (10_000, 12_000), (5000, 0))
    assert found["chainage_m"].tolist() == [0, 20_000, 5000]
    assert found["offset_m"].tolist() == [5000, 2000, 0]
    assert found["end"].tolist() == [True, True, False]


def test_inside_a_bend_a_place_equally_near_to_both_legs_has_a_rival() -> None:
    # 3 km before the bend and 3 km north of the first leg: 3 km from the second leg too.
    found = at((7000, 3000), (7000, 2999))
    assert found["chainage_m"].tolist() == [7000, 7000]
    assert found["rival_m"].tolist()[0] == 13_000
    assert np.isnan(found["rival_m"][1])  # a metre nearer, and nothing is in doubt


def test_doubt_makes_a_rival_only_where_it_can_reach_the_other_leg() -> None:
    # 1 km from the first leg, 3 km from the second: the difference is 2 km, twice a doubt of 1 km.
    assert at((7000, 1000), doubt=1000.0)["rival_m"].tolist() == [11_000]
    assert at((7000, 1000), doubt=990.0)["rival_m"].isna().all()
    # On a straight line with a vertex in it no doubt makes a rival.
    straight = line((0, 0), (5000, 0), (10_000, 0))
    assert at((4990, 2000), doubt=3000.0, on=straight)["rival_m"].isna().all()


def test_a_closed_axis_has_no_end_and_counts_on_round() -> None:
    found = at((-500, -500), (-10, 500), on=RING)
    assert found["chainage_m"].tolist() == [0, 39_500]
    assert not found["end"].any()
    axis = axis_of(RING)
    assert axis.between(np.array(39_500.0), np.array(500.0)) == 1000
    table = spacing(pd.Series({"a": 1000.0, "b": 31_000.0}), axis)
    assert table["length_m"].tolist() == [30_000, 10_000]
    assert longest_empty_m(np.array([[1000.0, 31_000.0]]), axis).tolist() == [30_000]


@given(st.lists(st.tuples(st.floats(-2e4, 3e4), st.floats(-2e4, 3e4)), min_size=1, max_size=20))
def test_it_agrees_with_shapely(points: list[tuple[float, float]]) -> None:
    shape = BENT.iloc[0]
    found = at(*points)
    there = shapely.points(points)
    assert np.allclose(found["offset_m"], shapely.distance(shape, there))
    back = shapely.line_interpolate_point(shape, found["chainage_m"].to_numpy())
    assert np.allclose(shapely.distance(back, there), found["offset_m"])


def test_spacing_and_counts_are_those_of_the_head() -> None:
    places = pd.Series({"b": 12_000.0, "a": 3000.0, "c": 20_000.0})
    table = spacing(places, axis_of(BENT))
    assert table["from_id"].tolist() == ["", "a", "b", "c"]
    assert table["length_m"].tolist() == [3000, 9000, 8000, 0]
    limits = steps(axis_of(BENT))
    assert limits.tolist() == [0, 10_000, 20_000]
    # What stands on a limit belongs to the next stretch; the end to the last.
    drawn = np.array([[3000.0, 10_000.0, 20_000.0, np.nan]])
    assert counted(drawn, limits).tolist() == [[1, 2]]


def test_every_stretch_has_its_owner_and_together_they_are_the_axis() -> None:
    areas = squares(
        {"west": (1000, -5000, 6000, 5000), "bend": (6000, -5000, 15_000, 2000)}
    ).geometry
    found = owners(axis_of(BENT), areas)
    assert found["area"].tolist() == ["", "west", "bend", ""]
    assert found["to_m"].tolist() == [1000, 6000, 12_000, 20_000]
    assert found["length_m"].sum() == 20_000
    border = squares({"n": (0, 0, 10_000, 900), "s": (0, -900, 10_000, 0)}).geometry
    assert owners(axis_of(BENT), border)["area"].tolist() == ["n", ""]
    assert owners(axis_of(BENT), border.iloc[::-1])["area"].tolist()[0] == "s"


PLACES = sites(
    {"mid": (5000, 1000), "far": (5000, 7000), "edge": (10_500, 9000), "none": None},
    uncertainty_m=[600.0, 0.0, 900.0, np.nan],
)


def test_a_doubtful_place_has_an_interval_that_holds_where_it_is_drawn() -> None:
    found = corridor(PLACES, BENT, within_m=2000)
    table = found.places
    assert table.index.tolist() == ["mid", "far", "edge"]
    assert (found.value, found.n) == (2, 3)
    assert table["near"].to_dict() == {"mid": "yes", "far": "no", "edge": "yes"}
    # On a straight leg the share of a disc beyond x of its radius is known: 5 % beyond 0.8054.
    assert table.loc["mid", "low_m"] == pytest.approx(5000 - 0.8054 * 600, abs=40)
    assert table.loc["mid", "high_m"] == pytest.approx(5000 + 0.8054 * 600, abs=40)
    # 5 km from the second leg and 7 km from the first; exact, so there is no interval.
    for name in ("chainage_m", "low_m", "high_m"):
        assert table[name]["far"] == 17_000


def test_the_longest_empty_stretch_lies_between_the_places_within() -> None:
    found = corridor(PLACES, BENT, within_m=2000)
    assert found.gaps["length_m"].tolist() == [5000, 14_000, 1000]
    assert found.longest_m == 14_000
    assert found.longest_low_m <= 14_000 <= found.longest_high_m
    assert found.longest_high_m - found.longest_low_m < 2 * (600 + 900)
    assert found.counts["n"].tolist() == [1, 1]


def test_a_place_whose_doubt_crosses_the_limit_is_unsettled_and_counted_as_an_interval() -> None:
    places = sites({"a": (5000, 1900), "b": (5000, 100)}, uncertainty_m=[1000.0, 0.0])
    found = corridor(places, BENT, within_m=2000)
    assert found.places["near"].to_dict() == {"a": "unsettled", "b": "yes"}
    assert (found.low, found.value, found.high) == (1, 2, 2)


def test_no_place_leaves_the_whole_axis_empty() -> None:
    empty = PLACES.iloc[:0]
    found = corridor(empty, BENT, within_m=2000)
    assert (found.value, found.longest_m, len(found.places)) == (0, 20_000, 0)
    assert found.gaps["length_m"].tolist() == [20_000]


def test_what_is_no_line_in_metres_is_refused() -> None:
    with pytest.raises(CrsError):
        axis_of(gpd.GeoSeries([shapely.LineString([(117, 39), (118, 39)])], crs=4326))
    with pytest.raises(DataError):
        axis_of(gpd.GeoSeries([shapely.Point(0, 0)], crs=CRS))
    apart = shapely.MultiLineString([[(0, 0), (1, 0)], [(5, 0), (6, 0)]])
    with pytest.raises(DataError):
        axis_of(gpd.GeoSeries([apart], crs=CRS))


def test_degree_and_betweenness_are_those_of_another_library() -> None:
    star = [("hub", "a"), ("hub", "b"), ("c", "hub"), ("a", "b"), ("a", "b"), ("x", "y")]
    found = centrality(star, {"hub", "a", "b", "c", "x", "y"})
    # c reaches a and b through the hub alone: two pairs.
    assert found["betweenness"].to_dict()["hub"] == 2
    assert found["degree"].to_dict() == {"hub": 3, "a": 2, "b": 2, "c": 1, "x": 1, "y": 1}
    random = nx.gnm_random_graph(14, 22, seed=3)
    pairs = [(str(a), str(b)) for a, b in random.edges]
    mine = centrality(pairs, {str(node) for node in random})["betweenness"]
    theirs = nx.betweenness_centrality(random, normalized=False)
    assert {str(node): pytest.approx(value) for node, value in theirs.items()} == mine.to_dict()
    with pytest.raises(DataError):
        centrality([("a", "stranger")], {"a"})
    assert len(centrality([], {"a"})) == 0
