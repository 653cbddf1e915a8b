"""Show that the density page opens a reader's own points, follows its choices, refuses in words."""

from __future__ import annotations

import io
import math
import re
import shlex
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import streamlit as st
from pyproj import CRS
from streamlit.testing.v1 import AppTest

from layers.analysis import ANALYSES
from layers.command_line.analysis import command, main
from layers.handover.contents import Form
from layers.language.messages import speaker
from layers.language.values import THIN
from layers.own_points import answer as points_answer
from layers.own_points.own_list import own_list
from layers.own_points.reading import read
from layers.pack.city import City
from layers.view.codecs import token
from pages.panels import own_points
from pages.shell.labels import literal
from tests import ROOT
from tests.hostile import HOSTILE_TEXTS
from tests.intake.files import workbook
from tests.own_points.test_system import geoparquet
from tests.screens import app, page_text, scene

pytestmark = pytest.mark.screen

WAIT_S = 60.0


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the server is told of."""
    monkeypatch.setenv("ATLAS_POINTS", str(tmp_path))
    return tmp_path


def written(folder: Path, name: str = "企业.parquet", n: int = 300, **more: Any) -> str:
    """Write points in a heap in 和平区 and one row of each kind that is not used."""
    rng = np.random.default_rng(2)
    lon = [*rng.normal(117.2, 0.02, n), math.nan, 39.1]
    lat = [*rng.normal(39.12, 0.02, n), 39.1, 117.2]
    columns = {"经度": lon, "纬度": lat, "人数": [*range(n), 1, 1], **more}
    pq.write_table(pa.table(columns), folder / name, row_group_size=100)
    return token(name)


def own(**query: str) -> AppTest:
    return app("density", dpart="points", **query)


def ended(at: AppTest) -> AppTest:
    """Wait until the work beside the page has ended, and run the page again."""
    until = time.monotonic() + WAIT_S
    while "<progress" in page_text(at):
        assert time.monotonic() < until
        work_ended()
        at.run()
    assert not at.exception
    return at


def work_ended() -> None:
    """Wait for the threads that read: to run the page meanwhile costs more than reading."""
    for thread in threading.enumerate():
        if thread.name == "atlas-jobs":
            thread.join(WAIT_S)


def titles(at: AppTest) -> list[str]:
    return re.findall(r'<h1 class="title">(.*?)</h1>', page_text(at))


def status(at: AppTest) -> str:
    (body,) = (e.proto.body for e in at.get("html") if 'role="status"' in e.proto.body)
    return re.sub(r"<[^>]+>", "", body)


def title(at: AppTest) -> str:
    (body,) = (e.proto.body for e in at.get("html") if 'class="title"' in e.proto.body)
    return re.sub(r"<[^>]+>", "", body)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_part_is_offered_and_says_how_a_folder_is_set(
    lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ATLAS_POINTS", raising=False)
    at = app("density", lang=lang)
    assert at.segmented_control(key="density_part").value == "plan"
    at.segmented_control(key="density_part").set_value("points").run()
    assert not at.exception
    assert at.query_params["dpart"] in ("points", ["points"])
    assert status(at) == speaker(lang)("points_page.folder_unset")
    assert "ATLAS_POINTS" not in status(at), "what an administrator sets is no word for a reader"
    assert scene(at)["drawing"]["raster"] is None
    at.segmented_control(key="density_part").set_value("plan").run()
    assert scene(at)["drawing"]["raster"] is not None


def test_a_folder_without_files_and_one_that_is_none_say_what_to_do(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert status(own()) == speaker("zh")("points_page.folder_empty")
    monkeypatch.setenv("ATLAS_POINTS", str(folder / "none"))
    assert status(own()) == speaker("zh")("points_page.folder_missing")
    monkeypatch.setenv("ATLAS_POINTS", str(folder))
    assert str(folder) not in page_text(own()), "readers need not know the server's paths"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_file_is_chosen_read_and_drawn(folder: Path, lang: str) -> None:
    file = written(folder)
    at = own(lang=lang)
    assert status(at) == speaker(lang)("points_page.choose")
    at.selectbox(key="points_file").set_value(file).run()
    ended(at)
    assert at.query_params["pfile"] in (file, [file])
    assert ("红桥区" if lang == "zh" else "Hongqiao") in page_text(at)
    assert ("302 行" if lang == "zh" else "302 rows") in page_text(at)
    assert scene(at)["drawing"]["raster"]["url"].startswith("data:image/png;base64,")
    assert [b.proto.label for b in at.get("download_button")] == [
        literal(speaker(lang)("points_page.geotiff", epsg=4548)),
        speaker(lang)("coverage_page.download_button"),
    ]


def test_every_choice_redraws_the_map_and_moves_the_address(folder: Path) -> None:
    at = ended(own(pfile=written(folder)))
    seen = {scene(at)["drawing"]["raster"]["url"]}
    for key, value, name in (
        ("points_sigma_m", 2000, "psig"),
        ("points_cell_m", 500, "pcell"),
        ("points_kernel", "quartic", "pk"),
        ("points_bandwidth", "adaptive", "pad"),
    ):
        ended(at.segmented_control(key=key).set_value(value).run())
        assert str(value) in at.query_params[name]
        seen.add(scene(at)["drawing"]["raster"]["url"])
    assert len(seen) == 5
    ended(at.selectbox(key="points_weight").set_value(token("人数")).run())
    assert "“人数”/平方公里" in page_text(at)


def test_bins_clusters_and_hot_spots_are_shown(folder: Path) -> None:
    at = ended(own(pfile=written(folder), pshow="bins"))
    assert len(scene(at)["drawing"]["shapes"][0]["features"]) > 3
    ended(at.segmented_control(key="points_shape").set_value("square").run())
    assert scene(at)["drawing"]["shapes"][0]["features"][0]["id"].startswith("square-")
    ended(at.segmented_control(key="points_show").set_value("clusters").run())
    assert "data:image/svg+xml" in page_text(at)
    dots = scene(at)["drawing"]["shapes"][-1]["features"]
    assert {one["geometry"]["type"] for one in dots} == {"MultiPoint"}
    ended(at.segmented_control(key="points_clusters").set_value("dbscan").run())
    ended(at.segmented_control(key="points_reach_m").set_value(1000).run())
    ended(at.segmented_control(key="points_show").set_value("hotspots").run())
    assert scene(at)["drawing"]["shapes"]
    assert speaker("zh")("pattern.districts", n=16) in page_text(at)


def test_below_two_hundred_the_page_says_why_not(folder: Path) -> None:
    at = ended(own(pfile=written(folder, n=150), pshow="clusters"))
    assert "150" in page_text(at)
    assert "200" in page_text(at)
    assert at.get("download_button") == []


def test_unknown_columns_are_asked_for(folder: Path) -> None:
    (folder / "a.csv").write_bytes("名称,甲,乙\n厂,117.2,39.1\n店,不详,39.1\n".encode("gb18030"))
    at = own(pfile=token("a.csv"))
    assert "名称, 甲, 乙" in status(at)
    at.selectbox(key="points_x").set_value(token("甲")).run()
    at.selectbox(key="points_y").set_value(token("乙")).run()
    assert "intake_accept" in {b.key for b in at.button}, "one row has no position: as an upload"
    at.button(key="intake_accept").click().run()
    why = speaker("zh")("intake.reason.half_pair")
    ended(at).session_state["points_unused"] = True
    assert f"未采用：{why}，1 行" in page_text(at.run()), "the file's own reason, not its copy's"


def test_text_of_the_folder_that_is_not_counted_as_it_lies_is_proposed(folder: Path) -> None:
    (folder / "b.csv").write_bytes("企业名录\n名,lon,lat\n厂,117.2,39.1\n".encode("utf-16"))
    at = own(pfile=token("b.csv"), pshow="bins")
    at.button(key="intake_drop").click().run()
    assert status(at) == speaker("zh")("points_page.choose")
    at.selectbox(key="points_file").set_value(token("b.csv")).run()
    at.button(key="intake_accept").click().run()
    assert re.search(r"\b1 行(中|都在)", page_text(ended(at)))
    assert at.query_params["pshow"] in ("bins", ["bins"]), "a link's options outlive the proposal"


def test_a_link_carries_what_was_answered_of_a_file_of_the_server(folder: Path) -> None:
    """The datum, a choice of sheet, and that the proposal was accepted: a link shows the same."""
    rows: list[list[object]] = [["lon", "lat"], [117.2, 39.1], [117.2, 39]]
    (folder / "e.xlsx").write_bytes(workbook(("甲", rows[:2]), ("乙", rows)))
    (folder / "d.csv").write_text("gcj_lng,gcj_lat\n117.2,39.1\n117.3,39.2\n")
    at = own(pfile=token("d.csv"))
    assert at.button(key="intake_accept").disabled
    at.selectbox(key="intake_ask_datum").set_value("gcj02").run()
    at.button(key="intake_accept").click().run()
    assert re.search(r"\b2 行(中|都在)", page_text(ended(at)))
    link = {key: "".join(at.query_params[key]) for key in ("pdat", "pok")}
    assert link == {"pdat": "gcj02", "pok": "1"}
    assert re.search(r"\b2 行(中|都在)", page_text(ended(own(pfile=token("d.csv"), **link))))
    at = own(pfile=token("e.xlsx"), ppart=token("乙"), pok="1")
    assert re.search(r"\b2 行(中|都在)", page_text(ended(at)))
    assert "intake_ask_sheet" in {box.key for box in own(pfile=token("e.xlsx")).selectbox}


def test_the_printed_command_carries_the_answers_and_gives_the_same_files(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tianjin: City
) -> None:
    seen = []
    monkeypatch.setattr(own_points, "_picture", lambda _, shown: seen.append(shown))
    rows: list[list[object]] = [["填报单位：某局"], ["x", "y", "gcj_lng", "gcj_lat"]]
    rows.append([1, 2, 117.2011, 39.1012])
    more: list[list[object]] = [
        [3, 4, 117.3023, 39.2034],
        [5, 6, 39.2045, 117.4056],
        ["无", "", "", ""],
    ]
    data = workbook(("甲", rows), ("乙", [*rows, *more]))
    (folder / "f.xlsx").write_bytes(data)
    at = own(pfile=token("f.xlsx"), pshow="bins")
    at.selectbox(key="intake_ask_sheet").set_value("乙").run()
    at.selectbox(key="intake_ask_datum").set_value("gcj02").run()
    for name, value in (("swapped", "repair"), ("header_row", "2")):
        (box,) = [one for one in at.selectbox if str(one.key).startswith(f"intake_{name}")]
        box.set_value(value).run()
    at.button(key="intake_accept").click().run()
    assert re.search(r"\b4 行(中|都在)", page_text(ended(at)))
    form = Form("csv", tianjin.metric_epsg)
    words = shlex.split(command("own_points", tianjin, points_answer.asked_of(seen[-1]), form))
    said = {
        word
        for word in words
        if word.partition("=")[0] in ("datum", "part", "taken", "x", "turned", "head")
    }
    assert said == {"datum=gcj02", f"part={token('乙')}", "taken=1", "turned=1", "head=2"}
    out = tmp_path / "out"
    (tmp_path / "at").mkdir()
    (tmp_path / "at" / "files").symlink_to(folder)
    monkeypatch.chdir(tmp_path / "at")
    assert main(ANALYSES, [*words[3:-1], str(out)]) == 0
    wanted = dict(points_answer.hand_over(seen[-1], form).files)
    assert wanted == {path.name: path.read_bytes() for path in out.iterdir()}
    assert b",f.xlsx,6," in wanted["own_points_rows_not_used.csv"]
    # Once a row was placed the file as it came gives another answer: the list handed back is named.
    at.selectbox(key="intake_row").set_value(3).run()
    at.selectbox(key="intake_district_3").set_value("120101").run()
    at.button(key="intake_put_there").click().run()
    ended(at)
    words = shlex.split(command("own_points", tianjin, points_answer.asked_of(seen[-1]), form))
    outcome = at.session_state["atlas.own_file"].outcome
    (folder / words[words.index("--file") + 1]).write_bytes(
        own_list(outcome, tianjin, "zh", "xlsx")
    )
    assert main(ANALYSES, [*words[3:-1], "placed"]) == 0
    wanted = dict(points_answer.hand_over(seen[-1], form).files)
    told = Path("placed", "own_points_rows.csv").read_bytes()
    grid, same = (
        rows.strip().rpartition(b",")[2] for rows in (told, wanted["own_points_rows.csv"])
    )
    assert grid == same, "the file of its own states what was estimated here"
    assert len(grid) == 64
    assert seen[-1].reading.binned.n == 4


def test_metres_are_asked_about_and_the_answer_stands_in_the_address(folder: Path) -> None:
    (folder / "c.csv").write_text("x,y\n517000,4318000\n525000,4329000\n")
    at = own(pfile=token("c.csv"))
    assert "属于哪一个" in status(at)
    assert "crs" in page_text(own(pfile=token("c.csv"), pcrs="999999")).lower()
    at.selectbox(key="points_crs").set_value(4548).run()
    assert re.search(r"\b2 行(中|都在)", page_text(ended(at)))
    assert at.query_params["pcrs"] in ("4548", ["4548"])


def test_a_torn_file_is_named_with_its_row_group(folder: Path) -> None:
    file = written(folder, "torn.parquet", n=2000)
    path = folder / "torn.parquet"
    column = pq.ParquetFile(path).metadata.row_group(3).column(1)
    offset = column.dictionary_page_offset or column.data_page_offset
    data = bytearray(path.read_bytes())
    data[offset : offset + 40] = b"\xff" * 40
    path.write_bytes(data)
    at = ended(own(pfile=file))
    assert status(at) == speaker("zh")("points_page.unreadable")
    assert "torn.parquet · 行组 3：" in page_text(at)
    (folder / "none.parquet").write_bytes(b"")
    time.sleep(2.1)  # the list of the folder is taken as it was for two seconds
    assert "none.parquet" in page_text(own(pfile=token("none.parquet")))


def test_hostile_names_are_shown_as_they_are(folder: Path) -> None:
    names = [text for text in HOSTILE_TEXTS if "/" not in text and len(text) < 200]
    more: dict[str, Any] = {text: [1.0] * 302 for text in HOSTILE_TEXTS}
    file = written(folder, f"{names[1]}.parquet", **more)
    at = ended(own(pfile=file))
    ended(at.selectbox(key="points_weight").set_value(token(HOSTILE_TEXTS[2])).run())
    text = page_text(at)
    assert "<script>window" not in text
    assert "&lt;script&gt;window" in text
    assert "<img src=x" not in text
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in "".join(at.selectbox(key="points_weight").options)


@pytest.mark.parametrize(
    ("key", "value"),
    [("dpart", "\x00"), ("pfile", "../../etc/passwd"), ("px", "0" * 12), ("psig", "🙂" * 500)],
)
def test_a_hostile_address_opens_all_the_same(folder: Path, key: str, value: str) -> None:
    query = {"pfile": written(folder), key: value}
    at = own(**query) if key != "dpart" else app("density", **query)
    assert not ended(at).exception


def test_a_file_that_has_gone_is_said_to_have_gone(folder: Path) -> None:
    at = ended(own(pfile=written(folder)))
    (folder / "企业.parquet").rename(folder / "b.parquet")
    time.sleep(2.1)
    at.run()
    assert status(at) == speaker("zh")("points_page.gone")


@pytest.mark.parametrize("page", ["explore", "sources", "density"])
def test_no_other_page_asks_the_folder(
    folder: Path, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask(setting: str | None) -> None:
        raise AssertionError

    monkeypatch.setattr("pages.shell.cache.open_folder", ask)
    at = app(page, pfile=token("企业.parquet"))
    assert not at.exception
    assert not at.error
    assert at.query_params["pfile"] in (token("企业.parquet"), [token("企业.parquet")])


@pytest.mark.unforeseen
@pytest.mark.parametrize("fails", ["shell.cache.points_decision", "panels.own_points.read"])
def test_an_unforeseen_error_stays_in_its_part_and_has_a_number(
    folder: Path, fails: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*given: object) -> None:
        raise RuntimeError("/srv/points")

    file = written(folder, "bad.parquet")
    monkeypatch.setattr(f"pages.{fails}", fail)
    at = own(pfile=file)
    until = time.monotonic() + WAIT_S
    while "<progress" in page_text(at) and time.monotonic() < until:
        work_ended()
        at.run()
    assert not at.exception
    number = re.search(r"编号 ([0-9A-F]{6})", status(at))
    assert number is not None
    assert "/srv" not in page_text(at)
    assert scene(at), "the map stands"
    assert at.selectbox(key="points_file").value == file, "and another file can be chosen"


def test_a_declared_system_that_is_refused_is_refused_in_words(folder: Path) -> None:
    geoparquet(folder / "old.parquet", CRS.from_epsg(4214).to_json_dict(), ([117.2], [39.1]))
    at = own(pfile=token("old.parquet"))
    assert status(at) == speaker("zh")("error.stream.crs_datum")
    assert "old.parquet" in page_text(at)


def test_files_whose_names_look_alike_can_each_be_chosen(folder: Path) -> None:
    stem = "很长的名字" * 14
    files = [written(folder, f"{stem}{end}.parquet") for end in ("甲", "乙")]
    at = own()
    options = at.selectbox(key="points_file").options
    assert len(set(options)) == 3
    at.selectbox(key="points_file").set_value(files[1]).run()
    assert at.query_params["pfile"] in (files[1], [files[1]])


def test_reading_is_followed_stopped_and_begun_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, begun = threading.Event(), list[int]()

    def slowly(question: Any, progress: Any, stopped: Any) -> Any:
        begun.append(1)
        progress("points_page.stage.binning", 100, 302)
        while not gate.wait(0.01) and not stopped():
            pass
        return read(question, progress, stopped)

    monkeypatch.setattr("pages.panels.own_points.read", slowly)
    at = own(pfile=written(folder, "slow.parquet"))
    assert 'value="100" max="302"' in page_text(at)
    assert "100 / 302" in page_text(at).replace(THIN, "")
    at.segmented_control(key="points_show").set_value("bins").run()
    assert begun == [1], "another choice of what to see does not begin the reading anew"
    at.switch_page("pages/sources.py").run()
    at.switch_page("pages/density.py").run()
    assert 'value="100" max="302"' in page_text(at), "nothing is lost on another page"
    at.button(key="points_cancel").click().run()
    work_ended()
    at.run()
    assert status(at) == speaker("zh")("points_page.cancelled")
    assert not [t for t in threading.enumerate() if t.name == "atlas-jobs"], "no thread is left"
    gate.set()
    at.button(key="points_again").click().run()
    assert re.search(r"\b302 行(中|都在)", page_text(ended(at)))


def test_presenting_hides_the_controls(folder: Path) -> None:
    at = ended(own(pfile=written(folder), present="1"))
    assert at.get("download_button") == []
    assert [c.key for c in at.segmented_control] == []
    assert "红桥区" in status(at) or "和平区" in status(at)


def test_another_city_takes_its_own_points(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATLAS_PACKS", str(ROOT / "tests" / "toy"))
    at = ended(own(pfile=written(folder), city="toy"))
    assert "行在市外" in page_text(at)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_title_caption_and_files_name_the_file_and_its_date(
    folder: Path, lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered: dict[str, Callable[[], bytes]] = {}

    def button(
        label: str, data: Any, name: str = "", *_: Any, file_name: str = "", **__: Any
    ) -> None:
        offered[name or file_name] = data

    monkeypatch.setattr(st, "download_button", button)
    say, file = speaker(lang), written(folder)
    at = ended(own(lang=lang, pfile=file))
    day = time.strftime("%Y-%m-%d", time.gmtime((folder / "企业.parquet").stat().st_mtime))
    dated = say("points_page.dated_written", date=day)
    city = "天津市" if lang == "zh" else "Tianjin"
    assert titles(at) == [
        say("points_page.title_file", file="企业.parquet", dated=dated, city=city)
    ]
    assert say("points_page.caption", file="企业.parquet", dated=dated) in page_text(at)
    book = f"tianjin_企业_{day}_own_points_{lang}.xlsx"
    assert offered.keys() == {f"tianjin_企业_{day}_surface.tif", book}
    with zipfile.ZipFile(io.BytesIO(offered[book]())) as archive:
        assert "xl/workbook.xml" in archive.namelist()
    offered.clear()
    ended(at.text_input(key="points_dated").set_value(" 2025-12 ").run())
    assert at.query_params["pday"] in ("2025-12", ["2025-12"])
    assert say("points_page.dated_stated", date="2025-12") in titles(at)[0]
    assert "tianjin_企业_2025-12_surface.tif" in offered


def test_what_is_no_date_changes_nothing_and_is_said_to_be_none(folder: Path) -> None:
    at = ended(own(pfile=written(folder), pday="2025"))
    ended(at.text_input(key="points_dated").set_value("去年").run())
    assert speaker("zh")("points_page.dated_wrong") in page_text(at)
    assert at.query_params["pday"] in ("2025", ["2025"])
    ended(at.text_input(key="points_dated").set_value("").run())
    assert "pday" not in at.query_params
    assert speaker("zh")("points_page.dated_wrong") not in page_text(at)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_rows_are_filtered_by_a_column_and_the_page_says_so(folder: Path, lang: str) -> None:
    say = speaker(lang)
    trade = [*(["信息", "医药", "<b>海洋"] * 100), "信息", "信息"]
    at = ended(own(lang=lang, pfile=written(folder, 行业=trade)))
    assert say("frame.filtered", title="") not in titles(at)[0]
    ended(at.selectbox(key="points_column").set_value(token("行业")).run())
    offered = at.multiselect(key="points_values").options
    assert offered[0] == say("points_page.value_rows", value="信息", rows="102")
    values = [token("信息"), token("<b>海洋")]
    ended(at.multiselect(key="points_values").set_value(values).run())
    words = say("points_page.filter_words", column="行业", values="")
    assert titles(at)[0].endswith(say("frame.filtered", title=""))
    assert words + "信息" in page_text(at)
    assert status(at).startswith(say("view.filtered_first", text=""))
    assert "100" in re.sub("^.*筛选掉|^.*outside", "", page_text(at))
    chip = f"points_chip_{token('<b>海洋')}"
    ended(at.button(key=chip).click().run())
    assert at.query_params["pval"] in (token("信息"), [token("信息")])
    assert chip not in [button.key for button in at.button]
    ended(at.selectbox(key="points_column").set_value("").run())
    assert "pval" not in at.query_params
    assert say("frame.filtered", title="") not in titles(at)[0]


def test_a_column_of_too_many_values_is_refused_and_one_that_has_gone_is_said_to(
    folder: Path,
) -> None:
    file = written(folder, 编号=[str(k) for k in range(302)])
    at = ended(own(pfile=file, pcol=token("编号")))
    assert "超过 50 种" in page_text(at)
    assert "points_values" not in [each.key for each in at.multiselect]
    at = ended(own(pfile=file, pcol=token("编号"), pval=token("1")))
    assert status(at) == speaker("zh")("points_page.values_gone")
    at = ended(own(pfile=file, pcol=token("无此列"), pval=token("1")))
    assert status(at) == speaker("zh")("points_page.values_gone")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_parks_stand_over_the_points_and_points_near_each_are_counted(
    folder: Path, lang: str
) -> None:
    say = speaker(lang)
    at = ended(own(lang=lang, pfile=written(folder), level="national"))
    assert scene(at)["layers"].keys() == {"science_park", "later_park"}
    assert not scene(at)["drawing"]["subject"]
    ended(at.segmented_control(key="points_show").set_value("parks").run())
    assert scene(at)["drawing"]["subject"]
    rings = scene(at)["drawing"]["shapes"][0]["features"]
    assert say("points_page.parks_table", radius="3") in page_text(at)
    ended(at.segmented_control(key="points_within_m").set_value(5000).run())
    assert at.query_params["pin"] in ("5000", ["5000"])
    assert say("points_page.parks_table", radius="5") in page_text(at)
    assert len(scene(at)["drawing"]["shapes"][0]["features"]) > len(rings), "two are vaguer"
    ended(at.multiselect(key="points_parks").set_value(["gathering_area"]).run())
    assert scene(at)["layers"].keys() == {"gathering_area"}
    assert at.segmented_control(key="points_within_m").options == ["5", "10"]
    assert "3" in page_text(at)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_own_points_that_were_read_can_be_counted_on_the_coverage_page(
    folder: Path, lang: str
) -> None:
    say = speaker(lang)
    trade = [*(["信息", "医药"] * 151)]
    filtered = {"pcol": token("行业"), "pval": token("信息")}
    at = ended(
        own(
            lang=lang, layers="science_park.district", pfile=written(folder, 行业=trade), **filtered
        )
    )
    at.switch_page("pages/coverage.py").run()
    assert at.segmented_control(key="cov_counted").value == "places"
    assert scene(at)["drawing"]["raster"] is None
    at.segmented_control(key="cov_counted").set_value("own").run()
    assert not at.exception
    assert at.query_params["cwho"] in ("own", ["own"])
    assert "企业.parquet" in title(at)
    assert say("points_page.filter_words", column="行业", values="信息") in title(at)
    assert say("coverage_page.own_file") in status(at)
    assert scene(at)["drawing"]["raster"] is not None
    command = next(each.value for each in at.code if "layers.analysis" in each.value)
    assert "--set counted=own --points files --file 企业.parquet" in command.replace("'", "")
    at.segmented_control(key="cov_part").set_value("siting").run()
    at.selectbox(key="cov_demand").set_value("own").run()
    assert not at.exception
    assert "企业.parquet" in title(at)
    assert say("coverage_page.own_file") in status(at)


def test_own_points_that_are_not_open_are_said_not_to_be(folder: Path) -> None:
    at = app("coverage", layers="science_park.district", cwho="own")
    assert not at.exception
    assert speaker("zh")("coverage_page.own_gone") in page_text(at)
    assert "校区" in status(at), "campuses are counted"
    assert "cov_counted" not in [each.key for each in at.segmented_control]
    at = app("coverage", layers="science_park.district", cpart="siting", cdem="own")
    assert not at.exception
    assert speaker("zh")("coverage_page.own_gone") in page_text(at)
    assert at.selectbox(key="cov_demand").value == "university"
