"""Show that a file brought along is proposed, used, mended row by row, and handed back."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest
from streamlit.testing.v1 import AppTest

from layers.intake.outcome import (
    Outcome,
    Placed,
    as_workbook,
    click_doubt,
    handed_back,
    in_district,
    template,
    write_points,
)
from layers.intake.take_in import take_in
from layers.language.messages import LANGS, speaker
from layers.pack.city import City
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
    assert say("intake_page.used", used=10, read=11) in spoken(at)
    at.button(key="intake_accept").click().run()
    assert at.selectbox(key="points_file").value == at.session_state["atlas.own_file"].source.token
    at.selectbox(key="intake_row").set_value(10).run()
    at.selectbox(key="intake_district").set_value("120101").run()
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


def test_a_refused_file_is_told_with_its_reason() -> None:
    at = brought("leer.csv", b"a,b\n1,2\n")
    assert at.button(key="intake_accept").disabled
    assert "没有认出坐标所在的列" in spoken(at)
    assert not at.exception


def test_what_is_handed_back_is_read_again_equal(tianjin: City, tmp_path: Path) -> None:
    lines = [
        "名称,经度,纬度",
        *(f"{n},{x},{y}" for n, x, y in POINTS),
        "甲,,",
        '"乙,117,39',
        "丙,0,0",
        "丁,39.15,117.35",
    ]
    taken = take_in(("a.csv", csv(lines)), tianjin, {"swapped": "repair"})
    assert taken.reading is not None
    lon, lat, doubt = in_district(tianjin, "120101")
    outcome = Outcome(taken.tables, taken.reading, (Placed(10, lon, lat, doubt, "120101"),))
    written = tmp_path / "own.parquet"
    write_points(Outcome(taken.tables, taken.reading), written)  # blank, not NaN
    assert pq.read_table(written)["lon"].to_pylist()[10:12] == [None, None]
    frame = handed_back(outcome, tianjin, "zh")
    assert frame["处理_done"].value_counts().to_dict() == {
        "已采用，在市域内": 10, "由使用者指定位置": 1, "未采用：坐标为 0，0": 1,
        "未采用：缺列、多列或引号不成对": 1, "已修复：两个坐标对调": 1,
    }  # fmt: skip
    assert "和平区" in frame["依据_by"][10] == frame["位置情况_class"][10]
    data = as_workbook(frame, "点位")
    assert data == as_workbook(frame, "点位")
    again = take_in(("b.xlsx", data), tianjin, {"x": "经度_lon", "y": "纬度_lat"}).reading
    assert again is not None
    assert again.used == 12
    pd.testing.assert_series_equal(
        again.rows["lon"][:11], outcome.rows["lon"][:11], rtol=0, atol=1e-7
    )
    assert again.rows["uncertainty_m"][10] == doubt


@pytest.mark.parametrize(("zoom", "metres"), [(9, 1190), (12, 150), (18, 10), (None, 1000)])
def test_a_click_is_as_sure_as_the_map_was_close(zoom: float | None, metres: float) -> None:
    assert click_doubt(39.1, zoom) == metres


@pytest.mark.parametrize("lang", LANGS)
def test_the_template_reads_back_as_it_is(lang: str, tianjin: City) -> None:
    book = openpyxl.load_workbook(io.BytesIO(template(lang)))
    assert book.worksheets[0].max_row == 3
    report = take_in(("t.xlsx", template(lang)), tianjin, {}).report
    assert (report.status, report.rows.used) == ("read", 2)
