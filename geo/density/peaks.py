"""Say how firm a density peak is: what makes it, whether doubt moves it, whether it survives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry.base import BaseGeometry

from geo.base.crs import require_metric
from geo.base.errors import DataError, ParameterError, Problem
from geo.base.finding import Finding
from geo.base.points import require_positive
from geo.coverage.simulation import HIGH, LOW
from geo.density.kernel_density import CRS_DEFAULT, QUARTIC_RADIUS, Kernel, kernel_density
from geo.density.surface import Surface, require_plane, zonal_mass
from geo.grid.cells import Grid, cell_shares

Floats = NDArray[np.float64]

DOUBT_FACTOR = 2.0
"""A bandwidth says something of a place only from twice its location uncertainty on."""
INVENTORY_FINEST_M = 3000.0
"""Smallest bandwidth offered for the plan's inventory, whose median uncertainty is 4 km."""
INVENTORY_FINEST_CELL_M = 500.0
"""Smallest cell offered for it, a sixth of that bandwidth: a finer one shows nothing more, and
would look as if it knew more."""
STAND_INS = frozenset({"proxy"})
RECOLLECTED = frozenset({"knowledge"})
PUBLISHED = frozenset({"dataset", "host"})
HALF = 0.5
FIRM_SHARE = 0.9
"""A peak that holds in this share of draws is called firm."""
FARTHEST_SIGMAS = 2.0
"""A peak has a place within so many bandwidths; what stands farther off is the edge correction's
own: beyond two bandwidths it divides next to nothing by next to nothing."""
SHARE_SHIFT = 0.05
"""A district's share of the mass may shift by this much before the finding is called unsteady."""


def finest_bandwidth_m(uncertainty_m: ArrayLike, *, share: float = 1.0) -> float:
    """Return the smallest bandwidth that is not finer than the doubt.

    Parameters
    ----------
    uncertainty_m
        Location uncertainty of each place, metres; NaN counts as unknown and is left out.
    share
        For what share of the places this must hold, above 0 to 1.

    Returns
    -------
    float
        Metres: twice the uncertainty that ``share`` of the places do not exceed; 0 for no places.

    Raises
    ------
    ParameterError
        ``share`` is out of range.

    Examples
    --------
    >>> finest_bandwidth_m([500, 1000, 4000, 20000], share=0.5)
    2000.0
    """
    if not 0 < share <= 1:
        raise ParameterError("input.number", [Problem("share", f"is {share}, not above 0 to 1.")])
    known = np.asarray(uncertainty_m, dtype=np.float64)
    known = np.sort(known[np.isfinite(known)])
    if not len(known):
        return 0.0
    return float(DOUBT_FACTOR * known[int(np.ceil(share * len(known))) - 1])


def finer_than_doubt(uncertainty_m: pd.Series, *, bandwidth_m: float) -> pd.Series:
    """Return for each place whether a bandwidth (or cell) is finer than its doubt allows.

    Parameters
    ----------
    uncertainty_m
        Location uncertainty, metres, by place id.
    bandwidth_m
        Bandwidth or side of a cell, metres.

    Returns
    -------
    Series of bool
        Same index; True where the bandwidth is below twice the uncertainty, or that is unknown.
        For such a place a figure comes with an interval or the sentence ``density.too_fine``.
    """
    bandwidth = require_positive(bandwidth_m, argument="bandwidth_m")
    known = pd.to_numeric(uncertainty_m, errors="coerce")
    return ~(known * DOUBT_FACTOR <= bandwidth)


def counted_once(places: pd.DataFrame) -> pd.Series:
    """Return for each place whether it enters a density: nested rows count once.

    Parameters
    ----------
    places
        Indexed by id, with ``parent_id``; blank where there is none.

    Returns
    -------
    Series of bool
        False for a row whose parent, or that one's parent and so on, is among the rows.
    """
    parents = places["parent_id"].where(places["parent_id"].notna(), "").to_dict()

    def nested(id_: str) -> bool:
        seen, at = {id_}, parents[id_]
        while at and at not in seen:
            if at in parents:
                return True
            seen.add(at)
            at = parents.get(at, "")
        return False

    return pd.Series([not nested(id_) for id_ in places.index], index=places.index, dtype=bool)


