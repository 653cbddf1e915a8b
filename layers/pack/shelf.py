"""Find the packs of all cities, serve those that are sound, and say of the others why not.

Every pack is caught by itself: what is wrong with one never takes another away. Packs are named by
their folder's own name; where it lies is for the log, not for readers.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from geo.base.errors import DataError, Problem
from geo.base.validation import printable
from layers.file_set.standing import JOURNAL, WORK
from layers.pack.city import SETTINGS, City, load_city, pack_id
from layers.pack.reader import PackFiles

DATA_FOLDER = Path(__file__).resolve().parents[2] / "data"
PACKS_VARIABLE = "ATLAS_PACKS"
LOOK_AGAIN_S = 2.0
"""Seconds for which the files of the packs are taken as they were."""
_MARKS = (SETTINGS, "district.geojson", f"{WORK}/{JOURNAL}")
"""A folder with one of these is a pack, be it whole or not."""
_TRIES, _PAUSE_S = 3, 0.1
"""How often, and after which pause, files are read again that changed while they were read."""
_VERSIONS = 3
"""Versions of a city that are kept for runs of a page that began with them."""


@dataclass(frozen=True)
class Refused:
    """A pack that cannot be served.

    Parameters
    ----------
    name
        Name of its folder.
    id
        The city that it says it is; empty if it does not say.
    problems
        All that is wrong with it.
    """

    name: str
    id: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Served:
    """A pack that is served.

    Parameters
    ----------
    city
        The last version of it that passed the checks.
    name
        Name of its folder.
    read
        When that version was read, in the server's local time.
    again
        Whether the files had changed since the server first read them.
    problems
        What is wrong with the files as they are now; empty if they are what is served.
    gone
        Whether the folder is no longer there.
    """

    city: City
    name: str
    read: datetime
    again: bool = False
    problems: tuple[Problem, ...] = ()
    gone: bool = False


@dataclass(frozen=True)
class Packs:
    """All packs at one moment.

    Parameters
    ----------
    served
        Sound packs by city id, in the order of the folders: the shipped ones first.
    refused
        The others, in the same order.
    """

    served: Mapping[str, Served]
    refused: tuple[Refused, ...]


def _called(folder: Path) -> str:
    """Return the own name of a folder, fit to be shown."""
    return printable(folder.name or folder.resolve().name or "/")


def _is_pack(folder: Path) -> bool:
    """Tell whether a folder is a pack; one that may not be opened counts, so that it is told of."""
    if not os.access(folder, os.R_OK | os.X_OK):
        return folder.is_dir()
    return any(os.path.lexists(folder / mark) for mark in _MARKS)


def _inside(folder: Path) -> Iterator[Path]:
    """Yield the packs in a folder by name; a name that begins with a dot is nobody's pack."""
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return
    for entry in entries:
        if not entry.name.startswith(".") and _is_directory(entry) and _is_pack(entry):
            yield entry


