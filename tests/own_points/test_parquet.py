"""Show that a Parquet file is weighed before it is unpacked, and must hold what it says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from geo.base.errors import UnfitError
from geo.point_files import bin as stream
from geo.point_files import parquet, thrift
from geo.point_files.apart import Apart
from geo.point_files.bin import Columns
from geo.point_files.parquet import batches
from geo.point_files.wkb import POINT, points
from tests.attack.means import thrift_pages
from tests.attack.means.point_files import nested, wkb_point

BODY = np.full(1000, 117.1).tobytes()


def read(path: Path, *names: str, rows: int = 1 << 17) -> list[pa.RecordBatch]:
    found = batches(path, names or ("lon", "lat"), None, rows)
    return [batch for _, batch, _ in found if batch is not None]


@pytest.fixture
def put(tmp_path: Path) -> Callable[[bytes], Path]:
    def written(data: bytes) -> Path:
        path = tmp_path / "a.parquet"
        path.write_bytes(data)
        return path

    return written


Put = Callable[[bytes], Path]


def coded(value: str | bytes, rows: int) -> pa.Array:
    codes = pa.array(np.zeros(rows, np.int32))
    return pa.DictionaryArray.from_arrays(codes, pa.array([value]))


@pytest.mark.parametrize("value", ["x" * 100_000, nested(10_000), b"x" * 65])
def test_a_dictionary_is_read_as_one(tmp_path: Path, value: str | bytes) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"v": coded(value, 200_000)}), path)
    before = pa.total_allocated_bytes()
    found = read(path, "v")
    assert sum(len(batch) for batch in found) == 200_000
    assert pa.total_allocated_bytes() - before < 3 << 20  # rows written out: 20 GB
    del found


def test_points_of_one_length_are_written_out(tmp_path: Path) -> None:
    """They are read seven times as fast so, and cannot grow."""
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"v": [wkb_point(k, 1) for k in range(5000)] * 3}), path)
    (batch,) = read(path, "v")
    assert batch.column("v").type == pa.binary()
    assert (points(batch.column("v")).kind == POINT).all()


def test_long_texts_are_read_a_few_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    texts = [f"{k}" + "x" * 60_000 for k in range(600)]
    pq.write_table(
        pa.table({"v": texts}), path, use_dictionary=False, compression="zstd",
        data_page_size=1 << 19, write_batch_size=4, write_statistics=False,
    )  # fmt: skip
    found = read(path, "v")
    assert sum(len(batch) for batch in found) == 600
    assert max(batch.nbytes for batch in found) < parquet.MOST_BATCH + (2 << 20)


@pytest.mark.parametrize(
    ("values", "options", "what"),
    [
        (
            ["7" * 100_000] * 300,
            {"data_page_size": 1 << 30, "write_batch_size": 300},
            "column_page",
        ),
        (["7" * 9000] * 300, {"data_page_size": 1 << 30, "write_batch_size": 300}, "column_heavy"),
        (["7" * 900] * 3, {"column_encoding": {"v": "DELTA_BYTE_ARRAY"}}, "column_prefixed"),
        ([[1.0]], {}, "column_lists|no_plain_column"),
        ([{"v": 1.0}], {}, "no_plain_column"),
        (pa.array([b"7" * 100] * 3, pa.binary(100)), {}, "column_wide name='v' n=100"),
    ],
)
def test_what_is_no_position_is_refused_before_it_is_unpacked(
    tmp_path: Path, values: object, options: dict[str, object], what: str
) -> None:
    path = tmp_path / "a.parquet"
    table = pa.table({"v": values})
    pq.write_table(table, path, use_dictionary=False, compression="zstd", **options)
    with pytest.raises(UnfitError, match=what):
        read(path, "v")


@pytest.mark.parametrize(
    ("page", "said", "what"),
    [
        (thrift_pages.page(BODY, 1000, size=2**31 - 1), {}, "column_page name='lon' n=2147483647"),
        (thrift_pages.page(BODY, 1000, size=-1), {}, "negative_page"),
        (thrift_pages.page(BODY, 1000, packed=9000), {}, "pages_beyond"),
        (thrift_pages.page(BODY, 1000), {"group_rows": 999}, "rows_differ said=1000 n=999"),
        (thrift_pages.page(BODY, 1000), {"rows": -1}, "rows_differ said=-1"),
        (thrift_pages.page(BODY[:8], 1) * 101, {"values": 10**6}, "pages most=100"),
        (b"\x1c" * 200, {}, "description_wrong|page_headless"),
        (b"", {}, "group_differs n=0 said=1000"),
    ],
)
def test_a_file_must_hold_what_it_says(
    put: Put, page: bytes, said: dict[str, int], what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "MOST_PAGES", 100)
    options: dict[str, Any] = {"values": 1000, "rows": 1000} | said
    path = put(thrift_pages.file(page, **options))
    with pytest.raises((ValueError, OSError), match=what):
        read(path)


def test_a_file_written_by_hand_is_read(put: Put) -> None:
    (batch,) = read(put(thrift_pages.file(thrift_pages.page(BODY, 1000), values=1000, rows=1000)))
    assert batch.column("lon").to_pylist() == [117.1] * 1000


def test_a_description_that_contradicts_itself_does_not_end_the_process(put: Put) -> None:
    """Arrow's own way to ask for a piece of a column does: an exception of C++ leaves it."""
    page = thrift_pages.page(BODY, 1000)
    path = put(thrift_pages.file(page, values=1000, rows=1000, more=thrift_pages.TEXT_SIZES))
    with pytest.raises(OSError, match="does not support DOUBLE"):
        read(path)