@dataclass(frozen=True, eq=False, kw_only=True)
class Peak(Finding):
    """A peak of a surface and what makes it; the main figure is its density per km².

    Parameters
    ----------
    x, y
        Centre of its cell, metres.
    rows
        The places that contribute, the largest first: ``share`` of the peak, ``location_class``,
        ``uncertainty_m``, ``stack`` (how many of the rows lie on the same point).
    makers
        Ids of the fewest places that together make half of the peak.
    label
        Key of what it is: ``peak.coincident``, ``peak.stand_in``, ``peak.recollected``,
        ``peak.published`` or ``peak.mixed``.
    """

    x: float
    y: float
    rows: pd.DataFrame
    makers: tuple[str, ...]
    label: str


def highest(
    surface: Surface,
    *,
    points: ArrayLike | None = None,
    count: int = 5,
    apart_m: float | None = None,
) -> pd.DataFrame:
    """Return the highest peaks of a surface.

    Parameters
    ----------
    surface
        The density.
    points
        What it was made from, metres, shape (n, 2): a high with none of them within two bandwidths
        is an artefact of the edge correction and left out. None where they are not at hand (a
        stream): then all highs are returned.
    count
        At most how many.
    apart_m
        Least distance between two of them; None for twice the bandwidth.

    Returns
    -------
    DataFrame
        Columns ``x``, ``y`` (cell centre, metres) and ``per_km2``, the highest first; of equals
        the southernmost, then the westernmost.
    """
    sigma = float(str(surface.parameters["sigma_m"]))
    distance = apart_m or 2.0 * sigma
    xy = None if points is None else np.asarray(points, dtype=np.float64).reshape(-1, 2)
    values = np.pad(surface.values, 1, constant_values=-np.inf)
    middle = values[1:-1, 1:-1]
    top = middle > 0
    for down in (0, 1, 2):
        for right in (0, 1, 2):
            if (down, right) != (1, 1):
                shape = middle.shape
                top &= middle >= values[down : down + shape[0], right : right + shape[1]]
    row, column = np.nonzero(top)
    order = np.lexsort((column, row, -middle[row, column]))
    found: list[tuple[float, float, float]] = []
    for k in order:
        x, y = float(surface.xs[column[k]]), float(surface.ys[row[k]])
        apart = all(np.hypot(x - a, y - b) >= distance for a, b, _ in found)
        if apart and _has_a_point(x, y, xy, FARTHEST_SIGMAS * sigma):
            found.append((x, y, float(middle[row[k], column[k]])))
            if len(found) == count:
                break
    return pd.DataFrame(found, columns=["x", "y", "per_km2"])


def _has_a_point(x: float, y: float, xy: Floats | None, reach_m: float) -> bool:
    return xy is None or bool((np.hypot(xy[:, 0] - x, xy[:, 1] - y) <= reach_m).any())


def explain(
    places: gpd.GeoDataFrame,
    *,
    x: float,
    y: float,
    sigma_m: float,
    per_km2: float,
    kernel: Kernel = "gaussian",
    weights: ArrayLike | None = None,
    data_date: str = "",
) -> Peak:
    """Say which places make a peak, and how sure their positions are.

    Parameters
    ----------
    places
        Located points in metres, indexed by id, with ``location_class`` and ``uncertainty_m``.
    x, y
        The peak.
    sigma_m
        Bandwidth of the surface.
    per_km2
        Height of the peak.
    kernel
        Kernel of the surface.
    weights
        One per place; None for one each.
    data_date
        Day of the data.

    Returns
    -------
    Peak
        ``peak.coincident`` if the rows on one stand-in or recollected point alone make half of
        it, or all of its makers lie there; else ``peak.stand_in`` or ``peak.recollected`` if rows
        of that class make half of it, ``peak.published`` if published points do.

    Raises
    ------
    CrsError
        The places are not on a plane in metres.
    DataError
        A column is missing.
    """
    require_metric(places, argument="places")
    if missing := {"location_class", "uncertainty_m"} - set(places.columns):
        raise DataError("density.columns", [Problem("places", f"lacks {sorted(missing)}.")])
    rows, order = _contributions(places, (x, y), sigma_m, kernel, weights)
    running = rows["share"].cumsum().to_numpy()
    makers = rows.index[: int(np.searchsorted(running, HALF - 1e-12)) + 1]
    label, stack, stack_share = _label(rows)
    doubt = pd.to_numeric(rows.loc[makers, "uncertainty_m"], errors="coerce")
    parameters = {
        "sigma_m": sigma_m,
        "rows": stack if label == "peak.coincident" else len(makers),
        "stack": stack,
        "stack_share": stack_share,
        "makers": len(makers),
        "sigma_km": sigma_m / 1000,
        "doubt_km": float(doubt.max()) / 1000 if doubt.notna().any() else np.nan,
    }
    too_fine = bool(finer_than_doubt(rows.loc[makers, "uncertainty_m"], bandwidth_m=sigma_m).any())
    return Peak(
        value=per_km2,
        unit="1/km²",
        n=len(order),
        method="peak.method",
        parameters=parameters | {"data_date": data_date},
        caveats=(label, *(("density.too_fine",) if too_fine else ())),
        x=x,
        y=y,
        rows=rows,
        makers=tuple(map(str, makers)),
        label=label,
    )


