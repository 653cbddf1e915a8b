"""Draw the mark of a place as SVG: the shape says the kind, the line says how sure.

The same drawing serves the map, the layer list and the card, so they cannot disagree.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from layers.pack.layer_spec import Shape, Style

SIZE = 20
"""Side of a mark's square in CSS pixels; the shape itself spans about 15."""
_MIDDLE = SIZE / 2
_RADIUS = 7.0

NEUTRAL = "#5B564C"
"""Colour of a kind that has none of its own, and of the legend's samples."""
CASING = "#FFFFFF"

Line = tuple[float, str]
"""Fill opacity and dash pattern of an outline."""

LINES: Mapping[str, Line] = MappingProxyType(
    {
        "verified": (1.0, ""),
        "dataset": (1.0, ""),
        "host": (1.0, ""),
        "in_area": (0.45, ""),
        "proxy": (0.0, ""),
        "knowledge": (0.0, "2.6 2.2"),
        "none": (0.0, "0.8 2.4"),
    }
)
"""Fill and dash by location class: firm marks are filled, stand-ins hollow, guesses dashed."""


def _polygon(corners: int, *, radius: float = _RADIUS, turn: float = -90.0) -> str:
    points = (
        (
            _MIDDLE + radius * math.cos(math.radians(turn + 360 * i / corners)),
            _MIDDLE + radius * math.sin(math.radians(turn + 360 * i / corners)),
        )
        for i in range(corners)
    )
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "Z"


def _star() -> str:
    points = (
        (
            _MIDDLE + r * math.cos(math.radians(-90 + 36 * i)),
            _MIDDLE + 0.4 + r * math.sin(math.radians(-90 + 36 * i)),
        )
        for i in range(10)
        for r in ((8.4 if i % 2 == 0 else 3.8),)
    )
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "Z"


_CIRCLE = "M3.8 10a6.2 6.2 0 1 0 12.4 0a6.2 6.2 0 1 0-12.4 0Z"

PATHS: Mapping[Shape, str] = MappingProxyType(
    {
        "circle": _CIRCLE,
        "ring": _CIRCLE,
        "hexagon": _polygon(6),
        "star": _star(),
        "diamond": _polygon(4, radius=7.8),
        "square": "M4.4 4.4H15.6V15.6H4.4Z",
        "triangle": _polygon(3, radius=8.2),
        "pentagon": _polygon(5, radius=7.6),
        "cross": "M7.6 3.6H12.4V7.6H16.4V12.4H12.4V16.4H7.6V12.4H3.6V7.6H7.6Z",
        # Free for the next kind.
        "dome": "M2.8 14A7.2 7.2 0 0 1 17.2 14Z",
        "area": "M3 5H17V15H3Z",
        "line": "M2 14L8 7L12 12L18 6",
        "text": "M5 15L10 5L15 15M7 11.5H13",
    }
)


def svg(body: str) -> str:
    """Return an ``<svg>`` element of the size of a mark.

    Parameters
    ----------
    body
        What it holds.
    """
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{SIZE}" height="{SIZE}" '
        f'viewBox="0 0 {SIZE} {SIZE}" aria-hidden="true">{body}</svg>'
    )


def mark(style: Style, location_class: str = "dataset", *, faded: bool = False) -> str:
    """Return the SVG of a place's mark.

    Parameters
    ----------
    style
        Shape and colour of the kind.
    location_class
        How the position is known; decides fill and dash.
    faded
        Draw lighter: a fact later than the plan.

    Returns
    -------
    str
        An ``<svg>`` element of 20 × 20 px.
    """
    path = PATHS[style.shape]
    if style.shape in ("line", "text"):
        return svg(f'<path d="{path}" fill="none" stroke="{style.colour}" stroke-width="2"/>')
    if style.shape == "area":
        return svg(f'<path d="{path}" fill="#F7F5F0" stroke="{style.colour}" stroke-width="1.6"/>')
    fill, dash = LINES[location_class]
    pattern = f' stroke-dasharray="{dash}"' if dash else ""
    tick = (
        f'<path d="M10 7.6V12.4" stroke="{style.colour}" stroke-width="1.3"/>'
        if location_class == "proxy"
        else ""
    )
    veil = ' opacity="0.62"' if faded else ""
    return svg(
        f'<g stroke-linejoin="round"{veil}>'
        f'<path d="{path}" fill="{CASING}" fill-opacity="0.92" stroke="{CASING}" '
        'stroke-width="3.6"/>'
        f'<path d="{path}" fill="{style.colour}" fill-opacity="{fill:g}" '
        f'stroke="{style.colour}" stroke-width="1.7"{pattern}/>{tick}</g>'
    )


