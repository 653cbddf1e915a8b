"""Hand over an answer of the coverage page: areas for a GIS, tables, and what was asked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.base.finding import Finding
from geo.formats.write_geojson import to_geojson
from geo.formats.write_geopackage import Table, to_geopackage
from layers import __version__
from layers.coverage.measure import Asked, Coverage, reached_twice
from layers.coverage.radii import ring_areas, rings
from layers.handover.documents import MANIFEST, sha256, to_csv
from layers.handover.view_export import Package
from layers.language.bilingual import pair
from layers.pack.city import NOTICES, City
from layers.view.state import ViewState, to_query

FORMATS = ("geojson", "gpkg", "csv")
AREA = frozenset({"Polygon", "MultiPolygon"})
POINT = frozenset({"Point"})
Tables = Mapping[str, tuple[pd.DataFrame, frozenset[str]]]


def package(answer: Coverage, fmt: str) -> Package:
    """Return the answer as files.

    Parameters
    ----------
    answer
        What was measured; where it was refused, the manifest alone.
    fmt
        ``geojson`` (EPSG:4326), ``gpkg`` (EPSG:4326, one file) or ``csv`` (the tables).

    Returns
    -------
    Package
        With the parameters on every area and in the manifest; the same answer gives the same
        bytes.
    """
    tables: Tables = {} if answer.area is None else _tables(answer)
    drawn = () if answer.area is None else (answer.distance_doubt,)
    result = {} if answer.units is None else _result(answer)
    return parcel(
        answer.asked.city,
        answer.asked.state,
        "coverage",
        fmt,
        tables,
        asked=parameters(answer.asked),
        result=result,
        findings=(answer.resolution, *answer.findings, *drawn),
    )


def _result(answer: Coverage) -> dict[str, Any]:
    assert answer.units is not None
    doubted = answer.distance_doubt
    worst = {"mean_m": doubted.value, "low_m": doubted.low, "high_m": doubted.high}
    return {"units": records(answer.units), "worst_tenth": worst}


def parameters(asked: Asked) -> dict[str, Any]:
    """Return what was asked: the radius, how it came about, and what entered."""
    return {
        "radius_m": asked.radius_m,
        "radius_from": asked.reach.label,
        **asked.reach.parameters,
        "sites_from": asked.kinds,
        "within_reach_of_sites": list(asked.targets),
        "sites": len(asked.mapped),
        "sites_unmapped": len(asked.sites) - len(asked.mapped),
    }


def _tables(answer: Coverage) -> Tables:
    assert answer.gaps is not None and answer.units is not None
    assert answer.overlap is not None and answer.distances is not None
    asked = answer.asked
    given: dict[str, Any] = {"radius_m": asked.radius_m, "data_date": asked.city.data_date}
    uncovered = answer.gaps.assign(**given)
    uncovered.index = pd.Index([f"gap-{rank}" for rank in uncovered.index], name="id")
    sites = asked.mapped[["kind", "name_zh", "name_en", "uncertainty_m", "geometry"]]
    sites = sites.assign(**given, sole_km2=answer.overlap.losses["sole_km2"])
    tables = {
        "reach": (ring_areas(answer).assign(data_date=asked.city.data_date), AREA),
        "reached_twice": (_twice(answer).assign(**given), AREA),
        "uncovered": (uncovered, AREA),
        "sites": (sites.rename_axis("id"), POINT),
        "units": (answer.units.rename_axis("unit"), frozenset()),
        "radii": (rings(answer).table.set_index(["kind", "radius_m"]), frozenset()),
        "overlap": (answer.overlap.bands, frozenset()),
        "distances": (answer.distances.units, frozenset()),
    }
    targets = _targets(answer)
    return {**tables, "targets": (targets, frozenset())} if len(targets) else tables


def _twice(answer: Coverage) -> gpd.GeoDataFrame:
    area = reached_twice(answer.asked)
    index = pd.Index(["reached-twice"], name="id")
    rows = {"area_km2": [area.area / 1e6], "least_places": [2]}
    found = gpd.GeoDataFrame(rows, index=index, geometry=[area], crs=answer.asked.sites.crs)
    return found[~found.geometry.is_empty]


def _targets(answer: Coverage) -> pd.DataFrame:
    """Return every place that should be within reach and whether it is, by layer."""
    names = ["kind", "name_zh", "name_en"]
    parts = [
        row.found.points.join(answer.asked.targets[kind][names])
        for kind, row in answer.served.items()
        if row.found is not None
    ]
    return pd.concat(parts).rename_axis("id") if parts else pd.DataFrame()


def parcel(
    city: City,
    state: ViewState,
    name: str,
    fmt: str,
    tables: Tables,
    *,
    asked: Mapping[str, Any],
    result: Mapping[str, Any],
    findings: Iterable[Finding],
    extra: Mapping[str, bytes] | None = None,
) -> Package:
    """Return tables and areas as files, with a manifest of what was asked and what to know.

    Parameters
    ----------
    city, state
        What the answer is of; the state's address is kept.
    name
        Stem of the files.
    fmt
        One of ``FORMATS``.
    tables
        By name a frame with a named index and the geometry types it may hold; none for a table.
    asked, result
        Parameters and values for the manifest.
    findings
        Whose methods and caveats go along.
    extra
        Further files by name.
    """
    files = {**_files(city, name, fmt, tables), **(extra or {})}
    files[MANIFEST] = _manifest(city, state, asked, result, findings, files)
    stem = f"{city.id}_{city.data_date}_{name}_{fmt}"
    return Package(stem, date.fromisoformat(city.data_date), MappingProxyType(files))


def _files(city: City, name: str, fmt: str, tables: Tables) -> dict[str, bytes]:
    shaped = {n: gpd.GeoDataFrame(f).to_crs(4326) for n, (f, kinds) in tables.items() if kinds}
    if fmt == "gpkg" and shaped:
        layers = [Table(n, frame, tables[n][1]) for n, frame in shaped.items()]
        data = to_geopackage(layers, stamp=date.fromisoformat(city.data_date))
        files = {f"{name}.gpkg": data}
    elif fmt == "geojson":
        files = {f"{n}.geojson": to_geojson(frame) for n, frame in shaped.items()}
    else:
        files = {f"{n}.csv": _csv(frame.drop(columns="geometry")) for n, frame in shaped.items()}
    plain = {n: frame for n, (frame, kinds) in tables.items() if not kinds}
    return files | {f"{n}.csv": _csv(frame) for n, frame in plain.items()}


def _csv(frame: pd.DataFrame) -> bytes:
    table = pd.DataFrame(frame).reset_index()
    rows = [[_cell(value) for value in row] for row in table.itertuples(index=False)]
    return to_csv([[str(name) for name in table.columns], *rows])


def _cell(value: object) -> str:
    if value is None or value is pd.NA or value != value:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a frame for JSON: the index first, what is missing as null."""
    text = frame.reset_index().to_json(orient="records", force_ascii=False)
    rows: list[dict[str, Any]] = json.loads(text)
    return rows


