"""Change the sites in thought: add, move or close some, and see what becomes of the coverage."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import Point
from shapely.geometry.base import BaseGeometry

from geo.base.draws import LEAST_DRAWS, SEED
from geo.base.errors import DataError, ParameterError, Problem
from geo.base.finding import Finding
from geo.base.points import located
from geo.base.schema import Field, Schema
from geo.base.validation import (
    MOST_WHOLE,
    Record,
    is_blank,
    printable,
    row_name,
    schema_problems,
)
from geo.coverage.gaps import distances
from geo.coverage.service_area import CITY, ServiceArea, reached, service_area, shares
from geo.coverage.simulation import OF_DRAWS, Simulation, change, simulate
from geo.formats.read_geojson import WGS84, decode_json, features_of
from geo.formats.write_geojson import MOST_DIGITS, to_geojson

Action = Literal["add", "move", "close"]
ACTIONS: tuple[Action, ...] = ("add", "move", "close")
COUNTED: Mapping[str, Action] = MappingProxyType(
    {"added": "add", "moved": "move", "closed": "close"}
)
SPOTS_M = 1000.0
"""Distance between the spots at which the way to the nearest site is measured."""
NEW = re.compile(r"new-[1-9]\d{0,3}", re.ASCII)
"""Ids of added sites: they can never be taken for a place of the pack."""
MOST_EDITS = 500
MOST_BYTES = 1_000_000
MOST_NAME = 80
MEMBER = "atlas_scenario"
"""Foreign member of the GeoJSON file (RFC 7946, section 6.1) with what is not of one site."""
VERSION = 1
PRESENT = ""
"""Name of the row that holds the present sites."""
SCHEMA = Schema(
    fields=(
        Field("id", required=True),
        Field("action", required=True, allowed=frozenset(ACTIONS)),
        Field("kind"),
        Field("name"),
    ),
    geometry=frozenset({"Point"}),
    geometry_required=False,
)


@dataclass(frozen=True)
class Edit:
    """One change to one site.

    Parameters
    ----------
    action
        ``add``, ``move`` or ``close``.
    id
        Id of the pack's place, or ``new-<number>`` for an added site.
    lon, lat
        Where it is to stand, degrees in WGS 84; None where it closes.
    kind
        Layer that an added site belongs to; empty for a place of the pack.
    name
        What an added site is called; may be empty.
    """

    action: Action
    id: str
    lon: float | None = None
    lat: float | None = None
    kind: str = ""
    name: str = ""

    @property
    def point(self) -> Point | None:
        """Where the site is to stand, degrees; None where it closes."""
        return None if self.lon is None or self.lat is None else Point(self.lon, self.lat)


@dataclass(frozen=True)
class Scenario:
    """A named list of changes, at most one per site; never part of the pack's facts."""

    name: str
    edits: tuple[Edit, ...] = ()

    def added(self, lon: float, lat: float, *, kind: str, name: str = "") -> Scenario:
        """Return the scenario with one more site.

        Parameters
        ----------
        lon, lat
            Where it is to stand, degrees in WGS 84; kept to seven decimals.
        kind
            Id of the layer that it belongs to.
        name
            What it is called; may be empty.

        Returns
        -------
        Scenario
            The new site is the last change; its id is the first of ``new-1``, ``new-2`` … that is
            free.

        Raises
        ------
        ParameterError
            The scenario holds ``MOST_EDITS`` changes already, or the position is none on the globe.

        Examples
        --------
        >>> Scenario("ring").added(117.2, 39.1, kind="platform").edits[0].id
        'new-1'
        """
        if len(self.edits) >= MOST_EDITS:
            problem = Problem("scenario.full", "scenario", most=MOST_EDITS)
            raise ParameterError("scenario.full", [problem])
        used = {edit.id for edit in self.edits}
        id_ = next(f"new-{n}" for n in range(1, MOST_EDITS + 2) if f"new-{n}" not in used)
        return self._with(Edit("add", id_, *_degrees(lon, lat), kind=kind, name=name))

    def moved(self, id_: str, lon: float, lat: float) -> Scenario:
        """Return the scenario with a site elsewhere.

        Parameters
        ----------
        id_
            Of a place of the pack, or of an added site, which simply stands there instead. Whether
            there is such a place is asked by :func:`apply`.
        lon, lat
            Where it is to stand, degrees in WGS 84; kept to seven decimals.

        Returns
        -------
        Scenario
            A change to the same site is replaced, in its place.

        Raises
        ------
        ParameterError
            The position is none on the globe.
        """
        old = self.edit(id_)
        if old is not None and old.action == "add":
            at = _degrees(lon, lat)
            return self._with(replace(old, lon=at[0], lat=at[1]))
        return self._with(Edit("move", id_, *_degrees(lon, lat)))

    def closed(self, id_: str) -> Scenario:
        """Return the scenario without a site.

        Parameters
        ----------
        id_
            Of a place of the pack, or of an added site, which is taken back. Whether there is such
            a place is asked by :func:`apply`.

        Returns
        -------
        Scenario
            A change to the same site is replaced, in its place.
        """
        old = self.edit(id_)
        if old is not None and old.action == "add":
            return self.restored(id_)
        return self._with(Edit("close", id_))

    def restored(self, id_: str) -> Scenario:
        """Return the scenario without any change to a site.

        Parameters
        ----------
        id_
            Of the site. One that is not changed leaves the scenario as it is.

        Returns
        -------
        Scenario
            The other changes, in their order.
        """
        return replace(self, edits=tuple(edit for edit in self.edits if edit.id != id_))

    def edit(self, id_: str) -> Edit | None:
        """Return the change to a site.

        Parameters
        ----------
        id_
            Of the site.

        Returns
        -------
        Edit or None
            None if nothing is changed about it.
        """
        return next((edit for edit in self.edits if edit.id == id_), None)

    def _with(self, edit: Edit) -> Scenario:
        if edit.id in {old.id for old in self.edits}:
            edits = tuple(edit if old.id == edit.id else old for old in self.edits)
        else:
            edits = (*self.edits, edit)
        return replace(self, edits=edits)


