"""Draw the density of a reader's own points, count them by district, and say where they crowd."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely

from geo.base.finding import Finding
from geo.density.kernel_density import adaptive_density, grid_density, kernel_density
from geo.density.mercator import Overlay, overlay
from geo.density.pattern import MINIMUM
from geo.density.surface import Surface
from geo.grid.lookup import assign
from layers.language.messages import Say, speaker
from layers.language.values import count, number, paragraph, said
from layers.map.colours import OPACITY, shades
from layers.map.overlay import Drawing, Raster
from layers.own_points.reading import (
    CELLS_PER_SIGMA,
    Progress,
    Reading,
    Stopped,
    account_values,
    fitting_cell,
    go_on,
)
from layers.own_points.wording import (
    MOST_CLASSES,
    MOST_NAMED,
    PointsWording,
    account,
    counted,
    ladder,
    names_of,
    nothing_said,
    source_notes,
    unit_words,
    why_not,
)
from layers.pack.city import outlines
from layers.view.codecs import choices
from layers.view.page_options import PointsOptions

AS_HIGH: Final = 0.98
"""From this share of the highest value on, a cell is as high: where a point lies in its cell moves
the peak above it by as much."""


@dataclass(frozen=True, eq=False)
class PointsSurface:
    """The density of the points, and how many lie in each district.

    Parameters
    ----------
    reading, options
        What was asked.
    surface
        Places (or weight) per km²; None where the points do not allow one, see ``why``, or the
        bandwidth is too narrow for every cell offered.
    breaks
        Lower bounds of the classes, per km².
    picture
        The surface in Web Mercator; None where it is zero.
    districts
        By adcode: ``n`` (points, or weight), ``share``, ``per_km2``.
    why
        Why the points allow no surface, see :func:`layers.own_points.wording.why_not`; else empty.
    """

    reading: Reading
    options: PointsOptions
    surface: Surface | None
    breaks: tuple[float, ...] = ()
    picture: Overlay | None = None
    districts: pd.DataFrame = field(default_factory=pd.DataFrame)
    why: str = ""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the files must say."""
        return (self.reading.binned, *(() if self.surface is None else (self.surface,)))


def measure_surface(
    reading: Reading, options: PointsOptions, progress: Progress, stopped: Stopped
) -> PointsSurface:
    """Measure the density of the points that were read.

    Parameters
    ----------
    reading
        As :func:`layers.own_points.reading.read` returns it.
    options
        Bandwidth, kernel, and whether the bandwidth follows the density.
    progress, stopped
        As in :func:`layers.own_points.reading.read`.

    Returns
    -------
    PointsSurface
        The fixed Gaussian surface is that of all points, by way of the grid; the quartic and the
        adaptive one are those of the points kept, weighted so that they stand for all.

    Raises
    ------
    CancelledError
        ``stopped`` returned True.
    """
    why = "" if reading.blank else why_not(reading, float(options.sigma_m), MINIMUM["clusters"].n)
    if why or reading.blank or fitting_cell(options) is None:
        return PointsSurface(reading, options, None, districts=_districts(reading), why=why)
    go_on(progress, stopped, "surface")
    surface = _surface(reading, options)
    breaks = ladder(surface.value, MOST_CLASSES)
    laid = (
        overlay(surface, breaks=breaks, colours=shades(len(breaks)), opacity=OPACITY)
        if breaks
        else None
    )
    return PointsSurface(reading, options, surface, breaks, laid, _districts(reading))


def _surface(reading: Reading, options: PointsOptions) -> Surface:
    binned, city = reading.binned, reading.asked.city
    shared: dict[str, Any] = {
        "sigma_m": float(options.sigma_m),
        "boundary": reading.area,
        "crs": city.metric_epsg,
        "data_date": binned.data_date,
    }
    own = {**shared, "cell_m": binned.grid.cell_m, "weights": reading.weights}
    if options.bandwidth == "adaptive":
        found = adaptive_density(reading.kept.xy, **own)
    elif options.kernel == "quartic":
        found = kernel_density(reading.kept.xy, kernel="quartic", **own)
    else:
        found = grid_density(binned.counts, binned.grid, n=binned.n, **shared)
    from_kept = options.bandwidth == "adaptive" or options.kernel == "quartic"
    drawn = from_kept and not reading.kept.whole
    weighted = reading.asked.columns.weights is not None
    keep = [key for key in found.caveats if key != "density.weighted"]
    return replace(
        found,
        n=binned.n,
        parameters={**found.parameters, **account_values(reading), "weighted": weighted},
        caveats=(
            *keep,
            *(("density.weighted",) if weighted else ()),
            *(("points_page.drawn",) if drawn else ()),
        ),
    )


def _districts(reading: Reading) -> pd.DataFrame:
    """Return the points of each district, estimated where only some were kept.

    Those that are known by their district only count here, and nowhere else.
    """
    zones = outlines(reading.asked.city)
    xy, weights = reading.kept.xy, reading.weights
    weigh = np.ones(len(xy)) if weights is None else weights
    if reading.vague is not None:
        xy, weigh = np.vstack([xy, reading.vague.xy]), np.append(weigh, reading.vague.weights)
    where = assign(xy, zones)
    found = pd.Series(weigh).groupby(where.astype(object).to_numpy()).sum()
    n = found.reindex(zones.index, fill_value=0.0).astype(float)
    table = pd.DataFrame({"n": n, "share": n / n.sum() if n.sum() else math.nan})
    table["per_km2"] = n / (zones.geometry.area / 1e6)
    return table.sort_values("n", ascending=False, kind="stable")


