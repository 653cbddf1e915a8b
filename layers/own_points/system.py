"""Tell in which reference system own points stand: as their files declare, or as values tell."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np

from geo.base.arrays import Floats
from geo.base.bridge import canonical, name_of
from geo.base.errors import CrsError, Problem
from geo.point_files.bin import CSV, Columns, batches
from geo.point_files.parquet import opened

DEGREES: Final = "EPSG:4326"
ZONES: Final = ((25, 45, 4513, 3.0, 0.0), (13, 23, 4491, 6.0, -3.0))
"""CGCS2000 Gauss-Kruger zones whose number stands before the easting: first and last zone, EPSG
code of the first, width in degrees, and what the central meridian adds to zone times width."""
EASTING_M: Final = (100_000.0, 900_000.0)
"""Eastings without the number of the zone, metres: 500,000 on the central meridian."""
NORTHING_M: Final = (300_000.0, 6_200_000.0)
"""Northings of China, metres from the equator."""


@dataclass(frozen=True)
class Declaration:
    """What a file declares of its column of points (GeoParquet).

    Parameters
    ----------
    column
        Name of the column; empty for none.
    crs
        Its reference system, see :func:`geo.base.bridge.canonical`; None if the file does not say.
    refused
        Why, if it says what cannot be used.
    """

    column: str = ""
    crs: str | None = None
    refused: CrsError | None = None

    def problem(self, where: str) -> Problem:
        """Return what a file declares, as what sets it apart from the others.

        Parameters
        ----------
        where
            Name of the file.
        """
        if not self.column:
            return Problem("points_system.no_column", where)
        if self.crs is not None:
            name = name_of(self.crs)[:200]
        elif self.refused is not None:
            name = str(self.refused.problems[0].values.get("name", ""))
        else:
            return Problem("points_system.unknown", where, column=self.column)
        if not name:
            return Problem("points_system.unusable", where, column=self.column)
        return Problem("points_system.declares", where, column=self.column, name=name)


def declared(path: Path) -> Declaration:
    """Return what a file declares of its points.

    Parameters
    ----------
    path
        A file of CSV or Parquet.

    Returns
    -------
    Declaration
        Empty for CSV, and for Parquet that does not declare, as GeoParquet does, a column of points
        as well-known binary.

    Raises
    ------
    UnfitError
        The file's description is too large, or contradicts itself.
    OSError, ValueError
        It cannot be opened, or is no Parquet.
    """
    if path.suffix.lower() in CSV:
        return Declaration()
    with opened(path) as file:
        said = (file.metadata.metadata or {}).get(b"geo")
    try:
        meta = json.loads(said) if said else {}
        name = meta["primary_column"]
        column = meta["columns"][name]
        if not isinstance(name, str) or column.get("encoding") != "WKB":
            return Declaration()
        # Without the member the specification says longitude and latitude; null says unknown.
        crs = json.dumps(column.get("crs", DEGREES))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Declaration()
    return Declaration(name) if crs == "null" else replace(_system(crs), column=name)


@lru_cache(maxsize=64)
def _system(said: str) -> Declaration:
    """Return what a declared system is, as JSON: a thousand parts of a folder say the same."""
    try:
        return Declaration(crs=canonical(json.loads(said), where=""))
    except CrsError as error:
        return Declaration(refused=error)


def agreed(paths: Sequence[Path], declarations: Sequence[Declaration]) -> Declaration:
    """Return what all files of a source declare.

    Parameters
    ----------
    paths
        The files of one source.
    declarations
        What each of them declares, in the same order.

    Raises
    ------
    CrsError
        They differ, or declare what cannot be used.
    """
    named = zip(paths, declarations, strict=True)
    _require_one(declarations, [one.problem(path.name) for path, one in named])
    (one,) = set(declarations)
    if one.refused is not None:
        told = [replace(p, where=paths[0].name, field=one.column) for p in one.refused.problems]
        raise CrsError(one.refused.key, told)
    return one


def _require_one(found: Sequence[object], told: Sequence[Problem]) -> None:
    """Raise, with one file of each kind, if the files of a source differ."""
    firsts = {kind: place for place, kind in reversed(list(enumerate(found)))}
    if len(firsts) > 1:
        raise CrsError("stream.crs_mixed", [told[place] for place in sorted(firsts.values())])


def by_values(paths: Sequence[Path], columns: Columns, *, longitude: float) -> str | None:
    """Return the reference system that the values of undeclared coordinates tell.

    Parameters
    ----------
    paths
        The files of one source; of each the first rows are read.
    columns
        Where the coordinates stand.
    longitude
        Of the city, degrees: a zone far from it is none.

    Returns
    -------
    str or None
        Degrees unless most of the rows lie beyond ±180; a zone of CGCS2000 whose number stands
        before the eastings; None for metres of which no more can be told.

    Raises
    ------
    CrsError
        One file tells another system than the others.
    DataError
        A file cannot be read.
    """
    place = replace(columns, weights=None)
    told = [_told(first_values(path, place), longitude) for path in paths]
    known = [(path, *one) for path, one in zip(paths, told, strict=True) if one is not None]
    if not known:
        return DEGREES
    problems = [
        Problem("points_system.holds", path.name, name=crs)
        if crs
        else Problem("points_system.metres", path.name)
        for path, crs in known
    ]
    _require_one([crs for _, crs in known], problems)
    return known[0][1]


def first_values(path: Path, columns: Columns) -> tuple[Floats, Floats]:
    """Return the coordinates of the first batch that has any.

    Parameters
    ----------
    path
        A file of a source.
    columns
        Where the coordinates stand.
    """
    for batch in islice(batches(path, columns), 3):
        if len(batch.x):
            return batch.x, batch.y
    return np.zeros(0), np.zeros(0)


def _told(xy: tuple[Floats, Floats], longitude: float) -> tuple[str | None] | None:
    """Return the system of some coordinates in a tuple; None if there are none."""
    x, y = xy
    if not len(x):
        return None
    far = np.maximum(np.abs(x), np.abs(y)) > 180
    return (DEGREES,) if np.mean(far) <= 0.5 else (_zone(x[far], y[far], longitude),)


def _zone(x: Floats, y: Floats, longitude: float) -> str | None:
    """Return the zone whose number stands before most eastings, if it is near the city."""
    number, east = np.divmod(x, 1e6)
    north = (NORTHING_M[0] < y) & (y < NORTHING_M[1])
    sound = north & (EASTING_M[0] < east) & (east < EASTING_M[1])
    for first, last, code, width, shift in ZONES:
        for zone in range(first, last + 1):
            near = abs(zone * width + shift - longitude) <= 1.5 * width  # its own or the next
            if near and np.mean(sound & (number == zone)) > 0.5:
                return f"EPSG:{code + zone - first}"
    return None


def basis_of(columns: Columns, *, is_declared: bool) -> str:
    """Return how a source's system is known.

    Parameters
    ----------
    columns
        Where the positions stand, and in which system.
    is_declared
        Whether the files themselves declare that system.

    Returns
    -------
    str
        ``declared``; else as the values tell: ``degrees``, ``zone`` (of CGCS2000, by its number),
        or ``plane`` (metres taken for those of the city's plane).
    """
    if is_declared:
        return "declared"
    if columns.source_crs is None:
        return "plane"
    return "degrees" if columns.source_crs == DEGREES else "zone"


def first_column(declarations: Iterable[Declaration]) -> str:
    """Return the column of points that a file of a source declares.

    Parameters
    ----------
    declarations
        What the files declare, in their order.

    Returns
    -------
    str
        Name of the first that is declared; empty for none.
    """
    return next((one.column for one in declarations if one.column), "")
