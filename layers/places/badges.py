"""List the titles of the city and of its districts, which have no ground of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from geo.base.once import once
from layers.language.bilingual import Bilingual
from layers.language.values import cell
from layers.pack.city import City
from layers.view.rows import CityKey, gather


@dataclass(frozen=True)
class Badge:
    """One title of an area.

    Parameters
    ----------
    id
        Id of its row, whose card tells the rest.
    kind
        Id of the layer that the row stands in.
    name
        The title in full.
    short
        What stands beside the area's name.
    reason
        Why it has no mark on the map.
    """

    id: str
    kind: str
    name: Bilingual
    short: Bilingual
    reason: Bilingual


def badges(city: City) -> Mapping[str, tuple[Badge, ...]]:
    """Return the titles of the city and of its districts.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.

    Returns
    -------
    Mapping
        By adcode, and the city's own under ``layers.pack.catalogue.CITY``; each in the order of the
        layers, then by name. An area without a title is left out.
    """
    return _badges(CityKey(city, ""))


@once(maxsize=8)
def _badges(key: CityKey) -> Mapping[str, tuple[Badge, ...]]:
    rows = gather(key.city)
    found: dict[str, list[Badge]] = {}
    for id_, row in rows.frame[rows.titles].iterrows():
        stems = ("name", "badge", "location_reason")
        words = [Bilingual(*(cell(row, stem, lang) for lang in ("zh", "en"))) for stem in stems]
        own = found.setdefault(cell(row, "title_of", "zh"), [])
        own.append(Badge(str(id_), str(row["kind"]), *words))
    return MappingProxyType({area: tuple(own) for area, own in found.items()})
