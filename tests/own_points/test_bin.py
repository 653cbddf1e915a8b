"""Hold the streamed grid against counting by hand, and account for every row."""

from __future__ import annotations

import math
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from pyproj import Transformer

from geo.base.errors import DataError, ParameterError
from geo.density.kernel_density import grid_density, kernel_density
from geo.grid.cells import Grid
from geo.grid.density_kernels import ONE
from geo.point_files import bin as stream
from geo.point_files import csv_records
from geo.point_files.apart import REASONS
from geo.point_files.bin import Binned, CancelledError, Columns, bin_points
from geo.point_files.sample import sample_points
from layers.language.messages import speaker
from tests import ROOT, examples
from tests.attack.means.point_files import nested, wkb_point

Floats = NDArray[np.float64]
WEST, SOUTH = 500_000.0, 4_300_000.0
GRID = Grid(WEST, SOUTH, 500.0, 40, 30)
Writer = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Writer:
    """Write columns to a Parquet file of small row groups."""

    def written(name: str = "a", *, group: int = 700, **columns: Any) -> Path:
        path = tmp_path / f"{name}.parquet"
        pq.write_table(pa.table(columns), path, row_group_size=group)
        return path

    return written


def points(n: int, seed: int = 0) -> Floats:
    return np.random.default_rng(seed).uniform(0, 1, (n, 2)) * [20_000, 15_000] + np.array(
        [WEST, SOUTH]
    )


def by_hand(xy: Floats, weights: Floats | None = None) -> Floats:
    """Share every point linearly among the four nearest centres, clamped at the rim."""
    counts = np.zeros((GRID.rows, GRID.columns))
    for k, (x, y) in enumerate(xy):
        column, row = (x - WEST) / 500 - 0.5, (y - SOUTH) / 500 - 0.5
        c, r = math.floor(column), math.floor(row)
        u, v = column - c, row - r
        for down, part in ((r, 1 - v), (r + 1, v)):
            for right, share in ((c, 1 - u), (c + 1, u)):
                at = min(max(down, 0), GRID.rows - 1), min(max(right, 0), GRID.columns - 1)
                counts[at] += part * share * (1.0 if weights is None else weights[k])
    return counts


def account(found: Binned) -> None:
    rejected_ = sum(found.rejected.values())
    assert found.read == found.n + found.outside + found.filtered + rejected_
    assert found.counts.sum() == round(found.weight_sum * ONE)
    for key in (*found.caveats, found.method):
        assert "{" not in speaker("zh")(key, **found.parameters)


def rejected(**counts: int) -> dict[str, int]:
    return dict.fromkeys(REASONS, 0) | counts


@pytest.mark.slow
def test_the_grid_is_that_of_counting_by_hand(write: Writer) -> None:
    xy = points(900)
    found = bin_points(
        [write(x=xy[:, 0], y=xy[:, 1])],
        grid=GRID,
        data_date="2026-11-20",
        columns=Columns(crs=4548),
    )
    np.testing.assert_allclose(found.counts / ONE, by_hand(xy), atol=0.03)  # steps of 1/1024
    assert found.counts.sum() == 900 * ONE
    assert (found.n, found.read, found.data_date) == (900, 900, "2026-11-20")
    account(found)


@pytest.mark.slow
def test_weights_are_shared_and_add_up(write: Writer) -> None:
    xy, weights = points(500), np.random.default_rng(1).exponential(20, 500)
    path = write(x=xy[:, 0], y=xy[:, 1], staff=weights)
    found = bin_points([path], grid=GRID, columns=Columns(weights="staff", crs=4548))
    np.testing.assert_allclose(found.counts / ONE, by_hand(xy, weights), atol=0.3)
    assert found.weight_sum == pytest.approx(weights.sum(), rel=1e-6)
    account(found)


