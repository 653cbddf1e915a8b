"""Hand the view over: as a link, and as files for a GIS team."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlencode

import streamlit as st
from markupsafe import Markup
from pyproj import CRS

from layers.handover.contents import FORMATS, WGS84, systems
from layers.language.messages import display
from pages.shell import cache
from pages.shell.frame import Screen


def link(screen: Screen) -> None:
    """Offer to copy the address of this view; ``pages/shell/copy_link.js`` does it."""
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
    """Offer the places shown as a zip of GeoJSON, GeoPackage or CSV."""
    say, state = screen.say, screen.state
    with st.popover(say("explore.export"), key="export"):
        everything = st.radio(
            say("explore.export_layers"),
            (False, True),
            format_func=lambda whole: say(f"explore.export_{'all' if whole else 'shown'}"),
            key="export_layers",
        )
        fmt = st.segmented_control(
            say("explore.export_format"),
            FORMATS,
            default=FORMATS[0],
            required=True,
            format_func=lambda name: say(f"explore.format_{name}"),
            key="export_format",
        )
        codes = systems(screen.city) if fmt != "geojson" else (WGS84,)
        epsg = st.selectbox(
            say("explore.export_crs"),
            codes,
            format_func=lambda code: display(f"EPSG:{code} · {CRS.from_epsg(code).name}"),
            key=f"export_crs_{fmt}",
        )
        if fmt == "geojson":
            st.html(Markup('<p class="small">{}</p>').format(say("explore.geojson_crs")))
        layers = tuple(i for i in screen.city.layers if everything or i in state.layers)
        st.download_button(
            say("explore.export_button"),
            partial(cache.package, screen.city.id, screen.city.digest, state, layers, fmt, epsg),
            file_name=f"{screen.city.id}_{screen.city.data_date}_{fmt}_{epsg}.zip",
            mime="application/zip",
            on_click="ignore",
            type="primary",
            key="export_button",
        )
        st.html(Markup('<p class="small">{}</p>').format(say("explore.export_note")))
