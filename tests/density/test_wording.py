"""Show that the density page draws in the right place, says what is firm, and hands it over."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from colorspacious import cspace_convert
from PIL import Image
from pyproj import Transformer
from rasterio.io import MemoryFile
from shapely import Point

from geo.base.draws import SEED, displacements
from geo.base.points import located
from geo.density.doubt import INVENTORY_FINEST_CELL_M
from layers.density.drawing import draw, pictures
from layers.density.files import hand_over
from layers.density.measure import (
    DensityAnswer,
    at_places,
    cell_of,
    cells,
    measure,
    positions,
    question,
)
from layers.density.phrases import districts_of
from layers.density.wording import word
from layers.handover.contents import Form
from layers.language.messages import speaker
from layers.language.values import number
from layers.map.colours import RAMP, shades
from layers.map.overlay import drawing_json
from layers.pack.city import City, outlines
from layers.view.page_options import DensityOptions
from layers.view.rows import rows_in_view
from layers.view.state import Filters, default_state
from tests.answers import once


def _measured(city: City, options: DensityOptions, **changes: Any) -> DensityAnswer:
    return once(measure, city, question(replace(default_state(city), density=options, **changes)))


def _files(answer: DensityAnswer, fmt: str = "geojson") -> Mapping[str, bytes]:
    return hand_over(answer, Form(fmt)).files


@pytest.fixture(scope="module")
def measured(tianjin: City) -> DensityAnswer:
    """The shipped city at the finest bandwidth."""
    return _measured(tianjin, DensityOptions(bandwidth_km=3))


def _read(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def _misfits(measured: DensityAnswer, shift_m: float = 0.0) -> int:
    """Count points whose pixel shows a class that no cell within one cell's distance has."""
    laid, surface = measured.picture, measured.surface
    assert laid is not None
    classes = np.asarray(Image.open(io.BytesIO(laid.png)))
    (south, west), (north, east) = laid.bounds
    rng = np.random.default_rng(5)
    x0, y0, x1, y1 = surface.grid.bounds
    xy = rng.uniform((x0 + 3e3, y0 + 3e3), (x1 - 3e3, y1 - 3e3), (4000, 2))
    xy = np.vstack([xy, [(p.x, p.y) for p in measured.places.geometry]])
    to_mercator = Transformer.from_crs(4326, 3857, always_xy=True)
    to_degrees = Transformer.from_crs(surface.crs, 4326, always_xy=True)
    left, low = to_mercator.transform(west, south)
    right, high = to_mercator.transform(east, north)
    x, y = to_mercator.transform(*to_degrees.transform(xy[:, 0] + shift_m, xy[:, 1]))
    column = ((x - left) / (right - left) * classes.shape[1]).astype(int)
    row = ((high - y) / (high - low) * classes.shape[0]).astype(int)
    seen = classes[row, column]
    moves = [(dx, dy) for dx in (-500, 0, 500) for dy in (-500, 0, 500)]
    near = np.array([surface.at(xy + move) for move in moves])
    of = np.searchsorted(measured.breaks, near, side="right")
    return int(((seen < of.min(axis=0)) | (seen > of.max(axis=0))).sum())


@pytest.mark.slow
def test_the_picture_fits_the_ground_to_within_one_cell(measured: DensityAnswer) -> None:
    assert _misfits(measured) == 0
    assert _misfits(measured, shift_m=2000) > 20, "the check must be able to fail"


def test_every_row_is_accounted_for(measured: DensityAnswer, tianjin: City) -> None:
    shown = rows_in_view(tianjin, default_state(tianjin)).places
    assert measured.shown == len(shown) == 85
    assert (
        measured.surface.n
        + measured.nested
        + measured.unmapped
        + measured.titles
        + measured.outside
        == measured.shown
    )
    # A second route: rows without a point, and rows whose parent has one too.
    bare = shown.geometry.isna() | shown.geometry.is_empty
    assert measured.unmapped == int((bare & shown["title_of"].isna()).sum()) == 18
    assert measured.titles == int(shown["title_of"].notna().sum()) == 5
    ids = set(shown.index[shown.geometry.notna()])
    nested = [i for i in ids if shown["parent_id"][i] in ids]
    assert measured.nested == len(nested) == 6
    for lang in ("zh", "en"):
        told = word(measured, lang)
        assert "85" in told.account[1]
        rows, mapped = (
            [int(n) for n in re.findall(r"(?<= )\d+(?= |$)", text)] for text in told.sums
        )
        assert rows == [85, 62, 5, 18]
        assert mapped == [62, 52, 6, 4]


