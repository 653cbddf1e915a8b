"""Show whose name an entry carries: the gateway's, the login's, or what was typed."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import streamlit as st

from layers.language.messages import speaker
from layers.store.cities import EnteredCities
from layers.store.settings import Settings
from pages.shell import cache
from pages.shell.entering.identity import HEADER_VARIABLE, Reader, panel, signed_in, typed
from tests.screens import app, page_text

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
    pressed: list[str] = []
    monkeypatch.setattr(st, "button", lambda _, key, **more: pressed.append(key))
    panel(speaker("zh"), "")
    offered = {None: [], False: ["sign_in"], True: ["sign_out"]}[user.get("is_logged_in")]  # type: ignore[index]
    assert pressed == ([] if variable else offered)


def test_a_typed_name_is_not_verified() -> None:
    assert typed("  Li \n Gong ") == Reader("Li Gong", False)


@pytest.mark.screen
def test_every_page_says_that_entries_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = EnteredCities(Settings("postgresql://nobody@/x?host=%2Fnowhere"))
    monkeypatch.setattr(cache, "entered", lambda: broken)
    at = app("sources", lang="zh")
    assert speaker("zh")("error.store_unreachable") in page_text(at)
    assert not at.exception


@pytest.mark.screen
def test_where_writing_is_off_sheets_only_go_out(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = EnteredCities(Settings("sqlite:////nonexistent/entries.sqlite", writable=False))
    monkeypatch.setattr(cache, "entered", lambda: closed)
    at = app("district", d="120110", lang="zh")
    at.session_state["verification"] = True
    at.run()
    assert speaker("zh")("verification.page.closed") in page_text(at)
    assert [
        button.proto.id for button in at.get("download_button") if "sheet_xlsx" in button.proto.id
    ]
    assert not at.get("file_uploader")
