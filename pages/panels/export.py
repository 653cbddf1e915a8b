"""Hand the view over: as a link, and as files for a GIS team."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlencode

import streamlit as st
from markupsafe import Markup

from pages.panels import hand_over
from pages.shell import cache, html
from pages.shell.frame import Screen


def link(screen: Screen) -> None:
    """Offer to copy the address of this view; ``pages/shell/copy_link.js`` does it.

    Parameters
    ----------
    screen
        City, state and words of this run.
    """
    say = screen.say
    st.html(
        Markup(
            '<div class="copy-link">'
            '<button type="button" data-query="{}" data-done="{}">{}</button>'
            '<span role="status"></span><label hidden>{}<input readonly></label></div>'
        ).format(
            urlencode(screen.address()),
            say("explore.copied"),
            say("explore.copy"),
            say("explore.copy_note"),
        ),
        width="content",
    )


def download(screen: Screen) -> None:
    """Offer the places shown as a zip of GeoJSON, GeoPackage or CSV.

    Parameters
    ----------
    screen
        City, state and words of this run.
    """
    say, state = screen.say, screen.state
    with st.popover(say("explore.export"), key="export"):
        everything = st.radio(
            say("explore.export_layers"),
            (False, True),
            format_func=lambda whole: say(f"explore.export_{'all' if whole else 'shown'}"),
            key="export_layers",
        )
        form = hand_over.choose_form(screen, "export")
        layers = tuple(i for i in screen.city.layers if everything or i in state.layers)
        st.download_button(
            say("explore.export_button"),
            partial(cache.package, screen.city, state, layers, form),
            file_name=f"{screen.city.id}_{screen.city.data_date}_{form.fmt}_{form.epsg}.zip",
            mime="application/zip",
            on_click="ignore",
            type="primary",
            key="export_button",
        )
        html.small(say("explore.export_note"))
