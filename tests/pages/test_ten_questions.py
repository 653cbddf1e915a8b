"""Ask the same ten questions of every page and of every file, and find one answer to each."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache

import pytest

from layers.analysis import ANALYSES
from layers.handover.contents import Form
from layers.handover.documents import MANIFEST, SOURCES
from layers.handover.view_export import package
from layers.language.values import cell, count, row_of
from layers.map.plate import ground_values
from layers.pack.city import City
from layers.places.areas import figures
from layers.view.rows import rows_in_view
from layers.view.state import default_state
from tests.screens import app, page_text

BINHAI = "120116"
PAGES: Mapping[str, dict[str, str]] = {
    "explore": {},
    "density": {},
    "coverage": {},
    "coverage, siting": {"cpart": "siting"},
    "coverage, scenario": {"cpart": "scenario"},
    "coverage, pairing": {"cpart": "pairing"},
}
FILES = ("view", "density", "balance", "reach", "scenario", "siting")


def by_hand(city: City) -> dict[str, int]:
    """Answer the ten questions row by row, from the pack alone."""
    half = dict(zip(city.districts.index, city.districts["half"], strict=True))
    found = dict.fromkeys(
        [
            *("recorded", "counted", "by district", "jincheng", "bincheng", "national"),
            *("striven for", "national in Binhai", "in Binhai", "unplaced"),
        ],
        0,
    )
    for layer in city.layers.values():
        if layer.spec.group != "plan":
            continue
        for _, row in layer.frame.iterrows():
            code = cell(row, "host_adcode", "zh")
            found["recorded"] += 1
            if not row["counted"]:
                continue
            national = row["level"] == "national"
            held = national and row["level_basis"] != "aimed_at"
            found["counted"] += 1
            found["national"] += held
            found["by district"] += code in half
            found["striven for"] += national and not held and code in half
            untold = not code and not cell(row, "host_name", "zh")
            found["unplaced"] += untold and cell(row, "title_of", "zh") != "city"
            found["in Binhai"] += code == BINHAI
            found["national in Binhai"] += held and code == BINHAI
            for part in ("jincheng", "bincheng"):
                found[part] += half.get(code) == part
    return found


def counting(text: str) -> dict[str, list[str]]:
    """Read the tables of the ways of counting: cells by the name of their row."""
    grids = [grid for grid in text.split("<table")[1:] if "国家级（已批复）</th>" in grid]
    rows = [re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', grid) for grid in grids]
    return {
        name: re.findall(r"<td[^>]*>(.*?)</td>", cells)
        for grid in reversed(rows)  # the tables asked for stand below those of the page
        for name, cells in grid
    }


@cache
def opened(name: str) -> str:
    """Return what a page says with the table of the ways of counting open."""
    page, _, _ = name.partition(",")
    at = app(page, **PAGES[name])
    at.session_state["bases"] = True
    at.run()
    assert not at.exception
    return page_text(at)


def test_the_questions_have_answers(tianjin: City) -> None:
    answers = by_hand(tianjin)
    assert len(answers) == 10
    assert all(answers.values()), "a question that nothing answers asks nothing"


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_every_page_gives_the_same_answers(name: str, tianjin: City) -> None:
    asked = by_hand(tianjin)
    rows = counting(opened(name))
    binhai = cell(row_of(tianjin.districts, BINHAI), "name", "zh")
    assert rows["收录条目"][0] == count(asked["recorded"])
    assert rows["全部计数场所"][:2] == [count(asked["counted"]), count(asked["national"])]
    assert rows["计入各区（首句口径）"][0] == count(asked["by district"])
    assert rows["管理主体所属区待查"][0] == count(asked["unplaced"])
    assert rows["各区合计"][::2] == [count(asked["by district"]), count(asked["striven for"])]
    assert rows[binhai][:2] == [count(asked["in Binhai"]), count(asked["national in Binhai"])]


@pytest.mark.parametrize("name", ["explore", "density"])
def test_the_first_sentences_on_the_spread_say_the_same(name: str, tianjin: City) -> None:
    asked, text = by_hand(tianjin), opened(name)
    assert f"计入各区的 {asked['by district']} 处中" in text
    assert f"“津城”{asked['jincheng']} 处" in text
    assert f"“滨城”{asked['bincheng']} 处" in text
    assert f"另有 {asked['unplaced']} 处所属区待查" in text


def test_map_district_and_density_count_alike_in_every_district(tianjin: City) -> None:
    by_hand = dict.fromkeys(map(str, tianjin.districts.index), 0)
    for layer in tianjin.layers.values():
        if layer.spec.group == "plan":
            for _, row in layer.frame.iterrows():
                code = cell(row, "host_adcode", "zh")
                if code in by_hand and row["counted"] and not cell(row, "title_of", "zh"):
                    by_hand[code] += 1
    view = rows_in_view(tianjin, default_state(tianjin))
    answer = ANALYSES["balance"]
    told = answer.measure(tianjin, answer.question(default_state(tianjin)))
    assert sum(by_hand.values()) > 40
    assert dict(ground_values(view, "places")) == by_hand
    assert {code: figures(tianjin)[code].n for code in by_hand} == by_hand
    assert dict(told.headline.districts["n"]) == by_hand


def test_the_page_of_a_district_says_the_same(tianjin: City) -> None:
    asked = by_hand(tianjin)
    at = app("district", d=BINHAI)
    at.session_state["bases"] = at.session_state["entries"] = True
    text = page_text(at.run())
    first = text.split('<p class="summary"', 1)[1]
    assert f"{asked['in Binhai']} 处，其中国家级 {asked['national in Binhai']} 处" in first
    own = counting(text)
    assert own["计入各区（首句口径）"][:2] == [
        count(asked["in Binhai"]),
        count(asked["national in Binhai"]),
    ]
    assert f'国家级（已批复）</th><td class="n">{asked["national in Binhai"]}</td>' in text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_tally_of_the_map_says_the_same(lang: str, tianjin: City) -> None:
    asked = by_hand(tianjin)
    text = page_text(app("explore", lang=lang))
    said = {"zh": "图集收录 {} 条", "en": "{} rows recorded"}[lang].format(asked["recorded"])
    national = {"zh": "国家级 {} 处，规划争取的不算在内", "en": "{} of national level"}[lang]
    assert said in text
    assert national.format(asked["national"]) in text


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_every_file_gives_the_same_answers(name: str, tianjin: City) -> None:
    asked, state = by_hand(tianjin), default_state(tianjin)
    if name == "view":
        files = package(tianjin, state, fmt="csv").files
    else:
        analysis = ANALYSES[name]
        answer = analysis.measure(tianjin, analysis.question(state))
        files = analysis.hand_over(answer, Form("csv")).files
    told = json.loads(files[MANIFEST])["counting"]
    ways, districts = told["ways"], told["districts"]
    half = tianjin.districts["half"]
    assert {
        "recorded": ways["recorded"]["n"],
        "counted": ways["all"]["n"],
        "by district": ways["headline"]["n"],
        "jincheng": sum(each["n"] for code, each in districts.items() if half[code] == "jincheng"),
        "bincheng": sum(each["n"] for code, each in districts.items() if half[code] == "bincheng"),
        "national": ways["all"]["national"],
        "striven for": sum(each["aimed"] for each in districts.values()),
        "national in Binhai": districts[BINHAI]["national"],
        "in Binhai": districts[BINHAI]["n"],
        "unplaced": told["unplaced"],
    } == asked
    sources = files[SOURCES].decode()
    assert f"计入各区（首句口径）：{asked['by district']}" in sources
    assert "未筛选" in sources
