"""Measure how densely points lie over a plane, per km².

Notes
-----
*Exact*: the direct sum of every point's kernel at every cell centre. *Binned*: each point is
shared among the cells around it, the grid is filtered, and, where the bandwidth spans many cells,
the filtering is done on cells ``k`` times as large and the result drawn out by quintic B-splines.
Sharing and drawing out are themselves smoothings whose transform is known; the filter is designed
so that all of them together give the Gaussian asked for (to first order σ² less cell²/6 for
linear sharing). Shares are whole multiples of 2⁻²⁰, so a grid does not depend on the order of the
points or the number of threads, and a point's shares add up to exactly one.

The edge correction divides by the part of the kernel that lies within the boundary (Diggle 1985,
A kernel method for smoothing point process data).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal, get_args

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geo.base.arrays import Floats, Longs
from geo.base.crs import ANY_METRES, require_metric
from geo.base.errors import ParameterError, Problem
from geo.base.points import FARTHEST_M, require_positive
from geo.density.surface import PER_KM2, Surface, require_plane
from geo.grid.cells import MOST_CELLS, Grid
from geo.grid.lookup import Lookup, prepare
from geo.grid.loops import for_cells, for_points
from geo.grid.polygons import cell_shares

Kernel = Literal["gaussian", "quartic"]
Method = Literal["auto", "exact", "binned"]

FEW = 200
"""Below this many points a surface describes these points; it estimates nothing behind them."""
MOST_WEIGHT = 8e12
"""Largest sum of weights: in units of 2⁻²⁰ it is just below 2⁶³."""
LEAST_EDGE = 0.1
"""Where less of the kernel than this lies within the boundary, the correction goes no further."""
GAUSSIAN_PAD = 6.5
"""Sigmas around the points: beyond, less than 1e-10 of a point remains."""
QUARTIC_RADIUS = math.sqrt(8.0)
"""Radius of a quartic kernel in sigmas: its standard deviation along an axis is radius/√8."""

_REACH = 5.5
"""Half the length of a filter in sigmas: it ends at 3e-7 of its middle."""
_EXACT_PRODUCTS = 3e8
"""Points times cells up to which the direct sum is chosen: about a second at most."""
_SIGMA_PER_BIN = 4
"""Bins per sigma that are enough when a point is shared among nine of them: 4e-4 for one point."""
_MANY = 200_000
"""From here on what sharing errs by averages out: fewer bins, or four shares, are enough."""
_SIGMA_PER_BIN_MANY = 3
_CLASS_STEP = 2**0.25
"""Ratio of neighbouring bandwidths of the adaptive surface."""
_ADAPTIVE_SPAN = 3.0
"""Adaptive bandwidths stay within a third and three times the one asked for."""


@dataclass(frozen=True)
class _Frame:
    """The cells of a surface, on lines that are whole multiples of the cell.

    Points are shared among bins of ``bin_cells`` × ``bin_cells`` cells, which begin at the same
    corner and may reach a little farther.
    """

    x0: float
    y0: float
    cell_m: float
    bin_cells: int
    rows: int
    columns: int

    @property
    def bin_m(self) -> float:
        return self.cell_m * self.bin_cells

    @property
    def thirds(self) -> _Frame:
        """The grid with cells a third as large."""
        return _Frame(self.x0, self.y0, self.cell_m / 3, 1, self.rows * 3, self.columns * 3)

    @property
    def cells(self) -> Grid:
        return Grid(self.x0, self.y0, self.cell_m, self.columns, self.rows)

    @property
    def bins(self) -> Grid:
        k = self.bin_cells
        return Grid(self.x0, self.y0, self.bin_m, -(-self.columns // k), -(-self.rows // k))


@dataclass(frozen=True, eq=False)
class _Task:
    """What is to be computed, checked."""

    xy: Floats
    weights: Floats | None
    sigma_m: float
    cell_m: float
    kernel: Kernel
    crs: CRS
    crs_name: str
    boundary: BaseGeometry | None
    bounds: tuple[float, float, float, float]
    """West, south, east, north of all points, those outside the boundary too."""
    outside: int

    @property
    def total(self) -> float:
        return float(len(self.xy) if self.weights is None else self.weights.sum())

    @property
    def weighed(self) -> Floats:
        return np.ones(len(self.xy)) if self.weights is None else self.weights


def kernel_density(  # noqa: PLR0913 - each by its keyword
    xy: ArrayLike,
    *,
    sigma_m: float,
    cell_m: float,
    boundary: BaseGeometry | gpd.GeoSeries | gpd.GeoDataFrame | None = None,
    weights: ArrayLike | None = None,
    kernel: Kernel = "gaussian",
    method: Method = "auto",
    crs: Any,
    data_date: str = "",
) -> Surface:
    """Return the density of points as a surface.

    Parameters
    ----------
    xy
        Coordinates in metres on the plane ``crs``, shape (n, 2).
    sigma_m
        Bandwidth: the kernel's standard deviation along an axis, at least one cell.
    cell_m
        Side of a cell.
    boundary
        Polygon on the same plane within which the points were collected. Points outside are left
        out and counted, and the fall towards the edge is corrected. None: no correction, and the
        grid reaches 6.5 sigmas beyond the points.
    weights
        One number of zero or more per point; None for one each.
    kernel
        ``gaussian``, or ``quartic`` of the same standard deviation (radius √8 · sigma).
    method
        ``exact``, ``binned`` (see the module), or ``auto``: exact where that takes no second.
    crs
        The plane, in metres.
    data_date
        Day of the data, carried along.

    Returns
    -------
    Surface
        Per km², at the centres of the cells. No points give a surface without cells, or one of
        zeros where there is a boundary.

    Raises
    ------
    ParameterError
        With everything that is wrong: coordinates or weights that are not finite, negative
        weights, a sum of weights above 8e12, a cell larger than sigma, too many cells.
    CrsError
        The boundary is a frame in another CRS.

    Notes
    -----
    Gaussian kernel: f(s) = Σ wᵢ exp(-|s - xᵢ|²/2σ²) / 2πσ². Quartic: f(s) = Σ wᵢ 3/(πh²)
    (1 - |s - xᵢ|²/h²)², h = √8 σ (Silverman 1986, Density Estimation, eq. 4.5). Below two cells
    per sigma the binned surface is computed on cells a third as large.

    Examples
    --------
    >>> surface = kernel_density([[500_000, 4_300_000]], sigma_m=1000, cell_m=500, crs=4548)
    >>> float(surface.values.sum() * 0.25).__round__(6)
    1.0
    """
    task = _task(xy, weights, sigma_m, cell_m, boundary, kernel, crs)
    if method not in get_args(Method):
        known = get_args(Method)
        _refuse(Problem("value.not_one_of", "method", value=repr(method), known=known))
    frame = _frame(task)
    chosen = _choose(task, frame) if method == "auto" else method
    values, mass = _exact(task, frame) if chosen == "exact" else _binned(task, frame)
    values, inside = _within(task, frame, values)
    return _surface(task, frame, values, mass, inside, chosen, data_date)


def _choose(task: _Task, frame: _Frame) -> Method:
    across = 1.0
    if task.kernel == "quartic" and task.total:
        disc = math.pi * (QUARTIC_RADIUS * task.sigma_m / task.cell_m) ** 2
        across = min(1.0, disc / max(frame.rows * frame.columns, 1))
    products = len(task.xy) * frame.rows * frame.columns * across
    return "exact" if products <= _EXACT_PRODUCTS else "binned"


def _refuse(problem: Problem) -> None:
    raise ParameterError("density.parameters", [problem])


def _task(
    xy: ArrayLike,
    weights: ArrayLike | None,
    sigma_m: float,
    cell_m: float,
    boundary: BaseGeometry | gpd.GeoSeries | gpd.GeoDataFrame | None,
    kernel: Kernel,
    crs: Any,
) -> _Task:
    """Check all that was handed in, and leave out the points beyond the boundary."""
    # Collect all that is wrong with the numbers, then with the arrays, and refuse once.
    problems: list[Problem] = []
    sigma, cell = (
        _number(value, name, problems) for name, value in (("sigma_m", sigma_m), ("cell_m", cell_m))
    )
    if not problems and sigma < cell:
        problems.append(Problem("density.bandwidth", "sigma_m", sigma_m=sigma, cell_m=cell))
    if kernel not in get_args(Kernel):
        known = get_args(Kernel)
        problems.append(Problem("value.not_one_of", "kernel", value=repr(kernel), known=known))
    points = np.ascontiguousarray(xy, dtype=np.float64)
    points = points.reshape(-1, 2) if points.size == 0 else points
    if points.ndim != 2 or points.shape[1] != 2:
        shape = str(points.shape)
        problems.append(Problem("array.shape", "xy", shape=shape, expected="(n, 2)"))
        raise ParameterError("density.parameters", problems)
    bounds = _extent(points, problems)
    weighed = None if weights is None else np.ascontiguousarray(weights, dtype=np.float64)
    problems += _weight_problems(weighed, len(points))
    if problems:
        raise ParameterError("density.parameters", problems)
    # The plane and the boundary last: they have errors of their own.
    plane = _plane(crs)
    area = _area(boundary, plane[0])
    task = _Task(points, weighed, sigma, cell, kernel, *plane, area, bounds, 0)
    return task if area is None else _part(task, _lookup(area.wkb).codes(points) >= 0)


def _part(task: _Task, kept: NDArray[np.bool_]) -> _Task:
    """Return the task without the points outside the boundary, which are counted."""
    if kept.all():
        return task
    weights = None if task.weights is None else task.weights[kept]
    return replace(task, xy=task.xy[kept], weights=weights, outside=int((~kept).sum()))


@lru_cache(maxsize=8)
def _plane(crs: Any) -> tuple[CRS, str]:
    """Return the CRS and its name; raise CrsError unless it is a plane in metres."""
    plane = CRS.from_user_input(crs)
    require_metric(gpd.GeoSeries([], crs=plane), argument="crs")
    return plane, plane.to_string()


@lru_cache(maxsize=4)
def _lookup(boundary: bytes) -> Lookup:
    # The lookup asks for a CRS in metres; which one is of no concern to it.
    return prepare(gpd.GeoDataFrame(geometry=[shapely.from_wkb(boundary)], crs=ANY_METRES))


def _number(value: float, name: str, problems: list[Problem]) -> float:
    try:
        return require_positive(value, argument=name)
    except ParameterError as error:
        problems += error.problems
        return math.nan


def _extent(points: Floats, problems: list[Problem]) -> tuple[float, float, float, float]:
    found = for_points(len(points)).extent(points) if len(points) else (0.0, 0.0, 0.0, 0.0)
    if found is None or max(map(abs, found)) > FARTHEST_M:
        bad = int((~(np.abs(points) <= FARTHEST_M).all(axis=1)).sum())
        problems.append(Problem("point.rows_not_metres", "xy", n=bad))
    return found or (0.0, 0.0, 0.0, 0.0)


def _weight_problems(weights: Floats | None, n: int) -> list[Problem]:
    if weights is None:
        return []
    if weights.shape != (n,):
        shape = str(weights.shape)
        return [Problem("array.shape", "weights", shape=shape, expected=f"({n},)")]
    bad = int((~(np.isfinite(weights) & (weights >= 0))).sum())
    if bad:
        return [Problem("weight.bad", "weights", n=bad)]
    if (total := math.fsum(weights)) > MOST_WEIGHT:
        told = {"total": f"{total:.3g}", "most": f"{MOST_WEIGHT:.0e}"}
        return [Problem("weight.sum", "weights", values=told)]
    return []


def _area(
    boundary: BaseGeometry | gpd.GeoSeries | gpd.GeoDataFrame | None, crs: CRS
) -> BaseGeometry | None:
    if boundary is None:
        return None
    if isinstance(boundary, gpd.GeoSeries | gpd.GeoDataFrame):
        require_plane(boundary, crs, argument="boundary")
        boundary = boundary.geometry.union_all()
    if boundary.geom_type not in ("Polygon", "MultiPolygon") or boundary.is_empty:
        _refuse(Problem("density.area", "boundary", type=boundary.geom_type))
    if not boundary.is_valid:
        _refuse(Problem("geometry.polygon", "boundary"))
    return boundary


def _frame(task: _Task) -> _Frame:
    """Lay the grid: over the boundary, or around the points."""
    # A Gaussian many cells wide is computed on larger bins and drawn out.
    bin_cells, cell = 1, task.cell_m
    if task.kernel == "gaussian":
        per_bin = _SIGMA_PER_BIN_MANY if len(task.xy) >= _MANY else _SIGMA_PER_BIN
        bin_cells = max(1, int(task.sigma_m / (per_bin * cell)))
    if task.boundary is not None:
        bounds, pad = task.boundary.bounds, 0.0
    elif len(task.xy):
        bounds = task.bounds
        pad = (GAUSSIAN_PAD if task.kernel == "gaussian" else QUARTIC_RADIUS) * task.sigma_m
        pad += 3 * bin_cells * cell  # sharing and drawing out reach that far
    else:
        return _Frame(0.0, 0.0, cell, bin_cells, 0, 0)
    # Lines on whole multiples of the cell: the same cells, wherever the points happen to end.
    west, south = (math.floor((low - pad) / cell) for low in bounds[:2])
    east, north = (math.ceil((high + pad) / cell) for high in bounds[2:])
    rows, columns = max(north - south, 1), max(east - west, 1)
    if rows * columns > MOST_CELLS:
        sizes = {"cell_m": cell, "cells": rows * columns, "most": MOST_CELLS}
        _refuse(Problem("grid.too_fine_or_far", "cell_m", values=sizes))
    return _Frame(west * cell, south * cell, cell, bin_cells, rows, columns)


def _exact(task: _Task, frame: _Frame) -> tuple[Floats, float]:
    """Return the direct sum at the cell centres."""
    grid = frame.cells
    if not grid.rows:
        return np.zeros((0, 0)), 0.0
    x0, y0, cell = grid.origin
    xs, ys = (
        np.asarray(first + np.arange(count) * cell, dtype=np.float64)
        for first, count in ((x0, grid.columns), (y0, grid.rows))
    )
    if task.kernel == "quartic":
        reach = np.full(len(task.xy), QUARTIC_RADIUS * task.sigma_m)
        return _splat(task, reach, grid), task.total
    sigma = np.full(len(task.xy), task.sigma_m)
    return _gaussian_sum(task.xy, task.weighed, sigma, xs, ys), task.total


def _splat(task: _Task, reach: Floats, grid: Grid) -> Floats:
    splat, shape = for_points(len(task.xy)).splat, (grid.rows, grid.columns)
    values: Floats = splat(task.xy, task.weighed, reach, origin=grid.origin, shape=shape)
    return values * 1e6


def _gaussian_sum(xy: Floats, weights: Floats, sigma: Floats, xs: Floats, ys: Floats) -> Floats:
    """Return the sum of Gaussians on a lattice: a product of two matrices, as they separate."""
    values = np.zeros((len(ys), len(xs)))
    # Some points at a time, so that their rows and columns of factors stay small.
    for low in range(0, len(xy), 2048):
        part = slice(low, low + 2048)
        s = sigma[part]
        across = np.exp(-0.5 * ((xs - xy[part, :1]) / s[:, None]) ** 2)
        along = np.exp(-0.5 * ((ys - xy[part, 1:]) / s[:, None]) ** 2)
        height = weights[part] * 1e6 / (2 * np.pi * s**2)
        values += (along * height[:, None]).T @ across
    return values


def _binned(task: _Task, frame: _Frame, reach: float = _REACH) -> tuple[Floats, float]:
    """Return the surface by way of a grid, and the weight that is on the grid."""
    if not frame.rows:
        return np.zeros((0, 0)), 0.0
    # So few bins per sigma err too much: go by smaller ones.
    if task.sigma_m < 2 * frame.bin_m:
        return _binned_finer(task, frame)
    from geo.grid.binning import surface

    # Nine shares err less than four; four are enough where very many points average it out.
    nodes = 2 if frame.bin_cells == 1 and task.weights is None and len(task.xy) >= _MANY else 3
    x0, y0, side = frame.bins.origin
    pad = 2 if task.boundary else 0  # a point at the boundary has shares beyond the frame
    sigma, cells = task.sigma_m / side, frame.bin_cells
    gaussian = task.kernel == "gaussian"
    values, mass = surface(
        task.xy,
        task.weights,
        origin=(x0 - pad * side, y0 - pad * side, side),
        shape=(frame.bins.rows + 2 * pad, frame.bins.columns + 2 * pad),
        nodes=nodes,
        taps=_filter(sigma, nodes, cells, reach) if gaussian else np.ones(1),
        phases=_phases(cells) if gaussian else np.ones((1, 6)),
        scale=1e6 / side**2,
    )
    values = values if gaussian else _quartic(values, sigma, nodes)
    first = pad * cells
    return values[first : first + frame.rows, first : first + frame.columns], mass


def _binned_finer(task: _Task, frame: _Frame) -> tuple[Floats, float]:
    """Compute on cells a third as large, whose middle ones share their centres with the cells."""
    # Only every third cell is kept: the filter's end must not show in their sum.
    values, mass = _binned(task, frame.thirds, reach=1.25 * _REACH)
    return values[1::3, 1::3], mass


@lru_cache(maxsize=64)
def _filter(sigma: float, nodes: int, bin_cells: int, reach: float = _REACH) -> Floats:
    """Return the filter that, with the sharing before and the drawing out after it, is Gaussian.

    Sharing among ``nodes`` bins is a B-spline of that order, drawing out one of order six. The
    filter's transform is exp(-σ²ω²/2) / sinc(ω/2)^orders, inverted numerically over the
    frequencies that a grid has; ``sigma`` is in bins.
    """
    # The transform that is still wanted, once sharing and drawing out have done their part.
    order = nodes + (6 if bin_cells > 1 else 0)
    frequency = np.linspace(0.0, np.pi, 4097)
    sinc = np.sinc(frequency / (2 * np.pi))
    spectrum = np.exp(-0.5 * (sigma * frequency) ** 2) / sinc**order
    # Back to distances, by the trapezoidal rule; a half is enough, as it is symmetric.
    distance = np.arange(math.ceil(reach * sigma) + 1)
    half = np.trapezoid(spectrum * np.cos(np.outer(distance, frequency)), frequency)
    half = np.maximum(half, 0.0)  # ripples of 1e-9
    taps = np.concatenate([half[:0:-1], half])
    taps /= taps.sum()
    taps.setflags(write=False)
    return np.asarray(taps)


@lru_cache(maxsize=16)
def _phases(bin_cells: int) -> Floats:
    """Return the quintic B-spline weights of six bins for each cell within a bin."""
    # From each cell to the six bins around it, in bins.
    centre = (np.arange(bin_cells) + 0.5) / bin_cells - 0.5
    distance = (centre - np.floor(centre))[:, None] - np.arange(-2, 4)
    # The quintic B-spline as a sum of truncated powers.
    terms = [(-1) ** k * math.comb(6, k) * np.maximum(distance + 3 - k, 0.0) ** 5 for k in range(7)]
    weights = np.sum(terms, axis=0) / 120
    weights /= weights.sum(axis=1, keepdims=True)
    weights.setflags(write=False)
    return np.asarray(weights)


def _quartic(values: Floats, sigma: float, nodes: int) -> Floats:
    """Filter with a quartic kernel whose variance is less by that of the sharing."""
    from scipy.signal import oaconvolve

    variance = sigma**2 - {0: 0.0, 1: 1 / 12, 2: 1 / 6, 3: 1 / 4}[nodes]
    radius = QUARTIC_RADIUS * math.sqrt(variance)
    reach = np.arange(-math.ceil(radius), math.ceil(radius) + 1)
    inside = np.maximum(1 - (reach**2 + reach[:, None] ** 2) / radius**2, 0.0) ** 2
    filtered = oaconvolve(values, inside / inside.sum(), mode="same")
    return np.asarray(np.maximum(filtered, 0.0), dtype=np.float64)


def _within(task: _Task, frame: _Frame, values: Floats) -> tuple[Floats, NDArray[np.bool_] | None]:
    """Correct the fall towards the boundary, and clear what lies beyond it."""
    if task.boundary is None:
        return values, None
    part, inside = _edge(task.boundary.wkb, frame, task.sigma_m, task.kernel)
    return np.where(inside, values / part, 0.0), inside


@lru_cache(maxsize=8)
def _edge(
    boundary: bytes, frame: _Frame, sigma_m: float, kernel: Kernel
) -> tuple[Floats, NDArray[np.bool_]]:
    """Return how much of the kernel at each cell lies within the boundary, and which cells do."""
    area = shapely.from_wkb(boundary)
    finer = sigma_m < 2 * frame.bin_m
    on = frame.thirds if finer else frame
    # The part of the kernel within the boundary is the boundary's own area, smoothed likewise.
    sigma, share = sigma_m / on.bin_m, cell_shares(area, on.bins)
    if kernel == "gaussian":
        # A bin's share is spread evenly over the bin: B-spline of order one.
        taps = _filter(sigma, 1, on.bin_cells)
        part = for_cells(share.shape).smooth(share, taps, _phases(on.bin_cells), scale=1.0)
    else:
        part = _quartic(share, sigma, 1)
    part = part[1::3, 1::3] if finer else part[: frame.rows, : frame.columns]
    part = np.maximum(part, LEAST_EDGE)
    inside = cell_shares(area, frame.cells) > 0
    for array in (part, inside):
        array.setflags(write=False)
    return part, inside


def _surface(
    task: _Task,
    frame: _Frame,
    values: Floats,
    mass: float,
    inside: NDArray[np.bool_] | None,
    method: str,
    data_date: str,
    **more: object,
) -> Surface:
    values.setflags(write=False)
    parameters = {
        "kernel": task.kernel,
        "sigma_m": task.sigma_m,
        "sigma_km": task.sigma_m / 1000,
        "cell_m": task.cell_m,
        "crs": task.crs_name,
        "weighted": task.weights is not None,
        "weight_sum": task.total,
        "edge_corrected": task.boundary is not None,
        "outside": task.outside,
        "points": len(task.xy),
        "few": FEW,
    }
    return Surface(
        value=float(values.max(initial=0.0)),
        unit=PER_KM2,
        n=len(task.xy),
        method=f"density.method.{method}",
        parameters=parameters | more,
        caveats=_caveats(task, len(task.xy)),
        values=values,
        x0=frame.x0,
        y0=frame.y0,
        cell_m=task.cell_m,
        crs=task.crs,
        mass=mass,
        inside=inside,
        data_date=data_date,
    )


def _caveats(task: _Task, n: int) -> tuple[str, ...]:
    said = {
        "density.empty": not n,
        "density.few": 0 < n < FEW,
        "density.outside": task.outside > 0,
        "density.edge": task.boundary is not None,
        "density.no_edge": task.boundary is None,
        "density.weighted": task.weights is not None,
    }
    return tuple(key for key, true in said.items() if true)


def adaptive_density(
    xy: ArrayLike,
    *,
    sigma_m: float,
    cell_m: float,
    boundary: BaseGeometry | gpd.GeoSeries | gpd.GeoDataFrame | None = None,
    weights: ArrayLike | None = None,
    crs: Any,
    data_date: str = "",
) -> Surface:
    """Return a Gaussian surface whose bandwidth is narrow where points are dense.

    Parameters
    ----------
    xy, cell_m, boundary, weights, crs, data_date
        As in :func:`kernel_density`.
    sigma_m
        Geometric mean of the points' bandwidths, about; at least six cells, because the narrowest
        is a third of it.

    Returns
    -------
    Surface
        Per km²; ``parameters["bandwidths_m"]`` lists the bandwidths used.

    Raises
    ------
    ParameterError, CrsError
        As in :func:`kernel_density`; and a bandwidth below six cells.

    Notes
    -----
    Abramson (1982, On bandwidth variation in kernel estimates): σᵢ = σ (f(xᵢ)/g)^-½, where f is the
    surface at the fixed bandwidth and g its geometric mean at the points; limited to σ/3 … 3σ.
    Each point is shared between the two nearest of a ladder of bandwidths in the ratio 2^¼, and
    the surfaces of the ladder are added up.
    """
    task = _task(xy, weights, sigma_m, cell_m, boundary, "gaussian", crs)
    if task.sigma_m < 2 * _ADAPTIVE_SPAN * task.cell_m:
        sizes = {"sigma_m": task.sigma_m, "cell_m": task.cell_m, "least": 2 * _ADAPTIVE_SPAN}
        _refuse(Problem("density.bandwidth_cells", "sigma_m", values=sizes))
    # A surface at the fixed bandwidth tells where points are dense.
    pilot = kernel_density(
        task.xy, sigma_m=sigma_m, cell_m=cell_m, boundary=task.boundary, weights=task.weights,
        crs=task.crs,
    )  # fmt: skip
    # One grid for all bandwidths, wide enough for the widest.
    wide = _frame(replace(task, sigma_m=task.sigma_m * _ADAPTIVE_SPAN))
    frame = replace(wide, bin_cells=1)
    values, inside = _within(task, frame, np.zeros((frame.rows, frame.columns)))
    mass, used = 0.0, []
    # Each rung is corrected at the edge by its own bandwidth before it is added.
    for part in _ladder(task, pilot):
        layer, layer_mass = _binned(part, frame)
        values, mass = values + _within(part, frame, layer)[0], mass + layer_mass
        used.append(round(part.sigma_m, 1))
    return _surface(
        task, frame, values, mass, inside, "adaptive", data_date, bandwidths_m=tuple(used)
    )


def _ladder(task: _Task, pilot: Surface) -> list[_Task]:
    """Return, for each bandwidth that is needed, the points that have a part in it."""
    if not len(task.xy):
        return []
    # Abramson's factor of each point: narrow where it is denser than the mean.
    density = np.maximum(pilot.at(task.xy), np.finfo(float).tiny)
    weight = task.weighed
    total = weight.sum()
    mean = np.exp((np.log(density) * weight).sum() / total) if total else 1.0
    factor = np.clip((density / mean) ** -0.5, 1 / _ADAPTIVE_SPAN, _ADAPTIVE_SPAN)
    # On a ladder of bandwidths each point stands between two rungs, and is shared by both.
    step = np.log(factor) / math.log(_CLASS_STEP)
    rung = np.floor(step).astype(int)
    upper = step - rung
    ladder = []
    for number in range(int(rung.min()), int(rung.max()) + 2):
        part = np.where(rung == number, 1 - upper, np.where(rung == number - 1, upper, 0.0))
        held = part > 0
        if held.any():
            sigma = task.sigma_m * _CLASS_STEP**number
            weights = (weight * part)[held]
            ladder.append(replace(task, xy=task.xy[held], weights=weights, sigma_m=sigma))
    return ladder


def grid_density(
    counts: Longs,
    grid: Grid,
    *,
    n: int,
    sigma_m: float,
    boundary: BaseGeometry | gpd.GeoSeries | gpd.GeoDataFrame | None = None,
    crs: Any,
    data_date: str = "",
) -> Surface:
    """Return the Gaussian surface of points that :func:`geo.point_files.bin.bin_points` has binned.

    Parameters
    ----------
    counts
        Shares in whole units of 2⁻²⁰, shape (rows, columns), linearly shared.
    grid
        Where the cells lie.
    n
        How many points were binned.
    sigma_m
        Bandwidth, at least two cells.
    boundary
        As in :func:`kernel_density`; points outside it are on the grid already and count in the
        neighbourhood of the edge.
    crs, data_date
        As in :func:`kernel_density`.

    Returns
    -------
    Surface
        Per km², at the centres of the cells of ``grid``; its ``n`` is the number given.

    Raises
    ------
    ParameterError
        The bandwidth is below two cells, or ``counts`` does not fit the grid.
    """
    from geo.grid.binning import ONE, smooth

    plane = _plane(crs)
    area = _area(boundary, plane[0])
    sigma = require_positive(sigma_m, argument="sigma_m")
    if sigma < 2 * grid.cell_m:
        sizes = {"sigma_m": sigma, "cell_m": grid.cell_m, "least": 2}
        _refuse(Problem("density.bandwidth_bins", "sigma_m", values=sizes))
    if counts.shape != (grid.rows, grid.columns):
        shape, expected = str(counts.shape), str((grid.rows, grid.columns))
        _refuse(Problem("array.shape", "counts", shape=shape, expected=expected))
    # The points are shared among the cells already, linearly: only filtering is left.
    frame = _Frame(grid.x_m, grid.y_m, grid.cell_m, 1, grid.rows, grid.columns)
    mass = int(counts.sum()) / ONE
    taps, scale = _filter(sigma / grid.cell_m, 2, 1), 1e6 / grid.cell_m**2
    values = smooth(counts, taps, _phases(1), scale=scale)
    none, bounds = np.zeros((0, 2)), grid.bounds
    task = _Task(none, None, sigma, grid.cell_m, "gaussian", *plane, area, bounds, 0)
    values, inside = _within(task, frame, values)
    found = _surface(
        task, frame, values, mass, inside, "binned", data_date, points=n, weight_sum=mass
    )
    return replace(found, n=n, caveats=_caveats(task, n))


def silverman_sigma_m(xy: ArrayLike) -> float:
    """Return the bandwidth by Silverman's rule of thumb.

    Parameters
    ----------
    xy
        Coordinates in metres, shape (n, 2).

    Returns
    -------
    float
        Metres; NaN for fewer than two points.

    Notes
    -----
    σ̂ n^(-1/6), σ̂ the root of the mean variance of both axes (Silverman 1986, eq. 4.14, two
    dimensions). The rule assumes one bell-shaped heap. For clustered points it is far too wide
    (7 km at n = 1,000 in a Tianjin-sized pattern): show it with the caveat ``density.silverman``,
    never choose it silently.

    Examples
    --------
    >>> round(silverman_sigma_m([[0.0, 0.0], [2000.0, 2000.0]]))
    1260
    """
    points = np.asarray(xy, dtype=np.float64).reshape(-1, 2)
    if len(points) < 2:
        return math.nan
    return float(math.sqrt(points.var(axis=0, ddof=1).mean()) * len(points) ** (-1 / 6))
