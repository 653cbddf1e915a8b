"""Show that a file brought along is proposed, used, mended row by row, and handed back."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pyarrow.parquet as pq
import pytest
from streamlit.testing.v1 import AppTest

from layers.intake.certainty import certainty
from layers.intake.handing_back import ADDED, handed_back
from layers.intake.outcome import (
    Outcome,
    Placed,
    click_doubt,
    in_district,
    template,
    write_points,
)
from layers.intake.take_in import take_in
from layers.language.messages import LANGS, speaker
from layers.own_points.own_list import list_name, names_at, own_list, terms_at
from layers.own_points.reading import FileQuestion, account_values, doubts, read
from layers.own_points.source import Source
from layers.own_points.surface import measure_surface
from layers.own_points.way_in import by_layout
from layers.own_points.wording import account
from layers.pack.city import City
from layers.view.page_options import PointsOptions
from tests import rfc7946
from tests.intake.files import POINTS, csv, survey_rows, workbook
from tests.screens import app

pytestmark = pytest.mark.screen


def brought(name: str, data: bytes, lang: str = "zh") -> AppTest:
    at = app("density", dpart="points", lang=lang)
    return at.file_uploader(key="intake_upload_0").set_value((name, data, "")).run()


def spoken(at: AppTest) -> str:
    return "\n".join(str(getattr(element, "value", "")) for element in at.get("html"))


@pytest.mark.parametrize("lang", LANGS)
def test_what_is_proposed_is_used_and_a_row_is_placed_and_taken_back(lang: str) -> None:
    rows = [*survey_rows()[:13], [10, "无坐标企业", "", ""]]
    at = brought("名录.xlsx", workbook(("名录", rows)), lang)
    say = speaker(lang)
    assert not at.exception
    first = say("intake_page.status_left", name="名录.xlsx", read=11, used=10, left=1)
    for told in (first, say("intake_page.used", used=10, read=11), say("intake_page.legend")):
        assert told in spoken(at)
    at.button(key="intake_accept").click().run()
    assert at.selectbox(key="points_file").value == at.session_state["atlas.own_file"].source.token
    at.selectbox(key="intake_row").set_value(10).run()
    at.selectbox(key="intake_district_10").set_value("120101").run()
    at.button(key="intake_put_there").click().run()
    held = at.session_state["atlas.own_file"]
    assert [one.how for one in held.outcome.placed] == ["120101"]
    assert not held.outcome.without_place().index.tolist()
    at.button(key="intake_undo").click().run()
    assert at.session_state["atlas.own_file"].outcome.without_place().index.tolist() == [10]
    at.button(key="intake_remove").click().run()
    assert "atlas.own_file" not in at.session_state
    assert not at.exception


def test_a_question_is_answered_on_the_page() -> None:
    lines = ["点名,X坐标,Y坐标", *(f"p,{4_333_339 + i},{522_567 + i}" for i in range(5))]
    at = brought("survey.csv", csv(lines))
    assert at.button(key="intake_accept").disabled
    at.selectbox(key="intake_ask_crs").set_value("EPSG:4548").run()
    assert not at.button(key="intake_accept").disabled
    at.button(key="intake_drop").click().run()
    assert "atlas.own_file" not in at.session_state
    assert not at.exception


def test_an_answer_is_changed_and_a_file_taken_out_of_its_field_leaves_nothing_behind() -> None:
    lines = ["名称,高德经度,高德纬度", *(f"{n},{x},{y}" for n, x, y in POINTS)]
    at = brought("a.csv", csv(lines))
    at.selectbox(key="intake_ask_datum").set_value("gcj02").run()
    (box,) = [one for one in at.selectbox if str(one.key).startswith("intake_datum")]
    box.set_value("wgs84").run()
    assert at.session_state["atlas.own_file"].answers == {"datum": "wgs84"}
    at.button(key="intake_accept").click().run()
    assert at.session_state["atlas.own_file"].outcome is not None
    at.file_uploader(key="intake_upload_0").set_value(None).run()
    assert "atlas.own_file" not in at.session_state
    assert speaker("zh")("points_page.gone") not in spoken(at)
    assert not at.exception


def test_another_column_of_one_axis_leaves_the_other_as_it_was_found() -> None:
    lines = ["名称,经度,纬度,东经二", *(f"{n},{x},{y},{x + 0.01}" for n, x, y in POINTS)]
    at = brought("a.csv", csv(lines))

    def choose(column: str) -> dict[str, str]:
        (box,) = [one for one in at.selectbox if str(one.key).startswith("intake_x_")]
        box.set_value(column).run()
        return dict(at.session_state["atlas.own_file"].answers)

    assert choose("东经二") == {"x": "东经二", "y": "纬度"}
    assert at.session_state["atlas.own_file"].taken.report.rows.used == len(POINTS)
    assert choose("") == {}
    assert not at.exception


def test_rows_that_no_system_puts_into_the_city_are_not_called_blank() -> None:
    lines = ["名称,X坐标,Y坐标", *(f"p,{4_333_339 + i},{522_567 + i}" for i in range(5))]
    at = brought("survey.csv", csv(lines))
    at.selectbox(key="intake_ask_crs").set_value("EPSG:4548").run()
    (box,) = [one for one in at.selectbox if str(one.key).startswith("intake_crs")]
    box.set_value("EPSG:4527").run()
    say, rows = speaker("zh"), at.session_state["atlas.own_file"].taken.report.rows
    assert rows.used == 0
    assert say("intake_page.status_none", name="survey.csv", read=5) in spoken(at)
    assert not at.exception


def test_rows_with_swapped_coordinates_are_used_only_if_the_reader_says_so() -> None:
    lines = ["名称,经度,纬度", *(f"{n},{x},{y}" for n, x, y in POINTS), "反,39.15,117.35"]
    at = brought("a.csv", csv(lines))
    (box,) = [one for one in at.selectbox if str(one.key).startswith("intake_swapped")]
    assert box.value == ""
    box.set_value("repair").run()
    report = at.session_state["atlas.own_file"].taken.report
    assert report.rows.used == 11
    assert "rows_exchanged" in {one.key for one in report.found}
    assert not at.exception


def test_a_row_that_was_left_out_keeps_its_reason_in_a_list_that_comes_back(tianjin: City) -> None:
    lines = [
        "名称,经度,纬度",
        *(f"{n},{x},{y}" for n, x, y in POINTS),
        "反,39.15,117.35",
        "待,待定,",
    ]
    first = take_in(("a.csv", csv(lines)), tianjin, {})
    assert first.reading is not None
    back = own_list(Outcome(first.tables, first.reading), tianjin, "en", "csv")
    again = take_in(("b.csv", back), tianjin, {}).report
    assert again.rows.not_used == first.report.rows.not_used == {"placeholder": 1, "swapped": 1}
    assert "rows_swapped" not in {one.key for one in again.found}  # no coordinates to exchange


def test_a_refused_file_is_told_with_its_reason() -> None:
    at = brought("leer.csv", b"a,b\n1,2\n")
    assert at.button(key="intake_accept").disabled
    assert "没有认出坐标所在的列" in spoken(at)
    assert not at.exception


LISTED = [
    "名称,经度,纬度,位置不确定度,核实状态,坐标来源,核实日期",
    "度,117°6′0″,39°6′0″,500 m,已核实,统计年报,2024年3月5日",
    '逗,"117,25",39.15,约300米,,,',
    "宽,１１７．３１２３４,39.21234,0,,,",
    "空,,,2000,已核实,,",
    '撕,117,39,"',
    "零,0,0,高,,,",
    "反,39.15123,117.35123,-5,,,",
    "整,117.4,39.2,,,,",
]


@pytest.fixture(scope="module")
def listed(tianjin: City) -> Outcome:
    """Return a list with one row of each kind: mended, placed by hand, placed by district, left."""
    taken = take_in(("名录.csv", csv(LISTED)), tianjin, {"swapped": "repair"})
    assert taken.reading is not None
    lon, lat, doubt = in_district(tianjin, "120101")
    by_hand = Placed(3, 117.2, 39.1, 50.0, "click", "2026-11-30")
    by_district = Placed(4, lon, lat, doubt, "120101", "2026-11-30")
    return Outcome(taken.tables, taken.reading, (by_hand, by_district), taken.classes)


def test_what_is_handed_back_says_what_was_done_to_each_row(listed: Outcome, tianjin: City) -> None:
    frame = handed_back(listed, tianjin, "zh").fillna({"名称": "撕"}).set_index("名称")
    rows = frame.to_dict("index")
    done = "已采用，在市域内"
    assert {name: row["处理_done"] for name, row in rows.items()} == {
        "度": f"{done}；度分秒→十进制度", "逗": f"{done}；小数逗号→小数点",
        "宽": f"{done}；全角字符→半角", "空": "由使用者指定位置", "零": "由使用者指定位置",
        "反": f"{done}；经纬度对调", "整": done, "撕": "未采用：缺列、多列或引号不成对",
    }  # fmt: skip
    rough = listed.reading.rows["rounded_m"][6]
    assert frame["coordinateUncertaintyInMeters"].dropna().to_dict() == {
        "度": 500, "逗": 300, "空": 50, "零": listed.placed[1].uncertainty_m, "整": rough,
    }  # fmt: skip
    assert rows["整"]["georeferenceProtocol"].endswith("不确定度按坐标的取整估计")
    terms = ("georeferenceVerificationStatus", "georeferenceSources", "georeferencedDate")
    said = {name: [row[term] for term in terms] for name, row in rows.items()}
    assert said["度"] == ["verified by contributor", "统计年报", "2024-03-05"]
    hand = ["requires verification", "由读者在“天津市创新空间图集”的地图上指定", "2026-11-30"]
    assert said["空"] == hand
    assert said["反"] == ["requires verification", "文件：名录.csv", ""]
    assert rows["度"]["位置不确定度"] == "500 m"
    assert rows["零"]["依据_by"] == rows["零"]["位置情况_class"] == "按所属区（和平区）指定，示意"


@pytest.mark.parametrize("fmt", ["xlsx", "csv", "geojson", "gpkg"])
def test_what_is_handed_back_is_read_again_equal(listed: Outcome, tianjin: City, fmt: str) -> None:
    """Positions, doubt, statuses and what was done, of a file that is read without an answer."""
    data = own_list(listed, tianjin, "zh", fmt)
    assert data == own_list(listed, tianjin, "zh", fmt)
    taken = take_in((f"b.{fmt}", data), tianjin, {})
    assert taken.reading is not None, taken.report
    again = handed_back(Outcome(taken.tables, taken.reading, (), taken.classes), tianjin, "zh")
    first = handed_back(listed, tianjin, "zh")
    assert taken.reading.used == 7
    assert certainty(taken.tables, taken.reading).placed == 2, "placed by the reader before"
    for name in ADDED:
        here, there = (one[name].astype(object).fillna("").tolist() for one in (first, again))
        assert here == there, name
    assert own_list(replace(listed, tables=taken.tables, reading=taken.reading, placed=(),
                            classes=taken.classes), tianjin, "zh", fmt) == data  # fmt: skip


def test_a_list_that_goes_back_again_is_numbered(tianjin: City) -> None:
    name, told = "企业.名录.csv", []
    for fmt in ("xlsx", "xlsx", "circles"):
        name = list_name(name, tianjin, fmt)
        told.append(name.removeprefix("企业.名录_tianjin"))
    assert told == [".xlsx", "_2.xlsx", "_3_circles.geojson"]


def test_how_to_reach_people_goes_back_to_whoever_brought_it_alone(tianjin: City) -> None:
    lines = ["name,lon,lat,联系人,a", "甲,117.21234,39.11234,张某,13800001000"]
    taken = take_in(("a.csv", csv(lines)), tianjin, {})
    assert taken.reading is not None
    outcome = Outcome(taken.tables, taken.reading, (), taken.classes)
    told = {fmt: own_list(outcome, tianjin, "zh", fmt) for fmt in ("csv", "geojson")}
    told["without"] = own_list(outcome, tianjin, "zh", "csv", with_contacts=False)
    words = ("联系人".encode(), b"13800001000")
    kept = {name: sum(word in data for word in words) for name, data in told.items()}
    assert kept == {"csv": 2, "geojson": 0, "without": 0}


@pytest.mark.parametrize("fmt", ["xlsx", "csv", "geojson", "gpkg"])
def test_names_of_a_file_do_not_clash_with_ours(tianjin: City, fmt: str) -> None:
    """Of the id and the geometry of a format, and of the row that a circle stands for.

    Numbers are numbers, those of a code are not.
    """
    lines = [
        "fid,geom,FID,row,id,Id,geometry,fid ·,name,lon,lat,家,率,adcode",
        "a,b,c,d,e,f,g,h,甲,117.21234,39.11234,59,1.50,120101",
        "合计,,,,,,,,,,,59,,",
    ]
    given, made = ("a.csv", csv(lines)), []
    for _ in range(3):
        taken = take_in(given, tianjin, {})
        assert taken.reading is not None
        outcome = Outcome(taken.tables, taken.reading, (), taken.classes)
        made.append(own_list(outcome, tianjin, "zh", fmt))
        given = (f"a.{fmt}", made[-1])
    assert {*"abcdefgh"} <= {str(one) for one in handed_back(outcome, tianjin, "zh").loc[0]}
    assert made[0] == made[1] == made[2]
    if fmt == "geojson":
        assert len(json.loads(made[0])["features"]) == 1, "a total is no place"
    if fmt == "xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(made[0])).worksheets[0]
        heads, row, total = sheet.values
        last = openpyxl.utils.range_boundaries(sheet.print_area.rpartition("!")[2])[2]
        assert heads[last - 1] == "位置情况_class", "what programs read stays in the workbook"
        assert f"另有 {len(heads) - last} 列" in sheet.oddFooter.center.text
        assert [*row[11:14], total[11]] == [59, 1.5, "120101", 59]


def test_a_row_placed_beside_rows_of_another_datum_stays_where_it_was_put(tianjin: City) -> None:
    lines = ["名称,gcj_lng,gcj_lat", *(f"{n},{x}612,{y}123" for n, x, y in POINTS), "空,,"]
    said = {"datum": "gcj02"}
    taken = take_in(("a.csv", csv(lines)), tianjin, said)
    assert taken.reading is not None
    first = Outcome(taken.tables, taken.reading, (Placed(10, 117.2, 39.1, 50.0, "click"),))
    data = own_list(first, tianjin, "zh", "csv")
    assert [one.key for one in take_in(("b.csv", data), tianjin, {}).report.questions] == ["datum"]
    again = take_in(("b.csv", data), tianjin, said)
    assert again.reading is not None
    frame = handed_back(Outcome(again.tables, again.reading), tianjin, "zh")
    assert frame["geodeticDatum"].tolist() == ["GCJ-02"] * 10 + ["EPSG:4326"]
    assert frame["coordinateUncertaintyInMeters"].tolist() == [600.0] * 10 + [50.0]
    assert frame.equals(frame.assign(**handed_back(first, tianjin, "zh")[list(ADDED)]))


def test_circles_of_a_list_have_the_area_of_its_doubt(
    listed: Outcome, tianjin: City, tmp_path: Path
) -> None:
    (tmp_path / "a.gpkg").write_bytes(own_list(listed, tianjin, "en", "gpkg"))
    rings = gpd.read_file(tmp_path / "a.gpkg", layer="uncertainty_circle").to_crs(4548)
    assert len(rings) == 5
    areas = np.pi * rings["coordinateUncertaintyInMeters"] ** 2
    np.testing.assert_allclose(rings.area, areas, rtol=5e-3)
    assert len(rfc7946.check(own_list(listed, tianjin, "en", "circles"))["features"]) == 5


def test_rows_without_a_place_are_blank_for_own_points(listed: Outcome, tmp_path: Path) -> None:
    write_points(replace(listed, placed=()), tmp_path / "own.parquet")  # blank, not NaN
    lon = pq.read_table(tmp_path / "own.parquet")["lon"].to_pylist()
    # Rounded to a tenth of a degree, the last but one is known to 7 km.
    assert [one is None for one in lon] == [False] * 3 + [True, True, False, True, True]


def test_points_that_were_read_carry_what_their_file_says_of_them(
    listed: Outcome, tianjin: City, tmp_path: Path
) -> None:
    path = tmp_path / "own.parquet"
    write_points(listed, path)
    source = Source("名录.csv", (path,), path.stat().st_size, path.stat().st_mtime_ns)
    how = by_layout(source, tianjin, PointsOptions())
    assert how.columns is not None
    reading = read(FileQuestion(tianjin, source, how.columns, 500), lambda *_: None, lambda: False)
    assert (doubts(reading), account_values(reading)["doubt_unknown"]) == ((5, 2), 2)
    whence = reading.certainty
    assert whence is not None
    assert (whence.stated + whence.estimated + whence.placed, whence.placed) == (5, 2)
    assert "2 行的位置由使用者指定" in account(reading, "zh")[0]
    names = names_at(reading, reading.kept.xy)
    assert names is not None
    told = terms_at(reading, reading.kept.xy).assign(name=names).sort_values("lon")
    told, first = told.reset_index(drop=True), told.iloc[0]
    assert "".join(told["name"]) in ("度空零逗宽反", "度零空逗宽反")
    assert (first["lon"], first["coordinateUncertaintyInMeters"]) == (117.1, 500)
    assert first["georeferenceSources"] == "统计年报"
    assert (first["georeferencedDate"], len(told)) == ("2024-03-05", 6)
    assert int(told["coordinateUncertaintyInMeters"].isna().sum()) == 2


def test_a_row_placed_by_a_large_district_counts_for_that_district_alone(
    listed: Outcome, tianjin: City, tmp_path: Path
) -> None:
    path = tmp_path / "own.parquet"
    far = Placed(4, *in_district(tianjin, "120116"), "120116")
    write_points(replace(listed, placed=(far,)), path)
    source = Source("名录.csv", (path,), path.stat().st_size, path.stat().st_mtime_ns)
    how = by_layout(source, tianjin, PointsOptions())
    assert how.columns is not None
    reading = read(FileQuestion(tianjin, source, how.columns, 500), lambda *_: None, lambda: False)
    found, exact = reading.binned, len(reading.kept.xy)
    assert (found.n, exact, reading.by_district, found.read) == (4, 4, 2, 8)
    assert found.read == found.n + 2 + found.outside + sum(found.rejected.values())
    shown = measure_surface(reading, PointsOptions(), lambda *_: None, lambda: False)
    assert shown.surface is None, "nor is one drawn of so few"
    assert (shown.districts["n"].sum(), shown.districts.loc["120116", "n"]) == (6, 1)
    for lang in LANGS:
        clause = speaker(lang)("points_page.rows_vague", n=2, limit="5")
        assert clause in account(reading, lang)[0]


@pytest.mark.parametrize(("zoom", "metres"), [(9, 1190), (12, 150), (18, 10), (None, 1000)])
def test_a_click_is_as_sure_as_the_map_was_close(zoom: float | None, metres: float) -> None:
    assert click_doubt(39.1, zoom) == metres


@pytest.mark.parametrize("lang", LANGS)
def test_the_template_reads_back_as_it_is(lang: str, tianjin: City) -> None:
    book = openpyxl.load_workbook(io.BytesIO(template(lang)))
    assert book.worksheets[0].max_row == 3
    report = take_in(("t.xlsx", template(lang)), tianjin, {}).report
    assert (report.status, report.rows.used) == ("read", 2)