@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_only_rows_with_a_value_wanted_count(write: Writer, tmp_path: Path, kind: str) -> None:
    xy, trade = points(900), [("甲", "乙", "")[k % 3] for k in range(900)]
    weights = np.arange(900.0)
    xy[4] = math.nan
    file = write(x=xy[:, 0], y=xy[:, 1], w=weights, trade=trade)
    if kind == "csv":
        table = pq.read_table(file).to_pandas()
        file = tmp_path / "a.csv"
        table.to_csv(file, index=False)
    columns = Columns(weights="w", filter_by="trade", wanted=("乙", ""), crs=4548)
    found = bin_points([file], grid=GRID, columns=columns)
    kept = np.array([k % 3 != 0 and k != 4 for k in range(900)])
    np.testing.assert_allclose(found.counts / ONE, by_hand(xy[kept], weights[kept]), atol=5)
    assert (found.read, found.n, found.filtered) == (900, 599, 300)
    assert found.rejected == rejected(**{"blank" if kind == "csv" else "nan": 1})
    assert found.weight_sum == weights[kept].sum()
    account(found)
    sample = sample_points([file], grid=GRID, columns=columns, most=900)
    np.testing.assert_allclose(sample.xy, xy[kept])


def test_every_row_is_accounted_for(write: Writer) -> None:
    inside = points(5)
    far, bad = [[WEST - 1, SOUTH], [WEST, SOUTH + 15_001]], [[math.nan, SOUTH], [math.inf, 1.0]]
    swapped = inside[:3, ::-1]
    xy = np.vstack([inside, far, bad, swapped])
    weights = np.array([1.0, -1.0, math.nan, math.inf, 2.0, *[1.0] * 7])
    path = write(x=xy[:, 0], y=xy[:, 1], w=weights)
    found = bin_points([path], grid=GRID, columns=Columns(weights="w", crs=4548))
    assert (found.read, found.n, found.outside) == (12, 2, 2)
    assert found.rejected == rejected(nan=1, not_a_number=1, swapped=3, weight=3)
    assert found.weight_sum == 3.0
    assert "stream.swapped" in found.caveats
    account(found)


@pytest.mark.slow
def test_null_and_whole_numbers_are_read(write: Writer) -> None:
    path = write(
        x=pa.array([WEST + 100, None, WEST + 300], pa.float32()),
        y=pa.array([int(SOUTH) + 100] * 3, pa.int64()),
    )
    found = bin_points([path], grid=GRID, columns=Columns(crs=4548))
    assert (found.n, found.rejected["blank"] + found.rejected["half_pair"]) == (2, 1)
    account(found)


