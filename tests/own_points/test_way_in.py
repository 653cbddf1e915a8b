"""Show that a file of the server's folder is answered as an upload, and streamed where it can."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geo.base.bridge import transformer
from geo.base.errors import AtlasError
from geo.point_files.sample import sample_points
from layers.intake.precision import CENTROID_M
from layers.intake.take_in import INVERSE_VARIABLE, take_in
from layers.language.messages import speaker
from layers.own_points import way_in
from layers.own_points.one_by_one.in_shape import csv_inside, own_inside, word_inside
from layers.own_points.own_list import doubts_at
from layers.own_points.reading import FileQuestion, read
from layers.own_points.source import open_folder
from layers.own_points.surface import measure_surface
from layers.own_points.way_in import answered, by_layout, decide, taken_whole
from layers.own_points.wording import account, cautions, source_notes, why_not
from layers.pack.city import City
from layers.view.page_options import PointsOptions
from tests import ROOT

TRIALS = ROOT / "tests" / "intake" / "trials" / "points"
READ_IN_THE_FOLDER = sorted(path.name for path in TRIALS.iterdir())
BARE = PointsOptions()
QUIET = (lambda *_: None, lambda: False)


def answer(folder: Path, city: City, options: PointsOptions = BARE) -> tuple[object, ...]:
    """Return what becomes of the one file of a folder: its status, and its account or why not."""
    (source,) = open_folder(str(folder)).sources.values()
    try:
        how = decide(source, city, options)
        if how.is_taken_whole:
            source = taken_whole(source, city, options)
            how = by_layout(source, city, BARE)
    except AtlasError as error:
        keys = [one.key for one in error.problems]
        asked = [one.values["question"] for one in error.problems if one.key == "points.asks"]
        return ("needs_answer", *asked) if asked else ("refused", *keys)
    if how.asked is not None:
        return "needs_answer", how.asked.key
    assert how.columns is not None
    found = read(FileQuestion(city, source, how.columns, 500), lambda *_: None, lambda: False)
    binned = found.binned
    used = binned.n + found.by_district
    return "read", binned.read, used, binned.outside, sum(binned.rejected.values())


def uploaded(path: Path, city: City) -> tuple[object, ...]:
    report = take_in(path, city, {}).report
    if report.status == "needs_answer":
        return "needs_answer", *(one.key for one in report.questions)
    if report.status == "refused":
        return "refused", *(one.key for one in report.problems)
    rows = report.rows
    return "read", rows.read, rows.used, rows.outside, sum(rows.not_used.values())


@pytest.mark.parametrize("name", READ_IN_THE_FOLDER)
def test_the_folder_answers_as_an_upload(name: str, tmp_path: Path, tianjin: City) -> None:
    path = TRIALS / name
    (shutil.copytree if path.is_dir() else shutil.copy)(path, tmp_path / name)
    assert answer(tmp_path, tianjin) == uploaded(path, tianjin)


def test_plain_text_is_counted_as_it_lies_and_other_text_is_taken_whole(
    tmp_path: Path, tianjin: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.csv"
    plain = "名, lon ,纬度\n" + "".join(f"a{k},117.{k:03}457,39.123456\n" for k in range(200))
    cases: dict[str, tuple[str, bool]] = {
        plain: ("utf-8", True),
        plain + "b,117.345678,39.212345\n": ("gbk", True),
        plain + "b,117.3,39.2\n": ("utf-8", False),
        plain + "合计,,\n": ("utf-8", False),
        plain + "c,117°12′,39.1234\n": ("utf-8", False),
        plain + "零,0,0\n": ("utf-8", False),
        "天津企业\n" + plain: ("utf-8", False),
        plain.replace(",", "^"): ("utf-8", False),
        plain.replace(",", "\t"): ("utf-16", False),
    }
    for text, (encoding, streams) in cases.items():
        path.write_bytes(text.encode(encoding))
        (source,) = open_folder(str(tmp_path)).sources.values()
        how = decide(source, tianjin, BARE)
        assert (how.columns is not None) is streams, text[-40:]
        assert how.is_taken_whole is not streams
        assert how.without_asking is (text.endswith("b,117.3,39.2\n"))
        assert ("doubt_unknown" in {one.key for one in how.found}) is streams
        assert answer(tmp_path, tianjin) == uploaded(path, tianjin)
    # Of a long file the beginning decides; one that is too long to be taken whole is refused.
    monkeypatch.setattr(way_in, "LOOKED_AT", 1000)
    path.write_text(plain + "c,117°12′,39.1234\n", encoding="utf-8")
    assert answer(tmp_path, tianjin) == ("read", 201, 201, 0, 0)
    monkeypatch.setattr(way_in, "MOST_TAKEN_BYTES", 1000)
    path.write_text("天津企业\n" + plain, encoding="utf-8")
    assert answer(tmp_path, tianjin) == ("refused", "points.not_as_it_lies")


def test_doubts_of_a_file_of_the_folder_count_as_those_of_an_upload(
    tmp_path: Path, tianjin: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "".join(f"117.{k:02},39.1{k % 10},800\n" for k in range(10, 70))
    text = "lon,lat,coordinateUncertaintyInMeters\n" + rows + "117.2,39.1,8000\n"
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    (source,) = open_folder(str(tmp_path)).sources.values()
    assert decide(source, tianjin, BARE).without_asking
    taken = taken_whole(source, tianjin, BARE)
    columns = by_layout(taken, tianjin, BARE).columns
    assert columns is not None
    found = read(FileQuestion(tianjin, taken, columns, 500), *QUIET)
    assert (found.binned.n, found.by_district) == (60, 1)
    # One that is too long to be taken in counts the same.
    monkeypatch.setattr(way_in, "MOST_TAKEN_BYTES", 1000)
    how = decide(source, tianjin, BARE)
    assert how.columns is not None
    told = read(FileQuestion(tianjin, source, how.columns, 500, seen=how.seen), *QUIET)
    assert (told.binned.n, told.by_district) == (60, 1)
    assert "1 行的位置误差超过 5 公里、只计入所在区" in account(told, "zh")[0]
    assert why_not(told, 1000.0) == "doubt"


def test_the_system_is_asked_and_what_is_said_is_used(tmp_path: Path, tianjin: City) -> None:
    shutil.copy(TRIALS / "utm50n-metres.csv", tmp_path / "a.csv")
    assert answer(tmp_path, tianjin) == ("needs_answer", "crs")
    assert answer(tmp_path, tianjin, PointsOptions(crs=32650)) == ("read", 20, 20, 0, 0)
    (source,) = open_folder(str(tmp_path)).sources.values()
    how = decide(source, tianjin, PointsOptions(crs=32650))
    assert how.columns is not None
    assert (how.columns.source_crs, how.is_said) == ("EPSG:32650", True)
    (tmp_path / "a.csv").write_text("a,b\n1,x\n", encoding="utf-8")
    (source,) = open_folder(str(tmp_path)).sources.values()
    assert decide(source, tianjin, BARE).unknown == ("a", "b")


def test_the_datum_that_a_reader_says_goes_with_every_answer(
    tmp_path: Path, tianjin: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(TRIALS / "says-gcj02.csv", tmp_path / "a.csv")
    (source,) = open_folder(str(tmp_path)).sources.values()
    for options, doubt in (
        (PointsOptions(datum="gcj02"), "GCJ-02。未作换算，各点位置不确定度至少 600 米"),
        (PointsOptions(datum="bd09"), "BD-09。未作换算，各点位置不确定度至少 1\u202f500 米"),
    ):
        assert answer(tmp_path, tianjin, options) == ("read", 20, 20, 0, 0)
        taken = taken_whole(source, tianjin, options)
        columns = by_layout(taken, tianjin, BARE).columns
        assert columns is not None
        said = answered(options, is_taken=True)
        found = read(FileQuestion(tianjin, taken, columns, 500, answers=said), *QUIET)
        assert doubt in " ".join(source_notes(found, speaker("zh")))
        with monkeypatch.context() as long:
            long.setattr(way_in, "MOST_TAKEN_BYTES", 100)
            for may in ("", "yes"):
                long.setenv(INVERSE_VARIABLE, may)
                how = decide(source, tianjin, options)
                assert how.columns is not None
                lies = read(FileQuestion(tianjin, source, how.columns, 500), *QUIET)
                whole = taken_whole(source, tianjin, options)
                copy = read(FileQuestion(tianjin, whole, columns, 500), *QUIET)
                assert np.allclose(np.sort(lies.kept.xy, 0), np.sort(copy.kept.xy, 0), atol=0.02)
                assert (lies.certainty.shifted, lies.median_m) == (20, copy.median_m)
                assert [*cautions(lies, "zh")] == [*cautions(copy, "zh")]
                assert set(doubts_at(lies, lies.kept.xy)) == {lies.median_m}


def test_own_points_are_asked_what_lies_in_a_shape(tmp_path: Path, tianjin: City) -> None:
    """One in it, one at the rim, one far off: counted by hand, the doubt of each carried along."""
    text = "名称,lon,lat,coordinateUncertaintyInMeters\n"
    text += "内,117.2,39.1,50\n缘,117.2,39.118,900\n远,117.4,39.1,50\n不详,117.2,39.1001,\n"
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    (source,) = open_folder(str(tmp_path)).sources.values()
    taken = taken_whole(source, tianjin, BARE)
    columns = by_layout(taken, tianjin, BARE).columns
    assert columns is not None
    found = own_inside(
        read(FileQuestion(tianjin, taken, columns, 500), *QUIET), "circle_117.2_39.1_2100"
    )
    assert found is not None
    assert (found.total, found.drawn, found.low, found.high) == (4, 3, 2, 3)
    assert (found.sure, found.open, found.unknown) == (2, 1, 1)
    assert sorted(found.rows["name"]) == ["不详", "内", "缘"]
    assert 0 < found.rows["share"].iloc[-1] < 1
    sentence, *account = word_inside(found, "zh")
    assert "3 个自有数据的点，90% 的模拟结果为 2–3 个" in sentence
    assert "4 个点中 1 个的位置不确定度未知" in " ".join(account)
    assert csv_inside(found, "zh").decode("utf-8-sig").count("\n") == 4


def test_doubt_that_a_long_file_states_counts_as_it_does_when_taken_whole(
    tmp_path: Path, tianjin: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(way_in, "MOST_TAKEN_BYTES", 1000)
    said = ["300", "", "0", "约6公里", "0.5km", "精确"]
    rows = [f"a{k},117.{k:03}123,39.12345,{said[k % 6]},{k % 3}" for k in range(100, 220)]
    text = "\n".join(["名,经度,纬度,误差半径,人", *rows, "b,10.123456,20.123456,9000,1"])
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    (source,) = open_folder(str(tmp_path)).sources.values()
    how = decide(source, tianjin, BARE)
    assert how.columns is not None
    taken = taken_whole(source, tianjin, BARE)
    whole = by_layout(taken, tianjin, BARE).columns
    assert whole is not None
    for weights in (None, "人"):
        lies, copy = (
            read(FileQuestion(tianjin, one, replace(columns, weights=weights), 500), *QUIET)
            for one, columns in ((source, how.columns), (taken, whole))
        )
        assert lies.by_district == copy.by_district == 20
        assert (lies.binned.n, lies.binned.weight_sum) == (copy.binned.n, copy.binned.weight_sum)
        assert (lies.binned.read, lies.binned.outside, lies.binned.n) == (121, 1, 100)
        assert lies.binned.digest == copy.binned.digest
        assert (lies.certainty.stated, lies.certainty.unknown) == (60, 60)
        assert lies.certainty.stated == copy.certainty.stated
        narrow = PointsOptions(sigma_m=500, bandwidth="adaptive")  # no surface, the districts alone
        tables = [measure_surface(one, narrow, *QUIET).districts["n"] for one in (lies, copy)]
        assert tables[0].sort_index().equals(tables[1].sort_index())
    few = sample_points(source.paths, grid=lies.binned.grid, columns=how.columns, most=60)
    assert (few.whole, len(few.doubt)) == (False, len(few.xy))


def test_points_at_the_middle_of_a_district_are_told_where_they_are_more_than_chance(
    tmp_path: Path, tianjin: City
) -> None:
    (middle,) = tianjin.on_plane.centroid[["120101"]]
    side = np.linspace(-500.0, 500.0, 60)
    x, y = (one.ravel() for one in np.meshgrid(middle.x + side, middle.y + side))
    near = int((np.hypot(x - middle.x, y - middle.y) < CENTROID_M).sum())
    for more, told in ((0, 0), (200, near + 200)):
        x, y = np.append(x, np.full(more, middle.x)), np.append(y, np.full(more, middle.y))
        lon, lat = transformer(tianjin.metric_epsg, 4326).transform(x, y)
        frame = pd.DataFrame({"经度": lon.round(7), "纬度": lat.round(7)})
        frame.to_csv(tmp_path / "a.csv", index=False)
        (source,) = open_folder(str(tmp_path)).sources.values()
        how = decide(source, tianjin, BARE)
        assert how.columns is not None
        assert read(FileQuestion(tianjin, source, how.columns, 500), *QUIET).at_middles == told
