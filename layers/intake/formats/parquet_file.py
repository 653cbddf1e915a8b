"""Open a Parquet file: GeoParquet of any version, native geometry, well-known binary, or plain."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from geo.base.bridge import canonical
from geo.base.errors import CrsError, Problem, UnfitError
from geo.point_files import parquet, wkb
from geo.point_files.bin import unreadable
from layers.intake.formats.table import (
    MOST_FILE_BYTES,
    MOST_ROWS,
    Observation,
    Shapes,
    Table,
    unique_names,
)

_DEGREES: Final = "EPSG:4326"
_BATCH: Final = 1 << 17
_NUMBERS: Final = ("DOUBLE", "FLOAT")
_PAIRS: Final = (("x", "y"), ("lon", "lat"), ("lng", "lat"), ("longitude", "latitude"))
"""What the two numbers of a position are called within a structure."""


class _Declared:
    """What a file declares of its column of positions."""

    def __init__(self, column: str, encoding: str, crs: object) -> None:
        self.column, self.encoding, self.crs = column, encoding.lower(), crs


def read_parquet(path: Path, where: str, first: int | None = None) -> Table:
    """Return the table of a Parquet file.

    Parameters
    ----------
    path
        The file.
    where
        What it is called.
    first
        How many rows are read, the first of the file; None for all.

    Raises
    ------
    UnfitError
        It is too large, contradicts itself, or its column of positions holds none.
    OSError, ValueError
        It cannot be opened, or is no Parquet.
    """
    with parquet.opened(path) as file:
        if first is None and file.metadata.num_rows > MOST_ROWS:
            raise UnfitError("intake.too_many_rows", most=MOST_ROWS)
        columns = [file.metadata.schema.column(k) for k in range(file.metadata.num_columns)]
        said = _geo_key(file.metadata.metadata or {}) or _native(columns)
        flat = [column for column in columns if _is_flat(column)]
        nested = sorted({column.path.split(".")[0] for column in columns if not _is_flat(column)})
        said = said or _structure(columns)
    names = [column.path for column in flat]
    cells = _cells(path, names, where, first)
    found: tuple[Observation, ...] = ()
    if said is None and "" not in names:
        binary = [
            c.path for c in flat if c.physical_type == "BYTE_ARRAY" and _is_wkb(cells, c.path)
        ]
        if binary:
            said = _Declared(binary[0], "wkb", None)
            found = (Observation("wkb_column", "likely", {"value": binary[0]}),)
    shapes = None if said is None else _shapes(path, cells, said, where, first)
    dropped = [n for n in nested if said is None or n != said.column]
    if dropped:
        found += (Observation("nested_columns", "certain", {"value": tuple(dropped[:20])}),)
    if said is not None and said.column in cells.column_names:
        cells = cells.drop_columns([said.column])
    cells = _without_views(_without_binary(cells))
    if not cells.num_columns:
        import pyarrow as pa

        n = len(shapes.x) if shapes is not None else 0
        cells = pa.table({"#": pa.array(np.arange(1, n + 1))})
    return Table(where, cells, np.arange(1, cells.num_rows + 1), shapes=shapes, found=found)


def _without_views(cells: Any) -> Any:
    """Return columns of plain texts: of views of texts Arrow cannot take single rows."""
    import pyarrow as pa

    for at, field in enumerate(cells.schema):
        if pa.types.is_string_view(field.type):
            cells = cells.set_column(at, field.name, cells.column(at).cast(pa.large_string()))
    return cells


def _is_flat(column: Any) -> bool:
    plain = not column.max_repetition_level and column.max_definition_level <= 1
    return bool(plain and "." not in column.path)


def _cells(path: Path, names: list[str], where: str, first: int | None) -> Any:
    """Return the plain columns of all rows or of the first, read within bounds of memory."""
    import pyarrow as pa

    if not names:
        return pa.table({})
    batches, row, left, size = [], "", first, 0
    try:
        for place in parquet.batches(path, names, None, min(_BATCH, first or _BATCH)):
            row, batch, _ = place
            if batch is None:
                continue
            batches.append(batch.slice(0, left))
            size += _written_out(batches[-1])
            if size > MOST_FILE_BYTES:
                raise UnfitError("intake.unpacks", most=MOST_FILE_BYTES)
            left = None if left is None else left - len(batches[-1])
            if left == 0:
                break
    except (ValueError, OSError) as error:  # Arrow's word
        raise unreadable(Path(where), row, error) from error
    if not batches:
        with parquet.opened(path) as file:
            schema = file.reader().schema_arrow
        return pa.schema([schema.field(name) for name in names]).empty_table()
    if any(batch.schema != batches[0].schema for batch in batches):
        batches = [_without_dictionaries(batch) for batch in batches]
    tables = [pa.Table.from_batches([batch]) for batch in batches]
    whole = pa.concat_tables(tables, promote_options="permissive").select(names)
    return whole.rename_columns(unique_names(names)).combine_chunks()


def _written_out(batch: Any) -> int:
    """Return how many bytes a batch takes once each row has its own value.

    A few bytes of a file stand for any number of rows of one long text. Each batch holds the
    dictionary of its row group too.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    size = int(batch.nbytes)
    for column in batch.columns:
        kind = column.type
        if not pa.types.is_dictionary(kind) or not len(column.dictionary):
            continue
        if pa.types.is_primitive(kind.value_type):
            size += len(column) * kind.value_type.bit_width // 8
            continue
        times = np.bincount(column.indices.drop_null().to_numpy(), minlength=len(column.dictionary))
        lengths = pc.binary_length(column.dictionary).fill_null(0).to_numpy(zero_copy_only=False)
        size += int(times @ lengths.astype(np.int64))
    return size


