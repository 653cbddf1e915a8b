"""Open JSON that is no GeoJSON: a list of objects, as services answer, and features of Esri."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np

from geo.base.errors import DataError, UnfitError
from geo.formats.read_geojson import decode_json
from layers.intake.formats.table import Observation, Table, texts_table, unique_names
from layers.intake.formats.text_file import decode
from layers.intake.formats.vector_file import plain, read_geojson_points, shapes_of

_DEEPEST: Final = 3


def read_json(data: bytes, where: str) -> Table:
    """Return the table that a JSON file holds, GeoJSON or not.

    Parameters
    ----------
    data
        The file, in any common encoding.
    where
        Its name.

    Raises
    ------
    DataError
        It is no JSON; every problem is named.
    UnfitError
        It is a kind that is known by name and not read, or holds no list of objects.
    """
    text, encoding = decode(data)
    told: tuple[Observation, ...] = ()
    if encoding != "utf-8":
        told = (Observation("encoding", values={"value": encoding}),)
    data = text.removeprefix("\ufeff").encode(errors="replace")
    root, problems = decode_json(data, where=where)
    if problems or _is_geojson(root):
        lines = _lines(data, where) if problems else None
        table = _of_list(lines, where) if lines else read_geojson_points(data, where)
    elif isinstance(root, dict) and root.get("type") == "Topology":
        raise UnfitError("intake.kind_named", kind="TopoJSON")
    elif isinstance(root, dict) and "geometryType" in root and "features" in root:
        table = _of_esri(root, where)
    else:
        records = next(_lists(root, _DEEPEST), None)
        if records is None:
            raise UnfitError("intake.json_without_table")
        table = _of_list(records, where)
    return Table(table.where, table.cells, table.lines, table.torn, table.shapes,
                 found=(*told, *table.found))  # fmt: skip


def _is_geojson(root: Any) -> bool:
    return isinstance(root, dict) and str(root.get("type")) in (
        *("FeatureCollection", "Feature", "Point", "MultiPoint", "LineString", "Polygon"),
        *("MultiLineString", "MultiPolygon", "GeometryCollection"),
    )


def _lines(data: bytes, where: str) -> list[dict[str, Any]] | None:
    """Return objects that stand one a line; None if it is no such file, or one of features."""
    lines = [line.strip(b" \x1e\r") for line in data.splitlines() if line.strip(b" \x1e\r")]
    if len(lines) < 2:
        return None
    found = [decode_json(line, where=where) for line in lines]
    good = [root for root, faults in found if not faults and isinstance(root, dict)]
    return good if len(good) == len(lines) and not any(map(_is_geojson, good)) else None


def _lists(root: Any, depth: int) -> Iterator[list[dict[str, Any]]]:
    """Yield the lists of objects within some JSON, the outermost first."""
    if isinstance(root, list):
        if root and all(isinstance(one, dict) for one in root):
            yield root
    elif isinstance(root, dict) and depth:
        for inner in root.values():
            yield from _lists(inner, depth - 1)


def _of_list(records: Sequence[Mapping[str, Any]], where: str) -> Table:
    raw = list(dict.fromkeys(str(name) for record in records for name in record)) or ["#"]
    rows = [[plain(record.get(name)) for name in raw] for record in records]
    found = (Observation("json_records", "likely", {"value": len(records)}),)
    return Table(where, texts_table(unique_names(raw), rows), np.arange(1, len(records) + 1),
                 found=found)  # fmt: skip


def _of_esri(root: Mapping[str, Any], where: str) -> Table:
    """Return the points that a service of ArcGIS answers with."""
    features = root["features"]
    if root["geometryType"] != "esriGeometryPoint":
        raise UnfitError("intake.not_points")
    if not isinstance(features, list) or not all(isinstance(one, dict) for one in features):
        raise DataError("intake.refused", [])
    cells = _of_list([one.get("attributes") or {} for one in features], where)
    places = [_point(one.get("geometry")) for one in features]
    shapes = shapes_of(places, _system(root.get("spatialReference")), where)
    return Table(where, cells.cells, cells.lines, shapes=shapes, found=cells.found)


def _point(place: Any) -> dict[str, Any] | None:
    if not isinstance(place, dict):
        return None
    return {"type": "Point", "coordinates": [place.get("x"), place.get("y")]}


def _system(said: Any) -> object:
    """Return what Esri declares as other libraries take it; None for nothing."""
    if not isinstance(said, dict):
        return None
    code = said.get("latestWkid", said.get("wkid"))
    if isinstance(code, int):
        return f"EPSG:{3857 if code in (102100, 102113) else code}"
    return said.get("wkt") or json.dumps(said)
