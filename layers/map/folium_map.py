"""Turn a city and a view into a Leaflet map: the only module that knows Folium.

The base is one constant script per city and language, at an address of its own; what a filter
changes is one small overlay. All data passes ``layers.language.messages.safe`` on its way, and is
drawn by the scripts in ``assets``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import folium
import geopandas as gpd
import shapely
from branca.element import MacroElement
from folium.template import Template
from shapely import Point, box

from layers.language.messages import safe, speaker
from layers.map.insets import of_one_class
from layers.map.overlay import Drawing, drawing_json, geometry_json
from layers.map.plate import TINTS, Plate, Sign, priorities
from layers.map.symbols import mark, plain_mark
from layers.pack.catalogue import FIRM, ONLINE_BASE, OUTSIDE, PLAN_KINDS
from layers.pack.city import City, OnlineBase, drawn_axes
from layers.view.index_numbers import index_numbers
from layers.view.rows import View
from layers.view.state import FILTER_KEYS, Camera, ViewState
from layers.view.totals import is_national
from layers.view.vague import VAGUE_M

Flight = tuple[int, Camera | tuple[float, float, float, float] | None]
"""Serial number of an order to the camera, and its target: a camera, a box (west, south, east,
north in degrees), or None for the whole city. A map obeys each number once."""

DIGITS = 5
"""Decimals of drawn coordinates: about one metre."""
SCRIPTS = (
    *("ground", "report", "marks", "labels", "insets", "swipe", "drawing", "ask", "camera"),
    *("turned", "atlas"),
)
"""Our own scripts in the order in which they need each other."""
_BESIDE_LAYERS = ("chosen", "framed", "present", "fly", "tiles", "drawing")
"""Parts of an overlay that no switch of a layer changes."""


class AtlasMap(folium.Map):
    """Folium's map with our own local assets instead of eleven links to four outside hosts."""

    def __init__(self, assets: str, base: str, **options: Any) -> None:
        super().__init__(tiles=None, zoom_control=False, **options)
        self.default_js = [
            ("leaflet", f"{assets}/leaflet/leaflet.js"),
            *((name, f"{assets}/{name}.js") for name in SCRIPTS),
            ("base", base),
        ]
        self.default_css = [
            ("leaflet_css", f"{assets}/leaflet/leaflet.css"),
            ("atlas_css", f"{assets}/atlas.css"),
        ]


class AtlasCall(MacroElement):
    """Call one function of our scripts on the parent element, with JSON that is already safe."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "ATLAS.{{ this.function }}({{ this._parent.get_name() }}{{ this.data }});"
        "{% endmacro %}"
    )

    def __init__(self, function: str, data: str = "") -> None:
        super().__init__()
        self._name = "AtlasCall"
        self.function = function
        self.data = f", {data}" if data else ""

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
    """Return the marks of every kind: by location class, and the two of the city's scale."""
    symbols = {}
    for layer in city.layers.values():
        if not layer.spec.is_places:
            continue
        id_, style, faded = layer.spec.id, layer.spec.style, layer.spec.id == "later_park"
        for known in layer.frame["location_class"].unique():
            symbols[f"{id_}.{known}"] = mark(style, known, faded=faded)
        symbols[f"{id_}.firm"] = plain_mark(style, firm=True, faded=faded)
        symbols[f"{id_}.schematic"] = plain_mark(style, firm=False)
    return {safe(name): drawn for name, drawn in symbols.items()}


def _named_points(frame: gpd.GeoDataFrame, names: Iterable[object]) -> list[list[Any]]:
    """Return names with the middle of the widest part of each area: latitude, longitude."""
    points = frame.geometry.representative_point()
    circles = (shapely.maximum_inscribed_circle(area, 0.005) for area in frame.geometry)
    middles = [Point(c.coords[0]) if c.length else p for c, p in zip(circles, points, strict=True)]
    return [
        [safe(str(name)), round(at.y, 4), round(at.x, 4)]
        for name, at in zip(names, middles, strict=True)
    ]


def _parts(city: City, lang: str) -> list[list[Any]]:
    """Return the parts of the city that are tinted: name, middle, districts."""
    found = []
    for half in city.halves[: len(TINTS)]:
        rows = city.districts[city.districts["half"] == half]
        if len(rows):
            area = rows.geometry.union_all()
            frame = gpd.GeoDataFrame(geometry=[area], crs=rows.crs)
            named = _named_points(frame, [city.words[f"half.{half}"].of(lang)])[0]
            found.append([*named, [safe(str(code)) for code in rows.index]])
    return found


