"""Write tables in the format that is asked for: GeoJSON, GeoPackage, CSV or JSON."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.base.schema import Field
from geo.formats.complete_geopackage import Column
from geo.formats.spreadsheet import is_run, safe_text
from geo.formats.valid_shapes import valid_areas
from geo.formats.write_geojson import to_geojson
from geo.formats.write_geopackage import Table, to_geopackage
from geo.formats.write_gis import WRITERS, cut_texts
from layers.handover.contents import WGS84, Contents, Form, Sheet
from layers.handover.gis.beside import of_csv
from layers.handover.gis.project import project
from layers.handover.gis.sld import sld
from layers.handover.gis.style import qml
from layers.handover.metadata.iso19115 import iso19115
from layers.language.bilingual import column

DEGREES: Final = ("经度_lon", "纬度_lat")
METRES: Final = ("东坐标_E", "北坐标_N")
"""Named by meaning: the registers of China define X as north, GIS takes it for east."""
_PARTS: Final = re.compile(r'[,;\t"\r\n]')
DEGREE_DIGITS, METRE_DIGITS = 7, 3
"""Decimals of coordinates in CSV: a centimetre and a millimetre."""


def data_files(contents: Contents) -> dict[str, bytes]:
    """Return the tables as files.

    Parameters
    ----------
    contents
        What is handed over; its form says in which format, and is checked.

    Returns
    -------
    dict
        Content by file name. Beside GeoJSON and GeoPackage, a table without a shape is CSV.
    """
    return _WRITERS[contents.form.fmt](contents)


def coordinate_columns(form: Form) -> tuple[str, str]:
    """Return the names of a point's two columns in CSV, east first.

    Parameters
    ----------
    form
        Its coordinate system decides: metres or degrees.
    """
    return METRES if form.projected else DEGREES


def to_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """Return rows as CSV that Excel opens with its Chinese intact.

    A text that holds a semicolon or a tab stands in quotes, as many spreadsheets part cells there
    too: a list would become columns, and what follows it could run.

    Parameters
    ----------
    rows
        Cells as texts, the heading first.

    Returns
    -------
    bytes
        UTF-8 with BOM, lines ended by CRLF.
    """
    lines = (",".join(map(_quoted, row)) + "\r\n" for row in rows)
    return "".join(lines).encode("utf-8-sig")


def _quoted(cell: str) -> str:
    if _PARTS.search(cell) is None:
        return cell
    return '"' + cell.replace('"', '""') + '"'


def _geojson_files(contents: Contents) -> dict[str, bytes]:
    return {
        f"{sheet.id}.geojson": to_geojson(_shapes(sheet, WGS84))
        for sheet in contents.sheets
        if sheet.geometry
    } | _plain_files(contents)


def _geopackage_files(contents: Contents) -> dict[str, bytes]:
    tables = _tables(contents)
    stamp = date.fromisoformat(contents.city.data_date)
    name, files = f"{contents.name}.gpkg", _plain_files(contents)
    if tables:
        projects = {contents.name: project(contents, name)}
        files = {name: to_geopackage(tables, stamp=stamp, projects=projects)} | files
    return files


def _gis_files(contents: Contents) -> dict[str, bytes]:
    """Return a format of other systems; beside Shapefiles all attributes whole, as CSV."""
    stamp = date.fromisoformat(contents.city.data_date)
    fmt = contents.form.fmt
    named = {"name": contents.name} if fmt == "gdb" else {}  # the one format that has one file
    files = WRITERS[fmt](_tables(contents), stamp=stamp, **named)
    whole = _csv_files(contents) if fmt == "shp" else _plain_files(contents)
    return files | whole


def _tables(contents: Contents) -> list[Table]:
    return [
        Table(
            name=sheet.id,
            frame=_in_system(sheet, contents.form),
            geometry=sheet.geometry,
            title=" ".join(sheet.title),
            style=qml(sheet) if sheet.look else "",
            sld=sld(sheet) if sheet.look else "",
            columns=tuple(_said(sheet, each) for each in sheet.fields),
            metadata=iso19115(contents, sheet) if contents.form.fmt == "gpkg" else "",
        )
        for sheet in contents.sheets
        if sheet.geometry or _goes_inside(contents, sheet)
    ]


def _goes_inside(contents: Contents, sheet: Sheet) -> bool:
    """Tell whether the file of all layers holds a table that has no shape."""
    return sheet.inside and not sheet.geometry and contents.form.fmt == "gpkg"


def _said(sheet: Sheet, field: Field) -> Column:
    return Column(
        name=field.name,
        title=" ".join(sheet.title_of(field.name)),
        note=" ".join(column(field.name, "note")).strip(),
        codes=sheet.codes.get(field.name, {}),
        required=field.required,
    )


def long_texts(contents: Contents) -> int:
    """Return how many texts a Shapefile cuts; they are whole in the CSV beside it.

    Parameters
    ----------
    contents
        What is handed over; in other formats none is cut.
    """
    if contents.form.fmt != "shp":
        return 0
    return sum(cut_texts(pd.DataFrame(table.frame).reset_index()) for table in _tables(contents))


def _plain_files(contents: Contents) -> dict[str, bytes]:
    plain = (s for s in contents.sheets if not s.geometry and not _goes_inside(contents, s))
    return {f"{sheet.id}.csv": _csv(contents, sheet) for sheet in plain}


def _shapes(sheet: Sheet, epsg: int) -> gpd.GeoDataFrame:
    """Return a table in a coordinate system, each cell a text, a number or a flag."""
    given = gpd.GeoDataFrame(sheet.frame)
    frame = given.to_crs(epsg)
    shapes = frame.geometry.to_numpy()
    if (mended := valid_areas(shapes, given.geometry.to_numpy())) is not shapes:
        frame = frame.set_geometry(gpd.GeoSeries(mended, frame.index, crs=epsg))
    objects = (isinstance(type_, np.dtype) and type_.kind == "O" for type_ in frame.dtypes)
    for name in frame.columns[list(objects)]:
        if any(map(_is_list, frame[name])):
            frame = frame.assign(**{str(name): frame[name].map(_joined)})
    return frame


def _in_system(sheet: Sheet, form: Form) -> pd.DataFrame | gpd.GeoDataFrame:
    """Return a table in the form's system; what a local one is called stays unsaid."""
    if not sheet.geometry:
        return sheet.frame
    if form.local is None:
        return _shapes(sheet, form.epsg)
    frame = _shapes(sheet, WGS84).to_crs(form.local)
    return gpd.GeoDataFrame(frame.set_crs(None, allow_override=True))


