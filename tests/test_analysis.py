"""Hold the one shape of an analysis: whatever enters ANALYSES is asked, worded and handed over.

A new analysis is tested by standing there.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest

from geo.coverage.scenario import Scenario, to_file
from layers.analysis import ANALYSES
from layers.command_line.analysis import brought_files, command, main
from layers.command_line.own_points import as_targets
from layers.coverage.siting import Spot
from layers.district_table.table import DistrictTable, district_table
from layers.handover.contents import ANALYSIS_FORMATS, Form, systems
from layers.handover.documents import DICTIONARY, MANIFEST, SOURCES, sha256
from layers.handover.metadata.files import TABLE_SCHEMA
from layers.handover.view_export import package
from layers.inside.files import SCENARIO_FILE
from layers.intake.districts.figures import Column
from layers.intake.take_in import take_in
from layers.language.messages import LANGS
from layers.map.overlay import Drawing
from layers.own_points.filtering import list_values, only
from layers.own_points.reading import FileQuestion, read
from layers.own_points.source import columns, layout, open_folder
from layers.pack.city import City
from layers.view.codecs import token
from layers.view.page_options import (
    CoverageOptions,
    DensityOptions,
    InsideOptions,
    TableOptions,
)
from layers.view.question import Question, Refusal
from layers.view.state import Camera, Filters, ViewState, default_state
from tests import ROOT
from tests.rfc7946 import check

Ask = Callable[[str, City, ViewState], Question[Any]]
REFUSED = {"reach", "scenario", "siting"}
"""Analyses that a radius finer than the doubt makes refuse."""
SURELY_WITHIN = {
    *("pairing_links", "pairing_parks", "pairing_all_links", "pairing_universities"),
    *("corridor_places", "own_points_ripley", "reach"),
}
"""Tables with an interval that is the figure and its doubt, or has no figure beside it."""
WITHOUT_SHAPES = {"balance"}
TABLE = DistrictTable(
    "t.csv",
    "区",
    (Column("企业数", (("990101", 12.0), ("990102", 3.0))),),
    rows=3,
    used=2,
    outside=1,
    missing=("990103", "990104"),
)
"""Figures of two districts of the toy city."""


@pytest.fixture(scope="module")
def points(tmp_path_factory: pytest.TempPathFactory, toy: City) -> FileQuestion:
    """A file of points in the first district of the toy city."""
    folder = tmp_path_factory.mktemp("points")
    rng = np.random.default_rng(6)
    values = {
        "lon": rng.uniform(117.0, 117.1, 300),
        "lat": rng.uniform(38.85, 38.92, 300),
        "trade": ["甲", "乙"] * 150,
    }
    pq.write_table(pa.table(values), folder / "a.parquet")
    source = open_folder(str(folder)).sources[token("a.parquet")]
    options = default_state(toy).points
    found = columns(source, layout(source), options, plane=toy.metric_epsg, bbox=toy.bbox)
    assert found is not None
    return FileQuestion(toy, source, found, 250)


@pytest.fixture(scope="module")
def ask(points: FileQuestion) -> Ask:
    """Ask an analysis; scenarios and own points need what a reader brings along."""

    def asked(name: str, city: City, state: ViewState) -> Question[Any]:
        question = ANALYSES[name].question
        if name == "own_points":
            return question(state, replace(points, city=city))
        if name == "district_table":
            return question(state, TABLE)
        if name == "scenario":
            lat, lon = city.centre
            first = Scenario("甲").added(lon, lat, kind="platform", name="新")
            return question(state, (first, Scenario("乙").added(lon, lat + 0.01, kind="platform")))
        if name == "inside":
            state = replace(state, inside=around(city))
        return question(state)

    return asked


def around(city: City) -> InsideOptions:
    """Return a circle in the middle of a city that holds some of its places."""
    lat, lon = city.centre
    return InsideOptions(f"circle_{lon:g}_{lat:g}_{6000 if city.id == 'toy' else 30_000}")


@pytest.fixture(scope="module")
def answers(ask: Ask, toy: City, tianjin: City) -> dict[str, Any]:
    """Every answer about the toy city; its pack holds no pairs."""
    cities = {name: tianjin if name == "pairing" else toy for name in ANALYSES}
    return {
        name: ANALYSES[name].measure(city, ask(name, city, default_state(city)))
        for name, city in cities.items()
    }


def numbers(text: str) -> list[str]:
    """Return the numbers of a text, the thin space of thousands left out."""
    return sorted(re.findall(r"\d+(?:\.\d+)?", text.replace("\u202f", "")))


@pytest.mark.parametrize("name", ANALYSES)
def test_neither_language_nor_camera_nor_choice_is_part_of_the_question(
    ask: Ask, toy: City, name: str
) -> None:
    state = default_state(toy)
    other = replace(
        state, lang="en", camera=Camera(39, 117, 9), selected="park-one", present=True,
        district="990101", compare="990102",
    )  # fmt: skip
    first, second = ask(name, toy, state), ask(name, toy, other)
    if name == "own_points":  # a file is known by its key
        assert first.key == second.key  # type: ignore[attr-defined]
    else:
        assert first == second
        assert hash(first) == hash(second)
        assert name in ("pairing", "district_table") or first != ask(
            name, toy, replace(state, later=False)
        )


@pytest.mark.slow
@pytest.mark.parametrize("name", ANALYSES)
def test_both_languages_say_the_same_numbers_and_no_picture(
    answers: Mapping[str, Any], name: str
) -> None:
    zh, en = (ANALYSES[name].word(answers[name], lang) for lang in LANGS)
    assert zh.sentence
    assert en.sentence
    assert zh.sentence != en.sentence
    assert numbers(zh.sentence) == numbers(en.sentence)
    assert len(zh.account) == len(en.account)
    assert len(zh.notes) == len(en.notes)
    assert len(zh.tables) == len(en.tables)
    for mine, theirs in zip(zh.tables.values(), en.tables.values(), strict=True):
        assert mine.shape == theirs.shape
    for words in (zh, en):
        told = " ".join([words.sentence, *words.account, *words.notes])
        assert "data:" not in told
        assert "{" not in told


@pytest.mark.parametrize("name", ["density", "balance", "reach", "siting", "scenario", "corridor"])
def test_of_how_many_places_the_doubt_is_unknown_is_said(
    answers: Mapping[str, Any], name: str
) -> None:
    """Of the toy's places one has no site, and of all others the doubt is known."""
    words = ANALYSES[name].word(answers[name], "en")
    assert "unknown of 1 that is not on the map" in " ".join([*words.account, *words.notes])


