"""Count the points near each of some sites whose own position is in doubt."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.base.arrays import Floats
from geo.base.draws import HIGH, LEAST_DRAWS, LOW, SEED, displacements, doubt_m
from geo.base.finding import Finding
from geo.base.points import located, require_positive
from geo.base.threads import cores
from geo.coverage.simulation import with_undisturbed


@dataclass(frozen=True, eq=False, kw_only=True)
class Nearby(Finding):
    """How many points lie near each site; ``value`` is how many sites have a count."""

    sites: pd.DataFrame
    """By site, in the order given: ``drawn`` (points near it where it is drawn), ``low``, ``mid``
    and ``high`` (5th, 50th and 95th percentile of the draws); NaN where its doubt exceeds the
    radius, for the circle could lie wholly beside the site, or it has no point."""


def count_nearby(points: Floats, sites: gpd.GeoDataFrame, *, radius_m: float) -> Nearby:
    """Count the points within a radius of each site, under the doubt about the site's position.

    Parameters
    ----------
    points
        Coordinates in metres on the plane of the sites, shape (n, 2), taken to be exact; a million
        are counted in seconds.
    sites
        Points in a CRS in metres with a column ``uncertainty_m``, indexed by id; some may have
        none.
    radius_m
        Straight-line radius in metres; a point at that very distance is counted.

    Returns
    -------
    Nearby
        A point near several sites is counted for each of them: the counts do not add up.

    Raises
    ------
    CrsError, DataError, ParameterError
        The sites, a doubt or the radius are not what they should be.

    Notes
    -----
    Every site is drawn ``LEAST_DRAWS`` times within its doubt, see
    :func:`geo.base.draws.displacements`; the same draws as of every other answer about the site.

    Examples
    --------
    >>> at = gpd.points_from_xy([0, 0], [0, 0])
    >>> sites = gpd.GeoDataFrame({"uncertainty_m": [0.0, 4000.0]}, geometry=at, crs=4548)
    >>> found = count_nearby(np.array([[3000.0, 0.0], [0.0, 3001.0]]), sites, radius_m=3000)
    >>> found.value, found.sites["mid"].tolist()
    (1.0, [1.0, nan])
    """
    radius = require_positive(radius_m, argument="radius_m")
    there = located(sites, argument="sites")
    fine = doubt_m(there.frame) <= radius
    moves = with_undisturbed(displacements(there, draws=LEAST_DRAWS, seed=SEED))
    counts = _counts(points, (there.xy + moves)[:, fine], radius)
    low, mid, high = np.quantile(counts[1:], [LOW, 0.5, HIGH], axis=0)
    columns = {"drawn": counts[0], "low": low, "mid": mid, "high": high}
    table = pd.DataFrame(columns, index=there.frame.index[fine], dtype=np.float64)
    missing, vague = len(sites) - len(there.frame), int((~fine).sum())
    return Nearby(
        value=float(fine.sum()),
        unit="",
        n=len(points),
        method="uncertainty.draws",
        parameters={
            "draws": LEAST_DRAWS,
            "seed": SEED,
            "radius_km": radius / 1000,
            "n_unmapped": missing,
            "n_vague": vague,
        },
        caveats=("uncertainty.not_confidence", "uncertainty.judged_radius"),
        sites=table.reindex(sites.index),
    )


def _counts(points: Floats, places: Floats, radius: float) -> Floats:
    """Return how many points lie near each place, of the shape of the places."""
    from scipy.spatial import cKDTree

    if not len(points) or not places.size:
        return np.zeros(places.shape[:2])
    found = cKDTree(points).query_ball_point(
        places.reshape(-1, 2), radius, return_length=True, workers=cores()
    )
    return np.asarray(found, dtype=np.float64).reshape(places.shape[:2])
