"""Open a text file of a table: its encoding, its separator, the row of its names."""

from __future__ import annotations

import csv
import io
import re
import tempfile
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.base.errors import UnfitError
from geo.formats.spreadsheet import plain_text
from geo.intake.notation import number
from geo.intake.pairs import SHAPE
from geo.point_files.csv_records import (
    BLANKS,
    NATIVE,
    Form,
    as_tabs,
    has_utf8,
    header,
    numbered,
)
from layers.intake.formats.header import Header, above_names, find_header, names_of
from layers.intake.formats.headings import (
    district_column,
    headings,
    name_column,
    speaks_of_position,
    speaks_of_system,
)
from layers.intake.formats.table import (
    MOST_COLUMNS,
    MOST_ROWS,
    Observation,
    Table,
    named_twice,
    texts_table,
    unique_names,
)

SEPARATORS: Final = (",", "\t", ";", "|", "，", "；", "^", "~", "\x01", "  ", " ")
"""Two blanks stand for two and more: columns that are set one below the other."""
_SPELLED: Final = {"tab": "\t", "space": " ", "spaces": "  ", "U+0001": "\x01"}
_BROKEN: Final = "\ufffd"
"""Stands for bytes that are no text."""
_LOOSE: Final = re.compile(r'(?<=[^",;|])" +(?=[,;|])|[,;|] +"(?=[^",;|])')
"""A quote with blanks between it and a separator."""
_LOOKED_AT: Final = 50
_MOST_NOTES: Final = 20
"""Torn lines that are read as notes, the last."""
_STRICT: Final = ",\t;|"
"""What the reader of records knows; the others are written as tabs first."""
_HEAD: Final = 1 << 18
_MOST_RARE: Final = 0.2
"""Share of rare characters from which on a text is taken for another encoding."""
_LINES: Final = re.compile(r"\r\n|\n|\r")
_ESCAPED: Final = re.compile(r"(?:^|[,;|\t\n\r\"])'[\s=+\-@＝＋－＠\ufeff\u200b\u2060\x00-\x1f]")
_SEP: Final = re.compile(r"\ufeff?sep=(.)[^\r\n]{0,3}(?:\r\n|\n|\r)", re.IGNORECASE)
_CONTROLS: Final = re.compile(rb"[\x01-\x08\x0e-\x19\x7f]")
_ENCODINGS: Final = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


def read_text(data: bytes, where: str, answers: Mapping[str, str]) -> Table:
    """Return the table that a text file holds.

    Parameters
    ----------
    data
        The file.
    where
        Its name.
    answers
        ``encoding``, ``separator`` and ``header_row`` (from 1; 0 for none) if the reader has said.

    Returns
    -------
    Table
        Cells as texts; lines that are torn are told by their numbers.

    Raises
    ------
    UnfitError
        It is empty, or no text.
    """
    text, encoding = decode(data, answers.get("encoding", ""))
    if not text.strip("\ufeff \t\r\n\x00"):
        raise UnfitError("point_file.empty")
    found = [Observation("encoding", values={"value": encoding})]
    if broken := text.count(_BROKEN):
        found.append(Observation("broken_text", values={"value": broken}))
    text, skipped, declared = _without_sep(_tight(text))
    lines = _LINES.split(text[:_HEAD], maxsplit=2000)
    lines = lines[:-1] if len(text) > _HEAD or len(lines) > 2000 else lines
    if not any(declared in line for line in lines):  # saved again with another separator
        declared = ""
    mark = answers.get("separator", "") or declared or separator(lines)
    mark = {"tab": "\t", "\\t": "\t", "space": " ", "spaces": "  "}.get(mark, mark)
    found.append(Observation("separator", "likely", {"value": _named(mark)}))
    if mark not in _STRICT:
        text = as_tabs(text, mark)
        lines, mark = [as_tabs(line, mark) for line in lines], "\t"
    records, ends = _records(lines, mark)
    row, first = _chosen(records, ends, answers.get("header_row", ""), skipped)
    found += _told(records, row, ends, skipped)
    if row >= 0 and (twice := named_twice(records[row])):
        found.append(Observation("columns_twice", "certain", {"value": twice}))
    if first > row + 1 and row >= 0:
        line = skipped + ends[first - 1]
        over = above_names(records, Header(row, first))
        found.append(Observation("header_goes_on", "likely", {"value": line, "over": over}))
    names = _names(records, row, first)
    begin = ends[first - 1] if first else 0
    return _table(text, where, (mark, begin, begin + skipped, names, row >= 0), found)


