"""Check that the rows of a pack agree with each other: references, statuses, locations."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import shapely
from pyproj import Geod
from shapely.geometry.base import BaseGeometry

from geo.base.errors import Problem
from geo.base.validation import Record, is_blank, printable, quoted
from geo.formats.read_geojson import WGS84
from layers.pack.catalogue import OUTSIDE, PLAN_KINDS
from layers.pack.reader import Row
from layers.pack.table_schemas import CLAUSE_BASES

DISTRICT_TOLERANCE_M = 150.0
"""How far beyond its district's outline a point may lie: the outlines are generalised (±130 m)."""
OVERLAP_TOLERANCE = 0.01
"""Part of a district that another may lie on: outlines that were generalised one by one overlap
in slivers. Residents there are counted twice, so the part is what the figures may err by."""
SIZE_TOLERANCE = 0.01
"""Part by which an area or a length may differ from the outline: other planes measure otherwise."""
SIZE_ROUNDING = 0.05
"""km² or km by which it may differ besides, as it is written with one decimal."""
WITHOUT_TASK = frozenset({None, "later_fact", "context"})
"""Plan statuses of places that the plan does not name; only others carry tasks of the plan."""

_GAP_LISTS = (("place_ids", "named_total"), ("candidate_ids", "candidates_not_counted"))

_Fault = Callable[[str, str], None]
_ELLIPSOID = Geod(ellps="WGS84")
_LINES = frozenset({"LineString", "MultiLineString"})
_AREAS = frozenset({"Polygon", "MultiPolygon"})
_DISTRICTS = "district.geojson"


@dataclass(frozen=True)
class PackRows:
    """All rows of a pack as read, whatever is wrong with them.

    Parameters
    ----------
    layers
        Rows by layer id, with the name of the layer's file.
    places
        Ids of the layers that hold places.
    clauses, indicators, gaps, aliases, links
        Records of the plan's tables, of the words for search, of universities and their parks.
    bbox
        West, south, east, north of the city in degrees.
    metric_epsg
        Plane in which distances are measured.
    seaward_km
        By adcode, how far beyond its outline a district reaches over open water.
    halves
        Ids of the parts of the city that the settings name.
    unread
        Names of files whose rows could not be read: nothing is said of references to them.
    """

    layers: Mapping[str, tuple[str, Sequence[Row]]]
    places: frozenset[str]
    clauses: Sequence[Record]
    indicators: Sequence[Record]
    gaps: Sequence[Record]
    aliases: Sequence[Record]
    bbox: tuple[float, float, float, float]
    metric_epsg: int
    seaward_km: Mapping[str, float]
    links: Sequence[Record] = ()
    halves: frozenset[str] = frozenset()
    unread: frozenset[str] = frozenset()

    def __iter__(self) -> Iterator[tuple[str, str, Row]]:
        """Yield file, layer id and row of every place."""
        for layer, (where, rows) in self.layers.items():
            if layer in self.places:
                for row in rows:
                    yield where, layer, row

    @cached_property
    def place_ids(self) -> frozenset[object] | None:
        """Ids of all places, or None if a file of them could not be read."""
        if any(self.layers[layer][0] in self.unread for layer in self.places):
            return None
        return frozenset(row.record.get("id") for _, _, row in self)

    @cached_property
    def lines(self) -> Mapping[object, tuple[int, int]]:
        """First and last line of the plan's text by task."""
        return {
            clause.get("id"): (start, end)
            for clause in self.clauses
            if isinstance(start := clause.get("line_from"), int)
            and isinstance(end := clause.get("line_to"), int)
        }

    @cached_property
    def tasks(self) -> Collection[object] | None:
        """Ids of the plan's tasks, or None if their table could not be read."""
        return None if any(name.endswith("/clauses.csv") for name in self.unread) else self.lines

    @cached_property
    def outlines(self) -> Mapping[str, BaseGeometry]:
        """Sound district outlines by adcode, in degrees."""
        return {
            str(row.record.get("id")): row.shape
            for row in self.layers.get("district", ("", ()))[1]
            if row.shape is not None
            and row.shape.geom_type in _AREAS
            and row.shape.is_valid
            and not row.shape.is_empty
        }

    @cached_property
    def districts(self) -> gpd.GeoSeries:
        """Those of them that the metric plane can hold, in it."""
        shapes = gpd.GeoSeries(list(self.outlines.values()), index=list(self.outlines), crs=WGS84)
        placed = shapes.to_crs(self.metric_epsg)
        return placed[np.isfinite(placed.bounds.to_numpy()).all(axis=1)]

    @cached_property
    def adcodes(self) -> frozenset[object] | None:
        """Adcodes of all districts, sound or not; None if their file could not be read."""
        where, rows = self.layers.get("district", (_DISTRICTS, ()))
        if where in self.unread:
            return None
        return frozenset(str(row.record.get("id")) for row in rows)


