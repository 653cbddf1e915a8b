"""Show which cells are numbers."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from geo.intake.numbers import numbers

TEXTS = ["117.1", " 38.9 ", "+1", "1e3", "9" * 30, "x", "1_7", "0x75", "", None, "1e400", "9" * 500]
NUMBERS = [117.1, 38.9, 1.0, 1000.0, 1e30, *[np.nan] * 5, np.inf, np.nan]


@pytest.mark.parametrize(
    "kind", [pa.string(), pa.large_string(), pa.string_view(), pa.binary(), pa.large_binary()]
)
def test_texts_are_read_and_words_are_not(kind: pa.DataType) -> None:
    values = [v.encode() if v is not None and "binary" in str(kind) else v for v in TEXTS]
    np.testing.assert_array_equal(numbers(pa.array(values, kind)), NUMBERS)
    if kind in (pa.string(), pa.binary()):
        np.testing.assert_array_equal(numbers(pa.array(values, kind).dictionary_encode()), NUMBERS)


def test_bytes_that_are_no_text_are_no_number() -> None:
    np.testing.assert_array_equal(numbers(pa.array([b"\xff1", b"117"])), [np.nan, 117])


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (pa.array([2**64 - 1, 2**63], pa.uint64()), [2.0**64, 2.0**63]),
        (pa.array([-(2**63), None], pa.int64()), [-(2.0**63), np.nan]),
        (pa.array([Decimal("117.25")], pa.decimal128(38, 30)), [117.25]),
        (pa.array([Decimal("117.25")], pa.decimal256(70, 30)), [117.25]),
        (pa.array(np.array([117.5], np.float16)), [117.5]),
        (pa.nulls(2), [np.nan, np.nan]),
        (pa.array([1.5, None]).dictionary_encode(), [1.5, np.nan]),
    ],
)
def test_numbers_of_every_kind_are_read(column: pa.Array, expected: list[float]) -> None:
    np.testing.assert_array_equal(numbers(column), expected)


@pytest.mark.parametrize("code", [-1, 128, 2**31 - 1])
def test_a_value_that_the_dictionary_lacks_is_refused(code: int) -> None:
    codes = pa.array([0, code], pa.int32())
    column = pa.DictionaryArray.from_arrays(codes, pa.array(["1"] * 128), safe=False)
    with pytest.raises(ValueError, match="dictionary"):
        numbers(column)


def test_a_dictionary_as_long_as_its_codes_can_count_is_read() -> None:
    codes = pa.array([0, 127, None], pa.int8())
    column = pa.DictionaryArray.from_arrays(codes, pa.array([str(k) for k in range(128)]))
    np.testing.assert_array_equal(numbers(column), [0, 127, np.nan])


@pytest.mark.parametrize(
    "column",
    [
        pa.array([True]),
        pa.array([0], pa.timestamp("ns")),
        pa.array([0], pa.date32()),
        pa.array([0], pa.duration("s")),
        pa.array([[1.0]]),
        pa.array([{"x": 1.0}]),
        pa.array([b"12345678"], pa.binary(8)),
    ],
)
def test_what_can_be_no_number_is_refused(column: pa.Array) -> None:
    with pytest.raises(ValueError, match="not_numbers"):
        numbers(column)
