"""Propose where to add sites to those that exist, so that most is within reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.base.arrays import Flags, Floats, Longs
from geo.base.errors import ParameterError, Problem
from geo.base.finding import Finding
from geo.base.points import Located, located, numbers, require_positive, require_same_crs
from geo.coverage.service_area import nearest

TIME_LIMIT_S = 10.0
SWAP_ROUNDS = 50
SAME = 1e-9
"""Relative difference below which two covered weights are one."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Siting(Finding):
    """Proposed sites; ``value`` is the covered weight of the demand with them.

    ``method`` is ``siting.exact`` (proved best), ``siting.bounded`` (the solver ran out of its
    time: the best found, and how much better another could be) or ``siting.refused`` (no number
    of candidates reaches the share; ``caveats`` says what to do).
    """

    chosen: tuple[object, ...]
    """Ids of the proposed candidates, in the order of what each adds, of equals the lowest id."""
    gains: pd.Series
    """By chosen candidate: the weight it adds to those before it."""
    before: float
    """Covered weight with the existing sites alone."""
    total: float
    """Weight of the whole demand."""
    bound: float
    """No choice covers more weight than this; for the least number, none needs fewer sites."""
    covered: pd.Series
    """By demand point: whether it is within reach in the end."""


class _Setting(NamedTuple):
    """The question as arrays; demand and candidates stand in the order of their ids."""

    demand: Located
    candidates: Located
    ids: pd.Index
    """Ids of the demand as they were given."""
    n_existing: int
    radius_m: float
    weight: Floats
    covered: Flags
    """By demand point: whether an existing site reaches it."""
    reach: Flags
    """Demand × candidates."""

    @property
    def before(self) -> float:
        return float(self.weight[self.covered].sum())

    @property
    def total(self) -> float:
        return float(self.weight.sum())

    @property
    def reachable(self) -> float:
        return float(self.weight[self.covered | self.reach.any(axis=1)].sum())


class _Model(NamedTuple):
    """What is open once the existing sites stand: demand that the same candidates reach is one."""

    reach: Flags
    """Groups × candidates."""
    weight: Floats
    kept: Longs
    """The candidates that reach something, and not less than another one does."""

    def covers(self, chosen: Longs) -> float:
        return float(self.weight[self.reach[:, chosen].any(axis=1)].sum())


