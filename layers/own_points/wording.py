"""Say what became of the rows of a reader's own points, and what goes with every answer."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import pandas as pd

from geo.base.draws import SEED
from geo.base.errors import Value
from geo.density.bins import Bins
from geo.density.pattern import Pattern
from geo.grid.lookup import assign
from geo.intake.datum import DATUMS, most_offset_m
from layers.intake.diagnose import described
from layers.intake.formats.table import Observation
from layers.intake.report import DATUM_NAMES, sentence
from layers.intake.take_in import may_set_back
from layers.language.bilingual import Bilingual
from layers.language.messages import LANGS, Say, display, speaker
from layers.language.values import cell, count, km, number, paragraph, said, unit
from layers.map.colours import RAMP
from layers.own_points.filtering import filter_words
from layers.own_points.naming import date_words, file_words
from layers.own_points.reading import ACCOUNT, Reading, other_system
from layers.pack.city import City, outlines
from layers.view.vague import VAGUE_M

MOST_NAMED: Final = 3
"""Districts that tie and are named; of more it is only said that they do."""
MOST_CLASSES: Final = len(RAMP) - 1
"""One fewer than there are shades."""
MOST: Final = 0.5
"""From this share on, points at middles of districts or at one spot are most of them."""
COARSE_M: Final = 100.0
"""From so much doubt by rounding on, it is said beside the answer, metres."""
TIMES: Final = 2.0
"""A scale should be so many times the doubt; else what is dense may be the doubt."""


@dataclass(frozen=True, eq=False)
class PointsWording:
    """An answer in the reader's language; the four things shown have one shape.

    Parameters
    ----------
    sentence
        The result, as one says it.
    account
        What became of the rows, and what was drawn from them.
    legend_title, legend
        Unit, and colour with words of each class.
    dots
        Colour with words of each kind of dot: the reader's own points.
    findings
        Further results, one sentence each.
    tables
        By title; the index is named by the heading of the first column.
    notes
        How it was measured, and what goes with every number.
    spoken
        The sentence where the title above it names the file.
    """

    sentence: str
    account: tuple[str, ...]
    legend_title: str = ""
    legend: tuple[tuple[str, str], ...] = ()
    findings: tuple[str, ...] = ()
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    spoken: str = ""
    dots: tuple[tuple[str, str], ...] = ()


def of_file(told: PointsWording, reading: Reading, lang: str) -> PointsWording:
    """Return an answer whose sentence says first which file it is about, of when, and which rows.

    Parameters
    ----------
    told
        The answer in words.
    reading
        What was read.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    say, source = speaker(lang), reading.asked.source
    dated = date_words(source, reading.dated, say)
    named = {"file": file_words(source), "dated": dated, "text": told.sentence}
    words = filter_words(reading.asked.columns, say)
    key = "points_page.of_file_filtered" if words else "points_page.of_file"
    spoken = say("view.filtered_first", text=told.sentence) if words else told.sentence
    return replace(told, sentence=say(key, **named, words=words), spoken=spoken)


def named_in_both(reading: Reading) -> Bilingual:
    """Return the file with its date and its filter, as the subject of a sentence.

    Parameters
    ----------
    reading
        What was read.
    """
    source, columns = reading.asked.source, reading.asked.columns
    named = []
    for lang in LANGS:
        say = speaker(lang)
        words = filter_words(columns, say)
        key = "points_page.named_filtered" if words else "points_page.named"
        dated = date_words(source, reading.dated, say)
        named.append(say(key, file=file_words(source), dated=dated, words=words))
    return Bilingual(*named)


def ladder(highest: float, most: int = MOST_CLASSES) -> tuple[float, ...]:
    """Return lower bounds of classes below a value, in steps 1, 2, 5, 10, lowest first.

    Densities of enterprises are skewed: equal steps would show the one highest spot alone.

    Parameters
    ----------
    highest
        Highest value shown, 0 or more.
    most
        Classes at most, the highest kept.

    Returns
    -------
    tuple
        None for zero.
    """
    steps: list[float] = []
    power = 10.0 ** math.ceil(math.log10(highest)) if highest > 0 else 0.0
    while power and len(steps) < most:
        steps += [power * factor for factor in (1.0, 0.5, 0.2) if power * factor < highest]
        power /= 10
    return tuple(float(f"{step:.3g}") for step in sorted(steps[:most]))


