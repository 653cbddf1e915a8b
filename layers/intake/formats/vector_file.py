"""Open the files of a GIS: GeoJSON, KML, GeoPackage, zipped Shapefile."""

from __future__ import annotations

import io
import json
import sqlite3
import struct
import tempfile
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from geo.base.bridge import canonical
from geo.base.errors import CrsError, DataError, Problem, UnfitError
from geo.formats.read_geojson import decode_json
from geo.intake.notation import number
from geo.point_files import wkb
from layers.intake.formats.headings import GIVEN_BACK, datum_of
from layers.intake.formats.markup import local, parsed, unresolved
from layers.intake.formats.table import (
    MOST_FILE_BYTES,
    AskError,
    Observation,
    Option,
    Question,
    Shapes,
    Table,
    texts_table,
    unique_names,
)
from layers.intake.formats.workbook import is_litter, require_modest

MOST_FEATURES: Final = 2_000_000
MOST_LAYERS: Final = 50
_TURN: Final = 100_000
_MOST_TURNS: Final = 2_000
"""Steps of SQLite after which its count is asked whether to go on, and how often it may."""
_KINDS: Final = frozenset(
    {
        *("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"),
        "GeometryCollection",
    }
)
_PARTS: Final = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_DEGREES: Final = "EPSG:4326"


def _declared(said: object, where: str) -> tuple[str | None, Problem | None]:
    """Return a declared system; or why it cannot be used."""
    try:
        return canonical(said, where=where), None
    except CrsError as error:
        return None, error.problems[0]


def shapes_of(places: Sequence[object], said: object, where: str) -> Shapes:
    """Return positions of GeoJSON, one for each feature, in a declared system.

    Parameters
    ----------
    places
        Geometries; None for a feature without one.
    said
        The system; None where it is not known.
    where
        Name of the file.
    """
    crs, refused = (None, None) if said is None else _declared(said, where)
    n = len(places)
    x, y, kind = np.full(n, np.nan), np.full(n, np.nan), np.full(n, wkb.FOREIGN, np.uint8)
    for k, place in enumerate(places):
        if place is None:
            kind[k] = wkb.MISSING
        elif isinstance(place, Mapping):
            kind[k], x[k], y[k] = _position(place)
    return Shapes(x, y, kind, crs, refused)


def _position(place: Mapping[Any, Any]) -> tuple[int, float, float]:
    name, where = place.get("type"), place.get("coordinates")
    if name == "MultiPoint" and isinstance(where, list) and len(where) == 1:
        name, where = "Point", where[0]
    if name != "Point":
        return wkb.FOREIGN, np.nan, np.nan
    if not isinstance(where, list) or len(where) < 2:
        return wkb.EMPTY, np.nan, np.nan
    values = [_number(one) for one in where[:2]]
    if not all(isinstance(v, int | float) and not isinstance(v, bool) for v in values):
        return wkb.EMPTY, np.nan, np.nan
    return wkb.POINT, float(values[0]), float(values[1])


def _number(value: Any) -> Any:
    """Return a number that is written as a text, as some programs write positions."""
    if not isinstance(value, str):
        return value
    told = number(value)
    return value if told is None else told.value


def read_geojson_points(data: bytes, where: str) -> Table:
    """Return the features of a GeoJSON file.

    Parameters
    ----------
    data
        The file: a FeatureCollection, a Feature, or features one a line.
    where
        Its name.

    Returns
    -------
    Table
        Its properties as texts. The system is that of the member ``crs`` if there is one; degrees
        are longitude before latitude.

    Raises
    ------
    DataError
        It is no GeoJSON; every problem is named.
    """
    root, lines, torn = _collection(data, where)
    features = root.get("features")
    if not isinstance(features, list):
        raise DataError("intake.refused", [Problem("geojson.no_features", where)])
    _require_features(features, where)
    records = [feature.get("properties") or {} for feature in features]
    ids = [feature.get("id") for feature in features]
    # The ids of a list that was handed back are the numbers of its rows.
    is_ours = any(set(GIVEN_BACK) <= set(record) for record in records[:1])
    is_named = any(one is not None for one in ids) and not is_ours
    if is_named and not any("id" in record for record in records):
        records = [{"id": one, **record} for one, record in zip(ids, records, strict=True)]
    said, told = _crs_member(root.get("crs"))
    if isinstance(name := root.get("name"), str) and datum_of(name):
        told = (*told, Observation("layer", values={"value": name[:200]}))
    places = [feature.get("geometry") for feature in features]
    if heights := sum(map(_has_height, places)):
        told = (*told, Observation("heights", values={"value": heights}))
    shapes = shapes_of(places, said, where)
    if root.get("crs") is None and _are_metres(shapes):
        shapes = replace(shapes, crs=None)  # RFC 7946 says degrees; the numbers say otherwise
        told = (*told, Observation("metres_undeclared", "likely", {"value": len(features)}))
    if lines is None:
        lines = np.arange(1, len(records) + 1)
    return Table(where, _of_records(records), lines, torn, shapes, found=told)


