"""Look at the beginning of a text file that is too long to be read whole."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from geo.base.errors import UnfitError
from geo.point_files.csv_records import NATIVE, Form, header
from layers.intake.formats.table import Table, unique_names

_WORDS: Final = {"tab": "\t", "space": " ", "spaces": "  ", "U+0001": "\x01"}


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
        None where its first line says so itself; and where its cells are parted by blanks, or
        nothing parts them, so that it can only be read whole.
    """
    noted = {one.key: one.values.get("value") for one in table.found}
    encoding, mark = str(noted.get("encoding")), str(noted.get("separator"))
    mark = _WORDS.get(mark, mark)
    if mark in (" ", "  ") or len(table.names) < 2:
        return None
    if encoding in NATIVE and "header_goes_on" not in noted:
        try:
            head = header(path)
        except UnfitError:
            pass
        else:
            if head.mark.decode() == mark and unique_names(list(head.names)) == list(table.names):
                return None
    return Form(table.names, mark, table.begin, encoding)
