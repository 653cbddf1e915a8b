"""Say where the places shown are dense, and how firm that is."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.density.bins import LEAST_POINTS, LEAST_SOURCE
from geo.density.doubt import INVENTORY_FINEST_CELL_M, INVENTORY_FINEST_M
from geo.density.firmness import FIRM_SHARE
from geo.density.kernel_density import FEW
from geo.density.mercator import Overlay, overlay
from geo.density.pattern import MINIMUM
from geo.density.peaks import top_of
from layers.density.drawing import draw
from layers.density.measure import (
    CELLS_PER_BANDWIDTH,
    DRAWS,
    TOO_FINE,
    Measured,
    cell_of,
    cells,
    positions,
)
from layers.density.phrases import density_words, height_words, names_of, range_words, where_words
from layers.language.messages import Say, speaker
from layers.language.sums import equation
from layers.language.values import cell, number, row_of, said
from layers.map.colours import shades
from layers.map.overlay import Drawing
from layers.map.thumbnail import Plate, Small, plate_of

STRIP_CLASSES: Final = (0.2, 0.4, 0.6, 0.8)
"""Classes of the small pictures, as shares of each one's own highest value."""
_MOST_NAMED: Final = 4


@dataclass(frozen=True)
class PeakTold:
    """A peak in words: where, how high, what it is made of, and what it cannot say."""

    title: str
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class DensityTold:
    """A measured density in the reader's language.

    Parameters
    ----------
    sentence
        The result, as one says it.
    account
        Which rows enter and which do not; the numbers add up to the rows shown.
    sums
        The same as sums.
    legend
        Colour and words of each class; ``legend_title`` has the unit.
    peaks
        The highest first.
    ranking
        The same as a table: as drawn, over draws, and what they rest on.
    cells
        Sides of a cell to choose from, metres, with their words; the first is automatic.
    rules
        What limits the choices: the cell's rule, and why there is no adaptive bandwidth.
    firmness
        Whether the highest peak stays when places move within their doubt.
    districts
        Districts by their part of the mass.
    notes
        What goes with every number.
    method
        How it was measured.
    verdict, strip
        Whether the finding survives another bandwidth and grid, with pictures.
    too_few
        Why there are no bins and no tests of pattern.
    drawing
        What is drawn on the map.
    """

    sentence: str
    account: str
    sums: tuple[str, ...]
    legend_title: str
    legend: tuple[tuple[str, str], ...]
    peaks: tuple[PeakTold, ...]
    ranking: pd.DataFrame
    cells: Mapping[int, str]
    rules: tuple[str, ...]
    firmness: tuple[str, ...]
    districts: pd.DataFrame
    notes: tuple[str, ...]
    method: tuple[str, ...]
    verdict: str
    strip: tuple[Small, ...]
    too_few: tuple[str, ...]
    drawing: Drawing


def tell(measured: Measured, lang: str) -> DensityTold:
    """Put a measured density into words.

    Parameters
    ----------
    measured
        See :func:`measure`.
    lang
        ``zh`` or ``en``.
    """
    say = speaker(lang)
    names = names_of(measured.city, lang)
    return DensityTold(
        sentence=_sentence(measured, names, lang),
        account=_account(measured, say),
        sums=_sums(measured, lang),
        legend_title=say(f"density_page.legend_{measured.options.weight}"),
        legend=tuple(_legend(measured, say)),
        peaks=tuple(_peak(measured, at, names, lang) for at in range(len(measured.peaks))),
        ranking=_ranking(measured, names, say),
        cells=_cells(measured, say),
        rules=tuple(_rules(measured, say)),
        firmness=tuple(_firmness(measured, names, say)),
        districts=_districts(measured, names, say),
        notes=tuple(said(say, measured.surface.caveats, measured.surface.parameters)),
        method=tuple(_method(measured, say)),
        verdict=_verdict(measured, names, lang),
        strip=tuple(_strip(measured, names, say)),
        too_few=tuple(_too_few(measured, say)),
        drawing=draw(measured, names, lang),
    )


def _sentence(measured: Measured, names: Mapping[str, str], lang: str) -> str:
    """Say where it is densest, what that rests on, and where most of it lies."""
    say = speaker(lang)
    if not measured.peaks:
        return say("density_page.empty")
    peak = measured.peaks[0]
    share = measured.districts["share"].sort_values(ascending=False, kind="stable")
    parts = [
        say(
            "density_page.densest",
            bandwidth=measured.options.bandwidth_km,
            n=measured.surface.n,
            district=where_words(measured, 0, names, say),
            value=height_words(measured, 0, say),
        ),
        say(
            "density_page.most",
            district=names[str(share.index[0])],
            percent=number(100 * float(share.iloc[0])),
        ),
        *said(say, (peak.label,), peak.parameters),
    ]
    holds = measured.holds
    if holds is not None:
        parts += said(say, holds.caveats[1:], holds.parameters)
    if measured.runs is not None:
        parts.append(say(f"density_page.{measured.runs.verdict}"))
    return ("" if lang == "zh" else " ").join(parts)


