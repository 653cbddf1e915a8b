"""Show that files leave true and whole, and that the same view gives the same bytes anywhere."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import subprocess
import sys
import warnings
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any
from urllib.parse import urlencode

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely
from pyproj import Transformer

from geo.base.errors import ParameterError
from layers.command_line import arguments
from layers.command_line.export import main
from layers.file_set.replace import hold
from layers.file_set.standing import WORK
from layers.handover.documents import DICTIONARY, MANIFEST, SOURCES
from layers.handover.package import Package
from layers.handover.view_export import package
from layers.pack.city import City, load_city
from layers.view.address import to_query
from layers.view.rows import rows_in_view
from layers.view.state import Camera, Filters, default_state
from tests import ROOT
from tests.handover.beside import data_and_papers
from tests.handover.columns import added, leaving
from tests.hostile import HOSTILE_TEXTS, TOY, hostile_pack
from tests.rfc7946 import check

pytestmark = pytest.mark.slow

PAPERS = [DICTIONARY, SOURCES, MANIFEST]
FORMS = [("geojson", 4326), ("gpkg", 4527), ("csv", 4548)]


MADE: dict[tuple[int, str, int], tuple[City, Package]] = {}
"""What :func:`everything` has made; it holds the city too, so that no other gets its number."""


def make_everything(city: City, fmt: str, epsg: int = 4326) -> Package:
    return package(city, default_state(city), fmt=fmt, epsg=epsg, layers=tuple(city.layers))


def everything(city: City, fmt: str, epsg: int = 4326) -> Package:
    """Return a whole city as files, made once for all tests that only read them."""
    key = (id(city), fmt, epsg)
    if key not in MADE:
        MADE[key] = (city, make_everything(city, fmt, epsg))
    return MADE[key][1]


def read_csv(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def read_gpkg(data: bytes, folder: Path) -> dict[str, gpd.GeoDataFrame]:
    target = folder / "atlas.gpkg"
    target.write_bytes(data)
    names = [name for name, _ in pyogrio.list_layers(target) if name != "layer_styles"]
    return {name: pyogrio.read_dataframe(target, layer=name).set_index("id") for name in names}


def plain(value: object) -> object:
    """Return a cell as JSON has it."""
    return None if value is None or value is pd.NA or value != value else value


# --- GeoJSON


def test_without_a_filter_the_files_are_those_of_the_pack(tianjin: City) -> None:
    files = everything(tianjin, "geojson").files
    data = [f"{id_}.geojson" for id_ in tianjin.layers]
    assert data_and_papers(files) == [*data, *PAPERS]
    for id_ in tianjin.layers:
        root = json.loads(files[f"{id_}.geojson"])
        for feature in root["features"]:
            for name in added(tianjin.layers[id_].spec.schema):
                del feature["properties"][name]
        assert root == json.loads((ROOT / f"data/tianjin/{id_}.geojson").read_bytes())


def test_every_file_is_rfc_7946(tianjin: City, toy: City) -> None:
    for city in (tianjin, toy):
        files = everything(city, "geojson").files
        for id_, layer in city.layers.items():
            assert len(check(files[f"{id_}.geojson"])["features"]) == len(layer.frame)


def test_filters_leave_the_places_of_the_view(tianjin: City) -> None:
    state = replace(
        default_state(tianjin),
        period="2025",
        later=False,
        filters=Filters(level=frozenset({"national", "municipal"}), district=frozenset({"120116"})),
    )
    files = package(tianjin, state).files
    view = rows_in_view(tianjin, state)
    written: list[str] = []
    for layer in state.layers - {"district", "axis"}:
        written += [feature["id"] for feature in json.loads(files[f"{layer}.geojson"])["features"]]
    assert sorted(written) == sorted(view.places.index)
    assert 0 < len(written) < len(rows_in_view(tianjin, default_state(tianjin)).places)
    assert len(json.loads(files["district.geojson"])["features"]) == 16


def test_places_without_a_site_are_features_without_a_geometry(tianjin: City) -> None:
    state = replace(default_state(tianjin), filters=Filters(location_class=frozenset({"none"})))
    files = package(tianjin, state, layers=["platform"]).files
    root = check(files["platform.geojson"])
    assert root["features"]
    assert all(feature["geometry"] is None for feature in root["features"])


# --- GeoPackage


@pytest.mark.parametrize("epsg", [4326, 4490, 4548, 4527])
def test_geopackage_holds_every_layer_true_to_a_millimetre(
    tianjin: City, tmp_path: Path, epsg: int
) -> None:
    parcel = everything(tianjin, "gpkg", epsg)
    assert data_and_papers(parcel.files) == ["tianjin.gpkg", *PAPERS]
    told = read_gpkg(parcel.files["tianjin.gpkg"], tmp_path)
    assert list(told) == list(tianjin.layers)
    move = Transformer.from_crs(4490, epsg, always_xy=True)  # 4326 and 4490 are taken as equal
    for id_, rows in told.items():
        source = tianjin.layers[id_].frame
        assert rows.crs.to_epsg() == epsg
        assert list(rows.index) == list(source.index)
        assert rows.geometry.isna().equals(source.geometry.isna())
        here = shapely.get_coordinates(rows.geometry.to_numpy())
        there = shapely.get_coordinates(source.geometry.to_numpy())
        slack = 1e-3 if epsg in (4548, 4527) else 1e-8
        for axis, values in enumerate(move.transform(*there.T)):
            assert here[:, axis] == pytest.approx(values, rel=0, abs=slack)


def test_geopackage_keeps_values_and_styles(toy: City, tmp_path: Path) -> None:
    told = read_gpkg(everything(toy, "gpkg").files["toy.gpkg"], tmp_path)
    for id_, rows in told.items():
        source = toy.layers[id_].frame
        assert list(rows.columns) == [*leaving(toy.layers[id_].spec.schema)[1:], "geometry"]
        for name in source.columns.drop("geometry"):
            assert list(map(plain, rows[name])) == list(map(plain, source[name]))
    styles = pyogrio.read_dataframe(tmp_path / "atlas.gpkg", layer="layer_styles")
    assert list(styles["f_table_name"]) == list(toy.layers)
    assert styles["styleQML"].str.startswith("<!DOCTYPE qgis").all()


def test_the_toy_citys_squares_lie_on_their_metre_grid(toy: City, tmp_path: Path) -> None:
    told = read_gpkg(everything(toy, "gpkg", 4548).files["toy.gpkg"], tmp_path)
    bounds = told["district"].total_bounds
    assert bounds == pytest.approx([500_000, 4_300_000, 520_000, 4_320_000], abs=1)


# --- CSV


@pytest.mark.parametrize(
    ("epsg", "names"),
    [
        (4326, ("经度_lon", "纬度_lat")),
        (4490, ("经度_lon", "纬度_lat")),
        (4548, ("东坐标_E", "北坐标_N")),
        (4527, ("东坐标_E", "北坐标_N")),
    ],
)
def test_csv_names_its_coordinates_by_meaning(
    tianjin: City, epsg: int, names: tuple[str, str]
) -> None:
    files = everything(tianjin, "csv", epsg).files
    data = files["platform.csv"]
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\n") == data.count(b"\r\n")
    rows = read_csv(data)
    frame = tianjin.layers["platform"].frame
    assert list(rows[0]) == [*leaving(tianjin.layers["platform"].spec.schema), *names]
    move = Transformer.from_crs(4490, epsg, always_xy=True)
    for row, (id_, point) in zip(rows, frame.geometry.items(), strict=True):
        assert row["id"] == id_
        if point is None:
            assert row[names[0]] == row[names[1]] == ""
            continue
        for name, value in zip(names, move.transform(point.x, point.y), strict=True):
            assert float(row[name]) == pytest.approx(value, abs=6e-4 if epsg > 4500 else 1e-7)


def test_the_numbered_zone_moves_the_easting_alone(tianjin: City) -> None:
    zone = read_csv(everything(tianjin, "csv", 4548).files["university.csv"])
    numbered = read_csv(everything(tianjin, "csv", 4527).files["university.csv"])
    located = [pair for pair in zip(zone, numbered, strict=True) if pair[0]["东坐标_E"]]
    assert len(located) == 59
    for one, other in located:
        assert other["东坐标_E"] == "39" + one["东坐标_E"]
        assert other["北坐标_N"] == one["北坐标_N"]


def test_csv_gives_every_value_back(toy: City) -> None:
    files = everything(toy, "csv").files
    for id_, layer in toy.layers.items():
        frame = layer.frame
        for row, (key, source) in zip(read_csv(files[f"{id_}.csv"]), frame.iterrows(), strict=True):
            assert row["id"] == key
            for field in layer.spec.schema.fields[1:]:
                value: Any = plain(source[field.name])
                told = row[field.name]
                if value is None:
                    assert told == ""
                elif field.type == "flag":
                    assert told == ("true" if value else "false")
                elif field.type in ("number", "integer"):
                    assert float(told) == float(value)
                else:
                    assert told == value


def test_csv_of_areas_and_lines_lists_their_attributes_alone(tianjin: City) -> None:
    files = everything(tianjin, "csv", 4527).files
    for id_ in ("district", "axis"):
        assert list(read_csv(files[f"{id_}.csv"])[0]) == leaving(tianjin.layers[id_].spec.schema)


# --- Hostile text


def test_hostile_text_leaves_unchanged_in_every_format(tmp_path: Path) -> None:
    """In CSV but for the apostrophe before what a spreadsheet would run."""
    city = load_city(hostile_pack(tmp_path))
    parcels = {fmt: everything(city, fmt) for fmt in ("geojson", "csv", "gpkg")}
    geojson, tables = parcels["geojson"].files, parcels["csv"].files
    sheets = read_gpkg(parcels["gpkg"].files["hostile.gpkg"], tmp_path)
    seen: set[str] = set()
    for id_, layer in city.layers.items():
        features = json.loads(geojson[f"{id_}.geojson"])["features"]
        rows = read_csv(tables[f"{id_}.csv"])
        for number, (key, source) in enumerate(layer.frame.iterrows()):
            for field in layer.spec.schema.fields[1:]:
                if field.type != "text" or plain(source[field.name]) is None:
                    continue
                text = source[field.name]
                seen.add(text)
                assert features[number]["properties"][field.name] == text
                run = text.startswith(("=", "+", "-", "@", "\t", "\r"))
                assert rows[number][field.name] == ("'" if run else "") + text
                assert sheets[id_].loc[key, field.name] == text
    assert seen >= set(HOSTILE_TEXTS), set(HOSTILE_TEXTS) - seen
    for parcel in parcels.values():
        assert json.loads(parcel.files[MANIFEST])["city"]["zh"] == city.name.zh
        assert zipfile.ZipFile(io.BytesIO(parcel.zip())).testzip() is None


# --- The parcel


@pytest.mark.parametrize(("fmt", "epsg"), FORMS)
def test_language_camera_and_choice_change_no_byte(toy: City, fmt: str, epsg: int) -> None:
    state = default_state(toy)
    other = replace(
        state,
        lang="en",
        selected=toy.districts.index[0],
        camera=Camera(39.0, 117.0, 12),
        district=toy.districts.index[0],
        present=True,
    )
    first, second = (package(toy, s, fmt=fmt, epsg=epsg).zip() for s in (state, other))
    assert first == second


@pytest.mark.parametrize(("fmt", "epsg"), FORMS)
def test_shuffled_rows_change_no_byte(toy: City, fmt: str, epsg: int) -> None:
    shuffled = {
        id_: replace(layer, frame=layer.frame.iloc[::-1]) for id_, layer in toy.layers.items()
    }
    other = replace(toy, layers=MappingProxyType(shuffled), digest=toy.digest)
    assert everything(other, fmt, epsg).zip() == everything(toy, fmt, epsg).zip()


def test_the_zip_is_dated_by_the_data_and_in_order(toy: City) -> None:
    parcel = everything(toy, "csv", 4527)
    assert parcel.name == "toy_2026-11-22_csv_4527"
    assert parcel.stamp == date(2026, 11, 22)
    with zipfile.ZipFile(io.BytesIO(parcel.zip())) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == list(parcel.files)
        for entry in archive.infolist():
            assert entry.date_time == (2026, 11, 22, 0, 0, 0)
            assert entry.create_system == 3
            assert entry.external_attr >> 16 == 0o100644
            assert entry.filename.isascii() or entry.flag_bits & 0x800
            assert archive.read(entry) == parcel.files[entry.filename]


def test_the_manifest_tells_the_digest_of_every_other_file(toy: City) -> None:
    files = everything(toy, "gpkg").files
    told = {entry["name"]: entry["sha256"] for entry in json.loads(files[MANIFEST])["files"]}
    assert told == {
        name: hashlib.sha256(data).hexdigest() for name, data in files.items() if name != MANIFEST
    }


def test_the_city_is_not_changed(toy: City) -> None:
    before = {id_: layer.frame.copy(deep=True) for id_, layer in toy.layers.items()}
    for fmt, epsg in FORMS:
        make_everything(toy, fmt, epsg)
    for id_, frame in before.items():
        pd.testing.assert_frame_equal(toy.layers[id_].frame, frame)


def test_wrong_wishes_are_refused(toy: City) -> None:
    with pytest.raises(ParameterError, match=r"export\.one_crs"):
        package(toy, default_state(toy), fmt="geojson", epsg=4548)


# --- Without a screen


def test_two_processes_and_the_screen_give_the_same_bytes(tianjin: City, tmp_path: Path) -> None:
    state = replace(
        default_state(tianjin), lang="en", filters=Filters(level=frozenset({"national"}))
    )
    command = [
        *(sys.executable, "-m", "layers.export", "--view", urlencode(to_query(state))),
        *("--format", "gpkg", "--crs", "4527", "--layer", "all", "--zip", "--out"),
    ]
    runs = [
        subprocess.Popen(
            [*command, str(tmp_path / seed)],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "ascii", "TZ": zone},
            stdout=subprocess.PIPE,
        )
        for seed, zone in (("1", "Asia/Shanghai"), ("2", "America/Lima"))
    ]
    here = package(tianjin, state, fmt="gpkg", epsg=4527, layers=tuple(tianjin.layers))
    for run, seed in zip(runs, ("1", "2"), strict=True):
        printed, _ = run.communicate(timeout=60)
        assert run.returncode == 0
        (target,) = (tmp_path / seed).iterdir()
        assert target.name == f"{here.name}.zip"
        assert target.read_bytes() == here.zip()
        digest = hashlib.sha256(here.zip()).hexdigest()
        assert printed.decode("ascii").split() == [digest, str(target)]


def test_files_are_written_and_their_digests_printed(
    tianjin: City, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flags = ["--city", "tianjin", "--layer", "platform,axis", "--no-later", "--period", "2020"]
    assert main([*flags, "--out", str(tmp_path / "new" / "folder")]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    state = replace(default_state(tianjin), later=False, period="2020")
    expected = package(tianjin, state, layers=["axis", "platform"]).files
    assert data_and_papers(expected) == ["platform.geojson", "axis.geojson", *PAPERS]
    lines = [line.split("  ") for line in printed.out.splitlines()]
    assert [Path(path).name for _, path in lines] == list(expected)
    for digest, path in lines:
        data = Path(path).read_bytes()
        assert data == expected[Path(path).name]
        assert digest == hashlib.sha256(data).hexdigest()


def test_every_problem_is_printed_and_nothing_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flags = ["--city", "tianjin", "--layer", "parks,axis", "--format", "dwg", "--crs", "3857"]
    assert main([*flags, "--out", str(tmp_path / "out")]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "'parks' is unknown" in told.err
    assert "'dwg' is unknown" in told.err
    assert "EPSG:3857 is not offered" in told.err
    assert len(told.err.splitlines()) == 3
    assert not (tmp_path / "out").exists()


def test_geojson_in_metres_is_refused_with_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--city", "tianjin", "--crs", "4548", "--out", str(tmp_path)]) == 2
    assert "geojson is always in WGS 84" in capsys.readouterr().err


def test_a_folder_that_cannot_be_made_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    assert main(["--city", "tianjin", "--out", str(tmp_path / "file")]) == 2
    assert "Not a directory" in capsys.readouterr().err


# --- Into a folder that is not empty


@pytest.fixture(autouse=True)
def packs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATLAS_PACKS", str(TOY))


@pytest.fixture(autouse=True)
def read_once(monkeypatch: pytest.MonkeyPatch, toy: City, tianjin: City) -> None:
    """Hand the command the packs that are read already; in a process of its own it reads them."""
    read = {TOY: toy, ROOT / "data" / "tianjin": tianjin}
    monkeypatch.setattr(arguments, "load_city", lambda folder: read[Path(folder)])


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait for the disk: nobody pulls the plug here."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


def night(folder: Path, *flags: str) -> int:
    return main(["--city", "toy", "--layer", "axis", *flags, "--out", str(folder)])


def held(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted(folder.iterdir()) if p.name != WORK}


def test_a_later_run_replaces_exactly_what_the_manifest_lists(tmp_path: Path) -> None:
    fresh = tmp_path / "fresh"
    assert night(fresh, "--format", "csv") == 0
    used = tmp_path / "used"
    assert night(used) == 0
    (used / "notes.txt").write_text("mine", "utf-8")
    (used / "old.geojson").write_text("{}", "utf-8")
    assert night(used, "--format", "csv") == 0
    foreign = {"notes.txt": b"mine", "old.geojson": b"{}"}
    assert held(used) == held(fresh) | foreign
    assert "axis.geojson" not in held(used)


def test_a_folder_without_our_manifest_is_refused_with_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number, text in enumerate(
        [None, "[]", "{", '{"files": [], "product": {"en": "Another"}}', '{"files": 3}']
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "axis.geojson").write_text("mine", "utf-8")
        if text is not None:
            (folder / "manifest.json").write_text(text, "utf-8")
        before = held(folder)
        assert night(folder) == 2
        assert "no manifest of an export. Name an empty or a new folder" in capsys.readouterr().err
        assert held(folder) == before


def test_a_manifest_cannot_point_out_of_its_folder(tmp_path: Path) -> None:
    mine = tmp_path / "mine.txt"
    mine.write_text("mine", "utf-8")
    assert night(tmp_path / "out") == 0
    told = json.loads((tmp_path / "out/manifest.json").read_text("utf-8"))
    told["files"].append({"name": "../mine.txt"})
    (tmp_path / "out/manifest.json").write_text(json.dumps(told), "utf-8")
    assert night(tmp_path / "out") == 2
    assert mine.read_text("utf-8") == "mine"


def test_a_file_of_others_under_a_name_that_is_needed_stops_the_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert night(tmp_path) == 0
    (tmp_path / "axis.csv").write_text("mine", "utf-8")
    before = held(tmp_path)
    assert night(tmp_path, "--format", "csv") == 2
    assert "'axis.csv'" in capsys.readouterr().err
    assert held(tmp_path) == before


def test_a_run_that_fails_leaves_the_older_result_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert night(tmp_path) == 0
    before = held(tmp_path)
    whole = Path.open

    def fail(self: Path, mode: str = "r") -> IO[Any]:
        if self.name == DICTIONARY and mode == "xb":
            raise OSError(28, "No space left on device")
        return whole(self, mode)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", fail)
        assert night(tmp_path, "--format", "csv") == 2
    assert held(tmp_path) == before
    assert night(tmp_path) == 0
    assert held(tmp_path) == before


def test_a_second_run_into_a_folder_is_told_and_ends_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert night(tmp_path) == 0
    with hold(tmp_path):
        before = held(tmp_path)
        capsys.readouterr()
        assert night(tmp_path, "--format", "csv") == 2
        assert night(tmp_path, "--zip") == 2
        told = capsys.readouterr()
        assert held(tmp_path) == before
    sentence = "is being changed by another run at this moment. Wait until that has ended"
    assert told.err.count(f"{tmp_path}: {sentence}") == 2
    assert told.out == ""
    assert night(tmp_path, "--format", "csv") == 0


def test_a_run_killed_before_its_first_file_does_not_block_the_next(tmp_path: Path) -> None:
    (tmp_path / WORK / "new").mkdir(parents=True)
    (tmp_path / WORK / "lock").touch()
    assert night(tmp_path) == 0
    assert not (tmp_path / WORK).exists()


def test_a_journal_of_others_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert night(tmp_path / "out") == 0
    (tmp_path / "victim.txt").write_text("mine", "utf-8")
    (tmp_path / "out" / WORK).mkdir()
    (tmp_path / "out" / WORK / "journal.json").write_text(
        '{"seal": "manifest.json", "added": ["../victim.txt"]}', "utf-8"
    )
    assert night(tmp_path / "out") == 2
    assert "is no journal that this atlas has written" in capsys.readouterr().err
    assert (tmp_path / "victim.txt").read_text("utf-8") == "mine"


def test_an_export_into_the_folder_worked_in_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert night(Path()) == 0
    assert night(Path(), "--format", "csv") == 0
    assert Path("axis.csv").is_file()
    assert not Path("axis.geojson").exists()
    assert Path.cwd().samefile(tmp_path)


def test_a_zip_replaces_only_a_zip_of_its_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notes.txt").write_text("mine", "utf-8")
    assert night(tmp_path, "--zip") == 0
    [name] = held(tmp_path).keys() - {"notes.txt"}
    first = held(tmp_path)
    assert night(tmp_path, "--zip") == 0
    assert held(tmp_path) == first
    (tmp_path / name).write_bytes(b"no zip")
    assert night(tmp_path, "--zip") == 2
    assert f"{name}: is no export." in capsys.readouterr().err
    assert (tmp_path / name).read_bytes() == b"no zip"


# --- A local system

SECRET = "+proj=tmerc +lat_0=0 +lon_0=117.123456 +k=1 +x_0=123456.78 +y_0=-4000000 +ellps=GRS80"


@pytest.mark.parametrize("fmt", ["csv", "shp", "fgb"])
def test_a_local_system_moves_the_points_and_is_written_nowhere(
    fmt: str, toy: City, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(arguments, "city_of", lambda *_: toy)
    monkeypatch.setattr("layers.command_line.export.city_of", lambda *_: toy)
    (tmp_path / "own.txt").write_text(SECRET + " +units=m +no_defs", encoding="utf-8")
    asked = ["--city", "toy", "--layer", "science_park", "--format", fmt]
    own = ["--crs-file", str(tmp_path / "own.txt"), "--out", str(tmp_path / "out")]
    assert main([*asked, *own]) == 0
    held = {file.name: file.read_bytes() for file in (tmp_path / "out").iterdir()}
    printed = capsys.readouterr()
    for text in (*held.values(), printed.out.encode(), printed.err.encode()):
        for part in (b"117.123456", b"123456.78", b"tmerc", b"-4000000"):
            assert part not in text
    assert "science_park.prj" not in held
    plane = Transformer.from_crs(4326, SECRET + " +units=m", always_xy=True)
    points = toy.layers["science_park"].frame.geometry
    if fmt == "csv":
        rows = {row["id"]: row for row in read_csv(held["science_park.csv"])}
        found = {id_: (row["东坐标_E"], row["北坐标_N"]) for id_, row in rows.items()}
    else:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            back = pyogrio.read_dataframe(tmp_path / "out" / f"science_park.{fmt}").set_index("id")
        assert back.crs is None
        found = {id_: (p.x, p.y) for id_, p in back.geometry.dropna().items()}
    for id_, point in points.dropna().items():
        told = tuple(map(float, found[str(id_)]))
        assert told == pytest.approx(plane.transform(point.x, point.y), abs=2e-3)


def test_a_file_that_describes_no_plane_is_refused_without_its_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--city", "tianjin", "--out", str(tmp_path / "out"), "--format", "csv"]
    for text in ("+proj=secret", "EPSG:4326", "+proj=tmerc +lon_0=117 +units=us-ft", ""):
        (tmp_path / "own.txt").write_text(text, encoding="utf-8")
        assert main([*asked, "--crs-file", str(tmp_path / "own.txt")]) == 2
        told = capsys.readouterr().err
        assert "own.txt" in told
        assert not text or text not in told
    (tmp_path / "own.txt").write_text(SECRET + " +units=m", encoding="utf-8")
    gpkg = [*asked[:-1], "gpkg", "--crs-file", str(tmp_path / "own.txt")]
    assert main(gpkg) == 2
    assert "117.123456" not in capsys.readouterr().err
