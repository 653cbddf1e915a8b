"""Find what no site reaches, how far it lies from one, and who is worst served.

Three things are kept apart: not covered (geometry), weak (a judgement by a stated rule) and not
named by the plan (text).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.base.arrays import Floats
from geo.base.errors import ParameterError, Problem
from geo.base.finding import Finding
from geo.base.points import Located, located, numbers, require_same_crs
from geo.coverage.service_area import CITY, ServiceArea, nearest
from geo.grid.polygons import lattice_cells, require_polygons

WORST = 0.1
"""The share of the city called worst served."""
LEAST_SPOTS = 600
"""Spots that a district needs for its distances to be right to 1 %."""
_MOST_HALVINGS = 4
WEAK_BELOW = 0.5
"""A district is weak below this part of the city's covered share."""


def gaps(
    area: ServiceArea | BaseGeometry,
    sites: gpd.GeoDataFrame,
    within: gpd.GeoDataFrame,
    *,
    smallest_km2: float = 1.0,
) -> gpd.GeoDataFrame:
    """List the areas that no site reaches, the largest first.

    Parameters
    ----------
    area
        What is within reach, on the plane of ``within``.
    sites
        Points in the same CRS, indexed by id; those that reach ``area``.
    within
        Valid polygons in a CRS in metres, indexed by id. An area is cut at their borders: give the
        districts for areas that one administration answers for, the dissolved city for the whole.
    smallest_km2
        Smaller areas are left out; slivers say nothing.

    Returns
    -------
    GeoDataFrame
        One row per connected area of a polygon, indexed by rank from 1: ``within_id``, the id of
        that polygon; ``area_km2``; ``share`` of the polygon; ``farthest_m``, the distance from the
        area's remotest spot to the nearest site, ``nearest_id`` (of equals the lowest id),
        ``remotest_x_m``, ``remotest_y_m``. Without sites, distances are NaN and ids None.

    Raises
    ------
    CrsError, DataError
        A CRS is not metric or differs, or a geometry is not what it should be.

    Notes
    -----
    On each Voronoi cell the distance to its site is a convex function, so that its maximum over a
    polygon lies on a vertex of the polygon cut by the cells: exact, not sampled.

    Examples
    --------
    >>> site = gpd.GeoDataFrame(index=["s"], geometry=[shapely.Point(500, 500)], crs=4548)
    >>> city = gpd.GeoDataFrame(index=["c"], geometry=[shapely.box(0, 0, 3000, 1000)], crs=4548)
    >>> gaps(shapely.box(0, 0, 1000, 1000), site, city)["area_km2"].to_dict()
    {1: 2.0}
    """
    there = located(sites, argument="sites").by_id()
    require_same_crs(within, sites, argument="within")
    require_polygons(within, argument="within")
    # What is uncovered of each polygon falls into parts; small ones say nothing.
    covered = area.geometry if isinstance(area, ServiceArea) else area
    parts, row = shapely.get_parts(
        shapely.difference(within.geometry.to_numpy(), covered), return_index=True
    )
    size = shapely.area(parts)
    order = np.argsort(-size, kind="stable")
    order = order[size[order] >= smallest_km2 * 1e6]
    table = gpd.GeoDataFrame(
        {
            "within_id": within.index.to_numpy()[row[order]],
            "area_km2": size[order] / 1e6,
            "share": size[order] / within.area.to_numpy()[row[order]],
        },
        index=pd.RangeIndex(1, len(order) + 1, name="rank"),
        geometry=parts[order],
        crs=within.crs,
    )
    return _with_distance(table, there, shapely.box(*within.total_bounds))


def _with_distance(
    table: gpd.GeoDataFrame, sites: Located, region: BaseGeometry
) -> gpd.GeoDataFrame:
    columns = ["farthest_m", "nearest_id", "remotest_x_m", "remotest_y_m"]
    cells = _voronoi(sites.xy, region)
    rows = [_remotest(shape, sites, cells) for shape in table.geometry]
    return table.join(pd.DataFrame(rows, index=table.index, columns=columns))


