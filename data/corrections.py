"""Set right the facts of a pack by what was published since: value for value, each with its source.

The tables of facts stay as they were read, so that nobody takes a later word for theirs; a row of
``corrections.csv`` names the value that it replaces, what it becomes, who published that first and
when. A value that is no longer the one named is a problem: then the correction is out of date.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from data.rawtables import TABLES
from geo.base.errors import Problem
from geo.base.validation import printable
from layers.pack.city import CORRECTIONS

Row = dict[str, str]


@dataclass(frozen=True)
class Corrections:
    """What is set right in the tables of facts.

    Parameters
    ----------
    rows
        Rows of ``corrections.csv``; a cell with a fault is blank.
    """

    rows: tuple[Row, ...] = ()

    def of(self, table: str) -> Iterator[tuple[int, Row]]:
        """Yield the corrections of a table, each with its number.

        Parameters
        ----------
        table
            Name of the table.
        """
        for number, row in enumerate(self.rows, start=1):
            if row["table"] == table:
                yield number, row

    def dropped(self, table: str) -> frozenset[str]:
        """Return the ids of the rows that are left out: those whose id becomes nothing.

        Parameters
        ----------
        table
            Name of the table.
        """
        found = (row for _, row in self.of(table))
        return frozenset(r["id"] for r in found if r["field"] == "id" and not r["new"].strip())

    def apply(self, table: str, rows: Iterable[Row]) -> list[Problem]:
        """Put the new values into the rows of a table, and return what does not fit.

        Parameters
        ----------
        table
            Name of the table.
        rows
            Its rows, which are changed; a row that is left out stays.

        Returns
        -------
        list of Problem
            Corrections of rows and columns that are not there, or of another value.
        """
        known = {row.get("id", ""): row for row in rows}
        return [
            problem for number, row in self.of(table) for problem in _corrected(number, row, known)
        ]


def _corrected(number: int, row: Row, known: Mapping[str, Row]) -> Iterator[Problem]:
    where, name, field = f"#{number}", row["id"], row["field"]
    told = {"value": printable(name), "file": row["table"], "column": "id"}
    if name not in known:
        yield Problem("raw.not_in", CORRECTIONS, where, "id", told)
    elif field not in TABLES[row["table"]].names:
        yield Problem("raw.no_column", CORRECTIONS, where, "field", {"file": row["table"]})
    elif field not in known[name]:
        return  # that the table lacks a column has been said
    elif known[name][field].strip() != row["old"].strip():
        stands = printable(known[name][field].strip())
        yield Problem("raw.outdated", CORRECTIONS, where, "old", {"value": stands})
    elif field != "id":
        known[name][field] = row["new"].strip()
