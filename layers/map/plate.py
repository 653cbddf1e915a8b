"""Say what the layout map shows beside its marks: the order of names, ground and legend."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry.base import BaseGeometry

from geo.inventory.balance import balance
from layers.language.messages import speaker
from layers.language.values import cell, count, value_word
from layers.map.structure import structure_legend
from layers.map.symbols import NEUTRAL, SIZE, mark, plain_mark, svg
from layers.pack.catalogue import CITY, FIRM, PLAN_KINDS
from layers.pack.city import City, drawn_axes
from layers.pack.layer_spec import Style
from layers.view.index_numbers import index_numbers
from layers.view.page_options import Ground
from layers.view.rows import View, rows_in_view
from layers.view.totals import is_national, is_sought, left_out
from layers.view.vague import is_vague

TINTS: Final = ("#F6E6D9", "#CEDFD6")
"""Of the first two parts of a city; further parts keep the colour of the land. In grey each is
darker than the one before."""
LAND: Final = "#F7F5F0"
RAMP: Final = ("#FBF1E1", "#FDE8C7", "#FDDFAA", "#FDD68B")
"""Of a count or a rate, from low to high: light enough for every mark, and told apart in grey. More
classes would not be; the figure beside each district's name says it exactly."""
YEAR: Final = svg(
    '<text x="10" y="13.4" text-anchor="middle" font-size="8.6" font-family="sans-serif" '
    'fill="#4A463E">2023</text>'
)
"""Stands for the year behind a name; the words say what it is."""
BELT: Final = svg('<path d="M2 15 18 5" stroke="#C9C2C9" stroke-width="7"/>')
LOOP: Final = svg(
    '<path d="M1 14 19 6" stroke="#4A334A" stroke-width="1.4" stroke-dasharray="1.4 3"/>'
)
"""The lines of a city as the map draws them: one soft band, and dotted ties."""
DOT: Final = '<circle cx="10" cy="10" r="3.4" fill="{}" stroke="#fff" stroke-width=".9"/>'
"""A place that is a dot in the colour of its kind."""
DOUBT: Final = svg(
    '<circle cx="10" cy="10" r="8" fill="none" stroke="#5B564C" stroke-dasharray="3 2.4"/>'
)
"""The circle round a place within which it may lie."""
HATCH, LINE, NEW, TITLE = "hatch", "line", "new", "title"

Sign = tuple[str, str]
"""An SVG, a colour, ``hatch``, ``line``, ``new`` or ``title``, and its words; an empty sign is a
heading."""


@dataclass(frozen=True)
class Plate:
    """What the ground of the layout map shows, and how its legend explains the whole.

    Parameters
    ----------
    fill
        Colour by adcode; a district without one is land.
    hatch
        Adcodes of the districts that the plan does not name.
    parts
        Whether the parts of the city are named.
    legend
        Signs with their words, in order.
    told
        By adcode, what the tip of a district adds to its name: titles, and places without a point.
    titles
        By adcode, what stands beside the name of a district: its figure, where the fill shows one,
        so that a grey print says it too; else how many titles it bears, which have no ground of
        their own.
    new
        Ids of mapped places that were not there in the baseline year, where that is shown.
    """

    fill: Mapping[str, str]
    hatch: tuple[str, ...]
    parts: bool
    legend: tuple[Sign, ...]
    told: Mapping[str, tuple[str, ...]]
    titles: Mapping[str, str]
    new: frozenset[str] = frozenset()


def priorities(view: View) -> Mapping[str, int]:
    """Return the order in which places get their names on the map, 0 first.

    Of the plan's places the granted national ones come first, of each the counted before their
    parts, the surely placed before the others, then by index number; context comes last.

    Parameters
    ----------
    view
        What is shown.
    """
    rows, number = view.mapped, index_numbers(view.city)
    keys = [
        (
            kind not in PLAN_KINDS,
            not national,
            not counted,
            known not in FIRM,
            number[place],
        )
        for place, national, kind, counted, known in zip(
            map(str, rows.index),
            is_national(rows),
            *(rows[c] for c in ("kind", "counted", "location_class")),
            strict=True,
        )
    ]
    order = sorted(range(len(keys)), key=keys.__getitem__)
    return {str(rows.index[row]): n for n, row in enumerate(order)}


