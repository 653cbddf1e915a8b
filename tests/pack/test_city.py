from __future__ import annotations

import re
import shutil
from collections import Counter
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from geo.base.errors import DataError
from layers.language.bilingual import Bilingual
from layers.language.problems import worded
from layers.pack.catalogue import CATALOG
from layers.pack.city import NOTICES, City, Inset, Locator, load_city
from layers.pack.table_schemas import BASE
from layers.view.totals import plan_places
from tests.hostile import HOSTILE_TEXTS, REFUSED, TOY, hostile_pack, refused_pack
from tests.toy import make

HAN = re.compile("[\u3400-\u9fff]")


# Tianjin: golden numbers, from shared facts -----------------------------------------------------


def test_tianjin_holds_85_places_of_which_62_share_42_points(tianjin: City) -> None:
    # One place without a source is left out; three have no source for a site, five are titles.
    places = plan_places(tianjin)
    points = places.geometry.dropna()
    assert len(places) == 85
    assert len(points) == 62
    assert len({(point.x, point.y) for point in points}) == 42


def test_tianjin_has_every_kind_in_its_number(tianjin: City) -> None:
    sizes = {name: len(layer.frame) for name, layer in tianjin.layers.items()}
    assert sizes == {
        "science_park": 9,
        "gathering_area": 7,
        "sign_area": 4,
        "corridor_node": 12,
        "platform": 30,
        "transfer_zone": 3,
        "pilot_zone": 17,
        "later_park": 3,
        "university": 66,
        "district": 16,
        "axis": 3,
    }
    assert list(sizes) == list(CATALOG)


def test_tianjin_places_by_class_status_and_level(tianjin: City) -> None:
    places = plan_places(tianjin)
    assert Counter(places["location_class"]) == {
        "dataset": 2,
        "host": 10,
        "in_area": 15,
        "proxy": 27,
        "knowledge": 8,
        "none": 23,
    }
    assert Counter(places["plan_status"]) == {
        "existing_2020": 29,
        "to_build": 27,
        "later_fact": 13,
        "to_strive_for": 11,
        "under_construction": 4,
        "context": 1,
    }
    assert Counter(places["level"]) == {
        "national": 33,
        "unknown": 32,
        "municipal": 17,
        "ministerial": 3,
    }


def test_tianjin_stacks_mix_kinds_in_12_of_14_cases(tianjin: City) -> None:
    places = plan_places(tianjin).dropna(subset=["geometry"])
    at = places.geometry.map(lambda point: f"{point.x} {point.y}")
    stacks = [list(kinds) for _, kinds in places["kind"].groupby(at) if len(kinds) > 1]
    assert len(stacks) == 14
    assert sum(len(set(kinds)) > 1 for kinds in stacks) == 12


def test_tianjin_districts_measure_what_they_say(tianjin: City) -> None:
    districts = tianjin.districts
    km2 = districts.to_crs(tianjin.metric_epsg).area / 1e6
    assert len(districts) == 16
    # The column is rounded to 0.1 km²; the plane errs by up to 2e-4 in the east of the city.
    stated = districts["area_km2_polygon"]
    assert ((km2 - stated).abs() <= 0.05 + 2e-4 * stated).all()
    deviation = 100 * (districts["area_km2_polygon"] / districts["area_km2_reference"] - 1)
    assert ((deviation - districts["polygon_deviation_pct"]).abs() < 0.6).all()
    assert abs(km2.sum() / 11_966 - 1 + 0.0020) < 0.0002


def test_tianjin_populations_add_up_both_ways(tianjin: City) -> None:
    for way in ("territorial", "bulletin"):
        assert tianjin.districts[f"population_2020_{way}"].sum() == 13_866_009


def test_places_stand_in_the_district_they_name(tianjin: City) -> None:
    # A second route: a spatial join with GeoPandas, not the loader's distances.
    places = plan_places(tianjin).dropna(subset=["geometry"])
    joined = gpd.sjoin(places, tianjin.districts[["geometry"]], how="left", predicate="within")
    inside = joined["id_right"] if "id_right" in joined else joined["index_right"]
    assert list(inside.fillna("outside")) == list(places["site_adcode"])


def test_six_districts_are_not_named_by_the_plan(tianjin: City) -> None:
    places = plan_places(tianjin)
    seen = set(places["host_adcode"]) | set(places["site_adcode"])
    unseen = tianjin.districts.index.difference(list(filter(None, seen)))
    assert list(tianjin.districts.loc[unseen, "name_en"]) == [
        "Heping",
        "Hedong",
        "Hexi",
        "Hebei",
        "Ninghe",
        "Jizhou",
    ]


def test_seven_places_of_binhai_lie_in_other_districts(tianjin: City) -> None:
    places = plan_places(tianjin)
    away = places[(places["host_adcode"] == "120116") & places["site_adcode"].notna()]
    assert (away["site_adcode"] != "120116").sum() == 7