def names_of(city: City, lang: str) -> dict[str, str]:
    """Return the districts' names by adcode.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    return {str(code): cell(row, "name", lang) for code, row in city.districts.iterrows()}


def account(reading: Reading, lang: str) -> tuple[str, ...]:
    """Say what became of every row: read is the sum of the others, always.

    Rows that are known by their district only stand between those that are drawn and the others.

    Parameters
    ----------
    reading
        As :func:`layers.own_points.reading.read` returns it.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    tuple
        First the rows, and all that makes the points doubtful; then whence each doubt is known.
    """
    say = speaker(lang)
    lines = [paragraph((_rows(reading, say), *cautions(reading, lang)), lang)]
    lines += [sentence(one, lang) for one in found_later(reading)]
    if not reading.kept.whole:
        lines.append(say("points_page.kept", kept=count(len(reading.kept.xy)), seed=SEED))
    if reading.alone:
        lines.append(say("points_page.alone"))
    return (*lines, doubt_line(reading, lang))


def _rows(reading: Reading, say: Say) -> str:
    """Say how many rows count, and what became of the others."""
    binned = reading.binned
    others = {
        "vague": reading.by_district,
        "outside": binned.outside,
        "filtered": binned.filtered,
        "rejected": sum(binned.rejected.values()),
    }
    if not any(others.values()):
        return say("points_page.rows_all", read=count(binned.read))
    limit = f"{VAGUE_M / 1000:g}"
    parts = [
        say(f"points_page.rows_{one}", n=count(n), limit=limit) for one, n in others.items() if n
    ]
    told = say("view.comma").join([say("points_page.rows_binned", n=count(binned.n)), *parts])
    return say("points_page.rows", read=count(binned.read), parts=told)


def cautions(reading: Reading, lang: str) -> Iterator[str]:
    """Say what makes the points doubtful, one short sentence each.

    Parameters
    ----------
    reading
        As :func:`layers.own_points.reading.read` returns it.
    lang
        Language of the words, ``zh`` or ``en``.

    Yields
    ------
    str
        Points at the middles of districts or at one spot; rounding; the datum; points placed.
    """
    say, told, n = speaker(lang), reading.certainty, reading.binned.n
    if reading.at_middles > 1:
        yield say("points_page.at_middles", n=count(reading.at_middles))
    elif n > 1 and reading.at_one > n * MOST:
        yield say("points_page.at_one", n=count(reading.at_one))
    rounded = reading.asked.seen if reading.taken is None else told  # the first rows of a long file
    if rounded is not None and rounded.rounded and rounded.rounded_m[1] >= COARSE_M:
        step = float(f"{math.sqrt(2) * rounded.rounded_m[1]:.1g}")
        yield say("points_page.rounded_to", step=_metres(step, lang))
    if told.shifted or told.datum:
        key = "points_page.was_set_back" if told.is_back else "points_page.as_it_is"
        metres = _metres(told.shifted_m, lang)
        yield say(key, datum=DATUM_NAMES[told.datum], metres=metres)
    if told.placed:
        yield say("points_page.placed", n=count(told.placed))


def _metres(metres: float, lang: str) -> str:
    return km(metres, lang) if metres >= 1000 else number(metres, unit("m", lang))


def doubt_line(reading: Reading, lang: str) -> str:
    """Say of how many rows the doubt is known, and whence.

    Parameters
    ----------
    reading
        As :func:`layers.own_points.reading.read` returns it.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    say, told = speaker(lang), reading.certainty
    span = dict.fromkeys(_metres(one, lang) for one in told.rounded_m)
    values = {"rounded": "–".join(span), "shifted": _metres(told.shifted_m, lang)}
    parts = [] if told.stated else [say("points_page.doubt_not_stated")]
    for whence in ("stated", "rounded", "shifted", "placed", "unknown"):
        if n := getattr(told, whence):
            metres = values.get(whence, "")
            parts.append(say(f"points_page.doubt_{whence}", n=count(n), metres=metres))
    is_before = reading.asked.columns.wanted and reading.taken is not None
    key = "points_page.doubt_filtered" if is_before else "points_page.doubt"
    return say(key, parts=say("points_page.semicolon").join(parts))


