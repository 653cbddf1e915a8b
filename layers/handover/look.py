"""Say how a table is drawn, in terms that no program owns: QML and SLD are written from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from layers.language.bilingual import Bilingual, pair
from layers.map.symbols import LINES
from layers.pack.catalogue import LEVELS, LOCATION_CLASSES
from layers.pack.layer_spec import LayerSpec, Shape

MARK_PX: Final = 1.54
LINE_PX: Final = 2.7
"""Outline of a mark and width of a schematic line, in pixels of the map."""
LATER_OPACITY: Final = 62
"""Per cent; the map draws later facts as light."""


@dataclass(frozen=True)
class Look:
    """How the rows of a table are drawn.

    Parameters
    ----------
    shape
        ``area``, ``line`` or ``point``.
    line, fill
        ``#RRGGBB``.
    opacity
        Of the fill, 0 to 1.
    weight
        Width of the line in pixels of the map.
    dash
        ``solid`` or ``dash``.
    hatched
        Whether the fill is hatched.
    mark
        Shape of a point's mark.
    tick
        Whether the mark carries the tick of a stand-in.
    hidden
        The column that says which rows a map leaves out; blank for none.
    """

    shape: str
    line: str
    fill: str = "#FFFFFF"
    opacity: float = 1.0
    weight: float = 1.0
    dash: str = "solid"
    hatched: bool = False
    mark: Shape = "circle"
    tick: bool = False
    hidden: str = ""


@dataclass(frozen=True)
class Looks:
    """How a table is drawn whose rows look different.

    Parameters
    ----------
    column
        The column that decides.
    rows
        By value of that column, its words in both languages and the look; all of one shape.
    status
        The column that says which facts are later than the plan, which are drawn lighter; blank
        for none.
    """

    column: str
    rows: Mapping[str, tuple[Bilingual, Look]]
    status: str = ""


@dataclass(frozen=True)
class Shades:
    """How a raster is drawn: one colour a class.

    Parameters
    ----------
    bounds
        Lower bound of each class, ascending; below the first nothing is drawn.
    colours
        ``#RRGGBB`` by class.
    labels
        What each class is called.
    opacity
        0 to 1.
    """

    bounds: tuple[float, ...]
    colours: tuple[str, ...]
    labels: tuple[str, ...]
    opacity: float = 1.0


@dataclass(frozen=True)
class Labels:
    """Which rows carry their name on the map.

    Parameters
    ----------
    column
        The column that is written.
    priority
        0 to 10: who stays where names collide.
    size
        Points.
    only
        A column and the value that it must have; None for every row.
    """

    column: str
    priority: int
    size: float
    only: tuple[str, str] | None = None


def look_of(spec: LayerSpec) -> Look | Looks:
    """Return how the atlas draws a layer: places by location class, all else in one look.

    Parameters
    ----------
    spec
        Shape and colour are the catalogue's, fills and dashes the map's.
    """
    style = spec.style
    if style.shape == "area":
        return Look("area", line=style.colour, opacity=0.0, weight=MARK_PX)
    if style.shape == "line":
        # Every line of the atlas is a scheme, and a dashed line says so.
        hidden = "off_map" if "off_map" in spec.schema.names else ""
        return Look("line", line=style.colour, weight=LINE_PX, dash="dash", hidden=hidden)
    if "location_class" not in spec.schema.names:
        return Look("point", style.colour, style.colour, weight=MARK_PX, mark=style.shape)
    drawn = [value for value in LOCATION_CLASSES if value != "none"]
    rows = {value: (pair(f"location_class.{value}"), _mark(spec, value)) for value in drawn}
    status = "plan_status" if "plan_status" in spec.schema.names else ""
    return Looks("location_class", rows, status)


def _mark(spec: LayerSpec, location_class: str) -> Look:
    opacity, dash = LINES[location_class]
    colour = spec.style.colour
    return Look(
        "point",
        line=colour,
        fill=colour,
        opacity=opacity,
        weight=MARK_PX,
        dash="dash" if dash else "solid",
        mark=spec.style.shape,
        tick=location_class == "proxy",
    )


def labels_of(spec: LayerSpec) -> Labels | None:
    """Return which rows of a layer carry their name: districts, then places of the first level.

    Parameters
    ----------
    spec
        An entry of the catalogue.
    """
    if spec.style.shape == "area":
        return Labels("name_zh", priority=10, size=11)
    if spec.group == "plan":
        return Labels("name_zh", priority=5, size=7.5, only=("level", LEVELS[0]))
    return None
