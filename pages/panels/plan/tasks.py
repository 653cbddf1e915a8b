"""Read the plan task by task beside the map, and find the way round from a place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import streamlit as st
from markupsafe import Markup

from layers.language.messages import display
from layers.language.values import cell, row_of
from layers.places.citation import cited, ordinal
from layers.plan.ledger import Account, Event
from layers.plan.ledger import events as events_of
from layers.plan.wording import state_word
from pages.panels.plan.chosen import Chosen, change, open_indicator, open_place, open_task
from pages.shell import html, session
from pages.shell.frame import Screen
from pages.shell.labels import literal, short
from pages.shell.widgets import is_echo, is_offered, sync

MOST: Final = 40
"""Buttons of places under one task."""


def on_map(of: Chosen) -> tuple[str, ...] | None:
    """Return the places that the map keeps: those of the task; None for all.

    Parameters
    ----------
    of
        What the page shows.
    """
    if of.task is None:
        return None
    return of.web.shown_with(of.task)


def reader(of: Chosen) -> None:
    """Offer chapters and their tasks, and show the task or the place that is chosen.

    Parameters
    ----------
    of
        What the page shows.
    """
    say, accounts = of.screen.say, of.ledger.accounts
    if of.place is not None:
        place(of, of.place)
    own = next((each for each in accounts if each.id == of.task), None)
    chapters = list(dict.fromkeys(each.chapter for each in accounts))
    chapter = own.chapter if own else of.screen.state.plan.chapter
    chapter = chapter if chapter in chapters else (chapters or [0])[0]
    titles = {each.chapter: each.chapter_title for each in accounts}
    lang = of.screen.state.lang

    def chapter_word(number: int) -> str:
        title = titles[number].of(lang)
        return display(say("plan.chapter", number=ordinal(number, lang), title=short(title)))

    if not chapters:
        html.small(say("plan.ledger.nothing"))
        return
    st.selectbox(
        say("plan.chapter_label"),
        chapters,
        index=chapters.index(sync("plan_chapter", chapter)),
        key="plan_chapter",
        format_func=chapter_word,
        on_change=_set_chapter,
        args=(chapters,),
    )
    _choice(of, [each for each in accounts if each.chapter == chapter])
    if own is not None:
        task(of, own)
    else:
        html.small(say("plan.choose_task"))


def _choice(of: Chosen, accounts: Sequence[Account]) -> None:
    say, lang = of.screen.say, of.screen.state.lang
    words = {
        each.id: say(
            "plan.task_option", title=short(each.title.of(lang)), state=state_word(each, lang)
        )
        for each in accounts
    }
    ids = list(words)
    st.radio(
        say("plan.task_label"),
        ids,
        index=ids.index(of.task) if of.task in ids and sync("plan_task", of.task, words) else None,
        key="plan_task",
        format_func=lambda id_: literal(words.get(id_, "")),
        on_change=_set_task,
        args=(ids,),
    )


def _set_chapter(offered: Sequence[int]) -> None:
    if not is_echo("plan_chapter") and is_offered("plan_chapter", offered):
        change(chapter=st.session_state["plan_chapter"], task=None)


def _set_task(offered: Sequence[str]) -> None:
    if not is_echo("plan_task") and is_offered("plan_task", offered):
        open_task(st.session_state["plan_task"])


def task(of: Chosen, account: Account) -> None:
    """Show a task: digest, citation, what was done, its places and indicators.

    Parameters
    ----------
    of
        What the page shows.
    account
        The task.
    """
    screen, say, lang = of.screen, of.screen.say, of.screen.state.lang
    clause = row_of(of.plan.clauses, account.id)
    where = cited(screen.city, clause, lang)
    if of.plan.text.of(lang):
        lines = say("plan.lines", first=clause["line_from"], last=clause["line_to"])
        where = say("table.noted", text=where, note=lines)
    html.show(
        '<div class="card"><h2>{}</h2><p class="other">{} · {}</p><p>{}</p></div>',
        account.title.of(lang),
        state_word(account, lang),
        where,
        cell(clause, "digest", lang),
    )
    evidence(screen, account.events)
    asked = [tie.place for tie in of.web.of_task(account.id) if tie.place]
    answers = of.web.answers_to(account.id)
    named = [id_ for id_ in dict.fromkeys(asked) if id_ not in answers]
    places(of, "plan.places_title", named)
    places(of, "plan.answers_title", answers)
    if not asked:
        html.small(say("plan.no_place"))
    numbers = [t.indicator for t in of.web.of_task(account.id) if t.indicator is not None]
    indicators(of, "task", dict.fromkeys(numbers))
    if asked:
        st.button(say("plan.all_places"), key="plan_all", on_click=_all_places)


def _all_places() -> None:
    change(task=None)
    session.change(selected=None)


def evidence(screen: Screen, events: Sequence[Event]) -> None:
    """List what is known, the latest first, each with who says so.

    Parameters
    ----------
    screen
        City, state and words of this run.
    events
        By date.
    """
    if not events:
        return
    say, lang = screen.say, screen.state.lang
    lines = [
        html.text(
            say(
                "plan.event",
                on=event.on,
                what=event.what.of(lang),
                source=event.source.of(lang),
                copy=say("plan.copy") if event.repost else "",
            )
        )
        for event in reversed(events)
    ]
    st.html(
        Markup('<div class="tasks"><h3>{}</h3>{}</div>').format(
            say("plan.evidence_title"), html.bullets(lines)
        )
    )


def places(of: Chosen, key: str, ids: Sequence[str]) -> None:
    """Offer places, each a button that shows it.

    Parameters
    ----------
    of
        What the page shows.
    key
        Key of the heading, which names the count.
    ids
        Ids of the places.
    """
    if not ids:
        return
    lang, frame = of.screen.state.lang, of.web.places
    html.small(of.screen.say(key, count=len(ids)))
    with st.container(horizontal=True, gap="small", key=f"places_{key.rpartition('.')[2]}"):
        for id_ in ids[:MOST]:
            name = cell(row_of(frame, id_), "name", lang)
            st.button(
                literal(short(name)),
                key=f"plan_place_{key}_{id_}",
                type="primary" if id_ == of.place else "secondary",
                on_click=open_place,
                args=(id_,),
            )


def indicators(of: Chosen, who: str, numbers: Iterable[int]) -> None:
    """Offer indicators, each a button that shows it.

    Parameters
    ----------
    of
        What the page shows.
    who
        Who moves them: ``task`` or ``place``.
    numbers
        Their numbers.
    """
    named = {each.no: each.name for each in of.indicators}
    known = [no for no in numbers if no in named]
    if not known:
        return
    say, lang = of.screen.say, of.screen.state.lang
    html.small(say("plan.moves"))
    for no in known:
        name = short(named[no].of(lang))
        st.button(
            literal(say("plan.indicator_button", no=no, name=name)),
            key=f"plan_{who}_to_indicator_{no}",
            on_click=open_indicator,
            args=(no,),
        )


def place(of: Chosen, id_: str) -> None:
    """Show a place with its tasks, each with its reason, and the indicators it moves.

    Parameters
    ----------
    of
        What the page shows.
    id_
        Id of the place.
    """
    say, lang, frame = of.screen.say, of.screen.state.lang, of.web.places
    ties = [tie for tie in of.web.of_place(id_) if tie.task]
    title = cell(row_of(frame, id_), "name", lang)
    html.show(
        '<div class="card"><h2>{}</h2><p class="other">{}</p></div>',
        title,
        say("plan.tasks_of_place") if ties else say("plan.place_none"),
    )
    for tie in ties:
        clause = row_of(of.plan.clauses, tie.task)
        label = say("plan.task_button", title=short(cell(clause, "title", lang)))
        if tie.task in of.web.tasks.index:
            st.button(
                literal(label), key=f"plan_to_task_{tie.task}", on_click=open_task, args=(tie.task,)
            )
        else:
            html.small(label)
        reason = tie.reason.of(lang) or say(f"clause_basis.{tie.basis}")
        html.small(say("plan.reason", reason=reason))
    evidence(of.screen, events_of(of.plan, place=id_))
    indicators(of, "place", of.web.moved_by(id_))
