"""Judge how an indicator stands: against its path, on the way to its target, at what pace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import pandas as pd

from layers.language.bilingual import BLANK, Bilingual
from layers.language.values import cell
from layers.pack.city import City, Plan
from layers.pack.consistency import milestones
from layers.pack.table_schemas import COMPARABLE
from layers.plan.entered import values
from layers.plan.structure import both
from layers.store.entries import Entry

Light = Literal["on_track", "attention", "behind", "no_data"]
LIGHTS: Final[tuple[Light, ...]] = ("on_track", "attention", "behind", "no_data")
NEAR: Final = 0.8
"""Share of the way due by a year from which an indicator needs attention and is not yet behind."""
HOLD_NEAR: Final = 0.95
"""Share of a target to be held from which the same is said."""
QUARTERS: Final = 4.0


@dataclass(frozen=True)
class Observation:
    """One dated value of an indicator.

    Parameters
    ----------
    year
        Which year it stands for.
    as_of
        To which day, month or year it was counted.
    value
        In the indicator's unit, or in ``unit``.
    kind
        One of ``layers.pack.table_schemas.OBSERVED``.
    definition
        By which definition, and what is to be said of it.
    source
        Who published it first.
    stated_on
        When; empty if that is not known.
    address
        The publisher's own page, or empty.
    repost
        Whether only a copy was read.
    confidence
        ``high``, ``medium`` or ``low``; empty for what a reader entered.
    unit
        Where it is another than the indicator's.
    entry
        The reader's entry, or None for what the pack says.
    """

    year: int
    as_of: str
    value: float
    kind: str
    definition: Bilingual
    source: Bilingual
    stated_on: str = ""
    address: str = ""
    repost: bool = False
    confidence: str = ""
    unit: Bilingual = BLANK
    entry: Entry | None = None

    @property
    def comparable(self) -> bool:
        """Whether it can stand beside baseline and target."""
        return self.kind in COMPARABLE

    @property
    def until(self) -> float:
        """The end of what was counted, in years: 2023.5 is the middle of 2023."""
        year, *rest = (int(part) for part in self.as_of.split("-"))
        if not rest:
            return year + 1.0
        return year + (rest[0] if len(rest) == 1 else rest[0] - 1 + rest[1] / 31) / 12


@dataclass(frozen=True)
class Pace:
    """How fast an indicator must go from its latest value to meet its target.

    Parameters
    ----------
    since
        The latest comparable value.
    quarters
        Quarters from there to the end of the target's year.
    needed
        What each of them must bring, in the indicator's unit.
    so_far
        What each quarter since the baseline has brought.
    """

    since: Observation
    quarters: float
    needed: float
    so_far: float


@dataclass(frozen=True)
class Progress:
    """How an indicator stands.

    Parameters
    ----------
    no
        Its number in the plan.
    name, unit
        In both languages.
    direction
        ``increase``, ``hold`` or ``decrease``.
    baseline, target
        The plan's own.
    baseline_year, target_year
        Of the plan.
    path
        What the plan declares for years between; without, a straight line is assumed.
    published
        A comparable value of the baseline's year that differs from the plan's: a second baseline.
    year
        The year that is judged.
    due
        What the path asks for by then.
    observations
        All dated values, by year; what readers entered comes last.
    decisive
        The comparable value of the judged year, or None.
    light
        ``no_data`` where there is none, or where it is a least value below the path.
    latest
        The latest comparable value, or None.
    completion, completion_published
        Share of the way from the baseline (the published one) to the target at the latest value;
        None for a target to be held, and without a value.
    reached
        The first comparable value after the baseline that meets the target, or None.
    pace
        None without a value or with a least value, for a target to be held, and once it is met.
    """

    no: int
    name: Bilingual
    unit: Bilingual
    direction: str
    baseline: float
    target: float
    baseline_year: int
    target_year: int
    path: Mapping[int, float]
    published: Observation | None
    year: int
    due: float
    observations: tuple[Observation, ...]
    decisive: Observation | None
    light: Light
    latest: Observation | None
    completion: float | None
    completion_published: float | None
    reached: Observation | None
    pace: Pace | None

    def at(self, year: int) -> float:
        """Return what the path asks for by the end of a year.

        Parameters
        ----------
        year
            Before the baseline's it is the baseline, after the target's the target.
        """
        return _on_path(_corners(self), year)


def judged_year(city: City, plan: Plan) -> int:
    """Return the year by which a plan's indicators are judged.

    Parameters
    ----------
    city
        Its data's date says which years are over.
    plan
        One of its plans.

    Returns
    -------
    int
        The last year that is over, and at most the target's.
    """
    return min(plan.target_year, int(city.data_date[:4]) - 1)


def progress(city: City, plan: Plan, entries: Sequence[Entry] = ()) -> tuple[Progress, ...]:
    """Return how every indicator of a plan stands, in the plan's order.

    Parameters
    ----------
    city
        The pack that is asked; it is not changed.
    plan
        One of its plans.
    entries
        What readers have entered; of a year that has both, the entry decides.
    """
    year = judged_year(city, plan)
    pack = _by_number(plan)
    return tuple(
        _judged(
            row, plan, year, (*pack.get(int(str(no)), ()), *_entered(plan, int(str(no)), entries))
        )
        for no, row in plan.indicators.iterrows()
    )


def _by_number(plan: Plan) -> dict[int, list[Observation]]:
    found: dict[int, list[Observation]] = {}
    for row in plan.observations.to_dict("records"):
        found.setdefault(int(row["no"]), []).append(
            Observation(
                year=int(row["year"]),
                as_of=cell(row, "as_of", "zh"),
                value=float(row["value"]),
                kind=cell(row, "kind", "zh"),
                definition=both(row, "definition"),
                source=both(row, "source"),
                stated_on=cell(row, "stated_on", "zh"),
                address=cell(row, "address", "zh"),
                repost=bool(row["repost"]),
                confidence=cell(row, "confidence", "zh"),
                unit=both(row, "unit"),
            )
        )
    return found


def _entered(plan: Plan, no: int, entries: Sequence[Entry]) -> Iterator[Observation]:
    for year, value, entry in values(plan, no, entries):
        said = Bilingual(entry.source, entry.source)
        on = entry.at.date().isoformat()
        why = Bilingual(entry.why, entry.why)
        yield Observation(year, str(year), value, "exact", why, said, on, entry=entry)


def _judged(row: pd.Series, plan: Plan, year: int, observed: tuple[Observation, ...]) -> Progress:
    baseline, target = float(row["baseline"]), float(row["target"])
    direction, path = str(row["direction"]), milestones(row["path"]) or {}
    corners = {plan.baseline_year: baseline, **path, plan.target_year: target}
    due = _on_path(corners, year)
    listed = tuple(sorted(observed, key=lambda each: (each.until, each.entry is not None)))
    fit = [each for each in listed if each.comparable]
    decisive = next((each for each in reversed(_entered_last(fit)) if each.year == year), None)
    after = [each for each in fit if each.year > plan.baseline_year]
    latest = after[-1] if after else None
    published = next((e for e in fit if e.year == plan.baseline_year and e.value != baseline), None)
    way = None if direction == "hold" else latest
    met = (each for each in after if _meets(each, target, direction))
    return Progress(
        no=int(str(row.name)),
        name=both(row, "name"),
        unit=both(row, "unit"),
        direction=direction,
        baseline=baseline,
        target=target,
        baseline_year=plan.baseline_year,
        target_year=plan.target_year,
        path=path,
        published=published,
        year=year,
        due=due,
        observations=listed,
        decisive=decisive,
        light=_light(decisive, baseline, due, direction),
        latest=latest,
        completion=_share(way, baseline, target, direction),
        completion_published=(
            _share(way, published.value, target, direction) if published else None
        ),
        reached=next(met, None),
        pace=_pace(way, corners, direction),
    )


def _entered_last(observed: list[Observation]) -> list[Observation]:
    """Return values so that of one year a reader's entry comes last."""
    return sorted(observed, key=lambda each: each.entry is not None)


