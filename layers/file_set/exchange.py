"""Let two folders change places in one stroke, where the system can do that."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable
from errno import ENOSYS
from functools import cache
from pathlib import Path

AT_FDCWD, RENAME_EXCHANGE = -100, 2
"""Of Linux: names are relative to the working folder; both names stay, what they name changes."""
RENAME_SWAP = 2
"""The same of macOS."""

Call = Callable[[bytes, bytes], int]


@cache
def _call() -> Call | None:
    """Return the system's call: ``renameat2`` of Linux, ``renamex_np`` of macOS, or none."""
    name = {"linux": "renameat2", "darwin": "renamex_np"}.get(sys.platform)
    function = getattr(ctypes.CDLL(None, use_errno=True), name, None) if name else None
    if function is None:
        return None
    path, number = ctypes.c_char_p, ctypes.c_uint
    if sys.platform == "darwin":
        function.argtypes = (path, path, number)
        return lambda one, other: int(function(one, other, RENAME_SWAP))
    function.argtypes = (ctypes.c_int, path, ctypes.c_int, path, number)
    return lambda one, other: int(function(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE))


def offered() -> bool:
    """Say whether this system has such a call; its file systems may still refuse it."""
    return _call() is not None


def exchange(one: Path, other: Path) -> None:
    """Let two folders of one file system change places: nobody ever finds one of them missing.

    Parameters
    ----------
    one, other
        Folders that both exist. Afterwards each path names what the other one named.

    Raises
    ------
    OSError
        Nothing was changed: ``ENOSYS`` or ``EINVAL`` where system or file system have no such call
        (Windows, network shares), ``EXDEV`` or ``EBUSY`` for a mount point, ``EACCES``.
    """
    call = _call()
    if call is None:
        raise OSError(ENOSYS, os.strerror(ENOSYS), str(one))
    if call(os.fsencode(one), os.fsencode(other)) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), str(one), None, str(other))
