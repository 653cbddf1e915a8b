from __future__ import annotations

import geopandas as gpd
import pytest
from shapely import Point

from geo.base.crs import require_metric
from geo.base.errors import AtlasError, CrsError


def sites(crs: object) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=[Point(500_000, 4_300_000)], crs=crs)


@pytest.mark.parametrize("epsg", [4548, 4527, 32650])
def test_a_plane_in_metres_passes(epsg: int) -> None:
    require_metric(sites(epsg), argument="sites")


def test_a_series_passes_as_a_frame_does() -> None:
    require_metric(sites(4548).geometry, argument="sites")


@pytest.mark.parametrize(
    ("crs", "key", "word"),
    [
        (None, "crs_missing", "crs.missing"),
        (4326, "crs_not_metric", "crs.not_metric crs='WGS 84'"),
        (4490, "crs_not_metric", "crs.not_metric crs='China Geodetic"),
        (2263, "crs_not_metric", "ftUS"),
        (3857, "crs_not_metric", "crs.web_mercator"),
    ],
)
def test_anything_else_is_refused_by_name(crs: int | None, key: str, word: str) -> None:
    with pytest.raises(CrsError) as caught:
        require_metric(sites(crs), argument="candidates")
    assert caught.value.key == key
    (problem,) = caught.value.problems
    assert problem.where == "candidates"
    assert word in str(problem)


def test_the_error_is_a_value_error_too() -> None:
    assert issubclass(CrsError, ValueError)
    assert issubclass(CrsError, AtlasError)
