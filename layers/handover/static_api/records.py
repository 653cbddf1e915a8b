"""Write the catalogue of a static API: a record of OGC API Records for each layer."""

from __future__ import annotations

from typing import Any, Final

from layers.handover.contents import Contents, Sheet
from layers.handover.static_api.features import GEOJSON, bounds, folder_of
from layers.handover.static_api.links import CATALOGUE, Address, Json, link
from layers.language.bilingual import pair

RECORD_CORE: Final = "http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/record-core"


def catalogue(contents: Contents, at: Address) -> Json:
    """Return what is said of the catalogue, with a link to each record, so that it can be crawled.

    Parameters
    ----------
    contents
        What is handed over.
    at
        Where the tree will stand.
    """
    own = f"collections/{CATALOGUE}"
    title = " ".join(pair("export.title_short", city=contents.city.name))
    shaped = [sheet for sheet in contents.sheets if sheet.geometry]
    return {
        "id": CATALOGUE,
        "type": "Collection",
        "title": title,
        "description": " ".join(contents.sentence),
        "itemType": "record",
        "created": f"{contents.city.data_date}T00:00:00Z",
        "links": [
            link(at, own, "self", title=title),
            link(at, f"{own}/items", "items", kind=GEOJSON),
            *(link(at, f"{own}/items/{folder_of(sheet.id)}", "item", kind=GEOJSON,
                   title=" ".join(sheet.title)) for sheet in shaped),
        ],
    }  # fmt: skip


def record(contents: Contents, sheet: Sheet, at: Address) -> dict[str, Any]:
    """Return the record of a layer.

    Parameters
    ----------
    contents
        What is handed over.
    sheet
        One of its tables.
    at
        Where the tree will stand.
    """
    origin = sheet.provenance
    return {
        "id": sheet.id,
        "type": "Feature",
        "conformsTo": [RECORD_CORE],
        "geometry": _box(bounds(sheet)),
        "time": {"date": contents.city.data_date},
        "properties": {
            "type": "dataset",
            "title": " ".join(sheet.title),
            "description": " ".join(origin.method) if origin else " ".join(contents.sentence),
            "created": f"{contents.city.data_date}T00:00:00Z",
            "updated": f"{contents.city.data_date}T00:00:00Z",
            "language": {"code": "zh", "name": "中文"},
            "languages": [{"code": "zh", "name": "中文"}, {"code": "en", "name": "English"}],
            "keywords": [*dict.fromkeys((*contents.city.name, *sheet.title))],
            "license": "other",
            "rights": " ".join((*origin.licence, *origin.licence_note)) if origin else "",
            "contacts": [{"organization": " ".join(pair("app.name")), "roles": ["distributor"]}],
            "rows": len(sheet.frame),
            "mapped": sheet.mapped,
        },
        "links": [
            link(at, f"collections/{sheet.id}", "collection"),
            link(at, f"collections/{sheet.id}/items", "items", kind=GEOJSON),
            link(at, f"metadata/{sheet.id}.xml", "describedby", kind="application/xml"),
        ],
    }


def _box(box: list[float] | None) -> dict[str, object] | None:
    if box is None:
        return None
    west, south, east, north = box
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}
