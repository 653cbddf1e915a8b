"""Say what lies between the places on an axis, and whose ground it crosses."""

from __future__ import annotations

from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.base.arrays import Floats, Longs
from geo.base.points import require_positive
from geo.corridor.chainage import APART_M, Axis

STEP_M = 10_000.0
"""Length of the stretches in which places are counted."""


def spacing(chainage_m: pd.Series, axis: Axis) -> pd.DataFrame:
    """Return the stretches between neighbours on an axis, and those at its ends.

    Parameters
    ----------
    chainage_m
        Metres by id of the place.
    axis
        The line.

    Returns
    -------
    DataFrame
        In the order of the axis: ``from_id`` and ``to_id`` (blank at an end of the axis),
        ``from_m``, ``to_m``, ``length_m``. A closed axis has no ends: its last stretch leads
        through the start to the first place, and ``to_m`` exceeds the length of the axis. Without
        a place, the whole axis.

    Examples
    --------
    >>> line = Axis(np.array([[0.0, 0.0], [9000.0, 0.0]]), np.array([0.0, 9000.0]))
    >>> spacing(pd.Series({"b": 5000.0, "a": 1000.0}), line)["length_m"].tolist()
    [1000.0, 4000.0, 4000.0]
    """
    order = chainage_m.sort_values(kind="stable")
    ids, at = [str(id_) for id_ in order.index], [float(value) for value in order]
    if axis.closed and ids:
        ids, at = [*ids, ids[0]], [*at, at[0] + axis.length_m]
    else:
        ids, at = ["", *ids, ""], [0.0, *at, axis.length_m]
    rows = [
        (*names, low, high, high - low)
        for names, (low, high) in zip(pairwise(ids), pairwise(at), strict=True)
    ]
    return pd.DataFrame(rows, columns=["from_id", "to_id", "from_m", "to_m", "length_m"])


def longest_empty_m(chainage_m: Floats, axis: Axis) -> Floats:
    """Return the length of the longest stretch without a place.

    Parameters
    ----------
    chainage_m
        Metres, shape (draws, n); NaN for a place that does not enter.
    axis
        The line.

    Returns
    -------
    array of float
        Metres, shape (draws,); where no place enters, the whole axis.

    Examples
    --------
    >>> line = Axis(np.array([[0.0, 0.0], [9000.0, 0.0]]), np.array([0.0, 9000.0]))
    >>> longest_empty_m(np.array([[1000.0, 5000.0], [np.nan, 8000.0]]), line).tolist()
    [4000.0, 8000.0]
    """
    draws = len(chainage_m)
    at = np.sort(chainage_m, axis=1)  # NaN comes last
    count = (~np.isnan(at)).sum(axis=1)
    if at.shape[1] == 0:
        return np.full(draws, axis.length_m)
    inner = np.nan_to_num(np.diff(at, axis=1), nan=0.0).max(axis=1, initial=0.0)
    first, last = at[:, 0], at[np.arange(draws), np.maximum(count - 1, 0)]
    ends = [first + axis.length_m - last] if axis.closed else [first, axis.length_m - last]
    longest = np.max([inner, *ends], axis=0)
    return np.where(count > 0, longest, axis.length_m)


def steps(axis: Axis, *, step_m: float = STEP_M) -> Floats:
    """Return the limits of the stretches in which places are counted.

    Parameters
    ----------
    axis
        The line.
    step_m
        Length of a stretch in metres; the last one may be shorter.

    Raises
    ------
    ParameterError
        The length is not above zero.
    """
    step = require_positive(step_m, argument="step_m")
    whole = np.arange(0.0, axis.length_m - APART_M, step)
    return np.append(whole, axis.length_m)


def counted(chainage_m: Floats, limits: Floats) -> Longs:
    """Return how many places lie in each stretch.

    Parameters
    ----------
    chainage_m
        Metres, shape (draws, n); NaN for a place that does not enter.
    limits
        As :func:`steps` returns them, shape (k + 1,). What lies on a limit belongs to the stretch
        that begins there; the end of the axis to the last.

    Returns
    -------
    array of int
        Shape (draws, k).
    """
    size = len(limits) - 1
    found = np.searchsorted(limits, chainage_m, side="right") - 1
    found = np.where(np.isnan(chainage_m), -1, np.minimum(found, size - 1))
    return np.stack([(found == at).sum(axis=1) for at in range(size)], axis=1).astype(np.int64)


