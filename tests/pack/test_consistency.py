"""Every rule of a pack, broken one at a time in the toy city."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
import shapely.affinity
from shapely.geometry.base import BaseGeometry

from geo.base.errors import DataError
from layers.language.problems import worded
from layers.pack.city import load_city
from tests.hostile import TOY, change_layer, change_table

Pack = Path


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    folder = tmp_path / "pack"
    shutil.copytree(TOY, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return folder


def problems(pack: Pack) -> list[str]:
    try:
        load_city(pack)
    except DataError as error:
        assert error.key == "pack_refused"
        return [worded(problem, "en") for problem in error.problems]
    return []


def put(pack: Pack, layer: str, row_id: str, /, **columns: object) -> None:
    """Change columns of one row of a layer."""

    def change(row: dict[str, Any]) -> None:
        if row["id"] == row_id:
            row.update(columns)

    change_layer(pack / f"{layer}.geojson", change)


def move(pack: Pack, kind: str, row_id: str, point: tuple[float, float] | None) -> None:
    """Move one row of a layer; None takes its point away."""
    path = pack / f"{kind}.geojson"
    tree = json.loads(path.read_text(encoding="utf-8"))
    for feature in tree["features"]:
        if feature["id"] == row_id:
            geometry = {"type": "Point", "coordinates": list(point)} if point else None
            feature["geometry"] = geometry
    path.write_text(json.dumps(tree), encoding="utf-8")


def edit(pack: Pack, name: str, key: str, row_id: str, **cells: str) -> None:
    """Change cells of one row of a table."""

    def change(row: dict[str, str]) -> None:
        if row[key] == row_id:
            row.update(cells)

    change_table(pack / name, change)


def districts(pack: Pack, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the file of the districts."""
    path = pack / "district.geojson"
    tree = json.loads(path.read_text(encoding="utf-8"))
    change(tree)
    path.write_text(json.dumps(tree), encoding="utf-8")


def slide(
    pack: Pack, degrees: float, *, at: int = 0, west: float = 0, east: float = 180, **columns: float
) -> None:
    """Move a district east, or those of its corners between two meridians."""

    def change(tree: dict[str, Any]) -> None:
        for position in tree["features"][at]["geometry"]["coordinates"][0]:
            if west < position[0] < east:
                position[0] += degrees
        tree["features"][at]["properties"].update(columns)

    districts(pack, change)


def turned(tree: dict[str, Any]) -> None:
    """Write latitude before longitude, and an area below none."""
    for feature in tree["features"]:
        for position in feature["geometry"]["coordinates"][0]:
            position.reverse()
    tree["features"][1]["properties"]["area_km2_reference"] = -5


def cut(pack: Pack, name: str) -> None:
    """Leave of a table its first line."""
    path = pack / name
    path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")


def swap(pack: Pack, old: str, new: str) -> None:
    """Write other settings."""
    path = pack / "city.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


LINKS_HEAD = (
    "university_id,university_zh,university_en,place_id,relation,mode,mode_status,evidence\n"
)


def link(pack: Pack, *rows: str) -> None:
    """Write a table of universities and their parks."""
    text = LINKS_HEAD + "".join(f"{row}\n" for row in rows)
    (pack / "park_links.csv").write_text(text, encoding="utf-8")


