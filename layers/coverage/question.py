"""Say what is asked of reach: the radius, the places, what they should reach, and where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import geopandas as gpd
import pandas as pd

from geo.base.once import once
from geo.coverage.service_area import Reach, ServiceArea, service_area
from geo.coverage.service_area import reach as reach_by_time
from layers.pack.city import City
from layers.view.page_options import CoverageOptions
from layers.view.rows import look
from layers.view.state import Lang, ViewState
from layers.view.totals import is_named, plan_places

UNIVERSITY = "university"


PRESETS_M = (3_000, 5_000, 10_000)


LINES = 100
"""Scan lines over a disc's radius, at least."""


CHANGES_NOTHING = (
    "lang", "camera", "selected", "present", "district", "compare", "density", "points",
)  # fmt: skip
"""Fields of the state that no answer of this page depends on."""


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


def named_districts(city: City) -> frozenset[str]:
    """Return the districts in which the plan's text names a place."""
    if not any(layer.spec.group == "plan" for layer in city.layers.values()):
        return frozenset()
    places = plan_places(city)
    named = places[is_named(places).to_numpy(dtype=bool)]
    return frozenset(str(code) for code in named["host_adcode"].dropna())
