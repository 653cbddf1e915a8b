"""Show that what leaves the atlas is what the screen shows, and that wrong wishes are listed."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs

import pytest
from hypothesis import given, settings
from pyproj import CRS

from geo.base.errors import ParameterError
from layers.handover.contents import (
    PLAIN_ZONES,
    ZONE_ZERO,
    Form,
    neighbours,
    numbered_zone,
    systems,
)
from layers.handover.selection import select
from layers.language.messages import texts
from layers.pack.city import City
from layers.view.address import parse
from layers.view.rows import rows_in_view
from layers.view.state import Filters, ViewState, allowed, default_state
from tests import examples
from tests.handmade import handmade_city
from tests.handover.columns import leaving
from tests.view.test_address import states

CITY = handmade_city()
START = default_state(CITY)


def ids(state: ViewState, *layers: str, city: City = CITY) -> dict[str, list[str]]:
    chosen = select(city, state, layers=layers or None, form=Form("geojson", 4326))
    return {sheet.id: list(sheet.frame.index) for sheet in chosen.sheets}


def test_all_layers_that_are_on_leave_in_the_order_of_the_city() -> None:
    assert ids(START) == {
        "science_park": ["park-a", "park-b"],
        "gathering_area": ["gather-a"],
        "sign_area": ["sign-a"],
        "corridor_node": ["node-a"],
        "platform": ["plat-a"],
        "later_park": ["later-a"],
        "district": ["100001", "100002", "100003", "100004"],
        "odd_kind": ["odd-a"],
    }


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"period": "2020"}, {"park-a", "node-a", "plat-a", "later-a", "odd-a"}),
        ({"period": "2020", "later": False}, {"park-a", "node-a", "plat-a", "odd-a"}),
        ({"filters": Filters(level=frozenset({"national"}))}, {"park-a", "plat-a"}),
        ({"filters": Filters(level=frozenset({"national_aimed"}))}, {"sign-a"}),
        (
            {"filters": Filters(district=frozenset({"100002", "outside"}))},
            {"gather-a", "node-a", "plat-a"},
        ),
        ({"filters": Filters(location_class=frozenset({"none"}))}, {"sign-a"}),
    ],
)
def test_filters_choose_places_and_leave_the_frame_whole(
    change: dict[str, object], expected: set[str]
) -> None:
    rows = ids(replace(START, **change))  # type: ignore[arg-type]
    assert rows.pop("district") == ["100001", "100002", "100003", "100004"]
    assert {id_ for own in rows.values() for id_ in own} == expected


@pytest.mark.slow
@settings(max_examples=examples(15))
@given(states.filter(lambda state: state.layers))
def test_the_rows_are_those_of_the_view(state: ViewState) -> None:
    view = rows_in_view(CITY, state)
    told = ids(state)
    assert told.keys() == state.layers
    for layer, own in told.items():
        assert own == sorted(view.layer(layer).index)


@pytest.mark.slow
@settings(max_examples=examples(15))
@given(states.filter(lambda state: state.layers))
def test_only_what_decides_the_rows_is_kept_and_its_query_brings_it_back(state: ViewState) -> None:
    chosen = select(CITY, state, layers=None, form=Form("csv", 4548))
    assert chosen.state == ViewState(
        city=state.city,
        period=state.period,
        later=state.later,
        layers=state.layers,
        filters=state.filters,
    )
    again = parse(parse_qs(chosen.query), allowed=allowed(CITY))
    assert again == chosen.state


def test_named_layers_take_the_place_of_those_that_are_on() -> None:
    assert ids(START, "university") == {"university": ["uni-a", "uni-b"]}
    assert ids(replace(START, layers=frozenset()), "district").keys() == {"district"}


def test_columns_are_those_of_the_schema_with_its_types() -> None:
    sheet = select(CITY, START, layers=None, form=Form("csv", 4326)).sheets[0]
    schema = CITY.layers[sheet.id].spec.schema
    assert sheet.frame.index.name == "id"
    assert [*sheet.frame.columns] == [*leaving(schema)[1:], "geometry"]
    types = sheet.frame.dtypes.astype(str)
    assert types["plan_line"] == "Int64"
    assert types["counted"] == types["on_axis"] == "boolean"
    assert types["area_km2"] == "float64"
    assert types["name_zh"] == types["approved_on"] == "object"
    assert sheet.mapped == 2


def test_the_words_are_those_of_the_screen_and_the_gaps_go_along() -> None:
    state = replace(START, filters=Filters(level=frozenset({"national"})))
    chosen = select(CITY, state, layers=None, form=Form("csv", 4326))
    assert "国家级" in chosen.words.zh
    assert "National" in chosen.words.en
    assert [gap.en for gap in chosen.gaps] == ["3 in all, 1 named."]
    assert not select(CITY, state, layers=["platform"], form=Form("csv", 4326)).gaps


def test_everything_wrong_is_listed_at_once() -> None:
    with pytest.raises(ParameterError) as caught:
        select(CITY, START, layers=["nowhere", "platform", "no"], form=Form("dwg", 3857))
    told = [(p.where, p.key) for p in caught.value.problems]
    assert told == [
        ("layer", "export.unknown"),
        ("layer", "export.unknown"),
        ("format", "export.unknown"),
        ("crs", "export.crs"),
    ]
    assert f"error.{caught.value.key}" in texts("zh")
    assert "'4326', '4490', '4548', '4527'" in str(caught.value)
    assert "science_park" in str(caught.value)


@pytest.mark.parametrize("epsg", [4490, 4548, 4527])
def test_geojson_in_another_system_is_refused_with_a_sentence(epsg: int) -> None:
    with pytest.raises(ParameterError, match=rf"export\.one_crs format='geojson' epsg='{epsg}'"):
        select(CITY, START, layers=None, form=Form("geojson", epsg))


def test_no_layer_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"export\.no_layer"):
        select(CITY, replace(START, layers=frozenset()), layers=None, form=Form("csv", 4326))


def test_a_city_is_handed_over_in_its_own_zone() -> None:
    assert systems(CITY) == (4326, 4490, 4548, 4527)
    assert systems(replace(CITY, metric_epsg=4547)) == (4326, 4490, 4547, 4526)
    assert systems(replace(CITY, metric_epsg=32650)) == (4326, 4490, 32650)


def test_the_zones_beside_a_city_are_those_of_the_register() -> None:
    names = {code: CRS.from_epsg(code).name for code in neighbours(CITY)}
    meridians = {name.rpartition(" ")[2] for name in names.values()}
    assert names.keys() == {4547, 4549, 4508, 4509, 4510}
    assert meridians == {"114E", "120E", "111E", "117E", "123E"}
    assert all(name.startswith("CGCS2000") for name in names.values())
    assert neighbours(replace(CITY, metric_epsg=32650)) == ()


@pytest.mark.parametrize("plain", PLAIN_ZONES)
def test_numbered_zones_are_those_of_the_register(plain: int) -> None:
    """The register's own parameters: same meridian, easting moved by the zone number."""
    numbered = numbered_zone(plain)
    assert numbered is not None
    one, other = _parameters(plain), _parameters(numbered)
    zone = numbered - ZONE_ZERO
    assert other.pop("False easting") - one.pop("False easting") == zone * 1_000_000
    assert one == other
    assert one["Longitude of natural origin"] == zone * 3


