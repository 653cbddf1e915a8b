"""Make the toy city: four squares of 10 km on a metre grid, and places one can check in the head.

``python -m tests.toy.make`` writes the pack beside this file. In EPSG:4548 (easting, northing):

    丙 990103 | 丁 990104      northing 4 310 000 – 4 320 000
    甲 990101 | 乙 990102      northing 4 300 000 – 4 310 000
    500 000 – 510 000 – 520 000 easting
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
from shapely import LineString, Point, box
from shapely.geometry.base import BaseGeometry

from geo.base.schema import Schema
from geo.formats.read_geojson import to_frame
from geo.formats.write_geojson import to_geojson
from layers.pack.catalogue import CATALOG, generic_layer
from layers.pack.table_schemas import (
    ALIASES,
    BASE,
    CLAUSES,
    EVENTS,
    GAPS,
    INDICATORS,
    OBSERVATIONS,
    RELATIONS,
)
from tests import ROOT

HERE = ROOT / "tests" / "toy"
WEST, SOUTH, SIDE = 500_000, 4_300_000, 10_000
PERIOD, NEXT = "2021-2025", "2026-2030"
ISSUED = "2022-03-01"
DISTRICTS = {
    "990101": ("甲区", "Alpha", 0, 0, "front"),
    "990102": ("乙区", "Beta", 1, 0, "front"),
    "990103": ("丙区", "Gamma", 0, 1, "back"),
    "990104": ("丁区", "Delta", 1, 1, "back"),
}

HALVES = {"front": ("前城", "Front town"), "back": ("后城", "Back town")}

Values = dict[str, Any]


def degrees(shape: BaseGeometry | None) -> BaseGeometry | None:
    """Turn metres into degrees."""
    if shape is None:
        return None
    turned: BaseGeometry = gpd.GeoSeries([shape], crs=4548).to_crs(4326).iloc[0]
    return turned


def at(east_km: float, north_km: float) -> Point:
    """Return the point so many kilometres east and north of the city's south-west corner."""
    return Point(WEST + 1000 * east_km, SOUTH + 1000 * north_km)


def square(column: int, row: int) -> BaseGeometry:
    """Return one of the four squares."""
    west, south = WEST + column * SIDE, SOUTH + row * SIDE
    return box(west, south, west + SIDE, south + SIDE)


def sides(host: str, site: str) -> Values:
    """Return the columns for the district that administers a place and the one it stands in."""
    columns: Values = {}
    for side, adcode in (("host", host), ("site", site)):
        zh, en = ("邻省", "Next province") if adcode == "outside" else DISTRICTS[adcode][:2]
        columns |= {f"{side}_adcode": adcode, f"{side}_name_zh": zh, f"{side}_name_en": en}
    return columns


def place(id_: str, kind: str, zh: str, en: str, *columns: Values) -> Values:
    """Return a place with what every place must have, and more columns."""
    values: Values = {
        "id": id_,
        "kind": kind,
        "name_zh": zh,
        "name_en": en,
        "level": "unknown",
        "current_status": "unknown",
        "counted": True,
        "location_reason_zh": "玩具城市的设定。",
        "location_reason_en": "Set so in the toy city.",
        "as_of": "2026-11",
    }
    for more in columns:
        values |= more
    return values


def planned(status: str, task: str, line: int, basis: str = "named") -> Values:
    """Return the columns of a place that the plan speaks of."""
    return {
        "plan_status": status,
        "plan_status_as_of": ISSUED,
        "plan_line": line,
        "clause_ids": task,
        "clause_basis": basis,
    }


def located(kind: str, uncertainty_m: float, host: str, site: str = "") -> Values:
    """Return the columns of a place with a point."""
    return {"location_class": kind, "uncertainty_m": uncertainty_m, **sides(host, site or host)}


