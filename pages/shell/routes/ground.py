"""Serve the ground of a city's map at an address of its own: the browser asks for it once.

With each filter it would otherwise be sent again, as part of the map's script, and be passed on to
the map's frame; with each other page too.
"""

from __future__ import annotations

import gzip
import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from layers.language.messages import LANGS

if TYPE_CHECKING:  # the server stands before any of it is read
    from layers.pack.city import City

PATH: Final = "/ground/{digest}/{lang}/{version}.js"
"""Below the server's path: the digests of the pack and of the script; another is another file."""
FROM_FRAME: Final = "../.."
"""From the map's frame to the server's path."""
KEPT_S: Final = 365 * 24 * 3600


def address(city: City, lang: str) -> str:
    """Return where a map's frame finds the ground.

    Parameters
    ----------
    city
        The pack; it is not changed.
    lang
        Language of the names, ``zh`` or ``en``.
    """
    version = _version(city.digest, lang)
    return FROM_FRAME + PATH.format(digest=city.digest, lang=lang, version=version)


def script(city: City, lang: str) -> str:
    """Return the ground as a script.

    Parameters
    ----------
    city
        The pack; it is not changed.
    lang
        Language of the names, ``zh`` or ``en``.
    """
    from pages.shell import cache  # Streamlit's caches are made once it runs, and not before

    return f"ATLAS.base = {cache.base_of(city, lang)};\n"


@lru_cache(maxsize=64)
def _version(digest: str, lang: str) -> str:
    from pages.shell import cache

    return hashlib.sha256(script(cache.city(digest), lang).encode()).hexdigest()[:12]


@lru_cache(maxsize=16)
def _packed(digest: str, lang: str) -> bytes:
    from pages.shell import cache

    cache.packs()  # a server that was started anew has read none yet
    return gzip.compress(script(cache.city(digest), lang).encode(), mtime=0)


def answer(request: Request) -> Response:
    """Answer with a script that the browser may keep, or 404 where there is no such city.

    Parameters
    ----------
    request
        What :data:`PATH` says of it is looked at, and whether it takes gzip.
    """
    digest, lang = (str(request.path_params[name]) for name in ("digest", "lang"))
    try:
        packed = _packed(digest, lang) if lang in LANGS else b""
    except KeyError:
        packed = b""
    if not packed:
        return PlainTextResponse("Not found\n", status_code=404)
    headers = {"Cache-Control": f"private, max-age={KEPT_S}, immutable", "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
    else:
        packed = gzip.decompress(packed)
    return Response(packed, headers=headers, media_type="text/javascript")
