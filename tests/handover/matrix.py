"""Open every format with outside readers and print what survives.

``python -m tests.handover.matrix --city tianjin``.

Readers: Debian's QGIS with its own GDAL, pyarrow, LibreOffice; none is a library of the atlas but
pyarrow. What is compared is the GeoJSON, read as plain JSON.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import pyarrow.parquet as pq
import shapely

from geo.base.schema import Field
from geo.formats.write_gis import short_names
from layers.command_line.arguments import city_of
from layers.handover.contents import ONE_SYSTEM, VIEW_FORMATS
from layers.handover.view_export import package
from layers.pack.city import City
from layers.view.state import default_state
from tests.handover.read_back import columns

SYSTEM_PYTHON: Final = "/usr/bin/python3"
ASKED: Final = ("features", "nulls", "chinese", "types", "crs", "styles", "codes")
Table = dict[str, Any]


def expected(city: City) -> dict[str, Table]:
    """Return by layer the rows of the GeoJSON by id."""
    files = package(city, default_state(city), layers=tuple(city.layers)).files
    found = {}
    for id_ in city.layers:
        features = json.loads(files[f"{id_}.geojson"])["features"]
        found[id_] = {
            each["id"]: {**each["properties"], "located": each["geometry"] is not None}
            for each in features
        }
    return found


def written(city: City, fmt: str, folder: Path) -> None:
    """Write the whole city."""
    epsg = 4326 if fmt in ONE_SYSTEM else city.metric_epsg
    made = package(city, default_state(city), fmt=fmt, epsg=epsg, layers=tuple(city.layers))
    for name, data in made.files.items():
        (folder / name).write_bytes(data)


def source_of(city: City, fmt: str, folder: Path, layer: str) -> str:
    """Return a table as GDAL names it."""
    if fmt in ("gpkg", "gdb"):
        file = (
            f"{folder}/{city.id}.gpkg" if fmt == "gpkg" else f"/vsizip/{folder}/{city.id}.gdb.zip"
        )
        return f"{file}|layername={layer}"
    if fmt == "kmz":
        return f"/vsizip/{folder}/{layer}.kmz/doc.kml"
    return str(folder / f"{layer}.{fmt}")


def in_qgis(sources: Sequence[str], folder: Path) -> dict[str, Table]:
    """Return what QGIS reads."""
    done = subprocess.run(
        [SYSTEM_PYTHON, str(Path(__file__).with_name("gis") / "read_in_qgis.py"), *sources],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": str(folder)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    told: dict[str, Table] = json.loads(done.stdout.splitlines()[-1])
    return told


def in_pyarrow(city: City, folder: Path) -> dict[str, Table]:
    """Return what pyarrow reads of GeoParquet."""
    found = {}
    for id_ in city.layers:
        table = pq.read_table(folder / f"{id_}.parquet")
        rows = table.to_pylist()
        for row in rows:
            shape = row.pop("geometry")
            row["located"] = shape is not None and not shapely.from_wkb(shape).is_empty
        crs = json.loads(table.schema.metadata[b"geo"])["columns"]["geometry"]["crs"]["id"]
        found[id_] = {
            "valid": True,
            "crs": f"{crs['authority']}:{crs['code']}",
            "renderer": "file" if (folder / f"{id_}.qml").exists() else "",
            "coded": [f.name for f in table.schema if f.metadata and b"codes" in f.metadata],
            "types": {field.name: str(field.type) for field in table.schema},
            "rows": rows,
        }
    return found


def in_office(city: City, folder: Path) -> list[list[str]]:
    """Return the rows of a workbook's first sheet as LibreOffice reads them."""
    home = f"-env:UserInstallation=file://{folder / 'home'}"
    to = ["--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76", "--outdir", str(folder / "o")]
    asked = ["soffice", home, "--headless", *to, str(folder / f"{city.id}.xlsx")]
    subprocess.run(asked, check=True, capture_output=True)
    with (folder / "o" / f"{city.id}.csv").open(encoding="utf-8", newline="") as file:
        return [*csv.reader(file)]


def verdicts(city: City, fmt: str, told: Mapping[str, Table], right: Mapping[str, Table]) -> Table:
    """Return what survives in all tables of a format: a word by what is asked."""
    made = package(city, default_state(city), layers=tuple(city.layers))
    names = columns(made.files)
    faults: dict[str, list[str]] = {name: [] for name in ASKED}
    for id_, rows in right.items():
        if not told[id_]["valid"]:
            return dict.fromkeys(ASKED, f"not opened: {id_}")
        fields = city.layers[id_].spec.schema.fields
        called = {each.name: each.name for each in fields}
        if fmt == "shp":
            called = short_names(names[id_])
        _rows(faults, id_, told[id_], rows, {f: called[f.name] for f in fields})
        shaped = fmt != "csv" or city.layers[id_].spec.schema.geometry == {"Point"}
        if shaped:
            _look(faults, id_, told[id_], {called[f.name] for f in fields if f.allowed})
            _place(faults, id_, told[id_], rows, called["id"])
        epsg = 4326 if fmt in ONE_SYSTEM else city.metric_epsg
        if shaped and told[id_]["crs"] != f"EPSG:{epsg}":
            faults["crs"].append(f"{id_}: {told[id_]['crs']}")
    return {name: f"no: {', '.join(each[:2])}" if each else "yes" for name, each in faults.items()}


