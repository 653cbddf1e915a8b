"""Install what a requirements file pins, by uv in half of pip's time where it can.

uv reads none of pip's settings (index, mirror, certificate, constraint and the like). It is told
those that it has a word for; where pip has another one, or uv does not get through, pip installs.

``python .ci/install.py requirements.txt``, with the Python of a virtual environment.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check")
ROOT = Path(__file__).resolve().parent.parent
SECTIONS = ("global", "install", ":env:")
"""Those that ``pip install`` reads; a later one holds."""
WORDS = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "constraint": "UV_CONSTRAINT",
    "cert": "SSL_CERT_FILE",
    "trusted-host": "UV_INSECURE_HOST",
    "proxy": "ALL_PROXY",
    "timeout": "UV_HTTP_TIMEOUT",
    "default-timeout": "UV_HTTP_TIMEOUT",
}
"""Settings of pip, and the variable that says the same to uv."""
SILENT = {"config-file", "cache-dir", "disable-pip-version-check", "no-input", "root-user-action"}
"""Settings that change nothing of what is installed."""


def told_to_uv(settings: Iterable[str]) -> dict[str, str] | None:
    """Return the variables for uv, or None where pip has a setting that uv has no word for.

    Parameters
    ----------
    settings
        The lines of ``pip config list``, as in ``global.index-url='https://mirror.test/simple'``.
    """
    told = {"UV_INDEX_STRATEGY": "unsafe-best-match"}  # as pip: no index stands before another
    lines = [line.strip().partition("=") for line in settings]
    for section in SECTIONS:
        for name, _, value in lines:
            key = name.removeprefix(f"{section}.")
            if key == name or key in SILENT:
                continue
            if key not in WORDS:
                return None
            between = "," if key == "find-links" else " "
            told[WORDS[key]] = between.join(str(ast.literal_eval(value)).split())
    return told


def _by_uv(requirements: str) -> bool:
    """Tell whether uv has installed; it comes by pip first, in the version that the tests pin."""
    listed = subprocess.run([*PIP, "config", "list"], capture_output=True, text=True, check=False)
    told = told_to_uv(listed.stdout.splitlines())
    pin = re.search(r"^uv==\S+", (ROOT / "tests/requirements.txt").read_text("utf-8"), re.MULTILINE)
    if told is None or pin is None or listed.returncode:
        return False
    if subprocess.run([*PIP, "install", "--quiet", pin.group()], check=False).returncode:
        return False
    command = (sys.executable, "-m", "uv", "pip", "install", "--quiet", "--compile-bytecode")
    python = ("--python", sys.executable, "-r", requirements)
    return subprocess.run([*command, *python], env=told | os.environ, check=False).returncode == 0


def main() -> int:
    """Return the status of the installation."""
    (requirements,) = sys.argv[1:]
    if _by_uv(requirements):
        return 0
    return subprocess.run([*PIP, "install", "--quiet", "-r", requirements], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