@pytest.mark.parametrize(("lang", "word_for"), [("zh", "称号"), ("en", "title")])
def test_titles_are_named_only_where_there_are_any(
    measured: DensityAnswer, toy: City, lang: str, word_for: str
) -> None:
    bare = _measured(toy, DensityOptions(bandwidth_km=3))
    assert measured.titles > bare.titles == 0
    assert word_for in word(measured, lang).account[1]
    assert not any(word_for in line for line in word(bare, lang).account)


def test_the_surface_is_the_sum_of_kernels(measured: DensityAnswer) -> None:
    # Far from the boundary the edge correction is nothing: sum the kernels by hand at the peak.
    peak = measured.peaks[0]
    d2 = (measured.places.geometry.x - peak.x) ** 2 + (measured.places.geometry.y - peak.y) ** 2
    by_hand = float(np.exp(-d2 / (2 * 3000**2)).sum() / (2 * math.pi * 3**2))
    assert peak.value == pytest.approx(by_hand, rel=0.01)
    assert measured.districts["mass"].sum() == pytest.approx(measured.surface.n, rel=0.05)


@pytest.mark.slow
def test_the_geotiff_lies_in_the_right_place(measured: DensityAnswer, tianjin: City) -> None:
    with MemoryFile(_files(measured)["density.tif"]) as memory, memory.open() as tiff:
        assert tiff.crs.to_epsg() == tianjin.metric_epsg == 4548
        west, south, east, north = outlines(tianjin).total_bounds
        assert tiff.bounds.left <= west < east <= tiff.bounds.right
        assert tiff.bounds.bottom <= south < north <= tiff.bounds.top
        assert (tiff.bounds.right - east) < 500
        peak = measured.peaks[0]
        value = next(tiff.sample([(peak.x, peak.y)]))[0]
        assert value == pytest.approx(peak.value, rel=1e-6)
        tags = tiff.tags()
    assert tags["sigma_km"] == "3.0"
    assert tags["data_date"] == tianjin.data_date
    assert tags["city"] == "tianjin"
    assert "layers=" in tags["places"]
    assert "density.few" in tags["caveats"]


@pytest.mark.slow
def test_contours_carry_their_parameters(measured: DensityAnswer) -> None:
    found = json.loads(_files(measured)["density_contours.geojson"])
    assert [f["properties"]["level_per_km2"] for f in found["features"]] == list(measured.breaks)
    first = found["features"][0]["properties"]
    assert (first["sigma_m"], first["kernel"], first["n"]) == (3000.0, "gaussian", 52)
    assert first["unit"] == "1/km²"
    lon, lat = found["features"][0]["geometry"]["coordinates"][0][0]
    assert 116 < lon < 119
    assert 38 < lat < 41


@pytest.mark.slow
def test_tables_hold_the_numbers_of_the_screen(measured: DensityAnswer) -> None:
    package = hand_over(measured, Form("csv"))
    rows = _read(package.files["density_districts.csv"])
    assert float(rows[0]["mass"]) == measured.districts["mass"].max()
    told = word(measured, "zh")
    assert [row["name_zh"] for row in rows] == list(told.tables["districts"].index)
    peaks = _read(package.files["density_peaks.csv"])
    assert [float(row["per_km2"]) for row in peaks] == [p.value for p in measured.peaks]
    assert measured.holds is not None
    assert float(peaks[0]["holds"]) == measured.holds.value
    about = json.loads(package.files["manifest.json"])
    assert about["asked"]["kernel"] == "gaussian"
    assert about["result"]["zh"] == told.sentence
    assert package.zip() == hand_over(measured, Form("csv")).zip()


def test_a_stack_of_stand_ins_is_called_that(measured: DensityAnswer) -> None:
    stacked = [p for p in measured.peaks if p.label == "peak.coincident"]
    assert stacked
    sentence = speaker("zh")("peak.coincident", rows=3)
    told = word(measured, "zh")
    assert any(sentence in note for peak in told.peaks for note in peak.notes)


def test_what_is_finer_than_the_doubt_is_said_so(measured: DensityAnswer) -> None:
    doubt = measured.places["uncertainty_m"]
    told = word(measured, "zh")
    many = int((2 * doubt > 3000).sum())
    assert 0 < many < len(doubt)
    assert any(f"52 处中有 {many} 处的位置不确定度超过带宽" in text for text in told.notes)
    assert any("只能看作范围" in note for note in told.peaks[0].notes)


