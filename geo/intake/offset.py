"""Tell by position alone whether points stand beside known places as on a commercial map."""

from __future__ import annotations

from collections.abc import Callable
from math import comb
from typing import Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.base.arrays import Floats
from geo.intake.datum import DATUMS, set_back, set_off
from geo.intake.rounding import A_DEGREE_M

RADII_M: Final = (60.0, 250.0)
"""A point so near a known place, or where a datum would set it, stands at it: at the very point, or
somewhere on its ground."""
LEAST: Final = 3
"""Known places that must have a point where the datum would set them."""
CHANCE: Final = 2e-5
"""So improbable it must be that as many points stand there by chance, for each radius and datum."""
ELSEWHERE_DEGREES: Final = (60, 90, 120, 150, 180, 210, 240, 270, 300)
"""Turns of the offset: as far from the known places, where nothing but chance sets points."""
MOST_COMPARED: Final = 50_000
"""Rows that are compared; in a file of more there are points everywhere."""

LEAST_BACK: Final = 8
"""Points that must come back into their area, and four times as many as leave it."""
CHANCE_OF_AREAS: Final = 1e-3
"""So improbable that must be if either were as likely."""
MOST_IN_AREAS: Final = 2000
"""Rows whose areas are compared."""


class Offset(NamedTuple):
    """The datum in which points seem to stand, and which known places and rows say so.

    Parameters
    ----------
    datum
        ``gcj02``, ``bd09``, or empty where nothing speaks for one.
    places
        How many known places have a point where the datum would set them.
    radius_m
        Within which distance.
    """

    datum: str = ""
    places: int = 0
    radius_m: float = 0.0


def offset_of(lon: Floats, lat: Floats, places: Floats) -> Offset:
    """Return the datum in which points seem to stand, by known places among them.

    Parameters
    ----------
    lon, lat
        Of the points, degrees, finite; shape (n,).
    places
        Longitude and latitude of places whose position is known in WGS 84, each once; shape (m, 2).

    Returns
    -------
    Offset
        The least probable, if any is improbable enough.

    Notes
    -----
    A place is met if a point lies within a radius of where it stands. Places are set off as GCJ-02
    and BD-09 would, and for comparison as far in nine other directions: these say how often a place
    is met by chance among points so dense. A datum is suspected if at least ``LEAST`` places are
    met under it, twice as many as without it, and if the binomial probability of so many is less
    than ``CHANCE``. A place is counted once, however many points lie there.
    """
    if len(lon) < LEAST or len(places) < LEAST:
        return Offset()
    some = np.unique(np.linspace(0, len(lon) - 1, MOST_COMPARED).astype(np.intp))
    far = _nearest(np.column_stack([lon[some], lat[some]]), places)
    found, least = Offset(), CHANCE
    for radius in RADII_M:
        met = {name: (one < radius).sum(axis=1) for name, one in far.items()}
        there = int(met["wgs84"][0])
        elsewhere = np.concatenate([met[datum][1:] for datum in DATUMS])
        share = (elsewhere.sum() + 0.5) / (len(elsewhere) * len(places) + 1)
        for datum in DATUMS:
            n = int(met[datum][0])
            chance = _at_least(n, len(places), float(share))
            if n >= max(LEAST, 2 * there) and chance < least:
                found, least = Offset(datum, n, radius), chance
    return found


