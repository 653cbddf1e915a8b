"""Find the squares in which a reader's own points are more or fewer than chance has it."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import geopandas as gpd
import pandas as pd

from geo.base.finding import Finding
from geo.density.pattern import MINIMUM, Pattern, area_neighbours, grid_hot_spots, moran
from layers.language.messages import Say, speaker
from layers.language.values import number, paragraph, said
from layers.map.overlay import Drawing, Shapes
from layers.own_points.bins import MOST_CELLS_DRAWN, SIDES_M
from layers.own_points.reading import Progress, Reading, Stopped, go_on
from layers.own_points.wording import (
    PointsWording,
    account,
    nothing_said,
    refusal_words,
    source_notes,
    unit_words,
)
from layers.view.page_options import PointsOptions

OTHER_GRAIN: Final = MappingProxyType({"coarse": "medium", "medium": "coarse", "fine": "medium"})
"""The second grid on which the spots are sought."""
HOT: Final = "#A33B20"
COLD: Final = "#2B5C8A"


@dataclass(frozen=True, eq=False)
class PointsHotSpots:
    """Squares around which points are more or fewer than chance would have it.

    Parameters
    ----------
    moran, found, cells
        Whether neighbours are alike; the spots; the squares, EPSG:4326, with both's columns.
    other, other_m
        The spots among squares of another side, and that side.
    """

    reading: Reading
    options: PointsOptions
    moran: Pattern | None
    found: Pattern
    cells: gpd.GeoDataFrame
    other: Pattern
    other_m: int

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the files must say."""
        more = () if self.moran is None else (self.moran,)
        return (self.reading.binned, *more, self.found)


def measure_hot_spots(
    reading: Reading, options: PointsOptions, progress: Progress, stopped: Stopped
) -> PointsHotSpots:
    """Find hot and cold squares, on two grids, and test whether neighbours are alike.

    Parameters
    ----------
    reading
        As :func:`layers.own_points.reading.read` returns it.
    options
        ``grain`` of the squares, see ``layers.own_points.bins.SIDES_M``; that of the second grid
        follows from it, see ``OTHER_GRAIN``.
    progress, stopped
        As in :func:`layers.own_points.reading.read`.

    Raises
    ------
    CancelledError
        ``stopped`` returned True.
    """
    epsg, date = reading.asked.city.metric_epsg, reading.binned.data_date
    other_m = SIDES_M[OTHER_GRAIN[options.grain]]

    def on(side: int) -> tuple[Pattern, gpd.GeoDataFrame]:
        return grid_hot_spots(
            reading.kept.xy, boundary=reading.area, cell_m=float(side), weights=reading.weights,
            crs=epsg, data_date=date,
        )  # fmt: skip

    go_on(progress, stopped, "hotspots")
    found, cells = on(SIDES_M[options.grain])
    other, _ = on(other_m)
    alike = None
    if not found.refused:
        go_on(progress, stopped, "moran")
        alike = moran(cells["per_km2"], area_neighbours(cells), data_date=date)
        cells = cells.join(found.table)
    cells.index = pd.Index([f"cell-{k:05d}" for k in range(len(cells))], name="cell")
    return PointsHotSpots(reading, options, alike, found, cells.to_crs(4326), other, other_m)


def word_hot_spots(shown: PointsHotSpots, lang: str) -> PointsWording:
    """Put the hot spots into words.

    Parameters
    ----------
    shown
        As :func:`measure_hot_spots` returns it.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    PointsWording
        Where there is no result, why, and what became of the rows.
    """
    say, reading, found = speaker(lang), shown.reading, shown.found
    rows, notes = account(reading, lang), tuple(source_notes(reading, say))
    stars = _no_stars(shown, say)
    if reading.blank:
        return PointsWording(nothing_said(reading, lang), rows, notes=notes)
    if found.refused or shown.moran is None:
        least = "clusters" if found.method.endswith("clusters") else "hot_spots"
        source = _least_of(least, say)
        refusal = refusal_words(say, found)
        return PointsWording(refusal, rows, findings=(stars,), notes=(source, *notes))
    side = SIDES_M[shown.options.grain]
    return PointsWording(
        sentence=say(
            "points_page.spots_sentence",
            side=number(side / 1000),
            spots=paragraph(said(say, found.caveats[:1], found.parameters), lang),
        ),
        account=rows,
        legend_title=say("points_page.legend_spots"),
        legend=((HOT, say("points_page.hot")), (COLD, say("points_page.cold"))),
        findings=(
            *said(say, shown.moran.caveats, shown.moran.parameters),
            _other_grid(shown, say),
            stars,
        ),
        notes=(
            *said(say, found.caveats[1:], found.parameters),
            say(
                "points_page.how_spots", percent=number(100 * float(str(found.parameters["level"])))
            ),
            *(() if reading.kept.whole else (say("points_page.drawn"),)),
            _least_of("hot_spots", say),
            *notes,
        ),
    )


def _least_of(name: str, say: Say) -> str:
    least, method = MINIMUM[name], say(f"pattern.method.{name}")
    return say("points_page.least_of", method=method, least=least.n, source=say(least.source))


def _no_stars(shown: PointsHotSpots, say: Say) -> str:
    source = say("density_page.source", source=say(MINIMUM["hot_spots"].source))
    districts = len(shown.reading.asked.city.districts)
    return say("pattern.districts", n=districts) + source


def _other_grid(shown: PointsHotSpots, say: Say) -> str:
    """Say what the same points show on another grid."""
    spots = " ".join(said(say, shown.other.caveats[:1], shown.other.parameters))
    return say("points_page.other_grid", side=number(shown.other_m / 1000), spots=spots)


def draw_hot_spots(shown: PointsHotSpots, lang: str) -> Drawing:
    """Return hot squares with a solid outline and cold ones with a dashed one.

    Parameters
    ----------
    shown
        As :func:`measure_hot_spots` returns it.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    Drawing
        Nothing where they are refused, or no point weighs anything.
    """
    if shown.reading.blank or shown.found.refused or shown.moran is None:
        return Drawing()
    say = speaker(lang)
    unit, drawn = unit_words(shown.reading, say), []
    for kind, colour, dash in (("cold", COLD, "3 2"), ("hot", HOT, "")):
        some = shown.cells[shown.cells["spot"] == kind]
        if len(some) > MOST_CELLS_DRAWN:
            one = gpd.GeoDataFrame(geometry=[some.geometry.union_all()], crs=some.crs)
            drawn.append(Shapes(one, line=colour, fill=colour, opacity=0.45, dash=dash, weight=0.8))
        elif len(some):
            names = [
                say(
                    f"points_page.{kind}_tip", value=number(row["per_km2"]), unit=unit,
                    z=f"{row['z']:.1f}",
                )
                for _, row in some.iterrows()
            ]  # fmt: skip
            named = some[["geometry"]].assign(name=names)
            drawn.append(
                Shapes(
                    named,
                    line=colour,
                    fill=colour,
                    opacity=0.45,
                    dash=dash,
                    weight=0.8,
                    name="name",
                )
            )
    return Drawing(shapes=drawn)
