"""Measure the places of a view along an axis of the pack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import LineString

from geo.base.errors import DataError
from geo.base.once import once
from geo.base.points import located
from geo.corridor.network import centrality
from geo.corridor.places import Corridor, corridor
from geo.corridor.stretches import owners
from layers.language.bilingual import Bilingual
from layers.pack.city import City
from layers.view.page_options import CorridorOptions
from layers.view.question import Question, Refusal, rows_asked
from layers.view.rows import CityKey, without_titles
from layers.view.state import ViewState
from layers.view.vague import is_vague, only_near

PROVINCE: Final = "province"
"""Role of the land around the city that is known by unit."""


@dataclass(frozen=True, eq=False)
class CorridorAnswer:
    """Places along one axis, whose ground it crosses, and what links them.

    Parameters
    ----------
    city, question
        What was asked.
    axis_id
        Id of the axis in the pack.
    places
        The places asked for on the city's plane, those known no closer than to their district
        without a point; titles of an area are none of them.
    found
        Where they lie along the axis.
    areas
        Names of the land that it crosses, by id: ``name_zh``, ``name_en``, ``own`` (whether it is
        of the city), ``city_zh``, ``city_en`` (the city that it belongs to).
    stretches
        Whose ground it crosses, see :func:`geo.corridor.stretches.owners`.
    links
        Links of the pack between two of the places, mapped or not; columns in
        ``layers.pack.table_schemas.NODE_LINKS``.
    nodes
        Places with a link: ``degree``, ``betweenness``.
    """

    city: City
    question: Question[CorridorOptions]
    axis_id: str
    places: gpd.GeoDataFrame
    found: Corridor
    areas: pd.DataFrame
    stretches: pd.DataFrame
    links: pd.DataFrame
    nodes: pd.DataFrame

    @property
    def axis_name(self) -> Bilingual:
        """What the pack calls the axis."""
        return axis_name(self.city, self.axis_id)

    @property
    def vague(self) -> gpd.GeoDataFrame:
        """Places known no closer than to their district."""
        return self.places[is_vague(self.places)]

    @property
    def unmapped(self) -> gpd.GeoDataFrame:
        """Places whose site is not known."""
        return self.places[self.places.geometry.isna() & ~is_vague(self.places)]


def places_shown(answer: CorridorAnswer) -> gpd.GeoDataFrame:
    """Return the places asked for with the point that each has, however unsure.

    Parameters
    ----------
    answer
        As :func:`measure` returns it, not a refusal.
    """
    return without_titles(answer.question.view(answer.city).places)


def axes(city: City) -> tuple[str, ...]:
    """Return the ids of the axes of a pack: its belt first, then in the order of their ids.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    """
    if "axis" not in city.layers:
        return ()
    belt = city.locator.belt if city.locator else ""
    ids = [str(id_) for id_ in city.layers["axis"].frame.index]
    return tuple(sorted(ids, key=lambda id_: (id_ != belt, id_)))


def axis_name(city: City, axis_id: str) -> Bilingual:
    """Return what a pack calls an axis.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    axis_id
        One of :func:`axes`.
    """
    row = city.layers["axis"].frame.loc[axis_id]
    return Bilingual(str(row["name_zh"]), str(row["name_en"]))


def question(state: ViewState) -> Question[CorridorOptions]:
    """Return what of a state decides the answer.

    Parameters
    ----------
    state
        State of the page. Period, later, layers, filters and the options of the corridor are taken.
    """
    return Question(**rows_asked(state), options=state.corridor)


def measure(city: City, asked: Question[CorridorOptions]) -> CorridorAnswer | Refusal:
    """Measure the places that are asked for along the axis; refuse where there is none.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    asked
        Which places enter, along which axis, and up to which distance.
    """
    known = axes(city)
    if not known:
        return Refusal(city=city, question=asked, reason="corridor_page.no_axis")
    axis_id = asked.options.axis if asked.options.axis in known else known[0]
    shown = without_titles(asked.view(city).places)
    plane = gpd.GeoDataFrame(shown, crs=4326).to_crs(city.metric_epsg)
    places = only_near(plane)
    line = city.layers["axis"].frame.geometry.loc[[axis_id]].to_crs(city.metric_epsg)
    try:
        found = corridor(places, line, within_m=1000.0 * asked.options.within_km)
    except DataError as error:
        if error.key != "corridor.axis":
            raise
        name = axis_name(city, axis_id)
        told = {"name_zh": name.zh, "name_en": name.en}
        return Refusal(city=city, question=asked, reason="corridor_page.no_line", parameters=told)
    areas = _areas(CityKey(city, ""))
    links = _links(city, places)
    pairs = [(str(a), str(b)) for a, b in zip(links["from_id"], links["to_id"], strict=True)]
    return CorridorAnswer(
        city=city,
        question=asked,
        axis_id=str(axis_id),
        places=places,
        found=found,
        areas=pd.DataFrame(areas.drop(columns="geometry")),
        stretches=owners(found.axis, areas.geometry),
        links=links,
        nodes=centrality(pairs, set(map(str, places.index))),
    )


@once(maxsize=2)
def _areas(key: CityKey) -> gpd.GeoDataFrame:
    """Return the land that an axis may cross, on the city's plane: districts, then neighbours."""
    city = key.city
    land = city.base["land"]
    around = land[(land["role"] == PROVINCE).to_numpy(dtype=bool)]
    parts = [
        frame[["name_zh", "name_en", "geometry"]].assign(own=own)
        for frame, own in ((city.districts, True), (around, False))
    ]
    areas = gpd.GeoDataFrame(pd.concat(parts), crs=4326).to_crs(city.metric_epsg)
    cities = [
        city.name if own else _neighbour(city, str(id_), Bilingual(str(zh), str(en)))
        for id_, own, zh, en in zip(
            areas.index, areas["own"], areas["name_zh"], areas["name_en"], strict=True
        )
    ]
    return areas.assign(city_zh=[each.zh for each in cities], city_en=[each.en for each in cities])


