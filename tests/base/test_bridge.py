"""Show that a declared reference system is used as it is declared, or refused by its reason."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import geopandas as gpd
import geopandas.array
import numpy as np
import pytest
from pyproj import CRS, Transformer

from geo.base.bridge import Bridge, bridge, canonical, lend_to_geopandas, name_of
from geo.base.errors import CrsError
from layers.language.messages import LANGS, speaker

PLANE = 4548
AREA = (474_000.0, 4_266_000.0, 593_000.0, 4_456_000.0)
LON, LAT = np.array([117.0, 117.2, 117.9]), np.array([38.7, 39.1, 40.1])


def from_text(text: str) -> dict[str, Any]:
    definition: dict[str, Any] = json.loads(CRS.from_user_input(text).to_json())
    return definition


LOCAL = from_text(
    "+proj=tmerc +lat_0=0 +lon_0=117.16666667 +k=1 +x_0=500000 +y_0=0 +ellps=GRS80 +type=crs"
)
"""A plane of a town's own: no register knows it, nor names its datum."""
SHIFTED = from_text("+proj=longlat +ellps=krass +towgs84=15.8,-154.4,-82.3 +type=crs")
GRIDDED = from_text("+proj=longlat +ellps=krass +nadgrids=/srv/pipe +type=crs")


def way_of(said: object) -> Bridge:
    return bridge(canonical(said, where="a.parquet"), PLANE, AREA)


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("EPSG:4326", "EPSG:4326"),
        ("OGC:CRS84", "EPSG:4326"),
        (CRS.from_epsg(4979).to_json_dict(), "EPSG:4326"),
        (CRS.from_epsg(4527).to_json_dict(), "EPSG:4527"),
        (CRS.from_epsg(4548).to_wkt(), "EPSG:4548"),
    ],
)
def test_a_register_s_entry_is_written_as_its_code(said: object, text: str) -> None:
    assert canonical(said, where="a.parquet") == text
    assert name_of(text) == text


def test_a_code_is_believed_only_if_the_definition_equals_it() -> None:
    said = CRS.from_epsg(4548).to_json_dict()
    said["conversion"]["parameters"][1]["value"] = 117.5
    text = canonical(said, where="a.parquet")
    assert text.startswith("{"), "what is declared counts, not the code that stands beside it"
    assert canonical(json.loads(text), where="a.parquet") == text


@pytest.mark.parametrize("said", ["EPSG:4326", "EPSG:4490", "EPSG:4527", "EPSG:32650", "EPSG:3857"])
def test_a_known_plane_leads_to_the_place_that_pyproj_finds_through_degrees(said: str) -> None:
    x, y = Transformer.from_crs(4326, said, always_xy=True).transform(LON, LAT)
    expected = Transformer.from_crs(4326, PLANE, always_xy=True).transform(LON, LAT)
    way = way_of(said)
    assert np.abs(np.subtract(way.transform(x, y), expected)).max() < 1e-3
    assert (way.accuracy_m, way.datum) == (0.0, "")


@pytest.mark.parametrize("said", ["EPSG:4326", "EPSG:4284", "EPSG:32650", LOCAL, SHIFTED])
def test_a_way_without_a_search_in_every_thread_gives_the_same_bits(said: object) -> None:
    way = way_of(said)
    crs = CRS(said)
    x, y = there = Transformer.from_crs(4326, crs, always_xy=True).transform(LON, LAT)
    for step in way.steps:
        x, y = step.transform(x, y)
    with ThreadPoolExecutor(1) as elsewhere:
        assert np.array_equal(elsewhere.submit(way.transform, *there).result(), (x, y))


def test_a_plane_without_a_code_is_used_as_declared_and_its_datum_is_doubted() -> None:
    x, y = Transformer.from_crs(4326, CRS(LOCAL), always_xy=True).transform(LON, LAT)
    way = way_of(LOCAL)
    expected = Transformer.from_crs(4326, PLANE, always_xy=True).transform(LON, LAT)
    assert np.abs(np.subtract(way.transform(x, y), expected)).max() < 1e-3
    assert way.accuracy_m is None
    assert "GRS 1980" in way.datum


