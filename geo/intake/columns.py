"""Read the coordinates in the columns of a table, and say what cells hold that are none."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.base.arrays import Floats
from geo.intake.notation import BLANK, NAN, NUMBER, OTHER, PLACEHOLDER, Written, kind_of, number
from geo.intake.numbers import numbers
from geo.intake.pairs import SHAPE, pair

STATES: Final = (NUMBER, BLANK, PLACEHOLDER, NAN, OTHER, "not_a_point")
"""What a cell holds, by its code."""
_CODE: Final = {name: code for code, name in enumerate(STATES)}
_PLAIN: Final = r"^\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?\s*$"
_TWO: Final = (
    r"^\s*[(\[]?\s*(?P<a>[+-]?[0-9]{1,8}\.[0-9]{1,18})\s*[,;，；\s|/]\s*"
    r"(?P<b>[+-]?[0-9]{1,8}\.[0-9]{1,18})\s*[)\]]?\s*$"
)
_A: Final = r"(?P<a>[+-]?[0-9]{1,9}(?:\.[0-9]{0,18})?)"
_B: Final = _A.replace("<a>", "<b>")
_POINTS: Final = (
    rf"^\s*(?i:(?:SRID\s*=\s*[0-9]+\s*;)?\s*POINT\s*(?:ZM|Z|M)?)\s*\(\s*{_A}\s+{_B}"
    r"(?:\s+[+-]?[0-9]{1,9}(?:\.[0-9]{0,18})?){0,2}\s*\)\s*$",
    rf'^\s*\{{\s*"type"\s*:\s*"Point"\s*,\s*"coordinates"\s*:\s*\[\s*{_A}\s*,\s*{_B}\s*\]\s*\}}\s*$',
    rf'^\s*\{{\s*"(?:lng|lon|longitude)"\s*:\s*{_A}\s*,\s*"(?:lat|latitude)"\s*:\s*{_B}\s*\}}\s*$',
)
"""Points with their easting first, as most programs write them: they are read all at once."""
MOST_DEGREES: Final = 180.0
FORMS: Final = ("dms", "decimal_comma", "thousands", "wide", "marks")
"""How a number may be written other than plainly: bit n of ``Coordinates.written`` says the n-th.
``wide`` has full-width digits; ``marks`` nothing but a unit, a side of the globe or a typed minus.
"""
_WIDE: Final = re.compile("[\uff0c-\uff0e\uff10-\uff19]")
States = NDArray[np.int8]
Pair = tuple[Floats, Floats]


@dataclass(frozen=True, eq=False)
class Coordinates:
    """One coordinate of each row.

    Parameters
    ----------
    values
        The numbers, NaN where there is none; shape (n,).
    states
        What each cell holds, a code of ``STATES``.
    forms
        How many distinct cells were written in which form, other than plain decimal numbers.
    axes
        1 where the cell says east or west, 2 north or south, 0 neither.
    written
        How the cell is written, a bit for each of ``FORMS``; 0 for a plain number.
    """

    values: Floats
    states: States
    forms: Mapping[str, int]
    axes: States
    written: States


class Pairs(NamedTuple):
    """The two coordinates of each row, in the order in which they stand in the cell."""

    first: Coordinates
    second: Coordinates


class _Distinct(NamedTuple):
    """The distinct texts of a column, and which of them each row has (their number: none)."""

    texts: Any
    rows: NDArray[np.int64]


def coordinates(column: Any) -> Coordinates:
    """Return a column as coordinates.

    Parameters
    ----------
    column
        Arrow array of numbers or texts, shape (n,).

    Returns
    -------
    Coordinates
        A comma before three digits is a decimal comma unless the column has separators of
        thousands elsewhere, or the number would be no degrees.

    Raises
    ------
    UnfitError
        The column can hold no numbers: dates, lists.

    Examples
    --------
    >>> import pyarrow as pa
    >>> coordinates(pa.array(["117.5", "117°30′", "-", None])).values.tolist()
    [117.5, 117.5, nan, nan]
    """
    if not _is_text(column.type):
        return _of_numbers(column)
    distinct = _distinct(column)
    found = _each(distinct.texts, number)
    values = np.array([np.nan if one is None else one.value for one in found.written])
    forms = _count_forms(found.written)
    commas = np.array([one is not None and one.form == "comma" for one in found.written], bool)
    comma = "decimal_comma"
    if commas.any():
        others = np.array([np.nan if one is None else one.other for one in found.written])
        if _parts_thousands(values[commas], forms):
            values[commas], comma = others[commas], "thousands"
        forms[comma] = forms.get(comma, 0) + int(commas.sum())
    forms.pop("comma", None)
    values[found.plain] = found.numbers[found.plain]
    bits = _bits(distinct.texts, found.written, comma)
    axes = _axes(found.written)
    return _spread(values, found.states, axes, (forms, bits), distinct.rows)


def _parts_thousands(decimal: Floats, forms: Mapping[str, int]) -> bool:
    if forms.get("thousands") or forms.get("decimal_comma"):
        return forms.get("thousands", 0) > forms.get("decimal_comma", 0)
    return bool(np.median(np.abs(decimal)) > MOST_DEGREES)


class _Found(NamedTuple):
    """What the distinct texts of a column mean; plain numbers are taken all at once."""

    written: list[Any]
    states: States
    plain: NDArray[np.bool_]
    numbers: Floats


def _each(texts: Any, read: Callable[[str], Written | None]) -> _Found:
    import pyarrow as pa
    import pyarrow.compute as pc

    plain = pc.match_substring_regex(texts, _PLAIN)
    plain = np.asarray(plain.to_numpy(zero_copy_only=False), dtype=bool)
    values = np.full(len(texts), np.nan)
    if plain.any():
        bare = pc.utf8_trim_whitespace(texts.filter(pa.array(plain))).cast(pa.float64())
        values[plain] = bare.to_numpy(zero_copy_only=False)
    plain &= np.isfinite(values)
    written: list[Written | None] = [None] * len(texts)
    states = np.zeros(len(texts), dtype=np.int8)
    for k in np.flatnonzero(~plain).tolist():
        text = texts[k].as_py()
        written[k] = read(text)
        if written[k] is None:
            states[k] = _CODE[kind_of(text)]
    return _Found(written, states, plain, values)


def _count_forms(written: list[Any]) -> dict[str, int]:
    forms: dict[str, int] = {}
    for one in written:
        if one is not None and one.form != "decimal":
            forms[one.form] = forms.get(one.form, 0) + 1
    return forms


def _bits(texts: Any, written: list[Any], comma: str = "decimal_comma") -> States:
    """Return how each text is written, a bit for each of ``FORMS``."""
    bits = np.zeros(len(written), dtype=np.int8)
    for k, one in enumerate(written):
        if one is None:
            continue
        form = comma if one.form == "comma" else one.form
        named = [*([form] if form in FORMS else []), *(["wide"] if _WIDE.search(texts[k].as_py())
                                                       else [])]  # fmt: skip
        bits[k] = sum(1 << FORMS.index(name) for name in named or ["marks"])
    return bits


def _axes(written: list[Any]) -> States:
    """Return which way each text says that it goes: 1 east or west, 2 north or south, 0 neither."""
    axis = {"x": 1, "y": 2}
    return np.array([0 if one is None else axis.get(one.axis, 0) for one in written], np.int8)


def _spread(
    values: Floats,
    states: States,
    axes: States,
    forms: tuple[Mapping[str, int], States],
    rows: NDArray[np.int64],
) -> Coordinates:
    """Give each row what its text means; a row without a text is blank."""
    return Coordinates(
        np.append(values, np.nan)[rows],
        np.append(states, np.int8(_CODE[BLANK]))[rows],
        dict(forms[0]),
        np.append(axes, np.int8(0))[rows],
        np.append(forms[1], np.int8(0))[rows],
    )


def _is_text(kind: Any) -> bool:
    import pyarrow as pa

    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    )


def _of_numbers(column: Any) -> Coordinates:
    values = numbers(column)
    states = np.where(np.isfinite(values), 0, _CODE[OTHER]).astype(np.int8)
    states[np.isnan(values)] = _CODE[NAN]
    if column.null_count:
        missing = np.asarray(column.is_null().to_numpy(zero_copy_only=False), dtype=bool)
        states[missing] = _CODE[BLANK]
    values = np.where(states == 0, values, np.nan)
    none = np.zeros(len(values), np.int8)
    return Coordinates(values, states, {}, none, none)


def _distinct(column: Any) -> _Distinct:
    import pyarrow as pa

    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    texts = column.dictionary.cast(pa.large_string())
    rows = column.indices.cast(pa.int64()).fill_null(len(texts))
    return _Distinct(texts, np.asarray(rows.to_numpy(zero_copy_only=False)))


def pairs(column: Any) -> Pairs:
    """Return a column of texts that each hold two coordinates.

    Parameters
    ----------
    column
        Arrow array of texts, shape (n,).

    Returns
    -------
    Pairs
        A text with one number is no pair; well-known text of another shape is ``not_a_point``.

    Examples
    --------
    >>> import pyarrow as pa
    >>> pairs(pa.array(["117.1,39.05"])).second.values.tolist()
    [39.05]
    """
    distinct = _distinct(column)
    values = np.full((2, len(distinct.texts)), np.nan)
    two = _at_once(distinct.texts, _TWO, values)
    points = np.zeros(len(two), dtype=bool)
    for pattern in _POINTS:
        if not (two | points).all():
            points |= _at_once(distinct.texts, pattern, values)
    plain = two | points
    written: list[list[Written | None]] = [[None] * len(plain) for _ in range(2)]
    states = np.zeros(len(plain), dtype=np.int8)
    for k in np.flatnonzero(~plain).tolist():
        text = distinct.texts[k].as_py()
        found = pair(text)
        if found is None:
            states[k] = _CODE["not_a_point" if SHAPE.match(text) else kind_of(text)]
            continue
        for at in range(2):
            written[at][k] = found[at]
            values[at][k] = found[at].value
    bits = [_bits(distinct.texts, each) for each in written]
    sides = [_axes(each) for each in written]
    for at in range(2):
        sides[at][points] = at + 1  # a point has its easting first
    one, other = (
        _spread(values[at], states, sides[at], (_count_forms(written[at]), bits[at]),
                distinct.rows)
        for at in range(2)
    )  # fmt: skip
    return Pairs(one, other)


def _at_once(texts: Any, pattern: str, values: Floats) -> NDArray[np.bool_]:
    """Read the texts that a pattern fits into two rows of values, and tell which these are."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found = pc.extract_regex(texts, pattern)
    fits = np.asarray(found.is_valid().to_numpy(zero_copy_only=False), dtype=bool)
    if fits.any():
        some = found.filter(pa.array(fits))
        for at, name in enumerate("ab"):
            values[at][fits] = some.field(name).cast(pa.float64()).to_numpy(zero_copy_only=False)
    return fits