def _told(
    records: Sequence[Sequence[str]], row: int, ends: Sequence[int], skipped: int
) -> list[Observation]:
    if row < 0:
        return [Observation("no_header", "likely", {"value": 0})]
    line = skipped + (ends[row - 1] if row else 0) + 1
    sure = "certain" if row == 0 else "likely"
    found = [Observation("header_row", sure, {"value": line})]
    title = " ".join(cell for record in records[:row] for cell in record if cell.strip())
    return [*found, Observation("title", "likely", {"value": title[:200]})] if title else found


def decode(data: bytes, said: str = "") -> tuple[str, str]:
    """Return bytes as text, and the encoding that they have.

    Parameters
    ----------
    data
        The file.
    said
        The encoding that the reader has named; empty for none.

    Returns
    -------
    text, encoding : str
        By its byte order mark, else UTF-8, UTF-16 by its NUL bytes, GB18030, or what
        charset-normalizer finds. Bytes that fit no encoding are written as U+FFFD.

    Raises
    ------
    UnfitError
        It holds NUL characters as a file does that is no text, or the encoding is not known.

    Examples
    --------
    >>> decode("天津".encode("gbk"))
    ('天津', 'gb18030')
    """
    if said:
        try:
            return data.decode(said, errors="replace"), said
        except (LookupError, ValueError) as error:  # such as idna, which is for names of hosts
            raise UnfitError("intake.no_encoding", value=said) from error
    for mark, encoding in _ENCODINGS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace"), encoding.removesuffix("-sig")
    head = data[: 1 << 16]
    if b"\x00" in head:
        return _without_mark(data, head)
    try:
        return data.decode(), "utf-8"
    except UnicodeDecodeError:
        if has_utf8(data):  # a broken byte does not make it another encoding
            return data.decode(errors="replace"), "utf-8"
    if (chinese := _chinese(data)) is not None:
        return chinese
    from charset_normalizer import from_bytes

    best = from_bytes(data[: 1 << 18]).best()
    if best is None or best.encoding in ("ascii", "utf_8"):
        # A handful of broken bytes in a long file of one encoding.
        tries = [(data.decode(name, errors="replace"), name) for name in ("utf-8", "gb18030")]
        return min(tries, key=lambda one: one[0].count(_BROKEN))
    return data.decode(best.encoding, errors="replace"), best.encoding


def _chinese(data: bytes) -> tuple[str, str] | None:
    """Return text in GB18030, or in Big5 where GB18030 would make rare characters of most."""
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        text = ""
    if not text or _rare(text, "gb2312") > _MOST_RARE:
        try:
            told = data.decode("big5hkscs")
        except UnicodeDecodeError:
            told = ""
        if told and _rare(told, "big5") < _MOST_RARE / 2:
            return told, "big5"
    return (text, "gb18030") if text else None


def _rare(text: str, common: str) -> float:
    """Return the share of a text's characters beyond ASCII that a smaller set does not have."""
    some = re.sub(r"[\x00-\x7f]", "", text[: 1 << 16])
    return 1 - len(some.encode(common, "ignore")) / 2 / len(some) if some else 0.0


def sniffed(data: bytes) -> str:
    """Return the beginning of a file as text, without blanks before it; empty for no text.

    Parameters
    ----------
    data
        The file.
    """
    try:
        return decode(data[:4096])[0].lstrip("\ufeff \t\r\n\x1e")
    except UnfitError:
        return ""


def _without_mark(data: bytes, head: bytes) -> tuple[str, str]:
    """Return text in UTF-32 or UTF-16 without its mark, or text with some stray NUL characters."""
    zeros = [head[k::4].count(0) / (len(head) / 4) for k in range(4)]
    for encoding, low in (("utf-32-le", 0), ("utf-32-be", 3)):
        if min(zeros[:low] + zeros[low + 1 :]) > 0.4 and zeros[3 - low] > 0.99:
            return data.decode(encoding, errors="replace"), encoding
    even, odd = head[::2].count(0), head[1::2].count(0)
    for encoding, many, few in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if many > 0.2 * len(head) / 2 and few < many / 4:
            return data.decode(encoding, errors="replace"), encoding
    bare = data.replace(b"\x00", b"")
    if bare.strip() and not _CONTROLS.search(bare[: 1 << 16]):
        return decode(bare)
    raise UnfitError("point_file.other_encoding")