@pytest.mark.parametrize("name", ANALYSES)
def test_a_drawing_is_a_drawing_or_nothing(answers: Mapping[str, Any], name: str) -> None:
    for lang in LANGS:
        drawn = ANALYSES[name].draw(answers[name], lang)
        assert drawn is None or isinstance(drawn, Drawing)
    assert (drawn is None) == isinstance(answers[name], Refusal)


def assert_sheets_say_something(data: bytes, city: City) -> None:
    """Counting, sources and notes are never blank; the sources have those of the districts."""
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
    for sheet in book.worksheets[-3:]:
        rows = [row[0] for row in sheet.iter_rows(values_only=True)]
        assert rows[0]
        assert not any(not row and not after for row, after in pairwise(rows))
        if sheet is book.worksheets[-2]:
            assert city.layers["district"].title.zh in rows


@pytest.mark.slow
@pytest.mark.parametrize("fmt", ANALYSIS_FORMATS)
@pytest.mark.parametrize("name", ANALYSES)
def test_a_package_is_complete(answers: Mapping[str, Any], toy: City, name: str, fmt: str) -> None:
    epsg = toy.metric_epsg if fmt in ("gpkg", "csv") else 4326
    package = ANALYSES[name].hand_over(answers[name], Form(fmt, epsg))
    files = package.files
    assert [*files][-3:] == [DICTIONARY, SOURCES, MANIFEST]
    manifest = json.loads(files[MANIFEST])
    assert {each["name"]: each["sha256"] for each in manifest["files"]} == {
        each: sha256(data) for each, data in files.items() if each != MANIFEST
    }
    assert manifest["analysis"]["id"] == name
    assert manifest["crs"]["epsg"] == epsg
    sources = files[SOURCES].decode()
    for lang in LANGS:
        words = ANALYSES[name].word(answers[name], lang)
        assert manifest["result"][lang] == words.sentence
        assert all(text in sources for text in (words.sentence, *words.account, *words.notes))
    rows = csv.DictReader(io.StringIO(files[DICTIONARY].decode("utf-8-sig")))
    told: dict[str, list[str]] = {}
    for row in rows:
        told.setdefault(row["图层 Layer"], []).append(row["字段 Field"])
        assert row["名称（中文） Title (Chinese)"]
        assert row["名称（英文） Title (English)"]
    assert told.keys() == {layer["id"] for layer in manifest["layers"]}
    for file, data in files.items():
        stem, _, end = file.rpartition(".")
        if end == "csv" and file != DICTIONARY:
            assert next(csv.reader(io.StringIO(data.decode("utf-8-sig")))) == told[stem]
        elif end == "geojson":
            check(data)
    if fmt == "xlsx":
        assert_sheets_say_something(files[f"{name}.xlsx"], toy)
    if fmt == "json":
        tables = json.loads(files[f"{name}.json"])["tables"]
        assert tables.keys() == told.keys()
        assert all(list(row) == told[each] for each, own in tables.items() for row in own)


