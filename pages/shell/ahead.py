"""Have the answers ready that are asked for first, once the server stands.

A thread asks, one after the other, for what the pages show of each pack before anybody has chosen
anything, through the very functions that the pages call: who asks meanwhile waits for that same
computation. While a reader is answered, the thread rests: both would share one interpreter. A
process of its own, of the lowest priority, compiles the loops for large inputs last of all.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import partial
from pathlib import Path
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any, Final

import streamlit as st

from geo.base.errors import AtlasError

if TYPE_CHECKING:  # to import them takes seconds
    from layers.pack.city import City
    from layers.present.story import Scene
    from layers.view.state import ViewState

VARIABLE: Final = "ATLAS_AHEAD"
"""Set to ``no``, nothing is done ahead: for servers that live for seconds, as in tests."""
NICENESS: Final = 19
REST_S: Final = 1.0
"""Seconds without a reader after which the next answer is computed ahead."""
TURN_S: Final = 0.3
"""The same for the next scene of a story: whoever turns to it does not wait."""
PENDING: Final = "atlas.scenes_pending"
"""What a session has asked to be made ready."""
_ROOT = Path(__file__).resolve().parents[2]
_LOG = logging.getLogger(__name__)


class Readers:
    """Know whether a reader is being answered: what is done ahead gives way to that."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._answered = 0
        self._last = -REST_S

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Mark the time in which one run of a page is answered."""
        with self._lock:
            self._answered += 1
        try:
            yield
        finally:
            with self._lock:
                self._answered -= 1
                self._last = time.monotonic()

    def wait(self, rest_s: float | None = None) -> None:
        """Return when nobody has been answered for a while.

        Parameters
        ----------
        rest_s
            How long that is, in seconds; None for :data:`REST_S`.
        """
        rest = REST_S if rest_s is None else rest_s
        while self._answered or time.monotonic() - self._last < rest:
            time.sleep(rest / 10)


READERS: Final = Readers()


@asynccontextmanager
async def lifespan(_: Any) -> AsyncIterator[None]:
    """Start working ahead with the server; the compiler ends with it."""
    if os.environ.get(VARIABLE) == "no":
        yield
        return
    end = Event()
    Thread(target=run, args=(end,), name="ahead", daemon=True).start()
    try:
        yield
    finally:
        end.set()


def run(end: Event) -> None:
    """Ask for all first answers, then compile; what fails is told in the log, and to who asks.

    Parameters
    ----------
    end
        Set when the server ends: no answer is begun after that.
    """
    for answer in answers():
        READERS.wait()
        if end.is_set():
            return
        try:
            answer()
        except AtlasError as error:
            _LOG.warning("A first answer cannot be given: %s", error)
        except Exception:
            _LOG.exception("A first answer failed")
    compile_loops(end)


def compile_loops(end: Event) -> None:
    """Compile the loops for large inputs in a process of the lowest priority, until the end.

    Parameters
    ----------
    end
        Set when the server ends: the compiler is stopped then.
    """
    compiler = subprocess.Popen(
        [sys.executable, "-m", "geo.point_files.compile_ahead"],
        cwd=_ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    if hasattr(os, "setpriority"):  # not on Windows
        with suppress(OSError):  # it has ended already
            os.setpriority(os.PRIO_PROCESS, compiler.pid, NICENESS)
    while compiler.poll() is None:
        if end.wait(REST_S):
            compiler.terminate()
            compiler.wait()


def answers() -> Iterator[Callable[[], object]]:
    """Yield the questions of the pages as they open, the map's first."""
    # Only now: to import them takes seconds, and the server answers meanwhile.
    from layers.analysis import ANALYSES
    from layers.language.messages import LANGS
    from layers.view.state import default_state
    from pages.shell import cache, scenes

    for pack in cache.packs().served.values():
        city = pack.city
        yield partial(cache.allowed_of, city)
        yield partial(cache.headline_of, city)
        yield from (partial(cache.base_of, city, lang) for lang in LANGS)
        state = default_state(city)
        for name in ("balance", "density"):
            asked = ANALYSES[name].question(state)
            yield from (partial(cache.wording, city, name, asked, lang) for lang in LANGS)
            yield partial(cache.drawing, city, name, asked, state.lang)
        asked = ANALYSES["reach"].question(state)
        yield partial(cache.drawing, city, "reach", asked, state.lang, nested=False)
        yield from (partial(_tables_of_reach, city, asked, lang) for lang in LANGS)
        asked = ANALYSES["pairing"].question(state)
        yield partial(cache.wording, city, "pairing", asked, state.lang)
        yield from (partial(scenes.ready, city, scene, state) for scene in _first_story(city))


def _first_story(city: Any) -> Sequence[Any]:
    """Return the scenes of the story that the deck opens with; none of one of any district."""
    from pages.shell import scenes

    first = None
    with suppress(AtlasError):  # who opens the deck is told what is wrong with the stories
        first = next(iter(scenes.stories_of(city).values()), None)
    return () if first is None or first.any_district else first.scenes


def _tables_of_reach(city: Any, asked: Any, lang: str) -> Any:
    """Return what the coverage page shows below its map: it is measured when first read."""
    from pages.shell import cache

    words = cache.wording(city, "reach", asked, lang)
    return list(words.tables.values()), words.worst, words.notes


@st.cache_resource(show_spinner=False)
def _worker() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="atlas-scenes")


def prepare(place: City, wanted: Iterable[Scene], over: ViewState) -> None:
    """Make scenes of stories ready beside the page; what this session asked for before is let go.

    Parameters
    ----------
    place
        The pack that they are told of; it is not changed.
    wanted
        The nearest first.
    over
        As for :func:`pages.shell.scenes.ready`.
    """
    waiting: list[Future[None]] = st.session_state.get(PENDING, [])
    for future in waiting:
        future.cancel()
    if os.environ.get(VARIABLE) == "no":
        return
    st.session_state[PENDING] = [_worker().submit(_make, place, scene, over) for scene in wanted]


def _make(place: City, scene: Scene, over: ViewState) -> None:
    from pages.shell import scenes

    READERS.wait(TURN_S)
    try:
        for view in (scene, scene.second):
            if view is not None:
                scenes.ready(place, view, over)
    except (AtlasError, KeyError) as error:  # who turns to it is told
        _LOG.warning("The scene %s cannot be made: %s", scene.id, error)
    except Exception:
        _LOG.exception("The scene %s failed", scene.id)
