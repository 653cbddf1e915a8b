"""Set several radii and several kinds of places side by side: what each covers, how surely."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.base.once import once
from geo.coverage.service_area import CITY, Reach, service_area
from geo.coverage.simulation import resolution, simulate_share
from layers.coverage.drawing import INK, UNREACHED, shape
from layers.coverage.measure import Coverage, line_step
from layers.coverage.question import PRESETS_M, Asked, reach_of
from layers.coverage.wording import km, span
from layers.language.messages import speaker
from layers.map.overlay import Drawing
from layers.view.page_options import CoverageOptions

MINUTES = (30, 60)
"""Travel times set side by side; an assumption of the reader's, as is the speed."""
ALL = "all"
"""Stands for all kinds of places together."""
TINT = 0.17
"""Opacity of one ring: the inner ones lie on the outer, and darken."""


def reaches(options: CoverageOptions) -> list[Reach]:
    """Return the radii that stand side by side, the least first: the presets and the one asked."""
    if options.minutes:
        each = {options.minutes, *MINUTES}
        return [reach_of(replace(options, minutes=minutes)) for minutes in sorted(each)]
    each = {options.radius_m, *PRESETS_M}
    return [reach_of(replace(options, radius_m=metres)) for metres in sorted(each)]


@dataclass(frozen=True, eq=False)
class Rings:
    """The answer: one row per kind and radius, all kinds together first."""

    asked: Asked
    reaches: list[Reach]
    table: pd.DataFrame
    """``kind`` (``all`` or a layer), ``radius_m``, ``minutes`` (missing if none were asked),
    ``n`` (places with a point), ``qualify`` (how many have a doubt of at most half the radius),
    ``verdict``, and, 0 to 1, missing where it is refused: ``share``, ``low``, ``high``."""


def rings(answer: Coverage) -> Rings:
    """Measure what all places, and each kind alone, cover at several radii; once per answer.

    Parameters
    ----------
    answer
        The page's answer; where kind and radius are the same, its own numbers stand here.

    Returns
    -------
    Rings
        With at least 500 draws behind every interval. Below the median doubt of a kind its share
        is refused, as it is for all.
    """
    found = reaches(answer.asked.state.coverage)
    return Rings(answer.asked, found, _table(answer.origin or answer))


@once(maxsize=8)
def _table(answer: Coverage) -> pd.DataFrame:
    asked = answer.asked
    kinds = asked.kinds if len(asked.kinds) > 1 else []
    whole = asked.districts.dissolve()[["geometry"]]  # only the city's share is told
    rows = [
        {**_asked_at(reach), "kind": kind, **_covered(answer, whole, kind, reach.radius_m)}
        for kind in (ALL, *kinds)
        for reach in reaches(asked.state.coverage)
    ]
    return pd.DataFrame(rows)


def _asked_at(reach: Reach) -> dict[str, Any]:
    return {"radius_m": reach.radius_m, "minutes": reach.parameters.get("minutes")}


def _covered(
    answer: Coverage, whole: gpd.GeoDataFrame, kind: str, radius_m: float
) -> dict[str, Any]:
    asked = answer.asked
    sites = _of(asked, kind)
    resolved = resolution(sites, radius_m=radius_m)
    told = {"n": resolved.n, "qualify": int(resolved.value), "verdict": resolved.verdict}
    if not resolved.n or resolved.verdict == "uncertainty.refused":
        return {**told, "share": None, "low": None, "high": None}
    if kind == ALL and radius_m == asked.radius_m and answer.area is not None:
        row = answer.rows[CITY]
        return {**told, **{name: row[name] for name in ("share", "low", "high")}}
    step = line_step(radius_m)
    share, low, high = simulate_share(sites, whole, radius_m=radius_m, step_m=step)
    return {**told, "share": share, "low": low, "high": high}


def _of(asked: Asked, kind: str) -> gpd.GeoDataFrame:
    return asked.sites if kind == ALL else asked.sites[asked.sites["kind"] == kind]