def unfit(names: Sequence[str], first: States, second: States, values: Pair) -> NDArray[Any]:
    """Return why rows have no position; empty where they have two numbers.

    Parameters
    ----------
    names
        What the codes of the states mean.
    first, second
        What the two cells of each row hold, shape (n,).
    values
        The two numbers of each row.

    Examples
    --------
    >>> codes = np.array([0, 1]), np.array([0, 1])
    >>> unfit(STATES, *codes, (np.array([0.0, 1]), np.array([0.0, 1]))).tolist()
    ['zero', 'blank']
    """
    both = np.array(names, dtype=object)
    one, two = both[first], both[second]
    status = np.full(len(one), "", dtype=object)
    numbered = (one == NUMBER).astype(int) + (two == NUMBER).astype(int)
    empty = np.isin(one, [BLANK, PLACEHOLDER]) & np.isin(two, [BLANK, PLACEHOLDER])
    status[numbered == 1] = "half_pair"
    status[numbered == 0] = OTHER
    for reason in (OTHER, NAN, "not_a_point", "empty_point"):
        status[(one == reason) | (two == reason)] = reason
    status[empty] = PLACEHOLDER
    status[(one == BLANK) & (two == BLANK)] = BLANK
    a, b = values
    status[(status == "") & ~(np.isfinite(a) & np.isfinite(b))] = OTHER
    status[(status == "") & (a == 0) & (b == 0)] = "zero"
    return status


def turned(first: Coordinates, second: Coordinates, *, north_first: bool) -> NDArray[np.bool_]:
    """Tell which rows say themselves that their coordinates stand the other way round.

    Parameters
    ----------
    first, second
        The two coordinates of each row, in the order of the file.
    north_first
        Whether the first is taken for the northing.
    """
    is_north = (first.axes == 2) | (second.axes == 1)
    is_east = (first.axes == 1) | (second.axes == 2)
    return np.asarray(is_east if north_first else is_north & ~is_east)
