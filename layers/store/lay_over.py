"""Lay what readers verified or edited of places over a city, marked as theirs."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final

import geopandas as gpd
import shapely

from layers.language.bilingual import Bilingual, pair
from layers.language.messages import LANGS
from layers.language.values import Row, cell, radius, value_word
from layers.pack.catalogue import CURRENT_STATUSES, OUTSIDE, VERIFIED
from layers.pack.city import City, Entered, Layer
from layers.store.chain import check_chain
from layers.store.entries import Entry, row_of, standing
from layers.store.position import Position, read_position

POSITION: Final = "position"
"""The fact that lies in several columns, and in the geometry."""
ADDRESS: Final = "address"
"""An address in words: it has no column of its own, and stands with the reason of the position."""
FACTS: Final[Mapping[str, tuple[tuple[str, ...], str, str]]] = MappingProxyType(
    {
        "current_status": (
            ("current_status",),
            "current_status_as_of",
            "current_status_source",
        ),
        "lead_unit": (("lead_unit_zh", "lead_unit_en"), "", "lead_unit_source"),
        "approved_by": (("approved_by_zh", "approved_by_en"), "", "approval_source"),
        "approved_on": (("approved_on",), "", "approval_source"),
    }
)
"""By fact that readers verify: its columns, that of its date, that of its source, or blank."""
RECORD: Final = "核实记录 verification "
"""How a row names an entry as its source, before the entry's number."""
EXACT_M: Final = 500.0
"""A position that may be farther off than this leaves open where exactly the site is."""
ABOUT_PLACES: Final = ("verification", "place_edit")


def lay_over(city: City, entries: Sequence[Entry]) -> City:
    """Return a city with what readers verified and edited, or the same where there is nothing.

    Parameters
    ----------
    city
        As its pack has it; it is not changed.
    entries
        All entries of the city, in order; those of indicators and tasks act elsewhere, and count in
        the anchor.

    Returns
    -------
    City
        Its digest tells the entries, and ``entered`` says which of them it holds.

    Raises
    ------
    DataError
        Somebody has changed an entry.
    """
    if not entries:
        return city
    check_chain(entries)
    acting = [each for each in _acting(entries) if _kind_of(city, each.subject) is not None]
    layers = dict(city.layers)
    for kind in {_kind_of(city, each.subject) for each in acting} - {None}:
        own = [each for each in acting if _kind_of(city, each.subject) == kind]
        layers[str(kind)] = _changed(layers[str(kind)], own, city)
    head = entries[-1].digest
    told = tuple(_told(city, each) for each in acting)
    numbers = tuple(sorted(each.number for each in acting))
    of_plan = tuple(row_of(each) for each in entries if each.kind not in ABOUT_PLACES)
    return replace(
        city,
        layers=MappingProxyType(layers),
        attributions={**city.attributions, **{_note(each): _source(each) for each in acting}},
        digest=hashlib.sha256(f"{city.digest} {head}".encode()).hexdigest(),
        entered=Entered(len(entries), head, city.digest, numbers, told, of_plan),
    )


def fact(row: Row, name: str) -> str:
    """Return what stands for a fact of a place, as an entry would say it: its ``before``.

    Parameters
    ----------
    row
        The place's row, with its geometry.
    name
        ``position``, ``address`` or a key of ``FACTS``.

    Returns
    -------
    str
        Blank where nothing is known.
    """
    if name == ADDRESS:
        return ""
    if name != POSITION:
        value = row[FACTS[name][0][0]]
        return value if isinstance(value, str) else ""
    point, doubt = row["geometry"], row["uncertainty_m"]
    if not isinstance(point, shapely.Point):
        return ""
    return str(Position(point.x, point.y, float(str(doubt))))


def signed(entry: Entry) -> Bilingual:
    """Return who has made an entry, and on which day.

    Parameters
    ----------
    entry
        The day is that of UTC.
    """
    key = "record.signed" if entry.verified else "record.unsigned"
    return pair(key, who=entry.who, date=f"{entry.at:%Y-%m-%d}")


def _acting(entries: Sequence[Entry]) -> Iterator[Entry]:
    """Yield the entries about places that stand and can be read, the last of each fact."""
    last: dict[tuple[str, str], Entry] = {}
    for entry in sorted(standing(entries).values(), key=lambda entry: entry.number):
        if entry.kind in ABOUT_PLACES and _is_sound(entry):
            last[entry.subject, entry.field] = entry
    # A position gives its reason; an address is added to it.
    yield from sorted(last.values(), key=lambda entry: (entry.field != POSITION, entry.number))


def _is_sound(entry: Entry) -> bool:
    if entry.field == POSITION:
        return entry.kind == "verification" and read_position(entry.after) is not None
    if entry.field == "current_status":
        return entry.after in CURRENT_STATUSES
    return entry.field in FACTS or (entry.field == ADDRESS and bool(entry.after))


