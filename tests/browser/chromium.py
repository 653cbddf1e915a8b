"""Find a Chromium for the browser tests, or install one: ``python -m tests.browser.chromium``."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # A request to anywhere else is recorded by the tests and gets no answer.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
)
DEBIAN_PACKAGES = ("chromium", "fonts-noto-cjk")
MISSING = (
    "NO BROWSER TEST RUNS: there is no Chromium. Install one and run again: "
    "`apt-get install chromium fonts-noto-cjk`, or `python -m playwright install chromium`."
)


def find(playwright: Playwright) -> str | None:
    """Return the path of an installed Chromium, the system's before Playwright's own."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def launch(playwright: Playwright, path: str) -> Browser:
    """Start the browser without a window and without errands of its own."""
    return playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))


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
        permissions=["clipboard-read", "clipboard-write"],
    )


def _install() -> None:
    if shutil.which("apt-get") and os.name == "posix" and os.geteuid() == 0:
        quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        apt = ["apt-get", "-qq", "-o", "Acquire::Retries=3"]
        subprocess.run([*apt, "update"], env=quiet, check=False)
        install = [*apt, "install", "-y", "--no-install-recommends", *DEBIAN_PACKAGES]
        subprocess.run(install, env=quiet, check=False, stdout=subprocess.DEVNULL)
    else:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def main() -> None:
    """Install Chromium where there is none; say so loudly where none can be had."""
    with sync_playwright() as playwright:
        if find(playwright) is None:
            print("Installing Chromium for the browser tests …", flush=True)
            _install()
        path = find(playwright)
    print(f"Browser tests use {path}." if path else f"\n{'!' * 80}\n{MISSING}\n{'!' * 80}\n")


if __name__ == "__main__":
    main()
