"""Let a reader enter a value of an indicator, the state of a task, a fact of a place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

import streamlit as st

from geo.base.errors import AtlasError
from layers.language.messages import display
from layers.language.problems import lines
from layers.language.values import row_of, value_word
from layers.pack.catalogue import CURRENT_STATUSES
from layers.plan.entered import CARRIES, CARRY, STATE, number, subject, told
from layers.plan.indicator import Progress
from layers.plan.ledger import ALL_STATES
from layers.store.entries import Conflict, Draft, Entry, Kind, standing
from layers.store.lay_over import FACTS, fact
from layers.store.lay_over import told as told_of_place
from pages.panels.plan.chosen import Chosen
from pages.shell import cache, html
from pages.shell.entering import identity, records, taking_back
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

    def ask() -> None:
        years = [*range(shown.target_year, shown.baseline_year, -1)]
        st.selectbox(say("plan.enter.year"), years, key="enter_year", format_func=_year)
        label = say("plan.enter.value", unit=shown.unit.of(lang))
        st.text_input(literal(label), key="enter_value")

    box = partial(_box, of, "observation", subject(of.plan, shown.no), ask, _save_value)
    _drawer(of, say("plan.enter.title_value"), "plan_enter_value_box", box)


def state(of: Chosen) -> None:
    """Offer a form for the state of the task that is shown.

    Parameters
    ----------
    of
        What the page shows.
    """
    say, task = of.screen.say, of.task
    if task is None:
        return

    def state_word(state: str) -> str:
        return say(f"plan.state.{state}")

    def carry_word(carry: str) -> str:
        return say(f"plan.carry.{carry}")

    def ask() -> None:
        st.selectbox(say("plan.enter.state"), ALL_STATES, key="enter_state", format_func=state_word)
        carries = ("unsaid", *CARRIES)
        label = say("plan.enter.carry")
        st.selectbox(label, carries, key="enter_carry", format_func=carry_word)

    box = partial(_box, of, "task_state", subject(of.plan, task), ask, _save_state)
    _drawer(of, say("plan.enter.title_state"), "plan_enter_state_box", box)


def place(of: Chosen) -> None:
    """Offer a form for a fact of the place that is selected.

    Parameters
    ----------
    of
        What the page shows.
    """
    say, lang, id_ = of.screen.say, of.screen.state.lang, of.place
    if id_ is None:
        return

    def fact_name(name: str) -> str:
        return say(f"record.fact.{name}")

    def status_word(status: str) -> str:
        return display(value_word("current_status", status, lang))

    def ask() -> None:
        label = say("plan.enter.after")
        if st.session_state["enter_fact"] == "current_status":
            st.selectbox(label, CURRENT_STATUSES, key="enter_status", format_func=status_word)
        else:
            st.text_input(label, key="enter_after")

    def box() -> None:  # which fact decides what is asked, so it stands before the form
        st.selectbox(say("plan.enter.fact"), [*FACTS], key="enter_fact", format_func=fact_name)
        _box(of, "place_edit", id_, ask, _save_place)

    _drawer(of, say("plan.enter.title_place"), "plan_enter_place_box", box)


def _drawer(of: Chosen, title: str, key: str, box: Callable[[], None]) -> None:
    if of.screen.state.present:
        return
    if cache.entered().where.writable:
        html.drawer(title, key, box)
    else:
        html.small(of.screen.say("plan.enter.closed"))


def _box(
    of: Chosen,
    kind: Kind,
    about: str,
    ask: Callable[[], None],
    save: Callable[[Chosen, str], None],
) -> None:
    """Ask, save, say what became of it, and list what is on record of the same."""
    identity.panel(of.screen.say, of.screen.say("sign_in.typed"))
    with st.form(f"plan_enter_{kind}", border=False):
        ask()
        _common(of)
        label = of.screen.say("plan.enter.save")
        st.form_submit_button(label, on_click=save, args=(of, about))
    if words := st.session_state.pop(TOLD, ""):
        html.show('<p class="news" role="status">{}</p>', words)
    lang, city = of.screen.state.lang, of.screen.city

    def word(entry: Entry) -> str:
        said = told_of_place(city, entry) if kind == "place_edit" else told(entry)
        return said.of(lang)

    stands = standing(records.entries_of(city.id)).values()
    own = [each for each in stands if (each.kind, each.subject) == (kind, about)]
    taking_back.panel(of.screen, own, word)


def _year(year: int) -> str:
    return display(str(year))


def _common(of: Chosen) -> None:
    say = of.screen.say
    st.text_input(say("plan.enter.source"), key="enter_source")
    st.text_input(say("plan.enter.why"), key="enter_why")
    if identity.signed_in() is None:
        st.text_input(say("plan.enter.who"), key="enter_who")
    html.small(say("plan.enter.note"))


def _save_value(of: Chosen, about: str) -> None:
    text = str(st.session_state["enter_value"]).strip()
    if number(text) is None:
        _tell(of.screen.say("plan.enter.not_number", text=text))
        return
    _save(of, "observation", about, {str(st.session_state["enter_year"]): text})


def _save_state(of: Chosen, about: str) -> None:
    values = {STATE: str(st.session_state["enter_state"])}
    if (carry := str(st.session_state["enter_carry"])) in CARRIES:
        values[CARRY] = carry
    _save(of, "task_state", about, values)


def _save_place(of: Chosen, id_: str) -> None:
    name = str(st.session_state["enter_fact"])
    key = "enter_status" if name == "current_status" else "enter_after"
    _save(of, "place_edit", id_, {name: str(st.session_state[key]).strip()})


def _save(of: Chosen, kind: Kind, about: str, values: Mapping[str, str]) -> None:
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
    seen = {field: _seen(of, kind, about, field) for field in values}
    drafts = [
        Draft(
            kind=kind,
            subject=about,
            field=field,
            before=seen[field],
            after=after,
            source=typed["source"],
            why=typed["why"],
            who=reader.name,
            verified=reader.verified,
        )
        for field, after in values.items()
    ]
    try:
        saved = records.book().append(of.screen.city.id, *drafts)
    except Conflict as conflict:
        other = conflict.entry
        _tell(say("plan.enter.conflict", who=other.who, value=other.after))
    except (AtlasError, OSError) as error:
        told = lines(error, of.screen.state.lang) if isinstance(error, AtlasError) else ""
        _tell(told or say("plan.enter.closed"))
    else:
        _tell(say("plan.enter.saved", number=saved[-1].number))


def _seen(of: Chosen, kind: Kind, about: str, field: str) -> str:
    """Return the value that this page showed: an entry's, or of a place what its row says."""
    if kind == "place_edit":
        row = row_of(of.web.places, about)
        return fact(row, field)
    entry = standing(of.entries).get((kind, about, field))
    return entry.after if entry else ""


def _tell(words: str) -> None:
    st.session_state[TOLD] = words
