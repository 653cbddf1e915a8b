"""Show that every package of filtered rows says so in its name, its sources and its manifest."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from layers.analysis import ANALYSES
from layers.handover.contents import Form
from layers.handover.documents import MANIFEST, SOURCES
from layers.handover.package import Package
from layers.handover.view_export import package
from layers.pack.city import City
from layers.view.state import Filters, ViewState, default_state

BINHAI = Filters(level=frozenset({"national"}), district=frozenset({"120116"}))
NAMES = ("view", "density", "balance", "reach", "siting")


def made(name: str, city: City, state: ViewState) -> Package:
    if name == "view":
        return package(city, state, fmt="csv")
    analysis = ANALYSES[name]
    return analysis.hand_over(analysis.measure(city, analysis.question(state)), Form("csv"))


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_filtered_rows_say_so_and_by_what(name: str, tianjin: City) -> None:
    found = made(name, tianjin, replace(default_state(tianjin), filters=BINHAI))
    assert "_filtered_" in found.name
    sources = found.files[SOURCES].decode()
    assert "筛选后：国家级（已批复）、滨海新区" in sources
    told = json.loads(found.files[MANIFEST])
    assert told["filtered"] == {
        "acts": True,
        "zh": "国家级（已批复）、滨海新区",
        "en": "National (held), Binhai New Area",
    }
    if name != "view":
        assert told["result"]["zh"].startswith("筛选后：")
        assert told["result"]["en"].startswith("Filtered: ")


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_the_opening_view_is_handed_over_as_what_it_is(name: str, tianjin: City) -> None:
    found = made(name, tianjin, default_state(tianjin))
    assert "filtered" not in found.name
    assert "未筛选" in found.files[SOURCES].decode()
    told = json.loads(found.files[MANIFEST])
    assert told["filtered"] == {"acts": False}
    if name != "view":
        assert not told["result"]["zh"].startswith("筛选后")


def test_pairs_take_all_rows_whatever_is_filtered(tianjin: City) -> None:
    found = made("pairing", tianjin, replace(default_state(tianjin), filters=BINHAI))
    assert "filtered" not in found.name
    assert json.loads(found.files[MANIFEST])["filtered"] == {"acts": False}
