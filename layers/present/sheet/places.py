"""List the places that a state shows in a district, each with its mark and what it is not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from layers.language.values import amount, cell, radius, value_word
from layers.map.symbols import plain_mark
from layers.pack.catalogue import FIRM
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
        how = _how(row, drawn=id_ in drawn, vague=id_ not in near)
        style = on.city.layers[kind].spec.style
        number = numbers.get(str(id_)) if id_ in drawn else None
        found.setdefault(kind, []).append(
            {
                "id": str(id_),
                "number": "" if number is None else str(number),
                "mark": plain_mark(style, firm=how == "filled") if id_ in drawn else "",
                "name": cell(row, "name", on.lang),
                "level": _level(row, on),
                "position": _position(row, on, how),
                "how": how,
                "counts": bool(row["counted"]) and row["host_adcode"] == adcode,
                "note": on.say("sheet.comma").join(_notes(row, adcode, on)),
            }
        )
    return [
        {"title": on.city.layers[kind].title.of(on.lang), "count": len(own), "rows": own}
        for kind, own in found.items()
    ]


def unsited(on: Basis, listed: list[Group]) -> str:
    """Say of how many places that count here the site is not known, or only stood for.

    Parameters
    ----------
    on
        What the sheet rests on.
    listed
        As :func:`groups` returns them.

    Returns
    -------
    str
        Empty where all are known.
    """
    counted = [row["how"] for group in listed for row in group["rows"] if row["counts"]]
    keys = {
        "hollow": "area.hollow",
        "district_only": "sheet.of_district_only",
        "not_drawn": "area.absent",
    }
    told = [on.say(key, count=counted.count(how)) for how, key in keys.items() if how in counted]
    words = on.say("area.semicolon").join(told)
    return on.say("area.unsited", words=words) if words else ""


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


def _level(row: pd.Series, on: Basis) -> str:
    """Return the level; one that is only striven for is said to be that."""
    if cell(row, "level_basis", "zh") == "aimed_at":
        return on.say("area.striven")
    return value_word("level", cell(row, "level", "zh") or "unknown", on.lang)


def _how(row: pd.Series, *, drawn: bool, vague: bool) -> str:
    """Return how a place stands on the map: filled or hollow, or why it does not."""
    if cell(row, "title_of", "zh"):
        return "title_only"
    if drawn:
        return "filled" if cell(row, "location_class", "zh") in FIRM else "hollow"
    return "district_only" if vague else "not_drawn"


def _position(row: pd.Series, on: Basis, how: str) -> str:
    """Return how far the true site may lie from the mark, or why there is no mark."""
    if how not in ("filled", "hollow"):
        return on.say(f"sheet.{how}")
    metres = amount(row.get("uncertainty_m"))
    return "" if metres is None else radius(metres, on.lang)


def _notes(row: pd.Series, adcode: str, on: Basis) -> Iterator[str]:
    """Yield why a place does not count here, and where it is where that is elsewhere."""
    say, host, site = on.say, cell(row, "host_adcode", "zh"), cell(row, "site_adcode", "zh")
    if host not in ("", adcode):
        yield say("sheet.run_by", host=cell(row, "host_name", on.lang))
    elif not bool(row["counted"]) and not cell(row, "title_of", "zh"):
        yield say("card.not_counted")
    if site not in ("", adcode):
        yield say("table.sited", site=cell(row, "site_name", on.lang))
