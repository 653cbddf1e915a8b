"""Say where the places shown are dense, and how firm that is."""

from __future__ import annotations

import base64
import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final
from urllib.parse import urlencode

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geo.bins import LEAST_POINTS, LEAST_SOURCE
from geo.density import FEW, kernel_density, silverman_sigma_m
from geo.pattern import MINIMUM
from geo.peaks import (
    FIRM_SHARE,
    INVENTORY_FINEST_CELL_M,
    INVENTORY_FINEST_M,
    Height,
    Holds,
    Peak,
    Sensitivity,
    counted_once,
    explain,
    finer_than_doubt,
    highest,
    peak_height,
    peak_holds,
    sensitivity,
    top_of,
)
from geo.points import located
from geo.surface import Overlay, Surface, levels, overlay, zonal_mass
from geo.uncertainty import SEED, displacements
from layers.city import City
from layers.drawing import Drawing, Handle, Raster, Shapes
from layers.selection import DECIDING_KEYS
from layers.smallmap import Plate, Small, plate_of
from layers.state import DENSITY_CELLS_M, DensityOptions, ViewState, to_query
from layers.sums import equation
from layers.text import Say, speaker
from layers.view import View
from layers.words import cell, number, row_of, said

CELLS_PER_BANDWIDTH: Final = 10
"""Cells to a bandwidth, if no other is asked for: one cell on, a kernel falls by 6 % at most."""
LEAST_CELLS_PER_BANDWIDTH: Final = 2
"""Below that, the picture no longer shows the surface between its cells."""
DRAWS: Final = 200
PEAKS: Final = 5
NEAR: Final = 0.2
"""A district is named with a peak if it holds this share of the disc of half a bandwidth."""
RAMP: Final = (
    "#EDD7E3", "#DCBAD2", "#CB9EC5", "#B886B8", "#A56EAD",
    "#9158A1", "#78498B", "#603A76", "#492A60",
)  # fmt: skip
"""One hue, even steps of lightness (CAM02-UCS), light to dark; violet, as coverage is green."""
OPACITY: Final = 0.8
CLASSES: Final = len(RAMP)
STRIP_CLASSES: Final = (0.2, 0.4, 0.6, 0.8)
"""Classes of the small pictures, as shares of each one's own highest value."""
LEVEL_WEIGHTS: Mapping[str, float] = MappingProxyType(
    {"national": 3.0, "ministerial": 2.0, "municipal": 2.0, "district": 1.0, "unknown": 1.0}
)
"""Our own convention, said so on the page; a level that is only aimed at counts as unknown."""
TOO_FINE: Final = "density.too_fine"
"""Caveat of a peak whose bandwidth is finer than the doubt of the places that make it."""
DOT_M: Final = 600.0
"""Radius of a place's dot: it stands on the ground and says nothing of the place's extent."""
_MOST_NAMED: Final = 4


@dataclass(frozen=True, eq=False)
class Measured:
    """What geo says of the places shown; the same in every language.

    Parameters
    ----------
    city, options
        What was asked.
    query
        Period, layers and filters that decide which places enter, as in the address.
    places
        Places that enter, on the city's plane.
    shown, nested, unmapped, outside
        Rows shown; those left out because their whole is there, because they have no site, and
        because they lie beyond the city.
    surface, districts, peaks, holds, runs
        Results; ``holds`` and ``runs`` are None where nothing can be said.
    heights
        By peak, its height over draws; None where the bandwidth is coarse enough for the doubt of
        the places that make it, and where some place's doubt is not known.
    drawn_in
        By district, in what share of the draws the highest peak lies in it; the largest first.
    breaks
        Lower bounds of the classes, per km².
    picture
        The surface in Web Mercator; None where it is zero.
    """

    city: City
    options: DensityOptions
    query: str
    places: gpd.GeoDataFrame
    shown: int
    nested: int
    unmapped: int
    outside: int
    surface: Surface
    districts: pd.DataFrame
    peaks: tuple[Peak, ...]
    heights: tuple[Height | None, ...]
    holds: Holds | None
    drawn_in: Mapping[str, float]
    runs: Sensitivity | None
    breaks: tuple[float, ...]
    picture: Overlay | None
    silverman_m: float
    """Silverman's figure, metres; NaN for fewer than two places."""


def outlines(city: City) -> gpd.GeoDataFrame:
    """Return the districts on the city's plane."""
    return city.districts[["geometry"]].to_crs(city.metric_epsg)


