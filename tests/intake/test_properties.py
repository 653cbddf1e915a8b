"""Show for any table that each row ends in one account, whatever the order of rows and columns."""

from __future__ import annotations

import io
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.intake.take_in import take_in
from layers.pack.city import City
from tests import examples
from tests.intake.files import csv, frame

FEW = csv(["名,e,n", "p,522567,4333339"])
CELLS = st.one_of(
    st.sampled_from(
        ["", "-", "NaN", "0", "117.2", "39.1", "117°12′", "117,2", "合计", "x", '"', "1e9"]
    ),
    st.floats(-200, 200).map(lambda value: f"{value:.4f}"),
    st.text(max_size=8),
)


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


@pytest.mark.slow
@settings(max_examples=examples(40))
@given(
    rows=st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=12),
    seed=st.integers(0, 9),
    raw=st.booleans(),
)
def test_rows_in_are_rows_out(
    tianjin: City, rows: list[tuple[str, str, str]], seed: int, raw: bool
) -> None:
    """Torn rows, quotes and line ends within cells included."""
    write = str if raw else quoted
    body = [",".join(map(write, row)) for row in rows]
    sure = [f"p{k},117.{k + 1}2345,39.{k + 1}2345" for k in range(3)]
    first = take_in(("a.csv", csv(["名称,经度,纬度", *sure, *body])), tianjin, {}).report
    account = first.rows
    assert account.read == account.used + account.outside + sum(account.not_used.values())
    if raw or not all(cell.isprintable() for row in rows for cell in row):
        return
    order = [*sure, *body]
    random.Random(seed).shuffle(order)
    again = take_in(("b.csv", csv(["名称,经度,纬度", *order])), tianjin, {}).report
    assert (again.status, again.rows) == (first.status, account)


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 0, 1], [1, 2, 0]])
def test_the_order_of_columns_and_parts_changes_nothing(
    order: list[int], tmp_path: Path, tianjin: City
) -> None:
    lon, lat = np.linspace(116.9, 117.6, 40), np.linspace(38.8, 39.8, 40)
    cells = [
        [f"p{k}", f"{x:.5f}", f"{y:.5f}"] for k, (x, y) in enumerate(zip(lon, lat, strict=True))
    ]
    head = ["名称", "lon", "lat"]
    text = io.StringIO("\n".join(",".join(row[at] for at in order) for row in [head, *cells[:20]]))
    names = ["a.csv", "b.csv"] if order[0] else ["b.csv", "a.csv"]
    (tmp_path / names[0]).write_text(text.getvalue(), "utf-8")
    (tmp_path / names[1]).write_text(
        "\n".join(",".join(row) for row in [head, *cells[20:]]), "utf-8"
    )
    whole = take_in(("w.csv", csv([",".join(row) for row in [head, *cells]])), tianjin, {}).report
    report = take_in(tmp_path, tianjin, {}).report
    assert report.rows == whole.rows
    assert report.rows.read == 40


@pytest.mark.slow
@pytest.mark.thorough
def test_any_plane_of_the_register_that_reaches_the_city_is_read_back(tianjin: City) -> None:
    """Our own export in any projected system of the region, read in the system that is named.

    All planes of EPSG, and every twentieth of ESRI and IGNF. Those on Beijing 1954 and Xian 1980
    (such as EPSG:2436 and 2364; degrees: 4214, 4610) are refused: PROJ knows no shift here, and to
    guess would cost 50 to 200 m.
    """
    from pyproj import CRS
    from pyproj.aoi import AreaOfInterest
    from pyproj.database import query_crs_info
    from pyproj.enums import PJType
    from pyproj.exceptions import ProjError

    area = AreaOfInterest(*tianjin.bbox)
    found = [
        f"{authority}:{info.code}"
        for authority, every in (("EPSG", 1), ("ESRI", 20), ("IGNF", 20))
        for info in query_crs_info(
            authority, [PJType.PROJECTED_CRS], area_of_interest=area, contains=True
        )[::every]
        if info.code != "32600"  # the grid of all UTM zones, which is no plane
    ]
    assert take_in(("p.csv", FEW), tianjin, {"crs": "EPSG:32600"}).report.status == "refused"
    tried = set()
    expected = frame(4548).geometry
    for code in [*found, "IGNF:WGS84MILLGP", "IAU_2015:39986"]:
        try:
            placed = frame(code).geometry
        except ProjError:  # a method that PROJ lacks
            continue
        lines = ["名,e,n", *(f"p,{a!r},{b!r}" for a, b in zip(placed.x, placed.y, strict=True))]
        taken = take_in(("p.csv", csv(lines)), tianjin, {"crs": code})
        if taken.reading is None or taken.reading.used != 10:
            continue  # refused for its datum, or northings stand first in its numbers
        far = np.hypot(taken.reading.rows["x"] - expected.x, taken.reading.rows["y"] - expected.y)
        ground = CRS(code).geodetic_crs
        assert ground is not None
        if "China 2000" in str(ground.datum) or "1984" in str(ground.datum):
            assert far.max() < 1e-3, code
            tried.add(code.split(":")[0])
    assert tried >= {"EPSG", "ESRI"}
