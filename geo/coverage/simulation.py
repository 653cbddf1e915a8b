"""Carry the doubt about locations through to what is within reach."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.base.arrays import Floats
from geo.base.draws import DOUBT_FACTOR, HIGH, LEAST_DRAWS, LOW, SEED, displacements, doubt_m
from geo.base.errors import ParameterError, Problem
from geo.base.finding import Finding
from geo.base.points import located, radii, require_positive, require_same_crs
from geo.base.threads import in_parts
from geo.coverage.service_area import CITY, service_area, shares, with_totals
from geo.grid.loops import for_discs
from geo.grid.polygons import require_polygons, slices

LINE_STEP_M = 100.0
OF_DRAWS = ("low", "high", "median", "after_low", "after_high", "after_median")
"""Columns of :func:`change` that rest on the draws."""
SETTLED = 0.9
"""The order of two districts is settled if so many of the draws agree on it."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Resolution(Finding):
    """Whether a radius is coarse enough for the doubt; ``value`` is how many places qualify.

    ``verdict`` is the key ``uncertainty.fixed`` (every place qualifies), ``uncertainty.interval``
    (answers are intervals) or ``uncertainty.refused`` (no answer at this radius).
    """

    verdict: str
    qualifies: pd.Series
    """By place: whether the radius is at least twice its doubt."""


def resolution(sites: gpd.GeoDataFrame, *, radius_m: float) -> Resolution:
    """Say whether a radius is finer than the doubt about the locations.

    Parameters
    ----------
    sites
        Points in a CRS in metres with a column ``uncertainty_m``, indexed by id; rows without a
        point are left out.
    radius_m
        Straight-line radius in metres.

    Returns
    -------
    Resolution
        A place qualifies if the radius is at least twice its doubt: then even the place's worst
        position leaves its own surroundings within reach. Below the median doubt the answer for
        the layer is refused: for most places the circle could lie wholly beside the place.

    Raises
    ------
    CrsError, DataError, ParameterError
        The sites, a doubt or the radius are not what they should be.

    Examples
    --------
    >>> points, doubt = gpd.points_from_xy([0, 9], [0, 9]), {"uncertainty_m": [500.0, 4000.0]}
    >>> sites = gpd.GeoDataFrame(doubt, geometry=points, crs=4548)
    >>> found = resolution(sites, radius_m=3000)
    >>> found.value, found.verdict
    (1.0, 'uncertainty.interval')
    """
    radius = require_positive(radius_m, argument="radius_m")
    there = located(sites, argument="sites").frame
    doubt = doubt_m(there)
    good = pd.Series(radius >= DOUBT_FACTOR * doubt, index=there.index, name="qualifies")
    median = float(np.median(doubt)) if len(doubt) else float("nan")
    verdict = "fixed" if good.all() else "refused" if radius < median else "interval"
    return Resolution(
        value=float(good.sum()),
        unit="",
        n=len(there),
        method="uncertainty.rule",
        parameters={
            "radius_km": radius / 1000,
            "qualify": int(good.sum()),
            "n": len(there),
            "median_km": median / 1000,
            "factor": DOUBT_FACTOR,
        },
        caveats=(),
        verdict=f"uncertainty.{verdict}",
        qualifies=good,
    )


@dataclass(frozen=True, eq=False, kw_only=True)
class Simulation(Finding):
    """Covered shares with their simulated interval; ``value`` is the city's share, 0 to 1."""

    units: pd.DataFrame
    """Rows as in :func:`geo.coverage.service_area.shares`: ``level``; ``exact`` (share with every
    site where it is drawn), ``at_rest`` (the same, computed as the draws are), ``low`` and ``high``
    (5th and 95th percentile of the draws), ``mean``; all 0 to 1."""
    draws: pd.DataFrame
    """Covered share per draw (row) and unit (column)."""
    pairs: pd.DataFrame
    """Districts whose order the draws leave open: ``first``, ``second`` and ``first_ahead``, the
    part of the draws in which the first has the larger share (a draw with equal shares counts
    half); pairs that are equal in all draws are left out."""


