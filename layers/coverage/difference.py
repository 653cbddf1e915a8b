"""Set two scenarios against each other in words, on a map, in a table and in files."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import pandas as pd

from geo.base.once import once
from geo.coverage.difference import BOTH, ONLY_FIRST, ONLY_SECOND, PARTS, Difference, difference
from geo.coverage.scenario import Scenario
from layers.coverage.drawing import INK, shape
from layers.coverage.measure import line_step
from layers.coverage.question import Inputs
from layers.coverage.scenario_change import SMALLEST_KM2, edit_words
from layers.language.messages import speaker
from layers.language.values import interval, number, unit
from layers.map.overlay import Drawing, Shapes
from layers.map.symbols import CASING

LOOKS: Final[Mapping[str, Mapping[str, Any]]] = {
    BOTH: {"line": INK, "fill": INK, "opacity": 0.3, "weight": 0.8},
    ONLY_FIRST: {"line": "#4B2C7A", "fill": "#4B2C7A", "opacity": 0.72, "weight": 1.4},
    ONLY_SECOND: {
        **{"line": "#9A4F00", "fill": "#D9822B", "opacity": 0.75, "weight": 1.6},
        "dash": "5 4",
    },
}
"""How each part is drawn, from the ground up: one dark, one light with a dashed edge."""
DOT_PX: Final = 4.5
"""Radius of the dot of a changed site: the areas are the subject."""


@dataclass(frozen=True, eq=False)
class Versus:
    """Two scenarios, and what tells them apart."""

    inputs: Inputs
    first: Scenario
    second: Scenario
    found: Difference


@once(maxsize=8)
def versus(given: Inputs, first: Scenario, second: Scenario, draws: int) -> Versus:
    """Set one scenario against another; measured once while both stay as they are.

    Parameters
    ----------
    given
        What enters, as :func:`layers.coverage.question.inputs` gathers it.
    first, second
        Every site that they move or close is among the sites of ``given``.
    draws
        Draws of the locations behind every figure, 500 or more; 0 for places as drawn.

    Raises
    ------
    DataError
        A change is to a site that is not among those shown.
    """
    found = difference(
        given.sites,
        first,
        second,
        given.districts,
        radius_m=given.radius_m,
        points=given.universities if len(given.universities) else None,
        draws=draws,
        step_m=line_step(given.radius_m),
    )
    return Versus(given, first, second, found)


def said(pair: Versus, lang: str) -> tuple[str, ...]:
    """Return what tells two scenarios apart: in km², in campuses, and what the figures rest on.

    Parameters
    ----------
    pair
        As :func:`versus` returns it.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    tuple
        Sentences; that on campuses is left out where there is none to count.
    """
    say, rows = speaker(lang), _rows(pair)
    more, less = (_most(rows[part]) >= SMALLEST_KM2 for part in (ONLY_FIRST, ONLY_SECOND))
    key = {(True, True): "both_ways", (True, False): "more", (False, True): "less"}
    told = {
        "first": pair.first.name,
        "second": pair.second.name,
        "more": _km2(rows[ONLY_FIRST], lang),
        "less": _km2(rows[ONLY_SECOND], lang),
    }
    first = say(f"difference.{key.get((more, less), 'same')}", **told)
    basis = say("difference.interval" if pair.found.parameters["draws"] else "difference.drawn")
    if not _counts(rows[BOTH]):
        return first, basis
    told |= {part: _counts(rows[part]) for part in PARTS}
    alike = told[ONLY_FIRST] == told[ONLY_SECOND] == "0"
    return first, say(f"difference.{'campuses_alike' if alike else 'campuses'}", **told), basis


def _rows(pair: Versus) -> dict[str, dict[Any, float]]:
    return {str(part): row for part, row in pair.found.table.to_dict("index").items()}


def _is_told(row: dict[Any, float], name: str) -> bool:
    return not math.isnan(row[name])


def _most(row: dict[Any, float]) -> float:
    return row["high_km2"] if _is_told(row, "high_km2") else row["area_km2"]


def _km2(row: dict[Any, float], lang: str) -> str:
    """Return the area of a part: as interval, or as drawn where nothing was drawn by lot."""
    km2 = unit("km2", lang)
    if not _is_told(row, "low_km2"):
        return number(row["area_km2"], km2)
    return interval(row["low_km2"], row["high_km2"], km2)


def _counts(row: dict[Any, float]) -> str:
    """Return how many campuses a part holds, as :func:`_km2`; empty where none were counted."""
    if not _is_told(row, "points_reached"):
        return ""
    drawn_by_lot = _is_told(row, "points_low")
    names = ("points_low", "points_high") if drawn_by_lot else ("points_reached",)
    return "–".join(dict.fromkeys(f"{row[name]:.0f}" for name in names))


def legend(pair: Versus, lang: str) -> tuple[tuple[Mapping[str, Any], str], ...]:
    """Return look and words of what the map shows: the three parts, and dots of changed sites.

    Parameters
    ----------
    pair
        As :func:`versus` returns it.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    tuple
        Of a part its name, its km² and, where they were counted, its campuses. Dots that are not
        drawn are left out.
    """
    say, rows, signs = speaker(lang), _rows(pair), []
    for part in PARTS:
        count = _counts(rows[part])
        key = "legend_counted" if count else "legend"
        name = _name(pair, part, lang)
        words = say(f"difference.{key}", part=name, area=_km2(rows[part], lang), count=count)
        signs.append((LOOKS[part], words))
    closed = {edit.action == "close" for edit in (*pair.first.edits, *pair.second.edits)}
    for shut in sorted(closed):
        name = "closed" if shut else "changed"
        dot = {**_dot(INK, closed=shut), "opacity": 1.0, "dot": True}
        signs.append((dot, say(f"scenario_page.legend_{name}")))
    return tuple(signs)


def _dot(colour: str, *, closed: bool) -> dict[str, Any]:
    """Return the colours of the dot of a changed site: hollow where it closes."""
    return {"line": colour, "fill": CASING} if closed else {"line": CASING, "fill": colour}


def _name(pair: Versus, part: str, lang: str) -> str:
    whose = {ONLY_FIRST: pair.first.name, ONLY_SECOND: pair.second.name}
    key = "difference.only" if part in whose else "difference.both"
    return speaker(lang)(key, name=whose.get(part, ""))


def draw_versus(pair: Versus, lang: str) -> Drawing:
    """Return the three areas, and the sites that the two scenarios have changed.

    Parameters
    ----------
    pair
        As :func:`versus` returns it.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    Drawing
        A site's dot has the colour of the scenario that changes it, or the ink where both do so
        alike; it is hollow where the site closes.
    """
    city, areas = pair.inputs.city, pair.found.areas
    drawn = [(areas[part], look) for part, look in LOOKS.items()]
    shapes = [shape(city, area, look) for area, look in drawn if not area.is_empty]
    return Drawing(shapes=[*shapes, *_dots(pair, lang)])


def _dots(pair: Versus, lang: str) -> Iterator[Shapes]:
    """Yield the sites that were changed, each with whose change it is and what."""
    alike = {*pair.first.edits} & {*pair.second.edits}
    whose = {
        str(LOOKS[ONLY_FIRST]["line"]): (pair.first.name, {*pair.first.edits} - alike),
        str(LOOKS[ONLY_SECOND]["line"]): (pair.second.name, {*pair.second.edits} - alike),
        INK: (speaker(lang)("difference.in_both"), alike),
    }
    for colour, (name, edits) in whose.items():
        for closed in (False, True):
            own = sorted((e for e in edits if (e.action == "close") == closed), key=lambda e: e.id)
            told = [f"{name} · {edit_words(pair.inputs, edit, lang)}" for edit in own]
            points = [edit.point or _place(pair.inputs, edit.id) for edit in own]
            frame = gpd.GeoDataFrame({"told": told}, geometry=points, crs=4326)
            frame = frame[frame.geometry.notna()]
            if len(frame):
                look = _dot(colour, closed=closed)
                yield Shapes(frame, **look, opacity=1.0, name="told", radius=DOT_PX)


def _place(given: Inputs, id_: str) -> Any:
    """Return where a site of the pack stands, degrees; None where it has no point."""
    return given.mapped.geometry.reindex([id_]).to_crs(4326).iloc[0]


def difference_table(pair: Versus, lang: str) -> pd.DataFrame:
    """Return the three parts with their area and campuses.

    Parameters
    ----------
    pair
        As :func:`versus` returns it.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    DataFrame
        By name of the part. Columns in words: km², as interval where it was drawn by lot, and how
        many campuses.
    """
    say, rows = speaker(lang), _rows(pair)
    told = {
        _name(pair, part, lang): {"area": _km2(rows[part], lang), "count": _counts(rows[part])}
        for part in PARTS
    }
    table = pd.DataFrame.from_dict(told, orient="index")
    return table.rename(columns={name: say(f"difference.{name}") for name in table.columns})


def difference_areas(pair: Versus) -> gpd.GeoDataFrame:
    """Return the three areas with their figures, for a GIS.

    Parameters
    ----------
    pair
        As :func:`versus` returns it.

    Returns
    -------
    GeoDataFrame
        On the city's plane; the names of both scenarios, ``part``, and the columns of
        :class:`geo.coverage.difference.Difference`. What is empty stays out.
    """
    table = pair.found.table.reset_index()
    table.insert(0, "first", pair.first.name)
    table.insert(1, "second", pair.second.name)
    table.index = pd.Index([f"part-{number}" for number in range(1, len(table) + 1)], name="id")
    shapes = [pair.found.areas[part] for part in table["part"]]
    found = gpd.GeoDataFrame(table, geometry=shapes, crs=pair.inputs.sites.crs)
    return found[~found.geometry.is_empty]
