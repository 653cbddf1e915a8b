"""Measure what lies within reach of the places shown, and how surely."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.base.draws import HIGH, LOW
from geo.base.finding import Finding
from geo.base.once import late
from geo.coverage.gap_doubt import DistanceDoubt, GapDoubt, doubt_of_distances, doubt_of_gaps
from geo.coverage.gaps import LEAST_SPOTS, Distances, classify_districts, distances, gaps
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
from layers.coverage.question import LINES, Inputs, inputs, named_districts
from layers.pack.city import City
from layers.view.page_options import CoverageOptions
from layers.view.question import Question, Refusal

REFUSED = "uncertainty.refused"
"""Verdict on a radius that is finer than the doubt."""


class Served(NamedTuple):
    """How many places of one layer are within reach; ``found`` is None where that is refused."""

    n: int
    """Places with a point."""
    unmapped: int
    resolution: Resolution
    found: ReachedSimulation | None


@dataclass(frozen=True, eq=False, kw_only=True)
class ReachRefusal(Refusal):
    """Why nothing is measured: no place has a point, or the radius is finer than the doubt."""

    inputs: Inputs
    resolution: Resolution


@dataclass(frozen=True, eq=False, kw_only=True)
class ReachAnswer:
    """What the places reach, with 500 draws of their locations behind every interval.

    Parameters
    ----------
    question, inputs
        What was asked, and what enters.
    resolution
        For how many places the radius is coarse enough for the doubt.
    area
        What is reached, places as drawn.
    simulation, bound
        Intervals over the draws; what the places without a point could add at most.
    served
        By layer of targets, how many are within reach.
    own
        How many of the reader's own points are; None where places are counted.
    units
        By unit (city, halves, districts): ``level``, ``area_km2``, ``share``, ``low``, ``high``,
        ``people_share``, ``people_low``, ``people_high``; by district also ``weak``, ``named``,
        ``unsettled`` (ids of the districts whose order with this one the draws leave open).

    Notes
    -----
    Sentence and map need what is measured at once; what stands below the map is measured when it
    is first read.
    """

    question: Question[CoverageOptions]
    inputs: Inputs
    resolution: Resolution
    area: ServiceArea
    simulation: Simulation
    served: Mapping[str, Served]
    bound: Finding
    units: pd.DataFrame
    own: ReachedSimulation | None = None

    @property
    def city(self) -> City:
        """The city."""
        return self.inputs.city

    @late
    def uncovered(self) -> gpd.GeoDataFrame:
        """What no place reaches, places as drawn; see :func:`geo.coverage.gaps.gaps`."""
        return gaps(self.area, self.inputs.sites, self.inputs.districts)

    @late
    def gap_doubt(self) -> GapDoubt:
        """The doubt of each uncovered area."""
        given, radius = self.inputs, self.inputs.radius_m
        return doubt_of_gaps(
            self.uncovered, given.sites, given.districts, radius_m=radius, step_m=line_step(radius)
        )

    @late
    def gaps(self) -> gpd.GeoDataFrame:
        """``uncovered`` with its doubt.

        Also ``nearest_doubt_m``, ``missing`` (layers of the sites that reach no part of its
        district) and the columns of ``gap_doubt``.
        """
        return _gaps(self.inputs, self.uncovered, self.gap_doubt)

    @late
    def overlap(self) -> Overlap:
        """How often a spot is reached, places as drawn."""
        given = self.inputs
        return overlap(given.sites, radius_m=given.radius_m, within=given.districts)

    @late
    def distances(self) -> Distances:
        """How far it is to the nearest place, places as drawn."""
        return distances(self.inputs.sites, self.inputs.districts, least_spots=LEAST_SPOTS)

    @late
    def distance_doubt(self) -> DistanceDoubt:
        """The interval of the distances."""
        return doubt_of_distances(self.inputs.sites, self.inputs.districts)

    @property
    def rows(self) -> dict[Any, dict[Any, Any]]:
        """The units as records."""
        return dict(self.units.to_dict("index"))

    @property
    def findings(self) -> Iterator[Finding]:
        """Everything that carries caveats, in the order of weight."""
        yield from (self.simulation, self.area, self.bound, self.distances, self.overlap)
        yield from (row.found for row in self.served.values() if row.found is not None)
        if self.own is not None:
            yield self.own
        yield self.gap_doubt
        yield self.distance_doubt


def measure(city: City, asked: Question[CoverageOptions]) -> ReachAnswer | ReachRefusal:
    """Measure what the places asked for reach; refuse where the radius is finer than the doubt.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    asked
        Layers, filters and period decide which places enter; the options the radius.
    """
    given = inputs(city, asked)
    resolved = resolution(given.sites, radius_m=given.radius_m)
    if resolved.n == 0 or resolved.verdict == REFUSED:
        return ReachRefusal(
            city=city,
            question=asked,
            reason=resolved.verdict if resolved.n else "coverage_page.empty",
            parameters=resolved.parameters if resolved.n else {},
            inputs=given,
            resolution=resolved,
        )
    sites, districts, radius = given.sites, given.districts, given.radius_m
    area = given.area
    drawn = simulate(sites, districts, radius_m=radius, group=given.group, step_m=line_step(radius))
    open_km2 = max(area.within_km2 - area.value, 0.0)
    return ReachAnswer(
        question=asked,
        inputs=given,
        resolution=resolved,
        area=area,
        simulation=drawn,
        served={kind: _served(given, frame) for kind, frame in given.targets.items()},
        bound=unmapped_bound(len(sites) - resolved.n, radius_m=radius, uncovered_km2=open_km2),
        units=_units(given, area, drawn),
        own=_own(given),
    )


def line_step(radius_m: float) -> float:
    """Return the distance between scan lines: a large reach needs no finer ones.

    Parameters
    ----------
    radius_m
        Straight-line radius in metres.

    Returns
    -------
    float
        Metres: ``LINE_STEP_M``, or the ``LINES``-th part of the radius where that is more.
    """
    return max(LINE_STEP_M, radius_m / LINES)


def _served(given: Inputs, frame: gpd.GeoDataFrame) -> Served:
    """Count one layer's places within reach; refused below their own median doubt as well."""
    resolved = resolution(frame, radius_m=given.radius_m)
    sound = resolved.n and resolved.verdict != REFUSED
    found = simulate_reached(frame, given.sites, radius_m=given.radius_m) if sound else None
    return Served(resolved.n, len(frame) - resolved.n, resolved, found)