def unplaced(view: View) -> Mapping[str, tuple[str, ...]]:
    """Return the shown places that have no point at the scale of the city, by adcode.

    Parameters
    ----------
    view
        What is shown.

    Returns
    -------
    mapping
        Ids by the district of the site, else of administration; ``""`` for those of none. They are
        the places without a point and the vague ones, see :mod:`layers.view.vague`; titles of an
        area are no places and stand beside its name.
    """
    rows = view.places
    far = is_vague(rows)
    known = (view.rows.drawable | view.rows.titles)[view.mask]
    found: dict[str, list[str]] = {}
    lost = rows[far | ~known]
    for place, site, host in zip(lost.index, lost["site_adcode"], lost["host_adcode"], strict=True):
        home = next((c for c in (site, host) if c in view.city.districts.index), "")
        found.setdefault(str(home), []).append(str(place))
    return {code: tuple(ids) for code, ids in found.items()}


def new_since_baseline(view: View) -> frozenset[str]:
    """Return the mapped places that the baseline year did not have.

    Parameters
    ----------
    view
        What is shown.
    """
    before = rows_in_view(view.city, replace(view.state, period="2020", later=False))
    return frozenset(map(str, view.mapped.index)) - frozenset(map(str, before.places.index))


def plate(view: View, ground: Ground, lang: str) -> Plate:
    """Return what the layout map shows of a view.

    Parameters
    ----------
    view
        What is shown.
    ground
        What the districts' fill says.
    lang
        ``zh`` or ``en``.
    """
    fill, classes, figures = _ground(view, ground, lang)
    hatch = left_out(view.city) if ground != "none" else ()
    new = new_since_baseline(view) if view.state.period == "2025" else frozenset()
    say = speaker(lang)
    legend = [*marks(view, lang, kinds=view.state.present), *classes]
    if hatch:
        legend.append((HATCH, say("plate.not_named")))
    legend.append((LINE, say("plate.outlines")))
    titles = _titles(view, lang)
    if figures:
        legend.append((TITLE, say("plate.figure")))
    elif titles:
        legend.append((TITLE, _explain_titles(titles, lang)))
    if new:
        legend.append((NEW, say("plate.new", count=len(new), **view.city.years)))
    borne = {
        code: say("plate.title_count", count=len(names))
        for code, names in titles.items()
        if code != CITY
    }
    told = _told(view, titles, lang)
    return Plate(
        fill, hatch, ground in ("parts", "structure"), tuple(legend), told, figures or borne, new
    )


def marks(view: View, lang: str, *, kinds: bool, sizes: bool = True) -> list[Sign]:
    """Explain the marks that are drawn: size, filling and, of later facts, the year.

    Parameters
    ----------
    view
        What is shown.
    lang
        ``zh`` or ``en``.
    kinds
        Whether the shapes are explained too; beside the map the list of layers does it.
    sizes
        Whether their sizes say the level; under an analysis all are small.
    """
    say, neutral, rows = speaker(lang), Style("circle", NEUTRAL), view.mapped
    near = rows[~is_vague(rows)]
    firm = near["location_class"].isin(FIRM)
    sure = plain_mark(neutral, firm=True)
    signs = shapes(view.city, set(near["kind"]), lang) if kinds else []
    if sizes:
        signs += _levels(near, sure, lang)
    wanted = (
        (firm, sure, "plate.firm"),
        (~firm, plain_mark(neutral, firm=False), "plate.schematic"),
    )
    signs += [(sign, say(key, count=int(rows.sum()))) for rows, sign, key in wanted if rows.any()]
    if (
        sizes
        and (near["plan_status"].eq("later_fact") & near["current_status_as_of"].notna()).any()
    ):
        signs.append((YEAR, say("plate.year")))
    return signs


