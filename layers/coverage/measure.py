"""Ask what lies within reach of the places shown, and put the answer into words and tables.

One :class:`Coverage` feeds the sentence, the map, the tables and the files of the page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.base.draws import HIGH, LOW
from geo.base.finding import Finding
from geo.base.once import once
from geo.coverage.gap_doubt import DistanceDoubt, GapDoubt, doubt_of_distances, doubt_of_gaps
from geo.coverage.gaps import Distances, distances, gaps, standing
from geo.coverage.service_area import CITY, Overlap, ServiceArea, discs, overlap, shares
from geo.coverage.simulation import (
    LINE_STEP_M,
    ReachedSimulation,
    Resolution,
    Simulation,
    resolution,
    simulate,
    simulate_reached,
    unmapped_bound,
)
from layers.coverage.question import LINES, Asked, ask, asked_in, named_districts
from layers.pack.city import City
from layers.view.state import Lang, ViewState

Worded = TypeVar("Worded")
"""An answer that holds what was asked, and with it the language of its words."""


class Served(NamedTuple):
    """How many places of one layer are within reach; ``found`` is None where that is refused."""

    n: int
    """Places with a point."""
    unmapped: int
    resolution: Resolution
    found: ReachedSimulation | None


@dataclass(frozen=True, eq=False)
class Coverage:
    """The answer. Where the radius is finer than the doubt, all but the first two are None."""

    asked: Asked
    resolution: Resolution
    area: ServiceArea | None = None
    simulation: Simulation | None = None
    served: Mapping[str, Served] = field(default_factory=dict)
    overlap: Overlap | None = None
    bound: Finding | None = None
    distances: Distances | None = None
    gap_doubt: GapDoubt | None = None
    origin: Coverage | None = None
    """The answer that this one was worded anew from: what is measured late is measured once."""
    units: pd.DataFrame | None = None
    """By unit (city, halves, districts): ``level``, ``area_km2``, ``share``, ``low``, ``high``,
    ``people_share``, ``people_low``, ``people_high``; by district also ``weak``, ``named``,
    ``unsettled`` (ids of the districts whose order with this one the draws leave open)."""
    gaps: gpd.GeoDataFrame | None = None
    """As :func:`geo.coverage.gaps.gaps`, with ``nearest_doubt_m``, ``missing`` (layers of the
    sites that reach no part of its district, joined by ``;``) and the columns of ``gap_doubt``."""

    @property
    def distance_doubt(self) -> DistanceDoubt:
        """The interval of the distances; drawn when first asked for, after the map."""
        if self.origin is not None:
            return self.origin.distance_doubt
        return _distance_doubt(self)

    @property
    def rows(self) -> dict[Any, dict[Any, Any]]:
        """The units as records."""
        return {} if self.units is None else dict(self.units.to_dict("index"))

    @property
    def findings(self) -> Iterator[Finding]:
        """Everything that carries caveats, in the order of weight."""
        reached = [row.found for row in self.served.values()]
        own = (self.simulation, self.area, self.bound, self.distances, self.overlap)
        found = (*own, *reached, self.gap_doubt)
        return (finding for finding in found if finding is not None)


@once(maxsize=8)
def _distance_doubt(answer: Coverage) -> DistanceDoubt:
    return doubt_of_distances(answer.asked.sites, answer.asked.districts)


def in_language(answer: Worded, lang: Lang) -> Worded:
    """Return an answer as it is worded in a language; nothing is measured again.

    Parameters
    ----------
    answer
        A :class:`Coverage` or another answer with a field ``asked``.
    lang
        ``zh`` or ``en``.
    """
    given: Any = answer
    if given.asked.state.lang == lang:
        return answer
    changes: dict[str, Any] = {"asked": asked_in(given.asked, lang)}
    if isinstance(answer, Coverage):
        changes["origin"] = answer.origin or answer
    worded: Worded = replace(given, **changes)
    return worded


def coverage(city: City, state: ViewState) -> Coverage:
    """Measure what the places shown reach; refuse where the radius is finer than the doubt.

    Parameters
    ----------
    city
        The city; it is not changed.
    state
        Layers, filters and period decide which places enter; ``state.coverage`` the radius.

    Returns
    -------
    Coverage
        With at least 500 draws of the locations behind every interval.
    """
    asked = ask(city, state)
    resolved = resolution(asked.sites, radius_m=asked.radius_m)
    if resolved.n == 0 or resolved.verdict == "uncertainty.refused":
        return Coverage(asked, resolved)
    sites, districts, radius = asked.sites, asked.districts, asked.radius_m
    area = asked.area
    step = line_step(radius)
    drawn = simulate(sites, districts, radius_m=radius, group=asked.group, step_m=step)
    units = _units(asked, area, drawn)
    left = gaps(area, sites, districts)
    doubted = doubt_of_gaps(left, sites, districts, radius_m=radius, step_m=step)
    open_km2 = area.within_km2 - area.value
    return Coverage(
        asked,
        resolved,
        area=area,
        simulation=drawn,
        served={kind: _served(asked, frame) for kind, frame in asked.targets.items()},
        overlap=overlap(sites, radius_m=radius, within=districts),
        bound=unmapped_bound(
            len(sites) - resolved.n, radius_m=radius, uncovered_km2=max(open_km2, 0.0)
        ),
        distances=distances(sites, districts),
        gap_doubt=doubted,
        units=units,
        gaps=_gaps(asked, left, doubted),
    )


def line_step(radius_m: float) -> float:
    """Return the distance between scan lines, m: a large reach needs no finer ones."""
    return max(LINE_STEP_M, radius_m / LINES)


def _served(asked: Asked, frame: gpd.GeoDataFrame) -> Served:
    """Count one layer's places within reach; refused below their own median doubt as well."""
    resolved = resolution(frame, radius_m=asked.radius_m)
    sound = resolved.n and resolved.verdict != "uncertainty.refused"
    found = simulate_reached(frame, asked.sites, radius_m=asked.radius_m) if sound else None
    return Served(resolved.n, len(frame) - resolved.n, resolved, found)


