"""Open a workbook of Excel or LibreOffice: which sheet, and which row has the names."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np

from geo.base.errors import UnfitError
from geo.intake.words import bare
from layers.intake.formats.cells import table_of_rows, text_of
from layers.intake.formats.header import LOOKED_AT, find_header, holds_values, names_of
from layers.intake.formats.headings import (
    GUIDE_SHEET,
    district_column,
    speaks_of_position,
    speaks_of_system,
)
from layers.intake.formats.table import (
    MOST_COLUMNS,
    MOST_SHEET_ROWS,
    AskError,
    Observation,
    Option,
    Question,
    Table,
)

MOST_UNPACKED: Final = 2 << 30
MOST_RATIO: Final = 400
MOST_MEMBERS: Final = 5_000
MOST_SHEETS: Final = 200
MOST_CELLS: Final = 20_000_000
MOST_SAID: Final = 5
"""Sentences beside a table that are told."""
MOST_HELD: Final = 1536 << 20
"""Bytes that reading all sheets may take; it is tried apart, as it ends the process otherwise."""
FREE_BYTES: Final = 256 << 20
"""Bytes that a workbook may take without being tried."""
_CELL_BYTES: Final = 32
_LONGEST: Final = 300
"""Seconds that the trial may last."""
_TRIAL: Final = f"""
import io, sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, ({MOST_HELD}, {MOST_HELD}))
except ImportError:
    pass
from python_calamine import CalamineWorkbook
try:
    with CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read())) as book:
        kept, size = None, -1
        for name in book.sheet_names[:{MOST_SHEETS}]:
            sheet = book.get_sheet_by_name(name)
            if sheet.total_height * sheet.total_width > size:
                kept, size = sheet, sheet.total_height * sheet.total_width
except MemoryError:
    sys.exit(9)
except Exception:
    pass  # who reads the workbook tells
"""
_CELL: Final = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]{0,3})(\d{1,7})[\"']")
_BARE_CELL: Final = re.compile(rb"<c[\s>/]")
"""A cell that does not say where it stands."""
_BOOK: Final = "xl/workbook.xml"
_SHARED: Final = "xl/sharedStrings.xml"
_LOCKED: Final = "EncryptedPackage".encode("utf-16-le")
"""Stands in the container that Excel puts around a workbook with a password."""
_UNCACHED: Final = re.compile(
    rb"</f>(?:<v></v>|<v\s*/>)?</c>|<f(?:\s[^>]*)?/>(?:<v></v>|<v\s*/>)?</c>"
)
"""A formula of which no program has stored the result."""
_SHEET: Final = re.compile(r"xl/worksheets/[^/]+\.xml")
MOST_LOOKED_INTO: Final = 64 << 20
SHEET: Final = "工作表_sheet"
"""Column that is added where several sheets are read together."""
ALL: Final = "*"
"""Answer that takes all sheets of positions together."""
_LITTER: Final = (".DS_Store", "Thumbs.db", "desktop.ini")


def require_modest(data: bytes) -> list[zipfile.ZipInfo]:
    """Return the members of a zip after their sizes have been looked at.

    Parameters
    ----------
    data
        The zip.

    Raises
    ------
    UnfitError
        It is no zip, has a password or too many members, or would unpack to far more than it holds.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            members = file.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise UnfitError("intake.no_zip") from error
    if any(member.flag_bits & 1 for member in members):
        raise UnfitError("intake.password")
    size = sum(member.file_size for member in members)
    if len(members) > MOST_MEMBERS:
        raise UnfitError("intake.zip_members", n=len(members), most=MOST_MEMBERS)
    if size > MOST_UNPACKED or size > MOST_RATIO * max(len(data), 1 << 16):
        raise UnfitError("intake.zip_size", n=size, most=min(MOST_UNPACKED, MOST_RATIO * len(data)))
    return members


def is_litter(name: str) -> bool:
    """Tell whether a member of a zip is what a system leaves there beside the files of its owner.

    Parameters
    ----------
    name
        Of the member.

    Examples
    --------
    >>> is_litter("__MACOSX/d/._s.shp"), is_litter("d/s.shp")
    (True, False)
    """
    parts = name.split("/")
    return parts[0] == "__MACOSX" or parts[-1].startswith("._") or parts[-1] in _LITTER


