"""Say how finely each position of a file is known, as far as the numbers themselves tell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.base.arrays import Floats
from layers.intake.formats.headings import name_column
from layers.intake.formats.table import Observation, Table
from layers.intake.read import OUTSIDE, USED, Reading
from layers.pack.city import City

CLASSES: Final = ("sea", "outside", "centroid", "repeated", "rounded", "same_name", "plain")
"""What a position may be, the gravest first; a row has the first that fits."""
CENTROID_M: Final = 60.0
"""A point so near a district's middle was probably not surveyed, metres."""
MOST_AT_ONE: Final = 3
"""From so many rows at one position on, it is an address or a stand-in for several."""
ROUGH_DIGITS: Final = 2
"""Degrees with so few decimals are rounded to a kilometre."""


def precision(reading: Reading, tables: Sequence[Table], city: City) -> NDArray[np.object_]:
    """Return the class of each row's position.

    Parameters
    ----------
    reading
        The rows, in their accounts.
    tables
        As they were opened, for the names of the rows.
    city
        Its sea and its districts' middles are compared.

    Returns
    -------
    array of str
        One of ``CLASSES``, shape (rows,); empty for a row without a position.
    """
    rows = reading.rows
    there = rows["status"].isin([USED, OUTSIDE]).to_numpy()
    lon, lat = rows["lon"].to_numpy(dtype=float), rows["lat"].to_numpy(dtype=float)
    xy = rows[["x", "y"]].to_numpy(dtype=float)
    flags = {
        "outside": (rows["status"] == OUTSIDE).to_numpy(),
        "sea": _in_sea(lon, lat, there, city),
        "centroid": _at_middles(xy, there, city),
        "repeated": _repeated(xy, there),
        "rounded": _rough(lon) & _rough(lat),
        "same_name": _same_name(tables),
    }
    found = np.full(len(rows), "plain", dtype=object)
    for name in reversed(CLASSES[:-1]):
        found[flags[name]] = name
    found[~there] = ""
    return found


def _in_sea(lon: Floats, lat: Floats, there: NDArray[np.bool_], city: City) -> NDArray[np.bool_]:
    """Tell which positions lie beyond every district and in the sea of the base map."""
    hit = np.zeros(len(lon), dtype=bool)
    sea = city.base.get("sea")
    if sea is not None and len(sea) and there.any():
        water = shapely.union_all(sea.geometry.to_numpy())
        shapely.prepare(water)
        hit[there] = shapely.intersects_xy(water, lon[there], lat[there])
    return hit


def _at_middles(xy: Floats, there: NDArray[np.bool_], city: City) -> NDArray[np.bool_]:
    hit = np.zeros(len(xy), dtype=bool)
    middles = shapely.get_coordinates(city.on_plane.centroid.to_numpy())
    for middle in middles:
        hit |= np.hypot(*(xy - middle).T) < CENTROID_M
    return hit & there


def _repeated(xy: Floats, there: NDArray[np.bool_]) -> NDArray[np.bool_]:
    keys = pd.DataFrame(np.round(xy, 2)).groupby([0, 1])[0].transform("size")
    return np.asarray((keys >= MOST_AT_ONE).to_numpy() & there)


def _rough(degrees: Floats) -> NDArray[np.bool_]:
    with np.errstate(invalid="ignore"):
        return np.asarray(np.abs(degrees - np.round(degrees, ROUGH_DIGITS)) < 1e-9)


def _same_name(tables: Sequence[Table]) -> NDArray[np.bool_]:
    """Tell which rows have the name of an earlier one."""
    names: list[Any] = []
    for table in tables:
        column = name_column(table.names)
        own = table.cells.column(column).to_pylist() if column else [None] * len(table.lines)
        names += [*own, *([None] * len(table.torn))]
    told = pd.Series(names, dtype=object)
    return np.asarray((told.duplicated() & told.notna()).to_numpy())


def told(classes: NDArray[np.object_]) -> Observation | None:
    """Return one paragraph on the positions of a file; None if there is nothing to say.

    Parameters
    ----------
    classes
        As :func:`precision` returns them.
    """
    counts = Counter(one for one in classes.tolist() if one)
    if not any(name != "plain" for name in counts):
        return None
    values = {name: counts[name] for name in CLASSES}
    return Observation("precision", "likely", {"value": sum(counts.values()), **values})
