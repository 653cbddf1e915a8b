"""Compute a thing once for all who ask at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from functools import lru_cache, wraps
from typing import Any, Generic, Self, TypeVar, overload

Answer = TypeVar("Answer")
_NONE_YET = object()


class _Cell:
    """The place of one answer; whoever comes first computes it, the others wait."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.answer: Any = _NONE_YET


class late(Generic[Answer]):
    """Make a method without arguments a value that is computed when it is first read.

    Unlike ``functools.cached_property`` before Python 3.12, which lets one reader alone into all
    objects of a class, it holds up only those who read the same object; and unlike 3.12's, it is
    computed once however many read it at the same time.

    Parameters
    ----------
    compute
        The method; what it raises is raised to each who reads, and it is asked again.
    """

    def __init__(self, compute: Callable[[Any], Answer]) -> None:
        self._compute = compute
        self._finding = threading.Lock()
        self.__doc__ = compute.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, found: None, owner: type) -> Self: ...

    @overload
    def __get__(self, found: object, owner: type) -> Answer: ...

    def __get__(self, found: object | None, owner: type) -> Answer | Self:
        if found is None:
            return self
        kept = vars(found)
        with self._finding:
            cell = kept.setdefault(f"late {self._name}", _Cell())
        with cell.lock:
            if cell.answer is _NONE_YET:
                cell.answer = self._compute(found)
            # Found there from now on, without coming here.
            kept[self._name] = answer = cell.answer
        return answer  # type: ignore[no-any-return]


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
