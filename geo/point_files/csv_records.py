"""Part a CSV file into records, in constant memory, so that no line of it is lost.

A quote that opens a cell and is not closed in its line is either that of a text of several lines,
which is legal, or a stray one, which makes a parser swallow the rows up to the next stray quote.
A text of several lines is taken for one only if its record then has as many cells as the header
and none of its lines looks like a row. Otherwise its first line alone is torn, and the next line
is a record of its own.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from geo.base.errors import UnfitError

Positions = NDArray[np.intp]

MOST_HEADER: Final = 1 << 18
"""Bytes of the first record."""
MOST_NAME: Final = 1000
"""Bytes of a column's name."""
MOST_COLUMNS: Final = 16_384
"""Columns of a file; a spreadsheet has no more."""
MOST_LINE: Final = 1 << 20
"""Bytes of a line."""
MOST_HEAD: Final = 1 << 10
"""Bytes of a line that are looked at for what its first cells say."""
MOST_TEXT: Final = 1 << 16
"""Bytes of a record of several lines."""
BLOCK: Final = 1 << 20
MARKS: Final = (b",", b"\t", b";", b"|")
NATIVE: Final = ("utf-8", "gb18030")
"""Encodings that are told apart line by line."""
_QUOTED = re.compile(rb'"(?:[^"]++|"")*+"')
_PLAIN = {mark: re.compile(rb"[^\r\n" + mark + rb"]*+") for mark in MARKS}
_NUMBER = re.compile(rb'[\s"]*[+-]?\d+(?:\.\d*)?[\s"]*')
_ENDS = re.compile(rb"[\r\n]+")
BLANKS: Final = {" ": re.compile(r"[ \t\u3000]+"), "  ": re.compile(r"[ \u3000]{2,}|\t|\u3000")}
"""What parts cells by one blank or more, and by two blanks and more."""
_AT_ENDS: Final = re.compile(r"(?m)^ +| +(?=\r?$)")
_ENDS_ONE = re.compile(rb"\r\n|\n|\r")


@dataclass(frozen=True)
class Header:
    """The first record of a file.

    Parameters
    ----------
    names
        Of the columns.
    mark
        What parts the cells.
    begin
        Where the other records begin, bytes.
    lines
        Ends of lines before that.
    """

    names: tuple[str, ...]
    mark: bytes
    begin: int
    lines: int


@dataclass(frozen=True)
class Form:
    """How a file is read whose names do not stand in its first line, or in another encoding.

    Parameters
    ----------
    names
        Of the columns, each once.
    mark
        The character that parts the cells; two blanks stand for two and more. Empty where nothing
        parts them, so that each line is one cell.
    lines
        Lines before the first record, those of the names among them.
    encoding
        Name of a codec of Python.
    """

    names: tuple[str, ...]
    mark: str
    lines: int
    encoding: str

    @property
    def is_recoded(self) -> bool:
        """Whether the file is read as the text that it would be in UTF-8, parted by tabs."""
        return self.encoding not in NATIVE or self.mark.encode() not in MARKS


def as_tabs(text: str, mark: str) -> str:
    r"""Return whole lines with their cells parted by tabs.

    Parameters
    ----------
    text
        The lines.
    mark
        What parts the cells, as in :class:`Form`.

    Examples
    --------
    >>> as_tabs(" a  117.1   39.05 ", " "), as_tabs("a\tb c", "")
    ('a\t117.1\t39.05', 'a b c')
    """
    if mark in BLANKS:
        return BLANKS[mark].sub("\t", _AT_ENDS.sub("", text))
    return text.replace(mark, "\t") if mark else text.replace("\t", " ")


class _Recoded:
    """A text file as it would be in UTF-8, its cells parted by tabs if by no usual mark."""

    def __init__(self, raw: BinaryIO, form: Form) -> None:
        self._raw, self._mark = raw, form.mark
        self._is_marked = form.mark.encode() in MARKS
        self._decoder = codecs.getincrementaldecoder(form.encoding)(errors="replace")
        self._left, self._line = b"", ""

    def read(self, most: int) -> bytes:
        """Return so many bytes; fewer where the file ends."""
        is_whole = False
        while len(self._left) < most and not is_whole:
            data = self._raw.read(most)
            is_whole = not data
            text = self._decoder.decode(data, is_whole).replace("\0", "")
            if not self._is_marked:
                text = as_tabs(self._lines(text, is_whole=is_whole), self._mark)
            self._left += text.encode(errors="replace")
        told, self._left = self._left[:most], self._left[most:]
        return told

    def seek(self, at: int) -> None:
        """Go to a place, bytes of UTF-8 from the beginning."""
        self._raw.seek(0)
        self._decoder.reset()
        self._left, self._line = b"", ""
        self.read(at)

    def _lines(self, text: str, *, is_whole: bool) -> str:
        """Return the whole lines, and keep the rest: blanks at both ends of a line part nothing."""
        text = self._line + text
        cut = len(text) if is_whole or len(text) > 2 * MOST_LINE else text.rfind("\n") + 1
        self._line = text[cut:]
        return text[:cut]