A, B, C, D = DISTRICTS
NATIONAL = {"level": "national", "level_basis": "granted"}
PLACES: tuple[tuple[Values, Point | None], ...] = (
    (
        place(
            *("park-one", "science_park", "第一大学科技园", "First Science Park"),
            planned("existing_2020", "c1.1", 5),
            located("dataset", 300, A),
            NATIONAL | {"subkind": "national", "aliases": "一园;Park One"},
            {"lead_unit_zh": "第一大学", "lead_unit_en": "First University"},
        ),
        at(5, 5),
    ),
    (
        place(
            *("park-late", "science_park", "后来大学科技园", "Late Science Park"),
            located("host", 500, B),
            {"plan_status": "later_fact", "current_status": "existing", "counted": False},
            {"current_status_as_of": "2023-05", "subkind": "municipal", "level": "municipal"},
        ),
        at(15, 5),
    ),
    (
        place(
            *("area-one", "gathering_area", "第一创新集聚区", "First Gathering Area"),
            planned("to_build", "c1.1", 6),
            located("proxy", 4000, A),
            {"field": "biomedicine"},
        ),
        at(5, 5),
    ),
    (
        place(
            *("area-two", "gathering_area", "第二创新集聚区", "Second Gathering Area"),
            planned("to_build", "c1.1", 7),
            located("in_area", 2000, C),
        ),
        at(2, 18),
    ),
    (
        place(
            *("sign-maybe", "sign_area", "备选创新标志区", "Candidate Sign Area"),
            planned("to_build", "c1.box1", 9, "candidate"),
            located("knowledge", 6000, D),
            {"counted": False},
        ),
        at(12, 12),
    ),
    (
        place(
            *("node-outside", "corridor_node", "邻省节点", "Node Next Door"),
            planned("existing_2020", "c1.2", 12),
            located("host", 1000, "outside"),
        ),
        at(-5, 10),
    ),
    (
        place(
            *("platform-none", "platform", "无址平台", "Platform Without a Site"),
            planned("to_strive_for", "c1.2", 13),
            {"location_class": "none", "level": "national", "level_basis": "aimed_at"},
        ),
        None,
    ),
    (
        place(
            *("platform-sea", "platform", "海上平台", "Platform off the Shore"),
            planned("under_construction", "c1.2", 14),
            located("dataset", 100, D),
        ),
        at(22, 15),
    ),
    (
        place(
            *("zone-all", "pilot_zone", "试验区", "Pilot Zone"),
            planned("existing_2020", "c1.2", 15),
            located("in_area", 3000, B, A),
            NATIONAL,
        ),
        at(9, 9),
    ),
    (
        place(
            *("zone-part", "pilot_zone", "试验区分园", "Part of the Pilot Zone"),
            planned("existing_2020", "c1.2", 15, "implied"),
            located("proxy", 3000, A),
            {"counted": False, "parent_id": "zone-all"},
        ),
        at(9, 9),
    ),
    (
        place(
            *("school-one", "university", "第一大学", "First University"),
            located("dataset", 500, A),
            {"subkind": "regular", "counted": False},
        ),
        at(4, 6),
    ),
    (
        place(
            *("meadow-one", "trial_meadow", "第一试验草场", "First Trial Meadow"),
            located("dataset", 50, C),
            {"plan_status": "context", "counted": False},
        ),
        at(5, 15),
    ),
)

