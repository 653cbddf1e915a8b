"""Read GeoJSON strictly, without GDAL: what is malformed is named, never guessed at.

GDAL reads other files and addresses than the bytes it is given (VRT), and accepts many malformed
files; both are wrong for bytes of unknown origin.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import geopandas as gpd
import pandas as pd
from shapely.geometry.base import BaseGeometry

from geo.errors import DataError, Problem
from geo.schema import Field, Schema
from geo.validation import Record, is_blank, row_name, text_problems

WGS84 = 4326
_WGS84_NAMES = frozenset(
    {"urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:OGC::CRS84", "EPSG:4326"}
)
_DEPTHS = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}
"""How many lists stand around a position."""


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def decode_json(data: bytes, *, where: str) -> tuple[Any, list[Problem]]:
    """Parse bytes as UTF-8 JSON.

    Parameters
    ----------
    data
        Content of the file; a byte order mark is passed over.
    where
        Name of the file, for the problem.

    Returns
    -------
    tuple
        The value and no problem, or None and the problem.
    """
    try:
        return json.loads(data.decode("utf-8-sig"), parse_constant=_refuse_constant), []
    except UnicodeDecodeError as error:
        problem = Problem(where, f"is not UTF-8 (byte {error.start}).", "Save it as UTF-8.")
    except (ValueError, RecursionError) as error:
        problem = Problem(where, f"is not valid JSON: {error}.")
    return None, [problem]


def _is_position(value: object) -> bool:
    if not isinstance(value, list) or not 2 <= len(value) <= 3:
        return False
    numbers = all(isinstance(part, int | float) and not isinstance(part, bool) for part in value)
    return numbers and -180 <= value[0] <= 180 and -90 <= value[1] <= 90


def _nested(value: object, depth: int, test: Callable[[object], bool]) -> bool:
    if depth == 0:
        return test(value)
    return isinstance(value, list) and all(_nested(part, depth - 1, test) for part in value)


def _is_line(value: object, least: int) -> bool:
    return isinstance(value, list) and len(value) >= least


def _is_ring(value: object) -> bool:
    return isinstance(value, list) and len(value) >= 4 and value[0] == value[-1]


def _geometry_fault(geometry: object) -> str | None:
    """Say what is wrong with the structure of a GeoJSON geometry, or return None."""
    if geometry is None:
        return None
    if not isinstance(geometry, Mapping):
        return "must be an object or null."
    kind = geometry.get("type")
    if not isinstance(kind, str) or kind not in _DEPTHS:
        return f"has a type that is not one of: {', '.join(_DEPTHS)}."
    depth = _DEPTHS[kind]
    coordinates = geometry.get("coordinates")
    if not _nested(coordinates, depth, _is_position):
        return "must hold positions of longitude and latitude in degrees."
    if kind.endswith("LineString") and not _nested(
        coordinates, depth - 1, lambda line: _is_line(line, 2)
    ):
        return "has a line of fewer than two positions."
    if kind.endswith("Polygon") and not _nested(coordinates, depth - 1, _is_ring):
        return "has a ring that is open or of fewer than four positions."
    return None


def _root_problems(root: object, where: str) -> list[Problem]:
    if not isinstance(root, Mapping) or root.get("type") != "FeatureCollection":
        return [Problem(where, "is not a GeoJSON FeatureCollection.")]
    if not isinstance(root.get("features"), list):
        return [Problem(where, "must have a list of features.", field="features")]
    crs = root.get("crs")
    if crs is None:
        return []
    properties = crs.get("properties") if isinstance(crs, Mapping) else None
    name = properties.get("name") if isinstance(properties, Mapping) else None
    if isinstance(name, str) and name in _WGS84_NAMES:
        return []
    remedy = "Convert the file to WGS 84 (EPSG:4326) and leave the member out."
    return [Problem(where, "names a CRS other than WGS 84.", remedy, field="crs")]


def _feature_problems(feature: object, number: int, where: str) -> list[Problem]:
    if not isinstance(feature, Mapping) or feature.get("type") != "Feature":
        return [Problem(where, "is not a GeoJSON Feature.", row=f"#{number}")]
    properties = feature.get("properties")
    if not isinstance(properties, Mapping | None):
        return [Problem(where, "must be an object.", row=f"#{number}", field="properties")]
    row = row_name(properties or {}, number)
    if "geometry" in (properties or {}):
        what = "must not have a column geometry."
        return [Problem(where, what, row=row, field="properties")]
    fault = _geometry_fault(feature.get("geometry"))
    return [Problem(where, fault, row=row, field="geometry")] if fault else []


def _properties(feature: object) -> Record:
    properties = feature.get("properties") if isinstance(feature, Mapping) else None
    return properties if isinstance(properties, Mapping) else {}


def read_features(data: bytes, *, where: str) -> tuple[list[dict[str, Any]], list[Problem]]:
    """Read the features of a GeoJSON file with every problem of their structure and text.

    Parameters
    ----------
    data
        Bytes of the file: a FeatureCollection in WGS 84.
    where
        Name of the file, for the problems.

    Returns
    -------
    features : list of dict
        GeoJSON Features; empty if their structure has a problem.
    problems : list of Problem
        All that is wrong, in the order of the file: structure first, then text.

    Notes
    -----
    Follows RFC 7946, section 3; GeometryCollection is refused, as GIS tables hold none.
    """
    root, problems = decode_json(data, where=where)
    problems = problems or _root_problems(root, where)
    if problems:
        return [], problems
    features = root["features"]
    for number, feature in enumerate(features, start=1):
        problems += _feature_problems(feature, number, where)
    sound = not problems
    problems += text_problems([_properties(feature) for feature in features], where=where)
    return (features if sound else []), problems


def read_geojson(data: bytes, *, where: str) -> gpd.GeoDataFrame:
    """Read a GeoJSON file into a frame.

    Parameters
    ----------
    data
        Bytes of the file: a FeatureCollection in WGS 84.
    where
        Name of the file, for the problems.

    Returns
    -------
    GeoDataFrame
        EPSG:4326; one column per property in the order of their first appearance, then
        ``geometry``; rows in the order of the file.

    Raises
    ------
    DataError
        With everything that is wrong in the file.
    """
    features, problems = read_features(data, where=where)
    if problems:
        raise DataError("geojson_invalid", problems)
    if not features:
        return gpd.GeoDataFrame({"geometry": []}, geometry="geometry", crs=WGS84)
    frame = gpd.GeoDataFrame.from_features(features, crs=WGS84)
    return frame[[*(name for name in frame.columns if name != "geometry"), "geometry"]]


_DTYPES = {"number": "float64", "integer": "Int64"}


def _dtype(field: Field) -> str:
    plain_flag = field.type == "flag" and field.required
    return "bool" if plain_flag else _DTYPES.get(field.type, "object")


def to_table(records: Sequence[Record], schema: Schema) -> pd.DataFrame:
    """Set up a table from checked records.

    Parameters
    ----------
    records
        Rows that have no problem under the schema.
    schema
        Columns; the first becomes the index.

    Returns
    -------
    DataFrame
        Indexed by the identifier, in the order of the records. A blank text or flag is None, a
        blank number NaN, a blank whole number NA; a flag that is required is a plain bool.
    """
    cells = [[record.get(name) for name in schema.names] for record in records]
    values = [[None if is_blank(value) else value for value in row] for row in cells]
    table = pd.DataFrame(values, columns=list(schema.names), dtype="object")
    # Texts stay plain objects: pandas' own text type gives NaN for a blank, which is not false.
    dtypes = {field.name: _dtype(field) for field in schema.fields}
    typed = {name: dtype for name, dtype in dtypes.items() if dtype != "object"}
    return table.astype(typed).set_index(schema.names[0])


def to_frame(
    records: Sequence[Record], shapes: Sequence[BaseGeometry | None], schema: Schema
) -> gpd.GeoDataFrame:
    """Set up a layer's frame from checked rows.

    Parameters
    ----------
    records
        Rows that have no problem under the schema.
    shapes
        Their geometries in degrees, EPSG:4326; None where there is none.
    schema
        Columns; the first becomes the index.

    Returns
    -------
    GeoDataFrame
        EPSG:4326, indexed and sorted by identifier, columns as in :func:`to_table` in the order
        of the schema, then ``geometry``.
    """
    table = to_table(records, schema)
    series = gpd.GeoSeries(list(shapes), index=table.index, crs=WGS84)
    return gpd.GeoDataFrame(table, geometry=series, crs=WGS84).sort_index()
