"""Show that a reader's file is named as it is called, and files after it in plain letters."""

from __future__ import annotations

from pathlib import Path

import pytest

from layers.language.messages import speaker
from layers.own_points.naming import LONGEST, date_words, file_stem, file_words
from layers.own_points.source import Source

DAY = 1_780_000_000_000_000_000
"""28 May 2026, nanoseconds."""


def source(name: str, stamp: int = DAY) -> Source:
    return Source(name, (Path(name),), 1, stamp)


def test_a_name_is_kept_and_a_long_one_loses_its_middle() -> None:
    assert file_words(source("企业 名录.csv")) == "企业 名录.csv"
    said = file_words(source("全市规模以上工业企业" * 6 + "2025_终稿.parquet"))
    assert len(said) == LONGEST
    assert said.startswith("全市规模以上工业企业")
    assert said.endswith("…终稿.parquet")


def test_nothing_hidden_stands_in_a_name() -> None:
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in file_words(
        source("a\N{RIGHT-TO-LEFT OVERRIDE}b.csv")
    )


@pytest.mark.parametrize(
    ("dated", "stamp", "zh", "en"),
    [
        ("2025-12", DAY, "数据时点 2025-12", "data of 2025-12"),
        ("", DAY, "文件日期 2026-05-28", "file of 2026-05-28"),
        ("", 2**70, "文件日期 不详", "file of an unknown date"),
    ],
)
def test_the_date_says_whose_it_is(dated: str, stamp: int, zh: str, en: str) -> None:
    for lang, words in (("zh", zh), ("en", en)):
        assert date_words(source("a.csv", stamp), dated, speaker(lang)) == words


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("企业.PARQUET", "企业_2026-05-28"),
        ("../<b>a b</b>.csv", "b_a_b_b_2026-05-28"),
        ("....csv", "points_2026-05-28"),
        ("x" * 99 + ".csv", "x" * 40 + "_2026-05-28"),
    ],
)
def test_files_begin_with_the_name_in_plain_letters(name: str, stem: str) -> None:
    assert file_stem(source(name), "") == stem
    assert file_stem(source(name), "2025").endswith("_2025")
    assert file_stem(source(name, 2**70), "").endswith("_undated")
