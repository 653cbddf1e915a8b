"""Draw the ground of a window: land, water, districts, tints and hatch, the belt."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
from matplotlib.path import Path
from shapely.geometry.base import BaseGeometry

from geo.base.once import once
from layers.map.plate import LAND, Plate
from layers.pack.city import City, drawn_axes
from layers.present.static_map.ink.sheet import Sheet, joined, lines_path, polygons_path
from layers.present.static_map.window import Window
from layers.view.rows import CityKey

NEIGHBOUR, WATER, RIVER = "#EEECE6", "#DCE6EC", "#B4CBD8"
LINE, CITY_LINE, BORDER, HATCHED = "#B9B4A8", "#8A8478", "#D5D1C6", "#C6BFB0"
BELT, ACCENT = "#4A334A", "#B5322A"
RIVERS_TO: Final = 900_000
"""A line of 1:10 m is wrong by more than a line's width on a larger scale."""


@dataclass(frozen=True)
class Plane:
    """The ground of a city in metres of its plane."""

    around: gpd.GeoSeries
    others: gpd.GeoSeries
    sea: gpd.GeoSeries
    river: gpd.GeoSeries
    districts: gpd.GeoSeries
    outline: BaseGeometry
    axis: gpd.GeoSeries


def plane_of(city: City) -> Plane:
    """Return the ground of a city, projected once.

    Parameters
    ----------
    city
        The pack that is shown.
    """
    return _plane(CityKey(city, "zh"))


@once(maxsize=8)
def _plane(key: CityKey) -> Plane:
    city, land = key.city, key.city.base["land"]
    near = (land["role"] == "background").to_numpy(dtype=bool)
    on = {
        "around": land[near],
        "others": land[~near],
        "sea": city.base["sea"],
        "river": city.base["river"],
        "axis": drawn_axes(city) if "axis" in city.layers else land.iloc[:0],
    }
    series = {name: frame.geometry.to_crs(city.metric_epsg) for name, frame in on.items()}
    districts = city.on_plane.geometry
    return Plane(districts=districts, outline=districts.union_all(), **series)


@dataclass(frozen=True)
class Outlines:
    """The ground of a city as it lies in a window of the sheet; districts by their adcodes."""

    around: Path
    others: Path
    sea: Path
    river: Path
    districts: Mapping[str, Path]
    outline: Path


@once(maxsize=48)
def _outlines(key: CityKey, window: Window) -> Outlines:
    """Return what is drawn in a window: the scenes of a story show the same ones."""
    ground = plane_of(key.city)
    drawn = {
        str(code): polygons_path([shape])
        for code, shape in zip(ground.districts.index, window.draw(ground.districts), strict=True)
    }
    return Outlines(
        polygons_path(window.draw(ground.around)),
        polygons_path(window.draw(ground.others)),
        polygons_path(window.draw(ground.sea)),
        lines_path(window.draw(ground.river)) if window.scale >= RIVERS_TO else joined(()),
        drawn,
        polygons_path(window.draw([ground.outline])),
    )


def outlines(city: City, window: Window) -> Outlines:
    """Return the ground of a city as it lies in a window.

    Parameters
    ----------
    city
        The pack that is shown.
    window
        The part of the sheet.
    """
    return _outlines(CityKey(city, "zh"), window)


@dataclass(frozen=True)
class Tints:
    """What the fill of the districts says.

    Parameters
    ----------
    fill
        Colour by adcode.
    hatch
        Adcodes of those that are hatched.
    clear
        Adcodes of those that stay clear when the others are dimmed; empty for all.
    """

    fill: Mapping[str, str]
    hatch: Collection[str]
    clear: Collection[str]


def tints(plate: Plate | None, clear: Collection[str]) -> Tints:
    """Return the tints of a plate; without one, plain land.

    Parameters
    ----------
    plate
        Ground of the layout map, or None.
    clear
        Adcodes of the districts that are not dimmed; empty for all.
    """
    return Tints(plate.fill if plate else {}, plate.hatch if plate else (), clear)