@dataclass(frozen=True)
class _Found:
    """What a look at one record shows: where it ends, its cells, and which have several lines."""

    end: int
    cells: tuple[bytes, ...] = ()
    texts: tuple[bytes, ...] = ()
    torn: bool = False
    open: bool = False


def header(path: Path) -> Header:
    """Return the first record of a file.

    Parameters
    ----------
    path
        The file, in UTF-8 or GB18030.

    Returns
    -------
    Header
        The names of the columns, and how the file parts its cells.

    Raises
    ------
    UnfitError
        It is empty, in another encoding, or its first record is none.
    OSError
        It cannot be opened.
    """
    with path.open("rb") as file:
        return _header(file)


def _opened(raw: BinaryIO, form: Form | None) -> tuple[BinaryIO | _Recoded, Header]:
    """Return a file at its first record, and what stands before."""
    if form is None:
        head = _header(raw)
        raw.seek(head.begin)
        return raw, head
    file = _Recoded(raw, form) if form.is_recoded else raw
    mark = form.mark.encode() if form.mark.encode() in MARKS else b"\t"
    begin = _behind(file.read(MOST_HEADER), form.lines)
    file.seek(begin)
    return file, Header(form.names, mark, begin, form.lines)


def _behind(data: bytes, lines: int) -> int:
    """Return where data begin behind some lines."""
    if not lines:
        return 3 if data.startswith(b"\xef\xbb\xbf") else 0
    ends = (match.end() for match in _ENDS_ONE.finditer(data))
    at = next(islice(ends, lines - 1, None), None)
    if at is None:
        raise UnfitError("point_file.line_too_long", line=lines, most=MOST_HEADER)
    return at


def _header(file: BinaryIO) -> Header:
    head = file.read(MOST_HEADER)
    bom = 3 if head.startswith(b"\xef\xbb\xbf") else 0
    begin = len(head) - len(head[bom:].lstrip(b"\r\n"))
    if begin == len(head):
        blank = "point_file.empty" if len(head) < MOST_HEADER else "point_file.blank_lines"
        raise UnfitError(blank)
    line = _line_of(head, begin)
    first = _QUOTED.sub(b"", _ENDS.split(head[begin:], maxsplit=1)[0])
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in first:
        raise UnfitError("point_file.other_encoding")
    mark = max(MARKS, key=first.count)
    whole = len(head) < MOST_HEADER
    found = _look(head, begin, mark, whole=whole, most=MOST_HEADER)
    if found.open:
        raise UnfitError("point_file.line_too_long", line=line, most=MOST_HEADER)
    count = len(found.cells)
    if found.torn or any(_suspicious(text, mark, count) for text in found.texts):
        raise UnfitError("point_file.line_quote", line=line)
    if count > MOST_COLUMNS:
        raise UnfitError("point_file.columns", n=count, most=MOST_COLUMNS)
    for k, cell in enumerate(found.cells):
        if len(cell) > MOST_NAME:
            raise UnfitError("point_file.line_name", line=line, column=k + 1, n=len(cell))
    return Header(_names(found.cells, line), mark, found.end, _line_of(head, found.end) - 1)


def _names(cells: Sequence[bytes], line: int) -> tuple[str, ...]:
    plain = [c[1:-1].replace(b'""', b'"') if c.startswith(b'"') else c for c in cells]
    for encoding in ("utf-8", "gb18030"):
        try:
            return tuple(cell.decode(encoding) for cell in plain)
        except UnicodeDecodeError:
            continue
    raise UnfitError("point_file.line_encoding", line=line)


def _line_of(data: bytes, at: int) -> int:
    """Return the number of the line that a position lies in."""
    return 1 + _line_ends(data[:at])


def _line_ends(data: bytes) -> int:
    feeds = data.count(b"\n")
    returns = data.count(b"\r")
    return feeds + (returns - data.count(b"\r\n") if returns else 0)