def ring_table(found: Rings) -> pd.DataFrame:
    """Return the covered share of the city by kind and radius as read on screen."""
    asked, lang = found.asked, found.asked.state.lang
    say, rows = speaker(lang), {}
    for kind, mine in found.table.groupby("kind", sort=False):
        row = {say("coverage_page.rings_n"): str(mine["n"].iloc[0])}
        for reach, cell in zip(found.reaches, mine.to_dict("records"), strict=True):
            refused = cell["share"] is None or cell["share"] != cell["share"]
            row[ring_name(reach, lang)] = (
                say("coverage_page.rings_refused", qualify=cell["qualify"])
                if refused
                else span(cell["low"], cell["high"])
            )
        rows[_kind_name(asked, str(kind))] = row
    return pd.DataFrame.from_dict(rows, orient="index")


def _kind_name(asked: Asked, kind: str) -> str:
    lang = asked.state.lang
    if kind == ALL:
        return speaker(lang)("coverage_page.rings_all")
    return asked.city.layers[kind].title.of(lang)


def ring_name(reach: Reach, lang: str) -> str:
    """Return the name of a radius: its length, or the time that it stands for."""
    if not reach.parameters:
        return km(reach.radius_m)
    given = {"minutes": reach.parameters["minutes"], "radius": km(reach.radius_m)}
    return speaker(lang)("coverage_page.rings_time", **given)


def drawn_reaches(answer: Coverage) -> list[Reach]:
    """Return the radii that may be drawn, the greatest first: none below the median doubt."""
    sites = answer.asked.sites
    found = reaches(answer.asked.state.coverage)
    return [
        reach
        for reach in reversed(found)
        if resolution(sites, radius_m=reach.radius_m).verdict != "uncertainty.refused"
    ]


def ring_look(answer: Coverage, reach: Reach) -> dict[str, Any]:
    """Return how a radius is drawn: the page's own with a firm outline."""
    own = reach.radius_m == answer.asked.radius_m
    line = {"weight": 1.8} if own else {"weight": 1.0, "dash": "5 4"}
    return {"line": INK, "fill": INK, "opacity": TINT, **line}


def ring_drawing(answer: Coverage) -> Drawing | None:
    """Return all radii nested, and hatched what the page's own does not reach; None if none may."""
    asked, found = answer.asked, drawn_reaches(answer)
    if not found or not len(asked.mapped):
        return None
    shapes = [
        shape(asked.city, _area(asked, reach).geometry, ring_look(answer, reach)) for reach in found
    ]
    if answer.gaps is not None and len(answer.gaps):
        shapes.insert(0, shape(asked.city, answer.gaps.geometry.union_all(), UNREACHED))
    return Drawing(shapes=shapes)


def _area(asked: Asked, reach: Reach) -> Any:
    return service_area(asked.sites, radius_m=reach.radius_m, within=asked.districts)


def ring_legend(answer: Coverage) -> list[tuple[Mapping[str, Any], str]]:
    """Return the look and the words of each drawn radius, the least first."""
    lang, found = answer.asked.state.lang, drawn_reaches(answer)
    say, rows = speaker(lang), []  # type: Any, list[tuple[Mapping[str, Any], str]]
    for under, reach in enumerate(found, start=1):
        look_ = {**ring_look(answer, reach), "opacity": 1 - (1 - TINT) ** under}
        rows.append((look_, say("coverage_page.legend_ring", radius=ring_name(reach, lang))))
    return rows[::-1]


def ring_areas(answer: Coverage) -> gpd.GeoDataFrame:
    """Return what all places reach at each radius that is not refused, with its interval."""
    asked, table = answer.asked, rings(answer).table
    own = table[(table["kind"] == ALL) & table["share"].notna()]
    rows, shapes = [], []
    for row in own.to_dict("records"):
        area = service_area(asked.sites, radius_m=float(row["radius_m"]), within=asked.districts)
        names = ("radius_m", "minutes", "low", "high")
        rows.append({**{name: row[name] for name in names}, "area_km2": area.value})
        shapes.append(area.geometry)
    ids = pd.Index([f"reach-{row['radius_m']:.0f}m" for row in rows], name="id")
    return gpd.GeoDataFrame(rows, index=ids, geometry=shapes, crs=asked.sites.crs)
