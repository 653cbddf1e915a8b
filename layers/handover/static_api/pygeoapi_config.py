"""Configure pygeoapi to serve layers: OGC API Features with filters, boxes and systems."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType
from typing import Final

from geo.base.schema import Field
from layers.handover.contents import Contents, Sheet, systems
from layers.handover.documents import MANIFEST, SOURCES, manifest, sources
from layers.handover.package import Package
from layers.handover.static_api.features import CRS84, SCHEMA_TYPES, bounds
from layers.handover.static_api.links import Address
from layers.handover.write_data import data_files, json_bytes
from layers.language.bilingual import pair

CONFIG: Final = "pygeoapi-config.yml"
MOST: Final = 1000
"""Features that one answer may hold."""


def served(contents: Contents, at: Address, folder: str, port: int) -> Package:
    """Return the layers as GeoJSON with the configuration by which pygeoapi serves them.

    Parameters
    ----------
    contents
        What is handed over, in GeoJSON's form: the rows are those of the selection.
    at
        Where readers will find the server.
    folder
        In which the files will stand.
    port
        On which the server listens, on this machine alone.
    """
    files = data_files(contents)
    files[CONFIG] = json_bytes(_config(contents, at, folder, port))  # JSON is YAML too
    files[SOURCES] = sources(contents)
    files[MANIFEST] = manifest(contents, files)
    stamp = date.fromisoformat(contents.city.data_date)
    return Package(contents.stem, stamp, MappingProxyType(files))


def _config(contents: Contents, at: Address, folder: str, port: int) -> dict[str, object]:
    title = " ".join(pair("export.title_short", city=contents.city.name))
    name = " ".join(pair("app.name"))
    return {
        "server": {
            "bind": {"host": "127.0.0.1", "port": port},
            "url": at.base,
            "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8",
            "languages": ["zh-CN", "en-US"],
            "cors": False,
            "pretty_print": False,
            "admin": False,
            "limits": {"default_items": 100, "max_items": MOST, "on_exceed": "throttle"},
            "map": {"url": "", "attribution": ""},
        },
        "logging": {"level": "ERROR"},
        "metadata": {
            "identification": {
                "title": title,
                "description": " ".join(contents.sentence),
                "keywords": [*contents.city.name],
                "keywords_type": "theme",
                "terms_of_service": at.base,
                "url": at.base,
            },
            "license": {"name": "other", "url": at.base},
            "provider": {"name": name, "url": at.base},
            "contact": {"name": name},
        },
        "resources": {
            sheet.id: _resource(contents, sheet, at, folder)
            for sheet in contents.sheets
            if sheet.geometry
        },
    }


def _resource(contents: Contents, sheet: Sheet, at: Address, folder: str) -> dict[str, object]:
    origin = sheet.provenance
    codes = systems(contents.city)
    return {
        "type": "collection",
        "title": " ".join(sheet.title),
        "description": " ".join(origin.method) if origin else " ".join(contents.sentence),
        "keywords": [*sheet.title],
        "links": [
            {"type": "text/html", "rel": "canonical", "href": at.base, "title": sheet.title.en}
        ],
        "extents": {
            "spatial": {"bbox": bounds(sheet) or list(contents.city.bbox), "crs": CRS84},
            # Without ends: pygeoapi refuses what lies beyond them, where nothing is the answer.
            "temporal": {"begin": None, "end": None},
        },
        "providers": [
            {
                "type": "feature",
                "name": "layers.handover.static_api.provider.LayerProvider",
                "data": f"{folder}/{sheet.id}.geojson",
                "id_field": sheet.key,
                "title_field": "name_zh" if "name_zh" in sheet.names else sheet.key,
                "crs": [CRS84, *(f"http://www.opengis.net/def/crs/EPSG/0/{c}" for c in codes)],
                "storage_crs": CRS84,
                "options": {"fields": {each.name: _field(sheet, each) for each in sheet.fields}},
            }
        ],
    }


def _field(sheet: Sheet, field: Field) -> dict[str, object]:
    told: dict[str, object] = {"type": SCHEMA_TYPES[field.type]}
    if codes := sheet.codes.get(field.name):
        told["values"] = list(codes)
    return told
