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
import shapely

from geo.base.finding import Finding
from geo.base.once import once
from geo.coverage.gap_doubt import DistanceDoubt, GapDoubt, doubt_of_distances, doubt_of_gaps
from geo.coverage.gaps import Distances, distances, gaps, standing
from geo.coverage.service_area import (
    CITY,
    Overlap,
    Reach,
    ServiceArea,
    discs,
    overlap,
    service_area,
    shares,
)
from geo.coverage.service_area import reach as reach_by_time
from geo.coverage.simulation import (
    HIGH,
    LINE_STEP_M,
    LOW,
    ReachedSimulation,
    Resolution,
    Simulation,
    resolution,
    simulate,
    simulate_reached,
    unmapped_bound,
)
from layers.language.messages import speaker
from layers.language.values import city_word, count, number
from layers.map.overlay import Drawing, Shapes
from layers.pack.city import City
from layers.view.rows import look
from layers.view.state import CoverageOptions, Lang, ViewState
from layers.view.totals import is_named, plan_places

UNIVERSITY = "university"
PRESETS_M = (3_000, 5_000, 10_000)
INK, TWICE, OPEN = "#2E6E73", "#17474C", "#B08A4E"
"""What is reached, what two or more reach, what none does."""
DRAWN_M = 40.0
"""Tolerance of drawn outlines in metres: half a pixel where the city fills the map."""
LINES = 100
"""Scan lines over a disc's radius, at least."""
CHANGES_NOTHING = (
    "lang", "camera", "selected", "present", "district", "compare", "density", "points",
)  # fmt: skip
"""Fields of the state that no answer of this page depends on."""
Worded = TypeVar("Worded")
"""An answer that holds what was asked, and with it the language of its words."""


@dataclass(frozen=True, eq=False)
class Asked:
    """What enters: sites, universities and districts on the city's plane, and the radius."""

    city: City
    state: ViewState
    sites: gpd.GeoDataFrame
    """Places measured from, mapped or not: the layers chosen, or all shown but universities."""
    campuses: gpd.GeoDataFrame
    """All universities of the pack."""
    targets: Mapping[str, gpd.GeoDataFrame]
    """By layer what should be within reach: the whole layer, whatever the filters."""
    districts: gpd.GeoDataFrame
    reach: Reach

    @property
    def universities(self) -> gpd.GeoDataFrame:
        """The universities that are not themselves among the sites."""
        return self.campuses[~self.campuses.index.isin(self.sites.index)]

    @property
    def kinds(self) -> list[str]:
        """The layers of the sites that have a point."""
        return [str(kind) for kind in self.mapped["kind"].unique()]

    @property
    def mapped(self) -> gpd.GeoDataFrame:
        """The sites that have a point."""
        return self.sites[self.sites.geometry.notna() & ~self.sites.geometry.is_empty]

    @property
    def radius_m(self) -> float:
        """Straight-line radius in metres."""
        return self.reach.radius_m

    @property
    def area(self) -> ServiceArea:
        """What the sites reach; measured once, however often scenarios are held against it."""
        return _area(self)

    @property
    def group(self) -> pd.Series:
        """Half of the twin city by district."""
        halves: pd.Series[str] = self.districts["half"]
        return halves

    @property
    def residents(self) -> pd.Series:
        """Residents by district, census of 2020."""
        people: pd.Series[float] = self.districts["population_2020_territorial"].astype(float)
        return people


@once(maxsize=8)
def _area(asked: Asked) -> ServiceArea:
    return service_area(asked.sites, radius_m=asked.radius_m, within=asked.districts)


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
    """As :func:`geo.coverage.gaps.gaps`, with ``nearest_doubt_m``, ``missing`` (layers of the sites that
    reach no part of its district, joined by ``;``) and the columns of ``gap_doubt``."""

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


def asked_in(asked: Asked, lang: Lang) -> Asked:
    """Return what was asked with the language that its words are in."""
    return replace(asked, state=replace(asked.state, lang=lang))


def question(state: ViewState) -> ViewState:
    """Return the state without what the answer does not depend on: the key of a cache."""
    fresh = ViewState(state.city)
    options = replace(state.coverage, part="reach", rings="one")
    blank = {name: getattr(fresh, name) for name in CHANGES_NOTHING}
    return replace(state, coverage=options, **blank)


def reach_of(options: CoverageOptions) -> Reach:
    """Return the radius asked for: typed, or from a time with its stated assumptions."""
    if not options.minutes:
        return Reach(float(options.radius_m), "coverage.straight_line", {})
    return reach_by_time(
        minutes=options.minutes,
        speed_kmh=options.speed_kmh,
        detour_factor=options.detour_percent / 100,
    )