PLAN = "plans/2021-2025"
CASES: dict[str, tuple[Callable[[Pack], object], list[str]]] = {
    "id in two layers": (
        lambda pack: put(pack, "gathering_area", "area-one", id="park-one"),
        ["gathering_area.geojson · park-one · id: the id stands in science_park.geojson too."],
    ),
    "kind of another file": (
        lambda pack: put(pack, "sign_area", "sign-maybe", kind="platform"),
        [
            "sign_area.geojson · sign-maybe · kind: 'platform' is not one of: sign_area.",
            "sign_area.geojson · sign-maybe · kind: must be sign_area, the name of the file.",
        ],
    ),
    "unknown plan task": (
        lambda pack: put(pack, "gathering_area", "area-one", clause_ids="c9"),
        ["gathering_area.geojson · area-one · clause_ids: there is no plan task 'c9'."],
    ),
    "unknown parent": (
        lambda pack: put(pack, "pilot_zone", "zone-part", parent_id="zone-x"),
        ["pilot_zone.geojson · zone-part · parent_id: there is no place 'zone-x'."],
    ),
    "unknown second home": (
        lambda pack: put(pack, "pilot_zone", "zone-part", also_in="zone-all;zone-x"),
        ["pilot_zone.geojson · zone-part · also_in: there is no place 'zone-x'."],
    ),
    "unknown district": (
        lambda pack: put(pack, "pilot_zone", "zone-all", host_adcode="990199"),
        ["pilot_zone.geojson · zone-all · host_adcode: there is no district '990199'."],
    ),
    "district without a name": (
        lambda pack: put(pack, "corridor_node", "node-outside", host_name_zh=None),
        [
            "corridor_node.geojson · node-outside · host_name_zh: "
            "must name the district or the place beyond the city."
        ],
    ),
    "place of the plan without a task": (
        lambda pack: put(pack, "gathering_area", "area-one", clause_ids=None, clause_basis=None),
        [
            "gathering_area.geojson · area-one · clause_ids: "
            "a place of the plan needs at least one plan task."
        ],
    ),
    "later fact with a task": (
        lambda pack: put(
            pack, "science_park", "park-late", clause_ids="c1.1", clause_basis="named"
        ),
        [
            "science_park.geojson · park-late · clause_ids: "
            "a later fact or a context place has no plan task and no plan line."
        ],
    ),
    "later fact with a line": (
        lambda pack: put(pack, "science_park", "park-late", plan_line=5),
        [
            "science_park.geojson · park-late · clause_ids: "
            "a later fact or a context place has no plan task and no plan line."
        ],
    ),
    "place of a plan layer without a status": (
        lambda pack: put(pack, "science_park", "park-late", plan_status=None),
        ["science_park.geojson · park-late · plan_status: must not be blank."],
    ),
    "basis missing": (
        lambda pack: put(pack, "gathering_area", "area-one", clause_basis=None),
        ["gathering_area.geojson · area-one · clause_basis: needs one entry for each plan task."],
    ),
    "basis unknown": (
        lambda pack: put(pack, "gathering_area", "area-one", clause_basis="guessed"),
        [
            "gathering_area.geojson · area-one · clause_basis: "
            "'guessed' is not one of: named, box, implied, candidate."
        ],
    ),
    "line outside the tasks": (
        lambda pack: put(pack, "gathering_area", "area-one", plan_line=11),
        [
            "gathering_area.geojson · area-one · plan_line: "
            "line 11 lies in none of the place's plan tasks."
        ],
    ),
    "point of class none": (
        lambda pack: put(pack, "gathering_area", "area-one", location_class="none"),
        [
            "gathering_area.geojson · area-one · geometry: a place of class none has no point.",
            "gathering_area.geojson · area-one · uncertainty_m: "
            "a place of class none has no uncertainty.",
        ],
    ),
    "a place that a pack says is verified": (
        lambda pack: put(pack, "gathering_area", "area-one", location_class="verified"),
        [
            "gathering_area.geojson · area-one · location_class: "
            "is said by an entry alone, never by a pack."
        ],
    ),
    "no point where the class needs one": (
        lambda pack: move(pack, "gathering_area", "area-one", None),
        ["gathering_area.geojson · area-one · geometry: every class but none needs a point."],
    ),
    "no uncertainty": (
        lambda pack: put(pack, "gathering_area", "area-one", uncertainty_m=0),
        [
            "gathering_area.geojson · area-one · uncertainty_m: "
            "a place with a point needs an uncertainty above 0."
        ],
    ),
    "no site": (
        lambda pack: put(pack, "gathering_area", "area-one", site_adcode=None),
        [
            "gathering_area.geojson · area-one · site_adcode: "
            "a place with a point needs the district of the point, or outside."
        ],
    ),
    "longitude and latitude swapped": (
        lambda pack: move(pack, "gathering_area", "area-one", (38.9, 89.0)),
        [
            "gathering_area.geojson · area-one · geometry: the point lies outside the city's bbox.",
        ],
    ),
    "point in another district": (
        lambda pack: put(pack, "gathering_area", "area-one", site_adcode="990102"),
        [
            "gathering_area.geojson · area-one · geometry: "
            "the point lies in district 990101, not in 990102."
        ],
    ),
    "point outside that lies inside": (
        lambda pack: put(pack, "gathering_area", "area-one", site_adcode="outside"),
        [
            "gathering_area.geojson · area-one · geometry: "
            "the point lies in district 990101, not outside."
        ],
    ),
    "point off the shore of a district that reaches not so far": (
        lambda pack: (pack / "city.toml").write_text(
            (pack / "city.toml").read_text("utf-8").replace("990104 = 5", "990104 = 1"), "utf-8"
        ),
        ["platform.geojson · platform-sea · geometry: the point lies 2.0 km from district 990104."],
    ),
    "task without a parent": (
        lambda pack: edit(pack, f"{PLAN}/clauses.csv", "id", "c1.2", parent_id="c7"),
        [f"{PLAN}/clauses.csv · c1.2 · parent_id: there is no plan task 'c7'."],
    ),
    "task that ends before it begins": (
        lambda pack: edit(pack, f"{PLAN}/clauses.csv", "id", "c1.t1", line_from="5"),
        [f"{PLAN}/clauses.csv · c1.t1 · line_to: must not come before line_from."],
    ),
    "indicator without a task": (
        lambda pack: edit(pack, f"{PLAN}/indicators.csv", "no", "1", clause_id="c7"),
        [f"{PLAN}/indicators.csv · 1 · clause_id: there is no plan task 'c7'."],
    ),
    "gap of an unknown layer and task": (
        lambda pack: edit(
            pack, f"{PLAN}/gaps.csv", "id", "gap-sign", layer="district", clause_id="c7"
        ),
        [
            f"{PLAN}/gaps.csv · gap-sign · layer: there is no layer of places 'district'.",
            f"{PLAN}/gaps.csv · gap-sign · clause_id: there is no plan task 'c7'.",
        ],
    ),
    "gap that names an unknown place": (
        lambda pack: edit(pack, f"{PLAN}/gaps.csv", "id", "gap-sign", candidate_ids="x"),
        [f"{PLAN}/gaps.csv · gap-sign · candidate_ids: there is no place 'x'."],
    ),
    "gap that counts wrongly": (
        lambda pack: edit(pack, f"{PLAN}/gaps.csv", "id", "gap-sign", candidates_not_counted="2"),
        [
            f"{PLAN}/gaps.csv · gap-sign · candidates_not_counted: "
            "must be 1, the length of candidate_ids."
        ],
    ),
    "title that counts as a place": (
        lambda pack: put(
            pack, "platform", "platform-none", title_of="990101", badge_zh="称号", badge_en="Title"
        ),
        ["platform.geojson · platform-none · counted: must be false: a title of an area"],
    ),
    "population below none": (
        lambda pack: put(pack, "district", "990101", population_2020_bulletin=-1),
        ["district.geojson · 990101 · population_2020_bulletin: must be more than 0, not -1."],
    ),
    "whole number that no sum can hold": (
        lambda pack: put(pack, "district", "990101", population_2020_bulletin=2**63),
        ["district.geojson · 990101 · population_2020_bulletin: must lie within ±9\u202f007"],
    ),
    "area that is not the outline's": (
        lambda pack: put(pack, "district", "990101", area_km2_polygon=102.0),
        [
            "district.geojson · 990101 · area_km2_polygon: "
            "is 102; the geometry measures 100.0 km².",
        ],
    ),
    "strip that is open to the land around": (
        lambda pack: slide(pack, -0.005),
        [
            "district.geojson · 990101 · geometry: 4.3 km² between the district and 990102 belong "
            "to no district, near (117.1127,"
        ],
    ),
    "gap that is open to the land around": (
        lambda pack: slide(
            pack, 0.02, at=3, east=117.2, area_km2_polygon=82.6, area_km2_reference=82.6
        ),
        ["district.geojson · 990104 · geometry: 17.1 km² between the district and 990103 belong"],
    ),
    "gap by an edge that was moved off the places beside it": (
        lambda pack: slide(pack, -0.03, west=117.1),
        ["district.geojson · 990102 · geometry: 25.5 km² between the district and 990101 belong"],
    ),
    "district that lies on another, off its places": (
        lambda pack: slide(pack, 0.08),
        ["district.geojson · 990102 · geometry: the district lies on 990101 with 69.4% of its"],
    ),
    "district that lies elsewhere": (
        lambda pack: slide(pack, 5, at=1),
        ["district.geojson · 990102 · geometry: the district reaches beyond the city's bbox"],
    ),
    "district called otherwise": (
        lambda pack: put(pack, "district", "990101", id="990199"),
        ["district.geojson · 990101 · id: there is no district '990101', yet 5 rows of the pack"],
    ),
    "district that is not there": (
        lambda pack: districts(pack, lambda tree: tree["features"].pop()),
        ["district.geojson · 990104 · id: there is no district '990104', yet 2 rows of the pack"],
    ),
    "area of no ground": (
        lambda pack: put(pack, "district", "990101", area_km2_polygon=0),
        ["district.geojson · 990101 · area_km2_polygon: must be more than 0, not 0."],
    ),
    "two faults that have nothing to do with each other": (
        lambda pack: districts(pack, turned),
        [
            *(f"district.geojson · 99010{n} · geometry: must hold positions" for n in range(1, 5)),
            "district.geojson · 990102 · area_km2_reference: must be more than 0, not -5.",
        ],
    ),
    "people whom no ground could hold": (
        lambda pack: put(pack, "district", "990101", population_2020_territorial=10**11),
        [
            "district.geojson · 990101 · population_2020_territorial: is 1e+11, on 100.0 km². "
            "Check the number and its unit."
        ],
    ),
    "one name of two districts": (
        lambda pack: put(pack, "district", "990101", name_zh="乙区"),
        [
            "district.geojson · 990102 · name_zh: is the name of district 990101 too. "
            "Correct one of them."
        ],
    ),
    "parts of each other": (
        lambda pack: put(pack, "pilot_zone", "zone-all", parent_id="zone-part"),
        [
            "pilot_zone.geojson · zone-all · parent_id: what it belongs to leads back to itself: "
            "zone-all → zone-part → zone-all. Correct one of them."
        ],
    ),
    "event to come": (
        lambda pack: edit(pack, f"{PLAN}/events.csv", "id", "e1", happened_on="2999-01-01"),
        [f"{PLAN}/events.csv · e1 · happened_on: the date 2999-01-01 lies after today"],
    ),
    "districts of one id": (
        lambda pack: put(pack, "district", "990102", id="990101"),
        ["district.geojson · 990101 · id: the id stands in 2 rows."],
    ),
    "tasks without rows": (
        lambda pack: cut(pack, f"{PLAN}/clauses.csv"),
        [f"{PLAN}/clauses.csv: holds no task, and tasks are cited. Add the rows."],
    ),
    "plane of another country": (
        lambda pack: swap(pack, "metric_epsg = 4548", "metric_epsg = 32610"),
        [
            "city.toml · metric_epsg: EPSG:32610 does not suit the city: areas on it are those on "
            "the ground × 1.83."
        ],
    ),
    "centre elsewhere": (
        lambda pack: swap(pack, "centre = [38.923, 117.127]", "centre = [117.127, 38.923]"),
        ["city.toml · centre: (117.127, 38.923) lies outside the bbox."],
    ),
    "box that is none": (
        lambda pack: swap(pack, "bbox = [116.988", "bbox = [nan"),
        ["city.toml · bbox: must be a list of 4 numbers of degrees."],
    ),
    "length that is not the line's": (
        lambda pack: put(pack, "axis", "axis", length_km=30.0),
        ["axis.geojson · axis · length_km: is 30; the geometry measures 26.2 km."],
    ),
    "alias of nothing": (
        lambda pack: edit(pack, "aliases.csv", "term", "Old Alpha", target="district:1"),
        ["aliases.csv · 2 · target: there is no place, layer, district or half 'district:1'."],
    ),
}


