"""Take the figures by district out of a table that was taken in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from geo.base.errors import Problem
from layers.intake.districts.figures import Column
from layers.intake.districts.long_form import Choice
from layers.intake.take_in import TakenIn

RATE: Final = re.compile(
    r"率|比重|占比|比例|百分|[%％‰]|均|密度|每|指数|系数|排名|名次|位次|得分|评分|增速|增幅|增长$|"
    r"同比|环比|强度|(?<![a-z])(?:rate|share|ratio|percent(?:age)?|per|density|index|average|mean|"
    r"median|rank(?:ing)?|score|growth)(?![a-z])",
    re.IGNORECASE,
)
"""Names of columns whose figures must not be added up, and are divided by nothing."""
_SHARES: Final = frozenset({"%", "‰"})
_UNITS_OVER: Final = re.compile(
    r"[（(]?\s*(?:计量)?(?<![填报制送])单位\s*[:：]\s*([^\s（）()]+)\s*[）)]?"
)
"""Units over a table; 填报单位 names who filled it in."""
_COUNTED: Final = re.compile(
    r"[十百千万亿]*(?:家|个|户|名|人次?|元|美元|件|项|处|所|座|台|套|篇|吨|亩|公顷|米|公里|"
    r"平方(?:米|公里|千米)|km2|km²|m²|ha)"
)
"""Units that are said behind a figure; brackets may hold other words, such as 不含军工."""
_UNIT_BEHIND: Final = re.compile(r"[（(]([^（）()]{1,12})[）)]\s*$")
_WRITER_OVER: Final = re.compile(
    r"[（(]?\s*(?:填报|填表|制表|编制|报送)(?:单位|部门|人|日期|时间)\s*[:：]\s*[^\s）)]*\s*[）)]?"
)
"""Who wrote a table, over it: no part of its title."""
_DATE: Final = re.compile(
    r"(?:19|20)\d{2}\s*年?\s*[-–—~～至]+\s*(?:19|20)\d{2}\s*年?|"
    r"(?:截至)?(?:19|20)\d{2}\s*年?(?:\s*\d{1,2}\s*月)?(?:\s*\d{1,2}\s*日)?底?"
)


@dataclass(frozen=True)
class DistrictTable:
    """A table by district: its figures, and what became of its rows.

    Parameters
    ----------
    file
        Name of the file.
    names
        Name of the column that names the districts.
    columns
        Columns of figures, in the table's order.
    rows, used, outside
        How many rows there are, how many are one district's and have a figure, how many name none
        of this city.
    not_used
        By reason, how many rows are not used.
    repeated
        Adcodes that several rows name: which of them counts nobody knows, so none does.
    missing
        Adcodes that no row names.
    problems
        The rows that are not used, each with its line, its cell and a remedy.
    strangers
        What stands in the rows that name no district of the city.
    title, dated
        What stands over the table, and the date or year in it; empty for none.
    digest
        SHA-256 of the file; empty where the file is not at hand.
    chosen
        Which year or indicator is taken where each district has several rows.
    answers
        What the reader has said of the file.
    """

    file: str
    names: str = ""
    columns: tuple[Column, ...] = ()
    rows: int = 0
    used: int = 0
    outside: int = 0
    not_used: tuple[tuple[str, int], ...] = ()
    repeated: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    strangers: tuple[str, ...] = ()
    title: str = ""
    dated: str = ""
    digest: str = ""
    chosen: tuple[Choice, ...] = ()
    answers: tuple[tuple[str, str], ...] = ()

    @property
    def period(self) -> Choice | None:
        """The column of times, and the one that is taken; None where no column has any."""
        return next((one for one in self.chosen if one.is_period), None)

    @property
    def time(self) -> str:
        """The times that are taken, of all columns that have some; empty for none."""
        return " ".join(one.value for one in self.chosen if one.is_period)


def is_rate(column: Column) -> bool:
    """Tell whether figures are rates, indices, ranks or averages: they are never added up.

    Parameters
    ----------
    column
        The figures.
    """
    return column.unit in _SHARES or bool(RATE.search(column.name))


def called(column: Column) -> str:
    """Return the name of a column with its unit.

    Parameters
    ----------
    column
        The figures.
    """
    has_unit = not column.unit or column.name.rstrip("）) ").endswith(column.unit)
    return column.name if has_unit else f"{column.name}（{column.unit}）"


def said_unit(column: Column) -> str:
    """Return the unit that may be said behind a figure of a column; empty for none.

    Parameters
    ----------
    column
        The figures. Shares stay without: a cell that is shown as 3.5% may hold 0.035.

    Examples
    --------
    >>> said_unit(Column("产值", (), unit="亿元")), said_unit(Column("企业", (), unit="不含军工"))
    ('亿元', '')
    """
    return column.unit if _COUNTED.fullmatch(column.unit) else ""


def district_table(
    taken: TakenIn,
    file: str,
    digest: str = "",
    answers: Mapping[str, str] = MappingProxyType({}),
) -> DistrictTable:
    """Return the figures of a table.

    Parameters
    ----------
    taken
        As ``take_in(…, kind="districts")`` returns it; one that was refused has no columns.
    file
        Name of the file.
    digest
        SHA-256 of the file.
    answers
        What the reader has said of it.
    """
    said = tuple(answers.items())
    joined, account = taken.joined, taken.report.rows
    if joined is None:
        return DistrictTable(file, rows=account.read, digest=digest, answers=said)
    over = next((str(one.values["value"]) for one in taken.report.found if one.key == "title"), "")
    titled = " ".join(_WRITER_OVER.sub("", _UNITS_OVER.sub("", over)).split())
    date, named = _DATE.search(titled), taken.tables[0].texts(joined.column)
    strange = [n.strip() for n, s in zip(named, joined.status, strict=False) if s == "outside"]
    both = zip(joined.status.tolist(), joined.adcodes.tolist(), strict=True)
    return DistrictTable(
        file=file,
        names=joined.column,
        columns=tuple(_with_units(joined.columns, over)),
        rows=account.read,
        used=account.used,
        outside=account.outside,
        not_used=tuple(account.not_used.items()),
        repeated=tuple(sorted({code for state, code in both if state == "repeated"})),
        problems=joined.problems,
        missing=joined.missing,
        strangers=tuple(dict.fromkeys(strange)),
        title=titled,
        dated=re.sub(r"\s", "", date[0]) if date is not None else "",
        digest=digest,
        chosen=joined.chosen.choices,
        answers=said,
    )


def _with_units(columns: Sequence[Column], over: str) -> Iterator[Column]:
    """Yield the columns with their unit: that of heading or cells, else one over the table.

    Over a table stands one for all columns, or one for each that has none, in turn.
    """
    own = [_own_unit(one) for one in columns]
    bare = [n for n, one in enumerate(columns) if not own[n] and not is_rate(one)]
    told = _UNITS_OVER.search(over)
    units = re.split(r"[、，,/；;]", told[1]) if told is not None else []
    units = units * len(bare) if len(units) == 1 else units
    given = dict(zip(bare, units, strict=True)) if len(units) == len(bare) else {}
    for n, one in enumerate(columns):
        yield replace(one, unit=own[n] or given.get(n, ""))


def _own_unit(column: Column) -> str:
    behind = _UNIT_BEHIND.search(column.name)
    return behind[1].strip().replace("％", "%") if behind is not None else column.unit
