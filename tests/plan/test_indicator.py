"""Show that lights, completion and pace are those computed by hand for the toy city's plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pandas as pd
import pytest

from layers.pack.city import City
from layers.plan.indicator import Progress, judged_year, lights, progress
from layers.store.entries import FIRST, Draft, Entry, seal, undo

AT = datetime(2026, 11, 29, tzinfo=UTC)


def entered(no: int, year: int, value: str, number: int = 1, undoes: Entry | None = None) -> Entry:
    """Return what a reader enters of an indicator of the toy city."""
    draft = Draft(
        kind="observation",
        subject=f"2021-2025/{no}",
        field=str(year),
        before="",
        after=value,
        who="Li",
        why="年报",
        source="统计公报",
    )
    if undoes:
        draft = undo(undoes, who="Li", verified=False, why="")
    return seal(draft, city="toy", number=number, at=AT, previous=FIRST)


def of(city: City, no: int, *entries: Entry) -> Progress:
    return next(each for each in progress(city, city.plan, entries) if each.no == no)


def test_the_last_year_that_is_over_is_judged(toy: City) -> None:
    assert judged_year(toy, toy.plan) == 2025  # data of November 2026, the plan's last year
    assert judged_year(replace(toy, data_date="2024-03"), toy.plan) == 2023


def test_the_path_runs_straight_between_what_is_declared(toy: City) -> None:
    parks = of(toy, 1)  # 1 in 2020, 4 in 2023, 8 in 2025
    assert [parks.at(year) for year in range(2019, 2027)] == [1, 1, 2, 3, 4, 6, 8, 8]


def test_an_indicator_without_a_value_for_the_year_is_grey(toy: City) -> None:
    parks = of(toy, 1)
    assert (parks.light, parks.decisive) == ("no_data", None)
    assert parks.latest is not None
    assert (parks.latest.year, parks.latest.value) == (2024, 5)
    assert parks.reached is None


def test_completion_has_two_baselines_where_the_plans_was_an_estimate(toy: City) -> None:
    parks = of(toy, 1)
    assert parks.published is not None
    assert parks.published.value == 2
    assert parks.completion == pytest.approx(4 / 7)  # from 1 to 5 of 1 to 8
    assert parks.completion_published == pytest.approx(3 / 6)  # from 2 to 5 of 2 to 8


def test_the_pace_is_what_each_quarter_must_bring(toy: City) -> None:
    pace = of(toy, 1).pace
    assert pace is not None
    assert pace.quarters == 4  # the end of 2024 to the end of 2025
    assert pace.needed == pytest.approx(3 / 4)
    assert pace.so_far == pytest.approx(4 / 16)


@pytest.mark.parametrize(
    ("value", "light"),
    [("8", "on_track"), ("6.6", "attention"), ("6.5", "behind"), ("12,000", "on_track")],
)
def test_a_readers_value_sets_the_light(toy: City, value: str, light: str) -> None:
    """Of 7 due, 5.6 are eight tenths: 6.6 is where attention ends."""
    parks = of(toy, 1, entered(1, 2025, value))
    assert parks.light == light
    assert parks.decisive is not None
    assert parks.decisive.entry is not None


def test_an_entry_that_was_taken_back_leaves_the_packs_own_state(toy: City) -> None:
    first = entered(1, 2025, "8")
    assert of(toy, 1, first, entered(1, 2025, "", 2, first)) == of(toy, 1)


def test_a_partial_value_is_no_progress(toy: City) -> None:
    parks = of(toy, 1)
    assert [(each.year, each.value) for each in parks.observations if not each.comparable] == [
        (2023, 1)
    ]


def test_what_is_to_be_held_and_what_is_to_fall(toy: City) -> None:
    held, falls = of(toy, 2), of(toy, 3)
    assert (held.light, held.completion, held.pace) == ("attention", None, None)  # 4.9 of 5
    assert of(toy, 2, entered(2, 2025, "4.7")).light == "behind"  # below 4.75
    assert (falls.light, falls.completion) == ("behind", 0.5)  # 80, on the way from 100 to 60
    assert of(toy, 3, entered(3, 2025, "60")).light == "on_track"


def test_a_least_value_below_the_path_says_nothing(toy: City) -> None:
    rows = toy.plan.observations
    least = pd.concat([rows, rows.loc[["o1-2022"]].assign(year=2025).rename(index=lambda _: "x")])
    plan = replace(toy.plan, observations=least)
    assert [each.light for each in progress(toy, plan)] == ["no_data", "attention", "behind"]
    enough = replace(toy.plan, observations=least.assign(value=[9.0] * len(least)))
    assert progress(toy, enough)[0].light == "on_track"


def test_no_value_of_2025_is_known_of_tianjin(tianjin: City) -> None:
    found = progress(tianjin, tianjin.plan)
    assert lights(found) == {"on_track": 0, "attention": 0, "behind": 0, "no_data": 11}
    reached = {each.no: each.reached.as_of for each in found if each.reached}
    assert reached == {1: "2021", 4: "2023", 5: "2024", 9: "2023-08"}
    assert found[0].published is not None
    assert (found[0].published.value, found[0].completion_published) == (3.44, None)
