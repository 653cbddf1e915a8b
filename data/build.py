"""Rebuild a shipped pack from its raw facts and authored texts: ``python -m data.build tianjin``.

``--check`` writes nothing and proves that a rebuild gives the bytes that are there. The same raw
files give the same bytes: rows are sorted by id, columns stand in the order of the schema,
coordinates have fixed digits.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import logging
import re
import secrets
import sys
import tempfile
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import shapely
from shapely import MultiPolygon, Point, Polygon
from shapely.geometry import box
from shapely.geometry.base import BaseGeometry
from shapely.ops import polygonize

from data.aliases import named, spelled
from data.origin import traced
from data.raw import OUTSIDE, RIVERS, Raw, Row, read, task_at, unit_of
from geo.base.errors import DataError, Problem
from geo.base.schema import Schema
from geo.formats.read_geojson import to_frame
from geo.formats.write_geojson import to_geojson
from layers.file_set import standing
from layers.file_set.replace import deliver
from layers.language.problems import lines, worded
from layers.pack.catalogue import CATALOG
from layers.pack.city import (
    CORRECTIONS,
    NODE_LINKS,
    PARK_LINKS,
    PLANNING_COLUMNS,
    SETTINGS,
    SOURCES,
    load_city,
)
from layers.pack.consistency import WITHOUT_TASK
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

_log = logging.getLogger(__name__)
HERE = Path(__file__).resolve().parent
READ_IN = "2026-11"
"""Month in which the facts were read: the as-of date where no evidence is dated."""
CENSUS = "2020"

PLACE_DIGITS = 5
UNIVERSITY_DIGITS = 4
"""Campus points are rounded to 11 m: their origin does not allow more (see raw/README.md)."""
OUTLINE_DIGITS = 7
BASE_DIGITS = 5

FRAME = box(108, 33, 127, 46)
"""What the widest screen can show; the coast beyond the city is drawn coarsely."""
NEAR_SEA = box(117.4, 38.3, 118.6, 39.3)
"""Where the coast is drawn as it comes."""
FAR_TOLERANCE = 0.02
SMALLEST_ISLAND = 0.004
"""Square degrees: smaller islands far away are left out."""
LABEL_FRAME = box(116.55, 38.4, 118.25, 40.4)

_DATE_IN_TEXT = re.compile(r"(?<![\d-])20\d\d-(?:0[1-9]|1[0-2])(?:-[0-3]\d)?(?![\d-])")

Files = dict[str, bytes]


# Reading --------------------------------------------------------------------------------------


def value(text: str, kind: str) -> object:
    """Turn a cell into the value of a column; a blank cell is None.

    Parameters
    ----------
    text
        The cell, checked before.
    kind
        Type of the column; see :data:`geo.base.schema.FieldType`. A date stays text.

    Raises
    ------
    KeyError, ValueError
        The cell is not of that type.
    """
    if not text.strip():
        return None
    if kind == "flag":
        return {"true": True, "false": False}[text]
    if kind == "integer":
        return int(text)
    return float(text) if kind == "number" else text


def record(cells: Mapping[str, str], schema: Schema) -> dict[str, object]:
    """Return the columns of a schema out of cells.

    Parameters
    ----------
    cells
        Text by column; what the schema does not name is left out.
    schema
        The columns.

    Returns
    -------
    dict
        In the order of the schema; what is not among the cells is None.
    """
    return {field.name: value(cells.get(field.name, ""), field.type) for field in schema.fields}


# Writing --------------------------------------------------------------------------------------


def geojson(
    rows: Sequence[tuple[Mapping[str, str], BaseGeometry | None]], schema: Schema, digits: int
) -> bytes:
    """Return rows as the bytes of a layer's file, sorted by id.

    Parameters
    ----------
    rows
        Cells as text by column, and the geometry in degrees WGS 84, or None where there is none.
    schema
        Columns of the layer.
    digits
        Decimals of the coordinates.
    """
    records = [record(cells, schema) for cells, _ in rows]
    return to_geojson(to_frame(records, [shape for _, shape in rows], schema), digits=digits)


def table(rows: Iterable[Mapping[str, str]], names: Sequence[str]) -> bytes:
    """Return rows as the bytes of a CSV file.

    Parameters
    ----------
    rows
        Cells as text by column, in the order in which they are written.
    names
        The columns, in that order. A cell that a row lacks is blank; what no column names is left
        out.

    Returns
    -------
    bytes
        UTF-8 with a header; lines end with a line feed.
    """
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, names, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def toml(tree: Mapping[str, Any], path: str = "") -> str:
    """Return a tree of texts, numbers, lists and tables as TOML.

    Parameters
    ----------
    tree
        What is written, by name; a value of None is left out.
    path
        Dotted name of the table that the tree is; empty for the whole file.

    Returns
    -------
    str
        The values of each table before the tables inside it, each in the order given.
    """
    plain = {
        key: item for key, item in tree.items() if not (item is None or isinstance(item, Mapping))
    }
    lines = [f"{key} = {json.dumps(item, ensure_ascii=False)}" for key, item in plain.items()]
    text = "".join(f"{line}\n" for line in lines)
    if path and (plain or not tree):
        text = f"\n[{path}]\n{text}"
    for key, item in tree.items():
        if isinstance(item, Mapping):
            text += toml(item, f"{path}.{key}" if path else key)
    return text


# Places ---------------------------------------------------------------------------------------


def newest_date(dates: Iterable[str], texts: Iterable[str]) -> str:
    """Return the newest of some ISO dates and of those that stand in some texts, or nothing.

    Parameters
    ----------
    dates
        ISO 8601 dates of a year, a month or a day; blank ones do not count.
    texts
        Texts of any content. A bare year in them may be anything; with a month it is a date.

    Returns
    -------
    str
        As it is written; empty if there is none.
    """
    found = [date for text in texts for date in _DATE_IN_TEXT.findall(text)]
    return max((*dates, *found), default="")


def _district(name: str, districts: Mapping[str, Row]) -> tuple[str, str, str]:
    """Return adcode and names of a district of the city or of a place beyond it."""
    if name in OUTSIDE:
        return "outside", *OUTSIDE[name]
    row = districts[name]
    return row["adcode"], row["name_zh"], row["name_en"]


def _sides(host: str, site: str, districts: Mapping[str, Row]) -> Row:
    cells: Row = {}
    for side, name in (("host", host), ("site", site)):
        adcode, zh, en = _district(name, districts)
        cells |= {f"{side}_adcode": adcode, f"{side}_name_zh": zh, f"{side}_name_en": en}
    return cells


def _point(cells: Row, digits: int) -> Point | None:
    if not (cells["lon"] and cells["lat"]):
        return None
    return Point(round(float(cells["lon"]), digits), round(float(cells["lat"]), digits))


def _as_of(fact: Row, issued: str) -> str:
    """Return the newest date of what is said of a place; the plan is evidence for its own."""
    planned = fact["plan_status"] not in WITHOUT_TASK
    dates = [fact["current_status_as_of"], fact["approved_on"], issued if planned else ""]
    sources = ("evidence_source", "current_status_source", "approval_source", "area_source")
    return newest_date(dates, (fact[name] for name in sources)) or READ_IN


def _place(
    fact: Row, text: Row, tasks: Sequence[Row], districts: Mapping[str, Row], issued: str
) -> Row:
    """Join what is known of a place of the inventory with what is written about it."""
    planned = fact["plan_status"] not in WITHOUT_TASK
    site = fact["point_in_district"] or (fact["host_district"] if fact["lon"] else "")
    return (
        fact
        | {name: cell for name, cell in text.items() if cell}
        | (_title(text["title_of"], districts) or _sides(fact["host_district"], site, districts))
        | {
            "name_status": fact["name_zh_status"],
            "approved_by_zh": fact["approved_by"],
            "bounds_zh": fact["bounds_text_zh"],
            "bounds_en": text["bounds_text_en"],
            "plan_status_as_of": issued if planned else "",
            "plan_line": fact["plan_line"] if planned else "",
            "clause_ids": ";".join(task["clause_id"] for task in tasks),
            "clause_basis": ";".join(task["basis"] for task in tasks),
            "as_of": _as_of(fact, issued),
        }
    )


_NO_GROUND = {"location_class": "none", "uncertainty_m": "", "location_source": ""}
_NO_PLACE = {"counted": "false", "source_datum": ""}


def _title(area: str, districts: Mapping[str, Row]) -> Row:
    """Return the cells of a title: its area's, without a point, and counted as no place."""
    if not area:
        return {}
    names = {row["adcode"]: name for name, row in districts.items()}
    own = names.get(area, "")
    return _sides(own, own, districts) | _NO_GROUND | _NO_PLACE


