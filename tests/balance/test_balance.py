"""Hold the balance of the halves against counting by hand, and see ratios refuse small counts."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.base.errors import DataError
from geo.inventory.balance import (
    LEAST_COUNT,
    NO_HALF,
    area_disputed,
    balance,
    concentration,
    location_quotients,
    matrix,
)
from layers.language.messages import speaker
from tests import examples

DISTRICTS = pd.DataFrame(
    {
        "half": ["jincheng", "jincheng", "bincheng", "outer"],
        "half_status": ["stated", "assumption", "stated", "assumption"],
        "population_2020_territorial": [100_000, 300_000, 200_000, 400_000],
        "area_km2_reference": [10.0, 40.0, 100.0, 400.0],
        "polygon_deviation_pct": [0.0, -21.7, 3.0, np.nan],
    },
    index=["A", "B", "C", "D"],
)


def place(
    district: str | None,
    *,
    kind: str = "platform",
    counted: bool = True,
    where: str = "proxy",
    level: str = "national",
    basis: str | None = "granted",
    field: str | None = "general",
    name: str | None = None,
) -> dict[str, object]:
    return {
        "kind": kind,
        "level": level,
        "level_basis": basis,
        "plan_status": "to_build",
        "counted": counted,
        "location_class": where,
        "field": field,
        "host_adcode": district,
        "host_name_zh": name,
        "site_adcode": "C",
    }


def frame(*rows: dict[str, object]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), index=[f"p{k}" for k in range(len(rows))])


@pytest.fixture
def places() -> pd.DataFrame:
    return frame(
        place("A", where="dataset"),
        place("A", where="host", kind="science_park", level="municipal"),
        place("A", counted=False),
        place("B", basis="aimed_at"),
        place("C"),
        place("C", where="in_area"),
        place(None, name="通州区"),
        place("outside"),
        place(None),
    )


def test_counts_and_ratios_by_hand(places: pd.DataFrame) -> None:
    found = balance(places, DISTRICTS, data_date="2026-11-20")
    table = found.districts
    assert table["n"].to_dict() == {"A": 2, "B": 1, "C": 2, "D": 0}
    assert table["rows"].to_dict() == {"A": 3, "B": 1, "C": 2, "D": 0}
    assert table["published"].to_dict() == {"A": 2, "B": 0, "C": 0, "D": 0}
    assert table["share"].to_dict() == pytest.approx({"A": 0.4, "B": 0.2, "C": 0.4, "D": 0.0})
    assert table["per_10k"].to_dict() == pytest.approx({"A": 0.2, "B": 1 / 30, "C": 0.1, "D": 0.0})
    assert table["per_km2"].to_dict() == pytest.approx({"A": 0.2, "B": 0.025, "C": 0.02, "D": 0.0})
    assert table.loc["A", "published_share"] == 1.0
    assert table["published_share"].isna().to_dict() == {"A": 0, "B": 0, "C": 0, "D": 1}
    assert table["kind_science_park"].to_dict() == {"A": 1, "B": 0, "C": 0, "D": 0}
    assert table["level_national"].to_dict() == {"A": 1, "B": 0, "C": 2, "D": 0}
    assert table["level_aimed_at"].to_dict() == {"A": 0, "B": 1, "C": 0, "D": 0}
    assert table["status_to_build"].sum() == 5
    assert (found.value, found.outside, found.unplaced) == (5.0, 2, 1)
    assert found.not_named == ("D",)
    assert found.data_date == "2026-11-20"


def test_a_halfs_ratio_is_that_of_the_sums(places: pd.DataFrame) -> None:
    found = balance(places, DISTRICTS)
    assert list(found.halves.index) == ["jincheng", "bincheng", "outer"]
    half = found.halves.loc["jincheng"]
    assert half["n"] == 3
    assert half["share"] == pytest.approx(0.6)
    assert half["per_10k"] == pytest.approx(3 / 40)
    assert half["per_km2"] == pytest.approx(3 / 50)
    assert found.city["per_10k"] == pytest.approx(5 / 100)
    assert found.city["n"] == 5
    assert found.halves.loc["jincheng", "caveats"] == ("balance.half_assumed",)
    assert found.halves.loc["bincheng", "caveats"] == ()


def test_caveats_travel_with_the_district(places: pd.DataFrame) -> None:
    found = balance(places, DISTRICTS)
    assert found.districts["caveats"].to_dict() == {
        "A": ("balance.few",),
        "B": ("balance.area_disputed", "balance.few"),
        "C": ("balance.few",),
        "D": ("balance.not_named_here",),
    }
    for lang in ("zh", "en"):
        keys = {key for row in found.districts["caveats"] for key in row}
        for key in (*found.caveats, *keys, found.method):
            assert "{" not in speaker(lang)(key, **found.parameters)


def test_site_and_host_differ(places: pd.DataFrame) -> None:
    found = balance(places, DISTRICTS, by="site")
    assert found.districts["n"].to_dict() == {"A": 0, "B": 0, "C": 8, "D": 0}


def test_a_matrix_shows_its_empty_cells(places: pd.DataFrame) -> None:
    table = matrix(places, DISTRICTS, values=("sign_area", "platform"))
    assert list(table.index) == ["sign_area", "platform", "science_park"]
    assert list(table.columns) == ["A", "B", "C", "D"]
    assert table.loc["sign_area"].sum() == 0
    assert table.loc["platform"].to_dict() == {"A": 1, "B": 1, "C": 2, "D": 0}
    assert table.to_numpy().sum() == balance(places, DISTRICTS).n
    blank = matrix(frame(place("A", field=None), place("B")), DISTRICTS, rows="field")
    assert list(blank.index) == ["general", "unknown"]


def test_nothing_is_counted_from_nothing() -> None:
    empty = frame(place("A")).iloc[:0]
    found = balance(empty, DISTRICTS)
    assert found.n == 0
    assert found.districts["share"].isna().all()
    assert found.not_named == ("A", "B", "C", "D")
    assert matrix(empty, DISTRICTS, values=("platform",)).to_numpy().tolist() == [[0, 0, 0, 0]]


def test_all_missing_columns_are_named_at_once() -> None:
    with pytest.raises(DataError) as caught:
        balance(pd.DataFrame({"kind": []}), DISTRICTS.drop(columns=["half"]))
    assert {problem.field for problem in caught.value.problems} == {
        "level", "level_basis", "plan_status", "counted", "location_class", "host_adcode", "half",
    }  # fmt: skip
    with pytest.raises(DataError, match="p1"):
        balance(frame(place("A"), place("Z")), DISTRICTS)
    with pytest.raises(DataError):
        matrix(frame(place("A")).drop(columns=["field"]), DISTRICTS, rows="field")


def test_quotients_by_hand_and_only_where_counts_reach_ten() -> None:
    counts = pd.DataFrame({"A": [12, 8], "B": [10, 30], "C": [5, 4]}, index=["x", "y"])
    found = location_quotients(counts)
    total = 69
    assert found.table.loc["x", "A"] == pytest.approx((12 / 20) / (27 / total))
    assert found.table.loc["y", "B"] == pytest.approx((30 / 40) / (42 / total))
    assert found.table["C"].isna().all()
    assert (found.value, found.n, found.caveats) == (4.0, total, ("balance.too_few",))
    small = location_quotients(counts // 10)
    assert small.table.isna().all().all()
    assert small.caveats == ("balance.none",)
    for one in (found, small):
        for key in one.caveats:
            assert "{" not in speaker("zh")(key, **one.parameters)
    assert location_quotients(counts[["A", "B"]]).caveats == ()


def test_concentration_by_hand() -> None:
    """Counts 0, 0, 0, 20: Gini 1 - 1/4, HHI 1. Even counts: Gini 0, HHI 1/4."""
    index = list("ABCD")
    one = concentration(pd.Series([0, 0, 0, 20], index))
    assert (one.gini, one.hhi, one.hhi_even) == pytest.approx((0.75, 1.0, 0.25))
    assert (one.top, one.top_share) == ("D", 1.0)
    even = concentration(pd.Series([5, 5, 5, 5], index))
    assert (even.gini, even.hhi) == pytest.approx((0.0, 0.25))
    people = pd.Series([1, 1, 1, 97.0], index)
    assert concentration(pd.Series([1, 1, 1, 97], index), base=people).gini == pytest.approx(0.0)
    with pytest.raises(DataError, match="B"):
        concentration(pd.Series([10, 10], ["A", "B"]), base=pd.Series({"A": 1.0}))


def gini_by_pairs(counts: np.ndarray) -> float:
    """Mean difference between all pairs over twice the mean."""
    return float(np.abs(counts[:, None] - counts[None]).mean() / (2 * counts.mean()))


@settings(max_examples=examples(50))
@given(st.lists(st.integers(0, 60), min_size=2, max_size=16).filter(lambda x: sum(x) >= 10))
def test_gini_is_the_mean_difference_of_pairs(counts: list[int]) -> None:
    found = concentration(pd.Series(counts, [f"d{k}" for k in range(len(counts))]))
    assert found.gini == pytest.approx(gini_by_pairs(np.array(counts, float)), abs=1e-12)
    assert found.hhi_even - 1e-12 <= found.hhi <= 1 + 1e-12


def test_concentration_of_a_few_is_refused() -> None:
    found = concentration(pd.Series([LEAST_COUNT - 1, 0], ["A", "B"]))
    assert found.refused == "balance.refused"
    assert math.isnan(found.gini)
    sentence = speaker("zh")(found.refused, **found.parameters)
    assert "9" in sentence


def test_shuffled_rows_and_doubled_rows(places: pd.DataFrame) -> None:
    first = balance(places, DISTRICTS).districts
    shuffled = balance(places.sample(frac=1, random_state=1), DISTRICTS).districts
    pd.testing.assert_frame_equal(first, shuffled[first.columns])
    twice = balance(pd.concat([places, places.add_suffix("")]), DISTRICTS).districts
    assert (twice["n"] == 2 * first["n"]).all()
    pd.testing.assert_series_equal(twice["share"], first["share"])


@settings(max_examples=examples(60))
@given(
    halves=st.lists(
        st.sampled_from(["jincheng", "bincheng", "outer", None, math.nan, ""]),
        min_size=4,
        max_size=4,
    ),
    codes=st.lists(st.sampled_from(["A", "B", "C", "D", None, "outside"]), max_size=30),
    counted=st.integers(0, 2**30),
)
def test_the_halves_add_up_to_the_city_whatever_half_is_blank(
    halves: list[Any], codes: list[str | None], counted: int
) -> None:
    districts = DISTRICTS.assign(half=pd.Series(halves, DISTRICTS.index, dtype=object))
    rows = [
        place(code, counted=bool(counted >> k & 1), name="通州区" if k % 3 else None)
        for k, code in enumerate(codes)
    ]
    empty = frame(place("A")).iloc[:0]
    found = balance(frame(*rows) if rows else empty, districts)
    blank = [code for code, half in zip("ABCD", halves, strict=True) if half in (None, "")]
    blank += [code for code, half in zip("ABCD", halves, strict=True) if isinstance(half, float)]
    for name in ("n", "rows", "published", "population", "area_km2"):
        assert found.halves[name].sum() == found.districts[name].sum() == found.city[name]
        lone = found.districts.loc[sorted(blank), name].sum()
        assert (found.halves[name][NO_HALF] if blank else 0) == lone
    assert ("balance.no_half" in found.caveats) == (0 < len(blank) < 4)
    assert found.parameters["no_half"] == len(blank)
    if found.n:
        assert found.halves["share"].sum() == pytest.approx(1)
    said = found.parameters
    parts = ("uncounted", "counted_outside", "counted_unplaced")
    assert found.n + sum(int(str(said[part])) for part in parts) == len(codes)
    for lang in ("zh", "en"):
        assert "{" not in " ".join(speaker(lang)(key, **said) for key in found.caveats)


def test_an_area_is_disputed_beyond_five_per_cent_either_way() -> None:
    # 0, -21.7, 3 and a blank one.
    assert area_disputed(DISTRICTS).tolist() == [False, True, False, False]
