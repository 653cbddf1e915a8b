"""Hold that work is shared once and whole, whoever does it."""

from __future__ import annotations

import threading
import time

import pytest

from geo.base import threads
from geo.base.threads import in_parts


@pytest.mark.parametrize("length", [0, 1, 5, 1000])
@pytest.mark.parametrize("each", [1, 4])
def test_every_stretch_is_had_once(length: int, each: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "cores", lambda: 3)
    had = in_parts(lambda _, low, high: range(low, high), length, size=10**9, each=each)
    assert sorted(k for some in had for k in some) == list(range(length))
    assert in_parts(lambda *stretch: stretch, length, size=1) == [(0, 0, length)]


def test_a_part_is_never_at_work_twice_at_a_time() -> None:
    busy: set[int] = set()
    lock, clashes = threading.Lock(), list[int]()

    def work(part: int, low: int, high: int) -> None:
        with lock:
            clashes.extend({part} & busy)
            busy.add(part)
        time.sleep(0.001)
        with lock:
            busy.discard(part)

    in_parts(work, 40, size=10**9, each=10)
    assert not clashes
    assert not busy


def test_an_error_reaches_the_caller() -> None:
    def work(_: int, low: int, high: int) -> None:
        raise ValueError("any stretch")  # which of them is first, the threads decide

    with pytest.raises(ValueError, match="any stretch"):
        in_parts(work, 10, size=10**9)
