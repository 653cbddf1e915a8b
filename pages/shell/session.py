"""Keep the reader's state in step with the address bar.

What a widget has just changed wins; otherwise the address, whenever it is not the one last
written: a deep link, an edit, the browser's Back. The address of a page holds the options of that
page; those of the other pages are kept here. Each run writes at most once, and only what is new.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final, NamedTuple

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from layers.pack.city import City
from layers.pack.shelf import Packs, Refused, Served
from layers.view.address import city_asked, parse, to_query
from layers.view.rows import rows_in_view
from layers.view.state import Camera, Filters, ViewState
from pages.shell import cache, widgets

STATE: Final = "atlas.state"
SEEN: Final = "atlas.address"
BEGUN: Final = "atlas.begun"
"""Digest of each city when this session first saw it."""
CHANGED: Final = "atlas.changed"
"""Whether a widget has changed the state since it was last read."""
FLY: Final = "atlas.fly"
"""Serial number and target of the last order to the map's camera; None leads home."""
HERE: Final = "atlas.here"
"""The page shown, and the city that opens first."""


Address = dict[str, list[str]]


class Here(NamedTuple):
    """Where the reader is."""

    page: str
    home: str


class Seen(NamedTuple):
    """The address last read or written."""

    page: str
    address: Address
    before: ViewState | None = None
    """The state that the address before it said, if this one was written."""
    run: int = 0
    """The number of the run that wrote it."""


def home(packs: Packs) -> str:
    """Return the city that opens where the address names none.

    Parameters
    ----------
    packs
        All packs; at least one must be served.

    Returns
    -------
    str
        Id of the first that is served.
    """
    return next(iter(packs.served))


def _address() -> Address:
    return {key: st.query_params.get_all(key) for key in st.query_params}


def refused(packs: Packs) -> Refused | None:
    """Return the pack that the address asks for, if it is one that cannot be served.

    Parameters
    ----------
    packs
        All packs.

    Returns
    -------
    Refused or None
        None if the address names no such pack, or its city is served by another.
    """
    asked = city_asked(_address(), {pack.id: pack for pack in packs.refused}, "")
    if not asked or asked in packs.served:
        return None
    return next(pack for pack in packs.refused if pack.id == asked)


def read(packs: Packs, page: str) -> tuple[City, ViewState]:
    """Return the city and the state that a page shows.

    Parameters
    ----------
    packs
        All packs; at least one must be served.
    page
        One of ``navigation.SCREENS``.
    """
    address = _address()
    known: ViewState | None = st.session_state.get(STATE)
    changed = st.session_state.pop(CHANGED, False)
    if known is not None and known.city in packs.served:
        city = packs.served[known.city].city
        if changed or not _is_wish(address, page, city):
            st.session_state[HERE] = Here(page, home(packs))
            return city, known
    st.session_state[HERE] = Here(page, home(packs))
    city = packs.served[city_asked(address, packs.served, home(packs))].city
    return city, _follow(address, page, city, known)


def _follow(address: Address, page: str, city: City, known: ViewState | None) -> ViewState:
    """Take what an address says into the state."""
    state = parse(address, page, allowed=cache.allowed_of(city), kept=known)
    if known is None or state.camera != known.camera or state.city != known.city:
        fly(state.camera)
    st.session_state[STATE] = state
    seen: Seen | None = st.session_state.get(SEEN)
    if known is None or seen is None or seen.page != page or _goes_back():
        st.session_state[SEEN] = Seen(page, address)
        return state
    # A link to the page it stands on: Streamlit answers it and leaves the browser's address as it
    # was, which the next click would bring back. What the browser has already, it does not write.
    st.query_params.from_dict(address)
    st.session_state[SEEN] = Seen(page, _address(), known, widgets.run())
    return state


