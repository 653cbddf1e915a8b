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
    LEAST_AT_PEAK,
    DensityAnswer,
    cell_of,
    cells,
    positions,
)
from layers.density.phrases import (
    around_words,
    districts_of,
    height_alone,
    height_words,
    hundreds,
    names_of,
    spot_words,
    where_words,
)
from layers.language.messages import Say, speaker
from layers.language.sums import equation
from layers.language.values import cell, count, number, row_of, said
from layers.map.colours import shades
from layers.view.filtered import answer_marked, is_filtered
from layers.view.vague import doubt_sentence

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
        The highest first. As a table, ``tables["peaks"]``: their intervals, and what they rest on;
        ``tables["districts"]`` are the districts by their part of the mass.
    cells
        Sides of a cell to choose from, metres, with their words; the first is automatic.
    rules
        What limits the choices: the cell's rule, and why there is no adaptive bandwidth.
    firmness
        Whether the highest peak stays when places move within their doubt.
    method
        How it was measured.
    verdict, moves, captions
        Whether the finding survives another bandwidth and grid, where the peak then lies, and what
        each small picture of them shows.
    beside
        The pictures of this grid at half, once and twice the bandwidth: which of the captions, its
        words in short, and whether it is the surface on the map.
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
    moves: str
    captions: tuple[str, ...]
    beside: tuple[tuple[int, str, bool], ...]
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
        sentence=_sentence(answer, lang),
        account=(*_doubt(answer, lang), *_account(answer, say)),
        sums=_sums(answer, lang),
        legend_title=say(f"density_page.legend_{answer.options.weight}"),
        legend=tuple(_legend(answer, say)),
        peaks=tuple(_peak(answer, at, lang) for at in range(len(answer.peaks))),
        tables={
            "peaks": _ranking(answer, lang),
            "districts": _districts(answer, names, say),
        },
        cells=_cells(answer, say),
        rules=tuple(_rules(answer, say)),
        firmness=tuple(_firmness(answer, names, say)),
        notes=tuple(said(say, answer.surface.caveats, answer.surface.parameters)),
        method=tuple(_method(answer, say)),
        verdict=_verdict(answer, names, say),
        moves=_moved(answer, names, say),
        captions=tuple(_captions(answer, names, say)),
        beside=tuple(_beside(answer, say)),
        too_few=tuple(_too_few(answer, say)),
    )


def _sentence(answer: DensityAnswer, lang: str) -> str:
    """Say where it is densest, in one short sentence."""
    say, asked = speaker(lang), answer.question
    if not answer.peaks:
        key = "no_peak" if answer.surface.n else "empty"
        return answer_marked(answer.city, asked, say(f"density_page.{key}", n=LEAST_AT_PEAK), lang)
    told = say(
        f"density_page.densest_{answer.options.weight}",
        where=spot_words(answer, 0, lang),
        n=_together(answer),
    )
    return answer_marked(answer.city, asked, told, lang)


def _together(answer: DensityAnswer) -> int:
    """Return how many places make half of the highest peak; of fewer than three, those near it."""
    peak, makers = answer.peaks[0], len(answer.peaks[0].makers)
    away = np.hypot(*(positions(answer.places) - (peak.x, peak.y)).T)
    near = int((away <= 1000.0 * answer.options.bandwidth_km).sum())
    return makers if makers >= LEAST_AT_PEAK else near


def _doubt(answer: DensityAnswer, lang: str) -> Iterator[str]:
    """Yield the one sentence of doubt: what the highest peak carries, and what it does not."""
    if not answer.peaks:
        return
    peak, where = answer.peaks[0], around_words(answer, 0, lang)
    key = "moves" if _moves(answer) else peak.label.removeprefix("peak.")
    rows = count(float(str(peak.parameters["rows"])))
    yield speaker(lang)(f"density_page.doubt.{key}", where=where, rows=rows)


def _moves(answer: DensityAnswer) -> bool:
    """Tell whether the peak leaves the districts named with it: in the draws, or by the method."""
    if answer.holds is not None and "peak.not_firm" in answer.holds.caveats:
        return True
    zones = set() if answer.runs is None else set(answer.runs.runs["peak_zone"].dropna())
    return not {str(zone) for zone in zones} <= _named(answer)


def _account(answer: DensityAnswer, say: Say) -> Iterator[str]:
    """Yield which rows enter and which do not; the numbers add up to the rows shown."""
    titles = answer.titles and say("density_page.account_titles", count=answer.titles)
    if answer.shown:
        yield say(
            "density_page.account",
            shown=answer.shown,
            n=answer.surface.n,
            nested=answer.nested,
            unmapped=answer.unmapped,
            titles=titles or "",
            outside=answer.outside,
        )
        unknown = int(answer.places["uncertainty_m"].isna().sum())
        known = {"known": answer.surface.n - unknown, "unknown": unknown + answer.unmapped}
        yield doubt_sentence({**known, "unmapped": answer.unmapped}, say)


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
    """Yield colour and bounds of each class, the highest last: it has no upper bound.

    The highest value of the points as drawn may lie outside the interval of the peak.
    """
    bounds = [hundreds(bound) for bound in answer.breaks]
    for at, colour in enumerate(shades(len(bounds))):
        if at + 1 < len(bounds):
            yield colour, say("density_page.range", low=bounds[at], high=bounds[at + 1])
        else:
            yield colour, say("density_page.from", low=bounds[at])


