"""Find out what kind of file it really is, and open the tables that it holds."""

from __future__ import annotations

import io
import logging
import re
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from stat import S_ISDIR, S_ISREG
from typing import Final, NamedTuple, TypeVar

from geo.base.errors import AtlasError, DataError, Problem, UnfitError
from layers.intake.formats.headings import speaks_of_system
from layers.intake.formats.markup import read_gpx, read_html, read_spreadsheet_xml, root_of
from layers.intake.formats.parquet_file import read_parquet
from layers.intake.formats.parts import differences, entries
from layers.intake.formats.records import read_json
from layers.intake.formats.table import (
    MOST_FILE_BYTES,
    AskError,
    Observation,
    Option,
    Question,
    Table,
)
from layers.intake.formats.text_file import read_text, sniffed
from layers.intake.formats.vector_file import read_geopackage, read_kml, read_shapefile
from layers.intake.formats.workbook import ALL, is_litter, read_workbook, require_modest

Answers = Mapping[str, str]


class Parts(NamedTuple):
    """Files that belong together.

    Parameters
    ----------
    name
        What they are called together.
    paths
        The files; nothing but these is opened.
    """

    name: str
    paths: tuple[Path, ...]


SUFFIXES: Final = (
    *(".csv", ".tsv", ".txt", ".tab", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"),
    *(".et", ".xml", ".htm", ".html", ".jsonl", ".geojsons", ".gpx"),
    *(".geojson", ".json", ".geojsonl", ".gpkg", ".zip", ".kml", ".kmz"),
    *(".parquet", ".geoparquet", ".pq"),
)
"""How the names of files end that are offered; the content decides how they are read."""
MOST_PARTS: Final = 1000
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_log = logging.getLogger(__name__)
_T = TypeVar("_T")
_BEGINNINGS: Final = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"{\\rtf", "RTF"),
    (b"AC10", "AutoCAD DWG"),
    (b"ID;P", "SYLK"),
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
_MOST_NOTES: Final = 5
"""Read-mes of a zip that are looked into, and sentences of theirs that are told."""
_NOTE_BYTES: Final = 64 << 10
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


def open_path(path: Path, answers: Answers) -> list[Table]:
    """Return the tables of a file, or of all parts of a folder.

    Parameters
    ----------
    path
        A file of any kind that is known, or a folder of parts that belong together.
    answers
        What the reader has said.

    Returns
    -------
    list of Table
        One for each part, in the order of their names.

    Raises
    ------
    DataError
        With every part that cannot be read.
    AskError
        The reader must choose a sheet or a layer first.
    """
    if path.is_dir():
        return _open_folder(path, answers)
    require_file(path)
    if path.stat().st_size > MOST_FILE_BYTES:
        problem = Problem("intake.too_large", path.name, most=MOST_FILE_BYTES)
        raise DataError("intake.refused", [problem])
    try:
        with path.open("rb") as file:
            is_parquet = file.read(4) == b"PAR1"
        data = b"" if is_parquet else path.read_bytes()
    except OSError as error:
        raise DataError("intake.refused", [not_opened(path.name, error)]) from error
    if is_parquet:
        return [_guarded(path.name, lambda: read_parquet(path, path.name))]
    return open_tables(data, path.name, answers)


def require_file(path: Path) -> None:
    """Raise unless a path is that of a plain file: to open a pipe would wait for its writer.

    Parameters
    ----------
    path
        The path, or a link to one.

    Raises
    ------
    DataError
        There is nothing, a folder, or what is no file.
    """
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError, ValueError):
        problem = Problem("intake.no_file", path.name)
    except OSError as error:
        problem = not_opened(path.name, error)
    else:
        if S_ISREG(mode):
            return
        problem = Problem("intake.folder" if S_ISDIR(mode) else "intake.no_plain_file", path.name)
    raise DataError("intake.refused", [problem])


def not_opened(where: str, error: OSError) -> Problem:
    """Return that the system does not let a file be opened, in its own word.

    Parameters
    ----------
    where
        Name of the file.
    error
        Why.
    """
    reason = error.strerror or type(error).__name__
    return Problem("intake.not_opened", where[:80], reason=reason)


def open_beginning(path: Path, rows: int) -> Table:
    """Return the first rows of a Parquet file, however long it is.

    Parameters
    ----------
    path
        The file.
    rows
        How many.

    Raises
    ------
    DataError
        It cannot be read.
    """
    return _guarded(path.name, lambda: read_parquet(path, path.name, rows))


def _open_folder(folder: Path, answers: Answers) -> list[Table]:
    """Return the parts of a folder; what stands in the names of inner folders is a column."""
    found = entries(folder)
    known = [file for file in found.files if file.suffix.lower() in SUFFIXES]
    rest = sorted({*found.files, *found.others} - set(known))
    left = [file.relative_to(folder).as_posix() for file in rest]
    if not known:
        raise DataError("intake.refused", [Problem("intake.no_parts", folder.name)])
    if len(known) > MOST_PARTS:
        problem = Problem("intake.parts", folder.name, n=len(known), most=MOST_PARTS)
        raise DataError("intake.refused", [problem])
    tables = _opened([(file, file.relative_to(folder)) for file in known], answers)
    if left:
        told = Observation("left_out", "certain", {"value": len(left), "names": tuple(left[:20])})
        tables[0] = replace(tables[0], found=(*tables[0].found, told))
    return tables