def cells(bandwidth_km: int) -> tuple[int, ...]:
    """Return the sides of a cell that the inventory may be measured with, metres; 0 is automatic.

    Parameters
    ----------
    bandwidth_km
        Bandwidth of the surface.
    """
    most = 1000 * bandwidth_km / LEAST_CELLS_PER_BANDWIDTH
    return tuple(cell for cell in DENSITY_CELLS_M if cell <= most)


def cell_of(options: DensityOptions) -> float:
    """Return the side of the cells in metres: that asked for if it is offered, else automatic.

    Parameters
    ----------
    options
        ``cell_m`` may come from an address, or be left over from another bandwidth.
    """
    offered = cells(options.bandwidth_km)
    if options.cell_m and options.cell_m in offered:
        return float(options.cell_m)
    follows = 1000 * options.bandwidth_km / CELLS_PER_BANDWIDTH
    return float(max(c for c in offered if c <= max(follows, INVENTORY_FINEST_CELL_M)))


def measure(view: View) -> Measured:
    """Measure the density of the places of a view.

    Parameters
    ----------
    view
        The places shown and, in its state, how to measure.

    Returns
    -------
    Measured
        A part counts with its whole; places without a site and beyond the city are counted apart.
    """
    city, options = view.city, view.state.density
    mapped = view.mapped
    places = mapped[counted_once(mapped).to_numpy(dtype=bool)].to_crs(city.metric_epsg)
    zones = outlines(city)
    area = zones.geometry.union_all()
    inside = places[shapely.intersects(area, places.geometry.to_numpy())]
    query = _query(view.state)
    surface = _surface(places, inside, area, city, options, query)
    peaks = _peaks(inside, surface, options)
    draws = _draws(inside) if peaks else None
    holds = None
    if draws is not None:
        holds = _holds(draws, inside, area, peaks[0], options, city)
    breaks = levels(surface, count=CLASSES)
    enough = len(inside) > 0
    return Measured(
        city=city,
        options=options,
        query=query,
        places=inside,
        outside=len(places) - len(inside),
        shown=len(view.places),
        nested=len(mapped) - len(places),
        unmapped=len(view.places) - len(mapped),
        surface=surface,
        districts=zonal_mass(surface, zones),
        peaks=peaks,
        heights=tuple(_height(inside, draws, peak, surface, options) for peak in peaks),
        holds=holds,
        drawn_in=_drawn_in(holds, zones),
        runs=_runs(inside, zones, area, options, city) if enough else None,
        breaks=breaks,
        picture=overlay(surface, breaks=breaks, colours=shades(len(breaks)), opacity=OPACITY)
        if breaks
        else None,
        silverman_m=silverman_sigma_m(_xy(inside)),
    )


def _query(state: ViewState) -> str:
    query = to_query(state)
    return urlencode({key: query[key] for key in DECIDING_KEYS})


def _xy(places: gpd.GeoDataFrame) -> Floats:
    return np.asarray(shapely.get_coordinates(places.geometry.to_numpy()), dtype=np.float64)


def _weights(places: gpd.GeoDataFrame, options: DensityOptions) -> list[float] | None:
    if options.weight == "none":
        return None
    return [
        LEVEL_WEIGHTS["unknown" if basis == "aimed_at" else str(level)]
        for level, basis in zip(places["level"], places["level_basis"], strict=True)
    ]


def _surface(
    places: gpd.GeoDataFrame,
    inside: gpd.GeoDataFrame,
    area: BaseGeometry,
    city: City,
    options: DensityOptions,
    query: str,
) -> Surface:
    """Return the surface; it carries what it was asked for into every file."""
    found = kernel_density(
        _xy(places),
        sigma_m=1000.0 * options.bandwidth_km,
        cell_m=cell_of(options),
        boundary=area,
        weights=_weights(places, options),
        kernel=options.kernel,
        crs=city.metric_epsg,
        data_date=city.data_date,
    )
    asked: dict[str, object] = {"city": city.id, "places": query, "weight": options.weight}
    if options.weight == "level":
        asked["weights"] = ";".join(f"{level}={value:g}" for level, value in LEVEL_WEIGHTS.items())
    fine = {
        "too_fine": _finer(inside, found.parameters["sigma_m"]),
        "cell_too_fine": _finer(inside, found.cell_m),
    }
    caveats = [f"density.{name}_places" for name, count in fine.items() if count]
    return replace(
        found,
        parameters={**found.parameters, **asked, **fine},
        caveats=(*found.caveats, *caveats),
    )


def _finer(inside: gpd.GeoDataFrame, length_m: object) -> int:
    """Return for how many places a bandwidth or a cell is finer than twice their doubt."""
    fine = finer_than_doubt(inside["uncertainty_m"], bandwidth_m=float(str(length_m)))
    return int(fine.sum())


