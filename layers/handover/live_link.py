"""Lead from paper back to the live view: its address, and the same as a QR code."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Final
from urllib.parse import urlencode

import segno

from layers.pack.city import City
from layers.view.address import to_query
from layers.view.state import ViewState, allowed

VARIABLE: Final = "ATLAS_PUBLIC_URL"
"""Names in the environment the address by which readers open the atlas; unset, none is printed."""
LONGEST: Final = 400
"""Characters of an address that a phone still reads from paper: longer ones have no code."""
MODULE_PX: Final = 12
INK: Final = "#14171A"
QUIET: Final = 2
"""Modules of white round the code: on white paper two are enough."""
_PUBLIC = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+(?:/[A-Za-z0-9._~\-/]*)?", re.ASCII)


def public(environment: Mapping[str, str] = os.environ) -> str:
    """Return the address of the server, without a slash at its end; empty where none is set.

    Parameters
    ----------
    environment
        Where it stands; what is no plain http(s) address counts as none.
    """
    given = environment.get(VARIABLE, "").strip()
    return given.rstrip("/") if _PUBLIC.fullmatch(given) else ""


def live_link(
    page: str, query: Mapping[str, str], environment: Mapping[str, str] = os.environ
) -> str:
    """Return the address of a view on the server.

    Parameters
    ----------
    page
        Name of the page.
    query
        Keys and values of its address.
    environment
        As for :func:`public`.

    Returns
    -------
    str
        Empty where the server's own is not set, or the whole is too long for a code.
    """
    base = public(environment)
    if not base:
        return ""
    said = urlencode(query, safe="~.,:")
    found = f"{base}/{page}?{said}" if said else f"{base}/{page}"
    return found if len(found) <= LONGEST else ""


def link_of_state(city: City, state: ViewState, page: str) -> str:
    """Return the address at which a page shows a state: its filters, its language, no camera.

    Parameters
    ----------
    city
        The pack that is shown; it is not changed.
    state
        What is shown.
    page
        Name of the page.
    """
    if not public():
        return ""
    told = replace(state, camera=None, present=False)
    return live_link(page, to_query(told, page, opening=allowed(city).opening))


@lru_cache(maxsize=128)
def qr_svg(link: str) -> str:
    """Return an address as a QR code.

    Parameters
    ----------
    link
        As :func:`live_link` returns it, not empty.

    Returns
    -------
    str
        An ``<svg>`` element, which scales; the same address gives the same code.
    """
    code = segno.make(link, error="m", micro=False)
    target = io.BytesIO()
    look = {"border": QUIET, "dark": INK, "light": "#FFFFFF"}
    code.save(target, kind="svg", xmldecl=False, omitsize=True, nl=False, **look)
    return target.getvalue().decode()


@lru_cache(maxsize=128)
def qr_modules(link: str) -> tuple[tuple[bool, ...], ...]:
    """Return an address as a QR code of dark and light modules, without white round it.

    Parameters
    ----------
    link
        As :func:`live_link` returns it, not empty.

    Returns
    -------
    tuple
        Rows from the top; True is dark.
    """
    code = segno.make(link, error="m", micro=False)
    return tuple(tuple(map(bool, row)) for row in code.matrix)


@lru_cache(maxsize=128)
def qr_png(link: str) -> bytes:
    """Return an address as a QR code of pixels.

    Parameters
    ----------
    link
        As :func:`live_link` returns it, not empty.
    """
    target = io.BytesIO()
    code = segno.make(link, error="m", micro=False)
    code.save(target, kind="png", scale=MODULE_PX, border=QUIET, dark=INK)
    return target.getvalue()
