"""Say an area in three numbers with their ranks, list its places, and set two side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.base.once import once
from geo.inventory.balance import Balance
from layers.language.messages import Say, speaker
from layers.language.values import Row, amount, cell, count, number, row_of, value_word
from layers.pack.catalogue import FIRM
from layers.pack.city import City, city_word
from layers.places.badges import badges
from layers.places.listing import Group, grouped
from layers.places.spread import inventory_spread, level_counts, tight, whole
from layers.view.areas import PART, areas, is_part, peers
from layers.view.rows import CityKey, gather, without_titles
from layers.view.vague import doubt_counts, is_vague

PER_PEOPLE: Final = 1_000_000


_Row = tuple[str, tuple[str, str], tuple[float, float]]


class Figures(NamedTuple):
    """Places that count, national ones held, and places per million residents as they are said.

    The last is None where the residents are not known.
    """

    n: int
    national: int
    per_million: float | None


@dataclass(frozen=True)
class Measure:
    """One of the three numbers of an area.

    Parameters
    ----------
    label
        What is counted.
    shown
        The number as it is read.
    rank
        Its place among the areas of its sort, equal ones said to be equal; of none at all, what
        that means.
    """

    label: str
    shown: str
    rank: str


@dataclass(frozen=True)
class Pair:
    """One number of two areas.

    Parameters
    ----------
    label
        What is counted.
    shown
        Both numbers as they are read.
    share
        Both as shares of the longest bar of their group, 0 to 1.
    """

    label: str
    shown: tuple[str, str]
    share: tuple[float, float]


def area_name(city: City, area: str, lang: str) -> str:
    """Return the name of a district or of a part.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    area
        Id of an area of the city.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    if is_part(city, area):
        return city_word(city, "half", area.removeprefix(PART), lang)
    return cell(row_of(city.districts, area), "name", lang)


def figures(city: City, found: Balance | None = None) -> Mapping[str, Figures]:
    """Return the three numbers of every area, on the basis of every headline.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    found
        The places that are counted, as :func:`layers.places.spread.spread` returns them; None for
        all places, whatever a reader has filtered.

    Returns
    -------
    Mapping
        By id of the area. A place counts once, in the district that administers it; national are
        those that are held.
    """
    return _figures(CityKey(city, "")) if found is None else _counted_in(city, found)


@once(maxsize=8)
def _figures(key: CityKey) -> Mapping[str, Figures]:
    return _counted_in(key.city, inventory_spread(key.city))


def _counted_in(city: City, found: Balance) -> Mapping[str, Figures]:
    told = {}
    for area, codes in areas(city).items():
        rows = found.districts.loc[list(codes)]
        n, people = int(rows["n"].sum()), amount(rows["population"].sum(skipna=False))
        held = sum(level_counts(found, code)[0] for code in codes)
        told[area] = Figures(n, held, _two_digits(n / people * PER_PEOPLE) if people else None)
    return MappingProxyType(told)


def _two_digits(value: float) -> float:
    """Return a rate as it is said, so that areas that are read as equal rank as equal."""
    return float(f"{value:.2g}")


def measures(city: City, area: str, lang: str, found: Balance | None = None) -> tuple[Measure, ...]:
    """Return the three numbers of an area, each with its rank among the areas of its sort.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    area
        Id of an area of the city.
    lang
        Language of the words, ``zh`` or ``en``.
    found
        The places that are counted; see :func:`figures`.
    """
    say, known = speaker(lang), figures(city, found)
    own, others = known[area], [known[other] for other in peers(city, area)]
    part = is_part(city, area)
    return tuple(
        Measure(label, shown, _rank(value, [other[at] or 0 for other in others], part, say))
        if value
        else Measure(label, shown, _none(city, area, at, lang, found))
        for at, (label, value, shown) in enumerate(zip(_labels(say), own, _read(own), strict=True))
    )


def _labels(say: Say) -> tuple[str, str, str]:
    return say("area.n"), say("area.national"), say("area.per_million")


def _read(own: Figures) -> tuple[str, str, str]:
    rate = "—" if own.per_million is None else number(own.per_million)
    return count(own.n), count(own.national), rate


def _rank(value: float, among: list[float], part: bool, say: Say) -> str:
    """Return the place among several in words; of one alone, nothing."""
    if len(among) < 2:
        return ""
    what = say("area.parts" if part else "area.districts", count=len(among))
    place = 1 + sum(other > value for other in among)
    return say("area.tied" if among.count(value) > 1 else "area.rank", what=what, place=place)


