"""Find the files of a set that one reader reads while another process may be replacing it.

Where two folders can change places in one stroke, a folder holds the older set or the new one and
nothing else. Elsewhere the files are moved one by one, and a journal stands in the folder as long
as that lasts, or after it was broken off: as long as it stands, the older set counts.
"""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from geo.base.errors import DataError, Problem

WORK = ".replacing"
"""Folder inside the target that holds the new files before and the old files during a change."""
JOURNAL = "journal.json"
"""As long as this file stands in the work folder, the change is not done and can be undone."""
LONGEST_JOURNAL = 1_000_000
"""Bytes; the names of a set are far shorter."""
TRIES = 5
"""How often a set is read again that was replaced while it was read."""

Set = TypeVar("Set")


@dataclass(frozen=True)
class Journal:
    """What a change that moves files one by one notes before it begins.

    Parameters
    ----------
    seal
        The file without which readers take the set for absent.
    added
        Names of the new set that the older one did not have.
    """

    seal: str
    added: frozenset[str]


def refused(problem: Problem) -> DataError:
    """Return the refusal of a folder, with its one reason.

    Parameters
    ----------
    problem
        Why the folder is refused.
    """
    return DataError("folder_refused", [problem])


def is_inside(folder: Path, name: str) -> bool:
    """Say whether a name is plain and stays inside a folder, past links.

    Parameters
    ----------
    folder
        The folder; need not exist.
    name
        Relative to it, ``/`` between folders. What is not plain: a backslash, a colon or a NUL; a
        part that is empty, ``.`` or ``..``; the work folder at its head.
    """
    parts = name.split("/")
    plain = not set(name) & set("\\:\0") and not {"", ".", ".."} & set(parts) and parts[0] != WORK
    return plain and (folder / name).parent.resolve().is_relative_to(folder.resolve())


def journal(folder: Path) -> Journal | None:
    """Return the journal of a change that is not done, or None.

    Parameters
    ----------
    folder
        Where the files stand; need not exist.

    Raises
    ------
    DataError
        ``folder_refused``: the journal is none of ours, a name in it leads out of the folder, or a
        link stands in the work folder. Nothing may be moved or deleted on its word.
    """
    path = folder / WORK / JOURNAL
    if not path.is_file():
        return None
    try:
        linked = [entry for entry in ((folder / WORK), *_entries(folder / WORK)) if _is_link(entry)]
        if linked or path.stat().st_size > LONGEST_JOURNAL:
            raise ValueError
        told = json.loads(path.read_text(encoding="utf-8"))
        seal, added = told["seal"], told["added"]
        names = [seal, *added]
        if not isinstance(added, list) or not all(isinstance(name, str) for name in names):
            raise TypeError
        if not all(is_inside(folder, name) for name in names):
            raise ValueError
    except FileNotFoundError:
        return None  # the change was done in this moment
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise refused(Problem("file_set.journal", str(path), folder=WORK)) from error
    return Journal(seal, frozenset(added))


def standing(folder: Path, name: str) -> Path:
    """Return where a file of a folder's set stands; the path does not exist if it has none.

    Parameters
    ----------
    folder
        Where the files stand.
    name
        Name of the file relative to it.

    Raises
    ------
    DataError
        As :func:`journal`.
    """
    told = journal(folder)
    set_aside = folder / WORK / "old" / name
    if told is not None and (name in told.added or set_aside.is_file()):
        return set_aside
    return folder / name


def files(folder: Path) -> dict[str, Path]:
    """Return the files of a folder as they stand; those of others as well.

    Parameters
    ----------
    folder
        Where the files stand.

    Returns
    -------
    dict
        Path by name relative to the folder, ``/`` between folders, in order. While a change is not
        done, the older set; never what the work folder holds besides.

    Raises
    ------
    DataError
        As :func:`journal`.
    """
    told = journal(folder)
    added = told.added if told else frozenset[str]()
    found = {_name(folder, path): path for path in _entries(folder) if path.is_file()}
    here = {n: path for n, path in found.items() if n.split("/")[0] != WORK and n not in added}
    if told:
        old = folder / WORK / "old"
        here |= {_name(old, path): path for path in _entries(old) if path.is_file()}
    return dict(sorted(here.items()))


def steadily(seal: str) -> Callable[[Callable[[Path], Set]], Callable[[Path], Set]]:
    """Let a reader of a folder read again if its set was replaced while it read.

    Parameters
    ----------
    seal
        A file that every set has and every change replaces.
    """

    def decorate(read: Callable[[Path], Set]) -> Callable[[Path], Set]:
        @functools.wraps(read)
        def reader(folder: Path) -> Set:
            for _ in range(TRIES - 1):
                before = _mark(folder, seal)
                try:
                    found = read(folder)
                except DataError:
                    if before == _mark(folder, seal) and journal(folder) is None:
                        raise
                    continue
                if before == _mark(folder, seal):
                    return found
            return read(folder)

        return reader

    return decorate


def _mark(folder: Path, seal: str) -> list[tuple[int, int] | None]:
    """Return what tells one set from the next: a change makes another seal, or has a journal."""
    return [_identity(folder / WORK / JOURNAL), _identity(standing(folder, seal))]


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns


def _entries(folder: Path) -> list[Path]:
    """Return all that stands in a folder and its folders, not looking through links."""
    return [
        Path(root) / name for root, folders, names in os.walk(folder) for name in (*folders, *names)
    ]


def _is_link(path: Path) -> bool:
    return path.is_symlink()


def _name(folder: Path, path: Path) -> str:
    return path.relative_to(folder).as_posix()
