"""Draw the city small, to set several pictures of one extent and one scale side by side."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import shapely
from shapely.geometry.base import BaseGeometry

from layers.map.symbols import CASING, PATHS, SIZE, data_uri
from layers.pack.catalogue import FIRM
from layers.pack.city import City

BEYOND, GROUND, INK = "#EEECE6", "#FBFAF7", "#14171A"
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
class Backdrop:
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
            SVG elements in the coordinates of the backdrop, from the ground up; they are not
            escaped. Empty for none.

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


def backdrop_of(city: City) -> Backdrop:
    """Return the ground of a city's small pictures.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    """
    ground = city.districts.geometry.to_crs(3857)
    west, south, east, north = map(float, ground.total_bounds)
    return Backdrop(_path(ground, OUTLINE_M), west, -north, east - west, north - south)


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
    backdrop, shapes = backdrop_of(city), list(areas)
    drawn = gpd.GeoSeries([area for area, _ in shapes], crs=city.metric_epsg).to_crs(3857)
    under = "".join(
        f'<path d="{_path([area], AREA_M)}" fill="{look["fill"]}" '
        f'fill-opacity="{look["opacity"]}"/>'
        for area, (_, look) in zip(drawn, shapes, strict=True)
    )
    over = "".join(
        f'<circle cx="{point.x:.0f}" cy="{-point.y:.0f}" r="{backdrop.width / DOT_PART:.0f}" '
        f'fill="{colour}" stroke="#FFFFFF" stroke-width="{backdrop.width / 300:.0f}"/>'
        for point in dots.to_crs(3857)
    )
    return backdrop.picture(under, over)


def _path(areas: Iterable[BaseGeometry], tolerance_m: float) -> str:
    """Return polygons as an SVG path, y to the south."""
    return "".join(
        "M" + "L".join(f"{x:.0f} {-y:.0f}" for x, y in shapely.get_coordinates(ring)) + "Z"
        for area in areas
        for part in shapely.get_parts(shapely.simplify(area, tolerance_m))
        for ring in shapely.get_rings(part)
    )


@dataclass(frozen=True)
class Twins:
    """Pictures of several areas at one scale.

    Parameters
    ----------
    uris
        The ``data:`` address of each picture, in order.
    metres
        Width and height of what every one shows, in metres of the city's plane.
    bar_km
        Length of the scale bar that every one carries.
    """

    uris: tuple[str, ...]
    metres: tuple[float, float]
    bar_km: int


MARK_PART: Final = 26
"""Width of a picture over that of a mark."""
MARGIN: Final = 0.06
"""Of the wider side, round the largest area."""
BARS_KM: Final = (50, 20, 10, 5, 2, 1)


def twins(
    city: City, chosen: Sequence[Sequence[str]], places: gpd.GeoDataFrame, colours: Sequence[str]
) -> Twins:
    """Draw several areas with their places in windows of one size, so that all have one scale.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    chosen
        Adcodes of the districts of each area.
    places
        Places with ``kind``, ``location_class`` and ``host_adcode``, in any CRS; each is drawn in
        the picture of the area that administers it.
    colours
        Of the outline of each area.
    """
    plane = city.on_plane.geometry
    grounds = [plane.loc[list(codes)] for codes in chosen]
    drawn = places[places.geometry.notna()].to_crs(city.metric_epsg)
    held = [drawn[drawn["host_adcode"].isin(codes)] for codes in chosen]
    corners = [_corners(ground, own) for ground, own in zip(grounds, held, strict=True)]
    spans = [(east - west, north - south) for west, south, east, north in corners]
    margin = MARGIN * max(max(span) for span in spans)
    metres = (max(x for x, _ in spans) + 2 * margin, max(y for _, y in spans) + 2 * margin)
    bar_km = next((km for km in BARS_KM if km * 1000 < metres[0] / 3), BARS_KM[-1])
    return Twins(
        tuple(
            _twin(city, ground, own, colour, metres, bar_km)
            for ground, own, colour in zip(grounds, held, colours, strict=True)
        ),
        metres,
        bar_km,
    )


