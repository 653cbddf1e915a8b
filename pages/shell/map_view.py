"""Show a map that stays put: filters repaint it, clicks select, pans go to the address."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import streamlit as st
import streamlit.components.v1 as components
from markupsafe import Markup
from streamlit_folium import st_folium

from layers.handover.live_link import live_link, qr_svg
from layers.language.messages import display, safe
from layers.map import folium_map
from layers.map.overlay import Drawing
from layers.map.plate import Plate
from layers.map.symbols import data_uri
from layers.pack.city import City
from layers.view.rows import View
from layers.view.state import camera
from pages.shell import cache, failure, session
from pages.shell.frame import Screen
from pages.shell.routes import ground

_ASSETS = Path(folium_map.__file__).with_name("assets")
# Declared for its file server alone: the map's frame finds our assets beside itself, under
# any base path, without configuration.
components.declare_component("assets", path=str(_ASSETS))
ASSETS_URL: Final = f"../{__name__}.assets"

HANDLED: Final = "atlas.click"
"""By map, the click that was last acted on."""
HEAD_START_S: Final = 0.06
"""Wait after the map, in seconds: the browser begins its work anew with whatever arrives in the
meantime, and would paint the map last. Halves the time to paint (``make bench``)."""
CLICKED: Final = "last_active_drawing"
RETURNED: Final = (CLICKED, "center", "zoom", "selected_tags")
"""What the browser tells of a map whose camera is part of the address."""
HEIGHT: Final = 760
"""CSS pixels; the style sheet follows the window where it can."""


@dataclass(frozen=True)
class Event:
    """What the reader did on the map: ``click`` a thing, ``move`` one, or ``place`` a new one."""

    id: str
    lon: float
    lat: float
    did: str
    zoom: float | None = None
    """Of the map when a new one was placed."""


Act = Callable[[Event], bool]
"""Answers an event; true if the whole screen must follow."""


def show(
    screen: Screen,
    view: View,
    *,
    name: str,
    flight: folium_map.Flight,
    follow: bool,
    drawing: Drawing | None = None,
    plate: Plate | None = None,
    act: Act | None = None,
) -> None:
    """Draw the map and its furniture.

    Parameters
    ----------
    screen
        City, state and words of this run.
    view
        The places drawn.
    name
        Name of this map in the session.
    flight
        Order to the camera; see ``session.flight``.
    follow
        Whether the camera is part of the address.
    drawing
        What an analysis adds.
    plate
        Ground, legend and insets, on the layout map alone.
    act
        Answers the events that do not select a place or a district.
    """
    overlay = folium_map.overlay_json(
        view,
        screen.state,
        flight=flight,
        online=cache.tiles_of(screen.city, screen.state.lang),
        drawing=drawing,
        plate=plate,
    )
    with st.container(key=f"map_{name}"):
        mount(screen, view, overlay, name=name, follow=follow, act=act)
        furniture(screen)


def mount(
    screen: Screen,
    view: View,
    overlay: str,
    *,
    name: str,
    follow: bool = False,
    returned: Sequence[str] | None = None,
    act: Act | None = None,
) -> None:
    """Draw the map alone.

    Parameters
    ----------
    screen
        City, state and words of this run.
    view
        The places drawn.
    overlay
        What is painted; see :func:`layers.map.folium_map.overlay_json`.
    name, follow, act
        As for :func:`show`.
    returned
        What the browser tells of the map: the fewer, the fewer runs of the page. None for what is
        needed: the last click, and where the map stands if that is followed.
    """
    base = ground.address(screen.city, screen.state.lang)
    mounted = f"{name}-{hashlib.sha256(base.encode()).hexdigest()[:12]}"
    with st.container(key=f"sheet_{name}"):
        told = (RETURNED if follow else (CLICKED,)) if returned is None else tuple(returned)
        _map(screen, view, base, overlay, mounted, follow, told, act)
        time.sleep(HEAD_START_S)


@st.fragment
@failure.guarded
def _map(
    screen: Screen,
    view: View,
    base: str,
    overlay: str,
    mounted: str,
    follow: bool,
    returned: tuple[str, ...],
    act: Act | None,
) -> None:
    """Draw the map in a fragment of its own: a pan reruns this and nothing else."""
    value = st_folium(
        folium_map.base_map(screen.city, base, assets=ASSETS_URL),
        key=mounted,
        feature_group_to_add=folium_map.overlay(overlay),
        returned_objects=returned,
        height=HEIGHT,
        use_container_width=True,
    )
    if follow:
        _follow(value, screen.city)
    event = _event(value, mounted)
    if event is not None and ((act is not None and act(event)) or _select(event, view)):
        st.rerun()


def _follow(value: dict[str, Any], city: City) -> None:
    """Take the camera into the address once the reader, not the program, has moved it."""
    centre = value.get("center") or {}
    rest = camera(centre.get("lat"), centre.get("lng"), value.get("zoom"))
    # A value from before the last order is stale: the map is on its way elsewhere.
    moved = str(session.flight()[0]) in (value.get("selected_tags") or ())
    if moved and rest is not None and rest != session.state().camera:
        session.change(camera=rest)
        session.write(city)


def _event(value: dict[str, Any], mounted: str) -> Event | None:
    """Return what just happened: the map keeps returning the last thing that did."""
    drawing = value.get(CLICKED) or {}
    properties = drawing.get("properties") or {}
    seen = (drawing.get("id"), properties.get("t"))
    handled: dict[str, Any] = st.session_state.setdefault(HANDLED, {})
    if seen[0] is None or handled.get(mounted) == seen:
        return None
    handled[mounted] = seen
    lon, lat = _point(drawing)
    place = camera(lat, lon, 9)
    if place is None:
        return None
    seen_at = camera(lat, lon, properties.get("z"))
    zoom = seen_at.zoom if seen_at is not None else None
    return Event(str(seen[0]), place.lon, place.lat, str(properties.get("did", "click")), zoom)


def _point(drawing: dict[str, Any]) -> tuple[Any, Any]:
    """Return longitude and latitude of a point; of anything else, an origin nobody asks for."""
    geometry = drawing.get("geometry") or {}
    coordinates = geometry.get("coordinates") or ()
    return tuple(coordinates[:2]) if geometry.get("type") == "Point" else (0.0, 0.0)


def _select(event: Event, view: View) -> bool:
    """Select the place, the stack or the district that was clicked."""
    by_safe = {safe(i, longest=None): i for i in (*view.mapped.index, *view.city.districts.index)}
    by_safe |= {f"@{key}": f"@{i}" for key, i in by_safe.items()}
    chosen = by_safe.get(event.id)
    if chosen is not None:
        session.change(selected=chosen)
    return chosen is not None


def furniture(screen: Screen) -> None:
    """Write what every map must carry below it: formula, review numbers, date, source.

    Parameters
    ----------
    screen
        City, state and words of this run.
    """
    city, say, lang = screen.city, screen.say, screen.state.lang
    notices = [
        *(city.notices[key].of(lang) for key in ("boundary", "review_base", "review_map")),
        say("furniture.date", date=city.data_date),
        *dict.fromkeys(
            found.citation.of(lang)
            for found in (
                *(layer.provenance for layer in city.layers.values() if layer.spec.is_places),
                city.layers["district"].provenance,
                *city.base_provenance.values(),
            )
        ),
        say("furniture.crs"),
        *(note.of(lang) for code, note in city.notices.items() if code in city.districts.index),
    ]
    # One line on the screen, whole when it is pointed at or has the focus, and on paper.
    st.html(
        Markup('<p class="furniture" tabindex="0"><strong>{}</strong>{}</p>{}').format(
            display(city.notices["footer"].of(lang)),
            Markup("").join(Markup("<span>{}</span>").format(display(text)) for text in notices),
            _live(screen),
        )
    )


def _live(screen: Screen) -> Markup:
    """Return QR code and address of this view for paper, where the server's address is known."""
    link = live_link(screen.name, screen.address())
    if not link:
        return Markup("")
    return Markup('<p class="live"><img src="{}" alt=""><span>{}</span></p>').format(
        data_uri(qr_svg(link)), link
    )
