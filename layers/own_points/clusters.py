"""Test whether a reader's own points crowd, and find the clusters among them."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.base.arrays import Floats
from geo.base.draws import SEED
from geo.base.finding import Finding
from geo.density.dots import dots
from geo.density.mercator import Overlay
from geo.density.pattern import MINIMUM, Pattern, clusters, nearest_neighbour, ripley
from layers.language.messages import Say, speaker
from layers.language.values import count, number, said
from layers.map.colours import shades
from layers.map.overlay import Drawing, Raster, Shapes
from layers.map.thumbnail import Small
from layers.own_points.one_by_one.dots import DOT_M, NOISE, own_dots
from layers.own_points.reading import Progress, Reading, Stopped, go_on
from layers.own_points.wording import (
    PointsWording,
    account,
    names_of,
    nothing_said,
    refusal_words,
    source_notes,
)
from layers.pack.city import outlines
from layers.view.page_options import PointsOptions

TESTED: Final = 5_000
"""Points that the tests against random ones take; more would take minutes."""
GROUPED: Final = 20_000
"""Points among which clusters are sought: HDBSCAN compares each with each."""
SIMULATIONS: Final = 99
RADII_M: Final = (250, 500, 750, 1000, 1500, 2000, 3000, 4000, 5000, 7500, 10_000)
LISTED: Final = 10
HULL: Final = "#492A60"


def some_of(reading: Reading, most: int) -> Floats:
    """Return the points kept, or so many of them, drawn with a fixed seed.

    Parameters
    ----------
    reading
        As :func:`layers.own_points.reading.read` returns it.
    most
        How many points at most.

    Returns
    -------
    Floats
        Metres on the city's plane, shape (n, 2), in the order of the file.
    """
    xy = reading.kept.xy
    if len(xy) <= most:
        return xy
    return xy[np.sort(np.random.default_rng(SEED).choice(len(xy), most, replace=False))]


@dataclass(frozen=True, eq=False)
class PointsClusters:
    """Whether the points crowd, at which distances, and into which clusters.

    Parameters
    ----------
    neighbour, ripley
        Tests against points strewn at random within the city.
    found, labels, hulls, xy
        Clusters, see :func:`geo.density.pattern.clusters`, and the points among which
        they were sought.
    tested
        How many points the tests took.
    picture
        The points as dots: noise grey, below those of clusters.
    """

    reading: Reading
    options: PointsOptions
    neighbour: Pattern
    ripley: Pattern
    found: Pattern
    labels: NDArray[np.int64]
    hulls: gpd.GeoDataFrame
    xy: Floats
    tested: int
    picture: Overlay | None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the files must say."""
        return (self.reading.binned, self.neighbour, self.ripley, self.found)


def measure_clusters(
    reading: Reading, options: PointsOptions, progress: Progress, stopped: Stopped
) -> PointsClusters:
    """Test the points against random ones, and look for clusters among them.

    Parameters
    ----------
    reading
        As :func:`layers.own_points.reading.read` returns it.
    options
        ``clusters`` is the method, ``hdbscan`` or ``dbscan``; ``least`` how many points make a
        cluster; ``reach_m`` how near they lie, of ``dbscan`` alone.
    progress, stopped
        As in :func:`layers.own_points.reading.read`.

    Returns
    -------
    PointsClusters
        Of more points than ``TESTED`` and ``GROUPED``, so many are drawn with a fixed seed. Weights
        do not count.

    Raises
    ------
    CancelledError
        ``stopped`` returned True.
    """
    date, epsg = reading.binned.data_date, reading.asked.city.metric_epsg
    some, xy = some_of(reading, TESTED), some_of(reading, GROUPED)
    go_on(progress, stopped, "neighbour")
    near = nearest_neighbour(some, boundary=reading.area, simulations=SIMULATIONS, data_date=date)
    go_on(progress, stopped, "ripley")
    function = ripley(
        some, boundary=reading.area, radii_m=RADII_M, simulations=SIMULATIONS, data_date=date
    )
    go_on(progress, stopped, "clusters")
    found, labels, hulls = clusters(
        xy,
        method=options.clusters,
        least=options.least,
        reach_m=float(options.reach_m) if options.clusters == "dbscan" else None,
        crs=epsg,
        data_date=date,
    )
    go_on(progress, stopped, "drawing")
    picture = dots(
        xy, (labels >= 0).astype(int), crs=epsg, colours=(NOISE, shades(9)[5]), radius_m=DOT_M
    )
    return PointsClusters(
        reading, options, near, function, found, labels, hulls, xy, len(some), picture
    )


