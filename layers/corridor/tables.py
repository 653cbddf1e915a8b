"""Lay out what was measured along an axis as tables, for people and for programs."""

from __future__ import annotations

import math
import re

import numpy as np
import pandas as pd

from layers.corridor.measure import CorridorAnswer, cities_along, near_places
from layers.language.messages import speaker
from layers.language.values import cell, count, is_known, row_of, stated, value_word
from layers.pack.catalogue import LEVELS
from layers.pack.city import City
from layers.places.citation import cited

_BRACKETS = re.compile(r"\s*(?:（[^（）]*）|\([^()]*\))$")
FEW_GAPS = 8
"""Shorter stretches than the longest of so many are no news."""


def tens(answer: CorridorAnswer) -> pd.DataFrame:
    """Return the places within the distance by stretch of ten kilometres.

    Parameters
    ----------
    answer
        As :func:`layers.corridor.measure.measure` returns it, not a refusal.

    Returns
    -------
    DataFrame
        By row number ``stretch``: the columns of :attr:`geo.corridor.places.Corridor.counts`, then
        ``kind_<kind>`` and ``level_<level>`` for each that any of the places has.
    """
    counts, near = answer.found.counts, near_places(answer)
    limits = np.append(counts["from_m"].to_numpy(), counts["to_m"].to_numpy()[-1:])
    at = near["chainage_m"].to_numpy(dtype=float)
    table = counts.copy()
    groups = {"kind": [*answer.city.layers], "level": [*LEVELS]}
    for column, values in groups.items():
        for value in values:
            own = (near[column] == value).to_numpy(dtype=bool)
            if own.any():
                table[f"{column}_{value}"] = np.histogram(at[own], bins=limits)[0]
    return table.rename_axis("stretch")


def shown_places(answer: CorridorAnswer, lang: str) -> pd.DataFrame:
    """Return the places within the distance as read, in the order of the axis.

    Parameters
    ----------
    answer
        As :func:`layers.corridor.measure.measure` returns it, not a refusal.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    rows = [
        {
            "place": cell(row, "name", lang),
            "kind": answer.city.layers[str(row["kind"])].title.of(lang),
            "level": value_word("level", row["level"], lang),
            "km": span(row["chainage_m"], row["low_m"], row["high_m"], lang),
            "offset": span(row["offset_m"], row["offset_low_m"], row["offset_high_m"], lang),
            "side": value_word("corridor_side", row["end"] or row["side"], lang),
            "also": _km(row["rival_m"]),
            "within": value_word("pairing.within", row["near"], lang),
        }
        for row in near_places(answer).to_dict("records")
    ]
    names = ["place", "kind", "level", "km", "offset", "side", "also", "within"]
    return _titled(pd.DataFrame(rows, columns=names), lang)


def position(answer: CorridorAnswer, id_: str | None, lang: str) -> tuple[str, ...]:
    """Say where one place lies along the axis.

    Parameters
    ----------
    answer
        As :func:`layers.corridor.measure.measure` returns it, not a refusal.
    id_
        Id of a place; None for none.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    tuple of str
        Its name, chainage and offset; empty where the place has no position along the axis.
    """
    places = answer.found.places
    if id_ is None or id_ not in places.index:
        return ()
    say, row = speaker(lang), places.loc[[id_]].to_dict("records")[0]
    side = value_word("corridor_side", row["end"] or row["side"], lang)
    also = _km(row["rival_m"])
    return (
        place_name(answer, id_, lang),
        say(
            "corridor_page.position",
            km=span(row["chainage_m"], row["low_m"], row["high_m"], lang),
            offset=span(row["offset_m"], row["offset_low_m"], row["offset_high_m"], lang),
            side=side,
        ),
        *([say("corridor_page.position_also", km=also)] if also else []),
    )


def shown_tens(answer: CorridorAnswer, lang: str) -> pd.DataFrame:
    """Return the places by stretch of ten kilometres as read.

    Parameters
    ----------
    answer
        As :func:`layers.corridor.measure.measure` returns it, not a refusal.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    table, say = tens(answer), speaker(lang)
    named = {f"kind_{id_}": layer.title.of(lang) for id_, layer in answer.city.layers.items()}
    named |= {f"level_{level}": value_word("level", level, lang) for level in LEVELS}
    ranges = zip(table["from_m"], table["to_m"], strict=True)
    shown = pd.DataFrame(
        {
            "stretch": [f"{low / 1000:.0f}–{high / 1000:.0f}" for low, high in ranges],
            "n": [count(n) for n in table["n"]],
            "interval": [
                _whole(low, high) for low, high in zip(table["low"], table["high"], strict=True)
            ],
        }
    )
    kinds = table[[name for name in table if name in named]].rename(columns=named)
    titles = {name: say(f"corridor_page.column.{name}") for name in shown}
    return shown.rename(columns=titles).join(kinds).set_index(titles["stretch"])