TITLES = {"trial_meadow": {"title_zh": "试验草场", "title_en": "Trial meadows"}}
_SECTION: Values = {"level": "section", "parent_id": "c1", "chapter": 1, "task": True}
_WITHIN: Values = {"parent_id": "c1.1", "chapter": 1, "section": 1}
CLAUSES_ROWS: tuple[Values, ...] = (
    {"id": "c1", "level": "chapter", "chapter": 1, "line_from": 1, "line_to": 24},
    {"id": "c1.1", **_SECTION, "section": 1, "line_from": 3, "line_to": 10, "has_site": True},
    {"id": "c1.t1", **_WITHIN, "level": "indicator", "line_from": 4, "line_to": 4},
    {"id": "c1.box1", **_WITHIN, "level": "box", "line_from": 9, "line_to": 9},
    {"id": "c1.2", **_SECTION, "section": 2, "line_from": 11, "line_to": 20, "has_site": True},
    {"id": "c1.3", **_SECTION, "section": 3, "line_from": 21, "line_to": 22, "has_site": True},
    {"id": "c1.4", **_SECTION, "section": 4, "line_from": 23, "line_to": 24, "has_site": False},
)
INDICATOR_ROWS: tuple[Values, ...] = (
    {"no": 1, "direction": "increase", "baseline": 1, "target": 8, "path": "2023=4"},
    {"no": 2, "direction": "hold", "baseline": 5, "target": 5},
    {"no": 3, "direction": "decrease", "baseline": 100, "target": 60},
)
OBSERVATION_ROWS: tuple[Values, ...] = (
    {"id": "o1-2020", "no": 1, "year": 2020, "as_of": "2020", "value": 2, "kind": "exact"},
    {"id": "o1-2022", "no": 1, "year": 2022, "as_of": "2022", "value": 3, "kind": "lower_bound"},
    {"id": "o1-part", "no": 1, "year": 2023, "as_of": "2023", "value": 1, "kind": "partial_period"},
    {"id": "o1-2024", "no": 1, "year": 2024, "as_of": "2024", "value": 5, "kind": "exact"},
    {"id": "o2-2025", "no": 2, "year": 2025, "as_of": "2025", "value": 4.9, "kind": "exact"},
    {"id": "o3-2025", "no": 3, "year": 2025, "as_of": "2025", "value": 80, "kind": "exact"},
)
EVENT_ROWS: tuple[Values, ...] = (
    {"id": "e1", "task_id": "c1.1", "place_id": "park-one", "state": "done"},
    {"id": "e2", "task_id": "c1.1", "place_id": "area-two", "state": "partly"},
    {"id": "e3", "task_id": "c1.2", "place_id": "zone-all", "state": "partly"},
    {"id": "e4", "task_id": "c1.2", "state": "done", "happened_on": "2025-06-30"},
    {"id": "e5", "task_id": "c1.3", "state": "not_done", "repost": True},
    {"id": "e6", "task_id": "c1.1", "place_id": "area-two", "state": "evidence"},
)
RELATION_ROWS: tuple[Values, ...] = (
    {"task_id": "c1.1", "place_id": "park-late"},
    {"task_id": "c1.1", "indicator": 1},
    {"place_id": "park-one", "indicator": 1},
    {"task_id": "c1.2", "place_id": "zone-part"},
)
REASONED = frozenset({1, 2})
"""Those of the relations, counted from 0, that have a reason."""
_NEXT: Values = {"level": "section", "parent_id": "d1", "chapter": 1, "task": True}
NEXT_CLAUSES: tuple[Values, ...] = (
    {"id": "d1", "level": "chapter", "chapter": 1, "line_from": 1, "line_to": 9},
    {"id": "d1.1", **_NEXT, "section": 1, "line_from": 2, "line_to": 3, "continues": "c1.1"},
    {"id": "d1.2", **_NEXT, "section": 2, "line_from": 4, "line_to": 6, "has_site": True},
    {"id": "d1.t1", "level": "indicator", "parent_id": "d1", "line_from": 7, "line_to": 7},
)
NEXT_INDICATORS: tuple[Values, ...] = (
    {"no": 1, "direction": "increase", "baseline": 8, "target": 12},
    {"no": 4, "direction": "increase", "baseline": 0, "target": 10},
)
NEXT_RELATIONS: tuple[Values, ...] = (
    {"task_id": "d1.1", "place_id": "park-one"},
    {"task_id": "d1.2", "place_id": "meadow-one"},
)
BOTH = ("zh", "en")


def _geojson(rows: Sequence[tuple[Values, BaseGeometry | None]], schema: Schema) -> bytes:
    records = [{name: values.get(name) for name in schema.names} for values, _ in rows]
    return to_geojson(to_frame(records, [degrees(shape) for _, shape in rows], schema))


