"""Say what a state shows: which places, how many of how many, and in which words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.base.arrays import Flags
from geo.base.once import once
from layers.pack.catalogue import (
    CATALOG,
    FILTER_VALUES,
    LOCATION_CLASSES,
    OUTSIDE,
    PERIOD_STATUSES,
    STRIVEN,
)
from layers.pack.city import City
from layers.view.state import ViewState

ORDERS: Mapping[str, tuple[str, ...]] = FILTER_VALUES
"""Order in which the values of a filter are offered."""


@dataclass(frozen=True)
class Count:
    """Rows of one layer: ``shown`` match the filters, ``mapped`` of them have a point.

    ``titles`` of them are titles of an area, which have none.
    """

    shown: int
    mapped: int
    total: int
    titles: int = 0


@dataclass(frozen=True)
class Stack:
    """Two or more shown places at one point (degrees WGS 84, equal to 5 digits).

    Parameters
    ----------
    lon, lat
        The point.
    ids
        The places in the order of the view.
    worst_class
        Location class of the least certain of them.
    """

    lon: float
    lat: float
    ids: tuple[str, ...]
    worst_class: str


@dataclass(frozen=True)
class AllPlaces:
    """All places of a city in one frame, with its columns ready for masks."""

    frame: gpd.GeoDataFrame
    values: Mapping[str, tuple[str, ...]]
    """By filter column, the text of each row, blank where it has none; of the level as filtered."""
    districts: tuple[frozenset[str], ...]
    """By row, the adcodes of administration and site, ``outside`` for those beyond the city."""
    drawable: Flags
    titles: Flags
    """Which rows are a title of a district or of the city: they stand nowhere and are not drawn."""
    points: tuple[tuple[float, float], ...]
    """By row, longitude and latitude to 5 digits; a pair of NaN where nothing is drawn."""


class CityKey:
    """Stand for a city in a cache: frames have no hash, so the object itself is the key."""

    def __init__(self, city: City, lang: str) -> None:
        self.city, self.lang = city, lang

    def __hash__(self) -> int:
        return hash((self.city.digest, self.lang))

    def __eq__(self, other: object) -> bool:
        same = isinstance(other, CityKey) and self.city is other.city
        return same and self.lang == other.lang  # type: ignore[attr-defined]


def name_key(name_zh: str, name_en: str, lang: str) -> tuple[bytes, str]:
    """Return the key that sorts names as a reader of ``lang`` expects.

    GB 18030 keeps the order of GB 2312, whose common characters stand in order of pinyin.

    Parameters
    ----------
    name_zh, name_en
        The name in both languages; in English the Chinese one does not count.
    lang
        Language of the reader, ``zh`` or ``en``.

    Returns
    -------
    tuple
        Upper and lower case of the English name do not count.
    """
    first = name_zh.encode("gb18030", "replace") if lang == "zh" else b""
    return first, name_en.casefold()


def gather(city: City, lang: str = "zh") -> AllPlaces:
    """Return all places of ``city``, by layer in the catalogue's order, then by name.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    lang
        Language whose names give the order.

    Returns
    -------
    AllPlaces
        Computed once per city and language.
    """
    return _gather(CityKey(city, lang))


@once(maxsize=16)
def _gather(key: CityKey) -> AllPlaces:
    frame = _sorted_places(key.city, key.lang)
    drawable = _drawable(frame)
    columns = (*ORDERS, "kind")
    return AllPlaces(
        frame=frame,
        values=MappingProxyType(
            {name: _texts(frame, name) for name in columns} | {"level": _levels(frame)}
        ),
        districts=_district_sets(frame, key.city),
        drawable=drawable,
        titles=np.array([bool(area) for area in _texts(frame, "title_of")], dtype=bool),
        points=tuple(
            (round(point.x, 5) + 0.0, round(point.y, 5) + 0.0) if drawn else (np.nan, np.nan)
            for point, drawn in zip(frame.geometry, drawable, strict=True)
        ),
    )


def _sorted_places(city: City, lang: str) -> gpd.GeoDataFrame:
    frames = []
    for layer in city.layers.values():
        if layer.spec.is_places and len(layer.frame):
            rows = layer.frame
            keys = [
                (*name_key(str(zh), str(en), lang), str(id_))
                for zh, en, id_ in zip(rows["name_zh"], rows["name_en"], rows.index, strict=True)
            ]
            frames.append(rows.iloc[sorted(range(len(rows)), key=keys.__getitem__)])
    if not frames:
        columns = CATALOG["platform"].schema.names[1:]
        return gpd.GeoDataFrame(columns=list(columns), geometry=[], crs="EPSG:4326")
    return gpd.GeoDataFrame(pd.concat(frames), crs="EPSG:4326")


def _texts(frame: pd.DataFrame, column: str) -> tuple[str, ...]:
    if column not in frame.columns:
        return ("",) * len(frame)
    return tuple("" if pd.isna(value) else str(value) for value in frame[column])


def _levels(frame: pd.DataFrame) -> tuple[str, ...]:
    """Return the levels as a reader filters by them: a national one is held or striven for."""
    pairs = zip(_texts(frame, "level"), _texts(frame, "level_basis"), strict=True)
    return tuple(STRIVEN if pair == ("national", "aimed_at") else pair[0] for pair in pairs)


def _drawable(frame: gpd.GeoDataFrame) -> Flags:
    """Tell which rows have a point that may be drawn; class ``none`` never is."""
    points = frame.geometry.geom_type.eq("Point") & ~frame.geometry.is_empty
    placed = np.array([value != "none" for value in _texts(frame, "location_class")], dtype=bool)
    return np.asarray(points.to_numpy(dtype=bool) & placed)


def without_titles(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the rows that are places: a title of a district or of the city is none.

    Parameters
    ----------
    frame
        Rows of place layers.
    """
    titles = [bool(area) for area in _texts(frame, "title_of")]
    return frame[~np.array(titles, dtype=bool)]


