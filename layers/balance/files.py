"""Hand the counts over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType

import pandas as pd

from geo.inventory.balance import Balance, By
from layers.balance.measure import measure
from layers.handover.documents import to_csv
from layers.handover.package import Package
from layers.language.messages import LANGS, speaker
from layers.language.values import cell, row_of
from layers.pack.city import City
from layers.view.rows import View


def files(view: View, by: By) -> Package:
    """Return the counts as CSV, unrounded, with codes, names in both languages and parameters.

    Parameters
    ----------
    view, by
        As in :func:`tell`.

    Returns
    -------
    Package
        Tables by half, by district, by kind and by field, and what the reader must know.
    """
    counts = measure(view, by)
    city, found = view.city, counts.found
    tables = {
        "balance_halves.csv": _raw(found.halves, "half", {}),
        "balance_districts.csv": _raw(found.districts, "adcode", _both_names(city)),
        "balance_kind_by_district.csv": _raw(counts.kinds.T, "adcode", _both_names(city)),
        "balance_field_by_district.csv": _raw(counts.fields.T, "adcode", _both_names(city)),
        "balance_about.csv": _about(view, found),
    }
    name = f"{city.id}_{city.data_date}_balance"
    return Package(name, date.fromisoformat(city.data_date), MappingProxyType(tables))


def _both_names(city: City) -> dict[str, list[str]]:
    return {
        str(code): [cell(row_of(city.districts, str(code)), "name", lang) for lang in LANGS]
        for code in city.districts.index
    }


def _raw(table: pd.DataFrame, key: str, names: Mapping[str, Sequence[str]]) -> bytes:
    head = [key, *(("name_zh", "name_en") if names else ()), *map(str, table.columns)]
    rows = [
        [str(code), *names.get(str(code), ()), *(_plain(value) for value in row)]
        for code, row in zip(table.index, table.itertuples(index=False), strict=True)
    ]
    return to_csv([head, *rows])


def _plain(value: object) -> str:
    if isinstance(value, tuple):
        return ";".join(map(str, value))
    return "" if value != value else str(value)


def _about(view: View, found: Balance) -> bytes:
    """Return parameters and cautions, a row each, in both languages."""
    said = {"data_date": found.data_date, **found.parameters}
    rows = [["name", "zh", "en"]]
    rows += [[name, *[_plain(value)] * 2] for name, value in said.items()]
    rows += [
        [key, *(speaker(lang)(key, **found.parameters) for lang in LANGS)]
        for key in (found.method, *found.caveats)
    ]
    return to_csv(rows)
