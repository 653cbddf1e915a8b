"""Hold a density surface, and hand it over as raster, contour lines, overlay and sums by area."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geo.base.arrays import Floats
from geo.base.errors import CrsError, ParameterError, Problem
from geo.base.finding import Finding
from geo.grid.cells import Grid
from geo.grid.polygons import cell_shares

PER_KM2 = "1/km²"


@dataclass(frozen=True, eq=False, kw_only=True)
class Surface(Finding):
    """A density at the centres of square cells; the main figure is the highest.

    Parameters
    ----------
    values
        Shape (rows, columns), places (or weight) per km²; row 0 is the southernmost. Read-only.
        Zero outside the boundary, if there is one.
    x0, y0
        West and south edge of cell (0, 0) in metres.
    cell_m
        Side of a cell in metres.
    crs
        The plane.
    mass
        Sum of the weights on the grid before the edge was corrected.
    inside
        Cells that lie at least in part within the boundary; None without a boundary.
    data_date
        Day of the data, as the pack says it.
    """

    values: Floats
    x0: float
    y0: float
    cell_m: float
    crs: CRS
    mass: float
    inside: NDArray[np.bool_] | None = field(default=None, repr=False)
    data_date: str = ""

    @property
    def grid(self) -> Grid:
        """The cells as a grid."""
        rows, columns = self.values.shape
        return Grid(self.x0, self.y0, self.cell_m, columns, rows)

    @property
    def xs(self) -> Floats:
        """X of the cell centres, west to east."""
        return self._centres(self.x0, self.values.shape[1])

    @property
    def ys(self) -> Floats:
        """Y of the cell centres, south to north."""
        return self._centres(self.y0, self.values.shape[0])

    def _centres(self, edge: float, count: int) -> Floats:
        return np.asarray(edge + (np.arange(count) + 0.5) * self.cell_m, dtype=np.float64)

    def at(self, xy: Floats) -> Floats:
        """Return the value of the cell that holds each point.

        Parameters
        ----------
        xy
            Points in metres on the plane of the surface, shape (n, 2). A cell holds its west and
            south side, not the others.

        Returns
        -------
        array of float
            Per km², shape (n,); NaN beyond the grid, and for NaN.
        """
        column = np.floor((xy[:, 0] - self.x0) / self.cell_m)
        row = np.floor((xy[:, 1] - self.y0) / self.cell_m)
        rows, columns = self.values.shape
        there = (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
        found = np.full(len(xy), np.nan)
        found[there] = self.values[row[there].astype(int), column[there].astype(int)]
        return found


def zonal_mass(surface: Surface, zones: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return how much of a surface lies in each area.

    Parameters
    ----------
    surface
        The density.
    zones
        Valid polygons in the CRS of the surface, a unique index of ids.

    Returns
    -------
    DataFrame
        Indexed as ``zones``: ``mass`` (places, or weight), ``share`` of the mass in all zones
        (NaN if that is zero), ``highest`` (per km²). Cells on a border count by the share of
        their area.

    Raises
    ------
    CrsError
        The zones are in another CRS.

    Examples
    --------
    >>> from geo.density.kernel_density import kernel_density
    >>> surface = kernel_density([[0.0, 0.0]], sigma_m=1000, cell_m=500, crs=4548)
    >>> box = shapely.box(-9000, -9000, 9000, 9000)
    >>> float(zonal_mass(surface, gpd.GeoDataFrame(geometry=[box], crs=4548))["mass"][0].round(6))
    1.0
    """
    require_plane(zones, surface.crs, argument="zones")
    per_cell = surface.grid.cell_km2
    rows = []
    for shape in zones.geometry:
        part, values = _window(surface, shape)
        within = cell_shares(shape, part) if values.size else np.zeros(values.shape)
        highest = values[within > 0].max() if (within > 0).any() else np.nan
        rows.append((float((values * within).sum() * per_cell), float(highest)))
    found = pd.DataFrame(rows, index=zones.index, columns=["mass", "highest"])
    total = found["mass"].sum()
    found.insert(1, "share", found["mass"] / total if total else np.nan)
    return found


