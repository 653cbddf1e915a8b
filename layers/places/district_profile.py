"""Say what one district holds, how it compares, and what the plan says of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.base.arrays import Flags
from geo.base.once import once
from geo.inventory.balance import area_disputed
from layers.language.messages import Say, speaker
from layers.language.values import amount, cell, count, number, row_of, stated, value_word
from layers.pack.catalogue import LEVELS_ASKED, PLAN_STATUSES, STRIVEN
from layers.pack.city import City
from layers.pack.table_schemas import NAMED_BASES
from layers.places.areas import PER_PEOPLE, area_name, is_assumed, sentence
from layers.places.card import (
    Clause,
    Link,
    Row,
    Source,
    clause,
    district_rows,
    half_words,
    layer_source,
)
from layers.view.areas import PART, areas, is_part
from layers.view.rows import CityKey, gather
from layers.view.totals import is_named

SHORTEST_BORDER_M = 100.0
"""Outlines are generalised by 30–130 m: a shorter common line may only be a corner."""


@dataclass(frozen=True)
class Neighbour:
    """A district with a common border, and the length of that border in km."""

    adcode: str
    name: str
    border_km: float


@dataclass(frozen=True)
class Task:
    """A task of the plan that concerns the district.

    Parameters
    ----------
    clause
        The task.
    places
        Places of the district that it holds.
    by_name
        Whether its title or digest names the district itself.
    """

    clause: Clause
    places: tuple[Link, ...]
    by_name: bool


@dataclass(frozen=True, eq=False)
class Profile:
    """What is known of one district, in the reader's language. Frames are read-only."""

    adcode: str
    name: str
    other_name: str
    places: gpd.GeoDataFrame
    """All places that it administers or that stand in it, in the order of the view."""
    sentence: str
    """How many places count here, and how many of them are of national level."""
    matrix: pd.DataFrame
    """Counted places that it administers by kind (rows) and plan status (columns), with a column
    and a row of sums; kinds and statuses that do not occur are left out."""
    levels: pd.DataFrame
    """The same places by level; a national level that is striven for stands apart."""
    tasks: tuple[Task, ...]
    figures: tuple[Row, ...]
    """Residents, areas, density, deviation of the outline, half."""
    averages: pd.DataFrame
    """Measures in words (rows) of the district, its half, unless it is alone there, and the city
    (columns)."""
    neighbours: tuple[Neighbour, ...]
    half: str
    half_note: str
    caution: str
    named_by_plan: bool
    plan_note: str
    """The sentence that says whether the plan names places here; never that there are none."""
    source: Source


def profile(city: City, adcode: str, lang: str) -> Profile:
    """Return the profile of one district.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    adcode
        Code of the district.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    Profile
        Listed is what the district administers or what has its point in it; counted, each place
        once, is what it administers.

    Raises
    ------
    KeyError
        If the city has no such district.
    """
    row = row_of(city.districts, adcode)
    rows = gather(city, lang)
    places = rows.frame[_here(city, adcode, lang)]
    other = "en" if lang == "zh" else "zh"
    own = places[_administered(places, adcode)]
    counted = _of_plan(city, own)[_of_plan(city, own)["counted"].to_numpy(dtype=bool)]
    members = _half_codes(city, adcode)
    return Profile(
        adcode=adcode,
        name=cell(row, "name", lang),
        other_name=cell(row, "name", other),
        places=places,
        sentence=sentence(city, adcode, lang, named=_is_named(places)),
        matrix=_matrix(city, counted, lang),
        levels=_levels(counted, lang),
        tasks=tuple(_tasks(city, row, places, lang)),
        figures=tuple(district_rows(city, row, lang)),
        averages=_averages(city, adcode, members, lang),
        neighbours=_neighbours(city, adcode, lang),
        half=half_words(city, row, lang),
        half_note=cell(row, "half_note", lang),
        caution=cell(row, "caution", lang),
        named_by_plan=_is_named(places),
        plan_note=_plan_note(places, adcode, lang),
        source=layer_source(city, "district", lang),
    )


def _here(city: City, adcode: str, lang: str) -> Flags:
    districts = gather(city, lang).districts
    return np.fromiter((adcode in codes for codes in districts), dtype=bool)


def _administered(places: pd.DataFrame, adcode: str) -> Flags:
    return np.asarray(places["host_adcode"] == adcode, dtype=bool)


