"""Set several radii and several kinds of places side by side: what each covers, how surely."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.base.once import once
from geo.coverage.service_area import CITY, Reach, ServiceArea, service_area
from geo.coverage.simulation import resolution, simulate_share
from layers.coverage.drawing import INK, shape
from layers.coverage.measure import REFUSED, ReachAnswer, ReachRefusal, line_step
from layers.coverage.question import PRESETS_M, Inputs, reach_of
from layers.coverage.wording import span
from layers.language.messages import speaker
from layers.language.values import km
from layers.map.overlay import Drawing
from layers.view.page_options import CoverageOptions

MINUTES = (30, 60)
"""Travel times set side by side; an assumption of the reader's, as is the speed."""
ALL = "all"
"""Stands for all kinds of places together."""
TINT = 0.17
"""Opacity of one ring: the inner ones lie on the outer, and darken."""


def reaches(options: CoverageOptions) -> list[Reach]:
    """Return the radii that stand side by side: the presets and the one asked.

    Parameters
    ----------
    options
        The radius asked for: ``minutes`` with its assumptions where it is above 0, else
        ``radius_m``.

    Returns
    -------
    list
        The least first, each once. Beside a time stand those of ``MINUTES`` at the same speed and
        detour, beside a radius those of ``PRESETS_M``.
    """
    if options.minutes:
        each = {options.minutes, *MINUTES}
        return [reach_of(replace(options, minutes=minutes)) for minutes in sorted(each)]
    each = {options.radius_m, *PRESETS_M}
    return [reach_of(replace(options, radius_m=metres)) for metres in sorted(each)]


Answer = ReachAnswer | ReachRefusal
"""One refused for all places together may still be measured for a kind, or at another radius."""


@once(maxsize=8)
def radii(answer: Answer) -> pd.DataFrame:
    """Measure what all places, and each kind alone, cover at several radii; once per answer.

    Parameters
    ----------
    answer
        As :func:`layers.coverage.measure.measure` returns it. Where kind and radius are the same,
        its own numbers stand here.

    Returns
    -------
    DataFrame
        One row per kind and radius, all kinds together first: ``kind`` (``all`` or a layer),
        ``radius_m``, ``minutes`` (missing if none were asked), ``n`` (places with a point),
        ``qualify`` (how many have a doubt of at most half the radius), ``verdict``, and, 0 to 1,
        over at least 500 draws, missing where it is refused below the median doubt of the kind:
        ``share``, ``low``, ``high``.
    """
    given = answer.inputs
    kinds = given.kinds if len(given.kinds) > 1 else []
    whole = given.districts.dissolve()[["geometry"]]  # only the city's share is told
    rows = [
        {**_asked_at(reach), "kind": kind, **_covered(answer, whole, kind, reach.radius_m)}
        for kind in (ALL, *kinds)
        for reach in reaches(given.options)
    ]
    return pd.DataFrame(rows)


def _asked_at(reach: Reach) -> dict[str, Any]:
    return {"radius_m": reach.radius_m, "minutes": reach.parameters.get("minutes")}


def _covered(answer: Answer, whole: gpd.GeoDataFrame, kind: str, radius_m: float) -> dict[str, Any]:
    given = answer.inputs
    sites = _of(given, kind)
    resolved = resolution(sites, radius_m=radius_m)
    told = {"n": resolved.n, "qualify": int(resolved.value), "verdict": resolved.verdict}
    if not resolved.n or resolved.verdict == REFUSED:
        return {**told, "share": None, "low": None, "high": None}
    own = kind == ALL and radius_m == given.radius_m
    if own and isinstance(answer, ReachAnswer):
        row = answer.rows[CITY]
        return {**told, **{name: row[name] for name in ("share", "low", "high")}}
    step = line_step(radius_m)
    share, low, high = simulate_share(sites, whole, radius_m=radius_m, step_m=step)
    return {**told, "share": share, "low": low, "high": high}


def _of(given: Inputs, kind: str) -> gpd.GeoDataFrame:
    return given.sites if kind == ALL else given.sites[given.sites["kind"] == kind]


def radius_table(answer: Answer, lang: str) -> pd.DataFrame:
    """Return the covered share of the city by kind and radius as read on screen.

    Parameters
    ----------
    answer
        As :func:`layers.coverage.measure.measure` returns it; where it was refused, other radii may
        still be measured.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    DataFrame
        One row per kind, all kinds together first. Columns in words: how many places have a point,
        then by radius, the least first, the interval in per cent, or why there is none.
    """
    say, rows = speaker(lang), {}
    each = reaches(answer.inputs.options)
    for kind, mine in radii(answer).groupby("kind", sort=False):
        row = {say("coverage_page.rings_n"): str(mine["n"].iloc[0])}
        for reach, cell in zip(each, mine.to_dict("records"), strict=True):
            refused = cell["share"] is None or cell["share"] != cell["share"]
            row[radius_name(reach, lang)] = (
                say("coverage_page.rings_refused", qualify=cell["qualify"])
                if refused
                else span(cell["low"], cell["high"])
            )
        rows[_kind_name(answer.inputs, str(kind), lang)] = row
    return pd.DataFrame.from_dict(rows, orient="index")


