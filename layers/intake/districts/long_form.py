"""Take one entry of each district out of a table in long form: a year, an indicator."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Final, NamedTuple

from geo.base.errors import DataError, Problem, Value
from geo.intake.words import bare
from layers.intake.districts.figures import Column, measured
from layers.intake.formats.table import Observation, Option, Question, Table

ONLY: Final = "only:"
"""Begins the key of an answer that says which entry of a column is taken; its name follows."""
OTHER: Final = "other_entry"
"""Why a row is not used that holds another entry than the one that is taken."""
OTHER_PERIOD: Final = "other_year"
"""The same where the entries are years, quarters or months."""
LEAST_FILLED: Final = 0.9
"""Share of the rows in which a column must say something that tells them apart."""
LEAST_APART: Final = 0.8
"""Share of the rows of which each is alone with its district and its entry."""
LEAST_COVERED: Final = 0.5
"""Share of all pairs of a district and an entry that there are: a list of firms has few."""
MOST_COLUMNS: Final = 3
"""Columns that tell the rows of a district apart together."""
MOST_TRIED: Final = 6
MOST_ENTRIES: Final = 200
MOST_ROWS: Final = 100_000
"""Rows of districts; a longer table is a list of something else."""
MOST_NAMED: Final = 6
"""Entries that are named in one sentence."""
_PERIOD_HEAD: Final = re.compile(
    r"(?:统计|数据|报告|填报|所属|会计)?(?:年份|年度|年|时间|时期|日期|期间|期别|报告期|季度|季|"
    r"月份|月度|月|年月)|(?:reference|ref)?(?:year|yr|period|quarter|month|date|time)"
)
"""Names of columns of years and their parts, bare."""
_ENTRY_HEAD: Final = re.compile(
    r".*(?:指标|项目|类别|类型|分类|种类|科目|行业|产业|性别|年龄)(?:名称?|组|段)?|"
    r"(?:indicator|item|category|type|variable|measure|series|sector|sex|gender|age)(?:name|group)?"
)
"""Names of columns of indicators, bare."""
_UNIT_HEAD: Final = re.compile(r"(?:计量)?单位|units?(?:ofmeasure(?:ment)?)?")
_PART: Final = (
    r"(?:q[1-4]|h[12]|[上下]半年|第?[1-4]季度?|(?:\d{1,2}[-至~])?\d{1,2}月[份末底]?(?:\d{1,2}日)?)"
)
_PERIOD: Final = re.compile(
    rf"(?:截至)?(?:19|20)\d{{2}}(?:\.0)?(?:年[度末底]?)?"
    rf"(?:[-/.]?{_PART}|[-/.]?(?:0?[1-9]|1[0-2])(?:[-/.](?:0?[1-9]|[12]\d|3[01]))?)?"
    rf"(?:t?00:00:00(?:\.0+)?)?|{_PART}"
)
_WHOLE: Final = re.compile(r"合计|总计|全部|总体|totals?|all", re.IGNORECASE)
"""The entry that holds all others: it is taken first."""


class Choice(NamedTuple):
    """One column that tells the rows of each district apart.

    Parameters
    ----------
    column
        Its name.
    value
        The entry that is taken.
    values
        All entries, the one that is proposed first.
    is_period
        Whether they are years or parts of years.
    """

    column: str
    value: str
    values: tuple[str, ...]
    is_period: bool


@dataclass(frozen=True)
class Chosen:
    """What is taken out of a table.

    Parameters
    ----------
    choices
        Column by column; none where the table has a row for each district.
    others
        The other rows of districts: why each is not used, and its entry.
    """

    choices: tuple[Choice, ...] = ()
    others: Mapping[int, tuple[str, str]] = field(default_factory=dict)

    @property
    def found(self) -> Iterator[Observation]:
        """What is to be told of each choice."""
        for one in self.choices:
            if len(one.values) > 1:
                told = one.values[:MOST_NAMED]
                told += ("…",) * (len(one.values) > MOST_NAMED)
                values: Mapping[str, Value] = {
                    "value": one.value,
                    "column": one.column,
                    "names": told,
                    "n": len(one.values),
                }
                yield Observation("long_form", "likely", values)

    @property
    def questions(self) -> Iterator[Question]:
        """Which entry is to be taken; what is proposed is taken without an answer."""
        for one in self.choices:
            if len(one.values) > 1:
                options = (Option(v, "intake.option.as_named", {"value": v}) for v in one.values)
                told = {"variant": "only_period" if one.is_period else "only", "value": one.column}
                yield Question(ONLY + one.column, tuple(options), told)


def choose(table: Table, but: str, rows: Mapping[int, str], answers: Mapping[str, str]) -> Chosen:
    """Return which rows of a table are taken where districts have several.

    Parameters
    ----------
    table
        As it was opened.
    but
        Name of the column that names the districts.
    rows
        The rows that are one district's each, and its adcode.
    answers
        Which entry of a column is taken, by ``only:COLUMN``.

    Raises
    ------
    DataError
        An answer names no column, or no entry of it.
    """
    said = {key.removeprefix(ONLY): value.strip() for key, value in answers.items()
            if key.startswith(ONLY)}  # fmt: skip
    names = [name for name in table.names if name != but]
    if unknown := [name for name in said if name not in names]:
        known = tuple(ONLY + name[:40] for name in names[:20])
        fault = Problem("intake.answer_unknown", "--answer", value=unknown[0][:80], known=known)
        raise DataError("intake.refused", [fault])
    if len(rows) > MOST_ROWS:
        return Chosen()
    entries = {name: _entries(table, name) for name in names}
    columns = _columns(entries, rows)
    columns += tuple(name for name in said if name not in columns)
    kept, choices, others = dict(rows), [], dict[int, tuple[str, str]]()
    figures = _rows_of_figures(table, {but, *columns}, rows)
    for name in columns:
        one = _choice(name, entries[name], kept, figures, said.get(name, ""))
        choices.append(one)
        why = OTHER_PERIOD if one.is_period else OTHER
        others |= {row: (why, name) for row in kept if entries[name][row] != one.value}
        kept = {row: code for row, code in kept.items() if row not in others}
    return Chosen(tuple(choices), others)


def filled_down(table: Table, but: str) -> list[str]:
    """Return the districts of rows, where each is written once over the rows of its entries.

    So a sheet with merged cells looks that was saved as text. Names are filled in only if then each
    district has each entry once.

    Parameters
    ----------
    table
        As it was opened.
    but
        Name of the column that names the districts.
    """
    texts = table.texts(but)
    if not any(texts) or all(text.strip() for text in texts) or len(texts) > MOST_ROWS:
        return texts
    filled = list(texts)
    for row in range(1, len(filled)):
        filled[row] = filled[row] if filled[row].strip() else filled[row - 1]
    rows = {row: text.strip() for row, text in enumerate(filled) if text.strip()}
    entries = {name: _entries(table, name) for name in table.names if name != but}
    columns = _columns(entries, rows)
    pairs = {(text, *(entries[name][row] for name in columns)) for row, text in rows.items()}
    apart = {pair[1:] for pair in pairs}
    whole = len(apart) * len(set(rows.values()))
    is_whole = bool(columns) and len(pairs) == len(rows) and len(pairs) >= LEAST_FILLED * whole
    return filled if is_whole else texts


def without(columns: Sequence[Column], chosen: Chosen) -> tuple[Column, ...]:
    """Return the columns of figures but for those that tell the rows apart.

    Parameters
    ----------
    columns
        Columns of figures.
    chosen
        As :func:`choose` returns it.
    """
    apart = {one.column for one in chosen.choices}
    return tuple(column for column in columns if column.name not in apart)


def named_by(table: Table, columns: Sequence[Column], chosen: Chosen) -> tuple[Column, ...]:
    """Return the columns of figures as the indicator calls them that was taken.

    Parameters
    ----------
    table
        As it was opened.
    columns
        Columns of figures.
    chosen
        As :func:`choose` returns it.
    """
    named = "·".join(one.value for one in chosen.choices if not one.is_period)
    if not named:
        return tuple(columns)
    unit = _unit(table, chosen)
    names = [named if len(columns) == 1 else f"{named}·{column.name}" for column in columns]
    return tuple(
        replace(column, name=name, unit=column.unit or unit)
        for column, name in zip(columns, names, strict=True)
    )


def _entries(table: Table, name: str) -> list[str]:
    texts = (" ".join(text.split()) for text in table.texts(name))
    return [re.sub(r"^((?:19|20)\d\d)\.0$", r"\1", text) for text in texts]


def _columns(entries: Mapping[str, Sequence[str]], rows: Mapping[int, str]) -> tuple[str, ...]:
    """Return the fewest columns that tell the rows of each district apart; a lone year too."""
    periods = [name for name in entries if _is_period(name, entries[name], rows)]
    times = Counter(rows.values())
    if sum(n > 1 for n in times.values()) * 2 < len(times) or len(times) == len(rows):
        return tuple(name for name in periods
                     if len({entries[name][row] for row in rows}) == 1)  # fmt: skip
    named = [name for name in entries if name not in periods
             and _is_entry(name, entries[name], rows)]  # fmt: skip
    named.sort(key=lambda name: not _ENTRY_HEAD.fullmatch(bare(name)))
    tried = (*periods, *named)[:MOST_TRIED]
    for n in range(1, MOST_COLUMNS + 1):
        for names in combinations(tried, n):
            if _tell_apart([entries[name] for name in names], rows, names[0] in periods):
                return names
    return ()


def _tell_apart(columns: Sequence[Sequence[str]], rows: Mapping[int, str], is_dated: bool) -> bool:
    """Tell whether columns divide the rows so that each district has one of each entry."""
    pairs = {(code, *(column[row] for column in columns)) for row, code in rows.items()}
    entries, codes = {pair[1:] for pair in pairs}, {pair[0] for pair in pairs}
    if len(entries) < 2 or (len(codes) < 2 and not is_dated):
        return False
    is_alone = len(pairs) >= LEAST_APART * len(rows)
    return is_alone and len(pairs) >= LEAST_COVERED * len(entries) * len(codes)


def _is_period(name: str, column: Sequence[str], rows: Mapping[int, str]) -> bool:
    filled = [column[row] for row in rows if column[row]]
    if not rows or len(filled) < LEAST_FILLED * len(rows):
        return False
    is_named = _PERIOD_HEAD.fullmatch(bare(name)) is not None
    # Numbers from 1900 to 2099 under any other name may be figures.
    plain = [_plain(text) for text in filled]
    return all(_PERIOD.fullmatch(text) for text in plain) and (
        is_named or not all(text.isdecimal() for text in plain)
    )


def _is_entry(name: str, column: Sequence[str], rows: Mapping[int, str]) -> bool:
    filled = [column[row] for row in rows if column[row]]
    if len(filled) < LEAST_FILLED * len(rows) or len(set(filled)) > MOST_ENTRIES:
        return False
    if _UNIT_HEAD.fullmatch(bare(name)):
        return False
    numbers = sum(measured(text) is not None for text in filled)
    return numbers < len(filled) / 2 or _ENTRY_HEAD.fullmatch(bare(name)) is not None


def _choice(
    name: str, column: Sequence[str], rows: Mapping[int, str], figures: set[int], said: str
) -> Choice:
    """Return the entry that is taken: what was said, else the latest, the whole, the first."""
    is_period = _is_period(name, column, rows)
    order = list(dict.fromkeys(column[row] for row in rows if column[row]))
    if is_period:
        order.sort(key=_when, reverse=True)
    else:
        order.sort(key=lambda text: not _WHOLE.fullmatch(text))
    filled = {column[row] for row in rows if row in figures}
    order.sort(key=lambda text: text not in filled)
    if not said:
        return Choice(name, next(iter(order), ""), tuple(order), is_period)
    same = [text for text in order
            if text == said or (is_period and _when(text) == _when(said))]  # fmt: skip
    if not same:
        known = tuple(order[:20])
        fault = Problem("intake.answer_value", "--answer", field=ONLY + name[:40],
                        value=said[:80], known=known)  # fmt: skip
        raise DataError("intake.refused", [fault])
    return Choice(name, same[0], tuple(order), is_period)


def _rows_of_figures(table: Table, but: set[str], rows: Mapping[int, str]) -> set[int]:
    """Return the rows that hold a figure in some column."""
    columns = [table.texts(name) for name in table.names if name not in but]
    return {row for row in rows if any(measured(column[row]) is not None for column in columns)}


def _unit(table: Table, chosen: Chosen) -> str:
    """Return what a column of units says in all rows that are taken; empty for several."""
    entries = {one.column: _entries(table, one.column) for one in chosen.choices}
    for name in table.names:
        if _UNIT_HEAD.fullmatch(bare(name)):
            units = {
                text
                for row, text in enumerate(_entries(table, name))
                if text and all(entries[one.column][row] == one.value for one in chosen.choices)
            }
            return units.pop()[:12] if len(units) == 1 else ""
    return ""


def _plain(text: str) -> str:
    """Return a time without blanks, its quarter in digits.

    Examples
    --------
    >>> _plain("２０２４年第三季度"), _plain("2024 Q3")
    ('2024年第3季度', '2024q3')
    """
    plain = "".join(unicodedata.normalize("NFKC", text).lower().split())
    return re.sub(r"[一二三四](?=季)", lambda one: str("一二三四".index(one[0]) + 1), plain)


def _when(text: str) -> tuple[int, ...]:
    """Return the numbers of a time, by which the later one is told.

    Examples
    --------
    >>> _when("2024年三季度") < _when("2024年四季度") < _when("2025"), _when("2024年下半年")
    (True, (2024, 2))
    """
    plain = _plain(text).replace("上半年", "1").replace("下半年", "2")
    return tuple(int(one) for one in re.findall(r"\d+", plain))
