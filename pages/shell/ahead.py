"""Have the answers ready that are asked for first, once the server stands.

A thread asks, one after the other, for what the pages show of each pack before anybody has chosen
anything, through the very functions that the pages call: who asks meanwhile waits for that same
computation. A process of its own, of the lowest priority, compiles the loops for large inputs.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any, Final

from geo.errors import AtlasError

VARIABLE: Final = "ATLAS_AHEAD"
"""Set to ``no``, nothing is done ahead: for servers that live for seconds, as in tests."""
NICENESS: Final = 19
_ROOT = Path(__file__).resolve().parents[2]
_LOG = logging.getLogger(__name__)


@asynccontextmanager
async def lifespan(_: Any) -> AsyncIterator[None]:
    """Start working ahead with the server, and end the compiler with it."""
    compiler = start() if os.environ.get(VARIABLE) != "no" else None
    try:
        yield
    finally:
        if compiler is not None and compiler.poll() is None:
            compiler.terminate()
            compiler.wait()


def start() -> subprocess.Popen[bytes]:
    """Start the thread and the compiler, and return the latter."""
    # Not of low priority: a thread that holds the interpreter's lock must not be kept waiting.
    Thread(target=run, name="ahead", daemon=True).start()
    compiler = subprocess.Popen(
        [sys.executable, "-m", "geo.compile_ahead"],
        cwd=_ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    if hasattr(os, "setpriority"):  # not on Windows
        with suppress(OSError):  # it has ended already
            os.setpriority(os.PRIO_PROCESS, compiler.pid, NICENESS)
    return compiler


def run() -> None:
    """Ask for all first answers; what fails is told in the log, and to who asks for it."""
    for answer in answers():
        try:
            answer()
        except AtlasError as error:
            _LOG.warning("A first answer cannot be given: %s", error)
        except Exception:
            _LOG.exception("A first answer failed")


def answers() -> Iterator[Callable[[], object]]:
    """Yield the questions of the pages as they open, the map's first."""
    # Only now: to import them takes seconds, and the server answers meanwhile.
    from layers.state import default_state
    from layers.text import LANGS
    from pages.shell import cache

    for pack in cache.packs().served.values():
        city = pack.city
        state = default_state(city)
        states = [default_state(city, lang) for lang in LANGS]
        yield partial(cache.allowed_of, city)
        yield partial(cache.headline_of, city)
        yield from (partial(cache.base_of, city, lang) for lang in LANGS)
        for told in states:
            yield partial(cache.balance_of, city, told)
            yield partial(cache.density_told, city, told)
        yield partial(cache.coverage_drawing, city, state)
        yield partial(cache.coverage_depth, city, state)
        yield partial(cache.pairing_of, city, state)
