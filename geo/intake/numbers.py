"""Turn a column of a foreign file into numbers."""

from __future__ import annotations

import re
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from geo.base.arrays import Floats
from geo.base.errors import UnfitError

MOST_DIGITS: Final = 400
"""A text of more characters is no number."""
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,6})?")


def numbers(column: Any) -> Floats:
    """Return a column as numbers; what is none becomes NaN.

    Parameters
    ----------
    column
        Arrow array of numbers, decimals, texts, bytes of text, or of numbers that stand for
        values of a dictionary.

    Returns
    -------
    array of float
        One per value; NaN for a missing one and for text that is no number.

    Raises
    ------
    UnfitError
        The column holds what can be no number: dates, yes and no, lists.
    """
    import pyarrow as pa

    kind = column.type
    if pa.types.is_dictionary(kind):
        return np.asarray(np.append(numbers(column.dictionary), np.nan)[codes(column)])
    if is_text(kind):
        return _parsed(column)
    if not (
        pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or pa.types.is_decimal(kind)
        or pa.types.is_null(kind)
    ):
        raise UnfitError("point_column.not_numbers", type=str(kind)[:60])
    if kind != pa.float64():
        column = column.cast(pa.float64(), safe=False)
    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.float64)


def codes(column: Any) -> NDArray[np.int64]:
    """Return the place in the dictionary of each value of a column; where there is none, its end.

    Parameters
    ----------
    column
        Arrow array of numbers that stand for values of a dictionary.

    Returns
    -------
    array of int
        One per value, from 0; for a missing one the length of the dictionary.

    Raises
    ------
    UnfitError
        A number stands for no value: Arrow takes them from the file as they are.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    size, indices = len(column.dictionary), column.indices.cast(pa.int64())
    ends = pc.min_max(indices).as_py()
    if ends["min"] is not None and not 0 <= ends["min"] <= ends["max"] < size:
        raise UnfitError("point_column.dictionary")
    return np.asarray(indices.fill_null(size).to_numpy(zero_copy_only=False))


def is_text(kind: Any) -> bool:
    """Tell whether an Arrow type is that of texts, or of bytes that may be texts.

    Parameters
    ----------
    kind
        The type.
    """
    import pyarrow as pa

    known = (pa.string(), pa.large_string(), pa.string_view())
    return kind in (*known, pa.binary(), pa.large_binary(), pa.binary_view())


def _parsed(column: Any) -> Floats:
    """Return texts as numbers: all at once, or one by one where some are none."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        texts = pc.utf8_trim_whitespace(column.cast(pa.large_string()))
        found = texts.cast(pa.float64())
    except pa.ArrowInvalid:
        coded = column.cast(pa.large_binary()).dictionary_encode()
        each = [_number(value.as_buffer()) for value in coded.dictionary]
        return numbers(pa.DictionaryArray.from_arrays(coded.indices, pa.array(each, pa.float64())))
    return np.asarray(found.to_numpy(zero_copy_only=False), dtype=np.float64)


def _number(value: Any) -> float:
    """Return bytes of text as a number, NaN if they are none."""
    if value.size > MOST_DIGITS:
        return np.nan
    text = value.to_pybytes().decode(errors="replace").strip()
    return float(text) if _NUMBER.fullmatch(text) else np.nan
