"""Show that the points kept are those that were binned, and that a draw is fair and repeatable."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from geo.point_files import bin as stream
from geo.point_files.bin import CancelledError, Columns, bin_points
from geo.point_files.sample import sample_points
from tests.own_points.test_bin import GRID, SOUTH, WEST, points

AREA = shapely.box(WEST + 1000, SOUTH + 2000, WEST + 9000, SOUTH + 12_000)


def written(folder: Path, name: str, group: int = 700, **columns: object) -> Path:
    path = folder / f"{name}.parquet"
    pq.write_table(pa.table(columns), path, row_group_size=group)
    return path


@pytest.mark.slow
def test_all_points_are_kept_where_there_is_room(tmp_path: Path) -> None:
    xy = np.vstack([points(2000), [[math.nan, SOUTH]], [[SOUTH + 50, WEST + 50]], [[0, 0]]])
    weights = np.random.default_rng(3).uniform(-0.1, 1, len(xy))
    path = written(tmp_path, "a", x=xy[:, 0], y=xy[:, 1], w=weights)
    columns = Columns(weights="w", crs=4548)
    kept = sample_points([path], grid=GRID, columns=columns, most=5000, boundary=AREA)
    binned = bin_points([path], grid=GRID, columns=columns, boundary=AREA)
    good = shapely.intersects_xy(AREA, xy[:, 0], xy[:, 1]) & (weights >= 0)
    assert kept.whole
    assert len(kept.xy) == binned.n == good.sum()
    np.testing.assert_array_equal(kept.xy, xy[good])
    np.testing.assert_array_equal(kept.weights, weights[good])


def test_a_draw_is_repeatable_fair_and_of_the_size_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "BATCH_ROWS", 512)
    xy = points(20_000)
    xy = xy[np.argsort(xy[:, 0])]  # the file is sorted: its beginning is no fair draw
    files = [written(tmp_path, str(k), x=p[:, 0], y=p[:, 1]) for k, p in enumerate(np.split(xy, 2))]
    one, two = (
        sample_points(files, grid=GRID, columns=Columns(crs=4548), most=1000) for _ in range(2)
    )
    np.testing.assert_array_equal(one.xy, two.xy)
    assert not one.whole
    assert len(one.xy) == 1000
    assert {tuple(row) for row in one.xy.tolist()} <= {tuple(row) for row in xy.tolist()}
    # A quarter of the sheet holds a quarter of the draw: 250, standard deviation 13.7.
    quarter = np.histogram(one.xy[:, 0], np.linspace(WEST, WEST + 20_000, 5))[0]
    assert np.abs(quarter - 250).max() < 60
    other = sample_points(files, grid=GRID, columns=Columns(crs=4548), most=1000, seed=1)
    assert not np.array_equal(one.xy, other.xy)


def test_a_draw_can_be_called_off_and_tells_how_far_it_is(tmp_path: Path) -> None:
    xy = points(3000)
    path = written(tmp_path, "a", x=xy[:, 0], y=xy[:, 1])
    told: list[int] = []
    sample_points([path], grid=GRID, columns=Columns(crs=4548), most=10, progress=told.append)
    assert told[-1] == 3000
    with pytest.raises(CancelledError):
        sample_points([path], grid=GRID, columns=Columns(crs=4548), most=10, cancel=lambda: True)


def test_nothing_gives_nothing() -> None:
    kept = sample_points([], grid=GRID, columns=Columns(crs=4548), most=10)
    assert kept.xy.shape == (0, 2)
    assert kept.whole
