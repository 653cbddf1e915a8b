"""Zip the places that the screen shows for a GIS: GeoPackage and GeoJSON, every name ASCII."""

from __future__ import annotations

import json
from datetime import date
from typing import Final

from layers.handover.build import build
from layers.handover.contents import WGS84
from layers.handover.documents import DICTIONARY, MANIFEST, SOURCES, sha256
from layers.handover.metadata.files import DICTIONARY_WORKBOOK
from layers.handover.package import Package
from layers.handover.write_data import json_bytes
from layers.pack.city import City
from layers.present.pack.findings import selected
from layers.view.state import ViewState

ASCII: Final = {
    DICTIONARY: "dictionary.csv",
    DICTIONARY_WORKBOOK: "dictionary.xlsx",
    SOURCES: "sources.md",
}
"""Names that a GIS of any system opens, by those of an export."""


def zipped(city: City, over: ViewState) -> bytes:
    """Return the places in both forms, with their dictionary, sources and manifest.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    over
        The reader's own filters.
    """
    files: dict[str, bytes] = {}
    for folder, fmt, epsg in (
        ("geopackage", "gpkg", city.metric_epsg),
        ("geojson", "geojson", WGS84),
    ):
        made = dict(build(selected(city, over, fmt, epsg)).files)
        about = json.loads(made.pop(MANIFEST))
        here = {ASCII.get(name, name): data for name, data in made.items()}
        about["files"] = [
            {"name": name, "bytes": len(data), "sha256": sha256(data)}
            for name, data in here.items()
        ]
        here[MANIFEST] = json_bytes(about)
        files |= {f"{folder}/{name}": data for name, data in here.items()}
    return Package("", date.fromisoformat(city.data_date), files).zip()
