"""Time the first answers of a new server beside its first map, and what follows when it is warm.

Each first view is asked of a new process, as soon as the server says that it is healthy; what a
session measures is the server's time, without the browser's. Compiled code is kept in a folder of
the benchmark's own: empty, or filled beforehand.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median

from tests import ROOT
from tests.bench.counted import MEASURED
from tests.bench.screens.session import Reader
from tests.bench.table import Row
from tests.browser.harness import serve

ROUNDS = 3
PAGES = ("", "district", "density", "coverage", "sources")
"""As in the address; the map's is empty."""
FIRST_RATIO = 1.5
SWITCH_RATIO = 0.25
TURN_S = 0.5
CROWDS = (10, 30)
CROWD_RATIO = 3.0
LEAST_ELEMENTS = 10


def _names(page: str) -> str:
    return page or "map"


def _checked(reader: Reader, page: str) -> None:
    if reader.errors or reader.elements < LEAST_ELEMENTS:
        raise AssertionError(
            f"the {_names(page)} page drew {reader.elements} things and {reader.errors} errors"
        )


async def _view(url: str, page: str) -> float:
    async with Reader(url) as reader:
        seconds = await reader.open(page)
        _checked(reader, page)
        return seconds


async def _view_and_switch(url: str, page: str) -> tuple[float, float]:
    """Return the seconds of a first view, and of the same page in the other language."""
    async with Reader(url) as reader:
        first = await reader.open(page)
        _checked(reader, page)
        switched = await reader.turn(page, "city=tianjin&lang=en")
        _checked(reader, page)
        return first, switched


def _fresh(page: str, env: Mapping[str, str]) -> tuple[float, float, float]:
    """Return the seconds until a new server is healthy, of a first view, and of a switch."""
    start = time.perf_counter()
    with serve(env=env) as server:
        healthy = time.perf_counter() - start
        first, switched = asyncio.run(_view_and_switch(server.url, page))
    return healthy, first, switched


def _first_views(folder: Path, *, full: bool) -> list[Row]:
    """Compare first views in new processes; by turns, so that a busy moment meets all."""
    healthy: list[float] = []
    first: dict[str, list[float]] = {page: [] for page in PAGES}
    switched: dict[str, list[float]] = {page: [] for page in PAGES}
    for turn in range(ROUNDS):
        for page in PAGES:
            cache = folder / "full" if full else folder / f"empty-{turn}-{_names(page)}"
            found = _fresh(page, {"NUMBA_CACHE_DIR": str(cache), "ATLAS_AHEAD": "yes"})
            healthy.append(found[0])
            first[page].append(found[1])
            switched[page].append(found[2])
    base = median(first[""])
    which = "full" if full else "empty"
    rows = [
        Row(f"{which} compile cache: new process to healthy", median(healthy), "s"),
        Row(f"{which} compile cache: first map, from healthy", base, "s"),
    ]
    for page in PAGES[1:]:
        mine = median(first[page])
        limit = FIRST_RATIO if page in ("density", "coverage") else None
        rows.append(Row(f"{which} compile cache: first {page}", mine, "s"))
        rows.append(Row("  / first map", mine / base, "", limit))
    for page in PAGES:
        ratio = median(switched[page]) / median(first[page])
        name = f"{which} compile cache: language switch on {_names(page)} / its first view"
        rows.append(Row(name, ratio, "", SWITCH_RATIO))
    return rows


async def _turns(url: str) -> dict[str, float]:
    """Return the median seconds of going to each page in a session that has seen them all."""
    seconds: dict[str, list[float]] = {page: [] for page in PAGES}
    async with Reader(url) as reader:
        await reader.open("")
        for turn in range(ROUNDS + 1):
            for page in PAGES:
                taken = await reader.turn(page, "city=tianjin")
                _checked(reader, page)
                if turn:
                    seconds[page].append(taken)
    return {page: median(taken) for page, taken in seconds.items()}


def _warm(folder: Path) -> list[Row]:
    with serve(env={"NUMBA_CACHE_DIR": str(folder / "full")}) as server:
        found = asyncio.run(_turns(server.url))
    return [Row(f"warm, to the {_names(page)} page", s, "s", TURN_S) for page, s in found.items()]


async def _at_once(url: str, readers: int) -> list[float]:
    return sorted(await asyncio.gather(*(_view(url, "density") for _ in range(readers))))


def _crowd(readers: int) -> list[float]:
    """Return the seconds of first views at once in a new process that measures once."""
    with serve("tests/bench/counted.py") as server:
        taken = asyncio.run(_at_once(server.url, readers))
        measured = server.printed().count(MEASURED)
    if measured != 1:
        raise AssertionError(f"{readers} readers at once: measured {measured} times")
    return taken


def _crowds() -> list[Row]:
    single = median(_crowd(1)[0] for _ in range(ROUNDS))
    rows = [Row("first density view, alone", single, "s")]
    for readers in CROWDS:
        p95 = median(_crowd(readers)[int(0.95 * (readers - 1) + 0.5)] for _ in range(ROUNDS))
        rows.append(Row(f"{readers} first density views at once, one computation: p95", p95, "s"))
        rows.append(Row("  / alone", p95 / single, "", CROWD_RATIO))
    return rows


def run() -> list[Row]:
    """Measure first views, switches, turns and crowds; raise where a page is not whole."""
    with tempfile.TemporaryDirectory(prefix="atlas-cold-") as name:
        folder = Path(name)
        rows = _first_views(folder, full=False)
        subprocess.run(
            [sys.executable, "-m", "geo.point_files.compile_ahead"],
            cwd=ROOT, check=True, capture_output=True,
            env={**os.environ, "NUMBA_CACHE_DIR": str(folder / "full")},
        )  # fmt: skip
        rows += _first_views(folder, full=True) + _warm(folder)
    return rows + _crowds()