def _window(surface: Surface, shape: BaseGeometry) -> tuple[Grid, Floats]:
    """Return the part of a surface that an area can touch."""
    rows, columns = surface.values.shape
    if shape.is_empty or not surface.values.size:
        return Grid(surface.x0, surface.y0, surface.cell_m, 0, 0), surface.values[:0, :0]
    cells = (np.array(shape.bounds) - [surface.x0, surface.y0] * 2) / surface.cell_m
    west, south = np.clip(np.floor(cells[:2]), 0, [columns, rows]).astype(int).tolist()
    east, north = np.clip(np.ceil(cells[2:]), 0, [columns, rows]).astype(int).tolist()
    corner = surface.x0 + west * surface.cell_m, surface.y0 + south * surface.cell_m
    values = surface.values[south:north, west:east]
    return Grid(*corner, surface.cell_m, values.shape[1], values.shape[0]), values


def require_plane(frame: gpd.GeoDataFrame | gpd.GeoSeries, crs: CRS, *, argument: str) -> None:
    """Raise unless a frame lies on the given plane.

    Parameters
    ----------
    frame
        Any geometry type; not changed.
    crs
        The plane.
    argument
        Name of the caller's argument, for the message.

    Raises
    ------
    CrsError
        The CRS of the frame is missing or another one.
    """
    if frame.crs is None or CRS.from_user_input(frame.crs) != crs:
        if frame.crs is None:
            raise CrsError("crs_missing", [Problem("crs.missing", argument)])
        names = {"crs": frame.crs.name, "other": crs.name}
        raise CrsError("crs_not_metric", [Problem("crs.differs", argument, values=names)])


def levels(surface: Surface, *, count: int = 6) -> tuple[float, ...]:
    """Return round values for classes and contours.

    Parameters
    ----------
    surface
        The density.
    count
        About how many there are to be, never more; 1 or more.

    Returns
    -------
    tuple of float
        Per km², the lowest first, all below the highest density. They lie 1, 2, 2.5 or 5 times a
        power of ten apart, and the lowest is one such step above zero. Empty where all is zero.

    Examples
    --------
    >>> from geo.density.kernel_density import kernel_density
    >>> surface = kernel_density([[250.0, 250.0]], sigma_m=1000, cell_m=500, crs=4548)
    >>> levels(surface), round(surface.value, 3)
    ((0.05, 0.1, 0.15), 0.159)
    """
    highest = float(surface.values.max(initial=0.0))
    if not highest > 0:
        return ()
    # The smallest round step with which ``count`` of them reach the top.
    rough = highest / count
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough * 0.999)
    digits = max(0, 2 - math.floor(math.log10(step)))
    marks = (round(step * k, digits) for k in range(1, count + 1))
    return tuple(mark for mark in marks if mark < highest)


def contours(surface: Surface, at: Sequence[float], *, filled: bool = False) -> gpd.GeoDataFrame:
    """Return contour lines, or the areas above each level.

    Parameters
    ----------
    surface
        The density.
    at
        Levels per km², each once.
    filled
        Areas (MultiPolygon) where the density is at least the level, rather than lines.

    Returns
    -------
    GeoDataFrame
        EPSG:4326, one row per level that occurs, indexed ``contour-<number>`` from the lowest;
        column ``level_per_km2``. Ready for :func:`geo.formats.write_geojson.to_geojson`.

    Examples
    --------
    >>> from geo.density.kernel_density import kernel_density
    >>> surface = kernel_density([[500_250, 4_300_250]], sigma_m=1000, cell_m=500, crs=4548)
    >>> contours(surface, [0.05, 0.1])["level_per_km2"].to_dict()
    {'contour-01': 0.05, 'contour-02': 0.1}
    """
    import contourpy

    marks = sorted(set(at))
    values = np.pad(surface.values, 1)  # so that every line closes
    xs = surface.x0 + (np.arange(values.shape[1]) - 0.5) * surface.cell_m
    ys = surface.y0 + (np.arange(values.shape[0]) - 0.5) * surface.cell_m
    draw = contourpy.contour_generator(xs, ys, values, fill_type=contourpy.FillType.OuterOffset)
    shapes = [
        _areas(draw.filled(level, np.inf)) if filled else _lines(draw.lines(level))
        for level in marks
    ]
    frame = gpd.GeoDataFrame({"level_per_km2": marks}, geometry=shapes, crs=surface.crs)
    frame = frame[~frame.geometry.is_empty]
    frame.index = pd.Index([f"contour-{number:02d}" for number in range(1, len(frame) + 1)])
    return frame.to_crs(4326)


def _lines(lines: Any) -> BaseGeometry:
    return shapely.MultiLineString([line for line in lines if len(line) > 1])


def _areas(filled: Any) -> BaseGeometry:
    areas = []
    for points, offsets in zip(*filled, strict=True):
        rings = [points[a:b] for a, b in pairwise(offsets)]
        areas.append(shapely.Polygon(rings[0], rings[1:]))
    return shapely.orient_polygons(shapely.MultiPolygon(areas))