def why_not(reading: Reading, scale_m: float, least: int = 0) -> str:
    """Return why nothing can be said of where points are dense; empty where it can.

    Parameters
    ----------
    reading
        As :func:`layers.own_points.reading.read` returns it.
    scale_m
        Of what is measured: a bandwidth, the side of a cell, a radius; 0 for none.
    least
        So few points are enough.

    Returns
    -------
    str
        ``spot``: most stand at middles of districts, or at one spot; ``few``; ``doubt``: half of
        them are too far off.
    """
    n = reading.binned.n
    if n > 1 and max(reading.at_middles, reading.at_one) > n * MOST:
        return "spot"
    if n < least:  # which no other scale would mend
        return "few"
    return "doubt" if TIMES * reading.median_m > scale_m > 0 else ""


def not_judged(
    told: PointsWording, reading: Reading, scale_m: float, least: int, lang: str
) -> PointsWording:
    """Return an answer that says no more than the points allow.

    Parameters
    ----------
    told
        The answer in words.
    reading
        As :func:`layers.own_points.reading.read` returns it; it has points.
    scale_m, least
        As for :func:`why_not`.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    PointsWording
        As it is; or with a sentence that only counts, why in the first line below it, and no
        table, legend or further result that says more.
    """
    counts = (speaker(lang)("points_page.districts"),)
    why = why_not(reading, scale_m, least)
    if not why:
        return told
    median = reading.median_m
    values = {
        "doubt": _metres(float(f"{median:.1g}"), lang),
        "scale": _metres(scale_m, lang),
        "least": least,
    }
    reason = () if why == "spot" else (speaker(lang)(f"points_page.why_{why}", **values),)
    rows, *rest = account(reading, lang)
    first = paragraph((rows, *reason), lang)
    return replace(
        told,
        sentence=counted(reading, lang),
        account=(first, *rest),
        legend_title=speaker(lang)(f"points_page.alone_{why}", least=least),
        legend=(),
        dots=(),
        findings=(),
        tables={title: told.tables[title] for title in told.tables if title in counts},
    )