def split(value: object) -> tuple[str, ...]:
    """Return the members of a list that is joined by semicolons."""
    return tuple(part for part in str(value).split(";") if part) if isinstance(value, str) else ()


def _at(problems: list[Problem], where: str, record: Record) -> _Fault:
    row = printable(str(record.get("id", record.get("row", record.get("no", "?")))))
    return lambda field, what: problems.append(Problem(where, what, row=row, field=field))


def _unknown(values: Iterable[object], known: Collection[object] | None) -> list[str]:
    """Return the values that are not known; none if nobody can tell."""
    if known is None:
        return []
    return [quoted(value) for value in values if value not in known]


def _check_ids(pack: PackRows) -> Iterator[Problem]:
    first: dict[object, str] = {}
    for where, _, row in pack:
        id_ = row.record.get("id")
        if first.setdefault(id_, where) != where and not is_blank(id_):
            what = f"the id stands in {first[id_]} too."
            yield Problem(where, what, row=printable(str(id_)), field="id")


def _check_kind(record: Record, layer: str, fault: _Fault) -> None:
    if record.get("kind") != layer:
        fault("kind", f"must be {layer}, the name of the file.")


def _check_references(pack: PackRows, record: Record, fault: _Fault) -> None:
    for value in _unknown(split(record.get("clause_ids")), pack.tasks):
        fault("clause_ids", f"there is no plan task {value}.")
    for field in ("parent_id", "also_in"):
        for value in _unknown(split(record.get(field)), pack.place_ids):
            fault(field, f"there is no place {value}.")
    for stem in ("host", "site"):
        adcode = record.get(f"{stem}_adcode")
        if adcode is None:
            continue
        for value in _unknown([] if adcode == OUTSIDE else [adcode], pack.adcodes):
            fault(f"{stem}_adcode", f"there is no district {value}.")
        for lang in ("zh", "en"):
            if is_blank(record.get(f"{stem}_name_{lang}")):
                fault(f"{stem}_name_{lang}", "must name the district or the place beyond the city.")


def _check_tasks(pack: PackRows, record: Record, layer: str, fault: _Fault) -> None:
    status, tasks = record.get("plan_status"), split(record.get("clause_ids"))
    bases, line = split(record.get("clause_basis")), record.get("plan_line")
    if status is None and layer in PLAN_KINDS:
        fault("plan_status", "must not be blank.")
    if status in WITHOUT_TASK and (tasks or line is not None):
        fault("clause_ids", "a later fact or a context place has no plan task and no plan line.")
    if status not in WITHOUT_TASK and not tasks:
        fault("clause_ids", "a place of the plan needs at least one plan task.")
    if len(bases) != len(tasks):
        fault("clause_basis", "needs one entry for each plan task.")
    for value in _unknown(bases, CLAUSE_BASES):
        fault("clause_basis", f"{value} is not one of: {', '.join(CLAUSE_BASES)}.")
    ranges = [pack.lines[task] for task in tasks if task in pack.lines]
    if isinstance(line, int) and ranges and not any(a <= line <= b for a, b in ranges):
        fault("plan_line", f"line {line} lies in none of the place's plan tasks.")