def _is_wish(address: Address, page: str, city: City) -> bool:
    """Tell whether an address is the reader's wish rather than an echo of what was written.

    A click that left the browser before the last written address arrived there still carries
    the one before, or on a link one that says the same.
    """
    seen: Seen = st.session_state[SEEN]
    if (page, address) == (seen.page, seen.address):
        return False
    if seen.before is None or widgets.has_arrived(seen.run) or _goes_back():
        return True
    said = parse(address, page, allowed=cache.allowed_of(city), kept=seen.before)
    return said != seen.before


def _goes_back() -> bool:
    """Tell whether the browser's Back or Forward has begun the run; no public name says it."""
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


def write(city: City) -> None:
    """Put the state of a city into the address, unless the address already says it.

    Parameters
    ----------
    city
        The pack that the state is of.
    """
    state: ViewState = st.session_state[STATE]
    here: Here = st.session_state[HERE]
    allowed, before = cache.allowed_of(city), _address()
    said = parse(before, here.page, allowed=allowed, kept=state)
    if said != state:
        query = to_query(state, here.page, opening=allowed.opening, home=here.home)
        if query != st.query_params.to_dict():
            st.query_params.from_dict(query)
        st.session_state[SEEN] = Seen(here.page, _address(), said, widgets.run())
    st.session_state[CHANGED] = False


def state() -> ViewState:
    """Return the state as it stands.

    A click right after a Back may be heard in the run that the Back has begun, and before it: what
    the address asks for comes first then, and the click changes that.
    """
    current: ViewState = st.session_state[STATE]
    seen: Seen | None = st.session_state.get(SEEN)
    address = _address()
    if seen is None or address == seen.address:
        return current
    packs = cache.packs()
    asked = city_asked(address, packs.served, home(packs))
    if asked != current.city or not _is_wish(address, seen.page, packs.served[asked].city):
        return current
    return _follow(address, seen.page, packs.served[asked].city, current)


def news(pack: Served) -> str:
    """Return what the reader must know of a city's files.

    Parameters
    ----------
    pack
        The city's pack.

    Returns
    -------
    str
        ``gone``, ``broken`` or ``again``; empty if there is nothing to say. ``again`` is news for a
        reader who has seen the version before.
    """
    first: dict[str, str] = st.session_state.setdefault(BEGUN, {})
    files = pack.city.entered.pack_digest or pack.city.digest
    begun = first.setdefault(pack.city.id, files)
    if pack.gone:
        return "gone"
    if pack.problems:
        return "broken"
    return "again" if begun != files else ""


def change(**values: Any) -> None:
    """Replace fields of the state; one that is as it was is no change.

    Of a page that was left while it was still being drawn, Streamlit reports every widget as
    changed: they say what the state says, and must not win over the address that was gone back to.

    Parameters
    ----------
    **values
        Fields of the state with their new values.
    """
    changed = replace(state(), **values)
    if changed != state():
        st.session_state[STATE] = changed
        st.session_state[CHANGED] = True


def narrow(**values: frozenset[str]) -> None:
    """Replace filters of the state.

    Parameters
    ----------
    **values
        By the name of the filter, the values asked for; an empty set lets all pass.
    """
    change(filters=replace(state().filters, **values))


def show_place(city: City, place: str) -> None:
    """Loosen the state as little as it takes to show a place: period first, then filters.

    Parameters
    ----------
    city
        The pack that the state is of.
    place
        Id of the place; its layer must be on, else nothing changes.
    """
    now = state()
    looser: tuple[dict[str, Any], ...] = (
        {},
        {"later": True},
        {"later": True, "period": "now"},
        {"later": True, "period": "now", "filters": Filters()},
    )
    for values in looser:
        if place in rows_in_view(city, replace(now, **values)).places.index:
            change(**values)
            return


def fly(target: Camera | None) -> None:
    """Order the map to a place, or home; the same order twice moves it twice.

    Parameters
    ----------
    target
        Where to; None for home, the whole city.
    """
    serial, _ = st.session_state.get(FLY, (0, None))
    st.session_state[FLY] = (serial + 1, target)


def flight() -> tuple[int, Camera | None]:
    """Return the last order to the map's camera."""
    order: tuple[int, Camera | None] = st.session_state.get(FLY, (0, None))
    return order
