"""Show a table by district that the reader brings along: map in classes, join report, ranking."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from typing import Any, Final

import streamlit as st
from markupsafe import Markup

from layers.district_table.drawing import LINE
from layers.district_table.measure import TableAnswer, TableQuestion, column_of, question, undivided
from layers.district_table.table import DistrictTable, district_table, is_rate
from layers.district_table.wording import TableWording
from layers.inside.wording import InsideWording
from layers.intake.districts.long_form import ONLY
from layers.intake.formats.table import Option, Question
from layers.intake.report import Report, ask, sentence
from layers.intake.take_in import take_in
from layers.language.messages import display
from layers.language.values import paragraph
from layers.map.colours import OPACITY
from layers.map.symbols import data_uri, look_sign
from layers.own_points.naming import bare_name
from layers.pack.catalogue import ONLINE_BASE
from layers.pack.city import City
from layers.present.pack.made import Kind, Made
from layers.view.codecs import choices, token
from layers.view.page_options import TableOptions
from layers.view.rows import rows_in_view
from pages.panels import hand_over
from pages.panels.inside.draw import Ask
from pages.panels.intake.held import MOST_MB
from pages.panels.intake.proposal import ask_one
from pages.panels.intake.whose import switch
from pages.shell import cache, html, session
from pages.shell.frame import Scene, Screen
from pages.shell.labels import literal
from pages.shell.widgets import is_offered, sync

HELD: Final = "atlas.district_table"
"""In the session, the table and what was wrong with its file; it goes with the session."""
TOLD: Final = frozenset(
    {"other_city", "districts_across", "other_sheets", "formulas_without_result", "broken_text"}
    | {"districts_filled"}
)
"""What opening and joining have shown that a planner must know."""
UPLOAD: Final = "district_table_upload"


def title(screen: Screen) -> str:
    """Return the title of the part: that of the reader's table or the name of its file.

    Parameters
    ----------
    screen
        City, state and words of this run.
    """
    held = _held()
    if held is None:
        return screen.say("district_table.page.title", city=screen.city.name.of(screen.state.lang))
    if held.table.title:
        return display(held.table.title, longest=60)
    file = display(bare_name(held.file), longest=60)
    return screen.say("district_table.page.title_file", file=file)


def show(screen: Screen, places: Scene) -> None:
    """Show the whole part: sentence and map, choices beside them, tables below.

    Parameters
    ----------
    screen
        City, state and words of this run.
    places
        Where each stands.
    """
    held = _held()
    table = None if held is None else held.table
    asked = None if table is None else undivided(question(screen.state, table))
    answer = None if asked is None else cache.answer(screen.city, "district_table", asked)
    lang = screen.state.lang
    told = None if asked is None else cache.wording(screen.city, "district_table", asked, lang)
    with places.sentence:
        _statement(screen, held, told)
    ask = Ask.of(screen)
    with places.picture:
        _picture(screen, asked, ask)
        if told is not None:
            _legend(told)
    if places.side is not None:
        with places.side:
            switch(screen)
            _upload(screen)
            if held is not None:
                _asks(screen, held)
            if isinstance(answer, TableAnswer):
                _controls(screen, answer)
                _downloads(screen, answer)
            ask.folded(partial(_touched, screen, ask))
    if isinstance(answer, TableAnswer) and told is not None:
        _below(screen, told)


@dataclass(frozen=True)
class _Held:
    """A table of the reader: its file, what was answered, and what was taken out of it."""

    file: str
    data: bytes
    answers: Mapping[str, str]
    report: Report
    names: tuple[str, ...]
    table: DistrictTable


def _held() -> _Held | None:
    found: _Held | None = st.session_state.get(HELD)
    return found


def _upload(screen: Screen) -> None:
    st.file_uploader(
        screen.say("district_table.page.upload"),
        type=None,  # what is not read is refused by us, with a remedy
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
        _take(screen.city, given.name, given.getvalue(), {})


def _take(city: City, name: str, data: bytes, answers: Mapping[str, str]) -> None:
    taken = take_in((name, data), city, answers, kind="districts")
    names = taken.tables[0].names if taken.tables else ()
    table = district_table(taken, name, sha256(data).hexdigest(), answers)
    st.session_state[HELD] = _Held(name, data, answers, taken.report, names, table)


def _asks(screen: Screen, held: _Held) -> None:
    """Ask what only the reader knows: the sheet, the layer, the column of the districts."""
    entries = {ONLY + one.column: one.value for one in held.table.chosen}
    for one in held.report.questions:
        if one.key in entries:
            _entry(screen, held, one, entries[one.key])
        else:
            _ask(screen, held, one)
    if [one.key for one in held.report.problems] == ["intake.no_district_column"]:
        options = tuple(Option(n, "intake.option.as_named", {"value": n}) for n in held.names)
        _ask(screen, held, Question("district", options))


def _ask(screen: Screen, held: _Held, asked: Question) -> None:
    key = f"district_table_ask_{asked.key}"
    offered = [*(one.value for one in asked.options), None]
    ask_one(screen, asked, key, _answered, (screen, held, asked.key, key, offered))


def _entry(screen: Screen, held: _Held, asked: Question, now: str) -> None:
    """Offer the years or indicators of which one is shown."""
    # Another file may have the same column with other entries: its field is another one.
    key = f"district_table_only_{token(asked.key)}_{token(now)}"
    offered = [one.value for one in asked.options]
    st.selectbox(
        literal(ask(asked, screen.state.lang)),
        offered,
        index=offered.index(now),
        key=key,
        format_func=lambda value: display(value, longest=60),
        on_change=_answered,
        args=(screen, held, asked.key, key, offered),
    )


def _answered(
    screen: Screen, held: _Held, name: str, key: str, offered: Collection[str | None]
) -> None:
    if is_offered(key, offered) and (value := st.session_state[key]):
        _take(screen.city, held.file, held.data, {**held.answers, name: str(value)})


def _statement(screen: Screen, held: _Held | None, told: TableWording | None) -> None:
    say = screen.say
    if held is None or told is None:
        html.show('<p class="summary" role="status">{}</p>', say("district_table.page.begin"))
        return
    report, lang = held.report, screen.state.lang
    if report.status != "read":
        name = display(held.file, longest=60)
        asks = report.status == "needs_answer"
        words = (say("intake_page.status_needs_answer", name=name) if asks
                 else say("district_table.page.refused", file=name))  # fmt: skip
        html.show('<p class="summary" role="status">{}</p>', words)
        if report.problems:
            html.faults(held.file, report.problems, lang)
        return
    html.show('<p class="summary" role="status">{}</p>', told.sentence)
    # One paragraph under the first line: the map stays in sight.
    html.small(told.account[0])
    seen = [sentence(one, lang) for one in report.found if one.key in TOLD]
    if rest := (*told.account[1:], *seen):
        html.small(paragraph(rest, lang))
    if report.problems:
        html.drawer(
            say(
                "district_table.page.not_used",
                n=sum(report.rows.not_used.values()) + report.rows.outside,
            ),
            "district_table_not_used",
            partial(html.faults, "", report.problems, lang),
        )


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


def _downloads(screen: Screen, answer: TableAnswer) -> None:
    """Offer what the map shows as a picture, a page or a slide, and the figures as files."""
    city, state, asked = screen.city, screen.state, answer.question
    assert isinstance(asked, TableQuestion)

    def make(kind: Kind) -> Made:
        from layers.present.own_points import table_told  # no first view waits for it
        from layers.present.pack.on_screen import file_of

        return file_of(kind, table_told(answer, state))

    hand_over.picture_by(screen, (state.lang, asked), make)
    build = partial(cache.files, city, "district_table", asked)
    hand_over.download_as(screen, "district_table", asked, build, city.id)


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

    if len(named) > 1:
        _select("column", say("district_table.page.column"), [*named], now, column_name)
    options = screen.state.table
    if shown is None or not is_rate(shown):
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
