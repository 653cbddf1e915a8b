"""Write the collections of a static OGC API: their description, queryables, pages and features."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote

import geopandas as gpd

from geo.base.schema import Field, FieldType
from geo.formats.write_geojson import to_geojson
from layers.handover.contents import WGS84, Contents, Sheet
from layers.handover.static_api.links import CATALOGUE, Address, Json, link

PAGE: Final = 100
"""Features of a page."""
CRS84: Final = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
GEOJSON: Final = "application/geo+json"
SCHEMA_TYPES: Final[Mapping[FieldType, str]] = {
    "text": "string",
    "date": "string",
    "number": "number",
    "integer": "integer",
    "flag": "boolean",
}


def folder_of(id_: str) -> str:
    """Return the name of a feature's folder: no id leads out of the tree or names a hidden file.

    Parameters
    ----------
    id_
        Id of a feature, any text.

    Examples
    --------
    >>> folder_of("park-1"), folder_of("../a"), folder_of("")
    ('park-1', '%2E%2E%2Fa', '%20')
    """
    return quote(id_, safe="").replace(".", "%2E") or "%20"


def bounds(sheet: Sheet) -> list[float] | None:
    """Return west, south, east, north of a table in degrees; None where nothing has a place.

    Parameters
    ----------
    sheet
        A table with a shape.
    """
    if not sheet.mapped:
        return None
    found = gpd.GeoDataFrame(sheet.frame).geometry.to_crs(WGS84).total_bounds
    return [round(float(at), 7) for at in found]


def description(contents: Contents, sheet: Sheet, at: Address) -> Json:
    """Return what is said of a collection.

    Parameters
    ----------
    contents
        What is handed over.
    sheet
        The table that the collection holds.
    at
        Where the tree will stand.
    """
    own = f"collections/{sheet.id}"
    origin, box = sheet.provenance, bounds(sheet)
    extent: dict[str, object] = {"temporal": {"interval": [[None, _day(contents)]]}}
    if box is not None:
        extent["spatial"] = {"bbox": [box], "crs": CRS84}
    return {
        "id": sheet.id,
        "title": " ".join(sheet.title),
        "description": " ".join(origin.method) if origin else " ".join(contents.sentence),
        "extent": extent,
        "itemType": "feature",
        "crs": [CRS84],
        "storageCrs": CRS84,
        "links": [
            link(at, own, "self", title=" ".join(sheet.title)),
            link(at, f"{own}/items", "items", kind=GEOJSON),
            link(at, f"{own}/queryables", "http://www.opengis.net/def/rel/ogc/1.0/queryables",
                 kind="application/schema+json"),
            link(at, f"collections/{CATALOGUE}/items/{folder_of(sheet.id)}", "describedby",
                 kind=GEOJSON),
        ],
    }  # fmt: skip


def _day(contents: Contents) -> str:
    """Return the day of the data as a moment."""
    return f"{contents.city.data_date}T00:00:00Z"


def queryables(contents: Contents, sheet: Sheet, at: Address) -> Json:
    """Return the columns of a collection as JSON Schema, with the codes in words.

    Parameters
    ----------
    contents
        What is handed over.
    sheet
        The table that the collection holds.
    at
        Where the tree will stand.
    """
    del contents
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": at.of(f"collections/{sheet.id}/queryables"),
        "type": "object",
        "title": " ".join(sheet.title),
        "properties": {
            "geometry": {"$ref": "https://geojson.org/schema/Geometry.json"},
            **{field.name: _property(sheet, field) for field in sheet.fields},
        },
        "additionalProperties": False,
    }


def _property(sheet: Sheet, field: Field) -> dict[str, object]:
    told: dict[str, object] = {
        "title": " ".join(sheet.title_of(field.name)),
        "type": SCHEMA_TYPES[field.type],
    }
    if codes := sheet.codes.get(field.name):
        told["enum"] = list(codes)
        told["x-words"] = dict(codes)
    if field.unit:
        told["x-ogc-unit"] = field.unit
    if field.least is not None:
        told["minimum"] = field.least
    return told


def features_of(sheet: Sheet) -> list[dict[str, Any]]:
    """Return the rows of a table as features of GeoJSON, sorted by id.

    Parameters
    ----------
    sheet
        A table with a shape.
    """
    content = json.loads(to_geojson(gpd.GeoDataFrame(sheet.frame).to_crs(WGS84)))
    found: list[dict[str, Any]] = content["features"]
    return found


def pages(contents: Contents, sheet: Sheet, at: Address) -> Iterator[tuple[str, Json]]:
    """Yield the pages of a collection and each of its features, by path.

    Parameters
    ----------
    contents
        What is handed over.
    sheet
        The table that the collection holds.
    at
        Where the tree will stand.
    """
    yield from paged(features_of(sheet), f"collections/{sheet.id}", _day(contents), at)


def paged(
    features: list[dict[str, Any]], own: str, stamp: str, at: Address
) -> Iterator[tuple[str, Json]]:
    """Yield features in bounded pages, each linked with the next, and one by one.

    Parameters
    ----------
    features
        All of a collection, in order.
    own
        Path of the collection.
    stamp
        Moment that the pages give: that of the data, not of the clock.
    at
        Where the tree will stand.
    """
    count = max(1, -(-len(features) // PAGE))
    for number in range(1, count + 1):
        held = features[(number - 1) * PAGE : number * PAGE]
        links = [
            link(at, _page(own, number), "self", kind=GEOJSON),
            link(at, own, "collection"),
        ]
        if number < count:
            links.append(link(at, _page(own, number + 1), "next", kind=GEOJSON))
        if number > 1:
            links.append(link(at, _page(own, number - 1), "prev", kind=GEOJSON))
        yield (
            _page(own, number),
            {
                "type": "FeatureCollection",
                "timeStamp": stamp,
                "numberMatched": len(features),
                "numberReturned": len(held),
                "links": links,
                "features": held,
            },
        )
    for feature in features:
        path = f"{own}/items/{folder_of(str(feature['id']))}"
        links = [*feature.get("links", []), link(at, path, "self", kind=GEOJSON),
                 link(at, own, "collection")]  # fmt: skip
        yield path, {**feature, "links": links}


def _page(own: str, number: int) -> str:
    return f"{own}/items" if number == 1 else f"{own}/pages/{number}"