def open_parts(parts: Parts, answers: Answers) -> list[Table]:
    """Return the tables of files that belong together.

    Parameters
    ----------
    parts
        The files.
    answers
        What the reader has said.

    Raises
    ------
    DataError, AskError
        As :func:`open_path`.
    """
    return _opened([(path, Path(path.name)) for path in parts.paths], answers)


def _opened(files: Sequence[tuple[Path, Path]], answers: Answers) -> list[Table]:
    """Return the table of each file, called as it is within its folder."""
    tables: list[Table] = []
    problems: list[Problem] = []
    for file, inner in files:
        try:
            found = open_path(file, answers)
        except AskError:
            raise
        except AtlasError as error:
            problems += [
                replace(one, where=inner.as_posix()) if one.where == file.name else one
                for one in error.problems
            ]
        else:
            tables += [_with_keys(table, inner) for table in found]
    if problems:
        raise DataError("intake.refused", problems)
    if differing := tuple(differences(tables)):
        tables[0] = replace(tables[0], found=(*tables[0].found, *differing))
    return tables


def _with_keys(table: Table, inner: Path) -> Table:
    """Add what the names of inner folders say, such as ``year=2024``."""
    import pyarrow as pa

    cells, found = table.cells, list(table.found)
    for part in inner.parts[:-1]:
        name, mark, value = part.partition("=")
        if mark and name not in cells.column_names:
            cells = cells.append_column(name, pa.array([value] * cells.num_rows, pa.string()))
            found.append(Observation("partition", "certain", {"value": part[:80]}))
        elif mark:
            found.append(Observation("partition_held", "certain", {"value": part[:80]}))
    return replace(table, where=inner.as_posix(), cells=cells, found=tuple(found))


def open_tables(data: bytes, where: str, answers: Answers) -> list[Table]:
    """Return the tables that some bytes hold: several of a workbook of which all sheets are meant.

    Parameters
    ----------
    data, where, answers
        As of :func:`open_bytes`.

    Raises
    ------
    DataError, AskError
        As :func:`open_bytes`.
    """
    if answers.get("sheet") != ALL or not data.startswith((b"PK", _OLE)):
        return [open_bytes(data, where, answers)]
    return _guarded(where, lambda: read_workbook(data, where, answers))


def open_bytes(data: bytes, where: str, answers: Answers) -> Table:
    """Return the table that some bytes hold, whatever their name says.

    Parameters
    ----------
    data
        The file.
    where
        Its name.
    answers
        What the reader has said.

    Raises
    ------
    DataError
        It cannot be read; nothing that nobody foresaw leaves this function otherwise.
    AskError
        The reader must choose a sheet or a layer first.
    """
    if len(data) > MOST_FILE_BYTES:
        problem = Problem("intake.too_large", where, most=MOST_FILE_BYTES)
        raise DataError("intake.refused", [problem])
    return _guarded(where, lambda: _dispatch(data, where, answers))


def _guarded(where: str, read: Callable[[], _T]) -> _T:
    """Turn whatever a foreign file provokes into a problem; what nobody foresaw is logged."""
    try:
        return read()
    except AtlasError:
        raise
    except UnfitError as error:
        problem = Problem(error.key, where, values=error.values)
    except MemoryError:
        problem = Problem("point_file.memory", where)
    except PermissionError as error:
        problem = not_opened(where, error)
    except Exception as error:  # a file of others can fail in any way, and fails alone
        _log.warning("unforeseen while opening %s", where, exc_info=error)
        reason = (str(error).splitlines() or [""])[0][:200] or type(error).__name__
        problem = Problem("point_file.unreadable", where, reason=reason)
    raise DataError("intake.refused", [problem])


def _dispatch(data: bytes, where: str, answers: Answers) -> Table:
    if not data.strip():
        raise UnfitError("point_file.empty")
    if data.startswith(b"PAR1"):
        with tempfile.TemporaryDirectory(prefix="atlas-intake-") as folder:
            path = Path(folder) / "opened.parquet"
            path.write_bytes(data)
            return read_parquet(path, where)
    if data.startswith(b"SQLite format 3\x00"):
        return read_geopackage(data, where, answers)
    if data.startswith(_OLE):
        return read_workbook(data, where, answers)[0]
    if data.startswith(b"PK"):
        return _of_zip(data, where, answers)
    _require_known(data, where)
    head = sniffed(data)
    if head.startswith("<"):
        return _of_markup(data, where, answers)
    if head.startswith("{") or (head.startswith("[") and head[1:].lstrip().startswith("{")):
        return read_json(data, where)
    return read_text(data, where, answers)


