"""Load a city's pack: its layers with their provenance, its plan, its words for search."""

from __future__ import annotations

import logging
import math
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import pandas as pd
from pyproj import CRS, Proj
from pyproj.exceptions import CRSError, ProjError

from geo.base.errors import DataError, Problem
from geo.base.schema import Schema
from geo.base.validation import Record, is_date, printable
from geo.formats.read_geojson import to_frame, to_table
from layers.file_set.standing import JOURNAL, WORK, journal, steadily
from layers.language.bilingual import BLANK, Bilingual
from layers.language.messages import texts
from layers.language.values import value_word
from layers.pack.catalogue import CATALOG, SUBKINDS, generic_layer
from layers.pack.consistency import PackRows, pack_problems, plan_problems
from layers.pack.layer_spec import LayerSpec
from layers.pack.reader import MOST_SETTINGS, PackFiles, Row, Settings
from layers.pack.structure import Structure, check_structure, structure_of
from layers.pack.table_schemas import (
    ALIASES,
    ATTRIBUTIONS,
    BASE,
    CLAUSES,
    EVENTS,
    GAPS,
    INDICATORS,
    LINKS,
    OBSERVATIONS,
    RELATIONS,
)
from layers.pack.table_schemas import CORRECTIONS as RIGHTED
from layers.pack.table_schemas import NODE_LINKS as LINKED
from layers.pack.table_schemas import PLANNING_COLUMNS as PLANNING

SETTINGS = "city.toml"
STORIES = "stories"
PARK_LINKS = "park_links.csv"
NODE_LINKS = "node_links.csv"
SOURCES = "sources.csv"
CORRECTIONS = "corrections.csv"
PLANNING_COLUMNS = "planning_columns.csv"
NOTICES = ("boundary", "review_base", "review_map", "footer")
"""Words that every map must carry, whatever the city."""
WGS84_TILES = frozenset({"WGS84", "CGCS2000"})
"""Datums of tiles that lie right under WGS 84 data."""
_LOG = logging.getLogger(__name__)
_KIND = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_FOLDER = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,39}", re.ASCII)
_KEY_VARIABLE = re.compile(r"ATLAS_TILE_KEY[A-Z0-9_]{0,40}", re.ASCII)
_PROVENANCE = (
    *("source_zh", "source_en", "licence_zh", "licence_en", "licence_note_zh", "licence_note_en"),
    *("method_zh", "method_en", "limits_zh", "limits_en", "citation_zh", "citation_en"),
    *("retrieved", "verified_on", "freshness_days"),
)
_TOP = (
    *("id", "name_zh", "name_en", "bbox", "centre", "zoom", "metric_epsg", "data_date", "plan"),
    *("notices", "layer", "base", "online_base", "seaward_km", "half", "subkind", "search"),
    *("inset", "locator", "stories", "neighbour", "other_plans", "structure"),
)
WORLD = (-180.0, -90.0, 180.0, 90.0)
PLANE_TOLERANCE = 0.01
"""Part by which areas on the metric plane may differ from those on the ground."""
MOST_SEAWARD_KM = 50
WRITTEN = "2026-11-30"
"""A clock that shows an earlier day is behind: it refuses no pack that says of when it is."""
MOST_INSETS = 3
"""More small maps beside the city would leave room for none."""


MOST_STORIES = 20
"""More would be no choice but a list to search."""
MOST_PLANS = 12
"""Five-year plans of sixty years."""


@dataclass(frozen=True)
class Provenance:
    """Where a layer comes from, under which terms, how it was made and how old it may grow."""

    source: Bilingual
    licence: Bilingual
    licence_note: Bilingual
    retrieved: str
    method: Bilingual
    limits: Bilingual
    citation: Bilingual
    verified_on: str
    freshness_days: int


@dataclass(frozen=True)
class Layer:
    """One layer of a pack: what it is, its rows, where they come from."""

    spec: LayerSpec
    title: Bilingual
    frame: gpd.GeoDataFrame
    """EPSG:4326, indexed by ``id`` and sorted by it; the other columns in the order of the schema,
    then ``geometry``. Blank text is None, a blank number NaN, a blank whole number NA."""
    provenance: Provenance
    digest: str
    """SHA-256 of the file."""


