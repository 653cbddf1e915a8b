"""Show that what a browser held is asked for until it has been taken."""

from __future__ import annotations

from typing import Any

import pytest

from pages.browser import store


def test_a_run_that_is_broken_off_takes_nothing_and_the_next_one_takes_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Streamlit may break a run off at any look into the session: the work must outlive that."""
    taken: list[store.Stored] = []

    def mount(*, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        found = {"answers": data["ask"], "draft": "work", "kept": ""}
        return {"found": found, "lost": False}

    def broken_off(_: store.Stored) -> bool:
        raise InterruptedError

    def take(found: store.Stored) -> bool:
        taken.append(found)
        return True

    monkeypatch.setattr("streamlit.session_state", {})
    monkeypatch.setattr(store, "_MOUNT", mount)
    asked: dict[str, Any] = {"draft": "", "kept": {}, "dropped": (), "unsaved": False}
    with pytest.raises(InterruptedError):
        store.exchange("scenario.toy", **asked, take=broken_off)
    assert store.exchange("scenario.toy", **asked, take=take) == (True, False)
    assert store.exchange("scenario.toy", **asked, take=take) == (False, False)
    assert taken == [store.Stored("work", "")]


def test_an_answer_is_taken_before_the_browser_is_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each answer runs the page anew, and such a run may drop the click that comes before it."""
    session: dict[str, Any] = {}
    given: list[dict[str, Any]] = []

    def mount(*, key: str, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        given.append(data)
        if data["ask"]:
            session[key] = {"found": {"answers": data["ask"], "draft": "", "kept": ""}}
        return {"found": None, "lost": False}

    monkeypatch.setattr("streamlit.session_state", session)
    monkeypatch.setattr(store, "_MOUNT", mount)
    for _ in range(2):
        store.exchange(
            "scenario.toy", draft="", kept={}, dropped=(), unsaved=False, take=lambda _: False
        )
    assert [bool(data["ask"]) for data in given] == [True, False]