def _degrees(lon: float, lat: float) -> tuple[float, float]:
    """Return a position as a file keeps it; raise ParameterError unless it is one."""
    if not (math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90):
        problem = Problem("scenario.position", "lon, lat", lon=str(lon), lat=str(lat))
        raise ParameterError("input.number", [problem])
    return round(float(lon), MOST_DIGITS), round(float(lat), MOST_DIGITS)


def _site_problems(scenario: Scenario, sites: gpd.GeoDataFrame, where: str) -> list[Problem]:
    """List the changes that do not fit the sites."""
    known = set(sites.index.astype(str))
    problems = []
    for edit in scenario.edits:
        name = printable(edit.id)
        if edit.action != "add" and edit.id not in known:
            problems.append(Problem("scenario.no_site", where, name, "id"))
        if edit.action == "add" and edit.id in known:
            problems.append(Problem("scenario.is_site", where, name, "id"))
    return problems


def apply(sites: gpd.GeoDataFrame, scenario: Scenario) -> gpd.GeoDataFrame:
    """Return the sites as the scenario has them.

    Parameters
    ----------
    sites
        Points in a CRS in metres, indexed by id; not changed.
    scenario
        Changes to them.

    Returns
    -------
    GeoDataFrame
        The sites that stay, in their order, then the added ones; column ``origin`` is ``pack``,
        ``moved`` or ``added``. A moved or added site stands where it is meant to: its
        ``uncertainty_m`` is 0. The other columns of an added site are blank but ``kind`` and
        ``name``.

    Raises
    ------
    CrsError
        The CRS is not metric.
    DataError
        The sites are not points, or a change is to a site that is not there.

    Examples
    --------
    >>> points = [Point(500_000, 4_300_000), Point(501_000, 4_300_000)]
    >>> sites = gpd.GeoDataFrame(index=["a", "b"], geometry=points, crs=4548)
    >>> apply(sites, Scenario("without a").closed("a")).index.tolist()
    ['b']
    """
    located(sites, argument="sites")
    problems = _site_problems(scenario, sites, "scenario")
    if problems:
        raise DataError("scenario.sites", problems)
    # Start from what stays, then put moved and added sites where they are meant to stand.
    away = {edit.id for edit in scenario.edits if edit.action == "close"}
    kept = sites[~sites.index.isin(away)].assign(origin="pack")
    placed = [edit for edit in scenario.edits if edit.action != "close"]
    points = gpd.GeoSeries([edit.point for edit in placed], crs=WGS84).to_crs(sites.crs)
    added = []
    for edit, point in zip(placed, points, strict=True):
        if edit.action == "move":
            kept.loc[edit.id, ["origin", "uncertainty_m"]] = ["moved", 0.0]
            kept.loc[[edit.id], kept.geometry.name] = gpd.GeoSeries([point], [edit.id], sites.crs)
        else:
            row = {"kind": edit.kind, "name": edit.name, "origin": "added", "uncertainty_m": 0.0}
            added.append({"id": edit.id, **row, kept.geometry.name: point})
    if not added:
        return kept
    more = gpd.GeoDataFrame(added, geometry=kept.geometry.name, crs=sites.crs).set_index("id")
    return gpd.GeoDataFrame(pd.concat([kept, more]), geometry=kept.geometry.name, crs=sites.crs)