def _peaks(inside: gpd.GeoDataFrame, surface: Surface, options: DensityOptions) -> tuple[Peak, ...]:
    return tuple(
        explain(
            inside,
            x=float(row["x"]),
            y=float(row["y"]),
            sigma_m=1000.0 * options.bandwidth_km,
            per_km2=float(row["per_km2"]),
            kernel=options.kernel,
            weights=_weights(inside, options),
            data_date=surface.data_date,
        )
        for _, row in highest(surface, points=_xy(inside), count=PEAKS).iterrows()
    )


Floats = npt.NDArray[np.float64]


def _draws(inside: gpd.GeoDataFrame) -> Floats | None:
    """Return positions drawn within each place's doubt; None if some place's is not known."""
    if inside["uncertainty_m"].isna().any():
        return None
    there = located(inside, argument="places")
    return there.xy + displacements(there, draws=DRAWS, seed=SEED)


def _height(
    inside: gpd.GeoDataFrame,
    draws: Floats | None,
    peak: Peak,
    surface: Surface,
    options: DensityOptions,
) -> Height | None:
    """Return a peak's height over the draws, if its bandwidth is finer than the doubt."""
    if draws is None or TOO_FINE not in peak.caveats:
        return None
    return _height_at(inside, draws, (peak.x, peak.y), peak.value, surface, options)


def _height_at(
    inside: gpd.GeoDataFrame,
    draws: Floats,
    spot: tuple[float, float],
    per_km2: float,
    surface: Surface,
    options: DensityOptions,
) -> Height:
    return peak_height(
        _xy(inside),
        draws,
        peak=spot,
        per_km2=per_km2,
        sigma_m=1000.0 * options.bandwidth_km,
        kernel=options.kernel,
        weights=_weights(inside, options),
        data_date=surface.data_date,
    )


def at_places(measured: Measured) -> pd.DataFrame:
    """Return the density at each place, no finer than the doubt about where it is.

    Parameters
    ----------
    measured
        See :func:`measure`.

    Returns
    -------
    DataFrame
        By place: ``answer`` is ``figure`` where the bandwidth is at least twice the place's doubt,
        ``interval`` where it is less, and ``refused`` where a doubt is not known; ``per_km2`` the
        figure, ``low_per_km2`` and ``high_per_km2`` the ends of the interval, at the centre of the
        place's cell; NaN where there is none.
    """
    places, surface = measured.places, measured.surface
    xy, draws = _xy(places), _draws(places)
    corner, cell = np.array([surface.x0, surface.y0]), surface.cell_m
    centres = corner + (np.floor((xy - corner) / cell) + 0.5) * cell
    fine = finer_than_doubt(
        places["uncertainty_m"], bandwidth_m=1000.0 * measured.options.bandwidth_km
    )
    rows = []
    for centre, value, too_fine in zip(centres, surface.at(xy), fine, strict=True):
        if not too_fine:
            rows.append(("figure", value, np.nan, np.nan))
        elif draws is None or not value > 0:
            rows.append(("refused", np.nan, np.nan, np.nan))
        else:
            spot = (float(centre[0]), float(centre[1]))
            height = _height_at(places, draws, spot, float(value), surface, measured.options)
            rows.append(("interval", np.nan, height.low, height.high))
    columns = ["answer", "per_km2", "low_per_km2", "high_per_km2"]
    return pd.DataFrame(rows, index=places.index, columns=columns)


def _holds(
    draws: Floats,
    inside: gpd.GeoDataFrame,
    area: BaseGeometry,
    peak: Peak,
    options: DensityOptions,
    city: City,
) -> Holds:
    """Say whether the highest peak stays within one bandwidth when places move in their doubt."""
    sigma = 1000.0 * options.bandwidth_km
    return peak_holds(
        draws,
        sigma_m=sigma,
        within=(peak.x, peak.y, sigma),
        area=area,
        kernel=options.kernel,
        weights=_weights(inside, options),
        data_date=city.data_date,
    )


def _drawn_in(holds: Holds | None, zones: gpd.GeoDataFrame) -> Mapping[str, float]:
    """Return in what share of the draws the highest peak lies in each district."""
    if holds is None:
        return MappingProxyType({})
    points = gpd.GeoSeries(gpd.points_from_xy(*holds.at.T), crs=zones.crs)
    seen = Counter(
        {str(code): int(points.intersects(shape).sum()) for code, shape in zones.geometry.items()}
    )
    return MappingProxyType({code: n / len(points) for code, n in seen.most_common() if n})