def shown_gaps(answer: CorridorAnswer, lang: str) -> pd.DataFrame:
    """Return the longest stretches without a place as read, the longest first.

    Parameters
    ----------
    answer
        As :func:`layers.corridor.measure.measure` returns it, not a refusal.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    gaps = answer.found.gaps.sort_values("length_m", ascending=False, kind="stable").head(FEW_GAPS)
    rows = [
        {
            "from": end_name(answer, row["from_id"], "start", lang),
            "to": end_name(answer, row["to_id"], "end", lang),
            "km": f"{_km(row['from_m'])}–{_km(row['to_m'])}",
            "length": _km(row["length_m"]),
        }
        for row in gaps[gaps["length_m"] > 0].to_dict("records")
    ]
    return _titled(pd.DataFrame(rows, columns=["from", "to", "km", "length"]), lang)


def shown_cities(answer: CorridorAnswer, lang: str) -> pd.DataFrame:
    """Return the cities along the axis as read.

    Parameters
    ----------
    answer
        As :func:`layers.corridor.measure.measure` returns it, not a refusal.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    rows = [
        {
            "city": city_of(row[f"city_{lang}"], lang),
            "km": f"{_km(row['from_m'])}–{_km(row['to_m'])}",
            "length": _km(row["length_m"]),
            "n": count(row["n"]),
        }
        for row in cities_along(answer).to_dict("records")
    ]
    return _titled(pd.DataFrame(rows, columns=["city", "km", "length", "n"]), lang)


def shown_links(answer: CorridorAnswer, lang: str) -> pd.DataFrame:
    """Return the links as read, each with who states it.

    Parameters
    ----------
    answer
        As :func:`layers.corridor.measure.measure` returns it, not a refusal.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    city = answer.city
    rows = [
        {
            "from": place_name(answer, row["from_id"], lang),
            "to": place_name(answer, row["to_id"], lang),
            "link": value_word("link_kind", row["kind"], lang),
            "weight": stated(row["weight"], cell(row, "unit", lang))
            if is_known(row["weight"])
            else "",
            "evidence": cell(row, "evidence", lang),
            "source": _source(city, row["clause_id"], row["source"], lang),
            "as_of": str(row["as_of"]),
        }
        for row in answer.links.to_dict("records")
    ]
    names = ["from", "to", "link", "weight", "evidence", "source", "as_of"]
    return _titled(pd.DataFrame(rows, columns=names), lang)


def shown_nodes(answer: CorridorAnswer, lang: str) -> pd.DataFrame:
    """Return the places with a link as read, those that stand between most others first.

    Parameters
    ----------
    answer
        As :func:`layers.corridor.measure.measure` returns it, not a refusal.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    order = ["betweenness", "degree"]
    ranked = answer.nodes.sort_values(order, ascending=False, kind="stable")
    rows = [
        {
            "place": place_name(answer, id_, lang),
            "degree": count(row["degree"]),
            "betweenness": f"{row['betweenness']:.3g}",
        }
        for id_, row in ranked.iterrows()
    ]
    return _titled(pd.DataFrame(rows, columns=["place", "degree", "betweenness"]), lang)


def place_name(answer: CorridorAnswer, id_: object, lang: str) -> str:
    """Return the name of a place of the answer.

    Parameters
    ----------
    answer
        As :func:`layers.corridor.measure.measure` returns it, not a refusal.
    id_
        Id of the place.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    return str(answer.places.at[id_, f"name_{lang}"])


def short_name(name: str) -> str:
    """Return a name without what stands in brackets behind it.

    Parameters
    ----------
    name
        Name of a place.

    Examples
    --------
    >>> short_name("武清（通武廊）"), short_name("Wuqing (Tong-Wu-Lang)"), short_name("（甲）")
    ('武清', 'Wuqing', '（甲）')
    """
    return _BRACKETS.sub("", name) or name


def end_name(answer: CorridorAnswer, id_: object, end: str, lang: str) -> str:
    """Return the name of the place at the end of a stretch, or which end of the axis it is.

    Parameters
    ----------
    answer
        As :func:`layers.corridor.measure.measure` returns it, not a refusal.
    id_
        Id of the place; blank at an end of the axis.
    end
        ``start`` or ``end``.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    return place_name(answer, id_, lang) if id_ else value_word("corridor_side", end, lang)


def city_of(name: object, lang: str) -> str:
    """Return the name of a city along the axis, or that the pack knows no unit there.

    Parameters
    ----------
    name
        The name; None where no unit is known.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    return str(name) if is_known(name) else speaker(lang)("corridor_page.no_city")


def span(middle: float, low: float, high: float, lang: str) -> str:
    """Return kilometres to a tenth with their interval, or alone where both ends are the same.

    Parameters
    ----------
    middle, low, high
        Metres.
    lang
        Language of the brackets, ``zh`` or ``en``.
    """
    ends = _km(low), _km(high)
    if ends[0] == ends[1]:
        return _km(middle)
    return speaker(lang)("corridor_page.span", middle=_km(middle), low=ends[0], high=ends[1])


def _km(metres: float) -> str:
    return "" if math.isnan(metres) else f"{metres / 1000:.1f}"


def _whole(low: int, high: int) -> str:
    return f"{low}–{high}" if low != high else count(low)


def _source(city: City, clause: object, source: object, lang: str) -> str:
    if is_known(clause):
        return cited(city, row_of(city.plan.clauses, str(clause)), lang)
    return str(source) if is_known(source) else ""


def _titled(table: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Name the columns, the first of which names the rows."""
    say = speaker(lang)
    titles = {str(name): say(f"corridor_page.column.{name}") for name in table}
    return table.rename(columns=titles).set_index(next(iter(titles.values())))
