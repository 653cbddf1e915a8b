"""Show a table by district that the reader brings along: map in classes, join report, ranking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final

import streamlit as st
from markupsafe import Markup

from geo.base.errors import Problem
from layers.district_table.drawing import LINE
from layers.district_table.measure import TableAnswer, column_of, question
from layers.district_table.table import DistrictTable, district_table
from layers.district_table.wording import TableWording
from layers.inside.wording import InsideWording
from layers.intake.formats.open_file import SUFFIXES
from layers.intake.take_in import take_in
from layers.language.messages import display
from layers.map.colours import OPACITY
from layers.map.symbols import data_uri, look_sign
from layers.pack.catalogue import ONLINE_BASE
from layers.view.codecs import choices, token
from layers.view.page_options import TableOptions
from layers.view.rows import rows_in_view
from pages.panels import hand_over
from pages.panels.inside.draw import Ask
from pages.panels.intake.held import MOST_MB
from pages.panels.intake.whose import switch
from pages.shell import cache, html, session
from pages.shell.frame import Scene, Screen
from pages.shell.labels import literal
from pages.shell.widgets import is_offered, sync

HELD: Final = "atlas.district_table"
"""In the session, the table and what was wrong with its file; it goes with the session."""
UPLOAD: Final = "district_table_upload"


def title(screen: Screen) -> str:
    """Return the title of the part: the reader's file, once one is there.

    Parameters
    ----------
    screen
        City, state and words of this run.
    """
    table, _ = _held()
    if table is None:
        return screen.say("district_table.page.title", city=screen.city.name.of(screen.state.lang))
    return screen.say("district_table.page.title_file", file=display(table.file, longest=60))


def show(screen: Screen, places: Scene) -> None:
    """Show the whole part: sentence and map, choices beside them, tables below.

    Parameters
    ----------
    screen
        City, state and words of this run.
    places
        Where each stands.
    """
    table, problems = _held()
    asked = None if table is None else question(screen.state, table)
    answer = None if asked is None else cache.answer(screen.city, "district_table", asked)
    lang = screen.state.lang
    told = None if asked is None else cache.wording(screen.city, "district_table", asked, lang)
    with places.sentence:
        _statement(screen, table, told, problems)
    ask = Ask.of(screen)
    with places.picture:
        _picture(screen, asked, ask)
        if told is not None:
            _legend(told)
    if places.side is not None:
        with places.side:
            switch(screen)
            _upload(screen)
            if isinstance(answer, TableAnswer):
                _controls(screen, answer)
                hand_over.download(screen, "district_table", answer.question)
            ask.folded(partial(_touched, screen, ask))
    if isinstance(answer, TableAnswer) and told is not None:
        _below(screen, told)


def _held() -> tuple[DistrictTable | None, Sequence[Problem]]:
    found: tuple[DistrictTable, Sequence[Problem]] | None = st.session_state.get(HELD)
    return (None, ()) if found is None else found


def _upload(screen: Screen) -> None:
    st.file_uploader(
        screen.say("district_table.page.upload"),
        type=[suffix.removeprefix(".") for suffix in SUFFIXES],
        key=UPLOAD,
        max_upload_size=MOST_MB,
        help=literal(screen.say("district_table.page.upload_help", most=MOST_MB)),
        on_change=_brought,
        args=(screen,),
    )


def _brought(screen: Screen) -> None:
    """Take in the file that was given, or forget the one that was taken away."""
    given = st.session_state.get(UPLOAD)
    st.session_state.pop(HELD, None)
    session.change(table=replace(session.state().table, column=""))  # another file's columns
    if given is not None:
        taken = take_in((given.name, given.getvalue()), screen.city, {}, kind="districts")
        refused = taken.report.problems if taken.joined is None else ()
        table = district_table(taken, screen.city, given.name)
        st.session_state[HELD] = (table, refused)


def _statement(
    screen: Screen,
    table: DistrictTable | None,
    told: TableWording | None,
    problems: Sequence[Problem],
) -> None:
    say = screen.say
    if table is None or told is None:
        html.show('<p class="summary" role="status">{}</p>', say("district_table.page.begin"))
        return
    if problems:
        words = say("district_table.page.refused", file=display(table.file, longest=60))
        html.show('<p class="summary" role="status">{}</p>', words)
        html.faults(table.file, problems, screen.state.lang)
        return
    html.show('<p class="summary" role="status">{}</p>', told.sentence)
    for line in told.account:
        html.small(line)


def _picture(screen: Screen, asked: Any, ask: Ask) -> None:
    """Draw the districts alone: the places of the plan are no figures of the table."""
    state, drawing = screen.state, None
    ground = replace(state, layers=state.layers & {"district", ONLINE_BASE}, selected=None)
    if asked is not None:
        drawing = cache.drawing(screen.city, "district_table", asked, state.lang)
    ask.show(
        replace(screen, state=ground),
        rows_in_view(screen.city, ground),
        name="district_table",
        flight=(1, None),
        follow=False,
        drawing=drawing,
    )


def _touched(screen: Screen, ask: Ask) -> None:
    """Say which districts the shape touches: their figures are what the map shows."""
    lang = screen.state.lang
    words: InsideWording = cache.wording(screen.city, "inside", ask.about, lang)
    html.section(screen.say("inside_page.districts"))
    table = words.tables["districts"]
    st.html(html.grid(table.set_index(table.columns[0]), str(table.columns[0])))
    html.small(screen.say("inside_page.districts_note"))


def _legend(told: TableWording) -> None:
    """Show what each shade stands for, under the rule that divided them."""
    if not told.legend:
        return
    shown = html.join(
        Markup('<span><img src="{}" alt="">{}</span>').format(_sign(colour), html.text(words))
        for colour, words in told.legend
    )
    st.html(
        Markup('<div class="legend"><span>{}</span>{}</div>').format(html.text(told.rule), shown)
    )


def _sign(colour: str) -> str:
    look = {"fill": colour, "line": LINE, "opacity": OPACITY if colour else 0}
    return data_uri(look_sign(look))


def _controls(screen: Screen, answer: TableAnswer) -> None:
    """Offer the column, the denominator, the rule and the number of classes."""
    say, table = screen.say, answer.question.table
    named = {token(each.name): each.name for each in table.columns}
    shown = column_of(table, screen.state.table.column)
    now = token(shown.name) if shown is not None else ""

    def column_name(key: str) -> str:
        return display(named.get(key, ""), longest=60)

    def per_word(per: str) -> str:
        return say(f"district_table.page.per_{per}")

    def rule_word(rule: str) -> str:
        return say(f"district_table.rule_{rule}")

    _select("column", say("district_table.page.column"), [*named], now, column_name)
    options = screen.state.table
    label = say("district_table.page.per")
    _select("per", label, choices(TableOptions, "per"), options.per, per_word)
    label = say("district_table.page.rule")
    _select("rule", label, choices(TableOptions, "rule"), options.rule, rule_word)
    label = say("district_table.page.classes")
    _select("classes", label, choices(TableOptions, "classes"), options.classes, str)


def _select(name: str, label: str, values: Any, now: Any, word: Any) -> None:
    key = f"district_table_{name}"
    offered = list(values)
    st.selectbox(
        literal(label),
        offered,
        index=offered.index(sync(key, now)),
        key=key,
        format_func=lambda value: display(word(value)),
        on_change=_set,
        args=(name, key, offered),
    )


def _set(name: str, key: str, offered: Sequence[object]) -> None:
    if not is_offered(key, offered):
        return
    value: Any = st.session_state[key]
    session.change(table=replace(session.state().table, **{name: value}))


def _below(screen: Screen, told: TableWording) -> None:
    say = screen.say
    html.section(say("district_table.page.ranking"))
    st.html(html.grid(told.tables["ranking"]))
    if "halves" in told.tables:
        html.section(say("district_table.page.halves"))
        st.html(html.grid(told.tables["halves"]))
    html.drawer(say("district_table.page.method"), "district_table_method", partial(_notes, told))


def _notes(told: TableWording) -> None:
    for line in told.notes:
        html.small(line)
