"""Choose what each window of the sheet shows, where it stands, and its round scale."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.base.arrays import Floats
from layers.pack.city import City, Inset
from layers.present.static_map.ink.boxes import Box, within
from layers.present.static_map.ink.paper import Paper

ROUND: Final = (1, 1.2, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8)
"""Figures of a scale that one reads without a calculator, times a power of ten."""
GAP: Final = 4.0
"""Between windows, millimetres on A4."""
LEGEND: Final = 57.0
"""Width of the column with locator and legend, millimetres on A4."""
KEY: Final = 41.0
"""Width of the locator."""
PAD: Final = 0.028
"""Free round the city, as a part of the window."""
FINE: Final = 0.02
"""Tolerance of outlines in millimetres: less than a dot at 600 dpi."""
LARGEST: Final = 100_000
"""Our outlines are too coarse for a larger scale."""
LEAST: Final = 58.0
"""A narrower inset would show no more than the map."""
INSETS: Final = 0.48
"""Most of the sheet's width that insets take."""

Bounds = tuple[float, float, float, float]
"""West, south, east and north in degrees."""
Extent = tuple[float, float, float, float]
"""West, south, east and north in metres of the city's plane."""


@dataclass(frozen=True)
class Window:
    """A part of the plane in a box of the sheet.

    Parameters
    ----------
    id
        ``main``, ``locator``, or the inset's id.
    box
        Where it stands.
    centre
        The point of the plane, in metres, that ``middle`` shows.
    middle
        The spot of the sheet that shows it.
    scale
        One to how many: a round number.
    """

    id: str
    box: Box
    centre: tuple[float, float]
    middle: tuple[float, float]
    scale: int

    @property
    def is_inset(self) -> bool:
        """Whether it shows a part of the city larger."""
        return self.id not in ("main", "locator")

    @property
    def extent(self) -> Extent:
        """What of the plane it shows."""
        left, low, right, high = self.box
        (x, y), (west, south) = self.middle, self.centre
        mm = self.scale / 1000
        return (
            *(west + (left - x) * mm, south + (low - y) * mm),
            *(west + (right - x) * mm, south + (high - y) * mm),
        )

    def on_sheet(self, metres: Floats) -> Floats:
        """Return where points of the plane lie on the sheet.

        Parameters
        ----------
        metres
            Rows of eastings and northings.
        """
        shifted: Floats = metres - np.array(self.centre)
        found: Floats = shifted * (1000 / self.scale) + np.array(self.middle)
        return found

    def on_plane(self, x: float, y: float) -> tuple[float, float]:
        """Return the point of the plane, in metres, that a spot of the sheet shows.

        Parameters
        ----------
        x, y
            The spot in millimetres.
        """
        mm = self.scale / 1000
        return (
            self.centre[0] + (x - self.middle[0]) * mm,
            self.centre[1] + (y - self.middle[1]) * mm,
        )

    def draw(self, shapes: gpd.GeoSeries | list[BaseGeometry]) -> list[BaseGeometry]:
        """Return shapes of the plane as they lie on the sheet, a little beyond the window.

        Parameters
        ----------
        shapes
            In metres.
        """
        west, south, east, north = self.extent
        brim = 0.05 * (east - west)
        near = shapely.clip_by_rect(
            np.asarray(shapes, dtype=object), west - brim, south - brim, east + brim, north + brim
        )
        drawn = [shapely.transform(shape, self.on_sheet) for shape in near]
        return list(shapely.simplify(np.array(drawn, dtype=object), FINE))

    def holds(self, x: float, y: float) -> bool:
        """Tell whether a point of the plane lies in the window.

        Parameters
        ----------
        x, y
            Metres.
        """
        return within(self.box, *self.on_sheet(np.array([[x, y]]))[0].tolist())


@dataclass(frozen=True)
class Windows:
    """The windows of a sheet.

    Parameters
    ----------
    main
        The map itself; its box is the whole frame, also under the others.
    insets
        From the top.
    locator
        The city among its neighbours, or None.
    column
        What the legend may take; None where there is none.
    """

    main: Window
    insets: tuple[Window, ...]
    locator: Window | None
    column: Box | None


def round_scale(metres: float, millimetres: float) -> int:
    """Return the largest round scale at which a length fits.

    Parameters
    ----------
    metres
        The length on the ground.
    millimetres
        The room for it.

    Examples
    --------
    >>> round_scale(189_000, 160), round_scale(20_000, 100)
    (1200000, 200000)
    """
    least = metres * 1000 / millimetres
    ten = 10.0 ** math.floor(math.log10(least))
    return next(
        round(figure * power)
        for power in (ten, ten * 10)
        for figure in ROUND
        if figure * power >= least * (1 - 1e-9)
    )


def extent_of(city: City, bounds: Bounds) -> Extent:
    """Return degrees as metres of the city's plane.

    Parameters
    ----------
    city
        The pack whose plane it is.
    bounds
        West, south, east, north in degrees.
    """
    corners = gpd.GeoSeries([shapely.box(*bounds)], crs=4326).to_crs(city.metric_epsg)
    west, south, east, north = map(float, corners.total_bounds)
    return west, south, east, north


