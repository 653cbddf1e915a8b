"""Show that a folder gives what lies in it and nothing else, and that positions are recognised."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from pyproj import CRS

from geo.base.errors import CrsError, DataError
from geo.point_files.bin import Columns
from layers.own_points.source import MOST_TAKEN_BYTES, Folder, Source, columns, layout, open_folder
from layers.own_points.system import DEGREES
from layers.view.codecs import token
from layers.view.page_options import PointsOptions
from tests.attack.folder import attempts

PLANE = 4548
TIANJIN = (116.7, 38.55, 118.06, 40.25)
LON, LAT = [117.2, 117.3, 117.4], [39.0, 39.1, 39.2]
EAST, NORTH = [517_000.0, 525_000.0, 534_000.0], [4_318_000.0, 4_329_000.0, 4_340_000.0]


def written(path: Path, metadata: Any = None, **named: Any) -> Path:
    table = pa.table(named)
    pq.write_table(table.replace_schema_metadata(metadata) if metadata else table, path)
    return path


def only(folder: Path) -> Source:
    (source,) = open_folder(str(folder)).sources.values()
    return source


def found(source: Source, **chosen: str) -> Columns | None:
    tokens: dict[str, Any] = {name: token(value) for name, value in chosen.items()}
    options = PointsOptions(**tokens)
    return columns(source, layout(source), options, plane=PLANE, bbox=TIANJIN)


@pytest.mark.parametrize("setting", [None, ""])
def test_no_folder_is_configured(setting: str | None) -> None:
    assert open_folder(setting) == Folder("points_page.folder_unset", {})


def test_a_folder_that_gives_nothing_says_why(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("no points")
    (tmp_path / "inner").mkdir()
    (tmp_path / ".hidden.csv").write_text("x,y")
    assert open_folder(str(tmp_path)).problem == "points_page.folder_empty"
    assert open_folder(str(tmp_path / "none")).problem == "points_page.folder_missing"
    assert open_folder(str(tmp_path / "notes.md")).problem == "points_page.folder_missing"
    assert open_folder("a\0b").problem == "points_page.folder_unreadable"


def test_a_folder_that_may_not_be_read_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError

    monkeypatch.setattr("os.scandir", refuse)  # root, as whom the tests may run, reads all
    assert open_folder(str(tmp_path)).problem == "points_page.folder_unreadable"


def test_nothing_outside_the_folder_is_offered(tmp_path: Path) -> None:
    outside = written(tmp_path / "secret.parquet", lon=LON, lat=LAT)
    folder = tmp_path / "points"
    (folder / "parts").mkdir(parents=True)
    written(folder / "own.parquet", lon=LON, lat=LAT)
    (folder / "again.parquet").symlink_to(folder / "own.parquet")
    (folder / "link.parquet").symlink_to(outside)
    (folder / "gone.parquet").symlink_to(folder / "nothing.parquet")
    (folder / "parts" / "0.parquet").symlink_to(outside)
    (folder / "round.csv").symlink_to(folder / "round.csv")
    offered = open_folder(str(folder))
    assert {one.name for one in offered.sources.values()} == {"own.parquet", "again.parquet"}
    root = folder.resolve()
    assert all(p.is_relative_to(root) for one in offered.sources.values() for p in one.paths)
    assert offered.left_out == 4


def test_hostile_names_are_kept_as_they_are_and_unwritable_ones_left_out(tmp_path: Path) -> None:
    names = [
        "<img src=x>.csv",
        "{{7*7}}.csv",
        "a\u202egpj.csv",
        "no\nline.csv",
        "企业.CSV",
        "'.csv",
    ]
    for name in names:
        (tmp_path / name).write_text("lon,lat\n117,39\n")
    try:
        (tmp_path / "bad\udcff.csv").write_text("x")
    except (OSError, UnicodeEncodeError):  # some file systems have no such names
        left_out = 0
    else:
        left_out = 1
    offered = open_folder(str(tmp_path))
    assert {one.name for one in offered.sources.values()} == set(names)
    assert set(offered.sources) == {token(name) for name in names}
    assert offered.left_out == left_out


def test_a_folder_of_parquet_files_is_one_source(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    for k in range(3):
        written(tmp_path / "parts" / f"{k}.parquet", lon=LON, lat=LAT)
    source = only(tmp_path)
    assert [path.name for path in source.paths] == ["0.parquet", "1.parquet", "2.parquet"]
    assert source.size == sum(path.stat().st_size for path in source.paths)
    assert layout(source).rows == 9
    written(tmp_path / "parts" / "3.parquet", lon=LON, breite=LAT)
    with pytest.raises(DataError, match=r"3\.parquet: points\.other_columns first='0\.parquet'"):
        layout(only(tmp_path))


@pytest.mark.parametrize(
    ("names", "pair"),
    [
        (("lon", "lat"), ("lon", "lat")),
        (("Latitude", "Longitude"), ("Longitude", "Latitude")),
        ((" 经度 ", "纬度"), (" 经度 ", "纬度")),
        (("经度_lon", "纬度_lat"), ("经度_lon", "纬度_lat")),
        (("y", "x"), ("x", "y")),
    ],
)
def test_columns_of_degrees_are_recognised(
    tmp_path: Path, names: tuple[str, str], pair: tuple[str, str]
) -> None:
    values = {pair[0]: LON, pair[1]: LAT}
    written(tmp_path / "a.parquet", id=[1, 2, 3], **{name: values[name] for name in names})
    assert found(only(tmp_path)) == Columns(*pair, source_crs=DEGREES, crs=PLANE)


def test_metres_are_told_from_degrees_by_their_values(tmp_path: Path) -> None:
    written(tmp_path / "a.parquet", 东坐标_E=EAST, 北坐标_N=NORTH)
    assert found(only(tmp_path)) == Columns("东坐标_E", "北坐标_N", crs=PLANE)


def test_swapped_degrees_are_still_degrees_and_no_numbers_too(tmp_path: Path) -> None:
    written(tmp_path / "a.parquet", lon=LAT, lat=LON)
    assert found(only(tmp_path)) == Columns("lon", "lat", source_crs=DEGREES, crs=PLANE)
    written(tmp_path / "a.parquet", lon=[None, None], lat=["", "x"])
    assert found(only(tmp_path)) == Columns("lon", "lat", source_crs=DEGREES, crs=PLANE)


def test_columns_can_be_chosen_and_unknown_choices_fall_back(tmp_path: Path) -> None:
    written(tmp_path / "a.parquet", a=LON, b=LAT, staff=[1, 2, 3])
    source = only(tmp_path)
    assert found(source) is None
    expected = Columns("a", "b", weights="staff", source_crs=DEGREES, crs=PLANE)
    assert found(source, x="a", y="b", weight="staff") == expected
    assert found(source, x="a", y="b", weight="a") == Columns(
        "a", "b", source_crs=DEGREES, crs=PLANE
    )
    for chosen in ({"x": "a"}, {"x": "a", "y": "a"}, {"x": "a", "y": "elsewhere"}):
        assert found(source, **chosen) is None


def geo_meta(crs: object = "missing", encoding: str = "WKB") -> dict[bytes, bytes]:
    column: dict[str, object] = {"encoding": encoding, "geometry_types": ["Point"]}
    if crs != "missing":
        column["crs"] = crs
    return {b"geo": json.dumps({"primary_column": "geom", "columns": {"geom": column}}).encode()}


@pytest.mark.parametrize(
    ("crs", "xy", "expected"),
    [
        ("missing", (LON, LAT), DEGREES),
        (CRS.from_user_input("OGC:CRS84").to_json_dict(), (LON, LAT), DEGREES),
        (CRS.from_epsg(4490).to_json_dict(), (LON, LAT), "EPSG:4490"),
        (CRS.from_epsg(4548).to_json_dict(), (EAST, NORTH), None),
        (CRS.from_epsg(32650).to_json_dict(), (EAST, NORTH), "EPSG:32650"),
        (None, (EAST, NORTH), None),
        (None, (LON, LAT), DEGREES),
    ],
)
def test_geoparquet_says_its_system_or_is_told_by_its_values(
    tmp_path: Path, crs: object, xy: tuple[list[float], list[float]], expected: str | None
) -> None:
    points = shapely.to_wkb(shapely.points(*np.array(xy))).tolist()
    written(tmp_path / "a.parquet", geo_meta(crs), id=[1, 2, 3], geom=points)
    assert found(only(tmp_path)) == Columns(geometry="geom", source_crs=expected, crs=PLANE)


@pytest.mark.parametrize(
    ("crs", "key"),
    [
        ({"type": "nonsense"}, "stream.crs_unknown"),
        (17, "stream.crs_unknown"),
        (CRS.from_epsg(4978).to_json_dict(), "stream.crs_kind"),
        (CRS.from_epsg(4214).to_json_dict(), "stream.crs_datum"),
    ],
)
def test_a_declared_system_that_cannot_be_used_is_refused_by_name(
    tmp_path: Path, crs: object, key: str
) -> None:
    points = shapely.to_wkb(shapely.points(LON, LAT)).tolist()
    written(tmp_path / "a.parquet", geo_meta(crs), id=[1, 2, 3], geom=points)
    with pytest.raises(CrsError) as caught:
        found(only(tmp_path))
    assert caught.value.key == key
    written(tmp_path / "a.parquet", geo_meta(crs), lon=LON, lat=LAT, geom=points)
    assert found(only(tmp_path)) == Columns("lon", "lat", source_crs=DEGREES, crs=PLANE), (
        "columns of degrees need no declaration"
    )


@pytest.mark.parametrize(
    "meta",
    [
        {b"geo": b"{"},
        {b"geo": b"[]"},
        {b"geo": b'{"primary_column": {}, "columns": {}}'},
        {b"geo": b'{"primary_column": "geom", "columns": {"geom": []}}'},
        {b"geo": b"[" * 100_000},
        geo_meta(encoding="point"),
    ],
)
def test_a_hostile_declaration_declares_nothing(tmp_path: Path, meta: dict[bytes, bytes]) -> None:
    written(tmp_path / "a.parquet", meta, id=[1, 2, 3], geom=[b"", b"", b""])
    assert found(only(tmp_path)) is None


def test_a_file_that_is_none_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 no file")
    with pytest.raises(DataError, match=r"broken\.parquet"):
        layout(only(tmp_path))


def test_what_is_no_plain_file_is_left_out_and_never_opened(tmp_path: Path) -> None:
    folder = tmp_path / "points"
    (folder / "x.csv").mkdir(parents=True)
    (folder / "spark.parquet").mkdir()
    written(folder / "spark.parquet" / "part-0.parquet", lon=LON, lat=LAT)
    (folder / "spark.parquet" / "_SUCCESS").touch()
    (folder / "torn.parquet").mkdir()
    written(folder / "torn.parquet" / "0.parquet", lon=LON, lat=LAT)
    (folder / "torn.parquet" / "1.parquet").symlink_to(tmp_path / "gone.parquet")
    (folder / "hive" / "year=2024").mkdir(parents=True)
    (folder / "self.csv").symlink_to(folder)
    os.mkfifo(folder / "pipe.csv")
    offered = open_folder(str(folder))
    assert [one.name for one in offered.sources.values()] == ["spark.parquet"]
    assert offered.left_out == 5, "x, torn, hive, self, pipe: each is counted"


def test_every_other_entry_is_taken_in_or_named_with_its_reason(tmp_path: Path) -> None:
    folder = tmp_path / "points"
    (folder / "empty").mkdir(parents=True)
    (folder / "a.csv").write_text("lon,lat\n117,39\n")
    for name in ("名录.xlsx", "b.geojson", "notes.docx", "README"):
        (folder / name).write_bytes(b"x")
    (folder / "gone.gpkg").symlink_to(folder / "nothing")
    os.truncate(folder / "b.geojson", MOST_TAKEN_BYTES + 1)
    (folder / ".hidden").touch()
    offered = open_folder(str(folder))
    assert [one.name for one in offered.sources.values()] == ["a.csv"]
    assert [one.name for one in offered.takeable.values()] == ["名录.xlsx"]
    assert {one.name: one.reason for one in offered.not_offered} == {
        "README": "kind",
        "b.geojson": "large",
        "empty": "no_parquet",
        "gone.gpkg": "link",
        "notes.docx": "kind",
    }


def test_what_came_in_place_of_a_file_is_not_opened(tmp_path: Path) -> None:
    folder = tmp_path / "points"
    folder.mkdir()
    path = written(folder / "a.parquet", lon=LON, lat=LAT)
    source = only(folder)
    path.rename(tmp_path / "outside.parquet")
    with pytest.raises(DataError, match="No such file") as gone:
        layout(source)
    assert str(tmp_path) not in str(gone.value), "readers need not know the server's paths"
    os.mkfifo(path)
    with pytest.raises(DataError, match="not_plain"):
        layout(source)
    path.unlink()
    path.symlink_to(tmp_path / "outside.parquet")
    with pytest.raises(DataError, match="not_plain"):
        layout(source)


def test_a_crowded_folder_is_looked_at_in_part_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("layers.own_points.source.MOST_ENTRIES", 5)
    monkeypatch.setattr("layers.own_points.source.MOST_FILES", 3)
    for k in range(5):
        (tmp_path / f"{k}.csv").write_text("lon,lat\n")
    offered = open_folder(str(tmp_path))
    assert (len(offered.sources), offered.left_out, offered.is_cut) == (3, 2, False)
    (tmp_path / "5.csv").write_text("lon,lat\n")
    assert open_folder(str(tmp_path)).is_cut


def test_a_folder_with_more_parts_than_are_looked_at_is_not_taken_for_the_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "parts").mkdir()
    for k in range(4):
        written(tmp_path / "parts" / f"{k}.parquet", lon=LON, lat=LAT)
    monkeypatch.setattr("layers.own_points.source.MOST_ENTRIES", 3)
    offered = open_folder(str(tmp_path))
    assert (dict(offered.sources), offered.left_out) == ({}, 1)


def test_a_time_of_writing_that_no_calendar_has_is_no_error() -> None:
    assert Source("a.csv", (), 0, 10**30).day == ""
    assert Source("a.csv", (), 0, 1_628_380_800 * 10**9).day == "2021-08-08"


def test_hostile_entries_neither_raise_nor_hang_nor_lead_outside() -> None:
    names = (
        *("an empty folder named .csv", "a link to itself", "a link to the folder above"),
        *("a part that leads outside", "a pipe as a part", "a link to endless zeros", "a socket"),
        *("names that are no UTF-8", "written at the end of time", "hive folders", "an empty file"),
    )
    told = list(attempts(names))
    assert len(told) == 2 * len(names)
    assert [said for said in told if said[1]] == []
