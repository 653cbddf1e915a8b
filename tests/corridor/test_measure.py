"""Show that the corridor of a pack is measured, worded and drawn as its data say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from layers.corridor.drawing import LINK_PX, WIDEST_PX, draw, legend, widths
from layers.corridor.measure import (
    CorridorAnswer,
    axes,
    cities_along,
    link_lines,
    measure,
    question,
)
from layers.corridor.tables import tens
from layers.corridor.wording import word
from layers.pack.city import City
from layers.view.page_options import CorridorOptions
from layers.view.question import Refusal
from layers.view.state import Filters, ViewState, default_state


def asked(city: City, **changes: Any) -> CorridorAnswer:
    """Answer the corridor of a city in its opening view, with changes to the state."""
    state = replace(default_state(city), **changes)
    found = measure(city, question(state))
    assert isinstance(found, CorridorAnswer)
    return found


@pytest.fixture(scope="module")
def belt(tianjin: City) -> CorridorAnswer:
    return asked(tianjin)


def test_the_chainages_of_the_toy_city_are_those_of_its_metre_grid(toy: City) -> None:
    """The axis runs 15 km east at northing 10, then 11.18 km to (20, 5): a slope of one in two."""
    found = asked(toy, corridor=CorridorOptions(within_km=5)).found
    assert found.axis.length_m == pytest.approx(15_000 + 5000 * 5**0.5, abs=1)
    near = found.places["chainage_m"]
    assert near["node-outside"] == pytest.approx(0, abs=1)
    assert near["park-one"] == pytest.approx(10_000, abs=1)  # at (5, 5): 5 km south of the line
    assert found.places["offset_m"]["park-one"] == pytest.approx(5000, abs=1)
    # (15, 5) is 5 km south of (15, 7.5), 2.5 km above it: along (2, -1)/√5 from (10, 10).
    assert near["park-late"] == pytest.approx(15_000 + 1000 * (2 * 5 + 5) / 5**0.5, abs=1)
    assert found.places["side"]["park-late"] == "right"


def test_the_belt_comes_first_and_others_by_their_id(tianjin: City, toy: City) -> None:
    assert axes(tianjin) == ("corridor", "by_cities", "tong_wu_lang")
    assert axes(toy) == ("axis",)
    assert asked(tianjin, corridor=CorridorOptions("gone")).axis_id == "corridor"


def test_stretches_add_up_and_every_near_place_lies_in_one(belt: CorridorAnswer) -> None:
    along = cities_along(belt)
    assert along["city_zh"].tolist() == ["北京市", "廊坊市", "天津市"]
    assert along["length_m"].sum() == pytest.approx(belt.found.axis.length_m)
    assert along["n"].sum() == belt.found.value
    counts = tens(belt)
    kinds = counts[[name for name in counts if str(name).startswith("kind_")]]
    assert (kinds.sum(axis=1) == counts["n"]).all()


def test_only_what_a_source_states_is_a_link(tianjin: City, belt: CorridorAnswer) -> None:
    pairs = {
        frozenset(pair) for pair in zip(belt.links["from_id"], belt.links["to_id"], strict=True)
    }
    assert len(belt.links) == 6
    assert frozenset({"node-tongzhou", "node-wuqing"}) in pairs
    tasks = tianjin.plan.clauses
    assert all(481 <= tasks.loc[id_, "line_from"] <= 495 for id_ in belt.links["clause_id"])
    # A filter acts on the links too: no link leads to a place that is not shown.
    none = asked(tianjin, filters=Filters(district=frozenset({"120104"})))
    assert len(none.links) == 0
    assert "链接数据不完整" in word(none, "zh").account[-1]


def test_links_are_as_wide_as_their_weight_and_alike_without_one(belt: CorridorAnswer) -> None:
    lines = link_lines(belt)
    assert set(widths(lines)) == {LINK_PX}
    weighed = lines.assign(weight=[100.0, 50.0, None, None, 1.0, None])
    assert widths(weighed) == [WIDEST_PX, WIDEST_PX / 2, *[LINK_PX] * 4]


def test_the_same_view_is_drawn_with_its_key_and_says_that_it_is_filtered(tianjin: City) -> None:
    found = asked(tianjin, filters=Filters(level=frozenset({"national"})))
    assert "筛选" in word(found, "zh").sentence
    for lang in ("zh", "en"):
        drawn = draw(found, lang)
        assert drawn is not None
        assert len(legend(found, lang)) == 3 + bool(len(link_lines(found)))


def test_a_pack_without_an_axis_is_refused_in_words(tianjin: City) -> None:
    bare = replace(tianjin, layers={k: v for k, v in tianjin.layers.items() if k != "axis"})
    state: ViewState = default_state(bare)
    found = measure(bare, question(state))
    assert isinstance(found, Refusal)
    assert draw(found, "zh") is None
    assert legend(found, "zh") == ()
    assert word(found, "zh").sentence != word(found, "en").sentence


def test_a_closed_axis_is_measured_round(tianjin: City) -> None:
    loop = asked(tianjin, corridor=CorridorOptions("tong_wu_lang", 5))
    assert loop.found.axis.closed
    at = loop.found.places["chainage_m"]
    assert at["node-tongzhou"] == pytest.approx(0, abs=1)
    assert at["node-wuqing"] == pytest.approx(67_500, abs=100)  # facts/axis.csv: 67.5 km
    assert loop.found.gaps["length_m"].sum() == pytest.approx(loop.found.axis.length_m)
