"""Show that values are put into words that say no more than is known."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.language.values import (
    THIN,
    amount,
    cell,
    count,
    is_known,
    links,
    number,
    radius,
    stated,
    value_word,
)


@pytest.mark.parametrize("blank", [None, pd.NA, math.nan, "", "  ", pd.NaT])
def test_blanks_are_not_known(blank: object) -> None:
    assert not is_known(blank)
    assert cell({"theme_zh": blank}, "theme", "zh") == ""
    assert amount(blank) is None


@pytest.mark.parametrize("value", [0, False, "0", 0.0])
def test_nought_is_known(value: object) -> None:
    assert is_known(value)


def test_a_cell_is_read_in_its_language_or_in_its_only_form() -> None:
    row = {"name_zh": "甲", "name_en": "A", "as_of": "2020"}
    assert [cell(row, "name", lang) for lang in ("zh", "en")] == ["甲", "A"]
    assert cell(row, "as_of", "en") == "2020"
    assert cell(row, "theme", "en") == ""


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (0, "km", "0 km"),
        (1302.8, "km²", "1 300 km²"),
        (999.9, "", "1 000"),
        (43.1, "km²", "43.1 km²"),
        (3.0, "", "3"),
        (0.07654, "", "0.0765"),
        (-9.3, "%", "-9.3%"),
        (2_345_678, "", "2 350 000"),
    ],
)
def test_a_measure_has_three_digits_and_its_unit(value: float, unit: str, expected: str) -> None:
    assert number(value, unit) == expected.replace(" ", THIN)


@given(st.floats(1e-6, 1e9))
def test_a_measure_is_never_far_from_its_value(value: float) -> None:
    shown = float(number(value).replace(THIN, ""))
    assert abs(shown - value) <= 0.00501 * value


def test_a_stated_number_is_not_rounded_again() -> None:
    assert stated(1302.8, "km²") == f"1{THIN}302.8{THIN}km²"
    assert stated(119.9) == "119.9"


def test_a_count_is_exact() -> None:
    assert count(13_866_009.0) == f"13{THIN}866{THIN}009"


@pytest.mark.parametrize(
    ("metres", "expected"),
    [(700, "±700 m"), (1000, "±1 km"), (1500, "±1.5 km"), (20_000, "±20 km")],
)
def test_a_radius_is_said_in_metres_or_kilometres(metres: float, expected: str) -> None:
    assert radius(metres, "en") == expected.replace(" ", THIN)
    spoken = expected.replace("km", "公里").replace("m", "米")
    assert radius(metres, "zh") == spoken.replace(" ", THIN)


def test_a_word_that_is_not_known_stands_for_itself() -> None:
    assert value_word("level", "national", "en") == "National"
    assert value_word("level", "galactic", "en") == "galactic"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://a.cn/x?y=1&z (repost) ; http://b.cn.", ("https://a.cn/x?y=1&z", "http://b.cn")),
        ("http://a.cn http://a.cn", ("http://a.cn",)),
        ("https://zh.wikipedia.org/天津，另见", ("https://zh.wikipedia.org/天津",)),
        ("javascript:alert(1) data:text/html,x ftp://a.cn file:///etc/passwd", ()),
        ("HTTP://a.cn https:// https://.", ()),
        (
            "https://wikiwand.com/中国（天津）自由贸易试验区 (encyclopaedia) http://b.cn",
            ("http://b.cn",),
        ),
        ("https://a.cn/\u202egpj.exe", ("https://a.cn/",)),
        ("https://a.cn/`${1}`{{2}}<b>\"'", ("https://a.cn/",)),
    ],
)
def test_only_plain_web_addresses_may_become_links(text: str, expected: tuple[str, ...]) -> None:
    assert links(text) == expected


@given(st.text(max_size=30))
def test_no_text_makes_a_link_of_another_kind(text: str) -> None:
    for address in links(f"{text} http://{text} javascript:{text}"):
        assert address.startswith(("http://", "https://"))
        assert not set(address) & set("<>\"'`{}() \n\t")