Collected = tuple[Mapping[str, Any], NDArray[np.int64] | None, NDArray[np.int64]]
"""Features, where they stand one a line their lines, and the lines that are none."""


def _collection(data: bytes, where: str) -> Collected:
    """Return the features of a file as one collection, also those that stand one a line."""
    root, problems = decode_json(data, where=where)
    if problems and data.strip().count(b"\n") and data.lstrip(b" \t\r\n\x1e")[:1] == b"{":
        lines = [line.strip(b" \x1e\r") for line in data.split(b"\n")]
        decoded = {at: decode_json(line, where=where) for at, line in enumerate(lines, 1) if line}
        good = {at: one for at, (one, _) in decoded.items() if _is_feature(one)}
        if len(good) > len(decoded) / 2:
            torn = sorted(set(decoded) - set(good))
            whole = {"type": "FeatureCollection", "features": [*good.values()]}
            return whole, np.array([*good], np.int64), np.array(torn, np.int64)
    if problems:
        raise DataError("intake.refused", problems)
    if isinstance(root, dict) and root.get("type") in _KINDS:
        root = {"type": "Feature", "properties": {}, "geometry": root}
    if isinstance(root, dict) and root.get("type") == "Feature":
        root = {**root, "type": "FeatureCollection", "features": [root]}
    if not isinstance(root, dict) or root.get("type") != "FeatureCollection":
        raise DataError("intake.refused", [Problem("geojson.no_collection", where)])
    return root, None, np.zeros(0, np.int64)


def _is_feature(root: object) -> bool:
    return isinstance(root, dict) and root.get("type") == "Feature"


def _are_metres(shapes: Shapes) -> bool:
    """Tell whether most positions are no degrees."""
    known = shapes.kind == wkb.POINT
    beyond = (np.abs(shapes.x[known]) > 360) | (np.abs(shapes.y[known]) > 360)
    return bool(known.any() and np.mean(beyond) > 0.5)


def _has_height(place: Any) -> bool:
    where = place.get("coordinates") if isinstance(place, Mapping) else None
    return isinstance(where, list) and len(where) > 2 and place["type"] == "Point"


def _require_features(features: Sequence[object], where: str) -> None:
    problems = []
    if len(features) > MOST_FEATURES:
        problems.append(Problem("geojson.too_many", where, n=len(features), most=MOST_FEATURES))
    for at, feature in enumerate(features, start=1):
        if not isinstance(feature, Mapping) or feature.get("type") != "Feature":
            problems.append(Problem("geojson.no_feature", where, f"#{at}"))
        elif not isinstance(feature.get("properties") or {}, Mapping):
            problems.append(Problem("geojson.properties", where, f"#{at}", "properties"))
        elif not _is_shape(feature.get("geometry")):
            known = tuple(sorted(_KINDS))
            problems.append(
                Problem("geojson.geometry_type", where, f"#{at}", "geometry", known=known)
            )
        if len(problems) >= 50:
            break
    if problems:
        raise DataError("intake.refused", problems)


def _is_shape(place: object) -> bool:
    return place is None or (isinstance(place, Mapping) and place.get("type") in _KINDS)


def _crs_member(crs: object) -> tuple[object, tuple[Observation, ...]]:
    """Return what the member of the older GeoJSON says; without it, degrees are meant."""
    if crs is None:
        return _DEGREES, ()
    name = ""
    if isinstance(crs, Mapping) and isinstance(crs.get("properties"), Mapping):
        code = crs["properties"].get("code")  # GeoJSON of 2008: {"type": "EPSG", ... "code": 4548}
        name = str(crs["properties"].get("name", "" if code is None else f"EPSG:{code}"))
    urn = name.upper().replace("URN:OGC:DEF:CRS:", "").replace("::", ":")
    urn = urn.replace(":1.3:", ":").replace("CRS:84", "CRS84")
    return urn or "?", (Observation("crs_member", "certain", {"value": name[:200]}),)


