"""Read a reader's own points, draw their density, and put both into words."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.bins import Bins
from geo.density import adaptive_density, grid_density, kernel_density
from geo.errors import Problem
from geo.finding import Finding
from geo.grid import grid_over
from geo.lookup import assign
from geo.pattern import Pattern
from geo.sample import SEED, Sample, sample_points
from geo.stream import Binned, CancelledError, Columns, bin_points
from geo.surface import Overlay, Surface, overlay
from layers.city import City
from layers.density_view import CLASSES, OPACITY, Small, outlines, shades
from layers.drawing import Drawing, Raster
from layers.points_source import Source
from layers.state import POINTS_NUMBERS, PointsOptions
from layers.text import Say, speaker
from layers.words import cell, count, number

Floats = NDArray[np.float64]
Tell = Callable[[str, int, int], None]
"""Takes the key of what is being done, how much is done, and how much there is (0: unknown)."""

Stopped = Callable[[], bool]
"""Tells whether the answer is no longer wanted."""

KEPT: Final = 1_000_000
"""Rows that are kept in memory; of more, so many are drawn."""
CELLS_PER_SIGMA: Final = MappingProxyType({"fixed": 2, "adaptive": 6})
"""Cells that a bandwidth must span, see ``geo.density``."""
ACCOUNT: Final = ("not_a_number", "swapped", "weight", "torn")


@dataclass(frozen=True, eq=False)
class Question:
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
    """

    city: City
    source: Source
    columns: Columns
    cell_m: int
    scheduler: str | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """What the answer depends on."""
        city, source = self.city, self.source
        file = (source.name, source.paths, source.size, source.stamp)
        return ("read", city.id, city.digest, *file, self.columns, self.cell_m, self.scheduler)


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
    """

    asked: Question
    binned: Binned
    kept: Sample
    area: BaseGeometry
    alone: bool = False

    @property
    def blank(self) -> bool:
        """Whether there is nothing to measure: no point in the city, or none that weighs."""
        return not self.binned.weight_sum

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
    """Return the largest cell offered, up to the one chosen, that suits the bandwidth, or None."""
    need = CELLS_PER_SIGMA[options.bandwidth]
    offered = POINTS_NUMBERS["cell_m"][1]
    fits = [c for c in offered if c <= options.cell_m and options.sigma_m >= need * c]
    return max(fits, default=None)


def read(asked: Question, tell: Tell, stopped: Stopped) -> Reading:
    """Read a file of points.

    Parameters
    ----------
    asked
        What to read.
    tell
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
    zones = outlines(asked.city)
    area = zones.geometry.union_all()
    west, south, east, north = area.bounds
    pad = 2.0 * asked.cell_m
    bounds = (west - pad, south - pad, east + pad, north + pad)
    grid = grid_over(bounds, cell_m=float(asked.cell_m))
    written = datetime.fromtimestamp(asked.source.stamp / 1e9, UTC).date().isoformat()
    rows = 0

    def done(so_far: int, total: int) -> None:
        nonlocal rows
        rows = total
        tell("points_page.stage.binning", so_far, total)

    def binned(scheduler: str | None) -> Binned:
        return bin_points(
            asked.source.paths, grid=grid, columns=asked.columns, boundary=area,
            scheduler=scheduler, progress=done, cancel=stopped, data_date=written,
        )  # fmt: skip

    found, alone = _tried(binned, asked.scheduler)
    kept = sample_points(
        asked.source.paths, grid=grid, columns=asked.columns, boundary=area, most=KEPT,
        progress=lambda so_far: tell("points_page.stage.keeping", so_far, found.read),
        cancel=stopped,
    )  # fmt: skip
    return Reading(asked, found, kept, area, alone)


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


def go_on(tell: Tell, stopped: Stopped, stage: str) -> None:
    """Say what comes next; raise CancelledError if it is no longer wanted."""
    if stopped():
        raise CancelledError("stream.cancelled", [Problem("points", "was called off.")])
    tell(f"points_page.stage.{stage}", 0, 0)