def _fall(offset: Floats, sigma_m: float, kernel: Kernel) -> Floats:
    """Return a kernel at offsets in metres, shape (…, 2), as a share of its middle."""
    square = (offset**2).sum(axis=-1) / sigma_m**2
    if kernel == "gaussian":
        return np.asarray(np.exp(-square / 2))
    return np.asarray(np.maximum(1 - square / QUARTIC_RADIUS**2, 0.0) ** 2)


def _contributions(
    places: gpd.GeoDataFrame,
    at: tuple[float, float],
    sigma_m: float,
    kernel: Kernel,
    weights: ArrayLike | None,
) -> tuple[pd.DataFrame, NDArray[np.intp]]:
    """Return the rows by their share of the value at a point, the largest first."""
    xy = np.asarray(shapely.get_coordinates(places.geometry.to_numpy()), dtype=np.float64)
    weigh = np.ones(len(xy)) if weights is None else np.asarray(weights, dtype=np.float64)
    height = weigh * _fall(xy - at, sigma_m, kernel)
    share = height / height.sum() if height.sum() > 0 else height
    _, stack, sizes = np.unique(xy, axis=0, return_inverse=True, return_counts=True)
    rows = pd.DataFrame(
        {
            "share": share,
            "location_class": places["location_class"].to_numpy(),
            "uncertainty_m": places["uncertainty_m"].to_numpy(),
            "point": stack.reshape(-1),
            "stack": sizes[stack.reshape(-1)],
        },
        index=places.index,
    )
    order = np.lexsort((places.index.astype(str).to_numpy(), -share))
    return rows.iloc[order], order


def _label(rows: pd.DataFrame) -> tuple[str, int, float]:
    """Return the key of what makes a peak, and the size and the share of the largest stack."""
    unsure = rows["location_class"].isin(STAND_INS | RECOLLECTED)
    stacks = rows[unsure & (rows["stack"] > 1)].groupby("point")["share"].agg(["sum", "size"])
    if len(stacks):
        largest = stacks.sort_values(["sum", "size"], ascending=False).iloc[0]
        stack, share = int(largest["size"]), float(largest["sum"])
        if stack > 1 and share >= HALF:
            return "peak.coincident", stack, share
    else:
        stack, share = 0, 0.0
    for key, classes in (
        ("peak.stand_in", STAND_INS),
        ("peak.recollected", RECOLLECTED),
        ("peak.published", PUBLISHED),
    ):
        if rows.loc[rows["location_class"].isin(classes), "share"].sum() >= HALF:
            return key, stack, share
    return "peak.mixed", stack, share


@dataclass(frozen=True, eq=False, kw_only=True)
class Holds(Finding):
    """How firm a peak is; the main figure is the share of draws in which it holds.

    Parameters
    ----------
    at
        Where the peak lies in each draw, metres, shape (k, 2).
    held
        In which draws it holds.
    """

    at: Floats
    held: NDArray[np.bool_]