def _levels(near: gpd.GeoDataFrame, sure: str, lang: str) -> list[Sign]:
    """Explain the two sizes: more large marks are drawn than headlines count as national."""
    say, national = speaker(lang), is_national(near)
    signs = []
    for key, side, rows, apart in (
        ("national", 23, national, ~near["counted"].astype(bool)),
        ("other_levels", 17, ~national, is_sought(near)),
    ):
        n, some = int(rows.sum()), int((rows & apart).sum())
        if some:
            signs.append((_sized(sure, side), say(f"plate.{key}_apart", count=n, some=some)))
        elif n:
            signs.append((_sized(sure, side), say(f"plate.{key}", count=n)))
    return signs


def shapes(city: City, kinds: Collection[str], lang: str) -> list[Sign]:
    """Explain the shapes of the marks.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    kinds
        Ids of the layers that have places on the map.
    lang
        ``zh`` or ``en``.
    """
    return [
        (plain_mark(layer.spec.style, firm=True, faded=id_ == "later_park"), layer.title.of(lang))
        for id_, layer in city.layers.items()
        if layer.spec.is_places and id_ in kinds
    ]


def dots(view: View, lang: str) -> list[Sign]:
    """Explain the dots that the places are under an analysis that measures from them.

    Parameters
    ----------
    view
        What is shown.
    lang
        ``zh`` or ``en``.

    Returns
    -------
    list
        Empty where no place has a point.
    """
    rows, say = view.mapped, speaker(lang)
    near = rows[~is_vague(rows)]
    if not len(near):
        return []
    more = len(rows) - len(near)
    said = say("plate.dots", count=len(near))
    kinds = {*near["kind"]}
    return [
        ("", say("plate.dots_more", text=said, more=more) if more else said),
        *(
            (svg(DOT.format(layer.spec.style.colour)), layer.title.of(lang))
            for id_, layer in view.city.layers.items()
            if layer.spec.is_places and id_ in kinds
        ),
    ]


def certainty(classes: Collection[str], lang: str, *, circle: bool) -> list[Sign]:
    """Explain what fill, tick, dashes and circle of the marks say close up.

    Parameters
    ----------
    classes
        Location classes of the places drawn.
    lang
        ``zh`` or ``en``.
    circle
        Whether the map draws circles of doubt.
    """
    neutral = Style("circle", NEUTRAL)
    signs = [
        (mark(neutral, known), value_word("location_class", known, lang))
        for known in ("in_area", "proxy", "knowledge")
        if known in classes
    ]
    return [*signs, (DOUBT, speaker(lang)("plate.doubt"))] if circle else signs


def belt(view: View, lang: str, area: BaseGeometry | None = None) -> list[Sign]:
    """Explain the schematic lines of a city, where they are shown and no small map names them.

    Parameters
    ----------
    view
        What is shown.
    lang
        ``zh`` or ``en``.
    area
        What the map frames, EPSG:4326: lines that miss it are left out; None for the whole city.
    """
    locator = view.city.locator
    if "axis" not in view.city.layers or "axis" not in view.state.layers:
        return []
    broad = locator.belt if locator else ""
    return [
        (BELT if id_ == broad else LOOP, cell(row, "name", lang))
        for id_, row in drawn_axes(view.city).iterrows()
        if area is None or row.geometry.intersects(area)
    ]


def _sized(svg: str, side: int) -> str:
    """Return a mark of another size."""
    return svg.replace(f'width="{SIZE}" height="{SIZE}"', f'width="{side}" height="{side}"', 1)


def _titles(view: View, lang: str) -> dict[str, list[str]]:
    """Return the titles shown, by the adcode of their district or under ``CITY``."""
    rows = view.titles
    found: dict[str, list[str]] = {}
    for area, short in zip(rows["title_of"], rows[f"badge_{lang}"], strict=True):
        found.setdefault(str(area), []).append(str(short))
    return found


def _explain_titles(titles: Mapping[str, Sequence[str]], lang: str) -> str:
    say = speaker(lang)
    if CITY not in titles:
        return say("plate.title")
    return say("plate.title_of_city", names=say("plate.comma").join(titles[CITY]))


