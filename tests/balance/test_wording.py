"""Show that the balance is what one counts by hand, says what it cannot, and goes into files."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from geo.inventory.balance import By
from layers.balance.files import files
from layers.balance.wording import tell
from layers.language.messages import speaker
from layers.pack.city import City
from layers.view.rows import View, look
from layers.view.state import Filters, Lang, default_state

HALVES = {"jincheng": "“津城”", "bincheng": "“滨城”", "outer": "其他区"}
NOT_NAMED = {"和平区", "河东区", "河西区", "河北区", "宁河区", "蓟州区"}


def _view(city: City, lang: Lang = "zh", **changes: Any) -> View:
    return look(city, replace(default_state(city, "zh"), lang=lang, **changes))


def _read(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def test_the_halves_of_tianjin_are_what_one_counts_row_by_row(tianjin: City) -> None:
    half_of = dict(zip(tianjin.districts.index, tianjin.districts["half"], strict=True))
    counted: Counter[str] = Counter()
    for layer in tianjin.layers.values():
        if layer.spec.group == "plan" and layer.spec.is_places:
            for _, row in layer.frame.iterrows():
                if row["counted"] and row["host_adcode"] in half_of:
                    counted[HALVES[half_of[row["host_adcode"]]]] += 1
    told = tell(_view(tianjin), "host", "zh")
    shown = {name: int(text) for name, text in told.halves["处数"].items() if name != "全市"}
    assert shown == dict(counted) == {"“津城”": 22, "“滨城”": 21, "其他区": 6}
    assert list(shown) == ["“津城”", "“滨城”", "其他区"], "the most first"
    assert int(told.halves["处数"]["全市"]) == sum(counted.values())


def test_the_sentence_says_split_leader_rate_and_silence(tianjin: City) -> None:
    told = tell(_view(tianjin), "host", "zh")
    assert "49 处" in told.sentence
    assert "“津城” 22 处（44.9%），“滨城” 21 处（42.9%），其他区 6 处（12.2%）" in told.sentence
    assert "滨海新区一区占 42.9%" in told.sentence
    # 21 / 197.3752 and 22 / 803.87 per 10,000 residents
    assert "0.106" in told.sentence
    assert "0.0274" in told.sentence
    assert "3.9 倍" in told.sentence
    assert "6 个区未点名" in told.sentence
    assert told.other.startswith("换按坐落区计，48 处中")
    assert "Jincheng" in tell(_view(tianjin, "en"), "host", "en").sentence


def test_districts_carry_their_cautions(tianjin: City) -> None:
    marks = tell(_view(tianjin), "host", "zh").districts["注意"]
    assert {name for name, text in marks.items() if "规划未点名" in text} == NOT_NAMED
    assert {name for name, text in marks.items() if "面积待定" in text} == {
        *("滨海新区", "红桥区", "河西区", "宁河区")
    }
    halves = tell(_view(tianjin), "host", "zh").halves["注意"]
    assert halves["“滨城”"] == "含面积待定的区"
    assert halves["“津城”"] == "部分区归属为假定，含面积待定的区"
    assert "不足10处" in marks["东丽区"]
    assert "不足10处" not in marks["滨海新区"]


def test_a_district_without_a_half_stands_in_a_row_of_its_own(tianjin: City) -> None:
    district = tianjin.layers["district"]
    bare = district.frame["half"].where(district.frame.index != "120116", None)
    frame = district.frame.assign(half=bare)
    layers = {**tianjin.layers, "district": replace(district, frame=frame)}
    told = tell(_view(replace(tianjin, layers=layers)), "host", "zh")
    # Binhai alone is “Bincheng”: its 21 move to the row without a half.
    shown = dict(told.halves["处数"])
    assert shown == {"“津城”": "22", "未注明片区": "21", "其他区": "6", "全市": "49"}
    assert any("1 个区未注明片区，单列一行" in note for note in told.notes)
    assert "未注明片区 21 处" in told.sentence
    assert dict(told.districts["片区"])["滨海新区"] == "未注明片区"


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("by", ["host", "site"])
def test_the_numbers_of_the_screen_belong_together(tianjin: City, by: By, lang: Lang) -> None:
    view = _view(tianjin, lang, filters=Filters(plan_status=frozenset({"to_build"})))
    for shown in (_view(tianjin, lang), view):
        told = tell(shown, by, lang)
        first, second = (
            [int(n) for n in re.findall(r"(?<= )\d+(?= |$)", text)] for text in told.sums
        )
        assert first[0] == second[0] == sum(first[1:]) == sum(second[1:]) == len(shown.places)
        assert first[1] == told.found.n
        # By hand, row by row: counted, and of a district of the city.
        other = "site_adcode" if by == "host" else "host_adcode"
        here = shown.places[other].isin(tianjin.districts.index)
        assert second[1] == int((shown.places["counted"].astype(bool) & here).sum())


def test_what_does_not_count_is_named_as_the_facts_name_it(tianjin: City) -> None:
    """Later facts count where they are places of their own: 6 of 13 do."""
    for lang in ("zh", "en"):
        notes = " ".join(tell(_view(tianjin, lang), "host", lang).notes)
        assert speaker(lang)("balance.uncounted", uncounted=20) in notes
    assert "规划印发后" not in speaker("zh")("balance.uncounted", uncounted=20)


def test_a_filter_does_not_change_what_the_text_names(tianjin: City) -> None:
    only = _view(tianjin, filters=Filters(district=frozenset({"120116"})))
    told = tell(only, "host", "zh")
    assert set(told.found.not_named) == set(tell(_view(tianjin), "host", "zh").found.not_named)
    marks = told.districts["注意"]
    assert "所选内容中没有" in marks["东丽区"]
    assert "规划未点名" in marks["和平区"]
    assert "所选内容中没有" not in marks["和平区"]


@pytest.mark.parametrize("part", ["kinds", "fields"])
def test_matrices_show_empty_cells_and_add_up(tianjin: City, part: str) -> None:
    told = tell(_view(tianjin), "host", "zh")
    table = getattr(told, part)
    assert len(table) == 16 + 1
    body = table.iloc[:-1]
    assert (body.sum(axis=0) == table.iloc[-1]).all()
    assert body.to_numpy().sum() == 49
    assert (table == 0).to_numpy().any()
    assert table.loc["和平区"].sum() == 0


def test_quotients_only_where_both_reach_ten(tianjin: City) -> None:
    told = tell(_view(tianjin), "host", "zh")
    quotients = [text for text in told.measures if "区位商 " in text]
    # Platforms: 9 of Binhai's 21, 15 of the city's 49.
    assert len(quotients) == 1
    assert f"区位商 {9 / 21 / (15 / 49):.1f}" in quotients[0]
    assert any("128 格中有 1 格" in text for text in told.measures)


def test_small_counts_get_the_sentence_instead(toy: City) -> None:
    told = tell(_view(toy), "host", "zh")
    say = speaker("zh")
    assert say("balance.none", least=10) in told.measures
    assert say("balance.refused", n=told.found.n, least=10) in told.measures
    assert not any("基尼" in text for text in told.measures)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("by", ["host", "site"])
def test_an_empty_view_says_so(tianjin: City, lang: Lang, by: By) -> None:
    empty: tuple[dict[str, Any], ...] = (
        {"layers": frozenset()},
        {"filters": Filters(level=frozenset({"district"}), field=frozenset({"aerospace"}))},
    )
    for changes in empty:
        told = tell(_view(tianjin, lang, **changes), by, lang)
        assert told.sentence == speaker(lang)("balance_page.empty")
        assert told.other == ""
        assert files(_view(tianjin, lang, **changes), by).zip()


def test_files_hold_the_numbers_of_the_screen(tianjin: City) -> None:
    view = _view(tianjin)
    told, package = tell(view, "host", "zh"), files(view, "host")
    rows = _read(package.files["balance_districts.csv"])
    assert {row["name_zh"]: int(row["n"]) for row in rows} == {
        name: int(text) for name, text in told.districts["处数"].items() if name != "全市"
    }
    binhai = next(row for row in rows if row["adcode"] == "120116")
    assert float(binhai["per_10k"]) == pytest.approx(21 / 197.3752)
    assert float(binhai["per_km2"]) == pytest.approx(21 / 2610)
    assert sum(float(row["share"]) for row in rows) == pytest.approx(1)
    about = {row["name"]: row["zh"] for row in _read(package.files["balance_about.csv"])}
    assert about["data_date"] == tianjin.data_date
    assert about["by"] == "host"
    assert any(name.startswith("balance.") for name in about)
    assert package.zip() == files(view, "host").zip()


def test_the_halves_add_up_to_the_city(tianjin: City) -> None:
    for by in ("host", "site"):
        found = tell(_view(tianjin), by, "zh").found
        assert found.halves["n"].sum() == found.districts["n"].sum() == found.n
        assert np.isclose(found.halves["share"].sum(), 1)