def test_a_datum_with_a_shift_is_shifted() -> None:
    east, north = way_of(SHIFTED).transform(LON, LAT)
    plain_east, plain_north = way_of("EPSG:4326").transform(LON, LAT)
    moved = np.hypot(east - plain_east, north - plain_north)
    # By hand: to the centre of the Earth, by the declared vector, and out again.
    geocentric = Transformer.from_crs(
        "+proj=longlat +ellps=krass", "+proj=geocent +ellps=krass", always_xy=True
    ).transform(LON, LAT, np.zeros(3))
    x, y, z = (axis + by for axis, by in zip(geocentric, (15.8, -154.4, -82.3), strict=True))
    centred = Transformer.from_crs(
        "+proj=geocent +ellps=WGS84", "+proj=longlat +ellps=WGS84", always_xy=True
    ).transform(x, y, z)
    expected = way_of("EPSG:4326").transform(np.array(centred[0]), np.array(centred[1]))
    assert np.abs(np.subtract((east, north), expected)).max() < 1e-3
    assert moved.min() > 50
    assert way_of(SHIFTED).accuracy_m is None, "the file's own parameters come without a doubt"
    assert way_of("EPSG:4284").accuracy_m, "PROJ states how good its own are"


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ({}, "crs_unknown"),
        ({"type": "nonsense"}, "crs_unknown"),
        (17, "crs_unknown"),
        ("+proj=longlat +nadgrids=/srv/pipe", "crs_unknown"),
        ("+init=/etc/passwd:1", "crs_unknown"),
        ("EPSG:0", "crs_unknown"),
        ({**CRS.from_epsg(4548).to_json_dict(), "remarks": "x" * 100_001}, "crs_unknown"),
        (GRIDDED, "crs_kind"),
        ('LOCAL_CS["plan",UNIT["metre",1]]', "crs_kind"),
        ("EPSG:5773", "crs_kind"),
        ("EPSG:4978", "crs_kind"),
        ("EPSG:4214", "crs_datum"),
        ("EPSG:4610", "crs_datum"),
        ("EPSG:2437", "crs_datum"),
    ],
)
def test_what_cannot_be_used_is_refused_by_its_reason(said: object, key: str) -> None:
    with pytest.raises(CrsError) as caught:
        way_of(said)
    assert caught.value.key == f"stream.{key}"
    assert all(speaker(lang)(f"error.{caught.value.key}") for lang in LANGS)


def test_a_definition_of_unbounded_nesting_never_reaches_proj() -> None:
    said: dict[str, Any] = from_text("EPSG:4326")
    for _ in range(50_000):
        said = {"type": "BoundCRS", "source_crs": said}
    with pytest.raises(CrsError):
        canonical(said, where="a.parquet")


def test_a_system_that_does_not_reach_the_city_is_refused() -> None:
    gnomonic = from_text("+proj=gnom +lat_0=-39 +lon_0=-63 +ellps=WGS84 +type=crs")
    with pytest.raises(CrsError) as caught:
        way_of(gnomonic)
    assert caught.value.key == "stream.crs_reach"


def test_bounds_of_the_plane_lead_back_into_the_system() -> None:
    west, south, east, north = way_of("EPSG:4527").bounds(AREA)
    assert (west, south, east, north) == pytest.approx(
        (39_474_000, 4_266_000, 39_593_000, 4_456_000), abs=1e-3
    )


def test_geopandas_gives_the_same_to_the_last_bit_from_bare_steps(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own = Transformer.from_crs
    monkeypatch.setattr(geopandas.array, "TransformerFromCRS", own)
    points = gpd.GeoSeries.from_xy(LON, LAT, crs=4326)
    there = points.to_crs(PLANE)
    back = there.to_crs(4326)
    lend_to_geopandas()
    assert points.to_crs(PLANE).geom_equals_exact(there, 0).all()
    assert there.to_crs(4326).geom_equals_exact(back, 0).all()
    lent = geopandas.array.TransformerFromCRS
    assert lent(CRS(4326), CRS(PLANE), always_xy=True).source_crs is None, "nothing to search for"
    assert lent(CRS(4326), CRS(PLANE), always_xy=True) is lent(
        CRS(4326), CRS(PLANE), always_xy=True
    )
