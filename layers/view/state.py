"""Hold what the reader is looking at in one frozen value, and carry it in the address.

An address says its version, its city, and what differs from that version's defaults: of what all
pages share and of the options of the page it leads to. The opening view of the city that opens
first says nothing at all. ``parse(to_query(state, page), page)`` gives the state back, with the
options of other pages as they were kept; ``parse`` never raises.

The city is named in every other address, for which city opens first is a matter of the server.
What is on in a city's opening view is a matter of its pack and of the catalogue: an address that
says nothing of layers means those, also when the pack has changed; one that names a few means
those and no others; ``~`` means the opening ones but for those named.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from layers.pack.catalogue import (
    CURRENT_STATUSES,
    FIELDS,
    LEVELS,
    LOCATION_CLASSES,
    ONLINE_BASE,
    OUTSIDE,
    PLAN_STATUSES,
    SUBKINDS,
)
from layers.pack.city import City
from layers.view import address
from layers.view.address import (
    NONE,
    Id,
    Ids,
    Known,
    Query,
    Single,
    Switches,
    flag,
    group,
    one_of,
    option,
    said,
)
from layers.view.page_options import CoverageOptions, DensityOptions, PointsOptions

Lang = Literal["zh", "en"]
Period = Literal["now", "2020", "2025"]

VERSION: Final = 2
"""Of the address; 1 had no version and said every option of every page."""
UNSAID: Mapping[int, Mapping[str, str]] = MappingProxyType({})
"""By version, what its addresses mean where they say nothing, as an address says it, if that is not
what they mean today. Whoever changes a default raises ``VERSION`` and notes the old one here."""
VERSIONS: Mapping[str, int] = MappingProxyType({str(n): n for n in range(1, VERSION + 1)})
VERSION_KEY, CITY_KEY = "v", "city"

MAX_LATITUDE = 85.0
"""Web Mercator ends there."""
ZOOMS = (3, 18)
ALL = "all"


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


@dataclass(frozen=True)
class CameraCodec(Single[Camera | None]):
    """Latitude, longitude and zoom, such as ``39.125_117.2_10``; of old with commas."""

    def value(self, text: str, known: Known) -> Camera | None:  # noqa: ARG002 - the base's shape
        """Return the camera, None for ``none``."""
        if text == NONE:
            return None
        parts = text.replace(",", "_").split("_") if len(text) < 100 else []
        found = camera(*parts) if len(parts) == 3 else None
        if found is None:
            raise LookupError(text)
        return found

    def write(self, value: Camera | None, default: Camera | None) -> str:  # noqa: ARG002 - the base's shape
        """Return its numbers, without zeros at their ends."""
        if value is None:
            return NONE
        return f"{_digits(value.lat)}_{_digits(value.lon)}_{value.zoom:g}"


def _digits(degrees: float) -> str:
    return f"{degrees:.5f}".rstrip("0").rstrip(".")


@dataclass(frozen=True)
class Filters:
    """Values that a place must have: AND between the columns, OR within one; empty lets all pass.

    ``district`` holds adcodes and ``outside``; it matches administration or site.
    """

    subkind: frozenset[str] = option("subkind", Ids("subkind", ALL), default=frozenset())
    level: frozenset[str] = option("level", Ids("level", ALL), default=frozenset())
    field: frozenset[str] = option("field", Ids("field", ALL), default=frozenset())
    district: frozenset[str] = option("district", Ids("district", ALL), default=frozenset())
    plan_status: frozenset[str] = option("plan", Ids("plan_status", ALL), default=frozenset())
    current_status: frozenset[str] = option("now", Ids("current_status", ALL), default=frozenset())
    location_class: frozenset[str] = option(
        "place", Ids("location_class", ALL), default=frozenset()
    )

    def of(self, name: str) -> frozenset[str]:
        """Return the values that the filter ``name`` asks for."""
        chosen: frozenset[str] = getattr(self, name)
        return chosen


FILTER_KEYS: Mapping[str, str] = MappingProxyType(address.keys(Filters))
"""Key in the address of each filter."""
DECIDING_KEYS = (CITY_KEY, "period", "later", "layers", *FILTER_KEYS.values())
"""Keys of the address that decide which rows are shown."""


@dataclass(frozen=True)
class ViewState:
    """Everything that the address bar holds, but for the page itself.

    ``selected`` is the id of a place or a district, or ``@id`` for all places at that place's
    point. The district page shows ``district``, or what is selected, and sets ``compare`` beside
    it; both are adcodes.
    """

    city: str
    lang: Lang = option("lang", one_of(Lang), default="zh")
    period: Period = option("period", one_of(Period), default="now")
    later: bool = option("later", flag(), default=True)
    layers: frozenset[str] = option("layers", Switches("layers", NONE), default=frozenset())
    filters: Filters = group(Filters)
    selected: str | None = option("sel", Id("selectable"), default=None)
    camera: Camera | None = option("at", CameraCodec(), default=None, page="explore")
    district: str | None = option("d", Id("districts"), default=None, page="district")
    compare: str | None = option("vs", Id("districts"), default=None, page="district")
    present: bool = option("present", flag(), default=False)
    density: DensityOptions = group(DensityOptions, page="density")
    points: PointsOptions = group(PointsOptions, page="density")
    coverage: CoverageOptions = group(CoverageOptions, page="coverage")


@dataclass(frozen=True)
class Allowed:
    """Values that a state of one city may hold; whatever else an address says is dropped.

    Parameters
    ----------
    city
        Id of the city.
    opening
        Ids of the layers that are on in its opening view.
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
    opening: frozenset[str]
    layers: frozenset[str]
    kinds: frozenset[str]
    filters: Mapping[str, frozenset[str]]
    districts: frozenset[str]
    selectable: frozenset[str]

    @property
    def known(self) -> Known:
        """The same by the names under which the codecs ask for it."""
        return {
            **self.filters,
            "layers": self.layers,
            "kinds": self.kinds,
            "districts": self.districts,
            "selectable": self.selectable,
        }


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
        opening=_opening(city),
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
    return ViewState(city=city.id, lang=lang, layers=_opening(city))