def simulate(
    sites: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame,
    *,
    radius_m: float | pd.Series,
    group: pd.Series | None = None,
    draws: int = LEAST_DRAWS,
    seed: int = SEED,
    step_m: float = LINE_STEP_M,
    stacks: Literal["together", "apart"] = "together",
) -> Simulation:
    """Compute the covered share of the city, its parts and its districts under location doubt.

    Parameters
    ----------
    sites
        Points in a CRS in metres with a column ``uncertainty_m``, indexed by id.
    districts
        Valid polygons in the same CRS, indexed by id, that do not overlap.
    radius_m
        Straight-line radius in metres, one for all or one per id.
    group
        The part of the city that each district belongs to, by id.
    draws
        How many, 500 or more.
    seed, stacks
        As in :func:`displacements`.
    step_m
        Distance between the scan lines in metres.

    Returns
    -------
    Simulation
        With the interval of every unit and the pairs of districts whose order is not settled.

    Raises
    ------
    CrsError, DataError, ParameterError
        The sites, a doubt, the districts, the radius or the number of draws are not what they
        should be.

    Notes
    -----
    In each draw all sites are displaced at once and the union of their discs is measured along
    east-west lines: exactly along the line (chords, sorted and merged), by the midpoint rule
    across. The interval speaks of the locations only; it is no confidence interval, as nothing was
    sampled from a population. It need not hold the share as drawn: stand-ins share points, and what
    is drawn in one place covers less than what lies near it (``uncertainty.drawn_outside``).
    """
    if draws < LEAST_DRAWS:
        problem = Problem("number.draws", "draws", value=draws, least=LEAST_DRAWS)
        raise ParameterError("input.number", [problem])
    there = located(sites, argument="sites")
    require_same_crs(districts, sites, argument="districts")
    require_polygons(districts, argument="districts")
    radius = radii(there.frame, radius_m)
    moves = with_undisturbed(displacements(there, draws=draws, seed=seed, stacks=stacks))
    km2, lines = covered_by_draw(there.xy + moves, radius, districts, step_m=step_m)
    area = service_area(sites, radius_m=radius_m, within=districts)
    table = _shares_of_draws(km2, lines, districts, group)
    units = _intervals(table, shares(area, districts, group=group))
    apart = (units["at_rest"] - units["exact"]).abs().max()
    city = 100 * units.loc[CITY, ["exact", "low", "high"]].to_numpy(dtype=np.float64)
    drawn, low, high = map(float, city)
    return Simulation(
        value=drawn / 100,
        unit="",
        n=len(there.frame),
        method="uncertainty.draws",
        parameters={
            "draws": draws,
            "seed": seed,
            "step_m": step_m,
            "stacks": stacks,
            "drawn_percent": drawn,
            "low_percent": low,
            "high_percent": high,
            "method_points": 100 * float(apart),
            "n_unmapped": len(sites) - len(there.frame),
        },
        caveats=(
            "uncertainty.not_confidence",
            "uncertainty.judged_radius",
            f"uncertainty.stacks_{stacks}",
            *(("uncertainty.drawn_outside",) if not low <= drawn <= high else ()),
            *(("uncertainty.unmapped",) if len(there.frame) < len(sites) else ()),
        ),
        units=units,
        draws=table.iloc[1:].reset_index(drop=True),
        pairs=_open_pairs(table.iloc[1:][districts.index]),
    )


def simulate_share(
    sites: gpd.GeoDataFrame, region: gpd.GeoDataFrame, *, radius_m: float, step_m: float
) -> tuple[float, float, float]:
    """Compute the covered share of a region, as drawn and under location doubt, and no more.

    Parameters
    ----------
    sites, radius_m, step_m
        As in :func:`simulate`, with its least number of draws and its seed.
    region
        The whole as one valid polygon or multipolygon in the same CRS.

    Returns
    -------
    tuple of float
        The share with every site where it is drawn, and the 5th and 95th percentile of the draws;
        0 to 1.

    Raises
    ------
    CrsError, DataError, ParameterError
        As :func:`simulate`.
    """
    area = service_area(sites, radius_m=radius_m, within=region)
    there = located(sites, argument="sites")
    places = there.xy + displacements(there, draws=LEAST_DRAWS, seed=SEED)
    km2, whole = covered_by_draw(places, radii(there.frame, radius_m), region, step_m=step_m)
    low, high = np.quantile(km2.sum(axis=1) / whole.sum(), [LOW, HIGH])
    return area.covered_share, float(low), float(high)


