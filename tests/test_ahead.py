"""Show that a page waits for no heavy library, and that first answers are computed ahead."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from geo.errors import DataError, Problem
from pages.shell import ahead

HEAVY = (
    "numba", "sklearn", "h3", "rasterio", "matplotlib", "contourpy", "dask", "distributed",
    "scipy.spatial", "scipy.optimize", "scipy.stats", "scipy.signal", "scipy.ndimage",
)  # fmt: skip
"""Compile, or take a quarter of a second and more to import."""
FIRST_VIEWS = f"""
import sys, warnings
warnings.simplefilter("error")
from pages.shell import ahead, map_view, panels, density_panels, coverage_panels
import pages.shell.points_panels, pages.shell.scenario_panels, pages.shell.siting_panels
for answer in ahead.answers():
    answer()
print(sorted(set({HEAVY!r}) & set(sys.modules)))
"""


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
        raise DataError("coverage.polygons", [Problem("district", "is not a valid polygon.")])

    def answers() -> Iterator[Any]:
        yield refuse
        yield lambda: 1 / 0
        yield lambda: answered.append("last")

    monkeypatch.setattr(ahead, "answers", answers)
    with caplog.at_level(logging.WARNING):
        ahead.run()
    assert answered == ["last"]
    assert "is not a valid polygon" in caplog.text and "ZeroDivisionError" in caplog.text


def test_nothing_is_done_ahead_where_the_environment_says_no(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import asyncio

    begun: list[str] = []
    monkeypatch.setattr(ahead, "start", lambda: begun.append("start"))

    async def live() -> None:
        async with ahead.lifespan(None):
            pass

    monkeypatch.setenv(ahead.VARIABLE, "no")
    asyncio.run(live())
    assert not begun
    monkeypatch.delenv(ahead.VARIABLE)
    asyncio.run(live())
    assert begun == ["start"]
