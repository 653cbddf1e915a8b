"""Tell all that is known of one place or district, who says so, and what is not known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from layers.language.messages import speaker
from layers.language.source_credits import attribution
from layers.language.values import (
    amount,
    cell,
    count,
    links,
    number,
    radius,
    row_of,
    stated,
    title,
    unit,
    value_word,
)
from layers.pack.city import City, city_word
from layers.places.citation import cited, cited_at
from layers.view.rows import gather

UNITS = {"m": "m", "km": "km", "km²": "km2"}
"""Of the columns of the catalogue, by their name among the words of the map."""
TOLD_APART = frozenset(
    {"location_class", "uncertainty_m", "location_reason", "caveat", "unknown", "parent_id"}
)
"""Columns that a card tells in a part of its own instead of in a row."""
OPTIONAL = frozenset({"count_note", "bounds", "evidence", "umbrella"})
"""Columns whose blank means that there is nothing to say, not that something is unknown."""
SOURCES = {
    "lead_unit_source": "",
    "approval_source": "approved_on",
    "current_status_source": "current_status_as_of",
    "area_source": "",
    "location_source": "",
    "evidence_source": "as_of",
}
"""Columns that name a source, each with the column that dates it."""


@dataclass(frozen=True)
class Row:
    """One line of a card; ``known`` is false where the value only says that it is unknown."""

    name: str
    label: str
    value: str
    note: str = ""
    known: bool = True


@dataclass(frozen=True)
class Badge:
    """One short word under the title, with the note that keeps it honest."""

    name: str
    text: str
    note: str = ""


@dataclass(frozen=True)
class Clause:
    """One task of the plan that the place belongs to.

    Parameters
    ----------
    id
        Identifier of the task.
    path, title, digest
        Where it stands, what it is called, what it says in our words.
    cited
        Its chapter and section, with a mark where only a translation was read.
    basis
        How the task knows the place, in words; blank where that is not recorded.
    text_lost
        Whether the text of the task is missing from our source.
    """

    id: str
    path: str
    title: str
    digest: str
    cited: str
    basis: str
    text_lost: bool


@dataclass(frozen=True)
class Source:
    """Who says what, and when; ``links`` are the plain web addresses within ``text``."""

    what: str
    text: str
    date: str
    links: tuple[str, ...]


@dataclass(frozen=True)
class Link:
    """Another place, by id and name."""

    id: str
    label: str


@dataclass(frozen=True)
class Card:
    """All that a card shows, in the reader's language; raw texts of the pack are not escaped."""

    id: str
    kind: str
    kind_title: str
    title: str
    other_name: str
    """The name in the other language."""
    name_note: str
    """Why the Chinese name is not certain; blank where it is."""
    badges: tuple[Badge, ...] = ()
    rows: tuple[Row, ...] = ()
    clauses: tuple[Clause, ...] = ()
    clause_note: str = ""
    """Why there is no clause; blank where there are some."""
    sources: tuple[Source, ...] = ()
    doubt: str = ""
    """How sure the point is, with its radius and the reason."""
    caveats: tuple[str, ...] = ()
    not_known: tuple[str, ...] = ()
    parent: Link | None = None
    children: tuple[Link, ...] = ()
    siblings: tuple[Link, ...] = ()
    """Other places at the same point, whatever is filtered."""
    half: str = ""
    """Half of the twin city, with a note where it is an assumption."""
    mapped: bool = True


def card(city: City, id_: str, lang: str) -> Card:
    """Return the card of a place or of a district.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    id_
        Id of a place, or adcode.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    Card
        Everything in words; what is unknown says so.

    Raises
    ------
    KeyError
        If the city has no such place or district.
    """
    if id_ in city.districts.index:
        return _district_card(city, id_, lang)
    return _place_card(city, id_, lang)


