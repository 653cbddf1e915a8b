"""Take from a city the rows that a state shows, in the form in which they leave the atlas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, cast, get_args
from urllib.parse import urlencode

import geopandas as gpd
from pyproj import CRS

from geo.base.errors import ParameterError, Problem
from geo.base.schema import FieldType, Schema
from layers.language.bilingual import Bilingual
from layers.pack.catalogue import ONLINE_BASE
from layers.pack.city import City, Layer
from layers.view.rows import look
from layers.view.state import DECIDING_KEYS, ViewState, to_query
from layers.view.wording import summary

Format = Literal["geojson", "gpkg", "csv"]
FORMATS: tuple[Format, ...] = get_args(Format)

WGS84, CGCS2000 = 4326, 4490
PLAIN_ZONES = range(4534, 4555)
"""EPSG codes of the CGCS2000 3° Gauss–Krüger zones named by central meridian, 75° E to 135° E."""
TO_NUMBERED = 21
"""4548 − 21 = 4527: the same zone with its number in the easting."""
ZONE_ZERO = 4488
"""4527 − 4488 = 39: the number of the zone."""


_DTYPES: Mapping[FieldType, str] = MappingProxyType(
    {"number": "float64", "integer": "Int64", "flag": "boolean"}
)


@dataclass(frozen=True)
class Sheet:
    """The rows of one layer that leave the atlas.

    Parameters
    ----------
    layer
        The layer they come from.
    frame
        EPSG:4326, indexed and sorted by id, all columns of the schema in its order and typed by
        it: texts as they are, ``float64``, ``Int64``, ``boolean``.
    """

    layer: Layer
    frame: gpd.GeoDataFrame

    @property
    def id(self) -> str:
        """Id of the layer."""
        return self.layer.spec.id

    @property
    def mapped(self) -> int:
        """Number of rows that have a geometry."""
        return int(self.frame.geometry.notna().sum())


@dataclass(frozen=True)
class Selection:
    """What is handed over, of which city, in which form.

    Parameters
    ----------
    city
        The city.
    state
        What decides the rows, and nothing else: language, camera and choice are at their default.
    fmt
        File format.
    epsg
        Coordinate system of the files.
    sheets
        Rows by layer, in the order of the city's layers.
    words
        The sentence that says what is shown, as on the screen.
    gaps
        Sentences on what the plan counts in these layers and the source does not name.
    """

    city: City
    state: ViewState
    fmt: Format
    epsg: int
    sheets: tuple[Sheet, ...]
    words: Bilingual
    gaps: tuple[Bilingual, ...]

    @property
    def query(self) -> str:
        """Query string that shows these rows in the atlas."""
        query = to_query(self.state)
        return urlencode({key: query[key] for key in DECIDING_KEYS})

    @property
    def projected(self) -> bool:
        """Whether the coordinates are metres."""
        return bool(CRS.from_epsg(self.epsg).is_projected)


def numbered_zone(epsg: int) -> int | None:
    """Return the EPSG code of the same 3° zone with its number in the easting, if there is one."""
    return epsg - TO_NUMBERED if epsg in PLAIN_ZONES else None


def systems(city: City) -> tuple[int, ...]:
    """Return the EPSG codes in which a city is handed over: degrees, then its metric zone."""
    numbered = numbered_zone(city.metric_epsg)
    return (WGS84, CGCS2000, city.metric_epsg, *([numbered] if numbered else []))


def select(
    city: City, state: ViewState, *, layers: Sequence[str] | None, fmt: str, epsg: int
) -> Selection:
    """Return the rows of ``city`` that ``state`` shows, checked and ready to be written.

    Parameters
    ----------
    city
        The city; not changed.
    state
        Filters, and the layers that are on.
    layers
        Ids of the layers to take, under the same filters; None for those that are on.
    fmt
        One of ``FORMATS``.
    epsg
        One of :func:`systems`.

    Raises
    ------
    ParameterError
        With everything that is wrong with the arguments.
    """
    wanted = frozenset(state.layers - {ONLINE_BASE} if layers is None else layers)
    problems = [*_layer_problems(city, wanted), *_form_problems(city, fmt, epsg)]
    if problems:
        raise ParameterError("export_refused", problems)
    deciding = ViewState(
        city.id, period=state.period, later=state.later, layers=wanted, filters=state.filters
    )
    view = look(city, deciding)
    sheets = tuple(
        Sheet(layer, _typed(view.layer(id_), layer.spec.schema))
        for id_, layer in city.layers.items()
        if id_ in wanted
    )
    words = Bilingual(summary(view, "zh"), summary(view, "en"))
    gaps = zip(view.gaps["sentence_zh"], view.gaps["sentence_en"], strict=True)
    return Selection(
        city,
        deciding,
        fmt=cast("Format", fmt),
        epsg=epsg,
        sheets=sheets,
        words=words,
        gaps=tuple(Bilingual(zh, en) for zh, en in gaps),
    )


def _layer_problems(city: City, wanted: frozenset[str]) -> list[Problem]:
    if not wanted:
        return [Problem("export.no_layer", "layer", known=tuple(city.layers))]
    return [
        Problem("export.unknown", "layer", value=id_, known=tuple(city.layers))
        for id_ in sorted(wanted - city.layers.keys())
    ]


def _form_problems(city: City, fmt: str, epsg: int) -> list[Problem]:
    problems = []
    if fmt not in FORMATS:
        problems.append(Problem("export.unknown", "format", value=fmt, known=tuple(FORMATS)))
    known = systems(city)
    if epsg not in known:
        codes = tuple(map(str, known))
        problems.append(Problem("export.crs", "crs", epsg=str(epsg), known=codes))
    elif fmt == "geojson" and epsg != WGS84:
        problems.append(Problem("export.geojson_crs", "crs", epsg=str(epsg)))
    return problems


def _typed(frame: gpd.GeoDataFrame, schema: Schema) -> gpd.GeoDataFrame:
    key, *others = schema.fields
    rows = frame[[*(field.name for field in others), frame.geometry.name]]
    types = {field.name: _DTYPES[field.type] for field in others if field.type in _DTYPES}
    return rows.astype(types).rename_axis(index=key.name).sort_index()
