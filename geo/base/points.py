"""Take coordinates out of a frame of points, and refuse what is not a point on the plane."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS

from geo.base.crs import require_metric
from geo.base.errors import CrsError, DataError, ParameterError, Problem
from geo.base.threads import in_parts

FARTHEST_M = 1e8
"""No projected coordinate is larger; what is, comes from a broken file."""


class Located(NamedTuple):
    """The rows of a frame that have a point, and their coordinates in metres."""

    frame: gpd.GeoDataFrame
    x: NDArray[np.float64]
    y: NDArray[np.float64]

    @property
    def xy(self) -> NDArray[np.float64]:
        """The coordinates, shape (n, 2)."""
        return np.column_stack([self.x, self.y])

    def by_id(self) -> Located:
        """Return the rows in the order of their ids as text: the first of equals is then stated."""
        order = np.argsort(self.frame.index.astype(str).to_numpy(), kind="stable")
        return Located(self.frame.iloc[order], self.x[order], self.y[order])


def located(frame: gpd.GeoDataFrame, *, argument: str) -> Located:
    """Return the rows of a frame that have a point; a place without a site has none.

    Parameters
    ----------
    frame
        Points, or no geometry, in a CRS in metres; a unique index of ids. Not changed.
    argument
        Name of the caller's argument, for the messages.

    Returns
    -------
    Located
        The same rows in the same order without those whose geometry is missing or empty.

    Raises
    ------
    CrsError
        The CRS is not metric.
    DataError
        An id occurs twice, a geometry is no point, or a coordinate is not a number on the plane.

    Examples
    --------
    >>> frame = gpd.GeoDataFrame(index=["a", "b"], geometry=[shapely.Point(3, 4), None], crs=4548)
    >>> located(frame, argument="sites").xy.tolist()
    [[3.0, 4.0]]
    """
    require_metric(frame, argument=argument)
    shapes = frame.geometry.to_numpy()
    x, y = coordinates(shapes)
    problems = [
        Problem("id.twice", argument, str(id_))
        for id_ in ([] if frame.index.is_unique else frame.index[frame.index.duplicated()].unique())
    ]
    there = frame
    if not ((np.abs(x) < FARTHEST_M) & (np.abs(y) < FARTHEST_M)).all():  # NaN where is no point
        kept = ~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)
        there, x, y = frame[kept], x[kept], y[kept]
        problems += _shape_problems(there.geometry, argument)
    if problems:
        raise DataError("input.points", problems)
    return Located(there, x, y)


def coordinates(shapes: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return x and y of points.

    Parameters
    ----------
    shapes
        Geometries as an array of objects, shape (n,), any CRS; None is allowed.

    Returns
    -------
    tuple of array
        X and y in the units of the CRS, shape (n,); NaN for None, for an empty point, and for what
        is no point.

    Notes
    -----
    The objects lie scattered in memory, and to fetch them takes the time: several threads fetch.

    Examples
    --------
    >>> coordinates(np.array([shapely.Point(3, 4), None]))
    (array([ 3., nan]), array([ 4., nan]))
    """
    x, y = np.empty(len(shapes)), np.empty(len(shapes))

    def fetch(_: int, low: int, high: int) -> None:
        shapely.get_x(shapes[low:high], out=x[low:high])
        shapely.get_y(shapes[low:high], out=y[low:high])

    in_parts(fetch, len(shapes))
    return x, y


def _shape_problems(shapes: gpd.GeoSeries, argument: str) -> list[Problem]:
    problems = []
    for id_, shape in shapes.items():
        if shape.geom_type != "Point":
            problems.append(Problem("point.other", argument, str(id_), type=shape.geom_type))
        elif not (abs(shape.x) < FARTHEST_M and abs(shape.y) < FARTHEST_M):
            x, y = str(shape.x), str(shape.y)
            problems.append(Problem("point.not_metres", argument, str(id_), x=x, y=y))
    return problems


