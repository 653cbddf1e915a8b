"""Count the places of a view by district, and say in a sentence how they are spread."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import pandas as pd

from geo.base.once import once
from geo.inventory.balance import LEAST_COUNT, Balance, By, balance
from layers.language.messages import Say, speaker
from layers.language.values import cell, count, row_of
from layers.pack.catalogue import FIRM
from layers.pack.city import City, city_word
from layers.view.filtered import marked
from layers.view.rows import CityKey, View, rows_in_view
from layers.view.state import default_state
from layers.view.totals import left_out
from layers.view.vague import is_vague

ALIKE: Final = 0.1
"""Two parts are about alike if the smaller has at most this share fewer."""
PER_MILLION: Final = 100
"""Times ten thousand residents."""
PER_100KM2: Final = 100
"""Times a square kilometre; a person says neither "per km²" nor "per ten thousand"."""


@once(maxsize=16)
def spread(view: View, by: By = "host") -> Balance:
    """Count the places of a view by district, with the districts that the whole text leaves out.

    Sentence, table and list of a page ask for the same view: it is counted once.

    Parameters
    ----------
    view
        What is shown; rows that do not count enter no figure.
    by
        Which district a place belongs to: the one that administers it (``host``), on which every
        headline rests, or the one of its ``site``.

    Returns
    -------
    Balance
        Under a filter a district may be empty though the plan names it: what the text leaves out is
        found in all rows, whatever is shown. Titles of an area are no places: ``titles`` of the
        ``uncounted`` rows are such.
    """
    city, districts = view.city, view.city.districts
    found = balance(view.places, districts, by=by, data_date=city.data_date)
    missing = left_out(city, by)
    caveats = [key for key in found.caveats if key != "balance.not_named"]
    if missing:
        caveats.append("balance.not_named")
    here = found.districts.copy()
    here["caveats"] = [
        tuple(
            "balance_page.none_shown"
            if key == "balance.not_named_here" and code not in missing
            else key
            for key in keys
        )
        for code, keys in here["caveats"].items()
    ]
    return replace(
        found,
        districts=here,
        not_named=missing,
        caveats=tuple(caveats),
        parameters={
            **found.parameters,
            "not_named": missing,
            "districts": len(missing),
            "titles": len(view.titles),
        },
    )


def whole(city: City) -> View:
    """Return all rows of a city, whatever a reader has filtered.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    """
    return rows_in_view(city, replace(default_state(city), layers=frozenset(city.layers)))


def inventory_spread(city: City) -> Balance:
    """Count all places of a city by administering district, whatever a reader has filtered.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed. It is counted once.
    """
    return _inventory_spread(CityKey(city, ""))


@once(maxsize=8)
def _inventory_spread(key: CityKey) -> Balance:
    return spread(whole(key.city))


def first_sentence(view: View, found: Balance, lang: str) -> str:
    """Say how many places count in the districts, and how many in each part of the city.

    Parameters
    ----------
    view
        What is shown; where it is filtered, the sentence says so first.
    found
        Its places by administering district, as :func:`spread` counts them.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    said = distribution(found, view.city, lang)
    return marked(view.city, view.state, "explore", said, lang)


def distribution(found: Balance, city: City, lang: str) -> str:
    """Say the split by part of the city, the most places first, in one short sentence.

    Parameters
    ----------
    found
        As :func:`spread` returns it.
    city
        Its pack, which is not changed.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    say = speaker(lang)
    if not found.n:
        return say("balance_page.empty")
    if not city.halves:
        return say("balance_page.whole", n=found.n)
    ranked = found.halves.sort_values("n", ascending=False, kind="stable")
    ranked = ranked[ranked["n"] > 0]
    parts = [
        say("balance_page.part", half=half_within(city, half, lang), n=count(n))
        for half, n in ranked["n"].items()
    ]
    if len(ranked) == 1:
        half = half_within(city, ranked.index[0], lang)
        return tight(say("balance_page.all_in", n=found.n, half=half), lang)
    first, rest = parts[:2], parts[2:]
    told = say("balance_page.comma").join(first)
    if len(first) == 2 and _alike(*ranked["n"].iloc[:2]):
        told += say("balance_page.alike")
    told = say("balance_page.then").join([told, *rest])
    return tight(say("balance_page.split", n=found.n, parts=told), lang)


def _alike(most: float, next_: float) -> bool:
    return next_ >= LEAST_COUNT and next_ >= (1 - ALIKE) * most


@dataclass(frozen=True)
class PartCount:
    """How many counted places a part of the city administers, and how many granted national ones.

    Parameters
    ----------
    half
        Id of the part; blank for the districts that are given none.
    name
        Of the part, in the reader's language.
    n, national
        Counted places of its districts: all, and those of national level that have been granted.
    """

    half: str
    name: str
    n: int
    national: int


def part_counts(found: Balance, city: City, lang: str) -> tuple[PartCount, ...]:
    """Return the counts of the parts of a city, the most places first.

    Parameters
    ----------
    found
        As :func:`spread` returns it.
    city
        Its pack, which is not changed.
    lang
        Language of the names, ``zh`` or ``en``.

    Returns
    -------
    tuple
        None where the city has no parts, or nothing counts.
    """
    if not city.halves or not found.n:
        return ()
    ranked = found.halves.sort_values("n", ascending=False, kind="stable")
    held = ranked.get("level_national", ranked["n"] * 0)
    return tuple(
        PartCount(str(half or ""), half_name(city, half, lang), int(n), int(national))
        for half, n, national in zip(ranked.index, ranked["n"], held, strict=True)
    )


def half_name(city: City, half: object, lang: str) -> str:
    """Return the name of a part of the city, or that of some districts it is not given.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    half
        Id of the part; blank for the districts that are given none.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    return city_word(city, "half", half, lang) if half else speaker(lang)("balance_page.no_half")


