"""Show that universities and parks are set out with their distance, its interval and their gaps."""

from __future__ import annotations

import json
import math

import pytest

from geo.inventory.pairing import RELATION
from layers.coverage.pairing import (
    PairingAnswer,
    PairingWording,
    draw,
    frame_of,
    hand_over,
    measure,
    question,
    word,
)
from layers.handover.contents import Form
from layers.pack.city import City
from layers.view.question import Refusal
from layers.view.state import default_state


@pytest.fixture(scope="module")
def answer(tianjin: City) -> PairingAnswer:
    found = measure(tianjin, question(default_state(tianjin)))
    assert isinstance(found, PairingAnswer)
    return found


@pytest.fixture(scope="module")
def words(answer: PairingAnswer) -> PairingWording:
    return word(answer, "zh")


def test_a_pack_without_links_says_so(toy: City) -> None:
    found = measure(toy, question(default_state(toy)))
    assert isinstance(found, Refusal)
    assert "没有高校与园区对应表" in word(found, "zh").sentence
    assert draw(found, "zh") is None


def test_the_shipped_table(words: PairingWording, answer: PairingAnswer, tianjin: City) -> None:
    table = words.tables["links"]
    assert len(table) == 11 == (tianjin.links["relation"] == RELATION).sum()
    assert table.loc["天津大学", "建设模式（推断）"] == "一校多园"
    assert table.loc["天津理工大学", "建设模式（推断）"] == "多校一园"
    assert table.loc["天津师范大学", "同区或跨区"] == "不详"
    assert table.loc["天津市大学软件学院", "直线距离（区间）"] == "位置不详"
    assert "60 所高校（66 处校区）中，51 所" in words.account[0]
    sure = answer.pairing.links.query("relation == 'science_park' and within == 'yes'")
    assert f"{len(sure)} 对确在 5\u202f公里内" in words.sentence
    for line, most in zip(words.near, sure["high_m"], strict=True):
        assert line.endswith(f"不超过 {most / 1000:.1f}\u202f公里")
    assert all(m <= 5_000 for m in sure["high_m"])


def test_a_distance_is_that_on_the_sphere_with_both_doubts(
    words: PairingWording, tianjin: City
) -> None:
    campus = tianjin.layers["university"].frame.loc["u007"]
    park = tianjin.layers["science_park"].frame.loc["park-tust"]
    a, b = campus.geometry, park.geometry
    middle = math.radians((a.y + b.y) / 2)
    east, north = (b.x - a.x) * math.cos(middle), b.y - a.y
    metres = math.hypot(east, north) * math.pi / 180 * 6_371_000
    doubt = campus["uncertainty_m"] + park["uncertainty_m"]
    told = words.tables["links"].loc["天津科技大学", "直线距离（区间）"]
    low = max(metres - doubt, 0)
    assert told == f"{metres / 1000:.1f} 公里（{low / 1000:.1f}–{(metres + doubt) / 1000:.1f}）"


def test_universities_without_a_park_stand_farthest_first(words: PairingWording) -> None:
    table = words.tables["without"]
    assert len(table) == 51
    assert table.index[0] == "天津传媒学院"
    assert "说不准" in words.account[1]


def test_a_line_for_every_link_with_two_ends(answer: PairingAnswer) -> None:
    drawn = draw(answer, "zh")
    assert drawn is not None
    near = answer.pairing.links.query("relation == 'science_park'")["distance_m"].notna()
    assert len(drawn.shapes[0].frame) == near.sum() > 0


def test_the_map_opens_on_the_parks_and_their_universities(
    answer: PairingAnswer, tianjin: City
) -> None:
    box = frame_of(answer)
    assert box is not None
    west, south, east, north = box
    found = draw(answer, "zh")
    assert found is not None
    drawn = found.shapes[0].frame
    for layer in ("science_park", "later_park"):
        inside = tianjin.layers[layer].frame.cx[west:east, south:north]
        assert len(inside) == tianjin.layers[layer].frame.geometry.notna().sum()
    assert len(drawn.cx[west:east, south:north]) == len(drawn)
    assert (east - west) * 86 < 100
    assert (north - south) * 111 < 60


@pytest.mark.parametrize("fmt", ["geojson", "gpkg", "csv"])
def test_the_files_hold_every_link_with_its_evidence(answer: PairingAnswer, fmt: str) -> None:
    made = hand_over(answer, Form(fmt))
    assert made.zip() == hand_over(answer, Form(fmt)).zip()
    text = made.files["pairing_all_links.csv"].decode("utf-8-sig")
    assert len(text.splitlines()) == 22
    assert "https://" in text
    assert json.loads(made.files["manifest.json"])["asked"]["reach_m"] == 5_000


def test_english_names_stand_in_english(answer: PairingAnswer) -> None:
    names = word(answer, "en").tables["links"].index
    assert "Tianjin University of Science and Technology" in names
