"""Say how firm a density peak is: what makes it, whether doubt moves it, whether it survives."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray

from geo.base.arrays import Floats
from geo.base.crs import require_metric
from geo.base.errors import DataError, Problem
from geo.base.finding import Finding
from geo.density.doubt import finer_than_doubt
from geo.density.kernel_density import QUARTIC_RADIUS, Kernel
from geo.density.surface import Surface

STAND_INS = frozenset({"proxy"})
RECOLLECTED = frozenset({"knowledge"})
PUBLISHED = frozenset({"verified", "dataset", "host"})
HALF = 0.5
FARTHEST_SIGMAS = 2.0
"""A peak has a place within so many bandwidths; what stands farther off is the edge correction's
own: beyond two bandwidths it divides next to nothing by next to nothing."""


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

    Examples
    --------
    >>> counted_once(pd.DataFrame({"parent_id": ["", "a", None]}, index=["a", "b", "c"])).to_dict()
    {'a': True, 'b': False, 'c': True}
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

    Examples
    --------
    >>> from geo.density.kernel_density import kernel_density
    >>> surface = kernel_density([[250.0, 250.0]], sigma_m=1000, cell_m=500, crs=4548)
    >>> highest(surface)[["x", "y"]].to_numpy().tolist()
    [[250.0, 250.0]]
    """
    sigma = float(str(surface.parameters["sigma_m"]))
    distance = apart_m or 2.0 * sigma
    xy = None if points is None else np.asarray(points, dtype=np.float64).reshape(-1, 2)
    # A cell is a high if none of its eight neighbours is higher; what lies beyond is lower.
    values = np.pad(surface.values, 1, constant_values=-np.inf)
    middle = values[1:-1, 1:-1]
    top = middle > 0
    for down in (0, 1, 2):
        for right in (0, 1, 2):
            if (down, right) != (1, 1):
                shape = middle.shape
                top &= middle >= values[down : down + shape[0], right : right + shape[1]]
    # Take them from the highest down, apart from each other, until there are enough.
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
        problems = [Problem("column.missing", "places", field=name) for name in sorted(missing)]
        raise DataError("density.columns", problems)
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


def fall_off(offset: Floats, sigma_m: float, kernel: Kernel) -> Floats:
    """Return a kernel as a share of its middle.

    Parameters
    ----------
    offset
        From the middle, metres, shape (…, 2).
    sigma_m
        Bandwidth: the kernel's standard deviation along an axis, metres.
    kernel
        ``gaussian``, or ``quartic``, which ends at √8 sigmas.

    Returns
    -------
    array of float
        Shape (…), 1 in the middle and never below 0.

    Examples
    --------
    >>> fall_off(np.array([[0.0, 0.0], [9000.0, 0.0]]), 1000, "quartic").tolist()
    [1.0, 0.0]
    """
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
    height = weigh * fall_off(xy - at, sigma_m, kernel)
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
    # First the largest stack of unsure rows: one point alone may make the peak.
    unsure = rows["location_class"].isin(STAND_INS | RECOLLECTED)
    stacks = rows[unsure & (rows["stack"] > 1)].groupby("point")["share"].agg(["sum", "size"])
    if len(stacks):
        largest = stacks.sort_values(["sum", "size"], ascending=False).iloc[0]
        stack, share = int(largest["size"]), float(largest["sum"])
        if stack > 1 and share >= HALF:
            return "peak.coincident", stack, share
    else:
        stack, share = 0, 0.0
    # Else the first class that makes half of it.
    for key, classes in (
        ("peak.stand_in", STAND_INS),
        ("peak.recollected", RECOLLECTED),
        ("peak.published", PUBLISHED),
    ):
        if rows.loc[rows["location_class"].isin(classes), "share"].sum() >= HALF:
            return key, stack, share
    return "peak.mixed", stack, share


def top_of(surface: Surface, points: ArrayLike | None = None) -> tuple[float, float] | None:
    """Return the highest peak of a surface, and no more.

    Parameters
    ----------
    surface, points
        As in :func:`highest`.

    Returns
    -------
    tuple of float or None
        Centre of its cell in metres; None where there is no peak.
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
