"""Carry the state in the address, and read it back.

An address says its version, its city, and what differs from that version's defaults: of what all
pages share and of the options of the page it leads to. The opening view of the city that opens
first says nothing at all. ``parse(to_query(state, page), page)`` gives the state back, with the
options of other pages as they were kept; ``parse`` never raises.

The city is named in every other address, for which city opens first is a matter of the server.
What is on in a city's opening view is a matter of its pack and of the catalogue: an address that
says nothing of layers means those, also when the pack has changed; one that names a few means
those and no others; ``~`` means the opening ones but for those named.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Final

from layers.pack.catalogue import STRIVEN
from layers.view import codecs
from layers.view.codecs import Query, said
from layers.view.state import FILTER_KEYS, Allowed, ViewState

VERSION: Final = 3
"""Of the address; 1 had no version and said every option of every page; in 1 and 2 a national level
was also one that the plan strives for."""
UNSAID: Mapping[int, Mapping[str, str]] = MappingProxyType({})
"""By version, what its addresses mean where they say nothing, as an address says it, if that is not
what they mean today. Whoever changes a default raises ``VERSION`` and notes the old one here."""
ONCE: Mapping[int, Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {2: {FILTER_KEYS["level"]: {"national": f"national.{STRIVEN}"}}}
)
"""By the last version in which they meant it, and by key, what words of an address mean today."""
VERSIONS: Mapping[str, int] = MappingProxyType({str(n): n for n in range(1, VERSION + 1)})
VERSION_KEY, CITY_KEY = "v", "city"

DECIDING_KEYS = (CITY_KEY, "period", "later", "layers", *FILTER_KEYS.values())
"""Keys of the address that decide which rows are shown."""


def city_asked(query: Query, known: Collection[str], fallback: str) -> str:
    """Return the id of the city that an address asks for, if it is known.

    Parameters
    ----------
    query
        Keys and values of the address, of any content.
    known
        Ids of the cities that there are.
    fallback
        The id that is returned if the address names no city, or none that is known.
    """
    asked = said(query, CITY_KEY)
    return asked[-1] if asked and asked[-1] in known else fallback


def version_of(query: Query) -> int:
    """Return the version in which an address is written; one that is not known is the newest.

    So is that of an address that says nothing.

    Parameters
    ----------
    query
        Keys and values of the address, of any content.
    """
    if texts := said(query, VERSION_KEY):
        return VERSIONS.get(texts[-1], VERSION)
    return 1 if any(key in query for key in KEYS) else VERSION


def parse(
    query: Query, page: str | None = None, *, allowed: Allowed, kept: ViewState | None = None
) -> ViewState:
    """Read a state out of an address; what it lacks or says wrongly is its version's default.

    Parameters
    ----------
    query
        Keys and values of the address, of any content. Of a repeated key the last value
        counts, or for a set all of them.
    page
        The page it leads to; None to read the options of all pages.
    allowed
        Values that the city knows; see :func:`city_asked` for the choice of the city.
    kept
        A state whose options of other pages are kept, if it is of the same city. An address of
        version 1 says those too.

    Returns
    -------
    ViewState
        A valid state; never raises.
    """
    version = version_of(query)
    query = _todays(query, version)
    opening = ViewState(allowed.city, layers=allowed.opening)
    default = codecs.read(opening, UNSAID.get(version, {}), allowed.known)
    asked = said(query, CITY_KEY)
    if asked and asked[-1] != allowed.city:
        # A camera set for another city would open on empty land.
        query = {key: value for key, value in query.items() if key != CAMERA_KEY}
    whole = page is None or version == 1
    found = codecs.read(default, query, allowed.known, None if whole else page)
    if whole or page is None or kept is None or kept.city != found.city:
        return found
    return codecs.keep(found, kept, page)


def _todays(query: Query, version: int) -> Query:
    """Return an address in which each word that has changed its meaning is said as today."""
    words = {key: said(query, key) for key in query}
    for last, changed in ONCE.items():
        for key, meant in changed.items() if version <= last else ():
            words[key] = [_said_today(text, meant) for text in words.get(key, ())]
    return words


def _said_today(text: str, meant: Mapping[str, str]) -> str:
    return re.sub("[^.,]+", lambda word: meant.get(word[0].strip(), word[0]), text)


def to_query(
    state: ViewState,
    page: str | None = None,
    *,
    opening: frozenset[str] | None = None,
    home: str | None = None,
) -> dict[str, str]:
    """Write a state for the address, always in the same order.

    Parameters
    ----------
    state
        What is written.
    page
        The page it leads to; None to write the options of all pages.
    opening
        Layers that are on in the city's opening view; None to name all that are on, for a file
        that outlives the pack.
    home
        The city that opens first, whose opening view needs no words; None if there is none.
    """
    default = ViewState(state.city, layers=frozenset() if opening is None else opening)
    differing = codecs.write(state, default, page)
    if opening is None:
        differing = {"layers": every_key(state)["layers"], **differing}
    if not differing and state.city == home:
        return {}
    return {VERSION_KEY: str(VERSION), CITY_KEY: state.city, **differing}


def every_key(state: ViewState) -> dict[str, str]:
    """Return all that an address can say of a state, also what is as it opens.

    Parameters
    ----------
    state
        What is written.

    Returns
    -------
    dict
        Text by key, for the options of all pages; without the version.
    """
    return {CITY_KEY: state.city, **codecs.write(state, None)}


KEYS = frozenset(every_key(ViewState("")))
"""All keys of the address but for its version."""
CAMERA_KEY = codecs.keys(ViewState)["camera"]


def unknown_words(query: Query, allowed: Allowed) -> dict[str, list[str]]:
    """Return by key the words of an address that :func:`parse` passes over.

    Parameters
    ----------
    query
        Keys and values of the address, of any content.
    allowed
        Values that the city knows.

    Returns
    -------
    dict
        A list for each key that the address says, and for version and city; empty if all
        is known.
    """
    return {
        VERSION_KEY: [text for text in said(query, VERSION_KEY) if text not in VERSIONS],
        CITY_KEY: [text for text in said(query, CITY_KEY) if text != allowed.city],
        **codecs.unknown(ViewState(allowed.city), query, allowed.known),
    }
