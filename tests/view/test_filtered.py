"""Show that whatever keeps rows of the opening view away is named, and can be taken away."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.pack.city import City
from layers.view.filtered import acting, in_words, is_filtered, marked, narrowings
from layers.view.page_options import CoverageOptions, DensityOptions
from layers.view.rows import rows_in_view
from layers.view.state import FILTER_KEYS, Filters, allowed, default_state
from tests.handmade import handmade_city

CITY = handmade_city()
START = default_state(CITY)
KNOWN = allowed(CITY)
BINHAI = Filters(level=frozenset({"national"}), district=frozenset({"120116"}))

narrowed = st.builds(
    lambda filters, period, later, layers: replace(
        START, filters=filters, period=period, later=later, layers=layers
    ),
    st.builds(
        Filters,
        **{
            name: st.frozensets(st.sampled_from(sorted(values)), max_size=3)
            for name, values in KNOWN.filters.items()
        },
    ),
    st.sampled_from(["now", "2020", "2025"]),
    st.booleans(),
    st.frozensets(st.sampled_from(sorted(KNOWN.layers))),
)


def test_the_opening_view_is_not_filtered(tianjin: City, toy: City) -> None:
    for city in (tianjin, toy, CITY):
        opening = default_state(city)
        assert narrowings(city, opening, "zh") == ()
        assert in_words(city, opening) is None
        assert marked(city, opening, "explore", "共 3 处。", "zh") == "共 3 处。"


@pytest.mark.slow
@given(narrowed)
def test_taking_all_away_leads_back_to_all_rows(state):
    steps = 0
    while found := narrowings(CITY, state, "zh"):
        assert len({(each.name, each.value) for each in found}) == len(found)
        fewer = set(rows_in_view(CITY, state).places.index)
        state = found[0].without
        if found[0].name not in FILTER_KEYS:  # of a filter the last value lets more pass, not fewer
            assert fewer <= set(rows_in_view(CITY, state).places.index)
        steps += 1
        assert steps < 40
    opening = rows_in_view(CITY, START).places.index
    assert set(opening) <= set(rows_in_view(CITY, state).places.index)


def test_each_value_has_words_of_its_own(tianjin: City) -> None:
    state = replace(default_state(tianjin), filters=BINHAI)
    assert [each.words for each in narrowings(tianjin, state, "zh")] == [
        "国家级（已批复）",
        "滨海新区",
    ]
    told = in_words(tianjin, state)
    assert told is not None
    assert told.zh == "国家级（已批复）、滨海新区"
    assert marked(tianjin, state, "explore", "x", "zh") == "筛选后：x"


def test_many_layers_that_are_off_are_told_together(tianjin: City) -> None:
    start = default_state(tianjin)
    one = narrowings(tianjin, replace(start, layers=start.layers - {"platform"}), "zh")
    assert [each.words for each in one] == ["未显示科技创新平台"]
    only = replace(start, layers=frozenset({"district", "platform"}))
    (many,) = narrowings(tianjin, only, "zh")
    assert many.words == "仅显示科技创新平台"
    assert many.without.layers >= start.layers - {"axis"}


@pytest.mark.parametrize(
    ("page", "options", "acts"),
    [
        ("explore", {}, True),
        ("density", {}, True),
        ("density", {"density": DensityOptions(part="points")}, False),
        ("coverage", {}, True),
        ("coverage", {"coverage": CoverageOptions(part="pairing")}, False),
        ("coverage", {"coverage": CoverageOptions(part="siting")}, True),
        ("district", {}, False),
        ("sources", {}, False),
    ],
)
def test_filters_are_told_where_they_act(
    tianjin: City, page: str, options: dict[str, Any], acts: bool
) -> None:
    state = replace(default_state(tianjin), filters=BINHAI, **options)
    assert is_filtered(tianjin, state, page) is acts


def test_another_year_is_no_filter_and_the_sentence_begins_with_it(tianjin: City) -> None:
    start = default_state(tianjin)
    year = replace(start, period="2025", later=False)
    assert acting(tianjin, year, "explore", "zh"), "its chips stay"
    assert not is_filtered(tianjin, year, "explore")
    assert is_filtered(tianjin, replace(start, later=False), "explore")
    assert is_filtered(tianjin, replace(year, filters=BINHAI), "explore")
    assert marked(tianjin, start, "explore", "甲。", "zh") == "甲。"
    assert marked(tianjin, year, "explore", "甲。", "zh") == "2025年目标，甲。"
    both = replace(year, filters=BINHAI)
    assert marked(tianjin, both, "explore", "甲。", "zh") == "筛选后：2025年目标，甲。"
    assert marked(tianjin, year, "district", "甲。", "zh") == "甲。"


def test_coverage_from_layers_of_its_own_does_not_follow_the_switches(tianjin: City) -> None:
    start = default_state(tianjin)
    state = replace(
        start,
        layers=start.layers - {"platform"},
        coverage=CoverageOptions(sites=frozenset({"platform"})),
    )
    assert acting(tianjin, state, "explore", "zh")
    assert not acting(tianjin, state, "coverage", "zh")