def _voronoi(xy: Floats, region: BaseGeometry) -> NDArray[np.object_]:
    """Return the cells of the plane that lie nearest to one place each; they cover the region."""
    places = np.unique(xy, axis=0)
    if len(places) < 2:
        return np.array([region], dtype=object)
    cells = shapely.voronoi_polygons(shapely.multipoints(places), extend_to=region.envelope)
    return np.asarray(shapely.get_parts(cells), dtype=object)


def _remotest(
    shape: BaseGeometry, sites: Located, cells: NDArray[np.object_]
) -> tuple[float, object, float, float]:
    """Return the distance, the nearest site and the place of an area's remotest spot."""
    if not len(sites.x):
        return float("nan"), None, float("nan"), float("nan")
    # The farthest point of a shape lies at a corner of it, cut by the cells of the sites.
    corners = np.unique(shapely.get_coordinates(shapely.intersection(cells, shape)), axis=0)
    position, distance = nearest(corners, sites.xy)
    far = int(distance.argmax())
    id_ = sites.frame.index[position[far]]
    return float(distance[far]), id_, float(corners[far, 0]), float(corners[far, 1])


@dataclass(frozen=True, eq=False, kw_only=True)
class Distances(Finding):
    """How far the city lies from its nearest site; ``value`` is the mean of the worst tenth, m.

    Parameters
    ----------
    mean_m, median_m, p90_m
        Mean and median; the distance that the worst-served tenth exceeds.
    units
        By district, in their order, and ``city`` first: ``mean_m``, ``median_m``, ``p90_m`` and
        ``worst_share``, which part of the city's worst-served tenth lies there.
    """

    mean_m: float
    median_m: float
    p90_m: float
    units: pd.DataFrame


def distances(
    sites: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame,
    *,
    residents: pd.Series | None = None,
    spacing_m: float = 500.0,
    least_spots: int = 0,
) -> Distances:
    """Measure how far each spot lies from its nearest site, and who is worst served.

    Parameters
    ----------
    sites
        Points in a CRS in metres, indexed by id.
    districts
        Valid polygons in the same CRS, indexed by id, that do not overlap.
    residents
        Residents by district: each spot then weighs as the people who live there, spread evenly
        over their district. None: each spot weighs as its area.
    spacing_m
        Distance between the spots, which form a square lattice.
    least_spots
        In a district that holds fewer, the spacing is halved until it holds as many, four times at
        most; each spot weighs less there.

    Returns
    -------
    Distances
        ``value`` is the mean distance of the worst-served tenth; NaN without sites or spots.

    Raises
    ------
    CrsError, DataError, ParameterError
        A CRS, a geometry, the residents or the spacing are not what they should be.

    Examples
    --------
    >>> site = gpd.GeoDataFrame(index=["s"], geometry=[shapely.Point(500, 500)], crs=4548)
    >>> city = gpd.GeoDataFrame(index=["c"], geometry=[shapely.box(0, 0, 2000, 1000)], crs=4548)
    >>> found = distances(site, city, spacing_m=1000)  # two spots: on the site, and 1 km east of it
    >>> found.mean_m, found.value
    (500.0, 1000.0)
    """
    there = located(sites, argument="sites").by_id()
    require_same_crs(districts, sites, argument="districts")
    require_polygons(districts, argument="districts")
    places, unit = spots(districts, spacing_m=spacing_m)
    if least_spots:
        places, unit = _refined(places, unit, districts, (spacing_m, least_spots))
    away = nearest(places, there.xy)[1] if len(there.x) else np.full(len(places), np.nan)
    weight = spot_weights(unit, districts, residents)
    units = _distance_table(away, weight, unit)
    mean, median, tenth = map(float, units.loc[CITY].to_numpy(dtype=np.float64)[:3])
    return Distances(
        value=mean_of_worst(away, weight, tenth)[0],
        unit="m",
        n=len(there.x),
        method="coverage.nearest",
        parameters={
            "spacing_m": spacing_m,
            "spots": len(places),
            "least_spots": least_spots,
            "worst_percent": 100 * WORST,
            "n_unmapped": len(sites) - len(there.x),
        },
        caveats=(
            "coverage.straight_line",
            "coverage.by_fine_spots" if least_spots else "coverage.by_spots",
            *(("coverage.even_spread",) if residents is not None else ()),
            *(("coverage.unmapped",) if len(there.x) < len(sites) else ()),
        ),
        mean_m=mean,
        median_m=median,
        p90_m=tenth,
        units=units,
    )


