"""Say what a table by district shows: sentence, join report, ranking, sums, legend."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pandas as pd

from layers.district_table.drawing import behind, fills
from layers.district_table.measure import BASES, TableAnswer, TableQuestion
from layers.district_table.table import DistrictTable, called, is_rate
from layers.language.messages import Say, display, speaker
from layers.language.values import cell, number, stated
from layers.pack.city import City
from layers.places.spread import half_name
from layers.view.question import Refusal

LONGEST = 40
"""Characters of the name of a column in a sentence."""
LARGEST = 3
"""So many districts of most residents are named first where they have no data."""
MOST_STRANGERS = 12
"""Names that are none of a district which are told one by one."""


@dataclass(frozen=True, eq=False, kw_only=True)
class TableWording:
    """A table by district in the reader's language.

    Parameters
    ----------
    sentence, account, tables, notes
        See :class:`layers.language.wording.Wording`; tables ``ranking`` and ``halves``.
    legend
        Colour of each class, and its words; the last row is that of districts without data, its
        colour empty.
    rule
        The title of the legend: what is shown, and by which rule it was divided.
    """

    sentence: str
    account: tuple[str, ...] = ()
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    legend: tuple[tuple[str, str], ...] = ()
    rule: str = ""


def word(answer: TableAnswer | Refusal, lang: str) -> TableWording:
    """Put a table by district into words.

    Parameters
    ----------
    answer
        As :func:`layers.district_table.measure.measure` returns it.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    say = speaker(lang)
    if isinstance(answer, Refusal):
        asked = answer.question
        assert isinstance(asked, TableQuestion)
        words = {name: display(str(v), longest=LONGEST) for name, v in answer.parameters.items()}
        told = say(answer.reason, **words)
        rows = tuple(_account(answer.city, asked.table, lang))
        return TableWording(sentence=told, account=rows)
    tables = {"ranking": _ranking(answer, lang)}
    if answer.halves is not None:
        tables["halves"] = _halves(answer, lang)
    return TableWording(
        sentence=_sentence(answer, lang),
        account=(
            *_account(answer.city, answer.question.table, lang),
            *_cells(answer, lang),
        ),
        tables=tables,
        notes=tuple(_notes(answer, say)),
        legend=tuple(_legend(answer, say)),
        rule=say("district_table.legend", shown=title(answer, lang), rule=_rule(answer, say)),
    )


def title(answer: TableAnswer, lang: str) -> str:
    """Return what is shown: the column, and for how many of the denominator.

    Parameters
    ----------
    answer
        As :func:`layers.district_table.measure.measure` returns it.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    say, table = speaker(lang), answer.question.table
    name = display(called(answer.column), longest=LONGEST)
    told = say(f"district_table.shown_{answer.options.per}", column=name)
    if time := _time(table, say):
        return say("district_table.of_time", shown=told, time=time)
    return told


def date_words(table: DistrictTable, lang: str) -> str:
    """Return of which date a table is, and what says so.

    Parameters
    ----------
    table
        The reader's figures.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    say = speaker(lang)
    if table.period is not None:
        column = display(table.period.column, longest=LONGEST)
        return say("district_table.dated_by_column", date=_time(table, say), column=column)
    if table.dated:
        return say("district_table.dated", date=table.dated)
    return say("district_table.undated")


def _time(table: DistrictTable, say: Say) -> str:
    """Return the time that is shown; a year is called one."""
    time = display(table.time, longest=LONGEST)
    year = re.fullmatch(r"(\d{4})年?", time, re.ASCII)
    return say("district_table.year", year=year[1]) if year is not None else time


def shown(answer: TableAnswer, value: float) -> str:
    """Return a figure as it is read: as the table has it, a rate with three digits.

    Parameters
    ----------
    answer
        As :func:`layers.district_table.measure.measure` returns it.
    value
        A finite figure.
    """
    return stated(value) if answer.options.per == "none" else number(value)


def _with_unit(answer: TableAnswer, value: float) -> str:
    return shown(answer, value) + behind(answer)


def _sentence(answer: TableAnswer, lang: str) -> str:
    say, known = speaker(lang), answer.frame["figure"].dropna()
    told = {"shown": title(answer, lang), "n": len(known), "of": len(answer.frame)}
    if known.empty:
        return say("district_table.no_rate", **told)
    high, low = str(known.idxmax()), str(known.idxmin())
    names = {
        key: cell(answer.city.districts.loc[code], "name", lang)
        for key, code in (("high", high), ("low", low))
    }
    most, least = (_with_unit(answer, float(known[code])) for code in (high, low))
    if len(known) == 1:
        return say("district_table.alone", high=names["high"], most=most, **told)
    if known[high] == known[low]:
        return say("district_table.alike", value=most, **told)
    told |= {**names, "most": most, "least": least, "none": len(answer.frame) - len(known)}
    if not told["none"]:
        return say("district_table.sentence_whole", **told)
    sentence = say("district_table.sentence", **told)
    if large := _large_without(answer):
        named = _names(answer.city, large, lang)
        return say("district_table.large_first", names=named, sentence=sentence)
    return sentence