def add_sites(
    demand: gpd.GeoDataFrame,
    candidates: gpd.GeoDataFrame,
    existing: gpd.GeoDataFrame,
    *,
    radius_m: float,
    p: int,
    weight: str | None = None,
    time_limit_s: float = TIME_LIMIT_S,
) -> Siting:
    r"""Choose the ``p`` candidates that, with the existing sites, bring most demand within reach.

    Parameters
    ----------
    demand
        Points to serve (universities, platforms, a lattice over the city) in a CRS in metres,
        indexed by id.
    candidates
        Points where a site could stand, same CRS, indexed by id.
    existing
        Sites that stay, same CRS; may be empty.
    radius_m
        Straight-line radius in metres; a point at that very distance is reached.
    p
        How many to add, 1 to the number of candidates.
    weight
        Column of ``demand`` with the weight of each point, zero or more; None counts points.
    time_limit_s
        Seconds that the solver may take.

    Returns
    -------
    Siting
        At most ``p`` sites: fewer where fewer reach all that can be reached.

    Raises
    ------
    CrsError
        A CRS is not metric, or they differ.
    DataError
        A frame holds something other than points, or a weight is not a number of zero or more.
    ParameterError
        There is no demand or no candidate, or ``p``, the radius or the time are out of range.

    Notes
    -----
    Maximal covering with fixed sites (Church and ReVelle 1974, Papers of the Regional Science
    Association 32, 101–118). Let :math:`w_i` be the weight of demand i that no existing site
    reaches, :math:`N_i` the candidates that reach it, :math:`x_j` whether candidate j is chosen
    and :math:`y_i` whether i is reached:

    .. math:: \max \sum_i w_i y_i \quad \text{s.t.} \quad y_i \le \sum_{j \in N_i} x_j,
       \quad \sum_j x_j \le p, \quad x_j \in \{0, 1\}, \; 0 \le y_i \le 1.

    Before it is solved (HiGHS, by ``scipy.optimize.milp``), demand with the same :math:`N_i` is
    merged and candidates that reach no more than another are left out; of equal ones the lowest
    id stays. The same result follows for the rows in any order: the model is set up in the order
    of ids, and in the end a chosen candidate gives way to one with a lower id where the covered
    weight stays the same. Where the time runs out, the better of the solver's best and of greedy
    with exchanges (Teitz and Bart 1968) is returned with the solver's bound.

    Examples
    --------
    >>> demand = gpd.GeoDataFrame(geometry=gpd.points_from_xy([0, 900, 9000], [0, 0, 0]), crs=4548)
    >>> options = gpd.GeoDataFrame(geometry=gpd.points_from_xy([500, 9000], [0, 0]), crs=4548)
    >>> add_sites(demand, options, demand.iloc[:0], radius_m=600, p=1).chosen
    (0,)
    """
    setting = _setting(demand, candidates, existing, radius_m, weight)
    limit = require_positive(time_limit_s, argument="time_limit_s")
    most = len(setting.candidates.x)
    if isinstance(p, bool) or not isinstance(p, int | np.integer) or not 1 <= p <= most:
        problem = Problem("siting.number", "p", value=str(p), most=most)
        raise ParameterError("siting.p", [problem])
    model = _model(setting)
    chosen, bound = _maximise(model, int(p), limit)
    notes = ["siting.fewer_enough"] if len(chosen) < p else []
    return _answer(setting, chosen, setting.before + bound, {"p": int(p)}, notes)


def least_sites(
    demand: gpd.GeoDataFrame,
    candidates: gpd.GeoDataFrame,
    existing: gpd.GeoDataFrame,
    *,
    radius_m: float,
    share: float,
    weight: str | None = None,
    time_limit_s: float = TIME_LIMIT_S,
) -> Siting:
    r"""Choose the fewest candidates that, with the existing sites, reach a share of the demand.

    Parameters
    ----------
    demand, candidates, existing, radius_m, weight, time_limit_s
        As in :func:`add_sites`; the time is for each of two solutions.
    share
        The share of the weight that is to be within reach, above 0 and up to 1.

    Returns
    -------
    Siting
        Of all choices of that number the one that covers most; ``bound`` is a number of sites.
        Where all candidates together do not reach the share, nothing is chosen and the method is
        ``siting.refused``.

    Raises
    ------
    CrsError, DataError, ParameterError
        As :func:`add_sites`.

    Notes
    -----
    Partial set covering with fixed sites: in the terms of :func:`add_sites`,

    .. math:: \min \sum_j x_j \quad \text{s.t.} \quad \sum_i w_i y_i \ge
       \text{share} \cdot W - \text{covered}, \quad y_i \le \sum_{j \in N_i} x_j .

    The number found is then given to :func:`add_sites`.

    Examples
    --------
    >>> demand = gpd.GeoDataFrame(geometry=gpd.points_from_xy([0, 900, 9000], [0, 0, 0]), crs=4548)
    >>> options = gpd.GeoDataFrame(geometry=gpd.points_from_xy([500, 9000], [0, 0]), crs=4548)
    >>> least_sites(demand, options, demand.iloc[:0], radius_m=600, share=1.0).chosen
    (0, 1)
    """
    setting = _setting(demand, candidates, existing, radius_m, weight)
    limit = require_positive(time_limit_s, argument="time_limit_s")
    if isinstance(share, bool) or not 0 < share <= 1:
        problem = Problem("siting.share", "share", value=str(share))
        raise ParameterError("siting.share", [problem])
    given: dict[str, object] = {"share_percent": 100 * share}
    # No choice can reach more than all candidates together.
    goal = share * setting.total * (1 - SAME)
    if setting.reachable < goal:
        nothing = np.empty(0, dtype=np.int64)
        return _answer(setting, nothing, np.nan, given, ["siting.unreachable"], refused=True)
    # First how few suffice, then the best of that number.
    model = _model(setting)
    p, bound = _fewest(model, goal - setting.before, limit)
    chosen, _ = _maximise(model, p, limit) if p else (np.empty(0, dtype=np.int64), 0.0)
    notes = [] if p else ["siting.reached_already"]
    return _answer(setting, chosen, float(bound), given, notes, least=True)