def _district_sets(frame: gpd.GeoDataFrame, city: City) -> tuple[frozenset[str], ...]:
    known = frozenset(str(code) for code in city.districts.index)
    sides = [
        [
            _district(code, name, known)
            for code, name in zip(
                _texts(frame, f"{side}_adcode"), _texts(frame, f"{side}_name_zh"), strict=True
            )
        ]
        for side in ("host", "site")
    ]
    return tuple(frozenset(filter(None, pair)) for pair in zip(*sides, strict=True))


def _district(code: str, name: str, known: frozenset[str]) -> str:
    """Return the adcode, ``outside`` for a named place beyond the city, blank where unknown."""
    if code in known:
        return code
    return OUTSIDE if code or name else ""


def _within(values: Iterable[str], chosen: frozenset[str]) -> Flags:
    return np.fromiter((value in chosen for value in values), dtype=bool)


def _matches(rows: AllPlaces, state: ViewState, *, ignoring: str = "") -> Flags:
    """Tell which rows pass the period and all filters but ``ignoring``; layers are left aside."""
    statuses = PERIOD_STATUSES[state.period] | ({"later_fact"} if state.later else set())
    # Places that the plan does not speak of (universities) have no status and stand in any period.
    mask = _within(rows.values["plan_status"], frozenset(statuses | {""}))
    for name in ORDERS:
        chosen = state.filters.of(name)
        if chosen and name != ignoring:
            mask &= _within(rows.values[name], chosen)
    chosen = state.filters.district
    if chosen and ignoring != "district":
        mask &= np.fromiter((bool(codes & chosen) for codes in rows.districts), dtype=bool)
    return mask


@dataclass(frozen=True, eq=False)
class View:
    """What one state shows of one city. Frames are read-only by agreement."""

    city: City
    state: ViewState
    places: gpd.GeoDataFrame
    """Matching rows of all place layers that are on, mapped or not, by layer, then by name."""
    stacks: tuple[Stack, ...]
    """Points with more than one shown place, in the order of their first place."""
    counts: Mapping[str, Count]
    """By layer id; for a layer that is off, what it would show."""
    total: int
    """Rows of the plan's layers, whatever is shown; context layers are counted apart."""
    gaps: pd.DataFrame
    """What the plan counts and the source does not name, for the layers that are on."""
    rows: AllPlaces = field(repr=False)
    mask: Flags = field(repr=False)
    """Which of ``rows`` are the places shown."""

    @cached_property
    def mapped(self) -> gpd.GeoDataFrame:
        """Shown places that have a point."""
        return self.places[self.rows.drawable[self.mask]]

    @cached_property
    def unmapped(self) -> gpd.GeoDataFrame:
        """Shown places whose site is not known; with ``mapped`` and ``titles``, all of them."""
        return self.places[~(self.rows.drawable | self.rows.titles)[self.mask]]

    @cached_property
    def titles(self) -> gpd.GeoDataFrame:
        """Shown rows that are titles of an area: counted and listed, and never drawn."""
        return self.places[(self.rows.titles & ~self.rows.drawable)[self.mask]]

    def layer(self, id_: str) -> gpd.GeoDataFrame:
        """Return the shown rows of one layer; of a layer that is off, none.

        Parameters
        ----------
        id_
            Id of a layer of the city, of places or not.

        Returns
        -------
        GeoDataFrame
            EPSG:4326, indexed by id; places in the order of the view.

        Raises
        ------
        KeyError
            The city has no such layer.
        """
        layer = self.city.layers[id_]
        if layer.spec.is_places:
            return self.places[(self.places["kind"] == id_).to_numpy(dtype=bool)]
        return layer.frame if id_ in self.state.layers else layer.frame.iloc[:0]

    def options(self, name: str) -> dict[str, int]:
        """Return the values that a filter may take here, with the places each would show.

        Parameters
        ----------
        name
            A column of :class:`~layers.view.state.Filters`.

        Returns
        -------
        dict
            Value to count, ignoring the filter's own choice, in the catalogue's order
            (adcodes ascending, ``outside`` last). Values without a place are left out,
            unless they are chosen.
        """
        mask = _matches(self.rows, self.state, ignoring=name) & _on(self.rows, self.state)
        counts: defaultdict[str, int] = defaultdict(int)
        for row in np.flatnonzero(mask):
            own = self.rows.districts[row] if name == "district" else {self.rows.values[name][row]}
            for value in own - {""}:
                counts[value] += 1
        order = order_of(self.city, name)
        chosen = self.state.filters.of(name)
        return {value: counts[value] for value in order if counts[value] or value in chosen}


