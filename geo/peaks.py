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

from geo.crs import require_metric
from geo.density import CRS_DEFAULT, kernel_density
from geo.errors import DataError, ParameterError, Problem
from geo.finding import Finding
from geo.grid import Grid
from geo.points import require_positive
from geo.surface import Surface, require_plane, shares, zonal_mass

Floats = NDArray[np.float64]

DOUBT_FACTOR = 2.0
"""A bandwidth says something of a place only from twice its location uncertainty on."""
INVENTORY_FINEST_M = 3000.0
"""Smallest bandwidth offered for the plan's inventory, whose median uncertainty is 4 km."""
STAND_INS = frozenset({"proxy"})
RECOLLECTED = frozenset({"knowledge"})
PUBLISHED = frozenset({"dataset", "host"})
HALF = 0.5
FIRM_SHARE = 0.9
"""A peak that holds in this share of draws is called firm."""
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


def highest(surface: Surface, *, count: int = 5, apart_m: float | None = None) -> pd.DataFrame:
    """Return the highest peaks of a surface.

    Parameters
    ----------
    surface
        The density.
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
    distance = apart_m or 2.0 * float(str(surface.parameters["sigma_m"]))
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
        if all(np.hypot(x - a, y - b) >= distance for a, b, _ in found):
            found.append((x, y, float(middle[row[k], column[k]])))
            if len(found) == count:
                break
    return pd.DataFrame(found, columns=["x", "y", "per_km2"])


def explain(
    places: gpd.GeoDataFrame,
    *,
    x: float,
    y: float,
    sigma_m: float,
    per_km2: float,
    weights: ArrayLike | None = None,
    data_date: str = "",
) -> Peak:
    """Say which places make a Gaussian peak, and how sure their positions are.

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
    rows, order = _contributions(places, x, y, sigma_m, weights)
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


def _contributions(
    places: gpd.GeoDataFrame, x: float, y: float, sigma_m: float, weights: ArrayLike | None
) -> tuple[pd.DataFrame, NDArray[np.intp]]:
    """Return the rows by their share of the value at a point, the largest first."""
    xy = np.asarray(shapely.get_coordinates(places.geometry.to_numpy()), dtype=np.float64)
    weigh = np.ones(len(xy)) if weights is None else np.asarray(weights, dtype=np.float64)
    height = weigh * np.exp(-((xy - [x, y]) ** 2).sum(axis=1) / (2 * sigma_m**2))
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
    weights: ArrayLike | None = None,
    data_date: str = "",
) -> Holds:
    """Say in what share of draws the highest peak stays where it is.

    Parameters
    ----------
    draws
        Positions drawn within each place's uncertainty, metres, shape (draws, places, 2).
    sigma_m
        Bandwidth of the Gaussian surface.
    within
        Where the peak must lie: a polygon (a district), or (x, y, distance in metres).
    area
        Polygon over which the peak is sought, with the edge correction; None for all draws.
    cell_m
        Side of the cells in which it is sought; None for a quarter of the bandwidth.
    weights
        One per place; None for one each.
    data_date
        Day of the data.

    Returns
    -------
    Holds
        ``peak.holds`` with the share (in per cent as ``percent``); firm from 90 %.

    Raises
    ------
    ParameterError
        ``draws`` has another shape, or holds what is no position.
    """
    sigma = require_positive(sigma_m, argument="sigma_m")
    positions = np.asarray(draws, dtype=np.float64)
    if positions.ndim != 3 or positions.shape[2] != 2 or not positions.shape[0]:
        what = f"has the shape {positions.shape}, not (draws, places, 2)."
        raise ParameterError("density.parameters", [Problem("draws", what)])
    if not np.isfinite(positions).all():
        what = "holds positions that are not numbers."
        raise ParameterError("density.parameters", [Problem("draws", what)])
    cell = require_positive(cell_m or sigma / 4, argument="cell_m")
    at = np.array(list(_peaks_of(positions, sigma, cell, area, weights)))
    held = _lies(at, within)
    share = float(held.mean())
    return Holds(
        value=share,
        unit="",
        n=positions.shape[1],
        method="peak.method_draws",
        parameters={
            "draws": len(positions),
            "percent": round(100 * share),
            "sigma_m": sigma,
            "cell_m": cell,
            "data_date": data_date,
        },
        caveats=("peak.holds", "peak.firm" if share >= FIRM_SHARE else "peak.not_firm"),
        at=at,
        held=held,
    )


def _peaks_of(
    draws: Floats, sigma: float, cell: float, area: BaseGeometry | None, weights: ArrayLike | None
) -> Iterator[tuple[float, float]]:
    """Yield the highest cell of each draw's surface (direct sum, all on one lattice)."""
    for xy in draws:
        surface = kernel_density(
            xy, sigma_m=sigma, cell_m=cell, boundary=area, weights=weights, method="exact"
        )
        if not surface.values.size or surface.values.max() <= 0:
            yield np.nan, np.nan
            continue
        row, column = np.unravel_index(surface.values.argmax(), surface.values.shape)
        yield float(surface.xs[column]), float(surface.ys[row])


def _lies(at: Floats, within: BaseGeometry | tuple[float, float, float]) -> NDArray[np.bool_]:
    if isinstance(within, tuple):
        x, y, distance = within
        return np.asarray(np.hypot(at[:, 0] - x, at[:, 1] - y) <= distance)
    return np.asarray(shapely.intersects_xy(within, at[:, 0], at[:, 1]))


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
    weights: ArrayLike | None = None,
    factors: Sequence[float] = (0.5, 1.0, 2.0),
    crs: Any = CRS_DEFAULT,
    data_date: str = "",
) -> Sensitivity:
    """Compute a surface at ½, 1 and 2 times the bandwidth and on two grids, and compare.

    Parameters
    ----------
    xy, sigma_m, cell_m, weights, crs, data_date
        As in :func:`geo.density.kernel_density`; the smallest bandwidth must be at least a cell.
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
            xy, sigma_m=sigma, cell_m=cell, boundary=boundary, weights=weights, crs=crs,
            data_date=data_date,
        )
        for sigma, cell in tried
    )  # fmt: skip
    tables = [zonal_mass(surface, zones) for surface in surfaces]
    share = pd.DataFrame({k: table["share"] for k, table in enumerate(tables)}, index=zones.index)
    runs = pd.DataFrame(
        [
            (sigma, cell, surface.value, _zone_of_peak(surface, zones), _top(share[k]))
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


def _zone_of_peak(surface: Surface, zones: gpd.GeoDataFrame) -> Any:
    """Return the zone that holds most of the highest cell; None if none does."""
    if not surface.value > 0:
        return None
    row, column = np.unravel_index(surface.values.argmax(), surface.values.shape)
    x, y = surface.x0 + float(column) * surface.cell_m, surface.y0 + float(row) * surface.cell_m
    cell = Grid(x, y, surface.cell_m, 1, 1)
    near = zones[zones.intersects(shapely.box(*cell.bounds))]
    held = {id_: shares(shape, cell)[0, 0] for id_, shape in near.geometry.items()}
    best = max(held, key=lambda id_: held[id_], default=None)
    return best if best is not None and held[best] > 0 else None


def _top(share: pd.Series) -> Any:
    return None if share.isna().all() else share.idxmax()
