"""Say how the places shown are spread over districts and halves: sentence, tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo.inventory.balance import LEAST_COUNT, Balance
from layers.balance.drawing import NONE as PLAIN
from layers.balance.drawing import classes, colours, rates
from layers.balance.measure import BalanceAnswer, Counts
from layers.language.messages import Say, speaker
from layers.language.sums import of_balance
from layers.language.values import cell, count, number, value_word
from layers.pack.catalogue import LEVELS, PLAN_STATUSES, STRIVEN
from layers.pack.city import City
from layers.places.spread import (
    PER_100KM2,
    PER_MILLION,
    distribution,
    further,
    half_name,
    half_within,
    tight,
)
from layers.view.filtered import answer_marked, is_filtered
from layers.view.rows import without_titles
from layers.view.vague import unknown_words

HATCH = "hatch"
"""Stands for a colour in the legend of the fill where a district is hatched."""


@dataclass(frozen=True, eq=False, kw_only=True)
class BalanceWording:
    """How places are spread, in the reader's language.

    Its tables: ``halves`` and ``districts`` in words, with a row for the city; and by district
    (rows) ``sorts`` (places by level and by status), ``kinds`` and ``fields``; zeros are shown.

    Parameters
    ----------
    account
        Places per head, the districts that the plan does not name, the halves by district of the
        site.
    n
        Places counted.
    sums
        How the rows shown add up, counted in each of both ways.
    quotients
        Sentences on quotients and concentration, or why there are none.
    legend
        Of the fill of the districts: a colour or ``hatch``, and its words.
    caution
        What the fill does not carry; empty where every count is large enough.
    """

    sentence: str
    account: tuple[str, ...]
    tables: Mapping[str, pd.DataFrame]
    notes: tuple[str, ...]
    n: int
    sums: tuple[str, ...]
    quotients: tuple[str, ...]
    legend: tuple[tuple[str, str], ...]
    caution: str


def word(answer: BalanceAnswer, lang: str) -> BalanceWording:
    """Put counted places into words.

    Parameters
    ----------
    answer
        As :func:`layers.balance.measure.measure` returns it.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    counts, city = answer.counts, answer.city
    say, found = speaker(lang), counts.found
    names = _names(city, lang)
    by_site = counts if answer.question.options.by == "site" else answer.other
    said = distribution(answer.headline, city, lang)
    return BalanceWording(
        n=found.n,
        sentence=answer_marked(city, answer.question, said, lang),
        account=(*further(answer.headline, city, lang), *_other_way(by_site, lang)),
        sums=(of_balance(found, lang), of_balance(answer.other.found, lang)),
        notes=tuple(_notes(answer, say, lang)),
        tables={
            "halves": _half_table(answer, lang),
            "districts": _district_table(answer, names, lang),
            "sorts": _sorts(found, names, lang),
            "kinds": _by_district(
                counts.kinds, names, lambda kind: city.layers[kind].title.of(lang), say
            ),
            "fields": _by_district(counts.fields, names, lambda field: _field(field, lang), say),
        },
        quotients=tuple(_measures(counts, names, lang)),
        legend=tuple(_legend(answer, say)),
        caution=say("balance_page.fill_few") if _few(answer.headline) else "",
    )


def _legend(answer: BalanceAnswer, say: Say) -> Iterator[tuple[str, str]]:
    """Yield the classes of the fill, the plain ground and the hatch, as far as they are drawn."""
    found, left_out = colours(answer), answer.headline.not_named
    if (found[~found.index.isin(left_out)] == PLAIN).any():
        yield PLAIN, say("balance_page.fill_none")
    for low, high, colour in classes(rates(answer)):
        if low:
            yield colour, say("density_page.range", low=number(low), high=number(high))
        else:
            yield colour, say("balance_page.fill_below", high=number(high))
    if left_out:
        yield HATCH, say("plate.not_named")


def _few(found: Balance) -> bool:
    return bool(found.districts["n"].between(1, LEAST_COUNT - 1).any())


def _names(city: City, lang: str) -> dict[str, str]:
    return {str(code): cell(row, "name", lang) for code, row in city.districts.iterrows()}


def _half_names(counts: Counts, lang: str) -> dict[str, str]:
    """Return the names of the halves; none where the city is not seen in halves."""
    if not counts.city.halves:
        return {}
    return {str(half): half_name(counts.city, half, lang) for half in counts.found.halves.index}