@pytest.mark.slow
def test_all_ways_to_split_the_work_give_one_grid(
    write: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    xy = points(5000)

    def digest(cuts: list[int], group: int, cores: int) -> str:
        monkeypatch.setattr(stream, "cores", lambda: cores)
        parts = np.split(xy[np.random.default_rng(len(cuts)).permutation(5000)], cuts)
        files = [write(f"{k}", group=group, x=p[:, 0], y=p[:, 1]) for k, p in enumerate(parts)]
        found = bin_points(files, grid=GRID, columns=Columns(crs=4548))
        account(found)
        return found.digest

    ways = [([], 700, 2), ([], 5000, 1), ([1, 4000], 300, 2), ([100] * 3, 64, 3)]
    assert len({digest(*way) for way in ways}) == 1


def test_dask_workers_give_the_same_bits(write: Writer, cluster: str) -> None:
    xy = points(3000)
    files = [write(f"{k}", x=p[:, 0], y=p[:, 1]) for k, p in enumerate(np.split(xy, 3))]
    told: list[tuple[int, int]] = []
    there = bin_points(
        files,
        grid=GRID,
        scheduler=cluster,
        progress=lambda *done: told.append(done),
        columns=Columns(crs=4548),
    )
    here = bin_points(files, grid=GRID, columns=Columns(crs=4548))
    assert there.digest == here.digest
    assert told[-1] == (3000, 3000)
    account(there)


def test_dask_splits_one_file_among_the_workers_and_can_be_called_off(
    write: Writer, cluster: str
) -> None:
    xy = points(4000)
    path = write("one", group=100, x=xy[:, 0], y=xy[:, 1])
    area = shapely.box(WEST + 1000, SOUTH + 2000, WEST + 9000, SOUTH + 12_000)
    told: list[int] = []
    there = bin_points(
        [path], grid=GRID, boundary=area, scheduler=cluster,
        progress=lambda done, _: told.append(done), columns=Columns(crs=4548))  # fmt: skip
    with pytest.raises(CancelledError):
        bin_points(
            [path], grid=GRID, scheduler=cluster, cancel=lambda: True, columns=Columns(crs=4548)
        )
    assert (
        there.digest
        == bin_points([path], grid=GRID, boundary=area, columns=Columns(crs=4548)).digest
    )
    assert len(set(told)) > 2


def test_dask_is_spoken_to_in_tls_alone_where_the_address_says_so(
    write: Writer, tmp_path: Path
) -> None:
    distributed, dask = pytest.importorskip("distributed"), pytest.importorskip("dask")
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no certificate can be made: openssl is missing")
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    made = f"{openssl} req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=atlas".split()
    made += ["-keyout", str(key), "-out", str(cert)]
    subprocess.run(made, check=True, capture_output=True)
    tls = {"distributed.comm.tls.ca-file": str(cert)}
    for role in ("client", "scheduler", "worker"):
        tls[f"distributed.comm.tls.{role}.cert"] = str(cert)
        tls[f"distributed.comm.tls.{role}.key"] = str(key)
    path = write(x=[WEST + 1000.0], y=[SOUTH + 1000.0])
    with (
        dask.config.set(tls),
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=1, processes=False, dashboard_address=":0",
            protocol="tls://", security=distributed.Security(),
        ) as cluster,
    ):  # fmt: skip
        address = cluster.scheduler_address
        assert address.startswith("tls://")
        assert bin_points([path], grid=GRID, scheduler=address, columns=Columns(crs=4548)).n == 1
        for wrong in (None, str(tmp_path / "gone")):
            with (
                dask.config.set({"distributed.comm.tls.client.cert": wrong}),
                pytest.raises(ParameterError, match="DASK_DISTRIBUTED__COMM__TLS__CLIENT__CERT"),
            ):
                bin_points([path], grid=GRID, scheduler=address, columns=Columns(crs=4548))


def test_a_cluster_without_workers_is_refused(write: Writer) -> None:
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(n_workers=0, dashboard_address=":0") as cluster,
        pytest.raises(ParameterError, match="no_workers"),
    ):
        bin_points(
            [write(x=[1.0], y=[1.0])],
            grid=GRID,
            scheduler=cluster.scheduler_address,
            columns=Columns(crs=4548),
        )


def test_the_optional_requirements_are_those_tested() -> None:
    asked = (ROOT / "requirements-dask.txt").read_text(encoding="utf-8").splitlines()[-1]
    assert asked in (ROOT / "tests" / "requirements.in").read_text(encoding="utf-8").splitlines()


def test_a_scheduler_that_does_not_answer_is_named(
    write: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "ANSWER_S", 0.5)
    xy = points(5)
    with pytest.raises(ParameterError, match=r"tcp://127\.0\.0\.1:9"):
        bin_points(
            [write(x=xy[:, 0], y=xy[:, 1])],
            grid=GRID,
            scheduler="tcp://127.0.0.1:9",
            columns=Columns(crs=4548),
        )


@pytest.mark.slow
@pytest.mark.parametrize("geometry", [False, True])
def test_degrees_are_projected(write: Writer, geometry: bool) -> None:
    xy = points(400)
    lon, lat = Transformer.from_crs(4548, 4326, always_xy=True).transform(*xy.T)
    lon[:2], lat[:2] = lat[:2].copy(), lon[:2].copy()  # swapped by hand
    lon[2] = math.nan
    if geometry:
        path = write(geometry=shapely.to_wkb(shapely.points(lon, lat)).tolist())
        columns = Columns(geometry="geometry", source_crs="EPSG:4326", crs=4548)
    else:
        path, columns = (
            write(lon=lon, lat=lat),
            Columns("lon", "lat", source_crs="EPSG:4326", crs=4548),
        )
    found = bin_points([path], grid=GRID, columns=columns)
    assert found.rejected == rejected(**{"not_a_number" if geometry else "nan": 1}, swapped=2)
    np.testing.assert_allclose(found.counts / ONE, by_hand(xy[3:]), atol=0.03)
    account(found)


