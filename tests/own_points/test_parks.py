"""Hold what is said of points near parks against counting by hand."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from numpy.typing import NDArray

from geo.base.draws import LEAST_DRAWS, SEED, displacements
from geo.base.points import located
from layers.handover.contents import Form
from layers.handover.documents import MANIFEST, SOURCES
from layers.own_points import parks as points_parks
from layers.own_points import reading as points_reading
from layers.own_points.answer import draw, hand_over, has_files, of_reading, word
from layers.own_points.parks import PointsParks, asked_kinds, park_kinds, parks_of, span
from layers.own_points.reading import FileQuestion, read
from layers.own_points.source import columns, layout, open_folder
from layers.pack.city import City
from layers.view.codecs import token
from layers.view.page_options import PointsOptions

Ask = Callable[..., PointsParks]
HEAP = np.array([506_000.0, 4_304_000.0])


def strewn(n: int = 500) -> NDArray[np.float64]:
    """Half of them about the middle of the first district, half all over the toy city."""
    rng = np.random.default_rng(7)
    wide = rng.uniform(10, 19_990, (n // 2, 2)) + np.array([500_000.0, 4_300_000.0])
    return np.vstack([wide, HEAP + rng.normal(0, 900, (n - n // 2, 2))])


@pytest.fixture
def ask(tmp_path: Path, toy: City) -> Ask:
    """Write metres to a file, read them, and count them near the parks of the toy city."""

    def asked(
        xy: NDArray[np.float64] | None = None, city: City = toy, **options: Any
    ) -> PointsParks:
        x, y = (strewn() if xy is None else xy).T
        pq.write_table(pa.table({"x": x, "y": y}), tmp_path / "a.parquet")
        source = open_folder(str(tmp_path)).sources[token("a.parquet")]
        chosen = PointsOptions(show="parks", **options)
        found = columns(source, layout(source), chosen, plane=city.metric_epsg, bbox=city.bbox)
        assert found is not None
        reading = read(FileQuestion(city, source, found, 250), lambda *_: None, lambda: False)
        shown = of_reading(reading, chosen, lambda *_: None, lambda: False)
        assert isinstance(shown, PointsParks)
        return shown

    return asked


def test_parks_are_what_the_pack_takes_for_them_or_what_is_chosen(tianjin: City, toy: City) -> None:
    assert park_kinds(tianjin) == ("science_park", "later_park")
    assert not len(toy.links)
    assert set(park_kinds(toy)) == {
        id_ for id_, layer in toy.layers.items() if layer.spec.group == "plan"
    }
    chosen = PointsOptions(parks=frozenset({"platform"}))
    assert asked_kinds(tianjin, chosen) == ("platform",)
    assert set(parks_of(tianjin, chosen)["kind"]) == {"platform"}
    assert parks_of(tianjin, chosen)["title_of"].isna().all()


def test_points_are_counted_near_each_park_in_every_draw(ask: Ask) -> None:
    shown = ask(parks=frozenset({"science_park"}))
    there = located(shown.parks, argument="parks")
    moved = there.xy + displacements(there, draws=LEAST_DRAWS, seed=SEED)
    for k, id_ in enumerate(there.frame.index):
        away = np.hypot(*(strewn()[:, None] - moved[None, :, k]).transpose(2, 0, 1))
        low, high = np.quantile((away <= 3000).sum(axis=0), [0.05, 0.95])
        assert shown.counts.loc[id_, "low"] == low
        assert shown.counts.loc[id_, "high"] == high
    row = shown.counts.loc["park-one"]
    said = word(shown, "zh")
    assert f"点最多，有 {row['low']:.0f}–{row['high']:.0f} 个" in said.sentence
    (table,) = said.tables.values()
    assert table.index.tolist() == ["第一大学科技园", "后来大学科技园"]
    assert table.iloc[0, 0] == f"{row['low']:.0f}–{row['high']:.0f}"
    assert table.iloc[0, 2] == "±300\u202f米"
    low, high = (100 * row[end] / 500 for end in ("low", "high"))
    assert table.iloc[0, 1] == f"{low:.0f}–{high:.0f}%", "whole where the interval is wide"
    drawn = draw(shown, "zh")
    assert drawn.subject
    rings, _ = drawn.shapes
    assert len(rings.frame) == 2
    areas = rings.frame.to_crs(4548).area
    assert areas.to_numpy() == pytest.approx(np.pi * 3000**2, rel=1e-2)


def test_a_park_in_doubt_beyond_the_radius_has_no_number(ask: Ask) -> None:
    shown = ask(parks=frozenset({"gathering_area", "platform", "sign_area"}))
    said = word(shown, "zh")
    (table,) = said.tables.values()
    assert dict(zip(table.index, table.iloc[:, 0], strict=True))["第一创新集聚区"] == "暂不计算"
    assert "另有 1 处园区的位置不确定度大于 3 公里" in " ".join(said.account)
    assert "另有 2 处园区位置不详或只知所属区" in " ".join(said.account)
    wider = ask(parks=frozenset({"gathering_area"}), within_m=5000)
    assert wider.nearby.value == 2


def test_what_the_draws_leave_open_is_left_open(ask: Ask, toy: City) -> None:
    zones = PointsOptions(parks=frozenset({"pilot_zone"}))
    middle = located(parks_of(toy, zones), argument="parks").xy[0]
    even = ask(middle + np.arange(300)[:, None], parks=zones.parks)
    assert "难分先后" in word(even, "zh").sentence
    assert "none clearly first" in word(even, "en").sentence
    vague = word(ask(parks=frozenset({"sign_area"})), "zh")
    assert "没有一处园区的位置准到 3 公里以内" in vague.sentence
    far = ask([519_000.0, 4_319_000.0] + np.arange(300)[:, None], parks=frozenset({"science_park"}))
    assert "都没有点" in word(far, "zh").sentence
    assert has_files(far)


def test_the_most_is_no_fewer_than_any_park_surely_has(ask: Ask) -> None:
    shown = ask()
    known = shown.counts.dropna()
    assert f"{known['low'].max():.0f}–{known['high'].max():.0f} 个" in word(shown, "zh").sentence


def test_a_draw_stands_for_all_and_weights_do_not_matter(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = ask(parks=frozenset({"science_park"}))
    monkeypatch.setattr(points_reading, "KEPT", 250)
    monkeypatch.setattr(points_parks, "GROUPED", 100)
    shown = ask(parks=frozenset({"science_park"}))
    assert shown.counts.loc["park-one", "mid"] == pytest.approx(
        whole.counts.loc["park-one", "mid"], rel=0.3
    )
    said = word(shown, "zh")
    assert any("按比例推算" in note for note in said.notes)
    thin = "\u202f"
    assert span(whole, 1234.0, 5678.0) == f"1{thin}234–5{thin}678"
    assert span(shown, 1234.0, 5678.0) == f"1{thin}230–5{thin}680", "an estimate, and rounded"


def test_counts_go_out_with_their_intervals_and_sources(ask: Ask, toy: City) -> None:
    shown = ask(parks=frozenset({"science_park", "sign_area"}))
    files = hand_over(shown, Form()).files
    points = json.loads(files["own_points_parks.geojson"])["features"]
    assert {each["id"] for each in points} == {"park-one", "park-late"}
    table = csv.DictReader(io.StringIO(files["own_points_parks_table.csv"].decode("utf-8-sig")))
    rows = {row["id"]: row for row in table}
    assert float(rows["park-one"]["near_low"]) == shown.counts.loc["park-one", "low"]
    assert rows["sign-maybe"]["near_low"] == ""
    assert rows["park-one"]["radius_m"] in ("3000", "3000.0")
    sources = files[SOURCES].decode()
    assert toy.layers["sign_area"].provenance.citation.zh in sources
    asked = json.loads(files[MANIFEST])["asked"]
    assert asked["within_m"] == 3000
    assert sorted(asked["parks"]) == ["science_park", "sign_area"]
