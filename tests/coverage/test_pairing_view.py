"""Show that universities and parks are set out with their distance, its interval and their gaps."""

from __future__ import annotations

import json
import math

import pytest

from geo.inventory.pairing import RELATION
from layers.coverage.pairing import (
    Paired,
    drawing,
    frame_of,
    link_table,
    out_of_reach,
    package,
    paired,
    sentence,
    without_park,
)
from layers.handover.analysis_package import FORMATS
from layers.pack.city import City
from layers.view.state import default_state


@pytest.fixture(scope="module")
def answer(tianjin: City) -> Paired:
    found = paired(tianjin, default_state(tianjin))
    assert found is not None
    return found


def test_a_pack_without_links_says_so(toy: City) -> None:
    assert paired(toy, default_state(toy)) is None
    assert "没有校园对应表" in sentence(None, "zh")


def test_the_shipped_table(answer: Paired, tianjin: City) -> None:
    table = link_table(answer, RELATION)
    assert len(table) == 11 == (tianjin.links["relation"] == RELATION).sum()
    assert table.loc["天津大学", "建设模式（推断）"] == "一校多园"
    assert table.loc["天津理工大学", "建设模式（推断）"] == "多校一园"
    assert table.loc["天津师范大学", "同区或跨区"] == "不详"
    assert table.loc["天津市大学软件学院", "直线距离（区间）"] == "位置不详"
    assert "51" in sentence(answer, "zh") and "60" in sentence(answer, "zh")


def test_a_distance_is_that_on_the_sphere_with_both_doubts(answer: Paired, tianjin: City) -> None:
    campus = tianjin.layers["university"].frame.loc["u007"]
    park = tianjin.layers["science_park"].frame.loc["park-tust"]
    a, b = campus.geometry, park.geometry
    middle = math.radians((a.y + b.y) / 2)
    east, north = (b.x - a.x) * math.cos(middle), b.y - a.y
    metres = math.hypot(east, north) * math.pi / 180 * 6_371_000
    doubt = campus["uncertainty_m"] + park["uncertainty_m"]
    told = link_table(answer, RELATION).loc["天津科技大学", "直线距离（区间）"]
    low = max(metres - doubt, 0)
    assert told == f"{metres / 1000:.1f} km（{low / 1000:.1f}–{(metres + doubt) / 1000:.1f}）"


def test_universities_without_a_park_stand_farthest_first(answer: Paired) -> None:
    table = without_park(answer)
    assert len(table) == 51
    assert table.index[0] == "天津传媒学院"
    assert "不能判定" in out_of_reach(answer)


def test_a_line_for_every_link_with_two_ends(answer: Paired) -> None:
    assert len(drawing(answer).shapes[0].frame) == 10


def test_the_map_opens_on_the_parks_and_their_universities(answer: Paired, tianjin: City) -> None:
    box = frame_of(answer)
    assert box is not None
    west, south, east, north = box
    drawn = drawing(answer).shapes[0].frame
    for layer in ("science_park", "later_park"):
        inside = tianjin.layers[layer].frame.cx[west:east, south:north]
        assert len(inside) == tianjin.layers[layer].frame.geometry.notna().sum()
    assert len(drawn.cx[west:east, south:north]) == len(drawn)
    assert (east - west) * 86 < 100 and (north - south) * 111 < 60  # a third of the city's height


@pytest.mark.parametrize("fmt", FORMATS)
def test_the_files_hold_every_link_with_its_evidence(answer: Paired, fmt: str) -> None:
    made = package(answer, fmt)
    assert made.zip() == package(answer, fmt).zip()
    text = made.files["all_links.csv"].decode("utf-8-sig")
    assert len(text.splitlines()) == 22
    assert "https://" in text
    assert json.loads(made.files["manifest.json"])["asked"]["reach_m"] == 5_000


def test_english_names_stand_in_english(tianjin: City) -> None:
    found = paired(tianjin, default_state(tianjin, "en"))
    assert found is not None
    assert "Tianjin University of Science and Technology" in link_table(found, RELATION).index
