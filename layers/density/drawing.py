"""Draw a measured density on the map."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import geopandas as gpd

from layers.density.measure import Measured
from layers.density.phrases import height_words, where_words
from layers.language.messages import speaker
from layers.map.overlay import Drawing, Handle, Raster, Shapes

DOT_M: Final = 600.0
"""Radius of a place's dot: it stands on the ground and says nothing of the place's extent."""


def draw(measured: Measured, names: Mapping[str, str], lang: str) -> Drawing:
    """Return the surface, a dot at each place that enters, and a number at each peak."""
    say, laid = speaker(lang), measured.picture
    points = gpd.GeoSeries(
        gpd.points_from_xy([p.x for p in measured.peaks], [p.y for p in measured.peaks]),
        crs=measured.city.metric_epsg,
    ).to_crs(4326)
    return Drawing(
        raster=Raster(laid.png, laid.bounds) if laid else None,
        shapes=[_dots(measured, lang)],
        handles=[
            Handle(
                id=f"peak-{at + 1}",
                lon=point.x,
                lat=point.y,
                svg=_number_mark(at + 1),
                name=say(
                    "density_page.peak",
                    rank=at + 1,
                    district=where_words(measured, at, names, say),
                    value=height_words(measured, at, say),
                ),
                movable=False,
            )
            for at, (peak, point) in enumerate(zip(measured.peaks, points, strict=True))
        ],
    )


def _dots(measured: Measured, lang: str) -> Shapes:
    places = measured.places
    frame = places[[f"name_{lang}"]].set_geometry(places.geometry.buffer(DOT_M, quad_segs=4))
    return Shapes(
        frame.set_crs(places.crs).to_crs(4326),
        line="#14171A",
        fill="#FFFFFF",
        opacity=0.9,
        weight=0.9,
        name=f"name_{lang}",
    )


def _number_mark(rank: int) -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20" viewBox="0 0 20 20" '
        'aria-hidden="true"><rect x="1.5" y="1.5" width="17" height="17" rx="2" fill="#14171A" '
        'stroke="#FFFFFF" stroke-width="1.6"/><text x="10" y="14.4" text-anchor="middle" '
        'font-size="12" font-weight="700" font-family="sans-serif" fill="#FFFFFF">'
        f"{rank}</text></svg>"
    )
