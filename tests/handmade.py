"""Build a city in memory whose every number can be checked in the head.

Four square districts of 10 km stand in a block, south-west corner at 39° N, 117° E:

    100003 Nord-West | 100004 Nord-Ost
    100001 Sued-West | 100002 Sued-Ost
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import geopandas as gpd
from pyproj import Transformer
from shapely import Point, Polygon

from geo.base.schema import Schema
from geo.formats.read_geojson import to_frame, to_table
from layers.language.bilingual import Bilingual
from layers.pack.catalogue import CATALOG, generic_layer
from layers.pack.city import City, Layer, Plan, Provenance
from layers.pack.layer_spec import LayerSpec
from layers.pack.table_schemas import ALIASES, CLAUSES, GAPS, INDICATORS

EPSG = 4548
ORIGIN = (500_000.0, 4_318_000.0)
"""Easting and northing of the block's corner, on the central meridian of 117° E."""
_TO_DEGREES = Transformer.from_crs(EPSG, 4326, always_xy=True)

Row = Mapping[str, object]


def point(east_km: float, north_km: float) -> Point:
    """Return a point so far from the corner, in degrees."""
    east, north = ORIGIN
    return Point(*_TO_DEGREES.transform(east + east_km * 1000, north + north_km * 1000))


def _square(column: int, row: int) -> Polygon:
    corners = ((0, 0), (10, 0), (10, 10), (0, 10))
    return Polygon([point(east + 10 * column, north + 10 * row) for east, north in corners])


DISTRICTS = (
    ("100001", "西南区", "South-West", "jincheng", "stated", 100_000, (0, 0)),
    ("100002", "东南区", "South-East", "jincheng", "assumption", 200_000, (1, 0)),
    ("100003", "西北区", "North-West", "bincheng", "stated", 300_000, (0, 1)),
    ("100004", "东北区", "North-East", "outer", "assumption", 400_000, (1, 1)),
)

HALVES = {
    "half.jincheng": Bilingual("“津城”", "“Jincheng”"),
    "half.bincheng": Bilingual("“滨城”", "“Bincheng”"),
    "half.outer": Bilingual("其他区", "Outer districts"),
}

CLAUSE_ROWS = (
    ("c1", None, "chapter", "第一章", "Chapter 1", "总述", "Overview", 1, 40),
    ("c1.1", "c1", "clause", "建设科技园", "Build parks", "点名两个园区。", "Names two.", 5, 9),
    ("c1.2", "c1", "clause", "支持东北区", "Support it", "支持东北区发展。", "Support.", 12, 12),
    ("c1.box", "c1", "box", "专栏", "Box", "标志区。", "Sign areas.", 20, 21),
)

SPOT = point(2, 2)
"""Three places of two kinds stand here."""


def _place(id_: str, kind: str, zh: str, en: str, **more: object) -> Row:
    names = {code: (name_zh, name_en) for code, name_zh, name_en, *_ in DISTRICTS}
    sides: dict[str, object] = {}
    for side in ("host", "site"):
        code = more.get(f"{side}_adcode")
        if isinstance(code, str) and code in names:
            sides[f"{side}_name_zh"], sides[f"{side}_name_en"] = names[code]
    return {
        "id": id_,
        "kind": kind,
        "name_zh": zh,
        "name_en": en,
        "level": "unknown",
        "current_status": "unknown",
        "counted": True,
        "location_class": "dataset",
        "location_reason_zh": "公开点位。",
        "location_reason_en": "A published point.",
        "as_of": "2026-01",
        **sides,
        **more,
    }


