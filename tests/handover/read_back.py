"""Read the tables of a package back."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree

import geopandas as gpd
import pandas as pd
import pyogrio
from openpyxl import load_workbook

from layers.handover.metadata.files import TABLE_SCHEMA

KML = "{http://www.opengis.net/kml/2.2}"


def read_kml(path: Path) -> gpd.GeoDataFrame:
    """Read shapes with GDAL, the rest as XML: not every GDAL reads a KML's columns and blanks."""
    tree = ElementTree.parse(path)
    marks = [*tree.iter(f"{KML}Placemark")]
    names = [str(field.get("name")) for field in tree.iter(f"{KML}SimpleField")]
    rows = [
        {str(cell.get("name")): cell.text for cell in mark.iter(f"{KML}SimpleData")}
        for mark in marks
    ]
    told = pd.DataFrame(rows, columns=names)
    told["Name"] = [mark.findtext(f"{KML}name") for mark in marks]
    shapes = iter(pyogrio.read_dataframe(path).geometry.dropna())
    drawn = [mark.find(f".//{KML}coordinates") is not None for mark in marks]
    geometry = [next(shapes) if is_drawn else None for is_drawn in drawn]
    return gpd.GeoDataFrame(told, geometry=geometry, crs=4326)


def read(fmt: str, files: Mapping[str, bytes], folder: Path, layer: str) -> pd.DataFrame:
    """Return a table of a package, which is written into a folder first."""
    for name, data in files.items():
        (folder / name).write_bytes(data)
    if fmt in ("gdb", "gpkg"):
        path = next(folder.glob("*.gdb.zip" if fmt == "gdb" else "*.gpkg"))
        return pd.DataFrame(pyogrio.read_dataframe(path, layer=layer))
    path = folder / f"{layer}.{fmt}"
    if fmt == "parquet":
        return pd.DataFrame(gpd.read_parquet(path))
    if fmt == "kmz":  # not every GDAL opens one
        with zipfile.ZipFile(path) as packed:
            path = Path(packed.extract("doc.kml", folder))
    if fmt in ("kml", "kmz"):
        return pd.DataFrame(read_kml(path))
    return pd.DataFrame(pyogrio.read_dataframe(path, encoding="UTF-8" if fmt == "csv" else None))


def listed(files: Mapping[str, bytes]) -> list[tuple[object, ...]]:
    """Return the rows of the first sheet of a workbook, below its heading."""
    name = next(name for name in files if name.endswith(".xlsx"))
    book = load_workbook(io.BytesIO(files[name]), read_only=True)
    return [*book.worksheets[0].iter_rows(min_row=4, values_only=True)]


def columns(files: Mapping[str, bytes]) -> dict[str, list[str]]:
    """Return by table the columns that a package says it has, those that leave with it too."""
    told = json.loads(files[TABLE_SCHEMA])["resources"]
    return {each["name"]: [field["name"] for field in each["schema"]["fields"]] for each in told}