def drawn_layers(city: City, state: ViewState) -> frozenset[str]:
    """Return the layers that the map shows: those asked about, where some were named."""
    options = state.coverage
    if not options.sites and not options.targets:
        return state.layers
    places = {id_ for id_, layer in city.layers.items() if layer.spec.is_places}
    sites = options.sites or (state.layers & places) - {UNIVERSITY}
    return frozenset((state.layers - places) | sites | options.targets)


def ask(city: City, state: ViewState) -> Asked:
    """Return what enters the analysis under the layers and filters of ``state``."""
    options = state.coverage
    places = look(city, replace(state, layers=options.sites or state.layers)).places
    apart = frozenset() if options.sites else frozenset({UNIVERSITY})
    sites = places[~places["kind"].isin(apart).to_numpy(dtype=bool)]
    layers = city.layers.items()
    whole = {id_: _plane(city, layer.frame) for id_, layer in layers if layer.spec.is_places}
    wanted = options.targets or ({UNIVERSITY} & whole.keys())
    return Asked(
        city,
        state,
        _plane(city, sites),
        whole[UNIVERSITY] if UNIVERSITY in whole else _plane(city, places.iloc[:0]),
        {id_: frame for id_, frame in whole.items() if id_ in wanted},
        city.districts.to_crs(city.metric_epsg),
        reach_of(options),
    )


