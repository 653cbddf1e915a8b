"""List the places that wait for verification, first those whose answer would settle most."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import pandas as pd

from layers.language.values import amount
from layers.pack.catalogue import FIRM, LEVELS
from layers.pack.city import City
from layers.view.page_options import CoverageOptions

RADIUS_M: Final = float(CoverageOptions().radius_m)
"""The radius within which the coverage page counts, unless it is told otherwise."""


@dataclass(frozen=True, eq=False)
class Waiting:
    """One place that waits for verification.

    Parameters
    ----------
    place
        Its id.
    kind
        Its layer.
    row
        What is known of it.
    unsettled_km2
        How much of the ground within ``RADIUS_M`` of it would be another if it lay at the edge of
        its doubt; all of it where the site is not known.
    """

    place: str
    kind: str
    row: pd.Series
    unsettled_km2: float


def waiting(city: City, district: str | None = None) -> tuple[Waiting, ...]:
    """Return the places of the plan that wait for verification.

    Parameters
    ----------
    city
        With what readers have verified already.
    district
        Adcode of the district that administers or holds them; None for the whole city.

    Returns
    -------
    tuple of Waiting
        Those whose position stands in for another, is inferred or not known, titles apart; places
        that are counted before those that are not, then those that would settle most, then by
        level and name.
    """
    found = [
        Waiting(str(place), kind, row, unsettled_km2(row))
        for kind, layer in city.layers.items()
        if layer.spec.group == "plan"
        for place, row in layer.frame.iterrows()
        if _waits(row)
        and (district is None or district in (row["host_adcode"], row["site_adcode"]))
    ]
    return tuple(sorted(found, key=_order))


def unsettled_km2(row: pd.Series) -> float:
    """Return how much ground hangs on the position of a place.

    Parameters
    ----------
    row
        With ``location_class`` and ``uncertainty_m``.

    Notes
    -----
    Two discs of radius R whose centres lie d apart share 2R² acos(d/2R) − d/2 √(4R² − d²).
    """
    disc = math.pi * RADIUS_M**2
    away = amount(row["uncertainty_m"])
    if row["location_class"] == "none" or away is None or away >= 2 * RADIUS_M:
        return disc / 1e6
    lens = 2 * RADIUS_M**2 * math.acos(away / (2 * RADIUS_M))
    lens -= away / 2 * math.sqrt(4 * RADIUS_M**2 - away**2)
    return (disc - lens) / 1e6


def _waits(row: pd.Series) -> bool:
    return row["location_class"] not in FIRM and not isinstance(row["title_of"], str)


def _order(each: Waiting) -> tuple[bool, float, int, str]:
    row = each.row
    return not row["counted"], -each.unsettled_km2, LEVELS.index(row["level"]), row["name_zh"]
