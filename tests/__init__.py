"""Show that the atlas does what it says."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""The root of the repository; every test finds its files from here, wherever it stands."""
CI = os.environ.get("CI") == "true"
"""Whether this run decides on a change: then nothing is skipped and more examples are tried."""


def examples(n: int) -> int:
    """Return how many examples hypothesis tries: ``n`` in CI, a quarter in daily work."""
    return n if CI else max(n // 4, 5)
