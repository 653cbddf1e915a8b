"""Write a frame as GeoJSON that follows RFC 7946 by construction."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.base.errors import CrsError, DataError, ParameterError, Problem
from geo.base.validation import quoted
from geo.formats.valid_shapes import valid_areas

MOST_DIGITS = 7
"""Decimals of a degree that are kept: 7 is about a centimetre (RFC 7946, section 11.2)."""

_TYPES = frozenset(
    {
        "Point",
        "MultiPoint",
        "LineString",
        "MultiLineString",
        "Polygon",
        "MultiPolygon",
        "GeometryCollection",
    }
)

Value = str | int | float | bool | None


def to_geojson(frame: gpd.GeoDataFrame, *, digits: int = MOST_DIGITS) -> bytes:
    """Return ``frame`` as an RFC 7946 FeatureCollection in UTF-8, one feature per line.

    Parameters
    ----------
    frame
        Any geometry types in EPSG:4326 (x = longitude, y = latitude), two-dimensional. The index
        holds the unique feature ids; the columns become properties in their order. An index with
        a name is a property too, the first: many readers drop the ``id`` of a feature. A missing
        or empty geometry is written as null: the feature is unlocated (section 3.2).
    digits
        Decimals of a degree to keep, 0 to 7.

    Returns
    -------
    bytes
        Features sorted by id, exterior rings counter-clockwise and holes clockwise, a ``bbox``
        (west, south, east, north) unless nothing has a geometry, no ``crs`` member, missing values
        as null. The same frame gives the same bytes in whatever order its rows come.

    Raises
    ------
    CrsError
        The frame is not in EPSG:4326.
    ParameterError
        ``digits`` is out of range, or a longitude or latitude is.
    DataError
        An id occurs twice, a geometry has a height or a type that GeoJSON lacks, or a value is
        not text, a finite number, a flag or missing.

    Notes
    -----
    Coordinates are rounded first and rings oriented after, so that the orientation holds for what
    is written. Shapes that cross the antimeridian are not cut (section 3.1.9); they do not occur
    within longitudes of ±180°.

    Examples
    --------
    >>> place = gpd.GeoDataFrame(
    ...     {"name": ["甲"]}, index=["a"], geometry=[shapely.Point(117.2, 39.1)], crs=4326
    ... )
    >>> json.loads(to_geojson(place))["features"][0]["properties"]
    {'name': '甲'}
    """
    _require_frame(frame, digits)
    ordered = frame.sort_index()
    shapes = _written_shapes(ordered, digits)
    _require_degrees(ordered, shapes)
    properties = _properties(ordered)
    features = ",\n".join(
        _dump({"type": "Feature", "id": id_, "geometry": _geometry(shape), "properties": values})
        for id_, shape, values in zip(ordered.index.tolist(), shapes, properties, strict=True)
    )
    head = f'{{"type":"FeatureCollection"{_bbox_member(shapes)},"features":['
    return f"{head}\n{features}\n]}}\n".encode()


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _require_frame(frame: gpd.GeoDataFrame, digits: int) -> None:
    if not 0 <= digits <= MOST_DIGITS:
        problem = Problem("number.range", "digits", value=digits, least=0, most=MOST_DIGITS)
        raise ParameterError("geojson_unwritable", [problem])
    if frame.crs is None or not frame.crs.equals("EPSG:4326", ignore_axis_order=True):
        if frame.crs is None:
            raise CrsError("geojson_unwritable", [Problem("writing.no_crs", "frame")])
        problem = Problem("writing.not_wgs84", "frame", crs=frame.crs.name)
        raise CrsError("geojson_unwritable", [problem])
    problems = [
        Problem("id.twice", "frame", str(id_))
        for id_ in frame.index[frame.index.duplicated()].unique()
    ]
    for id_, shape in frame.geometry.dropna().items():
        if not shape.is_empty and shape.geom_type not in _TYPES:
            problems.append(Problem("writing.type", "frame", str(id_), type=shape.geom_type))
        if shape.has_z:
            problems.append(Problem("writing.height", "frame", str(id_)))
    if problems:
        raise DataError("geojson_unwritable", problems)


def _written_shapes(frame: gpd.GeoDataFrame, digits: int) -> list[BaseGeometry | None]:
    """Round, mend what crosses itself since, then turn the rings."""
    raw = frame.geometry.to_numpy()
    rounded = _rounded(raw, digits)
    mended = _rounded(valid_areas(rounded, raw, grid=10.0**-digits), digits)
    turned = shapely.orient_polygons(mended, exterior_cw=False)
    return [None if shape is None or shape.is_empty else shape for shape in turned]


def _rounded(shapes: NDArray[np.object_], digits: int) -> NDArray[np.object_]:
    """Round coordinates; adding zero rids one of its minus zero."""
    found = shapely.transform(shapes, lambda xy: np.round(xy, digits) + 0.0)
    return np.asarray(found, dtype=object)


def _require_degrees(frame: gpd.GeoDataFrame, shapes: list[BaseGeometry | None]) -> None:
    problems = []
    for id_, shape in zip(frame.index, shapes, strict=True):
        size = np.abs(shapely.get_coordinates(shape))
        if not (size <= (180.0, 90.0)).all():
            problems.append(Problem("writing.beyond_degrees", "frame", str(id_)))
    if problems:
        raise ParameterError("geojson_unwritable", problems)


def _bbox_member(shapes: list[BaseGeometry | None]) -> str:
    located = [shape for shape in shapes if shape is not None]
    return f',"bbox":{_dump(shapely.total_bounds(located).tolist())}' if located else ""


def _geometry(shape: BaseGeometry | None) -> dict[str, Any] | None:
    return None if shape is None else shapely.geometry.mapping(shape)


def _properties(frame: gpd.GeoDataFrame) -> Iterator[dict[str, Value]]:
    table = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    if table.index.name is not None and table.index.name not in table.columns:
        table.insert(0, table.index.name, table.index)
    names = [str(name) for name in table.columns]
    problems: list[Problem] = []
    columns = [_values(table[name], problems) for name in table.columns]
    if problems:
        raise DataError("geojson_unwritable", problems)
    rows = zip(*columns, strict=True) if columns else iter([()] * len(table))
    return (dict(zip(names, row, strict=True)) for row in rows)


def _values(column: pd.Series, problems: list[Problem]) -> list[Value]:
    """Return plain Python values; what JSON cannot say becomes a problem, never a guess."""
    values: list[Value] = []
    for id_, value in zip(column.index, column.tolist(), strict=True):
        plain = value.item() if isinstance(value, np.generic) else value
        if isinstance(plain, str | bool | int) or (
            isinstance(plain, float) and math.isfinite(plain)
        ):
            values.append(plain)
        elif plain is None or plain is pd.NA or plain is pd.NaT or _is_nan(plain):
            values.append(None)
        else:
            name, said = str(column.name), quoted(plain)
            problems.append(Problem("writing.value", "frame", str(id_), name, value=said))
    return values


def _is_nan(value: object) -> bool:
    return isinstance(value, float) and math.isnan(value)