def test_the_toy_city_has_no_problem(pack: Pack) -> None:
    assert problems(pack) == []


@pytest.mark.parametrize("case", CASES)
def test_each_broken_rule_is_named(pack: Pack, case: str) -> None:
    spoil, expected = CASES[case]
    spoil(pack)
    found = problems(pack)
    assert len(found) == len(expected)
    for sentence, beginning in zip(found, expected, strict=True):
        assert sentence.startswith(beginning)


def test_a_point_just_beyond_a_generalised_outline_still_belongs(pack: Pack) -> None:
    # 甲 ends at 510 000 m east, on whose far side 乙 begins: 100 m and 200 m beyond.
    west, north = 117.115268, 38.874  # 510 000 m east at the height of 甲
    metre = 1 / 86_750
    move(pack, "gathering_area", "area-one", (west + 100 * metre, north))
    assert problems(pack) == []
    move(pack, "gathering_area", "area-one", (west + 200 * metre, north))
    (problem,) = problems(pack)
    assert problem.endswith("the point lies in district 990102, not in 990101.")


def test_values_that_no_column_can_hold_do_not_stop_the_checks(pack: Pack) -> None:
    put(pack, "pilot_zone", "zone-part", plan_status=["x"], site_adcode={"a": 1}, id=[1])
    put(pack, "gathering_area", "area-one", clause_ids=7, parent_id=True)
    found = problems(pack)
    assert any("zone" not in problem and "parent_id: must be text" in problem for problem in found)
    assert any("plan_status: must be text" in problem for problem in found)
    assert any("id: must be text" in problem for problem in found)