def _without_dictionaries(batch: Any) -> Any:
    """Return a batch with plain values: a row group of its own may go without a dictionary."""
    import pyarrow as pa

    plain = [
        column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
        for column in batch.columns
    ]
    return pa.record_batch(plain, names=batch.schema.names)


def _geo_key(metadata: Mapping[bytes, bytes]) -> _Declared | None:
    """Return what the key ``geo`` declares (GeoParquet 1)."""
    try:
        meta = json.loads(metadata[b"geo"])
        name = meta["primary_column"]
        column = meta["columns"][name]
        # Without the member the specification says longitude and latitude; null says unknown.
        return _Declared(str(name), str(column.get("encoding", "WKB")), column.get("crs", _DEGREES))
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError):
        return None


def _native(columns: list[Any]) -> _Declared | None:
    """Return the first column of Parquet's own type GEOMETRY (GeoParquet 2)."""
    for column in columns:
        try:
            said = json.loads(column.logical_type.to_json())
        except (ValueError, AttributeError):
            continue
        if str(said.get("Type", "")).lower() in ("geometry", "geography"):
            return _Declared(column.path, "wkb", _native_crs(str(said.get("crs") or "")))
    return None


def _structure(columns: list[Any]) -> _Declared | None:
    """Return the first column that is a structure of two or three numbers called as positions are.

    GeoArrow's own type of point says so in a key of Arrow, which not every program writes.
    """
    inner: dict[str, list[str]] = {}
    for column in columns:
        name, _, rest = column.path.partition(".")
        if rest and not column.max_repetition_level:
            is_number = column.physical_type in _NUMBERS
            inner.setdefault(name, []).append(rest.lower() if is_number else "")
    for name, parts in inner.items():
        if any(set(pair) <= set(parts) for pair in _PAIRS) and len(parts) <= 4:
            return _Declared(name, "point", None)
    return None


def _native_crs(text: str) -> object:
    if not text:
        return _DEGREES
    if text.lstrip().startswith("{"):
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return text
    match = re.fullmatch(r"srid:(\d{4,6})", text)
    return f"EPSG:{match[1]}" if match else text