PLACES: tuple[tuple[Row, Point | None], ...] = (
    (
        _place(
            "park-a",
            "science_park",
            "甲大学科技园",
            "Alpha Science Park",
            subkind="national",
            aliases="甲园;Alpha-Park;jia da xue ke ji yuan",
            level="national",
            level_basis="granted",
            lead_unit_zh="甲大学",
            lead_unit_en="Alpha University",
            lead_unit_source="https://example.org/a?b=1 (repost) ; plan text",
            approval_source="https://example.org/a?b=1 (repost) ; plan text",
            approved_on="1999",
            plan_status="existing_2020",
            plan_status_as_of="2020",
            plan_line=7,
            clause_ids="c1;c1.1",
            clause_basis="implied;named",
            current_status="existing",
            current_status_as_of="2023-05-12",
            host_adcode="100001",
            site_adcode="100001",
            field="biomedicine",
            area_km2=1.25,
            uncertainty_m=700.0,
            caveat_zh="楼宇未测定。",
            caveat_en="The building was not surveyed.",
            unknown_zh="四至；面积",
            unknown_en="bounds; area",
            name_status="reconstructed",
        ),
        SPOT,
    ),
    (
        _place(
            "park-b",
            "science_park",
            "乙大学科技园",
            "Beta Science Park",
            subkind="municipal",
            level="municipal",
            level_basis="by_name",
            plan_status="to_build",
            clause_ids="c1.1",
            clause_basis="named",
            host_adcode="100001",
            site_adcode="100001",
            parent_id="park-a",
            counted=False,
            count_note_zh="甲园的一部分",
            count_note_en="part of Alpha",
            location_class="proxy",
            uncertainty_m=4000.0,
        ),
        SPOT,
    ),
    (
        _place(
            "gather-a",
            "gathering_area",
            "丙集聚区",
            "Gamma Gathering Area",
            plan_status="to_build",
            clause_ids="c1",
            clause_basis="implied",
            host_adcode="100002",
            site_adcode="100001",
            location_class="in_area",
            uncertainty_m=2500.0,
            field="biomedicine",
        ),
        SPOT,
    ),
    (
        _place(
            "sign-a",
            "sign_area",
            "丁标志区",
            "Delta Sign Area",
            level="national",
            level_basis="aimed_at",
            plan_status="to_strive_for",
            clause_ids="c1.box",
            clause_basis="box",
            host_adcode="100001",
            location_class="none",
        ),
        None,
    ),
    (
        _place(
            "node-a",
            "corridor_node",
            "戊节点",
            "Epsilon Node",
            subkind="axis_origin",
            plan_status="existing_2020",
            clause_ids="c1",
            clause_basis="named",
            host_name_zh="外市",
            host_name_en="Elsewhere",
            site_name_zh="外市",
            site_name_en="Elsewhere",
            location_class="host",
            uncertainty_m=900.0,
        ),
        point(40, 40),
    ),
    (
        _place(
            "plat-a",
            "platform",
            "己平台",
            "Zeta Platform",
            subkind="major_facility",
            level="national",
            level_basis="by_evidence",
            plan_status="under_construction",
            clause_ids="c1.1",
            clause_basis="named",
            current_status="under_construction",
            host_adcode="100002",
            site_adcode="100002",
            location_class="knowledge",
            uncertainty_m=1500.0,
            field="information_technology",
        ),
        point(15, 5),
    ),
    (
        _place(
            "later-a",
            "later_park",
            "庚新园",
            "Eta Later Park",
            level="municipal",
            plan_status="later_fact",
            host_adcode="100003",
            site_adcode="100003",
            counted=False,
            uncertainty_m=800.0,
        ),
        point(5, 15),
    ),
    (
        _place(
            "uni-a",
            "university",
            "辛大学",
            "Theta University",
            subkind="regular",
            counted=False,
            site_adcode="100003",
            uncertainty_m=500.0,
        ),
        point(5, 15),
    ),
    (
        _place("uni-b", "university", "壬大学", "Iota University", location_class="none"),
        None,
    ),
    (
        _place("odd-a", "odd_kind", "癸处", "Kappa Spot", host_adcode="100004", counted=False),
        point(18, 18),
    ),
)

GAP_ROW = {
    "id": "gap-a",
    "layer": "sign_area",
    "clause_id": "c1.box",
    "counted_total": 3,
    "named_total": 1,
    "confirmed": 1,
    "likely": 0,
    "candidates_not_counted": 0,
    "place_ids": "sign-a",
    "sentence_zh": "共3个，列明1个。",
    "sentence_en": "3 in all, 1 named.",
    "source_zh": "报道",
    "source_en": "a report",
}

ALIAS_ROWS = (
    ("标志区", "layer:sign_area", "规范简称", "the short form"),
    ("symbol area", "layer:sign_area", "旧译", "an old rendering"),
    ("旧县", "district:100004", "旧县名", "former county"),
    ("津城", "half:jincheng", "双城之一", "one of the twin cities"),
    ("通武廊", "node-a", "三地合作", "three places"),
    ("幽灵", "no-such-place", None, None),
)

