"""Say where the places shown are dense, and how firm that is."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from geo.density.bins import LEAST_POINTS, LEAST_SOURCE
from geo.density.doubt import INVENTORY_FINEST_CELL_M, INVENTORY_FINEST_M
from geo.density.firmness import FIRM_SHARE
from geo.density.kernel_density import FEW
from geo.density.pattern import MINIMUM
from geo.density.peaks import top_of
from layers.density.measure import (
    CELLS_PER_BANDWIDTH,
    DRAWS,
    TOO_FINE,
    DensityAnswer,
    cell_of,
    cells,
    positions,
)
from layers.density.phrases import density_words, height_words, names_of, range_words, where_words
from layers.language.messages import Say, speaker
from layers.language.sums import equation
from layers.language.values import cell, number, row_of, said
from layers.map.colours import shades

_MOST_NAMED: Final = 4


@dataclass(frozen=True)
class PeakWording:
    """A peak in words: where, how high, what it is made of, and what it cannot say."""

    title: str
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class DensityWording:
    """A density in the reader's language.

    Parameters
    ----------
    sums
        The account as sums.
    legend
        Colour and words of each class; ``legend_title`` has the unit.
    peaks
        The highest first. As a table, ``tables["peaks"]``: as drawn, over draws, and what they
        rest on; ``tables["districts"]`` are the districts by their part of the mass.
    cells
        Sides of a cell to choose from, metres, with their words; the first is automatic.
    rules
        What limits the choices: the cell's rule, and why there is no adaptive bandwidth.
    firmness
        Whether the highest peak stays when places move within their doubt.
    method
        How it was measured.
    verdict, captions
        Whether the finding survives another bandwidth and grid, and what each small picture of
        them shows.
    too_few
        Why there are no bins and no tests of pattern.
    """

    sentence: str
    account: tuple[str, ...]
    tables: Mapping[str, pd.DataFrame]
    notes: tuple[str, ...]
    sums: tuple[str, ...]
    legend_title: str
    legend: tuple[tuple[str, str], ...]
    peaks: tuple[PeakWording, ...]
    cells: Mapping[int, str]
    rules: tuple[str, ...]
    firmness: tuple[str, ...]
    method: tuple[str, ...]
    verdict: str
    captions: tuple[str, ...]
    too_few: tuple[str, ...]


def word(answer: DensityAnswer, lang: str) -> DensityWording:
    """Put a density into words.

    Parameters
    ----------
    answer
        As :func:`layers.density.measure.measure` returns it.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    say = speaker(lang)
    names = names_of(answer.city, lang)
    return DensityWording(
        sentence=_sentence(answer, names, lang),
        account=tuple(_account(answer, say)),
        sums=_sums(answer, lang),
        legend_title=say(f"density_page.legend_{answer.options.weight}"),
        legend=tuple(_legend(answer, say)),
        peaks=tuple(_peak(answer, at, names, lang) for at in range(len(answer.peaks))),
        tables={
            "peaks": _ranking(answer, names, say),
            "districts": _districts(answer, names, say),
        },
        cells=_cells(answer, say),
        rules=tuple(_rules(answer, say)),
        firmness=tuple(_firmness(answer, names, say)),
        notes=tuple(said(say, answer.surface.caveats, answer.surface.parameters)),
        method=tuple(_method(answer, say)),
        verdict=_verdict(answer, names, lang),
        captions=tuple(_captions(answer, names, say)),
        too_few=tuple(_too_few(answer, say)),
    )


def _sentence(answer: DensityAnswer, names: Mapping[str, str], lang: str) -> str:
    """Say where it is densest, what that rests on, and where most of it lies."""
    say = speaker(lang)
    if not answer.peaks:
        return say("density_page.empty")
    peak = answer.peaks[0]
    share = answer.districts["share"].sort_values(ascending=False, kind="stable")
    parts = [
        say(
            "density_page.densest",
            bandwidth=answer.options.bandwidth_km,
            n=answer.surface.n,
            district=where_words(answer, 0, names, say),
            value=height_words(answer, 0, say),
        ),
        say(
            "density_page.most",
            district=names[str(share.index[0])],
            percent=number(100 * float(share.iloc[0])),
        ),
        *said(say, (peak.label,), peak.parameters),
    ]
    holds = answer.holds
    if holds is not None:
        parts += said(say, holds.caveats[1:], holds.parameters)
    if answer.runs is not None:
        parts.append(say(f"density_page.{answer.runs.verdict}"))
    return ("" if lang == "zh" else " ").join(parts)


