"""Tell who the reader is: by the gateway, by a login, or by what the reader typed."""

from __future__ import annotations

import os
from typing import Final, NamedTuple

import streamlit as st

from layers.language.messages import Say
from pages.shell import html

HEADER_VARIABLE: Final = "ATLAS_USER_HEADER"
"""Names the header in which the gateway hands on who has signed in there."""
_CLAIMS: Final = ("name", "preferred_username", "email")
"""What a login tells of somebody, the friendliest first."""


class Reader(NamedTuple):
    """Who saves an entry.

    Parameters
    ----------
    name
        As the gateway or the login knows it, or as it was typed.
    verified
        Whether a gateway or a login vouches for it.
    """

    name: str
    verified: bool


def signed_in() -> Reader | None:
    """Return who has signed in at the gateway or by OpenID Connect; None if nobody did.

    The gateway's header counts only where ``ATLAS_USER_HEADER`` names it: who reaches the server
    without a gateway could send any.
    """
    header = os.environ.get(HEADER_VARIABLE, "").strip()
    if header:
        name = _decoded(st.context.headers.get(header) or "")
        return Reader(name, True) if name else None
    told = st.user.to_dict()
    names = (str(told.get(claim) or "").strip() for claim in _CLAIMS)
    name = next(filter(None, names), "") if told.get("is_logged_in") else ""
    return Reader(name, True) if name else None


def panel(say: Say, unsigned: str) -> None:
    """Say under which name entries are saved, and offer the login where one is configured.

    Parameters
    ----------
    say
        Words in the reader's language.
    unsigned
        What is said to a reader who has not signed in.
    """
    reader, login = signed_in(), st.user.to_dict().get("is_logged_in")
    html.small(unsigned if reader is None else say("sign_in.as", who=reader.name))
    if login is None or os.environ.get(HEADER_VARIABLE, "").strip():
        return  # no login is configured, or the gateway's name counts
    if login:
        st.button(say("sign_in.out"), key="sign_out", on_click=st.logout)
    else:
        st.button(say("sign_in.in"), key="sign_in", on_click=st.login)


def typed(name: str) -> Reader:
    """Return who the reader says to be.

    Parameters
    ----------
    name
        What was typed.
    """
    return Reader(" ".join(name.split()), False)


def _decoded(text: str) -> str:
    """Read a header as UTF-8, which a server hands on byte by byte."""
    try:
        return text.encode("latin-1").decode("utf-8").strip()
    except UnicodeError:
        return text.strip()
