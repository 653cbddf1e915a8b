"""Read a reader's own points: those within the city, and an account of every row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

import numpy as np
from shapely import get_coordinates
from shapely.geometry.base import BaseGeometry

from geo.base.arrays import Floats
from geo.base.bridge import Bridge, bridge, name_of
from geo.base.draws import SEED
from geo.base.errors import Problem
from geo.grid.cells import grid_over
from geo.intake.systems import fits, near_in
from geo.point_files.apart import REASONS, Place
from geo.point_files.bin import Binned, CancelledError, Columns, bin_points, unchanged
from geo.point_files.sample import Sample, sample_points
from layers.intake.certainty import Certainty, certainty_of
from layers.intake.outcome import VAGUE, unused_rows, vague_rows
from layers.intake.precision import CENTROID_M
from layers.own_points.source import Source, require_files
from layers.own_points.system import basis_of
from layers.pack.city import City, outlines
from layers.view.codecs import choices
from layers.view.page_options import PointsOptions

Progress = Callable[[str, int, int], None]
"""Takes the key of what is being done, how much is done, and how much there is (0: unknown)."""

Stopped = Callable[[], bool]
"""Tells whether the answer is no longer wanted."""

KEPT: Final = 1_000_000
"""Rows that are kept in memory; of more, so many are drawn."""

CELLS_PER_SIGMA: Final = MappingProxyType({"fixed": 2, "adaptive": 6})
"""Cells that a bandwidth must span, see ``geo.density.kernel_density``."""

ACCOUNT: Final = REASONS
STRAYS_LEAST: Final = 3
STRAYS_SHARE: Final = 0.2
"""How many of the rows outside, and which share, must agree on another reference system."""


@dataclass(frozen=True, eq=False)
class FileQuestion:
    """What is to be read.

    Parameters
    ----------
    city
        The points within it count.
    source, columns
        The file, and where it holds positions.
    cell_m
        Side of a cell of the grid.
    scheduler
        Address of a dask scheduler, or None.
    is_declared, is_said
        Whether the file itself declares the reference system of these columns, or the reader has
        said it.
    answers
        What else the reader has said of the file: options of own points by name, as an address has
        them. With ``taken`` the file was taken in whole, and ``columns`` are those it got then.
    handed_back
        Name of the file that holds these rows once they are handed back, where the file as it came
        does not give them: rows were placed, or what was said of it no option says. Else empty.
    seen
        What the first rows of a file that is counted as it lies show of their doubts.
    """

    city: City
    source: Source
    columns: Columns
    cell_m: int
    scheduler: str | None = None
    is_declared: bool = False
    is_said: bool = False
    answers: tuple[tuple[str, str], ...] = ()
    handed_back: str = ""
    seen: Certainty | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """What the answer depends on."""
        city, source = self.city, self.source
        file = (source.name, source.paths, source.size, source.stamp)
        known = (self.is_declared, self.is_said, self.answers)
        how = (self.columns, self.cell_m, self.scheduler, *known)
        return ("read", city.id, city.digest, *file, *how)

    @property
    def crs(self) -> str:
        """The reference system as which the positions are read, by its code or its name."""
        given = self.columns.source_crs
        return f"EPSG:{self.columns.crs}" if given is None else name_of(given)

    @property
    def basis(self) -> str:
        """How it is known: ``said``, or see :func:`layers.own_points.system.basis_of`."""
        if self.is_said:
            return "said"
        return basis_of(self.columns, is_declared=self.is_declared)


@dataclass(frozen=True, eq=False)
class Reading:
    """The points of a file within the city, and an account of every row.

    Parameters
    ----------
    asked
        What was read.
    binned
        All points on the grid, and the account.
    kept
        The points themselves, or some of them.
    area
        The city on its plane.
    alone
        Whether a scheduler was asked in vain, so that the work was done here.
    dated
        Of when the data are, as the reader states it; empty where that is not stated.
    vague
        Points whose doubt exceeds :data:`layers.view.vague.VAGUE_M`, or some of them: they count
        for their district and for nothing else.
    """

    asked: FileQuestion
    binned: Binned
    kept: Sample
    area: BaseGeometry
    alone: bool = False
    dated: str = ""
    vague: Sample | None = None

    def of_day(self, dated: str) -> Reading:
        """Return the same points as those of a day.

        Parameters
        ----------
        dated
            As the reader states it; empty leaves the day on which the file was written.
        """
        day = dated or self.asked.source.day
        return replace(self, binned=replace(self.binned, data_date=day), dated=dated)

    @property
    def way(self) -> Bridge | None:
        """How positions come to the plane; None if they are on it."""
        columns = self.asked.columns
        if columns.source_crs is None:
            return None
        return bridge(columns.source_crs, columns.crs, self.area.bounds)

    @cached_property
    def taken(self) -> Certainty | None:
        """What is known of the positions before any filter; None of a file counted as it lies."""
        paths = self.asked.source.paths
        return certainty_of(paths[0]) if len(paths) == 1 else None

    @cached_property
    def certainty(self) -> Certainty:
        """What is known of the positions; of a file counted as it lies what its columns state."""
        if self.taken is not None:
            return self.taken
        binned, columns = self.binned, self.asked.columns
        some = [self.kept.doubt, *([] if self.vague is None else [self.vague.doubt])]
        doubt = np.fmax(np.concatenate(some), columns.least_m)
        median = float(np.median(doubt)) if len(doubt) else columns.least_m
        rest = binned.n + binned.vague - binned.stated
        return Certainty(
            stated=binned.stated,
            shifted=rest if columns.datum else 0,
            unknown=0 if columns.datum else rest,
            shifted_m=columns.least_m,
            datum=columns.datum,
            is_back=columns.is_back,
            median_m=median,
        )

    @property
    def median_m(self) -> float:
        """Half of all points are at least so far off, metres, as they or the first rows say."""
        seen = self.asked.seen
        first = 0.0 if seen is None or self.taken is not None else seen.median_m
        return max(self.certainty.median_m, first)

    @cached_property
    def at_middles(self) -> int:
        """How many points stand at a district's middle: probably none was surveyed there.

        None where no more stand there than the ground around would let expect.
        """
        xy, hit, around = self.kept.xy, np.zeros(len(self.kept.xy), dtype=bool), 0
        for middle in get_coordinates(self.asked.city.on_plane.centroid.to_numpy()):
            away = np.hypot(*(xy - middle).T)
            hit |= away < CENTROID_M
            around += int(((away >= CENTROID_M) & (away < 3 * CENTROID_M)).sum())
        n = int(hit.sum())  # the ring around is eight times as large
        return self._of_all(n) if n > 3 * around / 8 else 0

    @cached_property
    def at_one(self) -> int:
        """How many points stand at the one position that most share."""
        keys = np.ascontiguousarray(np.round(self.kept.xy, 2) + 0.0).view(np.complex128).ravel()
        return self._of_all(int(np.unique(keys, return_counts=True)[1].max(initial=0)))

    def _of_all(self, some: int) -> int:
        """Return how many of all points a number of those kept stands for."""
        kept = len(self.kept.xy)
        return some if self.kept.whole or not kept else round(some / kept * self.binned.n)

    @property
    def blank(self) -> bool:
        """Whether there is nothing to measure: no point in the city, or none that weighs."""
        return not self.binned.weight_sum

    @property
    def by_district(self) -> int:
        """How many points count for their district only."""
        return self.binned.vague or (0 if self.vague is None else len(self.vague.xy))

    @property
    def weights(self) -> Floats | None:
        """Weights of the points kept, so that they stand for all; None for one each."""
        kept = self.kept
        if kept.whole and self.asked.columns.weights is None:
            return None
        total = float(kept.weights.sum())
        scale = self.binned.weight_sum / total if total else 1.0
        return np.asarray(kept.weights * (1.0 if kept.whole else scale))


def fitting_cell(options: PointsOptions) -> int | None:
    """Return the largest cell offered, up to the one chosen, that suits the bandwidth.

    Parameters
    ----------
    options
        ``cell_m`` is the cell chosen, ``sigma_m`` the bandwidth, and ``bandwidth`` whether it is
        ``fixed`` or ``adaptive``, see ``CELLS_PER_SIGMA``.

    Returns
    -------
    int or None
        Side in metres; None where the bandwidth is too narrow for every cell.
    """
    need = CELLS_PER_SIGMA[options.bandwidth]
    offered = choices(PointsOptions, "cell_m")
    fits = [c for c in offered if c <= options.cell_m and options.sigma_m >= need * c]
    return max(fits, default=None)


def read(asked: FileQuestion, progress: Progress, stopped: Stopped) -> Reading:
    """Read a file of points.

    Parameters
    ----------
    asked
        What to read.
    progress
        Is told how far the work is.
    stopped
        Asked again and again; True ends the work.

    Returns
    -------
    Reading
        Where a scheduler is configured and fails, the same, read here.

    Raises
    ------
    AtlasError
        A file cannot be read; ``CancelledError`` where ``stopped`` returned True.
    """
    require_files(asked.source)
    zones = outlines(asked.city)
    area = zones.geometry.union_all()
    west, south, east, north = area.bounds
    pad = 2.0 * asked.cell_m
    bounds = (west - pad, south - pad, east + pad, north + pad)
    grid = grid_over(bounds, cell_m=float(asked.cell_m))
    rows = 0

    def done(so_far: int, total: int) -> None:
        nonlocal rows
        rows = total
        progress("points_page.stage.binning", so_far, total)

    def binned(scheduler: str | None) -> Binned:
        return bin_points(
            asked.source.paths, grid=grid, columns=asked.columns, boundary=area,
            scheduler=scheduler, progress=done, cancel=stopped, data_date=asked.source.day,
        )  # fmt: skip

    with unchanged(asked.source.paths):  # both looks see the same rows
        found, alone = _tried(binned, asked.scheduler)
        kept = sample_points(
            asked.source.paths, grid=grid, columns=asked.columns, boundary=area, most=KEPT,
            progress=lambda so_far: progress("points_page.stage.keeping", so_far, found.read),
            cancel=stopped,
        )  # fmt: skip
    path = asked.source.paths[0]
    kept, vague = _parted(kept, found, asked.columns)
    if beside := vague_rows(path):
        vague = sample_points([beside], grid=grid, columns=asked.columns, boundary=area, most=KEPT)
    n = 0 if vague is None or found.vague else len(vague.xy)
    return Reading(asked, _as_in_the_file(found, path, n), kept, area, alone, vague=vague)


def _parted(kept: Sample, found: Binned, columns: Columns) -> tuple[Sample, Sample | None]:
    """Return the points that were kept without the vague ones, and those, weighted for all."""
    if not found.vague:
        return kept, None
    far = kept.doubt > columns.vague_m
    near, vague = kept.only(~far), kept.only(far)
    total = float(near.weights.sum())
    if not kept.whole and total:
        vague = replace(vague, weights=vague.weights * (found.weight_sum / total))
    return near, vague


_BLANK_IN_A_COPY: Final = ("blank", "total", "header_again")
"""What rows without a position are called in the copy of a file that was taken in."""


def _as_in_the_file(found: Binned, path: Path, vague: int) -> Binned:
    """Return the account of a file that was taken in: its own lines and reasons, not the copy's.

    Of the rows that are blank in the copy, those that count for their district are not rejected.
    """
    unused = unused_rows(path)
    # The copy has no position for a total either, and shows its first cells.
    named = {why: found.apart.named.get(why, []) for why in _BLANK_IN_A_COPY}
    lines = sorted(place.line for places in named.values() for place in places)
    if unused is None or not lines:
        return found
    # Of more than are named, the reasons are those of all rows, where no filter has left some out.
    counted = {why: found.rejected.get(why, 0) for why in named}
    is_whole = len(unused) == sum(counted.values())
    some = unused if is_whole else unused.loc[lines]
    named_so = {why: 0 if is_whole else n - len(named[why]) for why, n in counted.items()}
    rejected = {**found.rejected, **named_so}
    apart = replace(found.apart, named={**found.apart.named, **{why: [] for why in named}})
    for (reason, file), rows in some.groupby(["reason", "file"], sort=True):
        rejected[str(reason)] = rejected.get(str(reason), 0) + len(rows)
        apart.name(str(reason), str(file), rows["line"].to_numpy(dtype=np.int64))
    unnamed = vague - rejected.pop(VAGUE, 0)
    rejected["blank"] -= min(max(unnamed, 0), rejected["blank"])
    apart.named.pop(VAGUE, None)
    return replace(found, rejected=rejected, apart=apart)


def _tried(work: Callable[[str | None], Binned], scheduler: str | None) -> tuple[Binned, bool]:
    """Return what the cluster found; where it fails, what is found here, and that it failed."""
    if scheduler is None:
        return work(None), False
    try:
        return work(scheduler), False
    except CancelledError:
        raise
    except Exception:  # a cluster fails in many ways; what is wrong with the file shows again here
        return work(None), True


def go_on(progress: Progress, stopped: Stopped, stage: str) -> None:
    """Say what comes next, if it is still wanted.

    Parameters
    ----------
    progress, stopped
        As in :func:`read`.
    stage
        What comes next: last part of a key under ``points_page.stage``.

    Raises
    ------
    CancelledError
        ``stopped`` returned True.
    """
    if stopped():
        raise CancelledError("stream.cancelled", [Problem("points.stopped", "points")])
    progress(f"points_page.stage.{stage}", 0, 0)


class OtherSystem(NamedTuple):
    """A system in which many of the rows outside would lie in the city."""

    crs: str
    share: float
    """Of the rows outside that were looked at."""
    first: Place
    """The first of those rows."""


def other_system(reading: Reading) -> OtherSystem | None:
    """Return the system for which the rows outside speak, where they seem to be of another one.

    The first rows of a long file decide how it is read; this is what the others say to that.

    Parameters
    ----------
    reading
        As :func:`read` returns it.

    Returns
    -------
    OtherSystem or None
        None where at least ``STRAYS_LEAST`` rows and a fifth of those outside do not agree.
    """
    asked, strays = reading.asked, reading.binned.apart.strays
    box, given = asked.city.bbox, asked.columns.source_crs or f"EPSG:{asked.columns.crs}"
    x, y = (np.array([getattr(one, axis) for one in strays], dtype=float) for axis in ("x", "y"))
    if len(strays) >= STRAYS_LEAST:  # what lies beside the city as it was read is no stray
        far = ~near_in(x, y, given, box)
        strays, x, y = [strays[k] for k in np.flatnonzero(far)], x[far], y[far]
    best = next((one for one in fits(x, y, box) if one.share >= STRAYS_SHARE), None)
    if best is None or best.share * len(strays) < STRAYS_LEAST:
        return None
    there = near_in(*((y, x) if best.north_first else (x, y)), best.crs, box)
    first = strays[int(np.argmax(there))]
    return OtherSystem(best.crs, best.share, Place(first.file, first.line))


def doubts(reading: Reading) -> tuple[int, int]:
    """Return of how many rows within the city the doubt is known, and of how many not.

    Parameters
    ----------
    reading
        As :func:`read` returns it.

    Returns
    -------
    tuple of int
        Of a file that was taken in whole before any filter.
    """
    return reading.certainty.known, reading.certainty.unknown


def account_values(reading: Reading) -> dict[str, object]:
    """Return what became of the rows, for sentences and files.

    Parameters
    ----------
    reading
        As :func:`read` returns it.

    Returns
    -------
    dict
        By name, in a fixed order: file, of when its data are, and whether the reader ``stated``
        that or the file was ``written`` or ``uploaded`` then; columns; the reference system, how it
        is known, and the accuracy in metres of the way to the plane (``unknown``, or 0 for none);
        the column and the values of a filter; rows ``read``, ``binned``, ``district_only``,
        ``outside_city``, ``filtered_out`` and ``rejected``, the last also by reason; of how many
        rows the doubt is known, and whence (stated, by rounding, by datum, placed by the reader);
        the sum of weights;
        how many points are kept, whether all, and the seed; the digest of the grid.
    """
    binned, columns = reading.binned, reading.asked.columns
    known, unknown = doubts(reading)
    whence = ("stated", "rounded", "shifted", "placed")
    by = {f"doubt_{one}": getattr(reading.certainty, one) for one in whence}
    place = "; ".join(columns.places)
    came = "uploaded" if reading.asked.source.is_uploaded else "written"
    way = reading.way
    accuracy = 0.0 if way is None else way.accuracy_m
    return {
        "file": reading.asked.source.name,
        "data_date": binned.data_date or "unknown",
        "data_date_known_from": "stated" if reading.dated else came,
        "columns": place,
        "weight_column": columns.weights or "",
        "filter_column": columns.filter_by or "",
        "filter_values": "; ".join(columns.wanted),
        "source_crs": reading.asked.crs,
        "source_crs_definition": columns.source_crs or f"EPSG:{columns.crs}",
        "source_crs_known_from": reading.asked.basis,
        "source_crs_shift_accuracy_m": "unknown" if accuracy is None else accuracy,
        "read": binned.read,
        "binned": binned.n,
        "district_only": reading.by_district,
        "outside_city": binned.outside,
        "filtered_out": binned.filtered,
        "rejected": sum(binned.rejected.values()),
        **{f"rejected_{reason}": binned.rejected[reason] for reason in ACCOUNT},
        "doubt_known": known,
        **by,
        "doubt_unknown": unknown,
        "weight_sum": binned.weight_sum,
        "kept": len(reading.kept.xy),
        "kept_all": reading.kept.whole,
        "kept_seed": SEED,
        "grid_sha256": binned.digest,
    }