@dataclass(frozen=True)
class OnlineBase:
    """A tile server that a user with a key of their own may switch on; off by default."""

    url: str
    """Template with ``{x}``, ``{y}``, ``{z}`` and, if a key is needed, ``{key}``."""
    attribution: Bilingual
    crs: str
    """Datum of the tiles: ``WGS84`` or ``CGCS2000``."""
    key_variable: str
    """Environment variable that holds the user's key; empty if none is needed."""


@dataclass(frozen=True)
class Inset:
    """A part of the city that is also shown larger, beside the map of the whole.

    Parameters
    ----------
    id
        Its name in the pack.
    name
        What stands over it.
    bounds
        West, south, east, north in degrees.
    """

    id: str
    name: Bilingual
    bounds: tuple[float, float, float, float]


@dataclass(frozen=True)
class Locator:
    """A small map of the city among its neighbours.

    Parameters
    ----------
    bounds
        West, south, east, north in degrees.
    belt
        Id of the row of the axis layer that it names; empty for none.
    """

    bounds: tuple[float, float, float, float]
    belt: str


@dataclass(frozen=True)
class Plan:
    """The plan document: its tasks and its indicators."""

    period: str
    title: Bilingual
    number: str
    issued: str
    clauses: pd.DataFrame
    """Indexed by clause id, in the order of the text; columns in
    ``layers.pack.table_schemas.CLAUSES``."""
    indicators: pd.DataFrame
    """Indexed by number; columns in ``layers.pack.table_schemas.INDICATORS``."""
    gaps: pd.DataFrame
    """What the plan counts but the source does not name: one row per lost box, indexed by id;
    columns in ``layers.pack.table_schemas.GAPS``."""
    baseline_year: int
    target_year: int
    observations: pd.DataFrame = field(default_factory=lambda: to_table([], OBSERVATIONS))
    """Dated values of the indicators, indexed by id; columns in
    ``layers.pack.table_schemas.OBSERVATIONS``."""
    events: pd.DataFrame = field(default_factory=lambda: to_table([], EVENTS))
    """What became of tasks and their places, indexed by id; columns in
    ``layers.pack.table_schemas.EVENTS``."""
    relations: pd.DataFrame = field(default_factory=lambda: to_table([], RELATIONS))
    """Which task, place and indicator belong together, and why, by row number; columns in
    ``layers.pack.table_schemas.RELATIONS``."""
    text: Bilingual = BLANK
    """What the text is called whose lines are cited; empty where it is simply the plan's."""


@dataclass(frozen=True)
class Entered:
    """What readers have entered of a city: which of it this version of the city holds.

    Parameters
    ----------
    count
        How many entries there were when the version was made.
    head
        Digest of the last of them.
    pack_digest
        Digest of the pack's files, without them.
    numbers
        Those that act in this version: what readers verified or edited of its places.
    told
        What each of those says.
    of_plan
        The entries of indicators and tasks as plain values, for who knows what an entry is.
    """

    count: int = 0
    head: str = ""
    pack_digest: str = ""
    numbers: tuple[int, ...] = ()
    told: tuple[Bilingual, ...] = ()
    of_plan: tuple[Mapping[str, object], ...] = ()