def _is_directory(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def folders(extra: str | None) -> tuple[list[Path], list[Refused]]:
    """Find the folders of all packs: the shipped ones, then those of ``ATLAS_PACKS``.

    Parameters
    ----------
    extra
        Value of ``ATLAS_PACKS``: folders separated by ``os.pathsep``, each a pack or a folder of
        packs; None or empty for none.

    Returns
    -------
    folders : list of Path
        Each once, whatever the links that lead to it; the packs themselves are not read.
    refused : list of Refused
        Parts of ``extra`` that hold no pack.
    """
    found, refused = list(_inside(DATA_FOLDER)), []
    for part in filter(None, map(str.strip, (extra or "").split(os.pathsep))):
        folder = Path(part)
        inner = [folder] if _is_directory(folder) and _is_pack(folder) else list(_inside(folder))
        if not inner:
            told = {"variable": PACKS_VARIABLE, "settings": SETTINGS}
            problem = Problem("pack.no_pack", _called(folder), values=told)
            refused.append(Refused(_called(folder), "", (problem,)))
        found += inner
    once: dict[str, Path] = {}
    for folder in found:
        once.setdefault(os.path.realpath(folder), folder)
    return list(once.values()), refused


def claims(extra: str | None) -> tuple[Mapping[str, Sequence[Path]], list[Problem]]:
    """Return the folders of packs by the city that each says it is, without checking them.

    Parameters
    ----------
    extra
        Value of ``ATLAS_PACKS``; see :func:`folders`.

    Returns
    -------
    found : Mapping
        By city, its folders in the order of :func:`folders`; more than one is a conflict.
    problems : list of Problem
        What is wrong with the parts of ``extra`` that hold no pack.
    """
    found: dict[str, list[Path]] = {}
    there, refused = folders(extra)
    for folder in there:
        found.setdefault(pack_id(folder), []).append(folder)
    return MappingProxyType(found), [problem for part in refused for problem in part.problems]


@dataclass
class _Watched:
    """One folder, and the last sound city that was read from it."""

    folder: Path
    files: PackFiles | None = None
    served: Served | None = None
    problems: tuple[Problem, ...] = ()
    versions: dict[str, City] = field(default_factory=dict)

    def look(self) -> None:
        """Read the pack again if a file of it has changed."""
        if self.files is not None and not self.files.changed():
            return
        for _ in range(_TRIES):
            files = PackFiles(self.folder)
            city, problems = _attempt(self.folder, files)
            if not files.changed():
                break
            time.sleep(_PAUSE_S)
        else:  # half an old set and half a new one may well be sound: it is not taken
            city, problems = None, (Problem("pack.changing", _called(self.folder)),)
            files.looks[WORK] = ("unsettled",)  # differs from whatever is there: look again
        self.files, self.problems = files, problems
        if city is not None:
            self._serve(city)
        elif self.served is not None:
            last, gone = self.served, not _is_directory(self.folder)
            self.served = Served(last.city, last.name, last.read, last.again, problems, gone)

    def _serve(self, city: City) -> None:
        now, last = datetime.now().astimezone(), self.served
        if last is not None and last.city.digest == city.digest:  # touched, or mended again
            self.served = Served(last.city, last.name, last.read, last.again)
            return
        self.served = Served(city, _called(self.folder), now, again=last is not None)
        self.versions = {d: c for d, c in self.versions.items() if d != city.digest}
        self.versions[city.digest] = city
        while len(self.versions) > _VERSIONS:
            del self.versions[next(iter(self.versions))]


def _attempt(folder: Path, files: PackFiles) -> tuple[City | None, tuple[Problem, ...]]:
    try:
        return load_city(folder, files), ()
    except DataError as error:
        return None, error.problems


class Shelf:
    """The packs as last read; safe to ask from many threads.

    Whoever asks after :data:`LOOK_AGAIN_S` looks at the names, sizes and times of all files that
    the packs were read from. What has changed is read again; what is broken then leaves the last
    sound version standing, with what is wrong.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._watched: dict[Path, _Watched] = {}
        self._seen: dict[str | None, dict[Path, None]] = {}
        self._last: dict[str | None, tuple[float, Packs]] = {}

    def packs(self, extra: str | None) -> Packs:
        """Return the packs that are shipped and those of ``ATLAS_PACKS``.

        Parameters
        ----------
        extra
            Value of ``ATLAS_PACKS``; see :func:`folders`.

        Returns
        -------
        Packs
            Taken as they were if the files were looked at within :data:`LOOK_AGAIN_S`.
        """
        with self._lock:
            at, last = self._last.get(extra, (-LOOK_AGAIN_S, None))
            if last is None or time.monotonic() - at >= LOOK_AGAIN_S:
                last = self._look(extra)
                self._last[extra] = (time.monotonic(), last)
            return last

    def version(self, digest: str) -> City:
        """Return the version of a city that a page began with, though the city may have changed.

        Parameters
        ----------
        digest
            ``City.digest`` of that version.

        Raises
        ------
        KeyError
            It has been replaced so often that it is no longer kept.
        """
        with self._lock:
            kept = {d: city for w in self._watched.values() for d, city in w.versions.items()}
        return kept[digest]

    def _look(self, extra: str | None) -> Packs:
        found, refused = folders(extra)
        seen = self._seen.setdefault(extra, {})
        gone = [folder for folder in seen if folder not in found]
        served: dict[str, Served] = {}
        for folder in (*found, *gone):
            pack = self._watched.setdefault(folder, _Watched(folder))
            pack.look()
            if pack.served is None:
                if folder in found:
                    refused.append(Refused(_called(folder), pack_id(folder), pack.problems))
                continue
            seen[folder] = None
            first = served.setdefault(pack.served.city.id, pack.served)
            if first is not pack.served and folder in found:
                refused.append(_second(pack.served, first))
        return Packs(MappingProxyType(served), tuple(refused))


def _second(pack: Served, first: Served) -> Refused:
    """Refuse a pack whose city another has taken: the one that stands first among the sound."""
    told = {"city": pack.city.id, "first": first.name}
    problem = Problem("setting.city_taken", SETTINGS, field="id", values=told)
    return Refused(pack.name, pack.city.id, (problem, *pack.problems))
