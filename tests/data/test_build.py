from __future__ import annotations

import csv
import io
import json
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import pytest
import shapely

from data import build
from data.raw import read
from data.rawtables import PLACE_KINDS
from layers.file_set.replace import hold
from layers.pack.catalogue import CATALOG
from layers.pack.city import load_city
from layers.pack.table_schemas import BASE

pytestmark = pytest.mark.slow

FILES = 33
"""How many files the shipped pack has."""


@pytest.fixture(scope="module")
def files() -> build.Files:
    return build.build(read(build.HERE / "tianjin" / "raw"))


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the shipped pack that the command takes for the shipped one."""
    shutil.copytree(build.HERE / "tianjin", tmp_path / "tianjin")
    monkeypatch.setattr(build, "HERE", tmp_path)
    return tmp_path / "tianjin"


def run(*arguments: str) -> tuple[int, str]:
    said: list[str] = []
    code = build.main(["tianjin", *arguments], say=said.append)
    return code, "\n".join(said)


def test_a_rebuild_gives_the_shipped_bytes(files: build.Files) -> None:
    assert build.differences(files, build.HERE / "tianjin") == []


def test_check_says_so_and_changes_nothing(copy: Path) -> None:
    assert run("--check") == (0, f"A rebuild gives the same bytes: {FILES} files.")


def test_check_names_what_differs_is_missing_or_left_over(copy: Path) -> None:
    (copy / "district.geojson").write_text("{}")
    (copy / "base/sea.geojson").unlink()
    (copy / "old.geojson").write_text("{}")
    before = sorted(copy.rglob("*"))
    assert run("--check") == (
        1,
        "A rebuild would change these files: base/sea.geojson (missing), "
        "old.geojson (not built), district.geojson.",
    )
    assert sorted(copy.rglob("*")) == before


def test_the_command_mends_what_differs(copy: Path, files: build.Files) -> None:
    (copy / "district.geojson").write_text("{}")
    (copy / "base/sea.geojson").unlink()
    (copy / "old.geojson").write_text("{}")
    assert run() == (0, f"Built {FILES} files; 3 changed.")
    assert build.differences(files, copy) == []


def test_a_correction_takes_the_place_of_the_fact_and_leaves_it_as_it_was_read(
    files: build.Files,
) -> None:
    raw = build.HERE / "tianjin" / "raw"
    text = (raw / "universities.csv").read_text(encoding="utf-8-sig")
    facts = {row["id"]: row for row in csv.DictReader(io.StringIO(text))}
    corrected = read(raw).by("universities.csv", "id")
    assert (facts["u013"]["lon"], corrected["u013"]["lon"]) == ("116.91767", "117.17884")
    assert "u057" in facts
    assert "u057" not in [row["id"] for row in read(raw).tables["universities.csv"]]
    built = {f["id"]: f for f in json.loads(files["university.geojson"])["features"]}
    assert built["u013"]["geometry"]["coordinates"] == [117.1788, 39.1056]
    assert built["u013"]["properties"]["site_name_zh"] == "和平区"
    assert built["u009"]["geometry"] is None
    assert "u061" not in built


def test_every_correction_names_who_published_it_and_no_copy(files: build.Files) -> None:
    rows = list(csv.DictReader(io.StringIO(files["corrections.csv"].decode())))
    technical = {
        row["text"]
        for row in csv.DictReader(io.StringIO(files["sources.csv"].decode()))
        if row["technical"]
    }
    assert rows
    for row in rows:
        assert row["source_zh"]
        assert row["source_en"]
        assert row["old"] != row["new"]
        assert row["address"] not in technical
        assert not {"m.163.com", "wxredian.com"} & set(row["address"].split("/"))


def change(pack: Path, name: str, old: str | bytes, new: str | bytes) -> None:
    """Replace the first place where something stands in a raw file; it must be there."""
    path, (before, after) = (
        pack / "raw" / name,
        (text.encode() if isinstance(text, str) else text for text in (old, new)),
    )
    data = path.read_bytes()
    assert before in data, (name, old)
    path.write_bytes(data.replace(before, after, 1))


def whole(pack: Path, name: str, turn: Callable[[bytes], bytes]) -> None:
    """Turn a raw file as a whole into something else."""
    path = pack / "raw" / name
    path.write_bytes(turn(path.read_bytes()))


def add(pack: Path, name: str, line: str) -> None:
    whole(pack, name, lambda data: data + line.encode())


def without(pack: Path, *names: str) -> None:
    for name in names:
        (pack / "raw" / name).unlink()


def doubled(data: bytes) -> bytes:
    """Give a file its first outline twice."""
    tree = json.loads(data)
    tree["features"].append(tree["features"][0])
    return json.dumps(tree).encode()


def spoil_settings(pack: Path) -> None:
    change(pack, "plan.toml", '"2021-08-08"', "2021-08-08")
    change(pack, "city.toml", '"2021-2025"', '"../2021"')


PLACES, TASKS = "places.csv", "authored/place_clauses.csv"
HOSTILE: dict[str, tuple[Callable[[Path], object], list[str]]] = {
    "semicolons": (
        lambda p: whole(p, PLACES, lambda data: data.replace(b",", b";")),
        ["places.csv: has ';' between its columns. Save it as CSV with commas."],
    ),
    "GBK": (
        lambda p: whole(p, PLACES, lambda data: data.decode("utf-8-sig").encode("gb18030")),
        ["places.csv: is not UTF-8 (byte 652). Save it as UTF-8."],
    ),
    "empty": (
        lambda p: whole(p, PLACES, lambda data: b""),
        ["places.csv: must begin with a header of distinct column names."],
    ),
    "header alone": (
        lambda p: whole(p, PLACES, lambda data: data.splitlines(keepends=True)[0]),
        ["places.csv: holds no row."],
    ),
    "missing": (
        lambda p: without(p, PLACES, "authored/aliases.csv", "axis.geojson"),
        [
            f"{name}: cannot be read: there is no such file. Add the file."
            for name in (PLACES, "authored/aliases.csv", "axis.geojson")
        ],
    ),
    "columns": (
        lambda p: change(p, PLACES, "uncertainty_m", "doubt"),
        [
            "places.csv · uncertainty_m: the column is missing.",
            "places.csv · doubt: the column is not known. Remove it.",
        ],
    ),
    "short row": (
        lambda p: add(p, TASKS, "zone-ftz,c6.2.2\n"),
        ["authored/place_clauses.csv · #110: has 2 cells; the header has 3."],
    ),
    "corrections": (
        lambda p: add(
            p,
            "corrections.csv",
            "places.csv,zone-none,lon,,1,源,source,,,2026-11-28,,\n"
            "places.csv,zone-ftz,longitude,,1,源,source,,,2026-11-28,,\n"
            "places.csv,zone-ftz,level,municipal,national,源,source,,,2026-11-28,,\n",
        ),
        [
            "corrections.csv · #67 · id: 'zone-none' does not stand in places.csv, column id.",
            "corrections.csv · #68 · field: places.csv has no such column.",
            "corrections.csv · #69 · old: the value that stands there now is 'national'. "
            "Check whether the correction still holds.",
        ],
    ),
    "flag": (
        lambda p: change(p, PLACES, ",true,", ",TRUE,"),
        ["places.csv · park-tju-national · counted: must be true or false, not 'TRUE'."],
    ),
    "number": (
        lambda p: change(p, "districts.csv", ",355000,", ',"355,000",'),
        [
            "districts.csv · 120101 · population_2020_territorial: must be a whole number, not "
            "'355,000'."
        ],
    ),
    "kind": (
        lambda p: change(p, PLACES, ",later_park,", ",park,"),
        [
            "places.csv · park-tiankai-core · kind: 'park' is not one of: "
            f"{', '.join(sorted(PLACE_KINDS))}."
        ],
    ),
    "district": (
        lambda p: change(p, PLACES, "红桥区,120106", "洪桥区,120106"),
        [
            "places.csv · gather-hongqiao · host_district: there is no district '洪桥区'. "
            "Perhaps '红桥区'?"
        ],
    ),
    "swapped": (
        lambda p: change(p, PLACES, ",117.31563,39.00311,", ",39.00311,117.31563,"),
        [
            "places.csv · park-tju-jinnan · lon, lat: 39.00311, 117.31563 are no degrees of "
            "longitude and latitude. The two look swapped: lon is the east, lat the north."
        ],
    ),
    "half a point": (
        lambda p: change(p, PLACES, ",117.31563,39.00311,", ",117.31563,,"),
        ["places.csv · park-tju-jinnan · lat: a point needs both lon and lat."],
    ),
    "another district's ground": (
        lambda p: change(p, PLACES, "117.31563", "117.1"),
        [
            "places.csv · park-tju-jinnan · lon, lat: the point lies in district 120111, not in "
            "120112."
        ],
    ),
    "duplicate": (
        lambda p: whole(p, PLACES, lambda data: data + data.splitlines(keepends=True)[1]),
        ["places.csv · park-tju-national · id: the id stands in 2 rows."],
    ),
    "no id": (
        lambda p: change(p, PLACES, "park-tju-jinnan,", ","),
        [
            "places.csv · #2 · id: must not be blank.",
        ],
    ),
    "another id": (
        lambda p: change(p, "districts.csv", "\n120101,", "\n120199,"),
        [
            "districts.csv · 120101 · adcode: there is no such row, yet 2 others name it, "
            "raw/authored/district_texts.csv · 120101 first. Perhaps '120199' should be it."
        ],
    ),
    "short header": (
        lambda p: change(p, PLACES, "name_en,", ""),
        [
            "places.csv: the header has 49 names, and every row 50 cells. Correct the header.",
        ],
    ),
    "an outline twice": (
        lambda p: whole(p, "tianjin_districts.geojson", doubled),
        ["tianjin_districts.geojson · 120101 · adcode: the id stands in 2 rows."],
    ),
    "task": (
        lambda p: change(p, TASKS, "gather-nankai-qihang,c6.2.2", "gather-nankai-qihang,c66"),
        [
            "authored/place_clauses.csv · #2 · clause_id: 'c66' does not stand in "
            "authored/clauses.csv, column id. Perhaps 'c6'?"
        ],
    ),
    "NUL": (
        lambda p: change(p, PLACES, "天津大学", "天津\0大学"),
        ["places.csv · park-tju-national · name_zh: holds the control character U+0000."],
    ),
    "layer without provenance": (
        lambda p: change(p, "authored/layer_texts.csv", "\nland,", "\nlend,"),
        [
            "authored/layer_texts.csv · lend · layer: 'lend' is not one of: "
            f"{', '.join(sorted([*CATALOG, *BASE]))}.",
        ],
    ),
    "freshness": (
        lambda p: change(p, "authored/layer_texts.csv", ",365,", ",a year,"),
        [
            "authored/layer_texts.csv · science_park · freshness_days: must be a whole number, "
            "not 'a year'."
        ],
    ),
    "unit": (
        lambda p: change(p, "indicators.csv", "（%）", ""),
        [
            "indicators.csv · #1 · indicator_zh: must end with its unit in full-width brackets: "
            "（%）."
        ],
    ),
    "alias": (
        lambda p: change(p, "authored/aliases.csv", "layer:sign_area", "layer:sing_area"),
        [
            "authored/aliases.csv · #1 · target: there is no place, layer, district or half "
            "'layer:sing_area'."
        ],
    ),
    "settings": (
        spoil_settings,
        [
            "city.toml · plan: must be the name of a folder: letters, digits, '-' and '_'.",
            "plan.toml · issued: must be a date like 2021-08-08, in quotation marks.",
        ],
    ),
    "outlines": (
        lambda p: whole(p, "tianjin_districts.geojson", lambda data: b"[]"),
        ["tianjin_districts.geojson: is not a GeoJSON FeatureCollection."],
    ),
}


TOGETHER = (
    "flag", "number", "kind", "district", "another district's ground", "duplicate", "task",
    "freshness", "unit", "alias",
)  # fmt: skip
"""Faults that do not hide each other: one build tells all of them."""


@pytest.mark.parametrize("name", [name for name in HOSTILE if name not in TOGETHER])
def test_a_fault_is_said_by_file_row_and_field_and_nothing_is_written(
    copy: Path, name: str
) -> None:
    edit, problems = HOSTILE[name]
    edit(copy)
    before = bytes_of(copy)
    code, said = run()
    first, *lines = said.splitlines()
    assert (code, first) == (
        1,
        f"Nothing was written. Problems in data/tianjin: {len(problems)}",
    )
    assert lines == [f"raw/{problem}" for problem in problems]
    assert bytes_of(copy) == before


@pytest.mark.parametrize("name", ["GBK", "task", "alias"])
def test_a_check_says_the_same_of_a_fault(copy: Path, name: str) -> None:
    """Of one that the reader sees, one that the builder and one that only the loader sees."""
    HOSTILE[name][0](copy)
    assert run("--check") == run()


def bytes_of(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_all_faults_are_said_at_once(copy: Path) -> None:
    """Also those that only the loader can see: a point on another district's ground, an alias."""
    for name in TOGETHER:
        HOSTILE[name][0](copy)
    before = bytes_of(copy)
    code, said = run()
    assert code == 1
    expected = [f"raw/{problem}" for name in TOGETHER for problem in HOSTILE[name][1]]
    assert sorted(said.splitlines()[1:]) == sorted(expected)
    assert bytes_of(copy) == before


