"""Start a PostgreSQL server of the tests' own, from the binaries that the system has."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg

PACKAGE = "postgresql"
MISSING = "runs without PostgreSQL: there is no server binary (apt-get install postgresql)"
_DEBIAN = Path("/usr/lib/postgresql")
"""Debian keeps the server's commands out of the path, a folder for each version."""
_SETTINGS = ("listen_addresses=", "fsync=off", "shared_buffers=16MB", "max_connections=40")
"""No port, only a socket; a server that dies with the test need not wait for the disk."""


def binaries() -> Path | None:
    """Return the folder of the server's commands, the newest, or None."""
    debian = sorted(_DEBIAN.glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    found = shutil.which("initdb")
    folders = [*debian, *([Path(found).parent] if found else [])]
    return next((path for path in folders if (path / "initdb").exists()), None)


def _run(*command: str, user: str | None) -> None:
    done = subprocess.run(command, user=user, capture_output=True, text=True, check=False, cwd="/")
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)


@contextmanager
def server() -> Iterator[str]:
    """Run a server and give the URL of an empty database; it ends with the block."""
    bin_ = binaries()
    assert bin_ is not None, MISSING
    user = "postgres" if os.geteuid() == 0 else None  # the server refuses to run as root
    with tempfile.TemporaryDirectory(prefix="atlas-pg-", ignore_cleanup_errors=True) as name:
        data, log = Path(name, "data"), Path(name, "log")
        if user:
            shutil.chown(name, user)
        made = ("-A", "trust", "-U", "atlas", "-E", "UTF8", "--locale=C", "--no-sync")
        _run(str(bin_ / "initdb"), "-D", str(data), *made, user=user)
        options = " ".join(f"-c {setting}" for setting in _SETTINGS) + f" -k {name}"
        control = (str(bin_ / "pg_ctl"), "-D", str(data), "-l", str(log), "-w")
        _run(*control, "-o", options, "start", user=user)
        try:
            yield f"postgresql://atlas@/postgres?host={quote(name, safe='')}"
        finally:
            _run(*control, "-m", "immediate", "stop", user=user)


def databases(stack: ExitStack, count: int) -> list[str]:
    """Return the URLs of some empty databases of a server that ends with a stack.

    Parameters
    ----------
    stack
        What ends it.
    count
        How many databases.
    """
    url = stack.enter_context(server())
    with psycopg.connect(url, autocommit=True) as connection:
        for k in range(count):
            connection.execute(f"CREATE DATABASE store{k}".encode())
    return [url.replace("/postgres?", f"/store{k}?") for k in range(count)]
