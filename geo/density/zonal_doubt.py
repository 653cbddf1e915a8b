"""Say how much of a surface lies in each area when places move within their doubt."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from shapely.geometry.base import BaseGeometry

from geo.base.arrays import Floats
from geo.base.draws import HIGH, LOW
from geo.base.errors import ParameterError, Problem
from geo.density.kernel_density import LEAST_EDGE, QUARTIC_RADIUS, Kernel
from geo.density.peaks import fall_off
from geo.density.surface import Surface, require_plane
from geo.grid.cells import Grid
from geo.grid.polygons import cell_shares

_REACH = 5.5
"""Sigmas after which nothing of a Gaussian is left that a reader could see."""


def zonal_doubt(
    surface: Surface,
    draws: ArrayLike,
    zones: gpd.GeoDataFrame,
    *,
    boundary: BaseGeometry,
    weights: ArrayLike | None = None,
) -> pd.DataFrame:
    """Return the simulated interval of the mass in each area.

    Parameters
    ----------
    surface
        The density as drawn, with its edge corrected; its kernel, bandwidth and cells are used.
    draws
        Positions drawn within each place's uncertainty, metres, shape (draws, places, 2).
    zones
        Valid polygons in the CRS of the surface, a unique index of ids.
    boundary
        The polygon within which the surface was made.
    weights
        One per place; None for one each.

    Returns
    -------
    DataFrame
        Indexed as ``zones``: ``low`` and ``high``, the 5th and 95th percentile of the mass (places,
        or weight). No places give zeros.

    Raises
    ------
    ParameterError
        ``draws`` has another shape.
    CrsError
        The zones are in another CRS.

    Notes
    -----
    With the kernel K, the edge correction c and the share a of each cell s that an area holds, the
    mass is Σᵢ wᵢ G(xᵢ), G(x) = Σ K(s - x) a(s)/c(s): what an area gets of a place depends on that
    place alone. G is computed once for each area and looked up at every draw, linearly between the
    cells. A place that a draw moves beyond the boundary still counts, as in
    :func:`geo.density.firmness.peak_height`.

    Examples
    --------
    >>> import shapely
    >>> from geo.density.kernel_density import kernel_density
    >>> box = shapely.box(0, 0, 20_000, 20_000)
    >>> zones = gpd.GeoDataFrame(geometry=[box], crs=4548)
    >>> at = np.array([[10_000.0, 10_000.0]])
    >>> found = kernel_density(at, sigma_m=1000, cell_m=500, boundary=box, crs=4548)
    >>> zonal_doubt(found, at[None], zones, boundary=box).round(3).to_numpy().tolist()
    [[1.0, 1.0]]
    """
    require_plane(zones, surface.crs, argument="zones")
    positions = np.asarray(draws, dtype=np.float64)
    if positions.ndim != 3 or positions.shape[2] != 2 or not positions.shape[0]:
        shape, expected = str(positions.shape), "(draws, places, 2)"
        problem = Problem("array.shape", "draws", shape=shape, expected=expected)
        raise ParameterError("density.parameters", [problem])
    if not positions.shape[1]:
        return pd.DataFrame(0.0, index=zones.index, columns=["low", "high"])
    weigh = np.ones(positions.shape[1]) if weights is None else np.asarray(weights, dtype=float)
    grid = _around(surface, positions)
    at = (positions - grid.origin[:2]) / grid.cell_m
    rows = [
        np.quantile(_between(gets, at) @ weigh, [LOW, HIGH])
        for gets in _gets(surface, grid, zones, boundary)
    ]
    return pd.DataFrame(rows, index=zones.index, columns=["low", "high"])


def _around(surface: Surface, positions: Floats) -> Grid:
    """Return the cells of the surface, and as many more as the draws leave it by."""
    own, cell = surface.grid, surface.cell_m
    first = np.floor((positions.min(axis=(0, 1)) - (surface.x0, surface.y0)) / cell).astype(int)
    last = np.ceil((positions.max(axis=(0, 1)) - (surface.x0, surface.y0)) / cell).astype(int)
    west, south = np.minimum(first, 0) - 1
    east, north = np.maximum(last, (own.columns, own.rows)) + 1
    x0, y0 = surface.x0 + west * cell, surface.y0 + south * cell
    return Grid(float(x0), float(y0), cell, int(east - west), int(north - south))


def _between(values: Floats, at: Floats) -> Floats:
    """Return the values at positions in cells from the first centre, linearly between centres."""
    first = np.floor(at).astype(int)
    east, north = (at - first)[..., 0], (at - first)[..., 1]
    column, row = first[..., 0], first[..., 1]
    south_of = (1 - east) * values[row, column] + east * values[row, column + 1]
    north_of = (1 - east) * values[row + 1, column] + east * values[row + 1, column + 1]
    return np.asarray((1 - north) * south_of + north * north_of)


def _gets(
    surface: Surface, grid: Grid, zones: gpd.GeoDataFrame, boundary: BaseGeometry
) -> Iterator[Floats]:
    """Yield what each area gets of a place that stands at the centre of each cell."""
    smooth = _smoothing(_taps(surface), (grid.rows, grid.columns))
    within = np.maximum(smooth(cell_shares(boundary, grid)), LEAST_EDGE)
    for shape in zones.geometry:
        yield smooth(cell_shares(shape, grid) / within)


def _smoothing(taps: Floats, shape: tuple[int, int]) -> Callable[[Floats], Floats]:
    """Return what smooths values of a shape by a kernel, which is transformed once for all.

    NumPy's transform does: to load SciPy's convolution alone takes longer than all the smoothing.
    """
    reach = len(taps) // 2
    size = [1 << (n + 2 * reach - 1).bit_length() for n in shape]  # transformed fastest
    kernel = np.fft.rfft2(taps, size)

    def smooth(values: Floats) -> Floats:
        spread = np.fft.irfft2(np.fft.rfft2(values, size) * kernel, size)
        return spread[reach : reach + shape[0], reach : reach + shape[1]]

    return smooth


def _taps(surface: Surface) -> Floats:
    """Return the kernel on the surface's cells; together they are one."""
    kernel: Kernel = "quartic" if surface.parameters["kernel"] == "quartic" else "gaussian"
    sigma = float(str(surface.parameters["sigma_m"]))
    reach = int((QUARTIC_RADIUS if kernel == "quartic" else _REACH) * sigma / surface.cell_m) + 1
    steps = np.arange(-reach, reach + 1) * surface.cell_m
    taps = fall_off(np.stack(np.meshgrid(steps, steps), axis=-1), sigma, kernel)
    return np.asarray(taps / taps.sum())
