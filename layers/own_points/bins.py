"""Count a reader's own points in hexagons or squares, and say where they are dense."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.base.bridge import transformer
from geo.base.finding import Finding
from geo.density.bins import LEAST_POINTS, LEAST_SOURCE, Bins, hexagon_bins, ranked, square_bins
from layers.language.messages import Say, speaker
from layers.language.values import count, number, said
from layers.map.colours import shades
from layers.map.overlay import Drawing, Shapes
from layers.own_points.reading import Progress, Reading, Stopped, go_on
from layers.own_points.wording import (
    PointsWording,
    account,
    ladder,
    names_of,
    nothing_said,
    refusal_words,
    source_notes,
    unit_words,
)
from layers.pack.city import outlines
from layers.view.page_options import PointsOptions

RESOLUTIONS: Final = MappingProxyType({"coarse": 6, "medium": 7, "fine": 8})
"""Of H3: hexagons of about 25, 3.6 and 0.5 km² at the latitude of Tianjin."""
SIDES_M: Final = MappingProxyType({"coarse": 5000, "medium": 2000, "fine": 1000})
MOST_CELLS_DRAWN: Final = 3_000
"""More cells than this are drawn class by class, in one piece each."""
LISTED: Final = 10
CUT: Final = "#5B564C"
"""Outline of a cell of which the city's border leaves less than half."""


@dataclass(frozen=True, eq=False)
class PointsBins:
    """Counts by cell."""

    reading: Reading
    options: PointsOptions
    bins: Bins

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the files must say."""
        return (self.reading.binned, self.bins)


def measure_bins(
    reading: Reading, options: PointsOptions, progress: Progress, stopped: Stopped
) -> PointsBins:
    """Count the points in hexagons or squares, weighted so that those kept stand for all.

    Parameters
    ----------
    reading
        As :func:`layers.own_points.reading.read` returns it.
    options
        ``shape`` and ``grain`` of the cells, see ``RESOLUTIONS`` and ``SIDES_M``.
    progress, stopped
        As in :func:`layers.own_points.reading.read`.

    Returns
    -------
    PointsBins
        Refused where there are too few points.

    Raises
    ------
    CancelledError
        ``stopped`` returned True.
    """
    go_on(progress, stopped, "bins")
    kept, city, date = reading.kept, reading.asked.city, reading.binned.data_date
    if options.shape == "square":
        side = float(SIDES_M[options.grain])
        found = square_bins(
            kept.xy, cell_m=side, boundary=reading.area, weights=reading.weights,
            crs=city.metric_epsg, data_date=date,
        )  # fmt: skip
    else:
        to_degrees = transformer(city.metric_epsg, 4326)
        lonlat = np.column_stack(to_degrees.transform(*kept.xy.T))
        resolution = RESOLUTIONS[options.grain]
        found = hexagon_bins(lonlat, resolution=resolution, weights=reading.weights, data_date=date)
    return PointsBins(reading, options, found)


def word_bins(shown: PointsBins, lang: str) -> PointsWording:
    """Put the bins into words.

    Parameters
    ----------
    shown
        As :func:`measure_bins` returns it.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    PointsWording
        With the densest cells as a table; where there is no result, why, and what became of the
        rows.
    """
    say, reading, bins = speaker(lang), shown.reading, shown.bins
    rows, notes = account(reading, lang), tuple(source_notes(reading, say))
    if reading.blank:
        return PointsWording(nothing_said(reading, lang), rows, notes=notes)
    if bins.refused:
        least = say("points_page.least", least=LEAST_POINTS, source=say(LEAST_SOURCE))
        return PointsWording(refusal_words(say, bins), rows, notes=(least, *notes))
    frame, breaks = bins.frame, _breaks(shown)
    colours, cut = shades(len(breaks)), int((~frame["is_ranked"]).sum())
    bounds = [*breaks, bins.value]
    return PointsWording(
        sentence=say(
            "points_page.bins_sentence",
            n=count(reading.binned.n),
            cells=count(len(frame)),
            highest=number(bins.value),
            unit=unit_words(reading, say),
        ),
        account=(*rows, say("points_page.bins_cells", kind=_kind(shown, say))),
        legend_title=unit_words(reading, say),
        legend=(
            *(
                (colour, say("density_page.range", low=number(low), high=number(high)))
                for colour, (low, high) in zip(colours, pairwise(bounds), strict=True)
            ),
            *((("", say("points_page.legend_cut", n=count(cut))),) if cut else ()),
        ),
        tables={
            say("points_page.bins_top"): _bins_table(shown, lang).rename_axis(
                say("points_page.rank")
            )
        },
        notes=(
            *said(say, bins.caveats, bins.parameters),
            *(() if shown.options.shape == "square" else (say("points_page.hexagon_edge"),)),
            *(() if reading.kept.whole else (say("points_page.drawn"),)),
            say("points_page.least", least=LEAST_POINTS, source=say(LEAST_SOURCE)),
            *notes,
        ),
    )


def _kind(shown: PointsBins, say: Say) -> str:
    """Return what one bin is: the size of a hexagon differs from place to place on the globe."""
    if shown.options.shape == "square":
        return say("points_page.cell_square", side=number(SIDES_M[shown.options.grain] / 1000))
    area = number(float(shown.bins.frame["area_km2"].median()), say("map.km2"))
    return say("points_page.cell_hexagon", area=area)


def _breaks(shown: PointsBins) -> tuple[float, ...]:
    return (0.0, *ladder(shown.bins.value))


def draw_bins(shown: PointsBins, lang: str) -> Drawing:
    """Return the bins, shaded by density; nothing where they are refused.

    Parameters
    ----------
    shown
        As :func:`measure_bins` returns it.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    if shown.reading.blank or shown.bins.refused:
        return Drawing()
    breaks = _breaks(shown)
    colours, known = shades(len(breaks)), ranked(shown.bins.frame)
    at = np.searchsorted(np.asarray(breaks), known["per_km2"].to_numpy(), side="right") - 1
    if len(known) > MOST_CELLS_DRAWN:
        merged = [shapely.union_all(known.geometry.to_numpy()[at == k]) for k in range(len(breaks))]
        drawn = gpd.GeoDataFrame({"colour": colours}, geometry=merged, crs=known.crs)
        shapes = Shapes(
            drawn, line="#FFFFFF", fill=colours[0], opacity=0.8, weight=0.3, colour="colour"
        )
        return Drawing(shapes=[shapes, *_cut(shown, lang)])
    say = speaker(lang)
    unit = unit_words(shown.reading, say)
    names = [
        say("points_page.cell_tip", n=number(n), value=number(value), unit=unit)
        for n, value in zip(known["weight"], known["per_km2"], strict=True)
    ]
    drawn = gpd.GeoDataFrame(
        {"name": names, "colour": [colours[k] for k in at]},
        geometry=known.geometry.to_numpy(),
        index=known.index,
        crs=known.crs,
    )
    shapes = Shapes(
        drawn,
        line="#FFFFFF",
        fill=colours[0],
        opacity=0.8,
        weight=0.6,
        name="name",
        colour="colour",
    )
    return Drawing(shapes=[shapes, *_cut(shown, lang)])


