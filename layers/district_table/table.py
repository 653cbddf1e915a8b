"""Take the figures by district out of a table that was taken in."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from geo.intake.notation import number
from layers.intake.districts import match, spellings
from layers.intake.formats.table import Table
from layers.intake.take_in import TakenIn
from layers.pack.city import City

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
    """

    name: str
    values: tuple[tuple[str, float], ...]
    unread: tuple[str, ...] = ()


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


def district_table(taken: TakenIn, city: City, file: str) -> DistrictTable:
    """Return the figures of a table.

    Parameters
    ----------
    taken
        As ``take_in(…, kind="districts")`` returns it; one that was refused has no columns.
    city
        Whose districts are meant.
    file
        Name of the file.
    """
    joined, account = taken.joined, taken.report.rows
    if joined is None:
        return DistrictTable(file, rows=account.read)
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
    return DistrictTable(
        file=file,
        names=joined.column,
        columns=tuple(columns),
        rows=account.read,
        used=len(once),
        outside=account.outside,
        not_used=tuple(account.not_used.items()),
        repeated=repeated,
        missing=joined.missing,
    )


def _column(
    table: Table, name: str, once: Mapping[int, str], known: Mapping[str, tuple[str, ...]]
) -> Column | None:
    """Return a column of figures; None for one of texts, of nothing, or of adcodes."""
    cells = ["" if v is None else str(v) for v in table.cells.column(name).to_pylist()]
    filled = {code: cells[row].strip() for row, code in once.items() if cells[row].strip()}
    read = {code: figure(text) for code, text in filled.items()}
    values = tuple((code, value) for code, value in read.items() if value is not None)
    if not values or len(values) < LEAST_SHARE * len(filled):
        return None
    if all(match(text, known) == (code,) for code, text in filled.items()):
        return None
    return Column(name, values, tuple(code for code, value in read.items() if value is None))


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