def owners(axis: Axis, areas: gpd.GeoSeries) -> pd.DataFrame:
    """Return which area each stretch of an axis lies in.

    Parameters
    ----------
    axis
        The line.
    areas
        Polygons by id on the plane of the axis. Where two cover a stretch, such as one that runs on
        their common border, the first has it.

    Returns
    -------
    DataFrame
        In the order of the axis: ``area`` (blank where none covers it), ``from_m``, ``to_m``,
        ``length_m``. Crumbs shorter than a metre go to the stretch before.

    Examples
    --------
    >>> line = Axis(np.array([[0.0, 0.0], [9000.0, 0.0]]), np.array([0.0, 9000.0]))
    >>> square = gpd.GeoSeries({"a": shapely.box(2000, -500, 5000, 500)})
    >>> owners(line, square)["length_m"].tolist()
    [2000.0, 3000.0, 4000.0]
    """
    shapes = areas.to_numpy()
    shapely.prepare(shapes)
    pieces: list[tuple[str, float, float]] = []
    for (low, high), (begin, end) in zip(pairwise(axis.at), pairwise(axis.xy), strict=True):
        cuts = _cuts(shapely.LineString([begin, end]), shapes)
        for near, far in pairwise([0.0, *cuts, float(high - low)]):
            middle = begin + (near + far) / 2 / (high - low) * (end - begin)
            holds = np.flatnonzero(shapely.intersects_xy(shapes, *middle))
            owner = str(areas.index[holds[0]]) if len(holds) else ""
            _append(pieces, (owner, float(low + near), float(low + far)))
    table = pd.DataFrame(pieces, columns=["area", "from_m", "to_m"])
    return table.assign(length_m=table["to_m"] - table["from_m"])


def _cuts(leg: shapely.LineString, shapes: NDArray[np.object_]) -> list[float]:
    """Return the metres from the start of a leg at which it enters or leaves an area."""
    inside = shapely.intersection(leg, shapes[shapely.intersects(leg, shapes)])
    ends = shapely.get_coordinates(inside)
    along = np.unique(np.round(np.hypot(*(ends - leg.coords[0]).T), 3))
    return [float(at) for at in along if APART_M < at < leg.length - APART_M]


def _append(pieces: list[tuple[str, float, float]], piece: tuple[str, float, float]) -> None:
    """Add a stretch, joined to the one before where that is of the same area or a crumb."""
    owner, low, high = piece
    if pieces and (pieces[-1][0] == owner or high - low < APART_M):
        pieces[-1] = (pieces[-1][0], pieces[-1][1], high)
    else:
        pieces.append((owner, low, high))


def stretch(axis: Axis, from_m: float, to_m: float) -> shapely.LineString:
    """Return the line of a stretch of an axis.

    Parameters
    ----------
    axis
        The line.
    from_m, to_m
        Chainage of its ends in metres, the first no larger. On a closed axis the end may lie
        beyond the length of the axis: the stretch then leads through the start.

    Examples
    --------
    >>> line = Axis(np.array([[0.0, 0.0], [9000.0, 0.0]]), np.array([0.0, 9000.0]))
    >>> stretch(line, 2000, 5000).wkt
    'LINESTRING (2000 0, 5000 0)'
    """
    at, xy = axis.at, axis.xy
    if axis.closed:
        at = np.concatenate([at, at[1:] + axis.length_m])
        xy = np.concatenate([xy, xy[1:]])
    ends = np.clip([from_m, to_m], 0.0, at[-1])
    inner = (at > ends[0]) & (at < ends[1])
    where = np.concatenate([ends[:1], at[inner], ends[1:]])
    return shapely.LineString(
        np.column_stack([np.interp(where, at, xy[:, column]) for column in (0, 1)])
    )
