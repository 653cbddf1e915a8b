"""Say where the places shown are dense, how firm that is, and hand the surface over."""

from __future__ import annotations

import base64
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
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
from geo.density import kernel_density, silverman_sigma_m
from geo.geojson import to_geojson
from geo.pattern import MINIMUM
from geo.peaks import (
    INVENTORY_FINEST_M,
    Holds,
    Peak,
    Sensitivity,
    counted_once,
    explain,
    finer_than_doubt,
    highest,
    peak_holds,
    sensitivity,
)
from geo.points import located
from geo.surface import Overlay, Surface, contours, levels, overlay, to_geotiff, zonal_mass
from geo.uncertainty import SEED, displacements
from layers.city import City
from layers.drawing import Drawing, Handle, Raster, Shapes
from layers.export import Package
from layers.handover import to_csv
from layers.selection import DECIDING_KEYS
from layers.state import DensityOptions, ViewState, to_query
from layers.text import LANGS, Say, speaker
from layers.view import View
from layers.words import cell, number, row_of

CELL_M: Final = 500.0
DRAWS: Final = 200
PEAKS: Final = 5
FARTHEST_SIGMAS: Final = 2.0
"""A peak has a place within so many bandwidths."""
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
DOT_M: Final = 600.0
"""Radius of a place's dot: it stands on the ground and says nothing of the place's extent."""
_OUTLINE_M: Final = 700.0
"""Metres to which outlines are simplified in the small pictures."""
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
    holds: Holds | None
    runs: Sensitivity | None
    breaks: tuple[float, ...]
    picture: Overlay | None
    silverman_m: float
    """Silverman's figure, metres; NaN for fewer than two places."""


def outlines(city: City) -> gpd.GeoDataFrame:
    """Return the districts on the city's plane."""
    return city.districts[["geometry"]].to_crs(city.metric_epsg)


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
    surface = _surface(places, area, city, options, query)
    peaks = _peaks(inside, surface, options)
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
        holds=_holds(inside, area, peaks, options, city) if peaks else None,
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


def _xy(places: gpd.GeoDataFrame) -> npt.NDArray[np.float64]:
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
    area: BaseGeometry,
    city: City,
    options: DensityOptions,
    query: str,
) -> Surface:
    """Return the surface; it carries what it was asked for into every file."""
    found = kernel_density(
        _xy(places),
        sigma_m=1000.0 * options.bandwidth_km,
        cell_m=CELL_M,
        boundary=area,
        weights=_weights(places, options),
        kernel=options.kernel,
        crs=city.metric_epsg,
        data_date=city.data_date,
    )
    asked = {"city": city.id, "places": query, "weight": options.weight}
    if options.weight == "level":
        asked["weights"] = ";".join(f"{level}={value:g}" for level, value in LEVEL_WEIGHTS.items())
    return replace(found, parameters={**found.parameters, **asked})


def _peaks(inside: gpd.GeoDataFrame, surface: Surface, options: DensityOptions) -> tuple[Peak, ...]:
    """Return the highest peaks; without a place near, a high is the edge correction's own."""
    weights, xy, sigma = _weights(inside, options), _xy(inside), 1000.0 * options.bandwidth_km
    return tuple(
        explain(
            inside,
            x=float(row["x"]),
            y=float(row["y"]),
            sigma_m=sigma,
            per_km2=float(row["per_km2"]),
            weights=weights,
            data_date=surface.data_date,
        )
        for _, row in highest(surface, count=PEAKS).iterrows()
        if np.hypot(*(xy - [row["x"], row["y"]]).T).min() <= FARTHEST_SIGMAS * sigma
    )


def _holds(
    inside: gpd.GeoDataFrame,
    area: BaseGeometry,
    peaks: Sequence[Peak],
    options: DensityOptions,
    city: City,
) -> Holds | None:
    """Say whether the highest peak stays within one bandwidth when places move in their doubt."""
    if inside["uncertainty_m"].isna().any():
        return None
    there = located(inside, argument="places")
    sigma = 1000.0 * options.bandwidth_km
    return peak_holds(
        there.xy + displacements(there, draws=DRAWS, seed=SEED),
        sigma_m=sigma,
        within=(peaks[0].x, peaks[0].y, sigma),
        area=area,
        weights=_weights(inside, options),
        data_date=city.data_date,
    )


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
        cell_m=CELL_M,
        boundary=area,
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


