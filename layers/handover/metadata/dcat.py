"""Describe what is handed over for a catalogue of open data: DCAT-AP as JSON-LD."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import geopandas as gpd

from layers.handover.contents import WGS84, Contents, Sheet
from layers.handover.write_data import json_bytes
from layers.language.bilingual import Bilingual, pair

_CONTEXT: Final = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "locn": "http://www.w3.org/ns/locn#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "geosparql": "http://www.opengis.net/ont/geosparql#",
}
_MEDIA: Final = {
    "geojson": "application/geo+json",
    "gpkg": "application/geopackage+sqlite3",
    "csv": "text/csv",
    "kml": "application/vnd.google-earth.kml+xml",
    "kmz": "application/vnd.google-earth.kmz",
    "parquet": "application/vnd.apache.parquet",
    "zip": "application/zip",
    "fgb": "application/octet-stream",
    "shp": "application/octet-stream",
    "tif": "image/tiff; application=geotiff",
}
"""By the end of a file's name, what it is (IANA, where it has a name there)."""
_TITLE: Final = ("zh", "en")


def dcat(contents: Contents, files: Mapping[str, bytes]) -> bytes:
    """Return a catalogue of the tables with the files in which they lie.

    Parameters
    ----------
    contents
        What is handed over.
    files
        Data by name; a table's own files begin with its id, others hold all tables.

    Returns
    -------
    bytes
        JSON-LD in UTF-8. Addresses are relative to the folder, so that whoever publishes it gives
        the base.
    """
    title = pair("export.title_short", city=contents.city.name)
    return json_bytes(
        {
            "@context": _CONTEXT,
            "@id": "./",
            "@type": "dcat:Catalog",
            "dct:title": _texts(title),
            "dct:description": _texts(contents.sentence),
            "dct:publisher": {"@type": "foaf:Agent", "foaf:name": _texts(pair("app.name"))},
            "dct:modified": _day(contents.city.data_date),
            "dcat:dataset": [_dataset(contents, sheet, files) for sheet in contents.sheets],
        }
    )


def _texts(text: Bilingual) -> list[dict[str, str]]:
    return [{"@language": lang, "@value": text.of(lang)} for lang in _TITLE]


def _day(date: str) -> dict[str, str]:
    kind = {4: "xsd:gYear", 7: "xsd:gYearMonth"}.get(len(date), "xsd:date")
    return {"@type": kind, "@value": date}


def _dataset(contents: Contents, sheet: Sheet, files: Mapping[str, bytes]) -> dict[str, object]:
    origin = sheet.provenance
    about: dict[str, object] = {
        "@id": f"#{sheet.id}",
        "@type": "dcat:Dataset",
        "dct:identifier": f"{contents.city.id}/{contents.city.data_date}/{sheet.id}",
        "dct:title": _texts(sheet.title),
        "dct:description": _texts(origin.method if origin else contents.sentence),
        "dcat:keyword": _texts(sheet.title),
        "dct:modified": _day(contents.city.data_date),
    }
    if origin is not None:
        statement = {"@type": "dct:ProvenanceStatement", "dct:description": _texts(origin.source)}
        about["dct:provenance"] = statement
    if sheet.mapped:
        about["dct:spatial"] = _place(sheet)
    about["dcat:distribution"] = [
        _distribution(contents, sheet, name)
        for name in files
        if name.rpartition(".")[2] in _MEDIA and name.split(".")[0] in (sheet.id, contents.name)
    ]
    return about


def _place(sheet: Sheet) -> dict[str, object]:
    bounds = gpd.GeoDataFrame(sheet.frame).geometry.to_crs(WGS84).total_bounds.tolist()
    west, south, east, north = (round(at, 7) for at in bounds)
    ring = ((west, south), (east, south), (east, north), (west, north), (west, south))
    box = f"POLYGON(({', '.join(f'{x} {y}' for x, y in ring)}))"
    return {
        "@type": "dct:Location",
        "dcat:bbox": {"@type": "geosparql:wktLiteral", "@value": box},
    }


def _distribution(contents: Contents, sheet: Sheet, name: str) -> dict[str, object]:
    origin = sheet.provenance
    about: dict[str, object] = {
        "@id": name,
        "@type": "dcat:Distribution",
        "dcat:accessURL": {"@id": name},
        "dcat:mediaType": _MEDIA[name.rpartition(".")[2]],
    }
    if contents.form.local is None:
        epsg = contents.form.epsg
        about["dct:conformsTo"] = {"@id": f"http://www.opengis.net/def/crs/EPSG/0/{epsg}"}
    if origin is not None:
        terms = {"@type": "dct:RightsStatement", "dct:description": _texts(origin.licence)}
        about["dct:rights"] = terms
    return about
