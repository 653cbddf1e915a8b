"""Open a screen: route, read the address, set language and look, draw menu and heading."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple, NoReturn

import streamlit as st
from markupsafe import Markup
from streamlit.delta_generator import DeltaGenerator

from layers.language.messages import LANGS, Say, display, speaker, texts
from layers.pack.city import City
from layers.pack.shelf import Packs, Refused
from layers.places.dating import dated
from layers.view.address import to_query
from layers.view.filtered import titled
from layers.view.state import ViewState, default_state
from pages.shell import cache, html, navigation, session, uploads
from pages.shell.labels import literal, short

PAGE: Final = "atlas.page"
_CSS, _PAPER = (Path(__file__).with_name(name) for name in ("atlas.css", "print.css"))
_SCRIPTS = "".join(
    f"<script>{Path(__file__).with_name(name).read_text(encoding='utf-8')}</script>"
    for name in (
        "copy_link.js",
        "ask_again.js",
        "presses.js",
        "turn_layer.js",
        "copy_picture.js",
        "find.js",
        "words.js",
        "bring.js",
        "not_made.js",
        "print.js",
    )
)
_CHROME: Final = "chrome."
"""Beginning of the keys of Streamlit's own words."""
_DATE = re.compile(r"(\d{4}-\d\d-\d\d)")
_HTML_LANG = {"zh": "zh-CN", "en": "en"}


@dataclass(frozen=True)
class Screen:
    """What a screen needs to know: the city, the state, and how to speak."""

    name: str
    city: City
    state: ViewState
    say: Say
    packs: Packs
    """All packs, of which the city is one."""

    def address(self, page: str | None = None, **changes: Any) -> dict[str, str]:
        """Return the address of a page in this state with some changes.

        Parameters
        ----------
        page
            One of ``navigation.SCREENS``; None for this one.
        **changes
            Fields of the state with other values.

        Returns
        -------
        dict
            Keys and values; see :func:`layers.view.address.to_query`.
        """
        return to_query(
            replace(self.state, **changes),
            page or self.name,
            opening=cache.allowed_of(self.city).opening,
            home=session.home(self.packs),
        )


def link(screen: Screen, page: str, label: str, **changes: Any) -> None:
    """Draw a link to a page in the screen's state with some changes.

    Parameters
    ----------
    screen
        City, state and words of this run.
    page
        One of ``navigation.SCREENS``.
    label
        Words of the link, of the interface or of the data.
    **changes
        Fields of the state with other values.
    """
    navigation.link(screen.address(page, **changes), page, label)


def open_page(name: str) -> Screen:
    """Start a screen and return what it shows.

    Parameters
    ----------
    name
        One of ``navigation.SCREENS``.

    Returns
    -------
    Screen
        City, state and words of this run. When the pack that the address asks for cannot be
        served, or none can, the reasons are shown and the run ends here.
    """
    st.set_page_config(layout="wide", initial_sidebar_state="collapsed")
    navigation.ensure_routed()
    st.html(_CSS)
    st.html(_PAPER)
    uploads.bound()
    packs = cache.packs()
    refused = session.refused(packs)
    if refused is not None or not packs.served:
        _refuse(name, packs, packs.refused if refused is None else (refused,))
    city, state = session.read(packs, name)
    session.write(city)
    if st.session_state.get(PAGE) != name:
        st.session_state[PAGE] = name
        session.fly(state.camera)
    say = speaker(state.lang)
    _speak(name, state)
    return Screen(name, city, state, say, packs)


def _refuse(name: str, packs: Packs, refused: Sequence[Refused]) -> NoReturn:
    """Show why packs are refused, offer the cities that can be shown, and stop."""
    for lang in LANGS:
        st.error(speaker(lang)("error.pack_refused" if packs.served else "error.packs_none"))
    for pack in refused:
        for lang in LANGS:
            html.faults(pack.name, pack.problems, lang)
    for served in packs.served.values():
        said = literal(" · ".join(short(served.city.name.of(lang)) for lang in LANGS))
        opened = default_state(served.city)
        navigation.link(to_query(opened, name, opening=opened.layers), name, said)
    for lang in LANGS:
        html.small(speaker(lang)("error.footer"))
    st.stop()


def _news(screen: Screen) -> None:
    """Say that the city's files have changed, or that what readers entered cannot be read."""
    pack = screen.packs.served[screen.city.id]
    if told := session.news(pack):
        time = pack.read.strftime("%Y-%m-%d %H:%M")
        html.show('<p class="news" role="status">{}</p>', screen.say(f"packs.{told}", time=time))
    if trouble := cache.entered().trouble:
        html.show('<p class="news" role="status">{}</p>', screen.say(f"error.{trouble}"))


_TELL = """<script>
document.documentElement.lang = "%s";
document.body.classList.toggle("presenting", %s);
document.body.dataset.screen = "%s";
</script>"""
"""Streamlit leaves the language at ``en``."""