def _setting(
    demand: gpd.GeoDataFrame,
    candidates: gpd.GeoDataFrame,
    existing: gpd.GeoDataFrame,
    radius_m: float,
    weight: str | None,
) -> _Setting:
    from scipy.spatial.distance import cdist

    # In the order of ids, so that the order of the rows decides nothing.
    points = located(demand, argument="demand").by_id()
    options = located(candidates, argument="candidates").by_id()
    standing = located(existing, argument="existing")
    require_same_crs(candidates, demand, argument="candidates")
    require_same_crs(existing, demand, argument="existing")
    radius = require_positive(radius_m, argument="radius_m")
    problems = [
        Problem(key, name)
        for name, found, key in (
            ("demand", points, "siting.no_demand"),
            ("candidates", options, "siting.no_candidates"),
        )
        if not len(found.x)
    ]
    if problems:
        raise ParameterError("siting.empty", problems)
    ones = np.ones(len(points.frame))
    values = ones if weight is None else points.frame.get(weight, np.full(len(ones), np.nan))
    return _Setting(
        demand=points,
        candidates=options,
        ids=demand.index[demand.index.isin(points.frame.index)],
        n_existing=len(standing.x),
        radius_m=radius,
        weight=numbers(values, points.frame, argument="demand", field=weight or ""),
        covered=_any_within(points.xy, standing.xy, radius),
        reach=cdist(points.xy, options.xy, "sqeuclidean") <= radius**2,
    )


def _any_within(points: Floats, sites: Floats, radius: float) -> Flags:
    if not len(sites):
        return np.zeros(len(points), dtype=np.bool_)
    distance = nearest(points, sites)[1]
    return np.asarray(distance <= radius, dtype=np.bool_)


def _model(setting: _Setting) -> _Model:
    """Merge demand that the same candidates reach, and set aside candidates that add nothing."""
    # Only what is open, can be reached and weighs something decides between candidates.
    still = ~setting.covered & setting.reach.any(axis=1) & (setting.weight > 0)
    rows, weight = setting.reach[still], setting.weight[still]
    # Rows of flags become keys of bytes: demand with the same candidates is one group.
    packed = np.packbits(rows, axis=1)
    keys = np.ascontiguousarray(packed).view(np.dtype((np.void, packed.shape[1]))).ravel()
    _, first, group = np.unique(keys, return_index=True, return_inverse=True)
    reach = rows[first]
    merged = np.asarray(np.bincount(group, weight, minlength=len(first)), dtype=np.float64)
    return _Model(reach, merged, _undominated(reach))


def _undominated(reach: Flags) -> Longs:
    """Return the candidates that reach something and no other reaches that and more.

    Of candidates that reach the same, the first stays.
    """
    # Shared reach of each two: one lies within the other if they share as much as it reaches.
    each = reach.astype(np.float32)
    size = each.sum(axis=0)
    shared = each.T @ each
    within = shared == size[:, None]  # row: this candidate's reach lies in that of the column
    better = size[None, :] > size[:, None]
    earlier = np.arange(len(size))[None, :] < np.arange(len(size))[:, None]
    dominated = (within & (better | (within.T & earlier))).any(axis=1)
    return np.flatnonzero((size > 0) & ~dominated)