def _tight(text: str) -> str:
    """Return text without the blanks that some programs set between quotes and separators."""
    lines = text[:_HEAD].splitlines()[:_LOOKED_AT]
    if sum(map(bool, map(_LOOSE.search, lines))) <= len(lines) / 2:
        return text
    return _LOOSE.sub(lambda match: match[0].replace(" ", ""), text)


def _without_sep(text: str) -> tuple[str, int, str]:
    """Return text without Excel's own first line ``sep=;``, lines left out, and the separator."""
    match = _SEP.match(text)
    if match is None:
        return text.removeprefix("\ufeff"), 0, ""
    return text[match.end() :], 1, match[1]


def separator(lines: Sequence[str]) -> str:
    """Return what parts the cells: what most lines have equally often.

    Parameters
    ----------
    lines
        The first lines of a file.

    Examples
    --------
    >>> separator(["name;lon;lat", "a;117,2;39,1"]), separator(["a|b", "1|2"])
    (';', '|')
    """
    if _are_points(lines):
        return "\t"  # nothing parts them: a blank or comma belongs to the point
    some = [re.sub(r'"(?:[^"]|"")*"', "", line) for line in lines[:200] if line.strip()]

    def score(mark: str) -> tuple[float, int]:
        counts = [_count(line, mark) for line in some]
        most = max(set(counts), key=lambda n: (counts.count(n), n), default=0)
        if not most:
            return 0.0, 0
        share = counts.count(most) / len(counts)
        cells = [cell for line in some[:20] for cell in _cut(line, mark)]
        # A comma within decimal numbers parts them too: what it leaves are whole numbers.
        plain = np.mean([number(cell) is not None or not re.search(r"\d", cell) for cell in cells])
        bonus = 0.2 if mark not in ", " else 0.0
        # Names that are recognised say more than how often a mark stands in a line.
        names = max((_speaks(_cut(line, mark)) for line in some[:60]), default=0.0)
        return share + bonus + 0.1 * float(plain) + names, most

    best = max(SEPARATORS, key=score)
    return best if score(best)[0] >= 0.5 else ","


def _speaks(cells: Sequence[str]) -> float:
    """Return how much the cells of a line look like names of columns."""
    hits = speaks_of_position([cell for cell in cells if not re.search(r"\d", cell)])
    if hits >= 2:
        return 0.5
    named = hits or district_column(cells)
    return 0.3 if named and len(cells) > 1 and (name_column(cells) or not hits) else 0.0


def _are_points(lines: Sequence[str]) -> bool:
    """Tell whether each line, but for a name above, is one point of well-known text."""
    some = [line for line in lines[:50] if line.strip()]
    return bool(some) and all(SHAPE.match(line.strip('" ')) for line in some[1:] or some)


def _count(line: str, mark: str) -> int:
    return len(_cut(line, mark)) - 1


def _cut(line: str, mark: str) -> list[str]:
    if mark.isspace() and mark != "\t":
        return BLANKS[mark].split(line.strip(" "))
    return line.split(mark)


def _named(mark: str) -> str:
    return next((name for name, one in _SPELLED.items() if one == mark), mark)


def _records(lines: Sequence[str], mark: str) -> tuple[list[list[str]], list[int]]:
    """Return the cells of the first lines, and in which line (from 1) each record ends."""
    records: list[list[str]] = []
    ends: list[int] = []
    at = 0
    while at < len(lines) and len(records) < 400:
        taken = 1
        while taken < 6 and at + taken < len(lines) and _is_open(lines[at : at + taken]):
            taken += 1
        if _is_open(lines[at : at + taken]):
            taken = 1
        text = "\n".join(lines[at : at + taken])
        if text.strip():
            try:
                cells = next(csv.reader(io.StringIO(text), delimiter=mark), [])
            except csv.Error:
                cells = text.split(mark)
            records.append(cells)
            ends.append(at + taken)
        at += taken
    return records, ends


def _is_open(lines: Sequence[str]) -> bool:
    return bool("\n".join(lines).count('"') % 2)


