"""Turn the reader's choices into a new state: layers, period, filters, search."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

import streamlit as st
from markupsafe import Markup

from layers.language.messages import display
from layers.language.values import month, value_word
from layers.map.symbols import data_uri, mark
from layers.pack.catalogue import ONLINE_BASE, PERIODS
from layers.pack.city import Layer
from layers.view.rows import View
from layers.view.search import Hit, find
from layers.view.state import FILTER_KEYS, Camera, Filters
from layers.view.wording import value_words
from pages.shell import cache, html, session
from pages.shell.frame import Screen
from pages.shell.labels import LONGEST, literal, short
from pages.shell.widgets import sync

CLOSE_UP = 12.0
"""Zoom to which the map flies for a place."""


SKIPPED: Final = "beyond-the-map"


def skip_map(screen: Screen) -> None:
    """Offer the keyboard a way past the marks of the map; seen only while it has the focus.

    Parameters
    ----------
    screen
        City, state and words of this run.
    """
    st.html(Markup('<a class="skip" href="#{}">{}</a>').format(SKIPPED, screen.say("explore.skip")))


def _search_hint(screen: Screen) -> str:
    examples = screen.city.search.of(screen.state.lang)
    key = "explore.search_example" if examples else "explore.search_placeholder"
    return screen.say(key, examples=examples)


def search(screen: Screen) -> None:
    """Offer a search field whose hits lead to the place.

    Parameters
    ----------
    screen
        City, state and words of this run.
    """
    say, lang = screen.say, screen.state.lang
    st.html(Markup('<span id="{}" tabindex="-1"></span>').format(SKIPPED))
    text = st.text_input(
        say("explore.search_label"),
        key="search",
        placeholder=display(_search_hint(screen), longest=LONGEST),
        label_visibility="collapsed",
        max_chars=200,
    )
    if not text:
        return
    hits = find(screen.city, text, limit=8)
    with st.container(key="hits", gap=None):
        if not hits:
            st.html(Markup('<p class="small">{}</p>').format(say("explore.search_nothing")))
        for hit in hits:
            st.button(
                _hit_label(screen, hit, lang),
                key=f"hit_{hit.target}",
                type="tertiary",
                on_click=_go,
                args=(screen, hit),
            )


def _hit_label(screen: Screen, hit: Hit, lang: str) -> str:
    name, other = (hit.label_zh, hit.label_en) if lang == "zh" else (hit.label_en, hit.label_zh)
    sort = hit.target.partition(":")
    parts = [f"{screen.say(f'explore.hit_{sort[0]}')} · " if sort[1] else "", short(name)]
    if hit.matched not in (name, other):
        matched = short(hit.matched)
        parts.append(f"（{matched}）" if lang == "zh" else f" ({matched})")
    if not hit.mapped:
        parts.append(" · " + value_word("location_class", "none", lang))
    return literal("".join(parts))


def _go(screen: Screen, hit: Hit) -> None:
    """Show what was found: a place, a layer, a district or one half of the city."""
    st.session_state["search"] = ""
    sort, _, name = hit.target.partition(":")
    city, state = screen.city, screen.state
    if not name:
        reveal(screen, hit.target)
    elif sort == "layer":
        session.change(layers=state.layers | {name}, selected=None, camera=None)
        session.fly(None)
    elif sort == "district":
        session.change(selected=name)
        centre = city.districts.geometry[name].representative_point()
        _look_at(centre.y, centre.x, 10.0)
    else:
        half = city.districts.index[city.districts["half"] == name]
        session.narrow(district=frozenset(str(code) for code in half))


def reveal(screen: Screen, place: str) -> None:
    """Select a place, switch its layer on, drop the filters that hide it, and fly there.

    Parameters
    ----------
    screen
        City, state and words of this run.
    place
        Id of a place of the city, mapped or not; to one without a point the map does not fly.

    Raises
    ------
    StopIteration
        The city has no such place.
    """
    city, state = screen.city, screen.state
    layer = next(x for x in city.layers.values() if x.spec.is_places and place in x.frame.index)
    session.change(selected=place, layers=state.layers | {layer.spec.id})
    session.show_place(city, place)
    point = layer.frame.geometry[place]
    if point is not None and not point.is_empty:
        _look_at(point.y, point.x, CLOSE_UP)


def _look_at(lat: float, lon: float, zoom: float) -> None:
    target = Camera(lat, lon, zoom)
    session.change(camera=target)
    session.fly(target)


def period(screen: Screen) -> None:
    """Offer the three points in time and the switch for what came after the plan.

    Parameters
    ----------
    screen
        City, state and words of this run.
    """
    say, state = screen.say, screen.state
    st.segmented_control(
        say("filter.period"),
        PERIODS,
        default=sync("period", state.period),
        key="period",
        required=True,
        format_func=lambda value: say(f"period_short.{value}"),
        on_change=_set_period,
        label_visibility="collapsed",
        width="stretch",
    )
    st.checkbox(
        literal(say("explore.later_switch", issued=month(screen.city.plan.issued, state.lang))),
        sync("later", state.later),
        key="later",
        on_change=lambda: session.change(later=st.session_state["later"]),
    )


def _set_period() -> None:
    """Take the period; a comparison year starts without what came after the plan."""
    chosen = st.session_state["period"]
    session.change(period=chosen, later=chosen == "now")


def layer_list(screen: Screen, view: View) -> None:
    """Offer the layers with symbol, title and count: the legend and the switch are one list.

    Parameters
    ----------
    screen
        City, state and words of this run.
    view
        What is shown.
    """
    say, state = screen.say, screen.state
    _symbols(screen)
    with st.container(key="layers"):
        for group in ("plan", "context", "frame"):
            st.html(Markup('<p class="small">{}</p>').format(say(f"group.{group}")))
            for layer in screen.city.layers.values():
                if layer.spec.group == group:
                    _layer_switch(screen, view, layer, layer.spec.id in state.layers)
        online_base(screen)


def _symbols(screen: Screen) -> None:
    """Set each layer's symbol before its switch: in the style, so that no reader hears it."""
    rules = (
        f".st-key-layer_{layer.spec.id} label p::before {{ background-image: "
        f'url("{data_uri(mark(layer.spec.style, faded=layer.spec.id == "later_park"))}"); }}'
        for layer in screen.city.layers.values()
    )
    st.html(f"<style>{''.join(rules)}</style>")