def _water(city: City, lang: str) -> list[list[Any]]:
    """Return the names of the seas, each in the widest water beside the city."""
    west, south, east, north = city.bbox
    sea = city.base["sea"]
    near = sea.geometry.intersection(box(west, south, east + (east - west) * 0.15, north))
    rows = sea[~near.is_empty].set_geometry(near[~near.is_empty])
    return _named_points(rows, rows[f"name_{lang}"]) if len(rows) else []


def _frame_json(city: City, lang: str) -> dict[str, Any]:
    """Return the small maps beside the city: insets, and the locator with the belt's name."""

    def corners(bounds: tuple[float, float, float, float]) -> list[list[float]]:
        west, south, east, north = bounds
        return [[south, west], [north, east]]

    axis = city.layers["axis"].frame if "axis" in city.layers else None
    belt = city.locator.belt if city.locator else ""
    named = axis is not None and belt in axis.index
    return {
        "insets": [
            {"id": safe(i.id), "name": safe(i.name.of(lang)), "bounds": corners(i.bounds)}
            for i in city.insets
        ],
        "belt": safe(belt, longest=None) if named else "",
        "locator": {
            "bounds": corners(city.locator.bounds),
            "name": safe(str(axis[f"name_{lang}"][belt])) if axis is not None and named else "",
        }
        if city.locator
        else None,
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
    names = city.districts[f"name_{lang}"]
    land, label = city.base["land"], city.base["label"].dropna(subset=[f"name_{lang}"])
    own = label[f"name_{lang}"].isin([*names, *_short(city.name.of(lang))])
    label = label[~own].sort_values("rank", kind="stable")
    ground = land["role"] == "background"
    chief = [layer.provenance for layer in city.layers.values() if layer.spec.group == "plan"][:1]
    sources = (*chief, city.layers["district"].provenance, city.base_provenance["label"])
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
                "north": say("map.north"),
                "km": say("map.km"),
                "m": say("map.m"),
                "wheel": say("map.wheel"),
                "busy": say("map.busy"),
                "open": say("map.open"),
                "more": say("map.stack", count="#"),
                "before": say("period.2020", **city.years),
                "after": say("period.2025", **city.years),
                "swipe": say("map.swipe"),
                "attribution": " · ".join(safe(line, longest=200) for line in citations),
            },
            "vague_m": VAGUE_M,
            "symbols": _symbols(city),
            "colours": {
                safe(layer.spec.id): layer.spec.style.colour
                for layer in city.layers.values()
                if layer.spec.is_places
            },
            **_frame_json(city, lang),
            "ground": _features(land[ground]),
            "other": _features(land[~ground]),
            "sea": _features(city.base["sea"]),
            "river": _features(city.base["river"]),
            "district": _features(city.districts, names),
            "names": _named_points(city.districts, names),
            "parts": _parts(city, lang),
            "water": _water(city, lang),
            "axis": _axis(city, lang),
            "labels": [
                [safe(name), round(point.y, 4), round(point.x, 4), int(rank)]
                for name, rank, point in zip(
                    label[f"name_{lang}"], label["rank"], label.geometry, strict=True
                )
            ],
        }
    )


def _axis(city: City, lang: str) -> dict[str, Any]:
    if "axis" not in city.layers:
        return {"type": "FeatureCollection", "features": []}
    frame = drawn_axes(city)
    return _features(frame, frame[f"name_{lang}"])


def _short(name: str) -> tuple[str, str]:
    """Return the names by which a base map may call the city: the title of the map says it."""
    return name, name.removesuffix("市")


def _point(row_id: str, lon: float, lat: float, properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": safe(row_id, longest=None),
        "properties": properties,
        "geometry": {"type": "Point", "coordinates": [round(lon, DIGITS), round(lat, DIGITS)]},
    }