def _corners(of: Progress) -> dict[int, float]:
    return {of.baseline_year: of.baseline, **of.path, of.target_year: of.target}


def _on_path(corners: Mapping[int, float], year: int) -> float:
    years = sorted(corners)
    year = min(max(year, years[0]), years[-1])
    before = max(each for each in years if each <= year)
    after = min(each for each in years if each >= year)
    if before == after:
        return corners[before]
    share = (year - before) / (after - before)
    return corners[before] + share * (corners[after] - corners[before])


def _light(observed: Observation | None, baseline: float, due: float, direction: str) -> Light:
    """Return the light of a value against what is due.

    On track is what meets the path. Below it, an indicator that has gone at least ``NEAR`` of the
    way due (a value to be held: is at least ``HOLD_NEAR`` of the target) needs attention; less is
    behind. A least value that does not meet the path says nothing.
    """
    if observed is None:
        return "no_data"
    if _meets(observed, due, direction):
        return "on_track"
    if observed.kind == "lower_bound":
        return "no_data"
    if direction == "hold" or due == baseline:
        share = observed.value / due if due else 0.0
        return "attention" if share >= HOLD_NEAR else "behind"
    share = round((observed.value - baseline) / (due - baseline), 9)  # 0.8 of 7 is 5.6 for people
    return "attention" if share >= NEAR else "behind"


def _meets(observed: Observation, asked: float, direction: str) -> bool:
    if direction == "decrease":
        return observed.kind != "lower_bound" and observed.value <= asked
    return observed.value >= asked


def _share(
    observed: Observation | None, baseline: float, target: float, direction: str
) -> float | None:
    """Return the share of the way; None where that baseline meets the target already."""
    way = (target - baseline) * (-1 if direction == "decrease" else 1)
    if observed is None or way <= 0:
        return None
    return max(0.0, (observed.value - baseline) / (target - baseline))


def _pace(latest: Observation | None, corners: Mapping[int, float], direction: str) -> Pace | None:
    first, last = min(corners), max(corners)
    if latest is None or latest.kind == "lower_bound" or _meets(latest, corners[last], direction):
        return None  # of "at least so much" nobody knows how much is left
    left = QUARTERS * (last + 1 - latest.until)
    gone = QUARTERS * (latest.until - first - 1)
    if left <= 0 or gone <= 0:
        return None
    needed, so_far = corners[last] - latest.value, latest.value - corners[first]
    return Pace(latest, left, needed / left, so_far / gone)


def lights(found: Sequence[Progress]) -> dict[Light, int]:
    """Return how many indicators show each light.

    Parameters
    ----------
    found
        As :func:`progress` returns them.
    """
    return {light: sum(each.light == light for each in found) for light in LIGHTS}