def place_layers(raw: Raw, issued: str) -> Files:
    """Build the layers of the plan's places and of later parks.

    Parameters
    ----------
    raw
        The raw material of the pack; it is not changed.
    issued
        Day on which the plan was issued, ISO 8601.

    Returns
    -------
    dict
        ``<kind>.geojson`` for each kind that has a place.
    """
    texts = raw.by("authored/place_texts.csv", "id")
    districts = raw.by("districts.csv", "name_zh")
    clauses = raw.tables["authored/clauses.csv"]
    order = {row["id"]: number for number, row in enumerate(clauses)}
    tasks: dict[str, list[Row]] = {}
    for row in raw.tables["authored/place_clauses.csv"]:
        tasks.setdefault(row["place_id"], []).append(row)
    kinds: dict[str, list[tuple[Row, BaseGeometry | None]]] = {}
    for fact in raw.tables["places.csv"]:
        if not fact["kind"]:
            continue  # reported with the raw material
        own = sorted(
            tasks.get(fact["id"], []), key=lambda row: order.get(row["clause_id"], len(order))
        )
        cells = _place(fact, texts[fact["id"]], own, districts, issued)
        point = None if cells.get("title_of") else _point(fact, PLACE_DIGITS)
        kinds.setdefault(fact["kind"], []).append((cells, point))
    return {
        f"{kind}.geojson": geojson(rows, CATALOG[kind].schema, PLACE_DIGITS)
        for kind, rows in kinds.items()
    }