def to_file(scenario: Scenario) -> bytes:
    """Return the scenario as GeoJSON that :func:`from_file` reads back equal.

    Parameters
    ----------
    scenario
        With positions to seven decimals of a degree, as the methods of :class:`Scenario` keep them.

    Returns
    -------
    bytes
        A FeatureCollection in WGS 84 (RFC 7946), UTF-8.

    Notes
    -----
    One feature per change, without geometry where a site closes; the name stands in a foreign
    member. The order of the changes is kept in ``order``.

    Examples
    --------
    >>> plan = Scenario("ring").added(117.2, 39.1, kind="platform").closed("park-1")
    >>> from_file(to_file(plan)) == plan
    True
    """
    edits = sorted(scenario.edits, key=lambda edit: edit.id)
    frame = gpd.GeoDataFrame(
        {
            "action": pd.Series([edit.action for edit in edits], dtype=object),
            "kind": pd.Series([edit.kind or None for edit in edits], dtype=object),
            "name": pd.Series([edit.name or None for edit in edits], dtype=object),
        },
        geometry=[edit.point for edit in edits],
        crs=WGS84,
    )
    frame.index = pd.Index([edit.id for edit in edits], dtype=object, name="id")
    order = [edit.id for edit in scenario.edits]
    head = {"version": VERSION, "name": scenario.name, "order": order}
    member = json.dumps({MEMBER: head}, ensure_ascii=False, separators=(",", ":"))[1:-1]
    start = b'{"type":"FeatureCollection",'
    return start + member.encode() + b"," + to_geojson(frame).removeprefix(start)


class Loaded(NamedTuple):
    """A scenario as read from a file, and what the file had lost on its way."""

    scenario: Scenario
    bare: bool
    """Whether the member ``atlas_scenario`` is gone, as after a GIS has saved the file: the name is
    then that of the layer or of the file, and the changes stand in the order of the rows."""
    left: tuple[str, ...] = ()
    """Columns that no scenario has, such as the ``fid`` of a GIS: they are not kept."""
    heights: int = 0
    """Positions with a height, which is not kept."""
    renamed: tuple[str, ...] = ()
    """Added sites that the file numbers as a GIS does, with what they are called instead."""


def from_file(
    data: bytes,
    *,
    sites: gpd.GeoDataFrame | None = None,
    kinds: Collection[str] | None = None,
    bbox: tuple[float, float, float, float] | None = None,
    name: str = "",
) -> Scenario:
    """Read a scenario from the bytes of a file.

    Parameters
    ----------
    data, sites, kinds, bbox, name
        As in :func:`load`.

    Returns
    -------
    Scenario
        Equal to the one that was written.

    Raises
    ------
    DataError
        With everything that is wrong in the file.
    """
    return load(data, sites=sites, kinds=kinds, bbox=bbox, name=name).scenario


