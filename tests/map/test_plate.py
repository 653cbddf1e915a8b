"""The layout map's priorities, ground, legend and insets."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import get_args

import pandas as pd
import pytest

from layers.map.folium_map import base_json, overlay_json
from layers.map.plate import (
    RAMP,
    TINTS,
    belt,
    breaks,
    certainty,
    ground_values,
    plate,
    priorities,
    unplaced,
)
from layers.pack.catalogue import CITY, FIRM
from layers.places.badges import badges
from layers.view.index_numbers import index_numbers
from layers.view.page_options import Ground
from layers.view.rows import rows_in_view
from layers.view.state import Filters, default_state
from layers.view.totals import left_out
from layers.view.vague import VAGUE_M

SIX = ("120101", "120102", "120103", "120105", "120117", "120119")
"""Heping, Hedong, Hexi, Hebei, Ninghe and Jizhou: the plan names no place in them."""


def seen(city, **values):
    return rows_in_view(city, replace(default_state(city), **values))


def test_numbers_run_through_all_mapped_places_and_stay_under_a_filter(tianjin):
    found = index_numbers(tianjin)
    assert sorted(found.values()) == list(range(1, len(found) + 1))
    everything = seen(tianjin, layers=frozenset(tianjin.layers))
    assert set(found) == set(everything.mapped.index)
    few = seen(tianjin, filters=Filters(level=frozenset({"national"})))
    drawn = json.loads(overlay_json(few, few.state))["layers"]
    told = {f["id"]: f["properties"]["i"] for fs in drawn.values() for f in fs}
    assert told == {place: found[place] for place in few.mapped.index}


def test_numbers_are_the_same_in_both_languages(tianjin):
    painted = [
        json.loads(overlay_json(view, view.state))["layers"]
        for view in (seen(tianjin, lang=lang) for lang in ("zh", "en"))
    ]
    zh, en = ({f["id"]: f["properties"]["i"] for fs in p.values() for f in fs} for p in painted)
    assert zh == en


def test_granted_national_places_are_named_first(tianjin):
    view = seen(tianjin)
    order = sorted(priorities(view), key=priorities(view).__getitem__)
    rows = view.mapped.loc[order]
    granted = (rows.level == "national") & (rows.level_basis != "aimed_at")
    assert granted.tolist() == sorted(granted, reverse=True)
    assert set(order) == set(view.mapped.index)


def test_context_is_named_last(tianjin):
    view = seen(tianjin, layers=frozenset({"platform", "university"}))
    order = sorted(priorities(view), key=priorities(view).__getitem__)
    kinds = view.mapped.loc[order].kind.tolist()
    assert kinds == sorted(kinds)
    assert set(kinds) == {"platform", "university"}


def test_what_has_no_point_is_listed_under_its_district(tianjin):
    view = seen(tianjin)
    listed = [place for ids in unplaced(view).values() for place in ids]
    rows = view.places
    far = rows.index[rows.uncertainty_m > VAGUE_M]
    assert sorted(listed) == sorted({*far, *view.unmapped.index})
    for code, ids in unplaced(view).items():
        for place in ids:
            row = rows.loc[place]
            assert code in (row.site_adcode, row.host_adcode) or code == ""


def test_the_plan_leaves_out_six_districts(tianjin):
    assert left_out(tianjin) == SIX
    assert plate(seen(tianjin), "parts", "zh").hatch == SIX
    assert plate(seen(tianjin), "none", "zh").hatch == ()


def test_parts_are_tinted_warm_and_cool(tianjin):
    halves = tianjin.districts["half"]
    fill = plate(seen(tianjin), "parts", "zh").fill
    assert {fill[code] for code in halves.index[halves == "jincheng"]} == {TINTS[0]}
    assert {fill[code] for code in halves.index[halves == "bincheng"]} == {TINTS[1]}
    assert not set(halves.index[halves == "outer"]) & set(fill)


@pytest.mark.parametrize("ground", ["places", "national", "per_million"])
def test_a_fill_follows_the_figures(tianjin, ground):
    view = seen(tianjin)
    values, drawn = ground_values(view, ground), plate(view, ground, "zh")
    shade = {code: RAMP.index(colour) for code, colour in drawn.fill.items()}
    assert set(shade) == set(values.index[values > 0])
    order = sorted(shade, key=values.__getitem__)
    assert [shade[code] for code in order] == sorted(shade.values())
    colours = [sign for sign, _ in drawn.legend if sign in RAMP]
    assert 1 < len(colours) <= 4
    assert set(drawn.fill.values()) <= set(colours)
    # A grey print says it too: the figure stands beside the name.
    assert {code: float(words) for code, words in drawn.titles.items()} == pytest.approx(
        dict(values), abs=0.05
    )
    assert [words for sign, words in drawn.legend if sign == "title"] == ["区名旁为该区数值"]


def test_counts_are_those_of_counted_places_by_administering_district(tianjin):
    rows = seen(tianjin).places
    expected = rows[rows.counted.astype(bool)].host_adcode.value_counts()
    found = ground_values(seen(tianjin), "places")
    assert {code: int(n) for code, n in found.items() if n} == {
        code: n for code, n in expected.items() if code in found.index
    }


@pytest.mark.parametrize("values", [[], [0, 0], [0, 1], [1, 2, 5], [0, 40], [7, 300]])
@pytest.mark.parametrize("rate", [True, False])
def test_classes_cover_every_value(values, rate):
    edges = breaks(pd.Series(values, dtype=float), rate=rate)
    assert edges == sorted(set(edges))
    assert 2 <= len(edges) <= 5
    assert all(edges[0] <= value < edges[-1] for value in values if value > 0)


def test_the_time_switch_says_what_is_new(tianjin):
    view = seen(tianjin, period="2025", later=False)
    before = seen(tianjin, period="2020", later=False)
    new = plate(view, "parts", "zh").new
    assert new == set(view.mapped.index) - set(before.places.index)
    drawn = json.loads(overlay_json(view, view.state, plate=plate(view, "parts", "zh")))["layers"]
    marked = {f["id"] for fs in drawn.values() for f in fs if "w" in f["properties"]}
    assert marked == new
    assert any(f"+{len(new)}" in words for _, words in plate(view, "parts", "zh").legend)
    assert plate(seen(tianjin), "parts", "zh").new == frozenset()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_titles_stand_beside_the_name_of_their_area(tianjin, lang):
    drawn, own = plate(seen(tianjin, lang=lang), "parts", lang), badges(tianjin)
    assert set(drawn.titles) == set(own) - {CITY}
    for code, words in drawn.titles.items():
        assert str(len(own[code])) in words
        assert all(badge.short.of(lang) in drawn.told[code][0] for badge in own[code])
    (sign,) = [words for sign, words in drawn.legend if sign == "title"]
    assert own[CITY][0].short.of(lang) in sign


def test_a_filter_that_leaves_no_title_leaves_no_badge(tianjin):
    drawn = plate(seen(tianjin, layers=frozenset({"science_park"})), "parts", "zh")
    assert drawn.titles == {}
    assert "title" not in [sign for sign, _ in drawn.legend]


def test_schematic_lines_have_a_key_where_the_map_shows_them(tianjin):
    view = rows_in_view(tianjin, default_state(tianjin))
    names = dict(tianjin.layers["axis"].frame["name_zh"])
    # One that is only measured along is not drawn, and has no key.
    assert [words for _, words in belt(view, "zh")] == [names["corridor"], names["tong_wu_lang"]]
    dongli = tianjin.districts.geometry["120110"]
    assert [words for _, words in belt(view, "zh", dongli)] == [names["corridor"]]
    off = replace(view, state=replace(view.state, layers=view.state.layers - {"axis"}))
    assert belt(off, "zh") == []


def test_how_a_place_is_known_has_a_key():
    words = [words for _, words in certainty({"proxy", "dataset"}, "zh", circle=True)]
    assert words[0] == "替代点位（示意）"
    assert "虚线圈" in words[1]
    assert len(certainty({"proxy", "knowledge"}, "zh", circle=False)) == 2


def test_the_legend_counts_what_is_drawn(tianjin):
    rows = seen(tianjin).mapped
    near = rows[rows.uncertainty_m <= VAGUE_M]
    words = [words for _, words in plate(seen(tianjin), "none", "zh").legend]
    assert f"位置有据（图上 {near.location_class.isin(FIRM).sum()}）" in words
    national = near.level.eq("national") & near.level_basis.ne("aimed_at")
    apart, striven = national & ~near.counted, near.level_basis.eq("aimed_at")
    said = f"图上 {national.sum()}，其中 {apart.sum()} 处不另计"
    assert f"国家级（已批复，{said}）" in words
    assert f"其他级别（图上 {(~national).sum()}，含规划争取国家级 {striven.sum()}）" in words
    assert not (national & striven).any(), "a large mark is never one that is only sought"
    none = seen(tianjin, layers=frozenset({"district"}))
    assert len(plate(none, "none", "zh").legend) == 1


@pytest.mark.parametrize("ground", get_args(Ground))
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_city_has_a_plate(tianjin, toy, ground, lang):
    for city in (tianjin, toy):
        view = seen(city, lang=lang)
        told = json.loads(overlay_json(view, view.state, plate=plate(view, ground, lang)))
        assert told["plate"]
        assert set(told["ground"]["fill"]) <= set(city.districts.index)


def test_insets_and_locator_are_those_of_the_pack(tianjin, toy):
    base = json.loads(base_json(tianjin, "zh"))
    assert [inset["name"] for inset in base["insets"]] == ["中心城区", "滨海核心区"]
    assert base["belt"] == "corridor"
    bare = json.loads(base_json(toy, "zh"))
    assert (bare["insets"], bare["locator"]) == ([], None)


def test_the_central_inset_holds_the_six_urban_districts(tianjin):
    west, south, east, north = tianjin.insets[0].bounds
    urban = tianjin.districts.loc["120101":"120106"].total_bounds
    assert west <= urban[0]
    assert south <= urban[1]
    assert urban[2] <= east
    assert urban[3] <= north


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_map_names_the_chief_source_of_its_places(tianjin, lang):
    said = json.loads(base_json(tianjin, lang))["words"]["attribution"]
    assert said.startswith(tianjin.layers["platform"].provenance.citation.of(lang))
    assert tianjin.layers["district"].provenance.citation.of(lang) in said


def test_every_district_the_parts_and_the_sea_have_names(tianjin):
    base = json.loads(base_json(tianjin, "zh"))
    assert [name for name, *_ in base["names"]] == tianjin.districts["name_zh"].tolist()
    assert [name for name, *_ in base["parts"]] == ["“津城”", "“滨城”"]
    assert [name for name, *_ in base["water"]] == ["渤海"]
    assert "天津" not in [name for name, *_ in base["labels"]]