@dataclass(frozen=True)
class City:
    """Everything the atlas knows of one city. Frames are read-only by agreement."""

    id: str
    name: Bilingual
    bbox: tuple[float, float, float, float]
    """West, south, east, north in degrees."""
    metric_epsg: int
    centre: tuple[float, float]
    """Latitude and longitude of the first view."""
    zoom: int
    data_date: str
    """Day on which the pack was last verified; every export carries it."""
    plan: Plan
    layers: Mapping[str, Layer]
    """In the order of the catalogue; kinds that the catalogue does not know come last."""
    base: Mapping[str, gpd.GeoDataFrame]
    """``land``, ``sea``, ``river``, ``label``: the base map, EPSG:4326."""
    base_provenance: Mapping[str, Provenance]
    aliases: pd.DataFrame
    """Columns term, target, note_zh, note_en, by row number; see
    ``layers.pack.table_schemas.ALIASES``."""
    notices: Mapping[str, Bilingual]
    """Words the map must carry: ``NOTICES``; by adcode what to say where that district shows."""
    online_base: OnlineBase | None
    online_base_refused: str
    """Datum of an online base map that was not loaded because its tiles would lie beside the data
    (``GCJ-02``, ``BD-09`` …); empty if there is none. The sentence is ``error.online_base``."""
    digest: str
    """SHA-256 over the pack's files and what readers have entered: the key of every cache."""
    links: pd.DataFrame = field(default_factory=lambda: to_table([], LINKS))
    """Which university has which park, by row number, each with its evidence; columns in
    ``layers.pack.table_schemas.LINKS``. Empty where the pack has no ``park_links.csv``."""
    node_links: pd.DataFrame = field(default_factory=lambda: to_table([], LINKED))
    """Which places are linked, by row number, each with its evidence; columns in
    ``layers.pack.table_schemas.NODE_LINKS``. Empty where the pack has no ``node_links.csv``."""
    planning_columns: pd.DataFrame = field(default_factory=lambda: to_table([], PLANNING))
    """Further columns that an export may have, by row number; columns in
    ``layers.pack.table_schemas.PLANNING_COLUMNS``. Empty where the pack has none."""
    words: Mapping[str, Bilingual] = field(default_factory=dict)
    """The city's own words: ``half.<id>`` names a part of the city, in the order of the pack;
    ``subkind.<id>`` takes the place of the interface's word; ``neighbour.<id>`` names the city to
    which all land belongs whose id begins so."""
    attributions: Mapping[str, Bilingual] = field(default_factory=dict)
    """Words for sources as the facts write them, without their addresses; see
    ``layers.pack.table_schemas.ATTRIBUTIONS``. Empty where the pack has no ``sources.csv``."""
    corrections: pd.DataFrame = field(default_factory=lambda: to_table([], RIGHTED))
    """What was set right in the facts since they were first read, by row number; columns in
    ``layers.pack.table_schemas.CORRECTIONS``. Empty where the pack has no ``corrections.csv``."""
    technical: frozenset[str] = frozenset()
    """Those keys of ``attributions`` that belong into the technical note, not on a card."""
    search: Bilingual = BLANK
    """Examples of what one may search for; empty where the pack gives none."""
    insets: tuple[Inset, ...] = ()
    """Parts that are shown larger beside the map of the whole, from the top; often none."""
    locator: Locator | None = None
    """The city among its neighbours; None where the pack gives none."""
    stories: Mapping[str, str] = field(default_factory=dict)
    """By name, the TOML of the stories told of the city, in order; :mod:`layers.present.story`
    reads them. Often none."""
    structure: Structure | None = None
    """The spatial structure that the plan describes; None where the pack gives none."""
    entered: Entered = Entered()
    """What readers have entered; nothing in a city as its pack has it."""
    other_plans: tuple[Plan, ...] = ()
    """Plans of other periods, in the order of the settings; places cite the tasks of ``plan``, and
    the relations of each of these say which of its tasks are theirs. Often none."""

    @property
    def plans(self) -> tuple[Plan, ...]:
        """The plan that the places cite, then those of other periods."""
        return (self.plan, *self.other_plans)

    @property
    def years(self) -> Mapping[str, int]:
        """The years of the plan that the places cite, as sentences name them."""
        return {"baseline": self.plan.baseline_year, "target": self.plan.target_year}

    @property
    def halves(self) -> tuple[str, ...]:
        """Ids of the parts that the city is seen in, such as the two of a twin city; often none."""
        return tuple(key.removeprefix("half.") for key in self.words if key.startswith("half."))

    @property
    def districts(self) -> gpd.GeoDataFrame:
        """District polygons, indexed by adcode."""
        return self.layers["district"].frame

    @cached_property
    def on_plane(self) -> gpd.GeoDataFrame:
        """The districts on the city's plane; a thread that projects them anew takes 70 ms."""
        return self.districts[["geometry"]].to_crs(self.metric_epsg)


def _bilingual(settings: Settings, stem: str) -> Bilingual:
    return Bilingual(settings.text(f"{stem}_zh"), settings.text(f"{stem}_en"))


def _provenance(settings: Settings) -> Provenance:
    return Provenance(
        source=_bilingual(settings, "source"),
        licence=_bilingual(settings, "licence"),
        licence_note=_bilingual(settings, "licence_note"),
        retrieved=settings.date("retrieved"),
        method=_bilingual(settings, "method"),
        limits=_bilingual(settings, "limits"),
        citation=_bilingual(settings, "citation"),
        verified_on=settings.date("verified_on"),
        freshness_days=settings.integer("freshness_days", 1, 36_525),
    )


