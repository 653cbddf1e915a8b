"""Hold what a file of others holds, whatever kind of file it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from geo.base.errors import AtlasError, Problem, Value

MOST_FILE_BYTES: Final = 512 << 20
"""Bytes of a file that is read as a whole."""
MOST_ROWS: Final = 5_000_000
MOST_SHEET_ROWS: Final = 1_048_576
"""Rows of a sheet of Excel."""
MOST_COLUMNS: Final = 2_000


@dataclass(frozen=True)
class Observation:
    """One thing that was found in a file, with its evidence.

    Parameters
    ----------
    key
        What it is; its sentence stands under ``intake.found.<key>``.
    sure
        ``certain`` (declared, or no other reading is possible), ``likely``, or ``open``.
    values
        What the sentence names; ``value`` is the finding itself.
    """

    key: str
    sure: str = "certain"
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Option:
    """One answer that can be given to a question: its value, and the words for it."""

    value: str
    key: str
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Question:
    """What only the reader can say; nothing is read before.

    Parameters
    ----------
    key
        What ``--answer KEY=VALUE`` names; its sentence stands under ``intake.ask.<key>``.
    options
        The answers, the likeliest first. Other values may be allowed, such as any EPSG code.
    values
        What the sentence names.
    """

    key: str
    options: tuple[Option, ...]
    values: Mapping[str, Value] = field(default_factory=dict)


class AskError(AtlasError):
    """A file cannot be opened before the reader has answered.

    Parameters
    ----------
    questions
        What is asked.
    """

    def __init__(self, questions: tuple[Question, ...]) -> None:
        self.questions = questions
        super().__init__("intake.asks", [])


@dataclass(frozen=True, eq=False)
class Shapes:
    """Positions that a file holds as geometries, one for each row.

    Parameters
    ----------
    x, y
        Coordinates, NaN where there is no point; shape (n,).
    kind
        ``geo.point_files.wkb.POINT`` and so on.
    crs
        The declared system, see :func:`geo.base.bridge.canonical`; None if the file does not say.
    refused
        Why, if it declares what cannot be used.
    column
        Name of the column; empty where the format has but one geometry.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    kind: NDArray[np.uint8]
    crs: str | None = None
    refused: Problem | None = None
    column: str = ""


@dataclass(frozen=True, eq=False)
class Table:
    """One table of a file, as it stands there.

    Parameters
    ----------
    where
        Name of the file, and of the sheet or layer if it has several.
    cells
        Arrow table of all columns, each name once.
    lines
        Number of the line, of the row of a sheet, or of the feature, from 1; shape (n,).
    torn
        The same of rows that never became cells.
    shapes
        Positions that the format itself holds; None for tables of plain columns.
    found
        What opening it has shown.
    has_names
        Whether the columns have names of their own.
    begin
        Of text, lines before the first row.
    """

    where: str
    cells: Any
    lines: NDArray[np.int64]
    torn: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    shapes: Shapes | None = None
    found: tuple[Observation, ...] = ()
    has_names: bool = True
    begin: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, in the order of the file."""
        return tuple(self.cells.column_names)

    @property
    def rows(self) -> int:
        """Rows of the file, torn ones too."""
        return len(self.lines) + len(self.torn)

    def texts(self, name: str) -> list[str]:
        """Return the cells of a column as texts; blank ones empty.

        Parameters
        ----------
        name
            Of the column.
        """
        return ["" if v is None else str(v) for v in self.cells.column(name).to_pylist()]


def named_twice(names: Sequence[str]) -> tuple[str, ...]:
    """Return the names that stand more than once.

    Parameters
    ----------
    names
        As the file has them; blank ones are none.
    """
    times = Counter(" ".join(name.split()) for name in names)
    return tuple(name for name, n in times.items() if name and n > 1)


def unique_names(names: list[str]) -> list[str]:
    """Return names so that each stands once, and none is blank.

    Parameters
    ----------
    names
        As the file has them.

    Examples
    --------
    >>> unique_names(["a", "a", " "])
    ['a', 'a (2)', '3']
    """
    used: set[str] = set()
    found = []
    for place, name in enumerate(names, start=1):
        bare = " ".join(name.replace("\ufeff", "").split()) or str(place)
        told, number = bare, 2
        while told in used:
            told, number = f"{bare} ({number})", number + 1
        used.add(told)
        found.append(told)
    return found


def texts_table(names: list[str], rows: list[list[str]]) -> Any:
    """Return rows of texts as an Arrow table; short rows are filled up, blank cells are null.

    Parameters
    ----------
    names
        Of the columns, each once.
    rows
        The cells.
    """
    columns = [[row[k] if k < len(row) else "" for row in rows] for k in range(len(names))]
    return columns_table(names, columns)


def columns_table(names: list[str], columns: Sequence[Sequence[str]]) -> Any:
    """Return columns of texts as an Arrow table; blank cells are null.

    Parameters
    ----------
    names
        Of the columns, each once.
    columns
        The cells of each, from above.
    """
    import pyarrow as pa

    arrays = [pa.array([cell or None for cell in column], pa.string()) for column in columns]
    return pa.table(arrays, names=names)
