"""Hold what the reader is looking at in one frozen value, and carry it in the address.

``parse(to_query(state)) == state`` for every valid state; ``parse`` never raises.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from layers.pack.catalogue import (
    CURRENT_STATUSES,
    FIELDS,
    LEVELS,
    LOCATION_CLASSES,
    ONLINE_BASE,
    OUTSIDE,
    PERIODS,
    PLAN_STATUSES,
    SUBKINDS,
)
from layers.pack.city import City
from layers.view.page_options import (
    COVERAGE_CHOICES,
    COVERAGE_LAYERS,
    COVERAGE_NUMBERS,
    DENSITY_BANDWIDTHS_KM,
    DENSITY_CELLS_M,
    DENSITY_CHOICES,
    POINTS_CHOICES,
    POINTS_NUMBERS,
    POINTS_TOKENS,
    CoverageOptions,
    DensityOptions,
    PointsOptions,
)

Lang = Literal["zh", "en"]
Period = Literal["now", "2020", "2025"]
Query = Mapping[str, str | Sequence[str]]

FILTER_KEYS: Mapping[str, str] = MappingProxyType(
    {
        "subkind": "subkind",
        "level": "level",
        "field": "field",
        "district": "district",
        "plan_status": "plan",
        "current_status": "now",
        "location_class": "place",
    }
)
"""Key in the address of each filter."""

MAX_LATITUDE = 85.0
"""Web Mercator ends there."""
ZOOMS = (3, 18)
ALL, NONE, USUAL = "all", "none", "usual"
_WHOLE = re.compile(r"[0-9]{1,6}", re.ASCII)
LONGEST_VALUE = 20_000
"""Characters of an address value that are read; the rest cannot be ours."""


def _clamp(value: float, low: float, high: float) -> float:
    """Round to 5 digits within the limits; adding zero turns -0.0 into 0.0."""
    return round(min(max(value, low), high), 5) + 0.0


@dataclass(frozen=True)
class Camera:
    """Centre and zoom of the map, as last settled (degrees WGS 84, Leaflet zoom).

    Rounded to 5 digits (about 1 m) and held within the map's limits on construction, so
    that a camera equals itself after a trip through the address. Use :func:`camera` for
    numbers from outside, which may be missing or not finite.
    """

    lat: float
    lon: float
    zoom: float
    """In steps of a quarter, so that a city fills its frame."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "lat", _clamp(self.lat, -MAX_LATITUDE, MAX_LATITUDE))
        object.__setattr__(self, "lon", _clamp(self.lon, -180.0, 180.0))
        object.__setattr__(self, "zoom", round(_clamp(self.zoom, *ZOOMS) * 4) / 4)


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

    def of(self, name: str) -> frozenset[str]:
        """Return the values that the filter ``name`` asks for."""
        chosen: frozenset[str] = getattr(self, name)
        return chosen


_TOKEN = re.compile(r"[0-9a-f]{12}", re.ASCII)


def token(name: str) -> str:
    """Return what stands in the address for a name that others have chosen: 12 plain characters."""
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:12]


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
    density: DensityOptions = field(default_factory=DensityOptions)
    points: PointsOptions = field(default_factory=PointsOptions)
    coverage: CoverageOptions = field(default_factory=CoverageOptions)


@dataclass(frozen=True)
class Allowed:
    """Values that a state of one city may hold; whatever else an address says is dropped.

    Parameters
    ----------
    city
        Id of the city.
    layers
        Ids of its layers.
    kinds
        Ids of those that hold places.
    filters
        By filter, the values it may ask for.
    districts
        Adcodes of its districts.
    selectable
        What may be selected: ids of places, ``@id`` of places with a point, adcodes.
    """

    city: str
    layers: frozenset[str]
    kinds: frozenset[str]
    filters: Mapping[str, frozenset[str]]
    districts: frozenset[str]
    selectable: frozenset[str]


def allowed(city: City) -> Allowed:
    """Return the values that a state of ``city`` may hold."""
    districts = frozenset(str(code) for code in city.districts.index)
    selectable = set(districts)
    for layer in city.layers.values():
        if layer.spec.is_places:
            drawn = layer.frame.index[layer.frame.geometry.notna()]
            selectable |= set(layer.frame.index) | {f"@{id_}" for id_ in drawn}
    return Allowed(
        city=city.id,
        layers=frozenset(city.layers) | ({ONLINE_BASE} if city.online_base else set()),
        kinds=frozenset(id_ for id_, layer in city.layers.items() if layer.spec.is_places),
        filters={
            "subkind": frozenset(value for values in SUBKINDS.values() for value in values),
            "level": frozenset(LEVELS),
            "field": frozenset(FIELDS),
            "district": districts | {OUTSIDE},
            "plan_status": frozenset(PLAN_STATUSES),
            "current_status": frozenset(CURRENT_STATUSES),
            "location_class": frozenset(LOCATION_CLASSES),
        },
        districts=districts,
        selectable=frozenset(selectable),
    )