def _peak(answer: DensityAnswer, at: int, lang: str) -> PeakWording:
    say, peak = speaker(lang), answer.peaks[at]
    title = say(
        "density_page.peak",
        rank=at + 1,
        district=spot_words(answer, at, lang),
        value=height_words(answer, at, say),
    )
    made = [cell(row_of(answer.places, id_), "name", lang) for id_ in peak.makers]
    listed = say("density_page.comma").join(made[:_MOST_NAMED])
    key = "makers" if len(made) <= _MOST_NAMED else "makers_more"
    notes = [
        *said(say, peak.caveats, peak.parameters),
        say(f"density_page.{key}", names=listed, count=len(made)),
    ]
    return PeakWording(title, tuple(notes))


def _ranking(answer: DensityAnswer, lang: str) -> pd.DataFrame:
    """Return the peaks as a table, the highest first: their intervals and what they rest on."""
    say, rows, labels = speaker(lang), [], []
    for at, peak in enumerate(answer.peaks):
        where = spot_words(answer, at, lang)
        labels.append(say("density_page.ranked", rank=at + 1, district=where))
        doubt = float(str(peak.parameters["doubt_km"]))
        rows.append(
            [
                height_alone(answer, at, say),
                str(len(peak.makers)),
                number(doubt) if math.isfinite(doubt) else "–",
            ]
        )
    names = (f"height_{answer.options.weight}", "made", "doubt")
    columns = [say(f"density_page.ranking.{name}") for name in names]
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
        ]
        for _, row in table.iterrows()
    ]
    mass = f"mass_{answer.options.weight}"
    state = answer.question.state(answer.city)
    share = "share_filtered" if is_filtered(answer.city, state, "density") else "share"
    columns = [say(f"density_page.column.{name}") for name in (mass, share)]
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
    yield say("density_page.least", least=LEAST_AT_PEAK)
    for at, height in enumerate(answer.heights):
        for told in said(say, height.caveats, height.parameters) if height else ():
            yield say("density_page.as_drawn", rank=at + 1, told=told)


def _verdict(answer: DensityAnswer, names: Mapping[str, str], say: Say) -> str:
    """Say whether the finding survives; on a border a peak may change its district and stay."""
    runs = answer.runs
    if runs is None:
        return ""
    zones = {str(zone) for zone in runs.runs["peak_zone"].dropna()}
    if runs.verdict == "sensitivity.peak_moves" and zones <= _named(answer):
        where = where_words(answer, 0, names, say)
        return say("density_page.peak_stays", where=where, **runs.parameters)
    return say(runs.verdict, **runs.parameters)


def _named(answer: DensityAnswer) -> set[str]:
    """Return the districts that the first sentence names."""
    return set(districts_of(answer, 0)) if answer.peaks else set()


def _moved(answer: DensityAnswer, names: Mapping[str, str], say: Say) -> str:
    """Say where the peak lies in the runs, and how far apart that is."""
    runs = answer.runs
    if runs is None:
        return ""
    zones = [names[str(code)] for code in dict.fromkeys(runs.runs["peak_zone"]) if code is not None]
    xy = positions(answer.places)
    tops = np.array([top_of(surface, xy) or (np.nan, np.nan) for surface in runs.surfaces])
    apart = np.hypot(*(tops[:, None, :] - tops[None, :, :]).transpose(2, 0, 1)).max()
    return say(
        "density_page.peak_zones",
        names=say("density_page.comma").join(zones),
        apart=number(float(apart) / 1000),
    )


def _beside(answer: DensityAnswer, say: Say) -> Iterator[tuple[int, str, bool]]:
    """Yield the runs on the grid of the surface, the smallest bandwidth first."""
    runs = answer.runs.runs if answer.runs else pd.DataFrame()
    for at, (_, run) in enumerate(runs.iterrows()):
        if run["cell_m"] == answer.surface.cell_m:
            here = math.isclose(run["sigma_m"], 1000 * answer.options.bandwidth_km)
            key = "density_page.here" if here else "density_page.other"
            yield at, say(key, bandwidth=number(run["sigma_m"] / 1000)), here


def _captions(answer: DensityAnswer, names: Mapping[str, str], say: Say) -> Iterator[str]:
    """Yield what each small picture shows, in the order of the runs."""
    if answer.runs is None:
        return
    for _, run in answer.runs.runs.iterrows():
        zone = run["peak_zone"]
        yield say(
            "density_page.small",
            bandwidth=number(run["sigma_m"] / 1000),
            cell=number(run["cell_m"], "m"),
            district=names[str(zone)] if zone is not None else say("density_page.at_the_edge"),
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
