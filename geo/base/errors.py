"""Name the ways in which the atlas refuses its input.

AtlasError
├── DataError                   a file, a pack or a table is not what it should be
├── CrsError (ValueError)       coordinates come in the wrong reference system
└── ParameterError (ValueError) an argument lies outside what the method allows
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

Value = str | int | float | tuple[str, ...]
"""What a problem tells of its case: a text, a count, a measured number, or a list of words."""


@dataclasses.dataclass(frozen=True, init=False)
class Problem:
    """One thing that is wrong, and where it is; in which words is for the reader's language.

    Parameters
    ----------
    key
        Which fault it is. What is wrong and how to mend it stand in ``data/text`` under
        ``problem.<key>``; see :mod:`layers.language.problems`.
    where
        File, layer or argument in which the problem lies.
    row
        Identifier or number of the row, where there is one.
    field
        Name of the column, where there is one.
    values, **more
        What the sentences name, by the name of its place in them.

    Examples
    --------
    >>> print(Problem("value.too_small", "points.csv", "#12", "weight", least=0, value="-3"))
    points.csv · #12 · weight: value.too_small least=0 value='-3'
    """

    key: str
    where: str
    row: str
    field: str
    values: Mapping[str, Value] = dataclasses.field(hash=False)

    def __init__(
        self,
        key: str,
        where: str,
        row: str = "",
        field: str = "",
        values: Mapping[str, Value] | None = None,
        **more: Value,
    ) -> None:
        told = {**(values or {}), **more}
        vars(self).update(key=key, where=where, row=row, field=field, values=told)

    def __str__(self) -> str:
        place = " · ".join(part for part in (self.where, self.row, self.field) if part)
        told = "".join(f" {name}={value!r}" for name, value in self.values.items())
        return f"{place}: {self.key}{told}"


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
        super().__init__(key, self.problems)  # so that it reaches another process whole

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems)) or self.key


class DataError(AtlasError):
    """A file, a pack or a table is not what it should be."""


class CrsError(AtlasError, ValueError):
    """Coordinates come in a reference system that the function cannot measure in."""


class ParameterError(AtlasError, ValueError):
    """An argument lies outside what the method allows."""


class UnfitError(ValueError):
    """A file of others cannot be read within bounds; who knows the file makes it a problem.

    Parameters
    ----------
    key, **values
        As of :class:`Problem`.
    """

    def __init__(self, key: str, **values: Value) -> None:
        self.key, self.values = key, values
        super().__init__(key)

    def __str__(self) -> str:
        return str(Problem(self.key, "", values=self.values)).removeprefix(": ")