PROVENANCE = Provenance(
    source=Bilingual("资料汇编 https://example.org/src", "Compilation https://example.org/src"),
    licence=Bilingual("CC0-1.0", "CC0-1.0"),
    licence_note=Bilingual("可自由使用", "free to use"),
    retrieved="2026-01-05",
    method=Bilingual("手工", "by hand"),
    limits=Bilingual("示例", "an example"),
    citation=Bilingual("示例（2026）", "Example (2026)"),
    verified_on="2026-01-05",
    freshness_days=30,
)


def _layer(spec: LayerSpec, title: Bilingual, rows: list[Row], shapes: list[object]) -> Layer:
    frame = to_frame(_filled(rows, spec.schema), shapes, spec.schema)  # type: ignore[arg-type]
    return Layer(spec, title, frame, PROVENANCE, digest="0" * 64)


def _filled(rows: list[Row], schema: Schema) -> list[dict[str, object]]:
    return [{name: row.get(name) for name in schema.names} for row in rows]


def _district_layer() -> Layer:
    rows: list[Row] = [
        {
            "id": code,
            "kind": "district",
            "name_zh": zh,
            "name_en": en,
            "half": half,
            "half_status": status,
            "half_note_zh": "说明",
            "half_note_en": "a note",
            "population_2020_territorial": people,
            "area_km2_reference": 100.0,
            "area_km2_polygon": 100.0 if code != "100004" else 113.0,
            "polygon_deviation_pct": 0.0 if code != "100004" else 13.0,
            "caution_zh": "含飞地" if code == "100004" else None,
            "caution_en": "enclaves inside" if code == "100004" else None,
            "as_of": "2020",
        }
        for code, zh, en, half, status, people, _ in DISTRICTS
    ]
    shapes: list[object] = [_square(*at) for *_, at in DISTRICTS]
    return _layer(CATALOG["district"], Bilingual("行政区", "Districts"), rows, shapes)


def _place_layers() -> dict[str, Layer]:
    layers = {}
    for kind in dict.fromkeys(str(row["kind"]) for row, _ in PLACES):
        spec = CATALOG.get(kind) or generic_layer(kind)
        own = [(row, shape) for row, shape in PLACES if row["kind"] == kind]
        title = Bilingual(f"{kind}层", f"{kind} layer")
        layers[kind] = _layer(spec, title, [row for row, _ in own], [shape for _, shape in own])
    return layers


def _plan() -> Plan:
    columns = CLAUSES.names
    clauses = [
        {
            **dict.fromkeys(columns),
            **dict(zip(("id", "parent_id", "level", "title_zh", "title_en"), row[:5], strict=True)),
            "path_zh": row[3],
            "path_en": row[4],
            "digest_zh": row[5],
            "digest_en": row[6],
            "chapter": 1,
            "line_from": row[7],
            "line_to": row[8],
            "text_lost": row[2] == "box",
            "task": row[2] == "clause",
        }
        for row in CLAUSE_ROWS
    ]
    return Plan(
        period="2021-2025",
        title=Bilingual("规划", "Plan"),
        number="1",
        issued="2021-08-08",
        baseline_year=2020,
        target_year=2025,
        clauses=to_table(clauses, CLAUSES),
        indicators=to_table([], INDICATORS),
        gaps=to_table(_filled([GAP_ROW], GAPS), GAPS),
    )


@cache
def handmade_city() -> City:
    """Return the city; see the head of the module for its plan. Nobody changes it."""
    places, district = _place_layers(), _district_layer()
    order = [*(id_ for id_ in CATALOG if id_ in places), "district", "odd_kind"]
    empty = gpd.GeoDataFrame(geometry=[], crs="EPSG:4326")
    aliases = [
        {"row": at, "term": term, "target": target, "note_zh": zh, "note_en": en}
        for at, (term, target, zh, en) in enumerate(ALIAS_ROWS)
    ]
    return City(
        id="handmade",
        name=Bilingual("样城", "Sampleton"),
        bbox=(117.0, 39.0, 117.24, 39.19),
        metric_epsg=EPSG,
        centre=(39.09, 117.12),
        zoom=10,
        data_date="2026-01-05",
        plan=_plan(),
        layers=MappingProxyType({id_: {**places, "district": district}[id_] for id_ in order}),
        base=MappingProxyType({"land": empty}),
        base_provenance=MappingProxyType({"land": PROVENANCE}),
        aliases=to_table(aliases, ALIASES),
        notices=MappingProxyType({}),
        online_base=None,
        online_base_refused="",
        digest="handmade",
        words=MappingProxyType(HALVES),
    )
