"""Add coded values and titles to a file geodatabase, which pyogrio has no function for."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import pyogrio

from geo.formats.complete_geopackage import Column, Described

_VECTOR, _UPDATE = 0x04, 0x01
_TEXT: Final = 4
"""OFTString of OGRFieldType."""
_DOMAIN, _TITLE = 0x40, 0x80
"""ALTER_DOMAIN_FLAG and ALTER_ALTERNATIVE_NAME_FLAG of OGR_L_AlterFieldDefn."""
_POINTERS: Final = {
    "GDALOpenEx": 5,
    "GDALDatasetGetLayerByName": 2,
    "OGR_L_GetLayerDefn": 1,
    "OGR_FD_GetFieldDefn": 2,
    "OGR_Fld_Create": 2,
    "OGR_CodedFldDomain_Create": 5,
}
"""Functions that return a pointer, with the number of their arguments."""


class _CodedValue(ctypes.Structure):
    _fields_ = (("code", ctypes.c_char_p), ("value", ctypes.c_char_p))


def add_domains(path: Path, tables: Sequence[Described]) -> bool:
    """Give the columns of a file geodatabase their titles and coded values, as domains.

    Parameters
    ----------
    path
        The folder, closed; changed. It was written by GDAL's driver OpenFileGDB.
    tables
        What is said of each table; codes are those of columns of text.

    Returns
    -------
    bool
        False where the GDAL of this pyogrio cannot be called: then nothing is changed.

    Notes
    -----
    pyogrio 0.13 has no function for domains, and GDAL's own Python module has no wheel: the library
    that pyogrio brought is called by its C interface, which is stable.
    """
    gdal = _gdal()
    if gdal is None:
        return False
    opened = gdal.GDALOpenEx(str(path).encode(), _VECTOR | _UPDATE, None, None, None)
    if not opened:
        return False
    try:
        for table in tables:
            layer = gdal.GDALDatasetGetLayerByName(opened, table.name.encode())
            for column in table.columns:
                _describe(gdal, opened, layer, table.name, column)
    finally:
        gdal.GDALClose(opened)
    return True


@cache
def _gdal() -> Any:
    """Return the library that pyogrio runs on; None where it is not beside pyogrio."""
    for file in _candidates(Path(pyogrio.__file__).parent):
        try:
            library = ctypes.CDLL(str(file))
            for name, count in _POINTERS.items():
                function = getattr(library, name)
                function.restype = ctypes.c_void_p
                function.argtypes = _arguments(name, count)
            for name in ("GDALClose", "OGR_Fld_Destroy", "OGR_FldDomain_Destroy"):
                getattr(library, name).argtypes = [ctypes.c_void_p]
            _set_further(library)
        except (OSError, AttributeError):
            continue
        return library
    return None


def _candidates(home: Path) -> Iterator[Path]:
    """Yield where wheels keep GDAL: Linux and Windows beside the package, macOS within it."""
    yield from sorted((home.parent / "pyogrio.libs").glob("*gdal*"))
    yield from sorted((home / ".dylibs").glob("*gdal*"))


def _arguments(name: str, count: int) -> list[Any]:
    pointer, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
    own: dict[str, list[Any]] = {
        "GDALOpenEx": [text, ctypes.c_uint, pointer, pointer, pointer],
        "GDALDatasetGetLayerByName": [pointer, text],
        "OGR_FD_GetFieldDefn": [pointer, number],
        "OGR_Fld_Create": [text, number],
        "OGR_CodedFldDomain_Create": [text, text, number, number, ctypes.POINTER(_CodedValue)],
    }
    return own.get(name, [pointer] * count)


def _set_further(library: Any) -> None:
    pointer, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
    library.OGR_FD_GetFieldIndex.argtypes = [pointer, text]
    library.OGR_Fld_GetType.argtypes = [pointer]
    library.OGR_Fld_SetDomainName.argtypes = [pointer, text]
    library.OGR_Fld_SetAlternativeName.argtypes = [pointer, text]
    library.OGR_L_AlterFieldDefn.argtypes = [pointer, number, pointer, number]
    library.GDALDatasetAddFieldDomain.argtypes = [pointer, pointer, pointer]
    library.GDALDatasetAddFieldDomain.restype = ctypes.c_bool


def _describe(gdal: Any, opened: int, layer: int, table: str, column: Column) -> None:
    """Give one column its title and, where its values are coded, a domain."""
    defined = gdal.OGR_L_GetLayerDefn(layer)
    at = gdal.OGR_FD_GetFieldIndex(defined, column.name.encode())
    if at < 0:
        return
    kind = gdal.OGR_Fld_GetType(gdal.OGR_FD_GetFieldDefn(defined, at))
    new, changed = gdal.OGR_Fld_Create(column.name.encode(), kind), _TITLE
    gdal.OGR_Fld_SetAlternativeName(new, column.title.encode())
    if column.codes and kind == _TEXT:
        name = f"{table}_{column.name}".encode()
        if _added(gdal, opened, name, column):
            gdal.OGR_Fld_SetDomainName(new, name)
            changed |= _DOMAIN
    gdal.OGR_L_AlterFieldDefn(layer, at, new, changed)
    gdal.OGR_Fld_Destroy(new)


def _added(gdal: Any, opened: int, name: bytes, column: Column) -> bool:
    pairs = [(code.encode(), words.encode()) for code, words in column.codes.items()]
    listed = (_CodedValue * (len(pairs) + 1))(*(_CodedValue(*pair) for pair in pairs))
    made = gdal.OGR_CodedFldDomain_Create(name, column.title.encode(), _TEXT, 0, listed)
    added = bool(gdal.GDALDatasetAddFieldDomain(opened, made, None))
    gdal.OGR_FldDomain_Destroy(made)
    return added
