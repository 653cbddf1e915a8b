"""Find where the outlines of districts lie on each other, and the land that they leave between."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from pyproj import Geod
from shapely.geometry.base import BaseGeometry

from geo.formats.read_geojson import WGS84

OVERLAP_TOLERANCE = 0.01
"""Part of a district that another may lie on: outlines that were generalised one by one overlap
in slivers. Residents there are counted twice, so the part is what the figures may err by."""
GAP_TOLERANCE = 0.01
"""Part of the smallest district that land between districts may be as large as."""
STRIP_M = 600.0
"""Width up to which open land between two districts is a strip that both have left out, metres."""
WIDE_M = 3000.0
"""Width up to which it still is one if it runs between them as a channel does, metres."""
SIMPLER_M = 10.0
"""How much outlines are simplified to look for such strips, metres."""
LEAST_SIDE = 0.25
"""Part of its rim that a strip has along each of its two districts, at least."""
LEAST_WIDE_SIDE = 0.3
"""The same of a wide one: a bay of the city's own border lies along one district above all."""
MOST_HOLLOW = 1.15
"""How much larger a strip may be with its mouth filled."""
_ALONG = 3e-4
"""Degrees within which a rim runs along a district."""
_ELLIPSOID = Geod(ellps="WGS84")


def square_km(shape: BaseGeometry) -> float:
    """Return the area of a shape on the ellipsoid.

    Parameters
    ----------
    shape
        Polygon or polygons in degrees.
    """
    return float(abs(_ELLIPSOID.geometry_area_perimeter(shape)[0])) / 1e6


@dataclass(frozen=True)
class Overlap:
    """Two districts that lie on each other.

    Parameters
    ----------
    upper, lower
        Adcodes, the smaller district first.
    part
        Which part of the smaller one it is.
    shape
        Where both are, in degrees.
    """

    upper: str
    lower: str
    part: float
    shape: BaseGeometry


@dataclass(frozen=True)
class Gap:
    """Land between districts that none of them has.

    Parameters
    ----------
    adcodes
        The districts along its rim, the one that has most of it first; one alone has a hole.
    shape
        Where it is, in degrees.
    """

    adcodes: tuple[str, ...]
    shape: BaseGeometry


def overlaps(outlines: Mapping[str, BaseGeometry]) -> Iterator[Overlap]:
    """Yield the pairs of districts that lie on each other by more than the tolerance.

    Parameters
    ----------
    outlines
        Valid outlines by adcode, in degrees.
    """
    codes, shapes = list(outlines), list(outlines.values())
    pairs = shapely.STRtree(shapes).query(np.array(shapes, dtype=object), predicate="intersects")
    for pair in pairs.T.tolist():
        if pair[0] >= pair[1]:
            continue
        first, second = sorted(pair, key=lambda at: shapes[at].area)
        # In degrees, where the outlines are known to be valid: a part of a part needs no plane.
        both = shapes[first].intersection(shapes[second])
        part = both.area / shapes[first].area
        if part > OVERLAP_TOLERANCE:
            yield Overlap(codes[first], codes[second], part, both)


def holes(outlines: Mapping[str, BaseGeometry]) -> Iterator[Gap]:
    """Yield the holes within the districts' union that are larger than the tolerance.

    Parameters
    ----------
    outlines
        Valid outlines by adcode, in degrees.
    """
    shapes = gpd.GeoSeries(dict(outlines), dtype="geometry")
    whole = shapely.union_all(shapes.to_numpy())
    least = GAP_TOLERANCE * min((shape.area for shape in shapes), default=0.0)
    for ring in (ring for part in shapely.get_parts(whole) for ring in part.interiors):
        hole = shapely.Polygon(ring)
        if hole.area > least:
            along = shapes.buffer(_ALONG, quad_segs=2).intersection(ring).length / ring.length
            rim = along[along > 0.05].sort_values(ascending=False)
            yield Gap(tuple(map(str, rim.index)), hole)


def strips(shapes: gpd.GeoSeries) -> Iterator[Gap]:
    """Yield strips between two districts that are open at an end, so that they are no hole.

    What a coast or a border leaves open beside one district, or widens to the sea, is none.

    Parameters
    ----------
    shapes
        Outlines by adcode on a metric plane.
    """
    if len(shapes) < 2:
        return
    whole = shapely.union_all(shapes.simplify(SIMPLER_M).to_numpy())
    whole = shapely.union_all([shapely.Polygon(one.exterior) for one in shapely.get_parts(whole)])
    least = GAP_TOLERANCE * float(shapes.area.min())
    found: BaseGeometry = shapely.Point()
    for width in (STRIP_M, WIDE_M):
        for part in _open_land(whole, width, least):
            if part.intersects(found):
                continue  # told of
            if sides := _sides(part, shapes, width):
                found = found.union(part)
                # The disc that fills a strip leaves its mouth hollow.
                full = part.convex_hull.difference(whole)
                shape = full if full.area < MOST_HOLLOW * part.area else part
                yield Gap(sides, gpd.GeoSeries([shape], crs=shapes.crs).to_crs(WGS84).iloc[0])


def _open_land(whole: BaseGeometry, width: float, least: float) -> Iterator[shapely.Polygon]:
    """Yield what is up to so many metres wide between parts of an area without holes."""
    filled = whole.buffer(width / 2, quad_segs=2).buffer(-width / 2, quad_segs=2)
    for part in shapely.get_parts(filled.difference(whole)):
        if part.area <= least or part.interiors:
            continue
        if width > STRIP_M and part.buffer(-STRIP_M / 2, quad_segs=1).is_empty:
            continue  # as narrow as those that were looked at before
        # Outlines that were simplified one by one leave threads along each other.
        for one in shapely.get_parts(part.buffer(-SIMPLER_M).buffer(SIMPLER_M, quad_segs=2)):
            if one.area > least:
                yield one


def _sides(part: shapely.Polygon, shapes: gpd.GeoSeries, width: float) -> tuple[str, ...]:
    """Return the two districts between which a strip runs; none if it is no strip."""
    near = shapes[shapes.distance(part) < SIMPLER_M].buffer(3 * SIMPLER_M, quad_segs=2)
    along = (near.intersection(part.boundary).length / part.length).nlargest(2)
    if len(along) < 2:
        return ()
    first, second = along
    if width > STRIP_M:
        open_ = part.boundary.difference(shapely.union_all(near.to_numpy())).length / part.length
        sound = second >= LEAST_WIDE_SIDE and open_ <= 0.15
    else:
        sound = second >= LEAST_SIDE and first + second >= 0.8
    return tuple(map(str, along.index)) if sound else ()