@dataclass(frozen=True)
class Small:
    """A small picture of a surface: its address and what it shows, in words."""

    uri: str
    caption: str


@dataclass(frozen=True, eq=False)
class DensityTold:
    """A measured density in the reader's language.

    Parameters
    ----------
    sentence
        The result, as one says it.
    account
        Which rows enter and which do not; the numbers add up to the rows shown.
    legend
        Colour and words of each class; ``legend_title`` has the unit.
    peaks
        The highest first.
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
    legend_title: str
    legend: tuple[tuple[str, str], ...]
    peaks: tuple[PeakTold, ...]
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
    names = _names(measured.city, lang)
    return DensityTold(
        sentence=_sentence(measured, names, lang),
        account=_account(measured, say),
        legend_title=say(f"density_page.legend_{measured.options.weight}"),
        legend=tuple(_legend(measured, say)),
        peaks=tuple(_peak(measured, at, names, lang) for at in range(len(measured.peaks))),
        firmness=tuple(_firmness(measured, names, say)),
        districts=_districts(measured, names, say),
        notes=tuple(_said(say, measured.surface.caveats, measured.surface.parameters)),
        method=tuple(_method(measured, say)),
        verdict=_verdict(measured, names, lang),
        strip=tuple(_strip(measured, names, say)),
        too_few=tuple(_too_few(measured, say)),
        drawing=_drawing(measured, names, lang),
    )


def _names(city: City, lang: str) -> dict[str, str]:
    return {str(code): cell(row, "name", lang) for code, row in city.districts.iterrows()}


def _said(say: Say, keys: Sequence[str], values: Mapping[str, object]) -> Iterator[str]:
    """Yield the sentences of keys, measured numbers rounded."""
    shown = {
        n: (number(v) if math.isfinite(v) else "–") if isinstance(v, float) else v
        for n, v in values.items()
    }
    for key in keys:
        yield say(key, **shown)


def _where(measured: Measured, x: float, y: float, names: Mapping[str, str], say: Say) -> str:
    """Name the districts of a peak: those that hold much of the disc of half a bandwidth round it.

    The surface says nothing finer: a peak on a border belongs to both sides.
    """
    zones = outlines(measured.city)
    disc = shapely.Point(x, y).buffer(500.0 * measured.options.bandwidth_km)
    held = zones.geometry.intersection(disc).area / disc.area
    near = held[held >= NEAR].sort_values(ascending=False, kind="stable")
    if near.empty:
        near = held.sort_values(ascending=False, kind="stable").iloc[:1]
    listed = say("density_page.and").join(names[str(code)] for code in near.index)
    return listed if len(near) == 1 else say("density_page.around", names=listed)


def _per_km2(measured: Measured, value: float, say: Say) -> str:
    return say(f"density_page.per_km2_{measured.options.weight}", value=number(value))


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
            district=_where(measured, peak.x, peak.y, names, say),
            value=_per_km2(measured, peak.value, say),
        ),
        say(
            "density_page.most",
            district=names[str(share.index[0])],
            percent=number(100 * float(share.iloc[0])),
        ),
        *_said(say, (peak.label,), peak.parameters),
    ]
    holds = measured.holds
    if holds is not None:
        parts += _said(say, holds.caveats[1:], holds.parameters)
    if measured.runs is not None:
        parts.append(say(f"density_page.{measured.runs.verdict}"))
    return ("" if lang == "zh" else " ").join(parts)


def _account(measured: Measured, say: Say) -> str:
    return say(
        "density_page.account",
        shown=measured.shown,
        n=measured.surface.n,
        nested=measured.nested,
        unmapped=measured.unmapped,
        outside=measured.outside,
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
        district=_where(measured, peak.x, peak.y, names, say),
        value=_per_km2(measured, peak.value, say),
    )
    made = [cell(row_of(measured.places, id_), "name", lang) for id_ in peak.makers]
    listed = say("density_page.comma").join(made[:_MOST_NAMED])
    key = "makers" if len(made) <= _MOST_NAMED else "makers_more"
    notes = [
        *_said(say, peak.caveats, peak.parameters),
        say(f"density_page.{key}", names=listed, count=len(made)),
    ]
    return PeakTold(title, tuple(notes))


def _firmness(measured: Measured, names: Mapping[str, str], say: Say) -> Iterator[str]:
    """Say how often the highest peak stays, and where it goes otherwise."""
    holds = measured.holds
    if holds is None:
        return
    yield from _said(say, holds.caveats, holds.parameters)
    zones = outlines(measured.city)
    points = gpd.GeoSeries(gpd.points_from_xy(*holds.at.T), crs=zones.crs)
    seen: Counter[str] = Counter()
    for code, shape in zones.geometry.items():
        seen[str(code)] = int(points.intersects(shape).sum())
    parts = [
        say(
            "density_page.draws_in",
            district=names[code],
            percent=round(100 * times / len(points)),
        )
        for code, times in seen.most_common(3)
        if times
    ]
    if parts:
        yield say("density_page.draws", parts=say("density_page.comma").join(parts))


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


def too_fine(measured: Measured) -> int:
    """Return for how many places the bandwidth is finer than twice their doubt."""
    if not len(measured.places):
        return 0
    doubt = measured.places["uncertainty_m"]
    fine = finer_than_doubt(doubt, bandwidth_m=1000.0 * measured.options.bandwidth_km)
    return int(fine.sum())


def _method(measured: Measured, say: Say) -> Iterator[str]:
    """Yield how it was measured, with the rule for the bandwidth and the warning beside it."""
    options, surface = measured.options, measured.surface
    yield say(
        "density_page.how",
        method=say(surface.method),
        kernel=say(f"density.kernel.{options.kernel}"),
        bandwidth=options.bandwidth_km,
        cell=number(CELL_M, "m"),
        epsg=measured.city.metric_epsg,
    )
    if len(measured.places):
        yield say(
            "density.finest",
            median_km=number(float(measured.places["uncertainty_m"].median()) / 1000),
            finest_km=number(INVENTORY_FINEST_M / 1000),
        )
        yield say("density_page.too_fine", count=too_fine(measured), n=len(measured.places))
    yield say("density_page.rule")
    if math.isfinite(measured.silverman_m):
        yield say("density.silverman", sigma_km=number(measured.silverman_m / 1000))
    if options.weight == "level":
        yield say("density_page.weights")
    yield say("density_page.nested")
    yield say("density_page.gaussian_only")


def _verdict(measured: Measured, names: Mapping[str, str], lang: str) -> str:
    say, runs = speaker(lang), measured.runs
    if runs is None:
        return ""
    zones = [names[str(code)] for code in dict.fromkeys(runs.runs["peak_zone"]) if code is not None]
    tops = np.array([_top_of(surface) for surface in runs.surfaces])
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


def _top_of(surface: Surface) -> tuple[float, float]:
    """Return the centre of the highest cell."""
    row, column = np.unravel_index(surface.values.argmax(), surface.values.shape)
    return float(surface.xs[column]), float(surface.ys[row])


def _strip(measured: Measured, names: Mapping[str, str], say: Say) -> Iterator[Small]:
    """Yield a small picture of each surface, in the order of the runs."""
    runs = measured.runs
    if runs is None:
        return
    paths, frame = _outline(measured.city)
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
        yield Small(_small(laid, paths, frame), caption)


Frame = tuple[float, float, float, float]


def _outline(city: City) -> tuple[str, Frame]:
    """Return the districts as an SVG path in Web Mercator, y to the south, and their bounds."""
    shapes = city.districts.geometry.to_crs(3857).simplify(_OUTLINE_M)
    path = "".join(
        "M" + "L".join(f"{x:.0f} {-y:.0f}" for x, y in shapely.get_coordinates(ring)) + "Z"
        for shape in shapes
        for ring in shapely.get_rings(shape)
    )
    west, south, east, north = shapes.total_bounds
    return path, (float(west), float(-north), float(east - west), float(north - south))


def _small(laid: Overlay, path: str, frame: Frame) -> str:
    """Return a picture of an overlay under the districts' lines as a ``data:`` address."""
    (south, west), (north, east) = laid.bounds
    corners = gpd.GeoSeries([shapely.box(west, south, east, north)], crs=4326).to_crs(3857)
    left, low, right, high = corners.total_bounds
    png = base64.b64encode(laid.png).decode()
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{" ".join(f"{v:.0f}" for v in frame)}" '
        f'width="300" height="{300 * frame[3] / frame[2]:.0f}">'
        f'<path d="{path}" fill="#F7F5F0"/>'
        f'<image x="{left:.0f}" y="{-high:.0f}" width="{right - left:.0f}" '
        f'height="{high - low:.0f}" preserveAspectRatio="none" '
        f'href="data:image/png;base64,{png}"/>'
        f'<path d="{path}" fill="none" stroke="#8A8478" stroke-width="{frame[2] / 400:.0f}"/></svg>'
    )
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


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
                    district=_where(measured, peak.x, peak.y, names, say),
                    value=_per_km2(measured, peak.value, say),
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