def order_of(city: City, name: str) -> tuple[str, ...]:
    """Return the values of a filter in the order of its list.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    name
        A column of :class:`~layers.view.state.Filters`.

    Returns
    -------
    tuple of str
        All values of the filter, also those that no place has.
    """
    if name == "district":
        return (*sorted(str(code) for code in city.districts.index), OUTSIDE)
    return ORDERS[name]


def _on(rows: AllPlaces, state: ViewState) -> Flags:
    return _within(rows.values["kind"], state.layers)


def rows_in_view(city: City, state: ViewState) -> View:
    """Return what ``state`` shows of ``city``.

    Filters of different columns must all hold, values of one column are alternatives; the
    frame's own layers (districts, axis) are switched but not filtered.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    state
        A valid state of that city.

    Returns
    -------
    View
        Places, stacks, counts and gaps that belong together.
    """
    rows = gather(city, state.lang)
    matching = _matches(rows, state)
    mask = matching & _on(rows, state)
    return View(
        city=city,
        state=state,
        places=rows.frame[mask],
        stacks=_stacks(rows, mask),
        counts=MappingProxyType(_counts(city, rows, matching)),
        total=sum(len(x.frame) for x in city.layers.values() if x.spec.group == "plan"),
        gaps=_gaps(city, state),
        rows=rows,
        mask=mask,
    )


def only(view: View, ids: Collection[str]) -> View:
    """Return a view of some of its places alone.

    Parameters
    ----------
    view
        What is shown; it is not changed.
    ids
        Ids of the places that stay.
    """
    mask = view.mask & view.rows.frame.index.isin(list(ids))
    places = view.rows.frame[mask]
    return replace(view, places=places, stacks=_stacks(view.rows, mask), mask=mask)


def _counts(city: City, rows: AllPlaces, matching: Flags) -> dict[str, Count]:
    counts = {}
    for id_, layer in city.layers.items():
        total = len(layer.frame)
        counts[id_] = Count(total, total, total)
        if layer.spec.is_places:
            own = matching & _within(rows.values["kind"], frozenset({id_}))
            sizes = (int((own & flags).sum()) for flags in (rows.drawable, rows.titles))
            mapped, titles = sizes
            counts[id_] = Count(int(own.sum()), mapped, total, titles)
    return counts


def _stacks(rows: AllPlaces, mask: Flags) -> tuple[Stack, ...]:
    """Group shown places by point, whatever their kind."""
    at: defaultdict[tuple[float, float], list[int]] = defaultdict(list)
    for row in np.flatnonzero(mask & rows.drawable):
        at[rows.points[row]].append(int(row))
    ids = rows.frame.index
    return tuple(
        Stack(lon, lat, tuple(str(ids[row]) for row in members), _worst(rows, members))
        for (lon, lat), members in at.items()
        if len(members) > 1
    )


def _worst(rows: AllPlaces, members: list[int]) -> str:
    classes = [rows.values["location_class"][row] for row in members]
    return max(classes, key=LOCATION_CLASSES.index)


def _gaps(city: City, state: ViewState) -> pd.DataFrame:
    gaps = city.plan.gaps
    return gaps[_within(gaps["layer"], state.layers)]


def size_of(rows: AllPlaces, state: ViewState) -> int:
    """Return how many rows a state shows.

    Parameters
    ----------
    rows
        The city's places, as :func:`gather` returns them.
    state
        What the reader has asked for.
    """
    return int((_matches(rows, state) & _on(rows, state)).sum())
