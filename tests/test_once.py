"""Show that what is costly is computed once, however many ask for it at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from layers import coverage_rings, coverage_view
from layers.city import City
from layers.once import once
from layers.state import default_state

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


def test_coverage_of_one_question_is_measured_once(
    toy: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = coverage_view.coverage(toy, default_state(toy))
    counts: list[str] = []

    def counted(module: Any, name: str) -> None:
        own = getattr(module, name)

        def call(*arguments: Any, **named: Any) -> Any:
            counts.append(name)
            return own(*arguments, **named)

        monkeypatch.setattr(module, name, call)

    counted(coverage_rings, "_covered")
    counted(coverage_view, "doubt_of_distances")
    rows = len(coverage_rings.rings(answer).table)
    counts.clear()
    fresh = coverage_view.coverage(toy, default_state(toy))
    assert len({id(table) for table in all_at_once(lambda: coverage_rings.rings(fresh))}) == 1
    assert len({id(doubt) for doubt in all_at_once(lambda: fresh.distance_doubt)}) == 1
    assert counts.count("_covered") == rows
    assert counts.count("doubt_of_distances") == 1