def geotiff(measured: Measured) -> bytes:
    """Return the surface as a GeoTIFF on the city's plane, parameters and caveats in its tags."""
    return to_geotiff(measured.surface)


def files(measured: Measured) -> Package:
    """Return the surface with contours, tables and what the reader must know.

    Parameters
    ----------
    measured
        What the screen shows.

    Returns
    -------
    Package
        GeoTIFF, GeoJSON (RFC 7946), CSV; numbers unrounded, words in both languages.
    """
    city = measured.city
    tables = {
        "density.tif": geotiff(measured),
        "density_contours.geojson": to_geojson(_contours(measured)),
        "density_districts.csv": _district_csv(measured),
        "density_peaks.csv": _peak_csv(measured),
        "density_about.csv": _about(measured),
    }
    name = f"{city.id}_{city.data_date}_density_{measured.options.bandwidth_km}km"
    return Package(name, date.fromisoformat(city.data_date), MappingProxyType(tables))


def _contours(measured: Measured) -> gpd.GeoDataFrame:
    """Return the lines between the classes, each with what it was made from."""
    surface = measured.surface
    lines = contours(surface, measured.breaks)
    parameters = surface.parameters
    return lines.assign(
        unit=surface.unit,
        method=surface.method,
        kernel=str(parameters["kernel"]),
        sigma_m=float(str(parameters["sigma_m"])),
        cell_m=surface.cell_m,
        weight=measured.options.weight,
        places=measured.query,
        n=surface.n,
        data_date=surface.data_date,
        caveats=";".join(surface.caveats),
    )


