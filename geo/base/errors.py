"""Name the ways in which the atlas refuses its input.

AtlasError
├── DataError                   a file, a pack or a table is not what it should be
├── CrsError (ValueError)       coordinates come in the wrong reference system
└── ParameterError (ValueError) an argument lies outside what the method allows
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, where it is, and how to mend it.

    Parameters
    ----------
    where
        File, layer or argument in which the problem lies.
    what
        English sentence that says what is wrong.
    remedy
        English sentence that says what to do; may be empty.
    row
        Identifier or number of the row, where there is one.
    field
        Name of the column, where there is one.
    """

    where: str
    what: str
    remedy: str = ""
    row: str = ""
    field: str = ""

    def __str__(self) -> str:
        place = " · ".join(part for part in (self.where, self.row, self.field) if part)
        return f"{place}: {self.what}" + (f" {self.remedy}" if self.remedy else "")


class AtlasError(Exception):
    """Carry every problem found, so that they are reported together and raised once.

    Parameters
    ----------
    key
        Key of the reader's sentence in ``data/text``, under ``error.``.
    problems
        All that was found wrong, in the order of the input.
    """

    def __init__(self, key: str, problems: Sequence[Problem]) -> None:
        self.key = key
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class DataError(AtlasError):
    """A file, a pack or a table is not what it should be."""


class CrsError(AtlasError, ValueError):
    """Coordinates come in a reference system that the function cannot measure in."""


class ParameterError(AtlasError, ValueError):
    """An argument lies outside what the method allows."""
