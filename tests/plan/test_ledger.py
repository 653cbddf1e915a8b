"""Show that the ledger's states follow from events and entries as counted by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from layers.pack.city import City
from layers.plan.ledger import Account, ledger
from layers.plan.scene import plan_scene
from layers.plan.structure import web
from layers.plan.wording import ledger_table, sums_by_district, sums_by_unit
from layers.store.entries import FIRST, Draft, Entry, seal
from layers.view.state import default_state


def entered(task: str, state: str) -> Entry:
    draft = Draft(
        kind="task_state",
        subject=f"2021-2025/{task}",
        field="state",
        before="unknown",
        after=state,
        who="Wang",
    )
    return seal(draft, city="toy", number=1, at=datetime(2026, 1, 1, tzinfo=UTC), previous=FIRST)


def by_id(city: City, *entries: Entry) -> dict[str, Account]:
    return {each.id: each for each in ledger(city, city.plan, entries).accounts}


def test_states_follow_from_the_task_before_its_places(toy: City) -> None:
    accounts = by_id(toy)
    assert {id_: (each.state, each.rule) for id_, each in accounts.items()} == {
        "c1.1": ("partly", "places"),  # one done, one partly, one unknown
        "c1.2": ("done", "told"),  # said of the task, though its zone is partly done
        "c1.3": ("not_done", "told"),
        "c1.4": ("unknown", "nothing"),
    }
    items = {item.place: item.state for item in accounts["c1.1"].items}
    assert items == {"park-one": "done", "area-one": "unknown", "area-two": "partly"}


def test_an_entry_decides_and_is_told_apart(toy: City) -> None:
    account = by_id(toy, entered("c1.4", "done"))["c1.4"]
    assert (account.state, account.rule) == ("done", "entered")
    assert account.entry is not None
    assert account.entry.who == "Wang"
    assert by_id(toy, entered("c1.4", "splendid"))["c1.4"].state == "unknown"


def test_what_a_reader_says_of_the_next_plan_stands_in_the_ledger(toy: City) -> None:
    draft = replace(entered("c1.3", "carried"), field="carry", digest="")
    kept = ledger(toy, toy.plan, [draft])
    assert list(ledger_table(kept, "zh")["结转"]) == [
        "下一期任务 d1.1",
        "已完成，不需结转",
        "结转下期（读者录入）",
        "待定",
    ]


def test_counts_and_filters(toy: City) -> None:
    whole = ledger(toy, toy.plan)
    assert whole.counts() == {"done": 1, "partly": 1, "not_done": 1, "unknown": 1}
    assert [each.id for each in whole.only(state="done").accounts] == ["c1.2"]
    assert [each.id for each in whole.only(unit="第一大学").accounts] == ["c1.1"]
    assert [each.id for each in whole.only(district="990104").accounts] == ["c1.2"]
    assert [unit.zh for unit in whole.units] == ["第一大学"]
    assert whole.only(chapter=2).accounts == ()


def test_a_task_of_several_districts_counts_in_each_and_once_in_all(toy: City) -> None:
    """One task lies in 甲 and 丙, one in 甲, 乙 and 丁; two lie nowhere."""
    whole = ledger(toy, toy.plan)
    by_district, by_unit = sums_by_district(whole, "zh")["合计"], sums_by_unit(whole, "zh")
    assert dict(by_district) == {
        "甲区": 2,
        "乙区": 1,
        "丙区": 1,
        "丁区": 1,
        "不落到区": 2,
        "合计": 4,
    }
    assert dict(by_unit["合计"]) == {"第一大学": 1, "未写明": 3, "合计": 4}
    assert not whole.names_leads  # so the table says whose lead units these are
    assert "场所牵头单位" in ledger_table(whole, "zh")


def test_what_a_later_plan_carries_on(toy: City) -> None:
    assert {i: each.carried_by for i, each in by_id(toy).items() if each.carried_by} == {
        "c1.1": "d1.1"
    }


def test_three_ways_round(toy: City) -> None:
    woven = web(toy)
    assert set(woven.places_of("c1.1")) == {"park-one", "area-one", "area-two"}
    assert woven.answers_to("c1.1") == ("park-late",)
    assert {tie.task for tie in woven.of_place("park-one")} == {"c1.1", ""}
    assert woven.moved_by("area-one") == (1,)  # through its task
    assert woven.feeding(1)[0] == ("park-one",)
    assert set(woven.feeding(1)[1]) == {"area-one", "area-two"}


def test_the_ledger_of_tianjin_holds_every_task(tianjin: City) -> None:
    whole = ledger(tianjin, tianjin.plan)
    assert len(whole.accounts) == 62
    assert whole.counts() == {"done": 1, "partly": 5, "not_done": 0, "unknown": 56}
    assert {account.id for account in whole.accounts if account.events} >= {"c3.1.1", "c6.2.1"}
    assert all(event.source.zh for account in whole.accounts for event in account.events)


def test_the_doubt_of_every_task_ends_with_one_full_stop(tianjin: City) -> None:
    """Another sentence may follow it in the same line."""
    both = ((default_state(tianjin, "zh"), "。"), (default_state(tianjin, "en"), "."))
    for start, stop in both:
        for account in ledger(tianjin, tianjin.plan).accounts:
            chosen = replace(start.plan, part="tasks", task=account.id)
            said = plan_scene(tianjin, replace(start, plan=chosen)).doubt
            assert said.endswith(stop)
            assert not said.endswith(2 * stop)