def _none(city: City, area: str, at: int, lang: str, found: Balance | None) -> str:
    """Say what none means: of places, whose words leave the area out; of levels, who has some."""
    say = speaker(lang)
    if at == 0:
        left_out = set(areas(city)[area]) <= set(inventory_spread(city).not_named)
        if left_out or found is None:
            return say("area.not_named" if left_out else "area.not_known")
        return say("balance_page.mark.none_shown")
    if at == 1:
        among, known = peers(city, area), figures(city, found)
        have = sum(known[other].national > 0 for other in among)
        what = say("area.parts" if is_part(city, area) else "area.districts", count=len(among))
        return say("area.have", what=what, count=have)
    return ""


def sentence(city: City, area: str, lang: str, *, named: bool, found: Balance | None = None) -> str:
    """Say how many places count in an area; of one without any, that some have none yet.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    area
        Id of an area of the city.
    lang
        Language of the words, ``zh`` or ``en``.
    named
        Whether the plan names places here.
    found
        The places that are counted; see :func:`figures`.
    """
    say, own = speaker(lang), figures(city, found)[area]
    name, known = area_name(city, area, lang), found or inventory_spread(city)
    unplaced = int(str(known.parameters["counted_unplaced"]))
    if own.n:
        striven = sum(level_counts(known, code)[1] for code in areas(city)[area])
        also = say("profile.striven", count=striven) if striven else ""
        borne = sum(len(badges(city).get(code, ())) for code in areas(city)[area])
        titles = say("profile.titles", count=borne) if borne and found is None else ""
        told = {"n": own.n, "national": own.national, "striven": also, "titles": titles}
        words = say("profile.first", name=name, **told)
        return tight(words, lang)
    if named and found is not None:
        return say("profile.none_shown", name=name)
    open_ = say("profile.unplaced", count=unplaced) if unplaced else ""
    key = "profile.none_counted" if named else "profile.none_named"
    return tight(say(key, name=name, unplaced=open_), lang)


def sentence_of_two(city: City, one: str, other: str, lang: str) -> str:
    """Say how many places count in two areas, and how many of them are of national level.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    one, other
        Ids of the areas.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    first, second = (figures(city)[area] for area in (one, other))
    words = speaker(lang)(
        "area.both",
        one=area_name(city, one, lang),
        other=area_name(city, other, lang),
        n=first.n,
        m=second.n,
        national=first.national,
        other_national=second.national,
    )
    return tight(words, lang)


def counted(city: City, area: str, lang: str) -> gpd.GeoDataFrame:
    """Return the places that count in an area, in the order of the view.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    area
        Id of an area of the city.
    lang
        Language whose names give the order.
    """
    frame = gather(city, lang).frame
    here = frame["host_adcode"].isin(areas(city)[area]) & frame["counted"].fillna(False)
    return frame[here.to_numpy(dtype=bool)]


def holdings(city: City, area: str, lang: str) -> tuple[Group, ...]:
    """List the places that count in an area by kind, each with its level; of a part, its district.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    area
        Id of an area of the city.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    part = is_part(city, area)

    def beside(row: Row) -> str:
        return cell(row, "host_name", lang) if part else _level(row, lang)

    return grouped(city, counted(city, area, lang), lang, beside)


def _level(row: Row, lang: str) -> str:
    """Return the level of a place; one that is only striven for is said to be that."""
    if cell(row, "level_basis", "zh") == "aimed_at":
        return speaker(lang)("area.striven")
    return value_word("level", cell(row, "level", "zh") or "unknown", lang)


