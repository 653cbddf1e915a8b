"""Write frames as one GeoPackage whose bytes depend on its content alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import pyogrio

from geo.base.errors import CrsError, ParameterError, Problem
from geo.formats.complete_geopackage import Column, Described, complete

GEOMETRY_COLUMN = "geom"
STYLE_TABLE = "layer_styles"
VERSION = "1.2"
"""GDAL before 3.7, as in the QGIS of Debian 12, warns of newer versions of the standard."""
NONE: Final[Mapping[str, bytes]] = MappingProxyType({})
GDAL_OPTIONS = threading.Lock()
"""GDAL's options are the process's: two exports at once must not change each other's."""


@dataclass(frozen=True)
class Table:
    """One layer of a GeoPackage.

    Parameters
    ----------
    name
        Table name, ASCII.
    frame
        Rows in any CRS with an EPSG code; a named index becomes the first column. Geometries may
        be missing. Columns hold text, numbers, flags or missing values.
    geometry
        GeoJSON types that the layer may hold, whatever its rows hold today; none for a table of
        attributes alone.
    title
        Words for people, kept as the table's description.
    style
        QML by which QGIS draws the layer; blank for none.
    sld
        The same as SLD, for other programs.
    columns
        What is said of each column, the id first; empty for nothing.
    metadata
        XML of ISO 19115-3; blank for none.
    """

    name: str
    frame: pd.DataFrame
    geometry: frozenset[str]
    title: str = ""
    style: str = ""
    sld: str = ""
    columns: tuple[Column, ...] = ()
    metadata: str = ""


def to_geopackage(
    tables: Sequence[Table], *, stamp: date, projects: Mapping[str, bytes] = NONE
) -> bytes:
    """Return ``tables`` as a GeoPackage (OGC 12-128) that QGIS opens styled.

    Parameters
    ----------
    tables
        Layers in order; at least one.
    stamp
        Day that the file gives as its last change (midnight UTC), instead of today.
    projects
        By name, a zipped QGIS project that the file carries.

    Returns
    -------
    bytes
        The same tables, stamp, GDAL and SQLite give the same bytes. Where a layer may hold
        multi-part shapes, single ones are written as such, as a table holds one type. Coordinates
        are x = longitude or easting, y = latitude or northing, whatever the register's order of
        axes. Rows without a geometry are kept.

    Raises
    ------
    ParameterError
        There is no table.
    CrsError
        A table has no CRS.

    Notes
    -----
    Styles stand in a table ``layer_styles``, registered as attributes, in the columns that QGIS
    reads: it asks for ``f_table_schema = ''``, which NULL is not, and takes the row whose
    ``useAsDefault`` is set (``QgsOgrProviderMetadata::loadStyle``). GDAL's ``OGR_CURRENT_DATE``
    fixes ``gpkg_contents.last_change``.

    Examples
    --------
    >>> from shapely import Point
    >>> frame = gpd.GeoDataFrame({"id": ["a"]}, geometry=[Point(117, 39)], crs=4326)
    >>> table = Table("place", frame, frozenset({"Point"}))
    >>> to_geopackage([table], stamp=date(2026, 1, 1))[:15]
    b'SQLite format 3'
    """
    _require(tables)
    moment = datetime(stamp.year, stamp.month, stamp.day, tzinfo=UTC)
    with TemporaryDirectory() as folder, _gdal_options(moment):
        path = Path(folder) / "atlas.gpkg"
        for number, table in enumerate(tables):
            _write(table, path, append=number > 0)
        _write_styles([table for table in tables if table.style], path, moment)
        said = [Described(t.name, t.columns, t.metadata) for t in tables if t.columns]
        if said or projects:
            complete(path, said, projects, moment)
        return path.read_bytes()


def _require(tables: Sequence[Table]) -> None:
    if not tables:
        raise ParameterError("geopackage_unwritable", [Problem("writing.no_layer", "tables")])
    problems = [
        Problem("writing.layer_without_crs", "tables", table.name)
        for table in tables
        if table.geometry and gpd.GeoDataFrame(table.frame).crs is None
    ]
    if problems:
        raise CrsError("geopackage_unwritable", problems)


@contextmanager
def _gdal_options(moment: datetime) -> Iterator[None]:
    """Let GDAL take ``moment`` for now and not wait for the disk; put back what was set before.

    The file is read back at once and thrown away: a power cut could harm nothing.
    """
    options = {
        "OGR_CURRENT_DATE": moment.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "OGR_SQLITE_SYNCHRONOUS": "OFF",
    }
    with GDAL_OPTIONS:
        before = {name: pyogrio.get_gdal_config_option(name) for name in options}
        pyogrio.set_gdal_config_options(options)
        try:
            yield
        finally:
            pyogrio.set_gdal_config_options(before)


def _write(table: Table, path: Path, *, append: bool) -> None:
    options: dict[str, Any] = {"layer_options": {"DESCRIPTION": table.title}}
    if table.geometry:
        declared = declared_type(table.geometry)
        options["geometry_type"] = declared
        options["promote_to_multi"] = declared.startswith("Multi")
        options["layer_options"]["GEOMETRY_NAME"] = GEOMETRY_COLUMN
    pyogrio.write_dataframe(
        table.frame.reset_index(drop=table.frame.index.name is None),
        path,
        layer=table.name,
        driver="GPKG",
        append=append,
        dataset_options=None if append else {"VERSION": VERSION},
        **options,
    )


def declared_type(types: frozenset[str]) -> str:
    """Return the one type that holds all of some types; ``Unknown`` admits any.

    Parameters
    ----------
    types
        GeoJSON types.
    """
    wide = {many if (many := f"Multi{name}") in types else name for name in types}
    return wide.pop() if len(wide) == 1 else "Unknown"


def _write_styles(tables: Sequence[Table], path: Path, moment: datetime) -> None:
    if not tables:
        return
    rows = pd.DataFrame(
        {
            "f_table_catalog": "",
            "f_table_schema": "",
            "f_table_name": [table.name for table in tables],
            "f_geometry_column": GEOMETRY_COLUMN,
            "styleName": [table.name for table in tables],
            "styleQML": [table.style for table in tables],
            "styleSLD": [table.sld for table in tables],
            "useAsDefault": True,
            "description": [table.title for table in tables],
            "owner": "",
            "ui": "",
            "update_time": pd.Timestamp(moment),
        }
    )
    pyogrio.write_dataframe(
        rows, path, layer=STYLE_TABLE, driver="GPKG", append=True, layer_options={"FID": "id"}
    )
