"""Hold what the reader is looking at in one frozen value.

How it stands in the address is the matter of :mod:`layers.view.address`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from layers.pack.catalogue import (
    CURRENT_STATUSES,
    FIELDS,
    LEVELS_ASKED,
    LOCATION_CLASSES,
    ONLINE_BASE,
    OUTSIDE,
    PLAN_STATUSES,
    SUBKINDS,
)
from layers.pack.city import City
from layers.view import codecs
from layers.view.areas import areas
from layers.view.codecs import (
    NONE,
    Id,
    Ids,
    Known,
    Single,
    Switches,
    flag,
    group,
    one_of,
    option,
)
from layers.view.page_options import (
    CorridorOptions,
    CoverageOptions,
    DeckOptions,
    DensityOptions,
    ExploreOptions,
    InsideOptions,
    PlanOptions,
    PointsOptions,
    TableOptions,
)

Lang = Literal["zh", "en"]
Period = Literal["now", "2020", "2025"]

DRAWN_ON = ("explore", "district", "density", "coverage", "corridor", "plan")
"""Pages with a map on which a shape can be drawn."""
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
    """Return the camera of three values from outside, or None where they are no finite numbers.

    Parameters
    ----------
    lat, lon
        Centre in degrees WGS 84, of any content.
    zoom
        Leaflet zoom, of any content.
    """
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
        """Return the camera, None for ``none``.

        Parameters
        ----------
        text, known
            As in :meth:`Single.value`.

        Raises
        ------
        LookupError
            If the text is neither three finite numbers nor ``none``.
        """
        if text == NONE:
            return None
        parts = text.replace(",", "_").split("_") if len(text) < 100 else []
        found = camera(*parts) if len(parts) == 3 else None
        if found is None:
            raise LookupError(text)
        return found

    def write(self, value: Camera | None, default: Camera | None) -> str:  # noqa: ARG002 - the base's shape
        """Return its numbers, without zeros at their ends.

        Parameters
        ----------
        value, default
            As in :meth:`Codec.write`.
        """
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
        """Return the values that the filter ``name`` asks for.

        Parameters
        ----------
        name
            Name of its field.
        """
        chosen: frozenset[str] = getattr(self, name)
        return chosen


FILTER_KEYS: Mapping[str, str] = MappingProxyType(codecs.keys(Filters))
"""Key in the address of each filter."""


@dataclass(frozen=True)
class ViewState:
    """Everything that the address bar holds, but for the page itself.

    ``selected`` is the id of a place or a district, or ``@id`` for all places at that place's
    point. The district page shows ``district``, or what is selected, and sets ``compare`` beside
    it; a story of any district is told of ``district``. Both are ids of
    :func:`layers.view.areas.areas`.
    """

    city: str
    lang: Lang = option("lang", one_of(Lang), default="zh")
    period: Period = option("period", one_of(Period), default="now")
    later: bool = option("later", flag(), default=True)
    layers: frozenset[str] = option("layers", Switches("layers", NONE), default=frozenset())
    filters: Filters = group(Filters)
    selected: str | None = option("sel", Id("selectable"), default=None)
    camera: Camera | None = option("at", CameraCodec(), default=None, page="explore")
    district: str | None = option("d", Id("areas"), default=None, page=("district", "deck"))
    compare: str | None = option("vs", Id("areas"), default=None, page="district")
    present: bool = option("present", flag(), default=False)
    explore: ExploreOptions = group(ExploreOptions, page="explore")
    inside: InsideOptions = group(InsideOptions, page=DRAWN_ON)
    density: DensityOptions = group(DensityOptions, page="density")
    points: PointsOptions = group(PointsOptions, page="density")
    table: TableOptions = group(TableOptions, page="density")
    coverage: CoverageOptions = group(CoverageOptions, page="coverage")
    corridor: CorridorOptions = group(CorridorOptions, page="corridor")
    deck: DeckOptions = group(DeckOptions, page="deck")
    plan: PlanOptions = group(PlanOptions, page="plan")


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
    areas
        Ids of its districts and of its parts, see :func:`layers.view.areas.areas`.
    axes
        Ids of the lines that it can be measured along.
    selectable
        What may be selected: ids of places, ``@id`` of places with a point, adcodes.
    periods, tasks
        Periods of its plans, and ids of their tasks.
    """

    city: str
    opening: frozenset[str]
    layers: frozenset[str]
    kinds: frozenset[str]
    filters: Mapping[str, frozenset[str]]
    areas: frozenset[str]
    axes: frozenset[str]
    selectable: frozenset[str]
    periods: frozenset[str]
    tasks: frozenset[str]

    @property
    def known(self) -> Known:
        """The same by the names under which the codecs ask for it."""
        return {
            **self.filters,
            "layers": self.layers,
            "kinds": self.kinds,
            "areas": self.areas,
            "axes": self.axes,
            "selectable": self.selectable,
            "periods": self.periods,
            "tasks": self.tasks,
        }


def allowed(city: City) -> Allowed:
    """Return the values that a state of ``city`` may hold.

    Parameters
    ----------
    city
        Its pack, which is not changed.
    """
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
            "level": frozenset(LEVELS_ASKED),
            "field": frozenset(FIELDS),
            "district": districts | {OUTSIDE},
            "plan_status": frozenset(PLAN_STATUSES),
            "current_status": frozenset(CURRENT_STATUSES),
            "location_class": frozenset(LOCATION_CLASSES),
        },
        areas=frozenset(areas(city)),
        axes=frozenset(map(str, city.layers["axis"].frame.index) if "axis" in city.layers else ()),
        selectable=frozenset(selectable),
        periods=frozenset(plan.period for plan in city.plans),
        tasks=frozenset(str(id_) for plan in city.plans for id_ in plan.clauses.index),
    )


def default_state(city: City, lang: Lang = "zh") -> ViewState:
    """Return the state in which ``city`` opens: as last verified, with later facts.

    Parameters
    ----------
    city
        Its pack, which is not changed.
    lang
        Language of the screen.
    """
    return ViewState(city=city.id, lang=lang, layers=_opening(city))


def _opening(city: City) -> frozenset[str]:
    return frozenset(layer.spec.id for layer in city.layers.values() if layer.spec.on)


def deciding(state: ViewState) -> ViewState:
    """Return the state without what does not decide which rows are shown.

    Parameters
    ----------
    state
        What the reader is looking at.

    Returns
    -------
    ViewState
        City, period, later facts, layers and filters; all else is at its default.
    """
    return ViewState(
        state.city,
        period=state.period,
        later=state.later,
        layers=state.layers,
        filters=state.filters,
    )