def _parameters(epsg: int) -> dict[str, float]:
    operation = CRS.from_epsg(epsg).coordinate_operation
    assert operation is not None
    return {parameter.name: float(parameter.value) for parameter in operation.params}


def test_a_pack_maps_the_columns_of_planning_databases(toy: City) -> None:
    form = Form("csv", planning=True)
    made = select(toy, default_state(toy), layers=tuple(toy.layers), form=form)
    sheets = {sheet.id: sheet for sheet in made.sheets}
    for sheet in sheets.values():
        assert sheet.names[-4:] == ("BSM", "YSDM", "XZQDM", "XZQMC")
        assert sheet.frame["BSM"].tolist() == [str(n) for n in range(1, len(sheet.frame) + 1)]
        assert sheet.title_of("BSM") == ("标识码", "Identifier")
    district, park = sheets["district"].frame, sheets["science_park"].frame
    assert district["XZQDM"].tolist() == district.index.tolist()
    assert set(district["YSDM"]) == {"1000600100"}
    assert district["XZQMC"].tolist() == district["name_zh"].tolist()
    assert park["YSDM"].isna().all()
    assert park["XZQDM"].dropna().tolist() == park["host_adcode"].dropna().tolist()
    plain = select(toy, default_state(toy), layers=tuple(toy.layers), form=Form("csv"))
    assert "BSM" not in plain.sheets[0].names