@lru_cache(maxsize=2)
def _own_words(lang: str) -> str:
    """Return what Streamlit's own words are in a language, for ``words.js``; in English none."""
    theirs, ours = texts("en"), texts(lang)
    pairs = [
        [re.sub(r"\\\{(\w+)\\\}", r"(?<\1>.+)", re.escape(theirs[key])), ours[key]]
        for key in sorted(ours, key=lambda key: ("{" in theirs[key], key))
        if key.startswith(_CHROME) and ours[key] != theirs[key]
    ]
    # The browser takes a script for harmful in which a tag seems to stand.
    held = json.dumps(pairs).replace("<", "\\u003c")
    made = "([pattern, said]) => [new RegExp(`^${pattern}$`), said]"
    return f"<script>globalThis.atlasWords = {held}.map({made});</script>"


def _speak(name: str, state: ViewState) -> None:
    """Tell the browser the language of the page, how it is shown, and which screen it is."""
    present = str(state.present).lower()
    told = _TELL % (_HTML_LANG[state.lang], present, name)
    st.html(told + _own_words(state.lang) + _SCRIPTS, unsafe_allow_javascript=True)


def _tabs(screen: Screen) -> None:
    """Draw the screens side by side; the one shown is marked by the browser's address."""
    say = screen.say
    with st.container(horizontal=True, vertical_alignment="center", key="tabs", gap="small"):
        for name, page in navigation.screens(say).items():
            # The menu leads to the desk of a deck, never at once to a wall without a menu.
            desk = {"deck": replace(screen.state.deck, view="edit", notes=False)}
            query = screen.address(name, **desk if name == "deck" else {})
            st.page_link(page, label=say(f"nav.{name}"), query_params=query)


def _switches(screen: Screen, beside: Callable[[], None] | None = None) -> None:
    say, state = screen.say, screen.state
    with st.container(horizontal=True, width="content", key="switches", gap="small"):
        if beside is not None:
            beside()
        st.button(
            say("frame.other_language"),
            key="language",
            type="tertiary",
            on_click=session.change,
            kwargs={"lang": "en" if state.lang == "zh" else "zh"},
        )
        st.button(
            say("frame.leave" if state.present else "frame.present"),
            key="present",
            type="secondary" if state.present else "tertiary",
            on_click=session.change,
            kwargs={"present": not state.present},
            shortcut="Esc" if state.present else None,
        )


def heading(
    screen: Screen, title: str, subtitle: str, beside: Callable[[], None] | None = None
) -> None:
    """Draw the row of brand, tabs and switches, then the screen's title with its subtitle.

    In presenting there are no tabs, and the switches stand beside the title.

    Parameters
    ----------
    screen
        City, state and words of this run.
    title, subtitle
        Text of the interface or of the data; it is shown as it is, cut where it is very long.
    beside
        Draws what stands before the switches, but in presenting.
    """
    title = titled(screen.city, screen.state, screen.name, title)
    presenting = screen.state.present
    if not presenting:
        with st.container(horizontal=True, vertical_alignment="center", key="masthead"):
            st.html(
                Markup('<p class="brand" title="{}">{}</p>').format(
                    screen.say("app.note"), screen.say("app.name")
                ),
                width="content",
            )
            _tabs(screen)
            _switches(screen, beside)
    with st.container(horizontal=True, vertical_alignment="center", key="heading"):
        st.html(
            Markup('<h1 class="title">{}</h1><p class="subtitle">{}</p>').format(
                display(title, longest=120), _unbroken_dates(display(subtitle, longest=300))
            ),
            width="stretch",
        )
        if presenting:
            _switches(screen)
    _news(screen)


def _unbroken_dates(text: str) -> Markup:
    """Return text in which no line breaks within a date: a browser breaks after a hyphen."""
    parts = _DATE.split(text)
    whole = Markup('<span class="date">{}</span>')
    return Markup("").join(whole.format(part) if at % 2 else part for at, part in enumerate(parts))


def subtitle(screen: Screen) -> str:
    """Return the line under every map's title: plan, period shown, and from when the facts are.

    Parameters
    ----------
    screen
        City, state and words of this run.
    """
    return dated(screen.city, screen.state)


class Scene(NamedTuple):
    """The places of an analysis page; whatever is shown after them stands below.

    Parameters
    ----------
    head
        Across the page: title and chips.
    sentence, picture
        The result in words, and under it the map with its legend.
    side
        The choices, beside them; None in presenting.
    """

    head: DeltaGenerator
    sentence: DeltaGenerator
    picture: DeltaGenerator
    side: DeltaGenerator | None


def scene(screen: Screen) -> Scene:
    """Lay out an analysis page: title, sentence, map and legend fill the window together.

    The map takes the height that the others leave; the choices scroll by themselves.

    Parameters
    ----------
    screen
        City, state and words of this run.
    """
    with st.container(key="scene"):
        head = st.container(key="scene_head")
        with st.container(key="scene_row"):
            with st.container(key="scene_main"):
                sentence, picture = st.container(), st.container(key="scene_picture")
            side = None if screen.state.present else st.container(key="scene_side")
    return Scene(head, sentence, picture, side)
