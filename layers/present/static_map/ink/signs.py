"""Draw our own small SVGs, the marks and the signs of a legend, on a sheet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import numpy as np
from fontTools.pens.basePen import BasePen
from fontTools.svgLib.path import parse_path
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from layers.map.symbols import SIZE
from layers.present.static_map.ink.boxes import Spot
from layers.present.static_map.ink.paper import MM_PER_POINT
from layers.present.static_map.ink.sheet import Sheet
from layers.present.static_map.ink.type import width_mm

DRAWN = ("path", "rect", "circle")


class _Pen(BasePen):  # type: ignore[misc]
    """Gather what an SVG path says as one of matplotlib's."""

    def __init__(self) -> None:
        super().__init__()
        self.points: list[Spot] = []
        self.codes: list[np.uint8] = []

    def _add(self, code: np.uint8, *points: Spot) -> None:
        self.points += points
        self.codes += [code] * len(points)

    def _moveTo(self, pt: Spot) -> None:
        self._add(Path.MOVETO, pt)

    def _lineTo(self, pt: Spot) -> None:
        self._add(Path.LINETO, pt)

    def _curveToOne(self, pt1: Spot, pt2: Spot, pt3: Spot) -> None:
        self._add(Path.CURVE4, pt1, pt2, pt3)

    def _closePath(self) -> None:
        self._add(Path.CLOSEPOLY, self.points[0])


def svg_path(text: str) -> Path:
    """Return an SVG path, y to the south, as one of matplotlib's.

    Parameters
    ----------
    text
        Its ``d``.
    """
    pen = _Pen()
    parse_path(text, pen)
    return Path(np.array(pen.points), pen.codes)


def _outline(element: Element) -> Path:
    """Return what an element draws."""
    tag = element.tag.rpartition("}")[2]
    if tag == "path":
        return svg_path(element.get("d", ""))
    if tag == "circle":
        x, y, r = (float(element.get(name, "0")) for name in ("cx", "cy", "r"))
        return Path.circle((x, y), r)
    x, y, w, h = (float(element.get(name, "0")) for name in ("x", "y", "width", "height"))
    return Path(np.array([(x, y), (x + w, y), (x + w, y + h), (x, y + h), (x, y)]), closed=True)


def _look(given: Mapping[str, str], unit_mm: float) -> dict[str, Any]:
    """Return an SVG's attributes in matplotlib's words."""
    fill, stroke = given.get("fill", "#000000"), given.get("stroke", "none")
    opacity = float(given.get("opacity", "1"))
    point = unit_mm / MM_PER_POINT
    width = float(given.get("stroke-width", "1")) * point
    look: dict[str, Any] = {"facecolor": "none", "edgecolor": "none", "linewidth": width}
    if fill != "none":
        look["facecolor"] = (fill, opacity * float(given.get("fill-opacity", "1")))
    if stroke != "none":
        look["edgecolor"] = (stroke, opacity)
    if dash := given.get("stroke-dasharray"):
        lengths = [float(part) for part in dash.replace(",", " ").split()]
        look["linestyle"] = (0, [part / float(given.get("stroke-width", "1")) for part in lengths])
    return look


def draw_svg(sheet: Sheet, svg: str, middle: Spot, side: float, order: float) -> None:
    """Draw one of our SVGs: paths, circles, boxes and short texts.

    Parameters
    ----------
    sheet
        On which.
    svg
        As :mod:`layers.map.symbols` makes it, of ``SIZE`` units.
    middle
        Where its middle comes to stand.
    side
        Side of its square in millimetres.
    order
        What is higher lies above.
    """
    _walk(sheet, fromstring(svg), {}, (middle, side / SIZE, order))


def _walk(
    sheet: Sheet, element: Element, given: Mapping[str, str], at: tuple[Spot, float, float]
) -> None:
    (x, y), unit, order = at
    own = {**given, **element.attrib}
    tag = element.tag.rpartition("}")[2]
    if tag in DRAWN:
        place = Affine2D().translate(-SIZE / 2, -SIZE / 2).scale(unit, -unit).translate(x, y)
        look = _look(own, unit)
        sheet.path(place.transform_path(_outline(element)), zorder=order, joinstyle="round", **look)
    elif tag == "text":
        points = float(own.get("font-size", "10")) * unit / MM_PER_POINT
        text, bold = element.text or "", own.get("font-weight") == "700"
        wide = width_mm(text, points, sheet.lang, bold=bold)
        left = x + (float(own["x"]) - SIZE / 2) * unit - wide / 2
        base = y - (float(own["y"]) - SIZE / 2) * unit
        colour = own.get("fill", "#000000")
        sheet.text((left, base), text, points, colour=colour, bold=bold, order=order)
    for child in element:
        inherited = {name: value for name, value in own.items() if name not in ("width", "height")}
        _walk(sheet, child, inherited if tag == "g" else {}, at)