def test_a_dictionary_cannot_hide_behind_a_second_description(put: Put) -> None:
    """What the first of two says, and the second does not, holds for Arrow, and for us."""
    first = thrift.Reader(b"\x1c\x66\x08\x00\x0c\x02\x16\x10\x00\x00").struct()
    assert first == {(1, 12): {(6, 6): 4, (1, 6): 8}}


LEAF = thrift_pages.element(b"x", kind=5)
PIECES = thrift_pages.listed(b"\x26\x00\x00" * 90_000, 90_000)


@pytest.mark.parametrize(
    "footer",
    [
        thrift_pages.described(
            thrift_pages.element(b"r", children=70_000) + LEAF * 70_000, 70_001, 0, b"", 0
        ),
        thrift_pages.described(LEAF, 1, 0, b"\x19" + PIECES + b"\x16\x00\x16\x00\x00", 1),
        thrift_pages.described(LEAF, 1, 0, b"", 2**31 - 1),
        b"\x1c" * 100_000,
        b"\x19" * 100_000,
        b"\x1b\x01",
        b"\x15",
    ],
)
def test_a_description_is_weighed_before_it_is_unpacked(
    put: Put, footer: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pq, "read_metadata", lambda *_: pytest.fail("was unpacked"))
    with pytest.raises((ValueError, EOFError)):
        read(put(thrift_pages.closed(b"", footer)))


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "empty"),
        (b"PAR1", "no_parquet"),
        (b"PAR1" + b"x" * 20, "not_whole"),
        (b"PAR1" + b"\xff\xff\xff\x7fPAR1", "not_whole"),
    ],
)
def test_what_is_no_parquet_is_refused(put: Put, data: bytes, what: str) -> None:
    with pytest.raises(UnfitError, match=what):
        read(put(data))


def test_too_many_columns_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"lon": [1.0], "lat": [1.0], "n": [1]}), path)
    monkeypatch.setattr(parquet, "MOST_COLUMNS", 2)
    with pytest.raises(UnfitError, match="columns n=3"):
        read(path)


@pytest.mark.parametrize("is_geometry", [False, True])
def test_a_total_is_no_blank_row_and_its_name_is_read_for_it_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_geometry: bool
) -> None:
    names = [f"企业{k}" for k in range(40)]
    lon = [117.0 + k / 100 for k in range(40)]
    names[8], names[25], names[39] = "合计", "", "小计"
    for k in (8, 25, 39):
        lon[k] = float("nan")
    path = tmp_path / "a.parquet"
    if is_geometry:
        points = [None if x != x else shapely.Point(x, 39) for x in lon]
        gpd.GeoDataFrame({"name": names}, geometry=points, crs=4326).to_parquet(
            path, row_group_size=10
        )
        columns = Columns(geometry="geometry", source_crs="EPSG:4326", crs=4548)
    else:
        pd.DataFrame({"name": names, "lon": lon, "lat": 39.0}).to_parquet(path, row_group_size=10)
        columns = Columns("lon", "lat", source_crs="EPSG:4326", crs=4548)
    opened: list[Sequence[str]] = []
    read = batches

    def noted(of: Path, names: Sequence[str], *rest: Any) -> Any:
        opened.append(names)
        return read(of, names, *rest)

    monkeypatch.setattr(parquet, "batches", noted)
    apart, out = Apart(), dict[str, int]()
    assert sum(len(one.x) for one in stream.batches(path, columns, None, out, apart)) == 37
    assert out.pop("total") == 2
    assert sum(out.values()) == 1
    assert [place.line for place in apart.named["total"]] == [9, 40]
    # Of four row groups one has no row without a position: its names are not read.
    assert len(opened) == 1 + 3
