"""Put the answer of an analysis into files: data, what was asked, methods, caveats, manifest."""

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
from layers.handover.documents import MANIFEST, sha256, to_csv
from layers.handover.package import Package
from layers.language.bilingual import pair
from layers.pack.city import NOTICES, City
from layers.view.state import ViewState, to_query

FORMATS = ("geojson", "gpkg", "csv")


AREA = frozenset({"Polygon", "MultiPolygon"})


POINT = frozenset({"Point"})


Tables = Mapping[str, tuple[pd.DataFrame, frozenset[str]]]


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
