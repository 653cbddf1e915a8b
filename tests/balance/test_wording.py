"""Show that the balance is what one counts by hand, says what it cannot, and goes into files."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from geo.inventory.balance import By
from layers.balance.files import hand_over
from layers.balance.measure import BalanceAnswer, measure, question
from layers.balance.wording import word
from layers.handover.contents import Form
from layers.language.messages import speaker
from layers.pack.city import City
from layers.view.page_options import DensityOptions
from layers.view.rows import rows_in_view
from layers.view.state import Filters, Lang, ViewState, default_state
from tests.answers import once

HALVES = {"jincheng": "“津城”", "bincheng": "“滨城”", "outer": "其他区"}
NOT_NAMED = {"和平区", "河东区", "河西区", "河北区", "宁河区", "蓟州区"}


def _state(city: City, **changes: Any) -> ViewState:
    return replace(default_state(city), **changes)


def _answer(city: City, by: By = "host", **changes: Any) -> BalanceAnswer:
    return once(measure, city, question(_state(city, density=DensityOptions(by=by), **changes)))


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
    told = word(_answer(tianjin), "zh")
    shown = {
        name: int(text)
        for name, text in told.tables["halves"]["处数"].items()
        if name != "各区合计"
    }
    assert shown == dict(counted) == {"“津城”": 20, "“滨城”": 18, "其他区": 7}
    assert list(shown) == ["“津城”", "“滨城”", "其他区"], "the most first"
    assert int(told.tables["halves"]["处数"]["各区合计"]) == sum(counted.values())


@pytest.mark.parametrize("by", ["host", "site"])
def test_the_sentence_counts_by_administering_district_whatever_the_tables_do(
    tianjin: City, by: By
) -> None:
    told, found = word(_answer(tianjin, by), "zh"), _answer(tianjin).counts.found
    first, second, rest = found.halves.sort_values("n", ascending=False).index
    n = found.halves["n"]
    shown = [f"{HALVES[half]} {n[half]} 处" for half in (first, second, rest)]
    alike = "，大体相当" if n[second] >= 0.9 * n[first] else ""
    parts = f"{shown[0]}、{shown[1]}{alike}，{shown[2]}".replace("” ", "”")
    assert told.sentence == f"计入各区的 {found.n} 处中，{parts}。"
    assert len(told.sentence) <= 50
    rates, silence, other = told.account
    people = tianjin.districts.groupby("half")["population_2020_territorial"].sum() / 1e6
    assert f"每百万人约 {n['bincheng'] / people['bincheng']:.0f} 处" in rates
    assert f"约 {n['jincheng'] / people['jincheng']:.0f} 处" in rates
    unplaced = found.parameters["counted_unplaced"]
    assert (
        silence == f"和平、河东、河西、河北、宁河、蓟州规划未点名；另有 {unplaced} 处所属区待查。"
    )
    assert other.startswith("按坐落区计则为 ")
    assert "Jincheng" in word(_answer(tianjin, by), "en").sentence


def test_a_share_of_filtered_rows_is_none_of_the_city(tianjin: City) -> None:
    some = word(_answer(tianjin, filters=Filters(plan_status=frozenset({"to_build"}))), "zh")
    assert some.sentence.startswith("筛选后：计入各区的 ")
    for name in ("halves", "districts"):
        assert "占所选合计" in some.tables[name].columns
        assert "占各区合计" not in some.tables[name].columns
    assert "占各区合计" in word(_answer(tianjin), "zh").tables["halves"].columns


def test_districts_carry_their_cautions(tianjin: City) -> None:
    marks = word(_answer(tianjin), "zh").tables["districts"]["注意"]
    assert {name for name, text in marks.items() if "规划未点名" in text} == NOT_NAMED
    assert {name for name, text in marks.items() if "面积待定" in text} == {
        *("滨海新区", "红桥区", "河西区", "宁河区")
    }
    halves = word(_answer(tianjin), "zh").tables["halves"]["注意"]
    assert halves["“滨城”"] == "含面积待定的区"
    assert halves["“津城”"] == "部分区归属为假定、含面积待定的区"
    assert "不足10处" in marks["东丽区"]
    assert "不足10处" not in marks["滨海新区"]


def test_a_district_without_a_half_stands_in_a_row_of_its_own(tianjin: City) -> None:
    district = tianjin.layers["district"]
    bare = district.frame["half"].where(district.frame.index != "120116", None)
    frame = district.frame.assign(half=bare)
    layers = {**tianjin.layers, "district": replace(district, frame=frame)}
    told = word(_answer(replace(tianjin, layers=layers)), "zh")
    # Binhai alone is “Bincheng”: its 18 move to the row without a half.
    shown = dict(told.tables["halves"]["处数"])
    assert shown == {"“津城”": "20", "未注明片区": "18", "其他区": "7", "各区合计": "45"}
    assert any("1 个区未注明片区，单列一行" in note for note in told.notes)
    assert "未注明片区 18 处" in told.sentence
    assert dict(told.tables["districts"]["片区"])["滨海新区"] == "未注明片区"


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("by", ["host", "site"])
def test_the_numbers_of_the_screen_belong_together(tianjin: City, by: By, lang: Lang) -> None:
    filtered = {"filters": Filters(plan_status=frozenset({"to_build"}))}
    for changes in ({}, filtered):
        shown = rows_in_view(tianjin, _state(tianjin, **changes))
        answer = _answer(tianjin, by, **changes)
        told = word(answer, lang)
        first, second = (
            [int(n) for n in re.findall(r"(?<= )\d+(?= |$)", text)] for text in told.sums
        )
        assert first[0] == second[0] == sum(first[1:]) == sum(second[1:]) == len(shown.places)
        assert first[1] == told.n == answer.counts.found.n
        # By hand, row by row: counted, and of a district of the city.
        other = "site_adcode" if by == "host" else "host_adcode"
        here = shown.places[other].isin(tianjin.districts.index)
        assert second[1] == int((shown.places["counted"].astype(bool) & here).sum())


def test_what_does_not_count_is_named_as_the_facts_name_it(tianjin: City) -> None:
    """Later facts count where they are places of their own: 6 of 13 do."""
    for lang in ("zh", "en"):
        notes = " ".join(word(_answer(tianjin), lang).notes)
        assert speaker(lang)("balance.uncounted", uncounted=24) in notes
    assert "规划印发后" not in speaker("zh")("balance.uncounted", uncounted=24)


def test_a_filter_does_not_change_what_the_text_names(tianjin: City) -> None:
    only = _answer(tianjin, filters=Filters(district=frozenset({"120116"})))
    whole = _answer(tianjin)
    assert set(only.counts.found.not_named) == set(whole.counts.found.not_named)
    marks = word(only, "zh").tables["districts"]["注意"]
    assert "所选内容中没有" in marks["东丽区"]
    assert "规划未点名" in marks["和平区"]
    assert "所选内容中没有" not in marks["和平区"]


@pytest.mark.parametrize("part", ["kinds", "fields"])
def test_matrices_show_empty_cells_and_add_up(tianjin: City, part: str) -> None:
    told = word(_answer(tianjin), "zh")
    table = told.tables[part]
    assert len(table) == 16 + 1
    body = table.iloc[:-1]
    assert (body.sum(axis=0) == table.iloc[-1]).all()
    assert body.to_numpy().sum() == 45
    assert (table == 0).to_numpy().any()
    assert table.loc["和平区"].sum() == 0


def test_quotients_only_where_both_reach_ten(tianjin: City) -> None:
    told = word(_answer(tianjin), "zh")
    quotients = [text for text in told.quotients if "区位商 " in text]
    # Platforms: 9 of Binhai's 18, 16 of the city's 45.
    assert len(quotients) == 1
    assert f"区位商 {9 / 18 / (16 / 45):.3g}" in quotients[0]
    assert any("128 格中有 1 格" in text for text in told.quotients)


def test_small_counts_get_the_sentence_instead(toy: City) -> None:
    told = word(_answer(toy), "zh")
    say = speaker("zh")
    assert say("balance.none", least=10) in told.quotients
    assert say("balance.refused", n=told.n, least=10) in told.quotients
    assert not any("基尼" in text for text in told.quotients)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("by", ["host", "site"])
def test_an_empty_view_says_so(tianjin: City, lang: Lang, by: By) -> None:
    empty: tuple[dict[str, Any], ...] = (
        {"layers": frozenset()},
        {"filters": Filters(level=frozenset({"district"}), field=frozenset({"aerospace"}))},
    )
    for changes in empty:
        empty_answer = _answer(tianjin, by, **changes)
        told = word(empty_answer, lang)
        say = speaker(lang)
        assert told.sentence == say("view.filtered_first", text=say("balance_page.empty"))
        assert told.account == ()
        assert hand_over(empty_answer, Form("csv")).zip()


def test_files_hold_the_numbers_of_the_screen(tianjin: City) -> None:
    answer = _answer(tianjin)
    told, package = word(answer, "zh"), hand_over(answer, Form("csv"))
    rows = _read(package.files["balance_districts.csv"])
    assert {row["name_zh"]: int(row["n"]) for row in rows} == {
        name: int(text)
        for name, text in told.tables["districts"]["处数"].items()
        if name != "各区合计"
    }
    binhai = next(row for row in rows if row["adcode"] == "120116")
    assert float(binhai["per_10k"]) == pytest.approx(18 / 197.3752)
    assert float(binhai["per_km2"]) == pytest.approx(18 / 2610)
    assert sum(float(row["share"]) for row in rows) == pytest.approx(1)
    about = json.loads(package.files["manifest.json"])
    assert about["data_date"] == tianjin.data_date
    assert about["asked"]["by"] == "host"
    assert any(caveat["key"].startswith("balance.") for caveat in about["caveats"])
    assert package.zip() == hand_over(answer, Form("csv")).zip()


def test_the_halves_add_up_to_the_city(tianjin: City) -> None:
    for by in ("host", "site"):
        found = _answer(tianjin, by).counts.found
        assert found.halves["n"].sum() == found.districts["n"].sum() == found.n
        assert np.isclose(found.halves["share"].sum(), 1)