def _chosen(
    records: Sequence[Sequence[str]], ends: Sequence[int], said: str, skipped: int
) -> tuple[int, int]:
    """Return the row of the names and the first of the data, as asked or as found."""
    if not said.isdecimal():
        return find_header(records)
    if not int(said):
        return -1, 0
    # People count the lines of the file, blank ones too.
    row = bisect_left(ends, int(said) - skipped)
    if row == len(ends):
        raise UnfitError("intake.no_row", value=said, n=skipped + (ends[-1] if ends else 0))
    return row, row + 1


def _names(records: Sequence[Sequence[str]], row: int, first: int) -> list[str]:
    """Return a name for each column; as many as most of the rows have cells."""
    widths = [len(record) for record in records[first : first + 200]]
    named = names_of(records, Header(row, first))
    width = max(
        set(widths), key=lambda n: (widths.count(n), n == len(named), n), default=len(named)
    )
    while len(named) > width and not named[-1].strip():
        named.pop()
    width = len(named) if widths.count(len(named)) else max(width, 1)
    names = [named[k] if k < len(named) else "" for k in range(width)]
    return unique_names(names)


def _table(
    text: str,
    where: str,
    layout: tuple[str, int, int, list[str], bool],
    found: Sequence[Observation],
) -> Table:
    """Read all records behind the names; quotes that tear one row swallow no other."""
    mark, begin, before, names, has_names = layout
    if len(names) > MOST_COLUMNS:
        raise UnfitError("point_file.columns", n=len(names), most=MOST_COLUMNS)
    if len(names) == 1:
        return _one_column(text, where, (begin, before), names, found, has_names=has_names)
    body = text[_offset(text, begin) :].replace("\x00", "")
    read = _read(body, mark, len(names))
    found = list(found)
    if len(read.torn) > len(read.lines) and '\\"' in body:  # as MySQL writes a quote within quotes
        body = body.replace('\\"', '""')
        read = _read(body, mark, len(names))
    if len(read.torn) and (filled := _filled_up(body, mark, len(names), _needed(names))):
        torn, read = len(read.torn), _read(filled, mark, len(names))
        found.append(Observation("short_rows", "likely", {"value": torn - len(read.torn)}))
    found += _torn_notes(body, read.torn)
    cells, plain = _plain(read.cells, text)
    if plain:
        found.append(Observation("escaped", values={"value": plain}))
    # The first line of what was read is the row of numbers in the place of the names.
    return Table(
        where, cells.rename_columns(names), read.lines + before - 1, read.torn + before - 1,
        found=tuple(found), has_names=has_names, begin=before,
    )  # fmt: skip


def _torn_notes(body: str, torn: NDArray[np.int64]) -> list[Observation]:
    """Return what lines that are no rows say of the system, such as a note below the table."""
    if not len(torn):
        return []
    lines = body.splitlines()
    # The numbers count the row in the place of the names too.
    last = [lines[at - 2].strip()[:200] for at in torn[-_MOST_NOTES:] if at - 2 < len(lines)]
    return [
        Observation("beside", "likely", {"value": one}) for one in last if speaks_of_system(one)
    ]


class _Read(NamedTuple):
    """The cells of a text, called by their place, and the lines of whole and torn rows."""

    cells: Any
    lines: NDArray[np.int64]
    torn: NDArray[np.int64]


def _read(body: str, mark: str, width: int) -> _Read:
    import pyarrow as pa

    batches, lines, torn, rows = [], [], [], 0
    with tempfile.TemporaryDirectory(prefix="atlas-intake-") as folder:
        path = Path(folder) / "opened.csv"
        with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
            file.write(mark.join(map(str, range(width))) + "\n")
            file.write(body)
        for some in numbered(path):
            rows += len(some.lines) + len(some.torn)
            if rows > MOST_ROWS:
                raise UnfitError("intake.too_many_rows", most=MOST_ROWS)
            if some.batch is not None:
                batches.append(some.batch)
            lines.append(some.lines)
            torn.append(some.torn)
    schema = pa.schema([(str(k), pa.string()) for k in range(width)])
    none = np.zeros(0, np.int64)
    return _Read(pa.Table.from_batches(batches, schema), np.concatenate([none, *lines]),
                 np.concatenate([none, *torn]))  # fmt: skip


