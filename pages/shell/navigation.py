"""Name the screens, and lead to them from a cold server as from a warm one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final, NoReturn

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from geo.base.bridge import lend_to_geopandas
from layers.language.messages import LANGS, Say, display, speaker
from pages.shell import failure, widgets
from pages.shell.ahead import READERS
from pages.shell.labels import literal

SCREENS: Final = (
    *("explore", "district", "density", "coverage", "corridor", "plan", "deck", "sources"),
)
"""In the order of the menu; the first is the address without a path."""
ROUTED: Final = "atlas.routed"
_FOLDER = Path(__file__).resolve().parent.parent


def screens(say: Say | None = None) -> dict[str, StreamlitPage]:
    """Return the screens by name, in the order of the menu.

    Parameters
    ----------
    say
        Speaks the language of their titles in the browser's tab; None to title each by its name.
    """
    return {
        name: st.Page(
            _FOLDER / f"{name}.py",
            title=display(f"{say(f'nav.{name}')} · {say('app.name')}" if say else name),
            url_path=name,
            default=name == SCREENS[0],
        )
        for name in SCREENS
    }


def link(query: Mapping[str, str], name: str, label: str) -> None:
    """Draw a link to a screen that carries an address.

    Parameters
    ----------
    query
        Keys and values of the address.
    name
        One of :data:`SCREENS`.
    label
        Words of the link, of the interface or of the data.
    """
    st.page_link(screens()[name], label=literal(label), query_params=dict(query))


def go(query: Mapping[str, str], name: str) -> NoReturn:
    """Show another screen, and end this run.

    Parameters
    ----------
    query
        Keys and values of its address.
    name
        One of :data:`SCREENS`.
    """
    st.switch_page(screens()[name], query_params=dict(query))


def route() -> None:
    """Run the screen that the address asks for; what nobody foresaw is shown by the last catch."""
    st.session_state[ROUTED] = True
    lend_to_geopandas()
    asked = st.query_params.get("lang", LANGS[0])
    say = speaker(asked if asked in LANGS else LANGS[0])
    page = st.navigation(list(screens(say).values()), position="hidden")
    with READERS.answering(), failure.caught(), widgets.track_run():
        page.run()


def ensure_routed() -> None:
    """Send a screen that was started without the entry file back through the router.

    A cold server that finds a folder named ``pages`` runs a deep link's file on its own; after
    the pages are registered, a rerun starts at the entry file with the address unharmed.
    """
    if not st.session_state.get(ROUTED):
        st.navigation(list(screens().values()), position="hidden")
        st.rerun()