def _account(answer: DensityAnswer, say: Say) -> Iterator[str]:
    """Yield which rows enter and which do not; the numbers add up to the rows shown."""
    if answer.shown:
        yield say(
            "density_page.account",
            shown=answer.shown,
            n=answer.surface.n,
            nested=answer.nested,
            unmapped=answer.unmapped,
            titles=answer.titles,
            outside=answer.outside,
        )


def _sums(answer: DensityAnswer, lang: str) -> tuple[str, ...]:
    mapped = answer.shown - answer.unmapped - answer.titles
    parts = {"mapped": mapped, "titles": answer.titles, "unmapped": answer.unmapped}
    entering = {
        "entering": answer.surface.n,
        "nested": answer.nested,
        "beyond": answer.outside,
    }
    return (
        equation("chosen", parts, lang),
        equation("mapped", entering, lang),
    )


def _legend(answer: DensityAnswer, say: Say) -> Iterator[tuple[str, str]]:
    """Yield colour and bounds of each class, the highest last."""
    bounds = [*answer.breaks, answer.surface.value]
    for at, colour in enumerate(shades(len(answer.breaks))):
        yield (
            colour,
            say("density_page.range", low=number(bounds[at]), high=number(bounds[at + 1])),
        )


def _peak(answer: DensityAnswer, at: int, names: Mapping[str, str], lang: str) -> PeakWording:
    say, peak = speaker(lang), answer.peaks[at]
    title = say(
        "density_page.peak",
        rank=at + 1,
        district=where_words(answer, at, names, say),
        value=height_words(answer, at, say),
    )
    made = [cell(row_of(answer.places, id_), "name", lang) for id_ in peak.makers]
    listed = say("density_page.comma").join(made[:_MOST_NAMED])
    key = "makers" if len(made) <= _MOST_NAMED else "makers_more"
    height = answer.heights[at]
    notes = [
        *said(say, peak.caveats, peak.parameters),
        *(said(say, height.caveats, height.parameters) if height else ()),
        say(f"density_page.{key}", names=listed, count=len(made)),
    ]
    return PeakWording(title, tuple(notes))


def _ranking(answer: DensityAnswer, names: Mapping[str, str], say: Say) -> pd.DataFrame:
    """Return the peaks as a table, the highest first."""
    rows, labels = [], []
    for at, (peak, height) in enumerate(zip(answer.peaks, answer.heights, strict=True)):
        where = where_words(answer, at, names, say)
        labels.append(say("density_page.ranked", rank=at + 1, district=where))
        between = range_words(height, say) if height else "–"
        doubt = float(str(peak.parameters["doubt_km"]))
        rows.append(
            [
                number(peak.value),
                between if TOO_FINE in peak.caveats else say("density_page.not_needed"),
                str(len(peak.makers)),
                number(doubt, "km") if math.isfinite(doubt) else "–",
            ]
        )
    unit = answer.options.weight
    columns = [
        say(f"density_page.ranking.{name}") for name in (f"drawn_{unit}", "draws", "made", "doubt")
    ]
    return pd.DataFrame(rows, index=labels, columns=columns)


def _cells(answer: DensityAnswer, say: Say) -> Mapping[int, str]:
    bandwidth = answer.options.bandwidth_km
    follows = cell_of(replace(answer.options, cell_m=0))
    words = {cell: number(cell, "m") for cell in cells(bandwidth)}
    return words | {0: say("density_page.cell_follows", cell=number(follows, "m"))}


def _rules(answer: DensityAnswer, say: Say) -> Iterator[str]:
    """Yield what limits the choices."""
    asked = answer.options.cell_m
    if asked and asked not in cells(answer.options.bandwidth_km):
        yield say("density_page.cell_refused", cell=number(asked, "m"))
    yield say(
        "density_page.cell_rule",
        part=CELLS_PER_BANDWIDTH,
        least=number(INVENTORY_FINEST_CELL_M, "m"),
    )
    if 0 < answer.surface.n < FEW:
        yield say("density_page.not_adaptive", n=answer.surface.n, least=FEW)


def _firmness(answer: DensityAnswer, names: Mapping[str, str], say: Say) -> Iterator[str]:
    """Say how often the highest peak stays on its spot, and in which district it then lies.

    The two differ: near a border a peak may stay on its spot and still change its district.
    """
    holds = answer.holds
    if holds is None:
        if answer.peaks:
            unknown = int(answer.places["uncertainty_m"].isna().sum())
            yield say("density_page.doubt_unknown", count=unknown)
        return
    yield from said(say, holds.caveats, holds.parameters)
    if not answer.drawn_in:
        return
    parts = [
        say("density_page.draws_in", district=names[code], percent=_percent(part))
        for code, part in answer.drawn_in.items()
    ]
    yield say("density_page.draws", parts=say("density_page.comma").join(parts))
    if max(answer.drawn_in.values()) < FIRM_SHARE:
        yield say("density_page.draws_split", where=where_words(answer, 0, names, say))