def test_places_carry_tasks_exactly_when_the_plan_speaks_of_them(tianjin: City) -> None:
    places = plan_places(tianjin)
    spoken = ~places["plan_status"].isin(["later_fact", "context"])
    assert (places["clause_ids"].notna() == spoken).all()
    assert (places["plan_status_as_of"].notna() == spoken).all()
    tasks = {task for ids in places["clause_ids"].dropna() for task in ids.split(";")}
    assert tasks <= set(tianjin.plan.clauses.index)


def test_every_place_is_written_about_in_both_languages(tianjin: City) -> None:
    places = plan_places(tianjin)
    for stem in ("theme", "location_reason", "caveat", "evidence", "unknown"):
        chinese, english = places[f"{stem}_zh"], places[f"{stem}_en"]
        assert all(HAN.search(text) for text in chinese)
        assert (chinese != english).all()
    for layer in tianjin.layers.values():
        pairs = [name[:-3] for name in layer.frame if name.endswith("_zh")]
        for stem in pairs:
            blank = layer.frame[[f"{stem}_zh", f"{stem}_en"]].isna()
            assert (blank.iloc[:, 0] == blank.iloc[:, 1]).all(), (layer.spec.id, stem)


def test_withheld_universities_tell_neither_point_nor_district(tianjin: City) -> None:
    schools = tianjin.layers["university"].frame
    withheld = schools[schools.geometry.isna()]
    unsettled = {"u009", "u010", "u036", "u064"}  # no published point holds
    assert len(withheld) == 3 + len(unsettled)
    assert unsettled < set(withheld.index)
    assert (withheld["location_class"] == "none").all()
    assert withheld[["site_adcode", "site_name_zh", "location_source"]].isna().all(axis=None)
    assert not schools["counted"].any()


def test_campus_points_are_rounded_to_four_digits(tianjin: City) -> None:
    points = tianjin.layers["university"].frame.geometry.dropna()
    assert all(round(value, 4) == value for point in points for value in (point.x, point.y))


def test_the_plan_of_tianjin(tianjin: City) -> None:
    plan = tianjin.plan
    assert (plan.number, plan.issued) == ("津政办发〔2021〕32号", "2021-08-08")
    assert list(plan.indicators.index) == list(range(1, 12))
    assert [plan.indicators.at[11, name] for name in ("baseline", "target")] == [0.08, 0.08]
    assert plan.indicators["direction"].value_counts().to_dict() == {"increase": 10, "hold": 1}
    assert plan.clauses["text_lost"].sum() == len(plan.gaps) == 3
    numbers = ["counted_total", "named_total", "confirmed", "likely", "candidates_not_counted"]
    assert [plan.gaps.at["gap-sign-areas", name] for name in numbers] == [10, 3, 1, 2, 1]


def test_the_base_map_keeps_the_sea_off_the_districts_and_leaves_no_gap(tianjin: City) -> None:
    near = box(117.45, 38.35, 118.55, 39.25)
    land = tianjin.base["land"]
    sea = tianjin.base["sea"].union_all().intersection(near)
    city = tianjin.districts.union_all().intersection(near)
    units = land[land["role"] == "province"].union_all()
    rest = near - sea - city - units
    # What is neither sea nor a unit is land of others, which reaches the edge of the window.
    parts = [part for part in rest.geoms if part.area > 1e-8]
    assert all(part.buffer(1e-6).intersects(near.exterior) for part in parts)
    assert land[land["role"] == "background"].union_all().covers(near)


def test_labels_are_chinese_only_where_there_is_a_chinese_name(tianjin: City) -> None:
    labels = tianjin.base["label"]
    assert all(re.fullmatch(HAN.pattern + "+", name) for name in labels["name_zh"].dropna())
    assert all(name.isascii() for name in labels["name_en"])
    assert set(labels["rank"]) == {1, 2, 3, 4}
    assert sorted(labels[labels["rank"] == 1]["name_zh"]) == ["北京", "天津", "廊坊"]
    assert (labels["rank"] == 2).sum() == 42


def test_every_pack_says_where_each_layer_comes_from(tianjin: City, toy: City) -> None:
    for city in (tianjin, toy):
        sources = [layer.provenance for layer in city.layers.values()]
        sources += city.base_provenance.values()
        assert len(sources) == len(city.layers) + len(BASE)
        for source in sources:
            assert all((*source.source, *source.method, *source.limits, *source.licence))
        assert set(NOTICES) <= set(city.notices)


# The toy city -----------------------------------------------------------------------------------


def test_the_toy_city_is_what_its_script_makes() -> None:
    files = make.files()
    for name, data in files.items():
        assert (TOY / name).read_bytes() == data, f"run python -m tests.toy.make ({name})"
    found = {p.relative_to(TOY).as_posix() for p in TOY.rglob("*") if p.is_file()}
    assert {name for name in found if not name.endswith((".py", ".pyc"))} == set(files)


