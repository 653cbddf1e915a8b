"""Count every number of the scenes that rest on the list again, from the GeoPackage of the pack."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from layers.pack.catalogue import FIRM
from layers.pack.city import City
from layers.present.pack import gis
from layers.present.pack.meeting_pack import of_district
from layers.present.story import Scene, stories
from layers.present.telling import Ask, Told, tell
from layers.view.state import default_state
from layers.view.vague import VAGUE_M

pytestmark = pytest.mark.slow
BINHAI = "120116"
STORIES = ("layout", "belt", "district")
PUBLISHED = ("verified", "dataset", "host")
HALVES = {"“津城”": "jincheng", "“滨城”": "bincheng", "其他区": "outer"}
SIMULATED = {"dense", "reach", "choices", "half_hour"}
"""Scenes of drawn positions: the table of findings holds what they say."""


class Held:
    """What the GeoPackage holds, as plain tables."""

    def __init__(self, file: Path) -> None:
        layers = [name for name in gpd.list_layers(file)["name"] if name != "layer_styles"]
        read = {name: gpd.read_file(file, layer=name) for name in layers}
        self.findings = read.pop("findings")
        self.districts = read.pop("district").set_index("id")
        self.axis = read.pop("axis").set_index("id")
        self.places = pd.concat(read.values())

    def of(self, show: dict[str, str]) -> pd.DataFrame:
        """Return the places of a scene by what its address says."""
        rows = self.places
        if "level" in show:
            rows = rows[rows["level"].eq("national") & rows["level_basis"].ne("aimed_at")]
        if "layers" in show:
            rows = rows[rows["kind"].isin(show["layers"].split("."))]
        if "district" in show:
            rows = rows[rows["host_adcode"].eq(show["district"])]
        return rows


@pytest.fixture(scope="module")
def simulated(tianjin: City, ask: Ask) -> dict[str, Told]:
    over = default_state(tianjin)
    return {
        name: tell(scene, tianjin, over, ask=ask)
        for name, scene in scenes(tianjin)
        if scene.id in SIMULATED
    }


@pytest.fixture(scope="module")
def held(
    tianjin: City, simulated: dict[str, Told], tmp_path_factory: pytest.TempPathFactory
) -> Held:
    folder = tmp_path_factory.mktemp("gis")
    zipped = gis.zipped(tianjin, default_state(tianjin), [*simulated.values()])
    with zipfile.ZipFile(io.BytesIO(zipped)) as archive:
        archive.extractall(folder)
    return Held(folder / "geopackage" / "tianjin.gpkg")


def scenes(city: City) -> Iterator[tuple[str, Scene]]:
    over = default_state(city)
    for name in STORIES:
        for scene in of_district(stories(city)[name], city, over).scenes:
            yield f"{name}/{scene.id}", scene


def drawn(rows: pd.DataFrame) -> pd.DataFrame:
    """The places that have a mark at the scale of a city."""
    on_map = rows[rows.geometry.notna() & ~rows.geometry.is_empty]
    return on_map[~(on_map["uncertainty_m"] > VAGUE_M)]


def ints(text: str) -> set[int]:
    return {int(n) for n in re.findall(r"(?<![.\d])\d+(?![.\d])", text)}


def without_district(counted: pd.DataFrame) -> int:
    return int((counted["host_adcode"].fillna("") == "").sum())


def check_list(told: Told, rows: pd.DataFrame, held: Held) -> None:
    """Compare bars, table and sentences of a scene of the layout map."""
    counted = rows[rows["counted"].astype(bool)]
    known = counted[counted["host_adcode"].isin(held.districts.index)]
    by_district = known["host_adcode"].map(held.districts["name_zh"]).value_counts()
    if told.bars is not None:
        assert dict(by_district) == {name: int(n) for name, n in told.bars.values.items()}
    half = known["host_adcode"].map(held.districts["half"])
    assert told.table is not None
    for label, row in told.table.iterrows():
        own = held.districts[
            held.districts["half"].eq(HALVES.get(str(label), "")) | (label not in HALVES)
        ]
        here = known[half.eq(HALVES[label])] if label in HALVES else known
        n, share, people, area, firm, _ = row
        assert int(n) == len(here)
        if share.endswith("%"):
            assert float(share.rstrip("%")) == pytest.approx(100 * len(here) / len(known), abs=0.5)
        else:  # of fewer than twenty things
            assert [int(n) for n in re.findall(r"\d+", share)] == [len(here), len(known)]
        million = own["population_2020_territorial"].sum() / 1e6
        assert float(people) == pytest.approx(len(here) / million, rel=5e-3)
        hundred = own["area_km2_reference"].sum() / 100
        assert float(area) == pytest.approx(len(here) / hundred, rel=5e-3)
        of = len(here[here["location_class"].isin(PUBLISHED)])
        assert firm == (f"{of} / {len(here)}" if len(here) else "–")
    near, plan = drawn(rows), held.places[held.places["kind"].ne("later_park")]
    firm_n = int(near["location_class"].isin(FIRM).sum())
    named = set(plan["host_adcode"].dropna()) | set(plan["site_adcode"].dropna())
    counts = {len(known), len(near), firm_n, len(near) - firm_n, without_district(counted)}
    counts |= {len(held.districts) - len(named & {*held.districts.index})}
    counts |= {*by_district.tolist(), *half.value_counts().tolist()}
    counts.add(int((~near["counted"].astype(bool)).sum()))
    places = rows[rows["title_of"].isna()]
    sure = places["uncertainty_m"].notna() & ~(places.geometry.isna() | places.geometry.is_empty)
    counts |= {len(places), int(sure.sum()), int((~sure).sum())}
    if told.scene.page == "density":
        counts.add(10)  # below so many, it says, a single place turns the ranks
    assert ints(told.sentence + told.doubt) <= counts


def test_every_scene_of_the_list_counts_what_the_geopackage_holds(
    tianjin: City, held: Held, ask: Ask
) -> None:
    over, seen = default_state(tianjin), set()
    for name, scene in scenes(tianjin):
        if scene.id not in SIMULATED and scene.page not in ("district", "corridor"):
            rows = held.of(dict(scene.address))
            check_list(tell(scene, tianjin, over, ask=ask), rows, held)
            seen.add(name)
    assert len(seen) == 9


def figures(held: Held, codes: Iterable[str]) -> tuple[int, int, float]:
    """Return places, national ones and places for each million residents of some districts."""
    here = held.places[held.places["counted"].astype(bool) & held.places["host_adcode"].isin(codes)]
    approved = here["level"].eq("national") & here["level_basis"].ne("aimed_at")
    people = held.districts.loc[[*codes], "population_2020_territorial"].sum()
    return len(here), int(approved.sum()), len(here) / people * 1e6


def test_every_scene_of_districts_counts_what_the_geopackage_holds(
    tianjin: City, held: Held
) -> None:
    over = default_state(tianjin)
    told = {name: tell(s, tianjin, over) for name, s in scenes(tianjin) if s.page == "district"}
    halves = held.districts["half"]
    wanted = [figures(held, halves.index[halves == half]) for half in ("jincheng", "bincheng")]
    twin = told["layout/twin_cities"]
    one = told["district/profile"]
    assert twin.table is not None
    assert one.table is not None
    pairs = [*zip(twin.table.T.to_numpy(), wanted, strict=True)]
    pairs.append((one.table.iloc[:, 0].to_numpy(), figures(held, [BINHAI])))
    for (n, national, million), (places, approved, per) in pairs:
        assert (int(n), int(national)) == (places, approved)
        assert float(million) == pytest.approx(per, abs=0.05)
    n, approved, _ = figures(held, [BINHAI])
    rows = held.places[held.places["host_adcode"].eq(BINHAI)]
    here = rows[rows["counted"].astype(bool)]
    sought = (here["level"].eq("national") & here["level_basis"].eq("aimed_at")).sum()
    titles = rows["title_of"].notna().sum()
    assert ints(one.sentence) == {n, approved, int(sought), int(titles)}
    unmapped = (here.geometry.isna() | here.geometry.is_empty).sum()
    schematic = (~drawn(here)["location_class"].isin(FIRM)).sum()
    rough = len(here) - unmapped - len(drawn(here))
    counted = held.places[held.places["counted"].astype(bool)]
    gaps = {2, 7}  # what the plan counts and nobody names: of no place, so in no file of places
    known = {int(unmapped), int(schematic), int(rough)}
    assert ints(one.doubt) == {*known, without_district(counted), *gaps}
    unsure = counted["uncertainty_m"].isna() | counted.geometry.isna() | counted.geometry.is_empty
    each = unsure.groupby(counted["host_adcode"].map(halves)).sum()
    each = {int(each[half]) for half in ("jincheng", "bincheng")}
    assert ints(twin.doubt) == {*each, without_district(counted), *gaps}


def test_the_strip_counts_what_the_geopackage_holds(tianjin: City, held: Held, ask: Ask) -> None:
    scene = next(scene for _, scene in scenes(tianjin) if scene.page == "corridor")
    told = tell(scene, tianjin, default_state(tianjin), ask=ask)
    found = re.search(r"(\d+)\s公里、(\d+)\s处", told.sentence)
    assert found is not None
    length, within = map(int, found.groups())
    assert tianjin.locator is not None
    belt = held.axis.geometry[tianjin.locator.belt]
    assert belt.length / 1000 == pytest.approx(length, rel=5e-3)
    near = drawn(held.places)
    near = near[gpd.GeoSeries(near.geometry, crs=held.axis.crs).distance(belt) <= 10_000]
    assert told.table is not None
    assert within == told.table.iloc[:, -1].astype(int).sum()
    assert len(near) == within


def said(told: Told) -> set[str]:
    """Every number of a scene's sentence, doubt and table, as it is written."""
    assert told.table is not None
    cells = [*told.table.columns, *told.table.to_numpy().ravel()]
    text = " ".join([told.sentence, told.doubt, *map(str, cells)])
    text = re.sub(
        r"90% 模拟区间|百平方公里|\d+ 分钟", "", re.sub(r"(?<=\d)[,\s](?=\d{3})", "", text)
    )
    return set(re.findall(r"(?<![.\d])\d+(?:\.\d+)?", text))


