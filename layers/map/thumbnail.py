"""Draw the city small, to set several pictures of one extent and one scale side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import shapely
from shapely.geometry.base import BaseGeometry

from layers.map.symbols import data_uri
from layers.pack.city import City

LAND, LINE = "#F7F5F0", "#8A8478"
OUTLINE_M: Final = 700.0
"""Tolerance of the city's lines in metres of Web Mercator: about a pixel of the picture."""
AREA_M: Final = 60.0
"""Tolerance of the areas: a coarser disc would look smaller than it is."""
WIDTH_PX: Final = 300
DOT_PART: Final = 70
"""Width of the city over the radius of a dot."""


@dataclass(frozen=True)
class Small:
    """A small picture: its ``data:`` address, and what it shows in words."""

    uri: str
    caption: str


@dataclass(frozen=True)
class Plate:
    """The ground of a small picture of a city, in Web Mercator with y to the south.

    Parameters
    ----------
    land
        The districts as an SVG path.
    west, north, width, height
        What the picture shows.
    """

    land: str
    west: float
    north: float
    width: float
    height: float

    def picture(self, under: str, over: str = "") -> str:
        """Return an SVG of the city with shapes under and over the districts' lines.

        Parameters
        ----------
        under, over
            SVG elements in the coordinates of the plate, from the ground up; they are not escaped.
            Empty for none.

        Returns
        -------
        str
            A ``data:`` address.
        """
        return data_uri(
            '<svg xmlns="http://www.w3.org/2000/svg" '
            f'viewBox="{self.west:.0f} {self.north:.0f} {self.width:.0f} {self.height:.0f}" '
            f'width="{WIDTH_PX}" height="{WIDTH_PX * self.height / self.width:.0f}">'
            f'<path d="{self.land}" fill="{LAND}"/>{under}<path d="{self.land}" fill="none" '
            f'stroke="{LINE}" stroke-width="{self.width / 400:.0f}"/>{over}</svg>'
        )


def plate_of(city: City) -> Plate:
    """Return the ground of a city's small pictures.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    """
    ground = city.districts.geometry.to_crs(3857)
    west, south, east, north = map(float, ground.total_bounds)
    return Plate(_path(ground, OUTLINE_M), west, -north, east - west, north - south)


def small_map(
    city: City,
    areas: Iterable[tuple[BaseGeometry, Mapping[str, Any]]],
    dots: gpd.GeoSeries,
    colour: str,
) -> str:
    """Return a picture of the city with areas and dots.

    Parameters
    ----------
    city
        Its districts are ground and lines, and their bounds are the extent.
    areas
        Polygons on the city's plane, from the ground up, each with ``fill`` and ``opacity``.
    dots
        Points in any CRS.
    colour
        Of the dots.

    Returns
    -------
    str
        ``data:`` address of an SVG in Web Mercator, like the map.
    """
    plate, shapes = plate_of(city), list(areas)
    drawn = gpd.GeoSeries([area for area, _ in shapes], crs=city.metric_epsg).to_crs(3857)
    under = "".join(
        f'<path d="{_path([area], AREA_M)}" fill="{look["fill"]}" '
        f'fill-opacity="{look["opacity"]}"/>'
        for area, (_, look) in zip(drawn, shapes, strict=True)
    )
    over = "".join(
        f'<circle cx="{point.x:.0f}" cy="{-point.y:.0f}" r="{plate.width / DOT_PART:.0f}" '
        f'fill="{colour}" stroke="#FFFFFF" stroke-width="{plate.width / 300:.0f}"/>'
        for point in dots.to_crs(3857)
    )
    return plate.picture(under, over)


def _path(areas: Iterable[BaseGeometry], tolerance_m: float) -> str:
    """Return polygons as an SVG path, y to the south."""
    return "".join(
        "M" + "L".join(f"{x:.0f} {-y:.0f}" for x, y in shapely.get_coordinates(ring)) + "Z"
        for area in areas
        for part in shapely.get_parts(shapely.simplify(area, tolerance_m))
        for ring in shapely.get_rings(part)
    )