def _check_class(record: Record, row: Row, fault: _Fault) -> None:
    doubt = record.get("uncertainty_m")
    if record.get("location_class") == "none":
        if row.shape is not None:
            fault("geometry", "a place of class none has no point.")
        if doubt is not None:
            fault("uncertainty_m", "a place of class none has no uncertainty.")
        return
    if row.shape is None:
        fault("geometry", "every class but none needs a point.")
    if not (isinstance(doubt, int | float) and doubt > 0):
        fault("uncertainty_m", "a place with a point needs an uncertainty above 0.")
    # An inferred point may be kilometres off: its pack need not claim a district for it.
    inferred = record.get("location_class") == "knowledge"
    if row.shape is not None and not inferred and is_blank(record.get("site_adcode")):
        fault("site_adcode", "a place with a point needs the district of the point, or outside.")


def _check_bbox(pack: PackRows, record: Record, row: Row, fault: _Fault) -> None:
    if row.shape is None:
        return
    inside = shapely.box(*pack.bbox).covers(row.shape)
    if not inside and record.get("site_adcode") != OUTSIDE:
        fault("geometry", "the point lies outside the city's bbox.")


def _check_places(pack: PackRows) -> list[Problem]:
    problems: list[Problem] = []
    for where, layer, row in pack:
        fault = _at(problems, where, row.record)
        _check_kind(row.record, layer, fault)
        _check_references(pack, row.record, fault)
        _check_tasks(pack, row.record, layer, fault)
        _check_class(row.record, row, fault)
        _check_bbox(pack, row.record, row, fault)
    return problems


def _site_fault(distances: Mapping[str, float], site: str, seaward_m: float) -> str | None:
    """Say what is wrong with a site, given the metres from the point to every district."""
    inside = [adcode for adcode, distance in distances.items() if distance == 0]
    if site == OUTSIDE:
        return f"the point lies in district {inside[0]}, not outside." if inside else None
    if distances[site] <= DISTRICT_TOLERANCE_M:
        return None
    if inside:
        return f"the point lies in district {inside[0]}, not in {site}."
    if distances[site] <= seaward_m:
        return None
    return f"the point lies {distances[site] / 1000:.1f} km from district {site}."


def _check_sites(pack: PackRows) -> Iterator[Problem]:
    """Compare the district that a place declares as its site with the outlines."""
    known = frozenset(pack.districts.index) | {OUTSIDE}
    found = [
        (where, row)
        for where, _, row in pack
        if row.shape is not None
        and row.shape.geom_type == "Point"
        and row.record.get("site_adcode") in known
    ]
    points = gpd.GeoSeries([row.shape for _, row in found], crs=WGS84).to_crs(pack.metric_epsg)
    table = shapely.distance(points.to_numpy()[:, None], pack.districts.to_numpy()[None, :])
    for (where, row), metres in zip(found, table.tolist(), strict=True):
        site = str(row.record["site_adcode"])
        distances = dict(zip(pack.districts.index, metres, strict=True))
        fault = _site_fault(distances, site, 1000 * pack.seaward_km.get(site, 0))
        if fault:
            yield Problem(where, fault, row=printable(str(row.record.get("id"))), field="geometry")


