"""Show that radii and kinds side by side are what each says alone, and what geometry says."""

from __future__ import annotations

import math
from dataclasses import replace

import geopandas as gpd
import pandas as pd
import pytest

from layers.coverage.measure import ReachAnswer, ReachRefusal, measure
from layers.coverage.question import question
from layers.coverage.radii import (
    ALL,
    Answer,
    draw_radii,
    drawn_reaches,
    radii,
    radius_legend,
    radius_table,
    reaches,
)
from layers.pack.city import City
from layers.view.page_options import CoverageOptions
from layers.view.state import Filters, ViewState, default_state
from tests.answers import once


def answer(city: City, **options: object) -> Answer:
    chosen = CoverageOptions(**options)  # type: ignore[arg-type]
    return once(measure, city, question(replace(default_state(city), coverage=chosen)))


@pytest.fixture(scope="module")
def five(tianjin: City) -> ReachAnswer:
    found = answer(tianjin, radius_m=5_000)
    assert isinstance(found, ReachAnswer)
    return found


@pytest.fixture(scope="module")
def side_by_side(five: ReachAnswer) -> pd.DataFrame:
    return radii(five)


def test_a_disc_in_a_square_at_three_radii_by_hand(toy: City) -> None:
    """One park in the middle of a square of 10 km, in a city of four: π·3², π·5², and a part."""
    state = ViewState(
        toy.id,
        layers=frozenset({"science_park"}),
        filters=Filters(plan_status=frozenset({"existing_2020"})),
        later=False,
        coverage=CoverageOptions(radius_m=3_000),
    )
    table = radii(measure(toy, question(state))).set_index("radius_m")["share"]
    assert list(table.index) == [3_000, 5_000, 10_000]
    assert table[3_000] == pytest.approx(9 * math.pi / 400, rel=1e-3)
    assert table[5_000] == pytest.approx(25 * math.pi / 400, rel=1e-3)
    # From (5, 5) a disc of 10 km: the part in the first quadrant of the city's corner (-5, -5).
    inside = _disc_in_square(10, 5, 20)
    assert table[10_000] == pytest.approx(inside / 400, rel=1e-3)


def _disc_in_square(radius: float, middle: float, side: float, steps: int = 4_000) -> float:
    """Area of a disc within the square 0 … side, centre (middle, middle), by thin columns."""
    width, total = side / steps, 0.0
    for i in range(steps):
        x = (i + 0.5) * width - middle
        if abs(x) < radius:
            half = math.sqrt(radius**2 - x**2)
            total += (min(middle + half, side) - max(middle - half, 0)) * width
    return total


@pytest.mark.slow
def test_a_larger_radius_and_more_kinds_never_cover_less(side_by_side: pd.DataFrame) -> None:
    table = side_by_side.pivot(index="radius_m", columns="kind", values="share")
    assert table.shape == (3, 9)
    grown = table.diff().iloc[1:].to_numpy()
    assert not (grown < -1e-9).any()
    for kind in table.columns:
        assert not (table[kind] > table[ALL] + 1e-9).any()


@pytest.mark.slow
def test_the_page_and_the_table_say_the_same(five: ReachAnswer, side_by_side: pd.DataFrame) -> None:
    table = side_by_side
    own = table[(table["kind"] == ALL) & (table["radius_m"] == 5_000)].iloc[0]
    assert own["low"] == five.rows["city"]["low"]
    assert own["share"] == five.rows["city"]["share"]
    parks = answer(five.city, sites=frozenset({"science_park"}))
    assert isinstance(parks, ReachAnswer)
    alone = parks.rows["city"]
    row = table[(table["kind"] == "science_park") & (table["radius_m"] == 5_000)].iloc[0]
    assert (row["share"], row["low"]) == pytest.approx((alone["share"], alone["low"]))


def test_each_kind_is_refused_by_its_own_doubt(
    five: ReachAnswer, side_by_side: pd.DataFrame
) -> None:
    median = five.inputs.mapped.groupby("kind")["uncertainty_m"].median()
    for row in side_by_side[side_by_side["kind"] != ALL].to_dict("records"):
        refused = row["verdict"] == "uncertainty.refused"
        assert refused == (row["radius_m"] < median[row["kind"]]) == math.isnan(row["share"])
    told = radius_table(five, "zh")
    assert list(told.loc["全部场所"])[:2] == ["62", "暂不计算（14 处满足要求）"]
    assert str(told["3\u202f公里"]["大学科技园"]).endswith("%")


def test_times_stand_side_by_side_as_what_they_are(tianjin: City) -> None:
    options = CoverageOptions(minutes=30, speed_kmh=52, sites=frozenset({"corridor_node"}))
    assert [round(r.radius_m) for r in reaches(options)] == [20_000, 40_000]
    found = answer(tianjin, minutes=30, speed_kmh=52, sites=frozenset({"corridor_node"}))
    table = radius_table(found, "en")
    assert [name.replace("\u202f", " ") for name in table.columns[1:]] == [
        "30 minutes (20 km)",
        "60 minutes (40 km)",
    ]
    assert table.index.tolist() == ["All places"]


def test_nested_rings_are_what_each_radius_covers(five: ReachAnswer) -> None:
    drawn = draw_radii(five)
    assert drawn is not None
    ten, own = (gpd.GeoDataFrame(s.frame).to_crs(4548).geometry.iloc[0] for s in drawn.shapes)
    assert own.area / 1e6 == pytest.approx(five.area.value, rel=5e-3)
    assert own.difference(ten).area < 3e-3 * own.area
    assert [words.replace("\u202f", " ") for _, words in radius_legend(five, "zh")] == [
        "5 公里内",
        "10 公里内",
    ]


def test_a_refused_radius_is_not_drawn_and_the_others_are(tianjin: City) -> None:
    three = answer(tianjin, radius_m=3_000)
    assert isinstance(three, ReachRefusal)
    assert [reach.radius_m for reach in drawn_reaches(three.inputs)] == [10_000, 5_000]
    drawn = draw_radii(three)
    assert drawn is not None
    assert len(drawn.shapes) == 2


def test_no_place_gives_no_ring(tianjin: City) -> None:
    empty = replace(default_state(tianjin), layers=frozenset())
    assert draw_radii(measure(tianjin, question(empty))) is None
