"""Read Parquet files of others within bounds of memory, whatever they say of themselves."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import accumulate, count
from pathlib import Path
from typing import Any, Final

import numpy as np

from geo.base.errors import UnfitError
from geo.point_files.thrift import I64, LIST, STRUCT, Fields, Reader, inner, weigh, whole

MAGIC: Final = b"PAR1"
MOST_FOOTER: Final = 32 << 20
"""Bytes of the description at the end of a file."""
MOST_DESCRIPTION: Final = 64 << 20
"""Bytes that this description may take once it is unpacked, about 40,000 pieces of columns."""
MOST_COLUMNS: Final = 16_384
"""Columns of a file; a spreadsheet has no more."""
MOST_PAGE: Final = 16 << 20
"""Bytes of a page of values, packed or not."""
FREE_PAGE: Final = 1 << 20
"""A page up to this size may hold values of any length."""
MOST_VALUE: Final = 1024
"""Bytes of a value on average, in larger pages; a point has 41 at most."""
MOST_BATCH: Final = 16 << 20
"""Bytes of values that are unpacked at a time, apart from the pages that they begin and end in."""
MOST_HELD: Final = 512 << 20
"""Bytes of the columns that are read together, at a time: of each its dictionary and a page."""
MOST_NUMBERS: Final = 4
"""Numbers of a position that is kept in parts."""
MOST_PAGES: Final = 100_000
"""Pages of a piece of a column."""
MOST_FIXED: Final = 64
"""Bytes of a value of fixed length."""
LONGEST_POINT: Final = 64
HEADS: Final = 3
"""Columns that may say that a row is a total."""
_MEMBERS = {0: 1000, 1: 800, 2: 64}
"""Bytes that a column of the schema, a piece of a column, and what it lists take in memory."""
_ITEM = 40
_REMEMBERED = 4
_CODECS = {1: "snappy", 2: "gzip", 4: "brotli", 6: "zstd"}
_HEADERS = (256, 1 << 16)
_BUFFER = 1 << 20
_DATA, _DICTIONARY, _DATA_2 = 0, 2, 3
_FIXED = 8.0
"""Bytes of a number."""
_PREFIXED = 7
"""Encoding in which a value repeats part of the one before: few bytes unpack to any number."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Where a piece of a column lies, as the description of the file says.

    Arrow's own way to ask for this ends the process where the description contradicts itself.
    """

    codec: int
    values: int
    begin: int
    end: int


@dataclass(frozen=True)
class Group:
    """A row group: how many rows it says that it has, and its pieces of columns."""

    rows: int
    pieces: tuple[Piece, ...]


_known: dict[bytes, tuple[Group, ...]] = {}
"""Descriptions that were found light enough: each stretch of a file opens it anew."""


@dataclass(frozen=True)
class Opened:
    """A file whose description has been weighed.

    Parameters
    ----------
    source
        The file as Arrow reads it.
    metadata
        Its description as Arrow tells it; only for what concerns all of the file.
    groups
        Its row groups.
    """

    source: Any
    metadata: Any
    groups: tuple[Group, ...]

    def reader(self, coded: Sequence[str] = ()) -> Any:
        """Return a reader of the file.

        Parameters
        ----------
        coded
            Names of columns that are handed over as numbers and a dictionary of values, as they
            stand in the file; the others are written out.

        Returns
        -------
        ParquetFile
            Of ``pyarrow``; it reads from ``source``, which must still be open.
        """
        import pyarrow.parquet as pq

        return pq.ParquetFile(
            self.source, metadata=self.metadata, read_dictionary=list(coded),
            buffer_size=_BUFFER, pre_buffer=False, arrow_extensions_enabled=False,
        )  # fmt: skip


@contextmanager
def opened(path: Path) -> Iterator[Opened]:
    """Open a file after its description has been weighed.

    Parameters
    ----------
    path
        The file.

    Yields
    ------
    Opened
        The file, closed afterwards.

    Raises
    ------
    UnfitError
        Its description is too large, or contradicts itself.
    OSError, ValueError
        It cannot be opened, or is no Parquet.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pa.OSFile(str(path), "rb") as source:
        groups = _groups(_footer(source))
        metadata = pq.read_metadata(source)
        if metadata.num_columns > MOST_COLUMNS:
            raise UnfitError("point_file.columns", n=metadata.num_columns, most=MOST_COLUMNS)
        rows = sum(group.rows for group in groups)
        if rows != metadata.num_rows or any(group.rows < 0 for group in groups):
            raise UnfitError("point_file.rows_differ", said=metadata.num_rows, n=rows)
        yield Opened(source, metadata, groups)


