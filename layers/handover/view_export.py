"""Hand over what the screen shows: files for a GIS, with their dictionary, sources and manifest.

``python -m layers.export --help`` says how to do the same without a screen, and what becomes of
files that stand in the folder already.
"""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd

from geo.base.errors import AtlasError, ParameterError, Problem
from geo.formats.write_geojson import to_geojson
from geo.formats.write_geopackage import Table, to_geopackage
from layers.file_set.replace import hold
from layers.file_set.standing import WORK
from layers.handover import command_line as flags
from layers.handover.documents import (
    DICTIONARY,
    MANIFEST,
    SOURCES,
    coordinate_columns,
    dictionary,
    files_listed,
    is_points,
    manifest,
    sha256,
    sources,
    to_csv,
)
from layers.handover.package import Package
from layers.handover.qgis_style import qml
from layers.handover.selection import Selection, Sheet, select
from layers.language.problems import lines
from layers.pack.city import City
from layers.view.state import ViewState

DEGREE_DIGITS, METRE_DIGITS = 7, 3
"""Decimals of coordinates in CSV: a centimetre and a millimetre."""


def package(
    city: City,
    state: ViewState,
    *,
    fmt: str = "geojson",
    epsg: int = 4326,
    layers: Sequence[str] | None = None,
) -> Package:
    """Return what ``state`` shows of ``city`` as files.

    Parameters
    ----------
    city
        The city; not changed.
    state
        Filters and layers. Language, camera and selection do not matter: whoever looks at the
        same rows gets the same bytes, on the screen and without one.
    fmt
        ``geojson`` (one file per layer), ``gpkg`` (one styled file) or ``csv`` (one per layer).
    epsg
        Coordinate system; GeoJSON knows 4326 only. See :func:`layers.handover.selection.systems`.
    layers
        Ids of the layers to take; None for those that are on.

    Returns
    -------
    Package
        Every text is in Chinese and English. Values are raw and coordinates true; places without
        a site are kept without a geometry.

    Raises
    ------
    ParameterError
        With every unknown layer, format or coordinate system.
    """
    selection = select(city, state, layers=layers, fmt=fmt, epsg=epsg)
    write = {"geojson": _geojson_files, "gpkg": _geopackage_file, "csv": _csv_files}[selection.fmt]
    files = {
        **write(selection),
        DICTIONARY: dictionary(selection),
        SOURCES: sources(selection),
    }
    files[MANIFEST] = manifest(selection, files)
    name = f"{city.id}_{city.data_date}_{selection.fmt}_{epsg}"
    return Package(name, date.fromisoformat(city.data_date), MappingProxyType(files))


def _geojson_files(selection: Selection) -> dict[str, bytes]:
    return {f"{sheet.id}.geojson": to_geojson(sheet.frame) for sheet in selection.sheets}


def _geopackage_file(selection: Selection) -> dict[str, bytes]:
    tables = [
        Table(
            name=sheet.id,
            frame=sheet.frame.to_crs(selection.epsg),
            geometry=sheet.layer.spec.schema.geometry,
            title=" ".join(sheet.layer.title),
            style=qml(sheet.layer.spec),
        )
        for sheet in selection.sheets
    ]
    stamp = date.fromisoformat(selection.city.data_date)
    return {f"{selection.city.id}.gpkg": to_geopackage(tables, stamp=stamp)}


def _csv_files(selection: Selection) -> dict[str, bytes]:
    return {f"{sheet.id}.csv": _csv(selection, sheet) for sheet in selection.sheets}


def _csv(selection: Selection, sheet: Sheet) -> bytes:
    names = list(sheet.layer.spec.schema.names)
    table = pd.DataFrame(sheet.frame.drop(columns="geometry")).reset_index()[names]
    columns = [_cells(table[name].tolist()) for name in names]
    if is_points(sheet):
        names += coordinate_columns(selection)
        columns += _coordinates(selection, sheet)
    return to_csv([names, *zip(*columns, strict=True)])


def _cells(values: Iterable[object]) -> list[str]:
    """Write values as they are: no rounding, no words, no apostrophe before a formula."""
    return ["" if _is_missing(value) else _cell(value) for value in values]


def _is_missing(value: object) -> bool:
    return value is None or value is pd.NA or value != value


def _cell(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _coordinates(selection: Selection, sheet: Sheet) -> list[list[str]]:
    """Return the texts of both coordinates by row; blank where there is no point."""
    points = sheet.frame.geometry.to_crs(selection.epsg)
    if selection.projected:
        return [[_metres(at) for at in axis] for axis in (points.x, points.y)]
    return [[_degrees(at) for at in axis] for axis in (points.x, points.y)]


def _metres(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.{METRE_DIGITS}f}"


def _degrees(value: float) -> str:
    return "" if np.isnan(value) else str(round(float(value), DEGREE_DIGITS))


def _earlier(folder: Path) -> frozenset[str]:
    """Name the files that an earlier run left in a folder: those of its manifest, and this.

    Raises
    ------
    ParameterError
        The folder holds files and no manifest of ours: whose they are cannot be told.
    """
    held = sorted(path.name for path in folder.iterdir() if path.name != WORK)
    if not held:
        return frozenset()
    try:
        data = (folder / MANIFEST).read_bytes()
    except FileNotFoundError:
        data = b""
    names = files_listed(data)
    if names is None:
        n, where = len(held), f"--out {folder}"
        problem = Problem("export.folder_of_others", where, n=n, first=held[0])
        raise ParameterError("export_refused", [problem])
    return names | {MANIFEST}


def _earlier_zip(folder: Path, name: str) -> frozenset[str]:
    """Name the zip of an earlier run that has the same name; nothing else is replaced by a zip.

    Raises
    ------
    ParameterError
        Another file has this name.
    """
    path = folder / name
    if not path.exists():
        return frozenset()
    try:
        with zipfile.ZipFile(path) as archive:
            names = files_listed(archive.read(MANIFEST))
    except (zipfile.BadZipFile, KeyError, OSError):
        names = None
    if names is None:
        raise ParameterError("export_refused", [Problem("export.zip_of_others", str(path))])
    return frozenset({name})


def _deliver(parcel: Package, folder: Path, *, zipped: bool) -> Mapping[str, bytes]:
    """Put a package into a folder, in the place of what an earlier run put there."""
    with hold(folder) as held:
        if zipped:
            name = f"{parcel.name}.zip"
            files: Mapping[str, bytes] = {name: parcel.zip()}
            held.replace(files, old=_earlier_zip(folder, name), seal=name)
        else:
            files = parcel.files
            held.replace(files, old=_earlier(folder), seal=MANIFEST)
    return files


def main(argv: Sequence[str] | None = None) -> int:
    """Write the files that the command line asks for and print their digests.

    Parameters
    ----------
    argv
        Arguments without the program's name; None for those of the process.

    Returns
    -------
    int
        0, or 2 after every problem has been listed on standard error. Standard output is in the
        form of ``sha256sum``, for ``sha256sum -c``.
    """
    try:
        wish = flags.read(argv)
        parcel = package(wish.city, wish.state, fmt=wish.fmt, epsg=wish.epsg, layers=wish.layers)
        for name, data in _deliver(parcel, wish.out, zipped=wish.zipped).items():
            print(f"{sha256(data)}  {wish.out / name}")
    except AtlasError as error:
        print(lines(error, "en"), file=sys.stderr)
        return 2
    except OSError as error:
        print(error, file=sys.stderr)
        return 2
    return 0
