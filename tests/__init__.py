"""Show that the atlas does what it says."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""The root of the repository; every test finds its files from here, wherever it stands."""