def online_base(screen: Screen) -> None:
    """Offer the online base map, or say why there is none: never on by itself.

    Parameters
    ----------
    screen
        City, state and words of this run.
    """
    say, city = screen.say, screen.city
    if city.online_base_refused:
        html.small(say("error.online_base", crs=city.online_base_refused))
    if city.online_base is None:
        return
    ready = cache.tiles_of(city, screen.state.lang) is not None
    st.checkbox(
        say("explore.online"),
        sync("online", ready and ONLINE_BASE in screen.state.layers),
        key="online",
        disabled=not ready,
        on_change=_switch_layer,
        args=(ONLINE_BASE, "online"),
    )
    if not ready:
        html.small(say("explore.online_key", variable=city.online_base.key_variable))


def _layer_switch(screen: Screen, view: View, layer: Layer, on: bool) -> None:
    spec, count = layer.spec, view.counts[layer.spec.id]
    amount = f"{count.shown} / {count.total}" if count.shown != count.total else str(count.total)
    key = f"layer_{spec.id}"
    st.checkbox(
        literal(f"{short(layer.title.of(screen.state.lang))} · {amount}"),
        sync(key, on),
        key=key,
        on_change=_switch_layer,
        args=(spec.id, key),
    )


def _switch_layer(layer: str, key: str) -> None:
    """Take what the switch says.

    Not the layer turned over: after two quick changes of the page, Streamlit reports every switch
    of the page that was left as changed.
    """
    layers = session.state().layers
    session.change(layers=layers | {layer} if st.session_state[key] else layers - {layer})


def filter_box(screen: Screen, view: View) -> None:
    """Offer the filters in a box that says how many are set.

    Parameters
    ----------
    screen
        City, state and words of this run.
    view
        What is shown.
    """
    say, state = screen.say, screen.state
    on = sum(bool(state.filters.of(name)) for name in FILTER_KEYS)
    if on:
        html.small(say("explore.filters_on", count=on))
    # A title that changed would make a new box, and a new box is shut.
    with st.expander(say("explore.filters"), key="filters", on_change="rerun") as box:
        if box.open:
            _filters(screen, view)


def _filters(screen: Screen, view: View) -> None:
    """Offer each filter's values with the number of places that each would show."""
    say, state = screen.say, screen.state
    for name in FILTER_KEYS:
        options, key = view.options(name), f"filter_{name}"
        chosen = [value for value in options if value in state.filters.of(name)]
        st.multiselect(
            say(f"filter.{name}"),
            list(options),
            default=sync(key, chosen),
            key=key,
            format_func=partial(_option, screen, name, options),
            placeholder=say("filter.all"),
            on_change=_set_filter,
            args=(name, key),
        )
    if any(state.filters.of(name) for name in FILTER_KEYS):
        st.button(say("explore.clear"), key="clear", on_click=_clear, type="tertiary")


def _option(screen: Screen, name: str, options: Mapping[str, int], value: str) -> str:
    return display(f"{short(_value(screen, name, value))} · {options[value]}")


def _value(screen: Screen, name: str, value: str) -> str:
    return value_words(screen.city, name, value, screen.state.lang)


def _set_filter(name: str, key: str) -> None:
    session.narrow(**{name: frozenset(st.session_state[key])})


def _clear() -> None:
    session.change(filters=Filters())
