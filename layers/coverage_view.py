"""Ask what lies within reach of the places shown, and put the answer into words and tables.

One :class:`Coverage` feeds the sentence, the map, the tables and the files of the page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.coverage import CITY, Overlap, Reach, ServiceArea, discs, overlap, service_area, shares
from geo.coverage import reach as reach_by_time
from geo.finding import Finding
from geo.gaps import Distances, distances, gaps, standing
from geo.uncertainty import (
    HIGH,
    LOW,
    ReachedSimulation,
    Resolution,
    Simulation,
    resolution,
    simulate,
    simulate_reached,
    unmapped_bound,
)
from layers.city import City
from layers.drawing import Drawing, Shapes
from layers.headline import is_named, plan_places
from layers.state import CoverageOptions, ViewState
from layers.text import speaker
from layers.view import look
from layers.words import city_word, count, number
from layers.words import radius as doubt

UNIVERSITY = "university"
PRESETS_M = (3_000, 5_000, 10_000)
INK, TWICE, OPEN = "#2E6E73", "#17474C", "#B08A4E"
"""What is reached, what two or more reach, what none does."""
DRAWN_M = 40.0
"""Tolerance of drawn outlines in metres: half a pixel where the city fills the map."""
CHANGES_NOTHING = ("camera", "selected", "present", "district", "compare", "density")
"""Fields of the state that no answer of this page depends on."""


@dataclass(frozen=True, eq=False)
class Asked:
    """What enters: sites, universities and districts on the city's plane, and the radius."""

    city: City
    state: ViewState
    sites: gpd.GeoDataFrame
    """Places shown, universities apart, mapped or not."""
    universities: gpd.GeoDataFrame
    districts: gpd.GeoDataFrame
    reach: Reach

    @property
    def mapped(self) -> gpd.GeoDataFrame:
        """The sites that have a point."""
        return self.sites[self.sites.geometry.notna() & ~self.sites.geometry.is_empty]

    @property
    def radius_m(self) -> float:
        """Straight-line radius in metres."""
        return self.reach.radius_m

    @cached_property
    def area(self) -> ServiceArea:
        """What the sites reach; measured once, however often scenarios are held against it."""
        return service_area(self.sites, radius_m=self.radius_m, within=self.districts)

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


@dataclass(frozen=True, eq=False)
class Coverage:
    """The answer. Where the radius is finer than the doubt, all but the first two are None."""

    asked: Asked
    resolution: Resolution
    area: ServiceArea | None = None
    simulation: Simulation | None = None
    served: ReachedSimulation | None = None
    overlap: Overlap | None = None
    bound: Finding | None = None
    distances: Distances | None = None
    units: pd.DataFrame | None = None
    """By unit (city, halves, districts): ``level``, ``area_km2``, ``share``, ``low``, ``high``,
    ``people_share``, ``people_low``, ``people_high``; by district also ``weak``, ``named``,
    ``unsettled`` (ids of the districts whose order with this one the draws leave open)."""
    gaps: gpd.GeoDataFrame | None = None

    @property
    def rows(self) -> dict[Any, dict[Any, Any]]:
        """The units as records."""
        return {} if self.units is None else dict(self.units.to_dict("index"))

    @property
    def findings(self) -> Iterator[Finding]:
        """Everything that carries caveats, in the order of weight."""
        found = (self.simulation, self.area, self.bound, self.distances, self.overlap)
        return (finding for finding in found if finding is not None)


def question(state: ViewState) -> ViewState:
    """Return the state without what the answer does not depend on: the key of a cache."""
    fresh = ViewState(state.city)
    options = replace(state.coverage, part="reach")
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


def ask(city: City, state: ViewState) -> Asked:
    """Return what enters the analysis under the layers and filters of ``state``."""
    places = look(city, state).places
    sites = places[(places["kind"] != UNIVERSITY).to_numpy(dtype=bool)]
    layer = city.layers.get(UNIVERSITY)
    campuses = places.iloc[:0] if layer is None else layer.frame
    return Asked(
        city,
        state,
        gpd.GeoDataFrame(sites, crs=4326).to_crs(city.metric_epsg),
        gpd.GeoDataFrame(campuses, crs=4326).to_crs(city.metric_epsg),
        city.districts.to_crs(city.metric_epsg),
        reach_of(state.coverage),
    )


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
    drawn = simulate(sites, districts, radius_m=radius, group=asked.group)
    units = _units(asked, area, drawn)
    open_km2 = area.within_km2 - area.value
    return Coverage(
        asked,
        resolved,
        area=area,
        simulation=drawn,
        served=simulate_reached(asked.universities, sites, radius_m=radius)
        if len(asked.universities)
        else None,
        overlap=overlap(sites, radius_m=radius, within=districts),
        bound=unmapped_bound(
            len(sites) - resolved.n, radius_m=radius, uncovered_km2=max(open_km2, 0.0)
        ),
        distances=distances(sites, districts),
        units=units,
        gaps=_gaps(asked, area, units),
    )


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


