"""Tell what differs between two versions of a pack, and between two plans."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import geopandas as gpd
import pandas as pd

from layers.language.bilingual import Bilingual
from layers.language.values import amount, cell, is_known, row_of
from layers.pack.city import City, Plan
from layers.plan.structure import Web, both, web
from layers.view.rows import gather

How = Literal["new", "gone", "moved", "status", "source", "text", "target", "kept"]
HOWS: Final[tuple[How, ...]] = (
    "new", "gone", "moved", "status", "source", "text", "target", "kept",
)  # fmt: skip
STATUS: Final = ("plan_status", "current_status", "level", "location_class", "lead_unit_zh")
"""Columns of a place of which a change is one of its status."""
LEAST_M: Final = 1.0
"""Metres below which a place has not moved: coordinates are rounded."""


@dataclass(frozen=True)
class Change:
    """One difference.

    Parameters
    ----------
    of
        ``place``, ``task`` or ``indicator``.
    how
        One of ``HOWS``; ``kept`` is a task that the later plan carries on as it was.
    id
        Id or number, in the later version if it is there.
    name
        What it is called.
    field
        Column that differs; empty for new, gone and moved.
    before, after
        The values, as text.
    metres
        How far a place has moved, or None.
    beyond
        Whether that is farther than the greater of its two doubts; None where no doubt is known.
    places
        Of a task: ids of the places that are affected.
    """

    of: str
    how: How
    id: str
    name: Bilingual
    field: str = ""
    before: str = ""
    after: str = ""
    metres: float | None = None
    beyond: bool | None = None
    places: tuple[str, ...] = ()


def packs(old: City, new: City) -> tuple[Change, ...]:
    """Return what differs between two versions of a pack: places, then the plan that they cite.

    Parameters
    ----------
    old, new
        The versions; places are told apart by their ids. Neither is changed.
    """
    return (*_places(old, new), *plans(old, old.plan, new, new.plan))


def _places(old: City, new: City) -> Iterator[Change]:
    before, after = gather(old).frame, gather(new).frame
    for id_ in after.index.difference(before.index, sort=False):
        yield Change("place", "new", str(id_), both(row_of(after, str(id_)), "name"))
    for id_ in before.index.difference(after.index, sort=False):
        yield Change("place", "gone", str(id_), both(row_of(before, str(id_)), "name"))
    common = after.index.intersection(before.index, sort=False)
    yield from _moved(before.loc[common], after.loc[common], new.metric_epsg)
    for id_ in common:
        one, two = before.loc[id_], after.loc[id_]
        for column in after.columns:
            how: How = "status" if column in STATUS else "source"
            if column in STATUS or str(column).endswith("_source"):
                was, now = (
                    str(r.get(column)) if is_known(r.get(column)) else "" for r in (one, two)
                )
                if was != now:
                    yield Change("place", how, str(id_), both(two, "name"), str(column), was, now)


def _moved(before: gpd.GeoDataFrame, after: gpd.GeoDataFrame, epsg: int) -> Iterator[Change]:
    """Yield places that have another point, or have one now, or no longer."""
    was, now = (frame.geometry.to_crs(epsg) for frame in (before, after))
    apart = was.distance(now, align=False)
    for id_ in after.index:
        had, has = _sited(was[id_]), _sited(now[id_])
        name = both(row_of(after, str(id_)), "name")
        if had != has:
            sides = ("point" if had else "", "point" if has else "")
            yield Change("place", "moved", str(id_), name, "point", *sides)
        elif had and apart[id_] >= LEAST_M:
            doubts = [amount(frame.at[id_, "uncertainty_m"]) for frame in (before, after)]
            known = [doubt for doubt in doubts if doubt is not None]
            metres = float(apart[id_])
            beyond = metres > max(known) if known else None
            yield Change("place", "moved", str(id_), name, metres=metres, beyond=beyond)


def _sited(shape: object) -> bool:
    return shape is not None and not bool(getattr(shape, "is_empty", True))


def plans(old_city: City, old: Plan, new_city: City, new: Plan) -> tuple[Change, ...]:
    """Return what differs between two plans: tasks with the places affected, then indicators.

    Parameters
    ----------
    old_city, old
        The earlier plan and its pack.
    new_city, new
        The later one. In the same period tasks are the same by their ids, indicators by their
        numbers; in another period a task is the one that it continues, an indicator the one of
        the same Chinese name.
    """
    before, after = web(old_city, old), web(new_city, new)
    same = old.period == new.period
    return (*_tasks(before, after, same=same), *_indicators(old, new, same=same))


def _tasks(before: Web, after: Web, *, same: bool) -> Iterator[Change]:
    carried: set[str] = set()
    for id_, row in after.tasks.iterrows():
        task = str(id_)
        origin = task if same else cell(row, "continues", "zh")
        places = after.shown_with(task)
        if origin not in before.tasks.index:
            yield Change("task", "new", task, both(row, "title"), places=places)
            continue
        carried.add(origin)
        was = row_of(before.tasks, origin)
        affected = tuple(dict.fromkeys((*before.shown_with(origin), *places)))
        yield from _reworded(task, was, row, affected, same=same)
    for id_, row in before.tasks.iterrows():
        if str(id_) not in carried:
            places = before.shown_with(str(id_))
            yield Change("task", "gone", str(id_), both(row, "title"), places=places)


def _reworded(
    task: str, was: pd.Series, now: pd.Series, places: tuple[str, ...], *, same: bool
) -> Iterator[Change]:
    """Yield the texts of a task that differ; of one carried on unchanged, that it is."""
    differ = [stem for stem in ("title", "digest") if both(was, stem) != both(now, stem)]
    for stem in differ:
        texts = (both(was, stem).zh, both(now, stem).zh)
        yield Change("task", "text", task, both(now, "title"), stem, *texts, places=places)
    if not differ and not same:
        yield Change("task", "kept", task, both(now, "title"), places=places)


def _figure(value: object) -> str:
    return f"{float(str(value)):g}"


def _indicators(old: Plan, new: Plan, *, same: bool) -> Iterator[Change]:
    def keyed(plan: Plan) -> dict[str, pd.Series]:
        rows = ((str(no), row) for no, row in plan.indicators.iterrows())
        return {no if same else cell(row, "name", "zh"): row for no, row in rows}

    before, after = keyed(old), keyed(new)
    for key, row in after.items():
        no = str(row.name)
        if key not in before:
            yield Change(
                "indicator", "new", no, both(row, "name"), "target", "", _figure(row["target"])
            )
            continue
        was = before[key]
        for column in ("baseline", "target"):
            if was[column] != row[column]:
                values = (_figure(was[column]), _figure(row[column]))
                yield Change("indicator", "target", no, both(row, "name"), column, *values)
    for key, row in before.items():
        if key not in after:
            yield Change(
                "indicator",
                "gone",
                str(row.name),
                both(row, "name"),
                "target",
                _figure(row["target"]),
            )