def test_well_known_binary_of_any_kind_is_read(write: Writer) -> None:
    shapes = [
        shapely.to_wkb(shapely.Point(WEST + 250, SOUTH + 250), byte_order=0),
        shapely.to_wkb(shapely.Point(WEST + 250, SOUTH + 250, 9)),
        shapely.to_wkb(shapely.LineString([(0, 0), (1, 1)])),
        None,
    ]
    path = write(geometry=pa.array(shapes, pa.large_binary()))
    found = bin_points([path], grid=GRID, columns=Columns(geometry="geometry", crs=4548))
    assert found.n == 2
    assert found.rejected == rejected(blank=1, not_a_point=1)
    assert found.counts[0, 0] == 2 * ONE
    account(found)


def test_no_geometry_of_others_reaches_geos(write: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    """100,000 collections in one another overflow its stack and end the process."""
    point, empty = wkb_point(WEST + 250, SOUTH + 250), wkb_point(math.nan, math.nan)
    values = [point, nested(100_000), None, empty, b"", point + b"1", empty]
    path = write(group=3, geometry=pa.array(values, pa.binary()), w=[1.0] * 7)
    monkeypatch.setattr(shapely, "from_wkb", lambda *_, **__: pytest.fail("GEOS was asked"))
    told: list[tuple[int, int]] = []
    for weights in (None, "w"):
        columns = Columns(geometry="geometry", weights=weights, crs=4548)
        found = bin_points(
            [path], grid=GRID, columns=columns, progress=lambda *done: told.append(done)
        )
        assert (found.read, found.n) == (7, 1)
        assert found.rejected == rejected(blank=1, not_a_point=3, empty_point=2)
        assert told[-1] == (7, 7)
        account(found)


def test_a_text_in_every_row_is_read_once(write: Writer) -> None:
    """14 kB that would take 200 GB: one long text in a dictionary, and two million rows."""
    codes = pa.array(np.zeros(300_000, np.int32))
    text = pa.DictionaryArray.from_arrays(codes, pa.array(["x" * 100_000]))
    before = pa.total_allocated_bytes()
    found = bin_points(
        [write(group=300_000, x=text, y=np.zeros(300_000))], grid=GRID, columns=Columns(crs=4548)
    )
    assert found.rejected == rejected(not_a_number=300_000)
    assert pa.total_allocated_bytes() - before < 1 << 20


def test_integers_said_to_be_points_are_refused(write: Writer) -> None:
    with pytest.raises(
        DataError,
        match=r"a\.parquet · row group 0 · geometry: point_column\.not_points type='int64'",
    ):
        bin_points(
            [write(geometry=[1, 2])], grid=GRID, columns=Columns(geometry="geometry", crs=4548)
        )


def test_two_columns_of_one_name_are_told_apart_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "two.parquet"
    names = pa.schema([(name, pa.float64()) for name in ("x", "y", "x")])
    pq.write_table(pa.Table.from_arrays([pa.array([1.0])] * 3, schema=names), path)
    for look in (
        lambda: list(stream.batches(path, Columns(crs=4548))),
        lambda: bin_points([path], grid=GRID, columns=Columns(crs=4548)),
    ):
        with pytest.raises(DataError, match="twice"):
            look()


def test_a_file_written_while_it_is_read_is_refused(write: Writer) -> None:
    xy = points(900)
    path, other = (write(name, group=900, x=xy[:, 0], y=xy[:, 1]) for name in "ab")

    def replace(*_: int) -> None:
        if other.exists():
            other.replace(path)

    with pytest.raises(DataError, match=r"points\.changed"):
        bin_points([path], grid=GRID, progress=replace, columns=Columns(crs=4548))


def test_no_folder_of_the_server_is_named(write: Writer, tmp_path: Path) -> None:
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"PAR1" + bytes(50) + b"PAR1")
    for path in (tmp_path / "none.parquet", tmp_path / "none.csv", tmp_path, broken):
        with pytest.raises(DataError) as caught:
            stream.columns_of(path)
        assert path.name in str(caught.value)
        assert str(tmp_path.parent) not in str(caught.value)