def _footer(source: Any) -> bytes:
    """Return the description of a file."""
    size = source.size()
    if size < 12:
        raise UnfitError("point_file.no_parquet" if size else "point_file.empty")
    tail = source.read_at(8, size - 8)
    length = int.from_bytes(tail[:4], "little")
    if tail[4:] != MAGIC or length > size - 8:
        raise UnfitError("point_file.not_whole")
    if length > MOST_FOOTER:
        raise UnfitError("point_file.description_large", n=length, most=MOST_FOOTER)
    return bytes(source.read_at(length, size - 8 - length))


def _groups(footer: bytes) -> tuple[Group, ...]:
    """Return the row groups of a description that is not too heavy."""
    digest = hashlib.sha256(footer).digest()
    if (known := _known.get(digest)) is not None:
        return known
    try:
        weigh(footer, _MEMBERS, _ITEM, MOST_DESCRIPTION)
        found = tuple(_structures(Reader(footer), 4, _group))
    except EOFError as error:
        raise UnfitError("point_file.description_cut") from error
    while len(_known) >= _REMEMBERED:
        _known.pop(next(iter(_known)), None)
    _known[digest] = found
    return found


def _structures(
    reader: Reader, number: int, each: Callable[[Reader], Any], seen: dict[int, int] | None = None
) -> list[Any]:
    """Read a structure; return the members of one list of it, and put whole numbers aside."""
    members: list[Any] = []
    last = 0
    while True:
        last, kind = reader.field(last)
        if not kind:
            return members
        if (last, kind) == (number, LIST):
            size, member = reader.several()
            if size and member != STRUCT:
                raise UnfitError("point_file.description_wrong")
            members = [each(reader) for _ in range(size)]
        elif kind == I64 and seen is not None:
            seen[last] = reader.signed()
        else:
            reader.skip(kind)


def _group(reader: Reader) -> Group:
    seen: dict[int, int] = {}
    pieces = _structures(reader, 1, _piece, seen)
    return Group(seen.get(3, 0), tuple(pieces))


def _piece(reader: Reader) -> Piece:
    meta = inner(reader.struct(), 3)
    begin, coded = whole(meta, 9, I64), whole(meta, 11, I64)
    if 0 < coded < begin:
        begin = coded
    size = whole(meta, 7, I64)
    return Piece(whole(meta, 4), whole(meta, 5, I64), begin, begin + size)


def batches(
    path: Path, names: Sequence[str], groups: Sequence[int] | None, rows: int
) -> Iterator[tuple[str, Any, int]]:
    """Yield record batches of some columns, each with the name of the place that it comes from.

    Parameters
    ----------
    path
        The file.
    names
        Columns; each stands in the file once.
    groups
        Row groups; None for all.
    rows
        Rows of a batch at most.

    Yields
    ------
    tuple of str, RecordBatch or None, and int
        None comes before each row group, so that an error in its first batch names the group. Last
        the number of the batch's first row in the file, from 1.

    Raises
    ------
    UnfitError
        A row group would take too much memory, or has not the rows that it says it has.
    OSError, ValueError
        As Arrow raises them.
    """
    with opened(path) as file:
        leaves = _leaves(file.metadata, names)
        before = list(accumulate((one.rows for one in file.groups), initial=1))
        for group in range(len(file.groups)) if groups is None else groups:
            place = f"row group {group}"
            yield place, None, 0
            plan = _plan(file, group, leaves, rows)
            read = 0
            for batch in file.reader(plan.coded).iter_batches(
                plan.rows, row_groups=[group], columns=list(names), use_threads=False
            ):
                if batch.num_columns != len(set(names)):
                    raise UnfitError("point_file.names_alike")
                read += batch.num_rows
                if read > file.groups[group].rows:
                    break
                yield place, batch, before[group] + read - batch.num_rows
            said = file.groups[group].rows
            if read != said:
                raise UnfitError("point_file.group_differs", n=read, said=said)


