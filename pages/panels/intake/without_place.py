"""List the rows of a reader's file that have no place, place them, undo, and hand the file back."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Final

import streamlit as st

from layers.intake.outcome import (
    Outcome,
    Placed,
    click_doubt,
    in_district,
)
from layers.language.messages import display
from layers.language.values import cell, count
from layers.own_points.own_list import (
    FORMATS,
    WITH_CONTACTS,
    contact_columns,
    left_out,
    list_name,
    own_list,
)
from pages.panels.intake import held as own_files
from pages.panels.intake.held import dropped
from pages.panels.intake.proposal import to_the_top
from pages.shell import html, map_view, session
from pages.shell.frame import Screen
from pages.shell.labels import literal
from pages.shell.widgets import is_offered

ROW: Final = "intake_row"
HINT: Final = "intake_hint"
MOST_LISTED: Final = 500
"""Rows without a place that the list offers."""


def placing() -> int | None:
    """Return the row that the reader is about to place by a click; None for none."""
    held = own_files.held()
    row: int | None = st.session_state.get(ROW)
    if held is None or held.outcome is None or row is None:
        return None
    return row if row in held.outcome.without_place().index else None


def act(event: map_view.Event) -> bool:
    """Put the chosen row where the map was clicked.

    Parameters
    ----------
    event
        What happened on the map.
    """
    row = placing()
    if row is None or event.did != "place":
        return False
    doubt = click_doubt(event.lat, event.zoom)
    own_files.place(Placed(row, event.lon, event.lat, doubt, "click"))
    _show_again()
    return True


def hint(screen: Screen) -> None:
    """Say above the map which row a click would place, or that there are rows to be placed.

    Parameters
    ----------
    screen
        City, state and words of this run.
    """
    row, held, say = placing(), own_files.held(), screen.say
    if held is None or held.outcome is None:
        return
    outcome, left = held.outcome, len(held.outcome.without_place())
    if row is not None:
        told = say("intake_page.click_here", row=outcome.label(row, say))
    else:
        told = _beside(screen, outcome) if outcome.placed else ""
        told = told or (say("intake_page.left_rows", n=count(left)) if left else "")
    # One remark at a time, and its place also without one: the map stays where it is, and the same.
    with st.container(key=HINT):
        if told:
            html.show('<p class="small" role="status">{}</p>', told)


def _show_again() -> None:
    """Let own points read the file as it is now."""
    held = own_files.held()
    if held is not None and held.source is not None:
        points = replace(session.state().points, file=held.source.token)
        session.change(points=points)


def without_place(screen: Screen) -> None:
    """List the rows without a position, offer to place them, to undo, and to take the file along.

    Parameters
    ----------
    screen
        City, state and words of this run.
    """
    held, say = own_files.held(), screen.say
    if held is None or held.outcome is None:
        return
    outcome = held.outcome
    to_the_top()
    left = outcome.without_place().index[:MOST_LISTED].tolist()
    if left:
        st.selectbox(
            literal(say("intake_page.without_place", n=count(len(outcome.without_place())))),
            left,
            index=None,
            key=ROW,
            format_func=lambda row: display(outcome.label(row, say)),
            placeholder=say("intake_page.choose_row"),
        )
        _by_district(screen)
    with st.container(horizontal=True, gap="small"):
        if outcome.placed:
            label = outcome.label(outcome.placed[-1].row, say)
            st.button(
                literal(say("intake_page.undo", row=label)), key="intake_undo", on_click=_undone
            )
        _take_along(screen, held.name, outcome)
        st.button(say("intake_page.remove"), key="intake_remove", type="tertiary",
                  on_click=dropped)  # fmt: skip


def _take_along(screen: Screen, name: str, outcome: Outcome) -> None:
    say = screen.say
    fmt = st.selectbox(
        say("intake_page.take_along_as"),
        list(FORMATS),
        key="intake_format",
        format_func=lambda one: say(f"intake_page.take_along_{one}"),
        width=240,
    )
    if n := left_out(outcome, str(fmt)):
        html.small(say("intake.left_out", n=count(n)))
    kept = _contacts(screen, outcome, str(fmt))
    st.download_button(
        say("intake_page.take_along"),
        partial(own_list, outcome, screen.city, screen.state.lang, fmt, with_contacts=kept),
        file_name=list_name(name, screen.city, fmt),
        key="intake_download",
        on_click="ignore",
    )


def _contacts(screen: Screen, outcome: Outcome, fmt: str) -> bool:
    """Say which columns tell how to reach people; return whether the file may keep them."""
    names, say = contact_columns(outcome), screen.say
    if not names:
        return True
    told = literal(say("view.comma").join(names))
    if fmt not in WITH_CONTACTS:
        html.small(say("intake.contacts_left", names=told))
        return False
    without = st.checkbox(
        literal(say("intake_page.without_contacts", names=told)), key="intake_without_contacts"
    )
    return not without


def _by_district(screen: Screen) -> None:
    row, say, held = placing(), screen.say, own_files.held()
    if row is None or held is None or held.outcome is None:
        return
    html.small(say("intake_page.click"))
    html.bring(HINT, f"{row} {len(held.outcome.placed)}")
    names = screen.city.districts[f"name_{screen.state.lang}"]
    codes, said = list(names.index), held.outcome.named_district(row, screen.city)
    key = f"intake_district_{row}"  # each row has its own district
    st.selectbox(
        say("intake_page.by_district"),
        codes,
        index=codes.index(said) if said else None,
        key=key,
        format_func=lambda code: display(str(names[code])),
        placeholder=say("intake_page.please"),
    )
    st.button(say("intake_page.put_there"), key="intake_put_there", on_click=_placed_in,
              args=(screen, row, key), disabled=st.session_state.get(key) is None)  # fmt: skip


def _beside(screen: Screen, outcome: Outcome) -> str:
    """Say that the last row was put beyond the city, or in another district than it should be."""
    last, say = outcome.placed[-1], screen.say
    said = outcome.named_district(last.row, screen.city)
    there = outcome.counted_in(last, screen.city)
    if there and said in ("", there):
        return ""
    key = "elsewhere" if there else "placed_outside_of" if said else "placed_outside"
    districts, lang = screen.city.districts, screen.state.lang
    named = {
        name: cell(districts.loc[code], "name", lang) if code else ""
        for name, code in (("name", said), ("there", there))
    }
    return say(f"intake_page.{key}", row=outcome.label(last.row, say), **named)


def _placed_in(screen: Screen, row: int, key: str) -> None:
    code = st.session_state[key]
    if is_offered(key, screen.city.districts.index):
        lon, lat, doubt = in_district(screen.city, str(code))
        own_files.place(Placed(row, lon, lat, doubt, str(code)))
        _show_again()


def _undone() -> None:
    own_files.undo()
    _show_again()