def require_same_crs(
    frame: gpd.GeoDataFrame | gpd.GeoSeries, other: gpd.GeoDataFrame, *, argument: str
) -> None:
    """Raise unless a frame lies on the same plane as the other.

    Parameters
    ----------
    frame
        Any geometry type; not changed.
    other
        A frame whose CRS has been found metric.
    argument
        Name of the caller's argument for ``frame``, for the message.

    Raises
    ------
    CrsError
        The CRS of ``frame`` is not metric, or is not that of ``other``.
    """
    require_metric(frame, argument=argument)
    if CRS.from_user_input(frame.crs) != CRS.from_user_input(other.crs):
        names = {"crs": frame.crs.name, "other": other.crs.name}
        raise CrsError("crs_not_metric", [Problem("crs.differs", argument, values=names)])


def require_positive(value: float, *, argument: str) -> float:
    """Return a length, a time or a factor that is above zero.

    Parameters
    ----------
    value
        Any unit; NaN, infinity and a bool are refused.
    argument
        Name of the caller's argument, for the message.

    Returns
    -------
    float
        The value.

    Raises
    ------
    ParameterError
        It is not a finite number above zero.

    Examples
    --------
    >>> require_positive(500, argument="radius_m")
    500.0
    """
    if isinstance(value, bool) or not (math.isfinite(value) and value > 0):
        problem = Problem("number.not_positive", argument, value=str(value))
        raise ParameterError("input.number", [problem])
    return float(value)


def radii(sites: gpd.GeoDataFrame, radius_m: float | pd.Series) -> NDArray[np.float64]:
    """Return one radius per site, metres.

    Parameters
    ----------
    sites
        Located sites.
    radius_m
        One radius for all, or a series that has one for every id of ``sites``.

    Returns
    -------
    array of float
        Metres, shape (n,), in the order of ``sites``.

    Raises
    ------
    ParameterError
        A radius is missing, not above zero, or larger than the plane.

    Examples
    --------
    >>> points = gpd.points_from_xy([0, 0], [0, 0])
    >>> sites = gpd.GeoDataFrame(index=["a", "b"], geometry=points, crs=4548)
    >>> radii(sites, pd.Series({"b": 900.0, "a": 300.0})).tolist()
    [300.0, 900.0]
    """
    if not isinstance(radius_m, pd.Series):
        one = require_positive(radius_m, argument="radius_m")
        return _bounded(np.full(len(sites), one), sites)
    each = np.asarray(radius_m.reindex(sites.index), dtype=np.float64)
    return _bounded(each, sites)


def _bounded(values: NDArray[np.float64], sites: gpd.GeoDataFrame) -> NDArray[np.float64]:
    good = (values > 0) & (values < FARTHEST_M)
    problems = [
        Problem("number.not_length", "radius_m", str(id_), value=str(value))
        for id_, value in zip(sites.index[~good], values[~good], strict=True)
    ]
    if problems:
        raise ParameterError("input.number", problems)
    return values


def numbers(
    values: ArrayLike, frame: gpd.GeoDataFrame, *, argument: str, field: str
) -> NDArray[np.float64]:
    """Return a column of numbers of zero or more.

    Parameters
    ----------
    values
        One for each row of ``frame``, any unit; a series is matched by id. Text that is a number is
        read as one.
    frame
        Gives the ids by which rows are named; not changed.
    argument, field
        Name of the caller's argument and of the column, for the messages.

    Returns
    -------
    array of float
        Shape (n,), in the order of ``frame``.

    Raises
    ------
    DataError
        Some values are missing, negative, infinite or no numbers; each is named by its row.
    """
    array = pd.to_numeric(pd.Series(values, index=frame.index), errors="coerce")
    result = array.to_numpy(dtype=np.float64, na_value=np.nan)
    bad = frame.index[~(np.isfinite(result) & (result >= 0))]
    if len(bad):
        problems = [Problem("number.negative", argument, str(id_), field) for id_ in bad]
        raise DataError("input.points", problems)
    return result