def _kinds(files: PackFiles, section: Settings) -> tuple[str, ...]:
    """Return the layers that the pack describes, the catalogue's first; report the strays."""
    described = frozenset(section.tree)
    sound = sorted(name for name in described if _KIND.fullmatch(name))
    for name in sorted(described.difference(sound)):
        section.report("setting.layer_name", name)
    for file in files.layer_names():
        if (stem := file.removesuffix(".geojson")) not in described:
            files.report("pack.no_provenance", printable(file), layer=printable(stem))
    if "district" not in described:
        section.report("setting.districts", "district")
    return (*(n for n in CATALOG if n in sound), *(n for n in sound if n not in CATALOG))


def _spec_and_title(settings: Settings, name: str) -> tuple[LayerSpec, Bilingual]:
    if name in CATALOG:
        settings.only(*_PROVENANCE, "title_zh", "title_en")
        if "title_zh" in settings.tree or "title_en" in settings.tree:
            return CATALOG[name], _bilingual(settings, "title")
        return CATALOG[name], Bilingual(*(texts(lang)[f"layer.{name}"] for lang in ("zh", "en")))
    settings.only(*_PROVENANCE, "title_zh", "title_en")
    return generic_layer(name), _bilingual(settings, "title")


def _both(settings: Settings, *, required: bool = True) -> Bilingual:
    """Return a table that holds one text in both languages."""
    settings.only("zh", "en")
    must = required or bool(settings.tree)
    return Bilingual(settings.text("zh", required=must), settings.text("en", required=must))


def _words(top: Settings) -> dict[str, Bilingual]:
    """Return the words that the pack brings along: its halves, and its own names of sub-kinds."""
    known = {value for values in SUBKINDS.values() for value in values}
    words = {}
    for group, pattern in (("half", _KIND), ("subkind", _KIND), ("neighbour", _FOLDER)):
        section = top.section(group, required=False)
        for name in section.tree:
            if not pattern.fullmatch(name):
                section.report("setting.word_name", name)
            elif group == "subkind" and name not in known:
                section.report("setting.one_of", name, known=tuple(sorted(known)))
            words[f"{group}.{name}"] = _both(section.section(name))
    return words


def _notices(section: Settings) -> dict[str, Bilingual]:
    notices = {}
    for name in section.tree:
        notices[name] = _both(section.section(name))
    for name in NOTICES:
        if name not in notices:
            section.report("setting.notice", name)
    return notices


def _online_base(section: Settings) -> tuple[OnlineBase | None, str]:
    """Return the online base map, or None and the datum for which it is refused."""
    if not section.tree:
        return None, ""
    section.only("url", "attribution_zh", "attribution_en", "crs", "key_variable")
    crs, url = section.text("crs"), section.text("url")
    if crs and crs not in WGS84_TILES:
        return None, crs
    variable = section.text("key_variable", required=False)
    if url and not (url.startswith("https://") and all(f"{{{axis}}}" in url for axis in "xyz")):
        section.report("setting.https", "url")
    if variable and not _KEY_VARIABLE.fullmatch(variable):
        section.report("setting.key_variable", "key_variable")
    return OnlineBase(url, _bilingual(section, "attribution"), crs, variable), ""


def _bbox(settings: Settings, name: str = "bbox") -> tuple[float, float, float, float]:
    before = len(settings.files.problems)
    west, south, east, north = settings.degrees(name, 4)
    if len(settings.files.problems) == before and not (west < east and south < north):
        settings.report("setting.bbox", name)
    if len(settings.files.problems) > before:
        return WORLD  # nothing lies beyond it: that would follow from what has been said
    return west, south, east, north


def _insets(top: Settings) -> tuple[Inset, ...]:
    """Return the insets in the order of the pack; each must lie at least partly in the city."""
    section, city = top.section("inset", required=False), _bbox(top)
    insets = []
    for name in section.tree:
        inset = section.section(name)
        inset.only("zh", "en", "bounds")
        if not _KIND.fullmatch(name):
            section.report("setting.word_name", name)
        bounds = _bbox(inset, "bounds")
        if not _meet(bounds, city):
            inset.report("setting.inset_outside", "bounds")
        insets.append(Inset(name, Bilingual(inset.text("zh"), inset.text("en")), bounds))
    if len(insets) > MOST_INSETS:
        top.report("setting.insets", "inset", most=MOST_INSETS)
    return tuple(insets)


