"""Say how far along an axis points lie, and how far beside it."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

from geo.base.arrays import Flags, Floats
from geo.base.crs import require_metric
from geo.base.errors import DataError, Problem

ON_LINE_M = 0.01
"""What lies closer to the axis than this lies on it."""
APART_M = 1.0
"""Two positions on an axis closer than this are one."""


@dataclass(frozen=True, eq=False)
class Axis:
    """A line in legs, with a direction.

    Parameters
    ----------
    xy
        Vertices in metres on the plane, shape (n, 2), no two neighbours alike.
    at
        Chainage of each vertex in metres, the first 0.
    """

    xy: Floats
    at: Floats

    @property
    def length_m(self) -> float:
        """Length of all legs in metres."""
        return float(self.at[-1])

    @property
    def closed(self) -> bool:
        """Whether the axis ends where it begins; chainage then goes round."""
        return len(self.at) > 3 and bool((self.xy[0] == self.xy[-1]).all())

    def between(self, here: Floats, there: Floats) -> Floats:
        """Return how far one position lies after another, backwards below 0.

        Parameters
        ----------
        here, there
            Chainage in metres, of any shapes that fit together.

        Returns
        -------
        array of float
            Metres; on a closed axis the shorter way round.
        """
        apart = np.asarray(there - here, dtype=np.float64)
        if not self.closed:
            return apart
        half = self.length_m / 2
        return np.asarray((apart + half) % self.length_m - half, dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Feet:
    """The nearest position on an axis to each of some points.

    Parameters
    ----------
    chainage_m
        Metres from the start of the axis.
    offset_m
        Distance from the axis in metres, zero or more.
    left
        Whether the point lies to the left in the direction of the axis.
    end
        Whether an open axis ends there, so that the point may lie beyond it.
    rival_m
        Chainage of another position that is as near, or may be within the doubt; NaN for none.
    """

    chainage_m: Floats
    offset_m: Floats
    left: Flags
    end: Flags
    rival_m: Floats


def axis_of(line: gpd.GeoSeries) -> Axis:
    """Return the axis that a line draws.

    Parameters
    ----------
    line
        One row, a line in a CRS in metres; a line in several parts is taken if they join.

    Returns
    -------
    Axis
        In the direction of the line.

    Raises
    ------
    CrsError
        The CRS is not metric.
    DataError
        There is not exactly one line, or it has no length.

    Examples
    --------
    >>> line = gpd.GeoSeries([shapely.LineString([(0, 0), (3000, 0), (3000, 4000)])], crs=4548)
    >>> axis_of(line).at.tolist()
    [0.0, 3000.0, 7000.0]
    """
    require_metric(line, argument="axis")
    shapes = [shapely.line_merge(shape) for shape in line if shape is not None]
    if len(shapes) != 1 or shapes[0].geom_type != "LineString":
        raise DataError("corridor.axis", [Problem("corridor.one_line", "axis")])
    xy = shapely.get_coordinates(shapes[0])
    legs = np.hypot(*np.diff(xy, axis=0).T)
    kept = np.concatenate([[True], legs > 0])
    at = np.concatenate([[0.0], np.cumsum(legs)])
    if at[-1] <= 0:
        raise DataError("corridor.axis", [Problem("corridor.one_line", "axis")])
    return Axis(xy[kept], at[kept])


def feet(xy: Floats, axis: Axis, *, doubt_m: Floats | None = None) -> Feet:
    """Return the nearest position on an axis to each point.

    Parameters
    ----------
    xy
        Points in metres on the plane of the axis, shape (n, 2).
    axis
        The line.
    doubt_m
        How far off each point may be, metres, shape (n,); None for points that are exact.

    Returns
    -------
    Feet
        Arrays of shape (n,), in the order of the points. Of positions that are equally near, the
        one that comes first on the axis.

    Notes
    -----
    A point inside a bend is near to both legs. Another position on the axis is a rival where the
    distance to the axis has a minimum of its own, farther away along the axis than the doubt moves
    a point on a straight line, and the distance exceeds the least one by no more than twice the
    doubt: a shift by the doubt shortens one and lengthens the other by that much at most.

    Examples
    --------
    >>> line = gpd.GeoSeries([shapely.LineString([(0, 0), (9000, 0), (9000, 9000)])], crs=4548)
    >>> found = feet(np.array([[2000.0, 500.0], [8000.0, 1000.0]]), axis_of(line))
    >>> found.chainage_m.tolist(), found.offset_m.tolist(), found.rival_m.tolist()
    ([2000.0, 8000.0], [500.0, 1000.0], [nan, 10000.0])
    """
    doubt = np.zeros(len(xy)) if doubt_m is None else doubt_m
    along, distance, side = _on_legs(xy, axis)
    least = _minima(along, axis)
    rows, nearest = np.arange(len(xy)), distance.argmin(axis=1)
    chainage = axis.at[nearest] + along[rows, nearest]
    if axis.closed:
        chainage = np.where(chainage >= axis.length_m, 0.0, chainage)
    offset = distance[rows, nearest]
    at_end = (chainage <= 0) | (chainage >= axis.length_m)
    apart = np.abs(axis.between(chainage[:, None], axis.at[:-1] + along))
    rival = least & (apart > np.maximum(doubt, APART_M)[:, None])
    rival &= distance <= offset[:, None] + 2 * doubt[:, None] + ON_LINE_M
    best = np.where(rival, distance, np.inf).argmin(axis=1)
    places = axis.at[best] + along[rows, best]
    return Feet(
        chainage_m=chainage,
        offset_m=offset,
        left=side[rows, nearest] > 0,
        end=at_end & (not axis.closed),
        rival_m=np.where(rival.any(axis=1), places, np.nan),
    )


def _on_legs(xy: Floats, axis: Axis) -> tuple[Floats, Floats, Floats]:
    """Return by point and leg: metres along the leg, distance, and on which side it lies."""
    start, length = axis.xy[:-1], np.diff(axis.at)
    unit = np.diff(axis.xy, axis=0) / length[:, None]
    from_start = xy[:, None, :] - start[None, :, :]
    along = np.clip((from_start * unit).sum(axis=2), 0.0, length)
    away = from_start - along[:, :, None] * unit
    side = unit[:, 0] * from_start[:, :, 1] - unit[:, 1] * from_start[:, :, 0]
    return along, np.hypot(away[:, :, 0], away[:, :, 1]), side


def _minima(along: Floats, axis: Axis) -> Flags:
    """Tell by point and leg where the distance has a minimum; one at a vertex is of the leg after.

    At the vertex between two legs there is one if the leg before comes nearest at its end and the
    leg after at its start.
    """
    length = np.diff(axis.at)
    starts, ends = along <= 0, along >= length
    before = np.roll(ends, 1, axis=1)
    if not axis.closed:
        before[:, 0] = True
    least = (~starts & ~ends) | (starts & before)
    if not axis.closed:
        least[:, -1] |= ends[:, -1]
    return least
