"""Put hostile tables and outlines into the raw material of a pack, and build it.

An attempt fails when a build ends in anything but a refusal that names the file at fault.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from data.build import HERE, checked
from geo.base.errors import DataError
from tests.attack import Outcome
from tests.attack.packs import SHAPES

TABLES = (
    *("places.csv", "districts.csv", "universities.csv", "indicators.csv", "corrections.csv"),
    *("authored/clauses.csv", "authored/place_texts.csv", "authored/observations.csv"),
    *("park_links.csv", "node_links.csv", "geonames_places.csv"),
)
OUTLINES = ("tianjin_districts.geojson", "axis.geojson", "natural_earth_land.geojson")
SETTINGS = ("city.toml", "plan.toml")
Turn = Callable[[bytes], bytes]

WHOLE: dict[str, Turn] = {
    "empty": lambda data: b"",
    "cut in half": lambda data: data[: len(data) // 2],
    "binary": lambda data: bytes(range(256)) * 16,
    "UTF-16": lambda data: data.decode("utf-8-sig").encode("utf-16"),
    "GB 18030": lambda data: ("天津" + data.decode("utf-8-sig")).encode("gb18030"),
    "NULs": lambda data: b"\0" * 4096,
    "a surrogate in UTF-8": lambda data: data[:40] + b"\xed\xa0\x80" + data[40:],
    "brackets": lambda data: b"[" * 100_000,
}
"""What can stand in the place of any file."""
LINES: dict[str, Turn] = {
    "no rows": lambda data: data.splitlines(keepends=True)[0],
    "a column twice": lambda data: _headed(data, lambda names: [*names[:-1], names[0]]),
    "a column less": lambda data: _headed(data, lambda names: names[1:]),
    "a column called otherwise": lambda data: _headed(data, lambda names: ["=1+1", *names[1:]]),
    "semicolons": lambda data: data.replace(b",", b";"),
    "a stray quote": lambda data: _second(data, lambda line: b'"' + line),
    "a cell too many": lambda data: _second(data, lambda line: b"x," + line),
    "a NUL": lambda data: _second(data, lambda line: b"\0" + line),
    "a bell": lambda data: _second(data, lambda line: b"\a" + line),
    "a row twice": lambda data: _second(data, lambda line: line + line),
    "140,000 characters": lambda data: _second(data, lambda line: b"x" * 140_000 + line),
    "5,000 digits": lambda data: _second(data, lambda line: b"9" * 5000 + b"," * line.count(b",")),
}
"""What can be wrong with any table; the first row below the heading is spoilt."""
CELLS = (
    "nan",
    "inf",
    "-5",
    "1e999",
    "9" * 400,
    "12,5",
    "１２",
    "=1+1",
    "2022-02-30",
    "长" * 10_001,
)
"""What can stand in a cell that means a number or a closed word."""
MEANT = {
    "places.csv": ("lon", "uncertainty_m", "location_class", "counted", "host_adcode"),
    "districts.csv": ("population_2020_territorial", "area_km2_reference", "adcode"),
    "universities.csv": ("lon", "lat"),
}


def _headed(data: bytes, change: Callable[[list[str]], list[str]]) -> bytes:
    head, rest = data.decode("utf-8-sig").split("\n", 1)
    return (",".join(change(head.rstrip("\r").split(","))) + "\n" + rest).encode()


def _second(data: bytes, change: Turn) -> bytes:
    head, line, *rest = data.splitlines(keepends=True)
    return head + change(line) + b"".join(rest)


def in_column(name: str, value: str, data: bytes) -> bytes:
    """Put a value into the first row of one column that has one."""
    import csv
    import io

    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    at = rows[0].index(name)
    row = next(row for row in rows[1:] if len(row) > at and row[at])
    row[at] = value
    room = io.StringIO()
    csv.writer(room, lineterminator="\n").writerows(rows)
    return room.getvalue().encode()


def outline(shape: Any, data: bytes) -> bytes:
    tree = json.loads(data)
    tree["features"][0]["geometry"] = shape
    return json.dumps(tree).encode()


def _without_properties(data: bytes) -> bytes:
    tree = json.loads(data)
    del tree["features"][0]["properties"]
    return json.dumps(tree).encode()


def hostile() -> Iterator[tuple[str, str, Turn]]:
    """Yield what is tried, the file, and how its bytes are turned."""
    for file in (*TABLES, *OUTLINES, *SETTINGS):
        for what, turn in WHOLE.items():
            yield what, file, turn
    for file in TABLES:
        for what, turn in LINES.items():
            yield what, file, turn
    for file, names in MEANT.items():
        for name in names:
            for value in CELLS:
                yield f"{name} = {value[:12]}", file, partial(in_column, name, value)
    for file in OUTLINES:
        for what, shape in SHAPES.items():
            yield what, file, partial(outline, shape)
        yield "no properties", file, _without_properties
        yield (
            "a key twice",
            file,
            lambda data: data.replace(b'"features"', b'"features":[],"features"', 1),
        )
        yield (
            "a named CRS",
            file,
            lambda data: data.replace(
                b"{", b'{"crs":{"type":"name","properties":{"name":"EPSG:4548"}},', 1
            ),
        )


def came_of(raw: Path, file: str, turn: Turn) -> str:
    """Return what came of one build: ``refused``, ``accepted``, or what went wrong.

    Parameters
    ----------
    raw
        Folder of sound raw material; the file is put back.
    file
        What is spoilt.
    turn
        How.
    """
    sound = (raw / file).read_bytes()
    try:
        (raw / file).write_bytes(turn(sound))
        checked(raw)
    except DataError as error:
        named = any(file in str(problem) for problem in error.problems)
        return (
            "refused"
            if named
            else f"refused without a word of it: {[*map(str, error.problems)][:1]}"
        )
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:120]}"
    finally:
        (raw / file).write_bytes(sound)
    return "accepted"


MAY_PASS = frozenset({"no rows", "a row twice"})
"""A table may be empty where the build says so, and say a thing twice where nothing is counted; of
half the settings the other half may be those that a city may leave out."""
ELSEWHERE = ("corrections.csv", "no rows")
"""Without its corrections a row of another table is at fault, and told there."""


def attack() -> Outcome:
    """Try every hostile table, outline and setting."""
    failures, tried, passed = [], 0, []
    with tempfile.TemporaryDirectory() as name:
        raw = Path(name) / "raw"
        shutil.copytree(HERE / "tianjin" / "raw", raw)
        for what, file, turn in hostile():
            tried += 1
            said = came_of(raw, file, turn)
            if said == "accepted":
                passed.append(f"{file}: {what}")
                if what not in MAY_PASS and not file.endswith(".toml"):
                    failures.append(f"{file}: {what}: accepted")
            elif said != "refused" and (file, what) != ELSEWHERE:
                failures.append(f"{file}: {what}: {said}")
    note = f"{tried - len(passed) - len(failures)} refused by the name of the file"
    return Outcome("hostile raw material of a pack", tried, tuple(failures), note)