@dataclass(frozen=True, eq=False)
class Told:
    """An answer in the reader's language; the four things shown have one shape.

    Parameters
    ----------
    sentence
        The result, as one says it.
    account
        What became of the rows, and what was drawn from them.
    legend_title, legend
        Unit, and colour with words of each class.
    drawing
        What is drawn on the map.
    findings
        Further results, one sentence each.
    tables
        Title, table and heading of its first column.
    pictures
        Small pictures beside the tables.
    notes
        How it was measured, and what goes with every number.
    """

    sentence: str
    account: tuple[str, ...]
    drawing: Drawing
    legend_title: str = ""
    legend: tuple[tuple[str, str], ...] = ()
    findings: tuple[str, ...] = ()
    tables: tuple[tuple[str, pd.DataFrame, str], ...] = ()
    pictures: tuple[Small, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class SurfaceShown:
    """The density of the points, and how many lie in each district.

    Parameters
    ----------
    reading, options
        What was asked.
    surface
        Places (or weight) per km²; None where the bandwidth is too narrow for every cell offered.
    breaks
        Lower bounds of the classes, per km².
    picture
        The surface in Web Mercator; None where it is zero.
    districts
        By adcode: ``n`` (points, or weight), ``share``, ``per_km2``.
    """

    reading: Reading
    options: PointsOptions
    surface: Surface | None
    breaks: tuple[float, ...] = ()
    picture: Overlay | None = None
    districts: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the files must say."""
        return (self.reading.binned, *(() if self.surface is None else (self.surface,)))


def surface_shown(
    reading: Reading, options: PointsOptions, tell: Tell, stopped: Stopped
) -> SurfaceShown:
    """Measure the density of the points that were read.

    Parameters
    ----------
    reading
        The points.
    options
        Bandwidth, kernel, and whether the bandwidth follows the density.
    tell, stopped
        As in :func:`read`.

    Returns
    -------
    SurfaceShown
        The fixed Gaussian surface is that of all points, by way of the grid; the quartic and the
        adaptive one are those of the points kept, weighted so that they stand for all.
    """
    if fitting_cell(options) is None or reading.blank:
        return SurfaceShown(reading, options, None, districts=_districts(reading))
    go_on(tell, stopped, "surface")
    surface = _surface(reading, options)
    breaks = ladder(surface.value)
    laid = (
        overlay(surface, breaks=breaks, colours=shades(len(breaks)), opacity=OPACITY)
        if breaks
        else None
    )
    return SurfaceShown(reading, options, surface, breaks, laid, _districts(reading))


def ladder(highest: float) -> tuple[float, ...]:
    """Return lower bounds of classes below a value, in steps 1, 2, 5, 10, lowest first.

    Densities of enterprises are skewed: equal steps would show the one highest spot alone.
    """
    steps: list[float] = []
    power = 10.0 ** math.ceil(math.log10(highest)) if highest > 0 else 0.0
    while power and len(steps) < CLASSES - 1:
        steps += [power * factor for factor in (1.0, 0.5, 0.2) if power * factor < highest]
        power /= 10
    return tuple(float(f"{step:.3g}") for step in sorted(steps[: CLASSES - 1]))


def _surface(reading: Reading, options: PointsOptions) -> Surface:
    binned, city = reading.binned, reading.asked.city
    shared: dict[str, Any] = {
        "sigma_m": float(options.sigma_m),
        "boundary": reading.area,
        "crs": city.metric_epsg,
        "data_date": binned.data_date,
    }
    own = {**shared, "cell_m": binned.grid.cell_m, "weights": reading.weights}
    if options.bandwidth == "adaptive":
        found = adaptive_density(reading.kept.xy, **own)
    elif options.kernel == "quartic":
        found = kernel_density(reading.kept.xy, kernel="quartic", **own)
    else:
        found = grid_density(binned.counts, binned.grid, n=binned.n, **shared)
    from_kept = options.bandwidth == "adaptive" or options.kernel == "quartic"
    drawn = from_kept and not reading.kept.whole
    weighted = reading.asked.columns.weights is not None
    keep = [key for key in found.caveats if key != "density.weighted"]
    return replace(
        found,
        n=binned.n,
        parameters={**found.parameters, **account_values(reading), "weighted": weighted},
        caveats=(
            *keep,
            *(("density.weighted",) if weighted else ()),
            *(("points_page.drawn",) if drawn else ()),
        ),
    )


def account_values(reading: Reading) -> dict[str, object]:
    """Return what became of the rows, for sentences and files."""
    binned, columns = reading.binned, reading.asked.columns
    place = columns.geometry or f"{columns.x}; {columns.y}"
    return {
        "file": reading.asked.source.name,
        "columns": place,
        "weight_column": columns.weights or "",
        "source_crs": f"EPSG:{columns.source_crs or columns.crs}",
        "read": binned.read,
        "binned": binned.n,
        "outside_city": binned.outside,
        "rejected": sum(binned.rejected.values()),
        **{f"rejected_{reason}": binned.rejected[reason] for reason in ACCOUNT},
        "weight_sum": binned.weight_sum,
        "kept": len(reading.kept.xy),
        "kept_all": reading.kept.whole,
        "kept_seed": SEED,
        "grid_sha256": binned.digest,
    }


def _districts(reading: Reading) -> pd.DataFrame:
    """Return the points of each district, estimated where only some were kept."""
    zones = outlines(reading.asked.city)
    weights = reading.weights
    weigh = np.ones(len(reading.kept.xy)) if weights is None else weights
    where = assign(reading.kept.xy, zones)
    found = pd.Series(weigh).groupby(where.astype(object).to_numpy()).sum()
    n = found.reindex(zones.index, fill_value=0.0).astype(float)
    table = pd.DataFrame({"n": n, "share": n / n.sum() if n.sum() else math.nan})
    table["per_km2"] = n / (zones.geometry.area / 1e6)
    return table.sort_values("n", ascending=False, kind="stable")


def names_of(city: City, lang: str) -> dict[str, str]:
    """Return the districts' names by adcode."""
    return {str(code): cell(row, "name", lang) for code, row in city.districts.iterrows()}


def said(say: Say, keys: Iterable[str], values: Mapping[str, object]) -> Iterator[str]:
    """Yield the sentences of keys, measured numbers rounded and counts exact."""
    shown = {name: _shown(value) for name, value in values.items()}
    for key in keys:
        yield say(key, **shown)


def _shown(value: object) -> object:
    if isinstance(value, float):
        return number(value) if math.isfinite(value) else "–"
    return count(value) if type(value) is int else value


def account(reading: Reading, say: Say) -> tuple[str, ...]:
    """Say what became of every row: read is the sum of the others, always."""
    binned = reading.binned
    values = {
        "read": binned.read,
        "binned": binned.n,
        "outside": binned.outside,
        "rejected": sum(binned.rejected.values()),
        **binned.rejected,
    }
    keys = ["points_page.account"]
    keys += [f"points_page.rejected_{reason}" for reason in ACCOUNT if binned.rejected[reason]]
    lines = [" ".join(said(say, keys, values))]
    if not reading.kept.whole:
        lines.append(say("points_page.kept", kept=count(len(reading.kept.xy)), seed=SEED))
    if reading.alone:
        lines.append(say("points_page.alone"))
    return tuple(lines)


def source_notes(reading: Reading, say: Say) -> Iterator[str]:
    """Say how the file was read, and what the atlas cannot know of it."""
    columns, source = reading.asked.columns, reading.asked.source
    key = "degrees" if columns.source_crs is not None else "metres"
    yield say(
        f"points_page.read_as_{key}",
        columns=columns.geometry or f"{columns.x}, {columns.y}",
        epsg=columns.source_crs or columns.crs,
        weight=columns.weights or say("points_page.no_weight"),
    )
    yield say("points_page.written", date=reading.binned.data_date, files=len(source.paths))
    yield say("points_page.datum")
    yield say("points_page.unknown")
    if reading.asked.scheduler is not None and not reading.alone:
        yield say("points_page.cluster")


def nothing_said(reading: Reading, lang: str) -> str:
    """Say that there is nothing to measure, and what the reason may be."""
    say, binned = speaker(lang), reading.binned
    if binned.n:
        return say("points_page.weightless")
    key = "points_page.nothing" if binned.read else "points_page.no_rows"
    return say(key, city=reading.asked.city.name.of(lang))


def tell_surface(shown: SurfaceShown, lang: str) -> Told:
    """Put a density into words."""
    say, reading, surface = speaker(lang), shown.reading, shown.surface
    notes = tuple(source_notes(reading, say))
    rows = account(reading, say)
    table = (say("points_page.districts"), _district_table(shown, lang), say("filter.district"))
    if reading.blank:
        return Told(nothing_said(reading, lang), rows, Drawing(), notes=notes)
    if surface is None:
        finest = POINTS_NUMBERS["cell_m"][1][0] * CELLS_PER_SIGMA[shown.options.bandwidth]
        refusal = say("points_page.too_narrow", least=number(finest / 1000))
        return Told(refusal, rows, Drawing(), tables=(table,), notes=notes)
    laid, bounds = shown.picture, [*shown.breaks, surface.value]
    return Told(
        sentence=_sentence(shown, surface, lang),
        account=rows,
        drawing=Drawing(raster=Raster(laid.png, laid.bounds) if laid else None),
        legend_title=unit_words(reading, say),
        legend=tuple(
            (colour, say("density_page.range", low=number(low), high=number(high)))
            for colour, (low, high) in zip(shades(len(shown.breaks)), pairwise(bounds), strict=True)
        ),
        tables=(table,),
        notes=(*_method(shown, surface, say), *notes),
    )


def refusal_words(say: Say, found: Bins | Pattern) -> str:
    """Say why there is no result."""
    return " ".join(said(say, [found.refused], found.parameters))


def unit_words(reading: Reading, say: Say) -> str:
    """Return the unit of a density of these points."""
    weight = reading.asked.columns.weights
    if weight is None:
        return say("points_page.legend_none")
    return say("points_page.legend_weight", column=weight)


def _sentence(shown: SurfaceShown, surface: Surface, lang: str) -> str:
    say, names = speaker(lang), names_of(shown.reading.asked.city, lang)
    row, column = np.unravel_index(surface.values.argmax(), surface.values.shape)
    top = shapely.Point(surface.xs[column], surface.ys[row])
    zones = outlines(shown.reading.asked.city)
    most = shown.districts.iloc[0]
    weighted = shown.reading.asked.columns.weights is not None
    return say(
        "points_page.densest_weighted" if weighted else "points_page.densest",
        city=shown.reading.asked.city.name.of(lang),
        n=count(shown.reading.binned.n),
        bandwidth=number(shown.options.sigma_m / 1000),
        district=names[str(zones.distance(top).idxmin())],
        value=number(surface.value),
        most=names[str(shown.districts.index[0])],
        percent=number(100 * float(most["share"])),
    )


def _district_table(shown: SurfaceShown, lang: str) -> pd.DataFrame:
    say, names = speaker(lang), names_of(shown.reading.asked.city, lang)
    weighted = shown.reading.asked.columns.weights is not None
    exact = shown.reading.kept.whole and not weighted
    rows = [
        [
            count(row["n"]) if exact else number(row["n"]),
            "–" if math.isnan(row["share"]) else f"{number(100 * row['share'])}%",
            number(row["per_km2"]),
        ]
        for _, row in shown.districts.iterrows()
    ]
    kind = "weight" if weighted else "n"
    columns = [say(f"points_page.column.{name}") for name in (kind, "share", "per_km2")]
    return pd.DataFrame(rows, index=[names[str(c)] for c in shown.districts.index], columns=columns)


def _method(shown: SurfaceShown, surface: Surface, say: Say) -> Iterator[str]:
    options, asked = shown.options, shown.reading.asked
    yield say(
        "density_page.how",
        method=say(surface.method),
        kernel=say(f"density.kernel.{surface.parameters['kernel']}"),
        bandwidth=number(options.sigma_m / 1000),
        cell=number(asked.cell_m, "m"),
        epsg=asked.city.metric_epsg,
    )
    if asked.cell_m != options.cell_m:
        chosen, used = number(options.cell_m, "m"), number(asked.cell_m, "m")
        yield say("points_page.finer_cell", chosen=chosen, used=used)
    if shown.breaks:
        yield say("points_page.below", lowest=number(shown.breaks[0]))
    yield from said(say, surface.caveats, surface.parameters)
    yield say("points_page.presets")
