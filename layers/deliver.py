"""Put a set of files in the place of an older set in one folder: all of them, or none."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping, Set
from errno import EEXIST
from pathlib import Path

WORK = ".replacing"
"""Folder inside the target that holds the new files before and the old files during the change."""
JOURNAL = "journal.json"
"""As long as this file stands in the work folder, the change is not done and can be undone."""


def deliver(folder: Path, files: Mapping[str, bytes], *, old: Iterable[str], seal: str) -> None:
    """Replace the older files of a folder by new ones, as a whole.

    Parameters
    ----------
    folder
        Where the files stand; made if it is missing.
    files
        New content by name relative to ``folder``, with ``/`` between folders.
    old
        Names of the older set. Every other file in the folder is left as it is.
    seal
        The file without which readers take the set for absent. It goes first and comes last, so
        that no reader can take a mixture for a set.

    Raises
    ------
    OSError
        The files could not be written, or one of them would fall on a file of others; the older
        set stands whole.

    Notes
    -----
    New files are written beside the old ones before any of these is touched, so a full disk harms
    nothing. A process that is killed in the midst leaves its journal: the next call of
    :func:`undo`, which every call of this function begins with, brings the older set back.
    """
    undo(folder)
    leaving = {name for name in old if (folder / name).is_file()}
    for name in sorted(set(files) - leaving):
        if (folder / name).exists():
            raise FileExistsError(EEXIST, "stands there already and is not replaced", name)
    try:
        _stage(folder / WORK, files, leaving, seal)
        for name in sorted(leaving, key=lambda name: name != seal):
            (folder / name).replace(_ready(folder / WORK / "old" / name))
        for name in sorted(files, key=lambda name: name == seal):
            (folder / WORK / "new" / name).replace(_ready(folder / name))
    except BaseException:
        undo(folder)
        raise
    (folder / WORK / JOURNAL).unlink()
    shutil.rmtree(folder / WORK)


def _stage(work: Path, files: Mapping[str, bytes], leaving: Set[str], seal: str) -> None:
    """Write the new files beside the old ones, and then the journal in one stroke."""
    for name, data in files.items():
        _ready(work / "new" / name).write_bytes(data)
    draft = _ready(work / "draft.json")
    draft.write_text(json.dumps({"seal": seal, "added": sorted(files.keys() - leaving)}), "utf-8")
    draft.replace(work / JOURNAL)


def undo(folder: Path) -> None:
    """Bring back the older set of a folder if a change of it was broken off; else do nothing.

    Parameters
    ----------
    folder
        Where the files stand; need not exist.

    Raises
    ------
    OSError
        The files could not be moved; the journal stays, so that a later call can.
    """
    work = folder / WORK
    journal = work / JOURNAL
    if journal.is_file():
        told = json.loads(journal.read_text(encoding="utf-8"))
        for name in told["added"]:
            if not (work / "new" / name).exists():  # moved into the folder already
                (folder / name).unlink(missing_ok=True)
        kept = [path.relative_to(work / "old") for path in (work / "old").rglob("*")]
        names = [name for name in kept if (work / "old" / name).is_file()]
        for name in sorted(names, key=lambda n: n.as_posix() == told["seal"]):
            (work / "old" / name).replace(_ready(folder / name))
        journal.unlink()
    if work.is_dir():
        shutil.rmtree(work)


def _ready(path: Path) -> Path:
    """Return a path whose folder exists."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
