"""Say what a verification sheet asks of a place, and what is known of it now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from layers.language.values import cell, radius, value_word
from layers.pack.city import City
from layers.store.entries import Entry, standing
from layers.store.lay_over import ADDRESS, FACTS, POSITION, fact
from layers.store.position import read_position
from layers.verification.waiting import Waiting, waiting

KNOWN: Final = (
    *("id", "name", "kind", "level", "unsettled", "found", "point"),
    *("status_now", "lead_now", "approval_now"),
)
"""Columns that say what is known, by key; nobody fills them in."""
ASKED: Final = (
    *("verdict", "address", "east", "north", "form", "datum", "accuracy"),
    *("status", "lead_unit", "approved_by", "approved_on"),
    *("who", "when", "source", "remark"),
)
"""Columns to fill in, by key."""
VERDICTS: Final = ("confirmed", "corrected", "unable")
ASKED_FACTS: Final = (POSITION, ADDRESS, *FACTS)


@dataclass(frozen=True)
class Line:
    """One place on a sheet.

    Parameters
    ----------
    place
        Its id.
    known
        By column, what is known in words.
    before
        By fact, the value that stood when the sheet was made.
    """

    place: str
    known: dict[str, str]
    before: dict[str, str]


def lines(
    city: City, entries: Sequence[Entry], lang: str, district: str | None = None
) -> tuple[Line, ...]:
    """Return what a sheet asks, in order.

    Parameters
    ----------
    city
        With what readers have verified already.
    entries
        All entries of the city.
    lang
        Language of the words, ``zh`` or ``en``.
    district
        Adcode of the district; None for the whole city.
    """
    return tuple(
        Line(each.place, _known(city, each, lang), before(city, entries, each.place))
        for each in waiting(city, district)
    )


def before(city: City, entries: Sequence[Entry], place: str) -> dict[str, str]:
    """Return the value that stands for each fact of a place.

    Parameters
    ----------
    city
        With what readers have verified.
    entries
        All entries of the city.
    place
        Its id.

    Raises
    ------
    KeyError
        The city has no such place.
    """
    row = next(
        layer.frame.loc[place]
        for layer in city.layers.values()
        if layer.spec.is_places and place in layer.frame.index
    )
    stands = standing(entries)
    found = {name: stands.get(("verification", place, name)) for name in ASKED_FACTS}
    return {name: fact(row, name) if each is None else each.after for name, each in found.items()}


def _known(city: City, each: Waiting, lang: str) -> dict[str, str]:
    row, where = each.row, read_position(fact(each.row, POSITION))
    words = value_word("location_class", row["location_class"], lang)
    if where is not None:
        words = f"{words} {radius(where.doubt_m, lang)}"
    approval = (cell(row, "approved_by", lang), cell(row, "approved_on", lang))
    return {
        "id": each.place,
        "name": cell(row, "name", lang),
        "kind": city.layers[each.kind].title.of(lang),
        "level": value_word("level", row["level"], lang),
        "unsettled": f"{each.unsettled_km2:.0f}",
        "found": words,
        "point": "" if where is None else f"{where.lon:.5f}, {where.lat:.5f}",
        "status_now": value_word("current_status", row["current_status"], lang),
        "lead_now": cell(row, "lead_unit", lang),
        "approval_now": " ".join(filter(None, approval)),
    }