def _account(measured: Measured, say: Say) -> str:
    if not measured.shown:
        return ""
    return say(
        "density_page.account",
        shown=measured.shown,
        n=measured.surface.n,
        nested=measured.nested,
        unmapped=measured.unmapped,
        outside=measured.outside,
    )


def _sums(measured: Measured, lang: str) -> tuple[str, ...]:
    mapped = measured.shown - measured.unmapped
    entering = {
        "entering": measured.surface.n,
        "nested": measured.nested,
        "beyond": measured.outside,
    }
    return (
        equation("chosen", {"mapped": mapped, "unmapped": measured.unmapped}, lang),
        equation("mapped", entering, lang),
    )


def _legend(measured: Measured, say: Say) -> Iterator[tuple[str, str]]:
    """Yield colour and bounds of each class, the highest last."""
    bounds = [*measured.breaks, measured.surface.value]
    for at, colour in enumerate(shades(len(measured.breaks))):
        yield (
            colour,
            say("density_page.range", low=number(bounds[at]), high=number(bounds[at + 1])),
        )


def _peak(measured: Measured, at: int, names: Mapping[str, str], lang: str) -> PeakTold:
    say, peak = speaker(lang), measured.peaks[at]
    title = say(
        "density_page.peak",
        rank=at + 1,
        district=where_words(measured, at, names, say),
        value=height_words(measured, at, say),
    )
    made = [cell(row_of(measured.places, id_), "name", lang) for id_ in peak.makers]
    listed = say("density_page.comma").join(made[:_MOST_NAMED])
    key = "makers" if len(made) <= _MOST_NAMED else "makers_more"
    height = measured.heights[at]
    notes = [
        *said(say, peak.caveats, peak.parameters),
        *(said(say, height.caveats, height.parameters) if height else ()),
        say(f"density_page.{key}", names=listed, count=len(made)),
    ]
    return PeakTold(title, tuple(notes))


def _ranking(measured: Measured, names: Mapping[str, str], say: Say) -> pd.DataFrame:
    """Return the peaks as a table, the highest first."""
    rows, labels = [], []
    for at, (peak, height) in enumerate(zip(measured.peaks, measured.heights, strict=True)):
        where = where_words(measured, at, names, say)
        labels.append(say("density_page.ranked", rank=at + 1, district=where))
        between = range_words(height, say) if height else "–"
        doubt = float(str(peak.parameters["doubt_km"]))
        rows.append(
            [
                number(peak.value),
                between if TOO_FINE in peak.caveats else say("density_page.not_needed"),
                str(len(peak.makers)),
                number(doubt, "km") if math.isfinite(doubt) else "–",
            ]
        )
    unit = measured.options.weight
    columns = [
        say(f"density_page.ranking.{name}") for name in (f"drawn_{unit}", "draws", "made", "doubt")
    ]
    return pd.DataFrame(rows, index=labels, columns=columns)


def _cells(measured: Measured, say: Say) -> Mapping[int, str]:
    bandwidth = measured.options.bandwidth_km
    follows = cell_of(replace(measured.options, cell_m=0))
    words = {cell: number(cell, "m") for cell in cells(bandwidth)}
    return words | {0: say("density_page.cell_follows", cell=number(follows, "m"))}


def _rules(measured: Measured, say: Say) -> Iterator[str]:
    """Yield what limits the choices."""
    asked = measured.options.cell_m
    if asked and asked not in cells(measured.options.bandwidth_km):
        yield say("density_page.cell_refused", cell=number(asked, "m"))
    yield say(
        "density_page.cell_rule",
        part=CELLS_PER_BANDWIDTH,
        least=number(INVENTORY_FINEST_CELL_M, "m"),
    )
    if 0 < measured.surface.n < FEW:
        yield say("density_page.not_adaptive", n=measured.surface.n, least=FEW)


def _firmness(measured: Measured, names: Mapping[str, str], say: Say) -> Iterator[str]:
    """Say how often the highest peak stays on its spot, and in which district it then lies.

    The two differ: near a border a peak may stay on its spot and still change its district.
    """
    holds = measured.holds
    if holds is None:
        if measured.peaks:
            unknown = int(measured.places["uncertainty_m"].isna().sum())
            yield say("density_page.doubt_unknown", count=unknown)
        return
    yield from said(say, holds.caveats, holds.parameters)
    if not measured.drawn_in:
        return
    parts = [
        say("density_page.draws_in", district=names[code], percent=_percent(part))
        for code, part in measured.drawn_in.items()
    ]
    yield say("density_page.draws", parts=say("density_page.comma").join(parts))
    if max(measured.drawn_in.values()) < FIRM_SHARE:
        yield say("density_page.draws_split", where=where_words(measured, 0, names, say))


def _percent(share: float) -> str:
    """Return a share of draws in whole per cent; seldom is not never, and often not always."""
    if 0 < share < 0.01:
        return "<1"
    return str(min(round(100 * share), 99 if share < 1 else 100))