def default_state(city: City, lang: Lang = "zh") -> ViewState:
    """Return the state in which ``city`` opens: as last verified, with later facts."""
    shown = frozenset(layer.spec.id for layer in city.layers.values() if layer.spec.on)
    return ViewState(city=city.id, lang=lang, layers=shown)


def camera(lat: object, lon: object, zoom: object) -> Camera | None:
    """Return the camera of three values from outside, or None where they are no finite numbers."""
    numbers = []
    for value in (lat, lon, zoom):
        try:
            numbers.append(float(value))  # type: ignore[arg-type]
        except (TypeError, ValueError, OverflowError):
            return None
    if not all(math.isfinite(number) for number in numbers):
        return None
    return Camera(numbers[0], numbers[1], numbers[2])


def _last(query: Query, key: str) -> str | None:
    """Return the last value of a key, as a browser's form would, or None where there is none."""
    value = query.get(key)
    if isinstance(value, str):
        return value[:LONGEST_VALUE]
    texts = [item for item in value or () if isinstance(item, str)]
    return texts[-1][:LONGEST_VALUE] if texts else None


def city_asked(query: Query, known: Collection[str], fallback: str) -> str:
    """Return the id of the city that an address asks for, if it is known."""
    asked = _last(query, "city")
    return asked if asked is not None and asked in known else fallback


def _set(
    query: Query, key: str, values: frozenset[str], empty: str, fallback: frozenset[str]
) -> frozenset[str]:
    """Read a set; a value in which nothing is known counts as missing."""
    given = query.get(key)
    parts = [given] if isinstance(given, str) else [v for v in given or () if isinstance(v, str)]
    asked = {word for part in parts for word in re.split(r"[.,]", part[:LONGEST_VALUE])}
    if known := asked & values:
        return frozenset(known)
    return frozenset() if empty in asked else fallback


def _one(query: Query, key: str, values: Collection[str], fallback: str | None) -> str | None:
    asked = _last(query, key)
    if asked == NONE:
        return None
    return asked if asked is not None and asked in values else fallback


def _flag(query: Query, key: str, fallback: bool) -> bool:
    return {"1": True, "0": False}.get(_last(query, key) or "", fallback)


def _camera(query: Query, fallback: Camera | None) -> Camera | None:
    asked = _last(query, "at")
    if asked == NONE:
        return None
    parts = asked.split(",") if asked is not None and len(asked) < 100 else []
    return (camera(*parts) if len(parts) == 3 else None) or fallback


def _step(query: Query, key: str, values: Collection[int], fallback: int) -> int:
    """Return the number of a closed list that an address asks for."""
    asked = _one(query, key, [str(value) for value in values], None)
    return fallback if asked is None else int(asked)


def _density(query: Query, fallback: DensityOptions) -> DensityOptions:
    chosen = {
        name: asked if (asked := _last(query, key)) in values else getattr(fallback, name)
        for name, (key, values) in DENSITY_CHOICES.items()
    }
    return DensityOptions(
        bandwidth_km=_step(query, "dbw", DENSITY_BANDWIDTHS_KM, fallback.bandwidth_km),
        cell_m=_step(query, "dcell", DENSITY_CELLS_M, fallback.cell_m),
        **chosen,  # type: ignore[arg-type]
    )


def _points(query: Query, fallback: PointsOptions) -> PointsOptions:
    chosen: dict[str, object] = {
        name: asked if (asked := _last(query, key)) in values else getattr(fallback, name)
        for name, (key, values) in POINTS_CHOICES.items()
    }
    for name, (key, values) in POINTS_NUMBERS.items():
        chosen[name] = _step(query, key, values, getattr(fallback, name))
    for name, key in POINTS_TOKENS.items():
        asked = _last(query, key) or ""
        # What a folder or a file holds is known once it is open: any token may name a thing in it.
        sound = _TOKEN.fullmatch(asked) is not None
        chosen[name] = asked if sound else "" if asked == NONE else getattr(fallback, name)
    return PointsOptions(**chosen)  # type: ignore[arg-type]