def _kind_name(given: Inputs, kind: str, lang: str) -> str:
    if kind == ALL:
        return speaker(lang)("coverage_page.rings_all")
    return given.city.layers[kind].title.of(lang)


def radius_name(reach: Reach, lang: str) -> str:
    """Return the name of a radius: its length, or the time that it stands for.

    Parameters
    ----------
    reach
        The radius, and the time and assumptions that it follows from, if any.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    str
        Kilometres; with a time, its minutes as well.
    """
    if not reach.parameters:
        return km(reach.radius_m, lang)
    given = {"minutes": reach.parameters["minutes"], "radius": km(reach.radius_m, lang)}
    return speaker(lang)("coverage_page.rings_time", **given)


def drawn_reaches(given: Inputs) -> list[Reach]:
    """Return the radii that may be drawn, the greatest first.

    Parameters
    ----------
    given
        What enters, as :func:`layers.coverage.question.inputs` gathers it.

    Returns
    -------
    list
        Those of :func:`reaches` that are not below the median doubt of the sites.
    """
    sites = given.sites
    found = reaches(given.options)
    return [
        reach
        for reach in reversed(found)
        if resolution(sites, radius_m=reach.radius_m).verdict != REFUSED
    ]


def radius_style(given: Inputs, reach: Reach) -> dict[str, Any]:
    """Return how a radius is drawn: the page's own with a firm outline.

    Parameters
    ----------
    given
        What enters, as :func:`layers.coverage.question.inputs` gathers it; its radius is the page's
        own.
    reach
        The radius that is drawn.

    Returns
    -------
    dict
        Fields of :class:`layers.map.overlay.Shapes` without ``frame``; the outline of any other
        radius is dashed.
    """
    own = reach.radius_m == given.radius_m
    line = {"weight": 1.8} if own else {"weight": 1.0, "dash": "5 4"}
    return {"line": INK, "fill": INK, "opacity": TINT, **line}


def draw_radii(answer: Answer) -> Drawing | None:
    """Return all radii nested; what none of them reaches is the plain ground.

    Parameters
    ----------
    answer
        As :func:`layers.coverage.measure.measure` returns it; where it was refused, other radii may
        still be measured.

    Returns
    -------
    Drawing or None
        None where no radius may be drawn, or no site has a point.
    """
    given, found = answer.inputs, drawn_reaches(answer.inputs)
    if not found or not len(given.mapped):
        return None
    shapes = [
        shape(given.city, _area(given, reach).geometry, radius_style(given, reach))
        for reach in found
    ]
    return Drawing(shapes=shapes, dots=True)


def _area(given: Inputs, reach: Reach) -> ServiceArea:
    return service_area(given.sites, radius_m=reach.radius_m, within=given.districts)


def radius_legend(answer: Answer, lang: str) -> list[tuple[Mapping[str, Any], str]]:
    """Return the look and the words of each drawn radius, the least first.

    Parameters
    ----------
    answer
        As :func:`layers.coverage.measure.measure` returns it; where it was refused, other radii may
        still be measured.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    list
        Pairs of style and words; the opacity is that of a ring with those that lie under it.
    """
    given, found = answer.inputs, drawn_reaches(answer.inputs)
    say, rows = speaker(lang), []  # type: Any, list[tuple[Mapping[str, Any], str]]
    for under, reach in enumerate(found, start=1):
        style = {**radius_style(given, reach), "opacity": 1 - (1 - TINT) ** under}
        rows.append((style, say("coverage_page.legend_ring", radius=radius_name(reach, lang))))
    return rows[::-1]


def radius_areas(answer: Answer) -> gpd.GeoDataFrame:
    """Return what all places reach at each radius that is not refused.

    Parameters
    ----------
    answer
        As :func:`layers.coverage.measure.measure` returns it; where it was refused, other radii may
        still be measured.

    Returns
    -------
    GeoDataFrame
        Areas on the city's plane, the least radius first, by ``id`` (``reach-5000m``):
        ``radius_m``; ``minutes``, missing if none were asked; ``low`` and ``high`` of the covered
        share of the city, 0 to 1, over at least 500 draws; ``area_km2``, places as drawn.
    """
    given, table = answer.inputs, radii(answer)
    own = table[(table["kind"] == ALL) & table["share"].notna()]
    rows, shapes = [], []
    for row in own.to_dict("records"):
        area = service_area(given.sites, radius_m=float(row["radius_m"]), within=given.districts)
        names = ("radius_m", "minutes", "low", "high")
        rows.append({**{name: row[name] for name in names}, "area_km2": area.value})
        shapes.append(area.geometry)
    ids = pd.Index([f"reach-{row['radius_m']:.0f}m" for row in rows], name="id")
    return gpd.GeoDataFrame(rows, index=ids, geometry=shapes, crs=given.sites.crs)