def covered_by_draw(
    places: Floats, radius: Floats, districts: gpd.GeoDataFrame, *, step_m: float = LINE_STEP_M
) -> tuple[Floats, Floats]:
    """Measure what sites reach in each draw, along east-west lines.

    Parameters
    ----------
    places
        Where the sites are in each draw, metres, shape (draws, n, 2).
    radius
        Their radii in metres, shape (n,).
    districts
        Polygons in the same CRS that do not overlap.
    step_m
        Distance between the lines in metres.

    Returns
    -------
    tuple of array
        Covered km², shape (draws, districts), and the km² of the districts on those lines.

    Raises
    ------
    ParameterError
        ``step_m`` is not above zero.
    """
    step = require_positive(step_m, argument="step_m")
    # Lines through the middles of strips of that height: the midpoint rule.
    _, south, _, north = districts.total_bounds if len(districts) else (0.0, 0.0, 0.0, 0.0)
    first, rows = south + step / 2, max(int(np.ceil((north - south) / step)), 1)
    cut = slices(districts, y_m=first, step_m=step, rows=rows)
    x, y = (np.ascontiguousarray(places[:, :, axis]) for axis in (0, 1))
    lengths = np.zeros((len(places), len(districts)))
    shape = ((first, step), cut.pointer, cut.start, cut.stop, cut.code)
    loops = for_discs(x.shape[1])
    in_parts(
        lambda _, low, high: loops.covered_lengths(x, y, radius, *shape, lengths, low, high),
        len(places),
        size=x.size * rows // 8,
        each=1,
    )
    return lengths * step / 1e6, cut.lengths(len(districts)) * step / 1e6


def _shares_of_draws(
    km2: Floats, whole: Floats, districts: gpd.GeoDataFrame, group: pd.Series | None
) -> pd.DataFrame:
    """Return the covered share per draw and unit, the units in the order of the shares table."""
    base = pd.DataFrame({"area_km2": whole, "covered_km2": whole}, index=districts.index)
    totals = with_totals(base, group)
    covered = pd.DataFrame(km2, columns=districts.index)
    columns = {CITY: covered.sum(axis=1)}
    if group is not None:
        parts = group.reindex(districts.index)
        columns |= {part: covered.loc[:, parts == part].sum(axis=1) for part in parts.unique()}
    columns |= {name: covered[name] for name in districts.index}
    return pd.DataFrame(columns)[totals.index] / totals["area_km2"]


def _intervals(table: pd.DataFrame, exact: pd.DataFrame) -> pd.DataFrame:
    """Return per unit the share as drawn and its simulated interval; row 0 is undisturbed."""
    drawn = table.iloc[1:]
    columns = {
        "level": exact["level"],
        "exact": exact["covered_share"],
        "at_rest": table.iloc[0],
        "low": drawn.quantile(LOW),
        "high": drawn.quantile(HIGH),
        "mean": drawn.mean(),
    }
    return pd.DataFrame(columns).loc[exact.index]


def _open_pairs(table: pd.DataFrame) -> pd.DataFrame:
    values = table.to_numpy()
    rows = []
    for i, j in combinations(range(values.shape[1]), 2):
        first, second = values[:, i], values[:, j]
        ahead = float((first > second).mean() + 0.5 * (first == second).mean())
        if 1 - SETTLED < ahead < SETTLED and (first != second).any():
            rows.append((table.columns[i], table.columns[j], ahead))
    return pd.DataFrame(rows, columns=["first", "second", "first_ahead"])


def change(before: Simulation, after: Simulation) -> pd.DataFrame:
    """Compare two simulations of the same units, draw by draw.

    Parameters
    ----------
    before, after
        Made with the same seed and number of draws: a site that is in both makes the same moves.

    Returns
    -------
    DataFrame
        By unit: ``before``, ``after`` and ``change`` of the share as drawn, ``low`` and ``high``
        of the change (5th and 95th percentile of the draws) with its ``median``; the same of the
        share after as ``after_low``, ``after_high`` and ``after_median``; 0 to 1.

    Raises
    ------
    ParameterError
        The units, the seed or the number of draws differ.
    """
    same = all(before.parameters[key] == after.parameters[key] for key in ("seed", "draws"))
    if not same or not before.units.index.equals(after.units.index):
        raise ParameterError("input.number", [Problem("number.other_draws", "after")])
    moved = after.draws - before.draws
    first, then = before.units["exact"], after.units["exact"]
    return pd.DataFrame(
        {
            "before": first,
            "after": then,
            "change": then - first,
            "low": moved.quantile(LOW),
            "high": moved.quantile(HIGH),
            "median": moved.median(),
            "after_low": after.draws.quantile(LOW),
            "after_high": after.draws.quantile(HIGH),
            "after_median": after.draws.median(),
        }
    ).loc[first.index]


@dataclass(frozen=True, eq=False, kw_only=True)
class ReachedSimulation(Finding):
    """How many points are reached, with the simulated interval; ``value`` is the count as drawn."""

    low: float
    high: float
    points: pd.DataFrame
    """By point: ``covered`` as drawn, and ``covered_draws``, the part of the draws in which some
    site reaches it, 0 to 1."""
    draws: pd.Series
    """Points reached per draw."""


