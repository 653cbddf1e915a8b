"""Show that the address carries every state there and back, and that no address can hurt."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from typing import get_args
from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.density.kernel_density import Kernel
from geo.inventory.balance import By
from layers.pack.catalogue import CATALOG, LEVELS, OUTSIDE, PERIODS, STRIVEN
from layers.view import address as module
from layers.view import page_options
from layers.view.address import (
    KEYS,
    VERSION,
    city_asked,
    every_key,
    parse,
    to_query,
    unknown_words,
    version_of,
)
from layers.view.codecs import choices, keys, token
from layers.view.page_options import (
    CorridorOptions,
    CoverageOptions,
    DeckOptions,
    DensityOptions,
    InsideOptions,
    PlanOptions,
    PointsOptions,
    Seen,
    TableOptions,
)
from layers.view.state import (
    FILTER_KEYS,
    Allowed,
    Camera,
    Filters,
    Period,
    ViewState,
    allowed,
    camera,
    default_state,
)
from tests.handmade import DISTRICTS, PLACES, handmade_city

CITY = handmade_city()
FILES = frozenset(token(name) for name in ("企业.csv", "none", "<b>.parquet"))
KNOWN: Allowed = replace(allowed(CITY), axes=frozenset({"belt", "loop"}))
START = default_state(CITY)
PAGES = ("explore", "district", "density", "coverage", "corridor", "plan", "deck", "sources")
HOST = "http://192.168.100.20:8501/"
NUMBERS = ("radius_m", "minutes", "speed_kmh", "detour_percent", "add", "goal_percent")
LAYERS = ("sites", "targets", "parks")
NAME = r"(?!none$)[a-z][a-z0-9_]{0,39}"
UNLISTED = ("file", "x", "y", "weight", "crs", "part", "dated", "column", "values")


def _each(options: type) -> dict[str, st.SearchStrategy[object]]:
    """Return strategies for the options that have a closed list."""
    closed = [name for name in keys(options) if name not in (*NUMBERS, *LAYERS)]
    if options in (PointsOptions, TableOptions):
        closed = [name for name in closed if name not in UNLISTED]
    return {name: st.sampled_from(choices(options, name)) for name in closed}


def written(state: ViewState, page: str | None = None) -> dict[str, str]:
    return to_query(state, page, opening=KNOWN.opening, home=KNOWN.city)


cameras = st.builds(
    Camera,
    lat=st.floats(-85, 85),
    lon=st.floats(-180, 180),
    zoom=st.floats(3, 18),
)
codes = st.sampled_from(sorted(KNOWN.areas))
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
    density=st.builds(DensityOptions, **_each(DensityOptions)),
    points=st.builds(
        PointsOptions,
        file=st.just("") | st.sampled_from(sorted(FILES)),
        crs=st.integers(0, 999_999),
        dated=st.sampled_from(["", "2026", "2026-06", "2024-02-29"]),
        **{
            name: st.just("") | st.text().map(token)
            for name in ("x", "y", "weight", "part", "column")
        },
        values=st.frozensets(st.text().map(token), max_size=3),
        parks=st.frozensets(st.sampled_from(sorted(KNOWN.kinds))),
        **_each(PointsOptions),
    ),
    table=st.builds(TableOptions, column=st.just("") | st.text().map(token), **_each(TableOptions)),
    coverage=st.builds(
        CoverageOptions,
        **{name: st.integers(-9, 99_999) for name in NUMBERS},
        **{
            name: st.frozensets(st.sampled_from(sorted(KNOWN.kinds)))
            for name in ("sites", "targets")
        },
        **_each(CoverageOptions),
    ),
    inside=st.builds(
        InsideOptions,
        shape=st.sampled_from(["", "circle_117.2_39.1_5000", "polygon_0_0_1_0_1_1.5"]),
    ),
    corridor=st.builds(
        CorridorOptions,
        axis=st.none() | st.sampled_from(sorted(KNOWN.axes)),
        within_km=st.sampled_from(choices(CorridorOptions, "within_km")),
    ),
    deck=st.builds(
        DeckOptions,
        **dict.fromkeys(("story", "scene"), st.just("") | st.from_regex(NAME, fullmatch=True)),
        view=st.sampled_from(get_args(Seen)),
        notes=st.booleans(),
    ),
    plan=st.builds(
        PlanOptions,
        **{name: st.sampled_from(choices(PlanOptions, name)) for name in ("part", "stated")},
        period=st.none() | st.sampled_from(sorted(KNOWN.periods)),
        task=st.none() | st.sampled_from(sorted(KNOWN.tasks)),
        district=st.none() | st.sampled_from(sorted(KNOWN.areas)),
        **dict.fromkeys(("indicator", "chapter"), st.integers(-9, 99_999)),
        **dict.fromkeys(("unit", "against"), st.just("") | st.text().map(token)),
    ),
)
pages = st.sampled_from(PAGES)
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


@pytest.mark.slow
@given(states)
def test_an_address_brings_back_its_state(state: ViewState) -> None:
    assert parse(written(state), allowed=KNOWN) == state
    assert parse(to_query(state), allowed=KNOWN) == state, "with all layers named"


@pytest.mark.slow
@given(states, pages)
def test_a_page_brings_back_its_options_and_keeps_those_of_others(
    state: ViewState, page: str
) -> None:
    query = written(state, page)
    assert parse(query, page, allowed=KNOWN, kept=state) == state
    alone = parse(query, page, allowed=KNOWN)
    assert written(alone, page) == query
    for other in set(PAGES) - {page}:
        assert written(alone, other).items() <= query.items(), "nothing of the other pages"


@pytest.mark.slow
@given(states, states, pages)
def test_an_address_says_all_of_its_page(state: ViewState, kept: ViewState, page: str) -> None:
    """Whatever was seen before: the same address shows the same page."""
    query = written(state, page)
    again = parse(query, page, allowed=KNOWN, kept=kept)
    assert written(again, page) == query
    others = [other for other in ("density", "coverage", "corridor") if other != page]
    assert [getattr(again, name) for name in others] == [getattr(kept, name) for name in others]


@pytest.mark.slow
@given(
    st.dictionaries(st.sampled_from([*sorted(KEYS), "v"]) | texts, texts | st.lists(texts)),
    states,
    pages,
)
def test_any_address_gives_a_valid_state(
    query: dict[str, str | list[str]], kept: ViewState, page: str
) -> None:
    state = parse(query, page, allowed=KNOWN, kept=kept)
    assert parse(to_query(state), allowed=KNOWN) == state
    assert set(unknown_words(query, KNOWN)) <= {"v", *KEYS}


@pytest.mark.slow
@given(states, pages)
def test_no_words_are_the_opening_view(kept: ViewState, page: str) -> None:
    state = parse({}, page, allowed=KNOWN, kept=kept)
    assert written(state, page) == {}
    assert parse({}, allowed=KNOWN) == START


@given(states)
def test_the_address_is_ordered_and_has_no_words_of_a_language(state: ViewState) -> None:
    query, all_keys = written(state), every_key(state)
    assert list(all_keys) == [
        *("city", "lang", "period", "later", "layers"),
        *("subkind", "level", "field", "district", "plan", "now", "place"),
        *("sel", "at", "d", "vs", "present"),
        "fill",
        *("in", "inof"),
        *("dbw", "dcell", "dk", "dw", "dby", "dpart", "dfill"),
        *(
            "pfile",
            "px",
            "py",
            "pw",
            "pcrs",
            *("pdat", "ppart", "phead", "penc", "pnum", "pswap", "pok"),
            "pday",
            "pcol",
            "pval",
            "pshow",
            "psig",
            "pcell",
            "pk",
            "pad",
        ),
        *("pbin", "pgr", "pclu", "prch", "pmin", "ppk", "pin"),
        *("tcol", "tper", "trule", "tcls"),
        *("cpart", "cr", "cmin", "ckmh", "cdet", "caim", "cadd", "cgoal", "cdem", "cfrom"),
        *("csites", "cfor", "cmap", "cwho"),
        *("axis", "aw"),
        *("story", "scene", "view", "notes"),
        *("gpart", "gper", "gtask", "gind", "gch", "gst", "gdis", "gunit", "gvs"),
    ]
    assert list(query) == [key for key in ("v", *all_keys) if key in query]
    assert all(value.isascii() and value for value in (query | all_keys).values())


def test_the_default_state_shows_the_layers_that_are_on() -> None:
    on = {id_ for id_ in CITY.layers if id_ not in CATALOG or CATALOG[id_].on}
    assert START.layers == on
    assert "university" not in START.layers
    assert (START.period, START.later, START.filters) == ("now", True, Filters())


def test_the_defaults_of_version_2_stay() -> None:
    """Links leave them unsaid. Whoever changes one raises VERSION and notes the old in UNSAID."""
    assert VERSION == 3
    assert {id_ for id_, spec in CATALOG.items() if not spec.on} == {"university"}
    assert every_key(ViewState("tianjin")) == {
        **{"city": "tianjin", "lang": "zh", "period": "now", "later": "1", "present": "0"},
        "layers": "none",
        **dict.fromkeys(FILTER_KEYS.values(), "all"),
        **dict.fromkeys(("sel", "at", "d", "vs"), "none"),
        **{"fill": "parts", "in": "none", "inof": "shown", "dbw": "5", "dcell": "0"},
        **{"dk": "gaussian", "dw": "none", "dby": "host", "dpart": "plan", "dfill": "surface"},
        **dict.fromkeys(("pfile", "px", "py", "pw", "ppart", "pday", "pcol", "pval"), "none"),
        **{"pcrs": "0", "pdat": "ask", "pswap": "0", "pok": "0"},
        **dict.fromkeys(("phead", "penc", "pnum"), "auto"),
        **{"pshow": "surface", "pk": "gaussian", "pad": "fixed", "psig": "1000", "pcell": "250"},
        **{"pbin": "hexagon", "pgr": "medium", "pclu": "hdbscan", "prch": "500", "pmin": "15"},
        **{"ppk": "usual", "pin": "3000"},
        **{"tcol": "none", "tper": "none", "trule": "natural", "tcls": "5"},
        **{"cpart": "reach", "caim": "number", "cdem": "university", "cfrom": "grid"},
        **{"cmap": "one", "csites": "usual", "cfor": "usual", "cwho": "places"},
        **{"cr": "5000", "cmin": "0", "ckmh": "60", "cdet": "130", "cadd": "3", "cgoal": "50"},
        **{"axis": "none", "aw": "10"},
        **{"story": "none", "scene": "none", "view": "wall", "notes": "0"},
        **{"gpart": "tasks", "gind": "0", "gch": "0", "gst": "any"},
        **dict.fromkeys(("gper", "gtask", "gdis", "gunit", "gvs"), "none"),
    }


def test_an_older_version_keeps_the_defaults_it_had(monkeypatch: pytest.MonkeyPatch) -> None:
    before: Mapping[int, Mapping[str, str]] = {
        1: {"dk": "quartic", "layers": "~university.-platform", "lang": "en"}
    }
    monkeypatch.setattr(module, "UNSAID", before)
    old = parse({"city": "handmade", "dbw": "8", "lang": "xx"}, "density", allowed=KNOWN)
    assert (old.density.kernel, old.density.bandwidth_km, old.lang) == ("quartic", 8, "en")
    assert old.layers == START.layers - {"platform"} | {"university"}
    assert parse({"v": "2", "dbw": "8"}, allowed=KNOWN).density.kernel == "gaussian"
    assert parse({"dk": "gaussian"}, allowed=KNOWN).density.kernel == "gaussian", "it says so"
    assert parse({}, allowed=KNOWN) == START, "no words are those of today"


@pytest.mark.parametrize(
    ("query", "version"),
    [
        ({}, 3),
        ({"utm": "x"}, 3),
        ({"d": "1"}, 1),
        ({"v": "1"}, 1),
        ({"v": "2"}, 2),
        ({"v": "3"}, 3),
        ({"v": "9"}, 3),
    ],
)
def test_the_version_is_said_or_seen(query: dict[str, str], version: int) -> None:
    assert version_of(query) == version


@pytest.mark.parametrize(
    ("on", "text"),
    [
        (START.layers, None),
        (START.layers | {"university"}, "~university"),
        (START.layers - {"platform"}, "~-platform"),
        (START.layers - {"platform"} | {"university"}, "~university.-platform"),
        ({"platform"}, "platform"),
        (set(), "none"),
    ],
)
def test_layers_are_said_in_the_shorter_form(on: set[str], text: str | None) -> None:
    state = replace(START, layers=frozenset(on))
    assert written(state).get("layers") == text
    assert "~" not in to_query(state)["layers"], "a file names them all: the pack may change"


def test_layers_named_stay_when_the_opening_view_changes() -> None:
    later = replace(KNOWN, opening=KNOWN.opening - {"platform"} | {"university"})
    assert parse({"v": "2", "layers": "platform"}, allowed=later).layers == {"platform"}
    assert parse({"v": "2", "layers": "~-axis"}, allowed=later).layers == later.opening - {"axis"}
    assert parse({"v": "2", "layers": "~bogus"}, allowed=later).layers == later.opening


ADDRESSES = {
    "the opening view": ("explore", START),
    "a filtered density": (
        "density",
        replace(
            START,
            period="2025",
            filters=Filters(level=frozenset({"national", "municipal"})),
            density=DensityOptions(8, kernel="quartic"),
        ),
    ),
    "a scenario": (
        "coverage",
        replace(START, lang="en", coverage=CoverageOptions("scenario", 10_000)),
    ),
    "two districts": ("district", replace(START, district="100001", compare="100002")),
    "a place on the map": (
        "explore",
        replace(START, selected="park-a", camera=Camera(39.08315, 117.70413, 12)),
    ),
}


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_typical_link_is_short(name: str) -> None:
    page, state = ADDRESSES[name]
    query = urlencode(written(state, page))
    link = HOST + ("" if page == "explore" else page) + (f"?{query}" if query else "")
    assert len(link) < 120, link
    assert "%" not in link
    if name == "the opening view":
        assert link == HOST


@pytest.mark.slow
def test_no_address_of_our_words_raises() -> None:
    dice = random.Random(9)
    words = [*sorted(KEYS), "v", "", "%00", "\ud800", "~-", "~.-.", "none", "all", "-1", "9" * 7]
    words += ["1_1_1", "nan,1,1", "2", "1", *sorted(KNOWN.layers), *sorted(KNOWN.selectable)]
    for _ in range(2_000):
        text = "&".join(
            f"{dice.choice(words)}={dice.choice('.,_~-').join(dice.choices(words, k=3))}"
            for _ in range(dice.randrange(6))
        )
        query = parse_qs(text, keep_blank_values=True, errors="surrogateescape")
        assert parse(query, dice.choice(PAGES), allowed=KNOWN).city == KNOWN.city


def test_words_that_others_use_too_are_the_same() -> None:
    """They are not imported: what measures is loaded when it is needed."""
    assert get_args(page_options.Kernel) == get_args(Kernel)
    assert get_args(page_options.By) == get_args(By)
    assert get_args(Period) == PERIODS


@pytest.mark.parametrize(
    ("asked", "expected"),
    [("3000", 3_000), ("1", 500), ("999999", 60_000), ("-5000", 5_000), ("5e3", 5_000)],
)
def test_a_typed_radius_is_held_within_its_limits(asked: str, expected: int) -> None:
    state = parse({"cr": asked}, allowed=KNOWN)
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
        ({"v": "3", "level": "national.bogus,municipal"}, {"national", "municipal"}),
        ({"v": "3", "level": ["national", "municipal"]}, {"national", "municipal"}),
        ({"level": "all"}, set()),
        ({"level": "bogus"}, set()),
        ({"level": ""}, set()),
        ({}, set()),
    ],
)
def test_a_filter_keeps_what_it_knows(
    query: dict[str, str | list[str]], expected: set[str]
) -> None:
    assert parse(query, allowed=KNOWN).filters.level == expected


def test_no_layers_is_not_the_same_as_no_word_of_layers() -> None:
    assert parse({"layers": "none"}, allowed=KNOWN).layers == frozenset()
    assert parse({"layers": "bogus"}, allowed=KNOWN).layers == START.layers


def test_of_a_repeated_key_the_last_counts() -> None:
    query = {"d": ["100001", "100002"], "lang": ["zh", "en"]}
    state = parse(query, allowed=KNOWN)
    assert (state.district, state.lang) == ("100002", "en")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("39.12500,117.20000,10", Camera(39.125, 117.2, 10)),
        ("39.1234567,117.2,10.3", Camera(39.12346, 117.2, 10.25)),
        ("39.125_-117.2_10", Camera(39.125, -117.2, 10)),
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
    assert parse({"at": text}, allowed=KNOWN).camera == expected


@pytest.mark.parametrize("asked", ["../../etc/passwd", "企业.csv", "0" * 99, "G" * 12, "０" * 12])
def test_what_is_no_token_asks_for_no_file(asked: str) -> None:
    assert parse({"pfile": asked}, allowed=KNOWN).points.file == ""


def test_a_file_is_asked_for_by_its_token_and_let_go_by_none() -> None:
    state = parse({"pfile": token("企业.csv")}, allowed=KNOWN)
    assert state.points.file == token("企业.csv"), "whether there is one, the folder will tell"
    assert parse({"pfile": "none"}, "density", allowed=KNOWN, kept=state).points.file == ""


def test_a_camera_of_another_city_is_left() -> None:
    state = parse({"city": "atlantis", "at": "1,1,5"}, allowed=KNOWN)
    assert (state.city, state.camera) == ("handmade", None)


def test_a_camera_equals_itself_after_rounding() -> None:
    assert Camera(39.123456789, 117.0, 10) == Camera(39.12346, 117.0, 10)
    assert to_query(replace(START, camera=Camera(-0.000001, 0.0, 10)))["at"] == "0_0_10"


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
    assert KNOWN.filters["level"] == {*LEVELS, STRIVEN}
