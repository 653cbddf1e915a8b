"""Read the positions of a file: every row is used, outside, or not used for a stated reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyproj import Transformer

from geo.base.arrays import Floats
from geo.base.bridge import Box, bridge, transformer
from geo.base.errors import Problem, UnfitError
from geo.grid.lookup import prepare
from geo.intake.columns import turned, unfit
from geo.intake.datum import most_offset_m, set_back
from geo.intake.rounding import doubt_m, steps
from geo.intake.systems import DEGREES, MERCATOR, is_in_degrees, near
from geo.intake.words import bare, stands_for_none
from layers.intake.diagnose import Diagnosis, Placement, states_of, values_of
from layers.language.bilingual import column
from layers.pack.city import City
from layers.pack.exchange import DOUBT, VERIFICATION

USED, OUTSIDE = "used", "outside"
ROW_PROBLEMS = {
    "torn": "intake_row.torn",
    "blank": "intake_row.blank",
    "placeholder": "intake_row.placeholder",
    "half_pair": "intake_row.half_pair",
    "nan": "intake_row.nan",
    "not_a_number": "intake_row.not_a_number",
    "zero": "intake_row.zero",
    "total": "intake_row.total",
    "header_again": "intake_row.header_again",
    "swapped": "intake_row.swapped",
    "out_of_range": "intake_row.out_of_range",
    "not_a_point": "intake_row.not_a_point",
    "empty_point": "intake_row.empty_point",
}
"""Why a row is not used, and the key of its problem."""
REASONS: Final = tuple(ROW_PROBLEMS)
MOST_TOLD: Final = 200
"""Rows that are named one by one, for each reason."""
_DOUBTS: Final = frozenset(
    bare(name)
    for name in (
        *(DOUBT, "uncertainty_m", "位置不确定度_m", "位置不确定度（米）", "位置不确定度"),
        *column(DOUBT),
        *column("uncertainty_m"),
    )
)
"""Names of a column of doubt in metres; with kilometres none is taken."""
_VERIFICATIONS: Final = frozenset(bare(name) for name in (VERIFICATION, *column(VERIFICATION)))
APPROXIMATE_M: Final = 10.0
"""Doubt of a position that has been set back from GCJ-02 or BD-09, metres."""


def row_problem(reason: str, where: str, line: int) -> Problem:
    """Return why a row is not used, as a problem of the file.

    Parameters
    ----------
    reason
        One of ``REASONS``.
    where
        Name of the file.
    line
        Number of the row's line.
    """
    return Problem(ROW_PROBLEMS[reason], where, f"#{line}")


@dataclass(frozen=True, eq=False)
class Reading:
    """The rows of a file, each in exactly one account.

    Parameters
    ----------
    rows
        One for each row of the file, in its order: ``part`` (number of the table), ``line``,
        ``status`` (``used``, ``outside`` or a reason), ``lon``, ``lat`` (degrees in WGS 84; NaN
        where there is none), ``x``, ``y`` (metres on the city's plane), ``district`` (adcode, empty
        outside), ``uncertainty_m`` (NaN where it is not known), ``rounded_m`` (half of the diagonal
        of the step to which both coordinates are rounded; NaN where none is seen) and ``repaired``
        (``swapped``, ``set_back`` or empty: what was done to the coordinates because the reader
        said so).
    parts
        Names of the tables.
    """

    rows: pd.DataFrame
    parts: tuple[str, ...] = ()

    @property
    def read(self) -> int:
        """Rows in all."""
        return len(self.rows)

    @property
    def used(self) -> int:
        """Rows within the city."""
        return self._counts.get(USED, 0)

    @property
    def outside(self) -> int:
        """Rows with a position beyond the city."""
        return self._counts.get(OUTSIDE, 0)

    @property
    def not_used(self) -> Mapping[str, int]:
        """Rows without a usable position, by reason."""
        return {one: self._counts[one] for one in REASONS if one in self._counts}

    @cached_property
    def _counts(self) -> dict[str, int]:
        found = self.rows["status"].value_counts(sort=False)
        return {str(status): int(n) for status, n in found.items()}

    def problems(self) -> list[Problem]:
        """Return the rows that are not used, each with its line; of many the first."""
        told: list[Problem] = []
        for reason in self.not_used:
            some = self.rows[self.rows["status"] == reason].head(MOST_TOLD)
            told += [
                row_problem(reason, self.parts[part], line)
                for part, line in zip(some["part"], some["line"], strict=True)
            ]
        return told


@dataclass
class _Rows:
    """The rows of one table while they are read."""

    lines: NDArray[np.int64]
    status: NDArray[Any]
    lon: Floats
    lat: Floats
    x: Floats
    y: Floats
    doubt: Floats
    rounded: Floats
    repaired: NDArray[Any]
    district: NDArray[Any] = field(default_factory=lambda: np.zeros(0, dtype=object))


def read(diagnosis: Diagnosis, city: City, answers: Mapping[str, str], *, inverse: bool) -> Reading:
    """Return every row of a file in its account.

    Parameters
    ----------
    diagnosis
        Without questions and problems.
    city
        Where the positions should lie.
    answers
        ``swapped=repair`` exchanges the coordinates of rows that lie in the city only then.
    inverse
        Whether positions in GCJ-02 or BD-09 may be set back, approximately: the owner of the
        server decides. Otherwise they stay as they are, with the doubt that this costs.

    Returns
    -------
    Reading
        ``read == used + outside + sum(not_used.values())``, always.
    """
    parts, stated = [], []
    for number, placed in enumerate(diagnosis.placements):
        rows = _rows(placed, city)
        stated += [rows.doubt, np.full(len(placed.table.torn), np.nan)]
        rows.doubt = np.where(np.isnan(rows.doubt), rows.rounded, rows.doubt)
        _locate(rows, placed, city, repair=answers.get("swapped") == "repair", inverse=inverse)
        rows.doubt[np.isnan(rows.x)] = stated[-2][np.isnan(rows.x)]
        parts.append(_frame(rows, placed, number))
    frame = pd.concat(parts, ignore_index=True) if parts else _frame_of([], [])
    reading = Reading(frame, tuple(one.table.where for one in diagnosis.placements))
    _tell(reading, diagnosis, np.concatenate(stated or [np.zeros(0)]))
    return reading


def _rows(placed: Placement, city: City) -> _Rows:
    """Take apart rows that have two coordinates, and those that have none, and why."""
    names, one, two = states_of(placed)
    table = placed.table
    a, b = values_of(placed)
    status = unfit(names, one, two, (a, b))
    x, y = (b, a) if placed.north_first else (a, b)
    x, y = np.array(x, dtype=np.float64), np.array(y, dtype=np.float64)
    _by_axes(placed, x, y)
    bad = status != ""
    if bad.any():
        _name_others(placed, status, bad)
    n = len(status)
    blank = np.full(n, np.nan)
    none = np.full(n, "", dtype=object)
    return _Rows(table.lines, status, x, y, blank.copy(), blank.copy(), _doubts(placed, n),
                 _rounded(placed, city), none)  # fmt: skip


def _rounded(placed: Placement, city: City) -> Floats:
    """Return how far off each row may be because its numbers are rounded, metres."""
    in_degrees = is_in_degrees(placed.crs)
    sizes = steps(*values_of(placed), in_degrees=in_degrees)
    doubt = doubt_m(sizes, city.centre[0], in_degrees=in_degrees)
    # A metre of Web Mercator is less on the ground.
    return np.ceil(doubt * np.cos(np.radians(city.centre[0]))) if placed.crs == MERCATOR else doubt


def _by_axes(placed: Placement, x: Floats, y: Floats) -> None:
    """Exchange the coordinates of rows that say themselves which is north."""
    if placed.first is None or placed.second is None:
        return
    wrong = turned(placed.first, placed.second, north_first=placed.north_first)
    x[wrong], y[wrong] = y[wrong], x[wrong]


def _name_others(placed: Placement, status: NDArray[Any], bad: NDArray[np.bool_]) -> None:
    """Tell totals, notes and repeated headings from rows whose position is missing."""
    table, at = placed.table, np.flatnonzero(bad)
    heads = {bare(name) for name in placed.columns}
    first = placed.columns[:1] if placed.first is not None else ()
    cells = [
        ["" if one is None else str(one) for one in table.cells.column(name).take(at).to_pylist()]
        for name in (*first, *table.names[:3])
    ]
    for k, told in zip(at.tolist(), zip(*cells, strict=True), strict=True):
        held = told[0] if first else ""
        status[k] = stands_for_none(told[len(first) :], held, heads) or status[k]


def _doubts(placed: Placement, n: int) -> Floats:
    """Return the doubt that the file states of each row, metres; of 0 nothing is known.

    Darwin Core has no doubt of 0; where a row fills several columns, the largest counts.
    """
    doubt = np.full(n, np.nan)
    for name in placed.table.names:
        if bare(name) in _DOUBTS:
            values = _numbers_of(placed, name, n)
            doubt = np.fmax(doubt, np.where(values > 0, values, np.nan))
    return doubt


def _numbers_of(placed: Placement, name: str, n: int) -> Floats:
    from geo.intake.columns import coordinates

    cells = placed.table.cells.column(name).combine_chunks()
    try:
        return coordinates(cells.chunk(0) if hasattr(cells, "chunks") else cells).values
    except (ValueError, UnfitError):
        return np.full(n, np.nan)


def _locate(rows: _Rows, placed: Placement, city: City, *, repair: bool, inverse: bool) -> None:
    """Bring the rows to the city's plane; tell those within it from those beyond."""
    good = rows.status == ""
    if placed.crs == DEGREES:
        _check_degrees(rows, city, repair=repair)
        good = rows.status == ""
    x, y = rows.lon[good], rows.lat[good]
    if placed.datum and inverse and placed.crs == DEGREES:
        x, y = set_back(x, y, placed.datum)
        rows.repaired[good] = "set_back"
    if placed.datum:
        set_right = inverse and placed.crs == DEGREES
        least = APPROXIMATE_M if set_right else most_offset_m(city.bbox, placed.datum)
        rows.doubt[good] = np.fmax(rows.doubt[good], least)
    way = bridge(placed.crs, city.metric_epsg, on_plane(city.bbox, city.metric_epsg))
    east, north = way.transform(np.ascontiguousarray(x), np.ascontiguousarray(y))
    rows.x[good], rows.y[good] = east, north
    if placed.crs == DEGREES:
        rows.lon[good], rows.lat[good] = x, y
    else:
        rows.lon[good], rows.lat[good] = transformer(city.metric_epsg, 4326).transform(east, north)
    reached = np.isfinite(rows.x) & np.isfinite(rows.y)
    rows.status[good & ~reached] = "out_of_range"
    good &= reached
    codes = np.full(len(rows.status), -1)
    plane = city.on_plane
    codes[good] = prepare(plane).codes(np.column_stack([rows.x[good], rows.y[good]]))
    rows.status[good] = np.where(codes[good] >= 0, USED, OUTSIDE)
    rows.district = np.append(plane.index.astype(str).to_numpy(dtype=object), "")[codes]
    gone = ~np.isin(rows.status, [USED, OUTSIDE])
    for values in (rows.lon, rows.lat, rows.x, rows.y, rows.rounded):
        values[gone] = np.nan