def test_the_toy_districts_are_squares_of_100_km2(toy: City) -> None:
    squares = toy.districts.to_crs(toy.metric_epsg)
    assert (squares.area / 1e6 - 100).abs().max() < 1e-4
    assert squares.union_all().area / 1e6 == pytest.approx(400, abs=1e-3)


def test_a_kind_that_only_the_pack_knows_is_a_neutral_ring(toy: City) -> None:
    layer = toy.layers["trial_meadow"]
    assert list(toy.layers)[-1] == "trial_meadow"
    assert layer.title == ("试验草场", "Trial meadows")
    assert (layer.spec.group, layer.spec.style.shape) == ("context", "ring")
    assert list(layer.frame.index) == ["meadow-one"]


def test_frames_follow_the_schema(tianjin: City, toy: City) -> None:
    for city in (tianjin, toy):
        for layer in city.layers.values():
            assert layer.frame.index.name == "id"
            assert layer.frame.index.is_monotonic_increasing
            assert list(layer.frame) == [*layer.spec.schema.names[1:], "geometry"]
            assert layer.frame.crs.to_epsg() == 4326
            assert re.fullmatch("[0-9a-f]{64}", layer.digest)


# Loading ----------------------------------------------------------------------------------------


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    folder = tmp_path / "pack"
    shutil.copytree(TOY, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return folder


def replaced(pack: Path, old: str, new: str) -> list[str]:
    path = pack / "city.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        load_city(pack)
    return [worded(problem, "en") for problem in caught.value.problems]


@pytest.mark.slow
def test_the_digest_follows_every_file(pack: Path) -> None:
    before = load_city(pack).digest
    assert load_city(pack).digest == before == load_city(TOY).digest
    aliases = pack / "aliases.csv"
    aliases.write_bytes(aliases.read_bytes() + "新名,park-one,,\n".encode())
    assert load_city(pack).digest != before


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('id = "toy"', 'id = "../toy"', "id: may only hold letters, digits, '-' and '_'."),
        ('plan = "2021-2025"', 'plan = "../x"', "plan: may only hold letters, digits, '-' and"),
        ("metric_epsg = 4548", "metric_epsg = 4326", "metric_epsg: must be the EPSG code of a"),
        ("metric_epsg = 4548", "metric_epsg = 9999", "metric_epsg: must be the EPSG code of a"),
        ("zoom = 10", 'zoom = "10"', "zoom: must be a whole number from 0 to 18."),
        ("bbox = [", "bbox = [9, ", "bbox: must be a list of 4 numbers of degrees."),
        ("zoom = 10", "zoom = 10\nzooom = 1", "zooom: is not a known setting."),
        ("freshness_days = 365", "freshness = 365", "freshness_days: must be a whole number"),
        ("licence_zh = ", "license_zh = ", "licence_zh: must be a text that is not blank."),
        ('retrieved = "2026-11"', 'retrieved = "May"', "retrieved: must be a date like"),
        ("[notices.footer]", "[notices.foot]", "notices.footer: is missing: every map carries"),
        ("[layer.sign_area]", "[layer.Sign]", "layer.Sign: is not a name for a layer"),
        ("[layer.sign_area]", "[layer.sign]", "sign_area.geojson: has no provenance."),
        ("[layer.district]", "[layer.distr]", "layer.district: must be described"),
        ("[base.sea]", "[base.see]", "base.see: is not a known setting."),
        ('title_zh = "试验草场"\n', "", "layer.trial_meadow.title_zh: must be a text"),
        ("https://tiles", "http://tiles", "online_base.url: must be an https address"),
        ("ATLAS_TILE_KEY_TOY", "AWS_SECRET_ACCESS_KEY", "online_base.key_variable: must begin"),
    ],
)
def test_wrong_settings_are_named(pack: Path, old: str, new: str, expected: str) -> None:
    assert any(expected in problem for problem in replaced(pack, old, new))


def test_west_and_east_in_the_wrong_order_are_named(pack: Path) -> None:
    (line,) = re.findall("bbox = .*", (pack / "city.toml").read_text(encoding="utf-8"))
    west, south, east, north = line.removeprefix("bbox = [").removesuffix("]").split(", ")
    found = replaced(pack, line, f"bbox = [{east}, {south}, {west}, {north}]")
    assert "city.toml · bbox: must be west, south, east, north." in found


INSETS = """
[inset.old_town]
zh = "老城"
en = "Old town"
bounds = [117.0, 38.85, 117.1, 38.95]

[locator]
bounds = [116.5, 38.5, 117.5, 39.5]
belt = "axis"

[search]"""