def test_problems_of_many_files_come_at_once(pack: Pack) -> None:
    (pack / "university.geojson").write_text("{")
    (pack / "axis.geojson").unlink()
    (pack / "base/sea.geojson").write_bytes("海".encode("gb18030"))
    put(pack, "gathering_area", "area-one", level="grand", clause_ids="c9")
    edit(pack, "aliases.csv", "term", "老园", target="layer:gone")
    found = "\n".join(problems(pack))
    for part in ("university", "axis", "base/sea", "'grand' is not", "'c9'", "'layer:gone'"):
        assert part in found


@pytest.mark.slow
def test_sound_links_are_read_and_a_pack_may_lack_them(pack: Pack) -> None:
    assert load_city(pack).links.empty
    (campus,) = load_city(pack).layers["university"].frame.index[:1]
    link(pack, f"{campus},第一大学,,park-one,science_park,one school one park,,seen")
    links = load_city(pack).links
    assert links[["university_id", "place_id", "evidence"]].to_numpy().tolist() == [
        [campus, "park-one", "seen"]
    ]


def test_links_to_what_is_not_there_are_reported(pack: Pack) -> None:
    link(
        pack,
        "gone,某大学,,park-one,science_park,,,seen",
        ",某学院,,nowhere,science_park,two by two,,seen",
        ",某学院,,nowhere,science_park,,,seen",
    )
    assert problems(pack) == [
        "park_links.csv · #2 · mode: 'two by two' is not one of: many schools one park, "
        "one school many parks, one school one park.",
        "park_links.csv · 1 · university_id: there is no university 'gone'.",
        "park_links.csv · 2 · place_id: there is no place 'nowhere', yet 2 rows of the pack name "
        "it. Add the place, or correct its id.",
        "park_links.csv · 3 · place_id: the link stands twice.",
    ]