def _opening(city: City) -> frozenset[str]:
    return frozenset(layer.spec.id for layer in city.layers.values() if layer.spec.on)


def city_asked(query: Query, known: Collection[str], fallback: str) -> str:
    """Return the id of the city that an address asks for, if it is known."""
    asked = said(query, CITY_KEY)
    return asked[-1] if asked and asked[-1] in known else fallback


def version_of(query: Query) -> int:
    """Return the version in which an address is written; one that is not known is the newest.

    So is that of an address that says nothing.
    """
    if texts := said(query, VERSION_KEY):
        return VERSIONS.get(texts[-1], VERSION)
    return 1 if any(key in query for key in KEYS) else VERSION


def parse(
    query: Query, page: str | None = None, *, allowed: Allowed, kept: ViewState | None = None
) -> ViewState:
    """Read a state out of an address; what it lacks or says wrongly is its version's default.

    Parameters
    ----------
    query
        Keys and values of the address, of any content. Of a repeated key the last value
        counts, or for a set all of them.
    page
        The page it leads to; None to read the options of all pages.
    allowed
        Values that the city knows; see :func:`city_asked` for the choice of the city.
    kept
        A state whose options of other pages are kept, if it is of the same city. An address of
        version 1 says those too.

    Returns
    -------
    ViewState
        A valid state; never raises.
    """
    version = version_of(query)
    opening = ViewState(allowed.city, layers=allowed.opening)
    default = address.read(opening, UNSAID.get(version, {}), allowed.known)
    asked = said(query, CITY_KEY)
    if asked and asked[-1] != allowed.city:
        # A camera set for another city would open on empty land.
        query = {key: value for key, value in query.items() if key != CAMERA_KEY}
    whole = page is None or version == 1
    found = address.read(default, query, allowed.known, None if whole else page)
    if whole or page is None or kept is None or kept.city != found.city:
        return found
    return address.keep(found, kept, page)


def to_query(
    state: ViewState,
    page: str | None = None,
    *,
    opening: frozenset[str] | None = None,
    home: str | None = None,
) -> dict[str, str]:
    """Write a state for the address, always in the same order.

    Parameters
    ----------
    state
        What is written.
    page
        The page it leads to; None to write the options of all pages.
    opening
        Layers that are on in the city's opening view; None to name all that are on, for a file
        that outlives the pack.
    home
        The city that opens first, whose opening view needs no words; None if there is none.
    """
    default = ViewState(state.city, layers=frozenset() if opening is None else opening)
    differing = address.write(state, default, page)
    if opening is None:
        differing = {"layers": every_key(state)["layers"], **differing}
    if not differing and state.city == home:
        return {}
    return {VERSION_KEY: str(VERSION), CITY_KEY: state.city, **differing}


def every_key(state: ViewState) -> dict[str, str]:
    """Return all that an address can say of a state, also what is as it opens."""
    return {CITY_KEY: state.city, **address.write(state, None)}


KEYS = frozenset(every_key(ViewState("")))
"""All keys of the address but for its version."""
CAMERA_KEY = address.keys(ViewState)["camera"]


def deciding(state: ViewState) -> ViewState:
    """Return the state without what does not decide which rows are shown."""
    return ViewState(
        state.city,
        period=state.period,
        later=state.later,
        layers=state.layers,
        filters=state.filters,
    )


def unknown_words(query: Query, allowed: Allowed) -> dict[str, list[str]]:
    """Return by key the words of an address that :func:`parse` passes over."""
    return {
        VERSION_KEY: [text for text in said(query, VERSION_KEY) if text not in VERSIONS],
        CITY_KEY: [text for text in said(query, CITY_KEY) if text != allowed.city],
        **address.unknown(ViewState(allowed.city), query, allowed.known),
    }
