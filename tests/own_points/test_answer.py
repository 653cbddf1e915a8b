"""Hold what is said of a reader's own points against counting by hand, and read back the files."""

from __future__ import annotations

import base64
import csv
import io
import json
import math
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import h3
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from rasterio.io import MemoryFile

from geo.density.kernel_density import adaptive_density, kernel_density
from geo.point_files.bin import CancelledError
from layers.handover.contents import Form
from layers.handover.documents import DICTIONARY, MANIFEST, SOURCES
from layers.language.values import THIN
from layers.own_points import clusters as points_clusters
from layers.own_points import reading as points_reading
from layers.own_points.answer import (
    PointsAnswer,
    draw,
    geotiff,
    hand_over,
    has_files,
    of_reading,
    pictures,
    relevant,
    word,
)
from layers.own_points.bins import PointsBins
from layers.own_points.clusters import PointsClusters
from layers.own_points.filtering import list_values, only
from layers.own_points.hot_spots import PointsHotSpots
from layers.own_points.reading import FileQuestion, fitting_cell, read
from layers.own_points.source import columns, layout, open_folder
from layers.own_points.surface import PointsSurface
from layers.own_points.wording import PointsWording, ladder
from layers.pack.city import City, outlines
from layers.view.codecs import choices, token
from layers.view.page_options import PointsOptions
from tests.handover.beside import data_and_papers
from tests.rfc7946 import check

Floats = NDArray[np.float64]
WEST, SOUTH = 500_000.0, 4_300_000.0
CENTRE = np.array([507_000.0, 4_306_000.0])
"""In the first district of the toy city, 甲区: four squares of 10 km."""
TO_DEGREES = Transformer.from_crs(4548, 4326, always_xy=True)