def outline(
    pack: Pack, row_id: str, west: float, south: float, east: float, north: float,
    *, without: tuple[float, float, float, float] = (0, 0, 0, 0),
) -> None:  # fmt: skip
    """Give a district the outline of a box, in kilometres from the south-west corner of the toy."""
    square: BaseGeometry = shapely.box(1000 * west, 1000 * south, 1000 * east, 1000 * north)
    w, s, e, n = (1000 * side for side in without)
    square = square.difference(shapely.box(w, s, e, n))
    square = shapely.affinity.translate(square, 500_000, 4_300_000)
    degrees = gpd.GeoSeries([square], crs=4548).to_crs(4326).iloc[0]
    path = pack / "district.geojson"
    tree = json.loads(path.read_text("utf-8"))
    for feature in tree["features"]:
        if feature["id"] == row_id:
            feature["geometry"] = shapely.geometry.mapping(degrees)
            feature["properties"] |= {
                "area_km2_polygon": square.area / 1e6,
                "polygon_deviation_pct": square.area / 1e6 - 100,
            }
    path.write_text(json.dumps(tree), "utf-8")


def test_districts_may_overlap_by_a_hundredth_and_no_more(pack: Pack) -> None:
    outline(pack, "990101", 0, 0, 10.09, 10)
    assert problems(pack) == []
    outline(pack, "990101", 0, 0, 10.2, 10)
    (problem,) = problems(pack)
    assert problem.startswith(
        "district.geojson · 990102 · geometry: the district lies on 990101 with 2.0% of its area."
    )