def load(
    data: bytes,
    *,
    sites: gpd.GeoDataFrame | None = None,
    kinds: Collection[str] | None = None,
    bbox: tuple[float, float, float, float] | None = None,
    name: str = "",
) -> Loaded:
    """Read a scenario from the bytes of a file, with what the file had lost.

    Parameters
    ----------
    data
        What :func:`to_file` wrote, or what somebody made of it.
    sites
        The present sites: changes must be to them. None leaves that to :func:`apply`.
    kinds
        Ids of the layers that a site may belong to; None for any.
    bbox
        West, south, east, north in degrees, within which every site must stand; None for anywhere.
    name
        What the scenario is called if the file does not say.

    Returns
    -------
    Loaded
        The scenario equal to the one that was written.

    Raises
    ------
    DataError
        With everything that is wrong in the file.
    """
    where = "scenario"
    # Bounds first: a hostile file is not parsed, or not looked into, if it is too large.
    if len(data) > MOST_BYTES:
        problem = Problem("scenario.too_large", where, n=len(data), most=MOST_BYTES)
        raise DataError("scenario.file", [problem])
    root, problems = decode_json(data, where=where)
    features, faults = ([], []) if problems else features_of(root, where=where)
    problems += faults
    if len(features) > MOST_EDITS:
        problem = Problem("scenario.too_many", where, n=len(features), most=MOST_EDITS)
        raise DataError("scenario.file", [*problems, problem])
    numbered = [_text_of((feature["properties"] or {}).get("id")) for feature in features]
    features = [_as_written(feature) for feature in features]
    told = [feature["properties"] or {} for feature in features]
    records = [{name: one[name] for name in SCHEMA.names if name in one} for one in told]
    left = tuple(dict.fromkeys(name for one in told for name in one if name not in SCHEMA.names))
    # A GIS drops foreign members: what can be put together again is.
    bare = isinstance(root, Mapping) and MEMBER not in root and _has_changes(root)
    head = _own_head(root, records, name) if bare else root
    called = {str(was): str(one.get("id")) for was, one in zip(numbered, records, strict=True)
              if isinstance(was, str) and was != one.get("id")}  # fmt: skip
    # Everything that is wrong is said at once: columns, then each feature, then the whole.
    # Of what is no JSON nothing else can be said.
    name, order, faults = ("", [], []) if root is None else _head(head, where)
    order = [called.get(id_, id_) for id_ in order]
    problems += faults + schema_problems(records, SCHEMA, where=where)
    for number, feature in enumerate(features, start=1):
        problems += _feature_problems(feature, number, where)
        problems += _place_problems(feature, number, where, kinds, bbox)
    if not problems:
        ids = [record["id"] for record in records]
        if sorted(order) != sorted(ids):
            problems.append(Problem("scenario.order", where, field=f"{MEMBER}.order"))
    scenario = Scenario(name, ()) if problems else _scenario(name, order, features)
    if sites is not None:
        problems += _site_problems(scenario, sites, where)
    if problems:
        raise DataError("scenario.file", problems)
    heights = sum(
        len((feature["geometry"] or {}).get("coordinates", ())) > 2 for feature in features
    )
    renamed = tuple(f"{was} → {now}" for was, now in called.items())
    return Loaded(scenario, bare, left, heights, renamed)


def _as_written(feature: dict[str, Any]) -> dict[str, Any]:
    """Return a feature as this page would have written it.

    A GIS makes several points of one, numbers of texts, and gives what is drawn there a number.
    """
    shape, record = feature["geometry"], feature["properties"]
    if shape is not None and shape["type"] == "MultiPoint" and len(shape["coordinates"]) == 1:
        shape = {"type": "Point", "coordinates": shape["coordinates"][0]}
    if record is not None:
        texts = {name: _text_of(record[name]) for name in SCHEMA.names if name in record}
        if texts.get("action") == "add" and re.fullmatch(r"[1-9]\d{0,3}", str(texts.get("id"))):
            texts["id"] = f"new-{texts['id']}"
        record = {**record, **texts}
    return {**feature, "geometry": shape, "properties": record}


