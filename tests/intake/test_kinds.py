"""Show that tables are read as people keep them: any kind of file, any notation, each row told."""

from __future__ import annotations

import io
import json
import sqlite3
import zipfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
import xlsxwriter
from shapely import Point

from geo.coverage.scenario import Scenario, load, to_file
from geo.intake.datum import set_off
from geo.point_files import parquet
from layers.command_line.intake import main
from layers.district_table.table import district_table
from layers.intake.features import found_in
from layers.intake.handing_back import handed_back
from layers.intake.known_places import known
from layers.intake.outcome import Outcome, Placed
from layers.intake.precision import CLASSES, names_of
from layers.intake.read import BIT
from layers.intake.report import sentence, to_json
from layers.intake.row_table import odd_rows, row_table
from layers.intake.take_in import TakenIn, take_in
from layers.language.messages import speaker
from layers.own_points.own_list import own_list
from layers.pack.city import City
from tests.intake.files import POINTS, csv, frame, kml, ods, shapefile, survey_rows, workbook

LON = np.array([lon for _, lon, _ in POINTS])
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LAT = np.array([lat for _, _, lat in POINTS])


def _parts(angle: float) -> tuple[int, int, float]:
    minutes, seconds = divmod(round(angle * 3600, 4), 60)
    return int(minutes // 60), int(minutes % 60), round(seconds, 4)


def _views() -> bytes:
    names, lon, lat = zip(*POINTS, strict=True)
    columns: dict[str, Sequence[object]] = {"名称": names, "lon": lon, "lat": lat}
    texts = {
        n: pa.array([str(one) for one in some], pa.string_view()) for n, some in columns.items()
    }
    pq.write_table(pa.table(texts), room := io.BytesIO())
    return room.getvalue()


def _comma(value: float) -> str:
    return f"{value:.4f}".replace(".", ",")


def _wide(text: str) -> str:
    return text.translate({ord(str(n)): 0xFF10 + n for n in range(10)})


def _page(encoding: str) -> bytes:
    """Return what government systems export as Excel: a web page, the district cell merged."""
    first = "<td rowspan=10>和平区"
    rows = "".join(
        f"<tr>{'' if k else first}<td>{n}</td><td>&nbsp;{x}</td><td>{y}</td></tr>"
        for k, (n, x, y) in enumerate(POINTS)
    )
    head = "<tr><td colspan=4>名录</td></tr><tr><th>区<th>名称<th>经度<th>纬度</tr>"
    meta = "<meta http-equiv=Content-Type content='text/html; charset=gb2312'>"
    return f"<html>{meta}<table>{head}{rows}</table></html>".encode(encoding)


def _spreadsheet_xml() -> bytes:
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    rows = "".join(
        "<Row>" + "".join(f"<Cell><Data ss:Type='String'>{v}</Data></Cell>" for v in row) + "</Row>"
        for row in (("名称", "经度", "纬度"), *POINTS)
    ).replace("<Row>", "<Row ss:Index='3'>", 1)
    return (
        f"<?xml version='1.0'?><Workbook xmlns='{space}' xmlns:ss='{space}'>"
        f"<Worksheet ss:Name='表'><Table>{rows}</Table></Worksheet></Workbook>"
    ).encode()


def _gpx() -> bytes:
    marks = "".join(f"<wpt lat='{y}' lon='{x}'><name>{n}</name></wpt>" for n, x, y in POINTS)
    return f"<gpx xmlns='http://www.topografix.com/GPX/1/1'>{marks}</gpx>".encode()


def _esri() -> bytes:
    some = [{"attributes": {"名": n}, "geometry": {"x": x, "y": y}} for n, x, y in POINTS]
    root = {"geometryType": "esriGeometryPoint", "spatialReference": {"wkid": 4490}}
    return json.dumps({**root, "features": some}).encode()


def _ewkb(lon: float, lat: float) -> str:
    point = shapely.set_srid(Point(lon, lat), 4490)
    return str(shapely.to_wkb(point, hex=True, include_srid=True))


def _as_dates() -> bytes:
    """Return a sheet whose degrees are shown as a date, and as a length of time."""
    room = io.BytesIO()
    with xlsxwriter.Workbook(room) as book:
        sheet = book.add_worksheet("表")
        sheet.write_row(0, 0, ["名称", "经度", "纬度"])
        for row, (name, lon, lat) in enumerate(POINTS, start=1):
            sheet.write(row, 0, name)
            sheet.write(row, 1, lon, book.add_format({"num_format": "yyyy-mm-dd"}))
            sheet.write(row, 2, lat / 24, book.add_format({"num_format": "[h]:mm:ss"}))
    return room.getvalue()


FILES: dict[str, bytes] = {
    "gbk.csv": csv(["名称,经度,纬度", *(f"{n},{x},{y}" for n, x, y in POINTS)], "gbk"),
    "unicode.txt": csv(["名称\t经度\t纬度", *(f"{n}\t{x}\t{y}" for n, x, y in POINTS)], "utf-16"),
    "sep.csv": csv(["sep=;", "名称;经度;纬度", *(f"{n};{x};{y}" for n, x, y in POINTS)]),
    "untrue-sep.csv": csv(["sep=;", "n,lon,lat", *(f"{n},{x},{y}" for n, x, y in POINTS)]),
    "semicolon.csv": csv(["n;lon;lat", *(f"{n};{_comma(x)};{_comma(y)}" for n, x, y in POINTS)]),
    "quoted.csv": csv(
        ["n,lon,lat", *(f'{n},"{_comma(x)[:-1]}","{_comma(y)[:-1]}"' for n, x, y in POINTS)]
    ),
    "full-width.csv": csv(["名，经度，纬度", *(_wide(f"{n}，{x}，{y}") for n, x, y in POINTS)]),
    "location.csv": csv(["name,location", *(f'{n},"{x},{y}"' for n, x, y in POINTS)]),
    "latlng.csv": csv(["name,latlng", *(f'{n},"({y}, {x})"' for n, x, y in POINTS)]),
    "wkt.csv": csv(["name,wkt", *(f"{n},POINT ({x} {y})" for n, x, y in POINTS)]),
    "wkt-only.txt": csv([f"SRID=4326;POINT({x} {y})" for _, x, y in POINTS]),
    "json.csv": csv(["n,p", *(f'{n},"{{""lng"":{x},""lat"":{y}}}"' for n, x, y in POINTS)]),
    "swapped.csv": csv(["name,lon,lat", *(f"{n},{y},{x}" for n, x, y in POINTS)]),
    "sides.csv": csv(["名称,位置", *(f'{n},"{y}°N, {x}°E"' for n, x, y in POINTS)]),
    "bom.csv": csv(["\ufeff 名称 , 经度(°) , 纬度(°) ", *(f"{n}, {x} ,{y}" for n, x, y in POINTS)]),
    "kml.kml": kml(),
    "ods.ods": ods([["名称", "经度", "纬度"], *([n, str(x), str(y)] for n, x, y in POINTS)]),
    "plain.xlsx": workbook(("表", [["名称", "lng", "lat"], *POINTS])),
    "page.xls": _page("gb18030"),
    "2003.xls": _spreadsheet_xml(),
    "way.gpx": _gpx(),
    "list.json": json.dumps(
        {"pois": [{"name": n, "lng": x, "lat": y} for n, x, y in POINTS]}
    ).encode(),
    "arcgis.json": _esri(),
    "utf32.csv": csv(["名称,经度,纬度", *(f"{n},{x},{y}" for n, x, y in POINTS)], "utf-32-le"),
    "views.parquet": _views(),
    "backslash.csv": csv(["名称,经度,纬度", *(f'"\\"{n}\\"",{x},{y}' for n, x, y in POINTS)]),
    "blanks-around.csv": csv(
        ['"名称" , "经度" , "纬度"', *(f'"{n}" , "{x}" , "{y}"' for n, x, y in POINTS)]
    ),
    "stray-nul.csv": csv(["名\x00称,经度,纬度", *(f"{n},{x},{y}" for n, x, y in POINTS)])
    + bytes(99),
    "big5.csv": csv(["名稱,經度,緯度", *(f"開發區企業園,{x},{y}" for _, x, y in POINTS)], "big5"),
    "tags.csv": csv(["名称,标签,经度,纬度", *(f"{n},甲|乙|丙,{x},{y}" for n, x, y in POINTS)]),
    "short-rows.csv": csv(["名称,经度,纬度,备注", *(f"{n},{x},{y}" for n, x, y in POINTS)]),
    "kept-as-text.csv": csv(["名称,经度,纬度", *(f'{n},"=""{x}""",\'{y}' for n, x, y in POINTS)]),
    "parts.csv": csv(
        [
            "名称,经度度,经度分,纬度度,纬度分",
            *(f"{n},117,{(x - 117) * 60:.4f},39,{(y - 39) * 60:.4f}" for n, x, y in POINTS),
        ]
    ),
    "parts-below-one.xlsx": workbook(
        (
            "表",
            [
                ["名称", "经度", "", "", "纬度", "", ""],
                ["", "度", "分", "秒", "度", "分", "秒"],
                *([n, *_parts(x), *_parts(y)] for n, x, y in POINTS),
            ],
        )
    ),
    "parts-by-order.csv": csv(
        [",".join(map(str, (n, *_parts(y), *_parts(x)))) for n, x, y in POINTS]
    ),
    "named.csv": csv(["名称,坐标", *(f"{n},经度：{x}；纬度：{y}" for n, x, y in POINTS)]),
    "ewkb.csv": csv(
        [
            "名称,geom",
            *(f"{n},{_ewkb(x, y)}" for n, x, y in POINTS),
        ]
    ),
    "ewkt.csv": csv(
        [
            "名称,geom",
            *(
                f"{n},SRID=4548;MULTIPOINT(({p.x} {p.y}))"
                for (n, _, _), p in zip(POINTS, frame(4548).geometry, strict=True)
            ),
        ]
    ),
    "merged.xlsx": workbook(
        ("填表说明", [["经度纬度用十进制"], ["名称填全称"]]),
        ("表", [["名称", "位置信息", ""], ["", "坐标", ""], ["", "经度", "纬度"], *POINTS]),
    ),
    "as-dates.xlsx": _as_dates(),
}
"""Ten places each."""


def _taken(name: str, data: bytes, city: City, **answers: str) -> TakenIn:
    return take_in((name, data), city, answers)


def test_a_plane_that_is_named_for_degrees_is_asked_about(tianjin: City) -> None:
    plain = csv(["name,lon,lat", *(f"{n},{x},{y}" for n, x, y in POINTS)])
    files = {"a.xlsx": workbook(("名录", survey_rows())), "a.csv": plain,
             "a.geojson": frame().to_json().encode()}  # fmt: skip
    for name, data in files.items():
        report = _taken(name, data, tianjin, crs="EPSG:4548").report
        assert (report.status, report.rows.outside) == ("needs_answer", 0), name
        assert [one.values["variant"] for one in report.questions] == ["crs_degrees"], name
        said = {report.questions[0].key: report.questions[0].options[0].value}
        assert _taken(name, data, tianjin, **said).report.rows.used == 10, name


def test_an_old_excel_file_is_read_as_a_new_one(tianjin: City) -> None:
    """Written by LibreOffice from ``survey_rows``: a title, degrees and minutes, a total."""
    old = (Path(__file__).parent / "samples" / "名录.xls").read_bytes()
    assert old.startswith(b"\xd0\xcf\x11\xe0")  # the container of Excel 97, no zip
    taken = _taken("名录.xls", old, tianjin)
    new = _taken("名录.xlsx", workbook(("名录", survey_rows())), tianjin)
    assert taken.reading is not None
    assert new.reading is not None
    assert taken.report.rows == new.report.rows
    assert (taken.report.rows.used, taken.report.rows.not_used) == (10, {"total": 2})
    np.testing.assert_allclose(taken.reading.rows["lon"], new.reading.rows["lon"], atol=0)


@pytest.mark.parametrize("name", FILES)
def test_ten_places_are_read_where_they_are(name: str, tianjin: City) -> None:
    taken = _taken(name, FILES[name], tianjin)
    assert taken.reading is not None, taken.report
    assert (taken.report.rows.used, taken.report.rows.read) == (10, 10)
    np.testing.assert_allclose(taken.reading.rows["lon"], LON, atol=6e-5)
    np.testing.assert_allclose(taken.reading.rows["lat"], LAT, atol=6e-5)


def test_an_office_s_sheet_has_its_title_names_total_and_note_told(tianjin: City) -> None:
    taken = _taken("名录.xlsx", workbook(("名录", survey_rows()), ("说明", [["x"]])), tianjin)
    assert taken.reading is not None
    assert taken.report.rows.not_used == {"total": 2}
    assert [p.row for p in taken.report.problems] == ["#14", "#15"]
    told = {one.key: one.values.get("value") for one in taken.report.found}
    assert (told["header_row"], told["sheet"], told["form_dms"]) == (3, "名录", "dms")
    assert told["other_sheets"] == ("说明",)
    expected = 117 + np.arange(6, 16) / 60
    np.testing.assert_allclose(taken.reading.rows["lon"].dropna(), expected, rtol=0, atol=1e-10)


def test_sums_and_means_are_no_places_unless_they_are_called_like_one(tianjin: City) -> None:
    at = [(117.2 + k / 90, 39.1 + k / 130) for k in range(6)]
    rows = [f"{k},公司{k},{x:.4f},{y:.4f}" for k, (x, y) in enumerate(at, 1)]
    sums = [sum(pair) for pair in zip(*at, strict=True)]
    means = [total / len(at) for total in sums]
    last = {
        ",平均,{1:.3f},{0:.3f}": 0,  # exchanged: its name at the end says it
        "合计,6 家,{2:.4f},{3:.4f}": 0,
        ",Total,{2:.4f},{3:.4f}": 0,
        ",天津市,{0:.4f},{1:.4f}": 0,
        "7,Total,117.21,39.13": 1,
        "7,天津市,117.21,39.13": 1,
        "7,平均律音乐有限公司,117.21,39.13": 1,
        "7,公司甲,117.21,39.13\n8,小计,117.23,39.14\n9,公司乙,117.22,39.15": 3,
    }
    for line, places in last.items():
        data = csv(["序号,名称,经度,纬度", *rows, line.format(*means, *sums)])
        report = take_in(("t.csv", data), tianjin, {"datum": "wgs84"}).report
        assert (report.rows.used, report.rows.not_used) == (
            6 + places,
            {} if places else {"total": 1},
        ), line
    names = ("平均", "Average", "Tianjin City", "天津市合计")
    data = csv(["区,家数", "和平区,5", *(f"{name},5" for name in names)])
    assert take_in(("t.csv", data), tianjin, {}, kind="districts").report.rows.not_used == {
        "total": 4
    }


def test_minutes_behind_the_point_are_asked_about_and_read_when_said(
    tianjin: City,
) -> None:
    rows = [f"{n},117.{k + 10}{5 * k + 3:02},39.0{k % 10}{59 - 4 * k}" for k, (n, _, _)
            in enumerate(POINTS)]  # fmt: skip
    data = csv(["名称,经度,纬度", *rows])
    asked = _taken("a.csv", data, tianjin).report
    assert (asked.status, [q.key for q in asked.questions]) == ("needs_answer", ["notation"])
    few = _taken("a.csv", csv(["名称,经度,纬度", *rows[:4]]), tianjin).report
    assert ("maybe_minutes", "open") in [(one.key, one.sure) for one in few.found]
    packed = [row.replace(".", "") for row in rows]
    told = csv(["名称,经度(度分秒),纬度(DDMMSS)", *packed, "x,1171203,396003"])
    expected = [117 + (k + 10) / 60 + (5 * k + 3) / 3600 for k in range(10)]
    for taken in (_taken("a.csv", data, tianjin, notation="minutes"),
                  _taken("a.csv", told, tianjin)):  # fmt: skip
        assert taken.reading is not None
        rows_read = taken.reading.rows
        np.testing.assert_allclose(rows_read["lon"][:10], expected, rtol=0, atol=1e-9)
        assert (rows_read["repaired"][:10] & BIT["dms"]).all()
        assert rows_read["status"][10:].tolist() == ["not_a_number"] * (len(rows_read) - 10)
    assert _taken("a.csv", data, tianjin, notation="decimal").report.rows.used == 10


def test_two_sheets_of_positions_are_asked_about(tianjin: City) -> None:
    data = workbook(("一", survey_rows()), ("二", survey_rows()[:7]))
    asked = _taken("a.xlsx", data, tianjin).report
    assert (asked.status, [q.key for q in asked.questions]) == ("needs_answer", ["sheet"])
    assert _taken("a.xlsx", data, tianjin, sheet="二").report.rows.used == 4
    assert asked.questions[0].options[0].value == "*"
    both = _taken("a.xlsx", data, tianjin, sheet="*")
    assert both.reading is not None
    assert (both.report.rows.used, both.reading.parts) == (14, ("a.xlsx · 一", "a.xlsx · 二"))
    assert both.tables[1].cells.column("工作表_sheet").to_pylist() == ["二"] * 4


@pytest.mark.parametrize("heads", [
    [["名称", "坐标", "", "注"], ["", "经度", "纬度", ""]],
    [["名称", "经度", "纬度", "注"], ["name", "lon", "lat", "note"]],
    [["名称", "经度", "纬度", "注"], ["", "（°）", "度", ""]],
])  # fmt: skip
def test_a_second_row_of_names_is_no_row_of_data(heads: list[list[object]], tianjin: City) -> None:
    rows = [*heads, ["甲", 117.2, 39.1, ""], ["乙", 117.3, 39.2, ""]]
    lines = [",".join(map(str, row)) for row in rows]
    for name, data in (("a.xlsx", workbook(("表", rows))), ("a.csv", csv(lines))):
        report = take_in((name, data), tianjin, {}).report
        assert (report.rows.read, report.rows.used) == (2, 2)
        assert {one.key: one.values["value"] for one in report.found}["header_goes_on"] == 2


@pytest.mark.parametrize(("rows", "asked"), [
    (["甲,1170600,390630", "乙,1171230,391015"], "crs_packed_dms"),
    (["甲,117188000,39096000", "乙,117299000,39196000"], "crs_scaled"),
    (["甲,522567,4333339", "乙,522967,4333839"], "crs"),
])  # fmt: skip
def test_degrees_without_their_marks_are_asked_about(
    rows: list[str], asked: str, tianjin: City
) -> None:
    report = take_in(("a.csv", csv(["名称,经度,纬度", *rows])), tianjin, {}).report
    assert [one.values["variant"] for one in report.questions] == [asked]


def test_every_fault_has_its_own_reason(tianjin: City) -> None:
    faults = ["z,0,0", "b,,", "h,117.2,", "n,NaN,NaN", "d,-,-", "t,abc,def", "s,39.1,117.2",
              "合计,,", "name,lon,lat", "u,200,39.1", "a,1,2,3", "o,121.5,31.2"]  # fmt: skip
    lines = ["name,lon,lat", *(f"{n},{x},{y}" for n, x, y in POINTS), *faults]
    rows = _taken("faults.csv", csv(lines), tianjin).report.rows
    reasons = ("torn", "blank", "placeholder", "half_pair", "nan", "not_a_number", "zero", "total",
               "header_again", "swapped", "out_of_range")  # fmt: skip
    assert rows.not_used == dict.fromkeys(reasons, 1)
    assert (rows.read, rows.used, rows.outside) == (22, 10, 1)
    mended = _taken("faults.csv", csv(lines), tianjin, swapped="repair").report.rows
    assert (mended.used, "swapped" in mended.not_used) == (11, False)


@pytest.mark.parametrize("crs", [4548, 4527, 4498, 4549, 32650, 3857, 4490, 4326])
@pytest.mark.parametrize("north_first", [False, True])
def test_metres_of_any_plane_are_read_back_to_the_millimetre(
    crs: int, north_first: bool, tianjin: City
) -> None:
    placed = frame(crs).geometry
    names = ["X", "Y"] if north_first else ["东坐标_E", "北坐标_N"]
    xy = [placed.y, placed.x] if north_first else [placed.x, placed.y]
    if crs in (4490, 4326):
        names, xy = ["经度", "纬度"], [placed.x, placed.y]
    lines = [f"名,{names[0]},{names[1]}", *(f"p,{a!r},{b!r}" for a, b in zip(*xy, strict=True))]
    taken = _taken("p.csv", csv(lines), tianjin)
    if taken.report.status == "needs_answer":
        assert crs in (4548, 4549, 32650)
        assert f"EPSG:{crs}" in [option.value for option in taken.report.questions[0].options]
        taken = _taken("p.csv", csv(lines), tianjin, crs=f"EPSG:{crs}")
    assert taken.reading is not None
    expected = frame(4548).geometry
    far = np.hypot(taken.reading.rows["x"] - expected.x, taken.reading.rows["y"] - expected.y)
    assert far.max() < 1e-3


def test_files_of_a_gis_are_read_in_the_system_that_they_declare(
    tmp_path: Path, tianjin: City
) -> None:
    frame(4548).to_file(tmp_path / "a.gpkg", layer="点")
    frame(4548).to_file(tmp_path / "a.geojson")
    frame(4548).to_parquet(tmp_path / "a.parquet")
    for name in ("a.gpkg", "a.geojson", "a.parquet"):
        report = take_in(tmp_path / name, tianjin, {}).report
        assert (report.rows.used, report.crs) == (10, "EPSG:4548"), name
    frame().to_file(tmp_path / "a.gpkg", layer="二")
    assert take_in(tmp_path / "a.gpkg", tianjin, {}).report.questions[0].key == "layer"


@pytest.mark.parametrize("encoding", ["UTF-8", "GBK"])
@pytest.mark.parametrize("cpg", [True, False])
def test_a_zipped_shapefile_keeps_its_chinese(
    encoding: str, cpg: bool, tmp_path: Path, tianjin: City
) -> None:
    taken = _taken("点位.zip", shapefile(tmp_path, encoding, cpg=cpg), tianjin)
    assert (taken.report.rows.used, taken.report.crs) == (10, "EPSG:4548")
    assert taken.tables[0].cells.column("名").to_pylist() == [n for n, _, _ in POINTS]


@pytest.mark.parametrize(("said", "asked"), [
    ("EPSG:4326", None), ("CGCS2000", None), ("2000国家大地坐标系", None), ("unknown", None),
    ("1954年北京坐标系", "crs"), ("Xian 1980", "crs"), ("EPSG:4610", "crs"), ("NAD27", "crs"),
    ("天津90坐标系", "crs"), ("GCJ-02", "datum"),
])  # fmt: skip
def test_a_system_that_cells_name_is_asked_about_unless_it_lies_on_wgs_84(
    said: str, asked: str | None, tianjin: City
) -> None:
    rows = [f"{n},{x},{y},{said if k > 2 else 'WGS84'}" for k, (n, x, y) in enumerate(POINTS)]
    lines = ["名称,decimalLongitude,decimalLatitude,dwc:geodeticDatum", *rows]
    report = _taken("a.csv", csv(lines), tianjin).report
    assert [one.key for one in report.questions] == ([asked] if asked else [])
    (told,) = [one for one in report.found if one.key == "system_in_cells"]
    assert told.values["value"] == "dwc:geodeticDatum"


def test_doubt_is_read_with_its_unit_and_what_is_none_is_told(tianjin: City) -> None:
    said = ["0.5", "300 m", "约200米", "0", "-5", "高", "", "2000公里以外", "1,5", "3e9"]
    rows = [f'{n},{x}123,{y}123,"{one}"' for (n, x, y), one in zip(POINTS, said, strict=True)]
    taken = _taken("a.csv", csv(["名称,经度,纬度,位置误差（公里）", *rows]), tianjin)
    assert taken.reading is not None
    metres = taken.reading.rows["uncertainty_m"].fillna(-1).tolist()
    assert metres == [500, 300, 200, -1, -1, -1, -1, -1, 1500, -1]
    told = {one.key: one.values for one in taken.report.found}
    why = {"value": 5, "zero": 1, "negative": 1, "words": 2, "beyond": 1}
    assert (told["doubt_stated"]["value"], told["doubt_unusable"]) == (4, why)
    assert taken.report.doubts == (4, 6)
    for name in ("位置误差（公里）", "coordinateUncertaintyInMeters"):
        first = _taken("a.csv", csv([f"名称,经度,纬度,{name}", *rows]), tianjin)
        assert first.reading is not None
        (lost,) = [one.values for one in first.report.found if one.key == "doubt_unusable"]
        outcome = Outcome(first.tables, first.reading, classes=first.classes)
        for fmt in ("csv", "geojson"):
            back = own_list(outcome, tianjin, "zh", fmt)
            again = _taken(f"b.{fmt}", back, tianjin).report
            assert [one.values for one in again.found if one.key == "doubt_unusable"] == [lost]


def test_a_list_is_handed_back_by_the_command(tmp_path: Path, tianjin: City) -> None:
    (tmp_path / "a.csv").write_bytes(FILES["location.csv"])
    argv = [str(tmp_path / "a.csv"), "--city", "tianjin", "--lang", "en", "--out",
            str(tmp_path / "b.csv")]  # fmt: skip
    assert main(argv) == 0
    assert "two numbers in one field parted" in (tmp_path / "b.csv").read_text("utf-8-sig")
    again = take_in(tmp_path / "b.csv", tianjin, {})
    assert again.report.rows.used == 10
    assert main([*argv[:-1], str(tmp_path / "b.doc")]) == 2


def test_a_row_that_was_torn_is_told_as_torn_when_it_comes_back(tianjin: City) -> None:
    lines = [
        "名称,经度,纬度",
        *(f"{n},{x},{y}" for n, x, y in POINTS),
        "甲,117.2,39.1,7,8",
        "乙,117.2,",
    ]
    taken = _taken("a.csv", csv(lines), tianjin)
    assert taken.reading is not None
    back = own_list(
        Outcome(taken.tables, taken.reading, classes=taken.classes), tianjin, "zh", "csv"
    )
    again = _taken("b.csv", back, tianjin)
    assert again.report.rows.not_used == {"torn": 1, "half_pair": 1}
    filled = back.decode().replace("\n乙,117.2,,,,", "\n乙,117.2,,117.2,39.1,").encode()
    assert filled != back
    assert _taken("c.csv", filled, tianjin).report.rows.not_used == {"torn": 1}


def test_headings_and_places_that_speak_of_another_datum_are_asked_about(tianjin: City) -> None:
    lines = ["名称,gcj_lng,gcj_lat", *(f"{n},{x + 0.0061},{y + 0.0012}" for n, x, y in POINTS)]
    report = _taken("amap.csv", csv(lines), tianjin).report
    assert [q.key for q in report.questions] == ["datum"]
    for answers, words in (({}, "，基准待答。"), ({"datum": "gcj02"}, "（GCJ-02）。"),
                          ({"datum": "wgs84"}, "（WGS 84，EPSG:4326）。")):  # fmt: skip
        found = take_in(("amap.csv", csv(lines)), tianjin, answers).report.found
        assert [sentence(one, "zh") for one in found if one.key.startswith("degrees")] == [
            f"坐标是经纬度{words}"
        ]
    for column in ("mars_lng,mars_lat,类型", "lng,lat,高德类型"):
        rows = [f"{n},{x},{y},Mars" for n, x, y in POINTS]
        told = _taken("a.csv", csv([f"名称,{column}", *rows]), tianjin)
        assert [q.key for q in told.report.questions] == ["datum"]
    named = json.loads(frame().to_json()) | {"name": "amap_poi"}
    told = _taken("a.geojson", json.dumps(named).encode(), tianjin)
    assert [q.key for q in told.report.questions] == ["datum"]
    both = ["名称,gcj_lng,gcj_lat,wgs_lng,wgs_lat",
            *(f"{n},{x + 0.0061},{y + 0.0012},{x},{y}" for n, x, y in POINTS)]  # fmt: skip
    taken = _taken("both.csv", csv(both), tianjin)
    assert taken.reading is not None
    np.testing.assert_allclose(taken.reading.rows["lon"], LON)


@pytest.mark.parametrize(
    ("name", "data", "key"),
    [
        ("empty.csv", b"", "point_file.empty"),
        ("noise.bin", bytes(range(256)) * 4, "point_file.other_encoding"),
        ("picture.csv", b"\x89PNG\r\n\x1a\n" + b"a" * 50, "intake.kind_named"),
        ("vrt.geojson", b"<OGRVRTDataSource></OGRVRTDataSource>", "intake.kind_named"),
        ("half.xlsx", b"PK\x03\x04" + b"x" * 100, "intake.no_zip"),
        ("text.csv", b"a,b\n1,2\n", "intake.no_columns"),
        (
            "p.py",
            csv(['ws.append(["名称","经度","纬度"])', *["f=1"] * 5, "d(a,b,c)"]),
            "intake.no_table",
        ),
        ("list.geojson", b'{"type": "FeatureCollection"}', "geojson.no_features"),
        ("cad.dxf", b"  0\r\nSECTION\r\n  2\r\nENTITIES\r\n", "intake.kind_named"),
        ("topo.json", b'{"type": "Topology", "objects": {}}', "intake.kind_named"),
        ("a.csv.gz", b"\x1f\x8b\x08" + bytes(20), "intake.archive"),
        ("a.dbf", b"\x03\x7c\x01\x01" + bytes(40), "intake.shapefile_bare"),
        ("page.html", b"<!DOCTYPE html><p>x</p>", "intake.page_without_table"),
        ("mgrs.csv", "名,MGRS\n甲,50SMJ0000020000\n".encode(), "intake.code_of_place"),
        ("areas.csv", b'n,geom\na,"POLYGON((1 1,2 2,1 2,1 1))"\n', "intake.not_points"),
        (
            "locked.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "intake.password",
        ),
        ("ole.xls", OLE + b"\x00" * 600, "intake.no_workbook"),
    ],
)
def test_what_is_no_table_is_refused_for_its_reason(
    name: str, data: bytes, key: str, tianjin: City
) -> None:
    report = _taken(name, data, tianjin).report
    assert (report.status, [p.key for p in report.problems]) == ("refused", [key])


@pytest.mark.parametrize("key", ["intake.unpacks", "point_file.lists_long", "group_heavy"])
def test_parquet_that_unpacks_to_far_more_than_it_is_stays_within_bounds(
    key: str, tmp_path: Path, tianjin: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some kilobytes stand for 600 MB of one text, or for two positions of 100,000 numbers."""
    codes = pa.array(np.zeros(100_000, np.int32))
    text = pa.DictionaryArray.from_arrays(codes, pa.array(["7" * 6_000]))
    lists = pa.ListArray.from_arrays([0, 100_000, 200_000], pa.array(np.zeros(200_000)))
    geo = {"primary_column": "g", "columns": {"g": {"encoding": "point"}}}
    table = pa.table({"lon": text, "lat": np.full(100_000, 39.1)})
    if key == "point_file.lists_long":
        table = pa.table({"g": lists}).replace_schema_metadata({"geo": json.dumps(geo)})
    elif key == "group_heavy":
        monkeypatch.setattr(parquet, "MOST_HELD", 1000)
    pq.write_table(table, tmp_path / "a.parquet", compression="zstd", write_statistics=False)
    assert (tmp_path / "a.parquet").stat().st_size < 50_000
    for kind in ("points", "districts"):
        before = pa.total_allocated_bytes()
        report = take_in(tmp_path / "a.parquet", tianjin, {}, kind=kind).report
        assert [one.key.endswith(key) for one in report.problems] == [True]
        assert pa.total_allocated_bytes() - before < 20 << 20


def test_a_stray_cell_far_below_and_a_column_that_grows_are_refused(
    tmp_path: Path, tianjin: City
) -> None:
    """The reader of workbooks makes every cell between, and ends the process without memory."""
    room = io.BytesIO()
    with xlsxwriter.Workbook(room) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["名称", "经度", "纬度"])
        sheet.write(1_048_575, 16_383, "x")
    frame().to_file(tmp_path / "a.gpkg", layer="a")
    with closing(sqlite3.connect(tmp_path / "a.gpkg")) as base:
        base.execute("ALTER TABLE a ADD COLUMN big TEXT AS (printf('%.*c', 60000000, 'x')) VIRTUAL")
        base.commit()
    for name, data in (("a.xlsx", room.getvalue()), ("a.gpkg", (tmp_path / "a.gpkg").read_bytes())):
        report = _taken(name, data, tianjin).report
        assert [one.key for one in report.problems] == ["intake.unpacks"]


def test_what_a_kml_has_elsewhere_is_told(tianjin: City) -> None:
    data = (
        b'<!DOCTYPE k [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
        b'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        b"<NetworkLink><Link><href>http://x.invalid/</href></Link></NetworkLink><Placemark>"
        b"<name>&x;</name><Point><coordinates>117.2,39.1</coordinates></Point></Placemark>"
        b"</Document></kml>"
    )
    taken = _taken("a.kml", data, tianjin)
    told = {one.key: one.values["value"] for one in taken.report.found}
    assert taken.report.rows.used == 1
    assert (told["kml_links"], told["entities"]) == (("http://x.invalid/",), ("x",))


def test_a_site_of_a_scenario_beyond_every_district_is_told(tianjin: City) -> None:
    plan = Scenario("a").added(117.2, 39.1, kind="platform")
    plan = plan.added(118.05, 38.7, kind="platform", name="海上").added(
        116.71, 38.56, kind="platform"
    )
    found = found_in(load(to_file(plan), bbox=tianjin.bbox), tianjin)
    assert {one.key: one.values["value"] for one in found} == {
        "scenario_sea": ("海上 (118.05, 38.7)",),
        "scenario_beyond": ("new-3 (116.71, 38.56)",),
    }


def test_a_table_by_district_is_joined_by_any_usual_name(tianjin: City) -> None:
    names = ["和平", "河东区", "Hexi", "120104", "120105.0", "Beichen District", "天津市西青区",
             "", "合计", "海淀区"]  # fmt: skip
    lines = ["区,企业数", *(f"{name},{n}" for n, name in enumerate(names))]
    taken = take_in(("t.csv", csv(lines)), tianjin, {}, kind="districts")
    assert taken.joined is not None
    rows = taken.report.rows
    assert (rows.read, rows.used, rows.outside) == (10, 7, 1)
    assert rows.not_used == {"no_district": 1, "total": 1}
    codes = ["120101", "120102", "120103", "120104", "120105", "120113", "120111"]
    assert taken.joined.adcodes.tolist()[:7] == codes
    assert len(taken.joined.missing) == 16 - 7


def test_names_of_districts_are_known_with_all_that_stands_around_them(tianjin: City) -> None:
    names = ["1.和平区", "河東區*", "河西区（120103）", "120,104", "Hebei, Tianjin, China"]
    names += ["红桥区 Hongqiao", "天津市市辖区东丽区", "沈阳市和平区", "西青区"]
    cities = [*["天津市"] * 8, "石家庄市"]
    rows = [
        ["市", "地区", "数"],
        *([a, b, f"{n}家"] for n, (a, b) in enumerate(zip(cities, names, strict=True))),
    ]
    taken = take_in(("t.xlsx", workbook(("表", rows))), tianjin, {}, kind="districts")
    assert taken.joined is not None
    codes = ["120101", "120102", "120103", "120104", "120105", "120106", "120110", "", ""]
    assert taken.joined.adcodes.tolist() == codes
    assert taken.joined.status.tolist() == ["used"] * 7 + ["outside"] * 2
    table = district_table(taken, "t.xlsx")
    assert dict(table.columns[-1].values) == {code: n for n, code in enumerate(codes[:7])}


def test_a_name_that_is_not_surely_a_district_is_told_and_asked_about(tianjin: City) -> None:
    names = [
        "１２０１０１",
        "滨海新",
        "河 东 区",
        "河北",
        "河北省",
        "东城区",
        "塘沽区",
        "开发区",
        "新区",
        "河北区",
    ]
    data = csv(["区,数", *(f"{name},{n}" for n, name in enumerate(names))])
    report = take_in(("t.csv", data), tianjin, {}, kind="districts").report
    rows = report.rows
    assert (rows.used, rows.outside, rows.not_used) == (4, 2, {"ambiguous": 4})
    told = {
        p.values["value"]: (p.key.partition(".")[2], p.values.get("known")) for p in report.problems
    }
    assert told == {
        "河北": ("ambiguous", ("河北区", "河北省")),
        "河北省": ("no_district_of_city", None),
        "东城区": ("no_district_of_city", None),
        "塘沽区": ("former_district", ("滨海新区",)),
        "开发区": ("ambiguous", ("滨海新区",)),
        "新区": ("ambiguous", ("滨海新区",)),
    }
    assert [q.key for q in report.questions] == [
        f"district:{n}" for n in ("河北", "塘沽区", "开发区", "新区")
    ]
    alone = csv(["区,数", "河北,1", "大港,2"])
    taken = take_in(("t.csv", alone), tianjin, {"district:大港": "滨海新区"}, kind="districts")
    assert taken.joined is not None
    assert taken.joined.adcodes.tolist() == ["120105", "120116"]


def test_rows_of_a_district_that_stands_twice_are_in_one_account_with_their_lines(
    tianjin: City,
) -> None:
    data = csv(["区,数", "和平区,3", "和平,4", "河东区,5"])
    taken = take_in(("t.csv", data), tianjin, {}, kind="districts")
    report = taken.report
    assert (report.rows.read, report.rows.used, report.rows.not_used) == (3, 1, {"repeated": 2})
    assert [(p.row, p.values["lines"]) for p in report.problems] == [
        ("#2", ("2", "3")), ("#3", ("2", "3"))
    ]  # fmt: skip
    (told,) = (one for one in report.found if one.key == "districts_repeated")
    assert told.values["value"] == ("和平区",)


def test_a_table_that_lies_on_its_side_is_turned_and_one_without_names_loses_no_row(
    tianjin: City,
) -> None:
    lines = ["指标,单位,和平区,河东区,河西区", "企业数,家,5,—,7"]
    taken = take_in(("t.csv", csv(lines)), tianjin, {}, kind="districts")
    (column,) = district_table(taken, "t.csv").columns
    assert (column.name, dict(column.values)) == ("企业数", {"120101": 5.0, "120103": 7.0})
    bare = take_in(
        ("t.csv", csv(["和平区,5", "河东区,6", "河西区,7"])), tianjin, {}, kind="districts"
    )
    assert (bare.report.rows.read, bare.report.rows.used) == (3, 3)


def test_several_tables_of_a_zip_are_asked_about_and_litter_is_none(tianjin: City) -> None:
    room, plain = io.BytesIO(), FILES["gbk.csv"]
    with zipfile.ZipFile(room, "w") as file:
        for name in ("__MACOSX/._甲.csv", "说明.txt", "甲.csv", "乙.csv"):
            file.writestr(name, plain)
    asked = _taken("a.zip", room.getvalue(), tianjin).report
    assert [[o.value for o in q.options] for q in asked.questions] == [["甲.csv", "乙.csv"]]
    assert _taken("a.zip", room.getvalue(), tianjin, layer="乙.csv").report.rows.used == 10


def test_the_precision_of_each_position_is_told_by_its_numbers(tianjin: City) -> None:
    middle = tianjin.on_plane.centroid.to_crs(4326)["120111"]
    ours = known(tianjin)
    east, north = set_off(ours["lon"].to_numpy()[:1], ours["lat"].to_numpy()[:1], "gcj02")
    rows = [f"甲{i},117.261001,39.133339" for i in range(3)]
    rows += [
        f"乙,{middle.x:.6f},{middle.y:.6f}",
        "丙,117.20,39.10",
        "天津大学 丁,117.234567,39.123456",
    ]
    rows += [
        "天津大學丁,117.244567,39.133456",
        "海,118.5,38.7",
        "沪,121.512345,31.212345",
        "空,,",
        "零,0,0",
    ]
    rows += [f"{ours.index[0]},{east[0]:.6f},{north[0]:.6f}"]
    rows += ["米,526134.2,4330121.5"]
    taken = _taken("p.csv", csv(["名称,经度,纬度", *rows]), tianjin)
    assert taken.classes is not None
    assert taken.reading is not None
    named = names_of(taken.classes)
    assert [named[one] for one in taken.classes.tolist()] == [
        *[("repeated",)] * 3, ("centroid",), ("rounded",), ("same_name",), ("same_name",),
        ("sea", "outside", "rounded"), ("outside",), (), ("zero",), ("datum",), ("zone",),
    ]  # fmt: skip
    told = to_json(taken.report)
    assert told["classes"] == {**dict.fromkeys(CLASSES, 1), "repeated": 3, "outside": 2,
                               "rounded": 2, "rounded_100m": 0, "same_name": 2, "other_district": 0,
                               "plain": 0}  # fmt: skip
    (paragraph,) = [one for one in told["findings"] if one["key"] == "precision"]
    assert paragraph["value"] == 12
    assert "12 个位置都要留意：落在海上 1 个、市域外 2 个" in paragraph["text_zh"]
    outcome = Outcome(taken.tables, taken.reading, classes=taken.classes)
    words = handed_back(outcome, tianjin, "en")["位置情况_class"]
    assert words[7] == "in the sea, outside the city, rounded to 1 km or more"
    table = row_table(outcome, speaker("zh"))
    assert len(table) == len(odd_rows(outcome)) == 13
    assert table["行"].tolist()[:4] == [11, 12, 14, 9]  # without a position; then the sea


def test_a_position_beyond_the_district_that_the_file_names_is_told(tianjin: City) -> None:
    rows = [
        "高新区,滨海新区,117.523456,39.083456,",
        "南开,南开区,117.165123,39.115123,",
        "不详,,117.165124,39.115125,",
        "近,滨海,117.523457,39.083457,10",
        "疑,滨海,117.523458,39.083458,4900",
    ]
    taken = _taken("p.csv", csv(["名称,所在区,经度,纬度,uncertainty_m", *rows]), tianjin)
    assert taken.classes is not None
    assert taken.reading is not None
    bit = CLASSES.index("other_district")
    assert (taken.classes >> bit & 1).tolist() == [1, 0, 0, 1, 0]
    (told,) = [one for one in taken.report.found if one.key == "other_district"]
    assert sentence(told, "zh") == (
        "2 行的坐标与所在区不符：第 2、5 行（第 2 行写的是滨海新区，坐标在东丽区）。"
    )
    assert "Binhai" in sentence(told, "en")
    outcome = Outcome(taken.tables, taken.reading)
    assert outcome.named_district(2, tianjin) == ""
    hexi = Placed(1, 117.235, 39.085, 10.0, "click")
    for placed, missed in ((hexi, "120104"), (replace(hexi, uncertainty_m=9000.0), ""),
                           (replace(hexi, how="120103"), "120104"),
                           (replace(hexi, how="120104"), "")):  # fmt: skip
        assert outcome.missed_district(placed, tianjin) == missed
    back = handed_back(replace(outcome, placed=(hexi,)), tianjin, "zh")
    assert back["georeferenceProtocol"][1].endswith("；不在文件所写的区（南开区）内")
    near, far = replace(hexi, uncertainty_m=9000.0), replace(hexi, lon=116.0)
    gone = [
        handed_back(replace(outcome, placed=(one,)), tianjin, "zh").loc[1] for one in (near, far)
    ]
    assert [one["处理_done"] for one in gone] == ["由使用者指定位置", "由使用者指定位置，在市域外"]
    ends = ("、在河西区，靠近文件所写的南开区，误差之内", "、市域外、不在文件所写的区（南开区）内")
    assert [one["位置情况_class"].removeprefix("在图上点选") for one in gone] == [*ends]


@pytest.mark.parametrize(
    ("lines", "doubts"),
    [
        (["lon,lat", "117.2,39.12", "117.21,39.2"], [702, 702]),
        (["lon,lat", "117.201,39.12", "117.21,39.207"], [71, 71]),
        (["lon,lat", "117.201234,39.123456", "117.20,39.12"], [None, 702]),
        (["lon,lat", "117°12′,39°07′", "117°15′,39°06′"], [1170, 1170]),
        (["lon,lat", "117.116667,39.083333", "117.212345,39.054321"], [1170, None]),
        # Zeros at the end of four decimals may be chance.
        (["lon,lat", "117.1230,39.0560", "117.1234,39.0567"], [None, None]),
        (["east,north", "526300,4330100", "521100,4331200"], [71, 71]),
        (["e,n,uncertainty_m", "526000,4330000,", "521000,4331000,50"], [708, 50]),
    ],
)
def test_a_rounded_position_has_the_doubt_of_its_rounding(
    lines: list[str], doubts: list[float | None], tianjin: City
) -> None:
    crs = {} if lines[0].startswith("lon") else {"crs": "EPSG:4548"}
    taken = _taken("r.csv", csv(lines), tianjin, **crs)
    assert taken.reading is not None
    doubt = taken.reading.rows["uncertainty_m"]
    assert [None if np.isnan(one) else one for one in doubt] == doubts
    stated = len(lines[0].split(",")) - 2
    (told,) = [one.values["value"] for one in taken.report.found if one.key == "doubt_rounded"] or [
        0
    ]
    assert told == sum(one is not None for one in doubts) - stated


def test_a_datum_is_suspected_by_position_alone_and_only_where_points_show_it(
    tianjin: City,
) -> None:
    ours = np.unique(known(tianjin).to_numpy(float), axis=0)
    rng = np.random.default_rng(13)
    near = ours + rng.normal(0, 0.001, ours.shape)  # somewhere on the campus
    anywhere = rng.uniform(tianjin.bbox[:2], tianjin.bbox[2:], (3000, 2))
    core = np.array([117.2, 39.12]) + rng.normal(0, 0.06, (300, 2))
    there = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*core.T), crs=4326)
    said = gpd.sjoin(there, tianjin.districts.to_crs(4326), how="left")["name_zh"].fillna("")
    for points, datum in (
        (core, ""),
        (np.column_stack(set_off(core[:, 0], core[:, 1], "gcj02")), "gcj02"),
        (np.column_stack(set_off(*ours[::6].T, "gcj02")), "gcj02"),  # type: ignore[call-arg]
        (np.column_stack(set_off(*near.T, "bd09")), "bd09"),  # type: ignore[call-arg]
        (near, ""),
        (np.concatenate([near, anywhere]), ""),
    ):
        own = said if len(points) == len(core) else [""] * len(points)
        each = enumerate(zip(points, own, strict=True))
        lines = [f"甲{k},{x:.6f},{y:.6f},{name}" for k, ((x, y), name) in each]
        report = _taken("a.csv", csv(["名称,经度,纬度,区", *lines]), tianjin).report
        assert [one.values["datum"] for one in report.questions] == ([datum] if datum else [])


@pytest.mark.parametrize(
    ("name", "lines", "asked"),
    [
        ("高德.csv", ["n,lon,lat", "a,117.2061,39.1012"], "datum"),
        ("roadmap.csv", ["n,lon,lat", "a,117.2061,39.1012"], ""),
        ("gcj02_to_wgs84.csv", ["n,lon,lat", "a,117.2061,39.1012"], ""),
        ("p.csv", ["coordsys,lon,lat", "bd09ll,117.2126,39.1077"], "datum"),
        ("p.csv", ["bd_lon,bd_lat", "117.2126,39.1077"], "datum"),
        ("bd09mc.csv", ["x,y", "13048142.2,4711423.1"], "crs"),
        ("p.csv", ["n,lon,lat", "a,117.2061,39.1012", "注：坐标取自高德地图,,"], "datum"),
        ("p.csv", ["n,lon,lat", "a,117.2061,39.1012", "说明：坐标取自高德地图"], "datum"),
        ("p.csv", ["名称,高德坐标,", ",经度,纬度", "a,117.2061,39.1012"], "datum"),
        (
            "p.csv",
            ["名称,WGS84坐标,,高德坐标,", ",经度,纬度,经度,纬度", "a,117.2,39.1,117.2061,39.1012"],
            "",
        ),
        ("cass.dat", ["1,,517000.5,4330001.25,3.2", "2,,517100.5,4330101.25,3.1"], "crs"),
        ("p.csv", ["名,X坐标(中央子午线120),Y坐标(中央子午线120)", "a,4335000.5,257000.5"], "crs"),
    ],
)
def test_words_that_name_a_commercial_map_lead_to_a_question(
    name: str, lines: list[str], asked: str, tianjin: City
) -> None:
    report = _taken(name, csv(lines), tianjin).report
    assert [one.key for one in report.questions] == ([asked] if asked else [])


def test_a_table_beside_the_first_is_told_and_edges_of_areas_are_no_places(tianjin: City) -> None:
    pairs = [f"{n},{x},{y},{n},{x + 0.1},{y}" for n, x, y in POINTS]
    report = _taken("a.csv", csv(["名称,经度,纬度,名称,经度,纬度", *pairs]), tianjin).report
    told = {one.key: one.values for one in report.found}
    assert told["second_pair"] == {"value": "经度 (2) + 纬度 (2)", "n": 10}
    twice = csv(
        ["lon,lat,decimalLongitude,decimalLatitude", *(f"{x},{y},{x},{y}" for _, x, y in POINTS)]
    )
    found = _taken("a.csv", twice, tianjin).report.found
    assert "second_pair" not in {one.key for one in found}
    edges = csv(["id,xmin,ymin,xmax,ymax", *(f"1,{x},{y},{x + 1},{y + 1}" for _, x, y in POINTS)])
    refused = _taken("a.csv", edges, tianjin).report.problems
    assert [one.key for one in refused] == ["intake.no_columns"]


def test_a_broken_line_of_features_is_torn_and_the_others_are_read(tianjin: City) -> None:
    lines = [json.dumps(one) for one in json.loads(frame(4326).to_json())["features"]]
    data = "\n".join([*lines[:4], "", '{"type": "Feature", "proper', *lines[4:]]).encode()
    taken = _taken("a.geojsonl", data, tianjin)
    assert taken.reading is not None
    assert (taken.report.rows.used, taken.report.rows.not_used) == (10, {"torn": 1})
    assert [one.row for one in taken.report.problems] == ["#6"]


def test_another_sheet_or_a_read_me_may_name_the_datum(tianjin: City) -> None:
    lines, room = ["名称,经度,纬度", *(f"{n},{x},{y}" for n, x, y in POINTS)], io.BytesIO()
    with zipfile.ZipFile(room, "w") as pack:
        pack.writestr("a.csv", csv(lines))
        pack.writestr("说明.txt", "坐标系：GCJ-02\n".encode("gbk"))
    notes: list[list[object]] = [["坐标为高德坐标（GCJ-02）"]]
    table: list[list[object]] = [["名称", "经度", "纬度"], *map(list, POINTS)]
    book = workbook(("说明", notes), ("表", table))
    for name, data in (("a.zip", room.getvalue()), ("a.xlsx", book)):
        report = _taken(name, data, tianjin).report
        assert [one.key for one in report.questions] == ["datum"], name
        told = {one.key: one.values["value"] for one in report.found}
        assert "GCJ-02" in str(told["beside"])
        assert told.get("zip_left", ("说明.txt",)) == ("说明.txt",)


def test_apostrophes_before_formulas_are_left_out_and_told(tianjin: City) -> None:
    """Of our own CSV; an apostrophe that belongs to a name stays."""
    data = csv(["名称,经度,纬度", "'=1+1,117.2,39.12", "'s-Hertogenbosch,117.21,39.13",
                "\"'-甲;乙\",117.22,39.12"])  # fmt: skip
    taken = _taken("own.csv", data, tianjin)
    (own,) = taken.tables
    assert own.cells.column("名称").to_pylist() == ["=1+1", "'s-Hertogenbosch", "-甲;乙"]
    assert [one.values["value"] for one in taken.report.found if one.key == "escaped"] == [2]
