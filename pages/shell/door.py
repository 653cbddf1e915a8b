"""Decide at the door: who may connect, what a gateway is told, what nobody is shown."""

from __future__ import annotations

import logging
from typing import Final
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.auth_util import get_secrets_auth_section
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

from layers.language.messages import LANGS, speaker
from layers.language.problems import worded
from pages.shell.routes import ground

HEALTH: Final = "/health"
"""Where a gateway asks whether readers can be sent here."""
CLOSED: Final = "/_stcore/metrics"
"""Streamlit's count of sessions, memory and pages, which nothing but this can close."""
HERE: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_REFUSED: Final = 1008  # the WebSocket's code for "against the rules"
_LOG = logging.getLogger(__name__)


class Door:
    """Stand before Streamlit and let in what belongs here.

    A WebSocket is opened by pages of this server only. Streamlit holds to that too, but asks a
    host on the internet for the server's own address before it refuses a stranger, and answers
    nobody meanwhile. So it is decided here, by what is written in the settings, and Streamlit is
    left nothing to ask about: what is let in has no Origin any more. Only where a login is
    configured it stays: Streamlit holds the cookie of who has signed in against it.

    Parameters
    ----------
    app
        What stands behind the door.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or pass it on."""
        if scope["type"] == "websocket":
            if not welcome(Headers(scope=scope)):
                await send({"type": "websocket.close", "code": _REFUSED})
                return
            if not get_secrets_auth_section():
                left = [(name, value) for name, value in scope["headers"] if name != b"origin"]
                scope = {**scope, "headers": left}
        elif scope["type"] == "http" and (answer := _answer(scope)):
            await answer(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _answer(scope: Scope) -> PlainTextResponse | None:
    """Return what is said to a request that is not passed on."""
    path = scope["path"].rstrip("/")
    if path.endswith(CLOSED):
        return PlainTextResponse("Not found\n", status_code=404)
    if path.endswith(HEALTH) or is_host_allowed(Headers(scope=scope).get("host")):
        return None
    name = st.get_option("browser.serverAddress")
    said = [speaker(lang)("frame.other_name", name=name) for lang in LANGS]
    return PlainTextResponse("\n".join([*said, ""]), status_code=421)


def welcome(headers: Headers) -> bool:
    """Tell whether a WebSocket comes from a page of this server, or from no page at all.

    Parameters
    ----------
    headers
        Headers of the request that opens it.

    Returns
    -------
    bool
        True too where the settings let every page in (``server.enableCORS``).
    """
    origin = headers.get("origin")
    if origin is None or not st.get_option("server.enableCORS"):
        return True
    try:
        asked = urlsplit(origin)
        name = asked.hostname
    except ValueError:
        return False
    return asked.netloc == headers.get("host") or name in HERE | _names()


def _names() -> frozenset[str | None]:
    """Return the names under which the settings say that the atlas is found."""
    listed = [st.get_option("browser.serverAddress"), *st.get_option("server.corsAllowedOrigins")]
    written = [name if "//" in name else f"//{name}" for name in listed if name]
    return frozenset(urlsplit(name).hostname for name in written)


def served() -> bool:
    """Tell whether at least one pack can be read; why another cannot goes to the log."""
    from pages.shell import cache  # Streamlit's caches are made once it runs, and not before

    try:
        packs = cache.packs()
    except OSError:
        _LOG.exception("No pack can be found")
        return False
    for pack in packs.refused:
        faults = "\n".join(worded(problem, "en") for problem in pack.problems)
        _LOG.warning("The pack %s cannot be served:\n%s", pack.name, faults)
    return bool(packs.served)


def health(request: Request) -> PlainTextResponse:  # noqa: ARG001 - one shape
    """Answer 200 if a pack can be served, else 503.

    Parameters
    ----------
    request
        Not looked at.
    """
    if served():
        return PlainTextResponse("ok\n")
    return PlainTextResponse("No pack can be served: see the log.\n", status_code=503)


def _routes() -> list[Route]:
    base = st.get_option("server.baseUrlPath").strip("/")
    below = f"/{base}" if base else ""
    return [
        Route(f"{below}{HEALTH}", health),
        Route(f"{below}{ground.PATH}", ground.answer),
    ]


ROUTES: Final = _routes()
MIDDLEWARE: Final = [Middleware(Door)]