def _university(fact: Row, text: Row, districts: Mapping[str, Row]) -> Row:
    main = fact["campus"] == "main or registered campus"
    zh, en = ("", "") if main else (f"（{text['campus_zh']}）", f" ({text['campus_en']})")
    # Where a point is withheld, or the two lists set it kilometres apart, no district is claimed.
    settled = fact["lon"] and text["location_class"] != "knowledge"
    site = fact["point_in_district"] if settled else ""
    return (
        text
        | _sides("", site, districts)
        | {
            "kind": "university",
            "name_zh": fact["name_zh"] + zh,
            "name_en": text["name_en_clean"] + en,
            "subkind": text["type"],
            "level": "unknown",
            "current_status": "unknown",
            "counted": "false",
            "location_source": fact["source"] if fact["lon"] else "",
            "source_datum": fact["datum_evidence"] if fact["lon"] else "",
            "evidence_source": fact["source"],
            "as_of": READ_IN,
        }
    )


def university_layer(raw: Raw) -> Files:
    """Build the layer of universities, ``university.geojson``.

    Parameters
    ----------
    raw
        The raw material of the pack; it is not changed.
    """
    texts = raw.by("authored/university_texts.csv", "id")
    districts = raw.by("districts.csv", "name_zh")
    rows = [
        (_university(fact, texts[fact["id"]], districts), _point(fact, UNIVERSITY_DIGITS))
        for fact in raw.tables["universities.csv"]
    ]
    return {"university.geojson": geojson(rows, CATALOG["university"].schema, UNIVERSITY_DIGITS)}


# Frame ----------------------------------------------------------------------------------------


def district_layer(raw: Raw) -> Files:
    """Build the layer of districts, ``district.geojson``; the outlines are not simplified.

    Parameters
    ----------
    raw
        The raw material of the pack; it is not changed.
    """
    facts = raw.by("districts.csv", "adcode")
    texts = raw.by("authored/district_texts.csv", "adcode")
    rows = []
    for properties, outline in raw.shapes["tianjin_districts.geojson"]:
        adcode = properties["adcode"]
        fact, text = facts[adcode], texts[adcode]
        cells = fact | text | {"id": adcode, "kind": "district", "as_of": CENSUS}
        cells |= {"half": fact["twin_city"], "half_status": fact["twin_city_status"]}
        cells |= {f"half_note_{lang}": text[f"twin_city_note_{lang}"] for lang in ("zh", "en")}
        rows.append((cells, outline))
    return {"district.geojson": geojson(rows, CATALOG["district"].schema, OUTLINE_DIGITS)}