def read_workbook(data: bytes, where: str, answers: Mapping[str, str]) -> list[Table]:
    """Return the table of one sheet of a workbook, or of all sheets that hold positions.

    Parameters
    ----------
    data
        The file: ``.xlsx``, ``.xlsm``, ``.xlsb``, ``.xls`` or ``.ods``.
    where
        Its name.
    answers
        ``sheet`` (``*`` for all) and ``header_row`` (row of the sheet, from 1; 0 for none) if the
        reader has said.

    Returns
    -------
    list of Table
        Cells as texts: numbers as Excel keeps them, dates by ISO 8601. Of several, each is called
        by its sheet.

    Raises
    ------
    UnfitError
        It cannot be opened, is locked by a password, or its sheets are blank.
    AskError
        Several sheets hold positions.
    """
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    if data.startswith(b"PK"):
        members = require_modest(data)
    elif _LOCKED in data:
        raise UnfitError("intake.password")
    else:
        members = []
    try:
        if _held(data, members) > FREE_BYTES:
            _try_apart(data)
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            tables = _tables(_Sheets(book), where, answers)
    except PasswordError as error:
        raise UnfitError("intake.password") from error
    except (CalamineError, zipfile.BadZipFile, OSError) as error:
        raise UnfitError("intake.no_workbook", reason=str(error)[:200]) from error
    unknown = _uncached(data) if data.startswith(b"PK") else 0
    if not unknown:
        return tables
    told = Observation("formulas_without_result", "certain", {"value": unknown})
    return [replace(table, found=(*table.found, told)) for table in tables]


def _held(data: bytes, members: Sequence[zipfile.ZipInfo]) -> float:
    """Return how many bytes the cells of a workbook take at most; endless where that is not told.

    The reader makes a cell of every place between the first and the last, and gives each its own
    copy of a text that the file has once: a stray cell far below, or a long text, is enough.
    """
    if not any(member.filename == _BOOK for member in members):
        return np.inf  # of another kind, whose cells are not counted here
    cells, longest, size = 0, 0, 0
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        for member in members:
            if member.file_size > MOST_LOOKED_INTO:
                return np.inf
            text = file.read(member)
            if member.filename == _SHARED:
                longest = max(map(len, text.split(b"<si")))
            elif places := _CELL.findall(text):
                column = max(
                    (name.upper() for name, _ in places), key=lambda name: (len(name), name)
                )
                across = sum(26**k * (sign - 64) for k, sign in enumerate(reversed(column)))
                cells += len(places)
                size += max(int(row) for _, row in places) * across * _CELL_BYTES
            elif _BARE_CELL.search(text):
                return np.inf
    return size + cells * longest


def _try_apart(data: bytes) -> None:
    """Raise if a workbook takes too much: where memory ends, its reader ends the process."""
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-c", _TRIAL], input=data, timeout=_LONGEST, check=False,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise UnfitError("intake.unpacks", most=MOST_HELD) from error
    if done.returncode:
        raise UnfitError("intake.unpacks", most=MOST_HELD)


class _Sheets:
    """The sheets of a workbook; the largest is kept, so that a long one is read only once."""

    def __init__(self, book: Any) -> None:
        self._book, self._kept, self._name, self._size = book, None, "", -1
        self.names = [str(n) for n in book.sheet_names[:MOST_SHEETS] if n != GUIDE_SHEET]

    def sheet(self, name: str) -> Any:
        """Return a sheet by its name."""
        if name == self._name:
            return self._kept
        sheet = self._book.get_sheet_by_name(name)
        if (size := sheet.total_height * sheet.total_width) > self._size:
            self._kept, self._name, self._size = sheet, name, size
        return sheet


def _tables(book: _Sheets, where: str, answers: Mapping[str, str]) -> list[Table]:
    said = answers.get("sheet", "")
    names = book.names
    if said == ALL and ALL not in names:
        chosen = _good(book, names)
        rest = tuple(name for name in names if name not in chosen)
        told = (" + ".join(chosen)[:200], rest)
        tables = [
            (
                name,
                _table(
                    book.sheet(name),
                    f"{where} · {name}",
                    answers,
                    told,
                    _beside(book, rest),
                ),
            )
            for name in chosen
        ]
        return [_with_sheet(table, name) for name, table in tables]
    name, others = _sheet(book, said)
    beside = _beside(book, others)
    return [_table(book.sheet(name), where, answers, (name, others), beside)]