def _told(view: View, titles: Mapping[str, Sequence[str]], lang: str) -> dict[str, tuple[str, ...]]:
    say, names = speaker(lang), view.places[f"name_{lang}"]
    comma, found = say("plate.comma"), unplaced(view)
    told: dict[str, list[str]] = {}
    for code in sorted({*titles, *found} - {CITY, ""}):
        lines = told.setdefault(code, [])
        if code in titles:
            lines.append(say("plate.titles", names=comma.join(titles[code])))
        if ids := found.get(code):
            lines.append(say("plate.unplaced", count=len(ids), names=comma.join(names[[*ids]])))
    return {code: tuple(lines) for code, lines in told.items()}


def _ground(
    view: View, ground: Ground, lang: str
) -> tuple[dict[str, str], list[Sign], dict[str, str]]:
    """Return the fill by adcode, its legend, and the figure by adcode where it shows one."""
    if ground == "none":
        return {}, [], {}
    if ground in ("parts", "structure"):
        fill, signs = _parts(view.city, lang)
        own = structure_legend(view.city, lang) if ground == "structure" else []
        return fill, [*signs, *own], {}
    values, rate = ground_values(view, ground), ground == "per_million"
    edges = breaks(values, rate=rate)
    colours = _colours(len(edges) - 1)
    classes = np.digitize(values.to_numpy(dtype=float), edges[1:-1])
    fill = {
        str(code): colours[at]
        for code, value, at in zip(values.index, values, classes, strict=True)
        if value > 0
    }
    signs = [("", speaker(lang)(f"plate.ground_{ground}"))]
    for colour, low, high in zip(colours, edges, edges[1:], strict=False):
        signs.append((colour, _range(low, high, rate=rate)))
    if not fill:
        return {}, [], {}
    figures = {
        str(code): f"{value:.1f}" if rate and value else count(value)
        for code, value in values.items()
    }
    return fill, signs, figures


def _parts(city: City, lang: str) -> tuple[dict[str, str], list[Sign]]:
    colours = dict(zip(city.halves, TINTS, strict=False))
    halves = city.districts["half"]
    fill = {str(code): colours[half] for code, half in halves.items() if half in colours}
    return fill, [(colour, city.words[f"half.{half}"].of(lang)) for half, colour in colours.items()]


def ground_values(view: View, ground: Ground) -> pd.Series:
    """Return the figure of each district that a fill shows.

    Parameters
    ----------
    view
        What is shown.
    ground
        ``places``, ``national`` or ``per_million``.

    Returns
    -------
    Series
        Counted places by administering district: all, those of national level that have been
        granted, or all per million residents; by adcode.
    """
    places, districts = view.places, view.city.districts
    if ground == "national":
        granted = is_national(places)
        places = gpd.GeoDataFrame(places[granted.to_numpy(dtype=bool)])
    found = balance(places, districts, by="host", data_date=view.city.data_date).districts["n"]
    if ground != "per_million":
        return found.astype(float)
    rate: pd.Series = found / districts["population_2020_territorial"] * 1e6
    return rate


def breaks(values: pd.Series, *, rate: bool) -> list[float]:
    """Return the limits of at most four classes, each reaching to twice the one below it.

    Parameters
    ----------
    values
        Figures of the districts, none negative.
    rate
        Whether they are rates; of counts the first class begins at 1.

    Returns
    -------
    list of float
        Lower limits in order, the upper limit of the last class at the end; the classes cover
        every value above zero.
    """
    top = float(values.max()) if len(values) else 0.0
    first = 0.0 if rate else 1.0
    edges, step = [first], 2.0
    while edges[-1] < top + (0 if rate else 1) and len(edges) < len(RAMP):
        edges.append(step)
        step *= 2
    if edges[-1] <= top:
        edges.append(float(np.ceil(top + 1)))
    return edges if len(edges) > 1 else [first, 2.0]


def _colours(count: int) -> Sequence[str]:
    at = np.linspace(0, len(RAMP) - 1, count).round().astype(int) if count > 1 else [2]
    return [RAMP[i] for i in at]


def _range(low: float, high: float, *, rate: bool) -> str:
    if rate:
        return f"{low:g}–{high:g}"
    return f"{low:g}" if high - low <= 1 else f"{low:g}–{high - 1:g}"