def counted(reading: Reading, lang: str) -> str:
    """Say how many points lie in the city, and in which districts most of them do.

    Parameters
    ----------
    reading
        As :func:`layers.own_points.reading.read` returns it; it has points.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    say, city, kept = speaker(lang), reading.asked.city, reading.kept
    where = assign(kept.xy, outlines(city)).astype(object)
    n = pd.Series(where.to_numpy()).value_counts().sort_index()
    first, total = n[n == n.max()], reading.binned.n
    each = round(int(n.max()) * total / max(len(kept.xy), 1))
    told = {"n": count(total), "each": count(each), "districts": len(n)}
    if len(n) == 1 or len(first) <= MOST_NAMED:
        named = [names_of(city, lang)[str(code)] for code in first.index]
        comma = say("view.comma").join(named[:-1])
        most = say("points_page.and", first=comma, last=named[-1]) if comma else named[0]
        key = "all" if len(n) == 1 else "one" if len(named) == 1 else "tied"
        return say(f"points_page.counted_{key}", **told, most=most)
    return say(f"points_page.counted_{'alike' if len(first) == len(n) else 'many'}", **told)


def reasons(reading: Reading, say: Say) -> Iterator[str]:
    """Say why rows are not used, and how many for each reason.

    Parameters
    ----------
    reading
        As :func:`layers.own_points.reading.read` returns it.
    say
        Speaks the reader's language.

    Yields
    ------
    str
        One sentence for each reason.
    """
    for reason in ACCOUNT:
        if n := reading.binned.rejected[reason]:
            yield say("intake.reason_line", reason=say(f"intake.reason.{reason}"), n=n)


def found_later(reading: Reading) -> Iterator[Observation]:
    """Return what rows show that the first of the file, which decided how it is read, did not.

    Parameters
    ----------
    reading
        As :func:`layers.own_points.reading.read` returns it.

    Yields
    ------
    Observation
        Other notations, bytes that are no text, another reference system.
    """
    for form, one in sorted(reading.binned.apart.forms.items()):
        where: dict[str, Value] = {"file": one.first.file, "line": one.first.line}
        yield Observation(f"later_{form}", "certain", {"value": one.rows, **where})
    other = other_system(reading)
    if other is not None:
        systems: dict[str, Value] = {"crs": reading.asked.crs, "value": described(other.crs)}
        where = {"file": other.first.file, "line": other.first.line}
        percent = round(100 * other.share)
        yield Observation("later_other_system", "likely", {**systems, **where, "percent": percent})


def unused_rows(reading: Reading, lang: str) -> pd.DataFrame:
    """Return the rows that are not used, each with its line and why: of many the first.

    Parameters
    ----------
    reading
        As :func:`layers.own_points.reading.read` returns it.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    DataFrame
        ``file``, ``line``, ``reason`` (its key) and ``words``, in the order of the file.
    """
    say = speaker(lang)
    told = [(*place, why, say(f"intake.reason.{why}"))
            for why, places in reading.binned.apart.named.items() for place in places]  # fmt: skip
    return pd.DataFrame(sorted(told), columns=["file", "line", "reason", "words"])


def source_notes(reading: Reading, say: Say) -> Iterator[str]:
    """Say how the file was read, and what the atlas cannot know of it.

    Parameters
    ----------
    reading
        As :func:`layers.own_points.reading.read` returns it.
    say
        Speaks the reader's language.

    Yields
    ------
    str
        Sentences: why rows are not used, columns and system, filter, the way to the plane, day of
        the file, datum.
    """
    columns, source = reading.asked.columns, reading.asked.source
    yield from reasons(reading, say)
    yield say(
        "points_page.read_as",
        columns=", ".join(columns.places),
        system=system_words(reading, say),
        weight=columns.weights or say("points_page.no_weight"),
    )
    if words := filter_words(columns, say):
        yield say("points_page.filtered_note", words=words)
    way = reading.way
    if way is not None and way.datum:
        yield say("points_page.datum_unshifted", datum=display(way.datum, longest=80))
    elif way is not None and way.accuracy_m is None:
        yield say("points_page.shift_unknown")
    elif way is not None and way.accuracy_m:
        yield say("points_page.shift", metres=f"{way.accuracy_m:g}")
    key = "points_page.uploaded" if source.is_uploaded else "points_page.written"
    yield say(key, date=source.day, files=len(source.paths))
    if reading.dated:
        yield say("points_page.stated", date=reading.dated)
    said = dict(reading.asked.answers).get("datum", "")
    if said in DATUMS:
        key = "points_page.datum_set_back" if may_set_back() else "points_page.datum_left"
        least = most_offset_m(reading.asked.city.bbox, said)
        yield say(key, datum=DATUM_NAMES[said], metres=count(int(least)))
    else:
        yield say("points_page.datum")
    yield say("points_page.unknown", limit=f"{VAGUE_M / 1000:g}")
    if reading.asked.scheduler is not None and not reading.alone:
        yield say("points_page.cluster")


def system_words(reading: Reading, say: Say) -> str:
    """Say as which reference system the positions were read, and how that is known.

    Parameters
    ----------
    reading
        As :func:`layers.own_points.reading.read` returns it.
    say
        Speaks the reader's language.
    """
    asked = reading.asked
    return say(f"points_page.system_{asked.basis}", crs=display(asked.crs, longest=80))


def nothing_said(reading: Reading, lang: str) -> str:
    """Say that there is nothing to measure, and what the reason may be.

    Parameters
    ----------
    reading
        As :func:`layers.own_points.reading.read` returns it; nothing in it can be measured.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    say, binned = speaker(lang), reading.binned
    if binned.n:
        return say("points_page.weightless")
    if vague := reading.by_district:
        return say("points_page.nothing_sure", n=vague, limit=f"{VAGUE_M / 1000:g}")
    city = reading.asked.city.name.of(lang)
    if binned.outside:
        system = system_words(reading, say)
        return say(
            "points_page.nothing_inside", city=city, outside=count(binned.outside), system=system
        )
    return say("points_page.nothing" if binned.read else "points_page.no_rows", city=city)


def refusal_words(say: Say, found: Bins | Pattern) -> str:
    """Say why there is no result.

    Parameters
    ----------
    say
        Speaks the reader's language.
    found
        A result that is refused: ``refused`` is the key of the sentence.
    """
    return " ".join(said(say, [found.refused], found.parameters))


def unit_words(reading: Reading, say: Say) -> str:
    """Return the unit of a density of these points.

    Parameters
    ----------
    reading
        As :func:`layers.own_points.reading.read` returns it.
    say
        Speaks the reader's language.

    Returns
    -------
    str
        Places per km², or what the column of weights counts per km².
    """
    weight = reading.asked.columns.weights
    if weight is None:
        return say("points_page.legend_none")
    return say("points_page.legend_weight", column=weight)