def _check_degrees(rows: _Rows, city: City, *, repair: bool) -> None:
    good = rows.status == ""
    there = near(rows.lon, rows.lat, city.bbox, 0.0)
    turned = near(rows.lat, rows.lon, city.bbox, 0.0) & ~there & good
    if repair:
        lon = rows.lon.copy()
        rows.lon[turned], rows.lat[turned] = rows.lat[turned], lon[turned]
        rows.repaired[turned] = "swapped"
    else:
        rows.status[turned] = "swapped"
    beyond = (np.abs(rows.lon) > 180) | (np.abs(rows.lat) > 90)
    rows.status[(rows.status == "") & beyond] = "out_of_range"


@lru_cache(maxsize=8)
def on_plane(bbox: Box, plane: int) -> Box:
    """Return a rectangle of degrees on a plane; PROJ takes 70 ms to find the way.

    Parameters
    ----------
    bbox
        West, south, east and north in degrees, WGS 84.
    plane
        EPSG code of the plane.
    """
    west, south, east, north = Transformer.from_crs(
        DEGREES, plane, always_xy=True
    ).transform_bounds(*bbox)
    return west, south, east, north


_COLUMNS: Final = (
    *("part", "line", "status", "lon", "lat", "x", "y", "district", "uncertainty_m", "rounded_m"),
    "repaired",
)


