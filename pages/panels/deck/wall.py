"""Show a scene on the wall: the map to the edges, one sentence, one line of doubt, the chapters."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

import streamlit as st
from markupsafe import Markup

from geo.base.errors import AtlasError
from layers.language.messages import LONGEST_LABEL, display
from layers.language.problems import worded
from layers.map.folium_map import serial_of
from layers.places.areas import area_name
from layers.plan.chart import said, uri
from layers.present.telling import Told
from pages.panels.deck.asked import Asked, next_of
from pages.panels.deck.caption import Caption, caption
from pages.shell import html, map_view, scenes, session
from pages.shell.frame import Screen

KEY: Final = "deck_wall"
LONGEST: Final = 400
_BESIDE: Final = Path(__file__).parent
_WALL: Final = st.components.v2.component(
    "atlas_deck_wall",
    js=(_BESIDE / "wall.js").read_text(encoding="utf-8"),
    css=(_BESIDE / "wall.css").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def show(screen: Screen, now: Asked) -> None:
    """Show a scene, and make those ready that may follow.

    Parameters
    ----------
    screen
        City, state and words of this run.
    now
        What is presented.
    """
    try:
        shown = scenes.ready(screen.city, now.scene, screen.state)
    except AtlasError as error:
        _draw(screen, now, _failed(screen, error))
        return
    selected = screen.state.selected
    overlay = scenes.selecting(screen.city, now.scene, shown, selected)
    view = shown.picture.view
    words = _words(screen, shown.told, caption(view, selected))
    _draw(screen, now, {**words, "serial": serial_of(overlay)})
    with st.container(key="map_deck"):
        map_view.mount(
            screen, view, overlay, name="deck", returned=[map_view.CLICKED], act=_click_again
        )
        if shown.told.chart is not None:
            chart, lang = shown.told.chart, screen.state.lang
            st.html(
                Markup('<figure class="wall_chart"><img src="{}" alt="{}"></figure>').format(
                    uri(chart, lang), html.text(said(chart, lang))
                )
            )
    scenes.prepare(screen.city, next_of(screen.city, now), screen.state)


def _click_again(event: map_view.Event) -> bool:
    """Take the caption away when its own mark is clicked."""
    again = event.id == session.state().selected
    if again:
        session.change(selected=None)
    return again


def _words(screen: Screen, told: Told, spoken: Caption | None) -> dict[str, object]:
    return {
        "sentence": display(told.sentence.rstrip("。."), longest=LONGEST),
        "doubt": display(told.doubt, longest=LONGEST),
        "filtered": _filtered(screen, told),
        "dated": display(told.dated, longest=LONGEST),
        "caption": spoken.texts() if spoken else None,
    }


def _filtered(screen: Screen, told: Told) -> str:
    if not told.filtered:
        return ""
    return screen.say("present.filtered", words=display(told.filtered, longest=LONGEST))


def _failed(screen: Screen, error: AtlasError) -> dict[str, object]:
    why = " ".join(worded(problem, screen.state.lang) for problem in error.problems[:2])
    return {
        "sentence": screen.say("deck.failed"),
        "doubt": display(why, longest=LONGEST),
        "filtered": "",
        "dated": "",
        "caption": None,
        "serial": "",
    }


def _draw(screen: Screen, now: Asked, words: dict[str, object]) -> None:
    """Hand the words to the browser, which shows them when the map has painted the same scene."""
    city, lang, say = screen.city, screen.state.lang, screen.say
    codes = [str(code) for code in city.districts.index] if now.district else []
    _WALL(
        key=KEY,
        data={
            **words,
            "story": now.whole.name,
            "chapters": [
                [scene.id, display(scene.chapter.of(lang), longest=LONGEST_LABEL)]
                for scene in now.told.scenes
            ],
            "at": now.at,
            "districts": [[code, area_name(city, code, lang)] for code in codes],
            "district": now.district,
            "notices": [display(city.notices[key].of(lang)) for key in ("footer", "boundary")],
            "locked": screen.state.deck.view == "locked",
            "labels": {name: say(f"deck.{name}") for name in ("back", "forth", "close")},
        },
        on_go_change=_go,
        on_leave_change=_leave,
        on_close_change=_close,
    )


def _go() -> None:
    """Turn to the scene and the district that a key or a click asked for."""
    wish = st.session_state[KEY]["go"]
    if not isinstance(wish, dict):
        return
    state = session.state()
    session.change(
        deck=replace(state.deck, story=str(wish["story"]), scene=str(wish["scene"])),
        district=str(wish["district"]) or state.district,
        selected=None,
    )


def _leave() -> None:
    deck = session.state().deck
    if deck.view != "locked":
        session.change(deck=replace(deck, view="edit"), selected=None)


def _close() -> None:
    session.change(selected=None)