def _text_of(value: Any) -> Any:
    """Return a whole number as the text that it stands for; all else as it is."""
    is_whole = isinstance(value, int | float) and not isinstance(value, bool) and value % 1 == 0
    return str(int(value)) if is_whole and abs(value) < MOST_WHOLE else value


def _has_changes(root: Mapping[str, Any]) -> bool:
    """Tell whether the rows of a file are changes, whatever is wrong with them or with the file."""
    rows = root.get("features")
    if not isinstance(rows, list):
        return False
    told = (row.get("properties") for row in rows if isinstance(row, Mapping))
    return any(isinstance(properties, Mapping) and "action" in properties for properties in told)


def _own_head(root: Mapping[str, Any], records: Sequence[Record], name: str) -> dict[str, Any]:
    """Put together the member that a GIS has dropped; it keeps the layer's name where it can."""
    names = (root.get("name"), "".join(sign for sign in name if sign.isprintable())[:MOST_NAME])
    called = next((n for n in names if _is_label(n) and str(n).strip()), "scenario")
    order = [record["id"] for record in records if isinstance(record.get("id"), str)]
    return {MEMBER: {"version": VERSION, "name": called, "order": order}}


def _head(root: object, where: str) -> tuple[str, list[str], list[Problem]]:
    head = root.get(MEMBER) if isinstance(root, Mapping) else None
    if not isinstance(head, Mapping):
        return "", [], [Problem("scenario.none", where, field=MEMBER)]
    problems = []
    if head.get("version") != VERSION or isinstance(head.get("version"), bool):
        problem = Problem("scenario.version", where, field=f"{MEMBER}.version", version=VERSION)
        problems.append(problem)
    name = head.get("name")
    if not _is_label(name) or not str(name).strip():
        problems.append(Problem("scenario.name", where, field=f"{MEMBER}.name", most=MOST_NAME))
        name = ""
    order = head.get("order")
    if not isinstance(order, list) or not all(isinstance(id_, str) for id_ in order):
        problems.append(Problem("scenario.order_list", where, field=f"{MEMBER}.order"))
        order = []
    return str(name), [str(id_) for id_ in order], problems


def _is_label(value: object) -> bool:
    return isinstance(value, str) and len(value) <= MOST_NAME and value.isprintable()


def _feature_problems(feature: Mapping[str, Any], number: int, where: str) -> list[Problem]:
    record = feature["properties"] or {}
    action, id_, shape = record.get("action"), record.get("id"), feature["geometry"]
    row = printable(id_) if isinstance(id_, str) and id_ else f"#{number}"
    problems = []
    if action == "close" and shape is not None:
        problems.append(Problem("scenario.closed_position", where, row, "geometry"))
    if action in ("add", "move") and (shape is None or shape["type"] != "Point"):
        problems.append(Problem("scenario.not_a_point", where, row, "geometry"))
    if isinstance(id_, str) and action == "add" and not NEW.fullmatch(id_):
        problems.append(Problem("scenario.new_id", where, row, "id"))
    if isinstance(id_, str) and action in ("move", "close") and NEW.fullmatch(id_):
        problems.append(Problem("scenario.new_changed", where, row, "id"))
    problems += [
        Problem("scenario.label", where, row, field, most=MOST_NAME)
        for field in ("kind", "name")
        if record.get(field) is not None and not _is_label(record[field])
    ]
    return problems


def _place_problems(
    feature: Mapping[str, Any],
    number: int,
    where: str,
    kinds: Collection[str] | None,
    bbox: tuple[float, float, float, float] | None,
) -> list[Problem]:
    """List what does not fit the city: a layer that it has not, a position beyond it."""
    record, shape = feature["properties"] or {}, feature["geometry"]
    kind, row, problems = record.get("kind"), row_name(record, number), []
    if kinds is not None and record.get("action") == "add" and is_blank(kind):
        problems.append(Problem("value.blank", where, row, "kind"))
    if kinds is not None and isinstance(kind, str) and kind.strip() and kind not in kinds:
        known, name = tuple(kinds), printable(kind)
        problems.append(Problem("scenario.layer", where, row, "kind", kind=name, known=known))
    if bbox is not None and shape is not None and shape["type"] == "Point":
        lon, lat = shape["coordinates"][:2]
        if not within(lon, lat, bbox):
            sides = ", ".join(map(str, bbox))
            at = {"lon": f"{lon:.5g}", "lat": f"{lat:.5g}", "bbox": sides}
            problems.append(Problem("scenario.outside", where, row, "geometry", at))
    return problems


