"""Show how names are spelt for those who type pinyin, initials or traditional characters."""

from __future__ import annotations

import csv
import io

import pytest

from data import build
from data.aliases import SORTS, named, spelled
from data.raw import read


def spellings(name: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in spelled({"x": name}):
        found.setdefault(row["note_en"], []).append(row["term"])
    return found


@pytest.mark.parametrize(
    ("name", "pinyin", "initials", "traditional"),
    [
        ("蓟州区", "ji zhou qu", "jzq", ["薊州區"]),
        ("宝坻区", "bao di qu", "bdq", ["寶坻區"]),
        ("滨海新区", "bin hai xin qu", "bhxq", ["濱海新區"]),
        ("国家重点实验室", "guo jia zhong dian shi yan shi", "gjzdsys", ["國家重點實驗室"]),
        ("“滨城”", "bin cheng", "bc", ["“濱城”"]),
        ("宝坻（AI）台", "bao di tai", "bdt", ["寶坻（AI）臺", "寶坻（AI）台"]),
    ],
)
def test_readings_that_were_checked_by_hand(
    name: str, pinyin: str, initials: str, traditional: list[str]
) -> None:
    told = spellings(name)
    assert told["pinyin"] == [pinyin]
    assert told["pinyin initials"] == [initials]
    assert told["traditional characters"] == traditional


def test_what_is_not_chinese_has_no_spelling_of_its_own() -> None:
    assert spelled({"x": "TEDA 2025"}) == []
    assert {row["note_en"] for row in spelled({"x": "谷"})} == {"pinyin"}


@pytest.mark.slow
def test_all_that_can_be_searched_for_is_spelt_and_leads_somewhere() -> None:
    files = build.build(read(build.HERE / "tianjin/raw"))
    names = named(files)
    rows = list(csv.DictReader(io.StringIO(files["aliases.csv"].decode())))
    notes = {en for _, en in SORTS.values()}
    made = [row for row in rows if row["note_en"] in notes]
    assert rows[-len(made) :] == made, "what was authored comes first"
    assert {row["target"] for row in made} == set(names)
    for prefix in ("layer:", "half:", "district:", "level:", "plan_status:"):
        assert any(target.startswith(prefix) for target in names)
