"""Show that the values of a column are counted row by row, whatever the file makes of them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from geo.base.errors import DataError
from geo.point_files.bin import CancelledError
from geo.point_files.categories import LONGEST, coded, holds
from geo.point_files.tally import tally


@pytest.mark.parametrize(
    ("column", "texts"),
    [
        (pa.array(["甲", " 甲 ", None, ""]), ["甲", "甲", "", ""]),
        (pa.array([3, 12, None]), ["3", "12", ""]),
        (pa.array([True, False]), ["True", "False"]),
        (pa.array([b"a\xff", b"a"]), ["a\N{REPLACEMENT CHARACTER}", "a"]),
        (pa.array(["x", None, "y"]).dictionary_encode(), ["x", "", "y"]),
        (pa.array([date(2026, 6, 30)]), ["2026-06-30"]),
        (pa.array(["long" * 999]), ["long" * (LONGEST // 4)]),
        (pa.nulls(2), ["", ""]),
    ],
)
def test_a_column_of_any_kind_becomes_texts(column: pa.Array, texts: list[str]) -> None:
    positions, known = coded(column)
    assert [known[k] for k in positions] == texts
    assert holds(column, texts[:1]).tolist() == [text == texts[0] for text in texts]


def parquet(path: Path, **columns: Any) -> Path:
    pq.write_table(pa.table(columns), path, row_group_size=2)
    return path


def test_values_are_counted_over_files_and_the_most_frequent_stand_first(tmp_path: Path) -> None:
    first = parquet(tmp_path / "a.parquet", kind=["乙", "甲", "乙", None, "丙"])
    second = tmp_path / "b.csv"
    second.write_bytes("kind;n\n乙;1\n甲;2\n;3\n丙\n".encode("gb18030"))
    found = tally([first, second], "kind", most=4)
    assert found is not None
    assert list(found.items()) == [("乙", 3), ("", 2), ("甲", 2), ("丙", 1)], "one row is torn"
    assert tally([first, second], "kind", most=3) is None


def test_what_cannot_be_values_is_refused_with_its_place(tmp_path: Path) -> None:
    file = parquet(tmp_path / "a.parquet", kind=[["a"], ["b"]])
    with pytest.raises(DataError) as caught:
        tally([file], "kind", most=9)
    assert caught.value.problems[0].where == "a.parquet"


def test_counting_stops_when_asked(tmp_path: Path) -> None:
    file = parquet(tmp_path / "a.parquet", kind=["a", "b", "c"])
    with pytest.raises(CancelledError):
        tally([file], "kind", most=9, cancel=lambda: True)
