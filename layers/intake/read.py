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
from geo.base.errors import Problem
from geo.grid.lookup import prepare
from geo.intake.columns import FORMS, turned, unfit
from geo.intake.datum import most_offset_m, set_back
from geo.intake.rounding import doubt_m, steps
from geo.intake.systems import DEGREES, MERCATOR, is_in_degrees, near
from geo.intake.words import bare, stands_for_none
from layers.intake.diagnose import Diagnosis, Placement, states_of, values_of
from layers.intake.districts.names import own_names
from layers.intake.formats.georeference import (
    counted,
    counted_unusable,
    dates,
    doubt_of,
    is_given_back,
    on_wgs84,
    stated_columns,
)
from layers.intake.formats.headings import GIVEN_BACK
from layers.intake.formats.table import Table
from layers.intake.total_rows import total_rows
from layers.language.messages import LANGS, speaker
from layers.pack.city import City
from layers.pack.exchange import DATED, PROTOCOL, SOURCES, VERIFICATION

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
REPAIRS: Final = (*FORMS, "one_field", "axes", "zone", "projected", "swapped", "set_back")
"""What may be done to a row's coordinates: bit n of ``repaired`` says the n-th.

The notations of ``FORMS`` are read; both numbers are taken out of one field; the axes are
exchanged, as the whole column or the row itself shows; the number of a zone is taken off; a plane
is turned into degrees. The last two are done because the reader said so.
"""
BY_ANSWER: Final = ("swapped", "set_back")
BIT: Final = {name: 1 << k for k, name in enumerate(REPAIRS)}
_ZONED_M: Final = 1e6
"""An easting of more metres has the number of its zone before it."""
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
        (what was done to the coordinates, a bit for each of ``REPAIRS``; 0 for a row without a
        position).
    parts
        Names of the tables.
    systems
        Of each, the system that its positions stand in.
    datums
        Of each, ``gcj02`` or ``bd09`` where its positions stood in it; else empty.
    said
        What the reader has answered.
    """

    rows: pd.DataFrame
    parts: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()
    datums: tuple[str, ...] = ()
    said: frozenset[str] = frozenset()

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

    @property
    def located(self) -> pd.DataFrame:
        """The rows that have a position, within the city or beyond."""
        return self.rows[self.rows["status"].isin([USED, OUTSIDE])]

    @property
    def doubts(self) -> tuple[int, int]:
        """Of how many positions the doubt is known, and of how many not."""
        known = self.located["uncertainty_m"].notna()
        return int(known.sum()), int((~known).sum())

    def mended(self, repair: str) -> int:
        """Return to how many rows something was done.

        Parameters
        ----------
        repair
            One of ``REPAIRS``.
        """
        return int((self.rows["repaired"] & BIT[repair]).astype(bool).sum())

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
    repaired: NDArray[np.int16]
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
    them = diagnosis.placements
    reading = Reading(
        frame,
        tuple(one.table.where for one in them),
        tuple(one.crs for one in them),
        tuple(one.datum for one in them),
        frozenset(name for name, answer in answers.items() if answer),
    )
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
    if not is_given_back(table):  # of its rows that was told before
        own = {*own_names(city), *(bare(city.name.of(lang)) for lang in LANGS)}
        status[total_rows(table, placed.columns, status == "", own, (a, b))] = "total"
    bad = status != ""
    if bad.any():
        _name_others(placed, status, bad)
        _keep_reasons(placed, status)
    blank = np.full(len(status), np.nan)
    doubt, _ = doubt_of(table)
    repaired = _notations(placed, len(status))
    _by_axes(placed, x, y, repaired)
    return _Rows(table.lines, status, x, y, blank.copy(), blank.copy(), doubt,
                 _rounded(placed, city), repaired)  # fmt: skip


def _rounded(placed: Placement, city: City) -> Floats:
    """Return how far off each row may be because its numbers are rounded, metres.

    Of a list that was handed back that is known: how its numbers were written once decided it.
    """
    if is_given_back(placed.table):
        return np.full(len(placed.table.lines), np.nan)
    in_degrees = is_in_degrees(placed.crs)
    sizes = steps(*values_of(placed), in_degrees=in_degrees)
    doubt = doubt_m(sizes, city.centre[0], in_degrees=in_degrees)
    # A metre of Web Mercator is less on the ground.
    return np.ceil(doubt * np.cos(np.radians(city.centre[0]))) if placed.crs == MERCATOR else doubt


def _notations(placed: Placement, n: int) -> NDArray[np.int16]:
    """Return how the coordinates of each row are written, other than as two plain numbers."""
    if placed.first is None or placed.second is None:
        return np.zeros(n, dtype=np.int16)
    written = (placed.first.written | placed.second.written).astype(np.int16)
    if len(placed.columns) == 1:
        written &= ~np.int16(BIT["marks"])  # what stands around a pair is told by the next
        written |= BIT["one_field"]
    return written


def _by_axes(placed: Placement, x: Floats, y: Floats, repaired: NDArray[np.int16]) -> None:
    """Exchange the coordinates of rows that say themselves which is north."""
    if placed.north_first:
        repaired |= BIT["axes"]
    if placed.first is None or placed.second is None:
        return
    wrong = turned(placed.first, placed.second, north_first=placed.north_first)
    x[wrong], y[wrong] = y[wrong], x[wrong]
    repaired[wrong] ^= BIT["axes"]


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


def _keep_reasons(placed: Placement, status: NDArray[Any]) -> None:
    """Let a row that was handed back without a position keep the reason why it has none.

    How its cells were written is gone by then: what is blank now was torn, or half of a pair.
    """
    table = placed.table
    if not is_given_back(table):
        return
    known: dict[str, str] = {}
    for say in map(speaker, LANGS):
        words = {one: say("intake.done.dropped", reason=say(f"intake.reason.{one}"))
                 for one in REASONS}  # fmt: skip
        known |= {word: one for one, word in words.items()}
    said = table.cells.column(GIVEN_BACK[2])
    for k in np.flatnonzero(status == "blank").tolist():
        status[k] = known.get(str(said[k].as_py()), status[k])


def _locate(rows: _Rows, placed: Placement, city: City, *, repair: bool, inverse: bool) -> None:
    """Bring the rows to the city's plane; tell those within it from those beyond."""
    good = rows.status == ""
    if placed.crs == DEGREES:
        _check_degrees(rows, city, repair=repair)
        good = rows.status == ""
    if placed.datum:
        _turn(rows, good & ~on_wgs84(placed.table), placed, city, inverse=inverse)
    x, y = rows.lon[good], rows.lat[good]
    way = bridge(placed.crs, city.metric_epsg, on_plane(city.bbox, city.metric_epsg))
    east, north = way.transform(np.ascontiguousarray(x), np.ascontiguousarray(y))
    rows.x[good], rows.y[good] = east, north
    if placed.crs == DEGREES:
        rows.lon[good], rows.lat[good] = x, y
    else:
        rows.lon[good], rows.lat[good] = transformer(city.metric_epsg, 4326).transform(east, north)
        rows.repaired[good] |= BIT["projected"]
        if placed.crs != MERCATOR:
            rows.repaired[good] |= np.where(x > _ZONED_M, BIT["zone"], 0).astype(np.int16)
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
    rows.repaired[gone] = 0


