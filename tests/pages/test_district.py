"""The page of a district, of a part, and of two side by side, without a browser."""

from __future__ import annotations

import re

import pytest

from layers.places.areas import figures
from tests.screens import AROUND, app, asked_shape, drawn, page_text, scene, shown

pytestmark = pytest.mark.screen


def _numbers(text: str) -> list[str]:
    return re.findall(r"<dd><strong>([^<]+)</strong>", text)


@pytest.mark.parametrize("area", ["120116", "120101", "part:jincheng", "part:bincheng"])
def test_three_numbers_stand_large_with_their_rank(area, tianjin):
    own = figures(tianjin)[area]
    text = page_text(shown("district", d=area))
    assert _numbers(text)[:2] == [str(own.n), str(own.national)]
    assert len(_numbers(text)) == 3
    assert ("16区中第1" in text) == (area == "120116")


def test_a_part_has_a_page_with_its_districts(tianjin):
    at = app("district", d="part:jincheng")
    assert at.selectbox(key="district").value == "part:jincheng"
    assert at.query_params["d"] == "part:jincheng"
    text = page_text(at)
    assert '<h1 class="title">“津城”</h1>' in text
    assert "部分为本图集假定" in text
    own = set(tianjin.districts.index[tianjin.districts["half"] == "jincheng"])
    assert set(scene(at)["framed"]) == own
    at.selectbox(key="district").set_value("part:bincheng").run()
    assert '<h1 class="title">“滨城”</h1>' in page_text(at)


@pytest.mark.parametrize("said", ["part:nowhere", "part:", "part:jincheng.", "jincheng"])
def test_a_part_that_the_city_has_not_is_not_read(said):
    at = app("district", d=said)
    assert not at.exception
    assert at.selectbox(key="district").value == "120116"


def test_the_map_keeps_its_marks_and_dims_the_others(tianjin):
    at = shown("district", d="120116", lang="zh", **{"in": AROUND})
    told = scene(at)
    assert told["drawing"]["subject"]
    veil, outline, _ = told["drawing"]["shapes"]
    assert asked_shape(at)
    assert "只统计：滨海新区" in page_text(at), "the shape is asked about the places on this map"
    assert {f["id"] for f in veil["features"]} == set(tianjin.districts.index) - {"120116"}
    assert [f["id"] for f in outline["features"]] == ["120116"]
    (south, west), (north, east) = told["fly"]["box"]
    bounds = tianjin.districts.geometry["120116"].bounds
    assert west < bounds[0] < bounds[2] < east
    assert south < bounds[1] < bounds[3] < north


def test_two_areas_stand_side_by_side_with_their_numbers(tianjin):
    at = app("district", d="120116", vs="part:jincheng")
    assert not at.exception
    text = page_text(at)
    assert "<figure>" in text
    assert "两图同一比例尺" in text
    assert tianjin.notices["boundary"].of("zh") in text, "drawn maps carry their furniture"
    one, other = (figures(tianjin)[area] for area in ("120116", "part:jincheng"))
    bars = text.split('class="bars"', 1)[1]
    assert re.findall(r"</i><span>([^<]+)</span></dd>", bars)[:4] == [
        *(str(one.n), str(other.n)),
        *(str(one.national), str(other.national)),
    ]


def test_a_place_that_is_selected_shows_its_card_and_keeps_the_district():
    at = app("district", d="120116", sel="park-tust")
    text = page_text(at)
    assert '<div class="card brief"><h2>天津科技大学科技园' in text
    assert '<h1 class="title">滨海新区</h1>' in text
    assert "park-tust" in drawn(at)
    alone = app("district", sel="park-tust")
    assert alone.selectbox(key="district").value == "120116"


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("query", [{"d": "120104"}, {"d": "part:outer"}])
def test_what_is_folded_opens(lang, query):
    at = app("district", lang=lang, **query)
    for name in ("people", "entries", "tasks", "bases"):
        at.session_state[name] = True
    at.run()
    assert not at.exception
    assert len(at.dataframe) == 1
