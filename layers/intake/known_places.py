"""Say whether the points of a file stand beside known places as those of a commercial map do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.base.arrays import Floats
from geo.base.bridge import transformer
from geo.grid.lookup import prepare
from geo.intake.datum import DATUMS, set_back
from geo.intake.offset import Offset, at_offset, offset_by_areas, offset_of
from layers.intake.districts.join import named_districts
from layers.intake.formats.headings import name_column
from layers.intake.formats.table import Table
from layers.pack.city import City

SURE_WITHIN_M: Final = 500.0
"""Doubt of a place that may bear witness, metres."""
LEAST: Final = 3
"""Places of one name that must agree."""
BESIDE_M: Final = 300.0
"""A place that lies no farther from where it is known is where it is known."""
_DEGREE_M: Final = 111_000.0
_ASCII: Final = str.maketrans("（）", "()")
_CHINESE: Final = str.maketrans("()", "（）")


class Suspicion(NamedTuple):
    """The datum in which a file's points seem to stand, and what says so.

    Parameters
    ----------
    datum
        ``gcj02``, ``bd09``, or empty where nothing speaks for one.
    places
        How many known places say so, or points that lie in their district without the offset.
    by
        ``name``, ``position`` or ``district``.
    """

    datum: str = ""
    places: int = 0
    by: str = ""


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
                        rows |= dict.fromkeys(_written(name), (point.x, point.y))
    return pd.DataFrame.from_dict(rows, orient="index", columns=["lon", "lat"])


def _written(name: str) -> Iterator[str]:
    """Yield the ways in which a name is written: with Chinese brackets and with others."""
    yield name.strip()
    yield name.strip().translate(_ASCII)
    yield name.strip().translate(_CHINESE)


def suspected_datum(table: Table, lon: Floats, lat: Floats, city: City) -> Suspicion:
    """Return the datum in which a file's points seem to stand.

    Parameters
    ----------
    table
        The file; rows are matched by name, and where too few are, by position alone and by the
        district that each names.
    lon, lat
        Of its rows, degrees, shape (n,).
    city
        The city.
    """
    ours = known(city)
    there, right = _right(table, lon, lat, ours)
    if len(there) >= LEAST:
        here = float(np.median(_metres(lon[there], lat[there], right)))
        for datum in DATUMS:
            back = float(np.median(_metres(*set_back(lon[there], lat[there], datum), right)))
            if _is_off(here, back):
                return Suspicion(datum, len(there), "name")
        return Suspicion()
    for by, found in (
        ("position", _by_position(lon, lat, ours)),
        ("district", _by_district(table, lon, lat, city)),
    ):
        if found.datum:
            return Suspicion(found.datum, found.places, by)
    return Suspicion()


def suspected_rows(table: Table, lon: Floats, lat: Floats, city: City) -> NDArray[np.bool_]:
    """Tell which rows stand where a commercial map would set a place that is known.

    Parameters
    ----------
    table, lon, lat, city
        As in :func:`suspected_datum`: the place of their name, or any if the file has several such.
    """
    ours = known(city)
    there, right = _right(table, lon, lat, ours)
    hit = at_offset(lon, lat, _places(ours), _by_position(lon, lat, ours))
    here = _metres(lon[there], lat[there], right)
    for datum in DATUMS:
        back = _metres(*set_back(lon[there], lat[there], datum), right)
        hit[there] |= _is_off(here, back)
    return hit


def _is_off(here: Any, back: Any) -> Any:
    """Tell whether positions are right only after a datum's offset is taken back."""
    return (here > BESIDE_M) & (back < here / 3)


def _places(ours: pd.DataFrame) -> Floats:
    return np.unique(ours.to_numpy(dtype=np.float64), axis=0)


def _by_position(lon: Floats, lat: Floats, ours: pd.DataFrame) -> Offset:
    there = np.isfinite(lon) & np.isfinite(lat) & (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
    return offset_of(lon[there], lat[there], _places(ours))


def _by_district(table: Table, lon: Floats, lat: Floats, city: City) -> Offset:
    """Return the datum without whose offset the rows lie in the districts that they name."""
    said = named_districts(table, city)
    if said is None:
        return Offset()
    way, areas = transformer(4326, city.metric_epsg), prepare(city.on_plane)

    def area_of(lon: Floats, lat: Floats) -> NDArray[np.signedinteger[Any]]:
        return areas.codes(np.column_stack(way.transform(lon, lat)))

    return offset_by_areas(lon, lat, said, area_of)


def _right(
    table: Table, lon: Floats, lat: Floats, ours: pd.DataFrame
) -> tuple[NDArray[np.intp], Floats]:
    """Return which rows have the name of a known place and a position, and where that place is."""
    column = name_column(table.names)
    if not column or ours.empty:
        return np.zeros(0, dtype=np.intp), np.zeros((0, 2))
    at = _named(table.cells.column(column), ours.index)
    there = np.flatnonzero((at >= 0) & np.isfinite(lon) & np.isfinite(lat))
    return there, ours.to_numpy(dtype=np.float64)[at[there]]


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