def name_of(row: pd.Series, lang: str) -> str:
    """Return the name of a row in ``lang``.

    Parameters
    ----------
    row
        A place or a district, with its name in both languages.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    return cell(row, "name", lang)


def _place_card(city: City, id_: str, lang: str) -> Card:
    rows = gather(city, lang)
    at = rows.frame.index.get_loc(id_)
    row = rows.frame.iloc[at]
    layer = city.layers[str(row["kind"])]
    clauses = tuple(_clauses(city, row, lang))
    planned = layer.spec.group == "plan"
    return Card(
        id=id_,
        kind=layer.spec.id,
        kind_title=layer.title.of(lang),
        title=name_of(row, lang),
        other_name=name_of(row, "en" if lang == "zh" else "zh"),
        name_note=_name_note(row, lang),
        badges=tuple(_badges(row, lang, planned=planned)),
        rows=tuple(_rows(city, layer.spec.id, row, lang)),
        clauses=clauses,
        clause_note="" if clauses else _clause_note(row, lang, planned=planned),
        sources=_sources(city, layer.spec.id, row, lang),
        doubt=_doubt(row, lang),
        caveats=_listed(cell(row, "caveat", lang)),
        not_known=_items(cell(row, "unknown", lang)),
        parent=_link(city, cell(row, "parent_id", lang), lang),
        children=_children(city, id_, lang),
        siblings=_siblings(city, int(at), lang),
        half=_half(city, row, lang),
        mapped=bool(rows.drawable[at]),
    )


def _name_note(row: pd.Series, lang: str) -> str:
    status = cell(row, "name_status", lang)
    return value_word("name_status", status, lang) if status not in ("", "official_seen") else ""


def _badges(row: pd.Series, lang: str, *, planned: bool) -> Iterator[Badge]:
    """Yield what heads the card; of what the plan does not list, only what is known."""
    say = speaker(lang)
    silent = ("",) if planned else ("", "unknown")
    if (level := cell(row, "level", lang)) not in silent:
        basis = cell(row, "level_basis", lang)
        note = value_word("level_basis", basis, lang) if basis else ""
        yield Badge("level", value_word("level", level, lang), note)
    for name in ("plan_status", "current_status"):
        if (value := cell(row, name, lang)) not in silent:
            yield Badge(name, value_word(name, value, lang), cell(row, f"{name}_as_of", lang))
    if planned and not bool(row["counted"]):
        yield Badge("counted", say("card.not_counted"), cell(row, "count_note", lang))


def _rows(city: City, kind: str, row: pd.Series, lang: str) -> Iterator[Row]:
    for stem in city.layers[kind].spec.card:
        if stem in TOLD_APART:
            continue
        value, note = _value(city, kind, stem, row, lang), _note(city, stem, row, lang)
        if value:
            yield Row(stem, title(stem, lang), value, note, row.get(stem) != "unknown")
        elif not _may_be_blank(city, kind, stem):
            unknown = speaker(lang)("card.unknown")
            yield Row(stem, title(stem, lang), unknown, note, known=False)
    if value := cell(row, "umbrella", lang):
        yield Row("umbrella", title("umbrella", lang), value)
    also = (_link(city, id_, lang) for id_ in _items(cell(row, "also_in", lang)))
    if names := speaker(lang)("view.comma").join(link.label for link in also if link):
        yield Row("also_in", title("also_in", lang), names)


def _may_be_blank(city: City, kind: str, stem: str) -> bool:
    """Tell whether a blank means that there is nothing to say, not that something is unknown.

    Context is not asked what the plan's own places are asked: there, a column that the whole
    layer leaves blank is none of its matters.
    """
    layer = city.layers[kind]
    if stem in OPTIONAL or layer.spec.group == "plan":
        return stem in OPTIONAL
    names = [n for n in (f"{stem}_zh", f"{stem}_name_zh", stem) if n in layer.frame.columns]
    return bool(layer.frame[names].isna().all(axis=None))


def _value(city: City, kind: str, stem: str, row: pd.Series, lang: str) -> str:
    """Return a column of a card in words, blank where it is not known."""
    if stem in ("host", "site"):
        return cell(row, f"{stem}_name", lang)
    text = cell(row, stem, lang)
    schema = city.layers[kind].spec.schema
    if not text or stem not in schema.names:
        return text
    column = schema[stem]
    if column.type == "number":
        return stated(float(text), unit(UNITS[column.unit], lang) if column.unit else "")
    if column.type == "flag":
        return speaker(lang)("card.yes" if text == "True" else "card.no")
    return city_word(city, stem, text, lang) if column.allowed else text


def _note(city: City, stem: str, row: pd.Series, lang: str) -> str:
    """Return what stands beside a value: its basis, its date, why it is what it is."""
    say = speaker(lang)
    if stem == "level" and (basis := cell(row, "level_basis", lang)):
        return value_word("level_basis", basis, lang)
    if stem == "field":
        return cell(row, "industry_note", lang)
    if stem == "area_km2":
        return cell(row, "area_note", lang)
    if stem == "site":
        return _site_note(row, lang)
    parts = []
    if stem in ("plan_status", "current_status") and (date := cell(row, f"{stem}_as_of", lang)):
        parts.append(say("card.as_of", date=date))
    if stem == "plan_status" and (line := amount(row.get("plan_line"))) is not None:
        parts.append(cited_at(city, round(line), lang))
    return say("view.comma").join(part for part in parts if part)


def _site_note(row: pd.Series, lang: str) -> str:
    host, site = cell(row, "host_name", lang), cell(row, "site_name", lang)
    return speaker(lang)("card.differs") if host and site and host != site else ""


def _clauses(city: City, row: pd.Series, lang: str) -> Iterator[Clause]:
    ids, bases = _items(cell(row, "clause_ids", lang)), _items(cell(row, "clause_basis", lang))
    paired = bases if len(bases) == len(ids) else bases[:1] * len(ids)
    for at, id_ in enumerate(ids):
        if id_ in city.plan.clauses.index:
            yield clause(city, id_, paired[at] if paired else "", lang)


def clause(city: City, id_: str, basis: str, lang: str) -> Clause:
    """Return one task of the plan in words.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    id_
        Identifier of the task.
    basis
        How the task knows the place: a value that has words under ``clause_basis``, or blank.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    row = row_of(city.plan.clauses, id_)
    return Clause(
        id=id_,
        path=cell(row, "path", lang),
        title=cell(row, "title", lang),
        digest=cell(row, "digest", lang),
        cited=cited(city, row, lang),
        basis=value_word("clause_basis", basis, lang) if basis else "",
        text_lost=bool(row["text_lost"]),
    )


