"""Name the areas that a page can be about: every district, and every part of the city."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from layers.pack.city import City

PART: Final = "part:"
"""What the id of a part begins with; that of a district is its adcode."""


def areas(city: City) -> Mapping[str, tuple[str, ...]]:
    """Return the districts of each area, by its id: the parts first, then the districts.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.

    Returns
    -------
    Mapping
        A part that has no district is left out. Should an adcode look like the id of a part, it
        is the district.
    """
    codes = [str(code) for code in city.districts.index]
    half = city.districts["half"]
    parts = {f"{PART}{id_}": half.index[(half == id_).to_numpy(dtype=bool)] for id_ in city.halves}
    found = {id_: tuple(map(str, own)) for id_, own in parts.items() if len(own)}
    return found | {code: (code,) for code in codes}


def is_part(city: City, area: str) -> bool:
    """Tell whether an area is a part of the city, not a district.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    area
        Id of an area of the city.
    """
    return area not in city.districts.index


def peers(city: City, area: str) -> tuple[str, ...]:
    """Return the areas that one is ranked among: parts among parts, districts among districts.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    area
        Id of an area of the city.
    """
    part = is_part(city, area)
    return tuple(other for other in areas(city) if is_part(city, other) == part)