def _coverage(query: Query, fallback: CoverageOptions, kinds: frozenset[str]) -> CoverageOptions:
    chosen: dict[str, object] = {
        name: asked if (asked := _last(query, key)) in values else getattr(fallback, name)
        for name, (key, values) in COVERAGE_CHOICES.items()
    }
    for name, (key, *_) in COVERAGE_NUMBERS.items():
        asked = _last(query, key) or ""
        sound = _WHOLE.fullmatch(asked) is not None
        chosen[name] = int(asked) if sound else getattr(fallback, name)
    for name, key in COVERAGE_LAYERS.items():
        chosen[name] = _set(query, key, kinds, USUAL, getattr(fallback, name))
    return CoverageOptions(**chosen)  # type: ignore[arg-type]


def parse(query: Query, *, allowed: Allowed, fallback: ViewState) -> ViewState:
    """Read a state out of an address; what it lacks or says wrongly comes from ``fallback``.

    Parameters
    ----------
    query
        Keys and values of the address, of any content. Of a repeated key the last value
        counts, or for a set all of them.
    allowed
        Values that the city knows; see :func:`city_asked` for the choice of the city.
    fallback
        A valid state of the same city.

    Returns
    -------
    ViewState
        A valid state; never raises.
    """
    asked_city = _last(query, "city")
    here = asked_city is None or asked_city == allowed.city
    filters = fallback.filters
    lang = _one(query, "lang", ("zh", "en"), None) or fallback.lang
    period = _one(query, "period", PERIODS, None) or fallback.period
    return ViewState(
        city=allowed.city,
        lang=lang,  # type: ignore[arg-type]
        period=period,  # type: ignore[arg-type]
        later=_flag(query, "later", fallback.later),
        layers=_set(query, "layers", allowed.layers, NONE, fallback.layers),
        filters=Filters(
            **{
                name: _set(query, key, allowed.filters[name], ALL, filters.of(name))
                for name, key in FILTER_KEYS.items()
            }
        ),
        selected=_one(query, "sel", allowed.selectable, fallback.selected),
        # A camera set for another city would open on empty land.
        camera=_camera(query, fallback.camera) if here else fallback.camera,
        district=_one(query, "d", allowed.districts, fallback.district),
        compare=_one(query, "vs", allowed.districts, fallback.compare),
        present=_flag(query, "present", fallback.present),
        density=_density(query, fallback.density),
        points=_points(query, fallback.points),
        coverage=_coverage(query, fallback.coverage, allowed.kinds),
    )


def _joined(values: frozenset[str], empty: str) -> str:
    return ".".join(sorted(values)) or empty


def to_query(state: ViewState) -> dict[str, str]:
    """Write a state for the address: every key, also at its default, always in the same order."""
    at = state.camera
    return {
        "city": state.city,
        "lang": state.lang,
        "period": state.period,
        "later": str(int(state.later)),
        "layers": _joined(state.layers, NONE),
        **{key: _joined(state.filters.of(name), ALL) for name, key in FILTER_KEYS.items()},
        "sel": state.selected or NONE,
        "at": f"{at.lat:.5f},{at.lon:.5f},{at.zoom:g}" if at else NONE,
        "d": state.district or NONE,
        "vs": state.compare or NONE,
        "present": str(int(state.present)),
        "dbw": str(state.density.bandwidth_km),
        "dcell": str(state.density.cell_m),
        **{key: getattr(state.density, name) for name, (key, _) in DENSITY_CHOICES.items()},
        **{key: getattr(state.points, name) or NONE for name, key in POINTS_TOKENS.items()},
        **{key: getattr(state.points, name) for name, (key, _) in POINTS_CHOICES.items()},
        **{key: str(getattr(state.points, name)) for name, (key, _) in POINTS_NUMBERS.items()},
        **{key: getattr(state.coverage, name) for name, (key, _) in COVERAGE_CHOICES.items()},
        **{key: str(getattr(state.coverage, name)) for name, (key, *_) in COVERAGE_NUMBERS.items()},
        **{
            key: _joined(getattr(state.coverage, name), USUAL)
            for name, key in COVERAGE_LAYERS.items()
        },
    }


DECIDING_KEYS = ("city", "period", "later", "layers", *FILTER_KEYS.values())
"""Keys of the address that decide which rows are shown."""
