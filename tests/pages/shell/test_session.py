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
    app = AppTest.from_function(_changes, default_timeout=60, args=(period,)).run()
    assert [part.value for part in app.markdown] == [changed, period]


def _clicks() -> None:
    import streamlit as st

    from layers.pack.city import load_city
    from layers.view.state import default_state
    from pages.shell import cache, session
    from tests import ROOT

    city = load_city(ROOT / "data" / "tianjin")
    if session.STATE not in st.session_state:
        cache.packs()
        st.session_state[session.STATE] = default_state(city)
        st.session_state[session.SEEN] = session.Seen("explore", {"period": ["2025"]})
    st.query_params.from_dict({"field": "biomedicine"})
    session.narrow(district=frozenset({"120116"}))
    filters = session.state().filters
    st.write(str(sorted(filters.field | filters.district)))


@pytest.mark.slow
def test_a_click_changes_what_the_address_has_just_asked_for() -> None:
    """A click may be heard before the run that a Back has begun."""
    app = AppTest.from_function(_clicks, default_timeout=60).run()
    assert [part.value for part in app.markdown] == ["['120116', 'biomedicine']"]
