"""Show that an enlarged part is left out where an analysis fills it with one class alone."""

from __future__ import annotations

import geopandas as gpd
import shapely
from shapely.geometry.base import BaseGeometry

from layers.map.insets import of_one_class
from layers.map.overlay import Drawing, Shapes
from layers.pack.city import City


def drawing(*shapes: BaseGeometry, dots: tuple[tuple[str, BaseGeometry], ...] = ()) -> Drawing:
    areas = Shapes(gpd.GeoDataFrame(geometry=[*shapes], crs=4326), "#000000", "#111111")
    layers = [Shapes(gpd.GeoDataFrame(geometry=[at], crs=4326), "#000", fill) for fill, at in dots]
    return Drawing(shapes=[areas, *layers])


def test_a_part_all_within_or_all_beyond_tells_nothing(tianjin: City) -> None:
    every = frozenset(inset.id for inset in tianjin.insets)
    whole, nowhere = shapely.box(*tianjin.bbox), shapely.box(0, 0, 1, 1)
    assert of_one_class(tianjin, drawing(whole)) == every
    assert of_one_class(tianjin, drawing(nowhere)) == every
    assert of_one_class(tianjin, None) == frozenset()


def test_a_border_or_two_kinds_of_dots_are_worth_the_room(tianjin: City) -> None:
    first, *others = tianjin.insets
    west, south, east, north = first.bounds
    half = shapely.box(west - 1, south - 1, (west + east) / 2, north + 1)
    assert first.id not in of_one_class(tianjin, drawing(half))
    at, whole = shapely.box(*first.bounds).centroid, shapely.box(*tianjin.bbox)
    one, two = (("#FFF", at),), (("#FFF", at), ("#000", at))
    assert first.id in of_one_class(tianjin, drawing(whole, dots=one))
    plain = of_one_class(tianjin, drawing(whole, dots=two))
    assert plain == frozenset(inset.id for inset in others)
