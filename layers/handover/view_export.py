"""Hand over what the screen shows: files for a GIS, with their dictionary, sources and manifest.

``python -m layers.export --help`` says how to do the same without a screen, and what becomes of
files that stand in the folder already.
"""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from geo.base.errors import AtlasError, ParameterError, Problem
from layers.file_set.replace import hold
from layers.file_set.standing import WORK
from layers.handover import command_line as flags
from layers.handover.build import build
from layers.handover.contents import Contents, Form
from layers.handover.documents import MANIFEST, about_city, files_listed, form_caveats, sha256
from layers.handover.package import Package
from layers.handover.selection import Selection, select
from layers.language.bilingual import Bilingual, pair
from layers.language.problems import lines
from layers.pack.city import City
from layers.view.state import ViewState


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
    return build(contents(select(city, state, layers=layers, form=Form(fmt, epsg))))


def contents(selection: Selection) -> Contents:
    """Return selected rows with all that goes with them."""
    city, state, form = selection.city, selection.state, selection.form
    period = {"id": state.period, **pair(f"period.{state.period}")._asdict()}
    return Contents(
        city=city,
        name=city.id,
        stem=f"{city.id}_{city.data_date}_{form.fmt}_{form.epsg}",
        form=form,
        sheets=selection.sheets,
        head=(pair("export.filter", words=selection.words),),
        sections=((pair("export.caveats"), tuple(_caveats(selection))),),
        about={
            **about_city(city),
            "period": {**period, "later": state.later},
            "filter": {"query": selection.query, **selection.words._asdict()},
        },
    )


def _caveats(selection: Selection) -> Iterator[Bilingual]:
    for key in ("location", "no_outline", "unmapped", "counted"):
        yield pair(f"export.{key}")
    yield from selection.gaps
    yield from form_caveats(selection.city, selection.form, selection.sheets)


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
