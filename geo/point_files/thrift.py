"""Read as much of Thrift's compact protocol as it takes to weigh a Parquet file unopened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from geo.base.errors import UnfitError

MOST_DEPTH: Final = 24
"""Structures of Parquet nest eight deep at most."""
BOOLS, I32, I64, BINARY, STRUCT = (1, 2), 5, 6, 8, 12
LIST, _LISTS, _MAP = 9, (9, 10), 11
_FIXED = {3: 1, 7: 8}

Fields = Mapping[tuple[int, int], object]


class Reader:
    """Step through bytes; what is wrong with them is an UnfitError, where they end an EOFError."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def byte(self) -> int:
        """Return the next byte."""
        if self.at >= len(self.data):
            raise EOFError
        self.at += 1
        return self.data[self.at - 1]

    def varint(self) -> int:
        """Return the next number of variable length."""
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
            shift += 7
            if shift > 63:
                raise UnfitError("point_file.description_wrong")

    def signed(self) -> int:
        """Return the next whole number with a sign."""
        value = self.varint()
        return (value >> 1) ^ -(value & 1)

    def field(self, last: int) -> tuple[int, int]:
        """Return the next field's number and type.

        Parameters
        ----------
        last
            Number of the field before it in this structure, 0 at its beginning.

        Returns
        -------
        tuple of int
            Number and type; 0 and 0 at the end of the structure.

        Raises
        ------
        EOFError
            The bytes end before it.
        UnfitError
            Its number is too long.
        """
        head = self.byte()
        kind = head & 0x0F
        if not kind:
            return 0, 0
        return (last + (head >> 4) if head >> 4 else self.signed()), kind

    def several(self) -> tuple[int, int]:
        """Return the length of a list, and the type of its members."""
        head = self.byte()
        size = head >> 4
        return (self.varint() if size == 15 else size), head & 0x0F

    def skip(self, kind: int, depth: int = 0) -> None:  # noqa: C901 - a branch for each type
        """Pass over a value.

        Parameters
        ----------
        kind
            Its type.
        depth
            How many structures and lists it stands in.

        Raises
        ------
        EOFError
            The bytes end within it.
        UnfitError
            It nests too deep, or its type is not known.
        """
        if depth > MOST_DEPTH:
            raise UnfitError("point_file.description_wrong")
        if kind in BOOLS:
            return
        if kind in _FIXED:
            self._pass(_FIXED[kind])
        elif kind in (4, I32, I64):
            self.varint()
        elif kind == BINARY:
            self._pass(self.varint())
        elif kind == STRUCT:
            self.struct(depth + 1)
        elif kind in _LISTS:
            size, member = self.several()
            for _ in range(size):
                self.skip(3 if member in BOOLS else member, depth + 1)
        elif kind == _MAP:
            size = self.varint()
            kinds = self.byte() if size else 0
            for _ in range(size):
                self.skip(kinds >> 4, depth + 1)
                self.skip(kinds & 0x0F, depth + 1)
        else:
            raise UnfitError("point_file.description_wrong")

    def _pass(self, size: int) -> None:
        self.at += size
        if self.at > len(self.data):
            raise EOFError

    def struct(self, depth: int = 0) -> Fields:
        """Return the whole numbers, truths and structures of a structure.

        Parameters
        ----------
        depth
            How many structures and lists it stands in.

        Returns
        -------
        Fields
            By number and type. Of a field that stands twice the last value counts; lists and texts
            are passed over.

        Raises
        ------
        EOFError
            The bytes end within it.
        UnfitError
            It nests too deep, or a type is not known.
        """
        if depth > MOST_DEPTH:
            raise UnfitError("point_file.description_wrong")
        fields: dict[tuple[int, int], object] = {}
        last = 0
        while True:
            last, kind = self.field(last)
            if not kind:
                return fields
            if kind in (I32, I64):
                fields[last, kind] = self.signed()
            elif kind == STRUCT:  # a second one adds to the first, as in Thrift's own readers
                before, now = fields.get((last, kind), {}), self.struct(depth + 1)
                fields[last, kind] = {**before, **now} if isinstance(before, dict) else now
            elif kind in BOOLS:
                fields[last, BOOLS[0]] = kind == BOOLS[0]
            else:
                self.skip(kind, depth)


def whole(fields: Fields, number: int, kind: int = I32) -> int:
    """Return a whole number among the fields of a structure.

    Parameters
    ----------
    fields
        The structure.
    number, kind
        Number of the field, and its type: ``I32`` or ``I64``.

    Returns
    -------
    int
        0 if it is not there.

    Examples
    --------
    >>> whole({(3, I32): 12}, 3), whole({}, 3)
    (12, 0)
    """
    value = fields.get((number, kind), 0)
    return value if isinstance(value, int) else 0


def inner(fields: Fields, number: int) -> Fields:
    """Return a structure among the fields of a structure.

    Parameters
    ----------
    fields
        The outer structure.
    number
        Number of the field.

    Returns
    -------
    Fields
        Empty if it is not there.
    """
    value = fields.get((number, STRUCT), {})
    return value if isinstance(value, dict) else {}


def weigh(data: bytes, costs: Mapping[int, int], item: int, most: int) -> None:  # noqa: C901
    """Refuse a structure that would take more memory than allowed once it is unpacked.

    Parameters
    ----------
    data
        The structure, as the compact protocol writes it.
    costs
        Bytes for a member of a list of structures, by the depth at which the list stands; the
        greatest depth stands for all deeper ones.
    item
        Bytes for a member of any other list.
    most
        Bytes allowed in all.

    Raises
    ------
    EOFError
        The bytes end within it.
    UnfitError
        It would take more, nests too deep, or holds what Parquet does not.
    """
    reader, deepest = Reader(data), max(costs)
    left = most

    def spend(size: int, each: int) -> None:
        nonlocal left
        left -= size * each
        if left < 0:
            raise UnfitError("point_file.description_long")

    def value(kind: int, depth: int, lists: int) -> None:
        if depth > MOST_DEPTH:
            raise UnfitError("point_file.description_wrong")
        if kind == STRUCT:
            last = 0
            while True:
                last, inner = reader.field(last)
                if not inner:
                    return
                value(inner, depth + 1, lists)
        elif kind in _LISTS:
            size, member = reader.several()
            spend(size, costs[min(lists, deepest)] if member == STRUCT else item)
            for _ in range(size):
                value(3 if member in BOOLS else member, depth + 1, lists + 1)
        elif kind == _MAP:
            raise UnfitError("point_file.description_wrong")  # Parquet has none
        else:
            reader.skip(kind)

    value(STRUCT, 0, 0)