def _runs(
    inside: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame,
    area: BaseGeometry,
    options: DensityOptions,
    city: City,
) -> Sensitivity:
    return sensitivity(
        _xy(inside),
        zones=zones,
        sigma_m=1000.0 * options.bandwidth_km,
        cell_m=cell_of(options),
        boundary=area,
        kernel=options.kernel,
        weights=_weights(inside, options),
        crs=city.metric_epsg,
        data_date=city.data_date,
    )


def shades(steps: int) -> tuple[str, ...]:
    """Return so many colours of the ramp, from light to dark, evenly spread."""
    if steps == 1:
        return (RAMP[len(RAMP) // 2],)
    at = np.linspace(0, len(RAMP) - 1, steps)
    channels = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in RAMP], dtype=float)
    mixed = np.column_stack(
        [np.interp(at, np.arange(len(RAMP)), channels[:, channel]) for channel in range(3)]
    )
    return tuple("#{:02X}{:02X}{:02X}".format(*map(round, colour)) for colour in mixed.tolist())


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
        drawing=_drawing(measured, names, lang),
    )


def names_of(city: City, lang: str) -> dict[str, str]:
    """Return the districts' names by code."""
    return {str(code): cell(row, "name", lang) for code, row in city.districts.iterrows()}


def _where(measured: Measured, at: int, names: Mapping[str, str], say: Say) -> str:
    """Name the districts of a peak: those that hold much of the disc of half a bandwidth round it.

    The surface says nothing finer: a peak on a border belongs to both sides. To the highest one
    belong also the districts in which more than a tenth of the draws put it.
    """
    peak, zones = measured.peaks[at], outlines(measured.city)
    disc = shapely.Point(peak.x, peak.y).buffer(500.0 * measured.options.bandwidth_km)
    held = zones.geometry.intersection(disc).area / disc.area
    drawn = pd.Series(measured.drawn_in if at == 0 else {}, dtype=float).reindex(held.index)
    belongs = (held >= NEAR) | (drawn > 1 - FIRM_SHARE)
    near = held[belongs].sort_values(ascending=False, kind="stable")
    if near.empty:
        near = held.sort_values(ascending=False, kind="stable").iloc[:1]
    listed = [names[str(code)] for code in near.index]
    if len(listed) == 1:
        return listed[0]
    first = say("density_page.comma").join(listed[:-1])
    return say("density_page.around", names=first + say("density_page.and") + listed[-1])


def _per_km2(measured: Measured, value: float, say: Say) -> str:
    return say(f"density_page.per_km2_{measured.options.weight}", value=number(value))


def _height_words(measured: Measured, at: int, say: Say) -> str:
    """Return a peak's height: a figure, a range over draws, or that there is none."""
    height = measured.heights[at]
    if TOO_FINE not in measured.peaks[at].caveats:
        return _per_km2(measured, measured.peaks[at].value, say)
    if height is None:
        return say("density_page.no_height")
    return say(f"density_page.interval_{measured.options.weight}", range=_range(height, say))


def _range(height: Height, say: Say) -> str:
    return say("density_page.range", low=number(height.low), high=number(height.high))


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
            district=_where(measured, 0, names, say),
            value=_height_words(measured, 0, say),
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
        district=_where(measured, at, names, say),
        value=_height_words(measured, at, say),
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
        where = _where(measured, at, names, say)
        labels.append(say("density_page.ranked", rank=at + 1, district=where))
        between = _range(height, say) if height else "–"
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
        yield say("density_page.draws_split", where=_where(measured, 0, names, say))


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
    xy = _xy(measured.places)
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
    plate = plate_of(measured.city)
    for surface, (_, run) in zip(runs.surfaces, runs.runs.iterrows(), strict=True):
        breaks = [part * surface.value for part in STRIP_CLASSES]
        laid = overlay(surface, breaks=breaks, colours=shades(len(breaks)), opacity=1.0)
        zone = run["peak_zone"]
        caption = say(
            "density_page.small",
            bandwidth=number(run["sigma_m"] / 1000, "km"),
            cell=number(run["cell_m"], "m"),
            district=names[str(zone)] if zone is not None else say("density_page.at_the_edge"),
            value=_per_km2(measured, run["highest"], say),
        )
        yield Small(_small(laid, plate), caption)


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


def _drawing(measured: Measured, names: Mapping[str, str], lang: str) -> Drawing:
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
                    district=_where(measured, at, names, say),
                    value=_height_words(measured, at, say),
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
