"""Describe the tables for programs: a data package of Frictionless with a Table Schema for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from geo.base.schema import Field, FieldType
from layers.handover.contents import Contents, Sheet
from layers.handover.write_data import coordinate_columns, json_bytes
from layers.language.bilingual import column, pair

_TYPES: Final[Mapping[FieldType, str]] = MappingProxyType(
    {
        "text": "string",
        "number": "number",
        "integer": "integer",
        "flag": "boolean",
        "date": "string",
    }
)
_DATE: Final = r"^\d{4}(-\d{2}(-\d{2})?)?$"
"""A year, a month or a day."""


def data_package(contents: Contents, files: Mapping[str, bytes]) -> bytes:
    """Return ``datapackage.json``: every table with its fields, types, codes and key.

    Parameters
    ----------
    contents
        What is handed over.
    files
        The files of the package by name; a table whose CSV is among them says so.

    Returns
    -------
    bytes
        JSON in UTF-8, without a time of the clock.
    """
    city = contents.city
    return json_bytes(
        {
            "profile": "data-package",
            "name": f"{city.id}-{contents.name}".lower().replace("_", "-"),
            "title": " · ".join(pair("export.title_short", city=city.name)),
            "created": f"{city.data_date}T00:00:00Z",
            "resources": [_resource(contents, sheet, files) for sheet in contents.sheets],
        }
    )


def _resource(contents: Contents, sheet: Sheet, files: Mapping[str, bytes]) -> dict[str, object]:
    path = next((n for n in files if n in (f"{sheet.id}.csv", f"{sheet.id}.geojson")), None)
    first = next(iter(files), "")
    about: dict[str, object] = {
        "name": sheet.id,
        "title": " ".join(sheet.title),
        "path": path or first,
    }
    if path and path.endswith(".csv"):
        about |= {"profile": "tabular-data-resource", "encoding": "utf-8"}
    return {**about, "schema": table_schema(contents, sheet)}


def table_schema(contents: Contents, sheet: Sheet) -> dict[str, object]:
    """Return the Table Schema of a table.

    Parameters
    ----------
    contents
        What is handed over; CSV has the coordinates of points as columns.
    sheet
        One of its tables.
    """
    fields = [dict(_field(sheet, each)) for each in sheet.fields]
    if contents.form.fmt == "csv" and sheet.is_points:
        names = coordinate_columns(contents.form)
        fields += [{"name": name, "type": "number"} for name in names]
    return {"fields": fields, "primaryKey": [sheet.key], "missingValues": [""]}


def _field(sheet: Sheet, field: Field) -> Iterator[tuple[str, object]]:
    yield "name", field.name
    yield "type", _TYPES[field.type]
    title = sheet.title_of(field.name)
    yield "title", " ".join(title)
    yield "title_zh", title.zh
    yield "title_en", title.en
    if note := " ".join(column(field.name, "note")).strip():
        yield "description", note
    if field.unit:
        yield "unit", field.unit
    codes = sheet.codes.get(field.name, {})
    if codes:
        yield "codes", dict(codes)
    limits: dict[str, object] = {"required": field.required}
    if field.name == sheet.key:
        limits["unique"] = True
    if codes:
        limits["enum"] = list(codes)
    if field.type == "date":
        limits["pattern"] = _DATE
    if field.least is not None:
        limits["minimum"] = field.least
    yield "constraints", limits