def _own(given: Inputs) -> ReachedSimulation | None:
    """Count the reader's own points within reach; they are taken to be exact."""
    if given.own is None or not len(given.own.xy):
        return None
    points = given.own.frame.set_crs(given.sites.crs)
    return simulate_reached(points, given.sites, radius_m=given.radius_m)


def _units(given: Inputs, area: ServiceArea, drawn: Simulation) -> pd.DataFrame:
    exact = shares(area, given.districts, group=given.group, residents=given.residents)
    table = exact[["level", "area_km2"]].assign(
        share=exact["covered_share"], low=drawn.units["low"], high=drawn.units["high"]
    )
    table["people_share"] = exact["covered_residents_share"]
    people = _people_draws(given, drawn)
    table["people_low"], table["people_high"] = people.quantile(LOW), people.quantile(HIGH)
    verdict = classify_districts(
        drawn.units[drawn.units["level"] == "district"],
        city_share=area.covered_share,
        named=named_districts(given.city),
    )
    open_with = {code: [] for code in given.districts.index}  # type: dict[object, list[str]]
    for first, second in drawn.pairs[["first", "second"]].itertuples(index=False):
        open_with[first].append(str(second))
        open_with[second].append(str(first))
    return table.join(verdict[["weak", "named"]]).assign(
        unsettled=pd.Series({code: tuple(ids) for code, ids in open_with.items()}, dtype=object)
    )


def _people_draws(given: Inputs, drawn: Simulation) -> pd.DataFrame:
    """Return the covered share of residents per draw and unit, spread evenly over districts."""
    people, own = given.residents, drawn.draws[given.districts.index]
    columns = {CITY: own @ people / people.sum()}
    for part in given.group.unique():
        mine = given.group.index[given.group == part]
        columns[part] = own[mine] @ people[mine] / people[mine].sum()
    return pd.DataFrame(columns).join(own)


def _gaps(given: Inputs, left: gpd.GeoDataFrame, doubted: GapDoubt) -> gpd.GeoDataFrame:
    """Return the uncovered areas with what their district lacks, and with their doubt."""
    found = left.join(doubted.table)
    found["missing"] = found["within_id"].map(_missing(given))
    found["nearest_doubt_m"] = (
        given.sites["uncertainty_m"].reindex(found["nearest_id"]).to_numpy(dtype=np.float64)
    )
    return found


def _missing(given: Inputs) -> dict[Any, tuple[str, ...]]:
    """Return for each district the layers of the sites that reach no part of it, as drawn."""
    mapped, districts = given.mapped, given.districts
    lacking: dict[Any, list[str]] = {code: [] for code in districts.index}
    for kind in given.kinds:
        there = discs(mapped[mapped["kind"] == kind], radius_m=given.radius_m).union_all()
        for code in districts.index[~districts.intersects(there)]:
            lacking[code].append(kind)
    return {code: tuple(kinds) for code, kinds in lacking.items()}
