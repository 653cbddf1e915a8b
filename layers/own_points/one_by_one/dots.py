"""Draw a reader's own points one by one: as dots, with the circle of each doubt."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.base.arrays import Floats
from geo.base.bridge import transformer
from geo.density.dots import dots
from geo.intake.circles import circles
from layers.intake.read import USED
from layers.language.messages import speaker
from layers.map.overlay import Drawing, Raster, Shapes
from layers.map.symbols import look_sign, svg
from layers.own_points.own_list import doubts_at
from layers.own_points.reading import Reading

DOT_M: Final = 220.0
MOST_DOTS: Final = 3_000
"""Points that are drawn as dots of one size on every scale; of more, each covers its own ground."""
OWN: Final = "#E08A1E"
"""A dot of the reader's own, told from the parks and from every surface."""
OWN_LINE: Final = "#3A2A12"
DOT: Final = look_sign({"fill": OWN, "line": OWN_LINE, "dot": True})
"""The sign of such a dot in a legend."""
NOISE: Final = "#8A8478"
SMALL_PX, LARGE_PX, MOST_LARGE = 3.2, 4.4, 200
"""Radius of a dot, pixels; and of one of so few with nothing else beside them."""
LEAST_M: Final = 200.0
"""A smaller circle of doubt is hidden by its dot wherever the map goes, metres."""
MOST_CIRCLES: Final = 500
"""Of more circles none could be told from the others."""
CIRCLE: Final = svg(
    f'<circle cx="10" cy="10" r="7.5" fill="{OWN}" fill-opacity="0.12" stroke="{OWN_LINE}"/>'
)


def own_dots(reading: Reading, xy: Floats, colour: str = OWN) -> tuple[Shapes, ...]:
    """Return points of the reader's as dots; none where there are more than can be told apart.

    Parameters
    ----------
    reading
        As :func:`layers.own_points.reading.read` returns it.
    xy
        Some of its points, metres on the city's plane, shape (n, 2).
    colour
        Of the dots.
    """
    if not len(xy) or len(reading.kept.xy) > MOST_DOTS:
        return ()
    to_degrees = transformer(reading.asked.city.metric_epsg, 4326)
    lonlat = np.column_stack(to_degrees.transform(*xy.T))
    return (_laid(lonlat, colour),)


def proposed_dots(rows: pd.DataFrame) -> tuple[Shapes, ...]:
    """Return the positions that a file would give, before they are accepted, as dots.

    Parameters
    ----------
    rows
        As :class:`layers.intake.read.Reading` holds them; of very many some are drawn.
    """
    used = rows.loc[rows["status"] == USED, ["lon", "lat"]].to_numpy()
    some = used[:: -(-len(used) // MOST_DOTS) or 1]
    return (_laid(some, OWN),) if len(some) else ()


def _laid(lonlat: Floats, colour: str) -> Shapes:
    frame = gpd.GeoDataFrame(geometry=[shapely.MultiPoint(lonlat)], crs=4326)
    return Shapes(frame, line=OWN_LINE, fill=colour, opacity=0.95, weight=0.9, radius=SMALL_PX)


def own_colour(reading: Reading) -> str:
    """Return the colour of points that are all of one kind.

    Parameters
    ----------
    reading
        As :func:`layers.own_points.reading.read` returns it.
    """
    return OWN if len(reading.kept.xy) <= MOST_DOTS else NOISE


def doubt_circles(reading: Reading) -> tuple[Shapes, ...]:
    """Return the circles within which the points are thought to lie, where they can be seen.

    Parameters
    ----------
    reading
        As :func:`layers.own_points.reading.read` returns it; with more points than are drawn as
        dots there are no circles.
    """
    xy = reading.kept.xy
    if not 0 < len(xy) <= MOST_DOTS:
        return ()
    doubt = doubts_at(reading, xy)
    seen = np.unique(np.column_stack([xy, doubt])[np.nan_to_num(doubt) >= LEAST_M], axis=0)
    if not 0 < len(seen) <= MOST_CIRCLES:
        return ()
    lon, lat = transformer(reading.asked.city.metric_epsg, 4326).transform(*seen[:, :2].T)
    frame = gpd.GeoDataFrame(geometry=circles(lon, lat, seen[:, 2]), crs=4326)
    return (Shapes(frame, line=OWN_LINE, fill=OWN, opacity=0.08, weight=0.7),)


def points_alone(reading: Reading) -> Drawing:
    """Return nothing but the points, where nothing can be said of how dense they are.

    Parameters
    ----------
    reading
        As :func:`layers.own_points.reading.read` returns it; it has points.
    """
    xy = reading.kept.xy
    radius = LARGE_PX if len(xy) <= MOST_LARGE else SMALL_PX
    if own := [replace(one, radius=radius) for one in own_dots(reading, xy)]:
        return Drawing(shapes=[*doubt_circles(reading), *own])
    plane, of_one = reading.asked.city.metric_epsg, np.zeros(len(xy), dtype=int)
    laid = dots(xy, of_one, crs=plane, colours=(NOISE,), radius_m=DOT_M)
    return Drawing(raster=Raster(laid.png, laid.bounds) if laid else None)


def signs_alone(reading: Reading, lang: str) -> tuple[tuple[str, str], ...]:
    """Return the legend of :func:`doubt_circles`: a sign and words; nothing where none is drawn.

    Parameters
    ----------
    reading
        As :func:`layers.own_points.reading.read` returns it.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    return ((CIRCLE, speaker(lang)("points_page.legend_doubt")),) if doubt_circles(reading) else ()
