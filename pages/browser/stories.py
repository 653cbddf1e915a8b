"""Hold the story that a session makes, and keep it in the reader's browser."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import count
from typing import Final

import streamlit as st

from geo.base.errors import AtlasError, DataError, Problem
from layers.language.bilingual import Bilingual, pair
from layers.language.messages import LANGS
from layers.pack.city import City
from layers.present.options import Option
from layers.present.story import LONGEST, MOST_SCENES, Scene, Story, read, write
from layers.view.state import default_state
from pages.browser import store
from pages.shell import scenes
from pages.shell.frame import Screen

View = tuple[str, Mapping[str, str]]
"""A page, and the keys and values of its address."""
OWN: Final = "own"
"""Name of the reader's own story in the address."""
HELD: Final = "atlas.story"
"""By city, the story that this session makes."""
REFUSED: Final = "atlas.story_refused"
"""What was wrong with the story that the browser had kept."""


def own(city: City) -> Story | None:
    """Return the story that this session makes; None while there is none.

    Parameters
    ----------
    city
        The pack that it is told of.
    """
    held: dict[str, Story] = st.session_state.setdefault(HELD, {})
    return held.get(city.id)


def put(city: City, story: Story) -> None:
    """Make a story the one at work; it is noted of which data it is told.

    Parameters
    ----------
    city
        The pack that it is told of; it is not changed.
    story
        Sound; its name does not matter.
    """
    st.session_state.pop(REFUSED, None)
    st.session_state.setdefault(HELD, {})[city.id] = replace(story, name=OWN)


def made_with(city: City) -> dict[str, str]:
    """Return what a story that is made now is made with.

    Parameters
    ----------
    city
        The pack; it is not changed.
    """
    return {"city": city.id, "data_date": city.data_date, "digest": city.digest}


def checked(city: City, story: Story) -> Story:
    """Return a story as it comes back from its own file.

    Parameters
    ----------
    city
        The pack that it is told of; it is not changed.
    story
        The story as it was edited.

    Raises
    ------
    DataError
        With everything that a file of it would be refused for.
    """
    return read(write(story), city, name=OWN)


def add(screen: Screen, beside_of: View | None = None, options: tuple[Option, ...] = ()) -> None:
    """Add what a page shows to the story, which is begun if there is none.

    Parameters
    ----------
    screen
        City and state of the page.
    beside_of
        A view at whose right it is set; None to show it alone.
    options
        What the page sets side by side.
    """
    city, story = screen.city, own(screen.city)
    named = pair(f"nav.{screen.name}" if beside_of is None else "deck.two_maps")
    here = (screen.name, screen.address())
    scene = Scene("s1", named, *(beside_of or here), options=options)
    if beside_of is not None:
        scene = replace(scene, beside=here)
    scene = noted(city, scene)
    if story is None:
        put(city, Story(OWN, pair("deck.own"), (scene,), made_with(city)))
    else:
        put(city, _with(story, [scene]))


def noted(city: City, scene: Scene) -> Scene:
    """Return a scene that says what its sentence is with these data.

    Parameters
    ----------
    city
        The pack that it is told of; it is not changed.
    scene
        The scene; of one that cannot be told of this city nothing is said.
    """
    try:
        texts = [
            scenes.ready(city, scene, default_state(city, lang)).told.sentence for lang in LANGS
        ]
    except (AtlasError, KeyError):
        return scene
    return replace(scene, said=Bilingual(*(text[:LONGEST] for text in texts)))


def _with(story: Story, further: Iterable[Scene]) -> Story:
    """Return a story with more scenes at its end, each of an id of its own."""
    told = [*story.scenes]
    for scene in further:
        taken = {each.id for each in told}
        id_ = next(name for name in (f"s{n}" for n in count(1)) if name not in taken)
        told.append(replace(scene, id=id_))
    return replace(story, scenes=tuple(told[:MOST_SCENES]))


def exchange(screen: Screen) -> bool:
    """Keep the session's story in the browser; in a new session, take back what it kept.

    Parameters
    ----------
    screen
        City, state and words of this run.

    Returns
    -------
    bool
        Whether the browser cannot keep it. The run is begun anew when a story has come back.
    """
    city, story = screen.city, own(screen.city)
    again, lost = store.exchange(
        f"story.{city.id}",
        draft=write(story) if story else "",
        kept={},
        dropped=(),
        unsaved=False,
        take=lambda found: bool(found.draft) and _take_back(city, found.draft),
    )
    if again:
        st.rerun()
    return lost


def awaited(city: City) -> bool:
    """Tell whether the browser has still to say which story it keeps.

    Parameters
    ----------
    city
        The pack that it is told of.
    """
    asked: dict[str, str] = st.session_state.get(store.ASKED, {})
    return own(city) is None and bool(asked.get(f"story.{city.id}"))


def _take_back(city: City, text: str) -> bool:
    """Take what the browser held; what this session has added meanwhile stands at its end."""
    try:
        before = read(text, city, name=OWN)
    except DataError as error:
        st.session_state[REFUSED] = tuple(error.problems)
        return True
    now = own(city)
    put(city, _with(before, now.scenes) if now else before)
    return True


def refused() -> tuple[Problem, ...]:
    """Return what was wrong with the story that the browser had kept; empty for nothing."""
    found: tuple[Problem, ...] = st.session_state.get(REFUSED, ())
    return found
