"""Draw the spatial structure of a city: belt as a band, cores as ellipses."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import shapely
from shapely.geometry.base import BaseGeometry

from layers.language.messages import speaker
from layers.language.values import cell
from layers.map.overlay import Drawing, Shapes
from layers.map.symbols import svg
from layers.pack.city import City
from layers.pack.structure import Structure
from layers.view.page_options import Ground

BELT_M: Final = 3_500
"""Half the width of the band, metres: broad enough for nobody to take it for a line."""
BAND, CORE = "#4A334A", "#B5322A"
DASH: Final = "7 5"
BAND_SIGN: Final = svg('<path d="M2 15 18 5" stroke="#C4BCC2" stroke-width="7"/>')
CORE_SIGN: Final = svg(
    '<circle cx="10" cy="10" r="7.4" fill="none" stroke="#B5322A" stroke-width="1.6" '
    'stroke-dasharray="3.4 2.4"/>'
)


def structure_drawing(city: City) -> Drawing | None:
    """Return band and ellipses of a city's structure; None where its pack gives none.

    Parameters
    ----------
    city
        The pack that is shown; it is not changed.
    """
    found = city.structure
    if found is None:
        return None
    shapes = [
        Shapes(_frame(cores), CORE, weight=2.2, dash=DASH, close=False)
        for cores in [[_ellipse(*bounds) for bounds in found.cores.values()]]
        if cores
    ]
    if (band := _band(city, found)) is not None:
        look = Shapes(band, BAND, fill=BAND, opacity=0.26, weight=0.0, close=False)
        shapes.insert(0, look)
    return Drawing(shapes=shapes, subject=True)


def title_key(ground: Ground) -> str:
    """Return the key of the title of the layout map.

    Parameters
    ----------
    ground
        What its fill says.
    """
    return "explore.title_structure" if ground == "structure" else "explore.title"


def structure_legend(city: City, lang: str) -> list[tuple[str, str]]:
    """Explain the structure; nothing where the pack gives none.

    Parameters
    ----------
    city
        The pack that is shown; it is not changed.
    lang
        ``zh`` or ``en``.
    """
    found, say = city.structure, speaker(lang)
    if found is None:
        return []
    signs: list[tuple[str, str]] = [("", say("plate.structure", title=found.title.of(lang)))]
    if found.belt:
        signs.append((BAND_SIGN, cell(city.layers["axis"].frame.loc[found.belt], "name", lang)))
    if found.cores:
        names = [city.words[f"half.{part}"].of(lang) for part in found.cores]
        signs.append((CORE_SIGN, say("plate.cores", names=say("plate.comma").join(names))))
    return signs


def _frame(shapes: list[BaseGeometry]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=shapes, crs=4326)


def _band(city: City, found: Structure) -> gpd.GeoDataFrame | None:
    if not found.belt:
        return None
    line = city.layers["axis"].frame.loc[[found.belt]].geometry.to_crs(city.metric_epsg)
    return gpd.GeoDataFrame(geometry=line.buffer(BELT_M).to_crs(4326))


def _ellipse(west: float, south: float, east: float, north: float) -> BaseGeometry:
    """Return the ellipse that fills a box."""
    ring = shapely.Point(0, 0).buffer(1, quad_segs=24)
    across, up = (east - west) / 2, (north - south) / 2
    middle = ((west + east) / 2, (south + north) / 2)
    return shapely.transform(ring, lambda xy: xy * (across, up) + middle)
