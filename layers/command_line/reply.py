"""Print what a command answers, or every reason why there is no answer."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from geo.base.errors import AtlasError
from layers.handover.documents import sha256
from layers.handover.package import Package
from layers.handover.write_package import write_package
from layers.language.problems import lines


def reply(answer: Callable[[], Iterable[str]]) -> int:
    """Print what is answered line by line, and return the status of the process.

    Parameters
    ----------
    answer
        Yields the lines.

    Returns
    -------
    int
        0, or 2 after every problem has been listed on standard error.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):  # a code page without Chinese stops no job
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        printed(answer())
    except AtlasError as error:
        print(lines(error, "en"), file=sys.stderr)
        return 2
    except OSError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def printed(lines: Iterable[str]) -> None:
    """Print lines; who reads them may have enough of them, as ``head`` has.

    Parameters
    ----------
    lines
        All are made, also those that nobody reads any more: making them may write files.
    """
    rest = iter(lines)
    try:
        for line in rest:
            print(line)
        sys.stdout.flush()
    except BrokenPipeError:
        # Else the end of the process tries once more, and fails aloud.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        for _ in rest:
            pass


def written(package: Package, folder: Path, *, zipped: bool) -> Iterator[str]:
    """Put a package into a folder and yield its digests as ``sha256sum -c`` reads them.

    Parameters
    ----------
    package
        What is written.
    folder
        Made if it is missing.
    zipped
        Whether to write one zip instead of the files.

    Yields
    ------
    str
        One line per file: SHA-256 in hexadecimal, two spaces, and the path.

    Raises
    ------
    ParameterError, DataError, OSError
        As :func:`layers.handover.write_package.write_package`.
    """
    for name, data in write_package(package, folder, zipped=zipped).items():
        yield f"{sha256(data)}  {folder / name}"
