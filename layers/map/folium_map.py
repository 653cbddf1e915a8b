"""Turn a city and a view into a Leaflet map: the only module that knows Folium.

The base is one constant script per city and language; what a filter changes is one small
overlay. All data passes ``layers.language.messages.safe`` on its way, and is drawn by
``assets/atlas.js``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

import folium
import geopandas as gpd
from branca.element import MacroElement
from folium.template import Template

from layers.language.messages import safe, speaker
from layers.map.overlay import Drawing, drawing_json, geometry_json
from layers.map.symbols import mark, stack
from layers.pack.catalogue import ONLINE_BASE, OUTSIDE
from layers.pack.city import City, OnlineBase
from layers.view.rows import View
from layers.view.state import Camera, ViewState

Flight = tuple[int, Camera | tuple[float, float, float, float] | None]
"""Serial number of an order to the camera, and its target: a camera, a box (west, south, east,
north in degrees), or None for the whole city. A map obeys each number once."""

DIGITS = 5
"""Decimals of drawn coordinates: about one metre."""


class AtlasMap(folium.Map):
    """Folium's map with our own local assets instead of eleven links to four outside hosts."""

    def __init__(self, assets: str, **options: Any) -> None:
        super().__init__(tiles=None, zoom_control=False, **options)
        self.default_js = [
            ("leaflet", f"{assets}/leaflet/leaflet.js"),
            ("atlas", f"{assets}/atlas.js"),
        ]
        self.default_css = [
            ("leaflet_css", f"{assets}/leaflet/leaflet.css"),
            ("atlas_css", f"{assets}/atlas.css"),
        ]


class AtlasCall(MacroElement):
    """Call one function of ``atlas.js`` on the parent element with JSON that is already safe."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "ATLAS.{{ this.function }}({{ this._parent.get_name() }}, {{ this.data }});"
        "{% endmacro %}"
    )

    def __init__(self, function: str, data: str) -> None:
        super().__init__()
        self._name = "AtlasCall"
        self.function = function
        self.data = data

    def render(self, **kwargs: Any) -> str:  # noqa: ARG002 - the base's shape
        """Leave the figure alone: Folium would compile the script, data and all, as a template.

        The host takes the script straight from the macro, so nothing in the data is ever
        executed, and a hundred kilobytes are not parsed at every rerun.

        Parameters
        ----------
        **kwargs
            What Folium hands down; not looked at.

        Returns
        -------
        str
            Empty.
        """
        return ""


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _features(frame: gpd.GeoDataFrame, names: Iterable[str] | None = None) -> dict[str, Any]:
    """Return a GeoJSON collection with at most an id and an escaped name per feature."""
    shapes = [geometry_json(shape, DIGITS) for shape in frame.geometry]
    if names is None:
        features = [{"type": "Feature", "properties": {}, "geometry": s} for s in shapes]
    else:
        features = [
            {
                "type": "Feature",
                "id": safe(str(i), longest=None),
                "properties": {"n": safe(n)},
                "geometry": s,
            }
            for i, n, s in zip(frame.index, names, shapes, strict=True)
        ]
    return {"type": "FeatureCollection", "features": features}


def _symbols(city: City) -> dict[str, str]:
    """Return the mark of every kind and location class, keyed ``kind.class``."""
    return {
        safe(f"{layer.spec.id}.{known}"): mark(
            layer.spec.style, known, faded=layer.spec.id == "later_park"
        )
        for layer in city.layers.values()
        if layer.spec.is_places
        for known in layer.frame["location_class"].unique()
    }


def base_json(city: City, lang: str) -> str:
    """Return everything of the map that no filter changes, as JSON for ``ATLAS.base``.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    lang
        ``zh`` or ``en``: names, button titles and the document's language follow it.

    Returns
    -------
    str
        JSON text in which every string is escaped.
    """
    say = speaker(lang)
    west, south, east, north = city.bbox
    land, label = city.base["land"], city.base["label"].dropna(subset=[f"name_{lang}"])
    ground = land["role"] == "background"
    sources = (city.layers["district"].provenance, city.base_provenance["label"])
    citations = dict.fromkeys(found.citation.of(lang) for found in sources)
    return _dump(
        {
            "bounds": [[south, west], [north, east]],
            "words": {
                "lang": "zh-CN" if lang == "zh" else "en",
                "map": safe(say("map.region", city=city.name.of(lang))),
                "home": say("map.home"),
                "zoom_in": say("map.zoom_in"),
                "zoom_out": say("map.zoom_out"),
                "attribution": " · ".join(safe(line, longest=200) for line in citations),
            },
            "symbols": _symbols(city),
            "ground": _features(land[ground]),
            "other": _features(land[~ground]),
            "sea": _features(city.base["sea"]),
            "river": _features(city.base["river"]),
            "district": _features(city.districts, city.districts[f"name_{lang}"]),
            "axis": _features(city.layers["axis"].frame) if "axis" in city.layers else _EMPTY,
            "labels": [
                [safe(name), round(point.y, 4), round(point.x, 4), int(rank)]
                for name, rank, point in zip(
                    label[f"name_{lang}"], label["rank"], label.geometry, strict=True
                )
            ],
        }
    )


_EMPTY: Mapping[str, Any] = {"type": "FeatureCollection", "features": []}


def _point(row_id: str, lon: float, lat: float, properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": safe(row_id, longest=None),
        "properties": properties,
        "geometry": {"type": "Point", "coordinates": [round(lon, DIGITS), round(lat, DIGITS)]},
    }


def _singles(view: View, lang: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the layer and the feature of every mapped place that stands alone."""
    stacked = {place for pile in view.stacks for place in pile.ids}
    rows = view.mapped
    columns = (f"name_{lang}", "kind", "location_class", "plan_status", "current_status_as_of")
    for place, point, name, kind, known, status, seen in zip(
        rows.index, rows.geometry, *(rows[column] for column in columns), strict=True
    ):
        if place in stacked:
            continue
        properties = {"n": safe(name), "s": safe(f"{kind}.{known}")}
        if status == "later_fact" and isinstance(seen, str):
            properties["y"] = safe(seen[:4])
        yield safe(kind), _point(str(place), point.x, point.y, properties)