def _frame(rows: _Rows, placed: Placement, number: int) -> pd.DataFrame:
    torn = placed.table.torn
    n, none = len(torn), np.full(len(torn), np.nan)
    values = [
        np.full(len(rows.lines) + n, number),
        np.concatenate([rows.lines, torn]),
        np.concatenate([rows.status, np.full(n, "torn", dtype=object)]),
        *(np.concatenate([v, none]) for v in (rows.lon, rows.lat, rows.x, rows.y)),
        np.concatenate([rows.district, np.full(n, "", dtype=object)]),
        np.concatenate([rows.doubt, none]),
        np.concatenate([rows.rounded, none]),
        np.concatenate([rows.repaired, np.full(n, "", dtype=object)]),
    ]
    return _frame_of(list(_COLUMNS), values)


def _frame_of(names: Sequence[str], values: Sequence[Any]) -> pd.DataFrame:
    if not names:
        return pd.DataFrame({name: [] for name in _COLUMNS}).astype({"status": object})
    return pd.DataFrame(dict(zip(names, values, strict=True)))


def _tell(reading: Reading, diagnosis: Diagnosis, stated: Floats) -> None:
    """Add what reading has shown."""
    _tell_doubt(reading, diagnosis, stated)
    swapped = reading.not_used.get("swapped", 0)
    if swapped:
        diagnosis.tell("rows_swapped", "certain", value=swapped)
    of = {number: one.datum for number, one in enumerate(diagnosis.placements) if one.datum}
    if of:
        doubt = reading.rows.loc[reading.rows["part"].isin(list(of)), "uncertainty_m"]
        is_back = bool((reading.rows["repaired"] == "set_back").any())
        key, datum = "set_back" if is_back else "datum_doubt", next(iter(of.values()))
        diagnosis.tell(key, value=float(doubt.min(skipna=True)), datum=datum)
    if reading.outside and not reading.used:
        diagnosis.tell("all_outside", "certain", value=reading.outside)


