"""Compile an inner loop at its first call, and keep the machine code where no one else can write.

Numba reads kept code back with pickle: whoever can write there runs code here. Left alone it also
refuses to compile where it finds no folder, and gives up on a torn file; here both cost time only.
"""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba.core.caching import FunctionCache

Function = TypeVar("Function", bound=Callable[..., Any])

FOLDERS = ("ATLAS_CACHE", "NUMBA_CACHE_DIR", "CACHE_DIRECTORY")
"""Variables that may name the folder: ours, Numba's, and the one that systemd sets."""
_NAME = "innovation-space-atlas"
_TREE = Path(__file__).resolve().parent / "__pycache__"
_LOG = logging.getLogger(__name__)


def compiled(**options: Any) -> Callable[[Function], Function]:
    """Return a decorator that compiles a function and lets other threads run meanwhile.

    Parameters
    ----------
    **options
        Options of ``numba.njit`` other than ``nogil`` and ``cache``.
    """

    def decorate(function: Function) -> Function:
        made = numba.njit(nogil=True, **options)(function)
        if _settled():
            with suppress(RuntimeError):  # the folder has gone since: compile at every start
                made._cache = _Kept(function)
        return cast(Function, made)

    return decorate


class _Kept(FunctionCache):
    """Numba's files of machine code, whose loss never costs an answer."""

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        try:
            return super().load_overload(sig, target_context)
        except Exception:  # what a torn file raises depends on where it is torn
            _LOG.warning("Compiled code in %s cannot be read", self.cache_path, exc_info=True)
            with suppress(OSError):
                self.flush()
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        try:
            super().save_overload(sig, data)
        except OSError as error:
            _LOG.warning("Compiled code is not kept in %s: %s", self.cache_path, error)


@cache
def _settled() -> bool:
    """Tell Numba once where code is kept; False if it is to be kept nowhere."""
    folder = choose(os.environ)
    if folder is not None and folder != _TREE:
        vars(numba.config)["CACHE_DIR"] = str(folder)
    elif folder is not None:
        vars(numba.config)["CACHE_DIR"] = ""  # Numba's own choice, if it can: beside the source
    else:
        _LOG.warning("No folder to keep compiled code in: name one in %s", FOLDERS[0])
    return folder is not None


def choose(environ: Mapping[str, str], tree: Path = _TREE) -> Path | None:
    """Return the first folder fit to keep compiled code; None to compile at every start.

    Parameters
    ----------
    environ
        Variables of the process. The folders that ``FOLDERS`` name come first, then that beside
        the source, then the user's own cache.
    tree
        The folder beside the source. It is as safe as the source is.

    Returns
    -------
    Path or None
        The folder, made if need be; None if there is no fit one.

    Notes
    -----
    A folder is fit if it belongs to this user, only this user can write in it, and nobody else
    can put another in its place. No folder in a place for all, such as ``/tmp``, is ever guessed.
    """
    for variable in FOLDERS:
        # systemd separates several folders by colons, and the first is as good as any.
        named = environ.get(variable, "").split(os.pathsep)[0]
        if named and (folder := _own(Path(named))):
            return folder
        if named:
            _LOG.warning("%s is not a folder that only this user can write: not used", variable)
    if _writable(tree):
        return tree
    return next(filter(None, map(_own, _user_folders(environ))), None)


def _user_folders(environ: Mapping[str, str]) -> Iterator[Path]:
    if named := environ.get("XDG_CACHE_HOME"):
        yield Path(named) / _NAME
    with suppress(RuntimeError):  # a user without a home
        yield Path.home() / ".cache" / _NAME


def _writable(folder: Path) -> bool:
    with suppress(OSError):
        folder.mkdir(exist_ok=True)
        return os.access(folder, os.W_OK | os.X_OK)
    return False


def _own(folder: Path) -> Path | None:
    """Return the folder, made if need be, with links resolved; None if it is not ours alone."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        real = folder.resolve(strict=True)
        fit = _writable(real) and _private(real)
    except (OSError, RuntimeError):
        return None
    return real if fit and real.is_absolute() else None


def _private(folder: Path) -> bool:
    """Tell whether only this user, and root, can change what stands in a folder or above it."""
    if os.name != "posix":  # Windows keeps other users out of a user's folders by other means
        return True
    ours, others = os.getuid(), stat.S_IWGRP | stat.S_IWOTH
    own = folder.stat()
    if own.st_uid != ours or own.st_mode & others:
        return False
    above = [parent.stat() for parent in folder.parents]
    return all(
        one.st_uid in (0, ours) and (not one.st_mode & others or one.st_mode & stat.S_ISVTX)
        for one in above
    )