def _layers(view: View, lang: str) -> dict[str, list[dict[str, Any]]]:
    """Return the drawn features by layer; places at one point become one ring."""
    drawn: dict[str, list[dict[str, Any]]] = {}
    for kind, feature in _singles(view, lang):
        drawn.setdefault(kind, []).append(feature)
    say, names = speaker(lang), view.mapped[f"name_{lang}"]
    rings = [
        _point(
            f"@{pile.ids[0]}",
            pile.lon,
            pile.lat,
            {
                "n": safe(say("map.stack", count=len(pile.ids), first=names[pile.ids[0]])),
                "c": len(pile.ids),
                "h": stack(len(pile.ids), pile.worst_class),
            },
        )
        for pile in view.stacks
    ]
    return drawn | ({"@": rings} if rings else {})


def _chosen(view: View, selected: str | None) -> dict[str, Any] | None:
    """Return what marks the selection: a halo with its circle of doubt, or a district's outline."""
    city = view.city
    if selected is None:
        return None
    if selected in city.districts.index:
        outline = city.districts.geometry[selected]
        return {"id": safe(selected, longest=None), "ring": geometry_json(outline, DIGITS)}
    place = selected.removeprefix("@")
    if place not in view.mapped.index:
        return None
    row = view.mapped.loc[place]
    pile = next((pile for pile in view.stacks if place in pile.ids), None)
    return {
        "id": safe(f"@{pile.ids[0]}" if pile else place, longest=None),
        "lat": round(row.geometry.y, DIGITS),
        "lon": round(row.geometry.x, DIGITS),
        "r": None if selected.startswith("@") else float(row.uncertainty_m),
    }


def _fly(flight: Flight) -> dict[str, Any]:
    serial, target = flight
    if isinstance(target, Camera):
        return {"serial": serial, "at": [target.lat, target.lon, target.zoom]}
    if target is not None:
        west, south, east, north = target
        return {"serial": serial, "box": [[south, west], [north, east]]}
    return {"serial": serial}


def tiles(base: OnlineBase, lang: str, environment: Mapping[str, str]) -> dict[str, str] | None:
    """Return the address and attribution of online tiles, or None while the user's key is missing.

    Parameters
    ----------
    base
        What the pack declares.
    lang
        Language of the attribution.
    environment
        Where the user's own key stands.
    """
    key = environment.get(base.key_variable, "") if base.key_variable else ""
    if base.key_variable and not key:
        return None
    url = base.url.replace("{key}", quote(key, safe=""))
    return {"url": safe(url, longest=None), "attribution": safe(base.attribution.of(lang))}


def overlay_json(
    view: View,
    state: ViewState,
    *,
    flight: Flight = (0, None),
    online: Mapping[str, str] | None = None,
    drawing: Drawing | None = None,
) -> str:
    """Return what a filter, a switch or a selection changes, as JSON for ``ATLAS.paint``.

    Parameters
    ----------
    view
        The places that the state shows.
    state
        Language, layers and selection.
    flight
        Order to the camera.
    online
        Result of ``tiles``, drawn while the state asks for them.
    drawing
        What an analysis adds, under the places.

    Returns
    -------
    str
        JSON text in which every string is escaped; ``serial`` is a digest of the rest, by
        which a test knows that the map has caught up.
    """
    body = {
        "layers": _layers(view, state.lang),
        "chosen": _chosen(view, state.selected),
        "framed": [safe(code) for code in sorted(state.filters.district - {OUTSIDE})],
        "show": {name: name in state.layers for name in ("district", "axis")},
        "present": state.present,
        "fly": _fly(flight),
        "tiles": online if ONLINE_BASE in state.layers else None,
        "drawing": drawing_json(drawing, DIGITS),
    }
    return _dump({**body, "serial": hashlib.sha256(_dump(body).encode()).hexdigest()[:12]})


def base_map(city: City, base: str, *, assets: str) -> folium.Map:
    """Return the map that stays the same while the reader filters.

    Parameters
    ----------
    city
        The pack, for the first centre.
    base
        Result of ``base_json``.
    assets
        Base URL of ``layers/assets`` as the map's frame sees it.

    Returns
    -------
    folium.Map
        A map without tiles; nothing in it points outside the server.
    """
    drawn = AtlasMap(assets, location=city.centre, zoom_start=city.zoom)
    # Without tiles Leaflet knows no limits of zoom, and fits bounds at infinity.
    drawn.options |= {"min_zoom": 6, "max_zoom": 17, "zoom_snap": 0.25, "zoom_delta": 0.5}
    drawn.add_child(AtlasCall("base", base))
    return drawn


def overlay(painted: str) -> folium.FeatureGroup:
    """Return what draws a view on the base map.

    Parameters
    ----------
    painted
        Result of :func:`overlay_json`.

    Returns
    -------
    folium.FeatureGroup
        One call of ``ATLAS.paint``; it holds no layers of its own.
    """
    group = folium.FeatureGroup(name="places", control=False)
    group.add_child(AtlasCall("paint", painted))
    return group
