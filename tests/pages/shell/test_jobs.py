"""Show that work beside the page can be followed, stopped and found again, and leaves no thread."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from geo.base.errors import DataError, Problem
from geo.point_files.bin import CancelledError
from pages.shell import jobs
from pages.shell.jobs import JobQueue, Progress, Task

WAIT_S = 20.0


def until_stopped(progress: Progress, stopped: Callable[[], bool]) -> None:
    pause, count = threading.Event(), 0
    while not stopped():
        count += 1
        progress("reading", count, 0)
        pause.wait(0.002)
    raise CancelledError("stream.cancelled", [])


def busy() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "atlas-jobs"]


def test_a_result_is_kept_for_whoever_asks_again() -> None:
    queue = JobQueue()
    task = Task("q").start(queue, lambda progress, stopped: 42)
    assert task.is_done(WAIT_S)
    assert (queue.found("q"), queue.found("other"), task.cancelled, task.error) == (
        42,
        None,
        False,
        None,
    )


def test_work_that_is_called_off_ends_and_leaves_neither_thread_nor_result() -> None:
    queue = JobQueue()
    task = Task("q").start(queue, until_stopped)
    assert not task.is_done(0.05)
    assert task.stage[0] == "reading"
    task.cancel()
    assert task.is_done(WAIT_S)
    assert (task.cancelled, queue.found("q"), busy()) == (True, None, [])


def test_abandoned_work_ends_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "ABANDONED_AFTER_S", 0.02)
    task = Task("q").start(JobQueue(), until_stopped)
    for thread in busy():
        thread.join(WAIT_S)
    assert task.cancelled
    assert busy() == []


@pytest.mark.unforeseen
@pytest.mark.parametrize(
    "error", [DataError("k", [Problem("value.blank", "w")]), ValueError("a bug")]
)
def test_an_error_is_handed_to_the_page(error: Exception) -> None:
    def fail(progress: Progress, stopped: Callable[[], bool]) -> None:
        raise error

    task = Task("q").start(JobQueue(), fail)
    assert task.is_done(WAIT_S)
    assert task.error is error
    assert not task.cancelled


def test_more_work_than_there_is_room_for_waits_its_turn_and_can_leave_the_queue() -> None:
    queue = JobQueue()
    tasks = [Task(k).start(queue, until_stopped) for k in range(jobs.AT_ONCE)]
    late = Task("late").start(queue, until_stopped)
    assert not late.is_done(0.3)
    assert late.stage[0] == "points_page.stage.waiting"
    late.cancel()
    assert late.is_done(WAIT_S)
    assert late.cancelled
    after = Task("after").start(queue, lambda progress, stopped: "done")
    tasks[0].cancel()
    assert after.is_done(WAIT_S)
    assert queue.found("after") == "done"
    for task in tasks:
        task.cancel()
        assert task.is_done(WAIT_S)
    assert busy() == []


def test_old_results_make_room_for_new_ones() -> None:
    queue = JobQueue()
    for k in range(jobs.MOST_KEPT):
        queue.keep(k, k)
    assert queue.found(0) == 0  # asked for again, so the youngest
    queue.keep("new", 1)
    assert (queue.found(1), queue.found(0), queue.found("new")) == (None, 0, 1)