def members(city: City, part: str, lang: str) -> tuple[tuple[str, str, int], ...]:
    """Return the districts of a part with their places, the most first: adcode, name, number.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    part
        Id of a part of the city.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    known = figures(city)
    ranked = sorted(areas(city)[part], key=lambda code: (-known[code].n, code))
    return tuple((code, area_name(city, code, lang), known[code].n) for code in ranked)


def is_assumed(city: City, part: str) -> bool:
    """Tell whether it is an assumption that some district belongs to a part.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    part
        Id of a part of the city.
    """
    said = city.districts.loc[list(areas(city)[part]), "half_status"]
    return bool((said == "assumption").any())


def unsettled(city: City, area: str, lang: str) -> Iterator[str]:
    """Yield what is not known of an area, each in a line.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    area
        Id of an area of the city.
    lang
        Language of the words, ``zh`` or ``en``.

    Yields
    ------
    str
        Places whose site is not known or only stood for, and whose doubt is not; places of the city
        whose district is not known; what the plan counts and no source names.
    """
    say, own = speaker(lang), counted(city, area, lang)
    rows = gather(city, lang)
    here = np.asarray(rows.frame.index.isin(own.index), dtype=bool)
    drawable = rows.drawable[here]
    rough = is_vague(own)
    firm = own["location_class"].isin(FIRM).to_numpy(dtype=bool)
    # What is known only roughly has no mark, hollow or not, until one zooms in.
    hollow, vague = int((drawable & ~rough & ~firm).sum()), int((drawable & rough).sum())
    absent = int((~drawable & ~rows.titles[here]).sum())
    doubt = doubt_counts(without_titles(own))
    marked = doubt["unknown"] - doubt["unmapped"]
    told = [say("area.hollow", count=hollow)] if hollow else []
    told += [say("area.rough", count=vague)] if vague else []
    told += [say("area.absent", count=absent)] if absent else []
    told += [say("area.of_unknown", count=marked)] if marked else []
    if told:
        yield say("area.unsited", words=say("area.semicolon").join(told))
    yield from unsettled_in_city(city, lang)


def unsettled_of_two(city: City, one: str, other: str, lang: str) -> Iterator[str]:
    """Yield what is not known of two areas or of any district, each in a line.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    one, other
        Ids of the areas.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    say, told = speaker(lang), []
    for area in (one, other):
        known = doubt_counts(without_titles(counted(city, area, lang)))
        if known["unknown"]:
            name = area_name(city, area, lang)
            told.append(say("area.unknown_in", name=name, count=known["unknown"]))
    if told:
        yield say("area.unknown", words=say("area.comma").join(told))
    yield from unsettled_in_city(city, lang)


def unsettled_in_city(city: City, lang: str, found: Balance | None = None) -> Iterator[str]:
    """Yield what is not known of any district, each in a line.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    lang
        Language of the words, ``zh`` or ``en``.
    found
        The places that are counted; see :func:`figures`.

    Yields
    ------
    str
        Places of the city whose district is not known; what the plan counts and no source names.
    """
    say, gaps = speaker(lang), whole(city).gaps
    known = found or inventory_spread(city)
    unplaced = int(str(known.parameters["counted_unplaced"]))
    if unplaced:
        yield say("area.unplaced", count=unplaced)
    words = [
        say("area.missing", what=_sort(city, row, lang), count=count(missing))
        for _, row in gaps.iterrows()
        if (missing := (amount(row["counted_total"]) or 0) - (amount(row["named_total"]) or 0)) > 0
    ]
    if words:
        yield say("area.left_out", words=say("area.comma").join(words))


def _sort(city: City, row: pd.Series, lang: str) -> str:
    """Return the narrowest word of the pack for what a gap is about."""
    sub = cell(row, "subkind", "zh")
    layer = city.layers[cell(row, "layer", "zh")]
    return city_word(city, "subkind", sub, lang) if sub else layer.title.of(lang)


def paired(city: City, one: str, other: str, lang: str) -> tuple[tuple[Pair, ...], ...]:
    """Return the numbers of two areas side by side, in groups of one scale each.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    one, other
        Ids of the areas.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    tuple
        Places and national places on one scale; places per million residents on their own; places
        by kind on one scale, kinds that neither has left out.
    """
    say, both = speaker(lang), [figures(city)[area] for area in (one, other)]
    read = [_read(own) for own in both]
    three: list[_Row] = [
        (label, (first, second), (a or 0.0, b or 0.0))
        for label, first, second, a, b in zip(_labels(say), *read, *both, strict=True)
    ]
    kinds = [counted(city, area, lang)["kind"].value_counts() for area in (one, other)]
    sorts: list[_Row] = [
        (city.layers[kind].title.of(lang), (count(sizes[0]), count(sizes[1])), sizes)
        for kind in city.layers
        if any(sizes := (int(kinds[0].get(kind, 0)), int(kinds[1].get(kind, 0))))
    ]
    return tuple(_scaled(group) for group in (three[:2], three[2:], sorts) if group)


def _scaled(rows: list[_Row]) -> tuple[Pair, ...]:
    longest = max(value for _, _, values in rows for value in values) or 1.0
    return tuple(
        Pair(label, shown, (values[0] / longest, values[1] / longest))
        for label, shown, values in rows
    )
