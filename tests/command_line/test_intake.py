"""Nonsense on the command line of the way in ends with status 2 and a problem, in JSON too."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from layers.command_line.intake import main

ROWS = "".join(f"a{n},{117.1 + n / 100},{39.05 + n / 100}\n" for n in range(3))
ASKED = {
    "--as nonsense": "intake.arguments",
    "--answer": "intake.arguments",
    "--answer foo": "intake.answer_form",
    "--answer foo=bar": "intake.answer_unknown",
    "--answer datum=GCJ": "intake.answer_value",
    "--answer x=": "intake.answer_blank",
    "--answer header_row=abc": "intake.answer_row",
    "--answer header_row=9": "intake.no_row",
    "--answer encoding=idna": "intake.no_encoding",
    "--answer separator=##": "intake.answer_separator",
    "--columns x=lon": "intake.answer_columns",
    "--columns lon lat name": "intake.answer_columns",
    "--columns no such": "point_column.missing",
    "--crs EPSG:999999": "system.not_understood",
    "--as districts --answer crs=EPSG:99999": "system.not_understood",
    "--city nowhere": "export.unknown",
}


def told(capsys: pytest.CaptureFixture[str], *argv: str) -> str:
    assert main([*argv, "--json"]) == 2
    report = json.loads(capsys.readouterr().out)
    assert report["status"] == "refused"
    assert report["problems"][0]["text_zh"] != report["problems"][0]["text_en"]
    return str(report["problems"][0]["key"])


def test_arguments_that_mean_nothing_are_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "list.csv"
    file.write_text("\nname,lon,lat\n" + ROWS)
    for words, key in ASKED.items():
        assert told(capsys, str(file), "--city", "tianjin", *words.split()) == key, words
    # The row of the names is that of the file, blank lines counted.
    assert main([str(file), "--city", "tianjin", "--answer", "header_row=2"]) == 0


def test_what_was_written_is_said_and_who_reads_the_report_may_stop(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, out = tmp_path / "list.csv", tmp_path / "list.geojson"
    file.write_text("name,lon,lat\n" + ROWS + "合计,,\n", encoding="utf-8")
    asked = [str(file), "--city", "tianjin", "--out", str(out)]
    assert main([*asked, "--answer", "crs=4548"]) == 3
    assert f"没有写出 {out}" in capsys.readouterr().out
    assert not out.exists()
    assert main(asked) == 0
    assert f"已写出 {out}：3 行，每行一个要素；另有 1 行是合计" in capsys.readouterr().out
    assert len(json.loads(out.read_bytes())["features"]) == 3
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w", encoding="utf-8") as pipe:
        monkeypatch.setattr("sys.stdout", pipe)
        assert main(asked) == 0


def test_what_is_no_file_is_told_apart(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "ring.csv").symlink_to("ring.csv")
    (tmp_path / "folder").mkdir()
    found = {
        "none.csv": "intake.no_file", "pipe.csv": "intake.no_plain_file",
        "ring.csv": "intake.not_opened", "x" * 5000: "intake.not_opened",
    }  # fmt: skip
    for name, key in found.items():
        assert told(capsys, str(tmp_path / name), "--city", "tianjin") == key, name
    scenario = ("--city", "tianjin", "--as", "scenario")
    assert told(capsys, str(tmp_path / "folder"), *scenario) == "intake.folder"