def stands(number: str, values: pd.Series) -> bool:
    """Whether some value is written as that: to its decimals, or to three digits."""
    digits = len(number.partition(".")[2])
    least = 0.51 * 10.0**-digits
    if not digits and len(number) > 3:
        least = 0.51 * 10.0 ** (len(number) - 3)
    return bool(((values.abs() - float(number)).abs() <= least).any())


@pytest.mark.parametrize(
    "scene", ["layout/dense", "layout/reach", "layout/choices", "belt/half_hour", "district/reach"]
)
def test_every_number_of_drawn_positions_stands_in_the_findings(
    scene: str, simulated: dict[str, Told], held: Held
) -> None:
    rows = held.findings[held.findings["scene"].eq(scene.partition("/")[2])]
    values = pd.concat([rows[name] for name in ("value", "low", "high", "n", "radius_km")]).dropna()
    lacking = {number for number in said(simulated[scene]) if not stands(number, values)}
    assert not lacking
    drawn = rows[rows["low"].notna()]
    assert len(drawn) >= 4
    assert (drawn["low"] <= drawn["high"]).all()
    assert drawn["draws"].isin([200, 500]).all()
    assert drawn["seed"].nunique() == 1
    assert (drawn["basis_en"].str.len() > 5).all()


def test_the_findings_are_those_of_the_answer(simulated: dict[str, Told], held: Held) -> None:
    assert simulated["layout/reach"].answered is not None
    _, answer = simulated["layout/reach"].answered
    rows = held.findings[held.findings["scene"].eq("reach")]
    city = rows[rows["measure"].eq("share")].iloc[0]  # the whole city comes first
    wanted = answer.units.loc["city", ["share", "low", "high"]] * 100
    assert city[["value", "low", "high"]].tolist() == pytest.approx(wanted.tolist())
    assert city["seed"] == answer.simulation.parameters["seed"]
    found = answer.served["university"].found
    campuses = rows[rows["measure"].eq("campuses")].iloc[0]
    assert campuses[["value", "low", "high"]].tolist() == [found.value, found.low, found.high]