def _meet(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and one[2] > other[0] and one[1] < other[3] and one[3] > other[1]


def _locator(top: Settings) -> Locator | None:
    section = top.section("locator", required=False)
    if not section.tree:
        return None
    section.only("bounds", "belt")
    bounds, city = _bbox(section, "bounds"), _bbox(top)
    if not _meet(bounds, city):
        section.report("setting.inset_outside", "bounds")
    return Locator(bounds, section.text("belt", required=False))


def _stories(top: Settings) -> Mapping[str, str]:
    """Return the texts of the stories that the settings name, one file each."""
    names = top.tree.get("stories", [])
    sound = isinstance(names, list) and len(names) <= MOST_STORIES
    if not (sound and all(isinstance(n, str) and _KIND.fullmatch(n) for n in names)):
        top.report("setting.stories", "stories", most=MOST_STORIES)
        return {}
    texts = {name: top.files.text(f"{STORIES}/{name}.toml", MOST_SETTINGS) for name in names}
    return MappingProxyType({name: text for name, text in texts.items() if text is not None})


def _check_belt(top: Settings, locator: Locator | None, axis: _Source | None) -> None:
    """Check that the belt is a row of the axis layer; one that could not be read has been told."""
    if locator is None or not locator.belt or "axis.geojson" in top.files.unread:
        return
    if axis is None or locator.belt not in {row.record.get("id") for row in axis.rows}:
        section = top.section("locator")
        section.report("setting.belt", "belt", value=printable(locator.belt))


def _metric_epsg(top: Settings) -> int:
    before = len(top.files.problems)
    code = top.integer("metric_epsg", 1024, 32_767)
    if len(top.files.problems) > before:
        return 3857  # any plane will do to find the other problems
    try:
        crs = CRS.from_epsg(code)
    except CRSError:
        crs = None
    if crs is None or not crs.is_projected or crs.axis_info[0].unit_name != "metre":
        top.report("setting.plane", "metric_epsg")
        return 3857
    box = top.tree.get("bbox")
    scale = _scale(crs, box) if isinstance(box, list) else 1.0
    if abs(scale - 1) > PLANE_TOLERANCE:
        top.report("setting.plane_far", "metric_epsg", value=str(code), scale=f"{scale:.3g}")
        return 3857
    return code


def _scale(crs: CRS, box: Sequence[Any]) -> float:
    """Return how much larger areas in the middle of a box are on a plane than on the ground."""
    try:
        west, south, east, north = map(float, box)
        middle = (west + east) / 2, (south + north) / 2
        if not all(map(math.isfinite, middle)):
            return 1.0  # the box is no box: that is said
        return float(Proj(crs).get_factors(*middle, radians=False).areal_scale)
    except (TypeError, ValueError, OverflowError, ProjError):
        return 1.0


def _name(top: Settings, setting: str, pattern: re.Pattern[str]) -> str:
    """Return a name that becomes part of an address or a path; a bad one is never used."""
    value = top.text(setting)
    if value and not pattern.fullmatch(value):
        top.report("setting.name", setting)
        return ""
    return value


def _data_date(top: Settings) -> str:
    """Return of when the pack is: not after today, unless the clock is evidently behind."""
    said, today = top.date("data_date"), date.today().isoformat()
    if is_date(said) and today >= WRITTEN and said > today[: len(said)]:
        top.report("setting.future", "data_date", value=said, today=today)
        return today
    return said


def _head(top: Settings) -> dict[str, Any]:
    """Read what the settings say of the city itself."""
    before = len(top.files.problems)
    centre, box = top.degrees("centre", 2), _bbox(top)
    south, west, north, east = box[1], box[0], box[3], box[2]
    is_inside = south <= centre[0] <= north and west <= centre[1] <= east
    if len(top.files.problems) == before and not is_inside:
        told = ", ".join(f"{degrees:g}" for degrees in centre)
        top.report("setting.centre", "centre", value=told)
    online, refused = _online_base(top.section("online_base", required=False))
    return {
        "id": _name(top, "id", _KIND),
        "name": _bilingual(top, "name"),
        "bbox": box,
        "metric_epsg": _metric_epsg(top),
        "centre": (centre[0], centre[1]),
        "zoom": top.integer("zoom", 0, 18),
        "data_date": _data_date(top),
        "notices": MappingProxyType(_notices(top.section("notices"))),
        "words": MappingProxyType(_words(top)),
        "search": _both(top.section("search", required=False), required=False),
        "insets": _insets(top),
        "locator": _locator(top),
        "stories": _stories(top),
        "structure": structure_of(top),
        "online_base": online,
        "online_base_refused": refused,
    }


@dataclass(frozen=True)
class _Source:
    """One GeoJSON file of a pack as read, with what the settings say of it."""

    schema: Schema
    rows: list[Row]
    provenance: Provenance

    def frame(self) -> gpd.GeoDataFrame:
        """Set up the frame; the rows must have no problem."""
        return to_frame([r.record for r in self.rows], [r.shape for r in self.rows], self.schema)


def _read(files: PackFiles, name: str, schema: Schema, settings: Settings) -> _Source:
    return _Source(schema, files.layer(f"{name}.geojson", schema), _provenance(settings))


def _read_layers(
    files: PackFiles, kinds: Mapping[str, tuple[LayerSpec, Bilingual]], section: Settings
) -> dict[str, _Source]:
    return {
        name: _read(files, name, spec.schema, section.section(name))
        for name, (spec, _) in kinds.items()
    }


def _read_base(files: PackFiles, section: Settings) -> dict[str, _Source]:
    section.only(*BASE)
    return {
        name: _read(files, f"base/{name}", schema, section.section(name))
        for name, schema in BASE.items()
    }


_PLAN_TABLES: Mapping[str, Schema] = MappingProxyType(
    {
        "clauses": CLAUSES,
        "indicators": INDICATORS,
        "gaps": GAPS,
        "observations": OBSERVATIONS,
        "events": EVENTS,
        "relations": RELATIONS,
    }
)
_MUST_BE = frozenset({"clauses", "indicators", "gaps"})


def _plan_tables(files: PackFiles, folder: str) -> dict[str, list[Record]]:
    """Return the records of a plan's tables by name; of one that may be missing, none."""
    return {
        name: _table(files, f"{folder}/{name}.csv", schema)
        if name in _MUST_BE or files.is_there(f"{folder}/{name}.csv")
        else []
        for name, schema in _PLAN_TABLES.items()
    }


def _table(files: PackFiles, name: str, schema: Schema) -> list[Record]:
    return files.table(name, schema, number="row" if schema.names[0] == "row" else "")


def _optional(files: PackFiles, name: str, schema: Schema) -> list[Record]:
    return _table(files, name, schema) if files.is_there(name) else []


def _attributions(rows: Sequence[Record]) -> Mapping[str, Bilingual]:
    return MappingProxyType(
        {str(row["text"]): Bilingual(str(row["zh"]), str(row["en"])) for row in rows}
    )


_PLAN_HEAD = (
    *("period", "title_zh", "title_en", "number", "issued", "text_zh", "text_en"),
    *("baseline_year", "target_year"),
)


def _plan(head: Mapping[str, Any], tables: Mapping[str, list[Record]]) -> Plan:
    """Set up a plan; its rows must have no problem."""
    frames: dict[str, Any] = {n: to_table(tables[n], _PLAN_TABLES[n]) for n in tables}
    return Plan(**head, **frames)


def _other_plans(top: Settings) -> tuple[str, ...]:
    """Return the folders of plans of other periods that the settings name, each once."""
    names = top.tree.get("other_plans", [])
    sound = isinstance(names, list) and len(names) < MOST_PLANS
    if not (sound and all(isinstance(n, str) and _FOLDER.fullmatch(n) for n in names)):
        top.report("setting.other_plans", "other_plans", most=MOST_PLANS)
        return ()
    if len(set(names)) < len(names) or top.tree.get("plan") in names:
        top.report("setting.plan_twice", "other_plans")
    return tuple(n for n in dict.fromkeys(names) if n != top.tree.get("plan"))


def _plan_head(files: PackFiles, folder: str) -> dict[str, Any]:
    before = len(files.problems)
    tree = files.settings(f"{folder}/plan.toml")
    if len(files.problems) > before and not tree:
        return {}  # the pack is refused for it
    settings = Settings(files, f"{folder}/plan.toml", tree)
    settings.only(*_PLAN_HEAD)
    years = {name: settings.integer(name, 1900, 2200) for name in ("baseline_year", "target_year")}
    if years["baseline_year"] >= years["target_year"]:
        settings.report("setting.plan_years", "target_year")
    return {
        **years,
        "period": settings.text("period"),
        "title": _bilingual(settings, "title"),
        "number": settings.text("number"),
        "issued": settings.date("issued"),
        "text": Bilingual(
            *(settings.text(f"text_{lang}", required=False) for lang in ("zh", "en"))
        ),
    }


def _layers(
    files: PackFiles,
    kinds: Mapping[str, tuple[LayerSpec, Bilingual]],
    sources: Mapping[str, _Source],
) -> Mapping[str, Layer]:
    layers = {}
    for name, (spec, title) in kinds.items():
        source, digest = sources[name], files.digests[f"{name}.geojson"]
        layers[name] = Layer(spec, title, source.frame(), source.provenance, digest)
    return MappingProxyType(layers)


def _raise_if_any(files: PackFiles) -> None:
    if files.problems:
        raise DataError("pack_refused", tuple(dict.fromkeys(files.problems)))


def load_city(folder: Path, files: PackFiles | None = None) -> City:
    """Read and check the pack in a folder.

    Parameters
    ----------
    folder
        Folder with ``city.toml``, the layers, ``base/``, ``plans/`` and ``aliases.csv``. Nothing
        in it is executed, and nothing outside it is read.
    files
        The files of that folder, for a caller who wants to know later whether they have changed.

    Returns
    -------
    City
        The pack, every row of it checked.

    Raises
    ------
    DataError
        With everything that is wrong in any of the files. What nobody foresaw is one too: the log
        has it whole under the number that the last problem names.
    """
    if files is None:
        return _load_steadily(folder)
    try:
        return _load(files)
    except DataError:
        raise
    except Exception as error:  # one pack must never take down the others
        number = secrets.token_hex(3).upper()
        _LOG.exception("Unforeseen error %s in the pack %s", number, printable(folder.name))
        last = Problem("pack.unforeseen", printable(folder.name), number=number)
        raise DataError("pack_refused", [*dict.fromkeys(files.problems), last]) from error


@steadily(SETTINGS)
def _load_steadily(folder: Path) -> City:
    return load_city(folder, PackFiles(folder))


def _own_tables(files: PackFiles) -> dict[str, list[Record]]:
    """Read the tables of the city itself, which belong to no plan."""
    return {
        "aliases": files.table("aliases.csv", ALIASES, number="row"),
        "links": _optional(files, PARK_LINKS, LINKS),
        "node_links": _optional(files, NODE_LINKS, LINKED),
    }


def _own_frames(tables: Mapping[str, list[Record]]) -> dict[str, Any]:
    """Set up those tables as frames; their rows must have no problem."""
    schemas = {"aliases": ALIASES, "links": LINKS, "node_links": LINKED}
    return {name: to_table(tables[name], schema) for name, schema in schemas.items()}


def _load(files: PackFiles) -> City:
    files.is_there(f"{WORK}/{JOURNAL}")  # so that the end of a build under way is noticed
    _check_journal(files)
    top = Settings(files, SETTINGS, files.settings(SETTINGS))
    _raise_if_any(files)
    top.only(*_TOP)
    head, section = _head(top), top.section("layer")
    kinds = {name: _spec_and_title(section.section(name), name) for name in _kinds(files, section)}
    layers = _read_layers(files, kinds, section)
    _check_belt(top, head["locator"], layers.get("axis"))
    base = _read_base(files, top.section("base"))
    plan = _name(top, "plan", _FOLDER)
    if not plan:
        _raise_if_any(files)
    folders = [f"plans/{n}" for n in (plan, *_other_plans(top))]
    heads = [_plan_head(files, folder) for folder in folders]
    tables = [_plan_tables(files, folder) for folder in folders]
    own = _own_tables(files)
    sources = _optional(files, SOURCES, ATTRIBUTIONS)
    righted = _optional(files, CORRECTIONS, RIGHTED)
    planning = _optional(files, PLANNING_COLUMNS, PLANNING)
    seaward = top.section("seaward_km", required=False)
    rows = PackRows(
        layers={name: (f"{name}.geojson", source.rows) for name, source in layers.items()},
        places=frozenset(name for name, (spec, _) in kinds.items() if spec.is_places),
        **tables[0],
        **own,
        bbox=head["bbox"],
        metric_epsg=head["metric_epsg"],
        halves=frozenset(k.removeprefix("half.") for k in head["words"] if k.startswith("half.")),
        seaward_km=_seaward(seaward),
        unread=frozenset(files.unread),
        # A clock that is behind refuses no pack that says itself of when it is.
        today=max(head["data_date"], date.today().isoformat()),
    )
    _check_structure(top, head["structure"], rows)
    _check_adcodes(seaward, rows)
    files.problems += pack_problems(rows, plan_folder=folders[0])
    files.problems += _faults_of_others(rows, folders[1:], tables[1:])
    _raise_if_any(files)
    return City(
        **head,
        plan=_plan(heads[0], tables[0]),
        other_plans=tuple(map(_plan, heads[1:], tables[1:])),
        layers=_layers(files, kinds, layers),
        base=MappingProxyType({name: source.frame() for name, source in base.items()}),
        base_provenance=MappingProxyType({n: source.provenance for n, source in base.items()}),
        digest=files.digest,
        **_own_frames(own),
        attributions=_attributions(sources),
        technical=frozenset(str(row["text"]) for row in sources if row.get("technical")),
        corrections=to_table(righted, RIGHTED),
        planning_columns=to_table(planning, PLANNING).fillna(""),
    )


def _seaward(section: Settings) -> dict[str, float]:
    """Return how far districts reach over water; a wrong number lets them reach the farthest."""
    found: dict[str, float] = {}
    for adcode in section.tree:
        before = len(section.files.problems)
        km = section.integer(adcode, 0, MOST_SEAWARD_KM)
        found[adcode] = km if len(section.files.problems) == before else MOST_SEAWARD_KM
    return found


def _check_adcodes(section: Settings, rows: PackRows) -> None:
    """Check that what is set of single districts is of districts that there are."""
    for name in section.tree:
        known = rows.adcodes
        if known is not None and name not in known and name not in rows.missing:
            section.report("setting.no_district", name, value=printable(name))


def _faults_of_others(
    rows: PackRows, folders: Sequence[str], tables: Sequence[dict[str, list[Record]]]
) -> Iterator[Problem]:
    """Yield what is wrong with plans that the places do not cite."""
    for folder, own in zip(folders, tables, strict=True):
        others: dict[str, Any] = dict(own)
        yield from plan_problems(replace(rows, **others), folder)


def _check_structure(top: Settings, structure: Structure | None, rows: PackRows) -> None:
    """Hold what the diagram of the structure names against the rows of the pack."""
    _, axis = rows.layers.get("axis", ("", ()))
    check_structure(
        top,
        structure,
        clauses={row.get("id") for row in rows.clauses},
        axes={row.record.get("id") for row in axis},
        parts=rows.halves,
    )


def _check_journal(files: PackFiles) -> None:
    """Refuse a pack in which a build was broken off, if its journal is none of ours."""
    try:
        journal(files.folder)
    except DataError:
        files.report("pack.journal", WORK, folder=WORK)
        _raise_if_any(files)


def pack_id(folder: Path) -> str:
    """Return the id that a pack gives itself; of one that gives none, the folder's name.

    Parameters
    ----------
    folder
        Folder of a pack, sound or not: of its files only ``city.toml`` is read.

    Returns
    -------
    str
        Fit to be shown; it may be that of another pack.
    """
    try:
        id_ = PackFiles(folder).settings(SETTINGS).get("id")
    except Exception:  # load_city has told of it
        id_ = None
    name = id_ if isinstance(id_, str) and _KIND.fullmatch(id_) else folder.name
    return printable(name)


def city_word(city: City, name: str, value: object, lang: str) -> str:
    """Return the word for a value: the city's own if it has one, else that of the interface.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    name
        Column that holds the value, or ``half``.
    value
        The value.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    own = city.words.get(f"{name}.{value}")
    return own.of(lang) if own else value_word(name, value, lang)


def drawn_axes(city: City) -> gpd.GeoDataFrame:
    """Return the axes that the layout map draws, EPSG:4326.

    Parameters
    ----------
    city
        A pack that has the layer ``axis``; it is not changed.
    """
    axes = city.layers["axis"].frame
    return axes[~axes["off_map"].eq(True).to_numpy(dtype=bool, na_value=False)]


def outlines(city: City) -> gpd.GeoDataFrame:
    """Return the districts on the city's plane.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.

    Returns
    -------
    GeoDataFrame
        Polygons in EPSG ``metric_epsg`` (metres), indexed by adcode, without other columns;
        projected once for each city.
    """
    return city.on_plane
