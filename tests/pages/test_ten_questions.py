"""Ask the same ten questions of every page and of every file, and find one answer to each."""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pyogrio
import pytest

from layers.analysis import ANALYSES
from layers.handover.contents import Form
from layers.handover.documents import MANIFEST, SOURCES
from layers.handover.view_export import package
from layers.language.values import cell, count, row_of
from layers.map.plate import ground_values
from layers.pack.city import City
from layers.places.areas import figures
from layers.present.figures import of_district, of_view
from layers.view.rows import rows_in_view
from layers.view.state import Filters, ViewState, default_state
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
ALONE = {"coverage, pairing"}
"""Pages that take all rows, whatever is filtered, and say so."""
STANDING = ("existing_2020", "under_construction", "to_strive_for")
"""A filter under which every question still has an answer."""
FILTERED = {"plan": ".".join(STANDING)}
ROWS = Callable[[Mapping[str, Any]], bool]


def everything(row: Mapping[str, Any]) -> bool:
    """Let every row pass."""
    return True


def standing(row: Mapping[str, Any]) -> bool:
    """Let those rows pass that the filter lets pass."""
    return row["plan_status"] in STANDING


def state_of(city: City, passes: ROWS) -> ViewState:
    """Return the state of a reader who has filtered so."""
    asked = Filters(plan_status=frozenset(STANDING)) if passes is standing else Filters()
    return replace(default_state(city), filters=asked)


def by_hand(city: City, passes: ROWS = everything) -> dict[str, int]:
    """Answer the ten questions row by row, from the pack alone."""
    rows = (
        row
        for layer in city.layers.values()
        if layer.spec.group == "plan"
        for _, row in layer.frame.iterrows()
    )
    return answers(city, filter(passes, rows))


