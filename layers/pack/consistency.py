"""Check that the rows of a pack agree with each other: references, statuses, locations."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import geopandas as gpd
import numpy as np
import shapely
from pyproj import Geod
from shapely.geometry.base import BaseGeometry

from geo.base.errors import Problem, Value
from geo.base.validation import MOST_WHOLE, Fault, Record, is_blank, printable, quoted
from geo.formats.read_geojson import WGS84
from layers.pack.catalogue import CITY, FILTER_VALUES, OUTSIDE, PLAN_KINDS, VERIFIED
from layers.pack.outlines import (
    OVERLAP_TOLERANCE,
    Gap,
    Overlap,
    holes,
    overlaps,
    square_km,
    strips,
)
from layers.pack.reader import Row
from layers.pack.table_schemas import CLAUSE_BASES

DISTRICT_TOLERANCE_M = 150.0
"""How far beyond its district's outline a point may lie: the outlines are generalised (±130 m)."""
MOST_PER_KM2 = 1e6
"""Residents per km² beyond which a population is a slip: ten times the densest town."""
DATED = ("as_of", "approved_on", "plan_status_as_of", "current_status_as_of")
"""Columns that tell of what has been: none lies in the future."""
SIZE_TOLERANCE = 0.01
"""Part by which an area or a length may differ from the outline: other planes measure otherwise."""
SIZE_ROUNDING = 0.05
"""km² or km by which it may differ besides, as it is written with one decimal."""
WITHOUT_TASK = frozenset({None, "later_fact", "context"})
"""Plan statuses of places that the plan does not name; only others carry tasks of the plan."""

_GAP_LISTS = (("place_ids", "named_total"), ("candidate_ids", "candidates_not_counted"))


class _Fault(Protocol):
    """Takes a fault of one row: the column, the key of the problem, and what it names."""

    def __call__(self, column: str, key: str, **values: Value) -> None: ...


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
    clauses, indicators, gaps, aliases, links, node_links
        Records of the plan's tables, of the words for search, of universities and their parks, of
        linked places.
    observations, events, relations
        Records of what became of the plan, and of what belongs together in it.
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
    today
        Day after which nothing can have happened yet, ISO 8601; empty not to look at dates.
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
    node_links: Sequence[Record] = ()
    observations: Sequence[Record] = ()
    events: Sequence[Record] = ()
    relations: Sequence[Record] = ()
    halves: frozenset[str] = frozenset()
    unread: frozenset[str] = frozenset()
    today: str = ""

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
        """First and last line of the plan's text by task, where they are in order."""
        return {
            clause.get("id"): (start, end)
            for clause in self.clauses
            if isinstance(start := clause.get("line_from"), int)
            and isinstance(end := clause.get("line_to"), int)
            and start <= end
        }

    @cached_property
    def tasks(self) -> Collection[object] | None:
        """Ids of the plan's tasks, or None if there are none or their table could not be read."""
        if not self.clauses or any(name.endswith("/clauses.csv") for name in self.unread):
            return None
        return {clause.get("id") for clause in self.clauses}

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
        if where in self.unread or not rows:
            return None
        return frozenset(str(row.record.get("id")) for row in rows)

    @cached_property
    def beyond(self) -> frozenset[str]:
        """Adcodes of the districts that reach beyond the box: what else is odd follows from it."""
        frame = shapely.box(*self.bbox)
        return frozenset(code for code, shape in self.outlines.items() if not frame.covers(shape))

    @cached_property
    def overlaps(self) -> Sequence[Overlap]:
        """Where districts within the box lie on each other."""
        within = {code: one for code, one in self.outlines.items() if code not in self.beyond}
        return tuple(overlaps(within))

    @cached_property
    def gaps_between(self) -> Sequence[Gap]:
        """What the districts leave between them, where no other fault of theirs has made it."""
        where, _ = self.layers.get("district", (_DISTRICTS, ()))
        if where in self.unread or self.beyond or self.missing:
            return ()
        odd = {code for one in self.overlaps for code in (one.upper, one.lower)}
        found = [*holes(self.outlines), *strips(self.districts)]
        return tuple(
            gap
            for gap in found
            if not odd & set(gap.adcodes) and (len(gap.adcodes) > 1 or self._is_own(gap))
        )

    def _is_own(self, hole: Gap) -> bool:
        """Tell whether the only district around a hole counts it as its own.

        A hole that it neither measures nor has a place in is an enclave of another city.
        """
        (code,) = hole.adcodes or ("",)
        whole = square_km(self.outlines[code]) + square_km(hole.shape) / 2 if code else 0.0
        for row in self.layers.get("district", ("", ()))[1]:
            said = _size(row.record, "area_km2_polygon") or 0.0
            if str(row.record.get("id")) == code and said > whole:
                return True
        return any(
            row.shape is not None
            and row.record.get("site_adcode") == code
            and hole.shape.contains(row.shape)
            for _, _, row in self
        )

    @cached_property
    def missing(self) -> frozenset[str]:
        """Adcodes of districts that are not there, though several places lie in them."""
        if self.adcodes is None:
            return frozenset()
        cited = Counter(
            code
            for _, _, row in self
            for code in {row.record.get("host_adcode"), row.record.get("site_adcode")}
            if isinstance(code, str) and code != OUTSIDE and code not in self.adcodes
        )
        return frozenset(code for code, n in cited.items() if n > 1)