def test_districts_leave_no_hole_between_them(pack: Pack) -> None:
    outline(pack, "990101", 0, 0, 10, 10, without=(9.5, 4, 10, 5))  # 0.5 km² of 100
    assert problems(pack) == []
    outline(pack, "990101", 0, 0, 10, 10, without=(9, 4, 10, 6))
    (problem,) = problems(pack)
    assert "990101 · geometry: 2.0 km² between the district and 990102 belong to no" in problem


def test_an_enclave_in_one_district_is_no_hole(pack: Pack) -> None:
    outline(pack, "990101", 0, 0, 10, 10, without=(7, 2, 9, 4))
    assert problems(pack) == []
    put(pack, "district", "990101", area_km2_polygon=100.0, polygon_deviation_pct=0.0)
    (problem,) = problems(pack)
    assert "990101 · geometry: the district has a hole of 4.0 km² that no district" in problem


def test_a_fact_lies_not_in_the_future(pack: Pack) -> None:
    path = pack / "district.geojson"
    tree = json.loads(path.read_text("utf-8"))
    tree["features"][0]["properties"]["as_of"] = "3020-01"
    path.write_text(json.dumps(tree), "utf-8")
    (problem,) = problems(pack)
    assert "as_of: the date 30" in problem


def test_a_district_lies_within_the_bbox(pack: Pack) -> None:
    outline(pack, "990101", -3, 0, 10, 10)
    (problem,) = problems(pack)
    assert "990101 · geometry: the district reaches beyond the city's bbox (116.988" in problem


@pytest.mark.parametrize("name", ["district", "science_park", "university"])
def test_a_layer_that_cannot_be_read_is_one_fault(pack: Pack, name: str) -> None:
    """What refers to it cannot be checked, and is no fault of its own."""
    path = pack / f"{name}.geojson"
    tree = json.loads(path.read_text("utf-8"))
    tree["crs"] = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}
    path.write_text(json.dumps(tree), "utf-8")
    assert problems(pack) == [
        f"{name}.geojson · crs: is in CGCS2000 (EPSG:4490), not in WGS 84. "
        "Convert the file to WGS 84 (EPSG:4326) and leave the member out."
    ]


def test_tasks_that_cannot_be_read_are_one_fault(pack: Pack) -> None:
    (pack / PLAN / "clauses.csv").unlink()
    (problem,) = problems(pack)
    assert problem.startswith(f"{PLAN}/clauses.csv: cannot be read")


NODE_HEAD = (
    "from_id,to_id,kind,weight,unit_zh,unit_en,clause_id,evidence_zh,evidence_en,source,as_of\n"
)


def node_link(pack: Pack, *rows: str) -> None:
    """Write a table of linked places."""
    text = NODE_HEAD + "".join(f"{row}\n" for row in rows)
    (pack / "node_links.csv").write_text(text, encoding="utf-8")


@pytest.mark.slow
def test_linked_places_are_read_with_their_weight_and_who_says_so(pack: Pack) -> None:
    assert load_city(pack).node_links.empty
    node_link(pack, "park-one,node-outside,contract,12.5,万元,10k yuan,c1.1,据,By,,2022-03-01")
    links = load_city(pack).node_links
    assert links[["from_id", "to_id", "weight"]].to_numpy().tolist() == [
        ["park-one", "node-outside", 12.5]
    ]


def test_links_of_places_that_nobody_states_or_that_lead_nowhere_are_reported(pack: Pack) -> None:
    node_link(
        pack,
        "park-one,nowhere,belt,,,,c1.1,据,By,,2022-03-01",
        "park-one,node-outside,belt,,,,,据,By,,2022-03-01",
        "node-outside,park-one,belt,,,,c9,据,By,,2022-03-01",
    )
    assert problems(pack) == [
        "node_links.csv · 1 · to_id: there is no place 'nowhere'.",
        "node_links.csv · 2 · source: must not be blank.",
        "node_links.csv · 3 · clause_id: there is no plan task 'c9'.",
        "node_links.csv · 3 · to_id: the link stands twice.",
    ]