def _units(asked: Asked, area: ServiceArea, drawn: Simulation) -> pd.DataFrame:
    exact = shares(area, asked.districts, group=asked.group, residents=asked.residents)
    table = exact[["level", "area_km2"]].assign(
        share=exact["covered_share"], low=drawn.units["low"], high=drawn.units["high"]
    )
    table["people_share"] = exact["covered_residents_share"]
    people = _people_draws(asked, drawn)
    table["people_low"], table["people_high"] = people.quantile(LOW), people.quantile(HIGH)
    verdict = standing(
        drawn.units[drawn.units["level"] == "district"],
        city_share=area.covered_share,
        named=named_districts(asked.city),
    )
    open_with = {code: [] for code in asked.districts.index}  # type: dict[object, list[str]]
    for first, second in drawn.pairs[["first", "second"]].itertuples(index=False):
        open_with[first].append(str(second))
        open_with[second].append(str(first))
    return table.join(verdict[["weak", "named"]]).assign(
        unsettled=pd.Series({code: ";".join(ids) for code, ids in open_with.items()}, dtype=object)
    )


def _people_draws(asked: Asked, drawn: Simulation) -> pd.DataFrame:
    """Return the covered share of residents per draw and unit, spread evenly over districts."""
    people, own = asked.residents, drawn.draws[asked.districts.index]
    columns = {CITY: own @ people / people.sum()}
    for part in asked.group.unique():
        mine = asked.group.index[asked.group == part]
        columns[part] = own[mine] @ people[mine] / people[mine].sum()
    return pd.DataFrame(columns).join(own)


def _gaps(asked: Asked, left: gpd.GeoDataFrame, doubted: GapDoubt) -> gpd.GeoDataFrame:
    """Return the uncovered areas with what their district lacks, and with their doubt."""
    found = left.join(doubted.table)
    found["missing"] = found["within_id"].map(_missing(asked))
    found["nearest_doubt_m"] = (
        asked.sites["uncertainty_m"].reindex(found["nearest_id"]).to_numpy(dtype=np.float64)
    )
    return found


def _missing(asked: Asked) -> dict[Any, str]:
    """Return for each district the layers of the sites that reach no part of it, as drawn."""
    mapped, districts = asked.mapped, asked.districts
    lacking: dict[Any, list[str]] = {code: [] for code in districts.index}
    for kind in asked.kinds:
        there = discs(mapped[mapped["kind"] == kind], radius_m=asked.radius_m).union_all()
        for code in districts.index[~districts.intersects(there)]:
            lacking[code].append(kind)
    return {code: ";".join(kinds) for code, kinds in lacking.items()}


# Words -----------------------------------------------------------------------------------------


# Drawing ---------------------------------------------------------------------------------------
