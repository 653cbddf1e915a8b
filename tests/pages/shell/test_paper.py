"""The picture, the slide and the meeting pack that a page offers, made beside it."""

from __future__ import annotations

import io
import time
import zipfile
from typing import Any

import pytest
from pptx import Presentation
from streamlit.testing.v1 import AppTest

from layers.present.pack import on_screen
from layers.present.pack.made import Made
from pages.shell import cache
from tests.screens import app, page_text, shown

pytestmark = pytest.mark.screen
WAIT_S = 60


def buttons(at: AppTest) -> dict[str, Any]:
    return {str(each.key): each for each in at.button}


def made(at: AppTest, name: str) -> Made:
    """Press the button, wait as a reader does, and return what is handed over."""
    buttons(at)[f"{name}_make"].click().run()
    task, end = at.session_state["atlas.paper"], time.monotonic() + WAIT_S
    while not task.is_done(0.1):
        assert time.monotonic() < end
    at.run()
    assert at.get("download_button")
    found: Made = cache.papers().found(task.key)
    return found


@pytest.mark.parametrize("page", ["explore", "district", "density", "coverage", "sources"])
def test_every_page_offers_its_picture(page: str) -> None:
    at = shown(page)
    assert "picture_make" in buttons(at)
    assert ("pack_make" in buttons(at)) == (page == "explore")


@pytest.mark.parametrize(
    ("page", "query"),
    [("coverage", {"cpart": "scenario"}), ("explore", {"present": "1"})],
)
def test_where_nothing_is_drawn_or_presented_none_is_offered(
    page: str, query: dict[str, str]
) -> None:
    assert "picture_make" not in buttons(app(page, **query))


def test_the_slide_is_what_the_page_shows() -> None:
    at = app("explore", level="national", lang="en")
    # Pressed at once, before any run has drawn the button for a slide: it is one all the same.
    next(b for b in at.button_group if b.key == "picture_kind").set_value("pptx")
    found = made(at, "picture")
    assert found.name.endswith("_20261128.pptx")
    assert "filtered" in found.name
    slide = next(iter(Presentation(io.BytesIO(found.data)).slides))
    said = "\n".join(s.text_frame.text for s in slide.shapes if s.has_text_frame)
    assert "National" in said
    assert "Filtered:" in said
    sentence = next(s.text_frame.text for s in slide.shapes if s.name == "Finding")
    assert sentence in page_text(at)


def test_work_that_is_no_longer_wanted_ends() -> None:
    at = app("explore")
    buttons(at)["pack_make"].click().run()
    task = at.session_state["atlas.paper"]
    assert "pack_cancel" in buttons(at)
    task.cancel()
    assert task.is_done(WAIT_S)
    assert task.cancelled
    at.run()
    assert "pack_make" in buttons(at)
    assert cache.papers().found(task.key) is None


def test_a_part_that_fails_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def some(*_: object, **__: object) -> Made:
        files = io.BytesIO()
        zipfile.ZipFile(files, "w").close()
        return Made("a.zip", "application/zip", files.getvalue(), {"docx": "no disk"})

    monkeypatch.setattr(on_screen, "pack", some)
    at = app("explore", lang="en", level="city")
    made(at, "pack")
    assert "Not made: the brief. no disk" in page_text(at)
