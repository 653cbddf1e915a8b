"""Take from a city the rows that a state shows, in the form in which they leave the atlas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal
from urllib.parse import urlencode

import geopandas as gpd
import pandas as pd

from geo.base.errors import ParameterError, Problem
from geo.base.schema import Field, FieldType, Schema
from layers.handover.contents import AREA, VIEW_FORMATS, WGS84, Form, Sheet, form_problems
from layers.handover.look import Look, labels_of, look_of
from layers.handover.planning_columns import with_planning_columns
from layers.language.bilingual import Bilingual, both, pair
from layers.pack.catalogue import ONLINE_BASE
from layers.pack.city import City, Layer
from layers.pack.exchange import DOUBT, TERMS, exchange_fields, with_exchange, word_of
from layers.view.address import to_query
from layers.view.filtered import in_words
from layers.view.rows import View, rows_in_view
from layers.view.state import ViewState, deciding
from layers.view.wording import summary

CIRCLES = "uncertainty_circle"
"""Id of the layer of circles; no layer of a pack."""
NO_SHAPES = frozenset({"xlsx", "csv", "json"})
QUARTER = 16
"""Corners of a quarter of a circle: its area is 0.2 % short."""
_DTYPES: Mapping[FieldType, Literal["float64", "Int64", "boolean"]] = MappingProxyType(
    {"number": "float64", "integer": "Int64", "flag": "boolean"}
)


@dataclass(frozen=True)
class Selection:
    """What is handed over, of which city, in which form.

    Parameters
    ----------
    city
        The city.
    state
        What decides the rows, and nothing else: language, camera and choice are at their default.
    form
        Format and coordinate system of the files.
    sheets
        Rows by layer, in the order of the city's layers.
    words
        The sentence that says what is shown, as on the screen.
    gaps
        Sentences on what the plan counts in these layers and the source does not name.
    filtered
        What keeps rows of the opening view from these, in one line; None if nothing does.
    view
        The rows with all that decides them.
    """

    city: City
    state: ViewState
    form: Form
    sheets: tuple[Sheet, ...]
    words: Bilingual
    gaps: tuple[Bilingual, ...]
    filtered: Bilingual | None
    view: View

    @property
    def query(self) -> str:
        """Query string that shows these rows in the atlas."""
        return urlencode(to_query(self.state))


def select(city: City, state: ViewState, *, layers: Sequence[str] | None, form: Form) -> Selection:
    """Return the rows of ``city`` that ``state`` shows, checked and ready to be written.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    state
        Filters, and the layers that are on.
    layers
        Ids of the layers to take, under the same filters; None for those that are on.
    form
        Format and coordinate system.

    Raises
    ------
    ParameterError
        With everything that is wrong with the arguments.
    """
    wanted = frozenset(state.layers - {ONLINE_BASE} if layers is None else layers)
    problems = [*_layer_problems(city, wanted), *form_problems(form, city, VIEW_FORMATS)]
    if problems:
        raise ParameterError("export_refused", problems)
    shown = replace(deciding(state), city=city.id, layers=wanted)
    view = rows_in_view(city, shown)
    sheets = tuple(
        layer_sheet(city, layer, view.layer(id_))
        for id_, layer in city.layers.items()
        if id_ in wanted
    )
    if form.planning:
        sheets = tuple(with_planning_columns(city, sheet) for sheet in sheets)
    if form.circles and form.fmt not in NO_SHAPES:
        sheets += (_circles(city, sheets),)
    words = Bilingual(summary(view, "zh"), summary(view, "en"))
    gaps = zip(view.gaps["sentence_zh"], view.gaps["sentence_en"], strict=True)
    return Selection(
        city,
        shown,
        form=form,
        sheets=sheets,
        words=words,
        gaps=tuple(Bilingual(zh, en) for zh, en in gaps),
        filtered=in_words(city, shown),
        view=view,
    )


def _layer_problems(city: City, wanted: frozenset[str]) -> list[Problem]:
    if not wanted:
        return [Problem("export.no_layer", "layer", known=tuple(city.layers))]
    return [
        Problem("export.unknown", "layer", value=id_, known=tuple(city.layers))
        for id_ in sorted(wanted - city.layers.keys())
    ]


def layer_sheet(city: City, layer: Layer, rows: gpd.GeoDataFrame) -> Sheet:
    """Return the rows of a layer as they are handed over, sorted by id and typed by its schema.

    Parameters
    ----------
    city
        Its own words go along.
    layer
        One of its layers.
    rows
        Those of the layer that are shown.
    """
    schema, origin = layer.spec.schema, layer.provenance
    frame = with_exchange(_typed(rows, schema), schema.fields, found_on=origin.retrieved)
    fields = exchange_fields(schema.fields)
    total, mapped = len(frame), int(frame.geometry.notna().sum())
    known: dict[str, int] = {}
    if DOUBT in frame:
        sure = int(frame[DOUBT].notna().sum())
        known = {"known": sure, "unknown": total - sure}
    return Sheet(
        id=layer.spec.id,
        title=layer.title,
        frame=frame,
        fields=fields,
        geometry=schema.geometry,
        geometry_required=schema.geometry_required,
        look=look_of(layer.spec),
        labels=labels_of(layer.spec),
        codes=_codes(city, fields),
        group=pair(f"group.{layer.spec.group}"),
        provenance=origin,
        facts=(
            pair("export.rows", rows=total, mapped=mapped, unmapped=total - mapped),
            *([pair("export.doubt", **known)] if known else []),
            *layer_facts(layer),
        ),
        entry={
            "latest_as_of": max(frame["as_of"].dropna(), default=None),
            "verified_on": origin.verified_on,
            "retrieved": origin.retrieved,
            "pack_sha256": layer.digest,
            **{f"doubt_{name}": n for name, n in known.items()},
        },
    )


def _circles(city: City, sheets: Sequence[Sheet]) -> Sheet:
    """Return the circle around each place within which it is thought to lie, as areas."""
    names = ["kind", "name_zh", "name_en", "location_class", DOUBT]
    kept = [sheet.frame for sheet in sheets if DOUBT in sheet.frame]
    rows = gpd.GeoDataFrame(pd.concat([frame[[*names, "geometry"]] for frame in kept]))
    known = rows[rows[DOUBT].notna()].sort_index().to_crs(city.metric_epsg)
    around = known.geometry.buffer(known[DOUBT].to_numpy(dtype=float), quad_segs=QUARTER)
    shapes = known.set_geometry(around).to_crs(WGS84).rename_axis(index="id")
    terms = {field.name: field for field in TERMS}
    fields = (Field("id", required=True), *(terms.get(name, Field(name)) for name in names))
    look = Look("area", "#5B564C", "#5B564C", opacity=0.08)
    return Sheet(
        id=CIRCLES,
        title=pair("export.circles"),
        frame=shapes,
        fields=fields,
        geometry=AREA,
        look=look,
        facts=(pair("export.circles_of", known=len(known), unknown=len(rows) - len(known)),),
    )


def layer_facts(layer: Layer) -> tuple[Bilingual, ...]:
    """Say where a layer comes from, under which licence, of what age, and what it cannot say.

    Parameters
    ----------
    layer
        A layer of a pack, with its provenance.

    Returns
    -------
    tuple
        Sentences on source, licence, citation, dates, method and limits, in this order.
    """
    origin = layer.provenance
    return (
        pair("export.source", text=origin.source),
        pair("export.licence", text=origin.licence, note=origin.licence_note),
        pair("export.citation", text=origin.citation),
        pair("export.dates", retrieved=origin.retrieved, verified=origin.verified_on),
        pair("export.method", text=origin.method),
        pair("export.limits", text=origin.limits),
    )


def _codes(city: City, fields: tuple[Field, ...]) -> dict[str, dict[str, str]]:
    """Return the closed values of each column, or those that the pack itself names, in words."""
    values = {
        field.name: city.halves if field.name == "half" else sorted(field.allowed or ())
        for field in fields
    }
    return {
        name: {value: _word(city, name, value) for value in each}
        for name, each in values.items()
        if each
    }


def _word(city: City, name: str, value: str) -> str:
    own = city.layers[value].title if name == "kind" else city.words.get(f"{name}.{value}")
    own = own or word_of(name, value)
    return " ".join(own) if own else both(f"{name}.{value}")


def _typed(frame: gpd.GeoDataFrame, schema: Schema) -> gpd.GeoDataFrame:
    key, *others = schema.fields
    geometry = frame.geometry.name
    rows = pd.DataFrame(frame)[[*(field.name for field in others), geometry]]
    rows = rows.rename_axis(index=key.name).sort_index()
    for field in others:  # one by one: `astype` of them all takes every column apart
        type_ = _DTYPES.get(field.type)
        if type_ is not None and rows[field.name].dtype != type_:
            rows[field.name] = rows[field.name].astype(type_)
    return gpd.GeoDataFrame(rows, geometry=geometry)