def test_what_table_programs_add_changes_no_byte(copy: Path, files: build.Files) -> None:
    for name in (PLACES, TASKS, "authored/clauses.csv", "city.toml", "plan.toml"):
        whole(copy, name, lambda data: b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n"))
    add(copy, PLACES, ",,,\r\n\r\n")
    assert run() == (0, f"Built {FILES} files; 0 changed.")
    assert build.differences(files, copy) == []


def test_a_disk_that_fails_leaves_the_pack_whole(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(copy, PLACES, "天津大学科技园", "天津大学园")
    before = bytes_of(copy)
    whole = Path.open

    def fail(self: Path, mode: str = "r", **named: Any) -> IO[Any]:
        if self.name == "science_park.geojson" and mode == "xb":
            raise OSError(28, "No space left on device")
        return whole(self, mode, **named)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", fail)
        assert run() == (1, "Nothing was written: [Errno 28] No space left on device")
    assert bytes_of(copy) == before
    assert run()[0] == 0


def test_a_build_beside_another_is_told(copy: Path) -> None:
    with hold(copy):
        code, said = run()
    assert code == 1
    assert "tianjin: is being changed by another run at this moment." in said


def test_a_build_broken_off_neither_blocks_the_next_nor_is_read(
    copy: Path, files: build.Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between two files, on a system where a folder cannot be swapped."""
    before, digest = bytes_of(copy), load_city(copy).digest
    work = copy / ".replacing"
    (work / "new").mkdir(parents=True)
    (work / "old" / "base").mkdir(parents=True)
    for name in ("city.toml", "base/sea.geojson"):
        (copy / name).rename(work / "old" / name)
    (copy / "base/sea.geojson").write_text("{}")
    (copy / "added.geojson").write_text("{}")
    (work / "journal.json").write_text('{"seal": "city.toml", "added": ["added.geojson"]}')
    assert load_city(copy).digest == digest
    assert build.differences(files, copy) == []
    assert run() == (0, f"Built {FILES} files; 0 changed.")
    assert bytes_of(copy) == before


def test_files_are_utf8_with_plain_line_ends(files: build.Files) -> None:
    for name, data in files.items():
        assert b"\r" not in data, name
        assert data.endswith(b"\n"), name
        data.decode("utf-8")


def test_outlines_keep_every_vertex(files: build.Files) -> None:
    raw = read(build.HERE / "tianjin/raw").shapes["tianjin_districts.geojson"]
    built = json.loads(files["district.geojson"])["features"]
    count = sum(
        len(ring)
        for feature in built
        for part in (
            feature["geometry"]["coordinates"]
            if feature["geometry"]["type"] == "MultiPolygon"
            else [feature["geometry"]["coordinates"]]
        )
        for ring in part
    )
    assert count == sum(shapely.get_num_coordinates(outline) for _, outline in raw)


def test_the_base_map_is_small(files: build.Files) -> None:
    assert sum(len(files[f"base/{name}.geojson"]) for name in ("land", "sea", "river")) < 90_000


def test_no_sentence_of_the_plan_is_shipped() -> None:
    tables = read(build.HERE / "tianjin/raw").tables
    assert "plan_phrase" not in tables["places.csv"][0]
    assert "plan_name" not in tables["indicators.csv"][0]


@pytest.mark.parametrize(
    ("dates", "texts", "newest"),
    [
        (["2021-08-08", "2019"], [], "2021-08-08"),
        (["2024", ""], ["seen (2023-05-12), (2022-11)"], "2024"),
        ([], ["http://x/2025/20250101.html in 2025", "no. 2024-13-01"], ""),
        ([""], ["津 2024-01报道"], "2024-01"),
        ([], [], ""),
    ],
)
def test_the_newest_date_is_found(dates: list[str], texts: list[str], newest: str) -> None:
    assert build.newest_date(dates, texts) == newest


@pytest.mark.parametrize(
    ("alternates", "best"),
    [
        ("Xianshuigu|咸水沽|咸水沽镇|津南|津南区", "咸水沽"),
        ("Shicheng|南石城|石城|石城镇", "石城"),
        ("Hangu|han gu", ""),
        ("乙村|甲乙|甲乙镇|丙丁", "甲乙"),
        ("Донцзе|Tiền", ""),
    ],
)
def test_the_best_chinese_name_is_short_and_attested(alternates: str, best: str) -> None:
    assert build.han_name(alternates, districts=["津南区"]) == best


def test_ascii_names() -> None:
    assert build.ascii_name("Xi’an") == "Xi'an"
    assert build.ascii_name("Lüshun") == "Lushun"


def test_toml_is_read_back_as_it_was() -> None:
    tree = {"a": '引“号”"\\\n', "n": 3, "list": [1.5, 2], "t": {"x": {"zh": "甲"}, "120117": 1}}
    assert tomllib.loads(build.toml(tree)) == tree


def test_every_layer_of_the_catalogue_is_built(files: build.Files) -> None:
    assert {f"{name}.geojson" for name in CATALOG} <= files.keys()
