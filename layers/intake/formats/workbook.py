"""Open a workbook of Excel or LibreOffice: which sheet, and which row has the names."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, Final

import numpy as np

from geo.base.errors import UnfitError
from layers.intake.formats.header import LOOKED_AT, Header, find_header, names_of
from layers.intake.formats.headings import (
    GUIDE_SHEET,
    district_column,
    speaks_of_position,
)
from layers.intake.formats.table import (
    MOST_COLUMNS,
    MOST_SHEET_ROWS,
    AskError,
    Observation,
    Option,
    Question,
    Table,
    texts_table,
    unique_names,
)

MOST_UNPACKED: Final = 2 << 30
MOST_RATIO: Final = 400
MOST_MEMBERS: Final = 5_000
MOST_SHEETS: Final = 200
_BLOCK: Final = 1 << 16


def require_modest(data: bytes) -> list[zipfile.ZipInfo]:
    """Return the members of a zip after their sizes have been looked at.

    Parameters
    ----------
    data
        The zip.

    Raises
    ------
    UnfitError
        It is no zip, has too many members, or would unpack to far more than it holds.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            members = file.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise UnfitError("intake.no_zip") from error
    size = sum(member.file_size for member in members)
    if len(members) > MOST_MEMBERS:
        raise UnfitError("intake.zip_members", n=len(members), most=MOST_MEMBERS)
    if size > MOST_UNPACKED or size > MOST_RATIO * max(len(data), 1 << 16):
        raise UnfitError("intake.zip_size", n=size, most=min(MOST_UNPACKED, MOST_RATIO * len(data)))
    return members


def read_workbook(data: bytes, where: str, answers: Mapping[str, str]) -> Table:
    """Return the table of one sheet of a workbook.

    Parameters
    ----------
    data
        The file: ``.xlsx``, ``.xlsm``, ``.xlsb``, ``.xls`` or ``.ods``.
    where
        Its name.
    answers
        ``sheet`` and ``header_row`` (row of the sheet, from 1; 0 for none) if the reader has said.

    Returns
    -------
    Table
        Cells as texts: numbers as Excel keeps them, dates by ISO 8601.

    Raises
    ------
    UnfitError
        It cannot be opened, is locked by a password, or its sheets are blank.
    AskError
        Several sheets hold positions.
    """
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    if data.startswith(b"PK"):
        require_modest(data)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            name, others = _sheet(book, answers.get("sheet", ""))
            return _table(book.get_sheet_by_name(name), where, answers, (name, others))
    except PasswordError as error:
        raise UnfitError("intake.password") from error
    except (CalamineError, zipfile.BadZipFile, OSError) as error:
        raise UnfitError("intake.no_workbook", reason=str(error)[:200]) from error


def _sheet(book: Any, said: str) -> tuple[str, tuple[str, ...]]:
    """Return the sheet that is read, and the other sheets that are not blank."""
    names = [str(name) for name in book.sheet_names[:MOST_SHEETS] if name != GUIDE_SHEET]
    if said:
        if said not in names:
            raise UnfitError("intake.no_sheet", value=said, known=tuple(names[:20]))
        return said, tuple(name for name in names if name != said)
    heads = {name: _head(book.get_sheet_by_name(name)) for name in names}
    filled = [name for name in names if heads[name]]
    if not filled:
        raise UnfitError("point_file.empty")
    good = [name for name in filled if _speaks(heads[name])]
    if len(good) > 1:
        options = tuple(Option(name, "intake.option.as_named", {"value": name}) for name in good)
        raise AskError((Question("sheet", options),))
    chosen = good[0] if good else filled[0]
    return chosen, tuple(name for name in filled if name != chosen)


def _head(sheet: Any) -> list[list[str]]:
    rows = [
        list(map(_text, row)) for row in sheet.to_python(skip_empty_area=False, nrows=LOOKED_AT)
    ]
    return [row for row in rows if any(row)]


def _speaks(rows: Sequence[Sequence[str]]) -> bool:
    head = find_header(rows)
    names = names_of(rows, head)
    return 0 <= head.row < len(rows) - 1 and bool(
        speaks_of_position(names) or district_column(names)
    )


def _table(
    sheet: Any, where: str, answers: Mapping[str, str], names: tuple[str, tuple[str, ...]]
) -> Table:
    if sheet.total_height > MOST_SHEET_ROWS or sheet.total_width > MOST_COLUMNS:
        raise UnfitError("intake.too_many_rows", most=MOST_SHEET_ROWS)
    rows = sheet.to_python(skip_empty_area=False)
    lines = np.array([at for at, row in enumerate(rows, 1) if any(c != "" for c in row)], np.int64)
    told = [list(map(_text, rows[at - 1])) for at in lines[:LOOKED_AT].tolist()]
    said = answers.get("header_row", "")
    if said.isdecimal() and (int(said) == 0 or int(said) in lines):
        row = int(np.searchsorted(lines, int(said))) if int(said) else -1
        first = row + 1
    else:
        row, first = find_header(told)
    named = names_of(told, Header(row, first))
    cells = _cells(rows, lines[first:], named, told[first:])
    name, others = names
    found = [Observation("sheet", "likely" if others else "certain", {"value": name})]
    if others:
        found.append(Observation("other_sheets", "certain", {"value": others[:20]}))
    if row < 0:
        found.append(Observation("no_header", "likely", {"value": 0}))
    else:
        sure = "certain" if not row else "likely"
        found.append(Observation("header_row", sure, {"value": int(lines[row])}))
        if first == row + 2:
            found.append(Observation("header_goes_on", "likely", {"value": int(lines[row + 1])}))
    title = " ".join(cell for above in told[: max(row, 0)] for cell in above if cell)
    if title:
        found.append(Observation("title", "likely", {"value": title[:200]}))
    return Table(where, cells, lines[first:], found=tuple(found), has_names=row >= 0)


def _cells(
    rows: list[list[Any]], lines: Any, named: Sequence[str], told: Sequence[Sequence[str]]
) -> Any:
    """Return the rows behind the names as texts, without columns of neither name nor cell."""
    width = max([len(named), *(len(row) for row in told)], default=0)
    used = [
        k
        for k in range(width)
        if (k < len(named) and named[k]) or any(k < len(row) and row[k] for row in told)
    ]
    if not used:
        raise UnfitError("point_file.empty")
    names = unique_names([named[k] if k < len(named) else "" for k in used])
    texts = [[_text(rows[at - 1][k]) for k in used] for at in lines.tolist()]
    return texts_table(names, texts)


def _text(value: object) -> str:
    """Return a cell as text: whole numbers without a point, dates by ISO 8601."""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        plain = value.time() == time(0)
        return (value.date() if plain else value).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value).strip()