def require_short(file: Opened, name: str) -> None:
    """Raise if the parts of a column hold more numbers than its rows have use for.

    A list of any length packs into a few bytes, and Arrow unpacks each row whole.

    Parameters
    ----------
    file
        The file.
    name
        Column that is kept in parts: a structure, or lists.

    Raises
    ------
    UnfitError
        They do, or a page is too large.
    """
    schema = file.metadata.schema
    places = [k for k in range(file.metadata.num_columns)
              if schema.column(k).path.split(".")[0] == name]  # fmt: skip
    for group in file.groups:
        if len(group.pieces) != file.metadata.num_columns:
            raise UnfitError("point_file.group_columns")
        for k in places:
            n = 0
            for page in _pages(file.source, group.pieces[k]):
                _require_small(page, name)
                n += 0 if page.kind == _DICTIONARY else page.values
            if n > MOST_NUMBERS * group.rows:
                raise UnfitError("point_file.lists_long", name=name, n=n, rows=group.rows)


class Heads:
    """The first cells of rows of a file, read where they are asked for and nowhere else.

    Parameters
    ----------
    path
        The file.
    rows
        Rows that are unpacked at a time.
    """

    def __init__(self, path: Path, rows: int) -> None:
        self._path, self._rows = path, rows
        self._names: list[str] = []
        self._begins: list[int] = []
        self._stream: Iterator[tuple[str, Any, int]] = iter(())
        self._group, self._first, self._batch = -1, 0, None

    def at(self, lines: Sequence[int]) -> list[list[str]]:
        """Return the first cells of some rows; empty lists where they cannot be read.

        Parameters
        ----------
        lines
            Numbers of the rows, from 1, in rising order.
        """
        try:
            if not self._begins:
                self._open()
            return [self._cells(line) for line in lines]
        except (UnfitError, OSError, ValueError):  # who reads the positions tells what is wrong
            return [[] for _ in lines]

    def _open(self) -> None:
        with opened(self._path) as file:
            self._begins = list(accumulate((one.rows for one in file.groups), initial=1))
            for name in list(file.reader().schema_arrow.names)[:HEADS]:
                with suppress(UnfitError):  # a list or a structure says nothing
                    self._names += _leaves(file.metadata, [name])

    def _cells(self, line: int) -> list[str]:
        if not self._names:
            return []
        group = bisect_right(self._begins, line) - 1
        if group != self._group or line < self._first:
            self._stream = batches(self._path, self._names, [group], self._rows)
            self._group, self._first, self._batch = group, 0, None
        while self._batch is None or line >= self._first + self._batch.num_rows:
            _, self._batch, self._first = next(self._stream, ("", None, -1))
            if self._first < 0:
                return []
        cells = (self._batch.column(name)[line - self._first].as_py() for name in self._names)
        return ["" if cell is None else str(cell) for cell in cells]


def _leaves(metadata: Any, names: Sequence[str]) -> dict[str, int]:
    """Return where some columns stand; refuse lists, structures and overlong values."""
    found: dict[str, int] = {}
    for k in range(metadata.num_columns):
        column = metadata.schema.column(k)
        if column.path not in names:
            continue
        if column.path in found:
            raise UnfitError("point_file.column_twice", name=column.path)
        if column.max_repetition_level or column.max_definition_level > 1:
            raise UnfitError("point_file.column_lists", name=column.path)
        if column.physical_type == "FIXED_LEN_BYTE_ARRAY" and column.length > MOST_FIXED:
            raise UnfitError("point_file.column_wide", name=column.path, n=column.length)
        found[column.path] = k
    for name in names:
        if name not in found:
            raise UnfitError("point_file.no_plain_column", name=name)
    return found


@dataclass(frozen=True)
class _Plan:
    """How a row group is read: rows at a time, and columns whose dictionary is kept."""

    rows: int
    coded: tuple[str, ...]


@dataclass(frozen=True)
class _Page:
    """What the header of a page says, and where its content begins."""

    kind: int
    values: int
    encoding: int
    packed: int
    size: int
    at: int