def plain_mark(style: Style, *, firm: bool, faded: bool = False) -> str:
    """Return the SVG of a place's mark at the scale of a city: filled or hollow, and no more.

    Parameters
    ----------
    style
        Shape and colour of the kind.
    firm
        Whether there is evidence for the position; see :data:`layers.pack.catalogue.FIRM`.
    faded
        Draw lighter: a fact later than the plan.

    Returns
    -------
    str
        An ``<svg>`` element of 20 × 20 px.
    """
    path = PATHS[style.shape]
    fill = style.colour if firm else CASING
    veil = ' opacity="0.62"' if faded and firm else ""
    return svg(
        f'<g stroke-linejoin="round"><path d="{path}" fill="{CASING}" stroke="{CASING}" '
        f'stroke-width="3.6"/><path d="{path}" fill="{fill}" stroke="{style.colour}" '
        f'stroke-width="1.7"{veil}/></g>'
    )


def numbered(colour: str, number: int) -> str:
    """Return the SVG of a pin that carries a number.

    Parameters
    ----------
    colour
        Of the pin, dark enough for white digits.
    number
        At most two digits.

    Returns
    -------
    str
        An ``<svg>`` element of 20 × 20 px.
    """
    return svg(
        f'<circle cx="10" cy="10" r="9" fill="{colour}" stroke="{CASING}" stroke-width="1.6"/>'
        f'<text x="10" y="14" text-anchor="middle" font-size="11.5" font-weight="700" '
        f'font-family="sans-serif" fill="{CASING}">{number}</text>'
    )


def swatch(colour: str, opacity: float) -> str:
    """Return the SVG of a class of a surface, as it looks on the land.

    Parameters
    ----------
    colour
        Of the class; empty for what is outlined alone.
    opacity
        With which it is laid over the land, 0 to 1.

    Returns
    -------
    str
        An ``<svg>`` element of 20 × 20 px.
    """
    if not colour:
        return svg(
            '<rect x="1.5" y="4.5" width="17" height="11" fill="#F7F5F0" stroke="#5B564C" '
            'stroke-dasharray="2 2"/>'
        )
    return svg(
        '<rect x="1" y="4" width="18" height="12" fill="#F7F5F0"/>'
        f'<rect x="1" y="4" width="18" height="12" fill="{colour}" fill-opacity="{opacity}"/>'
    )


def look_sign(look: Mapping[str, Any]) -> str:
    """Return the SVG of a small picture of a drawn area or dot.

    Parameters
    ----------
    look
        ``fill``, ``line`` (colours), ``opacity`` and, if it is hatched, ``pattern``; see
        :class:`layers.map.overlay.Shapes`. ``dot`` is set for a dot.

    Returns
    -------
    str
        An ``<svg>`` element of 20 × 20 px.
    """
    fill, line = look["fill"], look["line"]
    if look.get("dot"):
        return svg(
            f'<circle cx="10" cy="10" r="4" fill="{fill}" stroke="{line}" stroke-width="1.4"/>'
        )
    hatched = look.get("pattern") == "hatch"
    # The lines of atlas.js, without its tint.
    lines = f'<path d="M2 10 8 4M2 16 14 4M8 16 18 6M14 16 18 12" stroke="{fill}"/>'
    return svg(
        f'<rect x="2" y="4" width="16" height="12" fill="{fill}" '
        f'fill-opacity="{0 if hatched else look["opacity"]}" stroke="{line}"/>'
        f"{lines if hatched else ''}"
    )


def line_sign(colour: str, *, weight: float = 2, dash: str = "") -> str:
    """Return the SVG of a drawn line.

    Parameters
    ----------
    colour
        Of the line.
    weight
        Its width, px.
    dash
        Lengths of dashes and gaps, px; blank for a whole line.

    Returns
    -------
    str
        An ``<svg>`` element of 20 × 20 px.
    """
    gaps = f' stroke-dasharray="{dash}"' if dash else ""
    return svg(f'<path d="M1 15 19 5" stroke="{colour}" stroke-width="{weight:g}"{gaps}/>')


def data_uri(svg: str) -> str:
    """Return an SVG as a ``data:`` address for use in an image.

    Parameters
    ----------
    svg
        The whole ``<svg>`` element.
    """
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
