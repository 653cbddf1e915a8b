"""Lay out the answer on coverage as the tables that are read on screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import pandas as pd

from geo.coverage.service_area import CITY
from layers.coverage.measure import ReachAnswer
from layers.coverage.question import Inputs
from layers.coverage.wording import name_of, percent, reached_count, span, unit_name, unit_order
from layers.language.messages import speaker
from layers.language.values import cell, number
from layers.language.values import radius as doubt
from layers.pack.city import City
from layers.view.vague import VAGUE_M

OVERLAPS = ((0, 0), (1, 1), (2, 2), (3, 5), (6, None))
"""How many places reach a spot: least and most of each row."""
GAP_COLUMNS = (
    *("rank", "district", "doubt", "share"),
    *("missing", "farthest", "nearest", "order"),
)
SURE: Final = 0.995
"""Part of the draws from which a place is called within reach: 100 % as it is written."""


def unit_table(answer: ReachAnswer, lang: str) -> pd.DataFrame:
    """Return the covered shares as read on screen: city, halves, districts, least first.

    Parameters
    ----------
    answer
        As :func:`layers.coverage.measure.measure` returns it, not a refusal.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    DataFrame
        By name of the unit, districts from the least covered to the most. Columns in words: area in
        km²; covered share as interval; residents' share; open area in km²; of
        districts also whether it is weak, whether the plan names it, and whose order with it is not
        settled.
    """
    say, units = speaker(lang), answer.units
    own = units[units["level"] == "district"]
    whole = unit_order(answer.city, units.index[units["level"] != "district"])
    order = [*whole, *own.sort_values(["high", "low"]).index]
    rows, found = [], answer.rows
    for unit in order:
        row = found[unit]
        district = row["level"] == "district"
        rows.append(
            {
                "unit": unit_name(answer.city, unit, lang),
                "area": number(row["area_km2"]),
                "covered": span(row["low"], row["high"]),
                "people": span(row["people_low"], row["people_high"]),
                "open": _area_span(row),
                "weak": say(f"coverage.verdict.{row['weak']}") if district else "",
                "named": say(f"coverage_page.named_{'yes' if row['named'] else 'no'}")
                if district
                else "",
                "order": _unsettled(answer.city, row["unsettled"], lang) if district else "",
            }
        )
    return _titled(pd.DataFrame(rows).set_index("unit"), "units", lang)


def _area_span(row: dict[Any, Any]) -> str:
    # The scan lines may find a district covered by a hair more than its whole.
    return _between(*(max(0.0, 1 - row[end]) * row["area_km2"] for end in ("high", "low")))


def _unsettled(city: City, others: Sequence[str], lang: str) -> str:
    say = speaker(lang)
    names = say("coverage_page.comma").join(unit_name(city, code, lang) for code in others[:3])
    if len(others) > 3:
        return say("coverage_page.unsettled_more", names=names, count=len(others))
    return names


def _titled(table: pd.DataFrame, stem: str, lang: str) -> pd.DataFrame:
    say = speaker(lang)
    titles = {name: say(f"coverage_page.{stem}.{name}") for name in table.columns}
    return table.rename(columns=titles)


def gap_table(answer: ReachAnswer, lang: str) -> pd.DataFrame:
    """Return the uncovered areas as read on screen, the largest first, each with its doubt.

    Parameters
    ----------
    answer
        As :func:`layers.coverage.measure.measure` returns it, not a refusal.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    DataFrame
        By rank, columns ``GAP_COLUMNS`` in words: areas in km², distances in kilometres, shares of
        the district in per cent.
    """
    city, kinds = answer.city, answer.inputs.kinds
    rows = [
        {
            "rank": str(rank),
            "district": unit_name(city, row["within_id"], lang),
            "doubt": _between(row["low_km2"], row["high_km2"]),
            "share": percent(row["share"]),
            "missing": _missing(city, row["missing"], kinds, lang),
            "farthest": _farthest(row, lang),
            "nearest": _nearest(answer.inputs, row, lang),
            "order": _ranks(row["open_with"], lang),
        }
        for rank, row in answer.gaps.iterrows()
    ]
    names = [*GAP_COLUMNS]
    return _titled(pd.DataFrame(rows, columns=names).set_index("rank"), "gaps", lang)


def _missing(city: City, lacking: Sequence[str], kinds: Sequence[str], lang: str) -> str:
    """Return which layers reach no part of the district, or, where they are most, which do."""
    say = speaker(lang)
    there = [kind for kind in kinds if kind not in lacking]
    if not lacking:
        return say("coverage_page.missing_none")
    if not there:
        return say("coverage_page.missing_all", count=len(lacking))
    few = min(lacking, there, key=len)
    names = say("coverage_page.stop").join(city.layers[kind].title.of(lang) for kind in few)
    if few is lacking:
        return names
    return say("coverage_page.missing_but", names=names, count=len(lacking))


def _nearest(given: Inputs, row: Any, lang: str) -> str:
    """Return the place nearest to the remotest spot, its doubt, and how often it is that one."""
    name = name_of(given.sites, row["nearest_id"], lang)
    if row["nearest_doubt_m"] > VAGUE_M:
        return speaker(lang)("view.vague_name", name=name)
    told = {"name": name, "doubt": doubt(row["nearest_doubt_m"], lang)}
    if row["nearest_share"] >= 0.995:
        return speaker(lang)("coverage_page.nearest_sure", **told)
    return speaker(lang)("coverage_page.nearest", **told, share=percent(row["nearest_share"]))


def _farthest(row: Any, lang: str) -> str:
    """Return the distance of the remotest spot, unless its nearest place is too vague for one."""
    if row["nearest_doubt_m"] > VAGUE_M:
        return speaker(lang)("coverage_page.gaps.no_distance")
    return _between(row["farthest_low_m"] / 1000, row["farthest_high_m"] / 1000)


def _ranks(open_with: Sequence[int], lang: str) -> str:
    """Return the ranks that the draws leave open, as stretches: 3, 9–12."""
    stretches: list[list[int]] = []
    for rank in open_with:
        if stretches and rank == stretches[-1][-1] + 1:
            stretches[-1].append(rank)
        else:
            stretches.append([rank])
    told: list[str] = []
    for found in stretches:
        told += [f"{found[0]}–{found[-1]}"] if len(found) > 2 else map(str, found)
    return speaker(lang)("coverage_page.comma").join(told)


def _between(low: float, high: float) -> str:
    """Return a range, no finer than it is sure: whole from ten, to a tenth below."""
    if high >= 100:
        first, last = number(low), number(high)
    else:
        digits = 0 if high >= 10 else 1
        first, last = (f"{value:.{digits}f}" for value in (low, high))
    return f"{first}–{last}" if first != last else first


def overlap_table(answer: ReachAnswer, lang: str) -> pd.DataFrame:
    """Return how much of the city is reached by how many places, places as drawn.

    Parameters
    ----------
    answer
        As :func:`layers.coverage.measure.measure` returns it, not a refusal.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    DataFrame
        By number of places, see ``OVERLAPS``. Columns in words: area in km² and share of the city
        in per cent.
    """
    say, bands = speaker(lang), answer.overlap.bands["area_km2"]
    whole, rows = float(answer.rows[CITY]["area_km2"]), {}
    for low, high in OVERLAPS:
        most = float("inf") if high is None else high
        km2 = float(bands[(bands.index >= low) & (bands.index <= most)].sum())
        if high is None:
            name = say("coverage_page.times_from", low=low)
        else:
            name = f"{low}–{high}" if low != high else str(low)
        rows[name] = {"area": number(km2), "share": percent(km2 / whole)}
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["area", "share"])
    return _titled(table, "overlap", lang)


def sole_table(answer: ReachAnswer, lang: str) -> pd.DataFrame:
    """Return what is lost if one place closes, the most first.

    Parameters
    ----------
    answer
        As :func:`layers.coverage.measure.measure` returns it, not a refusal.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    DataFrame
        By name of the place, at most ten rows; places that lose less than 1 km² stay out. Columns
        in words: area that it alone reaches, in km², and the doubt about its location.
    """
    sites = answer.inputs.sites
    lost = answer.overlap.losses["sole_km2"]
    lost = lost[lost >= 1].sort_values(ascending=False, kind="stable").head(10)
    doubts = sites["uncertainty_m"]
    rows = {
        name_of(sites, id_, lang): {"sole": number(km2), "doubt": doubt(doubts[id_], lang)}
        for id_, km2 in lost.items()
    }
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["sole", "doubt"])
    return _titled(table, "sole", lang)


def distance_table(answer: ReachAnswer, lang: str) -> pd.DataFrame:
    """Return the distance to the nearest place for the city and its districts, as drawn.

    Parameters
    ----------
    answer
        As :func:`layers.coverage.measure.measure` returns it, not a refusal.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    DataFrame
        By name of the unit: the city, then the districts, the greatest mean first. Columns in
        words: mean, median and 90th percentile in kilometres; part of the city's worst-served tenth
        that lies there.
    """
    units = answer.distances.units
    own = units.drop(index=CITY).sort_values("mean_m", ascending=False, kind="stable")
    rows = {
        unit_name(answer.city, unit, lang): {
            **{name: number(row[f"{name}_m"] / 1000) for name in ("mean", "median", "p90")},
            "worst": percent(row["worst_share"]),
        }
        for unit, row in pd.concat([units.loc[[CITY]], own]).to_dict("index").items()
    }
    table = pd.DataFrame.from_dict(rows, orient="index")
    return _titled(table, "distances", lang)


def target_table(answer: ReachAnswer, lang: str) -> pd.DataFrame:
    """Return what should be within reach, by layer: how many are, with the interval.

    Parameters
    ----------
    answer
        As :func:`layers.coverage.measure.measure` returns it, not a refusal.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    DataFrame
        By title of the layer. Columns in words: places with a point; how many are reached, as
        interval, and the share; how many are themselves sites; how many have no
        point. Where it is refused, how many places the radius is coarse enough for.
    """
    say, rows = speaker(lang), {}
    for kind, row in answer.served.items():
        found = row.found
        refused = say("coverage_page.rings_refused", qualify=int(row.resolution.value))
        rows[answer.city.layers[kind].title.of(lang)] = {
            "n": str(row.n),
            "reached": refused if found is None else reached_count(found),
            "share": "" if found is None else span(found.low / row.n, found.high / row.n),
            "itself": "" if found is None else str(found.parameters["n_itself"]),
            "unmapped": str(row.unmapped),
        }
    names = ["n", "reached", "share", "itself", "unmapped"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=names)
    return _titled(table, "targets", lang)


def out_of_reach_table(answer: ReachAnswer, lang: str) -> pd.DataFrame:
    """Return by name what lies beyond reach in some draws, the surest first.

    Parameters
    ----------
    answer
        As :func:`layers.coverage.measure.measure` returns it, not a refusal.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    DataFrame
        By id. Columns in words: name, layer, district, and in what part of the draws a place
        reaches it. Empty where nothing lies beyond, or the reader's own points are asked about.
    """
    given, parts = answer.inputs, []
    for kind, row in answer.served.items():
        if row.found is None or kind not in given.targets:
            continue
        own = given.targets[kind].join(row.found.points["covered_draws"])
        parts += [own[own["covered_draws"] < SURE]]
    rows = {
        id_: {
            "name": cell(row, "name", lang),
            "kind": answer.city.layers[str(row["kind"])].title.of(lang),
            "district": cell(row, "site_name", lang) or cell(row, "host_name", lang),
            "reached": percent(row["covered_draws"]),
        }
        for part in parts
        for id_, row in part.sort_values("covered_draws", kind="stable").iterrows()
    }
    names = ["name", "kind", "district", "reached"]
    return _titled(
        pd.DataFrame.from_dict(rows, orient="index", columns=names), "out_of_reach", lang
    )
