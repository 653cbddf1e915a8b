# mypy: disable-error-code="misc"
# A lambda that holds the value of its loop as a default has no type that mypy could infer.
"""Ask an OGC API what its standards require, one by one and by their names.

Features Part 1 (core, geojson, oas30), Part 2 (crs), Part 3 (queryables, filter), Records 1.0
(record, crawlable catalogue). OGC's own executable suite is not part of this. What a parameter must
choose is computed from the exported GeoJSON by another way.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import shapely
from pyproj import Transformer

from layers.handover.static_api.links import CATALOGUE
from layers.handover.view_export import package
from layers.pack.city import City
from layers.view.state import default_state

CRS84: Final = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG: Final = "http://www.opengis.net/def/crs/EPSG/0/"
PART: Final = "http://www.opengis.net/spec/ogcapi-"
Json = dict[str, Any]
Check = tuple[str, Callable[[], object]]


class Answer:
    """What a server said."""

    def __init__(self, url: str) -> None:
        asked = Request(url, headers={"Accept": "application/geo+json, application/json"})
        try:
            with urlopen(asked, timeout=30) as answer:
                self.status, self.headers, self.body = answer.status, answer.headers, answer.read()
        except HTTPError as error:
            self.status, self.headers, self.body = error.code, error.headers, error.read()

    @property
    def json(self) -> Json:
        told: Json = json.loads(self.body)
        return told

    @property
    def kind(self) -> str:
        return str(self.headers.get_content_type())


class Api:
    """An API with what it should hold."""

    def __init__(self, base: str, city: City) -> None:
        self.base, self.city = base, city
        made = package(city, default_state(city), layers=tuple(city.layers)).files
        self.right = {id_: json.loads(made[f"{id_}.geojson"])["features"] for id_ in city.layers}
        places = [id_ for id_, layer in city.layers.items() if layer.spec.is_places]
        self.layer = max(places, key=lambda id_: len(self.right[id_]))

    def get(self, path: str, **asked: object) -> Answer:
        query = urlencode({name.replace("_", "-"): value for name, value in asked.items()})
        return Answer(f"{self.base}{path}" + (f"?{query}" if query else ""))

    def items(self, **asked: object) -> Answer:
        return self.get(f"/collections/{self.layer}/items", **asked)

    def ids(self, **asked: object) -> set[str]:
        answer = self.items(limit=1000, **asked)
        if answer.status != 200:
            raise AssertionError(f"{answer.status}: {answer.body[:120]!r}")
        return {each["id"] for each in answer.json["features"]}

    def wanted(self, keeps: Callable[[Json], bool]) -> set[str]:
        return {each["id"] for each in self.right[self.layer] if keeps(each)}

    def walked(self, id_: str, **asked: object) -> list[str]:
        """Return the ids of a collection, page by page along the links."""
        found, answer = [], self.get(f"/collections/{id_}/items", **asked)
        while True:
            page = answer.json
            found += [each["id"] for each in page["features"]]
            ahead = links(page).get("next")
            if not ahead:
                return found
            answer = Answer(ahead)


def links(told: Json) -> dict[str, str]:
    return {each["rel"]: each["href"] for each in told["links"]}


def core(api: Api) -> Iterator[Check]:
    """Yield what both APIs are asked: Part 1 as far as files can answer."""
    root = api.get("/")
    yield "core/root-op", lambda: root.status == 200
    yield (
        "core/root-success",
        lambda: {"service-desc", "conformance", "data"} <= set(links(root.json)),
    )
    for rel in ("service-desc", "conformance", "data"):
        yield (
            f"core/root-success: {rel} resolves",
            (lambda rel=rel: Answer(links(root.json)[rel]).status == 200),
        )
    yield "core/api-definition", lambda: api_definition(api)
    yield "core/conformance-op", lambda: len(api.get("/conformance").json["conformsTo"]) > 3
    held = {each["id"]: each for each in api.get("/collections").json["collections"]}
    yield "core/fc-md-op", lambda: set(api.city.layers) <= set(held)
    yield "core/fc-md-items-links", lambda: all(
        any(each["rel"] == "items" and each["type"] == "application/geo+json"
            for each in told["links"]) for told in held.values()
    )  # fmt: skip
    yield "core/fc-md-extent", lambda: all(
        "spatial" in held[id_]["extent"] for id_ in api.city.layers
        if any(each["geometry"] for each in api.right[id_])
    )  # fmt: skip
    yield (
        "core/sfc-md-op",
        lambda: all(
            api.get(f"/collections/{id_}").json["title"] == held[id_]["title"]
            for id_ in api.city.layers
        ),
    )
    page = api.items()
    yield "core/fc-op", lambda: page.json["type"] == "FeatureCollection"
    yield "geojson/content", lambda: page.kind == "application/geo+json"
    yield "core/fc-links", lambda: {"self", "collection"} <= set(links(page.json))
    yield "core/fc-timeStamp", lambda: "timeStamp" in page.json
    yield "core/fc-numberMatched", lambda: page.json["numberMatched"] == len(api.right[api.layer])
    yield (
        "core/fc-numberReturned",
        lambda: page.json["numberReturned"] == len(page.json["features"]),
    )
    for id_ in api.city.layers:
        yield (
            f"core/fc-links: all of {id_} by next",
            (lambda id_=id_: sorted(api.walked(id_)) == sorted(f["id"] for f in api.right[id_])),
        )
    first = api.right[api.layer][0]
    one = api.get(f"/collections/{api.layer}/items/{first['id']}")
    yield (
        "core/f-op, f-success",
        lambda: all(one.json[name] == first[name] for name in ("geometry", "properties")),
    )
    yield "core/f-links", lambda: {"self", "collection"} <= set(links(one.json))
    yield (
        "core/http: unknown feature is 404",
        lambda: api.get(f"/collections/{api.layer}/items/no-such").status == 404,
    )
    yield (
        "core/http: unknown collection is 404",
        lambda: api.get("/collections/no-such").status == 404,
    )
    asked = api.get(f"/collections/{api.layer}/queryables")
    yield (
        "queryables/get-queryables",
        lambda: set(asked.json["properties"]) >= set(first["properties"]),
    )


def api_definition(api: Api) -> bool:
    told = api.get("/")
    at = next(each for each in told.json["links"] if each["rel"] == "service-desc")
    definition = Answer(at["href"]).json
    paths = {"/", "/conformance", "/collections"} <= set(definition["paths"])
    return at["type"].startswith("application/vnd.oai.openapi+json") and paths


def parameters(api: Api) -> Iterator[Check]:
    """Yield what a server that reads parameters is asked: Part 1, the rest."""
    claims = set(api.get("/conformance").json["conformsTo"])
    for name in ("core", "geojson", "oas30"):
        yield (
            f"conf/{name} is claimed",
            lambda name=name: f"{PART}features-1/1.0/conf/{name}" in claims,
        )
    yield (
        "no claim of Part 4: nothing can be changed",
        lambda: not any("features-4" in c for c in claims),
    )
    definition = Answer(links(api.get("/").json)["service-desc"]).json
    yield "oas30/oas-definition", lambda: definition["openapi"].startswith("3.0")
    yield (
        "oas30/oas-impl: items of every layer",
        lambda: all(f"/collections/{id_}/items" in definition["paths"] for id_ in api.city.layers),
    )
    yield "core/fc-limit: 1", lambda: len(api.items(limit=1).json["features"]) == 1
    yield "core/fc-limit: beyond the most", lambda: api.items(limit=10**6).status == 200
    yield (
        "core/fc-links: pages of 2 by next",
        lambda: api.walked(api.layer, limit=2) == [each["id"] for each in api.right[api.layer]],
    )
    for name, value in (("limit", 0), ("limit", -1), ("limit", "x"), ("bbox", "1,2,3"),
                        ("bbox", "a,b,c,d"), ("datetime", "yesterday"),
                        ("datetime", "2022-01-01/2021-01-01")):  # fmt: skip
        yield (
            f"core/query-param-invalid: {name}={value} is 400",
            (lambda name=name, value=value: api.items(**{name: value}).status == 400),
        )
    yield "core/query-param-unknown: 400", lambda: api.items(levle="national").status == 400
    yield from boxes(api)
    yield from times(api)
    yield (
        "core/fc-filters: level=national",
        lambda: (
            api.ids(level="national")
            == api.wanted(lambda f: f["properties"]["level"] == "national")
        ),
    )


def boxes(api: Api) -> Iterator[Check]:
    shapes = [
        shapely.from_geojson(json.dumps(f["geometry"]))
        for f in api.right[api.layer]
        if f["geometry"]
    ]
    west, south, east, north = shapely.union_all(shapes).bounds
    box = (west, south, (west + east) / 2, north)
    within = api.wanted(lambda f: bool(f["geometry"]) and meets(f, box))
    text = ",".join(map(str, box))
    yield "core/fc-bbox: half", lambda: api.ids(bbox=text) == within != set()
    yield (
        "core/fc-bbox: six numbers",
        lambda: api.ids(bbox=f"{west},{south},0,{box[2]},{north},9") == within,
    )
    yield "core/fc-bbox: elsewhere is empty", lambda: api.ids(bbox="1,1,2,2") == set()
    yield "core/fc-bbox: across 180°", lambda: api.ids(bbox="170,-80,-170,80") == set()
    metric = api.city.metric_epsg
    to = Transformer.from_crs(4326, metric, always_xy=True).transform
    low, high = to(box[0] - 0.005, box[1] - 0.005), to(box[2] + 0.005, box[3] + 0.005)
    order = (low[1], low[0], high[1], high[0]) if north_first(metric) else (*low, *high)
    near = api.wanted(lambda f: bool(f["geometry"]) and meets(f, box, grow=0.03))
    yield (
        "crs/fc-bbox-crs",
        lambda: (
            within <= api.ids(bbox=",".join(map(str, order)), bbox_crs=f"{EPSG}{metric}") <= near
        ),
    )
    yield (
        "crs/fc-bbox-crs-valid-value: 400",
        lambda: api.items(bbox=text, bbox_crs=f"{EPSG}3857").status == 400,
    )
    yield from systems(api)


def meets(feature: Json, box: Sequence[float], *, grow: float = 0.0) -> bool:
    west, south, east, north = box
    area = shapely.box(west - grow, south - grow, east + grow, north + grow)
    return bool(shapely.from_geojson(json.dumps(feature["geometry"])).intersects(area))


def north_first(epsg: int) -> bool:
    axes = Transformer.from_crs(4326, epsg).target_crs
    return axes is not None and axes.axis_info[0].direction == "north"


def systems(api: Api) -> Iterator[Check]:
    """Yield Part 2: coordinate systems by reference, axes in their own order."""
    claims = set(api.get("/conformance").json["conformsTo"])
    yield "conf/crs is claimed", lambda: f"{PART}features-2/1.0/conf/crs" in claims
    told = api.get(f"/collections/{api.layer}").json
    yield "crs/crs-uri, fc-md-crs-list", lambda: CRS84 in told["crs"] and len(told["crs"]) > 2
    yield "crs/fc-md-storageCrs-valid-value", lambda: told["storageCrs"] in told["crs"]
    yield "crs/ogc-crs-header", lambda: api.items().headers["Content-Crs"] == f"<{CRS84}>"
    first = next(f for f in api.right[api.layer] if f["geometry"])
    at = shapely.from_geojson(json.dumps(first["geometry"])).coords[0]
    for epsg in (4490, api.city.metric_epsg):
        answer = api.get(f"/collections/{api.layer}/items/{first['id']}", crs=f"{EPSG}{epsg}")
        # PROJ gives a system's axes in the order of its definition.
        right = Transformer.from_crs(4326, epsg).transform(at[1], at[0])
        yield (
            f"crs/geojson: EPSG:{epsg} in its own order",
            lambda answer=answer, right=right: all(
                abs(a - b) < 1e-3
                for a, b in zip(answer.json["geometry"]["coordinates"], right, strict=True)
            ),
        )
        yield (
            f"crs/ogc-crs-header-value: EPSG:{epsg}",
            lambda answer=answer, epsg=epsg: answer.headers["Content-Crs"] == f"<{EPSG}{epsg}>",
        )
    yield "crs/fc-crs-valid-value: 400", lambda: api.items(crs=f"{EPSG}3857").status == 400


def times(api: Api) -> Iterator[Check]:
    def span(feature: Json) -> tuple[str, str]:
        at = feature["properties"].get("as_of") or "9999"
        return {4: (f"{at}-01-01", f"{at}-12-31"), 7: (f"{at}-01", f"{at}-31")}.get(
            len(at), (at, at)
        )

    known = sorted(span(f)[0] for f in api.right[api.layer])
    middle = known[len(known) // 2]
    yield (
        "core/fc-time: a day",
        lambda: (
            api.ids(datetime=middle)
            == api.wanted(lambda f: span(f)[0] <= middle <= span(f)[1])
            != set()
        ),
    )
    yield (
        "core/fc-time: up to a moment",
        lambda: (
            api.ids(datetime=f"../{middle}T12:00:00Z") == api.wanted(lambda f: span(f)[0] <= middle)
        ),
    )
    yield (
        "core/fc-time: from a day on",
        lambda: (
            api.ids(datetime=f"{middle}/..")
            == api.wanted(lambda f: span(f)[1] >= middle and span(f)[0] < "9999")
        ),
    )


def filters(api: Api) -> Iterator[Check]:
    """Yield Part 3: queryables, and filters as pygeoapi reads them (CQL text)."""
    asked = api.get(f"/collections/{api.layer}/queryables")
    yield "queryables/queryables: JSON Schema", lambda: asked.kind == "application/schema+json"
    yield (
        "queryables: numbers are numbers",
        lambda: asked.json["properties"]["uncertainty_m"]["type"] == "number",
    )
    yield "queryables: codes are listed", lambda: "enum" in asked.json["properties"]["level"]

    def value(name: str) -> Callable[[Json], Any]:
        return lambda feature: feature["properties"][name]

    level, doubt, name = value("level"), value("uncertainty_m"), value("name_zh")
    shapes = [
        shapely.from_geojson(json.dumps(f["geometry"]))
        for f in api.right[api.layer]
        if f["geometry"]
    ]
    west, south, east, north = shapely.union_all(shapes).bounds
    middle = (west + east) / 2
    for text, keeps in (
        ("level = 'national'", lambda f: level(f) == "national"),
        ("level <> 'national'", lambda f: level(f) not in (None, "national")),
        ("level IN ('national','municipal')", lambda f: level(f) in ("national", "municipal")),
        ("uncertainty_m <= 1500", lambda f: doubt(f) is not None and doubt(f) <= 1500),
        ("uncertainty_m BETWEEN 500 AND 2000", lambda f: doubt(f) and 500 <= doubt(f) <= 2000),
        ("uncertainty_m IS NULL", lambda f: doubt(f) is None),
        ("name_zh LIKE '%大学%'", lambda f: "大学" in name(f)),
        ("level = 'national' AND uncertainty_m > 1000",
         lambda f: level(f) == "national" and doubt(f) and doubt(f) > 1000),
        ("NOT level = 'national'", lambda f: level(f) not in (None, "national")),
        (f"BBOX(geometry,{west},{south},{middle},{north})",
         lambda f: f["geometry"] and meets(f, (west, south, middle, north))),
        (f"INTERSECTS(geometry,POLYGON(({west} {south},{middle} {south},{middle} {north},"
         f"{west} {north},{west} {south})))",
         lambda f: f["geometry"] and meets(f, (west, south, middle, north))),
    ):  # fmt: skip
        yield (
            f"filter/response: {text[:44]}",
            lambda text=text, keeps=keeps: (
                api.ids(filter=text, filter_lang="cql-text") == api.wanted(keeps)
            ),
        )
    for text in ("level = ", "no_such = 1", "level = 1 AND", "no_such(1) = 1"):
        yield (
            f"filter/invalid: {text} is 400",
            lambda text=text: api.items(filter=text).status == 400,
        )
    yield (
        "filter-lang/invalid: 400",
        lambda: api.items(filter="level='x'", filter_lang="x").status == 400,
    )
    yield "sortby falls", lambda: falling([doubt(f) for f in api.items(
        sortby="-uncertainty_m", limit=1000).json["features"]])  # fmt: skip


def falling(values: Sequence[float | None]) -> bool:
    known = [each for each in values if each is not None]
    return known == sorted(known, reverse=True) and values[: len(known)] == known


def records(api: Api) -> Iterator[Check]:
    """Yield Records 1.0: each record by itself, and a catalogue that can be crawled."""
    claims = set(api.get("/conformance").json["conformsTo"])
    for name in ("record-core", "crawlable-catalog", "json"):
        yield (
            f"conf/{name} is claimed",
            lambda name=name: f"{PART}records-1/1.0/conf/{name}" in claims,
        )
    yield (
        "no claim of Features' core: files read no parameters",
        lambda: f"{PART}features-1/1.0/conf/core" not in claims,
    )
    told = api.get(f"/collections/{CATALOGUE}").json
    yield (
        "catalogue: id, type, itemType, links",
        lambda: (
            told["type"] == "Collection"
            and told["itemType"] == "record"
            and told["id"] == CATALOGUE
        ),
    )
    to = [each["href"] for each in told["links"] if each["rel"] == "item"]
    yield "crawlable-catalog/links: one for each layer", lambda: len(to) == len(api.city.layers)
    yield (
        "catalogue is found from the root",
        lambda: any("ogc-catalog" in each["rel"] for each in api.get("/").json["links"]),
    )
    for href in to:
        record = Answer(href)
        yield (
            f"record-core: {href.rpartition('/')[2]}",
            lambda record=record: is_record(record.json),
        )
    yield "records/items: all, counted", lambda: len(api.walked(CATALOGUE)) == len(to)
    yield (
        "record links lead somewhere",
        lambda: all(
            Answer(each["href"]).status == 200
            for href in to[:3]
            for each in Answer(href).json["links"]
        ),
    )


def is_record(told: Json) -> bool:
    """Tell whether a record has what the standard requires, each of its own type."""
    said = told["properties"]
    return (
        isinstance(told["id"], str)
        and told["type"] == "Feature"
        and {"geometry", "time", "properties", "links"} <= set(told)
        and {"type", "title"} <= set(said)
        and all(isinstance(each, str) for each in said["keywords"])
        and all("code" in each for each in said["languages"])
        and any("record-core" in each for each in told["conformsTo"])
    )


def results(checks: Iterator[Check]) -> Iterator[tuple[str, str]]:
    """Yield requirement and verdict; what cannot be asked fails with its reason."""
    for name, check in checks:
        try:
            verdict = "pass" if check() else "FAIL"
        except Exception as error:
            verdict = f"FAIL ({type(error).__name__}: {str(error)[:80]})"
        yield name, verdict