def within(lon: float, lat: float, bbox: tuple[float, float, float, float]) -> bool:
    """Tell whether a position lies in a box.

    Parameters
    ----------
    lon, lat
        Degrees in WGS 84.
    bbox
        West, south, east, north in degrees; its rim is inside. It does not cross the antimeridian.

    Returns
    -------
    bool
        False for NaN.
    """
    west, south, east, north = bbox
    return west <= lon <= east and south <= lat <= north


def _scenario(name: str, order: list[str], features: list[dict[str, Any]]) -> Scenario:
    edits = {}
    for feature in features:
        record, shape = feature["properties"], feature["geometry"]
        lon, lat = (None, None) if shape is None else _degrees(*shape["coordinates"][:2])
        kind, label = record.get("kind") or "", record.get("name") or ""
        edits[record["id"]] = Edit(record["action"], record["id"], lon, lat, kind, label)
    return Scenario(name, tuple(edits[id_] for id_ in order))


@dataclass(frozen=True, eq=False, kw_only=True)
class Comparison(Finding):
    """Scenarios beside the present; ``value`` is the covered share of the present, 0 to 1."""

    table: pd.DataFrame
    """By scenario, the present first under ``PRESENT``: ``n_sites``, ``added``, ``moved``,
    ``closed``; ``covered_km2``, ``covered_share``, ``change`` of the share with ``low`` and
    ``high`` (NaN without draws); ``least_share``, of the least covered district; ``worst_m``, the
    mean distance of the worst-served tenth; ``points_reached`` (NaN without points)."""
    units: pd.DataFrame
    """By scenario and unit: ``level``; the columns of :func:`geo.coverage.simulation.change`, of
    which without draws those that rest on them are NaN."""
    areas: Mapping[str, BaseGeometry]
    """By scenario, the present too: what its sites cover of the districts, as drawn."""


def compare(
    sites: gpd.GeoDataFrame,
    scenarios: Sequence[Scenario],
    districts: gpd.GeoDataFrame,
    *,
    radius_m: float | Mapping[str, float],
    group: pd.Series | None = None,
    points: gpd.GeoDataFrame | None = None,
    draws: int = LEAST_DRAWS,
    seed: int = SEED,
) -> Comparison:
    """Put scenarios beside the present: what each changes for the city, its parts, its districts.

    Parameters
    ----------
    sites
        Present sites, points in a CRS in metres with ``uncertainty_m``, indexed by id.
    scenarios
        With names that differ and are not empty.
    districts
        Valid polygons in the same CRS, indexed by id, that do not overlap.
    radius_m
        Straight-line radius in metres, one for all or one for each ``kind``.
    group
        The part of the city that each district belongs to, by id.
    points
        What is to be served, to count how many are reached.
    draws
        Draws of the locations for the interval of the change, 0 for none (while dragging).
    seed
        Seed of the draws.

    Returns
    -------
    Comparison
        A site that is in both makes the same moves in every draw, so that the interval of a
        change holds only what was changed.

    Raises
    ------
    CrsError, DataError, ParameterError
        As :func:`apply` and :func:`geo.coverage.simulation.simulate`; names that are not unique.

    Examples
    --------
    >>> site = gpd.GeoDataFrame(index=["a"], geometry=[Point(500, 500)], crs=4548)
    >>> town = gpd.GeoDataFrame(index=["t"], geometry=[Point(500, 500).buffer(300)], crs=4548)
    >>> found = compare(site, [Scenario("none").closed("a")], town, radius_m=900, draws=0)
    >>> found.table["covered_share"].round(6).to_dict()
    {'': 1.0, 'none': 0.0}
    """
    names = [scenario.name for scenario in scenarios]
    if len(set(names)) < len(names) or PRESENT in names:
        problem = Problem("scenario.names", "scenarios")
        raise ParameterError("scenario.names", [problem])
    # The present is a scenario without changes, so that it goes the same way as the others.
    states = [_state(sites, s, radius_m) for s in (Scenario(PRESENT), *scenarios)]
    areas = [service_area(s.sites, radius_m=s.radius_m, within=districts) for s in states]
    tables = [
        _shares(state, area, districts, group, draws, seed)
        for state, area in zip(states, areas, strict=True)
    ]
    changes = [_change(tables[0], table) for table in tables]
    rows = {
        state.scenario.name: _row(state, change, districts, points)
        for state, change in zip(states, changes, strict=True)
    }
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("scenario")
    return Comparison(
        value=float(table["covered_share"].iloc[0]),
        unit="",
        n=len(scenarios),
        method="scenario.compare",
        parameters={"draws": draws, "seed": seed, "n_scenarios": len(scenarios)},
        caveats=(
            "scenario.not_facts",
            "scenario.exact_as_drawn",
            "coverage.straight_line",
            *(("uncertainty.not_confidence",) if draws else ()),
        ),
        table=table,
        units=pd.concat(dict(zip(rows, changes, strict=True)), names=["scenario", "unit"]),
        areas={name: area.geometry for name, area in zip(rows, areas, strict=True)},
    )


