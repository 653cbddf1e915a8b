"""Read pages over the WebSocket as a browser does, without a browser."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

from tests.office.pages import path

PATIENCE_S = 300.0
"""How long a page may take, seconds: without kept code its loops are compiled first."""


@dataclass
class Reader:
    """A session.

    Parameters
    ----------
    connection
        Its WebSocket.
    failures
        What a page said instead of its content, in the words of the screen.
    files
        The downloads that the last page offers and makes when they are asked for.
    """

    connection: ClientConnection
    failures: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    _name: str = ""

    def read(self, page: str, query: str = "") -> int:
        """Open a page to its end and return how many elements it has."""
        asked = BackMsg()
        asked.rerun_script.page_name = path(page)
        asked.rerun_script.query_string = query
        self.connection.send(asked.SerializeToString())
        elements, self.files = 0, []
        while True:
            told = self._told()
            if told.WhichOneof("type") == "new_session":
                self._name = told.new_session.initialize.session_id
            elif told.WhichOneof("type") == "delta":
                elements += self._took(told)
            elif told.WhichOneof("type") == "script_finished" and not told.script_finished:
                return elements

    def _took(self, told: ForwardMsg) -> bool:
        element = told.delta.new_element
        kind = element.WhichOneof("type")
        if kind == "exception":
            self.failures.append(f"{element.exception.type}: {element.exception.message}")
        elif kind == "download_button":
            self.files.append(element.download_button.deferred_file_id)
        return kind is not None

    def make(self, file: str) -> str:
        """Have a download made and return its address, relative to the root."""
        asked = BackMsg()
        asked.backend_operation_request.session_id = self._name
        asked.backend_operation_request.request_id = file
        asked.backend_operation_request.deferred_file.file_id = file
        self.connection.send(asked.SerializeToString())
        while (told := self._told()).WhichOneof("type") != "backend_operation_response":
            pass
        answer = told.backend_operation_response
        if answer.error_msg:
            self.failures.append(f"download: {answer.error_msg}")
        return answer.deferred_file.url

    def _told(self) -> ForwardMsg:
        message = self.connection.recv(PATIENCE_S)
        assert isinstance(message, bytes)
        return ForwardMsg.FromString(message)


@contextmanager
def reader(
    url: str, *, origin: str | None = None, cookie: str = "", trust: ssl.SSLContext | None = None
) -> Iterator[Reader]:
    """Open a session at ``url``, the root of a server on this machine.

    Parameters
    ----------
    url
        Its name need not be known to the system.
    origin
        The site whose page opens it; None for no page.
    cookie
        What the browser sends along.
    trust
        How the certificate of an ``https`` address is looked at.
    """
    parts = urlsplit(url)
    scheme = {"http": "ws", "https": "wss"}[parts.scheme]
    with connect(
        sock=socket.create_connection(("127.0.0.1", int(parts.port or 443))),
        uri=f"{scheme}://{parts.netloc}{parts.path}/_stcore/stream",
        origin=origin,  # type: ignore[arg-type]
        additional_headers={"Cookie": cookie} if cookie else None,
        ssl=trust,
        subprotocols=["streamlit"],  # type: ignore[list-item]
        max_size=None,
        proxy=None,
    ) as connection:
        yield Reader(connection)
