"""Start a server as a user who owns nothing and may write nowhere."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from numba.core.caching import UserProvidedCacheLocator

from tests import ROOT

NOBODY = 65534
MISSING = "no server runs as nobody: that takes root, and setpriv (Linux, util-linux)"
_PLAIN = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
_READS = ("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")
"""Where the interpreter or the repository is in a home that is closed to others: this opens all
folders for reading, and none for writing."""


@cache
def as_nobody() -> tuple[str, ...] | None:
    """Return the command that starts another as nobody; None if this machine has none."""
    if not shutil.which("setpriv"):
        return None
    # That it starts is not enough: a library of the system may stand in for one out of reach.
    same = f"import sys, numpy; assert sys.base_prefix == {sys.base_prefix!r}"
    look = [sys.executable, "-c", f"{same}; open({str(ROOT / 'README.md')!r})"]
    for through in (_PLAIN, (*_PLAIN, *_READS)):
        if subprocess.run([*through, *look], cwd=ROOT, capture_output=True).returncode == 0:
            return through
    return None


@contextmanager
def warm() -> Iterator[Path]:
    """Give a cache folder of nobody's, with the code that other tests left beside the source."""
    with TemporaryDirectory(prefix="atlas-nobody-") as place:
        folder = Path(place) / "kept"
        subpath = UserProvidedCacheLocator.get_suitable_cache_subpath(str(ROOT / "geo" / "x"))
        (folder / subpath).mkdir(parents=True)
        for code in (ROOT / "geo" / "grid" / "__pycache__").glob("*.nb?"):
            shutil.copy(code, folder / subpath)
        for made in (folder, *folder.rglob("*")):
            shutil.chown(made, NOBODY, NOBODY)
        folder.chmod(0o700)
        Path(place).chmod(0o711)
        yield folder
