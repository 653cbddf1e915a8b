"""Let a reader enter a value of an indicator or the state of a task."""

from __future__ import annotations

from typing import Final

import streamlit as st

from geo.base.errors import AtlasError
from layers.language.messages import display
from layers.language.problems import lines
from layers.plan.entered import STATE, number, subject
from layers.plan.indicator import Progress
from layers.plan.ledger import ALL_STATES
from layers.store.entries import Conflict, Draft, Kind, standing
from pages.panels.plan.chosen import Chosen
from pages.shell import html
from pages.shell.entering import identity, records
from pages.shell.labels import literal

TOLD: Final = "atlas.plan.told"
"""In the session, what became of the last entry."""


def value(of: Chosen, shown: Progress) -> None:
    """Offer a form for the value of a year.

    Parameters
    ----------
    of
        What the page shows.
    shown
        The indicator.
    """
    say, lang = of.screen.say, of.screen.state.lang
    if of.screen.state.present:
        return

    def draw() -> None:
        years = [*range(shown.target_year, shown.baseline_year, -1)]
        with st.form("plan_enter_value", border=False):
            st.selectbox(say("plan.enter.year"), years, key="enter_year", format_func=_year)
            label = say("plan.enter.value", unit=shown.unit.of(lang))
            st.text_input(literal(label), key="enter_value")
            _common(of)
            st.form_submit_button(say("plan.enter.save"), on_click=_save_value, args=(of, shown.no))
        _told(of)

    html.drawer(say("plan.enter.title_value"), "plan_enter_value_box", draw)


def state(of: Chosen) -> None:
    """Offer a form for the state of the task that is shown.

    Parameters
    ----------
    of
        What the page shows.
    """
    say, task = of.screen.say, of.task
    if of.screen.state.present or task is None:
        return

    def state_word(state: str) -> str:
        return say(f"plan.state.{state}")

    def draw() -> None:
        with st.form("plan_enter_state", border=False):
            st.selectbox(
                say("plan.enter.state"), ALL_STATES, key="enter_state", format_func=state_word
            )
            _common(of)
            st.form_submit_button(say("plan.enter.save"), on_click=_save_state, args=(of, task))
        _told(of)

    html.drawer(say("plan.enter.title_state"), "plan_enter_state_box", draw)


def _year(year: int) -> str:
    return display(str(year))


def _common(of: Chosen) -> None:
    say = of.screen.say
    st.text_input(say("plan.enter.source"), key="enter_source")
    st.text_input(say("plan.enter.why"), key="enter_why")
    reader = identity.signed_in()
    if reader is None:
        st.text_input(say("plan.enter.who"), key="enter_who")
    else:
        html.small(say("plan.enter.as", who=reader.name))
    html.small(say("plan.enter.note"))


def _save_value(of: Chosen, no: int) -> None:
    text = str(st.session_state["enter_value"]).strip()
    if number(text) is None:
        _tell(of.screen.say("plan.enter.not_number", text=text))
        return
    _save(of, "observation", subject(of.plan, no), str(st.session_state["enter_year"]), text)


def _save_state(of: Chosen, task: str) -> None:
    chosen = str(st.session_state["enter_state"])
    _save(of, "task_state", subject(of.plan, task), STATE, chosen)


def _save(of: Chosen, kind: Kind, about: str, field: str, after: str) -> None:
    """Save what was entered over what this page showed, and keep what is to be told of it."""
    say = of.screen.say
    typed = {
        name: str(st.session_state.get(f"enter_{name}", "")).strip()
        for name in ("source", "why", "who")
    }
    reader = identity.signed_in() or identity.typed(typed["who"])
    if not typed["source"] or not reader.name:
        _tell(say("plan.enter.missing"))
        return
    seen = standing(of.entries).get((kind, about, field))
    draft = Draft(
        kind=kind,
        subject=about,
        field=field,
        before=seen.after if seen else "",
        after=after,
        source=typed["source"],
        why=typed["why"],
        who=reader.name,
        verified=reader.verified,
    )
    try:
        saved = records.book().append(of.screen.city.id, draft)
    except Conflict as conflict:
        other = conflict.entry
        _tell(say("plan.enter.conflict", who=other.who, value=other.after))
    except (AtlasError, OSError) as error:
        told = lines(error, of.screen.state.lang) if isinstance(error, AtlasError) else ""
        _tell(told or say("plan.enter.closed"))
    else:
        _tell(say("plan.enter.saved", number=saved[-1].number))


def _tell(words: str) -> None:
    st.session_state[TOLD] = words


def _told(of: Chosen) -> None:
    del of
    if words := st.session_state.pop(TOLD, ""):
        html.show('<p class="news" role="status">{}</p>', words)