def windows(
    city: City,
    paper: Paper,
    frame: Box,
    *,
    legend: bool,
    focus: str | None,
    bounds: Bounds | None,
    insets: Sequence[tuple[Inset, int]],
) -> Windows:
    """Lay out the windows of a map.

    Parameters
    ----------
    city
        The pack that is shown.
    paper
        The sheet.
    frame
        The part of it that the map fills.
    legend
        Whether there is a column for locator and legend.
    focus
        Adcode of the district that fills the map; None for the city.
    bounds
        West, south, east, north in degrees of what fills the map instead, its neighbours with it;
        None for city or district.
    insets
        Parts that are also shown larger, from the top, where there is room for them; with each,
        how many places it shows.
    """
    shown = city.on_plane if focus is None else city.on_plane.loc[[focus]]
    extent: Extent = tuple(map(float, shown.total_bounds))  # type: ignore[assignment]
    if bounds is not None:
        extent = extent_of(city, bounds)
    gap, (left, low, right, high) = GAP * paper.text, frame
    keyed = city.locator is not None and bounds is None and (legend or focus is None)
    column = LEGEND * paper.text if legend else KEY * paper.text if keyed else 0.0
    start = left + column + 2 * gap if column else left
    beside = _beside(extent, (start, low, right, high), paper) if insets else 0.0
    room = (start, low, right - (beside + gap if beside else 0), high)
    main = _fitted("main", extent, room, PAD, frame)
    held = (right - gap - beside, low + gap, right - gap, high - gap)
    larger = _insets(city, insets, held, gap) if beside else ()
    locator = None
    if city.locator is not None and keyed:
        wide = extent_of(city, city.locator.bounds)
        across = KEY * paper.text
        tall = across * (wide[3] - wide[1]) / (wide[2] - wide[0])
        box = (left + gap, high - gap - tall, left + gap + across, high - gap)
        locator = _fitted("locator", wide, box, 0.0, box)
    top = locator.box[1] - gap if locator else high - gap
    side = (left + gap, low + gap, left + gap + column, top) if legend else None
    return Windows(main, larger, locator, side)


def _beside(extent: Extent, room: Box, paper: Paper) -> float:
    """Return the width that insets may take beside a map that is as high as its frame."""
    left, low, right, high = room
    tall = (extent[3] - extent[1]) * 1000
    across = (extent[2] - extent[0]) * 1000 / round_scale(tall / 1000, (high - low) * (1 - 2 * PAD))
    rest = min(right - left - across * (1 + 2 * PAD) - 2 * GAP * paper.text, right * INSETS)
    return rest if rest >= LEAST * paper.text else 0.0


def _fitted(id_: str, extent: Extent, room: Box, pad: float, box: Box) -> Window:
    """Return a window in a box that shows an extent in the middle of a room."""
    west, south, east, north = extent
    left, low, right, high = room
    wide, tall = (right - left) * (1 - 2 * pad), (high - low) * (1 - 2 * pad)
    scale = max(round_scale(east - west, wide), round_scale(north - south, tall), LARGEST)
    middle = (left + right) / 2, (low + high) / 2
    return Window(id_, box, ((west + east) / 2, (south + north) / 2), middle, scale)


def _insets(
    city: City, insets: Sequence[tuple[Inset, int]], room: Box, gap: float
) -> tuple[Window, ...]:
    """Return the insets, one above the other, none higher than wide."""
    left, low, right, high = room
    extents = [extent_of(city, inset.bounds) for inset, _ in insets]
    free = high - low - gap * (len(insets) - 1)
    scales = _scales(extents, [count for _, count in insets], (right - left, free))
    least = [
        (north - south) * 1000 / scale
        for (_, south, _, north), scale in zip(extents, scales, strict=True)
    ]
    found, top = [], high
    for (inset, _), (west, south, east, north), scale, part in zip(
        insets, extents, scales, least, strict=True
    ):
        box = (left, top - min(free * part / sum(least), right - left), right, top)
        middle = (left + right) / 2, (box[1] + box[3]) / 2
        centre = (west + east) / 2, (south + north) / 2
        found.append(Window(inset.id, box, centre, middle, scale))
        top = box[1] - gap
    return tuple(found)


def _scales(
    extents: Sequence[Extent], counts: Sequence[int], room: tuple[float, float]
) -> tuple[int, ...]:
    """Return round scales at which the extents fit one above the other.

    Those with many places are larger: of all that fit, the least sum of places times scale.
    """
    wide, tall = room
    offered = []
    for west, south, east, north in extents:
        first = max(round_scale(east - west, wide), round_scale(north - south, tall))
        offered.append([first, *_coarser(first, 11)])
    high = [north - south for _, south, _, north in extents]
    fitting = [
        found
        for found in product(*offered)
        if sum(metres * 1000 / scale for metres, scale in zip(high, found, strict=True)) <= tall
    ]
    return min(
        fitting,
        key=lambda found: (sum(n * each for n, each in zip(counts, found, strict=True)), found),
    )


def _coarser(scale: int, steps: int) -> Iterator[int]:
    """Yield the next round scales, each a little smaller than the one before."""
    for _ in range(steps):
        scale = round_scale((scale + 1) / 1000, 1.0)
        yield scale