def _check_outlines(pack: PackRows) -> list[Problem]:
    """Compare the outlines of the districts with the city's bbox and with each other."""
    problems: list[Problem] = []
    bounds, frame = ", ".join(f"{degrees:g}" for degrees in pack.bbox), shapely.box(*pack.bbox)
    for adcode, outline in pack.outlines.items():
        if not frame.covers(outline):
            what = f"the district reaches beyond the city's bbox ({bounds})."
            remedy = "Widen the bbox in city.toml, or correct the outline."
            problems.append(Problem(_DISTRICTS, what, remedy, printable(adcode), "geometry"))
    shapes = list(pack.outlines.values())
    pairs = shapely.STRtree(shapes).query(np.array(shapes, dtype=object), predicate="intersects")
    for pair in pairs.T.tolist():
        if pair[0] >= pair[1]:
            continue
        first, second = sorted(pair, key=lambda at: shapes[at].area)
        # In degrees, where the outlines are known to be valid: a part of a part needs no plane.
        part = shapes[first].intersection(shapes[second]).area / shapes[first].area
        if part > OVERLAP_TOLERANCE:
            upper, lower = (printable(list(pack.outlines)[at]) for at in (first, second))
            what = f"the district lies on {lower} with {part:.1%} of its area."
            remedy = f"At most {OVERLAP_TOLERANCE:.0%} may overlap: cut them along one border."
            problems.append(Problem(_DISTRICTS, what, remedy, upper, "geometry"))
    return problems


def _size(record: Record, field: str) -> float | None:
    """Return what a column says of a size, or None if it says none that is sound."""
    said = record.get(field)
    is_number = isinstance(said, int | float) and not isinstance(said, bool)
    # Compared before it is converted: a whole number of 400 digits is no float.
    sound = is_number and 0 <= said <= sys.float_info.max  # type: ignore[operator]
    return float(said) if sound else None  # type: ignore[arg-type]


def _check_size(record: Record, field: str, measured: float, unit: str, fault: _Fault) -> None:
    """Compare what a column says of a size with what was measured."""
    said = _size(record, field)
    if said is not None and abs(said - measured) > SIZE_TOLERANCE * measured + SIZE_ROUNDING:
        fault(field, f"is {said:,.10g}; the geometry measures {measured:,.1f} {unit}.")


def _check_deviation(record: Record, fault: _Fault) -> None:
    """Compare how far the outline is said to differ from the area of reference with both."""
    said, reference = _size(record, "area_km2_polygon"), _size(record, "area_km2_reference")
    told = record.get("polygon_deviation_pct")
    if said is None or not reference or not isinstance(told, int | float):
        return
    share = 100 * (said / reference - 1)
    if not abs(told - share) <= SIZE_ROUNDING + 100 * SIZE_ROUNDING / reference:
        fault("polygon_deviation_pct", f"is {quoted(told)}; the two areas give {share:,.1f}.")


def _check_sizes(pack: PackRows) -> list[Problem]:
    """Compare the sizes that the columns say with the geometries, on the ellipsoid."""
    problems: list[Problem] = []
    for row in pack.layers.get("district", ("", ()))[1]:
        fault = _at(problems, _DISTRICTS, row.record)
        if row.shape is not None and pack.outlines.get(str(row.record.get("id"))) is row.shape:
            km2 = abs(_ELLIPSOID.geometry_area_perimeter(row.shape)[0]) / 1e6
            _check_size(row.record, "area_km2_polygon", km2, "km²", fault)
        _check_deviation(row.record, fault)
    where, rows = pack.layers.get("axis", ("", ()))
    for row in rows:
        if row.shape is not None and row.shape.geom_type in _LINES:
            km = _ELLIPSOID.geometry_length(row.shape) / 1e3
            _check_size(row.record, "length_km", km, "km", _at(problems, where, row.record))
    return problems


def _check_halves(pack: PackRows) -> list[Problem]:
    """Compare the half that a district is said to belong to with those that the settings name."""
    problems: list[Problem] = []
    where, rows = pack.layers.get("district", ("", ()))
    for row in rows:
        fault = _at(problems, where, row.record)
        half = row.record.get("half")
        for value in _unknown([] if is_blank(half) else [half], pack.halves):
            fault("half", f"there is no half {value}: name it under [half.<id>] in city.toml.")
        if is_blank(half) != is_blank(row.record.get("half_status")):
            fault("half_status", "stands beside a half, and only there.")
    return problems