def _maximise(model: _Model, p: int, limit: float) -> tuple[Longs, float]:
    """Return the chosen candidates and a weight that no choice exceeds."""
    most = float(model.weight.sum())
    # Where all that are of use may be chosen, nothing is to be solved.
    if len(model.kept) <= p:
        return _tidy(model, model.kept), most
    columns, groups = len(model.kept), len(model.weight)
    result = _solve(
        model,
        cost=np.concatenate([np.zeros(columns), -model.weight]),
        extra=(np.concatenate([np.ones(columns), np.zeros(groups)]), -np.inf, float(p)),
        limit=limit,
    )
    chosen = _chosen(model, result)
    # Of choices that cover the same, the lowest ids: the solver's own choice is arbitrary.
    if result.status == 0 and chosen is not None and len(chosen) <= p:
        chosen = _lowest(model, chosen)
        return _tidy(model, chosen), model.covers(chosen)
    # Out of time: the solver's best or a plain search's, whichever covers more, and a bound.
    bound = min(most, -_dual_bound(result))
    greedy = _exchanged(model, _greedy(model, p))
    if chosen is None or len(chosen) > p or model.covers(chosen) < model.covers(greedy):
        chosen = greedy
    return _tidy(model, _lowest(model, chosen)), max(bound, model.covers(chosen))


def _fewest(model: _Model, goal: float, limit: float) -> tuple[int, int]:
    """Return a number of candidates that suffices, and one that is surely needed."""
    if goal <= 0:
        return 0, 0
    columns = len(model.kept)
    result = _solve(
        model,
        cost=np.concatenate([np.ones(columns), np.zeros(len(model.weight))]),
        extra=(np.concatenate([np.zeros(columns), model.weight]), goal, np.inf),
        limit=limit,
    )
    chosen = _chosen(model, result)
    if result.status == 0 and chosen is not None and model.covers(chosen) >= goal * (1 - SAME):
        return len(chosen), len(chosen)
    # Out of time: as many as greedy needs, or the solver's best, and a number surely needed.
    greedy = _greedy(model, columns)
    enough = next(k for k in range(1, columns + 1) if model.covers(greedy[:k]) >= goal * (1 - SAME))
    if chosen is not None and model.covers(chosen) >= goal * (1 - SAME):
        enough = min(enough, len(chosen))
    needed = int(np.ceil(max(_dual_bound(result), 1.0) - 1e-6))
    return enough, min(needed, enough)


def _dual_bound(result: Any) -> float:
    """Return the cost that no solution goes below, as far as the solver got."""
    bound = result.mip_dual_bound
    return -np.inf if bound is None or np.isnan(bound) else float(bound)


