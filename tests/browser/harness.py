"""Serve the atlas freshly, watch what its pages ask for, and wait until they stand still."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Frame, Page, WebSocket

from layers.map.folium_map import overlay_json
from layers.pack.city import City
from layers.view.rows import rows_in_view
from layers.view.state import ViewState
from layers.view.vague import VAGUE_M
from tests import ROOT
from tests.browser.chromium import OFFICE

WIDE = (1920, 1080)
LAPTOP = (1366, 768)
NARROW = (390, 844)
START_SECONDS = 90
WAIT_MS = 60_000
LOOK_MS = 50
"""How often a condition is looked at; at every frame, as is usual, it costs a tenth of a core."""
HOME = frozenset({"127.0.0.1", "localhost", OFFICE})
UPSTREAM = re.compile(r"^/.+/_stcore/(health|host-config)$")
"""Streamlit asks for these two below the page's path on a deep link, gets 404 and goes on."""
MAP = 'iframe[title*="st_folium"]'
MAIN = "#map_div > .leaflet-map-pane"
"""In the map's frame: what the main map draws, without the small ones."""
TURN = """([address, patience]) => new Promise((done, fail) => {
  const app = document.querySelector('[data-testid=stApp]');
  let begun = false;
  const watch = new MutationObserver(() => {
    const still = app.dataset.testScriptState === 'notRunning';
    if (begun && still) { watch.disconnect(); done(); }
    begun ||= !still;
  });
  watch.observe(app, { attributes: true });
  setTimeout(() => fail(new Error('no run began and ended')), patience);
  if (address === null) return history.back();
  history.pushState(null, '', address);
  const ask = () => dispatchEvent(new PopStateEvent('popstate'));
  setTimeout(() => begun || ask(), patience / 4);  // a run within one look is not seen
  ask();
})"""
"""JavaScript: put an address into the bar, or go back where it is null, and wait until the script
that it starts has ended."""
CLOSE = 11
"""Doubt above which a place is no point at the scale of the city, and the zoom that ends it."""
MARKS = "[...new Set([...document.querySelectorAll('.atlas-mark')].map(m => m.dataset.id))].sort()"
"""JavaScript: the ids of the marks that stand on the map."""


