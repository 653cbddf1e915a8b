"""Declare which columns a frame has, what they hold, and what may be blank."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FieldType = Literal["text", "number", "integer", "flag", "date"]
"""``date`` is ISO 8601 text of a year, a month or a day: the plan often gives no more."""


@dataclass(frozen=True)
class Field:
    """One column.

    Parameters
    ----------
    name
        Column name, ASCII.
    type
        What the column holds.
    required
        Whether a blank is an error.
    allowed
        Closed set of values, or None where any value is allowed.
    unit
        Unit symbol of a number, as printed ("km²", "m").
    least
        Smallest number that makes sense, or None where any does.
    above
        Number that all must be greater than, or None.
    """

    name: str
    type: FieldType = "text"
    required: bool = False
    allowed: frozenset[str] | None = None
    unit: str = ""
    least: float | None = None
    above: float | None = None


@dataclass(frozen=True)
class Schema:
    """All columns of a layer, in the order in which they are written, and its geometry types.

    Parameters
    ----------
    fields
        The columns, ``id`` first.
    geometry
        Allowed GeoJSON geometry types.
    geometry_required
        Whether every row must have a geometry.
    """

    fields: tuple[Field, ...]
    geometry: frozenset[str]
    geometry_required: bool = True

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in order."""
        return tuple(field.name for field in self.fields)

    def __getitem__(self, name: str) -> Field:
        return next(field for field in self.fields if field.name == name)