def _require_known(data: bytes, where: str) -> None:
    """Raise for a file of a kind that is known by name and not read."""
    if data.startswith(b"PARE"):
        raise UnfitError("intake.password")
    if kind := _archive_kind(data):
        raise UnfitError("intake.archive", kind=kind)
    if kind := _other_kind(data):
        raise UnfitError("intake.kind_named", kind=kind)
    if _is_shapefile_part(data, where):
        raise UnfitError("intake.shapefile_bare")


def _of_markup(data: bytes, where: str, answers: Answers) -> Table:
    root = root_of(data)
    if root == "kml":
        return read_kml(data, where)
    if root == "gpx":
        return read_gpx(data, where)
    if root == "Workbook":
        return read_spreadsheet_xml(data, where, answers)
    if root.lower() in ("html", "table", "body", "div"):
        return read_html(data, where, answers)
    raise UnfitError("intake.kind_named", kind=_xml_kind(root))


def _of_zip(data: bytes, where: str, answers: Answers) -> Table:
    """Tell by the members of a zip what it is: a workbook, KMZ, a Shapefile, or one file in it."""
    members = [m for m in require_modest(data) if not m.is_dir() and not is_litter(m.filename)]
    names = {member.filename for member in members}
    lower = {name.lower() for name in names}
    if kind := _zip_kind(names):
        raise UnfitError("intake.kind_named", kind=kind)
    if "[Content_Types].xml" in names or "mimetype" in names:
        return read_workbook(data, where, answers)[0]
    if any(name.endswith(".shp") for name in lower):
        table = read_shapefile(data, where, answers)
        return replace(table, found=(*table.found, *_said_beside(data, members)))
    if any(name.endswith((".dbf", ".shx")) for name in lower):
        raise UnfitError("intake.shapefile_part")
    if any(name.endswith(".kml") for name in lower):
        return read_kml(data, where)
    inner = _table_in(members, answers)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            table = _dispatch(file.read(inner), where, answers)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise UnfitError("intake.no_zip") from error
    rest = [member for member in members if member is not inner]
    told = [Observation("zip_left", "certain", {"value": tuple(m.filename for m in rest[:20])})]
    beside = _said_beside(data, rest)
    return replace(table, found=(*table.found, *(told if rest else ()), *beside))


def _said_beside(data: bytes, members: Sequence[zipfile.ZipInfo]) -> list[Observation]:
    """Return what the read-mes of a zip say of the system of the positions."""
    notes = [m for m in members if m.filename.lower().endswith((".txt", ".md"))]
    lines: list[str] = []
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            for member in notes[:_MOST_NOTES]:
                if member.file_size <= _NOTE_BYTES:
                    lines += sniffed(file.read(member)).splitlines()
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError):
        return []
    said = [line.strip()[:200] for line in lines if speaks_of_system(line)]
    return [Observation("beside", "likely", {"value": line}) for line in said[:_MOST_NOTES]]


def _table_in(members: Sequence[zipfile.ZipInfo], answers: Answers) -> zipfile.ZipInfo:
    """Return the one table in a zip, or ask which of several is meant; a read-me is none."""
    known = {m.filename: m for m in members if Path(m.filename).suffix.lower() in SUFFIXES}
    known = {name: m for name, m in known.items() if not name.lower().endswith(".zip")}
    tables = {name: m for name, m in known.items() if not name.lower().endswith(".txt")} or known
    if not tables:
        raise UnfitError("intake.zip_without_table")
    said = answers.get("layer", "")
    if said in tables:
        return tables[said]
    if len(tables) > 1:
        options = tuple(Option(n, "intake.option.as_named", {"value": n}) for n in [*tables][:50])
        raise AskError((Question("layer", options),))
    return next(iter(tables.values()))


def _other_kind(data: bytes) -> str:
    """Return what a file is called that is not read; empty for what may be."""
    for begin, name in _BEGINNINGS:
        if data.startswith(begin):
            return name
    if _DXF.match(data[:4096]):
        return "AutoCAD DXF"
    return "MapInfo MIF" if _MIF.match(data[:4096]) else ""


def _archive_kind(data: bytes) -> str:
    """Return what an archive is called that must be unpacked first; empty for anything else."""
    return next((name for begin, name in _ARCHIVES if data.startswith(begin)), "")


def _is_shapefile_part(data: bytes, where: str) -> bool:
    """Tell whether a file is one part of a Shapefile, which says nothing without the others."""
    end = PurePosixPath(where.lower()).suffix
    return data.startswith(_SHAPEFILE) or (
        end in _PARTS and (end in (".prj", ".cpg") or data[:1] in _DBF or b"\x00" in data[:64])
    )


def _xml_kind(root: str) -> str:
    """Return what a file of XML is called that is not read."""
    return _ROOTS.get(root, f"XML: {root[:40]}")


def _zip_kind(members: Collection[str]) -> str:
    """Return what a zip is called that is not read; empty for what may be."""
    lower = [name.lower() for name in members]
    for pattern, name in _MEMBERS:
        if any(re.search(pattern, member) for member in lower):
            return name
    if any(member.endswith(".tab") for member in lower) and any(
        member.endswith(".map") for member in lower
    ):
        return "MapInfo TAB"
    return ""