def half_within(city: City, half: object, lang: str) -> str:
    """Return the name of a part of the city as it stands within a sentence.

    Parameters
    ----------
    city, half, lang
        As for :func:`half_name`. An English name of common words, such as ``Outer districts``, has
        no capital there; a proper name keeps its own.
    """
    name = half_name(city, half, lang)
    common = " ".join(name.split(" ")[1:2]).islower()
    return name[:1].lower() + name[1:] if common else name


def tight(text: str, lang: str) -> str:
    """Return a text without the space after a closing Chinese quotation mark.

    Parameters
    ----------
    text
        A sentence.
    lang
        Its language; English keeps the space.
    """
    return text.replace("” ", "”") if lang == "zh" else text


def since_baseline(view: View, found: Balance, lang: str) -> str:
    """Say how many more places count than in the baseline year, and in which parts of the city.

    Parameters
    ----------
    view
        What is shown.
    found
        Its places by administering district, as :func:`spread` counts them.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    str
        Empty unless the plan's targets are shown and add to the baseline year.
    """
    if view.state.period != "2025":
        return ""
    before = spread(rows_in_view(view.city, replace(view.state, period="2020", later=False)))
    more = (found.halves["n"] - before.halves["n"]).sort_values(ascending=False, kind="stable")
    more = more[more > 0]
    if not len(more):
        return ""
    say, missing = speaker(lang), _left_out(view, found)
    parts = [
        say("balance_page.since_part", half=half_within(view.city, half, lang), n=count(n))
        for half, n in more.items()
    ]
    said = say(
        "balance_page.since",
        n=int(found.n - before.n),
        baseline=view.city.plan.baseline_year,
        parts=say("balance_page.comma").join(parts),
        fewer=say("balance_page.since_fewer", n=missing) if missing else "",
    )
    return tight(said, lang)


def _left_out(view: View, found: Balance) -> int:
    """Return how many places that came after the plan are why a year has fewer than the present."""
    if view.state.period == "now" or view.state.later:
        return 0
    now = rows_in_view(view.city, replace(view.state, period="now", later=True))
    later = now.places["plan_status"].eq("later_fact") & now.places["counted"].fillna(False)
    missing = later & now.places["host_adcode"].isin(view.city.districts.index)
    return int(missing.sum()) if found.n < spread(now).n else 0


def fewer(view: View, found: Balance, lang: str) -> str:
    """Say why fewer places count than at present where what came after the plan is left out.

    Parameters
    ----------
    view
        What is shown.
    found
        Its places by administering district, as :func:`spread` counts them.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    str
        Empty for the present, and where nothing is missing.
    """
    missing = _left_out(view, found)
    if not missing:
        return ""
    present = spread(rows_in_view(view.city, replace(view.state, period="now", later=True))).n
    return speaker(lang)("balance_page.fewer", n=missing, now=present)


def beside(view: View, found: Balance, lang: str) -> tuple[str, ...]:
    """Say what stands below the first sentence of the layout map.

    Parameters
    ----------
    view
        What is shown.
    found
        Its places by administering district, as :func:`spread` counts them.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    tuple of str
        What a year adds or lacks beside the present, and how sure the map is; at most two lines,
        none where nothing is shown.
    """
    if not len(view.places):
        return ()
    more = since_baseline(view, found, lang) or fewer(view, found, lang)
    return tuple(line for line in (more, doubt(view, found, lang)) if line)


