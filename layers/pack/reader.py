"""Read the files of a pack, and keep every problem instead of stopping at the first."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import re
import stat
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from geo.base.errors import DataError, Problem, Value
from geo.base.schema import Schema
from geo.base.validation import (
    Fault,
    Record,
    geometry_problems,
    is_blank,
    is_date,
    printable,
    row_name,
    schema_problems,
    text_problems,
)
from geo.formats.read_geojson import (
    MOST_TOLD,
    WGS84,
    columns_of,
    decode_json,
    decode_text,
    features_of,
)
from layers.file_set import standing

MOST_BYTES = 50_000_000
"""Size up to which a layer or a table of a pack is read."""
MOST_SETTINGS = 1_000_000
"""Size up to which settings are read."""
MOST_ROWS = 200_000
MOST_DOTS = 400
"""Dots in one line of settings: a dotted key takes time with the square of its parts."""
_LAYERS = "*.geojson"
"""Stands among the looks for the list of layers."""
_OTHER_DELIMITER = re.compile("[;\t|，；]")
"""What stands between the columns of a table that was not saved with commas."""


class Row(NamedTuple):
    """One row of a layer as read: its columns, and its geometry where it has one."""

    record: Record
    shape: BaseGeometry | None


Look = tuple[object, ...] | None
"""What tells one state of a file from another without reading it; None if it is not there."""


@dataclass
class PackFiles:
    """The files of one pack, read on demand.

    Parameters
    ----------
    folder
        Folder of the pack. What a link leads to outside of it is not read.
    problems
        All that was found wrong so far, in the order of reading.
    digests
        SHA-256 of every file that was read, by its name in the pack.
    unread
        Names of the files whose rows could not be read at all: what refers to them cannot be
        checked.
    looks
        How every file looked that was asked for, just before it was read, whether it is there or
        not; and the names of the layers.
    """

    folder: Path
    problems: list[Problem] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)
    looks: dict[str, Look] = field(default_factory=dict)

    def report(self, key: str, where: str, row: str = "", field: str = "", **values: Value) -> None:
        """Keep one problem.

        Parameters
        ----------
        key, where, row, field, **values
            See :class:`geo.base.errors.Problem`.
        """
        self.problems.append(Problem(key, where, row, field, values))

    @property
    def digest(self) -> str:
        """SHA-256 over the names and digests of all files read, sorted by name."""
        lines = "".join(f"{name} {digest}\n" for name, digest in sorted(self.digests.items()))
        return hashlib.sha256(lines.encode()).hexdigest()

    def _look(self, name: str) -> Look:
        if name == _LAYERS:
            return _layer_names(self.folder)
        try:
            now = self._path(name).stat()
        except OSError:
            return None
        # The moment of change cannot be set back, as that of writing is by a copy that keeps it.
        return (now.st_ino, now.st_size, now.st_mtime_ns, now.st_ctime_ns)

    def _path(self, name: str) -> Path:
        """Return where a file stands: beside the pack while a build replaces it."""
        try:
            return standing.standing(self.folder, name)
        except DataError:  # the journal is none of ours: said once, when the pack is loaded
            return self.folder / name

    def changed(self) -> bool:
        """Tell whether a file that was asked for, or the list of layers, is no longer as it was."""
        return any(self._look(name) != look for name, look in self.looks.items())

    def layer_names(self) -> tuple[str, ...]:
        """Return the names of the GeoJSON files that stand beside the settings, sorted."""
        self.looks[_LAYERS] = names = _layer_names(self.folder)
        return names

    def is_there(self, name: str) -> bool:
        """Tell whether something stands under a name, be it a file or not.

        Parameters
        ----------
        name
            Name of the file in the pack, ``/`` between folders.
        """
        self.looks.setdefault(name, self._look(name))
        return os.path.lexists(self._path(name))

    def content(self, name: str, most: int = MOST_BYTES) -> bytes | None:
        """Return the bytes of a file, or None and a problem.

        Parameters
        ----------
        name
            Name of the file in the pack, ``/`` between folders.
        most
            Bytes up to which it is read; a larger file is a problem.
        """
        self.looks[name] = self._look(name)
        try:
            data, fault = self._bytes(self._path(name), most)
        except OSError as error:
            data, fault = None, Fault("file.unreadable", {"reason": error.strerror or "?"})
        except (RuntimeError, ValueError):  # the error would name the path
            data, fault = None, Fault("file.links_loop")
        if fault:
            self.problems.append(fault.at(name))
        if data is None:
            self.unread.add(name)
            return None
        self.digests[name] = hashlib.sha256(data).hexdigest()
        return data

    def _bytes(self, path: Path, most: int) -> tuple[bytes | None, Fault | None]:
        """Return the content of a file, or None and why it may not be read."""
        real = path.resolve(strict=True)
        if not real.is_relative_to(self.folder.resolve()):
            return None, Fault("file.link_out")
        mode = real.stat().st_mode
        if stat.S_ISDIR(mode):
            return None, Fault("file.folder")
        if not stat.S_ISREG(mode):  # to open a pipe would wait for its writer
            return None, Fault("file.not_plain")
        with real.open("rb") as file:
            data = file.read(most + 1)
        if len(data) > most:
            return None, Fault("file.too_large", {"most": most})
        return data, None

    def text(self, name: str, most: int = MOST_BYTES) -> str | None:
        """Return a file as UTF-8 text, or None and a problem.

        Parameters
        ----------
        name
            Name of the file in the pack, ``/`` between folders.
        most
            Bytes up to which it is read; a larger file is a problem.
        """
        data = self.content(name, most)
        if data is None:
            return None
        text, problems = decode_text(data, where=name)
        self.problems += problems
        if text is None:
            self.unread.add(name)
        return text

    def settings(self, name: str) -> dict[str, Any]:
        """Return a TOML file as a tree, empty and with a problem if it cannot be read.

        Parameters
        ----------
        name
            Name of the file in the pack, ``/`` between folders.
        """
        text = self.text(name, MOST_SETTINGS)
        if text is None:
            return {}
        if any(line.count(".") > MOST_DOTS for line in text.splitlines()):
            self.report("toml.dots", name, most=MOST_DOTS)
            return {}
        try:
            tree = tomllib.loads(text)
        except RecursionError:
            self.report("toml.nested", name)
            return {}
        except ValueError as error:  # a number of 5,000 digits too
            self.report("toml.invalid", name, reason=printable(str(error), 200))
            return {}
        self.problems += [replace(p, row="") for p in text_problems([tree], where=name)]
        return tree

    def table(self, name: str, schema: Schema, *, number: str = "") -> list[Record]:
        """Return the checked records of a CSV file with a header.

        Parameters
        ----------
        name
            Name of the file in the pack, ``/`` between folders.
        schema
            Columns that the table must have, their types and values.
        number
            Name of a column to be filled with the number of the row, counted from 1, for tables
            that have no identifier of their own; empty for none.

        Returns
        -------
        list of Record
            In the order of the file. A cell that is not of its column's type keeps its text, and is
            a problem; empty if the file cannot be read.
        """
        before = len(self.problems)
        header, rows = self.cells(name) or (schema.names, [])
        if len(self.problems) > before:  # what stands in the wrong column is not looked at
            rows = []
        if not rows:  # else it is said of the rows
            lost = [n for n in schema.names if n not in (number, *header)]
            self.problems += [Problem("column.missing", name, field=n) for n in lost]
            self.unread |= {name} if lost else set()
        records: list[dict[str, object]] = [dict(row) for row in rows]
        if number:
            records = [{number: at, **record} for at, record in enumerate(records, start=1)]
        found: list[Record] = [
            {key: typed(value, schema, key) for key, value in r.items()} for r in records
        ]
        self.problems += text_problems(found, where=name)
        self._take(schema_problems(found, schema, where=name), schema)
        return found

    def _take(self, problems: Sequence[Problem], schema: Schema) -> None:
        """Keep what is wrong with rows; if it is the ids, nothing is said of who refers to them."""
        self.problems += problems
        self.unread |= {one.where for one in problems if one.field == schema.names[0]}

    def cells(self, name: str) -> tuple[list[str], list[dict[str, str]]] | None:
        """Return the header and the rows of a CSV file as text, or None and a problem.

        Parameters
        ----------
        name
            Name of the file in the pack, ``/`` between folders.

        Returns
        -------
        tuple or None
            The names of the columns, and each row by them; rows with too few or too many cells are
            problems, and remain. None if the file is no table.
        """
        before = len(self.problems)
        text = self.text(name)
        found = None if text is None else self._cells(name, text)
        if found is None or len(self.problems) > before:
            self.unread.add(name)
        return found

    def _cells(self, name: str, text: str) -> tuple[list[str], list[dict[str, str]]] | None:
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        try:
            header, *rows = list(islice(reader, MOST_ROWS + 2)) or [[]]
        except csv.Error as error:
            self.report("csv.invalid", name, line=reader.line_num, reason=str(error))
            return None
        if len(rows) > MOST_ROWS:
            self.report("csv.rows", name, most=MOST_ROWS)
            return None
        if other := _OTHER_DELIMITER.search(header[0]) if len(header) == 1 else None:
            self.report("csv.delimiter", name, mark=repr(other[0]))
            return None
        if not header or len(set(header)) < len(header):
            self.report("csv.header", name)
            return None
        while rows and not any(rows[-1]):
            rows.pop()  # a table program leaves such lines below the last row
        torn = [(at, len(row)) for at, row in enumerate(rows, 1) if len(row) != len(header)]
        widths = {n for _, n in torn}
        if len(rows) > 1 and len(torn) == len(rows) and len(widths) == 1:
            # Of many rows that are all of one width the header is at fault.
            self.report("csv.header_width", name, n=widths.pop(), expected=len(header))
            return None
        for at, n in torn[:MOST_TOLD]:
            self.report("csv.cells", name, f"#{at}", n=n, expected=len(header))
        return header, [dict(zip(header, cells, strict=False)) for cells in rows]

    def layer(self, name: str, schema: Schema) -> list[Row]:
        """Return the checked rows of a GeoJSON file.

        Parameters
        ----------
        name
            Name of the file in the pack, ``/`` between folders.
        schema
            Columns and types of geometry that the layer must have.

        Returns
        -------
        list of Row
            In the order of the file, geometries in degrees WGS 84; a value that no column can hold
            is blank. Faults are problems, and their rows remain; empty if the file cannot be read.
        """
        data = self.content(name)
        if data is None:
            return []
        root, problems = decode_json(data, where=name)
        features: list[dict[str, Any]] = []
        if not problems:
            features, problems = features_of(root, where=name)
        self.problems += problems
        if problems and not features:
            self.unread.add(name)
            # What the columns hold is wrong or right wherever the shapes lie.
            self._take(schema_problems(columns_of(root), schema, where=name), schema)
            return []
        rows = [
            Row(f["properties"] or {}, shape(f["geometry"]) if f["geometry"] else None)
            for f in features
        ]
        records = [row.record for row in rows]
        names = [row_name(record, number) for number, record in enumerate(records, start=1)]
        shapes = gpd.GeoSeries([row.shape for row in rows], index=names, crs=WGS84)
        self._take(schema_problems(records, schema, where=name), schema)
        self.problems += geometry_problems(shapes, schema, where=name)
        return [Row(_scalars(row.record), row.shape) for row in rows]


def _layer_names(folder: Path) -> tuple[str, ...]:
    try:
        changing = standing.journal(folder) is not None
        names = list(standing.files(folder)) if changing else [p.name for p in folder.iterdir()]
    except (OSError, DataError):
        return ()
    return tuple(sorted(name for name in names if name.endswith(".geojson") and "/" not in name))


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
    if kind in ("integer", "number") and (not value.isascii() or "_" in value):
        return value  # Python reads full-width digits, and 1_000
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

    def report(self, key: str, name: str, **values: Value) -> None:
        """Keep a problem with one setting.

        Parameters
        ----------
        key
            Which fault it is; see :class:`geo.base.errors.Problem`.
        name
            Name of the setting in this table.
        **values
            What the problem's sentences name.
        """
        self.files.report(key, self.where, "", printable(self._name(name)), **values)

    def text(self, name: str, *, required: bool = True) -> str:
        """Return a text, empty and with a problem if it is none.

        Parameters
        ----------
        name
            Name of the setting in this table.
        required
            Whether it is a problem too that it is missing.
        """
        value = self.tree.get(name)
        if isinstance(value, str) and not is_blank(value):
            return value
        if required or not (value is None or isinstance(value, str)):
            self.report("setting.text", name)
        return ""

    def date(self, name: str) -> str:
        """Return a date as ISO 8601 text of a year, a month or a day.

        Parameters
        ----------
        name
            Name of the setting in this table.

        Returns
        -------
        str
            Empty if it is missing; what is no date stays as it is. Both are problems.
        """
        value = self.text(name)
        if value and not is_date(value):
            self.report("setting.date", name)
        return value

    def integer(self, name: str, low: int, high: int) -> int:
        """Return a whole number.

        Parameters
        ----------
        name
            Name of the setting in this table.
        low, high
            The least and the greatest value allowed.

        Returns
        -------
        int
            The least, and a problem, if it is missing or beyond those.
        """
        value = self.tree.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        self.report("setting.integer", name, low=str(low), high=str(high))
        return low

    def degrees(self, name: str, count: int) -> tuple[float, ...]:
        """Return a list of degrees between −180 and 180.

        Parameters
        ----------
        name
            Name of the setting in this table.
        count
            How many there must be.

        Returns
        -------
        tuple of float
            Zeros, and a problem, if they are missing or others.
        """
        value = self.tree.get(name)
        if (
            isinstance(value, list)
            and len(value) == count
            and all(isinstance(n, int | float) and not isinstance(n, bool) for n in value)
            and all(-180 <= n <= 180 for n in value)
        ):
            return tuple(float(n) for n in value)
        self.report("setting.degrees", name, n=count)
        return (0.0,) * count

    def section(self, name: str, *, required: bool = True) -> Settings:
        """Return the reader of a table inside this one.

        Parameters
        ----------
        name
            Name of the setting in this table.
        required
            Whether it is a problem that it is missing; that it is no table always is.

        Returns
        -------
        Settings
            Of an empty table if there is none.
        """
        value = self.tree.get(name)
        if not isinstance(value, Mapping):
            if required or value is not None:
                self.report("setting.table", name)
            value = {}
        return Settings(self.files, self.where, value, self._name(name))

    def only(self, *names: str) -> None:
        """Report every entry whose name is not known: a typing mistake must not pass.

        Parameters
        ----------
        *names
            The names that are known.
        """
        for name in sorted(set(self.tree) - set(names)):
            self.report("setting.unknown", name)