def _solve(model: _Model, *, cost: Floats, extra: tuple[Floats, float, float], limit: float) -> Any:
    """Solve over (x of the kept candidates, y of the groups) with y ≤ Σ x and one more row."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_matrix, hstack, identity, vstack

    columns, groups = len(model.kept), len(model.weight)
    covering = hstack([csr_matrix(model.reach[:, model.kept], dtype=float), -identity(groups)])
    row, low, high = extra
    return milp(
        cost,
        integrality=np.concatenate([np.ones(columns), np.zeros(groups)]),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(
            vstack([covering, csr_matrix(row)]).tocsc(),
            np.append(np.zeros(groups), low),
            np.append(np.full(groups, np.inf), high),
        ),
        options={"time_limit": limit, "mip_rel_gap": 0.0},
    )


def _chosen(model: _Model, result: Any) -> Longs | None:
    if result.x is None:
        return None
    return model.kept[np.asarray(result.x[: len(model.kept)]) > 0.5]


def _greedy(model: _Model, p: int) -> Longs:
    """Take again and again the candidate that adds most, of equals the first."""
    open_weight, chosen = model.weight.copy(), []
    for _ in range(p):
        gain = open_weight @ model.reach
        best = int(gain.argmax())
        if gain[best] <= 0:
            break
        chosen.append(best)
        open_weight[model.reach[:, best]] = 0.0
    return np.array(chosen, dtype=np.int64)


def _without(model: _Model, chosen: Longs, at: int) -> tuple[float, Floats]:
    """Return the weight covered by the others, and with each candidate in the place of one."""
    others = model.reach[:, np.delete(chosen, at)].any(axis=1)
    base = float(model.weight[others].sum())
    return base, base + np.where(others, 0.0, model.weight) @ model.reach


def _exchanged(model: _Model, chosen: Longs) -> Longs:
    """Exchange one chosen candidate for another while that covers more."""
    chosen = chosen.copy()
    for _ in range(SWAP_ROUNDS):
        covered, moved = model.covers(chosen), False
        for at in range(len(chosen)):
            value = _without(model, chosen, at)[1]
            best = int(value.argmax())
            if value[best] > covered * (1 + SAME):
                chosen[at], covered, moved = best, float(value[best]), True
        if not moved:
            break
    return chosen


def _lowest(model: _Model, chosen: Longs) -> Longs:
    """Exchange chosen candidates for earlier ones where the covered weight stays the same."""
    chosen, moved = np.sort(chosen), True
    covered = model.covers(chosen)
    while moved:
        moved = False
        for at in range(len(chosen)):
            value = _without(model, chosen, at)[1]
            value[chosen] = -np.inf
            same = np.flatnonzero(value >= covered * (1 - SAME))
            if len(same) and same[0] < chosen[at]:
                chosen[at], moved = same[0], True
    return np.sort(chosen)


def _tidy(model: _Model, chosen: Longs) -> Longs:
    """Put the chosen in the order of what each adds, and drop those that add nothing."""
    part = _Model(model.reach[:, np.sort(chosen)], model.weight, chosen)
    return np.sort(chosen)[_greedy(part, len(chosen))]


def _answer(
    setting: _Setting,
    chosen: Longs,
    bound: float,
    given: dict[str, object],
    notes: list[str],
    *,
    least: bool = False,
    refused: bool = False,
) -> Siting:
    ids = setting.candidates.frame.index[chosen]
    # What each chosen site adds to those before it.
    reached, gains = setting.covered.copy(), []
    for position in chosen:
        new = setting.reach[:, position] & ~reached
        gains.append(float(setting.weight[new].sum()))
        reached |= new
    value, total = float(setting.weight[reached].sum()), setting.total
    proved = len(chosen) <= bound if least else bound <= value + SAME * max(total, 1.0)
    method = "refused" if refused else "exact" if proved else "bounded"
    covered = pd.Series(reached, index=setting.demand.frame.index, name="covered")
    return Siting(
        value=value,
        unit="",
        n=len(setting.demand.x),
        method=f"siting.{method}",
        parameters={
            **given,
            "radius_km": setting.radius_m / 1000,
            "n_candidates": len(setting.candidates.x),
            "n_existing": setting.n_existing,
            "n_chosen": len(chosen),
            "before_percent": _percent(setting.before, total),
            "after_percent": _percent(value, total),
            "bound_percent": np.nan if least else _percent(bound, total),
            "needed": bound if least else np.nan,
            "reachable_percent": _percent(setting.reachable, total),
        },
        caveats=(
            *notes,
            *(("siting.number_bound" if least else "siting.bound",) if method == "bounded" else ()),
            "coverage.straight_line",
            "siting.model_only",
        ),
        chosen=tuple(ids),
        gains=pd.Series(gains, index=ids, name="gain", dtype=float),
        before=setting.before,
        total=total,
        bound=bound,
        covered=covered.reindex(setting.ids),
    )


def _percent(part: float, whole: float) -> float:
    return 100 * part / whole if whole > 0 else float("nan")
