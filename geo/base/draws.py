"""Draw where places could lie instead, within the doubt of their location."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.base.arrays import Floats
from geo.base.errors import ParameterError, Problem
from geo.base.points import Located, numbers

LEAST_DRAWS = 500


SEED = 20210808
"""The day the plan was issued; any number will do, but it is stated."""


LOW, HIGH = 0.05, 0.95
"""Ends of the simulated interval: 90 % of the draws lie between them."""


DOUBT_FACTOR = 2.0
"""A radius must be so many times the doubt for a fixed answer."""


def doubt_m(there: gpd.GeoDataFrame) -> Floats:
    """Return the location uncertainty of places.

    Parameters
    ----------
    there
        Places indexed by id, with the column ``uncertainty_m`` in metres.

    Returns
    -------
    array of float
        Metres, shape (n,), zero or more.

    Raises
    ------
    DataError
        Some places have no uncertainty, or one that is no number of zero or more; each is named.
        Without the column these are all of them.
    """
    values = there.get("uncertainty_m", pd.Series(np.nan, index=there.index))
    return numbers(values, there, argument="sites", field="uncertainty_m")


def displacements(
    sites: Located,
    *,
    draws: int,
    seed: int,
    stacks: Literal["together", "apart"] = "together",
) -> Floats:
    """Draw where the sites could lie instead, in metres from where they are drawn.

    Parameters
    ----------
    sites
        Located sites with the column ``uncertainty_m``.
    draws
        How many draws.
    seed
        Same seed, same draws.
    stacks
        ``together``: rows on one point move as one, each by its own doubt. ``apart``: every row
        moves by itself.

    Returns
    -------
    array of float
        Shape (draws, n, 2).

    Raises
    ------
    DataError
        A site has no uncertainty, or one that is no number of zero or more.
    ParameterError
        ``stacks`` is neither ``together`` nor ``apart``.

    Notes
    -----
    Model. The doubt is a judged radius around the point, and nothing is known of where inside it
    the place lies: uniform on the disc (point-radius method: Wieczorek, Guo and Hijmans 2004,
    Int. J. Geogr. Inf. Sci. 18(8), 745–767).

    Rows on one point were placed by one stand-in, and its error is common to them: quantities
    measured against the same reference are correlated (JCGM 100:2008, F.1.2.3). So they share the
    direction and the fraction of their radius. A part that lies on the point of the whole it
    belongs to is such a row. Moved apart, a stack would spread to several discs and cover more
    than the map shows; how much is worth knowing, hence the choice.

    Each point draws from a generator of its own, keyed by the seed and its coordinates (and by the
    id, if apart): other sites do not change its draws, so that two scenarios differ only by what
    was changed. Draws are not held to a district or to dry land.
    """
    doubt = doubt_m(sites.frame)
    unit = np.zeros((draws, len(sites.x), 2))
    known: dict[str, Floats] = {}
    for i, key in enumerate(_keys(sites, stacks)):
        if key not in known:
            digest = hashlib.blake2b(f"{seed}|{key}".encode(), digest_size=16).digest()
            random = np.random.Generator(np.random.Philox(key=int.from_bytes(digest, "big")))
            angle, part = random.uniform(0, 2 * np.pi, draws), np.sqrt(random.uniform(0, 1, draws))
            known[key] = np.column_stack([part * np.cos(angle), part * np.sin(angle)])
        unit[:, i] = known[key]
    return unit * doubt[None, :, None]


def _keys(sites: Located, stacks: str) -> Iterator[str]:
    if stacks not in ("together", "apart"):
        known = ("together", "apart")
        problem = Problem("value.not_one_of", "stacks", value=repr(stacks), known=known)
        raise ParameterError("input.number", [problem])
    millimetres = np.round(sites.xy * 1000).astype(np.int64)
    for id_, (x, y) in zip(sites.frame.index, millimetres.tolist(), strict=True):
        yield f"{x},{y}" if stacks == "together" else f"{x},{y},{id_}"