def word_clusters(shown: PointsClusters, lang: str) -> PointsWording:
    """Put the tests and the clusters into words.

    Parameters
    ----------
    shown
        As :func:`measure_clusters` returns it.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    PointsWording
        With the largest clusters as a table; where there are none to be sought, why.
    """
    say, reading = speaker(lang), shown.reading
    rows, notes = account(reading, lang), tuple(source_notes(reading, say))
    if not reading.binned.n:
        return PointsWording(nothing_said(reading, lang), rows, notes=notes)
    if shown.found.refused:
        refusals = tuple(_refusals(shown, say))
        return PointsWording(
            say("points_page.too_few", n=reading.binned.n), rows, findings=refusals, notes=notes
        )
    found = shown.found
    sentence, *further = said(say, found.caveats, found.parameters)
    return PointsWording(
        sentence=sentence,
        account=(*rows, *further, *_drawn_lines(shown, say)),
        legend_title=say("points_page.legend_clusters"),
        dots=(
            (shades(9)[5], say("points_page.legend_in_cluster")),
            (NOISE, say("points_page.legend_noise")),
        ),
        findings=tuple(_tests(shown, say)),
        tables={
            say("points_page.cluster_table"): _cluster_table(shown, lang).rename_axis(
                say("points_page.rank")
            )
        },
        notes=(*_cluster_notes(shown, say), *notes),
    )


def draw_clusters(shown: PointsClusters) -> Drawing:
    """Return the points by cluster and the clusters' hulls; nothing where they are refused.

    Parameters
    ----------
    shown
        As :func:`measure_clusters` returns it.
    """
    if not shown.reading.binned.n or shown.found.refused:
        return Drawing()
    laid, area, within = shown.picture, shown.hulls.to_crs(4326), shown.labels >= 0
    points = [
        *own_dots(shown.reading, shown.xy[~within], NOISE),
        *own_dots(shown.reading, shown.xy[within], shades(9)[5]),
    ]
    return Drawing(
        raster=Raster(laid.png, laid.bounds) if laid and not points else None,
        shapes=[*([Shapes(area, line=HULL, weight=1.6)] if len(area) else []), *points],
    )