def _is_wkb(cells: Any, name: str) -> bool:
    """Tell whether most values of a column of bytes are geometries as well-known binary."""
    import pyarrow as pa

    column = cells.column(name).slice(0, 1000).combine_chunks()
    if pa.types.is_dictionary(column.type):
        column = column.dictionary
    if not (pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type)):
        return False
    kind = wkb.points(column).kind
    return bool(len(kind) and np.mean(kind == wkb.POINT) > 0.5)


def _shapes(path: Path, cells: Any, said: _Declared, where: str, first: int | None) -> Shapes:
    crs: str | None = None
    refused: Problem | None = None
    if said.crs is not None:
        try:
            crs = canonical(said.crs, where=where)
        except CrsError as error:
            refused = error.problems[0]
    if said.encoding == "wkb":
        if said.column not in cells.column_names:
            raise UnfitError("intake.no_geometry", column=said.column[:80])
        column = cells.column(said.column)
        points = wkb.points(column.combine_chunks() if column.num_chunks != 1 else column.chunk(0))
        return Shapes(points.x, points.y, points.kind, crs, refused, said.column)
    if said.encoding != "point":
        raise UnfitError("intake.encoding_native", type=said.encoding[:40])
    x, y = _native_points(path, said.column, first)
    missing = np.isnan(x) & np.isnan(y)
    kind = np.where(missing, np.uint8(wkb.MISSING), np.uint8(wkb.POINT))
    return Shapes(x, y, kind, crs, refused, said.column)


def _native_points(path: Path, name: str, first: int | None) -> tuple[Any, Any]:
    """Return positions kept as numbers: a structure of x and y, or lists of two."""
    import pyarrow as pa

    with parquet.opened(path) as file:
        inner = [file.metadata.schema.column(k) for k in range(file.metadata.num_columns)]
        inner = [column for column in inner if column.path.split(".")[0] == name]
        if not inner or any(column.physical_type not in _NUMBERS for column in inner):
            raise UnfitError("intake.no_geometry", column=name[:80])
        parquet.require_short(file, name)
        column = _column(file.reader(), name, first)
    column = getattr(column, "storage", column)
    if pa.types.is_struct(column.type):
        known = {field.name.lower(): field.name for field in column.type}
        pair = next((pair for pair in _PAIRS if set(pair) <= set(known)), _PAIRS[0])
        parts = [column.field(known.get(axis, axis)) for axis in pair]
        parts = [part.filter(column.is_valid()) for part in parts]
    elif pa.types.is_fixed_size_list(column.type):
        flat = column.drop_null().flatten()
        step = column.type.list_size
        parts = [flat.take(pa.array(np.arange(at, len(flat), step))) for at in (0, 1)]
    else:
        raise UnfitError("intake.no_geometry", column=name[:80])
    valid = np.asarray(column.is_valid().to_numpy(zero_copy_only=False), dtype=bool)
    x, y = np.full(len(column), np.nan), np.full(len(column), np.nan)
    for out, part in zip((x, y), parts, strict=True):
        out[valid] = part.cast(pa.float64()).to_numpy(zero_copy_only=False)
    return x, y


def _column(reader: Any, name: str, first: int | None) -> Any:
    """Return a column that is kept in parts, of all rows or of the first."""
    import pyarrow as pa

    if first is None:
        return reader.read(columns=[name], use_threads=False).column(0).combine_chunks()
    batches = []
    for batch in reader.iter_batches(first, columns=[name], use_threads=False):
        batches.append(batch)
        if sum(map(len, batches)) >= first:
            break
    return pa.Table.from_batches(batches, reader.schema_arrow.empty_table().select([name]).schema
                                 ).column(0).slice(0, first).combine_chunks()  # fmt: skip


def _without_binary(cells: Any) -> Any:
    """Drop columns of bytes that are no text; nobody reads them, and no file takes them."""
    import pyarrow as pa

    def is_binary(kind: Any) -> bool:
        kind = kind.value_type if pa.types.is_dictionary(kind) else kind
        return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))

    return cells.drop_columns([f.name for f in cells.schema if is_binary(f.type)])
