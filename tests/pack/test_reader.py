from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from geo.base.schema import Field, Schema
from layers.language.problems import worded
from layers.pack.reader import PackFiles, Settings

TABLE = Schema(
    (Field("no", "integer", required=True), Field("share", "number"), Field("lost", "flag")),
    frozenset(),
)


def read(tmp_path: Path, text: str | bytes) -> tuple[list[Any], list[str]]:
    (tmp_path / "t.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    files = PackFiles(tmp_path)
    return files.table("t.csv", TABLE), [worded(problem, "en") for problem in files.problems]


def test_cells_become_values(tmp_path: Path) -> None:
    rows, problems = read(tmp_path, "\ufeffno,share,lost\r\n1,2.5,true\r\n2,,\r\n")
    assert problems == []
    assert rows == [
        {"no": 1, "share": 2.5, "lost": True},
        {"no": 2, "share": None, "lost": None},
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "t.csv: must begin with a header of distinct column names."),
        ("no,no\n1,1\n", "t.csv: must begin with a header of distinct column names."),
        ("no,share,lost\n1,2\n", "t.csv · #1: has 2 cells; the header has 3."),
        ("no,share,lost\n1,2,true,4\n", "t.csv · #1: has 4 cells; the header has 3."),
        ('no,share,lost\n1,"2"x,\n', "t.csv: line 2 is not valid CSV"),
        ("no,share,lost\none,,\n", "t.csv · one · no: must be a whole number, not 'one'."),
        ("no,share,lost\n1,nan,\n", "t.csv · #1 · share: must be a finite number, not nan."),
        ("no,share,lost\n1,,TRUE\n", "t.csv · #1 · lost: must be true or false, not 'TRUE'."),
        ("no,share\n1,2\n", "t.csv · lost: the column is missing."),
        ("no,share,lost,x\n1,,,\n", "t.csv · x: the column is not known. Remove it."),
        ("no,share,lost\n1,,\n1,,\n", "t.csv · 1 · no: the id stands in 2 rows."),
        ("编号\n".encode("gb18030"), "t.csv: is not UTF-8"),
        ("no,share,lost\n1," + "9" * 5000 + ",\n", "t.csv · #1 · share: must be a finite number"),
        ("no,share,lost\n1," + "9" * 140_000 + ",\n", "t.csv: line 2 is not valid CSV"),
    ],
)
def test_a_wrong_table_is_a_problem_not_a_traceback(
    tmp_path: Path, text: str | bytes, problem: str
) -> None:
    _, problems = read(tmp_path, text)
    assert problems[0].startswith(problem)


def test_a_missing_file_is_a_problem(tmp_path: Path) -> None:
    files = PackFiles(tmp_path)
    assert files.table("t.csv", TABLE) == []
    assert files.layer("x.geojson", TABLE) == []
    assert files.settings("city.toml") == {}
    assert [worded(problem, "en") for problem in files.problems] == [
        f"{name}: cannot be read: there is no such file. Add the file."
        for name in ("t.csv", "x.geojson", "city.toml")
    ]


@pytest.mark.parametrize("text", ["a = ", "a = 1\na = 2", "a = " + "[" * 5000, 'a = "\\ud800"'])
def test_settings_that_are_no_toml_are_a_problem(tmp_path: Path, text: str) -> None:
    (tmp_path / "city.toml").write_text(text)
    files = PackFiles(tmp_path)
    assert files.settings("city.toml") == {}
    assert files.problems[0].key in ("toml.invalid", "toml.nested")


def test_control_characters_in_settings_are_found(tmp_path: Path) -> None:
    (tmp_path / "city.toml").write_text('[notices.x]\nzh = "a\\u0000b"\n')
    files = PackFiles(tmp_path)
    files.settings("city.toml")
    (problem,) = files.problems
    assert worded(problem, "en") == "city.toml · notices.x.zh: holds the control character U+0000."


def settings(**tree: Any) -> Settings:
    return Settings(PackFiles(Path()), "city.toml", tree, "top")


def problems(reader: Settings) -> list[str]:
    return [worded(p, "en").removeprefix("city.toml · ") for p in reader.files.problems]


def test_settings_give_typed_values() -> None:
    reader = settings(name="x", day="2026-11", zoom=9, box=[1, 2.5], inner={"name": "y"})
    assert reader.text("name") == "x"
    assert reader.text("other", required=False) == ""
    assert reader.date("day") == "2026-11"
    assert reader.integer("zoom", 0, 18) == 9
    assert reader.degrees("box", 2) == (1.0, 2.5)
    assert reader.section("inner").text("name") == "y"
    assert reader.section("nothing", required=False).tree == {}
    reader.only("name", "day", "zoom", "box", "inner")
    assert problems(reader) == []


def test_settings_name_what_is_wrong() -> None:
    reader = settings(name=3, day="May", zoom=True, box=[1, 200], inner=[], blank=" ")
    reader.text("name", required=False)
    reader.text("blank")
    reader.date("day")
    reader.integer("zoom", 0, 18)
    reader.degrees("box", 2)
    reader.section("inner", required=False)
    reader.section("missing").text("zh")
    reader.only("name", "day", "zoom", "box", "inner")
    assert problems(reader) == [
        "top.name: must be a text that is not blank.",
        "top.blank: must be a text that is not blank.",
        "top.day: must be a date like 2021, 2021-08 or 2021-08-08.",
        "top.zoom: must be a whole number from 0 to 18.",
        "top.box: must be a list of 2 numbers of degrees.",
        "top.inner: must be a table.",
        "top.missing: must be a table.",
        "top.missing.zh: must be a text that is not blank.",
        "top.blank: is not a known setting.",
    ]


def test_the_digest_follows_the_names_and_the_bytes(tmp_path: Path) -> None:
    digests = set()
    for name, data in (("a", b"1"), ("a", b"2"), ("b", b"1")):
        (tmp_path / name).write_bytes(data)
        files = PackFiles(tmp_path)
        files.content(name)
        digests.add(files.digest)
    assert len(digests) == 3


def test_the_digest_does_not_follow_the_order_of_reading(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).write_text(name)
    first, second = PackFiles(tmp_path), PackFiles(tmp_path)
    for name in "ab":
        first.content(name)
        second.content("ab"["ba".index(name)])
    assert first.digest == second.digest