def _is_list(value: object) -> bool:
    return isinstance(value, tuple | list)


def _joined(value: Any) -> Any:
    return ";".join(map(str, value)) if _is_list(value) else value


def _csv_files(contents: Contents) -> dict[str, bytes]:
    files = {f"{sheet.id}.csv": _csv(contents, sheet) for sheet in contents.sheets}
    for sheet in contents.sheets if contents.form.fmt == "csv" else ():
        files |= of_csv(sheet, contents.form)
    return files


def _csv(contents: Contents, sheet: Sheet) -> bytes:
    table = _table(sheet)
    names = list(sheet.names)
    write = _cell if contents.form.raw else _safe_cell
    columns = [[write(value) for value in table[name].tolist()] for name in names]
    if sheet.is_points:
        names += coordinate_columns(contents.form)
        columns += _coordinates(sheet, contents.form)
    return to_csv([names, *zip(*columns, strict=True)])


def _table(sheet: Sheet) -> pd.DataFrame:
    """Return the rows without their shapes, the index as the first column."""
    table = pd.DataFrame(sheet.frame).reset_index()
    return table[list(sheet.names)]


def escaped_cells(contents: Contents) -> int:
    """Return how many cells of CSV get an apostrophe, so that no spreadsheet runs them.

    Parameters
    ----------
    contents
        What is handed over; where its form is ``raw``, none.
    """
    if contents.form.raw or contents.form.fmt in ("xlsx", "json"):
        return 0
    return sum(
        _runs(value)
        for sheet in contents.sheets
        if contents.form.fmt in ("csv", "shp")
        or not (sheet.geometry or _goes_inside(contents, sheet))
        for _, column in _table(sheet).items()
        for value in column.tolist()
    )


def _runs(value: object) -> bool:
    """Tell whether a spreadsheet would run a text; a number stays a number."""
    text = _joined(value)
    return isinstance(text, str) and is_run(text)


def _safe_cell(value: object) -> str:
    return safe_text(_cell(value)) if _runs(value) else _cell(value)


def _cell(value: object) -> str:
    """Write a value as it is: no rounding, no words, no apostrophe before a formula."""
    if _is_list(value):
        return str(_joined(value))
    if value is None or value is pd.NA or value != value:
        return ""
    return str(value).lower() if isinstance(value, bool | np.bool_) else str(value)


def _coordinates(sheet: Sheet, form: Form) -> list[list[str]]:
    """Return the texts of both coordinates by row; blank where there is no point."""
    points = gpd.GeoDataFrame(sheet.frame).geometry.to_crs(form.crs)
    write = _metres if form.projected else _degrees
    return [[write(at) for at in axis] for axis in (points.x, points.y)]


def _metres(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.{METRE_DIGITS}f}"


def _degrees(value: float) -> str:
    return "" if np.isnan(value) else str(round(float(value), DEGREE_DIGITS))


def _json_file(contents: Contents) -> dict[str, bytes]:
    """Return everything but the shapes in one document, for programs."""
    content = {
        **contents.about,
        "tables": {sheet.id: records(_table(sheet)) for sheet in contents.sheets},
    }
    return {f"{contents.name}.json": json_bytes(content)}


def json_bytes(content: Mapping[str, object]) -> bytes:
    """Return an object as JSON in UTF-8.

    Parameters
    ----------
    content
        Anything that :func:`plain` takes, by name.

    Returns
    -------
    bytes
        Keys stay in their order, so that the same content gives the same bytes. What is not finite
        is null, as JSON knows no such number.
    """
    text = json.dumps(plain(content), ensure_ascii=False, indent=2, allow_nan=False)
    return (text + "\n").encode()


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows as objects of plain values.

    Parameters
    ----------
    table
        The rows; the index does not enter.

    Returns
    -------
    list
        By row, in order, its values by column; what is missing is None.
    """
    rows = table.to_dict("records")
    return [{str(name): plain(value) for name, value in row.items()} for row in rows]


def plain(value: Any) -> Any:
    """Return a value as JSON knows it.

    Parameters
    ----------
    value
        A mapping, a list, tuple or set, a number, a text, a flag, or anything that can be written
        as text.

    Returns
    -------
    Any
        Sets are sorted; what is missing or not finite is None; numbers of NumPy are those of
        Python; what JSON does not know is its text.
    """
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, tuple | list | frozenset | set):
        each = sorted(value) if isinstance(value, frozenset | set) else value
        return [plain(one) for one in each]
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if isinstance(value, str | int | bool) else str(value)


_WRITERS: Final[Mapping[str, Callable[[Contents], dict[str, bytes]]]] = MappingProxyType(
    {
        "geojson": _geojson_files,
        "gpkg": _geopackage_files,
        "csv": _csv_files,
        "json": _json_file,
        **dict.fromkeys(WRITERS, _gis_files),
    }
)