def axis_layer(raw: Raw, issued: str) -> Files:
    """Build the layer of schematic lines, ``axis.geojson``.

    All lines stand on a line of the plan, which was issued after their sources.

    Parameters
    ----------
    raw
        The raw material of the pack; it is not changed.
    issued
        Day on which the plan was issued, ISO 8601: the as-of date of the lines.
    """
    texts = raw.by("authored/axis_texts.csv", "axis_id")
    rows = []
    for properties, line in raw.shapes["axis.geojson"]:
        cells = texts[properties["axis_id"]] | {
            "id": properties["axis_id"],
            "kind": "axis",
            "schematic": "true",
            "off_map": "true" if properties.get("off_map") else "",
            "length_km": str(properties["length_km"]),
            "source": properties["source"],
            "as_of": issued,
        }
        rows.append((cells, line))
    return {"axis.geojson": geojson(rows, CATALOG["axis"].schema, PLACE_DIGITS)}


# Base map -------------------------------------------------------------------------------------


def _units(raw: Raw) -> list[tuple[Row, BaseGeometry]]:
    """Return the units of Beijing and Langfang."""
    rows = []
    for file in ("beijing_districts.geojson", "langfang_counties.geojson"):
        for properties, outline in raw.shapes[file]:
            names = {"name_zh": properties["name"], "name_en": properties["name_en"]}
            rows.append(({"id": properties["adcode"], "role": "province"} | names, outline))
    return rows


def _far_sea(raw: Raw) -> BaseGeometry:
    """Return what is not land in the whole frame, coarsely."""
    land = [outline for _, outline in raw.shapes["natural_earth_land.geojson"]]
    parts = shapely.get_parts(shapely.union_all(land))
    large = [part for part in parts if part.area >= SMALLEST_ISLAND]
    return FRAME - shapely.union_all(large).simplify(FAR_TOLERANCE)


def _near_sea(raw: Raw) -> BaseGeometry:
    """Close the coast near the city to an area, against the sides of the near frame."""
    coast = [
        line
        for properties, line in raw.shapes["coast_rivers_naturalearth.geojson"]
        if properties["kind"] == "coastline_ne"
    ]
    open_water = Point(118.3, 38.7)
    edges = shapely.union_all([NEAR_SEA.exterior, *coast])
    return next(area for area in polygonize(edges) if area.covers(open_water))


def _slivers(sea: BaseGeometry, units: Sequence[BaseGeometry]) -> list[BaseGeometry]:
    """Return the scraps of background between the sea and the outlines that lie on it.

    Widened by some 50 m, so that no hair of background is left where coordinates are rounded;
    the outlines are drawn over what is too much.
    """
    gaps = NEAR_SEA.buffer(-1e-6) - sea - shapely.union_all(units)
    scraps = [part for part in shapely.get_parts(gaps) if not part.dwithin(NEAR_SEA.exterior, 1e-5)]
    return [part.buffer(0.0005, join_style="mitre") for part in scraps]


def sea_and_land(raw: Raw) -> Files:
    """Build the sea, closed from the coast, and the land beyond the city.

    Parameters
    ----------
    raw
        The raw material of the pack; it is not changed.

    Returns
    -------
    dict
        ``base/sea.geojson`` and ``base/land.geojson``.
    """
    units = _units(raw)
    outlines = [outline for _, outline in raw.shapes["tianjin_districts.geojson"]]
    sea = shapely.union_all([_far_sea(raw) - NEAR_SEA, _near_sea(raw)])
    sea = shapely.union_all([sea, *_slivers(sea, [*outlines, *(shape for _, shape in units)])])
    whole = [part for part in shapely.get_parts(sea) if isinstance(part, Polygon)]
    names = {"id": "sea", "name_zh": "渤海", "name_en": "Bohai Sea"}
    ground = {"id": "background", "name_zh": "其他陆地", "name_en": "Other land"}
    # The sea is drawn over the background, so the background need not repeat the coast.
    land = [*units, (ground | {"role": "background"}, FRAME)]
    return {
        "base/sea.geojson": geojson([(names, MultiPolygon(whole))], BASE["sea"], BASE_DIGITS),
        "base/land.geojson": geojson(land, BASE["land"], BASE_DIGITS),
    }


