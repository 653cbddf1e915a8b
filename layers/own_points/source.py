"""Find the files of a reader's own points in a folder, and the columns that hold positions."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from types import MappingProxyType
from typing import Final

from pyproj import Transformer

from geo.base.bridge import Box, bridge
from geo.base.errors import CrsError, DataError, Problem
from geo.point_files.bin import CSV, Columns, columns_of
from geo.point_files.csv_records import Form
from layers.intake.formats.open_file import SUFFIXES, open_bytes
from layers.intake.formats.table import AskError
from layers.intake.formats.text_file import beginning
from layers.intake.formats.text_file import form_of as text_form
from layers.own_points.system import DEGREES, Declaration, agreed, by_values, declared, first_column
from layers.view.codecs import token
from layers.view.page_options import PointsOptions

POINTS_VARIABLE: Final = "ATLAS_POINTS"
"""Names in the environment the folder of files of the readers' own points."""
PARQUET: Final = (".parquet", ".geoparquet", ".pq")
MOST_FILES: Final = 500
"""More files than this in one folder are not listed."""
MOST_TAKEN_BYTES: Final = 100_000_000
"""A larger file that is not read in parts is not taken in."""
LOOKED_AT: Final = 4 << 20
"""Bytes of a text file that decide. What later rows show is told by the reading itself."""
OF_A_TEXT: Final = ("header_row", "encoding", "separator")
"""Answers that say how a text is written."""
MOST_ENTRIES: Final = 10_000
"""Entries of the folder that are looked at, and as many of its inner folders in all."""
_SAFELY: Final = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
"""Windows knows neither, nor pipes in folders."""
LONGITUDES: Final = (
    *("lon", "lng", "long", "longitude", "经度", "经度_lon", "wgs84_lon", "lon_wgs84", "wgs_lon"),
    *("东经", "x坐标_经度"),
)
LATITUDES: Final = (
    *("lat", "latitude", "纬度", "纬度_lat", "wgs84_lat", "lat_wgs84", "wgs_lat", "北纬"),
    "y坐标_纬度",
)
EASTINGS: Final = ("x", "e", "east", "easting", "东坐标", "东坐标_e", "横坐标")
NORTHINGS: Final = ("y", "n", "north", "northing", "北坐标", "北坐标_n", "纵坐标")


@dataclass(frozen=True)
class Source:
    """A file of points, or a folder of Parquet files that belong together.

    Parameters
    ----------
    name
        Its name in the folder, as others have chosen it: never shown or used as it is.
    paths
        The files, all of them within the folder.
    size
        Bytes in all.
    stamp
        When it was last written, nanoseconds.
    is_uploaded
        Whether a reader has brought it along: then that is the day on which it came.
    said
        What the reader has said of how a long text is written: ``header_row`` and ``encoding``.
    """

    name: str
    paths: tuple[Path, ...]
    size: int
    stamp: int
    is_uploaded: bool = False
    said: tuple[tuple[str, str], ...] = ()

    @property
    def token(self) -> str:
        """What stands for it in the address."""
        return token(self.name)

    @property
    def day(self) -> str:
        """When it was last written, ISO 8601; empty for a time that no calendar has."""
        try:
            return datetime.fromtimestamp(self.stamp / 1e9, UTC).date().isoformat()
        except (ValueError, OverflowError, OSError):
            return ""


@dataclass(frozen=True)
class LeftOut:
    """An entry of the folder that is not offered.

    Parameters
    ----------
    name
        Its name in the folder, as others have chosen it; bytes that are no text are replaced.
    reason
        ``link`` (out of the folder, nowhere, or in a ring), ``name`` (no text), ``not_plain`` (a
        pipe or the like), ``no_parquet`` (a folder without Parquet files, or of too many entries),
        ``mixed`` (a folder of Parquet and of other tables, which are one set),
        ``unreadable``, ``beyond`` (the first 500), ``large`` (more than may be taken in at once),
        ``kind`` (none that is read).
    """

    name: str
    reason: str


@dataclass(frozen=True)
class Folder:
    """What a folder offers.

    Parameters
    ----------
    problem
        Key of the sentence that says why it offers nothing; empty if it does.
    sources
        By token.
    takeable
        By token, files of other kinds, which are taken in as if they were uploaded.
    not_offered
        Every other entry that is not hidden, with its reason.
    is_cut
        Whether the folder has more entries than are looked at.
    """

    problem: str
    sources: Mapping[str, Source]
    takeable: Mapping[str, Source] = field(default_factory=dict)
    not_offered: tuple[LeftOut, ...] = ()
    is_cut: bool = False

    @property
    def left_out(self) -> int:
        """How many entries look like points and are not offered."""
        return sum(one.reason not in ("kind", "large") for one in self.not_offered)


