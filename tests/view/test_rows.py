"""Show that a view holds the right places, counts them rightly, and says so."""

from __future__ import annotations

import random
from dataclasses import fields, replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.pack.catalogue import CATALOG, LOCATION_CLASSES, PERIOD_STATUSES
from layers.pack.city import City
from layers.view.rows import Count, Stack, gather, name_key, rows_in_view
from layers.view.state import FILTER_KEYS, Filters, ViewState, allowed, default_state
from layers.view.wording import remedy, suggest_wider, summary, value_words
from tests.handmade import PLACES, SPOT, handmade_city

CITY = handmade_city()
KNOWN = allowed(CITY)
START = default_state(CITY)
EVERYTHING = replace(START, layers=KNOWN.layers)


def shown(state: ViewState) -> list[str]:
    return list(rows_in_view(CITY, state).places.index)


def filtered(**chosen: str) -> ViewState:
    """Return the state in which all layers are on and each filter asks for these words."""
    return replace(
        EVERYTHING, filters=Filters(**{name: frozenset(v.split()) for name, v in chosen.items()})
    )


def by_hand(state: ViewState) -> set[str]:
    """Go through the rows one by one: the slow, obvious way."""
    found = set()
    for row, _ in PLACES:
        status = row.get("plan_status")
        timely = (
            status is None
            or status in PERIOD_STATUSES[state.period]
            or (status == "later_fact" and state.later)
        )
        codes = {row.get("host_adcode"), row.get("site_adcode")}
        if "host_name_zh" in row and "host_adcode" not in row:
            codes.add("outside")
        wanted = [
            not state.filters.of(name)
            or bool(
                state.filters.of(name) & codes
                if name == "district"
                else state.filters.of(name) & {row.get(name)}
            )
            for name in FILTER_KEYS
        ]
        if row["kind"] in state.layers and timely and all(wanted):
            found.add(str(row["id"]))
    return found


@given(
    st.builds(
        ViewState,
        city=st.just("handmade"),
        lang=st.sampled_from(["zh", "en"]),
        period=st.sampled_from(["now", "2020", "2025"]),
        later=st.booleans(),
        layers=st.frozensets(st.sampled_from(sorted(KNOWN.layers))),
        filters=st.builds(
            Filters,
            **{
                name: st.frozensets(st.sampled_from(sorted(values)), max_size=2)
                for name, values in KNOWN.filters.items()
            },
        ),
    )
)
def test_a_view_equals_a_walk_through_the_rows(state: ViewState) -> None:
    view = rows_in_view(CITY, state)
    assert set(view.places.index) == by_hand(state)
    assert {*view.mapped.index} | {*view.unmapped.index} == {*view.places.index}
    assert len(view.mapped) + len(view.unmapped) == len(view.places)
    for id_, count in view.counts.items():
        layer = CITY.layers[id_]
        if layer.spec.is_places:
            assert count.shown == len(by_hand(replace(state, layers=frozenset({id_}))))
            if id_ in state.layers:
                assert len(view.layer(id_)) == count.shown
    for name in FILTER_KEYS:
        for value, size in view.options(name).items():
            alone = replace(state.filters, **{name: frozenset({value})})
            assert size == len(by_hand(replace(state, filters=alone)))
    assert suggest_wider(view, "zh") or len(view.places)


def test_places_stand_by_layer_then_by_name() -> None:
    # 丙 丁 … would stand otherwise by code point; within the parks 甲 (jia) stands before 乙 (yi).
    assert shown(EVERYTHING) == [
        *("park-a", "park-b", "gather-a", "sign-a", "node-a", "plat-a", "later-a"),
        *("uni-b", "uni-a", "odd-a"),
    ]
    # Iota stands before Theta.
    assert shown(replace(EVERYTHING, lang="en"))[7:9] == ["uni-b", "uni-a"]
    assert sorted(["中", "安", "北"], key=lambda name: name_key(name, "", "zh")) == [
        "安",
        "北",
        "中",
    ]


def test_counts_speak_of_layers_that_are_off_too() -> None:
    view = rows_in_view(CITY, START)
    assert view.counts["university"] == Count(shown=2, mapped=1, total=2)
    assert view.counts["sign_area"] == Count(shown=1, mapped=0, total=1)
    assert view.counts["district"] == Count(shown=4, mapped=4, total=4)
    assert "uni-a" not in view.places.index
    assert len(view.layer("university")) == 0
    assert view.total == 7