def answers(city: City, rows: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Answer the ten questions from rows of the plan's layers."""
    half = dict(zip(city.districts.index, city.districts["half"], strict=True))
    found = dict.fromkeys(
        [
            *("recorded", "counted", "by district", "jincheng", "bincheng", "national"),
            *("striven for", "national in Binhai", "in Binhai", "unplaced"),
        ],
        0,
    )
    for row in rows:
        code, title, host = (text(row[k]) for k in ("host_adcode", "title_of", "host_name_zh"))
        national = row["level"] == "national"
        held = national and row["level_basis"] != "aimed_at"
        found["recorded"] += 1
        if not row["counted"]:
            continue
        found["counted"] += 1
        found["national"] += held
        found["by district"] += code in half
        found["striven for"] += national and not held and code in half
        found["unplaced"] += not code and not host and title != "city"
        found["in Binhai"] += code == BINHAI
        found["national in Binhai"] += held and code == BINHAI
        for part in ("jincheng", "bincheng"):
            found[part] += half.get(code) == part
    return found


def text(value: object) -> str:
    """Return a text; a blank, of whatever kind, is empty."""
    return value if isinstance(value, str) else ""


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
def opened(name: str, passes: ROWS = everything) -> str:
    """Return what a page says with the table of the ways of counting open."""
    page, _, _ = name.partition(",")
    at = app(page, **PAGES[name], **(FILTERED if passes is standing else {}))
    at.session_state["bases"] = True
    at.run()
    assert not at.exception
    return page_text(at)


def test_the_questions_have_answers(tianjin: City) -> None:
    asked, filtered = by_hand(tianjin), by_hand(tianjin, standing)
    assert len(asked) == 10
    assert all(filtered.values()), "a question that nothing answers asks nothing"
    assert all(asked[name] >= filtered[name] for name in asked)
    assert sum(asked[name] == filtered[name] for name in asked) <= 2, "the filter tells"


@pytest.mark.slow
@pytest.mark.parametrize("passes", [everything, standing])
@pytest.mark.parametrize("name", PAGES)
def test_every_page_gives_the_same_answers(name: str, passes: ROWS, tianjin: City) -> None:
    """A page that is filtered says so; one that is not says that, and answers of all rows."""
    acts = passes is standing and name not in ALONE
    asked = by_hand(tianjin, standing if acts else everything)
    rows = counting(opened(name, passes))
    assert ("（筛选后）</h1>" in opened(name, passes)) == acts
    assert ("本页不受筛选影响" in opened(name, passes)) == (passes is standing and not acts)
    binhai = cell(row_of(tianjin.districts, BINHAI), "name", "zh")
    assert rows["收录条目"][0] == count(asked["recorded"])
    assert rows["全部计数场所"][:2] == [count(asked["counted"]), count(asked["national"])]
    assert rows["计入各区（首句口径）"][0] == count(asked["by district"])
    assert rows["管理主体所属区待查"][0] == count(asked["unplaced"])
    assert rows["各区合计"][::2] == [count(asked["by district"]), count(asked["striven for"])]
    assert rows[binhai][:2] == [count(asked["in Binhai"]), count(asked["national in Binhai"])]


@pytest.mark.slow
@pytest.mark.parametrize("passes", [everything, standing])
@pytest.mark.parametrize("name", ["explore", "density"])
def test_the_first_sentences_on_the_spread_say_the_same(
    name: str, passes: ROWS, tianjin: City
) -> None:
    asked, text = by_hand(tianjin, passes), opened(name, passes)
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


@pytest.mark.slow
def test_the_page_of_a_district_says_the_same(tianjin: City) -> None:
    asked = by_hand(tianjin)
    at = app("district", d=BINHAI, **FILTERED)
    assert "本页不受筛选影响" in page_text(at)
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
@pytest.mark.parametrize(
    ("name", "passes"),
    [*((name, everything) for name in FILES), ("view", standing), ("siting", standing)],
)
def test_every_file_gives_the_same_answers(name: str, passes: ROWS, tianjin: City) -> None:
    asked, state = by_hand(tianjin, passes), state_of(tianjin, passes)
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
    assert ("未筛选" in sources) == (passes is everything)


def rows_of(fmt: str, files: Mapping[str, bytes], plan: Iterable[str]) -> list[Mapping[str, Any]]:
    """Read back the rows of the plan's layers."""
    if fmt == "csv":
        texts = (files[f"{name}.csv"].decode("utf-8-sig") for name in plan)
        rows = [row for text in texts for row in csv.DictReader(io.StringIO(text))]
        return [{**row, "counted": row["counted"] == "true"} for row in rows]
    if fmt == "geojson":
        features = (json.loads(files[f"{name}.geojson"])["features"] for name in plan)
        return [each["properties"] for found in features for each in found]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "tianjin.gpkg"
        file.write_bytes(files[file.name])
        frames = [pyogrio.read_dataframe(file, layer=name, read_geometry=False) for name in plan]
    return [row for frame in frames for row in frame.to_dict("records")]


@pytest.mark.slow
@pytest.mark.parametrize("passes", [everything, standing])
@pytest.mark.parametrize("fmt", ["csv", "geojson", "gpkg"])
def test_the_rows_of_every_format_give_the_same_answers(
    fmt: str, passes: ROWS, tianjin: City
) -> None:
    files = package(tianjin, state_of(tianjin, passes), fmt=fmt).files
    plan = [name for name, layer in tianjin.layers.items() if layer.spec.group == "plan"]
    assert answers(tianjin, rows_of(fmt, files, plan)) == by_hand(tianjin, passes)


@pytest.mark.slow
@pytest.mark.parametrize("passes", [everything, standing])
def test_the_workbook_gives_the_same_answers(passes: ROWS, tianjin: City) -> None:
    """Its list row by row, and its sheet of the ways of counting."""
    asked = by_hand(tianjin, passes)
    data = package(tianjin, state_of(tianjin, passes), fmt="xlsx").files["tianjin.xlsx"]
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
    _, _, names, *rows = book.worksheets[0].iter_rows(values_only=True)
    listed = [dict(zip(names, row, strict=True)) for row in rows]
    counted = [row for row in listed if row["是否计数"] == "是"]
    assert len(listed) == asked["recorded"]
    assert len(counted) == asked["counted"]
    ours = [
        row for row in counted if str(row["区"]).startswith("滨海新区")
    ]  # with its site beside it
    assert len(ours) == asked["in Binhai"]
    assert sum(row["级别"] == "国家级" for row in counted) == asked["national"]
    assert sum(row["级别"] == "国家级" for row in ours) == asked["national in Binhai"]
    told = " ".join(str(row[0]) for row in book["口径"].iter_rows(values_only=True))
    assert f"收录条目：{asked['recorded']}，" in told
    assert f"全部计数场所：{asked['counted']}，其中国家级 {asked['national']}。" in told
    assert f"计入各区（首句口径）：{asked['by district']}，" in told
    assert ("未筛选" in told) == (passes is everything)


@pytest.mark.parametrize("passes", [everything, standing])
def test_a_deck_says_the_same(passes: ROWS, tianjin: City) -> None:
    """Wall, slides and sheets take their numbers from these figures."""
    asked = by_hand(tianjin, passes)
    said = of_view(rows_in_view(tianjin, state_of(tianjin, passes)), "zh")
    assert said["places"] == count(asked["by district"])
    assert said["sought"] == count(asked["striven for"])
    own = of_district(tianjin, BINHAI, "zh")
    assert own["places"] == count(by_hand(tianjin)["in Binhai"]), "no filter acts on a district"
    assert own["national"] == count(by_hand(tianjin)["national in Binhai"])