def open_folder(setting: str | None) -> Folder:
    """Return the files of points in a folder.

    Parameters
    ----------
    setting
        Path of the folder, or None (or blank) where none is configured.

    Returns
    -------
    Folder
        CSV and Parquet files by name, and folders of Parquet files; never anything that lies
        outside, whatever a link says, and nothing but plain files: opening a pipe could wait for
        ever. Never raises, whatever lies in the folder.
    """
    if not setting:
        return Folder("points_page.folder_unset", {})
    try:
        root = Path(setting).resolve(strict=True)
        entries, is_whole = _listed(root, MOST_ENTRIES)
    except (FileNotFoundError, NotADirectoryError):
        return Folder("points_page.folder_missing", {})
    except (OSError, ValueError, RuntimeError):
        return Folder("points_page.folder_unreadable", {})
    look = _Look(root, MOST_ENTRIES)
    for entry in entries:
        look.at(entry)
    found = MappingProxyType({one.token: one for one in look.found})
    takeable = MappingProxyType({one.token: one for one in look.takeable})
    problem = "" if found or takeable else "points_page.folder_empty"
    return Folder(problem, found, takeable, tuple(look.not_offered), is_cut=not is_whole)


def _listed(folder: Path, most: int) -> tuple[list[os.DirEntry[str]], bool]:
    """Return the entries of a folder that are not hidden, by name, and whether these are all."""
    with os.scandir(folder) as entries:
        found = list(islice(entries, most + 1))
    shown = [entry for entry in found[:most] if not entry.name.startswith((".", "_"))]
    return sorted(shown, key=lambda entry: entry.name), len(found) <= most


@dataclass
class _Look:
    """One look into a folder: what it offers, and how much more may be looked at."""

    root: Path
    room: int
    """Entries of inner folders that may still be looked at."""
    found: list[Source] = field(default_factory=list)
    takeable: list[Source] = field(default_factory=list)
    not_offered: list[LeftOut] = field(default_factory=list)

    def at(self, entry: os.DirEntry[str]) -> None:
        """Take an entry as a source, or say why it is none."""
        try:
            taken = self._refused(entry) or self._source(entry)
        except UnicodeEncodeError:
            taken = "name"
        except (OSError, ValueError, RuntimeError):  # a loop of links, or gone meanwhile
            taken = "link" if entry.is_symlink() else "unreadable"
        if isinstance(taken, Source) and not self._is_streamed(entry):
            if taken.size <= MOST_TAKEN_BYTES:
                self.takeable.append(taken)
            else:
                self.not_offered.append(LeftOut(entry.name, "large"))
        elif isinstance(taken, Source):
            self.found.append(taken)
        else:
            name = entry.name.encode(errors="replace").decode()
            self.not_offered.append(LeftOut(name, taken))

    @staticmethod
    def _is_streamed(entry: os.DirEntry[str]) -> bool:
        """Tell whether an entry is read in parts, whatever its length."""
        return entry.name.lower().endswith((*CSV, *PARQUET)) or entry.is_dir()

    def _refused(self, entry: os.DirEntry[str]) -> str:
        """Return why an entry cannot hold points by its name; empty if it can."""
        if not self._is_streamed(entry) and not entry.name.lower().endswith(SUFFIXES):
            return "kind"
        return "" if len(self.found) + len(self.takeable) < MOST_FILES else "beyond"

    def _source(self, entry: os.DirEntry[str]) -> Source | str:
        """Return an entry as a source, or why it is none."""
        entry.name.encode()  # bytes that are no text have no place in a sentence
        real = self._real(entry)
        if real is None:
            return "link"
        stat = real.stat()
        if not S_ISDIR(stat.st_mode):
            plain = S_ISREG(stat.st_mode)
            taken = Source(entry.name, (real,), stat.st_size, stat.st_mtime_ns)
            return taken if plain else "not_plain"
        return self._folder(entry, real)

    def _folder(self, entry: os.DirEntry[str], real: Path) -> Source | str:
        """Return a folder of Parquet files as a source, or why it is none."""
        inner, is_whole = _listed(real, self.room)
        self.room -= min(self.room, len(inner) + 1)
        parts = [one for one in inner if one.name.lower().endswith(PARQUET)]
        if parts and any(self._is_other(one) for one in inner):
            return "mixed"
        if not parts and is_whole:
            parts, is_whole = self._partitions(inner)
        files = [self._real(part) for part in parts]
        paths = tuple(path for path in files if path is not None)
        # Part of a set would pass for the whole of it.
        if not paths or not is_whole or len(paths) < len(files):
            return "no_parquet" if len(paths) == len(files) else "link"
        for part in parts:
            part.name.encode()
        stats = [path.stat() for path in paths]
        if not all(S_ISREG(one.st_mode) for one in stats):
            return "not_plain"
        stamp = max(one.st_mtime_ns for one in stats)
        return Source(entry.name, paths, sum(one.st_size for one in stats), stamp)

    @staticmethod
    def _is_other(entry: os.DirEntry[str]) -> bool:
        """Tell whether an entry is a table that is not read with the Parquet files beside it."""
        name = entry.name.lower()
        return name.endswith(SUFFIXES) and not name.endswith(PARQUET)

    def _partitions(self, inner: Sequence[os.DirEntry[str]]) -> tuple[list[os.DirEntry[str]], bool]:
        """Return the Parquet files of folders such as ``year=2024``, and whether these are all."""
        parts: list[os.DirEntry[str]] = []
        for entry in inner:
            if "=" not in entry.name or not entry.is_dir(follow_symlinks=False):
                continue
            some, is_whole = _listed(Path(entry.path), self.room)
            self.room -= min(self.room, len(some) + 1)
            parts += [one for one in some if one.name.lower().endswith(PARQUET)]
            if not is_whole or any("=" in one.name and one.is_dir() for one in some):
                return [], False
        return parts, True

    def _real(self, entry: os.DirEntry[str]) -> Path | None:
        """Return where an entry really lies; None for a link that leads out of the folder."""
        path = Path(entry.path)
        if not entry.is_symlink():
            return path
        real = path.resolve(strict=True)
        return real if real != self.root and real.is_relative_to(self.root) else None


