"""Count the places that lie in a shape, with the doubt about where each of them is."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geo.base.arrays import Flags, Floats
from geo.base.draws import HIGH, LEAST_DRAWS, LOW, SEED, displacements
from geo.base.finding import Finding
from geo.base.points import Located, located


@dataclass(frozen=True, eq=False, kw_only=True)
class Inside(Finding):
    """How many places lie in a shape; ``value`` counts them where they are drawn.

    Parameters
    ----------
    low, high
        Between them lies the number in 90 % of the draws.
    places
        By id of each place: ``drawn`` (whether its point lies in the shape; False without one) and
        ``share`` (of the draws in which it does; 0 or 1 where its doubt is not known, NaN without
        a point).
    kinds
        By kind: ``n`` (places with a point), ``drawn``, ``low``, ``high``, ``unmapped``.
    n_unmapped
        Places without a point: nobody can say whether they lie in the shape.
    n_unknown
        Places with a point whose doubt is not known: they are counted where they are drawn.
    """

    low: int
    high: int
    places: pd.DataFrame
    kinds: pd.DataFrame
    n_unmapped: int
    n_unknown: int


def inside(places: gpd.GeoDataFrame, shape: BaseGeometry) -> Inside:
    """Count the places in a shape.

    Parameters
    ----------
    places
        Points in a CRS in metres with the columns ``kind`` and ``uncertainty_m`` (metres), indexed
        by id; some may have no point, some no doubt.
    shape
        An area in the same CRS.

    Returns
    -------
    Inside
        From 500 draws with a fixed seed; see :func:`geo.base.draws.displacements` for the model.

    Raises
    ------
    CrsError, DataError
        As :func:`geo.base.points.located`.

    Examples
    --------
    >>> at = gpd.points_from_xy([0, 0], [0, 0])
    >>> rows = {"kind": ["a", "a"], "uncertainty_m": [100.0, 4000.0]}
    >>> places = gpd.GeoDataFrame(rows, geometry=at, crs=4548)
    >>> found = inside(places, shapely.Point(0, 0).buffer(2000))
    >>> found.value, found.low, found.high
    (2.0, 1, 2)
    """
    there = located(places, argument="places")
    unknown = ~(pd.to_numeric(there.frame["uncertainty_m"], errors="coerce") >= 0).to_numpy()
    drawn, draws = _hits(there, unknown, shape)
    table = pd.DataFrame(
        {"drawn": drawn, "share": draws.mean(axis=0)}, index=there.frame.index
    ).reindex(places.index)
    table["drawn"] = table["drawn"].eq(True)
    low, high = _ends(draws.sum(axis=1))
    return Inside(
        value=float(drawn.sum()),
        unit="",
        n=len(there.frame),
        method="uncertainty.draws",
        parameters={"draws": LEAST_DRAWS, "seed": SEED, "area_km2": shape.area / 1e6},
        caveats=("uncertainty.not_confidence", "uncertainty.judged_radius"),
        low=low,
        high=high,
        places=table,
        kinds=_kinds(places, there, drawn, draws),
        n_unmapped=len(places) - len(there.frame),
        n_unknown=int(unknown.sum()),
    )


def _hits(there: Located, unknown: Flags, shape: BaseGeometry) -> tuple[Flags, Flags]:
    """Return which places lie in the shape as drawn, and in each draw, shape (draws, n)."""
    shapely.prepare(shape)
    drawn = np.asarray(shapely.intersects_xy(shape, there.x, there.y), dtype=bool)
    known = there.frame.assign(
        uncertainty_m=np.where(unknown, 0.0, pd.to_numeric(there.frame["uncertainty_m"], "coerce"))
    )
    moves = displacements(Located(known, there.x, there.y), draws=LEAST_DRAWS, seed=SEED)
    at: Floats = there.xy + moves
    return drawn, np.asarray(shapely.intersects_xy(shape, at[..., 0], at[..., 1]), dtype=bool)


def _ends(counts: Floats) -> tuple[int, int]:
    """Return the whole numbers between which 90 % of the counts lie, or more."""
    low, high = np.quantile(counts, [LOW, HIGH], method="inverted_cdf")
    return int(low), int(high)


def _kinds(places: gpd.GeoDataFrame, there: Located, drawn: Flags, draws: Flags) -> pd.DataFrame:
    rows = {}
    kinds = there.frame["kind"].to_numpy()
    for kind, all_of in places.groupby("kind", sort=False):
        mine = kinds == kind
        low, high = _ends(draws[:, mine].sum(axis=1))
        n = int(mine.sum())
        rows[kind] = (n, int(drawn[mine].sum()), low, high, len(all_of) - n)
    names = ["n", "drawn", "low", "high", "unmapped"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=names, dtype="int64")
    return table.rename_axis(index="kind")
