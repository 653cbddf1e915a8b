"""Say how surely a place is known in the terms of Darwin Core, and how long each date is.

Terms: https://dwc.tdwg.org/terms/#location. Whoever hands data over or takes it in finds the
columns here, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.base.schema import Field
from layers.language.bilingual import Bilingual, both, pair
from layers.pack.catalogue import LOCATION_CLASSES, VERIFIED

DOUBT: Final = "coordinateUncertaintyInMeters"
PROTOCOL: Final = "georeferenceProtocol"
VERIFICATION: Final = "georeferenceVerificationStatus"
SOURCES: Final = "georeferenceSources"
DATED: Final = "georeferencedDate"
DATUM: Final = "geodeticDatum"
BY_A_READER, UNVERIFIED, NOT_PLACED = (
    "verified by contributor",
    "requires verification",
    "requires georeference",
)
BY_CUSTODIAN, NO_WAY = "verified by data custodian", "unable to georeference"
"""Values that Darwin Core recommends for ``georeferenceVerificationStatus``."""
_VERIFICATION_WORDS: Final = {
    BY_A_READER: "by_contributor",
    UNVERIFIED: "unverified",
    NOT_PLACED: "not_placed",
}
TERMS: Final = (
    Field(DOUBT, "number", unit="m", least=0),
    Field(PROTOCOL),
    Field(VERIFICATION, required=True, allowed=frozenset(_VERIFICATION_WORDS)),
    Field(SOURCES),
    Field(DATED, "date"),
)
EXCHANGED: Final = frozenset({"location_class", "uncertainty_m"})
"""Columns of a table to which the terms are added."""
PRECISIONS: Final = ("year", "month", "day")
_LENGTHS: Final = {4: "year", 7: "month", 10: "day"}


def exchange_fields(fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """Return the columns in which a table leaves the atlas.

    Parameters
    ----------
    fields
        Its columns in the pack.

    Returns
    -------
    tuple of Field
        The same; after each date its precision; last, where the table says how sure a position
        is, the terms of Darwin Core.

    Examples
    --------
    >>> [field.name for field in exchange_fields((Field("id"), Field("as_of", "date")))]
    ['id', 'as_of', 'as_of_precision']
    """
    named = {field.name for field in fields}
    terms = TERMS if named >= EXCHANGED else ()
    return tuple(_with_precisions((*fields, *terms)))


def _with_precisions(fields: tuple[Field, ...]) -> Iterator[Field]:
    for field in fields:
        yield field
        if field.type == "date":
            yield Field(precision_column(field.name), allowed=frozenset(PRECISIONS))


@cache
def _protocols() -> dict[str, Bilingual]:
    """Return the words of each protocol by the text that stands in both languages."""
    return {both(key): pair(key) for key in (f"georeference.{one}" for one in LOCATION_CLASSES)}


def word_of(name: str, value: str) -> Bilingual | None:
    """Return a value of one of the added columns in words; None for any other column.

    Parameters
    ----------
    name
        Of the column.
    value
        One of its closed set.
    """
    if name == PROTOCOL:
        return _protocols().get(value)
    if name == VERIFICATION:
        return pair(f"verification_status.{_VERIFICATION_WORDS[value]}")
    if name.endswith("_precision"):
        return pair(f"date_precision.{value}")
    return None


def precision_column(name: str) -> str:
    """Return the name of the column that says how much of a date is known.

    Parameters
    ----------
    name
        Of the column of the dates.
    """
    return f"{name}_precision"


def with_exchange(
    frame: gpd.GeoDataFrame, fields: tuple[Field, ...], *, found_on: str = ""
) -> gpd.GeoDataFrame:
    """Return rows with the columns of :func:`exchange_fields`, the geometry last.

    Parameters
    ----------
    frame
        Rows of a layer, by id; not changed.
    fields
        Their columns in the pack, the index first.
    found_on
        When the positions were looked up, where nobody has verified them since.
    """
    named = exchange_fields(fields)
    rows = pd.DataFrame(frame).copy()
    if DOUBT in {field.name for field in named}:
        for name, values in _terms(frame, found_on).items():
            rows[name] = values
    for field in named:
        if field.type == "date":
            told = [precision_of(date) for date in rows[field.name]]
            rows[precision_column(field.name)] = pd.Series(told, rows.index, dtype=object)
    names = [field.name for field in named[1:]]
    if not isinstance(frame, gpd.GeoDataFrame):
        return rows[names]
    return gpd.GeoDataFrame(rows[[*names, frame.geometry.name]], geometry=frame.geometry.name)


def _terms(rows: gpd.GeoDataFrame, found_on: str) -> dict[str, pd.Series]:
    """Return the terms by column; a place without a point has no doubt, and says so."""
    there = rows.geometry.notna() & ~rows.geometry.is_empty
    classes = rows["location_class"]
    confirmed = there & (classes == VERIFIED)
    said = {one: both(f"georeference.{one}") for one in LOCATION_CLASSES}
    blank = pd.Series(None, rows.index, dtype=object)
    doubt = pd.to_numeric(rows["uncertainty_m"], errors="coerce").astype("float64")
    status = np.select([confirmed, there], [BY_A_READER, UNVERIFIED], NOT_PLACED)
    return {
        DOUBT: doubt.where(there),
        PROTOCOL: _texts(classes.map(said), there),
        VERIFICATION: pd.Series(status, rows.index, dtype=object),
        SOURCES: _texts(rows.get("location_source", blank), there),
        DATED: _texts(rows.get("as_of", blank).where(confirmed, found_on or None), there),
    }


def _texts(values: pd.Series, there: pd.Series) -> pd.Series:
    """Return texts of the rows that have a point; of the others none."""
    known = values.astype(object)
    return known.where(there & known.notna(), None)


def precision_of(date: object) -> str | None:
    """Return how much of a date is known: ``year``, ``month`` or ``day``; None for no date.

    Parameters
    ----------
    date
        ISO 8601 text.

    Examples
    --------
    >>> [precision_of(one) for one in ("2021", "2021-08", "2021-08-08", None)]
    ['year', 'month', 'day', None]
    """
    return _LENGTHS.get(len(date)) if isinstance(date, str) else None
