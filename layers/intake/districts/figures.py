"""Take the figures out of a table by district: which columns hold some, and which cells do not."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

from geo.intake.notation import BLANK, PLACEHOLDER, kind_of, number
from geo.intake.words import bare
from layers.intake.districts.names import match
from layers.intake.formats.table import Table

_WITH_UNIT: Final = re.compile(r"([+-]?\d[\d,.\s]*?)\s*([^\W\d_][^\d'\"°:]{0,11}|[%‰])", re.UNICODE)
_SCALES: Final[Mapping[str, float]] = {
    "百": 1e2, "千": 1e3, "万": 1e4, "亿": 1e8, "十万": 1e5, "百万": 1e6, "千万": 1e7, "十亿": 1e9,
    "百亿": 1e10, "千亿": 1e11, "万亿": 1e12, "w": 1e4, "k": 1e3, "m": 1e6, "thousand": 1e3,
    "million": 1e6, "billion": 1e9,
}  # fmt: skip
_SCALED: Final = re.compile(
    r"(万亿|[十百千]?[万亿]|千(?![米克瓦卡])|百(?!分)|thousand|million|billion|[wkm]$)(.*)",
    re.IGNORECASE,
)
"""A word that makes another size of a figure, and the unit behind it."""
_IN_BRACKETS: Final = re.compile(r"[(（\[]([^()（）\[\]]{1,12})[)）\]]")
"""Where the name of a column says its unit."""
_ABOUT: Final = re.compile(r"[<>≤≥＜＞~～约近超]\s*\d")
"""A figure that is told by a bound: it is a figure, and none that can be counted."""
_PLAIN: Final = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
_NUMBER_HEAD: Final = re.compile(r"(?:序号|序|编号|行号|no|num|number|id|index|#|№)")
"""Names of columns that may only count the rows."""
_PERCENT: Final = "%"
LEAST_SHARE = 0.5
"""Share of the filled cells that must be numbers in a column of figures."""


class Cell(NamedTuple):
    """A cell that is no figure as it stands: its district, its line, its text, and how it is read.

    ``value`` is NaN where it is not read.
    """

    adcode: str
    line: int
    text: str
    value: float = math.nan


@dataclass(frozen=True)
class Column:
    """One column of figures.

    Parameters
    ----------
    name
        As the table has it.
    values
        Adcode and figure of each district that has one.
    unread
        Cells that are no number.
    converted
        Cells that are read as another number than their digits: 3.5万; or without their sign: a
        percentage among other figures.
    written
        Cells that are read as they stand, in another notation: 1,234, ５, 5家.
    unit
        What stands behind all figures alike; empty for nothing, and for several.
    """

    name: str
    values: tuple[tuple[str, float], ...]
    unread: tuple[Cell, ...] = ()
    converted: tuple[Cell, ...] = ()
    written: tuple[Cell, ...] = ()
    unit: str = ""


class Measured(NamedTuple):
    """A figure as a cell has it, and the unit behind it; empty for none."""

    value: float
    unit: str


def figure_columns(
    table: Table,
    but: str,
    rows: Mapping[int, str],
    known: Mapping[str, tuple[str, ...]],
) -> tuple[Column, ...]:
    """Return the columns of figures, in the table's order.

    Parameters
    ----------
    table
        As it was opened.
    but
        Name of the column that names the districts.
    rows
        The rows that are one district's each, and its adcode.
    known
        As :func:`layers.intake.districts.names.spellings` returns them.
    """
    columns = (_column(table, name, rows, known) for name in table.names if name != but)
    return tuple(column for column in columns if column is not None)


def likeliest(table: Table, but: str, rows: Sequence[int]) -> str:
    """Return the column that comes nearest to figures where none holds some; empty for no other.

    Parameters
    ----------
    table
        As it was opened.
    but
        Name of the column that names the districts.
    rows
        The rows that are one district's each.
    """
    figures = {}
    for name in table.names:
        if name != but:
            cells = table.texts(name)
            figures[name] = sum(measured(cells[row]) is not None for row in rows)
    return max(figures, key=lambda name: figures[name], default="")


def _column(
    table: Table, name: str, rows: Mapping[int, str], known: Mapping[str, tuple[str, ...]]
) -> Column | None:
    """Return a column of figures; None for one of texts, of nothing, or of adcodes."""
    cells = table.texts(name)
    said = {row: cells[row].strip() for row in rows if cells[row].strip()}
    filled = {row: text for row, text in said.items() if kind_of(text) not in (BLANK, PLACEHOLDER)}
    read = {row: one for row, text in filled.items() if (one := measured(text)) is not None}
    units = Counter(one.unit for one in read.values())
    factors = _factors(units, name)
    values = {row: one.value * factors[one.unit] for row, one in read.items()
              if one.unit in factors}  # fmt: skip
    about = sum(bool(_ABOUT.match(text)) for text in filled.values())
    if not values or len(values) + about < LEAST_SHARE * len(filled):
        return None
    if all(match(text, known) == (rows[row],) for row, text in filled.items()):
        return None
    if _NUMBER_HEAD.fullmatch(bare(name)) and _count_up([*values.values()]):
        return None
    odd = [row for row in values if factors[read[row].unit] != 1]
    if units[_PERCENT] and max(units, key=lambda one: units[one]) != _PERCENT:
        odd += [row for row in values if read[row].unit == _PERCENT]
    return Column(
        name,
        tuple((rows[row], value) for row, value in values.items()),
        tuple(_cell(table, row, rows, said) for row in said if row not in values),
        tuple(_cell(table, row, rows, said, values[row]) for row in sorted(odd)),
        tuple(
            _cell(table, row, rows, said, value)
            for row, value in values.items()
            if row not in odd and not _PLAIN.fullmatch(said[row])
        ),
        next(iter(behind)) if len(behind := {read[row].unit for row in values}) == 1 else "",
    )


def _count_up(values: Sequence[float]) -> bool:
    """Tell whether figures only count the rows, some of which may be missing between."""
    steps = [after - before for before, after in pairwise(values)]
    return all(value == int(value) >= 0 for value in values) and all(step > 0 for step in steps)


def _cell(
    table: Table,
    row: int,
    rows: Mapping[int, str],
    said: Mapping[int, str],
    value: float = math.nan,
) -> Cell:
    return Cell(rows[row], int(table.lines[row]), " ".join(said[row].split())[:60], value)


def _factors(units: Counter[str], name: str) -> Mapping[str, float]:
    """Return by which number figures of each unit are multiplied; others cannot be compared.

    Of one unit they stay as they are. Of several sizes of a unit all are told in the one that the
    column's name says, or in the unit itself. Beside 12.5亿元 nobody knows what a bare 300 counts.
    """
    if len(units) < 2:
        return dict.fromkeys(units, 1.0)
    main = max(units, key=lambda one: (units[one], one))
    if main in (_PERCENT, "‰"):
        return {main: 1.0, "": 1.0}
    sizes = {unit: _size(unit) for unit in units}
    named = _IN_BRACKETS.search(name)
    own, of = _size(named[1]) if named is not None else (1.0, "")
    bases = Counter(rest for unit, (_, rest) in sizes.items() for _ in range(units[unit])
                    if rest and rest != _PERCENT)  # fmt: skip
    base = of or max(bases, key=lambda one: (bases[one], one), default="")
    found = {unit: factor / own if unit else 1.0 for unit, (factor, rest) in sizes.items()
             if rest in (base, "")}  # fmt: skip
    is_open = (
        own == 1 and "" in units and any(sizes[one][0] != 1 and sizes[one][1] for one in found)
    )
    if is_open and main == "":
        found = {unit: one for unit, one in found.items() if one == 1 or not sizes[unit][1]}
    elif is_open:
        found.pop("")
    return {**found, **({_PERCENT: 1.0} if _PERCENT in units else {})}


def _size(unit: str) -> tuple[float, str]:
    """Return what a unit multiplies by, and the unit without that.

    Examples
    --------
    >>> _size("亿元"), _size("km²"), _size("万"), _size("千米")
    ((100000000.0, '元'), (1.0, 'km²'), (10000.0, ''), (1.0, '千米'))
    """
    match_ = _SCALED.match(unit.strip())
    if match_ is None:
        return 1.0, unit.strip()
    return _SCALES[match_[1].lower()], match_[2].strip()


def measured(text: str) -> Measured | None:
    """Return the figure that a cell holds, with its unit; None if it holds none.

    Parameters
    ----------
    text
        With separators of thousands, a percent sign or a unit, in full-width characters or not.

    Examples
    --------
    >>> measured("12.5 亿元"), measured("1,234家"), measured("<5")
    (Measured(value=12.5, unit='亿元'), Measured(value=1234.0, unit='家'), None)
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    match_ = _WITH_UNIT.fullmatch(plain)
    unit = match_[2].strip() if match_ is not None else ""
    value = figure(match_[1] if match_ is not None else plain)
    return None if value is None else Measured(value, unit)


def figure(text: str) -> float | None:
    """Return the figure that a cell holds; None if it holds none.

    Parameters
    ----------
    text
        With separators of thousands, a percent sign, in full-width characters or not.

    Examples
    --------
    >>> figure("1,234"), figure("１２.５％"), figure("—"), figure("39°1′")
    (1234.0, 12.5, None, None)
    """
    found = number(text.strip().rstrip("%％ "))
    if found is None or found.form == "dms" or found.axis:
        return None
    value = found.other if found.form == "comma" else found.value
    return value if math.isfinite(value) else None
