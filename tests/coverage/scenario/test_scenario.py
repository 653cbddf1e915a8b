"""Show that scenarios change the sites as asked, travel as files, and never touch the facts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.base.errors import AtlasError, DataError, ParameterError
from geo.coverage.scenario import (
    MOST_BYTES,
    MOST_EDITS,
    PRESENT,
    Edit,
    Scenario,
    apply,
    compare,
    from_file,
    load,
    to_file,
)
from geo.formats.read_geojson import read_features
from layers.language.messages import LANGS, speaker
from tests import examples
from tests.attack.packs import gave_way, scenarios
from tests.plane import CRS

DEGREES = [(117.0, 39.0), (117.2, 39.0), (117.0, 39.2)]


def _sites() -> gpd.GeoDataFrame:
    """Three sites around Tianjin; the fourth has no point."""
    x, y = zip(*DEGREES, strict=True)
    points = gpd.GeoSeries(gpd.points_from_xy(x, y), crs=4326).to_crs(CRS)
    points = gpd.GeoSeries([*points, None], index=["a", "b", "c", "none"], crs=CRS)
    columns = {"kind": ["park", "park", "lab", "lab"], "uncertainty_m": [0.0, 500.0, 0.0, np.nan]}
    return gpd.GeoDataFrame(columns, index=points.index, geometry=points)


def _districts() -> gpd.GeoDataFrame:
    west, south, east, north = _sites().total_bounds
    middle = (west + east) / 2
    boxes = gpd.GeoSeries.from_wkt(
        [
            shapely.box(w, south - 9000, e, north).wkt
            for w, e in ((west - 9000, middle), (middle, east + 9000))
        ],
        index=["west", "east"],
        crs=CRS,
    )
    return gpd.GeoDataFrame(geometry=boxes)


PLAN = (
    Scenario("方案甲")
    .added(117.1, 39.1, kind="lab", name="新址")
    .moved("b", 117.25, 39.05)
    .closed("c")
)


def test_a_scenario_holds_one_change_per_site() -> None:
    assert [(e.action, e.id) for e in PLAN.edits] == [
        ("add", "new-1"),
        ("move", "b"),
        ("close", "c"),
    ]
    again = PLAN.moved("b", 1, 2).moved("new-1", 3, 4).closed("b")
    assert [(e.action, e.id, e.lon) for e in again.edits] == [
        ("add", "new-1", 3),
        ("close", "b", None),
        ("close", "c", None),
    ]
    assert PLAN.closed("new-1").restored("b").restored("c") == Scenario("方案甲")
    assert PLAN.closed("new-1").added(1, 1, kind="lab").edits[-1].id == "new-1"


def test_apply_changes_a_copy_only() -> None:
    sites = _sites()
    before = sites.copy()
    changed = apply(sites, PLAN)
    assert sites.equals(before)
    assert changed.index.tolist() == ["a", "b", "none", "new-1"]
    assert changed["origin"].tolist() == ["pack", "moved", "pack", "added"]
    assert changed["kind"].tolist() == ["park", "park", "lab", "lab"]
    assert changed.loc[["b", "new-1"], "uncertainty_m"].tolist() == [0, 0]
    there = changed.to_crs(4326).geometry
    assert there["b"].x == pytest.approx(117.25)
    assert there["new-1"].y == pytest.approx(39.1)
    assert changed.crs == sites.crs


def test_a_change_to_a_site_that_is_not_there_is_refused() -> None:
    stray = Scenario("x", (Edit("close", "zz"), Edit("move", "yy", 1, 1), Edit("add", "a", 1, 1)))
    with pytest.raises(DataError) as caught:
        apply(_sites(), stray)
    assert [problem.row for problem in caught.value.problems] == ["zz", "yy", "a"]


@pytest.mark.parametrize("at", [(np.nan, 1), (181, 0), (0, -91), (np.inf, 0)])
def test_a_position_is_in_degrees(at: tuple[float, float]) -> None:
    with pytest.raises(ParameterError):
        Scenario("x").added(*at, kind="lab")


label = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=20).filter(
    str.isprintable
)
where = st.tuples(st.floats(-180, 180), st.floats(-90, 90))
step = st.one_of(
    st.tuples(st.just("add"), where, label),
    st.tuples(st.just("move"), where, st.sampled_from(["a", "b", "new-1"])),
    st.tuples(st.just("close"), st.none(), st.sampled_from(["a", "b", "c", "new-1"])),
)


@pytest.mark.slow
@given(label.filter(str.strip), st.lists(step, max_size=8))
@settings(max_examples=examples(80))
def test_a_file_reads_back_equal(name: str, steps: list[tuple[str, Any, str]]) -> None:
    scenario = Scenario(name)
    for action, at, text in steps:
        if action == "add":
            scenario = scenario.added(*at, kind="lab", name=text)
        elif text.startswith("new") and scenario.edit(text) is None:
            continue
        elif action == "move":
            scenario = scenario.moved(text, *at)
        else:
            scenario = scenario.closed(text)
    data = to_file(scenario)
    assert from_file(data, sites=_sites()) == scenario
    assert to_file(from_file(data)) == data
    assert read_features(data, where="x")[1] == []


def _changed(change: Callable[[dict[str, Any]], object]) -> bytes:
    tree = json.loads(to_file(PLAN))
    change(tree)
    return json.dumps(tree, ensure_ascii=False).encode()


def _first(tree: dict[str, Any]) -> dict[str, Any]:
    """The feature of the moved site."""
    feature: dict[str, Any] = tree["features"][0]
    assert feature["id"] == "b"
    return feature


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda t: t.update(atlas_scenario=None), "scenario.none"),
        (lambda t: t.update(features=[]) or t.pop("atlas_scenario"), "scenario.none"),
        (lambda t: _first(t).pop("geometry"), "geojson.without_geometry"),
        (lambda t: _first(t).pop("properties"), "geojson.without_properties"),
        (lambda t: _first(t)["geometry"].update(coordinates=[10**400, 0]), "geojson.position"),
        (lambda t: t["atlas_scenario"].update(version=2), "version"),
        (lambda t: t["atlas_scenario"].update(version=True), "version"),
        (lambda t: t["atlas_scenario"].update(name=" "), "name"),
        (lambda t: t["atlas_scenario"].update(name="x" * 81), "name"),
        (lambda t: t["atlas_scenario"].update(name="a\u202eb"), "name"),
        (lambda t: t["atlas_scenario"].update(name=7), "name"),
        (lambda t: t["atlas_scenario"].update(order=["b"]), "order"),
        (lambda t: t["atlas_scenario"].update(order="b"), "order"),
        (lambda t: t["atlas_scenario"].update(order=[{}]), "order"),
        (lambda t: t.update(crs={"properties": {"name": "EPSG:4548"}}), "geojson.crs_other"),
        (lambda t: _first(t).update(geometry=None), "scenario.not_a_point"),
        (lambda t: _first(t)["geometry"].update(coordinates=[400, 0]), "geojson.position"),
        (lambda t: _first(t)["geometry"].update(type="LineString"), "geometry"),
        (lambda t: _first(t)["properties"].update(action="explode"), "explode"),
        (lambda t: _first(t)["properties"].update(action=["add"]), "action"),
        (lambda t: _first(t)["properties"].update(action="close"), "scenario.closed_position"),
        (lambda t: _first(t)["properties"].update(action="add"), "scenario.new_id"),
        (lambda t: _first(t)["properties"].update(id="new-7"), "scenario.new_changed"),
        (lambda t: _first(t)["properties"].update(id="../etc"), "id"),
        (lambda t: _first(t)["properties"].update(id="nowhere"), "scenario.no_site"),
        (lambda t: _first(t)["properties"].update(id="new-1", action="add"), "id.repeated n=2"),
        (lambda t: _first(t)["properties"].update(name="n" * 81), "name"),
        (lambda t: _first(t)["properties"].update(name="{{7*7}}\x00"), "U+0000"),
        (lambda t: _first(t).update(properties=None), "b · action"),
        (lambda t: t.update(features={}), "features"),
    ],
)
def test_a_file_with_a_fault_is_refused(
    change: Callable[[dict[str, Any]], object], told: str
) -> None:
    def spoil(tree: dict[str, Any]) -> None:
        change(tree)
        if told == "scenario.no_site":
            tree["atlas_scenario"]["order"] = [f["properties"]["id"] for f in tree["features"]]

    with pytest.raises(DataError, match=re.escape(told)):
        from_file(_changed(spoil), sites=_sites())


def test_all_faults_of_a_file_are_told_at_once() -> None:
    def spoil(tree: dict[str, Any]) -> None:
        tree["atlas_scenario"]["name"] = ""
        _first(tree)["properties"]["action"] = "explode"
        tree["features"][1]["geometry"] = {"type": "Point", "coordinates": [0, 0]}
        tree["features"][2]["properties"]["name"] = "n" * 81

    with pytest.raises(DataError) as caught:
        from_file(_changed(spoil), sites=_sites())
    assert len(caught.value.problems) == 4


@given(
    st.one_of(
        st.binary(max_size=200),
        st.recursive(
            st.none()
            | st.booleans()
            | st.floats()
            | st.text(max_size=9)
            | st.just("FeatureCollection"),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(
                        [
                            "type",
                            "features",
                            "geometry",
                            "properties",
                            "atlas_scenario",
                            "name",
                            "order",
                            "id",
                            "action",
                        ]
                    ),
                    inner,
                    max_size=5,
                )
            ),
            max_leaves=20,
        ).map(lambda tree: json.dumps(tree).encode()),
    )
)
@settings(max_examples=examples(150))
def test_hostile_bytes_are_refused_with_reasons(data: bytes) -> None:
    with pytest.raises(AtlasError) as caught:
        from_file(data)
    assert caught.value.problems


@pytest.mark.slow
@given(st.data())
@settings(max_examples=examples(120))
def test_a_spoilt_file_is_read_or_refused(data: st.DataObject) -> None:
    """Swap any value of a good file for another."""
    tree = json.loads(to_file(PLAN))
    node: Any = tree
    while True:
        keys = list(range(len(node))) if isinstance(node, list) else list(node)
        key = data.draw(st.sampled_from(keys))
        inner = node[key]
        if not isinstance(inner, dict | list) or not inner or data.draw(st.booleans()):
            break
        node = inner
    node[key] = data.draw(
        st.sampled_from([None, True, -1, 1e308, "", "a", "close", [], {}, [0, 0], [[0, 0]]])
    )
    try:
        scenario = from_file(json.dumps(tree).encode(), sites=_sites())
    except DataError as error:
        assert error.problems
    else:
        assert from_file(to_file(scenario)) == scenario
        apply(_sites(), scenario)


def test_a_file_that_a_gis_has_saved_again_is_the_same_scenario() -> None:
    tree = json.loads(to_file(PLAN))
    del tree["atlas_scenario"]
    found = load(json.dumps(tree).encode(), sites=_sites(), name="plan a")
    assert found.bare
    assert found.scenario.name == "plan a"
    assert set(found.scenario.edits) == set(PLAN.edits)
    assert load(to_file(PLAN))[:2] == (PLAN, False)
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    tree |= {"name": "方案甲", "crs": crs}
    assert load(json.dumps(tree).encode()).scenario.name == "方案甲"
    crs["properties"] = {"name": "urn:ogc:def:crs:EPSG::4548"}
    with pytest.raises(DataError) as caught:
        load(json.dumps(tree).encode())
    assert [problem.key for problem in caught.value.problems] == ["geojson.crs_other"]


@pytest.mark.parametrize("number", [7, 7.0, "7"])
def test_a_site_that_a_gis_has_numbered_is_read_under_a_name_of_its_own(number: object) -> None:
    tree = json.loads(to_file(Scenario("a").added(117.2, 39.1, kind="platform")))
    (feature,) = tree["features"]
    feature.pop("id", None)
    feature["properties"]["id"] = number
    tree["atlas_scenario"]["order"] = ["7"]
    found = load(json.dumps(tree).encode())
    assert [edit.id for edit in found.scenario.edits] == ["new-7"]
    assert found.renamed == ("7 → new-7",)
    twin = {**feature, "properties": {**feature["properties"], "id": "7"}}
    tree["features"].append(twin)
    with pytest.raises(DataError, match="id"):
        load(json.dumps(tree).encode())


def test_a_file_that_a_gis_has_saved_in_place_keeps_its_ids() -> None:
    """GDAL writes the property ``id`` as the member of the feature alone."""
    tree = json.loads(to_file(PLAN))
    for feature in tree["features"]:
        assert feature["properties"].pop("id") == feature["id"]
    assert load(json.dumps(tree).encode(), sites=_sites())[:2] == (PLAN, False)
    for feature in tree["features"]:
        del feature["id"]
    with pytest.raises(DataError, match="id"):
        load(json.dumps(tree).encode())


def test_a_scenario_of_another_city_is_refused() -> None:
    data = to_file(Scenario("x").added(100.2, 39.1, kind="lab").added(117.2, 39.1, kind="nonsense"))
    with pytest.raises(DataError) as caught:
        from_file(data, kinds=("lab",), bbox=(116.7, 38.55, 118.06, 40.25))
    assert [(problem.row, problem.field) for problem in caught.value.problems] == [
        ("new-1", "geometry"),
        ("new-2", "kind"),
    ]
    assert "scenario.layer kind='nonsense'" in str(caught.value)


@pytest.mark.parametrize(("what", "data"), list(scenarios()))
def test_a_hostile_file_is_refused_in_words(what: str, data: bytes) -> None:
    assert gave_way(data) == "", what


def test_a_full_scenario_takes_no_more() -> None:
    crowd = Scenario("x", tuple(Edit("close", f"p{i}") for i in range(MOST_EDITS)))
    with pytest.raises(ParameterError) as caught:
        crowd.added(1, 1, kind="lab")
    assert caught.value.key == "scenario.full"


def test_large_files_are_refused_unread() -> None:
    with pytest.raises(DataError, match="too_large"):
        from_file(b" " * (MOST_BYTES + 1))
    crowd = Scenario("x", tuple(Edit("close", f"p{i}") for i in range(MOST_EDITS + 1)))
    with pytest.raises(DataError, match="too_many"):
        from_file(to_file(crowd))


def test_scenarios_stand_beside_the_present() -> None:
    """Adding covers more, closing less, and what was not changed has no interval."""
    scenarios = [Scenario("add").added(117.15, 38.97, kind="lab"), Scenario("close").closed("a")]
    found = compare(_sites(), scenarios, _districts(), radius_m=4000, points=_sites())
    table = found.table
    assert table.index.tolist() == [PRESENT, "add", "close"]
    assert table["n_sites"].tolist() == [3, 4, 2]
    assert table[["added", "moved", "closed"]].to_numpy().tolist() == [
        [0, 0, 0],
        [1, 0, 0],
        [0, 0, 1],
    ]
    assert table["change"].iloc[0] == 0
    assert table["change"]["add"] > 0 > table["change"]["close"]
    assert table["covered_share"]["add"] == pytest.approx(found.value + table["change"]["add"])
    assert table["points_reached"].tolist() == [3, 3, 2]
    assert (table["low"] <= table["change"] + 1e-9).all()
    assert found.units.loc[
        ("close", "east"), ["change", "low", "high"]
    ].to_numpy().tolist() == pytest.approx([0, 0, 0], abs=1e-12)
    assert (table["least_share"] <= table["covered_share"] + 1e-12).all()


def test_while_dragging_there_are_no_draws() -> None:
    found = compare(_sites(), [PLAN], _districts(), radius_m={"park": 3000, "lab": 1000}, draws=0)
    assert found.table["low"].isna().all()
    assert "uncertainty.not_confidence" not in found.caveats
    area = _districts().area.sum() / 1e6
    assert found.table["covered_km2"].iloc[0] == pytest.approx(found.value * area)


def test_every_kind_needs_a_radius_and_names_differ() -> None:
    with pytest.raises(ParameterError, match=r"c: number\.not_length value='nan'"):
        compare(_sites(), [PLAN], _districts(), radius_m={"park": 3000}, draws=0)
    for names in (["x", "x"], [PRESENT]):
        with pytest.raises(ParameterError, match="names"):
            compare(_sites(), [Scenario(n) for n in names], _districts(), radius_m=1000)


@pytest.mark.parametrize("lang", LANGS)
def test_every_caveat_is_a_sentence(lang: str) -> None:
    say = speaker(lang)
    found = compare(_sites(), [PLAN], _districts(), radius_m=4000)
    for key in (found.method, *found.caveats):
        assert say(key, **found.parameters)
    for edit in PLAN.edits:
        assert say(f"scenario.action.{edit.action}")
    for origin in set(apply(_sites(), PLAN)["origin"]):
        assert say(f"scenario.origin.{origin}")


def test_units_of_a_comparison_are_those_of_the_shares() -> None:
    group = pd.Series({"west": "w", "east": "e"})
    units = compare(_sites(), [PLAN], _districts(), radius_m=4000, group=group, draws=0).units
    assert units.loc[PLAN.name].index.tolist() == ["city", "w", "e", "west", "east"]
    assert units.loc[PRESENT]["change"].tolist() == [0] * 5
