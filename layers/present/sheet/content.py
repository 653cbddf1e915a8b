"""Gather all that a sheet prints, in words, ready for the typesetter."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any

from layers.corridor import wording as corridor_wording
from layers.coverage import reach
from layers.coverage.measure import ReachRefusal
from layers.coverage.wording import span
from layers.density import wording as density_wording
from layers.handover.live_link import link_of_state, qr_svg
from layers.language.messages import display
from layers.language.values import count, number
from layers.map.plate import Sign, plate
from layers.places import bases
from layers.places.areas import area_name, figures, measures, sentence, unsettled_in_city
from layers.places.dating import dated, plan_years
from layers.places.district_profile import Profile, profile
from layers.places.spread import distribution, further
from layers.present.sheet.analyses import coverage, density, gaps, refusal
from layers.present.sheet.basis import Basis
from layers.present.sheet.belt import belt
from layers.present.sheet.places import Group, context, groups, unsited
from layers.present.sheet.plan_parts import indicators, tasks
from layers.present.sheet.typeset import lacks
from layers.present.static_map.furniture import crs_words
from layers.view.filtered import marked
from layers.view.rows import gather, without_titles
from layers.view.vague import unknown_words

Json = dict[str, Any]
ROOMY_LINES = 24
"""Lines of list and tasks up to which the map of a sheet may be tall."""
NOTICES = ("boundary", "review_base", "review_map")


def district(on: Basis, adcode: str) -> Json:
    """Return what the sheet of one district prints.

    Parameters
    ----------
    on
        What the sheet rests on.
    adcode
        Code of the district.

    Returns
    -------
    dict
        Texts, lists and dicts of them only, so that it can be written as JSON; every character
        shows as itself.

    Raises
    ------
    KeyError
        If the city has no such district.
    """
    city, lang = on.city, on.lang
    told, listed = profile(city, adcode, lang), groups(on, adcode)
    said = sentence(city, adcode, lang, named=told.named_by_plan, found=on.counted)
    numbers_of = _numbers(listed)
    asks = tasks(on, told.tasks, numbers_of)
    lines = sum(1 + len(group["rows"]) for group in listed) + len(asks["rows"])
    shown = {
        "adcode": adcode,
        "map_note": on.say("sheet.map_note"),
        "roomy": lines <= ROOMY_LINES,
        "title": told.name,
        "other_title": told.other_name,
        "sentence": marked(city, on.state, "explore", said, lang),
        "numbers": [vars(each) for each in measures(city, adcode, lang, on.counted)],
        "list": _list(on, adcode, told, listed),
        "people": _people(on, told),
        "density": density(on, adcode),
        "coverage": coverage(on, adcode),
        "gaps": gaps(on, adcode),
        "belt": belt(on, adcode, numbers_of),
        "tasks": asks,
        "indicators": indicators(on),
        "caveats": {
            "title": on.say("card.caveats"),
            "lines": [*_caveats(on, told, listed)],
        },
        **frame(on, {adcode, *(each.adcode for each in told.neighbours)}, adcode),
    }
    clean: Json = _shown(shown)
    if lacks(clean):
        clean["caveats"]["lines"].append(on.say("static_map.rare"))
    return clean


def _numbers(listed: list[Group]) -> dict[str, str]:
    """Return the index number of every place of the list by its id."""
    return {row["id"]: row["number"] for group in listed for row in group["rows"]}


def _list(on: Basis, adcode: str, told: Profile, listed: list[Group]) -> Json:
    """Return the places: how many count here, how many more are listed, and how to read them."""
    rows = [row for group in listed for row in group["rows"]]
    counted = sum(row["counts"] for row in rows)
    others = on.say("sheet.others", count=len(rows) - counted) if len(rows) > counted else ""
    notes = [on.say("sheet.list_legend")] if listed else [_none(on, told)]
    if other := context(on, adcode):
        notes.append(on.say("sheet.context", words=other))
    title = on.say("sheet.list", count=counted, others=others)
    return {"title": title, "groups": listed, "notes": notes}


def _none(on: Basis, told: Profile) -> str:
    """Say what an empty list means."""
    if on.filtered and told.named_by_plan:
        return on.say("balance_page.none_shown")
    return told.plan_note


def _people(on: Basis, told: Profile) -> Json:
    """Return residents, area and density beside the averages."""
    rows = told.averages.iloc[:3]  # the rest are the three numbers, which have their ranks
    return {
        "title": on.say("sheet.people"),
        "columns": ["", *map(str, rows.columns)],
        "rows": [[str(label), *map(str, row)] for label, row in rows.iterrows()],
        "notes": [on.say("sheet.people_note")],
    }


def _caveats(on: Basis, told: Profile, listed: list[Group]) -> Iterator[str]:
    """Yield what is not known of the district and what its sheet must not be used for."""
    if words := unsited(on, listed):
        yield words
    if words := unknown_words(gather(on.city).frame.loc[[*_counting(listed)]], on.lang):
        yield words
    yield from unsettled_in_city(on.city, on.lang, on.counted)
    if on.filtered:
        yield on.say("sheet.not_filtered")
    elif listed:
        yield told.plan_note[:1].upper() + told.plan_note[1:]  # elsewhere it stands within a line
    if told.caution:
        yield told.caution
    yield on.say("export.no_outline")


def _counting(listed: list[Group]) -> Iterator[str]:
    """Yield the ids of the places of the list that count here."""
    return (row["id"] for group in listed for row in group["rows"] if row["counts"])


def _of_all(on: Basis) -> Iterator[str]:
    """Yield what is not known of the places of the whole city."""
    yield from further(on.found, on.city, on.lang)
    if words := unknown_words(without_titles(on.view.places), on.lang):
        yield words


def frame(on: Basis, drawn: Collection[str], adcode: str | None = None) -> Json:
    """Return what stands round every page: what is shown, the filter, and what may be done.

    Parameters
    ----------
    on
        What the sheet rests on.
    drawn
        Adcodes of the districts that are drawn: their notices stand under the map.
    adcode
        Code of the district that it is of; None for the city.
    """
    city, lang, say = on.city, on.lang, on.say
    base = (city.layers["district"].provenance, *city.base_provenance.values())
    return {
        "lang": lang,
        "series": say("sheet.series", city=city.name.of(lang), period=plan_years(city, lang)),
        "subtitle": dated(city, on.state),
        "filter": on.filter,
        "filtered": on.filtered,
        "footer": city.notices["footer"].of(lang) if "footer" in city.notices else "",
        "notices": [city.notices[name].of(lang) for name in NOTICES if name in city.notices],
        "outlines": [
            note.of(lang)
            for code, note in city.notices.items()
            if code in city.districts.index and code in drawn
        ],
        "crs": crs_words(city, lang),
        "credits": [*dict.fromkeys(found.citation.of(lang) for found in base)],
        "live": _live(on, adcode),
    }


def _live(on: Basis, adcode: str | None) -> Json:
    """Return address and QR code of the same view on the server; blank where it is not known."""
    page = "explore" if adcode is None else "district"
    link = link_of_state(on.city, replace(on.state, district=adcode), page)
    return {"link": link, "code": qr_svg(link) if link else ""}


def overview(on: Basis) -> Json:
    """Return what the first pages of the atlas print: the city, its districts, its indicators.

    Parameters
    ----------
    on
        What the atlas rests on.

    Returns
    -------
    dict
        As :func:`district`; a row of ``contents`` begins with the adcode, by which its page is
        found.
    """
    city, lang, say = on.city, on.lang, on.say
    known = figures(city, on.counted)
    codes = sorted(map(str, city.districts.index), key=lambda code: (-known[code].n, code))
    names = ("district", "n", "national", "per_million", "covered", "page")
    said = distribution(on.found, city, lang)
    shown = {
        "title": say("sheet.atlas", city=city.name.of(lang)),
        "sentence": marked(city, on.state, "explore", said, lang),
        "said": [*_said(on)],
        "caveats": {
            "title": say("card.caveats"),
            "lines": [*_of_all(on), say("export.no_outline")],
        },
        "contents": {
            "title": say("sheet.contents.title"),
            "columns": [say(f"sheet.contents.{name}") for name in names],
            "rows": [[code, area_name(city, code, lang), *_four(on, code)] for code in codes],
        },
        "legend": [*map(list, _legend(on))],
        "bases": _bases(on),
        "indicators": indicators(on),
        **frame(on, known),
    }
    clean: Json = _shown(shown)
    return clean


def _said(on: Basis) -> Iterator[str]:
    """Yield where it is densest with its doubt, what is covered, and what lies along the belt."""
    if on.density.surface.n:
        dense = density_wording.word(on.density, on.lang)
        yield dense.sentence
        yield from dense.account[:1] if on.density.peaks else ()
    refused = refusal(on)
    yield refused or reach.word(on.reach, on.lang).sentence
    if on.corridors:
        yield corridor_wording.word(on.corridors[0], on.lang).sentence


def _legend(on: Basis) -> tuple[Sign, ...]:
    """Return the signs of the city's map, the kinds too."""
    shown = replace(on.view, state=replace(on.state, present=True))
    return plate(shown, on.state.explore.ground, on.lang).legend


def _bases(on: Basis) -> Json:
    """Return the ways of counting beside that of the headlines."""
    table = bases.table(on.view, on.lang)
    return {
        "title": on.say("bases.title_filtered" if on.filtered else "bases.title"),
        "columns": [on.say("bases.column.way"), *map(str, table.columns)],
        "rows": table.reset_index().to_numpy(dtype=str).tolist(),
        "notes": [on.say("bases.intro")],
    }


def _four(on: Basis, code: str) -> list[str]:
    """Return the three numbers of a district as they are read, and its covered share."""
    own, answer = figures(on.city, on.counted)[code], on.reach
    rate = "—" if own.per_million is None else number(own.per_million)
    covered = "—"
    if not isinstance(answer, ReachRefusal):
        row = answer.rows[code]
        covered = span(row["low"], row["high"])
    return [count(own.n), count(own.national), rate, covered]


def _shown(value: Any) -> Any:
    """Return a tree of texts in which every character shows as itself."""
    if isinstance(value, dict):
        return {key: _shown(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_shown(each) for each in value]
    return display(value) if isinstance(value, str) else value
