"""Show that the fill of the districts holds the counted places, and what it does not carry."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.balance.drawing import NONE, classes, colours, draw, rates
from layers.balance.measure import BalanceAnswer, measure, question
from layers.balance.wording import HATCH, word
from layers.map.overlay import drawing_json
from layers.pack.city import City
from layers.view.page_options import DensityOptions
from layers.view.state import default_state
from tests.answers import once

NOT_NAMED = {"120101", "120102", "120103", "120105", "120117", "120119"}


def _answer(city: City, **changes: object) -> BalanceAnswer:
    return once(measure, city, question(replace(default_state(city), **changes)))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def counted(tianjin: City) -> BalanceAnswer:
    """The shipped city as it opens."""
    return _answer(tianjin)


def test_each_district_has_the_class_of_its_count_over_its_area(
    counted: BalanceAnswer, tianjin: City
) -> None:
    area = tianjin.districts["area_km2_reference"].astype(float)
    rows = pd.concat(
        layer.frame[layer.frame["counted"].astype(bool)]
        for layer in tianjin.layers.values()
        if layer.spec.group == "plan" and layer.spec.is_places
    )
    n = rows["host_adcode"].value_counts().reindex(area.index).fillna(0)
    by_hand = 100 * n / area
    assert rates(counted).to_numpy() == pytest.approx(by_hand.to_numpy())
    found = colours(counted)
    for code, value in by_hand.items():
        fits = [each.colour for each in classes(by_hand) if each.low < value <= each.high]
        assert [found[code]] == (fits or [NONE])


def test_the_districts_that_the_plan_does_not_name_are_hatched(counted: BalanceAnswer) -> None:
    plain, hatched = draw(counted, "zh").shapes
    assert set(hatched.frame.index) == NOT_NAMED
    assert (hatched.pattern, hatched.colour) == ("hatch", "")
    assert len(plain.frame) == 16 - len(NOT_NAMED)
    assert NONE not in set(plain.frame["colour"])
    tip = plain.frame["name"]["120116"]
    assert "滨海新区" in tip
    assert "18 处" in tip
    sent = drawing_json(draw(counted, "zh"), 5)
    assert sent is not None
    assert len(str(sent)) < 200_000


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_legend_lists_what_is_drawn_and_the_doubt(counted: BalanceAnswer, lang: str) -> None:
    told = word(counted, lang)
    assert len([colour for colour, _ in told.legend if colour != HATCH]) <= 5
    assert told.legend[-1][0] == HATCH
    assert told.caution, "most districts have fewer than ten places"
    drawn = set(draw(counted, lang).shapes[0].frame["colour"])
    assert drawn <= {colour for colour, _ in told.legend}


def test_a_district_of_which_nothing_is_shown_is_plain_and_the_legend_says_so(
    tianjin: City,
) -> None:
    one = _answer(tianjin, layers=frozenset({"pilot_zone"}))
    told = word(one, "zh")
    assert told.legend[0] == (NONE, "0")
    assert set(draw(one, "zh").shapes[1].frame.index) == NOT_NAMED, "the text names the others"


def test_the_fill_decides_no_figure(tianjin: City) -> None:
    state = default_state(tianjin)
    other = replace(state, density=DensityOptions(fill="districts"))
    assert question(state) == question(other)


@given(
    st.lists(
        st.floats(0, 1e6).filter(lambda value: value == 0 or value > 1e-6), min_size=1, max_size=40
    )
)
def test_the_classes_are_round_few_and_hold_every_value(values: list[float]) -> None:
    found = classes(pd.Series(values))
    assert bool(found) == (max(values) > 0)
    if not found:
        return
    assert len(found) <= 5
    assert found[0].low == 0
    assert found[-1].high >= max(values) * (1 - 1e-9)
    assert found[-1].low < max(values), "the last class is not empty"
    assert all(one.high == other.low for one, other in pairwise(found))
    assert len({each.colour for each in found}) == len(found)
    for each in found:
        assert f"{each.high:.0e}"[0] in "125"
    assert np.isfinite([each.high for each in found]).all()
