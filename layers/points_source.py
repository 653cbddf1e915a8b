"""Find the files of a reader's own points in a folder, and the columns that hold positions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from pyproj import CRS
from pyproj.exceptions import CRSError

from geo.errors import DataError, Problem
from geo.stream import CSV, Columns, batches, columns_of
from layers.state import NONE, PointsOptions, token

PARQUET: Final = (".parquet", ".geoparquet", ".pq")
MOST_FILES: Final = 500
"""More files than this in one folder are not listed."""
WGS84: Final = 4326
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
    """

    name: str
    paths: tuple[Path, ...]
    size: int
    stamp: int

    @property
    def token(self) -> str:
        """What stands for it in the address."""
        return token(self.name)


@dataclass(frozen=True)
class Folder:
    """What a folder offers.

    Parameters
    ----------
    problem
        Key of the sentence that says why it offers nothing; empty if it does.
    sources
        By token.
    left_out
        How many entries are not offered: links that lead out of the folder, names that cannot be
        written, files beyond the first 500.
    """

    problem: str
    sources: Mapping[str, Source]
    left_out: int = 0


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
        outside, whatever a link says.
    """
    if not setting:
        return Folder("points_page.folder_unset", {})
    try:
        root = Path(setting).resolve(strict=True)
        entries = sorted(root.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return Folder("points_page.folder_missing", {})
    except (OSError, ValueError, RuntimeError):
        return Folder("points_page.folder_unreadable", {})
    found: list[Source] = []
    left_out = 0
    for entry in entries:
        if entry.name.startswith((".", "_")) or not _is_wanted(entry):
            continue
        source = _source(entry, root) if len(found) < MOST_FILES else None
        if source is None:
            left_out += 1
        else:
            found.append(source)
    problem = "" if found else "points_page.folder_empty"
    return Folder(problem, MappingProxyType({one.token: one for one in found}), left_out)


def _is_wanted(entry: Path) -> bool:
    try:
        return entry.suffix.lower() in (*CSV, *PARQUET) or (entry.is_dir() and any(_parts(entry)))
    except OSError:
        return False


def _parts(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.iterdir()) if path.suffix.lower() in PARQUET)


def _source(entry: Path, root: Path) -> Source | None:
    """Return an entry as a source; None if it cannot be one."""
    try:
        entry.name.encode()  # bytes that are no text have no place in a sentence
        paths = tuple(_parts(entry)) if entry.is_dir() else (entry,)
        real = [path.resolve(strict=True) for path in paths]
        if entry.name == NONE or not all(path.is_relative_to(root) for path in real):
            return None
        if not all(path.is_file() for path in real):
            return None
        stats = [path.stat() for path in real]
    except (OSError, ValueError, RuntimeError):
        return None
    stamp = max(stat.st_mtime_ns for stat in stats)
    return Source(entry.name, tuple(real), sum(stat.st_size for stat in stats), stamp)


@dataclass(frozen=True)
class Layout:
    """What the first look into a source shows.

    Parameters
    ----------
    names
        The columns, in the order of the file.
    rows
        Rows in all; 0 where that is not known (CSV).
    geometry
        Column of points as GeoParquet declares it; empty for none.
    geometry_crs
        EPSG code of that column; None where the file does not say.
    """

    names: tuple[str, ...]
    rows: int
    geometry: str = ""
    geometry_crs: int | None = None

    def of(self, wanted: str) -> str | None:
        """Return the name of the column that a token stands for."""
        return next((name for name in self.names if wanted and token(name) == wanted), None)


def layout(source: Source) -> Layout:
    """Return the columns of a source.

    Raises
    ------
    DataError
        With every file that cannot be opened, or has other columns than the first.
    """
    problems: list[Problem] = []
    found: list[tuple[list[str], int]] = []
    for path in source.paths:
        try:
            found.append(columns_of(path))
        except DataError as error:
            problems.extend(error.problems)
            continue
        if found[-1][0] != found[0][0]:
            what = f"has other columns than {source.paths[0].name}."
            problems.append(Problem(path.name, what, "Keep it in a folder of its own."))
    if problems:
        raise DataError("stream.unreadable", problems)
    declared = _declared(source.paths[0])
    return Layout(tuple(found[0][0]), sum(rows for _, rows in found), *declared)


def _declared(path: Path) -> tuple[str, int | None]:
    """Return the column of geometries that GeoParquet declares, and its EPSG code."""
    import pyarrow.parquet as pq

    if path.suffix.lower() in CSV:
        return "", None
    with pq.ParquetFile(path) as file:
        said = (file.schema_arrow.metadata or {}).get(b"geo")
    try:
        meta = json.loads(said) if said else {}
        name = meta["primary_column"]
        column = meta["columns"][name]
        if not isinstance(name, str) or column.get("encoding") != "WKB":
            return "", None
        # Without the member the specification says longitude and latitude; null says unknown.
        return name, _code(column["crs"]) if "crs" in column else WGS84
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return "", None


def _code(crs: Any) -> int | None:
    if crs is None:
        return None
    try:
        known = CRS.from_json_dict(crs)
    except (CRSError, ValueError, TypeError, AttributeError):
        return None
    return known.to_epsg() or (WGS84 if known.is_geographic else None)


def columns(source: Source, seen: Layout, options: PointsOptions, *, plane: int) -> Columns | None:
    """Return where the positions stand: as chosen, else as the names tell.

    Parameters
    ----------
    source, seen
        The source and its columns.
    options
        The columns chosen.
    plane
        EPSG code of the city's plane.

    Returns
    -------
    Columns or None
        None if no pair of columns can be told to hold positions. Whether they hold degrees is seen
        from the first rows: a position in metres lies beyond ±180.

    Raises
    ------
    DataError
        The first rows cannot be read.
    """
    weight = seen.of(options.weight)
    x, y = seen.of(options.x), seen.of(options.y)
    if x is None or y is None or x == y:
        pair = _pair(seen.names, LONGITUDES, LATITUDES)
        if pair is None and seen.geometry in seen.names:
            wkb = Columns(geometry=seen.geometry, weights=weight, crs=plane)
            code = seen.geometry_crs
            code = _degrees_or_plane(source, wkb) if code is None else code
            return replace(wkb, source_crs=None if code == plane else code)
        pair = pair or _pair(seen.names, EASTINGS, NORTHINGS)
        if pair is None:
            return None
        x, y = pair
    found = Columns(x, y, weights=None if weight in (x, y) else weight, crs=plane)
    return replace(found, source_crs=_degrees_or_plane(source, found))


def _pair(
    names: Sequence[str], first: Sequence[str], second: Sequence[str]
) -> tuple[str, str] | None:
    """Return the columns whose names are on two lists, the earlier on a list first."""
    plain = {name.strip().lower(): name for name in reversed(names)}
    one, two = (next((plain[n] for n in known if n in plain), None) for known in (first, second))
    return None if one is None or two is None else (one, two)


def _degrees_or_plane(source: Source, found: Columns) -> int | None:
    """Return the code of degrees unless most of the first rows lie beyond ±180."""
    for path in source.paths:
        for x, y, _ in islice(batches(path, replace(found, weights=None)), 3):
            known = np.isfinite(x) & np.isfinite(y)
            if known.any():
                far = np.maximum(np.abs(x[known]), np.abs(y[known])) > 180
                return None if np.mean(far) > 0.5 else WGS84
    return WGS84
