"""Say whether the points of a file stand beside known places as those of a commercial map do."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.base.arrays import Floats
from geo.intake.datum import DATUMS, set_back
from layers.intake.formats.headings import name_column
from layers.intake.formats.table import Table
from layers.pack.city import City

SURE_WITHIN_M: Final = 500.0
"""Doubt of a place that may bear witness, metres."""
LEAST: Final = 3
"""Places of one name that must agree."""
_DEGREE_M: Final = 111_000.0


def known(city: City) -> pd.DataFrame:
    """Return the places whose position is known well, by the name that a file may have.

    Parameters
    ----------
    city
        The city.

    Returns
    -------
    DataFrame
        Columns ``lon`` and ``lat``, degrees, indexed by Chinese and by English name.
    """
    rows: dict[str, tuple[float, float]] = {}
    for layer in city.layers.values():
        frame = layer.frame
        if not layer.spec.is_places or "uncertainty_m" not in frame:
            continue
        doubt = pd.to_numeric(frame["uncertainty_m"], errors="coerce")
        sure = frame[(doubt <= SURE_WITHIN_M).to_numpy() & ~frame.geometry.is_empty.to_numpy()]
        for column in ("name_zh", "name_en"):
            if column in sure:
                for name, point in zip(sure[column], sure.geometry, strict=True):
                    if isinstance(name, str) and point is not None and point.geom_type == "Point":
                        rows[name.strip()] = (point.x, point.y)
    return pd.DataFrame.from_dict(rows, orient="index", columns=["lon", "lat"])


def suspected_datum(table: Table, lon: Floats, lat: Floats, city: City) -> tuple[str, int]:
    """Return the datum in which a file's points seem to stand, and how many places say so.

    Parameters
    ----------
    table
        The file; rows are matched by name.
    lon, lat
        Of its rows, degrees, shape (n,).
    city
        The city.

    Returns
    -------
    datum : str
        ``gcj02``, ``bd09``, or empty where too few names are known or the points stand right.
    places : int
        How many names were matched.
    """
    column = name_column(table.names)
    if not column:
        return "", 0
    ours = known(city)
    at = _named(table.cells.column(column), ours.index)
    there = (at >= 0) & np.isfinite(lon) & np.isfinite(lat)
    if there.sum() < LEAST:
        return "", 0
    right = ours.to_numpy(dtype=np.float64)[at[there]]
    here = float(np.median(_metres(lon[there], lat[there], right)))
    for datum in DATUMS:
        back = set_back(lon[there], lat[there], datum)
        if float(np.median(_metres(*back, right))) < here / 3 and here > 300:
            return datum, int(there.sum())
    return "", int(there.sum())


def _named(column: Any, names: pd.Index) -> NDArray[np.intp]:
    """Return which of some names each row has; -1 for none."""
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = pc.utf8_trim_whitespace(column.cast(pa.large_string()))
    found = pc.index_in(texts, value_set=pa.array(list(names), pa.large_string()))
    return np.asarray(found.fill_null(-1).to_numpy(), dtype=np.intp)


def _metres(lon: Floats, lat: Floats, right: Floats) -> Floats:
    east = (lon - right[:, 0]) * _DEGREE_M * np.cos(np.radians(right[:, 1]))
    return np.hypot(east, (lat - right[:, 1]) * _DEGREE_M)