def _districts(measured: Measured, names: Mapping[str, str], say: Say) -> pd.DataFrame:
    """Return the districts by their part of the mass, the largest first."""
    table = measured.districts.sort_values("mass", ascending=False, kind="stable")
    rows = [
        [
            number(float(row["mass"])),
            "–" if math.isnan(row["share"]) else f"{number(100 * float(row['share']))}%",
            number(float(row["highest"])),
        ]
        for _, row in table.iterrows()
    ]
    mass = f"mass_{measured.options.weight}"
    columns = [say(f"density_page.column.{name}") for name in (mass, "share", "highest")]
    return pd.DataFrame(rows, index=[names[str(code)] for code in table.index], columns=columns)


def _method(measured: Measured, say: Say) -> Iterator[str]:
    """Yield how it was measured, with the rule for the bandwidth and the warning beside it."""
    options, surface = measured.options, measured.surface
    yield say(
        "density_page.how",
        method=say(surface.method),
        kernel=say(f"density.kernel.{options.kernel}"),
        bandwidth=options.bandwidth_km,
        cell=number(surface.cell_m, "m"),
        epsg=measured.city.metric_epsg,
    )
    if len(measured.places):
        yield say(
            "density.finest",
            median_km=number(float(measured.places["uncertainty_m"].median()) / 1000),
            finest_km=number(INVENTORY_FINEST_M / 1000),
        )
    yield say("density_page.rule")
    if math.isfinite(measured.silverman_m):
        yield say("density.silverman", sigma_km=number(measured.silverman_m / 1000))
    if options.weight == "level":
        yield say("density_page.weights")
    yield say("density_page.nested")
    yield say("density_page.interval", draws=DRAWS)
    yield say("density_page.same_kernel", draws=DRAWS)


def _verdict(measured: Measured, names: Mapping[str, str], lang: str) -> str:
    say, runs = speaker(lang), measured.runs
    if runs is None:
        return ""
    zones = [names[str(code)] for code in dict.fromkeys(runs.runs["peak_zone"]) if code is not None]
    xy = positions(measured.places)
    tops = np.array([top_of(surface, xy) or (np.nan, np.nan) for surface in runs.surfaces])
    apart = np.hypot(*(tops[:, None, :] - tops[None, :, :]).transpose(2, 0, 1)).max()
    return ("" if lang == "zh" else " ").join(
        [
            say(runs.verdict, **runs.parameters),
            say(
                "density_page.peak_zones",
                names=say("density_page.comma").join(zones),
                apart=number(float(apart) / 1000, "km"),
            ),
        ]
    )


def _strip(measured: Measured, names: Mapping[str, str], say: Say) -> Iterator[Small]:
    """Yield a small picture of each surface, in the order of the runs."""
    runs = measured.runs
    if runs is None:
        return
    for picture, (_, run) in zip(_pictures(measured), runs.runs.iterrows(), strict=True):
        zone = run["peak_zone"]
        caption = say(
            "density_page.small",
            bandwidth=number(run["sigma_m"] / 1000, "km"),
            cell=number(run["cell_m"], "m"),
            district=names[str(zone)] if zone is not None else say("density_page.at_the_edge"),
            value=density_words(measured, run["highest"], say),
        )
        yield Small(picture, caption)


@lru_cache(maxsize=12)
def _pictures(measured: Measured) -> tuple[str, ...]:
    """Return a small picture of each surface; the same in every language, so drawn once."""
    plate, found = plate_of(measured.city), []
    for surface in measured.runs.surfaces if measured.runs else ():
        breaks = [part * surface.value for part in STRIP_CLASSES]
        laid = overlay(surface, breaks=breaks, colours=shades(len(breaks)), opacity=1.0)
        found.append(_small(laid, plate))
    return tuple(found)


def _small(laid: Overlay, plate: Plate) -> str:
    """Return a picture of an overlay under the districts' lines as a ``data:`` address."""
    (south, west), (north, east) = laid.bounds
    corners = gpd.GeoSeries([shapely.box(west, south, east, north)], crs=4326).to_crs(3857)
    left, low, right, high = corners.total_bounds
    png = base64.b64encode(laid.png).decode()
    return plate.picture(
        f'<image x="{left:.0f}" y="{-high:.0f}" width="{right - left:.0f}" '
        f'height="{high - low:.0f}" preserveAspectRatio="none" '
        f'href="data:image/png;base64,{png}"/>'
    )


def _too_few(measured: Measured, say: Say) -> Iterator[str]:
    """Say why the places shown carry neither bins nor tests of pattern."""
    n = measured.surface.n
    if n < LEAST_POINTS:
        yield say("bins.refused", n=n, least=LEAST_POINTS) + say(
            "density_page.source", source=say(LEAST_SOURCE)
        )
    for method in ("nearest_neighbour", "ripley", "clusters"):
        least = MINIMUM[method]
        if n < least.n:
            yield say(
                "density_page.refused",
                method=say(f"pattern.method.{method}"),
                refusal=say("pattern.refused", n=n, least=least.n),
                source=say(least.source),
            )
    yield say("pattern.districts", n=len(measured.districts)) + say(
        "density_page.source", source=say(MINIMUM["hot_spots"].source)
    )