def _csv(rows: Sequence[Values], names: Sequence[str]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, names, restval="", lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({k: str(v).lower() if isinstance(v, bool) else v for k, v in row.items()})
    return out.getvalue().encode()


def _districts() -> list[tuple[Values, BaseGeometry]]:
    rows: list[tuple[Values, BaseGeometry]] = []
    for number, (adcode, (zh, en, column, row, half)) in enumerate(DISTRICTS.items(), start=1):
        values: Values = {
            "id": adcode,
            "kind": "district",
            "name_zh": zh,
            "name_en": en,
            "half": half,
        }
        values |= {"half_status": "stated", "as_of": "2020", "polygon_deviation_pct": 0.0}
        values |= {"area_km2_reference": 100.0, "area_km2_polygon": 100.0}
        values |= {f"population_2020_{way}": 10_000 * number for way in ("territorial", "bulletin")}
        rows.append((values, square(column, row)))
    return rows


def layers() -> dict[str, bytes]:
    """Return the files of the layers."""
    kinds: dict[str, list[tuple[Values, BaseGeometry | None]]] = {}
    for values, point in PLACES:
        kinds.setdefault(str(values["kind"]), []).append((values, point))
    specs = {kind: CATALOG[kind] if kind in CATALOG else generic_layer(kind) for kind in kinds}
    line = LineString([at(-5, 10), at(10, 10), at(20, 5)])
    axis: Values = {"id": "axis", "kind": "axis", "name_zh": "示意线", "name_en": "Schematic line"}
    axis |= {"schematic": True, "length_km": 26.2, "as_of": ISSUED}
    return {
        **{f"{kind}.geojson": _geojson(rows, specs[kind].schema) for kind, rows in kinds.items()},
        "district.geojson": _geojson(_districts(), CATALOG["district"].schema),
        "axis.geojson": _geojson([(axis, line)], CATALOG["axis"].schema),
    }


def base() -> dict[str, bytes]:
    """Return the files of the base map: land all around, the sea 20 km east of the corner."""
    names = {"name_zh": "地名", "name_en": "Name"}
    west = box(WEST - 30_000, SOUTH - 30_000, WEST, SOUTH + 50_000)
    ground = box(WEST - 60_000, SOUTH - 60_000, WEST + 80_000, SOUTH + 80_000)
    shore = box(WEST + 2 * SIDE, SOUTH - 60_000, WEST + 80_000, SOUTH + 80_000)
    land: list[tuple[Values, BaseGeometry]] = [
        ({"id": "next", "role": "province"} | names, west),
        ({"id": "ground", "role": "background"} | names, ground),
    ]
    river = LineString([at(-20, 12), at(20, 12)])
    labels: list[tuple[Values, BaseGeometry]] = [
        ({"id": "city", "rank": 1, "name_zh": "玩具市", "name_en": "Toytown"}, at(10, 10)),
        ({"id": "village", "rank": 4, "name_en": "Hamlet"}, at(3, 3)),
    ]
    return {
        "base/land.geojson": _geojson(land, BASE["land"]),
        "base/sea.geojson": _geojson([({"id": "sea"} | names, shore)], BASE["sea"]),
        "base/river.geojson": _geojson([({"id": "river"} | names, river)], BASE["river"]),
        "base/label.geojson": _geojson(labels, BASE["label"]),
    }


def _texts(row: Values, *stems: str) -> Values:
    words = {"zh": "中文", "en": "English"}
    return {
        **row,
        **{f"{s}_{lang}": f"{words[lang]} {s} {row['id']}" for s in stems for lang in BOTH},
    }


def plan() -> dict[str, bytes]:
    """Return the files of the plan and the words for search."""
    folder = f"plans/{PERIOD}"
    gap: Values = {
        "id": "gap-sign",
        "layer": "sign_area",
        "clause_id": "c1.box1",
        "counted_total": 2,
    }
    gap |= {"named_total": 0, "confirmed": 0, "likely": 0, "candidates_not_counted": 1}
    gap = {**_texts(gap, "sentence", "source"), "candidate_ids": "sign-maybe"}
    aliases: list[Values] = [
        {"term": "老园", "target": "park-one"},
        {"term": "Old Alpha", "target": "district:990101"},
        {"term": "集聚区", "target": "layer:gathering_area"},
    ]
    head: Values = {"period": PERIOD, "title_zh": "玩具规划", "title_en": "Toy plan"}
    head |= {"number": "玩字〔2022〕1号", "issued": ISSUED}
    head |= {"baseline_year": 2020, "target_year": 2025}
    return {
        f"{folder}/plan.toml": toml(head).encode(),
        f"{folder}/clauses.csv": _csv(_clauses(CLAUSES_ROWS), CLAUSES.names),
        f"{folder}/indicators.csv": _csv(_indicators(INDICATOR_ROWS, "c1.t1"), INDICATORS.names),
        f"{folder}/gaps.csv": _csv([gap], GAPS.names),
        f"{folder}/observations.csv": _csv(
            [_attested(row, "definition") for row in OBSERVATION_ROWS], OBSERVATIONS.names
        ),
        f"{folder}/events.csv": _csv(
            [_attested({"happened_on": "2024-05", **row}, "what") for row in EVENT_ROWS],
            EVENTS.names,
        ),
        f"{folder}/relations.csv": _csv(
            [_reasoned(row, n in REASONED) for n, row in enumerate(RELATION_ROWS)],
            RELATIONS.names[1:],
        ),
        "aliases.csv": _csv(aliases, ALIASES.names[1:]),
        **next_plan(),
    }


def next_plan() -> dict[str, bytes]:
    """Return the files of a plan of the next period, which nobody has made."""
    folder = f"plans/{NEXT}"
    head: Values = {"period": NEXT, "title_zh": "虚构的下一期规划", "title_en": "Fictitious plan"}
    head |= {"number": "虚构", "issued": "2026-03-01", "baseline_year": 2025, "target_year": 2030}
    return {
        f"{folder}/plan.toml": toml(head).encode(),
        f"{folder}/clauses.csv": _csv(_clauses(NEXT_CLAUSES), CLAUSES.names),
        f"{folder}/indicators.csv": _csv(_indicators(NEXT_INDICATORS, "d1.t1"), INDICATORS.names),
        f"{folder}/gaps.csv": _csv([], GAPS.names),
        f"{folder}/relations.csv": _csv(
            [_reasoned(row, True) for row in NEXT_RELATIONS], RELATIONS.names[1:]
        ),
    }


def _clauses(rows: Sequence[Values]) -> list[Values]:
    return [
        {
            "task": False,
            **_texts(row, "path", "title", "digest"),
            "text_lost": row["level"] == "box",
        }
        for row in rows
    ]


def _indicators(rows: Sequence[Values], clause_id: str) -> list[Values]:
    names = {
        1: ("科技园数量", "Parks"),
        2: ("占比", "Share"),
        3: ("用时", "Time"),
        4: ("新增", "New"),
    }
    return [
        row
        | {"name_zh": names[row["no"]][0], "name_en": names[row["no"]][1], "unit_zh": "家"}
        | {"unit_en": "parks", "clause_id": clause_id, "line_name": 4}
        for row in rows
    ]


def _attested(row: Values, *stems: str) -> Values:
    return {"repost": False, "confidence": "high", **_texts(row, *stems, "source")}


def _reasoned(row: Values, reasoned: bool) -> Values:
    return {**row, **({"reason_zh": "玩具的理由", "reason_en": "A toy reason"} if reasoned else {})}


def toml(values: Mapping[str, Any], path: str = "") -> str:
    head = f"\n[{path}]\n" if path else ""
    return head + "".join(f"{k} = {json.dumps(v, ensure_ascii=False)}\n" for k, v in values.items())


def settings() -> dict[str, bytes]:
    """Return city.toml."""
    west, south, east, north = (
        gpd.GeoSeries([at(-1, -1), at(23, 21)], crs=4548).to_crs(4326).total_bounds.round(3)
    )
    text = toml(
        {
            **{"id": "toy", "name_zh": "玩具市", "name_en": "Toytown"},
            "bbox": [west, south, east, north],
            "centre": [round((south + north) / 2, 3), round((west + east) / 2, 3)],
            **{"zoom": 10, "metric_epsg": 4548, "data_date": "2026-11-22", "plan": PERIOD},
            "other_plans": [NEXT],
        }
    )
    for name in ("boundary", "review_base", "review_map", "footer", "990104"):
        text += toml({"zh": f"声明 {name}", "en": f"Notice {name}"}, f"notices.{name}")
    text += toml({"990104": 5}, "seaward_km")
    for half, (zh, en) in HALVES.items():
        text += toml({"zh": zh, "en": en}, f"half.{half}")
    text += toml({"zh": "“老园”", "en": "“Park One”"}, "search")
    text += toml(
        {
            "url": "https://tiles.example/{z}/{x}/{y}.png?key={key}",
            **{"attribution_zh": "瓦片", "attribution_en": "Tiles"},
            **{"crs": "WGS84", "key_variable": "ATLAS_TILE_KEY_TOY"},
        },
        "online_base",
    )
    kinds = sorted({str(values["kind"]) for values, _ in PLACES} | {"district", "axis"})
    for path in (*(f"layer.{kind}" for kind in kinds), *(f"base.{name}" for name in BASE)):
        text += toml({**TITLES.get(path.removeprefix("layer."), {}), **_provenance(path)}, path)
    return {"city.toml": text.encode()}


def _provenance(path: str) -> Values:
    texts = _texts(
        {"id": path}, "source", "licence", "licence_note", "method", "limits", "citation"
    )
    return {
        **{name: text for name, text in texts.items() if name != "id"},
        **{"retrieved": "2026-11", "verified_on": "2026-11-01", "freshness_days": 365},
    }


def planning_columns() -> dict[str, bytes]:
    """Return the mapping to the columns of a planning database."""
    names = ("name", "title_zh", "title_en", "layer", "column", "constant")
    rows = (
        ("BSM", "标识码", "Identifier", "", "#", ""),
        ("YSDM", "要素代码", "Feature code", "district", "", "1000600100"),
        ("XZQDM", "行政区代码", "District code", "", "host_adcode", ""),
        ("XZQDM", "行政区代码", "District code", "district", "id", ""),
        ("XZQMC", "行政区名称", "District name", "", "host_name_zh", ""),
        ("XZQMC", "行政区名称", "District name", "district", "name_zh", ""),
    )
    return {"planning_columns.csv": _csv([dict(zip(names, r, strict=True)) for r in rows], names)}


def files() -> dict[str, bytes]:
    """Return all files of the pack by name."""
    return {**layers(), **base(), **plan(), **settings(), **planning_columns()}


if __name__ == "__main__":
    for name, data in files().items():
        (HERE / name).parent.mkdir(parents=True, exist_ok=True)
        (HERE / name).write_bytes(data)
