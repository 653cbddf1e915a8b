"""Open tables that are written in markup: HTML and XML that is called .xls, waypoints of GPX."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from geo.base.errors import UnfitError
from geo.point_files import wkb
from layers.intake.formats.cells import table_of_rows
from layers.intake.formats.table import (
    MOST_COLUMNS,
    MOST_SHEET_ROWS,
    AskError,
    Observation,
    Option,
    Question,
    Shapes,
    Table,
    texts_table,
    unique_names,
)
from layers.intake.formats.text_file import decode

_DEGREES: Final = "EPSG:4326"
_MOST_SPAN: Final = 2_000
_DECLARED: Final = re.compile(r"^\s*<\?xml[^>]*\?>")
Rows = list[list[str]]


def root_of(data: bytes) -> str:
    """Return the name of the outermost element: ``html`` for what only browsers read.

    Parameters
    ----------
    data
        A file that begins with ``<``.

    Raises
    ------
    UnfitError
        It is no XML.
    """
    from lxml import etree

    head = data[:8192].lower().replace(b"\x00", b"")
    if re.search(rb"<!doctype html|<html|<meta ", head):
        return "html"
    events = etree.iterparse(
        io.BytesIO(data), events=("start",), resolve_entities=False, no_network=True
    )
    try:
        for _, element in events:
            return local(element)
    except etree.XMLSyntaxError as error:
        if re.search(rb"<table[\s>]", head):
            return "html"
        raise UnfitError("intake.broken_xml", reason=str(error)[:200]) from error
    raise UnfitError("point_file.empty")


def local(element: Any) -> str:
    """Return the name of an element without its namespace; empty for a comment.

    Parameters
    ----------
    element
        Of lxml.
    """
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def parsed(data: bytes) -> Any:
    """Return the outermost element of a file of XML; nothing beyond the file is read.

    Parameters
    ----------
    data
        The file.

    Raises
    ------
    UnfitError
        It is no whole XML.
    """
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise UnfitError("intake.broken_xml", reason=str(error)[:200]) from error


def unresolved(root: Any) -> tuple[Observation, ...]:
    """Return that texts are named and not written in a file of XML, which leaves them blank.

    Parameters
    ----------
    root
        Outermost element, as :func:`parsed` returns it.
    """
    from lxml import etree

    names = [str(one.name)[:40] for one in root.iter(etree.Entity)]
    if not names:
        return ()
    known = tuple(dict.fromkeys(names))[:20]
    return (Observation("entities", "certain", {"n": len(names), "value": known}),)


def read_html(data: bytes, where: str, answers: Mapping[str, str]) -> Table:
    """Return the longest table of a web page, as government systems export what they call Excel.

    Parameters
    ----------
    data
        The file.
    where
        Its name.
    answers
        ``encoding`` and ``header_row`` if the reader has said.

    Raises
    ------
    UnfitError
        There is no table in it.
    """
    from lxml import etree, html

    text, encoding = decode(data, answers.get("encoding", ""))
    try:
        page = html.document_fromstring(_DECLARED.sub("", text.replace("\x00", "")))
    except (etree.ParserError, ValueError) as error:
        raise UnfitError("intake.page_without_table") from error
    tables = [
        rows
        for one in page.iter("table")
        if not list(one.iter("table"))[1:]
        if (rows := _grid(one))
    ]
    if not tables:
        raise UnfitError("intake.page_without_table")
    longest = max(tables, key=lambda rows: sum(len(row) for row in rows))
    found = [Observation("web_page", "certain", {"value": encoding})]
    left = sum(len(rows) > 1 for rows in tables if rows is not longest)
    if left:
        found.append(Observation("other_tables", "certain", {"value": left}))
    return table_of_rows(longest, where, answers.get("header_row", ""), found)


def _grid(table: Any) -> Rows:
    """Return the cells of a table; what reaches down is repeated, what reaches right is not."""
    rows: Rows = []
    open_: dict[int, tuple[int, str]] = {}
    for line in table.iter("tr"):
        row: list[str] = []
        for cell in line.iter("td", "th"):
            _fill(row, open_)
            text = " ".join("".join(cell.itertext()).split())
            wide, high = (_span(cell.get(name)) for name in ("colspan", "rowspan"))
            for k in range(wide):
                if high > 1:
                    open_[len(row)] = (high - 1, "" if k else text)
                row.append("" if k else text)
            if len(row) > MOST_COLUMNS:
                raise UnfitError("point_file.columns", n=len(row), most=MOST_COLUMNS)
        _fill(row, open_)
        rows.append(row)
        if len(rows) > MOST_SHEET_ROWS:
            raise UnfitError("intake.too_many_rows", most=MOST_SHEET_ROWS)
    return rows


def _fill(row: list[str], open_: dict[int, tuple[int, str]]) -> None:
    """Add the cells that reach down from rows above."""
    while (above := open_.pop(len(row), None)) is not None:
        left, text = above
        if left > 1:
            open_[len(row)] = (left - 1, text)
            row.append(text)
            continue
        row.append(text)


def _span(said: str | None) -> int:
    return min(max(int(said), 1), _MOST_SPAN) if said and said.strip().isdecimal() else 1


def read_spreadsheet_xml(data: bytes, where: str, answers: Mapping[str, str]) -> Table:
    """Return a sheet of a workbook as Excel 2003 writes it to XML.

    Parameters
    ----------
    data
        The file.
    where
        Its name.
    answers
        ``sheet`` and ``header_row`` if the reader has said.

    Raises
    ------
    UnfitError
        It is broken, or blank.
    AskError
        Several sheets hold something.
    """
    root = parsed(data)
    sheets = {_attribute(one, "Name") or str(at): _sheet_rows(one)
              for at, one in enumerate(_children(root, "Worksheet"), start=1)}  # fmt: skip
    filled = {name: rows for name, rows in sheets.items() if any(map(any, rows))}
    if not filled:
        raise UnfitError("point_file.empty")
    said = answers.get("sheet", "")
    if said and said not in filled:
        raise UnfitError("intake.no_sheet", value=said, known=tuple(list(filled)[:20]))
    if not said and len(filled) > 1:
        options = tuple(
            Option(n, "intake.option.as_named", {"value": n}) for n in list(filled)[:50]
        )
        raise AskError((Question("sheet", options),))
    name = said or next(iter(filled))
    found = [Observation("sheet", "certain", {"value": name}), *unresolved(root)]
    return table_of_rows(filled[name], where, answers.get("header_row", ""), found)


def _children(element: Any, name: str) -> list[Any]:
    return [one for one in element.iter() if local(one) == name]


def _attribute(element: Any, name: str) -> str:
    return next((str(v) for k, v in element.items() if k.rpartition("}")[2] == name), "")


def _sheet_rows(sheet: Any) -> Rows:
    """Return the cells of a sheet; rows and cells that are left out have their numbers told."""
    rows: Rows = []
    for line in _children(sheet, "Row"):
        at = _attribute(line, "Index")
        _extend(rows, int(at) - 1 if at.isdecimal() else len(rows), [], MOST_SHEET_ROWS)
        row: list[str] = []
        for cell in _children(line, "Cell"):
            place = _attribute(cell, "Index")
            _extend(row, int(place) - 1 if place.isdecimal() else len(row), "", MOST_COLUMNS)
            row.append(" ".join("".join(_texts(cell)).split()))
        rows.append(row)
    return rows


def _texts(cell: Any) -> list[str]:
    return ["".join(one.itertext()) for one in _children(cell, "Data")]


def _extend(some: list[Any], size: int, blank: Any, most: int) -> None:
    if size > most:
        raise UnfitError("intake.too_many_rows", most=most)
    some.extend([blank] * (size - len(some)))


def read_gpx(data: bytes, where: str) -> Table:
    """Return the waypoints of a GPX file.

    Parameters
    ----------
    data
        The file.
    where
        Its name.

    Raises
    ------
    UnfitError
        It holds tracks or routes alone, or is broken.
    """
    root = parsed(data)
    marks = _children(root, "wpt")
    if not marks and (_children(root, "trk") or _children(root, "rte")):
        raise UnfitError("intake.not_points")
    records = [
        {local(part): " ".join((part.text or "").split()) for part in one if local(part)}
        for one in marks
    ]
    names = list(dict.fromkeys(name for record in records for name in record)) or ["name"]
    rows = [[record.get(name, "") for name in names] for record in records]
    shapes = _degrees([(one.get("lon", ""), one.get("lat", "")) for one in marks])
    numbers = np.arange(1, len(marks) + 1)
    cells, found = texts_table(unique_names(names), rows), unresolved(root)
    return Table(where, cells, numbers, shapes=shapes, found=found)


def _degrees(places: Sequence[tuple[str, str]]) -> Shapes:
    x, y = (np.full(len(places), np.nan) for _ in range(2))
    kind = np.full(len(places), wkb.EMPTY, np.uint8)
    for k, (lon, lat) in enumerate(places):
        try:
            x[k], y[k] = float(lon), float(lat)
            kind[k] = wkb.POINT
        except ValueError:
            continue
    return Shapes(x, y, kind, _DEGREES)