def _kind_of(city: City, place: str) -> str | None:
    layers = city.layers.items()
    return next((k for k, one in layers if one.spec.is_places and place in one.frame.index), None)


def _changed(layer: Layer, entries: Sequence[Entry], city: City) -> Layer:
    frame = layer.frame.copy()
    for entry in entries:
        row = frame.loc[entry.subject]
        values = {**_values(entry, row, city), **_still_open(entry, row)}
        for name, value in values.items():
            frame.at[entry.subject, name] = value
    return replace(layer, frame=gpd.GeoDataFrame(frame, geometry="geometry", crs=layer.frame.crs))


def _values(entry: Entry, row: Mapping[str, object], city: City) -> dict[str, object]:
    """Return the values that an entry puts into the columns of its place."""
    if entry.field == POSITION:
        return _position(entry, city)
    if entry.field == ADDRESS:
        said = pair("record.address", address=entry.after, by=signed(entry))
        names = ("location_reason_zh", "location_reason_en")
        return {n: f"{row[n]} {one}" for n, one in zip(names, said, strict=True)}
    columns, dated, source = FACTS[entry.field]
    values: dict[str, object] = dict.fromkeys(columns, entry.after or None)
    if dated:
        values[dated] = f"{entry.at:%Y-%m-%d}"
    if source:
        values[source] = _note(entry)
    return values


def _position(entry: Entry, city: City) -> dict[str, object]:
    where = read_position(entry.after)
    assert where is not None, "only a sound entry acts"
    point = shapely.Point(where.lon, where.lat)
    holds = city.districts.index[city.districts.covers(point)]
    names = ("name_zh", "name_en")
    named = [str(city.districts.at[holds[0], name]) for name in names] if len(holds) else [None] * 2
    key = "record.reason_with" if entry.source else "record.reason"
    reason = pair(key, by=signed(entry), source=entry.source)
    return {
        "geometry": point,
        "location_class": VERIFIED,
        "uncertainty_m": where.doubt_m,
        "location_reason_zh": reason.zh,
        "location_reason_en": reason.en,
        "location_source": _note(entry),
        "source_datum": where.datum or "WGS 84",
        "as_of": f"{entry.at:%Y-%m-%d}",
        "site_adcode": str(holds[0]) if len(holds) else OUTSIDE,
        "site_name_zh": named[0],
        "site_name_en": named[1],
    }


def _still_open(entry: Entry, row: Row) -> dict[str, str | None]:
    """Return what is still not known of a place, without what an entry has settled."""
    where = read_position(entry.after) if entry.field == POSITION else None
    if where is not None and where.doubt_m > EXACT_M:
        return {}
    left: dict[str, str | None] = {}
    if entry.field == ADDRESS:
        return left
    for lang, settled in zip(LANGS, pair(f"record.settles.{entry.field}"), strict=True):
        parts = _parts(cell(row, "unknown", lang))
        kept = [part for part in parts if part not in _parts(settled)]
        left[f"unknown_{lang}"] = ("；" if lang == "zh" else "; ").join(kept) or None
    return left


def _parts(text: str) -> list[str]:
    return [part.strip() for part in re.split("[;；]", text) if part.strip()]


def _note(entry: Entry) -> str:
    """Return how a row names an entry as its source; the city's attributions word it."""
    return f"{RECORD}{entry.number}"


def _source(entry: Entry) -> Bilingual:
    key = "record.source_with" if entry.source else "record.source"
    return pair(key, by=signed(entry), source=entry.source)


def _told(city: City, entry: Entry) -> Bilingual:
    kind = _kind_of(city, entry.subject)
    row = city.layers[str(kind)].frame.loc[entry.subject]
    name, by = Bilingual(str(row["name_zh"]), str(row["name_en"])), signed(entry)
    if (where := read_position(entry.after)) and entry.field == POSITION:
        lon, lat = f"{where.lon:.6f}", f"{where.lat:.6f}"
        words = Bilingual(*(radius(where.doubt_m, lang) for lang in LANGS))
        return pair("record.position", name=name, by=by, lon=lon, lat=lat, radius=words)
    told = {"name": name, "by": by, "field": pair(f"record.fact.{entry.field}")}
    before, after = (fact_word(entry.field, value) for value in (entry.before, entry.after))
    if entry.before == entry.after:
        return pair("record.confirmed", **told, after=after)
    return pair("record.value", **told, before=before, after=after)


def fact_word(field: str, value: str) -> Bilingual:
    """Return the value of a fact as it is read.

    Parameters
    ----------
    field
        A fact that readers verify.
    value
        As an entry holds it; blank for none.
    """
    if not value:
        return pair("record.blank")
    if field == "current_status" and value in CURRENT_STATUSES:
        return Bilingual(*(value_word("current_status", value, lang) for lang in LANGS))
    return Bilingual(value, value)
