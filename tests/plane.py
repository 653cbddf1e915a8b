"""Points and squares on a metre grid, for tests whose answers are known in the head."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import geopandas as gpd
import numpy as np
import shapely

CRS = 4548
KM = 1000.0
Pair = tuple[float, float]


def sites(places: Mapping[str, Pair | None], **columns: Sequence[object]) -> gpd.GeoDataFrame:
    """Points in metres by id; None is a place without a site."""
    points = [None if place is None else shapely.Point(place) for place in places.values()]
    return gpd.GeoDataFrame(dict(columns), index=list(places), geometry=points, crs=CRS)


def squares(boxes: Mapping[str, tuple[float, float, float, float]]) -> gpd.GeoDataFrame:
    """Rectangles by id: west, south, east, north in metres."""
    shapes = [shapely.box(*box) for box in boxes.values()]
    return gpd.GeoDataFrame(index=list(boxes), geometry=shapes, crs=CRS)


def scattered(n: int, seed: int, *, side_m: float = 100 * KM) -> gpd.GeoDataFrame:
    """Points in clusters over a square, as places are."""
    random = np.random.default_rng(seed)
    centres = random.uniform(0, side_m, (max(n // 50, 3), 2))
    xy = centres[random.integers(0, len(centres), n)] + random.normal(0, 2 * KM, (n, 2))
    ids = [f"s{i:06d}" for i in range(n)]
    return gpd.GeoDataFrame(index=ids, geometry=shapely.points(xy), crs=CRS)


FOUR = squares(
    {
        "sw": (0, 0, 20_000, 20_000),
        "se": (20_000, 0, 40_000, 20_000),
        "nw": (0, 20_000, 20_000, 40_000),
        "ne": (20_000, 20_000, 40_000, 40_000),
    }
)
"""A city of four squares of 400 km² each."""
