"""Show that a spot is said as one says it: district, and the nearest town that has a name."""

from __future__ import annotations

import pytest

from layers.pack.city import City
from layers.places.whereabouts import whereabouts

TOWN, LON, LAT = "Cuihuangkou", 117.18056, 39.52583


@pytest.mark.parametrize(
    ("east", "north", "said"),
    [
        (0.0, 0.0, f"Wuqing, near {TOWN}"),
        (0.0, 0.03, f"Wuqing, about 3 km north of {TOWN}"),
        (-0.025, 0.0, f"Wuqing, about 2 km west of {TOWN}"),
        (0.02, -0.016, f"Wuqing, about 2 km south-east of {TOWN}"),
    ],
)
def test_a_spot_lies_in_a_direction_from_its_town(
    tianjin: City, east: float, north: float, said: str
) -> None:
    told = whereabouts(tianjin, LON + east, LAT + north, "en")
    assert told.replace("\u202f", " ") == said


def test_each_language_has_towns_of_its_own(tianjin: City) -> None:
    """Many towns of the pack have no Chinese name: none is made up, the next that has one is."""
    assert tianjin.base["label"].set_index("name_en").loc[TOWN, "name_zh"] is None
    told = whereabouts(tianjin, LON, LAT, "zh")
    assert told.startswith("武清区，")
    assert any(name in told for name in tianjin.base["label"]["name_zh"].dropna())


def test_a_seat_of_the_name_of_its_district_is_not_said_twice(tianjin: City) -> None:
    seat = tianjin.base["label"].set_index("name_zh").loc["蓟州区"].geometry
    told = [whereabouts(tianjin, seat.x, seat.y + north, "zh") for north in (0, 0.08)]
    assert told == ["蓟州区，区中心附近", "蓟州区，区中心以北约 9\u202f公里"]


def test_a_spot_outside_says_so_and_far_from_all_towns_none_is_named(tianjin: City) -> None:
    assert whereabouts(tianjin, 119.9, 38.6, "zh") == "天津市以外"
