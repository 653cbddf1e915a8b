"""Show that work beside the page can be followed, stopped and found again, and leaves no thread."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from geo.base.errors import DataError, Problem
from geo.point_files.bin import CancelledError
from pages.shell import jobs as desks
from pages.shell.jobs import Desk, Task, Tell

WAIT_S = 20.0


def until_stopped(tell: Tell, stopped: Callable[[], bool]) -> None:
    pause, count = threading.Event(), 0
    while not stopped():
        count += 1
        tell("reading", count, 0)
        pause.wait(0.002)
    raise CancelledError("stream.cancelled", [])


def busy() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "atlas-desk"]


def test_a_result_is_kept_for_whoever_asks_again() -> None:
    desk = Desk()
    task = Task("q").start(desk, lambda tell, stopped: 42)
    assert task.look(WAIT_S)
    assert (desk.found("q"), desk.found("other"), task.cancelled, task.error) == (
        42,
        None,
        False,
        None,
    )


def test_work_that_is_called_off_ends_and_leaves_neither_thread_nor_result() -> None:
    desk = Desk()
    task = Task("q").start(desk, until_stopped)
    assert not task.look(0.05)
    assert task.stage[0] == "reading"
    task.cancel()
    assert task.look(WAIT_S)
    assert (task.cancelled, desk.found("q"), busy()) == (True, None, [])


def test_forsaken_work_ends_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desks, "FORSAKEN_S", 0.02)
    task = Task("q").start(Desk(), until_stopped)
    for thread in busy():
        thread.join(WAIT_S)
    assert task.cancelled
    assert busy() == []


@pytest.mark.unforeseen
@pytest.mark.parametrize(
    "error", [DataError("k", [Problem("value.blank", "w")]), ValueError("a bug")]
)
def test_an_error_is_handed_to_the_page(error: Exception) -> None:
    def fail(tell: Tell, stopped: Callable[[], bool]) -> None:
        raise error

    task = Task("q").start(Desk(), fail)
    assert task.look(WAIT_S)
    assert task.error is error
    assert not task.cancelled


def test_more_work_than_there_is_room_for_waits_its_turn_and_can_leave_the_queue() -> None:
    desk = Desk()
    tasks = [Task(k).start(desk, until_stopped) for k in range(desks.AT_ONCE)]
    late = Task("late").start(desk, until_stopped)
    assert not late.look(0.3)
    assert late.stage[0] == "points_page.stage.waiting"
    late.cancel()
    assert late.look(WAIT_S)
    assert late.cancelled
    after = Task("after").start(desk, lambda tell, stopped: "done")
    tasks[0].cancel()
    assert after.look(WAIT_S)
    assert desk.found("after") == "done"
    for task in tasks:
        task.cancel()
        assert task.look(WAIT_S)
    assert busy() == []


def test_old_results_make_room_for_new_ones() -> None:
    desk = Desk()
    for k in range(desks.MOST_KEPT):
        desk.keep(k, k)
    assert desk.found(0) == 0  # asked for again, so the youngest
    desk.keep("new", 1)
    assert (desk.found(1), desk.found(0), desk.found("new")) == (None, 0, 1)
