"""Do long work beside the page: say how far it is, stop it when asked, keep what it found."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from geo.base.errors import AtlasError
from geo.point_files.bin import CancelledError
from pages.shell import failure

AT_ONCE: Final = 2
"""Tasks that work at the same time, for all readers together; others wait their turn."""
MOST_KEPT: Final = 6
"""Results that are kept for whoever asks again; each may hold a million points."""
ABANDONED_AFTER_S: Final = 600.0
"""Seconds after which work that nobody has looked at is stopped."""
_SLOT_S: Final = 0.1

Progress = Callable[[str, int, int], None]
Work = Callable[[Progress, Callable[[], bool]], Any]


class JobQueue:
    """What all readers of a server share: slots, and results by question."""

    def __init__(self) -> None:
        self._slots = threading.BoundedSemaphore(AT_ONCE)
        self._results: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = threading.Lock()

    def found(self, key: Hashable) -> Any:
        """Return a result that is kept, or None.

        Parameters
        ----------
        key
            The question; see :class:`Task`.
        """
        with self._lock:
            if key in self._results:
                self._results.move_to_end(key)
            return self._results.get(key)

    def keep(self, key: Hashable, result: Any) -> None:
        """Keep a result, and let the oldest go where there are too many.

        Parameters
        ----------
        key
            The question; see :class:`Task`.
        result
            What was found: anything but None, which stands for nothing.
        """
        with self._lock:
            self._results[key] = result
            self._results.move_to_end(key)
            while len(self._results) > MOST_KEPT:
                self._results.popitem(last=False)

    @contextmanager
    def slot(self, task: Task) -> Any:
        """Wait until there is room to work.

        Parameters
        ----------
        task
            Is told that it waits, and asked whether it is still wanted.

        Raises
        ------
        CancelledError
            It is no longer wanted.
        """
        while not self._slots.acquire(timeout=_SLOT_S):
            task.progress("points_page.stage.waiting", 0, 0)
            if task.stopped():
                raise CancelledError("stream.cancelled", [])
        try:
            yield
        finally:
            self._slots.release()


@dataclass(eq=False)
class Task:
    """One piece of work of one reader, on a thread of its own.

    Parameters
    ----------
    key
        The question; its result is kept under it.
    """

    key: Hashable
    stage: tuple[str, int, int] = ("points_page.stage.starting", 0, 0)
    error: Exception | None = None
    cancelled: bool = False
    _stop: threading.Event = field(default_factory=threading.Event)
    _seen: float = field(default_factory=time.monotonic)
    _thread: threading.Thread | None = None

    def start(self, jobs: JobQueue, work: Work) -> Task:
        """Begin; the page goes on meanwhile.

        Parameters
        ----------
        jobs
            Gives a slot, and keeps the result.
        work
            Is handed :meth:`progress` and :meth:`stopped`; its result is kept.

        Returns
        -------
        Task
            Itself.
        """
        self._thread = threading.Thread(
            target=self._run, args=(jobs, work), daemon=True, name="atlas-jobs"
        )
        self._thread.start()
        return self

    def _run(self, jobs: JobQueue, work: Work) -> None:
        try:
            with jobs.slot(self):
                jobs.keep(self.key, work(self.progress, self.stopped))
        except CancelledError:
            self.cancelled = True
        except Exception as error:  # whatever it is, the page that asked shows it
            if not isinstance(error, AtlasError):
                failure.report(error)  # now: who asked may have left
            self.error = error

    def progress(self, stage: str, done: int, total: int) -> None:
        """Take note of how far the work is.

        Parameters
        ----------
        stage
            Key of the sentence that says what is being done.
        done, total
            How much of it is done, of how much; 0 of 0 where that is not known.
        """
        self.stage = (stage, done, total)

    def stopped(self) -> bool:
        """Tell whether the work is no longer wanted."""
        return self._stop.is_set() or time.monotonic() - self._seen > ABANDONED_AFTER_S

    def cancel(self) -> None:
        """Ask the work to end; it does so within one batch."""
        self._stop.set()

    def is_done(self, wait_s: float = 0.0) -> bool:
        """Tell whether the work has ended, and note that somebody still wants to know.

        Parameters
        ----------
        wait_s
            Seconds to wait for it at most.
        """
        self._seen = time.monotonic()
        if self._thread is not None:
            self._thread.join(wait_s)
        return self._thread is None or not self._thread.is_alive()