def peak_holds(
    draws: ArrayLike,
    *,
    sigma_m: float,
    within: BaseGeometry | tuple[float, float, float],
    area: BaseGeometry | None = None,
    cell_m: float | None = None,
    kernel: Kernel = "gaussian",
    weights: ArrayLike | None = None,
    data_date: str = "",
) -> Holds:
    """Say in what share of draws the highest peak stays where it is.

    Parameters
    ----------
    draws
        Positions drawn within each place's uncertainty, metres, shape (draws, places, 2).
    sigma_m
        Bandwidth of the surface.
    within
        Where the peak must lie: a polygon (a district), or (x, y, distance in metres).
    area
        Polygon over which the peak is sought, with the edge correction; None for all draws.
    cell_m
        Side of the cells in which it is sought; None for a quarter of the bandwidth.
    kernel
        Kernel of the surface.
    weights
        One per place; None for one each.
    data_date
        Day of the data.

    Returns
    -------
    Holds
        ``peak.holds`` (of a polygon ``peak.holds_in``) with the share (in per cent as
        ``percent``); firm from 90 %.

    Raises
    ------
    ParameterError
        ``draws`` has another shape, or holds what is no position.
    """
    sigma = require_positive(sigma_m, argument="sigma_m")
    positions = _positions(draws)
    cell = require_positive(cell_m or sigma / 4, argument="cell_m")
    at = np.array(list(_peaks_of(positions, sigma, cell, area, kernel, weights)))
    held = _lies(at, within)
    share = float(held.mean())
    near = isinstance(within, tuple)
    return Holds(
        value=share,
        unit="",
        n=positions.shape[1],
        method="peak.method_draws",
        parameters={
            "draws": len(positions),
            # 199 of 200 are not all.
            "percent": 100 if share == 1 else min(round(100 * share), 99),
            "sigma_m": sigma,
            "cell_m": cell,
            "kernel": kernel,
            **({"within_km": within[2] / 1000} if isinstance(within, tuple) else {}),
            "data_date": data_date,
        },
        caveats=(
            "peak.holds" if near else "peak.holds_in",
            "peak.firm" if share >= FIRM_SHARE else "peak.not_firm",
        ),
        at=at,
        held=held,
    )


def _positions(draws: ArrayLike) -> Floats:
    """Return draws as an array; raise ParameterError unless they are positions."""
    positions = np.asarray(draws, dtype=np.float64)
    what = ""
    if positions.ndim != 3 or positions.shape[2] != 2 or not positions.shape[0]:
        what = f"has the shape {positions.shape}, not (draws, places, 2)."
    elif not np.isfinite(positions).all():
        what = "holds positions that are not numbers."
    if what:
        raise ParameterError("density.parameters", [Problem("draws", what)])
    return positions


def _peaks_of(
    draws: Floats,
    sigma: float,
    cell: float,
    area: BaseGeometry | None,
    kernel: Kernel,
    weights: ArrayLike | None,
) -> Iterator[tuple[float, float]]:
    """Yield the highest peak of each draw's surface (direct sum, all on one lattice)."""
    for xy in draws:
        surface = kernel_density(
            xy, sigma_m=sigma, cell_m=cell, boundary=area, weights=weights, kernel=kernel,
            method="exact",
        )  # fmt: skip
        there = xy if area is None else xy[shapely.intersects_xy(area, xy[:, 0], xy[:, 1])]
        yield top_of(surface, there) or (np.nan, np.nan)


def top_of(surface: Surface, points: ArrayLike | None = None) -> tuple[float, float] | None:
    """Return the centre of the highest peak in metres, None where there is none.

    Parameters
    ----------
    surface, points
        As in :func:`highest`.
    """
    if surface.values.size:  # nearly always the highest cell of all has a place near
        row, column = np.unravel_index(surface.values.argmax(), surface.values.shape)
        x, y = float(surface.xs[column]), float(surface.ys[row])
        xy = None if points is None else np.asarray(points, dtype=np.float64).reshape(-1, 2)
        reach = FARTHEST_SIGMAS * float(str(surface.parameters["sigma_m"]))
        if surface.values[row, column] > 0 and _has_a_point(x, y, xy, reach):
            return x, y
    found = highest(surface, points=points, count=1)
    return (float(found["x"].iloc[0]), float(found["y"].iloc[0])) if len(found) else None


def _lies(at: Floats, within: BaseGeometry | tuple[float, float, float]) -> NDArray[np.bool_]:
    if isinstance(within, tuple):
        x, y, distance = within
        return np.asarray(np.hypot(at[:, 0] - x, at[:, 1] - y) <= distance)
    return np.asarray(shapely.intersects_xy(within, at[:, 0], at[:, 1]))