def _manifest(
    city: City,
    state: ViewState,
    asked: Mapping[str, Any],
    result: Mapping[str, Any],
    findings: Iterable[Finding],
    files: Mapping[str, bytes],
) -> bytes:
    said: list[Finding] = list(findings)
    content = {
        "product": {**pair("app.name")._asdict(), "version": __version__},
        "city": {"id": city.id, **city.name._asdict(), "pack_sha256": city.digest},
        "data_date": city.data_date,
        "address": to_query(state),
        "asked": asked,
        "result": result,
        "methods": [_method(finding) for finding in said],
        "caveats": _caveats(said),
        "terms": {name: city.notices[name]._asdict() for name in NOTICES if name in city.notices},
        "files": [
            {"name": name, "bytes": len(data), "sha256": sha256(data)}
            for name, data in files.items()
        ],
    }
    return (json.dumps(content, ensure_ascii=False, indent=2, default=str) + "\n").encode()


def _method(finding: Finding) -> dict[str, Any]:
    plain = {key: None if value != value else value for key, value in finding.parameters.items()}
    return {
        "method": finding.method,
        **pair(finding.method)._asdict(),
        "value": None if finding.value != finding.value else finding.value,
        "unit": finding.unit,
        "n": finding.n,
        "parameters": plain,
    }


def _caveats(findings: Sequence[Finding]) -> list[dict[str, str]]:
    told = {
        key: pair(key, **finding.parameters)._asdict()
        for finding in findings
        for key in finding.caveats
    }
    return [dict(words) for words in told.values()]
