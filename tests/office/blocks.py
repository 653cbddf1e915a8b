"""Take what the README tells an office to write, and change no more of it than ports and paths."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests import ROOT
from tests.browser.chromium import OFFICE

NAME = OFFICE
_PORTS = ("8501", "8502")


def blocks(kind: str) -> list[str]:
    """Return the blocks of code of one kind in the README, such as ``nginx``."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    return re.findall(rf"^```{kind}\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)


def put(text: str, old: str, new: str) -> str:
    """Replace what must stand there."""
    assert old in text, f"the README no longer says {old!r}"
    return text.replace(old, new)


def site(ports: Sequence[int], *, listen: int, certificate: Path, base: str = "") -> str:
    """Return the README's configuration of nginx for workers at ``ports``.

    Parameters
    ----------
    ports
        One or two.
    listen
        Port of the gateway.
    certificate
        File that holds the certificate and its key.
    base
        Path below which the atlas is found, without slashes.
    """
    one, server, several = blocks("nginx")
    pool = one if len(ports) == 1 else several
    for said, port in zip(_PORTS, ports, strict=False):
        pool = put(pool, f":{said}", f":{port}")
    server = put(server, "listen 443 ssl", f"listen 127.0.0.1:{listen} ssl")
    server = put(server, "/etc/ssl/atlas.pem", str(certificate))
    server = put(server, "/etc/ssl/private/atlas.key", str(certificate))
    server = put(server, f'"https://{NAME}"', f'"https://{NAME}:{listen}"')
    if base:
        server = put(server, "# location = /innov", f"location = /{base}")
        server = put(server, "/innov/$is_args", f"/{base}/$is_args")
        server = put(server, "location / {", f"location /{base}/ {{")
    return pool + server


def options(**variables: str) -> list[str]:
    """Return what ``make run`` puts after the script, for variables such as ``NAME``."""
    given = [f"{name}={value}" for name, value in variables.items()]
    quiet = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
    command = ["make", "--no-print-directory", "-n", "run", *given]
    said = subprocess.run(command, cwd=ROOT, env=quiet, capture_output=True, text=True, check=True)
    (line,) = [line for line in said.stdout.splitlines() if "streamlit run" in line]
    words = shlex.split(line)
    return words[words.index("streamlit_app.py") + 1 :]
