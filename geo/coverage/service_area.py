"""Measure what lies within reach of sites, how often, and what share that is of an area."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.base.arrays import Counts, Floats, Longs
from geo.base.crs import require_metric
from geo.base.errors import ParameterError, Problem
from geo.base.finding import Finding
from geo.base.points import located, numbers, radii, require_positive, require_same_crs
from geo.grid.cells import Grid, grid_over, in_bands, reach_counts
from geo.grid.lookup import assign
from geo.grid.loops import FEW_PLACES, for_discs
from geo.grid.polygons import cell_shares, require_polygons

__all__ = [
    "CITY",
    "Overlap",
    "Reach",
    "ServiceArea",
    "assign",
    "discs",
    "nearest",
    "overlap",
    "reach",
    "reached",
    "service_area",
    "shares",
    "with_totals",
]

QUAD_SEGS = 32
"""Vertices of a disc per quarter of its circle."""
MOST_VECTOR_SITES = 1_000
AREA_ERROR = 1e-4
"""Share of the area by which the cell count may err."""
OVERLAP_ERROR = 1e-3
"""The same where it is counted how many sites reach each spot."""
TIE_DEPTH = 8
"""How many nearest sites are looked at for one at the same distance with a lower id."""
FEW_PAIRS = 20_000_000
"""Points times sites up to which each pair is looked at."""
_AT_ONCE = 50_000
FINE_CELLS = 12_000_000
"""Cells up to which a grid is refined."""
CELLS_PER_RADIUS = 20
"""Fineness of the first grid for 100,000 discs; fewer have a longer edge for their area. The grid
is refined until the area is exact enough."""
BLOCK = 5
"""Cells along the side of a block."""
CELL_ERROR = 0.29
"""Standard deviation of (is the centre inside) - (share inside) for a cell on an edge: 1/√12."""
VECTOR_ERROR = 1e-6
_EVERYWHERE: Floats = np.zeros((0, 0))


class Reach(NamedTuple):
    """A radius and what it stands for.

    ``label`` is the key of its name in ``data/text``: a straight line is not a travel time.
    """

    radius_m: float
    label: str
    parameters: Mapping[str, object]


def reach(*, minutes: float, speed_kmh: float, detour_factor: float) -> Reach:
    """Turn a travel time into a straight-line radius.

    Parameters
    ----------
    minutes
        Travel time.
    speed_kmh
        Mean speed on the way, stops included, km/h; stated by who asks.
    detour_factor
        Length of the way over the straight line, 1 or more; stated by who asks.

    Returns
    -------
    Reach
        ``radius_m`` = speed · time / detour factor; not an isochrone.

    Raises
    ------
    ParameterError
        A number is not above zero, or the factor is below 1.

    Examples
    --------
    >>> reach(minutes=30, speed_kmh=52, detour_factor=1.3).radius_m
    20000.0
    """
    require_positive(minutes, argument="minutes")
    require_positive(speed_kmh, argument="speed_kmh")
    if not require_positive(detour_factor, argument="detour_factor") >= 1:
        problem = Problem("number.detour", "detour_factor", value=detour_factor)
        raise ParameterError("input.number", [problem])
    given = {"minutes": minutes, "speed_kmh": speed_kmh, "detour_factor": detour_factor}
    return Reach(speed_kmh * 1000 / 60 * minutes / detour_factor, "coverage.reach_by_time", given)


def _polygons(x: Floats, y: Floats, radius: Floats) -> NDArray[np.object_]:
    vertices = 4 * QUAD_SEGS
    angles = np.arange(vertices + 1) % vertices * (2 * np.pi / vertices)
    scale = np.sqrt(2 * np.pi / (vertices * np.sin(2 * np.pi / vertices)))
    circle = np.column_stack([np.cos(angles), np.sin(angles)]) * scale
    rings = np.column_stack([x, y])[:, None, :] + radius[:, None, None] * circle[None, :, :]
    return np.asarray(shapely.polygons(rings), dtype=object)


def discs(sites: gpd.GeoDataFrame, *, radius_m: float | pd.Series) -> gpd.GeoSeries:
    """Return around each site the polygon that stands for its straight-line reach.

    Parameters
    ----------
    sites
        Points in a CRS in metres, indexed by id; rows without a point are left out.
    radius_m
        Radius in metres, one for all or one per id.

    Returns
    -------
    GeoSeries
        Polygons of 128 vertices, indexed as the sites.

    Raises
    ------
    CrsError
        The CRS is not metric.
    DataError
        ``sites`` holds something other than points, or an id twice.
    ParameterError
        A radius is missing or not above zero.

    Notes
    -----
    The vertices lie a little outside the circle, so that the polygon holds exactly πr²: the union
    of 700 such polygons errs by 8e-7 of its area, that of inscribed ones by 2e-4.

    Examples
    --------
    >>> site = gpd.GeoDataFrame(index=["a"], geometry=[shapely.Point(0, 0)], crs=4548)
    >>> round(float(discs(site, radius_m=5000).area["a"]) / 1e6, 4)
    78.5398
    """
    there, x, y = located(sites, argument="sites")
    return gpd.GeoSeries(_polygons(x, y, radii(there, radius_m)), there.index, crs=sites.crs)


@dataclass(frozen=True, eq=False, kw_only=True)
class ServiceArea(Finding):
    """What lies within reach of at least one site; ``value`` is its area in km².

    ``method`` is ``coverage.vector`` or ``coverage.grid``.
    """

    crs: object
    within_km2: float
    """Area of ``within``; NaN if none was given."""
    error: float
    """Share of ``value`` by which it may err for its method (three standard deviations of a count
    of cells; the polygons' 1e-6 otherwise)."""
    build: Callable[[], BaseGeometry]

    @property
    def covered_share(self) -> float:
        """Covered share of ``within``, 0 to 1; NaN if none was given."""
        return self.value / self.within_km2

    @cached_property
    def geometry(self) -> BaseGeometry:
        """The covered area as a polygon on the plane of the sites; built when first asked for."""
        return self.build()


def service_area(
    sites: gpd.GeoDataFrame,
    *,
    radius_m: float | pd.Series,
    within: gpd.GeoDataFrame | gpd.GeoSeries | None = None,
    method: Literal["auto", "vector", "grid"] = "auto",
) -> ServiceArea:
    """Measure the area within straight-line reach of at least one site.

    Parameters
    ----------
    sites
        Points in a CRS in metres, indexed by id; a row without a point is left out and counted.
    radius_m
        Radius in metres, one for all or a series with one per id (several kinds at once).
    within
        Valid polygons in the same CRS: only what lies in them counts. None for the whole plane.
    method
        ``vector``: union of polygons of equal area; ``grid``: count of cells by scan lines;
        ``auto``: the first for up to a thousand sites, the second beyond.

    Returns
    -------
    ServiceArea
        ``value`` in km² and, on demand, ``geometry``. No sites: zero, and an empty geometry.

    Raises
    ------
    CrsError
        The CRS is not metric, or the two differ.
    DataError
        ``sites`` holds something other than points, or ``within`` other than valid polygons.
    ParameterError
        A radius is not above zero, or the method is unknown.

    Notes
    -----
    On the grid a cell counts if its centre is covered. With N cells on the edge the area errs by
    about 0.29·√N cells (independent errors, each even between −½ and ½), and the cell is chosen so
    that three times this stay below 1e-4 of the area. The geometry is not the cells: it is the
    union of the discs whose circle can lie on the edge, with the holes filled that others cover.

    Examples
    --------
    >>> sites = gpd.GeoDataFrame(
    ...     index=["a", "b"], geometry=[shapely.Point(0, 0), shapely.Point(9000, 0)], crs=4548
    ... )
    >>> round(service_area(sites, radius_m=3000).value, 3)
    56.549
    """
    there, x, y = located(sites, argument="sites")
    radius = radii(there, radius_m)
    region = None if within is None else _region(within, sites)
    found = _measure(x, y, radius, region, method)
    largest = float(radius.max()) if len(radius) else float("nan")
    return ServiceArea(
        value=found.km2,
        unit="km²",
        n=len(there),
        method="coverage.vector" if found.grid is None else "coverage.grid",
        parameters={
            "radius_m": largest,
            "radius_km": largest / 1000,
            "n_unmapped": len(sites) - len(there),
            "cell_m": None if found.grid is None else found.grid.cell_m,
            "error": found.error,
        },
        caveats=(
            "coverage.straight_line",
            "coverage.no_standard",
            *(("coverage.unmapped",) if len(there) < len(sites) else ()),
            *(("coverage.by_cells",) if found.grid is not None else ()),
        ),
        crs=sites.crs,
        within_km2=float("nan") if region is None else region.area / 1e6,
        error=found.error,
        build=found.build,
    )


class _Measured(NamedTuple):
    km2: float
    error: float
    grid: Grid | None
    build: Callable[[], BaseGeometry]


def _region(areas: gpd.GeoDataFrame | gpd.GeoSeries, sites: gpd.GeoDataFrame) -> BaseGeometry:
    require_same_crs(areas, sites, argument="within")
    require_polygons(areas, argument="within")
    region: BaseGeometry = areas.geometry.union_all()
    return region


def _measure(
    x: Floats,
    y: Floats,
    radius: Floats,
    region: BaseGeometry | None,
    method: str,
) -> _Measured:
    if method not in (known := ("auto", "vector", "grid")):
        problem = Problem("value.not_one_of", "method", value=repr(method), known=known)
        raise ParameterError("input.number", [problem])
    if len(x) and (method == "grid" or (method == "auto" and len(x) > MOST_VECTOR_SITES)):
        by_cells = _by_cells(x, y, radius, region, AREA_ERROR)
        if method == "grid" or by_cells.error <= AREA_ERROR:
            return by_cells  # else the discs are small and far apart, and their union is quick
    area = _clip(shapely.union_all(_polygons(x, y, radius)), region)
    return _Measured(area.area / 1e6, VECTOR_ERROR, None, lambda: area)


def _clip(area: BaseGeometry, region: BaseGeometry | None) -> BaseGeometry:
    return area if region is None else shapely.intersection(area, region)


def _near(
    x: Floats, y: Floats, radius: Floats, region: BaseGeometry | None
) -> tuple[NDArray[np.bool_], tuple[float, float, float, float]]:
    """Return whose disc can meet the region, and the rectangle in which cells are counted."""
    near = np.ones(len(x), dtype=bool)
    if region is None and len(x) and (radius == radius[0]).all():  # the usual case, and quick
        r = radius[0]
        bounds = x.min() - r, y.min() - r, x.max() + r, y.max() + r
        return near, (float(bounds[0]), float(bounds[1]), float(bounds[2]), float(bounds[3]))
    west, south, east, north = x - radius, y - radius, x + radius, y + radius
    box = (-np.inf, -np.inf, np.inf, np.inf)
    if region is not None and not region.is_empty:
        box = region.bounds
        near = (east > box[0]) & (north > box[1]) & (west < box[2]) & (south < box[3])
    if not near.any():
        return near, (0.0, 0.0, 0.0, 0.0)
    low = max(west[near].min(), box[0]), max(south[near].min(), box[1])
    high = min(east[near].max(), box[2]), min(north[near].max(), box[3])
    return near, (float(low[0]), float(low[1]), float(high[0]), float(high[1]))


def _by_cells(
    x: Floats,
    y: Floats,
    radius: Floats,
    region: BaseGeometry | None,
    largest_error: float,
) -> _Measured:
    """Count covered cells, and again on a finer grid where too many lie on the edge."""
    near, bounds = _near(x, y, radius, region)
    if not near.all():
        x, y, radius = x[near], y[near], radius[near]
    finest = np.sqrt((bounds[2] - bounds[0]) * (bounds[3] - bounds[1]) / FINE_CELLS)
    # The fewer discs, the longer their edge for their area, and the finer the first grid.
    per_radius = CELLS_PER_RADIUS * max((100_000 / max(len(x), 1)) ** (1 / 6), 1.0)
    cell = max(float(radius.mean()) / per_radius, finest) if len(x) else 1.0
    while True:
        grid = grid_over(bounds, cell_m=cell)
        share = _EVERYWHERE if region is None else cell_shares(region, grid)
        covered, edge = _count(x, y, radius, grid, share)
        error = 3 * CELL_ERROR * np.sqrt(edge) / max(covered, 1e-9)
        if error <= largest_error or covered < 1e-9 or cell <= finest:
            break
        # The error falls with the cell's side to the power of 3/2: choose the next side by that.
        cell = max(0.9 * cell * max((largest_error / error) ** (2 / 3), 0.2), finest)
    km2 = covered * grid.cell_km2
    return _Measured(km2, error, grid, lambda: _outline(x, y, radius, grid, region))


def _count(x: Floats, y: Floats, radius: Floats, grid: Grid, share: Floats) -> tuple[float, float]:
    """Return how many cells are covered, and about how many lie on the edge of that area.

    Cells count by their share in the region. Discs that lie wholly in blocks of which each is
    inside a single disc are left out: their cells are covered anyhow. Where sites are dense, these
    are most of them. A line meets the cells of a grid in every direction: of N cells on an edge of
    any direction, 2N/π show as a change along x (Cauchy and Crofton).
    """
    sure, meets = _blocks(x, y, radius, grid)
    x, y, reaching = x[meets], y[meets], radius[meets]
    loops = for_discs(len(meets))
    counts = np.zeros((grid.rows, grid.columns + 1), dtype=np.int32)
    covered = np.zeros(grid.rows)

    # Each band of rows is counted and added up by one thread, while it is in the cache.
    def work(low: int, high: int) -> int:
        loops.count_rows(x, y, reaching, grid.origin, counts, low, high)
        return int(loops.tally_rows(counts[:, :-1], sure, BLOCK, share, covered, low, high))

    changes = in_bands(work, grid.rows, cells=counts.size)
    return float(covered.sum()), np.pi / 2 * changes


def _blocks(
    x: Floats, y: Floats, radius: Floats, grid: Grid
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which blocks of cells lie inside a single disc, and whose disc meets another one."""
    side = BLOCK * grid.cell_m
    blocks = Grid(grid.x_m, grid.y_m, side, -(-grid.columns // BLOCK), -(-grid.rows // BLOCK))
    if len(x) <= FEW_PLACES:  # the search pays where sites are dense
        return np.zeros((blocks.rows, blocks.columns), np.bool_), np.ones(len(x), np.bool_)
    from geo.grid.disc_kernels import first_per_block, meets_open

    # A few discs, one per block, settle most blocks: a block lies inside a disc that is shrunk by
    # half the block's diagonal and holds its centre.
    few = first_per_block(x, y, blocks.origin, np.zeros((blocks.rows, blocks.columns), np.bool_))
    sure = reach_counts(x[few], y[few], radius[few] - side * np.sqrt(0.5), blocks) > 0
    # Sums over all blocks to the south-west tell at once whether a square holds an open one.
    unsure = np.zeros((blocks.rows + 1, blocks.columns + 1), dtype=np.int64)
    unsure[1:, 1:] = (~sure).cumsum(axis=0).cumsum(axis=1)
    meets = np.zeros(len(x), dtype=np.bool_)
    in_bands(
        lambda low, high: meets_open(x, y, radius, blocks.origin, unsure, meets, low, high),
        len(x),
        cells=len(x),
    )
    return sure, meets


def _outline(
    x: Floats, y: Floats, radius: Floats, grid: Grid, region: BaseGeometry | None
) -> BaseGeometry:
    """Unite the discs whose circle can lie on the edge, and fill what the others cover.

    A hole of that union is open throughout or covered throughout: all circles that can bound
    what is open are in it. One point of the hole tells which.
    """
    from geo.grid.disc_kernels import open_circles

    # Leave out the discs that are buried: those whose circle is covered all around.
    inner = reach_counts(x, y, np.maximum(radius - grid.cell_m, 0.0), grid)
    needed = np.zeros(len(x), dtype=np.bool_)
    in_bands(
        lambda low, high: open_circles(x, y, radius, grid.origin, inner, needed, low, high),
        len(x),
        cells=len(x) * CELLS_PER_RADIUS,
    )
    # Unite the rest, equal discs once.
    kept = np.unique(np.column_stack([x, y, radius])[needed], axis=0)
    union = shapely.union_all(_polygons(*kept.T))
    # Fill the holes that the buried discs cover.
    rings = [ring for part in shapely.get_parts(union) for ring in part.interiors]
    holes = shapely.polygons(rings) if rings else np.empty(0, dtype=object)
    points = shapely.get_coordinates(shapely.point_on_surface(holes))
    covered = holes[_n_reaching(points, np.column_stack([x, y]), radius) > 0]
    return _clip(shapely.union_all([union, *covered]), region)


def _n_reaching(points: Floats, xy: Floats, radius: Floats) -> Longs:
    """Return how many discs hold each point, their circle included."""
    if len(points) * len(xy) <= FEW_PAIRS:
        away = (points[:, :1] - xy[:, 0]) ** 2 + (points[:, 1:] - xy[:, 1]) ** 2
        return np.asarray((away <= radius**2).sum(axis=1), dtype=np.int64)
    from scipy.spatial import cKDTree

    total = np.zeros(len(points), dtype=np.int64)
    for length in np.unique(radius):
        tree = cKDTree(xy[radius == length])
        total += tree.query_ball_point(points, length, return_length=True)
    return total


def nearest(points: Floats, sites: Floats) -> tuple[Longs, Floats]:
    """Return the position of the site nearest to each point, of equals the first, and how far.

    Parameters
    ----------
    points, sites
        Coordinates in metres, shapes (m, 2) and (n, 2), n at least 1.

    Returns
    -------
    tuple of array
        Positions, shape (m,), and distances in metres, shape (m,).

    Examples
    --------
    >>> nearest(np.array([[0.0, 0.0]]), np.array([[9.0, 9.0], [3.0, 4.0]]))
    (array([1]), array([5.]))
    """
    if len(points) * len(sites) <= FEW_PAIRS:
        return _nearest_of_few(points, sites)
    from scipy.spatial import cKDTree

    # Each place once, so that sites on one point do not use up the depth of the search; of places
    # at the same distance, that of the first site is the answer.
    places, first = np.unique(sites, axis=0, return_index=True)
    depth = np.arange(1, min(TIE_DEPTH, len(places)) + 1)
    distance, place = cKDTree(places).query(points, k=depth)
    candidates = np.where(distance == distance[:, :1], first[place], len(sites))
    return candidates.min(axis=1), distance[:, 0]


def _nearest_of_few(points: Floats, sites: Floats) -> tuple[Longs, Floats]:
    """Compare every point with every site: sooner done than a tree is planted."""
    position, square = np.zeros(len(points), dtype=np.int64), np.empty(len(points))
    for low in range(0, len(points), rows := max(_AT_ONCE // len(sites), 1)):
        part = slice(low, low + rows)
        away = (points[part, :1] - sites[:, 0]) ** 2 + (points[part, 1:] - sites[:, 1]) ** 2
        position[part], square[part] = away.argmin(axis=1), away.min(axis=1)
    return position, np.sqrt(square)


def reached(
    points: gpd.GeoDataFrame, sites: gpd.GeoDataFrame, *, radius_m: float | pd.Series
) -> pd.DataFrame:
    """Say for each point how many sites reach it, and which is nearest.

    Parameters
    ----------
    points
        Points in a CRS in metres, indexed by id: universities, platforms, places to serve.
    sites
        Points in the same CRS, indexed by id.
    radius_m
        Straight-line radius in metres, one for all sites or one per id; a point at that very
        distance is reached.

    Returns
    -------
    DataFrame
        For every row of ``points`` that has a point, in order: ``n_sites``, ``covered``,
        ``nearest_id`` (of sites at the same distance the lowest id) and ``nearest_m``; without
        sites None and NaN.

    Raises
    ------
    CrsError, DataError, ParameterError
        As :func:`service_area`.

    Examples
    --------
    >>> school = gpd.GeoDataFrame(index=["u"], geometry=[shapely.Point(0, 0)], crs=4548)
    >>> site = gpd.GeoDataFrame(index=["s"], geometry=[shapely.Point(3000, 4000)], crs=4548)
    >>> reached(school, site, radius_m=5000)[["n_sites", "nearest_m"]].to_numpy().tolist()
    [[1.0, 5000.0]]
    """
    asked, *_ = to = located(points, argument="points")
    there, *_ = of = located(sites, argument="sites").by_id()
    require_same_crs(points, sites, argument="points")
    radius = radii(there, radius_m)
    n_sites = _n_reaching(to.xy, of.xy, radius)
    ids, distance = np.full(len(asked), None, dtype=object), np.full(len(asked), np.nan)
    if len(there) and len(asked):
        position, distance = nearest(to.xy, of.xy)
        ids = there.index.to_numpy(dtype=object)[position]
    columns = {"n_sites": n_sites, "covered": n_sites > 0, "nearest_id": ids}
    return pd.DataFrame({**columns, "nearest_m": distance}, index=asked.index)


@dataclass(frozen=True, eq=False, kw_only=True)
class Overlap(Finding):
    """How many sites reach each spot; ``value`` is the area in km² that two or more reach."""

    bands: pd.DataFrame
    """Indexed by the number of sites, from 0: ``area_km2``; NaN at 0 without ``within``."""
    losses: pd.DataFrame
    """Indexed by site: ``sole_km2``, what no other site covers and is lost if this one closes."""
    grid: Grid
    counts: Counts
    """Sites that reach the centre of each cell, shape (rows, columns), row 0 in the south."""
    share: Floats | None
    """Which part of each cell lies within the area asked about; None for all of all."""

    def area(self, times: int) -> BaseGeometry:
        """Return what at least so many sites reach.

        Parameters
        ----------
        times
            How many sites, 0 or more.

        Returns
        -------
        geometry
            Cells with square corners, on the plane of the sites: those whose centre so many sites
            reach and of which at least half lies within the area asked about. Empty where there are
            none.
        """
        reached = self.counts >= times
        return self.grid.area(reached if self.share is None else reached & (self.share >= 0.5))


def overlap(
    sites: gpd.GeoDataFrame,
    *,
    radius_m: float | pd.Series,
    within: gpd.GeoDataFrame | gpd.GeoSeries | None = None,
) -> Overlap:
    """Count how many sites reach each spot, and what is lost if one of them closes.

    Parameters
    ----------
    sites, radius_m, within
        As in :func:`service_area`.

    Returns
    -------
    Overlap
        Counted on a grid whose cell is in ``parameters``. Sites that share a point lose nothing:
        the other still covers.

    Raises
    ------
    CrsError, DataError, ParameterError
        As :func:`service_area`.

    Examples
    --------
    >>> points = gpd.points_from_xy([0, 0, 9000], [0, 0, 0])
    >>> sites = gpd.GeoDataFrame(index=["a", "b", "c"], geometry=points, crs=4548)
    >>> overlap(sites, radius_m=1000).losses["sole_km2"].round(2).to_dict()
    {'a': 0.0, 'b': 0.0, 'c': 3.14}
    """
    there, x, y = located(sites, argument="sites")
    radius = radii(there, radius_m)
    # Lay the grid on which the count is exact enough, and count the discs over each cell.
    region = None if within is None else _region(within, sites)
    measured = _by_cells(x, y, radius, region, OVERLAP_ERROR)
    grid = measured.grid
    assert grid is not None
    share = _EVERYWHERE if region is None else cell_shares(region, grid)
    counts = reach_counts(x, y, radius, grid)
    # What one site alone covers is what its closing would cost.
    sole = np.zeros(len(x))
    loops, discs_ = for_discs(len(x)), (x, y, radius, grid.origin)
    in_bands(
        lambda low, high: loops.sole_cells(*discs_, counts, share, sole, low, high),
        len(x),
        cells=len(x) * CELLS_PER_RADIUS**2,
    )
    # Area by number of sites. What none reaches is the rest of the region, not of the grid.
    weights = None if region is None else share.ravel()
    km2 = np.bincount(counts.ravel(), weights) * grid.cell_km2
    km2[0] = np.nan if region is None else region.area / 1e6 - km2[1:].sum()
    bands = pd.DataFrame({"area_km2": km2}).rename_axis("n_sites")
    unmapped = len(sites) - len(there)
    return Overlap(
        value=float(bands["area_km2"][bands.index >= 2].sum()),
        unit="km²",
        n=len(there),
        method="coverage.grid",
        parameters={"cell_m": grid.cell_m, "n_unmapped": unmapped, "error": measured.error},
        caveats=(
            "coverage.straight_line",
            *(("coverage.unmapped",) if unmapped else ()),
            "coverage.by_cells",
        ),
        bands=bands,
        losses=pd.DataFrame({"sole_km2": sole * grid.cell_km2}, index=there.index),
        grid=grid,
        counts=counts,
        share=None if region is None else share,
    )


CITY = "city"
"""Index of the row that holds the whole."""


def shares(
    area: ServiceArea | BaseGeometry,
    districts: gpd.GeoDataFrame,
    *,
    group: pd.Series | None = None,
    residents: pd.Series | None = None,
) -> pd.DataFrame:
    """Give the covered share of the city, of its parts and of each district.

    Parameters
    ----------
    area
        What is within reach, on the plane of the districts.
    districts
        Valid polygons in a CRS in metres, indexed by id, that do not overlap.
    group
        The part of the city that each district belongs to (half of the twin city), by id.
    residents
        Residents of each district, by id; adds columns on people.

    Returns
    -------
    DataFrame
        Rows ``city``, then the parts in the order of their first district, then the districts;
        ``level`` (city, part, district), ``area_km2`` (of the polygons), ``covered_km2``,
        ``uncovered_km2``, ``covered_share``; with ``residents`` also ``residents``,
        ``covered_residents``, ``covered_residents_share``, which assume that the residents of a
        district live evenly spread over it: say so (``coverage.even_spread``).

    Raises
    ------
    CrsError, DataError
        The districts are not metric or not valid polygons, or residents are not numbers.

    Examples
    --------
    >>> district = gpd.GeoDataFrame(index=["d"], geometry=[shapely.box(0, 0, 2000, 1000)], crs=4548)
    >>> shares(shapely.box(0, 0, 500, 1000), district)["covered_share"].to_dict()
    {'city': 0.25, 'd': 0.25}
    """
    require_metric(districts, argument="districts")
    require_polygons(districts, argument="districts")
    covered = area.geometry if isinstance(area, ServiceArea) else area
    table = pd.DataFrame({"area_km2": districts.area / 1e6}, index=districts.index)
    table["covered_km2"] = districts.intersection(covered).area / 1e6
    if residents is not None:
        people = residents.reindex(districts.index)
        table["residents"] = numbers(people, districts, argument="residents", field="residents")
        share = table["covered_km2"] / table["area_km2"]
        table["covered_residents"] = table["residents"] * share
    return with_totals(table, group)


def with_totals(table: pd.DataFrame, group: pd.Series | None) -> pd.DataFrame:
    """Put the sums for the city and its parts above the districts, and add the shares.

    Parameters
    ----------
    table
        Indexed by district: ``area_km2`` and ``covered_km2``, and where people count ``residents``
        and ``covered_residents``. Not changed.
    group
        The part of the city that each district belongs to, by id; None for no parts. A district
        without one counts in the city only.

    Returns
    -------
    DataFrame
        As of :func:`shares`. A share of nothing is NaN.

    Examples
    --------
    >>> table = pd.DataFrame({"area_km2": [4.0, 1.0], "covered_km2": [1.0, 1.0]}, index=["a", "b"])
    >>> with_totals(table, None)["covered_share"].to_dict()
    {'city': 0.4, 'a': 0.25, 'b': 1.0}
    """
    total = table.sum().to_frame(CITY).T
    blocks = [total.assign(level="city"), table.assign(level="district")]
    if group is not None:
        parts = table.groupby(group.reindex(table.index), sort=False).sum()
        blocks.insert(1, parts.assign(level="part"))
    whole = pd.concat(blocks)
    whole["uncovered_km2"] = whole["area_km2"] - whole["covered_km2"]
    whole["covered_share"] = whole["covered_km2"] / whole["area_km2"]
    columns = ["level", "area_km2", "covered_km2", "uncovered_km2", "covered_share"]
    if "residents" in whole:
        whole["covered_residents_share"] = whole["covered_residents"] / whole["residents"]
        columns += ["residents", "covered_residents", "covered_residents_share"]
    return whole[columns].rename_axis("unit")