@dataclass(frozen=True, eq=False, kw_only=True)
class Height(Finding):
    """How high a peak is when places move in their doubt; the main figure is that as drawn.

    Parameters
    ----------
    low, high
        5th and 95th percentile of the draws, per km²: 90 % of them lie between.
    draws
        The density at the peak in each draw, per km².
    """

    low: float
    high: float
    draws: Floats = field(repr=False)


def peak_height(
    xy: ArrayLike,
    draws: ArrayLike,
    *,
    peak: tuple[float, float],
    per_km2: float,
    sigma_m: float,
    kernel: Kernel = "gaussian",
    weights: ArrayLike | None = None,
    data_date: str = "",
) -> Height:
    """Say how high a peak stays, on its spot, when places move within their doubt.

    Parameters
    ----------
    xy
        The places as drawn that the surface was made from, metres, shape (places, 2).
    draws
        Positions drawn within each place's uncertainty, metres, shape (draws, places, 2).
    peak
        Centre of the peak's cell, metres.
    per_km2
        Its height as drawn, above zero.
    sigma_m, kernel, weights
        Of the surface.
    data_date
        Day of the data.

    Returns
    -------
    Height
        ``peak.drawn_within``, ``peak.drawn_above`` or ``peak.drawn_below`` says where the height
        as drawn lies. A simulated interval: nothing is inferred from a sample.

    Raises
    ------
    ParameterError
        ``draws`` has another shape, or holds what is no position; a number is not above zero.

    Notes
    -----
    The kernel's scale and the edge correction at one spot are the same in every draw: the height
    is that as drawn, times the ratio of the kernels' sums. A place that a draw moves beyond the
    boundary still counts: it was counted within, and would else fall out of the sum at once.
    """
    sigma = require_positive(sigma_m, argument="sigma_m")
    drawn = require_positive(per_km2, argument="per_km2")
    positions = _positions(draws)
    weigh = np.ones(positions.shape[1]) if weights is None else np.asarray(weights, dtype=float)
    rest = (weigh * _fall(np.asarray(xy, dtype=np.float64) - peak, sigma, kernel)).sum()
    moved = weigh * _fall(positions - peak, sigma, kernel)
    heights = drawn * moved.sum(axis=1) / require_positive(float(rest), argument="peak")
    low, high = map(float, np.quantile(heights, [LOW, HIGH]))
    side = "above" if drawn > high else "below" if drawn < low else "within"
    return Height(
        value=drawn,
        unit="1/km²",
        n=positions.shape[1],
        method="peak.method_height",
        parameters={
            "draws": len(positions),
            "percent": round(100 * (HIGH - LOW)),
            "low": low,
            "high": high,
            "drawn": drawn,
            "sigma_m": sigma,
            "kernel": kernel,
            "data_date": data_date,
        },
        caveats=(f"peak.drawn_{side}",),
        low=low,
        high=high,
        draws=heights,
    )


@dataclass(frozen=True, eq=False, kw_only=True)
class Sensitivity(Finding):
    """The same surface several times; the main figure is the largest shift of a district's share.

    Parameters
    ----------
    runs
        One row per surface: ``sigma_m``, ``cell_m``, ``highest`` (per km²), ``peak_zone`` (None
        where the peak lies in no zone) and ``top_zone`` (with the largest share of the mass).
    share
        Zones × runs: share of the mass.
    surfaces
        The surfaces in the order of ``runs``.
    survives
        Whether the peak stays in one zone and no share shifts by more than 5 points.
    verdict
        Key of the sentence: ``sensitivity.survives``, ``sensitivity.peak_moves``,
        ``sensitivity.share_shifts`` or ``sensitivity.neither``.
    """

    runs: pd.DataFrame
    share: pd.DataFrame
    surfaces: tuple[Surface, ...] = field(repr=False)
    survives: bool
    verdict: str