def heap(n: int = 600) -> Floats:
    """Half strewn over the toy city, half in a heap in 甲区."""
    rng = np.random.default_rng(4)
    strewn = rng.uniform(10, 19_990, (n // 2, 2)) + np.array([WEST, SOUTH])
    return np.vstack([strewn, CENTRE + rng.normal(0, 400, (n - n // 2, 2))])


def rows_of(xy: Floats) -> dict[str, Any]:
    """Points as degrees, with one row of each kind that is not used and one outside."""
    lon, lat = TO_DEGREES.transform(*xy.T)
    return {
        "lon": [*lon, math.nan, 38.9, 120.5],
        "lat": [*lat, 38.9, 117.1, 39.0],
        "staff": [*np.arange(len(xy)) % 7, 1, 1, 1],
    }


ROWS_OF = rows_of
Ask = Callable[..., PointsAnswer]


@pytest.fixture
def ask(tmp_path: Path, toy: City) -> Ask:
    """Write points to a file, read them, and answer."""

    def asked(
        xy: Floats | None = None,
        *,
        name: str = "enterprises.parquet",
        scheduler: str | None = None,
        **options: Any,
    ) -> PointsAnswer:
        path = tmp_path / name
        values = rows_of(heap() if xy is None else xy)
        pq.write_table(pa.table(values), path, row_group_size=150)
        chosen = PointsOptions(**options)
        source = open_folder(str(tmp_path)).sources[token(name)]
        found = columns(source, layout(source), chosen, plane=toy.metric_epsg, bbox=toy.bbox)
        assert found is not None
        if chosen.column:
            column = layout(source).of(chosen.column)
            assert column is not None
            listed = list_values(source, column, lambda *_: None, lambda: False)
            found = only(found, listed, chosen.values)
        cell = fitting_cell(chosen) or 100
        question = FileQuestion(toy, source, found, cell, scheduler)
        reading = read(question, lambda *_: None, lambda: False)
        return of_reading(reading, chosen, lambda *_: None, lambda: False)

    return asked


def text(said: PointsWording) -> str:
    tables = [frame.to_string() for frame in said.tables.values()]
    return " ".join([said.sentence, *said.account, *said.findings, *said.notes, *tables])


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("show", ["surface", "bins", "clusters", "hotspots", "parks"])
def test_every_row_is_accounted_for_in_words(ask: Ask, show: str, lang: str) -> None:
    shown = ask(show=show, grain="fine")
    said = word(shown, lang)
    numbers = [int(n.replace(THIN, "")) for n in re.findall(rf"[\d{THIN}]+", said.account[0])]
    assert numbers[:4] == [603, 600, 1, 2]
    assert numbers[0] == sum(numbers[1:4])
    why = [note for note in said.notes if note.startswith(("未采用", "Not used"))]
    assert len(why) == 2, "one no number, one swapped"
    assert "{" not in text(said)


@pytest.mark.slow
def test_the_surface_is_that_of_the_points_themselves(ask: Ask) -> None:
    shown = ask(sigma_m=1000, cell_m=250)
    assert isinstance(shown, PointsSurface)
    assert shown.surface is not None
    area = shown.reading.area
    direct = kernel_density(
        heap(), sigma_m=1000, cell_m=250, boundary=area, method="exact", crs=4548
    )
    row, column = (
        round((a - b) / 250)
        for a, b in ((direct.y0, shown.surface.y0), (direct.x0, shown.surface.x0))
    )
    rows, cols = direct.values.shape
    same = shown.surface.values[row : row + rows, column : column + cols]
    np.testing.assert_allclose(same, direct.values, atol=0.005 * direct.value)
    assert shown.surface.parameters["read"] == 603


@pytest.mark.slow
@pytest.mark.parametrize(("bandwidth", "kernel"), [("adaptive", "gaussian"), ("fixed", "quartic")])
def test_other_surfaces_are_those_of_the_points_themselves(
    ask: Ask, bandwidth: str, kernel: str
) -> None:
    shown = ask(sigma_m=2000, cell_m=250, bandwidth=bandwidth, kernel=kernel)
    assert isinstance(shown, PointsSurface)
    assert shown.surface is not None
    given: dict[str, Any] = {"sigma_m": 2000, "cell_m": 250, "boundary": shown.reading.area}
    direct = (
        adaptive_density(heap(), **given, crs=4548)
        if bandwidth == "adaptive"
        else kernel_density(heap(), kernel="quartic", **given, crs=4548)
    )
    assert shown.surface.value == pytest.approx(direct.value, rel=1e-6)
    assert "points_page.drawn" not in shown.surface.caveats


@pytest.mark.slow
def test_the_districts_hold_what_is_counted_by_hand(ask: Ask, toy: City) -> None:
    shown = ask()
    assert isinstance(shown, PointsSurface)
    zones, xy = outlines(toy), heap()
    for code, shape in zones.geometry.items():
        n = int(shapely.intersects_xy(shape, xy[:, 0], xy[:, 1]).sum())
        assert shown.districts.loc[code, "n"] == pytest.approx(n, abs=1)
        assert shown.districts.loc[code, "per_km2"] == pytest.approx(n / 100, abs=0.011)
    sentence = word(shown, "zh").sentence
    assert sentence.count("甲区") == 2, "densest there, and most of the points"
    assert "600 行" in word(shown, "zh").account[0]


@pytest.mark.slow
def test_where_districts_tie_none_has_the_most(ask: Ask) -> None:
    middles = [[WEST + x, SOUTH + y] for x in (5_000, 15_000) for y in (5_000, 15_000)]
    around = np.stack(np.meshgrid(*[np.arange(-4, 4) * 250.0] * 2), axis=-1).reshape(-1, 2)
    alike = word(ask(np.concatenate([middle + around for middle in middles])), "zh").spoken
    assert alike.startswith("4 个区的点一样密")
    assert "最多" not in alike


def test_of_few_points_it_is_only_said_how_many_lie_where(ask: Ask) -> None:
    middles = [[WEST + x, SOUTH + y] for x in (4_000, 14_000) for y in (4_000, 14_000)]
    shown = ask(np.array(middles))
    alike = word(shown, "zh")
    assert alike.spoken == "市内 4 个点，分在 4 个区，每区 1 个。"
    assert "不足 200 个点，不比疏密" in alike.account[0]
    assert not alike.legend
    assert alike.legend_title.startswith("不足 200 个点")
    assert draw(shown, "zh").raster is None, "nor does the map judge"
    tables = ("districts.csv", "rows.csv", "rows_not_used.csv", "points.geojson")
    data = {f"own_points_{name}" for name in tables}
    assert set(data_and_papers(files_of(shown))) == {*data, DICTIONARY, SOURCES, MANIFEST}
    two = word(ask(np.array([*middles, *middles[:2]])), "en").spoken
    assert two.endswith("have the most (2 each).")


@pytest.mark.parametrize("show", ["surface", "bins", "hotspots"])
def test_points_at_the_middle_of_a_district_are_no_peak(ask: Ask, toy: City, show: str) -> None:
    middle = toy.on_plane.geometry.iloc[0].centroid
    shown = ask(np.tile([[middle.x, middle.y]], (240, 1)), show=show)
    said, drawn = word(shown, "zh"), draw(shown, "zh")
    assert (drawn.raster, len(drawn.shapes)) == (None, 1), "the points, and nothing else"
    assert said.spoken == "市内 240 个点，都在甲区。"
    assert "240 个点落在区中心，不是实测位置" in said.account[0]


@pytest.mark.slow
def test_weights_are_counted_instead_of_points(ask: Ask) -> None:
    shown = ask(weight=token("staff"))
    assert isinstance(shown, PointsSurface)
    assert shown.districts["n"].sum() == pytest.approx(sum(k % 7 for k in range(600)))
    said = word(shown, "zh")
    assert said.legend_title == "“staff”/平方公里"
    assert "权重合计" in said.sentence


@pytest.mark.parametrize("show", ["surface", "bins", "clusters", "hotspots"])
def test_weights_that_are_all_zero_are_said_to_be(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, show: str
) -> None:
    monkeypatch.setitem(globals(), "rows_of", lambda xy: {**ROWS_OF(xy), "staff": [0.0] * 603})
    shown = ask(show=show, weight=token("staff"))
    weightless = show != "clusters"  # clusters are those of points, whatever they weigh
    assert ("权重合计为零" in word(shown, "zh").sentence) == weightless
    assert has_files(shown) != weightless


def test_the_classes_go_up_by_one_two_five() -> None:
    assert ladder(99.4) == (0.2, 0.5, 1, 2, 5, 10, 20, 50)
    assert ladder(100) == (0.2, 0.5, 1, 2, 5, 10, 20, 50)
    assert ladder(0.003)[-1] == 0.002
    assert ladder(0) == ()


@pytest.mark.parametrize(
    ("options", "cell"),
    [
        ({"sigma_m": 1000, "cell_m": 500}, 500),
        ({"sigma_m": 500, "cell_m": 500}, 250),
        ({"sigma_m": 1000, "cell_m": 250, "bandwidth": "adaptive"}, 100),
        ({"sigma_m": 500, "cell_m": 100, "bandwidth": "adaptive"}, None),
    ],
)
def test_a_cell_that_is_too_coarse_gives_way(options: dict[str, Any], cell: int | None) -> None:
    assert fitting_cell(PointsOptions(**options)) == cell


@pytest.mark.slow
def test_every_choice_offered_gives_a_surface_or_a_reason(ask: Ask) -> None:
    for sigma in choices(PointsOptions, "sigma_m"):
        shown = ask(heap(250), sigma_m=sigma, cell_m=500, bandwidth="adaptive")
        assert isinstance(shown, PointsSurface)
        assert (shown.surface is None) == (sigma == 500)
        assert has_files(shown) == (sigma != 500)
    assert "0.6" in word(ask(sigma_m=500, bandwidth="adaptive"), "zh").sentence


def test_hexagons_hold_what_h3_counts(ask: Ask) -> None:
    shown = ask(show="bins")
    assert isinstance(shown, PointsBins)
    lon, lat = TO_DEGREES.transform(*heap().T)
    expected = Counter(h3.latlng_to_cell(a, b, 7) for a, b in zip(lat, lon, strict=True))
    assert shown.bins.frame["n"].to_dict() == dict(expected)
    said = word(shown, "zh")
    assert f"{len(expected)} 格" in said.sentence
    assert len(draw(shown, "zh").shapes[0].frame) == len(expected)
    assert len(said.legend) == 9


def test_squares_hold_what_is_counted_by_hand(ask: Ask) -> None:
    shown = ask(show="bins", shape="square", grain="coarse")
    assert isinstance(shown, PointsBins)
    cells = Counter(map(tuple, np.floor(heap() / 5000).astype(int).tolist()))
    assert shown.bins.frame["n"].to_dict() == {f"square-{a}-{b}": n for (a, b), n in cells.items()}
    assert shown.bins.frame["area_km2"].to_numpy() == pytest.approx(25, rel=1e-4)
    whole = shown.bins.frame.index != "square-100-860"
    cut = replace(shown, bins=replace(shown.bins, frame=shown.bins.frame.assign(is_ranked=whole)))
    shaded, bare, _ = draw(cut, "zh").shapes
    assert len(shaded.frame) == len(cells) - 1
    assert (len(bare.frame), bare.fill, bare.colour) == (1, "", "")
    assert word(cut, "en").legend[-1] == (
        "",
        "Less than half a cell within the boundary: not shaded (1 cell)",
    )


def test_many_cells_are_drawn_class_by_class(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    from layers.own_points import bins as points_bins

    one = draw(ask(show="bins", grain="fine"), "zh").shapes[0].frame
    monkeypatch.setattr(points_bins, "MOST_CELLS_DRAWN", 50)
    many = draw(ask(show="bins", grain="fine"), "zh").shapes[0].frame
    assert len(many) == 9 < len(one)
    assert many.geometry.union_all().area == pytest.approx(one.geometry.union_all().area)


@pytest.mark.slow
def test_a_heap_is_found_as_a_cluster_and_the_rest_is_drawn_as_noise(ask: Ask) -> None:
    shown = ask(show="clusters", clusters="dbscan", reach_m=250, least=15)
    assert isinstance(shown, PointsClusters)
    assert shown.found.value == 1
    assert shapely.distance(shown.hulls.geometry.iloc[0], shapely.Point(CENTRE)) == 0
    apart = np.hypot(*(heap()[:, None] - heap()[None]).transpose(2, 0, 1)) + np.diag([1e9] * 600)
    assert shown.neighbour.parameters["observed_m"] == pytest.approx(apart.min(axis=0).mean())
    assert shown.neighbour.caveats == ("pattern.clustered",)
    assert shown.ripley.table["beyond"].iloc[0] == 1
    assert shown.picture is not None
    said = word(shown, "zh")
    assert "找到 1 个聚类" in said.sentence
    assert "最近邻指数" in said.findings[0]
    assert next(iter(said.tables.values())).iloc[0, 0] == "甲区"
    assert len(said.dots) == 2, "noise has a colour of its own"
    (plot,) = pictures(shown, "zh")
    svg = base64.b64decode(plot.uri.partition(",")[2]).decode()
    line = re.search(r'<path d="M([^"]+)" fill="none"', svg)
    assert line is not None
    assert line[1].count("L") == len(points_clusters.RADII_M) - 1
    assert "随机" in plot.caption


def test_evenly_strewn_points_are_not_called_crowded(ask: Ask) -> None:
    xy = np.random.default_rng(8).uniform(10, 19_990, (400, 2)) + np.array([WEST, SOUTH])
    shown = ask(xy, show="clusters")
    assert isinstance(shown, PointsClusters)
    assert shown.neighbour.caveats[0] == "pattern.random"
    assert 0.9 < shown.neighbour.value < 1.1


def test_large_inputs_are_tested_on_a_stated_part(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(points_clusters, "TESTED", 210)
    monkeypatch.setattr(points_clusters, "GROUPED", 300)
    shown = ask(show="clusters")
    assert isinstance(shown, PointsClusters)
    assert (shown.tested, len(shown.xy), shown.ripley.n) == (210, 300, 210)
    said = word(shown, "zh").account
    assert "210" in " ".join(said)
    assert "300" in " ".join(said)


def test_the_heap_is_hot_and_districts_get_no_stars(ask: Ask) -> None:
    shown = ask(show="hotspots", grain="medium")
    assert isinstance(shown, PointsHotSpots)
    hot = shown.cells[shown.cells["spot"] == "hot"].to_crs(4548)
    assert hot.geometry.union_all().covers(shapely.Point(CENTRE))
    assert hot.distance(shapely.Point(CENTRE)).max() < 4000
    assert shown.moran is not None
    said = word(shown, "zh")
    assert "不标星" in said.findings[-1]
    assert "5 公里" in said.findings[1], "another grid is looked at too"
    assert said.tables == {}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("show", ["bins", "clusters", "hotspots"])
def test_too_few_points_are_refused_with_the_source_of_the_minimum(
    ask: Ask, show: str, lang: str
) -> None:
    shown = ask(heap(199), show=show)
    said = word(shown, lang)
    assert "200" in text(said)
    assert ("自定" if lang == "zh" else "our own rule") in text(said)
    drawing = draw(shown, lang)
    (dots,) = drawing.shapes
    assert len(shapely.get_parts(dots.frame.geometry.iloc[0])) == 199, "the points are still shown"
    assert drawing.raster is None
    assert not has_files(shown)


@pytest.mark.parametrize("show", ["surface", "bins", "clusters", "hotspots", "parks"])
def test_points_elsewhere_are_said_to_lie_elsewhere(ask: Ask, show: str, toy: City) -> None:
    said = word(ask(heap(20) + np.array([0, 90_000]), show=show), "zh")
    assert "没有一行落在" in said.sentence
    assert toy.name.zh in said.sentence
    none = word(ask(np.zeros((0, 2)) + CENTRE, show=show), "zh")
    assert "0 行" in none.account[0]


def test_more_rows_than_are_kept_are_estimated_from_a_draw(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(points_reading, "KEPT", 300)
    shown = ask(show="bins", shape="square", grain="coarse")
    assert isinstance(shown, PointsBins)
    reading = shown.reading
    assert not reading.kept.whole
    assert len(reading.kept.xy) <= 300
    assert shown.bins.frame["weight"].sum() == pytest.approx(600), "the draw stands for all"
    said = word(shown, "zh")
    assert f"{len(reading.kept.xy)} 个点推算" in said.account[1]
    assert any("按比例推算" in note for note in said.notes)
    fixed, drawn = (ask(sigma_m=1000, kernel=kernel) for kernel in ("gaussian", "quartic"))
    assert isinstance(fixed, PointsSurface)
    assert isinstance(drawn, PointsSurface)
    assert fixed.surface is not None
    assert drawn.surface is not None
    assert "points_page.drawn" not in fixed.surface.caveats
    assert "points_page.drawn" in drawn.surface.caveats
    assert drawn.surface.mass == pytest.approx(600, rel=1e-6)


def test_reading_tells_how_far_it_is_and_stops_when_asked(ask: Ask) -> None:
    question = ask().reading.asked
    told_: list[tuple[str, int, int]] = []
    read(question, lambda *step: told_.append(step), lambda: False)
    assert ("points_page.stage.binning", 603, 603) in told_
    assert told_[-1] == ("points_page.stage.keeping", 602, 603)  # one row has no position
    with pytest.raises(CancelledError):
        read(question, lambda *_: None, lambda: True)
    reading = read(question, lambda *_: None, lambda: False)
    for show in ("surface", "bins", "clusters", "hotspots", "parks"):
        with pytest.raises(CancelledError):
            of_reading(reading, PointsOptions(show=show), lambda *_: None, lambda: True)


def test_a_cluster_that_fails_is_done_without_and_said_so(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geo.point_files.bin.ANSWER_S", 0.3)
    here = ask()
    there = ask(scheduler="tcp://127.0.0.1:9")
    assert there.reading.alone
    assert there.reading.binned.digest == here.reading.binned.digest
    said = word(there, "zh")
    assert any("已改在本机读取" in line for line in said.account)
    assert "127.0.0.1" not in text(said), "readers need not know where the cluster is"
    assert not any("已改在本机读取" in line for line in word(here, "zh").account)


def test_a_cluster_that_works_gives_the_same_bits_and_says_so(ask: Ask, cluster: str) -> None:
    there = ask(scheduler=cluster)
    assert not there.reading.alone
    assert there.reading.binned.digest == ask().reading.binned.digest
    assert any("由计算集群" in note for note in word(there, "zh").notes)


def files_of(shown: PointsAnswer) -> dict[str, bytes]:
    files = hand_over(shown, Form())
    assert files.zip() == hand_over(shown, Form()).zip()
    return dict(files.files)


def test_the_surface_goes_out_with_its_parameters_and_the_account(ask: Ask) -> None:
    shown = ask(sigma_m=1000, cell_m=250)
    assert isinstance(shown, PointsSurface)
    files = files_of(shown)
    assert files["surface.tif"] == geotiff(shown)
    with MemoryFile(files["surface.tif"]) as memory, memory.open() as tiff:
        assert tiff.crs.to_epsg() == 4548
        tags = tiff.tags()
        values = tiff.read(1, masked=True)
        x, y = tiff.xy(*np.unravel_index(int(values.argmax()), values.shape))
    assert math.hypot(x - CENTRE[0], y - CENTRE[1]) < 400
    account = [int(tags[name]) for name in ("read", "binned", "outside_city", "rejected")]
    assert account == [603, 600, 1, 2]
    assert (tags["sigma_m"], tags["file"]) == ("1000.0", "enterprises.parquet")
    check(files["own_points_contours.geojson"])
    lines = json.loads(files["own_points_contours.geojson"])

    assert {feature["properties"]["sigma_m"] for feature in lines["features"]} == {1000.0}
    manifest = json.loads(files["manifest.json"])
    assert manifest["result"]["read"] == 603
    asked = manifest["asked"]
    assert {name: asked[name] for name in ("show", "sigma_m", "kernel", "bandwidth")} == {
        "show": "surface", "sigma_m": 1000, "kernel": "gaussian", "bandwidth": "fixed",
    }  # fmt: skip
    assert asked["cell_m"] == 250
    assert {entry["name"] for entry in manifest["files"]} == set(files) - {"manifest.json"}
    table = list(csv.DictReader(io.StringIO(files["own_points_districts.csv"].decode("utf-8-sig"))))
    assert sum(float(row["points"]) for row in table) == 600


@pytest.mark.slow
@pytest.mark.parametrize(
    ("show", "shapes", "tables"),
    [
        ("bins", {"bins"}, {"bins_table"}),
        (
            "clusters",
            {"clusters"},
            {"clusters_table", "cluster_points", "ripley"},
        ),
        ("hotspots", {"hotspots"}, {"hotspots_table"}),
        ("parks", {"parks"}, {"parks_table"}),
    ],
)
def test_bins_clusters_and_spots_go_out_as_shapes_and_tables(
    ask: Ask, show: str, shapes: set[str], tables: set[str]
) -> None:
    files = files_of(ask(show=show))
    data = {
        *(f"own_points_{name}.geojson" for name in shapes),
        *(f"own_points_{name}.csv" for name in (*tables, "rows", "rows_not_used")),
    }
    assert set(data_and_papers(files)) == {*data, DICTIONARY, SOURCES, MANIFEST}
    for name in shapes:
        check(files[f"own_points_{name}.geojson"])
    rows = dict(list(csv.reader(io.StringIO(files["own_points_rows.csv"].decode("utf-8-sig"))))[1:])
    assert (rows["read"], rows["binned"], rows["rejected_swapped"]) == ("603", "600", "1")
    unused = files["own_points_rows_not_used.csv"].decode("utf-8-sig").splitlines()
    assert [line.split(",")[1:4] for line in unused[1:]] == [
        ["enterprises.parquet", "601", "nan"], ["enterprises.parquet", "602", "swapped"]
    ]  # fmt: skip


def test_nothing_that_does_not_matter_asks_the_question_anew() -> None:
    one = PointsOptions(show="bins", shape="square", sigma_m=500, least=5, kernel="quartic")
    other = replace(one, sigma_m=5000, least=50, kernel="gaussian", x="0" * 12)
    assert relevant(one) == relevant(other)
    assert relevant(one) != relevant(replace(one, grain="fine"))


def test_hostile_names_are_words_and_nothing_else(ask: Ask) -> None:
    name = "<img src=x onerror=alert(1)>{{7*7}}.parquet"
    shown = ask(name=name, show="bins")
    assert json.loads(files_of(shown)["manifest.json"])["result"]["file"] == name


@pytest.mark.slow
@pytest.mark.parametrize("show", ["surface", "bins", "clusters", "hotspots", "parks"])
def test_every_answer_names_the_file_and_its_date(ask: Ask, show: str) -> None:
    shown = ask(show=show)
    day = shown.reading.asked.source.day
    assert word(shown, "zh").sentence.startswith(f"“enterprises.parquet”（文件日期 {day}）：")
    assert word(shown, "en").sentence.startswith(f"“enterprises.parquet” (file of {day}): ")
    assert hand_over(shown, Form()).name.startswith(f"toy_enterprises_{day}_own_points_")
    stated = ask(show=show, dated="2025-12")
    assert word(stated, "zh").sentence.startswith("“enterprises.parquet”（数据时点 2025-12）：")
    assert any("2025-12，按文件或使用者所述" in note for note in word(stated, "zh").notes)
    assert {finding.parameters.get("data_date", "2025-12") for finding in stated.findings} == {
        "2025-12"
    }
    package = hand_over(stated, Form())
    assert package.name.startswith("toy_enterprises_2025-12_own_points_")
    manifest = json.loads(package.files[MANIFEST])
    assert manifest["asked"]["dated"] == manifest["result"]["data_date"] == "2025-12"
    assert manifest["result"]["data_date_known_from"] == "stated"


def test_what_cannot_be_measured_names_the_file_too(ask: Ask) -> None:
    said = word(ask(heap(20) + np.array([0, 90_000])), "zh")
    assert said.sentence.startswith("“enterprises.parquet”（文件日期 ")
    assert "没有一行落在" in said.sentence


@pytest.mark.slow
@pytest.mark.parametrize("show", ["surface", "bins", "clusters", "hotspots", "parks"])
def test_a_filter_acts_on_every_answer_and_is_said_wherever_it_acts(ask: Ask, show: str) -> None:
    wanted = frozenset({token("1"), token("5"), token("6")})
    shown = ask(show=show, column=token("staff"), values=wanted, grain="coarse")
    reading = shown.reading
    kept = np.isin(np.arange(600) % 7, [1, 5, 6])
    np.testing.assert_allclose(
        np.sort(reading.kept.xy, axis=0), np.sort(heap()[kept], axis=0), atol=1e-3
    )
    assert (reading.binned.n, reading.binned.filtered) == (kept.sum(), (~kept).sum())
    said = word(shown, "zh")
    assert "筛选后（staff：1、5、6）" in said.sentence
    assert f"{(~kept).sum()} 行被筛选掉" in said.account[0]
    package = hand_over(shown, Form())
    assert "_filtered_own_points_" in package.name
    manifest = json.loads(package.files[MANIFEST])
    assert manifest["filtered"] == {"acts": True, "zh": "staff：1、5、6", "en": "staff: 1, 5, 6"}
    assert manifest["result"]["filter_values"] == "1; 5; 6"
    assert "staff：1、5、6" in package.files[SOURCES].decode().split("##")[0]
    whole = ask(show=show)
    assert "筛选" not in text(word(whole, "zh"))
    assert json.loads(hand_over(whole, Form()).files[MANIFEST])["filtered"] == {"acts": False}


def test_a_share_of_what_is_filtered_is_not_called_one_of_the_city(ask: Ask) -> None:
    (table,) = word(
        ask(column=token("staff"), values=frozenset({token("1")})), "zh"
    ).tables.values()
    assert "占筛选后合计" in table
    assert "占全市" not in table


def test_of_many_values_a_sentence_names_a_few(ask: Ask) -> None:
    values = frozenset(token(str(k)) for k in range(5))
    assert "1、0、2等 5 种" in word(ask(column=token("staff"), values=values), "zh").sentence