def _large_without(answer: TableAnswer) -> tuple[str, ...]:
    """Return the most populous districts that have no data: a highest without them is half told."""
    people = answer.city.districts[BASES["people"][0]].astype(float)
    known = answer.frame["figure"].notna()
    return tuple(str(code) for code in people.nlargest(LARGEST).index if not known[code])


def _names(city: City, codes: tuple[str, ...], lang: str) -> str:
    names = [cell(city.districts.loc[code], "name", lang) for code in codes]
    return speaker(lang)("view.comma").join(names)


def _account(city: City, table: DistrictTable, lang: str) -> Iterator[str]:
    """Yield what became of the rows: how many are joined, and which districts have none."""
    say = speaker(lang)
    reasons = [
        say("district_table.left_out", reason=say(f"district_table.reason.{reason}"), n=n)
        for reason, n in (*table.not_used, ("outside", table.outside))
        if n
    ]
    rest = say("district_table.rest", parts=say("view.comma").join(reasons)) if reasons else ""
    yield say("district_table.rows", rows=table.rows, used=table.used, rest=rest)
    if table.strangers:
        some = tuple(display(one, longest=LONGEST) for one in table.strangers[:MOST_STRANGERS])
        named = say("view.comma").join(some)
        yield say("district_table.strangers", names=named, n=len(table.strangers))
    if table.repeated:
        yield say("district_table.repeated", names=_names(city, table.repeated, lang))
    if table.missing:
        yield say("district_table.missing", names=_names(city, table.missing, lang))


def _cells(answer: TableAnswer, lang: str) -> Iterator[str]:
    """Yield the cells of the column that are no figures, and those read as other than written."""
    say, column = speaker(lang), answer.column
    for key, cells in (("unread", column.unread), ("converted", column.converted)):
        parts = [
            say(
                f"district_table.{key}_part",
                name=cell(answer.city.districts.loc[one.adcode], "name", lang),
                line=one.line,
                text=display(one.text, longest=LONGEST),
                value="" if math.isnan(one.value) else stated(one.value),
            )
            for one in cells
        ]
        if parts:
            yield say(f"district_table.{key}", parts=say("view.comma").join(parts))


def _ranking(answer: TableAnswer, lang: str) -> pd.DataFrame:
    """Return the districts from the highest figure to the lowest, then those without one."""
    say, frame = speaker(lang), answer.frame
    order = frame.sort_values("figure", ascending=False, kind="stable", na_position="last")
    ranks = order["figure"].rank(ascending=False, method="min")
    rows = []
    for code, row in order.iterrows():
        known = pd.notna(row["figure"])
        rows.append(
            (
                f"{ranks[str(code)]:.0f}" if known else "—",
                shown(answer, float(row["figure"])) if known else say("district_table.none"),
                stated(float(row["value"])) if pd.notna(row["value"]) else "—",
                half_name(answer.city, row["half"], lang) if answer.city.halves else "—",
            )
        )
    columns = [
        say("district_table.column.rank"),
        title(answer, lang),
        say("district_table.column.value"),
        say("district_table.column.half"),
    ]
    names = [cell(answer.city.districts.loc[code], "name", lang) for code in order.index]
    return pd.DataFrame(rows, columns=columns, index=names)


def _halves(answer: TableAnswer, lang: str) -> pd.DataFrame:
    say, halves = speaker(lang), answer.halves
    assert halves is not None
    rows = [
        (
            say("district_table.n_of", n=int(row["n"]), of=int(row["of"])),
            stated(float(row["value"])) if row["n"] else "—",
            shown(answer, float(row["figure"])) if pd.notna(row["figure"]) and row["n"] else "—",
        )
        for _, row in halves.iterrows()
    ]
    names = [half_name(answer.city, half, lang) for half in halves.index]
    keys = ("with_data", "sum", "figure")
    return pd.DataFrame(
        rows, columns=[say(f"district_table.column.{key}") for key in keys], index=names
    )


def _notes(answer: TableAnswer, say: Say) -> Iterator[str]:
    yield _rule(answer, say)
    yield say(f"district_table.base_{answer.options.per}")
    if is_rate(answer.column):
        yield say("district_table.no_total")
    elif answer.halves is not None:
        yield say("district_table.totals")
    yield say("district_table.own")


def _rule(answer: TableAnswer, say: Say) -> str:
    rule = say(f"district_table.rule_{answer.options.rule}")
    return say("district_table.rule", rule=rule, n=len(answer.limits))


def _legend(answer: TableAnswer, say: Say) -> Iterator[tuple[str, str]]:
    known = answer.frame["figure"].dropna()
    for at, colour in enumerate(fills(answer)):
        own = known[answer.frame.loc[known.index, "class_no"] == at + 1]
        if own.empty:
            continue
        least, most = shown(answer, float(own.min())), shown(answer, float(own.max()))
        key = "district_table.one" if least == most else "district_table.range"
        yield colour, say(key, low=least, high=most, n=len(own))
    if none := int(answer.frame["figure"].isna().sum()):
        yield "", say("district_table.legend_none", n=none)
