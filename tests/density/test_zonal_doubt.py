"""Show that what lies in each area, with places moved, is what the moved surfaces hold."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.base.errors import ParameterError
from geo.density.kernel_density import Kernel, kernel_density
from geo.density.surface import zonal_mass
from geo.density.zonal_doubt import zonal_doubt

AREA = shapely.box(0, 0, 30_000, 20_000)
ZONES = gpd.GeoDataFrame(
    geometry=[shapely.box(0, 0, 12_300, 20_000), shapely.box(12_300, 0, 30_000, 20_000)],
    index=["west", "east"],
    crs=4548,
)
PLACES = np.array([[9_000.0, 8_000.0], [12_000.0, 9_000.0], [25_000.0, 15_000.0]])
MOVES = np.random.default_rng(7).uniform(-2_500, 2_500, (20, 3, 2))
WEIGHTS = (1.0, 3.0, 2.0)


@pytest.mark.parametrize("kernel", ["gaussian", "quartic"])
def test_the_interval_is_that_of_the_surfaces_made_anew(kernel: Kernel) -> None:
    how: dict[str, Any] = {
        "sigma_m": 3_000,
        "cell_m": 500,
        "boundary": AREA,
        "kernel": kernel,
        "crs": 4548,
    }
    drawn = kernel_density(PLACES, weights=WEIGHTS, **how)
    found = zonal_doubt(drawn, PLACES + MOVES, ZONES, boundary=AREA, weights=WEIGHTS)
    masses = pd.DataFrame(
        [
            zonal_mass(kernel_density(xy, weights=WEIGHTS, **how), ZONES)["mass"]
            for xy in PLACES + MOVES
        ]
    )
    for name, share in (("low", 0.05), ("high", 0.95)):
        assert found[name].to_numpy() == pytest.approx(masses.quantile(share).to_numpy(), rel=0.01)


def test_a_place_moved_beyond_the_boundary_still_counts() -> None:
    drawn = kernel_density([[1_000.0, 1_000.0]], sigma_m=2_000, cell_m=500, boundary=AREA, crs=4548)
    out = np.array([[[-1_500.0, 1_000.0]]])
    assert zonal_doubt(drawn, out, ZONES, boundary=AREA)["low"]["west"] > 0.2


def test_no_places_give_zeros_and_a_wrong_shape_is_refused() -> None:
    drawn = kernel_density(np.empty((0, 2)), sigma_m=2_000, cell_m=500, boundary=AREA, crs=4548)
    assert not zonal_doubt(drawn, np.empty((3, 0, 2)), ZONES, boundary=AREA).to_numpy().any()
    with pytest.raises(ParameterError):
        zonal_doubt(drawn, PLACES, ZONES, boundary=AREA)
