"""Write Parquet files byte by byte that no honest program would write."""

from __future__ import annotations

import struct

DOUBLE, BYTE_ARRAY = 5, 6
TEXT_SIZES = b"\x7c\x16\x0a\x00"
"""Sizes of texts, said of a column: of one of numbers this contradicts itself."""


def varint(value: int) -> bytes:
    """Return a number of variable length."""
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def whole(value: int) -> bytes:
    """Return a whole number with a sign."""
    return varint((value << 1) ^ (value >> 63))


def listed(members: bytes, size: int, kind: int = 12) -> bytes:
    """Return a list."""
    return bytes([0xF0 | kind]) + varint(size) + members


def page(body: bytes, values: int, *, size: int | None = None, packed: int | None = None) -> bytes:
    """Return a page of plain values, whose header may lie about its sizes."""
    said = len(body) if size is None else size
    held = len(body) if packed is None else packed
    header = b"\x15\x00\x15" + whole(said) + b"\x15" + whole(held)
    header += b"\x2c\x15" + whole(values) + b"\x15\x00\x15\x06\x15\x06\x00\x00"
    return header + body


def element(name: bytes, *, kind: int | None = None, children: int | None = None) -> bytes:
    """Return a member of a schema."""
    leaf = b"" if kind is None else b"\x15" + whole(kind)
    leaf += (b"\x35" if kind is None else b"\x25") + b"\x00" + b"\x18" + varint(len(name)) + name
    return leaf + (b"" if children is None else b"\x15" + whole(children)) + b"\x00"


def chunk(
    name: bytes, at: int, length: int, values: int, kind: int, codec: int, more: bytes = b""
) -> bytes:
    """Return the description of a piece of a column."""
    meta = b"\x15" + whole(kind) + b"\x19\x15\x00\x19\x18" + varint(len(name)) + name
    meta += b"\x15" + whole(codec) + b"\x16" + whole(values)
    meta += b"\x16" + whole(length) + b"\x16" + whole(length) + b"\x26" + whole(at) + more + b"\x00"
    return b"\x26" + whole(at) + b"\x1c" + meta + b"\x00"


def closed(body: bytes, footer: bytes) -> bytes:
    """Return a file of some bytes and a description."""
    return b"PAR1" + body + footer + struct.pack("<I", len(footer)) + b"PAR1"


def described(schema: bytes, elements: int, rows: int, groups: bytes, count: int) -> bytes:
    """Return the description of a file."""
    head = b"\x15\x02\x19" + listed(schema, elements) + b"\x16" + whole(rows)
    return head + b"\x19" + listed(groups, count) + b"\x00"


def file(
    pages: bytes, *, values: int, rows: int, group_rows: int | None = None,
    kind: int = DOUBLE, codec: int = 0, length: int | None = None, more: bytes = b"",
) -> bytes:  # fmt: skip
    """Return a file whose columns lon and lat are the same piece of it."""
    names = (b"lon", b"lat")
    schema = element(b"r", children=2) + b"".join(element(name, kind=kind) for name in names)
    held = len(pages) if length is None else length
    chunks = b"".join(chunk(name, 4, held, values, kind, codec, more) for name in names)
    said = rows if group_rows is None else group_rows
    group = b"\x19" + listed(chunks, 2) + b"\x16" + whole(held) + b"\x16" + whole(said) + b"\x00"
    return closed(pages, described(schema, 3, rows, group, 1))