def _of_records(records: Sequence[Mapping[str, Any]]) -> Any:
    raw = list(dict.fromkeys(str(name) for record in records for name in record))
    names = unique_names(raw)
    rows = [[plain(record.get(name)) for name in raw] for record in records]
    if not names:
        import pyarrow as pa

        return pa.table({"#": pa.array(range(1, len(records) + 1))})
    return texts_table(names, rows)


def plain(value: object) -> str:
    """Return a value of JSON as text; lists and objects as JSON.

    Parameters
    ----------
    value
        Any.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int):
        return str(value)
    if isinstance(value, float):
        return repr(value)
    return json.dumps(value, ensure_ascii=False)


def read_kml(data: bytes, where: str) -> Table:
    """Return the placemarks of a KML or KMZ file.

    Parameters
    ----------
    data
        The file.
    where
        Its name.

    Raises
    ------
    UnfitError
        It is no KML, or unpacks to too much.
    """
    if data.startswith(b"PK"):
        members = [m for m in require_modest(data) if m.filename.lower().endswith(".kml")]
        members = [m for m in members if not is_litter(m.filename)]
        if not members:
            raise UnfitError("intake.zip_without_table")
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            data = file.read(members[0])
    root = parsed(data)
    marks = [one for one in root.iter() if local(one) == "Placemark"]
    links = [_link(one) for one in root.iter() if local(one) == "NetworkLink"]
    if not marks and links:
        raise UnfitError("intake.kml_link")
    records = [_placemark(one) for one in marks]
    places = [_kml_place(one) for one in marks]
    shapes = shapes_of(places, _DEGREES, where)
    found = unresolved(root)
    if links:
        leads = tuple(dict.fromkeys(links))[:20]
        found += (Observation("kml_links", "certain", {"n": len(links), "value": leads}),)
    lines = np.arange(1, len(marks) + 1)
    return Table(where, _of_records(records), lines, shapes=shapes, found=found)


def _link(element: Any) -> str:
    """Return where a link of KML leads."""
    href = next((one.text or "" for one in element.iter() if local(one) == "href"), "")
    return href.strip()[:80] or "?"


def _placemark(mark: Any) -> dict[str, str]:
    record: dict[str, str] = {}
    for one in mark.iter():
        tag, text = local(one), (one.text or "").strip()
        if tag in ("name", "description", "address") and tag not in record:
            record[tag] = text
        elif tag == "Data":
            value = next((v.text or "" for v in one if local(v) == "value"), "")
            record[str(one.get("name", ""))] = value.strip()
        elif tag == "SimpleData":
            record[str(one.get("name", ""))] = text
    # GDAL writes a column called id as the attribute alone.
    return record if mark.get("id") is None or "id" in record else {"id": mark.get("id"), **record}


def _kml_place(mark: Any) -> dict[str, Any] | None:
    shapes = [one for one in mark.iter() if local(one) in (*_KINDS, "LinearRing", "Track", "Model")]
    if not shapes:
        return None
    if local(shapes[0]) != "Point" or len(shapes) > 1:
        return {"type": "Polygon"}
    text = next((one.text or "" for one in shapes[0] if local(one) == "coordinates"), "")
    try:
        return {"type": "Point", "coordinates": [float(part) for part in text.strip().split(",")]}
    except ValueError:
        return {"type": "Point", "coordinates": []}


def read_geopackage(data: bytes, where: str, answers: Mapping[str, str]) -> Table:
    """Return a layer of a GeoPackage.

    Parameters
    ----------
    data
        The file.
    where
        Its name.
    answers
        ``layer`` if the reader has said which.

    Raises
    ------
    UnfitError
        It is no GeoPackage, or has no such layer.
    AskError
        It has several layers of points.
    """
    if not data.startswith(b"SQLite format 3\x00") or data[68:70] != b"GP":
        raise UnfitError("intake.no_geopackage")
    with tempfile.TemporaryDirectory(prefix="atlas-intake-") as folder:
        path = Path(folder) / "opened.gpkg"
        path.write_bytes(data)
        return _with_gdal(path, where, answers)


def read_shapefile(data: bytes, where: str, answers: Mapping[str, str]) -> Table:
    """Return the Shapefile in a zip, its texts in UTF-8 or GBK.

    Parameters
    ----------
    data
        The zip.
    where
        Its name.
    answers
        ``layer`` if the reader has said which of several, ``encoding`` if in which encoding.

    Raises
    ------
    UnfitError
        There is none in it, or a part of it is missing.
    AskError
        There are several.
    """
    members = [m for m in require_modest(data) if not m.is_dir() and not is_litter(m.filename)]
    stems = {m.filename[:-4]: m for m in members if m.filename.lower().endswith(".shp")}
    names = {PurePosixPath(stem).name: stem for stem in stems}
    if not names:
        raise UnfitError("intake.zip_without_table")
    chosen = _layer(list(names), answers)
    stem = names[chosen]
    parts = {
        m.filename[-4:].lower(): m
        for m in members
        if m.filename[:-4].lower() == stem.lower() and m.filename[-4:].lower() in _PARTS
    }
    if not {".shp", ".dbf"} <= parts.keys():
        raise UnfitError("intake.shapefile_part")
    with zipfile.ZipFile(io.BytesIO(data)) as file, tempfile.TemporaryDirectory() as folder:
        texts = {end: file.read(member) for end, member in parts.items()}
        if struct.unpack(">i", texts[".shp"][:4].ljust(4, b"\0"))[0] != 9994:
            raise UnfitError("intake.shapefile_part")
        encoding = answers.get("encoding") or _dbf_encoding(texts)
        for end, content in texts.items():
            if end != ".cpg":
                (Path(folder) / f"opened{end}").write_bytes(content)
        table = _with_gdal(Path(folder) / "opened.shp", where, {}, encoding=encoding)
    found = (Observation("encoding", "likely", {"value": encoding}), *table.found)
    return Table(table.where, table.cells, table.lines, shapes=table.shapes, found=found)


def _dbf_encoding(parts: Mapping[str, bytes]) -> str:
    """Return the encoding of the texts: as the .cpg says if they fit it, else as they tell."""
    said = parts.get(".cpg", b"").decode("ascii", "replace").strip().lower()
    alias = {"936": "gbk", "cp936": "gbk", "gb2312": "gbk", "utf8": "utf-8", "65001": "utf-8"}
    body = parts[".dbf"]
    begin = struct.unpack("<H", body[8:10].ljust(2, b"\0"))[0]
    text = body[32:begin] + body[begin:]
    for encoding in (alias.get(said, said.replace("ansi ", "cp")), "utf-8", "gbk"):
        try:
            if encoding:
                text.decode(encoding)
                return encoding
        except (UnicodeDecodeError, LookupError):
            continue
    return "gbk"


def _layer(names: Sequence[str], answers: Mapping[str, str]) -> str:
    said = answers.get("layer", "")
    if said:
        if said not in names:
            raise UnfitError("intake.no_sheet", value=said, known=tuple(names[:20]))
        return said
    if len(names) > 1:
        options = tuple(Option(n, "intake.option.as_named", {"value": n}) for n in names[:50])
        raise AskError((Question("layer", options),))
    return names[0]


def _with_gdal(
    path: Path, where: str, answers: Mapping[str, str], encoding: str | None = None
) -> Table:
    """Read a file of our own making in a folder of our own: its kind was looked at before."""
    with warnings.catch_warnings():
        # GDAL warns of what is odd in a foreign file; what matters is told of what it reads.
        warnings.simplefilter("ignore", RuntimeWarning)
        return _by_gdal(path, where, answers, encoding)


def _by_gdal(path: Path, where: str, answers: Mapping[str, str], encoding: str | None) -> Table:
    import pyogrio

    # Without it a Shapefile that lacks its index is not opened; what is written is our own copy.
    pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": True})
    try:
        every = [(str(n), kind) for n, kind in pyogrio.list_layers(path) if n != "layer_styles"]
        spatial = [name for name, kind in every if kind is not None]
        if not every:
            raise UnfitError("intake.zip_without_table")
        layers = _of_points(path, every) or spatial or [name for name, _ in every]
        chosen = _layer(layers, answers)
        info = pyogrio.read_info(path, layer=chosen, encoding=encoding)
        if (info["features"] or 0) > MOST_FEATURES:
            raise UnfitError("intake.too_many_rows", most=MOST_FEATURES)
        said = _weighed(path, chosen) if path.suffix == ".gpkg" else None
        meta, cells = pyogrio.read_arrow(path, layer=chosen, encoding=encoding)
        if said is not None and cells.num_rows != said:  # GDAL leaves out what it has no room for
            raise UnfitError("point_file.group_differs", n=cells.num_rows, said=said)
    except pyogrio.errors.DataSourceError as error:
        reason = str(error).replace(str(path), where)[:200]
        raise UnfitError("point_file.unreadable", reason=reason) from error
    geometry = meta["geometry_name"] or "wkb_geometry"
    if geometry not in cells.column_names:  # a table of attributes alone
        return Table(where, cells, np.arange(1, cells.num_rows + 1))
    column = cells.column(geometry).combine_chunks()
    points = wkb.points(_storage(column))
    crs, refused = (None, None) if not meta["crs"] else _declared(meta["crs"], where)
    shapes = Shapes(points.x, points.y, points.kind, crs, refused)
    cells = cells.drop_columns([geometry])
    cells = cells.rename_columns(unique_names(list(cells.column_names)))
    found = (Observation("layer", "certain", {"value": chosen}),) if len(layers) > 1 else ()
    lines = np.arange(1, len(column) + 1)
    if not cells.num_columns:
        import pyarrow as pa

        cells = pa.table({"#": pa.array(lines)})
    return Table(where, cells, lines, shapes=shapes, found=found)


def _of_points(path: Path, layers: Sequence[tuple[str, Any]]) -> list[str]:
    """Return the layers that may hold points and have features; empty if there is none such."""
    named = [n for n, kind in layers if kind is not None and "Polygon" not in kind
             and "Line" not in kind]  # fmt: skip
    if path.suffix != ".gpkg":
        return named
    sizes = {name: _size(path, name) for name in named[:MOST_LAYERS]}
    return [name for name, n in sizes.items() if n] or named


def _size(path: Path, layer: str) -> int:
    """Return how many rows a layer of a GeoPackage has, counted with bounds: a view may be endless.

    Raises
    ------
    UnfitError
        It has too many, or takes too long to be counted.
    """
    with _bounded(path) as base:
        told = base.execute(
            f"SELECT count(*) FROM (SELECT 1 FROM {_quoted(layer)} LIMIT {MOST_FEATURES + 1})"
        ).fetchone()
    if told[0] > MOST_FEATURES:
        raise UnfitError("intake.too_many_rows", most=MOST_FEATURES)
    return int(told[0])


def _weighed(path: Path, layer: str) -> int:
    """Return how many rows a layer of a GeoPackage has, after its values have been weighed.

    What is stored is no larger than the file. What a view or a column calculates may be of any
    size.
    """
    rows = _size(path, layer)
    with _bounded(path) as base:
        kind = base.execute("SELECT type FROM sqlite_master WHERE name = ?", (layer,)).fetchone()
        columns = base.execute(f"PRAGMA table_xinfo({_quoted(layer)})").fetchall()
        if kind != ("table",) or any(column[6] for column in columns):
            sizes = " + ".join(f"ifnull(length(CAST({_quoted(one[1])} AS BLOB)), 0)"
                               for one in columns)  # fmt: skip
            held = base.execute(f"SELECT total({sizes}) FROM {_quoted(layer)}").fetchone()[0]
            if held > MOST_FILE_BYTES:
                raise UnfitError("intake.unpacks", most=MOST_FILE_BYTES)
    return rows


def _quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


@contextmanager
def _bounded(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a GeoPackage for reading; a query ends where it takes too long or too much memory."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as base:
        turns = iter(range(_MOST_TURNS))
        base.set_progress_handler(lambda: next(turns, None) is None, _TURN)
        base.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MOST_FILE_BYTES)
        try:
            yield base
        except sqlite3.Error as error:
            if "interrupted" in str(error):
                raise UnfitError("intake.too_many_rows", most=MOST_FEATURES) from error
            if "too big" in str(error):
                raise UnfitError("intake.unpacks", most=MOST_FILE_BYTES) from error
            raise UnfitError("point_file.unreadable", reason=str(error)[:200]) from error


def _storage(column: Any) -> Any:
    return getattr(column, "storage", column)
