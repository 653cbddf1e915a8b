"""Show a scene on the wall: the map to the edges, one sentence, one line of doubt, the chapters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import streamlit as st
from markupsafe import Markup

from geo.base.errors import AtlasError
from layers.language.bilingual import Bilingual
from layers.language.messages import LANGS, LONGEST_LABEL, display
from layers.language.problems import worded
from layers.map.folium_map import serial_of
from layers.places.areas import area_name
from layers.plan.chart import said as chart_words
from layers.plan.chart import uri
from layers.present.comments.comment import Comment
from layers.present.comments.pins import with_pins
from layers.present.telling import Told
from layers.view.filtered import in_words
from pages.browser import comments as kept
from pages.panels.deck import comments
from pages.panels.deck.asked import Asked, next_of
from pages.panels.deck.caption import Caption, caption, of_comment
from pages.shell import ahead, html, map_view, scenes, session
from pages.shell.frame import Screen

KEY: Final = "deck_wall"
LONGEST: Final = 400
WRITING: Final = "atlas.deck_writing"
"""Whether the comments stand over the map."""
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
    selected, lang = screen.state.selected, screen.state.lang
    locked = _is_locked(screen)
    pinned = [] if locked else kept.all_of(screen.city)
    over = partial(with_pins, comments=pinned, place=comments.picking() and not locked)
    overlay = scenes.selecting(screen.city, now.scene, shown, selected, over)
    view = shown.picture.view
    said = caption(view, selected) if selected else of_comment(pinned, comments.opened(), lang)
    words = _words(screen, shown.told, said)
    second = _second(screen, now)
    serials = {"serial": serial_of(overlay), "second": ""}
    if now.scene.beside and second is not None:
        serials["second"] = serial_of(second.overlay)
    _draw(screen, now, {**words, **serials}, pinned)
    with st.container(key="map_deck"):
        map_view.mount(screen, view, overlay, name="deck", act=_act)
        if shown.told.chart is not None:
            chart = shown.told.chart
            st.html(
                Markup('<figure class="wall_chart"><img src="{}" alt="{}"></figure>').format(
                    uri(chart, lang), html.text(chart_words(chart, lang))
                )
            )
    if second is not None:
        with st.container(key="map_deck_second"):
            drawn = second.picture.view
            map_view.mount(screen, drawn, second.overlay, name="deck_second", returned=[])
    if not locked:
        _comments(screen, now, shown.told)
    ahead.prepare(screen.city, next_of(screen.city, now), screen.state)


def _second(screen: Screen, now: Asked) -> scenes.Ready | None:
    """Return the view at the right; before a scene has one, that of the next one which will.

    Its map is mounted with the wall, unseen: a map that is made anew takes a second.
    """
    later = (*now.told.scenes[now.at :], *now.told.scenes[: now.at])
    found = next((scene.second for scene in later if scene.beside), None)
    try:
        return None if found is None else scenes.ready(screen.city, found, screen.state)
    except AtlasError:  # who turns to that scene is told
        return None


def _is_locked(screen: Screen) -> bool:
    return screen.state.deck.view == "locked"


def _comments(screen: Screen, now: Asked, told: Told) -> None:
    """Show the comments over the map while they are wanted, and keep them in the browser."""
    if st.session_state.get(WRITING):
        with st.container(key="deck_comments"):
            comments.box(screen, _shown(screen, now, told))
    comments.store(screen)


def _shown(screen: Screen, now: Asked, told: Told) -> comments.Shown:
    titles, names = now.told.title, now.scene.chapter
    page = Bilingual(*(f"{titles.of(lang)} · {names.of(lang)}" for lang in LANGS))
    filtered = in_words(screen.city, told.state, now.scene.page)
    chosen = screen.state.selected or told.focus or None
    return comments.Shown(page, f"deck?{urlencode(screen.address())}", filtered, chosen)


def _act(event: map_view.Event) -> bool:
    """Take a spot or a comment that was clicked; a caption goes when its own mark is clicked."""
    if comments.act(event):
        session.change(selected=None)
        return True
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
        "second": "",
    }


def _draw(
    screen: Screen, now: Asked, words: dict[str, object], pinned: Sequence[Comment] = ()
) -> None:
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
            "locked": _is_locked(screen),
            "comments": [
                display(comments.line(screen, n, each), longest=LONGEST)
                for n, each in enumerate(pinned, start=1)
            ],
            "writing": bool(st.session_state.get(WRITING)),
            "labels": {
                **{name: say(f"deck.{name}") for name in ("back", "forth", "close", "legend")},
                "comments": say("comments.button", count=len(pinned)),
            },
        },
        on_go_change=_go,
        on_leave_change=_leave,
        on_close_change=_close,
        on_comment_change=_write,
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
    comments.open_at("")


def _write() -> None:
    """Show the comments, or put them away."""
    wish = st.session_state[KEY]["comment"]
    if isinstance(wish, dict) and session.state().deck.view != "locked":
        st.session_state[WRITING] = bool(wish.get("on"))