def test_the_frame_is_switched_but_not_filtered() -> None:
    view = rows_in_view(CITY, filtered(district="100001"))
    assert len(view.layer("district")) == 4
    assert len(rows_in_view(CITY, replace(EVERYTHING, layers=frozenset())).layer("district")) == 0


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (replace(START, period="2020", later=False), {"park-a", "node-a", "plat-a", "odd-a"}),
        (
            replace(START, period="2020"),
            {"park-a", "node-a", "plat-a", "odd-a", "later-a"},
        ),
        (
            replace(START, period="2025", later=False),
            {"park-a", "park-b", "gather-a", "sign-a", "node-a", "plat-a", "odd-a"},
        ),
        (filtered(district="100001"), {"park-a", "park-b", "gather-a", "sign-a"}),
        (filtered(district="100002"), {"gather-a", "plat-a"}),
        (filtered(district="outside"), {"node-a"}),
        (filtered(district="outside 100004"), {"node-a", "odd-a"}),
        (filtered(level="national", district="100002"), {"plat-a"}),
        (filtered(field="biomedicine", level="national municipal"), {"park-a"}),
        (filtered(location_class="none"), {"sign-a", "uni-b"}),
    ],
)
def test_filters(state: ViewState, expected: set[str]) -> None:
    assert set(shown(state)) == expected


def test_a_stack_is_made_after_filtering_and_across_kinds() -> None:
    stacks = rows_in_view(CITY, EVERYTHING).stacks
    assert stacks == (
        Stack(
            round(SPOT.x, 5), round(SPOT.y, 5), ids=("park-a", "park-b", "gather-a"),
            worst_class="proxy",
        ),
        Stack(stacks[1].lon, stacks[1].lat, ids=("later-a", "uni-a"), worst_class="dataset"),
    )  # fmt: skip
    (parks,) = rows_in_view(
        CITY, filtered(location_class="dataset in_area", district="100001")
    ).stacks
    assert (parks.ids, parks.worst_class) == (("park-a", "gather-a"), "in_area")
    assert rows_in_view(CITY, filtered(level="national")).stacks == ()


def test_gaps_follow_their_layer() -> None:
    assert list(rows_in_view(CITY, START).gaps.index) == ["gap-a"]
    assert len(rows_in_view(CITY, replace(START, layers=START.layers - {"sign_area"})).gaps) == 0


def test_options_leave_their_own_filter_aside_and_keep_what_is_chosen() -> None:
    view = rows_in_view(CITY, filtered(level="ministerial", district="100001"))
    assert view.options("level") == {
        "national": 1,
        "national_aimed": 1,
        "ministerial": 0,
        "municipal": 1,
        "unknown": 1,
    }
    assert view.options("district") == {"100001": 0}
    assert list(rows_in_view(CITY, EVERYTHING).options("district")) == [
        *("100001", "100002", "100003", "100004"),
        "outside",
    ]


def test_the_summary_says_what_is_shown() -> None:
    assert summary(rows_in_view(CITY, START), "zh") == (
        "已显示 6 / 7 处 · 另有 1 处位置不详未上图 · odd_kind层 1 / 1 处 · 现状（最近核实）"
    )
    state = replace(
        filtered(district="100001 outside", level="national national_aimed municipal"),
        period="2025",
        later=False,
        layers=frozenset({"science_park", "sign_area"}),
    )
    assert summary(rows_in_view(CITY, state), "zh") == (
        "已显示 2 / 7 处 · 另有 1 处位置不详未上图 · 2025年目标 · 不含规划印发后新增"
        " · 仅显示science_park层、sign_area层 · 国家级（已批复）或国家级（规划争取）或市级"
        " · 西南区或样城以外"
    )
    state = replace(EVERYTHING, layers=KNOWN.layers - {"platform", "odd_kind"}, period="2020")
    assert summary(rows_in_view(CITY, state), "en") == (
        "3 of 7 places shown · university layer: 1 of 2 · 2020 baseline"
        " · with what is new since the plan · not shown: platform layer"
    )


def test_every_filter_value_has_words_in_both_languages() -> None:
    for name, values in KNOWN.filters.items():
        for value in values:
            for lang in ("zh", "en"):
                assert value_words(CITY, name, value, lang)
    assert value_words(CITY, "district", "outside", "en") == "Outside Sampleton"