def batches(
    path: Path,
    names: Sequence[str],
    tell: Callable[[str, NDArray[np.int64]], None],
    form: Form | None = None,
) -> Iterator[tuple[Any, Lines]]:
    """Yield record batches of some columns, as texts, each with the lines that it comes from.

    Parameters
    ----------
    path
        The file.
    names
        Columns; each stands in the header once.
    tell
        Takes a word and the numbers of lines. ``torn`` are records that are left out: they have too
        few or too many cells, or a quote that is not closed. Together with the rows yielded these
        are all records; lines with nothing in them are none. ``broken_text`` are lines with bytes
        that are no text; their rows are yielded.
    form
        How it is read; None where its first record says so.

    Yields
    ------
    tuple of RecordBatch and Lines

    Raises
    ------
    UnfitError
        A line is too long, or the columns cannot be told apart.
    OSError
        The file cannot be read.
    """
    with path.open("rb") as raw:
        file, head = _opened(raw, form)
        for name in names:
            if (times := head.names.count(name)) != 1:
                key = "point_file.column_twice" if times else "point_file.no_column"
                raise UnfitError(key, name=name[:40])
        columns = [head.names.index(name) for name in names]
        for block in _blocks(file, head):
            batch, torn, broken = _parse(block, head, columns)
            places = np.array(torn, dtype=np.intp) - 1
            if len(torn) + block.torn:
                lost = np.concatenate([block.starts[places], block.torn_at])
                tell("torn", block.lines(np.sort(lost)))
            if len(broken):
                tell("broken_text", block.lines(broken))
            if batch is not None:
                kept = np.delete(block.starts, places)
                yield batch.rename_columns(list(names)), Lines(block, kept, head.mark)


def numbered(path: Path) -> Iterator[Records]:
    """Yield all columns of all records, with the numbers of their lines.

    Parameters
    ----------
    path
        The file; its columns may have one name.

    Yields
    ------
    Records
        Columns are called by their place: ``0``, ``1`` …

    Raises
    ------
    UnfitError
        A line is too long.
    OSError
        The file cannot be read.
    """
    with path.open("rb") as raw:
        file, head = _opened(raw, None)
        for block in _blocks(file, head):
            batch, torn, _ = _parse(block, head, range(len(head.names)))
            lines = block.lines(block.starts)
            kept = np.ones(len(lines), dtype=bool)
            kept[[number - 1 for number in torn]] = False
            lost = np.concatenate([lines[~kept], block.lines(block.torn_at)])
            yield Records(batch, lines[kept], np.sort(lost))


@dataclass(frozen=True, eq=False)
class _Block:
    """Some whole records: torn lines are blank in the data, and not among the records."""

    data: bytes
    records: int
    torn: int
    line: int
    several: bool
    raw: bytes
    starts: Positions
    """Where the records begin, bytes of ``raw``."""
    torn_at: Positions

    def lines(self, at: Positions) -> NDArray[np.int64]:
        """Return the numbers of the lines that begin at some bytes."""
        raw = np.frombuffer(self.raw, np.uint8)
        ends = raw == 10
        ends[:-1] |= (raw[:-1] == 13) & (raw[1:] != 10)
        return self.line + np.searchsorted(np.flatnonzero(ends), at).astype(np.int64)


@dataclass(frozen=True, eq=False)
class Lines:
    """The lines in which the records of a batch begin."""

    block: _Block
    starts: Positions
    mark: bytes

    def lines(self, at: Positions) -> NDArray[np.int64]:
        """Return the numbers of the lines of some records.

        Parameters
        ----------
        at
            Places of the records in the batch.
        """
        return self.block.lines(self.starts[at])

    def heads(self, at: Positions) -> list[list[str]]:
        """Return the first three cells of some records, as far as they stand in their first line.

        Parameters
        ----------
        at
            Places of the records in the batch.
        """
        begins = [
            _ENDS.split(self.block.raw[start : start + MOST_HEAD], maxsplit=1)[0]
            for start in self.starts[at].tolist()
        ]
        cells = (line.split(self.mark, 3)[:3] for line in begins)
        return [[_decoded(cell)[0].strip('"') for cell in some] for some in cells]


