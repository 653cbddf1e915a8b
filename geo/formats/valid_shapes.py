"""Mend areas that reprojecting or rounding has made cross themselves."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray


def valid_areas(
    shapes: NDArray[np.object_], before: NDArray[np.object_], *, grid: float = 0.0
) -> NDArray[np.object_]:
    """Return shapes of which every area is valid that was so before.

    Parameters
    ----------
    shapes
        Any geometries, some missing; not changed.
    before
        The same before they were reprojected or rounded.
    grid
        Distance between the coordinates that may be written, in the unit of the shapes; 0 where
        any may.

    Returns
    -------
    array of geometries
        The same, but for areas that cross or touch themselves: these are cut at the crossing, and
        parts without any width are left out. One that has no other part stays as it is.

    Examples
    --------
    >>> bow = np.array([shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])])
    >>> valid_areas(bow, np.array([shapely.box(0, 0, 2, 2)]))[0].geom_type
    'MultiPolygon'
    """
    bad = ~shapely.is_valid(shapes) & shapely.is_valid(before)
    bad &= shapely.get_dimensions(shapes) == 2
    if not bad.any():
        return shapes
    found = shapes.copy()
    mended = shapely.make_valid(shapes[bad], method="structure", keep_collapsed=False)
    if grid:
        mended = shapely.set_precision(mended, grid)
    found[bad] = np.where(shapely.is_empty(mended), shapes[bad], mended)
    return found
