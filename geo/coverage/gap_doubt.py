"""Say how sure it is what no site reaches: each uncovered area, and the way to the nearest site."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.base.arrays import Floats, Longs
from geo.base.draws import HIGH, LEAST_DRAWS, LOW, SEED, displacements
from geo.base.finding import Finding
from geo.base.points import Located, located, radii, require_same_crs
from geo.coverage.gaps import WORST, mean_of_worst, spot_weights, spots, weighted_quantile
from geo.coverage.service_area import nearest
from geo.coverage.simulation import LINE_STEP_M, SETTLED, covered_by_draw, with_undisturbed
from geo.grid.cells import grid_over
from geo.grid.polygons import require_polygons

Stacks = Literal["together", "apart"]
ZONE_CELL_M = 1_000.0
"""Cell by which a district is divided among its uncovered areas."""
SPOTS_M = 3_000.0
"""Distance between the spots at which distances are drawn."""


@dataclass(frozen=True, eq=False, kw_only=True)
class GapDoubt(Finding):
    """How sure uncovered areas are; ``value`` is how many keep their rank."""

    table: pd.DataFrame
    """By rank as in :func:`geo.coverage.gaps.gaps`: ``low_km2`` and ``high_km2``, the uncovered
    area of its ground (5th and 95th percentile of the draws), ``rest_km2`` the same with every
    site where it is drawn; ``farthest_low_m`` and ``farthest_high_m``, from its remotest
    spot to the site then nearest; ``nearest_share``, the part of the draws in which that is the
    site named;
    ``open_with``, the ranks whose order with this one fewer than 90 % of the draws bear out,
    a tuple."""


def doubt_of_gaps(
    gaps: gpd.GeoDataFrame,
    sites: gpd.GeoDataFrame,
    within: gpd.GeoDataFrame,
    *,
    radius_m: float | pd.Series,
    draws: int = LEAST_DRAWS,
    seed: int = SEED,
    stacks: Stacks = "together",
    step_m: float = LINE_STEP_M,
) -> GapDoubt:
    """Carry the doubt about the locations into each uncovered area.

    Parameters
    ----------
    gaps
        Result of :func:`geo.coverage.gaps.gaps`.
    sites
        The same sites, points in a CRS in metres with a column ``uncertainty_m``, indexed by id.
    within
        The same polygons, indexed by id.
    radius_m
        The same straight-line radius in metres, one for all or one per id.
    draws, seed, stacks, step_m
        As in :func:`geo.coverage.simulation.simulate`.

    Returns
    -------
    GapDoubt
        With one row for each area.

    Raises
    ------
    CrsError, DataError, ParameterError
        As :func:`geo.coverage.simulation.simulate`.

    Notes
    -----
    When the sites move, an uncovered area grows, shrinks, parts and merges, so that its size over
    the draws needs ground of its own: every polygon of ``within`` is divided among its areas, each
    spot to the nearest (:func:`zones`), and what is uncovered of that ground is the area's size.
    The grounds of a polygon make up the whole of it. Its remotest spot stays where it is.
    """
    there = located(sites, argument="sites")
    require_same_crs(within, sites, argument="within")
    require_polygons(within, argument="within")
    radius = radii(there.frame, radius_m)
    places = there.xy + with_undisturbed(
        displacements(there, draws=draws, seed=seed, stacks=stacks)
    )
    ground = zones(gaps, within)
    covered, whole = covered_by_draw(places, radius, ground, step_m=step_m)
    open_ = np.maximum(whole - covered, 0.0)
    away, named = _from_remotest(gaps, there, places)
    table = pd.DataFrame(
        {
            "rest_km2": open_[0],
            "low_km2": np.quantile(open_[1:], LOW, axis=0),
            "high_km2": np.quantile(open_[1:], HIGH, axis=0),
            "farthest_low_m": np.quantile(away[1:], LOW, axis=0),
            "farthest_high_m": np.quantile(away[1:], HIGH, axis=0),
            "nearest_share": named[1:].mean(axis=0),
            "open_with": _open_ranks(open_[1:], gaps.index),
        },
        index=gaps.index,
    )
    settled = int((table["open_with"].map(len) == 0).sum())
    return GapDoubt(
        value=float(settled),
        unit="",
        n=len(gaps),
        method="uncertainty.draws",
        parameters={"draws": draws, "seed": seed, "stacks": stacks, "n_settled": settled},
        caveats=("uncertainty.not_confidence", "uncertainty.gap_ground"),
        table=table,
    )


def _from_remotest(
    gaps: gpd.GeoDataFrame, there: Located, places: Floats
) -> tuple[Floats, NDArray[np.bool_]]:
    """Return per draw and area the distance from its remotest spot, and if the named site it is."""
    spot = gaps[["remotest_x_m", "remotest_y_m"]].to_numpy(dtype=np.float64)
    if not len(there.x) or not len(gaps):
        shape = (len(places), len(gaps))
        return np.full(shape, np.nan), np.zeros(shape, dtype=np.bool_)
    away = np.stack([np.hypot(*(places - at).transpose(2, 0, 1)) for at in spot], axis=1)
    least = away.min(axis=2)
    ids = pd.Index(there.frame.index)
    own = np.take_along_axis(away, ids.get_indexer(gaps["nearest_id"])[None, :, None], axis=2)
    return least, own[:, :, 0] <= least


def _open_ranks(km2: Floats, ranks: pd.Index) -> list[tuple[int, ...]]:
    """Return for each area the ranks whose order with it the draws do not bear out."""
    found: list[list[int]] = [[] for _ in ranks]
    for i, j in combinations(range(len(ranks)), 2):
        first, second = km2[:, i], km2[:, j]
        ahead = float((first > second).mean() + 0.5 * (first == second).mean())
        if ahead < SETTLED:
            found[i].append(int(ranks[j]))
            found[j].append(int(ranks[i]))
    return [tuple(sorted(own)) for own in found]


def zones(gaps: gpd.GeoDataFrame, within: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Divide polygons among their uncovered areas: every spot belongs to the nearest one.

    Parameters
    ----------
    gaps
        Result of :func:`geo.coverage.gaps.gaps`.
    within
        The same polygons, indexed by id.

    Returns
    -------
    GeoDataFrame
        One row per area, indexed as ``gaps``: its own ground, which holds it, meets no other's and
        with them fills the polygon. Between two areas the border follows cells of 1 km.
    """
    ground: dict[object, BaseGeometry] = {}
    for id_, mine in gaps.groupby("within_id", sort=False):
        whole = within.geometry[id_]
        if len(mine) == 1:
            ground[mine.index[0]] = whole
        else:
            ground |= dict(zip(mine.index, _divided(whole, mine.geometry), strict=True))
    shapes = [ground[rank] for rank in gaps.index]
    return gpd.GeoDataFrame(geometry=shapes, index=gaps.index, crs=gaps.crs)


