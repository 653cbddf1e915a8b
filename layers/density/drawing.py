"""Draw a density on the map, and its other bandwidths and grids small."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Final

import geopandas as gpd
import shapely

from geo.base.once import once
from geo.density.mercator import Overlay, overlay
from layers.density.measure import DensityAnswer
from layers.density.phrases import height_words, label_words, spot_words
from layers.language.messages import speaker
from layers.map.colours import shades
from layers.map.overlay import Drawing, Handle, Raster, Shapes, Side
from layers.map.thumbnail import Backdrop, backdrop_of

STRIP_CLASSES: Final = (0.2, 0.4, 0.6, 0.8)
"""Classes of the small pictures, as shares of each one's own highest value."""
DOT_PX: Final = 2.0
"""Radius of a place's dot, above the surface that it belongs to."""
LABELLED: Final = 3
"""Peaks whose name stands on the map."""


def draw(answer: DensityAnswer, lang: str) -> Drawing:
    """Return the surface, a dot at each place that enters, and number and name of the peaks.

    Parameters
    ----------
    answer
        As :func:`layers.density.measure.measure` returns it.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    say, laid = speaker(lang), answer.picture
    points = gpd.GeoSeries(
        gpd.points_from_xy([p.x for p in answer.peaks], [p.y for p in answer.peaks]),
        crs=answer.city.metric_epsg,
    ).to_crs(4326)
    names = [label_words(answer, at, lang) for at in range(min(LABELLED, len(points)))]
    sides = _sides([point.x for point in points])
    return Drawing(
        raster=Raster(laid.png, laid.bounds) if laid else None,
        shapes=[_dots(answer, lang)],
        handles=[
            Handle(
                id=f"peak-{at + 1}",
                lon=point.x,
                lat=point.y,
                svg=_number_mark(at + 1),
                name=say(
                    "density_page.peak",
                    rank=at + 1,
                    district=spot_words(answer, at, lang),
                    value=height_words(answer, at, say),
                ),
                movable=False,
                label=names[at] if at < LABELLED else "",
                side=sides[at],
            )
            for at, (peak, point) in enumerate(zip(answer.peaks, points, strict=True))
        ],
    )


def _sides(eastings: Sequence[float]) -> list[Side]:
    """Return on which side of each peak its name stands: outwards, so that few meet."""
    first, last = min(eastings, default=0.0), max(eastings, default=0.0)
    return ["right" if x == last else "left" if x == first else "top" for x in eastings]


def _dots(answer: DensityAnswer, lang: str) -> Shapes:
    return Shapes(
        answer.places[[f"name_{lang}", "geometry"]].to_crs(4326),
        line="#FFFFFF",
        fill="#14171A",
        opacity=1.0,
        weight=0.5,
        name=f"name_{lang}",
        radius=DOT_PX,
    )


def _number_mark(rank: int) -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20" viewBox="0 0 20 20" '
        'aria-hidden="true"><rect x="3" y="3" width="14" height="14" rx="2" fill="#14171A" '
        'stroke="#FFFFFF" stroke-width="1"/><text x="10" y="13.8" text-anchor="middle" '
        'font-size="11" font-weight="700" font-family="sans-serif" fill="#FFFFFF">'
        f"{rank}</text></svg>"
    )


@once(maxsize=12)
def pictures(answer: DensityAnswer) -> tuple[str, ...]:
    """Return a small picture of each surface that the finding is tried on.

    Parameters
    ----------
    answer
        As :func:`layers.density.measure.measure` returns it.

    Returns
    -------
    tuple
        ``data:`` addresses, in the order of ``answer.runs.surfaces``; none where no place lies in
        the city. The same in every language, so drawn once.
    """
    backdrop, found = backdrop_of(answer.city), []
    for surface in answer.runs.surfaces if answer.runs else ():
        breaks = [part * surface.value for part in STRIP_CLASSES]
        laid = overlay(surface, breaks=breaks, colours=shades(len(breaks)), opacity=1.0)
        found.append(_small(laid, backdrop))
    return tuple(found)


def _small(laid: Overlay, backdrop: Backdrop) -> str:
    """Return a picture of an overlay under the districts' lines as a ``data:`` address."""
    (south, west), (north, east) = laid.bounds
    corners = gpd.GeoSeries([shapely.box(west, south, east, north)], crs=4326).to_crs(3857)
    left, low, right, high = corners.total_bounds
    png = base64.b64encode(laid.png).decode()
    return backdrop.picture(
        f'<image x="{left:.0f}" y="{-high:.0f}" width="{right - left:.0f}" '
        f'height="{high - low:.0f}" preserveAspectRatio="none" '
        f'href="data:image/png;base64,{png}"/>'
    )
