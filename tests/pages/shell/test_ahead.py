"""Show that a page waits for no heavy library, and that first answers are computed ahead."""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from threading import Event, Thread
from typing import Any

import pytest

from geo.base.errors import DataError, Problem
from pages.shell import ahead
from tests import finished

HEAVY = (
    "numba", "sklearn", "h3", "rasterio", "matplotlib", "contourpy", "dask", "distributed",
    "scipy.spatial", "scipy.optimize", "scipy.stats", "scipy.signal", "scipy.ndimage",
)  # fmt: skip
"""Compile, or take a quarter of a second and more to import."""
FIRST_VIEWS = f"""
import sys, warnings
warnings.simplefilter("error")
from pages.shell import ahead, map_view
from pages.panels import coverage, density, explore, own_points, scenario, siting
for answer in ahead.answers():
    answer()
print(sorted(set({HEAVY!r}) & set(sys.modules)))
"""

pytestmark = pytest.mark.slow


def test_first_views_need_no_heavy_library() -> None:
    """All that the pages tell at first, in both languages, computed by a plain process."""
    done = subprocess.run(
        [sys.executable, "-c", FIRST_VIEWS], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] == "[]"


def test_what_fails_ahead_is_logged_and_the_rest_is_answered(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    answered: list[str] = []

    def refuse() -> None:
        raise DataError("coverage.polygons", [Problem("geometry.polygon", "district")])

    def answers() -> Iterator[Any]:
        yield refuse
        yield lambda: 1 / 0
        yield lambda: answered.append("last")

    monkeypatch.setattr(ahead, "answers", answers)
    monkeypatch.setattr(ahead, "compile_loops", lambda end: answered.append("compiled"))
    with caplog.at_level(logging.WARNING):
        ahead.run(Event())
    assert answered == ["last", "compiled"]
    assert "district: geometry.polygon" in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_nothing_is_done_ahead_where_the_environment_says_no(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun, ends = Event(), []

    def run(end: Event) -> None:
        ends.append(end)
        begun.set()

    async def live() -> None:
        async with ahead.lifespan(None):
            await asyncio.to_thread(begun.wait, 0.2)

    monkeypatch.setattr(ahead, "run", run)
    monkeypatch.setenv(ahead.VARIABLE, "no")
    finished(live())
    assert not ends
    monkeypatch.delenv(ahead.VARIABLE)
    finished(live())
    assert len(ends) == 1
    assert ends[0].is_set()


def test_what_is_done_ahead_waits_for_readers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "REST_S", 0.01)
    readers, over = ahead.Readers(), Event()

    def wait() -> None:
        readers.wait()
        over.set()

    with pytest.raises(KeyError), readers.answering():  # noqa: PT012 - both steps may fail
        Thread(target=wait, daemon=True).start()
        assert not over.wait(0.1)
        raise KeyError  # a page that fails is answered, too
    assert over.wait(10)


def test_the_compiler_ends_with_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[subprocess.Popen[bytes]] = []
    plain = subprocess.Popen

    def slow(_: list[str], **options: Any) -> subprocess.Popen[bytes]:
        begun.append(plain([sys.executable, "-c", "import time; time.sleep(60)"], **options))
        return begun[0]

    monkeypatch.setattr(subprocess, "Popen", slow)
    end = Event()
    end.set()
    ahead.compile_loops(end)
    assert begun[0].returncode