def _percent(share: float) -> str:
    """Return a share of draws in whole per cent; seldom is not never, and often not always."""
    if 0 < share < 0.01:
        return "<1"
    return str(min(round(100 * share), 99 if share < 1 else 100))


def _districts(answer: DensityAnswer, names: Mapping[str, str], say: Say) -> pd.DataFrame:
    """Return the districts by their part of the mass, the largest first."""
    table = answer.districts.sort_values("mass", ascending=False, kind="stable")
    rows = [
        [
            number(float(row["mass"])),
            "–" if math.isnan(row["share"]) else f"{number(100 * float(row['share']))}%",
            number(float(row["highest"])),
        ]
        for _, row in table.iterrows()
    ]
    mass = f"mass_{answer.options.weight}"
    columns = [say(f"density_page.column.{name}") for name in (mass, "share", "highest")]
    return pd.DataFrame(rows, index=[names[str(code)] for code in table.index], columns=columns)


def _method(answer: DensityAnswer, say: Say) -> Iterator[str]:
    """Yield how it was answer, with the rule for the bandwidth and the warning beside it."""
    options, surface = answer.options, answer.surface
    yield say(
        "density_page.how",
        method=say(surface.method),
        kernel=say(f"density.kernel.{options.kernel}"),
        bandwidth=options.bandwidth_km,
        cell=number(surface.cell_m, "m"),
        epsg=answer.city.metric_epsg,
    )
    if len(answer.places):
        yield say(
            "density.finest",
            median_km=number(float(answer.places["uncertainty_m"].median()) / 1000),
            finest_km=number(INVENTORY_FINEST_M / 1000),
        )
    yield say("density_page.rule")
    if math.isfinite(answer.silverman_m):
        yield say("density.silverman", sigma_km=number(answer.silverman_m / 1000))
    if options.weight == "level":
        yield say("density_page.weights")
    yield say("density_page.nested")
    yield say("density_page.interval", draws=DRAWS)
    yield say("density_page.same_kernel", draws=DRAWS)


def _verdict(answer: DensityAnswer, names: Mapping[str, str], lang: str) -> str:
    say, runs = speaker(lang), answer.runs
    if runs is None:
        return ""
    zones = [names[str(code)] for code in dict.fromkeys(runs.runs["peak_zone"]) if code is not None]
    xy = positions(answer.places)
    tops = np.array([top_of(surface, xy) or (np.nan, np.nan) for surface in runs.surfaces])
    apart = np.hypot(*(tops[:, None, :] - tops[None, :, :]).transpose(2, 0, 1)).max()
    return ("" if lang == "zh" else " ").join(
        [
            say(runs.verdict, **runs.parameters),
            say(
                "density_page.peak_zones",
                names=say("density_page.comma").join(zones),
                apart=number(float(apart) / 1000, "km"),
            ),
        ]
    )


def _captions(answer: DensityAnswer, names: Mapping[str, str], say: Say) -> Iterator[str]:
    """Yield what each small picture shows, in the order of the runs."""
    if answer.runs is None:
        return
    for _, run in answer.runs.runs.iterrows():
        zone = run["peak_zone"]
        yield say(
            "density_page.small",
            bandwidth=number(run["sigma_m"] / 1000, "km"),
            cell=number(run["cell_m"], "m"),
            district=names[str(zone)] if zone is not None else say("density_page.at_the_edge"),
            value=density_words(answer, run["highest"], say),
        )


def _too_few(answer: DensityAnswer, say: Say) -> Iterator[str]:
    """Say why the places shown carry neither bins nor tests of pattern."""
    n = answer.surface.n
    if n < LEAST_POINTS:
        yield say("bins.refused", n=n, least=LEAST_POINTS) + say(
            "density_page.source", source=say(LEAST_SOURCE)
        )
    for method in ("nearest_neighbour", "ripley", "clusters"):
        least = MINIMUM[method]
        if n < least.n:
            yield say(
                "density_page.refused",
                method=say(f"pattern.method.{method}"),
                refusal=say("pattern.refused", n=n, least=least.n),
                source=say(least.source),
            )
    yield say("pattern.districts", n=len(answer.districts)) + say(
        "density_page.source", source=say(MINIMUM["hot_spots"].source)
    )
