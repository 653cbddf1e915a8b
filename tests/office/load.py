"""Let many readers filter at once, and time what each waits: run by ``python -m tests.attack``."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from tests.browser.harness import serve
from tests.office.blocks import NAME, options
from tests.office.gateway import TRUSTING, fetch, gateway

READERS = 30
FILTERS = ("level=national", "level=municipal", "field=biomedicine", "now=operating", "period=2020")
_SHORT = 64
"""Bytes: the word that a page is finished is shorter, and what is longer is not looked into."""


async def _filter(connection: ClientConnection, query: str) -> float:
    """Ask for a view and return the seconds until the page is finished."""
    asked = BackMsg()
    asked.rerun_script.query_string = f"city=tianjin&{query}"
    begun = time.monotonic()
    await connection.send(asked.SerializeToString())
    while True:
        message = await connection.recv()
        if len(message) <= _SHORT and isinstance(message, bytes):
            told = ForwardMsg.FromString(message)
            if told.WhichOneof("type") == "script_finished" and not told.script_finished:
                return time.monotonic() - begun


async def _together(listen: int, readers: int, rounds: int) -> list[float]:
    """Open sessions, each with the cookie of its first answer, and filter in all at once."""
    named = f"https://{NAME}:{listen}"
    connections = []
    for _ in range(readers):
        _, _, cookies = fetch(f"https://127.0.0.1:{listen}/", Host=NAME)
        cookie = {"Cookie": cookies[0].split(";")[0]} if cookies else {}
        connections.append(
            await connect(
                named.replace("https", "wss") + "/_stcore/stream",
                host="127.0.0.1",
                origin=named,  # type: ignore[arg-type]
                additional_headers=cookie,
                ssl=TRUSTING,
                subprotocols=["streamlit"],  # type: ignore[list-item]
                max_size=None,
                ping_interval=None,
                proxy=None,
            )
        )
    await asyncio.gather(*(_filter(one, "") for one in connections))
    waits: list[float] = []
    for turn in range(rounds):
        each = [FILTERS[(turn + k) % len(FILTERS)] for k in range(readers)]
        waits += await asyncio.gather(*map(_filter, connections, each))
    for connection in connections:
        await connection.close()
    return waits


def median_wait(workers: int, readers: int = READERS, rounds: int = 5) -> float:
    """Return the median seconds that a filter takes when all readers ask at once."""
    with ExitStack() as stack:
        servers = [stack.enter_context(serve(options=options(NAME=NAME))) for _ in range(workers)]
        ports = [int(server.url.rsplit(":", 1)[1]) for server in servers]
        folder = Path(stack.enter_context(TemporaryDirectory()))
        listen = stack.enter_context(gateway(ports, folder))
        return statistics.median(asyncio.run(_together(listen, readers, rounds)))


def ratio(repeats: int = 3) -> tuple[float, Sequence[float], Sequence[float]]:
    """Return the median wait with two workers over that with one, and all the medians, seconds."""
    pairs = [(median_wait(1), median_wait(2)) for _ in range(repeats)]
    one, two = zip(*pairs, strict=True)
    return statistics.median(two) / statistics.median(one), one, two
