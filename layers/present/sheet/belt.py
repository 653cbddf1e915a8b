"""Say of one district where the axes of the pack cross it, what lies there, and what is empty."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from layers.corridor.measure import CorridorAnswer, near_places
from layers.corridor.tables import end_name, place_name, short_name
from layers.coverage.question import NODE
from layers.language.values import km
from layers.present.sheet.basis import Basis
from layers.present.sheet.places import rows_here

Table = dict[str, Any]
Stretches = list[tuple[float, float]]
COLUMNS = ("axis", "stretch", "places", "empty")


def belt(on: Basis, adcode: str, numbers: Mapping[str, str]) -> Table:
    """Return the stretches of the axes that lie in a district.

    Parameters
    ----------
    on
        What the sheet rests on.
    adcode
        Code of the district.
    numbers
        Index number by id of the places that the sheet lists; the others go by their names.

    Returns
    -------
    dict
        Title, columns, rows (axis, its stretch, the places near it, the longest empty stretch that
        reaches into the district), and notes. Of a district that no axis crosses only a note, where
        one of its places lies near; else nothing.
    """
    say = on.say
    crossed = [(answer, own) for answer in on.corridors if (own := _stretches(answer, adcode))]
    rows = [
        _row(on, answer, own, _places(on, adcode, answer, numbers, first=not at))
        for at, (answer, own) in enumerate(crossed)
    ]
    notes = [say("sheet.belt.note")] if rows else [*_beside(on, adcode)]
    if not notes:
        return {}
    within = km(1000.0 * on.state.corridor.within_km, on.lang)
    columns = [say(f"sheet.belt.{name}", within=within) for name in COLUMNS] if rows else []
    return {"title": say("sheet.belt.title"), "columns": columns, "rows": rows, "notes": notes}


def _stretches(answer: CorridorAnswer, adcode: str) -> Stretches:
    """Return where the axis lies in a district, metres from its start."""
    own = answer.stretches[(answer.stretches["area"] == adcode).to_numpy(dtype=bool)]
    return [(float(low), float(high)) for low, high in zip(own["from_m"], own["to_m"], strict=True)]


def _row(on: Basis, answer: CorridorAnswer, own: Stretches, places: Iterator[str]) -> list[str]:
    length = sum(high - low for low, high in own)
    parts = on.say("sheet.comma").join(_range(low, high) for low, high in own)
    told = on.say("sheet.belt.of", parts=parts, length=_whole(length), all=_whole(_end(answer)))
    near = on.say("sheet.belt.semicolon").join(places) or on.say("sheet.belt.none")
    return [_axis(on, answer), told, near, _empty(on, answer, own)]


def _axis(on: Basis, answer: CorridorAnswer) -> str:
    return short_name(answer.axis_name.of(on.lang))


def _end(answer: CorridorAnswer) -> float:
    return answer.found.axis.length_m


def _here(on: Basis, adcode: str, answer: CorridorAnswer) -> pd.DataFrame:
    """Return the places of a district that lie within the distance, in the order of the axis."""
    near = near_places(answer)
    return pd.DataFrame(near[near.index.isin(rows_here(on, adcode).index)])


def _places(
    on: Basis, adcode: str, answer: CorridorAnswer, numbers: Mapping[str, str], *, first: bool
) -> Iterator[str]:
    """Yield the places of each chainage: nodes by name, others by their number in the list.

    They lie alike along a second axis, which has its nodes and the count of the others.
    """
    say, joined = on.say, on.say("sheet.comma").join
    here = _here(on, adcode, answer)
    nodes = (here["kind"] == NODE).to_numpy(dtype=bool)
    found: dict[str, tuple[list[str], list[str]]] = {}
    for id_, row in here[nodes | first].iterrows():
        at, low, high = (_whole(row[f"{end}_m"]) for end in ("chainage", "low", "high"))
        span = at if low == high else say("corridor_page.span", middle=at, low=low, high=high)
        named, counted = found.setdefault(span, ([], []))
        if (number := numbers.get(str(id_))) and row["kind"] != NODE:
            counted.append(number)
        else:
            named.append(short_name(place_name(answer, id_, on.lang)))
    for span, (named, counted) in found.items():
        listed = sorted(counted, key=int)
        words = say("sheet.belt.number", numbers=joined(listed)) if listed else ""
        yield say("sheet.belt.at", name=joined([*named, *filter(None, [words])]), km=span)
    if not first and not nodes.all():
        yield say("sheet.belt.others", n=int((~nodes).sum()))


def _empty(on: Basis, answer: CorridorAnswer, own: Stretches) -> str:
    """Say which is the longest stretch without a place that reaches into the district."""
    gaps, around = answer.found.gaps, _end(answer)
    # On a closed axis the last stretch leads on beyond the start.
    parts = [(low + lap, high + lap) for low, high in own for lap in (0.0, around)]
    touching = [
        any(min(high, b) - max(low, a) > 0 for a, b in parts)
        for low, high in zip(gaps["from_m"], gaps["to_m"], strict=True)
    ]
    found = gaps[touching].sort_values("length_m", ascending=False, kind="stable")
    row = found.iloc[0]
    first, last = (
        short_name(end_name(answer, row[f"{end}_id"], way, on.lang))
        for end, way in (("from", "start"), ("to", "end"))
    )
    length = km(1000.0 * round(float(row["length_m"]) / 1000), on.lang)
    stretch = _range(float(row["from_m"]), float(row["to_m"]))
    return on.say("sheet.belt.gap", length=length, stretch=stretch, first=first, last=last)


def _beside(on: Basis, adcode: str) -> Iterator[str]:
    """Yield how many places of a district that no axis crosses lie near the first that is near."""
    for answer in on.corridors:
        if n := len(_here(on, adcode, answer)):
            within = km(1000.0 * on.state.corridor.within_km, on.lang)
            yield on.say("sheet.belt.beside", n=n, within=within, axis=_axis(on, answer))
            return


def _range(low_m: float, high_m: float) -> str:
    return f"{_whole(low_m)}–{_whole(high_m)}"


def _whole(metres: float) -> str:
    """Return whole kilometres: along a schematic line nothing is surer."""
    return f"{metres / 1000:.0f}"
