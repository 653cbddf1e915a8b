"""Speak to a served atlas as a browser's page does: one WebSocket, one session."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from urllib.error import URLError

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from tests import ROOT

START_S, ANSWER_S = 60.0, 600.0


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def served(environment: Mapping[str, str] | None = None) -> Iterator[int]:
    """Serve the atlas in a process of its own for the length of a block; give its port."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py"]
    server = subprocess.Popen(
        [*command, "--server.port", str(port), "--server.headless", "true"],
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(server, f"http://127.0.0.1:{port}/_stcore/health")
        yield port
    finally:
        server.terminate()
        server.wait()


def _wait(server: subprocess.Popen[bytes], address: str) -> None:
    until = time.monotonic() + START_S
    while server.poll() is None and time.monotonic() < until:
        with contextlib.suppress(URLError, OSError), urllib.request.urlopen(address, timeout=1):
            return
        time.sleep(0.1)
    raise TimeoutError(f"nothing answers at {address}")


class Session:
    """One reader's session on one page.

    Parameters
    ----------
    port
        Where the server listens on this machine.
    page
        The page's address, such as ``coverage``; empty for the first page.
    """

    def __init__(self, port: int, page: str = "") -> None:
        self.port, self.page = port, page
        self.exceptions = 0
        """How many errors the page has shown."""
        self._hash = ""
        self._socket: ClientConnection | None = None

    async def open(self, query: str = "") -> float:
        """Connect and let the page run once; return the seconds until it was done."""
        start = time.monotonic()
        self._socket = await connect(
            f"ws://127.0.0.1:{self.port}/_stcore/stream",
            subprotocols=["streamlit"],  # type: ignore[list-item]
            max_size=None,
            open_timeout=ANSWER_S,
            ping_interval=None,
        )
        await self.run(query)
        return time.monotonic() - start

    async def run(self, query: str) -> None:
        """Let the page run under an address, until it is done."""
        assert self._socket is not None
        ask = BackMsg()
        ask.rerun_script.query_string = query
        if self._hash:
            ask.rerun_script.page_script_hash = self._hash
        else:
            ask.rerun_script.page_name = self.page
        await self._socket.send(ask.SerializeToString())
        started = False
        async for data in self._socket:
            told = ForwardMsg.FromString(data if isinstance(data, bytes) else data.encode())
            started = started or told.WhichOneof("type") == "new_session"
            if self._heard(told) and started:
                return
        raise ConnectionError("the server closed the session")

    def _heard(self, told: ForwardMsg) -> bool:
        """Take in a message; say whether the page is done."""
        kind = told.WhichOneof("type")
        if kind in ("new_session", "navigation"):
            self._hash = getattr(told, kind).page_script_hash or self._hash
        if kind == "delta" and told.delta.WhichOneof("type") == "new_element":
            self.exceptions += told.delta.new_element.WhichOneof("type") == "exception"
        return (
            kind == "script_finished" and told.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
        )

    async def close(self) -> None:
        """Leave."""
        if self._socket is not None:
            await self._socket.close()
