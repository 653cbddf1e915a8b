"""Zip the places that the screen shows for a GIS: GeoPackage and GeoJSON, every name ASCII."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from layers.handover.build import build
from layers.handover.contents import WGS84
from layers.handover.documents import DICTIONARY, MANIFEST, SOURCES, sha256
from layers.handover.metadata.files import DICTIONARY_WORKBOOK
from layers.handover.package import Package
from layers.handover.write_data import json_bytes
from layers.pack.city import City
from layers.present.pack import numbers
from layers.present.pack.findings import selected
from layers.present.telling import Told
from layers.view.state import ViewState

ASCII: Final = {
    DICTIONARY: "dictionary.csv",
    DICTIONARY_WORKBOOK: "dictionary.xlsx",
    SOURCES: "sources.md",
}
"""Names that a GIS of any system opens, by those of an export."""


def zipped(city: City, over: ViewState, told: Sequence[Told] = ()) -> bytes:
    """Return the places in both forms, with their dictionary, sources and manifest.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    over
        The reader's own filters.
    told
        The scenes: the numbers of those that rest on drawn positions go along as a table.
    """
    found = numbers.sheet(told)
    files: dict[str, bytes] = {}
    for folder, fmt, epsg in (
        ("geopackage", "gpkg", city.metric_epsg),
        ("geojson", "geojson", WGS84),
    ):
        held = selected(city, over, fmt, epsg)
        if found is not None:
            held = replace(held, sheets=(*held.sheets, found))
        made = dict(build(held).files)
        about = json.loads(made.pop(MANIFEST))
        here = {ASCII.get(name, name): data for name, data in made.items()}
        about["files"] = [
            {"name": name, "bytes": len(data), "sha256": sha256(data)}
            for name, data in here.items()
        ]
        here[MANIFEST] = json_bytes(about)
        files |= {f"{folder}/{name}": data for name, data in here.items()}
    return Package("", date.fromisoformat(city.data_date), files).zip()
