"""Show that points are read by header and length alone, and nothing else is looked into."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import shapely

from geo.point_files.wkb import EMPTY, FOREIGN, MISSING, POINT, points
from tests.attack.means.point_files import nested, wkb_point

PLAIN = wkb_point(117.1, 38.9)


@pytest.mark.parametrize(
    "value",
    [
        PLAIN,
        wkb_point(117.1, 38.9, order=">"),
        wkb_point(117.1, 38.9, 5, kind=1001),
        wkb_point(117.1, 38.9, 5, kind=2001, order=">"),
        wkb_point(117.1, 38.9, 5, 6, kind=3001),
        wkb_point(117.1, 38.9, 5, kind=0x80000001),
        wkb_point(117.1, 38.9, 5, kind=0x40000001, order=">"),
        wkb_point(117.1, 38.9, 5, 6, kind=0xC0000001),
        b"\x01" + struct.pack("<II2d", 0x20000001, 4326, 117.1, 38.9),
        b"\x00" + struct.pack(">II3d", 0xA0000001, 4326, 117.1, 38.9, 5),
        shapely.to_wkb(shapely.Point(117.1, 38.9, 5), flavor="iso"),
        shapely.to_wkb(
            shapely.set_srid(shapely.Point(117.1, 38.9), 4490), include_srid=True, flavor="extended"
        ),
    ],
)
def test_points_of_every_dialect_are_read_as_geos_reads_them(value: bytes) -> None:
    found = points(pa.array([PLAIN, value, None]))
    there: Any = shapely.from_wkb(value)
    assert (found.x[1], found.y[1]) == (there.x, there.y) == (117.1, 38.9)
    assert found.kind.tolist() == [POINT, POINT, MISSING]


@pytest.mark.parametrize(
    "value",
    [
        nested(100_000),  # GEOS overflows its stack
        shapely.to_wkb(shapely.LineString([(0, 0), (1, 1)])),
        shapely.to_wkb(shapely.MultiPoint([(117.1, 38.9), (117.2, 38.9)])),
        PLAIN + b"\x00",
        PLAIN[:-1],
        b"",
        b"\x02" + PLAIN[1:],
        wkb_point(117.1, 38.9, kind=1001),
        wkb_point(117.1, 38.9, 5),
        wkb_point(117.1, 38.9, kind=4001),
        wkb_point(117.1, 38.9, kind=0x20000001),
        b"POINT (117.1 38.900)",
    ],
)
def test_what_is_no_point_is_never_looked_into(value: bytes) -> None:
    for kind in (pa.binary(), pa.large_binary(), pa.binary_view()):
        found = points(pa.array([PLAIN, value], kind))
        assert found.kind.tolist() == [POINT, FOREIGN]
        assert np.isnan(found.x[1])


def test_an_empty_point_and_no_point_are_told_apart() -> None:
    empty = shapely.to_wkb(shapely.Point())
    found = points(pa.array([empty, None, PLAIN]))
    assert found.kind.tolist() == [EMPTY, MISSING, POINT]
    assert points(pa.array([empty, empty])).kind.tolist() == [EMPTY, EMPTY]


def test_columns_of_any_make_are_read() -> None:
    values = [PLAIN, None, nested(3)]
    for column in (
        pa.array(values).dictionary_encode(),
        pa.array([PLAIN, *values])[1:],
        pa.chunked_array([values]).combine_chunks(),
    ):
        assert points(column).kind.tolist() == [POINT, MISSING, FOREIGN]
    fixed = points(pa.array([PLAIN, None], pa.binary(21)))
    assert fixed.kind.tolist() == [POINT, MISSING]
    assert points(pa.nulls(2)).kind.tolist() == [MISSING, MISSING]
    assert points(pa.array([], pa.binary())).kind.tolist() == []


@pytest.mark.parametrize("column", [pa.array([1, 2]), pa.array(["POINT (1 2)"]), pa.array([True])])
def test_a_column_of_anything_else_is_refused(column: pa.Array) -> None:
    with pytest.raises(ValueError, match="not_points"):
        points(column)