@dataclass(frozen=True)
class Server:
    """A running atlas.

    Parameters
    ----------
    url
        Its root, without a slash at the end.
    log
        File that takes all it prints.
    """

    url: str
    log: Path

    def printed(self) -> str:
        """Return all that the server has printed so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _wait_for(process: subprocess.Popen[bytes], server: Server) -> None:
    until = time.monotonic() + START_SECONDS
    while not _healthy(server.url):
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"The server did not start:\n{server.printed()}")
        time.sleep(0.1)


@contextmanager
def serve(
    script: str = "streamlit_app.py",
    env: Mapping[str, str | None] | None = None,
    *,
    options: Sequence[str] = (),
    base: str = "",
    through: Sequence[str] = (),
    port: int | None = None,
) -> Iterator[Server]:
    """Start a server that has never been asked for anything, and end it afterwards.

    Parameters
    ----------
    script
        Streamlit script, relative to the root of the repository.
    env
        Variables set for the server, such as ``ATLAS_PACKS``; None takes one away.
    options
        Options of Streamlit.
    base
        Path below which the server answers, if ``options`` name one.
    through
        Command that starts the server in its stead, such as ``setpriv``.
    port
        Where it listens; None for a port that nobody listens on.
    """
    port = port or free_port()
    command = [*through, sys.executable, "-m", "streamlit", "run", script, *options]
    command += ["--server.port", str(port)]
    own = {"PYTHONPATH": str(ROOT), "ATLAS_AHEAD": "no"}
    variables = {**os.environ, **own, **(env or {})}
    with tempfile.TemporaryDirectory(prefix="atlas-server-") as folder:
        root = f"http://127.0.0.1:{port}" + (f"/{base}" if base else "")
        server = Server(root, Path(folder) / "server.log")
        with server.log.open("wb") as log:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={name: value for name, value in variables.items() if value is not None},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
            try:
                _wait_for(process, server)
                yield server
            finally:
                process.terminate()
                try:
                    process.wait(timeout=10)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


@dataclass
class Watch:
    """What the pages of a context asked for elsewhere, and what went wrong in them."""

    foreign: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    asked_back: int = 0
    """How often a page asked whether it should be left; it was."""

    def attach(self, context: BrowserContext) -> None:
        """Watch every page of ``context``, those to come included."""
        for event, listener in self._listeners().items():
            context.on(event, listener)  # type: ignore[call-overload]

    @contextmanager
    def over(self, context: BrowserContext) -> Iterator[None]:
        """Watch every page of ``context`` for a time, those that are open included."""
        listeners, open_before = self._listeners(), context.pages
        for event, listener in listeners.items():
            context.on(event, listener)  # type: ignore[call-overload]
        for page in open_before:
            page.on("websocket", self._connected)
        yield
        for page in open_before:
            page.remove_listener("websocket", self._connected)
        for event, listener in listeners.items():
            context.remove_listener(event, listener)

    def _listeners(self) -> dict[str, Callable[[Any], None]]:
        return {
            "request": lambda request: self._asked(request.url),
            "console": self._said,
            "weberror": lambda error: self.errors.append(str(error.error)),
            "page": lambda page: page.on("websocket", self._connected),
            "dialog": self._asked_back,
        }

    def check(self) -> None:
        """Fail if anything left this machine or went wrong."""
        assert not self.foreign, f"requests that leave this machine: {self.foreign}"
        assert not self.errors, f"errors in the browser: {self.errors}"
        assert not self.dialogs, f"dialogs that opened: {self.dialogs}"

    def _connected(self, socket: WebSocket) -> None:
        self._asked(socket.url)

    def _asked_back(self, dialog: Dialog) -> None:
        if dialog.type == "beforeunload":
            self.asked_back += 1
            dialog.accept()
            return
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def _asked(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob", "about") and parts.hostname not in HOME:
            self.foreign.append(url)

    def _said(self, message: ConsoleMessage) -> None:
        url = str(message.location.get("url", ""))
        expected = "404" in message.text and UPSTREAM.match(urlsplit(url).path)
        if message.type == "error" and not expected:
            self.errors.append(f"{message.text} ({url})")


def settle(page: Page) -> None:
    """Wait until the script has run to its end and nothing on the page is stale."""
    page.wait_for_selector(
        '[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=WAIT_MS
    )
    page.wait_for_function(
        "() => !document.querySelector('[data-stale=true], [data-testid=stSkeleton]')",
        timeout=WAIT_MS,
        polling=LOOK_MS,
    )


def open_at(page: Page, url: str) -> None:
    """Go to ``url`` and wait until the page stands still."""
    page.goto(url, timeout=WAIT_MS)
    settle(page)


def turn(page: Page, address: str) -> None:
    """Have an open page show another address, as Back does, and wait until it stands still.

    Loading a page anew takes the browser three times as long.

    Parameters
    ----------
    page
        A page of the atlas.
    address
        Path and query.
    """
    settle(page)  # the end of a run that is under way is not that of the one begun here
    page.evaluate(TURN, [address, WAIT_MS])
    settle(page)


def map_frame(page: Page) -> Frame:
    """Return the map's frame once it has painted something."""
    holder = page.wait_for_selector(MAP, state="attached", timeout=WAIT_MS)
    frame = holder.content_frame() if holder else None
    assert frame is not None, "the map has no frame"
    frame.wait_for_selector("html[data-painted]", state="attached", timeout=WAIT_MS)
    return frame


def marks(city: City, state: ViewState) -> list[str]:
    """Return the ids of the marks that ``state`` must draw, in alphabetical order."""
    drawn = json.loads(overlay_json(rows_in_view(city, state), state))["layers"]
    close = state.camera is not None and state.camera.zoom >= CLOSE
    return sorted(
        feature["id"]
        for features in drawn.values()
        for feature in features
        if close or feature["properties"]["u"] <= VAGUE_M or feature["id"] == state.selected
    )


def wait_for_marks(frame: Frame, expected: list[str]) -> None:
    """Wait until exactly the ``expected`` marks stand on the map."""
    frame.wait_for_function(
        f"expected => JSON.stringify({MARKS}) === JSON.stringify(expected)",
        arg=expected,
        timeout=WAIT_MS,
        polling=LOOK_MS,
    )
