"""List the places that a state shows in a district, each with its mark and what it is not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from layers.language.values import amount, cell, radius, value_word
from layers.map.symbols import plain_mark
from layers.pack.catalogue import FIRM
from layers.pack.city import City
from layers.present.sheet.basis import Basis
from layers.view.index_numbers import index_numbers
from layers.view.vague import is_vague

Group = dict[str, Any]


def rows_here(on: Basis, adcode: str) -> pd.DataFrame:
    """Return the shown rows that a district administers or that stand in it.

    Parameters
    ----------
    on
        What the sheet rests on.
    adcode
        Code of the district.
    """
    here = np.fromiter((adcode in codes for codes in on.view.rows.districts), dtype=bool)
    return pd.DataFrame(on.view.places[here[on.view.mask]])


def groups(on: Basis, adcode: str) -> list[Group]:
    """Return the places of the plan's layers by kind.

    Parameters
    ----------
    on
        What the sheet rests on.
    adcode
        Code of the district.

    Returns
    -------
    list
        In the order of the view: the title of the kind with its count, and a row for each place:
        mark (SVG), index number on the map, name, level, position, and what it does not count as.
    """
    rows, numbers = rows_here(on, adcode), index_numbers(on.city)
    near = rows.index[~is_vague(rows)]
    drawn = frozenset(on.view.mapped.index) & frozenset(near)  # the map draws no vague place
    found: dict[str, list[dict[str, Any]]] = {}
    for id_, row in rows.iterrows():
        kind = str(row["kind"])
        if on.city.layers[kind].spec.group != "plan":
            continue
        number = numbers.get(str(id_)) if id_ in drawn else None
        found.setdefault(kind, []).append(
            {
                "id": str(id_),
                "number": "" if number is None else str(number),
                "mark": _mark(on.city, kind, row) if id_ in drawn else "",
                "name": cell(row, "name", on.lang),
                "level": _level(row, on),
                "position": _position(row, on, drawn=id_ in drawn, vague=id_ not in near),
                "counts": bool(row["counted"]) and row["host_adcode"] == adcode,
                "note": on.say("sheet.comma").join(_notes(row, adcode, on)),
            }
        )
    return [
        {"title": on.city.layers[kind].title.of(on.lang), "count": len(own), "rows": own}
        for kind, own in found.items()
    ]


def context(on: Basis, adcode: str) -> str:
    """Say how many rows of layers that are none of the plan's the state shows here.

    Parameters
    ----------
    on
        What the sheet rests on.
    adcode
        Code of the district.

    Returns
    -------
    str
        Empty where no such layer is on.
    """
    kinds = rows_here(on, adcode)["kind"].value_counts()
    layers = on.city.layers
    return on.say("sheet.comma").join(
        on.say("area.missing", what=layers[kind].title.of(on.lang), count=int(kinds[kind]))
        for kind in layers
        if kind in kinds.index and layers[kind].spec.group != "plan"
    )


def _mark(city: City, kind: str, row: pd.Series) -> str:
    firm = cell(row, "location_class", "zh") in FIRM
    return plain_mark(city.layers[kind].spec.style, firm=firm)


def _level(row: pd.Series, on: Basis) -> str:
    """Return the level; one that is only striven for is said to be that."""
    if cell(row, "level_basis", "zh") == "aimed_at":
        return on.say("area.striven")
    return value_word("level", cell(row, "level", "zh") or "unknown", on.lang)


def _position(row: pd.Series, on: Basis, *, drawn: bool, vague: bool) -> str:
    """Return how far the true site may lie from the mark, or why there is no such radius."""
    if cell(row, "title_of", "zh"):
        return on.say("sheet.title_only")
    if vague:
        return on.say("sheet.district_only")
    metres = amount(row.get("uncertainty_m"))
    return radius(metres, on.lang) if drawn and metres is not None else on.say("sheet.not_drawn")


def _notes(row: pd.Series, adcode: str, on: Basis) -> Iterator[str]:
    """Yield why a place does not count here, and where it is where that is elsewhere."""
    say, host, site = on.say, cell(row, "host_adcode", "zh"), cell(row, "site_adcode", "zh")
    if host not in ("", adcode):
        yield say("sheet.run_by", host=cell(row, "host_name", on.lang))
    elif not bool(row["counted"]):
        yield say("card.not_counted")
    if site not in ("", adcode):
        yield say("table.sited", site=cell(row, "site_name", on.lang))