def test_whatever_goes_wrong_in_a_file_is_told_and_logged(
    write: Writer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    path = write(x=[1.0], y=[1.0])
    for error in (KeyError("x"), OverflowError("int too large"), MemoryError(), TypeError("no")):
        monkeypatch.setattr(stream, "numbers", Mock(side_effect=error))
        with pytest.raises(
            DataError, match=r"a\.parquet · row group 0: point_file\.(unreadable|memory)"
        ):
            bin_points([path], grid=GRID, columns=Columns(crs=4548))
    assert caplog.text.count("unforeseen while reading a.parquet") == 3


def test_csv_gives_the_same_grid(write: Writer, tmp_path: Path) -> None:
    xy = points(300)
    path = tmp_path / "points.csv"
    lines = [f"{k},{x!r},{y!r}" for k, (x, y) in enumerate(xy.tolist())]
    path.write_text("\ufeffname,x,y\n" + "\n".join(lines) + "\n9,,\n", encoding="utf-8")
    found = bin_points([path], grid=GRID, columns=Columns(crs=4548))
    assert found.rejected["blank"] == 1
    assert (
        found.digest
        == bin_points([write(x=xy[:, 0], y=xy[:, 1])], grid=GRID, columns=Columns(crs=4548)).digest
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("mark", [",", "\t", ";"])
def test_csv_of_any_kind_is_read_and_every_row_accounted_for(
    tmp_path: Path, encoding: str, mark: str
) -> None:
    x, y = WEST + 250, SOUTH + 250
    rows = [
        ["企业", "经度", "纬度"],
        ["甲", str(x), str(y)],
        ['"乙\n二行"', f" {x} ", str(y)],
        ["丙", "不详", str(y)],
        ["丁", "", ""],
        ["戊", str(x)],
        ["己", str(x), str(y), "多一格"],
        ["庚", str(y), str(x)],
        ["辛", str(WEST - 1), str(y)],
    ]
    path = tmp_path / "points.csv"
    path.write_bytes("\n".join(mark.join(row) for row in rows).encode(encoding))
    found = bin_points([path], grid=GRID, columns=Columns("经度", "纬度", crs=4548))
    assert (found.read, found.n, found.outside) == (8, 2, 1)
    assert found.rejected == rejected(half_pair=1, blank=1, swapped=1, torn=2)
    lines = {why: [one.line for one in rows] for why, rows in found.apart.named.items()}
    assert lines == {"half_pair": [5], "blank": [6], "torn": [7, 8], "swapped": [9]}
    assert [one.line for one in found.apart.strays] == [10]
    account(found)


def test_what_only_a_later_row_shows_is_read_or_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Notation, numbers of another system, a broken byte, notes below: behind plain rows."""
    monkeypatch.setattr(csv_records, "BLOCK", 64)
    there = b"a,117.1,38.9\n"
    later = [
        *("b,117°06′,38°54′\n", "c,東經117.1,38.9\n", 'd,"117,1","38,9"\n'),
        *("e,NaN,NaN\n", "f,0,0\n", "g,517250.0,4303000.0\n", "h,-,-\n", "i,38.9,117.1\n"),
        *("名,经度,纬度\n", "j,38°54′N,117°06′E\n", "合计：,,\n"),
    ]
    broken = "津津津津津津".encode()[:-1] + b",117.1,38.9\n"
    data = "名,经度,纬度\n".encode() + 9 * there + "".join(later).encode() + broken
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    columns = Columns("经度", "纬度", source_crs="EPSG:4326", crs=4548)
    found = bin_points([path], grid=GRID, columns=columns)
    account(found)
    named = {why: [one.line for one in rows] for why, rows in found.apart.named.items()}
    assert named == {
        "not_a_number": [12], "nan": [14], "zero": [15], "out_of_range": [16], "placeholder": [17],
        "swapped": [18], "header_again": [19], "total": [21],
    }  # fmt: skip
    assert {why: n for why, n in found.rejected.items() if n} == dict.fromkeys(named, 1)
    assert found.n == 13
    forms = {form: (one.rows, one.first.line) for form, one in found.apart.forms.items()}
    assert forms["broken_text"] == (1, 22)
    assert {"dms", "decimal_comma"} < set(forms)
    assert [(one.line, one.x) for one in found.apart.strays] == [(16, 517250.0)]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", r"point_file\.empty"),
        (b"\xff\xfex\x00,\x00y\x00\n\x00", "other_encoding"),
        (b"x,x,y\n1,2,3\n", r"x: point_column\.twice"),
    ],
)
def test_csv_without_a_usable_header_is_refused(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    path = tmp_path / "points.csv"
    path.write_bytes(content)
    with pytest.raises(DataError, match=reason):
        bin_points([path], grid=GRID, columns=Columns(crs=4548))


def test_a_csv_of_a_header_alone_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_text("x,y\n", encoding="utf-8")
    assert bin_points([path], grid=GRID, columns=Columns(crs=4548)).read == 0


def test_files_that_cannot_be_read_are_all_named(write: Writer, tmp_path: Path) -> None:
    good = write("good", x=[1.0], y=[1.0])
    lacking = write("lacking", lon=[1.0])
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"PAR1 no file")
    with pytest.raises(DataError) as caught:
        bin_points(
            [good, lacking, broken, tmp_path / "none.parquet"], grid=GRID, columns=Columns(crs=4548)
        )
    problems = caught.value.problems
    assert [(p.where, p.field) for p in problems] == [
        ("lacking.parquet", "x"),
        ("lacking.parquet", "y"),
        ("broken.parquet", ""),
        ("none.parquet", ""),
    ]


def test_a_bad_row_group_is_named(write: Writer) -> None:
    xy = points(3000)
    path = write("torn", group=1000, x=xy[:, 0], y=xy[:, 1])
    column = pq.ParquetFile(path).metadata.row_group(1).column(0)
    offset = column.dictionary_page_offset or column.data_page_offset
    data = bytearray(path.read_bytes())
    data[offset : offset + 60] = b"\xff" * 60
    path.write_bytes(data)
    with pytest.raises(DataError, match=r"torn\.parquet · row group 1"):
        bin_points([path], grid=GRID, columns=Columns(crs=4548))


def test_words_in_a_column_are_counted_and_numbers_among_them_read(write: Writer) -> None:
    x, y = [str(WEST + 250), "east", None], [str(SOUTH + 250)] * 3
    for kind in (pa.string(), pa.large_string(), pa.dictionary(pa.int8(), pa.string())):
        found = bin_points(
            [write(x=pa.array(x, kind), y=pa.array(y, kind))], grid=GRID, columns=Columns(crs=4548)
        )
        assert (found.n, sum(found.rejected.values())) == (1, 2)
        assert found.counts[0, 0] == ONE
        account(found)


def test_a_column_that_cannot_hold_numbers_is_refused(write: Writer) -> None:
    with pytest.raises(DataError, match=r"a\.parquet"):
        bin_points([write(x=[[1.0]], y=[[2.0]])], grid=GRID, columns=Columns(crs=4548))


def test_points_beyond_the_boundary_are_outside(write: Writer) -> None:
    xy = points(3000)
    area = shapely.box(WEST + 1000, SOUTH + 2000, WEST + 9000, SOUTH + 12_000)
    within = shapely.intersects_xy(area, xy[:, 0], xy[:, 1])
    rows = np.vstack([xy, [[math.nan, SOUTH]], [[SOUTH + 50, WEST + 50]]])
    path = write(x=rows[:, 0], y=rows[:, 1])
    found = bin_points([path], grid=GRID, boundary=area, columns=Columns(crs=4548))
    assert (found.n, found.outside) == (within.sum(), (~within).sum())
    assert found.rejected == rejected(nan=1, swapped=1)
    np.testing.assert_allclose(found.counts / ONE, by_hand(xy[within]), atol=0.03)
    account(found)


def test_progress_is_told_and_the_work_can_be_called_off(write: Writer) -> None:
    xy = points(4000)
    files = [write(f"{k}", group=500, x=xy[:, 0], y=xy[:, 1]) for k in range(3)]
    told: list[tuple[int, int]] = []
    bin_points(
        files, grid=GRID, progress=lambda *done: told.append(done), columns=Columns(crs=4548)
    )
    assert told[-1] == (12_000, 12_000)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    seen: list[int] = []

    def enough() -> bool:
        seen.append(1)
        return len(seen) > 3

    with pytest.raises(CancelledError) as caught:
        bin_points(files, grid=GRID, cancel=enough, columns=Columns(crs=4548))
    assert caught.value.key == "stream.cancelled"
    assert len(seen) == 4


def test_weights_that_add_up_to_too_much_are_refused(write: Writer) -> None:
    xy = points(3)
    path = write(x=xy[:, 0], y=xy[:, 1], w=[4e12, 4e12, 4e12])
    with pytest.raises(ParameterError):
        bin_points([path], grid=GRID, columns=Columns(weights="w", crs=4548))


def test_a_grid_without_cells_is_refused(write: Writer) -> None:
    path = write(x=[1.0], y=[1.0])
    for grid in (Grid(0, 0, 1, 0, 5), Grid(0, 0, 1, 10**5, 10**5)):
        with pytest.raises(ParameterError):
            bin_points([path], grid=grid, columns=Columns(crs=4548))


def test_no_files_and_empty_files_give_an_empty_grid(write: Writer) -> None:
    for files in ([], [write(x=pa.array([], pa.float64()), y=pa.array([], pa.float64()))]):
        found = bin_points(files, grid=GRID, columns=Columns(crs=4548))
        assert (found.n, found.read, found.caveats) == (0, 0, ("stream.none",))
        assert not found.counts.any()


def test_large_files_go_through_in_batches(write: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    xy = points(5000)
    path = write(group=5000, x=xy[:, 0], y=xy[:, 1])
    whole = bin_points([path], grid=GRID, columns=Columns(crs=4548))
    monkeypatch.setattr(stream, "BATCH_ROWS", 64)
    assert bin_points([path], grid=GRID, columns=Columns(crs=4548)).digest == whole.digest


def test_the_streamed_surface_is_the_direct_one(write: Writer) -> None:
    xy = points(3000)
    found = bin_points([write(x=xy[:, 0], y=xy[:, 1])], grid=GRID, columns=Columns(crs=4548))
    area = shapely.box(*GRID.bounds)
    streamed = grid_density(found.counts, GRID, n=found.n, sigma_m=2000, boundary=area, crs=4548)
    direct = kernel_density(xy, sigma_m=2000, cell_m=500, boundary=area, method="exact", crs=4548)
    np.testing.assert_allclose(streamed.values, direct.values, rtol=0.01)


@settings(max_examples=examples(30), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            *[
                st.one_of(
                    st.floats(allow_nan=True, allow_infinity=True),
                    st.floats(WEST, WEST + 20_000),
                    st.floats(SOUTH, SOUTH + 15_000),
                )
            ]
            * 2
        ),
        max_size=20,
    )
)
def test_hostile_rows_are_accounted_for(write: Writer, rows: list[tuple[float, float]]) -> None:
    xy = np.array(rows, dtype=np.float64).reshape(-1, 2)
    found = bin_points([write(x=xy[:, 0], y=xy[:, 1])], grid=GRID, columns=Columns(crs=4548))
    assert found.read == len(xy)
    account(found)