def draw_ground(sheet: Sheet, city: City, window: Window, look: Tints, order: float) -> None:
    """Draw what lies under the places.

    Parameters
    ----------
    sheet
        On which.
    city
        The pack that is shown.
    window
        The part of the sheet.
    look
        Fill, hatch and dimming of the districts.
    order
        What is higher lies above; the ground takes ten from here.
    """
    ground, clip, thin = outlines(city, window), window.box, sheet.paper.text
    shapes = ground.districts
    sheet.box(clip, facecolor=NEIGHBOUR if len(ground.around) else LAND, zorder=order)
    for path, colour, line, step in (
        (ground.around, NEIGHBOUR, "none", 0.1),
        (ground.sea, WATER, "none", 0.2),
        (ground.others, NEIGHBOUR, BORDER, 0.3),
    ):
        sheet.path(
            path, clip, facecolor=colour, edgecolor=line, linewidth=0.4 * thin, zorder=order + step
        )
    fills: dict[str, list[Path]] = {}
    for code, shape in shapes.items():
        fills.setdefault(look.fill.get(code, LAND), []).append(shape)
    for colour, areas in sorted(fills.items()):
        fill = {"facecolor": colour, "edgecolor": colour}
        sheet.path(joined(areas), clip, linewidth=0.3, zorder=order + 1, **fill)
    hatched = joined(shape for code, shape in shapes.items() if code in look.hatch)
    sheet.path(
        hatched, clip, hatch="////", edgecolor=HATCHED, linewidth=0.0, zorder=order + 2,
        hatch_linewidth=0.5,
    )  # fmt: skip
    sheet.path(ground.river, clip, edgecolor=RIVER, linewidth=0.7 * thin, zorder=order + 3)


def draw_lines(sheet: Sheet, city: City, window: Window, look: Tints, order: float) -> None:
    """Draw the districts' lines and the city's over what an analysis adds.

    Parameters
    ----------
    sheet, city, window, look, order
        As for :func:`draw_ground`.
    """
    ground, clip, thin = outlines(city, window), window.box, sheet.paper.text
    shapes, small = ground.districts, window.id == "locator"
    if not small:
        lines = joined(shapes.values())
        sheet.path(lines, clip, edgecolor=LINE, linewidth=0.5 * thin, zorder=order + 6)
    width = (0.7 if small else 1.1) * thin
    sheet.path(ground.outline, clip, edgecolor=CITY_LINE, linewidth=width, zorder=order + 6.5)
    if look.clear and not small:
        dimmed = joined(shape for code, shape in shapes.items() if code not in look.clear)
        sheet.path(dimmed, clip, facecolor=("#FFFFFF", 0.5), zorder=order + 7)
    if look.clear:
        ring = joined(shape for code, shape in shapes.items() if code in look.clear)
        colour, width = (ACCENT, 0.9) if small else (CITY_LINE, 1.4)
        sheet.path(ring, clip, edgecolor=colour, linewidth=width * thin, zorder=order + 7.5)


def draw_belt(sheet: Sheet, city: City, window: Window, belt: str, order: float) -> None:
    """Draw the axis: the belt as one soft band, an idea and no line on the ground.

    Parameters
    ----------
    sheet, city, window, order
        As for :func:`draw_ground`.
    belt
        Id of the row of the axis that is the belt; empty for none.
    """
    axis = plane_of(city).axis
    drawn = zip(map(str, axis.index), window.draw(axis), strict=True)
    for id_, line in drawn:
        band = id_ == belt
        sheet.path(
            lines_path([line]),
            window.box,
            edgecolor=(BELT, 0.2 if band else 0.45),
            linewidth=(6.5 if band else 0.8) * sheet.paper.text,
            linestyle="-" if band else (0, (1, 3)),
            capstyle="round" if band else "butt",
            joinstyle="round",
            zorder=order + 8,
        )
