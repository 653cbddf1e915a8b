"""Show that the atlas does what it says."""

import asyncio
import os
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

Answer = TypeVar("Answer")

ROOT = Path(__file__).resolve().parent.parent
"""The root of the repository; every test finds its files from here, wherever it stands."""
CI = os.environ.get("CI") == "true"
"""Whether this run decides on a change: then nothing is skipped and more examples are tried."""


def finished(work: Coroutine[Any, Any, Answer]) -> Answer:
    """Run a coroutine to its end on a thread of its own: a browser may hold this one's loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def examples(n: int) -> int:
    """Return how many examples hypothesis tries: a third of ``n`` in CI, else a quarter."""
    return max(n // (3 if CI else 4), 5)
