"""Read GeoJSON strictly, without GDAL: what is malformed is named, never guessed at.

GDAL reads other files and addresses than the bytes it is given (VRT), and accepts many malformed
files; both are wrong for bytes of unknown origin.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import geopandas as gpd
import pandas as pd
from shapely.geometry.base import BaseGeometry

from geo.base.errors import DataError, Problem
from geo.base.schema import Field, Schema
from geo.base.validation import Fault, Record, is_blank, printable, row_name, text_problems

WGS84 = 4326
CGCS2000 = 4490
MOST_FEATURES = 200_000
"""Features that one file may hold: more than an atlas of places can show."""
MOST_TOLD = 1_000
"""Faults of one kind that are told of one file; the rest is like them."""
WGS84_NAMES = frozenset(
    {
        "urn:ogc:def:crs:OGC:1.3:CRS84",
        "urn:ogc:def:crs:OGC::CRS84",
        "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
        "OGC:CRS84",
        "CRS84",
        "EPSG:4326",
    }
)
"""Systems of the ``crs`` member of older GeoJSON that are what GeoJSON has anyway."""
_CGCS2000 = re.compile(r"CGCS_?2000|China Geodetic Coordinate System 2000", re.IGNORECASE)
_EPSG = re.compile(r"(?:.*\W)?EPSG\W(?:[\w.]*\W)?(\d{4,6})", re.ASCII | re.IGNORECASE)
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_MOST_DIGITS = 300
"""Digits of a whole number that is kept as one; a longer one is beyond every number of a file."""
_METRES = 1_000.0
"""Coordinates above this are metres, whatever the plane."""
_DEPTHS = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}
"""How many lists stand around a position."""
_MEMBERS = {
    "properties": "geojson.without_properties",
    "geometry": "geojson.without_geometry",
}
"""What every feature must have (RFC 7946, section 3.2), and which problem it is to lack it."""


def _whole(digits: str) -> int | float:
    """Read a whole number; one that no computer's number holds becomes infinite, as 1e999 does."""
    return int(digits) if len(digits) <= _MOST_DIGITS else float(digits)


