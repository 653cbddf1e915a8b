"""The map's scripts: complete, escaped, small, and free of outside addresses."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from typing import Any

import pytest
from streamlit_folium import generate_leaflet_string

from layers.map.folium_map import base_json, base_map, overlay, overlay_json, tiles
from layers.pack.city import load_city
from layers.view.rows import rows_in_view
from layers.view.state import Camera, Filters, default_state
from tests.hostile import hostile_pack

ASSETS = "../assets"


def painted(city, **values):
    state = replace(default_state(city), **values)
    return json.loads(overlay_json(rows_in_view(city, state), state))


def ids(scene):
    return [f["id"] for features in scene["layers"].values() for f in features]


def test_every_mapped_place_is_a_mark_of_its_own(tianjin):
    view = rows_in_view(tianjin, default_state(tianjin))
    assert sorted(ids(painted(tianjin))) == sorted(view.mapped.index)


def test_a_mark_says_how_sure_and_how_high_it_stands(tianjin):
    rows = rows_in_view(tianjin, default_state(tianjin)).mapped
    for features in painted(tianjin)["layers"].values():
        for feature in features:
            row, told = rows.loc[feature["id"]], feature["properties"]
            assert ("e" in told) == (row.location_class in ("dataset", "host", "in_area"))
            granted = row.level == "national" and row.level_basis != "aimed_at"
            assert ("l" in told) == granted
            assert told["u"] == round(row.uncertainty_m)


def test_coordinates_are_those_of_the_pack_to_five_digits(tianjin):
    for features in painted(tianjin)["layers"].values():
        for feature in features:
            row = rows_in_view(tianjin, default_state(tianjin)).mapped.loc[feature["id"]]
            expected = [round(row.geometry.x, 5), round(row.geometry.y, 5)]
            assert feature["geometry"]["coordinates"] == expected
        break


def test_a_filter_changes_the_overlay_and_not_the_base(tianjin):
    before = base_json(tianjin, "zh")
    scene = painted(tianjin, filters=Filters(level=frozenset({"municipal"})))
    assert 0 < len(ids(scene)) < len(ids(painted(tianjin)))
    assert base_json(tianjin, "zh") == before


def test_the_question_is_the_same_under_a_switch_and_another_under_all_else(tianjin):
    """By it the map answers a switch itself: with what it drew when the same was asked."""
    asked = painted(tianjin)["asked"]
    fewer = painted(tianjin, layers=default_state(tianjin).layers - {"platform", "district"})
    assert fewer["asked"] == asked
    others: list[dict[str, Any]] = [
        {"filters": Filters(level=frozenset({"municipal"}))},
        {"period": "2020"},
        {"later": False},
        {"selected": tianjin.districts.index[0]},
    ]
    assert len({asked, *(painted(tianjin, **other)["asked"] for other in others)}) == 5


def test_a_later_fact_carries_its_year(tianjin):
    years = {
        f["id"]: f["properties"].get("y")
        for features in painted(tianjin)["layers"].values()
        for f in features
    }
    assert years["park-cauc"] == "2023"
    assert all(
        year is None or tianjin.layers["science_park"].frame.plan_status.get(i, "later_fact")
        for i, year in years.items()
    )


def test_the_chosen_place_shows_its_circle_of_doubt(tianjin):
    row = tianjin.layers["science_park"].frame.loc["park-cauc"]
    chosen = painted(tianjin, selected="park-cauc")["chosen"]
    assert chosen["r"] == row.uncertainty_m
    assert (chosen["lat"], chosen["lon"]) == (row.geometry.y, row.geometry.x)


def test_a_chosen_stack_has_no_single_circle(tianjin):
    pile = rows_in_view(tianjin, default_state(tianjin)).stacks[0]
    chosen = painted(tianjin, selected=f"@{pile.ids[0]}")["chosen"]
    assert chosen["id"] == f"@{pile.ids[0]}"
    assert chosen["r"] is None


def test_a_chosen_district_shows_its_outline(tianjin):
    chosen = painted(tianjin, selected="120117")["chosen"]
    assert chosen["ring"]["type"] in ("Polygon", "MultiPolygon")


def test_what_is_not_on_the_map_has_no_halo(tianjin):
    unmapped = rows_in_view(tianjin, default_state(tianjin)).unmapped.index[0]
    assert painted(tianjin, selected=str(unmapped))["chosen"] is None
    assert painted(tianjin)["chosen"] is None


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (None, {"serial": 3}),
        (Camera(39.1, 117.2, 11.25), {"serial": 3, "at": [39.1, 117.2, 11.25]}),
        ((116.0, 38.0, 118.0, 40.0), {"serial": 3, "box": [[38.0, 116.0], [40.0, 118.0]]}),
    ],
)
def test_orders_to_the_camera(toy, target, expected):
    state = default_state(toy)
    scene = json.loads(overlay_json(rows_in_view(toy, state), state, flight=(3, target)))
    assert scene["fly"] == expected


def test_the_serial_follows_the_content(tianjin):
    assert painted(tianjin)["serial"] == painted(tianjin)["serial"]
    assert painted(tianjin)["serial"] != painted(tianjin, period="2020")["serial"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_base_stays_under_200_kilobytes_with_its_names(tianjin, lang):
    assert len(base_json(tianjin, lang).encode()) < 200_000
    assert len(json.loads(base_json(tianjin, lang))["labels"]) > 100


def test_the_base_has_every_district_and_the_ground(tianjin):
    base = json.loads(base_json(tianjin, "zh"))
    assert [f["id"] for f in base["district"]["features"]] == sorted(tianjin.districts.index)
    assert all(base[name]["features"] for name in ("ground", "sea", "other", "river", "axis"))


def test_names_are_only_chinese_where_a_chinese_name_is_known(tianjin):
    names = [label[0] for label in json.loads(base_json(tianjin, "zh"))["labels"]]
    assert all(re.search("[\u4e00-\u9fff]", name) for name in names)


def test_nothing_points_outside(tianjin):
    drawn = base_map(tianjin, f"{ASSETS}/base.js", assets=ASSETS)
    drawn.add_child(
        overlay(overlay_json(rows_in_view(tianjin, default_state(tianjin)), default_state(tianjin)))
    )
    links = [url for _, url in (*drawn.default_js, *drawn.default_css)]
    assert links
    assert all(url.startswith(ASSETS) for url in links)
    assert (
        re.findall(r"https?://[^\"' >]+", sent(drawn).replace("http://www.w3.org/2000/svg", ""))
        == []
    )


def test_hostile_texts_reach_the_map_as_text_only(tmp_path):
    city = load_city(hostile_pack(tmp_path))
    state = replace(default_state(city), layers=frozenset(city.layers))
    base, scene = base_json(city, "zh"), overlay_json(rows_in_view(city, state), state)
    for text in strings(json.loads(base)) + strings(json.loads(scene)):
        if not text.startswith("<svg "):
            assert not re.search(r"[<>\"'`{}\\]", text), text
    # What the host sends holds the data as it is: nothing has been read as a template.
    drawn = base_map(city, "base.js", assets=ASSETS)
    drawn.add_child(overlay(scene))
    drawn.get_root().render()
    assert scene in sent(drawn)


def sent(drawn):
    """Return the script as the host takes it from a map."""
    return generate_leaflet_string(drawn)


def strings(value):
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [s for k, v in value.items() for s in (*strings(k), *strings(v))]
    if isinstance(value, list):
        return [s for item in value for s in strings(item)]
    return []


def test_long_names_are_cut_with_an_ellipsis(tmp_path):
    city = load_city(hostile_pack(tmp_path, only="长" * 500))
    state = replace(default_state(city), layers=frozenset(city.layers))
    scene = json.loads(overlay_json(rows_in_view(city, state), state))
    shown = [
        html.unescape(text)
        for text in strings(json.loads(base_json(city, "zh"))) + strings(scene)
        if not text.startswith("<svg ")
    ]
    assert max(len(text) for text in shown) < 500
    assert any(text.endswith("长…") for text in shown)


def test_online_tiles_need_the_users_own_key(toy):
    base = toy.online_base
    assert tiles(base, "zh", {}) is None
    found = tiles(base, "zh", {base.key_variable: "a key&"})
    assert found is not None
    assert html.unescape(found["url"]).endswith("key=a%20key%26")
    state = default_state(toy)
    assert json.loads(overlay_json(rows_in_view(toy, state), state, online=found))["tiles"] is None
    state = replace(state, layers=state.layers | {"online"})
    assert json.loads(overlay_json(rows_in_view(toy, state), state, online=found))["tiles"] == found
