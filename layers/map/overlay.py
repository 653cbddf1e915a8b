"""Say what an analysis adds to the map: a raster, areas and lines, and marks that can be moved."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import geopandas as gpd

from layers.language.messages import safe

Pattern = Literal["", "hatch"]
Side = Literal["left", "right", "top"]


@dataclass(frozen=True)
class Raster:
    """A picture laid over the map.

    Parameters
    ----------
    png
        Bytes of a PNG that is already in Web Mercator.
    bounds
        Its corners: (south, west), (north, east) in degrees.
    """

    png: bytes
    bounds: tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True, eq=False)
class Shapes:
    """Areas, lines or points with one look; points are drawn as small dots.

    Parameters
    ----------
    frame
        EPSG:4326. Names come from ``name``, colours from ``colour`` if there is one for each row.
    line
        Colour of the outline.
    fill
        Colour of the areas; empty for none.
    opacity
        Of the fill.
    dash
        Dash pattern of the outline.
    weight
        Width of the outline in pixels.
    name
        Column with the words of the tooltip; empty for none.
    colour
        Column with a fill colour for each row; empty for one look.
    pattern
        ``hatch`` fills with slanted lines of ``fill`` instead of a tint: what is missing or unknown
        must not rest on colour alone.
    radius
        Of the dot of a point, in pixels.
    close
        Whether the small maps show it too: what is schematic of the whole city would say more there
        than it knows.
    """

    frame: gpd.GeoDataFrame
    line: str
    fill: str = ""
    opacity: float = 0.35
    dash: str = ""
    weight: float = 1.4
    name: str = ""
    colour: str = ""
    pattern: Pattern = ""
    radius: float = 3.6
    close: bool = True


@dataclass(frozen=True)
class Handle:
    """A mark that the reader may take hold of: a site of a scenario, a proposed site.

    Parameters
    ----------
    id
        Identifier that comes back with the event.
    lon, lat
        Degrees WGS 84.
    svg
        Its mark; see ``layers.map.symbols``.
    name
        Words of the tooltip.
    movable
        Whether it can be dragged.
    chosen
        Whether it is the one that the page speaks of.
    label
        Words that always stand beside it; empty for none.
    side
        On which side of it they stand.
    """

    id: str
    lon: float
    lat: float
    svg: str
    name: str
    movable: bool = True
    chosen: bool = False
    label: str = ""
    side: Side = "right"


@dataclass(frozen=True, eq=False)
class Drawing:
    """All that an analysis draws, from the ground up.

    Parameters
    ----------
    raster, shapes, handles
        What is drawn, each over the one before.
    place
        Whether a click on the ground hands its position to the page.
    subject
        Whether the places are what the map is about: they keep their marks and names, which shrink
        under an analysis.
    dots
        Whether those that are not are dots of one size and no marks: what is measured is measured
        from there.
    tool
        What the reader draws on the map: ``circle``, ``rectangle``, ``polygon``, or nothing.
    turn
        Number among drawings that are alike: another one is painted anew, so that a mark goes back
        to its place when it may not stand where the reader has let it go.
    """

    raster: Raster | None = None
    shapes: Sequence[Shapes] = ()
    handles: Sequence[Handle] = ()
    place: bool = False
    subject: bool = False
    dots: bool = False
    tool: str = ""
    turn: int = 0


def _rounded(coordinates: Any, digits: int) -> Any:
    if isinstance(coordinates, float | int):
        return round(float(coordinates), digits)
    return [_rounded(part, digits) for part in coordinates]


def geometry_json(shape: Any, digits: int) -> dict[str, Any]:
    """Return a geometry as GeoJSON with rounded coordinates.

    Parameters
    ----------
    shape
        A geometry of any type, in degrees.
    digits
        Decimals of the coordinates.
    """
    parts = shape.__geo_interface__
    if parts["type"] == "GeometryCollection":
        inner = [geometry_json(part, digits) for part in shape.geoms]
        return {"type": "GeometryCollection", "geometries": inner}
    return {"type": parts["type"], "coordinates": _rounded(parts["coordinates"], digits)}


def _features(layer: Shapes, digits: int) -> list[dict[str, Any]]:
    frame = layer.frame[layer.frame.geometry.notna() & ~layer.frame.geometry.is_empty]
    names = frame[layer.name] if layer.name else [""] * len(frame)
    colours = frame[layer.colour] if layer.colour else [""] * len(frame)
    return [
        {
            "type": "Feature",
            "id": safe(str(row_id), longest=None),
            "properties": {"n": safe(str(name), longest=200), "f": safe(str(colour))},
            "geometry": geometry_json(shape, digits),
        }
        for row_id, name, colour, shape in zip(
            frame.index, names, colours, frame.geometry, strict=True
        )
    ]


def drawing_json(drawing: Drawing | None, digits: int) -> Mapping[str, Any] | None:
    """Return a drawing for ``atlas.js``, every text escaped.

    Parameters
    ----------
    drawing
        What to draw, or None.
    digits
        Decimals of the coordinates.
    """
    if drawing is None:
        return None
    raster = drawing.raster
    return {
        "place": drawing.place,
        "subject": drawing.subject,
        "dots": drawing.dots,
        "tool": drawing.tool,
        "turn": drawing.turn,
        "raster": {
            "url": "data:image/png;base64," + base64.b64encode(raster.png).decode(),
            "bounds": [list(corner) for corner in raster.bounds],
        }
        if raster
        else None,
        "shapes": [
            {
                "line": safe(layer.line),
                "fill": safe(layer.fill),
                "opacity": layer.opacity,
                "dash": safe(layer.dash),
                "weight": layer.weight,
                "pattern": layer.pattern,
                "radius": layer.radius,
                "close": layer.close,
                "features": _features(layer, digits),
            }
            for layer in drawing.shapes
        ],
        "handles": [
            {
                "type": "Feature",
                "id": safe(handle.id, longest=None),
                "properties": {
                    "n": safe(handle.name),
                    "h": handle.svg,
                    "m": handle.movable,
                    "k": handle.chosen,
                    "l": safe(handle.label),
                    "s": handle.side,
                },
                "geometry": {
                    "type": "Point",
                    "coordinates": _rounded((handle.lon, handle.lat), digits),
                },
            }
            for handle in drawing.handles
        ],
    }
