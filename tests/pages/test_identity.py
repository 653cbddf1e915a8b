"""Show whose name an entry carries: the gateway's, the login's, or what was typed."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import streamlit as st

from pages.shell.entering.identity import HEADER_VARIABLE, Reader, may_log_in, signed_in, typed

NAME = "李工".encode().decode("latin-1")
"""As a server hands on the bytes of a header."""


@pytest.mark.parametrize(
    ("variable", "headers", "user", "reader"),
    [
        ("", {"X-User": "Zhao"}, {}, None),  # anybody could send it
        ("X-User", {"X-User": NAME}, {}, Reader("李工", True)),
        ("X-User", {"X-User": " "}, {}, None),
        ("X-User", {}, {"is_logged_in": True, "name": "Li"}, None),
        (
            "",
            {},
            {"is_logged_in": True, "name": "", "email": "li@a.test"},
            Reader("li@a.test", True),
        ),
        ("", {}, {"is_logged_in": False, "name": "Li"}, None),
        ("", {}, {}, None),
    ],
)
def test_who_has_signed_in(
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    headers: dict[str, str],
    user: dict[str, object],
    reader: Reader | None,
) -> None:
    monkeypatch.setenv(HEADER_VARIABLE, variable)
    monkeypatch.setattr(st, "context", SimpleNamespace(headers=headers))
    monkeypatch.setattr(st, "user", SimpleNamespace(to_dict=lambda: user))
    assert signed_in() == reader
    assert may_log_in() == (user.get("is_logged_in") is False)


def test_a_typed_name_is_not_verified() -> None:
    assert typed("  Li \n Gong ") == Reader("Li Gong", False)
