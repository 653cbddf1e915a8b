"""Put a package into a folder, in the place of what an earlier run put there."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

from geo.base.errors import ParameterError, Problem
from layers.file_set.replace import hold
from layers.file_set.standing import WORK
from layers.handover.documents import MANIFEST, files_listed
from layers.handover.package import Package


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


def write_package(package: Package, folder: Path, *, zipped: bool) -> Mapping[str, bytes]:
    """Put a package into a folder, and return what was written.

    Parameters
    ----------
    package
        What is written.
    folder
        Made if it is missing. In the folder of an earlier run exactly the files that its manifest
        lists are replaced, all of them or none.
    zipped
        Whether to write one zip instead of the files; it replaces only an earlier zip of the same
        name.

    Returns
    -------
    Mapping
        Content by file name.

    Raises
    ------
    ParameterError
        The folder or the zip is somebody else's.
    DataError
        ``folder_refused``: another run is changing the folder, or a name leads out of it.
    OSError
        The files could not be written; what stood there stands whole.
    """
    with hold(folder) as held:
        if zipped:
            name = f"{package.name}.zip"
            files: Mapping[str, bytes] = {name: package.zip()}
            held.replace(files, old=_earlier_zip(folder, name), seal=name)
        else:
            files = package.files
            held.replace(files, old=_earlier(folder), seal=MANIFEST)
    return files
