"""Write frames in the formats that other systems ask for: Shapefile, FileGDB, KML and more."""

from __future__ import annotations

import io
import json
import warnings
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio

from geo.formats.complete_geopackage import Column, Described
from geo.formats.geodatabase_domains import add_domains
from geo.formats.write_geopackage import GDAL_OPTIONS, Table, declared_type

SHORT: Final = 10
"""Longest name of a column of a Shapefile, bytes."""
LONGEST_TEXT: Final = 254
"""Longest text of a Shapefile, bytes of UTF-8."""
ELLIPSIS: Final = "…"
MOST_32: Final = 2**31
KML_NAME: Final = "Name"
GEODATABASE: Final = "geodatabase"


def short_names(names: Sequence[str]) -> dict[str, str]:
    """Return a name of at most ten letters for each column, none like another.

    Parameters
    ----------
    names
        ASCII names in the order of the table.

    Returns
    -------
    dict
        By name: itself where it is short enough; else its first letters, an underscore and the
        number of the column in two digits or more, ten in all.

    Examples
    --------
    >>> short_names(["id", "location_class", "location_source"])
    {'id': 'id', 'location_class': 'locatio_02', 'location_source': 'locatio_03'}
    """
    taken = {name for name in names if len(name) <= SHORT}
    found: dict[str, str] = {}
    for at, name in enumerate(names, start=1):
        tails = (f"_{number:02d}" for number in count(at, len(names)))
        shorter = (f"{name[: SHORT - len(tail)]}{tail}" for tail in tails)
        found[name] = name if name in taken else next(s for s in shorter if s not in taken)
        taken.add(found[name])
    return found


def cut_texts(frame: pd.DataFrame) -> int:
    """Return how many texts of a frame are too long for a Shapefile.

    Parameters
    ----------
    frame
        Columns of text, numbers or flags; not changed.
    """
    return sum(
        isinstance(value, str) and len(value.encode()) > LONGEST_TEXT
        for name in frame.columns
        for value in frame[name].tolist()
    )


def to_shapefile(tables: Sequence[Table], *, stamp: date) -> dict[str, bytes]:
    """Return tables as Shapefiles in UTF-8.

    Parameters
    ----------
    tables
        Layers, each of one type of geometry; a named index becomes the first column.
    stamp
        Day that the files give as that of their last change.

    Returns
    -------
    dict
        Content by file name, five files a table; the same tables give the same bytes. Columns have
        the names of :func:`short_names`; a text of more than 254 bytes ends, between two letters,
        with an ellipsis.
    """
    options = {"ENCODING": "UTF-8", "DBF_DATE_LAST_UPDATE": stamp.isoformat()}

    def write(table: Table, folder: Path) -> None:
        frame = _flat(table)
        names = short_names([str(name) for name in frame.columns if name != "geometry"])
        texts = {name: frame[name].map(_cut) for name in names if frame[name].dtype == object}
        texts |= {
            n: frame[n].map(_cut) for n in names if isinstance(frame[n].dtype, pd.StringDtype)
        }
        _write(table, frame.assign(**texts).rename(columns=names), folder / f"{table.name}.shp",
               driver="ESRI Shapefile", layer_options=options)  # fmt: skip

    return _each(tables, write)


def to_kml(tables: Sequence[Table], *, stamp: date) -> dict[str, bytes]:  # noqa: ARG001 - one shape
    """Return tables as KML, one file each.

    Parameters
    ----------
    tables
        Layers in WGS 84; ``name_zh``, or else the first column, names the features too.
    stamp
        Not looked at: the files carry no day.
    """

    def write(table: Table, folder: Path) -> None:
        frame = _flat(table)
        shown = frame["name_zh"] if "name_zh" in frame else frame.iloc[:, 0]
        frame.insert(0, KML_NAME, shown.where(shown.notna(), frame.iloc[:, 0]).astype(str))
        # The driver writes longer whole numbers as texts.
        _write(table, _in_32_bits(frame), folder / f"{table.name}.kml", driver="KML")

    return _each(tables, write)


def to_kmz(tables: Sequence[Table], *, stamp: date) -> dict[str, bytes]:
    """Return tables as KMZ, one file each: what :func:`to_kml` writes, packed.

    Parameters
    ----------
    tables
        As :func:`to_kml` takes them.
    stamp
        Day that the members of the zip carry.
    """
    return {
        f"{name.removesuffix('.kml')}.kmz": _packed({"doc.kml": data}, stamp)
        for name, data in to_kml(tables, stamp=stamp).items()
    }


def to_flatgeobuf(tables: Sequence[Table], *, stamp: date) -> dict[str, bytes]:  # noqa: ARG001
    """Return tables as FlatGeobuf, one file each.

    Parameters
    ----------
    tables
        Layers. Rows without a geometry are kept, so that there is no spatial index.
    stamp
        Not looked at: the files carry no day.
    """

    def write(table: Table, folder: Path) -> None:
        options = {"SPATIAL_INDEX": "NO", "TITLE": table.title}
        path = folder / f"{table.name}.fgb"
        _write(table, _flat(table), path, driver="FlatGeobuf", layer_options=options)

    return _each(tables, write)


