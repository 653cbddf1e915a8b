"""Show that every file of the trials is read rightly, asked about, or refused for its reason."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pyproj import Transformer

from geo.base.errors import DataError
from geo.coverage.scenario import Scenario, load, to_file
from geo.point_files import csv_records
from layers.command_line import long_file
from layers.command_line.intake import main
from layers.intake.features import changes
from layers.intake.report import Report
from layers.intake.take_in import take_in
from layers.own_points import source, way_in
from layers.pack.city import City
from tests import ROOT
from tests.intake.files import workbook

TRIALS = Path(__file__).parent / "trials"
READ, REFUSED, ASKED = ("read", 0), ("refused", 2), ("needs_answer", 3)

POINTS: dict[str, tuple[tuple[str, int], str, dict[str, int]]] = {
    "stray-quote.csv": (READ, "EPSG:4326", {"torn": 1}),
    "utm50n-metres.csv": (ASKED, "crs", {}),
    "declared-local-crs.parquet": (READ, "unknown: Transverse Mercator 117.167°", {}),
    "folder-metres-two-zones": (READ, "EPSG:4548, EPSG:32650", {}),
    "epsg4527-metres.csv": (READ, "EPSG:4527", {}),
    "china-order-x-north.csv": (ASKED, "crs", {}),
    "chinese-xy-headings.csv": (ASKED, "crs", {}),
    "integers-said-to-be-wkb.parquet": (REFUSED, "point_column.not_points", {}),
    "geoarrow-point.parquet": (READ, "EPSG:4326", {}),
    "polygons.parquet": (REFUSED, "intake.not_points", {}),
    "hive": (READ, "EPSG:4326", {}),
    "utf16.csv": (READ, "EPSG:4326", {}),
    "decimal-comma.csv": (READ, "EPSG:4326", {}),
    "preamble.csv": (READ, "EPSG:4326", {}),
    "no-header.csv": (READ, "EPSG:4326", {}),
    "pipe.csv": (READ, "EPSG:4326", {}),
    "empty.csv": (REFUSED, "point_file.empty", {}),
    "says-gcj02.csv": (ASKED, "datum", {}),
    "web-mercator-metres.csv": (READ, "EPSG:3857", {}),
}
"""By file: what becomes of it; its system, the question, or the problem; rows not used."""
TOLD = {
    "decimal-comma.csv": ("form_decimal_comma", "decimal_comma"),
    "preamble.csv": ("header_row", 3),
    "no-header.csv": ("no_header", 0),
    "pipe.csv": ("separator", "|"),
    "china-order-x-north.csv": ("north_first", "X"),
    "web-mercator-metres.csv": ("mercator", "EPSG:3857"),
    "hive": ("partition", "year=2024"),
    "utf16.csv": ("encoding", "utf-16"),
}
"""What is said of a file beside its account."""
SCENARIOS = {
    "kind-unknown.geojson": (REFUSED, "scenario.layer"),
    "no-properties-member.geojson": (REFUSED, "geojson.without_properties"),
    "saved-again-by-qgis.geojson": (READ, ""),
    "site-1500-km-away.geojson": (REFUSED, "scenario.outside"),
}
PACKS = {
    "district-no-properties-member.geojson": "geojson.without_properties",
    "district-400-digit-number.geojson": "value.not_number",
    "district-duplicate-key.geojson": "json.twice",
    "district-overlap.geojson": "pack.districts_overlap",
    "district-negative-population.geojson": "value.not_above",
    "district-area-column-false.geojson": "pack.size",
    "district-outside-bbox.geojson": "pack.district_beyond_bbox",
    "district-crs-4490.geojson": "geojson.crs_cgcs2000",
    "district-crs-4326-urn.geojson": "geojson.crs_axes",
    "district-metres-no-crs.geojson": "geojson.metres",
}


def run(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[tuple[str, int], Any]:
    code = main([*argv, "--json"])
    told = json.loads(capsys.readouterr().out)
    account = told["rows"]
    assert account["read"] == (
        account["used"] + account["outside"] + sum(account["not_used"].values())
    )
    return (told["status"], code), told


@pytest.mark.slow
@pytest.mark.parametrize("name", POINTS)
def test_points(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    expected, what, lost = POINTS[name]
    got, told = run(capsys, str(TRIALS / "points" / name), "--city", "tianjin")
    assert got == expected
    if got == READ:
        assert told["crs"] == what
        assert told["rows"] == {
            "read": 20, "used": 20 - sum(lost.values()), "outside": 0, "not_used": lost
        }  # fmt: skip
    elif got == ASKED:
        assert [question["key"] for question in told["questions"]] == [what]
    else:
        assert [problem["key"] for problem in told["problems"]] == [what]
    if name in TOLD:
        assert TOLD[name] in [(finding["key"], finding["value"]) for finding in told["findings"]]


def test_every_trial_is_tried() -> None:
    assert {path.name for path in (TRIALS / "points").iterdir()} == set(POINTS)
    assert {path.name for path in (TRIALS / "scenario").iterdir()} == set(SCENARIOS)
    assert {path.name for path in (TRIALS / "pack").iterdir()} == set(PACKS)


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("utm50n-metres.csv", ("--crs", "EPSG:32650")),
        ("china-order-x-north.csv", ("--answer", "crs=EPSG:4548")),
        ("chinese-xy-headings.csv", ("--crs", "4548")),
        ("says-gcj02.csv", ("--answer", "datum=gcj02")),
        ("no-header.csv", ("--columns", "x=2", "y=3")),
    ],
)
def test_an_answer_lets_it_be_read(
    name: str, answer: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    got, told = run(capsys, str(TRIALS / "points" / name), "--city", "tianjin", *answer)
    assert (got, told["rows"]["used"]) == (READ, 20)


def test_a_commercial_datum_costs_six_hundred_metres_of_doubt(
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = str(TRIALS / "points" / "says-gcj02.csv")
    _, told = run(capsys, path, "--city", "tianjin", "--answer", "datum=gcj02")
    assert ("datum_doubt", 600.0) in [(f["key"], f["value"]) for f in told["findings"]]


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenarios(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    expected, problem = SCENARIOS[name]
    argv = (str(TRIALS / "scenario" / name), "--city", "tianjin", "--as", "scenario")
    got, told = run(capsys, *argv)
    assert got == expected
    assert [one["key"] for one in told["problems"]] == ([problem] if problem else [])


@pytest.mark.parametrize("name", PACKS)
def test_packs(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pack = tmp_path / "toy"
    shutil.copytree(ROOT / "tests" / "toy", pack, ignore=shutil.ignore_patterns("*.py", "__*"))
    shutil.copy(TRIALS / "pack" / name, pack / "district.geojson")
    got, told = run(capsys, str(pack), "--city", "tianjin", "--as", "pack")
    assert got == REFUSED
    assert told["problems"][0]["key"] == PACKS[name]
    assert {one["key"] for one in told["problems"]} <= {PACKS[name], "pack.deviation", "pack.size"}


def test_a_sound_pack_is_read(capsys: pytest.CaptureFixture[str], tianjin: City) -> None:
    folder = str(ROOT / "data" / "tianjin")
    got, told = run(capsys, folder, "--city", "tianjin")
    assert got == READ
    assert told["rows"]["used"] == sum(len(layer.frame) for layer in tianjin.layers.values())


def test_a_scenario_kept_as_a_workbook_goes_the_same_way(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows: list[list[object]] = [
        ["拟选址一览"],
        ["action", "id", "kind", "name", "经度", "纬度"],
        ["add", "new-1", "science_park", "甲", "117°12′", "39°06′"],
        ["add", "new-2", "platform", "乙", "117.3", "39.1"],
        ["合计", "", "", "2处"],
    ]
    path = tmp_path / "拟选址.xlsx"
    path.write_bytes(workbook(("表", rows)))
    got, told = run(capsys, str(path), "--city", "tianjin", "--as", "scenario")
    assert (got, told["rows"]["used"], told["rows"]["not_used"]) == (READ, 2, {"total": 1})
    path.write_bytes(workbook(("表", [*rows, ["add", "new-3", "nonsense", "丙", 117.3, 39.1]])))
    got, told = run(capsys, str(path), "--city", "tianjin", "--as", "scenario")
    assert (got, told["rows"]["not_used"]) == (REFUSED, {"refused": 4})
    assert [one["key"] for one in told["problems"]] == ["scenario_table.kind"]
    (tmp_path / "folder").mkdir()
    got, told = run(capsys, str(tmp_path / "folder"), "--city", "tianjin", "--as", "scenario")
    assert (got, told["problems"][0]["key"]) == (REFUSED, "intake.folder")


def test_parts_that_differ_are_told_and_a_link_out_of_the_folder_is_refused(
    tianjin: City, tmp_path: Path
) -> None:
    folder = tmp_path / "list"
    (folder / "year=2024").mkdir(parents=True)
    texts = {
        "a.csv": "名称,经度,纬度\n甲,117.2,39.1\n",
        "b.csv": "纬度,经度,名称\n39.1,117.2,乙\n",
        "c.csv": "名称,经度,纬度\n",
        "d.csv": "名称,经度,纬度,备注\n丁,117.2,39.1,新\n",
        "year=2024/e.csv": "名称,经度,纬度\n戊,117.2,39.1\n",
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="gbk" if name == "b.csv" else "utf-8")
    (folder / "gone.csv").symlink_to("nothing")
    report = take_in(folder, tianjin, {}).report
    assert (report.rows.read, report.rows.used) == (4, 4)
    told = {one.key: one.values.get("names", ()) for one in report.found}
    assert told["parts_empty"] == ("c.csv",)
    assert told["parts_columns"] == ("d.csv (+备注)", "year=2024/e.csv (+year)")
    assert told["parts_encoding"] == ("b.csv (gb18030)",)
    assert told["left_out"] == ("gone.csv",)
    (tmp_path / "secret.csv").write_text(texts["a.csv"], encoding="utf-8")
    (folder / "z.csv").symlink_to("../secret.csv")
    report = take_in(folder, tianjin, {}).report
    assert [(one.key, one.where) for one in report.problems] == [("intake.link_out", "z.csv")]


@pytest.mark.parametrize("epsg", [4548, 32650])
def test_a_scenario_that_declares_another_system_is_read_by_it(tianjin: City, epsg: int) -> None:
    """As QGIS writes it: the older member ``crs``, a column ``fid``, several points of one."""
    site = str(tianjin.layers["science_park"].frame.index[0])
    plan = Scenario("甲").added(117.2, 39.1, kind="platform", name="乙").moved(site, 117.3, 39.0)
    root = json.loads(to_file(plan))
    way = Transformer.from_crs(4326, epsg, always_xy=True)
    for number, feature in enumerate(root["features"], start=1):
        at = way.transform(*feature["geometry"]["coordinates"])
        feature["geometry"] = {"type": "MultiPoint", "coordinates": [at]}
        feature["properties"]["fid"] = number
    root["crs"] = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{epsg}"}}
    data, report, _ = changes("a.geojson", json.dumps(root).encode(), tianjin, {})
    assert report is not None
    assert "crs_member" in {one.key for one in report.found}
    loaded = load(data, name="a")
    assert (loaded.scenario, loaded.bare, loaded.left) == (plan, False, ("fid",))
    # Metres that no system is named for are no degrees: refused with the value.
    del root["crs"]
    with pytest.raises(DataError) as refused:
        load(json.dumps(root).encode())
    assert refused.value.problems[0].key == "geojson.metres"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "，"])
def test_a_long_file_of_another_form_ends_in_the_same_account(
    tianjin: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str, mark: str
) -> None:
    """Lines above the names and below the rows, and every row that is not used, by its line."""
    rows = [f"企业{k},{117 + k / 1000:.3f},39.1{k},{k % 7}" for k in range(100, 300)]
    rows[9], rows[99], rows[130] = "无,,39.1,1", '"开,117.2,39.1,1', '"两\n行",117.3,39.2,1'
    above = [f"sep={mark}"] if mark == ";" else ["企业一览表,,,", ""]
    text = "\r\n".join([*above, "名称,经度,纬度,人数", *rows, "", "合计,,,200", "填表人：张三"])
    path = tmp_path / "a.csv"
    path.write_bytes(text.replace(",", mark).encode(encoding))
    said = {"header_row": str(len(above) + 1), "encoding": encoding, "separator": mark}
    said = said if encoding == "gb18030" else {}
    parts = in_parts_as_whole(path, tianjin, monkeypatch, said)
    assert parts.rows.not_used["total"] == 1
    assert parts.rows.not_used["torn"] == 2


ONE_CELL = {
    "north-first": '"{y}，{x}"',
    "heights": "POINT Z({x} {y} 3.5)",
    "geojson": '"{{""type"":""Point"",""coordinates"":[{x},{y}]}}"',
    "sides": "北纬{y}° 东经{x}°",
}
"""How a cell holds both numbers."""


@pytest.mark.parametrize("form", ONE_CELL)
def test_both_numbers_in_one_cell_of_a_long_file_end_in_the_same_account(
    tianjin: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    cells = [
        ONE_CELL[form].format(x=f"{117 + k / 1000:.3f}", y=f"39.1{k}") for k in range(100, 300)
    ]
    rows = [f"企业{k};{cell};{k % 50 or '约6公里'}" for k, cell in enumerate(cells)]
    rows[7], rows[8], rows[190] = "无;-;3", "线;LINESTRING (117 39, 118 39);3", "远;POINT (10 20);3"
    path = tmp_path / "a.csv"
    path.write_text("\n".join(["名称;位置;误差半径", *rows, "合计;;200"]), encoding="utf-8")
    parts = in_parts_as_whole(path, tianjin, monkeypatch)
    assert dict(parts.rows.not_used) == {"placeholder": 1, "not_a_point": 1, "total": 1}
    assert (parts.rows.used, parts.rows.outside, parts.doubts) == (197, 1, (197, 0))
    if form == "heights":  # the same of Parquet
        monkeypatch.undo()
        pd.read_csv(path, sep=";").to_parquet(path := tmp_path / "a.parquet", row_group_size=64)
        assert in_parts_as_whole(path, tianjin, monkeypatch).rows == parts.rows


@pytest.mark.parametrize("gap", [" ", "    ", ""])
def test_long_files_that_blanks_part_or_nothing_end_in_the_same_account(
    tianjin: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gap: str
) -> None:
    names, row = gap.join(["编号", "经度", "纬度"]), gap.join(["{k}", "117.{k}", "39.1{k}"])
    if not gap:
        names, row = "geometry", "POINT (117.{k} 39.1{k})"
    rows = [f"{gap}{row.format(k=k)}{gap}" for k in range(100, 300)]
    rows[150] = gap.join(["a", "b", "c", "d"])
    path = tmp_path / "a.txt"
    path.write_bytes("\r\n".join([names, *rows, ""]).encode("gbk"))
    parts = in_parts_as_whole(path, tianjin, monkeypatch)
    assert (parts.rows.read, parts.rows.used) == (200, 199)


def in_parts_as_whole(
    path: Path, city: City, monkeypatch: pytest.MonkeyPatch, said: Mapping[str, str] | None = None
) -> Report:
    """Return what becomes of a file that is read in parts: what does if it is read whole."""
    whole = take_in(path, city, said or {}).report
    for module in (long_file, way_in, source):
        monkeypatch.setattr(module, "MOST_TAKEN_BYTES", 1000)
        if module is not long_file:
            monkeypatch.setattr(module, "LOOKED_AT", 3000)
    monkeypatch.setattr(csv_records, "BLOCK", 700)
    parts = long_file.take_in_parts(path, city, said or {})
    assert dict(parts.rows.not_used) == dict(whole.rows.not_used)
    assert (parts.rows.read, parts.rows.used) == (whole.rows.read, whole.rows.used)
    lines = [{(one.key, one.row) for one in report.problems} for report in (parts, whole)]
    assert lines[0] == lines[1]
    return parts


def test_a_file_too_long_to_be_taken_whole_is_read_in_parts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What decides are the first rows; the last change the system, the notation and the table."""
    monkeypatch.setattr(long_file, "MOST_TAKEN_BYTES", 1000)
    monkeypatch.setattr(way_in, "MOST_TAKEN_BYTES", 1000)
    monkeypatch.setattr(way_in, "LOOKED_AT", 1000)
    lines = ["名称,经度,纬度", *(f"a{k},117.{k:03},39.1" for k in range(100, 300))]
    lines += [f"b{k},{39_517_250 + k}.5,{4_323_000 + k}" for k in range(5)]
    lines += ["c,117°15′,39°03′", '"d,117,39', "合计,,"]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    got, told = run(capsys, str(path), "--city", "tianjin")
    assert (got, told["rows"]["used"]) == (READ, 201)
    assert told["rows"]["not_used"] == {"torn": 1, "total": 1, "out_of_range": 5}
    found = {one["key"]: one["value"] for one in told["findings"]}
    assert found["later_dms"] == 1
    assert found["later_other_system"].startswith("EPSG:4527")
    rows = {one["key"]: one["row"] for one in told["problems"]}
    assert (rows["intake_row.torn"], rows["intake_row.total"]) == ("#208", "#209")
