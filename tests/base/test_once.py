"""Show that what is costly is computed once, however many ask for it at the same moment."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from geo.base.once import late, once
from layers.coverage import measure as reach_measure
from layers.coverage import radii, reach
from layers.pack.city import City
from layers.view.state import default_state

READERS = 8


def all_at_once(ask: Callable[[], Any]) -> list[Any]:
    """Let several threads ask in the same moment."""
    start = threading.Barrier(READERS)

    def reader(_: int) -> Any:
        start.wait()
        return ask()

    with ThreadPoolExecutor(READERS) as pool:
        return list(pool.map(reader, range(READERS)))


def test_all_who_ask_at_once_get_one_answer() -> None:
    computed: list[str] = []
    gate = threading.Event()

    @once(maxsize=2)
    def answer(question: str) -> object:
        computed.append(question)
        gate.wait(0.05)  # long enough for the others to come
        return object()

    assert len(set(all_at_once(lambda: answer("a")))) == 1
    assert computed == ["a"]
    assert answer("b") is not answer("a")
    assert computed == ["a", "b"]
    answer("c")  # the oldest is let go
    answer("b")
    assert computed == ["a", "b", "c", "b"]


def test_other_questions_are_not_held_up_and_what_fails_is_asked_again() -> None:
    inner: list[str] = []

    @once(maxsize=4)
    def answer(question: str) -> str:
        if question == "outer":
            return answer("inner")
        inner.append(question)
        if len(inner) == 1:
            raise ValueError(question)
        return question

    with pytest.raises(ValueError, match="inner"):
        answer("outer")
    assert answer("outer") == "inner"
    assert inner == ["inner", "inner"]


def test_the_table_of_radii_and_the_doubt_are_measured_once_for_all(
    toy: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = reach.measure(toy, reach.question(default_state(toy)))
    assert isinstance(answer, reach_measure.ReachAnswer)
    measured: list[tuple[str, float]] = []
    doubts: list[object] = []

    def covered(_: object, __: object, kind: str, radius_m: float) -> dict[str, int]:
        time.sleep(0.005)  # long enough for the others to come
        measured.append((kind, radius_m))
        return {"n": len(measured)}

    def doubt(*_: object) -> object:
        time.sleep(0.005)
        doubts.append(object())
        return doubts[-1]

    monkeypatch.setattr(radii, "_covered", covered)
    monkeypatch.setattr(reach_measure, "doubt_of_distances", doubt)
    found = all_at_once(lambda: (radii.radii(answer), answer.distance_doubt))
    table = found[0][0]
    assert len(measured) == len(set(measured)) == len(table) > 2
    assert doubts == [found[0][1]]
    assert all(one is table and other is doubts[0] for one, other in found)


def test_a_late_value_is_computed_once_for_all_who_read_it_and_holds_up_no_other_object() -> None:
    computed: list[object] = []

    class Answer:
        def __init__(self, gate: threading.Event) -> None:
            self.gate = gate

        @late
        def table(self) -> object:
            """Wait at the gate."""
            self.gate.wait(0.05)  # long enough for the others to come
            computed.append(self)
            return object()

    first, shut = Answer(threading.Event()), threading.Event()
    assert len(set(all_at_once(lambda: first.table))) == 1
    assert computed == [first]
    assert Answer.table.__doc__ == "Wait at the gate."
    slow = Answer(shut)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(lambda: slow.table)
        shut.set()
        assert Answer(shut).table is not waiting.result()


def test_a_late_value_that_fails_is_computed_again() -> None:
    class Answer:
        tries = 0

        @late
        def table(self) -> int:
            self.tries += 1
            if self.tries == 1:
                raise ValueError("first")
            return self.tries

    answer = Answer()
    with pytest.raises(ValueError, match="first"):
        _ = answer.table
    assert (answer.table, answer.table, answer.tries) == (2, 2, 2)