def _turn(
    rows: _Rows, off: NDArray[np.bool_], placed: Placement, city: City, *, inverse: bool
) -> None:
    """Set rows back from GCJ-02 or BD-09 where that is allowed, and give them their doubt."""
    is_back = inverse and placed.crs == DEGREES
    if is_back:
        rows.lon[off], rows.lat[off] = set_back(rows.lon[off], rows.lat[off], placed.datum)
        rows.repaired[off] |= BIT["set_back"]
    least = APPROXIMATE_M if is_back else most_offset_m(city.bbox, placed.datum)
    rows.doubt[off] = np.fmax(rows.doubt[off], least)


def _check_degrees(rows: _Rows, city: City, *, repair: bool) -> None:
    good = rows.status == ""
    there = near(rows.lon, rows.lat, city.bbox, 0.0)
    turned = near(rows.lat, rows.lon, city.bbox, 0.0) & ~there & good
    if repair:
        lon = rows.lon.copy()
        rows.lon[turned], rows.lat[turned] = rows.lat[turned], lon[turned]
        rows.repaired[turned] |= BIT["swapped"]
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
        np.concatenate([rows.repaired, np.zeros(n, dtype=np.int16)]),
    ]
    return _frame_of(list(_COLUMNS), values)


def _frame_of(names: Sequence[str], values: Sequence[Any]) -> pd.DataFrame:
    if not names:
        return pd.DataFrame({name: [] for name in _COLUMNS}).astype({"status": object})
    return pd.DataFrame(dict(zip(names, values, strict=True)))


def _tell(reading: Reading, diagnosis: Diagnosis, stated: Floats) -> None:
    """Add what reading has shown."""
    _tell_doubt(reading, diagnosis, stated)
    # Of a list that was handed back they were told before, and have no coordinates any more.
    ours = [k for k, one in enumerate(diagnosis.placements) if is_given_back(one.table)]
    swapped = (reading.rows["status"] == "swapped") & ~reading.rows["part"].isin(ours)
    if n := int(swapped.sum()):
        diagnosis.tell("rows_swapped", "certain", value=n)
    if n := reading.mended("swapped"):
        diagnosis.tell("rows_exchanged", "certain", value=n)
    of = {number: one.datum for number, one in enumerate(diagnosis.placements) if one.datum}
    if of:
        doubt = reading.rows.loc[reading.rows["part"].isin(list(of)), "uncertainty_m"]
        is_back = reading.mended("set_back") > 0
        key, datum = "set_back" if is_back else "datum_doubt", next(iter(of.values()))
        diagnosis.tell(key, value=float(doubt.min(skipna=True)), datum=datum)
    if reading.outside and not reading.used:
        diagnosis.tell("all_outside", "certain", value=reading.outside)


def _tell_doubt(reading: Reading, diagnosis: Diagnosis, stated: Floats) -> None:
    """Say of how many positions the doubt is known, and what the file says of them beside it."""
    there = reading.rows["status"].isin([USED, OUTSIDE]).to_numpy()
    _, unknown = reading.doubts
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
    _tell_terms([one.table for one in diagnosis.placements], diagnosis)


def _tell_terms(tables: Sequence[Table], diagnosis: Diagnosis) -> None:
    """Say which doubts are none, what was verified, and what the file says of its sources."""
    if unusable := counted_unusable([doubt_of(table)[1] for table in tables]):
        diagnosis.tell("doubt_unusable", "certain", value=sum(unusable.values()), **unusable)
    for name in stated_columns(tables, VERIFICATION):
        diagnosis.tell("verification_stated", value=name,
                       said=counted(tables, VERIFICATION))  # fmt: skip
    others = [name for term in (PROTOCOL, SOURCES, DATED) for name in stated_columns(tables, term)]
    if others:
        told = (*counted(tables, SOURCES, 2), *dates(tables))
        diagnosis.tell("georeference_stated", value=tuple(others), said=told)