def _plane(city: City, frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(frame, crs=4326).to_crs(city.metric_epsg)


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


def named_districts(city: City) -> frozenset[str]:
    """Return the districts in which the plan's text names a place."""
    if not any(layer.spec.group == "plan" for layer in city.layers.values()):
        return frozenset()
    places = plan_places(city)
    named = places[is_named(places).to_numpy(dtype=bool)]
    return frozenset(str(code) for code in named["host_adcode"].dropna())


# Words -----------------------------------------------------------------------------------------


def percent(share: float) -> str:
    """Return a share, 0 to 1, as a percentage to a tenth below ten, else whole."""
    return f"{100 * share:.{1 if abs(share) < 0.1 else 0}f}%"


def span(low: float, high: float) -> str:
    """Return an interval of shares in percent: whole, or to a tenth where it is narrow."""
    digits = 0 if high - low >= 0.02 or low >= 0.995 else 1
    first, last = f"{100 * low:.{digits}f}", f"{100 * high:.{digits}f}"
    return f"{first}–{last}%" if first != last else f"{first}%"


def km(metres: float) -> str:
    """Return a distance in kilometres."""
    return number(metres / 1000, "km")


def name_of(frame: gpd.GeoDataFrame, id_: object, lang: str) -> str:
    """Return the name of a row, blank where there is none."""
    return str(frame[f"name_{lang}"].get(id_, "")) if id_ is not None else ""


def unit_name(asked: Asked, unit: object) -> str:
    """Return the name of the city, of a half or of a district."""
    lang = asked.state.lang
    if unit == CITY:
        return asked.city.name.of(lang)
    if unit in asked.districts.index:
        return name_of(asked.districts, unit, lang)
    return city_word(asked.city, "half", unit, lang)


def beyond(asked: Asked) -> str:
    """Return the words for what lies outside the city."""
    return speaker(asked.state.lang)("filter.outside", city=asked.city.name.of(asked.state.lang))


def sentence(answer: Coverage) -> str:
    """Return the result in one sentence, or why there is none."""
    say, asked = speaker(answer.asked.state.lang), answer.asked
    if answer.area is None:
        if not answer.resolution.n:
            return say("coverage_page.empty")
        return say(answer.resolution.verdict, **answer.resolution.parameters)
    row = answer.rows[CITY]
    fixed = answer.resolution.verdict == "uncertainty.fixed"
    drawn = span(row["low"], row["high"])
    key = f"result{'_time' if asked.reach.parameters else ''}{'_fixed' if fixed else ''}"
    return say(
        f"coverage_page.{key}",
        share=percent(row["share"]) if fixed else drawn,
        span=drawn,
        radius=km(asked.radius_m),
        sites=count(answer.area.n),
        minutes=asked.state.coverage.minutes,
    )


def further(answer: Coverage) -> list[str]:
    """Return what stands below the result: what is reached, residents, the worst served."""
    if answer.distances is None or answer.overlap is None:
        return []
    say, row = speaker(answer.asked.state.lang), answer.rows[CITY]
    people = span(row["people_low"], row["people_high"])
    twice = percent(answer.overlap.value / float(row["area_km2"]))
    return [
        *(reached_words(answer, kind) for kind in answer.served),
        say("coverage_page.residents", share=people),
        worst_words(answer),
        say("coverage_page.twice", share=twice),
    ]


def reached_words(answer: Coverage, kind: str) -> str:
    """Return how many places of one layer are within reach, with the interval."""
    say, row = speaker(answer.asked.state.lang), answer.served[kind]
    layer = answer.asked.city.layers[kind].title.of(answer.asked.state.lang)
    if row.found is None:
        key = "target_refused" if row.n else "target_none"
        return say(f"coverage_page.{key}", layer=layer, **row.resolution.parameters)
    return say("coverage_page.target", layer=layer, count=reached_count(row.found), total=row.n)


def reached_count(found: ReachedSimulation) -> str:
    """Return the interval of a count."""
    low, high = round(found.low), round(found.high)
    return f"{low}–{high}" if low != high else str(low)


def worst_words(answer: Coverage) -> str:
    """Return how far the worst-served tenth lies from its nearest place, and where most of it."""
    assert answer.distances is not None
    asked, doubted = answer.asked, answer.distance_doubt
    low, high = (number(end / 1000) for end in (doubted.low, doubted.high))
    where = answer.distances.units["worst_share"].reindex(asked.districts.index)
    return speaker(asked.state.lang)(
        "coverage_page.worst",
        distance=f"{low}–{high}" if low != high else low,
        district=unit_name(asked, where.idxmax()),
        share=percent(float(where.max())),
    )


def rules(answer: Coverage) -> list[str]:
    """Return the lines on the radius: no standard, how many places qualify at each preset."""
    asked = answer.asked
    say = speaker(asked.state.lang)
    lines = [say("coverage.no_standard")]
    lines += [say(f"coverage.preset_{metres // 1000}") for metres in PRESETS_M]
    if asked.reach.parameters:
        lines.append(say(asked.reach.label, **asked.reach.parameters))
    if answer.resolution.n:
        each = [resolution(asked.sites, radius_m=metres) for metres in (1_000, *PRESETS_M)]
        parts = [
            say("coverage_page.qualify", radius=km(metres), count=int(found.value))
            for metres, found in zip((1_000, *PRESETS_M), each, strict=True)
        ]
        joined = say("coverage_page.comma").join(parts)
        lines.append(say("coverage_page.qualifies", total=each[0].n, parts=joined))
    return lines


def caveats(findings: Iterator[Finding] | tuple[Finding, ...], lang: str) -> list[str]:
    """Return each caveat of some findings once, in words."""
    say, told = speaker(lang), {}  # type: tuple[Any, dict[str, str]]
    for finding in findings:
        for key in finding.caveats:
            told.setdefault(key, say(key, **finding.parameters))
    return list(dict.fromkeys(told.values()))


# Drawing ---------------------------------------------------------------------------------------


def shape(city: City, area: Any, look_: Mapping[str, Any]) -> Shapes:
    """Return one area of the city's plane as a drawn shape."""
    plain = shapely.simplify(area, DRAWN_M)
    frame = gpd.GeoDataFrame(geometry=[plain], crs=city.metric_epsg).to_crs(4326)
    return Shapes(frame, **look_)


REACHED = {"line": INK, "fill": INK, "opacity": 0.30, "weight": 1.2}
UNREACHED = {"line": OPEN, "fill": OPEN, "opacity": 0.62, "weight": 0.6, "pattern": "hatch"}
DOUBLE = {"line": TWICE, "fill": TWICE, "opacity": 0.26, "weight": 0.0}


def drawing(answer: Coverage) -> Drawing | None:
    """Return what is reached, what two or more reach, and what none does; None if refused."""
    if answer.area is None or answer.gaps is None:
        return None
    asked = answer.asked
    return Drawing(
        shapes=[
            shape(asked.city, answer.gaps.geometry.union_all(), UNREACHED),
            shape(asked.city, answer.area.geometry, REACHED),
            shape(asked.city, reached_twice(asked), DOUBLE),
        ]
    )


def reached_twice(asked: Asked) -> Any:
    """Return what two or more places reach, as drawn, on the city's plane."""
    once, twice = shapely.Polygon(), shapely.Polygon()
    for disc in discs(asked.mapped, radius_m=asked.radius_m):
        twice = twice | (once & disc)
        once = once | disc
    return twice & asked.districts.geometry.union_all()
