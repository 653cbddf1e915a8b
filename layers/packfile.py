"""Read the files of a pack, and keep every problem instead of stopping at the first."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from geo.errors import Problem
from geo.io import WGS84, read_features
from geo.schema import Schema
from geo.validation import (
    Record,
    geometry_problems,
    is_blank,
    is_date,
    printable,
    row_name,
    schema_problems,
    text_problems,
)
from layers.standing import standing

_OTHER_DELIMITER = re.compile("[;\t|，；]")
"""What stands between the columns of a table that was not saved with commas."""


class Row(NamedTuple):
    """One row of a layer as read: its columns, and its geometry where it has one."""

    record: Record
    shape: BaseGeometry | None


@dataclass
class PackFiles:
    """The files of one pack, read on demand.

    Parameters
    ----------
    folder
        Folder of the pack.
    problems
        All that was found wrong so far, in the order of reading.
    digests
        SHA-256 of every file that was read, by its name in the pack.
    """

    folder: Path
    problems: list[Problem] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)

    def report(
        self, where: str, what: str, remedy: str = "", row: str = "", name: str = ""
    ) -> None:
        """Keep one problem; ``name`` is the column or setting."""
        self.problems.append(Problem(where, what, remedy, row, name))

    @property
    def digest(self) -> str:
        """SHA-256 over the names and digests of all files read, sorted by name."""
        lines = "".join(f"{name} {digest}\n" for name, digest in sorted(self.digests.items()))
        return hashlib.sha256(lines.encode()).hexdigest()

    def content(self, name: str) -> bytes | None:
        """Return the bytes of a file, or None and a problem."""
        try:
            data = standing(self.folder, name).read_bytes()
        except OSError as error:
            self.report(name, f"cannot be read: {error.strerror}.", "Add the file.")
            return None
        self.digests[name] = hashlib.sha256(data).hexdigest()
        return data

    def text(self, name: str) -> str | None:
        """Return a file as UTF-8 text, or None and a problem."""
        data = self.content(name)
        if data is None:
            return None
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            self.report(name, f"is not UTF-8 (byte {error.start}).", "Save it as UTF-8.")
            return None

    def settings(self, name: str) -> dict[str, Any]:
        """Return a TOML file as a tree, empty if it cannot be read."""
        text = self.text(name)
        if text is None:
            return {}
        try:
            tree = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            self.report(name, f"is not valid TOML: {error}.")
            return {}
        self.problems += [
            Problem(name, problem.what, problem.remedy, field=problem.field)
            for problem in text_problems([tree], where=name)
        ]
        return tree

    def table(self, name: str, schema: Schema, *, number: str = "") -> list[Record]:
        """Return the checked records of a CSV file with a header.

        ``number`` is the name of a column to be filled with the number of the row, for tables
        that have no identifier of their own.
        """
        _, rows = self.cells(name) or ([], [])
        records: list[dict[str, object]] = [dict(row) for row in rows]
        if number:
            records = [{number: at, **record} for at, record in enumerate(records, start=1)]
        found: list[Record] = [
            {key: typed(value, schema, key) for key, value in r.items()} for r in records
        ]
        self.problems += text_problems(found, where=name)
        self.problems += schema_problems(found, schema, where=name)
        return found

    def cells(self, name: str) -> tuple[list[str], list[dict[str, str]]] | None:
        """Return the header and the rows of a CSV file as text, or None and a problem."""
        text = self.text(name)
        if text is None:
            return None
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        try:
            header, *rows = list(reader) or [[]]
        except csv.Error as error:
            self.report(name, f"is not valid CSV: {error}.", row=f"line {reader.line_num}")
            return None
        if other := _OTHER_DELIMITER.search(header[0]) if len(header) == 1 else None:
            what = f"has {other[0]!r} between its columns."
            self.report(name, what, "Save it as CSV with commas.")
            return None
        if not header or len(set(header)) < len(header):
            self.report(name, "must begin with a header of distinct column names.")
            return None
        while rows and not any(rows[-1]):
            rows.pop()  # a table program leaves such lines below the last row
        for number, cells in enumerate(rows, start=1):
            if len(cells) != len(header):
                what = f"has {len(cells)} cells; the header has {len(header)}."
                self.report(name, what, row=f"#{number}")
        return header, [dict(zip(header, cells, strict=False)) for cells in rows]

    def layer(self, name: str, schema: Schema) -> list[Row]:
        """Return the checked rows of a GeoJSON file."""
        data = self.content(name)
        if data is None:
            return []
        features, problems = read_features(data, where=name)
        self.problems += problems
        rows = [
            Row(f["properties"] or {}, shape(f["geometry"]) if f.get("geometry") else None)
            for f in features
        ]
        records = [row.record for row in rows]
        names = [row_name(record, number) for number, record in enumerate(records, start=1)]
        shapes = gpd.GeoSeries([row.shape for row in rows], index=names, crs=WGS84)
        self.problems += schema_problems(records, schema, where=name)
        self.problems += geometry_problems(shapes, schema, where=name)
        return [Row(_scalars(row.record), row.shape) for row in rows]


def _scalars(record: Record) -> Record:
    """Blank the values that no column can hold, so that later checks need not expect them."""
    scalar = str | int | float
    return {key: value if isinstance(value, scalar) else None for key, value in record.items()}


def typed(value: object, schema: Schema, name: str) -> object:
    """Turn the text of a CSV cell into the value its column asks for, or leave it as it is.

    Parameters
    ----------
    value
        The cell; what is not text stays as it is.
    schema
        Columns of the table.
    name
        Name of the column; a cell of an unknown one stays as it is.
    """
    if not isinstance(value, str) or name not in schema.names:
        return value
    if is_blank(value):
        return None
    kind = schema[name].type
    if kind == "flag":
        return {"true": True, "false": False}.get(value, value)
    try:
        if kind == "integer":
            return int(value)
        return float(value) if kind == "number" else value
    except ValueError:
        return value


@dataclass(frozen=True)
class Settings:
    """Reads typed values out of a TOML tree; what is missing or wrong becomes a problem.

    Parameters
    ----------
    files
        Takes the problems.
    where
        Name of the TOML file.
    tree
        The table to read from.
    path
        Dotted name of that table, empty for the whole file.
    """

    files: PackFiles
    where: str
    tree: Mapping[str, Any]
    path: str = ""

    def _name(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def report(self, name: str, what: str) -> None:
        """Keep a problem with one setting."""
        self.files.report(self.where, what, name=printable(self._name(name)))

    def text(self, name: str, *, required: bool = True) -> str:
        """Return a text, empty if it is missing."""
        value = self.tree.get(name)
        if isinstance(value, str) and not is_blank(value):
            return value
        if required or not (value is None or isinstance(value, str)):
            self.report(name, "must be a text that is not blank.")
        return ""

    def date(self, name: str) -> str:
        """Return a date as ISO text: a year, a month or a day."""
        value = self.text(name)
        if value and not is_date(value):
            self.report(name, "must be a date like 2021, 2021-08 or 2021-08-08.")
        return value

    def integer(self, name: str, low: int, high: int) -> int:
        """Return a whole number between two bounds, the lower one if it is missing."""
        value = self.tree.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        self.report(name, f"must be a whole number from {low} to {high}.")
        return low

    def degrees(self, name: str, count: int) -> tuple[float, ...]:
        """Return so many numbers of degrees, zeros if they are missing."""
        value = self.tree.get(name)
        if (
            isinstance(value, list)
            and len(value) == count
            and all(isinstance(n, int | float) and not isinstance(n, bool) for n in value)
            and all(-180 <= n <= 180 for n in value)
        ):
            return tuple(float(n) for n in value)
        self.report(name, f"must be a list of {count} numbers of degrees.")
        return (0.0,) * count

    def section(self, name: str, *, required: bool = True) -> Settings:
        """Return the reader of a table inside this one, of an empty table if it is missing."""
        value = self.tree.get(name)
        if not isinstance(value, Mapping):
            if required or value is not None:
                self.report(name, "must be a table.")
            value = {}
        return Settings(self.files, self.where, value, self._name(name))

    def only(self, *names: str) -> None:
        """Report every entry whose name is not known: a typing mistake must not pass."""
        for name in sorted(set(self.tree) - set(names)):
            self.report(name, "is not a known setting.")