def require_files(source: Source) -> None:
    """Raise unless every file of a source is still one that can be opened.

    Between the list and the opening, anything may have come in its place: a pipe that would never
    end, a link to elsewhere.

    Parameters
    ----------
    source
        As :func:`open_folder` offers it.

    Raises
    ------
    DataError
        With every file that is gone, may not be read, or is no plain file any more.
    """
    problems: list[Problem] = []
    for path in source.paths:
        try:
            if S_ISREG(path.lstat().st_mode):
                os.close(os.open(path, os.O_RDONLY | _SAFELY))
            else:
                problems.append(Problem("point_file.not_plain", path.name))
        except OSError as error:
            reason = error.strerror or type(error).__name__
            problems.append(Problem("point_file.not_opened", path.name, reason=reason))
        except ValueError:
            problems.append(Problem("point_file.no_such_name", path.name))
    if problems:
        raise DataError("stream.unreadable", problems)


def form_of(source: Source) -> Form | None:
    """Return how a text file too long to be taken in is read; None where its first line says so.

    Parameters
    ----------
    source
        As :func:`open_folder` offers it.
    """
    path = source.paths[0]
    if source.size <= MOST_TAKEN_BYTES or path.suffix.lower() not in CSV:
        return None
    return _form(path, source.size, source.stamp, source.said)


def as_said(source: Source, said: Mapping[str, str]) -> Source:
    """Return a source with what the reader has said of how it is written.

    Parameters
    ----------
    source
        As :func:`open_folder` offers it.
    said
        ``header_row``, ``encoding`` and ``separator``; anything else is passed over, and all of it
        for a file that is not a long text: such a one is taken in whole.
    """
    is_long = source.size > MOST_TAKEN_BYTES and source.paths[0].suffix.lower() in CSV
    some = {name: said[name] for name in OF_A_TEXT if name in said} if is_long else {}
    return replace(source, said=tuple(some.items()))


@lru_cache(maxsize=8)
def _form(path: Path, _size: int, _stamp: int, said: tuple[tuple[str, str], ...]) -> Form | None:
    try:
        return text_form(path, open_bytes(beginning(path, LOOKED_AT), path.name, dict(said)))
    except (AskError, DataError):  # said by who reads it
        return None


@dataclass(frozen=True)
class Layout:
    """What the first look into a source shows.

    Parameters
    ----------
    names
        The columns, in the order of the file.
    rows
        Rows in all; 0 where that is not known (CSV).
    declarations
        What each file declares of its points, in the order of the source's paths.
    """

    names: tuple[str, ...]
    rows: int
    declarations: tuple[Declaration, ...] = ()

    def of(self, wanted: str) -> str | None:
        """Return the name of the column that a token stands for.

        Parameters
        ----------
        wanted
            As :func:`layers.view.codecs.token` makes it of a column's name; empty for none.

        Returns
        -------
        str or None
            None where no column has this token.
        """
        return next((name for name in self.names if wanted and token(name) == wanted), None)