def rivers(raw: Raw) -> Files:
    """Build the rivers, ``base/river.geojson``: one row for each name.

    Parameters
    ----------
    raw
        The raw material of the pack; it is not changed.
    """
    lines: dict[str, list[BaseGeometry]] = {}
    for properties, line in raw.shapes["coast_rivers_naturalearth.geojson"]:
        if properties["kind"] == "river_ne":
            lines.setdefault(properties["name"], []).append(line)
    rows = []
    for name, parts in sorted(lines.items()):
        zh, en = RIVERS[name]
        cells = {"id": name.lower(), "name_zh": zh, "name_en": en}
        rows.append((cells, shapely.line_merge(shapely.union_all(parts))))
    return {"base/river.geojson": geojson(rows, BASE["river"], BASE_DIGITS)}


# Labels ---------------------------------------------------------------------------------------

_SUFFIXES = ("街道", "地区", "镇", "乡", "村", "市")


def ascii_name(name: str) -> str:
    """Return a name in ASCII letters.

    Parameters
    ----------
    name
        A name in Latin letters: accents are dropped, and so is what has no ASCII letter.
    """
    plain = unicodedata.normalize("NFKD", name.replace("’", "'").replace("‘", "'"))
    return plain.encode("ascii", "ignore").decode()


def han_name(alternates: str, *, districts: Iterable[str] = ()) -> str:
    """Choose the best Chinese name among the alternate names of GeoNames, or none.

    Names of districts are passed over (a town is often listed under its district's name too);
    then the shortest name wins, one whose longer form with a suffix is listed too before others,
    and the first by code point where that leaves a choice.

    Parameters
    ----------
    alternates
        Names of one town in any language and script, separated by ``|``.
    districts
        Chinese names that are passed over, with or without their last character.

    Returns
    -------
    str
        Empty if there is none.
    """
    names = [name for name in alternates.split("|") if re.fullmatch("[\u3400-\u9fff]+", name)]
    known = {stem for name in districts for stem in (name, name[:-1] if len(name) > 2 else name)}
    own = [name for name in names if name not in known and not name.endswith(("区", "县"))]

    def preference(name: str) -> tuple[int, bool, str]:
        attested = any(name + suffix in own for suffix in _SUFFIXES)
        return len(name), not attested, name

    return min(own, key=preference, default="")


def _gazetteer(raw: Raw) -> list[Row]:
    """Return the towns whose numbers are sound."""
    needed = ("longitude", "latitude", "population")
    return [row for row in raw.tables["geonames_places.csv"] if all(row[name] for name in needed)]


def _town_rank(row: Row) -> int:
    return 3 if int(row["population"]) >= 3000 else 4


def _towns(raw: Raw, taken: Mapping[str, set[str]]) -> list[tuple[Row, BaseGeometry]]:
    """Return the labels of towns around the city that no district's label gives already."""
    names = [name for known in taken.values() for name in known]
    rows: list[tuple[Row, BaseGeometry]] = []
    for row in _gazetteer(raw):
        point = Point(float(row["longitude"]), float(row["latitude"]))
        zh = han_name(row["alternatenames"], districts=names)
        en = ascii_name(row["name"])
        populated = int(row["population"]) > 0 or bool(zh)
        if not populated or not LABEL_FRAME.covers(point) or en in taken.get(row["adcode"], ()):
            continue
        cells = {"id": f"g{row['geonameid']}", "name_zh": zh, "name_en": en}
        rows.append((cells | {"rank": str(_town_rank(row))}, point))
    return rows


