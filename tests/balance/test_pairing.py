"""Show that universities and parks are matched as the links say, with honest distances."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.base.errors import CrsError, DataError, ParameterError
from geo.inventory.pairing import COLUMNS, Pairing, pair
from layers.language.messages import LANGS, speaker
from tests import examples
from tests.plane import sites

UNIVERSITIES = sites(
    {"u1": (0, 0), "u2": (9000, 0), "u3": (20_000, 0), "u4": None},
    name_zh=["甲大学", "甲大学（东校区）", "乙学院", "丙学院"],
    site_adcode=["w", "w", "e", None],
    uncertainty_m=[500.0, 500.0, 500.0, np.nan],
)
PARKS = sites(
    {"p1": (300, 400), "p2": (12_000, 0), "p3": (90_000, 0), "p4": None, "later": (1000, 0)},
    kind=["science_park"] * 4 + ["later_park"],
    site_adcode=["w", "e", "e", None, "w"],
    uncertainty_m=[1000.0, 1000.0, 1000.0, np.nan, 0.0],
)
ONE, MANY, SHARED = "one school one park", "one school many parks", "many schools one park"
ROWS = [
    ("u1", "甲大学", "p1", "science_park", MANY),
    ("u2", "甲大学", "p2", "science_park", MANY),
    ("u3", "乙学院", "p2", "science_park", ONE),
    ("", "丁大学", "p4", "science_park", ONE),
    ("u3", "乙学院", "later", "later_park_area", ""),
]
LINKS = pd.DataFrame(
    [(*row, "inferred", "a page") for row in ROWS],
    columns=[*COLUMNS, "evidence"],
)


def _pair(links: pd.DataFrame = LINKS, reach_m: float = 5000) -> Pairing:
    return pair(UNIVERSITIES, PARKS, links, reach_m=reach_m)


def test_every_link_has_its_distance_with_the_doubt_of_both_ends() -> None:
    links = _pair().links
    assert links["distance_m"].tolist()[:3] == [500, 3000, 8000]
    assert links["low_m"].tolist()[:3] == [0, 1500, 6500]
    assert links["high_m"].tolist()[:3] == [2000, 4500, 9500]
    assert links["within"].tolist() == ["yes", "yes", "no", "unknown", "no"]
    assert links["same_district"].tolist() == ["yes", "no", "yes", "unknown", "no"]
    assert np.isnan(links["distance_m"].iloc[3])


def test_campuses_are_one_institution() -> None:
    found = _pair()
    assert found.links["institution"].tolist() == ["甲大学", "甲大学", "乙学院", "丁大学", "乙学院"]
    assert found.universities.index.tolist() == ["甲大学", "乙学院", "丙学院"]
    assert found.universities["n_parks"].tolist() == [2, 1, 0]
    assert (found.value, found.n, found.without_park) == (2, 3, ("丙学院",))


def test_the_mode_is_the_source_s_beside_what_the_links_add_up_to() -> None:
    """p2 is shared by two institutions, p4 is the only park of an institution not listed."""
    found = _pair()
    assert found.links["mode"].tolist() == ["one_many", "one_many", "one_one", "one_one", ""]
    assert found.links["mode_by_links"].tolist() == [
        *("one_many", "many_one", "many_one", "one_one", "")
    ]
    assert found.parameters["n_differs"] == 2
    assert "pairing.mode_differs" in found.caveats


def test_a_later_park_is_no_science_park() -> None:
    table = _pair().universities
    assert table["nearest_id"].tolist()[:2] == ["p1", "p2"]
    assert table["within"].tolist() == ["yes", "no", "unknown"]


def test_parks_without_a_university_within_reach() -> None:
    found = _pair()
    assert found.parks["within"].tolist() == ["yes", "yes", "no", "unknown", "yes"]
    assert found.parks["n_universities"].tolist() == [1, 2, 0, 1, 0]
    assert _pair(reach_m=3500).parks.loc["p2", "within"] == "unsettled"


def test_without_links_nobody_has_a_park() -> None:
    found = _pair(LINKS.iloc[:0])
    assert found.value == 0
    assert len(found.without_park) == 3
    assert found.links.empty


def test_without_any_point_no_distance_is_known() -> None:
    nowhere = UNIVERSITIES.assign(geometry=gpd.GeoSeries([None] * 4, UNIVERSITIES.index, crs=4548))
    found = pair(nowhere, PARKS, LINKS, reach_m=5000)
    assert set(found.parks["within"]) == set(found.universities["within"]) == {"unknown"}


def test_all_faults_of_the_links_are_told_at_once() -> None:
    bad = pd.concat([LINKS, LINKS.iloc[:1]], ignore_index=True)
    bad.loc[1, ["university_id", "place_id"]] = ["u9", "p9"]
    bad.loc[2, ["mode", "university_zh"]] = ["two", ""]
    with pytest.raises(DataError) as caught:
        _pair(bad)
    assert [(p.row, p.field) for p in caught.value.problems] == [
        ("#2", "university_id"),
        ("#2", "place_id"),
        ("#3", "mode"),
        ("#3", "university_zh"),
        ("#6", ""),
    ]
    with pytest.raises(DataError, match="evidence"):
        _pair(LINKS.drop(columns="evidence"))


def test_planes_doubts_and_reach_are_checked() -> None:
    with pytest.raises(CrsError):
        pair(UNIVERSITIES.to_crs(4547), PARKS, LINKS, reach_m=1)
    with pytest.raises(DataError, match="uncertainty_m"):
        pair(UNIVERSITIES.drop(columns="uncertainty_m"), PARKS, LINKS, reach_m=1)
    with pytest.raises(ParameterError):
        _pair(reach_m=0)


@given(
    st.floats(0, 5e4), st.floats(0, 5e4), st.floats(0, 9e3), st.floats(0, 9e3), st.floats(1, 6e4)
)
@settings(max_examples=examples(60))
def test_within_is_said_only_where_every_position_agrees(
    x: float, y: float, first: float, second: float, reach_m: float
) -> None:
    """Nearest and farthest positions of two circles, tried on the line through their centres."""
    one = UNIVERSITIES.iloc[:1].assign(uncertainty_m=first)
    other = sites({"p1": (x, y)}, kind=["science_park"], site_adcode=["w"], uncertainty_m=[second])
    row = pair(one, other, LINKS.iloc[:1], reach_m=reach_m).links.iloc[0]
    apart = float(np.hypot(x, y))
    shifts = [apart + a * first + b * second for a in (-1, 0, 1) for b in (-1, 0, 1)]
    within = {abs(shift) <= reach_m for shift in shifts}
    if row["within"] == "yes":
        assert within == {True}
    if row["within"] == "no":
        assert within == {False}
    assert row["low_m"] <= row["distance_m"] <= row["high_m"]


@pytest.mark.parametrize("lang", LANGS)
def test_every_caveat_and_value_is_a_sentence(lang: str) -> None:
    say, found = speaker(lang), _pair()
    assert len(found.caveats) == 5
    for key in (found.method, *found.caveats):
        assert say(key, **found.parameters)
    for column in ("mode", "within", "same_district"):
        for value in set(found.links[column]) - {""}:
            assert say(f"pairing.{column}.{value}")
