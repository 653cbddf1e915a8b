"""Show that the address carries every state there and back, and that no address can hurt."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.pack.catalogue import CATALOG, LEVELS, OUTSIDE
from layers.view.page_options import (
    COVERAGE_CHOICES,
    COVERAGE_LAYERS,
    COVERAGE_NUMBERS,
    DENSITY_BANDWIDTHS_KM,
    DENSITY_CELLS_M,
    DENSITY_CHOICES,
    POINTS_CHOICES,
    POINTS_NUMBERS,
    POINTS_TOKENS,
    CoverageOptions,
    DensityOptions,
    PointsOptions,
)
from layers.view.state import (
    FILTER_KEYS,
    Allowed,
    Camera,
    Filters,
    ViewState,
    allowed,
    camera,
    city_asked,
    default_state,
    parse,
    to_query,
    token,
)
from tests.handmade import DISTRICTS, PLACES, handmade_city

CITY = handmade_city()
FILES = frozenset(token(name) for name in ("企业.csv", "none", "<b>.parquet"))
KNOWN: Allowed = allowed(CITY)
START = default_state(CITY)
KEYS = list(to_query(START))

cameras = st.builds(
    Camera,
    lat=st.floats(-85, 85),
    lon=st.floats(-180, 180),
    zoom=st.floats(3, 18),
)
codes = st.sampled_from(sorted(KNOWN.districts))
states = st.builds(
    ViewState,
    city=st.just(KNOWN.city),
    lang=st.sampled_from(["zh", "en"]),
    period=st.sampled_from(["now", "2020", "2025"]),
    later=st.booleans(),
    layers=st.frozensets(st.sampled_from(sorted(KNOWN.layers))),
    filters=st.builds(
        Filters,
        **{
            name: st.frozensets(st.sampled_from(sorted(values)))
            for name, values in KNOWN.filters.items()
        },
    ),
    selected=st.none() | st.sampled_from(sorted(KNOWN.selectable)),
    camera=st.none() | cameras,
    district=st.none() | codes,
    compare=st.none() | codes,
    present=st.booleans(),
    density=st.builds(
        DensityOptions,
        bandwidth_km=st.sampled_from(DENSITY_BANDWIDTHS_KM),
        cell_m=st.sampled_from(DENSITY_CELLS_M),
        **{name: st.sampled_from(values) for name, (_, values) in DENSITY_CHOICES.items()},
    ),
    points=st.builds(
        PointsOptions,
        file=st.just("") | st.sampled_from(sorted(FILES)),
        **{name: st.just("") | st.text().map(token) for name in ("x", "y", "weight")},
        **{name: st.sampled_from(values) for name, (_, values) in POINTS_CHOICES.items()},
        **{name: st.sampled_from(values) for name, (_, values) in POINTS_NUMBERS.items()},
    ),
    coverage=st.builds(
        CoverageOptions,
        **{name: st.sampled_from(values) for name, (_, values) in COVERAGE_CHOICES.items()},
        **{name: st.integers(-9, 99_999) for name in COVERAGE_NUMBERS},
        **{name: st.frozensets(st.sampled_from(sorted(KNOWN.kinds))) for name in COVERAGE_LAYERS},
    ),
)
texts = st.text(st.characters(), max_size=40) | st.sampled_from(
    [
        "\ud800",
        "\0",
        "nan,inf,-inf",
        "1e999,0,0",
        "9" * 400 + ",1,1",
        "1,2",
        "all",
        "none",
        ".,.",
        "２",
    ]
)


@given(states, states)
def test_an_address_brings_back_its_state(state: ViewState, fallback: ViewState) -> None:
    assert parse(to_query(state), allowed=KNOWN, fallback=fallback) == state


@given(st.dictionaries(st.sampled_from(KEYS) | texts, texts | st.lists(texts, max_size=4)), states)
def test_any_address_gives_a_valid_state(
    query: dict[str, str | list[str]], fallback: ViewState
) -> None:
    state = parse(query, allowed=KNOWN, fallback=fallback)
    assert parse(to_query(state), allowed=KNOWN, fallback=START) == state


@given(states)
def test_an_empty_address_gives_the_fallback(fallback: ViewState) -> None:
    assert parse({}, allowed=KNOWN, fallback=fallback) == fallback


@given(states)
def test_the_address_is_explicit_ordered_and_has_no_words_of_a_language(state: ViewState) -> None:
    query = to_query(state)
    assert list(query) == [
        *("city", "lang", "period", "later", "layers"),
        *("subkind", "level", "field", "district", "plan", "now", "place"),
        *("sel", "at", "d", "vs", "present"),
        *("dbw", "dcell", "dk", "dw", "dby", "dpart"),
        *("pfile", "px", "py", "pw", "pshow", "pk", "pad", "pbin", "pgr", "pclu"),
        *("psig", "pcell", "prch", "pmin"),
        *("cpart", "caim", "cdem", "cfrom", "cmap"),
        *("cr", "cmin", "ckmh", "cdet", "cadd", "cgoal"),
        *("csites", "cfor"),
    ]
    assert all(value.isascii() and value for value in query.values())
    assert {**query, "lang": "zh"} == to_query(replace(state, lang="zh"))


def test_the_default_state_shows_the_layers_that_are_on() -> None:
    on = {id_ for id_ in CITY.layers if id_ not in CATALOG or CATALOG[id_].on}
    assert START.layers == on
    assert "university" not in START.layers
    assert (START.period, START.later, START.filters) == ("now", True, Filters())
    assert to_query(START) | {"layers": "-"} == {
        **dict.fromkeys(KEYS, "all"),
        **dict.fromkeys(("sel", "at", "d", "vs"), "none"),
        **{"city": "handmade", "lang": "zh", "period": "now", "later": "1", "present": "0"},
        "layers": "-",
        **{"dbw": "5", "dcell": "0"},
        **{"dk": "gaussian", "dw": "none", "dby": "host", "dpart": "plan"},
        **dict.fromkeys(POINTS_TOKENS.values(), "none"),
        **{"pshow": "surface", "pk": "gaussian", "pad": "fixed", "psig": "1000", "pcell": "250"},
        **{"pbin": "hexagon", "pgr": "medium", "pclu": "hdbscan", "prch": "500", "pmin": "15"},
        **{"cpart": "reach", "caim": "number", "cdem": "university", "cfrom": "grid"},
        **{"cmap": "one", "csites": "usual", "cfor": "usual"},
        **{"cr": "5000", "cmin": "0", "ckmh": "60", "cdet": "130", "cadd": "3", "cgoal": "50"},
    }


@pytest.mark.parametrize(
    ("asked", "expected"),
    [("3000", 3_000), ("1", 500), ("999999", 60_000), ("-5000", 5_000), ("5e3", 5_000)],
)
def test_a_typed_radius_is_held_within_its_limits(asked: str, expected: int) -> None:
    state = parse({"cr": asked}, allowed=KNOWN, fallback=START)
    assert state.coverage.radius_m == expected


def test_what_may_be_selected() -> None:
    ids = {str(row["id"]) for row, _ in PLACES}
    drawn = {f"@{row['id']}" for row, shape in PLACES if shape is not None}
    districts = {code for code, *_ in DISTRICTS}
    assert KNOWN.selectable == ids | drawn | districts
    assert KNOWN.filters["district"] == districts | {OUTSIDE}
    assert "@sign-a" not in KNOWN.selectable


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"level": "national.bogus,municipal"}, {"national", "municipal"}),
        ({"level": ["national", "municipal"]}, {"national", "municipal"}),
        ({"level": "all"}, set()),
        ({"level": "bogus"}, {"district"}),
        ({"level": ""}, {"district"}),
        ({}, {"district"}),
    ],
)
def test_a_filter_keeps_what_it_knows(
    query: dict[str, str | list[str]], expected: set[str]
) -> None:
    fallback = replace(START, filters=Filters(level=frozenset({"district"})))
    assert parse(query, allowed=KNOWN, fallback=fallback).filters.level == expected


def test_no_layers_is_not_the_same_as_no_word_of_layers() -> None:
    assert parse({"layers": "none"}, allowed=KNOWN, fallback=START).layers == frozenset()
    assert parse({"layers": "bogus"}, allowed=KNOWN, fallback=START).layers == START.layers


def test_of_a_repeated_key_the_last_counts() -> None:
    query = {"d": ["100001", "100002"], "lang": ["zh", "en"]}
    state = parse(query, allowed=KNOWN, fallback=START)
    assert (state.district, state.lang) == ("100002", "en")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("39.12500,117.20000,10", Camera(39.125, 117.2, 10)),
        ("39.1234567,117.2,10.3", Camera(39.12346, 117.2, 10.25)),
        ("91,200,99", Camera(85, 180, 18)),
        ("-91,-200,0", Camera(-85, -180, 3)),
        ("39,117", None),
        ("39,117,10,1", None),
        ("nan,117,10", None),
        ("39,inf,10", None),
        ("x,y,z", None),
        ("9" * 5000 + ",1,1", None),
    ],
)
def test_a_camera_is_read_clamped_or_left(text: str, expected: Camera | None) -> None:
    assert parse({"at": text}, allowed=KNOWN, fallback=START).camera == expected


@pytest.mark.parametrize("asked", ["../../etc/passwd", "企业.csv", "0" * 99, "G" * 12, "０" * 12])
def test_what_is_no_token_asks_for_no_file(asked: str) -> None:
    assert parse({"pfile": asked}, allowed=KNOWN, fallback=START).points.file == ""


def test_a_file_is_asked_for_by_its_token_and_let_go_by_none() -> None:
    state = parse({"pfile": token("企业.csv")}, allowed=KNOWN, fallback=START)
    assert state.points.file == token("企业.csv"), "whether there is one, the folder will tell"
    assert parse({"pfile": "none"}, allowed=KNOWN, fallback=state).points.file == ""


def test_a_camera_of_another_city_is_left() -> None:
    state = parse({"city": "atlantis", "at": "1,1,5"}, allowed=KNOWN, fallback=START)
    assert (state.city, state.camera) == ("handmade", None)


def test_a_camera_equals_itself_after_rounding() -> None:
    assert Camera(39.123456789, 117.0, 10) == Camera(39.12346, 117.0, 10)
    assert to_query(replace(START, camera=Camera(-0.000001, 0.0, 10)))["at"] == "0.00000,0.00000,10"


@pytest.mark.parametrize("value", [None, "x", float("nan"), float("inf"), [], 10**400])
def test_a_camera_of_wild_values_is_none(value: object) -> None:
    assert camera(value, 117, 10) is None
    assert camera(39, 117, value) is None


def test_the_city_is_the_one_asked_for_if_it_is_known() -> None:
    known = {"tianjin": 1, "toy": 2}
    assert city_asked({"city": "toy"}, known, "tianjin") == "toy"
    assert city_asked({"city": "../etc"}, known, "tianjin") == "tianjin"
    assert city_asked({"city": []}, known, "tianjin") == "tianjin"


def test_every_filter_has_a_key_and_closed_values() -> None:
    assert set(FILTER_KEYS) == set(KNOWN.filters) == set(Filters.__dataclass_fields__)
    assert KNOWN.filters["level"] == set(LEVELS)