@pytest.mark.parametrize(
    ("state", "name", "gain"),
    [
        (filtered(level="national national_aimed", district="100003"), "district", 3),
        (filtered(level="national national_aimed", district="100004"), "district", 3),
        (filtered(level="national", district="100003", field="aerospace"), "all", 10),
        (filtered(subkind="regular", district="outside"), "subkind", 1),
        (filtered(level="municipal", plan_status="context"), "plan_status", 2),
        (replace(filtered(district="100003"), later=False, layers=frozenset({"later_park"})),
         "later", 1),
        (replace(EVERYTHING, period="2020", layers=frozenset({"sign_area"})), "layers", 5),
        (replace(filtered(plan_status="to_build"), period="2020"), "plan_status", 7),
        (
            replace(filtered(plan_status="to_build", level="municipal"), period="2020"),
            "plan_status",
            1,
        ),
        (
            replace(
                filtered(plan_status="to_build", level="municipal"),
                period="2020",
                layers=frozenset({"science_park"}),
            ),
            "period",
            1,
        ),
        (replace(filtered(level="ministerial", field="aerospace"), period="2020"), "all", 10),
        (replace(EVERYTHING, layers=frozenset()), "layers", 8),
    ],
)  # fmt: skip
def test_an_empty_view_says_what_to_loosen(state: ViewState, name: str, gain: int) -> None:
    view = rows_in_view(CITY, state)
    step = remedy(view)
    assert step is not None
    assert (step.name, step.gain) == (name, gain)
    assert len(rows_in_view(CITY, step.state).places) == gain
    assert str(gain) in suggest_wider(view, "zh")
    assert str(gain) in suggest_wider(view, "en")


def test_a_view_with_places_has_nothing_to_loosen() -> None:
    view = rows_in_view(CITY, START)
    assert (remedy(view), suggest_wider(view, "zh")) == (None, "")


def test_a_city_without_places_says_so() -> None:
    bare = replace(CITY, layers={"district": CITY.layers["district"]})
    view = rows_in_view(bare, default_state(bare))
    assert (len(view.places), view.stacks, view.total) == (0, (), 0)
    assert view.options("level") == view.options("district") == {}
    assert summary(view, "en") == "0 of 0 places shown · As last verified"
    assert remedy(view) is None
    assert suggest_wider(view, "en") == "The data of this city hold no places."


def test_the_order_of_the_rows_in_the_pack_makes_no_difference() -> None:
    order = random.Random(7)
    layers = {
        id_: replace(layer, frame=layer.frame.sample(frac=1, random_state=order.randrange(99)))
        for id_, layer in CITY.layers.items()
    }
    view = rows_in_view(replace(CITY, layers=layers), EVERYTHING)
    assert list(view.places.index) == shown(EVERYTHING)
    assert view.stacks == rows_in_view(CITY, EVERYTHING).stacks


def test_looking_changes_nothing_and_gathers_once() -> None:
    before = CITY.layers["platform"].frame.copy()
    rows_in_view(CITY, filtered(level="national"))
    pd.testing.assert_frame_equal(CITY.layers["platform"].frame, before)
    assert gather(CITY) is gather(CITY)
    assert gather(CITY) is not gather(replace(CITY))


def test_tianjin_opens_as_the_facts_say(tianjin: City) -> None:
    view = rows_in_view(tianjin, default_state(tianjin))
    sizes = [len(rows) for rows in (view.places, view.mapped, view.unmapped, view.titles)]
    assert sizes == [85, 62, 18, 5]
    assert view.total == 85
    points = {(round(p.x, 5), round(p.y, 5)) for p in view.mapped.geometry}
    assert len(points) == 42
    assert len(view.stacks) == 14
    kinds = view.places["kind"]
    assert sum(kinds[list(stack.ids)].nunique() > 1 for stack in view.stacks) == 12
    assert view.counts["university"] == Count(shown=66, mapped=59, total=66)
    assert summary(view, "zh") == (
        "已显示 62 / 85 处 · 其中 11 处只知大致范围，放大后才标点 · 另有 18 处位置不详未上图"
        " · 另有 5 项区或市的称号，不标点 · 现状（最近核实）"
    )


def test_tianjin_classes_stand_in_their_stacks(tianjin: City) -> None:
    view = rows_in_view(tianjin, default_state(tianjin))
    classes = view.places["location_class"]
    for stack in view.stacks:
        ranks = [LOCATION_CLASSES.index(classes[id_]) for id_ in stack.ids]
        assert LOCATION_CLASSES[max(ranks)] == stack.worst_class != "none"


def test_tianjin_later_facts_are_a_switch(tianjin: City) -> None:
    start = default_state(tianjin)
    assert len(rows_in_view(tianjin, replace(start, later=False)).places) == 85 - 13
    before = rows_in_view(tianjin, replace(start, period="2020", later=False)).places
    assert len(before) == 29 + 4


def test_filters_name_every_column_of_the_catalogue() -> None:
    names = CATALOG["platform"].schema.names
    for column in fields(Filters):
        assert column.name == "district" or column.name in names