def describe(surface: Surface) -> dict[str, str]:
    """Return what a file must say of a surface.

    Parameters
    ----------
    surface
        The density.

    Returns
    -------
    dict of str
        Method, unit, number of points, highest value (per km²), mass before the edge was corrected,
        day of the data, caveats (parted by semicolons), and every parameter; what is no text as
        JSON.
    """
    said = {
        "method": surface.method,
        "unit": surface.unit,
        "n": str(surface.n),
        "highest": f"{surface.value:.6g}",
        "mass_before_edge_correction": f"{surface.mass:.9g}",
        "data_date": surface.data_date,
        "caveats": ";".join(surface.caveats),
    }
    return said | {
        name: value if isinstance(value, str) else json.dumps(value, default=str)
        for name, value in surface.parameters.items()
    }


def to_geotiff(surface: Surface) -> bytes:
    """Return the surface as a GeoTIFF in its own CRS.

    Parameters
    ----------
    surface
        The density, with at least one cell.

    Returns
    -------
    bytes
        One band of 32-bit floats per km², north up, deflated. Cells outside the boundary hold no
        data (NaN). The texts of :func:`describe` stand in its tags, with what the cells add up to
        and why that is not the number of places; unit and statistics stand with the band.

    Raises
    ------
    ParameterError
        The surface has no cells.
    """
    from rasterio import Affine
    from rasterio.enums import Compression
    from rasterio.io import MemoryFile

    rows, columns = surface.values.shape
    if not surface.values.size:
        problem = Problem("density.no_cells", "surface")
        raise ParameterError("density.empty", [problem])
    values = surface.values.astype(np.float32)
    if surface.inside is not None:
        values[~surface.inside] = np.nan
    north = surface.y0 + rows * surface.cell_m
    with MemoryFile() as memory:
        with memory.open(
            driver="GTiff",
            height=rows,
            width=columns,
            count=1,
            dtype="float32",
            crs=surface.crs.to_wkt("WKT1_GDAL") if surface.crs.to_epsg() is None
            else f"EPSG:{surface.crs.to_epsg()}",
            transform=Affine(surface.cell_m, 0.0, surface.x0, 0.0, -surface.cell_m, north),
            nodata=math.nan,
            compress=Compression.deflate.value,
            predictor=3,
        ) as file:  # fmt: skip
            file.write(values[::-1], 1)
            file.set_band_description(1, f"density, {surface.unit}")
            file.set_band_unit(1, surface.unit)
            file.update_tags(**describe(surface), **_sums(surface))
            file.update_tags(1, **_statistics(values))
        return bytes(memory.read())


def _statistics(values: NDArray[np.float32]) -> dict[str, str]:
    """Return the statistics of a band as GDAL names them; none of a band without a value."""
    known = values[np.isfinite(values)].astype(np.float64)
    if not len(known):
        return {}
    found = {"MINIMUM": known.min(), "MAXIMUM": known.max(), "MEAN": known.mean(),
             "STDDEV": known.std(), "VALID_PERCENT": 100 * len(known) / values.size}  # fmt: skip
    return {f"STATISTICS_{name}": f"{value:.9g}" for name, value in found.items()}


def sums(surface: Surface) -> tuple[float, float]:
    """Return how many places the cells of a raster add up to, and how many it was made of.

    Parameters
    ----------
    surface
        The density.

    Returns
    -------
    cells, made_of : float
        Density times area over all whole cells, as whoever reads the GeoTIFF adds them up; places,
        or their weights.
    """
    whole = surface.values if surface.inside is None else surface.values[surface.inside]
    cells = float(whole.astype(np.float32).sum(dtype=np.float64)) * surface.grid.cell_km2
    return cells, float(str(surface.parameters.get("weight_sum", surface.n)))


def _sums(surface: Surface) -> dict[str, str]:
    """Return how many places the cells add up to, how many there were, and why these differ."""
    cells, made_of = sums(surface)
    reasons = ["cells on the rim count whole, though part of them lies beyond the boundary"]
    if surface.parameters.get("edge_corrected"):
        reasons.append("the edge correction lifts each cell by what its kernel loses beyond it")
    else:
        reasons.append("what the kernel spreads beyond the cells is lost")
    return {
        "sum_of_cells": f"{cells:.6g}",
        "places_it_was_made_of": f"{made_of:.6g}",
        "sum_differs_by": f"{cells - made_of:.3g}",
        "sum_differs_because": "; ".join(reasons),
    }
