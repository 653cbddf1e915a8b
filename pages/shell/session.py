"""Keep the reader's state in step with the address bar.

The address wins whenever it is not the one last written: a deep link, an edit, the browser's
Back. Otherwise the session's state holds, and is written back once per run, if it changed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import streamlit as st

from layers.city import City
from layers.state import Camera, Filters, ViewState, city_asked, default_state, parse, to_query
from layers.view import look
from pages.shell import cache

STATE: Final = "atlas.state"
SEEN: Final = "atlas.address"
FLY: Final = "atlas.fly"
"""Serial number and target of the last order to the map's camera; None leads home."""


def _address() -> dict[str, list[str]]:
    return {key: st.query_params.get_all(key) for key in st.query_params}


def read() -> tuple[City, ViewState]:
    """Return the city and the state that this run shows."""
    packs = cache.known_packs()
    address = _address()
    known: ViewState | None = st.session_state.get(STATE)
    if known is not None and known.city in packs and address == st.session_state.get(SEEN):
        return cache.city(known.city), known
    city = cache.city(city_asked(address, packs, known.city if known else next(iter(packs))))
    fallback = default_state(city, known.lang if known else "zh")
    state = parse(address, allowed=cache.allowed_of(city), fallback=fallback)
    if known is None or state.camera != known.camera or state.city != known.city:
        fly(state.camera)
    st.session_state[STATE] = state
    st.session_state[SEEN] = address
    return city, state


def write() -> None:
    """Put the state into the address, unless the address already says it."""
    state: ViewState = st.session_state[STATE]
    city = cache.city(state.city)
    said = parse(
        _address(),
        allowed=cache.allowed_of(city),
        fallback=default_state(city, state.lang),
    )
    if said != state:
        st.query_params.from_dict(to_query(state))
    st.session_state[SEEN] = _address()


def state() -> ViewState:
    """Return the state as it stands."""
    current: ViewState = st.session_state[STATE]
    return current


def change(**values: Any) -> None:
    """Replace fields of the state; ``filters`` may be given by the name of a single filter."""
    current = state()
    single = {name: values.pop(name) for name in tuple(values) if hasattr(Filters, name)}
    if single:
        values["filters"] = replace(current.filters, **single)
    st.session_state[STATE] = replace(current, **values)


def show_place(city: City, place: str) -> None:
    """Loosen the state as little as it takes to show ``place``: period first, then filters."""
    now = state()
    looser: tuple[dict[str, Any], ...] = (
        {},
        {"later": True},
        {"later": True, "period": "now"},
        {"later": True, "period": "now", "filters": Filters()},
    )
    for values in looser:
        if place in look(city, replace(now, **values)).places.index:
            change(**values)
            return


def fly(target: Camera | None) -> None:
    """Order the map to a place, or home; the same order twice moves it twice."""
    serial, _ = st.session_state.get(FLY, (0, None))
    st.session_state[FLY] = (serial + 1, target)


def flight() -> tuple[int, Camera | None]:
    """Return the last order to the map's camera."""
    order: tuple[int, Camera | None] = st.session_state.get(FLY, (0, None))
    return order
