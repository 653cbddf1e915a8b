"""Show that what a browser held is asked for until it has been taken."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from pages.browser import store


def test_a_run_that_is_broken_off_takes_nothing_and_the_next_one_takes_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Streamlit may break a run off at any look into the session: the work must outlive that."""
    taken: list[store.Stored] = []

    def mount(*, data: dict[str, Any], **_: Any) -> SimpleNamespace:
        found = {"answers": data["ask"], "draft": "work", "kept": ""}
        return SimpleNamespace(found=found, lost=False)

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
