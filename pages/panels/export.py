"""Hand the view over: as a link, and as files for a GIS team."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlencode

import streamlit as st
from markupsafe import Markup

from layers.handover import view_export
from layers.view.wording import filter_words
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
    """Offer the places shown as a workbook, or as a zip of GeoJSON, GeoPackage or CSV.

    Parameters
    ----------
    screen
        City, state and words of this run.
    """
    say, city, state = screen.say, screen.city, screen.state
    with st.popover(say("explore.export"), key="export"):
        form = hand_over.choose_form(screen, "export")
        everything = st.radio(
            say("explore.export_layers"),
            (False, True),
            format_func=lambda whole: say(f"explore.export_{'all' if whole else 'shown'}"),
            key="export_layers",
        )
        layers = tuple(i for i in city.layers if everything or i in state.layers)
        held = view_export.size(city, state, layers=layers, fmt=form.fmt)
        html.show('<p class="amount" role="status">{}</p>', _amount(screen, held))
        st.download_button(
            say("explore.export_button"),
            partial(cache.package, city, state, layers, form),
            *hand_over.file_kind(f"{city.id}_{city.data_date}", form),
            on_click="ignore",
            type="primary",
            key="export_button",
        )
        html.small(say("explore.export_note" if form.fmt != "xlsx" else "explore.export_book"))


def _amount(screen: Screen, held: view_export.Size) -> str:
    """Say how much the button will hand over."""
    key = "export_amount_unmapped" if held.unmapped else "export_amount"
    words = screen.say(
        f"explore.{key}", count=held.places, unmapped=held.unmapped, files=held.files
    )
    filtered = filter_words(screen.city, screen.state, screen.state.lang)
    if filtered:
        words += screen.say("explore.export_filtered", words=" · ".join(filtered))
    return words
