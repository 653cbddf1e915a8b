"""Compute a thing once for all who ask at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from functools import lru_cache, wraps
from typing import Any, TypeVar

Answer = TypeVar("Answer")
_NONE_YET = object()


class _Cell:
    """The place of one answer; whoever comes first computes it, the others wait."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.answer: Any = _NONE_YET


def once(
    maxsize: int,
) -> Callable[[Callable[..., Answer]], Callable[..., Answer]]:
    """Keep the latest answers of a function, each computed by one thread alone.

    ``functools.lru_cache`` keeps answers too, but lets all threads that ask before the first
    answer is there compute it; ``functools.cached_property`` does so from Python 3.12 on.

    Parameters
    ----------
    maxsize
        How many answers are kept. Arguments must be hashable; other questions are not held up.
        What fails is asked again by the next thread.

    Returns
    -------
    decorator
        For a function whose arguments are given by position.
    """

    def decorate(compute: Callable[..., Answer]) -> Callable[..., Answer]:
        cells = lru_cache(maxsize)(lambda *_: _Cell())
        finding = threading.Lock()

        @wraps(compute)
        def ask(*question: Hashable) -> Answer:
            with finding:
                cell = cells(*question)
            with cell.lock:
                if cell.answer is _NONE_YET:
                    cell.answer = compute(*question)
                answer: Answer = cell.answer
                return answer

        return ask

    return decorate