def _of_plan(city: City, places: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the plan's layers; universities and other context stand apart."""
    kinds = {id_ for id_, layer in city.layers.items() if layer.spec.group == "plan"}
    return places[places["kind"].isin(kinds).to_numpy(dtype=bool)]


def _matrix(city: City, places: pd.DataFrame, lang: str) -> pd.DataFrame:
    say = speaker(lang)
    kinds = [id_ for id_ in city.layers if (places["kind"] == id_).any()]
    status = places["plan_status"].fillna("").astype(str)
    statuses = [value for value in (*PLAN_STATUSES, "") if (status == value).any()]
    sizes = pd.DataFrame(
        [
            [int(((places["kind"] == kind) & (status == value)).sum()) for value in statuses]
            for kind in kinds
        ],
        index=[city.layers[kind].title.of(lang) for kind in kinds],
        columns=[
            value_word("plan_status", value, lang) if value else say("table.not_in_plan")
            for value in statuses
        ],
        dtype="int64",
    )
    sizes[say("profile.sum")] = sizes.sum(axis=1).astype("int64")
    sizes.loc[say("profile.sum")] = sizes.sum(axis=0).astype("int64")
    return sizes


def _levels(counted: pd.DataFrame, lang: str) -> pd.DataFrame:
    pairs = zip(counted["level"], counted["level_basis"], strict=True)
    sizes = Counter(
        STRIVEN if (level, basis) == ("national", "aimed_at") else level for level, basis in pairs
    )
    found = [level for level in LEVELS_ASKED if sizes[level]]
    return pd.DataFrame(
        {speaker(lang)("profile.places"): [sizes[level] for level in found]},
        index=[value_word("filter_level", level, lang) for level in found],
        dtype="int64",
    )


def _pairs(row: pd.Series) -> Iterator[tuple[str, str]]:
    """Yield the tasks of a place, each with its basis."""
    ids, bases = (cell(row, name, "zh").split(";") for name in ("clause_ids", "clause_basis"))
    for at, id_ in enumerate(ids):
        if id_.strip():
            yield id_.strip(), bases[at].strip() if at < len(bases) else ""


TIES = ("named", "title", "nested", "implied", "later", "context")


def _ties(places: pd.DataFrame) -> list[str]:
    """Return how each place is tied to the plan.

    ``named`` counts as a place that the plan names, ``title`` is one of an area,
    ``nested`` is named as a part of another, ``implied`` is known to a task in another way,
    ``later`` came after the plan, ``context`` is none of the plan's.
    """
    ties = []
    for counts, (_, row) in zip(is_named(places), places.iterrows(), strict=True):
        bases = {basis for _, basis in _pairs(row)}
        if counts:
            ties.append("named")
        elif cell(row, "title_of", "zh"):
            ties.append("title")
        elif cell(row, "plan_status", "zh") == "later_fact":
            ties.append("later")
        elif bases & NAMED_BASES:
            ties.append("nested")
        else:
            ties.append("implied" if bases else "context")
    return ties


def _tasks(city: City, district: pd.Series, places: pd.DataFrame, lang: str) -> Iterator[Task]:
    """Yield the tasks of its places and those whose words name it, in the order of the plan."""
    holds: dict[str, list[Link]] = {}
    for id_, row in places.iterrows():
        for task, _ in _pairs(row):
            holds.setdefault(task, []).append(Link(str(id_), cell(row, "name", lang)))
    name = cell(district, "name", "zh")
    for id_, row in city.plan.clauses.iterrows():
        by_name = name in f"{cell(row, 'title', 'zh')} {cell(row, 'digest', 'zh')}"
        if by_name or id_ in holds:
            links = tuple(holds.get(str(id_), ()))
            yield Task(clause(city, str(id_), "", lang), links, by_name)


def _is_named(places: pd.DataFrame) -> bool:
    return bool({"named", "nested"} & set(_ties(places)))


def _plan_note(places: pd.DataFrame, adcode: str, lang: str) -> str:
    """Say what the plan names here, and what stands here without being named.

    Told are the rows that no other district administers; those that only stand here come last.
    """
    own = places[_administered(places, adcode) | places["host_adcode"].isna().to_numpy(dtype=bool)]
    say, sizes = speaker(lang), Counter(_ties(own))
    parts = [] if _is_named(places) else [say("profile.not_named")]
    parts += [say(f"profile.{tie}", count=sizes[tie]) for tie in TIES if sizes[tie]]
    if sited := len(places) - len(own):
        parts.append(say("profile.sited", count=sited))
    return say("profile.semicolon").join(parts) + say("profile.stop")


def _neighbours(city: City, adcode: str, lang: str) -> tuple[Neighbour, ...]:
    return tuple(
        Neighbour(code, cell(row_of(city.districts, code), "name", lang), metres / 1000)
        for code, metres in _borders(CityKey(city, ""), adcode)
    )


@lru_cache(maxsize=64)
def _borders(key: CityKey, adcode: str) -> tuple[tuple[str, float], ...]:
    """Return the neighbours with the length of the common border in metres, longest first."""
    outlines = key.city.districts.geometry.to_crs(key.city.metric_epsg)
    own = outlines.loc[adcode]
    near = outlines[outlines.intersects(own) & (outlines.index != adcode)]
    shared = near.boundary.intersection(own.boundary).length
    found = [(str(code), float(metres)) for code, metres in shared.items()]
    return tuple(
        sorted(
            ((code, metres) for code, metres in found if metres > SHORTEST_BORDER_M),
            key=lambda pair: (-pair[1], pair[0]),
        )
    )


def _half_codes(city: City, adcode: str) -> tuple[str, ...]:
    """Return the districts of the same half; of one whose half is not known, itself alone."""
    halves = city.districts["half"]
    own = cell(row_of(city.districts, adcode), "half", "zh")
    if not own:
        return (adcode,)
    return tuple(str(code) for code in halves.index[(halves == own).to_numpy(dtype=bool)])


MEASURES = ("people", "area", "density", "counted", "national", "per_people")


class _Raw(NamedTuple):
    """Residents, area in km², places that count, national places held.

    And how many of the districts have an unsettled area.
    """

    people: float
    area: float
    places: float
    national: float
    disputed: float


@once(maxsize=8)
def _raw(key: CityKey) -> dict[str, _Raw]:
    """Return the bare numbers of every district."""
    city, rows = key.city, gather(key.city)
    frame = rows.frame
    counted = frame["counted"].to_numpy(dtype=bool)
    aimed = (frame["level_basis"] == "aimed_at").fillna(False).to_numpy(dtype=bool)
    national = (frame["level"] == "national").fillna(False).to_numpy(dtype=bool) & ~aimed
    held = counted & national
    disputed = area_disputed(city.districts)
    raw = {}
    for code, row in city.districts.iterrows():
        here = _administered(frame, str(code))
        raw[str(code)] = _Raw(
            amount(row["population_2020_territorial"]) or 0.0,
            amount(row["area_km2_reference"]) or 0.0,
            float((counted & here).sum()),
            float((held & here).sum()),
            float(disputed[code]),
        )
    return raw


def fullest(city: City) -> str:
    """Return the adcode of the district that administers most of the places that count.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.

    Returns
    -------
    str
        Of equal ones the lowest code.
    """
    raw = _raw(CityKey(city, ""))
    return max(sorted(raw), key=lambda code: raw[code].places)


def _measures(city: City, codes: Collection[str], lang: str) -> list[str]:
    """Return the measures of one district, or the averages of several, in words.

    Averages are means over the districts; ratios divide sums by sums. A place counts once, in the
    district that administers it.
    """
    say, known = speaker(lang), _raw(CityKey(city, ""))
    sums = _Raw(*(sum(part) for part in zip(*(known[code] for code in codes), strict=True)))
    people, area, places, national, disputed = (value / len(codes) for value in sums)
    exact, area_of = (count, stated) if len(codes) == 1 else (number, number)
    return [
        say("card.persons", count=exact(people)),
        area_of(area, say("map.km2")),
        _marked(people / area, disputed, len(codes), say) if area else say("card.unknown"),
        exact(places),
        exact(national),
        number(places / people * PER_PEOPLE) if people else say("card.unknown"),
    ]


def _marked(per_km2: float, disputed: float, districts: int, say: Say) -> str:
    """Return a density with the caution where an area that it divides by is unsettled."""
    words = number(per_km2, say("card.per_km2"))
    if not disputed:
        return words
    caution = say(f"balance_page.mark.area_{'disputed' if districts == 1 else 'within'}")
    return words + say("card.noted", text=caution)


def _labelled(city: City, groups: Mapping[str, Collection[str]], lang: str) -> pd.DataFrame:
    say = speaker(lang)
    everywhere = {say("profile.city_average"): tuple(map(str, city.districts.index))}
    return pd.DataFrame(
        {name: _measures(city, codes, lang) for name, codes in {**groups, **everywhere}.items()},
        index=[say(f"profile.{name}") for name in MEASURES],
    )


def _averages(city: City, adcode: str, members: Collection[str], lang: str) -> pd.DataFrame:
    half = cell(row_of(city.districts, adcode), "half", "zh")
    beside = [f"{PART}{half}"] if len(members) > 1 else []
    return _labelled(city, dict(_group(city, area, lang) for area in (adcode, *beside)), lang)


def _group(city: City, area: str, lang: str) -> tuple[str, tuple[str, ...]]:
    """Return the words over the column of an area, and its districts."""
    name = area_name(city, area, lang)
    if not is_part(city, area):
        return name, (area,)
    say = speaker(lang)
    name = say("card.half_assumed", half=name) if is_assumed(city, area) else name
    return say("profile.half_average", half=name), areas(city)[area]


def compare(city: City, lang: str, *chosen: str) -> pd.DataFrame:
    """Set areas side by side, with the average of the city.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    lang
        Language of the words, ``zh`` or ``en``.
    *chosen
        Ids of districts, and of parts, whose columns are averages; equal ones give one column.

    Returns
    -------
    DataFrame
        Measures in words (rows) by area and for the city: residents, area (km²), density, places
        that count, national places held, places per million residents.

    Raises
    ------
    KeyError
        If the city has no such area.
    """
    return _labelled(city, dict(_group(city, area, lang) for area in chosen), lang)