def _corners(ground: gpd.GeoSeries, places: gpd.GeoDataFrame) -> tuple[float, ...]:
    """Return the bounds of an area with its places: some that it administers stand elsewhere."""
    shapes = [*ground, *places.geometry]
    return tuple(map(float, shapely.total_bounds(shapes)))


def _twin(
    city: City,
    ground: gpd.GeoSeries,
    places: gpd.GeoDataFrame,
    colour: str,
    metres: tuple[float, float],
    bar_km: int,
) -> str:
    """Return one picture: the others pale, the area with its outline, its places, the scale bar.

    It has no size of its own: where its frame is wider than the window, more of the ground shows.
    """
    (width, height), (west, south, east, north) = metres, _corners(ground, places)
    left, top = (west + east - width) / 2, -(south + north + height) / 2
    fine = max(width, height) / 600
    others = _path(city.on_plane.geometry, fine)
    own, line = _path([ground.union_all()], fine), _path(ground, fine)
    at = f"{left + width * 0.04:.0f} {top + height * 0.96:.0f}"
    return data_uri(
        f'<svg xmlns="http://www.w3.org/2000/svg" '
        f'viewBox="{left:.0f} {top:.0f} {width:.0f} {height:.0f}">'
        f'<rect x="{left - 9 * width:.0f}" y="{top - 9 * height:.0f}" '
        f'width="{19 * width:.0f}" height="{19 * height:.0f}" fill="{BEYOND}"/>'
        f'<path d="{others}" fill="{GROUND}" stroke="#D8D4CA" '
        f'stroke-width="{fine:.0f}"/><path d="{line}" fill="{LAND}" fill-rule="evenodd" '
        f'stroke="{LINE}" stroke-width="{fine:.0f}"/><path d="{own}" fill="none" '
        f'stroke="{colour}" stroke-width="{3 * fine:.0f}" stroke-linejoin="round"/>'
        + "".join(_spots(city, places, width / MARK_PART))
        + f'<path d="M{at}h{bar_km * 1000}" stroke="{INK}" stroke-width="{3 * fine:.0f}"/></svg>'
    )


def _spots(city: City, places: gpd.GeoDataFrame, size: float) -> Iterable[str]:
    """Yield the marks of places; those that would cover each other stand round their middle."""
    piles: dict[tuple[float, float], list[int]] = {}
    for row, point in enumerate(places.geometry):
        near = (
            centre
            for centre in piles
            if math.hypot(centre[0] - point.x, centre[1] + point.y) < size
        )
        piles.setdefault(next(near, (point.x, -point.y)), []).append(row)
    for (x, y), rows in piles.items():
        radius = 0.0 if len(rows) == 1 else max(0.62, 0.19 * len(rows)) * size
        for turn, row in enumerate(rows):
            angle = 2 * math.pi * turn / len(rows) - math.pi / 2
            spot = x + radius * math.cos(angle), y + radius * math.sin(angle)
            yield _spot(city, places.iloc[row], spot, size)


def _spot(city: City, row: Any, middle: tuple[float, float], size: float) -> str:
    """Return the mark of a place: filled where there is evidence for its position, else hollow."""
    style, scale = city.layers[row["kind"]].spec.style, size / SIZE
    x, y = (part - size / 2 for part in middle)
    fill = style.colour if row["location_class"] in FIRM else CASING
    return (
        f'<g transform="translate({x:.0f} {y:.0f}) scale({scale:.2f})">'
        f'<path d="{PATHS[style.shape]}" fill="{CASING}" stroke="{CASING}" stroke-width="3.6"/>'
        f'<path d="{PATHS[style.shape]}" fill="{fill}" stroke="{style.colour}" '
        'stroke-width="1.7"/></g>'
    )
