"""Show that an unforeseen error ends in a sentence with a number, and in the log under it."""

from __future__ import annotations

import logging
import re

import pytest
from streamlit.testing.v1 import AppTest

from layers.language.messages import LANGS, speaker
from pages.shell import failure
from tests.screens import app


def page() -> None:
    import streamlit as st

    from pages.shell import failure

    @failure.guarded
    def part(divisor: int) -> None:
        st.write(1 // divisor)

    part(0)
    part(1)
    with failure.caught():
        st.stop()
    st.write("never")


@pytest.mark.unforeseen
def test_the_reader_gets_a_number_and_the_log_the_traceback(
    caplog: pytest.LogCaptureFixture,
) -> None:
    at = AppTest.from_function(page, default_timeout=60).run()
    assert not at.exception, "Streamlit's own words are never shown"
    (said,) = at.error
    (number,) = set(re.findall(r"[0-9A-F]{6}", said.value))
    assert said.value == " ".join(
        speaker(lang)("error.unforeseen", number=number) for lang in LANGS
    )
    (line,) = (one for one in caplog.records if one.name == failure.__name__)
    assert number in line.getMessage()
    assert line.exc_info is not None
    assert line.exc_info[0] is ZeroDivisionError
    assert [shown.value for shown in at.markdown] == ["`1`"], "the rest goes on, a stop stops"


@pytest.mark.unforeseen
def test_one_error_keeps_one_number(caplog: pytest.LogCaptureFixture) -> None:
    error = RuntimeError("a secret path: /srv/points")
    assert failure.report(error) == failure.report(error)
    assert len(caplog.records) == 1, "and is written once"
    assert caplog.records[0].levelno == logging.ERROR
    assert all("secret" not in failure.words(error, lang) for lang in LANGS)


@pytest.mark.unforeseen
@pytest.mark.parametrize(
    "fails",
    [
        "pages.panels.explore.tally",  # the page itself
        "pages.shell.map_view._follow",  # a fragment of it
        "pages.shell.session.write",  # before it has begun
    ],
)
def test_any_page_ends_in_that_sentence(fails: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*given: object, **named: object) -> None:
        raise RuntimeError("a secret path: /srv/points")

    monkeypatch.setattr(fails, fail)
    at = app()
    assert not at.exception
    assert all(word in at.error[0].value for word in ("编号", "number"))
    assert "secret" not in at.error[0].value