@pytest.mark.slow
def test_a_peak_finer_than_the_doubt_has_a_range_on_screen_in_the_table_and_in_the_file(
    measured: DensityAnswer,
) -> None:
    """Second route: every draw's kernels summed by hand, as shares of those as drawn."""
    places = measured.places
    there = located(places, argument="places")
    moves = displacements(there, draws=200, seed=SEED)
    told, rows = word(measured, "zh"), _read(_files(measured, "csv")["density_peaks.csv"])
    assert 1 < len(measured.peaks) <= 5
    xy = positions(places)
    for at, (peak, height) in enumerate(zip(measured.peaks, measured.heights, strict=True)):
        doubt = places.loc[list(peak.makers), "uncertainty_m"].max()
        assert doubt > 1500, "each of them rests on places less sure than half of 3 km"
        near = np.hypot(*(xy - (peak.x, peak.y)).T) <= 3000
        assert near.sum() >= 3, "one or two places are no peak"
        assert height is not None
        sums = []
        for move in (np.zeros_like(moves[0]), *moves):
            d2 = ((there.xy + move - (peak.x, peak.y)) ** 2).sum(axis=1)
            sums.append(np.exp(-d2 / (2 * 3000**2)).sum())
        low, high = np.percentile(peak.value * np.array(sums[1:]) / sums[0], [5, 95])
        assert (height.low, height.high) == pytest.approx((low, high))
        words = f"{number(100 * low)}–{number(100 * high)}"
        assert f"每百平方公里 {words} 处（90% 模拟区间）" in told.peaks[at].title
        assert draw(measured, "zh").handles[at].name == told.peaks[at].title
        assert words in str(told.tables["peaks"].iloc[at, 0])
        assert float(rows[at]["low_per_km2"]) == height.low
        assert float(rows[at]["high_per_km2"]) == height.high
        assert rows[at]["draws"] == "200"
        assert height.low <= peak.value <= height.high or any(
            number(100 * peak.value) in line and "模拟区间" in line for line in told.method
        ), "what is drawn outside its interval stands in the note on the method, with the reason"
    shown = " ".join([told.sentence, *told.account, *(words for _, words in told.legend)])
    shown += " ".join([*told.captions, *told.tables["peaks"].to_numpy().ravel()])
    assert number(100 * measured.surface.value) not in shown, (
        "a value never leaves its own interval"
    )
    for lang in ("zh", "en"):
        spoken = " ".join(note for peak in word(measured, lang).peaks for note in peak.notes)
        assert "置信区间" not in spoken
        assert "confidence interval" not in spoken