@dataclass(frozen=True, eq=False)
class Records:
    """Some records as texts, with the numbers of their lines.

    Parameters
    ----------
    batch
        Record batch with a column for each of the header; None where all are torn.
    lines
        Number of the line in which each record begins, shape (rows,).
    torn
        The same of the records that are left out: too few or too many cells, or an open quote.
    """

    batch: Any
    lines: NDArray[np.int64]
    torn: NDArray[np.int64]


def _blocks(file: BinaryIO | _Recoded, head: Header) -> Iterator[_Block]:
    left, line, whole = b"", head.lines + 1, False
    while not whole:
        more = file.read(BLOCK)
        whole = not more
        data = left + more
        cut = len(data) if whole else _last_end(data)
        block, used = _sift(data[:cut], head, line, whole=whole)
        left = data[used:]
        if len(data) - cut > MOST_LINE:
            line += _line_ends(data[:cut])
            raise UnfitError("point_file.line_too_long", line=line, most=MOST_LINE)
        line += _line_ends(data[:used])
        if block.records or block.torn:
            yield block


def _last_end(data: bytes) -> int:
    """Return where the last whole line ends; a carriage return at the end may be half an end."""
    return max(data.rfind(b"\n"), data.rfind(b"\r", 0, len(data) - 1)) + 1


def _sift(data: bytes, head: Header, line: int, *, whole: bool) -> tuple[_Block, int]:
    """Find the records in whole lines, and return how many bytes they take."""
    starts, ends = _lines(data)
    irregular = _irregular(data, starts, ends, head.mark)
    torn: list[int] = []
    inner: list[tuple[int, int]] = []  # lines within a record of several
    resume, used = 0, len(data)
    for k in irregular.tolist():
        if k < resume:
            continue
        found = _look(data, int(starts[k]), head.mark, whole=whole)
        if found.open:
            used = int(starts[k])
            break
        if found.torn or not _is_record(found, head):
            torn.append(k)
        elif found.texts:
            resume = int(np.searchsorted(starts, found.end))
            inner.append((k + 1, resume))
    begins = int(np.searchsorted(starts, used))
    plain = np.ones(begins, dtype=bool)
    plain[torn] = False
    for low, high in inner:
        plain[low:high] = False
    clean = data[:used]
    if torn:
        room = bytearray(clean)
        for k in torn:
            room[starts[k] : ends[k]] = b"\n" * int(ends[k] - starts[k])
        clean = bytes(room)
    block = _Block(
        clean, int(plain.sum()), len(torn), line, bool(inner), data[:used],
        starts[:begins][plain], starts[torn],
    )  # fmt: skip
    return block, used


def _is_record(found: _Found, head: Header) -> bool:
    """Tell whether a record is one: of several lines, only if they cannot be rows swallowed."""
    count = len(head.names)
    return not found.texts or (
        len(found.cells) == count
        and not any(_suspicious(text, head.mark, count) for text in found.texts)
    )


def _suspicious(text: bytes, mark: bytes, count: int) -> bool:
    """Tell whether a text of several lines looks like rows of a table."""
    marks = text.count(mark)
    lines = [line for line in _ENDS.split(text) if line]
    if marks and marks >= max(len(lines) - 1, 1) * (count - 1):
        return True
    rows = [line.split(mark) for line in lines if mark in line]
    return any(_NUMBER.fullmatch(cell) for row in rows for cell in row)


def _lines(data: bytes) -> tuple[Positions, Positions]:
    """Return where the lines begin and end that hold anything."""
    raw = np.frombuffer(data, np.uint8)
    if not len(raw):
        return np.zeros(0, np.intp), np.zeros(0, np.intp)
    inside = (raw != 10) & (raw != 13)
    steps = np.flatnonzero(inside[1:] != inside[:-1]) + 1
    first, last = [0] if inside[0] else [], [len(raw)] if inside[-1] else []
    edges = np.concatenate([first, steps, last]).astype(np.intp)
    return edges[::2], edges[1::2]


def _irregular(data: bytes, starts: Positions, ends: Positions, mark: bytes) -> Positions:
    """Return the lines whose quotes do not all open and close a cell of that line."""
    if b'"' not in data:
        return np.zeros(0, np.intp)
    raw = np.frombuffer(data, np.uint8)
    quotes = np.flatnonzero(raw == 34)
    first, behind = np.searchsorted(quotes, starts), np.searchsorted(quotes, ends)
    line = np.repeat(np.arange(len(starts)), behind - first)
    opens = (np.arange(len(quotes)) - first[line]) % 2 == 0
    before, after = raw[np.maximum(quotes - 1, 0)], raw[np.minimum(quotes + 1, len(raw) - 1)]
    begins = (quotes == starts[line]) | (before == ord(mark)) | (before == 34)
    closes = (quotes + 1 == ends[line]) | (after == ord(mark)) | (after == 34)
    wrong = (behind - first) % 2 == 1
    wrong[line[~np.where(opens, begins, closes)]] = True
    return np.flatnonzero(wrong)


