"""Take the figures by district out of a table that was taken in."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from geo.intake.notation import BLANK, PLACEHOLDER, kind_of, number
from layers.intake.districts import cells_as_texts, match, spellings
from layers.intake.formats.table import Table
from layers.intake.take_in import TakenIn
from layers.pack.city import City

_WITH_UNIT: Final = re.compile(r"([+-]?\d[\d,.\s]*?)\s*([^\W\d_][^\d'\"°:]{0,11}|[%‰])", re.UNICODE)
_SCALE: Final = re.compile(r"[十百千万亿]|^[kKM]|thousand|million|billion")
"""What makes of a unit another size: figures with and without it cannot be compared."""
_ABOUT: Final = re.compile(r"[<>≤≥＜＞~～约近超]\s*\d")
"""A figure that is told by a bound: it is a figure, and none that can be counted."""
RATE: Final = re.compile(
    r"率|比重|占比|比例|百分|[%％‰]|均|密度|每|指数|系数|排名|名次|位次|得分|评分|增速|增幅|增长$|"
    r"同比|环比|强度|(?<![a-z])(?:rate|share|ratio|percent(?:age)?|per|density|index|average|mean|"
    r"median|rank(?:ing)?|score|growth)(?![a-z])",
    re.IGNORECASE,
)
"""Names of columns whose figures must not be added up, and are divided by nothing."""
_SHARES: Final = frozenset({"%", "‰"})
_UNITS_OVER: Final = re.compile(
    r"[（(]?\s*(?:计量)?(?<![填报制报送])单位\s*[:：]\s*([^\s（）()]+)\s*[）)]?"
)
"""Units over a table; 填报单位 names who filled it in."""
_UNIT_BEHIND: Final = re.compile(r"[（(]([^（）()]{1,12})[）)]\s*$")
_DATE: Final = re.compile(
    r"(?:截至)?(?:19|20)\d{2}\s*年?(?:\s*\d{1,2}\s*月)?(?:\s*\d{1,2}\s*日)?底?"
)
_STRANGE: Final = frozenset({"outside", "ambiguous"})
LEAST_SHARE = 0.5
"""Share of the filled cells that must be numbers in a column of figures."""


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
        Adcodes of the districts whose cell is no number.
    unit
        What stands behind its figures, or over the table; empty where nobody says.
    """

    name: str
    values: tuple[tuple[str, float], ...]
    unread: tuple[str, ...] = ()
    unit: str = ""

    @property
    def called(self) -> str:
        """The name with its unit."""
        return (
            self.name if not self.unit or self.unit in self.name else f"{self.name}（{self.unit}）"
        )

    @property
    def is_rate(self) -> bool:
        """Whether its figures are rates, indices, ranks or averages: they are never added up."""
        return self.unit in _SHARES or bool(RATE.search(self.name))


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
        How many rows there are, how many are one district's, how many name none of this city.
    not_used
        By reason, how many rows are joined to no district.
    repeated
        Adcodes that several rows name: which of them counts nobody knows, so none does.
    missing
        Adcodes that no row names.
    strangers
        What stands in the rows whose name is none of a district, or of several.
    title, dated
        What stands over the table, and the date or year in it; empty for none.
    digest
        SHA-256 of the file; empty where the file is not at hand.
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
    strangers: tuple[str, ...] = ()
    title: str = ""
    dated: str = ""
    digest: str = ""


def district_table(taken: TakenIn, city: City, file: str, digest: str = "") -> DistrictTable:
    """Return the figures of a table.

    Parameters
    ----------
    taken
        As ``take_in(…, kind="districts")`` returns it; one that was refused has no columns.
    city
        Whose districts are meant.
    file
        Name of the file.
    digest
        SHA-256 of the file.
    """
    joined, account = taken.joined, taken.report.rows
    if joined is None:
        return DistrictTable(file, rows=account.read, digest=digest)
    table = taken.tables[0]
    codes = [str(code) for code in joined.adcodes[: table.rows]]
    times = Counter(code for code in codes if code)
    repeated = tuple(sorted(code for code, n in times.items() if n > 1))
    once = {row: code for row, code in enumerate(codes) if times[code] == 1}
    known = spellings(city)
    columns = [
        column
        for name in table.names
        if name != joined.column and (column := _column(table, name, once, known)) is not None
    ]
    over = next((str(one.values["value"]) for one in taken.report.found if one.key == "title"), "")
    named = cells_as_texts(table, joined.column)
    states = joined.status[: table.rows].tolist()
    strange = [n for n, state in zip(named, states, strict=True) if state in _STRANGE]
    title = " ".join(_UNITS_OVER.sub("", over).split())
    date = _DATE.search(over)
    return DistrictTable(
        file=file,
        names=joined.column,
        columns=tuple(_with_units(columns, over)),
        rows=account.read,
        used=len(once),
        outside=account.outside,
        not_used=tuple(account.not_used.items()),
        repeated=repeated,
        missing=joined.missing,
        strangers=tuple(dict.fromkeys(filter(None, map(str.strip, strange)))),
        title=title,
        dated=re.sub(r"\s", "", date[0]) if date is not None else "",
        digest=digest,
    )


def _with_units(columns: Sequence[Column], over: str) -> Iterator[Column]:
    """Yield the columns with the units over the table: one for all, or one for each in turn."""
    told = _UNITS_OVER.search(over)
    units = re.split(r"[、，,/；;]", told[1]) if told is not None else []
    open_ = [one for one in columns if not one.unit and not one.is_rate]
    if len(units) == 1:
        units *= len(open_)
    given = dict(zip((one.name for one in open_), units, strict=False))
    for one in columns:
        is_told = len(units) == len(open_) and one.name in given
        yield replace(one, unit=given[one.name].strip()) if is_told else one


def _column(
    table: Table, name: str, once: Mapping[int, str], known: Mapping[str, tuple[str, ...]]
) -> Column | None:
    """Return a column of figures; None for one of texts, of nothing, or of adcodes."""
    cells = cells_as_texts(table, name)
    said = {code: cells[row].strip() for row, code in once.items() if cells[row].strip()}
    filled = {
        code: text for code, text in said.items() if kind_of(text) not in (BLANK, PLACEHOLDER)
    }
    read = {code: measured(text) for code, text in filled.items()}
    units = Counter(one.unit for one in read.values() if one is not None)
    unit = max(units, key=lambda one: (units[one], one), default="")
    alike = {unit} if _SCALE.search(unit) or any(map(_SCALE.search, units)) else {unit, ""}
    values = tuple((code, one.value) for code, one in read.items()
                   if one is not None and one.unit in alike)  # fmt: skip
    about = sum(bool(_ABOUT.match(text)) for text in filled.values())
    if not values or len(values) + about < LEAST_SHARE * len(filled):
        return None
    if all(match(text, known) == (code,) for code, text in filled.items()):
        return None
    good = {code for code, _ in values}
    behind = _UNIT_BEHIND.search(name)
    own = unicodedata.normalize("NFKC", behind[1] if behind is not None else unit)
    percent = unit or ("%" if all(text.rstrip()[-1:] in "%％" for text in filled.values()) else "")
    return Column(name, values, tuple(code for code in said if code not in good), own or percent)


class Measured(NamedTuple):
    """A figure as a cell has it, and the unit behind it; empty for none."""

    value: float
    unit: str


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
    match = _WITH_UNIT.fullmatch(plain)
    unit = match[2].strip() if match is not None else ""
    value = figure(match[1] if match is not None else plain)
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