def _clause_note(row: pd.Series, lang: str, *, planned: bool) -> str:
    """Say why no task of the plan names the place."""
    if cell(row, "plan_status", lang) == "later_fact":
        return speaker(lang)("card.no_clause_later")
    aside = not planned or cell(row, "plan_status", lang) == "context"
    return speaker(lang)("card.no_clause_context" if aside else "card.no_clause")


def _sources(city: City, kind: str, row: pd.Series, lang: str) -> tuple[Source, ...]:
    """Gather who says what; one text that vouches for several columns is one source."""
    by_text: dict[str, list[tuple[str, str]]] = {}
    for name, dated_by in SOURCES.items():
        if text := cell(row, name, lang):
            date = cell(row, dated_by, lang) if dated_by else ""
            by_text.setdefault(text, []).append((title(name, lang), date))
    own = [_source(city, text, said, lang) for text, said in by_text.items()]
    return (*own, layer_source(city, kind, lang))


def _source(city: City, text: str, said: list[tuple[str, str]], lang: str) -> Source:
    what = speaker(lang)("view.comma").join(name for name, _ in said)
    told = attribution(city.attributions, text, lang, technical=city.technical)
    return Source(what, told, max(date for _, date in said), links(told))


def layer_source(city: City, kind: str, lang: str) -> Source:
    """Return where the layer as a whole comes from, with the day of its last check.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    kind
        Id of a layer of the pack.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    Source
        Dated by the day of the layer's last check.
    """
    layer = city.layers[kind]
    text = layer.provenance.source.of(lang)
    what = speaker(lang)("card.layer_source", title=layer.title.of(lang))
    return Source(what, text, layer.provenance.verified_on, links(text))


def _doubt(row: pd.Series, lang: str) -> str:
    say, metres = speaker(lang), amount(row.get("uncertainty_m"))
    found = value_word("location_class", cell(row, "location_class", lang), lang)
    if cell(row, "title_of", lang):
        found = say("card.title")
    reason = cell(row, "location_reason", lang)
    if cell(row, "location_class", lang) == "none" or metres is None:
        return say("card.doubt", found=found, reason=reason)
    return say("card.doubt_radius", found=found, radius=radius(metres, lang), reason=reason)


def _items(text: str) -> tuple[str, ...]:
    """Split a list of the pack; its separators are the semicolons of both languages."""
    return tuple(item for part in re.split("[;；]", text) if (item := part.strip()))


def _listed(text: str) -> tuple[str, ...]:
    return (text,) if text else ()


