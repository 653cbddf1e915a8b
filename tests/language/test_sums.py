"""Show that sums on the screen add up, and hold every number of the headline."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.language.sums import equation
from layers.pack.city import City
from layers.view.totals import headline, is_named, of_headline, plan_places


def numbers(text: str) -> list[int]:
    return [int(n) for n in re.findall(r"(?<= )\d+(?= |$)", text.replace("\u202f", ""))]


@given(st.lists(st.integers(0, 999), min_size=3, max_size=3), st.sampled_from(["zh", "en"]))
def test_a_sum_adds_up_and_leaves_zeros_out(values: list[int], lang: str) -> None:
    keys = ("entering", "nested", "beyond")
    whole, *parts = numbers(equation("mapped", dict(zip(keys, values, strict=True)), lang))
    assert whole == sum(parts) == sum(values)
    assert parts == ([value for value in values if value] or [0])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_headline_is_taken_apart_by_hand(tianjin: City, lang: str) -> None:
    places = plan_places(tianjin)
    counted = places[places["counted"].astype(bool)]
    later = int((counted["plan_status"] == "later_fact").sum())
    named = int(is_named(counted).sum())
    first, second, third = map(numbers, of_headline(headline(tianjin), lang))
    assert first == [len(places), int(places.geometry.notna().sum()), 5, 18] == [85, 62, 5, 18]
    assert second == [len(places), len(counted), 5, 19] == [85, 61, 5, 19]
    assert third == [len(counted), named, later, len(counted) - named - later] == [61, 54, 6, 1]
