"""Keep the scenes of stories ready: words, and what the map is told to paint.

A turn of the wall computes nothing: while one scene is looked at, a thread makes those that may
follow, the nearest first. It rests while a reader is answered, as in :mod:`pages.shell.ahead`.
"""

from __future__ import annotations

import logging
import os
import zlib
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Final

import streamlit as st

from geo.base.errors import AtlasError
from layers.map import folium_map
from layers.pack.city import City
from layers.present.picture import Picture, picture
from layers.present.story import Scene, Story, stories
from layers.present.telling import Told, tell
from layers.view.state import ViewState, deciding
from pages.shell import cache
from pages.shell.ahead import READERS, VARIABLE

PENDING: Final = "atlas.scenes_pending"
"""What this session has asked to be made ready."""
REST_S: Final = 0.3
"""Seconds without a reader after which the next scene is made."""
_LOG = logging.getLogger(__name__)


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


@st.cache_resource(show_spinner=False)
def _worker() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="atlas-scenes")


@st.cache_resource(show_spinner=False, max_entries=128)
def _ready(digest: str, said: str, over: ViewState, _scene: Scene) -> Ready:
    city = cache.city(digest)
    told = tell(_scene, city, over, ask=cache.answer)
    told = replace(told, state=replace(told.state, present=True))
    drawn = picture(told, ask=cache.answer)
    return Ready(told, drawn, _overlay(city, drawn, drawn.view.state, _serial(said)))


def _serial(said: str) -> int:
    """Return the number of a scene's order to the camera: each turn is a new one."""
    return zlib.crc32(said.encode())


def _overlay(city: City, drawn: Picture, state: ViewState, serial: int) -> str:
    return folium_map.overlay_json(
        drawn.view,
        state,
        flight=(serial, drawn.look),
        online=cache.tiles_of(city, state.lang),
        drawing=drawn.drawing,
        plate=drawn.plate,
        legend=drawn.legend,
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
    return _overlay(place, drawn, state, _serial(_said(scene)))


def prepare(place: City, scenes: Iterable[Scene], over: ViewState) -> None:
    """Make scenes ready beside the page; what this session asked for before is let go.

    Parameters
    ----------
    place
        The pack that they are told of; it is not changed.
    scenes
        The nearest first.
    over
        As for :func:`ready`.
    """
    waiting: list[Future[None]] = st.session_state.get(PENDING, [])
    for future in waiting:
        future.cancel()
    if os.environ.get(VARIABLE) == "no":
        return
    st.session_state[PENDING] = [_worker().submit(_make, place, scene, over) for scene in scenes]


def _make(place: City, scene: Scene, over: ViewState) -> None:
    READERS.wait(REST_S)
    try:
        for view in (scene, scene.second):
            if view is not None:
                ready(place, view, over)
    except (AtlasError, KeyError) as error:  # who turns to it is told
        _LOG.warning("The scene %s cannot be made: %s", scene.id, error)
    except Exception:
        _LOG.exception("The scene %s failed", scene.id)
