"""Take verification sheets back, and save what the reader agrees to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final

import pandas as pd
import streamlit as st

from geo.base.errors import DataError, Problem
from layers.language.problems import worded
from layers.store.lay_over import fact_word
from layers.verification.read_back import Answer, read_back, save
from pages.shell import cache, html
from pages.shell.entering import identity, records
from pages.shell.frame import Screen
from pages.shell.labels import literal

READ: Final = "atlas.sheet_read"


@dataclass(frozen=True)
class _Read:
    """A sheet that was read: once for each upload."""

    file: str
    name: str
    answers: tuple[Answer, ...] = ()
    problems: tuple[Problem, ...] = ()
    saved: bool = False


def panel(screen: Screen) -> None:
    """Take a sheet back, say what becomes of each row, and save it when the reader agrees.

    Parameters
    ----------
    screen
        City, state and words of this run.
    """
    say = screen.say
    if not cache.entered().where.writable:
        html.small(say("verification.page.closed"))
        return
    identity.panel(say, say("verification.page.typed"))
    given = st.file_uploader(
        say("verification.page.upload"),
        type=["xlsx"],
        key="sheet_upload",
        max_upload_size=1,
        help=say("verification.page.upload_help"),
    )
    if given is None:
        st.session_state.pop(READ, None)
        return
    read: _Read | None = st.session_state.get(READ)
    if read is None or read.file != given.file_id:
        read = st.session_state[READ] = _open(screen, given.file_id, given.name, given.getvalue())
    _report(screen, read)


def _open(screen: Screen, file: str, name: str, data: bytes) -> _Read:
    city = screen.city
    try:
        entries = records.book().entries(city.id)
        answers = read_back(data, city, entries, file=name, today=date.today())
    except DataError as error:
        return _Read(file, name, problems=error.problems)
    return _Read(file, name, answers)


def _report(screen: Screen, read: _Read) -> None:
    say, lang = screen.say, screen.state.lang
    if read.problems:
        html.faults(read.name, read.problems, lang)
        return
    sums = Counter(answer.account for answer in read.answers)
    key = "verification.page.saved" if read.saved else "verification.page.sums"
    counted = {name: sums[name] for name in ("accepted", "unchanged", "refused")}
    html.show('<p class="news" role="status">{}</p>', say(key, n=len(read.answers), **counted))
    corner, *heads = (say(f"verification.page.{head}") for head in ("row", "result", "reason"))
    rows = [
        [
            answer.name or answer.place,
            say(f"verification.account.{answer.account}"),
            _reason(screen, answer),
        ]
        for answer in read.answers
    ]
    numbers = [str(answer.number) for answer in read.answers]
    columns = [say("verification.column.name"), *heads]
    st.html(html.grid(pd.DataFrame(rows, index=numbers, columns=columns), corner))
    accepted = [answer for answer in read.answers if answer.account == "accepted"]
    if accepted and not read.saved:
        st.button(
            literal(say("verification.page.save", n=len(accepted))),
            key="sheet_save",
            type="primary",
            on_click=_save,
            args=(screen, read),
        )


def _reason(screen: Screen, answer: Answer) -> str:
    say, lang = screen.say, screen.state.lang
    if answer.problems:
        return " ".join(worded(problem, lang) for problem in answer.problems)
    facts = [
        f"{say(f'record.fact.{draft.field}')} {fact_word(draft.field, draft.after).of(lang)}"
        for draft in answer.drafts
    ]
    return say("view.comma").join(facts)


def _save(screen: Screen, read: _Read) -> None:
    """Save, and keep what became of each row for the report."""
    reader = identity.signed_in()
    city, signed = screen.city.id, reader.name if reader else ""
    try:
        append = partial(records.book().append, city)
        answers = save(read.answers, append, file=read.name, signed=signed)
    except DataError as error:
        st.session_state[READ] = _Read(read.file, read.name, problems=error.problems)
        return
    st.session_state[READ] = _Read(read.file, read.name, answers, saved=True)
