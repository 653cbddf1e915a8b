"""Write what stands beside the data of one table or raster: its styles, its types, its system."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from pyproj import CRS

from geo.base.schema import FieldType
from geo.formats.write_gis import short_names
from layers.handover.contents import Contents, Form, Raster, Sheet
from layers.handover.gis.sld import raster_sld, sld
from layers.handover.gis.style import qml, raster_qml
from layers.handover.look import Looks

STYLED: Final = frozenset({"geojson", "csv", "gpkg", "shp", "gdb", "fgb", "parquet"})
"""Formats beside which styles stand as files; a GeoPackage brings those of its tables inside."""
_TYPES: Final[Mapping[FieldType, str]] = MappingProxyType(
    {
        "text": "String",
        "date": "String",
        "number": "Real",
        "integer": "Integer64",
        "flag": "Integer(Boolean)",
    }
)
"""As GDAL's driver of CSV calls them; a date may be a year alone, so that it is a text."""
_COORDINATES: Final = ("CoordX", "CoordY")


def styles(contents: Contents) -> dict[str, bytes]:
    """Return the styles that stand as files beside tables and rasters: QML and SLD of one stem.

    Parameters
    ----------
    contents
        What is handed over.
    """
    fmt = contents.form.fmt
    if fmt not in STYLED:
        return {}
    files: dict[str, str] = {}
    for sheet in contents.sheets if fmt != "gpkg" else ():
        if sheet.look is not None:
            own = with_short_names(sheet) if fmt == "shp" else sheet
            files |= {f"{sheet.id}.qml": qml(own), f"{sheet.id}.sld": sld(own)}
    for raster in contents.rasters:
        if raster.shades is not None:
            told = raster_sld(raster.id, raster.shades)
            files |= {f"{raster.id}.qml": raster_qml(raster.shades), f"{raster.id}.sld": told}
    return {name: text.encode() for name, text in files.items()}


def with_short_names(sheet: Sheet) -> Sheet:
    """Return what is said of a table in the names that its columns have in a Shapefile.

    Parameters
    ----------
    sheet
        The table; its rows stay as they are.
    """
    short = short_names(sheet.names)
    look, labels = sheet.look, sheet.labels
    if isinstance(look, Looks):
        look = replace(look, column=short[look.column], status=short.get(look.status, ""))
    if labels is not None:
        only = (short[labels.only[0]], labels.only[1]) if labels.only else None
        labels = replace(labels, column=short[labels.column], only=only)
    return replace(
        sheet,
        fields=tuple(replace(field, name=short[field.name]) for field in sheet.fields),
        titles={short[name]: sheet.title_of(name) for name in sheet.names},
        codes={short[name]: codes for name, codes in sheet.codes.items()},
        look=look,
        labels=labels,
    )


def rasters(given: tuple[Raster, ...]) -> dict[str, bytes]:
    """Return rasters as files.

    Parameters
    ----------
    given
        GeoTIFF, each in its own system.
    """
    return {f"{raster.id}.tif": raster.data for raster in given}


def of_csv(sheet: Sheet, form: Form) -> dict[str, bytes]:
    """Return what tells a GIS the types of a CSV and the system of its coordinates.

    Parameters
    ----------
    sheet
        The table; only points have coordinates in CSV.
    form
        Its coordinate system.
    """
    types = [_TYPES[field.type] for field in sheet.fields]
    files = {}
    if sheet.is_points:
        types += _COORDINATES
        if form.local is None:
            files[f"{sheet.id}.prj"] = CRS.from_epsg(form.epsg).to_wkt("WKT1_GDAL").encode()
    text = ",".join(f'"{each}"' for each in types)
    return {f"{sheet.id}.csvt": f"{text}\r\n".encode(), **files}
