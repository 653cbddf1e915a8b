"""Read how far off a position may be, as somebody has written it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import numpy as np

from geo.base.arrays import Floats
from geo.base.errors import UnfitError
from geo.intake.notation import BLANK, LONGEST, NAN, PLACEHOLDER, kind_of, plain
from geo.intake.numbers import codes, is_text, numbers

UNUSABLE: Final = ("zero", "negative", "words", "beyond")
"""Why a cell says nothing of the doubt: 0 (which Darwin Core forbids), less than 0, no length, more
than half the globe."""
HALF_GLOBE_M: Final = 20_037_509.0
_UNITS: Final = {
    **dict.fromkeys(("m", "米", "公尺", "meter", "meters", "metre", "metres", "mtr"), 1.0),
    **dict.fromkeys(("km", "公里", "千米", "kilometer", "kilometers"), 1000.0),
    **dict.fromkeys(("kilometre", "kilometres"), 1000.0),
    **dict.fromkeys(("cm", "厘米"), 0.01),
    **dict.fromkeys(("mm", "毫米"), 0.001),
}  # fmt: skip
_UNIT: Final = "|".join(sorted(_UNITS, key=len, reverse=True))
_NUMBER: Final = (
    r"[+-]?(?:[0-9]{1,3}(?:[ ,'][0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:[.,][0-9]+)?|\.[0-9]+)"
    r"(?:e[+-]?[0-9]{1,2})?"
)
_BEFORE: Final = (
    r"(?:约为?|大约|大概|近|±|\+/-|\+-|~|≈|<=?|≤|≦|小于等于|小于|不超过|不大于|within|about|"
    r"approximately|approx\.?|circa|ca?\.|up to|半径|误差|精度)"
)
_AFTER: Final = r"(?:左右|上下|以内|之内|内|or so|approx\.?)"
_LENGTH: Final = re.compile(
    rf"(?:{_BEFORE}\s*)*(?P<low>{_NUMBER}\s*(?P<unit0>{_UNIT})?\s*(?:-|~|～|至|到|to|\.\.)\s*)??"
    rf"(?P<high>{_NUMBER})\s*(?P<unit>{_UNIT})?\s*{_AFTER}?"
)
_GROUPED: Final = re.compile(r"[+-]?[0-9]{1,3}(?:[ ,'][0-9]{3})+(?:\.[0-9]+)?")


class Doubts(NamedTuple):
    """How far off each row may be.

    Parameters
    ----------
    metres
        NaN where nothing usable is said; shape (n,).
    unusable
        Why of each row: a number of ``UNUSABLE`` from 1; 0 where it is usable or blank.
    """

    metres: Floats
    unusable: Any


def doubts(column: Any, unit_m: float) -> Doubts:
    """Return a column as metres of doubt.

    Parameters
    ----------
    column
        Arrow array of numbers or texts, shape (n,).
    unit_m
        Metres of one unit, where a cell does not name its own.

    Examples
    --------
    >>> import pyarrow as pa
    >>> doubts(pa.array(["500 m", "0.5 km", "约300米", "0", None]), 1.0).metres.tolist()
    [500.0, 500.0, 300.0, nan, nan]
    """
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        told = doubts(column.dictionary, unit_m)
        at = codes(column)
        return Doubts(np.append(told.metres, np.nan)[at], np.append(told.unusable, np.int8(0))[at])
    if is_text(column.type):
        coded = column.cast(pa.large_string()).dictionary_encode()
        each = [metres(text, unit_m) for text in coded.dictionary.to_pylist()]
        values = np.array([one if isinstance(one, float) else np.nan for one in each] + [np.nan])
        why = [0 if isinstance(one, float) else _WHY[one] for one in each]
        at = codes(coded)
        return Doubts(values[at], np.array([*why, 0], dtype=np.int8)[at])
    try:
        values = numbers(column) * unit_m
    except UnfitError:  # dates, yes and no, lists
        n = len(column)
        said = np.where(np.asarray(column.is_valid()), _WHY["words"], 0)
        return Doubts(np.full(n, np.nan), said.astype(np.int8))
    why_not = np.select(
        [values == 0, values < 0, values > HALF_GLOBE_M],
        [_WHY["zero"], _WHY["negative"], _WHY["beyond"]], 0,
    )  # fmt: skip
    return Doubts(np.where(why_not == 0, values, np.nan), why_not.astype(np.int8))


_WHY: Final[Mapping[str, int]] = {"": 0, **{name: k for k, name in enumerate(UNUSABLE, 1)}}


def metres(text: str, unit_m: float = 1.0) -> float | str:
    """Return the length that a text means; of a range the longer one.

    Parameters
    ----------
    text
        Such as ``500 m``, ``约500米``, ``0.5 km``, ``100-300``.
    unit_m
        Metres of one unit, where the text names none.

    Returns
    -------
    float or str
        Metres; else one of ``UNUSABLE``, or empty for a blank and a mark for none.

    Examples
    --------
    >>> metres("≤ 1,500 m"), metres("100～300 米"), metres("0"), metres("-5"), metres("high")
    (1500.0, 300.0, 'zero', 'negative', 'words')
    >>> metres("2", 1000.0), metres(" — ")
    (2000.0, '')
    """
    if len(text) > LONGEST:
        return "words"
    bare = plain(text).lower().strip("()[] ")
    found = _LENGTH.fullmatch(bare)
    if found is None:
        return "" if kind_of(text) in (BLANK, PLACEHOLDER, NAN) else "words"
    unit = _UNITS[found["unit"]] if found["unit"] else unit_m
    value = _value(found["high"]) * unit
    if not value:
        return "zero"
    if value < 0:
        return "negative"
    return value if math.isfinite(value) and value <= HALF_GLOBE_M else "beyond"


def _value(text: str) -> float:
    """Return a number in which a comma parts thousands, or the decimals."""
    grouped = _GROUPED.fullmatch(text)
    return float(re.sub("[ ,']", "", text) if grouped else text.replace(",", "."))
