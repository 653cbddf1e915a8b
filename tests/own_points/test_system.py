"""Show in which system own points are read: as declared, each part alike, or as the values tell."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer

from geo.base.errors import CrsError
from geo.grid.cells import grid_over
from geo.point_files.bin import Columns
from geo.point_files.sample import sample_points
from layers.handover.view_export import package
from layers.language.messages import speaker
from layers.own_points.reading import FileQuestion, Reading, account_values, read
from layers.own_points.source import columns, is_declared, layout, open_folder
from layers.own_points.system import basis_of
from layers.own_points.wording import nothing_said, source_notes
from layers.pack.city import City
from layers.view.page_options import PointsOptions
from layers.view.state import default_state
from tests.base.test_bridge import LOCAL

LON, LAT = np.array([117.05, 117.1, 117.15, 117.2]), np.array([38.85, 38.9, 38.95, 39.0])
"""Within the toy city."""


def plane(code: object) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    x, y = Transformer.from_crs(4326, code, always_xy=True).transform(LON, LAT)
    return x, y


def geoparquet(path: Path, crs: object, xy: Any, *, name: str = "geom", **more: Any) -> None:
    """Write points with what is declared of them; ``crs`` may be ``missing``."""
    column = {"encoding": "WKB", "geometry_types": ["Point"], **more}
    if crs != "missing":
        column["crs"] = crs
    meta = json.dumps({"version": "1.1.0", "primary_column": name, "columns": {name: column}})
    table = pa.table({"geom": shapely.to_wkb(shapely.points(*xy)), "geom2": [b""] * len(xy[0])})
    path.parent.mkdir(exist_ok=True)
    pq.write_table(table.replace_schema_metadata({b"geo": meta.encode()}), path)


def places(folder: Path, city: City) -> Columns:
    (source,) = open_folder(str(folder)).sources.values()
    found = columns(source, layout(source), PointsOptions(), plane=city.metric_epsg, bbox=city.bbox)
    assert found is not None
    return found


def stand(folder: Path, city: City) -> tuple[NDArray[np.float64], str, Columns]:
    """Return the points on the plane, how their system is known, and the columns."""
    (source,) = open_folder(str(folder)).sources.values()
    found = places(folder, city)
    grid = grid_over((480_000.0, 4_280_000.0, 540_000.0, 4_340_000.0), cell_m=500.0)
    xy = sample_points(source.paths, grid=grid, columns=found, most=100).xy
    return xy, basis_of(found, is_declared=is_declared(layout(source), found)), found


def reading(folder: Path, city: City) -> Reading:
    (source,) = open_folder(str(folder)).sources.values()
    found = places(folder, city)
    declared = is_declared(layout(source), found)
    question = FileQuestion(city, source, found, 500, is_declared=declared)
    return read(question, lambda *_: None, lambda: False)


def notes(found: Reading, lang: str = "zh") -> str:
    return " ".join(source_notes(found, speaker(lang)))


@pytest.mark.slow
@pytest.mark.parametrize("epsg", [4527, 4548, 4490])
@pytest.mark.parametrize("name", ["tianjin", "toy"])
def test_our_own_csv_reads_back_to_the_millimetre(
    name: str, epsg: int, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    city: City = request.getfixturevalue(name)
    files = package(city, default_state(city), fmt="csv", epsg=epsg, layers=["science_park"]).files
    (tmp_path / "own.csv").write_bytes(files["science_park.csv"])
    found = places(tmp_path, city)
    points = city.layers["science_park"].frame.geometry.dropna().to_crs(city.metric_epsg)
    expected = np.column_stack([points.x, points.y])
    west, south, east, north = points.total_bounds
    grid = grid_over((west - 1e3, south - 1e3, east + 1e3, north + 1e3), cell_m=500.0)
    read_back = sample_points([tmp_path / "own.csv"], grid=grid, columns=found, most=10_000).xy
    assert len(expected) > 0
    assert read_back.shape == expected.shape
    assert np.abs(read_back - expected).max() <= 1e-3


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("EPSG:4527", "EPSG:4527"),  # 3-degree zone 39, central meridian 117
        ("EPSG:4526", "EPSG:4526"),  # its neighbour to the west
        ("EPSG:4498", "EPSG:4498"),  # 6-degree zone 20, central meridian 117
        ("EPSG:4548", None),
        ("EPSG:4533", None),  # zone 45, on the Amur: what a number so far away means is not known
    ],
)
def test_a_zone_stands_before_the_easting_and_must_be_near(
    code: str, expected: str | None, tmp_path: Path, toy: City
) -> None:
    east, north = plane("EPSG:4527" if code == "EPSG:4533" else code)
    east = east + 6e6 if code == "EPSG:4533" else east
    rows = "".join(f"{e:.3f},{n:.3f}\n" for e, n in zip(east, north, strict=True))
    (tmp_path / "a.csv").write_text(f"东坐标,北坐标\n{rows}")
    xy, basis, found = stand(tmp_path, toy)
    assert found.source_crs == expected
    assert basis == ("plane" if expected is None else "zone")
    assert len(xy) == (0 if code == "EPSG:4533" else 4)


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_where_all_lie_outside_the_sentence_says_so_and_names_the_plane(
    lang: str, tmp_path: Path, toy: City
) -> None:
    (tmp_path / "a.csv").write_text("x,y\n" + "900000,900000\n" * 7)
    said = nothing_said(reading(tmp_path, toy), lang)
    assert "7" in said
    assert "EPSG:4548" in said
    assert ("未声明" if lang == "zh" else "not declared") in said


@pytest.mark.slow
@pytest.mark.parametrize(
    ("crs", "code", "basis"),
    [
        (LOCAL, CRS(LOCAL), "declared"),
        (CRS.from_epsg(4527).to_json_dict(), 4527, "declared"),
        (CRS.from_epsg(32650).to_json_dict(), 32650, "declared"),
        (CRS.from_epsg(4548).to_json_dict(), 4548, "declared"),
        ("missing", 4326, "declared"),
        (None, 4548, "plane"),
        (None, 4527, "zone"),
        (None, 4326, "degrees"),
    ],
)
def test_points_stand_where_the_declaration_puts_them(
    crs: object, code: object, basis: str, tmp_path: Path, toy: City
) -> None:
    geoparquet(tmp_path / "a.parquet", crs, plane(code))
    xy, known, _ = stand(tmp_path, toy)
    assert known == basis
    assert np.abs(xy - np.column_stack(plane(4548))).max() < 1e-3


@pytest.mark.slow
def test_a_datum_that_is_not_known_is_doubted_on_the_page_and_in_the_files(
    tmp_path: Path, toy: City
) -> None:
    geoparquet(tmp_path / "a.parquet", LOCAL, plane(CRS(LOCAL)))
    found = reading(tmp_path, toy)
    assert "按文件声明的坐标系（unknown: Transverse Mercator 117.167°）" in notes(found)
    assert "可能相差数米" in notes(found)
    assert "a few metres" in notes(found, "en")
    account = account_values(found)
    assert account["source_crs_known_from"] == "declared"
    assert account["source_crs_shift_accuracy_m"] == "unknown"
    assert json.loads(str(account["source_crs_definition"]))["type"] == "ProjectedCRS"


@pytest.mark.slow
def test_a_shift_of_datum_says_how_good_it_is(tmp_path: Path, toy: City) -> None:
    geoparquet(tmp_path / "a.parquet", CRS.from_epsg(4284).to_json_dict(), (LON, LAT))
    found = reading(tmp_path, toy)
    assert "4.5 米" in notes(found)
    assert account_values(found)["source_crs_shift_accuracy_m"] == 4.5


@pytest.mark.slow
@pytest.mark.parametrize(
    ("first", "second", "named"),
    [
        (("EPSG:4548", {}), ("EPSG:32650", {}), ["EPSG:4548", "EPSG:32650"]),
        (("EPSG:4548", {}), (None, {}), ["EPSG:4548", "points_system.unknown"]),
        (("missing", {}), ("EPSG:4490", {}), ["EPSG:4326", "EPSG:4490"]),
        (("EPSG:4548", {}), ("EPSG:4548", {"name": "geom2"}), ["column='geom'", "column='geom2'"]),
        (
            ("EPSG:4548", {}),
            ("EPSG:4548", {"encoding": "point"}),
            ["EPSG:4548", "points_system.no_column"],
        ),
        (("EPSG:4548", {}), (17, {}), ["EPSG:4548", "points_system.unusable"]),
    ],
)
def test_parts_that_differ_are_refused_by_both_names(
    first: Any, second: Any, named: list[str], tmp_path: Path, toy: City
) -> None:
    for name, (crs, more) in (("a", first), ("b", second), ("c", first)):
        geoparquet(tmp_path / "parts" / f"{name}.parquet", crs, plane(4548), **more)
    with pytest.raises(CrsError) as caught:
        places(tmp_path, toy)
    assert caught.value.key == "stream.crs_mixed"
    told = [str(problem) for problem in caught.value.problems]
    assert [line.partition(":")[0] for line in told] == ["a.parquet", "b.parquet"]
    assert all(word in line for word, line in zip(named, told, strict=True))


def test_undeclared_parts_in_degrees_and_metres_are_refused_too(tmp_path: Path, toy: City) -> None:
    folder = tmp_path / "parts"
    folder.mkdir()
    for name, code in (("a", 4326), ("b", 4548), ("c", 4527)):
        x, y = plane(code)
        pq.write_table(pa.table({"x": x, "y": y}), folder / f"{name}.parquet")
    pq.write_table(pa.table({"x": [np.nan], "y": [np.nan]}), folder / "nothing.parquet")
    with pytest.raises(CrsError) as caught:
        places(tmp_path, toy)
    assert [one.where for one in caught.value.problems] == ["a.parquet", "b.parquet", "c.parquet"]
    (folder / "b.parquet").unlink()
    (folder / "c.parquet").unlink()
    assert places(tmp_path, toy).source_crs == "EPSG:4326", "a part without positions agrees"


def test_how_a_system_is_known_has_four_answers() -> None:
    assert basis_of(Columns(crs=4548), is_declared=True) == "declared"
    assert basis_of(Columns(crs=4548), is_declared=False) == "plane"
    assert basis_of(Columns(source_crs="EPSG:4326", crs=4548), is_declared=False) == "degrees"
    assert basis_of(Columns(source_crs="EPSG:4527", crs=4548), is_declared=False) == "zone"