@pytest.mark.slow
def test_a_pack_may_have_insets_and_a_locator(pack: Path) -> None:
    assert (load_city(pack).insets, load_city(pack).locator) == ((), None)
    path = pack / "city.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("\n[search]", INSETS), encoding="utf-8")
    city = load_city(pack)
    assert city.insets == (
        Inset("old_town", Bilingual("老城", "Old town"), (117.0, 38.85, 117.1, 38.95)),
    )
    assert city.locator == Locator((116.5, 38.5, 117.5, 39.5), "axis")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('en = "Old town"', "", "inset.old_town.en: must be a text that is not blank."),
        ("38.95]", "38.84]", "inset.old_town.bounds: must be west, south, east, north."),
        ("[117.0, 38.85, 117.1", "[110.0, 38.85, 111.1", "inset.old_town.bounds: must meet the"),
        ("[inset.old_town]", "[inset.Old]", "inset.Old: "),
        ('belt = "axis"', 'bellt = "axis"', "locator.bellt: is not a known setting."),
        ("[116.5, 38.5,", "[116.5, 138.5,", "locator.bounds: must be west, south, east, north."),
    ],
)
def test_a_wrong_inset_is_named(pack: Path, old: str, new: str, expected: str) -> None:
    found = replaced(pack, "\n[search]", INSETS.replace(old, new))
    assert any(expected in problem for problem in found), found


def test_a_belt_is_an_axis_of_the_pack_and_is_told_of_with_all_else(pack: Path) -> None:
    wrong = INSETS.replace('belt = "axis"', 'belt = "corridor"').replace('en = "Old town"', "")
    found = replaced(pack, "\n[search]", wrong)
    belt = "city.toml · locator.belt: there is no axis 'corridor'."
    assert sum(problem.startswith(belt) for problem in found) == 1
    assert any("inset.old_town.en" in problem for problem in found)


def test_nothing_is_said_of_a_belt_whose_axes_could_not_be_read(pack: Path) -> None:
    (pack / "axis.geojson").write_text("{", encoding="utf-8")
    found = replaced(pack, "\n[search]", INSETS)
    assert found
    assert not [problem for problem in found if "belt" in problem]


def test_insets_leave_room_for_the_city(pack: Path) -> None:
    bounds = "bounds = [117.0, 38.85, 117.1, 38.95]"
    four = "".join(f'\n[inset.i{n}]\nzh = "一"\nen = "One"\n{bounds}\n' for n in range(4))
    found = replaced(pack, "\n[search]", four + "\n[search]")
    assert found == ["city.toml · inset: may be at most 3 small maps."]


def test_a_folder_without_settings_says_so(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        load_city(tmp_path)
    (problem,) = caught.value.problems
    assert (problem.key, problem.where) == ("file.unreadable", "city.toml")


def test_an_online_base_map_is_only_described(toy: City, tianjin: City) -> None:
    assert toy.online_base is not None
    assert toy.online_base.crs == "WGS84"
    assert toy.online_base.key_variable == "ATLAS_TILE_KEY_TOY"
    assert tianjin.online_base is None
    assert tianjin.online_base_refused == ""


@pytest.mark.parametrize("crs", ["GCJ-02", "BD-09"])
def test_tiles_of_a_shifted_datum_are_refused_and_the_reason_kept(pack: Path, crs: str) -> None:
    path = pack / "city.toml"
    text = path.read_text(encoding="utf-8").replace('crs = "WGS84"', f'crs = "{crs}"')
    path.write_text(text, encoding="utf-8")
    city = load_city(pack)
    assert city.online_base is None
    assert city.online_base_refused == crs


# Hostile packs ----------------------------------------------------------------------------------


def test_a_hostile_pack_loads_and_keeps_every_character(tmp_path: Path) -> None:
    city = load_city(hostile_pack(tmp_path))
    found = {
        value
        for layer in city.layers.values()
        for column in layer.frame.columns.drop("geometry")
        for value in layer.frame[column]
        if isinstance(value, str)
    }
    assert set(HOSTILE_TEXTS) <= found
    assert set(HOSTILE_TEXTS) <= set(city.notices)
    assert city.layers["trial_meadow"].title.zh in HOSTILE_TEXTS
    assert city.name.zh in HOSTILE_TEXTS


def test_a_refused_pack_is_refused_with_every_row_and_field(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        load_city(refused_pack(tmp_path))
    found = {(p.where, p.row, p.field) for p in caught.value.problems}
    assert found == {(file, row, column) for file, row, column, _ in REFUSED}
    assert "\0" not in str(caught.value)


def test_blank_text_is_none_not_a_number(tianjin: City) -> None:
    places = plan_places(tianjin)
    for column in places.columns.drop(["geometry"]):
        if places[column].dtype == object:
            assert not any(isinstance(value, float) for value in places[column]), column
    assert pd.isna(places["area_km2"]).any()