def decode_text(data: bytes, *, where: str) -> tuple[str | None, list[Problem]]:
    """Read bytes as UTF-8 text.

    Parameters
    ----------
    data
        Content of the file; a byte order mark is passed over.
    where
        Name of the file, for the problem.

    Returns
    -------
    tuple
        The text and no problem, or None and the problem.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        key = "encoding.utf16" if data[:2] in _UTF16_MARKS else "encoding.not_utf8"
        return None, [Problem(key, where, byte=error.start)]
    if text.count("\0") * 8 > len(text):  # a single one is told of with its row and field
        return None, [Problem("encoding.nul", where)]
    return text, []


def decode_json(data: bytes, *, where: str) -> tuple[Any, list[Problem]]:
    """Parse bytes as UTF-8 JSON in which every name stands once in its object.

    Parameters
    ----------
    data
        Content of the file; a byte order mark is passed over.
    where
        Name of the file, for the problem.

    Returns
    -------
    tuple
        The value and no problem, or None and the problems.

    Examples
    --------
    >>> decode_json(b'{"id": 1, "id": 2}', where="places.geojson")[1][0].key
    'json.twice'
    """
    text, problems = decode_text(data, where=where)
    if text is None:
        return None, problems

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs) and len(problems) < MOST_TOLD:
            row = row_name(found, 0) if isinstance(found.get("id"), str) else ""
            problems.extend(
                Problem("json.twice", where, row, printable(key), n=n)
                for key, n in Counter(key for key, _ in pairs).items()
                if n > 1
            )
        return found

    constants: list[str] = []

    def constant(name: str) -> float:
        constants.append(name)
        return math.nan

    if not text.strip():
        return None, [Problem("json.empty", where)]
    try:
        value = json.loads(text, parse_constant=constant, parse_int=_whole, object_pairs_hook=once)
    except RecursionError:
        return None, [Problem("json.nested", where)]
    except ValueError as error:
        return None, [Problem("json.invalid", where, reason=printable(str(error), 200))]
    if constants:
        problems += _constant_problems(value, constants[0], where)
    return (None if problems else value), problems


def _constant_problems(root: object, name: str, where: str) -> list[Problem]:
    """Tell in which features the words stand that Python takes for numbers, and JSON does not."""
    features = root.get("features") if isinstance(root, Mapping) else None
    problems = []
    for number, feature in enumerate(features if isinstance(features, list) else [], start=1):
        properties = _properties(feature)
        row = row_name(properties, number)
        parts = {**properties, "geometry": feature.get("geometry") if properties else None}
        problems += [
            Problem("json.constant", where, row, printable(field), value=name)
            for field, value in parts.items()
            if _has_nan(value)
        ]
    return problems[:MOST_TOLD] or [Problem("json.constant", where, value=name)]


def _has_nan(value: object) -> bool:
    if isinstance(value, list):
        return any(map(_has_nan, value))
    if isinstance(value, Mapping):
        return any(map(_has_nan, value.values()))
    return isinstance(value, float) and math.isnan(value)


def _is_position(value: object) -> bool:
    if not isinstance(value, list) or not 2 <= len(value) <= 3:
        return False
    numbers = all(isinstance(part, int | float) and not isinstance(part, bool) for part in value)
    return numbers and -180 <= value[0] <= 180 and -90 <= value[1] <= 90


def _nested(value: object, depth: int, test: Callable[[object], bool]) -> bool:
    if depth == 0:
        return test(value)
    return isinstance(value, list) and all(_nested(part, depth - 1, test) for part in value)


def _dimensions(value: list[Any], depth: int) -> Iterator[int]:
    """Yield how many numbers each of nested positions has."""
    if depth == 0:
        yield len(value)
    else:
        for part in value:
            yield from _dimensions(part, depth - 1)


def _is_line(value: object, least: int) -> bool:
    return isinstance(value, list) and len(value) >= least


def _is_ring(value: object) -> bool:
    return isinstance(value, list) and len(value) >= 4 and value[0] == value[-1]


def _stray(value: object, depth: int) -> object:
    """Return the first of nested positions that is none, or what stands in place of a list."""
    if depth == 0 or not isinstance(value, list):
        return value
    return next(_stray(v, depth - 1) for v in value if not _nested(v, depth - 1, _is_position))


def _position_fault(value: object) -> Fault:
    """Return what is wrong with what should be a position in degrees."""
    if not isinstance(value, list) or len(value) not in (2, 3):
        return Fault("geojson.positions")
    if not all(isinstance(part, int | float) and not isinstance(part, bool) for part in value):
        return Fault("geojson.positions")
    told = {"value": printable(", ".join(map(str, value)))}
    x, y = value[0], value[1]
    if abs(x) >= _METRES and abs(y) >= _METRES:
        return Fault("geojson.metres", told)
    if abs(x) <= 90 and abs(y) <= 180:
        return Fault("geojson.swapped", told)
    return Fault("geojson.position", told)


def _geometry_fault(geometry: object) -> Fault | None:
    """Return what is wrong with the structure of a GeoJSON geometry, or None."""
    if geometry is None:
        return None
    if not isinstance(geometry, Mapping):
        return Fault("geojson.geometry_object")
    kind = geometry.get("type")
    if not isinstance(kind, str) or kind not in _DEPTHS:
        return Fault("geojson.geometry_type", {"known": tuple(_DEPTHS)})
    depth = _DEPTHS[kind]
    coordinates: Any = geometry.get("coordinates")
    if not _nested(coordinates, depth, _is_position):
        return _position_fault(_stray(coordinates, depth))
    if kind.endswith("LineString") and not _nested(
        coordinates, depth - 1, lambda line: _is_line(line, 2)
    ):
        return Fault("geojson.short_line")
    if kind.endswith("Polygon") and not _nested(coordinates, depth - 1, _is_ring):
        return Fault("geojson.open_ring")
    if kind == "MultiPolygon" and not all(coordinates):
        return Fault("geojson.no_ring")
    if len(set(_dimensions(coordinates, depth))) > 1:
        return Fault("geojson.mixed_heights")
    return None


def system_name(crs: object) -> str:
    """Return what the ``crs`` member of older GeoJSON names; empty where it names nothing.

    Parameters
    ----------
    crs
        The member, as it was parsed.
    """
    properties = crs.get("properties") if isinstance(crs, Mapping) else None
    name = properties.get("name") if isinstance(properties, Mapping) else None
    return name if isinstance(name, str) else ""


def _crs_problem(crs: object, where: str) -> Problem | None:
    """Say what is wrong with the ``crs`` member of older GeoJSON, or return None."""
    name = system_name(crs)
    if name in WGS84_NAMES:
        return None
    match = _EPSG.fullmatch(name)
    code = int(match[1]) if match else 0
    if code == WGS84:
        return Problem("geojson.crs_axes", where, field="crs")
    if code == CGCS2000 or _CGCS2000.fullmatch(name):
        return Problem("geojson.crs_cgcs2000", where, field="crs")
    if name:
        return Problem("geojson.crs_other", where, field="crs", name=printable(name))
    return Problem("geojson.crs_unnamed", where, field="crs")


def _root_problems(root: object, where: str) -> list[Problem]:
    if not isinstance(root, Mapping) or root.get("type") != "FeatureCollection":
        return [Problem("geojson.no_collection", where)]
    features = root.get("features")
    if not isinstance(features, list):
        return [Problem("geojson.no_features", where, field="features")]
    if len(features) > MOST_FEATURES:
        sizes = {"n": len(features), "most": MOST_FEATURES}
        return [Problem("geojson.too_many", where, field="features", values=sizes)]
    problem = None if root.get("crs") is None else _crs_problem(root["crs"], where)
    return [problem] if problem else []


def _feature_problems(feature: object, number: int, where: str) -> list[Problem]:
    if not isinstance(feature, Mapping) or feature.get("type") != "Feature":
        return [Problem("geojson.no_feature", where, f"#{number}")]
    properties = feature.get("properties")
    row = row_name(properties if isinstance(properties, Mapping) else {}, number)
    problems = [
        Problem(key, where, row, name) for name, key in _MEMBERS.items() if name not in feature
    ]
    if not isinstance(properties, Mapping | None):
        problems.append(Problem("geojson.properties", where, row, "properties"))
    elif "geometry" in (properties or {}):
        problems.append(Problem("geojson.geometry_column", where, row, "properties"))
    if fault := _geometry_fault(feature.get("geometry")):
        problems.append(fault.at(where, row, "geometry"))
    return problems


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
    return ([], problems) if problems else features_of(root, where=where)


def features_of(root: object, *, where: str) -> tuple[list[dict[str, Any]], list[Problem]]:
    """Return the features of parsed GeoJSON with every problem of their structure and text.

    Parameters
    ----------
    root
        What :func:`decode_json` returned: the FeatureCollection, in WGS 84. Not changed.
    where
        Name of the file, for the problems.

    Returns
    -------
    features, problems
        As of :func:`read_features`. An id that stands beside the properties alone is among them.
    """
    problems = _root_problems(root, where)
    if not isinstance(root, Mapping) or problems:
        return [], problems
    features = root["features"]
    for number, feature in enumerate(features, start=1):
        problems += _feature_problems(feature, number, where)
    sound = not problems
    told = [_with_id(feature) for feature in features] if sound else features
    problems += text_problems([_properties(feature) for feature in told], where=where)
    return (told if sound else []), problems


def columns_of(root: object) -> list[Record]:
    """Return what the columns of parsed GeoJSON hold, wherever its shapes may lie.

    Parameters
    ----------
    root
        What :func:`decode_json` returned.

    Returns
    -------
    list of Record
        One for each feature; empty if it is no collection, or one of its features has no columns.
    """
    features = root.get("features") if isinstance(root, Mapping) else None
    if not isinstance(features, list) or len(features) > MOST_FEATURES:
        return []
    if not all(
        isinstance(one, dict) and isinstance(one.get("properties"), dict) for one in features
    ):
        return []
    return [_properties(_with_id(one)) for one in features]


def _with_id(feature: dict[str, Any]) -> dict[str, Any]:
    """Put the id of a feature among its properties, if they have none.

    GDAL, and so QGIS, writes a property ``id`` as the member alone when it saves a file in place.
    """
    id_, properties = feature.get("id"), feature["properties"] or {}
    if "id" in properties or isinstance(id_, bool) or not isinstance(id_, str | int):
        return feature
    return {**feature, "properties": {"id": str(id_), **properties}}


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

    Examples
    --------
    >>> place = b'{"type": "Feature", "properties": {"id": "a"}, "geometry": null}'
    >>> file = b'{"type": "FeatureCollection", "features": [' + place + b"]}"
    >>> read_geojson(file, where="places.geojson")["id"].tolist()
    ['a']
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
