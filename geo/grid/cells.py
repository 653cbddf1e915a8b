"""Lay a raster over the plane, and count on it how often each cell lies within reach."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.base.arrays import Counts, Floats
from geo.base.errors import ParameterError, Problem
from geo.base.points import require_positive
from geo.base.threads import in_parts
from geo.grid.loops import for_discs

MOST_CELLS = 50_000_000
"""A raster of 4-byte counts then takes 200 MB."""
_PER_POINT = 8
"""Cells counted in the time of one point."""


@dataclass(frozen=True)
class Grid:
    """Square cells with their sides along the axes.

    Parameters
    ----------
    x_m, y_m
        Lower left corner.
    cell_m
        Side of a cell.
    columns, rows
        How many there are; row 0 is the southernmost.
    """

    x_m: float
    y_m: float
    cell_m: float
    columns: int
    rows: int

    @property
    def origin(self) -> tuple[float, float, float]:
        """X and y of the centre of cell (0, 0), and the side."""
        return self.x_m + self.cell_m / 2, self.y_m + self.cell_m / 2, self.cell_m

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north in metres."""
        width, height = self.columns * self.cell_m, self.rows * self.cell_m
        return self.x_m, self.y_m, self.x_m + width, self.y_m + height

    @property
    def cell_km2(self) -> float:
        """Area of one cell."""
        return self.cell_m**2 / 1e6

    def area(self, cells: NDArray[np.bool_]) -> BaseGeometry:
        """Return marked cells as one geometry with square corners.

        Parameters
        ----------
        cells
            Which cells, shape (rows, columns), row 0 the southernmost.

        Returns
        -------
        geometry
            Polygon or MultiPolygon in metres; empty where no cell is marked.

        Examples
        --------
        >>> Grid(0, 0, 10, columns=3, rows=1).area(np.array([[True, True, False]])).bounds
        (0.0, 0.0, 20.0, 10.0)
        """
        marked = np.zeros((self.rows, self.columns + 2), dtype=np.int8)
        marked[:, 1:-1] = cells
        step = np.diff(marked, axis=1)
        row, first = np.nonzero(step == 1)
        last = np.nonzero(step == -1)[1]
        bottom = self.y_m + row * self.cell_m
        runs = shapely.box(
            self.x_m + first * self.cell_m,
            bottom,
            self.x_m + last * self.cell_m,
            bottom + self.cell_m,
        )
        return shapely.union_all(runs)


def grid_over(bounds: tuple[float, float, float, float], *, cell_m: float) -> Grid:
    """Return the grid that covers some bounds, its lines on whole multiples of the cell.

    Parameters
    ----------
    bounds
        West, south, east, north in metres.
    cell_m
        Side of a cell in metres.

    Returns
    -------
    Grid
        Of at least one cell; its outer cells may reach beyond the bounds.

    Raises
    ------
    ParameterError
        The side is not above zero, or the grid would have more than ``MOST_CELLS`` cells.

    Examples
    --------
    >>> grid_over((0, 0, 1000, 450), cell_m=100)
    Grid(x_m=0.0, y_m=0.0, cell_m=100.0, columns=10, rows=5)
    """
    cell = require_positive(cell_m, argument="cell_m")
    west, south, east, north = bounds
    first_x, first_y = np.floor(west / cell), np.floor(south / cell)
    columns = max(float(np.ceil(east / cell) - first_x), 1.0)
    rows = max(float(np.ceil(north / cell) - first_y), 1.0)
    if columns * rows > MOST_CELLS:
        sizes = {"cell_m": cell, "cells": round(columns * rows), "most": MOST_CELLS}
        raise ParameterError("coverage.cells", [Problem("grid.too_fine", "cell_m", values=sizes)])
    return Grid(float(first_x * cell), float(first_y * cell), cell, int(columns), int(rows))


def in_bands(work: Callable[[int, int], int | None], length: int, *, cells: int) -> int:
    """Run ``work(low, high)`` over stretches of ``range(length)`` on all processors.

    Parameters
    ----------
    work
        Compiled function that lets other threads run and writes to places of its own.
    length
        How many rows, points or draws there are.
    cells
        How much work there is in all; a little is done at once, without threads.

    Returns
    -------
    int
        Sum of what ``work`` returned.
    """
    parts = in_parts(lambda _, low, high: work(low, high), length, size=cells // _PER_POINT)
    return sum(done or 0 for done in parts)


def reach_counts(x: Floats, y: Floats, radius: Floats, grid: Grid) -> Counts:
    """Count for every cell by how many discs its centre is covered.

    Parameters
    ----------
    x, y
        Centres of the discs in metres, shape (n,).
    radius
        Their radii in metres, shape (n,).
    grid
        Where to count.

    Returns
    -------
    array of int
        Shape (rows, columns).

    Notes
    -----
    Scan lines: a disc adds one where it begins in a row of cells and takes one off behind its
    end; a running sum along the row makes counts of it. The cost is rows per disc, not cells.

    Examples
    --------
    >>> disc = np.array([5.0]), np.array([5.0]), np.array([3.0])
    >>> reach_counts(*disc, Grid(0, 0, 10, columns=2, rows=1)).tolist()
    [[1, 0]]
    """
    loops = for_discs(len(x))
    counts = np.zeros((grid.rows, grid.columns + 1), dtype=np.int32)
    in_bands(
        lambda low, high: loops.count_rows(x, y, radius, grid.origin, counts, low, high),
        grid.rows,
        cells=counts.size + len(x),
    )
    return counts[:, :-1]
