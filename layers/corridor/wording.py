"""Say what lies along an axis, and where nothing does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import pandas as pd

from layers.corridor.measure import CorridorAnswer, cities_along, places_shown
from layers.corridor.tables import (
    city_of,
    place_name,
    short_name,
    shown_cities,
    shown_gaps,
    shown_links,
    shown_nodes,
    shown_places,
    shown_tens,
)
from layers.language.messages import Say, speaker
from layers.language.values import cell, count, is_known, km, paragraph, said
from layers.language.wording import LateTables
from layers.view.filtered import answer_marked
from layers.view.question import Refusal
from layers.view.vague import VAGUE_M, unknown_words

MOST_NAMED = 5
"""More places than these are counted, not listed."""


@dataclass(frozen=True, eq=False, kw_only=True)
class CorridorWording:
    """What lies along an axis, in the reader's language.

    ``doubt`` is the interval in one line. Its tables: ``places`` in the order of the axis; ``tens``
    by stretch of ten kilometres; the longest ``gaps``; ``cities`` along the axis; ``links`` and the
    ``nodes`` that they join.
    """

    sentence: str
    doubt: str = ""
    account: tuple[str, ...] = ()
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def word(answer: CorridorAnswer | Refusal, lang: str) -> CorridorWording:
    """Put an answer into words.

    Parameters
    ----------
    answer
        As :func:`layers.corridor.measure.measure` returns it.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    CorridorWording
        Of a refusal only the sentence that says why.
    """
    say = speaker(lang)
    if isinstance(answer, Refusal):
        return CorridorWording(sentence=say(answer.reason, name=_refused_name(answer, lang)))
    unknown = unknown_words(places_shown(answer), lang)
    doubt = paragraph(filter(None, (_doubt(answer, lang), unknown)), lang)
    return CorridorWording(
        sentence=answer_marked(answer.city, answer.question, _sentence(answer, lang), lang),
        doubt=doubt,
        account=(
            doubt,
            _cities(answer, lang),
            *_unsettled(answer, lang),
            *_left_out(answer, lang),
            _links(answer, lang),
        ),
        tables=LateTables(
            {
                "places": lambda: shown_places(answer, lang),
                "tens": lambda: shown_tens(answer, lang),
                "gaps": lambda: shown_gaps(answer, lang),
                "cities": lambda: shown_cities(answer, lang),
                "links": lambda: shown_links(answer, lang),
                "nodes": lambda: shown_nodes(answer, lang),
            }
        ),
        notes=tuple(_notes(answer, say, lang)),
    )


def _refused_name(refusal: Refusal, lang: str) -> str:
    return str(refusal.parameters.get(f"name_{lang}", ""))


def _within(answer: CorridorAnswer, lang: str) -> str:
    return km(float(str(answer.found.parameters["within_m"])), lang)


def _whole(metres: float, lang: str) -> str:
    """Return whole kilometres: along a schematic line nothing is surer."""
    return km(1000.0 * round(metres / 1000), lang)


def _sentence(answer: CorridorAnswer, lang: str) -> str:
    """Say how many places lie along the axis, and how long its longest empty stretch is."""
    say, found = speaker(lang), answer.found
    told = {
        "axis": short_name(answer.axis_name.of(lang)),
        "length": _whole(found.axis.length_m, lang),
        "within": _within(answer, lang),
        "n": int(found.value),
    }
    if not found.value:
        return say("corridor_page.none", **told)
    return say("corridor_page.result", **told, gap=_gap(answer, lang))


def _gap(answer: CorridorAnswer, lang: str) -> str:
    """Say where the longest stretch without a place lies."""
    gaps = answer.found.gaps
    row = gaps.iloc[int(gaps["length_m"].to_numpy().argmax())]
    ends = {
        end: short_name(place_name(answer, row[f"{end}_id"], lang)) if row[f"{end}_id"] else ""
        for end in ("from", "to")
    }
    if not ends["from"]:
        key = "corridor_page.gap_start"
    elif not ends["to"]:
        key = "corridor_page.gap_end"
    elif ends["from"] == ends["to"]:
        key = "corridor_page.gap_round"
    else:
        key = "corridor_page.gap_between"
    return speaker(lang)(
        key, length=_whole(float(row["length_m"]), lang), first=ends["from"], last=ends["to"]
    )


def _doubt(answer: CorridorAnswer, lang: str) -> str:
    """Say the intervals of the number of places and of the longest empty stretch."""
    found = answer.found
    low, high = (f"{m / 1000:.0f}" for m in (found.longest_low_m, found.longest_high_m))
    return speaker(lang)(
        "corridor_page.doubt",
        within=_within(answer, lang),
        places=count(found.low) if found.low == found.high else f"{found.low}–{found.high}",
        empty=low if low == high else f"{low}–{high}",
    )


def _cities(answer: CorridorAnswer, lang: str) -> str:
    """Say which part of the axis lies in which city, and how many places."""
    say, along = speaker(lang), cities_along(answer)
    by_city: dict[str, tuple[float, int]] = {}
    for row in along.to_dict("records"):
        name = city_of(row[f"city_{lang}"], lang)
        length, n = by_city.get(name, (0.0, 0))
        by_city[name] = (length + float(row["length_m"]), n + int(row["n"]))
    parts = [
        say("corridor_page.city_part", city=name, length=_whole(length, lang), n=n)
        for name, (length, n) in by_city.items()
    ]
    return say("corridor_page.cities", parts=say("corridor_page.semicolon").join(parts))


def _unsettled(answer: CorridorAnswer, lang: str) -> Iterator[str]:
    """Say which places may lie within the distance or not, and which have two positions."""
    say, places = speaker(lang), answer.found.places
    doubtful = places.index[(places["near"] == "unsettled").to_numpy(dtype=bool)]
    if len(doubtful):
        named = _listed(answer, doubtful, lang)
        within = _within(answer, lang)
        yield say("corridor_page.unsettled", within=within, count=len(doubtful), names=named)
    near = answer.found.near
    bent = near.index[near["rival_m"].notna().to_numpy(dtype=bool)]
    if len(bent):
        yield say("corridor_page.bent", count=len(bent), names=_listed(answer, bent, lang))


def _left_out(answer: CorridorAnswer, lang: str) -> Iterator[str]:
    """Say which places have no position along the axis."""
    say = speaker(lang)
    if len(answer.vague):
        named = _listed(answer, answer.vague.index, lang)
        limit = f"{VAGUE_M / 1000:g}"
        yield say("corridor_page.vague", count=len(answer.vague), names=named, limit=limit)
    if len(answer.unmapped):
        yield say("corridor_page.unmapped", count=len(answer.unmapped))


def _listed(answer: CorridorAnswer, ids: Iterable[object], lang: str) -> str:
    names = list(dict.fromkeys(short_name(place_name(answer, id_, lang)) for id_ in ids))
    say = speaker(lang)
    listed = say("corridor_page.comma").join(names[:MOST_NAMED])
    return say("corridor_page.more", names=listed) if len(names) > MOST_NAMED else listed


def _links(answer: CorridorAnswer, lang: str) -> str:
    """Say how many links there are, and who stands between the others; that they are partial."""
    say, nodes = speaker(lang), answer.nodes
    if not len(nodes):
        return say("corridor_page.no_links")
    told = say("corridor_page.links", n=len(answer.links), nodes=len(nodes))
    between = nodes[nodes["betweenness"] > 0]
    if not len(between):
        return told + say("corridor_page.links_partial")
    first = between.index[int(between["betweenness"].to_numpy().argmax())]
    named = short_name(place_name(answer, first, lang))
    return told + say("corridor_page.between", name=named) + say("corridor_page.links_partial")


def _notes(answer: CorridorAnswer, say: Say, lang: str) -> Iterator[str]:
    found = answer.found
    yield from said(say, (found.method, *found.caveats), found.parameters)
    row = answer.city.layers["axis"].frame.loc[answer.axis_id]
    if all(is_known(row[f"note_{each}"]) for each in ("zh", "en")):
        yield cell(row, "note", lang)
    if len(answer.links):
        yield say("corridor.links")
