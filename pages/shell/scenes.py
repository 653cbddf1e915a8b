"""Keep the scenes of stories ready: words, and what the map is told to paint.

A turn of the wall computes nothing: while one scene is looked at, :func:`pages.shell.ahead.prepare`
makes those that may follow.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import streamlit as st

from layers.map import folium_map
from layers.pack.city import City
from layers.present.picture import Picture, picture
from layers.present.story import Scene, Story, stories
from layers.present.telling import Told, tell
from layers.view.state import ViewState, deciding
from pages.shell import cache


@dataclass(frozen=True, eq=False)
class Ready:
    """A scene as it is shown.

    Parameters
    ----------
    told
        Its words.
    picture
        What its map draws.
    overlay
        The same for the browser.
    """

    told: Told
    picture: Picture
    overlay: str


@st.cache_resource(show_spinner=False, max_entries=16)
def _stories(digest: str) -> Mapping[str, Story]:
    return stories(cache.city(digest))


def stories_of(place: City) -> Mapping[str, Story]:
    """Return the stories that come with a pack, by name.

    Parameters
    ----------
    place
        The pack that is asked; it is not changed.

    Raises
    ------
    DataError
        With everything that is wrong with any of them.
    """
    return _stories(place.digest)


@st.cache_resource(show_spinner=False, max_entries=128)
def _ready(digest: str, said: str, over: ViewState, _scene: Scene) -> Ready:  # noqa: ARG001 - a key
    city = cache.city(digest)
    told = tell(_scene, city, over, ask=cache.answer)
    told = replace(told, state=replace(told.state, present=True))
    drawn = picture(told, ask=cache.answer)
    return Ready(told, drawn, _overlay(city, _scene, drawn, drawn.view.state))


def _overlay(city: City, scene: Scene, drawn: Picture, state: ViewState) -> str:
    # The number of a scene's order to the camera: each turn is a new one.
    serial = zlib.crc32(_said(scene).encode())
    return folium_map.overlay_json(
        drawn.view,
        state,
        flight=(serial, drawn.look),
        online=cache.tiles_of(city, state.lang),
        drawing=drawn.drawing,
        plate=drawn.plate,
        legend=drawn.legend,
        insets=scene.insets,
    )


def _said(scene: Scene) -> str:
    return repr((scene, sorted(scene.address.items())))


def ready(place: City, scene: Scene, over: ViewState) -> Ready:
    """Return a scene as it is shown, made now unless it is kept.

    Parameters
    ----------
    place
        The pack that it is told of; it is not changed.
    scene
        The scene; a district in its address is chosen.
    over
        Language, filters, period and layers of the reader; nothing else of the state counts.

    Raises
    ------
    AtlasError
        If the analysis cannot be made of this pack.
    """
    counted = replace(deciding(over), lang=over.lang)
    return _ready(place.digest, _said(scene), counted, scene)


def selecting(
    place: City,
    scene: Scene,
    shown: Ready,
    selected: str | None,
    over: Callable[[Picture], Picture],
) -> str:
    """Return what the map is told when a place is selected on it, or more is drawn over it.

    Parameters
    ----------
    place
        The pack that it is told of; it is not changed.
    scene, shown
        The scene, and as it is shown.
    selected
        What is selected; None for what the scene itself selects.
    over
        Takes what the scene draws, and returns it with what the reader has added.
    """
    drawn = over(shown.picture)
    if selected is None and drawn is shown.picture:
        return shown.overlay
    state = drawn.view.state
    state = state if selected is None else replace(state, selected=selected)
    return _overlay(place, scene, drawn, state)