def simulate_reached(
    points: gpd.GeoDataFrame,
    sites: gpd.GeoDataFrame,
    *,
    radius_m: float | pd.Series,
    draws: int = LEAST_DRAWS,
    seed: int = SEED,
    stacks: Literal["together", "apart"] = "together",
) -> ReachedSimulation:
    """Count the points that some site reaches, under the doubt of both.

    Parameters
    ----------
    points
        Points to serve (universities) in a CRS in metres, with a column ``uncertainty_m``.
    sites, radius_m, draws, seed, stacks
        As in :func:`simulate`. A point moves by itself, not with a site that stands on it: a site
        placed by a university's point is in doubt against that university. A point that is itself
        among the sites (the same id) is reached only if another site reaches it; how many are, is
        ``n_itself`` of the parameters.

    Returns
    -------
    ReachedSimulation
        With the 90 % interval of the count.

    Raises
    ------
    CrsError, DataError, ParameterError
        As :func:`simulate`.
    """
    if draws < LEAST_DRAWS:
        problem = Problem("number.draws", "draws", value=draws, least=LEAST_DRAWS)
        raise ParameterError("input.number", [problem])
    asked, there = located(points, argument="points"), located(sites, argument="sites")
    require_same_crs(points, sites, argument="points")
    radius = radii(there.frame, radius_m)
    targets = asked.xy + with_undisturbed(displacements(asked, draws=draws, seed=seed + 1))
    places = there.xy + with_undisturbed(
        displacements(there, draws=draws, seed=seed, stacks=stacks)
    )
    covered = np.zeros((draws + 1, len(asked.x)), dtype=bool)
    itself = asked.frame.index.to_numpy()[:, None] == there.frame.index.to_numpy()[None, :]
    for at, (to, of) in enumerate(zip(targets, places, strict=True)):
        square = ((to[:, None, :] - of[None, :, :]) ** 2).sum(axis=2)
        covered[at] = ((square <= radius**2) & ~itself).any(axis=1)
    counts = covered[1:].sum(axis=1)
    low, high = np.quantile(counts, [LOW, HIGH])
    missing = len(points) + len(sites) - len(asked.x) - len(there.x)
    return ReachedSimulation(
        value=float(covered[0].sum()),
        unit="",
        n=len(asked.x),
        method="uncertainty.draws",
        parameters={
            "draws": draws,
            "seed": seed,
            "stacks": stacks,
            "n_unmapped": missing,
            "n_itself": int(itself.sum()),
        },
        caveats=(
            "uncertainty.not_confidence",
            "uncertainty.judged_radius",
            f"uncertainty.stacks_{stacks}",
            *(("uncertainty.unmapped",) if missing else ()),
            *(("uncertainty.not_itself",) if itself.any() else ()),
        ),
        low=float(low),
        high=float(high),
        points=pd.DataFrame(
            {"covered": covered[0], "covered_draws": covered[1:].mean(axis=0)},
            index=asked.frame.index,
        ),
        draws=pd.Series(counts, name="reached"),
    )


def with_undisturbed(moves: Floats) -> Floats:
    """Put the undisturbed draw in front of the others.

    Parameters
    ----------
    moves
        Metres from where the sites are drawn, shape (draws, n, 2).

    Returns
    -------
    array of float
        Shape (1 + draws, n, 2); the first draw is zero throughout.
    """
    return np.concatenate([np.zeros((1, *moves.shape[1:])), moves])


def unmapped_bound(n: int, *, radius_m: float, uncovered_km2: float) -> Finding:
    """Bound what places without a site could add to the covered area.

    Parameters
    ----------
    n
        How many places have no site.
    radius_m
        Straight-line radius in metres.
    uncovered_km2
        Area not covered by the others, km².

    Returns
    -------
    Finding
        ``value`` in km²: n discs that overlap nothing, at most what is uncovered; they may as
        well add nothing.

    Raises
    ------
    ParameterError
        A number is negative, or the radius is not above zero.

    Examples
    --------
    >>> round(unmapped_bound(2, radius_m=5000, uncovered_km2=1000).value, 2)
    157.08
    """
    radius = require_positive(radius_m, argument="radius_m")
    if n < 0 or not uncovered_km2 >= 0:
        problem = Problem("number.count_and_area", "n")
        raise ParameterError("input.number", [problem])
    most = min(n * np.pi * (radius / 1000) ** 2, uncovered_km2)
    return Finding(
        value=float(most),
        unit="km²",
        n=n,
        method="uncertainty.bound",
        parameters={"n_unmapped": n, "radius_km": radius / 1000, "most_km2": float(most)},
        caveats=("uncertainty.unmapped_bound",) if n else (),
    )
