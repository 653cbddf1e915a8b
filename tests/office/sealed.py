"""Serve where there is no network, and print whom the server called: run by ``unshare --net``."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.request import urlopen

from websockets.exceptions import InvalidStatus

from pages.shell.navigation import SCREENS
from tests import ROOT
from tests.browser.harness import serve
from tests.office.reader import reader

MISSING = "nothing watches the server's sockets: that takes root, strace, unshare and ip (Linux)"
STRANGER = "http://stranger.test"
# In a family of processes of its own too: strace leaves the server running when it is ended.
_ALONE = (
    *("unshare", "--net", "--pid", "--fork", "--kill-child"),
    *("sh", "-c", 'ip link set lo up && exec "$@"', "sh"),
)
_TRACE = ("strace", "-f", "-qq", "--seccomp-bpf", "-e", "trace=connect,sendto,sendmsg,sendmmsg")
_CALL = re.compile(r"sin6?_port=htons\((\d+)\).*?\"([^\"]+)\"")


def possible() -> bool:
    """Tell whether this machine can close a network and watch sockets."""
    if not all(map(shutil.which, ("unshare", "strace", "ip"))):
        return False
    tried = subprocess.run([*_ALONE, "strace", "-f", "true"], capture_output=True)
    return tried.returncode == 0


def calls(pages: tuple[str, ...] = SCREENS) -> tuple[list[str], float]:
    """Serve in a network of its own; return whom the server called, and its longest silence.

    Parameters
    ----------
    pages
        The pages that are read, after the start and before a stranger knocks.

    Returns
    -------
    tuple
        Addresses with ports, and the seconds that the stranger's knock took.
    """
    command = [*_ALONE, sys.executable, "-m", "tests.office.sealed", *pages]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    called, waited = json.loads(done.stdout)
    return called, waited


def main(pages: list[str]) -> None:
    """Serve, read and download what the pages offer, knock as a stranger, and print the calls."""
    with tempfile.TemporaryDirectory() as folder:
        trace = Path(folder) / "trace"
        with serve(through=(*_TRACE, "-o", str(trace))) as server:
            for page in pages:
                with reader(server.url) as session:
                    session.read(page, "city=tianjin")
                    for file in session.files:
                        urlopen(server.url + session.make(file), timeout=60).read()
                    assert not session.failures, session.failures
            begun = time.monotonic()
            try:
                with reader(server.url, origin=STRANGER):
                    raise AssertionError("a stranger was let in")
            except InvalidStatus as refused:
                assert refused.response.status_code == 403
            waited = time.monotonic() - begun
        found = _CALL.findall(trace.read_text(encoding="utf-8", errors="replace"))
    print(json.dumps([[f"{host}:{port}" for port, host in found], waited]))


if __name__ == "__main__":
    main(sys.argv[1:])
