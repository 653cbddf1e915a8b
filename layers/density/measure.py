"""Measure where the places shown are dense, and how firm that is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final
from urllib.parse import urlencode

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geo.base.arrays import Floats
from geo.base.draws import SEED, displacements
from geo.base.points import located
from geo.density.doubt import INVENTORY_FINEST_CELL_M, finer_than_doubt
from geo.density.firmness import Height, Holds, peak_height, peak_holds
from geo.density.kernel_density import kernel_density, silverman_sigma_m
from geo.density.mercator import Overlay, overlay
from geo.density.peaks import Peak, counted_once, explain, highest
from geo.density.sensitivity import Sensitivity, sensitivity
from geo.density.surface import Surface, levels, zonal_mass
from geo.density.zonal_doubt import zonal_doubt
from layers.map.colours import CLASSES, OPACITY, shades
from layers.pack.city import City, outlines
from layers.view.address import to_query
from layers.view.codecs import choices
from layers.view.page_options import DensityOptions
from layers.view.question import Question, rows_asked
from layers.view.state import ViewState, deciding

CELLS_PER_BANDWIDTH: Final = 10
"""Cells to a bandwidth, if no other is asked for: one cell on, a kernel falls by 6 % at most."""
LEAST_CELLS_PER_BANDWIDTH: Final = 2
"""Below that, the picture no longer shows the surface between its cells."""
DRAWS: Final = 200
LEAST_AT_PEAK: Final = 3
"""Fewer places within one bandwidth are no peak: one or two places are only themselves."""
PEAKS: Final = 5
LEVEL_WEIGHTS: Mapping[str, float] = MappingProxyType(
    {"national": 3.0, "ministerial": 2.0, "municipal": 2.0, "district": 1.0, "unknown": 1.0}
)
"""Our own convention, said so on the page; a level that is only aimed at counts as unknown."""
TOO_FINE: Final = "density.too_fine"
"""Caveat of a peak whose bandwidth is finer than the doubt of the places that make it."""


@dataclass(frozen=True, eq=False)
class DensityAnswer:
    """What geo says of the places shown; the same in every language.

    Parameters
    ----------
    city, question
        What was asked.
    query
        Period, layers and filters that decide which places enter, as in the address.
    places
        Places that enter, on the city's plane.
    shown, nested, unmapped, titles, outside
        Rows shown; those left out because their whole is there, because they have no site, because
        they are titles of an area, and because they lie beyond the city.
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
    question: Question[DensityOptions]
    query: str
    places: gpd.GeoDataFrame
    shown: int
    nested: int
    unmapped: int
    titles: int
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

    @property
    def options(self) -> DensityOptions:
        """How it was measured."""
        return self.question.options


def cells(bandwidth_km: int) -> tuple[int, ...]:
    """Return the sides of a cell that the inventory may be measured with, metres; 0 is automatic.

    Parameters
    ----------
    bandwidth_km
        Bandwidth of the surface, kilometres.
    """
    most = 1000 * bandwidth_km / LEAST_CELLS_PER_BANDWIDTH
    return tuple(cell for cell in choices(DensityOptions, "cell_m") if cell <= most)


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


def question(state: ViewState) -> Question[DensityOptions]:
    """Return what of a state decides the surface.

    Parameters
    ----------
    state
        State of the page. Period, later, layers and filters are taken, and the options of density
        but ``by``, ``part`` and ``fill``; the rest decides nothing.
    """
    measured = replace(state.density, by="host", part="plan", fill="surface")
    return Question(**rows_asked(state), options=measured)


def measure(city: City, asked: Question[DensityOptions]) -> DensityAnswer:
    """Measure the density of the places that are asked for.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    asked
        Which places enter, and how to measure.

    Returns
    -------
    DensityAnswer
        A part counts with its whole; places without a site and beyond the city are counted apart.
    """
    view, options = asked.view(city), asked.options
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
    return DensityAnswer(
        city=city,
        question=asked,
        query=query,
        places=inside,
        outside=len(places) - len(inside),
        shown=len(view.places),
        nested=len(mapped) - len(places),
        unmapped=len(view.unmapped),
        titles=len(view.titles),
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
        silverman_m=silverman_sigma_m(positions(inside)),
    )


