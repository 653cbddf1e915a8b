"""Put a set of files in the place of an older set in one folder: all of them, or none.

A process that is killed at any moment leaves the older set or the new one. Which way is taken
depends on what the system can do; :meth:`Held.replace` says what each promises.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Set
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from geo.base.errors import Problem
from layers.file_set.exchange import exchange, offered
from layers.file_set.lock import LOCK, alone
from layers.file_set.standing import JOURNAL, WORK, is_inside, journal, refused

_NOT_AS_A_WHOLE = frozenset(
    {errno.EACCES, errno.EPERM, errno.EROFS, errno.EXDEV, errno.EBUSY, errno.EEXIST}
    | {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK}
)
"""Faults that say that a folder cannot change places with another, though it may be written to."""


def deliver(folder: Path, files: Mapping[str, bytes], *, old: Iterable[str], seal: str) -> None:
    """Replace the older files of a folder by new ones; see :meth:`Held.replace`.

    Use :func:`hold` where the names of the older set must first be read in the folder: between
    that and the change no other run may come in.

    Parameters
    ----------
    folder
        Where the files stand; made if it is missing.
    files, old, seal
        As :meth:`Held.replace` takes them.

    Raises
    ------
    DataError, OSError
        As :func:`hold` and :meth:`Held.replace`.
    """
    with hold(folder) as held:
        held.replace(files, old=old, seal=seal)


@contextmanager
def hold(folder: Path) -> Iterator[Held]:
    """Keep other runs out of a folder, and undo what an earlier one left half done.

    Parameters
    ----------
    folder
        Where the files stand; made if it is missing.

    Raises
    ------
    DataError
        ``folder_refused``: another run holds the folder, or what stands in its work folder was not
        written by this atlas.
    OSError
        The folder cannot be written to.
    """
    folder = folder.resolve()
    with alone(folder):
        undo(folder)
        yield Held(folder)


@dataclass(frozen=True)
class Held:
    """A folder that no other run can change."""

    folder: Path

    def replace(self, files: Mapping[str, bytes], *, old: Iterable[str], seal: str) -> None:
        """Replace the older files of the folder by new ones, as a whole.

        Parameters
        ----------
        files
            New content by name relative to the folder, with ``/`` between folders.
        old
            Names of the older set. Every other file in the folder is left as it is.
        seal
            The file without which readers take the set for absent.

        Raises
        ------
        DataError
            ``folder_refused``: a name leads out of the folder, through a link for example.
        OSError
            The files could not be written, or one of them would fall on a file of others; the
            older set stands whole.

        Notes
        -----
        All new files are on the disk before any old one is touched.

        One file for one file is a single rename, whole at any moment, everywhere.

        Otherwise a copy of the folder is made beside it, with the new files and links to those of
        others, and both change places in one stroke: whole at any moment. That needs Linux or
        macOS, a local disk, a folder that is this user's own, as are those in it, is neither a
        mount point nor the one worked in, and stands in a folder that may be written to.

        Elsewhere files are moved one by one, the seal first away and last back, so that nobody can
        take a mixture for a set; in between, some milliseconds or, if the process is killed, until
        the next run, there is no seal. The functions of :mod:`layers.file_set.standing`
        read the older set even then.
        """
        leaving = {name for name in old if (self.folder / name).is_file()}
        for name in sorted(files.keys() | leaving):
            if not is_inside(self.folder, name):
                raise refused(Problem("file_set.outside", str(self.folder / name)))
        for name in sorted(files.keys() - leaving):
            if (self.folder / name).exists():
                fault = "stands there already and is not replaced"
                raise FileExistsError(errno.EEXIST, fault, name)
        if len(leaving | files.keys()) == 1:
            _one(self.folder, files)
        elif not self._can_change_places() or not _as_a_whole(self.folder, files, leaving):
            _one_by_one(self.folder, files, leaving, seal)

    def _can_change_places(self) -> bool:
        """Whoever works in the folder, as with ``--out .``, would be left in the older one."""
        return offered() and not Path.cwd().is_relative_to(self.folder)


def undo(folder: Path) -> None:
    """Bring back the older set of a folder if a change of it was broken off; else do nothing.

    Parameters
    ----------
    folder
        Where the files stand; need not exist. No other process may be changing it.

    Raises
    ------
    DataError
        ``folder_refused``: the journal was not written by this atlas.
    OSError
        The files could not be moved; the journal stays, so that a later call can.
    """
    work = folder / WORK
    told = journal(folder)
    if told is not None:
        for name in told.added:
            if not (work / "new" / name).exists():  # moved into the folder already
                (folder / name).unlink(missing_ok=True)
        kept = [path for path in (work / "old").rglob("*") if path.is_file()]
        names = [path.relative_to(work / "old").as_posix() for path in kept]
        for name in sorted(names, key=lambda name: name == told.seal):
            (work / "old" / name).replace(_ready(folder / name))
        (work / JOURNAL).unlink()
    _clear(work)
    shutil.rmtree(_beside(folder), ignore_errors=True)


# One file --------------------------------------------------------------------------------------


def _one(folder: Path, files: Mapping[str, bytes]) -> None:
    """Put one file in the place of its older self."""
    try:
        for name, data in files.items():
            _write(folder / WORK / "new" / name, data)
            _flush(folder / WORK / "new" / name)
            (folder / WORK / "new" / name).replace(_ready(folder / name))
            _flush((folder / name).parent)
    finally:
        _clear(folder / WORK)


# The folder as a whole -------------------------------------------------------------------------


def _as_a_whole(folder: Path, files: Mapping[str, bytes], leaving: Set[str]) -> bool:
    """Let the folder and a copy of it with the new set change places; False if that cannot be."""
    beside = _beside(folder)
    copy = beside / "copy"
    try:
        beside.mkdir()
        _copy(folder, copy, leaving | {f"{WORK}/{LOCK}"})
        for name, data in files.items():
            _like(folder, copy, Path(name).parent)
            _write(copy / name, data)
        (copy / WORK).mkdir()
        os.link(folder / WORK / LOCK, copy / WORK / LOCK)  # other runs are kept out of both
        for path in (
            *(copy / name for name in files),
            *(Path(root) for root, _, _ in os.walk(copy)),
        ):
            _flush(path)
        exchange(copy, folder)
    except OSError as error:
        shutil.rmtree(beside, ignore_errors=True)
        if error.errno not in _NOT_AS_A_WHOLE:
            raise
        return False
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    _flush(folder.parent)
    _late(copy, folder, leaving | files.keys())
    shutil.rmtree(beside, ignore_errors=True)  # what stays is removed by the next run
    return True


def _beside(folder: Path) -> Path:
    """Return the folder in which a copy is made: on the same disk, and no folder of a pack."""
    return folder.parent / f"{WORK}-{folder.name}"


def _foreign(folder: Path, ours: Set[str]) -> Iterator[Path]:
    """Yield, relative to a folder, the files and links of others, and their empty folders."""
    for root, folders, names in os.walk(folder):
        here = Path(root).relative_to(folder)
        linked = [name for name in folders if (Path(root) / name).is_symlink()]
        if not folders and not names:
            yield here
        for name in (*linked, *names):
            if (here / name).as_posix() not in ours:
                yield here / name


def _copy(folder: Path, copy: Path, ours: Set[str]) -> None:
    """Make a folder like another one, with links to all files in it that are not ours."""
    _like(folder, copy, Path())
    for path in _foreign(folder, ours):
        if (folder / path).is_dir() and not (folder / path).is_symlink():
            _like(folder, copy, path)
        else:
            _like(folder, copy, path.parent)
            os.link(folder / path, copy / path, follow_symlinks=False)


def _like(folder: Path, copy: Path, path: Path) -> None:
    """Make a folder of the copy, with owner and rights of the one that it stands for."""
    if (copy / path).is_dir():
        return
    if path != Path():
        _like(folder, copy, path.parent)
    (copy / path).mkdir()
    with suppress(FileNotFoundError):  # a folder that is new has no such
        was, now = (folder / path).stat(), (copy / path).stat()
        if not os.access(folder / path, os.W_OK | os.X_OK):  # could not be removed afterwards
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder / path))
        if (was.st_uid, was.st_gid) != (now.st_uid, now.st_gid):
            os.chown(copy / path, was.st_uid, was.st_gid)
        shutil.copystat(folder / path, copy / path)


def _late(before: Path, folder: Path, ours: Set[str]) -> None:
    """Carry over what others wrote in the folder while its copy was made."""
    for path in _foreign(before, ours):
        left, target = before / path, folder / path
        if path.parts[:1] == (WORK,) or (left.is_dir() and not left.is_symlink()):
            continue
        if not os.path.lexists(target) or not os.path.samestat(left.lstat(), target.lstat()):
            left.replace(_ready(target))


# One by one ------------------------------------------------------------------------------------


def _one_by_one(folder: Path, files: Mapping[str, bytes], leaving: Set[str], seal: str) -> None:
    """Move the older files away and the new ones in; a journal tells how to undo it."""
    work = folder / WORK
    try:
        _stage(work, files, leaving, seal)
        for name in sorted(leaving, key=lambda name: name != seal):
            (folder / name).replace(_ready(work / "old" / name))
        for name in sorted(files, key=lambda name: name == seal):
            (work / "new" / name).replace(_ready(folder / name))
        for place in {(folder / name).parent for name in files.keys() | leaving}:
            _flush(place)
    except BaseException:
        undo(folder)
        raise
    (work / JOURNAL).unlink()
    _flush(work)
    _clear(work)


def _stage(work: Path, files: Mapping[str, bytes], leaving: Set[str], seal: str) -> None:
    """Write the new files beside the old ones, and then the journal in one stroke."""
    for name, data in files.items():
        _write(work / "new" / name, data)
    told = {"seal": seal, "added": sorted(files.keys() - leaving)}
    _write(work / "draft.json", json.dumps(told).encode())
    for path in (*(work / "new" / name for name in files), work / "draft.json"):
        _flush(path)
    (work / "draft.json").replace(work / JOURNAL)
    _flush(work)


def _clear(work: Path) -> None:
    """Remove all that stands in the work folder but the lock."""
    for path in work.iterdir() if work.is_dir() else ():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != LOCK:
            path.unlink()


# The disk --------------------------------------------------------------------------------------


def _write(path: Path, data: bytes) -> None:
    """Write a file that is new: whatever stands there already, a link above all, is a fault."""
    with _ready(path).open("xb") as file:
        file.write(data)


def _flush(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk and not on their way there."""
    folder = path.is_dir()
    if folder and os.name == "nt":
        return  # has no call for it
    opened = os.open(path, os.O_RDONLY if folder else os.O_RDWR)
    try:
        os.fsync(opened)
    except OSError as error:
        if not folder or error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise  # some shares have no call for folders
    finally:
        os.close(opened)


def _ready(path: Path) -> Path:
    """Return a path whose folder exists."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