def labels(raw: Raw) -> Files:
    """Build the labels, ``base/label.geojson``: cities, districts, towns.

    Parameters
    ----------
    raw
        The raw material of the pack; it is not changed.
    """
    tianjin = raw.by("districts.csv", "adcode")
    units = _units(raw)
    for properties, outline in raw.shapes["tianjin_districts.geojson"]:
        units.append((tianjin[properties["adcode"]] | {"id": properties["adcode"]}, outline))
    rows: list[tuple[Row, BaseGeometry]] = [
        (
            {"id": f"d{unit['id']}", "rank": "2"} | {k: unit[k] for k in ("name_zh", "name_en")},
            shapely.point_on_surface(outline),
        )
        for unit, outline in units
    ]
    for town in _gazetteer(raw):
        if town["name"] in CITIES:
            point = Point(float(town["longitude"]), float(town["latitude"]))
            cells = {"id": f"c{town['geonameid']}", "name_zh": CITIES[town["name"]]}
            rows.append((cells | {"name_en": town["name"], "rank": "1"}, point))
    taken = {unit["id"]: {unit["name_zh"], unit["name_en"], *CITIES} for unit, _ in units}
    rows += _towns(raw, taken)
    return {"base/label.geojson": geojson(rows, BASE["label"], BASE_DIGITS)}


CITIES = {"Tianjin": "天津", "Beijing": "北京", "Langfang": "廊坊"}


# Plan and settings ----------------------------------------------------------------------------


def plan_tables(raw: Raw, period: str) -> Files:
    """Build the plan's tables and the words for search.

    Parameters
    ----------
    raw
        The raw material of the pack; it is not changed.
    period
        Name of the plan's folder under ``plans/``.

    Returns
    -------
    dict
        ``plan.toml`` and six tables in that folder, and ``aliases.csv``.
    """
    clauses = raw.tables["authored/clauses.csv"]
    texts = raw.by("authored/indicator_texts.csv", "no")
    indicators = [
        _indicator(row, texts[row["no"]], clauses) for row in raw.tables["indicators.csv"]
    ]
    gaps = sorted(raw.tables["authored/gaps.csv"], key=lambda row: row["id"])
    aliases = sorted(
        raw.tables["authored/aliases.csv"], key=lambda row: (row["target"], row["term"])
    )
    folder = f"plans/{period}"
    return {
        f"{folder}/plan.toml": toml(raw.plan).encode(),
        f"{folder}/clauses.csv": table(clauses, CLAUSES.names),
        f"{folder}/indicators.csv": table(indicators, INDICATORS.names),
        f"{folder}/gaps.csv": table(gaps, GAPS.names),
        **_history(raw, folder),
        "aliases.csv": table(aliases, ALIASES.names[1:]),
    }


def park_links(raw: Raw) -> Files:
    """Build the table of universities and their parks, ``park_links.csv``.

    By place, then in the order of the facts.

    Parameters
    ----------
    raw
        The raw material of the pack; it is not changed.
    """
    rows = sorted(raw.tables[PARK_LINKS], key=lambda row: row["place_id"])
    return {PARK_LINKS: table(rows, LINKS.names[1:])}


def node_links(raw: Raw) -> Files:
    """Build the table of linked places, ``node_links.csv``.

    In the order in which they were read.

    Parameters
    ----------
    raw
        The raw material of the pack; it is not changed.
    """
    return {NODE_LINKS: table(raw.tables[NODE_LINKS], LINKED.names[1:])}


def planning_columns(raw: Raw) -> Files:
    """Build the table of further columns, ``planning_columns.csv``, in its order.

    Parameters
    ----------
    raw
        The raw material of the pack; it is not changed.
    """
    return {PLANNING_COLUMNS: table(raw.tables[PLANNING_COLUMNS], PLANNING.names[1:])}


def sources(raw: Raw) -> Files:
    """Build the words for sources that are no plain address, ``sources.csv``.

    In the order of the facts' words.

    Parameters
    ----------
    raw
        The raw material of the pack; it is not changed.
    """
    rows = sorted(raw.tables["authored/source_texts.csv"], key=lambda row: row["text"])
    return {SOURCES: table(rows, ATTRIBUTIONS.names[1:])}


def corrections(raw: Raw) -> Files:
    """Build the table of what was set right in the facts, ``corrections.csv``.

    In the order of the facts' rows.

    Parameters
    ----------
    raw
        The raw material of the pack; it is not changed.
    """
    return {CORRECTIONS: table(raw.tables[CORRECTIONS], RIGHTED.names[1:])}