def _look(data: bytes, at: int, mark: bytes, *, whole: bool, most: int = MOST_TEXT) -> _Found:
    """Look at the record that begins at a position."""
    limit = min(at + most, len(data))
    cut = limit == len(data) and not whole
    cells, texts = [], []
    while True:
        quoted = data[at : at + 1] == b'"'
        match = (_QUOTED if quoted else _PLAIN[mark]).match(data, at, limit)
        if match is None:
            return _Found(limit, open=cut, torn=not cut)
        cell, at = match[0], match.end()
        cells.append(cell)
        if quoted and _ENDS.search(cell):
            texts.append(cell[1:-1])
        if at >= limit:
            return _Found(at, tuple(cells), tuple(texts), torn=at < len(data), open=cut)
        after = data[at : at + 1]
        if after in b"\r\n":
            return _Found(at, tuple(cells), tuple(texts))
        if after != mark:
            return _Found(at, torn=True)
        at += 1


def _parse(block: _Block, head: Header, columns: Sequence[int]) -> tuple[Any, list[int], Positions]:
    """Return a record batch (None for none), and which records and lines are not whole.

    These are records (from 1) that have not the right cells, and the places where lines begin that
    hold bytes which are no text. What stands for none (``NA``, ``null`` …) is left to the reader.
    """
    import pyarrow as pa
    from pyarrow import csv

    if not block.records:
        return None, [], np.zeros(0, np.intp)
    torn: list[int] = []

    def leave_out(row: Any) -> str:
        torn.append(row.number)
        return "skip"

    wanted = [str(k) for k in columns]
    data, broken = _as_utf8(block.data)
    table = csv.read_csv(
        pa.BufferReader(data),
        read_options=csv.ReadOptions(
            use_threads=False,
            block_size=len(data) + 1,
            column_names=[str(k) for k in range(len(head.names))],
        ),
        parse_options=csv.ParseOptions(
            delimiter=head.mark.decode(),
            newlines_in_values=block.several,
            invalid_row_handler=leave_out,
        ),
        convert_options=csv.ConvertOptions(
            include_columns=wanted,
            column_types=dict.fromkeys(wanted, pa.string()),
            strings_can_be_null=True,
            null_values=[""],
        ),
    )
    found = table.combine_chunks().to_batches()
    batch = found[0] if found else None
    if len(torn) + len(batch or ()) != block.records:
        raise UnfitError("point_file.line_torn", line=block.line)
    return batch, torn, broken


def _as_utf8(data: bytes) -> tuple[bytes, Positions]:
    """Return whole records in UTF-8, and where lines begin that hold bytes which are no text.

    Each line is taken for itself: one broken byte spoils no other, and swallows no separator.
    """
    none = np.zeros(0, np.intp)
    try:
        data.decode()
    except UnicodeDecodeError:
        pass
    else:
        return data, none
    try:
        whole = data.decode("gb18030")
    except UnicodeDecodeError:
        pass
    else:
        if not has_utf8(data):
            return whole.encode(), none
    broken, at, lines = [], 0, []
    for line in data.splitlines(keepends=True):
        text, is_whole = _decoded(line)
        if not is_whole:
            broken.append(at)
        lines.append(text)
        at += len(line)
    return "".join(lines).encode(), np.array(broken, dtype=np.intp)


def has_utf8(data: bytes) -> bool:
    """Tell whether most of what is not ASCII is UTF-8; GB18030 is hardly ever taken for it.

    Parameters
    ----------
    data
        Text of any encoding.
    """
    text = data.decode(errors="replace")
    broken = text.count("\ufffd")
    return len(text) - len(text.encode("ascii", "ignore")) > 2 * broken


def _decoded(line: bytes) -> tuple[str, bool]:
    """Return a line as text, and whether all its bytes are."""
    try:
        return line.decode(), True
    except UnicodeDecodeError:
        if has_utf8(line):
            return line.decode(errors="replace"), False
    try:
        return line.decode("gb18030"), True
    except UnicodeDecodeError:
        return line.decode("gb18030", errors="replace"), False