def _beside(book: _Sheets, sheets: Sequence[str]) -> list[str]:
    """Return what sheets that are not read say of the system of the positions."""
    cells = (cell for name in sheets for row in _head(book.sheet(name)) for cell in row)
    return [cell[:200] for cell in cells if speaks_of_system(cell)][:MOST_SAID]


def _uncached(data: bytes) -> int:
    """Return how many formulas have no result: a program that wrote the file did not calculate."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        sheets = [m for m in file.infolist() if _SHEET.fullmatch(m.filename)]
        if sum(m.file_size for m in sheets) > MOST_LOOKED_INTO:
            return 0
        return sum(len(_UNCACHED.findall(file.read(m))) for m in sheets)


def _with_sheet(table: Table, name: str) -> Table:
    """Add the name of its sheet to each row: often it is the district."""
    import pyarrow as pa

    if SHEET in table.names:
        return table
    named = pa.array([name] * table.cells.num_rows, pa.string())
    return replace(table, cells=table.cells.append_column(SHEET, named))


def _good(book: _Sheets, names: Sequence[str]) -> list[str]:
    """Return the sheets that hold positions or districts."""
    good = [name for name in names if _speaks(_head(book.sheet(name)))]
    if not good:
        raise UnfitError("intake.no_sheet", value=ALL, known=tuple(names[:20]))
    return good


def _sheet(book: _Sheets, said: str) -> tuple[str, tuple[str, ...]]:
    """Return the sheet that is read, and the other sheets that are not blank."""
    names = book.names
    if said:
        if said not in names:
            raise UnfitError("intake.no_sheet", value=said, known=tuple(names[:20]))
        return said, tuple(name for name in names if name != said)
    heads = {name: _head(book.sheet(name)) for name in names}
    filled = [name for name in names if heads[name]]
    if not filled:
        raise UnfitError("point_file.empty")
    good = [name for name in filled if _speaks(heads[name])]
    if len(good) > 1:
        raise AskError((Question("sheet", _options({name: heads[name] for name in good})),))
    chosen = good[0] if good else filled[0]
    return chosen, tuple(name for name in filled if name != chosen)


def _options(heads: Mapping[str, Sequence[Sequence[str]]]) -> tuple[Option, ...]:
    """Return the sheets that may be chosen; all of them together where their names are alike."""
    named = {tuple(map(bare, names_of(rows, find_header(rows)))) for rows in heads.values()}
    each = tuple(Option(name, "intake.option.as_named", {"value": name}) for name in heads)
    alike = len(named) == 1 and speaks_of_position(next(iter(named))) >= 1
    return (Option(ALL, "intake.option.all_sheets", {"n": len(heads)}), *each) if alike else each


def _head(sheet: Any) -> list[list[str]]:
    rows = [
        list(map(text_of, row)) for row in sheet.to_python(skip_empty_area=False, nrows=LOOKED_AT)
    ]
    return [row for row in rows if any(row)]


def _speaks(rows: Sequence[Sequence[str]]) -> bool:
    head = find_header(rows)
    names = names_of(rows, head)
    speaks = bool(speaks_of_position(names) or district_column(names))
    return 0 <= head.row < len(rows) - 1 and speaks and holds_values(rows[head.first :])


def _table(
    sheet: Any,
    where: str,
    answers: Mapping[str, str],
    names: tuple[str, tuple[str, ...]],
    beside: Sequence[str] = (),
) -> Table:
    height, width = sheet.total_height, sheet.total_width
    # A stray blank far to the right is no column; a sheet that is full is too much for us.
    if height > MOST_SHEET_ROWS or (width > MOST_COLUMNS and height * width > MOST_CELLS):
        raise UnfitError("intake.too_many_rows", most=MOST_SHEET_ROWS)
    name, others = names
    found = [Observation("sheet", "likely" if others else "certain", {"value": name})]
    if others:
        found.append(Observation("other_sheets", "certain", {"value": others[:20]}))
    found += [Observation("beside", "likely", {"value": said}) for said in beside]
    rows = sheet.to_python(skip_empty_area=False)
    for (top, left), (bottom, _) in sheet.merged_cell_ranges or ():
        if top < len(rows) and left < len(rows[top]) and bottom - top < MOST_SHEET_ROWS:
            for row in rows[top + 1 : bottom + 1]:  # what a cell says that reaches down, all say
                row[left] = rows[top][left]
    return table_of_rows(rows, where, answers.get("header_row", ""), found)
