"""Draw the shipped city the usual way: the page that the atlas is measured against.

One ``folium.Marker`` with a popup per place, one ``GeoJson`` per frame and one for the names, which
are permanent tooltips, a multiselect, and a map that is made anew for every choice. Over the same
local assets as the atlas; without card, table, counts and legend it is the lighter page.
"""

from __future__ import annotations

from urllib.parse import quote

import folium
import streamlit as st
from streamlit_folium import st_folium

from layers.language.messages import safe
from layers.pack.city import City, load_city
from pages.shell.map_view import ASSETS_URL
from tests import ROOT

HELP = f"""
window.$ = (html) => {{
  const box = document.createElement('template');
  box.innerHTML = html.trim();
  return [box.content.firstElementChild];
}};
L.Icon.Default.imagePath = '{ASSETS_URL}/leaflet/images/';
"""
"""All that Folium's popup asks of jQuery, which is thus not even loaded; where the icons are."""
STYLES = {
    "sea": {"fillColor": "#DCE6EC", "fillOpacity": 1, "stroke": False},
    "land": {"fillColor": "#EEECE6", "fillOpacity": 1, "color": "#D8D4CA", "weight": 1},
    "river": {"color": "#B4CBD8", "weight": 1.4},
    "district": {"fillColor": "#F7F5F0", "fillOpacity": 1, "color": "#B9B4A8", "weight": 1},
}


@st.cache_resource
def city() -> City:
    """Return the shipped city."""
    return load_city(ROOT / "data" / "tianjin")


def draw(shown: City, kinds: list[str]) -> folium.Map:
    """Return a map of all frames and of the places of the chosen kinds."""
    drawn = folium.Map(location=shown.centre, zoom_start=shown.zoom, tiles=None, max_zoom=17)
    drawn.default_js = [
        ("leaflet", f"{ASSETS_URL}/leaflet/leaflet.js"),
        ("help", f"data:text/javascript,{quote(HELP)}"),
    ]
    drawn.default_css = [("leaflet_css", f"{ASSETS_URL}/leaflet/leaflet.css")]
    frames = {**shown.base, "district": shown.districts}
    for name, style in STYLES.items():
        shapes = frames[name][["geometry"]]
        folium.GeoJson(shapes, style_function=lambda _, style=style: style).add_to(drawn)
    names = shown.base["label"].dropna(subset=["name_zh"])
    folium.GeoJson(
        names.assign(name=names["name_zh"].map(safe))[["name", "geometry"]],
        marker=folium.CircleMarker(radius=1, stroke=False),
        tooltip=folium.GeoJsonTooltip(["name"], labels=False, permanent=True),
    ).add_to(drawn)
    for kind in kinds:
        frame = shown.layers[kind].frame
        for row in frame[frame.geometry.notna()].itertuples():
            marker = folium.Marker((row.geometry.y, row.geometry.x), popup=safe(row.name_zh))
            marker.add_to(drawn)
    return drawn


def main() -> None:
    """Show the filter and the map."""
    st.set_page_config(layout="wide")
    shown = city()
    offered = [layer.spec.id for layer in shown.layers.values() if layer.spec.is_places]
    chosen = [id_ for id_ in offered if shown.layers[id_].spec.on]
    kinds = st.multiselect("Kinds", offered, default=chosen)
    st_folium(draw(shown, kinds), height=760, use_container_width=True)


main()