def _history(raw: Raw, folder: str) -> Files:
    """Build what became of the plan, and what belongs together in it, in the order of the facts."""
    return {
        f"{folder}/{name}.csv": table(
            raw.tables[f"authored/{name}.csv"], [n for n in schema.names if n != "row"]
        )
        for name, schema in (
            ("observations", OBSERVATIONS),
            ("events", EVENTS),
            ("relations", RELATIONS),
        )
    }


def _indicator(fact: Row, text: Row, tasks: Sequence[Row]) -> Row:
    name, unit = unit_of(fact["indicator_zh"])
    line = fact["plan_line_name"]
    return text | {
        "name_zh": name,
        "name_en": fact["indicator_en"],
        "name_status": "reconstructed",
        "unit_zh": unit,
        "unit_en": fact["unit"],
        "baseline": fact["value_2020"],
        "target": fact["value_2025"],
        "clause_id": (task_at(int(line), tasks) or "") if line else "",
        "line_name": fact["plan_line_name"],
        "line_baseline": fact["plan_line_2020"],
        "line_target": fact["plan_line_2025"],
    }


def settings(raw: Raw) -> Files:
    """Build ``city.toml``: the hand-written part and the provenance of every layer.

    Parameters
    ----------
    raw
        The raw material of the pack; it is not changed.
    """
    provenance: dict[str, dict[str, Any]] = {"layer": {}, "base": {}}
    for row in raw.tables["authored/layer_texts.csv"]:
        texts = {name: cell for name, cell in row.items() if name != "layer" and cell}
        days = value(row["freshness_days"], "integer")
        group = "layer" if row["layer"] in CATALOG else "base"
        provenance[group][row["layer"]] = texts | {"freshness_days": days}
    note = "# Built by data/build.py from raw/; edit it there.\n"
    return {"city.toml": (note + toml(dict(raw.head) | provenance)).encode()}


# Command --------------------------------------------------------------------------------------


def build(raw: Raw) -> Files:
    """Return all files of a pack by name, from its raw material.

    Parameters
    ----------
    raw
        The raw material of the pack, whole; it is not changed.

    Returns
    -------
    dict
        Bytes by name, ``/`` between folders; the same material gives the same bytes.
    """
    issued = raw.plan["issued"]
    files = {
        **place_layers(raw, issued),
        **university_layer(raw),
        **district_layer(raw),
        **axis_layer(raw, issued),
        **sea_and_land(raw),
        **rivers(raw),
        **labels(raw),
        **plan_tables(raw, raw.head["plan"]),
        **park_links(raw),
        **node_links(raw),
        **planning_columns(raw),
        **sources(raw),
        **corrections(raw),
        **settings(raw),
        **raw.stories,
    }
    return {**files, "aliases.csv": with_spellings(files)}


def with_spellings(files: Files) -> bytes:
    """Return the words for search with those by which the names of a pack are typed.

    Parameters
    ----------
    files
        All files of the pack by name.

    Returns
    -------
    bytes
        ``aliases.csv``; what was authored comes first, so that a fault is traced to its row.
    """
    rows = spelled(named(files))
    return files["aliases.csv"] + table(rows, ALIASES.names[1:]).partition(b"\n")[2]


def write(files: Files, folder: Path) -> None:
    """Write files into a folder; other files there stay.

    Parameters
    ----------
    files
        Bytes by name, ``/`` between folders.
    folder
        Made where it is missing, as are the folders within it.

    Raises
    ------
    OSError
        A file cannot be written; those before it by name have been.
    """
    for name, data in sorted(files.items()):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def _standing(folder: Path) -> dict[str, Path]:
    """Return the files of a pack as they stand, by name, without the raw material."""
    found = standing.files(folder)
    return {name: path for name, path in found.items() if "raw" not in name.split("/")}


def differences(files: Files, folder: Path) -> list[str]:
    """Name the files of a pack that differ from what was built, are missing, or are left over.

    Parameters
    ----------
    files
        What was built, bytes by name.
    folder
        Folder of the pack; its raw material does not count.

    Returns
    -------
    list of str
        Missing files, files that were not built, then files with other bytes, each by name; the
        first two say so behind the name.

    Raises
    ------
    DataError
        The journal of a broken-off build is none of ours.
    """
    there = _standing(folder)
    return [
        *(f"{name} (missing)" for name in sorted(files.keys() - there.keys())),
        *(f"{name} (not built)" for name in sorted(there.keys() - files.keys())),
        *(n for n in sorted(files.keys() & there.keys()) if there[n].read_bytes() != files[n]),
    ]


