"""Write a static tree that answers as OGC API Features and Records do, for any web server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from types import MappingProxyType
from typing import Final

from layers import __version__
from layers.handover.contents import Contents
from layers.handover.documents import MANIFEST, SOURCES, manifest, sources
from layers.handover.metadata.iso19115 import iso19115
from layers.handover.package import Package
from layers.handover.static_api import features, records
from layers.handover.static_api.links import CATALOGUE, Address, Json, link
from layers.handover.write_data import json_bytes
from layers.language.bilingual import pair

INDEX: Final = "index.json"
"""What a server gives for a folder: ``index index.json;`` in nginx."""
CONFORMS: Final = (
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/json",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables",
    records.RECORD_CORE,
    "http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/crawlable-catalog",
    "http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/json",
)
"""Files cannot read parameters, so that the core of Features, which asks for bbox and limit, is not
claimed; pygeoapi over the same selection does."""


def tree(contents: Contents, at: Address) -> Package:
    """Return the files of the API; the same contents and address give the same bytes.

    Parameters
    ----------
    contents
        What is handed over, in GeoJSON's form.
    at
        Where the tree will stand.
    """
    files = {
        f"{path}/{INDEX}" if path else INDEX: json_bytes(told)
        for path, told in _documents(contents, at)
    }
    for sheet in contents.sheets:
        files[f"metadata/{sheet.id}.xml"] = iso19115(contents, sheet).encode()
    files[SOURCES] = sources(contents)
    files[MANIFEST] = manifest(contents, files)
    stamp = date.fromisoformat(contents.city.data_date)
    return Package(contents.stem, stamp, MappingProxyType(files))


def _documents(contents: Contents, at: Address) -> Iterator[tuple[str, Json]]:
    """Yield every document by its path."""
    shaped = [sheet for sheet in contents.sheets if sheet.geometry]
    described = [features.description(contents, sheet, at) for sheet in shaped]
    catalogue = records.catalogue(contents, at)
    yield "", _landing(contents, at)
    yield "conformance", {"conformsTo": list(CONFORMS)}
    yield "api", _openapi(contents, at, [sheet.id for sheet in shaped])
    own = [link(at, "collections", "self")]
    yield "collections", {"links": own, "collections": [*described, catalogue]}
    for sheet, told in zip(shaped, described, strict=True):
        yield f"collections/{sheet.id}", told
        asked = features.queryables(contents, sheet, at)
        yield f"collections/{sheet.id}/queryables", asked
        yield from features.pages(contents, sheet, at)
    path = f"collections/{CATALOGUE}"
    yield path, catalogue
    held = [records.record(contents, sheet, at) for sheet in shaped]
    yield from features.paged(held, path, f"{contents.city.data_date}T00:00:00Z", at)


def _landing(contents: Contents, at: Address) -> Json:
    title = " ".join(pair("export.title_short", city=contents.city.name))
    return {
        "title": title,
        "description": " ".join((*contents.sentence, *pair("export.static_api"))),
        "links": [
            link(at, "", "self", title=title),
            link(at, "api", "service-desc", kind="application/vnd.oai.openapi+json;version=3.0"),
            link(at, "conformance", "conformance"),
            link(at, "conformance", "http://www.opengis.net/def/rel/ogc/1.0/conformance"),
            link(at, "collections", "data"),
            link(at, f"collections/{CATALOGUE}", "http://www.opengis.net/def/rel/ogc/1.0/ogc-catalog"),
            link(at, SOURCES, "license", kind="text/markdown"),
        ],
    }  # fmt: skip


def _openapi(contents: Contents, at: Address, ids: list[str]) -> Json:
    """Return which paths there are: all are read alone, and none takes a parameter."""
    paths = ["/", "/conformance", "/collections"]
    for id_ in (*ids, CATALOGUE):
        paths += [f"/collections/{id_}", f"/collections/{id_}/items"]
    paths += [f"/collections/{id_}/queryables" for id_ in ids]
    answer = {"200": {"description": "JSON", "content": {"application/json": {}}}}
    return {
        "openapi": "3.0.3",
        "info": {
            "title": " ".join(pair("export.title_short", city=contents.city.name)),
            "version": __version__,
        },
        "servers": [{"url": at.base or "/"}],
        "paths": {path: {"get": {"responses": answer}} for path in paths},
    }