def _neighbour(city: City, id_: str, own_name: Bilingual) -> Bilingual:
    """Return the city that land around belongs to, as the pack says; else the land's own name."""
    for n in range(len(id_), 0, -1):
        if found := city.words.get(f"neighbour.{id_[:n]}"):
            return found
    return own_name


def _links(city: City, places: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the links both of whose ends are among the places."""
    links = city.node_links
    ends = [links[name].isin(places.index) for name in ("from_id", "to_id")]
    return links[(ends[0] & ends[1]).to_numpy(dtype=bool)]


def cities_along(answer: CorridorAnswer) -> pd.DataFrame:
    """Return the cities along the axis, in its order, with the places near each stretch.

    Parameters
    ----------
    answer
        As :func:`measure` returns it, not a refusal.

    Returns
    -------
    DataFrame
        ``from_m``, ``to_m``, ``length_m``, ``city_zh``, ``city_en`` (None where the pack knows no
        unit), ``own``, ``n``: places within the distance whose chainage lies there.
    """
    rows: list[dict[str, object]] = []
    for piece in answer.stretches.itertuples():
        area = answer.areas.loc[str(piece.area)] if piece.area else None
        names = [None if area is None else area[f"city_{lang}"] for lang in ("zh", "en")]
        if rows and rows[-1]["city_zh"] == names[0]:
            rows[-1]["to_m"] = piece.to_m
            continue
        own = area is not None and bool(area["own"])
        rows.append(
            {
                "from_m": piece.from_m,
                "to_m": piece.to_m,
                "city_zh": names[0],
                "city_en": names[1],
                "own": own,
            }
        )
    table = pd.DataFrame(rows)
    limits = np.append(table["from_m"].to_numpy(dtype=float), answer.found.axis.length_m)
    at = answer.found.near["chainage_m"].to_numpy(dtype=float)
    holds = np.clip(np.searchsorted(limits, at, side="right") - 1, 0, len(table) - 1)
    return table.assign(
        length_m=table["to_m"] - table["from_m"], n=np.bincount(holds, minlength=len(table))
    )


def near_places(answer: CorridorAnswer) -> gpd.GeoDataFrame:
    """Return the places within the distance with what was measured, in the order of the axis.

    Parameters
    ----------
    answer
        As :func:`measure` returns it, not a refusal.
    """
    near = answer.found.near
    return gpd.GeoDataFrame(answer.places.loc[near.index].join(near))


def link_lines(answer: CorridorAnswer) -> gpd.GeoDataFrame:
    """Return the links as lines between the two places, on the city's plane.

    Parameters
    ----------
    answer
        As :func:`measure` returns it, not a refusal.

    Returns
    -------
    GeoDataFrame
        By ``id`` (``link-`` and the row of the link), in the order of the pack; links with an end
        that has no point stay out.
    """
    there = located(answer.places, argument="places")
    points = dict(zip(map(str, there.frame.index), there.frame.geometry, strict=True))
    links = answer.links
    drawn = links[(links["from_id"].isin(points) & links["to_id"].isin(points)).to_numpy(bool)]
    lines = [
        LineString([points[str(a)], points[str(b)]])
        for a, b in zip(drawn["from_id"], drawn["to_id"], strict=True)
    ]
    index = pd.Index([f"link-{row}" for row in drawn.index], name="id")
    table = pd.DataFrame(drawn.set_index(index))
    return gpd.GeoDataFrame(table, geometry=lines, crs=answer.city.metric_epsg)
