"""Find a Chromium for the browser tests, or install one: ``python -m tests.browser.chromium``."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from tests import CI
from tests.store import postgres

OFFICE = "atlas.bureau.test"
"""A name of this machine, as an office would give it."""
SHELL = "chromium-headless-shell"
"""Chromium without what a window needs: the same pages in three quarters of the processor time.

For tests; what is measured or shown takes the browser that readers have.
"""
NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # An office's test certificate is signed by nobody. Taken at launch: a context that ignores it
    # begins each request anew for each connection, and gives up after some (ERR_TOO_MANY_RETRIES).
    "--ignore-certificate-errors",
    # A request to anywhere else is recorded by the tests and gets no answer.
    f"--host-resolver-rules=MAP {OFFICE} 127.0.0.1 , MAP * ~NOTFOUND"
    " , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
)
FONTS = "fonts-noto-cjk"
DEBIAN_PACKAGES = ("chromium", FONTS)
OFFICE_TOOLS = {"nginx": "nginx-light", "openssl": "openssl", "strace": "strace", "ip": "iproute2"}
"""Commands that the tests of an office's server use (tests/office), with their packages."""
MISSING = (
    "NO BROWSER TEST RUNS: there is no Chromium. Install one and run again: "
    "`apt-get install chromium fonts-noto-cjk`, or `python -m playwright install chromium`."
)


def find(playwright: Playwright, *before: str) -> str | None:
    """Return the path of an installed Chromium, the system's before Playwright's own.

    Parameters
    ----------
    playwright
        What knows of its own.
    before
        Commands that are taken where they are installed, such as :data:`SHELL`.
    """
    for name in (*before, *NAMES):
        if path := shutil.which(name):
            return path
    own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def launch(playwright: Playwright, path: str) -> Browser:
    """Start the browser without a window and without errands of its own."""
    return playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))


def _apt(packages: Iterable[str]) -> bool:
    """Install Debian packages where this may be done; tell whether it may."""
    if not (shutil.which("apt-get") and os.name == "posix" and os.geteuid() == 0):
        return False
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    apt = ["apt-get", "-qq", "-o", "Acquire::Retries=3"]
    subprocess.run([*apt, "update"], env=quiet, check=False)
    install = [*apt, "install", "-y", "--no-install-recommends", *packages]
    subprocess.run(install, env=quiet, check=False, stdout=subprocess.DEVNULL)
    return True


def keep(playwright: Playwright, path: str, profile: Path) -> BrowserContext:
    """Start the browser with a profile on disk: it compiles the host's scripts once, as a reader's.

    A context without one compiles them for every page, for which it needs 1.6 times as long.
    """
    return playwright.chromium.launch_persistent_context(
        profile,
        executable_path=path,
        args=list(ARGUMENTS),
        locale="zh-CN",
        accept_downloads=True,
        reduced_motion="reduce",  # Streamlit's own: without a graphics card it costs a tenth
        permissions=["clipboard-read", "clipboard-write"],
    )


def _install() -> None:
    if not _apt(DEBIAN_PACKAGES):
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def main() -> None:
    """Install Chromium, nginx and PostgreSQL where they lack; say loudly if no Chromium is had."""
    with sync_playwright() as playwright:
        if CI and not shutil.which(SHELL):
            _apt([SHELL, FONTS])
        first = (SHELL,) if CI else ()
        if find(playwright, *first) is None:
            print("Installing Chromium for the browser tests …", flush=True)
            _install()
        path = find(playwright, SHELL)
    if lacking := {tool for tool in OFFICE_TOOLS if not shutil.which(tool)}:
        _apt(OFFICE_TOOLS[tool] for tool in lacking)
    if postgres.binaries() is None:
        _apt((postgres.PACKAGE,))
    print(f"Browser tests use {path}." if path else f"\n{'!' * 80}\n{MISSING}\n{'!' * 80}\n")


if __name__ == "__main__":
    main()
