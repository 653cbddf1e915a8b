"""Set out the places shown, and the sources of the layers, as tables in the reader's language."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

import pandas as pd

from layers.language.messages import speaker
from layers.language.values import Row, amount, cell, row_of, title, value_word
from layers.pack.catalogue import STRIVEN
from layers.pack.city import City, Provenance, city_word
from layers.view.index_numbers import index_numbers
from layers.view.rows import View, gather
from layers.view.vague import VAGUE_M

NOT_APPLICABLE = "—"


def table(view: View, lang: str) -> pd.DataFrame:
    """Return the table twin of the map: a row for each place shown, mapped or not.

    Parameters
    ----------
    view
        What is shown.
    lang
        ``zh`` or ``en``: language of the titles and of the cells.

    Returns
    -------
    DataFrame
        Indexed by place id, in the order of ``view.places``. Columns: number, name, kind,
        sub-kind, level, plan status, current status, district, location class,
        uncertainty (km), lead unit, as-of date. Text that is blank says that it is unknown;
        the number is that of the map, NA for a place without a point, as is the uncertainty where
        there is none.
    """
    say = speaker(lang)
    records = pd.DataFrame(view.places.drop(columns="geometry")).to_dict("records")
    rows = [_cells(view, record, lang) for record in records]
    names = [
        title("name", lang),
        say("filter.kind"),
        title("subkind", lang),
        title("level", lang),
        title("plan_status", lang),
        title("current_status", lang),
        say("filter.district"),
        title("location_class", lang),
        say("table.uncertainty"),
        title("lead_unit", lang),
        title("as_of", lang),
    ]
    frame = pd.DataFrame(rows, columns=names, index=view.places.index)
    frame[say("table.uncertainty")] = frame[say("table.uncertainty")].astype("Float64")
    numbers = index_numbers(view.city)
    shown = pd.array([numbers.get(str(id_)) for id_ in frame.index], dtype="Int64")
    frame.insert(0, say("table.number"), pd.Series(shown, frame.index))
    return frame


def _cells(view: View, row: Row, lang: str) -> tuple[object, ...]:
    unknown = speaker(lang)("card.unknown")
    metres = amount(row.get("uncertainty_m"))
    return (
        cell(row, "name", lang),
        view.city.layers[str(row["kind"])].title.of(lang),
        _subkind(view.city, row, lang),
        _level(row, lang) or unknown,
        _closed(row, "plan_status", lang) or speaker(lang)("table.not_in_plan"),
        _closed(row, "current_status", lang) or unknown,
        district_words(row, lang) or unknown,
        _placed(row, lang) or unknown,
        None if metres is None else metres / 1000,
        cell(row, "lead_unit", lang) or unknown,
        cell(row, "as_of", lang) or unknown,
    )


def _closed(row: Row, name: str, lang: str) -> str:
    value = cell(row, name, lang)
    return value_word(name, value, lang) if value else ""


def _placed(row: Row, lang: str) -> str:
    """Return how sure the point is; a title of an area has none, whatever its class."""
    title_of = cell(row, "title_of", lang)
    return speaker(lang)("card.title") if title_of else _location(row, lang)


def _subkind(city: City, row: Row, lang: str) -> str:
    """Return the sub-kind; a kind without any has none to be unknown."""
    schema = city.layers[str(row["kind"])].spec.schema
    if "subkind" not in schema.names or schema["subkind"].allowed == frozenset():
        return NOT_APPLICABLE
    value = cell(row, "subkind", lang)
    return city_word(city, "subkind", value, lang) if value else speaker(lang)("card.unknown")


def _location(row: Row, lang: str) -> str:
    """Return how the position is known; one that is known by district only says so."""
    words = _closed(row, "location_class", lang)
    metres = amount(row.get("uncertainty_m"))
    if words and metres is not None and metres > VAGUE_M and row.get("location_class") != "none":
        return speaker(lang)("table.noted", text=words, note=speaker(lang)("view.vague"))
    return words


def _level(row: Row, lang: str) -> str:
    """Return the level; one that the plan only aims at says so wherever it stands."""
    level = _closed(row, "level", lang)
    aimed = cell(row, "level_basis", lang) == "aimed_at"
    if aimed and cell(row, "level", lang) == "national":
        return value_word("filter_level", STRIVEN, lang)
    if level and aimed:
        note = value_word("level_basis", "aimed_at", lang)
        return speaker(lang)("table.noted", text=level, note=note)
    return level


def district_words(row: Row, lang: str) -> str:
    """Return the district that administers a place, and that of its site where they differ.

    Parameters
    ----------
    row
        Of a place.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    str
        Empty where neither is known.
    """
    host, site = cell(row, "host_name", lang), cell(row, "site_name", lang)
    if not site or host == site:
        return host
    sited = speaker(lang)("table.sited", site=site)
    return speaker(lang)("table.noted", text=host, note=sited) if host else sited


class Freshness(NamedTuple):
    """Until when a layer counts as fresh, and whether that day has passed."""

    until: date
    stale: bool


def freshness(provenance: Provenance, today: date) -> Freshness:
    """Judge a layer by its own rule: so many days after it was last verified.

    Parameters
    ----------
    provenance
        Its ``verified_on`` may be a year or a month: then its first day counts, so that the
        doubt falls on the side of "stale".
    today
        The day of the question.
    """
    parts = [int(part) for part in provenance.verified_on.split("-")]
    year, month, day = [*parts, 1, 1][:3]
    until = date(year, month, day) + timedelta(days=provenance.freshness_days)
    return Freshness(until, today > until)


def sources_table(city: City, lang: str, *, today: date) -> pd.DataFrame:
    """Return where every layer and every part of the base map comes from.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    lang
        Language of the words, ``zh`` or ``en``.
    today
        The day on which freshness is judged.

    Returns
    -------
    DataFrame
        Indexed by layer id, ``base.<name>`` for the base map. Columns: layer, rows, source,
        licence, retrieved, verified, freshness in words.
    """
    say = speaker(lang)
    named = {
        **{id_: (x.title.of(lang), len(x.frame), x.provenance) for id_, x in city.layers.items()},
        **{
            f"base.{name}": (value_word("table.base", name, lang), len(city.base[name]), provenance)
            for name, provenance in city.base_provenance.items()
        },
    }
    rows = {
        id_: _source_cells(name, size, provenance, lang, today)
        for id_, (name, size, provenance) in named.items()
    }
    names = [
        say("filter.layers"),
        say("table.rows"),
        say("table.source"),
        say("table.licence"),
        say("table.retrieved"),
        say("table.verified"),
        say("table.freshness"),
    ]
    return pd.DataFrame.from_dict(rows, orient="index", columns=names)


def technical_table(city: City, lang: str) -> pd.DataFrame:
    """Return what stands behind the words of the cards: packages, files, addresses of copies.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    DataFrame
        Indexed by what the cards say. One column: the source as it was recorded, in its own words.
    """
    told = sorted((city.attributions[text].of(lang), text) for text in city.technical)
    return pd.DataFrame(
        {speaker(lang)("technical.recorded"): [text for _, text in told]},
        index=pd.Index([words for words, _ in told], name=speaker(lang)("technical.said")),
    )


def corrections_table(city: City, lang: str) -> pd.DataFrame:
    """Return what was set right in the facts since they were first read.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    DataFrame
        Indexed by the name of the row; columns: what was set right, who published it first, when.
        Of several columns of a row, those with a note; the pack's file has each value.
    """
    say, frame = speaker(lang), gather(city, lang).frame
    noted = city.corrections[city.corrections[f"note_{lang}"].notna()]
    names = [
        cell(row_of(frame, id_), "name", lang) if id_ in frame.index else NOT_APPLICABLE
        for id_ in noted["id"]
    ]
    return pd.DataFrame(
        {
            say("technical.corrected"): noted[f"note_{lang}"].to_list(),
            say("technical.publisher"): noted[f"source_{lang}"].to_list(),
            say("technical.stated"): noted["stated_on"].fillna("").to_list(),
        },
        index=pd.Index(names, name=say("technical.row")),
    )


def _source_cells(
    name: str, size: int, provenance: Provenance, lang: str, today: date
) -> tuple[object, ...]:
    until, stale = freshness(provenance, today)
    state = speaker(lang)("table.stale" if stale else "table.fresh", date=until.isoformat())
    return (
        name,
        size,
        provenance.source.of(lang),
        provenance.licence.of(lang),
        provenance.retrieved,
        provenance.verified_on,
        state,
    )