def _plan(file: Opened, group: int, leaves: dict[str, int], rows: int) -> _Plan:
    """Look at the headers of all pages of a row group before any of them is unpacked."""
    wide, held, coded = 0.0, 0, []
    pieces = file.groups[group].pieces
    if len(pieces) != file.metadata.num_columns:
        raise UnfitError("point_file.group_columns")
    for name, k in leaves.items():
        free = file.metadata.schema.column(k).physical_type == "BYTE_ARRAY"
        longest, largest, dictionary = 1.0 if free else _FIXED, 0, 0
        for page in _pages(file.source, pieces[k]):
            _require_small(page, name)
            if page.kind == _DICTIONARY:
                dictionary += page.size
                if free and not _even(file.source, pieces[k], page):
                    coded.append(name)
            elif free:
                if page.encoding == _PREFIXED:
                    raise UnfitError("point_file.column_prefixed", name=name)
                longest = max(longest, page.size / max(page.values, 1))
            largest = max(largest, page.size + page.packed)
        wide, held = wide + longest, held + dictionary + largest
        if held > MOST_HELD:
            raise UnfitError("point_file.group_heavy", most=MOST_HELD)
    return _Plan(int(max(1, min(rows, MOST_BATCH // max(wide, 1)))), tuple(coded))


def _require_small(page: _Page, name: str) -> None:
    if max(page.size, page.packed) > MOST_PAGE:
        size = max(page.size, page.packed)
        raise UnfitError("point_file.column_page", name=name, n=size, most=MOST_PAGE)
    if page.size > max(FREE_PAGE, MOST_VALUE * page.values):
        mean = page.size // max(page.values, 1)
        raise UnfitError("point_file.column_heavy", name=name, n=mean)


def _pages(source: Any, piece: Piece) -> Iterator[_Page]:
    """Yield the headers of all pages that Arrow will read of a piece of a column."""
    if min(piece.begin, piece.end - piece.begin, piece.values) < 0:
        raise UnfitError("point_file.negative_columns")
    seen, at = 0, piece.begin
    for pages in count():
        if at >= piece.end or seen >= piece.values:
            return
        if pages >= MOST_PAGES:
            raise UnfitError("point_file.pages", most=MOST_PAGES)
        page = _page(source, at)
        if page.at + page.packed > piece.end:
            raise UnfitError("point_file.pages_beyond")
        yield page
        seen += 0 if page.kind == _DICTIONARY else page.values
        at = page.at + page.packed


def _page(source: Any, at: int) -> _Page:
    for most in _HEADERS:
        reader = Reader(source.read_at(most, at))
        try:
            return _as_page(reader.struct(), at + reader.at)
        except EOFError:
            continue
    raise UnfitError("point_file.page_headless")


def _as_page(fields: Fields, at: int) -> _Page:
    kind = whole(fields, 1)
    header = inner(fields, {_DATA: 5, _DICTIONARY: 7, _DATA_2: 8}.get(kind, 0))
    values = whole(header, 1)
    encoding = whole(header, 4 if kind == _DATA_2 else 2)
    page = _Page(kind, values, encoding, whole(fields, 3), whole(fields, 2), at)
    if min(page.values, page.packed, page.size) < 0:
        raise UnfitError("point_file.negative_page")
    return page


def _even(source: Any, piece: Piece, page: _Page) -> bool:
    """Tell whether all values of a dictionary have one length, that of a point or a number.

    Only then may Arrow write out each row: a dictionary of one long value would grow by the
    number of rows.
    """
    import pyarrow as pa

    body = source.read_at(page.packed, page.at)
    if piece.codec:
        try:
            body = pa.Codec(_CODECS[piece.codec]).decompress(body, page.size, asbytes=True)
        except (KeyError, ValueError, OSError, pa.ArrowException):
            return False
    if not page.values or page.size % page.values or len(body) != page.size:
        return False
    width = page.size // page.values
    if not 4 < width <= 4 + LONGEST_POINT:
        return False
    lengths = np.frombuffer(body, np.uint8).reshape(page.values, width)[:, :4]
    return bool((np.ascontiguousarray(lengths).view("<u4") == width - 4).all())