def word_surface(shown: PointsSurface, lang: str) -> PointsWording:
    """Put a density into words.

    Parameters
    ----------
    shown
        As :func:`measure_surface` returns it.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    PointsWording
        With the districts as a table; where there is no surface, why.
    """
    say, reading, surface = speaker(lang), shown.reading, shown.surface
    notes = tuple(source_notes(reading, say))
    rows = account(reading, lang)
    districts = _district_table(shown, lang).rename_axis(say("filter.district"))
    tables = {say("points_page.districts"): districts}
    if reading.blank:
        tables = tables if reading.by_district else {}
        return PointsWording(nothing_said(reading, lang), rows, tables=tables, notes=notes)
    if shown.why:
        return PointsWording(counted(reading, lang), rows, tables=tables, notes=notes)
    if surface is None:
        finest = choices(PointsOptions, "cell_m")[0] * CELLS_PER_SIGMA[shown.options.bandwidth]
        refusal = say("points_page.too_narrow", least=number(finest / 1000))
        return PointsWording(refusal, rows, tables=tables, notes=notes)
    bounds = [*shown.breaks, surface.value]
    return PointsWording(
        sentence=_sentence(shown, surface, lang),
        account=(*rows, say("points_page.seen_at", bandwidth=number(shown.options.sigma_m / 1000))),
        legend_title=unit_words(reading, say),
        legend=tuple(
            (colour, say("density_page.range", low=number(low), high=number(high)))
            for colour, (low, high) in zip(shades(len(shown.breaks)), pairwise(bounds), strict=True)
        ),
        tables=tables,
        notes=(*_method(shown, surface, say), *notes),
    )


def draw_surface(shown: PointsSurface) -> Drawing:
    """Return the surface, where there is one.

    Parameters
    ----------
    shown
        As :func:`measure_surface` returns it.
    """
    laid = shown.picture
    return Drawing(raster=Raster(laid.png, laid.bounds) if laid else None)


def _sentence(shown: PointsSurface, surface: Surface, lang: str) -> str:
    """Say where it is densest and which district has most; of many that tie, only that they do."""
    say, names = speaker(lang), names_of(shown.reading.asked.city, lang)
    weighted = "_weighted" if shown.reading.asked.columns.weights is not None else ""
    value, densest = number(surface.value), _densest(shown, surface)
    if len(densest) > MOST_NAMED:
        sentences = [say(f"points_page.densest_tied{weighted}", n=len(densest), value=value)]
    else:
        where = say("coverage_page.comma").join(names[code] for code in densest)
        sentences = [say(f"points_page.densest{weighted}", district=where, value=value)]
    n = shown.districts["n"]
    most = [str(code) for code in n.index[np.isclose(n, n.max())]]
    if len(most) <= MOST_NAMED:
        told = {
            "most": say("coverage_page.comma").join(names[code] for code in most),
            "percent": number(100 * float(shown.districts["share"].iloc[0])),
        }
        key = f"points_page.most{weighted}" if len(most) == 1 else "points_page.most_tied"
        sentences.append(say(key, **told))
    return paragraph(sentences, lang)


def _densest(shown: PointsSurface, surface: Surface) -> list[str]:
    """Return the districts in which the surface is as high as anywhere, but for the grid."""
    rows, columns = np.nonzero(surface.values >= AS_HIGH * surface.values.max())
    tops = shapely.points(surface.xs[columns], surface.ys[rows])
    zones = outlines(shown.reading.asked.city)
    found = shapely.STRtree(zones.geometry.to_numpy()).nearest(tops)
    return [str(code) for code in zones.index[np.unique(found)]]


def _district_table(shown: PointsSurface, lang: str) -> pd.DataFrame:
    say, names = speaker(lang), names_of(shown.reading.asked.city, lang)
    weighted = shown.reading.asked.columns.weights is not None
    exact = shown.reading.kept.whole and not weighted
    rows = [
        [
            count(row["n"]) if exact else number(row["n"]),
            "–" if math.isnan(row["share"]) else f"{number(100 * row['share'])}%",
            *([] if shown.why else [number(row["per_km2"])]),
        ]
        for _, row in shown.districts.iterrows()
    ]
    kind = "weight" if weighted else "n"
    share = "share_filtered" if shown.reading.asked.columns.wanted else "share"
    per_km2 = [] if shown.why else ["per_km2"]  # where no density is told, none of a district is
    columns = [say(f"points_page.column.{name}") for name in (kind, share, *per_km2)]
    return pd.DataFrame(rows, index=[names[str(c)] for c in shown.districts.index], columns=columns)


def _method(shown: PointsSurface, surface: Surface, say: Say) -> Iterator[str]:
    options, asked = shown.options, shown.reading.asked
    yield say(
        "density_page.how",
        method=say(surface.method),
        kernel=say(f"density.kernel.{surface.parameters['kernel']}"),
        bandwidth=number(options.sigma_m / 1000),
        cell=number(asked.cell_m, "m"),
        epsg=asked.city.metric_epsg,
    )
    if asked.cell_m != options.cell_m:
        chosen, used = number(options.cell_m, "m"), number(asked.cell_m, "m")
        yield say("points_page.finer_cell", chosen=chosen, used=used)
    if shown.breaks:
        yield say("points_page.below", lowest=number(shown.breaks[0]))
    yield from said(say, surface.caveats, surface.parameters)
    yield say("points_page.presets")
