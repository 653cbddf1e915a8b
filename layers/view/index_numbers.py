"""Number the places: on the map where a name finds no room, and beside each in the list."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from geo.base.once import once
from layers.pack.city import City
from layers.view.rows import CityKey, gather


def index_numbers(city: City) -> Mapping[str, int]:
    """Return the index number of every place that has a point, the same in any view and language.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.

    Returns
    -------
    mapping
        From 1, by layer in the catalogue's order, then by the Chinese name. A place that is not
        mapped has none.
    """
    return _numbers(CityKey(city, "zh"))


@once(maxsize=16)
def _numbers(key: CityKey) -> Mapping[str, int]:
    rows = gather(key.city, "zh")
    drawn = rows.frame.index[rows.drawable]
    return MappingProxyType({str(place): n for n, place in enumerate(drawn, start=1)})