def held(found: Balance, lang: str) -> str:
    """Say how many of the places counted by district are of national level and approved.

    Parameters
    ----------
    found
        As :func:`spread` returns it.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    str
        Empty where none is.
    """
    national, _ = level_counts(found)
    return speaker(lang)("balance_page.held", count=national) if national else ""


def doubt(view: View, found: Balance, lang: str) -> str:
    """Say in one line how sure the layout map is: schematic marks, places of no known district.

    Parameters
    ----------
    view
        What is shown.
    found
        Its places by administering district, as :func:`spread` counts them.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    str
        Empty where every mark is firm and every place has its district.
    """
    say, unplaced = speaker(lang), int(str(found.parameters["counted_unplaced"]))
    near = view.mapped[~is_vague(view.mapped)]
    hollow = int((~near["location_class"].isin(FIRM)).sum())
    if not hollow:
        return say("balance_page.only_unplaced", count=unplaced) if unplaced else ""
    said = say("balance_page.schematic", count=hollow, total=len(near))
    said += say("balance_page.unplaced", count=unplaced) if unplaced else ""
    return said + say("balance_page.stop")


def further(found: Balance, city: City, lang: str) -> tuple[str, ...]:
    """Say what stands below the first sentence.

    Parameters
    ----------
    found
        As :func:`spread` returns it.
    city
        Its pack, which is not changed.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    tuple of str
        How many places there are per million residents in the two parts that have the most of
        them; which districts the plan does not name, with the places whose district is not known.
    """
    return (*_per_head(found, city, lang), *nowhere(found, city, lang)) if found.n else ()


def _per_head(found: Balance, city: City, lang: str) -> Iterator[str]:
    enough = found.halves[(found.halves["n"] >= LEAST_COUNT) & (found.halves["per_10k"] > 0)]
    ranked = enough.sort_values("per_10k", ascending=False, kind="stable")
    if len(ranked) >= 2 and city.halves:
        first, second = ranked.index[:2]
        said = speaker(lang)(
            "balance_page.per_head",
            first=half_within(city, first, lang),
            first_rate=_rate(ranked["per_10k"][first]),
            second=half_within(city, second, lang),
            second_rate=_rate(ranked["per_10k"][second]),
        )
        yield tight(said, lang)


def _rate(per_10k: float) -> str:
    rate = PER_MILLION * per_10k
    return f"{rate:.0f}" if rate >= 1 else f"{rate:.1f}"


def nowhere(found: Balance, city: City, lang: str) -> Iterator[str]:
    """Yield which districts the plan does not name, and how many places may yet lie in them.

    Parameters
    ----------
    found
        As :func:`spread` returns it.
    city
        Its pack, which is not changed.
    lang
        Language of the words, ``zh`` or ``en``.

    Yields
    ------
    str
        One sentence, or none where every district is named.
    """
    say, unplaced = speaker(lang), int(str(found.parameters["counted_unplaced"]))
    open_ = say("balance_page.unplaced", count=unplaced) if unplaced else ""
    if found.not_named:
        names = [short_name(city, code, lang) for code in found.not_named]
        yield _listed(say, names, open_)
    elif open_:
        yield say("balance_page.only_unplaced", count=unplaced)


def unnamed(found: Balance, city: City, lang: str) -> tuple[str, ...]:
    """Say which districts the plan does not name, and no more.

    Parameters
    ----------
    found
        As :func:`spread` returns it.
    city
        Its pack, which is not changed.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    tuple of str
        One sentence, or none where every district is named.
    """
    names = [short_name(city, code, lang) for code in found.not_named]
    return (_listed(speaker(lang), names, ""),) if names else ()


def _listed(say: Say, names: list[str], open_: str) -> str:
    listed = say("balance_page.comma").join(names)
    return say("balance_page.not_named", names=listed, count=len(names), unplaced=open_)


def short_name(city: City, code: str, lang: str) -> str:
    """Return the name of a district as it is said in a list: in Chinese without its last word.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    code
        Its adcode.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    name = cell(row_of(city.districts, code), "name", lang)
    return name[:-1] if lang == "zh" and len(name) == 3 and name.endswith("区") else name


def level_counts(found: Balance, code: str | None = None) -> tuple[int, int]:
    """Return how many counted places of national level are held, and how many striven for.

    Parameters
    ----------
    found
        As :func:`spread` returns it.
    code
        Adcode of a district; None for all districts together.
    """
    table: pd.DataFrame = found.districts if code is None else found.districts.loc[[code]]
    names = ("level_national", "level_aimed_at")
    held, striven = (int(table[name].sum()) if name in table else 0 for name in names)
    return held, striven