def offset_by_areas(
    lon: Floats,
    lat: Floats,
    said: NDArray[np.signedinteger],
    area_of: Callable[[Floats, Floats], NDArray[np.signedinteger]],
) -> Offset:
    """Return the datum without whose offset points lie in the areas that the file says.

    Parameters
    ----------
    lon, lat
        Of the points, degrees; shape (n,); NaN is passed over.
    said
        Number of the area in which the file says that each lies; -1 where it says none.
    area_of
        Returns the number of the area in which each position lies, -1 for none.

    Returns
    -------
    Offset
        With the number of points that come back into their area in the place of known places.

    Notes
    -----
    A sign test over the points that change: those that come back into their area when the offset is
    taken back, and those that leave it. As many points are wrong under each of nine turned offsets,
    or more, unless the datum is what is wrong.
    """
    told = np.flatnonzero((said >= 0) & np.isfinite(lon) & np.isfinite(lat))
    if len(told) < LEAST_BACK:
        return Offset()
    some = told[np.unique(np.linspace(0, len(told) - 1, MOST_IN_AREAS).astype(np.intp))]
    points, said = np.column_stack([lon[some], lat[some]]), said[some]

    def is_right(at: Floats) -> NDArray[np.bool_]:
        return np.asarray(area_of(at[:, 0], at[:, 1]) == said)

    right, found, wrong = is_right(points), Offset(), len(some)
    for datum in DATUMS:
        there = np.column_stack(set_back(points[:, 0], points[:, 1], datum))
        then = is_right(there)
        back, gone = int((then & ~right).sum()), int((right & ~then).sum())
        if (
            back >= max(LEAST_BACK, 4 * gone)
            and _at_least(back, back + gone, 0.5) < CHANCE_OF_AREAS
            and (~then).sum() < wrong
            and all(is_right(one).sum() < then.sum() for one in _turned(points, there))
        ):
            found, wrong = Offset(datum, back), int((~then).sum())
    return found


def at_offset(lon: Floats, lat: Floats, places: Floats, offset: Offset) -> NDArray[np.bool_]:
    """Tell which points stand where a datum would set a known place.

    Parameters
    ----------
    lon, lat, places
        As in :func:`offset_of`; points may be NaN.
    offset
        As it returns it.
    """
    hit = np.zeros(len(lon), dtype=bool)
    there = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
    if offset.datum and len(there):
        scale = _scale(places)
        off = np.column_stack(set_off(places[:, 0], places[:, 1], offset.datum)) * scale
        points = shapely.points(np.column_stack([lon[there], lat[there]]) * scale)
        tree = shapely.STRtree(np.asarray(shapely.points(off)))
        hit[there[tree.query(points, "dwithin", offset.radius_m)[0]]] = True
    return hit


def _scale(places: Floats) -> Floats:
    """Return the metres of a degree either way; a city is small enough for one figure."""
    east, north = A_DEGREE_M
    return np.array([east * np.cos(np.radians(places[:, 1].mean())), north])


def _nearest(points: Floats, places: Floats) -> dict[str, Floats]:
    """Return how far the nearest point is from each place: as it stands, and set off.

    Of a datum, the first row is its own offset, those after are the same turned.
    """
    scale = _scale(places)
    tree = shapely.STRtree(np.asarray(shapely.points(points * scale)))
    wanted = {"wgs84": [places * scale]}
    for datum in DATUMS:
        off = np.column_stack(set_off(places[:, 0], places[:, 1], datum))
        wanted[datum] = [off * scale, *(one * scale for one in _turned(places, off))]
    return {name: np.array([_to_nearest(tree, one) for one in sets])
            for name, sets in wanted.items()}  # fmt: skip


def _to_nearest(tree: shapely.STRtree, places: Floats) -> Floats:
    """Return how far the nearest point is from each place, metres; infinite beyond any radius."""
    far = np.full(len(places), np.inf)
    (at, _), metres = tree.query_nearest(
        shapely.points(places), max_distance=max(RADII_M), return_distance=True, all_matches=False
    )
    far[at] = metres
    return far


def _turned(places: Floats, off: Floats) -> list[Floats]:
    """Return positions as far from some places as their offsets are, in other directions."""
    scale = _scale(places)
    way = (off - places) * scale @ np.array([1, 1j])
    turned = [way * np.exp(1j * np.radians(angle)) for angle in ELSEWHERE_DEGREES]
    return [places + np.column_stack([w.real, w.imag]) / scale for w in turned]


def _at_least(n: int, places: int, share: float) -> float:
    """Return the binomial probability that at least so many of some places are met."""
    if share >= 1:
        return 1.0
    return sum(
        comb(places, k) * share**k * (1 - share) ** (places - k) for k in range(n, places + 1)
    )
