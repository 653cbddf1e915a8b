"""Count a city's places for a headline without counting anything twice."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.base.once import once
from geo.inventory.balance import By, not_named
from layers.language.sums import equation
from layers.pack.city import City
from layers.pack.consistency import WITHOUT_TASK, split
from layers.pack.table_schemas import NAMED_BASES
from layers.view.rows import CityKey


@dataclass(frozen=True)
class Headline:
    """Numbers of places of the plan's layers.

    Parameters
    ----------
    recorded
        All rows, whatever they are.
    mapped
        Rows that have a point.
    counted
        Rows that count as a place of their own: not a nested part, a second site, a candidate or
        context.
    named
        Counted rows that the plan speaks of by name or in a box (``clause_basis``), so neither
        later facts nor what the plan only implies.
    counted_later
        Counted rows that came after the plan was issued.
    national
        Counted rows of national level, but for those that the plan only aims at.
    later
        Rows that came after the plan was issued.
    titles
        Rows that are titles of an area, which have no point and count as no place.
    """

    recorded: int
    mapped: int
    counted: int
    named: int
    counted_later: int
    national: int
    later: int
    titles: int


def is_national(frame: pd.DataFrame) -> pd.Series:
    """Return for each place whether it is of national level, and not only striven for.

    Parameters
    ----------
    frame
        Places, columns ``level`` and ``level_basis``.

    Returns
    -------
    Series of bool
        With the frame's index.
    """
    national = frame["level"].eq("national") & frame["level_basis"].ne("aimed_at")
    return national.fillna(False).astype(bool)


def is_sought(frame: pd.DataFrame) -> pd.Series:
    """Return for each place whether the plan strives for its national level.

    Parameters
    ----------
    frame
        Places, columns ``level`` and ``level_basis``.

    Returns
    -------
    Series of bool
        With the frame's index.
    """
    sought = frame["level"].eq("national") & frame["level_basis"].eq("aimed_at")
    return sought.fillna(False).astype(bool)


def is_named(frame: pd.DataFrame) -> pd.Series:
    """Return for each place whether it counts as one that the plan names.

    Parameters
    ----------
    frame
        Places, columns ``counted``, ``plan_status`` and ``clause_basis``.

    Returns
    -------
    Series of bool
        With the frame's index.
    """
    by_name = [bool(NAMED_BASES.intersection(split(basis))) for basis in frame["clause_basis"]]
    of_plan = [status not in WITHOUT_TASK for status in frame["plan_status"]]
    named = np.array(by_name, dtype=bool) & np.array(of_plan, dtype=bool)
    return frame["counted"].astype(bool) & pd.Series(named, frame.index)


def plan_places(city: City) -> gpd.GeoDataFrame:
    """Return the places of the plan's layers in one frame, in the order of the layers.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.

    Returns
    -------
    GeoDataFrame
        EPSG:4326, indexed by id; see :class:`layers.pack.city.Layer` for its columns.

    Raises
    ------
    ValueError
        The city has no such layer.
    """
    frames = [layer.frame for layer in city.layers.values() if layer.spec.group == "plan"]
    return gpd.GeoDataFrame(pd.concat(frames), crs=frames[0].crs)


def left_out(city: City, by: By = "host") -> tuple[str, ...]:
    """Return the adcodes of the districts in which no row of the plan's layers lies.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    by
        Whether a row lies in the district that administers it (``host``) or in that of its
        ``site``.

    Returns
    -------
    tuple of str
        Whatever a reader has filtered; of a city without such layers none can be told.
    """
    return _left_out(CityKey(city, ""), by)


@once(maxsize=16)
def _left_out(key: CityKey, by: By) -> tuple[str, ...]:
    if not any(layer.spec.group == "plan" for layer in key.city.layers.values()):
        return ()
    return tuple(map(str, not_named(plan_places(key.city), key.city.districts, by=by)))


def headline(city: City) -> Headline:
    """Count the places of a city's plan layers.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.

    Returns
    -------
    Headline
        All zero for a city without such layers.
    """
    if not any(layer.spec.group == "plan" for layer in city.layers.values()):
        return Headline(0, 0, 0, 0, 0, 0, 0, 0)
    places = plan_places(city)
    later = places["plan_status"] == "later_fact"
    return Headline(
        recorded=len(places),
        mapped=int(places.geometry.notna().sum()),
        counted=int(places["counted"].sum()),
        named=int(is_named(places).sum()),
        counted_later=int((places["counted"] & later).sum()),
        national=int((places["counted"] & is_national(places)).sum()),
        later=int(later.sum()),
        titles=int(places["title_of"].notna().sum()),
    )


def of_headline(found: Headline, lang: str) -> tuple[str, ...]:
    """Return how the numbers of a city's headline belong together.

    Parameters
    ----------
    found
        Result of :func:`headline`.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    tuple of str
        Three sums: rows on the map, titles and those not mapped; rows that count, titles and
        others; those that count by whether the plan names them, came after it, or are only implied.
    """
    other = found.counted - found.named - found.counted_later
    return (
        equation(
            "recorded",
            {
                "mapped": found.mapped,
                "titles": found.titles,
                "unmapped": found.recorded - found.mapped - found.titles,
            },
            lang,
        ),
        equation(
            "recorded",
            {
                "counted": found.counted,
                "titles": found.titles,
                "uncounted": found.recorded - found.counted - found.titles,
            },
            lang,
        ),
        equation(
            "counted",
            {"named": found.named, "counted_later": found.counted_later, "implied": other},
            lang,
        ),
    )
