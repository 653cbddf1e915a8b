"""Tell which of the enlarged parts of a city show nothing but one class of an analysis."""

from __future__ import annotations

from typing import Final

import numpy as np
import shapely

from layers.map.overlay import Drawing, Shapes
from layers.pack.city import City, Inset, outlines

ALMOST: Final = 0.98
"""Part of an inset's land from which on it is all of one class: the rest would not be seen."""


def of_one_class(city: City, drawing: Drawing | None) -> frozenset[str]:
    """Return the insets that tell nothing: no border of an area crosses them, all dots are alike.

    Parameters
    ----------
    city
        The pack that is drawn.
    drawing
        What an analysis adds; of none, and of one whose subject are the places, every inset tells
        something.

    Returns
    -------
    frozenset
        Ids of insets. Where an analysis draws values on cells or lines, none is left out.
    """
    if drawing is None or drawing.subject or drawing.raster is not None or not drawing.shapes:
        return frozenset()
    land = outlines(city).geometry.to_crs(4326).union_all()
    return frozenset(each.id for each in city.insets if _is_plain(each, land, drawing))


def _is_plain(inset: Inset, land: shapely.Geometry, drawing: Drawing) -> bool:
    window = shapely.box(*inset.bounds)
    west, south, east, north = inset.bounds
    if any(west <= h.lon <= east and south <= h.lat <= north for h in drawing.handles):
        return False
    ground, fills = shapely.intersection(window, land), set()
    for layer in drawing.shapes:
        shapes = layer.frame.geometry.to_numpy()
        kinds = {*shapely.get_type_id(shapely.get_parts(shapes)).tolist()}
        if kinds <= {shapely.GeometryType.POINT}:
            fills |= {layer.fill} if shapely.intersects(shapes, window).any() else set()
        elif (
            not kinds <= {shapely.GeometryType.POLYGON}
            or layer.colour
            or not _one_side(layer, ground)
        ):
            return False
    return len(fills) < 2


def _one_side(layer: Shapes, ground: shapely.Geometry) -> bool:
    """Tell whether areas hold next to all of a ground, or next to nothing of it."""
    held = shapely.intersection(layer.frame.geometry.to_numpy(), ground)
    share = float(np.sum(shapely.area(held))) / max(float(shapely.area(ground)), 1e-12)
    return share >= ALMOST or share <= 1 - ALMOST
