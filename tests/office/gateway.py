"""Run nginx as the README sets it up, with a certificate made for the day."""

from __future__ import annotations

import os
import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tests.browser.harness import free_port
from tests.office.blocks import NAME, site

TOOLS = ("nginx", "openssl", "make")
MISSING = "serves no office: nginx, openssl or make is missing (apt-get install nginx openssl make)"
TRUSTING = ssl._create_unverified_context()
"""Takes the certificate that no authority has signed."""
_FRAME = """
{user}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    include /etc/nginx/mime.types;
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {site}
}}
"""


def found() -> bool:
    """Tell whether this machine has what it takes."""
    return all(map(shutil.which, TOOLS))


def certificate(folder: Path) -> Path:
    """Write a certificate and its key for ``NAME`` into one file."""
    key, signed, both = (folder / name for name in ("key.pem", "cert.pem", "both.pem"))
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    named = ["-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}"]
    written = ["-keyout", str(key), "-out", str(signed)]
    subprocess.run([*made, *named, *written], check=True, capture_output=True)
    both.write_bytes(signed.read_bytes() + key.read_bytes())
    return both


def fetch(url: str, **headers: str) -> tuple[int, str, list[str]]:
    """Return status, text and cookies of an answer, whatever the certificate."""
    try:
        answer = urlopen(Request(url, headers=headers), timeout=30, context=TRUSTING)
    except HTTPError as refused:
        answer = refused
    with answer:
        cookies = answer.headers.get_all("Set-Cookie") or []
        return answer.status, answer.read().decode("utf-8", "replace"), cookies


@contextmanager
def gateway(ports: Sequence[int], folder: Path, base: str = "") -> Iterator[int]:
    """Run nginx before workers at ``ports``, and give its port; its log goes into ``folder``."""
    listen = free_port()
    written = site(ports, listen=listen, certificate=certificate(folder), base=base)
    config = folder / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""  # else it cannot enter the folder
    config.write_text(_FRAME.format(user=user, folder=folder, site=written), encoding="utf-8")
    process = subprocess.Popen(["nginx", "-c", str(config), "-e", str(folder / "error.log")])
    try:
        _wait(process, listen, folder)
        yield listen
    finally:
        process.terminate()
        process.wait(timeout=10)


def _wait(process: subprocess.Popen[bytes], listen: int, folder: Path) -> None:
    until = time.monotonic() + 20
    while process.poll() is None and time.monotonic() < until:
        try:
            fetch(f"https://127.0.0.1:{listen}/")
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError((folder / "error.log").read_text(encoding="utf-8"))
