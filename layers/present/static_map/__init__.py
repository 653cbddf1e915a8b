"""Draw the map of a city, or of one district, on paper and slides."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from layers.language.messages import speaker
from layers.map.overlay import Drawing
from layers.map.plate import Sign
from layers.pack.city import City
from layers.present.static_map.compose import Composition, Order, composed
from layers.present.static_map.furniture import scale_words
from layers.present.static_map.ink.paper import A3, A4, SLIDE, Heading, Paper
from layers.present.static_map.picture import StaticMap, drawing_alone
from layers.present.static_map.window import Bounds
from layers.view.state import ViewState

__all__ = ["A3", "A4", "SLIDE", "Heading", "Paper", "StaticMap", "static_map"]


def static_map(  # noqa: PLR0913 - each by its keyword
    city: City,
    state: ViewState,
    lang: str,
    paper: Paper,
    *,
    heading: Heading | None = None,
    drawing: Drawing | None = None,
    legend: Sequence[Sign] = (),
    focus: str | frozenset[str] | Bounds | None = None,
    insets: Collection[str] | None = None,
) -> StaticMap:
    """Draw a map in the plane of its city, at a round scale.

    Parameters
    ----------
    city
        The pack that is shown.
    state
        Layers, filters, period and ground; neither its language nor its camera counts.
    lang
        Language of all words, ``zh`` or ``en``.
    paper
        The sheet, or the part of one that the map fills.
    heading
        What stands above; None for a bare map without title, legend and sources.
    drawing
        What an analysis adds, in the reader's language; None for the layout map.
    legend
        Signs of the analysis; those of the layout map come from :mod:`layers.map.plate`.
    focus
        Adcode of the district that fills the map, the others dimmed; or the ids of
        the places that the map of the city keeps; or west, south, east and north in degrees of what
        fills the map, beyond the city too. None for the city with all its places.
    insets
        Ids of the parts that are shown larger beside the map of the city; None for those that show
        more than the map does.
    """
    district = focus if isinstance(focus, str) else None
    keep = focus if isinstance(focus, frozenset) else None
    bounds = focus if isinstance(focus, tuple) else None
    order = Order(
        city, state, lang, paper, heading, drawing, legend, district, keep, bounds, insets
    )
    with drawing_alone():
        made = composed(order)
    stands = [stand for found in made.arrangements.values() for stand in found.stands]
    return StaticMap(
        figure=made.sheet.figure,
        date=city.data_date,
        alt=_alt(order, made),
        scale=made.found.main.scale,
        windows=made.found,
        labels=tuple(made.all_labels()),
        stands=tuple(stands),
        numbered=tuple(made.numbered),
        bars=made.bars,
        panels=tuple(made.panels),
        signs=tuple(made.signs()),
        remarks=tuple(made.remarks()),
    )


def _alt(order: Order, made: Composition) -> str:
    say = speaker(order.lang)
    places = [stand.place for found in made.arrangements.values() for stand in found.stands]
    area = order.city.name
    if order.focus is not None:
        shown = order.city.districts.loc[order.focus, f"name_{order.lang}"]
    else:
        shown = area.of(order.lang)
    firm = sum(place.firm for place in places)
    told = say(
        "static_map.alt",
        area=shown,
        count=len(places),
        firm=firm,
        schematic=len(places) - firm,
        scale=scale_words(made.found.main.scale),
    )
    filtered = order.filter_words()
    return say("view.filtered_first", text=told) if filtered else told
