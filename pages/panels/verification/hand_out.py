"""Show which places wait for verification, and hand out sheets that ask about them."""

from __future__ import annotations

from functools import partial
from typing import Final

import pandas as pd
import streamlit as st

from layers.handover.workbook import WORKBOOK_TYPE
from layers.language.values import km
from layers.places.areas import area_name
from layers.verification.sheet import Line, lines
from layers.verification.waiting import RADIUS_M
from layers.verification.workbook import workbook
from pages.panels.verification import take_back
from pages.shell import html
from pages.shell.entering import records
from pages.shell.frame import Screen
from pages.shell.labels import cells

SHOWN: Final = ("name", "kind", "level", "found", "unsettled")
"""Columns of the list on the page."""


def panel(screen: Screen, district: str | None) -> None:
    """Show which places wait, and let sheets out and in.

    Parameters
    ----------
    screen
        City, state and words of this run.
    district
        Adcode of the district; None for the whole city.
    """
    say, city, lang = screen.say, screen.city, screen.state.lang
    name = city.name.of(lang) if district is None else area_name(city, district, lang)
    asked = lines(city, records.entries_of(city.id), lang, district)
    html.drawer(
        say("verification.page.title"),  # without a number: a box with another name is shut
        "verification",
        partial(_draw, screen, asked, district, say("verification.title", area=name)),
    )


def _draw(screen: Screen, asked: tuple[Line, ...], district: str | None, title: str) -> None:
    say, city, lang = screen.say, screen.city, screen.state.lang
    if not asked:
        html.small(say("verification.page.none"))
    else:
        html.small(say("verification.page.waits", n=len(asked)))
        html.small(say("verification.page.order", radius=km(RADIUS_M, lang)))
        heads = [say(f"verification.column.{key}") for key in SHOWN]
        rows = [[line.known[key] for key in SHOWN] for line in asked]
        table = cells(pd.DataFrame(rows, columns=heads))
        st.dataframe(
            table,
            hide_index=True,
            placeholder="",
            alt=say("verification.page.title"),
            height="content",
        )
        stem = f"{city.id}_{district or 'city'}_verification"
        with st.container(horizontal=True):
            st.download_button(
                say("verification.page.download"),
                partial(workbook, city, asked, lang, title),
                file_name=f"{stem}.xlsx",
                mime=WORKBOOK_TYPE,
                on_click="ignore",
                type="primary",
                key="sheet_xlsx",
            )
            st.download_button(
                say("verification.page.print"),
                partial(_printed, screen, asked, title),
                file_name=f"{stem}.pdf",
                mime="application/pdf",
                on_click="ignore",
                key="sheet_pdf",
            )
    take_back.panel(screen)


def _printed(screen: Screen, asked: tuple[Line, ...], title: str) -> bytes:
    from layers.present.sheet.verification import printed  # typesetting is loaded when it is asked

    return printed(screen.city, asked, screen.state.lang, title)