def cluster_pictures(shown: PointsClusters, lang: str) -> tuple[Small, ...]:
    """Return the plot of Ripley's L; nothing where it is refused.

    Parameters
    ----------
    shown
        As :func:`measure_clusters` returns it.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    if not shown.reading.binned.n or shown.found.refused:
        return ()
    say = speaker(lang)
    return (Small(l_plot(shown.ripley, say), _l_caption(shown, say)),)


def _refusals(shown: PointsClusters, say: Say) -> Iterator[str]:
    """Say of each method how many points it needs, and who says so."""
    for name, found in (
        ("nearest_neighbour", shown.neighbour),
        ("ripley", shown.ripley),
        ("clusters", shown.found),
    ):
        yield say(
            "density_page.refused",
            method=say(f"pattern.method.{name}"),
            refusal=refusal_words(say, found),
            source=say(MINIMUM[name].source),
        )


def _drawn_lines(shown: PointsClusters, say: Say) -> Iterator[str]:
    n, values = len(shown.reading.kept.xy), {"seed": SEED}
    if n > TESTED:
        yield say("points_page.tested", tested=count(TESTED), **values)
    if n > GROUPED:
        yield say("points_page.grouped", grouped=count(GROUPED), **values)


def _tests(shown: PointsClusters, say: Say) -> Iterator[str]:
    near, function = shown.neighbour, shown.ripley
    yield say(
        "points_page.neighbour",
        index=number(near.value),
        observed=number(float(str(near.parameters["observed_m"])), "m"),
        expected=number(float(str(near.parameters["expected_m"])), "m"),
        verdict=" ".join(said(say, near.caveats, near.parameters)),
    )
    yield say(
        "points_page.ripley",
        radius=number(function.value / 1000),
        verdict=" ".join(
            said(say, [k for k in function.caveats if k != "pattern.sampled"], function.parameters)
        ),
    )


def _cluster_notes(shown: PointsClusters, say: Say) -> Iterator[str]:
    options = shown.options
    yield say(
        f"points_page.how_{options.clusters}",
        least=options.least,
        reach=number(options.reach_m, "m"),
    )
    yield say("points_page.how_tests", simulations=SIMULATIONS, seed=SEED)
    for name in ("nearest_neighbour", "ripley", "clusters"):
        least = MINIMUM[name]
        yield say(
            "points_page.least_of",
            method=say(f"pattern.method.{name}"),
            least=least.n,
            source=say(least.source),
        )


def _cluster_table(shown: PointsClusters, lang: str) -> pd.DataFrame:
    """Return the largest clusters, each with the district of its middle."""
    say, city = speaker(lang), shown.reading.asked.city
    names, zones = names_of(city, lang), outlines(city)
    rows = [
        [
            names[str(zones.distance(shapely.Point(row["x"], row["y"])).idxmin())],
            count(row["n"]),
            f"{number(100 * row['share'])}%",
            number(row["hull_km2"]),
        ]
        for _, row in shown.found.table.head(LISTED).iterrows()
    ]
    columns = [
        say(f"points_page.column.{name}") for name in ("district", "n", "share_points", "hull")
    ]
    return pd.DataFrame(rows, columns=columns, index=pd.RangeIndex(1, len(rows) + 1))


def _l_caption(shown: PointsClusters, say: Say) -> str:
    table = shown.ripley.table
    above = table.index[table["beyond"] > 0]
    if not len(above):
        return say("points_page.l_plot_within")
    return say(
        "points_page.l_plot",
        low=number(above.min() / 1000),
        high=number(above.max() / 1000),
    )


WIDE, HIGH, LEFT, BELOW, TOP, RIGHT = 460, 250, 46, 34, 12, 12
"""Sides and margins of the plot, CSS pixels."""


def l_plot(found: Pattern, say: Say) -> str:
    """Draw how far L lies above that of random points, and the band of these, as a data address.

    Parameters
    ----------
    found
        Result of :func:`geo.density.pattern.ripley`.
    say
        Speaks the reader's language.
    """
    table = found.table / 1000
    x = np.asarray(found.table.index, dtype=float) / 1000
    mean = table["l_m"] - table["excess_m"]
    low, high = (table[name] - mean for name in ("low_m", "high_m"))
    excess = table["excess_m"]
    top = _round_up(float(max(excess.max(), high.max())))
    bottom = -_round_up(float(-min(excess.min(), low.min(), 0.0)))

    def across(value: float) -> float:
        return LEFT + (WIDE - LEFT - RIGHT) * value / float(x[-1])

    def along(value: float) -> float:
        return TOP + (HIGH - TOP - BELOW) * (top - value) / ((top - bottom) or 1.0)

    def path(xs: Sequence[float], ys: Sequence[float]) -> str:
        return "L".join(f"{across(a):.1f} {along(b):.1f}" for a, b in zip(xs, ys, strict=True))

    band = path([*x, *x[::-1]], [*high, *low[::-1]])
    marks = [float(mark) for mark in (0, 2.5, 5, 7.5, 10)]
    parts = [
        f'<path d="M{band}Z" fill="#D8D4CA"/>',
        f'<path d="M{across(0):.1f} {along(0):.1f}H{WIDE - RIGHT}" stroke="#8A8478"/>',
        f'<path d="M{path(x.tolist(), excess.tolist())}" fill="none" stroke="{HULL}" '
        'stroke-width="2"/>',
        *(_text(across(mark), HIGH - 18, f"{mark:g}", "middle") for mark in marks),
        *(_text(LEFT - 6, along(mark) + 4, f"{mark:.3g}", "end") for mark in _marks(bottom, top)),
        _text((LEFT + WIDE) / 2, HIGH - 3, say("points_page.l_axis"), "middle"),
    ]
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {HIGH}" width="{WIDE}" '
        f'height="{HIGH}" font-family="Noto Sans CJK SC, Microsoft YaHei, sans-serif" '
        f'font-size="12" fill="#4A463E">{"".join(parts)}</svg>'
    )
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def _marks(bottom: float, top: float) -> Iterator[float]:
    """Yield what stands at the upright axis, nothing so near to another that they overlap."""
    if -bottom > (top - bottom) / 10:
        yield bottom
    yield 0.0
    if top > (top - bottom) / 5:
        yield from (top / 2, top)


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{words}</text>'


def _round_up(value: float) -> float:
    """Return the next of 1, 2, 5, 10 … that is not below a value; zero for zero."""
    if value <= 0:
        return 0.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(power * step for step in (1.0, 2.0, 5.0, 10.0) if power * step >= value * 0.9999)