@pytest.mark.slow
def test_a_column_has_one_type_in_all_tables_and_a_date_says_how_long_it_is(
    answers: Mapping[str, Any], toy: City
) -> None:
    """As the packages themselves declare them, of all layers and all answers."""
    form = Form("csv", toy.metric_epsg)
    packages = [ANALYSES[name].hand_over(answer, form) for name, answer in answers.items()]
    packages.append(package(toy, default_state(toy), fmt="csv", layers=tuple(toy.layers)))
    types: dict[str, dict[str, str]] = {}
    for each in packages:
        for table in json.loads(each.files[TABLE_SCHEMA])["resources"]:
            names = [field["name"] for field in table["schema"]["fields"]]
            for field in table["schema"]["fields"]:
                is_date = "pattern" in field.get("constraints", {})
                kind = "date" if is_date else field["type"]
                types.setdefault(field["name"], {}).setdefault(kind, table["name"])
                assert not is_date or f"{field['name']}_precision" in names, table["name"]
            drawn = any("low" in name.split("_") for name in names)
            assert drawn == ("outside_zh" in names) or table["name"] in SURELY_WITHIN
    assert {name: where for name, where in types.items() if len(where) > 1} == {}


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(ANALYSES.keys() - WITHOUT_SHAPES))
def test_a_geopackage_is_styled_named_and_in_every_system_of_the_city(
    answers: Mapping[str, Any], toy: City, tmp_path: Path, name: str
) -> None:
    for epsg in systems(toy):
        files = ANALYSES[name].hand_over(answers[name], Form("gpkg", epsg)).files
        path = tmp_path / f"{epsg}.gpkg"
        path.write_bytes(files[f"{name}.gpkg"])
        layers = [str(each) for each, _ in pyogrio.list_layers(path) if each != "layer_styles"]
        for layer in layers:
            assert pyogrio.read_info(path, layer=layer)["crs"] == f"EPSG:{epsg}"
    with closing(sqlite3.connect(path)) as connection:
        styled = dict(connection.execute("select f_table_name, styleQML from layer_styles"))
    assert styled.keys() == set(layers)
    assert all("<alias " in qml and "<symbol " in qml for qml in styled.values())


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", ANALYSES)
def test_nothing_to_measure_is_said_and_handed_over(
    ask: Ask, toy: City, name: str, lang: str
) -> None:
    empty = replace(default_state(toy), layers=frozenset())
    found = ANALYSES[name].measure(toy, ask(name, toy, empty))
    assert ANALYSES[name].word(found, lang).sentence
    assert ANALYSES[name].hand_over(found, Form("csv")).zip()


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_refusal_is_an_answer_of_its_own_with_its_reason(
    ask: Ask, tianjin: City, name: str
) -> None:
    fine = replace(default_state(tianjin).coverage, radius_m=1_000)
    state = replace(default_state(tianjin), coverage=fine)
    found = ANALYSES[name].measure(tianjin, ask(name, tianjin, state))
    assert isinstance(found, Refusal)
    assert found.reason == "uncertainty.refused"
    for lang in LANGS:
        words = ANALYSES[name].word(found, lang)
        assert "62" in words.sentence
        assert not words.notes
    assert ANALYSES[name].draw(found, "zh") is None
    package = ANALYSES[name].hand_over(found, Form("gpkg", 4548))
    assert json.loads(package.files[MANIFEST])["result"]["zh"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", sorted(ANALYSES.keys() - {"own_points", "scenario", "district_table"})
)
def test_the_command_gives_the_same_files(
    tianjin: City, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked with a filter and an option off its default, as a reader would copy it."""
    state = replace(
        default_state(tianjin),
        later=False,
        filters=Filters(level=frozenset({"national", "municipal"})),
        density=DensityOptions(bandwidth_km=8, by="site"),
        coverage=CoverageOptions(radius_m=10_000, candidates="district", add=2),
        inside=around(tianjin),
    )
    question, form = ANALYSES[name].question(state), Form("csv", 4548)
    words = shlex.split(command(name, tianjin, question, form))
    assert words[:3] == [".venv/bin/python", "-m", "layers.analysis"]
    monkeypatch.chdir(tmp_path)
    assert main(ANALYSES, words[3:]) == 0
    written = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    answer = ANALYSES[name].measure(tianjin, question)
    assert written == dict(ANALYSES[name].hand_over(answer, form).files)


@pytest.mark.slow
def test_scenario_and_own_points_are_asked_by_their_files(
    toy: City,
    points: FileQuestion,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ATLAS_PACKS", str(ROOT / "tests" / "toy"))
    lat, lon = toy.centre
    file = tmp_path / "甲.geojson"
    file.write_bytes(to_file(Scenario("甲").added(lon, lat, kind="platform", name="新")))
    assert main(ANALYSES, ["scenario", "--city", toy.id, "--scenario", str(file), "--doubt"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert "甲" in told["result"]["zh"]
    assert len(told["tables"]["scenario_comparison"]) == 2
    shape = around(toy).shape
    state = replace(default_state(toy), inside=InsideOptions(shape))
    changed = Scenario("甲").added(lon, lat, kind="platform", name="新")
    question = ANALYSES["inside"].question(state, changed, ["park-one"])
    monkeypatch.chdir(tmp_path)
    words = shlex.split(command("inside", toy, question, Form("csv", 4548)))[3:]
    answer = ANALYSES["inside"].measure(toy, question)
    wanted = dict(ANALYSES["inside"].hand_over(answer, Form("csv", 4548)).files)
    assert brought_files(question) == {SCENARIO_FILE: "zip"}
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / SCENARIO_FILE).write_bytes(wanted[SCENARIO_FILE])
    assert main(ANALYSES, words) == 0
    assert wanted == {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert main(ANALYSES, [*words, "--scenario", str(file)]) == 2, "a shape is asked of one"
    capsys.readouterr()
    folder, name = str(points.source.paths[0].parent), points.source.name
    asked = ["own_points", "--city", toy.id, "--points", folder, "--file", name]
    assert main(ANALYSES, [*asked, "--set", "show=bins"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["result"]["read"] == 300
    assert told["tables"]["own_points_bins"]
    found = list_values(points.source, "trade", lambda *_: None, lambda: False)
    kept = replace(points, columns=only(points.columns, found, frozenset({token("甲")})))
    question = ANALYSES["own_points"].question(default_state(toy), kept)
    words = shlex.split(command("own_points", toy, question, Form("csv", 4548)))[3:]
    out = str(tmp_path / "own")
    (tmp_path / "at").mkdir()
    (tmp_path / "at" / "files").symlink_to(folder)
    monkeypatch.chdir(tmp_path / "at")
    assert main(ANALYSES, [*words[:-1], out]) == 0
    told = json.loads((tmp_path / "own" / MANIFEST).read_text(encoding="utf-8"))
    assert (told["result"]["binned"], told["result"]["filtered_out"]) == (150, 150)
    assert (
        main(ANALYSES, [*asked, "--set", f"column={token('trade')}", "--set", "values=" + "0" * 12])
        == 2
    )


@pytest.mark.slow
@pytest.mark.parametrize(("name", "option"), [("reach", "counted"), ("siting", "demand")])
def test_the_command_over_own_points_gives_the_same_files(
    toy: City,
    points: FileQuestion,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    option: str,
) -> None:
    """Asked of some rows of a file of a stated day, as the page asks after it has read them."""
    monkeypatch.setenv("ATLAS_PACKS", str(ROOT / "tests" / "toy"))
    (tmp_path / "files").symlink_to(points.source.paths[0].parent)
    monkeypatch.chdir(tmp_path)
    found = list_values(points.source, "trade", lambda *_: None, lambda: False)
    kept = replace(
        points, columns=only(points.columns, found, frozenset({token("甲")})), cell_m=500
    )
    own = as_targets(read(kept, lambda *_: None, lambda: False).of_day("2026-06-30"))
    asked: dict[str, Any] = {"radius_m": 4_000, "add": 1, option: "own"}
    state = replace(default_state(toy), coverage=CoverageOptions(**asked))
    question = ANALYSES[name].question(state, own=own)
    assert len(own.xy) == 150
    form = Form("csv", toy.metric_epsg)
    words = shlex.split(command(name, toy, question, form))
    assert main(ANALYSES, [*words[3:-1], str(tmp_path / "out")]) == 0
    written = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    answer = ANALYSES[name].measure(toy, question)
    assert written == dict(ANALYSES[name].hand_over(answer, form).files)
    told = json.loads(written[MANIFEST])
    assert told["asked"]["own_points"]["binned"] == 150
    assert "2026-06-30" in told["result"]["zh"]


@pytest.mark.slow
def test_a_table_by_district_is_asked_by_its_file(
    tianjin: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "files" / "t.csv"
    file.parent.mkdir()
    file.write_text("区,企业数\n和平区,5\n河东,7\n", encoding="utf-8")
    taken = take_in(file, tianjin, {}, kind="districts")
    table = TableOptions(per="people", rule="equal", classes=3)
    state = replace(default_state(tianjin), table=table)
    asked = district_table(taken, "t.csv", sha256(file.read_bytes()))
    question = ANALYSES["district_table"].question(state, asked)
    form = Form("csv", 4548)
    words = shlex.split(command("district_table", tianjin, question, form))
    monkeypatch.chdir(tmp_path)
    assert main(ANALYSES, words[3:]) == 0
    written = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    answer = ANALYSES["district_table"].measure(tianjin, question)
    assert written == dict(ANALYSES["district_table"].hand_over(answer, form).files)
    assert main(ANALYSES, ["district_table", "--city", "tianjin"]) == 2


@pytest.mark.slow
def test_all_that_is_not_understood_is_refused_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    wrong = ["--set", "radius_m=70000", "--set", "bogus=1", "--view", "levle=x", "--format", "gpkg"]
    assert main(ANALYSES, ["reach", "--city", "tianjin", *wrong]) == 2
    told = capsys.readouterr().err.splitlines()
    assert [line.partition(":")[0] for line in told] == [
        "--view", "--out", "--set", "--set · radius_m",
    ]  # fmt: skip
    assert main(ANALYSES, ["own_points", "--city", "tianjin", "--points", "/nowhere"]) == 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("asked", "flag"),
    [
        (["density", "--doubt"], "--doubt"),
        (["reach", "--scenario", "a.geojson", "--candidates", "b.geojson"], "--candidates"),
        (["reach", "--set", "add=5"], "--set · add"),
        (["density", "--set", "by=site"], "--set · by"),
        (["pairing", "--set", "level=national"], "--set · level"),
        (["reach", "--file", "a.parquet"], "--file"),
        (["siting", "--set", "dated=2026-06-30"], "--set · dated"),
        (["reach", "--set", "counted=own", "--file", "a.parquet"], "--file"),
    ],
)
def test_what_decides_nothing_is_refused(
    asked: list[str], flag: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(ANALYSES, [*asked, "--city", "tianjin"]) == 2
    assert flag in [line.partition(":")[0] for line in capsys.readouterr().err.splitlines()]


@pytest.mark.slow
def test_candidates_keep_their_numbers_and_a_file_of_others_is_refused(
    tianjin: City, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drawn = (Spot(3, 117.4, 40.2), Spot(10, 117.5, 39.6))
    options = CoverageOptions(candidates="drawn", add=1, demand="area")
    state = replace(default_state(tianjin), coverage=options)
    question = ANALYSES["siting"].question(state, drawn)
    answer = ANALYSES["siting"].measure(tianjin, question)
    package = ANALYSES["siting"].hand_over(answer, Form()).files
    file = tmp_path / "siting_candidates.geojson"
    file.write_bytes(package[file.name])
    asked = ["siting", "--city", "tianjin", "--candidates", str(file), "--set", "add=1"]
    sets = ["--set", "candidates=drawn", "--set", "demand=area"]
    out = tmp_path / "out"
    assert main(ANALYSES, [*asked, *sets, "--format", "geojson", "--out", str(out)]) == 0
    again = {path.name: path.read_bytes() for path in out.iterdir()}
    assert again == dict(package)
    assert main(ANALYSES, asked) == 2, "candidates that are not asked for"
    file.write_text("{}", encoding="ascii")
    assert main(ANALYSES, [*asked, *sets]) == 2
    assert "does not hold points alone" in capsys.readouterr().err


@pytest.mark.slow
def test_sources_name_every_layer_that_enters(answers: Mapping[str, Any], tianjin: City) -> None:
    sources = ANALYSES["pairing"].hand_over(answers["pairing"], Form()).files[SOURCES].decode()
    for layer in ("university", "science_park", "district"):
        assert f"({layer})" in sources
        assert tianjin.layers[layer].provenance.citation.zh in sources
