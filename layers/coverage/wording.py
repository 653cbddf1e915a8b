"""Say what is within reach, in sentences."""

from __future__ import annotations

from collections.abc import Iterable

import geopandas as gpd

from geo.base.finding import Finding
from geo.coverage.service_area import CITY
from geo.coverage.simulation import ReachedSimulation, resolution
from layers.coverage.measure import ReachAnswer, ReachRefusal
from layers.coverage.question import PRESETS_M, Inputs
from layers.language.messages import speaker
from layers.language.values import count, number
from layers.pack.city import City, city_word


def percent(share: float) -> str:
    """Return a share as a percentage: to a tenth below ten, else whole.

    Parameters
    ----------
    share
        Share, 0 to 1.
    """
    return f"{100 * share:.{1 if abs(share) < 0.1 else 0}f}%"


def span(low: float, high: float) -> str:
    """Return an interval of shares in percent: whole, or to a tenth where it is narrow.

    Parameters
    ----------
    low, high
        Ends of the interval, shares from 0 to 1.

    Returns
    -------
    str
        One percentage where both ends read the same.
    """
    digits = 0 if high - low >= 0.02 or low >= 0.995 else 1
    first, last = f"{100 * low:.{digits}f}", f"{100 * high:.{digits}f}"
    return f"{first}–{last}%" if first != last else f"{first}%"


def km(metres: float) -> str:
    """Return a distance in kilometres to three significant digits.

    Parameters
    ----------
    metres
        The distance in metres.
    """
    return number(metres / 1000, "km")


def name_of(frame: gpd.GeoDataFrame, id_: object, lang: str) -> str:
    """Return the name of a row, blank where there is none.

    Parameters
    ----------
    frame
        Rows by id, with ``name_zh`` and ``name_en``.
    id_
        Id of the row; None for none.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    str
        Blank also where the frame has no such row.
    """
    return str(frame[f"name_{lang}"].get(id_, "")) if id_ is not None else ""


def unit_name(city: City, unit: object, lang: str) -> str:
    """Return the name of the city, of a half or of a district.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    unit
        ``city``, id of a half, or adcode of a district.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    if unit == CITY:
        return city.name.of(lang)
    if unit in city.districts.index:
        return name_of(city.districts, unit, lang)
    return city_word(city, "half", unit, lang)


def outside_note(city: City, lang: str) -> str:
    """Return the words for what lies outside the city.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    return speaker(lang)("filter.outside", city=city.name.of(lang))


def sentence(answer: ReachAnswer | ReachRefusal, lang: str) -> str:
    """Return the result in one sentence, or why there is none.

    Parameters
    ----------
    answer
        As :func:`layers.coverage.measure.measure` returns it.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    say = speaker(lang)
    if isinstance(answer, ReachRefusal):
        return say(answer.reason, **answer.parameters)
    given, row = answer.inputs, answer.rows[CITY]
    fixed = answer.resolution.verdict == "uncertainty.fixed"
    drawn = span(row["low"], row["high"])
    key = f"result{'_time' if given.reach.parameters else ''}{'_fixed' if fixed else ''}"
    return say(
        f"coverage_page.{key}",
        share=percent(row["share"]) if fixed else drawn,
        span=drawn,
        radius=km(given.radius_m),
        sites=count(answer.area.n),
        minutes=given.options.minutes,
    )


def further(answer: ReachAnswer, lang: str) -> tuple[str, ...]:
    """Return what stands below the result, beside the map.

    Parameters
    ----------
    answer
        As :func:`layers.coverage.measure.measure` returns it, not a refusal.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    tuple
        One sentence per layer of targets on how many are reached; then residents.
    """
    say, row = speaker(lang), answer.rows[CITY]
    people = span(row["people_low"], row["people_high"])
    return (
        *(reached_words(answer, kind, lang) for kind in answer.served),
        say("coverage_page.residents", share=people),
    )


def reached_words(answer: ReachAnswer, kind: str, lang: str) -> str:
    """Return how many places of one layer are within reach, with the interval.

    Parameters
    ----------
    answer
        As :func:`layers.coverage.measure.measure` returns it, not a refusal.
    kind
        Id of the layer, one of ``answer.served``.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    str
        Why there is no number, where that is refused or no place has a point.
    """
    say, row = speaker(lang), answer.served[kind]
    layer = answer.city.layers[kind].title.of(lang)
    if row.found is None:
        key = "target_refused" if row.n else "target_none"
        return say(f"coverage_page.{key}", layer=layer, **row.resolution.parameters)
    return say("coverage_page.target", layer=layer, count=reached_count(row.found), total=row.n)


def reached_count(found: ReachedSimulation) -> str:
    """Return the interval of a count.

    Parameters
    ----------
    found
        How many points are within reach, with the interval over the draws.

    Returns
    -------
    str
        Both ends, whole; one number where they are the same.
    """
    low, high = round(found.low), round(found.high)
    return f"{low}–{high}" if low != high else str(low)


def twice_words(answer: ReachAnswer, lang: str) -> str:
    """Return what share of the city two or more places reach, places as drawn.

    Parameters
    ----------
    answer
        As :func:`layers.coverage.measure.measure` returns it, not a refusal.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    share = percent(answer.overlap.value / float(answer.rows[CITY]["area_km2"]))
    return speaker(lang)("coverage_page.twice", share=share)


def worst_words(answer: ReachAnswer, lang: str) -> str:
    """Return how far the worst-served tenth lies from its nearest place, and where most of it.

    Parameters
    ----------
    answer
        As :func:`layers.coverage.measure.measure` returns it, not a refusal.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    str
        The distance is an interval over the draws, in kilometres.
    """
    doubted = answer.distance_doubt
    low, high = (number(end / 1000) for end in (doubted.low, doubted.high))
    where = answer.distances.units["worst_share"].reindex(answer.inputs.districts.index)
    return speaker(lang)(
        "coverage_page.worst",
        distance=f"{low}–{high}" if low != high else low,
        district=unit_name(answer.city, where.idxmax(), lang),
        share=percent(float(where.max())),
    )


def rules(given: Inputs, lang: str) -> tuple[str, ...]:
    """Return the lines on the radius: no standard, how many places qualify at each preset.

    Parameters
    ----------
    given
        What enters, as :func:`layers.coverage.question.inputs` gathers it.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    tuple
        Also what the radius stands for, where it follows from a time. How many qualify is left out
        where no site has a point.
    """
    say = speaker(lang)
    lines = [say("coverage.no_standard")]
    lines += [say(f"coverage.preset_{metres // 1000}") for metres in PRESETS_M]
    if given.reach.parameters:
        lines.append(say(given.reach.label, **given.reach.parameters))
    if len(given.mapped):
        each = [resolution(given.sites, radius_m=metres) for metres in (1_000, *PRESETS_M)]
        parts = [
            say("coverage_page.qualify", radius=km(metres), count=int(found.value))
            for metres, found in zip((1_000, *PRESETS_M), each, strict=True)
        ]
        joined = say("coverage_page.comma").join(parts)
        lines.append(say("coverage_page.qualifies", total=each[0].n, parts=joined))
    return tuple(lines)


def caveats(findings: Iterable[Finding], lang: str) -> list[str]:
    """Return each caveat of some findings once, in words.

    Parameters
    ----------
    findings
        In the order of weight; a caveat of several takes its values from the first.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    list
        Sentences, in the order in which they first come.
    """
    say = speaker(lang)
    told: dict[str, str] = {}
    for finding in findings:
        for key in finding.caveats:
            told.setdefault(key, say(key, **finding.parameters))
    return list(dict.fromkeys(told.values()))
