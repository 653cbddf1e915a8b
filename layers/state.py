"""Hold what the reader is looking at in one frozen value, and carry it in the address.

``parse(to_query(state)) == state`` for every valid state; ``parse`` never raises.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Lang = Literal["zh", "en"]
Period = Literal["now", "2020", "2025"]


@dataclass(frozen=True)
class Camera:
    """Centre and zoom of the map, as last settled (degrees WGS 84, rounded to 5 digits; Leaflet zoom)."""

    lat: float
    lon: float
    zoom: int


@dataclass(frozen=True)
class Filters:
    """Values that a place must have: AND between the columns, OR within one; empty lets all pass.

    ``district`` holds adcodes and ``outside``; it matches administration or site.
    """

    subkind: frozenset[str] = frozenset()
    level: frozenset[str] = frozenset()
    field: frozenset[str] = frozenset()
    district: frozenset[str] = frozenset()
    plan_status: frozenset[str] = frozenset()
    current_status: frozenset[str] = frozenset()
    location_class: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ViewState:
    """Everything that the address bar holds, but for the page itself."""

    city: str
    lang: Lang = "zh"
    period: Period = "now"
    later: bool = True
    layers: frozenset[str] = frozenset()
    filters: Filters = field(default_factory=Filters)
    selected: str | None = None
    """Id of a place or a district, or ``@id`` for all places at that place's point."""
    camera: Camera | None = None
    district: str | None = None
    """Adcode that the district page shows."""
    compare: str | None = None
    """Adcode that the district page sets beside it."""
    present: bool = False
