"""Say what is asked of reach: the radius, the places, what they should reach, and where."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import geopandas as gpd
import pandas as pd

from geo.base.arrays import Floats
from geo.base.once import once
from geo.coverage.service_area import Reach, ServiceArea, service_area
from geo.coverage.service_area import reach as reach_by_time
from layers.language.bilingual import Bilingual
from layers.pack.city import City
from layers.view.page_options import CoverageOptions
from layers.view.question import Question, rows_asked
from layers.view.rows import CityKey, without_titles
from layers.view.state import ViewState
from layers.view.totals import is_named, plan_places

UNIVERSITY: Final = "university"
NODE: Final = "corridor_node"
AXIS: Final = "axis"
OWN: Final = "own"


PRESETS_M = (3_000, 5_000, 10_000)


LINES = 25
"""Scan lines over a disc's radius, at least."""


@dataclass(frozen=True, eq=False)
class OwnPoints:
    """A reader's own points, as what should be within reach instead of places.

    Parameters
    ----------
    key
        Equal keys have the same points.
    name
        The file, its date and its filter.
    xy
        Some of the points or all, metres on the city's plane, shape (n, 2).
    total
        How many points they stand for.
    about
        What became of the file's rows, for those who take the answer away.
    narrowed
        The filter in words; None where all rows of the file count.
    arguments
        Words of a command that reads the same points.
    terms
        What the file says of each position, beside ``lon`` and ``lat``; None where that is not
        known.
    """

    key: Hashable
    name: Bilingual
    xy: Floats
    total: int
    about: Mapping[str, object]
    narrowed: Bilingual | None = None
    arguments: tuple[str, ...] = ()
    terms: pd.DataFrame | None = None

    def __eq__(self, other: object) -> bool:
        """Tell whether two stand for the same points."""
        return isinstance(other, OwnPoints) and self.key == other.key

    def __hash__(self) -> int:
        """Return what equal points have in common."""
        return hash(self.key)

    @property
    def frame(self) -> gpd.GeoDataFrame:
        """The points by id, taken to be exact; without a CRS."""
        ids = pd.Index([f"own-{k:05d}" for k in range(len(self.xy))], name="id")
        points = gpd.points_from_xy(*self.xy.T)
        return gpd.GeoDataFrame({"uncertainty_m": 0.0}, index=ids, geometry=points)


@dataclass(frozen=True)
class ReachQuestion(Question[CoverageOptions]):
    """What is asked of reach; ``own`` are the points that should be, instead of places."""

    own: OwnPoints | None = None

    @property
    def narrowed(self) -> Bilingual | None:
        """The filter of the reader's own points in words; None where there is none."""
        return None if self.own is None else self.own.narrowed


@dataclass(frozen=True, eq=False)
class Inputs:
    """What enters: sites, universities and districts on the city's plane, and the radius."""

    city: City
    options: CoverageOptions
    """Those of ``REACH``; the others are at their default."""
    sites: gpd.GeoDataFrame
    """Places measured from, mapped or not: the layers chosen, or all shown but universities."""
    campuses: gpd.GeoDataFrame
    """All universities of the pack."""
    targets: Mapping[str, gpd.GeoDataFrame]
    """By layer what should be within reach: the whole layer, whatever the filters."""
    districts: gpd.GeoDataFrame
    reach: Reach
    titles: int
    """Rows shown that are titles of an area: they are no sites, mapped or not."""
    own: OwnPoints | None = None
    """A reader's own points that should be within reach, instead of the targets: none then."""

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
def _area(given: Inputs) -> ServiceArea:
    return service_area(given.sites, radius_m=given.radius_m, within=given.districts)


REACH = ("radius_m", "minutes", "speed_kmh", "detour_percent", "sites", "targets")
"""Options that decide what is reached, and from where."""


def question(state: ViewState, own: OwnPoints | None = None) -> ReachQuestion:
    """Return what of a state decides what is reached.

    Parameters
    ----------
    state
        State of the page. Period, later, layers and filters are taken, and of the options of
        coverage those in ``REACH``; the rest decides nothing.
    own
        The reader's own points, where those are counted; targets then decide nothing.
    """
    options = only(state.coverage, *REACH)
    if own is not None:
        options = replace(options, targets=frozenset(), counted=OWN)
    return ReachQuestion(**rows_asked(state), options=options, own=own)