def _tell_doubt(reading: Reading, diagnosis: Diagnosis, stated: Floats) -> None:
    """Say of how many positions the doubt is known, and what the file says was verified."""
    there = reading.rows["status"].isin([USED, OUTSIDE]).to_numpy()
    unknown = int(reading.rows.loc[there, "uncertainty_m"].isna().sum())
    doubt = stated[there & np.isfinite(stated)]
    if len(doubt):
        low, high = float(doubt.min()), float(doubt.max())
        diagnosis.tell("doubt_stated", value=len(doubt), unknown=unknown, low=low, high=high)
    elif unknown:
        diagnosis.tell("doubt_unknown", value=unknown)
    rounded = reading.rows["rounded_m"].to_numpy(dtype=float)
    rounded = rounded[there & np.isnan(stated) & np.isfinite(rounded)]
    if len(rounded):
        span = dict.fromkeys((f"{rounded.min():.0f}", f"{rounded.max():.0f}"))
        diagnosis.tell("doubt_rounded", "likely", value=len(rounded), doubt="–".join(span))
    for placed in diagnosis.placements:
        for name in placed.table.names:
            if bare(name) in _VERIFICATIONS:
                diagnosis.tell("verification_stated", value=name, said=_counted(placed, name))


def _counted(placed: Placement, name: str) -> tuple[str, ...]:
    """Return the most frequent values of a column, each with its number of rows."""
    told = pd.Series(placed.table.cells.column(name).to_pylist(), dtype=object).dropna()
    return tuple(f"{value} ({n})" for value, n in told.astype(str).value_counts()[:5].items())