def _layers(view: View, lang: str, new: frozenset[str]) -> dict[str, list[dict[str, Any]]]:
    """Return every mapped place by layer: what decides its mark, its name, its index number."""
    drawn: dict[str, list[dict[str, Any]]] = {}
    rows, number, order = view.mapped, index_numbers(view.city), priorities(view)
    columns = (f"name_{lang}", "kind", "location_class", "uncertainty_m")
    facts = (rows[c] for c in (*columns, "plan_status", "current_status_as_of"))
    for place, point, national, name, kind, known, doubt, status, seen in zip(
        map(str, rows.index), rows.geometry, is_national(rows), *facts, strict=True
    ):
        properties = {
            "n": safe(name),
            "k": safe(kind),
            "c": safe(known),
            "u": round(float(doubt)) if doubt == doubt else 0,
            "i": number[place],
            "o": order[place],
        }
        flags = {"e": known in FIRM, "l": national, "w": place in new}
        flags["x"] = kind not in PLAN_KINDS
        properties |= {name: 1 for name, on in flags.items() if on}
        if status == "later_fact" and isinstance(seen, str):
            properties["y"] = safe(seen[:4])
        drawn.setdefault(safe(kind), []).append(_point(place, point.x, point.y, properties))
    return drawn


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
    return {
        "id": safe(selected, longest=None),
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
    plate: Plate | None = None,
    legend: Sequence[Sign] = (),
    insets: Collection[str] | None = None,
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
    plate
        Ground and legend of the layout map, which alone has insets; None on the other maps.
    legend
        What the map explains where there is no plate.
    insets
        Ids of the parts that stand enlarged beside the city; None where the map decides.

    Returns
    -------
    str
        JSON text in which every string is escaped; ``serial`` is a digest of the rest, by
        which a test knows that the map has caught up, and ``asked`` one of all but the layers,
        so that the map may answer a switch before the server does.
    """
    body = {
        "layers": _layers(view, state.lang, plate.new if plate else frozenset()),
        **_plate_json(plate, legend),
        "chosen": _chosen(view, state.selected),
        "framed": [safe(code) for code in sorted(state.filters.district - {OUTSIDE})],
        "show": {name: name in state.layers for name in ("district", "axis")},
        "on": sorted(safe(layer) for layer in state.layers),
        "present": state.present,
        "fly": _fly(flight),
        "tiles": online if ONLINE_BASE in state.layers else None,
        "drawing": drawing_json(drawing, DIGITS),
        # At the desk every part stays, so that a choice moves nothing.
        "insets": None if insets is None else sorted(map(safe, insets)),
        "plain": sorted(of_one_class(view.city, drawing)) if state.present else [],
    }
    body["asked"] = _digest([_question(view, state), *(body[name] for name in _BESIDE_LAYERS)])
    return _dump({**body, "serial": _digest(body)})


def _digest(value: object) -> str:
    return hashlib.sha256(_dump(value).encode()).hexdigest()[:12]


def _question(view: View, state: ViewState) -> list[object]:
    """Return what decides which places a layer shows once it is on, and what lies under them."""
    held = [sorted(state.filters.of(name)) for name in FILTER_KEYS]
    return [view.city.digest, state.period, state.later, state.explore.ground, *held]


def serial_of(overlay: str) -> str:
    """Return the digest of an overlay: the map's frame bears it once it has painted that.

    Parameters
    ----------
    overlay
        Result of :func:`overlay_json`.
    """
    return overlay.rpartition('"serial":"')[2].removesuffix('"}')


def _plate_json(plate: Plate | None, legend: Sequence[Sign]) -> dict[str, Any]:
    """Return ground, names and legend of the layout map; on the other maps, the legend alone."""
    signs = [[sign, safe(words)] for sign, words in (plate.legend if plate else legend)]
    if plate is None:
        bare = {"fill": {}, "hatch": [], "parts": False}
        return {"plate": False, "ground": bare, "legend": signs, "told": {}, "titles": {}}
    return {
        "plate": True,
        "ground": {
            "fill": {safe(code): colour for code, colour in plate.fill.items()},
            "hatch": [safe(code) for code in plate.hatch],
            "parts": plate.parts,
        },
        "legend": signs,
        "told": {
            safe(code): [safe(line, longest=400) for line in lines]
            for code, lines in plate.told.items()
        },
        "titles": {safe(code): safe(words) for code, words in plate.titles.items()},
    }


def base_map(city: City, base: str, *, assets: str) -> folium.Map:
    """Return the map that stays the same while the reader filters.

    Parameters
    ----------
    city
        The pack, for the first centre.
    base
        Address of a script that sets ``ATLAS.base`` to the result of ``base_json``.
    assets
        Base URL of ``layers/assets`` as the map's frame sees it.

    Returns
    -------
    folium.Map
        A map without tiles; nothing in it points outside the server.
    """
    drawn = AtlasMap(assets, base, location=city.centre, zoom_start=city.zoom)
    # Without tiles Leaflet knows no limits of zoom, and fits bounds at infinity.
    drawn.options |= {"min_zoom": 6, "max_zoom": 12, "zoom_snap": 0.25, "zoom_delta": 0.5}
    drawn.options["track_resize"] = False  # our script watches the frame, not only the window
    drawn.add_child(AtlasCall("begin"))
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
