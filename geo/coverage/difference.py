"""Set two scenarios against each other: what only one of them covers, and what both do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry.base import BaseGeometry

from geo.base.arrays import Floats
from geo.base.draws import HIGH, LEAST_DRAWS, LOW, SEED
from geo.base.finding import Finding
from geo.coverage.scenario import Scenario, apply
from geo.coverage.service_area import CITY, reached, service_area
from geo.coverage.simulation import LINE_STEP_M, simulate, simulate_reached

ONLY_FIRST, ONLY_SECOND, BOTH = "only_first", "only_second", "both"
PARTS = (ONLY_FIRST, ONLY_SECOND, BOTH)


@dataclass(frozen=True, eq=False, kw_only=True)
class Difference(Finding):
    """Two scenarios; ``value`` is what only the first covers, km² as drawn."""

    table: pd.DataFrame
    """By part of ``PARTS``: ``area_km2`` as drawn, ``low_km2`` and ``high_km2``; how many points
    the part holds, ``points_reached`` as drawn, ``points_low`` and ``points_high``. Lows and highs
    are the 5th and 95th percentile of the draws, NaN without draws; points NaN without points."""
    areas: Mapping[str, BaseGeometry]
    """By part: its shape with every site where it is drawn, on the plane of the sites."""


def difference(
    sites: gpd.GeoDataFrame,
    first: Scenario,
    second: Scenario,
    districts: gpd.GeoDataFrame,
    *,
    radius_m: float,
    points: gpd.GeoDataFrame | None = None,
    draws: int = LEAST_DRAWS,
    step_m: float = LINE_STEP_M,
) -> Difference:
    """Say what only the first of two scenarios covers, what only the second, and what both.

    Parameters
    ----------
    sites
        Present sites, points in a CRS in metres with ``uncertainty_m``, indexed by id.
    first, second
        Changes to them.
    districts
        Valid polygons in the same CRS, indexed by id, that do not overlap.
    radius_m
        Straight-line radius in metres.
    points
        What is to be served, with ``uncertainty_m``, to count what each part holds.
    draws
        Draws of the locations for the intervals, 0 for none.
    step_m
        Distance between the scan lines of the draws in metres.

    Returns
    -------
    Difference
        A site that is in both makes the same moves in every draw, so that the intervals hold only
        what tells the two apart.

    Raises
    ------
    CrsError, DataError, ParameterError
        As :func:`geo.coverage.scenario.apply` and :func:`geo.coverage.simulation.simulate`.

    Notes
    -----
    With :math:`a`, :math:`b` and :math:`u` for what the sites of the first, of the second and of
    both together cover, only the first covers :math:`u - b`, only the second :math:`u - a`, and
    both :math:`a + b - u`: in square kilometres, in points, and in every draw.

    Examples
    --------
    >>> at = gpd.points_from_xy([0], [0], crs=4548)
    >>> site = gpd.GeoDataFrame({"uncertainty_m": [0.0]}, index=["a"], geometry=at)
    >>> town = gpd.GeoDataFrame(index=["t"], geometry=at.buffer(3000))
    >>> found = difference(
    ...     site, Scenario("A"), Scenario("B").closed("a"), town, radius_m=1000, draws=0
    ... )
    >>> found.table["area_km2"].round(2).to_dict()
    {'only_first': 3.14, 'only_second': 0.0, 'both': 0.0}
    """
    states = apply(sites, first), apply(sites, second)
    how = _How(districts, radius_m, points, draws, step_m)
    a, b, u = (_covered(each, how) for each in (*states, _together(*states)))
    rows = {
        ONLY_FIRST: (u.km2 - b.km2, u.points - b.points),
        ONLY_SECOND: (u.km2 - a.km2, u.points - a.points),
        BOTH: (a.km2 + b.km2 - u.km2, a.points + b.points - u.points),
    }
    areas = {ONLY_FIRST: a.area - b.area, ONLY_SECOND: b.area - a.area, BOTH: a.area & b.area}
    table = pd.DataFrame.from_dict(
        {part: _row(areas[part], *row) for part, row in rows.items()}, orient="index"
    )
    return Difference(
        value=float(table["area_km2"].iloc[0]),
        unit="km²",
        n=len(states[0]) + len(states[1]),
        method="scenario.difference",
        parameters={"draws": draws, "seed": SEED, "first": first.name, "second": second.name},
        caveats=(
            "scenario.not_facts",
            "scenario.exact_as_drawn",
            "coverage.straight_line",
            *(("uncertainty.not_confidence",) if draws else ()),
        ),
        table=table.rename_axis("part"),
        areas=areas,
    )


class _How(NamedTuple):
    districts: gpd.GeoDataFrame
    radius_m: float
    points: gpd.GeoDataFrame | None
    draws: int
    step_m: float


class _Covered(NamedTuple):
    area: BaseGeometry
    km2: Floats
    """Per draw."""
    points: Floats
    """How many are reached: as drawn, then per draw."""


def _together(first: gpd.GeoDataFrame, second: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the sites of both, once each that neither has changed."""
    names = ["origin", "uncertainty_m", first.geometry.name]
    both = pd.concat([first[names], second[names]])
    pack = both[both["origin"] == "pack"]
    placed = both[both["origin"] != "pack"]
    placed.index = pd.Index([f"new-{n}" for n in range(1, len(placed) + 1)], dtype=object)
    united = pd.concat([pack[~pack.index.duplicated()], placed])
    return gpd.GeoDataFrame(united, geometry=first.geometry.name, crs=first.crs)


def _covered(sites: gpd.GeoDataFrame, how: _How) -> _Covered:
    area = service_area(sites, radius_m=how.radius_m, within=how.districts).geometry
    radius, draws = how.radius_m, how.draws
    km2, counts = np.empty(0), np.empty(0)
    if draws:
        whole = float(how.districts.area.sum()) / 1e6
        found = simulate(sites, how.districts, radius_m=radius, draws=draws, step_m=how.step_m)
        km2 = whole * found.draws[CITY].to_numpy(dtype=np.float64)
    if how.points is not None and draws:
        hit = simulate_reached(how.points, sites, radius_m=radius, draws=draws)
        counts = np.concatenate([[hit.value], hit.draws.to_numpy(dtype=np.float64)])
    elif how.points is not None:
        hits = reached(how.points, sites, radius_m=radius)["covered"]
        counts = np.array([float(hits.sum())])
    return _Covered(area, km2, counts)


def _row(area: BaseGeometry, km2: Floats, points: Floats) -> dict[str, float]:
    """Return the figures of one part; what the lines miss by rounding is nothing."""
    low_km2, high_km2 = _ends(km2.clip(min=0.0))
    low, high = _ends(points[1:])
    return {
        "area_km2": area.area / 1e6,
        "low_km2": low_km2,
        "high_km2": high_km2,
        "points_reached": float(points[0]) if len(points) else np.nan,
        "points_low": low,
        "points_high": high,
    }


def _ends(values: Floats) -> tuple[float, float]:
    low, high = np.quantile(values, [LOW, HIGH]) if len(values) else (np.nan, np.nan)
    return float(low), float(high)
