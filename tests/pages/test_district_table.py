"""Show that a table by district is mapped, set against residents, and refused in words."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from layers.language.messages import LANGS, speaker
from tests.screens import AROUND, app, asked_shape, page_text

pytestmark = pytest.mark.screen
CSV = "区,企业数\n和平,5\n河东区,7\n滨海新区,70\n".encode()


def brought(data: bytes, lang: str) -> AppTest:
    at = app("density", dpart="table", lang=lang, **{"in": AROUND})
    return at.file_uploader(key="district_table_upload").set_value(("企业.csv", data, "")).run()


@pytest.mark.parametrize("lang", LANGS)
def test_a_table_is_mapped_and_divided(lang: str) -> None:
    at, say = brought(CSV, lang), speaker(lang)
    assert "70" in page_text(at)
    assert say("district_table.shown_none", column="企业数") in page_text(at)
    at.selectbox(key="district_table_per").set_value("people").run()
    assert at.query_params["tper"] == "people"
    assert say("district_table.shown_people", column="企业数") in page_text(at)
    assert say("district_table.base_none") not in page_text(at)
    assert say("deck.own_file") in page_text(at), "why it enters no story"
    assert asked_shape(at)
    assert say("inside_page.districts") in page_text(at)
    assert not at.exception


def test_what_is_no_table_by_district_is_refused() -> None:
    at = brought(b"a,b\n1,2\n", "zh")
    assert "《企业.csv》读不成按区统计表" in page_text(at)
    assert not at.exception