def sensitivity(
    xy: ArrayLike,
    *,
    zones: gpd.GeoDataFrame,
    sigma_m: float,
    cell_m: float,
    boundary: BaseGeometry | None = None,
    kernel: Kernel = "gaussian",
    weights: ArrayLike | None = None,
    factors: Sequence[float] = (0.5, 1.0, 2.0),
    crs: Any = CRS_DEFAULT,
    data_date: str = "",
) -> Sensitivity:
    """Compute a surface at ½, 1 and 2 times the bandwidth and on two grids, and compare.

    Parameters
    ----------
    xy, sigma_m, cell_m, kernel, weights, crs, data_date
        As in :func:`geo.density.kernel_density.kernel_density`; the smallest bandwidth must be at least a cell.
    zones
        Districts: valid polygons in the CRS of ``xy``, a unique index of ids.
    boundary
        As there.
    factors
        Of the bandwidth. The second grid has cells twice as large, or, where the narrowest
        bandwidth would then be less than a cell, half as large.

    Returns
    -------
    Sensitivity
        With the verdict; the sentence's values are in ``parameters``.
    """
    require_plane(zones, kernel_density([], sigma_m=1, cell_m=1, crs=crs).crs, argument="zones")
    narrow = min(factors) * sigma_m
    cells = (cell_m, cell_m * 2 if narrow >= 2 * cell_m else cell_m / 2)
    tried = [(sigma_m * factor, cell) for cell in cells for factor in factors]
    surfaces = tuple(
        kernel_density(
            xy, sigma_m=sigma, cell_m=cell, boundary=boundary, weights=weights, kernel=kernel,
            crs=crs, data_date=data_date,
        )
        for sigma, cell in tried
    )  # fmt: skip
    tables = [zonal_mass(surface, zones) for surface in surfaces]
    share = pd.DataFrame({k: table["share"] for k, table in enumerate(tables)}, index=zones.index)
    runs = pd.DataFrame(
        [
            (sigma, cell, surface.value, _zone_of_peak(surface, xy, zones), _top(share[k]))
            for k, ((sigma, cell), surface) in enumerate(zip(tried, surfaces, strict=True))
        ],
        columns=["sigma_m", "cell_m", "highest", "peak_zone", "top_zone"],
    )
    return _compared(runs, share, surfaces, tried.index((sigma_m, cell_m)), data_date)


def _compared(
    runs: pd.DataFrame,
    share: pd.DataFrame,
    surfaces: tuple[Surface, ...],
    main: int,
    data_date: str,
) -> Sensitivity:
    shift = float(share.sub(share[main], axis=0).abs().max().max()) if len(share) else np.nan
    zones = runs["peak_zone"].astype(object)
    steady = zones.nunique(dropna=False) <= 1
    even = not shift > SHARE_SHIFT
    verdict = {
        (True, True): "sensitivity.survives",
        (False, True): "sensitivity.peak_moves",
        (True, False): "sensitivity.share_shifts",
        (False, False): "sensitivity.neither",
    }[steady, even]
    said: Mapping[str, object] = {
        "runs": len(runs),
        "peak_zone": zones[main],
        "peak_zones": tuple(dict.fromkeys(zones)),
        "top_zone": runs["top_zone"][main],
        "top_share": float(share[main].max()) if len(share) else np.nan,
        "shift_points": round(100 * shift, 1),
        "limit_points": round(100 * SHARE_SHIFT),
        "data_date": data_date,
    }
    return Sensitivity(
        value=shift,
        unit="",
        n=surfaces[main].n,
        method="sensitivity.method",
        parameters=said,
        caveats=(verdict, *surfaces[main].caveats),
        runs=runs,
        share=share,
        surfaces=surfaces,
        survives=steady and even,
        verdict=verdict,
    )


def _zone_of_peak(surface: Surface, points: ArrayLike, zones: gpd.GeoDataFrame) -> Any:
    """Return the zone that holds most of the highest peak's cell; None if none does."""
    top = top_of(surface, points)
    if top is None:
        return None
    half = surface.cell_m / 2
    cell = Grid(top[0] - half, top[1] - half, surface.cell_m, 1, 1)
    near = zones[zones.intersects(shapely.box(*cell.bounds))]
    held = {id_: cell_shares(shape, cell)[0, 0] for id_, shape in near.geometry.items()}
    best = max(held, key=lambda id_: held[id_], default=None)
    return best if best is not None and held[best] > 0 else None


def _top(share: pd.Series) -> Any:
    return None if share.isna().all() else share.idxmax()
