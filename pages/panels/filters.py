"""Turn the reader's choices into a new state: layers, period, filters, search."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Final

import streamlit as st
from markupsafe import Markup

from layers.language.messages import display
from layers.language.values import cell, month, value_word
from layers.map.symbols import data_uri, mark
from layers.pack.catalogue import ONLINE_BASE, PERIODS
from layers.pack.city import City, Layer
from layers.view.rows import View, without_titles
from layers.view.search import JOINED, Hit, find
from layers.view.state import Camera, Filters, ViewState, default_state
from layers.view.vague import doubt_words
from layers.view.wording import value_words
from pages.shell import cache, failure, html, session
from pages.shell.frame import Screen
from pages.shell.labels import LONGEST, literal, short
from pages.shell.widgets import is_echo, sync

CLOSE_UP = 12.0
"""Zoom to which the map flies for a place."""
FRAME_PX: Final = (760, 560)
"""Width and height of the map that a framed district should fit into, with room beside it."""
TILE_PX: Final = 256
PAUSE: Final = "120ms"
"""Rest after a letter before suggestions are looked for."""
MOST_HITS: Final = 8
FOUND: Final = "atlas.found"
"""Whether a suggestion was taken, which the whole screen must follow."""
EMPTIED: Final = "atlas.emptied"
"""Whether the field is to be empty in the run that follows."""
SPELLINGS: Final = frozenset({"pinyin", "pinyin initials", "traditional characters"})
"""Notes of the spellings that a build makes: that one of them fits needs no word."""
PILLS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "level": ("level",),
        "district": ("district",),
        "kind": ("kind",),
        "more": ("subkind", "field", "plan_status", "current_status", "location_class"),
    }
)
"""What each pill above the list offers: columns, and the kinds, which are layers."""

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
    """Offer a search field that suggests while one types.

    Parameters
    ----------
    screen
        City, state and words of this run.
    """
    st.html(Markup('<span id="{}" tabindex="-1"></span>').format(SKIPPED))
    with st.container(key="finder"):
        _finder(screen)


@st.fragment
@failure.guarded
def _finder(screen: Screen) -> None:
    """Draw field and suggestions in a fragment: a letter typed reruns this and nothing else."""
    if st.session_state.pop(FOUND, False):
        st.session_state[EMPTIED] = True
        st.rerun()
    if st.session_state.pop(EMPTIED, False):
        # Once more: the run that a suggestion ended did not reach the browser.
        st.session_state["search"] = ""
    text = st.text_input(
        screen.say("explore.search_label"),
        key="search",
        type="search",
        live=PAUSE,
        placeholder=display(_search_hint(screen), longest=LONGEST),
        label_visibility="collapsed",
        autocomplete="off",
        max_chars=200,
    )
    if text:
        with st.container(key="hits", gap=None):
            _hits(screen, find(screen.city, text, limit=MOST_HITS))


def _hits(screen: Screen, hits: list[Hit]) -> None:
    if not hits:
        html.small(screen.say("explore.search_nothing"))
    _hit_marks(screen, hits)
    for hit in hits:
        st.button(
            _hit_label(screen, hit, screen.state.lang),
            key=f"hit_{hit.target}",
            type="tertiary",
            width="stretch",
            on_click=_go,
            args=(screen, hit),
        )


def _hit_marks(screen: Screen, hits: list[Hit]) -> None:
    """Set the mark of its kind before each place that was found."""
    layers = screen.city.layers
    rules = (
        f".st-key-hit_{_css(hit.target)} p::before {{ background-image: "
        f'url("{data_uri(mark(layers[hit.kind].spec.style))}"); }}'
        for hit in hits
        if not hit.narrows
    )
    st.html(f"<style>{''.join(rules)}</style>")


def _css(key: str) -> str:
    """Return a key as Streamlit writes it into the class of an element."""
    return re.sub("[^a-zA-Z0-9_-]", "-", key)


def _hit_label(screen: Screen, hit: Hit, lang: str) -> str:
    """Say what a suggestion leads to: a filter, or a place with its kind and its district."""
    name, other = (hit.label_zh, hit.label_en) if lang == "zh" else (hit.label_en, hit.label_zh)
    if hit.narrows:
        return literal(screen.say("explore.hit_filter", name=short(name)))
    parts = [short(name)]
    if hit.matched not in (name, other) and hit.note_en not in SPELLINGS:
        parts[0] += screen.say("card.noted", text=short(hit.matched))
    parts += [short(screen.city.layers[hit.kind].title.of(lang)), _where(screen, hit)]
    if not hit.mapped:
        parts.append(value_word("location_class", "none", lang))
    return literal(" · ".join(part for part in parts if part))


def _where(screen: Screen, hit: Hit) -> str:
    frame, lang = screen.city.layers[hit.kind].frame, screen.state.lang
    row = frame.loc[hit.target]
    return cell(row, "host_name", lang) or cell(row, "site_name", lang)


def _go(screen: Screen, hit: Hit) -> None:
    """Show what was found: a place, or what one or several filters leave."""
    st.session_state["search"] = ""
    st.session_state[FOUND] = True
    if not hit.narrows:
        reveal(screen, hit.target)
        return
    wanted: dict[str, set[str]] = {}
    for target in hit.target.split(JOINED):
        sort, _, name = target.partition(":")
        names = _districts_of(screen.city, name) if sort == "half" else {name}
        wanted.setdefault("district" if sort == "half" else sort, set()).update(names)
    _narrow_to(screen, wanted)


def _districts_of(city: City, part: str) -> set[str]:
    return {str(code) for code in city.districts.index[city.districts["half"] == part]}


def _narrow_to(screen: Screen, wanted: dict[str, set[str]]) -> None:
    """Narrow to all that was asked for at once: two values of one filter stand side by side."""
    city, layers = screen.city, wanted.pop("layer", set())
    if layers:
        now, places = session.state().layers, {id_ for id_ in layers if _is_places(city, id_)}
        held = {id_ for id_ in now if not _is_places(city, id_)} if places else now
        session.change(layers=frozenset(held | layers))
    if codes := wanted.pop("district", set()):
        _set_districts(screen, frozenset(codes))
    session.narrow(**{name: frozenset(values) for name, values in wanted.items()})
    session.change(selected=None)


def _is_places(city: City, layer: str) -> bool:
    return layer in city.layers and city.layers[layer].spec.is_places


def _set_districts(screen: Screen, chosen: frozenset[str]) -> None:
    """Filter by districts and frame what is chosen; without any, the whole city."""
    session.narrow(district=chosen)
    session.change(selected=None)
    outlines = screen.city.districts.geometry
    framed = outlines[[code in chosen for code in outlines.index]]
    if framed.empty:
        session.change(camera=None)
        session.fly(None)
        return
    west, south, east, north = framed.total_bounds
    _look_at((south + north) / 2, (west + east) / 2, fitting_zoom(west, south, east, north))


def fitting_zoom(west: float, south: float, east: float, north: float) -> float:
    """Return the zoom at which a box fills the map of an ordinary screen.

    Parameters
    ----------
    west, south, east, north
        Its edges, degrees WGS 84.

    Returns
    -------
    float
        In steps of a quarter, rounded down; no closer than a district is drawn.
    """
    wide = 360 * FRAME_PX[0] / TILE_PX / max(east - west, 1e-6)
    slope = math.cos(math.radians((south + north) / 2))
    high = 360 * FRAME_PX[1] * slope / TILE_PX / max(north - south, 1e-6)
    return min(math.floor(4 * math.log2(min(wide, high))) / 4, CLOSE_UP)


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

    def period_word(period: str) -> str:
        return literal(say(f"period_short.{period}", **screen.city.years))

    st.segmented_control(
        say("filter.period"),
        PERIODS,
        default=sync("period", state.period),
        key="period",
        required=True,
        format_func=period_word,
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
    if is_echo(key):
        return
    layers = session.state().layers
    session.change(layers=layers | {layer} if st.session_state[key] else layers - {layer})


def pills(screen: Screen, view: View) -> None:
    """Offer the filters as pills that open, each value with the places that it would show.

    Parameters
    ----------
    screen
        City, state and words of this run.
    view
        What is shown.
    """
    say = screen.say
    _acting(screen)
    with st.container(horizontal=True, key="pills", gap="xsmall"):
        for pill, names in PILLS.items():
            # The title stays: one that changed would make a new pill, and a new pill is shut.
            with st.popover(say(f"explore.pill_{pill}"), key=f"pill_{pill}"):
                for name in names:
                    _kinds(screen, view) if name == "kind" else _choices(screen, view, name)
        if any(state_of(screen.state).values()):
            st.button(
                say("explore.clear"), key="clear", on_click=_clear, args=(screen,), type="tertiary"
            )


def state_of(state: ViewState) -> dict[str, int]:
    """Return how many values each pill holds.

    Parameters
    ----------
    state
        What the reader has asked for.

    Returns
    -------
    dict
        Number by pill; that of the kinds is left to the list of layers.
    """
    return {
        pill: sum(len(state.filters.of(name)) for name in names if name != "kind")
        for pill, names in PILLS.items()
    }


def _acting(screen: Screen) -> None:
    """Mark the pills that act, each with how many values it holds."""
    rules = (
        f".st-key-pill_{pill} button {{ border-color: var(--accent); font-weight: 700; }}"
        f'.st-key-pill_{pill} button p::after {{ content: " {count}"; color: var(--accent); }}'
        for pill, count in state_of(screen.state).items()
        if count
    )
    st.html(f"<style>{''.join(rules)}</style>")


def _choices(screen: Screen, view: View, name: str) -> None:
    options, key = view.options(name), f"filter_{name}"
    chosen = [value for value in options if value in screen.state.filters.of(name)]
    if not options:
        return
    st.pills(
        screen.say(f"filter.{name}"),
        list(options),
        selection_mode="multi",
        default=sync(key, chosen),
        key=key,
        format_func=partial(_option, screen, name, options),
        on_change=_set_filter,
        args=(screen, name, key),
    )
    if name == "location_class":
        html.small(doubt_words(without_titles(view.places), screen.state.lang))


def _option(screen: Screen, name: str, options: Mapping[str, int], value: str) -> str:
    return literal(
        f"{short(value_words(screen.city, name, value, screen.state.lang))} {options[value]}"
    )


def _set_filter(screen: Screen, name: str, key: str) -> None:
    if is_echo(key):
        return
    chosen = frozenset(st.session_state[key])
    if name == "district":
        _set_districts(screen, chosen)
    else:
        session.narrow(**{name: chosen})


def _kinds(screen: Screen, view: View) -> None:
    """Offer the kinds: none chosen means those of the opening view."""
    city, state = screen.city, screen.state
    kinds = [id_ for id_ in city.layers if _is_places(city, id_)]
    opening = default_state(city).layers
    on = [id_ for id_ in kinds if id_ in state.layers]
    chosen = [] if set(on) == {id_ for id_ in kinds if id_ in opening} else on
    st.pills(
        screen.say("filter.kind"),
        kinds,
        selection_mode="multi",
        default=sync("filter_kind", chosen),
        key="filter_kind",
        format_func=partial(_kind, screen, view),
        on_change=_set_kinds,
        args=(frozenset(kinds), opening),
    )


def _kind(screen: Screen, view: View, id_: str) -> str:
    title = short(screen.city.layers[id_].title.of(screen.state.lang))
    return literal(f"{title} {view.counts[id_].shown}")


def _set_kinds(kinds: frozenset[str], opening: frozenset[str]) -> None:
    if is_echo("filter_kind"):
        return
    chosen = frozenset(st.session_state["filter_kind"])
    session.change(layers=(session.state().layers - kinds) | (chosen or kinds & opening))


def _clear(screen: Screen) -> None:
    session.change(filters=Filters())
    _set_districts(screen, frozenset())
