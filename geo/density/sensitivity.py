"""Say whether a finding survives another bandwidth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike
from shapely.geometry.base import BaseGeometry

from geo.base.finding import Finding
from geo.density.kernel_density import Kernel, kernel_density
from geo.density.peaks import top_of
from geo.density.surface import Surface, require_plane, zonal_mass
from geo.grid.cells import Grid
from geo.grid.polygons import cell_shares

SHARE_SHIFT = 0.05
"""A district's share of the mass may shift by this much before the finding is called unsteady."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Sensitivity(Finding):
    """The same surface several times; the main figure is the largest shift of a district's share.

    Parameters
    ----------
    runs
        One row per surface: ``sigma_m``, ``cell_m``, ``highest`` (per km²), ``peak_zone`` (None
        where the peak lies in no zone) and ``top_zone`` (with the largest share of the mass).
    share
        Zones × runs: share of the mass.
    surfaces
        The surfaces in the order of ``runs``.
    survives
        Whether the peak stays in one zone and no share shifts by more than 5 points.
    verdict
        Key of the sentence: ``sensitivity.survives``, ``sensitivity.peak_moves``,
        ``sensitivity.share_shifts`` or ``sensitivity.neither``.
    """

    runs: pd.DataFrame
    share: pd.DataFrame
    surfaces: tuple[Surface, ...] = field(repr=False)
    survives: bool
    verdict: str


def sensitivity(  # noqa: PLR0913 - each by its keyword
    xy: ArrayLike,
    *,
    zones: gpd.GeoDataFrame,
    sigma_m: float,
    cell_m: float,
    boundary: BaseGeometry | None = None,
    kernel: Kernel = "gaussian",
    weights: ArrayLike | None = None,
    factors: Sequence[float] = (0.5, 1.0, 2.0),
    crs: Any,
    data_date: str = "",
) -> Sensitivity:
    """Compute a surface at ½, 1 and 2 times the bandwidth and on two grids, and compare.

    Parameters
    ----------
    xy, sigma_m, cell_m, kernel, weights, crs, data_date
        As in :func:`geo.density.kernel_density.kernel_density`; the smallest bandwidth
        must be at least a cell.
    zones
        Districts: valid polygons in the CRS of ``xy``, a unique index of ids.
    boundary
        As there.
    factors
        Of the bandwidth. The second grid has cells twice as large, or, where the narrowest
        bandwidth would then be less than a cell, half as large.

    Returns
    -------
    Sensitivity
        With the verdict; the sentence's values are in ``parameters``.

    Raises
    ------
    CrsError
        The zones, or the boundary, are in another CRS.
    ParameterError
        As of :func:`geo.density.kernel_density.kernel_density`; and a narrowest bandwidth of less
        than a cell.
    """
    require_plane(zones, kernel_density([], sigma_m=1, cell_m=1, crs=crs).crs, argument="zones")
    narrow = min(factors) * sigma_m
    cells = (cell_m, cell_m * 2 if narrow >= 2 * cell_m else cell_m / 2)
    tried = [(sigma_m * factor, cell) for cell in cells for factor in factors]
    surfaces = tuple(
        kernel_density(
            xy, sigma_m=sigma, cell_m=cell, boundary=boundary, weights=weights, kernel=kernel,
            crs=crs, data_date=data_date,
        )
        for sigma, cell in tried
    )  # fmt: skip
    tables = [zonal_mass(surface, zones) for surface in surfaces]
    share = pd.DataFrame({k: table["share"] for k, table in enumerate(tables)}, index=zones.index)
    runs = pd.DataFrame(
        [
            (sigma, cell, surface.value, _zone_of_peak(surface, xy, zones), _top(share[k]))
            for k, ((sigma, cell), surface) in enumerate(zip(tried, surfaces, strict=True))
        ],
        columns=["sigma_m", "cell_m", "highest", "peak_zone", "top_zone"],
    )
    return _compared(runs, share, surfaces, tried.index((sigma_m, cell_m)), data_date)


def _compared(
    runs: pd.DataFrame,
    share: pd.DataFrame,
    surfaces: tuple[Surface, ...],
    main: int,
    data_date: str,
) -> Sensitivity:
    shift = float(share.sub(share[main], axis=0).abs().max().max()) if len(share) else np.nan
    zones = runs["peak_zone"].astype(object)
    steady = zones.nunique(dropna=False) <= 1
    even = not shift > SHARE_SHIFT
    verdict = {
        (True, True): "sensitivity.survives",
        (False, True): "sensitivity.peak_moves",
        (True, False): "sensitivity.share_shifts",
        (False, False): "sensitivity.neither",
    }[steady, even]
    said: Mapping[str, object] = {
        "runs": len(runs),
        "peak_zone": zones[main],
        "peak_zones": tuple(dict.fromkeys(zones)),
        "top_zone": runs["top_zone"][main],
        "top_share": float(share[main].max()) if len(share) else np.nan,
        "shift_points": round(100 * shift, 1),
        "limit_points": round(100 * SHARE_SHIFT),
        "data_date": data_date,
    }
    return Sensitivity(
        value=shift,
        unit="",
        n=surfaces[main].n,
        method="sensitivity.method",
        parameters=said,
        caveats=(verdict, *surfaces[main].caveats),
        runs=runs,
        share=share,
        surfaces=surfaces,
        survives=steady and even,
        verdict=verdict,
    )


def _zone_of_peak(surface: Surface, points: ArrayLike, zones: gpd.GeoDataFrame) -> Any:
    """Return the zone that holds most of the highest peak's cell; None if none does."""
    top = top_of(surface, points)
    if top is None:
        return None
    half = surface.cell_m / 2
    cell = Grid(top[0] - half, top[1] - half, surface.cell_m, 1, 1)
    near = zones[zones.intersects(shapely.box(*cell.bounds))]
    held = {id_: cell_shares(shape, cell)[0, 0] for id_, shape in near.geometry.items()}
    best = max(held, key=lambda id_: held[id_], default=None)
    return best if best is not None and held[best] > 0 else None


def _top(share: pd.Series) -> Any:
    return None if share.isna().all() else share.idxmax()
