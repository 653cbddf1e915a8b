"""Draw what an analysis adds: raster, areas, lines, dots, and marks with their words."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, Final

import geopandas as gpd
import numpy as np
import shapely
from matplotlib.image import imread
from matplotlib.path import Path
from rasterio.transform import Affine
from rasterio.warp import Resampling, reproject
from shapely.geometry.base import BaseGeometry

from layers.language.messages import display
from layers.map.overlay import Drawing, Handle, Raster, Shapes
from layers.pack.city import City
from layers.present.static_map.ink.boxes import Box, around
from layers.present.static_map.ink.sheet import Sheet, lines_path, polygons_path
from layers.present.static_map.ink.signs import draw_svg
from layers.present.static_map.names import Name, Writing
from layers.present.static_map.naming import INK, PEAK_PT
from layers.present.static_map.window import Window

PX_MM: Final = 0.22
"""A pixel of the screen on A4: a map of 1300 px fills the sheet."""
PX_PT: Final = 0.62
PIXELS_MM: Final = 8.0
"""Pixels of a raster in a millimetre of paper, about 200 dpi."""
HANDLE_MM: Final = 4.0
MOST_CLEAR: Final = 60
"""Dots of an analysis in one window that names keep clear of."""


def draw_analysis(sheet: Sheet, city: City, window: Window, drawing: Drawing, order: float) -> None:
    """Draw raster and shapes in one window.

    Parameters
    ----------
    sheet
        On which.
    city
        The pack whose plane the window shows.
    window
        The part of the sheet.
    drawing
        What is drawn.
    order
        Of the raster; the shapes lie above.
    """
    if drawing.raster is not None:
        sheet.picture(warped(drawing.raster, city, window), window.box, order)
    for n, layer in enumerate(drawing.shapes):
        _draw_shapes(sheet, city, window, layer, order + 0.1 + n * 0.01)


def warped(raster: Raster, city: City, window: Window) -> np.ndarray:
    """Return a picture in Web Mercator as it lies in a window of the plane.

    Parameters
    ----------
    raster
        The picture.
    city
        The pack whose plane the window shows.
    window
        The part of the sheet.

    Returns
    -------
    ndarray
        Rows from the top, four channels of 0 to 255.
    """
    source = np.moveaxis((imread(io.BytesIO(raster.png)) * 255).round().astype(np.uint8), -1, 0)
    (south, west), (north, east) = raster.bounds
    corners = gpd.GeoSeries([shapely.box(west, south, east, north)], crs=4326).to_crs(3857)
    left, low, right, high = window.box
    wide, tall = round((right - left) * PIXELS_MM), round((high - low) * PIXELS_MM)
    found = np.zeros((4, tall, wide), dtype=np.uint8)
    reproject(
        source,
        found,
        src_transform=_grid(corners.total_bounds.tolist(), source.shape[2], source.shape[1]),
        src_crs="EPSG:3857",
        dst_transform=_grid(window.extent, wide, tall),
        dst_crs=f"EPSG:{city.metric_epsg}",
        resampling=Resampling.nearest,
    )
    return np.moveaxis(found, 0, -1)


def _grid(extent: Sequence[float], wide: int, tall: int) -> Affine:
    """Return the transform of pixels over an extent, the first row in the north."""
    west, south, east, north = extent
    return Affine((east - west) / wide, 0, west, 0, (south - north) / tall, north)


def _draw_shapes(sheet: Sheet, city: City, window: Window, layer: Shapes, order: float) -> None:
    frame = layer.frame[layer.frame.geometry.notna() & ~layer.frame.geometry.is_empty]
    drawn = window.draw(frame.geometry.to_crs(city.metric_epsg))
    colours = frame[layer.colour] if layer.colour else [layer.fill] * len(frame)
    groups: dict[str, list[BaseGeometry]] = {}
    for colour, shape in zip(map(str, colours), drawn, strict=True):
        groups.setdefault(colour or layer.fill, []).append(shape)
    for colour, shapes in groups.items():
        kinds = {part.geom_type for shape in shapes for part in shapely.get_parts(shape)}
        look = _look(sheet, layer, colour)
        areas = polygons_path(shapes)
        if colour and layer.pattern == "hatch":
            hatch = {"hatch": "////", "edgecolor": colour, "hatch_linewidth": 0.7}
            sheet.path(areas, window.box, zorder=order, **hatch)
            look["facecolor"] = "none"
        sheet.path(areas, window.box, zorder=order, **look)
        if "LineString" in kinds:
            lines = [s for s in shapes if "LineString" in s.geom_type]
            sheet.path(lines_path(lines), window.box, zorder=order, **look | {"facecolor": "none"})
        if "Point" in kinds:
            dots = _dots(shapes, layer.radius * PX_MM * sheet.paper.text)
            sheet.path(dots, window.box, zorder=order, **look)


def dots_of(sheet: Sheet, city: City, window: Window, drawing: Drawing) -> list[Box]:
    """Return where the dots of an analysis stand in a window, for names to keep clear of.

    Parameters
    ----------
    sheet, city, window, drawing
        As for :func:`draw_analysis`.

    Returns
    -------
    list of Box
        None where there are so many that no name could keep clear of them.
    """
    found: list[Box] = []
    for layer in drawing.shapes:
        shapes = window.draw(layer.frame.geometry.dropna().to_crs(city.metric_epsg))
        radius = layer.radius * PX_MM * sheet.paper.text
        points = shapely.get_coordinates([one for one in shapes if "Point" in one.geom_type])
        found += [around(x, y, radius, radius) for x, y in points]
    return found if len(found) <= MOST_CLEAR else []


def _look(sheet: Sheet, layer: Shapes, colour: str) -> dict[str, Any]:
    look: dict[str, Any] = {
        "facecolor": (colour, layer.opacity) if colour else "none",
        "edgecolor": layer.line if layer.weight else "none",
        "linewidth": layer.weight * PX_PT * sheet.paper.text,
    }
    if layer.dash:
        parts = [float(part) for part in layer.dash.replace(",", " ").split()]
        look["linestyle"] = (0, [part / max(layer.weight, 0.5) for part in parts])
    return look


def _dots(shapes: list[BaseGeometry], radius: float) -> Path:
    points = shapely.get_coordinates([s for s in shapes if "Point" in s.geom_type])
    return Path.make_compound_path(*(Path.circle((x, y), radius) for x, y in points.tolist()))


def spots(city: City, window: Window, handles: list[Handle]) -> list[tuple[Handle, float, float]]:
    """Return the marks of an analysis that a window shows, with their spots.

    Parameters
    ----------
    city
        The pack whose plane the window shows.
    window
        The part of the sheet.
    handles
        The marks.
    """
    if not handles:
        return []
    points = gpd.GeoSeries.from_xy([h.lon for h in handles], [h.lat for h in handles], crs=4326)
    metres = shapely.get_coordinates(points.to_crs(city.metric_epsg).to_numpy())
    return [
        (handle, x, y)
        for handle, at, (x, y) in zip(
            handles, metres.tolist(), window.on_sheet(metres).tolist(), strict=True
        )
        if window.holds(*at)
    ]


def draw_handles(
    sheet: Sheet, city: City, writing: Writing, handles: list[Handle], order: float
) -> None:
    """Draw the marks of an analysis, and give their words a place.

    Parameters
    ----------
    sheet
        On which.
    city
        The pack whose plane the window shows.
    writing
        The names of the window.
    handles
        The marks that it shows.
    order
        What is higher lies above.
    """
    side = HANDLE_MM * sheet.paper.text
    found = spots(city, writing.window, handles)
    writing.room.take(around(x, y, side * 0.4, side * 0.4) for _, x, y in found)
    for n, (handle, x, y) in enumerate(found):
        draw_svg(sheet, handle.svg, (x, y), side, order + n * 1e-3)
        if handle.label:
            points = PEAK_PT * writing.size
            name = Name(display(handle.label), "peak", points, INK, bold=True)
            writing.beside_spot(name, (x, y), side * 0.4, first=handle.side, of=handle.id)