class _State(NamedTuple):
    scenario: Scenario
    sites: gpd.GeoDataFrame
    radius_m: pd.Series


def _state(
    sites: gpd.GeoDataFrame, scenario: Scenario, radius_m: float | Mapping[str, float]
) -> _State:
    changed = apply(sites, scenario)
    if isinstance(radius_m, Mapping):
        radius = changed["kind"].map(dict(radius_m)).astype(float)
    else:
        radius = pd.Series(float(radius_m), index=changed.index)
    return _State(scenario, changed, radius)


def _shares(
    state: _State,
    area: ServiceArea,
    districts: gpd.GeoDataFrame,
    group: pd.Series | None,
    draws: int,
    seed: int,
) -> Simulation | pd.DataFrame:
    if draws:
        return simulate(
            state.sites, districts, radius_m=state.radius_m, group=group, draws=draws, seed=seed
        )
    return shares(area, districts, group=group)


def _change(first: Simulation | pd.DataFrame, then: Simulation | pd.DataFrame) -> pd.DataFrame:
    if isinstance(first, Simulation) and isinstance(then, Simulation):
        return change(first, then).assign(level=first.units["level"])
    assert isinstance(first, pd.DataFrame)
    assert isinstance(then, pd.DataFrame)
    before, after = first["covered_share"], then["covered_share"]
    table = {"before": before, "after": after, "change": after - before}
    return pd.DataFrame({**table, **dict.fromkeys(OF_DRAWS, np.nan), "level": first["level"]})


def _row(
    state: _State,
    units: pd.DataFrame,
    districts: gpd.GeoDataFrame,
    points: gpd.GeoDataFrame | None,
) -> dict[str, float]:
    actions = [edit.action for edit in state.scenario.edits]
    columns = ["after", "change", "low", "high"]
    after, moved, low, high = map(float, units.loc[CITY, columns].to_numpy(dtype=np.float64))
    own = units.loc[units["level"] == "district", "after"]
    hit = np.nan
    if points is not None:
        hit = float(reached(points, state.sites, radius_m=state.radius_m)["covered"].sum())
    return {
        "n_sites": len(located(state.sites, argument="sites").frame),
        **{name: actions.count(action) for name, action in COUNTED.items()},
        "covered_km2": after * float(districts.area.sum()) / 1e6,
        "covered_share": after,
        "change": moved,
        "low": low,
        "high": high,
        "least_share": float(own.min()),
        "worst_m": distances(state.sites, districts, spacing_m=SPOTS_M).value,
        "points_reached": hit,
    }