def layout(source: Source) -> Layout:
    """Return the columns of a source.

    Parameters
    ----------
    source
        As :func:`open_folder` offers it; all its files are opened.

    Raises
    ------
    DataError
        With every file that cannot be opened, or has other columns than the first.
    """
    require_files(source)
    problems: list[Problem] = []
    found: list[tuple[list[str], int]] = []
    form = form_of(source)
    for path in source.paths:
        try:
            found.append(columns_of(path, form))
        except DataError as error:
            problems.extend(error.problems)
            continue
        if sorted(found[-1][0]) != sorted(found[0][0]):  # each is read by its own order
            first = source.paths[0].name
            problems.append(Problem("points.other_columns", path.name, first=first))
    if problems:
        raise DataError("stream.unreadable", problems)
    said = tuple(declared(path) for path in source.paths)
    return Layout(tuple(found[0][0]), sum(rows for _, rows in found), said)


def columns(
    source: Source,
    seen: Layout,
    options: PointsOptions,
    *,
    plane: int,
    bbox: tuple[float, float, float, float],
) -> Columns | None:
    """Return where the positions stand: as chosen, else as the names tell.

    Parameters
    ----------
    source, seen
        The source and its columns, see :func:`layout`.
    options
        Tokens of the columns chosen: ``x``, ``y`` and ``weight``, each empty for none. A pair that
        is not whole is passed over.
    plane
        EPSG code of the city's plane.
    bbox
        West, south, east and north of the city, degrees.

    Returns
    -------
    Columns or None
        None if no pair of columns can be told to hold positions. A column of points stands in the
        system that its file declares; for others the first rows tell, see
        :func:`layers.own_points.system.by_values`.

    Raises
    ------
    CrsError
        The declared system cannot be used for this city, or the files of a folder differ in it.
    DataError
        The first rows cannot be read.
    """
    weight = seen.of(options.weight)
    x, y = seen.of(options.x), seen.of(options.y)
    crs: str | None = None
    if x is None or y is None or x == y:
        pair = _pair(seen.names, LONGITUDES, LATITUDES)
        geometry = first_column(seen.declarations)
        if pair is None and geometry in seen.names:
            found = Columns(geometry=geometry, weights=weight, crs=plane)
            crs = agreed(source.paths, seen.declarations).crs
            return in_system(source, found, crs, plane, bbox)
        pair = pair or _pair(seen.names, EASTINGS, NORTHINGS)
        if pair is None:
            return None
        x, y = pair
    found = Columns(x, y, weights=None if weight in (x, y) else weight, crs=plane)
    return in_system(source, found, crs, plane, bbox)


def in_system(
    source: Source,
    found: Columns,
    crs: str | None,
    plane: int,
    bbox: Box,
) -> Columns:
    """Return columns with the system that is declared, or else told by the values.

    Parameters
    ----------
    source, found
        The source, and where its positions stand.
    crs
        As :func:`geo.base.bridge.canonical` writes it; None to be told by the values.
    plane, bbox
        As in :func:`columns`.

    Raises
    ------
    CrsError
        There is no way from that system to the plane.
    """
    if crs is None:
        require_files(source)
        crs = by_values(source.paths, found, longitude=(bbox[0] + bbox[2]) / 2)
    if crs is None or crs == f"EPSG:{plane}":
        return found
    try:
        bridge(crs, plane, _on_plane(bbox, plane))
    except CrsError as error:
        told = [replace(problem, where=source.name) for problem in error.problems]
        raise CrsError(error.key, told) from error
    return replace(found, source_crs=crs)


@lru_cache(maxsize=8)
def _on_plane(bbox: Box, plane: int) -> Box:
    """Return a rectangle of degrees on a plane; PROJ takes 70 ms to find the way."""
    west, south, east, north = Transformer.from_crs(
        DEGREES, plane, always_xy=True
    ).transform_bounds(*bbox)
    return west, south, east, north


def is_declared(seen: Layout, found: Columns) -> bool:
    """Tell whether the system of some columns is what their files declare.

    Parameters
    ----------
    seen
        Columns of the source, as :func:`layout` returns them.
    found
        Where its positions stand, as :func:`columns` returns it.
    """
    return found.geometry is not None and seen.declarations[0].crs is not None


def _pair(
    names: Sequence[str], first: Sequence[str], second: Sequence[str]
) -> tuple[str, str] | None:
    """Return the columns whose names are on two lists, the earlier on a list first."""
    plain = {name.strip().lower(): name for name in reversed(names)}
    one, two = (next((plain[n] for n in known if n in plain), None) for known in (first, second))
    return None if one is None or two is None else (one, two)