def _ranked(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with the most places first."""
    return table.sort_values("n", ascending=False, kind="stable")


def _share(row: pd.Series, total: float, say: Say) -> str:
    """Return a share in whole percent; of few places in places, which is what can be said aloud."""
    if np.isnan(row["share"]):
        return "–"
    if total < FEW:
        return say("balance_page.column.share_few", n=count(row["n"]), total=count(total))
    return f"{100 * row['share']:.0f}%"


def _other_way(counts: Counts, lang: str) -> Iterator[str]:
    """Say the split by district of the site: administration and site can differ."""
    found = counts.found
    if found.n and counts.city.halves:
        parts = [
            speaker(lang)(
                "balance_page.part",
                half=half_within(counts.city, half, lang),
                n=count(row["n"]),
            )
            for half, row in _ranked(found.halves).iterrows()
        ]
        listed = speaker(lang)("balance_page.comma").join(parts)
        yield tight(speaker(lang)("balance_page.other_site", n=found.n, parts=listed), lang)


def _notes(answer: BalanceAnswer, say: Say, lang: str) -> Iterator[str]:
    found = answer.counts.found
    yield say(found.method) + say("balance_page.stop")
    for key in found.caveats:
        yield say(key, **found.parameters)
    if _few(found):
        yield say("balance.few")
    if unknown := unknown_words(without_titles(answer.question.view(answer.city).places), lang):
        yield unknown


def _table(
    table: pd.DataFrame, names: Mapping[str, str], answer: BalanceAnswer, say: Say
) -> pd.DataFrame:
    """Return counts and ratios in words, the most places first, the city last.

    A share of filtered rows is not one of the city, and says so.
    """
    city, state = answer.counts.found.city, answer.question.state(answer.city)
    ordered = _ranked(table)
    rows = [_cells(row, city["n"], say) for row in (*(own for _, own in ordered.iterrows()), city)]
    labels = [names[str(code)] for code in ordered.index] + [say("balance_page.city")]
    columns = [say(f"balance_page.column.{name}") for name in _SHOWN]
    if is_filtered(answer.city, state, "density"):
        columns[_SHOWN.index("share")] = say("balance_page.column.share_filtered")
    return pd.DataFrame(rows, index=labels, columns=columns)


FEW = 20
"""Of fewer places a share is no percentage."""
_SHOWN = ("n", "share", "per_million", "per_100km2", "published")


def _cells(row: pd.Series, total: float, say: Say) -> list[str]:
    return [
        count(row["n"]),
        _share(row, total, say),
        _rate(PER_MILLION * row["per_10k"]),
        _rate(PER_100KM2 * row["per_km2"]),
        f"{count(row['published'])} / {count(row['n'])}" if row["n"] else "–",
    ]


def _rate(value: float) -> str:
    return "–" if np.isnan(value) else number(value)


def _half_table(answer: BalanceAnswer, lang: str) -> pd.DataFrame:
    """Return the halves with their cautions; one district's unsettled area unsettles its half.

    Empty where the city is not seen in halves.
    """
    say, counts = speaker(lang), answer.counts
    found = counts.found
    if not counts.city.halves:
        return pd.DataFrame()
    shown = _table(found.halves, _half_names(counts, lang), answer, say)
    disputed = {
        half
        for half, keys in zip(found.districts["half"], found.districts["caveats"], strict=True)
        if "balance.area_disputed" in keys
    }
    ordered = _ranked(found.halves)
    marks = [
        (*keys, *(("balance_page.mark.area_within",) if half in disputed else ()))
        for half, keys in ordered["caveats"].items()
    ]
    return shown.assign(**{say("balance_page.column.marks"): _marks(marks, say)})


def _district_table(answer: BalanceAnswer, names: Mapping[str, str], lang: str) -> pd.DataFrame:
    """Return the districts with half, where the city has any, and cautions."""
    say, counts = speaker(lang), answer.counts
    found = counts.found
    ordered, halves = _ranked(found.districts), _half_names(counts, lang)
    table = _table(found.districts, names, answer, say)
    if halves:
        of_each = [*(halves[str(half)] for half in ordered["half"]), ""]
        table.insert(0, say("balance_page.column.half"), of_each)
    return table.assign(**{say("balance_page.column.marks"): _marks(ordered["caveats"], say)})


def _marks(rows: Iterable[tuple[str, ...]], say: Say) -> list[str]:
    """Return the cautions of each row in short, and none for the city's row at the end."""
    comma = say("balance_page.comma")
    words = [
        comma.join(say(f"balance_page.mark.{key.rpartition('.')[2]}") for key in keys)
        for keys in rows
    ]
    return [*words, ""]


def _sorts(found: Balance, names: Mapping[str, str], lang: str) -> pd.DataFrame:
    say, table = speaker(lang), found.districts
    columns = {}
    for value in (*LEVELS, "aimed_at"):
        if (name := f"level_{value}") in table:
            asked = STRIVEN if value == "aimed_at" else value
            columns[name] = value_word("filter_level", asked, lang)
    for value in PLAN_STATUSES:
        if (name := f"status_{value}") in table:
            columns[name] = value_word("plan_status", value, lang)
    shown = table[list(columns)].rename(columns=columns)
    return _summed(shown, names, say)


def _summed(shown: pd.DataFrame, names: Mapping[str, str], say: Say) -> pd.DataFrame:
    """Name the districts and add the row of sums."""
    table = shown.rename(index=names).astype(int)
    table.loc[say("balance_page.city")] = table.sum(axis=0)
    return table


def _by_district(
    counts: pd.DataFrame, names: Mapping[str, str], title: Callable[[str], str], say: Say
) -> pd.DataFrame:
    return _summed(counts.rename(index=title).T, names, say)


def _field(field: str, lang: str) -> str:
    return (
        speaker(lang)("balance_page.no_field")
        if field == "unknown"
        else value_word("field", field, lang)
    )


def _measures(counts: Counts, names: Mapping[str, str], lang: str) -> Iterator[str]:
    """Say quotients and concentration where the counts carry them, else why not."""
    say, quotients = speaker(lang), counts.quotients
    for at, (kind, row) in enumerate(quotients.table.iterrows()):
        for where, (code, value) in enumerate(row.items()):
            if np.isnan(value):
                continue
            title = counts.city.layers[str(kind)].title.of(lang)
            yield say(
                "balance_page.quotient",
                district=names[str(code)],
                kind=title,
                value=number(value),
                here=int(counts.kinds.to_numpy()[at, where]),
                all=int(counts.kinds.to_numpy()[at].sum()),
            )
    for key in quotients.caveats:
        yield say(key, **quotients.parameters)
    for base, spread in counts.concentrations.items():
        if spread.refused:
            yield say(spread.refused, **spread.parameters)
            return
        yield say(f"balance_page.gini.{base}", gini=number(spread.gini))
    for spread in list(counts.concentrations.values())[:1]:
        yield say(
            "balance_page.hhi", hhi=number(spread.hhi), even=number(spread.hhi_even), n=spread.n
        )
        for key in spread.caveats:
            yield say(key, **spread.parameters)