def _link(city: City, id_: str, lang: str) -> Link | None:
    frame = gather(city, lang).frame
    return Link(id_, name_of(row_of(frame, id_), lang)) if id_ in frame.index else None


def _children(city: City, id_: str, lang: str) -> tuple[Link, ...]:
    frame = gather(city, lang).frame
    if "parent_id" not in frame.columns:
        return ()
    return _links(frame[(frame["parent_id"] == id_).fillna(False).to_numpy(dtype=bool)], lang)


def _siblings(city: City, at: int, lang: str) -> tuple[Link, ...]:
    rows = gather(city, lang)
    if not rows.drawable[at]:
        return ()
    same = [
        other
        for other, point in enumerate(rows.points)
        if other != at and rows.drawable[other] and point == rows.points[at]
    ]
    return _links(rows.frame.iloc[same], lang)


def _links(frame: pd.DataFrame, lang: str) -> tuple[Link, ...]:
    return tuple(Link(str(id_), name_of(row, lang)) for id_, row in frame.iterrows())


def _half(city: City, row: pd.Series, lang: str) -> str:
    """Return the half of the district where the place stands, else of the one that runs it."""
    for name in ("site_adcode", "host_adcode"):
        code = cell(row, name, lang)
        if code in city.districts.index:
            return half_words(city, row_of(city.districts, code), lang)
    return ""


def half_words(city: City, district: pd.Series, lang: str) -> str:
    """Return a district's half of the twin city, marked where it is our assumption.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    district
        Row of the district, with ``half`` and ``half_status``.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    str
        Empty where the half is not known.
    """
    half = cell(district, "half", lang)
    if not half:
        return ""
    words = city_word(city, "half", half, lang)
    assumed = cell(district, "half_status", lang) == "assumption"
    return speaker(lang)("card.half_assumed", half=words) if assumed else words


def _district_card(city: City, code: str, lang: str) -> Card:
    row, layer = row_of(city.districts, code), city.layers["district"]
    return Card(
        id=code,
        kind="district",
        kind_title=layer.title.of(lang),
        title=name_of(row, lang),
        other_name=name_of(row, "en" if lang == "zh" else "zh"),
        name_note="",
        rows=tuple(district_rows(city, row, lang)),
        sources=(layer_source(city, "district", lang),),
        caveats=_listed(cell(row, "caution", lang)),
        half=half_words(city, row, lang),
    )


def district_rows(city: City, row: pd.Series, lang: str) -> Iterator[Row]:
    """Yield residents, area, density, deviation of the outline and half of a district.

    The density divides the residents who live there by the reference area, in persons/km².

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    row
        Row of the district; its areas are in km², the deviation of its outline in percent.
    lang
        Language of the words, ``zh`` or ``en``.
    """
    people, area = (
        amount(row.get(name)) for name in ("population_2020_territorial", "area_km2_reference")
    )
    notes = {
        "population_2020_territorial": cell(row, "population_note", lang),
        "area_km2_reference": cell(row, "area_note", lang),
        "half": cell(row, "half_note", lang),
        "density": cell(row, "caution", lang),
    }
    density = people / area if people is not None and area else None
    values = {
        "population_2020_territorial": _people(people, lang),
        "population_2020_bulletin": _people(row.get("population_2020_bulletin"), lang),
        "area_km2_reference": _stated(area, lang),
        "area_km2_polygon": _stated(amount(row.get("area_km2_polygon")), lang),
        "polygon_deviation_pct": _signed(row.get("polygon_deviation_pct")),
        "density": "" if density is None else number(density, speaker(lang)("card.per_km2")),
        "half": half_words(city, row, lang),
    }
    if not city.halves:
        del values["half"]
    for name, value in values.items():
        label = speaker(lang)("card.density") if name == "density" else title(name, lang)
        shown = value or speaker(lang)("card.unknown")
        yield Row(name, label, shown, notes.get(name, ""), known=bool(value))


def _people(value: object, lang: str) -> str:
    people = amount(value)
    return "" if people is None else speaker(lang)("card.persons", count=count(people))


def _stated(area: float | None, lang: str) -> str:
    return "" if area is None else stated(area, unit("km2", lang))


def _signed(value: object) -> str:
    """Return a deviation in percent with its sign; a true minus, not a hyphen."""
    share = amount(value)
    if share is None:
        return ""
    sign = "+" if share > 0 else "−" if share < 0 else ""
    return f"{sign}{number(abs(share), '%')}"