def checked(folder: Path) -> Files:
    """Build a pack from the folder of its raw material and load it for a trial.

    Parameters
    ----------
    folder
        Folder ``raw`` of a pack; nothing in it is changed.

    Returns
    -------
    dict
        Bytes by name, as the loader takes them without a problem.

    Raises
    ------
    DataError
        With every problem of the raw material, by its file, row and field. How a row that has a
        fault itself agrees with others is checked once that is mended.
    """
    raw = read(folder)
    if not raw.whole:
        raise DataError("pack_refused", raw.problems)
    try:
        files = build(raw)
    except Exception:
        if raw.problems:  # faulty material can fail in any way: what is wrong with it is said
            raise DataError("pack_refused", raw.problems) from None
        raise
    problems = [*raw.problems, *_disagreements(files, raw, folder.name)]
    if problems:
        raise DataError("pack_refused", problems)
    return files


def _disagreements(files: Files, raw: Raw, folder: str) -> Iterator[Problem]:
    """Yield what the loader finds wrong with a pack, at the place where it can be mended."""
    with tempfile.TemporaryDirectory() as name:
        write(files, Path(name))
        try:
            load_city(Path(name))
        except DataError as error:
            for problem in error.problems:
                found = traced(problem, raw)
                found = replace(found, where=f"{folder}/{found.where}")
                if "at" in found.values:  # a row that is named as an example is traced too
                    cited = traced(replace(problem, where=str(problem.values["file"])), raw)
                    found = replace(
                        found, values={**found.values, "file": f"{folder}/{cited.where}"}
                    )
                # The label of a district is its own.
                named = {found.row, found.row.removeprefix("d"), f"{found.where}{found.row}"}
                meant = str(found.values.get("value", "")).strip("'").split(":")[-1]
                if not {*named, meant} & raw.faulty:
                    yield found


def main(arguments: Sequence[str] | None = None, *, say: Callable[[str], None] = print) -> int:
    """Run the command and return its exit code.

    Parameters
    ----------
    arguments
        Words of the command line; None for those of this process.
    say
        Is handed each message, in English.

    Returns
    -------
    int
        0 if the pack was built, or with ``--check`` if it would not change; else 1.

    Raises
    ------
    SystemExit
        The words of the command line cannot be understood, or ask for help.
    """
    parser = argparse.ArgumentParser(prog="python -m data.build", description=__doc__)
    cities = sorted(path.parent.name for path in HERE.glob("*/raw"))
    parser.add_argument("city", choices=cities, help="folder under data/ with a raw/ folder")
    parser.add_argument("--check", action="store_true", help="write nothing, compare the bytes")
    options = parser.parse_args(arguments)
    folder = HERE / options.city
    try:
        files = checked(folder / "raw")
        different = differences(files, folder)
        if options.check:
            return _checked_bytes(files, different, say)
        deliver(folder, files, old=_standing(folder), seal=SETTINGS)
    except DataError as error:
        count = len(error.problems)
        said = lines(error, "en")
        say(f"Nothing was written. Problems in data/{options.city}: {count}\n{said}")
        return 1
    except OSError as error:
        say(f"Nothing was written: {error}")
        return 1
    except Exception:  # raw material can be wrong in ways that nobody foresaw
        number = secrets.token_hex(3).upper()
        _log.exception("unforeseen error %s in data/%s", number, options.city)
        problem = Problem("pack.unforeseen", options.city, number=number)
        say(f"Nothing was written. {worded(problem, 'en')}")
        return 1
    say(f"Built {len(files)} files; {len(different)} changed.")
    return 0


def _checked_bytes(files: Files, different: Sequence[str], say: Callable[[str], None]) -> int:
    if different:
        say(f"A rebuild would change these files: {', '.join(different)}.")
        return 1
    say(f"A rebuild gives the same bytes: {len(files)} files.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
