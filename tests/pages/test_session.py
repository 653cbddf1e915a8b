"""Show what counts as a change of the state: it wins over the address."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest


def _changes(period: str) -> None:
    import streamlit as st

    from layers.view.state import ViewState
    from pages.shell import session

    st.session_state[session.STATE] = ViewState("toy", period="2020")
    session.change(period=period)
    st.write(str(session.CHANGED in st.session_state))
    st.write(session.state().period)


@pytest.mark.parametrize(("period", "changed"), [("2020", "False"), ("2025", "True")])
def test_a_widget_that_says_what_the_state_says_has_changed_nothing(
    period: str, changed: str
) -> None:
    app = AppTest.from_function(_changes, args=(period,)).run()
    assert [part.value for part in app.markdown] == [changed, period]