def _cut(shown: PointsBins, lang: str) -> Iterator[Shapes]:
    """Yield the cells that are not ranked, without a shade: theirs would lie above the legend."""
    frame = shown.bins.frame
    cut = frame[~frame["is_ranked"]]
    if len(cut):
        say = speaker(lang)
        names = [say("points_page.cut_tip", n=number(n)) for n in cut["weight"]]
        drawn = gpd.GeoDataFrame({"name": names}, geometry=cut.geometry)
        yield Shapes(drawn, line=CUT, weight=1.0, dash="2 2", name="name")


def _bins_table(shown: PointsBins, lang: str) -> pd.DataFrame:
    """Return the densest cells, with the district of each one's middle."""
    say, city = speaker(lang), shown.reading.asked.city
    district = names_of(city, lang)
    held = ranked(shown.bins.frame)
    top = held.sort_values("per_km2", ascending=False, kind="stable").head(LISTED)
    middles = top.geometry.to_crs(city.metric_epsg).centroid
    zones = outlines(city)
    where = [district[str(zones.distance(point).idxmin())] for point in middles]
    rows = [
        [where[k], number(row["weight"]), number(row["area_km2"]), number(row["per_km2"])]
        for k, (_, row) in enumerate(top.iterrows())
    ]
    names = [say(f"points_page.column.{name}") for name in ("district", "n", "area", "per_km2")]
    return pd.DataFrame(rows, columns=names, index=pd.RangeIndex(1, len(rows) + 1))