def only(options: CoverageOptions, *names: str) -> CoverageOptions:
    """Return options in which all but the named ones are at their default.

    Parameters
    ----------
    options
        Options of the coverage page; not changed.
    *names
        Fields whose values are kept.
    """
    return CoverageOptions(**{name: getattr(options, name) for name in names})


def reach_of(options: CoverageOptions) -> Reach:
    """Return the radius asked for: typed, or from a time with its stated assumptions.

    Parameters
    ----------
    options
        ``radius_m`` counts where ``minutes`` is 0; else ``minutes``, ``speed_kmh`` and
        ``detour_percent``.

    Returns
    -------
    Reach
        Radius in metres, the key of its name, and the assumptions behind it.
    """
    if not options.minutes:
        return Reach(float(options.radius_m), "coverage.straight_line", {})
    return reach_by_time(
        minutes=options.minutes,
        speed_kmh=options.speed_kmh,
        detour_factor=options.detour_percent / 100,
    )


def site_layers(state: ViewState) -> frozenset[str]:
    """Return the layers that are measured from: those named, else all that are on but universities.

    Parameters
    ----------
    state
        The layers that are on, and the option ``sites``.
    """
    return state.coverage.sites or state.layers - {UNIVERSITY}


def drawn_layers(city: City, state: ViewState) -> frozenset[str]:
    """Return the layers that the map shows: those asked about, where some were named.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    state
        The layers that are on, and the options ``sites`` and ``targets``.

    Returns
    -------
    frozenset
        Ids. Where sites or targets are named, both, and the layers on that hold no places; without
        named sites, the layers of places that are on, but universities, stand for them. Else all
        layers that are on. The belt is drawn where its nodes are named.
    """
    options = state.coverage
    on = state.layers if NODE in options.sites else state.layers - {AXIS}
    if not options.sites and not options.targets:
        return on
    places = {id_ for id_, layer in city.layers.items() if layer.spec.is_places}
    sites = options.sites or (state.layers & places) - {UNIVERSITY}
    return frozenset((on - places) | sites | options.targets)


def inputs(city: City, asked: Question[CoverageOptions]) -> Inputs:
    """Return what enters an analysis of reach; gathered once for all that measure the same.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    asked
        Layers, filters and period decide which places enter; the options the radius.
    """
    own: OwnPoints | None = getattr(asked, "own", None)
    rows = {**rows_asked(asked), "options": only(asked.options, *REACH)}
    return _inputs(CityKey(city, ""), ReachQuestion(**rows, own=own))


@once(maxsize=8)
def _inputs(key: CityKey, asked: ReachQuestion) -> Inputs:
    city, options = key.city, asked.options
    shown = replace(asked, layers=options.sites or asked.layers).view(city).places
    places = without_titles(shown)
    apart = frozenset() if options.sites else frozenset({UNIVERSITY})
    sites = places[~places["kind"].isin(apart).to_numpy(dtype=bool)]
    layers = city.layers.items()
    whole = {
        id_: _plane(city, without_titles(layer.frame))
        for id_, layer in layers
        if layer.spec.is_places
    }
    wanted = options.targets or ({UNIVERSITY} & whole.keys())
    if asked.own is not None:
        wanted = frozenset()
    return Inputs(
        city,
        options,
        _plane(city, sites),
        whole[UNIVERSITY] if UNIVERSITY in whole else _plane(city, places.iloc[:0]),
        {id_: frame for id_, frame in whole.items() if id_ in wanted},
        city.districts.to_crs(city.metric_epsg),
        reach_of(options),
        len(shown) - len(places),
        asked.own,
    )


def _plane(city: City, frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(frame, crs=4326).to_crs(city.metric_epsg)


def named_districts(city: City) -> frozenset[str]:
    """Return the districts in which the plan's text names a place.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.

    Returns
    -------
    frozenset
        Adcodes; none where the pack has no layer of the plan.
    """
    if not any(layer.spec.group == "plan" for layer in city.layers.values()):
        return frozenset()
    places = plan_places(city)
    named = places[is_named(places).to_numpy(dtype=bool)]
    return frozenset(str(code) for code in named["host_adcode"].dropna())