def split(value: object) -> tuple[str, ...]:
    """Return the members of a list that is joined by semicolons.

    Parameters
    ----------
    value
        Text of a cell; a cell that holds no text has no members.

    Returns
    -------
    tuple of str
        In the order of the text; blank members are left out.
    """
    return tuple(part for part in str(value).split(";") if part) if isinstance(value, str) else ()


def _at(problems: list[Problem], where: str, record: Record) -> _Fault:
    row = printable(str(record.get("id", record.get("row", record.get("no", "?")))))

    def fault(column: str, key: str, **values: Value) -> None:
        problems.append(Problem(key, where, row, column, values))

    return fault


def _unknown(values: Iterable[object], known: Collection[object] | None) -> list[str]:
    """Return the values that are not known; none if nobody can tell."""
    if known is None:
        return []
    return [printable(str(value)) for value in values if value not in known]


def _check_ids(pack: PackRows) -> Iterator[Problem]:
    first: dict[object, str] = {}
    for where, _, row in pack:
        id_ = row.record.get("id")
        if first.setdefault(id_, where) != where and not is_blank(id_):
            name = printable(str(id_))
            yield Problem("id.in_another_file", where, name, "id", file=first[id_])


def _circles(parents: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    """Yield every circle of rows that are each the parent of the one before, once."""
    done: set[str] = set()
    for first in parents:
        way: list[str] = []
        at: str | None = first
        while at is not None and at not in done and at not in way:
            way.append(at)
            at = parents.get(at)
        if at in way:
            yield tuple(way[way.index(at) :])
        done.update(way)


def _check_circles(pack: PackRows) -> Iterator[Problem]:
    """Find places that are parts of themselves, by whatever way."""
    files = {str(row.record.get("id")): where for where, _, row in pack}
    parents = {
        str(row.record.get("id")): parent
        for _, _, row in pack
        if isinstance(parent := row.record.get("parent_id"), str) and parent in files
    }
    for ring in _circles(parents):
        told = " → ".join(printable(one) for one in (*ring, ring[0])[:6])
        yield Problem("pack.circle", files[ring[0]], printable(ring[0]), "parent_id", value=told)


def _check_kind(record: Record, layer: str, fault: _Fault) -> None:
    if record.get("kind") != layer:
        fault("kind", "pack.kind", layer=layer)


def _check_references(pack: PackRows, record: Record, fault: _Fault) -> None:
    for value in _unknown(split(record.get("clause_ids")), pack.tasks):
        fault("clause_ids", "pack.no_task", value=value)
    for field in ("parent_id", "also_in"):
        for value in _unknown(split(record.get(field)), pack.place_ids):
            fault(field, "pack.no_place", value=value)
    for stem in ("host", "site"):
        adcode = record.get(f"{stem}_adcode")
        if adcode is None:
            continue
        for value in _unknown([] if adcode == OUTSIDE else [adcode], pack.adcodes):
            fault(f"{stem}_adcode", "pack.no_district", value=value)
        for lang in ("zh", "en"):
            if is_blank(record.get(f"{stem}_name_{lang}")):
                fault(f"{stem}_name_{lang}", "pack.district_name")


def _check_tasks(pack: PackRows, record: Record, layer: str, fault: _Fault) -> None:
    status, tasks = record.get("plan_status"), split(record.get("clause_ids"))
    bases, line = split(record.get("clause_basis")), record.get("plan_line")
    if status is None and layer in PLAN_KINDS:
        fault("plan_status", "value.blank")
    if status in WITHOUT_TASK and (tasks or line is not None):
        fault("clause_ids", "pack.task_not_due")
    if status not in WITHOUT_TASK and not tasks:
        fault("clause_ids", "pack.task_due")
    if len(bases) != len(tasks):
        fault("clause_basis", "pack.basis_count")
    for value in _unknown(bases, CLAUSE_BASES):
        fault("clause_basis", "value.not_one_of", value=repr(value), known=CLAUSE_BASES)
    ranges = [pack.lines[task] for task in tasks if task in pack.lines]
    if isinstance(line, int) and ranges and not any(a <= line <= b for a, b in ranges):
        fault("plan_line", "pack.line_elsewhere", line=str(line))


def _check_class(record: Record, row: Row, fault: _Fault) -> None:
    doubt = record.get("uncertainty_m")
    if record.get("location_class") == VERIFIED:
        fault("location_class", "pack.verified")
    if record.get("location_class") == "none":
        if row.shape is not None:
            fault("geometry", "pack.point_not_due")
        if doubt is not None:
            fault("uncertainty_m", "pack.doubt_not_due")
        return
    if row.shape is None:
        fault("geometry", "pack.point_due")
    if doubt is None or doubt == 0:  # of what is no number, or below 0, the schema has told
        fault("uncertainty_m", "pack.doubt_due")
    # An inferred point may be kilometres off: its pack need not claim a district for it.
    inferred = record.get("location_class") == "knowledge"
    if row.shape is not None and not inferred and is_blank(record.get("site_adcode")):
        fault("site_adcode", "pack.site_due")


def _check_title(pack: PackRows, record: Record, fault: _Fault) -> None:
    """Check that a title is of an area that is known, has a badge, and is no place."""
    area = record.get("title_of")
    if is_blank(area):
        return
    for value in _unknown([] if area == CITY else [area], pack.adcodes):
        fault("title_of", "pack.no_district", value=value)
    if record.get("location_class") != "none":
        fault("location_class", "pack.title_placed")
    if record.get("counted"):
        fault("counted", "pack.title_counted")
    for field in ("badge_zh", "badge_en"):
        if is_blank(record.get(field)):
            fault(field, "value.blank")


def _is_beyond(pack: PackRows, row: Row) -> bool:
    """Tell whether a place of the city lies beyond its box: then no distance of it is told too."""
    if row.shape is None or row.record.get("site_adcode") == OUTSIDE:
        return False
    return not shapely.box(*pack.bbox).covers(row.shape)


def _check_bbox(pack: PackRows, row: Row, fault: _Fault) -> None:
    if _is_beyond(pack, row):
        fault("geometry", "pack.beyond_bbox")


def _check_places(pack: PackRows) -> list[Problem]:
    problems: list[Problem] = []
    for where, layer, row in pack:
        fault = _at(problems, where, row.record)
        _check_kind(row.record, layer, fault)
        _check_references(pack, row.record, fault)
        _check_tasks(pack, row.record, layer, fault)
        _check_class(row.record, row, fault)
        _check_title(pack, row.record, fault)
        _check_bbox(pack, row, fault)
    return problems


def _site_fault(distances: Mapping[str, float], site: str, seaward_m: float) -> Fault | None:
    """Return what is wrong with a site, given the metres from the point to every district."""
    inside = [adcode for adcode, distance in distances.items() if distance == 0]
    if site == OUTSIDE:
        return Fault("pack.site_inside", {"district": inside[0]}) if inside else None
    if distances[site] <= DISTRICT_TOLERANCE_M:
        return None
    if inside:
        return Fault("pack.site_other", {"district": inside[0], "site": site})
    if distances[site] <= seaward_m:
        return None
    return Fault("pack.site_far", {"km": f"{distances[site] / 1000:.1f}", "site": site})


def _is_moved(pack: PackRows, point: BaseGeometry | None, site: str, metres: float) -> bool:
    """Tell whether a point lies beside its district because an outline is at fault."""
    if any(site in gap.adcodes and gap.shape.covers(point) for gap in pack.gaps_between):
        return True
    # A district that was moved onto another leaves its places as far behind as it lies on it.
    shapes = [one.shape for one in pack.overlaps if site in (one.upper, one.lower)]
    placed = gpd.GeoSeries(shapes, crs=WGS84).to_crs(pack.metric_epsg)
    depths = 2 * placed.area / placed.length
    return bool((metres <= 2 * depths + DISTRICT_TOLERANCE_M).any())


def _check_sites(pack: PackRows) -> Iterator[Problem]:
    """Compare the district that a place declares as its site with the outlines."""
    if pack.adcodes is None:  # which outline is which district cannot be told
        return
    outlines = pack.districts[~pack.districts.index.isin(pack.beyond)]
    known = frozenset(outlines.index) | {OUTSIDE}
    found = [
        (where, row)
        for where, _, row in pack
        if row.shape is not None
        and row.shape.geom_type == "Point"
        and row.record.get("site_adcode") in known
        and not _is_beyond(pack, row)
    ]
    points = gpd.GeoSeries([row.shape for _, row in found], crs=WGS84).to_crs(pack.metric_epsg)
    table = shapely.distance(points.to_numpy()[:, None], outlines.to_numpy()[None, :])
    for (where, row), metres in zip(found, table.tolist(), strict=True):
        site = str(row.record["site_adcode"])
        distances = dict(zip(outlines.index, metres, strict=True))
        fault = _site_fault(distances, site, 1000 * pack.seaward_km.get(site, 0))
        if fault and not _is_moved(pack, row.shape, site, distances.get(site, 0)):
            yield fault.at(where, printable(str(row.record.get("id"))), "geometry")


def _check_outlines(pack: PackRows) -> Iterator[Problem]:
    """Compare the outlines of the districts with the city's bbox and with each other."""
    bounds = ", ".join(f"{degrees:g}" for degrees in pack.bbox)
    beyond = Fault("pack.district_beyond_bbox", {"bbox": bounds})
    for adcode in pack.outlines:
        if adcode in pack.beyond:
            yield beyond.at(_DISTRICTS, printable(adcode), "geometry")
    for one in pack.overlaps:
        told = {
            "other": printable(one.lower),
            "part": f"{one.part:.1%}",
            "most": f"{OVERLAP_TOLERANCE:.0%}",
        }
        fault = Fault("pack.districts_overlap", told)
        yield fault.at(_DISTRICTS, printable(one.upper), "geometry")
    for gap in pack.gaps_between:
        at, codes = gap.shape.representative_point(), [printable(code) for code in gap.adcodes]
        told = {
            "km2": f"{square_km(gap.shape):.1f}",
            "lon": f"{at.x:.4f}",
            "lat": f"{at.y:.4f}",
            "other": ", ".join(sorted(codes[1:])),
        }
        key = "pack.districts_gap" if len(codes) > 1 else "pack.district_hole"
        yield Fault(key, told).at(_DISTRICTS, codes[0], "geometry")


def _check_dates(pack: PackRows) -> list[Problem]:
    """Find the facts that are dated after today."""
    problems: list[Problem] = []
    for where, rows in pack.layers.values():
        for row in rows:
            fault = _at(problems, where, row.record)
            _check_past(pack, row.record, DATED, fault)
    return problems


def _check_past(pack: PackRows, record: Record, fields: Sequence[str], fault: _Fault) -> None:
    for field in fields:
        value = record.get(field)
        said = str(value) if isinstance(value, int) else value
        if pack.today and isinstance(said, str) and said > pack.today[: len(said)]:
            fault(field, "pack.future", value=printable(said[:20]), today=pack.today)


def _size(record: Record, field: str) -> float | None:
    """Return what a column says of a size, or None if it says none that is sound."""
    said = record.get(field)
    is_number = isinstance(said, int | float) and not isinstance(said, bool)
    # Compared before it is converted: a whole number of 400 digits is no float.
    sound = is_number and 0 < said <= sys.float_info.max  # type: ignore[operator]
    return float(said) if sound else None  # type: ignore[arg-type]


def _check_size(record: Record, field: str, measured: float, unit: str, fault: _Fault) -> None:
    """Compare what a column says of a size with what was measured."""
    said = _size(record, field)
    if said is not None and abs(said - measured) > SIZE_TOLERANCE * measured + SIZE_ROUNDING:
        fault(field, "pack.size", said=said, measured=f"{measured:.1f}", unit=unit)


def _check_crowd(record: Record, km2: float, fault: _Fault) -> None:
    """Tell a population that no ground could hold."""
    for field in ("population_2020_territorial", "population_2020_bulletin"):
        people = _size(record, field)
        if people is not None and MOST_PER_KM2 * max(km2, 1.0) < people <= MOST_WHOLE:
            fault(field, "pack.crowd", said=people, km2=f"{km2:.1f}")


def _check_deviation(record: Record, fault: _Fault) -> None:
    """Compare how far the outline is said to differ from the area of reference with both."""
    said, reference = _size(record, "area_km2_polygon"), _size(record, "area_km2_reference")
    told = record.get("polygon_deviation_pct")
    if said is None or not reference or not isinstance(told, int | float):
        return
    share = 100 * (said / reference - 1)
    if not abs(told - share) <= SIZE_ROUNDING + 100 * SIZE_ROUNDING / reference:
        expected = f"{share:.1f}"
        fault("polygon_deviation_pct", "pack.deviation", said=quoted(told), expected=expected)


def _follows(pack: PackRows, record: Record, id_: str, km2: float) -> bool:
    """Tell whether an area is that of the outline without the gap, or the overlap, beside it."""
    said = _size(record, "area_km2_polygon")
    if said is None:
        return False
    left = sum(square_km(gap.shape) for gap in pack.gaps_between if id_ in gap.adcodes)
    twice = sum(square_km(one.shape) for one in pack.overlaps if id_ in (one.upper, one.lower))
    slack = SIZE_TOLERANCE * km2 + SIZE_ROUNDING
    return bool(left or twice) and km2 - twice - slack <= said <= km2 + left + slack


def _check_sizes(pack: PackRows) -> list[Problem]:
    """Compare the sizes that the columns say with the geometries, on the ellipsoid."""
    problems: list[Problem] = []
    for row in pack.layers.get("district", ("", ()))[1]:
        fault, id_ = _at(problems, _DISTRICTS, row.record), str(row.record.get("id"))
        before = len(problems)
        if row.shape is not None and pack.outlines.get(id_) is row.shape and id_ not in pack.beyond:
            km2 = square_km(row.shape)
            if not _follows(pack, row.record, id_, km2):
                _check_size(row.record, "area_km2_polygon", km2, "km²", fault)
            _check_crowd(row.record, km2, fault)
        if len(problems) == before:  # else the difference follows from the area
            _check_deviation(row.record, fault)
    where, rows = pack.layers.get("axis", ("", ()))
    for row in rows:
        if row.shape is not None and row.shape.geom_type in _LINES:
            km = _ELLIPSOID.geometry_length(row.shape) / 1e3
            _check_size(row.record, "length_km", km, "km", _at(problems, where, row.record))
    return problems


def outline_problems(pack: PackRows) -> list[Problem]:
    """List what is wrong with the outlines of the districts and with what is said of their size.

    Parameters
    ----------
    pack
        Rows as read.

    Returns
    -------
    list of Problem
        Those of the outlines before those of the sizes.
    """
    # A district that stands twice lies on itself: that its name does too follows.
    names = [] if pack.overlaps or pack.beyond else _check_names(pack)
    return [*_check_outlines(pack), *names, *_check_sizes(pack)]


def _check_names(pack: PackRows) -> Iterator[Problem]:
    """Check that there are districts, and that each has a name of its own."""
    where, rows = pack.layers.get("district", (_DISTRICTS, ()))
    if not rows and where not in pack.unread and "district" in pack.layers:
        yield Problem("pack.no_districts", where)
    seen: dict[tuple[str, object], str] = {}
    for row in rows:
        id_ = printable(str(row.record.get("id")))
        for field in ("name_zh", "name_en"):
            name = row.record.get(field)
            first = seen.setdefault((field, name), id_)
            if not is_blank(name) and first != id_:
                yield Problem("pack.district_name_twice", where, id_, field, other=first)


def _check_halves(pack: PackRows) -> list[Problem]:
    """Compare the half that a district is said to belong to with those that the settings name."""
    problems: list[Problem] = []
    where, rows = pack.layers.get("district", ("", ()))
    for row in rows:
        fault = _at(problems, where, row.record)
        half = row.record.get("half")
        for value in _unknown([] if is_blank(half) else [half], pack.halves):
            fault("half", "pack.no_half", value=value)
        if is_blank(half) != is_blank(row.record.get("half_status")):
            fault("half_status", "pack.half_status")
    return problems


def _check_clauses(pack: PackRows, where: str) -> list[Problem]:
    problems: list[Problem] = []
    ids = None if where in pack.unread else {clause.get("id") for clause in pack.clauses}
    for clause in pack.clauses:
        fault = _at(problems, where, clause)
        if clause.get("parent_id") is not None:
            for value in _unknown([clause["parent_id"]], ids):
                fault("parent_id", "pack.no_task", value=value)
        start, end = clause.get("line_from"), clause.get("line_to")
        if isinstance(start, int) and isinstance(end, int) and start > end:
            fault("line_to", "pack.lines_reversed")
    own = {str(one.get("id")): str(one["parent_id"]) for one in pack.clauses
           if not is_blank(one.get("parent_id"))}  # fmt: skip
    for ring in _circles(own):
        told = " → ".join(printable(one) for one in (*ring, ring[0])[:6])
        problems.append(Problem("pack.circle", where, printable(ring[0]), "parent_id", value=told))
    if not pack.clauses and where not in pack.unread and _cites(pack):
        problems.append(Problem("pack.no_tasks", where))
    return problems


def _cites(pack: PackRows) -> bool:
    """Tell whether anything cites a task of a plan."""
    of_places = any(split(row.record.get("clause_ids")) for _, _, row in pack)
    return of_places or any(not is_blank(row.get("clause_id")) for row in pack.indicators)


_MILESTONE = re.compile(r"(\d{4})=(-?\d{1,15}(?:\.\d{1,9})?)", re.ASCII)


def milestones(path: object) -> dict[int, float] | None:
    """Return what a plan declares for the years between baseline and target.

    Parameters
    ----------
    path
        Text such as ``2022=4;2024=7``; blank for nothing declared.

    Returns
    -------
    dict or None
        Values by year; None if the text is of another form.

    Examples
    --------
    >>> milestones("2022=4;2024=7.5")
    {2022: 4.0, 2024: 7.5}
    >>> milestones("soon") is None
    True
    """
    found = [_MILESTONE.fullmatch(part) for part in split(path)]
    whole = [match for match in found if match]
    if len(whole) != len(found):
        return None
    return {int(match[1]): float(match[2]) for match in whole}


def _check_indicators(pack: PackRows, where: str) -> list[Problem]:
    problems: list[Problem] = []
    for indicator in pack.indicators:
        fault = _at(problems, where, indicator)
        for value in _unknown([indicator.get("clause_id")], pack.tasks):
            fault("clause_id", "pack.no_task", value=value)
        if milestones(indicator.get("path")) is None:
            fault("path", "pack.path")
    return problems


def _check_history(pack: PackRows, folder: str) -> list[Problem]:
    """List what observations, events and relations cite and is not there."""
    problems: list[Problem] = []
    unread = f"{folder}/indicators.csv" in pack.unread
    numbers = None if unread else {row.get("no") for row in pack.indicators}
    tables: tuple[tuple[str, Sequence[Record], str], ...] = (
        ("observations", pack.observations, "no"),
        ("events", pack.events, ""),
        ("relations", pack.relations, "indicator"),
    )
    for name, rows, number in tables:
        for row in rows:
            fault = _at(problems, f"{folder}/{name}.csv", row)
            _check_past(pack, row, _HAPPENED, fault)
            given = {key: row[key] for key in _CITED if not is_blank(row.get(key))}
            for value in _unknown([given.get("task_id")], _or_none(pack.tasks)):
                fault("task_id", "pack.no_task", value=value)
            for value in _unknown([given.get("place_id")], _or_none(pack.place_ids)):
                fault("place_id", "pack.no_place", value=value)
            no = row.get(number) if number else None
            for value in _unknown([no], _or_none(numbers)):
                fault(number, "pack.no_indicator", value=value)
            if name == "events" and not given:
                fault("task_id", "pack.event_of_nothing")
            if name == "relations" and len(given) + (not is_blank(no)) != 2:
                fault("task_id", "pack.relation_of_two")
    return problems


_CITED = ("task_id", "place_id")
_HAPPENED = ("as_of", "stated_on", "year", "happened_on")
"""Columns of observations and events that tell of what has been."""


def _or_none(known: Collection[object] | None) -> Collection[object] | None:
    """Return what may be cited: a blank cell cites nothing."""
    return None if known is None else {None, *known}


def _check_gaps(pack: PackRows, where: str) -> list[Problem]:
    problems: list[Problem] = []
    for gap in pack.gaps:
        fault = _at(problems, where, gap)
        for value in _unknown([gap.get("layer")], pack.places):
            fault("layer", "pack.no_places_layer", value=value)
        for value in _unknown([gap.get("clause_id")], pack.tasks):
            fault("clause_id", "pack.no_task", value=value)
        for field, count in _GAP_LISTS:
            members = split(gap.get(field))
            for value in _unknown(members, pack.place_ids):
                fault(field, "pack.no_place", value=value)
            if len(members) != gap.get(count):
                fault(count, "pack.gap_count", n=len(members), field_name=field)
    return problems


def _check_aliases(pack: PackRows, where: str) -> list[Problem]:
    targets: Mapping[str, Collection[object] | None] = {
        "": pack.place_ids,
        "layer": pack.layers,
        "district": pack.adcodes,
        "half": pack.halves,
        **FILTER_VALUES,
    }
    problems: list[Problem] = []
    for alias in pack.aliases:
        target = alias.get("target")
        if not isinstance(target, str):
            continue  # a blank one has been told of
        kind, _, name = target.rpartition(":")
        if _unknown([name], targets.get(kind, ())):
            fault = _at(problems, where, alias)
            fault("target", "pack.no_target", value=printable(target))
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
            fault("university_id", "pack.no_university", value=value)
        for value in _unknown([link.get("place_id")], pack.place_ids):
            fault("place_id", "pack.no_place", value=value)
        key = tuple(
            link.get(name) for name in ("university_id", "university_zh", "place_id", "relation")
        )
        if key in seen:
            fault("place_id", "pack.link_twice")
        seen.add(key)
    return problems


def _check_node_links(pack: PackRows, where: str) -> list[Problem]:
    problems: list[Problem] = []
    seen: set[tuple[object, ...]] = set()
    for link in pack.node_links:
        fault = _at(problems, where, link)
        for field in ("from_id", "to_id"):
            for value in _unknown([link.get(field)], pack.place_ids):
                fault(field, "pack.no_place", value=value)
        tasks = [] if is_blank(link.get("clause_id")) else [link.get("clause_id")]
        for value in _unknown(tasks, pack.tasks):
            fault("clause_id", "pack.no_task", value=value)
        if not tasks and is_blank(link.get("source")):
            fault("source", "value.blank")
        key = (*sorted((str(link.get("from_id")), str(link.get("to_id")))), link.get("kind"))
        if key in seen:
            fault("to_id", "pack.link_twice")
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
    found = [
        *_check_ids(pack),
        *_check_places(pack),
        *_check_circles(pack),
        *_check_sites(pack),
        *outline_problems(pack),
        *_check_dates(pack),
        *_check_halves(pack),
        *plan_problems(pack, plan_folder),
        *_check_aliases(pack, "aliases.csv"),
        *_check_links(pack, "park_links.csv"),
        *_check_node_links(pack, "node_links.csv"),
    ]
    return _gathered(found, plan_folder)


_MAY_BE_MISSING = frozenset({"pack.no_district", "pack.no_task", "pack.no_place"})


def _gathered(problems: Sequence[Problem], folder: str) -> list[Problem]:
    """Tell once of a district, a task or a place that is not there, though several rows cite it.

    One row that cites what is not there has a slip of its own; of several it follows.
    """
    citing: dict[tuple[str, Value], dict[tuple[str, str], Problem]] = {}
    for one in problems:
        if one.key in _MAY_BE_MISSING:
            rows = citing.setdefault((one.key, one.values["value"]), {})
            rows.setdefault((one.where, one.row), one)
    often = {cited: list(rows.values()) for cited, rows in citing.items() if len(rows) > 1}
    gone = {str(value) for _, value in often}
    told: dict[Problem, None] = {}
    for one in problems:
        if cited := often.get((one.key, one.values.get("value", ""))):
            told[_missing(cited, folder)] = None
        elif one.key != "pack.no_target" or str(one.values["value"]).split(":")[-1] not in gone:
            told[one] = None
    return list(told)


def _missing(citing: Sequence[Problem], folder: str) -> Problem:
    """Return the problem of what several rows cite, where it should stand."""
    first = citing[0]
    kind, value = first.key.removeprefix("pack.no_"), str(first.values["value"])
    told: dict[str, Value] = {
        "value": value,
        "n": len(citing),
        "file": first.where,
        "at": first.row,
    }
    if kind == "district":
        return Problem("pack.district_missing", _DISTRICTS, value, "id", told)
    if kind == "task":
        return Problem("pack.task_missing", f"{folder}/clauses.csv", value, "id", told)
    return Problem("pack.place_missing", first.where, first.row, first.field, told)


def plan_problems(pack: PackRows, folder: str) -> list[Problem]:
    """List every disagreement within the tables of one plan, and with the places.

    Parameters
    ----------
    pack
        Rows as read, with the tables of that plan.
    folder
        Name of the plan's folder, for the problems.
    """
    return [
        *_check_clauses(pack, f"{folder}/clauses.csv"),
        *_check_indicators(pack, f"{folder}/indicators.csv"),
        *_check_gaps(pack, f"{folder}/gaps.csv"),
        *_check_history(pack, folder),
    ]
