"""Take the figures by district out of a table that was taken in."""

from __future__ import annotations

from dataclasses import dataclass

from geo.base.errors import Problem
from layers.intake.districts.figures import Column
from layers.intake.take_in import TakenIn


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


def district_table(taken: TakenIn, file: str) -> DistrictTable:
    """Return the figures of a table.

    Parameters
    ----------
    taken
        As ``take_in(…, kind="districts")`` returns it; one that was refused has no columns.
    file
        Name of the file.
    """
    joined, account = taken.joined, taken.report.rows
    if joined is None:
        return DistrictTable(file, rows=account.read)
    both = zip(joined.status.tolist(), joined.adcodes.tolist(), strict=True)
    return DistrictTable(
        file=file,
        names=joined.column,
        columns=joined.columns,
        rows=account.read,
        used=account.used,
        outside=account.outside,
        not_used=tuple(account.not_used.items()),
        repeated=tuple(sorted({code for state, code in both if state == "repeated"})),
        problems=joined.problems,
        missing=joined.missing,
    )
