"""Find the parts of a folder, and tell in what some of them differ from the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from geo.base.errors import DataError, Problem
from layers.intake.formats.table import Observation, Table

MOST_NAMED = 20
"""Parts that are named in one sentence."""


class Found(NamedTuple):
    """The entries of a folder: plain files within it, and what is none."""

    files: tuple[Path, ...]
    others: tuple[Path, ...]


def entries(folder: Path) -> Found:
    """Return what lies in a folder and the folders within it, but for what is hidden.

    Parameters
    ----------
    folder
        The folder.

    Raises
    ------
    DataError
        A link leads out of it: part of a set would pass for the whole, and what lies elsewhere is
        nobody's to read.
    """
    root, files, others, out = folder.resolve(), [], [], []
    for path in sorted(folder.rglob("*")):
        inner = path.relative_to(folder)
        if any(part.startswith((".", "_")) for part in inner.parts):
            continue
        try:
            leads_out = path.is_symlink() and not path.resolve().is_relative_to(root)
        except (OSError, RuntimeError):  # links in a ring
            leads_out = False
        if leads_out:
            out.append(Problem("intake.link_out", inner.as_posix()))
        elif path.is_file():
            files.append(path)
        elif path.is_symlink() or not path.is_dir():
            others.append(path)
    if out:
        raise DataError("intake.refused", out[:MOST_NAMED])
    return Found(tuple(files), tuple(others))


def differences(tables: Sequence[Table]) -> Iterator[Observation]:
    """Yield which parts have no rows, other columns than most, or another encoding.

    Parameters
    ----------
    tables
        One for each part.
    """
    if len(tables) < 2:
        return
    empty = [table.where for table in tables if not table.rows]
    if empty:
        yield _told("parts_empty", empty)
    kinds = [frozenset(table.names) for table in tables]
    usual = max(kinds, key=kinds.count)
    other = [
        f"{table.where} ({_sides(kind, usual)})"
        for table, kind in zip(tables, kinds, strict=True)
        if kind != usual
    ]
    if other:
        yield _told("parts_columns", other)
    encodings = [_encoding(table) for table in tables]
    most = max(encodings, key=encodings.count)
    odd = [
        f"{table.where} ({encoding})"
        for table, encoding in zip(tables, encodings, strict=True)
        if encoding != most and encoding
    ]
    if odd:
        yield _told("parts_encoding", odd)


def _told(key: str, names: Sequence[str]) -> Observation:
    return Observation(key, values={"value": len(names), "names": tuple(names[:MOST_NAMED])})


def _sides(own: frozenset[str], usual: frozenset[str]) -> str:
    """Return which columns a part has besides, and which it lacks."""
    more = [f"+{name[:40]}" for name in sorted(own - usual)[:5]]
    return " ".join([*more, *(f"-{name[:40]}" for name in sorted(usual - own)[:5])])


def _encoding(table: Table) -> str:
    said = (str(one.values.get("value")) for one in table.found if one.key == "encoding")
    return next(said, "")