def _gaps(asked: Asked, area: ServiceArea, units: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return the uncovered areas of each district with the doubt of that district's whole."""
    found = gaps(area, asked.sites, asked.districts)
    own = units.reindex(found["within_id"])
    size = own["area_km2"].to_numpy()
    found["district_low_km2"] = (1 - own["high"].to_numpy()) * size
    found["district_high_km2"] = (1 - own["low"].to_numpy()) * size
    found["nearest_doubt_m"] = (
        asked.sites["uncertainty_m"].reindex(found["nearest_id"]).to_numpy(dtype=np.float64)
    )
    return found


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
    told = {"radius": km(asked.radius_m), "sites": count(answer.area.n)}
    if answer.resolution.verdict == "uncertainty.fixed":
        return say("coverage_page.result_fixed", share=percent(row["share"]), **told)
    return say("coverage_page.result", share=span(row["low"], row["high"]), **told)


def further(answer: Coverage) -> list[str]:
    """Return what stands below the result: universities, residents, the worst served, the rule."""
    if answer.distances is None or answer.overlap is None:
        return []
    say, row = speaker(answer.asked.state.lang), answer.rows[CITY]
    found = []
    if answer.served is not None:
        low, high = round(answer.served.low), round(answer.served.high)
        told = f"{low}–{high}" if low != high else str(low)
        found.append(say("coverage_page.universities", count=told, total=answer.served.n))
    people = span(row["people_low"], row["people_high"])
    twice = percent(answer.overlap.value / float(row["area_km2"]))
    return [
        *found,
        say("coverage_page.residents", share=people),
        say("coverage_page.worst", distance=km(answer.distances.value)),
        say("coverage_page.twice", share=twice),
    ]


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


# Tables ----------------------------------------------------------------------------------------


def unit_table(answer: Coverage) -> pd.DataFrame:
    """Return the covered shares as read on screen: city, halves, districts, least first."""
    assert answer.units is not None
    asked, lang = answer.asked, answer.asked.state.lang
    say, units = speaker(lang), answer.units
    own = units[units["level"] == "district"]
    order = [*units.index[units["level"] != "district"], *own.sort_values(["high", "low"]).index]
    rows = []
    for unit in order:
        row = answer.rows[unit]
        district = row["level"] == "district"
        rows.append(
            {
                "unit": unit_name(asked, unit),
                "area": number(row["area_km2"]),
                "covered": span(row["low"], row["high"]),
                "drawn": percent(row["share"]),
                "people": span(row["people_low"], row["people_high"]),
                "open": _area_span(row),
                "weak": say(f"coverage.verdict.{row['weak']}") if district else "",
                "named": say(f"coverage_page.named_{'yes' if row['named'] else 'no'}")
                if district
                else "",
                "order": _unsettled(asked, str(row["unsettled"])) if district else "",
            }
        )
    return _titled(pd.DataFrame(rows).set_index("unit"), "units", lang)


def _area_span(row: dict[Any, Any]) -> str:
    return _between(*((1 - row[end]) * row["area_km2"] for end in ("high", "low")))


def _unsettled(asked: Asked, ids: str) -> str:
    say, others = speaker(asked.state.lang), [code for code in ids.split(";") if code]
    names = say("coverage_page.comma").join(unit_name(asked, code) for code in others[:3])
    if len(others) > 3:
        return say("coverage_page.unsettled_more", names=names, count=len(others))
    return names


def _titled(table: pd.DataFrame, stem: str, lang: str) -> pd.DataFrame:
    say = speaker(lang)
    titles = {name: say(f"coverage_page.{stem}.{name}") for name in table.columns}
    return table.rename(columns=titles)


def gap_table(answer: Coverage) -> pd.DataFrame:
    """Return the uncovered areas as read on screen, the largest first."""
    assert answer.gaps is not None
    asked, lang = answer.asked, answer.asked.state.lang
    rows = [
        {
            "rank": str(rank),
            "district": unit_name(asked, row["within_id"]),
            "area": number(row["area_km2"]),
            "share": percent(row["share"]),
            "doubt": _between(row["district_low_km2"], row["district_high_km2"]),
            "farthest": number(row["farthest_m"] / 1000),
            "nearest": f"{name_of(asked.sites, row['nearest_id'], lang)} "
            f"({doubt(row['nearest_doubt_m'])})",
        }
        for rank, row in answer.gaps.iterrows()
    ]
    names = ["rank", "district", "area", "share", "doubt", "farthest", "nearest"]
    return _titled(pd.DataFrame(rows, columns=names).set_index("rank"), "gaps", lang)


def _between(low: float, high: float) -> str:
    first, last = (
        count(value) if high >= 10 and value < 100 else number(value) for value in (low, high)
    )
    return f"{first}–{last}" if first != last else first


def sole_table(answer: Coverage) -> pd.DataFrame:
    """Return what is lost if one place closes, the most first; places that lose nothing stay out.

    Columns in the reader's words; at most ten rows.
    """
    assert answer.overlap is not None
    asked, lang = answer.asked, answer.asked.state.lang
    lost = answer.overlap.losses["sole_km2"]
    lost = lost[lost >= 1].sort_values(ascending=False, kind="stable").head(10)
    rows = {name_of(asked.sites, id_, lang): {"sole": number(km2)} for id_, km2 in lost.items()}
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["sole"])
    return _titled(table, "sole", lang)


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
            shape(asked.city, _reached_twice(asked), DOUBLE),
        ]
    )


def _reached_twice(asked: Asked) -> Any:
    once, twice = shapely.Polygon(), shapely.Polygon()
    for disc in discs(asked.mapped, radius_m=asked.radius_m):
        twice = twice | (once & disc)
        once = once | disc
    return twice & asked.districts.geometry.union_all()
