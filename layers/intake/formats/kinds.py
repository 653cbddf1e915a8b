"""Say by name what a file is that is not read, so that its owner knows what to save it as."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import PurePosixPath
from typing import Final

_BEGINNINGS: Final = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"{\\rtf", "RTF"),
    (b"AC10", "AutoCAD DWG"),
    (b"AutoCAD Binary DXF", "AutoCAD DXF"),
    (b"fgb\x03fgb", "FlatGeobuf"),
    (b"ARROW1", "Arrow"),
    (b"FEA1", "Feather"),
    (b"Obj\x01", "Avro"),
    (b"ORC", "ORC"),
    (b"\x89HDF", "HDF5"),
    (b"CDF\x01", "NetCDF"),
    (b"CDF\x02", "NetCDF"),
    (b"!table", "MapInfo TAB"),
    (b"MIME-Version:", "MHT"),
)
_ARCHIVES: Final = (
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
)
_SHAPEFILE: Final = b"\x00\x00\x27\x0a"
_DBF: Final = b"\x02\x03\x30\x31\x32\x43\x63\x83\x8b\xcb\xf5\xfb"
_PARTS: Final = (".shp", ".shx", ".dbf", ".prj", ".cpg", ".sbn", ".sbx")
_DXF: Final = re.compile(rb"(?:\s*999[^\n]*\n[^\n]*\n)*\s*0\s*\r?\n\s*SECTION\s*\r?\n")
_MIF: Final = re.compile(
    rb"\s*version\s+\d+\s*\r?\n(?=[\s\S]{0,2000}\bcolumns\s+\d)", re.IGNORECASE
)
_ROOTS: Final = {
    "FeatureCollection": "GML",
    "document": "FODS",
    "osm": "OpenStreetMap XML",
    "svg": "SVG",
    "wordDocument": "Word XML",
}
_MEMBERS: Final = (
    (r"^word/document\.xml$", "Word"),
    (r"^ppt/presentation\.xml$", "PowerPoint"),
    (r"\.gdb/[^/]*\.gdbtable$", "Esri File Geodatabase"),
    (r"^index/document\.iwa$|^index\.zip$", "Numbers"),
    (r"\.mif$", "MapInfo MIF"),
    (r"\.dxf$", "AutoCAD DXF"),
    (r"\.dwg$", "AutoCAD DWG"),
    (r"\.gml$", "GML"),
    (r"\.qgs$", "QGIS"),
    (r"\.mdb$", "Access"),
)


def other_kind(data: bytes) -> str:
    """Return what a file is called that is not read; empty for what may be.

    Parameters
    ----------
    data
        The file.

    Examples
    --------
    >>> other_kind(b"AC1027 ..."), other_kind(b"name,lon,lat")
    ('AutoCAD DWG', '')
    """
    for begin, name in _BEGINNINGS:
        if data.startswith(begin):
            return name
    if _DXF.match(data[:4096]):
        return "AutoCAD DXF"
    return "MapInfo MIF" if _MIF.match(data[:4096]) else ""


def archive_kind(data: bytes) -> str:
    """Return what an archive is called that must be unpacked first; empty for anything else.

    Parameters
    ----------
    data
        The file.
    """
    return next((name for begin, name in _ARCHIVES if data.startswith(begin)), "")


def is_shapefile_part(data: bytes, where: str) -> bool:
    """Tell whether a file is one part of a Shapefile, which says nothing without the others.

    Parameters
    ----------
    data, where
        The file and its name.
    """
    end = PurePosixPath(where.lower()).suffix
    return data.startswith(_SHAPEFILE) or (
        end in _PARTS and (end in (".prj", ".cpg") or data[:1] in _DBF or b"\x00" in data[:64])
    )


def xml_kind(root: str) -> str:
    """Return what a file of XML is called that is not read.

    Parameters
    ----------
    root
        Name of its outermost element, without its namespace.
    """
    return _ROOTS.get(root, f"XML: {root[:40]}")


def zip_kind(members: Collection[str]) -> str:
    """Return what a zip is called that is not read; empty for what may be.

    Parameters
    ----------
    members
        Names within it.

    Examples
    --------
    >>> zip_kind(["a.gdb/a00000001.gdbtable"]), zip_kind(["a.csv"])
    ('Esri File Geodatabase', '')
    """
    lower = [name.lower() for name in members]
    for pattern, name in _MEMBERS:
        if any(re.search(pattern, member) for member in lower):
            return name
    if any(member.endswith(".tab") for member in lower) and any(
        member.endswith(".map") for member in lower
    ):
        return "MapInfo TAB"
    return ""
