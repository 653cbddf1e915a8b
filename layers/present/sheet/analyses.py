"""Say of one district how dense and how well covered it is, with the intervals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from geo.coverage.gaps import WEAK_BELOW
from layers.coverage.measure import ReachRefusal
from layers.coverage.tables import gap_table, unit_table
from layers.coverage.wording import unit_name
from layers.density.measure import LEAST_AT_PEAK
from layers.density.phrases import districts_of, height_words, spot_words
from layers.language.values import km
from layers.pack.city import outlines
from layers.places.spread import PER_100KM2
from layers.present.sheet.basis import Basis

Table = dict[str, Any]
LEAST_SAID = 0.1
"""Places per 100 km²: of fewer a reader learns nothing from the figures."""
UNITS = ("covered", "people", "open", "weak")
"""Columns of the districts' coverage that a sheet gives; the area is that of the outline."""
GAPS_SHOWN = 3
"""The largest uncovered areas of a district; the coverage page lists them all."""


def density(on: Basis, adcode: str) -> Table:
    """Return the density of a district: its mean with the interval, and the peaks it has a part in.

    Parameters
    ----------
    on
        What the sheet rests on.
    adcode
        Code of the district.

    Returns
    -------
    dict
        Title, rows of a label and a value, and notes.
    """
    answer, say = on.density, on.say
    title = say("sheet.density.title", bandwidth=answer.options.bandwidth_km)
    if not answer.surface.n:
        return {"title": title, "rows": [], "notes": [say("density.empty")]}
    rows = [[say("sheet.density.mean"), _mean(on, adcode)]]
    rows += [[say("sheet.density.peak", rank=at + 1), words] for at, words in _peaks(on, adcode)]
    if len(rows) == 1:
        rows.append([say("sheet.density.peaks"), say("sheet.density.no_peak", n=LEAST_AT_PEAK)])
    notes = [say("sheet.density.note")]
    if answer.options.weight == "level":
        notes.append(say("density_page.weights"))
    return {"title": title, "rows": rows, "notes": notes}


def _mean(on: Basis, adcode: str) -> str:
    """Return the mean density per 100 km² as an interval over the draws."""
    weight = on.density.options.weight
    row = on.density_in_districts.loc[adcode]
    km2 = outlines(on.city).geometry[adcode].area / 1e6
    if not row["low"] <= row["high"]:
        return on.say("density_page.no_height")
    low, high = (PER_100KM2 * float(str(row[end])) / km2 for end in ("low", "high"))
    if high < LEAST_SAID:
        return on.say(f"sheet.density.below_{weight}", least=LEAST_SAID)
    words = on.say("density_page.range", low=f"{low:.2g}", high=f"{high:.2g}")
    return on.say(f"density_page.interval_{weight}", range=words)


def _peaks(on: Basis, adcode: str) -> Iterator[tuple[int, str]]:
    answer = on.density
    for at in range(len(answer.peaks)):
        if adcode in districts_of(answer, at):
            where, height = spot_words(answer, at, on.lang), height_words(answer, at, on.say)
            yield at, on.say("sheet.density.peak_at", where=where, height=height)


def coverage(on: Basis, adcode: str) -> Table:
    """Return what the places reach of a district, with the intervals.

    Parameters
    ----------
    on
        What the sheet rests on.
    adcode
        Code of the district.

    Returns
    -------
    dict
        Title, rows of a label and a value, and notes; where it was refused, why.
    """
    answer, say, asked = on.reach, on.say, on.reach.inputs.options
    radius = km(answer.inputs.radius_m, on.lang)
    key = "sheet.coverage.title_time" if asked.minutes else "sheet.coverage.title"
    title = say(key, radius=radius, minutes=asked.minutes)
    if isinstance(answer, ReachRefusal):
        return {"title": title, "rows": [], "notes": [refusal(on)]}
    told = unit_table(answer, on.lang).loc[unit_name(on.city, adcode, on.lang)]
    rows = [
        [label, str(told[label])]
        for label in (say(f"coverage_page.units.{name}") for name in UNITS)
    ]
    notes = [say("sheet.coverage.note")]
    if asked.sites:
        titles = (on.city.layers[kind].title.of(on.lang) for kind in sorted(asked.sites))
        notes.append(say("sheet.coverage.sites", names=say("sheet.comma").join(titles)))
    if answer.rows[adcode]["weak"] != "not_weak":
        notes.append(say("coverage.verdict.weak_rule", weak_percent=100 * WEAK_BELOW))
    return {"title": title, "rows": rows, "notes": notes}


def refusal(on: Basis) -> str:
    """Say why coverage is not measured; empty where it is.

    Parameters
    ----------
    on
        What the sheet rests on.
    """
    answer = on.reach
    if not isinstance(answer, ReachRefusal):
        return ""
    if not answer.resolution.n:
        return on.say("sheet.coverage.empty")
    return on.say(answer.reason, **answer.parameters)


def gaps(on: Basis, adcode: str) -> Table:
    """Return the largest uncovered areas of a district, each with its doubt.

    Parameters
    ----------
    on
        What the sheet rests on.
    adcode
        Code of the district.

    Returns
    -------
    dict
        Title, columns, rows, and notes; without rows where nothing is uncovered or measured.
    """
    answer, say = on.reach, on.say
    if isinstance(answer, ReachRefusal):
        return {"title": say("sheet.gaps.title"), "columns": [], "rows": [], "notes": []}
    own = (answer.gaps["within_id"] == adcode).to_numpy(dtype=bool)
    table = gap_table(answer, on.lang)[own]
    lacking = say("coverage_page.gaps.missing")
    notes = [say("sheet.gaps.missing", what=words) for words in dict.fromkeys(table[lacking])]
    left_out = [lacking, *(say(f"coverage_page.gaps.{name}") for name in ("district", "order"))]
    shown = table.drop(columns=left_out).head(GAPS_SHOWN)
    if not len(table):
        notes.append(say("coverage_page.gaps_none"))
    if len(table) > len(shown):
        notes.append(say("sheet.gaps.more", count=len(table) - len(shown)))
    return {
        "title": say("sheet.gaps.title"),
        "columns": list(shown.columns),
        "rows": shown.to_numpy(dtype=str).tolist(),
        "notes": notes,
    }
