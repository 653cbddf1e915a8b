"""Speak with a Streamlit server as a browser does, so that many readers can be had at once.

One :class:`Reader` is one tab: a WebSocket on which it asks for a page and waits until the script
has run to its end. Nothing is painted: the seconds are the server's.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

PATIENCE_S = 300.0
FINISHED = ForwardMsg.ScriptFinishedStatus.FINISHED_SUCCESSFULLY


@dataclass
class Reader:
    """One tab of a browser.

    Parameters
    ----------
    url
        Root of the server, ``http://…``.
    """

    url: str
    errors: int = 0
    """Exceptions that the pages have shown."""
    elements: int = 0
    """What was drawn in the last run."""
    _page: str = ""
    _pages: dict[str, str] = field(default_factory=dict)
    _socket: Any = None

    async def __aenter__(self) -> Reader:
        address = self.url.replace("http", "ws", 1) + "/_stcore/stream"
        self._socket = await websockets.connect(
            address, subprotocols=[websockets.Subprotocol("streamlit")], max_size=None,
            open_timeout=PATIENCE_S, ping_interval=None,
        )  # fmt: skip
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._socket.close()

    async def open(self, page: str, query: str = "") -> float:
        """Ask for a page as its address does; return the seconds until it stands whole."""
        message = BackMsg()
        message.rerun_script.query_string = query
        message.rerun_script.page_name = page
        return await self._run(message)

    async def turn(self, page: str, query: str = "") -> float:
        """Follow the menu's link to another page, or to this one with another address."""
        message = BackMsg()
        message.rerun_script.query_string = query
        message.rerun_script.page_script_hash = self._pages[page]
        return await self._run(message)

    async def _run(self, message: BackMsg) -> float:
        start = time.perf_counter()
        await self._socket.send(message.SerializeToString())
        self.elements = 0
        async with asyncio.timeout(PATIENCE_S):
            while True:
                answer = ForwardMsg()
                answer.ParseFromString(await self._socket.recv())
                if self._last(answer):
                    return time.perf_counter() - start

    def _last(self, answer: ForwardMsg) -> bool:
        """Take in one message; tell whether it ends a run that was not begun anew."""
        kind = answer.WhichOneof("type")
        if kind == "navigation":
            self._pages = {
                "" if page.is_default else page.url_pathname: page.page_script_hash
                for page in answer.navigation.app_pages
            }
        elif kind == "delta" and answer.delta.WhichOneof("type") == "new_element":
            self.elements += 1
            self.errors += answer.delta.new_element.WhichOneof("type") == "exception"
        return kind == "script_finished" and answer.script_finished == FINISHED
