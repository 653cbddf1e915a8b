"""Share work among the processors, on plain threads.

Numba's own parallel loops are not used: their default threading layer ends the process when two
sessions of a server enter it at once.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise
from typing import TypeVar

Result = TypeVar("Result")

_LEAST = 30_000
"""Points or cells below which waking a thread costs more than it saves."""
_EACH = 4
"""Stretches per processor: whoever is woken late, or has the easier stretch, does more of them."""


@cache
def _pool() -> ThreadPoolExecutor:
    # Kept: to start threads for every call takes longer than many a call.
    return ThreadPoolExecutor(cores(), thread_name_prefix="geo")


@cache
def cores() -> int:
    """Return how many threads work at a time: each may have a grid of its own, so not too many."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(usable or 1, 8)


def in_parts(
    work: Callable[[int, int, int], Result],
    length: int,
    *,
    size: int | None = None,
    each: int = _EACH,
) -> list[Result]:
    """Run ``work(part, low, high)`` until it has had all stretches of ``range(length)``.

    Parameters
    ----------
    work
        Releases the interpreter's lock and writes only to what belongs to its stretch, or to its
        part, below ``cores()``: calls with the same part follow one another. It must not call this
        function.
    length
        How many rows, points or draws there are.
    size
        How many cells or points of work that is; a few are done at once. None for ``length``.
    each
        Stretches per thread.

    Returns
    -------
    list
        What the calls returned, in no order.
    """
    if cores() == 1 or (length if size is None else size) < _LEAST:
        return [work(0, 0, length)]
    pieces = min(each * cores(), max(length, 1))
    edges = [length * piece // pieces for piece in range(pieces + 1)]
    left = iter(list(pairwise(edges)))  # every thread takes the next one from it

    def run(part: int) -> list[Result]:
        return [work(part, low, high) for low, high in left]

    helpers = [_pool().submit(run, part) for part in range(1, cores())]
    done = run(0)
    for helper in helpers:
        if not helper.cancel():  # it has begun; else all is done without it
            done += helper.result()
    return done
