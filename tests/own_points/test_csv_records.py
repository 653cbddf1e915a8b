"""Show that no line of a CSV file is lost, whatever quotes stand in it."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from geo.base.errors import UnfitError
from geo.point_files import csv_records
from geo.point_files.csv_records import batches, header
from tests.attack.means.point_files import STRAY


def read(path: Path, *names: str) -> tuple[list[list[str]], int]:
    """Return the rows and how many are torn."""
    rows: list[list[str]] = []
    torn = 0

    def tell(word: str, lines: NDArray[np.int64]) -> None:
        nonlocal torn
        torn += len(lines) if word == "torn" else 0

    for batch, _ in batches(path, names or ("name", "lon", "lat"), tell):
        rows += [list(row.values()) for row in batch.to_pylist()]
    return rows, torn


def written(path: Path, lines: list[str], end: str = "\n", encoding: str = "utf-8") -> Path:
    path.write_bytes(end.join(["name,lon,lat", *lines, ""]).encode(encoding))
    return path


def rows_of(count: int) -> list[str]:
    return [f"企业{k},117.{k:04d},38.9" for k in range(count)]


@pytest.mark.parametrize("way", STRAY)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_stray_quote_tears_no_row_but_its_own(
    tmp_path: Path, way: str, end: str, encoding: str
) -> None:
    lines = rows_of(20)
    for k in (3, 9):
        lines[k] = STRAY[way](lines[k])
    rows, torn = read(written(tmp_path / "a.csv", lines, end, encoding))
    assert len(rows) + torn == 20
    assert torn <= 2
    whole = [row.split(",") for k, row in enumerate(rows_of(20)) if k not in (3, 9)]
    assert [row for row in rows if row in whole] == whole


@pytest.mark.slow
def test_a_stray_quote_swallows_nothing_in_a_long_file(tmp_path: Path) -> None:
    lines = rows_of(60_000)
    for k in (1100, 59_990):
        lines[k] = '"' + lines[k]
    rows, torn = read(written(tmp_path / "a.csv", lines))
    assert (len(rows), torn) == (59_998, 2)


@pytest.mark.parametrize("block", [5, 64, 1 << 20])
def test_texts_of_several_lines_are_one_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(csv_records, "BLOCK", block)
    lines = ['"一\n二 ""三""",117.1,38.9', "乙,117.2,38.9", '丙,"117.3\r\n",38.9']
    rows, torn = read(written(tmp_path / "a.csv", lines))
    assert (len(rows), torn) == (3, 0)
    assert rows[0] == ['一\n二 "三"', "117.1", "38.9"]


@pytest.mark.parametrize(
    ("lines", "torn"),
    [
        (['"甲,117,38.9', '乙",117,38.9'], 1),
        (['"甲,117,38.9', "", '乙",117,38.9'], 1),
        (['"甲,117.2', '乙",117,38.9'], 1),
        (['"甲', "乙,117,38.9"], 1),
        (['"甲', "乙", "丙"], 3),
        (['甲,117,"38.9', '乙,117,38.9"'], 1),
    ],
)
def test_rows_within_quotes_are_rows(tmp_path: Path, lines: list[str], torn: int) -> None:
    rows, found = read(written(tmp_path / "a.csv", lines))
    assert len(rows) + found == sum(map(bool, lines))
    assert found == torn


def test_lines_with_nothing_in_them_are_no_rows(tmp_path: Path) -> None:
    lines = ["", "甲,117,38.9", "", "", ",,", " ", ""]
    rows, torn = read(written(tmp_path / "a.csv", lines, "\r\n"))
    assert rows == [["甲", "117", "38.9"], [None, None, None]]
    assert torn == 1  # one cell, of a blank


def test_random_quotes_lose_no_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = random.Random(8)
    for _ in range(60):
        monkeypatch.setattr(csv_records, "BLOCK", draw.choice([3, 16, 50, 1 << 20]))
        lines = []
        for k in range(draw.randint(1, 30)):
            row = draw.choice([f"企业{k},117.1,38.9", f'"a,{k}","117.1","38.9"', f'"{k}""",1,2'])
            for _ in range(draw.choice([0, 0, 0, 1, 2])):
                at = draw.randint(0, len(row))
                row = row[:at] + '"' + row[at:]
            lines.append(row)
        path = written(
            tmp_path / "a.csv", lines, draw.choice(["\n", "\r\n", "\r"]),
            draw.choice(["utf-8", "gb18030"]),
        )  # fmt: skip
        rows, torn = read(path)
        assert len(rows) + torn == len(lines), path.read_bytes()


def test_mixed_encodings_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    start = "\n".join(["name,lon,lat", *(f"company{k},117,38.9" for k in range(20_000))])
    path.write_bytes(start.encode() + "\n企业,117,38.9\n业,1\n".encode("gbk"))
    rows, torn = read(path)
    assert (len(rows), torn) == (20_001, 1)
    assert rows[-1][0] == "企业"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\r\n", "empty"),
        ("name,lon\n".encode("utf-16"), "other_encoding"),
        (b"\xff\xffx,y\n1,2\n", "line_encoding line=1"),
        (b"x" * 200_000 + b",lon,lat\n", "line_name line=1 column=1 n=200000"),
        (b"\n\n" + b"," * 20_000 + b"\n", "columns n=20001"),
        (b"x" * 300_000, "line_too_long line=1"),
        (b'"name,lon,lat\n1,2,3\nx",lon,lat\n', "line_quote line=1"),
        (b'\n"name,lon,lat\n1,2,3\n', "line_quote line=2"),
    ],
)
def test_a_header_that_is_none_is_refused_by_its_line(
    tmp_path: Path, content: bytes, what: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(UnfitError, match=what):
        header(path)


def test_a_line_that_is_too_long_is_refused_by_its_number(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"name,lon,lat\n\na,1,2\n" + b"x" * (3 << 20))
    with pytest.raises(UnfitError, match="line_too_long line=4"):
        read(path)


def test_a_header_may_have_several_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('"名\n称","经""度",纬度\r\n甲,1,2\r\n', encoding="utf-8")
    assert header(path).names == ("名\n称", '经"度', "纬度")
    assert read(path, '经"度', "纬度") == ([["1", "2"]], 0)


def test_columns_that_cannot_be_told_apart_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x,x,y\n1,2,3\n", encoding="utf-8")
    with pytest.raises(UnfitError, match="column_twice name='x'"):
        read(path, "x", "y")
    with pytest.raises(UnfitError, match="no_column name='z'"):
        read(path, "z", "y")
