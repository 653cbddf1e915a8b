"""Keep every other process out of a folder while one changes it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import EACCES, EAGAIN
from pathlib import Path

from geo.base.errors import Problem
from layers.file_set.standing import WORK, refused

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

LOCK = "lock"
"""File in the work folder. Not the file but the system's lock on it keeps others out: it ends with
the process, however that ends."""


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold a folder for the length of a block.

    Parameters
    ----------
    folder
        Made if it is missing.

    Raises
    ------
    DataError
        ``folder_refused``: another process holds it, or its work folder is a link.
    OSError
        The folder cannot be made or written to.
    """
    held = _take(folder)
    try:
        yield
    finally:
        _give_back(held, folder)


def _take(folder: Path) -> int:
    """Return an open file with the lock on it, once it is the file that others would find."""
    work = folder / WORK
    while True:
        work.mkdir(parents=True, exist_ok=True)
        if work.is_symlink():
            raise refused(Problem("file_set.link", str(work)))
        with suppress(FileNotFoundError):  # taken away by the run that ends: make it again
            held = os.open(work / LOCK, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0))
            try:
                _lock(held, folder)
                if os.path.samestat(os.fstat(held), (work / LOCK).stat()):
                    return held
            except BaseException:
                os.close(held)
                raise
            os.close(held)


def _lock(held: int, folder: Path) -> None:
    try:
        if sys.platform == "win32":
            msvcrt.locking(held, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in (EACCES, EAGAIN):
            raise
        raise refused(Problem("file_set.busy", str(folder))) from error


def _give_back(held: int, folder: Path) -> None:
    """Take the lock's file away and let go of it; Windows removes no file that is open."""
    path = folder / WORK / LOCK
    if sys.platform == "win32":
        os.close(held)
        with suppress(OSError):  # the next run has it already
            path.unlink()
    else:
        path.unlink(missing_ok=True)
        os.close(held)
    with suppress(OSError):  # it holds the next run's lock, or what could not be undone
        path.parent.rmdir()
