"""Serve by pygeoapi, held to what the standard asks of parameters, media types and claims.

``uvicorn --factory layers.handover.static_api.server:served``, with pygeoapi's two variables set.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl

from pygeoapi.api import itemtypes
from pygeoapi.util import yaml_load

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
ITEMS: Final = re.compile(r"/collections/[^/]+/items(/[^/]+)?$")
FURTHER: Final = frozenset({"filter", "filter-lang", "filter-crs", "q", "resulttype", "datetime"})
"""Parameters of items that pygeoapi knows and its API definition does not name."""
CLAIMED_ONLY: Final = "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/create-replace-delete"
"""pygeoapi says so of every server; no layer can be changed here."""


class Strict:
    """Refuse unknown parameters, and call features by their media type.

    A misspelt column would else be ignored, and all rows taken for those that were asked for.

    Parameters
    ----------
    app
        The server.
    definition
        Its API definition.
    """

    def __init__(self, app: Any, definition: MutableMapping[str, Any]) -> None:
        self.app = app
        self.known = {path: _names(told, definition) for path, told in definition["paths"].items()}

    async def __call__(self, scope: Scope, receive: Any, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = scope["path"].rstrip("/")
        asked = {name for name, _ in parse_qsl(scope["query_string"].decode(), True)}
        known = self.known.get(path)
        if known is not None and (wrong := sorted(asked - known)):
            await _refuse(send, f"unknown parameter: {', '.join(wrong)}")
            return
        await self.app(scope, receive, _called(send) if ITEMS.search(path) else send)


def _names(told: MutableMapping[str, Any], definition: MutableMapping[str, Any]) -> set[str]:
    """Return the parameters of a path, those of its kind included."""
    found = {"f", "lang"}
    for each in told.get("get", {}).get("parameters", ()):
        reference = str(each.get("$ref", ""))
        shared = definition["components"]["parameters"].get(reference.rpartition("/")[2], {})
        name = each.get("name") or shared.get("name") or Path(reference).stem
        found.add(str(name))
    return found | FURTHER if "offset" in found else found


def _called(send: Send) -> Send:
    async def sent(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start" and message["status"] == 200:
            message["headers"] = [
                (name, value.replace(b"application/json", b"application/geo+json"))
                for name, value in message["headers"]
            ]
        await send(message)

    return sent


async def _refuse(send: Send, why: str) -> None:
    told = {"code": "InvalidParameterValue", "type": "InvalidParameterValue", "description": why}
    head = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 400, "headers": head})
    await send({"type": "http.response.body", "body": json.dumps(told).encode()})


def served() -> Strict:
    """Return the server that the variables of the environment describe."""
    from pygeoapi.starlette_app import APP as PLAIN

    claims = itemtypes.CONFORMANCE_CLASSES_FEATURES
    claims[:] = [each for each in claims if each != CLAIMED_ONLY]
    with Path(os.environ["PYGEOAPI_OPENAPI"]).open(encoding="utf-8") as file:
        return Strict(PLAIN, yaml_load(file))