def _divided(whole: BaseGeometry, areas: gpd.GeoSeries) -> list[BaseGeometry]:
    grid = grid_over(whole.bounds, cell_m=ZONE_CELL_M)
    outline = shapely.segmentize(areas.boundary.to_numpy(), ZONE_CELL_M / 2)
    xy, owner = shapely.get_coordinates(outline, return_index=True)
    row, column = np.indices((grid.rows, grid.columns))
    spot = np.column_stack([column.ravel(), row.ravel()]) * grid.cell_m + np.array(grid.origin[:2])
    owned: Longs = owner[nearest(spot, xy)[0]].reshape(grid.rows, grid.columns)
    shapes = areas.to_numpy()
    divided = []
    for i, own in enumerate(shapes):
        others = shapely.union_all(np.delete(shapes, i))
        share = shapely.intersection(grid.area(owned == i), whole)
        divided.append(shapely.union(shapely.difference(share, others), own))
    return divided


@dataclass(frozen=True, eq=False, kw_only=True)
class DistanceDoubt(Finding):
    """Distance to the nearest site over the draws; ``value``: worst tenth as drawn, metres."""

    low: float
    high: float
    """5th and 95th percentile of the worst-served tenth's mean distance, m."""
    mean_low: float
    mean_high: float
    """The same of the whole city's mean distance, m."""


def doubt_of_distances(
    sites: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame,
    *,
    draws: int = LEAST_DRAWS,
    seed: int = SEED,
    stacks: Stacks = "together",
    spacing_m: float = SPOTS_M,
) -> DistanceDoubt:
    """Carry the doubt about the locations into the distance to the nearest site.

    Parameters
    ----------
    sites
        Points in a CRS in metres with a column ``uncertainty_m``, indexed by id.
    districts
        Valid polygons in the same CRS, indexed by id, that do not overlap.
    draws, seed, stacks
        As in :func:`geo.coverage.simulation.simulate`.
    spacing_m
        Distance between the spots, each of which weighs as its area.

    Returns
    -------
    DistanceDoubt
        NaN without sites or spots. In each draw the worst-served tenth is found anew.

    Raises
    ------
    CrsError, DataError, ParameterError
        As :func:`geo.coverage.gaps.distances` and :func:`geo.base.draws.displacements`.
    """
    there = located(sites, argument="sites")
    require_same_crs(districts, sites, argument="districts")
    require_polygons(districts, argument="districts")
    places, unit = spots(districts, spacing_m=spacing_m)
    weight = spot_weights(unit, districts, None)
    moves = with_undisturbed(displacements(there, draws=draws, seed=seed, stacks=stacks))
    found = np.full((draws + 1, 2), np.nan)
    if len(there.x) and len(places):
        for at, of in enumerate(there.xy + moves):
            away = nearest(places, of)[1]
            tenth = weighted_quantile(away, weight, 1 - WORST)
            found[at] = (away * weight).sum() / weight.sum(), mean_of_worst(away, weight, tenth)[0]
    (mean_low, low), (mean_high, high) = np.quantile(found[1:], [LOW, HIGH], axis=0)
    return DistanceDoubt(
        value=float(found[0, 1]),
        unit="m",
        n=len(there.x),
        method="uncertainty.draws",
        parameters={"draws": draws, "seed": seed, "stacks": stacks, "spacing_m": spacing_m},
        caveats=("uncertainty.not_confidence", "uncertainty.drawn_spots"),
        low=float(low),
        high=float(high),
        mean_low=float(mean_low),
        mean_high=float(mean_high),
    )