def spots(districts: gpd.GeoDataFrame, *, spacing_m: float) -> tuple[Floats, pd.Categorical]:
    """Return evenly spaced spots in some districts, and the district of each.

    Parameters
    ----------
    districts
        Valid polygons in a CRS in metres, a unique index of ids; where they overlap, the first
        counts.
    spacing_m
        Distance between neighbours in metres; the spots are the centres of such cells.

    Returns
    -------
    places : array of float
        Metres, shape (n, 2), from south to north and from west to east.
    unit : Categorical
        Id of the district of each spot; the categories are all districts in their order.

    Raises
    ------
    ParameterError
        The spacing is not above zero, or so narrow that there would be too many cells.
    """
    grid, row, column, code = lattice_cells(districts, spacing_m=spacing_m)
    places = np.column_stack([column, row]) * grid.cell_m + np.array(grid.origin[:2])
    return places, pd.Categorical.from_codes(code, categories=districts.index)


def _refined(
    places: Floats, unit: pd.Categorical, districts: gpd.GeoDataFrame, rule: tuple[float, int]
) -> tuple[Floats, pd.Categorical]:
    """Return spots of which each district holds enough, where halving the spacing gives that."""
    spacing_m, least = rule
    codes = np.asarray(unit.codes)
    for _ in range(_MOST_HALVINGS):
        spacing_m /= 2
        few = np.flatnonzero(np.bincount(codes, minlength=len(districts)) < least)
        if not len(few):
            break
        more, inner = spots(districts.iloc[few], spacing_m=spacing_m)
        kept = ~np.isin(codes, few)
        places = np.concatenate([places[kept], more])
        codes = np.concatenate([codes[kept], few[inner.codes]])
    return places, pd.Categorical.from_codes(codes, categories=districts.index)


def spot_weights(
    unit: pd.Categorical, districts: gpd.GeoDataFrame, residents: pd.Series | None
) -> Floats:
    """Return what each spot stands for: an even part of its district's area or people.

    Parameters
    ----------
    unit
        District of each spot, by :func:`spots`.
    districts
        The same districts.
    residents
        Residents by district; None for areas.

    Returns
    -------
    array of float
        Per spot km², or residents. They add up to the whole, but for districts too small to hold a
        spot.

    Raises
    ------
    DataError
        A district has no residents, or what is no number of zero or more.
    """
    whole = (districts.area / 1e6).to_numpy()
    if residents is not None:
        people = residents.reindex(districts.index)
        whole = numbers(people, districts, argument="residents", field="residents")
    spots = np.bincount(unit.codes, minlength=len(districts))
    return np.asarray(whole[unit.codes] / spots[unit.codes], dtype=np.float64)


def weighted_quantile(values: Floats, weight: Floats, share: float) -> float:
    """Return the value below which a share of the weight lies.

    Parameters
    ----------
    values
        Shape (n,), any unit.
    weight
        Shape (n,), zero or more.
    share
        0 to 1.

    Returns
    -------
    float
        One of the values, at a step the lower of two. NaN if the weights add up to zero, or a value
        is NaN.

    Examples
    --------
    >>> weighted_quantile(np.array([1.0, 2.0, 3.0]), np.array([1.0, 1.0, 2.0]), 0.5)
    2.0
    """
    if not weight.sum() > 0:
        return float("nan")
    return float(np.quantile(values, share, weights=weight, method="inverted_cdf"))


