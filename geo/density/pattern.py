"""Test whether points crowd, and where; refuse where there are too few to tell.

Notes
-----
Every test compares with points strewn at random within the real boundary, or with values shuffled
among the areas: edges and shapes are then the same on both sides, and no correction is needed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry.base import BaseGeometry

from geo.base.arrays import Floats
from geo.base.draws import SEED
from geo.base.errors import DataError, ParameterError, Problem
from geo.base.finding import Finding
from geo.base.points import FARTHEST_M, require_positive
from geo.grid.cells import grid_over
from geo.grid.polygons import cell_shares

SIGNIFICANT = 0.05
MOST_POINTS = 20_000
"""Above this, Ripley's function is computed for a random sample of that size."""
LEAST_SHARE = 0.5
"""Cells of which less lies within the boundary do not enter the search for hot spots."""


class Minimum(NamedTuple):
    """How many observations a method needs, and the key of who says so."""

    n: int
    source: str


_OURS = "pattern.source.ours"
_ESRI = "pattern.source.esri"
MINIMUM: Mapping[str, Minimum] = MappingProxyType(
    {
        "nearest_neighbour": Minimum(200, _OURS),
        "ripley": Minimum(200, _OURS),
        "clusters": Minimum(200, _OURS),
        "moran": Minimum(30, _ESRI),
        "hot_spots": Minimum(30, _ESRI),
    }
)
"""Points, or areas. Sixteen districts cannot carry hot spots."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Pattern(Finding):
    """Result of a test of pattern.

    Parameters
    ----------
    table
        What was found, by distance, cluster or area; see the function.
    refused
        Key of the sentence that says why there is no result; empty if there is.
    data_date
        Day of the data.
    """

    table: pd.DataFrame = field(default_factory=pd.DataFrame)
    refused: str = ""
    data_date: str = ""


def _refusal(method: str, n: int, data_date: str, key: str = "pattern.refused") -> Pattern:
    least = MINIMUM[method]
    return Pattern(
        value=math.nan,
        unit="",
        n=n,
        method=f"pattern.method.{method}",
        parameters={"n": n, "least": least.n, "source": least.source},
        caveats=(key,),
        refused=key,
        data_date=data_date,
    )


def _points(xy: ArrayLike) -> Floats:
    points = np.asarray(xy, dtype=np.float64).reshape(-1, 2)
    if bad := int((~(np.abs(points) <= FARTHEST_M).all(axis=1)).sum()):
        problem = Problem("point.rows_not_metres", "xy", n=bad)
        raise ParameterError("pattern.parameters", [problem])
    return points


def random_points(boundary: BaseGeometry, n: int, rng: np.random.Generator) -> Floats:
    """Return points evenly at random within a polygon.

    Parameters
    ----------
    boundary
        Valid polygon or multipolygon with an area, in metres. It is prepared for queries.
    n
        How many points.
    rng
        Where the random numbers come from; its state moves on.

    Returns
    -------
    array of float
        Metres, shape (n, 2); none lies on the edge.
    """
    shapely.prepare(boundary)
    # Strew over the rectangle, keep what falls inside, and go on until there are enough.
    west, south, east, north = boundary.bounds
    filled = boundary.area / ((east - west) * (north - south))
    found: list[Floats] = []
    while (count := sum(map(len, found))) < n:
        more = int((n - count) / filled * 1.1) + 16
        xy = rng.uniform((west, south), (east, north), (more, 2))
        found.append(xy[shapely.contains_xy(boundary, xy[:, 0], xy[:, 1])])
    return np.concatenate([*found, np.zeros((0, 2))])[:n]


def nearest_neighbour(
    xy: ArrayLike,
    *,
    boundary: BaseGeometry,
    simulations: int = 199,
    seed: int = SEED,
    data_date: str = "",
) -> Pattern:
    """Compare the mean distance to the nearest neighbour with points strewn at random.

    Parameters
    ----------
    xy
        Coordinates in metres, shape (n, 2).
    boundary
        Polygon on the same plane within which the points were collected.
    simulations
        How many times points are strewn.
    seed
        Of the random numbers.
    data_date
        Day of the data.

    Returns
    -------
    Pattern
        The main figure is the index: observed mean distance over that of random points. Below 1
        points crowd. ``parameters`` hold ``observed_m``, ``expected_m``, ``p`` (two-sided, by
        simulation) and ``analytic``, the index of Clark and Evans without edge correction. The
        verdict is the first caveat.

    Raises
    ------
    ParameterError
        A coordinate is not a number on the plane.

    Notes
    -----
    Clark and Evans 1954, Distance to nearest neighbor. Expected by theory: 0.5/√(n/area).
    """
    from scipy.spatial import KDTree

    points = _points(xy)
    if len(points) < MINIMUM["nearest_neighbour"].n:
        return _refusal("nearest_neighbour", len(points), data_date)
    rng = np.random.default_rng(seed)

    def mean(some: Floats) -> float:
        return float(KDTree(some).query(some, k=2)[0][:, 1].mean())

    # Points strewn within the same boundary suffer the same edges: no correction is needed.
    observed = mean(points)
    random_means = np.array(
        [mean(random_points(boundary, len(points), rng)) for _ in range(simulations)]
    )
    expected = float(random_means.mean())
    p = _two_sided(observed, random_means)
    index = observed / expected
    verdict = "random" if p > SIGNIFICANT else ("clustered" if index < 1 else "spread")
    return Pattern(
        value=index,
        unit="",
        n=len(points),
        method="pattern.method.nearest_neighbour",
        parameters={
            "index": round(index, 3),
            "observed_m": observed,
            "expected_m": expected,
            "analytic": observed / (0.5 / math.sqrt(len(points) / boundary.area)),
            "p": round(p, 3),
            "simulations": simulations,
            "seed": seed,
        },
        caveats=(f"pattern.{verdict}", "pattern.stacks")
        if len(np.unique(points, axis=0)) < len(points)
        else (f"pattern.{verdict}",),
        data_date=data_date,
    )


def _two_sided(observed: float, simulated: Floats) -> float:
    """Return the share of results at least as far from the middle, the observed one among them."""
    middle = simulated.mean()
    farther = int((np.abs(simulated - middle) >= abs(observed - middle) - 1e-12).sum())
    return (farther + 1) / (len(simulated) + 1)


def ripley(
    xy: ArrayLike,
    *,
    boundary: BaseGeometry,
    radii_m: Sequence[float],
    simulations: int = 99,
    seed: int = SEED,
    data_date: str = "",
) -> Pattern:
    """Say at which distances points have more neighbours than random ones.

    Parameters
    ----------
    xy, boundary, seed, data_date
        As in :func:`nearest_neighbour`.
    radii_m
        Distances, ascending, metres.
    simulations
        How many times points are strewn; 99 give a band that one pattern in fifty leaves by
        chance at a given distance.

    Returns
    -------
    Pattern
        The main figure is the distance at which the excess is largest, metres. ``table`` by
        ``radius_m``: ``l_m`` (Besag's L), ``excess_m`` (L less its mean for random points),
        ``low_m`` and ``high_m`` (band of L), ``beyond`` (1 above the band, -1 below, 0 in it).
        ``parameters["p"]`` is the test over all distances at once.

    Raises
    ------
    ParameterError
        A coordinate is not a number on the plane; or the distances are not ascending and above
        zero.

    Notes
    -----
    K(r) = area/(n(n-1)) · ordered pairs within r; L = √(K/π) (Ripley 1977; Besag 1977). The band
    is read distance by distance; the one test is that of the largest deviation (Baddeley et al.
    2014, On tests of spatial pattern based on simulation envelopes).
    """
    points = _points(xy)
    n = len(points)
    if n < MINIMUM["ripley"].n:
        return _refusal("ripley", n, data_date)
    radii = np.asarray(radii_m, dtype=np.float64)
    if not len(radii) or not (np.diff(radii, prepend=0.0) > 0).all():
        problem = Problem("density.radii", "radii_m")
        raise ParameterError("pattern.parameters", [problem])
    rng = np.random.default_rng(seed)
    if n > MOST_POINTS:
        points = points[np.sort(rng.choice(n, MOST_POINTS, replace=False))]
    # The pattern and as many random ones, all within the same boundary.
    observed = besag_l(points, radii, boundary.area)
    band = np.array(
        [
            besag_l(random_points(boundary, len(points), rng), radii, boundary.area)
            for _ in range(simulations)
        ]
    )
    # By distance a band; over all distances one test, of the largest deviation from the mean.
    mean, low, high = band.mean(axis=0), band.min(axis=0), band.max(axis=0)
    beyond = np.where(observed > high, 1, np.where(observed < low, -1, 0))
    farthest = np.abs(band - mean).max(axis=1)
    p = (int((farthest >= np.abs(observed - mean).max()).sum()) + 1) / (simulations + 1)
    excess = observed - mean
    table = pd.DataFrame(
        {"l_m": observed, "excess_m": excess, "low_m": low, "high_m": high, "beyond": beyond},
        index=pd.Index(radii, name="radius_m"),
    )
    peak = float(radii[int(np.argmax(excess))])
    verdict = "random" if p > SIGNIFICANT else _side(observed - mean)
    caveats = (f"pattern.{verdict}", *(("pattern.sampled",) if n > MOST_POINTS else ()))
    return Pattern(
        value=peak,
        unit="m",
        n=n,
        method="pattern.method.ripley",
        parameters={
            "radius_km": peak / 1000,
            "p": round(p, 3),
            "simulations": simulations,
            "seed": seed,
            "sample": len(points),
        },
        caveats=caveats,
        table=table,
        data_date=data_date,
    )


def _side(deviation: Floats) -> str:
    return "clustered" if deviation[int(np.argmax(np.abs(deviation)))] > 0 else "spread"


def besag_l(xy: Floats, radii_m: Floats, area_m2: float) -> Floats:
    """Return Besag's L at some distances, without edge correction.

    Parameters
    ----------
    xy
        Points in metres, shape (n, 2), at least two.
    radii_m
        Distances in metres, ascending; a pair at that very distance counts.
    area_m2
        Area in which the points were collected, m².

    Returns
    -------
    array of float
        Metres, one per distance: the distance itself where points are strewn at random over a plane
        without an edge.

    Notes
    -----
    L(r) = √(pairs within r · area / (n(n-1)π)), ordered pairs (Besag 1977).

    Examples
    --------
    >>> pair = np.array([[0.0, 0.0], [3.0, 4.0]])
    >>> besag_l(pair, np.array([4.0, 5.0]), area_m2=25 * np.pi).round(6).tolist()
    [0.0, 5.0]
    """
    from scipy.spatial import KDTree

    tree = KDTree(xy)
    n = len(xy)
    pairs = np.asarray(tree.count_neighbors(tree, radii_m), dtype=np.float64) - n
    return np.asarray(np.sqrt(pairs * area_m2 / (n * (n - 1) * np.pi)), dtype=np.float64)


def clusters(
    xy: ArrayLike,
    *,
    method: Literal["dbscan", "hdbscan"] = "hdbscan",
    least: int = 15,
    reach_m: float | None = None,
    crs: int,
    data_date: str = "",
) -> tuple[Pattern, NDArray[np.int64], gpd.GeoDataFrame]:
    """Find crowds of points that ignore borders, and keep the rest apart as noise.

    Parameters
    ----------
    xy
        Coordinates in metres, shape (n, 2).
    method
        ``dbscan`` (one density for all, needs ``reach_m``) or ``hdbscan`` (densities may differ).
    least
        Fewest points of a cluster (hdbscan) or within reach of a core point (dbscan).
    reach_m
        Reach of a point, metres; dbscan only.
    crs
        EPSG code of the plane.
    data_date
        Day of the data.

    Returns
    -------
    found : Pattern
        The main figure is the number of clusters; ``table`` by cluster, the largest first: ``n``,
        ``share``, ``x``, ``y`` (mean), ``hull_km2``. ``parameters["noise"]`` counts the rest.
    labels : array of int
        Per point the number of its cluster from 0, -1 for noise: it is drawn, not hidden.
    hulls : GeoDataFrame
        Convex hulls in ``crs``, index as ``table``.

    Raises
    ------
    ParameterError
        A coordinate is not a number on the plane; or DBSCAN is asked for without a reach above
        zero.

    Notes
    -----
    Ester et al. 1996 (DBSCAN); Campello et al. 2013 (HDBSCAN), by scikit-learn.
    """
    points = _points(xy)
    none = gpd.GeoDataFrame({"n": []}, geometry=[], crs=crs)
    if len(points) < MINIMUM["clusters"].n:
        noise = np.full(len(points), -1, dtype=np.int64)
        return _refusal("clusters", len(points), data_date), noise, none
    if method == "dbscan" and reach_m is None:
        problem = Problem("density.no_reach", "reach_m")
        raise ParameterError("pattern.parameters", [problem])
    # The largest cluster is number 0, whatever order the method found them in.
    labels = _by_size(_labels(points, method, least, reach_m))
    count = int(labels.max(initial=-1)) + 1
    hulls = [shapely.convex_hull(shapely.multipoints(points[labels == k])) for k in range(count)]
    table = pd.DataFrame(
        {
            "n": np.bincount(labels[labels >= 0], minlength=count),
            "x": [float(points[labels == k, 0].mean()) for k in range(count)],
            "y": [float(points[labels == k, 1].mean()) for k in range(count)],
            "hull_km2": [shapely.area(hull) / 1e6 for hull in hulls],
        },
        index=pd.RangeIndex(count, name="cluster"),
    )
    table.insert(1, "share", table["n"] / len(points))
    noise_count = int((labels < 0).sum())
    found = Pattern(
        value=float(count),
        unit="",
        n=len(points),
        method=f"pattern.method.{method}",
        parameters={
            "clusters": count,
            "noise": noise_count,
            "noise_percent": round(100 * noise_count / len(points)),
            "least": least,
            "reach_m": reach_m,
        },
        caveats=("pattern.clusters" if count else "pattern.no_clusters", "pattern.noise"),
        table=table,
        data_date=data_date,
    )
    return found, labels, gpd.GeoDataFrame({"n": table["n"]}, geometry=hulls, crs=crs)


def _labels(points: Floats, method: str, least: int, reach_m: float | None) -> NDArray[np.int64]:
    from sklearn.cluster import DBSCAN, HDBSCAN

    if method == "dbscan":
        reach = require_positive(reach_m or 0.0, argument="reach_m")
        model: Any = DBSCAN(eps=reach, min_samples=least)
    else:
        model = HDBSCAN(min_cluster_size=least, copy=True)
    return np.asarray(model.fit_predict(points), dtype=np.int64)


def _by_size(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Renumber the clusters by size, the largest 0; of equals the one found first."""
    count = int(labels.max(initial=-1)) + 1
    order = np.argsort(-np.bincount(labels[labels >= 0], minlength=count), kind="stable")
    number = np.empty(count + 1, dtype=np.int64)
    number[order], number[count] = np.arange(count), -1
    return np.asarray(number[labels])


def area_neighbours(areas: gpd.GeoDataFrame) -> Any:
    """Return which areas touch, as a sparse matrix of ones (queen contiguity), zero diagonal.

    Parameters
    ----------
    areas
        Polygons; rows and columns of the matrix follow their order.

    Returns
    -------
    sparse array of float
        Shape (n, n), symmetric.

    Examples
    --------
    >>> row = gpd.GeoDataFrame(geometry=[shapely.box(x, 0, x + 1, 1) for x in range(3)], crs=4548)
    >>> area_neighbours(row).toarray().astype(int).tolist()
    [[0, 1, 0], [1, 0, 1], [0, 1, 0]]
    """
    from scipy.sparse import csr_array

    one, other = areas.sindex.query(areas.geometry, predicate="intersects")
    apart = one != other
    shape = (len(areas), len(areas))
    return csr_array((np.ones(int(apart.sum())), (one[apart], other[apart])), shape=shape)


def moran(
    values: ArrayLike,
    neighbours: Any,
    *,
    permutations: int = 999,
    seed: int = SEED,
    data_date: str = "",
) -> Pattern:
    """Test whether neighbouring areas have similar values.

    Parameters
    ----------
    values
        One per area.
    neighbours
        Sparse matrix of weights, zero diagonal; its rows are scaled to add up to one.
    permutations
        How many times the values are shuffled.
    seed, data_date
        As in :func:`nearest_neighbour`.

    Returns
    -------
    Pattern
        The main figure is Moran's I; ``parameters`` hold ``expected`` and ``p`` (two-sided).
        Refused below 30 areas, and where all values are equal.

    Raises
    ------
    DataError
        A value is not a number, or the matrix has another size.

    Notes
    -----
    I = n/S₀ · Σᵢⱼ wᵢⱼ zᵢ zⱼ / Σ zᵢ²; expected -1/(n-1) (Cliff and Ord 1981, Spatial Processes).
    """
    data = _values(values, neighbours)
    if len(data) < MINIMUM["moran"].n:
        return _refusal("moran", len(data), data_date)
    if np.ptp(data) == 0:
        return _refusal("moran", len(data), data_date, "pattern.refused_constant")
    # Each area's weights add up to one, but for areas without neighbours.
    sums = np.asarray(neighbours.sum(axis=1)).reshape(-1)
    weights = neighbours.multiply(np.divide(1.0, sums, where=sums > 0, out=sums * 0.0)[:, None])
    weights, z = weights.tocsr(), data - data.mean()
    factor = len(z) / float(weights.sum()) / float(z @ z)
    observed = float(z @ (weights @ z)) * factor
    # Shuffle the values among the areas, a hundred times at once to bound the memory.
    rng = np.random.default_rng(seed)
    shuffled = np.empty(permutations)
    for low in range(0, permutations, 100):
        count = min(100, permutations - low)
        some = rng.permuted(np.repeat(z[:, None], count, axis=1), axis=0)
        shuffled[low : low + count] = (some * (weights @ some)).sum(axis=0) * factor
    p = _two_sided(observed, shuffled)
    verdict = "random_areas" if p > SIGNIFICANT else ("alike" if observed > 0 else "unlike")
    return Pattern(
        value=observed,
        unit="",
        n=len(data),
        method="pattern.method.moran",
        parameters={
            "index": round(observed, 3),
            "expected": -1 / (len(data) - 1),
            "p": round(p, 3),
            "simulations": permutations,
            "seed": seed,
        },
        caveats=(f"pattern.{verdict}",),
        data_date=data_date,
    )


def _values(values: ArrayLike, neighbours: Any) -> Floats:
    data = np.asarray(values, dtype=np.float64)
    problems = []
    if not np.isfinite(data).all():
        problems.append(Problem("array.not_numbers", "values"))
    if neighbours.shape != (len(data), len(data)):
        shape, expected = str(neighbours.shape), str((len(data), len(data)))
        problems.append(Problem("array.shape", "neighbours", shape=shape, expected=expected))
    if problems:
        raise DataError("pattern.values", problems)
    return data


def hot_spots(
    values: ArrayLike, neighbours: Any, *, level: float = SIGNIFICANT, data_date: str = ""
) -> Pattern:
    """Find the areas around which values are high or low beyond chance.

    Parameters
    ----------
    values
        One per area.
    neighbours
        Sparse matrix of ones between neighbours; each area is added to its own neighbours.
    level
        Share of false discoveries that is allowed among the areas named.
    data_date
        Day of the data.

    Returns
    -------
    Pattern
        The main figure is the number of hot spots; ``table`` in the order of ``values``: ``z``
        (Getis and Ord's Gᵢ*), ``p`` (two-sided), ``q`` (after false-discovery control) and
        ``spot`` (``hot``, ``cold`` or ``none``). Refused below 30 areas (so for 16 districts) and
        where all values are equal.

    Raises
    ------
    DataError
        As in :func:`moran`.

    Notes
    -----
    Gᵢ* = (Σⱼ wᵢⱼ xⱼ - x̄ Wᵢ) / (s √((n S₁ᵢ - Wᵢ²)/(n-1))) (Ord and Getis 1995); Benjamini and
    Hochberg 1995, which holds under positive dependence (Caldas de Castro and Singer 2006).

    Examples
    --------
    >>> sixteen = np.arange(16.0)
    >>> hot_spots(sixteen, np.zeros((16, 16))).refused
    'pattern.refused'
    """
    from scipy.sparse import eye_array
    from scipy.stats import false_discovery_control, norm

    data = _values(values, neighbours)
    if len(data) < MINIMUM["hot_spots"].n:
        return _refusal("hot_spots", len(data), data_date)
    if np.ptp(data) == 0:
        return _refusal("hot_spots", len(data), data_date, "pattern.refused_constant")
    # Gᵢ*: the sum around each area, its own value included, less its mean, over its deviation.
    n, weights = len(data), (neighbours + eye_array(len(data))).tocsr()
    total = np.asarray(weights.sum(axis=1)).reshape(-1)
    squares = np.asarray(weights.multiply(weights).sum(axis=1)).reshape(-1)
    spread = data.std() * np.sqrt(np.maximum(n * squares - total**2, 0.0) / (n - 1))
    above = weights @ data - data.mean() * total
    z = np.divide(above, spread, where=spread > 0, out=np.zeros(n))
    # Many areas are tested at once: q keeps the share of false discoveries in bounds.
    p = np.asarray(2 * norm.sf(np.abs(z)))
    q = false_discovery_control(p)  # Benjamini and Hochberg (1995)
    spot = np.where(q > level, "none", np.where(z > 0, "hot", "cold"))
    hot, cold = int((spot == "hot").sum()), int((spot == "cold").sum())
    return Pattern(
        value=float(hot),
        unit="",
        n=n,
        method="pattern.method.hot_spots",
        parameters={"hot": hot, "cold": cold, "level": level, "areas": n},
        caveats=("pattern.hot_spots" if hot + cold else "pattern.no_hot_spots", "pattern.maup"),
        table=pd.DataFrame({"z": z, "p": p, "q": q, "spot": spot}),
        data_date=data_date,
    )


def grid_hot_spots(
    xy: ArrayLike,
    *,
    boundary: BaseGeometry,
    cell_m: float,
    weights: ArrayLike | None = None,
    crs: int,
    data_date: str = "",
) -> tuple[Pattern, gpd.GeoDataFrame]:
    """Count points in squares over an area, empty ones too, and find the hot spots among them.

    Parameters
    ----------
    xy
        Coordinates in metres, shape (n, 2).
    boundary
        Polygon on the same plane.
    cell_m
        Side of a square; look at two sides before you believe a spot.
    weights
        One per point; None for one each.
    crs
        EPSG code of the plane.
    data_date
        Day of the data.

    Returns
    -------
    found : Pattern
        As of :func:`hot_spots` on points per km²; refused below 200 points too.
    cells : GeoDataFrame
        Squares of which at least half lies within the boundary, in ``crs``, in the order of
        ``found.table``: ``n``, ``area_km2`` (within the boundary), ``per_km2``.

    Raises
    ------
    ParameterError
        A coordinate is not a number on the plane; the side is not above zero, or so short that
        there would be too many squares.
    """
    points = _points(xy)
    # Squares that lie within the boundary by half or more, empty ones too.
    grid = grid_over(boundary.bounds, cell_m=require_positive(cell_m, argument="cell_m"))
    within = cell_shares(boundary, grid)
    used = within >= LEAST_SHARE
    row, column = np.nonzero(used)
    weigh = np.ones(len(points)) if weights is None else np.asarray(weights, dtype=np.float64)
    # The square of each point; those beyond the grid count nowhere.
    count = np.zeros(used.shape)
    at = np.floor((points - [grid.x_m, grid.y_m]) / grid.cell_m).astype(np.int64)
    there = ((at >= 0) & (at < [grid.columns, grid.rows])).all(axis=1)
    np.add.at(count, (at[there, 1], at[there, 0]), weigh[there])
    west, south = grid.x_m + column * grid.cell_m, grid.y_m + row * grid.cell_m
    area = within[used] * grid.cell_km2
    cells = gpd.GeoDataFrame(
        {"n": count[used], "area_km2": area, "per_km2": count[used] / area},
        geometry=shapely.box(west, south, west + grid.cell_m, south + grid.cell_m),
        crs=crs,
    )
    if len(points) < MINIMUM["clusters"].n:
        return _refusal("clusters", len(points), data_date), cells
    return hot_spots(cells["per_km2"], _touching(used), data_date=data_date), cells


def _touching(used: NDArray[np.bool_]) -> Any:
    """Return which used cells of a raster touch by a side or a corner, as a sparse matrix."""
    from scipy.sparse import csr_array

    # Number the used cells on a raster with a rim, then compare it with itself, shifted in each of
    # the eight directions.
    number = np.full((used.shape[0] + 2, used.shape[1] + 2), -1, dtype=np.int64)
    inner = number[1:-1, 1:-1]
    inner[used] = np.arange(int(used.sum()))
    ones, others = [], []
    for down in (0, 1, 2):
        for right in (0, 1, 2):
            if (down, right) != (1, 1):
                other = number[down : down + used.shape[0], right : right + used.shape[1]]
                both = (inner >= 0) & (other >= 0)
                ones.append(inner[both])
                others.append(other[both])
    one, other = np.concatenate(ones), np.concatenate(others)
    count = int(used.sum())
    return csr_array((np.ones(len(one)), (one, other)), shape=(count, count))