def to_geoparquet(tables: Sequence[Table], *, stamp: date) -> dict[str, bytes]:  # noqa: ARG001
    """Return tables as GeoParquet 1.1, one file each, with the system of their coordinates.

    Parameters
    ----------
    tables
        Layers. Rows without a geometry are kept; titles and codes stand in the fields' metadata.
    stamp
        Not looked at: the files carry no day.
    """
    files = {}
    for table in tables:
        target = io.BytesIO()
        frame = _with_texts(_flat(table))
        frame.to_parquet(target, index=False, schema_version="1.1.0", compression="zstd")
        files[f"{table.name}.parquet"] = _told(table, target.getvalue())
    return files


def _told(table: Table, data: bytes) -> bytes:
    """Return Parquet whose fields say in Arrow's metadata what they hold, codes in words."""
    held, columns = pq.read_table(io.BytesIO(data)), {each.name: each for each in table.columns}
    fields = [
        field.with_metadata(_metadata(columns[field.name])) if field.name in columns else field
        for field in held.schema
    ]
    schema = pa.schema(fields, metadata=held.schema.metadata)
    target = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(held.columns, schema=schema), target, compression="zstd")
    return target.getvalue()


def _metadata(column: Column) -> dict[str, str]:
    told = {"title": column.title, "description": column.note}
    if column.codes:
        told["codes"] = json.dumps(dict(column.codes), ensure_ascii=False)
    return {name: text for name, text in told.items() if text}


def to_filegdb(
    tables: Sequence[Table], *, stamp: date, name: str = GEODATABASE
) -> dict[str, bytes]:
    """Return tables as one file geodatabase, zipped as GDAL and QGIS open it.

    Parameters
    ----------
    tables
        Layers, each of one type of geometry.
    stamp
        Day that the members of the zip carry. Columns have their titles as aliases, and coded
        values are domains. The geodatabase itself holds identifiers that are
        new each time: its bytes are never the same.
    name
        Stem of the geodatabase and of its zip.
    """
    if not tables:
        return {}
    with TemporaryDirectory() as folder, GDAL_OPTIONS:
        path = Path(folder) / f"{name}.gdb"
        for number, table in enumerate(tables):
            options = {"LAYER_ALIAS": table.title, "GEOMETRY_NAME": "SHAPE"}
            frame = _in_32_bits(_flat(table))
            _write(table, frame, path, driver="OpenFileGDB", layer_options=options,
                   layer=table.name, append=number > 0)  # fmt: skip
        add_domains(path, [Described(t.name, t.columns) for t in tables])
        return {f"{name}.gdb.zip": _zipped(path, stamp)}


def _in_32_bits(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return whole numbers as every version of ArcGIS has them, those too large as they are."""
    whole = [
        str(name)
        for name in frame.columns
        if pd.api.types.is_integer_dtype(frame[name])
        if not frame[name].dropna().abs().ge(MOST_32).any()
    ]
    return gpd.GeoDataFrame(frame.astype(dict.fromkeys(whole, "Int32")))


def _zipped(folder: Path, stamp: date) -> bytes:
    files = sorted(folder.iterdir())
    return _packed({f"{folder.name}/{file.name}": file.read_bytes() for file in files}, stamp)


def _packed(files: Mapping[str, bytes], stamp: date) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, (stamp.year, stamp.month, stamp.day, 0, 0, 0))
            archive.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _each(tables: Sequence[Table], write: Callable[[Table, Path], None]) -> dict[str, bytes]:
    """Write every table into a folder of its own, and return what stands there."""
    files: dict[str, bytes] = {}
    for table in tables:
        with TemporaryDirectory() as folder, GDAL_OPTIONS:
            write(table, Path(folder))
            files |= {path.name: path.read_bytes() for path in sorted(Path(folder).iterdir())}
    return files


def _flat(table: Table) -> gpd.GeoDataFrame:
    """Return the rows with a named index as their first column, the geometry named so."""
    frame = gpd.GeoDataFrame(table.frame.reset_index(drop=table.frame.index.name is None))
    return frame.rename_geometry("geometry") if frame.geometry.name != "geometry" else frame


def _with_texts(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the rows with every column of texts typed so: an empty one would have no type."""
    texts = [
        str(name)
        for name in frame.columns.drop(frame.geometry.name)
        if frame[name].dtype == object
        if frame[name].dropna().map(lambda value: isinstance(value, str)).all()
    ]
    return gpd.GeoDataFrame(frame.astype(dict.fromkeys(texts, "string")))


def _write(table: Table, frame: gpd.GeoDataFrame, path: Path, **how: Any) -> None:
    declared = declared_type(table.geometry)
    many = declared.startswith("Multi")
    with warnings.catch_warnings():  # a system may be left unsaid on purpose
        warnings.filterwarnings("ignore", "'crs' was not provided", UserWarning)
        pyogrio.write_dataframe(frame, path, geometry_type=declared, promote_to_multi=many, **how)


def _cut(value: object) -> object:
    """Cut a text between two letters where it is too long."""
    if not isinstance(value, str) or len(value.encode()) <= LONGEST_TEXT:
        return value
    room = LONGEST_TEXT - len(ELLIPSIS.encode())
    return value.encode()[:room].decode(errors="ignore") + ELLIPSIS


Writer = Callable[..., dict[str, bytes]]
WRITERS: Final[Mapping[str, Writer]] = MappingProxyType(
    {
        "shp": to_shapefile,
        "gdb": to_filegdb,
        "kml": to_kml,
        "kmz": to_kmz,
        "fgb": to_flatgeobuf,
        "parquet": to_geoparquet,
    }
)
"""By the name of the format, what writes it."""