def mean_of_worst(away: Floats, weight: Floats, p90_m: float) -> tuple[float, NDArray[np.bool_]]:
    """Return the mean distance of what lies far off, and which that is.

    Parameters
    ----------
    away
        Distances in metres, shape (n,).
    weight
        Shape (n,), zero or more.
    p90_m
        Least distance that counts as far, itself included, metres.

    Returns
    -------
    mean : float
        Weighted, metres; NaN if nothing lies so far, or it weighs nothing.
    worst : array of bool
        Shape (n,): what lies at that distance or farther.

    Examples
    --------
    >>> mean_of_worst(np.array([100.0, 300.0, 500.0]), np.ones(3), 300.0)
    (400.0, array([False,  True,  True]))
    """
    worst = away >= p90_m
    total = weight[worst].sum()
    return float((away * weight)[worst].sum() / total) if total > 0 else float("nan"), worst


def _distance_table(away: Floats, weight: Floats, unit: pd.Categorical) -> pd.DataFrame:
    tenth = weighted_quantile(away, weight, 1 - WORST)
    worst = mean_of_worst(away, weight, tenth)[1]
    rows = {}
    for code, name in [(None, CITY), *enumerate(unit.categories)]:
        mine = np.ones(len(away), dtype=bool) if code is None else unit.codes == code
        total, mass = weight[mine].sum(), weight[worst].sum()
        rows[name] = {
            "mean_m": float((away * weight)[mine].sum() / total) if total > 0 else float("nan"),
            "median_m": weighted_quantile(away[mine], weight[mine], 0.5),
            "p90_m": weighted_quantile(away[mine], weight[mine], 1 - WORST),
            "worst_share": float(weight[mine & worst].sum() / mass) if mass > 0 else float("nan"),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("unit")


def classify_districts(
    covered_share: pd.DataFrame,
    *,
    city_share: float,
    named: Collection[object],
    weak_below: float = WEAK_BELOW,
) -> pd.DataFrame:
    """Say of each district three different things: not covered, weak, not named by the plan.

    Parameters
    ----------
    covered_share
        Indexed by district: ``low`` and ``high``, the simulated interval of its covered share, or
        twice the share itself where the locations are exact; 0 to 1.
    city_share
        Covered share of the whole city, 0 to 1.
    named
        Ids of the districts that the plan's text names a place in.
    weak_below
        The rule: weak below this part of the city's share.

    Returns
    -------
    DataFrame
        Indexed as ``covered_share``. ``not_covered_low`` and ``not_covered_high``: the share no
        site reaches (geometry). ``weak``: ``weak`` if the whole interval lies below the limit,
        ``not_weak`` if none of it does, else ``unsettled`` (a judgement); ``limit``, the share
        below which it is weak. ``named``: whether the plan's text names a place there (text).

    Raises
    ------
    ParameterError
        ``weak_below`` is not between 0 and 1.

    Examples
    --------
    >>> interval = pd.DataFrame({"low": [0.1, 0.3], "high": [0.2, 0.5]}, index=["a", "b"])
    >>> classify_districts(interval, city_share=0.8, named=["a"])["weak"].to_dict()
    {'a': 'weak', 'b': 'unsettled'}
    """
    if not 0 < weak_below <= 1:
        problem = Problem("number.share", "weak_below", value=str(weak_below))
        raise ParameterError("input.number", [problem])
    limit = weak_below * city_share
    low, high = covered_share["low"], covered_share["high"]
    weak = np.select([high < limit, low >= limit], ["weak", "not_weak"], "unsettled")
    return pd.DataFrame(
        {
            "not_covered_low": 1 - high,
            "not_covered_high": 1 - low,
            "weak": weak,
            "limit": limit,
            "named": covered_share.index.isin(list(named)),
        },
        index=covered_share.index,
    )
