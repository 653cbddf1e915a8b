"""Say what is within reach, in sentences."""

from __future__ import annotations

from collections.abc import Iterable

import geopandas as gpd

from geo.base.finding import Finding
from geo.coverage.service_area import CITY
from geo.coverage.simulation import ReachedSimulation, resolution
from layers.coverage.measure import ReachAnswer, ReachRefusal
from layers.coverage.question import PRESETS_M, UNIVERSITY, Inputs, OwnPoints
from layers.language.messages import speaker
from layers.language.shares import fraction, tenths
from layers.language.values import count, km, number
from layers.pack.city import City, city_word
from layers.places.spread import short_name
from layers.view.filtered import answer_marked
from layers.view.vague import unknown_words

FEW_TARGETS = 10
"""Fewer things than these are said by their number, not in tenths."""
HALF = 0.5
"""Of an area, below which it is said that only so much is reached."""
HARDLY = 0.1
"""Of a district that is hardly reached less than this share is covered, at the upper end of its
interval: the words say it."""
MOST_NAMED = 3


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


def unit_order(city: City, units: Iterable[object]) -> list[object]:
    """Return units of a city as they are told: the city, its parts as the pack has them, the rest.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    units
        As of :func:`unit_name`; the rest stays in its order.
    """
    rank: dict[object, int] = {unit: n for n, unit in enumerate((CITY, *city.halves))}
    return sorted(units, key=lambda unit: rank.get(unit, len(rank)))


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


def sentence(answer: ReachAnswer | ReachRefusal, lang: str, *, below_title: bool = False) -> str:
    """Return the result in one sentence, or why there is none.

    Parameters
    ----------
    answer
        As :func:`layers.coverage.measure.measure` returns it.
    lang
        Language of the words, ``zh`` or ``en``.
    below_title
        Whether a title above it names the reader's file.
    """
    if isinstance(answer, ReachRefusal):
        return speaker(lang)(answer.reason, **answer.parameters)
    said = _first(answer, lang, below_title=below_title)
    return answer_marked(answer.city, answer.question, said, lang)


def own_named(own: OwnPoints, lang: str, *, below_title: bool) -> str:
    """Return a reader's own points as the subject of a sentence.

    Parameters
    ----------
    own
        The points.
    lang
        Language of the words, ``zh`` or ``en``.
    below_title
        Whether a title above the sentence names the file.
    """
    return speaker(lang)("coverage_page.own_file") if below_title else own.name.of(lang)


def _first(answer: ReachAnswer, lang: str, *, below_title: bool) -> str:
    """Say what part of the first layer of targets is reached, and of the area, as one says it."""
    say, given, row = speaker(lang), answer.inputs, answer.rows[CITY]
    kind = _said(answer)
    found = answer.served[kind].found if kind else None
    part = say("coverage_page.area_share", share=span(row["low"], row["high"]))
    area = fraction(row["low"], row["high"], lang) or part
    told = {
        "within": _within(given, lang),
        "what": _what(given, lang),
        "only": say("coverage_page.only") if row["high"] < HALF else "",
        "area": area,
        "beyond": _beyond(answer, lang),
    }
    if given.own is not None and answer.own is not None:
        named = own_named(given.own, lang, below_title=below_title)
        told |= {"layer": named, "share": own_share(answer.own, lang)}
        return say("coverage_page.first_own", **told)
    if kind is None or found is None:
        return say("coverage_page.first_area", **told)
    total = answer.served[kind].n
    told["layer"] = _served_name(given, kind, lang)
    if total < FEW_TARGETS:
        told |= {"count": reached_count(found), "total": str(total)}
        return say("coverage_page.first_few", **told)
    told["share"] = tenths(found.low / total, found.high / total, lang)
    return say("coverage_page.first", **told)


def of_district(answer: ReachAnswer, adcode: str, lang: str) -> tuple[str, str]:
    """Say how much of one district is reached, beside the city, and what that rests on.

    Parameters
    ----------
    answer
        As :func:`layers.coverage.measure.measure` returns it, not a refusal.
    adcode
        Code of the district.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    tuple
        Sentence and doubt.
    """
    say, row, whole = speaker(lang), answer.rows[adcode], answer.rows[CITY]
    said = say(
        "coverage_page.first_district",
        district=unit_name(answer.city, adcode, lang),
        within=_within(answer.inputs, lang),
        what=_what(answer.inputs, lang),
        share=span(row["low"], row["high"]),
        city=span(whole["low"], whole["high"]),
    )
    rests = say("coverage_page.doubt_district", placed=_placed(answer, lang))
    return answer_marked(answer.city, answer.question, said, lang), rests


def _placed(answer: ReachAnswer, lang: str) -> str:
    """Say how many of the sites are placed well enough for the radius."""
    found, qualify = answer.resolution, int(answer.resolution.value)
    key = "doubt_sure" if qualify == found.n else "doubt_sites"
    radius = km(answer.inputs.radius_m, lang)
    return speaker(lang)(f"coverage_page.{key}", sites=found.n, qualify=qualify, radius=radius)


