"""Write a shape that a reader drew as one text or as GeoJSON, and read it back."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

import geopandas as gpd
import shapely
from shapely.geometry.base import BaseGeometry

from geo.base.errors import DataError, Problem
from geo.formats.write_geojson import to_geojson

Kind = Literal["circle", "rectangle", "polygon"]
DIGITS: Final = 5
"""Decimals of a degree that are kept: about a metre."""
LARGEST_M: Final = 200_000
MOST_CORNERS: Final = 200
LONGEST: Final = 6_000
"""Characters of a text that is read."""
MOST_BYTES: Final = 1_000_000
QUARTER: Final = 90
"""Corners of a quarter of a circle: its area is 0.005 % short."""
EDGE_DEGREES: Final = 0.02
"""Edges are straight between longitudes and latitudes; on a plane they are bent so often."""
WHERE: Final = "GeoJSON"
MEMBER: Final = "atlas_shape"
"""Property of a saved shape that holds its text."""


@dataclass(frozen=True)
class Outline:
    """A shape on the ground.

    Parameters
    ----------
    kind
        ``circle``, ``rectangle`` or ``polygon``.
    numbers
        Degrees, WGS 84: longitude, latitude and radius in metres of a circle; west, south, east
        and north of a rectangle; longitude and latitude of each corner of a polygon in turn.
    """

    kind: Kind
    numbers: tuple[float, ...]

    def __str__(self) -> str:
        """Return the text that :func:`read` takes.

        Examples
        --------
        >>> str(Outline("circle", (117.2, 39.1, 5000.0)))
        'circle_117.2_39.1_5000'
        """
        return "_".join([self.kind, *(f"{number:.{DIGITS}f}".rstrip("0").rstrip(".") for number in
                                      self.numbers)])  # fmt: skip

    @property
    def centre(self) -> tuple[float, float]:
        """Longitude and latitude of its middle."""
        if self.kind == "circle":
            return self.numbers[0], self.numbers[1]
        middle = _in_degrees(self).centroid
        return float(middle.x), float(middle.y)

    def on_plane(self, epsg: int) -> BaseGeometry:
        """Return it as an area on a plane.

        Parameters
        ----------
        epsg
            EPSG code of a system in metres.
        """
        if self.kind == "circle":
            lon, lat, radius = self.numbers
            middle = gpd.GeoSeries([shapely.Point(lon, lat)], crs=4326).to_crs(epsg)
            around: BaseGeometry = middle.buffer(radius, quad_segs=QUARTER).iloc[0]
            return around
        bent = shapely.segmentize(_in_degrees(self), EDGE_DEGREES)
        area: BaseGeometry = gpd.GeoSeries([bent], crs=4326).to_crs(epsg).iloc[0]
        return area


def read(text: str) -> Outline | None:
    """Return the shape that a text names.

    Parameters
    ----------
    text
        As ``str`` of an :class:`Outline` gives it, of any content; a comma is a decimal point too.

    Returns
    -------
    Outline or None
        None if it names no area on the globe: too large, too many corners, edges that cross.

    Examples
    --------
    >>> read("rectangle_117_39_117,5_39,5").numbers
    (117.0, 39.0, 117.5, 39.5)
    >>> read("circle_117_39_-5") is read("polygon_0_0_1_1") is read("nonsense") is None
    True
    """
    kind, *words = text.replace(",", ".").split("_") if len(text) <= LONGEST else ("",)
    if kind not in get_args(Kind):
        return None
    try:
        numbers = tuple(round(float(word), DIGITS) + 0.0 for word in words)
    except ValueError:
        return None
    found = Outline(kind, numbers)  # type: ignore[arg-type]
    return found if all(map(math.isfinite, numbers)) and _is_sound(found) else None


def _is_sound(one: Outline) -> bool:
    numbers = one.numbers
    if one.kind == "circle":
        return len(numbers) == 3 and _on_globe(numbers[:2]) and 1 <= numbers[2] <= LARGEST_M
    even = len(numbers) % 2 == 0 and 4 <= len(numbers) <= 2 * MOST_CORNERS
    if not even or not _on_globe(numbers):
        return False
    if one.kind == "rectangle":
        return len(numbers) == 4 and numbers[0] < numbers[2] and numbers[1] < numbers[3]
    return len(numbers) >= 6 and bool(_in_degrees(one).is_valid and _in_degrees(one).area > 0)


def _on_globe(numbers: tuple[float, ...]) -> bool:
    return all(abs(lon) <= 180 for lon in numbers[::2]) and all(
        abs(lat) <= 85 for lat in numbers[1::2]
    )


def _in_degrees(one: Outline) -> BaseGeometry:
    """Return a shape that is no circle as a polygon in degrees."""
    numbers = one.numbers
    if one.kind == "rectangle":
        west, south, east, north = numbers
        box: BaseGeometry = shapely.box(west, south, east, north)
        return box
    return shapely.Polygon(list(zip(numbers[::2], numbers[1::2], strict=True)))


def to_file(one: Outline, epsg: int) -> bytes:
    """Return a shape as GeoJSON that any map program shows.

    Parameters
    ----------
    one
        The shape.
    epsg
        EPSG code of a plane in metres near it, on which a circle is round.
    """
    area = gpd.GeoSeries([one.on_plane(epsg)], crs=epsg).to_crs(4326).iloc[0]
    if one.kind != "circle":
        area = _in_degrees(one)
    frame = gpd.GeoDataFrame({MEMBER: [str(one)]}, index=["shape"], geometry=[area], crs=4326)
    return to_geojson(frame)


def from_file(data: bytes) -> Outline:
    """Return the shape that a GeoJSON file holds: one of ours, or its one polygon without holes.

    Parameters
    ----------
    data
        Content of the file, of anybody.

    Raises
    ------
    DataError
        It holds no such shape, or several.
    """
    shapes = list(_shapes(data))
    if len(shapes) != 1:
        raise DataError("shape.file", [Problem("shape.not_one", WHERE, n=len(shapes))])
    properties, geometry = shapes[0]
    said = properties.get(MEMBER) if isinstance(properties, dict) else None
    found = read(said) if isinstance(said, str) else None
    if found is not None:
        return found
    not_a_polygon = DataError("shape.file", [Problem("shape.not_a_polygon", WHERE)])
    try:
        rings = geometry["coordinates"]
        corners = [(float(x), float(y)) for x, y, *_ in rings[0]]
    except (LookupError, TypeError, ValueError, OverflowError) as error:
        raise not_a_polygon from error
    if geometry.get("type") != "Polygon" or len(rings) != 1:
        raise not_a_polygon
    flat = [f"{number:.{DIGITS}f}" for corner in corners[:-1] for number in corner]
    found = read("_".join(["polygon", *flat]))
    if found is None:
        raise DataError("shape.file", [Problem("shape.unsound", WHERE, most=MOST_CORNERS)])
    return found


def _shapes(data: bytes) -> list[tuple[object, dict[str, Any]]]:
    """Return properties and geometry of each feature of a file."""
    try:
        root = json.loads(data) if len(data) <= MOST_BYTES else None
    except (ValueError, RecursionError):
        root = None
    if not isinstance(root, dict):
        return []
    features = root.get("features") if root.get("type") == "FeatureCollection" else [root]
    found: list[tuple[object, dict[str, Any]]] = []
    for one in features if isinstance(features, list) else []:
        feature = one if isinstance(one, dict) else {}
        geometry = feature.get("geometry") if feature.get("type") == "Feature" else feature
        if isinstance(geometry, dict):
            found.append((feature.get("properties"), geometry))
    return found