Faults = dict[str, list[str]]


def _rows(faults: Faults, id_: str, table: Table, rows: Table, called: Mapping[Field, str]) -> None:
    """Compare ids, names and figures."""
    names = {each.name: own for each, own in called.items()}
    back = {row.get(names["id"]): row for row in table["rows"]}
    if back.keys() != rows.keys() or len(back) != len(table["rows"]):
        faults["features"].append(id_)
        return
    for key, row in rows.items():
        if back[key][names["name_zh"]] != row["name_zh"]:
            faults["chinese"].append(f"{id_} {key}")
        for field, own in called.items():
            if field.type in ("number", "integer"):
                _compare(faults, f"{id_} {field.name}", back[key][own], row[field.name])


def _place(faults: Faults, id_: str, table: Table, rows: Table, key: str) -> None:
    located = {row.get(key) for row in table["rows"] if row["located"]}
    if located != {id_ for id_, row in rows.items() if row["located"]}:
        faults["nulls"].append(f"{id_} geometry")


def _look(faults: Faults, id_: str, table: Table, closed: set[str]) -> None:
    plain = any(name.startswith("loca") for name in closed) and table["renderer"] == "singleSymbol"
    if table["renderer"] in ("", "nullSymbol") or plain:
        faults["styles"].append(id_)
    if not closed <= set(table["coded"]):
        faults["codes"].append(id_)


def _compare(faults: Faults, name: str, mine: object, right: object) -> None:
    if right is None:
        if mine not in (None, ""):
            faults["nulls"].append(f"{name} = {mine}")
    elif isinstance(mine, str) or not isinstance(mine, int | float):
        faults["types"].append(f"{name} is text")
    elif abs(mine - float(str(right))) > 1e-6 * max(1.0, abs(float(str(right)))):
        faults["types"].append(f"{name}: {mine}")


def matrix(city: City) -> list[tuple[str, str, Table]]:
    """Return format, reader and verdicts."""
    right = expected(city)
    found: list[tuple[str, str, Table]] = []
    with TemporaryDirectory() as work:
        sources: dict[str, dict[str, str]] = {}
        for fmt in VIEW_FORMATS:
            folder = Path(work) / fmt
            folder.mkdir()
            written(city, fmt, folder)
            sources[fmt] = {id_: source_of(city, fmt, folder, id_) for id_ in city.layers}
        asked = [fmt for fmt in VIEW_FORMATS if fmt not in ("xlsx", "parquet")]
        told = in_qgis([s for fmt in asked for s in sources[fmt].values()], Path(work))
        for fmt in asked:
            by_layer = {id_: told[source] for id_, source in sources[fmt].items()}
            found.append((fmt, "QGIS, GDAL of Debian", verdicts(city, fmt, by_layer, right)))
        arrow = in_pyarrow(city, Path(work) / "parquet")
        found.append(("parquet", "pyarrow", verdicts(city, "parquet", arrow, right)))
        rows = in_office(city, Path(work) / "xlsx")
        names = {row["name_zh"] for id_, each in right.items() for row in each.values()
                 if city.layers[id_].spec.is_places}  # fmt: skip
        seen = {cell for row in rows for cell in row}
        count = sum(len(each) for id_, each in right.items() if city.layers[id_].spec.is_places)
        own = dict.fromkeys(ASKED, "–") | {
            "features": "yes" if len(rows) - 3 == count else f"no: {len(rows) - 3} of {count}",
            "chinese": "yes" if names <= seen else f"no: {sorted(names - seen)[:2]}",
            "codes": "in words",
        }
        found.append(("xlsx", "LibreOffice", own))
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the matrix of a city."""
    parser = argparse.ArgumentParser(prog="python -m tests.handover.matrix", description=__doc__)
    parser.add_argument("--city", default="tianjin")
    city = city_of(parser.parse_args(arguments).city, {})
    print(f"| format | reader | {' | '.join(ASKED)} |")
    print("|---" * (len(ASKED) + 2) + "|")
    for fmt, reader, told in matrix(city):
        print(f"| {fmt} | {reader} | {' | '.join(told[name] for name in ASKED)} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