def doubt(answer: ReachAnswer, lang: str) -> str:
    """Say in one line what the first sentence rests on: of how many, and how many are well placed.

    Parameters
    ----------
    answer
        As :func:`layers.coverage.measure.measure` returns it, not a refusal.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    str
        Of how many targets the tenths are, unless the sentence has said so; for how many of the
        sites the radius is at least twice the doubt about their location.
    """
    say, given, kind = speaker(lang), answer.inputs, _said(answer)
    parts = []
    if given.own is None and kind is not None and answer.served[kind].n >= FEW_TARGETS:
        row = answer.served[kind]
        counted = reached_count(row.found) if row.found is not None else "–"
        layer = _served_name(given, kind, lang)
        parts.append(say("coverage_page.doubt_of", layer=layer, total=row.n, count=counted))
    parts.append(_placed(answer, lang))
    said = say("coverage_page.stop").join(parts) + say("balance_page.stop")
    return said[:1].upper() + said[1:]


def own_share(found: ReachedSimulation, lang: str) -> str:
    """Return which part of a reader's own points is reached, in tenths.

    Parameters
    ----------
    found
        How many points are within reach, with the interval over the draws.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    return tenths(found.low / found.n, found.high / found.n, lang)


def own_words(answer: ReachAnswer, lang: str) -> tuple[str, ...]:
    """Return how many of a reader's own points are within reach, and how that is known.

    Parameters
    ----------
    answer
        As :func:`layers.coverage.measure.measure` returns it, not a refusal.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    tuple
        Empty where places are counted.
    """
    say, given, found = speaker(lang), answer.inputs.own, answer.own
    if given is None:
        return ()
    if found is None:
        return (say("coverage_page.own_none", layer=given.name.of(lang)),)
    low, high = (number(given.total * end / found.n) for end in (found.low, found.high))
    share = span(found.low / found.n, found.high / found.n)
    counted = f"{low}–{high}" if low != high else low
    told = {"layer": given.name.of(lang), "total": count(given.total), "count": counted}
    some = found.n < given.total
    return (
        say("coverage_page.own_count", **told, share=share),
        *([say("coverage_page.own_some", some=count(found.n))] if some else []),
    )


def _said(answer: ReachAnswer) -> str | None:
    """Return the layer of targets that the first sentence is about, if any."""
    return next((kind for kind, row in answer.served.items() if row.found is not None), None)


def _within(given: Inputs, lang: str) -> str:
    key = "within_time" if given.reach.parameters else "within"
    radius = km(given.radius_m, lang)
    return speaker(lang)(f"coverage_page.{key}", radius=radius, minutes=given.options.minutes)


def _what(given: Inputs, lang: str) -> str:
    """Name what is reached: innovation places, or the layers chosen."""
    if not given.options.sites:
        return speaker(lang)("coverage_page.places")
    titles = [given.city.layers[id_].title.of(lang) for id_ in sorted(given.options.sites)]
    return speaker(lang)("coverage_page.comma").join(titles)


def _served_name(given: Inputs, kind: str, lang: str) -> str:
    if kind == UNIVERSITY:
        return speaker(lang)("siting_page.demand_university")
    return given.city.layers[kind].title.of(lang)


def _beyond(answer: ReachAnswer, lang: str) -> str:
    """Name the districts of which hardly anything is reached, whatever the draw."""
    say, rows = speaker(lang), answer.units[answer.units["level"] == "district"]
    codes = [str(code) for code in rows.index[rows["high"] < HARDLY]]
    if not codes:
        return ""
    names = [short_name(answer.city, code, lang) for code in codes[:MOST_NAMED]]
    key = "beyond" if len(codes) <= MOST_NAMED else "beyond_many"
    listed = say("coverage_page.comma").join(names)
    return say(f"coverage_page.{key}", names=listed, count=len(codes))


def covered_words(answer: ReachAnswer, lang: str) -> str:
    """Return the covered share of the city's area as an interval.

    Parameters
    ----------
    answer
        As :func:`layers.coverage.measure.measure` returns it, not a refusal.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    given, row = answer.inputs, answer.rows[CITY]
    return speaker(lang)(
        f"coverage_page.result{'_time' if given.reach.parameters else ''}",
        share=span(row["low"], row["high"]),
        radius=km(given.radius_m, lang),
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
        The covered share of the area; one sentence per layer of targets that the first sentence
        leaves out, on how many are reached; then residents.
    """
    say, row = speaker(lang), answer.rows[CITY]
    people = span(row["people_low"], row["people_high"])
    return (
        covered_words(answer, lang),
        *own_words(answer, lang),
        *(reached_words(answer, kind, lang) for kind in answer.served if kind != _said(answer)),
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
            say("coverage_page.qualify", radius=km(metres, lang), count=int(found.value))
            for metres, found in zip((1_000, *PRESETS_M), each, strict=True)
        ]
        joined = say("coverage_page.comma").join(parts)
        lines.append(say("coverage_page.qualifies", total=each[0].n, parts=joined))
    return tuple(lines)


def caveats(
    findings: Iterable[Finding], lang: str, sites: gpd.GeoDataFrame | None = None
) -> list[str]:
    """Return each caveat of some findings once, in words.

    Parameters
    ----------
    findings
        In the order of weight; a caveat of several takes its values from the first.
    lang
        Language of the words, ``zh`` or ``en``.
    sites
        Places that are measured from: of how many the doubt is unknown is said too.

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
    unknown = unknown_words(sites, lang) if sites is not None else ""
    return list(dict.fromkeys([*told.values(), *([unknown] if unknown else [])]))