def _query(state: ViewState) -> str:
    return urlencode(to_query(deciding(state)))


def positions(places: gpd.GeoDataFrame) -> Floats:
    """Return the coordinates of places on the plane they are given in, shape (n, 2).

    Parameters
    ----------
    places
        Points on any plane; a row without a point is passed over.

    Returns
    -------
    Floats
        x and y, in the order of the rows.
    """
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
        positions(places),
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
    """Return the highest peaks that have at least three places within one bandwidth."""
    sigma, xy = 1000.0 * options.bandwidth_km, positions(inside)
    highs = highest(surface, points=xy, count=max(len(inside), 1))
    near = [
        int((np.hypot(*(xy - spot).T) <= sigma).sum()) for spot in highs[["x", "y"]].to_numpy(float)
    ]
    found = highs[np.array(near, dtype=int) >= LEAST_AT_PEAK].head(PEAKS)
    return tuple(
        explain(
            inside,
            x=float(row["x"]),
            y=float(row["y"]),
            sigma_m=sigma,
            per_km2=float(row["per_km2"]),
            kernel=options.kernel,
            weights=_weights(inside, options),
            data_date=surface.data_date,
        )
        for _, row in found.iterrows()
    )


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
        positions(inside),
        draws,
        peak=spot,
        per_km2=per_km2,
        sigma_m=1000.0 * options.bandwidth_km,
        kernel=options.kernel,
        weights=_weights(inside, options),
        data_date=surface.data_date,
    )


def at_places(answer: DensityAnswer) -> pd.DataFrame:
    """Return the density at each place, no finer than the doubt about where it is.

    Parameters
    ----------
    answer
        As :func:`measure` returns it.

    Returns
    -------
    DataFrame
        By place: ``answer`` is ``figure`` where the bandwidth is at least twice the place's doubt,
        ``interval`` where it is less, and ``refused`` where a doubt is not known; ``per_km2`` the
        figure, ``low_per_km2`` and ``high_per_km2`` the ends of the interval, at the centre of the
        place's cell; NaN where there is none.
    """
    places, surface = answer.places, answer.surface
    xy, draws = positions(places), _draws(places)
    corner, cell = np.array([surface.x0, surface.y0]), surface.cell_m
    centres = corner + (np.floor((xy - corner) / cell) + 0.5) * cell
    fine = finer_than_doubt(
        places["uncertainty_m"], bandwidth_m=1000.0 * answer.options.bandwidth_km
    )
    rows = []
    for centre, value, too_fine in zip(centres, surface.at(xy), fine, strict=True):
        if not too_fine:
            rows.append(("figure", value, np.nan, np.nan))
        elif draws is None or not value > 0:
            rows.append(("refused", np.nan, np.nan, np.nan))
        else:
            spot = (float(centre[0]), float(centre[1]))
            height = _height_at(places, draws, spot, float(value), surface, answer.options)
            rows.append(("interval", np.nan, height.low, height.high))
    columns = ["answer", "per_km2", "low_per_km2", "high_per_km2"]
    return pd.DataFrame(rows, index=places.index, columns=columns)


def in_districts(answer: DensityAnswer) -> pd.DataFrame:
    """Return how much of the surface lies in each district, with its doubt.

    Parameters
    ----------
    answer
        As :func:`measure` returns it.

    Returns
    -------
    DataFrame
        By district: ``mass``, ``share`` and ``highest`` as drawn, and ``low`` and ``high``, the
        ends of the interval of the mass over the draws; NaN where some place's doubt is not known.
    """
    draws = _draws(answer.places)
    if draws is None:
        return answer.districts.assign(low=np.nan, high=np.nan)
    zones = outlines(answer.city)
    doubted = zonal_doubt(
        answer.surface,
        draws,
        zones,
        boundary=zones.geometry.union_all(),
        weights=_weights(answer.places, answer.options),
    )
    return answer.districts.join(doubted)


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
        positions(inside),
        zones=zones,
        sigma_m=1000.0 * options.bandwidth_km,
        cell_m=cell_of(options),
        boundary=area,
        kernel=options.kernel,
        weights=_weights(inside, options),
        crs=city.metric_epsg,
        data_date=city.data_date,
    )