def _district_csv(measured: Measured) -> bytes:
    names = [_names(measured.city, lang) for lang in LANGS]
    rows = [["adcode", "name_zh", "name_en", "mass", "share", "highest_per_km2"]]
    table = measured.districts.sort_values("mass", ascending=False, kind="stable")
    for code, row in table.iterrows():
        values = ["" if math.isnan(v) else repr(float(v)) for v in row]
        rows.append([str(code), *(named[str(code)] for named in names), *values])
    return to_csv(rows)


def _peak_csv(measured: Measured) -> bytes:
    head = ["rank", "east_m", "north_m", "epsg", "per_km2", "label", "makers", "caveats", "holds"]
    rows = [head]
    for at, peak in enumerate(measured.peaks):
        held = f"{measured.holds.value:.3f}" if measured.holds and at == 0 else ""
        rows.append(
            [
                *(str(at + 1), f"{peak.x:.1f}", f"{peak.y:.1f}", str(measured.city.metric_epsg)),
                *(repr(peak.value), peak.label, ";".join(peak.makers), ";".join(peak.caveats)),
                held,
            ]
        )
    return to_csv(rows)


def _about(measured: Measured) -> bytes:
    """Return parameters, account and every sentence of the page, in both languages."""
    told = [tell(measured, lang) for lang in LANGS]
    rows = [["name", "zh", "en"]]
    rows += [[name, str(v), str(v)] for name, v in measured.surface.parameters.items()]
    rows.append(["data_date", *[measured.surface.data_date] * 2])
    rows.append(["account", *(t.account for t in told)])
    for name in ("firmness", "notes", "method", "too_few"):
        rows += [
            [name, *sentences] for sentences in zip(*(getattr(t, name) for t in told), strict=True)
        ]
    rows.append(["verdict", *(t.verdict for t in told)])
    return to_csv(rows)