def _needed(names: Sequence[str]) -> int:
    """Return how many cells a row must have to hold its position or its district; 0: unknown."""
    told = headings(names)
    known = [name for name in (told.x, told.y) if name] or [told.both or district_column(names)]
    return max(names.index(name) + 1 if name else 0 for name in known)


def _filled_up(body: str, mark: str, width: int, needed: int) -> str:
    """Return a text in which rows are filled up that end before their last, blank cells.

    Excel leaves out separators at the end of a row. A row that ends before its position is torn.
    Empty for a text without such rows, and for one with cells of several lines: there a short line
    is part of a row.
    """
    parts = re.split(r"(\r\n|\n|\r)", body)
    if not needed or any(line.count('"') % 2 for line in parts[::2]):
        return ""
    for at in range(0, len(parts), 2):
        cells = re.sub(r'"(?:[^"]|"")*"', "", parts[at]).count(mark) + 1
        if parts[at].strip() and needed <= cells < width:
            parts[at] += mark * (width - cells)
    filled = "".join(parts)
    return filled if filled != body else ""


def _plain(cells: Any, text: str) -> tuple[Any, int]:
    """Return cells without the apostrophes that keep spreadsheets from running them, and how many.

    Our own CSV has them, and that of other careful programs.
    """
    import pyarrow as pa

    if "'" not in text or not _ESCAPED.search(text):
        return cells, 0
    n = 0
    for place, name in enumerate(cells.column_names):
        told = cells.column(name).to_pylist()
        bare = [plain_text(cell) if cell and cell[0] == "'" else cell for cell in told]
        changed = sum(a != b for a, b in zip(told, bare, strict=True))
        if changed:
            cells, n = cells.set_column(place, name, pa.array(bare, pa.string())), n + changed
    return cells, n


def _one_column(
    text: str, where: str, begin: tuple[int, int], names: list[str], found: Sequence[Observation],
    *, has_names: bool,
) -> Table:  # fmt: skip
    """Return lines of one cell each: nothing parts them, and commas belong to the cell."""
    lines = _LINES.split(text)[begin[0] :]
    told = [(at, line.strip().strip('"')) for at, line in enumerate(lines, start=begin[1] + 1)]
    kept = [(at, line) for at, line in told if line]
    cells = texts_table(names, [[line] for _, line in kept])
    numbers = np.array([at for at, _ in kept], np.int64)
    return Table(where, cells, numbers, found=tuple(found), has_names=has_names, begin=begin[1])


def _offset(text: str, lines: int) -> int:
    """Return where the text begins behind a number of lines."""
    if not lines:
        return 0
    for at, match in enumerate(_LINES.finditer(text), start=1):
        if at == lines:
            return match.end()
    return len(text)


def beginning(path: Path, most: int) -> bytes:
    """Return the first whole lines of a text file, or all of a short one.

    Parameters
    ----------
    path
        The file.
    most
        Bytes.
    """
    with path.open("rb") as file:
        data = file.read(most)
        is_whole = not file.read(1)
    if is_whole:
        return data
    if b"\0" not in data[:4096]:
        return data[: max(data.rfind(b"\n"), data.rfind(b"\r")) + 1 or None]
    # In UTF-16 the byte of a line's end is half a character, and half of others.
    little, big = data.rfind(b"\n\0"), data.rfind(b"\0\n")
    cut = (little if data[:2] == b"\xff\xfe" or data[1:2] == b"\0" else big) + 2
    return data[: cut + cut % 2]


def form_of(path: Path, table: Table) -> Form | None:
    """Return how a text file is read in parts.

    Parameters
    ----------
    path
        The file.
    table
        What its beginning holds.

    Returns
    -------
    Form or None
        None where its first line says so itself.
    """
    noted = {one.key: one.values.get("value") for one in table.found}
    encoding, mark = str(noted.get("encoding")), str(noted.get("separator"))
    mark = _SPELLED.get(mark, mark)
    if len(table.names) == 1:
        return Form(table.names, "", table.begin, encoding)
    if encoding in NATIVE and "header_goes_on" not in noted:
        try:
            head = header(path)
        except UnfitError:
            pass
        else:
            if head.mark.decode() == mark and unique_names(list(head.names)) == list(table.names):
                return None
    return Form(table.names, mark, table.begin, encoding)