def _check_clauses(pack: PackRows, where: str) -> list[Problem]:
    problems: list[Problem] = []
    ids = None if where in pack.unread else {clause.get("id") for clause in pack.clauses}
    for clause in pack.clauses:
        fault = _at(problems, where, clause)
        if clause.get("parent_id") is not None:
            for value in _unknown([clause["parent_id"]], ids):
                fault("parent_id", f"there is no plan task {value}.")
        start, end = pack.lines.get(clause.get("id"), (0, 0))
        if start > end:
            fault("line_to", "must not come before line_from.")
    return problems


def _check_indicators(pack: PackRows, where: str) -> list[Problem]:
    problems: list[Problem] = []
    for indicator in pack.indicators:
        fault = _at(problems, where, indicator)
        for value in _unknown([indicator.get("clause_id")], pack.tasks):
            fault("clause_id", f"there is no plan task {value}.")
    return problems


def _check_gaps(pack: PackRows, where: str) -> list[Problem]:
    problems: list[Problem] = []
    for gap in pack.gaps:
        fault = _at(problems, where, gap)
        for value in _unknown([gap.get("layer")], pack.places):
            fault("layer", f"there is no layer of places {value}.")
        for value in _unknown([gap.get("clause_id")], pack.tasks):
            fault("clause_id", f"there is no plan task {value}.")
        for field, count in _GAP_LISTS:
            members = split(gap.get(field))
            for value in _unknown(members, pack.place_ids):
                fault(field, f"there is no place {value}.")
            if len(members) != gap.get(count):
                fault(count, f"must be {len(members)}, the length of {field}.")
    return problems


def _check_aliases(pack: PackRows, where: str) -> list[Problem]:
    targets: Mapping[str, Collection[object] | None] = {
        "": pack.place_ids,
        "layer": pack.layers,
        "district": pack.adcodes,
        "half": pack.halves,
    }
    problems: list[Problem] = []
    for alias in pack.aliases:
        target = alias.get("target")
        if not isinstance(target, str):
            continue  # a blank one has been told of
        kind, _, name = target.rpartition(":")
        if _unknown([name], targets.get(kind, ())):
            fault = _at(problems, where, alias)
            fault("target", f"there is no place, layer, district or half {quoted(target)}.")
    return problems


def _check_links(pack: PackRows, where: str) -> list[Problem]:
    problems: list[Problem] = []
    file, universities = pack.layers.get("university", ("", ()))
    campuses = {None, *(row.record.get("id") for row in universities)}
    seen: set[tuple[object, ...]] = set()
    for link in pack.links:
        fault = _at(problems, where, link)
        known = None if file in pack.unread else campuses
        for value in _unknown([link.get("university_id")], known):
            fault("university_id", f"there is no university {value}.")
        for value in _unknown([link.get("place_id")], pack.place_ids):
            fault("place_id", f"there is no place {value}.")
        key = tuple(
            link.get(name) for name in ("university_id", "university_zh", "place_id", "relation")
        )
        if key in seen:
            fault("place_id", "the link stands twice.")
        seen.add(key)
    return problems


def pack_problems(pack: PackRows, *, plan_folder: str) -> list[Problem]:
    """List every disagreement between the rows of a pack.

    Parameters
    ----------
    pack
        Rows as read; what the schema has already complained of is passed over.
    plan_folder
        Name of the plan's folder, for the problems.

    Returns
    -------
    list of Problem
        By question, then in the order of the files.
    """
    return [
        *_check_ids(pack),
        *_check_places(pack),
        *_check_sites(pack),
        *_check_outlines(pack),
        *_check_sizes(pack),
        *_check_halves(pack),
        *_check_clauses(pack, f"{plan_folder}/clauses.csv"),
        *_check_indicators(pack, f"{plan_folder}/indicators.csv"),
        *_check_gaps(pack, f"{plan_folder}/gaps.csv"),
        *_check_aliases(pack, "aliases.csv"),
        *_check_links(pack, "park_links.csv"),
    ]