@pytest.mark.slow
def test_each_place_has_a_figure_or_a_range_after_its_own_doubt(measured: DensityAnswer) -> None:
    """Second route: the kernels at the centre of each place's cell, one place after the other."""
    rows = _read(_files(measured, "csv")["density_places.csv"])
    places = measured.places
    there = located(places, argument="places")
    moved = there.xy + displacements(there, draws=200, seed=SEED)
    assert [row["id"] for row in rows] == list(places.index)
    for row, (x, y), doubt in zip(rows, there.xy, places["uncertainty_m"], strict=True):
        assert row["answer"] == ("figure" if 2 * doubt <= 3000 else "interval")
        value = float(measured.surface.at(np.array([[x, y]]))[0])
        if row["answer"] == "figure":
            assert float(row["per_km2"]) == value
            assert row["low_per_km2"] == row["high_per_km2"] == ""
            continue
        centre = np.array([(x // 500 + 0.5) * 500, (y // 500 + 0.5) * 500])
        sums = [
            np.exp(-((xy - centre) ** 2).sum(axis=1) / (2 * 3000**2)).sum()
            for xy in (there.xy, *moved)
        ]
        low, high = np.percentile(value * np.array(sums[1:]) / sums[0], [5, 95])
        assert float(row["low_per_km2"]) == pytest.approx(low)
        assert float(row["high_per_km2"]) == pytest.approx(high)
        assert row["per_km2"] == ""
    assert {row["answer"] for row in rows} == {"figure", "interval"}


def test_no_range_is_drawn_where_a_doubt_is_not_known(measured: DensityAnswer) -> None:
    places = measured.places.copy()
    places.loc[places.index[0], "uncertainty_m"] = np.nan
    found = at_places(replace(measured, places=places))
    sure = 2 * places["uncertainty_m"] <= 3000
    assert (found["answer"] == np.where(sure, "figure", "refused")).all()
    assert found.loc[~sure, ["per_km2", "low_per_km2", "high_per_km2"]].isna().to_numpy().all()


@pytest.mark.slow
def test_a_bandwidth_wide_enough_gives_one_figure(tianjin: City) -> None:
    wide = _measured(tianjin, DensityOptions(bandwidth_km=8))
    told, rows = word(wide, "zh"), _read(_files(wide, "csv")["density_peaks.csv"])
    sure = [
        wide.places.loc[list(peak.makers), "uncertainty_m"].max() <= 4000 for peak in wide.peaks
    ]
    assert set(sure) == {True, False}
    for at, fine in enumerate(sure):
        assert (wide.heights[at] is None) == fine
        assert ("模拟区间" not in told.peaks[at].title) == fine
        assert (rows[at]["low_per_km2"] == "") == fine


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_without_a_known_doubt_there_is_no_figure(measured: DensityAnswer, lang: str) -> None:
    """The pack holds a doubt for every place: what if one were not known."""
    none = (None,) * len(measured.peaks)
    unknown = replace(measured, heights=none, holds=None, drawn_in={})
    told = word(unknown, lang)
    refusal = speaker(lang)("density_page.no_height")
    assert all(refusal in peak.title for peak in told.peaks)
    assert set(told.tables["peaks"].iloc[:, 0]) == {refusal}
    assert len(told.firmness) == 1


@pytest.mark.slow
def test_staying_on_its_spot_and_in_its_district_are_two_things(tianjin: City) -> None:
    found = _measured(tianjin, DensityOptions(bandwidth_km=5))
    told = word(found, "zh")
    assert found.holds is not None
    spot, _, district, so = told.firmness
    peak = found.peaks[0]
    near = np.hypot(*(found.holds.at - (peak.x, peak.y)).T) <= 5000
    assert f"200 次模拟中，{round(100 * near.mean())}% 的最高处仍在图上峰值的 5 公里以内" in spot
    # Each draw's peak in its district, one after the other.
    zones = outlines(tianjin).geometry
    codes = [zones.index[zones.contains(Point(at))][0] for at in found.holds.at]
    for code, times in Counter(codes).items():
        name = tianjin.districts["name_zh"][code]
        assert f"在{name}的占 {round(100 * times / 200)}%" in district
        assert found.drawn_in[code] == times / 200
    assert "只宜说“西青区与南开区一带”" in so
    # At 3 km the disc lies in one district, but a fifth of the draws put the peak in the other.
    fine = word(_measured(tianjin, DensityOptions(bandwidth_km=3)), "zh")
    assert "西青、南开交界" in fine.sentence


def test_what_is_seldom_is_not_never(measured: DensityAnswer) -> None:
    told = word(replace(measured, drawn_in={"120111": 0.995, "120104": 0.005}), "zh")
    assert "在西青区的占 99%、在南开区的占 <1%" in told.firmness[2]


@pytest.mark.parametrize(
    ("bandwidth", "asked", "used", "offered"),
    [
        (3, 0, 500, (0, 500, 1000)),
        (3, 100, 500, (0, 500, 1000)),
        (3, 1000, 1000, (0, 500, 1000)),
        (3, 2000, 500, (0, 500, 1000)),
        (5, 2000, 2000, (0, 500, 1000, 2000)),
        (8, 0, 500, (0, 500, 1000, 2000)),
        (12, 0, 1000, (0, 500, 1000, 2000)),
    ],
)
def test_a_cell_is_no_finer_than_the_rule_and_shows_the_surface(
    bandwidth: int, asked: int, used: int, offered: tuple[int, ...]
) -> None:
    assert cells(bandwidth) == offered
    assert min(offered[1:]) == INVENTORY_FINEST_CELL_M
    assert cell_of(DensityOptions(bandwidth_km=bandwidth, cell_m=asked)) == used


@pytest.mark.slow
def test_the_cell_arrives_in_every_result_and_its_rule_on_the_page(tianjin: City) -> None:
    coarse = _measured(tianjin, DensityOptions(bandwidth_km=5, cell_m=2000))
    assert coarse.surface.cell_m == 2000
    assert coarse.runs is not None
    assert set(coarse.runs.runs["cell_m"]) == {1000, 2000}
    told = word(coarse, "zh")
    assert any("网格 2\u202f000\u202fm" in text for text in told.method)
    many = int((2 * coarse.places["uncertainty_m"] > 2000).sum())
    assert any(f"52 处中有 {many} 处的位置不确定度超过网格" in text for text in told.notes)
    with MemoryFile(_files(coarse)["density.tif"]) as memory, memory.open() as tiff:
        assert tiff.res == (2000, 2000)
        assert "density.cell_too_fine_places" in tiff.tags()["caveats"]
        assert tiff.tags()["cell_too_fine"] == str(many)
    assert list(told.cells) == [0, 500, 1000, 2000]
    assert told.cells[0] == "自动（500\u202fm）"
    assert "位置精度" in told.rules[0]
    assert any("自适应带宽要有 200 个以上的点" in text for text in told.rules)
    refused = word(_measured(tianjin, DensityOptions(bandwidth_km=3, cell_m=2000)), "zh")
    assert "已改用自动" in refused.rules[0]


@pytest.mark.slow
def test_the_runs_use_the_surfaces_own_kernel(tianjin: City) -> None:
    found = _measured(tianjin, DensityOptions(bandwidth_km=5, kernel="quartic"))
    assert found.runs is not None
    assert {s.parameters["kernel"] for s in found.runs.surfaces} == {"quartic"}
    same = next(s for s in found.runs.surfaces if (s.cell_m, s.parameters["sigma_km"]) == (500, 5))
    assert np.array_equal(same.values, found.surface.values)
    assert found.holds is not None
    assert found.holds.parameters["kernel"] == "quartic"


@pytest.mark.slow
def test_the_peak_is_named_no_finer_than_the_bandwidth(tianjin: City) -> None:
    # At 5 km the highest cell lies on the border of two districts: both are named.
    told = word(_measured(tianjin, DensityOptions(bandwidth_km=5)), "zh")
    assert "西青、南开交界" in told.sentence
    assert len(told.sentence) <= 45
    assert any("最高处在西青区的占" in text for text in told.firmness)


def test_the_strip_shows_half_once_and_twice_on_two_grids(measured: DensityAnswer) -> None:
    told, runs = word(measured, "zh"), measured.runs
    assert runs is not None
    assert len(told.captions) == len(runs.runs) == 6
    assert [caption.split("，")[0] for caption in told.captions][:3] == [
        *("带宽 1.5 公里", "带宽 3 公里", "带宽 6 公里")
    ]
    assert [(at, words) for at, words, _ in told.beside] == [
        *((0, "1.5 公里"), (1, "本图 3 公里"), (2, "6 公里"))
    ]
    assert [here for _, _, here in told.beside] == [False, True, False]
    assert runs.verdict == "sensitivity.peak_moves"
    drawn = pictures(measured)
    assert len(drawn) == 6
    assert all(uri.startswith("data:image/svg+xml;base64,") for uri in drawn)


@pytest.mark.slow
@pytest.mark.parametrize("bandwidth", [3, 5, 8, 12])
def test_the_verdict_denies_no_peak_that_stays_in_the_districts_named(
    tianjin: City, bandwidth: int
) -> None:
    found = _measured(tianjin, DensityOptions(bandwidth_km=bandwidth))
    told, runs = word(found, "zh"), found.runs
    assert runs is not None
    zones = {str(zone) for zone in runs.runs["peak_zone"].dropna()}
    if zones <= set(districts_of(found, 0)):
        assert "不宜谈峰值" not in told.verdict
    else:
        assert speaker("zh")(runs.verdict, **runs.parameters) == told.verdict
        assert "不宜谈峰值" in told.account[0], "the first sentences promise what the strip denies"


def test_places_are_dots_of_four_pixels_over_the_surface(measured: DensityAnswer) -> None:
    drawing = draw(measured, "zh")
    (dots,) = drawing.shapes
    assert dots.radius == 2
    assert set(dots.frame.geom_type) == {"Point"}
    assert list(dots.frame[dots.name]) == list(measured.places["name_zh"])
    there = measured.places.geometry.to_crs(4326)
    assert dots.frame.geometry.geom_equals(there).all()
    sent = json.loads(json.dumps(drawing_json(drawing, 5)))
    assert sent["shapes"][0]["radius"] == 2


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_at_most_three_peaks_are_named_on_the_map_and_turn_outwards(
    tianjin: City, lang: str
) -> None:
    found = _measured(tianjin, DensityOptions(bandwidth_km=5))
    handles = draw(found, lang).handles
    named = [handle for handle in handles if handle.label]
    assert 0 < len(named) <= 3
    assert handles[0].label in word(found, lang).sentence
    order = sorted(handles, key=lambda handle: handle.lon)
    assert [handle.side for handle in order] == ["left", *["top"] * (len(order) - 2), "right"]
    sent = json.loads(json.dumps(drawing_json(draw(found, lang), 5)))["handles"]
    assert [each["properties"]["l"] for each in sent] == [handle.label for handle in handles]


@pytest.mark.slow
@pytest.mark.parametrize("bandwidth", [3, 5, 8, 12])
def test_the_legend_has_at_most_five_classes_per_100_km2(tianjin: City, bandwidth: int) -> None:
    found = _measured(tianjin, DensityOptions(bandwidth_km=bandwidth))
    told = word(found, "zh")
    assert 2 <= len(told.legend) <= 5
    assert told.legend[0][1].startswith(number(100 * found.breaks[0]))
    assert "每百平方公里" in told.legend_title
    assert "km²" not in " ".join([told.legend_title, *told.tables["peaks"].to_numpy().ravel()])


@pytest.mark.slow
def test_weights_and_kernel_change_the_surface(measured: DensityAnswer, tianjin: City) -> None:
    other = _measured(tianjin, DensityOptions(bandwidth_km=3, kernel="quartic"))
    assert other.surface.parameters["kernel"] == "quartic"
    assert not np.allclose(other.surface.values, measured.surface.values, rtol=0.01)
    weighed = _measured(tianjin, DensityOptions(bandwidth_km=3, weight="level"))
    levels, basis = measured.places["level"], measured.places["level_basis"]
    national = int(((levels == "national") & (basis != "aimed_at")).sum())
    middle = int((levels.isin(["ministerial", "municipal"]) & (basis != "aimed_at")).sum())
    by_hand = 52 + 2 * national + middle
    assert weighed.surface.parameters["weight_sum"] == pytest.approx(by_hand)
    assert "按级别加权" in word(weighed, "zh").sentence


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_to_measure_is_said(tianjin: City, lang: str) -> None:
    nothing = Filters(level=frozenset({"district"}), field=frozenset({"aerospace"}))
    changed: tuple[dict[str, Any], ...] = ({"layers": frozenset()}, {"filters": nothing})
    for changes in changed:
        empty = _measured(tianjin, DensityOptions(), **changes)
        told = word(empty, lang)
        empty_words = speaker(lang)("density_page.empty")
        assert told.sentence == speaker(lang)("view.filtered_first", text=empty_words)
        assert draw(empty, lang).raster is None
        assert (told.peaks, told.captions, told.verdict, told.account) == ((), (), "", ())
        assert len(told.rules) == 1, "nothing is said of a bandwidth that adapts to no place"
        assert hand_over(empty, Form()).zip()


def test_one_place_is_no_peak(toy: City) -> None:
    # platform-none has no site, zone-all and its part share a point: pilot zones give one place.
    one = _measured(toy, DensityOptions(), layers=frozenset({"pilot_zone"}))
    assert one.surface.n == 1
    assert one.peaks == ()
    told = word(one, "zh")
    assert "3 处以上" in told.sentence
    assert told.too_few
    assert told.tables["districts"].iloc[0, 1] != "–"


def test_the_ramp_is_even_and_of_one_hue() -> None:
    rgb = np.array([[int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)] for c in RAMP])
    for vision in ("normal", "deuteranomaly", "protanomaly", "tritanomaly"):
        space: Any = (
            "sRGB1"
            if vision == "normal"
            else {"name": "sRGB1+CVD", "cvd_type": vision, "severity": 100}
        )
        shown = np.clip(cspace_convert(rgb, space, "sRGB1"), 0, 1)
        steps = -np.diff(cspace_convert(shown, "sRGB1", "CAM02-UCS")[:, 0])
        assert steps.min() > 5.5, vision
        if vision == "normal":
            assert steps.max() / steps.min() < 1.15
    hue = np.unwrap(cspace_convert(rgb, "sRGB1", "JCh")[:, 2], period=360)
    assert hue.max() - hue.min() < 40
    assert shades(9) == RAMP
    assert len(set(shades(4))) == 4
